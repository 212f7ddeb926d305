/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-core.h"

G_BEGIN_DECLS

/**
 * MzQuickWindow:
 *
 * `moltzer --quick`: one small window to ask something now. A gateway to choose when there are several, a composer, the reply below as it comes; "Open
 * in Moltzer" goes on in the main window. The conversation is a new one, made when the first message is sent.
 *
 * Signal `::open` (MzGateway, const char *key).
 */
#define MZ_TYPE_QUICK_WINDOW (mz_quick_window_get_type ())
G_DECLARE_FINAL_TYPE (MzQuickWindow, mz_quick_window, MZ, QUICK_WINDOW, AdwApplicationWindow)

GtkWindow *mz_quick_window_new (GtkApplication *application,
                                MzCore         *core);
/* What its composer begins with, when nothing is there yet; never sent by itself. */
void       mz_quick_window_suggest (MzQuickWindow *self,
                                    const char    *text);

G_END_DECLS
