/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-gateway-error.h"
#include "mz-json.h"

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = mz_json_parse (text, strlen (text), 65536, &error);

  g_assert_no_error (error);
  return node;
}

/* As the gateway sends it to a device that is not known. */
#define PAIRING \
  "{\"code\":\"NOT_PAIRED\",\"message\":\"pairing required: device is not approved yet\",\"details\":{\"code\":\"PAIRING_REQUIRED\"," \
  "\"reason\":\"not-paired\",\"requestId\":\"5f0c2c6e-0a5e-4d43-9d5b-1d1f2f3a4b5c\",\"recommendedNextStep\":\"wait_then_retry\"," \
  "\"retryable\":true,\"pauseReconnect\":true,\"deviceId\":\"d516\",\"requestedScopes\":[\"operator.read\"]}}"

static void
assert_pairing (const GError *error)
{
  g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_PAIRING);
  g_assert_cmpstr (error->message, ==, "pairing required: device is not approved yet");
  g_assert_cmpstr (mz_gateway_error_get_code (error), ==, "NOT_PAIRED");
  g_assert_cmpstr (mz_gateway_error_get_detail_code (error), ==, "PAIRING_REQUIRED");
  g_assert_cmpstr (mz_gateway_error_get_reason (error), ==, "not-paired");
  g_assert_cmpstr (mz_gateway_error_get_request_id (error), ==, "5f0c2c6e-0a5e-4d43-9d5b-1d1f2f3a4b5c");
  g_assert_cmpstr (mz_gateway_error_get_next_step (error), ==, "wait_then_retry");
  g_assert_true (mz_gateway_error_get_retryable (error));
  g_assert_true (mz_gateway_error_get_pause_reconnect (error));
  g_assert_false (mz_gateway_error_get_can_retry_with_device_token (error));
  g_assert_null (mz_gateway_error_get_missing_scope (error));
}

static void
test_remote (void)
{
  g_autoptr (JsonNode) node = parse (PAIRING);
  g_autoptr (GError) error = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_PAIRING, mz_json_node_object (node));
  g_autoptr (GError) copy = NULL;

  assert_pairing (error);
  mz_gateway_error_set_close (error, 1008, "pairing required");
  copy = g_error_copy (error);
  g_clear_error (&error);
  assert_pairing (copy);
  g_assert_cmpuint (mz_gateway_error_get_close_code (copy), ==, 1008);
}

static void
test_members (void)
{
  g_autoptr (JsonNode) starting = parse ("{\"code\":\"UNAVAILABLE\",\"message\":\"starting\",\"retryable\":true,\"retryAfterMs\":500,"
                                         "\"details\":{\"reason\":\"startup-sidecars\"}}");
  g_autoptr (JsonNode) protocol = parse ("{\"code\":\"INVALID_REQUEST\",\"message\":\"protocol mismatch\","
                                         "\"details\":{\"code\":\"PROTOCOL_MISMATCH\",\"expectedProtocol\":4}}");
  g_autoptr (JsonNode) token = parse ("{\"code\":\"INVALID_REQUEST\",\"message\":\"no\",\"details\":{\"code\":\"AUTH_TOKEN_MISMATCH\","
                                      "\"canRetryWithDeviceToken\":true,\"retryAfterMs\":2000,\"recommendedNextStep\":\"retry_with_device_token\"}}");
  g_autoptr (JsonNode) scope = parse ("{\"code\":\"FORBIDDEN\",\"message\":\"missing scope: operator.admin\",\"details\":"
                                      "{\"code\":\"MISSING_SCOPE\",\"missingScope\":\"operator.admin\"}}");
  g_autoptr (JsonNode) far = parse ("{\"retryAfterMs\":922337203685477580,\"details\":{\"expectedProtocol\":999999999999}}");
  g_autoptr (GError) e = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_STARTING, mz_json_node_object (far));
  g_autoptr (GError) a = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_STARTING, mz_json_node_object (starting));
  g_autoptr (GError) b = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_PROTOCOL, mz_json_node_object (protocol));
  g_autoptr (GError) c = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_AUTH, mz_json_node_object (token));
  g_autoptr (GError) d = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_REMOTE, mz_json_node_object (scope));

  g_assert_cmpint (mz_gateway_error_get_retry_after_ms (a), ==, 500);
  g_assert_true (mz_gateway_error_get_retryable (a));
  g_assert_cmpstr (mz_gateway_error_get_reason (a), ==, "startup-sidecars");
  g_assert_null (mz_gateway_error_get_detail_code (a));
  g_assert_cmpint (mz_gateway_error_get_expected_protocol (b), ==, 4);
  g_assert_false (mz_gateway_error_get_retryable (b));
  g_assert_true (mz_gateway_error_get_can_retry_with_device_token (c));
  g_assert_cmpint (mz_gateway_error_get_retry_after_ms (c), ==, 2000);
  g_assert_cmpstr (mz_gateway_error_get_missing_scope (d), ==, "operator.admin");
  g_assert_cmpint (mz_gateway_error_get_retry_after_ms (e), ==, 24 * 60 * 60 * 1000);
  g_assert_cmpint (mz_gateway_error_get_expected_protocol (e), ==, G_MAXINT32);
}

