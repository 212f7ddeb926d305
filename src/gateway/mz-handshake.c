/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-handshake.h"

/* From the protocol's closed list: other ids are refused with 1008. */
#define CLIENT_ID "gateway-client"
#define CLIENT_MODE "ui"
#define ROLE "operator"

/* Approvals come only to mode `ui` with the cap `exec-approvals` and the scope `operator.approvals`; tool events need their cap. */
static const char * const usual_scopes[] = { "operator.read", "operator.write", "operator.approvals", NULL };
static const char * const caps[] = { "tool-events", "exec-approvals", NULL };

static const char *
non_empty (const char *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

/**
 * mz_handshake_choose_auth:
 * @credentials: what there is
 * @tls: whether the connection is encrypted: what came over TLS goes back over TLS only
 *
 * Which credentials go out: the shared token or password first, the device's own token where there is neither, both only for the one
 * retry (docs: gateway/protocol/auth, "Client-side connect auth assembly").
 *
 * Returns: the choice; its strings are those of @credentials
 */
MzAuthChoice
mz_handshake_choose_auth (const MzCredentials *credentials,
                          gboolean             tls)
{
  const char *token = non_empty (credentials->token);
  const char *password = non_empty (credentials->password);
  const char *device_token = tls ? non_empty (credentials->device_token) : NULL;
  MzAuthChoice choice = { .token = token, .password = password };

  if (device_token == NULL)
    device_token = non_empty (credentials->plain_device_token);
  if (device_token == NULL)
    return choice;

  if (token == NULL && password == NULL)
    {
      choice.token = device_token;
      choice.device_token = device_token;
      choice.uses_device_token = TRUE;
    }
  else if (credentials->offer_device_token)
    {
      choice.device_token = device_token;
      choice.uses_device_token = TRUE;
    }

  return choice;
}

/**
 * mz_handshake_read_challenge:
 * @frame: the first frame of a connection
 * @nonce: (out) (transfer none): what to sign; belongs to @frame
 * @timestamp: (out): the gateway's time, ms since the epoch; signed instead of ours, so that a wrong clock here does no harm
 *
 * Returns: %FALSE with %MZ_GATEWAY_ERROR_NOT_A_GATEWAY if @frame is no challenge
 */
gboolean
mz_handshake_read_challenge (MzFrame     *frame,
                             const char **nonce,
                             gint64      *timestamp,
                             GError     **error)
{
  JsonObject *payload = mz_frame_get_payload_object (frame);

  if (frame->type != MZ_FRAME_EVENT || g_strcmp0 (frame->name, "connect.challenge") != 0)
    {
      g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_A_GATEWAY, "the first frame is not a gateway's challenge");
      return FALSE;
    }

  *nonce = non_empty (mz_json_get_string (payload, "nonce"));
  *timestamp = mz_json_get_int (payload, "ts", -1);

  if (*nonce == NULL || strlen (*nonce) > 1024 || *timestamp < 0)
    {
      g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_A_GATEWAY, "the gateway's challenge is malformed");
      return FALSE;
    }

  return TRUE;
}

/**
 * mz_handshake_payload_v3:
 * @token: (nullable): `auth.token` of the same request
 * @device_family: (nullable): `client.deviceFamily` of the same request
 *
 * Returns: (transfer full): the text that the device signs (version 3 of the payload)
 */
char *
mz_handshake_payload_v3 (const char         *device_id,
                         const char         *client_id,
                         const char         *client_mode,
                         const char         *role,
                         const char * const *signed_scopes,
                         gint64              signed_at,
                         const char         *token,
                         const char         *nonce,
                         const char         *platform,
                         const char         *device_family)
{
  g_autofree char *joined = g_strjoinv (",", (char **) signed_scopes);

  return g_strdup_printf ("v3|%s|%s|%s|%s|%s|%" G_GINT64_FORMAT "|%s|%s|%s|%s", device_id, client_id, client_mode, role, joined, signed_at,
                          token != NULL ? token : "", nonce, platform, device_family != NULL ? device_family : "");
}

static void
add_string (JsonBuilder *builder,
            const char  *name,
            const char  *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_strv (JsonBuilder        *builder,
          const char         *name,
          const char * const *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; values[i] != NULL; i++)
    json_builder_add_string_value (builder, values[i]);
  json_builder_end_array (builder);
}

