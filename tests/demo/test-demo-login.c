/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "demo-client.h"

#define TOKEN "a token for this test only"

static MzDemoGateway *
start_gateway (void)
{
  MzDemoGateway *gateway = mz_demo_gateway_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (mz_demo_gateway_start (gateway, 0, &error));
  g_assert_no_error (error);
  return gateway;
}

static gboolean
names_contain (JsonArray  *names,
               const char *name)
{
  for (guint i = 0; i < mz_json_array_length (names); i++)
    if (g_strcmp0 (mz_json_array_string (names, i), name) == 0)
      return TRUE;
  return FALSE;
}

static void
test_hello (gconstpointer data)
{
  guint protocol = GPOINTER_TO_UINT (data);
  g_autoptr (MzDemoGateway) gateway = mz_demo_gateway_new ();
  g_autoptr (DemoDevice) device = demo_device_new ();
  DemoLogin login = { .device = device };
  DemoClient *client;
  JsonObject *hello, *policy, *features;

  mz_demo_gateway_set_protocol (gateway, protocol);
  mz_demo_gateway_set_tick_ms (gateway, 1234);
  mz_demo_gateway_set_max_payload (gateway, 1000000);
  g_assert_true (mz_demo_gateway_start (gateway, 0, NULL));
  g_assert_cmpstr (mz_demo_gateway_get_url (gateway), !=, NULL);
  g_assert_true (g_str_has_prefix (mz_demo_gateway_get_url (gateway), "ws://127.0.0.1:"));

  client = demo_client_open (gateway);
  hello = demo_payload (demo_client_login (client, &login));
  g_assert_cmpstr (mz_json_get_string (hello, "type"), ==, "hello-ok");
  g_assert_cmpint (mz_json_get_int (hello, "protocol", 0), ==, protocol);
  g_assert_cmpstr (mz_json_get_string (mz_json_get_object (hello, "server"), "version"), ==, "moltzer-demo");
  g_assert_cmpstr (mz_json_get_string (mz_json_get_object (mz_json_get_object (hello, "snapshot"), "sessionDefaults"), "mainSessionKey"),
                   ==, "agent:main:main");
  g_assert_nonnull (mz_json_get_string (mz_json_get_object (hello, "auth"), "deviceToken"));

  policy = mz_json_get_object (hello, "policy");
  g_assert_cmpint (mz_json_get_int (policy, "tickIntervalMs", 0), ==, 1234);
  g_assert_cmpint (mz_json_get_int (policy, "maxPayload", 0), ==, 1000000);
  g_assert_cmpint (mz_json_has (policy, "attachments"), ==, protocol == 4);

  features = mz_json_get_object (hello, "features");
  g_assert_true (names_contain (mz_json_get_array (features, "methods"), "chat.send"));
  g_assert_cmpint (names_contain (mz_json_get_array (features, "methods"), "sessions.describe"), ==, protocol == 4);
  g_assert_true (names_contain (mz_json_get_array (features, "events"), "chat"));

  /* Ticks come by themselves, numbered from 1. */
  g_assert_cmpint (mz_json_get_int (demo_client_wait_event (client, "tick", NULL), "seq", 0), ==, 1);

  g_assert_cmpuint (mz_demo_gateway_get_n_connections (gateway), ==, 1);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (gateway), ==, 1);
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (gateway), ==, 1);
  demo_client_free (client);
  demo_settle (gateway);
}

typedef struct
{
  const char *name;
  MzDemoAuth auth;
  guint protocol;
  DemoLogin login;
  gboolean with_device;
  const char *code;    /* error.code, NULL when the login succeeds */
  const char *details; /* error.details.code */
  const char *next_step;
  gboolean can_retry;
  guint close_code;
} LoginCase;

