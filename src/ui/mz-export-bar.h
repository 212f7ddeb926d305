/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-export.h"
#include "mz-gateway.h"

G_BEGIN_DECLS

/**
 * MzExportBar:
 *
 * Exports a conversation, from the questions to the file: a bar says how far it is, stops it, and says what went wrong; the nearest AdwToastOverlay that it is done. One at a
 * time. Not to be seen while there is nothing to say.
 */
#define MZ_TYPE_EXPORT_BAR (mz_export_bar_get_type ())
G_DECLARE_FINAL_TYPE (MzExportBar, mz_export_bar, MZ, EXPORT_BAR, GtkWidget)

/* Asks how and where, then exports. */
void mz_export_bar_ask   (MzExportBar           *self,
                          MzGateway             *gateway,
                          const char            *key);
/* Exports into @file, without a question; (nullable): asks first. */
void mz_export_bar_start (MzExportBar           *self,
                          MzGateway             *gateway,
                          const char            *key,
                          const MzExportOptions *options,
                          GFile                 *file);

G_END_DECLS
