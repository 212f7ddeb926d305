/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-core-private.h"

#include "mz-gateway-private.h"

/* How gateways go: one that is removed, with everything that is known of it; and all of them, at the end of the program. */

/* Nobody waits for a disk longer than this. */
#define RECORDS_MS 2000

/* Records that are being written at the end */
typedef struct
{
  MzCore *core;
  GSource *limit;               /* NULL: the end goes on without them */
} Recording;

/* Under which names the identity keeps the device tokens of an address: the one that came over TLS, and the other; as MzClient has them. */
GStrv
mz_core_token_names (MzGatewayEntry *entry)
{
  g_autoptr (MzEndpoint) endpoint = mz_gateway_entry_dup_endpoint (entry);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; endpoint != NULL && i < 2; i++)
    {
      const char *path = mz_endpoint_get_path (endpoint);
      g_autofree char *name = g_strdup_printf ("%s://%s:%u%s", i == 0 ? "wss" : "ws", mz_endpoint_get_host (endpoint),
                                               mz_endpoint_get_port (endpoint), g_str_equal (path, "/") ? "" : path);

      g_strv_builder_add (builder, name);
    }
  return g_strv_builder_end (builder);
}

/* A write that has begun in a thread is a matter of milliseconds; what has not begun yet is done here. */
static void
save_routes (MzCore *self)
{
  g_autoptr (GError) error = NULL;

  if (self->routes != NULL && !mz_route_store_save (self->routes, &error))
    g_message ("What was learned about routes could not be kept: %s", error->message);
}

static void
end_shutdown (MzCore *self,
              GError *error)
{
  GTask *task;

  save_routes (self);

  while ((task = g_queue_pop_head (&self->shutdown_tasks)) != NULL)
    {
      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

static void
flushed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (MzCore) self = user_data;
  g_autoptr (GError) error = NULL;

  mz_identity_keeper_flush_finish (MZ_IDENTITY_KEEPER (source), result, &error);
  end_shutdown (self, error);
}

static void
flush_identity (MzCore *self)
{
  if (self->keeper != NULL && self->identity != NULL)
    mz_identity_keeper_flush_async (self->keeper, g_task_get_cancellable (g_queue_peek_head (&self->shutdown_tasks)), flushed_cb,
                                    g_object_ref (self));
  else
    end_shutdown (self, NULL);
}

/* Once: what comes first, the records, the time or the one who waits. */
static void
end_recording (Recording *recording)
{
  if (recording->limit == NULL)
    return;

  g_source_destroy (recording->limit);
  g_clear_pointer (&recording->limit, g_source_unref);
  flush_identity (recording->core);
}

static void
recorded_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Recording *recording = user_data;
  g_autoptr (GError) error = NULL;

  /* Nobody asked for them: their loss is none of the person's. */
  if (!mz_records_flush_finish (MZ_RECORDS (source), result, &error))
    g_debug ("Not everything was recorded: %s", error->message);
  end_recording (recording);
  g_object_unref (recording->core);
  g_free (recording);
}

static gboolean
recording_limit_cb (gpointer user_data)
{
  g_debug ("Not everything was recorded: the disk took too long");
  end_recording (user_data);

  return G_SOURCE_REMOVE;
}

/* A write that waits in its thread cannot be called off: it is only not waited for. */
static void
flush_records (MzCore *self)
{
  GCancellable *cancellable = g_task_get_cancellable (g_queue_peek_head (&self->shutdown_tasks));
  Recording *recording = g_new0 (Recording, 1);

  recording->core = g_object_ref (self);
  recording->limit = g_timeout_source_new (RECORDS_MS);
  g_source_set_static_name (recording->limit, "[moltzer] records");
  g_source_set_callback (recording->limit, recording_limit_cb, recording, NULL);
  if (cancellable != NULL)
    {
      g_autoptr (GSource) source = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (source);
      g_source_add_child_source (recording->limit, source);
    }
  g_source_attach (recording->limit, g_main_context_get_thread_default ());
  mz_records_flush_async (self->records, cancellable, recorded_cb, recording);
}

/* When everything is closed, what became of the connections and what is known of this device is written. */
static void
check_shutdown (MzCore *self)
{
  if (g_queue_is_empty (&self->shutdown_tasks) || self->n_open > 0 || self->n_leaving > 0)
    return;

  if (self->demo != NULL)
    mz_demo_gateway_stop (self->demo);
  if (self->records != NULL)
    flush_records (self);
  else
    flush_identity (self);
}

static void
left_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (MzCore) self = user_data;

  mz_gateway_shutdown_finish (MZ_GATEWAY (source), result, NULL);
  self->n_leaving--;
  check_shutdown (self);
}

