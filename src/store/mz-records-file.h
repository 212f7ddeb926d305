/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-record.h"
#include "mz-store-error.h"

G_BEGIN_DECLS

/* The file of records: SQLite, used by one thread at a time, and by several programs at once. Everything here blocks: it is for the thread
 * of #MzRecords. The file is opened, and made, when it is needed first; one that is damaged is set aside, and a new one is begun. */
typedef struct _MzRecordsFile MzRecordsFile;

/* The layout that this version writes, as SQLite's user_version. */
#define MZ_RECORDS_VERSION 1

/* How long records are kept */
#define MZ_RECORDS_KEEP_DAYS 90

MzRecordsFile *mz_records_file_new            (const char       *path);
void           mz_records_file_free           (MzRecordsFile    *self);
gboolean       mz_records_file_add            (MzRecordsFile    *self,
                                               const MzRecord   *record,
                                               gint64            now_ms,
                                               GError          **error);
GPtrArray     *mz_records_file_query          (MzRecordsFile    *self,
                                               gint64            since_ms,
                                               GError          **error);
gboolean       mz_records_file_clear          (MzRecordsFile    *self,
                                               GError          **error);
gboolean       mz_records_file_is_open        (MzRecordsFile    *self);
void           mz_records_file_close          (MzRecordsFile    *self);
const char    *mz_records_file_get_set_aside  (MzRecordsFile    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzRecordsFile, mz_records_file_free)

G_END_DECLS
