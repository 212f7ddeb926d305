/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-session-private.h"

#include "mz-json.h"

/* How long a run that the agent has ended is kept for the chat event that says so: it comes right after, but a failed
   try can be followed by * another one. */
#define SETTLE_MS 3000
#define SETTLE_FAILED_MS 30000

/* Bounds for what a peer can make us keep. */
#define MAX_RUNS 64
#define MAX_ENDED 256

typedef struct
{
  MzSession *session;
  char *run_id;
  MzRunOutcome outcome;
} Settle;

static void
settle_free (gpointer data)
{
  Settle *settle = data;

  g_free (settle->run_id);
  g_free (settle);
}

/* The gateway had taken the message, and went down before it had begun with it: it does not know it any more. */
static void
mark_forgotten (MzSession *self,
                MzRun     *run)
{
  MzMessage *row = mz_timeline_lookup_idempotency (self->timeline, mz_run_get_id (run));

  if (row == NULL || mz_message_get_kind (row) != MZ_MESSAGE_USER || mz_message_get_id (row) != NULL ||
      (mz_message_get_state (row) != MZ_MESSAGE_DONE && mz_message_get_state (row) != MZ_MESSAGE_QUEUED))
    return;

  /* It may stand in an older page; but hardly, if the gateway came up after it was sent. */
  if (!mz_session_page_covers (self, row) && !mz_session_restarted_since (self, mz_run_get_started_us (run)))
    return;

  g_debug ("A message that the gateway had taken is not in its history");
  mz_message_set_error (row, NULL, "the gateway went down with this message before it began to answer");
  mz_message_set_state (row, MZ_MESSAGE_FAILED);
}

static gboolean
settle_cb (gpointer data)
{
  Settle *settle = data;
  MzRun *run = mz_session_find_run (settle->session, settle->run_id);

  if (run != NULL)
    {
      mz_run_set_settle_id (run, 0);
      mz_session_end_run (settle->session, settle->run_id, settle->outcome, NULL);
    }
  return G_SOURCE_REMOVE;
}

static void
unsettle_run (MzRun *run)
{
  guint id = mz_run_get_settle_id (run);

  mz_run_set_settle_id (run, 0);
  mz_run_set_lost (run, FALSE);
  g_clear_handle_id (&id, g_source_remove);
}

/* Ends the run after a while, unless it is ended or goes on before. */
void
mz_session_settle_run (MzSession    *self,
                       MzRun        *run,
                       guint         delay_ms,
                       MzRunOutcome  outcome)
{
  Settle *settle = g_new0 (Settle, 1);

  unsettle_run (run);
  settle->session = self;
  settle->run_id = g_strdup (mz_run_get_id (run));
  settle->outcome = outcome;
  mz_run_set_settle_id (run, g_timeout_add_full (G_PRIORITY_DEFAULT, delay_ms, settle_cb, settle, settle_free));
}

MzRun *
mz_session_find_run (MzSession  *self,
                     const char *run_id)
{
  for (guint i = self->runs->len; i > 0; i--)
    {
      MzRun *run = g_ptr_array_index (self->runs, i - 1);

      if (g_strcmp0 (mz_run_get_id (run), run_id) == 0)
        return run;
    }
  return NULL;
}

gboolean
mz_session_run_has_ended (MzSession  *self,
                          const char *run_id)
{
  return g_queue_find_custom (&self->ended, run_id, (GCompareFunc) g_strcmp0) != NULL;
}

/* What was given up is sent once more, under the same name: its run may begin. */
void
mz_session_reopen_run (MzSession  *self,
                       const char *run_id)
{
  GList *link = g_queue_find_custom (&self->ended, run_id, (GCompareFunc) g_strcmp0);

  if (link == NULL)
    return;

  g_free (link->data);
  g_queue_delete_link (&self->ended, link);
}

