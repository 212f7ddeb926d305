/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-records-file.h"
#include "mz-records.h"

G_BEGIN_DECLS

/* For the files of MzRecords. */

/* What the thread works with; it may still have something to do when the object is gone. Atomic reference count. */
typedef struct
{
  MzRecordsFile *file;          /* the thread's alone */
  char *schema_id;              /* of the switch that is asked for first; NULL for none */
  char *key;
  gboolean asked;
  gboolean refused;

  GMutex mutex;                 /* of what follows */
  GCond cond;
  guint n_pending;
  gboolean open;                /* there is a file to close */
  char *set_aside;
  GError *error;                /* of the first record that could not be written since the last flush */
} MzRecordsWorker;

typedef enum
{
  MZ_RECORDS_JOB_ADD,
  MZ_RECORDS_JOB_QUERY,
  MZ_RECORDS_JOB_CLEAR,
  MZ_RECORDS_JOB_FLUSH,
  MZ_RECORDS_JOB_CLOSE,
} MzRecordsJobKind;

typedef struct
{
  MzRecordsJobKind kind;
  MzRecordsWorker *worker;
  MzRecord record;
  gint64 since_ms;
  GTask *task;                  /* NULL for MZ_RECORDS_JOB_ADD and MZ_RECORDS_JOB_CLOSE */
  GMainContext *context;
  GWeakRef *records;            /* NULL when it is gone */
} MzRecordsJob;

struct _MzRecords
{
  GObject parent_instance;

  MzRecordsWorker *worker;
  GThreadPool *pool;
  GMainContext *context;
  gboolean enabled;
};

/* mz-records.c */
void           mz_records_emit_news     (MzRecords         *self,
                                         const char        *set_aside);

/* mz-records-thread.c */
void           mz_records_worker_clear  (gpointer           data);
MzRecordsJob  *mz_records_job_new       (MzRecords         *self,
                                         MzRecordsJobKind   kind,
                                         GTask             *task);
void           mz_records_job_run       (gpointer           data,
                                         gpointer           user_data);
void           mz_records_push          (MzRecords         *self,
                                         MzRecordsJob      *job);

G_END_DECLS
