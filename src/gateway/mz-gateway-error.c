/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-gateway-error.h"

#include <string.h>

#include "mz-json.h"

/* How much of a peer's text is kept, in bytes. */
#define MAX_MESSAGE 500
#define MAX_WORD 200

/* As the official client checks it (gateway-protocol, normalizePairingConnectRequestId ()): it ends up in a command. */
#define MAX_REQUEST_ID 128

/* A wait beyond a day is believed to be one day, in ms. */
#define MAX_RETRY_AFTER_MS (24 * 60 * 60 * 1000)

typedef struct
{
  char *code;
  char *detail_code;
  char *reason;
  char *next_step;
  char *request_id;
  char *missing_scope;
  gint64 retry_after_ms;
  gint64 expected_protocol;
  gboolean retryable;
  gboolean can_retry_with_device_token;
  gboolean pause_reconnect;
  guint http_status;
  guint close_code;
} MzGatewayErrorPrivate;

static void
mz_gateway_error_private_init (MzGatewayErrorPrivate *priv)
{
}

static void
mz_gateway_error_private_copy (const MzGatewayErrorPrivate *from,
                               MzGatewayErrorPrivate       *to)
{
  *to = *from;
  to->code = g_strdup (from->code);
  to->detail_code = g_strdup (from->detail_code);
  to->reason = g_strdup (from->reason);
  to->next_step = g_strdup (from->next_step);
  to->request_id = g_strdup (from->request_id);
  to->missing_scope = g_strdup (from->missing_scope);
}

static void
mz_gateway_error_private_clear (MzGatewayErrorPrivate *priv)
{
  g_free (priv->code);
  g_free (priv->detail_code);
  g_free (priv->reason);
  g_free (priv->next_step);
  g_free (priv->request_id);
  g_free (priv->missing_scope);
}

G_DEFINE_EXTENDED_ERROR (MzGatewayError, mz_gateway_error)

/* Which code a detail or code of a failed `connect` means (gateway-protocol, ConnectErrorDetailCodes and ErrorCodes). */
static const struct
{
  const char *name;
  MzGatewayError code;
} connect_codes[] = {
  { "AUTHENTICATED_PROFILE_UNAVAILABLE", MZ_GATEWAY_ERROR_STARTING },
  { "AUTH_RATE_LIMITED", MZ_GATEWAY_ERROR_RATE_LIMITED },
  { "CLIENT_VERSION_MISMATCH", MZ_GATEWAY_ERROR_PROTOCOL },
  { "CONTROL_UI_BUILD_MISMATCH", MZ_GATEWAY_ERROR_PROTOCOL },
  { "DEVICE_IDENTITY_REQUIRED", MZ_GATEWAY_ERROR_REJECTED },
  { "FORBIDDEN", MZ_GATEWAY_ERROR_REJECTED },
  { "INVALID_REQUEST", MZ_GATEWAY_ERROR_REJECTED },
  { "MISSING_SCOPE", MZ_GATEWAY_ERROR_REJECTED },
  { "NOT_PAIRED", MZ_GATEWAY_ERROR_PAIRING },
  { "PAIRING_REQUIRED", MZ_GATEWAY_ERROR_PAIRING },
  { "PROTOCOL_MISMATCH", MZ_GATEWAY_ERROR_PROTOCOL },
  { "RATE_LIMITED", MZ_GATEWAY_ERROR_RATE_LIMITED },
  { "UNAVAILABLE", MZ_GATEWAY_ERROR_STARTING },
};

/* Families of codes, for those that come with later releases. */
static const struct
{
  const char *prefix;
  MzGatewayError code;
} connect_families[] = {
  { "AUTH_", MZ_GATEWAY_ERROR_AUTH },
  { "DEVICE_AUTH_", MZ_GATEWAY_ERROR_AUTH },
  { "CONTROL_UI_", MZ_GATEWAY_ERROR_REJECTED },
};

/* A peer's text, without control characters and cut at a character's boundary. */
static char *
clean_text (const char *text,
            gsize       max_bytes)
{
  g_autoptr (GString) clean = NULL;

  if (text == NULL)
    return NULL;

  clean = g_string_sized_new (64);
  for (const char *p = text; *p != '\0';)
    {
      gunichar c = g_utf8_get_char_validated (p, -1);
      gsize length;

      if (c == (gunichar) -1 || c == (gunichar) -2)
        break;
      length = g_utf8_next_char (p) - p;
      if (clean->len + length > max_bytes)
        break;
      if (!g_unichar_iscntrl (c))
        g_string_append_len (clean, p, length);
      else if (clean->len > 0 && clean->str[clean->len - 1] != ' ')
        g_string_append_c (clean, ' ');
      p += length;
    }
  g_strchomp (clean->str);
  return clean->str[0] != '\0' ? g_strdup (clean->str) : NULL;
}

