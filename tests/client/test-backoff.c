/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-backoff.h"
#include "mz-json.h"
#include "mz-net-error.h"

static void
test_delay (void)
{
  static const struct { guint failures; guint ceiling_ms; } rows[] = {
    { 0, 1000 }, { 1, 1000 }, { 2, 2000 }, { 3, 4000 }, { 4, 8000 }, { 5, 16000 }, { 6, 30000 }, { 7, 30000 }, { 100, 30000 },
    { G_MAXUINT, 30000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpuint (mz_backoff_delay_ms (rows[i].failures, 0.0), ==, 100);
      g_assert_cmpuint (mz_backoff_delay_ms (rows[i].failures, 0.5), ==, rows[i].ceiling_ms / 2);
      g_assert_cmpuint (mz_backoff_delay_ms (rows[i].failures, 0.9999999), <=, rows[i].ceiling_ms);
      g_assert_cmpuint (mz_backoff_delay_ms (rows[i].failures, 0.9999999), >=, rows[i].ceiling_ms - 1);
    }
}

typedef struct
{
  const char *name;
  int gateway_code;             /* or -1 */
  int net_code;                 /* or -1 */
  const char *remote;           /* the gateway's error object */
  guint http_status;
  guint close_code;
  gboolean was_ready;
  gint64 restart_expected_ms;
  MzReconnectAction action;
  guint min_ms;
  guint max_ms;
} Row;

#define GATEWAY(code) MZ_GATEWAY_ERROR_##code, -1
#define NET(code) -1, MZ_NET_ERROR_##code

static const Row rows[] = {
  { "starting, told", GATEWAY (STARTING), "{\"code\":\"UNAVAILABLE\",\"retryAfterMs\":700}", 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 700, 700 },
  { "starting, not told", GATEWAY (STARTING), "{\"code\":\"UNAVAILABLE\"}", 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 500, 500 },
  { "starting, for ever", GATEWAY (STARTING), "{\"retryAfterMs\":99999999999}", 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 3600000, 3600000 },
  { "starting, negative", GATEWAY (STARTING), "{\"retryAfterMs\":-5}", 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 500, 500 },
  { "rate limited, told", GATEWAY (RATE_LIMITED), "{\"retryAfterMs\":12000}", 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 12000, 12000 },
  { "rate limited, two hours", GATEWAY (RATE_LIMITED), "{\"retryAfterMs\":7200000}", 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 7200000, 7200000 },
  { "starting, at once", GATEWAY (STARTING), "{\"retryAfterMs\":1}", 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 100, 100 },
  { "pairing, paused but to wait", GATEWAY (PAIRING), "{\"details\":{\"pauseReconnect\":true,\"recommendedNextStep\":\"wait_then_retry\"}}", 0, 0, FALSE, -1,
    MZ_RECONNECT_RETRY, 3000, 4000 },
  { "rate limited, not told", GATEWAY (RATE_LIMITED), "{}", 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 60000, 60000 },
  { "pairing", GATEWAY (PAIRING), "{\"details\":{\"code\":\"PAIRING_REQUIRED\"}}", 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 3000, 4000 },
  { "pairing, paused", GATEWAY (PAIRING), "{\"details\":{\"pauseReconnect\":true}}", 0, 0, FALSE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "wrong token", GATEWAY (AUTH), "{\"details\":{\"code\":\"AUTH_TOKEN_MISMATCH\"}}", 0, 0, TRUE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "no token", GATEWAY (AUTH), "{\"details\":{\"code\":\"AUTH_TOKEN_MISSING\"}}", 0, 0, FALSE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "protocol", GATEWAY (PROTOCOL), NULL, 0, 0, TRUE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "rejected", GATEWAY (REJECTED), NULL, 0, 0, TRUE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "consent", GATEWAY (PLAINTEXT_CONSENT), NULL, 0, 0, TRUE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "identity", GATEWAY (IDENTITY), NULL, 0, 0, TRUE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "404 of a stranger", GATEWAY (HTTP_STATUS), NULL, 404, 0, FALSE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "302 of a stranger", GATEWAY (HTTP_STATUS), NULL, 302, 0, FALSE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "404 of our gateway's proxy", GATEWAY (HTTP_STATUS), NULL, 404, 0, TRUE, -1, MZ_RECONNECT_RETRY, 100, 1000 },
  { "502", GATEWAY (HTTP_STATUS), NULL, 502, 0, FALSE, -1, MZ_RECONNECT_RETRY, 100, 1000 },
  { "503", GATEWAY (HTTP_STATUS), NULL, 503, 0, FALSE, -1, MZ_RECONNECT_RETRY, 100, 1000 },
  { "504", GATEWAY (HTTP_STATUS), NULL, 504, 0, FALSE, -1, MZ_RECONNECT_RETRY, 100, 1000 },
  { "garbage of a stranger", GATEWAY (NOT_WEBSOCKET), NULL, 0, 0, FALSE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "not a gateway", GATEWAY (NOT_A_GATEWAY), NULL, 0, 0, FALSE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "dropped", GATEWAY (CLOSED), NULL, 0, 1006, TRUE, -1, MZ_RECONNECT_RETRY, 100, 1000 },
  { "restart", GATEWAY (CLOSED), NULL, 0, 1012, TRUE, -1, MZ_RECONNECT_RETRY, 100, 1000 },
  { "restart, announced", GATEWAY (CLOSED), NULL, 0, 1012, TRUE, 5000, MZ_RECONNECT_RETRY, 5100, 6000 },
  { "silence", GATEWAY (TIMED_OUT), NULL, 0, 0, TRUE, -1, MZ_RECONNECT_RETRY, 100, 1000 },
  { "bad frame", GATEWAY (BAD_FRAME), NULL, 0, 0, TRUE, -1, MZ_RECONNECT_RETRY, 100, 1000 },
  { "unknown answer", GATEWAY (REMOTE), "{\"code\":\"NEW_THING\"}", 0, 0, FALSE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "unknown answer, retryable", GATEWAY (REMOTE), "{\"code\":\"NEW_THING\",\"retryable\":true,\"retryAfterMs\":250}", 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 250, 250 },
  { "name not found", NET (NAME_NOT_FOUND), NULL, 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 100, 1000 },
  { "refused", NET (REFUSED), NULL, 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 100, 1000 },
  { "unreachable", NET (UNREACHABLE), NULL, 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 100, 1000 },
  { "timed out", NET (TIMED_OUT), NULL, 0, 0, FALSE, -1, MZ_RECONNECT_RETRY, 100, 1000 },
  { "untrusted", NET (TLS_UNTRUSTED), NULL, 0, 0, TRUE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "pin", NET (TLS_PIN_MISMATCH), NULL, 0, 0, TRUE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "wrong name", NET (TLS_NAME), NULL, 0, 0, TRUE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "expired", NET (TLS_EXPIRED), NULL, 0, 0, TRUE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "no TLS there", NET (NOT_TLS), NULL, 0, 0, FALSE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "bad address", NET (INVALID_ADDRESS), NULL, 0, 0, FALSE, -1, MZ_RECONNECT_STOP, 0, 0 },
  { "cancelled", NET (CANCELLED), NULL, 0, 0, FALSE, -1, MZ_RECONNECT_STOP, 0, 0 },
};

static GError *
make_error (const Row *row)
{
  if (row->net_code >= 0)
    return g_error_new_literal (MZ_NET_ERROR, row->net_code, "net");

  if (row->remote != NULL)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = mz_json_parse (row->remote, strlen (row->remote), 10000, &error);

      g_assert_no_error (error);

      return mz_gateway_error_new_remote (row->gateway_code, mz_json_node_object (node));
    }

  if (row->http_status != 0)
    return mz_gateway_error_new_http (row->gateway_code, row->http_status, "http");

  if (row->close_code != 0)
    return mz_gateway_error_new_closed (row->close_code, NULL);

  return g_error_new_literal (MZ_GATEWAY_ERROR, row->gateway_code, "gateway");
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      g_autoptr (GError) error = make_error (row);

      for (double random = 0.0; random < 1.0; random += 0.24)
        {
          MzReconnectInput input = {
            .error = error, .failures = 1, .was_ready = row->was_ready, .restart_expected_ms = row->restart_expected_ms, .random = random,
          };
          MzReconnectDecision decision = mz_reconnect_decide (&input);

          g_test_message ("%s", row->name);
          g_assert_cmpint (decision.action, ==, row->action);
          g_assert_cmpuint (decision.delay_ms, >=, row->min_ms);
          g_assert_cmpuint (decision.delay_ms, <=, row->max_ms);
        }
    }
}

