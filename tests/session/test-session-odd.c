/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
/* What real gateways do to sessions that clients trip over: texts cut short, messages steered into another run. */

#include "config.h"

#include "session-fixture.h"

#include <string.h>

#include "mz-gateway-error.h"

/* What real gateways do to long texts: the record comes before the last piece, and cut. */
static void
test_cut_record (Fixture       *fixture,
                 gconstpointer  data)
{
  static const char cut[] = "{'role':'assistant','content':[{'type':'text','text':'one two\\n...(truncated)...'}],'stopReason':'stop',"
                            "'usage':{'input':1,'output':4},'__openclaw':{'id':'a','seq':2,'runId':'r','truncated':true,'reason':'display-cap'}}";
  g_autoptr (MzMessage) row = NULL;

  delta (fixture, "r", 1, "one two three", "one two three");
  record (fixture, cut);
  assert_rows (fixture->rows, "assistant/streaming a#0 'one two three'\n");
  row = g_list_model_get_item (fixture->rows, 0);
  g_assert_false (mz_message_get_truncated (row));
  g_assert_cmpint (mz_message_get_output_tokens (row), ==, 4);

  delta (fixture, "r", 2, " four", "one two three four");
  final (fixture, "r", 3, "one two three four");
  assert_rows (fixture->rows, "assistant a#0 'one two three four'\n");

  /* Once more, and then whole. */
  record (fixture, cut);
  assert_rows (fixture->rows, "assistant a#0 'one two three four'\n");
  g_assert_false (mz_message_get_truncated (row));
  apply_history (fixture->session, "{'messages':[{'role':'assistant','content':'one two three four','__openclaw':{'id':'a','runId':'r'}}]}");
  assert_rows (fixture->rows, "assistant a#0 'one two three four'\n");
  g_assert_cmpstr (fixture->log->str, ==, "start r\ndone r\n");
}

/* The pieces can be far behind the record, also not begun. */
static void
test_cut_record_early (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (MzMessage) row = NULL;

  delta (fixture, "r", 1, "on", "on");
  record (fixture, "{'role':'assistant','content':'one two\\n...(truncated)...','__openclaw':{'id':'a','runId':'r','truncated':true}}");
  assert_rows (fixture->rows, "assistant/streaming a#0 'on'\n");
  delta (fixture, "r", 2, "e two three", "one two three");
  final (fixture, "r", 3, "one two three");
  assert_rows (fixture->rows, "assistant a#0 'one two three'\n");

  agent (fixture, "q", 1, "lifecycle", "{'phase':'start'}");
  record (fixture, "{'role':'assistant','content':'red green\\n...(truncated)...','__openclaw':{'id':'b','runId':'q','truncated':true}}");
  delta (fixture, "q", 2, "red", "red");
  delta (fixture, "q", 3, " green blue white", "red green blue white");
  final (fixture, "q", 4, "red green blue white");
  assert_rows (fixture->rows, "assistant a#0 'one two three'\nassistant b#0 'red green\n...(truncated)...'\n");
  row = g_list_model_get_item (fixture->rows, 1);
  g_assert_true (mz_message_get_truncated (row));
  apply_history (fixture->session, "{'messages':[{'role':'assistant','content':'one two three','__openclaw':{'id':'a','runId':'r'}},"
                 "{'role':'assistant','content':'red green blue white','__openclaw':{'id':'b','runId':'q'}}]}");
  assert_rows (fixture->rows, "assistant a#0 'one two three'\nassistant b#0 'red green blue white'\n");
  g_assert_false (mz_message_get_truncated (row));
}

/* Protocol 3: no run in the record, no word that it is cut; the last text can be cut as well. */
static void
test_cut_protocol_3 (Fixture       *fixture,
                     gconstpointer  data)
{
  guint n_done = 0;

  mz_session_send_async (fixture->session, "a long question", NULL, "r", NULL, sent_cb, &n_done);
  record (fixture, "{'role':'user','content':'a long\\n...(truncated)...','__openclaw':{'id':'u'}}");
  delta (fixture, "r", 1, "one two three four", "one two three four");
  final (fixture, "r", 2, "one\\n...(truncated)...\\nfour");
  record (fixture, "{'role':'assistant','content':'one\\n...(truncated)...\\nfour','__openclaw':{'id':'a'}}");
  assert_rows (fixture->rows, "user u#0 'a long question'\nassistant a#0 'one two three four'\n");

  /* Somebody's own words are no cut. */
  delta (fixture, "s", 1, "it says", "it says");
  final (fixture, "s", 2, "it says\\n...(truncated)...");
  record (fixture, "{'role':'assistant','content':'it says\\n...(truncated)...','__openclaw':{'id':'b'}}");
  assert_rows (fixture->rows, "user u#0 'a long question'\nassistant a#0 'one two three four'\nassistant b#0 'it says\n...(truncated)...'\n");
  while (n_done < 1)
    g_main_context_iteration (NULL, TRUE);
}

static void
cancelled_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mz_session_open_finish (MZ_SESSION (source), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  (*(guint *) data)++;
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mz_session_open_finish (MZ_SESSION (source), result, &error));
  g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED);
  (*(guint *) data)++;
}

