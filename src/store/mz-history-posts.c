/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-history-private.h"

/* Drafts, messages on their way, and the file as a whole. */

static gboolean
put_draft (MzHistoryFile  *file,
           MzHistoryCall  *call,
           GError        **error)
{
  return mz_history_file_put_draft (file, call->gateway, call->session, call->draft, g_get_real_time () / 1000, error);
}

/**
 * mz_history_put_draft_async:
 * @text: what is typed now; with "" and no @attachments the draft is removed
 * @attachments: (nullable) (element-type MzHistoryAttachment): copied
 *
 * Keeps what is typed.
 */
void
mz_history_put_draft_async (MzHistory           *self,
                            const char          *gateway,
                            const char          *session,
                            const char          *text,
                            GPtrArray           *attachments,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (gateway != NULL);
  g_return_if_fail (session != NULL);
  g_return_if_fail (text != NULL);

  call = mz_history_call_new (put_draft, gateway, session);
  call->writes = TRUE;
  call->draft = mz_history_draft_new (text, attachments);
  mz_history_run (self, call, mz_history_put_draft_async, cancellable, callback, user_data);
}

gboolean
mz_history_put_draft_finish (MzHistory     *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
read_draft (MzHistoryFile  *file,
            MzHistoryCall  *call,
            GError        **error)
{
  call->result = mz_history_file_read_draft (file, call->gateway, call->session, error);

  return call->result != NULL;
}

/**
 * mz_history_read_draft_async:
 *
 * Reads what was typed and not sent.
 */
void
mz_history_read_draft_async (MzHistory           *self,
                             const char          *gateway,
                             const char          *session,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (gateway != NULL);
  g_return_if_fail (session != NULL);

  call = mz_history_call_new (read_draft, gateway, session);
  call->result_free = (GDestroyNotify) mz_history_draft_free;
  mz_history_run (self, call, mz_history_read_draft_async, cancellable, callback, user_data);
}

/**
 * mz_history_read_draft_finish:
 *
 * Returns: (transfer full) (nullable): it; an empty one when there is none
 */
MzHistoryDraft *
mz_history_read_draft_finish (MzHistory     *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
add_post (MzHistoryFile  *file,
          MzHistoryCall  *call,
          GError        **error)
{
  return mz_history_file_add_post (file, call->post, error);
}

/**
 * mz_history_add_post_async:
 * @post: (transfer none): a message that is to go out, with a key that no other has; copied
 *
 * Puts a message behind those on their way. It ends when it is on the disk: only then send it.
 */
void
mz_history_add_post_async (MzHistory           *self,
                           const MzHistoryPost *post,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (post != NULL);
  g_return_if_fail (post->key != NULL && post->gateway != NULL && post->session != NULL && post->text != NULL);

  call = mz_history_call_new (add_post, post->gateway, post->session);
  call->writes = TRUE;
  call->urgent = TRUE;
  call->post = mz_history_post_copy (post);
  if (call->post->created_ms == 0)
    call->post->created_ms = g_get_real_time () / 1000;
  mz_history_run (self, call, mz_history_add_post_async, cancellable, callback, user_data);
}

gboolean
mz_history_add_post_finish (MzHistory     *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
move_post (MzHistoryFile  *file,
           MzHistoryCall  *call,
           GError        **error)
{
  return mz_history_file_move_post (file, call->word, call->n_before, (MzHistoryPostState) call->n_after, call->run_id, call->reason, &call->moved, error);
}

/**
 * mz_history_move_post_async:
 * @key: its idempotency key
 * @from: the states that it may be in, as %MZ_HISTORY_POST_BIT; %MZ_HISTORY_POST_ANY for all
 * @to: the state that it gets
 * @run_id: (nullable): of the run that it began
 * @reason: (nullable): why it failed
 *
 * Tells how far a message is.
 */
void
mz_history_move_post_async (MzHistory           *self,
                            const char          *key,
                            guint                from,
                            MzHistoryPostState   to,
                            const char          *run_id,
                            const char          *reason,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (key != NULL);

  call = mz_history_call_new (move_post, NULL, NULL);
  call->writes = TRUE;
  call->urgent = TRUE;
  call->word = g_strdup (key);
  call->n_before = from;
  call->n_after = to;
  call->run_id = g_strdup (run_id);
  call->reason = g_strdup (reason);
  mz_history_run (self, call, mz_history_move_post_async, cancellable, callback, user_data);
}

/**
 * mz_history_move_post_finish:
 * @moved: (out) (optional): whether it was in one of the states that it might be in; %TRUE while nothing is kept
 *
 * Returns: whether it could be looked at
 */
gboolean
mz_history_move_post_finish (MzHistory     *self,
                             GAsyncResult  *result,
                             gboolean      *moved,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (moved != NULL)
    *moved = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (result), "moved"));

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
remove_post (MzHistoryFile  *file,
             MzHistoryCall  *call,
             GError        **error)
{
  return mz_history_file_remove_post (file, call->word, error);
}

/**
 * mz_history_remove_post_async:
 * @key: its idempotency key
 *
 * Gives a message up.
 */
void
mz_history_remove_post_async (MzHistory           *self,
                              const char          *key,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (key != NULL);

  call = mz_history_call_new (remove_post, NULL, NULL);
  call->writes = TRUE;
  call->urgent = TRUE;
  call->word = g_strdup (key);
  mz_history_run (self, call, mz_history_remove_post_async, cancellable, callback, user_data);
}

gboolean
mz_history_remove_post_finish (MzHistory     *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
list_posts (MzHistoryFile  *file,
            MzHistoryCall  *call,
            GError        **error)
{
  call->result = mz_history_file_list_posts (file, call->gateway, call->number != 0, error);

  return call->result != NULL;
}

/**
 * mz_history_recover_posts_async:
 *
 * Once for each gateway after the program began: what was going out is unconfirmed, what is in the history has arrived. Otherwise as
 * mz_history_list_posts_async(); end it with mz_history_list_posts_finish().
 */
void
mz_history_recover_posts_async (MzHistory           *self,
                                const char          *gateway,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (gateway != NULL);

  call = mz_history_call_new (list_posts, gateway, NULL);
  call->number = TRUE;
  call->result_free = (GDestroyNotify) g_ptr_array_unref;
  mz_history_run (self, call, mz_history_recover_posts_async, cancellable, callback, user_data);
}

/**
 * mz_history_list_posts_async:
 *
 * Reads which messages are on their way to a gateway.
 */
void
mz_history_list_posts_async (MzHistory           *self,
                             const char          *gateway,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (gateway != NULL);

  call = mz_history_call_new (list_posts, gateway, NULL);
  call->result_free = (GDestroyNotify) g_ptr_array_unref;
  mz_history_run (self, call, mz_history_list_posts_async, cancellable, callback, user_data);
}

/**
 * mz_history_list_posts_finish:
 *
 * Returns: (transfer full) (nullable) (element-type MzHistoryPost): those that have not arrived, in the order in which they were added
 */
GPtrArray *
mz_history_list_posts_finish (MzHistory     *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
erase (MzHistoryFile  *file,
       MzHistoryCall  *call,
       GError        **error)
{
  call->changed = mz_history_file_erase (file, call->gateway, call->session, error);

  return call->changed;
}

/**
 * mz_history_erase_async:
 * @gateway: (nullable): id of the entry of the gateway; %NULL for everything, a file that was set aside too
 * @session: (nullable): key of the only conversation of it
 *
 * Forgets messages, names, drafts and messages on their way; nothing of them stays in the file.
 */
void
mz_history_erase_async (MzHistory           *self,
                        const char          *gateway,
                        const char          *session,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (gateway != NULL || session == NULL);

  call = mz_history_call_new (erase, gateway, session);
  call->urgent = TRUE;
  mz_history_run (self, call, mz_history_erase_async, cancellable, callback, user_data);
}

gboolean
mz_history_erase_finish (MzHistory     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
check (MzHistoryFile  *file,
       MzHistoryCall  *call,
       GError        **error)
{
  return mz_history_file_check (file, error);
}

/**
 * mz_history_check_async:
 *
 * Looks at all of the file, which takes a while (a second for some hundred MB). What is damaged is repaired, or set aside and begun anew.
 */
void
mz_history_check_async (MzHistory           *self,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));

  call = mz_history_call_new (check, NULL, NULL);
  mz_history_run (self, call, mz_history_check_async, cancellable, callback, user_data);
}

gboolean
mz_history_check_finish (MzHistory     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
