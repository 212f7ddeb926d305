/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* MzClient against the embedded gateway: every state, every fault. */

#include "config.h"

#include "client-fixture.h"

static void
request_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Fixture *fixture = user_data;

  fixture->n_done++;
  g_clear_pointer (&fixture->answer, json_node_unref);
  g_clear_error (&fixture->error);
  fixture->answer = mz_client_request_finish (MZ_CLIENT (source), result, &fixture->error);
}

static JsonNode *
object_node (const char *name,
             const char *value)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  if (name != NULL)
    json_object_set_string_member (object, name, value);
  json_node_set_object (node, object);

  return node;
}

static void
request (Fixture    *fixture,
         const char *method,
         JsonNode   *params)
{
  guint before = fixture->n_done;

  mz_client_request_async (fixture->client, method, params, 0, NULL, request_cb, fixture);
  wait_until (fixture, fixture->n_done > before);
}

static void
test_ready (Fixture       *fixture,
            gconstpointer  data)
{
  guint protocol = GPOINTER_TO_UINT (data);
  MzTrace *trace;
  MzTraceAttempt *attempt;

  mz_demo_gateway_set_protocol (fixture->gateway, protocol);
  mz_demo_gateway_set_auth (fixture->gateway, MZ_DEMO_AUTH_TOKEN, TOKEN);
  start (fixture, TOKEN, NULL);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_CONNECTING);
  wait_ready (fixture);

  g_assert_cmpuint (mz_hello_get_protocol (mz_client_get_hello (fixture->client)), ==, protocol);
  g_assert_true (mz_client_has_method (fixture->client, "chat.send"));
  g_assert_false (mz_client_has_method (fixture->client, "no.such.method"));

  trace = mz_client_get_trace (fixture->client);
  g_assert_cmpuint (mz_trace_get_n_attempts (trace), ==, 1);
  attempt = mz_trace_get_attempt (trace, 0);
  g_assert_true (mz_trace_get_winner (trace) == attempt);
  g_assert_cmpuint (mz_trace_get_server_protocol (trace), ==, protocol);
  g_assert_cmpint (mz_trace_get_ready_us (trace), >, mz_trace_get_start_us (trace));

  for (MzPhase phase = MZ_PHASE_RESOLVE; phase <= MZ_PHASE_HELLO; phase++)
    g_assert_cmpint (mz_trace_attempt_reached (attempt, phase), ==, phase != MZ_PHASE_TLS);

  request (fixture, "sessions.list", object_node (NULL, NULL));
  g_assert_no_error (fixture->error);
  g_assert_nonnull (mz_json_node_object (fixture->answer));

  request (fixture, "no.such.method", NULL);
  g_assert_error (fixture->error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_REMOTE);
}

static void
test_password (Fixture       *fixture,
               gconstpointer  data)
{
  mz_demo_gateway_set_auth (fixture->gateway, MZ_DEMO_AUTH_PASSWORD, TOKEN);
  start (fixture, NULL, TOKEN);
  wait_ready (fixture);
}

static void
test_wrong_token (Fixture       *fixture,
                  gconstpointer  data)
{
  mz_demo_gateway_set_auth (fixture->gateway, MZ_DEMO_AUTH_TOKEN, TOKEN);
  start (fixture, data, NULL);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);

  g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_AUTH);
  g_assert_cmpint (mz_client_get_retry_at (fixture->client), ==, 0);

  /* One try, no loop. */
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->gateway), ==, 1);
}

/* The device token that came with the first login is enough for the second; when it is void, the shared token helps once. */
static void
test_device_token (Fixture       *fixture,
                   gconstpointer  data)
{
  g_auto (GStrv) gateways = NULL;

  mz_demo_gateway_set_auth (fixture->gateway, MZ_DEMO_AUTH_TOKEN, TOKEN);
  start (fixture, TOKEN, NULL);
  wait_ready (fixture);
  gateways = mz_identity_list_gateways (fixture->identity);
  g_assert_cmpuint (g_strv_length (gateways), ==, 1);
  stop (fixture);

  mz_client_set_credentials (fixture->client, NULL, NULL);
  mz_client_start (fixture->client);
  wait_ready (fixture);
  stop (fixture);

  mz_identity_set_device_token (fixture->identity, gateways[0], "void-and-no-longer-known");
  mz_client_start (fixture->client);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);
  g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_AUTH);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->gateway), ==, 3);
}

