/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Whole conversations with the embedded gateway, on both protocols: what a person sees at the end is what the gateway has. */

#include "config.h"

#include "client-fixture.h"
#include "mz-approval-list.h"
#include "mz-session.h"

typedef struct
{
  Fixture base;                 /* first: the fixture's functions take it */

  MzSession *session;
  MzApprovalList *approvals;
  guint n_calls_done;
  GError *call_error;
  char *run_id;
  guint n_ended;
  MzRunOutcome outcome;
  GError *run_error;
  guint n_appended;
} Chat;

static void
appended_cb (MzMessage  *message,
             const char *text,
             Chat       *chat)
{
  chat->n_appended++;
}

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Chat       *chat)
{
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (MzMessage) message = g_list_model_get_item (model, position + i);

      g_signal_connect (message, "appended", G_CALLBACK (appended_cb), chat);
    }
}

static void
run_ended_cb (MzSession    *session,
              const char   *run_id,
              MzRunOutcome  outcome,
              const GError *error,
              Chat         *chat)
{
  chat->n_ended++;
  chat->outcome = outcome;
  g_clear_error (&chat->run_error);
  if (error != NULL)
    chat->run_error = g_error_copy (error);
}

static void
open_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Chat *chat = user_data;

  g_clear_error (&chat->call_error);
  mz_session_open_finish (MZ_SESSION (source), result, &chat->call_error);
  chat->n_calls_done++;
}

static void
send_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Chat *chat = user_data;

  g_clear_error (&chat->call_error);
  g_free (chat->run_id);
  chat->run_id = mz_session_send_finish (MZ_SESSION (source), result, &chat->call_error);
  chat->n_calls_done++;
}

static void
older_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Chat *chat = user_data;

  g_clear_error (&chat->call_error);
  mz_session_load_older_finish (MZ_SESSION (source), result, &chat->call_error);
  chat->n_calls_done++;
}

static void
abort_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Chat *chat = user_data;

  g_clear_error (&chat->call_error);
  mz_session_abort_finish (MZ_SESSION (source), result, &chat->call_error);
  chat->n_calls_done++;
}

static void
resolve_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Chat *chat = user_data;

  g_clear_error (&chat->call_error);
  mz_approval_list_resolve_finish (MZ_APPROVAL_LIST (source), result, &chat->call_error);
  chat->n_calls_done++;
}

static void
chat_open (Chat       *chat,
           guint       protocol,
           const char *key)
{
  guint before = chat->n_calls_done;

  if (protocol != 0)
    {
      mz_demo_gateway_set_protocol (chat->base.gateway, protocol);
      start (&chat->base, NULL, NULL);
      wait_ready (&chat->base);
    }

  g_clear_object (&chat->session);
  chat->session = mz_session_new (chat->base.client, key);
  g_signal_connect (chat->session, "run-ended", G_CALLBACK (run_ended_cb), chat);
  g_signal_connect (mz_session_get_timeline (chat->session), "items-changed", G_CALLBACK (items_changed_cb), chat);
  mz_session_open_async (chat->session, NULL, open_cb, chat);
  wait_until (&chat->base, chat->n_calls_done > before);
  g_assert_no_error (chat->call_error);
  g_assert_true (mz_session_get_loaded (chat->session));
}

static void
chat_send (Chat       *chat,
           const char *text)
{
  guint before = chat->n_calls_done;

  mz_session_send_async (chat->session, text, NULL, NULL, NULL, send_cb, chat);
  wait_until (&chat->base, chat->n_calls_done > before);
  g_assert_no_error (chat->call_error);
  g_assert_nonnull (chat->run_id);
}

static void
chat_say (Chat       *chat,
          const char *text)
{
  guint before = chat->n_ended;

  chat_send (chat, text);
  wait_until (&chat->base, chat->n_ended > before);
}

static MzTimeline *
timeline (Chat *chat)
{
  return mz_session_get_timeline (chat->session);
}

static guint
n_rows (Chat *chat)
{
  return g_list_model_get_n_items (G_LIST_MODEL (timeline (chat)));
}

