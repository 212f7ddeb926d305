/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-message.h"

G_BEGIN_DECLS

/**
 * MzHistoryRows:
 *
 * Pages of a history as rows, oldest page first, without holding more than a page: a tool's result joins the row of its call though it stands on
 * the next page, and texts that a page has only a part of become whole where the page brings the rest. A page is what MzHistoryReader gives. Does
 * nothing but reckon: it can be used in any thread, by one at a time.
 */
typedef struct _MzHistoryRows MzHistoryRows;

MzHistoryRows *mz_history_rows_new  (void);
void           mz_history_rows_free (MzHistoryRows *self);
GPtrArray     *mz_history_rows_add  (MzHistoryRows *self,
                                     JsonNode      *page);
GPtrArray     *mz_history_rows_end  (MzHistoryRows *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzHistoryRows, mz_history_rows_free)

G_END_DECLS