static char *
clean_word (JsonObject *object,
            const char *name)
{
  return clean_text (mz_json_get_string (object, name), MAX_WORD);
}

static char *
clean_request_id (const char *text)
{
  if (text == NULL || !g_ascii_isalnum (text[0]) || strlen (text) > MAX_REQUEST_ID)
    return NULL;
  for (const char *p = text; *p != '\0'; p++)
    {
      if (!g_ascii_isalnum (*p) && strchr ("._:-", *p) == NULL)
        return NULL;
    }
  return g_strdup (text);
}

static const MzGatewayErrorPrivate *
peek_private (const GError *error)
{
  return error != NULL && error->domain == MZ_GATEWAY_ERROR ? mz_gateway_error_get_private (error) : NULL;
}

/**
 * mz_gateway_error_to_string:
 * @code: a code
 *
 * Gives a code's stable name, for `--json` and records.
 *
 * Returns: (transfer none): the name
 */
const char *
mz_gateway_error_to_string (MzGatewayError code)
{
  switch (code)
    {
    case MZ_GATEWAY_ERROR_HTTP_STATUS:
      return "http-status";
    case MZ_GATEWAY_ERROR_NOT_WEBSOCKET:
      return "not-websocket";
    case MZ_GATEWAY_ERROR_NOT_A_GATEWAY:
      return "not-a-gateway";
    case MZ_GATEWAY_ERROR_PLAINTEXT_CONSENT:
      return "plaintext-consent";
    case MZ_GATEWAY_ERROR_STARTING:
      return "starting";
    case MZ_GATEWAY_ERROR_AUTH:
      return "auth";
    case MZ_GATEWAY_ERROR_RATE_LIMITED:
      return "rate-limited";
    case MZ_GATEWAY_ERROR_PAIRING:
      return "pairing";
    case MZ_GATEWAY_ERROR_PROTOCOL:
      return "protocol";
    case MZ_GATEWAY_ERROR_REJECTED:
      return "rejected";
    case MZ_GATEWAY_ERROR_REMOTE:
      return "remote";
    case MZ_GATEWAY_ERROR_BAD_FRAME:
      return "bad-frame";
    case MZ_GATEWAY_ERROR_TOO_LARGE:
      return "too-large";
    case MZ_GATEWAY_ERROR_TIMED_OUT:
      return "timed-out";
    case MZ_GATEWAY_ERROR_CLOSED:
      return "closed";
    case MZ_GATEWAY_ERROR_NOT_CONNECTED:
      return "not-connected";
    case MZ_GATEWAY_ERROR_UNSUPPORTED:
      return "unsupported";
    case MZ_GATEWAY_ERROR_IDENTITY:
      return "identity";
    case MZ_GATEWAY_ERROR_FAILED:
      return "failed";
    default:
      g_return_val_if_reached ("failed");
    }
}

static gboolean
classify_name (const char     *name,
               MzGatewayError *code)
{
  if (name == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (connect_codes); i++)
    {
      if (g_str_equal (name, connect_codes[i].name))
        {
          *code = connect_codes[i].code;
          return TRUE;
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (connect_families); i++)
    {
      if (g_str_has_prefix (name, connect_families[i].prefix))
        {
          *code = connect_families[i].code;
          return TRUE;
        }
    }
  return FALSE;
}

/**
 * mz_gateway_error_classify_connect:
 * @error_object: (nullable): the error of a failed `connect`
 *
 * Decides what a failed `connect` means, from `details.code`, then from `code`, never from the message (docs:
 * gateway/protocol/auth).
 *
 * Returns: the code for mz_gateway_error_new_remote()
 */
MzGatewayError
mz_gateway_error_classify_connect (JsonObject *error_object)
{
  JsonObject *details = mz_json_get_object (error_object, "details");
  MzGatewayError code = MZ_GATEWAY_ERROR_REMOTE;

  if (!classify_name (mz_json_get_string (details, "code"), &code))
    classify_name (mz_json_get_string (error_object, "code"), &code);
  return code;
}

/**
 * mz_gateway_error_is_no_connection:
 * @error: (nullable): an error of any domain
 *
 * Returns: whether it only says that there was no connection, or that it was lost: what was asked for can be asked again on the next one
 */
gboolean
mz_gateway_error_is_no_connection (const GError *error)
{
  return g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED) ||
         g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED);
}

