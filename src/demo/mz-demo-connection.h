/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-demo-close-code.h"
#include "mz-demo-private.h"

G_BEGIN_DECLS

/* One client: its WebSocket, whether it is logged in, and what it subscribed to. */

MzDemoConnection *mz_demo_connection_new           (MzDemoGateway           *gateway,
                                                    SoupWebsocketConnection *socket,
                                                    MzDemoCloseCode         *closer,
                                                    GSocket                 *tcp,
                                                    guint                    number);
MzDemoConnection *mz_demo_connection_ref           (MzDemoConnection        *self);
void              mz_demo_connection_unref         (MzDemoConnection        *self);
void              mz_demo_connection_greet         (MzDemoConnection        *self);
gboolean          mz_demo_connection_is_in         (MzDemoConnection        *self,
                                                    MzDemoAudience           audience,
                                                    const char              *session_key);
gboolean          mz_demo_connection_has_scope     (MzDemoConnection        *self,
                                                    const char              *scope);
const char       *mz_demo_connection_get_client_id (MzDemoConnection        *self);
void              mz_demo_connection_set_sessions  (MzDemoConnection        *self,
                                                    gboolean                 subscribed);
void              mz_demo_connection_set_messages  (MzDemoConnection        *self,
                                                    const char              *session_key,
                                                    gboolean                 subscribed);
void              mz_demo_connection_send_event    (MzDemoConnection        *self,
                                                    const char              *event,
                                                    const char              *payload,
                                                    gboolean                 lost);
void              mz_demo_connection_apply_fault   (MzDemoConnection        *self);
void              mz_demo_connection_close         (MzDemoConnection        *self,
                                                    guint                    code,
                                                    const char              *reason);
void              mz_demo_connection_drop          (MzDemoConnection        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzDemoConnection, mz_demo_connection_unref)

G_END_DECLS
