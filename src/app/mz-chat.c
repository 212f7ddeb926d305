/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-chat-private.h"

enum
{
  PROP_0,
  PROP_KEY,
  PROP_SESSION,
  PROP_DRAFT,
  PROP_ATTACHMENTS,
  PROP_RUNNING,
  PROP_WAITING,
  PROP_STARTED,
  N_PROPS,
};

enum
{
  SEND_FAILED,
  REPLY_ENDED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzChat, mz_chat, G_TYPE_OBJECT)

/* Tells what changed of what is under way, and what waits. */
void
mz_chat_update (MzChat *self)
{
  gboolean running = mz_chat_get_running (self);
  guint waiting = mz_chat_get_waiting (self);
  const char *run_id = mz_session_get_active_run (self->session);
  gint64 started = self->started;

  /* A message's own run begins with the message: their ids are the same. */
  if (!running)
    started = 0;
  else if (started == 0 || (self->run_id != NULL && run_id != NULL && g_strcmp0 (run_id, self->run_id) != 0))
    started = g_get_monotonic_time ();
  if (!running || run_id != NULL)
    {
      g_free (self->run_id);
      self->run_id = g_strdup (run_id);
    }

  g_object_freeze_notify (G_OBJECT (self));
  if (self->started != started)
    {
      self->started = started;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STARTED]);
    }
  if (self->told_running != running)
    {
      self->told_running = running;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNNING]);
    }
  if (self->told_waiting != waiting)
    {
      self->told_waiting = waiting;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WAITING]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

/* Whether requests can go out on the session's client. */
gboolean
mz_chat_is_ready (MzChat *self)
{
  g_autoptr (MzGateway) gateway = g_weak_ref_get (&self->gateway);

  return gateway != NULL && mz_gateway_get_state (gateway) == MZ_CLIENT_READY &&
         mz_gateway_get_client (gateway) == mz_session_get_client (self->session);
}

void
mz_chat_emit_send_failed (MzChat    *self,
                          MzMessage *row,
                          GError    *error)
{
  g_signal_emit (self, signals[SEND_FAILED], 0, row, error);
}

static void
session_changed_cb (MzChat *self)
{
  mz_chat_flush (self);
}

static void
run_ended_cb (MzChat       *self,
              const char   *run_id,
              MzRunOutcome  outcome,
              GError       *error)
{
  g_signal_emit (self, signals[REPLY_ENDED], 0, run_id, outcome, error);
}

static gboolean
flush_cb (gpointer user_data)
{
  g_autoptr (MzChat) self = g_object_ref (user_data);

  self->flush_id = 0;
  self->blocked = FALSE;
  mz_chat_flush (self);
  return G_SOURCE_REMOVE;
}

/* Not before the session has seen it, too: it loads its history first, which tells what has arrived. */
static void
gateway_state_cb (MzChat *self)
{
  if (self->flush_id == 0)
    self->flush_id = g_idle_add_full (G_PRIORITY_DEFAULT, flush_cb, self, NULL);
  self->blocked = TRUE;
  mz_chat_update (self);
}

/* The conversation on the gateway's client of now, with everything that is not sent yet. */
static void
take_session (MzChat   *self,
              MzClient *client)
{
  g_autoptr (MzSession) old = g_steal_pointer (&self->session);

  self->session = mz_session_new (client, self->key);
  mz_session_set_patient (self->session, TRUE);
  for (GList *link = self->posts.head; link != NULL; link = link->next)
    ((MzPost *) link->data)->shown = FALSE;
  for (GList *link = self->failed.head; link != NULL; link = link->next)
    ((MzPost *) link->data)->shown = FALSE;
  mz_chat_show_posts (self);

  /* While not connected this only says that it is to be open. */
  mz_session_open_async (self->session, self->cancellable, NULL, NULL);
  g_signal_group_set_target (self->session_signals, self->session);

  self->blocked = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
  mz_chat_flush (self);
}

