/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "session-fixture.h"

#include <string.h>

#include "mz-gateway-error.h"

static void
test_reply (Fixture       *fixture,
            gconstpointer  data)
{
  chat (fixture, "r", 1, "'state':'status','phase':'preparing_context'");
  g_assert_true (mz_session_get_running (fixture->session));
  g_assert_cmpstr (mz_session_get_active_run (fixture->session), ==, "r");
  g_assert_cmpstr (mz_session_get_phase (fixture->session), ==, "preparing_context");
  g_assert_cmpuint (g_list_model_get_n_items (fixture->rows), ==, 0);

  delta (fixture, "r", 6, "hel", "hel");
  g_assert_null (mz_session_get_phase (fixture->session));
  assert_rows (fixture->rows, "assistant/streaming 'hel'\n");
  delta (fixture, "r", 13, "lo", "hello");
  record (fixture, "{'role':'assistant','content':[{'type':'text','text':'hello you '}],'__openclaw':{'id':'a','runId':'r'}}");
  assert_rows (fixture->rows, "assistant a#0 'hello you '\n");

  /* The stream lags behind the record. */
  delta (fixture, "r", 14, " y", "hello y");
  delta (fixture, "r", 15, "ou", "hello you");
  final (fixture, "r", 15, "hello you");
  assert_rows (fixture->rows, "assistant a#0 'hello you '\n");
  g_assert_false (mz_session_get_running (fixture->session));
  g_assert_null (mz_session_get_active_run (fixture->session));
  g_assert_cmpstr (fixture->log->str, ==, "start r\ndone r\n");
  g_assert_cmpuint (mz_session_get_reloads (fixture->session), ==, 0);

  /* Too late. */
  delta (fixture, "r", 16, "!", "hello you!");
  final (fixture, "r", 17, "hello you!");
  agent (fixture, "r", 18, "tool", "{'phase':'start','toolCallId':'c','name':'n'}");
  assert_rows (fixture->rows, "assistant a#0 'hello you '\n");
  g_assert_cmpstr (fixture->log->str, ==, "start r\ndone r\n");
}

/* Protocol 3: cumulative text, records without a run, and a final without a message. */
static void
test_protocol_3 (Fixture       *fixture,
                 gconstpointer  data)
{
  chat (fixture, "r", 2, "'state':'delta','message':{'role':'assistant','content':[{'type':'text','text':'hel'}]}");
  chat (fixture, "r", 5, "'state':'delta','message':{'role':'assistant','content':[{'type':'text','text':'hello'}]}");
  chat (fixture, "r", 6, "'state':'final'");
  assert_rows (fixture->rows, "assistant 'hello'\n");
  g_assert_cmpstr (fixture->log->str, ==, "start r\ndone r\n");

  /* What the gateway made of it has not come: it is asked. */
  g_assert_cmpuint (mz_session_get_reloads (fixture->session), ==, 1);
  record (fixture, "{'role':'assistant','content':[{'type':'thinking','thinking':'hm'},{'type':'text','text':'hello!'}],"
          "'__openclaw':{'id':'a'}}");
  assert_rows (fixture->rows, "reasoning a#0 'hm'\nassistant a#1 'hello!'\n");

  /* A reply that only comes as a record. */
  chat (fixture, "q", 1, "'state':'final'");
  record (fixture, "{'role':'assistant','content':'late','__openclaw':{'id':'b'}}");
  assert_rows (fixture->rows, "reasoning a#0 'hm'\nassistant a#1 'hello!'\nassistant b#0 'late'\n");
  g_assert_cmpuint (mz_session_get_reloads (fixture->session), ==, 2);
}

