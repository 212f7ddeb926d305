/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer"

#include "config.h"

#include "mz-window-private.h"

#include <glib/gi18n.h>

#include "mz-compat.h"

enum
{
  CHAT_SEEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzWindow, mz_window, ADW_TYPE_APPLICATION_WINDOW)

static void show_chat (MzWindow   *self,
                       const char *key);

/* ---- what is shown ---- */

/* The key as the gateway's list has it. */
const char *
mz_window_get_key (MzWindow *self)
{
  MzSession *session = self->chat != NULL ? mz_chat_get_session (self->chat) : NULL;
  const char *canonical = session != NULL ? mz_session_get_canonical_key (session) : NULL;

  if (canonical != NULL)
    return canonical;

  return self->chat != NULL ? mz_chat_get_key (self->chat) : NULL;
}

void
mz_window_update_header (MzWindow *self)
{
  MzSessionList *sessions = self->gateway != NULL ? mz_gateway_get_sessions (self->gateway) : NULL;
  const char *key = mz_window_get_key (self);
  MzSessionRow *row = sessions != NULL && key != NULL ? mz_session_list_lookup (sessions, key) : NULL;
  const char *title = row != NULL ? mz_session_row_get_title (row) : self->chat != NULL ? _("New conversation") : _("Moltzer");
  const char *gateway = self->gateway != NULL ? mz_gateway_entry_get_name (mz_gateway_get_entry (self->gateway)) : NULL;
  g_autofree char *window_title = NULL;

  if (row != self->row)
    {
      if (self->row != NULL)
        g_signal_handlers_disconnect_by_func (self->row, mz_window_update_header, self);
      g_set_object (&self->row, row);
      if (row != NULL)
        g_signal_connect_object (row, "notify", G_CALLBACK (mz_window_update_header), self, G_CONNECT_SWAPPED);
    }

  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, self->chat != NULL && gateway != NULL ? gateway : "");
  window_title = gateway != NULL ? g_strdup_printf ("%s – %s", title, gateway) : g_strdup (title);
  gtk_window_set_title (GTK_WINDOW (self), window_title);
  mz_sidebar_set_selected (self->sidebar, key);
  mz_window_update_model (self);
  mz_window_update_actions (self);

  /* What is before the person is read. */
  if (self->row != NULL && self->chat != NULL && mz_session_row_get_unread (self->row) && gtk_window_is_active (GTK_WINDOW (self)) &&
      gtk_widget_get_mapped (GTK_WIDGET (self->conversation)))
    mz_chat_mark_read (self->chat);
  if (self->chat != NULL && key != NULL && gtk_window_is_active (GTK_WINDOW (self)))
    g_signal_emit (self, signals[CHAT_SEEN], 0, self->gateway, key);
}

static void
remember_chat (MzWindow *self)
{
  const char *key = mz_window_get_key (self);

  if (self->gateway != NULL && key != NULL)
    mz_gateway_entry_set_last_session (mz_gateway_get_entry (self->gateway), key);
}

static void
session_cb (MzWindow *self)
{
  MzSession *session = self->chat != NULL ? mz_chat_get_session (self->chat) : NULL;

  if (session != NULL)
    {
      g_signal_handlers_disconnect_by_func (session, mz_window_update_header, self);
      g_signal_connect_object (session, "notify::canonical-key", G_CALLBACK (mz_window_update_header), self, G_CONNECT_SWAPPED);
    }
  mz_window_update_header (self);
}

static void
set_chat (MzWindow *self,
          MzChat   *chat)
{
  if (self->chat != NULL)
    {
      MzSession *session = mz_chat_get_session (self->chat);

      g_signal_handlers_disconnect_by_func (self->chat, session_cb, self);
      if (session != NULL)
        g_signal_handlers_disconnect_by_func (session, mz_window_update_header, self);
    }
  g_set_object (&self->chat, chat);
  mz_conversation_set_chat (self->conversation, self->gateway, chat);
  if (chat != NULL)
    {
      g_signal_connect_object (chat, "notify::session", G_CALLBACK (session_cb), self, G_CONNECT_SWAPPED);
      remember_chat (self);
    }
  session_cb (self);
}

