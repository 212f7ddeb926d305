/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-fallback.h"

#define NO_NET_CODE -1
#define N_NET_CODES (MZ_NET_ERROR_FAILED + 1)
#define N_CLASSES (MZ_HOST_CLASS_PUBLIC + 1)

static const guint statuses[] = { 0, 101, 200, 301, 302, 400, 401, 403, 404, 426, 429, 497, 500, 502, 503 };

/* The failures that are expected to lead to wss, each by itself */
static const struct
{
  MzPhase phase;
  int net_code;
  guint http_status;
  gboolean garbage;
} to_wss[] = {
  { MZ_PHASE_CONNECT, MZ_NET_ERROR_REFUSED, 0, FALSE },
  { MZ_PHASE_UPGRADE, MZ_NET_ERROR_CLOSED, 0, FALSE },
  { MZ_PHASE_UPGRADE, NO_NET_CODE, 0, TRUE },
  { MZ_PHASE_UPGRADE, MZ_NET_ERROR_FAILED, 0, TRUE },
  { MZ_PHASE_UPGRADE, NO_NET_CODE, 400, FALSE },
  { MZ_PHASE_UPGRADE, NO_NET_CODE, 497, FALSE },
};

static MzSchemeFailure
ws_failure (void)
{
  return (MzSchemeFailure) { .scheme = MZ_SCHEME_WS, .phase = MZ_PHASE_UPGRADE, .net_code = NO_NET_CODE };
}

static MzSchemeFailure
wss_failure (void)
{
  return (MzSchemeFailure) {
    .scheme = MZ_SCHEME_WSS,
    .phase = MZ_PHASE_TLS,
    .net_code = MZ_NET_ERROR_NOT_TLS,
    .peer_class = MZ_HOST_CLASS_LOOPBACK,
    .peer_known = TRUE,
  };
}

static void
test_to_wss (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (to_wss); i++)
    for (MzHostClass klass = 0; klass < N_CLASSES; klass++)
      {
        MzSchemeFailure failure = ws_failure ();

        failure.phase = to_wss[i].phase;
        failure.net_code = to_wss[i].net_code;
        failure.http_status = to_wss[i].http_status;
        failure.garbage = to_wss[i].garbage;
        failure.peer_class = klass;
        failure.peer_known = TRUE;
        g_assert_cmpint (mz_fallback_decide (&failure), ==, MZ_FALLBACK_TO_WSS);

        /* A pin and consent are about TLS and plaintext: going to TLS needs neither and minds neither. */
        failure.pinned = TRUE;
        failure.consent = TRUE;
        g_assert_cmpint (mz_fallback_decide (&failure), ==, MZ_FALLBACK_TO_WSS);

        failure.other_tried = TRUE;
        g_assert_cmpint (mz_fallback_decide (&failure), ==, MZ_FALLBACK_NONE);
      }
}

static void
test_to_ws (void)
{
  for (MzHostClass klass = 0; klass < N_CLASSES; klass++)
    {
      MzSchemeFailure failure = wss_failure ();
      gboolean near = klass != MZ_HOST_CLASS_PUBLIC;

      failure.peer_class = klass;
      g_assert_cmpint (mz_fallback_decide (&failure), ==, near ? MZ_FALLBACK_ASK_PLAINTEXT : MZ_FALLBACK_NONE);
      failure.consent = TRUE;
      g_assert_cmpint (mz_fallback_decide (&failure), ==, near ? MZ_FALLBACK_TO_WS : MZ_FALLBACK_NONE);

      failure.peer_known = FALSE;
      g_assert_cmpint (mz_fallback_decide (&failure), ==, MZ_FALLBACK_NONE);
      failure.peer_known = TRUE;
      failure.pinned = TRUE;
      g_assert_cmpint (mz_fallback_decide (&failure), ==, MZ_FALLBACK_NONE);
      failure.pinned = FALSE;
      failure.other_tried = TRUE;
      g_assert_cmpint (mz_fallback_decide (&failure), ==, MZ_FALLBACK_NONE);
    }
}