/**
 * mz_gateway_error_is_no_answer:
 * @error: (nullable): an error of any domain
 *
 * Returns: whether it says nothing about what was sent: it may not have got there, or only the answer did not come back
 */
gboolean
mz_gateway_error_is_no_answer (const GError *error)
{
  return mz_gateway_error_is_no_connection (error) || g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TIMED_OUT);
}

/**
 * mz_gateway_error_new_remote:
 * @code: what it means to the caller
 * @error_object: (nullable): a failed response's error
 *
 * Makes an error of what a gateway answered: {code, message, details, retryable, retryAfterMs} (gateway-protocol, ErrorShape).
 * Whatever has the wrong type counts as not said. A request id that would not be safe in a command line is dropped.
 *
 * Returns: (transfer full): the error
 */
GError *
mz_gateway_error_new_remote (MzGatewayError  code,
                             JsonObject     *error_object)
{
  JsonObject *details = mz_json_get_object (error_object, "details");
  g_autofree char *message = clean_text (mz_json_get_string (error_object, "message"), MAX_MESSAGE);
  g_autofree char *remote_code = clean_word (error_object, "code");
  GError *error;
  MzGatewayErrorPrivate *priv;

  if (message == NULL && remote_code != NULL)
    message = g_strdup_printf ("The gateway answered %s", remote_code);
  error = g_error_new_literal (MZ_GATEWAY_ERROR, code,
                               message != NULL ? message : "The gateway answered with an error and did not say which");

  priv = mz_gateway_error_get_private (error);
  priv->code = g_steal_pointer (&remote_code);
  priv->detail_code = clean_word (details, "code");
  priv->reason = clean_word (details, "reason");
  priv->next_step = clean_word (details, "recommendedNextStep");
  priv->request_id = clean_request_id (mz_json_get_string (details, "requestId"));
  priv->missing_scope = clean_word (details, "missingScope");
  priv->retry_after_ms = mz_json_get_int (error_object, "retryAfterMs", mz_json_get_int (details, "retryAfterMs", 0));
  priv->retry_after_ms = CLAMP (priv->retry_after_ms, 0, MAX_RETRY_AFTER_MS);
  priv->expected_protocol = mz_json_get_int (details, "expectedProtocol", 0);
  priv->expected_protocol = CLAMP (priv->expected_protocol, 0, G_MAXINT32);
  priv->retryable = mz_json_get_boolean (error_object, "retryable", mz_json_get_boolean (details, "retryable", FALSE));
  priv->can_retry_with_device_token = mz_json_get_boolean (details, "canRetryWithDeviceToken", FALSE);
  priv->pause_reconnect = mz_json_get_boolean (details, "pauseReconnect", FALSE);
  return error;
}

/**
 * mz_gateway_error_new_http:
 * @code: what it means
 * @http_status: the status that answered the upgrade
 * @message: (nullable): what happened, technically
 *
 * Makes an error of an answer to the WebSocket upgrade other than 101 (RFC 6455, section 4.1).
 *
 * Returns: (transfer full): the error
 */
GError *
mz_gateway_error_new_http (MzGatewayError  code,
                           guint           http_status,
                           const char     *message)
{
  g_autofree char *text = clean_text (message, MAX_MESSAGE);
  GError *error;
  MzGatewayErrorPrivate *priv;

  if (text == NULL)
    text = g_strdup_printf ("HTTP %u instead of a WebSocket", http_status);
  error = g_error_new_literal (MZ_GATEWAY_ERROR, code, text);
  priv = mz_gateway_error_get_private (error);
  priv->http_status = http_status;
  return error;
}

/**
 * mz_gateway_error_new_closed:
 * @close_code: the WebSocket's close code, 0 or 1005 without one (RFC 6455, section 7.4)
 * @reason: (nullable): the reason that came with it
 *
 * Makes a %MZ_GATEWAY_ERROR_CLOSED.
 *
 * Returns: (transfer full): the error
 */
GError *
mz_gateway_error_new_closed (guint       close_code,
                             const char *reason)
{
  g_autofree char *text = clean_text (reason, MAX_WORD);
  GError *error;

  if (text != NULL)
    error = g_error_new (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED, "The connection closed (%u: %s)", close_code, text);
  else
    error = g_error_new (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED, "The connection closed (%u)", close_code);
  mz_gateway_error_set_close (error, close_code, reason);
  return error;
}

