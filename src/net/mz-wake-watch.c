/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-wake-watch.h"

#include "mz-source.h"

/* org.freedesktop.login1(5) */
#define LOGIND_NAME "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"
#define LOGIND_SIGNAL "PrepareForSleep"

/* A network that comes up changes several times within a moment. The first change counts at once, and that there is a network again; of the
 * others the last, so many ms later. */
#define QUIET_MS 1000

struct _MzWakeWatch
{
  GObject parent_instance;

  GNetworkMonitor *monitor;
  GCancellable *cancellable;
  GDBusConnection *bus;
  guint subscription;
  gboolean hears_sleep;
  GSource *quiet;
  gboolean changed_since;       /* while it is to become quiet */
  gboolean told_available;      /* as it was told last */
};

G_DEFINE_FINAL_TYPE (MzWakeWatch, mz_wake_watch, G_TYPE_OBJECT)

enum
{
  WOKEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tell (MzWakeWatch    *self,
      MzCircumstance  why)
{
  gboolean available = self->monitor == NULL || g_network_monitor_get_network_available (self->monitor);

  self->told_available = available;
  g_debug ("%s", why == MZ_CIRCUMSTANCE_RESUMED ? "This computer woke up" : available ? "The network has changed" : "The network has changed: nothing leads outside any more");
  g_signal_emit (self, signals[WOKEN], 0, (guint) why, available);
}

static void wait_for_quiet (MzWakeWatch *self);

static gboolean
quiet_cb (gpointer user_data)
{
  g_autoptr (MzWakeWatch) self = g_object_ref (MZ_WAKE_WATCH (user_data));
  gboolean changed = self->changed_since;

  g_clear_pointer (&self->quiet, mz_source_destroy);
  if (changed)
    {
      wait_for_quiet (self);
      tell (self, MZ_CIRCUMSTANCE_NETWORK_CHANGED);
    }

  return G_SOURCE_REMOVE;
}

static void
wait_for_quiet (MzWakeWatch *self)
{
  self->changed_since = FALSE;
  g_clear_pointer (&self->quiet, mz_source_destroy);
  self->quiet = g_timeout_source_new (QUIET_MS);
  g_source_set_callback (self->quiet, quiet_cb, self, NULL);
  g_source_set_static_name (self->quiet, "[moltzer] network quiet");
  g_source_attach (self->quiet, g_main_context_get_thread_default ());
}

static void
network_changed_cb (MzWakeWatch *self)
{
  gboolean is_back = !self->told_available && g_network_monitor_get_network_available (self->monitor);

  if (self->quiet != NULL && !is_back)
    {
      self->changed_since = TRUE;
      return;
    }

  wait_for_quiet (self);
  tell (self, MZ_CIRCUMSTANCE_NETWORK_CHANGED);
}

static void
sleep_cb (GDBusConnection *bus,
          const char      *sender,
          const char      *path,
          const char      *interface,
          const char      *signal,
          GVariant        *parameters,
          gpointer         user_data)
{
  g_autoptr (MzWakeWatch) self = g_object_ref (MZ_WAKE_WATCH (user_data));
  gboolean goes_to_sleep;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;

  g_variant_get (parameters, "(b)", &goes_to_sleep);
  if (goes_to_sleep)
    g_debug ("This computer goes to sleep");
  else
    tell (self, MZ_CIRCUMSTANCE_RESUMED);
}

/* An answer that is waited for keeps nobody alive. */
static GWeakRef *
new_weak_ref (MzWakeWatch *self)
{
  GWeakRef *ref = g_new0 (GWeakRef, 1);

  g_weak_ref_init (ref, self);
  return ref;
}

/* A bus answers in order: by now it has taken the subscription. */
static void
subscribed_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  GWeakRef *ref = user_data;
  g_autoptr (MzWakeWatch) self = g_weak_ref_get (ref);
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  g_weak_ref_clear (ref);
  g_free (ref);

  if (answer == NULL || self == NULL)
    return;

