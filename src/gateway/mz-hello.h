/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * MzHello:
 *
 * What a gateway said in `hello-ok` (docs: gateway/protocol/handshake). Immutable, reference counted.
 */
typedef struct _MzHello MzHello;

#define MZ_TYPE_HELLO (mz_hello_get_type ())

GType        mz_hello_get_type                 (void) G_GNUC_CONST;
MzHello     *mz_hello_new                      (JsonNode    *payload,
                                                GError     **error);
MzHello     *mz_hello_ref                      (MzHello     *self);
void         mz_hello_unref                    (MzHello     *self);
guint        mz_hello_get_protocol             (MzHello     *self);
const char  *mz_hello_get_server_version       (MzHello     *self);
const char  *mz_hello_get_connection_id        (MzHello     *self);
gboolean     mz_hello_has_method               (MzHello     *self,
                                                const char  *method);
gboolean     mz_hello_has_event                (MzHello     *self,
                                                const char  *event);
gboolean     mz_hello_has_scope                (MzHello     *self,
                                                const char  *scope);
const char  *mz_hello_get_device_token         (MzHello     *self);
const char  *mz_hello_get_main_session_key     (MzHello     *self);
gsize        mz_hello_get_max_payload          (MzHello     *self);
guint        mz_hello_get_tick_interval_ms     (MzHello     *self);
gsize        mz_hello_get_max_attachment       (MzHello     *self);
gsize        mz_hello_get_max_image            (MzHello     *self);
const char  *mz_hello_get_role                 (MzHello     *self);
const char * const *mz_hello_get_scopes        (MzHello     *self);
gboolean     mz_hello_has_capability           (MzHello     *self,
                                                const char  *capability);
const char  *mz_hello_get_default_agent        (MzHello     *self);
gint64       mz_hello_get_uptime_ms            (MzHello     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzHello, mz_hello_unref)

G_END_DECLS
