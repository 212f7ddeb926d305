/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-approval-list.h"

G_BEGIN_DECLS

struct _MzApprovalList
{
  GObject parent_instance;

  MzClient *client;
  GCancellable *cancellable;
  GPtrArray *rows;
  GHashTable *deadlines;        /* by id, monotonic µs */
  GQueue resolved;
  GHashTable *came_meanwhile;
  GHashTable *resolving;        /* ids whose answer is under way */
  guint expiry_id;
  gboolean loading;
  gboolean loaded;
};

/* For the files of the list. */

void  mz_approval_list_settle         (MzApprovalList *self,
                                       const char     *id,
                                       const char     *decision);
void  mz_approval_list_set_resolving  (MzApprovalList *self,
                                       const char     *id,
                                       gboolean        resolving,
                                       const GError   *error);

/* For tests, which drive a list without a client. */

void  mz_approval_list_begin_backfill (MzApprovalList *self);
void  mz_approval_list_apply_backfill (MzApprovalList *self,
                                       JsonNode       *answer);
void  mz_approval_list_handle_event   (MzApprovalList *self,
                                       MzFrame        *frame);

G_END_DECLS
