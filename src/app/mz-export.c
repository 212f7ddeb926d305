/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-export.h"

#include "mz-export-file.h"
#include "mz-export-spool.h"
#include "mz-history-reader.h"
#include "mz-history-rows.h"

/* What is written at once. */
#define CHUNK (64 * 1024)

/* As large as what the conversation itself shows of a picture. */
#define MAX_PICTURE (8 * 1024 * 1024)

typedef struct
{
  MzHistoryReader *reader;
  MzExportOptions options;
  char *session;
  char *title; /* (nullable) */
  GFile *file; /* (nullable): then there is a stream */
  GOutputStream *stream;
  MzExportProgress progress;
  gpointer progress_data;
  double told;

  /* Of one at a time: the thread that keeps a page, the caller's, the thread that writes. */
  MzExportSpool *spool;
  JsonNode *page;

  /* Between the thread that writes and the caller's. */
  int n_pages;
  int n_written;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_clear_object (&export->reader);
  g_clear_object (&export->file);
  g_clear_object (&export->stream);
  g_clear_pointer (&export->spool, mz_export_spool_free);
  g_clear_pointer (&export->page, json_node_unref);
  g_free (export->session);
  g_free (export->title);
  g_free (export);
}

static void
tell (Export *export,
      double  fraction)
{
  /* What comes meanwhile makes it more, but nobody goes back. */
  export->told = fraction >= 0 ? MAX (fraction, export->told) : fraction;
  if (export->progress != NULL)
    export->progress (export->told, mz_history_reader_get_n_read (export->reader), export->progress_data);
}

