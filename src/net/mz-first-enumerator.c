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

  /* Of the call to @rest under way, if any: there is at most one, for not every enumerator can tell several apart. */
  GCancellable *asking;

  /* GTask with Waiter, in the order of the calls */
  GQueue waiters;
};

G_DEFINE_FINAL_TYPE (MzFirstEnumerator, mz_first_enumerator, G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

/* The task data of a call that waits for the rest */
typedef struct
{
  GSource *cancelled;
} Waiter;

static void
waiter_stop (Waiter *waiter)
{
  if (waiter->cancelled != NULL)
    g_source_destroy (waiter->cancelled);
  g_clear_pointer (&waiter->cancelled, g_source_unref);
}

static void
waiter_free (Waiter *waiter)
{
  waiter_stop (waiter);
  g_free (waiter);
}

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

static void ask (MzFirstEnumerator *self);

static void
rest_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (MzFirstEnumerator) self = MZ_FIRST_ENUMERATOR (user_data);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GTask) task = NULL;
  gboolean cancelled = g_cancellable_is_cancelled (self->asking);

  /* Only the first call may report an error (see GSocketAddressEnumerator), and that one had an address. */
  address = g_socket_address_enumerator_next_finish (self->rest, result, NULL);
  g_clear_object (&self->asking);

  /* Who asked is gone; who came since then is told nothing of it. */
  if ((address != NULL && !is_first (self, address)) || (address == NULL && !cancelled))
    task = g_queue_pop_head (&self->waiters);

  if (!g_queue_is_empty (&self->waiters))
    ask (self);

  if (task != NULL)
    {
      waiter_stop (g_task_get_task_data (task));
      g_task_return_pointer (task, g_steal_pointer (&address), g_object_unref);
    }
}

static void
ask (MzFirstEnumerator *self)
{
  g_assert (self->asking == NULL);

  self->asking = g_cancellable_new ();
  g_socket_address_enumerator_next_async (self->rest, self->asking, rest_cb, g_object_ref (self));
}

static gboolean
waiter_cancelled_cb (GCancellable *cancellable,
                     gpointer      user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  MzFirstEnumerator *self = g_task_get_source_object (task);

  g_assert (MZ_IS_FIRST_ENUMERATOR (self));

  if (g_queue_remove (&self->waiters, task))
    {
      g_task_return_error_if_cancelled (task);
      g_object_unref (task);
    }

  if (g_queue_is_empty (&self->waiters) && self->asking != NULL)
    {
      g_autoptr (GCancellable) asking = g_object_ref (self->asking);

      g_cancellable_cancel (asking);
    }

  return G_SOURCE_REMOVE;
}

static void
mz_first_enumerator_next_async (GSocketAddressEnumerator *enumerator,
                                GCancellable             *cancellable,
                                GAsyncReadyCallback       callback,
                                gpointer                  user_data)
{
  MzFirstEnumerator *self = MZ_FIRST_ENUMERATOR (enumerator);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Waiter *waiter;

  g_task_set_source_tag (task, mz_first_enumerator_next_async);

  if (g_task_return_error_if_cancelled (task))
    return;

  if (!self->given)
    {
      g_task_return_pointer (task, take_first (self), g_object_unref);
      return;
    }

  waiter = g_new0 (Waiter, 1);
  if (cancellable != NULL)
    {
      waiter->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (waiter->cancelled, G_SOURCE_FUNC (waiter_cancelled_cb), task, NULL);
      g_source_set_static_name (waiter->cancelled, "MzFirstEnumerator waiter");
      g_source_attach (waiter->cancelled, g_task_get_context (task));
    }
  g_task_set_task_data (task, waiter, (GDestroyNotify) waiter_free);
  g_queue_push_tail (&self->waiters, g_steal_pointer (&task));

  if (self->asking == NULL)
    ask (self);
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

  /* Waiters and calls hold a reference, so there are none left. */
  g_assert (g_queue_is_empty (&self->waiters));
  g_assert (self->asking == NULL);

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
  g_queue_init (&self->waiters);
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
