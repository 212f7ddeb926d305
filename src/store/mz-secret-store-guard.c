/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-secret-store-private.h"

#include "mz-secret.h"
#include "mz-source.h"

/* A system's store with memory behind it. What is to be written is held here until it is written, so that
 * - a lookup finds it at once;
 * - a save ends in time, while the writing itself goes on as long as the person is asked to unlock;
 * - two saves of one secret never overtake each other;
 * - nothing is lost for this session when there is no keyring, or when it refuses. */

/* What is to be written, or what could not be written. */
typedef struct
{
  MzSecretKind kind;
  char *name;
  char *label;
  char *secret;                 /* NULL to remove */
  guint serial;                 /* of what is wanted */
  guint written_serial;         /* of what is being written */
  gboolean writing;
  GPtrArray *waiters;           /* GTask */
} Wanted;

/* Task data of a save: what ends the waiting, not the writing. */
typedef struct
{
  Wanted *wanted;
  GSource *timer;
  GSource *cancelled;
} Waiter;

typedef struct
{
  MzSecretKind kind;
  char *name;
} Lookup;

#define MZ_TYPE_SECRET_STORE_GUARD (mz_secret_store_guard_get_type ())
G_DECLARE_FINAL_TYPE (MzSecretStoreGuard, mz_secret_store_guard, MZ, SECRET_STORE_GUARD, GObject)

struct _MzSecretStoreGuard
{
  GObject parent_instance;

  MzSecretStore *inner;
  guint timeout_ms;
  GHashTable *wanted;           /* a set of Wanted; it owns them */
  gboolean missing;             /* there is no keyring, and there will be none */
  gboolean persistent;
};

static void secret_store_iface_init (MzSecretStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzSecretStoreGuard, mz_secret_store_guard, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MZ_TYPE_SECRET_STORE, secret_store_iface_init))

enum
{
  PROP_0,
  PROP_PERSISTENT,
};

static void write_wanted (MzSecretStoreGuard *self,
                          Wanted             *wanted);

static guint
wanted_hash (gconstpointer data)
{
  const Wanted *wanted = data;

  return g_str_hash (wanted->name) + (guint) wanted->kind;
}

static gboolean
wanted_equal (gconstpointer a,
              gconstpointer b)
{
  const Wanted *one = a, *other = b;

  return one->kind == other->kind && g_str_equal (one->name, other->name);
}

static void
wanted_free (gpointer data)
{
  Wanted *wanted = data;

  g_free (wanted->name);
  g_free (wanted->label);
  mz_secret_free (wanted->secret);
  g_ptr_array_unref (wanted->waiters);
  g_free (wanted);
}

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  g_clear_pointer (&waiter->timer, mz_source_destroy);
  g_clear_pointer (&waiter->cancelled, mz_source_destroy);
  g_free (waiter);
}

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  g_free (lookup->name);
  g_free (lookup);
}

static Wanted *
find_wanted (MzSecretStoreGuard *self,
             MzSecretKind        kind,
             const char         *name)
{
  const Wanted key = { .kind = kind, .name = (char *) name };

  return g_hash_table_lookup (self->wanted, &key);
}

static void
set_persistent (MzSecretStoreGuard *self,
                gboolean            persistent)
{
  if (self->persistent == persistent)
    return;

  self->persistent = persistent;
  g_object_notify (G_OBJECT (self), "persistent");
}

static gboolean
is_unavailable (const GError *error)
{
  return g_error_matches (error, MZ_STORE_ERROR, MZ_STORE_ERROR_UNAVAILABLE);
}

/* Secrets stay in memory from now on. It is for good: a keyring that came later would hold older secrets. */
static void
go_without (MzSecretStoreGuard *self)
{
  self->missing = TRUE;
  set_persistent (self, FALSE);
}

/* The keyring works, and nothing is left that it refused, or takes long over. */
static void
keyring_answered (MzSecretStoreGuard *self)
{
  GHashTableIter iter;
  gpointer key;
  gboolean complete = TRUE;

  g_hash_table_iter_init (&iter, self->wanted);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const Wanted *wanted = key;

      complete = complete && wanted->writing && wanted->waiters->len > 0;
    }
  if (complete)
    set_persistent (self, TRUE);
}

/* The keyring takes secrets: what it refused before is tried once more. Not after lookups, which may go well while it
 * is locked: who refused to unlock it would be asked again and again. */
static void
write_refused (MzSecretStoreGuard *self)
{
  g_autoptr (GList) all = g_hash_table_get_keys (self->wanted);

  for (GList *l = all; l != NULL; l = l->next)
    {
      Wanted *wanted = l->data;

      if (!wanted->writing)
        write_wanted (self, wanted);
    }
}

