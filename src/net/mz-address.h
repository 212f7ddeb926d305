/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MzHostClass:
 * @MZ_HOST_CLASS_LOOPBACK: this machine
 * @MZ_HOST_CLASS_LINK_LOCAL: 169.254/16, fe80::/10
 * @MZ_HOST_CLASS_PRIVATE: RFC 1918, fc00::/7, `.local`, single-label names
 * @MZ_HOST_CLASS_TAILNET: `*.ts.net` by name; 100.64.0.0/10 and fd7a:115c:a1e0::/48 by address
 * @MZ_HOST_CLASS_PUBLIC: everything else
 *
 * Where a host is. A name's class is only a hint; for safety the class of the connected peer's address counts.
 */
typedef enum
{
  MZ_HOST_CLASS_LOOPBACK,
  MZ_HOST_CLASS_LINK_LOCAL,
  MZ_HOST_CLASS_PRIVATE,
  MZ_HOST_CLASS_TAILNET,
  MZ_HOST_CLASS_PUBLIC,
} MzHostClass;

MzHostClass mz_address_classify       (GInetAddress *address);
MzHostClass mz_host_name_classify     (const char   *ascii_host);
gboolean    mz_host_name_is_ts_net    (const char   *host);
const char *mz_host_class_to_string   (MzHostClass   klass);
gboolean    mz_host_class_is_private  (MzHostClass   klass);

G_END_DECLS
