/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-conversation-items.h"

#include "mz-activity-row.h"

/* A pause shorter than this, between a tool and the next word, shows nothing. */
#define ACTIVITY_DELAY_MS 250

struct _MzConversationItems
{
  GObject parent_instance;

  MzGateway *gateway;
  MzChat *chat;

  GListStore *parts; /* the three models below */
  GtkFlattenListModel *model;
  GtkFilterListModel *approvals;
  GtkCustomFilter *filter;
  GListStore *activity;

  GSignalGroup *session_signals;
  GSignalGroup *timeline_signals;
  GSignalGroup *last_signals;
  GSource *delay;
};

G_DEFINE_FINAL_TYPE (MzConversationItems, mz_conversation_items, G_TYPE_OBJECT)

static gboolean
is_of_session (gpointer item,
               gpointer user_data)
{
  MzConversationItems *self = user_data;
  MzSession *session = mz_chat_get_session (self->chat);
  const char *key = mz_gateway_get_approval_key (self->gateway, item);

  return session != NULL &&
         (g_strcmp0 (key, mz_session_get_canonical_key (session)) == 0 || g_strcmp0 (key, mz_session_get_key (session)) == 0);
}

static gboolean
wants_activity (MzConversationItems *self)
{
  GListModel *timeline = G_LIST_MODEL (mz_chat_get_timeline (self->chat));
  guint n = timeline != NULL ? g_list_model_get_n_items (timeline) : 0;
  g_autoptr (MzMessage) last = n > 0 ? g_list_model_get_item (timeline, n - 1) : NULL;

  if (!mz_chat_get_running (self->chat) || g_list_model_get_n_items (G_LIST_MODEL (self->approvals)) > 0)
    return FALSE;
  if (last == NULL)
    return TRUE;

  switch (mz_message_get_state (last))
    {
    case MZ_MESSAGE_STREAMING:
    case MZ_MESSAGE_SENDING:
    case MZ_MESSAGE_QUEUED:
      return FALSE;
    case MZ_MESSAGE_DONE:
    case MZ_MESSAGE_FAILED:
    case MZ_MESSAGE_ABORTED:
    default:
      return TRUE;
    }
}

static void
cancel_delay (MzConversationItems *self)
{
  if (self->delay == NULL)
    return;

  g_source_destroy (self->delay);
  g_clear_pointer (&self->delay, g_source_unref);
}

static gboolean
delay_cb (gpointer user_data)
{
  MzConversationItems *self = user_data;

  cancel_delay (self);
  if (wants_activity (self) && g_list_model_get_n_items (G_LIST_MODEL (self->activity)) == 0)
    {
      g_autoptr (MzActivity) activity = mz_activity_new ();

      g_list_store_append (self->activity, activity);
    }
  return G_SOURCE_REMOVE;
}

static void
update_activity (MzConversationItems *self)
{
  if (!wants_activity (self))
    {
      cancel_delay (self);
      if (g_list_model_get_n_items (G_LIST_MODEL (self->activity)) > 0)
        g_list_store_remove_all (self->activity);
      return;
    }

  if (self->delay != NULL || g_list_model_get_n_items (G_LIST_MODEL (self->activity)) > 0)
    return;

  self->delay = g_timeout_source_new (ACTIVITY_DELAY_MS);
  g_source_set_callback (self->delay, delay_cb, self, NULL);
  g_source_attach (self->delay, NULL);
}

static void
timeline_changed_cb (MzConversationItems *self)
{
  GListModel *timeline = G_LIST_MODEL (mz_chat_get_timeline (self->chat));
  guint n = g_list_model_get_n_items (timeline);
  g_autoptr (MzMessage) last = n > 0 ? g_list_model_get_item (timeline, n - 1) : NULL;

  g_signal_group_set_target (self->last_signals, last);
  update_activity (self);
}

