/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-tool-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mz-code-view.h"
#include "mz-row-text.h"
#include "mz-row-util.h"
#include "mz-tool-text.h"
#include "mz-words.h"

struct _MzToolRow
{
  MzFold parent_instance;

  MzGateway *gateway;
  MzChat *chat;
  MzCodeView *output; /* (nullable): in the details */
  gboolean limited;   /* the details show only the beginning of it */

  /* of the call, which is hidden in JSON: only looked for when that is another one */
  char *reader;

  /* what came since the last frame */
  guint tick_id;
  gboolean drop_details;
};

G_DEFINE_FINAL_TYPE (MzToolRow, mz_tool_row, MZ_TYPE_FOLD)

/* How a call stands; @icon NULL is a spinner. */
static const char *
state_words (MzMessage   *message,
             const char **icon,
             const char **css_class)
{
  gboolean failed = mz_message_get_is_error (message);

  switch (mz_message_get_state (message))
    {
    case MZ_MESSAGE_STREAMING:
      *icon = NULL;
      *css_class = NULL;
      return _("running");
    case MZ_MESSAGE_ABORTED:
      *icon = "media-playback-stop-symbolic";
      *css_class = NULL;
      return _("stopped");
    case MZ_MESSAGE_FAILED:
      failed = TRUE;
      break;
    case MZ_MESSAGE_DONE:
    case MZ_MESSAGE_SENDING:
    case MZ_MESSAGE_QUEUED:
    default:
      break;
    }

  if (failed && mz_tool_text_is_denied (mz_message_get_status (message), mz_message_get_output (message)))
    {
      *icon = "action-unavailable-symbolic";
      *css_class = "warning";
      return _("denied");
    }
  if (failed)
    {
      *icon = "dialog-error-symbolic";
      *css_class = "error";
      return _("failed");
    }
  *icon = "object-select-symbolic";
  *css_class = NULL;
  return _("done");
}

/* How the call stands: costs little, however much it has said. */
static void
update_state (MzToolRow *self)
{
  MzMessage *message = mz_fold_get_message (MZ_FOLD (self));
  gint64 ms = mz_message_get_duration_ms (message);
  const char *icon;
  const char *css_class;
  const char *words = state_words (message, &icon, &css_class);
  g_autofree char *duration = ms > 0 ? mz_words_for_duration (ms) : NULL;
  g_autofree char *label = g_strdup_printf ("%s, %s", self->reader, words);
  /* The spinner and the tick say enough to those who see them. */
  gboolean is_quiet = css_class == NULL && mz_message_get_state (message) != MZ_MESSAGE_ABORTED;

  mz_fold_set_icon (MZ_FOLD (self), icon, css_class);
  mz_fold_set_state (MZ_FOLD (self), is_quiet ? duration : words);
  mz_fold_set_label (MZ_FOLD (self), label);
}

/* What is called: arguments are parsed for it. */
static void
update_call (MzToolRow *self)
{
  MzMessage *message = mz_fold_get_message (MZ_FOLD (self));
  const char *name = mz_message_get_tool_name (message);
  g_autofree char *title = mz_row_text_visible (name != NULL ? name : _("Tool"), -1, FALSE);
  g_autofree char *summary = mz_row_text_for_arguments (mz_message_get_arguments (message));

  g_free (self->reader);
  self->reader = mz_row_text_for_tool (name, summary);
  mz_fold_set_title (MZ_FOLD (self), title);
  mz_fold_set_summary (MZ_FOLD (self), summary, TRUE);
  update_state (self);
}

/* Once for each frame, however often the details changed. */
static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  MzToolRow *self = MZ_TOOL_ROW (widget);
  MzMessage *message = mz_fold_get_message (MZ_FOLD (self));
  const char *output = mz_message_get_output (message);

  self->tick_id = 0;

  /* Of what is too long already only the end would be another one: that waits for the end. */
  if (!self->drop_details && self->limited && mz_message_get_state (message) == MZ_MESSAGE_STREAMING &&
      output != NULL && strlen (output) > MZ_ROW_MAX_OUTPUT)
    return G_SOURCE_REMOVE;

  /* What is being read keeps its place while it grows. */
  if (!self->drop_details && self->output != NULL && output != NULL && strlen (output) <= MZ_ROW_MAX_OUTPUT &&
      mz_message_get_n_attachments (message) == 0)
    {
      g_autofree char *shown = mz_row_text_visible (output, -1, TRUE);

      mz_code_view_set_text (self->output, shown);
      return G_SOURCE_REMOVE;
    }

  self->drop_details = FALSE;
  g_clear_weak_pointer (&self->output);
  mz_fold_drop_details (MZ_FOLD (self));
  return G_SOURCE_REMOVE;
}

