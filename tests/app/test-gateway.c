/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* MzGateway: connecting, and everything that can be in the way of it. */

#include "config.h"

#include "app-fixture.h"
#include "mz-tls-policy.h"

static MzStatus *
status (Fixture *fixture)
{
  MzStatus *status = NULL;

  g_object_get (fixture->gateway, "status", &status, NULL);
  return status;
}

static void
assert_status (Fixture  *fixture,
               MzDot     dot,
               MzAction  action)
{
  g_autoptr (MzStatus) now = status (fixture);

  g_assert_cmpint (now->dot, ==, dot);
  g_assert_cmpint (now->action, ==, action);
}

static MzClientState
state (Fixture *fixture)
{
  return mz_gateway_get_state (fixture->gateway);
}

static void
load_certificate (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *certificate_path = g_test_build_filename (G_TEST_DIST, "net", "certs", "self-signed.pem", NULL);
  g_autofree char *key_path = g_test_build_filename (G_TEST_DIST, "net", "certs", "self-signed-key.pem", NULL);
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_files (certificate_path, key_path, &error);

  g_assert_no_error (error);
  mz_demo_gateway_set_certificate (fixture->demo, certificate);
}

static void
test_connect (Fixture       *fixture,
              gconstpointer  data)
{
  MzClient *client;

  make_gateway (fixture);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_OFFLINE);
  g_assert_null (mz_gateway_get_client (fixture->gateway));
  g_assert_null (mz_gateway_get_sessions (fixture->gateway));
  g_assert_null (mz_gateway_diagnose (fixture->gateway));
  assert_status (fixture, MZ_DOT_OFF, MZ_ACTION_CONNECT);

  mz_gateway_connect (fixture->gateway);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_CONNECTING);
  assert_status (fixture, MZ_DOT_WORKING, MZ_ACTION_CANCEL);
  wait_until (fixture->n_ready == 1);
  assert_status (fixture, MZ_DOT_READY, MZ_ACTION_NONE);
  g_assert_cmpuint (fixture->n_status, >, 2);
  g_assert_cmpuint (fixture->n_clients, ==, 1);

  wait_until (g_list_model_get_n_items (mz_gateway_get_models (fixture->gateway)) > 0);
  wait_until (mz_session_list_get_loaded (mz_gateway_get_sessions (fixture->gateway)));
  wait_until (mz_approval_list_get_loaded (mz_gateway_get_approvals (fixture->gateway)));

  /* Once more changes nothing. */
  client = mz_gateway_get_client (fixture->gateway);
  mz_gateway_connect (fixture->gateway);
  mz_gateway_retry_now (fixture->gateway);
  settle (fixture);
  g_assert_true (client == mz_gateway_get_client (fixture->gateway));
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->demo), ==, 1);
}

/* The lists stay when the connection goes, and are not announced anew when the gateway says the same again. */
static void
test_models_stay (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (GObject) before = NULL;
  g_autoptr (GObject) after = NULL;
  GListModel *models;

  connect_and_wait (fixture);
  models = mz_gateway_get_models (fixture->gateway);
  wait_until (g_list_model_get_n_items (models) > 0);
  before = g_list_model_get_item (models, 0);

  mz_demo_gateway_drop_all (fixture->demo);
  wait_until (state (fixture) != MZ_CLIENT_READY);
  g_assert_cmpuint (g_list_model_get_n_items (models), >, 0);
  mz_gateway_retry_now (fixture->gateway);
  wait_until (fixture->n_ready == 2);
  wait_until (mz_client_get_n_pending (mz_gateway_get_client (fixture->gateway)) == 0);
  settle (fixture);

  g_assert_true (models == mz_gateway_get_models (fixture->gateway));
  after = g_list_model_get_item (models, 0);
  g_assert_true (before == after);
}

static void
test_disconnect (Fixture       *fixture,
                 gconstpointer  data)
{
  MzClient *client;

  connect_and_wait (fixture);
  client = mz_gateway_get_client (fixture->gateway);

  /* At once, whatever the closing handshake takes; and a change of mind is no matter. */
  mz_gateway_disconnect (fixture->gateway);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_OFFLINE);
  assert_status (fixture, MZ_DOT_OFF, MZ_ACTION_CONNECT);
  mz_gateway_connect (fixture->gateway);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_CONNECTING);
  wait_until (fixture->n_ready == 2);
  g_assert_true (client == mz_gateway_get_client (fixture->gateway));

  mz_gateway_disconnect (fixture->gateway);
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 0);
  settle (fixture);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_OFFLINE);
}