static void
test_pairing (Fixture       *fixture,
              gconstpointer  data)
{
  mz_demo_gateway_set_pairing (fixture->gateway, TRUE);
  start (fixture, NULL, NULL);
  wait_until (fixture, mz_client_get_error (fixture->client) != NULL);

  g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_PAIRING);
  g_assert_nonnull (mz_gateway_error_get_request_id (mz_client_get_error (fixture->client)));

  /* It goes on by itself once somebody has approved. */
  g_assert_true (mz_demo_gateway_approve_pairing (fixture->gateway, mz_gateway_error_get_request_id (mz_client_get_error (fixture->client))));
  mz_client_retry_now (fixture->client);
  wait_ready (fixture);
}

static void
test_no_login (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzEndpoint) endpoint = NULL;
  MzTraceAttempt *attempt;

  mz_demo_gateway_start (fixture->gateway, 0, &error);
  g_assert_no_error (error);
  endpoint = mz_endpoint_parse (mz_demo_gateway_get_url (fixture->gateway), &error);
  fixture->client = mz_client_new (endpoint, fixture->identity, fixture->options);
  mz_client_set_login (fixture->client, FALSE);
  mz_client_start (fixture->client);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);

  g_assert_no_error (mz_client_get_error (fixture->client));
  attempt = mz_trace_get_winner (mz_client_get_trace (fixture->client));
  g_assert_true (mz_trace_attempt_reached (attempt, MZ_PHASE_CHALLENGE));
  g_assert_null (mz_trace_attempt_find_phase (attempt, MZ_PHASE_HELLO));
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->gateway), ==, 0);
}

/* Dropped TCP: whoever waits is told why, and the client comes back by itself. */
static void
test_drop (Fixture       *fixture,
           gconstpointer  data)
{
  start (fixture, NULL, NULL);
  wait_ready (fixture);

  mz_client_request_async (fixture->client, "chat.history", object_node ("sessionKey", "main"), 0, NULL, request_cb, fixture);
  mz_demo_gateway_drop_all (fixture->gateway);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  wait_until (fixture, fixture->n_done == 1);
  g_assert_error (fixture->error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED);
  g_assert_cmpuint (mz_gateway_error_get_close_code (fixture->error), ==, 1006);
  g_assert_cmpint (mz_client_get_retry_at (fixture->client), >, 0);

  request (fixture, "sessions.list", NULL);
  g_assert_error (fixture->error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED);

  wait_ready (fixture);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->gateway), ==, 2);
}

static void
test_starting (Fixture       *fixture,
               gconstpointer  data)
{
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_STARTING);
  start (fixture, NULL, NULL);
  wait_until (fixture, mz_client_get_error (fixture->client) != NULL);
  g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_STARTING);
  g_assert_cmpint (mz_gateway_error_get_retry_after_ms (mz_client_get_error (fixture->client)), >, 0);
  wait_ready (fixture);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->gateway), >=, 2);
}

static void
test_stall (Fixture       *fixture,
            gconstpointer  data)
{
  fixture->options->budgets.phase_ms[MZ_PHASE_CHALLENGE] = 150;
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_STALL);
  start (fixture, NULL, NULL);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);
  g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_A_GATEWAY);
  g_assert_cmpint (mz_trace_attempt_find_phase (mz_trace_get_winner (mz_client_get_trace (fixture->client)), MZ_PHASE_CHALLENGE)->state,
                   ==, MZ_PHASE_FAILED);
}

