/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-session-private.h"

#include "mz-json.h"

/* What an answer to chat.history means for a session: rows, what waits, what is under way, and what is over. */

/* How long a run that the history says is over may still end by itself, and one of which it only says nothing. */
#define LOST_MS 2000
#define LOST_UNSURE_MS 30000

/* The most that a client can ask for (schema: ChatMessageGetParams.maxChars). */
#define MAX_WHOLE_CHARS 2000000

/* Inputs that the gateway has taken but not begun. */
static void
apply_pending_inputs (MzSession  *self,
                      JsonObject *payload)
{
  JsonArray *items = mz_json_get_array (mz_json_get_object (payload, "pendingInputs"), "items");

  for (guint i = 0; i < mz_json_array_length (items); i++)
    {
      JsonObject *item = mz_json_array_object (items, i);
      const char *run_id = mz_json_get_string (item, "runId");
      const char *state = mz_json_get_string (item, "state");
      JsonObject *record = mz_json_get_object (item, "message");
      MzMessage *row = run_id != NULL ? mz_timeline_lookup_idempotency (self->timeline, run_id) : NULL;

      if (run_id == NULL)
        continue;

      if (g_strcmp0 (state, "queued") == 0 && row == NULL && record != NULL)
        {
          g_autoptr (GPtrArray) rows = mz_message_project (record);

          if (rows->len == 0)
            continue;
          row = g_ptr_array_index (rows, 0);
          mz_message_set_identity (row, NULL, 0, -1);
          mz_message_set_idempotency_key (row, run_id);
          mz_message_set_run_id (row, run_id);
          mz_message_set_state (row, MZ_MESSAGE_QUEUED);
          mz_timeline_append (self->timeline, row);
        }
      else if (row != NULL && mz_message_get_id (row) == NULL)
        {
          if (g_strcmp0 (state, "queued") == 0)
            mz_message_set_state (row, MZ_MESSAGE_QUEUED);
          else if (g_strcmp0 (state, "cancelled") == 0)
            mz_message_set_state (row, MZ_MESSAGE_ABORTED);
        }
    }
}

static gboolean
is_pending (JsonObject *payload,
            const char *run_id)
{
  JsonArray *items = mz_json_get_array (mz_json_get_object (payload, "pendingInputs"), "items");

  for (guint i = 0; i < mz_json_array_length (items); i++)
    {
      JsonObject *item = mz_json_array_object (items, i);

      if (g_strcmp0 (mz_json_get_string (item, "runId"), run_id) == 0 &&
          g_strcmp0 (mz_json_get_string (item, "state"), "queued") == 0)
        return TRUE;
    }
  return FALSE;
}

static MzRunOutcome
stored_outcome (MzSession  *self,
                const char *run_id)
{
  g_autoptr (GPtrArray) rows = mz_timeline_get_run (self->timeline, run_id);

  for (guint i = rows->len; i > 0; i--)
    {
      MzMessage *row = g_ptr_array_index (rows, i - 1);

      if (mz_message_get_id (row) == NULL || mz_message_get_kind (row) == MZ_MESSAGE_USER)
        continue;
      if (mz_message_get_kind (row) == MZ_MESSAGE_ERROR)
        return MZ_RUN_FAILED;
      return mz_message_get_state (row) == MZ_MESSAGE_ABORTED ? MZ_RUN_ABORTED : MZ_RUN_DONE;
    }
  return MZ_RUN_DONE;
}

/* Protocol 3 does not say what is under way: a reply that is stored after the run's own input, and is not a call, was
   its end. */
static gboolean
has_reply (MzSession  *self,
           const char *run_id,
           gboolean   *knows_input)
{
  MzMessage *input = mz_timeline_lookup_idempotency (self->timeline, run_id);
  guint position;

  *knows_input = input != NULL;
  if (input == NULL || mz_message_get_id (input) == NULL || !mz_timeline_find (self->timeline, input, &position))
    return FALSE;

  for (position++; position < mz_timeline_get_length (self->timeline); position++)
    {
      MzMessage *row = mz_timeline_peek (self->timeline, position);
      const char *stop = mz_message_get_stop_reason (row);

      if (mz_message_get_id (row) != NULL && mz_message_get_kind (row) != MZ_MESSAGE_USER && stop != NULL &&
          g_strcmp0 (stop, "toolUse") != 0)
        return TRUE;
    }
  return FALSE;
}

/* Whether the newest page would have shown the row, if the gateway had it: fewer messages are after it than were asked for. */
gboolean
mz_session_page_covers (MzSession *self,
                        MzMessage *row)
{
  guint n_after = 0;
  guint position;

  if (!mz_timeline_find (self->timeline, row, &position))
    return FALSE;

  for (position++; position < mz_timeline_get_length (self->timeline); position++)
    n_after += mz_message_get_id (mz_timeline_peek (self->timeline, position)) != NULL;
  return n_after < self->page_limit;
}

