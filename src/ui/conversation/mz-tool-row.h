/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-fold.h"
#include "mz-gateway.h"

G_BEGIN_DECLS

/* A tool call: one line with its state, opened its arguments and its output. */
#define MZ_TYPE_TOOL_ROW (mz_tool_row_get_type ())
G_DECLARE_FINAL_TYPE (MzToolRow, mz_tool_row, MZ, TOOL_ROW, MzFold)

GtkWidget *mz_tool_row_new (MzMessage *message,
                            MzGateway *gateway,
                            MzChat    *chat);

G_END_DECLS