static const LoginCase login_cases[] = {
  { "none", MZ_DEMO_AUTH_NONE, 4, { 0 }, FALSE, NULL, NULL, NULL, FALSE, 0 },
  { "none, any token", MZ_DEMO_AUTH_NONE, 4, { .token = "x" }, TRUE, NULL, NULL, NULL, FALSE, 0 },
  { "token", MZ_DEMO_AUTH_TOKEN, 4, { .token = TOKEN }, TRUE, NULL, NULL, NULL, FALSE, 0 },
  { "token, protocol 3", MZ_DEMO_AUTH_TOKEN, 3, { .token = TOKEN }, TRUE, NULL, NULL, NULL, FALSE, 0 },
  { "token missing", MZ_DEMO_AUTH_TOKEN, 4, { 0 }, TRUE, "INVALID_REQUEST", "AUTH_TOKEN_MISSING", "update_auth_configuration", FALSE, 1008 },
  { "token wrong", MZ_DEMO_AUTH_TOKEN, 4, { .token = "x" }, TRUE, "INVALID_REQUEST", "AUTH_TOKEN_MISMATCH", "retry_with_device_token", TRUE,
    1008 },
  { "token wrong, no device", MZ_DEMO_AUTH_TOKEN, 4, { .token = "x" }, FALSE, "INVALID_REQUEST", "AUTH_TOKEN_MISMATCH",
    "update_auth_credentials", FALSE, 1008 },
  { "token empty", MZ_DEMO_AUTH_TOKEN, 4, { .token = "" }, TRUE, "INVALID_REQUEST", "AUTH_TOKEN_MISSING", "update_auth_configuration", FALSE,
    1008 },
  { "token, password given", MZ_DEMO_AUTH_TOKEN, 4, { .password = TOKEN }, TRUE, "INVALID_REQUEST", "AUTH_TOKEN_MISMATCH",
    "update_auth_credentials", FALSE, 1008 },
  { "device token wrong", MZ_DEMO_AUTH_TOKEN, 4, { .device_token = "x" }, TRUE, "INVALID_REQUEST", "AUTH_DEVICE_TOKEN_MISMATCH",
    "update_auth_credentials", FALSE, 1008 },
  { "both wrong", MZ_DEMO_AUTH_TOKEN, 4, { .token = "x", .device_token = "x" }, TRUE, "INVALID_REQUEST", "AUTH_DEVICE_TOKEN_MISMATCH",
    "update_auth_credentials", FALSE, 1008 },
  { "password", MZ_DEMO_AUTH_PASSWORD, 4, { .password = TOKEN }, TRUE, NULL, NULL, NULL, FALSE, 0 },
  { "password missing", MZ_DEMO_AUTH_PASSWORD, 4, { 0 }, TRUE, "INVALID_REQUEST", "AUTH_PASSWORD_MISSING", "update_auth_configuration", FALSE,
    1008 },
  { "password wrong", MZ_DEMO_AUTH_PASSWORD, 4, { .password = "x" }, TRUE, "INVALID_REQUEST", "AUTH_PASSWORD_MISMATCH",
    "update_auth_credentials", FALSE, 1008 },
  { "too new", MZ_DEMO_AUTH_NONE, 4, { .min_protocol = 5, .max_protocol = 9 }, FALSE, "INVALID_REQUEST", "PROTOCOL_MISMATCH", NULL, FALSE,
    1002 },
  { "too old", MZ_DEMO_AUTH_NONE, 4, { .min_protocol = 1, .max_protocol = 2 }, FALSE, "INVALID_REQUEST", "PROTOCOL_MISMATCH", NULL, FALSE,
    1002 },
  { "too new for 3", MZ_DEMO_AUTH_NONE, 3, { .min_protocol = 4, .max_protocol = 4 }, FALSE, "INVALID_REQUEST", "PROTOCOL_MISMATCH", NULL,
    FALSE, 1002 },
  { "client id", MZ_DEMO_AUTH_NONE, 4, { .client_id = "moltzer" }, FALSE, "INVALID_REQUEST", NULL, NULL, FALSE, 1008 },
  { "client mode", MZ_DEMO_AUTH_NONE, 4, { .mode = "other" }, FALSE, "INVALID_REQUEST", NULL, NULL, FALSE, 1008 },
  { "signature stale", MZ_DEMO_AUTH_NONE, 4, { .skew_ms = -3600000 }, TRUE, "INVALID_REQUEST", "DEVICE_AUTH_SIGNATURE_EXPIRED", NULL, FALSE,
    1008 },
  { "signature of tomorrow", MZ_DEMO_AUTH_NONE, 4, { .skew_ms = 86400000 }, TRUE, "INVALID_REQUEST", "DEVICE_AUTH_SIGNATURE_EXPIRED", NULL,
    FALSE, 1008 },
  { "signature wrong", MZ_DEMO_AUTH_NONE, 4, { .bad_signature = TRUE }, TRUE, "INVALID_REQUEST", "DEVICE_AUTH_SIGNATURE_INVALID", NULL, FALSE,
    1008 },
  { "nonce wrong", MZ_DEMO_AUTH_NONE, 4, { .bad_nonce = "other" }, TRUE, "INVALID_REQUEST", "DEVICE_AUTH_NONCE_MISMATCH", NULL, FALSE, 1008 },
  { "id wrong", MZ_DEMO_AUTH_NONE, 4, { .bad_id = TRUE }, TRUE, "INVALID_REQUEST", "DEVICE_AUTH_DEVICE_ID_MISMATCH", NULL, FALSE, 1008 },
};

