/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-route.h"

#include "mz-first-enumerator.h"

/**
 * MzRoute:
 *
 * The IPv4-only route to a host: where it is connected, only its A records are asked for, then all of them are tried. Or either route with
 * an address to try before anything is looked up: see mz_route_new_after().
 *
 * It is a #GNetworkAddress because TLS takes the server's name (SNI) and the identity that it checks from that class
 * only. The other ways to use it, by a proxy say, are its parent's.
 */
struct _MzRoute
{
  GNetworkAddress parent_instance;

  MzRouteKind kind;
  GInetAddress *last;           /* (nullable): tried first */
};

enum
{
  SIGNAL_RESOLVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GSocketConnectableIface *parent_connectable;

static void mz_route_connectable_init (GSocketConnectableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzRoute, mz_route, G_TYPE_NETWORK_ADDRESS,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE, mz_route_connectable_init))

#define MZ_TYPE_ROUTE_ENUMERATOR (mz_route_enumerator_get_type ())
G_DECLARE_FINAL_TYPE (MzRouteEnumerator, mz_route_enumerator, MZ, ROUTE_ENUMERATOR, GSocketAddressEnumerator)

/*
 * MzRouteEnumerator:
 *
 * One walk over the addresses. The first call looks them up; calls that come while that is under way wait in line.
 * When nobody waits any more the lookup is cancelled, and the next call would start another.
 */
struct _MzRouteEnumerator
{
  GSocketAddressEnumerator parent_instance;

  MzRoute *route;

  /* GInetAddress */
  GQueue addresses;
  gboolean resolved;

  /* Of the lookup under way, if any */
  GCancellable *lookup;

  /* GTask with Waiter, in the order of the calls */
  GQueue waiters;
};

G_DEFINE_FINAL_TYPE (MzRouteEnumerator, mz_route_enumerator, G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

/* The task data of a call that waits for the lookup */
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

typedef struct
{
  MzRouteEnumerator *enumerator;
  GCancellable *lookup;
} Lookup;

static void
lookup_free (Lookup *lookup)
{
  g_object_unref (lookup->enumerator);
  g_object_unref (lookup->lookup);
  g_free (lookup);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lookup, lookup_free)

static GSocketAddress *
take_next (MzRouteEnumerator *self)
{
  g_autoptr (GInetAddress) address = g_queue_pop_head (&self->addresses);

  if (address == NULL)
    return NULL;

  return g_inet_socket_address_new (address, g_network_address_get_port (G_NETWORK_ADDRESS (self->route)));
}

/* Keeps the IPv4 addresses of @found, for whatever a resolver answers, and tells of them. */
static gboolean
take_addresses (MzRouteEnumerator  *self,
                GList              *found,
                GError            **error)
{
  g_autolist (GInetAddress) told = NULL;

  self->resolved = TRUE;

  for (GList *l = found; l != NULL; l = l->next)
    if (g_inet_address_get_family (l->data) == G_SOCKET_FAMILY_IPV4)
      {
        g_queue_push_tail (&self->addresses, g_object_ref (l->data));
        told = g_list_prepend (told, g_object_ref (l->data));
      }

  if (told == NULL)
    {
      g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "No IPv4 address for %s",
                   g_network_address_get_hostname (G_NETWORK_ADDRESS (self->route)));
      return FALSE;
    }

  told = g_list_reverse (told);
  g_signal_emit (self->route, signals[SIGNAL_RESOLVED], 0, told);

  return TRUE;
}

/* An address needs no lookup. */
static gboolean
take_literal (MzRouteEnumerator *self)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autoptr (GList) list = NULL;

  address = g_inet_address_new_from_string (g_network_address_get_hostname (G_NETWORK_ADDRESS (self->route)));
  if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV4)
    return FALSE;

  list = g_list_prepend (NULL, address);
  return take_addresses (self, list, NULL);
}

/* Answers everybody in line. Only the first call gets the error; after that the walk is simply over. */
static void
answer_waiters (MzRouteEnumerator *self,
                GError            *error)
{
  g_autoptr (GError) first_error = error;
  GTask *next;

  while ((next = g_queue_pop_head (&self->waiters)) != NULL)
    {
      g_autoptr (GTask) task = next;

      waiter_stop (g_task_get_task_data (task));

      if (first_error != NULL)
        g_task_return_error (task, g_steal_pointer (&first_error));
      else
        g_task_return_pointer (task, take_next (self), g_object_unref);
    }
}

