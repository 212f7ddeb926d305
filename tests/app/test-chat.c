/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* MzChat: whatever happens to the connection, nothing typed is lost, and nothing arrives twice. */

#include "config.h"

#include "app-fixture.h"
#include "mz-demo-private.h"
#include "mz-message-private.h"

#define KEY "agent:main:main"

typedef struct
{
  Fixture base;                 /* first: the fixture's functions take it */

  MzChat *chat;
  guint n_failed;
  GError *error;
  MzMessage *failed_row;
  guint n_ended;
  MzRunOutcome outcome;
  guint n_sent;                 /* requests chat.send on the wire */
} Chat;

static void
send_failed_cb (Chat      *chat,
                MzMessage *row,
                GError    *error)
{
  chat->n_failed++;
  g_set_object (&chat->failed_row, row);
  g_clear_error (&chat->error);
  chat->error = g_error_copy (error);
}

static void
reply_ended_cb (Chat         *chat,
                const char   *run_id,
                MzRunOutcome  outcome,
                GError       *error)
{
  chat->n_ended++;
  chat->outcome = outcome;
}

static void
open_chat (Chat *chat)
{
  if (chat->base.gateway == NULL)
    make_gateway (&chat->base);
  chat->chat = mz_gateway_open_chat (chat->base.gateway, KEY);
  g_signal_connect_swapped (chat->chat, "send-failed", G_CALLBACK (send_failed_cb), chat);
  g_signal_connect_swapped (chat->chat, "reply-ended", G_CALLBACK (reply_ended_cb), chat);
}

static void
tear_down_chat (Chat          *chat,
                gconstpointer  data)
{
  if (chat->chat != NULL)
    g_signal_handlers_disconnect_by_data (chat->chat, chat);
  g_clear_object (&chat->chat);
  g_clear_object (&chat->failed_row);
  g_clear_error (&chat->error);
  tear_down (&chat->base, data);
}

static void
set_up_chat (Chat          *chat,
             gconstpointer  data)
{
  guint protocol = GPOINTER_TO_UINT (data);

  set_up (&chat->base, data);
  if (protocol != 0)
    mz_demo_gateway_set_protocol (chat->base.demo, protocol);
}

static GListModel *
rows (Chat *chat)
{
  return G_LIST_MODEL (mz_chat_get_timeline (chat->chat));
}

static MzMessage *
last_row (Chat          *chat,
          MzMessageKind  kind)
{
  for (guint i = g_list_model_get_n_items (rows (chat)); i > 0; i--)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (rows (chat), i - 1);

      if (mz_message_get_kind (row) == kind)
        return row;
    }
  return NULL;
}

static gboolean
loaded (Chat *chat)
{
  MzSession *session = mz_chat_get_session (chat->chat);

  return mz_session_get_loaded (session) && !mz_session_get_loading (session);
}

static void
send_text (Chat       *chat,
           const char *text)
{
  mz_chat_set_draft (chat->chat, text);
  g_assert_true (mz_chat_send (chat->chat));
  g_assert_cmpstr (mz_chat_get_draft (chat->chat), ==, "");
}

/* What the gateway itself has of the person's messages, a line each. */
static char *
stored (Chat *chat)
{
  MzDemoSession *session = mz_demo_store_lookup (chat->base.demo->store, KEY);
  GString *all = g_string_new (NULL);

  for (guint i = 0; session != NULL && i < session->messages->len; i++)
    {
      JsonObject *record = mz_json_node_object (g_ptr_array_index (session->messages, i));
      g_autofree char *text = NULL;

      if (g_strcmp0 (mz_json_get_string (record, "role"), "user") != 0)
        continue;
      text = mz_message_content_text (mz_json_get_node (record, "content"));
      g_string_append_printf (all, "%s\n", text);
    }
  return g_string_free (all, FALSE);
}

static gboolean
has_stored (Chat       *chat,
            const char *tail)
{
  g_autofree char *all = stored (chat);

  return g_str_has_suffix (all, tail);
}

