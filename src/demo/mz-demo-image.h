/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MZ_DEMO_IMAGE_WIDTH 320
#define MZ_DEMO_IMAGE_HEIGHT 180

GBytes *mz_demo_image_png (void);

G_END_DECLS
