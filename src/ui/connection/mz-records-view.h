/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-stats.h"

G_BEGIN_DECLS

/* (transfer floating): what records come to, as figures and charts. @n_days: of the chart of days, up to @now */
GtkWidget *mz_records_view_new (const MzStats *stats,
                                guint          n_days,
                                GDateTime     *now);

G_END_DECLS