  self->hears_sleep = TRUE;
  g_debug ("Listening for sleep");
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  GWeakRef *ref = user_data;
  g_autoptr (MzWakeWatch) self = g_weak_ref_get (ref);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = source == NULL ? g_bus_get_finish (result, &error) : g_dbus_connection_new_for_address_finish (result, &error);

  g_weak_ref_clear (ref);
  g_free (ref);

  /* Optional: a sandbox, a container or another system has no such bus. */
  if (bus == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("Nobody tells of sleep here: %s", error->message);
      return;
    }
  if (self == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;

  /* The bus may end: that is not the program's end. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  self->bus = g_steal_pointer (&bus);
  self->subscription = g_dbus_connection_signal_subscribe (self->bus, LOGIND_NAME, LOGIND_INTERFACE, LOGIND_SIGNAL, LOGIND_PATH, NULL,
                                                           G_DBUS_SIGNAL_FLAGS_NONE, sleep_cb, self, NULL);
  g_dbus_connection_call (self->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, subscribed_cb, new_weak_ref (self));
}

static void
mz_wake_watch_dispose (GObject *object)
{
  MzWakeWatch *self = MZ_WAKE_WATCH (object);

  g_cancellable_cancel (self->cancellable);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  self->subscription = 0;
  g_clear_object (&self->bus);
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->quiet, mz_source_destroy);

  G_OBJECT_CLASS (mz_wake_watch_parent_class)->dispose (object);
}

static void
mz_wake_watch_finalize (GObject *object)
{
  g_object_unref (MZ_WAKE_WATCH (object)->cancellable);

  G_OBJECT_CLASS (mz_wake_watch_parent_class)->finalize (object);
}

static void
mz_wake_watch_class_init (MzWakeWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_wake_watch_dispose;
  object_class->finalize = mz_wake_watch_finalize;

  /**
   * MzWakeWatch::woken:
   * @why: a #MzCircumstance: %MZ_CIRCUMSTANCE_RESUMED or %MZ_CIRCUMSTANCE_NETWORK_CHANGED
   * @network_available: whether there is a network, as far as the system knows
   *
   * What is connected may be dead.
   */
  signals[WOKEN] = g_signal_new ("woken", MZ_TYPE_WAKE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_BOOLEAN);
}

static void
mz_wake_watch_init (MzWakeWatch *self)
{
  self->cancellable = g_cancellable_new ();
  self->told_available = TRUE;
}

/**
 * mz_wake_watch_new:
 * @monitor: (nullable): tells of the network; %NULL for nobody
 * @bus_address: (nullable): the D-Bus on which logind is; %NULL for the system's
 *
 * Begins to watch. Where there is no bus or no logind, only the network is watched.
 *
 * Returns: (transfer full): a watch
 */
MzWakeWatch *
mz_wake_watch_new (GNetworkMonitor *monitor,
                   const char      *bus_address)
{
  MzWakeWatch *self;

  g_return_val_if_fail (monitor == NULL || G_IS_NETWORK_MONITOR (monitor), NULL);

  self = g_object_new (MZ_TYPE_WAKE_WATCH, NULL);
  g_set_object (&self->monitor, monitor);
  if (monitor != NULL)
    {
      g_signal_connect_swapped (monitor, "network-changed", G_CALLBACK (network_changed_cb), self);
      /* Somebody has signed in. */
      g_signal_connect_swapped (monitor, "notify::connectivity", G_CALLBACK (network_changed_cb), self);
    }

  if (bus_address != NULL)
    g_dbus_connection_new_for_address (bus_address,
                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                       NULL, self->cancellable, connected_cb, new_weak_ref (self));
  else
    g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, connected_cb, new_weak_ref (self));

  return self;
}

/**
 * mz_wake_watch_hears_sleep:
 *
 * Returns: whether somebody could tell of sleep: there is a bus, and it has been asked
 */
gboolean
mz_wake_watch_hears_sleep (MzWakeWatch *self)
{
  g_return_val_if_fail (MZ_IS_WAKE_WATCH (self), FALSE);

  return self->hears_sleep;
}
