/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-address.h"
#include "mz-net-error.h"

G_BEGIN_DECLS

typedef enum
{
  MZ_SCHEME_WS,
  MZ_SCHEME_WSS,
} MzScheme;

typedef enum
{
  MZ_HOST_KIND_NAME,
  MZ_HOST_KIND_IPV4,
  MZ_HOST_KIND_IPV6,
} MzHostKind;

/**
 * MzEndpoint:
 *
 * Where a gateway is: scheme, host, port and path, understood from what a person typed or pasted. Immutable and
 * reference counted.
 */
typedef struct _MzEndpoint MzEndpoint;

#define MZ_TYPE_ENDPOINT (mz_endpoint_get_type ())
#define MZ_DEFAULT_PORT 18789

GType        mz_endpoint_get_type             (void) G_GNUC_CONST;
MzEndpoint  *mz_endpoint_parse                (const char        *text,
                                               GError           **error);
MzEndpoint  *mz_endpoint_with_scheme          (MzEndpoint        *self,
                                               MzScheme           scheme);
MzEndpoint  *mz_endpoint_suggest              (MzEndpoint        *self);
MzEndpoint  *mz_endpoint_ref                  (MzEndpoint        *self);
void         mz_endpoint_unref                (MzEndpoint        *self);
gboolean     mz_endpoint_equal                (MzEndpoint        *a,
                                               MzEndpoint        *b);
MzScheme     mz_endpoint_get_scheme           (MzEndpoint        *self);
gboolean     mz_endpoint_has_explicit_scheme  (MzEndpoint        *self);
const char  *mz_endpoint_get_host             (MzEndpoint        *self);
const char  *mz_endpoint_get_display_host     (MzEndpoint        *self);
MzHostKind   mz_endpoint_get_host_kind        (MzEndpoint        *self);
MzHostClass  mz_endpoint_get_host_class       (MzEndpoint        *self);
gboolean     mz_endpoint_is_ts_net            (MzEndpoint        *self);
guint16      mz_endpoint_get_port             (MzEndpoint        *self);
const char  *mz_endpoint_get_path             (MzEndpoint        *self);
const char  *mz_endpoint_to_string            (MzEndpoint        *self);
const char  *mz_scheme_to_string              (MzScheme           scheme);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzEndpoint, mz_endpoint_unref)

G_END_DECLS
