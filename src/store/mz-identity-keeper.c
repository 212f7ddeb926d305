/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-identity-keeper.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>

#include "mz-secret.h"

/* There is one key for each person on each computer. */
#define KEY_NAME "default"

/* Something to be written. */
typedef struct
{
  char *gateway;                /* NULL for the key */
  char *secret;                 /* NULL to remove */
} Write;

/* Task data of a load. */
typedef struct
{
  GStrv gateways;
  guint pending;
} Load;

struct _MzIdentityKeeper
{
  GObject parent_instance;

  MzSecretStore *store;
  MzIdentity *identity;
  gboolean kept;                /* the identity is the store's: its tokens may be written */
  gboolean fresh;               /* its key is new: what tokens the store has were another key's */
  GHashTable *known;            /* gateway → token, as the store has them once the queue is empty */

  GQueue loads;                 /* GTask: they wait for the key; the first has asked for it */
  GQueue queue;                 /* Write */
  Write *current;
  GQueue flushes;               /* GTask */
  GError *error;                /* of a write, until a flush tells it */
};

G_DEFINE_FINAL_TYPE (MzIdentityKeeper, mz_identity_keeper, G_TYPE_OBJECT)

static void look_up_key (MzIdentityKeeper *self);
static void write_next  (MzIdentityKeeper *self);

static void
write_free (gpointer data)
{
  Write *write = data;

  g_free (write->gateway);
  mz_secret_free (write->secret);
  g_free (write);
}

static void
load_free (gpointer data)
{
  Load *load = data;

  g_strfreev (load->gateways);
  g_free (load);
}

static void
end_flushes (MzIdentityKeeper *self)
{
  GTask *task;

  while ((task = g_queue_pop_head (&self->flushes)) != NULL)
    {
      if (self->error != NULL)
        g_task_return_error (task, g_error_copy (self->error));
      else
        g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  g_clear_error (&self->error);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (MzIdentityKeeper) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!mz_secret_store_save_finish (MZ_SECRET_STORE (source), result, &error))
    {
      g_debug ("Not written: %s", error->message);
      if (self->error == NULL)
        self->error = g_steal_pointer (&error);
    }
  g_clear_pointer (&self->current, write_free);
  write_next (self);
}

static void
write_next (MzIdentityKeeper *self)
{
  g_autofree char *label = NULL;
  Write *write;

  if (self->current != NULL)
    return;
  write = g_queue_pop_head (&self->queue);
  if (write == NULL)
    {
      /* Nothing waits for an error then. */
      if (!g_queue_is_empty (&self->flushes))
        end_flushes (self);
      return;
    }

  self->current = write;
  if (write->gateway != NULL)
    label = g_strdup_printf (_("Moltzer: this device’s token for %s"), write->gateway);
  else
    label = g_strdup (_("Moltzer: this device’s key"));
  mz_secret_store_save_async (self->store, write->gateway != NULL ? MZ_SECRET_DEVICE_TOKEN : MZ_SECRET_DEVICE_KEY,
                              write->gateway != NULL ? write->gateway : KEY_NAME, label, write->secret, NULL, written_cb,
                              g_object_ref (self));
}

/* Takes @secret. What waits to be written for the same gateway needs not be written any more. */
static void
enqueue (MzIdentityKeeper *self,
         const char       *gateway,
         char             *secret)
{
  Write *write = NULL;

  for (GList *l = self->queue.head; l != NULL && write == NULL; l = l->next)
    {
      Write *waiting = l->data;

      if (g_strcmp0 (waiting->gateway, gateway) == 0)
        write = waiting;
    }
  if (write == NULL)
    {
      write = g_new0 (Write, 1);
      write->gateway = g_strdup (gateway);
      g_queue_push_tail (&self->queue, write);
    }
  mz_secret_free (write->secret);
  write->secret = secret;
  write_next (self);
}

static void
identity_changed_cb (MzIdentityKeeper *self)
{
  g_auto (GStrv) gateways = NULL;
  GHashTableIter iter;
  gpointer gateway;

  g_assert (MZ_IS_IDENTITY_KEEPER (self));

  if (!self->kept)
    return;

  gateways = mz_identity_list_gateways (self->identity);
  for (guint i = 0; gateways[i] != NULL; i++)
    {
      const char *token = mz_identity_get_device_token (self->identity, gateways[i]);

      if (g_strcmp0 (token, g_hash_table_lookup (self->known, gateways[i])) != 0)
        {
          g_hash_table_replace (self->known, g_strdup (gateways[i]), g_strdup (token));
          enqueue (self, gateways[i], g_strdup (token));
        }
    }

  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, &gateway, NULL))
    {
      if (mz_identity_get_device_token (self->identity, gateway) == NULL)
        {
          enqueue (self, gateway, NULL);
          g_hash_table_iter_remove (&iter);
        }
    }
}

static void
take_identity (MzIdentityKeeper *self,
               MzIdentity       *identity)
{
  self->identity = identity;
  g_signal_connect_object (identity, "changed", G_CALLBACK (identity_changed_cb), self, G_CONNECT_SWAPPED);
}

