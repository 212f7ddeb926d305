/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-route.h"

#include "mock-resolver.h"
#include "net-fixture.h"

#define HOST "gateway.tail0lab.ts.net"
#define PORT 18789

/* Later than everything else that a test waits for, yet soon */
#define LATE_MS 50

static const char * const three[] = { "100.64.0.3", "100.64.0.1", "100.64.0.2", NULL };

typedef struct
{
  MockResolver *resolver;
  MzRoute *route;
  GSocketAddressEnumerator *enumerator;
  GCancellable *cancellable;
  guint n_resolved;
  guint n_addresses;
} Fixture;

static void
resolved_cb (MzRoute  *route,
             gpointer  addresses,
             gpointer  user_data)
{
  Fixture *fixture = user_data;

  fixture->n_resolved++;
  fixture->n_addresses = g_list_length (addresses);
  for (GList *l = addresses; l != NULL; l = l->next)
    g_assert_cmpint (g_inet_address_get_family (l->data), ==, G_SOCKET_FAMILY_IPV4);
}

static void
set_host (Fixture    *fixture,
          const char *host)
{
  g_clear_object (&fixture->enumerator);
  g_clear_object (&fixture->route);
  fixture->route = mz_route_new (MZ_SCHEME_WSS, host, PORT);
  fixture->enumerator = g_socket_connectable_enumerate (G_SOCKET_CONNECTABLE (fixture->route));
  g_signal_connect (fixture->route, "resolved", G_CALLBACK (resolved_cb), fixture);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  fixture->resolver = mock_resolver_new ();
  mock_resolver_install (fixture->resolver);
  mock_resolver_answer (fixture->resolver, HOST, three);
  fixture->cancellable = g_cancellable_new ();
  set_host (fixture, HOST);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  /* The fix itself: no question but the one for A records, ever */
  g_assert_cmpuint (mock_resolver_get_n_wrong (fixture->resolver), ==, 0);

  net_await (mock_resolver_get_n_pending (fixture->resolver) == 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  /* Nothing that was under way holds on to them. */
  g_assert_finalize_object (fixture->enumerator);
  g_assert_finalize_object (fixture->route);
  g_clear_object (&fixture->cancellable);
  mock_resolver_uninstall (fixture->resolver);
  g_assert_finalize_object (fixture->resolver);
}

static char *
describe (GSocketAddress *address)
{
  if (address == NULL)
    return g_strdup ("end");

  g_assert_true (G_IS_INET_SOCKET_ADDRESS (address));
  g_assert_cmpint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)), ==, PORT);
  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static char *
finish (Fixture       *fixture,
        GAsyncResult **result,
        GError       **error)
{
  g_autoptr (GSocketAddress) address = g_socket_address_enumerator_next_finish (fixture->enumerator, *result, error);

  g_clear_object (result);
  return describe (address);
}

static char *
next (Fixture  *fixture,
      GError  **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_socket_address_enumerator_next_async (fixture->enumerator, fixture->cancellable, net_store_result, &result);
  net_await (result != NULL);
  return finish (fixture, &result, error);
}

