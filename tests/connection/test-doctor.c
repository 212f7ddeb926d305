/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* MzDoctor: a dial that worked, one that did not, tests beside it, the comparison, the report. */

#include "config.h"

#include <string.h>

#include "connection-fixture.h"

static void
show_doctor (Fixture   *fixture,
             MzGateway *gateway)
{
  show_window (fixture, mz_doctor_new (fixture->core, gateway, NULL));
}

static MzGateway *
connect_one (Fixture *fixture)
{
  MzGateway *gateway;

  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  mz_gateway_connect (gateway);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);

  return gateway;
}

static void
test_well (Fixture       *fixture,
           gconstpointer  data)
{
  MzGateway *gateway = connect_one (fixture);
  MzClient *client = mz_gateway_get_client (gateway);

  show_doctor (fixture, gateway);
  g_assert_nonnull (find_label ("Connected"));
  g_assert_nonnull (find_label ("It was ready after"));
  g_assert_nonnull (find_label ("Log in"));
  g_assert_nonnull (find_label ("protocol 4"));
  g_assert_nonnull (find_label ("none: the connection is not encrypted"));

  /* A test beside it: no login, and the connection in use stays. */
  click ("Test again");
  wait_until (find_label ("The gateway answers") != NULL);
  g_assert_nonnull (find_button ("Test again"));
  g_assert_null (find_label ("Log in"));
  g_assert_true (mz_gateway_get_client (gateway) == client);
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_READY);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->demo), ==, 1);
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (fixture->demo), ==, 2);
}

static void
test_failed (Fixture       *fixture,
             gconstpointer  data)
{
  MzGateway *gateway;
  GtkWidget *focus;

  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  stop_demo (fixture);
  mz_gateway_connect (gateway);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_WAITING);

  /* The step that failed is in focus and in words. */
  show_doctor (fixture, gateway);
  g_assert_nonnull (find_label ("Nothing listens on that port"));
  g_assert_nonnull (find_label ("Connection refused"));
  focus = gtk_window_get_focus (fixture->window);
  g_assert_nonnull (focus);
  g_assert_true (gtk_widget_has_css_class (focus, "failed"));

  start_demo (fixture);
  click ("Test again");
  wait_until (find_label ("It was ready after") != NULL);
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_READY);
  g_assert_nonnull (find_button ("Test again"));
}

static void
test_never_tried (Fixture       *fixture,
                  gconstpointer  data)
{
  MzGateway *gateway;

  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  show_doctor (fixture, gateway);
  g_assert_nonnull (find_label ("Not connected to"));
  g_assert_false (gtk_widget_is_sensitive (find_button ("Copy report")));

  click ("Test again");
  wait_until (find_label ("The gateway answers") != NULL);

  /* Nobody asked for a connection. */
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_OFFLINE);
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  MzGateway *gateway = connect_one (fixture);

  show_doctor (fixture, gateway);
  mz_demo_gateway_set_fault (fixture->demo, MZ_DEMO_FAULT_STALL);
  click ("Test again");
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 2);
  g_assert_nonnull (find_label ("Testing"));
  click ("Cancel");
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 1);
  g_assert_nonnull (find_label ("Connected"));

  /* Closing cancels too. */
  click ("Test again");
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 2);
  close_window (fixture);
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 1);
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_READY);
}

static void
test_compare (Fixture       *fixture,
              gconstpointer  data)
{
  MzGateway *gateway = connect_one (fixture);

  show_doctor (fixture, gateway);
  click ("Compare strategies");
  g_assert_null (find_button ("Compare strategies"));
  wait_until (find_button ("Compare strategies") != NULL);
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (fixture->demo), ==, 7);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->demo), ==, 1);
  g_assert_true (find_label ("equally well") != NULL || find_label ("works better") != NULL);

  /* Nothing there: both fail, and it says so. */
  mz_gateway_disconnect (gateway);
  stop_demo (fixture);
  click ("Compare strategies");
  wait_until (find_label ("Neither gets through") != NULL);
  g_assert_nonnull (find_label ("failed, failed, failed"));
  g_assert_null (find_button ("Use IPv4 only"));
  g_assert_null (find_button ("Use the standard way"));

  /* Cancelled */
  mz_demo_gateway_set_fault (fixture->demo, MZ_DEMO_FAULT_STALL);
  start_demo (fixture);
  click ("Compare strategies");
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 1);
  click ("Cancel");
  wait_until (mz_demo_gateway_get_n_connections (fixture->demo) == 0);
  g_assert_nonnull (find_button ("Compare strategies"));
}

static void
test_report (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *report = NULL;
  MzGateway *gateway;

  mz_demo_gateway_set_auth (fixture->demo, MZ_DEMO_AUTH_TOKEN, TOKEN);
  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  mz_gateway_set_secret (gateway, MZ_CREDENTIAL_TOKEN, TOKEN, FALSE);
  mz_gateway_connect (gateway);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  show_doctor (fixture, gateway);
  click ("Copy report");
  report = read_clipboard (fixture);
  g_assert_nonnull (strstr (report, "GTK"));
  g_assert_null (strstr (report, TOKEN));
}

/* The certificate's question from here, too. */
static void
test_certificate (Fixture       *fixture,
                  gconstpointer  data)
{
  MzGateway *gateway;

  use_certificate (fixture, "self-signed");
  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  mz_gateway_connect (gateway);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_STOPPED);
  show_doctor (fixture, gateway);
  g_assert_nonnull (find_label ("self-signed"));
  click ("Look at certificate…");
  wait_until (find_button ("Trust this certificate") != NULL);
  click ("Trust this certificate");
  wait_until (find_label ("It was ready after") != NULL);
  g_assert_nonnull (find_label ("by you: exactly this certificate"));
}

int
main (int   argc,
      char *argv[])
{
  if (!begin_tests (&argc, &argv))
    return 0;

#define ADD(path, function) g_test_add ("/doctor/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("well", test_well);
  ADD ("failed", test_failed);
  ADD ("never-tried", test_never_tried);
  ADD ("cancel", test_cancel);
  ADD ("compare", test_compare);
  ADD ("report", test_report);
  ADD ("certificate", test_certificate);

  return g_test_run ();
}