/* Ends all saves that wait for @wanted. */
static void
wake_waiters (Wanted       *wanted,
              const GError *error)
{
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&wanted->waiters);

  wanted->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiters->len; i++)
    {
      GTask *task = g_ptr_array_index (waiters, i);
      Waiter *waiter = g_task_get_task_data (task);

      g_clear_pointer (&waiter->timer, mz_source_destroy);
      g_clear_pointer (&waiter->cancelled, mz_source_destroy);
      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

typedef struct
{
  MzSecretStoreGuard *self;
  Wanted *wanted;               /* there as long as it is being written */
} Writing;

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autofree Writing *writing = user_data;
  g_autoptr (MzSecretStoreGuard) self = writing->self;
  Wanted *wanted = writing->wanted;
  g_autoptr (GError) error = NULL;
  gboolean ok = mz_secret_store_save_finish (MZ_SECRET_STORE (source), result, &error);

  wanted->writing = FALSE;
  if (self->missing || is_unavailable (error))
    {
      go_without (self);
      wake_waiters (wanted, NULL);
      if (wanted->secret == NULL)
        g_hash_table_remove (self->wanted, wanted);
      return;
    }

  if (wanted->serial != wanted->written_serial)
    {
      write_wanted (self, wanted);
    }
  else if (ok)
    {
      wake_waiters (wanted, NULL);
      g_hash_table_remove (self->wanted, wanted);
      keyring_answered (self);
      write_refused (self);
    }
  else if (wanted->secret != NULL)
    {
      set_persistent (self, FALSE);
      wake_waiters (wanted, NULL);
    }
  else
    {
      wake_waiters (wanted, error);
      g_hash_table_remove (self->wanted, wanted);
    }
}

static void
write_wanted (MzSecretStoreGuard *self,
              Wanted             *wanted)
{
  Writing *writing = g_new (Writing, 1);

  writing->self = g_object_ref (self);
  writing->wanted = wanted;
  wanted->writing = TRUE;
  wanted->written_serial = wanted->serial;
  mz_secret_store_save_async (self->inner, wanted->kind, wanted->name, wanted->label, wanted->secret, NULL, written_cb,
                              writing);
}

