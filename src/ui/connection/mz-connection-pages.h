/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

/* All that this folder offers to the windows above it. */

#include "mz-connect-page.h"
#include "mz-connection-bar.h"
#include "mz-doctor.h"
#include "mz-gateway-action.h"
#include "mz-gateway-dialog.h"
#include "mz-preferences.h"
#include "mz-records-window.h"
#include "mz-status-dot.h"

G_BEGIN_DECLS

/* Registers the folder's resources and types; call it once, when GTK is initialised. */
void mz_connection_init (void);

G_END_DECLS
