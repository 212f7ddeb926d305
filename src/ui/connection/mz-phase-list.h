/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-trace.h"

G_BEGIN_DECLS

/**
 * MzPhaseList:
 *
 * A dial, phase by phase, as it goes: a row for each phase with its state, its name and its time; several attempts below each other, each with its route
 * and why. With `bars`, each row has a bar on the one time axis that all attempts share, and the reason stands below the phase that failed.
 *
 * Properties: `trace` (nullable; followed while it changes), `bars` (construct-only).
 */
#define MZ_TYPE_PHASE_LIST (mz_phase_list_get_type ())
G_DECLARE_FINAL_TYPE (MzPhaseList, mz_phase_list, MZ, PHASE_LIST, GtkWidget)

GtkWidget *mz_phase_list_new          (gboolean      bars);
void       mz_phase_list_set_trace    (MzPhaseList  *self,
                                       MzTrace      *trace);
MzTrace   *mz_phase_list_get_trace    (MzPhaseList  *self);
/* Nothing more comes, though the trace does not say so: the login was not asked for. */
void       mz_phase_list_set_over     (MzPhaseList  *self,
                                       gboolean      over);
/* FALSE when no phase failed, or there are no bars */
gboolean   mz_phase_list_focus_failed (MzPhaseList  *self);

G_END_DECLS
