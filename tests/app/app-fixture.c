/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "app-fixture.h"

#include "mz-secret.h"

static gboolean
watchdog_cb (gpointer user_data)
{
  g_error ("this did not happen within %d s: %s", WATCHDOG_S, (const char *) user_data);
  return G_SOURCE_REMOVE;
}

GSource *
begin_wait (const char *condition)
{
  GSource *watchdog = g_timeout_source_new_seconds (WATCHDOG_S);

  g_source_set_callback (watchdog, watchdog_cb, (gpointer) condition, NULL);
  g_source_attach (watchdog, NULL);
  return watchdog;
}

void
end_wait (GSource *watchdog)
{
  g_source_destroy (watchdog);
  g_source_unref (watchdog);
}

static void
pairing_cb (Fixture    *fixture,
            const char *request_id,
            const char *device_id)
{
  g_free (fixture->request_id);
  fixture->request_id = g_strdup (request_id);
}

void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->demo = mz_demo_gateway_new ();
  mz_demo_gateway_set_rate (fixture->demo, 100000);
  g_signal_connect_swapped (fixture->demo, "pairing-requested", G_CALLBACK (pairing_cb), fixture);
  fixture->secrets = mz_secret_store_new_memory ();
  fixture->identity = mz_identity_new_random (&error);
  g_assert_no_error (error);
}

/* On the port it had before, if it had one. */
void
start_demo (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  mz_demo_gateway_start (fixture->demo, fixture->port, &error);
  g_assert_no_error (error);
  fixture->port = mz_demo_gateway_get_port (fixture->demo);
}

void
stop_demo (Fixture *fixture)
{
  mz_demo_gateway_stop (fixture->demo);
}

static void
ready_cb (Fixture *fixture)
{
  g_assert_cmpint (mz_gateway_get_state (fixture->gateway), ==, MZ_CLIENT_READY);
  fixture->n_ready++;
}

static void
status_cb (Fixture *fixture)
{
  fixture->n_status++;
}

static void
client_cb (Fixture *fixture)
{
  fixture->n_clients++;
}

void
make_gateway (Fixture *fixture)
{
  if (mz_demo_gateway_get_port (fixture->demo) == 0)
    start_demo (fixture);

  if (fixture->entry == NULL)
    fixture->entry = mz_gateway_entry_new (NULL, mz_demo_gateway_get_url (fixture->demo), FALSE);
  fixture->gateway = mz_gateway_new (fixture->entry, fixture->identity, fixture->secrets);
  g_signal_connect_swapped (fixture->gateway, "ready", G_CALLBACK (ready_cb), fixture);
  g_signal_connect_swapped (fixture->gateway, "notify::status", G_CALLBACK (status_cb), fixture);
  g_signal_connect_swapped (fixture->gateway, "notify::client", G_CALLBACK (client_cb), fixture);
}

void
connect_and_wait (Fixture *fixture)
{
  guint n_ready = fixture->n_ready;

  if (fixture->gateway == NULL)
    make_gateway (fixture);
  mz_gateway_connect (fixture->gateway);
  wait_until (fixture->n_ready > n_ready);
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (mz_gateway_shutdown_finish (MZ_GATEWAY (source), result, &error));
  g_assert_no_error (error);
  fixture->done = TRUE;
}

void
shut_down (Fixture   *fixture,
           MzGateway *gateway)
{
  fixture->done = FALSE;
  mz_gateway_shutdown_async (gateway, NULL, shut_down_cb, fixture);
  wait_until (fixture->done);
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_OFFLINE);
}

static gboolean
settled_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Everything that was ready to be done is done. */
void
settle (Fixture *fixture)
{
  gboolean settled = FALSE;

  g_idle_add_full (G_PRIORITY_LOW, settled_cb, &settled, NULL);
  wait_until (settled);
}

void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->gateway != NULL)
    {
      shut_down (fixture, fixture->gateway);
      settle (fixture);
      g_assert_finalize_object (fixture->gateway);
    }
  mz_demo_gateway_stop (fixture->demo);
  g_assert_finalize_object (fixture->demo);
  g_clear_object (&fixture->entry);
  g_clear_object (&fixture->identity);
  g_clear_object (&fixture->secrets);
  g_clear_pointer (&fixture->request_id, g_free);
  g_clear_pointer (&fixture->secret, mz_secret_free);
}

static void
lookup_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->secret, mz_secret_free);
  fixture->secret = mz_secret_store_lookup_finish (MZ_SECRET_STORE (source), result, &error);
  g_assert_no_error (error);
  fixture->done = TRUE;
}

const char *
lookup_secret (Fixture      *fixture,
               MzSecretKind  kind,
               const char   *name)
{
  fixture->done = FALSE;
  mz_secret_store_lookup_async (fixture->secrets, kind, name, NULL, lookup_cb, fixture);
  wait_until (fixture->done);
  return fixture->secret;
}

static void
save_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (mz_secret_store_save_finish (MZ_SECRET_STORE (source), result, &error));
  g_assert_no_error (error);
  fixture->done = TRUE;
}

void
save_secret (Fixture      *fixture,
             MzSecretKind  kind,
             const char   *name,
             const char   *secret)
{
  fixture->done = FALSE;
  mz_secret_store_save_async (fixture->secrets, kind, name, "Test", secret, NULL, save_cb, fixture);
  wait_until (fixture->done);
}

/* How many rows of @kind have @text; %NULL counts all. */
guint
count_rows (GListModel    *timeline,
            MzMessageKind  kind,
            const char    *text)
{
  guint count = 0;

  for (guint i = 0; i < g_list_model_get_n_items (timeline); i++)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (timeline, i);

      if (mz_message_get_kind (row) == kind && (text == NULL || g_strcmp0 (mz_message_get_text (row), text) == 0))
        count++;
    }
  return count;
}
