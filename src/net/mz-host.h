/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-endpoint.h"

G_BEGIN_DECLS

/*
 * MzHost:
 * @kind: name or address
 * @klass: where it is
 * @name: (owned): what is connected: an ASCII name, or an address without brackets
 * @display: (owned): what is shown
 *
 * The host of an endpoint; only for mz-endpoint.c.
 */
typedef struct
{
  MzHostKind kind;
  MzHostClass klass;
  char *name;
  char *display;
} MzHost;

gboolean mz_host_parse       (MzHost        *self,
                              const char    *text,
                              GError       **error);
gboolean mz_host_parse_ipv6  (MzHost        *self,
                              const char    *text,
                              GError       **error);
void     mz_host_copy        (MzHost        *self,
                              const MzHost  *other);
void     mz_host_clear       (MzHost        *self);

G_END_DECLS
