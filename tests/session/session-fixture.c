/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "session-fixture.h"

#include "mz-gateway-error.h"

static void
run_started_cb (MzSession  *session,
                const char *run_id,
                Fixture    *fixture)
{
  g_string_append_printf (fixture->log, "start %s\n", run_id);
}

static void
run_ended_cb (MzSession    *session,
              const char   *run_id,
              MzRunOutcome  outcome,
              GError       *error,
              Fixture      *fixture)
{
  g_assert_true ((error != NULL) == (outcome == MZ_RUN_FAILED));
  g_string_append_printf (fixture->log, "%s %s%s%s\n", mz_run_outcome_to_string (outcome), run_id, error != NULL ? " " : "",
                          error != NULL ? error->message : "");
}

void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->session = mz_session_new_detached (data != NULL ? data : "main", "agent:main:main");
  fixture->rows = G_LIST_MODEL (mz_session_get_timeline (fixture->session));
  fixture->log = g_string_new (NULL);
  g_signal_connect (fixture->session, "run-started", G_CALLBACK (run_started_cb), fixture);
  g_signal_connect (fixture->session, "run-ended", G_CALLBACK (run_ended_cb), fixture);
}

void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_string_free (fixture->log, TRUE);
  g_assert_finalize_object (fixture->session);
}

void
chat (Fixture    *fixture,
      const char *run_id,
      guint       seq,
      const char *rest)
{
  send_event (fixture->session, "chat", "{'runId':'%s','sessionKey':'agent:main:main','seq':%u,%s}", run_id, seq, rest);
}

void
agent (Fixture    *fixture,
       const char *run_id,
       guint       seq,
       const char *stream,
       const char *data)
{
  send_event (fixture->session, "agent", "{'runId':'%s','sessionKey':'agent:main:main','seq':%u,'stream':'%s','ts':7,'data':%s}",
              run_id, seq, stream, data);
}

void
delta (Fixture    *fixture,
       const char *run_id,
       guint       seq,
       const char *piece,
       const char *whole)
{
  g_autofree char *rest = g_strdup_printf ("'state':'delta','deltaText':'%s','message':{'role':'assistant','content':[{'type':'text',"
                                           "'text':'%s'}],'timestamp':9}", piece, whole);

  chat (fixture, run_id, seq, rest);
}

void
record (Fixture    *fixture,
        const char *message)
{
  send_event (fixture->session, "session.message", "{'sessionKey':'agent:main:main','sessionId':'s1','message':%s}", message);
}

void
final (Fixture    *fixture,
       const char *run_id,
       guint       seq,
       const char *text)
{
  g_autofree char *rest = g_strdup_printf ("'state':'final','message':{'role':'assistant','content':[{'type':'text','text':'%s'}]}", text);

  chat (fixture, run_id, seq, rest);
}

void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *run_id = mz_session_send_finish (MZ_SESSION (source), result, &error);

  g_assert_null (run_id);
  g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED);
  (*(guint *) data)++;
}
