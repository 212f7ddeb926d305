/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* MzCore: the gateways follow the kept entries, and what is removed is forgotten. */

#define G_SETTINGS_ENABLE_BACKEND
#include "config.h"

#include "app-fixture.h"

#include <gio/gsettingsbackend.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

#include "mz-core.h"

typedef struct
{
  Fixture base;                 /* first: the fixture's functions take it */

  GSettingsBackend *backend;
  MzCore *core;
  guint n_changed;
  GError *error;
} Core;

static void
items_changed_cb (Core  *core,
                  guint  position,
                  guint  removed,
                  guint  added)
{
  core->n_changed++;
}

static void
make_core (Core *core)
{
  g_autoptr (GSettings) settings = g_settings_new_with_backend ("io.github.moltzer.Moltzer", core->backend);

  core->core = mz_core_new (settings, core->base.secrets);
  g_signal_connect_swapped (core->core, "items-changed", G_CALLBACK (items_changed_cb), core);
}

static void
set_up_core (Core          *core,
             gconstpointer  data)
{
  set_up (&core->base, data);
  core->backend = g_memory_settings_backend_new ();
  make_core (core);
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Core *core = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (mz_core_shutdown_finish (MZ_CORE (source), result, &error));
  g_assert_no_error (error);
  core->base.done = TRUE;
}

static void
drop_core (Core *core)
{
  core->base.done = FALSE;
  mz_core_shutdown_async (core->core, NULL, shut_down_cb, core);
  wait_until (core->base.done);
  settle (&core->base);
  g_assert_finalize_object (core->core);
  core->core = NULL;
}

static void
tear_down_core (Core          *core,
                gconstpointer  data)
{
  if (core->core != NULL)
    drop_core (core);
  g_clear_error (&core->error);
  g_clear_object (&core->backend);
  tear_down (&core->base, data);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Core *core = user_data;

  mz_core_load_finish (MZ_CORE (source), result, &core->error);
  core->base.done = TRUE;
}

static gboolean
is_loaded (Core *core)
{
  gboolean loaded;

  g_object_get (core->core, "loaded", &loaded, NULL);
  return loaded;
}

static void
load (Core *core)
{
  core->base.done = FALSE;
  mz_core_load_async (core->core, NULL, loaded_cb, core);
  wait_until (core->base.done);
  g_assert_no_error (core->error);
}

static gboolean
has_key (Core *core)
{
  return lookup_secret (&core->base, MZ_SECRET_DEVICE_KEY, "default") != NULL;
}

static MzGateway *
add_gateway (Core       *core,
             const char *name,
             gboolean    auto_connect)
{
  g_autoptr (MzGatewayEntry) entry = NULL;
  MzGateway *gateway;

  if (mz_demo_gateway_get_port (core->base.demo) == 0)
    start_demo (&core->base);
  entry = mz_gateway_entry_new (NULL, mz_demo_gateway_get_url (core->base.demo), FALSE);
  mz_gateway_entry_set_name (entry, name);
  mz_gateway_entry_set_auto_connect (entry, auto_connect);
  gateway = mz_core_add (core->core, entry);
  g_assert_true (mz_gateway_get_entry (gateway) == entry);
  return gateway;
}

static void
test_list (Core          *core,
           gconstpointer  data)
{
  MzGateway *first, *second;
  g_autofree char *id = NULL;
  g_autoptr (MzGateway) item = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (core->core)), ==, 0);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (core->core)) == MZ_TYPE_GATEWAY);
  first = add_gateway (core, "First", TRUE);
  second = add_gateway (core, "Second", FALSE);
  g_assert_cmpuint (core->n_changed, ==, 2);
  item = g_list_model_get_item (G_LIST_MODEL (core->core), 1);
  g_assert_true (item == second);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (core->core), 2));

  id = g_strdup (mz_gateway_entry_get_id (mz_gateway_get_entry (first)));
  g_assert_true (mz_core_lookup (core->core, id) == first);
  g_assert_null (mz_core_lookup (core->core, "nobody"));
  g_assert_true (mz_core_find (core->core, "second") == second);
  g_assert_true (mz_core_find (core->core, mz_demo_gateway_get_url (core->base.demo)) == first);
  g_assert_null (mz_core_find (core->core, "third"));
  g_clear_object (&item);

  /* The next start has them from the settings. */
  drop_core (core);
  make_core (core);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (core->core)), ==, 2);
  first = mz_core_lookup (core->core, id);
  g_assert_cmpstr (mz_gateway_entry_get_name (mz_gateway_get_entry (first)), ==, "First");
  g_assert_false (is_loaded (core));
}

