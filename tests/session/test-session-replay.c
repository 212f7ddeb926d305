/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recordings of real gateways: what the events alone made of a session is what its history says.
 */
#include "config.h"

#include "session-utils.h"

#include <string.h>

typedef struct
{
  GString *log;
  guint started;
  guint ended;
} Log;

static void
run_started_cb (MzSession  *session,
                const char *run_id,
                Log        *log)
{
  log->started++;
}

static void
run_ended_cb (MzSession    *session,
              const char   *run_id,
              MzRunOutcome  outcome,
              GError       *error,
              Log          *log)
{
  log->ended++;
  g_string_append_printf (log->log, "%s ", mz_run_outcome_to_string (outcome));
}

/* What a row shows, for those that the gateway knows: until then they have no id. */
static char *
describe_shown (GListModel *rows,
                gboolean    only_stored)
{
  GString *s = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (rows, i);
      g_autofree char *line = describe_row (row);

      if (only_stored && mz_message_get_id (row) == NULL)
        continue;
      g_string_append_printf (s, "%s | %s %s %" G_GINT64_FORMAT "\n", line, mz_message_get_model (row),
                              mz_message_get_stop_reason (row), mz_message_get_output_tokens (row));
    }
  return g_string_free (s, FALSE);
}

/* The person's own row comes before the gateway knows of it. */
static void
send_request (MzSession *session,
              MzFrame   *frame)
{
  JsonObject *params = mz_frame_get_payload_object (frame);

  if (g_strcmp0 (frame->name, "chat.send") == 0)
    mz_session_send_async (session, mz_json_get_string (params, "message"), NULL, mz_json_get_string (params, "idempotencyKey"),
                           NULL, NULL, NULL);

  /* There is no client: the task ends at once. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static JsonObject *
last_history (GPtrArray *frames)
{
  for (guint i = frames->len; i > 0; i--)
    {
      MzFrame *frame = g_ptr_array_index (frames, i - 1);
      JsonObject *payload = mz_frame_get_payload_object (frame);

      if (frame->type == MZ_FRAME_RESPONSE && mz_json_has (payload, "messages") && !mz_json_has (payload, "offset"))
        return payload;
    }
  g_assert_not_reached ();
}

static MzSession *
replay (GPtrArray  *frames,
        gboolean    with_sends,
        const char *key,
        Log        *log)
{
  MzSession *session = mz_session_new_detached (key, "agent:main:main");

  g_signal_connect (session, "run-started", G_CALLBACK (run_started_cb), log);
  g_signal_connect (session, "run-ended", G_CALLBACK (run_ended_cb), log);
  for (guint i = 0; i < frames->len; i++)
    {
      MzFrame *frame = g_ptr_array_index (frames, i);

      if (frame->type == MZ_FRAME_REQUEST && with_sends)
        send_request (session, frame);
      else if (frame->type == MZ_FRAME_EVENT)
        mz_session_handle_event (session, frame);
    }
  return session;
}

typedef struct
{
  const char *file;
  const char *key;
  gboolean with_sends;
  guint n_rows;
  const char *outcomes;
  guint under_way;

  /* Protocol 3 sends no record of a tool's result: that comes with the history. */
  gboolean events_suffice;
} Case;

static const Case cases[] = {
  /* Runs that end without a word while another one is under way, whose messages went into it: they wait for it. */
  { "protocol4.jsonl", "agent:main:main", TRUE, 8, "done done done ", 2, TRUE },
  { "protocol4.jsonl", "main", FALSE, 8, "done done done ", 2, TRUE },
  { "protocol3.jsonl", "agent:main:main", TRUE, 12, "done done done ", 3, FALSE },
  { "protocol3.jsonl", "main", FALSE, 12, "done done done ", 3, FALSE },
};

