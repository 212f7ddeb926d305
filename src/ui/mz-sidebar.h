/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-core.h"
#include "mz-session-actions.h"

G_BEGIN_DECLS

/**
 * MzSidebar:
 *
 * The gateways to choose from, a search field, and the conversations of the chosen one in groups.
 *
 * Signals: `::chat-activated` (const char *key): a person chose it; `::gateway-activated` (MzGateway).
 */
#define MZ_TYPE_SIDEBAR (mz_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (MzSidebar, mz_sidebar, MZ, SIDEBAR, GtkWidget)

void        mz_sidebar_set_up           (MzSidebar         *self,
                                         MzCore            *core,
                                         MzSessionActions  *actions);
void        mz_sidebar_set_gateway      (MzSidebar         *self,
                                         MzGateway         *gateway);
/* The conversation that is shown: marked in the list as soon as it is there. */
void        mz_sidebar_set_selected     (MzSidebar         *self,
                                         const char        *key);
/* (transfer full) (nullable): the key @step rows below the selected one; what Alt+Up and Alt+Down go to */
char       *mz_sidebar_dup_neighbour    (MzSidebar         *self,
                                         int                step);
void        mz_sidebar_focus_search     (MzSidebar         *self);
void        mz_sidebar_open_menu        (MzSidebar         *self);
void        mz_sidebar_set_show_buttons (MzSidebar         *self,
                                         gboolean           folded);

G_END_DECLS
