/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-endpoint.h"
#include "mz-strategy.h"

G_BEGIN_DECLS

/**
 * MzCredential:
 *
 * With what a person logs in; the secret itself is in the secret store under the entry's id.
 */
typedef enum
{
  MZ_CREDENTIAL_NONE,
  MZ_CREDENTIAL_TOKEN,
  MZ_CREDENTIAL_PASSWORD,
} MzCredential;

#define MZ_TYPE_CREDENTIAL (mz_credential_get_type ())
GType mz_credential_get_type (void) G_GNUC_CONST;

/**
 * MzGatewayEntry:
 *
 * A gateway as a person keeps it. No secrets.
 *
 * Properties, all read-write and notifying but `id`: `id` (UUID, construct-only), `name` (never empty: the host when nobody named it),
 * `address` (as mz_endpoint_to_string() gives it, or as typed when no scheme was: so that the automatic choice stays automatic), `credential`,
 * `strategy`, `pin` (nullable, SHA-256 as mz_tls_pin_parse() gives it), `allow-plaintext`, `proxy` (nullable: URI of this gateway's own
 * proxy; "" or NULL for the system's rule), `auto-connect`, `last-session` (nullable: the conversation shown last).
 * `transient` (construct-only) entries are never saved: the demo's.
 */
#define MZ_TYPE_GATEWAY_ENTRY (mz_gateway_entry_get_type ())
G_DECLARE_FINAL_TYPE (MzGatewayEntry, mz_gateway_entry, MZ, GATEWAY_ENTRY, GObject)

MzGatewayEntry    *mz_gateway_entry_new                 (const char        *id,
                                                         const char        *address,
                                                         gboolean           is_transient);
MzGatewayEntry    *mz_gateway_entry_new_from_variant    (GVariant          *variant);
GVariant          *mz_gateway_entry_to_variant          (MzGatewayEntry    *self);
const char        *mz_gateway_entry_get_id              (MzGatewayEntry    *self);
gboolean           mz_gateway_entry_get_transient       (MzGatewayEntry    *self);
const char        *mz_gateway_entry_get_name            (MzGatewayEntry    *self);
void               mz_gateway_entry_set_name            (MzGatewayEntry    *self,
                                                         const char        *name);
const char        *mz_gateway_entry_get_address         (MzGatewayEntry    *self);
void               mz_gateway_entry_set_address         (MzGatewayEntry    *self,
                                                         const char        *address);
/* (transfer full) (nullable): what the address means */
MzEndpoint        *mz_gateway_entry_dup_endpoint        (MzGatewayEntry    *self);
MzCredential       mz_gateway_entry_get_credential      (MzGatewayEntry    *self);
void               mz_gateway_entry_set_credential      (MzGatewayEntry    *self,
                                                         MzCredential       credential);
MzStrategySetting  mz_gateway_entry_get_strategy        (MzGatewayEntry    *self);
void               mz_gateway_entry_set_strategy        (MzGatewayEntry    *self,
                                                         MzStrategySetting  strategy);
const char        *mz_gateway_entry_get_pin             (MzGatewayEntry    *self);
void               mz_gateway_entry_set_pin             (MzGatewayEntry    *self,
                                                         const char        *pin);
gboolean           mz_gateway_entry_get_allow_plaintext (MzGatewayEntry    *self);
void               mz_gateway_entry_set_allow_plaintext (MzGatewayEntry    *self,
                                                         gboolean           allow);
const char        *mz_gateway_entry_get_proxy           (MzGatewayEntry    *self);
void               mz_gateway_entry_set_proxy           (MzGatewayEntry    *self,
                                                         const char        *proxy);
gboolean           mz_gateway_entry_get_auto_connect    (MzGatewayEntry    *self);
void               mz_gateway_entry_set_auto_connect    (MzGatewayEntry    *self,
                                                         gboolean           auto_connect);
const char        *mz_gateway_entry_get_last_session    (MzGatewayEntry    *self);
void               mz_gateway_entry_set_last_session    (MzGatewayEntry    *self,
                                                         const char        *key);

G_END_DECLS