static void
test_replay (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GPtrArray) frames = read_frames (c->file);
  g_autoptr (GString) outcomes = g_string_new (NULL);
  Log log = { .log = outcomes };
  g_autoptr (MzSession) session = replay (frames, c->with_sends, c->key, &log);
  g_autoptr (MzTimeline) expected = mz_timeline_new ();
  g_autofree char *from_history = NULL;
  g_autofree char *from_events = NULL;
  g_autofree char *reconciled = NULL;
  JsonObject *history = last_history (frames);

  g_assert_cmpstr (outcomes->str, ==, c->outcomes);
  g_assert_cmpuint (log.started, ==, log.ended + c->under_way);
  g_assert_true (mz_session_get_running (session));

  mz_timeline_apply_page (expected, mz_json_get_array (history, "messages"), TRUE);
  from_history = describe_shown (G_LIST_MODEL (expected), FALSE);
  g_assert_cmpuint (mz_timeline_get_length (expected), ==, c->n_rows);

  from_events = describe_shown (G_LIST_MODEL (mz_session_get_timeline (session)), TRUE);
  if (c->events_suffice)
    g_assert_cmpstr (from_events, ==, from_history);

  mz_session_apply_history (session, history);
  reconciled = describe_shown (G_LIST_MODEL (mz_session_get_timeline (session)), TRUE);
  g_assert_cmpstr (reconciled, ==, from_history);

  /* Once more changes nothing. */
  mz_session_apply_history (session, history);
  g_free (g_steal_pointer (&reconciled));
  reconciled = describe_shown (G_LIST_MODEL (mz_session_get_timeline (session)), TRUE);
  g_assert_cmpstr (reconciled, ==, from_history);
  g_assert_cmpstr (mz_session_get_canonical_key (session), ==, "agent:main:main");
}

/* Each event twice, and then all again: nothing is doubled. */
static void
test_repeated (void)
{
  g_autoptr (GPtrArray) frames = read_frames ("protocol4.jsonl");
  g_autoptr (GString) outcomes = g_string_new (NULL);
  Log log = { .log = outcomes };
  g_autoptr (MzSession) once = replay (frames, TRUE, "main", &log);
  g_autoptr (MzSession) twice = mz_session_new_detached ("main", NULL);
  g_autofree char *shown_once = describe (G_LIST_MODEL (mz_session_get_timeline (once)));
  g_autofree char *shown_twice = NULL;

  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < frames->len; i++)
        {
          MzFrame *frame = g_ptr_array_index (frames, i);

          if (frame->type == MZ_FRAME_REQUEST && round == 0)
            send_request (twice, frame);
          for (guint j = 0; frame->type == MZ_FRAME_EVENT && j < 2; j++)
            mz_session_handle_event (twice, frame);
        }
    }
  shown_twice = describe (G_LIST_MODEL (mz_session_get_timeline (twice)));
  g_assert_cmpstr (shown_twice, ==, shown_once);
}

/* Whichever events are lost, the next history makes it whole. */
static void
test_lossy (void)
{
  static const char * const files[] = { "protocol4.jsonl", "protocol3.jsonl" };

  for (guint round = 0; round < 60; round++)
    {
      g_autoptr (GPtrArray) frames = read_frames (files[round % 2]);
      g_autoptr (MzSession) session = mz_session_new_detached ("main", NULL);
      g_autoptr (MzTimeline) expected = mz_timeline_new ();
      g_autofree char *from_history = NULL;
      g_autofree char *reconciled = NULL;
      JsonObject *history = last_history (frames);

      for (guint i = 0; i < frames->len; i++)
        {
          MzFrame *frame = g_ptr_array_index (frames, i);

          if (frame->type == MZ_FRAME_REQUEST)
            send_request (session, frame);
          else if (frame->type == MZ_FRAME_EVENT && g_test_rand_int_range (0, 3) != 0)
            mz_session_handle_event (session, frame);
        }
      mz_session_apply_history (session, history);
      mz_timeline_apply_page (expected, mz_json_get_array (history, "messages"), TRUE);
      from_history = describe_shown (G_LIST_MODEL (expected), FALSE);
      reconciled = describe_shown (G_LIST_MODEL (mz_session_get_timeline (session)), TRUE);
      g_assert_cmpstr (reconciled, ==, from_history);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/session-replay/%s/%u", cases[i].file, i);

      g_test_add_data_func (path, &cases[i], test_replay);
    }
  g_test_add_func ("/session-replay/repeated", test_repeated);
  g_test_add_func ("/session-replay/lossy", test_lossy);
  return g_test_run ();
}
