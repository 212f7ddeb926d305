/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-history-private.h"

#include "mz-json.h"

/* Messages, lists, and the search. */

static gboolean
put (MzHistoryFile  *file,
     MzHistoryCall  *call,
     GError        **error)
{
  gint64 now_ms = g_get_real_time () / 1000;

  call->changed = mz_history_file_put (file, call->gateway, call->session, call->kind, mz_json_node_object (call->answer), now_ms, call->delivered, error);

  return call->changed && mz_history_file_prune (file, now_ms, error);
}

/**
 * mz_history_put_async:
 * @gateway: id of its entry
 * @session: key of the conversation
 * @kind: what @answer is
 * @answer: (transfer none): what the gateway said: an answer to chat.history, or the payload of session.message; not changed any more
 * @callback: (nullable): without one, mz_history_flush() tells what failed
 *
 * Keeps messages. See #MzHistory for what becomes of those that are here, and of posts.
 */
void
mz_history_put_async (MzHistory           *self,
                      const char          *gateway,
                      const char          *session,
                      MzHistoryKind        kind,
                      JsonNode            *answer,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (gateway != NULL);
  g_return_if_fail (session != NULL);
  g_return_if_fail (answer != NULL);

  call = mz_history_call_new (put, gateway, session);
  call->writes = TRUE;
  call->kind = kind;
  call->answer = json_node_ref (answer);
  mz_history_run (self, call, mz_history_put_async, cancellable, callback, user_data);
}

gboolean
mz_history_put_finish (MzHistory     *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
put_sessions (MzHistoryFile  *file,
              MzHistoryCall  *call,
              GError        **error)
{
  return mz_history_file_put_sessions (file, call->gateway, mz_json_node_object (call->answer), error);
}

/**
 * mz_history_put_sessions_async:
 * @answer: (transfer none): {sessions: […]}, as sessions.list answers; not changed any more
 *
 * Keeps the rows of a list. Those that are not in it stay: a list can be a part; mz_history_erase_async() forgets one.
 */
void
mz_history_put_sessions_async (MzHistory           *self,
                               const char          *gateway,
                               JsonNode            *answer,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (gateway != NULL);
  g_return_if_fail (answer != NULL);

  call = mz_history_call_new (put_sessions, gateway, NULL);
  call->writes = TRUE;
  call->answer = json_node_ref (answer);
  mz_history_run (self, call, mz_history_put_sessions_async, cancellable, callback, user_data);
}

gboolean
mz_history_put_sessions_finish (MzHistory     *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
read_page (MzHistoryFile  *file,
           MzHistoryCall  *call,
           GError        **error)
{
  call->result = mz_history_file_read (file, call->gateway, call->session, call->word, call->n_before, error);

  return call->result != NULL;
}

/**
 * mz_history_read_async:
 * @before: (nullable): `__openclaw.id` of the message before which to read; %NULL for the newest ones
 * @limit: how many; records of one entry stay together, so that it can be a few more
 *
 * Reads a page of messages that follow one another without a gap.
 */
void
mz_history_read_async (MzHistory           *self,
                       const char          *gateway,
                       const char          *session,
                       const char          *before,
                       guint                limit,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (gateway != NULL);
  g_return_if_fail (session != NULL);

  call = mz_history_call_new (read_page, gateway, session);
  call->word = g_strdup (before);
  call->n_before = limit;
  call->result_free = (GDestroyNotify) mz_history_page_free;
  mz_history_run (self, call, mz_history_read_async, cancellable, callback, user_data);
}

static gboolean
read_around (MzHistoryFile  *file,
             MzHistoryCall  *call,
             GError        **error)
{
  call->result = mz_history_file_read_around (file, call->gateway, call->session, call->word, call->n_before, call->n_after,
                                              error);

  return call->result != NULL;
}

/**
 * mz_history_read_around_async:
 * @entry: `__openclaw.id` of a message
 *
 * Reads a message that was found, with so many around it. End it with mz_history_read_finish().
 */
void
mz_history_read_around_async (MzHistory           *self,
                              const char          *gateway,
                              const char          *session,
                              const char          *entry,
                              guint                n_before,
                              guint                n_after,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (gateway != NULL);
  g_return_if_fail (session != NULL);
  g_return_if_fail (entry != NULL);

  call = mz_history_call_new (read_around, gateway, session);
  call->word = g_strdup (entry);
  call->n_before = n_before;
  call->n_after = n_after;
  call->result_free = (GDestroyNotify) mz_history_page_free;
  mz_history_run (self, call, mz_history_read_around_async, cancellable, callback, user_data);
}

/**
 * mz_history_read_finish:
 *
 * Returns: (transfer full) (nullable): the messages, the oldest first; none when nothing of them is here
 */
MzHistoryPage *
mz_history_read_finish (MzHistory     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
read_sessions (MzHistoryFile  *file,
               MzHistoryCall  *call,
               GError        **error)
{
  call->result = mz_history_file_read_sessions (file, call->gateway, error);

  return call->result != NULL;
}

/**
 * mz_history_read_sessions_async:
 *
 * Reads what is kept of the list of a gateway.
 */
void
mz_history_read_sessions_async (MzHistory           *self,
                                const char          *gateway,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (gateway != NULL);

  call = mz_history_call_new (read_sessions, gateway, NULL);
  call->result_free = (GDestroyNotify) json_node_unref;
  mz_history_run (self, call, mz_history_read_sessions_async, cancellable, callback, user_data);
}

/**
 * mz_history_read_sessions_finish:
 *
 * Returns: (transfer full) (nullable): {sessions: […]}, as sessions.list answers
 */
JsonNode *
mz_history_read_sessions_finish (MzHistory     *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
search (MzHistoryFile  *file,
        MzHistoryCall  *call,
        GError        **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (MzSearchQuery) query = mz_search_query_parse (call->word, zone, g_get_real_time () / 1000);

  call->result = mz_history_file_search (file, query, call->gateway, call->session, call->n_before, error);

  return call->result != NULL;
}

/**
 * mz_history_search_async:
 * @text: as a person typed it: see mz_search_query_parse()
 * @gateway: (nullable): id of the entry of the only gateway to look in
 * @session: (nullable): key of the only conversation of it to look in
 * @limit: how many messages at the most
 * @cancellable: (nullable): cancel it when the person types on: the next one does not wait for it
 *
 * Looks for conversations and messages.
 */
void
mz_history_search_async (MzHistory           *self,
                         const char          *text,
                         const char          *gateway,
                         const char          *session,
                         guint                limit,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  MzHistoryCall *call;

  g_return_if_fail (MZ_IS_HISTORY (self));
  g_return_if_fail (text != NULL);
  g_return_if_fail (gateway != NULL || session == NULL);

  call = mz_history_call_new (search, gateway, session);
  call->word = g_strdup (text);
  call->n_before = limit;
  call->result_free = (GDestroyNotify) mz_history_hits_free;
  mz_history_run (self, call, mz_history_search_async, cancellable, callback, user_data);
}

/**
 * mz_history_search_finish:
 *
 * Returns: (transfer full) (nullable): what was found
 */
MzHistoryHits *
mz_history_search_finish (MzHistory     *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
