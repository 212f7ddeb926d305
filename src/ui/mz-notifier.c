/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer"

#include "config.h"

#include "mz-notifier.h"

#include <glib/gi18n.h>

#include "mz-row-text.h"

/* A notification is read at a glance: characters of a reply in it. */
#define PREVIEW_CHARS 200

/* A command is only allowed from where all of it is seen. */
#define ALLOWABLE_CHARS 100

/* What is watched of one gateway: its lists change with each new client. */
typedef struct
{
  MzNotifier *notifier; /* not owned: it owns this */
  MzGateway *gateway;
  GListModel *sessions;
  GPtrArray *rows; /* of the sessions, in their order */
  GListModel *approvals;
  GHashTable *running; /* keys of the sessions that run */
  GHashTable *waiting; /* ids of the approvals that were notified */
} Watch;

struct _MzNotifier
{
  GObject parent_instance;

  GApplication *application; /* not owned: it owns the notifier */
  MzCore *core;
  MzNotifierInFrontFunc in_front;
  gpointer user_data;
  GPtrArray *watches;
};

G_DEFINE_FINAL_TYPE (MzNotifier, mz_notifier, G_TYPE_OBJECT)

static void watch_sessions  (Watch *watch);
static void watch_approvals (Watch *watch);

static char *
make_id (const char *what,
         MzGateway  *gateway,
         const char *name)
{
  return g_strdup_printf ("%s:%s:%s", what, mz_gateway_entry_get_id (mz_gateway_get_entry (gateway)), name);
}

static gboolean
is_wanted (Watch      *watch,
           const char *key)
{
  MzNotifier *self = watch->notifier;

  return g_settings_get_boolean (mz_core_get_settings (self->core), "notifications") &&
         !self->in_front (watch->gateway, key, self->user_data);
}

static GNotification *
notification_new (Watch      *watch,
                  const char *title,
                  const char *body,
                  const char *key)
{
  g_autoptr (GNotification) notification = g_notification_new (title);

  if (body != NULL && *body != '\0')
    g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (notification, "app.show-chat", "(ss)",
                                                mz_gateway_entry_get_id (mz_gateway_get_entry (watch->gateway)), key);

  return g_steal_pointer (&notification);
}

/* The end of the reply as far as it is known here: an open conversation has it, for others the list's preview has to do. */
static char *
dup_preview (MzGateway    *gateway,
             MzSessionRow *row,
             gboolean     *failed)
{
  MzChat *chat = mz_gateway_peek_chat (gateway, mz_session_row_get_key (row));
  const char *text = mz_session_row_get_preview (row);

  if (chat != NULL)
    {
      GListModel *timeline = G_LIST_MODEL (mz_chat_get_timeline (chat));
      guint n = g_list_model_get_n_items (timeline);

      if (n > 0)
        {
          g_autoptr (MzMessage) last = g_list_model_get_item (timeline, n - 1);

          *failed = mz_message_get_kind (last) == MZ_MESSAGE_ERROR;
          text = *failed ? mz_message_get_error_message (last) : mz_message_get_text (last);
        }
    }
  if (text == NULL)
    return NULL;

  return mz_row_text_first_line (text, PREVIEW_CHARS);
}

static void
notify_reply (Watch        *watch,
              MzSessionRow *row)
{
  const char *key = mz_session_row_get_key (row);
  gboolean failed = FALSE;
  g_autofree char *preview = NULL;
  g_autofree char *title = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GNotification) notification = NULL;

  /* In another conversation of a window before the person, the mark in the sidebar says enough. */
  if (!is_wanted (watch, NULL))
    return;

  title = mz_row_text_first_line (mz_session_row_get_title (row), PREVIEW_CHARS);
  preview = dup_preview (watch->gateway, row, &failed);
  if (!g_settings_get_boolean (mz_core_get_settings (watch->notifier->core), "notification-preview"))
    {
      g_free (preview);
      preview = g_strdup (failed ? _("The reply ended with an error.") : _("The reply is complete."));
    }
  notification = notification_new (watch, title, preview, key);
  g_notification_add_button_with_target (notification, _("Open"), "app.show-chat", "(ss)",
                                         mz_gateway_entry_get_id (mz_gateway_get_entry (watch->gateway)), key);
  id = make_id ("reply", watch->gateway, key);
  g_application_send_notification (watch->notifier->application, id, notification);
}