static guint
count_stored (Chat       *chat,
              const char *text)
{
  g_autofree char *all = stored (chat);
  g_auto (GStrv) lines = g_strsplit (all, "\n", -1);
  guint count = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    count += g_str_equal (lines[i], text);
  return count;
}

static gboolean
is_idle (Chat *chat)
{
  return !mz_chat_get_running (chat->chat) && mz_chat_get_waiting (chat->chat) == 0 && loaded (chat);
}

static void
test_send (Chat          *chat,
           gconstpointer  data)
{
  gint64 before = g_get_monotonic_time ();
  MzMessage *row;

  connect_and_wait (&chat->base);
  open_chat (chat);
  wait_until (loaded (chat));
  g_assert_false (mz_chat_send (chat->chat));
  mz_chat_set_draft (chat->chat, " \n\t");
  g_assert_false (mz_chat_send (chat->chat));
  g_assert_cmpint (mz_chat_get_started (chat->chat), ==, 0);

  send_text (chat, "say: hello\n");
  row = last_row (chat, MZ_MESSAGE_USER);
  g_assert_cmpstr (mz_message_get_text (row), ==, "say: hello");
  g_assert_cmpint (mz_message_get_state (row), ==, MZ_MESSAGE_SENDING);
  g_assert_true (mz_chat_get_running (chat->chat));
  g_assert_cmpuint (mz_chat_get_waiting (chat->chat), ==, 0);
  g_assert_cmpint (mz_chat_get_started (chat->chat), >=, before);

  wait_until (chat->n_ended == 1);
  g_assert_cmpint (chat->outcome, ==, MZ_RUN_DONE);
  wait_until (is_idle (chat));
  g_assert_cmpint (mz_chat_get_started (chat->chat), ==, 0);
  g_assert_cmpstr (mz_message_get_text (last_row (chat, MZ_MESSAGE_ASSISTANT)), ==, "hello");
  g_assert_cmpuint (count_stored (chat, "say: hello"), ==, 1);

  /* Beside the draft. */
  mz_chat_set_draft (chat->chat, "later");
  mz_chat_send_text (chat->chat, "say: beside");
  wait_until (chat->n_ended == 2);
  g_assert_cmpstr (mz_chat_get_draft (chat->chat), ==, "later");
}

static char *
last_texts (Chat  *chat,
            guint  n)
{
  guint length = g_list_model_get_n_items (rows (chat));
  GString *all = g_string_new (NULL);

  for (guint i = length > n ? length - n : 0; i < length; i++)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (rows (chat), i);

      g_string_append_printf (all, "%s\n", mz_message_get_text (row));
    }
  return g_string_free (all, FALSE);
}

/* Written before there ever was a connection, and while the gateway has messages that look the same. */
static void
test_before_connect (Chat          *chat,
                     gconstpointer  data)
{
  g_autoptr (MzSession) before = NULL;
  g_autofree char *last = NULL;

  connect_and_wait (&chat->base);
  open_chat (chat);
  send_text (chat, "say: yes");
  wait_until (chat->n_ended == 1);
  shut_down (&chat->base, chat->base.gateway);
  g_signal_handlers_disconnect_by_data (chat->chat, chat);
  g_clear_object (&chat->chat);
  settle (&chat->base);
  g_assert_finalize_object (chat->base.gateway);
  chat->base.gateway = NULL;

  open_chat (chat);
  send_text (chat, "say: yes");
  send_text (chat, "say: two");
  g_assert_null (mz_gateway_get_client (chat->base.gateway));
  g_assert_cmpuint (g_list_model_get_n_items (rows (chat)), ==, 2);
  g_assert_cmpint (mz_message_get_state (last_row (chat, MZ_MESSAGE_USER)), ==, MZ_MESSAGE_SENDING);
  g_assert_cmpuint (mz_chat_get_waiting (chat->chat), ==, 2);
  g_assert_false (mz_chat_get_running (chat->chat));

  before = g_object_ref (mz_chat_get_session (chat->chat));
  mz_gateway_connect (chat->base.gateway);
  g_assert_true (before != mz_chat_get_session (chat->chat));
  g_assert_cmpuint (g_list_model_get_n_items (rows (chat)), ==, 2);
  wait_until (chat->n_ended == 3 && is_idle (chat));
  g_assert_cmpuint (count_stored (chat, "say: yes"), ==, 2);
  g_assert_true (has_stored (chat, "say: yes\nsay: two\n"));
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, "say: yes"), ==, 2);
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, "say: two"), ==, 1);

  /* Both at the end, with their answers behind them. */
  last = last_texts (chat, 4);
  g_assert_true (g_str_has_prefix (last, "say: yes\n"));
  g_assert_nonnull (strstr (last, "\nyes\n"));
  g_assert_true (g_str_has_suffix (last, "\ntwo\n"));
}