static MzMessage *
row (Chat  *chat,
     guint  position)
{
  g_autoptr (MzMessage) message = g_list_model_get_item (G_LIST_MODEL (timeline (chat)), position);

  return message; /* the timeline has it */
}

static MzMessage *
find_last (Chat          *chat,
           MzMessageKind  kind)
{
  for (guint i = n_rows (chat); i > 0; i--)
    if (mz_message_get_kind (row (chat, i - 1)) == kind)
      return row (chat, i - 1);

  return NULL;
}

/* A fresh look at the gateway's history has exactly the rows that grew here, in order. */
static void
assert_same_as_fresh (Chat *chat)
{
  Chat fresh = { .base = chat->base };

  chat_open (&fresh, 0, mz_session_get_key (chat->session));

  for (guint i = 0; i < MAX (n_rows (chat), n_rows (&fresh)); i++)
    {
      if (i < n_rows (chat))
        g_test_message ("here: %s: %.60s", mz_message_kind_to_string (mz_message_get_kind (row (chat, i))), mz_message_get_text (row (chat, i)));
      if (i < n_rows (&fresh))
        g_test_message ("fresh: %s: %.60s", mz_message_kind_to_string (mz_message_get_kind (row (&fresh, i))), mz_message_get_text (row (&fresh, i)));
    }

  g_assert_cmpuint (n_rows (chat), ==, n_rows (&fresh));
  for (guint i = 0; i < n_rows (chat); i++)
    {
      g_assert_cmpint (mz_message_get_kind (row (chat, i)), ==, mz_message_get_kind (row (&fresh, i)));
      g_assert_cmpstr (mz_message_get_text (row (chat, i)), ==, mz_message_get_text (row (&fresh, i)));
      g_assert_cmpstr (mz_message_get_output (row (chat, i)), ==, mz_message_get_output (row (&fresh, i)));
    }

  g_clear_object (&fresh.session);
  g_clear_error (&fresh.call_error);
  chat->base.watchdog = NULL;
}

static void
chat_set_up (Chat          *chat,
             gconstpointer  data)
{
  set_up (&chat->base, data);
}

static void
chat_tear_down (Chat          *chat,
                gconstpointer  data)
{
  g_clear_object (&chat->session);
  g_clear_object (&chat->approvals);
  tear_down (&chat->base, data);
  g_clear_error (&chat->call_error);
  g_clear_error (&chat->run_error);
  g_clear_pointer (&chat->run_id, g_free);
}

static GStrv
split_words (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  return g_strsplit_set (stripped, " \n", -1);
}

static void
test_reply (Chat          *chat,
            gconstpointer  data)
{
  guint before;
  MzMessage *reply;

  chat_open (chat, GPOINTER_TO_UINT (data), "main");
  before = n_rows (chat);
  chat_say (chat, "say: hello there my friend");

  g_assert_cmpint (chat->outcome, ==, MZ_RUN_DONE);
  g_assert_no_error (chat->run_error);
  g_assert_false (mz_session_get_running (chat->session));
  g_assert_cmpuint (n_rows (chat), ==, before + 2);
  g_assert_cmpint (mz_message_get_kind (row (chat, before)), ==, MZ_MESSAGE_USER);
  g_assert_cmpint (mz_message_get_state (row (chat, before)), ==, MZ_MESSAGE_DONE);
  reply = row (chat, before + 1);
  g_assert_cmpint (mz_message_get_kind (reply), ==, MZ_MESSAGE_ASSISTANT);
  g_assert_cmpstr (mz_message_get_text (reply), ==, "hello there my friend");
  g_assert_cmpint (mz_message_get_state (reply), ==, MZ_MESSAGE_DONE);

  wait_until (&chat->base, !mz_session_get_loading (chat->session));
  assert_same_as_fresh (chat);
}

static void
test_long_reply (Chat          *chat,
                 gconstpointer  data)
{
  g_auto (GStrv) words = NULL;

  chat_open (chat, GPOINTER_TO_UINT (data), "main");
  chat_say (chat, "tokens: 2000 4000");
  g_assert_cmpint (chat->outcome, ==, MZ_RUN_DONE);

  /* It came in pieces, and is whole. */
  g_assert_cmpuint (chat->n_appended, >, 10);
  words = split_words (mz_message_get_text (find_last (chat, MZ_MESSAGE_ASSISTANT)));
  g_assert_cmpuint (g_strv_length (words), ==, 2000);
  g_assert_cmpstr (words[0], ==, "w0");
  g_assert_cmpstr (words[1999], ==, "w1999");

  wait_until (&chat->base, !mz_session_get_loading (chat->session));
  assert_same_as_fresh (chat);
}

