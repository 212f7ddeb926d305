/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-markdown.h"

G_BEGIN_DECLS

/* What a block costs to show, and what it says without widgets. Plain functions. */
guint mz_block_weight       (MzBlock *block);
void  mz_block_append_plain (MzBlock *block,
                             GString *plain);

G_END_DECLS