/* Then what follows a message in the history is the answer to it. */
static void
test_protocol_3_reload (Fixture       *fixture,
                        gconstpointer  data)
{
  guint n_done = 0;

  mz_session_send_async (fixture->session, "hello", NULL, "k", NULL, sent_cb, &n_done);
  chat (fixture, "k", 1, "'state':'final'");
  apply_history (fixture->session, "{'messages':[{'role':'user','content':'old','__openclaw':{'id':'1'}},"
                 "{'role':'assistant','content':'x','__openclaw':{'id':'2'}},{'role':'user','content':'hello','__openclaw':{'id':'3'}},"
                 "{'role':'assistant','content':'answer','__openclaw':{'id':'4'}}]}");
  assert_rows (fixture->rows, "user 1#0 'old'\nassistant 2#0 'x'\nuser 3#0 'hello'\nassistant 4#0 'answer'\n");
  {
    g_autoptr (GPtrArray) run = mz_timeline_get_run (mz_session_get_timeline (fixture->session), "k");

    g_assert_cmpuint (run->len, ==, 2);
    g_assert_cmpstr (mz_message_get_text (g_ptr_array_index (run, 1)), ==, "answer");
  }
  while (n_done < 1)
    g_main_context_iteration (NULL, TRUE);
}

/* Text, a thought, a call, text: rows in that order, though the text is one. */
static void
test_tool (Fixture       *fixture,
           gconstpointer  data)
{
  agent (fixture, "r", 1, "lifecycle", "{'phase':'start'}");
  agent (fixture, "r", 2, "lifecycle", "{'phase':'model','provider':'p','model':'m'}");
  agent (fixture, "r", 3, "thinking", "{'text':'hm','delta':'hm'}");
  agent (fixture, "r", 4, "thinking", "{'text':'hmm','delta':'m'}");
  delta (fixture, "r", 5, "I look.", "I look.");
  assert_rows (fixture->rows, "reasoning 'hmm'\nassistant/streaming 'I look.'\n");

  agent (fixture, "r", 6, "item", "{'toolCallId':'c','name':'exec','kind':'tool','phase':'start','status':'running'}");
  agent (fixture, "r", 7, "tool", "{'phase':'start','name':'exec','toolCallId':'c','args':{'command':'ls'}}");
  record (fixture, "{'role':'assistant','content':[{'type':'text','text':'I look.'},{'type':'toolCall','id':'c','name':'exec',"
          "'arguments':{'command':'ls'}}],'stopReason':'toolUse','__openclaw':{'id':'a','runId':'r'}}");
  agent (fixture, "r", 8, "tool", "{'phase':'update','toolCallId':'c','partialResult':{'content':[{'type':'text','text':'fi'}]}}");
  agent (fixture, "r", 8, "command_output", "{'toolCallId':'c','output':'other'}");
  assert_rows (fixture->rows, "reasoning 'hmm'\nassistant a#0 'I look.'\ntool/streaming a#1 c exec {\"command\":\"ls\"} -> fi\n");

  agent (fixture, "r", 9, "lifecycle", "{'phase':'waiting-approval'}");
  g_assert_cmpstr (mz_session_get_phase (fixture->session), ==, "waiting-approval");
  agent (fixture, "r", 9, "lifecycle", "{'phase':'approval-resolved'}");
  g_assert_null (mz_session_get_phase (fixture->session));

  agent (fixture, "r", 9, "tool", "{'phase':'result','toolCallId':'c','isError':false,'result':{'content':[{'type':'text',"
         "'text':'files'}],'details':{'status':'completed','durationMs':64}}}");
  agent (fixture, "r", 10, "tool", "{'phase':'update','toolCallId':'c','partialResult':'stale'}");
  delta (fixture, "r", 12, "\\n\\nDone", "I look.\\n\\nDone");
  delta (fixture, "r", 13, ".", "I look.\\n\\nDone.");
  agent (fixture, "r", 14, "usage", "{'outputTokens':12}");
  assert_rows (fixture->rows, "reasoning 'hmm'\nassistant a#0 'I look.'\ntool a#1 c exec {\"command\":\"ls\"} -> files\n"
               "assistant/streaming 'Done.'\n");
  {
    MzMessage *tool = mz_timeline_lookup_call (mz_session_get_timeline (fixture->session), "c");
    g_autoptr (MzMessage) text = g_list_model_get_item (fixture->rows, 3);

    g_assert_cmpstr (mz_message_get_status (tool), ==, "completed");
    g_assert_cmpint (mz_message_get_duration_ms (tool), ==, 64);
    g_assert_cmpint (mz_message_get_output_tokens (text), ==, 12);
    g_assert_cmpstr (mz_message_get_model (text), ==, "m");
  }

  final (fixture, "r", 15, "I look.\\n\\nDone.");
  assert_rows (fixture->rows, "reasoning 'hmm'\nassistant a#0 'I look.'\ntool a#1 c exec {\"command\":\"ls\"} -> files\n"
               "assistant 'Done.'\n");
  g_assert_cmpuint (mz_session_get_reloads (fixture->session), ==, 1);
}

