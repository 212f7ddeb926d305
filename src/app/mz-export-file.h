/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file that is there whole or not at all: written beside its place under another name, readable by its owner only, and put there at the end. What
 * is no file (a pipe, a device) is written as it is. Everything blocks: for threads. */
typedef struct _MzExportFile MzExportFile;

MzExportFile  *mz_export_file_open       (GFile         *file,
                                          GCancellable  *cancellable,
                                          GError       **error);
void           mz_export_file_free       (MzExportFile  *self);
GOutputStream *mz_export_file_get_stream (MzExportFile  *self);
gboolean       mz_export_file_commit     (MzExportFile  *self,
                                          GCancellable  *cancellable,
                                          GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzExportFile, mz_export_file_free)

G_END_DECLS
