/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-secret-store-private.h"

#include <libsecret/secret.h>

#include "mz-secret.h"
#include "mz-source.h"

/* The Secret Service (GNOME's keyring, KWallet, KeePassXC) or, in a Flatpak, libsecret's file with the portal's key. */

/* The Secret Service's name on the bus */
#define SERVICE_NAME "org.freedesktop.secrets"

static const SecretSchema schema = {
  MZ_APP_ID, SECRET_SCHEMA_NONE,
  {
    { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "name", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  }
};

/* Task data of a lookup. libsecret is not waited for any longer when the time is over, but neither is it cancelled: a
 * call that is cancelled while the bus is being connected makes all others fail (GIO keeps the error with the
 * connection). */
typedef struct
{
  GHashTable *attributes;
  GSource *timer;
  GSource *cancelled;
  gboolean returned;
} Lookup;

#define MZ_TYPE_SECRET_STORE_LIBSECRET (mz_secret_store_libsecret_get_type ())
G_DECLARE_FINAL_TYPE (MzSecretStoreLibsecret, mz_secret_store_libsecret, MZ, SECRET_STORE_LIBSECRET, GObject)

struct _MzSecretStoreLibsecret
{
  GObject parent_instance;

  gboolean absent;              /* the bus knows of no keyring */
};

static void secret_store_iface_init (MzSecretStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzSecretStoreLibsecret, mz_secret_store_libsecret, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MZ_TYPE_SECRET_STORE, secret_store_iface_init))

enum
{
  PROP_0,
  PROP_PERSISTENT,
};

static void
lookup_stop_waiting (Lookup *lookup)
{
  g_clear_pointer (&lookup->timer, mz_source_destroy);
  g_clear_pointer (&lookup->cancelled, mz_source_destroy);
}

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  lookup_stop_waiting (lookup);
  g_hash_table_unref (lookup->attributes);
  g_free (lookup);
}

static GHashTable *
attributes_new (MzSecretKind  kind,
                const char   *name)
{
  GHashTable *attributes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  g_hash_table_insert (attributes, (char *) "kind", g_strdup (mz_secret_kind_to_string (kind)));
  g_hash_table_insert (attributes, (char *) "name", g_strdup (name));
  return attributes;
}

/* Nobody there to be asked: no bus, no service, or none that we may talk to. */
static gboolean
is_absence (const GError *error)
{
  if (error->domain == G_DBUS_ERROR)
    switch ((GDBusError) error->code)
      {
      case G_DBUS_ERROR_SERVICE_UNKNOWN:
      case G_DBUS_ERROR_NAME_HAS_NO_OWNER:
      case G_DBUS_ERROR_NO_SERVER:
      case G_DBUS_ERROR_DISCONNECTED:
      case G_DBUS_ERROR_ACCESS_DENIED:
      case G_DBUS_ERROR_AUTH_FAILED:
      case G_DBUS_ERROR_NOT_SUPPORTED:
      case G_DBUS_ERROR_FILE_NOT_FOUND:
      case G_DBUS_ERROR_UNKNOWN_METHOD:
      case G_DBUS_ERROR_UNKNOWN_OBJECT:
      case G_DBUS_ERROR_UNKNOWN_INTERFACE:
      case G_DBUS_ERROR_SPAWN_EXEC_FAILED:
      case G_DBUS_ERROR_SPAWN_FORK_FAILED:
      case G_DBUS_ERROR_SPAWN_CHILD_EXITED:
      case G_DBUS_ERROR_SPAWN_CHILD_SIGNALED:
      case G_DBUS_ERROR_SPAWN_FAILED:
      case G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND:
        return TRUE;
      default:
        return FALSE;
      }

  /* The bus itself cannot be reached. An error of a service that GIO has no number for is the exception. */
  return (error->domain == G_IO_ERROR && error->code != G_IO_ERROR_DBUS_ERROR) || error->domain == G_SPAWN_ERROR ||
         error->domain == G_FILE_ERROR;
}

static GError *
store_error_new (const GError *error)
{
  MzStoreError code = MZ_STORE_ERROR_FAILED;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);

  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    code = MZ_STORE_ERROR_LOCKED;
  else if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
           g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT) ||
           g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT) ||
           g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = MZ_STORE_ERROR_TIMED_OUT;
  else if (is_absence (error))
    code = MZ_STORE_ERROR_UNAVAILABLE;
  return g_error_new_literal (MZ_STORE_ERROR, code, error->message);
}

