/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-demo-connection.h"

G_BEGIN_DECLS

/* One function for each method: gives the payload, or %NULL and an error. @params is never %NULL, and has what its method needs. */
typedef JsonNode *(*MzDemoHandler) (MzDemoGateway     *gateway,
                                    MzDemoConnection  *connection,
                                    JsonObject        *params,
                                    JsonObject       **error);

#define MZ_DEMO_DECLARE_HANDLER(name) \
  JsonNode *mz_demo_handle_##name (MzDemoGateway     *gateway, \
                                   MzDemoConnection  *connection, \
                                   JsonObject        *params, \
                                   JsonObject       **error);

MZ_DEMO_DECLARE_HANDLER (artifacts_download)
MZ_DEMO_DECLARE_HANDLER (chat_abort)
MZ_DEMO_DECLARE_HANDLER (chat_history)
MZ_DEMO_DECLARE_HANDLER (chat_send)
MZ_DEMO_DECLARE_HANDLER (commands_list)
MZ_DEMO_DECLARE_HANDLER (exec_approval_list)
MZ_DEMO_DECLARE_HANDLER (exec_approval_resolve)
MZ_DEMO_DECLARE_HANDLER (health)
MZ_DEMO_DECLARE_HANDLER (models_list)
MZ_DEMO_DECLARE_HANDLER (sessions_create)
MZ_DEMO_DECLARE_HANDLER (sessions_delete)
MZ_DEMO_DECLARE_HANDLER (sessions_describe)
MZ_DEMO_DECLARE_HANDLER (sessions_list)
MZ_DEMO_DECLARE_HANDLER (sessions_messages_subscribe)
MZ_DEMO_DECLARE_HANDLER (sessions_messages_unsubscribe)
MZ_DEMO_DECLARE_HANDLER (sessions_patch)
MZ_DEMO_DECLARE_HANDLER (sessions_reset)
MZ_DEMO_DECLARE_HANDLER (sessions_subscribe)
MZ_DEMO_DECLARE_HANDLER (sessions_unsubscribe)
MZ_DEMO_DECLARE_HANDLER (status)

JsonNode *mz_demo_fail             (JsonObject       **error,
                                    const char        *message,
                                    JsonObject        *details);
JsonNode *mz_demo_fail_scope       (MzDemoGateway     *gateway,
                                    JsonObject       **error,
                                    const char        *scope);

G_END_DECLS
