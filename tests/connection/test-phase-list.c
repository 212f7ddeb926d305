/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* MzPhaseList: the rows follow the trace, with and without bars. */

#include "config.h"

#include "connection-fixture.h"
#include "mz-facts.h"
#include "mz-phase-list.h"

static MzTrace *
make_trace (const char *address,
            MzReason    reason)
{
  const MzPlan plan = { .routes = { MZ_ROUTE_IPV4_ONLY, MZ_ROUTE_STANDARD }, .n_routes = 2, .reason = reason };
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (address, NULL);

  return mz_trace_new (endpoint, &plan);
}

static MzPhaseList *
show_list (Fixture  *fixture,
           gboolean  bars)
{
  GtkWindow *window = GTK_WINDOW (adw_window_new ());
  GtkWidget *list = mz_phase_list_new (bars);

  adw_window_set_content (ADW_WINDOW (window), list);
  show_window (fixture, window);

  return MZ_PHASE_LIST (list);
}

/* The row of a phase */
static GtkWidget *
find_phase (const char *title)
{
  GtkWidget *label = find_label (title);

  return label != NULL ? gtk_widget_get_parent (gtk_widget_get_parent (label)) : NULL;
}

static void
assert_phase (const char *title,
              const char *klass)
{
  GtkWidget *row = find_phase (title);

  g_assert_nonnull (row);
  if (!gtk_widget_has_css_class (row, klass))
    g_error ("“%s” is not %s", title, klass);
}

static void
test_grows (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (MzTrace) trace = make_trace ("ws://localhost:1", MZ_REASON_DEFAULT);
  MzPhaseList *list = show_list (fixture, FALSE);
  MzTraceAttempt *attempt;

  mz_phase_list_set_trace (list, trace);
  g_assert_null (find_label ("Connect"));

  attempt = mz_trace_add_attempt (trace, mz_trace_get_endpoint (trace), MZ_ROUTE_STANDARD);
  mz_trace_attempt_begin (attempt, MZ_PHASE_RESOLVE);
  wait_until (find_label ("Log in") != NULL);
  assert_phase ("Find the address", "running");
  assert_phase ("Connect", "pending");
  assert_phase ("Log in", "pending");

  /* Not with ws:// */
  g_assert_null (find_label ("Encrypt"));

  mz_trace_attempt_end (attempt, MZ_PHASE_RESOLVE, NULL);
  mz_trace_attempt_begin (attempt, MZ_PHASE_CONNECT);
  assert_phase ("Find the address", "ok");
  assert_phase ("Connect", "running");

  /* Nothing is named that is as it always is. */
  g_assert_null (find_label ("Standard"));

  mz_phase_list_set_trace (list, NULL);
  g_assert_null (find_label ("Connect"));
}

static void
test_fails (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (MzTrace) trace = make_trace ("wss://gw.example.ts.net", MZ_REASON_HOST_SUFFIX);
  g_autoptr (GError) error = g_error_new_literal (MZ_NET_ERROR, MZ_NET_ERROR_REFUSED, "refused\nby <b>it</b>");
  g_autoptr (GError) cancelled = g_error_new_literal (MZ_NET_ERROR, MZ_NET_ERROR_CANCELLED, "cancelled");
  MzPhaseList *list = show_list (fixture, TRUE);
  MzTraceAttempt *first = mz_trace_add_attempt (trace, mz_trace_get_endpoint (trace), MZ_ROUTE_IPV4_ONLY);
  MzTraceAttempt *second = mz_trace_add_attempt (trace, mz_trace_get_endpoint (trace), MZ_ROUTE_STANDARD);

  mz_phase_list_set_trace (list, trace);
  g_assert_false (mz_phase_list_focus_failed (list));
  mz_trace_attempt_begin (second, MZ_PHASE_RESOLVE);
  mz_trace_attempt_fail (second, cancelled);
  mz_trace_attempt_begin (first, MZ_PHASE_RESOLVE);
  mz_trace_attempt_end (first, MZ_PHASE_RESOLVE, NULL);
  mz_trace_attempt_begin (first, MZ_PHASE_CONNECT);
  mz_trace_attempt_fail (first, error);
  mz_trace_set_error (trace, error);

  wait_until (find_label ("Connect") != NULL);
  assert_phase ("Connect", "failed");
  g_assert_nonnull (find_label ("refused by <b>it</b>"));
  g_assert_nonnull (find_label ("IPv4 only · wss"));
  g_assert_nonnull (find_label ("Standard · wss"));
  g_assert_nonnull (find_label ("leads nowhere"));

  /* What was never reached is not shown any more. */
  g_assert_null (find_label ("Log in"));

  g_assert_true (mz_phase_list_focus_failed (list));
  g_assert_true (gtk_window_get_focus (fixture->window) == find_phase ("Connect"));
}

/* Many at once, and none of them for long. */
static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  MzPhaseList *list = show_list (fixture, TRUE);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (MzTrace) trace = make_trace ("wss://127.0.0.1:1", MZ_REASON_DEFAULT);

      mz_phase_list_set_trace (list, trace);
      for (guint j = 0; j <= i % 4; j++)
        {
          MzTraceAttempt *attempt = mz_trace_add_attempt (trace, mz_trace_get_endpoint (trace), MZ_ROUTE_STANDARD);

          for (guint phase = 0; phase < MZ_N_PHASES; phase++)
            {
              mz_trace_attempt_begin (attempt, (MzPhase) phase);
              mz_trace_attempt_end (attempt, (MzPhase) phase, NULL);
            }
        }
      mz_trace_set_ready (trace);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  assert_phase ("Log in", "ok");
}

static void
test_facts (Fixture       *fixture,
            gconstpointer  data)
{
  GtkWindow *window = GTK_WINDOW (adw_window_new ());
  MzFacts *facts = MZ_FACTS (mz_facts_new (FALSE));
  GtkWidget *value;

  adw_window_set_content (ADW_WINDOW (window), GTK_WIDGET (facts));
  show_window (fixture, window);

  mz_facts_begin (facts);
  mz_facts_add (facts, "One", "first", NULL);
  mz_facts_add (facts, "Nothing", NULL, NULL);
  mz_facts_add (facts, "Two", "second", "monospace");
  mz_facts_end (facts);
  g_assert_cmpuint (mz_facts_get_n (facts), ==, 2);
  wait_until (find_label ("second") != NULL);
  g_assert_null (find_label ("Nothing"));
  value = find_label ("first");

  mz_facts_begin (facts);
  mz_facts_add (facts, "Three", "third", NULL);
  mz_facts_end (facts);
  wait_until (find_label ("second") == NULL);

  /* The same label, with its focus and its selection */
  g_assert_true (find_label ("third") == value);
}

int
main (int   argc,
      char *argv[])
{
  if (!begin_tests (&argc, &argv))
    return 0;

#define ADD(path, function) g_test_add ("/phase-list/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("grows", test_grows);
  ADD ("fails", test_fails);
  ADD ("many", test_many);
  ADD ("facts", test_facts);

  return g_test_run ();
}