static void
show_chat (MzWindow   *self,
           const char *key)
{
  g_autoptr (MzChat) chat = NULL;

  if (self->gateway == NULL)
    return;

  /* The conversation as it is called here or there. */
  if (self->chat == NULL || (g_strcmp0 (mz_window_get_key (self), key) != 0 && g_strcmp0 (mz_chat_get_key (self->chat), key) != 0))
    {
      chat = mz_gateway_open_chat (self->gateway, key);
      set_chat (self, chat);
    }
}

/* The conversation goes: @next, or the main one, or nothing is shown. */
void
mz_window_leave_chat (MzWindow   *self,
                      const char *next)
{
  MzClient *client = mz_gateway_get_client (self->gateway);
  MzHello *hello = client != NULL ? mz_client_get_hello (client) : NULL;
  const char *main_key = hello != NULL ? mz_hello_get_main_session_key (hello) : NULL;

  if (next != NULL)
    show_chat (self, next);
  else if (g_strcmp0 (main_key, mz_window_get_key (self)) != 0)
    show_chat (self, "main");
  else
    set_chat (self, NULL);
}

static void
sessions_changed_cb (MzWindow *self)
{
  mz_window_update_header (self);
}

static void
sessions_cb (MzWindow *self)
{
  MzSessionList *sessions = self->gateway != NULL ? mz_gateway_get_sessions (self->gateway) : NULL;

  if (sessions != NULL)
    g_signal_connect_object (sessions, "items-changed", G_CALLBACK (sessions_changed_cb), self, G_CONNECT_SWAPPED);
  mz_window_update_header (self);
}

static void
models_changed_cb (MzWindow *self)
{
  mz_window_update_model (self);
}

static void
status_cb (MzWindow *self)
{
  mz_window_update_actions (self);
}

static void
disconnect_gateway (MzWindow *self)
{
  MzSessionList *sessions;

  if (self->gateway == NULL)
    return;

  sessions = mz_gateway_get_sessions (self->gateway);
  if (sessions != NULL)
    g_signal_handlers_disconnect_by_func (sessions, sessions_changed_cb, self);
  g_signal_handlers_disconnect_by_func (self->gateway, sessions_cb, self);
  g_signal_handlers_disconnect_by_func (self->gateway, status_cb, self);
  g_signal_handlers_disconnect_by_func (mz_gateway_get_models (self->gateway), models_changed_cb, self);
}