static void
gateway_client_cb (MzChat *self)
{
  g_autoptr (MzGateway) gateway = g_weak_ref_get (&self->gateway);
  MzClient *client = gateway != NULL ? mz_gateway_get_client (gateway) : NULL;

  /* Without a client the rows that are there stay. */
  if (client != NULL && client != mz_session_get_client (self->session))
    take_session (self, client);
}

static void
mz_chat_dispose (GObject *object)
{
  MzChat *self = MZ_CHAT (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->flush_id, g_source_remove);
  g_signal_group_set_target (self->session_signals, NULL);
  mz_chat_clear_posts (self);

  G_OBJECT_CLASS (mz_chat_parent_class)->dispose (object);
}

static void
mz_chat_finalize (GObject *object)
{
  MzChat *self = MZ_CHAT (object);

  g_weak_ref_clear (&self->gateway);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->attachments);
  g_free (self->key);
  g_free (self->draft);
  g_free (self->run_id);

  G_OBJECT_CLASS (mz_chat_parent_class)->finalize (object);
}

static void
mz_chat_get_property (GObject    *object,
                      guint       prop_id,
                      GValue     *value,
                      GParamSpec *pspec)
{
  MzChat *self = MZ_CHAT (object);

  switch (prop_id)
    {
    case PROP_KEY:
      g_value_set_string (value, self->key);
      break;
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_DRAFT:
      g_value_set_string (value, self->draft);
      break;
    case PROP_ATTACHMENTS:
      g_value_set_object (value, self->attachments);
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, mz_chat_get_running (self));
      break;
    case PROP_WAITING:
      g_value_set_uint (value, mz_chat_get_waiting (self));
      break;
    case PROP_STARTED:
      g_value_set_int64 (value, self->started);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_chat_set_property (GObject      *object,
                      guint         prop_id,
                      const GValue *value,
                      GParamSpec   *pspec)
{
  MzChat *self = MZ_CHAT (object);

  switch (prop_id)
    {
    case PROP_DRAFT:
      mz_chat_set_draft (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_chat_class_init (MzChatClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_chat_dispose;
  object_class->finalize = mz_chat_finalize;
  object_class->get_property = mz_chat_get_property;
  object_class->set_property = mz_chat_set_property;

  props[PROP_KEY] = g_param_spec_string ("key", NULL, NULL, NULL, flags);
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, MZ_TYPE_SESSION, flags);
  props[PROP_DRAFT] = g_param_spec_string ("draft", NULL, NULL, "", flags | G_PARAM_WRITABLE);
  props[PROP_ATTACHMENTS] = g_param_spec_object ("attachments", NULL, NULL, G_TYPE_LIST_STORE, flags);
  props[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);
  props[PROP_WAITING] = g_param_spec_uint ("waiting", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_STARTED] = g_param_spec_int64 ("started", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SEND_FAILED] = g_signal_new ("send-failed", MZ_TYPE_CHAT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, MZ_TYPE_MESSAGE, G_TYPE_ERROR);
  signals[REPLY_ENDED] = g_signal_new ("reply-ended", MZ_TYPE_CHAT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 3, G_TYPE_STRING, MZ_TYPE_RUN_OUTCOME, G_TYPE_ERROR);
}

static void
mz_chat_init (MzChat *self)
{
  g_weak_ref_init (&self->gateway, NULL);
  self->cancellable = g_cancellable_new ();
  self->draft = g_strdup ("");
  self->attachments = g_list_store_new (MZ_TYPE_OUTGOING);
  g_queue_init (&self->posts);
  g_queue_init (&self->failed);
  g_queue_init (&self->sent);

  self->session_signals = g_signal_group_new (MZ_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "notify::loading", G_CALLBACK (session_changed_cb), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::running", G_CALLBACK (session_changed_cb), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::active-run", G_CALLBACK (session_changed_cb), self);
  g_signal_group_connect_swapped (self->session_signals, "run-ended", G_CALLBACK (run_ended_cb), self);
}

/* (transfer full): the conversation @key of @gateway, which does not have to be connected, and does not belong to the chat */
MzChat *
mz_chat_new (MzGateway  *gateway,
             const char *key)
{
  MzChat *self = g_object_new (MZ_TYPE_CHAT, NULL);

  self->key = g_strdup (key);
  g_weak_ref_set (&self->gateway, gateway);
  g_signal_connect_object (gateway, "notify::client", G_CALLBACK (gateway_client_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gateway, "notify::state", G_CALLBACK (gateway_state_cb), self, G_CONNECT_SWAPPED);
  take_session (self, mz_gateway_get_client (gateway));
  return self;
}

/**
 * mz_chat_get_key:
 *
 * Returns: (transfer none): the key that it was opened with
 */
const char *
mz_chat_get_key (MzChat *self)
{
  g_return_val_if_fail (MZ_IS_CHAT (self), NULL);

  return self->key;
}

/**
 * mz_chat_get_session:
 *
 * Returns: (transfer none): the session on the gateway's client of now; before the first connect one without a client, which has the
 *   messages that wait
 */
MzSession *
mz_chat_get_session (MzChat *self)
{
  g_return_val_if_fail (MZ_IS_CHAT (self), NULL);

  return self->session;
}

/**
 * mz_chat_get_timeline:
 *
 * Returns: (transfer none): the rows of the session of now
 */
MzTimeline *
mz_chat_get_timeline (MzChat *self)
{
  g_return_val_if_fail (MZ_IS_CHAT (self), NULL);

  return mz_session_get_timeline (self->session);
}

/**
 * mz_chat_get_draft:
 *
 * Returns: (transfer none): what is in the composer, "" for nothing
 */
const char *
mz_chat_get_draft (MzChat *self)
{
  g_return_val_if_fail (MZ_IS_CHAT (self), NULL);

  return self->draft;
}

/**
 * mz_chat_set_draft:
 * @draft: (nullable): what is in the composer
 */
void
mz_chat_set_draft (MzChat     *self,
                   const char *draft)
{
  g_return_if_fail (MZ_IS_CHAT (self));

  if (draft == NULL)
    draft = "";
  if (g_str_equal (draft, self->draft))
    return;

  g_free (self->draft);
  self->draft = g_strdup (draft);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DRAFT]);
}

/**
 * mz_chat_get_attachments:
 *
 * Returns: (transfer none) (element-type MzOutgoing): the files that go with the draft; add and remove as you like
 */
GListStore *
mz_chat_get_attachments (MzChat *self)
{
  g_return_val_if_fail (MZ_IS_CHAT (self), NULL);

  return self->attachments;
}

/**
 * mz_chat_get_running:
 *
 * Returns: whether a reply is under way, or a message is just being sent: there is something to stop
 */
gboolean
mz_chat_get_running (MzChat *self)
{
  g_return_val_if_fail (MZ_IS_CHAT (self), FALSE);

  return mz_session_get_running (self->session) || (mz_chat_peek_sending (self) != NULL && mz_chat_is_ready (self));
}

/**
 * mz_chat_get_waiting:
 *
 * Returns: how many messages wait for a connection
 */
guint
mz_chat_get_waiting (MzChat *self)
{
  g_return_val_if_fail (MZ_IS_CHAT (self), 0);

  return mz_chat_is_ready (self) ? 0 : self->posts.length;
}

/**
 * mz_chat_get_started:
 *
 * Returns: when what is under way began, monotonic µs; 0 when nothing is
 */
gint64
mz_chat_get_started (MzChat *self)
{
  g_return_val_if_fail (MZ_IS_CHAT (self), 0);

  return self->started;
}

static GPtrArray *
take_files (GListStore *attachments)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (attachments));
  GPtrArray *files;

  if (n == 0)
    return NULL;

  files = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (files, g_list_model_get_item (G_LIST_MODEL (attachments), i));
  g_list_store_remove_all (attachments);
  return files;
}

