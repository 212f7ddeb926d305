/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-run-private.h"

gboolean
mz_demo_run_is_v4 (MzDemoRun *self)
{
  return self->gateway->protocol >= 4;
}

/* A deleted session takes its runs along, so that a run always has one. */
MzDemoSession *
mz_demo_run_get_session (MzDemoRun *self)
{
  return mz_demo_store_lookup (self->gateway->store, self->session_key);
}

void
mz_demo_run_emit_agent (MzDemoRun      *self,
                        MzDemoAudience  audience,
                        const char     *stream,
                        JsonObject     *data,
                        gboolean        lost)
{
  JsonObject *payload = mz_demo_object ("ssssoiib",
                                        "runId", self->id,
                                        "sessionKey", self->session_key,
                                        "agentId", MZ_DEMO_AGENT,
                                        "stream", stream,
                                        "data", data,
                                        "seq", ++self->seq,
                                        "ts", mz_demo_now_ms (),
                                        "isHeartbeat", FALSE);

  mz_demo_gateway_emit (self->gateway, audience, self->session_key, "agent", payload, lost);
}

JsonObject *
mz_demo_run_chat_payload (MzDemoRun  *self,
                          const char *state)
{
  return mz_demo_object ("sssis",
                         "runId", self->id,
                         "sessionKey", self->session_key,
                         "agentId", mz_demo_run_is_v4 (self) ? MZ_DEMO_AGENT : NULL,
                         "seq", self->seq,
                         "state", state);
}

void
mz_demo_run_emit_chat (MzDemoRun  *self,
                       JsonObject *payload,
                       gboolean    lost)
{
  mz_demo_gateway_emit (self->gateway, MZ_DEMO_AUDIENCE_ALL, self->session_key, "chat", payload, lost);
}

void
mz_demo_run_emit_status (MzDemoRun  *self,
                         const char *phase)
{
  if (!mz_demo_run_is_v4 (self))
    return;

  mz_demo_run_emit_agent (self, MZ_DEMO_AUDIENCE_ALL, "run_status", mz_demo_object ("s", "phase", phase), FALSE);
  {
    JsonObject *payload = mz_demo_run_chat_payload (self, "status");

    json_object_set_string_member (payload, "phase", phase);
    mz_demo_run_emit_chat (self, payload, FALSE);
  }
}

void
mz_demo_run_emit_lifecycle (MzDemoRun  *self,
                            JsonObject *data)
{
  mz_demo_run_emit_agent (self, MZ_DEMO_AUDIENCE_ALL, "lifecycle", data, FALSE);
}

/* What the run has said so far, as a message of a chat event. */
JsonObject *
mz_demo_run_message_so_far (MzDemoRun *self)
{
  JsonArray *content = json_array_new ();

  if (self->text->len > 0 || !self->has_image)
    json_array_add_object_element (content, mz_demo_block_text (self->text->str));
  if (self->has_image)
    json_array_add_object_element (content, mz_demo_block_image ());

  return mz_demo_object ("sai", "role", "assistant", "content", content, "timestamp", mz_demo_now_ms ());
}

static void
emit_session_message (MzDemoRun *self,
                      JsonNode  *message)
{
  MzDemoSession *session = mz_demo_run_get_session (self);
  JsonObject *record = mz_json_get_object (mz_json_node_object (message), "__openclaw");
  JsonObject *payload = mz_demo_object ("ssvsioiss",
                                        "sessionKey", self->session_key,
                                        "agentId", MZ_DEMO_AGENT,
                                        "message", json_node_ref (message),
                                        "messageId", mz_json_get_string (record, "id"),
                                        "messageSeq", mz_json_get_int (record, "seq", 0),
                                        "session", mz_demo_session_row (session, self->id),
                                        "updatedAt", session->updated_at,
                                        "sessionId", session->session_id,
                                        "kind", "direct");

  mz_demo_gateway_emit (self->gateway, MZ_DEMO_AUDIENCE_MESSAGES, self->session_key, "session.message", payload, FALSE);
}

void
mz_demo_run_append (MzDemoRun  *self,
                    JsonObject *message)
{
  emit_session_message (self, mz_demo_session_append (mz_demo_run_get_session (self), message, self->id, mz_demo_now_ms ()));
}

/* The turn's blocks; the turn begins anew. */
JsonArray *
mz_demo_run_take_content (MzDemoRun  *self,
                          JsonObject *last)
{
  JsonArray *content = json_array_new ();

  if (self->thinking->len > 0)
    json_array_add_object_element (content, mz_demo_block_thinking (self->thinking->str));
  if (self->text->len > 0)
    json_array_add_object_element (content, mz_demo_block_text (self->text->str));
  if (self->has_image)
    json_array_add_object_element (content, mz_demo_block_image ());
  if (last != NULL)
    json_array_add_object_element (content, last);
  g_string_truncate (self->thinking, 0);

  return content;
}

/*< private >
 * mz_demo_run_describe:
 * @self: a run that was asked for before
 *
 * Returns: (transfer full): the answer to the same `chat.send` once more
 */
JsonObject *
mz_demo_run_describe (MzDemoRun *self)
{
  switch (self->state)
    {
    case MZ_DEMO_RUN_QUEUED:
    case MZ_DEMO_RUN_GOING:
      return mz_demo_object ("ss", "runId", self->id, "status", "in_flight");
    case MZ_DEMO_RUN_ABORTED:
      return mz_demo_object ("ssssi",
                             "runId", self->id,
                             "status", "timeout",
                             "summary", "aborted",
                             "stopReason", self->stop_reason,
                             "endedAt", self->ended_at);
    case MZ_DEMO_RUN_FAILED:
      return mz_demo_object ("sssi", "runId", self->id, "status", "error", "summary", "failed", "endedAt", self->ended_at);
    case MZ_DEMO_RUN_DONE:
    default:
      return mz_demo_object ("ss", "runId", self->id, "status", "ok");
    }
}

/*< private >
 * mz_demo_run_in_flight:
 * @self: a run that goes on
 *
 * Returns: (transfer full): `inFlightRun` of `chat.history`
 */
JsonObject *
mz_demo_run_in_flight (MzDemoRun *self)
{
  JsonArray *events = json_array_new ();

  json_array_add_object_element (events,
                                 mz_demo_object ("sisioss",
                                                 "runId", self->id,
                                                 "seq", self->seq,
                                                 "stream", "assistant",
                                                 "ts", mz_demo_now_ms (),
                                                 "data", json_object_new (),
                                                 "sessionKey", self->session_key,
                                                 "agentId", MZ_DEMO_AGENT));
  return mz_demo_object ("ssia", "runId", self->id, "text", self->text->str, "startedAt", self->accepted_at, "events", events);
}

/*< private >
 * mz_demo_run_pending:
 * @self: a run
 *
 * Returns: (transfer full) (nullable): its entry in `pendingInputs` of `chat.history`, while it is queued
 */
JsonObject *
mz_demo_run_pending (MzDemoRun *self)
{
  if (self->state != MZ_DEMO_RUN_QUEUED)
    return NULL;

  return mz_demo_object ("sisos",
                         "id", self->id,
                         "acceptedAt", self->accepted_at,
                         "state", "queued",
                         "message", mz_demo_message_user (self->message, self->accepted_at),
                         "runId", self->id);
}