/* The gateway goes and comes back: what was written meanwhile arrives once, in order. */
static void
test_restart (Chat          *chat,
              gconstpointer  data)
{
  connect_and_wait (&chat->base);
  open_chat (chat);
  wait_until (loaded (chat));
  stop_demo (&chat->base);
  wait_until (mz_gateway_get_state (chat->base.gateway) == MZ_CLIENT_WAITING);
  send_text (chat, "say: one");
  send_text (chat, "say: two");
  mz_chat_send_text (chat->chat, "say: three");
  g_assert_cmpuint (mz_chat_get_waiting (chat->chat), ==, 3);
  settle (&chat->base);
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, "say: two"), ==, 1);
  g_assert_cmpint (mz_message_get_state (last_row (chat, MZ_MESSAGE_USER)), ==, MZ_MESSAGE_SENDING);

  start_demo (&chat->base);
  mz_gateway_retry_now (chat->base.gateway);
  wait_until (chat->n_ended == 3 && is_idle (chat));
  g_assert_true (has_stored (chat, "say: one\nsay: two\nsay: three\n"));
  g_assert_cmpuint (count_stored (chat, "say: one"), ==, 1);
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, "say: one"), ==, 1);
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, "say: three"), ==, 1);
  g_assert_cmpuint (chat->n_failed, ==, 0);
}

static gboolean
gateway_has_run (Chat *chat)
{
  const char *key = mz_message_get_idempotency_key (last_row (chat, MZ_MESSAGE_USER));

  return g_hash_table_contains (chat->base.demo->runs, key);
}

static void
frame_cb (Chat       *chat,
          gboolean    sent,
          const char *text)
{
  if (sent && strstr (text, "\"chat.send\"") != NULL)
    chat->n_sent++;
}

/* The gateway took the message, and its answer was lost. */
static void
test_answer_lost (Chat          *chat,
                  gconstpointer  data)
{
  MzMessage *row;
  guint n_runs;

  connect_and_wait (&chat->base);
  open_chat (chat);
  wait_until (loaded (chat));
  n_runs = g_hash_table_size (chat->base.demo->runs);
  g_signal_connect_swapped (mz_gateway_get_client (chat->base.gateway), "frame", G_CALLBACK (frame_cb), chat);
  send_text (chat, "say: once");
  row = last_row (chat, MZ_MESSAGE_USER);
  wait_until (gateway_has_run (chat));
  g_assert_cmpint (mz_message_get_state (row), ==, MZ_MESSAGE_SENDING);
  mz_gateway_disconnect (chat->base.gateway);
  settle (&chat->base);
  g_assert_cmpint (mz_message_get_state (row), ==, MZ_MESSAGE_SENDING);
  g_assert_cmpuint (mz_chat_get_waiting (chat->chat), ==, 1);

  mz_gateway_connect (chat->base.gateway);
  wait_until (mz_gateway_get_state (chat->base.gateway) == MZ_CLIENT_READY && is_idle (chat));
  wait_until (mz_message_get_id (row) != NULL);
  g_assert_cmpuint (count_stored (chat, "say: once"), ==, 1);
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, "say: once"), ==, 1);
  g_assert_cmpuint (g_hash_table_size (chat->base.demo->runs), ==, n_runs + 1);

  /* The history said that it had arrived: it was not sent again. */
  g_assert_cmpuint (chat->n_sent, ==, 1);
  g_assert_cmpuint (chat->n_failed, ==, 0);
}

