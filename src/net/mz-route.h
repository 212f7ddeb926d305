/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-strategy.h"

G_BEGIN_DECLS

#define MZ_TYPE_ROUTE (mz_route_get_type ())
G_DECLARE_FINAL_TYPE (MzRoute, mz_route, MZ, ROUTE, GNetworkAddress)

MzRoute *mz_route_new       (MzScheme      scheme,
                             const char   *host,
                             guint16       port);
MzRoute *mz_route_new_after (MzScheme      scheme,
                             const char   *host,
                             guint16       port,
                             MzRouteKind   kind,
                             GInetAddress *last);

G_END_DECLS
