/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-net-error.h"
#include "mz-route.h"
#include "mz-tls-policy.h"

#include <string.h>

#include "mock-resolver.h"
#include "net-fixture.h"

#define HOST "gateway.tail0lab.ts.net"

static const char * const here[] = { "127.0.0.1", NULL };

typedef struct
{
  MockResolver *resolver;
  GTlsDatabase *database;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  g_autofree char *ca = net_cert_path ("ca.pem");
  g_autoptr (GError) error = NULL;

  fixture->resolver = mock_resolver_new ();
  mock_resolver_install (fixture->resolver);
  mock_resolver_answer (fixture->resolver, HOST, here);
  mock_resolver_answer (fixture->resolver, "wrong.tail0lab.ts.net", here);

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    return;

  fixture->database = g_tls_file_database_new (ca, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  g_assert_cmpuint (mock_resolver_get_n_wrong (fixture->resolver), ==, 0);
  g_clear_object (&fixture->database);
  mock_resolver_uninstall (fixture->resolver);
  g_assert_finalize_object (fixture->resolver);
}

static gboolean
skip (Fixture *fixture)
{
  if (fixture->database != NULL)
    return FALSE;

  g_test_skip ("no TLS backend");
  return TRUE;
}

/* The name that is checked is the route's. */
static void
test_identity (Fixture       *fixture,
               gconstpointer  user_data)
{
  static const struct
  {
    const char *host;
    const char *cert;
    gboolean ok;
  } cases[] = {
    { HOST, "server", TRUE },
    { "127.0.0.1", "server", TRUE },
    { "wrong.tail0lab.ts.net", "server", FALSE },
    { HOST, "other", FALSE },
    { HOST, "expired", FALSE },
    { HOST, "self-signed", FALSE },
  };

  if (skip (fixture))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NetServer) server = net_server_new_tls (cases[i].cert);
      g_autoptr (MzRoute) route = mz_route_new (MZ_SCHEME_WSS, cases[i].host, net_server_get_port (server));
      GSocketConnectable *connectable = G_SOCKET_CONNECTABLE (route);
      g_autoptr (GTlsConnection) connection = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s with certificate %s", cases[i].host, cases[i].cert);
      connection = net_handshake (connectable, connectable, fixture->database, &error);

      if (cases[i].ok)
        {
          g_assert_no_error (error);
          g_assert_true (mz_tls_policy_allows_version (g_tls_connection_get_protocol_version (connection)));
          g_assert_true (g_io_stream_close (G_IO_STREAM (connection), NULL, &error));
          net_await (net_server_get_n_handshakes (server) == 1);
        }
      else
        {
          g_assert_null (connection);
          g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
          net_await (net_server_get_n_failures (server) == 1);
        }
    }
}

typedef struct
{
  GTlsDatabase *database;
  GTlsCertificateFlags errors;
  char *fingerprint;
} Seen;

static gboolean
accept_certificate_cb (GTlsConnection       *connection,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  errors,
                       gpointer              user_data)
{
  Seen *seen = user_data;

  seen->errors = errors;
  seen->fingerprint = mz_tls_fingerprint (certificate);
  return FALSE;
}

static void
event_cb (GSocketClient      *client,
          GSocketClientEvent  event,
          GSocketConnectable *connectable,
          GIOStream          *connection,
          gpointer            user_data)
{
  Seen *seen = user_data;

  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING)
    return;

  g_tls_connection_set_database (G_TLS_CONNECTION (connection), seen->database);
  g_signal_connect (connection, "accept-certificate", G_CALLBACK (accept_certificate_cb), seen);
}

/* The way libsoup goes: GSocketClient takes the identity from the connectable. What is wrong is told by its flags. */
static void
test_client (Fixture       *fixture,
             gconstpointer  user_data)
{
  static const struct
  {
    const char *host;
    const char *cert;
    MzTlsVerdict verdict;
  } cases[] = {
    { HOST, "server", MZ_TLS_TRUSTED },
    { "wrong.tail0lab.ts.net", "server", MZ_TLS_BAD_NAME },
    { HOST, "other", MZ_TLS_BAD_NAME },
    { HOST, "expired", MZ_TLS_EXPIRED },
    { HOST, "self-signed", MZ_TLS_UNTRUSTED },
  };

  if (skip (fixture))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NetServer) server = net_server_new_tls (cases[i].cert);
      g_autoptr (MzRoute) route = mz_route_new (MZ_SCHEME_WSS, cases[i].host, net_server_get_port (server));
      g_autoptr (GSocketClient) client = g_socket_client_new ();
      g_autoptr (GSocketConnection) connection = NULL;
      g_autoptr (GTlsCertificate) expected = net_cert_load (cases[i].cert);
      g_autofree char *expected_fingerprint = mz_tls_fingerprint (expected);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      Seen seen = { .database = fixture->database };

      g_test_message ("%s with certificate %s", cases[i].host, cases[i].cert);
      g_socket_client_set_tls (client, TRUE);
      g_signal_connect (client, "event", G_CALLBACK (event_cb), &seen);
      g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (route), NULL, net_store_result, &result);
      net_await (result != NULL);
      connection = g_socket_client_connect_finish (client, result, &error);

      g_assert_cmpint (mz_tls_policy_judge (NULL, seen.fingerprint, seen.errors), ==, cases[i].verdict);
      if (cases[i].verdict == MZ_TLS_TRUSTED)
        {
          g_assert_no_error (error);
          g_assert_true (g_io_stream_close (G_IO_STREAM (connection), NULL, &error));
          net_await (net_server_get_n_handshakes (server) == 1);
        }
      else
        {
          g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
          g_assert_cmpstr (seen.fingerprint, ==, expected_fingerprint);
          net_await (net_server_get_n_failures (server) == 1);
        }

      g_free (seen.fingerprint);
    }
}

/* Whether the ClientHello names @host: RFC 6066 §3 puts it there in plain ASCII. */
static gboolean
names_host (GBytes     *client_hello,
            const char *host)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (client_hello, &size);
  gsize length = strlen (host);

  for (gsize i = 0; i + length <= size; i++)
    if (memcmp (data + i, host, length) == 0)
      return TRUE;

  return FALSE;
}

static void
test_sni (Fixture       *fixture,
          gconstpointer  user_data)
{
  g_autoptr (NetServer) server = net_server_new_half (NULL, 0, FALSE);
  g_autoptr (MzRoute) route = mz_route_new (MZ_SCHEME_WSS, HOST, net_server_get_port (server));
  g_autoptr (GTlsConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  if (skip (fixture))
    return;

  connection = net_handshake (G_SOCKET_CONNECTABLE (route), G_SOCKET_CONNECTABLE (route), fixture->database, &error);
  g_assert_null (connection);
  g_assert_cmpint (mz_net_error_classify (error, MZ_PHASE_TLS), ==, MZ_NET_ERROR_CLOSED);
  net_await (net_server_get_received (server) != NULL);
  g_assert_true (names_host (net_server_get_received (server), HOST));
  g_assert_false (names_host (net_server_get_received (server), "wrong.tail0lab.ts.net"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/net/route-tls/identity", Fixture, NULL, set_up, test_identity, tear_down);
  g_test_add ("/net/route-tls/client", Fixture, NULL, set_up, test_client, tear_down);
  g_test_add ("/net/route-tls/sni", Fixture, NULL, set_up, test_sni, tear_down);

  return g_test_run ();
}