static void
row_changed_cb (MzSessionRow *row,
                GParamSpec   *pspec,
                Watch        *watch)
{
  const char *key = mz_session_row_get_key (row);

  if (mz_session_row_get_running (row))
    g_hash_table_add (watch->running, g_strdup (key));
  else if (g_hash_table_remove (watch->running, key))
    notify_reply (watch, row);
}

static void
forget_row (gpointer data,
            gpointer user_data)
{
  g_signal_handlers_disconnect_by_func (data, row_changed_cb, user_data);
}

static void
sessions_changed_cb (GListModel *sessions,
                     guint       position,
                     guint       removed,
                     guint       added,
                     Watch      *watch)
{
  for (guint i = position; i < position + removed; i++)
    forget_row (g_ptr_array_index (watch->rows, i), watch);
  g_ptr_array_remove_range (watch->rows, position, removed);

  for (guint i = position; i < position + added; i++)
    {
      MzSessionRow *row = g_list_model_get_item (sessions, i);

      g_signal_connect (row, "notify::running", G_CALLBACK (row_changed_cb), watch);
      g_ptr_array_insert (watch->rows, (int) i, row);
      if (mz_session_row_get_running (row))
        g_hash_table_add (watch->running, g_strdup (mz_session_row_get_key (row)));
    }
}

static void
forget_sessions (Watch *watch)
{
  if (watch->sessions == NULL)
    return;

  g_signal_handlers_disconnect_by_func (watch->sessions, sessions_changed_cb, watch);
  g_ptr_array_foreach (watch->rows, forget_row, watch);
  g_ptr_array_set_size (watch->rows, 0);
  g_hash_table_remove_all (watch->running);
  g_clear_object (&watch->sessions);
}

static void
notify_approval (Watch      *watch,
                 MzApproval *approval)
{
  MzNotifier *self = watch->notifier;
  const char *gateway = mz_gateway_entry_get_id (mz_gateway_get_entry (watch->gateway));
  const char *key = mz_gateway_get_approval_key (watch->gateway, approval);
  const char *id = mz_approval_get_id (approval);
  const char *command = mz_approval_get_command (approval);
  gboolean preview = g_settings_get_boolean (mz_core_get_settings (self->core), "notification-preview");
  g_autofree char *line = mz_row_text_first_line (command, PREVIEW_CHARS);
  g_autofree char *name = NULL;
  g_autoptr (GNotification) notification = NULL;
  /* What the line leaves out, or the desktop could take for markup, is to be seen in the conversation. */
  gboolean whole = g_strcmp0 (line, command) == 0 && g_utf8_strlen (command, -1) <= ALLOWABLE_CHARS && strpbrk (command, "<&") == NULL &&
                   mz_approval_get_warning (approval) == NULL;

  if (g_hash_table_contains (watch->waiting, id) || !is_wanted (watch, key))
    return;

  notification = notification_new (watch, _("A command waits for your approval"), preview ? line : NULL, key);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  if (preview && whole && mz_approval_allows (approval, "allow-once"))
    g_notification_add_button_with_target (notification, _("Allow once"), "app.answer-approval", "(sss)", gateway, id, "allow-once");
  if (mz_approval_allows (approval, "deny"))
    g_notification_add_button_with_target (notification, _("Deny"), "app.answer-approval", "(sss)", gateway, id, "deny");
  g_hash_table_add (watch->waiting, g_strdup (id));
  name = make_id ("approval", watch->gateway, id);
  g_application_send_notification (self->application, name, notification);
}

static void
withdraw_approval (Watch      *watch,
                   const char *id)
{
  g_autofree char *name = make_id ("approval", watch->gateway, id);

  g_application_withdraw_notification (watch->notifier->application, name);
}

static void
approvals_changed_cb (GListModel *approvals,
                      guint       position,
                      guint       removed,
                      guint       added,
                      Watch      *watch)
{
  GHashTableIter iter;
  gpointer id;

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (MzApproval) approval = g_list_model_get_item (approvals, i);

      notify_approval (watch, approval);
    }

  g_hash_table_iter_init (&iter, watch->waiting);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (mz_approval_list_lookup (MZ_APPROVAL_LIST (approvals), id) == NULL)
      {
        withdraw_approval (watch, id);
        g_hash_table_iter_remove (&iter);
      }
}

static void
forget_approvals (Watch *watch)
{
  if (watch->approvals != NULL)
    g_signal_handlers_disconnect_by_func (watch->approvals, approvals_changed_cb, watch);
  g_clear_object (&watch->approvals);
}

