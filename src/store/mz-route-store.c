/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-route-store.h"

#include <errno.h>

#include <glib/gstdio.h>

/* Four times what a full memory takes: anything longer is something else. */
#define MAX_SIZE (64 * 1024)

struct _MzRouteStore
{
  GObject parent_instance;

  char *path;
  MzRouteMemory *memory;
  GMutex writing;               /* one writer at a time: the thread, or who saves at the end */
  gboolean automatic;           /* what is learned is written by itself, in a thread */
  gboolean dirty;               /* something was learned since the last save began */
  gboolean busy;                /* a thread writes */
};

G_DEFINE_FINAL_TYPE (MzRouteStore, mz_route_store, G_TYPE_OBJECT)

/* (nullable): a missing file is as good as an empty one */
static char *
read_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;
  GStatBuf status;

  if (g_stat (path, &status) != 0)
    return NULL;
  if (!S_ISREG (status.st_mode) || status.st_size > MAX_SIZE)
    {
      g_debug ("The file of the kept routes is not one of ours");
      return NULL;
    }
  if (!g_file_get_contents (path, &text, NULL, &error))
    g_debug ("The kept routes cannot be read: %s", error->message);

  return text;
}

/* Any thread. Joins @memory, which nobody else uses, to what is in the file now. */
static gboolean
write_file (MzRouteStore   *self,
            MzRouteMemory  *memory,
            GError        **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->writing);
  g_autofree char *dir = g_path_get_dirname (self->path);
  g_autofree char *before = read_file (self->path);
  g_autofree char *text = NULL;

  if (before != NULL)
    mz_route_memory_read (memory, before);
  text = mz_route_memory_to_text (memory, g_get_real_time () / G_TIME_SPAN_SECOND);

  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code), "%s: %s", dir, g_strerror (code));
      return FALSE;
    }

  return g_file_set_contents_full (self->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static void
write_thread (GTask        *task,
              gpointer      source,
              gpointer      task_data,
              GCancellable *cancellable)
{
  GError *error = NULL;

  if (write_file (source, task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void start_writing (MzRouteStore *self);

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  MzRouteStore *self = MZ_ROUTE_STORE (source);
  g_autoptr (GError) error = NULL;

  self->busy = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_message ("What was learned about routes cannot be kept: %s", error->message);
  if (self->dirty)
    start_writing (self);
}

static void
start_writing (MzRouteStore *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, written_cb, NULL);

  g_task_set_source_tag (task, start_writing);
  g_task_set_task_data (task, mz_route_memory_dup (self->memory), g_object_unref);
  self->dirty = FALSE;
  self->busy = TRUE;
  g_task_run_in_thread (task, write_thread);
}

static void
learned_cb (MzRouteStore *self)
{
  self->dirty = TRUE;
  if (self->automatic && !self->busy)
    start_writing (self);
}

static void
mz_route_store_finalize (GObject *object)
{
  MzRouteStore *self = MZ_ROUTE_STORE (object);

  g_clear_object (&self->memory);
  g_clear_pointer (&self->path, g_free);
  g_mutex_clear (&self->writing);

  G_OBJECT_CLASS (mz_route_store_parent_class)->finalize (object);
}

static void
mz_route_store_class_init (MzRouteStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_route_store_finalize;
}

static void
mz_route_store_init (MzRouteStore *self)
{
  g_mutex_init (&self->writing);
  self->memory = mz_route_memory_new ();
  g_signal_connect_object (self->memory, "learned", G_CALLBACK (learned_cb), self, G_CONNECT_SWAPPED);
}

/**
 * mz_route_store_new:
 * @path: the file
 *
 * Returns: (transfer full): a store that has not read its file yet
 */
MzRouteStore *
mz_route_store_new (const char *path)
{
  MzRouteStore *self;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (MZ_TYPE_ROUTE_STORE, NULL);
  self->path = g_strdup (path);

  return self;
}

/**
 * mz_route_store_default_path:
 *
 * Returns: (transfer full): where the file of this person is
 */
char *
mz_route_store_default_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "moltzer", "routes", NULL);
}

/**
 * mz_route_store_get_memory:
 *
 * Returns: (transfer none): what to give to dials
 */
MzRouteMemory *
mz_route_store_get_memory (MzRouteStore *self)
{
  g_return_val_if_fail (MZ_IS_ROUTE_STORE (self), NULL);

  return self->memory;
}

/**
 * mz_route_store_load:
 *
 * Reads the file. Blocks: for programs, before their main loop runs.
 */
void
mz_route_store_load (MzRouteStore *self)
{
  g_autofree char *text = NULL;

  g_return_if_fail (MZ_IS_ROUTE_STORE (self));

  text = read_file (self->path);
  if (text != NULL && !mz_route_memory_read (self->memory, text))
    g_debug ("The file of the kept routes is not understood");
}

/**
 * mz_route_store_save:
 *
 * Writes what was learned since the last time, if anything. Blocks: for programs, after their main loop.
 *
 * Returns: whether all that was learned is in the file
 */
gboolean
mz_route_store_save (MzRouteStore  *self,
                     GError       **error)
{
  g_autoptr (MzRouteMemory) memory = NULL;

  g_return_val_if_fail (MZ_IS_ROUTE_STORE (self), FALSE);

  if (mz_route_store_is_saved (self))
    return TRUE;

  self->dirty = FALSE;
  memory = mz_route_memory_dup (self->memory);
  return write_file (self, memory, error);
}

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  g_task_return_pointer (task, read_file (MZ_ROUTE_STORE (source)->path), g_free);
}

/**
 * mz_route_store_start_async:
 *
 * Reads the file in a thread; from now on what is learned is written by itself, in a thread too.
 */
void
mz_route_store_start_async (MzRouteStore        *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MZ_IS_ROUTE_STORE (self));

  self->automatic = TRUE;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_route_store_start_async);
  g_task_run_in_thread (task, read_thread);
}

/**
 * mz_route_store_start_finish:
 *
 * Returns: whether there was a file, and it was understood
 */
gboolean
mz_route_store_start_finish (MzRouteStore  *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  text = g_task_propagate_pointer (G_TASK (result), error);
  return text != NULL && mz_route_memory_read (self->memory, text);
}

/**
 * mz_route_store_is_saved:
 *
 * Returns: whether nothing is waiting to be written
 */
gboolean
mz_route_store_is_saved (MzRouteStore *self)
{
  g_return_val_if_fail (MZ_IS_ROUTE_STORE (self), FALSE);

  return !self->dirty && !self->busy;
}
