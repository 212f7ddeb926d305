/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

gboolean mz_network_settings_open (GtkWidget *widget);

G_END_DECLS