static void
test_login (gconstpointer data)
{
  const LoginCase *expected = data;
  g_autoptr (MzDemoGateway) gateway = mz_demo_gateway_new ();
  g_autoptr (DemoDevice) device = demo_device_new ();
  DemoLogin login = expected->login;
  DemoClient *client;
  JsonObject *answer;

  login.device = expected->with_device ? device : NULL;
  mz_demo_gateway_set_protocol (gateway, expected->protocol);
  mz_demo_gateway_set_auth (gateway, expected->auth, TOKEN);
  g_assert_true (mz_demo_gateway_start (gateway, 0, NULL));

  client = demo_client_open (gateway);
  answer = demo_client_login (client, &login);
  g_assert_cmpint (mz_json_get_boolean (answer, "ok", FALSE), ==, expected->code == NULL);
  if (expected->code != NULL)
    {
      g_assert_cmpstr (mz_json_get_string (demo_error (answer), "code"), ==, expected->code);
      g_assert_cmpstr (mz_json_get_string (demo_details (answer), "code"), ==, expected->details);
      g_assert_cmpstr (mz_json_get_string (demo_details (answer), "recommendedNextStep"), ==, expected->next_step);
      g_assert_cmpint (mz_json_get_boolean (demo_details (answer), "canRetryWithDeviceToken", FALSE), ==, expected->can_retry);
      if (expected->close_code == 1002)
        g_assert_cmpint (mz_json_get_int (demo_details (answer), "expectedProtocol", 0), ==, expected->protocol);
      demo_client_wait_closed (client);
      g_assert_cmpuint (client->close_code, ==, expected->close_code);
      g_assert_cmpuint (client->n_texts, ==, 2);
    }
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_device_token (void)
{
  g_autoptr (MzDemoGateway) gateway = mz_demo_gateway_new ();
  g_autoptr (DemoDevice) device = demo_device_new ();
  g_autoptr (DemoDevice) other = demo_device_new ();
  g_autofree char *device_token = NULL;
  DemoLogin first = { .device = device, .token = TOKEN };
  DemoClient *client;

  mz_demo_gateway_set_auth (gateway, MZ_DEMO_AUTH_TOKEN, TOKEN);
  g_assert_true (mz_demo_gateway_start (gateway, 0, NULL));

  client = demo_client_open (gateway);
  device_token = g_strdup (mz_json_get_string (mz_json_get_object (demo_payload (demo_client_login (client, &first)), "auth"),
                                               "deviceToken"));
  g_assert_nonnull (device_token);
  demo_client_free (client);

  {
    const struct { DemoLogin login; gboolean ok; } cases[] = {
      { { .device = device, .device_token = device_token }, TRUE },
      { { .device = device, .token = device_token }, TRUE },
      { { .device = device, .token = "wrong", .device_token = device_token }, TRUE },
      { { .device = other, .device_token = device_token }, FALSE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        client = demo_client_open (gateway);
        g_assert_cmpint (mz_json_get_boolean (demo_client_login (client, &cases[i].login), "ok", !cases[i].ok), ==, cases[i].ok);
        demo_client_free (client);
      }
  }
  demo_settle (gateway);
}

static void
pairing_cb (MzDemoGateway *gateway,
            const char    *request_id,
            const char    *device_id,
            gpointer       user_data)
{
  GPtrArray *requests = user_data;

  g_assert_nonnull (device_id);
  g_ptr_array_add (requests, g_strdup (request_id));
}

static void
test_pairing (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway ();
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (DemoDevice) first = demo_device_new ();
  g_autoptr (DemoDevice) second = demo_device_new ();
  const DemoLogin logins[] = { { .device = first }, { .device = first }, { .device = second } };
  const DemoLogin anonymous = { 0 };
  DemoClient *client;
  JsonObject *answer;

  g_signal_connect (gateway, "pairing-requested", G_CALLBACK (pairing_cb), requests);
  mz_demo_gateway_set_pairing (gateway, TRUE);

  for (gsize i = 0; i < G_N_ELEMENTS (logins); i++)
    {
      client = demo_client_open (gateway);
      answer = demo_client_login (client, &logins[i]);
      g_assert_cmpstr (mz_json_get_string (demo_error (answer), "code"), ==, "NOT_PAIRED");
      g_assert_cmpstr (mz_json_get_string (demo_details (answer), "code"), ==, "PAIRING_REQUIRED");
      g_assert_cmpstr (mz_json_get_string (demo_details (answer), "deviceId"), ==, logins[i].device->id);
      g_assert_cmpstr (mz_json_get_string (demo_details (answer), "requestId"), ==, requests->pdata[requests->len - 1]);
      g_assert_cmpuint (mz_json_array_length (mz_json_get_array (demo_details (answer), "requestedScopes")), ==, 4);
      demo_client_wait_closed (client);
      g_assert_cmpuint (client->close_code, ==, 1008);
      demo_client_free (client);
    }
  /* A device that asks again keeps its request. */
  g_assert_cmpuint (requests->len, ==, 2);

  client = demo_client_open (gateway);
  answer = demo_client_login (client, &anonymous);
  g_assert_cmpstr (mz_json_get_string (demo_details (answer), "code"), ==, "DEVICE_IDENTITY_REQUIRED");
  demo_client_free (client);

  g_assert_false (mz_demo_gateway_approve_pairing (gateway, "no such request"));
  g_assert_true (mz_demo_gateway_approve_pairing (gateway, requests->pdata[0]));
  g_assert_false (mz_demo_gateway_approve_pairing (gateway, requests->pdata[0]));

  for (gsize i = 1; i < G_N_ELEMENTS (logins); i++)
    {
      client = demo_client_open (gateway);
      g_assert_cmpint (mz_json_get_boolean (demo_client_login (client, &logins[i]), "ok", FALSE), ==, i == 1);
      demo_client_free (client);
    }

  g_assert_true (mz_demo_gateway_approve_pairing (gateway, NULL));
  g_assert_false (mz_demo_gateway_approve_pairing (gateway, NULL));
  client = demo_client_open (gateway);
  g_assert_true (mz_json_get_boolean (demo_client_login (client, &logins[2]), "ok", FALSE));
  demo_client_free (client);
  demo_settle (gateway);
}

static char *
large_connect (void)
{
  g_autofree char *filler = g_strnfill (70000, 'y');

  return g_strdup_printf ("{\"type\":\"req\",\"id\":\"1\",\"method\":\"connect\",\"params\":{\"userAgent\":\"%s\"}}", filler);
}

/* What comes instead of `connect`. */
static void
test_first_frame (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway ();
  g_autofree char *large = large_connect ();
  const struct { const char *text; guint close_code; guint n_texts; } cases[] = {
    { "hello", 1000, 1 },
    { "", 1000, 1 },
    { "{\"type\":\"req\",\"id\":\"1\",\"method\":\"health\",\"params\":{}}", 1008, 2 },
    { "{\"type\":\"event\",\"event\":\"x\"}", 1008, 1 },
    { "[]", 1008, 1 },
    { "null", 1008, 1 },
    { "{\"type\":\"req\",\"id\":\"\",\"method\":\"connect\"}", 1008, 1 },
    { "{\"type\":\"req\",\"id\":7,\"method\":\"connect\"}", 1008, 1 },
    { "{\"type\":\"req\",\"id\":\"1\",\"method\":\"connect\"}", 1008, 2 },
    { "{\"type\":\"req\",\"id\":\"1\",\"method\":\"connect\",\"params\":[]}", 1008, 2 },
    { "{\"type\":\"req\",\"id\":\"1\",\"method\":\"connect\",\"params\":{\"minProtocol\":\"3\",\"maxProtocol\":4,\"client\":5}}", 1008, 2 },
    { "{\"type\":\"req\",\"id\":\"1\",\"method\":\"connect\",\"params\":{\"minProtocol\":3,\"maxProtocol\":4,\"client\":5}}", 1008, 2 },
    { "{\"type\":\"req\",\"id\":\"1\",\"method\":\"connect\",\"params\":{\"zzz\":1}}", 1008, 2 },
    { large, 1009, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      DemoClient *client = demo_client_open (gateway);

      demo_client_challenge (client);
      demo_client_send_raw (client, cases[i].text);
      demo_client_wait_closed (client);
      g_assert_cmpuint (client->close_code, ==, cases[i].close_code);
      g_assert_cmpuint (client->n_texts, ==, cases[i].n_texts);
      demo_client_free (client);
    }
  demo_settle (gateway);
}

/* What comes after the login: it is answered, and the connection stays. */
static void
test_later_frames (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway ();
  DemoClient *client = demo_client_ready (gateway);
  JsonObject *answer;

  answer = demo_client_call (client, "no.such.method", "{}");
  g_assert_cmpstr (mz_json_get_string (demo_error (answer), "code"), ==, "INVALID_REQUEST");
  g_assert_cmpstr (mz_json_get_string (demo_error (answer), "message"), ==, "unknown method: no.such.method");
  answer = demo_client_call (client, "chat.send", "{\"sessionKey\":\"main\"}");
  g_assert_cmpstr (mz_json_get_string (demo_error (answer), "code"), ==, "INVALID_REQUEST");
  answer = demo_client_call (client, "chat.send", "[]");
  g_assert_cmpstr (mz_json_get_string (demo_error (answer), "code"), ==, "INVALID_REQUEST");
  answer = demo_client_call (client, "chat.history", "{\"sessionKey\":\"main\",\"zzz\":1}");
  g_assert_cmpstr (mz_json_get_string (demo_error (answer), "message"), ==, "invalid chat.history params: at root: unexpected property 'zzz'");
  demo_client_send_raw (client, "{\"type\":\"zzz\"}");
  answer = demo_client_wait_response (client, "invalid");
  g_assert_cmpstr (mz_json_get_string (demo_error (answer), "code"), ==, "INVALID_REQUEST");
  g_assert_true (mz_json_get_boolean (demo_client_call (client, "health", "{}"), "ok", FALSE));

  demo_client_send_raw (client, "not json");
  demo_client_wait_closed (client);
  g_assert_cmpuint (client->close_code, ==, 1000);
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_scopes (gconstpointer data)
{
  guint protocol = GPOINTER_TO_UINT (data);
  g_autoptr (MzDemoGateway) gateway = mz_demo_gateway_new ();
  const DemoLogin login = { .scopes = "operator.read" };
  const char * const refused[][2] = {
    { "chat.send", "{\"sessionKey\":\"main\",\"message\":\"x\",\"idempotencyKey\":\"k\"}" },
    { "exec.approval.list", "{}" },
    { "sessions.delete", "{\"key\":\"agent:main:dashboard:lisbon\"}" },
  };
  DemoClient *client;

  mz_demo_gateway_set_protocol (gateway, protocol);
  g_assert_true (mz_demo_gateway_start (gateway, 0, NULL));
  client = demo_client_open (gateway);
  demo_client_login (client, &login);

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      JsonObject *answer = demo_client_call (client, refused[i][0], refused[i][1]);

      g_assert_cmpstr (mz_json_get_string (demo_error (answer), "code"), ==, protocol == 4 ? "FORBIDDEN" : "INVALID_REQUEST");
      g_assert_true (g_str_has_prefix (mz_json_get_string (demo_error (answer), "message"), "missing scope: operator."));
    }
  g_assert_true (mz_json_get_boolean (demo_client_call (client, "sessions.list", "{}"), "ok", FALSE));

  demo_client_free (client);
  demo_settle (gateway);
}

/* Two gateways in one process know nothing of each other. */
static void
test_two (void)
{
  g_autoptr (MzDemoGateway) first = start_gateway ();
  g_autoptr (MzDemoGateway) second = start_gateway ();
  DemoClient *a = demo_client_ready (first), *b = demo_client_ready (second);

  g_assert_cmpuint (mz_demo_gateway_get_port (first), !=, mz_demo_gateway_get_port (second));
  demo_client_call (a, "sessions.create", "{\"label\":\"only in the first\"}");
  g_assert_cmpint (mz_json_get_int (demo_payload (demo_client_call (a, "sessions.list", "{}")), "totalCount", 0), ==, 5);
  g_assert_cmpint (mz_json_get_int (demo_payload (demo_client_call (b, "sessions.list", "{}")), "totalCount", 0), ==, 4);

  demo_client_free (a);
  demo_client_free (b);
  demo_settle (first);
  demo_settle (second);
}

/* A certificate is made for the occasion: no private key lies in the tree. */
static GTlsCertificate *
make_certificate (void)
{
  g_autofree char *openssl = g_find_program_in_path ("openssl");
  g_autofree char *folder = g_dir_make_tmp ("moltzer-demo-XXXXXX", NULL);
  g_autofree char *key = g_build_filename (folder, "key.pem", NULL);
  g_autofree char *certificate = g_build_filename (folder, "certificate.pem", NULL);
  const char *arguments[] = { openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                              "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate, NULL };
  GTlsCertificate *result = NULL;
  g_autoptr (GError) error = NULL;

  if (openssl != NULL && g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                                       NULL, NULL, NULL, NULL))
    result = g_tls_certificate_new_from_files (certificate, key, &error);
  g_unlink (key);
  g_unlink (certificate);
  g_rmdir (folder);
  g_assert_true (openssl == NULL || result != NULL);
  return result;
}

static void
test_tls (void)
{
  g_autoptr (MzDemoGateway) gateway = mz_demo_gateway_new ();
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  DemoClient *client;

  if (certificate == NULL)
    {
      g_test_skip ("openssl is not installed");
      return;
    }

  mz_demo_gateway_set_certificate (gateway, certificate);
  g_assert_true (mz_demo_gateway_start (gateway, 0, NULL));
  g_assert_true (g_str_has_prefix (mz_demo_gateway_get_url (gateway), "wss://127.0.0.1:"));

  client = demo_client_ready (gateway);
  g_assert_true (mz_json_get_boolean (demo_client_call (client, "health", "{}"), "ok", FALSE));
  mz_demo_gateway_drop_all (gateway);
  demo_client_wait_closed (client);
  demo_client_free (client);
  demo_settle (gateway);
}

/* A port that is taken is an error, and the gateway can be started elsewhere. */
static void
test_port_taken (void)
{
  g_autoptr (MzDemoGateway) first = start_gateway ();
  g_autoptr (MzDemoGateway) second = mz_demo_gateway_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (mz_demo_gateway_start (second, mz_demo_gateway_get_port (first), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_true (mz_demo_gateway_start (second, 0, NULL));
  demo_settle (first);
  demo_settle (second);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GBytes **body = user_data;

  *body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);
  g_assert_nonnull (*body);
}

static gboolean
is_read (gpointer data)
{
  return *(GBytes **) data != NULL;
}

/* What is not a WebSocket's request. */
static void
test_plain_http (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway ();
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/", mz_demo_gateway_get_port (gateway));
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  GBytes *body = NULL;

  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, read_cb, &body);
  demo_wait_until (is_read, &body);
  g_assert_cmpuint (soup_message_get_status (message), ==, SOUP_STATUS_NOT_FOUND);
  g_bytes_unref (body);
  soup_session_abort (session);
  demo_settle (gateway);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/demo/login/hello/3", GUINT_TO_POINTER (3), test_hello);
  g_test_add_data_func ("/demo/login/hello/4", GUINT_TO_POINTER (4), test_hello);
  for (gsize i = 0; i < G_N_ELEMENTS (login_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/demo/login/case/%s", login_cases[i].name);

      g_test_add_data_func (path, &login_cases[i], test_login);
    }
  g_test_add_func ("/demo/login/device-token", test_device_token);
  g_test_add_func ("/demo/login/pairing", test_pairing);
  g_test_add_func ("/demo/login/first-frame", test_first_frame);
  g_test_add_func ("/demo/login/later-frames", test_later_frames);
  g_test_add_data_func ("/demo/login/scopes/3", GUINT_TO_POINTER (3), test_scopes);
  g_test_add_data_func ("/demo/login/scopes/4", GUINT_TO_POINTER (4), test_scopes);
  g_test_add_func ("/demo/login/two", test_two);
  g_test_add_func ("/demo/login/tls", test_tls);
  g_test_add_func ("/demo/login/port-taken", test_port_taken);
  g_test_add_func ("/demo/login/plain-http", test_plain_http);

  return g_test_run ();
}
