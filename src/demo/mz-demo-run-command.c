/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-run-private.h"

#define APPROVAL_MINUTES 30

static void
emit_item (MzDemoRun  *self,
           const char *phase,
           const char *status)
{
  g_autofree char *item_id = g_strconcat ("tool:", self->call_id, NULL);

  mz_demo_run_emit_agent (self, MZ_DEMO_AUDIENCE_TOOLS, "item",
                          mz_demo_object ("sssssssb",
                                          "itemId", item_id,
                                          "toolCallId", self->call_id,
                                          "name", "exec",
                                          "kind", "tool",
                                          "phase", phase,
                                          "title", "Exec",
                                          "status", status,
                                          "commandBearing", TRUE),
                          FALSE);
}

static JsonObject *
result_object (MzDemoRun *self)
{
  JsonArray *content = json_array_new ();
  JsonObject *details = mz_demo_object ("ssis",
                                        "status", self->is_denied ? "failed" : "completed",
                                        "aggregated", self->output,
                                        "durationMs", (gint64) (self->is_denied ? 0 : MZ_DEMO_STEP_PAUSE_MS),
                                        "cwd", "/demo");

  if (self->is_denied)
    json_object_set_null_member (details, "exitCode");
  else
    json_object_set_int_member (details, "exitCode", 0);
  json_array_add_object_element (content, mz_demo_block_text (self->output));

  return mz_demo_object ("ao", "content", content, "details", details);
}

static void
end_command (MzDemoRun *self)
{
  const char *status = self->is_denied ? "failed" : "completed";
  g_autofree char *item_id = g_strconcat ("command:", self->call_id, NULL);

  mz_demo_run_emit_agent (self, MZ_DEMO_AUDIENCE_TOOLS, "tool",
                          mz_demo_object ("sssbo",
                                          "phase", "result",
                                          "name", "exec",
                                          "toolCallId", self->call_id,
                                          "isError", self->is_denied,
                                          "result", result_object (self)),
                          FALSE);
  emit_item (self, "end", status);
  mz_demo_run_emit_agent (self, MZ_DEMO_AUDIENCE_TOOLS, "command_output",
                          mz_demo_object ("ssssss",
                                          "itemId", item_id,
                                          "phase", "end",
                                          "toolCallId", self->call_id,
                                          "name", "exec",
                                          "output", self->output,
                                          "status", status),
                          FALSE);

  /* As on the real gateway the result comes with the history, not as an event of its own. */
  mz_demo_session_append (mz_demo_run_get_session (self),
                          mz_demo_message_tool_result (self->call_id, self->output, self->is_denied, mz_demo_now_ms ()),
                          self->id, mz_demo_now_ms ());
  self->turn_at = mz_demo_now_ms ();
  mz_demo_run_set_timer (self, MZ_DEMO_STEP_PAUSE_MS, mz_demo_run_next_step_cb);
}

static gboolean
end_command_cb (gpointer user_data)
{
  MzDemoRun *self = user_data;

  mz_demo_run_clear_timer (self);
  end_command (self);
  return G_SOURCE_REMOVE;
}

static void
deny (MzDemoRun  *self,
      const char *why)
{
  g_free (self->output);
  self->is_denied = TRUE;
  self->output = g_strdup_printf ("Exec denied (demo gateway, %s): %s", why, self->command);
}

static gboolean
approval_expired_cb (gpointer user_data)
{
  MzDemoRun *self = user_data;

  mz_demo_run_clear_timer (self);
  self->waits_for_approval = FALSE;
  deny (self, "approval-timeout");
  end_command (self);
  return G_SOURCE_REMOVE;
}

