/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-address.h"

G_BEGIN_DECLS

/**
 * MzNetworkType:
 * @MZ_NETWORK_UNKNOWN: not known, or no network
 * @MZ_NETWORK_ETHERNET: a cable, or what looks like one (a virtual machine's network)
 * @MZ_NETWORK_WIFI: Wi-Fi
 * @MZ_NETWORK_CELLULAR: a mobile network
 * @MZ_NETWORK_VPN: a tunnel takes everything
 * @MZ_NETWORK_TAILNET: Tailscale's interface, or a peer in the tailnet
 * @MZ_NETWORK_LOOPBACK: this machine
 *
 * What kind of network a connection goes over.
 */
typedef enum
{
  MZ_NETWORK_UNKNOWN,
  MZ_NETWORK_ETHERNET,
  MZ_NETWORK_WIFI,
  MZ_NETWORK_CELLULAR,
  MZ_NETWORK_VPN,
  MZ_NETWORK_TAILNET,
  MZ_NETWORK_LOOPBACK,
} MzNetworkType;

#define MZ_N_NETWORK_TYPES (MZ_NETWORK_LOOPBACK + 1)

/**
 * MzNetworkInfo:
 * @type: the kind of interface that the default route goes over
 * @id: (nullable): tells one network from another: a shortened SHA-256, in hex, of the default routes' gateways and interface kinds
 *   and of the name servers; the same again on the same network. No address or name can be read from it, but nothing keeps it from being
 *   guessed: what is stored should be salted.
 *
 * The network that this host is in. A plain value.
 */
typedef struct
{
  MzNetworkType type;
  char *id;
} MzNetworkInfo;

/**
 * MzDefaultRoute:
 * @name: the interface's name
 * @gateway: the gateway's address as the kernel writes it, in hex
 * @prefix: 0, or more where a tunnel overrides the default with halves of the address space
 * @metric: the lower the better
 *
 * A default route, as mz_network_parse_ipv4_route() and mz_network_parse_ipv6_route() read it.
 */
typedef struct
{
  char name[16]; /* IFNAMSIZ */
  char gateway[33];
  guint prefix;
  guint32 metric;
} MzDefaultRoute;

MzNetworkInfo *mz_network_info_collect      (void);
MzNetworkInfo *mz_network_info_collect_in   (const char          *root);
MzNetworkInfo *mz_network_info_copy         (const MzNetworkInfo *self);
void           mz_network_info_free         (MzNetworkInfo       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzNetworkInfo, mz_network_info_free)

MzNetworkType  mz_network_type_for_peer     (const MzNetworkInfo *info,
                                             GInetAddress        *peer);
const char    *mz_network_type_to_string    (MzNetworkType        type);
gboolean       mz_network_type_from_string  (const char          *text,
                                             MzNetworkType       *type);

gboolean       mz_network_parse_ipv4_route  (const char          *text,
                                             MzDefaultRoute      *route);
gboolean       mz_network_parse_ipv6_route  (const char          *text,
                                             MzDefaultRoute      *route);
GStrv          mz_network_parse_resolv_conf (const char          *text);
MzNetworkType  mz_network_type_of_interface (const char          *name,
                                             const char          *class_dir);

G_END_DECLS
