/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <sodium.h>

#include "mz-handshake.h"

#define NONCE "0f1e2d3c"
#define TIMESTAMP G_GINT64_CONSTANT (1795344025417)

static void
test_choose_auth (void)
{
  static const struct { MzCredentials in; gboolean tls; MzAuthChoice out; } rows[] = {
    { { NULL, NULL, NULL, NULL, FALSE }, TRUE, { NULL, NULL, NULL, FALSE } },
    { { "", "", "", "", FALSE }, TRUE, { NULL, NULL, NULL, FALSE } },
    { { "T", NULL, NULL, NULL, FALSE }, FALSE, { "T", NULL, NULL, FALSE } },
    { { NULL, "P", NULL, NULL, FALSE }, FALSE, { NULL, NULL, "P", FALSE } },
    { { "T", "P", NULL, NULL, FALSE }, TRUE, { "T", NULL, "P", FALSE } },
    { { NULL, NULL, "D", NULL, FALSE }, TRUE, { "D", "D", NULL, TRUE } },
    { { "T", NULL, "D", NULL, FALSE }, TRUE, { "T", NULL, NULL, FALSE } },
    { { NULL, "P", "D", NULL, FALSE }, TRUE, { NULL, NULL, "P", FALSE } },
    { { "T", NULL, "D", NULL, TRUE }, TRUE, { "T", "D", NULL, TRUE } },
    { { NULL, "P", "D", NULL, TRUE }, TRUE, { NULL, "D", "P", TRUE } },
    { { "T", NULL, NULL, NULL, TRUE }, TRUE, { "T", NULL, NULL, FALSE } },

    /* What came over TLS stays there; what came over plaintext may go anywhere. */
    { { NULL, NULL, "D", NULL, FALSE }, FALSE, { NULL, NULL, NULL, FALSE } },
    { { "T", NULL, "D", NULL, TRUE }, FALSE, { "T", NULL, NULL, FALSE } },
    { { NULL, NULL, "D", "E", FALSE }, FALSE, { "E", "E", NULL, TRUE } },
    { { NULL, NULL, "D", "E", FALSE }, TRUE, { "D", "D", NULL, TRUE } },
    { { NULL, NULL, NULL, "E", FALSE }, TRUE, { "E", "E", NULL, TRUE } },
    { { "T", NULL, NULL, "E", TRUE }, FALSE, { "T", "E", NULL, TRUE } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MzAuthChoice choice = mz_handshake_choose_auth (&rows[i].in, rows[i].tls);

      g_assert_cmpstr (choice.token, ==, rows[i].out.token);
      g_assert_cmpstr (choice.device_token, ==, rows[i].out.device_token);
      g_assert_cmpstr (choice.password, ==, rows[i].out.password);
      g_assert_cmpint (choice.uses_device_token, ==, rows[i].out.uses_device_token);
    }
}

static void
test_challenge (void)
{
  static const struct { const char *text; gboolean ok; } rows[] = {
    { "{\"type\":\"event\",\"event\":\"connect.challenge\",\"payload\":{\"nonce\":\"n\",\"ts\":1}}", TRUE },
    { "{\"type\":\"event\",\"event\":\"connect.challenge\",\"payload\":{\"nonce\":\"n\",\"ts\":0,\"capabilities\":[]}}", TRUE },
    { "{\"type\":\"event\",\"event\":\"connect.challenge\",\"payload\":{\"nonce\":\"n\",\"ts\":-1}}", FALSE },
    { "{\"type\":\"event\",\"event\":\"connect.challenge\",\"payload\":{\"nonce\":\"n\",\"ts\":\"1\"}}", FALSE },
    { "{\"type\":\"event\",\"event\":\"connect.challenge\",\"payload\":{\"nonce\":\"n\"}}", FALSE },
    { "{\"type\":\"event\",\"event\":\"connect.challenge\",\"payload\":{\"nonce\":\"\",\"ts\":1}}", FALSE },
    { "{\"type\":\"event\",\"event\":\"connect.challenge\",\"payload\":{\"nonce\":7,\"ts\":1}}", FALSE },
    { "{\"type\":\"event\",\"event\":\"connect.challenge\",\"payload\":[]}", FALSE },
    { "{\"type\":\"event\",\"event\":\"connect.challenge\"}", FALSE },
    { "{\"type\":\"event\",\"event\":\"tick\",\"payload\":{\"nonce\":\"n\",\"ts\":1}}", FALSE },
    { "{\"type\":\"res\",\"id\":\"connect.challenge\",\"ok\":true,\"payload\":{\"nonce\":\"n\",\"ts\":1}}", FALSE },
    { "{\"type\":\"welcome\"}", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MzFrame) frame = mz_frame_parse (rows[i].text, strlen (rows[i].text), 10000, &error);
      const char *nonce = NULL;
      gint64 timestamp = 0;

      g_assert_no_error (error);
      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (mz_handshake_read_challenge (frame, &nonce, &timestamp, &error), ==, rows[i].ok);
      if (!rows[i].ok)
        g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_A_GATEWAY);
    }
}