/* A gateway that is not in the list any more: it closes, and a shutdown waits for it. */
void
mz_core_let_go (MzCore    *self,
                MzGateway *gateway)
{
  /* Its entry may live on elsewhere. */
  g_signal_handlers_disconnect_by_data (mz_gateway_get_entry (gateway), self);
  self->n_leaving++;
  mz_gateway_shutdown_async (gateway, NULL, left_cb, g_object_ref (self));
}

static void
erased_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (MzCore) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!mz_secret_store_save_finish (MZ_SECRET_STORE (source), result, &error))
    g_message ("A device token could not be erased: %s", error->message);
  self->n_leaving--;
  check_shutdown (self);
}

static gboolean
is_token_of_another (MzCore         *self,
                     MzGatewayEntry *entry,
                     const char     *name)
{
  for (guint i = 0; i < self->gateways->len; i++)
    {
      MzGatewayEntry *other = mz_gateway_get_entry (g_ptr_array_index (self->gateways, i));
      g_auto (GStrv) names = mz_core_token_names (other);

      if (other != entry && g_strv_contains ((const char * const *) names, name))
        return TRUE;
    }
  return FALSE;
}

/* What the gateway gave this device: from the identity, and from the store, where it may lie without having been loaded. */
static void
erase_tokens (MzCore         *self,
              MzGatewayEntry *entry)
{
  g_auto (GStrv) names = mz_core_token_names (entry);

  for (guint i = 0; names[i] != NULL; i++)
    {
      if (is_token_of_another (self, entry, names[i]))
        continue;

      if (self->identity != NULL)
        mz_identity_set_device_token (self->identity, names[i], NULL);
      self->n_leaving++;
      mz_secret_store_save_async (self->secrets, MZ_SECRET_DEVICE_TOKEN, names[i], "", NULL, NULL, erased_cb, g_object_ref (self));
    }
}

/**
 * mz_core_remove:
 * @gateway: one of the gateways, or one that was tried
 *
 * Disconnects, and forgets the entry with all its secrets.
 */
void
mz_core_remove (MzCore    *self,
                MzGateway *gateway)
{
  g_autoptr (MzGatewayEntry) entry = NULL;
  g_autoptr (MzGateway) alive = NULL;
  gboolean tried;

  g_return_if_fail (MZ_IS_CORE (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));

  tried = g_ptr_array_find (self->tried, gateway, NULL);
  if (!tried && !g_ptr_array_find (self->gateways, gateway, NULL))
    return;

  alive = g_object_ref (gateway);
  entry = g_object_ref (mz_gateway_get_entry (gateway));

  /* First: a login under way could bring another device token. */
  mz_gateway_disconnect (gateway);
  mz_gateway_forget_secrets (gateway);
  if (!mz_gateway_entry_get_transient (entry))
    erase_tokens (self, entry);
  if (tried)
    {
      mz_core_let_go (self, gateway);
      g_ptr_array_remove (self->tried, gateway);
      return;
    }
  mz_gateway_list_remove (self->list, entry);

  if (g_str_equal (mz_gateway_entry_get_id (entry), MZ_CORE_DEMO_ID) && self->demo != NULL)
    {
      mz_demo_gateway_stop (self->demo);
      g_clear_object (&self->demo);
    }
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (MzCore) self = user_data;

  mz_gateway_shutdown_finish (MZ_GATEWAY (source), result, NULL);
  self->n_open--;
  check_shutdown (self);
}

/**
 * mz_core_shutdown_async:
 * @cancellable: (nullable): a cancellable
 * @callback: called when every connection is closed and everything is written
 * @user_data: for @callback
 *
 * For the end of the program. A connection that does not close is given up after a second.
 */
void
mz_core_shutdown_async (MzCore              *self,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (MZ_IS_CORE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_core_shutdown_async);
  g_queue_push_tail (&self->shutdown_tasks, task);
  self->n_open++;
  for (guint i = 0; i < self->gateways->len; i++)
    {
      self->n_open++;
      mz_gateway_shutdown_async (g_ptr_array_index (self->gateways, i), cancellable, closed_cb, g_object_ref (self));
    }
  for (guint i = 0; i < self->tried->len; i++)
    {
      self->n_open++;
      mz_gateway_shutdown_async (g_ptr_array_index (self->tried, i), cancellable, closed_cb, g_object_ref (self));
    }
  self->n_open--;
  check_shutdown (self);
}

/**
 * mz_core_shutdown_finish:
 *
 * Returns: whether everything was written
 */
gboolean
mz_core_shutdown_finish (MzCore        *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
