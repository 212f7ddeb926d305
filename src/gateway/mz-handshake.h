/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-frame.h"
#include "mz-identity.h"

G_BEGIN_DECLS

/* The client's part of the login (docs: gateway/protocol/handshake, auth). Pure but for the signature. */

#define MZ_PROTOCOL_MIN 3
#define MZ_PROTOCOL_MAX 4

/* docs: gateway/protocol/transport, "Pre-connect frames are capped at 64 KiB" */
#define MZ_HANDSHAKE_MAX_FRAME (64 * 1024)

/**
 * MzCredentials:
 * @token: (nullable): the shared token
 * @password: (nullable): the shared password
 * @device_token: (nullable): the token that this gateway gave this device over TLS
 * @plain_device_token: (nullable): the one that it gave over plaintext: the only one that ever goes over plaintext
 * @offer_device_token: send the device's token beside the shared secret: the one retry after a mismatch
 * @scopes: (nullable): what is asked for; %NULL for what a client needs that neither renames nor deletes
 */
typedef struct
{
  const char *token;
  const char *password;
  const char *device_token;
  const char *plain_device_token;
  gboolean offer_device_token;
  const char * const *scopes;
} MzCredentials;

/**
 * MzAuthChoice:
 * @token: (nullable): goes to `auth.token`, and is what the signature covers
 * @device_token: (nullable): goes to `auth.deviceToken`
 * @password: (nullable): goes to `auth.password`
 * @uses_device_token: the login rests on the device token
 */
typedef struct
{
  const char *token;
  const char *device_token;
  const char *password;
  gboolean uses_device_token;
} MzAuthChoice;

MzAuthChoice  mz_handshake_choose_auth     (const MzCredentials   *credentials,
                                            gboolean               tls);
gboolean      mz_handshake_read_challenge  (MzFrame               *frame,
                                            const char           **nonce,
                                            gint64                *timestamp,
                                            GError               **error);
char         *mz_handshake_payload_v3      (const char            *device_id,
                                            const char            *client_id,
                                            const char            *client_mode,
                                            const char            *role,
                                            const char * const    *scopes,
                                            gint64                 signed_at,
                                            const char            *token,
                                            const char            *nonce,
                                            const char            *platform,
                                            const char            *device_family);
char         *mz_handshake_missing_scopes  (const MzCredentials   *credentials,
                                            const char * const    *granted);
JsonNode     *mz_handshake_build_connect   (MzIdentity            *identity,
                                            const MzCredentials   *credentials,
                                            gboolean               tls,
                                            const char            *platform,
                                            const char            *locale,
                                            const char            *nonce,
                                            gint64                 timestamp);

G_END_DECLS
