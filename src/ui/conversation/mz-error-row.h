/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/* A run that failed: what happened, what to do, "Try again". */
#define MZ_TYPE_ERROR_ROW (mz_error_row_get_type ())
G_DECLARE_FINAL_TYPE (MzErrorRow, mz_error_row, MZ, ERROR_ROW, GtkWidget)

GtkWidget *mz_error_row_new (MzMessage *message,
                             MzChat    *chat);

G_END_DECLS
