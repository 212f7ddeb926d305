/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-session-row.h"

G_BEGIN_DECLS

/**
 * MzSidebarRow:
 *
 * One conversation in the sidebar: title, time, and marks for unread and running. Its menu (secondary click, long press, Menu key) has actions of the
 * window with the conversation's key.
 */
#define MZ_TYPE_SIDEBAR_ROW (mz_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (MzSidebarRow, mz_sidebar_row, MZ, SIDEBAR_ROW, GtkListBoxRow)

GtkWidget    *mz_sidebar_row_new     (MzSessionRow *session);
MzSessionRow *mz_sidebar_row_get     (MzSidebarRow *self);
void          mz_sidebar_row_refresh (MzSidebarRow *self);

/* The menu of a conversation, for the row and for the header: the same in both. */
GMenuModel   *mz_session_menu_new    (MzSessionRow *session);

G_END_DECLS
