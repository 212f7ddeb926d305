/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-run-private.h"

/* How often text is sent at most: above this rate several words go together. */
#define STREAM_INTERVAL_MS 4

/* Where the whole text no longer goes with each piece: it would cost more than all the rest. Protocol 3 has nothing else. */
#define MAX_CUMULATIVE_BYTES (256 * 1024)

/* Which piece of a reply meets a fault: late enough to have begun. */
#define DROP_AT_DELTA 3
#define GAP_FROM_DELTA 1
#define GAP_DELTAS 2

static void next_step  (MzDemoRun      *self);
static void start_next (MzDemoGateway  *gateway,
                        const char     *session_key);

void
mz_demo_run_clear_timer (MzDemoRun *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
mz_demo_run_set_timer (MzDemoRun   *self,
                       guint        interval_ms,
                       GSourceFunc  callback)
{
  mz_demo_run_clear_timer (self);
  self->timer = mz_demo_gateway_add_timeout (self->gateway, interval_ms, callback, self);
}

gboolean
mz_demo_run_next_step_cb (gpointer user_data)
{
  MzDemoRun *self = user_data;

  mz_demo_run_clear_timer (self);
  next_step (self);
  return G_SOURCE_REMOVE;
}

static void
end_run (MzDemoRun      *self,
         MzDemoRunState  state,
         const char     *status,
         const char     *error)
{
  g_autofree char *session_key = g_strdup (self->session_key);
  MzDemoSession *session = mz_demo_run_get_session (self);
  MzDemoGateway *gateway = self->gateway;

  mz_demo_run_clear_timer (self);
  self->state = state;
  self->ended_at = mz_demo_now_ms ();
  self->waits_for_approval = FALSE;
  g_queue_remove (&gateway->queue, self);

  session->status = status;
  session->ended_at = session->updated_at = self->ended_at;
  /* There is something new since it was last read, until somebody reads it. */
  session->unread = TRUE;
  session->output_tokens += self->output_tokens;
  session->aborted_last_run = state == MZ_DEMO_RUN_ABORTED;
  g_free (session->last_run_id);
  session->last_run_id = g_strdup (self->id);
  g_free (session->last_run_error);
  session->last_run_error = g_strdup (error);

  mz_demo_gateway_emit_session (gateway, session, NULL, state == MZ_DEMO_RUN_FAILED ? "error" : "end", self->id);
  start_next (gateway, session_key);
}

static void
finish (MzDemoRun *self)
{
  gint64 ended_at = mz_demo_now_ms ();
  JsonArray *content = mz_demo_run_take_content (self, NULL);
  JsonObject *final;

  mz_demo_run_emit_agent (self, MZ_DEMO_AUDIENCE_ALL, "usage", mz_demo_object ("i", "outputTokens", self->output_tokens), FALSE);
  mz_demo_run_append (self, mz_demo_message_assistant (content, "stop", self->output_tokens, self->turn_at));
  mz_demo_run_emit_lifecycle (self, mz_demo_object ("ssbii",
                                                    "phase", "end",
                                                    "stopReason", "stop",
                                                    "aborted", FALSE,
                                                    "startedAt", self->started_at,
                                                    "endedAt", ended_at));

  final = mz_demo_run_chat_payload (self, "final");
  mz_demo_object_add (final, "so", "stopReason", "stop", "message", mz_demo_run_message_so_far (self));
  mz_demo_run_emit_chat (self, final, FALSE);
  end_run (self, MZ_DEMO_RUN_DONE, "done", NULL);
}

static void
fail (MzDemoRun        *self,
      const MzDemoStep *step)
{
  JsonObject *message, *payload;
  const char *kind = step->http_status == 429 ? "rate_limit"
                     : step->http_status == 408 || step->http_status == 504 ? "timeout" : "unknown";

  message = mz_demo_message_assistant (mz_demo_run_take_content (self, NULL), "error", self->output_tokens, self->turn_at);
  json_object_set_string_member (message, "errorMessage", step->text);
  mz_demo_run_append (self, message);

  mz_demo_run_emit_lifecycle (self, mz_demo_object ("ssii",
                                                    "phase", "error",
                                                    "error", step->text,
                                                    "startedAt", self->started_at,
                                                    "endedAt", mz_demo_now_ms ()));
  payload = mz_demo_run_chat_payload (self, "error");
  json_object_set_string_member (payload, "errorMessage", step->text);
  if (mz_demo_run_is_v4 (self))
    {
      JsonObject *detail = mz_demo_object ("ss", "provider", MZ_DEMO_PROVIDER, "model", MZ_DEMO_MODEL);

      if (step->http_status != 0)
        json_object_set_int_member (detail, "httpStatus", step->http_status);
      mz_demo_object_add (payload, "so", "errorKind", kind, "errorDetail", detail);
    }
  mz_demo_run_emit_chat (self, payload, FALSE);
  end_run (self, MZ_DEMO_RUN_FAILED, "failed", step->text);
}

/* The end of the next word, with the blanks after it. */
static const char *
word_end (const char *text)
{
  while (*text != '\0' && !g_ascii_isspace (*text))
    text++;
  while (g_ascii_isspace (*text))
    text++;
  return text;
}

static void
emit_delta (MzDemoRun  *self,
            const char *delta)
{
  GString *whole = self->is_thinking ? self->thinking : self->text;
  gboolean cumulative = !mz_demo_run_is_v4 (self) || whole->len <= MAX_CUMULATIVE_BYTES;
  gboolean lost = FALSE;
  JsonObject *payload;

  if (self->gateway->fault == MZ_DEMO_FAULT_GAP && !self->is_thinking && self->n_deltas >= GAP_FROM_DELTA)
    {
      lost = TRUE;
      if (self->n_deltas + 1 >= GAP_FROM_DELTA + GAP_DELTAS)
        self->gateway->fault = MZ_DEMO_FAULT_NONE;
    }

  mz_demo_run_emit_agent (self, MZ_DEMO_AUDIENCE_ALL, self->is_thinking ? "thinking" : "assistant",
                          mz_demo_object ("ss", "text", cumulative ? whole->str : NULL, "delta", delta), lost);
  if (self->is_thinking)
    return;

  self->n_deltas++;
  payload = mz_demo_run_chat_payload (self, "delta");
  if (mz_demo_run_is_v4 (self))
    json_object_set_string_member (payload, "deltaText", delta);
  if (cumulative)
    json_object_set_object_member (payload, "message", mz_demo_run_message_so_far (self));
  mz_demo_run_emit_chat (self, payload, lost);
}

/* Whether the reply meets its fault now. */
static gboolean
drops_now (MzDemoRun *self)
{
  return self->gateway->fault == MZ_DEMO_FAULT_DROP && !self->is_thinking &&
         (self->n_deltas >= DROP_AT_DELTA || *self->position == '\0');
}

static gboolean
stream_cb (gpointer user_data)
{
  MzDemoRun *self = user_data;
  MzDemoFault fault = self->gateway->fault;
  double due = (g_get_monotonic_time () - self->stream_started) / 1e6 * self->rate + 1;
  const char *start = self->position, *end = start;

  /* These faults need a reply in several pieces, however fast it is. */
  if (fault == MZ_DEMO_FAULT_DROP || fault == MZ_DEMO_FAULT_GAP)
    due = MIN (due, self->n_words + 1);

  for (; *end != '\0' && self->n_words < due; self->n_words++)
    end = word_end (end);

  if (end > start)
    {
      g_autofree char *delta = g_strndup (start, end - start);

      self->position = end;
      self->output_tokens += mz_demo_count_words (delta);
      g_string_append (self->is_thinking ? self->thinking : self->text, delta);
      emit_delta (self, delta);
      if (drops_now (self))
        {
          self->gateway->fault = MZ_DEMO_FAULT_NONE;
          mz_demo_gateway_drop_all (self->gateway);
        }
    }

  if (*self->position != '\0')
    return G_SOURCE_CONTINUE;

  mz_demo_run_clear_timer (self);
  next_step (self);
  return G_SOURCE_REMOVE;
}

static void
stream_text (MzDemoRun *self,
             char      *text,
             double     rate,
             gboolean   is_thinking)
{
  g_free (self->source);
  self->source = text;
  self->position = text;
  self->is_thinking = is_thinking;
  self->rate = rate > 0 ? rate : self->gateway->rate;
  self->stream_started = g_get_monotonic_time ();
  self->n_words = 0;

  mz_demo_run_set_timer (self, CLAMP (1000.0 / self->rate, STREAM_INTERVAL_MS, 1000.0), stream_cb);
}

static void
next_step (MzDemoRun *self)
{
  const MzDemoStep *step;

  if (self->n_step >= self->steps->len)
    {
      finish (self);
      return;
    }

  step = g_ptr_array_index (self->steps, self->n_step++);
  switch (step->kind)
    {
    case MZ_DEMO_STEP_WAIT:
      mz_demo_run_set_timer (self, (guint) (step->seconds * 1000), mz_demo_run_next_step_cb);
      break;
    case MZ_DEMO_STEP_THINK:
      stream_text (self, g_strdup (step->text), step->rate, TRUE);
      break;
    case MZ_DEMO_STEP_TEXT:
      stream_text (self, g_strdup (step->text), step->rate, FALSE);
      break;
    case MZ_DEMO_STEP_IMAGE:
      self->has_image = TRUE;
      mz_demo_run_set_timer (self, 0, mz_demo_run_next_step_cb);
      break;
    case MZ_DEMO_STEP_RUN:
      mz_demo_run_ask (self, step->text);
      break;
    case MZ_DEMO_STEP_REPORT:
      stream_text (self, g_strdup_printf ("The tool answered:\n\n```\n%s\n```\n", self->output), 0, FALSE);
      break;
    case MZ_DEMO_STEP_FAIL:
      fail (self, step);
      break;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
begin_cb (gpointer user_data)
{
  MzDemoRun *self = user_data;
  MzDemoSession *session = mz_demo_run_get_session (self);
  JsonObject *message;
  g_autofree char *key = g_strconcat (self->id, ":user", NULL);

  mz_demo_run_clear_timer (self);
  self->started_at = self->turn_at = mz_demo_now_ms ();
  session->status = "running";
  session->started_at = session->interaction_at = self->started_at;
  session->input_tokens += mz_demo_count_words (self->message);

  mz_demo_run_emit_status (self, "preparing_context");
  message = mz_demo_message_user (self->message, self->accepted_at);
  json_object_set_string_member (message, "idempotencyKey", key);
  mz_demo_run_append (self, message);
  mz_demo_run_emit_lifecycle (self, mz_demo_object ("si", "phase", "start", "startedAt", self->started_at));
  mz_demo_run_emit_status (self, "starting_model");
  mz_demo_gateway_emit_session (self->gateway, session, NULL, "start", self->id);
  if (mz_demo_run_is_v4 (self))
    mz_demo_run_emit_lifecycle (self, mz_demo_object ("sss",
                                                      "phase", "model",
                                                      "provider", MZ_DEMO_PROVIDER,
                                                      "model", session->model));

  next_step (self);
  return G_SOURCE_REMOVE;
}

static void
start_next (MzDemoGateway *gateway,
            const char    *session_key)
{
  for (GList *item = gateway->queue.head; item != NULL; item = item->next)
    {
      MzDemoRun *run = item->data;

      if (g_strcmp0 (run->session_key, session_key) != 0)
        continue;
      if (run->state == MZ_DEMO_RUN_QUEUED)
        {
          run->state = MZ_DEMO_RUN_GOING;
          mz_demo_run_set_timer (run, 0, begin_cb);
        }
      return;
    }
}

/*< private >
 * mz_demo_run_start:
 * @gateway: the gateway
 * @session: where the message goes
 * @id: the run's id, which is the message's idempotency key
 * @message: what a person wrote
 *
 * Starts a run, or queues it behind the one that its session has. Nothing is sent before the main loop turns.
 *
 * Returns: (transfer none): the run; the gateway owns it
 */
MzDemoRun *
mz_demo_run_start (MzDemoGateway *gateway,
                   MzDemoSession *session,
                   const char    *id,
                   const char    *message)
{
  MzDemoRun *self = g_new0 (MzDemoRun, 1);

  self->gateway = gateway;
  self->id = g_strdup (id);
  self->session_key = g_strdup (session->key);
  self->message = g_strdup (message);
  self->steps = mz_demo_script_for_message (message, gateway->n_turns++);
  self->accepted_at = mz_demo_now_ms ();
  self->text = g_string_new (NULL);
  self->thinking = g_string_new (NULL);

  g_hash_table_insert (gateway->runs, self->id, self);
  g_queue_push_tail (&gateway->queue, self);
  start_next (gateway, session->key);

  return self;
}

void
mz_demo_run_free (MzDemoRun *self)
{
  mz_demo_run_clear_timer (self);
  g_free (self->id);
  g_free (self->session_key);
  g_free (self->message);
  g_ptr_array_unref (self->steps);
  g_free (self->stop_reason);
  g_free (self->source);
  g_string_free (self->text, TRUE);
  g_string_free (self->thinking, TRUE);
  g_free (self->command);
  g_free (self->call_id);
  g_free (self->approval_id);
  g_free (self->output);
  g_free (self);
}

MzDemoRun *
mz_demo_run_find_active (MzDemoGateway *gateway,
                         const char    *session_key)
{
  for (GList *item = gateway->queue.head; item != NULL; item = item->next)
    {
      MzDemoRun *run = item->data;

      if (run->state == MZ_DEMO_RUN_GOING && g_strcmp0 (run->session_key, session_key) == 0)
        return run;
    }

  return NULL;
}

MzDemoRun *
mz_demo_run_find_approval (MzDemoGateway *gateway,
                           const char    *approval_id)
{
  for (GList *item = gateway->queue.head; item != NULL; item = item->next)
    {
      MzDemoRun *run = item->data;

      if (run->waits_for_approval && g_strcmp0 (run->approval_id, approval_id) == 0)
        return run;
    }

  return NULL;
}

gboolean
mz_demo_run_is_open (MzDemoRun *self)
{
  return self->state == MZ_DEMO_RUN_QUEUED || self->state == MZ_DEMO_RUN_GOING;
}

gboolean
mz_demo_run_is_waiting (MzDemoRun *self)
{
  return self->waits_for_approval;
}

const char *
mz_demo_run_get_id (MzDemoRun *self)
{
  return self->id;
}

const char *
mz_demo_run_get_session_key (MzDemoRun *self)
{
  return self->session_key;
}

/*< private >
 * mz_demo_run_abort:
 * @self: an open run
 * @stop_reason: why, as the protocol says it: `rpc`
 *
 * Stops a run. What it has said stays in the history.
 */
void
mz_demo_run_abort (MzDemoRun  *self,
                   const char *stop_reason)
{
  JsonObject *payload = mz_demo_run_chat_payload (self, "aborted");
  gboolean has_text = self->text->len > 0;

  self->stop_reason = g_strdup (stop_reason);
  if (self->waits_for_approval)
    mz_demo_run_emit_resolved (self, "deny", NULL);

  json_object_set_string_member (payload, "stopReason", stop_reason);
  if (has_text)
    json_object_set_object_member (payload, "message", mz_demo_run_message_so_far (self));
  mz_demo_run_emit_chat (self, payload, FALSE);

  if (self->state == MZ_DEMO_RUN_GOING)
    mz_demo_run_emit_lifecycle (self, mz_demo_object ("ssbsii",
                                                      "phase", "end",
                                                      "status", "cancelled",
                                                      "aborted", TRUE,
                                                      "stopReason", stop_reason,
                                                      "startedAt", self->accepted_at,
                                                      "endedAt", mz_demo_now_ms ()));
  if (has_text)
    {
      JsonArray *content = mz_demo_run_take_content (self, NULL);
      JsonObject *message = mz_demo_message_assistant (content, "stop", self->output_tokens, self->turn_at);

      json_object_set_object_member (message, "openclawAbort", mz_demo_object ("bs", "aborted", TRUE, "origin", stop_reason));
      mz_demo_run_append (self, message);
    }
  end_run (self, MZ_DEMO_RUN_ABORTED, "killed", NULL);
}

/*< private >
 * mz_demo_run_cancel:
 * @self: an open run
 *
 * Ends a run without a word, as a gateway that goes down does. One that has not begun is forgotten, so that its message can come again.
 */
void
mz_demo_run_cancel (MzDemoRun *self)
{
  MzDemoSession *session = mz_demo_run_get_session (self);

  mz_demo_run_clear_timer (self);
  self->state = MZ_DEMO_RUN_ABORTED;
  self->ended_at = mz_demo_now_ms ();
  self->waits_for_approval = FALSE;
  g_queue_remove (&self->gateway->queue, self);
  if (session != NULL)
    {
      session->status = "killed";
      session->aborted_last_run = TRUE;
      session->ended_at = self->ended_at;
    }

  if (self->started_at == 0)
    g_hash_table_remove (self->gateway->runs, self->id);
}

