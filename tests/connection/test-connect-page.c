/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* MzConnectPage against the embedded gateway: everything that a person may meet on the way in. */

#include "config.h"

#include <string.h>

#include "connection-fixture.h"
#include "mz-tls-policy.h"

static guint
n_gateways (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->core));
}

static void
connect_with (Fixture    *fixture,
              const char *secret)
{
  fill ("Address", mz_demo_gateway_get_url (fixture->demo));
  fill ("Token or password", secret);
  click ("Connect");
}

static void
wait_connected (Fixture *fixture)
{
  wait_until (fixture->connected != NULL);
  g_assert_cmpint (mz_gateway_get_state (fixture->connected), ==, MZ_CLIENT_READY);
  g_assert_cmpuint (n_gateways (fixture), ==, 1);
  g_assert_true (mz_gateway_entry_get_auto_connect (mz_gateway_get_entry (fixture->connected)));

  /* For the next gateway, and so that nothing secret stays in a field. */
  wait_until (find_row ("Address") != NULL);
  g_assert_cmpstr (text_of ("Address"), ==, "");
  g_assert_cmpstr (text_of ("Token or password"), ==, "");
}

static void
test_token (Fixture       *fixture,
            gconstpointer  data)
{
  MzGatewayEntry *entry;

  mz_demo_gateway_set_auth (fixture->demo, MZ_DEMO_AUTH_TOKEN, TOKEN);
  start_demo (fixture);
  show_page (fixture);
  g_assert_nonnull (find_label ("until Moltzer closes"));
  connect_with (fixture, TOKEN);
  wait_connected (fixture);

  entry = mz_gateway_get_entry (fixture->connected);
  g_assert_cmpint (mz_gateway_entry_get_credential (entry), ==, MZ_CREDENTIAL_TOKEN);
  wait_secret (fixture, MZ_SECRET_TOKEN, mz_gateway_entry_get_id (entry), TOKEN);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->demo), ==, 1);
}

static void
test_password (Fixture       *fixture,
               gconstpointer  data)
{
  mz_demo_gateway_set_auth (fixture->demo, MZ_DEMO_AUTH_PASSWORD, TOKEN);
  start_demo (fixture);
  show_page (fixture);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find_button ("Password")), TRUE);
  connect_with (fixture, TOKEN);
  wait_connected (fixture);
  g_assert_cmpint (mz_gateway_entry_get_credential (mz_gateway_get_entry (fixture->connected)), ==, MZ_CREDENTIAL_PASSWORD);
}

/* Said at the field, nothing typed is lost, nothing is kept; corrected, it goes on. */
static void
test_wrong_token (Fixture       *fixture,
                  gconstpointer  data)
{
  mz_demo_gateway_set_auth (fixture->demo, MZ_DEMO_AUTH_TOKEN, TOKEN);
  start_demo (fixture);
  show_page (fixture);
  connect_with (fixture, "wrong");
  wait_until (find_label ("The token or password is wrong") != NULL);
  g_assert_cmpstr (text_of ("Address"), ==, mz_demo_gateway_get_url (fixture->demo));
  g_assert_cmpstr (text_of ("Token or password"), ==, "wrong");
  g_assert_true (gtk_widget_has_css_class (find_row ("Token or password"), "error"));
  g_assert_cmpuint (n_gateways (fixture), ==, 0);

  fill ("Token or password", TOKEN);
  g_assert_false (gtk_widget_has_css_class (find_row ("Token or password"), "error"));
  click ("Connect");
  wait_connected (fixture);
}

static void
test_no_token (Fixture       *fixture,
               gconstpointer  data)
{
  mz_demo_gateway_set_auth (fixture->demo, MZ_DEMO_AUTH_TOKEN, TOKEN);
  start_demo (fixture);
  show_page (fixture);
  connect_with (fixture, "");
  wait_until (find_label ("asks for a token or password") != NULL);
  g_assert_true (gtk_widget_has_css_class (find_row ("Token or password"), "error"));
}

static void
test_pairing (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *copied = NULL;

  mz_demo_gateway_set_pairing (fixture->demo, TRUE);
  start_demo (fixture);
  show_page (fixture);
  connect_with (fixture, "");
  wait_until (find_button ("Copy command") != NULL);
  g_assert_nonnull (find_label ("Waiting for approval…"));
  g_assert_cmpuint (n_gateways (fixture), ==, 0);

  click ("Copy command");
  copied = read_clipboard (fixture);
  g_assert_true (g_str_has_prefix (copied, "openclaw devices approve "));

  /* It goes on by itself. */
  g_assert_true (mz_demo_gateway_approve_pairing (fixture->demo, copied + strlen ("openclaw devices approve ")));
  wait_connected (fixture);
}

