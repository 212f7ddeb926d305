/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* MzWakeWatch: a logind of our own on a private bus, and a network that changes when we say so. */

#include "config.h"

#include "mz-wake-watch.h"

#define WATCHDOG_S 20

/* What org.freedesktop.login1(5) has */
#define LOGIND_NAME "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"

#define N_STRANGE 20

/* ---- a network monitor ---- */

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
  self->available = TRUE;
}

/* ---- the watch ---- */

typedef struct
{
  GTestDBus *daemon;
  GDBusConnection *logind;
  MzWakeWatch *watch;
  GString *heard;               /* "r": resumed, "n": a network, "-": no network */
} Fixture;

static gboolean
watchdog_cb (gpointer user_data)
{
  g_error ("what the test waits for did not come within %d s", WATCHDOG_S);
  return G_SOURCE_REMOVE;
}

#define wait_until(condition)                                     \
  G_STMT_START                                                    \
  {                                                               \
    guint watchdog = g_timeout_add_seconds (WATCHDOG_S, watchdog_cb, NULL); \
    while (!(condition))                                          \
      g_main_context_iteration (NULL, TRUE);                      \
    g_source_remove (watchdog);                                   \
  }                                                               \
  G_STMT_END

static void
woken_cb (MzWakeWatch *watch,
          guint        why,
          gboolean     available,
          Fixture     *fixture)
{
  g_assert_true (why == MZ_CIRCUMSTANCE_RESUMED || why == MZ_CIRCUMSTANCE_NETWORK_CHANGED);
  g_string_append_c (fixture->heard, why == MZ_CIRCUMSTANCE_RESUMED ? 'r' : available ? 'n' : '-');
}

static void
watch (Fixture         *fixture,
       GNetworkMonitor *monitor,
       const char      *address)
{
  fixture->watch = mz_wake_watch_new (monitor, address);
  g_signal_connect (fixture->watch, "woken", G_CALLBACK (woken_cb), fixture);
}

static GDBusConnection *
connect_to (const char *address)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus;

  bus = g_dbus_connection_new_for_address_sync (address,
                                                G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                NULL, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  return bus;
}

/* Before anything is watched, so that no answer of the bus is on its way. */
static void
become_logind (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;

  answer = g_dbus_connection_call_sync (fixture->logind, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "RequestName", g_variant_new ("(su)", LOGIND_NAME, 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                                        &error);
  g_assert_no_error (error);
}

static void
say (GDBusConnection *bus,
     const char      *signal,
     GVariant        *parameters)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (bus, NULL, LOGIND_PATH, LOGIND_INTERFACE, signal, parameters, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->heard = g_string_new (NULL);
}

static void
set_up_bus (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *program = g_find_program_in_path ("dbus-daemon");

  set_up (fixture, data);
  if (program == NULL)
    return;

  fixture->daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->daemon);
  fixture->logind = connect_to (g_test_dbus_get_bus_address (fixture->daemon));
  become_logind (fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->watch != NULL)
    g_assert_finalize_object (fixture->watch);
  if (fixture->logind != NULL)
    {
      g_dbus_connection_close_sync (fixture->logind, NULL, NULL);
      g_clear_object (&fixture->logind);
    }
  if (fixture->daemon != NULL)
    g_test_dbus_stop (fixture->daemon);
  g_clear_object (&fixture->daemon);
  g_string_free (fixture->heard, TRUE);
}

static gboolean
has_bus (Fixture *fixture)
{
  if (fixture->daemon == NULL)
    g_test_skip ("there is no dbus-daemon");
  return fixture->daemon != NULL;
}

static void
wake_up (Fixture *fixture)
{
  say (fixture->logind, "PrepareForSleep", g_variant_new ("(b)", FALSE));
}

