/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* "Save as…": asks where, and writes it there. FALSE without an error: the person closed the dialog. */
void      mz_save_bytes_async    (GtkWindow            *parent,
                                  const char           *file_name,
                                  GBytes               *bytes,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
gboolean  mz_save_finish         (GAsyncResult         *result,
                                  GError              **error);
/* (transfer full): what went wrong and what to do, for people */
char     *mz_save_describe_error (const GError         *error);

G_END_DECLS
