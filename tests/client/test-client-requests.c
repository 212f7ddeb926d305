/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-client-requests.h"

typedef struct
{
  MzClientRequests *requests;
  guint n_done;
  JsonNode *answer;
  GError *error;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->requests = mz_client_requests_new ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  mz_client_requests_free (fixture->requests);
  g_clear_pointer (&fixture->answer, json_node_unref);
  g_clear_error (&fixture->error);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Fixture *fixture = user_data;

  fixture->n_done++;
  g_clear_pointer (&fixture->answer, json_node_unref);
  g_clear_error (&fixture->error);
  fixture->answer = g_task_propagate_pointer (G_TASK (result), &fixture->error);
}

static char *
add (Fixture      *fixture,
     guint         timeout_ms,
     GCancellable *cancellable)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, done_cb, fixture);

  return g_strdup (mz_client_requests_add (fixture->requests, task, "test.method", timeout_ms));
}

static gboolean
answer (Fixture    *fixture,
        const char *id,
        const char *rest)
{
  g_autofree char *text = g_strdup_printf ("{\"type\":\"res\",\"id\":\"%s\",%s}", id, rest);
  g_autoptr (MzFrame) frame = mz_frame_parse (text, strlen (text), 10000, NULL);

  return mz_client_requests_answer (fixture->requests, frame);
}

static void
wait_done (Fixture *fixture,
           guint    n)
{
  while (fixture->n_done < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_answers (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *a = add (fixture, 0, NULL);
  g_autofree char *b = add (fixture, 60000, NULL);
  g_autofree char *c = add (fixture, 60000, NULL);

  g_assert_cmpstr (a, !=, b);
  g_assert_cmpuint (mz_client_requests_get_n (fixture->requests), ==, 3);

  /* Out of order, and each only once. */
  g_assert_true (answer (fixture, b, "\"ok\":true,\"payload\":{\"x\":1}"));
  wait_done (fixture, 1);
  g_assert_no_error (fixture->error);
  g_assert_cmpint (mz_json_get_int (mz_json_node_object (fixture->answer), "x", 0), ==, 1);
  g_assert_false (answer (fixture, b, "\"ok\":true"));

  g_assert_true (answer (fixture, a, "\"ok\":true"));
  wait_done (fixture, 2);
  g_assert_no_error (fixture->error);
  g_assert_true (JSON_NODE_HOLDS_NULL (fixture->answer));

  g_assert_true (answer (fixture, c, "\"ok\":false,\"error\":{\"code\":\"NOPE\",\"message\":\"no\"}"));
  wait_done (fixture, 3);
  g_assert_error (fixture->error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_REMOTE);
  g_assert_cmpstr (mz_gateway_error_get_code (fixture->error), ==, "NOPE");

  g_assert_false (answer (fixture, "nobody", "\"ok\":true"));
  g_assert_cmpuint (mz_client_requests_get_n (fixture->requests), ==, 0);
}

static void
test_error_without_object (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autofree char *a = add (fixture, 0, NULL);

  g_assert_true (answer (fixture, a, "\"ok\":false,\"error\":\"not an object\""));
  wait_done (fixture, 1);
  g_assert_error (fixture->error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_REMOTE);
}

static void
test_timeout (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *a = add (fixture, 20, NULL);

  wait_done (fixture, 1);
  g_assert_error (fixture->error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TIMED_OUT);
  g_assert_false (answer (fixture, a, "\"ok\":true"));
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *a = add (fixture, 60000, cancellable);

  g_cancellable_cancel (cancellable);
  wait_done (fixture, 1);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (answer (fixture, a, "\"ok\":true"));
}

static void
test_reject_all (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GError) reason = mz_gateway_error_new_closed (1012, "service restart");

  for (guint i = 0; i < 10; i++)
    g_free (add (fixture, i % 2 == 0 ? 60000 : 0, NULL));

  mz_client_requests_reject_all (fixture->requests, reason);
  wait_done (fixture, 10);
  g_assert_error (fixture->error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED);
  g_assert_cmpuint (mz_gateway_error_get_close_code (fixture->error), ==, 1012);
  g_assert_cmpuint (mz_client_requests_get_n (fixture->requests), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/requests/answers", Fixture, NULL, set_up, test_answers, tear_down);
  g_test_add ("/requests/error-without-object", Fixture, NULL, set_up, test_error_without_object, tear_down);
  g_test_add ("/requests/timeout", Fixture, NULL, set_up, test_timeout, tear_down);
  g_test_add ("/requests/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/requests/reject-all", Fixture, NULL, set_up, test_reject_all, tear_down);

  return g_test_run ();
}