static void
test_certificate (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *pin = NULL;

  use_certificate (fixture, "self-signed");
  start_demo (fixture);
  show_page (fixture);
  connect_with (fixture, TOKEN);
  wait_until (find_button ("Trust this certificate") != NULL);
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (fixture->demo), ==, 0);
  g_assert_nonnull (find_label ("DA:7E:79:65"));
  g_assert_nonnull (find_label ("self-signed"));

  /* What has consequences is not the default. */
  g_assert_true (gtk_window_get_focus (fixture->window) == find_button ("Cancel"));

  click ("Trust this certificate");
  wait_connected (fixture);
  pin = g_strdup (mz_gateway_entry_get_pin (mz_gateway_get_entry (fixture->connected)));
  g_assert_true (g_str_has_prefix (pin, "da7e7965"));
}

static void
test_certificate_refused (Fixture       *fixture,
                          gconstpointer  data)
{
  use_certificate (fixture, "self-signed");
  start_demo (fixture);
  show_page (fixture);
  connect_with (fixture, TOKEN);
  wait_until (find_button ("Trust this certificate") != NULL);
  click ("Cancel");
  wait_until (find_row ("Address") != NULL);
  g_assert_cmpstr (text_of ("Address"), ==, mz_demo_gateway_get_url (fixture->demo));
  g_assert_cmpstr (text_of ("Token or password"), ==, TOKEN);
  g_assert_cmpuint (n_gateways (fixture), ==, 0);
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (fixture->demo), ==, 0);
}

/* A certificate for another name: what is wrong is said, and the person may know better. */
static void
test_certificate_name (Fixture       *fixture,
                       gconstpointer  data)
{
  use_certificate (fixture, "other");
  start_demo (fixture);
  show_page (fixture);
  connect_with (fixture, "");
  wait_until (find_button ("Trust this certificate") != NULL);
  click ("Trust this certificate");
  wait_connected (fixture);
}

static void
spliced_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_io_stream_splice_finish (result, NULL);
  *(gboolean *) user_data = TRUE;
}

/* A plaintext gateway that answers a TLS hello at once, as the real one does; see tests/client/test-client-tls.c. */
static gboolean
plain_port_cb (GThreadedSocketService *service,
               GSocketConnection      *connection,
               GObject                *source,
               gpointer                user_data)
{
  static const char bad_request[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
  guint16 port = GPOINTER_TO_UINT (user_data);
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

  inner = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);
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

static void
test_plaintext (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (4);
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, &error);
  g_autofree char *url = g_strdup_printf ("wss://127.0.0.1:%u", port);

  g_assert_no_error (error);
  start_demo (fixture);
  g_signal_connect (service, "run", G_CALLBACK (plain_port_cb), GUINT_TO_POINTER (fixture->port));

  show_page (fixture);
  fill ("Address", url);
  fill ("Token or password", TOKEN);
  click ("Connect");
  wait_until (find_button ("Connect without encryption") != NULL);
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (fixture->demo), ==, 0);
  g_assert_true (gtk_window_get_focus (fixture->window) == find_button ("Cancel"));

  click ("Connect without encryption");
  wait_connected (fixture);
  g_assert_true (mz_gateway_entry_get_allow_plaintext (mz_gateway_get_entry (fixture->connected)));

  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  mz_demo_gateway_set_fault (fixture->demo, MZ_DEMO_FAULT_STALL);
  start_demo (fixture);
  show_page (fixture);
  connect_with (fixture, TOKEN);
  wait_until (find_label ("Connecting to") != NULL && find_label ("Meet the gateway") != NULL);
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 1);
  click ("Cancel");
  wait_until (find_row ("Address") != NULL);
  g_assert_cmpstr (text_of ("Address"), ==, mz_demo_gateway_get_url (fixture->demo));
  g_assert_cmpstr (text_of ("Token or password"), ==, TOKEN);
  g_assert_cmpuint (n_gateways (fixture), ==, 0);
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 0);
}

/* The window goes in the middle of it. */
static void
test_destroyed (Fixture       *fixture,
                gconstpointer  data)
{
  mz_demo_gateway_set_fault (fixture->demo, MZ_DEMO_FAULT_STALL);
  start_demo (fixture);
  show_page (fixture);
  connect_with (fixture, TOKEN);
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 1);
  close_window (fixture);
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 0);
  g_assert_cmpuint (n_gateways (fixture), ==, 0);
}

/* Nothing listens; then the gateway is started, and "Try again" gets through. */
static void
test_again (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *url = NULL;

  start_demo (fixture);
  url = g_strdup (mz_demo_gateway_get_url (fixture->demo));
  stop_demo (fixture);
  show_page (fixture);
  fill ("Address", url);
  click ("Connect");
  wait_until (find_button ("Try again") != NULL);
  g_assert_nonnull (find_label ("Nothing listens on that port"));
  g_assert_cmpuint (n_gateways (fixture), ==, 0);

  click ("Back");
  wait_until (find_row ("Address") != NULL);
  g_assert_cmpstr (text_of ("Address"), ==, url);
  click ("Connect");
  wait_until (find_button ("Try again") != NULL);

  start_demo (fixture);
  click ("Try again");
  wait_connected (fixture);
}