static gboolean
written_cb (gpointer user_data)
{
  GTask *task = user_data;
  Export *export = g_task_get_task_data (task);

  if (!g_task_get_completed (task) && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    tell (export, MZ_EXPORT_ALL_READ + (1 - MZ_EXPORT_ALL_READ) * g_atomic_int_get (&export->n_written) / MAX (export->n_pages, 1));

  return G_SOURCE_REMOVE;
}

static void
tell_from_thread (GTask *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  /* In order with the answer, which comes after. */
  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_callback (source, written_cb, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static gboolean
write_out (GOutputStream  *stream,
           GString        *text,
           gsize           least,
           GCancellable   *cancellable,
           GError        **error)
{
  if (text->len < least)
    return TRUE;
  if (!g_output_stream_write_all (stream, text->str, text->len, NULL, cancellable, error))
    return FALSE;
  g_string_truncate (text, 0);

  return TRUE;
}

static gboolean
write_rows (MzExportWriter  *writer,
            GPtrArray       *rows,
            GString         *text,
            GOutputStream   *stream,
            GCancellable    *cancellable,
            GError         **error)
{
  for (guint i = 0; i < rows->len; i++)
    {
      mz_export_writer_add (writer, g_ptr_array_index (rows, i), text);
      if (!write_out (stream, text, CHUNK, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* Returns how many rows were written, or -1. */
static gint64
write_all (GTask         *task,
           Export        *export,
           GOutputStream *stream,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (MzExportWriter) writer = mz_export_writer_new (&export->options);
  g_autoptr (MzHistoryRows) joined = mz_history_rows_new ();
  g_autoptr (GString) text = g_string_sized_new (CHUNK);
  g_autoptr (GPtrArray) rest = NULL;
  const char *title = export->title != NULL ? export->title : mz_history_reader_get_title (export->reader);
  MzExportAbout about = {
    .title = title != NULL ? title : export->session,
    .session = export->session,
    .now = now,
    .complete = mz_history_reader_get_complete (export->reader),
  };

  mz_export_writer_begin (writer, &about, text);
  while (mz_export_spool_get_n_pages (export->spool) > 0)
    {
      g_autoptr (JsonNode) page = mz_export_spool_pop (export->spool, cancellable, error);
      g_autoptr (GPtrArray) rows = page != NULL ? mz_history_rows_add (joined, page) : NULL;

      if (rows == NULL || !write_rows (writer, rows, text, stream, cancellable, error))
        return -1;
      g_atomic_int_inc (&export->n_written);
      tell_from_thread (task);
    }
  rest = mz_history_rows_end (joined);
  if (!write_rows (writer, rest, text, stream, cancellable, error))
    return -1;
  mz_export_writer_end (writer, text);

  if (!write_out (stream, text, 0, cancellable, error) || !g_output_stream_flush (stream, cancellable, error))
    return -1;

  return mz_export_writer_get_n_rows (writer);
}

static void
write_thread (GTask        *task,
              gpointer      source,
              gpointer      task_data,
              GCancellable *cancellable)
{
  Export *export = task_data;
  g_autoptr (MzExportFile) file = NULL;
  g_autoptr (GError) error = NULL;
  gint64 n_rows = -1;

  if (export->file != NULL)
    file = mz_export_file_open (export->file, cancellable, &error);
  if (export->file == NULL || file != NULL)
    n_rows = write_all (task, export, file != NULL ? mz_export_file_get_stream (file) : export->stream, cancellable, &error);
  if (n_rows >= 0 && file != NULL && !mz_export_file_commit (file, cancellable, &error))
    n_rows = -1;

  /* What is left of it goes before anybody hears. */
  g_clear_pointer (&file, mz_export_file_free);
  if (n_rows >= 0)
    g_task_return_int (task, n_rows);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void next_page (GTask *task);

static void
kept_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Export *export = g_task_get_task_data (task);
  gint64 n_read = mz_history_reader_get_n_read (export->reader);
  gint64 total = mz_history_reader_get_total (export->reader);

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  tell (export, total > 0 ? MZ_EXPORT_ALL_READ * MIN ((double) n_read / total, 1) : -1);
  next_page (g_steal_pointer (&task));
}

static void
keep_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Export *export = task_data;
  g_autoptr (JsonNode) page = g_steal_pointer (&export->page);
  g_autoptr (GError) error = NULL;

  if (export->spool == NULL)
    export->spool = mz_export_spool_new (&error);
  if (export->spool != NULL && mz_export_spool_push (export->spool, page, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
page_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) keep = NULL;
  Export *export = g_task_get_task_data (task);

  export->page = mz_history_reader_next_finish (MZ_HISTORY_READER (source), result, &error);
  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  if (export->page == NULL)
    {
      export->n_pages = (int) mz_export_spool_get_n_pages (export->spool);
      tell (export, MZ_EXPORT_ALL_READ);
      g_task_run_in_thread (task, write_thread);
      return;
    }

  keep = g_task_new (g_task_get_source_object (task), g_task_get_cancellable (task), kept_cb, g_object_ref (task));
  g_task_set_source_tag (keep, page_cb);
  g_task_set_task_data (keep, export, NULL);
  g_task_run_in_thread (keep, keep_thread);
}

static void
next_page (GTask *task)
{
  Export *export = g_task_get_task_data (task);

  mz_history_reader_next_async (export->reader, g_task_get_cancellable (task), page_cb, task);
}

static void
start (MzClient              *client,
       const char            *session,
       const char            *title,
       const MzExportOptions *options,
       GFile                 *file,
       GOutputStream         *stream,
       MzExportProgress       progress,
       gpointer               progress_data,
       GTask                 *task)
{
  Export *export = g_new0 (Export, 1);

  export->reader = mz_history_reader_new (client, session);
  export->options = *options;
  export->session = g_strdup (session);
  export->title = g_strdup (title);
  g_set_object (&export->file, file);
  g_set_object (&export->stream, stream);
  export->progress = progress;
  export->progress_data = progress_data;
  if (options->format == MZ_EXPORT_HTML)
    mz_history_reader_set_max_picture (export->reader, MAX_PICTURE);
  /* Once the file is in its place it was not stopped. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, export, export_free);
  next_page (task);
}

/**
 * mz_export_to_file_async:
 * @client: a client, ready
 * @session: the conversation's key
 * @title: (nullable): what it is called; %NULL for what the gateway calls it
 * @options: what is written, and as what
 * @file: where
 * @progress: (nullable) (scope notified): called with how far it is, never after @callback
 * @progress_data: for @progress
 * @cancellable: (nullable): stops it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Writes a conversation into a file, which is there when it is whole, and readable by its owner only.
 */
void
mz_export_to_file_async (MzClient              *client,
                         const char            *session,
                         const char            *title,
                         const MzExportOptions *options,
                         GFile                 *file,
                         MzExportProgress       progress,
                         gpointer               progress_data,
                         GCancellable          *cancellable,
                         GAsyncReadyCallback    callback,
                         gpointer               user_data)
{
  GTask *task;

  g_return_if_fail (MZ_IS_CLIENT (client));
  g_return_if_fail (session != NULL);
  g_return_if_fail (options != NULL);
  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_export_to_file_async);
  start (client, session, title, options, file, NULL, progress, progress_data, task);
}

/**
 * mz_export_to_stream_async:
 * @client: a client, ready
 * @session: the conversation's key
 * @title: (nullable): what it is called; %NULL for what the gateway calls it
 * @options: what is written, and as what
 * @stream: where; written in another thread, not closed
 * @progress: (nullable) (scope notified): called with how far it is, never after @callback
 * @progress_data: for @progress
 * @cancellable: (nullable): stops it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Writes a conversation into a stream. Nothing is written before all has come from the gateway.
 */
void
mz_export_to_stream_async (MzClient              *client,
                           const char            *session,
                           const char            *title,
                           const MzExportOptions *options,
                           GOutputStream         *stream,
                           MzExportProgress       progress,
                           gpointer               progress_data,
                           GCancellable          *cancellable,
                           GAsyncReadyCallback    callback,
                           gpointer               user_data)
{
  GTask *task;

  g_return_if_fail (MZ_IS_CLIENT (client));
  g_return_if_fail (session != NULL);
  g_return_if_fail (options != NULL);
  g_return_if_fail (G_IS_OUTPUT_STREAM (stream));

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_export_to_stream_async);
  start (client, session, title, options, NULL, stream, progress, progress_data, task);
}

/**
 * mz_export_finish:
 * @client: the client
 * @result: the result
 * @error: where to store an error
 *
 * Returns: how many rows were written, -1 on error
 */
gint64
mz_export_finish (MzClient      *client,
                  GAsyncResult  *result,
                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), -1);

  return g_task_propagate_int (G_TASK (result), error);
}
