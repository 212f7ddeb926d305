/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-chat.h"

G_BEGIN_DECLS

/* The item at the end of a conversation while the agent works and says nothing yet. */
#define MZ_TYPE_ACTIVITY (mz_activity_get_type ())
G_DECLARE_FINAL_TYPE (MzActivity, mz_activity, MZ, ACTIVITY, GObject)

MzActivity *mz_activity_new      (void);

/* Three dots, which move where motion is wanted. */
GtkWidget  *mz_typing_dots_new   (void);

/* Dots, what it is doing in words, and for how long once that is long. */
#define MZ_TYPE_ACTIVITY_ROW (mz_activity_row_get_type ())
G_DECLARE_FINAL_TYPE (MzActivityRow, mz_activity_row, MZ, ACTIVITY_ROW, GtkWidget)

GtkWidget  *mz_activity_row_new  (MzChat *chat);

G_END_DECLS
