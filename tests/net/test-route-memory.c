/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-route-memory.h"

#include <string.h>

#define NOW G_GINT64_CONSTANT (1800000000)
#define DAY (24 * 60 * 60)
#define HOME "0123456789abcdef"
#define CAFE "fedcba9876543210"

#define S MZ_ROUTE_STANDARD
#define I MZ_ROUTE_IPV4_ONLY

typedef struct
{
  MzRouteMemory *memory;
  MzEndpoint *endpoint;
  guint n_learned;
} Fixture;

static void
learned_cb (Fixture *fixture)
{
  fixture->n_learned++;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->memory = mz_route_memory_new ();
  fixture->endpoint = mz_endpoint_parse ("wss://gw.example.com", NULL);
  g_signal_connect_swapped (fixture->memory, "learned", G_CALLBACK (learned_cb), fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_finalize_object (fixture->memory);
  mz_endpoint_unref (fixture->endpoint);
}

/* -1 for nothing */
static int
recall (MzRouteMemory *memory,
        const char    *url,
        const char    *network,
        gint64         now_s)
{
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (url, NULL);
  MzRouteKind route;

  g_assert_nonnull (endpoint);
  return mz_route_memory_recall (memory, endpoint, network, now_s, &route) ? (int) route : -1;
}

/* For whom and for how long a lesson holds */
static void
assert_knows (MzRouteMemory *memory)
{
  static const struct
  {
    const char *url;
    const char *network;
    gint64 later_s;
    int route;
  } cases[] = {
    { "wss://gw.example.com", HOME, 0, I },
    { "wss://gw.example.com", HOME, 7 * DAY - 1, I },
    { "wss://gw.example.com", HOME, 7 * DAY, -1 },
    { "wss://gw.example.com", HOME, -DAY + 1, I },
    { "wss://gw.example.com", HOME, -DAY, -1 },
    { "wss://gw.example.com/path", HOME, 0, I },
    { "ws://gw.example.com:443", HOME, 0, I },
    { "wss://gw.example.com:8443", HOME, 0, -1 },
    { "wss://other.example.com", HOME, 0, -1 },
    { "wss://gw.example.com", CAFE, 0, -1 },
    { "wss://gw.example.com", NULL, 0, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s, %s, %" G_GINT64_FORMAT, cases[i].url, cases[i].network, cases[i].later_s);
      g_assert_cmpint (recall (memory, cases[i].url, cases[i].network, NOW + cases[i].later_s), ==, cases[i].route);
    }
}

static void
test_learn (Fixture       *fixture,
            gconstpointer  data)
{
  g_assert_cmpint (recall (fixture->memory, "wss://gw.example.com", HOME, NOW), ==, -1);
  mz_route_memory_learn (fixture->memory, fixture->endpoint, HOME, NOW, I);
  g_assert_cmpuint (fixture->n_learned, ==, 1);
  assert_knows (fixture->memory);

  mz_route_memory_learn (fixture->memory, fixture->endpoint, HOME, NOW + 1, S);
  g_assert_cmpint (recall (fixture->memory, "wss://gw.example.com", HOME, NOW + 1), ==, S);

  /* Where there is no network's id, there is one for all. */
  mz_route_memory_learn (fixture->memory, fixture->endpoint, NULL, NOW, I);
  g_assert_cmpint (recall (fixture->memory, "wss://gw.example.com", NULL, NOW), ==, I);
}

static void
test_text (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (MzRouteMemory) other = mz_route_memory_new ();
  g_autoptr (MzRouteMemory) copy = NULL;
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;
  g_autofree char *salted_otherwise = NULL;
  g_autofree char *late = NULL;

  mz_route_memory_learn (fixture->memory, fixture->endpoint, HOME, NOW, I);
  text = mz_route_memory_to_text (fixture->memory, NOW);
  g_assert_null (strstr (text, "example"));
  g_assert_null (strstr (text, "gw"));
  g_assert_null (strstr (text, HOME));
  g_assert_nonnull (strstr (text, " ipv4-only 1800000000\n"));

  g_assert_true (mz_route_memory_read (other, text));
  assert_knows (other);
  again = mz_route_memory_to_text (other, NOW);
  g_assert_cmpstr (again, ==, text);

  /* The same lesson is not to be recognised between two files. */
  copy = mz_route_memory_new ();
  mz_route_memory_learn (copy, fixture->endpoint, HOME, NOW, I);
  salted_otherwise = mz_route_memory_to_text (copy, NOW);
  g_assert_cmpstr (salted_otherwise, !=, text);

  /* Expired lessons are not written any more. */
  late = mz_route_memory_to_text (other, NOW + 7 * DAY);
  g_assert_null (strstr (late, "ipv4-only"));
}

/* Of what another process wrote and what was learned here, the newer holds. */
static void
test_newer (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (MzRouteMemory) other = mz_route_memory_new ();
  g_autoptr (MzRouteMemory) third = mz_route_memory_new ();
  g_autoptr (MzRouteMemory) copy = NULL;
  g_autofree char *text = NULL;
  g_autofree char *both = NULL;

  mz_route_memory_learn (other, fixture->endpoint, HOME, NOW, I);
  mz_route_memory_learn (other, fixture->endpoint, CAFE, NOW + 2, I);
  text = mz_route_memory_to_text (other, NOW);

  mz_route_memory_learn (fixture->memory, fixture->endpoint, HOME, NOW + 1, S);
  mz_route_memory_learn (fixture->memory, fixture->endpoint, CAFE, NOW + 1, S);
  copy = mz_route_memory_dup (fixture->memory);
  g_assert_true (mz_route_memory_read (copy, text));
  both = mz_route_memory_to_text (copy, NOW);

  g_assert_true (mz_route_memory_read (third, both));
  g_assert_cmpint (recall (third, "wss://gw.example.com", HOME, NOW), ==, S);
  g_assert_cmpint (recall (third, "wss://gw.example.com", CAFE, NOW), ==, I);
}

#define SALT "00112233445566778899aabbccddeeff"
#define KEY "ffeeddccbbaa99887766554433221100"

static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  static const char * const foreign[] = {
    "", "\n", "moltzer-routes 1", "moltzer-routes 1 ", "moltzer-routes 2 " SALT "\n", "moltzer-routes 1 " SALT "0\n",
    "moltzer-routes 1 00112233445566778899AABBCCDDEEFF\n", "x\nmoltzer-routes 1 " SALT "\n", "\xff\xfe",
  };
  static const char * const lines[] = {
    KEY, KEY " ipv4-only", KEY " ipv4-only soon", KEY " ipv4-only -1", KEY " ipv4-only 99999999999999999999", KEY " both 1800000000",
    "x" KEY " ipv4-only 1800000000", KEY " ipv4-only 1800000000 more", "short ipv4-only 1800000000", "\xff",
  };

  mz_route_memory_learn (fixture->memory, fixture->endpoint, HOME, NOW, I);
  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    g_assert_false (mz_route_memory_read (fixture->memory, foreign[i]));
  assert_knows (fixture->memory);

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (MzRouteMemory) other = mz_route_memory_new ();
      g_autofree char *text = g_strdup_printf ("moltzer-routes 1 " SALT "\n%s\n" KEY " standard 1800000000\n", lines[i]);
      g_autofree char *clean = NULL;

      g_assert_true (mz_route_memory_read (other, text));
      clean = mz_route_memory_to_text (other, NOW);
      g_assert_cmpstr (clean, ==, "moltzer-routes 1 " SALT "\n" KEY " standard 1800000000\n");
    }
}

