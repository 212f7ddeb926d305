/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include <string.h>

#include "demo-client.h"

#define MAIN "\"sessionKey\":\"agent:main:main\""

/* Fast enough for a test, slow enough for a reply in several pieces. */
#define FAST 500.0

static MzDemoGateway *
start_gateway (guint  protocol,
               double rate)
{
  MzDemoGateway *gateway = mz_demo_gateway_new ();

  mz_demo_gateway_set_protocol (gateway, protocol);
  mz_demo_gateway_set_rate (gateway, rate);
  g_assert_true (mz_demo_gateway_start (gateway, 0, NULL));
  return gateway;
}

static JsonObject *
send_message (DemoClient *client,
              const char *key,
              const char *message)
{
  g_autofree char *params = g_strdup_printf ("{" MAIN ",\"message\":\"%s\",\"idempotencyKey\":\"%s\"}", message, key);
  JsonObject *answer = demo_client_call (client, "chat.send", params);

  g_assert_true (mz_json_get_boolean (answer, "ok", FALSE));
  g_assert_cmpstr (mz_json_get_string (demo_payload (answer), "runId"), ==, key);
  return demo_payload (answer);
}

static JsonObject *
get_history (DemoClient *client,
             const char *params)
{
  JsonObject *answer = demo_client_call (client, "chat.history", params);

  g_assert_true (mz_json_get_boolean (answer, "ok", FALSE));
  return demo_payload (answer);
}

static JsonObject *
last_message (DemoClient *client,
              guint       from_end)
{
  JsonArray *messages = mz_json_get_array (get_history (client, "{" MAIN ",\"limit\":10}"), "messages");

  return mz_json_array_object (messages, mz_json_array_length (messages) - 1 - from_end);
}

/* Event frames are numbered without a gap, and the numbers of a run never fall. */
static void
check_numbers (DemoClient *client)
{
  gint64 seq = 0, run_seq = 0;

  for (guint i = 0; i < client->frames->len; i++)
    {
      JsonObject *frame = g_ptr_array_index (client->frames, i);

      if (!mz_json_has (frame, "seq"))
        continue;
      g_assert_cmpint (mz_json_get_int (frame, "seq", 0), ==, seq + 1);
      seq++;
      if (g_strcmp0 (mz_json_get_string (frame, "event"), "agent") == 0 || g_strcmp0 (mz_json_get_string (frame, "event"), "chat") == 0)
        {
          g_assert_cmpint (mz_json_get_int (demo_payload (frame), "seq", 0), >=, run_seq);
          run_seq = mz_json_get_int (demo_payload (frame), "seq", 0);
        }
    }
}

static void
test_stream (gconstpointer data)
{
  guint protocol = GPOINTER_TO_UINT (data);
  g_autoptr (MzDemoGateway) gateway = start_gateway (protocol, FAST);
  DemoClient *client = demo_client_ready (gateway);
  g_autoptr (GString) text = g_string_new (NULL);
  const char *expected = "one two three four five six seven eight";
  JsonObject *final;

  demo_client_call (client, "sessions.subscribe", "{\"limit\":5}");
  g_assert_cmpstr (mz_json_get_string (send_message (client, "k1", "think: hm, let me see\\nsay: one two three four five six seven eight"),
                                       "status"), ==, "started");
  final = demo_payload (demo_client_wait_event (client, "chat", "final"));
  g_assert_cmpstr (demo_message_text (mz_json_get_object (final, "message")), ==, expected);

  for (guint i = 0; i < client->frames->len; i++)
    {
      JsonObject *frame = g_ptr_array_index (client->frames, i), *payload = demo_payload (frame);

      if (g_strcmp0 (mz_json_get_string (frame, "event"), "chat") != 0 || g_strcmp0 (mz_json_get_string (payload, "state"), "delta") != 0)
        continue;
      /* Protocol 3 has only the whole text so far. */
      g_assert_cmpint (mz_json_has (payload, "deltaText"), ==, protocol == 4);
      if (protocol == 4)
        g_string_append (text, mz_json_get_string (payload, "deltaText"));
      else
        g_string_assign (text, demo_message_text (mz_json_get_object (payload, "message")));
      g_assert_cmpstr (text->str, ==, demo_message_text (mz_json_get_object (payload, "message")));
    }
  g_assert_cmpstr (text->str, ==, expected);
  check_numbers (client);

  g_assert_cmpuint (demo_client_count (client, "agent", "thinking"), >, 0);
  g_assert_cmpuint (demo_client_count (client, "agent", "lifecycle"), >, 0);
  g_assert_cmpuint (demo_client_count (client, "session.message", NULL), ==, 2);
  g_assert_cmpuint (demo_client_count (client, "sessions.changed", NULL), ==, 3);

  g_assert_cmpstr (demo_message_text (last_message (client, 0)), ==, expected);
  g_assert_cmpstr (mz_json_get_string (last_message (client, 1), "role"), ==, "user");
  demo_client_free (client);
  demo_settle (gateway);
}

