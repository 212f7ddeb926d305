/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-handlers.h"

#include "mz-demo-image.h"
#include "mz-demo-run.h"

#define DEFAULT_HISTORY 200
#define MAX_HISTORY 1000

static MzDemoSession *
find_session (MzDemoGateway *gateway,
              JsonObject    *params)
{
  return mz_demo_store_lookup (gateway->store, mz_json_get_string (params, "sessionKey"));
}

static JsonObject *
pending_inputs (MzDemoGateway *gateway,
                const char    *session_key)
{
  JsonArray *items = json_array_new ();

  for (GList *item = gateway->queue.head; item != NULL; item = item->next)
    {
      JsonObject *pending = NULL;

      if (g_strcmp0 (mz_demo_run_get_session_key (item->data), session_key) == 0)
        pending = mz_demo_run_pending (item->data);
      if (pending != NULL)
        json_array_add_object_element (items, pending);
    }

  return mz_demo_object ("ai", "items", items, "total", (gint64) json_array_get_length (items));
}

static void
add_history_v4 (MzDemoGateway *gateway,
                MzDemoSession *session,
                JsonObject    *history,
                gint64         offset,
                guint          n_returned)
{
  MzDemoRun *run = mz_demo_run_find_active (gateway, session->key);
  gint64 total = session->messages->len;
  gboolean has_more = offset + n_returned < total;

  if (offset > 0)
    json_object_set_int_member (history, "offset", offset);
  if (has_more)
    json_object_set_int_member (history, "nextOffset", offset + n_returned);

  mz_demo_object_add (history, "obiooo",
                      "pendingInputs", pending_inputs (gateway, session->key),
                      "hasMore", has_more,
                      "totalMessages", total,
                      "defaults", mz_demo_object ("ssi",
                                                  "modelProvider", MZ_DEMO_PROVIDER,
                                                  "model", MZ_DEMO_MODEL,
                                                  "contextTokens", (gint64) MZ_DEMO_CONTEXT_TOKENS),
                      "sessionInfo", mz_demo_session_row (session, run != NULL ? mz_demo_run_get_id (run) : NULL),
                      "inFlightRun", run != NULL ? mz_demo_run_in_flight (run) : NULL);
}

JsonNode *
mz_demo_handle_chat_history (MzDemoGateway     *gateway,
                             MzDemoConnection  *connection,
                             JsonObject        *params,
                             JsonObject       **error)
{
  MzDemoSession *session = find_session (gateway, params);
  gint64 limit = CLAMP (mz_json_get_int (params, "limit", DEFAULT_HISTORY), 1, MAX_HISTORY);
  gint64 offset = CLAMP (mz_json_get_int (params, "offset", 0), 0, G_MAXINT);
  JsonObject *history;
  JsonArray *messages;
  guint n_returned = 0;

  if (session == NULL)
    {
      history = mz_demo_object ("sa", "sessionKey", mz_json_get_string (params, "sessionKey"), "messages", json_array_new ());
      if (gateway->protocol >= 4)
        mz_demo_object_add (history, "obi",
                            "pendingInputs", pending_inputs (gateway, NULL),
                            "hasMore", FALSE,
                            "totalMessages", (gint64) 0);
      return mz_demo_node (history);
    }

  /* A page is an answer like any other: it has to fit into one frame. */
  messages = mz_demo_session_page (session, limit, offset, gateway->max_payload / 2, &n_returned);
  history = mz_demo_object ("sssa",
                            "sessionKey", mz_json_get_string (params, "sessionKey"),
                            "sessionId", session->session_id,
                            "thinkingLevel", session->thinking_level != NULL ? session->thinking_level : "off",
                            "messages", messages);
  if (gateway->protocol >= 4)
    add_history_v4 (gateway, session, history, offset, n_returned);

  return mz_demo_node (history);
}

JsonNode *
mz_demo_handle_chat_send (MzDemoGateway     *gateway,
                          MzDemoConnection  *connection,
                          JsonObject        *params,
                          JsonObject       **error)
{
  const char *key = mz_json_get_string (params, "idempotencyKey");
  const char *message = mz_json_get_string (params, "message");
  const char *session_key = mz_json_get_string (params, "sessionKey");
  JsonArray *attachments = mz_json_get_array (params, "attachments");
  MzDemoRun *run = g_hash_table_lookup (gateway->runs, key);
  MzDemoSession *session;

  /* The same key is the same message, however often it comes. */
  if (run != NULL)
    return mz_demo_node (mz_demo_run_describe (run));

  if (*key == '\0' || *session_key == '\0')
    return mz_demo_fail (error, "invalid chat.send params: must not have fewer than 1 characters", NULL);
  if (*message == '\0' && (attachments == NULL || mz_json_array_length (attachments) == 0))
    return mz_demo_fail (error, "message or attachment required", NULL);

  session = mz_demo_store_add (gateway->store, session_key, NULL, mz_demo_now_ms ());
  run = mz_demo_run_start (gateway, session, key, message);
  session->updated_at = session->interaction_at = mz_demo_now_ms ();
  session->unread = FALSE;
  mz_demo_gateway_emit_session (gateway, session, "send", NULL, NULL);

  return mz_demo_node (mz_demo_object ("ss", "runId", mz_demo_run_get_id (run), "status", "started"));
}