/* What must hold for each of all the failures there can be, said once more and in other words than the code's */
static void
assert_holds (const MzSchemeFailure *f)
{
  MzFallback decision = mz_fallback_decide (f);

  if (f->other_tried || f->phase == MZ_PHASE_CHALLENGE || f->phase == MZ_PHASE_HELLO || f->phase == MZ_PHASE_RESOLVE)
    g_assert_cmpint (decision, ==, MZ_FALLBACK_NONE);

  /* Nothing in plain text without consent, beyond the private networks, or in spite of a pin */
  if (decision == MZ_FALLBACK_TO_WS)
    g_assert_true (f->consent);
  if (decision == MZ_FALLBACK_ASK_PLAINTEXT)
    g_assert_false (f->consent);
  if (decision == MZ_FALLBACK_TO_WS || decision == MZ_FALLBACK_ASK_PLAINTEXT)
    {
      g_assert_cmpint (f->scheme, ==, MZ_SCHEME_WSS);
      g_assert_cmpint (f->phase, ==, MZ_PHASE_TLS);
      g_assert_cmpint (f->net_code, ==, MZ_NET_ERROR_NOT_TLS);
      g_assert_true (f->peer_known);
      g_assert_false (f->pinned);
      g_assert_cmpint (f->peer_class, !=, MZ_HOST_CLASS_PUBLIC);
    }

  if (decision == MZ_FALLBACK_TO_WSS)
    {
      gboolean listed = FALSE;

      g_assert_cmpint (f->scheme, ==, MZ_SCHEME_WS);
      for (guint i = 0; i < G_N_ELEMENTS (to_wss); i++)
        listed |= f->phase == to_wss[i].phase &&
                  (f->garbage || f->net_code == to_wss[i].net_code || f->http_status == to_wss[i].http_status);
      g_assert_true (listed);
    }

  /* A sign-in page, a wrong path, and a WebSocket server's own refusal are no TLS ports. */
  if (f->scheme == MZ_SCHEME_WS && f->phase == MZ_PHASE_UPGRADE && f->net_code == NO_NET_CODE &&
      !f->garbage && !f->other_tried)
    g_assert_cmpint (decision == MZ_FALLBACK_TO_WSS, ==, f->http_status == 400 || f->http_status == 497);
}

static void
test_exhaustive (void)
{
  guint n = 0;

  for (MzScheme scheme = MZ_SCHEME_WS; scheme <= MZ_SCHEME_WSS; scheme++)
    for (MzPhase phase = 0; phase < MZ_N_PHASES; phase++)
      for (int net_code = NO_NET_CODE; net_code < (int) N_NET_CODES; net_code++)
        for (guint status = 0; status < G_N_ELEMENTS (statuses); status++)
          for (MzHostClass klass = 0; klass < N_CLASSES; klass++)
            for (guint bits = 0; bits < 32; bits++, n++)
              {
                MzSchemeFailure failure = {
                  .scheme = scheme,
                  .phase = phase,
                  .net_code = net_code,
                  .http_status = statuses[status],
                  .garbage = (bits & 1) != 0,
                  .peer_class = klass,
                  .peer_known = (bits & 2) != 0,
                  .pinned = (bits & 4) != 0,
                  .consent = (bits & 8) != 0,
                  .other_tried = (bits & 16) != 0,
                };

                assert_holds (&failure);
              }

  g_assert_cmpuint (n, ==, 2 * MZ_N_PHASES * (N_NET_CODES + 1) * G_N_ELEMENTS (statuses) * N_CLASSES * 32);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/fallback/to-wss", test_to_wss);
  g_test_add_func ("/net/fallback/to-ws", test_to_ws);
  g_test_add_func ("/net/fallback/exhaustive", test_exhaustive);

  return g_test_run ();
}