/* A very high rate puts many words into one event. */
static void
test_batch (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4, 60);
  DemoClient *client = demo_client_ready (gateway);
  JsonObject *final;

  send_message (client, "k1", "tokens: 20000 1000000");
  final = demo_payload (demo_client_wait_event (client, "chat", "final"));
  g_assert_true (g_str_has_suffix (demo_message_text (mz_json_get_object (final, "message")), " w19999 "));
  g_assert_cmpuint (demo_client_count (client, "chat", NULL), <, 2000);
  check_numbers (client);
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_idempotency (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4, FAST);
  DemoClient *client = demo_client_ready (gateway);
  guint total = (guint) mz_json_get_int (get_history (client, "{" MAIN ",\"limit\":1}"), "totalMessages", 0);

  g_assert_cmpstr (mz_json_get_string (send_message (client, "k1", "tokens: 30"), "status"), ==, "started");
  g_assert_cmpstr (mz_json_get_string (send_message (client, "k1", "tokens: 30"), "status"), ==, "in_flight");
  demo_client_wait_event (client, "chat", "final");
  g_assert_cmpstr (mz_json_get_string (send_message (client, "k1", "tokens: 30"), "status"), ==, "ok");
  g_assert_cmpint (mz_json_get_int (get_history (client, "{" MAIN ",\"limit\":1}"), "totalMessages", 0), ==, total + 2);
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_abort (gconstpointer data)
{
  guint protocol = GPOINTER_TO_UINT (data);
  g_autoptr (MzDemoGateway) gateway = start_gateway (protocol, FAST);
  DemoClient *client = demo_client_ready (gateway);
  JsonObject *aborted, *answer;
  const char *text;

  send_message (client, "k1", "tokens: 100000");
  demo_client_wait_event (client, "chat", "delta");
  if (protocol == 4)
    {
      JsonObject *run = mz_json_get_object (get_history (client, "{" MAIN ",\"limit\":1}"), "inFlightRun");

      g_assert_cmpstr (mz_json_get_string (run, "runId"), ==, "k1");
      g_assert_true (g_str_has_prefix (mz_json_get_string (run, "text"), "w0 "));
    }

  answer = demo_client_call (client, "chat.abort", "{" MAIN ",\"runId\":\"k1\"}");
  g_assert_true (mz_json_get_boolean (demo_payload (answer), "aborted", FALSE));
  g_assert_cmpstr (mz_json_array_string (mz_json_get_array (demo_payload (answer), "runIds"), 0), ==, "k1");
  aborted = demo_payload (demo_client_wait_event (client, "chat", "aborted"));
  g_assert_cmpstr (mz_json_get_string (aborted, "stopReason"), ==, "rpc");
  text = demo_message_text (mz_json_get_object (aborted, "message"));
  g_assert_cmpstr (demo_message_text (last_message (client, 0)), ==, text);
  g_assert_cmpstr (mz_json_get_string (send_message (client, "k1", "tokens: 100000"), "status"), ==, "timeout");

  answer = demo_client_call (client, "chat.abort", "{" MAIN "}");
  g_assert_false (mz_json_get_boolean (demo_payload (answer), "aborted", TRUE));
  demo_client_free (client);
  demo_settle (gateway);
}