static void
end_load (GTask *task)
{
  MzIdentityKeeper *self = g_task_get_source_object (task);

  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_object_ref (self->identity), g_object_unref);
}

typedef struct
{
  GTask *task;
  char *gateway;
} TokenLookup;

static void
token_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autofree TokenLookup *lookup = user_data;
  g_autoptr (GTask) task = lookup->task;
  g_autofree char *gateway = lookup->gateway;
  MzIdentityKeeper *self = g_task_get_source_object (task);
  Load *load = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  char *token = mz_secret_store_lookup_finish (MZ_SECRET_STORE (source), result, &error);

  /* Without the token the gateway's own secret is used, or the person is asked. */
  if (error != NULL)
    g_debug ("No device token: %s", error->message);

  /* One that came meanwhile is newer. */
  if (token != NULL && !g_hash_table_contains (self->known, gateway) &&
      mz_identity_get_device_token (self->identity, gateway) == NULL)
    {
      g_hash_table_insert (self->known, g_strdup (gateway), g_strdup (token));
      mz_identity_set_device_token (self->identity, gateway, token);
    }
  mz_secret_free (token);

  if (--load->pending == 0)
    end_load (task);
}

static void
load_tokens (GTask *task)
{
  MzIdentityKeeper *self = g_task_get_source_object (task);
  Load *load = g_task_get_task_data (task);
  guint n = self->kept && !self->fresh ? g_strv_length (load->gateways) : 0;

  if (n == 0)
    {
      end_load (task);
      return;
    }

  load->pending = n;
  for (guint i = 0; i < n; i++)
    {
      TokenLookup *lookup = g_new (TokenLookup, 1);

      lookup->task = g_object_ref (task);
      lookup->gateway = g_strdup (load->gateways[i]);
      mz_secret_store_lookup_async (self->store, MZ_SECRET_DEVICE_TOKEN, lookup->gateway, g_task_get_cancellable (task),
                                    token_cb, lookup);
    }
}

/* NULL when @text is no seed. */
static MzIdentity *
identity_from_text (const char *text)
{
  gsize length;
  guchar *seed = g_base64_decode (text, &length);
  MzIdentity *identity = mz_identity_new_from_seed (seed, length, NULL);

  sodium_memzero (seed, length);
  g_free (seed);
  return identity;
}

static char *
identity_to_text (MzIdentity *identity)
{
  g_autoptr (GBytes) seed = mz_identity_dup_seed (identity);

  return g_base64_encode (g_bytes_get_data (seed, NULL), g_bytes_get_size (seed));
}

/* @text: (nullable): what the store has; @error: (nullable): why that is not known */
static gboolean
make_identity (MzIdentityKeeper  *self,
               const char        *text,
               const GError      *lookup_error,
               GError           **error)
{
  MzIdentity *identity = text != NULL ? identity_from_text (text) : NULL;

  self->kept = lookup_error == NULL;
  if (identity == NULL)
    {
      identity = mz_identity_new_random (error);
      if (identity == NULL)
        return FALSE;

      /* When the store could not be asked, there may be a key in it: it is not to be written over. */
      if (self->kept)
        {
          self->fresh = TRUE;
          enqueue (self, NULL, identity_to_text (identity));
        }
      else
        {
          g_debug ("A key for this time only: %s", lookup_error->message);
        }
    }
  take_identity (self, identity);
  return TRUE;
}

static void
key_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (MzIdentityKeeper) self = user_data;
  g_autoptr (GError) lookup_error = NULL;
  g_autoptr (GError) error = NULL;
  char *text = mz_secret_store_lookup_finish (MZ_SECRET_STORE (source), result, &lookup_error);
  GQueue loads = G_QUEUE_INIT;
  GTask *task;

  if (g_error_matches (lookup_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_autoptr (GTask) cancelled = g_queue_pop_head (&self->loads);

      g_task_return_error (cancelled, g_steal_pointer (&lookup_error));
      if (!g_queue_is_empty (&self->loads))
        look_up_key (self);
      return;
    }

  make_identity (self, text, lookup_error, &error);
  mz_secret_free (text);

  loads = self->loads;
  g_queue_init (&self->loads);
  while ((task = g_queue_pop_head (&loads)) != NULL)
    {
      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        load_tokens (task);
      g_object_unref (task);
    }
}

static void
look_up_key (MzIdentityKeeper *self)
{
  GTask *first = g_queue_peek_head (&self->loads);

  mz_secret_store_lookup_async (self->store, MZ_SECRET_DEVICE_KEY, KEY_NAME, g_task_get_cancellable (first), key_cb,
                                g_object_ref (self));
}

static void
mz_identity_keeper_finalize (GObject *object)
{
  MzIdentityKeeper *self = MZ_IDENTITY_KEEPER (object);

  /* Loads, flushes and writes that are not done hold a reference. */
  g_clear_object (&self->store);
  g_clear_object (&self->identity);
  g_hash_table_unref (self->known);
  g_queue_clear_full (&self->queue, write_free);
  g_clear_pointer (&self->current, write_free);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (mz_identity_keeper_parent_class)->finalize (object);
}

