/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-tls-policy.h"

#include <string.h>

#include "net-fixture.h"

#define HEX "ab9bb1afccc5284624a2a2642789ef90b6774bcea61f82b51a149a1a93612f36"
#define HEX_OTHER "bb9bb1afccc5284624a2a2642789ef90b6774bcea61f82b51a149a1a93612f36"
#define HEX_COLONS \
  "AB:9B:B1:AF:CC:C5:28:46:24:A2:A2:64:27:89:EF:90:B6:77:4B:CE:A6:1F:82:B5:1A:14:9A:1A:93:61:2F:36"

#define UNKNOWN_CA G_TLS_CERTIFICATE_UNKNOWN_CA
#define BAD_IDENTITY G_TLS_CERTIFICATE_BAD_IDENTITY
#define EXPIRED G_TLS_CERTIFICATE_EXPIRED

static const struct
{
  const char *pin;
  const char *fingerprint;
  GTlsCertificateFlags errors;
  MzTlsVerdict verdict;
} verdicts[] = {
  { NULL, HEX, 0, MZ_TLS_TRUSTED },
  { NULL, NULL, 0, MZ_TLS_TRUSTED },
  { NULL, HEX, UNKNOWN_CA, MZ_TLS_UNTRUSTED },
  { NULL, HEX, BAD_IDENTITY, MZ_TLS_BAD_NAME },
  { NULL, HEX, EXPIRED, MZ_TLS_EXPIRED },
  { NULL, HEX, G_TLS_CERTIFICATE_NOT_ACTIVATED, MZ_TLS_EXPIRED },
  { NULL, HEX, G_TLS_CERTIFICATE_REVOKED, MZ_TLS_UNTRUSTED },
  { NULL, HEX, G_TLS_CERTIFICATE_INSECURE, MZ_TLS_UNTRUSTED },
  { NULL, HEX, G_TLS_CERTIFICATE_GENERIC_ERROR, MZ_TLS_UNTRUSTED },
  { NULL, HEX, 1 << 20, MZ_TLS_UNTRUSTED },
  { NULL, HEX, UNKNOWN_CA | BAD_IDENTITY | EXPIRED, MZ_TLS_UNTRUSTED },
  { NULL, HEX, BAD_IDENTITY | EXPIRED, MZ_TLS_BAD_NAME },
  { NULL, HEX, EXPIRED | G_TLS_CERTIFICATE_GENERIC_ERROR, MZ_TLS_EXPIRED },
  { NULL, HEX, EXPIRED | G_TLS_CERTIFICATE_REVOKED, MZ_TLS_UNTRUSTED },
  { HEX, HEX, 0, MZ_TLS_PINNED },
  { HEX, HEX, G_TLS_CERTIFICATE_VALIDATE_ALL, MZ_TLS_PINNED },
  { HEX, HEX_OTHER, 0, MZ_TLS_PIN_MISMATCH },
  { HEX, HEX_OTHER, UNKNOWN_CA, MZ_TLS_PIN_MISMATCH },
  { HEX, NULL, 0, MZ_TLS_PIN_MISMATCH },
  { HEX, "", 0, MZ_TLS_PIN_MISMATCH },
};

static const char * const good_pins[] = {
  HEX,
  HEX_COLONS,
  "  " HEX_COLONS "\n",
  "sha256:" HEX,
  "SHA256:" HEX_COLONS,
  "SHA-256: " HEX_COLONS,
  "sha256 Fingerprint=" HEX_COLONS,
  "SHA256 Fingerprint=" HEX_COLONS "\n",
  "AB9BB1AF CCC52846 24A2A264 2789EF90 B6774BCE A61F82B5 1A149A1A 93612F36",
  "ab9bb1afccc5284624a2a2642789ef90\nb6774bcea61f82b51a149a1a93612f36",
};

