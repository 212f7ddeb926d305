/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "mz-history-types.h"
#include "mz-store-error.h"

G_BEGIN_DECLS

/**
 * MzHistory:
 *
 * What is kept of conversations on this computer: messages as the gateways project them, what the lists show, drafts, and messages on their way; and the
 * search in all of it. One file of SQLite's, with the permissions of its owner alone; several programs may use it. Never a secret, nor a gateway's
 * address: gateways are named by the ids of their entries. Everything is done in order by one thread; nothing is opened before it is needed.
 *
 * How an app uses it:
 *
 * - Conversations are named by the gateway's own key for them (mz_session_get_canonical_key()), as soon as it is known.
 * - Start: mz_history_read_sessions_async() and mz_history_read_async() of the last conversation give what sessions.list and chat.history would answer,
 *   before there is a connection; the rows are put into the timeline as that answer would be. #MzHistoryPage tells whether older ones go on here (read
 *   again with the first message's id), or are to be asked of the gateway, or do not exist.
 * - Whatever comes from the gateway is handed on: an answer to chat.history as %MZ_HISTORY_TAIL or %MZ_HISTORY_OLDER, the events session.message and the
 *   answers with a cursor as %MZ_HISTORY_LIVE, sessions.list with mz_history_put_sessions_async(). The JSON is shared, not copied, and written as
 *   text in the thread: nobody may change it afterwards. Whether a page is the beginning is known by its `hasMore`; protocol 3 does not say, and its
 *   pages are never taken for the beginning. What is here already costs a look-up, so that a reconnect writes nothing.
 * - A person's message: mz_history_add_post_async() first, and only when that is done chat.send; mz_history_move_post_async() from "waiting" to "sending" before
 *   it goes out (of two programs one gets it), to "accepted" with the answer, to "unconfirmed" when the connection is lost before the answer, to "failed"
 *   when the gateway refuses it. It becomes "delivered" by itself, in the same transaction, when a message with its key comes from the gateway:
 *   `::delivered` tells. The row in the timeline then is the gateway's. Messages of protocol 3 have no key: there the app moves it to "delivered" when
 *   the timeline has taken the gateway's record for it.
 * - After a start: mz_history_recover_posts_async() once for each gateway. What was going out when the program ended is "unconfirmed" in it: the
 *   conversation's newest page is put first, and what is unconfirmed still goes out again with the same key.
 * - A draft is put when typing pauses, at the latest after a second; an empty one removes it.
 * - When there is nothing else to do, mz_history_check_async() looks whether the file is sound; once a week is enough, and it is cancelled
 *   when the person does something.
 * - At the end mz_history_flush().
 *
 * With `keep` %FALSE nothing is kept: what is put is passed over, without an error, what is asked for is empty, and messages on their way are only in the
 * app. Setting it to %FALSE removes what is there.
 *
 * Properties, read-write, notifying: `keep` (%TRUE), `keep-days` (how long messages are kept, 0 for good; 0), `max-bytes` (how large the file may become,
 * about, 0 for no limit; 1 GiB).
 *
 * Signals, in the main context in which it was made: `::delivered` (gateway, session, key: a post has arrived), `::set-aside` (path: the file was damaged,
 * and is there now; a new one was begun, which the gateways fill again), `::changed` (gateway, session: messages came or went; session is "" for several).
 */
#define MZ_TYPE_HISTORY (mz_history_get_type ())
G_DECLARE_FINAL_TYPE (MzHistory, mz_history, MZ, HISTORY, GObject)

MzHistory      *mz_history_new                    (const char           *path);
char           *mz_history_default_path           (void);
gboolean        mz_history_get_keep               (MzHistory            *self);
void            mz_history_set_keep               (MzHistory            *self,
                                                   gboolean              keep);
guint           mz_history_get_keep_days          (MzHistory            *self);
void            mz_history_set_keep_days          (MzHistory            *self,
                                                   guint                 days);
gint64          mz_history_get_max_bytes          (MzHistory            *self);
void            mz_history_set_max_bytes          (MzHistory            *self,
                                                   gint64                bytes);
char           *mz_history_dup_set_aside          (MzHistory            *self);

/* mz-history-calls.c: messages and lists */
void            mz_history_put_async              (MzHistory            *self,
                                                   const char           *gateway,
                                                   const char           *session,
                                                   MzHistoryKind         kind,
                                                   JsonNode             *answer,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean        mz_history_put_finish             (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void            mz_history_put_sessions_async     (MzHistory            *self,
                                                   const char           *gateway,
                                                   JsonNode             *answer,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean        mz_history_put_sessions_finish    (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void            mz_history_read_async             (MzHistory            *self,
                                                   const char           *gateway,
                                                   const char           *session,
                                                   const char           *before,
                                                   guint                 limit,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
void            mz_history_read_around_async      (MzHistory            *self,
                                                   const char           *gateway,
                                                   const char           *session,
                                                   const char           *entry,
                                                   guint                 n_before,
                                                   guint                 n_after,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
MzHistoryPage  *mz_history_read_finish            (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void            mz_history_read_sessions_async    (MzHistory            *self,
                                                   const char           *gateway,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
JsonNode       *mz_history_read_sessions_finish   (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void            mz_history_search_async           (MzHistory            *self,
                                                   const char           *text,
                                                   const char           *gateway,
                                                   const char           *session,
                                                   guint                 limit,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
MzHistoryHits  *mz_history_search_finish          (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);

/* mz-history-posts.c: drafts, messages on their way, and the file as a whole */
void            mz_history_put_draft_async        (MzHistory            *self,
                                                   const char           *gateway,
                                                   const char           *session,
                                                   const char           *text,
                                                   GPtrArray            *attachments,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean        mz_history_put_draft_finish       (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void            mz_history_read_draft_async       (MzHistory            *self,
                                                   const char           *gateway,
                                                   const char           *session,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
MzHistoryDraft *mz_history_read_draft_finish      (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void            mz_history_add_post_async         (MzHistory            *self,
                                                   const MzHistoryPost  *post,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean        mz_history_add_post_finish        (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void            mz_history_move_post_async        (MzHistory            *self,
                                                   const char           *key,
                                                   guint                 from,
                                                   MzHistoryPostState    to,
                                                   const char           *run_id,
                                                   const char           *reason,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean        mz_history_move_post_finish       (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   gboolean             *moved,
                                                   GError              **error);
void            mz_history_remove_post_async      (MzHistory            *self,
                                                   const char           *key,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean        mz_history_remove_post_finish     (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void            mz_history_recover_posts_async    (MzHistory            *self,
                                                   const char           *gateway,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
void            mz_history_list_posts_async       (MzHistory            *self,
                                                   const char           *gateway,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
GPtrArray      *mz_history_list_posts_finish      (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void            mz_history_erase_async            (MzHistory            *self,
                                                   const char           *gateway,
                                                   const char           *session,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean        mz_history_erase_finish           (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
void            mz_history_check_async            (MzHistory            *self,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean        mz_history_check_finish           (MzHistory            *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);
gboolean        mz_history_flush                  (MzHistory            *self,
                                                   guint                 timeout_ms,
                                                   GError              **error);

G_END_DECLS
