/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-save.h"

#include <glib/gi18n.h>

#include "mz-compat.h"

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
chosen_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = mz_compat_save_file_finish (GTK_WINDOW (source), result, &error);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (file == NULL)
    g_task_return_boolean (task, FALSE);
  else
    g_file_replace_contents_bytes_async (file, g_task_get_task_data (task), NULL, FALSE, G_FILE_CREATE_NONE,
                                         g_task_get_cancellable (task), written_cb, g_object_ref (task));
}

/**
 * mz_save_bytes_async:
 * @parent: the window
 * @file_name: the name that is proposed
 * @bytes: what is saved
 * @cancellable: (nullable): closes the dialog and stops writing
 * @callback: called when it is saved
 * @user_data: data for @callback
 *
 * Asks the person where to save @bytes, and does.
 */
void
mz_save_bytes_async (GtkWindow           *parent,
                     const char          *file_name,
                     GBytes              *bytes,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (bytes != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_save_bytes_async);
  g_task_set_task_data (task, g_bytes_ref (bytes), (GDestroyNotify) g_bytes_unref);
  mz_compat_save_file_async (parent, _("Save as"), file_name, cancellable, chosen_cb, g_object_ref (task));
}

/**
 * mz_save_finish:
 *
 * Returns: whether it was saved; %FALSE without an error when the person closed the dialog
 */
gboolean
mz_save_finish (GAsyncResult  *result,
                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * mz_save_describe_error:
 * @error: from mz_save_finish()
 *
 * Returns: (transfer full): what went wrong and what to do
 */
char *
mz_save_describe_error (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return g_strdup (_("The disk is full. Make room, or save it elsewhere."));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY))
    return g_strdup (_("It may not be saved there. Choose another folder."));

  return g_strdup_printf (_("It was not saved: %s. Choose another folder."), error->message);
}