/* The run, started now if it was not known. %NULL for one that has ended: what comes late is passed over. */
MzRun *
mz_session_ensure_run (MzSession  *self,
                       const char *run_id)
{
  MzRun *run = mz_session_find_run (self, run_id);

  if (run != NULL)
    {
      /* It speaks: its end was not lost. */
      if (mz_run_get_lost (run))
        unsettle_run (run);
      return run;
    }
  if (run_id == NULL || mz_session_run_has_ended (self, run_id))
    return NULL;

  if (self->runs->len >= MAX_RUNS)
    {
      g_autofree char *oldest = g_strdup (mz_run_get_id (g_ptr_array_index (self->runs, 0)));

      mz_session_end_run (self, oldest, MZ_RUN_DONE, NULL);
    }

  g_ptr_array_add (self->runs, mz_run_new (self->timeline, run_id, self->reloads));
  mz_session_emit_run_started (self, run_id);
  mz_session_update_activity (self);
  return mz_session_find_run (self, run_id);
}

static void finish_run (MzSession    *self,
                        MzRun        *known,
                        MzRunOutcome  outcome,
                        JsonObject   *payload,
                        const GError *target_error);

static MzRun *
find_steered_into (MzSession  *self,
                   const char *target)
{
  for (guint i = 0; i < self->runs->len; i++)
    {
      MzRun *run = g_ptr_array_index (self->runs, i);

      if (g_strcmp0 (g_hash_table_lookup (self->targets, mz_run_get_id (run)), target) == 0)
        return run;
    }
  return NULL;
}

/* Messages that were put into the run that ended are answered with it. */
static void
end_steered_into (MzSession    *self,
                  const char   *target,
                  MzRunOutcome  outcome,
                  const GError *error)
{
  MzRun *waiting;

  while ((waiting = find_steered_into (self, target)) != NULL)
    {
      finish_run (self, waiting, outcome, NULL, error);
    }
}

/* Ties a run under way to the one that its message went into. */
static void
steer_run (MzSession  *self,
           const char *run_id,
           const char *target)
{
  const char *last = target;
  g_autofree char *into = NULL;

  /* The target can have been put into another one; a circle would never end. */
  for (guint i = 0; i <= MAX_RUNS && g_hash_table_contains (self->targets, last); i++)
    last = g_hash_table_lookup (self->targets, last);
  if (g_hash_table_contains (self->targets, last) || g_strcmp0 (last, run_id) == 0 ||
      g_strcmp0 (g_hash_table_lookup (self->targets, run_id), last) == 0)
    return;

  /* One that is not known here will not be seen to end. */
  if (g_hash_table_contains (self->targets, run_id) && mz_session_find_run (self, last) == NULL &&
      !mz_session_run_has_ended (self, last))
    return;

  into = g_strdup (last);
  g_hash_table_replace (self->targets, g_strdup (run_id), g_strdup (into));
  mz_session_update_activity (self);
  mz_session_emit_run_steered (self, run_id, into);
}

/* What the record of a message says about the run that answers it (observed: `__openclaw.steerTargetRunId`, set when the message
 * has been put into a run; the run of the message has ended by then, or will at once, without a word). */
void
mz_session_note_steered (MzSession  *self,
                         JsonObject *record)
{
  const char *target = mz_json_get_string (mz_json_get_object (record, "__openclaw"), "steerTargetRunId");
  g_autoptr (GPtrArray) rows = target != NULL ? mz_message_project (record) : NULL;
  g_autofree char *steered = NULL;
  g_autofree char *into = NULL;

  if (rows == NULL || rows->len == 0)
    return;

  steered = g_strdup (mz_message_get_idempotency_key (g_ptr_array_index (rows, 0)));
  if (steered == NULL || mz_session_find_run (self, steered) == NULL)
    return;

  steer_run (self, steered, target);
  into = g_strdup (g_hash_table_lookup (self->targets, steered));
  if (into != NULL && mz_session_find_run (self, into) == NULL && mz_session_run_has_ended (self, into))
    mz_session_end_run (self, steered, MZ_RUN_DONE, NULL);
}

