/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-login.h"

#include <sodium.h>
#include <string.h>

#include "mz-demo-methods.h"

/* A device's signature may be this old or this far ahead. */
#define SIGNATURE_SKEW_MS 120000

/* docs: gateway/protocol/transport; the real gateway's buffer is twice its largest frame. */
#define BUFFERED_FACTOR 2

#define MAX_ATTACHMENT_BYTES 19464192
#define MAX_IMAGE_BYTES 6291456

#define RATE_LIMIT_RETRY_MS 1500
#define STARTING_RETRY_MS 200

/* RFC 6455, section 7.4.1, and the registry of close codes */
#define CLOSE_PROTOCOL 1002
#define CLOSE_POLICY 1008
#define CLOSE_TRY_AGAIN 1013

/* The closed lists of the protocol package: client ids and modes. */
static const char * const client_ids[] = {
  "webchat-ui", "openclaw-control-ui", "openclaw-browser-copilot", "openclaw-tui", "webchat", "cli", "gateway-client",
  "openclaw-macos", "openclaw-linux", "openclaw-ios", "openclaw-watchos", "openclaw-android", "node-host", "openclaw-worker",
  "test", "fingerprint", "openclaw-probe", NULL,
};
static const char * const client_modes[] = { "webchat", "cli", "ui", "backend", "node", "worker", "probe", "test", NULL };

static gboolean
refuse (MzDemoLogin *self,
        guint        close_code,
        JsonObject  *error)
{
  self->error = error;
  self->close_code = close_code;
  return FALSE;
}

static gboolean
refuse_params (MzDemoLogin *self,
               const char  *what)
{
  g_autofree char *message = g_strconcat ("invalid connect params: ", what, NULL);

  return refuse (self, CLOSE_POLICY, mz_demo_error ("INVALID_REQUEST", message, NULL));
}

static gboolean
refuse_protocol (MzDemoLogin *self,
                 gint64       min,
                 gint64       max,
                 gint64       expected)
{
  return refuse (self, CLOSE_PROTOCOL,
                 mz_demo_error ("INVALID_REQUEST", "protocol mismatch",
                                mz_demo_object ("siiii",
                                                "code", "PROTOCOL_MISMATCH",
                                                "clientMinProtocol", min,
                                                "clientMaxProtocol", max,
                                                "expectedProtocol", expected,
                                                "minimumProbeProtocol", (gint64) 3)));
}

static gboolean
check_shape (MzDemoLogin *self,
             JsonObject  *params)
{
  JsonObject *client = mz_json_get_object (params, "client");
  g_autofree char *unexpected = NULL;

  unexpected = mz_demo_unexpected_member (params,
                                          "minProtocol maxProtocol client caps commands computerUse workerRuns permissions pathEnv role "
                                          "scopes device auth locale userAgent");
  if (unexpected != NULL)
    {
      g_autofree char *what = g_strdup_printf ("at root: unexpected property '%s'", unexpected);

      return refuse_params (self, what);
    }
  if (mz_json_get_int (params, "minProtocol", 0) < 1 || mz_json_get_int (params, "maxProtocol", 0) < 1)
    return refuse_params (self, "at /minProtocol: must be integer");
  if (client == NULL)
    return refuse_params (self, "at /client: must be object");

  self->client_id = g_strdup (mz_json_get_string (client, "id"));
  self->client_mode = g_strdup (mz_json_get_string (client, "mode"));
  if (self->client_id == NULL || !g_strv_contains (client_ids, self->client_id))
    return refuse_params (self, "at /client/id: must be equal to one of the allowed values");
  if (self->client_mode == NULL || !g_strv_contains (client_modes, self->client_mode))
    return refuse_params (self, "at /client/mode: must be equal to one of the allowed values");
  if (mz_json_get_string (client, "version") == NULL || mz_json_get_string (client, "platform") == NULL)
    return refuse_params (self, "at /client: must have required property 'version', 'platform'");

  self->role = g_strdup (mz_json_get_string (params, "role"));
  if (self->role == NULL)
    self->role = g_strdup ("operator");
  self->scopes = mz_json_get_strv (params, "scopes");
  self->caps = mz_json_get_strv (params, "caps");
  if (self->scopes == NULL)
    self->scopes = g_new0 (char *, 1);
  if (self->caps == NULL)
    self->caps = g_new0 (char *, 1);

  return TRUE;
}

