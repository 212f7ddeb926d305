/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-core.h"

G_BEGIN_DECLS

/**
 * MzGatewayDialog:
 *
 * Edit a gateway: name, address (with its interpretation), token or password, strategy, pin, plaintext, proxy, connect at start; "Remove…".
 * What is wrong is said at the field. Property `focus`: "name", "address" or "secret".
 */
#define MZ_TYPE_GATEWAY_DIALOG (mz_gateway_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MzGatewayDialog, mz_gateway_dialog, MZ, GATEWAY_DIALOG, AdwWindow)

GtkWindow *mz_gateway_dialog_new (MzCore     *core,
                                  MzGateway  *gateway,
                                  GtkWindow  *parent,
                                  const char *focus);

G_END_DECLS
