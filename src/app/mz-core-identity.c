/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-core-private.h"

#include "mz-gateway-private.h"
#include "mz-warmup.h"

/* When this device's identity and its tokens are fetched from the store: not before a gateway needs them. Who only looks at the demo is not to be
 * asked for a keyring's password. */

static void
tokens_loaded_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mz_identity_keeper_load_gateway_finish (MZ_IDENTITY_KEEPER (source), result, &error))
    g_debug ("No device token: %s", error->message);
}

/* The device tokens of an entry that came, or got another address, after the identity was loaded. */
void
mz_core_load_tokens (MzCore         *self,
                     MzGatewayEntry *entry)
{
  g_auto (GStrv) names = mz_core_token_names (entry);

  if (self->identity == NULL || mz_gateway_entry_get_transient (entry))
    return;

  for (guint i = 0; names[i] != NULL; i++)
    mz_identity_keeper_load_gateway_async (self->keeper, names[i], self->cancellable, tokens_loaded_cb, NULL);
}

/* (transfer container): gateways that need this device's identity, each with a reference: whoever is told of one may add or remove another */
static GPtrArray *
list_needy (MzCore *self)
{
  GPtrArray *needy = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray *arrays[] = { self->gateways, self->tried };

  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
    for (guint j = 0; j < arrays[i]->len; j++)
      {
        MzGateway *gateway = g_ptr_array_index (arrays[i], j);

        if (!mz_gateway_entry_get_transient (mz_gateway_get_entry (gateway)))
          g_ptr_array_add (needy, g_object_ref (gateway));
      }
  return needy;
}

static void
identity_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  MzCore *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) needy = NULL;

  self->identity = mz_identity_keeper_load_finish (MZ_IDENTITY_KEEPER (source), result, &error);
  if (self->identity == NULL)
    {
      /* The next gateway that needs it asks again. Until then none can connect. */
      g_clear_object (&self->keeper);
      needy = list_needy (self);
      for (guint i = 0; i < needy->len; i++)
        mz_gateway_disconnect (g_ptr_array_index (needy, i));
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_object_notify (G_OBJECT (self), "loaded");

  needy = list_needy (self);
  for (guint i = 0; i < needy->len; i++)
    mz_gateway_set_identity (g_ptr_array_index (needy, i), self->identity);
  g_task_return_boolean (task, TRUE);
}

static void
load_identity (MzCore *self,
               GTask  *task)
{
  g_autoptr (GPtrArray) needy = list_needy (self);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;

  for (guint i = 0; i < needy->len; i++)
    {
      g_auto (GStrv) both = mz_core_token_names (mz_gateway_get_entry (g_ptr_array_index (needy, i)));

      g_strv_builder_addv (builder, (const char **) both);
    }
  names = g_strv_builder_end (builder);

  self->keeper = mz_identity_keeper_new (self->secrets);
  mz_identity_keeper_load_async (self->keeper, (const char * const *) names, g_task_get_cancellable (task), identity_cb, g_object_ref (task));
}

static gboolean
is_needed (MzCore *self)
{
  g_autoptr (GPtrArray) needy = list_needy (self);

  return needy->len > 0;
}

static void
wanted_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_message ("This device's key could not be made: %s", error->message);
}

/* Gateways have come, perhaps the first that needs the identity. Those that are wanted connect when it is there. */
void
mz_core_want_identity (MzCore *self)
{
  g_autoptr (GTask) task = NULL;

  if (!self->started || self->keeper != NULL || !is_needed (self))
    return;

  task = g_task_new (self, self->cancellable, wanted_cb, NULL);
  g_task_set_source_tag (task, mz_core_want_identity);
  load_identity (self, task);
}

static void
warm_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mz_warmup_finish (result, &error))
    g_debug ("Not warm: %s", error->message);
}

/**
 * mz_core_load_async:
 * @cancellable: (nullable): a cancellable
 * @callback: called when this device's identity is there, or is not needed yet
 * @user_data: for @callback
 *
 * Loads the identity, then connects the gateways that are to be connected by themselves. Once. The store of secrets is not touched while there is
 * no gateway, or only the demo: the first one that is added or tried makes the identity be loaded.
 */
void
mz_core_load_async (MzCore              *self,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GPtrArray) needy = NULL;

  g_return_if_fail (MZ_IS_CORE (self));
  g_return_if_fail (!self->started);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_core_load_async);
  self->started = TRUE;
  mz_warmup_async (self->cancellable, warm_cb, NULL);

  /* They wait for the identity, which may take as long as a person takes to unlock a keyring, and say so. */
  needy = list_needy (self);
  for (guint i = 0; i < needy->len; i++)
    {
      MzGateway *gateway = g_ptr_array_index (needy, i);

      if (mz_gateway_entry_get_auto_connect (mz_gateway_get_entry (gateway)) && !g_ptr_array_find (self->tried, gateway, NULL))
        mz_gateway_connect (gateway);
    }

  if (is_needed (self))
    load_identity (self, task);
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * mz_core_load_finish:
 *
 * Returns: whether all is well
 */
gboolean
mz_core_load_finish (MzCore        *self,
                     GAsyncResult  *result,
                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
woken_cb (MzCore      *self,
          guint        why,
          gboolean     available,
          MzWakeWatch *watch)
{
  g_autoptr (GPtrArray) needy = list_needy (self);

  for (guint i = 0; i < needy->len; i++)
    mz_gateway_wake (g_ptr_array_index (needy, i), why, available);
}

/**
 * mz_core_watch_wake:
 * @watch: tells when this host woke up or its network has changed
 *
 * From now on connections are asked for a sign of life then, and gateways that wait for their next try do not wait any longer. Those that have
 * stopped, for what no other network can mend, are left alone.
 */
void
mz_core_watch_wake (MzCore      *self,
                    MzWakeWatch *watch)
{
  g_return_if_fail (MZ_IS_CORE (self));
  g_return_if_fail (MZ_IS_WAKE_WATCH (watch));

  g_signal_connect_object (watch, "woken", G_CALLBACK (woken_cb), self, G_CONNECT_SWAPPED);
}
