/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-approval-list.h"

G_BEGIN_DECLS

/* For tests, which drive a list without a client. */

void  mz_approval_list_begin_backfill (MzApprovalList *self);
void  mz_approval_list_apply_backfill (MzApprovalList *self,
                                       JsonNode       *answer);
void  mz_approval_list_handle_event   (MzApprovalList *self,
                                       MzFrame        *frame);

G_END_DECLS