static void
assert_next (Fixture    *fixture,
             const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *got = next (fixture, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (got, ==, expected);
}

static void
assert_next_fails (Fixture *fixture,
                   GQuark   domain,
                   int      code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *got = next (fixture, &error);

  g_assert_true (g_error_matches (error, domain, code));
  g_assert_cmpstr (got, ==, "end");
}

static void
test_order (Fixture       *fixture,
            gconstpointer  user_data)
{
  assert_next (fixture, "100.64.0.3");
  assert_next (fixture, "100.64.0.1");
  assert_next (fixture, "100.64.0.2");
  assert_next (fixture, "end");
  assert_next (fixture, "end");

  g_assert_cmpuint (mock_resolver_get_n_lookups (fixture->resolver), ==, 1);
  g_assert_cmpuint (fixture->n_resolved, ==, 1);
  g_assert_cmpuint (fixture->n_addresses, ==, 3);
}

static void
test_late (Fixture       *fixture,
           gconstpointer  user_data)
{
  mock_resolver_set_delay (fixture->resolver, LATE_MS);
  test_order (fixture, user_data);
}

/* Each enumeration begins anew and asks again. */
static void
test_twice (Fixture       *fixture,
            gconstpointer  user_data)
{
  test_order (fixture, user_data);

  g_clear_object (&fixture->enumerator);
  fixture->enumerator = g_socket_connectable_enumerate (G_SOCKET_CONNECTABLE (fixture->route));
  assert_next (fixture, "100.64.0.3");
  g_assert_cmpuint (mock_resolver_get_n_lookups (fixture->resolver), ==, 2);
  g_assert_cmpuint (fixture->n_resolved, ==, 2);
}

static void
test_sync (Fixture       *fixture,
           gconstpointer  user_data)
{
  static const char * const expected[] = { "100.64.0.3", "100.64.0.1", "100.64.0.2", "end", "end" };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketAddress) address = g_socket_address_enumerator_next (fixture->enumerator, NULL, &error);
      g_autofree char *got = describe (address);

      g_assert_no_error (error);
      g_assert_cmpstr (got, ==, expected[i]);
    }

  g_assert_cmpuint (mock_resolver_get_n_lookups (fixture->resolver), ==, 1);
  g_assert_cmpuint (fixture->n_resolved, ==, 1);
}

static void
test_sync_errors (Fixture       *fixture,
                  gconstpointer  user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = NULL;

  /* A cancelled call leaves everything as it was. */
  g_cancellable_cancel (fixture->cancellable);
  address = g_socket_address_enumerator_next (fixture->enumerator, fixture->cancellable, &error);
  g_assert_null (address);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  mock_resolver_fail (fixture->resolver, HOST, G_RESOLVER_ERROR_NOT_FOUND);
  address = g_socket_address_enumerator_next (fixture->enumerator, NULL, &error);
  g_assert_null (address);
  g_assert_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  g_clear_error (&error);

  address = g_socket_address_enumerator_next (fixture->enumerator, NULL, &error);
  g_assert_null (address);
  g_assert_no_error (error);
}

/* A call in a blocking way while another waits: both are answered, nothing twice. */
static void
test_sync_during_async (Fixture       *fixture,
                        gconstpointer  user_data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  mock_resolver_set_delay (fixture->resolver, LATE_MS);
  g_socket_address_enumerator_next_async (fixture->enumerator, NULL, net_store_result, &result);
  address = g_socket_address_enumerator_next (fixture->enumerator, NULL, &error);
  g_assert_no_error (error);
  first = describe (address);
  g_assert_cmpstr (first, ==, "100.64.0.3");

  net_await (result != NULL);
  second = finish (fixture, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (second, ==, "100.64.0.1");
  g_assert_cmpuint (fixture->n_resolved, ==, 1);
}

static void
test_overlapping (Fixture       *fixture,
                  gconstpointer  user_data)
{
  static const char * const expected[] = { "100.64.0.3", "100.64.0.1", "100.64.0.2", "end", "end" };
  GAsyncResult *results[G_N_ELEMENTS (expected)] = { NULL };

  mock_resolver_set_delay (fixture->resolver, LATE_MS);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_socket_address_enumerator_next_async (fixture->enumerator, fixture->cancellable, net_store_result, &results[i]);

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *got = NULL;

      net_await (results[i] != NULL);
      got = finish (fixture, &results[i], &error);
      g_assert_no_error (error);
      g_assert_cmpstr (got, ==, expected[i]);
    }

  g_assert_cmpuint (mock_resolver_get_n_lookups (fixture->resolver), ==, 1);
  g_assert_cmpuint (fixture->n_resolved, ==, 1);
}