static void
mz_identity_keeper_class_init (MzIdentityKeeperClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_identity_keeper_finalize;
}

static void
mz_identity_keeper_init (MzIdentityKeeper *self)
{
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) mz_secret_free);
}

/**
 * mz_identity_keeper_new:
 * @store: where the identity is kept
 *
 * Returns: (transfer full): a keeper; nothing is asked of @store yet
 */
MzIdentityKeeper *
mz_identity_keeper_new (MzSecretStore *store)
{
  MzIdentityKeeper *self;

  g_return_val_if_fail (MZ_IS_SECRET_STORE (store), NULL);

  self = g_object_new (MZ_TYPE_IDENTITY_KEEPER, NULL);
  self->store = g_object_ref (store);
  return self;
}

static void
start_load (MzIdentityKeeper *self,
            GTask            *task,
            GStrv             gateways)
{
  Load *load = g_new0 (Load, 1);

  load->gateways = gateways;
  g_task_set_task_data (task, load, load_free);
  if (g_task_return_error_if_cancelled (task))
    return;

  if (self->identity != NULL)
    {
      load_tokens (task);
      return;
    }
  g_queue_push_tail (&self->loads, g_object_ref (task));
  if (self->loads.length == 1)
    look_up_key (self);
}

/**
 * mz_identity_keeper_load_async:
 * @self: a keeper
 * @gateways: (nullable) (array zero-terminated=1): addresses of the gateways whose device tokens are to be loaded too
 * @cancellable: (nullable): to give up
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Loads this device's identity, or makes one and saves it. A store that cannot tell whether it has one (locked, or it
 * does not answer) leads to an identity that lasts until the program ends and is not saved: the one in the store stays.
 */
void
mz_identity_keeper_load_async (MzIdentityKeeper    *self,
                               const char * const  *gateways,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MZ_IS_IDENTITY_KEEPER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_identity_keeper_load_async);
  start_load (self, task, gateways != NULL ? g_strdupv ((GStrv) gateways) : g_new0 (char *, 1));
}

/**
 * mz_identity_keeper_load_finish:
 * @self: a keeper
 * @result: what the callback got
 * @error: return location for an error: %MZ_GATEWAY_ERROR_IDENTITY, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the identity, or %NULL with @error set
 */
MzIdentity *
mz_identity_keeper_load_finish (MzIdentityKeeper  *self,
                                GAsyncResult      *result,
                                GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, mz_identity_keeper_load_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mz_identity_keeper_load_gateway_async:
 * @self: a keeper
 * @gateway: a gateway's address
 * @cancellable: (nullable): to give up
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Loads the device token of a gateway that was added after the identity was loaded.
 */
void
mz_identity_keeper_load_gateway_async (MzIdentityKeeper    *self,
                                       const char          *gateway,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  const char *gateways[] = { gateway, NULL };

  g_return_if_fail (MZ_IS_IDENTITY_KEEPER (self));
  g_return_if_fail (gateway != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_identity_keeper_load_gateway_async);
  start_load (self, task, g_strdupv ((GStrv) gateways));
}

/**
 * mz_identity_keeper_load_gateway_finish:
 * @self: a keeper
 * @result: what the callback got
 * @error: return location for an error: %MZ_GATEWAY_ERROR_IDENTITY, or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE if the token is in the identity, if there is one
 */
gboolean
mz_identity_keeper_load_gateway_finish (MzIdentityKeeper  *self,
                                        GAsyncResult      *result,
                                        GError           **error)
{
  g_autoptr (MzIdentity) identity = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, mz_identity_keeper_load_gateway_async), FALSE);

  identity = g_task_propagate_pointer (G_TASK (result), error);
  return identity != NULL;
}

/**
 * mz_identity_keeper_get_identity:
 * @self: a keeper
 *
 * Returns: (transfer none) (nullable): the identity; %NULL before it is loaded
 */
MzIdentity *
mz_identity_keeper_get_identity (MzIdentityKeeper *self)
{
  g_return_val_if_fail (MZ_IS_IDENTITY_KEEPER (self), NULL);

  return self->identity;
}

/**
 * mz_identity_keeper_flush_async:
 * @self: a keeper
 * @cancellable: (nullable): makes the result an error; the writing goes on
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Waits until everything that is known is written, or was refused.
 */
void
mz_identity_keeper_flush_async (MzIdentityKeeper    *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (MZ_IS_IDENTITY_KEEPER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_identity_keeper_flush_async);
  g_queue_push_tail (&self->flushes, task);
  write_next (self);
}

/**
 * mz_identity_keeper_flush_finish:
 * @self: a keeper
 * @result: what the callback got
 * @error: return location for an error: the first %MZ_STORE_ERROR since the last flush, or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE if all is written
 */
gboolean
mz_identity_keeper_flush_finish (MzIdentityKeeper  *self,
                                 GAsyncResult      *result,
                                 GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, mz_identity_keeper_flush_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
