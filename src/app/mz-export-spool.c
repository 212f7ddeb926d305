/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-export-spool.h"

#include <string.h>

#include "mz-json.h"

struct _MzExportSpool
{
  GFile *file; /* (nullable): while it has a name */
  GFileIOStream *stream;
  GArray *starts; /* of the pages, goffset */
  goffset end;
};

/**
 * mz_export_spool_new:
 * @error: where to store an error
 *
 * Returns: (transfer full) (nullable): an empty one
 */
MzExportSpool *
mz_export_spool_new (GError **error)
{
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("moltzer-XXXXXX", &stream, error);
  MzExportSpool *self;

  if (file == NULL)
    return NULL;

  self = g_new0 (MzExportSpool, 1);
  self->stream = g_steal_pointer (&stream);
  self->starts = g_array_new (FALSE, FALSE, sizeof (goffset));

  /* Whatever happens to this program, nothing stays. */
#ifdef G_OS_UNIX
  g_file_delete (file, NULL, NULL);
#else
  self->file = g_steal_pointer (&file);
#endif

  return self;
}

/**
 * mz_export_spool_free:
 * @self: (nullable): what is done with
 */
void
mz_export_spool_free (MzExportSpool *self)
{
  if (self == NULL)
    return;

  g_io_stream_close (G_IO_STREAM (self->stream), NULL, NULL);
  g_object_unref (self->stream);
  if (self->file != NULL)
    g_file_delete (self->file, NULL, NULL);
  g_clear_object (&self->file);
  g_array_unref (self->starts);
  g_free (self);
}

/**
 * mz_export_spool_push:
 * @self: a spool
 * @page: a page
 * @cancellable: (nullable): a cancellable
 * @error: where to store an error
 *
 * Returns: whether it is kept
 */
gboolean
mz_export_spool_push (MzExportSpool  *self,
                      JsonNode       *page,
                      GCancellable   *cancellable,
                      GError        **error)
{
  g_autofree char *text = NULL;
  gsize length;

  g_return_val_if_fail (self != NULL, FALSE);

  text = mz_json_to_string (page);
  length = strlen (text);
  if (!g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (self->stream)), text, length, NULL, cancellable, error))
    return FALSE;

  g_array_append_val (self->starts, self->end);
  self->end += length;

  return TRUE;
}

/**
 * mz_export_spool_get_n_pages:
 * @self: a spool
 *
 * Returns: how many pages it has
 */
guint
mz_export_spool_get_n_pages (MzExportSpool *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->starts->len;
}

/**
 * mz_export_spool_pop:
 * @self: a spool that has pages, and gets no more
 * @cancellable: (nullable): a cancellable
 * @error: where to store an error
 *
 * Returns: (transfer full) (nullable): the page that came last of those that are left
 */
JsonNode *
mz_export_spool_pop (MzExportSpool  *self,
                     GCancellable   *cancellable,
                     GError        **error)
{
  g_autofree char *text = NULL;
  goffset start;
  gsize length;
  gsize n_read;

  g_return_val_if_fail (self != NULL && self->starts->len > 0, NULL);

  start = g_array_index (self->starts, goffset, self->starts->len - 1);
  length = (gsize) (self->end - start);
  text = g_malloc (length + 1);
  if (!g_seekable_seek (G_SEEKABLE (self->stream), start, G_SEEK_SET, cancellable, error) ||
      !g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (self->stream)), text, length, &n_read, cancellable, error))
    return NULL;
  if (n_read < length)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "The temporary file is cut short");
      return NULL;
    }
  text[length] = '\0';
  self->end = start;
  g_array_set_size (self->starts, self->starts->len - 1);

  return mz_json_parse (text, length, length + 1, error);
}