/* A second message waits for the first one's answer. */
static void
test_queue (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4, FAST);
  DemoClient *client = demo_client_ready (gateway);
  JsonObject *history, *pending;
  JsonArray *items;

  send_message (client, "k1", "tokens: 60");
  send_message (client, "k2", "say: second");
  history = get_history (client, "{" MAIN ",\"limit\":1}");
  items = mz_json_get_array (mz_json_get_object (history, "pendingInputs"), "items");
  pending = mz_json_array_object (items, mz_json_array_length (items) - 1);
  g_assert_cmpstr (mz_json_get_string (pending, "runId"), ==, "k2");

  g_assert_cmpstr (mz_json_get_string (demo_payload (demo_client_wait_event (client, "chat", "final")), "runId"), ==, "k1");
  g_assert_cmpstr (mz_json_get_string (demo_payload (demo_client_wait_event (client, "chat", "final")), "runId"), ==, "k2");

  /* Without a run all of a session's are stopped, the waiting one too. */
  send_message (client, "k3", "tokens: 100000");
  send_message (client, "k4", "say: never");
  history = demo_payload (demo_client_call (client, "chat.abort", "{" MAIN "}"));
  g_assert_cmpuint (mz_json_array_length (mz_json_get_array (history, "runIds")), ==, 2);
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_approval (gconstpointer data)
{
  gboolean allow = GPOINTER_TO_INT (data);
  g_autoptr (MzDemoGateway) gateway = start_gateway (4, FAST);
  DemoClient *client = demo_client_ready (gateway);
  JsonObject *requested, *resolved, *answer, *result;
  JsonArray *list;
  g_autofree char *params = NULL;
  const char *id;

  send_message (client, "k1", "run: echo hi");
  requested = demo_payload (demo_client_wait_event (client, "exec.approval.requested", NULL));
  id = mz_json_get_string (requested, "id");
  g_assert_cmpstr (mz_json_get_string (mz_json_get_object (requested, "request"), "command"), ==, "echo hi");
  answer = demo_client_call (client, "exec.approval.list", "{}");
  list = mz_json_node_array (mz_json_get_node (answer, "payload"));
  g_assert_cmpuint (mz_json_array_length (list), ==, 1);
  g_assert_cmpstr (mz_json_get_string (mz_json_array_object (list, 0), "id"), ==, id);

  answer = demo_client_call (client, "exec.approval.resolve", "{\"id\":\"nope\",\"decision\":\"deny\"}");
  g_assert_cmpstr (mz_json_get_string (demo_details (answer), "reason"), ==, "APPROVAL_NOT_FOUND");
  params = g_strdup_printf ("{\"id\":\"%s\",\"decision\":\"sometimes\"}", id);
  g_assert_false (mz_json_get_boolean (demo_client_call (client, "exec.approval.resolve", params), "ok", TRUE));

  g_free (params);
  params = g_strdup_printf ("{\"id\":\"%s\",\"decision\":\"%s\"}", id, allow ? "allow-once" : "deny");
  g_assert_true (mz_json_get_boolean (demo_client_call (client, "exec.approval.resolve", params), "ok", FALSE));
  resolved = demo_payload (demo_client_wait_event (client, "exec.approval.resolved", NULL));
  g_assert_cmpstr (mz_json_get_string (resolved, "decision"), ==, allow ? "allow-once" : "deny");
  g_assert_false (mz_json_get_boolean (demo_client_call (client, "exec.approval.resolve", params), "ok", TRUE));

  demo_client_wait_event (client, "chat", "final");
  result = last_message (client, 1);
  g_assert_cmpstr (mz_json_get_string (result, "role"), ==, "toolResult");
  g_assert_cmpint (mz_json_get_boolean (result, "isError", allow), ==, !allow);
  if (allow)
    g_assert_nonnull (strstr (demo_message_text (result), "pretended"));
  g_assert_nonnull (strstr (demo_message_text (last_message (client, 0)), "The tool answered:"));
  g_assert_cmpuint (demo_client_count (client, "agent", "tool"), ==, 2);
  check_numbers (client);
  demo_client_free (client);
  demo_settle (gateway);
}

