/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A picture as large as there is room, with "Save as…" and "Copy image". Escape closes it. */
#define MZ_TYPE_IMAGE_WINDOW (mz_image_window_get_type ())
G_DECLARE_FINAL_TYPE (MzImageWindow, mz_image_window, MZ, IMAGE_WINDOW, AdwWindow)

GtkWindow *mz_image_window_new (GtkWindow  *parent,
                                const char *title,
                                const char *file_name,
                                GdkTexture *texture,
                                GBytes     *bytes);

G_END_DECLS