static void
lookup_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Lookup) lookup = user_data;
  g_autolist (GInetAddress) found = NULL;
  g_autoptr (GError) error = NULL;
  MzRouteEnumerator *self = lookup->enumerator;

  g_assert (MZ_IS_ROUTE_ENUMERATOR (self));

  found = g_resolver_lookup_by_name_with_flags_finish (G_RESOLVER (source), result, &error);

  /* Nobody waited for this one any more. */
  if (self->lookup != lookup->lookup)
    return;

  g_clear_object (&self->lookup);

  if (!self->resolved)
    {
      if (error != NULL)
        self->resolved = TRUE;
      else
        take_addresses (self, found, &error);
    }
  else
    g_clear_error (&error);

  answer_waiters (self, g_steal_pointer (&error));
}

static void
start_lookup (MzRouteEnumerator *self)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Lookup *lookup = g_new0 (Lookup, 1);

  self->lookup = g_cancellable_new ();
  lookup->enumerator = g_object_ref (self);
  lookup->lookup = g_object_ref (self->lookup);

  g_resolver_lookup_by_name_with_flags_async (resolver,
                                              g_network_address_get_hostname (G_NETWORK_ADDRESS (self->route)),
                                              G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY,
                                              lookup->lookup,
                                              lookup_cb,
                                              lookup);
}

static gboolean
waiter_cancelled_cb (GCancellable *cancellable,
                     gpointer      user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  g_autoptr (GCancellable) lookup = NULL;
  MzRouteEnumerator *self = g_task_get_source_object (task);

  g_assert (MZ_IS_ROUTE_ENUMERATOR (self));

  if (g_queue_remove (&self->waiters, task))
    {
      g_task_return_error_if_cancelled (task);
      g_object_unref (task);
    }

  if (g_queue_is_empty (&self->waiters))
    lookup = g_steal_pointer (&self->lookup);
  if (lookup != NULL)
    g_cancellable_cancel (lookup);

  return G_SOURCE_REMOVE;
}