static void
test_stored_secret (Fixture       *fixture,
                    gconstpointer  data)
{
  MzCredential credential = GPOINTER_TO_UINT (data);

  mz_demo_gateway_set_auth (fixture->demo, credential == MZ_CREDENTIAL_TOKEN ? MZ_DEMO_AUTH_TOKEN : MZ_DEMO_AUTH_PASSWORD, TOKEN);
  make_gateway (fixture);
  mz_gateway_entry_set_credential (fixture->entry, credential);
  save_secret (fixture, credential == MZ_CREDENTIAL_TOKEN ? MZ_SECRET_TOKEN : MZ_SECRET_PASSWORD,
               mz_gateway_entry_get_id (fixture->entry), TOKEN);

  mz_gateway_connect (fixture->gateway);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_CONNECTING);
  g_assert_null (mz_gateway_get_client (fixture->gateway));
  wait_until (fixture->n_ready == 1);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->demo), ==, 1);
}

/* Given up while the store still looks for the secret. */
static void
test_cancel_early (Fixture       *fixture,
                   gconstpointer  data)
{
  make_gateway (fixture);
  mz_gateway_entry_set_credential (fixture->entry, MZ_CREDENTIAL_TOKEN);
  mz_gateway_connect (fixture->gateway);
  mz_gateway_disconnect (fixture->gateway);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_OFFLINE);
  settle (fixture);
  g_assert_null (mz_gateway_get_client (fixture->gateway));

  mz_gateway_connect (fixture->gateway);
  wait_until (fixture->n_ready == 1);
}

/* With them a wrong token does no harm on loopback. */
static void
forget_device_tokens (Fixture *fixture)
{
  g_auto (GStrv) names = mz_identity_list_gateways (fixture->identity);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    mz_identity_set_device_token (fixture->identity, names[i], NULL);
}

static void
test_wrong_secret (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (MzDiagnosis) diagnosis = NULL;
  const char *id;

  mz_demo_gateway_set_auth (fixture->demo, MZ_DEMO_AUTH_TOKEN, TOKEN);
  make_gateway (fixture);
  id = mz_gateway_entry_get_id (fixture->entry);
  mz_gateway_connect (fixture->gateway);
  wait_until (state (fixture) == MZ_CLIENT_STOPPED);
  assert_status (fixture, MZ_DOT_NEEDS_YOU, MZ_ACTION_EDIT_SECRET);
  diagnosis = mz_gateway_diagnose (fixture->gateway);
  g_assert_cmpstr (diagnosis->id, ==, "auth-missing");
  g_clear_pointer (&diagnosis, mz_diagnosis_free);

  mz_gateway_set_secret (fixture->gateway, MZ_CREDENTIAL_TOKEN, "wrong", TRUE);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_CONNECTING);
  wait_until (state (fixture) == MZ_CLIENT_STOPPED);
  assert_status (fixture, MZ_DOT_NEEDS_YOU, MZ_ACTION_EDIT_SECRET);
  diagnosis = mz_gateway_diagnose (fixture->gateway);
  g_assert_cmpstr (diagnosis->id, ==, "auth-token");
  g_assert_cmpstr (lookup_secret (fixture, MZ_SECRET_TOKEN, id), ==, "wrong");

  mz_gateway_set_secret (fixture->gateway, MZ_CREDENTIAL_TOKEN, TOKEN, TRUE);
  wait_until (fixture->n_ready == 1);
  assert_status (fixture, MZ_DOT_READY, MZ_ACTION_NONE);
  g_assert_null (mz_gateway_diagnose (fixture->gateway));
  g_assert_cmpint (mz_gateway_entry_get_credential (fixture->entry), ==, MZ_CREDENTIAL_TOKEN);
  g_assert_cmpstr (lookup_secret (fixture, MZ_SECRET_TOKEN, id), ==, TOKEN);
  g_assert_null (lookup_secret (fixture, MZ_SECRET_PASSWORD, id));

  /* The same again is no reason to log in anew; another is, and the last word is what is kept. */
  mz_gateway_set_secret (fixture->gateway, MZ_CREDENTIAL_TOKEN, TOKEN, TRUE);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_READY);
  forget_device_tokens (fixture);
  mz_gateway_set_secret (fixture->gateway, MZ_CREDENTIAL_TOKEN, "other", TRUE);
  mz_gateway_set_secret (fixture->gateway, MZ_CREDENTIAL_PASSWORD, "another", TRUE);
  mz_gateway_set_secret (fixture->gateway, MZ_CREDENTIAL_TOKEN, "last", FALSE);
  wait_until (state (fixture) == MZ_CLIENT_STOPPED);
  shut_down (fixture, fixture->gateway);
  g_assert_null (lookup_secret (fixture, MZ_SECRET_TOKEN, id));
  g_assert_null (lookup_secret (fixture, MZ_SECRET_PASSWORD, id));

  /* It is still known here. */
  mz_demo_gateway_set_auth (fixture->demo, MZ_DEMO_AUTH_TOKEN, "last");
  mz_gateway_connect (fixture->gateway);
  wait_until (fixture->n_ready == 2);
}

