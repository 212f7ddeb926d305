/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MzWrapLayout:
 *
 * Children one after another at their natural width, in as many lines as that takes. GtkFlowBox would put them into columns.
 *
 * Property: `spacing` (px between children and between lines).
 */
#define MZ_TYPE_WRAP_LAYOUT (mz_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (MzWrapLayout, mz_wrap_layout, MZ, WRAP_LAYOUT, GtkLayoutManager)

GtkLayoutManager *mz_wrap_layout_new (int spacing);

G_END_DECLS