JsonNode *
mz_demo_handle_chat_abort (MzDemoGateway     *gateway,
                           MzDemoConnection  *connection,
                           JsonObject        *params,
                           JsonObject       **error)
{
  MzDemoSession *session = find_session (gateway, params);
  const char *run_id = mz_json_get_string (params, "runId");
  JsonArray *aborted = json_array_new ();
  g_autoptr (GList) runs = g_list_copy (gateway->queue.head);

  /* The waiting ones first: the end of one run starts the next. */
  for (GList *item = g_list_last (runs); session != NULL && item != NULL; item = item->prev)
    {
      MzDemoRun *run = item->data;

      if (!mz_demo_run_is_open (run) || g_strcmp0 (mz_demo_run_get_session_key (run), session->key) != 0 ||
          (run_id != NULL && g_strcmp0 (mz_demo_run_get_id (run), run_id) != 0))
        continue;
      json_array_add_string_element (aborted, mz_demo_run_get_id (run));
      mz_demo_run_abort (run, "rpc");
    }

  return mz_demo_node (mz_demo_object ("bba",
                                       "ok", TRUE,
                                       "aborted", json_array_get_length (aborted) > 0,
                                       "runIds", aborted));
}

JsonNode *
mz_demo_handle_exec_approval_list (MzDemoGateway     *gateway,
                                   MzDemoConnection  *connection,
                                   JsonObject        *params,
                                   JsonObject       **error)
{
  JsonArray *approvals = json_array_new ();

  for (GList *item = gateway->queue.head; item != NULL; item = item->next)
    if (mz_demo_run_is_waiting (item->data))
      json_array_add_object_element (approvals, mz_demo_run_approval (item->data));

  return mz_demo_node_array (approvals);
}

JsonNode *
mz_demo_handle_exec_approval_resolve (MzDemoGateway     *gateway,
                                      MzDemoConnection  *connection,
                                      JsonObject        *params,
                                      JsonObject       **error)
{
  MzDemoRun *run = mz_demo_run_find_approval (gateway, mz_json_get_string (params, "id"));

  if (run == NULL)
    return mz_demo_fail (error, "unknown or expired approval id",
                         mz_demo_object ("ss",
                                         "reason", "APPROVAL_NOT_FOUND",
                                         "remediation", "Re-request the action; pending approvals are cleared after expiry."));
  if (!mz_demo_run_resolve (run, mz_json_get_string (params, "decision"), mz_demo_connection_get_client_id (connection)))
    return mz_demo_fail (error, "invalid decision", NULL);

  return mz_demo_node (mz_demo_object ("b", "ok", TRUE));
}

static JsonObject *
model_object (MzDemoGateway *gateway,
              const char    *id,
              const char    *name,
              gboolean       reasoning)
{
  const char * const input[] = { "text", "image", NULL };
  const char * const levels[] = { "off", "low", "medium", "high", NULL };
  const char * const tags[] = { "default", NULL };
  JsonObject *model = mz_demo_object ("sssib",
                                      "id", id,
                                      "name", name,
                                      "provider", MZ_DEMO_PROVIDER,
                                      "contextWindow", (gint64) MZ_DEMO_CONTEXT_TOKENS,
                                      "reasoning", reasoning);
  JsonArray *thinking = json_array_new ();

  for (gsize i = 0; levels[i] != NULL && (reasoning || i == 0); i++)
    json_array_add_object_element (thinking, mz_demo_object ("ss", "id", levels[i], "label", levels[i]));

  if (gateway->protocol < 4)
    {
      json_array_unref (thinking);
      mz_demo_object_add (model, "a", "input", mz_demo_strings (input));
      return model;
    }
  mz_demo_object_add (model, "asba",
                      "thinkingLevels", thinking,
                      "thinkingDefault", "off",
                      "available", TRUE,
                      "input", mz_demo_strings (input));
  if (g_strcmp0 (id, MZ_DEMO_MODEL) == 0)
    json_object_set_array_member (model, "tags", mz_demo_strings (tags));
  return model;
}

