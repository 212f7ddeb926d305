/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MzSelection:
 *
 * Text selected with the mouse across the widgets of a view. Within one label or one code view their own selection works; once the pointer
 * leaves that widget with the button held, this takes over. It draws what is selected itself: labels lose their selection to each other,
 * as only one widget can have the primary clipboard.
 *
 * `::changed`: the view is to be drawn again.
 */
#define MZ_TYPE_SELECTION (mz_selection_get_type ())
G_DECLARE_FINAL_TYPE (MzSelection, mz_selection, MZ, SELECTION, GObject)

MzSelection *mz_selection_new        (GtkWidget   *view);
gboolean     mz_selection_is_active  (MzSelection *self);
void         mz_selection_select_all (MzSelection *self);
void         mz_selection_clear      (MzSelection *self);
void         mz_selection_check      (MzSelection *self);
char        *mz_selection_dup_text   (MzSelection *self);
void         mz_selection_snapshot   (MzSelection *self,
                                      GtkSnapshot *snapshot);

G_END_DECLS