/* What cannot be saved is used all the same. */
static void
test_transient (Fixture       *fixture,
                gconstpointer  data)
{
  mz_demo_gateway_set_auth (fixture->demo, MZ_DEMO_AUTH_TOKEN, TOKEN);
  start_demo (fixture);
  fixture->entry = mz_gateway_entry_new ("demo", mz_demo_gateway_get_url (fixture->demo), TRUE);
  make_gateway (fixture);
  mz_gateway_set_secret (fixture->gateway, MZ_CREDENTIAL_TOKEN, TOKEN, TRUE);
  connect_and_wait (fixture);
  g_assert_null (lookup_secret (fixture, MZ_SECRET_TOKEN, "demo"));
}

/* While it tries again, the reason of the last failure stays in the words, and the time of the next try is told. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (MzStatus) waiting = NULL;
  g_autoptr (MzDiagnosis) diagnosis = NULL;

  start_demo (fixture);
  make_gateway (fixture);
  stop_demo (fixture);
  mz_gateway_connect (fixture->gateway);
  wait_until (state (fixture) == MZ_CLIENT_WAITING);
  waiting = status (fixture);
  g_assert_cmpint (waiting->retry_at, >, g_get_monotonic_time ());
  diagnosis = mz_gateway_diagnose (fixture->gateway);
  g_assert_cmpstr (diagnosis->id, ==, "refused");
  g_assert_nonnull (strstr (waiting->text, diagnosis->headline));

  mz_gateway_retry_now (fixture->gateway);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_CONNECTING);
  g_clear_pointer (&diagnosis, mz_diagnosis_free);
  diagnosis = mz_gateway_diagnose (fixture->gateway);
  g_assert_cmpstr (diagnosis->id, ==, "refused");
  wait_until (state (fixture) == MZ_CLIENT_WAITING);

  start_demo (fixture);
  mz_gateway_retry_now (fixture->gateway);
  wait_until (fixture->n_ready == 1);
  g_assert_null (mz_gateway_diagnose (fixture->gateway));
}

/* All changes of one turn of the main loop are one reconnect. */
static void
test_edit (Fixture       *fixture,
           gconstpointer  data)
{
  MzClient *client;
  g_autoptr (MzDemoGateway) other = mz_demo_gateway_new ();
  g_autoptr (GError) error = NULL;

  mz_demo_gateway_start (other, 0, &error);
  g_assert_no_error (error);
  connect_and_wait (fixture);
  client = g_object_ref (mz_gateway_get_client (fixture->gateway));

  mz_gateway_entry_set_strategy (fixture->entry, MZ_STRATEGY_STANDARD);
  mz_gateway_entry_set_allow_plaintext (fixture->entry, TRUE);
  mz_gateway_entry_set_address (fixture->entry, mz_demo_gateway_get_url (other));
  mz_gateway_entry_set_name (fixture->entry, "Another name");
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_CONNECTING);
  wait_until (fixture->n_ready == 2);
  g_assert_cmpuint (fixture->n_clients, ==, 2);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (other), ==, 1);
  g_assert_true (client != mz_gateway_get_client (fixture->gateway));
  g_assert_true (mz_session_list_get_client (mz_gateway_get_sessions (fixture->gateway)) == mz_gateway_get_client (fixture->gateway));
  g_assert_true (mz_approval_list_get_client (mz_gateway_get_approvals (fixture->gateway)) == mz_gateway_get_client (fixture->gateway));

  /* The old one has closed by itself, and nobody holds it. */
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 0);
  wait_until (mz_client_get_state (client) == MZ_CLIENT_OFFLINE);
  settle (fixture);
  g_assert_finalize_object (client);

  /* Not connected, nothing is dialed for an edit; the next connect takes it. */
  mz_gateway_disconnect (fixture->gateway);
  mz_gateway_entry_set_address (fixture->entry, mz_demo_gateway_get_url (fixture->demo));
  settle (fixture);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_OFFLINE);
  mz_gateway_connect (fixture->gateway);
  wait_until (fixture->n_ready == 3);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->demo), ==, 2);
  mz_demo_gateway_stop (other);
}

