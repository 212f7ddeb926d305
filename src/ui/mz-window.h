/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-core.h"

G_BEGIN_DECLS

/**
 * MzWindow:
 *
 * The main window: the conversations of a gateway at the start side, one of them beside it; or the page that connects to a gateway when there is none.
 *
 * Signal `::chat-seen` (MzGateway, const char *key): a conversation is before the person now.
 */
#define MZ_TYPE_WINDOW (mz_window_get_type ())
G_DECLARE_FINAL_TYPE (MzWindow, mz_window, MZ, WINDOW, AdwApplicationWindow)

GtkWindow *mz_window_new          (GtkApplication *application,
                                   MzCore         *core);
void       mz_window_show_gateway (MzWindow       *self,
                                   MzGateway      *gateway);
void       mz_window_show_chat    (MzWindow       *self,
                                   MzGateway      *gateway,
                                   const char     *key);
void       mz_window_show_connect (MzWindow       *self,
                                   const char     *address,
                                   const char     *name);
void       mz_window_new_chat     (MzWindow       *self);
gboolean   mz_window_is_showing   (MzWindow       *self,
                                   MzGateway      *gateway,
                                   const char     *key);
void       mz_window_toast        (MzWindow       *self,
                                   const char     *text);

G_END_DECLS
