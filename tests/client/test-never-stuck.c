/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What ends connections that were fine, against the embedded gateway: the client comes back by itself, or says why it does not. */

#include "config.h"

#include "client-fixture.h"
#include "mz-diagnosis.h"
#include "mz-json.h"
#include "mz-session.h"

static MzDiagnosis *
diagnose (Fixture *fixture)
{
  const MzHostFacts facts = { .network_available = TRUE };

  return mz_diagnosis_of (mz_client_get_trace (fixture->client), &facts, mz_client_get_error (fixture->client));
}

static void
assert_diagnosis (Fixture    *fixture,
                  const char *id)
{
  g_autoptr (MzDiagnosis) diagnosis = diagnose (fixture);

  g_assert_cmpstr (diagnosis != NULL ? diagnosis->id : NULL, ==, id);
}

static gint64
wait_ms (Fixture *fixture)
{
  return (mz_client_get_retry_at (fixture->client) - g_get_monotonic_time ()) / G_TIME_SPAN_MILLISECOND;
}

static void
frame_cb (MzClient   *client,
          gboolean    sent,
          const char *text,
          guint      *n_frames)
{
  n_frames[sent]++;
}

/* The gateway is there: it is asked once, answers, and nothing else happens. */
static void
test_alive (Fixture       *fixture,
            gconstpointer  data)
{
  MzCircumstance why = GPOINTER_TO_INT (data);
  guint n_frames[2] = { 0, 0 };

  start (fixture, NULL, NULL);
  wait_ready (fixture);
  g_signal_connect (fixture->client, "frame", G_CALLBACK (frame_cb), n_frames);
  mz_client_wake (fixture->client, why, FALSE);
  g_assert_cmpuint (n_frames[TRUE], ==, 1);
  wait_until (fixture, n_frames[FALSE] >= 1);

  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_READY);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->gateway), ==, 1);
  g_signal_handlers_disconnect_by_func (fixture->client, frame_cb, n_frames);

  /* What happens later is not put down to it. */
  mz_demo_gateway_drop_all (fixture->gateway);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  assert_diagnosis (fixture, "unknown");
  mz_client_retry_now (fixture->client);
  wait_ready (fixture);
}

typedef struct
{
  MzCircumstance why;
  const char *id;
} Wake;

/* Nobody answers any more, though nobody closed: known after seconds (here the demo still answers pings: after 10), not after two ticks of
 * 30 s; then it connects again by itself. Without pings it is 3 s: see the network namespaces and moltzerctl-stay. */
static void
test_dead (Fixture       *fixture,
           gconstpointer  data)
{
  const Wake *wake = data;
  gint64 begin;

  start (fixture, NULL, NULL);
  wait_ready (fixture);
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_STALL_READY);
  begin = g_get_monotonic_time ();
  mz_client_wake (fixture->client, wake->why, TRUE);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);

  g_assert_error (mz_client_get_error (fixture->client), MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 15 * G_TIME_SPAN_SECOND);
  assert_diagnosis (fixture, wake->id);

  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_NONE);
  wait_ready (fixture);
}

/* The same, with a network that closes at once what it does not know any more. */
static void
test_reset (Fixture       *fixture,
            gconstpointer  data)
{
  const Wake *wake = data;

  start (fixture, NULL, NULL);
  wait_ready (fixture);
  mz_client_wake (fixture->client, wake->why, TRUE);
  mz_demo_gateway_drop_all (fixture->gateway);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  assert_diagnosis (fixture, wake->id);
  wait_ready (fixture);
}

/* Nothing listens, and the backoff would be waited out: not when the network comes back. */
static void
test_no_backoff (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  guint16 port;

  start (fixture, NULL, NULL);
  wait_ready (fixture);
  port = mz_demo_gateway_get_port (fixture->gateway);
  mz_demo_gateway_stop (fixture->gateway);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  mz_demo_gateway_start (fixture->gateway, port, &error);
  g_assert_no_error (error);

  /* No network, no knocking. */
  mz_client_wake (fixture->client, MZ_CIRCUMSTANCE_NETWORK_CHANGED, FALSE);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_WAITING);

  mz_client_wake (fixture->client, MZ_CIRCUMSTANCE_NETWORK_CHANGED, TRUE);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_CONNECTING);
  g_assert_cmpint (mz_client_get_retry_at (fixture->client), ==, 0);
  wait_ready (fixture);
}

/* What a gateway has told to wait is waited, whatever happens to the network; the time is told. */
static void
test_rate_limit (Fixture       *fixture,
                 gconstpointer  data)
{
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_RATE_LIMITED);
  start (fixture, NULL, NULL);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  assert_diagnosis (fixture, "auth-rate-limited");
  g_assert_cmpint (wait_ms (fixture), >, 0);

  for (guint i = 0; i < 20; i++)
    mz_client_wake (fixture->client, i % 2 == 0 ? MZ_CIRCUMSTANCE_NETWORK_CHANGED : MZ_CIRCUMSTANCE_RESUMED, TRUE);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_WAITING);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->gateway), ==, 1);

  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_NONE);
  wait_ready (fixture);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->gateway), ==, 2);
}

