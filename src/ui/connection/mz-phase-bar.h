/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-trace-attempt.h"

G_BEGIN_DECLS

/**
 * MzPhaseBar:
 *
 * From when to when on an axis from 0 to 1; a span too short to be seen is drawn 3 px wide. Decoration: what it shows stands beside it in words.
 */
#define MZ_TYPE_PHASE_BAR (mz_phase_bar_get_type ())
G_DECLARE_FINAL_TYPE (MzPhaseBar, mz_phase_bar, MZ, PHASE_BAR, GtkWidget)

GtkWidget *mz_phase_bar_new (void);
void       mz_phase_bar_set (MzPhaseBar   *self,
                             double        start,
                             double        end,
                             MzPhaseState  state);

G_END_DECLS