/* Wrong types, nothing at all: no value, never a critical. */
static void
test_hostile (void)
{
  static const char * const texts[] = {
    "{}",
    "{\"code\":1,\"message\":2,\"details\":3,\"retryable\":4,\"retryAfterMs\":\"5\"}",
    "{\"code\":null,\"message\":null,\"details\":null,\"retryable\":null,\"retryAfterMs\":null}",
    "{\"code\":\"\",\"message\":\"\",\"details\":[],\"retryable\":[],\"retryAfterMs\":-5}",
    "{\"message\":\"\\u0001\\u0002\\n\",\"details\":{\"code\":{},\"reason\":[],\"requestId\":7,\"recommendedNextStep\":true,"
    "\"missingScope\":1,\"canRetryWithDeviceToken\":\"yes\",\"pauseReconnect\":1,\"retryable\":1,\"expectedProtocol\":\"4\"}}",
    "{\"details\":{\"expectedProtocol\":-3,\"retryAfterMs\":1e300}}",
  };

  for (guint i = 0; i <= G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) node = i < G_N_ELEMENTS (texts) ? parse (texts[i]) : NULL;
      g_autoptr (GError) error = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_REMOTE, mz_json_node_object (node));

      g_assert_cmpstr (error->message, !=, "");
      g_assert_null (mz_gateway_error_get_code (error));
      g_assert_null (mz_gateway_error_get_detail_code (error));
      g_assert_null (mz_gateway_error_get_reason (error));
      g_assert_null (mz_gateway_error_get_next_step (error));
      g_assert_null (mz_gateway_error_get_request_id (error));
      g_assert_null (mz_gateway_error_get_missing_scope (error));
      g_assert_cmpint (mz_gateway_error_get_retry_after_ms (error), ==, 0);
      g_assert_cmpint (mz_gateway_error_get_expected_protocol (error), ==, 0);
      g_assert_false (mz_gateway_error_get_retryable (error));
      g_assert_false (mz_gateway_error_get_can_retry_with_device_token (error));
      g_assert_false (mz_gateway_error_get_pause_reconnect (error));
      g_assert_cmpint (mz_gateway_error_classify_connect (mz_json_node_object (node)), ==, MZ_GATEWAY_ERROR_REMOTE);
    }
}

static void
test_message (void)
{
  g_autoptr (GString) longest = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) controls = parse ("{\"code\":\"X\",\"message\":\"a\\u001b[31mb\\n\\nc\\u0007\\u0085\"}");
  g_autoptr (JsonNode) wordless = parse ("{\"code\":\"BOARD_FULL\"}");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) clean = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_REMOTE, mz_json_node_object (controls));
  g_autoptr (GError) named = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_REMOTE, mz_json_node_object (wordless));

  /* 499 bytes, then characters of 3 bytes: the cut must not split one. */
  for (guint i = 0; i < 499; i++)
    g_string_append_c (longest, 'x');
  for (guint i = 0; i < 100; i++)
    g_string_append (longest, "\xe2\x82\xac");
  text = g_strdup_printf ("{\"message\":\"%s\",\"code\":\"%s\"}", longest->str, longest->str);
  node = parse (text);
  error = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_REMOTE, mz_json_node_object (node));

  g_assert_cmpuint (strlen (error->message), ==, 499);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (mz_gateway_error_get_code (error)), <=, 200);
  g_assert_cmpstr (clean->message, ==, "a [31mb c");
  g_assert_nonnull (strstr (named->message, "BOARD_FULL"));
}