/* The oldest are let go of. */
static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (MzRouteMemory) other = mz_route_memory_new ();
  g_autofree char *text = NULL;

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *network = g_strdup_printf ("%016x", i);

      mz_route_memory_learn (fixture->memory, fixture->endpoint, network, NOW + i, I);
    }
  text = mz_route_memory_to_text (fixture->memory, NOW + 1000);
  g_assert_cmpuint (strlen (text), <, 16 * 1024);
  g_assert_true (mz_route_memory_read (other, text));
  g_assert_cmpint (recall (other, "wss://gw.example.com", "00000000000003e7", NOW), ==, I);
  g_assert_cmpint (recall (other, "wss://gw.example.com", "0000000000000320", NOW), ==, I);
  g_assert_cmpint (recall (other, "wss://gw.example.com", "000000000000031f", NOW), ==, -1);
  g_assert_cmpint (recall (other, "wss://gw.example.com", "0000000000000000", NOW), ==, -1);
}

static const MzPlan strict = { { S }, 1, MZ_REASON_SETTING };
static const MzPlan usual = { { S, I }, 2, MZ_REASON_DEFAULT };
static const MzPlan learned_ipv4 = { { I, S }, 2, MZ_REASON_LEARNED };
static const MzPlan suffix = { { I, S }, 2, MZ_REASON_HOST_SUFFIX };