/* What is to connect by itself does so when the identity is there; so does what was asked for meanwhile. */
static void
test_load (Core          *core,
           gconstpointer  data)
{
  MzGateway *by_itself = add_gateway (core, "First", TRUE);
  MzGateway *asked_for = add_gateway (core, "Second", FALSE);
  MzGateway *idle = add_gateway (core, "Third", FALSE);
  g_autofree char *key = NULL;

  mz_gateway_connect (asked_for);
  g_assert_cmpint (mz_gateway_get_state (asked_for), ==, MZ_CLIENT_CONNECTING);
  settle (&core->base);
  g_assert_cmpint (mz_gateway_get_state (asked_for), ==, MZ_CLIENT_CONNECTING);
  g_assert_null (mz_gateway_get_client (asked_for));

  /* The one that connects by itself says so while the identity is being loaded. */
  core->base.done = FALSE;
  mz_core_load_async (core->core, NULL, loaded_cb, core);
  g_assert_cmpint (mz_gateway_get_state (by_itself), ==, MZ_CLIENT_CONNECTING);
  wait_until (core->base.done);
  g_assert_no_error (core->error);
  g_assert_true (is_loaded (core));
  wait_until (mz_gateway_get_state (by_itself) == MZ_CLIENT_READY && mz_gateway_get_state (asked_for) == MZ_CLIENT_READY);
  g_assert_cmpint (mz_gateway_get_state (idle), ==, MZ_CLIENT_OFFLINE);

  /* Everything is written at the end, and closed. */
  drop_core (core);
  wait_until (mz_demo_gateway_get_n_connections (core->base.demo) == 0);
  key = g_strdup (lookup_secret (&core->base, MZ_SECRET_DEVICE_KEY, "default"));
  g_assert_nonnull (key);

  /* The same device comes back. */
  make_core (core);
  load (core);
  drop_core (core);
  g_assert_cmpstr (lookup_secret (&core->base, MZ_SECRET_DEVICE_KEY, "default"), ==, key);
}

static void
start_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Core *core = user_data;

  mz_route_store_start_finish (MZ_ROUTE_STORE (source), result, NULL);
  core->base.done = TRUE;
}

