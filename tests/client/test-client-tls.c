/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* MzClient, TLS and plaintext: pins, authorities, and the way from one scheme to the other. */

#include "config.h"

#include "client-fixture.h"
#include "mz-attempt.h"
#include "mz-tls-database.h"
#include "mz-tls-policy.h"

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

/* The device token that came over TLS is no use without it: on the same port, in plaintext, there is nothing to log in with. */
static void
test_token_stays_encrypted (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = load_certificate ("self-signed");
  g_autoptr (MzEndpoint) endpoint = NULL;
  g_autofree char *url = NULL;
  guint16 port;

  mz_demo_gateway_set_auth (fixture->gateway, MZ_DEMO_AUTH_TOKEN, TOKEN);
  mz_demo_gateway_set_certificate (fixture->gateway, certificate);
  fixture->options->pin = mz_tls_fingerprint (certificate);
  start (fixture, TOKEN, NULL);
  wait_ready (fixture);
  stop (fixture);

  mz_client_set_credentials (fixture->client, NULL, NULL);
  mz_client_start (fixture->client);
  wait_ready (fixture);
  stop (fixture);
  g_clear_object (&fixture->client);

  port = mz_demo_gateway_get_port (fixture->gateway);
  mz_demo_gateway_stop (fixture->gateway);
  mz_demo_gateway_set_certificate (fixture->gateway, NULL);
  mz_demo_gateway_start (fixture->gateway, port, &error);
  g_assert_no_error (error);

  url = g_strdup_printf ("ws://127.0.0.1:%u", port);
  endpoint = mz_endpoint_parse (url, &error);
  g_assert_no_error (error);
  fixture->client = mz_client_new (endpoint, fixture->identity, fixture->options);
  mz_client_start (fixture->client);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);
  g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_AUTH);
  g_assert_cmpstr (mz_gateway_error_get_detail_code (mz_client_get_error (fixture->client)), ==, "AUTH_TOKEN_MISSING");
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
    {
      wait_ready (fixture);
      stop (fixture);

      /* The consent is for this dial: the next one looks for TLS again, and then at the peer. */
      mz_client_start (fixture->client);
      wait_ready (fixture);
      g_assert_cmpuint (mz_trace_get_n_attempts (mz_client_get_trace (fixture->client)), ==, 2);
    }
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

static void
attempt_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (MzTransport) transport = mz_attempt_run_finish (MZ_ATTEMPT (source), result, NULL);

  g_assert_null (transport);
  *(gboolean *) user_data = TRUE;
}

/* Behind a proxy nobody knows where the gateway is: no plaintext there, whatever was consented to. */
static void
test_private_only (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzEndpoint) endpoint = NULL;
  g_autoptr (MzTraceAttempt) trace = NULL;
  g_autoptr (MzAttempt) attempt = NULL;
  g_autofree char *proxy = NULL;
  gboolean done = FALSE;

  mz_demo_gateway_start (fixture->gateway, 0, &error);
  g_assert_no_error (error);

  /* The embedded gateway takes the part of the proxy: TCP is all that it gets to see of this. */
  proxy = g_strdup_printf ("http://127.0.0.1:%u", mz_demo_gateway_get_port (fixture->gateway));
  fixture->options->proxy_resolver = g_simple_proxy_resolver_new (proxy, NULL);
  endpoint = mz_endpoint_parse ("ws://gateway.example.com", &error);
  g_assert_no_error (error);
  trace = mz_trace_attempt_new (endpoint, MZ_ROUTE_STANDARD);
  attempt = mz_attempt_new (trace, fixture->options);
  mz_attempt_require_private (attempt);
  mz_attempt_run_async (attempt, NULL, attempt_cb, &done);
  wait_until (fixture, done);

  g_assert_error (mz_trace_attempt_get_error (trace), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_PLAINTEXT_CONSENT);
  g_assert_true (mz_trace_attempt_is_proxied (trace));
  g_assert_null (mz_trace_attempt_find_phase (trace, MZ_PHASE_UPGRADE));
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (fixture->gateway), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  static const Authority trusted = { "server", -1 };
  static const Authority other = { "other", MZ_NET_ERROR_TLS_NAME };
  static const Authority expired = { "expired", MZ_NET_ERROR_TLS_EXPIRED };
  static const Authority unknown = { "self-signed", MZ_NET_ERROR_TLS_UNTRUSTED };

  g_test_init (&argc, &argv, NULL);

  /* As the programs do. */
  mz_tls_database_install ();

#define ADD(path, data, function) g_test_add ("/client/" path, Fixture, data, set_up, function, tear_down)
  ADD ("private-only", NULL, test_private_only);
  ADD ("tls/pinned", NULL, test_tls_pinned);
  ADD ("tls/pin-mismatch", NULL, test_tls_pin_mismatch);
  ADD ("tls/untrusted", NULL, test_tls_untrusted);
  ADD ("tls/authority/trusted", &trusted, test_tls_authority);
  ADD ("tls/authority/other-name", &other, test_tls_authority);
  ADD ("tls/authority/expired", &expired, test_tls_authority);
  ADD ("tls/authority/unknown", &unknown, test_tls_authority);
  ADD ("tls/token-stays", NULL, test_token_stays_encrypted);
  ADD ("needs-wss", NULL, test_needs_wss);
  ADD ("needs-ws/consent", GINT_TO_POINTER (TRUE), test_needs_ws);
  ADD ("needs-ws/no-consent", GINT_TO_POINTER (FALSE), test_needs_ws);

  return g_test_run ();
}
