/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-fold.h"

G_BEGIN_DECLS

/* What the agent thought on the way: one line that opens to the text. */
#define MZ_TYPE_REASONING_ROW (mz_reasoning_row_get_type ())
G_DECLARE_FINAL_TYPE (MzReasoningRow, mz_reasoning_row, MZ, REASONING_ROW, MzFold)

GtkWidget *mz_reasoning_row_new (MzMessage *message);

G_END_DECLS