static void
test_bad_address (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (MzDiagnosis) diagnosis = NULL;

  connect_and_wait (fixture);
  mz_gateway_entry_set_address (fixture->entry, "http://what is this");
  wait_until (state (fixture) == MZ_CLIENT_STOPPED);
  g_assert_null (mz_gateway_get_client (fixture->gateway));
  g_assert_null (mz_gateway_get_sessions (fixture->gateway));
  diagnosis = mz_gateway_diagnose (fixture->gateway);
  g_assert_cmpstr (diagnosis->id, ==, "invalid-address");
  mz_gateway_retry_now (fixture->gateway);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_STOPPED);

  mz_gateway_entry_set_address (fixture->entry, mz_demo_gateway_get_url (fixture->demo));
  wait_until (fixture->n_ready == 2);
}

static void
test_pin (Fixture       *fixture,
          gconstpointer  data)
{
  g_autofree char *pin = NULL;
  g_autofree char *other = g_strnfill (64, 'a');

  load_certificate (fixture);
  make_gateway (fixture);
  g_assert_null (mz_gateway_dup_offered_pin (fixture->gateway));
  mz_gateway_connect (fixture->gateway);
  wait_until (state (fixture) == MZ_CLIENT_STOPPED);
  assert_status (fixture, MZ_DOT_NEEDS_YOU, MZ_ACTION_TRUST);
  pin = mz_gateway_dup_offered_pin (fixture->gateway);
  g_assert_nonnull (pin);
  g_assert_false (mz_gateway_wants_plaintext (fixture->gateway));

  /* Another certificate than the pinned one: the one that is there can be looked at, too. */
  mz_gateway_entry_set_pin (fixture->entry, other);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_CONNECTING);
  wait_until (state (fixture) == MZ_CLIENT_STOPPED);
  g_free (other);
  other = mz_gateway_dup_offered_pin (fixture->gateway);
  g_assert_cmpstr (other, ==, pin);

  mz_gateway_entry_set_pin (fixture->entry, pin);
  wait_until (fixture->n_ready == 1);
  g_assert_null (mz_gateway_dup_offered_pin (fixture->gateway));
}

/* What Node's server says to whoever comes with TLS; to whoever asks for a WebSocket, too. */
static gboolean
bad_request_cb (GThreadedSocketService *service,
                GSocketConnection      *connection,
                GObject                *source,
                gpointer                user_data)
{
  static const char bad_request[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  char buffer[4096];

  if (g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL) > 0)
    g_output_stream_write_all (out, bad_request, strlen (bad_request), NULL, NULL, NULL);
  return TRUE;
}

/* The consent is asked for where it would help, and used when it is given. */
static void
test_plaintext (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (4);
  g_autoptr (GError) error = NULL;
  g_autoptr (MzDiagnosis) diagnosis = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, &error);
  g_autofree char *address = g_strdup_printf ("wss://127.0.0.1:%u", port);

  g_assert_no_error (error);
  g_signal_connect (service, "run", G_CALLBACK (bad_request_cb), NULL);
  fixture->entry = mz_gateway_entry_new (NULL, address, FALSE);
  make_gateway (fixture);
  g_assert_false (mz_gateway_wants_plaintext (fixture->gateway));
  mz_gateway_connect (fixture->gateway);
  wait_until (state (fixture) == MZ_CLIENT_STOPPED);
  g_assert_true (mz_gateway_wants_plaintext (fixture->gateway));
  g_assert_null (mz_gateway_dup_offered_pin (fixture->gateway));
  assert_status (fixture, MZ_DOT_NEEDS_YOU, MZ_ACTION_ALLOW_PLAINTEXT);

  mz_gateway_entry_set_allow_plaintext (fixture->entry, TRUE);
  wait_until (state (fixture) == MZ_CLIENT_STOPPED);
  g_assert_false (mz_gateway_wants_plaintext (fixture->gateway));
  diagnosis = mz_gateway_diagnose (fixture->gateway);
  g_assert_cmpstr (diagnosis->id, ==, "http-status");

  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
}

/* Approved on the gateway's side, it goes on by itself. */
static void
test_pairing (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (MzDiagnosis) diagnosis = NULL;

  mz_demo_gateway_set_pairing (fixture->demo, TRUE);
  make_gateway (fixture);
  mz_gateway_connect (fixture->gateway);
  wait_until (state (fixture) == MZ_CLIENT_WAITING);
  assert_status (fixture, MZ_DOT_NEEDS_YOU, MZ_ACTION_COPY_COMMAND);
  diagnosis = mz_gateway_diagnose (fixture->gateway);
  g_assert_nonnull (fixture->request_id);
  g_assert_nonnull (strstr (diagnosis->command, fixture->request_id));

  g_assert_true (mz_demo_gateway_approve_pairing (fixture->demo, fixture->request_id));
  wait_until (fixture->n_ready == 1);
  assert_status (fixture, MZ_DOT_READY, MZ_ACTION_NONE);
}

