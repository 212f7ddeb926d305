/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "client-fixture.h"

static gboolean
watchdog_cb (gpointer user_data)
{
  g_error ("the event that the test waits for did not come within %d s", WATCHDOG_S);
  return G_SOURCE_REMOVE;
}

void
begin_wait (Fixture *fixture)
{
  fixture->watchdog = g_timeout_source_new_seconds (WATCHDOG_S);
  g_source_set_callback (fixture->watchdog, watchdog_cb, NULL, NULL);
  g_source_attach (fixture->watchdog, NULL);
}

void
end_wait (Fixture *fixture)
{
  g_source_destroy (fixture->watchdog);
  g_clear_pointer (&fixture->watchdog, g_source_unref);
}

static void
gap_cb (MzClient *client,
        Fixture  *fixture)
{
  fixture->n_gaps++;
}

void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->gateway = mz_demo_gateway_new ();
  fixture->identity = mz_identity_new_random (&error);
  g_assert_no_error (error);
  fixture->options = mz_dial_options_new ();
  mz_demo_gateway_set_rate (fixture->gateway, 100000);
}

void
start (Fixture    *fixture,
       const char *token,
       const char *password)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzEndpoint) endpoint = NULL;

  if (mz_demo_gateway_get_port (fixture->gateway) == 0)
    {
      mz_demo_gateway_start (fixture->gateway, 0, &error);
      g_assert_no_error (error);
    }

  endpoint = mz_endpoint_parse (mz_demo_gateway_get_url (fixture->gateway), &error);
  g_assert_no_error (error);
  fixture->client = mz_client_new (endpoint, fixture->identity, fixture->options);
  g_signal_connect (fixture->client, "gap", G_CALLBACK (gap_cb), fixture);
  mz_client_set_credentials (fixture->client, token, password);
  mz_client_start (fixture->client);
}

MzClientState
state (Fixture *fixture)
{
  return mz_client_get_state (fixture->client);
}

void
wait_ready (Fixture *fixture)
{
  wait_until (fixture, state (fixture) == MZ_CLIENT_READY || state (fixture) == MZ_CLIENT_STOPPED);
  g_assert_no_error (mz_client_get_error (fixture->client));
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_READY);
}

void
stop_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (mz_client_stop_finish (MZ_CLIENT (source), result, &error));
  g_assert_no_error (error);
  fixture->stopped = TRUE;
}

void
stop (Fixture *fixture)
{
  fixture->stopped = FALSE;
  mz_client_stop_async (fixture->client, NULL, stop_cb, fixture);
  wait_until (fixture, fixture->stopped);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_OFFLINE);
  g_assert_cmpuint (mz_client_get_n_pending (fixture->client), ==, 0);
}

void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->client != NULL)
    {
      stop (fixture);
      g_assert_finalize_object (fixture->client);
    }
  mz_demo_gateway_stop (fixture->gateway);
  g_assert_finalize_object (fixture->gateway);
  g_clear_object (&fixture->identity);
  g_clear_pointer (&fixture->options, mz_dial_options_free);
  g_clear_pointer (&fixture->answer, json_node_unref);
  g_clear_error (&fixture->error);
}