static GError *
locked_error_new (void)
{
  return g_error_new_literal (MZ_STORE_ERROR, MZ_STORE_ERROR_LOCKED, "The keyring stayed locked");
}

/* Ends a lookup, unless it has ended. Takes @secret and @error. */
static void
lookup_return (GTask  *task,
               char   *secret,
               GError *error)
{
  Lookup *lookup = g_task_get_task_data (task);

  if (lookup->returned)
    {
      mz_secret_free (secret);
      g_clear_error (&error);
      return;
    }

  lookup->returned = TRUE;
  lookup_stop_waiting (lookup);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, secret, (GDestroyNotify) mz_secret_free);
}

static gboolean
lookup_timeout_cb (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  lookup_return (task, NULL, g_error_new_literal (MZ_STORE_ERROR, MZ_STORE_ERROR_TIMED_OUT,
                                                  "The keyring did not answer in time"));
  return G_SOURCE_REMOVE;
}

static gboolean
lookup_cancelled_cb (GCancellable *cancellable,
                     gpointer      user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  lookup_return (task, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  return G_SOURCE_REMOVE;
}

static void
unlocked_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  char *text = secret_password_lookup_finish (result, &error);

  if (error != NULL)
    lookup_return (task, NULL, store_error_new (error));
  else if (text == NULL) /* it is there, but the person did not unlock it */
    lookup_return (task, NULL, locked_error_new ());
  else
    lookup_return (task, g_strdup (text), NULL);
  secret_password_free (text);
}

static void
retrieved_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  SecretValue *value = secret_retrievable_retrieve_secret_finish (SECRET_RETRIEVABLE (source), result, &error);
  const char *text = value != NULL ? secret_value_get_text (value) : NULL;

  if (error != NULL)
    lookup_return (task, NULL, store_error_new (error));
  else if (text == NULL)
    lookup_return (task, NULL, g_error_new_literal (MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED, "The keyring gave no text"));
  else
    lookup_return (task, g_strdup (text), NULL);
  g_clear_pointer (&value, secret_value_unref);
}

static void
searched_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Lookup *lookup = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autolist (GObject) found = secret_password_search_finish (result, &error);

  if (error != NULL)
    {
      lookup_return (task, NULL, store_error_new (error));
    }
  else if (found == NULL || lookup->returned)
    {
      lookup_return (task, NULL, NULL);
    }
  else if (SECRET_IS_ITEM (found->data) && secret_item_get_locked (found->data))
    {
      /* The person is asked to unlock, and may take the time it takes. */
      g_clear_pointer (&lookup->timer, mz_source_destroy);
      secret_password_lookupv (&schema, lookup->attributes, NULL, unlocked_cb, g_steal_pointer (&task));
    }
  else
    {
      secret_retrievable_retrieve_secret (found->data, NULL, retrieved_cb, g_steal_pointer (&task));
    }
}

static void
mz_secret_store_libsecret_lookup_async (MzSecretStore       *store,
                                        MzSecretKind         kind,
                                        const char          *name,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);
  Lookup *lookup;

  g_task_set_source_tag (task, mz_secret_store_libsecret_lookup_async);
  if (g_task_return_error_if_cancelled (task))
    return;

  lookup = g_new0 (Lookup, 1);
  lookup->attributes = attributes_new (kind, name);
  lookup->timer = g_timeout_source_new (MZ_SECRET_TIMEOUT_MS);
  g_source_set_callback (lookup->timer, lookup_timeout_cb, task, NULL);
  g_source_attach (lookup->timer, g_task_get_context (task));
  if (cancellable != NULL)
    {
      lookup->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (lookup->cancelled, G_SOURCE_FUNC (lookup_cancelled_cb), task, NULL);
      g_source_attach (lookup->cancelled, g_task_get_context (task));
    }
  g_task_set_task_data (task, lookup, lookup_free);

  secret_password_searchv (&schema, lookup->attributes, SECRET_SEARCH_NONE, NULL, searched_cb, g_steal_pointer (&task));
}

