/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-net-error.h"

#include <string.h>

#include "net-fixture.h"

typedef enum
{
  DOMAIN_IO,
  DOMAIN_RESOLVER,
  DOMAIN_TLS,
  DOMAIN_NET,
  DOMAIN_FILE,
} Domain;

static const struct
{
  Domain domain;
  int code;
  const char *message;
  MzPhase phase;
  MzNetError result;
} cases[] = {
  { DOMAIN_RESOLVER, G_RESOLVER_ERROR_NOT_FOUND, "x", MZ_PHASE_RESOLVE, MZ_NET_ERROR_NAME_NOT_FOUND },
  { DOMAIN_RESOLVER, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "x", MZ_PHASE_RESOLVE, MZ_NET_ERROR_RESOLVER },
  { DOMAIN_RESOLVER, G_RESOLVER_ERROR_INTERNAL, "x", MZ_PHASE_RESOLVE, MZ_NET_ERROR_RESOLVER },
  { DOMAIN_RESOLVER, 99, "x", MZ_PHASE_RESOLVE, MZ_NET_ERROR_RESOLVER },

  { DOMAIN_IO, G_IO_ERROR_CANCELLED, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_CANCELLED },
  { DOMAIN_IO, G_IO_ERROR_TIMED_OUT, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_TIMED_OUT },
  { DOMAIN_IO, G_IO_ERROR_HOST_NOT_FOUND, "x", MZ_PHASE_RESOLVE, MZ_NET_ERROR_NAME_NOT_FOUND },
  { DOMAIN_IO, G_IO_ERROR_CONNECTION_REFUSED, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_REFUSED },
  { DOMAIN_IO, G_IO_ERROR_HOST_UNREACHABLE, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_UNREACHABLE },
  { DOMAIN_IO, G_IO_ERROR_NETWORK_UNREACHABLE, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_UNREACHABLE },
  { DOMAIN_IO, G_IO_ERROR_CONNECTION_CLOSED, "x", MZ_PHASE_UPGRADE, MZ_NET_ERROR_CLOSED },
  { DOMAIN_IO, G_IO_ERROR_BROKEN_PIPE, "x", MZ_PHASE_TLS, MZ_NET_ERROR_CLOSED },
  { DOMAIN_IO, G_IO_ERROR_PARTIAL_INPUT, "x", MZ_PHASE_UPGRADE, MZ_NET_ERROR_CLOSED },
  { DOMAIN_IO, G_IO_ERROR_PROXY_FAILED, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_PROXY },
  { DOMAIN_IO, G_IO_ERROR_PROXY_AUTH_FAILED, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_PROXY },
  { DOMAIN_IO, G_IO_ERROR_PROXY_NEED_AUTH, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_PROXY },
  { DOMAIN_IO, G_IO_ERROR_PROXY_NOT_ALLOWED, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_PROXY },
  { DOMAIN_IO, G_IO_ERROR_PERMISSION_DENIED, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_UNREACHABLE },
  { DOMAIN_IO, G_IO_ERROR_PERMISSION_DENIED, "x", MZ_PHASE_TLS, MZ_NET_ERROR_FAILED },
  { DOMAIN_IO, G_IO_ERROR_NOT_SUPPORTED, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_UNREACHABLE },
  { DOMAIN_IO, G_IO_ERROR_INVALID_ARGUMENT, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_UNREACHABLE },
  { DOMAIN_IO, G_IO_ERROR_INVALID_ARGUMENT, "x", MZ_PHASE_UPGRADE, MZ_NET_ERROR_FAILED },
  { DOMAIN_IO, G_IO_ERROR_FAILED, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_FAILED },

  { DOMAIN_TLS, G_TLS_ERROR_UNAVAILABLE, "x", MZ_PHASE_TLS, MZ_NET_ERROR_TLS },
  { DOMAIN_TLS, G_TLS_ERROR_MISC, "x", MZ_PHASE_TLS, MZ_NET_ERROR_TLS },
  { DOMAIN_TLS, G_TLS_ERROR_MISC, "Error performing TLS handshake: An unexpected TLS packet was received.", MZ_PHASE_TLS,
    MZ_NET_ERROR_NOT_TLS },
  { DOMAIN_TLS, G_TLS_ERROR_MISC, "Error reading data from TLS socket: An unexpected TLS packet was received.", MZ_PHASE_HELLO,
    MZ_NET_ERROR_TLS },
  { DOMAIN_TLS, G_TLS_ERROR_MISC, "Peer sent fatal TLS alert: Internal error", MZ_PHASE_TLS, MZ_NET_ERROR_TLS_NO_CERTIFICATE },
  { DOMAIN_TLS, G_TLS_ERROR_MISC, "GnuTLS internal error", MZ_PHASE_TLS, MZ_NET_ERROR_TLS },
  { DOMAIN_TLS, G_TLS_ERROR_MISC, "Peer sent fatal TLS alert: Handshake failed", MZ_PHASE_TLS, MZ_NET_ERROR_TLS },
  { DOMAIN_TLS, G_TLS_ERROR_BAD_CERTIFICATE, "x", MZ_PHASE_TLS, MZ_NET_ERROR_TLS_UNTRUSTED },
  { DOMAIN_TLS, G_TLS_ERROR_NOT_TLS, "x", MZ_PHASE_TLS, MZ_NET_ERROR_NOT_TLS },
  { DOMAIN_TLS, G_TLS_ERROR_HANDSHAKE, "x", MZ_PHASE_TLS, MZ_NET_ERROR_TLS },
  { DOMAIN_TLS, G_TLS_ERROR_CERTIFICATE_REQUIRED, "x", MZ_PHASE_TLS, MZ_NET_ERROR_TLS },
  { DOMAIN_TLS, G_TLS_ERROR_EOF, "x", MZ_PHASE_UPGRADE, MZ_NET_ERROR_CLOSED },
  { DOMAIN_TLS, G_TLS_ERROR_INAPPROPRIATE_FALLBACK, "x", MZ_PHASE_TLS, MZ_NET_ERROR_TLS },

  { DOMAIN_NET, MZ_NET_ERROR_NO_IPV4, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_NO_IPV4 },
  { DOMAIN_NET, MZ_NET_ERROR_TLS_PIN_MISMATCH, "x", MZ_PHASE_TLS, MZ_NET_ERROR_TLS_PIN_MISMATCH },
  { DOMAIN_FILE, G_FILE_ERROR_PERM, "x", MZ_PHASE_CONNECT, MZ_NET_ERROR_FAILED },
};

