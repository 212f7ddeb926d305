/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "fake-store.h"

typedef struct
{
  char *key;
  char *secret;                 /* of a save */
  gboolean is_save;
} Call;

struct _FakeStore
{
  GObject parent_instance;

  GHashTable *secrets;
  int lookup_error;
  int save_error;
  gboolean hold_lookups;
  gboolean hold_saves;
  GQueue held;                  /* GTask */
  GString *log;
};

static void secret_store_iface_init (MzSecretStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeStore, fake_store, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MZ_TYPE_SECRET_STORE, secret_store_iface_init))

enum
{
  PROP_0,
  PROP_PERSISTENT,
};

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->key);
  g_free (call->secret);
  g_free (call);
}

static void
carry_out (FakeStore *self,
           GTask     *task)
{
  const Call *call = g_task_get_task_data (task);
  int code = call->is_save ? self->save_error : self->lookup_error;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (code >= 0)
    {
      g_task_return_new_error (task, MZ_STORE_ERROR, code, "The fake keyring fails");
      return;
    }
  if (!call->is_save)
    {
      g_task_return_pointer (task, g_strdup (g_hash_table_lookup (self->secrets, call->key)), g_free);
      return;
    }

  if (call->secret != NULL)
    g_hash_table_replace (self->secrets, g_strdup (call->key), g_strdup (call->secret));
  else
    g_hash_table_remove (self->secrets, call->key);
  g_task_return_boolean (task, TRUE);
}

static void
take_call (FakeStore *self,
           GTask     *task,
           Call      *call)
{
  g_string_append_printf (self->log, "%s%s %s", self->log->len > 0 ? "; " : "",
                          call->is_save ? (call->secret != NULL ? "save" : "remove") : "lookup", call->key);
  if (call->secret != NULL)
    g_string_append_printf (self->log, "=%s", call->secret);

  g_task_set_task_data (task, call, call_free);
  if (call->is_save ? self->hold_saves : self->hold_lookups)
    g_queue_push_tail (&self->held, g_object_ref (task));
  else
    carry_out (self, task);
}

static char *
make_key (MzSecretKind  kind,
          const char   *name)
{
  return g_strdup_printf ("%s/%s", mz_secret_kind_to_string (kind), name);
}

static void
fake_store_lookup_async (MzSecretStore       *store,
                         MzSecretKind         kind,
                         const char          *name,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  call->key = make_key (kind, name);
  take_call (FAKE_STORE (store), task, call);
}

static char *
fake_store_lookup_finish (MzSecretStore  *store,
                          GAsyncResult   *result,
                          GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_store_save_async (MzSecretStore       *store,
                       MzSecretKind         kind,
                       const char          *name,
                       const char          *label,
                       const char          *secret,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  call->key = make_key (kind, name);
  call->secret = g_strdup (secret);
  call->is_save = TRUE;
  take_call (FAKE_STORE (store), task, call);
}

static gboolean
fake_store_save_finish (MzSecretStore  *store,
                        GAsyncResult   *result,
                        GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
secret_store_iface_init (MzSecretStoreInterface *iface)
{
  iface->lookup_async = fake_store_lookup_async;
  iface->lookup_finish = fake_store_lookup_finish;
  iface->save_async = fake_store_save_async;
  iface->save_finish = fake_store_save_finish;
}

static void
fake_store_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  g_assert_cmpuint (prop_id, ==, PROP_PERSISTENT);
  g_value_set_boolean (value, TRUE);
}

static void
fake_store_finalize (GObject *object)
{
  FakeStore *self = FAKE_STORE (object);

  g_assert_true (g_queue_is_empty (&self->held));
  g_hash_table_unref (self->secrets);
  g_string_free (self->log, TRUE);

  G_OBJECT_CLASS (fake_store_parent_class)->finalize (object);
}

static void
fake_store_class_init (FakeStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fake_store_get_property;
  object_class->finalize = fake_store_finalize;

  g_object_class_override_property (object_class, PROP_PERSISTENT, "persistent");
}

static void
fake_store_init (FakeStore *self)
{
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->lookup_error = -1;
  self->save_error = -1;
  self->log = g_string_new (NULL);
}

FakeStore *
fake_store_new (void)
{
  return g_object_new (FAKE_TYPE_STORE, NULL);
}

void
fake_store_fail_lookups (FakeStore *self,
                         int        code)
{
  self->lookup_error = code;
}

void
fake_store_fail_saves (FakeStore *self,
                       int        code)
{
  self->save_error = code;
}

void
fake_store_hold (FakeStore *self,
                 gboolean   lookups,
                 gboolean   saves)
{
  self->hold_lookups = lookups;
  self->hold_saves = saves;
}

gboolean
fake_store_release (FakeStore *self)
{
  g_autoptr (GTask) task = g_queue_pop_head (&self->held);

  if (task == NULL)
    return FALSE;
  carry_out (self, task);
  return TRUE;
}

void
fake_store_put (FakeStore    *self,
                MzSecretKind  kind,
                const char   *name,
                const char   *secret)
{
  g_hash_table_replace (self->secrets, make_key (kind, name), g_strdup (secret));
}

const char *
fake_store_peek (FakeStore    *self,
                 MzSecretKind  kind,
                 const char   *name)
{
  g_autofree char *key = make_key (kind, name);

  return g_hash_table_lookup (self->secrets, key);
}

const char *
fake_store_get_log (FakeStore *self)
{
  return self->log->str;
}

void
fake_store_clear_log (FakeStore *self)
{
  g_string_truncate (self->log, 0);
}