static void
test_silence (Fixture       *fixture,
              gconstpointer  data)
{
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_STALL_READY);
  mz_demo_gateway_set_tick_ms (fixture->gateway, 1000);
  start (fixture, NULL, NULL);
  wait_ready (fixture);

  /* Twice the tick interval. */
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TIMED_OUT);
}

static void
test_garbage (Fixture       *fixture,
              gconstpointer  data)
{
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_GARBAGE);
  start (fixture, NULL, NULL);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);
  g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_A_GATEWAY);
}

typedef struct
{
  MzDemoFault fault;
  MzGatewayError code;
  guint close_code;
} ReadyFault;

/* After hello-ok something goes wrong: an error with its reason, then another try. */
static void
test_ready_fault (Fixture       *fixture,
                  gconstpointer  data)
{
  const ReadyFault *row = data;

  if (row->close_code != 0)
    mz_demo_gateway_set_close_code (fixture->gateway, row->close_code);
  mz_demo_gateway_set_fault (fixture->gateway, row->fault);
  start (fixture, NULL, NULL);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, (int) row->code);
  if (row->close_code != 0)
    g_assert_cmpuint (mz_gateway_error_get_close_code (mz_client_get_error (fixture->client)), ==, row->close_code);

  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_NONE);
  mz_client_retry_now (fixture->client);
  wait_ready (fixture);
}

static void
test_protocol_mismatch (Fixture       *fixture,
                        gconstpointer  data)
{
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_PROTOCOL_MISMATCH);
  start (fixture, NULL, NULL);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);
  g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_PROTOCOL);
}

static void
test_rate_limited (Fixture       *fixture,
                   gconstpointer  data)
{
  gint64 wait_ms;

  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_RATE_LIMITED);
  start (fixture, NULL, NULL);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_RATE_LIMITED);

  wait_ms = (mz_client_get_retry_at (fixture->client) - g_get_monotonic_time ()) / G_TIME_SPAN_MILLISECOND;
  g_assert_cmpint (wait_ms, <=, mz_gateway_error_get_retry_after_ms (mz_client_get_error (fixture->client)));
  g_assert_cmpint (wait_ms, >, mz_gateway_error_get_retry_after_ms (mz_client_get_error (fixture->client)) - 1000);
}

/* Over policy.maxPayload: an error, and nothing on the wire. */
static void
test_too_large (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *big = g_strnfill (70000, 'x');

  mz_demo_gateway_set_max_payload (fixture->gateway, 65536);
  start (fixture, NULL, NULL);
  wait_ready (fixture);

  request (fixture, "chat.send", object_node ("message", big));
  g_assert_error (fixture->error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE);
  g_assert_cmpuint (mz_client_get_n_pending (fixture->client), ==, 0);

  request (fixture, "sessions.list", NULL);
  g_assert_no_error (fixture->error);
}

static void
test_cancel_request (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  start (fixture, NULL, NULL);
  wait_ready (fixture);
  mz_client_request_async (fixture->client, "sessions.list", NULL, 0, cancellable, request_cb, fixture);
  g_cancellable_cancel (cancellable);
  wait_until (fixture, fixture->n_done == 1);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  request (fixture, "sessions.list", NULL);
  g_assert_no_error (fixture->error);
}

/* Stopped in the middle of a dial, and with requests under way. */
static void
test_stop (Fixture       *fixture,
           gconstpointer  data)
{
  start (fixture, NULL, NULL);
  stop (fixture);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_OFFLINE);

  mz_client_start (fixture->client);
  wait_ready (fixture);
  mz_client_request_async (fixture->client, "sessions.list", NULL, 0, NULL, request_cb, fixture);
  stop (fixture);
  wait_until (fixture, fixture->n_done == 1);
  g_assert_error (fixture->error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED);
  wait_until (fixture, mz_demo_gateway_get_n_connections (fixture->gateway) == 0);
}