/**
 * mz_chat_text_is_blank:
 * @text: a text
 *
 * Returns: whether there is nothing but white space in it, so that it cannot be sent
 */
gboolean
mz_chat_text_is_blank (const char *text)
{
  g_return_val_if_fail (text != NULL, TRUE);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!g_unichar_isspace (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

/**
 * mz_chat_has_unsent:
 *
 * Returns: whether something would be lost if the program ended now: a draft, its files, or a message that waits or was refused
 */
gboolean
mz_chat_has_unsent (MzChat *self)
{
  g_return_val_if_fail (MZ_IS_CHAT (self), FALSE);

  return self->posts.length > 0 || self->failed.length > 0 || !mz_chat_text_is_blank (self->draft) ||
         g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) > 0;
}

/**
 * mz_chat_send:
 *
 * Sends the draft with its attachments, and empties both. They come back when the gateway cannot take the message at all, and nothing new
 * was written meanwhile.
 *
 * Returns: %FALSE when there is nothing to send
 */
gboolean
mz_chat_send (MzChat *self)
{
  g_autoptr (GPtrArray) files = NULL;
  g_autofree char *text = NULL;
  MzPost *post;

  g_return_val_if_fail (MZ_IS_CHAT (self), FALSE);

  if (mz_chat_text_is_blank (self->draft) && g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) == 0)
    return FALSE;

  text = g_strchomp (g_strdup (self->draft));
  files = take_files (self->attachments);
  mz_chat_set_draft (self, NULL);

  post = mz_post_new (text, files, NULL, NULL);
  post->is_draft = TRUE;
  mz_chat_push_post (self, post);
  return TRUE;
}

