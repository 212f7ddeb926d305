/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/**
 * MzConnectionBar:
 *
 * The bar under the header while a gateway is not ready: what is happening, countdown, the one button. Slides in only when it lasts over 300 ms.
 *
 * Property: `gateway` (nullable). Signal `::action` (MzAction, as guint): what it cannot do by itself (edit, trust, plaintext, doctor): see
 * mz_gateway_action_run().
 */
#define MZ_TYPE_CONNECTION_BAR (mz_connection_bar_get_type ())
G_DECLARE_FINAL_TYPE (MzConnectionBar, mz_connection_bar, MZ, CONNECTION_BAR, GtkWidget)

GtkWidget *mz_connection_bar_new         (void);
void       mz_connection_bar_set_gateway (MzConnectionBar *self,
                                          MzGateway       *gateway);

G_END_DECLS
