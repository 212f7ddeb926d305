/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* MzConnectionBar and MzStatusDot: what is said while a gateway is not ready, and what the buttons do. */

#include "config.h"

#include <string.h>

#include "connection-fixture.h"

/* A timeout counts from when the main loop looked at the clock last. */
#define PATIENCE_US (280 * G_TIME_SPAN_MILLISECOND)

static void
show_bar (Fixture   *fixture,
          MzGateway *gateway)
{
  GtkWindow *window = GTK_WINDOW (adw_window_new ());
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = mz_connection_bar_new ();
  GtkWidget *dot = mz_status_dot_new (TRUE);

  mz_connection_bar_set_gateway (MZ_CONNECTION_BAR (bar), gateway);
  mz_status_dot_set_gateway (MZ_STATUS_DOT (dot), gateway);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), dot);
  adw_window_set_content (ADW_WINDOW (window), box);
  show_window (fixture, window);
}

static gboolean
is_revealed (void)
{
  GtkWidget *revealer = gtk_widget_get_first_child (find_type (MZ_TYPE_CONNECTION_BAR));

  return gtk_revealer_get_reveal_child (GTK_REVEALER (revealer));
}

static void
notice_cb (GObject    *revealer,
           GParamSpec *pspec,
           guint      *n_shown)
{
  *n_shown += gtk_revealer_get_reveal_child (GTK_REVEALER (revealer)) ? 1 : 0;
}

static gboolean
elapsed_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

/* What is over soon is not told. */
static void
test_quick (Fixture       *fixture,
            gconstpointer  data)
{
  MzGateway *gateway;
  gboolean elapsed = FALSE;
  guint n_shown = 0;
  gint64 start_us;

  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  mz_gateway_connect (gateway);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  show_bar (fixture, gateway);
  g_signal_connect (gtk_widget_get_first_child (find_type (MZ_TYPE_CONNECTION_BAR)), "notify::reveal-child", G_CALLBACK (notice_cb), &n_shown);

  start_us = g_get_monotonic_time ();
  mz_demo_gateway_drop_all (fixture->demo);
  wait_until (mz_gateway_get_state (gateway) != MZ_CLIENT_READY);
  mz_gateway_retry_now (gateway);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  g_assert_nonnull (find_label ("Ready"));
  if (g_get_monotonic_time () - start_us >= PATIENCE_US)
    {
      g_test_skip ("this machine is too slow for it now");
      return;
    }

  g_timeout_add (400, elapsed_cb, &elapsed);
  wait_until (elapsed);
  g_assert_cmpuint (n_shown, ==, 0);
}

static void
test_lasting (Fixture       *fixture,
              gconstpointer  data)
{
  MzGateway *gateway;
  gint64 start_us;

  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  mz_gateway_connect (gateway);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  show_bar (fixture, gateway);
  g_assert_false (is_revealed ());

  start_us = g_get_monotonic_time ();
  stop_demo (fixture);
  wait_until (is_revealed ());
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, PATIENCE_US);
  wait_until (find_button ("Try now") != NULL);
  wait_until (find_label ("Nothing listens on that port") != NULL);
  g_assert_nonnull (find_button ("Details"));

  start_demo (fixture);
  click ("Try now");
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  g_assert_false (is_revealed ());
}

/* Off is told as well, with the way to change it. */
static void
test_off (Fixture       *fixture,
          gconstpointer  data)
{
  MzGateway *gateway;

  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  show_bar (fixture, gateway);
  wait_until (is_revealed () && find_button ("Connect") != NULL);
  g_assert_nonnull (find_label ("Not connected to"));
  click ("Connect");
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  wait_until (!is_revealed ());
}

/* The try that was waited for begins under the pointer: it is not stopped by who wanted it. */
static void
test_turned (Fixture       *fixture,
             gconstpointer  data)
{
  MzGateway *gateway;
  gboolean elapsed = FALSE;

  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  stop_demo (fixture);
  show_bar (fixture, gateway);
  mz_gateway_connect (gateway);
  wait_until (find_button ("Try now") != NULL);

  mz_demo_gateway_set_fault (fixture->demo, MZ_DEMO_FAULT_STALL);
  start_demo (fixture);
  mz_gateway_retry_now (gateway);
  click ("Stop trying");
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_CONNECTING);

  g_timeout_add (1100, elapsed_cb, &elapsed);
  wait_until (elapsed);
  click ("Stop trying");
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_OFFLINE);
}

/* The seconds count down. */
static void
test_countdown (Fixture       *fixture,
                gconstpointer  data)
{
  MzGateway *gateway;
  g_autofree char *first = NULL;

  start_demo (fixture);
  mz_demo_gateway_set_fault (fixture->demo, MZ_DEMO_FAULT_RATE_LIMITED);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  show_bar (fixture, gateway);
  mz_gateway_connect (gateway);
  wait_until (find_label ("again in") != NULL);
  first = g_strdup (gtk_label_get_text (GTK_LABEL (find_label ("again in"))));
  wait_until (find_label ("again in") == NULL || !g_str_equal (gtk_label_get_text (GTK_LABEL (find_label ("again in"))), first));
}

static void
action_cb (MzConnectionBar *bar,
           guint            action,
           guint           *last)
{
  *last = action;
}

