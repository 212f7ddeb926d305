/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/* (transfer floating): the widget for @item (a MzMessage or a MzApproval) of @chat, by its kind. A row follows its item by itself. */
GtkWidget *mz_message_row_new     (gpointer    item,
                                   MzGateway  *gateway,
                                   MzChat     *chat);
/* 18 px between turns, 6 px within one. */
int        mz_message_row_spacing (gpointer    previous,
                                   gpointer    item,
                                   gpointer    user_data);

G_END_DECLS