/* Whether the gateway came up after the run had begun: then it went down with it. Protocol 4 may take such runs up again, and says so in
 * the history; protocol 3 does not. */
gboolean
mz_session_restarted_since (MzSession *self,
                            gint64     started_us)
{
  MzHello *hello = self->client != NULL ? mz_client_get_hello (self->client) : NULL;
  gint64 uptime_ms = hello != NULL ? mz_hello_get_uptime_ms (hello) : 0;

  return uptime_ms > 0 && mz_trace_get_ready_us (mz_client_get_trace (self->client)) - uptime_ms * G_TIME_SPAN_MILLISECOND > started_us;
}

/* Whether the history proves that a run is over (docs: gateway/clients, "Recover state after reconnect"), and how sure
   that is: the * event that ends it can be right behind. 0 when it proves nothing. */
static guint
lost_delay (MzSession  *self,
            JsonObject *payload,
            MzRun      *run)
{
  const char *run_id = mz_run_get_id (run);
  JsonObject *info = mz_json_get_object (payload, "sessionInfo");
  g_auto (GStrv) active = mz_json_get_strv (info, "activeRunIds");
  gboolean knows_input;

  if (info == NULL)
    {
      if (mz_json_has (payload, "inFlightRun"))
        return 0;
      if (mz_session_restarted_since (self, mz_run_get_started_us (run)) || has_reply (self, run_id, &knows_input))
        return LOST_MS;
      return knows_input && mz_session_page_covers (self, mz_timeline_lookup_idempotency (self->timeline, run_id)) ? 0 : LOST_UNSURE_MS;
    }

  if (mz_json_has (info, "hasActiveRun") && !mz_json_get_boolean (info, "hasActiveRun", TRUE))
    return LOST_MS;
  if (mz_json_get_array (info, "activeRunIds") != NULL &&
      (active == NULL || !g_strv_contains ((const char * const *) active, run_id)))
    return LOST_MS;
  return 0;
}

/* Runs whose end was lost with a connection. One that began after the history was asked for cannot be in it. */
static void
end_lost_runs (MzSession  *self,
               JsonObject *payload,
               const char *in_flight)
{
  for (guint i = 0; i < self->runs->len; i++)
    {
      MzRun *run = g_ptr_array_index (self->runs, i);
      const char *run_id = mz_run_get_id (run);
      guint delay;
      const char *target = g_hash_table_lookup (self->targets, run_id);

      /* It ends with the one that it waits for. */
      if (target != NULL && mz_session_find_run (self, target) != NULL)
        continue;
      if (mz_run_get_generation (run) >= MAX (self->reloads, 1) || mz_run_get_settle_id (run) != 0 ||
          g_strcmp0 (run_id, in_flight) == 0 || is_pending (payload, run_id))
        continue;

      delay = lost_delay (self, payload, run);
      if (delay > 0)
        {
          mz_session_settle_run (self, run, delay, stored_outcome (self, run_id));
          mz_run_set_lost (run, TRUE);
        }
    }
}

static void
replay_events (MzSession *self,
               JsonArray *events)
{
  for (guint i = 0; i < mz_json_array_length (events); i++)
    {
      JsonObject *event = mz_json_array_object (events, i);

      if (event != NULL)
        mz_session_replay_agent (self, event);
    }
}

/* A tool at work was called after what has been said; one that is done, before what is being said. */
static gboolean
ends_with_tool_at_work (JsonArray *events)
{
  for (guint i = mz_json_array_length (events); i > 0; i--)
    {
      JsonObject *event = mz_json_array_object (events, i - 1);

      if (g_strcmp0 (mz_json_get_string (event, "stream"), "tool") == 0)
        return g_strcmp0 (mz_json_get_string (mz_json_get_object (event, "data"), "phase"), "result") != 0;
    }
  return FALSE;
}

static void
adopt_in_flight (MzSession  *self,
                 JsonObject *in_flight)
{
  const char *run_id = mz_json_get_string (in_flight, "runId");
  const char *text = mz_json_get_string (in_flight, "text");
  JsonArray *events = mz_json_get_array (in_flight, "events");
  gboolean tool_last = ends_with_tool_at_work (events);
  MzRun *run = run_id != NULL ? mz_session_ensure_run (self, run_id) : NULL;

  if (run == NULL)
    return;

  if (tool_last)
    mz_run_apply_buffered (run, text);
  replay_events (self, events);

  /* The events may have ended it. */
  run = mz_session_find_run (self, run_id);
  if (run != NULL && !tool_last)
    mz_run_apply_buffered (run, text);
  mz_session_update_activity (self);
}

