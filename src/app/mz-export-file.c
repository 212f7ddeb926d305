/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-export-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>

#ifdef G_OS_UNIX
#include <gio/gfiledescriptorbased.h>
#endif

/* Names are drawn until one is free; this often only where nothing can be created at all. */
#define MAX_TRIES 50

struct _MzExportFile
{
  GFile *place;
  GFile *temporary; /* (nullable): none for what is no file */
  GOutputStream *stream;
};

/* A link stays one: what it leads to is written. */
static GFile *
follow (GFile *file)
{
#ifdef G_OS_UNIX
  const char *path = g_file_peek_path (file);
  char *real = path != NULL ? realpath (path, NULL) : NULL;
  GFile *followed = real != NULL ? g_file_new_for_path (real) : g_object_ref (file);

  free (real);

  return followed;
#else
  return g_object_ref (file);
#endif
}

static gboolean
create_beside (MzExportFile  *self,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr (GFile) folder = g_file_get_parent (self->place);

  if (folder == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, g_strerror (EISDIR));
      return FALSE;
    }

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_autofree char *name = g_strdup_printf (".moltzer-%08x.part", g_random_int ());
      g_autoptr (GFile) candidate = g_file_get_child (folder, name);
      g_autoptr (GError) problem = NULL;
      GFileOutputStream *stream = g_file_create (candidate, G_FILE_CREATE_PRIVATE, cancellable, &problem);

      if (stream != NULL)
        {
          self->temporary = g_steal_pointer (&candidate);
          self->stream = G_OUTPUT_STREAM (stream);
          return TRUE;
        }
      if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_EXISTS) || i + 1 == MAX_TRIES)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
    }

  return FALSE;
}

/**
 * mz_export_file_open:
 * @file: where it is to be
 * @cancellable: (nullable): a cancellable
 * @error: where to store an error
 *
 * Returns: (transfer full) (nullable): something to write to; what is at @file stays what it is until mz_export_file_commit()
 */
MzExportFile *
mz_export_file_open (GFile         *file,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_autoptr (MzExportFile) self = NULL;
  GFileType type;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  self = g_new0 (MzExportFile, 1);
  self->place = follow (file);
  type = g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable);
  if (type == G_FILE_TYPE_DIRECTORY)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, g_strerror (EISDIR));
      return NULL;
    }
  if (type == G_FILE_TYPE_SPECIAL)
    {
      self->stream = G_OUTPUT_STREAM (g_file_append_to (file, G_FILE_CREATE_NONE, cancellable, error));
      if (self->stream == NULL)
        return NULL;
    }
  else if (!create_beside (self, cancellable, error))
    {
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * mz_export_file_free:
 * @self: (nullable): what is done with
 *
 * Without a mz_export_file_commit() nothing of it stays.
 */
void
mz_export_file_free (MzExportFile *self)
{
  if (self == NULL)
    return;

  if (self->stream != NULL)
    g_output_stream_close (self->stream, NULL, NULL);
  g_clear_object (&self->stream);
  if (self->temporary != NULL)
    g_file_delete (self->temporary, NULL, NULL);
  g_clear_object (&self->temporary);
  g_clear_object (&self->place);
  g_free (self);
}

/**
 * mz_export_file_get_stream:
 * @self: an open one
 *
 * Returns: (transfer none): what to write to
 */
GOutputStream *
mz_export_file_get_stream (MzExportFile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->stream;
}

static gboolean
sync_to_disk (GOutputStream  *stream,
              GError        **error)
{
#ifdef G_OS_UNIX
  if (G_IS_FILE_DESCRIPTOR_BASED (stream) && g_fsync (g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (stream))) != 0)
    {
      int code = errno;

      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
      return FALSE;
    }
#endif

  return TRUE;
}

/**
 * mz_export_file_commit:
 * @self: an open one, written
 * @cancellable: (nullable): a cancellable
 * @error: where to store an error
 *
 * Puts it in its place, in one step.
 *
 * Returns: whether it is there; otherwise what was there before still is
 */
gboolean
mz_export_file_commit (MzExportFile  *self,
                       GCancellable  *cancellable,
                       GError       **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->temporary == NULL)
    return g_output_stream_close (self->stream, cancellable, error);

  if (!g_output_stream_flush (self->stream, cancellable, error) || !sync_to_disk (self->stream, error) ||
      !g_output_stream_close (self->stream, cancellable, error) ||
      !g_file_move (self->temporary, self->place, G_FILE_COPY_OVERWRITE, cancellable, NULL, NULL, error))
    return FALSE;
  g_clear_object (&self->temporary);

  return TRUE;
}
