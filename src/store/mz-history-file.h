/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-database.h"
#include "mz-history-types.h"

G_BEGIN_DECLS

/* The file of the history, for the thread of #MzHistory: everything here blocks. Who only asks makes no file. */
typedef struct _MzHistoryFile MzHistoryFile;

/* The layout that this version writes. */
#define MZ_HISTORY_VERSION 1

MzHistoryFile  *mz_history_file_new            (const char            *path);
void            mz_history_file_free           (MzHistoryFile         *self);
MzDatabase     *mz_history_file_get_database   (MzHistoryFile         *self);

/* mz-history-file.c */
void            mz_history_file_set_limits     (MzHistoryFile         *self,
                                                guint                  keep_days,
                                                gint64                 max_bytes);
gboolean        mz_history_file_prune          (MzHistoryFile         *self,
                                                gint64                 now_ms,
                                                GError               **error);
gboolean        mz_history_file_check          (MzHistoryFile         *self,
                                                GError               **error);
gboolean        mz_history_file_erase          (MzHistoryFile         *self,
                                                const char            *gateway,
                                                const char            *session,
                                                GError               **error);
gint64          mz_history_file_get_size       (MzHistoryFile         *self);

/* mz-history-put.c */
gboolean        mz_history_file_put            (MzHistoryFile         *self,
                                                const char            *gateway,
                                                const char            *session,
                                                MzHistoryKind          kind,
                                                JsonObject            *answer,
                                                gint64                 now_ms,
                                                GPtrArray             *delivered,
                                                GError               **error);

/* mz-history-list.c */
gboolean        mz_history_file_put_sessions   (MzHistoryFile         *self,
                                                const char            *gateway,
                                                JsonObject            *answer,
                                                GError               **error);
JsonNode       *mz_history_file_read_sessions  (MzHistoryFile         *self,
                                                const char            *gateway,
                                                GError               **error);

/* mz-history-read.c */
MzHistoryPage  *mz_history_file_read           (MzHistoryFile         *self,
                                                const char            *gateway,
                                                const char            *session,
                                                const char            *before,
                                                guint                  limit,
                                                GError               **error);
MzHistoryPage  *mz_history_file_read_around    (MzHistoryFile         *self,
                                                const char            *gateway,
                                                const char            *session,
                                                const char            *entry,
                                                guint                  n_before,
                                                guint                  n_after,
                                                GError               **error);

/* mz-history-search.c */
MzHistoryHits  *mz_history_file_search         (MzHistoryFile         *self,
                                                MzSearchQuery         *query,
                                                const char            *gateway,
                                                const char            *session,
                                                guint                  limit,
                                                GError               **error);

/* mz-history-outbox.c */
gboolean        mz_history_file_put_draft      (MzHistoryFile         *self,
                                                const char            *gateway,
                                                const char            *session,
                                                MzHistoryDraft        *draft,
                                                gint64                 now_ms,
                                                GError               **error);
MzHistoryDraft *mz_history_file_read_draft     (MzHistoryFile         *self,
                                                const char            *gateway,
                                                const char            *session,
                                                GError               **error);
gboolean        mz_history_file_add_post       (MzHistoryFile         *self,
                                                const MzHistoryPost   *post,
                                                GError               **error);
gboolean        mz_history_file_move_post      (MzHistoryFile         *self,
                                                const char            *key,
                                                guint                  from,
                                                MzHistoryPostState     to,
                                                const char            *run_id,
                                                const char            *reason,
                                                gboolean              *moved,
                                                GError               **error);
gboolean        mz_history_file_remove_post    (MzHistoryFile         *self,
                                                const char            *key,
                                                GError               **error);
GPtrArray      *mz_history_file_list_posts     (MzHistoryFile         *self,
                                                const char            *gateway,
                                                gboolean               recover,
                                                GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzHistoryFile, mz_history_file_free)

G_END_DECLS