/* The text of each part begins anew, as some gateways do it. */
static void
test_tool_separate_texts (Fixture       *fixture,
                          gconstpointer  data)
{
  delta (fixture, "r", 1, "First.", "First.");
  agent (fixture, "r", 2, "tool", "{'phase':'start','name':'exec','toolCallId':'c'}");
  agent (fixture, "r", 3, "tool", "{'phase':'result','toolCallId':'c','isError':true,'result':'no'}");
  delta (fixture, "r", 4, "Sec", "Sec");
  delta (fixture, "r", 5, "ond.", "Second.");
  final (fixture, "r", 6, "Second.");
  assert_rows (fixture->rows, "assistant 'First.'\ntool/failed c exec (null) -> no (error)\nassistant 'Second.'\n");
}

static void
test_retry (Fixture       *fixture,
            gconstpointer  data)
{
  delta (fixture, "r", 1, "wrong", "wrong");
  chat (fixture, "r", 2, "'state':'delta','deltaText':'','replace':true");
  assert_rows (fixture->rows, "assistant/streaming ''\n");
  agent (fixture, "r", 3, "run_status", "{'phase':'retrying','message':'Again in 2s'}");
  g_assert_cmpstr (mz_session_get_phase (fixture->session), ==, "Again in 2s");
  delta (fixture, "r", 4, "right", "right");
  assert_rows (fixture->rows, "assistant/streaming 'right'\n");
}

static void
test_failed (Fixture       *fixture,
             gconstpointer  data)
{
  delta (fixture, "r", 1, "half", "half");
  chat (fixture, "r", 2, "'state':'error','errorMessage':'It broke','errorKind':'timeout'");
  assert_rows (fixture->rows, "assistant/failed 'half'\nerror/failed 'It broke'\n");
  g_assert_cmpstr (fixture->log->str, ==, "start r\nfailed r It broke\n");
  {
    g_autoptr (MzMessage) row = g_list_model_get_item (fixture->rows, 1);

    g_assert_cmpstr (mz_message_get_error_code (row), ==, "timeout");
  }

  /* The gateway's record of it is the same row. */
  record (fixture, "{'role':'assistant','content':[{'type':'text','text':'half'}],'stopReason':'error','errorMessage':'Broke (500)',"
          "'__openclaw':{'id':'e','runId':'r'}}");
  assert_rows (fixture->rows, "assistant/failed e#0 'half'\nerror/failed e#1 'Broke (500)'\n");
}

static void
test_aborted (Fixture       *fixture,
              gconstpointer  data)
{
  delta (fixture, "r", 1, "cut", "cut");
  agent (fixture, "r", 2, "tool", "{'phase':'start','name':'exec','toolCallId':'c'}");
  chat (fixture, "r", 3, "'state':'aborted','stopReason':'rpc'");
  assert_rows (fixture->rows, "assistant 'cut'\ntool/aborted c exec (null) -> (null)\n");
  g_assert_cmpstr (fixture->log->str, ==, "start r\naborted r\n");
}

