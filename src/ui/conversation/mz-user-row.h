/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/* What a person wrote: a soft card at the end side, at most 80 % wide, and below it how the sending stands unless it is done. */
#define MZ_TYPE_USER_ROW (mz_user_row_get_type ())
G_DECLARE_FINAL_TYPE (MzUserRow, mz_user_row, MZ, USER_ROW, GtkWidget)

GtkWidget *mz_user_row_new (MzMessage *message,
                            MzGateway *gateway,
                            MzChat    *chat);

G_END_DECLS
