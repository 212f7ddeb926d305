/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-core.h"

G_BEGIN_DECLS

/**
 * MzRecordsWindow:
 *
 * How connections went: rates and times by method, network and platform as charts, of the last days that a person chooses; export, clear, and the switch
 * that keeps them.
 */
#define MZ_TYPE_RECORDS_WINDOW (mz_records_window_get_type ())
G_DECLARE_FINAL_TYPE (MzRecordsWindow, mz_records_window, MZ, RECORDS_WINDOW, AdwWindow)

GtkWindow *mz_records_window_new (MzCore    *core,
                                  GtkWindow *parent);

G_END_DECLS
