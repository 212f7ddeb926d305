/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-history.h"

#include "mz-history-private.h"

#define DEFAULT_MAX_BYTES (G_GINT64_CONSTANT (1024) * 1024 * 1024)

/* What the thread works with; it may still have something to do when the object is gone. Atomic reference count. */
typedef struct
{
  MzHistoryFile *file;          /* the thread's alone */

  GMutex mutex;                 /* of what follows */
  GCond cond;
  guint n_pending;
  gboolean open;                /* there is a file to close */
  gboolean keep;
  char *set_aside;
  GError *error;                /* of the first that failed without anybody waiting for it, since the last flush */
} Worker;

typedef struct
{
  Worker *worker;
  MzHistoryCall *call;
  GTask *task;                  /* NULL when nobody waits for it */
  GCancellable *cancellable;
  GMainContext *context;
  GWeakRef history;

  gboolean refused;             /* nothing is kept */
  char *set_aside;
} Job;

struct _MzHistory
{
  GObject parent_instance;

  Worker *worker;
  GThreadPool *pool;
  GMainContext *context;
  guint keep_days;
  gint64 max_bytes;
};

G_DEFINE_FINAL_TYPE (MzHistory, mz_history, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_KEEP,
  PROP_KEEP_DAYS,
  PROP_MAX_BYTES,
  N_PROPS,
};