void
mz_demo_run_ask (MzDemoRun  *self,
                 const char *command)
{
  g_autofree char *uuid = g_uuid_string_random ();
  JsonObject *approval;
  JsonArray *content;

  g_free (self->command);
  g_free (self->call_id);
  self->command = g_strdup (command);
  self->call_id = g_strconcat ("call_demo_", uuid, NULL);
  self->is_denied = FALSE;

  emit_item (self, "start", "running");
  mz_demo_run_emit_agent (self, MZ_DEMO_AUDIENCE_TOOLS, "tool",
                          mz_demo_object ("ssso",
                                          "phase", "start",
                                          "name", "exec",
                                          "toolCallId", self->call_id,
                                          "args", mz_demo_object ("s", "command", command)),
                          FALSE);
  content = mz_demo_run_take_content (self, mz_demo_block_tool_call (self->call_id, command));
  mz_demo_run_append (self, mz_demo_message_assistant (content, "toolUse", self->output_tokens, self->turn_at));

  if (!mz_demo_gateway_has_audience (self->gateway, MZ_DEMO_AUDIENCE_APPROVALS))
    {
      deny (self, "nobody is connected who could approve it");
      mz_demo_run_set_timer (self, MZ_DEMO_STEP_PAUSE_MS, end_command_cb);
      return;
    }

  g_free (self->approval_id);
  self->approval_id = g_uuid_string_random ();
  self->approval_at = mz_demo_now_ms ();
  self->waits_for_approval = TRUE;
  approval = mz_demo_run_approval (self);
  mz_demo_gateway_emit (self->gateway, MZ_DEMO_AUDIENCE_APPROVALS, self->session_key, "exec.approval.requested", approval, FALSE);
  mz_demo_run_emit_lifecycle (self, mz_demo_object ("sss",
                                                    "phase", "waiting-approval",
                                                    "approvalId", self->approval_id,
                                                    "toolCallId", self->call_id));
  mz_demo_run_set_timer (self, APPROVAL_MINUTES * 60 * 1000, approval_expired_cb);
}

void
mz_demo_run_emit_resolved (MzDemoRun  *self,
                           const char *decision,
                           const char *resolved_by)
{
  g_autoptr (JsonObject) approval = mz_demo_run_approval (self);

  mz_demo_gateway_emit (self->gateway, MZ_DEMO_AUDIENCE_APPROVALS, self->session_key, "exec.approval.resolved",
                        mz_demo_object ("sssio",
                                        "id", self->approval_id,
                                        "decision", decision,
                                        "resolvedBy", resolved_by,
                                        "ts", mz_demo_now_ms (),
                                        "request", json_object_ref (mz_json_get_object (approval, "request"))),
                        FALSE);
}

/*< private >
 * mz_demo_run_resolve:
 * @self: a run that waits for approval
 * @decision: `allow-once` or `deny`
 * @resolved_by: (nullable): which client
 *
 * Returns: whether the decision is one of those allowed
 */
gboolean
mz_demo_run_resolve (MzDemoRun  *self,
                     const char *decision,
                     const char *resolved_by)
{
  gboolean allowed = g_strcmp0 (decision, "allow-once") == 0;

  if (!allowed && g_strcmp0 (decision, "deny") != 0)
    return FALSE;

  self->waits_for_approval = FALSE;
  mz_demo_run_emit_resolved (self, decision, resolved_by);
  mz_demo_run_emit_lifecycle (self, mz_demo_object ("sss",
                                                    "phase", "approval-resolved",
                                                    "approvalId", self->approval_id,
                                                    "toolCallId", self->call_id));
  if (allowed)
    {
      g_free (self->output);
      self->output = mz_demo_script_pretend (self->command);
    }
  else
    deny (self, "user-denied");
  mz_demo_run_set_timer (self, MZ_DEMO_STEP_PAUSE_MS, end_command_cb);

  return TRUE;
}

/*< private >
 * mz_demo_run_approval:
 * @self: a run that waits for approval
 *
 * Returns: (transfer full): the request, as `exec.approval.list` has it
 */
JsonObject *
mz_demo_run_approval (MzDemoRun *self)
{
  const char * const allowed[] = { "allow-once", "deny", NULL };
  const char * const unavailable[] = { "allow-always", NULL };
  JsonObject *request = mz_demo_object ("sssssaassssb",
                                        "command", self->command,
                                        "cwd", "/demo",
                                        "host", "gateway",
                                        "security", "allowlist",
                                        "ask", "always",
                                        "allowedDecisions", mz_demo_strings (allowed),
                                        "unavailableDecisions", mz_demo_strings (unavailable),
                                        "agentId", MZ_DEMO_AGENT,
                                        "sessionKey", self->session_key,
                                        "runId", self->id,
                                        "toolCallId", self->call_id,
                                        "demo", TRUE);

  return mz_demo_object ("ssoii",
                         "approvalKind", "exec",
                         "id", self->approval_id,
                         "request", request,
                         "createdAtMs", self->approval_at,
                         "expiresAtMs", self->approval_at + (gint64) APPROVAL_MINUTES * 60 * 1000);
}
