/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-route.h"

#include "mock-resolver.h"
#include "net-fixture.h"

#define HOST "gateway.example.test"
#define PORT 18789

/* Later than everything else that a test waits for, yet soon */
#define LATE_MS 50

typedef struct
{
  MockResolver *resolver;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->resolver = mock_resolver_new ();
  mock_resolver_install (fixture->resolver);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  /* What was cancelled still has to come back. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  mock_resolver_uninstall (fixture->resolver);
  g_assert_finalize_object (fixture->resolver);
}

static GSocketAddressEnumerator *
enumerate (MzRouteKind  kind,
           const char  *last)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (last);
  g_autoptr (MzRoute) route = mz_route_new_after (MZ_SCHEME_WSS, HOST, PORT, kind, address);

  return g_socket_connectable_enumerate (G_SOCKET_CONNECTABLE (route));
}

static char *
take_text (GSocketAddress *address)
{
  char *text = address != NULL ? g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))) : NULL;

  if (address != NULL)
    g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)), ==, PORT);
  g_clear_object (&address);
  return text;
}

static char *
next_now (GSocketAddressEnumerator *enumerator)
{
  g_autoptr (GError) error = NULL;
  char *text = take_text (g_socket_address_enumerator_next (enumerator, NULL, &error));

  g_assert_no_error (error);
  return text;
}

static char *
next_later (GSocketAddressEnumerator *enumerator)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *text;

  g_socket_address_enumerator_next_async (enumerator, NULL, net_store_result, &result);
  net_await (result != NULL);
  text = take_text (g_socket_address_enumerator_next_finish (enumerator, result, &error));
  g_assert_no_error (error);
  return text;
}

static const struct
{
  const char *what;
  MzRouteKind kind;
  const char *last;
  const char *answer[4];
  const char *given[5];
} cases[] = {
  { "the same again is passed over", MZ_ROUTE_IPV4_ONLY, "192.0.2.2", { "192.0.2.1", "192.0.2.2", "192.0.2.3" },
    { "192.0.2.2", "192.0.2.1", "192.0.2.3" } },
  { "it is the only one", MZ_ROUTE_IPV4_ONLY, "192.0.2.2", { "192.0.2.2" }, { "192.0.2.2" } },
  { "the name leads elsewhere now", MZ_ROUTE_IPV4_ONLY, "192.0.2.9", { "192.0.2.1" }, { "192.0.2.9", "192.0.2.1" } },
  { "the name is not found any more", MZ_ROUTE_IPV4_ONLY, "192.0.2.9", { NULL }, { "192.0.2.9" } },
  { "IPv6 by the standard route", MZ_ROUTE_STANDARD, "2001:db8::9", { "192.0.2.1" }, { "2001:db8::9", "192.0.2.1" } },
};

static void
test_addresses (Fixture       *fixture,
                gconstpointer  data)
{
  char *(*next) (GSocketAddressEnumerator *enumerator) = data;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GSocketAddressEnumerator) enumerator = enumerate (cases[i].kind, cases[i].last);
      guint before = mock_resolver_get_n_lookups (fixture->resolver);

      g_test_message ("%s", cases[i].what);
      if (cases[i].answer[0] != NULL)
        mock_resolver_answer (fixture->resolver, HOST, cases[i].answer);
      else
        mock_resolver_fail (fixture->resolver, HOST, G_RESOLVER_ERROR_NOT_FOUND);

      for (guint n = 0; n < G_N_ELEMENTS (cases[i].given); n++)
        {
          g_autofree char *given = NULL;

          if (n == 1)
            g_assert_cmpuint (mock_resolver_get_n_lookups (fixture->resolver), ==, before);
          given = next (enumerator);
          g_assert_cmpstr (given, ==, cases[i].given[n]);
          /* The mock resolver gives the same to the questions for both families, so that more would follow. */
          if (given == NULL || (n == 1 && cases[i].kind == MZ_ROUTE_STANDARD))
            break;
        }
      g_assert_cmpuint (mock_resolver_get_n_lookups (fixture->resolver), >, before);
    }
}

/* Cancelled before the first, and while the name is looked up */
static void
test_cancelled (Fixture       *fixture,
                gconstpointer  data)
{
  static const char * const answer[] = { "192.0.2.1", NULL };
  g_autoptr (GSocketAddressEnumerator) enumerator = enumerate (MZ_ROUTE_IPV4_ONLY, "192.0.2.9");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;

  mock_resolver_answer (fixture->resolver, HOST, answer);
  mock_resolver_set_delay (fixture->resolver, 1000 * 1000);
  g_cancellable_cancel (cancellable);
  g_socket_address_enumerator_next_async (enumerator, cancellable, net_store_result, &result);
  net_await (result != NULL);
  g_assert_null (g_socket_address_enumerator_next_finish (enumerator, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&result);

  first = next_later (enumerator);
  g_assert_cmpstr (first, ==, "192.0.2.9");
  g_cancellable_reset (cancellable);
  g_socket_address_enumerator_next_async (enumerator, cancellable, net_store_result, &result);
  g_cancellable_cancel (cancellable);
  net_await (result != NULL);
  g_assert_null (g_socket_address_enumerator_next_finish (enumerator, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  net_await (mock_resolver_get_n_pending (fixture->resolver) == 0);
}

/* As GSocketClient does when the first address fails while it has asked for the next one already: everybody is answered. */
static void
test_several (Fixture       *fixture,
              gconstpointer  data)
{
  static const char * const answer[] = { "192.0.2.1", "192.0.2.9", "192.0.2.2", NULL };
  const MzRouteKind kind = GPOINTER_TO_INT (data);
  GSocketAddressEnumerator *enumerator = enumerate (kind, "192.0.2.9");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *results[3] = { NULL, NULL, NULL };
  g_autofree char *first = next_later (enumerator);
  gpointer weak = enumerator;

  g_assert_cmpstr (first, ==, "192.0.2.9");
  mock_resolver_answer (fixture->resolver, HOST, answer);
  mock_resolver_set_delay (fixture->resolver, LATE_MS);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    g_socket_address_enumerator_next_async (enumerator, i == 0 ? cancellable : NULL, net_store_result, &results[i]);
  g_cancellable_cancel (cancellable);

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *given = NULL;

      net_await (results[i] != NULL);
      given = take_text (g_socket_address_enumerator_next_finish (enumerator, results[i], &error));
      if (i == 0)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        g_assert_no_error (error);
      /* The standard one gets the same for both families, and mixes them. */
      if (i > 0 && kind == MZ_ROUTE_STANDARD)
        g_assert_nonnull (given);
      else
        g_assert_cmpstr (given, ==, i == 0 ? NULL : answer[(i - 1) * 2]);
    }

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    g_clear_object (&results[i]);
  g_object_add_weak_pointer (G_OBJECT (enumerator), &weak);
  g_object_unref (enumerator);
  net_await (weak == NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/net/route-after/now", Fixture, next_now, set_up, test_addresses, tear_down);
  g_test_add ("/net/route-after/later", Fixture, next_later, set_up, test_addresses, tear_down);
  g_test_add ("/net/route-after/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/net/route-after/several/standard", Fixture, GINT_TO_POINTER (MZ_ROUTE_STANDARD), set_up, test_several, tear_down);
  g_test_add ("/net/route-after/several/ipv4-only", Fixture, GINT_TO_POINTER (MZ_ROUTE_IPV4_ONLY), set_up, test_several, tear_down);

  return g_test_run ();
}