/* The connection drops in the middle of a reply. */
static void
test_drop (Chat          *chat,
           gconstpointer  data)
{
  connect_and_wait (&chat->base);
  open_chat (chat);
  wait_until (loaded (chat));
  mz_demo_gateway_set_fault (chat->base.demo, MZ_DEMO_FAULT_DROP);
  send_text (chat, "say: a longer answer that is cut off in its middle and goes on behind it");
  wait_until (mz_gateway_get_state (chat->base.gateway) == MZ_CLIENT_WAITING);
  send_text (chat, "say: next");
  g_assert_cmpuint (mz_chat_get_waiting (chat->chat), ==, 1);
  mz_gateway_retry_now (chat->base.gateway);
  wait_until (count_stored (chat, "say: next") == 1 && chat->n_ended == 2 && is_idle (chat));
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, "say: next"), ==, 1);
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_ASSISTANT, "a longer answer that is cut off in its middle and goes on behind it"),
                    ==, 1);
}

/* Another address: what waits, and what failed, goes along. */
static void
test_edit (Chat          *chat,
           gconstpointer  data)
{
  g_autofree char *big = g_strnfill (600 * 1024, 'x');
  g_autoptr (MzSession) before = NULL;

  mz_demo_gateway_set_max_payload (chat->base.demo, 512 * 1024);
  connect_and_wait (&chat->base);
  open_chat (chat);
  wait_until (loaded (chat));
  mz_chat_send_text (chat->chat, big);
  wait_until (chat->n_failed == 1);
  mz_gateway_entry_set_address (chat->base.entry, "ws://127.0.0.1:1");
  wait_until (mz_gateway_get_state (chat->base.gateway) == MZ_CLIENT_WAITING);
  send_text (chat, "say: along");
  before = g_object_ref (mz_chat_get_session (chat->chat));

  mz_gateway_entry_set_address (chat->base.entry, mz_demo_gateway_get_url (chat->base.demo));
  wait_until (before != mz_chat_get_session (chat->chat));
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, "say: along"), ==, 1);
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, big), ==, 1);
  wait_until (chat->n_ended == 1 && is_idle (chat));
  g_assert_cmpuint (count_stored (chat, "say: along"), ==, 1);
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, big), ==, 1);
  g_assert_cmpuint (count_stored (chat, big), ==, 0);
}

static void
attach (Chat       *chat,
        const char *name,
        gsize       size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);
  g_autoptr (MzOutgoing) file = mz_outgoing_new (name, "application/octet-stream", bytes);

  g_list_store_append (mz_chat_get_attachments (chat->chat), file);
}

