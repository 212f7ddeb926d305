/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "client-fixture.h"
#include "mz-command.h"
#include "mz-outgoing.h"
#include "mz-session.h"

typedef struct
{
  gboolean done;
  GListModel *commands;
  char *run_id;
  GError *error;
} Answer;

static void
answer_clear (Answer *answer)
{
  g_clear_object (&answer->commands);
  g_clear_pointer (&answer->run_id, g_free);
  g_clear_error (&answer->error);
  answer->done = FALSE;
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Answer *answer = data;

  answer->commands = mz_commands_list_finish (MZ_CLIENT (source), result, &answer->error);
  answer->done = TRUE;
}

static void
test_list (Fixture       *fixture,
           gconstpointer  data)
{
  Answer answer = { 0 };
  g_autoptr (GPtrArray) found = NULL;

  start (fixture, TOKEN, NULL);
  wait_ready (fixture);
  mz_commands_list_async (fixture->client, NULL, listed_cb, &answer);
  wait_until (fixture, answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (g_list_model_get_n_items (answer.commands), ==, 5);
  found = mz_commands_complete (answer.commands, "/mod");
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (mz_command_get_name (found->pdata[0]), ==, "model");
  g_assert_cmpstr (mz_command_get_arguments (found->pdata[0]), ==, "[model]");
  answer_clear (&answer);
}

static void
test_not_connected (Fixture       *fixture,
                    gconstpointer  data)
{
  Answer answer = { 0 };

  start (fixture, TOKEN, NULL);
  wait_ready (fixture);
  stop (fixture);
  mz_commands_list_async (fixture->client, NULL, listed_cb, &answer);
  wait_until (fixture, answer.done);
  g_assert_error (answer.error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED);
  g_assert_null (answer.commands);
  answer_clear (&answer);
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  Answer *answer = data;

  answer->run_id = mz_session_send_finish (MZ_SESSION (source), result, &answer->error);
  answer->done = TRUE;
}

/* Files go out as the gateway takes them, and stay in the row. */
static void
test_attachments (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x89PNG", 4);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (JsonNode) attachments = NULL;
  g_autoptr (MzSession) session = NULL;
  g_autoptr (MzMessage) row = NULL;
  Answer answer = { 0 };

  g_ptr_array_add (files, mz_outgoing_new ("one.png", "image/png", bytes));
  g_ptr_array_add (files, mz_outgoing_new ("two.txt", "text/plain", bytes));
  attachments = mz_outgoing_to_json (files);

  start (fixture, TOKEN, NULL);
  wait_ready (fixture);
  session = mz_session_new (fixture->client, "main");
  mz_session_send_async (session, "", attachments, "key-1", NULL, sent_cb, &answer);
  wait_until (fixture, answer.done);
  g_assert_no_error (answer.error);
  g_assert_nonnull (answer.run_id);
  row = g_list_model_get_item (G_LIST_MODEL (mz_session_get_timeline (session)), 0);
  g_assert_cmpint (mz_message_get_state (row), ==, MZ_MESSAGE_DONE);
  g_assert_cmpuint (mz_message_get_n_attachments (row), ==, 2);
  g_assert_cmpstr (mz_message_get_attachment (row, 1)->name, ==, "two.txt");
  g_assert_cmpint (mz_message_get_attachment (row, 0)->size, ==, 4);
  answer_clear (&answer);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/commands/list", Fixture, NULL, set_up, test_list, tear_down);
  g_test_add ("/commands/not-connected", Fixture, NULL, set_up, test_not_connected, tear_down);
  g_test_add ("/commands/attachments", Fixture, NULL, set_up, test_attachments, tear_down);

  return g_test_run ();
}