static void
test_several (Chat          *chat,
              gconstpointer  data)
{
  chat_open (chat, GPOINTER_TO_UINT (data), "agent:main:main");

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("say: answer number %u", i);

      chat_say (chat, text);
      g_assert_cmpint (chat->outcome, ==, MZ_RUN_DONE);
    }

  wait_until (&chat->base, !mz_session_get_loading (chat->session));
  assert_same_as_fresh (chat);
}

static void
test_error (Chat          *chat,
            gconstpointer  data)
{
  chat_open (chat, GPOINTER_TO_UINT (data), "main");
  chat_say (chat, "fail: 500");
  g_assert_cmpint (chat->outcome, ==, MZ_RUN_FAILED);
  g_assert_nonnull (chat->run_error);

  /* The next message is not held up by it. */
  chat_say (chat, "say: fine again");
  g_assert_cmpint (chat->outcome, ==, MZ_RUN_DONE);
  g_assert_cmpstr (mz_message_get_text (find_last (chat, MZ_MESSAGE_ASSISTANT)), ==, "fine again");
}

static void
test_abort (Chat          *chat,
            gconstpointer  data)
{
  guint calls;

  mz_demo_gateway_set_rate (chat->base.gateway, 50);
  chat_open (chat, GPOINTER_TO_UINT (data), "main");
  chat_send (chat, "tokens: 100000 100");
  wait_until (&chat->base, chat->n_appended > 2);
  g_assert_true (mz_session_get_running (chat->session));

  calls = chat->n_calls_done;
  mz_session_abort_async (chat->session, chat->run_id, NULL, abort_cb, chat);
  wait_until (&chat->base, chat->n_calls_done > calls && chat->n_ended == 1);
  g_assert_no_error (chat->call_error);
  g_assert_cmpint (chat->outcome, ==, MZ_RUN_ABORTED);
  g_assert_false (mz_session_get_running (chat->session));
}

static void
test_approval (Chat          *chat,
               gconstpointer  data)
{
  const char *decision = data;
  g_autoptr (MzApproval) approval = NULL;
  MzMessage *tool;

  chat_open (chat, 4, "main");
  chat->approvals = mz_approval_list_new (chat->base.client);
  chat_send (chat, "run: echo hi");
  wait_until (&chat->base, g_list_model_get_n_items (G_LIST_MODEL (chat->approvals)) == 1);

  approval = g_list_model_get_item (G_LIST_MODEL (chat->approvals), 0);
  g_assert_cmpstr (mz_approval_get_command (approval), ==, "echo hi");
  mz_approval_list_resolve_async (chat->approvals, approval, decision, NULL, resolve_cb, chat);
  wait_until (&chat->base, chat->n_ended == 1);
  g_assert_cmpint (chat->outcome, ==, MZ_RUN_DONE);
  g_assert_no_error (chat->call_error);
  wait_until (&chat->base, g_list_model_get_n_items (G_LIST_MODEL (chat->approvals)) == 0);

  tool = find_last (chat, MZ_MESSAGE_TOOL);
  g_assert_nonnull (tool);
  g_assert_nonnull (mz_message_get_output (tool));
  g_assert_nonnull (find_last (chat, MZ_MESSAGE_ASSISTANT));
  wait_until (&chat->base, !mz_session_get_loading (chat->session));
  assert_same_as_fresh (chat);
}