static void
test_request_ids (void)
{
  static const struct
  {
    const char *id;
    gboolean kept;
  } cases[] = {
    { "a", TRUE },
    { "5f0c2c6e-0a5e-4d43-9d5b-1d1f2f3a4b5c", TRUE },
    { "A.b_c:d-e", TRUE },
    { "", FALSE },
    { "-rf", FALSE },
    { "a b", FALSE },
    { "a;reboot", FALSE },
    { "$(reboot)", FALSE },
    { "a\\nb", FALSE },
    { "\xc3\xa9", FALSE },
  };
  g_autofree char *longest = g_strnfill (129, 'a');
  g_autofree char *text = g_strdup_printf ("{\"details\":{\"requestId\":\"%s\"}}", longest);
  g_autoptr (JsonNode) long_node = parse (text);
  g_autoptr (GError) long_error = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_PAIRING, mz_json_node_object (long_node));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"details\":{\"requestId\":\"%s\"}}", cases[i].id);
      g_autoptr (JsonNode) node = parse (json);
      g_autoptr (GError) error = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_PAIRING, mz_json_node_object (node));

      g_assert_cmpstr (mz_gateway_error_get_request_id (error), ==, cases[i].kept ? cases[i].id : NULL);
    }
  g_assert_null (mz_gateway_error_get_request_id (long_error));
}

static void
test_classify (void)
{
  static const struct
  {
    const char *code;
    const char *detail;
    MzGatewayError expected;
  } cases[] = {
    { "NOT_PAIRED", "PAIRING_REQUIRED", MZ_GATEWAY_ERROR_PAIRING },
    { "NOT_PAIRED", NULL, MZ_GATEWAY_ERROR_PAIRING },
    { "INVALID_REQUEST", "AUTH_REQUIRED", MZ_GATEWAY_ERROR_AUTH },
    { "INVALID_REQUEST", "AUTH_UNAUTHORIZED", MZ_GATEWAY_ERROR_AUTH },
    { "INVALID_REQUEST", "AUTH_TOKEN_MISSING", MZ_GATEWAY_ERROR_AUTH },
    { "INVALID_REQUEST", "AUTH_TOKEN_MISMATCH", MZ_GATEWAY_ERROR_AUTH },
    { "INVALID_REQUEST", "AUTH_PASSWORD_MISMATCH", MZ_GATEWAY_ERROR_AUTH },
    { "INVALID_REQUEST", "AUTH_DEVICE_TOKEN_MISMATCH", MZ_GATEWAY_ERROR_AUTH },
    { "INVALID_REQUEST", "AUTH_SCOPE_MISMATCH", MZ_GATEWAY_ERROR_AUTH },
    { "INVALID_REQUEST", "AUTH_SOMETHING_NEW", MZ_GATEWAY_ERROR_AUTH },
    { "INVALID_REQUEST", "AUTH_RATE_LIMITED", MZ_GATEWAY_ERROR_RATE_LIMITED },
    { "RATE_LIMITED", NULL, MZ_GATEWAY_ERROR_RATE_LIMITED },
    { "INVALID_REQUEST", "DEVICE_AUTH_SIGNATURE_EXPIRED", MZ_GATEWAY_ERROR_AUTH },
    { "INVALID_REQUEST", "DEVICE_AUTH_SOMETHING_NEW", MZ_GATEWAY_ERROR_AUTH },
    { "NOT_PAIRED", "DEVICE_IDENTITY_REQUIRED", MZ_GATEWAY_ERROR_REJECTED },
    { "NOT_PAIRED", "CONTROL_UI_DEVICE_IDENTITY_REQUIRED", MZ_GATEWAY_ERROR_REJECTED },
    { "INVALID_REQUEST", "CONTROL_UI_ORIGIN_NOT_ALLOWED", MZ_GATEWAY_ERROR_REJECTED },
    { "INVALID_REQUEST", "CONTROL_UI_BUILD_MISMATCH", MZ_GATEWAY_ERROR_PROTOCOL },
    { "INVALID_REQUEST", "CLIENT_VERSION_MISMATCH", MZ_GATEWAY_ERROR_PROTOCOL },
    { "INVALID_REQUEST", "PROTOCOL_MISMATCH", MZ_GATEWAY_ERROR_PROTOCOL },
    { "UNAVAILABLE", NULL, MZ_GATEWAY_ERROR_STARTING },
    { "UNAVAILABLE", "AUTHENTICATED_PROFILE_UNAVAILABLE", MZ_GATEWAY_ERROR_STARTING },
    { "UNAVAILABLE", "SOMETHING_NEW", MZ_GATEWAY_ERROR_STARTING },
    { "INVALID_REQUEST", NULL, MZ_GATEWAY_ERROR_REJECTED },
    { "FORBIDDEN", NULL, MZ_GATEWAY_ERROR_REJECTED },
    { "FORBIDDEN", "MISSING_SCOPE", MZ_GATEWAY_ERROR_REJECTED },
    { "SOMETHING_NEW", NULL, MZ_GATEWAY_ERROR_REMOTE },
    { "SOMETHING_NEW", "SOMETHING_ELSE", MZ_GATEWAY_ERROR_REMOTE },
    { "XAUTH_TOKEN_MISSING", NULL, MZ_GATEWAY_ERROR_REMOTE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonObject) object = json_object_new ();
      JsonObject *details = json_object_new ();

      json_object_set_string_member (object, "code", cases[i].code);
      /* The words of a message must not count. */
      json_object_set_string_member (object, "message", "pairing required: AUTH_TOKEN_MISMATCH rate limited");
      if (cases[i].detail != NULL)
        json_object_set_string_member (details, "code", cases[i].detail);
      json_object_set_object_member (object, "details", details);
      g_test_message ("%s %s", cases[i].code, cases[i].detail != NULL ? cases[i].detail : "-");
      g_assert_cmpint (mz_gateway_error_classify_connect (object), ==, cases[i].expected);
    }
  g_assert_cmpint (mz_gateway_error_classify_connect (NULL), ==, MZ_GATEWAY_ERROR_REMOTE);
}