static void
test_gap (Fixture       *fixture,
          gconstpointer  data)
{
  chat (fixture, "r", 1, "'state':'delta','deltaText':'a'");
  chat (fixture, "r", 2, "'state':'delta','deltaText':'b'");
  chat (fixture, "r", 4, "'state':'delta','deltaText':'d'");
  chat (fixture, "r", 5, "'state':'delta','deltaText':'e'");
  assert_rows (fixture->rows, "assistant/streaming 'ab'\n");
  g_assert_cmpuint (mz_session_get_reloads (fixture->session), ==, 2);

  apply_history (fixture->session, "{'sessionKey':'agent:main:main','sessionId':'s1','messages':[],'hasMore':false,"
                 "'inFlightRun':{'runId':'r','text':'abcde'}}");
  assert_rows (fixture->rows, "assistant/streaming 'abcde'\n");
  chat (fixture, "r", 9, "'state':'delta','deltaText':'f'");
  assert_rows (fixture->rows, "assistant/streaming 'abcdef'\n");
  g_assert_cmpstr (fixture->log->str, ==, "start r\n");
}

/* A run that was under way before this client came: what it said before its tool, and after. */
static void
test_in_flight (Fixture       *fixture,
                gconstpointer  data)
{
  static const char history[] =
    "{'sessionKey':'agent:main:main','sessionId':'s1','messages':[{'role':'user','content':'q','__openclaw':{'id':'u'}},"
    "{'role':'assistant','content':[{'type':'text','text':'One.'},{'type':'toolCall','id':'c','name':'n'}],"
    "'__openclaw':{'id':'a','runId':'r'}},{'role':'toolResult','toolCallId':'c','content':'out','__openclaw':{'id':'t','runId':'r'}}],"
    "'hasMore':false,'inFlightRun':{'runId':'r','text':'One.\\n\\nTw','events':[{'runId':'r','stream':'tool',"
    "'seq':9,'data':{'phase':'%s','name':'m','toolCallId':'d'}},7]},'sessionInfo':{'hasActiveRun':true}}";
  g_autofree char *at_work = g_strdup_printf (history, "start");
  g_autofree char *done = g_strdup_printf (history, "result");
  g_autoptr (MzSession) other = mz_session_new_detached ("main", NULL);

  apply_history (fixture->session, at_work);
  assert_rows (fixture->rows, "user u#0 'q'\nassistant a#0 'One.'\ntool a#1 c n (null) -> out\nassistant 'Tw'\n"
               "tool/streaming d m (null) -> (null)\n");
  g_assert_cmpstr (mz_session_get_active_run (fixture->session), ==, "r");
  delta (fixture, "r", 20, "\\n\\nMore", "One.\\n\\nTw\\n\\nMore");
  assert_rows (fixture->rows, "user u#0 'q'\nassistant a#0 'One.'\ntool a#1 c n (null) -> out\nassistant 'Tw'\n"
               "tool/streaming d m (null) -> (null)\nassistant/streaming 'More'\n");
  g_assert_cmpstr (fixture->log->str, ==, "start r\n");

  apply_history (other, done);
  assert_rows (G_LIST_MODEL (mz_session_get_timeline (other)), "user u#0 'q'\nassistant a#0 'One.'\ntool a#1 c n (null) -> out\n"
               "tool d m (null) -> (null)\nassistant/streaming 'Tw'\n");
}

/* Adopted even without a word; and nothing that is known is taken back. */
static void
test_in_flight_empty (Fixture       *fixture,
                      gconstpointer  data)
{
  static const char history[] = "{'messages':[],'inFlightRun':{'runId':'r','text':''}}";

  apply_history (fixture->session, history);
  g_assert_true (mz_session_get_running (fixture->session));
  g_assert_cmpuint (g_list_model_get_n_items (fixture->rows), ==, 0);
  delta (fixture, "r", 3, "a", "a");
  apply_history (fixture->session, history);
  assert_rows (fixture->rows, "assistant/streaming 'a'\n");
}

