/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-core.h"

G_BEGIN_DECLS

/**
 * MzConnectPage:
 *
 * The page that adds a gateway: address with its live interpretation, token or password, "Connect", "Try the demo"; then the phases as they go, and
 * what the gateway asks (pairing, certificate, plaintext). Cancelling gives the fields back as they were. The gateway is kept once it was ready.
 *
 * It has its own header bar, with the window's buttons.
 *
 * Properties: `core` (construct-only), `can-close` (a back button is there: there are other gateways). Signals: `::connected` (MzGateway): show it;
 * `::closed`.
 */
#define MZ_TYPE_CONNECT_PAGE (mz_connect_page_get_type ())
G_DECLARE_FINAL_TYPE (MzConnectPage, mz_connect_page, MZ, CONNECT_PAGE, GtkWidget)

GtkWidget *mz_connect_page_new           (MzCore         *core);
void       mz_connect_page_set_can_close (MzConnectPage  *self,
                                          gboolean        can_close);
/* Fills the address in, from a link; the person still presses Connect. */
void       mz_connect_page_suggest       (MzConnectPage  *self,
                                          const char     *address,
                                          const char     *name);
/* Gives up what is under way and empties the fields. */
void       mz_connect_page_reset         (MzConnectPage  *self);

G_END_DECLS