static const char * const bad_pins[] = {
  "", " ", "sha256:", HEX "0", HEX "ab", "ab9bb1", "xb9bb1afccc5284624a2a2642789ef90b6774bcea61f82b51a149a1a93612f36",
  "sha1:" HEX, "sha256//" HEX, "sha256/q5uxr8zFKEYkoqJkJ4nvkLZ3S86mH4K1GhSaGpNhLzY=", "sha256:sha256:" HEX, HEX " " HEX,
  "b9bb1afccc5284624a2a2642789ef90b6774bcea61f82b51a149a1a93612f36", HEX "\xff", "0x" HEX,
};

static void
test_judge (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      MzTlsVerdict verdict = mz_tls_policy_judge (verdicts[i].pin, verdicts[i].fingerprint, verdicts[i].errors);

      g_test_message ("row %u", i);
      g_assert_cmpint (verdict, ==, verdicts[i].verdict);
    }
}

static void
test_verdicts (void)
{
  static const struct
  {
    MzTlsVerdict verdict;
    gboolean accepts;
    MzNetError error;
  } cases[] = {
    { MZ_TLS_TRUSTED, TRUE, MZ_NET_ERROR_FAILED },
    { MZ_TLS_PINNED, TRUE, MZ_NET_ERROR_FAILED },
    { MZ_TLS_PIN_MISMATCH, FALSE, MZ_NET_ERROR_TLS_PIN_MISMATCH },
    { MZ_TLS_BAD_NAME, FALSE, MZ_NET_ERROR_TLS_NAME },
    { MZ_TLS_EXPIRED, FALSE, MZ_NET_ERROR_TLS_EXPIRED },
    { MZ_TLS_UNTRUSTED, FALSE, MZ_NET_ERROR_TLS_UNTRUSTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (mz_tls_verdict_accepts (cases[i].verdict), ==, cases[i].accepts);
      g_assert_cmpint (mz_tls_verdict_to_error (cases[i].verdict), ==, cases[i].error);
    }
}

static void
test_versions (void)
{
  g_assert_false (mz_tls_policy_allows_version (G_TLS_PROTOCOL_VERSION_UNKNOWN));
  g_assert_false (mz_tls_policy_allows_version (G_TLS_PROTOCOL_VERSION_SSL_3_0));
  g_assert_false (mz_tls_policy_allows_version (G_TLS_PROTOCOL_VERSION_TLS_1_0));
  g_assert_false (mz_tls_policy_allows_version (G_TLS_PROTOCOL_VERSION_TLS_1_1));
  g_assert_true (mz_tls_policy_allows_version (G_TLS_PROTOCOL_VERSION_TLS_1_2));
  g_assert_true (mz_tls_policy_allows_version (G_TLS_PROTOCOL_VERSION_TLS_1_3));
  g_assert_true (mz_tls_policy_allows_version ((GTlsProtocolVersion) (G_TLS_PROTOCOL_VERSION_TLS_1_3 + 1)));
  g_assert_false (mz_tls_policy_allows_version (G_TLS_PROTOCOL_VERSION_DTLS_1_0));
}

static void
test_pins (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good_pins); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *pin = mz_tls_pin_parse (good_pins[i], &error);

      g_test_message ("%s", good_pins[i]);
      g_assert_no_error (error);
      g_assert_cmpstr (pin, ==, HEX);
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad_pins); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *pin = mz_tls_pin_parse (bad_pins[i], &error);
      g_autofree char *shown = g_strescape (bad_pins[i], NULL);

      g_test_message ("%s", shown);
      g_assert_null (pin);
      g_assert_error (error, MZ_NET_ERROR, MZ_NET_ERROR_INVALID_ADDRESS);
    }
}

static void
test_fingerprint (void)
{
  g_autoptr (GTlsCertificate) certificate = net_cert_load ("server");
  g_autofree char *fingerprint = mz_tls_fingerprint (certificate);

  /* As openssl computes it */
  g_assert_cmpstr (fingerprint, ==, HEX);
}

