/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-chat-private.h"

#include <glib/gi18n.h>

#include "mz-json.h"

/* Messages on their way: each waits for the one before it, for its files, and for a connection; whatever happens to the connection, it
 * arrives once, for it keeps its key, and what the gateway has already is not sent again. */

/* A gateway that does not answer twice in a row on a connection that stands: the person is told. One that has fallen silent is found out
 * in between, and its connection closed. */
#define MAX_TIMEOUTS 2

/* Of so many messages that were sent last the files are kept, for another try after a failed reply. */
#define MAX_SENT 4

typedef struct
{
  MzChat *chat;
  char *key;
} Attempt;

static GList *
find_post (GQueue     *queue,
           const char *key)
{
  for (GList *link = queue->head; link != NULL; link = link->next)
    {
      MzPost *post = link->data;

      if (g_strcmp0 (post->key, key) == 0)
        return link;
    }
  return NULL;
}

/* Whether something would be lost if the chat went: a message, or the end of a reply that somebody waits for. */
gboolean
mz_chat_is_busy (MzChat *self)
{
  return mz_chat_get_running (self) || self->draft[0] != '\0' || mz_chat_has_unsent (self);
}

/* Only ever one at a time. */
MzPost *
mz_chat_peek_sending (MzChat *self)
{
  MzPost *post = g_queue_peek_head (&self->posts);

  return post != NULL && post->state == MZ_POST_SENDING ? post : NULL;
}

static MzMessage *
find_row (MzChat *self,
          MzPost *post)
{
  return mz_timeline_lookup_idempotency (mz_session_get_timeline (self->session), post->key);
}

/* The gateway has it, whatever became of the answer. */
static gboolean
has_arrived (MzChat *self,
             MzPost *post)
{
  MzMessage *row = find_row (self, post);

  return row != NULL && (mz_message_get_id (row) != NULL || mz_message_get_state (row) == MZ_MESSAGE_QUEUED ||
                         mz_message_get_state (row) == MZ_MESSAGE_ABORTED);
}

/* Shows each message once those before it are shown, so that the rows stand in the order in which they were written. */
void
mz_chat_show_posts (MzChat *self)
{
  for (GList *link = self->failed.head; link != NULL; link = link->next)
    {
      MzPost *post = link->data;

      if (!post->shown)
        mz_session_add_unsent (self->session, post->text, post->attachments, post->key, post->error);
      post->shown = TRUE;
    }

  for (GList *link = self->posts.head; link != NULL; link = link->next)
    {
      MzPost *post = link->data;

      if (post->state == MZ_POST_ENCODING)
        break;
      if (!post->shown)
        {
          /* First: who sees the row may ask what it is. */
          post->shown = TRUE;
          mz_session_add_unsent (self->session, post->text, post->attachments, post->key, NULL);
        }
    }
}

static void
finish_post (MzChat *self,
             GList  *link)
{
  MzPost *post = link->data;

  g_queue_delete_link (&self->posts, link);
  if (post->files == NULL)
    {
      mz_post_free (post);
      return;
    }

  /* Encoded again when they are needed. */
  g_clear_pointer (&post->attachments, json_node_unref);
  g_queue_push_tail (&self->sent, post);
  while (self->sent.length > MAX_SENT)
    mz_post_free (g_queue_pop_head (&self->sent));
}

static gboolean
is_hopeless (const GError *error)
{
  if (g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE) ||
      g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_UNSUPPORTED))
    return TRUE;
  return g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_REMOTE) && !mz_gateway_error_get_retryable (error);
}

/* Back into the composer, unless something new is there already. */
static void
restore_draft (MzChat *self,
               MzPost *post)
{
  if (!post->is_draft || self->draft[0] != '\0' || g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) > 0)
    return;

  post->is_draft = FALSE;
  if (post->files != NULL)
    g_list_store_splice (self->attachments, 0, 0, post->files->pdata, post->files->len);
  mz_chat_set_draft (self, post->text);
}

static void
fail_post (MzChat *self,
           GList  *link,
           GError *error)
{
  MzPost *post = link->data;
  g_autoptr (MzMessage) row = NULL;

  post->state = MZ_POST_WAITING;
  post->error = g_error_copy (error);
  post->timeouts = 0;
  g_queue_unlink (&self->posts, link);
  g_queue_push_tail_link (&self->failed, link);

  row = g_object_ref (mz_session_add_unsent (self->session, post->text, post->attachments, post->key, error));
  if (is_hopeless (error))
    restore_draft (self, post);
  mz_chat_emit_send_failed (self, row, error);
}

