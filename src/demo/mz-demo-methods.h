/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-demo-private.h"

G_BEGIN_DECLS

/* The methods that the demo gateway has, with what they ask for. */

JsonNode  *mz_demo_methods_call       (MzDemoGateway     *gateway,
                                       MzDemoConnection  *connection,
                                       const char        *method,
                                       JsonNode          *params,
                                       JsonObject       **error);
JsonArray *mz_demo_method_names       (guint              protocol);
JsonArray *mz_demo_event_names        (void);
char      *mz_demo_unexpected_member  (JsonObject        *object,
                                       const char        *known);

G_END_DECLS
