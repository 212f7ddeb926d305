/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-conversation-private.h"

#include <glib/gi18n.h>

#include "mz-row-text.h"

/* What takes less shows nothing: a flash is worse than a moment of nothing. */
#define SPINNER_DELAY_MS 300

static void
cancel_spinner (MzConversation *self)
{
  gtk_spinner_stop (self->loading_spinner);
  if (self->spinner_delay == NULL)
    return;

  g_source_destroy (self->spinner_delay);
  g_clear_pointer (&self->spinner_delay, g_source_unref);
}

static gboolean
spinner_cb (gpointer user_data)
{
  MzConversation *self = user_data;

  cancel_spinner (self);
  gtk_spinner_start (self->loading_spinner);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  return G_SOURCE_REMOVE;
}

static const char *
choose_page (MzConversation *self)
{
  MzSession *session;

  if (self->chat == NULL)
    return "none";

  session = mz_chat_get_session (self->chat);
  if (g_list_model_get_n_items (mz_conversation_items_get_model (self->items)) > 0)
    return "rows";
  if (mz_session_get_loaded (session))
    return "empty";
  if (self->open_error != NULL)
    return "failed";

  switch (mz_gateway_get_state (self->gateway))
    {
    case MZ_CLIENT_READY:
    case MZ_CLIENT_CONNECTING:
      return "loading";
    case MZ_CLIENT_OFFLINE:
    case MZ_CLIENT_WAITING:
    case MZ_CLIENT_STOPPED:
    default:
      return "offline";
    }
}

/* The agent's own name where it has one; "main" is nobody's. */
static const char *
greeting_name (MzConversation *self)
{
  MzSessionList *sessions = mz_gateway_get_sessions (self->gateway);
  const char *key = mz_session_get_canonical_key (mz_chat_get_session (self->chat));
  MzSessionRow *row = sessions != NULL && key != NULL ? mz_session_list_lookup (sessions, key) : NULL;
  const char *agent = row != NULL ? mz_session_row_get_agent_id (row) : NULL;

  if (agent != NULL && agent[0] != '\0' && g_strcmp0 (agent, "main") != 0 && g_strcmp0 (agent, "default") != 0)
    return agent;
  return mz_gateway_entry_get_name (mz_gateway_get_entry (self->gateway));
}

void
mz_conversation_update_page (MzConversation *self)
{
  const char *page = choose_page (self);
  const char *shown = gtk_stack_get_visible_child_name (self->stack);

  if (g_strcmp0 (page, "loading") == 0)
    {
      if (g_strcmp0 (shown, "loading") == 0 || self->spinner_delay != NULL)
        return;

      gtk_stack_set_visible_child_name (self->stack, "blank");
      self->spinner_delay = g_timeout_source_new (SPINNER_DELAY_MS);
      g_source_set_callback (self->spinner_delay, spinner_cb, self, NULL);
      g_source_attach (self->spinner_delay, NULL);
      return;
    }

  cancel_spinner (self);
  if (g_strcmp0 (page, "empty") == 0)
    {
      g_autofree char *name = mz_row_text_first_line (greeting_name (self), 80);

      adw_status_page_set_title (self->empty_page, name);
    }
  else if (g_strcmp0 (page, "failed") == 0)
    {
      g_autofree char *words = mz_row_text_first_line (self->open_error, 300);
      g_autofree char *escaped = g_markup_escape_text (words, -1);

      adw_status_page_set_description (self->failed_page, escaped);
    }
  gtk_stack_set_visible_child_name (self->stack, page);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  MzConversation *self = user_data;

  mz_session_open_finish (MZ_SESSION (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->open_asked = FALSE;
  g_clear_pointer (&self->open_error, g_free);

  /* Without a connection there is nothing to tell here: the session opens by itself once there is one. */
  if (error != NULL && !mz_gateway_error_is_no_connection (error))
    self->open_error = g_strdup (error->message);
  mz_conversation_update_page (self);
}

void
mz_conversation_open_session (MzConversation *self)
{
  MzSession *session = self->chat != NULL ? mz_chat_get_session (self->chat) : NULL;

  if (session != NULL && !mz_session_get_loaded (session) && !self->open_asked &&
      mz_gateway_get_state (self->gateway) == MZ_CLIENT_READY)
    {
      self->open_asked = TRUE;
      g_clear_pointer (&self->open_error, g_free);
      mz_session_open_async (session, self->cancellable, opened_cb, self);
    }
  mz_conversation_update_page (self);
}

static void
show_older (MzConversation *self,
            gboolean        loading,
            const char     *error)
{
  if (loading)
    gtk_spinner_start (self->older_spinner);
  else
    gtk_spinner_stop (self->older_spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->older_spinner), loading);
  gtk_label_set_text (self->older_error, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->older_error), error != NULL);
  gtk_widget_set_visible (self->older_again, error != NULL);
  gtk_widget_set_visible (self->older_header, loading || error != NULL);
}