/* The caller has waited long enough; the writing goes on. */
static gboolean
timeout_cb (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  MzSecretStoreGuard *self = g_task_get_source_object (task);
  Waiter *waiter = g_task_get_task_data (task);
  Wanted *wanted = waiter->wanted;

  g_clear_pointer (&waiter->timer, mz_source_destroy);
  g_clear_pointer (&waiter->cancelled, mz_source_destroy);
  g_ptr_array_remove (wanted->waiters, task);
  if (wanted->secret == NULL)
    {
      g_task_return_new_error (task, MZ_STORE_ERROR, MZ_STORE_ERROR_TIMED_OUT, "The keyring did not answer in time");
    }
  else
    {
      set_persistent (self, FALSE);
      g_task_return_boolean (task, TRUE);
    }
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Waiter *waiter = g_task_get_task_data (task);

  g_clear_pointer (&waiter->timer, mz_source_destroy);
  g_clear_pointer (&waiter->cancelled, mz_source_destroy);
  g_ptr_array_remove (waiter->wanted->waiters, task);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
add_waiter (MzSecretStoreGuard *self,
            Wanted             *wanted,
            GTask              *task)
{
  Waiter *waiter = g_new0 (Waiter, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  waiter->wanted = wanted;
  waiter->timer = g_timeout_source_new (self->timeout_ms);
  g_source_set_callback (waiter->timer, timeout_cb, task, NULL);
  g_source_attach (waiter->timer, g_task_get_context (task));
  if (cancellable != NULL)
    {
      waiter->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (waiter->cancelled, G_SOURCE_FUNC (cancelled_cb), task, NULL);
      g_source_attach (waiter->cancelled, g_task_get_context (task));
    }
  g_task_set_task_data (task, waiter, waiter_free);
  g_ptr_array_add (wanted->waiters, g_object_ref (task));
}

static void
mz_secret_store_guard_save_async (MzSecretStore       *store,
                                  MzSecretKind         kind,
                                  const char          *name,
                                  const char          *label,
                                  const char          *secret,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  MzSecretStoreGuard *self = MZ_SECRET_STORE_GUARD (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Wanted *wanted;

  g_task_set_source_tag (task, mz_secret_store_guard_save_async);
  if (g_task_return_error_if_cancelled (task))
    return;

  wanted = find_wanted (self, kind, name);
  if (wanted == NULL)
    {
      wanted = g_new0 (Wanted, 1);
      wanted->kind = kind;
      wanted->name = g_strdup (name);
      wanted->waiters = g_ptr_array_new_with_free_func (g_object_unref);
      g_hash_table_add (self->wanted, wanted);
    }
  g_free (wanted->label);
  wanted->label = g_strdup (label != NULL ? label : "");
  mz_secret_free (wanted->secret);
  wanted->secret = g_strdup (secret);
  wanted->serial++;

  if (self->missing)
    {
      if (secret == NULL && !wanted->writing)
        g_hash_table_remove (self->wanted, wanted);
      g_task_return_boolean (task, TRUE);
      return;
    }

  add_waiter (self, wanted, task);
  if (!wanted->writing)
    write_wanted (self, wanted);
}

static gboolean
mz_secret_store_guard_save_finish (MzSecretStore  *store,
                                   GAsyncResult   *result,
                                   GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
looked_up_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  MzSecretStoreGuard *self = g_task_get_source_object (task);
  const Lookup *lookup = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  char *secret = mz_secret_store_lookup_finish (MZ_SECRET_STORE (source), result, &error);
  const Wanted *wanted = find_wanted (self, lookup->kind, lookup->name);

  if (error == NULL)
    keyring_answered (self);
  else if (is_unavailable (error))
    go_without (self);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_persistent (self, FALSE);

  /* It was saved meanwhile. */
  if (wanted != NULL)
    {
      mz_secret_free (secret);
      g_task_return_pointer (task, g_strdup (wanted->secret), (GDestroyNotify) mz_secret_free);
    }
  else if (error == NULL || is_unavailable (error))
    {
      g_task_return_pointer (task, secret, (GDestroyNotify) mz_secret_free);
    }
  else
    {
      g_task_return_error (task, g_steal_pointer (&error));
    }
}

static void
mz_secret_store_guard_lookup_async (MzSecretStore       *store,
                                    MzSecretKind         kind,
                                    const char          *name,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  MzSecretStoreGuard *self = MZ_SECRET_STORE_GUARD (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const Wanted *wanted = find_wanted (self, kind, name);
  Lookup *lookup;

  g_task_set_source_tag (task, mz_secret_store_guard_lookup_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (wanted != NULL || self->missing)
    {
      g_task_return_pointer (task, wanted != NULL ? g_strdup (wanted->secret) : NULL, (GDestroyNotify) mz_secret_free);
      return;
    }

  lookup = g_new (Lookup, 1);
  lookup->kind = kind;
  lookup->name = g_strdup (name);
  g_task_set_task_data (task, lookup, lookup_free);
  mz_secret_store_lookup_async (self->inner, kind, name, cancellable, looked_up_cb, g_steal_pointer (&task));
}

static char *
mz_secret_store_guard_lookup_finish (MzSecretStore  *store,
                                     GAsyncResult   *result,
                                     GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
secret_store_iface_init (MzSecretStoreInterface *iface)
{
  iface->lookup_async = mz_secret_store_guard_lookup_async;
  iface->lookup_finish = mz_secret_store_guard_lookup_finish;
  iface->save_async = mz_secret_store_guard_save_async;
  iface->save_finish = mz_secret_store_guard_save_finish;
}

static void
mz_secret_store_guard_get_property (GObject    *object,
                                    guint       prop_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PERSISTENT:
      g_value_set_boolean (value, MZ_SECRET_STORE_GUARD (object)->persistent);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_secret_store_guard_finalize (GObject *object)
{
  MzSecretStoreGuard *self = MZ_SECRET_STORE_GUARD (object);

  g_hash_table_unref (self->wanted);
  g_signal_handlers_disconnect_by_data (self->inner, self);
  g_clear_object (&self->inner);

  G_OBJECT_CLASS (mz_secret_store_guard_parent_class)->finalize (object);
}

static void
mz_secret_store_guard_class_init (MzSecretStoreGuardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mz_secret_store_guard_get_property;
  object_class->finalize = mz_secret_store_guard_finalize;

  g_object_class_override_property (object_class, PROP_PERSISTENT, "persistent");
}

static void
mz_secret_store_guard_init (MzSecretStoreGuard *self)
{
  self->wanted = g_hash_table_new_full (wanted_hash, wanted_equal, wanted_free, NULL);
  self->persistent = TRUE;
}

/* It says that nothing will be kept, before anything was asked of it. An answer knows better. */
static void
inner_persistent_cb (MzSecretStoreGuard *self)
{
  if (!mz_secret_store_get_persistent (self->inner))
    set_persistent (self, FALSE);
}

/**
 * mz_secret_store_new_guard:
 * @inner: (transfer full): a system's store; its lookups end in time by themselves, but for asking the person to unlock
 * @timeout_ms: how long a save is waited for, in ms
 *
 * Returns: (transfer full): the store for the app
 */
MzSecretStore *
mz_secret_store_new_guard (MzSecretStore *inner,
                           guint          timeout_ms)
{
  MzSecretStoreGuard *self;

  g_return_val_if_fail (MZ_IS_SECRET_STORE (inner), NULL);

  self = g_object_new (MZ_TYPE_SECRET_STORE_GUARD, NULL);
  self->inner = inner;
  self->timeout_ms = timeout_ms;
  g_signal_connect_swapped (inner, "notify::persistent", G_CALLBACK (inner_persistent_cb), self);
  return MZ_SECRET_STORE (self);
}