static void
test_lost_end (Fixture       *fixture,
               gconstpointer  data)
{
  gint64 deadline = g_get_monotonic_time () + WATCHDOG_S * G_TIME_SPAN_SECOND;

  chat (fixture, "r", 1, "'state':'status','phase':'starting_model'");
  chat (fixture, "busy", 1, "'state':'status','phase':'starting_model'");
  chat (fixture, "queued", 1, "'state':'status','phase':'starting_model'");

  /* No proof, no end. */
  apply_history (fixture->session, "{'messages':[],'sessionInfo':{'hasActiveRun':true}}");
  apply_history (fixture->session, "{'messages':[{'role':'assistant','content':'x','stopReason':'error','errorMessage':'e',"
                 "'__openclaw':{'id':'1','runId':'r'}}],'sessionInfo':{'hasActiveRun':true,'activeRunIds':['busy']},"
                 "'pendingInputs':{'items':[{'runId':'queued','state':'queued'}]}}");
  while (mz_session_find_run (fixture->session, "r") != NULL)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  g_assert_cmpstr (fixture->log->str, ==, "start r\nstart busy\nstart queued\nfailed r e\n");
  g_assert_nonnull (mz_session_find_run (fixture->session, "busy"));
  g_assert_nonnull (mz_session_find_run (fixture->session, "queued"));
}

/* A message that could not be sent keeps its row, and the row its key. */
static void
test_send (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (JsonNode) attachments = parse ("[{\"type\":\"image\",\"mimeType\":\"image/png\",\"fileName\":\"a.png\",\"content\":\"AAAA\"}]");
  g_autoptr (MzMessage) row = NULL;
  guint n_done = 0;

  mz_session_send_async (fixture->session, "hello", attachments, NULL, NULL, sent_cb, &n_done);
  row = g_list_model_get_item (fixture->rows, 0);
  g_assert_true (g_uuid_string_is_valid (mz_message_get_idempotency_key (row)));
  g_assert_cmpuint (mz_message_get_n_attachments (row), ==, 1);
  g_assert_cmpstr (mz_message_get_attachment (row, 0)->name, ==, "a.png");
  assert_rows (fixture->rows, "user/failed 'hello'\n");
  g_assert_nonnull (mz_message_get_error_message (row));

  mz_session_send_async (fixture->session, "hello", NULL, mz_message_get_idempotency_key (row), NULL, sent_cb, &n_done);
  assert_rows (fixture->rows, "user/failed 'hello'\n");
  while (n_done < 2)
    g_main_context_iteration (NULL, TRUE);

  /* It had arrived after all. */
  {
    g_autofree char *message = g_strdup_printf ("{'role':'user','content':'hello','idempotencyKey':'%s:user','__openclaw':{'id':'u'}}",
                                                mz_message_get_idempotency_key (row));

    record (fixture, message);
  }
  assert_rows (fixture->rows, "user u#0 'hello'\n");
  g_assert_null (mz_message_get_error_message (row));
}