static void
test_overlapping_error (Fixture       *fixture,
                        gconstpointer  user_data)
{
  GAsyncResult *results[3] = { NULL };

  mock_resolver_fail (fixture->resolver, HOST, G_RESOLVER_ERROR_TEMPORARY_FAILURE);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    g_socket_address_enumerator_next_async (fixture->enumerator, fixture->cancellable, net_store_result, &results[i]);

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *got = NULL;

      net_await (results[i] != NULL);
      got = finish (fixture, &results[i], &error);
      g_assert_cmpstr (got, ==, "end");
      if (i == 0)
        g_assert_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE);
      else
        g_assert_no_error (error);
    }
}

/* Only the first call reports an error. */
static void
test_not_found (Fixture       *fixture,
                gconstpointer  user_data)
{
  mock_resolver_fail (fixture->resolver, HOST, G_RESOLVER_ERROR_NOT_FOUND);

  assert_next_fails (fixture, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  assert_next (fixture, "end");
  assert_next (fixture, "end");
  g_assert_cmpuint (mock_resolver_get_n_lookups (fixture->resolver), ==, 1);
  g_assert_cmpuint (fixture->n_resolved, ==, 0);
}

static void
test_no_ipv4 (Fixture       *fixture,
              gconstpointer  user_data)
{
  static const char * const only_ipv6[] = { "fd7a:115c:a1e0::1", NULL };

  mock_resolver_answer (fixture->resolver, HOST, only_ipv6);
  assert_next_fails (fixture, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  assert_next (fixture, "end");
  g_assert_cmpuint (fixture->n_resolved, ==, 0);
}

/* Some resolvers answer more than they were asked. */
static void
test_mixed (Fixture       *fixture,
            gconstpointer  user_data)
{
  static const char * const mixed[] = { "2001:db8::1", "100.64.0.9", "::1", "198.18.0.7", NULL };

  mock_resolver_answer (fixture->resolver, HOST, mixed);
  assert_next (fixture, "100.64.0.9");
  assert_next (fixture, "198.18.0.7");
  assert_next (fixture, "end");
  g_assert_cmpuint (fixture->n_addresses, ==, 2);
}

static void
test_literal (Fixture       *fixture,
              gconstpointer  user_data)
{
  set_host (fixture, "100.64.0.77");
  assert_next (fixture, "100.64.0.77");
  assert_next (fixture, "end");
  g_assert_cmpuint (mock_resolver_get_n_lookups (fixture->resolver), ==, 0);
  g_assert_cmpuint (fixture->n_resolved, ==, 1);
  g_assert_cmpuint (fixture->n_addresses, ==, 1);
}

static void
test_literal_ipv6 (Fixture       *fixture,
                   gconstpointer  user_data)
{
  set_host (fixture, "::1");
  assert_next_fails (fixture, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  assert_next (fixture, "end");
}

/* Cancelled before it began: nothing is asked. */
static void
test_cancelled_before (Fixture       *fixture,
                       gconstpointer  user_data)
{
  g_cancellable_cancel (fixture->cancellable);
  assert_next_fails (fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (mock_resolver_get_n_lookups (fixture->resolver), ==, 0);
}

/* Cancelled at once: the lookup ends, and the next call asks again. */
static void
test_cancel_at_once (Fixture       *fixture,
                     gconstpointer  user_data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *got = NULL;

  mock_resolver_set_delay (fixture->resolver, 60 * 1000);
  g_socket_address_enumerator_next_async (fixture->enumerator, fixture->cancellable, net_store_result, &result);
  g_cancellable_cancel (fixture->cancellable);
  net_await (result != NULL);
  got = finish (fixture, &result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  net_await (mock_resolver_get_n_cancelled (fixture->resolver) == 1);

  mock_resolver_set_delay (fixture->resolver, 0);
  g_cancellable_reset (fixture->cancellable);
  assert_next (fixture, "100.64.0.3");
  assert_next (fixture, "100.64.0.1");
  g_assert_cmpuint (mock_resolver_get_n_lookups (fixture->resolver), ==, 2);
  g_assert_cmpuint (fixture->n_resolved, ==, 1);
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_cancel_midway (Fixture       *fixture,
                    gconstpointer  user_data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *got = NULL;
  gint64 before = g_get_monotonic_time ();

  mock_resolver_set_delay (fixture->resolver, 60 * 1000);
  g_socket_address_enumerator_next_async (fixture->enumerator, fixture->cancellable, net_store_result, &result);
  g_timeout_add (LATE_MS, cancel_cb, fixture->cancellable);
  net_await (result != NULL);
  got = finish (fixture, &result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - before, >=, LATE_MS * 1000 - 2000);
  net_await (mock_resolver_get_n_cancelled (fixture->resolver) == 1);
  g_assert_cmpuint (fixture->n_resolved, ==, 0);
}

/* After the first address: the rest is still there for whoever asks without being cancelled. */
static void
test_cancel_between (Fixture       *fixture,
                     gconstpointer  user_data)
{
  assert_next (fixture, "100.64.0.3");
  g_cancellable_cancel (fixture->cancellable);
  assert_next_fails (fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_cancellable_reset (fixture->cancellable);
  assert_next (fixture, "100.64.0.1");
}

/* One of two that wait is cancelled: the other gets the first address, and the lookup goes on. */
static void
test_cancel_one (Fixture       *fixture,
                 gconstpointer  user_data)
{
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GAsyncResult) other = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  mock_resolver_set_delay (fixture->resolver, LATE_MS);
  g_socket_address_enumerator_next_async (fixture->enumerator, fixture->cancellable, net_store_result, &cancelled);
  g_socket_address_enumerator_next_async (fixture->enumerator, NULL, net_store_result, &other);
  g_cancellable_cancel (fixture->cancellable);

  net_await (cancelled != NULL);
  g_assert_null (other);
  first = finish (fixture, &cancelled, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  net_await (other != NULL);
  second = finish (fixture, &other, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (second, ==, "100.64.0.3");
  g_assert_cmpuint (mock_resolver_get_n_lookups (fixture->resolver), ==, 1);
  g_assert_cmpuint (mock_resolver_get_n_cancelled (fixture->resolver), ==, 0);
}

/* A resolver that answers although it was cancelled: that answer is nobody's. */
static void
test_deaf (Fixture       *fixture,
           gconstpointer  user_data)
{
  static const char * const other[] = { "100.64.0.50", NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *got = NULL;

  mock_resolver_set_deaf (fixture->resolver, TRUE);
  mock_resolver_set_delay (fixture->resolver, LATE_MS);
  g_socket_address_enumerator_next_async (fixture->enumerator, fixture->cancellable, net_store_result, &result);
  g_cancellable_cancel (fixture->cancellable);
  net_await (result != NULL);
  got = finish (fixture, &result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  net_await (mock_resolver_get_n_pending (fixture->resolver) == 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (fixture->n_resolved, ==, 0);

  g_cancellable_reset (fixture->cancellable);
  mock_resolver_answer (fixture->resolver, HOST, other);
  assert_next (fixture, "100.64.0.50");
  g_assert_cmpuint (fixture->n_resolved, ==, 1);
}

/* Who asked lets go of the enumerator before the answer comes. */
static void
test_released (Fixture       *fixture,
               gconstpointer  user_data)
{
  GSocketAddressEnumerator *enumerator = g_socket_connectable_enumerate (G_SOCKET_CONNECTABLE (fixture->route));
  g_autoptr (GAsyncResult) result = NULL;
  gpointer weak = enumerator;

  g_object_add_weak_pointer (G_OBJECT (enumerator), &weak);
  mock_resolver_set_delay (fixture->resolver, LATE_MS);
  g_socket_address_enumerator_next_async (enumerator, NULL, net_store_result, &result);
  g_object_unref (enumerator);
  g_assert_nonnull (weak);

  net_await (result != NULL);
  g_clear_object (&result);
  net_await (weak == NULL);
}

static void
test_connectable (Fixture       *fixture,
                  gconstpointer  user_data)
{
  g_autofree char *text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (fixture->route));

  /* What TLS takes the name from */
  g_assert_true (G_IS_NETWORK_ADDRESS (fixture->route));
  g_assert_cmpstr (g_network_address_get_hostname (G_NETWORK_ADDRESS (fixture->route)), ==, HOST);
  g_assert_cmpint (g_network_address_get_port (G_NETWORK_ADDRESS (fixture->route)), ==, PORT);
  g_assert_cmpstr (text, ==, "https:" HOST ":18789");
}

/* The parent's way to ask for proxies leads back to our addresses when there is none. */
static void
test_proxy_enumerate (Fixture       *fixture,
                      gconstpointer  user_data)
{
  g_clear_object (&fixture->enumerator);
  fixture->enumerator = g_socket_connectable_proxy_enumerate (G_SOCKET_CONNECTABLE (fixture->route));
  g_assert_true (G_IS_PROXY_ADDRESS_ENUMERATOR (fixture->enumerator));

  test_order (fixture, user_data);
}

static void
test_connect (Fixture       *fixture,
              gconstpointer  user_data)
{
  /* Nothing listens on the first, at that port: all addresses are tried, not only one. */
  static const char * const dead_then_alive[] = { "127.0.0.2", "127.0.0.1", NULL };
  const gboolean proxy = GPOINTER_TO_INT (user_data);
  g_autoptr (NetServer) server = net_server_new ();
  g_autoptr (MzRoute) route = mz_route_new (MZ_SCHEME_WSS, HOST, net_server_get_port (server));
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketAddress) peer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;

  mock_resolver_answer (fixture->resolver, HOST, dead_then_alive);
  g_socket_client_set_enable_proxy (client, proxy);
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (route), NULL, net_store_result, &result);
  net_await (result != NULL);
  connection = g_socket_client_connect_finish (client, result, &error);
  g_assert_no_error (error);

  peer = g_socket_connection_get_remote_address (connection, &error);
  g_assert_no_error (error);
  address = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (peer)));
  g_assert_cmpstr (address, ==, "127.0.0.1");

  g_assert_true (g_io_stream_close (G_IO_STREAM (connection), NULL, &error));
  net_await (net_server_get_n_connections (server) == 1);
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture       *fixture,
                  gconstpointer  user_data);
    gboolean data;
  } tests[] = {
    { "/net/route/order", test_order, FALSE },
    { "/net/route/late", test_late, FALSE },
    { "/net/route/twice", test_twice, FALSE },
    { "/net/route/sync", test_sync, FALSE },
    { "/net/route/sync-errors", test_sync_errors, FALSE },
    { "/net/route/sync-during-async", test_sync_during_async, FALSE },
    { "/net/route/overlapping", test_overlapping, FALSE },
    { "/net/route/overlapping-error", test_overlapping_error, FALSE },
    { "/net/route/not-found", test_not_found, FALSE },
    { "/net/route/no-ipv4", test_no_ipv4, FALSE },
    { "/net/route/mixed", test_mixed, FALSE },
    { "/net/route/literal", test_literal, FALSE },
    { "/net/route/literal-ipv6", test_literal_ipv6, FALSE },
    { "/net/route/cancelled-before", test_cancelled_before, FALSE },
    { "/net/route/cancel-at-once", test_cancel_at_once, FALSE },
    { "/net/route/cancel-midway", test_cancel_midway, FALSE },
    { "/net/route/cancel-between", test_cancel_between, FALSE },
    { "/net/route/cancel-one", test_cancel_one, FALSE },
    { "/net/route/deaf", test_deaf, FALSE },
    { "/net/route/released", test_released, FALSE },
    { "/net/route/connectable", test_connectable, FALSE },
    { "/net/route/proxy-enumerate", test_proxy_enumerate, FALSE },
    { "/net/route/connect", test_connect, FALSE },
    { "/net/route/connect-asking-for-proxies", test_connect, TRUE },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, GINT_TO_POINTER (tests[i].data), set_up, tests[i].test, tear_down);

  return g_test_run ();
}