static GQuark
domain_quark (Domain domain)
{
  switch (domain)
    {
    case DOMAIN_IO:
      return G_IO_ERROR;
    case DOMAIN_RESOLVER:
      return G_RESOLVER_ERROR;
    case DOMAIN_TLS:
      return G_TLS_ERROR;
    case DOMAIN_NET:
      return MZ_NET_ERROR;
    case DOMAIN_FILE:
    default:
      return G_FILE_ERROR;
    }
}

static void
test_classify (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (domain_quark (cases[i].domain), cases[i].code, cases[i].message);
      g_autoptr (GError) made = mz_net_error_new_from (error, cases[i].phase);

      g_test_message ("row %u", i);
      g_assert_cmpint (mz_net_error_classify (error, cases[i].phase), ==, cases[i].result);
      g_assert_error (made, MZ_NET_ERROR, (int) cases[i].result);
      g_assert_cmpstr (made->message, ==, cases[i].message);
    }
}

static void
test_names (void)
{
  static const char * const names[] = {
    "invalid-address", "secret-in-address", "name-not-found", "no-ipv4", "resolver", "refused", "unreachable",
    "closed", "timed-out",
    "proxy", "not-tls", "tls-untrusted", "tls-name", "tls-expired", "tls-pin-mismatch", "tls-no-certificate",
    "tls-version", "tls",
    "cancelled", "failed",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == MZ_NET_ERROR_FAILED + 1);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpstr (mz_net_error_to_string ((MzNetError) i), ==, names[i]);
}