/* Protocol 3 tells a person's message twice, first without an id, and never with its key. */
static void
test_user_without_key (Fixture       *fixture,
                       gconstpointer  data)
{
  guint n_done = 0;

  mz_session_send_async (fixture->session, "hello", NULL, "k", NULL, sent_cb, &n_done);
  record (fixture, "{'role':'user','content':'hello','__openclaw':{'seq':2}}");
  record (fixture, "{'role':'user','content':[{'type':'text','text':'hello'}],'__openclaw':{'id':'u','seq':3}}");
  assert_rows (fixture->rows, "user u#0 'hello'\n");

  /* Another client's. */
  record (fixture, "{'role':'user','content':'other','__openclaw':{'seq':2}}");
  record (fixture, "{'role':'user','content':[{'type':'text','text':'other'}],'__openclaw':{'id':'v','seq':3}}");
  assert_rows (fixture->rows, "user u#0 'hello'\nuser v#0 'other'\n");
  while (n_done < 1)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_pending (Fixture       *fixture,
              gconstpointer  data)
{
  apply_history (fixture->session, "{'messages':[],'pendingInputs':{'items':[{'runId':'k','state':'queued','message':"
                 "{'role':'user','content':'later','__openclaw':{'id':'pending:1'}}},{'state':'queued'},"
                 "{'runId':'gone','state':'cancelled','message':{'role':'user','content':'never'}}]}}");
  assert_rows (fixture->rows, "user/queued 'later'\n");
  delta (fixture, "r", 1, "before", "before");
  assert_rows (fixture->rows, "assistant/streaming 'before'\nuser/queued 'later'\n");
  apply_history (fixture->session, "{'messages':[],'pendingInputs':{'items':[{'runId':'k','state':'cancelled'}]}}");
  assert_rows (fixture->rows, "assistant/streaming 'before'\nuser/aborted 'later'\n");
}

static void
test_paging (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (JsonNode) older = parse ("{\"messages\":[{\"role\":\"user\",\"content\":\"1\",\"__openclaw\":{\"id\":\"1\"}}],"
                                      "\"nextOffset\":3,\"hasMore\":false}");

  apply_history (fixture->session, "{'messages':[{'role':'user','content':'2','__openclaw':{'id':'2'}},"
                 "{'role':'user','content':'3','__openclaw':{'id':'3'}}],'nextOffset':2,'hasMore':true}");
  g_assert_true (mz_session_get_has_older (fixture->session));
  g_assert_cmpuint (mz_session_apply_older (fixture->session, mz_json_node_object (older)), ==, 1);
  g_assert_false (mz_session_get_has_older (fixture->session));
  assert_rows (fixture->rows, "user 1#0 '1'\nuser 2#0 '2'\nuser 3#0 '3'\n");

  /* A reload of the newest page keeps what is above, and knows that nothing is beyond it. */
  apply_history (fixture->session, "{'messages':[{'role':'user','content':'3','__openclaw':{'id':'3'}},"
                 "{'role':'user','content':'4','__openclaw':{'id':'4'}}],'nextOffset':2,'hasMore':true}");
  assert_rows (fixture->rows, "user 1#0 '1'\nuser 2#0 '2'\nuser 3#0 '3'\nuser 4#0 '4'\n");
  g_assert_false (mz_session_get_has_older (fixture->session));
}

static void
test_reset (Fixture       *fixture,
            gconstpointer  data)
{
  record (fixture, "{'role':'user','content':'a','__openclaw':{'id':'1'}}");
  g_assert_cmpstr (mz_session_get_session_id (fixture->session), ==, "s1");
  g_assert_cmpuint (mz_session_get_reloads (fixture->session), ==, 0);
  send_event (fixture->session, "sessions.changed", "{'sessionKey':'agent:main:main','reason':'send','session':{'key':'agent:main:main',"
              "'sessionId':'s1'}}");
  g_assert_cmpuint (mz_session_get_reloads (fixture->session), ==, 0);
  send_event (fixture->session, "sessions.changed", "{'sessionKey':'agent:main:main','session':{'key':'agent:main:main','sessionId':'s2'}}");
  g_assert_cmpuint (mz_session_get_reloads (fixture->session), ==, 1);
  send_event (fixture->session, "sessions.changed", "{'sessionKey':'agent:main:main','reason':'compact'}");
  send_event (fixture->session, "session.operation", "{'sessionKey':'agent:main:main','phase':'end'}");
  g_assert_cmpuint (mz_session_get_reloads (fixture->session), ==, 3);
}

typedef struct
{
  const char *key;
  const char *event_key;
  gboolean mine;
} KeyCase;

static const KeyCase keys[] = {
  { "main", "agent:main:main", TRUE },
  { "main", "main", TRUE },
  { "agent:main:main", "main", TRUE },
  { "agent:main:main", "agent:main:main", TRUE },
  { "agent:main:work", "work", TRUE },
  { "work", "agent:main:work", TRUE },
  { "main", "agent:other:main", FALSE },
  { "work", "agent:other:work", FALSE },
  { "main", "agent:main:work", FALSE },
  { "agent:main:work", "agent:main:main", FALSE },
  { "agent:main:work", "main", FALSE },
  { "main", "", FALSE },
  { "main", "agent:main:mainly", FALSE },
};

static void
test_keys (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (MzSession) session = mz_session_new_detached (keys[i].key, "agent:main:main");

      g_test_message ("%s, %s", keys[i].key, keys[i].event_key);
      send_event (session, "chat", "{'runId':'r','sessionKey':'%s','seq':1,'state':'delta','deltaText':'x'}", keys[i].event_key);
      g_assert_cmpint (mz_session_get_running (session), ==, keys[i].mine);
    }
}

