/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-methods.h"

#include "mz-demo-handlers.h"

#define READ "operator.read"
#define WRITE "operator.write"
#define APPROVALS "operator.approvals"
#define ADMIN "operator.admin"

#define LIST_PARAMS \
  "limit offset activeMinutes requireLastInteraction sortBy includeGlobal includeUnknown configuredAgentsOnly includeDerivedTitles " \
  "includeLastMessage label boardFace creatorId ownerId ownerFirst involvingMe involvingProfileId includePeople spawnedBy agentId " \
  "search archived"
#define SEND_PARAMS \
  "sessionKey agentId sessionId message intent thinking fastMode fastAutoOnSeconds queueMode deliver originatingChannel originatingTo " \
  "originatingAccountId originatingThreadId replyToId attachments toolBindings timeoutMs systemInputProvenance " \
  "systemProvenanceReceipt suppressCommandInterpretation expectedLeafEntryId expectedSessionRoutingContract " \
  "expectedPermissionMode expectedToolOverrides idempotencyKey"
#define PATCH_PARAMS \
  "key agentId expectedSessionId expectedLifecycleRevision expectedPermissionMode expectedToolOverrides expectedMarkedUnreadAt label " \
  "icon color category boardFace statusNote attention ttlMinutes archived pinned unread contextWindow thinkingLevel fastMode " \
  "toolOverrides verboseLevel traceLevel reasoningLevel responseUsage elevatedLevel execHost execSecurity execAsk execNode " \
  "permissionMode model sendPolicy groupActivation"
#define CREATE_PARAMS \
  "key idempotencyKey agentId label displayName category model contextWindow thinkingLevel fastMode permissionMode toolOverrides " \
  "incognito visibility catalogId parentSessionKey spawnDepth fork forkFrom emitCommandHooks succeedsParent task message attachments " \
  "projectId projectGitUrl worktree worktreeBaseRef worktreeName execNode cwd"

/* From which protocol to which one a method looks like this; params and the required ones of them, strings all, as the schema has them. */
static const struct
{
  const char *name;
  guint min_protocol;
  guint max_protocol;
  const char *scope;
  const char *params;
  const char *required;
  MzDemoHandler handler;
} methods[] = {
  { "artifacts.download", 4, 4, READ, "sessionKey runId taskId agentId artifactId transport messageRole", "artifactId",
    mz_demo_handle_artifacts_download },
  { "chat.abort", 3, 4, WRITE, "sessionKey agentId runId preserveSideRuns", "sessionKey", mz_demo_handle_chat_abort },
  { "chat.history", 3, 3, READ, "sessionKey limit maxChars", "sessionKey", mz_demo_handle_chat_history },
  { "chat.history", 4, 4, READ, "sessionKey agentId cursor limit offset pendingBefore inputRunIds messageId sessionId maxChars",
    "sessionKey", mz_demo_handle_chat_history },
  { "chat.send", 3, 3, WRITE, "sessionKey message thinking deliver originatingChannel originatingTo originatingAccountId "
    "originatingThreadId attachments timeoutMs systemInputProvenance systemProvenanceReceipt idempotencyKey",
    "sessionKey message idempotencyKey", mz_demo_handle_chat_send },
  { "chat.send", 4, 4, WRITE, SEND_PARAMS, "sessionKey message idempotencyKey", mz_demo_handle_chat_send },
  { "commands.list", 3, 4, READ, "sessionKey agentId provider scope includeArgs", "", mz_demo_handle_commands_list },
  { "exec.approval.list", 3, 4, APPROVALS, "", "", mz_demo_handle_exec_approval_list },
  { "exec.approval.resolve", 3, 4, APPROVALS, "id decision reviewer grantExpiresInDays", "id decision",
    mz_demo_handle_exec_approval_resolve },
  { "health", 3, 4, READ, "probe", "", mz_demo_handle_health },
  { "models.list", 3, 4, READ, "agentId includeProviderCapabilities preparedOnly refresh view", "", mz_demo_handle_models_list },
  { "sessions.create", 3, 4, WRITE, CREATE_PARAMS, "", mz_demo_handle_sessions_create },
  { "sessions.delete", 3, 4, ADMIN, "key agentId deleteTranscript expectedSessionId expectedLifecycleRevision "
    "expectedSessionUpdatedAt emitLifecycleHooks archivedOnly", "key", mz_demo_handle_sessions_delete },
  { "sessions.describe", 4, 4, READ, "key includeDerivedTitles includeLastMessage", "key", mz_demo_handle_sessions_describe },
  { "sessions.list", 3, 4, READ, LIST_PARAMS, "", mz_demo_handle_sessions_list },
  { "sessions.messages.subscribe", 3, 4, READ, "key agentId includeApprovals", "key", mz_demo_handle_sessions_messages_subscribe },
  { "sessions.messages.unsubscribe", 3, 4, READ, "key agentId", "key", mz_demo_handle_sessions_messages_unsubscribe },
  { "sessions.patch", 3, 3, ADMIN, PATCH_PARAMS, "key", mz_demo_handle_sessions_patch },
  { "sessions.patch", 4, 4, WRITE, PATCH_PARAMS, "key", mz_demo_handle_sessions_patch },
  { "sessions.reset", 3, 4, ADMIN, "key agentId reason", "key", mz_demo_handle_sessions_reset },
  { "sessions.subscribe", 3, 4, READ, LIST_PARAMS, "", mz_demo_handle_sessions_subscribe },
  { "sessions.unsubscribe", 3, 4, READ, "", "", mz_demo_handle_sessions_unsubscribe },
  { "status", 3, 4, READ, "includeChannelSummary", "", mz_demo_handle_status },
};