/* Who cannot approve is not asked, and sees no tool events without the cap. */
static void
test_no_approver (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4, FAST);
  DemoClient *client = demo_client_open (gateway);
  const DemoLogin login = { .caps = "" };

  demo_client_login (client, &login);
  send_message (client, "k1", "run: echo hi");
  demo_client_wait_event (client, "chat", "final");
  g_assert_cmpuint (demo_client_count (client, "exec.approval.requested", NULL), ==, 0);
  g_assert_cmpuint (demo_client_count (client, "agent", "tool"), ==, 0);
  g_assert_true (mz_json_get_boolean (last_message (client, 1), "isError", FALSE));
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_failure (gconstpointer data)
{
  guint protocol = GPOINTER_TO_UINT (data);
  g_autoptr (MzDemoGateway) gateway = start_gateway (protocol, FAST);
  DemoClient *client = demo_client_ready (gateway);
  JsonObject *failed;

  send_message (client, "k1", "fail: 429");
  failed = demo_payload (demo_client_wait_event (client, "chat", "error"));
  g_assert_nonnull (strstr (mz_json_get_string (failed, "errorMessage"), "429"));
  g_assert_cmpstr (mz_json_get_string (failed, "errorKind"), ==, protocol == 4 ? "rate_limit" : NULL);
  g_assert_cmpstr (mz_json_get_string (last_message (client, 0), "stopReason"), ==, "error");
  g_assert_cmpstr (mz_json_get_string (send_message (client, "k1", "fail: 429"), "status"), ==, "error");
  demo_client_free (client);
  demo_settle (gateway);
}

/* A run is the gateway's: it goes on without its client, and can be found again. */
static void
test_resume (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4, FAST);
  DemoClient *client = demo_client_ready (gateway);
  JsonObject *final;

  send_message (client, "k1", "tokens: 300");
  demo_client_wait_event (client, "chat", "delta");
  demo_client_free (client);

  client = demo_client_ready (gateway);
  final = demo_payload (demo_client_wait_event (client, "chat", "final"));
  g_assert_cmpstr (mz_json_get_string (final, "runId"), ==, "k1");
  demo_client_free (client);
  demo_settle (gateway);
}

/* Stopped in the middle of a run, with its client still there. */
static void
test_stop (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4, FAST);
  DemoClient *client = demo_client_ready (gateway);
  guint16 port = mz_demo_gateway_get_port (gateway);

  send_message (client, "k1", "tokens: 100000");
  send_message (client, "k2", "say: waiting");
  demo_client_wait_event (client, "chat", "delta");
  mz_demo_gateway_stop (gateway);
  mz_demo_gateway_stop (gateway);
  g_assert_cmpuint (mz_demo_gateway_get_n_connections (gateway), ==, 0);
  demo_client_wait_closed (client);
  g_assert_cmpuint (client->close_code, ==, 1001);
  demo_client_free (client);

  /* It comes back where it was. The message that was being answered is not run again; the one that waited is, when it comes again. */
  g_assert_true (mz_demo_gateway_start (gateway, port, NULL));
  g_assert_cmpuint (mz_demo_gateway_get_port (gateway), ==, port);
  client = demo_client_ready (gateway);
  g_assert_cmpstr (mz_json_get_string (send_message (client, "k1", "tokens: 100000"), "status"), ==, "timeout");
  g_assert_cmpstr (mz_json_get_string (send_message (client, "k2", "say: waiting"), "status"), ==, "started");
  demo_client_wait_event (client, "chat", "final");
  demo_client_free (client);
  demo_settle (gateway);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/demo/chat/stream/3", GUINT_TO_POINTER (3), test_stream);
  g_test_add_data_func ("/demo/chat/stream/4", GUINT_TO_POINTER (4), test_stream);
  g_test_add_func ("/demo/chat/batch", test_batch);
  g_test_add_func ("/demo/chat/idempotency", test_idempotency);
  g_test_add_data_func ("/demo/chat/abort/3", GUINT_TO_POINTER (3), test_abort);
  g_test_add_data_func ("/demo/chat/abort/4", GUINT_TO_POINTER (4), test_abort);
  g_test_add_func ("/demo/chat/queue", test_queue);
  g_test_add_data_func ("/demo/chat/approval/allow", GINT_TO_POINTER (TRUE), test_approval);
  g_test_add_data_func ("/demo/chat/approval/deny", GINT_TO_POINTER (FALSE), test_approval);
  g_test_add_func ("/demo/chat/no-approver", test_no_approver);
  g_test_add_data_func ("/demo/chat/failure/3", GUINT_TO_POINTER (3), test_failure);
  g_test_add_data_func ("/demo/chat/failure/4", GUINT_TO_POINTER (4), test_failure);
  g_test_add_func ("/demo/chat/resume", test_resume);
  g_test_add_func ("/demo/chat/stop", test_stop);

  return g_test_run ();
}
