/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-markdown.h"

G_BEGIN_DECLS

/* The widgets of Markdown blocks, and how they become those of what a block has grown into. */

GtkWidget *mz_block_widget_new          (MzBlock    *block);
gboolean   mz_block_widget_update       (GtkWidget  *widget,
                                         MzBlock    *block);
gboolean   mz_block_widget_append_code  (GtkWidget  *widget,
                                         const char *text);

G_END_DECLS