static void
test_sleep (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GDBusConnection) stranger = NULL;

  if (!has_bus (fixture))
    return;

  watch (fixture, NULL, g_test_dbus_get_bus_address (fixture->daemon));
  wait_until (mz_wake_watch_hears_sleep (fixture->watch));

  /* Who is not logind, and what is not waking up, is passed over. */
  stranger = connect_to (g_test_dbus_get_bus_address (fixture->daemon));
  for (guint i = 0; i < N_STRANGE; i++)
    {
      say (stranger, "PrepareForSleep", g_variant_new ("(b)", FALSE));
      say (fixture->logind, "PrepareForSleep", g_variant_new ("(b)", TRUE));
      say (fixture->logind, "PrepareForShutdown", g_variant_new ("(b)", FALSE));
      say (fixture->logind, "PrepareForSleep", g_variant_new ("(s)", "false"));
    }
  g_assert_true (g_dbus_connection_flush_sync (stranger, NULL, NULL));
  g_dbus_connection_close_sync (stranger, NULL, NULL);

  for (guint i = 1; i <= 3; i++)
    {
      wake_up (fixture);
      wait_until (fixture->heard->len >= i);
    }
  g_assert_cmpstr (fixture->heard->str, ==, "rrr");
}

/* The bus goes: the watch stays, and the program too. */
static void
test_bus_ends (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (TestMonitor) monitor = g_object_new (TEST_TYPE_MONITOR, NULL);

  if (!has_bus (fixture))
    return;

  watch (fixture, G_NETWORK_MONITOR (monitor), g_test_dbus_get_bus_address (fixture->daemon));
  wait_until (mz_wake_watch_hears_sleep (fixture->watch));
  g_dbus_connection_close_sync (fixture->logind, NULL, NULL);
  g_clear_object (&fixture->logind);
  g_test_dbus_stop (fixture->daemon);
  g_clear_object (&fixture->daemon);

  g_string_truncate (fixture->heard, 0);
  g_signal_emit_by_name (monitor, "network-changed", TRUE);
  g_assert_cmpstr (fixture->heard->str, ==, "n");
}

/* No bus at all: the network is watched all the same. One change counts at once; of many within a moment the last, a second later. */
static void
test_network (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (TestMonitor) monitor = g_object_new (TEST_TYPE_MONITOR, NULL);
  gint64 start;

  watch (fixture, G_NETWORK_MONITOR (monitor), "unix:path=/nonexistent/bus");
  g_object_notify (G_OBJECT (monitor), "connectivity");
  g_assert_cmpstr (fixture->heard->str, ==, "n");

  start = g_get_monotonic_time ();
  for (guint i = 0; i < 50; i++)
    g_signal_emit_by_name (monitor, "network-changed", TRUE);
  monitor->available = FALSE;
  g_signal_emit_by_name (monitor, "network-changed", FALSE);
  g_assert_cmpstr (fixture->heard->str, ==, "n");
  wait_until (fixture->heard->len > 1);
  g_assert_cmpstr (fixture->heard->str, ==, "n-");
  g_assert_cmpint (g_get_monotonic_time () - start, >, 500 * G_TIME_SPAN_MILLISECOND);

  /* That it is back is not kept waiting. */
  monitor->available = TRUE;
  g_signal_emit_by_name (monitor, "network-changed", TRUE);
  g_assert_cmpstr (fixture->heard->str, ==, "n-n");
  g_assert_false (mz_wake_watch_hears_sleep (fixture->watch));
}

/* Gone before the bus has answered. */
static void
test_gone (Fixture       *fixture,
           gconstpointer  data)
{
  if (!has_bus (fixture))
    return;

  watch (fixture, NULL, g_test_dbus_get_bus_address (fixture->daemon));
  g_assert_finalize_object (fixture->watch);
  fixture->watch = NULL;
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/wake-watch/sleep", Fixture, NULL, set_up_bus, test_sleep, tear_down);
  g_test_add ("/wake-watch/bus-ends", Fixture, NULL, set_up_bus, test_bus_ends, tear_down);
  g_test_add ("/wake-watch/network", Fixture, NULL, set_up, test_network, tear_down);
  g_test_add ("/wake-watch/gone", Fixture, NULL, set_up_bus, test_gone, tear_down);

  return g_test_run ();
}
