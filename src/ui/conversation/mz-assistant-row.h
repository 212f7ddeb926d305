/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/* What the agent answered: Markdown, flush at the start. The last text of a turn has a footer once the turn is over. */
#define MZ_TYPE_ASSISTANT_ROW (mz_assistant_row_get_type ())
G_DECLARE_FINAL_TYPE (MzAssistantRow, mz_assistant_row, MZ, ASSISTANT_ROW, GtkWidget)

GtkWidget *mz_assistant_row_new (MzMessage *message,
                                 MzGateway *gateway,
                                 MzChat    *chat);

G_END_DECLS