static char *
mz_secret_store_libsecret_lookup_finish (MzSecretStore  *store,
                                         GAsyncResult   *result,
                                         GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = secret_password_store_finish (result, &error);

  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error != NULL ? store_error_new (error) : locked_error_new ());
}

static void
cleared_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  /* It tells whether there was one. */
  secret_password_clear_finish (result, &error);
  if (error != NULL)
    g_task_return_error (task, store_error_new (error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
mz_secret_store_libsecret_save_async (MzSecretStore       *store,
                                      MzSecretKind         kind,
                                      const char          *name,
                                      const char          *label,
                                      const char          *secret,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  GTask *task = g_task_new (store, cancellable, callback, user_data);
  g_autoptr (GHashTable) attributes = attributes_new (kind, name);

  g_task_set_source_tag (task, mz_secret_store_libsecret_save_async);
  if (secret != NULL)
    secret_password_storev (&schema, attributes, SECRET_COLLECTION_DEFAULT, label, secret, NULL, stored_cb, task);
  else
    secret_password_clearv (&schema, attributes, NULL, cleared_cb, task);
}

static gboolean
mz_secret_store_libsecret_save_finish (MzSecretStore  *store,
                                       GAsyncResult   *result,
                                       GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
secret_store_iface_init (MzSecretStoreInterface *iface)
{
  iface->lookup_async = mz_secret_store_libsecret_lookup_async;
  iface->lookup_finish = mz_secret_store_libsecret_lookup_finish;
  iface->save_async = mz_secret_store_libsecret_save_async;
  iface->save_finish = mz_secret_store_libsecret_save_finish;
}

static void
mz_secret_store_libsecret_get_property (GObject    *object,
                                        guint       prop_id,
                                        GValue     *value,
                                        GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PERSISTENT:
      g_value_set_boolean (value, !MZ_SECRET_STORE_LIBSECRET (object)->absent);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_secret_store_libsecret_class_init (MzSecretStoreLibsecretClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mz_secret_store_libsecret_get_property;

  g_object_class_override_property (object_class, PROP_PERSISTENT, "persistent");
}

static void
mz_secret_store_libsecret_init (MzSecretStoreLibsecret *self)
{
}

static void
set_absent (MzSecretStoreLibsecret *self)
{
  self->absent = TRUE;
  g_object_notify (G_OBJECT (self), "persistent");
}

static void
activatable_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (MzSecretStoreLibsecret) self = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autofree const char **names = NULL;

  if (reply == NULL)
    return;

  g_variant_get (reply, "(^a&s)", &names);
  if (!g_strv_contains (names, SERVICE_NAME))
    set_absent (self);
}

static void
owned_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (MzSecretStoreLibsecret) self = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  gboolean owned = FALSE;

  if (reply == NULL)
    return;

  g_variant_get (reply, "(b)", &owned);
  if (!owned)
    g_dbus_connection_call (G_DBUS_CONNECTION (source), "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                            "ListActivatableNames", NULL, G_VARIANT_TYPE ("(as)"), G_DBUS_CALL_FLAGS_NONE, MZ_SECRET_TIMEOUT_MS, NULL,
                            activatable_cb, g_steal_pointer (&self));
}

static void
bus_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (MzSecretStoreLibsecret) self = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus == NULL)
    set_absent (self);
  else
    g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
                            g_variant_new ("(s)", SERVICE_NAME), G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE, MZ_SECRET_TIMEOUT_MS, NULL,
                            owned_cb, g_steal_pointer (&self));
}

/* libsecret's own file, with the portal's key: it needs no service. */
static gboolean
is_in_file (void)
{
  return g_getenv ("SECRET_BACKEND") != NULL || g_getenv ("SNAP_NAME") != NULL || g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

/* See mz-secret-store-private.h. Whether there is a keyring at all is asked of the bus: who is told that a token will be kept has not used the
 * keyring yet, and is not to be asked to unlock it, or to make one, for that. */
MzSecretStore *
mz_secret_store_new_libsecret (void)
{
  MzSecretStoreLibsecret *self = g_object_new (MZ_TYPE_SECRET_STORE_LIBSECRET, NULL);

  if (!is_in_file ())
    g_bus_get (G_BUS_TYPE_SESSION, NULL, bus_cb, g_object_ref (self));
  return MZ_SECRET_STORE (self);
}
