/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A label of text: wrapped, selectable, with links that are safe and say where they lead. A GtkLabel, as that cannot be subclassed. */
GtkWidget  *mz_text_label_new        (GtkAccessibleRole role);
void        mz_text_label_set_markup (GtkWidget  *label,
                                      const char *markup);
void        mz_text_label_set_text   (GtkWidget  *label,
                                      const char *text);
void        mz_text_label_set_prefix (GtkWidget  *label,
                                      const char *prefix);
const char *mz_text_label_get_prefix (GtkWidget  *label);
gboolean    mz_is_text_label         (GtkWidget  *widget);

G_END_DECLS