/**
 * mz_chat_send_text:
 * @text: a message
 *
 * Sends @text as it is; the draft stays.
 */
void
mz_chat_send_text (MzChat     *self,
                   const char *text)
{
  g_return_if_fail (MZ_IS_CHAT (self));
  g_return_if_fail (text != NULL);

  if (!mz_chat_text_is_blank (text))
    mz_chat_push_post (self, mz_post_new (text, NULL, NULL, NULL));
}

/**
 * mz_chat_stop:
 *
 * Stops the reply that is under way; of a message that is just being sent, the reply as soon as it begins.
 */
void
mz_chat_stop (MzChat *self)
{
  const char *run_id;
  MzPost *post;

  g_return_if_fail (MZ_IS_CHAT (self));

  run_id = mz_session_get_active_run (self->session);
  post = mz_chat_peek_sending (self);
  if (run_id != NULL)
    {
      const char *target = mz_session_get_target_run (self->session, run_id);

      mz_session_abort_async (self->session, target != NULL ? target : run_id, NULL, NULL, NULL);
    }
  else if (post != NULL)
    {
      post->stop = TRUE;
    }
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mz_session_list_patch_finish (MZ_SESSION_LIST (source), result, &error))
    g_debug ("Not marked as read: %s", error->message);
}

/**
 * mz_chat_mark_read:
 *
 * Tells the gateway that the conversation was read, when it is listed as unread: for a window that shows it.
 */
void
mz_chat_mark_read (MzChat *self)
{
  g_autoptr (MzGateway) gateway = NULL;
  MzSessionList *sessions;
  MzSessionRow *row;

  g_return_if_fail (MZ_IS_CHAT (self));

  gateway = g_weak_ref_get (&self->gateway);
  sessions = gateway != NULL ? mz_gateway_get_sessions (gateway) : NULL;
  row = sessions != NULL ? mz_session_list_lookup (sessions, mz_session_get_canonical_key (self->session)) : NULL;
  if (row != NULL && mz_session_row_get_unread (row) && mz_chat_is_ready (self))
    mz_session_list_set_unread_async (sessions, mz_session_row_get_key (row), FALSE, NULL, read_cb, NULL);
}