/* What the gateway cannot take comes back into the composer, and can be tried again when it can. */
static void
test_refused (Chat          *chat,
              gconstpointer  data)
{
  GListModel *attachments;
  g_autofree char *key = NULL;

  mz_demo_gateway_set_max_payload (chat->base.demo, 512 * 1024);
  connect_and_wait (&chat->base);
  open_chat (chat);
  wait_until (loaded (chat));
  attachments = G_LIST_MODEL (mz_chat_get_attachments (chat->chat));
  attach (chat, "large.bin", 600 * 1024);
  send_text (chat, "say: with a file");
  g_assert_cmpuint (g_list_model_get_n_items (attachments), ==, 0);

  wait_until (chat->n_failed == 1);
  g_assert_error (chat->error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE);
  g_assert_cmpint (mz_message_get_state (chat->failed_row), ==, MZ_MESSAGE_FAILED);
  g_assert_nonnull (mz_message_get_error_message (chat->failed_row));
  g_assert_cmpuint (mz_message_get_n_attachments (chat->failed_row), ==, 1);
  g_assert_cmpstr (mz_chat_get_draft (chat->chat), ==, "say: with a file");
  g_assert_cmpuint (g_list_model_get_n_items (attachments), ==, 1);
  g_assert_false (mz_chat_get_running (chat->chat));

  /* Once only: what the person does with it is the person's. */
  key = g_strdup (mz_message_get_idempotency_key (chat->failed_row));
  mz_chat_set_draft (chat->chat, NULL);
  g_list_store_remove_all (mz_chat_get_attachments (chat->chat));
  mz_chat_retry (chat->chat, chat->failed_row);
  g_assert_cmpint (mz_message_get_state (chat->failed_row), ==, MZ_MESSAGE_SENDING);
  g_assert_null (mz_message_get_error_message (chat->failed_row));
  wait_until (chat->n_failed == 2);
  g_assert_cmpstr (mz_chat_get_draft (chat->chat), ==, "");

  mz_demo_gateway_set_max_payload (chat->base.demo, 4 * 1024 * 1024);
  mz_demo_gateway_drop_all (chat->base.demo);
  wait_until (mz_gateway_get_state (chat->base.gateway) != MZ_CLIENT_READY);
  mz_gateway_retry_now (chat->base.gateway);
  wait_until (mz_gateway_get_state (chat->base.gateway) == MZ_CLIENT_READY && loaded (chat));
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, "say: with a file"), ==, 1);
  mz_chat_retry (chat->chat, chat->failed_row);
  wait_until (chat->n_ended == 1 && is_idle (chat));
  g_assert_cmpuint (count_stored (chat, "say: with a file"), ==, 1);
  g_assert_true (g_hash_table_contains (chat->base.demo->runs, key));
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, "say: with a file"), ==, 1);
}

/* New words are not overwritten by old ones. */
static void
test_refused_and_busy (Chat          *chat,
                       gconstpointer  data)
{
  g_autofree char *big = g_strnfill (600 * 1024, 'x');

  mz_demo_gateway_set_max_payload (chat->base.demo, 512 * 1024);
  connect_and_wait (&chat->base);
  open_chat (chat);
  wait_until (loaded (chat));
  send_text (chat, big);
  mz_chat_set_draft (chat->chat, "meanwhile");
  send_text (chat, "say: the next one");
  mz_chat_set_draft (chat->chat, "still there");
  wait_until (chat->n_failed == 1);
  g_assert_cmpstr (mz_chat_get_draft (chat->chat), ==, "still there");
  wait_until (chat->n_ended == 1);
  g_assert_cmpuint (count_stored (chat, "say: the next one"), ==, 1);

  mz_chat_discard (chat->chat, chat->failed_row);
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, big), ==, 0);
}

static void
test_attachments (Chat          *chat,
                  gconstpointer  data)
{
  connect_and_wait (&chat->base);
  open_chat (chat);
  wait_until (loaded (chat));

  /* The row of the second waits for the first, whose file takes its time. */
  attach (chat, "a.bin", 2 * 1024 * 1024);
  attach (chat, "b.bin", 10);
  mz_chat_set_draft (chat->chat, NULL);
  g_assert_true (mz_chat_send (chat->chat));
  send_text (chat, "say: second");
  wait_until (count_rows (rows (chat), MZ_MESSAGE_USER, "say: second") == 1);
  g_assert_cmpuint (mz_message_get_n_attachments (last_row (chat, MZ_MESSAGE_USER)), ==, 0);
  wait_until (chat->n_ended == 2 && is_idle (chat));
  g_assert_true (has_stored (chat, "\nsay: second\n"));
  g_assert_cmpuint (chat->n_failed, ==, 0);
}

static void
test_stop (Chat          *chat,
           gconstpointer  data)
{
  connect_and_wait (&chat->base);
  open_chat (chat);
  wait_until (loaded (chat));
  send_text (chat, "hang: 60");
  wait_until (mz_session_get_running (mz_chat_get_session (chat->chat)));
  mz_chat_stop (chat->chat);
  wait_until (chat->n_ended == 1);
  g_assert_cmpint (chat->outcome, ==, MZ_RUN_ABORTED);
  wait_until (is_idle (chat));

  /* Before the gateway has answered. */
  send_text (chat, "hang: 60");
  g_assert_true (mz_chat_get_running (chat->chat));
  mz_chat_stop (chat->chat);
  wait_until (chat->n_ended == 2);
  g_assert_cmpint (chat->outcome, ==, MZ_RUN_ABORTED);
  wait_until (is_idle (chat));
}

