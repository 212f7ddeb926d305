/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-first-enumerator.h"

struct _MzFirstEnumerator
{
  GSocketAddressEnumerator parent_instance;

  GInetSocketAddress *first;
  GSocketAddressEnumerator *rest;
  gboolean given;
};

G_DEFINE_FINAL_TYPE (MzFirstEnumerator, mz_first_enumerator, G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

/* The same address was given already. */
static gboolean
is_first (MzFirstEnumerator *self,
          GSocketAddress    *address)
{
  return G_IS_INET_SOCKET_ADDRESS (address) &&
         g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) == g_inet_socket_address_get_port (self->first) &&
         g_inet_address_equal (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)),
                               g_inet_socket_address_get_address (self->first));
}

static GSocketAddress *
take_first (MzFirstEnumerator *self)
{
  self->given = TRUE;

  return G_SOCKET_ADDRESS (g_object_ref (self->first));
}

static GSocketAddress *
mz_first_enumerator_next (GSocketAddressEnumerator  *enumerator,
                          GCancellable              *cancellable,
                          GError                   **error)
{
  MzFirstEnumerator *self = MZ_FIRST_ENUMERATOR (enumerator);
  GSocketAddress *address;

  if (!self->given)
    return take_first (self);

  address = g_socket_address_enumerator_next (self->rest, cancellable, NULL);
  if (address != NULL && is_first (self, address))
    {
      g_object_unref (address);
      address = g_socket_address_enumerator_next (self->rest, cancellable, NULL);
    }

  if (address == NULL)
    g_cancellable_set_error_if_cancelled (cancellable, error);
  return address;
}

static void
rest_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  MzFirstEnumerator *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GSocketAddress) address = NULL;

  /* Only the first call may report an error (see GSocketAddressEnumerator), and that one had an address. */
  address = g_socket_address_enumerator_next_finish (self->rest, result, NULL);

  if (g_task_return_error_if_cancelled (task))
    return;

  if (address != NULL && is_first (self, address))
    g_socket_address_enumerator_next_async (self->rest, cancellable, rest_cb, g_steal_pointer (&task));
  else
    g_task_return_pointer (task, g_steal_pointer (&address), g_object_unref);
}

static void
mz_first_enumerator_next_async (GSocketAddressEnumerator *enumerator,
                                GCancellable             *cancellable,
                                GAsyncReadyCallback       callback,
                                gpointer                  user_data)
{
  MzFirstEnumerator *self = MZ_FIRST_ENUMERATOR (enumerator);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, mz_first_enumerator_next_async);

  if (g_task_return_error_if_cancelled (task))
    return;

  if (!self->given)
    g_task_return_pointer (task, take_first (self), g_object_unref);
  else
    g_socket_address_enumerator_next_async (self->rest, cancellable, rest_cb, g_steal_pointer (&task));
}

static GSocketAddress *
mz_first_enumerator_next_finish (GSocketAddressEnumerator  *enumerator,
                                 GAsyncResult              *result,
                                 GError                   **error)
{
  g_return_val_if_fail (g_task_is_valid (result, enumerator), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
mz_first_enumerator_finalize (GObject *object)
{
  MzFirstEnumerator *self = MZ_FIRST_ENUMERATOR (object);

  g_clear_object (&self->first);
  g_clear_object (&self->rest);

  G_OBJECT_CLASS (mz_first_enumerator_parent_class)->finalize (object);
}

static void
mz_first_enumerator_class_init (MzFirstEnumeratorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GSocketAddressEnumeratorClass *enumerator_class = G_SOCKET_ADDRESS_ENUMERATOR_CLASS (klass);

  object_class->finalize = mz_first_enumerator_finalize;

  enumerator_class->next = mz_first_enumerator_next;
  enumerator_class->next_async = mz_first_enumerator_next_async;
  enumerator_class->next_finish = mz_first_enumerator_next_finish;
}

static void
mz_first_enumerator_init (MzFirstEnumerator *self)
{
}

/**
 * mz_first_enumerator_new:
 * @first: the address to begin with
 * @rest: (transfer none): what follows; its @first, if it has it, is passed over, and so are its errors
 *
 * Returns: (transfer full): the enumerator
 */
GSocketAddressEnumerator *
mz_first_enumerator_new (GInetSocketAddress       *first,
                         GSocketAddressEnumerator *rest)
{
  MzFirstEnumerator *self;

  g_return_val_if_fail (G_IS_INET_SOCKET_ADDRESS (first), NULL);
  g_return_val_if_fail (G_IS_SOCKET_ADDRESS_ENUMERATOR (rest), NULL);

  self = g_object_new (MZ_TYPE_FIRST_ENUMERATOR, NULL);
  self->first = g_object_ref (first);
  self->rest = g_object_ref (rest);

  return G_SOCKET_ADDRESS_ENUMERATOR (self);
}
