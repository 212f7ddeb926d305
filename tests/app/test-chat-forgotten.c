/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* A gateway that has taken a message, and goes down before it has begun with it: the message is not taken for one that has arrived. */

#include "config.h"

#include "app-fixture.h"
#include "mz-demo-private.h"
#include "mz-json.h"
#include "mz-message-private.h"

#define KEY "agent:main:main"

typedef struct
{
  Fixture base;                 /* first: the fixture's functions take it */

  MzChat *chat;
} Chat;

static void
set_up_chat (Chat          *chat,
             gconstpointer  data)
{
  set_up (&chat->base, data);
  mz_demo_gateway_set_protocol (chat->base.demo, GPOINTER_TO_UINT (data));
  connect_and_wait (&chat->base);
  chat->chat = mz_gateway_open_chat (chat->base.gateway, KEY);
}

static void
tear_down_chat (Chat          *chat,
                gconstpointer  data)
{
  g_clear_object (&chat->chat);
  tear_down (&chat->base, data);
}

static guint
count_stored (Chat       *chat,
              const char *text)
{
  MzDemoSession *session = mz_demo_store_lookup (chat->base.demo->store, KEY);
  guint n = 0;

  for (guint i = 0; session != NULL && i < session->messages->len; i++)
    {
      JsonObject *record = mz_json_node_object (g_ptr_array_index (session->messages, i));
      g_autofree char *stored = NULL;

      if (g_strcmp0 (mz_json_get_string (record, "role"), "user") != 0)
        continue;
      stored = mz_message_content_text (mz_json_get_node (record, "content"));
      n += g_strcmp0 (stored, text) == 0;
    }
  return n;
}

static MzMessage *
find_row (Chat       *chat,
          const char *text)
{
  GListModel *rows = G_LIST_MODEL (mz_chat_get_timeline (chat->chat));

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (rows, i);

      if (mz_message_get_kind (row) == MZ_MESSAGE_USER && g_strcmp0 (mz_message_get_text (row), text) == 0)
        return row; /* the timeline has it */
    }
  return NULL;
}

static void
test_forgotten (Chat          *chat,
                gconstpointer  data)
{
  GListModel *rows = G_LIST_MODEL (mz_chat_get_timeline (chat->chat));

  mz_chat_send_text (chat->chat, "hang: 60");
  wait_until (count_stored (chat, "hang: 60") == 1);
  mz_chat_send_text (chat->chat, "say: forget me not");
  wait_until (mz_message_get_state (find_row (chat, "say: forget me not")) == MZ_MESSAGE_DONE);
  g_assert_cmpuint (count_stored (chat, "say: forget me not"), ==, 0);

  /* Taken, and forgotten. The one that had begun is stored. */
  stop_demo (&chat->base);
  wait_until (mz_gateway_get_state (chat->base.gateway) == MZ_CLIENT_WAITING);

  /* So long that it can be told from its uptime, which is in ms. */
  wait_until (mz_gateway_get_state (chat->base.gateway) == MZ_CLIENT_CONNECTING);
  wait_until (mz_gateway_get_state (chat->base.gateway) == MZ_CLIENT_WAITING);
  start_demo (&chat->base);
  wait_until (mz_message_get_state (find_row (chat, "say: forget me not")) == MZ_MESSAGE_FAILED);
  g_assert_nonnull (mz_message_get_error_message (find_row (chat, "say: forget me not")));
  g_assert_cmpint (mz_message_get_state (find_row (chat, "hang: 60")), ==, MZ_MESSAGE_DONE);

  /* The very same once more: one row, one message, and its answer. */
  mz_chat_retry (chat->chat, find_row (chat, "say: forget me not"));
  wait_until (count_rows (rows, MZ_MESSAGE_ASSISTANT, "forget me not") == 1 && !mz_chat_get_running (chat->chat));
  g_assert_cmpuint (count_rows (rows, MZ_MESSAGE_USER, "say: forget me not"), ==, 1);
  g_assert_cmpuint (count_rows (rows, MZ_MESSAGE_USER, "hang: 60"), ==, 1);
  g_assert_cmpuint (count_stored (chat, "say: forget me not"), ==, 1);
  g_assert_cmpint (mz_message_get_state (find_row (chat, "say: forget me not")), ==, MZ_MESSAGE_DONE);
  g_assert_false (mz_chat_has_unsent (chat->chat));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/app/chat-forgotten/3", Chat, GUINT_TO_POINTER (3), set_up_chat, test_forgotten, tear_down_chat);
  g_test_add ("/app/chat-forgotten/4", Chat, GUINT_TO_POINTER (4), set_up_chat, test_forgotten, tear_down_chat);

  return g_test_run ();
}