/* The gateway goes away and comes back on the same port. */
static void
test_restart (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  guint16 port;

  start (fixture, NULL, NULL);
  wait_ready (fixture);
  port = mz_demo_gateway_get_port (fixture->gateway);

  mz_demo_gateway_stop (fixture->gateway);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  mz_client_retry_now (fixture->client);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  g_assert_error (mz_client_get_error (fixture->client), MZ_NET_ERROR, MZ_NET_ERROR_REFUSED);

  mz_demo_gateway_start (fixture->gateway, port, &error);
  g_assert_no_error (error);
  wait_ready (fixture);
}

static void
retry_on_error_cb (MzClient *client)
{
  if (mz_client_get_error (client) != NULL)
    mz_client_retry_now (client);
}

/* Whoever hears of the failure tries again at once: that is one connection, not two. */
static void
test_retry_from_notify (Fixture       *fixture,
                        gconstpointer  data)
{
  gulong id;

  start (fixture, NULL, NULL);
  wait_ready (fixture);
  id = g_signal_connect (fixture->client, data, G_CALLBACK (retry_on_error_cb), NULL);
  mz_demo_gateway_drop_all (fixture->gateway);
  wait_until (fixture, mz_demo_gateway_get_n_connects (fixture->gateway) == 2 && state (fixture) == MZ_CLIENT_READY);
  g_signal_handler_disconnect (fixture->client, id);

  /* A second one would log in before this answer comes. */
  request (fixture, "sessions.list", NULL);
  g_assert_no_error (fixture->error);
  g_assert_cmpint (mz_client_get_retry_at (fixture->client), ==, 0);
  g_assert_cmpuint (mz_demo_gateway_get_n_connections (fixture->gateway), ==, 1);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->gateway), ==, 2);
}

static void
stop_on_error_cb (MzClient   *client,
                  GParamSpec *pspec,
                  Fixture    *fixture)
{
  if (mz_client_get_error (client) != NULL)
    mz_client_stop_async (client, NULL, stop_cb, fixture);
}

/* Whoever hears of the failure stops: it stays stopped. */
static void
test_stop_from_notify (Fixture       *fixture,
                       gconstpointer  data)
{
  gulong id;

  start (fixture, NULL, NULL);
  wait_ready (fixture);
  id = g_signal_connect (fixture->client, data, G_CALLBACK (stop_on_error_cb), fixture);
  mz_demo_gateway_drop_all (fixture->gateway);
  wait_until (fixture, fixture->stopped);
  g_signal_handler_disconnect (fixture->client, id);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_OFFLINE);
  g_assert_cmpint (mz_client_get_retry_at (fixture->client), ==, 0);
}

static void
request_again_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, NULL);

  g_assert_null (answer);
  mz_client_request_async (MZ_CLIENT (source), "sessions.list", NULL, 0, NULL, request_cb, user_data);
}

/* A waiter that is told of the end and asks again at once gets an answer, too. */
static void
test_request_while_stopping (Fixture       *fixture,
                             gconstpointer  data)
{
  start (fixture, NULL, NULL);
  wait_ready (fixture);
  mz_client_request_async (fixture->client, "sessions.list", NULL, 0, NULL, request_again_cb, fixture);
  stop (fixture);
  wait_until (fixture, fixture->n_done == 1);
  g_assert_error (fixture->error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED);
}

static void
test_start_while_stopping (Fixture       *fixture,
                           gconstpointer  data)
{
  start (fixture, NULL, NULL);
  wait_ready (fixture);
  mz_client_stop_async (fixture->client, NULL, stop_cb, fixture);
  mz_client_start (fixture->client);
  wait_until (fixture, fixture->stopped);
  wait_ready (fixture);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->gateway), ==, 2);
}