static void
test_starting (Fixture       *fixture,
               gconstpointer  data)
{
  mz_demo_gateway_set_fault (fixture->demo, MZ_DEMO_FAULT_STARTING);
  start_demo (fixture);
  show_page (fixture);
  connect_with (fixture, "");
  wait_connected (fixture);
}

static void
test_bad_address (Fixture       *fixture,
                  gconstpointer  data)
{
  show_page (fixture);
  fill ("Address", "example.org:99999");

  /* Half an address is no error, until it is asked for. */
  g_assert_false (gtk_widget_has_css_class (find_row ("Address"), "error"));
  click ("Connect");
  g_assert_true (gtk_widget_has_css_class (find_row ("Address"), "error"));
  g_assert_nonnull (find_label ("a number from 1 to 65535"));
  g_assert_cmpstr (text_of ("Address"), ==, "example.org:99999");

  fill ("Address", "gw.tail1234.ts.net");
  g_assert_false (gtk_widget_has_css_class (find_row ("Address"), "error"));
  g_assert_nonnull (find_label ("wss, port 443"));
  click ("Not behind Tailscale Serve? Use port 18789");
  g_assert_cmpstr (text_of ("Address"), ==, "ws://gw.tail1234.ts.net:18789/");
  g_assert_nonnull (find_label ("ws, port 18789"));

  /* A secret is said at once. */
  fill ("Address", "https://gw.example.org/?token=abc");
  g_assert_true (gtk_widget_has_css_class (find_row ("Address"), "error"));
  g_assert_nonnull (find_label ("Leave tokens, passwords"));
}

/* After a pause of typing. */
static void
test_pause (Fixture       *fixture,
            gconstpointer  data)
{
  show_page (fixture);
  fill ("Address", "example.org:99999");
  wait_until (gtk_widget_has_css_class (find_row ("Address"), "error"));
}

static void
test_same (Fixture       *fixture,
           gconstpointer  data)
{
  start_demo (fixture);
  add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  show_page (fixture);
  connect_with (fixture, "");
  g_assert_nonnull (find_label ("You have this gateway already"));
  g_assert_cmpuint (n_gateways (fixture), ==, 1);
}

static void
test_demo (Fixture       *fixture,
           gconstpointer  data)
{
  show_page (fixture);
  click ("Try the demo");
  g_assert_nonnull (fixture->connected);
  g_assert_true (mz_gateway_entry_get_transient (mz_gateway_get_entry (fixture->connected)));
  wait_until (mz_gateway_get_state (fixture->connected) == MZ_CLIENT_READY);
}

static void
test_suggested (Fixture       *fixture,
                gconstpointer  data)
{
  MzConnectPage *page;

  start_demo (fixture);
  show_page (fixture);
  page = MZ_CONNECT_PAGE (find_type (MZ_TYPE_CONNECT_PAGE));
  mz_connect_page_suggest (page, mz_demo_gateway_get_url (fixture->demo), "From the link");
  wait_until (find_label ("came from a link") != NULL);
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (fixture->demo), ==, 0);
  click ("Connect");
  wait_connected (fixture);
  g_assert_cmpstr (mz_gateway_entry_get_name (mz_gateway_get_entry (fixture->connected)), ==, "From the link");
  g_assert_null (find_label ("came from a link"));
}

static void
test_back (Fixture       *fixture,
           gconstpointer  data)
{
  show_page (fixture);
  g_assert_null (find_button ("Back"));
  mz_connect_page_set_can_close (MZ_CONNECT_PAGE (find_type (MZ_TYPE_CONNECT_PAGE)), TRUE);
  wait_until (find_button ("Back") != NULL);
  click ("Back");
  g_assert_cmpuint (fixture->n_closed, ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  if (!begin_tests (&argc, &argv))
    return 0;

#define ADD(path, function) g_test_add ("/connect-page/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("token", test_token);
  ADD ("password", test_password);
  ADD ("wrong-token", test_wrong_token);
  ADD ("no-token", test_no_token);
  ADD ("pairing", test_pairing);
  ADD ("certificate/trusted", test_certificate);
  ADD ("certificate/refused", test_certificate_refused);
  ADD ("certificate/name", test_certificate_name);
  ADD ("plaintext", test_plaintext);
  ADD ("cancel", test_cancel);
  ADD ("destroyed", test_destroyed);
  ADD ("again", test_again);
  ADD ("starting", test_starting);
  ADD ("bad-address", test_bad_address);
  ADD ("pause", test_pause);
  ADD ("same", test_same);
  ADD ("demo", test_demo);
  ADD ("suggested", test_suggested);
  ADD ("back", test_back);

  return g_test_run ();
}