static void
key_changed_cb (MzConversationItems *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
approvals_changed_cb (MzConversationItems *self)
{
  gtk_filter_list_model_set_model (self->approvals, G_LIST_MODEL (mz_gateway_get_approvals (self->gateway)));
}

static void
session_changed_cb (MzConversationItems *self)
{
  gpointer timeline = mz_chat_get_timeline (self->chat);
  guint n_old = g_list_model_get_n_items (G_LIST_MODEL (self->parts)) > 2 ? 1 : 0;

  g_list_store_splice (self->parts, 0, n_old, &timeline, 1);
  g_signal_group_set_target (self->session_signals, mz_chat_get_session (self->chat));
  g_signal_group_set_target (self->timeline_signals, timeline);
  key_changed_cb (self);
  timeline_changed_cb (self);
}

static void
mz_conversation_items_dispose (GObject *object)
{
  MzConversationItems *self = MZ_CONVERSATION_ITEMS (object);

  cancel_delay (self);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->timeline_signals);
  g_clear_object (&self->last_signals);

  /* The models can outlive this, in a transcript; the filter's function must not be asked then. */
  if (self->approvals != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->approvals, update_activity, self);
      gtk_filter_list_model_set_model (self->approvals, NULL);
      gtk_filter_list_model_set_filter (self->approvals, NULL);
    }
  g_clear_object (&self->model);
  g_clear_object (&self->approvals);
  g_clear_object (&self->filter);
  g_clear_object (&self->activity);
  g_clear_object (&self->parts);
  g_clear_object (&self->gateway);
  g_clear_object (&self->chat);
  G_OBJECT_CLASS (mz_conversation_items_parent_class)->dispose (object);
}

static void
mz_conversation_items_class_init (MzConversationItemsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mz_conversation_items_dispose;
}

static void
mz_conversation_items_init (MzConversationItems *self)
{
  self->session_signals = g_signal_group_new (MZ_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "notify::canonical-key", G_CALLBACK (key_changed_cb), self);
  self->timeline_signals = g_signal_group_new (MZ_TYPE_TIMELINE);
  g_signal_group_connect_swapped (self->timeline_signals, "items-changed", G_CALLBACK (timeline_changed_cb), self);
  self->last_signals = g_signal_group_new (MZ_TYPE_MESSAGE);
  g_signal_group_connect_swapped (self->last_signals, "notify::state", G_CALLBACK (update_activity), self);

  self->parts = g_list_store_new (G_TYPE_LIST_MODEL);
  self->model = gtk_flatten_list_model_new (G_LIST_MODEL (g_object_ref (self->parts)));
  self->filter = gtk_custom_filter_new (is_of_session, self, NULL);
  self->approvals = gtk_filter_list_model_new (NULL, NULL);
  self->activity = g_list_store_new (MZ_TYPE_ACTIVITY);
}

MzConversationItems *
mz_conversation_items_new (MzGateway *gateway,
                           MzChat    *chat)
{
  MzConversationItems *self;

  g_return_val_if_fail (MZ_IS_GATEWAY (gateway), NULL);
  g_return_val_if_fail (MZ_IS_CHAT (chat), NULL);

  self = g_object_new (MZ_TYPE_CONVERSATION_ITEMS, NULL);
  self->gateway = g_object_ref (gateway);
  self->chat = g_object_ref (chat);

  gtk_filter_list_model_set_filter (self->approvals, GTK_FILTER (self->filter));
  approvals_changed_cb (self);
  g_list_store_append (self->parts, self->approvals);
  g_list_store_append (self->parts, self->activity);
  session_changed_cb (self);

  g_signal_connect_object (self->approvals, "items-changed", G_CALLBACK (update_activity), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gateway, "notify::approvals", G_CALLBACK (approvals_changed_cb), self, G_CONNECT_SWAPPED);
  /* Which conversation is the main one is known then. */
  g_signal_connect_object (gateway, "ready", G_CALLBACK (key_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (chat, "notify::session", G_CALLBACK (session_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (chat, "notify::running", G_CALLBACK (update_activity), self, G_CONNECT_SWAPPED);
  return self;
}

GListModel *
mz_conversation_items_get_model (MzConversationItems *self)
{
  g_return_val_if_fail (MZ_IS_CONVERSATION_ITEMS (self), NULL);

  return G_LIST_MODEL (self->model);
}

GListModel *
mz_conversation_items_get_approvals (MzConversationItems *self)
{
  g_return_val_if_fail (MZ_IS_CONVERSATION_ITEMS (self), NULL);

  return G_LIST_MODEL (self->approvals);
}