#define ALERT(n) "\x15\x03\x03\x00\x02\x02" n

/* What the TLS library really reports, for servers that do not finish a handshake */
static const struct
{
  const char *what;
  const char *answer;
  gsize length;
  gboolean reset;
  MzNetError result;
} halves[] = {
  { "closes", "", 0, FALSE, MZ_NET_ERROR_CLOSED },
  { "resets", "", 0, TRUE, MZ_NET_ERROR_CLOSED },
  { "closes after two bytes", "ab", 2, FALSE, MZ_NET_ERROR_CLOSED },
  { "HTTP", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", 47, FALSE, MZ_NET_ERROR_NOT_TLS },
  { "SSH", "SSH-2.0-OpenSSH_9.2\r\n", 21, FALSE, MZ_NET_ERROR_NOT_TLS },
  { "zeros", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, FALSE, MZ_NET_ERROR_NOT_TLS },
  { "alert handshake_failure", ALERT ("\x28"), 7, FALSE, MZ_NET_ERROR_TLS },
  { "alert protocol_version", ALERT ("\x46"), 7, FALSE, MZ_NET_ERROR_TLS_VERSION },
  { "alert internal_error", ALERT ("\x50"), 7, FALSE, MZ_NET_ERROR_TLS_NO_CERTIFICATE },
  { "alert certificate_unobtainable", ALERT ("\x6f"), 7, FALSE, MZ_NET_ERROR_TLS_NO_CERTIFICATE },
  { "alert unrecognized_name", ALERT ("\x70"), 7, FALSE, MZ_NET_ERROR_TLS_NO_CERTIFICATE },
};

static void
test_half_servers (void)
{
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_test_skip ("no TLS backend");
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      const guint8 *answer = (const guint8 *) halves[i].answer;
      g_autoptr (NetServer) server = net_server_new_half (answer, halves[i].length, halves[i].reset);
      g_autoptr (GSocketConnectable) address = g_network_address_new ("127.0.0.1", net_server_get_port (server));
      g_autoptr (GSocketConnectable) identity = g_network_address_new ("localhost", net_server_get_port (server));
      g_autofree char *ca = net_cert_path ("ca.pem");
      g_autoptr (GTlsDatabase) database = g_tls_file_database_new (ca, NULL);
      g_autoptr (GTlsConnection) connection = NULL;
      g_autoptr (GError) error = NULL;

      connection = net_handshake (address, identity, database, &error);
      g_assert_null (connection);
      g_test_message ("%s: %s", halves[i].what, error->message);
      g_assert_cmpstr (mz_net_error_to_string (mz_net_error_classify (error, MZ_PHASE_TLS)), ==,
                       mz_net_error_to_string (halves[i].result));
    }
}

/* And for connections that are refused */
static void
test_refused (void)
{
  g_autoptr (NetServer) server = net_server_new ();
  g_autoptr (GSocketConnectable) address = g_network_address_new ("127.0.0.1", net_server_get_port (server));
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&server, net_server_free);
  g_socket_client_connect_async (client, address, NULL, net_store_result, &result);
  net_await (result != NULL);
  connection = g_socket_client_connect_finish (client, result, &error);
  g_assert_null (connection);
  g_assert_cmpint (mz_net_error_classify (error, MZ_PHASE_CONNECT), ==, MZ_NET_ERROR_REFUSED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/net-error/classify", test_classify);
  g_test_add_func ("/net/net-error/names", test_names);
  g_test_add_func ("/net/net-error/half-servers", test_half_servers);
  g_test_add_func ("/net/net-error/refused", test_refused);

  return g_test_run ();
}