/* Whether the run ends for no other reason than that its message was put into another one. */
static gboolean
is_steered (MzSession  *self,
            MzRun      *run,
            JsonObject *payload)
{
  const char *run_id = mz_run_get_id (run);
  const char *target = g_hash_table_lookup (self->targets, run_id);

  if (mz_run_has_spoken (run, payload))
    return FALSE;
  if (target == NULL)
    {
      const char *active = NULL;

      /* The record that tells comes right after. */
      for (guint i = self->runs->len; active == NULL && i > 0; i--)
        {
          MzRun *other = g_ptr_array_index (self->runs, i - 1);

          if (other != run && !g_hash_table_contains (self->targets, mz_run_get_id (other)) && mz_run_has_spoken (other, NULL))
            active = mz_run_get_id (other);
        }
      if (active != NULL)
        {
          g_autofree char *steered = g_strdup (run_id);
          g_autofree char *into = g_strdup (active);

          steer_run (self, steered, into);
          target = g_hash_table_lookup (self->targets, steered);
        }
    }
  return target != NULL && mz_session_find_run (self, target) != NULL;
}

/* What waited for a run that was lost was lost with it. */
static void
lose_steered_into (MzSession  *self,
                   const char *target)
{
  for (guint i = 0; i < self->runs->len; i++)
    {
      MzRun *run = g_ptr_array_index (self->runs, i);

      if (g_strcmp0 (g_hash_table_lookup (self->targets, mz_run_get_id (run)), target) == 0)
        mz_run_set_lost (run, TRUE);
    }
}

/* @target_error: why the run failed that this one waited for. The row that tells is that run's. */
static void
finish_run (MzSession    *self,
            MzRun        *known,
            MzRunOutcome  outcome,
            JsonObject   *payload,
            const GError *target_error)
{
  g_autoptr (MzSession) alive = NULL;
  g_autoptr (MzRun) run = NULL;
  g_autoptr (GError) error = NULL;
  guint position;

  if (!g_ptr_array_find (self->runs, known, &position))
    return;

  alive = g_object_ref (self);
  run = g_ptr_array_steal_index (self->runs, position);
  g_queue_push_tail (&self->ended, g_strdup (mz_run_get_id (run)));
  if (g_queue_get_length (&self->ended) > MAX_ENDED)
    {
      g_autofree char *forgotten = g_queue_pop_head (&self->ended);

      g_hash_table_remove (self->targets, forgotten);
    }

  if (payload == NULL && mz_run_get_lost (run))
    {
      mark_forgotten (self, run);
      lose_steered_into (self, mz_run_get_id (run));
    }

  if (target_error != NULL)
    error = g_error_copy (target_error);
  mz_run_finish (run, target_error != NULL ? MZ_RUN_DONE : outcome, payload, target_error != NULL ? NULL : &error);

  /* What the gateway made of it comes with the history. Before the signal, so that `loading` says that there is more to
     come. */
  if (!mz_run_is_stored (run))
    mz_session_reload (self);

  mz_session_update_activity (self);
  mz_session_emit_run_ended (self, mz_run_get_id (run), outcome, error);
  end_steered_into (self, mz_run_get_id (run), outcome, error);
}

void
mz_session_end_run (MzSession    *self,
                    const char   *run_id,
                    MzRunOutcome  outcome,
                    JsonObject   *payload)
{
  MzRun *run = mz_session_find_run (self, run_id);

  if (run != NULL)
    finish_run (self, run, outcome, payload, NULL);
}

/* A piece of a reply, without the whole reply so far where that fits what is known. */
static MzStreamChange
apply_delta (MzRun      *run,
             MzFrame    *frame,
             JsonObject *payload,
             gssize      text_length)
{
  MzStreamChange change;

  if (text_length >= 0 && mz_run_apply_piece (run, payload, text_length, &change))
    return change;

  return mz_run_apply_delta (run, mz_frame_get_payload_object (frame));
}