/* The database by itself, also with an issuer behind the leaf */
static void
test_database (void)
{
  g_autoptr (GTlsCertificate) server = net_cert_load ("server");
  g_autoptr (GTlsCertificate) other = net_cert_load ("other");
  g_autoptr (GTlsDatabase) database = mz_tls_pin_database_new (HEX);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) cancelled_result = NULL;
  g_autoptr (GError) error = NULL;
  const char *purpose = G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER;
  GTlsCertificateFlags flags;

  g_assert_cmpint (g_tls_database_verify_chain (database, server, purpose, NULL, NULL, 0, NULL, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_cmpint (g_tls_database_verify_chain (database, other, purpose, NULL, NULL, 0, NULL, &error), ==, UNKNOWN_CA);
  g_assert_no_error (error);

  g_tls_database_verify_chain_async (database, other, purpose, NULL, NULL, 0, NULL, net_store_result, &result);
  net_await (result != NULL);
  flags = g_tls_database_verify_chain_finish (database, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (flags, ==, UNKNOWN_CA);
  g_clear_object (&result);

  g_tls_database_verify_chain_async (database, server, purpose, NULL, NULL, 0, NULL, net_store_result, &result);
  net_await (result != NULL);
  g_assert_cmpint (g_tls_database_verify_chain_finish (database, result, &error), ==, 0);
  g_assert_no_error (error);

  g_cancellable_cancel (cancelled);
  flags = g_tls_database_verify_chain (database, server, purpose, NULL, NULL, 0, cancelled, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (flags, !=, 0);
  g_clear_error (&error);

  g_tls_database_verify_chain_async (database, server, purpose, NULL, NULL, 0, cancelled,
                                     net_store_result, &cancelled_result);
  net_await (cancelled_result != NULL);
  flags = g_tls_database_verify_chain_finish (database, cancelled_result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (flags, !=, 0);
}

/* Real handshakes: only the pinned certificate gets through, whatever else may be wrong with it. */
static void
test_pinned_handshake (void)
{
  static const char * const certs[] = { "server", "other", "expired", "self-signed" };

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_test_skip ("no TLS backend");
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (certs); i++)
    for (guint p = 0; p < G_N_ELEMENTS (certs); p++)
      {
        g_autoptr (GTlsCertificate) pinned = net_cert_load (certs[p]);
        g_autofree char *pin = mz_tls_fingerprint (pinned);
        g_autoptr (GTlsDatabase) database = mz_tls_pin_database_new (pin);
        g_autoptr (NetServer) server = net_server_new_tls (certs[i]);
        g_autoptr (GSocketConnectable) address = g_network_address_new ("127.0.0.1", net_server_get_port (server));
        g_autoptr (GTlsConnection) connection = NULL;
        g_autoptr (GError) error = NULL;

        g_test_message ("server %s, pin of %s", certs[i], certs[p]);
        connection = net_handshake (address, address, database, &error);

        if (i == p)
          {
            g_assert_no_error (error);
            g_assert_cmpint (g_tls_connection_get_peer_certificate_errors (connection), ==, 0);
            g_assert_true (g_io_stream_close (G_IO_STREAM (connection), NULL, &error));
            net_await (net_server_get_n_handshakes (server) == 1);
          }
        else
          {
            g_assert_null (connection);
            g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
            g_assert_cmpint (mz_net_error_classify (error, MZ_PHASE_TLS), ==, MZ_NET_ERROR_TLS_UNTRUSTED);

            /* The server never got to the point where data can flow. */
            net_await (net_server_get_n_failures (server) == 1);
            g_assert_cmpuint (net_server_get_n_handshakes (server), ==, 0);
            g_assert_null (net_server_get_received (server));
          }
      }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/tls-policy/judge", test_judge);
  g_test_add_func ("/net/tls-policy/verdicts", test_verdicts);
  g_test_add_func ("/net/tls-policy/versions", test_versions);
  g_test_add_func ("/net/tls-policy/pins", test_pins);
  g_test_add_func ("/net/tls-policy/fingerprint", test_fingerprint);
  g_test_add_func ("/net/tls-policy/database", test_database);
  g_test_add_func ("/net/tls-policy/pinned-handshake", test_pinned_handshake);

  return g_test_run ();
}
