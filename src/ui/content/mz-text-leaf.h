/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Leaves are the widgets of a view that have text to select: text labels and code views. An offset in one is bytes of a label's text, or
 * characters of a code view's buffer. */
GPtrArray *mz_text_leaves               (GtkWidget     *widget);
int        mz_text_leaf_get_length      (GtkWidget     *leaf);
char      *mz_text_leaf_dup_text        (GtkWidget     *leaf,
                                         int            start,
                                         int            end);
int        mz_text_leaf_get_offset_at   (GtkWidget     *leaf,
                                         GtkWidget     *view,
                                         double         x,
                                         double         y);
void       mz_text_leaf_snapshot        (GtkWidget     *leaf,
                                         GtkWidget     *view,
                                         int            start,
                                         int            end,
                                         GtkSnapshot   *snapshot,
                                         const GdkRGBA *color);
void       mz_text_leaf_clear_selection (GtkWidget     *leaf);
void       mz_text_leaf_reset_gestures  (GtkWidget     *leaf);

G_END_DECLS
