/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-message.h"

G_BEGIN_DECLS

/* A thin line with a caption: a compaction, a reset. */
#define MZ_TYPE_MARKER_ROW (mz_marker_row_get_type ())
G_DECLARE_FINAL_TYPE (MzMarkerRow, mz_marker_row, MZ, MARKER_ROW, GtkWidget)

GtkWidget *mz_marker_row_new (MzMessage *message);

/* Text of a kind that this client does not know: dim, as it is. */
GtkWidget *mz_other_row_new  (MzMessage *message);

G_END_DECLS
