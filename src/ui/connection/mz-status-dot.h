/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/**
 * MzStatusDot:
 *
 * A gateway's state as a dot with a word beside it (the word can be hidden where a name stands beside; it is in the accessible description all the same).
 *
 * Property: `gateway` (nullable).
 */
#define MZ_TYPE_STATUS_DOT (mz_status_dot_get_type ())
G_DECLARE_FINAL_TYPE (MzStatusDot, mz_status_dot, MZ, STATUS_DOT, GtkWidget)

GtkWidget *mz_status_dot_new           (gboolean      show_word);
void       mz_status_dot_set_gateway   (MzStatusDot  *self,
                                        MzGateway    *gateway);

G_END_DECLS
