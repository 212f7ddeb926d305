/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * MzApproval:
 *
 * One command that waits for a person's word (docs: gateway/protocol/rpc-devices-nodes-and-approvals, "Approval
 * families"). Immutable.
 *
 * Properties, read-only: `id`, `command`, `cwd`, `host`, `agent-id`, `session-key`, `run-id`, `call-id`, `warning` (all
 * but `id` and `command` nullable), `allowed-decisions` (of "allow-once", "allow-always", "deny", in the gateway's
 * order), `created-at` and `expires-at` (ms since the Unix epoch, 0 when the gateway did not say).
 */
#define MZ_TYPE_APPROVAL (mz_approval_get_type ())
G_DECLARE_FINAL_TYPE (MzApproval, mz_approval, MZ, APPROVAL, GObject)

MzApproval         *mz_approval_new                   (JsonObject *object);
const char         *mz_approval_get_id                (MzApproval *self);
const char         *mz_approval_get_command           (MzApproval *self);
const char         *mz_approval_get_cwd               (MzApproval *self);
const char         *mz_approval_get_host              (MzApproval *self);
const char         *mz_approval_get_agent_id          (MzApproval *self);
const char         *mz_approval_get_session_key       (MzApproval *self);
const char         *mz_approval_get_run_id            (MzApproval *self);
const char         *mz_approval_get_call_id           (MzApproval *self);
const char         *mz_approval_get_warning           (MzApproval *self);
const char * const *mz_approval_get_allowed_decisions (MzApproval *self);
gboolean            mz_approval_allows                (MzApproval *self,
                                                       const char *decision);
gint64              mz_approval_get_created_at        (MzApproval *self);
gint64              mz_approval_get_expires_at        (MzApproval *self);

G_END_DECLS