static gboolean
refuse_device (MzDemoLogin *self,
               const char  *code,
               const char  *reason,
               const char  *message)
{
  return refuse (self, CLOSE_POLICY,
                 mz_demo_error ("INVALID_REQUEST", message, mz_demo_object ("ss", "code", code, "reason", reason)));
}

/* docs: gateway/protocol/auth; written here again rather than shared with the client, so that the two check each other. */
static char *
signed_text (MzDemoLogin *self,
             JsonObject  *params,
             const char  *device_id,
             gint64       signed_at,
             const char  *nonce)
{
  JsonObject *client = mz_json_get_object (params, "client");
  JsonObject *auth = mz_json_get_object (params, "auth");
  const char *token = mz_json_get_string (auth, "token");
  const char *family = mz_json_get_string (client, "deviceFamily");
  g_autofree char *scopes = g_strjoinv (",", self->scopes);
  g_autofree char *platform = g_ascii_strdown (mz_json_get_string (client, "platform"), -1);
  g_autofree char *family_lower = family != NULL ? g_ascii_strdown (family, -1) : g_strdup ("");

  if (token == NULL || *token == '\0')
    token = mz_json_get_string (auth, "deviceToken");

  return g_strdup_printf ("v3|%s|%s|%s|%s|%s|%" G_GINT64_FORMAT "|%s|%s|%s|%s", device_id, self->client_id, self->client_mode,
                          self->role, scopes, signed_at, token != NULL ? token : "", nonce, g_strstrip (platform),
                          g_strstrip (family_lower));
}