static void
set_gateway (MzWindow  *self,
             MzGateway *gateway)
{
  if (self->gateway == gateway)
    return;

  disconnect_gateway (self);
  set_chat (self, NULL);
  g_set_object (&self->gateway, gateway);
  mz_sidebar_set_gateway (self->sidebar, gateway);
  mz_connection_bar_set_gateway (self->bar, gateway);
  if (gateway != NULL)
    {
      g_signal_connect_object (gateway, "notify::sessions", G_CALLBACK (sessions_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (gateway, "notify::status", G_CALLBACK (status_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (mz_gateway_get_models (gateway), "items-changed", G_CALLBACK (models_changed_cb), self, G_CONNECT_SWAPPED);
      if (!mz_gateway_entry_get_transient (mz_gateway_get_entry (gateway)))
        g_settings_set_string (self->settings, "last-gateway", mz_gateway_entry_get_id (mz_gateway_get_entry (gateway)));
    }
  sessions_cb (self);
}

/* The gateway that is shown was removed: the next one, or the page that connects to one. */
static void
core_changed_cb (MzWindow   *self,
                 guint       position,
                 guint       removed,
                 guint       added,
                 GListModel *core)
{
  g_autoptr (MzGateway) next = NULL;

  if (self->connect_page != NULL)
    mz_connect_page_set_can_close (self->connect_page, g_list_model_get_n_items (core) > 0);

  if (self->gateway == NULL)
    return;

  for (guint i = 0; i < g_list_model_get_n_items (core); i++)
    {
      g_autoptr (MzGateway) gateway = g_list_model_get_item (core, i);

      if (gateway == self->gateway)
        return;
    }

  next = g_list_model_get_item (core, 0);
  if (next != NULL && self->connect_page != NULL)
    set_gateway (self, next);
  else if (next != NULL)
    mz_window_show_gateway (self, next);
  else
    {
      set_gateway (self, NULL);
      mz_window_show_connect (self, NULL, NULL);
    }
}

/* ---- pages ---- */

static gboolean
connected_idle (gpointer data)
{
  g_autoptr (GTask) task = data;
  MzWindow *self = g_task_get_source_object (task);

  mz_window_show_gateway (self, g_task_get_task_data (task));

  return G_SOURCE_REMOVE;
}

/* Not while the page's own signal is under way: the page goes. */
static void
connected_cb (MzWindow  *self,
              MzGateway *gateway)
{
  GTask *task = g_task_new (self, NULL, NULL, NULL);

  g_task_set_task_data (task, g_object_ref (gateway), g_object_unref);
  g_idle_add (connected_idle, task);
}

/* A screen reader finds what is on hidden pages too: what is over goes. */
static void
leave_connect_page (MzWindow *self)
{
  gtk_stack_set_visible_child_name (self->pages, "chats");
  if (self->connect_page != NULL)
    {
      self->connect_page = NULL;
      adw_bin_set_child (self->connect_bin, NULL);
    }
}

static gboolean
connect_closed_idle (gpointer data)
{
  g_autoptr (MzWindow) self = data;

  /* Not while the page's own signal is under way. */
  if (self->gateway != NULL)
    leave_connect_page (self);

  return G_SOURCE_REMOVE;
}

static void
connect_closed_cb (MzWindow *self)
{
  g_idle_add (connect_closed_idle, g_object_ref (self));
}

static void
chat_activated_cb (MzWindow   *self,
                   const char *key)
{
  show_chat (self, key);
  adw_leaflet_set_visible_child_name (self->leaflet, "content");
  mz_conversation_focus_composer (self->conversation);
}

static void
gateway_activated_cb (MzWindow  *self,
                      MzGateway *gateway)
{
  mz_window_show_gateway (self, gateway);
}

static void
bar_action_cb (MzWindow *self,
               MzAction  action)
{
  if (self->gateway != NULL)
    mz_gateway_action_run (self->core, self->gateway, action, GTK_WIDGET (self));
}

static void
folded_cb (MzWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (self->leaflet);

  mz_sidebar_set_show_buttons (self->sidebar, folded);
  adw_header_bar_set_show_start_title_buttons (self->header, folded);
  mz_window_update_model (self);
}

static void
visible_child_cb (MzWindow *self)
{
  mz_window_update_header (self);
}

static void
active_cb (MzWindow *self)
{
  if (gtk_window_is_active (GTK_WINDOW (self)))
    mz_window_update_header (self);
}

/* ---- life ---- */

static void
save_state (MzWindow *self)
{
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
  g_settings_set_int (self->settings, "window-width", width);
  g_settings_set_int (self->settings, "window-height", height);
}

/* What is said to the demo is no loss. */
static gboolean
has_unsent (MzWindow *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->core)); i++)
    {
      g_autoptr (MzGateway) gateway = g_list_model_get_item (G_LIST_MODEL (self->core), i);

      if (!mz_gateway_entry_get_transient (mz_gateway_get_entry (gateway)) && mz_gateway_has_unsent (gateway))
        return TRUE;
    }

  return FALSE;
}

static void
close_answered_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      data)
{
  g_autoptr (MzWindow) self = data;
  g_autofree char *answer = mz_compat_ask_finish (GTK_WIDGET (source), result);

  self->asking = FALSE;
  if (g_strcmp0 (answer, "close") != 0)
    return;

  self->may_close = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
mz_window_close_request (GtkWindow *window)
{
  const char *answers[] = { "cancel", _("_Keep Open"), "close", _("_Discard and Close"), NULL };
  MzWindow *self = MZ_WINDOW (window);

  if (!self->may_close && has_unsent (self))
    {
      if (!self->asking)
        {
          self->asking = TRUE;
          mz_compat_ask_async (GTK_WIDGET (self), _("Close with unsent messages?"),
                               _("What you wrote and did not send is lost, and so are messages that still wait for the connection."), NULL, answers, NULL,
                               "close", "cancel", self->cancellable, close_answered_cb, g_object_ref (self));
        }
      return GDK_EVENT_STOP;
    }

  save_state (self);
  remember_chat (self);
  mz_session_actions_flush (self->actions);

  return GTK_WINDOW_CLASS (mz_window_parent_class)->close_request (window);
}

static void
mz_window_dispose (GObject *object)
{
  MzWindow *self = MZ_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  disconnect_gateway (self);
  if (self->row != NULL)
    g_signal_handlers_disconnect_by_func (self->row, mz_window_update_header, self);
  g_clear_object (&self->row);
  g_clear_object (&self->chat);
  g_clear_object (&self->gateway);
  g_clear_object (&self->actions);
  g_clear_object (&self->settings);
  g_clear_object (&self->core);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_WINDOW);

  G_OBJECT_CLASS (mz_window_parent_class)->dispose (object);
}

