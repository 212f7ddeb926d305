/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Smart detection: the race of the two routes, and what is learned from it. */

#include "config.h"

#include "client-fixture.h"
#include "mz-client-private.h"

#define HOST "gateway.example.test"

/* Longer than any test: what waits for it never happens. */
#define NEVER_MS (1000 * 1000)

/* A resolver that answers for each family after a time of its own. */
#define FAMILY_TYPE_RESOLVER (family_resolver_get_type ())
G_DECLARE_FINAL_TYPE (FamilyResolver, family_resolver, FAMILY, RESOLVER, GResolver)

struct _FamilyResolver
{
  GResolver parent_instance;

  guint a_ms;
  guint aaaa_ms;
  guint n_a;
  guint n_aaaa;
};

G_DEFINE_FINAL_TYPE (FamilyResolver, family_resolver, G_TYPE_RESOLVER)

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static gboolean
answer_cb (gpointer user_data)
{
  GTask *task = user_data;

  g_task_return_pointer (task, g_list_prepend (NULL, g_inet_address_new_from_string ("127.0.0.1")), free_addresses);
  return G_SOURCE_REMOVE;
}

static gboolean
no_answer_cb (gpointer user_data)
{
  g_task_return_new_error (user_data, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such record");
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  g_source_destroy (g_object_get_data (G_OBJECT (task), "answer"));
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
destroy_source (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
family_resolver_lookup_async (GResolver                *resolver,
                              const char               *hostname,
                              GResolverNameLookupFlags  flags,
                              GCancellable             *cancellable,
                              GAsyncReadyCallback       callback,
                              gpointer                  user_data)
{
  FamilyResolver *self = FAMILY_RESOLVER (resolver);
  gboolean a = flags == G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY;
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GSource *answer = g_timeout_source_new (a ? self->a_ms : self->aaaa_ms);

  g_assert_cmpstr (hostname, ==, HOST);
  g_assert_true (a || flags == G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY);
  if (a)
    self->n_a++;
  else
    self->n_aaaa++;

  g_source_set_callback (answer, a ? answer_cb : no_answer_cb, g_object_ref (task), g_object_unref);
  g_source_attach (answer, NULL);
  g_object_set_data_full (G_OBJECT (task), "answer", answer, (GDestroyNotify) g_source_unref);
  if (cancellable != NULL)
    {
      GSource *cancelled = g_cancellable_source_new (cancellable);

      g_source_set_callback (cancelled, G_SOURCE_FUNC (cancelled_cb), task, NULL);
      g_source_attach (cancelled, NULL);
      g_object_set_data_full (G_OBJECT (task), "cancelled", cancelled, destroy_source);
    }
}

static GList *
family_resolver_lookup_finish (GResolver     *resolver,
                               GAsyncResult  *result,
                               GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
family_resolver_class_init (FamilyResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name_with_flags_async = family_resolver_lookup_async;
  resolver_class->lookup_by_name_with_flags_finish = family_resolver_lookup_finish;
}

static void
family_resolver_init (FamilyResolver *self)
{
}

/* A resolver of proxies that knows of none, and keeps for what it was asked. */
#define ASKED_TYPE_PROXIES (asked_proxies_get_type ())
G_DECLARE_FINAL_TYPE (AskedProxies, asked_proxies, ASKED, PROXIES, GObject)

struct _AskedProxies
{
  GObject parent_instance;

  GPtrArray *uris;
};

static void
asked_proxies_lookup_async (GProxyResolver      *resolver,
                            const char          *uri,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  static const char * const direct[] = { "direct://", NULL };
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  g_ptr_array_add (ASKED_PROXIES (resolver)->uris, g_strdup (uri));
  g_task_return_pointer (task, g_strdupv ((GStrv) direct), (GDestroyNotify) g_strfreev);
}

static GStrv
asked_proxies_lookup_finish (GProxyResolver  *resolver,
                             GAsyncResult    *result,
                             GError         **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
asked_proxies_iface_init (GProxyResolverInterface *iface)
{
  iface->lookup_async = asked_proxies_lookup_async;
  iface->lookup_finish = asked_proxies_lookup_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AskedProxies, asked_proxies, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, asked_proxies_iface_init))

static void
asked_proxies_finalize (GObject *object)
{
  g_ptr_array_unref (ASKED_PROXIES (object)->uris);

  G_OBJECT_CLASS (asked_proxies_parent_class)->finalize (object);
}

static void
asked_proxies_class_init (AskedProxiesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = asked_proxies_finalize;
}

static void
asked_proxies_init (AskedProxies *self)
{
  self->uris = g_ptr_array_new_with_free_func (g_free);
}

typedef struct
{
  Fixture base;
  GResolver *previous;
  FamilyResolver *resolver;
  MzEndpoint *endpoint;         /* the gateway by its name */
  MzTrace *trace;
  gboolean done;
  MzTransport *transport;
  GError *error;
} Dial;

static void
dial_set_up (Dial          *dial,
             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  set_up (&dial->base, data);
  mz_demo_gateway_start (dial->base.gateway, 0, &error);
  g_assert_no_error (error);
  url = g_strdup_printf ("ws://" HOST ":%u", mz_demo_gateway_get_port (dial->base.gateway));
  dial->endpoint = mz_endpoint_parse (url, NULL);
  dial->base.options->memory = mz_route_memory_new ();
  dial->base.options->platform = MZ_PLATFORM_LINUX;

  dial->previous = g_resolver_get_default ();
  dial->resolver = g_object_new (FAMILY_TYPE_RESOLVER, NULL);
  g_resolver_set_default (G_RESOLVER (dial->resolver));
}

static void
clear_dial (Dial *dial)
{
  if (dial->transport != NULL)
    mz_transport_close (dial->transport, 1000, NULL);
  g_clear_object (&dial->transport);
  g_clear_object (&dial->trace);
  g_clear_error (&dial->error);
  dial->done = FALSE;
}

static void
dial_tear_down (Dial          *dial,
                gconstpointer  data)
{
  clear_dial (dial);
  if (dial->base.client != NULL)
    stop (&dial->base);
  wait_until (&dial->base, mz_demo_gateway_get_n_connections (dial->base.gateway) == 0);
  g_resolver_set_default (dial->previous);
  g_object_unref (dial->previous);
  g_assert_finalize_object (dial->resolver);
  mz_endpoint_unref (dial->endpoint);
  tear_down (&dial->base, data);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Dial *dial = user_data;

  dial->transport = mz_dialer_dial_finish (result, &dial->error);
  dial->done = TRUE;
}

static void
run_dial (Dial *dial)
{
  clear_dial (dial);
  dial->resolver->n_a = dial->resolver->n_aaaa = 0;
  dial->trace = mz_dialer_plan_trace (dial->endpoint, dial->base.options);
  mz_dialer_dial_async (dial->trace, dial->base.options, NULL, done_cb, dial);
  wait_until (&dial->base, dial->done);
}

static void
assert_won (Dial        *dial,
            MzRouteKind  route,
            MzReason     reason,
            guint        n_attempts)
{
  g_assert_no_error (dial->error);
  g_assert_nonnull (dial->transport);
  g_assert_cmpint (mz_trace_attempt_get_route (mz_trace_get_winner (dial->trace)), ==, route);
  g_assert_cmpint (mz_trace_get_route (dial->trace), ==, route);
  g_assert_cmpint (mz_trace_get_plan (dial->trace)->reason, ==, reason);
  g_assert_cmpuint (mz_trace_get_n_attempts (dial->trace), ==, n_attempts);
}

/* The question for AAAA is never answered: the race is won at once, and the next dial does not ask it any more. */
static void
test_raced (Dial          *dial,
            gconstpointer  data)
{
  const MzPhaseRecord *last;

  dial->resolver->aaaa_ms = NEVER_MS;
  dial->base.options->budgets.race_ms = 0;
  run_dial (dial);
  assert_won (dial, MZ_ROUTE_IPV4_ONLY, MZ_REASON_RACED, 2);

  /* The loser is closed. */
  wait_until (&dial->base, mz_trace_attempt_get_error (mz_trace_get_attempt (dial->trace, 0)) != NULL);
  last = mz_trace_attempt_get_last_phase (mz_trace_get_attempt (dial->trace, 0));
  g_assert_cmpint (last->state, ==, MZ_PHASE_CANCELLED);
  g_assert_cmpuint (mz_demo_gateway_get_n_upgrades (dial->base.gateway), ==, 1);

  dial->base.options->budgets.race_ms = NEVER_MS;
  dial->base.options->budgets.second_route_ms = NEVER_MS;
  run_dial (dial);
  assert_won (dial, MZ_ROUTE_IPV4_ONLY, MZ_REASON_LEARNED, 1);
  g_assert_cmpuint (dial->resolver->n_a, ==, 1);
  g_assert_cmpuint (dial->resolver->n_aaaa, ==, 0);
}

/* Without a race, but slow, and with IPv4 in the end: that teaches the same. */
static void
test_slow (Dial          *dial,
           gconstpointer  data)
{
  dial->resolver->a_ms = 210;
  dial->resolver->aaaa_ms = 210;
  dial->base.options->budgets.race_ms = NEVER_MS;
  run_dial (dial);
  assert_won (dial, MZ_ROUTE_STANDARD, MZ_REASON_DEFAULT, 1);

  run_dial (dial);
  assert_won (dial, MZ_ROUTE_IPV4_ONLY, MZ_REASON_LEARNED, 1);
}

/* The last address is dead and the names are slow to come: that says nothing of IPv6. */
static void
test_slow_last_address (Dial          *dial,
                        gconstpointer  data)
{
  dial->resolver->a_ms = 210;
  dial->resolver->aaaa_ms = 210;
  dial->base.options->budgets.race_ms = NEVER_MS;
  dial->base.options->last_address = g_inet_address_new_from_string ("127.0.0.9");
  dial->base.options->last_route = MZ_ROUTE_STANDARD;
  run_dial (dial);
  assert_won (dial, MZ_ROUTE_STANDARD, MZ_REASON_DEFAULT, 1);

  g_clear_object (&dial->base.options->last_address);
  dial->resolver->a_ms = dial->resolver->aaaa_ms = 0;
  run_dial (dial);
  assert_won (dial, MZ_ROUTE_STANDARD, MZ_REASON_DEFAULT, 1);
}

static void
test_healthy (Dial          *dial,
              gconstpointer  data)
{
  for (guint i = 0; i < 2; i++)
    {
      run_dial (dial);
      assert_won (dial, MZ_ROUTE_STANDARD, MZ_REASON_DEFAULT, 1);
      g_assert_cmpuint (dial->resolver->n_aaaa, ==, 1);
    }
}

/* A lesson of another network, or of long ago, is none. */
static void
test_elsewhere (Dial          *dial,
                gconstpointer  data)
{
  g_autoptr (MzNetworkInfo) network = mz_network_info_collect ();
  MzRouteMemory *memory = dial->base.options->memory;
  gint64 now_s = g_get_real_time () / G_TIME_SPAN_SECOND;

  mz_route_memory_learn (memory, dial->endpoint, "elsewhere", now_s, MZ_ROUTE_IPV4_ONLY);
  mz_route_memory_learn (memory, dial->endpoint, network->id, now_s - MZ_ROUTE_MEMORY_LIFE, MZ_ROUTE_IPV4_ONLY);
  run_dial (dial);
  assert_won (dial, MZ_ROUTE_STANDARD, MZ_REASON_DEFAULT, 1);

  mz_route_memory_learn (memory, dial->endpoint, network->id, now_s, MZ_ROUTE_IPV4_ONLY);
  run_dial (dial);
  assert_won (dial, MZ_ROUTE_IPV4_ONLY, MZ_REASON_LEARNED, 1);
}

/* Strict settings switch it all off: no race, no memory. */
static void
test_strict (Dial          *dial,
             gconstpointer  data)
{
  g_autoptr (MzNetworkInfo) network = mz_network_info_collect ();

  mz_route_memory_learn (dial->base.options->memory, dial->endpoint, network->id, g_get_real_time () / G_TIME_SPAN_SECOND, MZ_ROUTE_IPV4_ONLY);
  dial->base.options->setting = MZ_STRATEGY_STANDARD;
  dial->base.options->budgets.race_ms = 0;
  dial->resolver->a_ms = dial->resolver->aaaa_ms = 20;
  run_dial (dial);
  assert_won (dial, MZ_ROUTE_STANDARD, MZ_REASON_SETTING, 1);
}

/* Both get through, or nearly: one is used, and nothing is left of the other. */
static void
test_neck_and_neck (Dial          *dial,
                    gconstpointer  data)
{
  MzRouteKind route;

  dial->resolver->a_ms = dial->resolver->aaaa_ms = 10;
  dial->base.options->budgets.race_ms = 0;
  run_dial (dial);
  route = mz_trace_get_route (dial->trace);
  assert_won (dial, route, route == MZ_ROUTE_IPV4_ONLY ? MZ_REASON_RACED : MZ_REASON_DEFAULT, 2);
  wait_until (&dial->base, mz_demo_gateway_get_n_connections (dial->base.gateway) <= 1);
  g_assert_true (mz_transport_is_open (dial->transport));
}

/* TCP is up, and then nothing comes: that is not the route's fault, and no other one is tried. */
static void
test_after_tcp (Dial          *dial,
                gconstpointer  data)
{
  /* Nobody accepts: the kernel connects all the same. */
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (silent, NULL, &error);

  g_assert_no_error (error);
  url = g_strdup_printf ("ws://" HOST ":%u", port);
  mz_endpoint_unref (dial->endpoint);
  dial->endpoint = mz_endpoint_parse (url, NULL);

  dial->base.options->budgets.race_ms = 100;
  dial->base.options->budgets.phase_ms[MZ_PHASE_UPGRADE] = 300;
  run_dial (dial);
  g_assert_error (dial->error, MZ_NET_ERROR, MZ_NET_ERROR_TIMED_OUT);
  g_assert_cmpuint (mz_trace_get_n_attempts (dial->trace), ==, 1);
  g_assert_true (mz_trace_attempt_reached (mz_trace_get_attempt (dial->trace, 0), MZ_PHASE_CONNECT));
}

/* Refused by all addresses: IPv4 alone would be refused again. */
static void
test_refused (Dial          *dial,
              gconstpointer  data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *url = g_strdup_printf ("wss://" HOST ":%u", port);

  g_socket_listener_close (listener);
  mz_endpoint_unref (dial->endpoint);
  dial->endpoint = mz_endpoint_parse (url, NULL);
  dial->base.options->budgets.race_ms = NEVER_MS;
  run_dial (dial);
  g_assert_error (dial->error, MZ_NET_ERROR, MZ_NET_ERROR_REFUSED);
  for (guint i = 0; i < mz_trace_get_n_attempts (dial->trace); i++)
    g_assert_cmpint (mz_trace_attempt_get_route (mz_trace_get_attempt (dial->trace, i)), ==, MZ_ROUTE_STANDARD);
}

/* A proxy looks the name up itself: there is nothing to race. */
static void
test_proxy (Dial          *dial,
            gconstpointer  data)
{
  g_autofree char *proxy = g_strdup_printf ("http://" HOST ":%u", mz_demo_gateway_get_port (dial->base.gateway));

  dial->resolver->a_ms = dial->resolver->aaaa_ms = NEVER_MS;
  dial->base.options->proxy_resolver = g_simple_proxy_resolver_new (proxy, NULL);
  dial->base.options->budgets.race_ms = 0;
  dial->base.options->budgets.phase_ms[MZ_PHASE_RESOLVE] = 200;
  run_dial (dial);
  g_assert_error (dial->error, MZ_NET_ERROR, MZ_NET_ERROR_TIMED_OUT);
  g_assert_cmpuint (mz_trace_get_n_attempts (dial->trace), ==, 1);
}

/* A resolver that says that no proxy is used does not stand in the way. */
static void
test_no_proxy (Dial          *dial,
               gconstpointer  data)
{
  dial->resolver->aaaa_ms = NEVER_MS;
  dial->base.options->proxy_resolver = g_simple_proxy_resolver_new ("direct://", NULL);
  dial->base.options->budgets.race_ms = 0;
  run_dial (dial);
  assert_won (dial, MZ_ROUTE_IPV4_ONLY, MZ_REASON_RACED, 2);
}

/* Whatever the route, proxies are asked for HTTP: there are none for "none". */
static void
test_proxy_scheme (Dial          *dial,
                   gconstpointer  data)
{
  static const MzStrategySetting settings[] = { MZ_STRATEGY_STANDARD, MZ_STRATEGY_IPV4_ONLY };
  AskedProxies *proxies = g_object_new (ASKED_TYPE_PROXIES, NULL);
  g_autofree char *expected = g_strdup_printf ("http://" HOST ":%u", mz_demo_gateway_get_port (dial->base.gateway));

  dial->base.options->proxy_resolver = G_PROXY_RESOLVER (proxies);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_ptr_array_set_size (proxies->uris, 0);
      dial->base.options->setting = settings[i];
      run_dial (dial);
      g_assert_no_error (dial->error);
      g_assert_cmpuint (proxies->uris->len, ==, 1);
      g_assert_cmpstr (g_ptr_array_index (proxies->uris, 0), ==, expected);
    }
}

/* Cancelled in the middle of a race: both end, and nothing is learned. */
static void
test_cancelled (Dial          *dial,
                gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *text = NULL;

  dial->resolver->a_ms = dial->resolver->aaaa_ms = NEVER_MS;
  dial->base.options->budgets.race_ms = 0;
  dial->trace = mz_dialer_plan_trace (dial->endpoint, dial->base.options);
  mz_dialer_dial_async (dial->trace, dial->base.options, cancellable, done_cb, dial);
  wait_until (&dial->base, mz_trace_get_n_attempts (dial->trace) == 2);
  g_cancellable_cancel (cancellable);
  wait_until (&dial->base, dial->done);
  g_assert_error (dial->error, MZ_NET_ERROR, MZ_NET_ERROR_CANCELLED);
  text = mz_route_memory_to_text (dial->base.options->memory, g_get_real_time () / G_TIME_SPAN_SECOND);
  g_assert_null (strstr (text, "ipv4-only"));
}

static void
start_client (Dial *dial)
{
  dial->base.client = mz_client_new (dial->endpoint, dial->base.identity, dial->base.options);
  mz_client_start (dial->base.client);
  wait_ready (&dial->base);
}

static void
wait_lost (Dial *dial)
{
  wait_until (&dial->base, state (&dial->base) != MZ_CLIENT_READY);
}

static const MzPhaseRecord *
resolve_phase (Dial *dial)
{
  return mz_trace_attempt_find_phase (mz_trace_get_attempt (mz_client_get_trace (dial->base.client), 0), MZ_PHASE_RESOLVE);
}

/* After a drop: the same route and address, and nobody is asked for the name. */
static void
test_reconnect (Dial          *dial,
                gconstpointer  data)
{
  start_client (dial);
  for (guint i = 0; i < 2; i++)
    {
      dial->resolver->n_a = dial->resolver->n_aaaa = 0;
      mz_demo_gateway_drop_all (dial->base.gateway);
      wait_lost (dial);
      wait_ready (&dial->base);
      g_assert_cmpuint (dial->resolver->n_a + dial->resolver->n_aaaa, ==, 0);
      g_assert_cmpstr (resolve_phase (dial)->detail, ==, "not asked: last address first");
    }

  /* Not when the person connects anew. */
  stop (&dial->base);
  mz_client_start (dial->base.client);
  wait_ready (&dial->base);
  g_assert_cmpuint (dial->resolver->n_a, ==, 1);
}

/* The route that won is the first of the reconnect, without anything to remember it between starts. */
static void
test_reconnect_route (Dial          *dial,
                      gconstpointer  data)
{
  MzTrace *trace;

  g_clear_object (&dial->base.options->memory);
  dial->resolver->aaaa_ms = NEVER_MS;
  dial->base.options->budgets.race_ms = 0;
  start_client (dial);
  trace = mz_client_get_trace (dial->base.client);
  g_assert_cmpint (mz_trace_get_plan (trace)->reason, ==, MZ_REASON_RACED);

  mz_demo_gateway_drop_all (dial->base.gateway);
  wait_lost (dial);
  wait_ready (&dial->base);
  trace = mz_client_get_trace (dial->base.client);
  g_assert_cmpint (mz_trace_get_plan (trace)->reason, ==, MZ_REASON_LEARNED);
  g_assert_cmpint (mz_trace_get_route (trace), ==, MZ_ROUTE_IPV4_ONLY);
}

/* This host woke up, or its network changed: the name is looked up again. */
static void
test_reconnect_woken (Dial          *dial,
                      gconstpointer  data)
{
  static const MzCircumstance why[] = { MZ_CIRCUMSTANCE_NETWORK_CHANGED, MZ_CIRCUMSTANCE_RESUMED };

  start_client (dial);
  for (guint i = 0; i < G_N_ELEMENTS (why); i++)
    {
      dial->resolver->n_a = 0;
      mz_client_wake (dial->base.client, why[i], TRUE);
      mz_demo_gateway_drop_all (dial->base.gateway);
      wait_lost (dial);
      wait_ready (&dial->base);
      g_assert_cmpuint (dial->resolver->n_a, ==, 1);
    }
}

/* Nothing was heard for long, though the loss was noticed only now: so it is after sleep. */
static void
test_reconnect_stale (Dial          *dial,
                      gconstpointer  data)
{
  static const char text[] = "{\"type\":\"event\",\"event\":\"tick\",\"payload\":{\"ts\":1}}";
  g_autoptr (GError) error = NULL;
  g_autoptr (MzFrame) tick = mz_frame_parse (text, strlen (text), sizeof text, &error);

  g_assert_no_error (error);
  start_client (dial);
  dial->base.client->heard_boot_us -= 61 * G_TIME_SPAN_SECOND;
  dial->resolver->n_a = 0;
  mz_demo_gateway_drop_all (dial->base.gateway);
  wait_lost (dial);
  wait_ready (&dial->base);
  g_assert_cmpuint (dial->resolver->n_a, ==, 1);

  /* A frame makes it fresh. */
  dial->base.client->heard_boot_us -= 61 * G_TIME_SPAN_SECOND;
  g_signal_emit_by_name (dial->base.client->connection, "received", tick);
  dial->resolver->n_a = 0;
  mz_demo_gateway_drop_all (dial->base.gateway);
  wait_lost (dial);
  wait_ready (&dial->base);
  g_assert_cmpuint (dial->resolver->n_a, ==, 0);
}

/* The last address does not answer: it is tried once, and then everything is as at first. */
static void
test_reconnect_elsewhere (Dial          *dial,
                          gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  guint16 port = mz_demo_gateway_get_port (dial->base.gateway);
  MzTrace *dropped;

  start_client (dial);
  dial->resolver->n_a = 0;
  mz_demo_gateway_stop (dial->base.gateway);
  wait_lost (dial);
  dropped = mz_client_get_trace (dial->base.client);
  wait_until (&dial->base, mz_client_get_trace (dial->base.client) != dropped && state (&dial->base) == MZ_CLIENT_WAITING);
  g_assert_error (mz_client_get_error (dial->base.client), MZ_NET_ERROR, MZ_NET_ERROR_REFUSED);
  g_assert_cmpstr (resolve_phase (dial)->detail, ==, "not asked: last address first");

  dial->resolver->n_a = 0;
  mz_demo_gateway_start (dial->base.gateway, port, &error);
  g_assert_no_error (error);
  wait_ready (&dial->base);
  g_assert_cmpuint (dial->resolver->n_a, ==, 1);
  g_assert_cmpstr (resolve_phase (dial)->detail, !=, "not asked: last address first");
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *path;
    void (*run) (Dial          *dial,
                 gconstpointer  data);
  } tests[] = {
    { "/detect/raced", test_raced },
    { "/detect/slow", test_slow },
    { "/detect/slow-last-address", test_slow_last_address },
    { "/detect/proxy-scheme", test_proxy_scheme },
    { "/detect/healthy", test_healthy },
    { "/detect/elsewhere", test_elsewhere },
    { "/detect/strict", test_strict },
    { "/detect/neck-and-neck", test_neck_and_neck },
    { "/detect/after-tcp", test_after_tcp },
    { "/detect/refused", test_refused },
    { "/detect/proxy", test_proxy },
    { "/detect/no-proxy", test_no_proxy },
    { "/detect/cancelled", test_cancelled },
    { "/detect/reconnect", test_reconnect },
    { "/detect/reconnect-route", test_reconnect_route },
    { "/detect/reconnect-woken", test_reconnect_woken },
    { "/detect/reconnect-stale", test_reconnect_stale },
    { "/detect/reconnect-elsewhere", test_reconnect_elsewhere },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Dial, NULL, dial_set_up, tests[i].run, dial_tear_down);

  return g_test_run ();
}
