/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-network-info.h"
#include "mz-trace.h"

G_BEGIN_DECLS

/* How long a lesson holds, in s: then the standard way is tried anew. */
#define MZ_ROUTE_MEMORY_LIFE (7 * 24 * 60 * 60)

/**
 * MzRouteMemory:
 *
 * Which route worked best for which gateway on which network, so that the next dial starts with it. In what is written, gateways and
 * networks are only to be recognised, not to be read: see mz_route_memory_to_text().
 *
 * `::learned` is emitted when there is something new to keep.
 */
#define MZ_TYPE_ROUTE_MEMORY (mz_route_memory_get_type ())
G_DECLARE_FINAL_TYPE (MzRouteMemory, mz_route_memory, MZ, ROUTE_MEMORY, GObject)

MzRouteMemory *mz_route_memory_new      (void);
MzRouteMemory *mz_route_memory_dup      (MzRouteMemory *self);
gboolean       mz_route_memory_recall   (MzRouteMemory *self,
                                         MzEndpoint    *endpoint,
                                         const char    *network_id,
                                         gint64         now_s,
                                         MzRouteKind   *route);
void           mz_route_memory_learn    (MzRouteMemory *self,
                                         MzEndpoint    *endpoint,
                                         const char    *network_id,
                                         gint64         now_s,
                                         MzRouteKind    route);
gboolean       mz_route_memory_read     (MzRouteMemory *self,
                                         const char    *text);
char          *mz_route_memory_to_text  (MzRouteMemory *self,
                                         gint64         now_s);

gboolean       mz_route_lesson_of       (MzTrace       *trace,
                                         MzRouteKind   *route);

G_END_DECLS