/* Payloads of any shape are passed over. */
static void
test_hostile (Fixture       *fixture,
              gconstpointer  data)
{
  static const char * const names[] = { "chat", "agent", "session.message", "session.tool", "sessions.changed", "session.operation", "new" };
  static const char * const payloads[] = {
    "null", "[]", "7", "'x'", "{}", "{'sessionKey':'main'}", "{'sessionKey':7,'runId':[]}",
    "{'sessionKey':'main','runId':'r'}", "{'sessionKey':'main','runId':'r','state':'novel'}",
    "{'sessionKey':'main','runId':'r','state':7,'stream':7}", "{'sessionKey':'main','runId':'r','stream':'novel','data':{}}",
    "{'sessionKey':'main','runId':'r','stream':'tool','data':{'toolCallId':[]}}",
    "{'sessionKey':'main','runId':'r','stream':'tool','data':{'toolCallId':'c','phase':'novel','args':null}}",
    "{'sessionKey':'main','runId':'r','stream':'tool','data':{'toolCallId':'c','phase':'result','result':7}}",
    "{'sessionKey':'main','runId':'r','stream':'lifecycle','data':{'phase':7}}",
    "{'sessionKey':'main','runId':'r','stream':'usage','data':{'outputTokens':'many'}}",
    "{'sessionKey':'main','runId':'r','stream':'thinking','data':{'text':{},'delta':[]}}",
    "{'sessionKey':'main','runId':'r','state':'delta','deltaText':{},'message':[],'seq':'x'}",
    "{'sessionKey':'main','runId':'r','state':'delta','message':{'content':{}},'seq':-5}",
    "{'sessionKey':'main','runId':'','state':'delta','deltaText':'x','seq':1e300}",
    "{'sessionKey':'main','message':7}", "{'sessionKey':'main','message':{}}", "{'sessionKey':'main','message':{'role':'user','content':7}}",
    "{'sessionKey':'main','runId':'r2','state':'error','errorMessage':[],'errorKind':7}",
    "{'sessionKey':'main','runId':'r3','state':'final','message':'bare'}", "{'sessionKey':'main','session':'x','phase':[]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (payloads); j++)
        send_event (fixture->session, names[i], "%s", payloads[j]);
    }
  apply_history (fixture->session, "{'sessionKey':7,'sessionId':[],'messages':{},'hasMore':'x','inFlightRun':[],'pendingInputs':[]}");
  apply_history (fixture->session, "{'messages':[7,{},null,{'role':'toolResult'}],'inFlightRun':{'runId':7,'events':7},'pendingInputs':"
                 "{'items':[7,{'runId':'x','state':'queued','message':{}}]},'sessionInfo':{'activeRunIds':[7]}}");
  g_assert_cmpuint (g_list_model_get_n_items (fixture->rows), <, 40);
}

