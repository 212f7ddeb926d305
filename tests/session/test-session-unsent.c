/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
/* Messages that wait: rows that the gateway does not know, and must not be taken for ones that it does. */

#include "config.h"

#include "session-fixture.h"

#include "mz-gateway-error.h"

static void
test_add (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (GError) error = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE, "too much");
  MzMessage *row = mz_session_add_unsent (fixture->session, "one", NULL, "k1", NULL);

  g_assert_true (mz_session_add_unsent (fixture->session, "one", NULL, "k1", NULL) == row);
  mz_session_add_unsent (fixture->session, "two", NULL, "k2", error);
  assert_rows (fixture->rows, "user/sending 'one'\nuser/failed 'two'\n");
  g_assert_cmpstr (mz_message_get_idempotency_key (row), ==, "k1");

  row = mz_timeline_lookup_idempotency (mz_session_get_timeline (fixture->session), "k2");
  g_assert_cmpstr (mz_message_get_error_message (row), ==, "too much");

  /* Another try. */
  mz_session_add_unsent (fixture->session, "two", NULL, "k2", NULL);
  g_assert_null (mz_message_get_error_message (row));
  assert_rows (fixture->rows, "user/sending 'one'\nuser/sending 'two'\n");
}

/* Without a connection a row fails, or waits if somebody will send it again. */
static void
test_patience (Fixture       *fixture,
               gconstpointer  data)
{
  guint n_done = 0;

  mz_session_send_async (fixture->session, "one", NULL, "k1", NULL, sent_cb, &n_done);
  mz_session_set_patient (fixture->session, TRUE);
  mz_session_send_async (fixture->session, "two", NULL, "k2", NULL, sent_cb, &n_done);
  while (n_done < 2)
    g_main_context_iteration (NULL, TRUE);
  assert_rows (fixture->rows, "user/failed 'one'\nuser/sending 'two'\n");

  mz_session_send_async (fixture->session, "one", NULL, "k1", NULL, sent_cb, &n_done);
  while (n_done < 3)
    g_main_context_iteration (NULL, TRUE);
  assert_rows (fixture->rows, "user/sending 'one'\nuser/sending 'two'\n");
}

/* Protocol 3 stores no keys: what looks the same is the same, but not before it was ever sent. */
static void
test_alike (Fixture       *fixture,
            gconstpointer  data)
{
  guint n_done = 0;

  mz_session_add_unsent (fixture->session, "yes", NULL, "k1", NULL);
  apply_history (fixture->session, "{'messages':[{'role':'user','content':'yes','__openclaw':{'id':'old'}}]}");
  assert_rows (fixture->rows, "user old#0 'yes'\nuser/sending 'yes'\n");

  mz_session_send_async (fixture->session, "yes", NULL, "k1", NULL, sent_cb, &n_done);
  while (n_done < 1)
    g_main_context_iteration (NULL, TRUE);
  apply_history (fixture->session, "{'messages':[{'role':'user','content':'yes','__openclaw':{'id':'old'}},"
                 "{'role':'user','content':'yes','__openclaw':{'id':'new'}}]}");
  assert_rows (fixture->rows, "user old#0 'yes'\nuser new#0 'yes'\n");
  g_assert_cmpstr (mz_message_get_id (mz_timeline_lookup_idempotency (mz_session_get_timeline (fixture->session), "k1")), ==, "new");
}

/* A message that arrives late stands further up here than on the gateway. A page that joins on to it takes nothing away that is older than
 * the page. */
static void
test_late (Fixture       *fixture,
           gconstpointer  data)
{
  const char *page = "{'hasMore':true,'nextOffset':2,'messages':[{'role':'user','content':'four','__openclaw':{'id':'m4','seq':4}},"
                     "{'role':'user','content':'late','__openclaw':{'id':'m5','seq':5}}]}";
  guint n_done = 0;

  apply_history (fixture->session, "{'hasMore':false,'messages':[{'role':'user','content':'one','__openclaw':{'id':'m1','seq':1}}]}");
  mz_session_send_async (fixture->session, "late", NULL, "k1", NULL, sent_cb, &n_done);
  mz_session_send_async (fixture->session, "two", NULL, "k2", NULL, sent_cb, &n_done);
  while (n_done < 2)
    g_main_context_iteration (NULL, TRUE);
  apply_history (fixture->session, "{'hasMore':false,'messages':[{'role':'user','content':'one','__openclaw':{'id':'m1','seq':1}},"
                 "{'role':'user','content':'two','__openclaw':{'id':'m2','seq':2}},{'role':'user','content':'three','__openclaw':{'id':'m3','seq':3}},"
                 "{'role':'user','content':'four','__openclaw':{'id':'m4','seq':4}}]}");
  assert_rows (fixture->rows, "user m1#0 'one'\nuser/failed 'late'\nuser m2#0 'two'\nuser m3#0 'three'\nuser m4#0 'four'\n");

  apply_history (fixture->session, page);
  apply_history (fixture->session, page);
  assert_rows (fixture->rows, "user m1#0 'one'\nuser m2#0 'two'\nuser m3#0 'three'\nuser m4#0 'four'\nuser m5#0 'late'\n");
}

static void
test_remove (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (MzMessage) waiting = g_object_ref (mz_session_add_unsent (fixture->session, "one", NULL, "k1", NULL));
  g_autoptr (MzMessage) stored = NULL;

  apply_history (fixture->session, "{'messages':[{'role':'user','content':'old','__openclaw':{'id':'u'}}]}");
  assert_rows (fixture->rows, "user u#0 'old'\nuser/sending 'one'\n");
  stored = g_list_model_get_item (fixture->rows, 0);
  g_assert_false (mz_session_remove_unsent (fixture->session, stored));
  g_assert_true (mz_session_remove_unsent (fixture->session, waiting));
  g_assert_false (mz_session_remove_unsent (fixture->session, waiting));
  assert_rows (fixture->rows, "user u#0 'old'\n");
  g_assert_null (mz_timeline_lookup_idempotency (mz_session_get_timeline (fixture->session), "k1"));
}

/* A session without a client keeps what waits, and nothing else. */
static void
test_without_client (void)
{
  g_autoptr (MzSession) session = mz_session_new (NULL, "main");

  g_assert_null (mz_session_get_client (session));
  mz_session_open_async (session, NULL, NULL, NULL);
  mz_session_add_unsent (session, "one", NULL, "k1", NULL);
  mz_session_reload (session);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (mz_session_get_loading (session));
  assert_rows (G_LIST_MODEL (mz_session_get_timeline (session)), "user/sending 'one'\n");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/session/unsent/add", Fixture, NULL, set_up, test_add, tear_down);
  g_test_add ("/session/unsent/patience", Fixture, NULL, set_up, test_patience, tear_down);
  g_test_add ("/session/unsent/alike", Fixture, NULL, set_up, test_alike, tear_down);
  g_test_add ("/session/unsent/late", Fixture, NULL, set_up, test_late, tear_down);
  g_test_add ("/session/unsent/remove", Fixture, NULL, set_up, test_remove, tear_down);
  g_test_add_func ("/session/unsent/without-client", test_without_client);

  return g_test_run ();
}
