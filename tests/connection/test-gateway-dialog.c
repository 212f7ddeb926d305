/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* MzGatewayDialog and MzPreferences: what is typed is checked, saved and bound. */

#include "config.h"

#include "connection-fixture.h"

#define PIN "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static MzGatewayEntry *
show_dialog (Fixture    *fixture,
             MzGateway  *gateway,
             const char *focus)
{
  show_window (fixture, mz_gateway_dialog_new (fixture->core, gateway, NULL, focus));

  return mz_gateway_get_entry (gateway);
}

static void
choose (const char *title,
        guint       selected)
{
  adw_combo_row_set_selected (ADW_COMBO_ROW (find_row (title)), selected);
}

static void
test_save (Fixture       *fixture,
           gconstpointer  data)
{
  MzGateway *gateway = add_gateway (fixture, "ws://127.0.0.1:18789");
  MzGatewayEntry *entry = show_dialog (fixture, gateway, "name");

  g_assert_cmpstr (text_of ("Name"), ==, "127.0.0.1");
  fill ("Name", "  At home ");
  fill ("Address", " 192.168.1.5:1234 ");
  fill ("Proxy", "socks5://127.0.0.1:1080");
  choose ("Log in with", MZ_CREDENTIAL_PASSWORD);
  wait_until (find_row ("Token or password") != NULL);
  fill ("Token or password", TOKEN);
  choose ("Strategy", MZ_STRATEGY_IPV4_ONLY);
  click ("Save");
  wait_until (fixture->window == NULL);

  g_assert_cmpstr (mz_gateway_entry_get_name (entry), ==, "At home");
  g_assert_cmpstr (mz_gateway_entry_get_address (entry), ==, "192.168.1.5:1234");
  g_assert_cmpstr (mz_gateway_entry_get_proxy (entry), ==, "socks5://127.0.0.1:1080");
  g_assert_cmpint (mz_gateway_entry_get_credential (entry), ==, MZ_CREDENTIAL_PASSWORD);
  g_assert_cmpint (mz_gateway_entry_get_strategy (entry), ==, MZ_STRATEGY_IPV4_ONLY);
  wait_secret (fixture, MZ_SECRET_PASSWORD, mz_gateway_entry_get_id (entry), TOKEN);

  /* Editing does not connect by itself. */
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_OFFLINE);
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  MzGatewayEntry *entry = show_dialog (fixture, add_gateway (fixture, "ws://127.0.0.1:18789"), NULL);

  fill ("Name", "Another");
  close_window (fixture);
  g_assert_cmpstr (mz_gateway_entry_get_name (entry), ==, "127.0.0.1");
}

/* What is wrong is said at the field, and nothing is saved. */
static void
test_wrong (Fixture       *fixture,
            gconstpointer  data)
{
  MzGatewayEntry *entry = show_dialog (fixture, add_gateway (fixture, "ws://127.0.0.1:18789"), NULL);
  static const char * const proxies[] = { "nonsense", "ftp://127.0.0.1:1", "http://me:secret@127.0.0.1:3128", "http://" };

  fill ("Address", "127.0.0.1:0");
  click ("Save");
  g_assert_nonnull (fixture->window);
  g_assert_true (gtk_widget_has_css_class (find_row ("Address"), "error"));
  fill ("Address", "127.0.0.1:1");

  choose ("Log in with", MZ_CREDENTIAL_TOKEN);
  wait_until (find_row ("Token or password") != NULL);
  click ("Save");
  g_assert_nonnull (fixture->window);
  g_assert_true (gtk_widget_has_css_class (find_row ("Token or password"), "error"));
  g_assert_nonnull (find_label ("Enter the token: none is stored yet."));
  fill ("Token or password", TOKEN);
  g_assert_false (gtk_widget_has_css_class (find_row ("Token or password"), "error"));

  for (guint i = 0; i < G_N_ELEMENTS (proxies); i++)
    {
      fill ("Proxy", proxies[i]);
      click ("Save");
      g_assert_nonnull (fixture->window);
      g_assert_true (gtk_widget_has_css_class (find_row ("Proxy"), "error"));
    }
  g_assert_cmpstr (mz_gateway_entry_get_address (entry), ==, "ws://127.0.0.1:18789/");
  g_assert_cmpint (mz_gateway_entry_get_credential (entry), ==, MZ_CREDENTIAL_NONE);

  fill ("Proxy", "");
  click ("Save");
  wait_until (fixture->window == NULL);
  g_assert_cmpstr (mz_gateway_entry_get_address (entry), ==, "127.0.0.1:1");
}

