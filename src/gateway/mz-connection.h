/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-dialer.h"
#include "mz-frame.h"
#include "mz-handshake.h"
#include "mz-hello.h"
#include "mz-identity.h"

G_BEGIN_DECLS

/* One connection's life: dial, challenge, login, frames, silence, end. #MzClient makes a new one for each try.
 *
 * `::ready` (MzHello) at most once, then `::received` (MzFrame) for answers and events, `::wire` (sent, text) for every frame as it is on
 * the wire, and `::ended` (GError, NULL where no login was wanted) exactly once; after that nothing more comes. */
#define MZ_TYPE_CONNECTION (mz_connection_get_type ())
G_DECLARE_FINAL_TYPE (MzConnection, mz_connection, MZ, CONNECTION, GObject)

MzConnection *mz_connection_new                (MzEndpoint           *endpoint,
                                                MzIdentity           *identity,
                                                const MzDialOptions  *options,
                                                const MzCredentials  *credentials);
void          mz_connection_start              (MzConnection         *self,
                                                gboolean              login);
void          mz_connection_send               (MzConnection         *self,
                                                const char           *text);
void          mz_connection_probe              (MzConnection         *self,
                                                MzCircumstance        why,
                                                guint                 patience_ms);
void          mz_connection_close              (MzConnection         *self);
void          mz_connection_abort              (MzConnection         *self);
MzTrace      *mz_connection_get_trace          (MzConnection         *self);
MzHello      *mz_connection_get_hello          (MzConnection         *self);
gboolean      mz_connection_is_open            (MzConnection         *self);
gboolean      mz_connection_uses_device_token  (MzConnection         *self);
gboolean      mz_connection_is_encrypted       (MzConnection         *self);
gboolean      mz_connection_is_trusted         (MzConnection         *self);

G_END_DECLS