static void
whole_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  MzSession *self = data;
  g_autofree char *id = NULL;
  JsonObject *record = mz_json_get_object (mz_json_node_object (answer), "message");

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  id = g_steal_pointer (&self->asking);
  if (error != NULL)
    {
      /* The next history asks again. */
      g_debug ("No whole text of %s: %s", id, error->message);
      g_hash_table_remove (self->asked, id);
      return;
    }

  if (record != NULL)
    mz_timeline_apply_whole (self->timeline, id, record);
  mz_session_load_whole (self);
}

/* Asks for texts of which only a part is here, one after the other, the newest first and each once (docs:
 * gateway/protocol/rpc-session-control, "chat.message.get"). A tool's output is not among them: its row is named by the call. */
void
mz_session_load_whole (MzSession *self)
{
  if (self->asking != NULL || self->client == NULL || mz_client_get_state (self->client) != MZ_CLIENT_READY ||
      !mz_client_has_method (self->client, "chat.message.get"))
    return;

  for (guint i = mz_timeline_get_length (self->timeline); i > 0; i--)
    {
      MzMessage *row = mz_timeline_peek (self->timeline, i - 1);
      const char *id = mz_message_get_id (row);
      JsonObject *object;
      JsonNode *params;

      if (id == NULL || !mz_message_get_truncated (row) || mz_message_get_kind (row) == MZ_MESSAGE_TOOL ||
          !g_hash_table_add (self->asked, g_strdup (id)))
        continue;

      self->asking = g_strdup (id);
      object = json_object_new ();
      json_object_set_string_member (object, "sessionKey", mz_session_get_canonical_key (self));
      json_object_set_string_member (object, "messageId", id);
      json_object_set_int_member (object, "maxChars", MAX_WHOLE_CHARS);
      params = json_node_alloc ();
      json_node_init_object (params, object);
      json_object_unref (object);
      mz_client_request_async (self->client, "chat.message.get", params, 0, self->cancellable, whole_cb, self);
      return;
    }
}

/* The newest page of the history: the rows become what the gateway has, and what only lives here stays. */
void
mz_session_apply_history (MzSession  *self,
                          JsonObject *payload)
{
  JsonArray *messages = mz_json_get_array (payload, "messages");
  JsonObject *in_flight = mz_json_get_object (payload, "inFlightRun");
  guint n = mz_json_array_length (messages);
  gint64 next_offset = mz_json_get_int (payload, "nextOffset", 0);
  gboolean has_more;
  gboolean kept_older;

  g_return_if_fail (MZ_IS_SESSION (self));

  mz_session_set_canonical_key (self, mz_json_get_string (payload, "sessionKey"));
  mz_session_set_session_id (self, mz_json_get_string (payload, "sessionId"));

  if (mz_json_has (payload, "hasMore"))
    has_more = mz_json_get_boolean (payload, "hasMore", FALSE);
  else
    has_more = !mz_session_has_offsets (self) && n >= self->page_limit && self->limit < MZ_SESSION_MAX_LIMIT;

  kept_older = mz_timeline_apply_page (self->timeline, messages, !has_more);
  for (guint i = 0; i < self->runs->len; i++)
    mz_run_record_applied (g_ptr_array_index (self->runs, i));

  /* With older pages here already, what is beyond them is still beyond them. */
  if (!kept_older)
    {
      self->next_offset = next_offset;
      mz_session_set_has_older (self, has_more);
    }

  apply_pending_inputs (self, payload);
  if (in_flight != NULL)
    adopt_in_flight (self, in_flight);
  for (guint i = 0; i < n; i++)
    mz_session_note_steered (self, mz_json_array_object (messages, i));
  end_lost_runs (self, payload, mz_json_get_string (in_flight, "runId"));
  mz_session_load_whole (self);
  mz_session_update_activity (self);
}

/* A page of older messages. Returns how many rows it brought. */
guint
mz_session_apply_older (MzSession  *self,
                        JsonObject *payload)
{
  guint n_new = mz_timeline_apply_older (self->timeline, mz_json_get_array (payload, "messages"));
  gint64 next_offset = mz_json_get_int (payload, "nextOffset", 0);
  gboolean has_more = mz_json_get_boolean (payload, "hasMore", FALSE) && next_offset > self->next_offset;

  self->next_offset = MAX (self->next_offset, next_offset);
  mz_session_set_has_older (self, has_more);
  mz_session_load_whole (self);
  return n_new;
}