static const struct
{
  const char *what;
  const MzPlan *plan;
  MzRouteKind winner;
  const char *peer;
  guint resolve_ms;
  guint connect_ms;
  gboolean proxied;
  gboolean tried_ipv6;
  int route; /* -1: nothing */
} lessons[] = {
  { "healthy, IPv6", &usual, S, "2001:db8::1", 5, 20, FALSE, TRUE, -1 },
  { "healthy, IPv4", &usual, S, "203.0.113.5", 5, 20, FALSE, FALSE, -1 },
  { "slow, but over IPv6", &usual, S, "2001:db8::1", 260, 400, FALSE, TRUE, -1 },
  { "IPv6 was silent", &usual, S, "203.0.113.5", 5, 270, FALSE, TRUE, I },
  { "just slow enough", &usual, S, "203.0.113.5", 49, 151, FALSE, FALSE, I },
  { "not quite", &usual, S, "203.0.113.5", 49, 150, FALSE, FALSE, -1 },
  { "AAAA was waited for", &usual, S, "203.0.113.5", 50, 5, FALSE, FALSE, I },
  { "AAAA came in time", &usual, S, "203.0.113.5", 50, 5, FALSE, TRUE, -1 },
  { "slow through a proxy", &usual, S, "203.0.113.5", 5, 900, TRUE, FALSE, -1 },
  { "the race was won", &usual, I, "203.0.113.5", 5, 20, FALSE, FALSE, I },
  { "the race was won through a proxy", &usual, I, "203.0.113.5", 5, 20, TRUE, FALSE, -1 },
  { "strict", &strict, S, "203.0.113.5", 5, 900, FALSE, FALSE, -1 },
  { "learned, and right", &learned_ipv4, I, "203.0.113.5", 5, 900, FALSE, FALSE, -1 },
  { "learned, and wrong", &learned_ipv4, S, "2001:db8::1", 5, 20, FALSE, TRUE, S },
  { "learned, and unlucky", &learned_ipv4, S, "203.0.113.5", 5, 20, FALSE, FALSE, -1 },
  { "no IPv4 in this tailnet", &suffix, S, "fd7a:115c:a1e0::1", 5, 20, FALSE, TRUE, S },
  { "nobody won", &usual, S, NULL, 5, 20, FALSE, FALSE, -1 },
};

static void
test_lessons (void)
{
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse ("wss://gw.example.com", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (lessons); i++)
    {
      g_autoptr (MzTrace) trace = mz_trace_new (endpoint, lessons[i].plan);
      MzTraceAttempt *attempt = mz_trace_add_attempt (trace, endpoint, lessons[i].winner);
      MzPhaseRecord *resolve, *connect;
      MzRouteKind route = S;
      gboolean learned;

      g_test_message ("%s", lessons[i].what);
      mz_trace_attempt_begin (attempt, MZ_PHASE_RESOLVE);
      mz_trace_attempt_end (attempt, MZ_PHASE_RESOLVE, NULL);
      mz_trace_attempt_begin (attempt, MZ_PHASE_CONNECT);
      if (lessons[i].tried_ipv6)
        {
          g_autoptr (GSocketAddress) ipv6 = g_inet_socket_address_new_from_string ("2001:db8::1", 443);

          mz_trace_attempt_add_tried (attempt, G_INET_SOCKET_ADDRESS (ipv6));
        }
      if (lessons[i].peer != NULL)
        {
          g_autoptr (GSocketAddress) peer = g_inet_socket_address_new_from_string (lessons[i].peer, 443);

          mz_trace_attempt_set_peer (attempt, G_INET_SOCKET_ADDRESS (peer));
          mz_trace_set_winner (trace, attempt);
        }
      if (lessons[i].proxied)
        mz_trace_attempt_set_proxied (attempt);
      mz_trace_attempt_end (attempt, MZ_PHASE_CONNECT, NULL);

      /* The record's clock runs for real: what a phase took is written into it afterwards. */
      resolve = (MzPhaseRecord *) mz_trace_attempt_find_phase (attempt, MZ_PHASE_RESOLVE);
      connect = (MzPhaseRecord *) mz_trace_attempt_find_phase (attempt, MZ_PHASE_CONNECT);
      resolve->start_us = 1;
      resolve->end_us = connect->start_us = resolve->start_us + lessons[i].resolve_ms * 1000;
      connect->end_us = connect->start_us + lessons[i].connect_ms * 1000;

      learned = mz_route_lesson_of (trace, &route);
      g_assert_cmpint (learned ? (int) route : -1, ==, lessons[i].route);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/net/route-memory/learn", Fixture, NULL, set_up, test_learn, tear_down);
  g_test_add ("/net/route-memory/text", Fixture, NULL, set_up, test_text, tear_down);
  g_test_add ("/net/route-memory/newer", Fixture, NULL, set_up, test_newer, tear_down);
  g_test_add ("/net/route-memory/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/net/route-memory/many", Fixture, NULL, set_up, test_many, tear_down);
  g_test_add_func ("/net/route-memory/lessons", test_lessons);

  return g_test_run ();
}