/* What a peer can make us keep has bounds. */
static void
test_many_runs (Fixture       *fixture,
                gconstpointer  data)
{
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *run_id = g_strdup_printf ("r%u", i);

      delta (fixture, run_id, 1, "x", "x");
    }
  g_assert_cmpuint (fixture->session->runs->len, <=, 64);
  g_assert_cmpuint (g_queue_get_length (&fixture->session->ended), <=, 256);
}

static void
count_cb (MzMessage  *row,
          const char *appended,
          gsize      *length)
{
  *length += strlen (appended);
}

static void
watch_cb (GListModel *model,
          guint       position,
          guint       removed,
          guint       added,
          gsize      *length)
{
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (model, position + i);

      *length += mz_message_get_text_length (row);
      g_signal_connect (row, "appended", G_CALLBACK (count_cb), length);
    }
}

/* Ten thousand pieces of one reply in a session of ten thousand rows: one row, and who listens gets each byte once. */
static void
test_long_reply (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GString) whole = g_string_new (NULL);
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_frame_unref);
  gsize length = 0;
  gint64 started;

  for (guint i = 0; i < 10000; i++)
    {
      g_autoptr (MzMessage) row = mz_message_new (MZ_MESSAGE_USER, MZ_MESSAGE_DONE);

      mz_timeline_append (mz_session_get_timeline (fixture->session), row);
    }
  g_signal_connect (fixture->rows, "items-changed", G_CALLBACK (watch_cb), &length);

  /* With the cumulative text of the last thousand, to keep the test's memory small. */
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *payload = NULL;

      g_string_append (whole, "twenty bytes a piece");
      payload = i < 9000 ? g_strdup_printf ("{\"runId\":\"r\",\"sessionKey\":\"main\",\"seq\":%u,\"state\":\"delta\",\"deltaText\":"
                                            "\"twenty bytes a piece\"}", i)
                         : g_strdup_printf ("{\"runId\":\"r\",\"sessionKey\":\"main\",\"seq\":%u,\"state\":\"delta\",\"deltaText\":"
                                            "\"twenty bytes a piece\",\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"%s\"}]}}",
                                            i * 2, i % 10 == 0 ? whole->str : "");
      if (i < 9000 || i % 10 == 0)
        g_ptr_array_add (frames, event_frame ("chat", payload));
    }

  started = g_get_monotonic_time ();
  for (guint i = 0; i < frames->len; i++)
    mz_session_handle_event (fixture->session, g_ptr_array_index (frames, i));
  g_test_message ("%u pieces: %" G_GINT64_FORMAT " µs", frames->len, g_get_monotonic_time () - started);

  g_assert_cmpuint (g_list_model_get_n_items (fixture->rows), ==, 10001);
  g_assert_cmpuint (length, ==, strlen ("twenty bytes a piece") * 9991);
  g_assert_cmpuint (mz_session_get_reloads (fixture->session), ==, 0);
}

#define ADD(name, function) g_test_add ("/session/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("reply", test_reply);
  ADD ("protocol-3", test_protocol_3);
  ADD ("protocol-3-reload", test_protocol_3_reload);
  ADD ("tool", test_tool);
  ADD ("tool-separate-texts", test_tool_separate_texts);
  ADD ("retry", test_retry);
  ADD ("failed", test_failed);
  ADD ("aborted", test_aborted);
  ADD ("gap", test_gap);
  ADD ("in-flight", test_in_flight);
  ADD ("in-flight-empty", test_in_flight_empty);
  ADD ("lost-end", test_lost_end);
  ADD ("send", test_send);
  ADD ("user-without-key", test_user_without_key);
  ADD ("pending", test_pending);
  ADD ("paging", test_paging);
  ADD ("reset", test_reset);
  g_test_add_func ("/session/keys", test_keys);
  ADD ("hostile", test_hostile);
  ADD ("many-runs", test_many_runs);
  ADD ("long-reply", test_long_reply);
  return g_test_run ();
}