static void
stop_run (MzChat     *self,
          const char *run_id)
{
  mz_session_abort_async (self->session, run_id, NULL, NULL, NULL);
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Attempt *attempt = user_data;
  g_autoptr (MzChat) self = attempt->chat;
  g_autofree char *key = attempt->key;
  g_autoptr (GError) error = NULL;
  g_autofree char *run_id = mz_session_send_finish (MZ_SESSION (source), result, &error);
  GList *link = find_post (&self->posts, key);
  MzPost *post = link != NULL ? link->data : NULL;

  g_free (attempt);
  if (post == NULL)
    return;

  post->state = MZ_POST_WAITING;
  if (MZ_SESSION (source) != self->session)
    {
      /* Of a client that is no more. The one of now loads the history, and knows whether it arrived. */
    }
  else if (error == NULL)
    {
      if (post->stop)
        stop_run (self, run_id);
      finish_post (self, link);
    }
  else if (has_arrived (self, post))
    {
      finish_post (self, link);
    }
  else if (!mz_gateway_error_is_no_answer (error))
    {
      fail_post (self, link, error);
    }
  else if (mz_chat_is_ready (self) && g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TIMED_OUT))
    {
      if (++post->timeouts >= MAX_TIMEOUTS)
        fail_post (self, link, error);
    }
  else
    {
      self->blocked = TRUE;
    }

  mz_chat_flush (self);
}

/* Sends what can be sent now. */
void
mz_chat_flush (MzChat *self)
{
  GList *link;

  while ((link = self->posts.head) != NULL)
    {
      MzPost *post = link->data;
      Attempt *attempt;

      if (post->state != MZ_POST_WAITING || self->blocked || !mz_chat_is_ready (self))
        break;

      /* Only the history tells whether it has arrived; and the first one what is older and only looks the same (protocol 3 has no keys). */
      if (mz_session_get_loading (self->session) && (post->attempted || !mz_session_get_loaded (self->session)))
        break;
      if (post->attempted && has_arrived (self, post))
        {
          finish_post (self, link);
          continue;
        }

      post->state = MZ_POST_SENDING;
      post->attempted = TRUE;
      attempt = g_new0 (Attempt, 1);
      attempt->chat = g_object_ref (self);
      attempt->key = g_strdup (post->key);
      mz_session_send_async (self->session, post->text, post->attachments, post->key, self->cancellable, sent_cb, attempt);
    }
  mz_chat_update (self);
}

static void
encode (GTask        *task,
        gpointer      source_object,
        gpointer      task_data,
        GCancellable *cancellable)
{
  g_task_return_pointer (task, mz_outgoing_to_json (task_data), (GDestroyNotify) json_node_unref);
}

static void
encoded_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  MzChat *self = MZ_CHAT (source);
  g_autofree char *key = user_data;
  g_autoptr (JsonNode) attachments = g_task_propagate_pointer (G_TASK (result), NULL);
  GList *link = find_post (&self->posts, key);
  MzPost *post = link != NULL ? link->data : NULL;

  if (post == NULL || post->state != MZ_POST_ENCODING)
    return;

  post->attachments = g_steal_pointer (&attachments);
  post->state = MZ_POST_WAITING;
  mz_chat_show_posts (self);
  mz_chat_flush (self);
}

/* @post: (transfer full): goes out after those that are on their way */
void
mz_chat_push_post (MzChat *self,
                   MzPost *post)
{
  g_queue_push_tail (&self->posts, post);
  if (post->state == MZ_POST_ENCODING)
    {
      g_autoptr (GTask) task = g_task_new (self, NULL, encoded_cb, g_strdup (post->key));

      g_task_set_source_tag (task, mz_chat_push_post);
      g_task_set_task_data (task, g_ptr_array_ref (post->files), (GDestroyNotify) g_ptr_array_unref);
      g_task_run_in_thread (task, encode);
    }
  mz_chat_show_posts (self);
  mz_chat_flush (self);
}

void
mz_chat_clear_posts (MzChat *self)
{
  g_queue_clear_full (&self->posts, (GDestroyNotify) mz_post_free);
  g_queue_clear_full (&self->failed, (GDestroyNotify) mz_post_free);
  g_queue_clear_full (&self->sent, (GDestroyNotify) mz_post_free);
}

