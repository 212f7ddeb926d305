/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "mz-trace.h"

G_BEGIN_DECLS

/**
 * MzWakeWatch:
 *
 * Tells when what is connected may be dead without anybody having said so: this host woke up (logind's PrepareForSleep, where there is logind)
 * or its network has changed (#GNetworkMonitor).
 *
 * Signals: `::woken` (#MzCircumstance, gboolean network_available).
 */
#define MZ_TYPE_WAKE_WATCH (mz_wake_watch_get_type ())
G_DECLARE_FINAL_TYPE (MzWakeWatch, mz_wake_watch, MZ, WAKE_WATCH, GObject)

MzWakeWatch *mz_wake_watch_new          (GNetworkMonitor *monitor,
                                         const char      *bus_address);
gboolean     mz_wake_watch_hears_sleep  (MzWakeWatch     *self);

G_END_DECLS
