/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-records-private.h"

G_DEFINE_FINAL_TYPE (MzRecords, mz_records, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ENABLED,
  N_PROPS,
};

enum
{
  CHANGED,
  SET_ASIDE,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* For the thread's news, in the main context. */
void
mz_records_emit_news (MzRecords  *self,
                      const char *set_aside)
{
  g_signal_emit (self, signals[CHANGED], 0);
  if (set_aside != NULL)
    g_signal_emit (self, signals[SET_ASIDE], 0, set_aside);
}

static void
mz_records_finalize (GObject *object)
{
  MzRecords *self = MZ_RECORDS (object);
  gboolean busy;

  g_mutex_lock (&self->worker->mutex);
  busy = self->worker->open || self->worker->n_pending > 0;
  g_mutex_unlock (&self->worker->mutex);

  /* Not waited for: what was added is still written, and the file closed, while the program lives. */
  if (busy)
    mz_records_push (self, mz_records_job_new (self, MZ_RECORDS_JOB_CLOSE, NULL));
  g_thread_pool_free (self->pool, FALSE, FALSE);
  g_atomic_rc_box_release_full (self->worker, mz_records_worker_clear);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (mz_records_parent_class)->finalize (object);
}

static void
mz_records_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  MzRecords *self = MZ_RECORDS (object);