static void
older_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  MzConversation *self = user_data;

  mz_session_load_older_finish (MZ_SESSION (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->older_loading = FALSE;
  if (error == NULL)
    {
      show_older (self, FALSE, NULL);
      return;
    }

  if (mz_gateway_error_is_no_connection (error))
    {
      /* The window's bar tells; it goes on when there is a connection. */
      self->older_wanted = TRUE;
      show_older (self, FALSE, NULL);
    }
  else
    {
      g_autofree char *words = mz_row_text_first_line (error->message, 200);
      g_autofree char *text = g_strdup_printf (_("Older messages did not load: %s"), words);

      show_older (self, FALSE, text);
    }
}

void
mz_conversation_load_older (MzConversation *self)
{
  MzSession *session = self->chat != NULL ? mz_chat_get_session (self->chat) : NULL;

  if (!self->older_wanted || self->older_loading || session == NULL || mz_session_get_loading (session) ||
      !mz_session_get_has_older (session) || mz_gateway_get_state (self->gateway) != MZ_CLIENT_READY)
    return;

  self->older_wanted = FALSE;
  self->older_loading = TRUE;
  show_older (self, TRUE, NULL);
  mz_session_load_older_async (session, self->cancellable, older_cb, self);
}

void
mz_conversation_want_older (MzConversation *self)
{
  self->older_wanted = TRUE;
  mz_conversation_load_older (self);
}

static void
older_again_cb (MzConversation *self)
{
  mz_conversation_want_older (self);
}

void
mz_conversation_init_history (MzConversation *self)
{
  self->cancellable = g_cancellable_new ();

  self->older_header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_add_css_class (self->older_header, "older");
  gtk_widget_set_halign (self->older_header, GTK_ALIGN_CENTER);

  self->older_spinner = GTK_SPINNER (gtk_spinner_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->older_spinner), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Loading older messages"), -1);
  gtk_box_append (GTK_BOX (self->older_header), GTK_WIDGET (self->older_spinner));

  self->older_error = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->older_error, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->older_error), "caption");
  gtk_box_append (GTK_BOX (self->older_header), GTK_WIDGET (self->older_error));

  self->older_again = gtk_button_new_with_label (_("Try again"));
  gtk_widget_set_valign (self->older_again, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->older_again, "caption");
  g_signal_connect_swapped (self->older_again, "clicked", G_CALLBACK (older_again_cb), self);
  gtk_box_append (GTK_BOX (self->older_header), self->older_again);

  show_older (self, FALSE, NULL);
  mz_transcript_set_header (self->transcript, self->older_header);
}

/* Forgets what was under way for the conversation that goes. */
void
mz_conversation_clear_history (MzConversation *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->open_asked = FALSE;
  self->older_wanted = FALSE;
  self->older_loading = FALSE;
  g_clear_pointer (&self->open_error, g_free);
  cancel_spinner (self);
  show_older (self, FALSE, NULL);
}
