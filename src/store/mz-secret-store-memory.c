/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-secret-store-private.h"

#include "mz-secret.h"

/* Keeps secrets until the program ends: where there is no keyring, and for tests. */

#define MZ_TYPE_SECRET_STORE_MEMORY (mz_secret_store_memory_get_type ())
G_DECLARE_FINAL_TYPE (MzSecretStoreMemory, mz_secret_store_memory, MZ, SECRET_STORE_MEMORY, GObject)

struct _MzSecretStoreMemory
{
  GObject parent_instance;

  GHashTable *secrets[MZ_SECRET_DEVICE_TOKEN + 1]; /* name → secret, for each kind */
};

static void secret_store_iface_init (MzSecretStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzSecretStoreMemory, mz_secret_store_memory, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MZ_TYPE_SECRET_STORE, secret_store_iface_init))

enum
{
  PROP_0,
  PROP_PERSISTENT,
};

static void
mz_secret_store_memory_lookup_async (MzSecretStore       *store,
                                     MzSecretKind         kind,
                                     const char          *name,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  MzSecretStoreMemory *self = MZ_SECRET_STORE_MEMORY (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, mz_secret_store_memory_lookup_async);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_strdup (g_hash_table_lookup (self->secrets[kind], name)), (GDestroyNotify) mz_secret_free);
}

static char *
mz_secret_store_memory_lookup_finish (MzSecretStore  *store,
                                      GAsyncResult   *result,
                                      GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
mz_secret_store_memory_save_async (MzSecretStore       *store,
                                   MzSecretKind         kind,
                                   const char          *name,
                                   const char          *label,
                                   const char          *secret,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  MzSecretStoreMemory *self = MZ_SECRET_STORE_MEMORY (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, mz_secret_store_memory_save_async);
  if (g_task_return_error_if_cancelled (task))
    return;

  if (secret != NULL)
    g_hash_table_replace (self->secrets[kind], g_strdup (name), g_strdup (secret));
  else
    g_hash_table_remove (self->secrets[kind], name);
  g_task_return_boolean (task, TRUE);
}

static gboolean
mz_secret_store_memory_save_finish (MzSecretStore  *store,
                                    GAsyncResult   *result,
                                    GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
secret_store_iface_init (MzSecretStoreInterface *iface)
{
  iface->lookup_async = mz_secret_store_memory_lookup_async;
  iface->lookup_finish = mz_secret_store_memory_lookup_finish;
  iface->save_async = mz_secret_store_memory_save_async;
  iface->save_finish = mz_secret_store_memory_save_finish;
}

static void
mz_secret_store_memory_get_property (GObject    *object,
                                     guint       prop_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PERSISTENT:
      g_value_set_boolean (value, FALSE);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_secret_store_memory_finalize (GObject *object)
{
  MzSecretStoreMemory *self = MZ_SECRET_STORE_MEMORY (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->secrets); i++)
    g_hash_table_unref (self->secrets[i]);

  G_OBJECT_CLASS (mz_secret_store_memory_parent_class)->finalize (object);
}

static void
mz_secret_store_memory_class_init (MzSecretStoreMemoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mz_secret_store_memory_get_property;
  object_class->finalize = mz_secret_store_memory_finalize;

  g_object_class_override_property (object_class, PROP_PERSISTENT, "persistent");
}

static void
mz_secret_store_memory_init (MzSecretStoreMemory *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->secrets); i++)
    self->secrets[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) mz_secret_free);
}

/**
 * mz_secret_store_new_memory:
 *
 * Returns: (transfer full): a store that keeps secrets until it goes
 */
MzSecretStore *
mz_secret_store_new_memory (void)
{
  return g_object_new (MZ_TYPE_SECRET_STORE_MEMORY, NULL);
}