/* The app asks for what deleting needs. */
static void
test_scopes (Fixture       *fixture,
             gconstpointer  data)
{
  MzSessionList *sessions;
  g_autofree char *key = NULL;
  guint n;

  mz_demo_gateway_set_protocol (fixture->demo, GPOINTER_TO_UINT (data));
  connect_and_wait (fixture);
  sessions = mz_gateway_get_sessions (fixture->gateway);
  wait_until (mz_session_list_get_loaded (sessions));
  n = g_list_model_get_n_items (G_LIST_MODEL (sessions));
  for (guint i = 0; i < n && key == NULL; i++)
    {
      g_autoptr (MzSessionRow) row = g_list_model_get_item (G_LIST_MODEL (sessions), i);

      if (!g_str_has_suffix (mz_session_row_get_key (row), ":main"))
        key = g_strdup (mz_session_row_get_key (row));
    }
  g_assert_nonnull (key);

  mz_session_list_rename_async (sessions, key, "Renamed", NULL, NULL, NULL);
  wait_until (g_strcmp0 (mz_session_row_get_label (mz_session_list_lookup (sessions, key)), "Renamed") == 0);
  mz_session_list_delete_async (sessions, key, NULL, NULL, NULL);
  wait_until (mz_session_list_lookup (sessions, key) == NULL);
}

/* Whatever is open of a gateway, in however many windows: its lists, conversations, the same one twice, another one for a quick question. All
 * of it goes through one WebSocket. */
static void
test_one_connection (Fixture       *fixture,
                     gconstpointer  data)
{
  static const char * const keys[] = { "agent:main:main", "agent:main:other", "agent:main:quick", "agent:main:main" };
  MzChat *chats[G_N_ELEMENTS (keys)];
  MzClient *client;

  connect_and_wait (fixture);
  client = mz_gateway_get_client (fixture->gateway);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    chats[i] = mz_gateway_open_chat (fixture->gateway, keys[i]);
  g_assert_true (chats[0] == chats[3]);
  wait_until (g_list_model_get_n_items (mz_gateway_get_models (fixture->gateway)) > 0);
  wait_until (mz_session_list_get_loaded (mz_gateway_get_sessions (fixture->gateway)));
  wait_until (mz_approval_list_get_loaded (mz_gateway_get_approvals (fixture->gateway)));
  for (guint i = 0; i < 3; i++)
    wait_until (mz_session_get_loaded (mz_chat_get_session (chats[i])));
  settle (fixture);

  g_assert_true (mz_gateway_get_client (fixture->gateway) == client);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->demo), ==, 1);
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (fixture->demo), ==, 1);
  g_assert_cmpuint (mz_demo_gateway_get_n_connections (fixture->demo), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (chats); i++)
    g_object_unref (chats[i]);
}

/* Let go without a word, it closes its connection all the same. */
static void
test_dispose_connected (Fixture       *fixture,
                        gconstpointer  data)
{
  connect_and_wait (fixture);
  g_clear_object (&fixture->gateway);
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 0);
  settle (fixture);
}

#define add(path, data, function) g_test_add ("/app/gateway/" path, Fixture, data, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("connect", NULL, test_connect);
  add ("models-stay", NULL, test_models_stay);
  add ("disconnect", NULL, test_disconnect);
  add ("stored-token", GUINT_TO_POINTER (MZ_CREDENTIAL_TOKEN), test_stored_secret);
  add ("stored-password", GUINT_TO_POINTER (MZ_CREDENTIAL_PASSWORD), test_stored_secret);
  add ("cancel-early", NULL, test_cancel_early);
  add ("wrong-secret", NULL, test_wrong_secret);
  add ("transient", NULL, test_transient);
  add ("refused", NULL, test_refused);
  add ("edit", NULL, test_edit);
  add ("bad-address", NULL, test_bad_address);
  add ("pin", NULL, test_pin);
  add ("plaintext", NULL, test_plaintext);
  add ("pairing", NULL, test_pairing);
  add ("scopes/3", GUINT_TO_POINTER (3), test_scopes);
  add ("scopes/4", GUINT_TO_POINTER (4), test_scopes);
  add ("one-connection", NULL, test_one_connection);
  add ("dispose-connected", NULL, test_dispose_connected);

  return g_test_run ();
}
