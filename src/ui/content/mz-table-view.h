/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-markdown.h"

G_BEGIN_DECLS

/**
 * MzTableView:
 *
 * A table: a bold head, thin lines, columns aligned as the text says. Cells are wrapped; a table wider than its place scrolls sideways.
 */
#define MZ_TYPE_TABLE_VIEW (mz_table_view_get_type ())
G_DECLARE_FINAL_TYPE (MzTableView, mz_table_view, MZ, TABLE_VIEW, GtkWidget)

GtkWidget *mz_table_view_new       (MzBlock     *table);
void       mz_table_view_set_block (MzTableView *self,
                                    MzBlock     *table);
/* Labels of cells in the same row have the same number; 0 for labels that are no cells. */
guint      mz_table_view_get_row   (GtkWidget   *label);

G_END_DECLS