/* After a reply that failed: the question, as a new message. */
static void
test_retry_reply (Chat          *chat,
                  gconstpointer  data)
{
  MzMessage *row;
  g_autofree char *key = NULL;

  connect_and_wait (&chat->base);
  open_chat (chat);
  wait_until (loaded (chat));
  attach (chat, "a.bin", 100);
  send_text (chat, "fail: 500");
  wait_until (chat->n_ended == 1);
  g_assert_cmpint (chat->outcome, ==, MZ_RUN_FAILED);
  wait_until (is_idle (chat) && last_row (chat, MZ_MESSAGE_ERROR) != NULL);
  key = g_strdup (mz_message_get_idempotency_key (last_row (chat, MZ_MESSAGE_USER)));

  mz_chat_retry (chat->chat, last_row (chat, MZ_MESSAGE_ERROR));
  wait_until (count_rows (rows (chat), MZ_MESSAGE_USER, "fail: 500") == 2);
  row = last_row (chat, MZ_MESSAGE_USER);
  g_assert_cmpstr (mz_message_get_idempotency_key (row), !=, key);
  g_assert_cmpuint (mz_message_get_n_attachments (row), ==, 1);
  wait_until (chat->n_ended == 2);
  g_assert_cmpuint (count_stored (chat, "fail: 500"), ==, 2);
}

