/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-approval-list.h"
#include "mz-chat.h"
#include "mz-diagnosis.h"
#include "mz-gateway-entry.h"
#include "mz-identity.h"
#include "mz-secret-store.h"
#include "mz-session-list.h"
#include "mz-status.h"

G_BEGIN_DECLS

/**
 * MzGateway:
 *
 * A kept gateway in use: its entry, its client and what hangs on it. One for each entry, shared by all windows.
 *
 * The secret is fetched from the store before the first connect; while that takes, `state` says connecting. A change of the entry's address, strategy, pin,
 * proxy or consent makes a new client (the property `client` notifies, and so do the lists) when connected or connecting.
 *
 * Properties, read-only, notify: `entry`, `client` (nullable before the first connect), `sessions` (MzSessionList, nullable), `approvals`
 * (MzApprovalList, nullable), `models` (GListModel of MzModel, never %NULL), `commands` (GListModel of MzCommand, never %NULL), `state`
 * (MzClientState), `status` (MzStatus of now: boxed; notifies whenever anything a person is told changes, but not for the seconds of a countdown),
 * `wanted` (it is to be connected).
 *
 * Signal `::ready`: hello-ok came (each time).
 */
#define MZ_TYPE_GATEWAY (mz_gateway_get_type ())
G_DECLARE_FINAL_TYPE (MzGateway, mz_gateway, MZ, GATEWAY, GObject)

MzGateway      *mz_gateway_new               (MzGatewayEntry       *entry,
                                              MzIdentity           *identity,
                                              MzSecretStore        *secrets);
MzGatewayEntry *mz_gateway_get_entry         (MzGateway            *self);
MzClient       *mz_gateway_get_client        (MzGateway            *self);
MzSessionList  *mz_gateway_get_sessions      (MzGateway            *self);
MzApprovalList *mz_gateway_get_approvals     (MzGateway            *self);
GListModel     *mz_gateway_get_models        (MzGateway            *self);
GListModel     *mz_gateway_get_commands      (MzGateway            *self);
MzClientState   mz_gateway_get_state         (MzGateway            *self);
MzTrace        *mz_gateway_get_trace         (MzGateway            *self);
/* (transfer full): what is to be said now */
MzStatus       *mz_gateway_dup_status        (MzGateway            *self);
/* (transfer full) (nullable): of the last failure; NULL while all is well */
MzDiagnosis    *mz_gateway_diagnose          (MzGateway            *self);

void            mz_gateway_connect           (MzGateway            *self);
void            mz_gateway_disconnect        (MzGateway            *self);
void            mz_gateway_retry_now         (MzGateway            *self);
/* This host woke up or its network has changed: see mz_client_wake(). */
void            mz_gateway_wake              (MzGateway            *self,
                                              MzCircumstance        why,
                                              gboolean              network_available);
/* Used at once, and saved under the entry's id when @remember; @secret NULL with MZ_CREDENTIAL_NONE forgets. */
void            mz_gateway_set_secret        (MzGateway            *self,
                                              MzCredential          credential,
                                              const char           *secret,
                                              gboolean              remember);
/* Stops the client; ends when it is closed. */
void            mz_gateway_shutdown_async    (MzGateway            *self,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean        mz_gateway_shutdown_finish   (MzGateway            *self,
                                              GAsyncResult         *result,
                                              GError              **error);

/* (transfer full): the conversation @key, the same object while anybody holds it or it was used lately (the last 8 are kept). Opens it. */
MzChat         *mz_gateway_open_chat         (MzGateway            *self,
                                              const char           *key);
/* (transfer none) (nullable): if it is open already */
MzChat         *mz_gateway_peek_chat         (MzGateway            *self,
                                              const char           *key);

/* Something in one of its conversations would be lost if the program ended now: see mz_chat_has_unsent(). */
gboolean        mz_gateway_has_unsent        (MzGateway            *self);
/* (transfer none): the conversation to show @approval in: its own, or the main one when the gateway names none */
const char     *mz_gateway_get_approval_key  (MzGateway            *self,
                                              MzApproval           *approval);

/* What of the certificate is to be asked: (transfer full) (nullable) the fingerprint to trust, when the last dial failed for a certificate that a
 * pin would mend. */
char           *mz_gateway_dup_offered_pin   (MzGateway            *self);
/* The last dial would only have worked in plaintext, and consent would be enough. */
gboolean        mz_gateway_wants_plaintext   (MzGateway            *self);

G_END_DECLS