enum
{
  CHANGED,
  DELIVERED,
  SET_ASIDE,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* ---- calls ---- */

MzHistoryCall *
mz_history_call_new (MzHistoryCallFunc  func,
                     const char        *gateway,
                     const char        *session)
{
  MzHistoryCall *call = g_new0 (MzHistoryCall, 1);

  call->func = func;
  call->gateway = g_strdup (gateway);
  call->session = g_strdup (session);
  call->delivered = g_ptr_array_new_with_free_func (g_free);

  return call;
}

static void
call_free (MzHistoryCall *call)
{
  g_free (call->gateway);
  g_free (call->session);
  g_free (call->word);
  g_free (call->run_id);
  g_free (call->reason);
  g_clear_pointer (&call->answer, json_node_unref);
  g_clear_pointer (&call->draft, mz_history_draft_free);
  g_clear_pointer (&call->post, mz_history_post_free);
  if (call->result != NULL && call->result_free != NULL)
    call->result_free (call->result);
  g_ptr_array_unref (call->delivered);
  g_free (call);
}

static void
worker_clear (gpointer data)
{
  Worker *worker = data;

  mz_history_file_free (worker->file);
  g_free (worker->set_aside);
  g_clear_error (&worker->error);
  g_mutex_clear (&worker->mutex);
  g_cond_clear (&worker->cond);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  call_free (job->call);
  g_clear_object (&job->task);
  g_clear_object (&job->cancellable);
  g_main_context_unref (job->context);
  g_weak_ref_clear (&job->history);
  g_free (job->set_aside);
  g_atomic_rc_box_release_full (job->worker, worker_clear);
  g_free (job);
}

/* In the object's main context: what the thread has to say; and what was lent to it goes back to where it came from. */
static gboolean
done_cb (gpointer data)
{
  Job *job = data;
  MzHistoryCall *call = job->call;
  g_autoptr (MzHistory) self = g_weak_ref_get (&job->history);

  if (self == NULL)
    return G_SOURCE_REMOVE;

  if (job->set_aside != NULL)
    g_signal_emit (self, signals[SET_ASIDE], 0, job->set_aside);
  for (guint i = 0; i < call->delivered->len; i++)
    g_signal_emit (self, signals[DELIVERED], 0, call->gateway, call->session, g_ptr_array_index (call->delivered, i));
  if (call->changed)
    g_signal_emit (self, signals[CHANGED], 0, call->gateway != NULL ? call->gateway : "", call->session != NULL ? call->session : "");

  return G_SOURCE_REMOVE;
}

static gboolean
is_over (gpointer data)
{
  return g_cancellable_is_cancelled (data);
}

static gboolean
job_do (Job     *job,
        GError **error)
{
  MzHistoryCall *call = job->call;
  MzDatabase *database = mz_history_file_get_database (job->worker->file);
  gboolean done;

  g_mutex_lock (&job->worker->mutex);
  job->refused = !job->worker->keep && call->writes;
  g_mutex_unlock (&job->worker->mutex);
  if (call->func == NULL || job->refused)
    {
      call->moved = job->refused;
      return TRUE;
    }
  if (!call->urgent && g_cancellable_set_error_if_cancelled (job->cancellable, error))
    return FALSE;

  /* A search that nobody waits for any more lets the next one begin. */
  if (job->cancellable != NULL && !call->writes)
    mz_database_set_interrupt (database, is_over, job->cancellable);
  done = call->func (job->worker->file, call, error);
  mz_database_set_interrupt (database, NULL, NULL);

  return done;
}

static void
job_run (gpointer data,
         gpointer user_data)
{
  Job *job = data;
  Worker *worker = g_atomic_rc_box_acquire (job->worker);
  MzDatabase *database = mz_history_file_get_database (worker->file);
  g_autoptr (GSource) source = g_idle_source_new ();
  GError *error = NULL;
  gboolean done = job_do (job, &error);
  const char *set_aside;

  /* Nobody asked for nothing: that closes the file. */
  if (job->call->func == NULL)
    mz_database_close (database);

  g_mutex_lock (&worker->mutex);
  if (!done && job->task == NULL)
    {
      if (worker->error == NULL)
        {
          g_debug ("Not kept: %s", error->message);
          worker->error = g_steal_pointer (&error);
        }
      g_clear_error (&error);
    }
  worker->open = mz_database_is_open (database);
  set_aside = mz_database_get_set_aside (database);
  if (g_strcmp0 (set_aside, worker->set_aside) != 0)
    {
      g_free (worker->set_aside);
      worker->set_aside = g_strdup (set_aside);
      job->set_aside = g_strdup (set_aside);
    }
  g_mutex_unlock (&worker->mutex);

  if (job->task != NULL && done)
    {
      g_object_set_data (G_OBJECT (job->task), "moved", GINT_TO_POINTER (job->call->moved));
      if (job->call->result_free != NULL)
        g_task_return_pointer (job->task, g_steal_pointer (&job->call->result), job->call->result_free);
      else
        g_task_return_boolean (job->task, TRUE);
    }
  else if (job->task != NULL)
    {
      g_task_return_error (job->task, error);
    }
  g_clear_object (&job->task);

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "[moltzer] history");
  g_source_set_callback (source, done_cb, job, job_free);
  g_source_attach (source, job->context);

  /* Whoever waits finds nothing of it left. */
  g_mutex_lock (&worker->mutex);
  worker->n_pending--;
  g_cond_broadcast (&worker->cond);
  g_mutex_unlock (&worker->mutex);
  g_atomic_rc_box_release_full (worker, worker_clear);
}

void
mz_history_run (MzHistory           *self,
                MzHistoryCall       *call,
                gpointer             source_tag,
                GCancellable        *cancellable,
                GAsyncReadyCallback  callback,
                gpointer             user_data)
{
  Job *job = g_new0 (Job, 1);

  job->worker = g_atomic_rc_box_acquire (self->worker);
  job->call = call;
  job->context = g_main_context_ref (self->context);
  job->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  g_weak_ref_init (&job->history, call->func != NULL ? self : NULL);
  if (callback != NULL)
    {
      job->task = g_task_new (self, cancellable, callback, user_data);
      g_task_set_source_tag (job->task, source_tag);

      /* What was written was written. */
      if (call->writes)
        g_task_set_check_cancellable (job->task, FALSE);
    }

  g_mutex_lock (&self->worker->mutex);
  self->worker->n_pending++;
  g_mutex_unlock (&self->worker->mutex);

  /* Fails only where no thread can be made; the job waits for one then. */
  g_thread_pool_push (self->pool, job, NULL);
}

