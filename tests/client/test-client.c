/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* MzClient against the embedded gateway: every state, every fault. */

#include "config.h"

#include "client-fixture.h"
#include "mz-tls-database.h"
#include "mz-tls-policy.h"

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

static GTlsCertificate *
load_certificate (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *certificate_name = g_strconcat (name, ".pem", NULL);
  g_autofree char *key_name = g_strconcat (name, "-key.pem", NULL);
  g_autofree char *certificate_path = g_test_build_filename (G_TEST_DIST, "net", "certs", certificate_name, NULL);
  g_autofree char *key_path = g_test_build_filename (G_TEST_DIST, "net", "certs", key_name, NULL);
  GTlsCertificate *certificate = g_tls_certificate_new_from_files (certificate_path, key_path, &error);

  g_assert_no_error (error);

  return certificate;
}

static void
test_tls_pinned (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GTlsCertificate) certificate = load_certificate ("self-signed");
  MzTraceAttempt *attempt;

  mz_demo_gateway_set_certificate (fixture->gateway, certificate);
  fixture->options->pin = mz_tls_fingerprint (certificate);
  start (fixture, NULL, NULL);
  wait_ready (fixture);

  attempt = mz_trace_get_winner (mz_client_get_trace (fixture->client));
  g_assert_cmpint (mz_trace_attempt_get_scheme (attempt), ==, MZ_SCHEME_WSS);
  g_assert_true (mz_trace_attempt_reached (attempt, MZ_PHASE_TLS));
  g_assert_cmpstr (mz_trace_attempt_get_fingerprint (attempt), ==, fixture->options->pin);
  g_assert_nonnull (mz_trace_attempt_get_tls_version (attempt));
}

static void
test_tls_pin_mismatch (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (GTlsCertificate) certificate = load_certificate ("self-signed");

  mz_demo_gateway_set_certificate (fixture->gateway, certificate);
  fixture->options->pin = g_strnfill (64, 'a');
  start (fixture, NULL, NULL);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);
  g_assert_error (mz_client_get_error (fixture->client), MZ_NET_ERROR, MZ_NET_ERROR_TLS_PIN_MISMATCH);

  /* It ended in the handshake: the upgrade was never asked for. */
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (fixture->gateway), ==, 0);
}

static void
test_tls_untrusted (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GTlsCertificate) certificate = load_certificate ("self-signed");

  mz_demo_gateway_set_certificate (fixture->gateway, certificate);
  start (fixture, NULL, NULL);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);
  g_assert_error (mz_client_get_error (fixture->client), MZ_NET_ERROR, MZ_NET_ERROR_TLS_UNTRUSTED);
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (fixture->gateway), ==, 0);
}

typedef struct
{
  const char *certificate;
  int error;                    /* or -1 */
} Authority;

/* An authority of one's own instead of the system's: names and dates still count. */
static void
test_tls_authority (Fixture       *fixture,
                    gconstpointer  data)
{
  const Authority *row = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = load_certificate (row->certificate);
  g_autofree char *ca_path = g_test_build_filename (G_TEST_DIST, "net", "certs", "ca.pem", NULL);

  mz_demo_gateway_set_certificate (fixture->gateway, certificate);
  fixture->options->ca_database = g_tls_file_database_new (ca_path, &error);
  g_assert_no_error (error);
  start (fixture, NULL, NULL);

  if (row->error < 0)
    {
      wait_ready (fixture);
      return;
    }

  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);
  g_assert_error (mz_client_get_error (fixture->client), MZ_NET_ERROR, row->error);
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (fixture->gateway), ==, 0);
}

/* ws:// typed for a port that speaks TLS: found out, and kept for the next dial. */
static void
test_needs_wss (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = load_certificate ("self-signed");
  g_autoptr (MzEndpoint) endpoint = NULL;
  g_autofree char *url = NULL;

  mz_demo_gateway_set_certificate (fixture->gateway, certificate);
  fixture->options->pin = mz_tls_fingerprint (certificate);
  mz_demo_gateway_start (fixture->gateway, 0, &error);
  g_assert_no_error (error);

  url = g_strdup_printf ("ws://127.0.0.1:%u", mz_demo_gateway_get_port (fixture->gateway));
  endpoint = mz_endpoint_parse (url, &error);
  g_assert_no_error (error);
  fixture->client = mz_client_new (endpoint, fixture->identity, fixture->options);
  mz_client_start (fixture->client);
  wait_ready (fixture);
  g_assert_cmpuint (mz_trace_get_n_attempts (mz_client_get_trace (fixture->client)), ==, 2);

  stop (fixture);
  mz_client_start (fixture->client);
  wait_ready (fixture);
  g_assert_cmpuint (mz_trace_get_n_attempts (mz_client_get_trace (fixture->client)), ==, 1);
}

