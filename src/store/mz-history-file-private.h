/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-history-file.h"

G_BEGIN_DECLS

/* For the files of MzHistoryFile only. */

struct _MzHistoryFile
{
  MzDatabase *database;
  guint keep_days;              /* 0: for good */
  gint64 max_bytes;             /* 0: no limit */
  gint64 pruned_ms;             /* when old messages were looked for last; 0: not yet */
};

/* A message's id begins with its time, so that the newest are found first, and a time is a range of ids, without a sort and without another index. */
#define MZ_HISTORY_ID_BITS 10
#define MZ_HISTORY_MAX_TIME_MS (G_GINT64_CONSTANT (1) << 51)

/* mz-history-schema.c, mz-history-list.c */
extern const MzDatabaseLayout mz_history_layout;

MzUse     mz_history_words_change      (MzDatabase    *database,
                                        gboolean       add,
                                        gint64         id,
                                        const char    *text,
                                        gint64         gateway,
                                        gint64         session,
                                        const char    *role,
                                        GError       **error);
MzUse     mz_history_title_change      (MzDatabase    *database,
                                        gboolean       add,
                                        gint64         session,
                                        const char    *title,
                                        GError       **error);
MzUse     mz_history_rebuild_words     (MzDatabase    *database,
                                        gpointer       data,
                                        GError       **error);
MzUse     mz_history_find_session      (MzDatabase    *database,
                                        const char    *gateway,
                                        const char    *session,
                                        gint64        *id,
                                        gint64        *gateway_id,
                                        GError       **error);
MzUse     mz_history_ensure_gateway    (MzDatabase    *database,
                                        const char    *entry,
                                        gint64        *id,
                                        GError       **error);
MzUse     mz_history_ensure_session    (MzDatabase    *database,
                                        gint64         gateway,
                                        const char    *key,
                                        gint64        *id,
                                        GError       **error);
/* Deletes one message; what follows it knows then that something is missing. */
MzUse     mz_history_delete_message    (MzDatabase    *database,
                                        gint64         id,
                                        gboolean       leaves_gap,
                                        GError       **error);

G_END_DECLS