/* ---- the object ---- */

static void
close_file (MzHistory *self)
{
  mz_history_run (self, mz_history_call_new (NULL, NULL, NULL), NULL, NULL, NULL, NULL);
}

static void
mz_history_finalize (GObject *object)
{
  MzHistory *self = MZ_HISTORY (object);
  gboolean busy;

  g_mutex_lock (&self->worker->mutex);
  busy = self->worker->open || self->worker->n_pending > 0;
  g_mutex_unlock (&self->worker->mutex);

  /* Not waited for: what was put is still written, and the file closed, while the program lives. */
  if (busy)
    close_file (self);
  g_thread_pool_free (self->pool, FALSE, FALSE);
  g_atomic_rc_box_release_full (self->worker, worker_clear);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (mz_history_parent_class)->finalize (object);
}

static void
mz_history_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  MzHistory *self = MZ_HISTORY (object);

  switch (prop_id)
    {
    case PROP_KEEP:
      g_value_set_boolean (value, mz_history_get_keep (self));
      break;
    case PROP_KEEP_DAYS:
      g_value_set_uint (value, self->keep_days);
      break;
    case PROP_MAX_BYTES:
      g_value_set_int64 (value, self->max_bytes);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_history_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  MzHistory *self = MZ_HISTORY (object);

  switch (prop_id)
    {
    case PROP_KEEP:
      mz_history_set_keep (self, g_value_get_boolean (value));
      break;
    case PROP_KEEP_DAYS:
      mz_history_set_keep_days (self, g_value_get_uint (value));
      break;
    case PROP_MAX_BYTES:
      mz_history_set_max_bytes (self, g_value_get_int64 (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_history_class_init (MzHistoryClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_history_finalize;
  object_class->get_property = mz_history_get_property;
  object_class->set_property = mz_history_set_property;

  props[PROP_KEEP] = g_param_spec_boolean ("keep", NULL, NULL, TRUE, flags);
  props[PROP_KEEP_DAYS] = g_param_spec_uint ("keep-days", NULL, NULL, 0, 36500, 0, flags);
  props[PROP_MAX_BYTES] = g_param_spec_int64 ("max-bytes", NULL, NULL, 0, G_MAXINT64, DEFAULT_MAX_BYTES, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[CHANGED] = g_signal_new ("changed", MZ_TYPE_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[DELIVERED] = g_signal_new ("delivered", MZ_TYPE_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING,
                                     G_TYPE_STRING);
  signals[SET_ASIDE] = g_signal_new ("set-aside", MZ_TYPE_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
mz_history_init (MzHistory *self)
{
  self->worker = g_atomic_rc_box_new0 (Worker);
  g_mutex_init (&self->worker->mutex);
  g_cond_init (&self->worker->cond);
  self->worker->keep = TRUE;
  self->max_bytes = DEFAULT_MAX_BYTES;
  self->context = g_main_context_ref_thread_default ();

  /* One thread at a time, of those that GLib has anyway: there is none while there is nothing to do. */
  self->pool = g_thread_pool_new (job_run, NULL, 1, FALSE, NULL);
}

/**
 * mz_history_default_path:
 *
 * Returns: (transfer full): where a person's history is
 */
char *
mz_history_default_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "moltzer", "history.db", NULL);
}

/**
 * mz_history_new:
 * @path: (nullable): the file; %NULL for mz_history_default_path()
 *
 * Returns: (transfer full): the history; nothing is opened yet
 */
MzHistory *
mz_history_new (const char *path)
{
  g_autofree char *default_path = path == NULL ? mz_history_default_path () : NULL;
  MzHistory *self = g_object_new (MZ_TYPE_HISTORY, NULL);

  self->worker->file = mz_history_file_new (path != NULL ? path : default_path);
  mz_history_file_set_limits (self->worker->file, self->keep_days, self->max_bytes);

  return self;
}

gboolean
mz_history_get_keep (MzHistory *self)
{
  gboolean keep;

  g_return_val_if_fail (MZ_IS_HISTORY (self), FALSE);

  g_mutex_lock (&self->worker->mutex);
  keep = self->worker->keep;
  g_mutex_unlock (&self->worker->mutex);

  return keep;
}

/**
 * mz_history_set_keep:
 * @keep: whether anything is kept; with %FALSE what is there is erased
 */
void
mz_history_set_keep (MzHistory *self,
                     gboolean   keep)
{
  g_return_if_fail (MZ_IS_HISTORY (self));

  if (mz_history_get_keep (self) == !!keep)
    return;

  g_mutex_lock (&self->worker->mutex);
  self->worker->keep = !!keep;
  g_mutex_unlock (&self->worker->mutex);
  if (!keep)
    mz_history_erase_async (self, NULL, NULL, NULL, NULL, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_KEEP]);
}

static gboolean
set_limits (MzHistoryFile  *file,
            MzHistoryCall  *call,
            GError        **error)
{
  mz_history_file_set_limits (file, call->n_before, call->number);

  return mz_history_file_prune (file, g_get_real_time () / 1000, error);
}

static void
hand_limits (MzHistory *self)
{
  MzHistoryCall *call = mz_history_call_new (set_limits, NULL, NULL);

  call->n_before = self->keep_days;
  call->number = self->max_bytes;
  mz_history_run (self, call, NULL, NULL, NULL, NULL);
}

guint
mz_history_get_keep_days (MzHistory *self)
{
  g_return_val_if_fail (MZ_IS_HISTORY (self), 0);

  return self->keep_days;
}

/**
 * mz_history_set_keep_days:
 * @days: how long messages are kept; 0 for good. Older ones go soon, and then once a day
 */
void
mz_history_set_keep_days (MzHistory *self,
                          guint      days)
{
  g_return_if_fail (MZ_IS_HISTORY (self));

  if (self->keep_days == days)
    return;

  self->keep_days = days;
  hand_limits (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_KEEP_DAYS]);
}

gint64
mz_history_get_max_bytes (MzHistory *self)
{
  g_return_val_if_fail (MZ_IS_HISTORY (self), 0);

  return self->max_bytes;
}

/**
 * mz_history_set_max_bytes:
 * @bytes: how large the file may become, about; 0 for no limit. The oldest messages go first
 */
void
mz_history_set_max_bytes (MzHistory *self,
                          gint64     bytes)
{
  g_return_if_fail (MZ_IS_HISTORY (self));

  if (self->max_bytes == bytes)
    return;

  self->max_bytes = MAX (bytes, 0);
  hand_limits (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX_BYTES]);
}

/**
 * mz_history_dup_set_aside:
 *
 * Returns: (transfer full) (nullable): where the file is that was found damaged
 */
char *
mz_history_dup_set_aside (MzHistory *self)
{
  char *path;

  g_return_val_if_fail (MZ_IS_HISTORY (self), NULL);

  g_mutex_lock (&self->worker->mutex);
  path = g_strdup (self->worker->set_aside);
  g_mutex_unlock (&self->worker->mutex);

  return path;
}

/**
 * mz_history_flush:
 * @timeout_ms: how long to wait, in ms
 *
 * Blocks until everything is written, and closes the file until it is needed again: for the time after the main loop. What is not written in time is given
 * up with the program.
 *
 * Returns: whether everything was written, also what nobody waited for since the last flush
 */
gboolean
mz_history_flush (MzHistory  *self,
                  guint       timeout_ms,
                  GError    **error)
{
  gint64 until = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  Worker *worker;
  gboolean in_time = TRUE;
  GError *first;

  g_return_val_if_fail (MZ_IS_HISTORY (self), FALSE);

  worker = self->worker;
  close_file (self);
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