/**
 * mz_gateway_error_set_close:
 * @error: an error of this domain
 * @close_code: the WebSocket's close code
 * @reason: (nullable): the reason that came with it
 *
 * Keeps how the connection closed after @error. A reason that the gateway gave before stays.
 */
void
mz_gateway_error_set_close (GError     *error,
                            guint       close_code,
                            const char *reason)
{
  MzGatewayErrorPrivate *priv;

  g_return_if_fail (error != NULL && error->domain == MZ_GATEWAY_ERROR);

  priv = mz_gateway_error_get_private (error);
  priv->close_code = close_code;
  if (priv->reason == NULL)
    priv->reason = clean_text (reason, MAX_WORD);
}

/**
 * mz_gateway_error_get_code:
 * @error: (nullable): an error of any domain
 *
 * Returns: (transfer none) (nullable): the gateway's `code`
 */
const char *
mz_gateway_error_get_code (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->code : NULL;
}

/**
 * mz_gateway_error_get_detail_code:
 * @error: (nullable): an error of any domain
 *
 * Returns: (transfer none) (nullable): the gateway's `details.code`
 */
const char *
mz_gateway_error_get_detail_code (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->detail_code : NULL;
}

/**
 * mz_gateway_error_get_reason:
 * @error: (nullable): an error of any domain
 *
 * Returns: (transfer none) (nullable): the gateway's `details.reason`, or a close's reason
 */
const char *
mz_gateway_error_get_reason (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->reason : NULL;
}

/**
 * mz_gateway_error_get_next_step:
 * @error: (nullable): an error of any domain
 *
 * Returns: (transfer none) (nullable): the gateway's `details.recommendedNextStep`
 */
const char *
mz_gateway_error_get_next_step (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->next_step : NULL;
}

/**
 * mz_gateway_error_get_request_id:
 * @error: (nullable): an error of any domain
 *
 * Returns: (transfer none) (nullable): the pairing request's id, safe to show in a command line
 */
const char *
mz_gateway_error_get_request_id (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->request_id : NULL;
}

/**
 * mz_gateway_error_get_missing_scope:
 * @error: (nullable): an error of any domain
 *
 * Returns: (transfer none) (nullable): the scope that a method needs and this connection lacks
 */
const char *
mz_gateway_error_get_missing_scope (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->missing_scope : NULL;
}

/**
 * mz_gateway_error_get_retry_after_ms:
 * @error: (nullable): an error of any domain
 *
 * Returns: how long the gateway asks to wait, in ms, at most a day; 0 when it did not say
 */
gint64
mz_gateway_error_get_retry_after_ms (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->retry_after_ms : 0;
}

/**
 * mz_gateway_error_get_retryable:
 * @error: (nullable): an error of any domain
 *
 * Returns: whether the gateway says that the same may work later
 */
gboolean
mz_gateway_error_get_retryable (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL && priv->retryable;
}

/**
 * mz_gateway_error_get_can_retry_with_device_token:
 * @error: (nullable): an error of any domain
 *
 * Returns: whether the gateway would take this device's token instead
 */
gboolean
mz_gateway_error_get_can_retry_with_device_token (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL && priv->can_retry_with_device_token;
}

/**
 * mz_gateway_error_get_pause_reconnect:
 * @error: (nullable): an error of any domain
 *
 * Returns: whether the gateway asks not to come back by itself
 */
gboolean
mz_gateway_error_get_pause_reconnect (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL && priv->pause_reconnect;
}

/**
 * mz_gateway_error_get_expected_protocol:
 * @error: (nullable): an error of any domain
 *
 * Returns: the protocol version that the gateway speaks, 0 when it did not say
 */
gint64
mz_gateway_error_get_expected_protocol (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->expected_protocol : 0;
}

/**
 * mz_gateway_error_get_http_status:
 * @error: (nullable): an error of any domain
 *
 * Returns: the status that answered the upgrade, 0 for none
 */
guint
mz_gateway_error_get_http_status (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->http_status : 0;
}

/**
 * mz_gateway_error_get_close_code:
 * @error: (nullable): an error of any domain
 *
 * Returns: the WebSocket's close code, 0 for none
 */
guint
mz_gateway_error_get_close_code (const GError *error)
{
  const MzGatewayErrorPrivate *priv = peek_private (error);

  return priv != NULL ? priv->close_code : 0;
}