/* A refused token is the person's business in every network; a stranger's answer is looked at again in another one. */
static void
test_stopped (Fixture       *fixture,
              gconstpointer  data)
{
  mz_demo_gateway_set_auth (fixture->gateway, MZ_DEMO_AUTH_TOKEN, TOKEN);
  start (fixture, "another-token", NULL);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);
  mz_client_wake (fixture->client, MZ_CIRCUMSTANCE_NETWORK_CHANGED, TRUE);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_STOPPED);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->gateway), ==, 1);

  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_GARBAGE);
  mz_client_retry_now (fixture->client);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);
  assert_diagnosis (fixture, "not-a-gateway");
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_NONE);
  mz_client_set_credentials (fixture->client, TOKEN, NULL);
  mz_client_wake (fixture->client, MZ_CIRCUMSTANCE_NETWORK_CHANGED, TRUE);
  wait_ready (fixture);
}

/* One that was made for one try, and one that is off, stay as they are. */
static void
test_not_wanted (Fixture       *fixture,
                 gconstpointer  data)
{
  start (fixture, NULL, NULL);
  mz_client_set_reconnect (fixture->client, FALSE);
  wait_ready (fixture);
  mz_demo_gateway_drop_all (fixture->gateway);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED);
  mz_client_wake (fixture->client, MZ_CIRCUMSTANCE_RESUMED, TRUE);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_STOPPED);

  stop (fixture);
  mz_client_set_reconnect (fixture->client, TRUE);
  mz_client_wake (fixture->client, MZ_CIRCUMSTANCE_RESUMED, TRUE);
  g_assert_cmpint (state (fixture), ==, MZ_CLIENT_OFFLINE);
}

/* The dial that was under way when the machine slept begins anew; and again; one connection comes of it. */
static void
test_redial (Fixture       *fixture,
             gconstpointer  data)
{
  MzTrace *first;

  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_STALL);
  start (fixture, NULL, NULL);
  wait_until (fixture, mz_demo_gateway_get_n_upgrades (fixture->gateway) == 1);
  first = g_object_ref (mz_client_get_trace (fixture->client));
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_NONE);
  mz_client_wake (fixture->client, MZ_CIRCUMSTANCE_RESUMED, TRUE);
  mz_client_wake (fixture->client, MZ_CIRCUMSTANCE_RESUMED, TRUE);
  g_assert_true (first != mz_client_get_trace (fixture->client));
  wait_ready (fixture);
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (fixture->gateway), ==, 1);
  g_object_unref (first);
}

/* It says when it is back, and goes down without a proper close, as a process that is killed does. */
static void
test_shutdown (Fixture       *fixture,
               gconstpointer  data)
{
  start (fixture, NULL, NULL);
  wait_ready (fixture);
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_SHUTDOWN);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  assert_diagnosis (fixture, "shutdown");

  /* As told: the demo says 200 ms, and the jitter is a second at most. */
  g_assert_cmpint (wait_ms (fixture), <=, 1300);
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_NONE);
  wait_ready (fixture);
}

/* Let in and dropped, again and again: each time it takes longer, and it is said what it looks like. */
static void
test_flapping (Fixture       *fixture,
               gconstpointer  data)
{
  guint code = GPOINTER_TO_UINT (data);

  mz_demo_gateway_set_close_code (fixture->gateway, code);
  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_CLOSE);
  start (fixture, NULL, NULL);
  for (guint i = 1; i <= 4; i++)
    {
      /* Each try is made now: what the backoff would be is looked at below. */
      wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
      g_assert_cmpuint (mz_trace_get_flaps (mz_client_get_trace (fixture->client)), ==, i);
      g_assert_cmpuint (mz_client_get_failures (fixture->client), ==, i);
      assert_diagnosis (fixture, i < 3 ? "unknown" : "flapping");
      if (i < 4)
        mz_client_wake (fixture->client, MZ_CIRCUMSTANCE_NETWORK_CHANGED, TRUE);
    }

  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_NONE);
  mz_client_retry_now (fixture->client);
  wait_ready (fixture);
}

/* Upgraded under us: the next hello speaks the other protocol, and what was built on the first one is asked anew. */
static void
test_upgraded (Fixture       *fixture,
               gconstpointer  data)
{
  guint before = GPOINTER_TO_UINT (data), after = before == 3 ? 4 : 3;

  mz_demo_gateway_set_protocol (fixture->gateway, before);
  start (fixture, NULL, NULL);
  wait_ready (fixture);
  g_assert_cmpuint (mz_hello_get_protocol (mz_client_get_hello (fixture->client)), ==, before);
  g_assert_cmpint (mz_client_has_method (fixture->client, "sessions.describe"), ==, before == 4);

  mz_demo_gateway_set_protocol (fixture->gateway, after);
  mz_demo_gateway_drop_all (fixture->gateway);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  wait_ready (fixture);
  g_assert_cmpuint (mz_hello_get_protocol (mz_client_get_hello (fixture->client)), ==, after);
  g_assert_cmpint (mz_client_has_method (fixture->client, "sessions.describe"), ==, after == 4);
}

