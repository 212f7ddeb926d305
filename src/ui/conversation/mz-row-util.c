/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-row-util.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "mz-attachment-view.h"
#include "mz-compat.h"
#include "mz-row-text.h"
#include "mz-words.h"

/* A row that has more text than this when it is first seen began before. */
#define MAX_FIRST_PIECE 400

#define TOAST_SECONDS 2

/* Of a message: each is a widget, and may load a picture. */
#define MAX_ATTACHMENTS 50

/* How far a row looks for the end of its turn. A turn of more rows than this has no end worth finding. */
#define MAX_LOOKAHEAD 200

typedef struct
{
  gint64 begun_us;
  gint64 ms;
} Clock;

static G_DEFINE_QUARK (mz-row-open, row_open)
static G_DEFINE_QUARK (mz-row-clock, row_clock)

gboolean
mz_row_get_open (gpointer item)
{
  return g_object_get_qdata (item, row_open_quark ()) != NULL;
}

void
mz_row_set_open (gpointer item,
                 gboolean open)
{
  g_object_set_qdata (item, row_open_quark (), GINT_TO_POINTER (open));
}

static void
clock_state_cb (MzMessage *message)
{
  Clock *clock = g_object_get_qdata (G_OBJECT (message), row_clock_quark ());

  if (clock == NULL || clock->ms > 0 || mz_message_get_state (message) == MZ_MESSAGE_STREAMING)
    return;

  clock->ms = MAX (1, (g_get_monotonic_time () - clock->begun_us) / G_TIME_SPAN_MILLISECOND);
}

void
mz_row_clock_begin (MzMessage *message,
                    MzMessage *previous)
{
  MzMessageKind kind = mz_message_get_kind (message);
  Clock *before = NULL;
  Clock *clock;

  if ((kind != MZ_MESSAGE_ASSISTANT && kind != MZ_MESSAGE_REASONING) ||
      mz_message_get_state (message) != MZ_MESSAGE_STREAMING || mz_message_get_text_length (message) > MAX_FIRST_PIECE ||
      g_object_get_qdata (G_OBJECT (message), row_clock_quark ()) != NULL)
    return;

  /* The tokens of an answer count its thoughts as well. */
  if (kind == MZ_MESSAGE_ASSISTANT && previous != NULL && mz_message_get_kind (previous) == MZ_MESSAGE_REASONING)
    before = g_object_get_qdata (G_OBJECT (previous), row_clock_quark ());

  clock = g_new0 (Clock, 1);
  clock->begun_us = before != NULL ? before->begun_us : g_get_monotonic_time ();
  g_object_set_qdata_full (G_OBJECT (message), row_clock_quark (), clock, g_free);
  g_signal_connect (message, "notify::state", G_CALLBACK (clock_state_cb), NULL);
}

gint64
mz_row_clock_get_ms (MzMessage *message)
{
  Clock *clock = g_object_get_qdata (G_OBJECT (message), row_clock_quark ());

  /* Whoever hears of the state first asks first. */
  clock_state_cb (message);
  return clock != NULL ? clock->ms : mz_message_get_duration_ms (message);
}

gboolean
mz_row_is_in_last_turn (MzChat    *chat,
                        MzMessage *message,
                        gboolean  *is_last_reply)
{
  MzTimeline *timeline = mz_chat_get_timeline (chat);
  gboolean last_reply = TRUE;
  guint position;

  if (timeline == NULL || !mz_timeline_find (timeline, message, &position))
    {
      if (is_last_reply != NULL)
        *is_last_reply = FALSE;
      return FALSE;
    }

  for (guint i = 0; i < MAX_LOOKAHEAD; i++)
    {
      g_autoptr (MzMessage) next = g_list_model_get_item (G_LIST_MODEL (timeline), ++position);
      MzMessageKind kind = next != NULL ? mz_message_get_kind (next) : MZ_MESSAGE_OTHER;

      if (next == NULL || kind == MZ_MESSAGE_USER)
        {
          if (is_last_reply != NULL)
            *is_last_reply = last_reply;
          return next == NULL;
        }
      if (kind == MZ_MESSAGE_ASSISTANT)
        last_reply = FALSE;
    }

  if (is_last_reply != NULL)
    *is_last_reply = FALSE;
  return FALSE;
}

char *
mz_row_dup_time (MzMessage  *message,
                 char      **tooltip)
{
  gint64 timestamp = mz_message_get_timestamp (message);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) time = timestamp > 0 ? g_date_time_new_from_unix_local (timestamp / 1000) : NULL;

  *tooltip = NULL;
  if (time == NULL)
    return NULL;

  *tooltip = mz_words_for_time (time, now);
  return mz_words_for_day (time, now);
}

void
mz_row_toast (GtkWidget  *widget,
              const char *text)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *markup = g_markup_escape_text (text, -1);
  AdwToast *toast;

  mz_compat_announce (widget, text);
  if (overlay == NULL)
    return;

  /* Toasts of libadwaita 1.2 take markup, whatever they are given. */
  toast = adw_toast_new (markup);
  adw_toast_set_timeout (toast, TOAST_SECONDS);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

void
mz_row_copy (GtkWidget  *widget,
             const char *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text != NULL ? text : "");
  mz_row_toast (widget, _("Copied"));
}

GtkWidget *
mz_row_button_new (const char *icon_name,
                   const char *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "row-action");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  mz_compat_set_label (button, label);
  return button;
}

GtkWidget *
mz_row_attachments_new (MzGateway *gateway,
                        MzChat    *chat,
                        MzMessage *message)
{
  guint n = mz_message_get_n_attachments (message);
  const char *key = mz_session_get_canonical_key (mz_chat_get_session (chat));
  GtkWidget *box;

  if (n == 0)
    return NULL;

  /* Before the first connect there is no client: what is not sent yet has its data with it. */
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  for (guint i = 0; i < MIN (n, MAX_ATTACHMENTS); i++)
    gtk_box_append (GTK_BOX (box), mz_attachment_view_new (mz_gateway_get_client (gateway), key != NULL ? key : mz_chat_get_key (chat),
                                                           message, i));
  if (n > MAX_ATTACHMENTS)
    {
      guint n_more = n - MAX_ATTACHMENTS;
      g_autofree char *text = g_strdup_printf (ngettext ("%u more file", "%u more files", n_more), n_more);
      GtkWidget *label = gtk_label_new (text);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (box), label);
    }
  return box;
}

void
mz_row_set_reader_label (GtkWidget *widget,
                         MzMessage *message)
{
  g_autofree char *label = mz_row_text_for_reader (message);

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}
