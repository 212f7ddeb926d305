/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MzBlockLayout:
 *
 * Widgets one below the other, or (`item`) a mark and what it marks beside each other. The width always comes from outside and height
 * follows from it: unlike GtkBoxLayout it never asks how narrow text could be for a height, which takes long for long texts, longer for
 * nested ones, and warns where fonts do not scale.
 */
#define MZ_TYPE_BLOCK_LAYOUT (mz_block_layout_get_type ())
G_DECLARE_FINAL_TYPE (MzBlockLayout, mz_block_layout, MZ, BLOCK_LAYOUT, GtkLayoutManager)

void       mz_block_layout_set_spacing (MzBlockLayout     *self,
                                        int                spacing);

/* A plain widget with that layout. Children are put in and taken out with GtkWidget's own functions. */
#define MZ_TYPE_BLOCK_BOX (mz_block_box_get_type ())
G_DECLARE_FINAL_TYPE (MzBlockBox, mz_block_box, MZ, BLOCK_BOX, GtkWidget)

GtkWidget *mz_block_box_new            (GtkAccessibleRole  role,
                                        gboolean           item);
void       mz_block_box_set_spacing    (MzBlockBox        *self,
                                        int                spacing);
int        mz_block_box_get_spacing    (MzBlockBox        *self);

G_END_DECLS