/* docs: gateway/protocol/rpc-bootstrap-and-events, "Common event families". */
static void
handle_chat (MzSession  *self,
             MzFrame    *frame,
             JsonObject *payload,
             gssize      text_length)
{
  const char *run_id = mz_json_get_string (payload, "runId");
  const char *state = mz_json_get_string (payload, "state");
  MzRun *run;

  if (run_id == NULL || !mz_session_is_mine (self, mz_json_get_string (payload, "sessionKey")))
    return;

  if (g_strcmp0 (state, "delta") == 0)
    {
      run = mz_session_ensure_run (self, run_id);
      if (run == NULL)
        return;
      mz_run_set_phase (run, NULL);
      g_hash_table_remove (self->targets, run_id);
      if (apply_delta (run, frame, payload, text_length) == MZ_STREAM_GAP)
        mz_session_reload (self);
      mz_session_update_activity (self);
    }
  else if (g_strcmp0 (state, "status") == 0)
    {
      run = mz_session_ensure_run (self, run_id);
      if (run == NULL)
        return;
      mz_run_set_phase (run, mz_json_get_string (payload, "phase"));
      mz_session_update_activity (self);
    }
  else if (g_strcmp0 (state, "final") == 0 || g_strcmp0 (state, "error") == 0 || g_strcmp0 (state, "aborted") == 0)
    {
      MzRunOutcome outcome = MZ_RUN_DONE;

      if (g_strcmp0 (state, "error") == 0)
        outcome = MZ_RUN_FAILED;
      else if (g_strcmp0 (state, "aborted") == 0)
        outcome = MZ_RUN_ABORTED;

      run = mz_session_ensure_run (self, run_id);
      if (run == NULL || (outcome == MZ_RUN_DONE && is_steered (self, run, payload)))
        return;
      mz_session_end_run (self, run_id, outcome, payload);
    }
}

static void
handle_lifecycle (MzSession  *self,
                  const char *run_id,
                  JsonObject *data,
                  gboolean    is_heartbeat)
{
  const char *phase = mz_json_get_string (data, "phase");
  MzRun *run = mz_session_find_run (self, run_id);

  /* A heartbeat that nobody sees runs without chat events. */
  if (run == NULL && g_strcmp0 (phase, "start") == 0 && !is_heartbeat)
    run = mz_session_ensure_run (self, run_id);
  if (run == NULL)
    return;

  if (g_strcmp0 (phase, "start") == 0)
    unsettle_run (run);
  else if (g_strcmp0 (phase, "end") == 0)
    mz_session_settle_run (self, run, SETTLE_MS,
                           mz_json_get_boolean (data, "aborted", FALSE) ? MZ_RUN_ABORTED : MZ_RUN_DONE);
  else if (g_strcmp0 (phase, "error") == 0)
    mz_session_settle_run (self, run, SETTLE_FAILED_MS, MZ_RUN_FAILED);
  else if (g_strcmp0 (phase, "waiting-approval") == 0)
    mz_run_set_phase (run, phase);
  else if (g_strcmp0 (phase, "approval-resolved") == 0)
    mz_run_set_phase (run, NULL);
}

/* Also for the events that a history brings along, which name no session. */
void
mz_session_replay_agent (MzSession  *self,
                         JsonObject *payload)
{
  const char *run_id = mz_json_get_string (payload, "runId");
  const char *stream = mz_json_get_string (payload, "stream");
  JsonObject *data = mz_json_get_object (payload, "data");
  gboolean is_heartbeat = mz_json_get_boolean (payload, "isHeartbeat", FALSE);
  MzRun *run;

  if (run_id == NULL || stream == NULL || data == NULL || mz_session_run_has_ended (self, run_id))
    return;

  if (g_strcmp0 (stream, "lifecycle") == 0)
    handle_lifecycle (self, run_id, data, is_heartbeat);

  run = mz_session_find_run (self, run_id);
  if (run != NULL || (!is_heartbeat && (g_strcmp0 (stream, "tool") == 0 || g_strcmp0 (stream, "thinking") == 0)))
    run = mz_session_ensure_run (self, run_id);
  if (run == NULL)
    return;

  if (g_strcmp0 (stream, "run_status") == 0)
    {
      const char *message = mz_json_get_string (data, "message");

      mz_run_set_phase (run, message != NULL ? message : mz_json_get_string (data, "phase"));
    }
  mz_run_apply_agent (run, stream, mz_json_get_int (payload, "seq", -1), mz_json_get_int (payload, "ts", 0), data);
  mz_session_update_activity (self);
}