static GSocketAddress *
mz_route_enumerator_next (GSocketAddressEnumerator  *enumerator,
                          GCancellable              *cancellable,
                          GError                   **error)
{
  MzRouteEnumerator *self = MZ_ROUTE_ENUMERATOR (enumerator);
  g_autoptr (GResolver) resolver = NULL;
  g_autolist (GInetAddress) found = NULL;
  g_autoptr (GError) local_error = NULL;

  if (self->resolved || take_literal (self))
    return take_next (self);

  resolver = g_resolver_get_default ();
  found = g_resolver_lookup_by_name_with_flags (resolver,
                                                g_network_address_get_hostname (G_NETWORK_ADDRESS (self->route)),
                                                G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY,
                                                cancellable,
                                                &local_error);

  if (local_error != NULL)
    {
      self->resolved = !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  if (!take_addresses (self, found, error))
    return NULL;

  return take_next (self);
}

static void
mz_route_enumerator_next_async (GSocketAddressEnumerator *enumerator,
                                GCancellable             *cancellable,
                                GAsyncReadyCallback       callback,
                                gpointer                  user_data)
{
  MzRouteEnumerator *self = MZ_ROUTE_ENUMERATOR (enumerator);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Waiter *waiter;

  g_task_set_source_tag (task, mz_route_enumerator_next_async);

  if (g_task_return_error_if_cancelled (task))
    return;

  if (self->resolved || (self->lookup == NULL && take_literal (self)))
    {
      g_task_return_pointer (task, take_next (self), g_object_unref);
      return;
    }

  waiter = g_new0 (Waiter, 1);
  if (cancellable != NULL)
    {
      waiter->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (waiter->cancelled, G_SOURCE_FUNC (waiter_cancelled_cb), task, NULL);
      g_source_set_static_name (waiter->cancelled, "MzRoute waiter");
      g_source_attach (waiter->cancelled, g_task_get_context (task));
    }
  g_task_set_task_data (task, waiter, (GDestroyNotify) waiter_free);
  g_queue_push_tail (&self->waiters, g_steal_pointer (&task));

  if (self->lookup == NULL)
    start_lookup (self);
}

static GSocketAddress *
mz_route_enumerator_next_finish (GSocketAddressEnumerator  *enumerator,
                                 GAsyncResult              *result,
                                 GError                   **error)
{
  g_return_val_if_fail (g_task_is_valid (result, enumerator), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
mz_route_enumerator_finalize (GObject *object)
{
  MzRouteEnumerator *self = MZ_ROUTE_ENUMERATOR (object);

  /* Waiters and lookups hold a reference, so there are none left. */
  g_assert (g_queue_is_empty (&self->waiters));
  g_assert (self->lookup == NULL);

  g_queue_clear_full (&self->addresses, g_object_unref);
  g_clear_object (&self->route);

  G_OBJECT_CLASS (mz_route_enumerator_parent_class)->finalize (object);
}

static void
mz_route_enumerator_class_init (MzRouteEnumeratorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GSocketAddressEnumeratorClass *enumerator_class = G_SOCKET_ADDRESS_ENUMERATOR_CLASS (klass);

  object_class->finalize = mz_route_enumerator_finalize;

  enumerator_class->next = mz_route_enumerator_next;
  enumerator_class->next_async = mz_route_enumerator_next_async;
  enumerator_class->next_finish = mz_route_enumerator_next_finish;
}

static void
mz_route_enumerator_init (MzRouteEnumerator *self)
{
  g_queue_init (&self->addresses);
  g_queue_init (&self->waiters);
}

static GSocketAddressEnumerator *
enumerate_ipv4 (MzRoute *self)
{
  MzRouteEnumerator *enumerator = g_object_new (MZ_TYPE_ROUTE_ENUMERATOR, NULL);

  enumerator->route = g_object_ref (self);

  return G_SOCKET_ADDRESS_ENUMERATOR (enumerator);
}

static GSocketAddressEnumerator *
mz_route_enumerate (GSocketConnectable *connectable)
{
  MzRoute *self = MZ_ROUTE (connectable);
  g_autoptr (GSocketAddressEnumerator) rest = NULL;
  g_autoptr (GSocketAddress) first = NULL;

  rest = self->kind == MZ_ROUTE_IPV4_ONLY ? enumerate_ipv4 (self) : parent_connectable->enumerate (connectable);
  if (self->last == NULL)
    return g_steal_pointer (&rest);

  first = g_inet_socket_address_new (self->last, g_network_address_get_port (G_NETWORK_ADDRESS (self)));

  return mz_first_enumerator_new (G_INET_SOCKET_ADDRESS (first), rest);
}

static void
mz_route_finalize (GObject *object)
{
  MzRoute *self = MZ_ROUTE (object);

  g_clear_object (&self->last);

  G_OBJECT_CLASS (mz_route_parent_class)->finalize (object);
}

static void
mz_route_connectable_init (GSocketConnectableIface *iface)
{
  parent_connectable = g_type_interface_peek_parent (iface);

  /* GObject has filled in the parent's proxy_enumerate and to_string already. */
  iface->enumerate = mz_route_enumerate;
}

static void
mz_route_class_init (MzRouteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_route_finalize;

  /**
   * MzRoute::resolved:
   * @self: the route
   * @addresses: (type GList) (element-type GInetAddress): the IPv4 addresses, in the order in which they will be
   *   tried; valid during the emission
   *
   * Emitted once in each enumeration, when the addresses are known, in the thread that asked for the first one. Not
   * emitted when there are none.
   */
  signals[SIGNAL_RESOLVED] =
    g_signal_new ("resolved",
                  G_TYPE_FROM_CLASS (klass),
                  G_SIGNAL_RUN_LAST,
                  0,
                  NULL, NULL, NULL,
                  G_TYPE_NONE,
                  1,
                  G_TYPE_POINTER);
}

static void
mz_route_init (MzRoute *self)
{
  self->kind = MZ_ROUTE_IPV4_ONLY;
}

/**
 * mz_route_new:
 * @scheme: the scheme for which proxies are asked
 * @host: a host's ASCII name or an IPv4 address
 * @port: a port
 *
 * Creates the IPv4-only route to a host.
 *
 * Returns: (transfer full): the route
 */
MzRoute *
mz_route_new (MzScheme    scheme,
              const char *host,
              guint16     port)
{
  g_return_val_if_fail (host != NULL, NULL);

  return g_object_new (MZ_TYPE_ROUTE,
                       "hostname", host,
                       "port", (guint) port,
                       /* As libsoup names it: resolvers of proxies know nothing of WebSocket, nor of none at all. */
                       "scheme", scheme == MZ_SCHEME_WSS ? "https" : "http",
                       NULL);
}

/**
 * mz_route_new_after:
 * @scheme: the scheme for which proxies are asked
 * @host: a host's ASCII name
 * @port: a port
 * @kind: which route
 * @last: (nullable): the address that was connected a moment ago; %NULL if there is none
 *
 * Creates a route to a host that begins with @last, without a lookup. Only if that does not answer soon is the name looked up; then everything
 * goes on as usual.
 *
 * Returns: (transfer full): the route
 */
MzRoute *
mz_route_new_after (MzScheme      scheme,
                    const char   *host,
                    guint16       port,
                    MzRouteKind   kind,
                    GInetAddress *last)
{
  MzRoute *self;

  g_return_val_if_fail (host != NULL, NULL);
  g_return_val_if_fail (last == NULL || G_IS_INET_ADDRESS (last), NULL);

  self = mz_route_new (scheme, host, port);
  self->kind = kind;
  g_set_object (&self->last, last);

  return self;
}
