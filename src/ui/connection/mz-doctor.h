/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-core.h"

G_BEGIN_DECLS

/**
 * MzDoctor:
 *
 * A window on the last dial of a gateway: diagnosis and its fix, a bar per phase on one time axis, addresses, strategy and why, certificate, facts of this host;
 * "Test again", "Compare strategies", "Copy report".
 */
#define MZ_TYPE_DOCTOR (mz_doctor_get_type ())
G_DECLARE_FINAL_TYPE (MzDoctor, mz_doctor, MZ, DOCTOR, AdwWindow)

GtkWindow *mz_doctor_new (MzCore    *core,
                          MzGateway *gateway,
                          GtkWindow *parent);

G_END_DECLS