static void
spliced_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_io_stream_splice_finish (result, NULL);
  *(gboolean *) user_data = TRUE;
}

/* What a plaintext gateway does when TLS knocks: Node's server, the real one's, answers 400 at once. The embedded one would wait for the
 * end of a line, so it gets this in front of it. */
static gboolean
plain_port_cb (GThreadedSocketService *service,
               GSocketConnection      *connection,
               GObject                *source,
               gpointer                user_data)
{
  static const char bad_request[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
  MzDemoGateway *gateway = user_data;
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) inner = NULL;
  g_autoptr (GMainContext) context = NULL;
  gboolean done = FALSE;
  char buffer[4096];
  gssize n = g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL);

  if (n <= 0)
    return TRUE;

  if (buffer[0] == 0x16) /* RFC 8446 §5.1: a handshake record */
    {
      g_output_stream_write_all (out, bad_request, strlen (bad_request), NULL, NULL, NULL);
      return TRUE;
    }

  inner = g_socket_client_connect_to_host (client, "127.0.0.1", mz_demo_gateway_get_port (gateway), NULL, NULL);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (inner)), buffer, n, NULL, NULL, NULL);

  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  g_io_stream_splice_async (G_IO_STREAM (connection), G_IO_STREAM (inner),
                            G_IO_STREAM_SPLICE_CLOSE_STREAM1 | G_IO_STREAM_SPLICE_CLOSE_STREAM2 | G_IO_STREAM_SPLICE_WAIT_FOR_BOTH,
                            G_PRIORITY_DEFAULT, NULL, spliced_cb, &done);
  while (!done)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);

  return TRUE;
}

/* wss:// typed for a plaintext port on loopback: only with consent, and nothing is sent before it. */
static void
test_needs_ws (Fixture       *fixture,
               gconstpointer  data)
{
  gboolean consent = GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (MzEndpoint) endpoint = NULL;
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (4);
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, &error);
  g_autofree char *url = g_strdup_printf ("wss://127.0.0.1:%u", port);

  g_assert_no_error (error);
  mz_demo_gateway_start (fixture->gateway, 0, &error);
  g_assert_no_error (error);
  g_signal_connect (service, "run", G_CALLBACK (plain_port_cb), fixture->gateway);
  endpoint = mz_endpoint_parse (url, &error);
  g_assert_no_error (error);

  fixture->options->allow_plaintext = consent;
  fixture->client = mz_client_new (endpoint, fixture->identity, fixture->options);
  mz_client_start (fixture->client);

  if (consent)
    wait_ready (fixture);
  else
    {
      wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);
      g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_PLAINTEXT_CONSENT);
      g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (fixture->gateway), ==, 0);
    }

  stop (fixture);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
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

  static const Authority trusted = { "server", -1 };
  static const Authority other = { "other", MZ_NET_ERROR_TLS_NAME };
  static const Authority expired = { "expired", MZ_NET_ERROR_TLS_EXPIRED };
  static const Authority unknown = { "self-signed", MZ_NET_ERROR_TLS_UNTRUSTED };

  g_test_init (&argc, &argv, NULL);

  /* As the programs do. */
  mz_tls_database_install ();

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
  ADD ("tls/pinned", NULL, test_tls_pinned);
  ADD ("tls/pin-mismatch", NULL, test_tls_pin_mismatch);
  ADD ("tls/untrusted", NULL, test_tls_untrusted);
  ADD ("tls/authority/trusted", &trusted, test_tls_authority);
  ADD ("tls/authority/other-name", &other, test_tls_authority);
  ADD ("tls/authority/expired", &expired, test_tls_authority);
  ADD ("tls/authority/unknown", &unknown, test_tls_authority);
  ADD ("needs-wss", NULL, test_needs_wss);
  ADD ("needs-ws/consent", GINT_TO_POINTER (TRUE), test_needs_ws);
  ADD ("needs-ws/no-consent", GINT_TO_POINTER (FALSE), test_needs_ws);

  return g_test_run ();
}