/* An empty field keeps what is stored; "Nothing" forgets it. */
static void
test_secret (Fixture       *fixture,
             gconstpointer  data)
{
  MzGateway *gateway = add_gateway (fixture, "ws://127.0.0.1:18789");
  MzGatewayEntry *entry = mz_gateway_get_entry (gateway);

  mz_gateway_set_secret (gateway, MZ_CREDENTIAL_TOKEN, TOKEN, TRUE);
  show_dialog (fixture, gateway, "secret");
  g_assert_cmpstr (text_of ("Token or password"), ==, "");
  g_assert_nonnull (find_label ("Leave it empty to keep the one that is stored."));
  click ("Save");
  wait_until (fixture->window == NULL);
  wait_secret (fixture, MZ_SECRET_TOKEN, mz_gateway_entry_get_id (entry), TOKEN);

  show_dialog (fixture, gateway, "secret");
  choose ("Log in with", MZ_CREDENTIAL_NONE);
  click ("Save");
  wait_until (fixture->window == NULL);
  g_assert_cmpint (mz_gateway_entry_get_credential (entry), ==, MZ_CREDENTIAL_NONE);
  wait_secret (fixture, MZ_SECRET_TOKEN, mz_gateway_entry_get_id (entry), NULL);
}

/* A gateway that had stopped for want of its token goes on with it. */
static void
test_mends (Fixture       *fixture,
            gconstpointer  data)
{
  MzGateway *gateway;

  mz_demo_gateway_set_auth (fixture->demo, MZ_DEMO_AUTH_TOKEN, TOKEN);
  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  mz_gateway_connect (gateway);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_STOPPED);

  /* The field is there at once. */
  show_dialog (fixture, gateway, "secret");
  fill ("Token or password", TOKEN);
  click ("Save");
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
}

static void
test_pin (Fixture       *fixture,
          gconstpointer  data)
{
  MzGateway *gateway = add_gateway (fixture, "wss://127.0.0.1:18789");
  MzGatewayEntry *entry = mz_gateway_get_entry (gateway);

  mz_gateway_entry_set_pin (entry, PIN);
  mz_gateway_entry_set_allow_plaintext (entry, TRUE);
  show_dialog (fixture, gateway, NULL);
  g_assert_nonnull (find_label ("AA:AA:AA"));
  click ("Remove");
  wait_until (find_label ("AA:AA:AA") == NULL);
  g_assert_cmpstr (mz_gateway_entry_get_pin (entry), ==, PIN);

  /* In the internet there is nothing to consent to. */
  g_assert_nonnull (find_row ("Allow a connection without encryption"));
  fill ("Address", "gateway.example.org");
  wait_until (find_row ("Allow a connection without encryption") == NULL);
  click ("Save");
  wait_until (fixture->window == NULL);
  g_assert_null (mz_gateway_entry_get_pin (entry));
  g_assert_false (mz_gateway_entry_get_allow_plaintext (entry));
}

static void
test_remove (Fixture       *fixture,
             gconstpointer  data)
{
  show_dialog (fixture, add_gateway (fixture, "ws://127.0.0.1:18789"), NULL);
  click ("Remove gateway");
  wait_until (find_label ("Remove “127.0.0.1”?") != NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->core)), ==, 1);
  click ("Remove");
  wait_until (fixture->window == NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->core)), ==, 0);
}

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
test_preferences (Fixture       *fixture,
                  gconstpointer  data)
{
  GSettings *settings = mz_core_get_settings (fixture->core);
  MzGateway *gateway = add_gateway (fixture, "ws://<b>:18789");
  guint n_adds = 0;

  g_assert_nonnull (gateway);
  mz_gateway_entry_set_name (mz_gateway_get_entry (gateway), "<b>Not & markup</b>");
  show_window (fixture, mz_preferences_new (fixture->core, NULL));
  g_signal_connect_swapped (fixture->window, "add-gateway", G_CALLBACK (count_cb), &n_adds);
  g_assert_nonnull (find_label ("<b>Not & markup</b>"));
  g_assert_nonnull (find_label ("kept until Moltzer closes"));
  g_assert_nonnull (find_label ("Not connected"));

  /* It follows the core. */
  mz_core_remove (fixture->core, gateway);
  wait_until (find_label ("Not & markup") == NULL);
  add_gateway (fixture, "ws://127.0.0.1:18789");
  wait_until (find_row ("127.0.0.1") != NULL);

  adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (fixture->window), "general");
  wait_until (find_row ("Send with") != NULL);
  choose ("Send with", 1);
  g_assert_cmpint (g_settings_get_enum (settings, "send-key"), ==, 1);
  g_settings_reset (settings, "send-key");
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (find_row ("Send with"))), ==, 0);
  choose ("Colours", 2);
  g_assert_cmpint (g_settings_get_enum (settings, "appearance"), ==, 2);
  g_settings_reset (settings, "appearance");

  adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (fixture->window), "gateways");
  wait_until (find_button ("Add gateway") != NULL);
  click ("Add gateway");
  wait_until (fixture->window == NULL);
  g_assert_cmpuint (n_adds, ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  if (!begin_tests (&argc, &argv))
    return 0;

#define ADD(path, function) g_test_add ("/gateway-dialog/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("save", test_save);
  ADD ("cancel", test_cancel);
  ADD ("wrong", test_wrong);
  ADD ("secret", test_secret);
  ADD ("mends", test_mends);
  ADD ("pin", test_pin);
  ADD ("remove", test_remove);
  ADD ("preferences", test_preferences);

  return g_test_run ();
}