JsonNode *
mz_demo_handle_models_list (MzDemoGateway     *gateway,
                            MzDemoConnection  *connection,
                            JsonObject        *params,
                            JsonObject       **error)
{
  JsonArray *models = json_array_new ();

  json_array_add_object_element (models, model_object (gateway, MZ_DEMO_MODEL, "Demo One", FALSE));
  json_array_add_object_element (models, model_object (gateway, "demo-2", "Demo Two (thinks)", TRUE));

  return mz_demo_node (mz_demo_object ("a", "models", models));
}

JsonNode *
mz_demo_handle_commands_list (MzDemoGateway     *gateway,
                              MzDemoConnection  *connection,
                              JsonObject        *params,
                              JsonObject       **error)
{
  const struct { const char *name, *alias, *description, *category, *argument, *about_argument; } known[] = {
    { "help", "/help", "Show available commands.", "status", NULL, NULL },
    { "status", "/status", "Show what this session is doing.", "status", NULL, NULL },
    { "new", "/new", "Start a new session.", "session", NULL, NULL },
    { "model", "/model", "Show or choose the model.", "options", "model", "Model id (provider/model or id)" },
    { "stop", "/stop", "Stop the current run.", "session", NULL, NULL },
  };
  JsonArray *commands = json_array_new ();
  gboolean with_args = mz_json_get_boolean (params, "includeArgs", TRUE);

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      const char * const aliases[] = { known[i].alias, NULL };
      JsonObject *command = mz_demo_object ("ssassssb",
                                            "name", known[i].name,
                                            "nativeName", known[i].name,
                                            "textAliases", mz_demo_strings (aliases),
                                            "description", known[i].description,
                                            "category", known[i].category,
                                            "source", "native",
                                            "scope", "both",
                                            "acceptsArgs", known[i].argument != NULL);

      if (known[i].argument != NULL && with_args)
        {
          JsonArray *arguments = json_array_new ();

          json_array_add_object_element (arguments, mz_demo_object ("sss",
                                                                    "name", known[i].argument,
                                                                    "description", known[i].about_argument,
                                                                    "type", "string"));
          json_object_set_array_member (command, "args", arguments);
        }
      json_array_add_object_element (commands, command);
    }

  return mz_demo_node (mz_demo_object ("a", "commands", commands));
}

JsonNode *
mz_demo_handle_health (MzDemoGateway     *gateway,
                       MzDemoConnection  *connection,
                       JsonObject        *params,
                       JsonObject       **error)
{
  return mz_demo_node (mz_demo_object ("biis",
                                       "ok", TRUE,
                                       "ts", mz_demo_now_ms (),
                                       "durationMs", (gint64) 0,
                                       "defaultAgentId", MZ_DEMO_AGENT));
}

JsonNode *
mz_demo_handle_status (MzDemoGateway     *gateway,
                       MzDemoConnection  *connection,
                       JsonObject        *params,
                       JsonObject       **error)
{
  g_autoptr (GPtrArray) sessions = mz_demo_store_sorted (gateway->store);

  return mz_demo_node (mz_demo_object ("so",
                                       "runtimeVersion", MZ_DEMO_VERSION,
                                       "sessions", mz_demo_object ("i", "count", (gint64) sessions->len)));
}

JsonNode *
mz_demo_handle_artifacts_download (MzDemoGateway     *gateway,
                                   MzDemoConnection  *connection,
                                   JsonObject        *params,
                                   JsonObject       **error)
{
  const char *id = mz_json_get_string (params, "artifactId");
  g_autoptr (GBytes) png = NULL;
  g_autofree char *data = NULL;
  gsize size;
  const guint8 *bytes;

  if (g_strcmp0 (id, MZ_DEMO_IMAGE_ID) != 0)
    return mz_demo_fail (error, "artifact not found", mz_demo_object ("ss", "type", "artifact_not_found", "artifactId", id));

  png = mz_demo_image_png ();
  bytes = g_bytes_get_data (png, &size);
  data = g_base64_encode (bytes, size);

  return mz_demo_node (mz_demo_object ("oss",
                                       "artifact", mz_demo_object ("ssssiso",
                                                                   "id", id,
                                                                   "type", "image",
                                                                   "title", "evening.png",
                                                                   "mimeType", "image/png",
                                                                   "sizeBytes", (gint64) size,
                                                                   "sessionKey", mz_json_get_string (params, "sessionKey"),
                                                                   "download", mz_demo_object ("s", "mode", "bytes")),
                                       "encoding", "base64",
                                       "data", data));
}