static void
test_other_kinds (void)
{
  g_autoptr (GError) http = mz_gateway_error_new_http (MZ_GATEWAY_ERROR_HTTP_STATUS, 502, "Bad Gateway");
  g_autoptr (GError) wordless = mz_gateway_error_new_http (MZ_GATEWAY_ERROR_HTTP_STATUS, 404, NULL);
  g_autoptr (GError) closed = mz_gateway_error_new_closed (1012, "service restart\r\n");
  g_autoptr (GError) silent = mz_gateway_error_new_closed (1006, NULL);
  g_autoptr (GError) invalid = mz_gateway_error_new_closed (1008, "bad \xff byte");
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "x");

  g_assert_error (http, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_HTTP_STATUS);
  g_assert_cmpuint (mz_gateway_error_get_http_status (http), ==, 502);
  g_assert_cmpstr (http->message, ==, "Bad Gateway");
  g_assert_nonnull (strstr (wordless->message, "404"));
  g_assert_error (closed, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED);
  g_assert_cmpuint (mz_gateway_error_get_close_code (closed), ==, 1012);
  g_assert_cmpstr (mz_gateway_error_get_reason (closed), ==, "service restart");
  g_assert_nonnull (strstr (closed->message, "1012: service restart"));
  g_assert_cmpuint (mz_gateway_error_get_close_code (silent), ==, 1006);
  g_assert_null (mz_gateway_error_get_reason (silent));
  g_assert_cmpstr (mz_gateway_error_get_reason (invalid), ==, "bad");

  /* Any domain, and none. */
  g_assert_null (mz_gateway_error_get_code (foreign));
  g_assert_cmpuint (mz_gateway_error_get_close_code (foreign), ==, 0);
  g_assert_null (mz_gateway_error_get_request_id (NULL));
  g_assert_cmpuint (mz_gateway_error_get_http_status (NULL), ==, 0);
}

static void
test_no_answer (void)
{
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "x");

  for (MzGatewayError code = 0; code <= MZ_GATEWAY_ERROR_FAILED; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (MZ_GATEWAY_ERROR, code, "x");
      gboolean lost = code == MZ_GATEWAY_ERROR_NOT_CONNECTED || code == MZ_GATEWAY_ERROR_CLOSED;

      g_assert_true (mz_gateway_error_is_no_connection (error) == lost);
      g_assert_true (mz_gateway_error_is_no_answer (error) == (lost || code == MZ_GATEWAY_ERROR_TIMED_OUT));
    }
  g_assert_false (mz_gateway_error_is_no_answer (foreign));
  g_assert_false (mz_gateway_error_is_no_answer (NULL));
}

static void
test_names (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (MzGatewayError code = 0; code <= MZ_GATEWAY_ERROR_FAILED; code++)
    g_assert_true (g_hash_table_add (seen, (gpointer) mz_gateway_error_to_string (code)));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/gateway-error/remote", test_remote);
  g_test_add_func ("/gateway-error/members", test_members);
  g_test_add_func ("/gateway-error/hostile", test_hostile);
  g_test_add_func ("/gateway-error/message", test_message);
  g_test_add_func ("/gateway-error/request-ids", test_request_ids);
  g_test_add_func ("/gateway-error/classify", test_classify);
  g_test_add_func ("/gateway-error/other-kinds", test_other_kinds);
  g_test_add_func ("/gateway-error/no-answer", test_no_answer);
  g_test_add_func ("/gateway-error/names", test_names);
  return g_test_run ();
}
