/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-core.h"

G_BEGIN_DECLS

/**
 * MzApplication:
 *
 * moltzer: one instance for each login; a second start hands its command line and links over. It builds what all windows share, and passes it down.
 */
#define MZ_TYPE_APPLICATION (mz_application_get_type ())
G_DECLARE_FINAL_TYPE (MzApplication, mz_application, MZ, APPLICATION, AdwApplication)

GtkApplication *mz_application_new      (MzLogBook      *log);
MzCore         *mz_application_get_core (MzApplication *self);

G_END_DECLS
