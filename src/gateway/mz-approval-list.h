/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-approval.h"
#include "mz-client.h"

G_BEGIN_DECLS

/**
 * MzApprovalList:
 *
 * The commands that wait for a person's word on a gateway: a #GListModel of #MzApproval, oldest first. It asks for
 * those that wait already each time its client becomes ready (at once if it is), follows the gateway's events, and
 * drops what has expired. A gateway or a login without approvals makes an empty list.
 *
 * Properties, read-only: `client`, `loaded` (the list came at least once).
 *
 * Signals: `::resolved` (const char *id, const char *decision): somebody answered it, this client or another; @decision
 * is %NULL when it expired or the gateway did not say. `::resolving-changed` (const char *id, GError *error): an answer of this client is
 * on its way now, or is not any more (see mz_approval_list_is_resolving()); @error: (nullable): why it did not get through.
 */
#define MZ_TYPE_APPROVAL_LIST (mz_approval_list_get_type ())
G_DECLARE_FINAL_TYPE (MzApprovalList, mz_approval_list, MZ, APPROVAL_LIST, GObject)

MzApprovalList *mz_approval_list_new            (MzClient             *client);
MzClient       *mz_approval_list_get_client     (MzApprovalList       *self);
gboolean        mz_approval_list_get_loaded     (MzApprovalList       *self);
MzApproval     *mz_approval_list_lookup         (MzApprovalList       *self,
                                                 const char           *id);
gint64          mz_approval_list_get_time_left  (MzApprovalList       *self,
                                                 const char           *id);
gboolean        mz_approval_list_is_resolving   (MzApprovalList       *self,
                                                 const char           *id);
void            mz_approval_list_resolve_async  (MzApprovalList       *self,
                                                 MzApproval           *approval,
                                                 const char           *decision,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
gboolean        mz_approval_list_resolve_finish (MzApprovalList       *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);

G_END_DECLS
