/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-records-private.h"

/* What MzRecords has done in its thread, and how it comes there. */

/* What the thread has to say to the object. */
typedef struct
{
  GWeakRef *records;
  char *set_aside;
} News;

/* A GDestroyNotify of what is counted */
void
mz_records_worker_clear (gpointer data)
{
  MzRecordsWorker *worker = data;

  mz_records_file_free (worker->file);
  g_free (worker->schema_id);
  g_free (worker->key);
  g_free (worker->set_aside);
  g_clear_error (&worker->error);
  g_mutex_clear (&worker->mutex);
  g_cond_clear (&worker->cond);
}

static GWeakRef *
weak_ref_new (gpointer object)
{
  GWeakRef *ref = g_new0 (GWeakRef, 1);

  g_weak_ref_init (ref, object);

  return ref;
}

static void
weak_ref_free (GWeakRef *ref)
{
  if (ref == NULL)
    return;

  g_weak_ref_clear (ref);
  g_free (ref);
}

static void
news_free (gpointer data)
{
  News *news = data;

  weak_ref_free (news->records);
  g_free (news->set_aside);
  g_free (news);
}

static gboolean
news_cb (gpointer data)
{
  News *news = data;
  g_autoptr (MzRecords) self = g_weak_ref_get (news->records);

  if (self != NULL)
    mz_records_emit_news (self, news->set_aside);

  return G_SOURCE_REMOVE;
}

/* To the object's own main context, if there still is an object. */
static void
tell (MzRecordsJob *job,
      const char   *set_aside)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  News *news = g_new0 (News, 1);

  news->records = g_steal_pointer (&job->records);
  news->set_aside = g_strdup (set_aside);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "[moltzer] records");
  g_source_set_callback (source, news_cb, news, news_free);
  g_source_attach (source, job->context);
}

/* The switch of a program that has no settings of its own open: asked for here, because that may read files. */
static gboolean
is_refused (MzRecordsWorker *worker)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (worker->asked || worker->schema_id == NULL)
    return worker->refused;

  worker->asked = TRUE;
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, worker->schema_id, TRUE);
  if (schema != NULL && g_settings_schema_has_key (schema, worker->key))
    {
      g_autoptr (GSettings) settings = g_settings_new_full (schema, NULL, NULL);

      worker->refused = !g_settings_get_boolean (settings, worker->key);
    }

  return worker->refused;
}

static gboolean
add (MzRecordsJob  *job,
     GError       **error)
{
  if (is_refused (job->worker))
    return FALSE;

  if (job->record.network == MZ_NETWORK_UNKNOWN)
    {
      g_autoptr (MzNetworkInfo) info = mz_network_info_collect ();

      job->record.network = info->type;
    }

  return mz_records_file_add (job->worker->file, &job->record, g_get_real_time () / 1000, error);
}

static void
return_result (MzRecordsJob *job,
               GPtrArray    *records,
               GError       *error)
{
  if (error != NULL)
    g_task_return_error (job->task, error);
  else if (records != NULL)
    g_task_return_pointer (job->task, records, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_boolean (job->task, TRUE);
}

static void
job_free (MzRecordsJob *job)
{
  MzRecordsWorker *worker = job->worker;

  g_clear_object (&job->task);
  g_main_context_unref (job->context);
  weak_ref_free (job->records);
  g_free (job);

  /* Whoever waits finds nothing of it left. */
  g_mutex_lock (&worker->mutex);
  worker->n_pending--;
  g_cond_broadcast (&worker->cond);
  g_mutex_unlock (&worker->mutex);
  g_atomic_rc_box_release_full (worker, mz_records_worker_clear);
}

/* A GFunc of the pool: in its thread */
void
mz_records_job_run (gpointer data,
                    gpointer user_data)
{
  MzRecordsJob *job = data;
  MzRecordsWorker *worker = job->worker;
  GPtrArray *records = NULL;
  GError *error = NULL;
  gboolean changed = FALSE;
  const char *set_aside;

  switch (job->kind)
    {
    case MZ_RECORDS_JOB_ADD:
      changed = add (job, &error);
      break;
    case MZ_RECORDS_JOB_QUERY:
      records = mz_records_file_query (worker->file, job->since_ms, &error);
      break;
    case MZ_RECORDS_JOB_CLEAR:
      changed = mz_records_file_clear (worker->file, &error);
      break;
    case MZ_RECORDS_JOB_CLOSE:
      mz_records_file_close (worker->file);
      break;
    case MZ_RECORDS_JOB_FLUSH:
    default:
      break;
    }

  /* One who adds does not wait for the outcome: the next flush tells it. */
  g_mutex_lock (&worker->mutex);
  if (job->kind == MZ_RECORDS_JOB_ADD && error != NULL)
    {
      if (worker->error == NULL)
        {
          g_debug ("A record was not written: %s", error->message);
          worker->error = g_steal_pointer (&error);
        }
      g_clear_error (&error);
    }
  else if (job->kind == MZ_RECORDS_JOB_FLUSH)
    {
      error = g_steal_pointer (&worker->error);
    }
  worker->open = mz_records_file_is_open (worker->file);
  set_aside = mz_records_file_get_set_aside (worker->file);
  if (g_strcmp0 (set_aside, worker->set_aside) == 0)
    {
      set_aside = NULL;
    }
  else
    {
      g_free (worker->set_aside);
      worker->set_aside = g_strdup (set_aside);
    }
  g_mutex_unlock (&worker->mutex);

  if (job->records != NULL && (changed || set_aside != NULL))
    tell (job, set_aside);
  if (job->task != NULL)
    return_result (job, records, error);
  job_free (job);
}

/* (transfer full) @task: who is told; NULL for nobody */
MzRecordsJob *
mz_records_job_new (MzRecords        *self,
                    MzRecordsJobKind  kind,
                    GTask            *task)
{
  MzRecordsJob *job = g_new0 (MzRecordsJob, 1);

  job->kind = kind;
  job->worker = g_atomic_rc_box_acquire (self->worker);
  job->task = task;
  job->records = kind != MZ_RECORDS_JOB_CLOSE ? weak_ref_new (self) : NULL;
  job->context = g_main_context_ref (self->context);

  return job;
}

/* Hands @job to the thread, which frees it. */
void
mz_records_push (MzRecords    *self,
                 MzRecordsJob *job)
{
  g_mutex_lock (&self->worker->mutex);
  self->worker->n_pending++;
  g_mutex_unlock (&self->worker->mutex);

  /* Fails only where no thread can be made; the job waits for one then. */
  g_thread_pool_push (self->pool, job, NULL);
}
