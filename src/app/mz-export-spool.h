/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Pages of a history on their way: they come newest first, and are written oldest first. A file that only this program can read, without a name
 * where the system lets an open file go without. Everything blocks: for threads, one at a time. */
typedef struct _MzExportSpool MzExportSpool;

MzExportSpool *mz_export_spool_new         (GError         **error);
void           mz_export_spool_free        (MzExportSpool   *self);
gboolean       mz_export_spool_push        (MzExportSpool   *self,
                                            JsonNode        *page,
                                            GCancellable    *cancellable,
                                            GError         **error);
guint          mz_export_spool_get_n_pages (MzExportSpool   *self);
JsonNode      *mz_export_spool_pop         (MzExportSpool   *self,
                                            GCancellable    *cancellable,
                                            GError         **error);

G_END_DECLS