static const char * const event_names[] = {
  "connect.challenge", "agent", "chat", "session.message", "sessions.changed", "tick", "shutdown", "exec.approval.requested",
  "exec.approval.resolved", NULL,
};

/*< private >
 * mz_demo_fail:
 * @error: where to put it
 * @message: in words
 * @details: (nullable) (transfer full): `details`
 *
 * Returns: %NULL, for handlers to return
 */
JsonNode *
mz_demo_fail (JsonObject **error,
              const char  *message,
              JsonObject  *details)
{
  *error = mz_demo_error ("INVALID_REQUEST", message, details);
  return NULL;
}

/*< private >
 * mz_demo_fail_scope:
 * @gateway: the gateway
 * @error: where to put it
 * @scope: what is missing
 *
 * Returns: %NULL, for handlers to return
 */
JsonNode *
mz_demo_fail_scope (MzDemoGateway  *gateway,
                    JsonObject    **error,
                    const char     *scope)
{
  const char *scopes[] = { scope, NULL };
  g_autofree char *message = g_strconcat ("missing scope: ", scope, NULL);

  if (gateway->protocol < 4)
    return mz_demo_fail (error, message, NULL);

  *error = mz_demo_error ("FORBIDDEN", message,
                          mz_demo_object ("ssa",
                                          "code", "MISSING_SCOPE",
                                          "missingScope", scope,
                                          "requiredScopes", mz_demo_strings (scopes)));
  return NULL;
}

/*< private >
 * mz_demo_unexpected_member:
 * @object: what a client sent
 * @known: the names it may have, separated by blanks
 *
 * Returns: (transfer full) (nullable): the first other name
 */
char *
mz_demo_unexpected_member (JsonObject *object,
                           const char *known)
{
  g_auto (GStrv) names = g_strsplit (known, " ", -1);
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *member = members; member != NULL; member = member->next)
    if (!g_strv_contains ((const char * const *) names, member->data))
      return g_strdup (member->data);

  return NULL;
}

static gboolean
check_params (const char  *method,
              const char  *known,
              const char  *required,
              JsonObject  *params,
              JsonObject **error)
{
  g_auto (GStrv) needed = g_strsplit (required, " ", -1);
  g_autofree char *unexpected = mz_demo_unexpected_member (params, known);
  g_autofree char *message = NULL;

  if (unexpected != NULL)
    message = g_strdup_printf ("invalid %s params: at root: unexpected property '%s'", method, unexpected);

  for (gsize i = 0; message == NULL && needed[i] != NULL; i++)
    if (needed[i][0] != '\0' && mz_json_get_string (params, needed[i]) == NULL)
      message = g_strdup_printf ("invalid %s params: must have required property '%s'", method, needed[i]);

  if (message != NULL)
    mz_demo_fail (error, message, NULL);
  return message == NULL;
}

/*< private >
 * mz_demo_methods_call:
 * @gateway: the gateway
 * @connection: who asks
 * @method: for what
 * @params: (nullable): with what
 * @error: (out): a response's error
 *
 * Returns: (transfer full) (nullable): the answer's payload
 */
JsonNode *
mz_demo_methods_call (MzDemoGateway     *gateway,
                      MzDemoConnection  *connection,
                      const char        *method,
                      JsonNode          *params,
                      JsonObject       **error)
{
  g_autoptr (JsonObject) empty = json_object_new ();
  JsonObject *object = params != NULL ? mz_json_node_object (params) : empty;
  g_autofree char *message = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      if (g_strcmp0 (methods[i].name, method) != 0 || gateway->protocol < methods[i].min_protocol ||
          gateway->protocol > methods[i].max_protocol)
        continue;

      if (!mz_demo_connection_has_scope (connection, methods[i].scope))
        return mz_demo_fail_scope (gateway, error, methods[i].scope);
      if (object == NULL)
        {
          message = g_strdup_printf ("invalid %s params: at root: must be object", method);
          return mz_demo_fail (error, message, NULL);
        }
      if (!check_params (method, methods[i].params, methods[i].required, object, error))
        return NULL;
      return methods[i].handler (gateway, connection, object, error);
    }

  message = g_strconcat ("unknown method: ", method, NULL);
  return mz_demo_fail (error, message, NULL);
}

/*< private >
 * mz_demo_method_names:
 * @protocol: 3 or 4
 *
 * Returns: (transfer full): the methods of that protocol, for hello-ok
 */
JsonArray *
mz_demo_method_names (guint protocol)
{
  JsonArray *names = json_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (protocol >= methods[i].min_protocol && protocol <= methods[i].max_protocol)
      json_array_add_string_element (names, methods[i].name);

  return names;
}

JsonArray *
mz_demo_event_names (void)
{
  return mz_demo_strings (event_names);
}
