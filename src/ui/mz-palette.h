/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-core.h"

G_BEGIN_DECLS

/**
 * MzPalette:
 *
 * Ctrl+K: a search field over the conversations of all connected gateways; Up, Down and Enter, Escape closes.
 *
 * Signal `::chosen` (MzGateway, const char *key).
 */
#define MZ_TYPE_PALETTE (mz_palette_get_type ())
G_DECLARE_FINAL_TYPE (MzPalette, mz_palette, MZ, PALETTE, AdwWindow)

GtkWindow *mz_palette_new (MzCore    *core,
                           GtkWindow *parent);

G_END_DECLS
