/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-core.h"

G_BEGIN_DECLS

/**
 * MzPreferences:
 *
 * Gateways (edit, add, remove), sending (send key), notifications (on, what they show), appearance, privacy (what keeps the secrets here, said plainly).
 *
 * Signal `::add-gateway`.
 */
#define MZ_TYPE_PREFERENCES (mz_preferences_get_type ())
G_DECLARE_FINAL_TYPE (MzPreferences, mz_preferences, MZ, PREFERENCES, AdwPreferencesWindow)

GtkWindow *mz_preferences_new (MzCore    *core,
                               GtkWindow *parent);

G_END_DECLS