/* What an earlier start has learned about a gateway on this network is in the plan of the first dial. */
static void
test_routes (Core          *core,
             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("moltzer-core-XXXXXX", &error);
  g_autofree char *path = g_build_filename (dir, "routes", NULL);
  g_autoptr (MzRouteStore) before = mz_route_store_new (path);
  g_autoptr (MzRouteStore) routes = mz_route_store_new (path);
  g_autoptr (MzNetworkInfo) network = mz_network_info_collect ();
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse ("ws://gateway.invalid:18789", NULL);
  g_autoptr (MzGatewayEntry) entry = mz_gateway_entry_new (NULL, "ws://gateway.invalid:18789", FALSE);
  MzGateway *gateway;

  g_assert_no_error (error);
  mz_route_memory_learn (mz_route_store_get_memory (before), endpoint, network->id, g_get_real_time () / G_TIME_SPAN_SECOND,
                         MZ_ROUTE_IPV4_ONLY);
  g_assert_true (mz_route_store_save (before, &error));
  g_assert_no_error (error);

  gateway = mz_core_add (core->core, entry);
  mz_core_keep_routes (core->core, routes);
  load (core);
  /* It reads the file again; that this is there means that the first reading is over. */
  core->base.done = FALSE;
  mz_route_store_start_async (routes, NULL, start_cb, core);
  wait_until (core->base.done);

  mz_gateway_connect (gateway);
  wait_until (mz_gateway_get_trace (gateway) != NULL);
  g_assert_cmpint (mz_trace_get_plan (mz_gateway_get_trace (gateway))->reason, ==, MZ_REASON_LEARNED);
  g_assert_cmpint (mz_trace_get_route (mz_gateway_get_trace (gateway)), ==, MZ_ROUTE_IPV4_ONLY);

  drop_core (core);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

static void
test_remove (Core          *core,
             gconstpointer  data)
{
  MzGateway *gateway, *other;
  g_autofree char *id = NULL;
  g_autofree char *plain = NULL;
  g_autofree char *secure = NULL;

  mz_demo_gateway_set_auth (core->base.demo, MZ_DEMO_AUTH_TOKEN, TOKEN);
  load (core);
  gateway = add_gateway (core, "First", FALSE);
  other = add_gateway (core, "Second", FALSE);
  id = g_strdup (mz_gateway_entry_get_id (mz_gateway_get_entry (gateway)));
  plain = g_strdup_printf ("ws://127.0.0.1:%u", core->base.port);
  secure = g_strdup_printf ("wss://127.0.0.1:%u", core->base.port);
  save_secret (&core->base, MZ_SECRET_DEVICE_TOKEN, secure, "of another time");
  mz_gateway_set_secret (gateway, MZ_CREDENTIAL_TOKEN, TOKEN, TRUE);
  mz_gateway_connect (gateway);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  wait_until (lookup_secret (&core->base, MZ_SECRET_DEVICE_TOKEN, plain) != NULL);
  g_assert_cmpstr (lookup_secret (&core->base, MZ_SECRET_TOKEN, id), ==, TOKEN);

  /* What another entry needs stays. */
  g_object_add_weak_pointer (G_OBJECT (gateway), (gpointer *) &gateway);
  mz_core_remove (core->core, gateway);
  g_assert_null (mz_core_lookup (core->core, id));
  wait_until (mz_demo_gateway_get_n_connections (core->base.demo) == 0);
  wait_until (gateway == NULL);
  g_assert_null (lookup_secret (&core->base, MZ_SECRET_TOKEN, id));
  g_assert_nonnull (lookup_secret (&core->base, MZ_SECRET_DEVICE_TOKEN, plain));

  mz_core_remove (core->core, other);
  drop_core (core);
  g_assert_null (lookup_secret (&core->base, MZ_SECRET_DEVICE_TOKEN, plain));
  g_assert_null (lookup_secret (&core->base, MZ_SECRET_DEVICE_TOKEN, secure));
  make_core (core);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (core->core)), ==, 0);
}

/* Shut down while a removed one still closes. */
static void
test_remove_and_leave (Core          *core,
                       gconstpointer  data)
{
  MzGateway *gateway;

  load (core);
  gateway = add_gateway (core, "First", FALSE);
  mz_gateway_connect (gateway);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  mz_core_remove (core->core, gateway);
  drop_core (core);
  wait_until (mz_demo_gateway_get_n_connections (core->base.demo) == 0);
}

/* Tried first: in the list only once it was kept, and nothing of it stays otherwise. */
static void
test_try (Core          *core,
          gconstpointer  data)
{
  g_autoptr (MzGatewayEntry) entry = NULL;
  g_autoptr (MzGatewayEntry) other = NULL;
  MzGateway *gateway, *given_up;
  MzClient *client;
  const char *id;

  mz_demo_gateway_set_auth (core->base.demo, MZ_DEMO_AUTH_TOKEN, TOKEN);
  start_demo (&core->base);
  entry = mz_gateway_entry_new (NULL, mz_demo_gateway_get_url (core->base.demo), FALSE);
  id = mz_gateway_entry_get_id (entry);
  gateway = mz_core_try (core->core, entry);
  mz_gateway_set_secret (gateway, MZ_CREDENTIAL_TOKEN, TOKEN, FALSE);
  mz_gateway_connect (gateway);

  /* The identity comes to it as well. */
  load (core);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (core->core)), ==, 0);
  g_assert_null (mz_core_lookup (core->core, id));

  client = mz_gateway_get_client (gateway);
  mz_core_keep (core->core, gateway);
  g_assert_true (mz_core_lookup (core->core, id) == gateway);
  g_assert_true (mz_gateway_get_client (gateway) == client);
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_READY);

  other = mz_gateway_entry_new (NULL, "ws://127.0.0.1:1", FALSE);
  given_up = mz_core_try (core->core, other);
  mz_gateway_set_secret (given_up, MZ_CREDENTIAL_PASSWORD, "some password", TRUE);
  mz_gateway_connect (given_up);
  mz_core_remove (core->core, given_up);
  settle (&core->base);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (core->core)), ==, 1);
  g_assert_null (lookup_secret (&core->base, MZ_SECRET_PASSWORD, mz_gateway_entry_get_id (other)));

  /* One that is still being tried ends with the rest. */
  given_up = mz_core_try (core->core, other);
  mz_gateway_connect (given_up);
  drop_core (core);
}