static void
test_payload (void)
{
  const char * const scopes[] = { "operator.read", "operator.write", NULL };
  g_autofree char *full = mz_handshake_payload_v3 ("dev", "gateway-client", "ui", "operator", scopes, TIMESTAMP, "tok", "non", "linux", "Linux");
  g_autofree char *bare = mz_handshake_payload_v3 ("dev", "gateway-client", "ui", "operator", scopes, 5, NULL, "non", "linux", NULL);

  g_assert_cmpstr (full, ==, "v3|dev|gateway-client|ui|operator|operator.read,operator.write|1795344025417|tok|non|linux|Linux");
  g_assert_cmpstr (bare, ==, "v3|dev|gateway-client|ui|operator|operator.read,operator.write|5||non|linux|");
}

static guint8 *
base64url_decode (const char *text,
                  gsize      *length)
{
  g_autofree char *copy = g_strdup (text);
  g_autoptr (GString) padded = NULL;

  g_strdelimit (copy, "-", '+');
  g_strdelimit (copy, "_", '/');
  padded = g_string_new (copy);
  while (padded->len % 4 != 0)
    g_string_append_c (padded, '=');

  return g_base64_decode (padded->str, length);
}

/* What goes out is what the other side can verify with nothing but the request itself. */
static void
test_connect (gconstpointer data)
{
  const MzCredentials *credentials = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MzIdentity) identity = mz_identity_new_random (&error);
  g_autoptr (JsonNode) params = NULL;
  MzAuthChoice auth = mz_handshake_choose_auth (credentials, TRUE);
  JsonObject *object, *client, *device;
  g_auto (GStrv) scopes = NULL;
  g_autofree char *payload = NULL;
  g_autofree guint8 *key = NULL;
  g_autofree guint8 *signature = NULL;
  g_autofree char *id = NULL;
  gsize key_length, signature_length;

  g_assert_no_error (error);
  params = mz_handshake_build_connect (identity, credentials, TRUE, "linux", "en-US", NONCE, TIMESTAMP);
  object = mz_json_node_object (params);
  client = mz_json_get_object (object, "client");
  device = mz_json_get_object (object, "device");

  g_assert_cmpint (mz_json_get_int (object, "minProtocol", 0), ==, 3);
  g_assert_cmpint (mz_json_get_int (object, "maxProtocol", 0), ==, 4);
  g_assert_cmpstr (mz_json_get_string (client, "mode"), ==, "ui");
  g_assert_cmpstr (mz_json_get_string (object, "locale"), ==, "en-US");
  g_assert_cmpstr (mz_json_get_string (device, "nonce"), ==, NONCE);
  g_assert_cmpint (mz_json_get_int (device, "signedAt", 0), ==, TIMESTAMP);
  g_assert_cmpstr (mz_json_get_string (mz_json_get_object (object, "auth"), "token"), ==, auth.token);
  g_assert_cmpstr (mz_json_get_string (mz_json_get_object (object, "auth"), "deviceToken"), ==, auth.device_token);
  g_assert_cmpstr (mz_json_get_string (mz_json_get_object (object, "auth"), "password"), ==, auth.password);
  g_assert_cmpint (mz_json_has (object, "auth"), ==, auth.token != NULL || auth.password != NULL);

  scopes = mz_json_get_strv (object, "scopes");
  g_assert_nonnull (scopes);
  g_assert_cmpint (g_strv_contains ((const char * const *) scopes, "operator.admin"), ==, credentials->scopes != NULL);
  payload = mz_handshake_payload_v3 (mz_json_get_string (device, "id"), mz_json_get_string (client, "id"),
                                     mz_json_get_string (client, "mode"), mz_json_get_string (object, "role"),
                                     (const char * const *) scopes, TIMESTAMP, auth.token, NONCE,
                                     mz_json_get_string (client, "platform"), NULL);
  key = base64url_decode (mz_json_get_string (device, "publicKey"), &key_length);
  signature = base64url_decode (mz_json_get_string (device, "signature"), &signature_length);
  g_assert_cmpuint (key_length, ==, crypto_sign_PUBLICKEYBYTES);
  g_assert_cmpuint (signature_length, ==, crypto_sign_BYTES);
  g_assert_cmpint (crypto_sign_verify_detached (signature, (const guint8 *) payload, strlen (payload), key), ==, 0);

  id = g_compute_checksum_for_data (G_CHECKSUM_SHA256, key, key_length);
  g_assert_cmpstr (mz_json_get_string (device, "id"), ==, id);
}

int
main (int   argc,
      char *argv[])
{
  static const char * const all[] = { "operator.read", "operator.write", "operator.admin", NULL };
  static const MzCredentials nothing = { 0 };
  static const MzCredentials scopes = { .token = "some-token", .scopes = all };
  static const MzCredentials token = { .token = "some-token" };
  static const MzCredentials password = { .password = "some-password" };
  static const MzCredentials device = { .device_token = "device-token" };
  static const MzCredentials retry = { .token = "some-token", .device_token = "device-token", .offer_device_token = TRUE };

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/handshake/choose-auth", test_choose_auth);
  g_test_add_func ("/handshake/challenge", test_challenge);
  g_test_add_func ("/handshake/payload", test_payload);
  g_test_add_data_func ("/handshake/connect/nothing", &nothing, test_connect);
  g_test_add_data_func ("/handshake/connect/token", &token, test_connect);
  g_test_add_data_func ("/handshake/connect/password", &password, test_connect);
  g_test_add_data_func ("/handshake/connect/device", &device, test_connect);
  g_test_add_data_func ("/handshake/connect/retry", &retry, test_connect);
  g_test_add_data_func ("/handshake/connect/scopes", &scopes, test_connect);

  return g_test_run ();
}