static void
watch_sessions (Watch *watch)
{
  MzSessionList *sessions = mz_gateway_get_sessions (watch->gateway);

  forget_sessions (watch);
  if (sessions == NULL)
    return;

  watch->sessions = g_object_ref (G_LIST_MODEL (sessions));
  g_signal_connect (sessions, "items-changed", G_CALLBACK (sessions_changed_cb), watch);
  sessions_changed_cb (watch->sessions, 0, 0, g_list_model_get_n_items (watch->sessions), watch);
}

static void
watch_approvals (Watch *watch)
{
  MzApprovalList *approvals = mz_gateway_get_approvals (watch->gateway);

  forget_approvals (watch);
  if (approvals == NULL)
    return;

  watch->approvals = g_object_ref (G_LIST_MODEL (approvals));
  g_signal_connect (approvals, "items-changed", G_CALLBACK (approvals_changed_cb), watch);
  approvals_changed_cb (watch->approvals, 0, 0, g_list_model_get_n_items (watch->approvals), watch);
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  forget_sessions (watch);
  forget_approvals (watch);
  g_signal_handlers_disconnect_by_data (watch->gateway, watch);
  g_object_unref (watch->gateway);
  g_ptr_array_unref (watch->rows);
  g_hash_table_unref (watch->running);
  g_hash_table_unref (watch->waiting);
  g_free (watch);
}

static void
core_changed_cb (MzNotifier *self,
                 guint       position,
                 guint       removed,
                 guint       added,
                 GListModel *core)
{
  g_ptr_array_remove_range (self->watches, position, removed);
  for (guint i = position; i < position + added; i++)
    {
      Watch *watch = g_new0 (Watch, 1);

      watch->notifier = self;
      watch->gateway = g_list_model_get_item (core, i);
      watch->rows = g_ptr_array_new_with_free_func (g_object_unref);
      watch->running = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      watch->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_signal_connect_swapped (watch->gateway, "notify::sessions", G_CALLBACK (watch_sessions), watch);
      g_signal_connect_swapped (watch->gateway, "notify::approvals", G_CALLBACK (watch_approvals), watch);
      g_ptr_array_insert (self->watches, (int) i, watch);
      watch_sessions (watch);
      watch_approvals (watch);
    }
}

static void
mz_notifier_dispose (GObject *object)
{
  MzNotifier *self = MZ_NOTIFIER (object);

  g_clear_pointer (&self->watches, g_ptr_array_unref);
  g_clear_object (&self->core);

  G_OBJECT_CLASS (mz_notifier_parent_class)->dispose (object);
}

static void
mz_notifier_class_init (MzNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mz_notifier_dispose;
}

static void
mz_notifier_init (MzNotifier *self)
{
  self->watches = g_ptr_array_new_with_free_func (watch_free);
}

/**
 * mz_notifier_new:
 * @application: sends the notifications; not kept alive
 * @core: whose gateways are watched
 * @in_front: (scope notified): says what is before the person
 * @user_data: for @in_front
 *
 * Watches all gateways for what a person wants to know while they look elsewhere.
 *
 * Returns: (transfer full): a new notifier
 */
MzNotifier *
mz_notifier_new (GApplication          *application,
                 MzCore                *core,
                 MzNotifierInFrontFunc  in_front,
                 gpointer               user_data)
{
  MzNotifier *self;

  g_return_val_if_fail (G_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (MZ_IS_CORE (core), NULL);
  g_return_val_if_fail (in_front != NULL, NULL);

  self = g_object_new (MZ_TYPE_NOTIFIER, NULL);
  self->application = application;
  self->core = g_object_ref (core);
  self->in_front = in_front;
  self->user_data = user_data;
  g_signal_connect_object (core, "items-changed", G_CALLBACK (core_changed_cb), self, G_CONNECT_SWAPPED);
  core_changed_cb (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (core)), G_LIST_MODEL (core));

  return self;
}

/**
 * mz_notifier_withdraw:
 * @self: a notifier
 * @gateway: a gateway
 * @key: a conversation of it
 *
 * Takes back what was notified of a reply, when it is before the person. A command that waits for an answer goes on waiting.
 */
void
mz_notifier_withdraw (MzNotifier *self,
                      MzGateway  *gateway,
                      const char *key)
{
  g_autofree char *name = NULL;

  g_return_if_fail (MZ_IS_NOTIFIER (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));
  g_return_if_fail (key != NULL);

  name = make_id ("reply", gateway, key);
  g_application_withdraw_notification (self->application, name);
}