static void
mz_window_class_init (MzWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mz_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = mz_window_close_request;

  /**
   * MzWindow::chat-seen:
   * @self: the window
   * @gateway: the gateway that is shown
   * @key: the conversation that is shown
   *
   * A conversation is before the person now.
   */
  signals[CHAT_SEEN] = g_signal_new ("chat-seen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 2, MZ_TYPE_GATEWAY, G_TYPE_STRING);

  g_type_ensure (MZ_TYPE_SIDEBAR);
  g_type_ensure (MZ_TYPE_CONNECTION_BAR);
  g_type_ensure (MZ_TYPE_EXPORT_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, MzWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, MzWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, MzWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, MzWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, MzWindow, header);
  gtk_widget_class_bind_template_child (widget_class, MzWindow, title);
  gtk_widget_class_bind_template_child (widget_class, MzWindow, chat_menu);
  gtk_widget_class_bind_template_child (widget_class, MzWindow, model_menu);
  gtk_widget_class_bind_template_child (widget_class, MzWindow, model_label);
  gtk_widget_class_bind_template_child (widget_class, MzWindow, bar);
  gtk_widget_class_bind_template_child (widget_class, MzWindow, export_bar);
  gtk_widget_class_bind_template_child (widget_class, MzWindow, conversation_bin);
  gtk_widget_class_bind_template_child (widget_class, MzWindow, connect_bin);
  gtk_widget_class_bind_template_callback (widget_class, chat_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, gateway_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, bar_action_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, visible_child_cb);

  mz_window_install_actions (klass);
}

static void
mz_window_init (MzWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::is-active", G_CALLBACK (active_cb), NULL);
}

/**
 * mz_window_new:
 * @application: the application
 * @core: what all windows share
 *
 * A window as it was left.
 *
 * Returns: (transfer none): a new window, owned by GTK
 */
GtkWindow *
mz_window_new (GtkApplication *application,
               MzCore         *core)
{
  MzWindow *self;

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (MZ_IS_CORE (core), NULL);

  self = g_object_new (MZ_TYPE_WINDOW, "application", application, NULL);
  self->core = g_object_ref (core);
  self->settings = g_object_ref (mz_core_get_settings (core));
  self->actions = mz_session_actions_new (self->toasts);
  self->conversation = MZ_CONVERSATION (mz_conversation_new (self->settings));
  adw_bin_set_child (self->conversation_bin, GTK_WIDGET (self->conversation));
  /* The header's menu and the shortcuts reach them too. */
  gtk_widget_insert_action_group (GTK_WIDGET (self), "conversation", mz_conversation_get_actions (self->conversation));
  mz_window_add_choices (self);
  mz_window_add_menus (self);
  mz_sidebar_set_up (self->sidebar, core, self->actions);
  g_signal_connect_object (core, "items-changed", G_CALLBACK (core_changed_cb), self, G_CONNECT_SWAPPED);
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  mz_window_update_header (self);

  return GTK_WINDOW (self);
}

/**
 * mz_window_show_gateway:
 * @self: a window
 * @gateway: one of the core's gateways
 *
 * Shows a gateway, with the conversation that was shown last.
 */
void
mz_window_show_gateway (MzWindow  *self,
                        MzGateway *gateway)
{
  const char *last;

  g_return_if_fail (MZ_IS_WINDOW (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));

  last = mz_gateway_entry_get_last_session (mz_gateway_get_entry (gateway));
  mz_window_show_chat (self, gateway, last != NULL && *last != '\0' ? last : "main");
}

/**
 * mz_window_show_chat:
 * @self: a window
 * @gateway: one of the core's gateways
 * @key: a conversation of it
 *
 * Shows a conversation.
 */
void
mz_window_show_chat (MzWindow   *self,
                     MzGateway  *gateway,
                     const char *key)
{
  g_return_if_fail (MZ_IS_WINDOW (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));
  g_return_if_fail (key != NULL);

  set_gateway (self, gateway);
  leave_connect_page (self);
  adw_leaflet_set_visible_child_name (self->leaflet, "content");
  show_chat (self, key);
  mz_conversation_focus_composer (self->conversation);
}

/**
 * mz_window_show_connect:
 * @self: a window
 * @address: (nullable): what a link suggests
 * @name: (nullable): a name for it
 *
 * Shows the page that adds a gateway.
 */
void
mz_window_show_connect (MzWindow   *self,
                        const char *address,
                        const char *name)
{
  g_return_if_fail (MZ_IS_WINDOW (self));

  if (self->connect_page == NULL)
    {
      self->connect_page = MZ_CONNECT_PAGE (mz_connect_page_new (self->core));
      g_signal_connect_object (self->connect_page, "connected", G_CALLBACK (connected_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->connect_page, "closed", G_CALLBACK (connect_closed_cb), self, G_CONNECT_SWAPPED);
      adw_bin_set_child (self->connect_bin, GTK_WIDGET (self->connect_page));
    }
  else
    mz_connect_page_reset (self->connect_page);

  mz_connect_page_set_can_close (self->connect_page, self->gateway != NULL);
  if (address != NULL)
    mz_connect_page_suggest (self->connect_page, address, name);
  gtk_stack_set_visible_child_name (self->pages, "connect");
}

static void
created_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (MzWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *key = mz_session_list_create_finish (MZ_SESSION_LIST (source), result, &error);

  self->creating = FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (key == NULL)
    {
      g_autofree char *text = g_strdup_printf (_("A new conversation could not be made: %s"), error->message);

      mz_window_toast (self, text);
      return;
    }
  /* The person may have gone on to another gateway meanwhile. */
  if (self->gateway == NULL || MZ_SESSION_LIST (source) != mz_gateway_get_sessions (self->gateway))
    return;

  mz_window_show_chat (self, self->gateway, key);
}

/**
 * mz_window_new_chat:
 * @self: a window
 *
 * Makes a conversation and shows it.
 */
void
mz_window_new_chat (MzWindow *self)
{
  g_return_if_fail (MZ_IS_WINDOW (self));

  if (self->gateway == NULL || mz_gateway_get_state (self->gateway) != MZ_CLIENT_READY)
    {
      mz_window_toast (self, _("Connect to a gateway first: new conversations are made there."));
      return;
    }
  if (self->creating)
    return;

  self->creating = TRUE;
  mz_session_list_create_async (mz_gateway_get_sessions (self->gateway), NULL, NULL, NULL, self->cancellable, created_cb, g_object_ref (self));
}

/**
 * mz_window_is_showing:
 * @self: a window
 * @gateway: a gateway
 * @key: a conversation of it
 *
 * Whether the conversation is in the window.
 *
 * Returns: %TRUE if it is
 */
gboolean
mz_window_is_showing (MzWindow   *self,
                      MzGateway  *gateway,
                      const char *key)
{
  g_return_val_if_fail (MZ_IS_WINDOW (self), FALSE);

  return self->gateway == gateway && g_strcmp0 (mz_window_get_key (self), key) == 0;
}

/**
 * mz_window_toast:
 * @self: a window
 * @text: what is to be said, translated
 *
 * Says something for a few seconds.
 */
void
mz_window_toast (MzWindow   *self,
                 const char *text)
{
  g_autofree char *escaped = NULL;

  g_return_if_fail (MZ_IS_WINDOW (self));
  g_return_if_fail (text != NULL);

  /* Titles of toasts are markup. */
  escaped = g_markup_escape_text (text, -1);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}
