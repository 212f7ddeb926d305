/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-core.h"

G_BEGIN_DECLS

/* Does what a status' or diagnosis' button offers, with its question where it needs one: the certificate's fingerprint before it is trusted, what
 * plaintext means before it is allowed. @parent is any widget of the window. */
void     mz_gateway_action_run    (MzCore    *core,
                                   MzGateway *gateway,
                                   MzAction   action,
                                   GtkWidget *parent);

/* Of these, what needs no question and no other window: connect, stop, try now, copy the command, use wss, sign in to the network. FALSE for the others. */
gboolean mz_gateway_action_simple (MzGateway *gateway,
                                   MzAction   action,
                                   GtkWidget *widget);

G_END_DECLS
