/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-route-memory.h"

G_BEGIN_DECLS

/**
 * MzRouteStore:
 *
 * Keeps a #MzRouteMemory in a small file of the person's, so that the next start knows it too. Several processes may share the file:
 * what each has learned is joined to what is there. Nothing that goes wrong with it is worse than learning anew.
 */
#define MZ_TYPE_ROUTE_STORE (mz_route_store_get_type ())
G_DECLARE_FINAL_TYPE (MzRouteStore, mz_route_store, MZ, ROUTE_STORE, GObject)

MzRouteStore  *mz_route_store_new           (const char           *path);
char          *mz_route_store_default_path  (void);
MzRouteMemory *mz_route_store_get_memory    (MzRouteStore         *self);
void           mz_route_store_load          (MzRouteStore         *self);
gboolean       mz_route_store_save          (MzRouteStore         *self,
                                             GError              **error);
void           mz_route_store_start_async   (MzRouteStore         *self,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
gboolean       mz_route_store_start_finish  (MzRouteStore         *self,
                                             GAsyncResult         *result,
                                             GError              **error);
gboolean       mz_route_store_is_saved      (MzRouteStore         *self);

G_END_DECLS