/* Details that are not seen are made anew when they are. */
static void
update_details (MzToolRow *self,
                gboolean   drop)
{
  if (mz_fold_get_details (MZ_FOLD (self)) == NULL)
    return;

  if (!mz_fold_get_open (MZ_FOLD (self)))
    {
      g_clear_weak_pointer (&self->output);
      mz_fold_drop_details (MZ_FOLD (self));
      return;
    }

  self->drop_details |= drop;
  if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

static void
notify_cb (MzMessage  *message,
           GParamSpec *pspec,
           MzToolRow  *self)
{
  static const char * const of_call[] = { "arguments", "tool-name", NULL };
  static const char * const of_state[] = { "state", "is-error", "status", "duration-ms", NULL };

  if (g_strv_contains (of_call, pspec->name))
    update_call (self);
  else if (g_strv_contains (of_state, pspec->name))
    update_state (self);

  if (g_str_equal (pspec->name, "output"))
    {
      /* Only of a failure it says what kind it is. */
      if (mz_message_get_state (message) != MZ_MESSAGE_STREAMING)
        update_state (self);
      update_details (self, FALSE);
    }
  else if (g_str_equal (pspec->name, "arguments") || g_str_equal (pspec->name, "truncated"))
    {
      update_details (self, TRUE);
    }
  else if (g_str_equal (pspec->name, "state"))
    {
      /* There is no output yet, or there is none. */
      update_details (self, self->output == NULL);
    }
}

static void
copy_output_cb (GtkButton *button,
                MzToolRow *self)
{
  mz_row_copy (GTK_WIDGET (self), mz_message_get_output (mz_fold_get_message (MZ_FOLD (self))));
}

static GtkWidget *
note_new (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static void
add_output (MzToolRow *self,
            GtkBox    *box)
{
  MzMessage *message = mz_fold_get_message (MZ_FOLD (self));
  const char *output = mz_message_get_output (message);
  gboolean limited;
  g_autofree char *shown = NULL;
  GtkWidget *view;

  self->limited = FALSE;
  if (output == NULL || output[0] == '\0')
    {
      gtk_box_append (box, note_new (mz_message_get_state (message) == MZ_MESSAGE_STREAMING ? _("No output yet") : _("No output")));
      return;
    }

  shown = mz_row_text_limit (output, MZ_ROW_MAX_OUTPUT, &limited);
  self->limited = limited;
  view = mz_code_view_new (NULL, shown);
  mz_code_view_set_title (MZ_CODE_VIEW (view), _("Output"));
  gtk_box_append (box, view);
  if (!limited)
    g_set_weak_pointer (&self->output, MZ_CODE_VIEW (view));

  if (limited)
    {
      GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
      GtkWidget *copy = gtk_button_new_with_label (_("Copy all of it"));
      g_autofree char *size = g_format_size_full (strlen (output), G_FORMAT_SIZE_IEC_UNITS);
      g_autofree char *text = g_strdup_printf (_("The first 200 KiB of %s are shown."), size);
      GtkWidget *note = note_new (text);

      gtk_widget_set_hexpand (note, TRUE);
      gtk_box_append (GTK_BOX (line), note);
      gtk_widget_add_css_class (copy, "flat");
      gtk_widget_add_css_class (copy, "caption");
      g_signal_connect (copy, "clicked", G_CALLBACK (copy_output_cb), self);
      gtk_box_append (GTK_BOX (line), copy);
      gtk_box_append (box, line);
    }
  if (mz_message_get_truncated (message))
    gtk_box_append (box, note_new (_("The gateway gave only a part of this output.")));
}

static GtkWidget *
mz_tool_row_create_details (MzFold *fold)
{
  MzToolRow *self = MZ_TOOL_ROW (fold);
  MzMessage *message = mz_fold_get_message (fold);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *attachments = mz_row_attachments_new (self->gateway, self->chat, message);
  const char *language;
  g_autofree char *arguments = mz_row_text_full_arguments (mz_message_get_arguments (message), &language);

  if (arguments != NULL)
    {
      GtkWidget *view = mz_code_view_new (language, arguments);

      mz_code_view_set_title (MZ_CODE_VIEW (view), g_strcmp0 (language, "sh") == 0 ? _("Command") : _("Arguments"));
      gtk_box_append (GTK_BOX (box), view);
    }
  add_output (self, GTK_BOX (box));
  if (attachments != NULL)
    gtk_box_append (GTK_BOX (box), attachments);
  return box;
}

static void
mz_tool_row_dispose (GObject *object)
{
  MzToolRow *self = MZ_TOOL_ROW (object);

  g_clear_weak_pointer (&self->output);
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
  self->tick_id = 0;
  g_clear_object (&self->gateway);
  g_clear_object (&self->chat);
  G_OBJECT_CLASS (mz_tool_row_parent_class)->dispose (object);
}

static void
mz_tool_row_finalize (GObject *object)
{
  g_free (MZ_TOOL_ROW (object)->reader);
  G_OBJECT_CLASS (mz_tool_row_parent_class)->finalize (object);
}

static void
mz_tool_row_class_init (MzToolRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mz_tool_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = mz_tool_row_finalize;
  MZ_FOLD_CLASS (klass)->create_details = mz_tool_row_create_details;
}

static void
mz_tool_row_init (MzToolRow *self)
{
}

GtkWidget *
mz_tool_row_new (MzMessage *message,
                 MzGateway *gateway,
                 MzChat    *chat)
{
  MzToolRow *self;

  g_return_val_if_fail (MZ_IS_MESSAGE (message), NULL);

  self = g_object_new (MZ_TYPE_TOOL_ROW, "message", message, NULL);
  self->gateway = g_object_ref (gateway);
  self->chat = g_object_ref (chat);
  g_signal_connect_object (message, "notify", G_CALLBACK (notify_cb), self, 0);
  update_call (self);
  return GTK_WIDGET (self);
}
