/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "mz-record.h"
#include "mz-store-error.h"

G_BEGIN_DECLS

/**
 * MzRecords:
 *
 * The records of dials and connections on this computer, in a file of their own for 90 days. Telemetry that stays home: nothing of it is
 * sent anywhere. Everything is done in order by one thread; several programs may use the same file. Nothing is opened before it is needed.
 *
 * Properties: `enabled` (whether mz_records_add() keeps anything; %TRUE; notifies).
 *
 * Signals, in the main context in which it was made: `::changed` (records were added or cleared), `::set-aside` (path: the file was damaged, and is
 * there now; a new one was begun).
 */
#define MZ_TYPE_RECORDS (mz_records_get_type ())
G_DECLARE_FINAL_TYPE (MzRecords, mz_records, MZ, RECORDS, GObject)

MzRecords   *mz_records_new             (const char           *path);
MzRecords   *mz_records_new_following   (const char           *path,
                                         const char           *schema_id,
                                         const char           *key);
char        *mz_records_default_path    (void);
gboolean     mz_records_get_enabled     (MzRecords            *self);
void         mz_records_set_enabled     (MzRecords            *self,
                                         gboolean              enabled);
char        *mz_records_dup_set_aside   (MzRecords            *self);
void         mz_records_add             (MzRecords            *self,
                                         const MzRecord       *record);
void         mz_records_query_async     (MzRecords            *self,
                                         gint64                since_ms,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
GPtrArray   *mz_records_query_finish    (MzRecords            *self,
                                         GAsyncResult         *result,
                                         GError              **error);
void         mz_records_clear_async     (MzRecords            *self,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gboolean     mz_records_clear_finish    (MzRecords            *self,
                                         GAsyncResult         *result,
                                         GError              **error);
void         mz_records_flush_async     (MzRecords            *self,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gboolean     mz_records_flush_finish    (MzRecords            *self,
                                         GAsyncResult         *result,
                                         GError              **error);
gboolean     mz_records_flush           (MzRecords            *self,
                                         guint                 timeout_ms,
                                         GError              **error);

G_END_DECLS