static gboolean
check_device (MzDemoLogin *self,
              JsonObject  *params,
              const char  *nonce)
{
  JsonObject *device = mz_json_get_object (params, "device");
  const char *id = mz_json_get_string (device, "id");
  const char *key_text = mz_json_get_string (device, "publicKey");
  const char *signature_text = mz_json_get_string (device, "signature");
  const char *signed_nonce = mz_json_get_string (device, "nonce");
  gint64 signed_at = mz_json_get_int (device, "signedAt", -1);
  guint8 key[crypto_sign_PUBLICKEYBYTES], signature[crypto_sign_BYTES];
  gsize key_length = 0, signature_length = 0;
  g_autofree char *expected_id = NULL, *text = NULL;

  if (device == NULL)
    return TRUE;
  if (id == NULL || key_text == NULL || signature_text == NULL || signed_at < 0)
    return refuse_params (self, "at /device: must have required properties");

  if (sodium_base642bin (key, sizeof key, key_text, strlen (key_text), NULL, &key_length, NULL,
                         sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      key_length != sizeof key)
    return refuse_device (self, "DEVICE_AUTH_PUBLIC_KEY_INVALID", "device-public-key", "device public key invalid");

  expected_id = g_compute_checksum_for_data (G_CHECKSUM_SHA256, key, sizeof key);
  if (g_strcmp0 (expected_id, id) != 0)
    return refuse_device (self, "DEVICE_AUTH_DEVICE_ID_MISMATCH", "device-id-mismatch", "device identity mismatch");
  if (ABS (mz_demo_now_ms () - signed_at) > SIGNATURE_SKEW_MS)
    return refuse_device (self, "DEVICE_AUTH_SIGNATURE_EXPIRED", "device-signature-stale", "device signature expired");
  if (signed_nonce == NULL || *signed_nonce == '\0')
    return refuse_device (self, "DEVICE_AUTH_NONCE_REQUIRED", "device-nonce-missing", "device nonce required");
  if (g_strcmp0 (signed_nonce, nonce) != 0)
    return refuse_device (self, "DEVICE_AUTH_NONCE_MISMATCH", "device-nonce-mismatch", "device nonce mismatch");

  text = signed_text (self, params, id, signed_at, nonce);
  if (sodium_base642bin (signature, sizeof signature, signature_text, strlen (signature_text), NULL, &signature_length, NULL,
                         sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      signature_length != sizeof signature ||
      crypto_sign_verify_detached (signature, (const guint8 *) text, strlen (text), key) != 0)
    return refuse_device (self, "DEVICE_AUTH_SIGNATURE_INVALID", "device-signature", "device signature invalid");

  self->device_id = g_strdup (id);
  return TRUE;
}

static gboolean
refuse_auth (MzDemoLogin *self,
             const char  *code,
             const char  *reason,
             const char  *message,
             gboolean     can_retry,
             const char  *next_step)
{
  g_autofree char *full = g_strconcat ("unauthorized: ", message, NULL);

  return refuse (self, CLOSE_POLICY,
                 mz_demo_error ("INVALID_REQUEST", full,
                                mz_demo_object ("ssbs",
                                                "code", code,
                                                "authReason", reason,
                                                "canRetryWithDeviceToken", can_retry,
                                                "recommendedNextStep", next_step)));
}

static gboolean
check_secret (MzDemoLogin   *self,
              MzDemoGateway *gateway,
              JsonObject    *params)
{
  JsonObject *auth = mz_json_get_object (params, "auth");
  const char *token = mz_json_get_string (auth, "token");
  const char *password = mz_json_get_string (auth, "password");
  const char *device_token = mz_json_get_string (auth, "deviceToken");
  gboolean by_token = gateway->auth == MZ_DEMO_AUTH_TOKEN;
  const char *given = by_token ? token : password;

  if (gateway->auth == MZ_DEMO_AUTH_NONE)
    return TRUE;
  if (given != NULL && gateway->secret != NULL && mz_demo_secret_equal (given, gateway->secret))
    return TRUE;
  if (self->device_id != NULL)
    {
      if (device_token != NULL && mz_demo_devices_check_token (gateway->devices, self->device_id, device_token))
        return TRUE;
      if (token != NULL && mz_demo_devices_check_token (gateway->devices, self->device_id, token))
        return TRUE;
    }

  if (device_token != NULL)
    return refuse_auth (self, "AUTH_DEVICE_TOKEN_MISMATCH", "device_token_mismatch",
                        "device token mismatch (rotate/reissue device token)", FALSE, "update_auth_credentials");
  if ((given == NULL || *given == '\0') && by_token && password == NULL)
    return refuse_auth (self, "AUTH_TOKEN_MISSING", "token_missing", "gateway token missing (provide gateway auth token)", FALSE,
                        "update_auth_configuration");
  if (by_token)
    {
      gboolean can_retry = token != NULL && self->device_id != NULL;

      return refuse_auth (self, "AUTH_TOKEN_MISMATCH", "token_mismatch", "gateway token mismatch (provide gateway auth token)",
                          can_retry, can_retry ? "retry_with_device_token" : "update_auth_credentials");
    }
  if (given == NULL || *given == '\0')
    return refuse_auth (self, "AUTH_PASSWORD_MISSING", "password_missing",
                        "gateway password missing (provide gateway auth password)", FALSE, "update_auth_configuration");
  return refuse_auth (self, "AUTH_PASSWORD_MISMATCH", "password_mismatch",
                      "gateway password mismatch (provide gateway auth password)", FALSE, "update_auth_credentials");
}

static gboolean
check_pairing (MzDemoLogin   *self,
               MzDemoGateway *gateway)
{
  gboolean is_new = FALSE;
  const char *request_id;
  JsonObject *details;

  if (!mz_demo_devices_get_required (gateway->devices))
    return TRUE;
  if (self->device_id == NULL)
    return refuse (self, CLOSE_POLICY,
                   mz_demo_error ("NOT_PAIRED", "device identity required",
                                  mz_demo_object ("s", "code", "DEVICE_IDENTITY_REQUIRED")));
  if (mz_demo_devices_is_paired (gateway->devices, self->device_id))
    return TRUE;

  request_id = mz_demo_devices_request (gateway->devices, self->device_id, &is_new);
  details = mz_demo_object ("sssssbbss" "a",
                            "code", "PAIRING_REQUIRED",
                            "reason", "not-paired",
                            "requestId", request_id,
                            "remediationHint", "Approve this device from the pending pairing requests.",
                            "recommendedNextStep", "wait_then_retry",
                            "retryable", TRUE,
                            "pauseReconnect", FALSE,
                            "deviceId", self->device_id,
                            "requestedRole", self->role,
                            "requestedScopes", mz_demo_strings ((const char * const *) self->scopes));
  refuse (self, CLOSE_POLICY,
          mz_demo_error ("NOT_PAIRED", "pairing required: device is not approved yet", details));
  if (is_new)
    mz_demo_gateway_ask_pairing (gateway, request_id, self->device_id);

  return FALSE;
}

static gboolean
check_faults (MzDemoLogin   *self,
              MzDemoGateway *gateway,
              gint64         min,
              gint64         max)
{
  JsonObject *error;

  switch (gateway->fault)
    {
    case MZ_DEMO_FAULT_STARTING:
      if (gateway->n_starting_answers == 0)
        return TRUE;
      gateway->n_starting_answers--;
      error = mz_demo_error ("UNAVAILABLE", "gateway starting; retry shortly", mz_demo_object ("s", "reason", "startup-sidecars"));
      mz_demo_object_add (error, "bi", "retryable", TRUE, "retryAfterMs", (gint64) STARTING_RETRY_MS);
      return refuse (self, CLOSE_TRY_AGAIN, error);

    case MZ_DEMO_FAULT_RATE_LIMITED:
      error = mz_demo_error ("INVALID_REQUEST", "unauthorized: too many failed authentication attempts (retry later)",
                             mz_demo_object ("sss",
                                             "code", "AUTH_RATE_LIMITED",
                                             "authReason", "rate_limited",
                                             "recommendedNextStep", "wait_then_retry"));
      mz_demo_object_add (error, "bi", "retryable", TRUE, "retryAfterMs", (gint64) RATE_LIMIT_RETRY_MS);
      return refuse (self, CLOSE_POLICY, error);

    case MZ_DEMO_FAULT_REJECTED:
      return refuse (self, CLOSE_POLICY,
                     mz_demo_error ("INVALID_REQUEST", "origin not allowed",
                                    mz_demo_object ("s", "code", "CONTROL_UI_ORIGIN_NOT_ALLOWED")));

    case MZ_DEMO_FAULT_DEVICE_CLOCK:
      return refuse (self, CLOSE_POLICY,
                     mz_demo_error ("INVALID_REQUEST", "device signature expired",
                                    mz_demo_object ("s", "code", "DEVICE_AUTH_SIGNATURE_EXPIRED")));

    case MZ_DEMO_FAULT_PROTOCOL_MISMATCH:
      return refuse_protocol (self, min, max, max + 1);

    default:
      return TRUE;
    }
}

static void
limit_scopes (MzDemoLogin *self)
{
  const char *granted[] = { "operator.read", NULL };

  g_strfreev (self->scopes);
  self->scopes = g_strdupv ((char **) granted);
}

/*< private >
 * mz_demo_login_check:
 * @self: an empty login
 * @gateway: the gateway
 * @params: (nullable): the request's params
 * @nonce: the challenge of this connection
 *
 * Decides on a `connect` request in the real gateway's order (docs: gateway/protocol/handshake).
 *
 * Returns: whether the client may come in; otherwise the login has an error
 */
gboolean
mz_demo_login_check (MzDemoLogin   *self,
                     MzDemoGateway *gateway,
                     JsonObject    *params,
                     const char    *nonce)
{
  gint64 min, max;

  if (params == NULL)
    return refuse_params (self, "at root: must be object");
  if (!check_shape (self, params))
    return FALSE;

  min = mz_json_get_int (params, "minProtocol", 0);
  max = mz_json_get_int (params, "maxProtocol", 0);
  if (!check_faults (self, gateway, min, max))
    return FALSE;
  if (min > gateway->protocol || max < gateway->protocol)
    return refuse_protocol (self, min, max, gateway->protocol);

  if (!check_device (self, params, nonce) || !check_secret (self, gateway, params) || !check_pairing (self, gateway))
    return FALSE;

  /* After the signature, which covers what was asked for. */
  if (gateway->fault == MZ_DEMO_FAULT_SCOPES)
    limit_scopes (self);
  return TRUE;
}

/*< private >
 * mz_demo_login_hello:
 * @self: a login that was let in
 * @gateway: the gateway
 * @connection_id: the connection's id
 *
 * Returns: (transfer full): hello-ok
 */
JsonObject *
mz_demo_login_hello (MzDemoLogin   *self,
                     MzDemoGateway *gateway,
                     const char    *connection_id)
{
  gboolean is_v4 = gateway->protocol >= 4;
  gint64 now = mz_demo_now_ms ();
  JsonArray *presence = json_array_new ();
  JsonObject *snapshot, *policy, *auth;

  json_array_add_object_element (presence,
                                 mz_demo_object ("sssssi",
                                                 "host", "moltzer",
                                                 "version", MZ_DEMO_VERSION,
                                                 "mode", "gateway",
                                                 "reason", "self",
                                                 "text", "Gateway: the demo in Moltzer",
                                                 "ts", now));
  snapshot = mz_demo_object ("aooios",
                             "presence", presence,
                             "health", mz_demo_object ("bis", "ok", TRUE, "ts", now, "defaultAgentId", MZ_DEMO_AGENT),
                             "stateVersion", mz_demo_object ("ii", "presence", (gint64) 1, "health", (gint64) 1),
                             "uptimeMs", MAX (1, (g_get_monotonic_time () - gateway->started_us) / 1000),
                             "sessionDefaults", mz_demo_object ("ssss",
                                                                "defaultAgentId", MZ_DEMO_AGENT,
                                                                "mainKey", "main",
                                                                "mainSessionKey", MZ_DEMO_MAIN_KEY,
                                                                "scope", "per-sender"),
                             "authMode", gateway->auth == MZ_DEMO_AUTH_NONE ? "none"
                                         : gateway->auth == MZ_DEMO_AUTH_TOKEN ? "token" : "password");

  policy = mz_demo_object ("iii",
                           "maxPayload", (gint64) gateway->max_payload,
                           "maxBufferedBytes", (gint64) gateway->max_payload * BUFFERED_FACTOR,
                           "tickIntervalMs", (gint64) gateway->tick_ms);
  if (is_v4)
    json_object_set_object_member (policy, "attachments",
                                   mz_demo_object ("ii",
                                                   "maxBytes", (gint64) MIN (MAX_ATTACHMENT_BYTES, gateway->max_payload * 3 / 4),
                                                   "maxImageBytes", (gint64) MIN (MAX_IMAGE_BYTES, gateway->max_payload * 3 / 4)));

  auth = mz_demo_object ("sa", "role", self->role, "scopes", mz_demo_strings ((const char * const *) self->scopes));
  if (self->device_id != NULL)
    mz_demo_object_add (auth, "si",
                        "deviceToken", mz_demo_devices_issue_token (gateway->devices, self->device_id),
                        "issuedAtMs", now);

  return mz_demo_object ("sioooo" "o",
                         "type", "hello-ok",
                         "protocol", (gint64) gateway->protocol,
                         "server", mz_demo_object ("ss", "version", MZ_DEMO_VERSION, "connId", connection_id),
                         "features", mz_demo_object ("aa",
                                                     "methods", mz_demo_method_names (gateway->protocol),
                                                     "events", mz_demo_event_names ()),
                         "snapshot", snapshot,
                         "auth", auth,
                         "policy", policy);
}

void
mz_demo_login_clear (MzDemoLogin *self)
{
  g_clear_pointer (&self->client_id, g_free);
  g_clear_pointer (&self->client_mode, g_free);
  g_clear_pointer (&self->role, g_free);
  g_clear_pointer (&self->scopes, g_strfreev);
  g_clear_pointer (&self->caps, g_strfreev);
  g_clear_pointer (&self->device_id, g_free);
  g_clear_pointer (&self->error, json_object_unref);
}