/* A restart is waited for as told; the same again and again is no restart any more. */
static void
test_restarts (void)
{
  g_autoptr (GError) error = mz_gateway_error_new_closed (1012, "service restart");

  for (guint failures = 1; failures <= 8; failures++)
    {
      MzReconnectInput input = { .error = error, .failures = failures, .was_ready = TRUE, .restart_expected_ms = 200, .random = 0.999 };
      MzReconnectDecision told = mz_reconnect_decide (&input);
      MzReconnectDecision untold;

      input.restart_expected_ms = -1;
      untold = mz_reconnect_decide (&input);
      g_assert_cmpint (told.action, ==, MZ_RECONNECT_RETRY);
      g_assert_cmpuint (told.delay_ms, ==, untold.delay_ms + 200);
      g_assert_cmpuint (untold.delay_ms, ==, mz_backoff_delay_ms (failures < 3 ? 1 : failures, 0.999));
    }
}

/* Every combination: at most one retry by device token, and never in a loop. */
static void
test_device_token (void)
{
  static const char * const details[] = {
    "{\"details\":{\"code\":\"AUTH_TOKEN_MISMATCH\",\"canRetryWithDeviceToken\":true}}",
    "{\"details\":{\"code\":\"AUTH_TOKEN_MISMATCH\",\"recommendedNextStep\":\"retry_with_device_token\"}}",
    "{\"details\":{\"code\":\"AUTH_TOKEN_MISMATCH\"}}",
    "{\"details\":{\"code\":\"AUTH_DEVICE_TOKEN_MISMATCH\"}}",
  };

  for (guint d = 0; d < G_N_ELEMENTS (details); d++)
    for (guint bits = 0; bits < 32; bits++)
      {
        g_autoptr (JsonNode) node = mz_json_parse (details[d], strlen (details[d]), 10000, NULL);
        g_autoptr (GError) error = mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_AUTH, mz_json_node_object (node));
        MzReconnectInput input = {
          .error = error,
          .failures = 1,
          .restart_expected_ms = -1,
          .sent_device_token = (bits & 1) != 0,
          .has_device_token = (bits & 2) != 0,
          .has_shared_secret = (bits & 4) != 0,
          .trusted_endpoint = (bits & 8) != 0,
          .device_token_retried = (bits & 16) != 0,
        };
        MzReconnectAction expected = MZ_RECONNECT_STOP;

        if (!input.device_token_retried)
          {
            if (d < 2 && !input.sent_device_token && input.has_device_token && input.has_shared_secret && input.trusted_endpoint)
              expected = MZ_RECONNECT_ADD_DEVICE_TOKEN;
            else if (d == 3 && input.sent_device_token && input.has_shared_secret)
              expected = MZ_RECONNECT_DROP_DEVICE_TOKEN;
          }

        g_assert_cmpint (mz_reconnect_decide (&input).action, ==, expected);
      }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/backoff/delay", test_delay);
  g_test_add_func ("/backoff/table", test_table);
  g_test_add_func ("/backoff/restarts", test_restarts);
  g_test_add_func ("/backoff/device-token", test_device_token);

  return g_test_run ();
}
