/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MzRecordsBar:
 *
 * A bar that lies: a track, how much of it is full, and how much more there is to it. Its colour is the stylesheet's; its label is for who does not see
 * it.
 */
#define MZ_TYPE_RECORDS_BAR (mz_records_bar_get_type ())
G_DECLARE_FINAL_TYPE (MzRecordsBar, mz_records_bar, MZ, RECORDS_BAR, GtkWidget)

GtkWidget *mz_records_bar_new    (double      value,
                                  double      more,
                                  const char *label);

/**
 * MzRecordsColumn:
 *
 * A column of a chart with a line across: what went well stands on the line, what did not hangs below it, so that it needs no colour to be read.
 */
#define MZ_TYPE_RECORDS_COLUMN (mz_records_column_get_type ())
G_DECLARE_FINAL_TYPE (MzRecordsColumn, mz_records_column, MZ, RECORDS_COLUMN, GtkWidget)

GtkWidget *mz_records_column_new (guint       above,
                                  guint       below,
                                  guint       most_above,
                                  guint       most_below,
                                  const char *label);

G_END_DECLS