/* What needs a question is handed on. */
static void
test_handed_on (Fixture       *fixture,
                gconstpointer  data)
{
  MzGateway *gateway;
  guint last = MZ_ACTION_NONE;

  mz_demo_gateway_set_auth (fixture->demo, MZ_DEMO_AUTH_TOKEN, TOKEN);
  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  show_bar (fixture, gateway);
  g_signal_connect (find_type (MZ_TYPE_CONNECTION_BAR), "action", G_CALLBACK (action_cb), &last);
  mz_gateway_connect (gateway);
  wait_until (find_button ("Enter token…") != NULL);
  click ("Enter token…");
  g_assert_cmpuint (last, ==, MZ_ACTION_EDIT_SECRET);
  click ("Details");
  g_assert_cmpuint (last, ==, MZ_ACTION_DOCTOR);
}

/* With its question: the fingerprint before the certificate is trusted. */
static void
test_trust (Fixture       *fixture,
            gconstpointer  data)
{
  MzGateway *gateway;
  MzGatewayEntry *entry;

  use_certificate (fixture, "self-signed");
  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  entry = mz_gateway_get_entry (gateway);
  show_bar (fixture, gateway);
  mz_gateway_connect (gateway);
  wait_until (find_button ("Look at certificate…") != NULL);
  mz_gateway_action_run (fixture->core, gateway, MZ_ACTION_TRUST, GTK_WIDGET (fixture->window));
  wait_until (find_button ("Trust this certificate") != NULL);
  g_assert_nonnull (find_label ("DA:7E:79:65"));
  click ("Cancel");
  wait_until (find_button ("Trust this certificate") == NULL);
  g_assert_null (mz_gateway_entry_get_pin (entry));

  mz_gateway_action_run (fixture->core, gateway, MZ_ACTION_TRUST, GTK_WIDGET (fixture->window));
  wait_until (find_button ("Trust this certificate") != NULL);
  click ("Trust this certificate");
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  g_assert_nonnull (mz_gateway_entry_get_pin (entry));

  /* And a changed one is warned of. */
  mz_gateway_disconnect (gateway);
  stop_demo (fixture);
  use_certificate (fixture, "other");
  start_demo (fixture);
  mz_gateway_connect (gateway);
  wait_until (find_button ("Look at certificate…") != NULL);
  mz_gateway_action_run (fixture->core, gateway, MZ_ACTION_TRUST, GTK_WIDGET (fixture->window));
  wait_until (find_label ("The certificate has changed") != NULL);
  g_assert_nonnull (find_label ("Trusted before"));
  click ("Cancel");
  wait_until (find_label ("The certificate has changed") == NULL);
}

/* What needs no question. */
static void
test_simple (Fixture       *fixture,
             gconstpointer  data)
{
  MzGateway *gateway;
  GtkWidget *widget;

  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  show_bar (fixture, gateway);
  widget = GTK_WIDGET (fixture->window);

  g_assert_true (mz_gateway_action_simple (gateway, MZ_ACTION_CONNECT, widget));
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  g_assert_true (mz_gateway_action_simple (gateway, MZ_ACTION_CANCEL, widget));
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_OFFLINE);
  g_assert_true (mz_gateway_action_simple (gateway, MZ_ACTION_RETRY, widget));
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  g_assert_true (mz_gateway_action_simple (gateway, MZ_ACTION_COPY_COMMAND, widget));
  g_assert_true (mz_gateway_action_simple (gateway, MZ_ACTION_USE_WSS, widget));
  g_assert_true (g_str_has_prefix (mz_gateway_entry_get_address (mz_gateway_get_entry (gateway)), "wss://"));

  /* There and back */
  g_assert_true (mz_gateway_action_simple (gateway, MZ_ACTION_OTHER_STRATEGY, widget));
  g_assert_cmpint (mz_gateway_entry_get_strategy (mz_gateway_get_entry (gateway)), ==, MZ_STRATEGY_IPV4_ONLY);
  g_assert_true (mz_gateway_action_simple (gateway, MZ_ACTION_OTHER_STRATEGY, widget));
  g_assert_cmpint (mz_gateway_entry_get_strategy (mz_gateway_get_entry (gateway)), ==, MZ_STRATEGY_AUTO);

  mz_gateway_entry_set_address (mz_gateway_get_entry (gateway), "ws://studio.tail0lab.ts.net:18789/agents");
  g_assert_true (mz_gateway_action_simple (gateway, MZ_ACTION_USE_SERVE, widget));
  g_assert_cmpstr (mz_gateway_entry_get_address (mz_gateway_get_entry (gateway)), ==, "wss://studio.tail0lab.ts.net:443/");
  mz_gateway_disconnect (gateway);

  /* Where there are none, it is told where to look. */
  g_assert_true (mz_gateway_action_simple (gateway, MZ_ACTION_NETWORK, widget));

  for (guint i = 0; i < 5; i++)
    {
      static const MzAction others[] = { MZ_ACTION_EDIT_SECRET, MZ_ACTION_EDIT_ADDRESS, MZ_ACTION_TRUST, MZ_ACTION_ALLOW_PLAINTEXT, MZ_ACTION_DOCTOR };

      g_assert_false (mz_gateway_action_simple (gateway, others[i], widget));
    }
}

int
main (int   argc,
      char *argv[])
{
  if (!begin_tests (&argc, &argv))
    return 0;

#define ADD(path, function) g_test_add ("/connection-bar/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("quick", test_quick);
  ADD ("lasting", test_lasting);
  ADD ("off", test_off);
  ADD ("turned", test_turned);
  ADD ("countdown", test_countdown);
  ADD ("handed-on", test_handed_on);
  ADD ("trust", test_trust);
  ADD ("simple", test_simple);

  return g_test_run ();
}