static void
test_demo (Core          *core,
           gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzChat) chat = NULL;
  MzGateway *gateway = mz_core_start_demo (core->core, &error);
  MzGatewayEntry *entry;

  g_assert_no_error (error);
  entry = mz_gateway_get_entry (gateway);
  g_assert_cmpstr (mz_gateway_entry_get_id (entry), ==, "demo");
  g_assert_cmpstr (mz_gateway_entry_get_name (entry), ==, "Demo");
  g_assert_true (mz_gateway_entry_get_transient (entry));
  g_assert_true (mz_core_start_demo (core->core, &error) == gateway);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (core->core)), ==, 1);

  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  chat = mz_gateway_open_chat (gateway, "main");
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (mz_chat_get_timeline (chat))) > 0);
  g_clear_object (&chat);

  /* Loading makes an identity for the others only; the demo goes on. */
  load (core);
  g_assert_false (is_loaded (core));
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_READY);

  /* Gone, and there again. */
  mz_core_remove (core->core, gateway);
  g_assert_null (mz_core_lookup (core->core, "demo"));
  gateway = mz_core_start_demo (core->core, &error);
  g_assert_no_error (error);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);

  /* Nothing of it is kept. */
  drop_core (core);
  make_core (core);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (core->core)), ==, 0);
  g_assert_false (has_key (core));
}

/* The store of secrets is not touched for nothing, nor for the demo: only for the first gateway that needs this device's identity. */
static void
test_identity_when_needed (Core          *core,
                           gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzGatewayEntry) entry = NULL;
  gboolean tried = GPOINTER_TO_INT (data);
  MzGateway *gateway;

  load (core);
  gateway = mz_core_start_demo (core->core, &error);
  g_assert_no_error (error);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  settle (&core->base);
  g_assert_false (is_loaded (core));
  g_assert_false (has_key (core));

  if (tried)
    {
      start_demo (&core->base);
      entry = mz_gateway_entry_new (NULL, mz_demo_gateway_get_url (core->base.demo), FALSE);
      gateway = mz_core_try (core->core, entry);
    }
  else
    {
      gateway = add_gateway (core, "First", FALSE);
    }
  mz_gateway_connect (gateway);
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_CONNECTING);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  g_assert_true (is_loaded (core));
  drop_core (core);
  g_assert_true (has_key (core));
}

/* A network that comes and goes as the test says. */
#define TEST_TYPE_MONITOR (test_monitor_get_type ())
G_DECLARE_FINAL_TYPE (TestMonitor, test_monitor, TEST, MONITOR, GObject)

struct _TestMonitor
{
  GObject parent_instance;

  gboolean available;
};

static gboolean
test_monitor_initable_init (GInitable     *initable,
                            GCancellable  *cancellable,
                            GError       **error)
{
  return TRUE;
}

static void
test_monitor_initable_iface_init (GInitableIface *iface)
{
  iface->init = test_monitor_initable_init;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestMonitor, test_monitor, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, test_monitor_initable_iface_init)
                               G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, NULL))

static void
test_monitor_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  if (prop_id == 1)
    g_value_set_boolean (value, TEST_MONITOR (object)->available);
}

static void
change_network (GNetworkMonitor *monitor,
                gboolean         available)
{
  TEST_MONITOR (monitor)->available = available;
  g_signal_emit_by_name (monitor, "network-changed", available);
}

static void
test_monitor_class_init (TestMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = test_monitor_get_property;
  g_object_class_override_property (object_class, 1, "network-available");
  g_object_class_override_property (object_class, 2, "network-metered");
  g_object_class_override_property (object_class, 3, "connectivity");
}

static void
test_monitor_init (TestMonitor *self)
{
}

