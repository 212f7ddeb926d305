/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-reasoning-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mz-markdown-view.h"
#include "mz-row-text.h"
#include "mz-row-util.h"
#include "mz-words.h"

#define MAX_SUMMARY_CHARS 160

/* Less than this is not worth telling. */
#define MIN_TOLD_MS 500

struct _MzReasoningRow
{
  MzFold parent_instance;

  /* the pieces since the last frame */
  GString *pieces;
  guint tick_id;
  gboolean has_summary;
};

G_DEFINE_FINAL_TYPE (MzReasoningRow, mz_reasoning_row, MZ_TYPE_FOLD)

static void
update_line (MzReasoningRow *self)
{
  MzMessage *message = mz_fold_get_message (MZ_FOLD (self));
  const char *text = mz_message_get_text (message);
  gboolean streaming = mz_message_get_state (message) == MZ_MESSAGE_STREAMING;
  gint64 ms = streaming ? 0 : mz_row_clock_get_ms (message);
  g_autofree char *summary = mz_row_text_first_line (text, MAX_SUMMARY_CHARS);
  g_autofree char *duration = ms >= MIN_TOLD_MS ? mz_words_for_duration (ms) : NULL;

  mz_fold_set_icon (MZ_FOLD (self), streaming ? NULL : "dialog-information-symbolic", NULL);
  mz_fold_set_title (MZ_FOLD (self), streaming ? _("Thinking…") : _("Thought"));
  mz_fold_set_summary (MZ_FOLD (self), summary, FALSE);
  mz_fold_set_state (MZ_FOLD (self), duration);
  mz_fold_set_label (MZ_FOLD (self), _("Reasoning"));

  /* Its first line is complete: it stays. */
  self->has_summary = strchr (text, '\n') != NULL || strlen (text) > 4 * MAX_SUMMARY_CHARS;
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  MzReasoningRow *self = MZ_REASONING_ROW (widget);
  GtkWidget *details = mz_fold_get_details (MZ_FOLD (self));

  if (details != NULL)
    mz_markdown_view_append (MZ_MARKDOWN_VIEW (details), self->pieces->str);
  g_string_truncate (self->pieces, 0);
  if (!self->has_summary)
    update_line (self);

  self->tick_id = 0;
  return G_SOURCE_REMOVE;
}

static void
appended_cb (MzMessage      *message,
             const char     *text,
             MzReasoningRow *self)
{
  g_string_append (self->pieces, text);
  if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

static void
replaced_cb (MzMessage      *message,
             MzReasoningRow *self)
{
  GtkWidget *details = mz_fold_get_details (MZ_FOLD (self));

  g_string_truncate (self->pieces, 0);
  if (details != NULL)
    mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (details), mz_message_get_text (message));
  update_line (self);
}

static GtkWidget *
mz_reasoning_row_create_details (MzFold *fold)
{
  MzReasoningRow *self = MZ_REASONING_ROW (fold);
  GtkWidget *view = mz_markdown_view_new ();

  gtk_widget_add_css_class (view, "thought");
  mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (view), mz_message_get_text (mz_fold_get_message (fold)));
  g_string_truncate (self->pieces, 0);
  return view;
}

static void
mz_reasoning_row_constructed (GObject *object)
{
  MzReasoningRow *self = MZ_REASONING_ROW (object);
  MzMessage *message;

  G_OBJECT_CLASS (mz_reasoning_row_parent_class)->constructed (object);

  message = mz_fold_get_message (MZ_FOLD (self));
  g_signal_connect_object (message, "appended", G_CALLBACK (appended_cb), self, 0);
  g_signal_connect_object (message, "replaced", G_CALLBACK (replaced_cb), self, 0);
  g_signal_connect_object (message, "notify::state", G_CALLBACK (update_line), self, G_CONNECT_SWAPPED);
  update_line (self);
}

static void
mz_reasoning_row_finalize (GObject *object)
{
  g_string_free (MZ_REASONING_ROW (object)->pieces, TRUE);
  G_OBJECT_CLASS (mz_reasoning_row_parent_class)->finalize (object);
}

static void
mz_reasoning_row_class_init (MzReasoningRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = mz_reasoning_row_constructed;
  object_class->finalize = mz_reasoning_row_finalize;
  MZ_FOLD_CLASS (klass)->create_details = mz_reasoning_row_create_details;
}

static void
mz_reasoning_row_init (MzReasoningRow *self)
{
  self->pieces = g_string_new (NULL);
}

GtkWidget *
mz_reasoning_row_new (MzMessage *message)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (message), NULL);

  return g_object_new (MZ_TYPE_REASONING_ROW, "message", message, NULL);
}