/* An opener that gives up has its answer; the others get theirs, once. */
static void
test_cancelled_open (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint n_cancelled = 0;
  guint n_opened = 0;

  mz_session_set_loading (fixture->session, TRUE);
  mz_session_open_async (fixture->session, cancellable, cancelled_cb, &n_cancelled);
  mz_session_open_async (fixture->session, NULL, opened_cb, &n_opened);
  g_cancellable_cancel (cancellable);

  /* One step: the cancellation is answered, but its callback has not run yet. */
  while (fixture->session->waiting->len > 1)
    g_main_context_iteration (NULL, FALSE);
  mz_session_set_loading (fixture->session, FALSE);
  mz_session_load (fixture->session);
  while (n_cancelled < 1 || n_opened < 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_cancelled, ==, 1);
  g_assert_cmpuint (n_opened, ==, 1);
}

static void
steered_set_up (Fixture       *fixture,
                gconstpointer  data)
{
  set_up (fixture, NULL);
}

static void
run_steered_cb (MzSession  *session,
                const char *run_id,
                const char *target,
                Fixture    *fixture)
{
  g_assert_cmpstr (mz_session_get_target_run (session, run_id), ==, target);
  g_string_append_printf (fixture->log, "steered %s %s\n", run_id, target);
}

/* As recorded: the run of a message that was put into another one ends at once, without a word, and the record tells after. */
static void
test_steered (Fixture       *fixture,
              gconstpointer  data)
{
  const char *outcome = data;
  guint n_done = 0;

  g_signal_connect (fixture->session, "run-steered", G_CALLBACK (run_steered_cb), fixture);
  delta (fixture, "t", 1, "one", "one");
  mz_session_send_async (fixture->session, "more", NULL, "k", NULL, sent_cb, &n_done);
  record (fixture, "{'role':'user','content':'more','idempotencyKey':'k:user','__openclaw':{'id':'u'}}");
  chat (fixture, "k", 1, "'state':'final'");
  record (fixture, "{'role':'user','content':'more','idempotencyKey':'k:user','__openclaw':{'id':'u','steerTargetRunId':'t'}}");
  g_assert_cmpstr (fixture->log->str, ==, "start t\nstart k\nsteered k t\n");
  g_assert_cmpstr (mz_session_get_active_run (fixture->session), ==, "t");

  /* A history that knows only the target to be under way ends nothing. */
  mz_session_reload (fixture->session);
  apply_history (fixture->session, "{'messages':[{'role':'user','content':'more','idempotencyKey':'k:user',"
                 "'__openclaw':{'id':'u','steerTargetRunId':'t'}}],'sessionInfo':{'hasActiveRun':true,'activeRunIds':['t']}}");
  g_assert_cmpuint (mz_run_get_settle_id (mz_session_find_run (fixture->session, "k")), ==, 0);

  g_string_truncate (fixture->log, 0);
  if (g_strcmp0 (outcome, "failed") == 0)
    {
      chat (fixture, "t", 2, "'state':'error','errorMessage':'boom'");
      g_assert_cmpstr (fixture->log->str, ==, "failed t boom\nfailed k boom\n");
    }
  else if (g_strcmp0 (outcome, "aborted") == 0)
    {
      chat (fixture, "t", 2, "'state':'aborted'");
      g_assert_cmpstr (fixture->log->str, ==, "aborted t\naborted k\n");
    }
  else
    {
      final (fixture, "t", 2, "one two");
      g_assert_cmpstr (fixture->log->str, ==, "done t\ndone k\n");
    }
  g_assert_cmpstr (mz_session_get_target_run (fixture->session, "k"), ==, "t");
  g_assert_false (mz_session_get_running (fixture->session));

  {
    g_autoptr (GPtrArray) rows = mz_timeline_get_run (mz_session_get_timeline (fixture->session), "k");

    g_assert_cmpuint (rows->len, ==, 1);
  }
  while (n_done < 1)
    g_main_context_iteration (NULL, TRUE);
}

/* Records that make no sense hold nothing up. */
static void
test_steered_oddly (Fixture       *fixture,
                    gconstpointer  data)
{
  static const char format[] = "{'role':'user','content':'x','idempotencyKey':'%s','__openclaw':{'id':'%s','steerTargetRunId':'%s'}}";
  static const char * const pairs[][2] = { { "a", "b" }, { "b", "c" }, { "c", "a" }, { "a", "a" }, { "b", "a" }, { "d", "unknown" }, { "no", "a" } };

  for (const char *id = "abcd"; *id != '\0'; id++)
    {
      char run_id[] = { *id, '\0' };

      chat (fixture, run_id, 1, "'state':'status'");
    }
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *text = g_strdup_printf (format, pairs[i][0], pairs[i][0], pairs[i][1]);

      record (fixture, text);
    }
  g_assert_null (mz_session_get_target_run (fixture->session, "no"));

  g_string_truncate (fixture->log, 0);
  chat (fixture, "d", 2, "'state':'final'");
  chat (fixture, "a", 2, "'state':'aborted'");
  chat (fixture, "b", 2, "'state':'aborted'");
  chat (fixture, "c", 2, "'state':'final'");
  g_assert_false (mz_session_get_running (fixture->session));
  g_assert_true (g_str_has_prefix (fixture->log->str, "done d\naborted a\n"));
}

#define ADD(name, function) g_test_add ("/session/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("cut-record", test_cut_record);
  ADD ("cut-record-early", test_cut_record_early);
  ADD ("cut-protocol-3", test_cut_protocol_3);
  ADD ("cancelled-open", test_cancelled_open);
  g_test_add ("/session/steered/done", Fixture, NULL, steered_set_up, test_steered, tear_down);
  g_test_add ("/session/steered/failed", Fixture, "failed", steered_set_up, test_steered, tear_down);
  g_test_add ("/session/steered/aborted", Fixture, "aborted", steered_set_up, test_steered, tear_down);
  ADD ("steered-oddly", test_steered_oddly);
  return g_test_run ();
}