/* Who waits goes on at once; who was told to stop, or is refused, is left alone. */
static void
test_network (Core          *core,
              gconstpointer  data)
{
  g_autoptr (GNetworkMonitor) monitor = g_object_new (TEST_TYPE_MONITOR, NULL);
  g_autoptr (MzWakeWatch) watch = mz_wake_watch_new (monitor, "unix:path=/nonexistent/bus");
  MzGateway *gateway, *other;
  guint n;

  load (core);
  mz_core_watch_wake (core->core, watch);
  gateway = add_gateway (core, "First", FALSE);
  other = add_gateway (core, "Second", FALSE);
  stop_demo (&core->base);
  mz_gateway_connect (gateway);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_WAITING);

  /* It went. */
  change_network (monitor, FALSE);
  settle (&core->base);
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_WAITING);

  change_network (monitor, TRUE);
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_CONNECTING);
  g_assert_cmpint (mz_gateway_get_state (other), ==, MZ_CLIENT_OFFLINE);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_WAITING);

  start_demo (&core->base);
  change_network (monitor, FALSE);
  change_network (monitor, TRUE);
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_READY);
  n = mz_demo_gateway_get_n_connects (core->base.demo);

  /* One that is connected stays so. */
  change_network (monitor, TRUE);
  settle (&core->base);
  g_assert_cmpint (mz_gateway_get_state (gateway), ==, MZ_CLIENT_READY);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (core->base.demo), ==, n);
}

/* The log is of all gateways: their hosts and paths are in no report, whatever wrote them there. */
static void
test_report (Core          *core,
             gconstpointer  data)
{
  g_autoptr (MzLogBook) book = mz_log_book_new (10);
  g_autoptr (MzGatewayEntry) other = mz_gateway_entry_new (NULL, "ws://mybox:18789/backdoor", FALSE);
  const GLogField fields[] = { { "GLIB_DOMAIN", "moltzer-net", -1 }, { "MESSAGE", "no mybox, and nothing at /backdoor", -1 } };
  MzGateway *gateway;
  g_autofree char *report = NULL;

  load (core);
  gateway = add_gateway (core, "First", FALSE);
  mz_core_add (core->core, other);
  mz_log_book_add (book, G_LOG_LEVEL_DEBUG, fields, G_N_ELEMENTS (fields));
  mz_core_set_log (core->core, book);

  report = mz_core_dup_report (core->core, gateway, NULL, NULL, NULL);
  g_assert_nonnull (strstr (report, "moltzer-net: no [private name], and nothing at /[path]\n"));
}

/* A disk that does not take the records does not keep the program from ending. */
static void
test_slow_disk (Core          *core,
                gconstpointer  data)
{
  g_autofree char *directory = g_dir_make_tmp ("moltzer-core-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "records.db", NULL);
  g_autoptr (MzRecords) records = mz_records_new (path);
  g_autoptr (GError) error = NULL;
  MzRecord record;
  sqlite3 *db = NULL;

  mz_record_init (&record, MZ_RECORD_DIAL);
  record.time_ms = g_get_real_time () / 1000;
  record.network = MZ_NETWORK_WIFI;
  mz_records_add (records, &record);
  g_assert_true (mz_records_flush (records, 10000, &error));
  g_assert_no_error (error);
  load (core);
  mz_core_set_records (core->core, records);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);

  /* The thread waits up to 5 s for each: longer than the watchdog. */
  for (guint i = 0; i < 10; i++)
    mz_records_add (records, &record);
  core->base.done = FALSE;
  mz_core_shutdown_async (core->core, NULL, shut_down_cb, core);
  wait_until (core->base.done);

  /* What comes too late changes nothing. */
  g_assert_cmpint (sqlite3_exec (db, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  mz_records_flush (records, 30000, NULL);
  drop_core (core);
  g_remove (path);
  g_rmdir (directory);
}

#define add(path, function) g_test_add ("/app/core/" path, Core, NULL, set_up_core, function, tear_down_core)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("list", test_list);
  add ("load", test_load);
  add ("routes", test_routes);
  add ("remove", test_remove);
  add ("remove-and-leave", test_remove_and_leave);
  add ("try", test_try);
  add ("demo", test_demo);
  g_test_add ("/app/core/identity-when-needed/added", Core, NULL, set_up_core, test_identity_when_needed, tear_down_core);
  g_test_add ("/app/core/identity-when-needed/tried", Core, GINT_TO_POINTER (TRUE), set_up_core, test_identity_when_needed, tear_down_core);
  add ("network", test_network);
  add ("report", test_report);
  add ("slow-disk", test_slow_disk);

  return g_test_run ();
}