/* What went with a message, as it can be sent again: NULL when only the gateway has it. */
static JsonNode *
collect_attachments (MzMessage *message)
{
  g_autoptr (JsonArray) array = json_array_new ();
  JsonNode *node;

  for (guint i = 0; i < mz_message_get_n_attachments (message); i++)
    {
      const MzAttachment *attachment = mz_message_get_attachment (message, i);

      /* Only a block that was to be sent has its content in it like this. */
      if (mz_json_get_string (mz_json_node_object (attachment->node), "content") == NULL)
        return NULL;
      json_array_add_element (array, json_node_copy (attachment->node));
    }
  if (json_array_get_length (array) == 0)
    return NULL;

  node = json_node_new (JSON_NODE_ARRAY);
  json_node_set_array (node, array);
  return node;
}

/* Without its files it would be another question: the person decides. */
static void
give_back (MzChat    *self,
           MzMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (mz_chat_text_is_blank (self->draft) && g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) == 0)
    {
      mz_chat_set_draft (self, mz_message_get_text (message));
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                   _("The files of this message are only on the gateway. Attach them again, then send."));
    }
  else
    {
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                   _("The files of that message are only on the gateway. To ask again, write it with its files."));
    }
  mz_chat_emit_send_failed (self, message, error);
}

/* The same message, as a new one or, with its @own_key, as the one that the gateway does not have. */
static void
repeat (MzChat    *self,
        MzMessage *message,
        gboolean   own_key)
{
  const char *key = mz_message_get_idempotency_key (message);
  GList *link = key != NULL ? find_post (&self->sent, key) : NULL;
  MzPost *post = link != NULL ? link->data : NULL;
  g_autoptr (JsonNode) attachments = post == NULL ? collect_attachments (message) : NULL;

  if (post == NULL && attachments == NULL && mz_message_get_n_attachments (message) > 0)
    {
      give_back (self, message);
      return;
    }
  mz_chat_push_post (self, mz_post_new (mz_message_get_text (message), post != NULL ? post->files : NULL, attachments,
                                        own_key ? key : NULL));
}

static MzMessage *
find_question (MzTimeline *timeline,
               MzMessage  *message)
{
  guint position;

  if (!mz_timeline_find (timeline, message, &position))
    return NULL;

  while (position > 0)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (G_LIST_MODEL (timeline), --position);

      /* The timeline holds it. */
      if (mz_message_get_kind (row) == MZ_MESSAGE_USER)
        return row;
    }
  return NULL;
}

/**
 * mz_chat_retry:
 * @message: a row: a person's message that failed, or what stands where its answer should be
 *
 * "Try again": of a person's message that could not be sent, the very same; otherwise the person's message before it, as a new one.
 */
void
mz_chat_retry (MzChat    *self,
               MzMessage *message)
{
  const char *key;
  GList *link;

  g_return_if_fail (MZ_IS_CHAT (self));
  g_return_if_fail (MZ_IS_MESSAGE (message));

  if (mz_message_get_kind (message) != MZ_MESSAGE_USER)
    {
      MzMessage *question = find_question (mz_chat_get_timeline (self), message);

      if (question != NULL)
        repeat (self, question, FALSE);
      return;
    }

  key = mz_message_get_idempotency_key (message);
  if (find_post (&self->posts, key) != NULL)
    return;

  link = find_post (&self->failed, key);
  if (link != NULL)
    {
      MzPost *post = link->data;

      g_queue_delete_link (&self->failed, link);
      g_clear_error (&post->error);
      post->shown = FALSE;
      mz_chat_push_post (self, post);
    }
  else
    {
      repeat (self, message, key != NULL && mz_message_get_id (message) == NULL && mz_message_get_state (message) == MZ_MESSAGE_FAILED);
    }
}

/**
 * mz_chat_discard:
 * @message: a row
 *
 * Gives up a message that waits, or that the gateway refused: it goes from the timeline. One whose answer is awaited just now stays.
 */
void
mz_chat_discard (MzChat    *self,
                 MzMessage *message)
{
  const char *key;
  GList *link;

  g_return_if_fail (MZ_IS_CHAT (self));
  g_return_if_fail (MZ_IS_MESSAGE (message));

  key = mz_message_get_idempotency_key (message);
  link = find_post (&self->posts, key);
  if (link != NULL && ((MzPost *) link->data)->state == MZ_POST_SENDING && mz_chat_is_ready (self))
    return;

  if (!mz_session_remove_unsent (self->session, message))
    return;

  if (link != NULL)
    {
      mz_post_free (link->data);
      g_queue_delete_link (&self->posts, link);
    }
  else if ((link = find_post (&self->failed, key)) != NULL)
    {
      mz_post_free (link->data);
      g_queue_delete_link (&self->failed, link);
    }
  mz_chat_flush (self);
}
