/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef void (*MzCliSignalFunc) (gpointer user_data);

/**
 * MzCliSignals:
 *
 * Ctrl+C and being told to end, as events of the main loop, for as long as it lives.
 */
typedef struct _MzCliSignals MzCliSignals;

MzCliSignals  *mz_cli_signals_new   (MzCliSignalFunc   func,
                                     gpointer          user_data);
void           mz_cli_signals_free  (MzCliSignals     *self);

G_END_DECLS