  switch (prop_id)
    {
    case PROP_ENABLED:
      g_value_set_boolean (value, self->enabled);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_records_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  MzRecords *self = MZ_RECORDS (object);

  switch (prop_id)
    {
    case PROP_ENABLED:
      mz_records_set_enabled (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_records_class_init (MzRecordsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_records_finalize;
  object_class->get_property = mz_records_get_property;
  object_class->set_property = mz_records_set_property;

  props[PROP_ENABLED] = g_param_spec_boolean ("enabled", NULL, NULL, TRUE,
                                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[CHANGED] = g_signal_new ("changed", MZ_TYPE_RECORDS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SET_ASIDE] = g_signal_new ("set-aside", MZ_TYPE_RECORDS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
mz_records_init (MzRecords *self)
{
  self->enabled = TRUE;
  self->worker = g_atomic_rc_box_new0 (MzRecordsWorker);
  g_mutex_init (&self->worker->mutex);
  g_cond_init (&self->worker->cond);
  self->context = g_main_context_ref_thread_default ();

  /* One thread at a time, of those that GLib has anyway: there is none while there is nothing to do. */
  self->pool = g_thread_pool_new (mz_records_job_run, NULL, 1, FALSE, NULL);
}

/**
 * mz_records_default_path:
 *
 * Returns: (transfer full): where a person's records are
 */
char *
mz_records_default_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "moltzer", "records.db", NULL);
}

/**
 * mz_records_new:
 * @path: (nullable): the file; %NULL for mz_records_default_path()
 *
 * Returns: (transfer full): the records; nothing is opened yet
 */
MzRecords *
mz_records_new (const char *path)
{
  g_autofree char *default_path = path == NULL ? mz_records_default_path () : NULL;
  MzRecords *self = g_object_new (MZ_TYPE_RECORDS, NULL);

  self->worker->file = mz_records_file_new (path != NULL ? path : default_path);

  return self;
}

/**
 * mz_records_new_following:
 * @path: (nullable): the file; %NULL for mz_records_default_path()
 * @schema_id: of a settings schema
 * @key: a boolean key of it
 *
 * As mz_records_new(), for a program without settings of its own: nothing is added where the schema is installed and its key is %FALSE.
 * That is looked up once, in the records' thread.
 *
 * Returns: (transfer full): the records
 */
MzRecords *
mz_records_new_following (const char *path,
                          const char *schema_id,
                          const char *key)
{
  MzRecords *self = mz_records_new (path);

  g_return_val_if_fail (schema_id != NULL, self);
  g_return_val_if_fail (key != NULL, self);

  self->worker->schema_id = g_strdup (schema_id);
  self->worker->key = g_strdup (key);

  return self;
}

gboolean
mz_records_get_enabled (MzRecords *self)
{
  g_return_val_if_fail (MZ_IS_RECORDS (self), FALSE);

  return self->enabled;
}

/**
 * mz_records_set_enabled:
 * @enabled: whether to keep what is added from now on
 */
void
mz_records_set_enabled (MzRecords *self,
                        gboolean   enabled)
{
  g_return_if_fail (MZ_IS_RECORDS (self));

  if (self->enabled == !!enabled)
    return;

  self->enabled = !!enabled;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ENABLED]);
}

/**
 * mz_records_dup_set_aside:
 *
 * Returns: (transfer full) (nullable): where the file is that was found damaged
 */
char *
mz_records_dup_set_aside (MzRecords *self)
{
  char *path;

  g_return_val_if_fail (MZ_IS_RECORDS (self), NULL);

  g_mutex_lock (&self->worker->mutex);
  path = g_strdup (self->worker->set_aside);
  g_mutex_unlock (&self->worker->mutex);

  return path;
}

/**
 * mz_records_add:
 * @record: (transfer none): what to keep
 *
 * Never blocks: the record is copied and written later. Does nothing while `enabled` is %FALSE. The network is looked for then if @record does
 * not know it.
 */
void
mz_records_add (MzRecords      *self,
                const MzRecord *record)
{
  MzRecordsJob *job;

  g_return_if_fail (MZ_IS_RECORDS (self));
  g_return_if_fail (record != NULL);

  if (!self->enabled)
    return;

  job = mz_records_job_new (self, MZ_RECORDS_JOB_ADD, NULL);
  job->record = *record;
  mz_records_push (self, job);
}

/**
 * mz_records_query_async:
 * @since_ms: from when on, in ms of Unix time
 *
 * Asks for what was kept. What was added before is among it.
 */
void
mz_records_query_async (MzRecords           *self,
                        gint64               since_ms,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  MzRecordsJob *job;

  g_return_if_fail (MZ_IS_RECORDS (self));

  job = mz_records_job_new (self, MZ_RECORDS_JOB_QUERY, g_task_new (self, cancellable, callback, user_data));
  g_task_set_source_tag (job->task, mz_records_query_async);
  job->since_ms = since_ms;
  mz_records_push (self, job);
}

/**
 * mz_records_query_finish:
 *
 * Returns: (transfer full) (element-type MzRecord) (nullable): the records, the oldest first
 */
GPtrArray *
mz_records_query_finish (MzRecords     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mz_records_clear_async:
 *
 * Removes everything, a file that was set aside too.
 */
void
mz_records_clear_async (MzRecords           *self,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (MZ_IS_RECORDS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_records_clear_async);
  mz_records_push (self, mz_records_job_new (self, MZ_RECORDS_JOB_CLEAR, task));
}

gboolean
mz_records_clear_finish (MzRecords     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * mz_records_flush_async:
 *
 * Ends when everything that was added before is written.
 */
void
mz_records_flush_async (MzRecords           *self,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (MZ_IS_RECORDS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_records_flush_async);
  mz_records_push (self, mz_records_job_new (self, MZ_RECORDS_JOB_FLUSH, task));
}

/**
 * mz_records_flush_finish:
 *
 * Returns: %FALSE if something could not be written since the last flush
 */
gboolean
mz_records_flush_finish (MzRecords     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * mz_records_flush:
 * @timeout_ms: how long to wait, in ms
 *
 * As mz_records_flush_async(), but blocks, and closes the file until it is needed again: for the time after the main loop. What is not written in
 * time is given up with the program.
 *
 * Returns: whether everything was written
 */
gboolean
mz_records_flush (MzRecords  *self,
                  guint       timeout_ms,
                  GError    **error)
{
  gint64 until = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  MzRecordsWorker *worker;
  gboolean in_time = TRUE;
  GError *first;

  g_return_val_if_fail (MZ_IS_RECORDS (self), FALSE);

  worker = self->worker;
  mz_records_push (self, mz_records_job_new (self, MZ_RECORDS_JOB_CLOSE, NULL));
  g_mutex_lock (&worker->mutex);
  while (worker->n_pending > 0 && in_time)
    in_time = g_cond_wait_until (&worker->cond, &worker->mutex, until);
  first = g_steal_pointer (&worker->error);
  g_mutex_unlock (&worker->mutex);

  if (first != NULL)
    g_propagate_error (error, first);
  else if (!in_time)
    g_set_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_TIMED_OUT, "the disk took longer than %u ms", timeout_ms);

  return first == NULL && in_time;
}
