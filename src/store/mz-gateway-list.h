/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "mz-gateway-entry.h"

G_BEGIN_DECLS

/**
 * MzGatewayList:
 *
 * The gateways a person keeps: a #GListModel of #MzGatewayEntry in the person's order. Every change of an entry is saved in the key
 * `gateways` (`aa{sv}`) of the settings; transient entries are in the list but not saved. Entries that a newer version wrote keep the
 * members this one does not know; entries that cannot be understood are passed over and kept in the settings.
 */
#define MZ_TYPE_GATEWAY_LIST (mz_gateway_list_get_type ())
G_DECLARE_FINAL_TYPE (MzGatewayList, mz_gateway_list, MZ, GATEWAY_LIST, GObject)

MzGatewayList   *mz_gateway_list_new        (GSettings       *settings);
void             mz_gateway_list_add        (MzGatewayList   *self,
                                             MzGatewayEntry  *entry);
void             mz_gateway_list_remove     (MzGatewayList   *self,
                                             MzGatewayEntry  *entry);
MzGatewayEntry  *mz_gateway_list_lookup     (MzGatewayList   *self,
                                             const char      *id);
/* By name (any case) or address: `--gateway NAME` */
MzGatewayEntry  *mz_gateway_list_find       (MzGatewayList   *self,
                                             const char      *name);

G_END_DECLS
