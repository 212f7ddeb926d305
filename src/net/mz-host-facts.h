/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-strategy.h"

G_BEGIN_DECLS

/**
 * MzHostFacts:
 * @platform: the platform
 * @has_tailnet_address: an interface of this host has a tailnet address (Tailscale is up)
 * @has_ipv4: an interface other than loopback has an IPv4 address
 * @has_ipv6: an interface other than loopback has a global IPv6 address
 * @network_available: GNetworkMonitor's view
 * @captive_portal: GNetworkMonitor says that a sign-in page stands between
 * @sandboxed: running in a Flatpak
 * @metered: the network is metered
 *
 * What is known of this host when a dial fails. A plain value without addresses or names.
 */
typedef struct
{
  MzPlatform platform;
  gboolean has_tailnet_address;
  gboolean has_ipv4;
  gboolean has_ipv6;
  gboolean network_available;
  gboolean captive_portal;
  gboolean sandboxed;
  gboolean metered;
} MzHostFacts;

MzHostFacts mz_host_facts_collect      (MzPlatform    platform);
void        mz_host_facts_add_address  (MzHostFacts  *facts,
                                        GInetAddress *address);

G_END_DECLS