/* The wire breaks in the middle of a reply: the client comes back, and nothing is lost, doubled or left half. */
static void
test_drop (Chat          *chat,
           gconstpointer  data)
{
  g_auto (GStrv) words = NULL;

  chat_open (chat, GPOINTER_TO_UINT (data), "main");
  chat_send (chat, "tokens: 400 400");
  wait_until (&chat->base, chat->n_appended > 1);
  mz_demo_gateway_drop_all (chat->base.gateway);
  wait_until (&chat->base, state (&chat->base) == MZ_CLIENT_WAITING);
  mz_client_retry_now (chat->base.client);
  wait_ready (&chat->base);
  wait_until (&chat->base, chat->n_ended == 1 && !mz_session_get_loading (chat->session));

  g_assert_cmpint (chat->outcome, ==, MZ_RUN_DONE);
  words = split_words (mz_message_get_text (find_last (chat, MZ_MESSAGE_ASSISTANT)));
  g_assert_cmpuint (g_strv_length (words), ==, 400);
  assert_same_as_fresh (chat);
}

/* Events go missing: noticed by their numbers, mended from the history. */
static void
test_gap (Chat          *chat,
          gconstpointer  data)
{
  mz_demo_gateway_set_fault (chat->base.gateway, MZ_DEMO_FAULT_GAP);
  chat_open (chat, GPOINTER_TO_UINT (data), "main");
  chat_say (chat, "tokens: 300 3000");
  wait_until (&chat->base, chat->base.n_gaps > 0 && !mz_session_get_loading (chat->session));
  assert_same_as_fresh (chat);
}

/* The same key twice is one message. */
static void
test_idempotent (Chat          *chat,
                 gconstpointer  data)
{
  guint before;

  chat_open (chat, GPOINTER_TO_UINT (data), "main");
  before = n_rows (chat);
  for (guint i = 0; i < 2; i++)
    {
      guint calls = chat->n_calls_done;

      mz_session_send_async (chat->session, "say: only once", NULL, "key-of-the-test", NULL, send_cb, chat);
      wait_until (&chat->base, chat->n_calls_done > calls);
      g_assert_no_error (chat->call_error);
      wait_until (&chat->base, !mz_session_get_running (chat->session) && chat->n_ended > 0);
    }

  wait_until (&chat->base, !mz_session_get_loading (chat->session));
  g_assert_cmpuint (n_rows (chat), ==, before + 2);
  assert_same_as_fresh (chat);
}

/* A history of 2,000 messages, page by page, in order and without holes. */
static void
test_paging (Chat          *chat,
             gconstpointer  data)
{
  guint protocol = GPOINTER_TO_UINT (data);
  guint pages = 0;
  gint64 last = 0;

  chat_open (chat, protocol, "agent:main:dashboard:long-history");
  while (mz_session_get_has_older (chat->session))
    {
      guint calls = chat->n_calls_done;
      guint rows = n_rows (chat);

      mz_session_load_older_async (chat->session, NULL, older_cb, chat);
      wait_until (&chat->base, chat->n_calls_done > calls);
      g_assert_no_error (chat->call_error);
      g_assert_true (n_rows (chat) > rows || !mz_session_get_has_older (chat->session));
      pages++;
    }

  g_assert_cmpuint (pages, >=, 2);

  /* Protocol 3 has no offset: it shows its last 1,000. */
  g_assert_cmpuint (n_rows (chat), >=, protocol == 4 ? 2000 : 900);
  for (guint i = 0; i < n_rows (chat); i++)
    {
      g_assert_cmpint (mz_message_get_seq (row (chat, i)), >=, last);
      last = mz_message_get_seq (row (chat, i));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, data, function) g_test_add ("/chat/" path, Chat, data, chat_set_up, function, chat_tear_down)
#define ADD_BOTH(path, function)                         \
  ADD (path "/4", GUINT_TO_POINTER (4), function);       \
  ADD (path "/3", GUINT_TO_POINTER (3), function)

  ADD_BOTH ("reply", test_reply);
  ADD_BOTH ("long-reply", test_long_reply);
  ADD_BOTH ("several", test_several);
  ADD_BOTH ("error", test_error);
  ADD_BOTH ("abort", test_abort);
  ADD ("approval/once", "allow-once", test_approval);
  ADD ("approval/deny", "deny", test_approval);
  ADD_BOTH ("drop", test_drop);
  ADD_BOTH ("gap", test_gap);
  ADD_BOTH ("idempotent", test_idempotent);
  ADD_BOTH ("paging", test_paging);

  return g_test_run ();
}
