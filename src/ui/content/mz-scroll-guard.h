/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A scrolled window within one that scrolls: GtkScrolledWindow keeps every scroll event, also those that do not move it. With the guard it
 * takes only what moves it, and the rest goes to what is around it. */
void mz_scroll_guard_add (GtkScrolledWindow *window);

G_END_DECLS