static void
handle_agent (MzSession  *self,
              JsonObject *payload)
{
  const char *key = mz_json_get_string (payload, "sessionKey");

  if (key != NULL ? mz_session_is_mine (self, key)
                  : mz_session_find_run (self, mz_json_get_string (payload, "runId")) != NULL)
    mz_session_replay_agent (self, payload);
}

static gboolean
is_other_transcript (MzSession  *self,
                     const char *session_id)
{
  return session_id != NULL && self->session_id != NULL && g_strcmp0 (session_id, self->session_id) != 0;
}

static void
handle_session_message (MzSession  *self,
                        JsonObject *payload)
{
  JsonObject *record = mz_json_get_object (payload, "message");
  const char *session_id = mz_json_get_string (payload, "sessionId");
  const char *default_run = NULL;

  if (record == NULL || !mz_session_is_mine (self, mz_json_get_string (payload, "sessionKey")))
    return;

  /* The session was reset: its rows are others now. */
  if (is_other_transcript (self, session_id))
    mz_session_reload (self);
  mz_session_set_session_id (self, session_id);

  /* Protocol 3 stores no run. */
  if (self->runs->len > 0)
    default_run = mz_session_get_active_run (self);

  mz_timeline_apply_record (self->timeline, record, default_run);
  mz_session_note_steered (self, record);
  for (guint i = 0; i < self->runs->len; i++)
    mz_run_record_applied (g_ptr_array_index (self->runs, i));
  mz_session_load_whole (self);
}

static void
handle_sessions_changed (MzSession  *self,
                         JsonObject *payload)
{
  static const char * const reasons[] = { "reset", "compact", "compaction", "rewind", "branch", "restore", NULL };
  JsonObject *session = mz_json_get_object (payload, "session");
  const char *key = mz_json_get_string (payload, "sessionKey");
  const char *session_id = mz_json_get_string (session, "sessionId");
  const char *reason = mz_json_get_string (payload, "reason");

  if (key == NULL)
    key = mz_json_get_string (session, "key");
  if (key == NULL || !mz_session_is_mine (self, key))
    return;

  if (session_id == NULL)
    session_id = mz_json_get_string (payload, "sessionId");
  if (is_other_transcript (self, session_id) || (reason != NULL && g_strv_contains (reasons, reason)))
    mz_session_reload (self);
  mz_session_set_session_id (self, session_id);
}

/* A compaction and the like: the transcript is another one afterwards. */
static void
handle_session_operation (MzSession  *self,
                          JsonObject *payload)
{
  const char *phase = mz_json_get_string (payload, "phase");

  if (mz_session_is_mine (self, mz_json_get_string (payload, "sessionKey")) &&
      (g_strcmp0 (phase, "end") == 0 || g_strcmp0 (phase, "completed") == 0))
    mz_session_reload (self);
}

/* One event of the gateway, whatever it is. */
void
mz_session_handle_event (MzSession *self,
                         MzFrame   *frame)
{
  JsonObject *payload;
  gssize text_length;

  g_return_if_fail (MZ_IS_SESSION (self));
  g_return_if_fail (frame != NULL);

  /* Only "chat" and the agent's "assistant", of which nothing is taken, come without their texts. */
  payload = mz_frame_peek_payload_object (frame, &text_length);
  if (frame->type != MZ_FRAME_EVENT || payload == NULL)
    return;

  if (g_strcmp0 (frame->name, "chat") == 0)
    handle_chat (self, frame, payload, text_length);
  else if (g_strcmp0 (frame->name, "agent") == 0 || g_strcmp0 (frame->name, "session.tool") == 0)
    handle_agent (self, payload);
  else if (g_strcmp0 (frame->name, "session.message") == 0)
    handle_session_message (self, payload);
  else if (g_strcmp0 (frame->name, "sessions.changed") == 0)
    handle_sessions_changed (self, payload);
  else if (g_strcmp0 (frame->name, "session.operation") == 0)
    handle_session_operation (self, payload);
}