static void
history_limit_cb (MzClient   *client,
                  gboolean    sent,
                  const char *text,
                  GArray     *limits)
{
  g_autoptr (JsonNode) node = sent ? mz_json_parse (text, strlen (text), 1 << 20, NULL) : NULL;
  JsonObject *frame = node != NULL ? mz_json_node_object (node) : NULL;

  if (g_strcmp0 (mz_json_get_string (frame, "method"), "chat.history") == 0)
    {
      gint64 limit = mz_json_get_int (mz_json_get_object (frame, "params"), "limit", -1);

      g_array_append_val (limits, limit);
    }
}

static void
open_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  mz_session_open_finish (MZ_SESSION (source), result, &error);
  g_assert_no_error (error);
}

/* Who could not take what was sent asks for less at once, and for no less than it needs. */
static void
test_slow_consumer (Fixture       *fixture,
                    gconstpointer  data)
{
  static const gint64 expected[] = { 100, 50, 25, 25 };
  g_autoptr (GArray) limits = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (MzSession) session = NULL;

  mz_demo_gateway_set_protocol (fixture->gateway, GPOINTER_TO_UINT (data));
  start (fixture, NULL, NULL);
  wait_ready (fixture);
  g_signal_connect (fixture->client, "frame", G_CALLBACK (history_limit_cb), limits);
  session = mz_session_new (fixture->client, "main");
  mz_session_open_async (session, NULL, open_cb, NULL);
  wait_until (fixture, mz_session_get_loaded (session));

  for (guint i = 1; i < G_N_ELEMENTS (expected); i++)
    {
      guint before = limits->len;

      mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_SLOW_CONSUMER);
      wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
      assert_diagnosis (fixture, "slow-consumer");
      mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_NONE);
      mz_client_retry_now (fixture->client);
      wait_until (fixture, limits->len > before);
    }

  g_assert_cmpuint (limits->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < limits->len; i++)
    g_assert_cmpint (g_array_index (limits, gint64, i), ==, expected[i]);
  g_signal_handlers_disconnect_by_func (fixture->client, history_limit_cb, limits);
}

/* Let in, with less than was asked for: it goes on, and says so. */
static void
test_scopes (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (MzDiagnosis) diagnosis = NULL;

  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_SCOPES);
  start (fixture, NULL, NULL);
  wait_ready (fixture);
  diagnosis = diagnose (fixture);
  g_assert_nonnull (diagnosis);
  g_assert_cmpstr (diagnosis->id, ==, "scope-limited");
  g_assert_nonnull (strstr (diagnosis->explanation, "operator.write, operator.approvals"));
  g_assert_null (strstr (diagnosis->explanation, "operator.read"));

  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_NONE);
  mz_demo_gateway_drop_all (fixture->gateway);
  wait_until (fixture, state (fixture) == MZ_CLIENT_WAITING);
  wait_ready (fixture);
  assert_diagnosis (fixture, NULL);
}

int
main (int   argc,
      char *argv[])
{
  static const Wake network = { MZ_CIRCUMSTANCE_NETWORK_CHANGED, "network-change" };
  static const Wake resume = { MZ_CIRCUMSTANCE_RESUMED, "resume" };

  g_test_init (&argc, &argv, NULL);

#define add(path, data, function) g_test_add ("/never-stuck/" path, Fixture, data, set_up, function, tear_down)
  add ("alive/network", GINT_TO_POINTER (MZ_CIRCUMSTANCE_NETWORK_CHANGED), test_alive);
  add ("alive/resume", GINT_TO_POINTER (MZ_CIRCUMSTANCE_RESUMED), test_alive);
  add ("dead/network", &network, test_dead);
  add ("dead/resume", &resume, test_dead);
  add ("reset/network", &network, test_reset);
  add ("reset/resume", &resume, test_reset);
  add ("no-backoff", NULL, test_no_backoff);
  add ("rate-limit", NULL, test_rate_limit);
  add ("stopped", NULL, test_stopped);
  add ("not-wanted", NULL, test_not_wanted);
  add ("redial", NULL, test_redial);
  add ("shutdown", NULL, test_shutdown);
  add ("flapping/1001", GUINT_TO_POINTER (1001), test_flapping);
  add ("flapping/1000", GUINT_TO_POINTER (1000), test_flapping);
  add ("slow-consumer/4", GUINT_TO_POINTER (4), test_slow_consumer);
  add ("slow-consumer/3", GUINT_TO_POINTER (3), test_slow_consumer);
  add ("scopes", NULL, test_scopes);
  add ("upgraded/3-4", GUINT_TO_POINTER (3), test_upgraded);
  add ("upgraded/4-3", GUINT_TO_POINTER (4), test_upgraded);
#undef add

  return g_test_run ();
}