static gboolean
is_granted (const char         *scope,
            const char * const *granted)
{
  /* docs: gateway/operator-scopes: what includes what */
  return g_strv_contains (granted, scope) || g_strv_contains (granted, "operator.admin") ||
         (g_str_equal (scope, "operator.read") && g_strv_contains (granted, "operator.write"));
}

/**
 * mz_handshake_missing_scopes:
 * @credentials: what was asked for
 * @granted: (nullable): what hello-ok names; %NULL when it names nothing
 *
 * Returns: (transfer full) (nullable): what was asked for and not granted, separated by commas; %NULL when all was
 */
char *
mz_handshake_missing_scopes (const MzCredentials *credentials,
                             const char * const  *granted)
{
  const char * const *asked = credentials->scopes != NULL ? credentials->scopes : usual_scopes;
  g_autoptr (GString) missing = g_string_new (NULL);

  for (guint i = 0; granted != NULL && asked[i] != NULL; i++)
    {
      if (!is_granted (asked[i], granted))
        g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", asked[i]);
    }

  return missing->len > 0 ? g_string_free (g_steal_pointer (&missing), FALSE) : NULL;
}

/**
 * mz_handshake_build_connect:
 * @identity: signs
 * @credentials: what there is
 * @tls: whether the connection is encrypted
 * @platform: this host's platform
 * @locale: (nullable): a BCP 47 tag
 * @nonce: the challenge's
 * @timestamp: the challenge's, ms
 *
 * Returns: (transfer full): the params of request `connect` (ConnectParams of the schema)
 */
JsonNode *
mz_handshake_build_connect (MzIdentity          *identity,
                            const MzCredentials *credentials,
                            gboolean             tls,
                            const char          *platform,
                            const char          *locale,
                            const char          *nonce,
                            gint64               timestamp)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  MzAuthChoice auth = mz_handshake_choose_auth (credentials, tls);
  const char * const *scopes = credentials->scopes != NULL ? credentials->scopes : usual_scopes;
  g_autofree char *payload = NULL;
  g_autofree char *signature = NULL;

  payload = mz_handshake_payload_v3 (mz_identity_get_device_id (identity), CLIENT_ID, CLIENT_MODE, ROLE, scopes, timestamp, auth.token,
                                     nonce, platform, NULL);
  signature = mz_identity_sign (identity, payload);

  json_builder_begin_object (builder);

  json_builder_set_member_name (builder, "minProtocol");
  json_builder_add_int_value (builder, MZ_PROTOCOL_MIN);
  json_builder_set_member_name (builder, "maxProtocol");
  json_builder_add_int_value (builder, MZ_PROTOCOL_MAX);

  json_builder_set_member_name (builder, "client");
  json_builder_begin_object (builder);
  add_string (builder, "id", CLIENT_ID);
  add_string (builder, "displayName", "Moltzer");
  add_string (builder, "version", MZ_VERSION);
  add_string (builder, "platform", platform);
  add_string (builder, "mode", CLIENT_MODE);
  json_builder_end_object (builder);

  add_string (builder, "role", ROLE);
  add_strv (builder, "scopes", scopes);
  add_strv (builder, "caps", caps);

  if (auth.token != NULL || auth.password != NULL)
    {
      json_builder_set_member_name (builder, "auth");
      json_builder_begin_object (builder);
      if (auth.token != NULL)
        add_string (builder, "token", auth.token);
      if (auth.device_token != NULL)
        add_string (builder, "deviceToken", auth.device_token);
      if (auth.password != NULL)
        add_string (builder, "password", auth.password);
      json_builder_end_object (builder);
    }

  if (locale != NULL)
    add_string (builder, "locale", locale);
  add_string (builder, "userAgent", "Moltzer/" MZ_VERSION);

  json_builder_set_member_name (builder, "device");
  json_builder_begin_object (builder);
  add_string (builder, "id", mz_identity_get_device_id (identity));
  add_string (builder, "publicKey", mz_identity_get_public_key (identity));
  add_string (builder, "signature", signature);
  json_builder_set_member_name (builder, "signedAt");
  json_builder_add_int_value (builder, timestamp);
  add_string (builder, "nonce", nonce);
  json_builder_end_object (builder);

  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}