/* Logged in and dropped at once, again and again: each counts, though hello-ok came each time. */
static void
test_flapping (Fixture       *fixture,
               gconstpointer  data)
{
  mz_demo_gateway_set_close_code (fixture->gateway, 1001);
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_CLOSE);
  start (fixture, NULL, NULL);

  for (guint i = 1; i <= 3; i++)
    {
      wait_until (fixture, mz_demo_gateway_get_n_connects (fixture->gateway) == i && state (fixture) == MZ_CLIENT_WAITING);
      g_assert_cmpuint (mz_client_get_failures (fixture->client), ==, i);
    }
}

int
main (int   argc,
      char *argv[])
{
  static const ReadyFault oversized = { MZ_DEMO_FAULT_OVERSIZED, MZ_GATEWAY_ERROR_CLOSED, 1009 };
  static const ReadyFault close_1001 = { MZ_DEMO_FAULT_CLOSE, MZ_GATEWAY_ERROR_CLOSED, 1001 };
  static const ReadyFault close_1008 = { MZ_DEMO_FAULT_CLOSE, MZ_GATEWAY_ERROR_CLOSED, 1008 };
  static const ReadyFault close_1012 = { MZ_DEMO_FAULT_CLOSE, MZ_GATEWAY_ERROR_CLOSED, 1012 };
  static const ReadyFault shutdown = { MZ_DEMO_FAULT_SHUTDOWN, MZ_GATEWAY_ERROR_CLOSED, 1012 };
  static const ReadyFault garbage = { MZ_DEMO_FAULT_GARBAGE_READY, MZ_GATEWAY_ERROR_BAD_FRAME, 0 };
  static const ReadyFault deep = { MZ_DEMO_FAULT_DEEP, MZ_GATEWAY_ERROR_BAD_FRAME, 0 };

  g_test_init (&argc, &argv, NULL);

#define ADD(path, data, function) g_test_add ("/client/" path, Fixture, data, set_up, function, tear_down)
  ADD ("ready/4", GUINT_TO_POINTER (4), test_ready);
  ADD ("ready/3", GUINT_TO_POINTER (3), test_ready);
  ADD ("password", NULL, test_password);
  ADD ("token/wrong", "not-the-token", test_wrong_token);
  ADD ("token/missing", NULL, test_wrong_token);
  ADD ("device-token", NULL, test_device_token);
  ADD ("pairing", NULL, test_pairing);
  ADD ("no-login", NULL, test_no_login);
  ADD ("drop", NULL, test_drop);
  ADD ("starting", NULL, test_starting);
  ADD ("stall", NULL, test_stall);
  ADD ("silence", NULL, test_silence);
  ADD ("garbage", NULL, test_garbage);
  ADD ("fault/oversized", &oversized, test_ready_fault);
  ADD ("fault/close-1001", &close_1001, test_ready_fault);
  ADD ("fault/close-1008", &close_1008, test_ready_fault);
  ADD ("fault/close-1012", &close_1012, test_ready_fault);
  ADD ("fault/shutdown", &shutdown, test_ready_fault);
  ADD ("fault/garbage", &garbage, test_ready_fault);
  ADD ("fault/deep", &deep, test_ready_fault);
  ADD ("protocol-mismatch", NULL, test_protocol_mismatch);
  ADD ("rate-limited", NULL, test_rate_limited);
  ADD ("too-large", NULL, test_too_large);
  ADD ("cancel-request", NULL, test_cancel_request);
  ADD ("stop", NULL, test_stop);
  ADD ("restart", NULL, test_restart);
  ADD ("reentrant/retry-on-error", "notify::error", test_retry_from_notify);
  ADD ("reentrant/retry-on-hello", "notify::hello", test_retry_from_notify);
  ADD ("reentrant/retry-on-retry-at", "notify::retry-at", test_retry_from_notify);
  ADD ("reentrant/stop-on-error", "notify::error", test_stop_from_notify);
  ADD ("reentrant/stop-on-state", "notify::state", test_stop_from_notify);
  ADD ("request-while-stopping", NULL, test_request_while_stopping);
  ADD ("start-while-stopping", NULL, test_start_while_stopping);
  ADD ("flapping", NULL, test_flapping);

  return g_test_run ();
}