/* What only the gateway has cannot go along: the person decides, for without it it would be another question. */
static void
test_retry_files (Chat          *chat,
                  gconstpointer  data)
{
  g_autoptr (MzMessage) message = mz_message_new (MZ_MESSAGE_USER, MZ_MESSAGE_DONE);
  g_autoptr (JsonNode) block = json_from_string ("{\"type\":\"image\",\"mimeType\":\"image/png\",\"artifactId\":\"a\"}", NULL);
  const char *question = "say: What is this?";

  mz_message_set_text (message, question, strlen (question));
  mz_message_add_attachment (message, block);
  connect_and_wait (&chat->base);
  open_chat (chat);
  wait_until (loaded (chat));

  mz_chat_retry (chat->chat, message);
  g_assert_cmpuint (chat->n_failed, ==, 1);
  g_assert_error (chat->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_true (chat->failed_row == message);
  g_assert_cmpstr (mz_chat_get_draft (chat->chat), ==, question);
  g_assert_false (mz_chat_get_running (chat->chat));

  /* What is written already stays. */
  mz_chat_set_draft (chat->chat, "something else");
  mz_chat_retry (chat->chat, message);
  g_assert_cmpuint (chat->n_failed, ==, 2);
  g_assert_cmpstr (mz_chat_get_draft (chat->chat), ==, "something else");
  settle (&chat->base);
  g_assert_cmpuint (count_stored (chat, question), ==, 0);
}

static void
assert_unsent (Chat     *chat,
               gboolean  unsent)
{
  g_assert_true (mz_chat_has_unsent (chat->chat) == unsent);
  g_assert_true (mz_gateway_has_unsent (chat->base.gateway) == unsent);
}

static void
test_has_unsent (Chat          *chat,
                 gconstpointer  data)
{
  g_autofree char *big = g_strnfill (600 * 1024, 'x');

  make_gateway (&chat->base);
  g_assert_false (mz_gateway_has_unsent (chat->base.gateway));
  open_chat (chat);
  assert_unsent (chat, FALSE);

  mz_chat_set_draft (chat->chat, " \n\u2003\t");
  assert_unsent (chat, FALSE);
  g_assert_false (mz_chat_send (chat->chat));
  mz_chat_set_draft (chat->chat, " x");
  assert_unsent (chat, TRUE);
  mz_chat_set_draft (chat->chat, NULL);
  assert_unsent (chat, FALSE);

  attach (chat, "a.bin", 1);
  assert_unsent (chat, TRUE);
  g_list_store_remove_all (mz_chat_get_attachments (chat->chat));
  assert_unsent (chat, FALSE);

  send_text (chat, "say: waits");
  assert_unsent (chat, TRUE);
  mz_demo_gateway_set_max_payload (chat->base.demo, 512 * 1024);
  connect_and_wait (&chat->base);
  wait_until (chat->n_ended == 1 && is_idle (chat));
  assert_unsent (chat, FALSE);

  /* Refused: it is nowhere but here. */
  mz_chat_send_text (chat->chat, big);
  wait_until (chat->n_failed == 1);
  assert_unsent (chat, TRUE);
  mz_chat_discard (chat->chat, chat->failed_row);
  assert_unsent (chat, FALSE);
}

static void
test_approval_key (Chat          *chat,
                   gconstpointer  data)
{
  static const struct { const char *session; const char *offline; const char *online; } cases[] = {
    { "", "main", KEY },
    { ",\"sessionKey\":null", "main", KEY },
    { ",\"sessionKey\":\"\"", "main", KEY },
    { ",\"sessionKey\":\"main\"", "main", KEY },
    { ",\"sessionKey\":\"agent:other:x\"", "agent:other:x", "agent:other:x" },
  };

  make_gateway (&chat->base);
  for (guint online = 0; online < 2; online++)
    {
      if (online)
        connect_and_wait (&chat->base);
      for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
        {
          g_autofree char *json = g_strdup_printf ("{\"id\":\"i\",\"request\":{\"command\":\"ls\"%s}}", cases[i].session);
          g_autoptr (JsonNode) node = json_from_string (json, NULL);
          g_autoptr (MzApproval) approval = mz_approval_new (mz_json_node_object (node));

          g_assert_cmpstr (mz_gateway_get_approval_key (chat->base.gateway, approval), ==, online ? cases[i].online : cases[i].offline);
        }
    }
}

static void
test_discard (Chat          *chat,
              gconstpointer  data)
{
  connect_and_wait (&chat->base);
  open_chat (chat);
  wait_until (loaded (chat));
  stop_demo (&chat->base);
  wait_until (mz_gateway_get_state (chat->base.gateway) == MZ_CLIENT_WAITING);
  send_text (chat, "say: given up");
  mz_chat_discard (chat->chat, last_row (chat, MZ_MESSAGE_USER));
  g_assert_cmpuint (mz_chat_get_waiting (chat->chat), ==, 0);
  send_text (chat, "say: kept");
  start_demo (&chat->base);
  mz_gateway_retry_now (chat->base.gateway);
  wait_until (chat->n_ended == 1);
  g_assert_cmpuint (count_stored (chat, "say: given up"), ==, 0);
  g_assert_cmpuint (count_stored (chat, "say: kept"), ==, 1);

  /* What the gateway has is not for us to discard. */
  mz_chat_discard (chat->chat, last_row (chat, MZ_MESSAGE_USER));
  g_assert_cmpuint (count_rows (rows (chat), MZ_MESSAGE_USER, "say: kept"), ==, 1);
}

#define add(path, data, function) g_test_add ("/app/chat/" path, Chat, data, set_up_chat, function, tear_down_chat)
#define add_both(path, function)                             \
  G_STMT_START                                               \
  {                                                          \
    add (path "/3", GUINT_TO_POINTER (3), function);         \
    add (path "/4", GUINT_TO_POINTER (4), function);         \
  }                                                          \
  G_STMT_END

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_both ("send", test_send);
  add_both ("before-connect", test_before_connect);
  add_both ("restart", test_restart);
  add_both ("answer-lost", test_answer_lost);
  add_both ("drop", test_drop);
  add ("edit", NULL, test_edit);
  add ("refused", NULL, test_refused);
  add ("refused-and-busy", NULL, test_refused_and_busy);
  add ("attachments", NULL, test_attachments);
  add_both ("stop", test_stop);
  add_both ("retry-reply", test_retry_reply);
  add ("retry-files", NULL, test_retry_files);
  add ("has-unsent", NULL, test_has_unsent);
  add ("approval-key", NULL, test_approval_key);
  add ("discard", NULL, test_discard);

  return g_test_run ();
}
