/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-handlers.h"

#include <string.h>

#include "mz-demo-methods.h"
#include "mz-demo-run.h"

#define DEFAULT_LIST 100
#define MAX_LIST 1000

/* What `operator.write` may change; the rest is for `operator.admin` (docs: gateway/protocol/rpc-session-control). */
static const char write_fields[] =
  "key agentId expectedSessionId label icon color category boardFace statusNote attention ttlMinutes archived pinned unread "
  "thinkingLevel fastMode model";

static MzDemoSession *
find_session (MzDemoGateway  *gateway,
              JsonObject     *params,
              JsonObject    **error)
{
  const char *key = mz_json_get_string (params, "key");
  MzDemoSession *session = mz_demo_store_lookup (gateway->store, key);
  g_autofree char *message = NULL;

  if (session == NULL)
    {
      message = g_strconcat ("session not found: ", key, NULL);
      mz_demo_fail (error, message, NULL);
    }
  return session;
}

static JsonObject *
session_row (MzDemoGateway *gateway,
             MzDemoSession *session)
{
  MzDemoRun *run = mz_demo_run_find_active (gateway, session->key);

  return mz_demo_session_row (session, run != NULL ? mz_demo_run_get_id (run) : NULL);
}

static JsonObject *
session_entry (MzDemoSession *session)
{
  return mz_demo_object ("sissii",
                         "sessionId", session->session_id,
                         "updatedAt", session->updated_at,
                         "label", session->label,
                         "thinkingLevel", session->thinking_level,
                         "createdAt", session->created_at,
                         "totalTokens", session->input_tokens + session->output_tokens);
}

static JsonObject *
resolved_model (MzDemoSession *session)
{
  return mz_demo_object ("ss", "modelProvider", MZ_DEMO_PROVIDER, "model", session->model);
}

/* A session that is reset or deleted takes its runs along. */
static void
abort_runs (MzDemoGateway *gateway,
            MzDemoSession *session)
{
  g_autoptr (GList) runs = g_list_copy (gateway->queue.head);

  for (GList *item = g_list_last (runs); item != NULL; item = item->prev)
    if (mz_demo_run_is_open (item->data) && g_strcmp0 (mz_demo_run_get_session_key (item->data), session->key) == 0)
      mz_demo_run_abort (item->data, "session");
}

static gboolean
contains_folded (const char *text,
                 const char *folded)
{
  g_autofree char *own = text != NULL ? g_utf8_casefold (text, -1) : NULL;

  return own != NULL && strstr (own, folded) != NULL;
}

static gboolean
matches (MzDemoSession *session,
         JsonObject    *params)
{
  const char *search = mz_json_get_string (params, "search");
  const char *label = mz_json_get_string (params, "label");
  g_autofree char *folded = search != NULL ? g_utf8_casefold (search, -1) : NULL;
  gboolean all = g_strcmp0 (mz_json_get_string (params, "archived"), "all") == 0;

  if (!all && session->archived != mz_json_get_boolean (params, "archived", FALSE))
    return FALSE;
  if (label != NULL && g_strcmp0 (session->label, label) != 0)
    return FALSE;
  return folded == NULL || contains_folded (session->label, folded) || contains_folded (session->preview, folded) ||
         contains_folded (session->key, folded);
}

JsonNode *
mz_demo_handle_sessions_list (MzDemoGateway     *gateway,
                              MzDemoConnection  *connection,
                              JsonObject        *params,
                              JsonObject       **error)
{
  gint64 limit = CLAMP (mz_json_get_int (params, "limit", DEFAULT_LIST), 1, MAX_LIST);
  gint64 offset = CLAMP (mz_json_get_int (params, "offset", 0), 0, G_MAXINT);
  g_autoptr (GPtrArray) sessions = mz_demo_store_sorted (gateway->store);
  JsonArray *rows = json_array_new ();
  gint64 n_matching = 0, count;
  JsonObject *list;

  for (guint i = 0; i < sessions->len; i++)
    {
      MzDemoSession *session = g_ptr_array_index (sessions, i);

      if (!matches (session, params))
        continue;
      if (n_matching >= offset && n_matching < offset + limit)
        json_array_add_object_element (rows, session_row (gateway, session));
      n_matching++;
    }

  count = json_array_get_length (rows);
  list = mz_demo_object ("isiiiboa",
                         "ts", mz_demo_now_ms (),
                         "path", "(memory)",
                         "count", count,
                         "totalCount", n_matching,
                         "limitApplied", limit,
                         "hasMore", offset + count < n_matching,
                         "defaults", mz_demo_object ("ssi",
                                                     "modelProvider", MZ_DEMO_PROVIDER,
                                                     "model", MZ_DEMO_MODEL,
                                                     "contextTokens", (gint64) MZ_DEMO_CONTEXT_TOKENS),
                         "sessions", rows);
  if (offset + count < n_matching)
    json_object_set_int_member (list, "nextOffset", offset + count);
  else
    json_object_set_null_member (list, "nextOffset");

  return mz_demo_node (list);
}

JsonNode *
mz_demo_handle_sessions_subscribe (MzDemoGateway     *gateway,
                                   MzDemoConnection  *connection,
                                   JsonObject        *params,
                                   JsonObject       **error)
{
  JsonObject *answer = mz_demo_object ("b", "subscribed", TRUE);

  mz_demo_connection_set_sessions (connection, TRUE);
  if (gateway->protocol >= 4 && json_object_get_size (params) > 0)
    json_object_set_member (answer, "list", mz_demo_handle_sessions_list (gateway, connection, params, error));

  return mz_demo_node (answer);
}

JsonNode *
mz_demo_handle_sessions_unsubscribe (MzDemoGateway     *gateway,
                                     MzDemoConnection  *connection,
                                     JsonObject        *params,
                                     JsonObject       **error)
{
  mz_demo_connection_set_sessions (connection, FALSE);
  return mz_demo_node (mz_demo_object ("b", "subscribed", FALSE));
}

static JsonNode *
subscribe_messages (MzDemoConnection *connection,
                    JsonObject       *params,
                    gboolean          subscribed)
{
  g_autofree char *key = mz_demo_store_canonical_key (mz_json_get_string (params, "key"));

  mz_demo_connection_set_messages (connection, key, subscribed);
  return mz_demo_node (mz_demo_object ("bs", "subscribed", subscribed, "key", key));
}

JsonNode *
mz_demo_handle_sessions_messages_subscribe (MzDemoGateway     *gateway,
                                            MzDemoConnection  *connection,
                                            JsonObject        *params,
                                            JsonObject       **error)
{
  return subscribe_messages (connection, params, TRUE);
}

JsonNode *
mz_demo_handle_sessions_messages_unsubscribe (MzDemoGateway     *gateway,
                                              MzDemoConnection  *connection,
                                              JsonObject        *params,
                                              JsonObject       **error)
{
  return subscribe_messages (connection, params, FALSE);
}

static gboolean
check_label (MzDemoGateway  *gateway,
             MzDemoSession  *own,
             const char     *label,
             JsonObject    **error)
{
  MzDemoSession *other = mz_demo_store_find_label (gateway->store, label);
  g_autofree char *message = NULL;

  if (other == NULL || other == own)
    return TRUE;

  message = g_strconcat ("label already in use: ", label, NULL);
  mz_demo_fail (error, message, NULL);
  return FALSE;
}

/* Models are written with or without their provider. */
static const char *
known_model (const char *model)
{
  if (g_strcmp0 (model, MZ_DEMO_MODEL) == 0 || g_strcmp0 (model, MZ_DEMO_PROVIDER "/" MZ_DEMO_MODEL) == 0)
    return MZ_DEMO_MODEL;
  if (g_strcmp0 (model, "demo-2") == 0 || g_strcmp0 (model, MZ_DEMO_PROVIDER "/demo-2") == 0)
    return "demo-2";
  return NULL;
}

static gboolean
set_model (MzDemoSession  *session,
           const char     *model,
           JsonObject    **error)
{
  const char *known = known_model (model);
  g_autofree char *message = NULL;

  if (known == NULL)
    {
      message = g_strconcat ("model not found: ", model, NULL);
      mz_demo_fail (error, message, NULL);
      return FALSE;
    }

  g_free (session->model);
  session->model = g_strdup (known);
  return TRUE;
}

JsonNode *
mz_demo_handle_sessions_create (MzDemoGateway     *gateway,
                                MzDemoConnection  *connection,
                                JsonObject        *params,
                                JsonObject       **error)
{
  const char *label = mz_json_get_string (params, "label");
  const char *message = mz_json_get_string (params, "message");
  const char *model = mz_json_get_string (params, "model");
  MzDemoRun *run = NULL;
  MzDemoSession *session;
  JsonObject *answer;

  if (message == NULL)
    message = mz_json_get_string (params, "task");
  if (label != NULL && !check_label (gateway, NULL, label, error))
    return NULL;
  if (model != NULL && known_model (model) == NULL)
    {
      g_autofree char *text = g_strconcat ("model not found: ", model, NULL);

      return mz_demo_fail (error, text, NULL);
    }

  session = mz_demo_store_add (gateway->store, mz_json_get_string (params, "key"), label, mz_demo_now_ms ());
  if (model != NULL)
    set_model (session, model, error);
  g_free (session->thinking_level);
  session->thinking_level = g_strdup (mz_json_get_string (params, "thinkingLevel"));

  if (message != NULL && *message != '\0')
    {
      g_autofree char *run_id = g_uuid_string_random ();

      run = mz_demo_run_start (gateway, session, run_id, message);
    }
  mz_demo_gateway_emit_session (gateway, session, "create", NULL, NULL);

  answer = mz_demo_object ("bssobo",
                           "ok", TRUE,
                           "key", session->key,
                           "sessionId", session->session_id,
                           "entry", session_entry (session),
                           "runStarted", run != NULL,
                           "resolved", resolved_model (session));
  if (run != NULL)
    mz_demo_object_add (answer, "ss", "runId", mz_demo_run_get_id (run), "status", "started");
  return mz_demo_node (answer);
}

static void
set_text (char       **text,
          JsonObject  *params,
          const char  *name)
{
  if (!mz_json_has (params, name))
    return;

  g_free (*text);
  *text = g_strdup (mz_json_get_string (params, name));
}

JsonNode *
mz_demo_handle_sessions_patch (MzDemoGateway     *gateway,
                               MzDemoConnection  *connection,
                               JsonObject        *params,
                               JsonObject       **error)
{
  MzDemoSession *session = find_session (gateway, params, error);
  const char *model = mz_json_get_string (params, "model");
  g_autofree char *privileged = mz_demo_unexpected_member (params, write_fields);
  gboolean is_main;

  if (session == NULL)
    return NULL;
  if (privileged != NULL && !mz_demo_connection_has_scope (connection, "operator.admin"))
    return mz_demo_fail_scope (gateway, error, "operator.admin");

  is_main = g_strcmp0 (session->key, MZ_DEMO_MAIN_KEY) == 0;
  if (is_main && mz_json_get_boolean (params, "archived", FALSE))
    return mz_demo_fail (error, "Cannot archive the main session (" MZ_DEMO_MAIN_KEY ").", NULL);
  if (!check_label (gateway, session, mz_json_get_string (params, "label"), error))
    return NULL;
  if (model != NULL && !set_model (session, model, error))
    return NULL;
  if (mz_json_is_null (params, "model"))
    set_model (session, MZ_DEMO_MODEL, error);

  set_text (&session->label, params, "label");
  set_text (&session->thinking_level, params, "thinkingLevel");
  session->archived = mz_json_get_boolean (params, "archived", session->archived);
  session->pinned = mz_json_get_boolean (params, "pinned", session->pinned);
  session->unread = mz_json_get_boolean (params, "unread", session->unread);
  session->updated_at = mz_demo_now_ms ();
  mz_demo_gateway_emit_session (gateway, session, "patch", NULL, NULL);

  return mz_demo_node (mz_demo_object ("bssoo",
                                       "ok", TRUE,
                                       "path", "(memory)",
                                       "key", session->key,
                                       "entry", session_entry (session),
                                       "resolved", resolved_model (session)));
}

JsonNode *
mz_demo_handle_sessions_describe (MzDemoGateway     *gateway,
                                  MzDemoConnection  *connection,
                                  JsonObject        *params,
                                  JsonObject       **error)
{
  MzDemoSession *session = mz_demo_store_lookup (gateway->store, mz_json_get_string (params, "key"));

  if (session == NULL)
    return mz_demo_node (mz_demo_object ("n", "session"));
  return mz_demo_node (mz_demo_object ("o", "session", session_row (gateway, session)));
}

JsonNode *
mz_demo_handle_sessions_reset (MzDemoGateway     *gateway,
                               MzDemoConnection  *connection,
                               JsonObject        *params,
                               JsonObject       **error)
{
  MzDemoSession *session = find_session (gateway, params, error);

  if (session == NULL)
    return NULL;

  abort_runs (gateway, session);
  mz_demo_session_reset (session, mz_demo_now_ms ());
  mz_demo_gateway_emit_session (gateway, session, "reset", NULL, NULL);

  return mz_demo_node (mz_demo_object ("bso", "ok", TRUE, "key", session->key, "entry", session_entry (session)));
}

JsonNode *
mz_demo_handle_sessions_delete (MzDemoGateway     *gateway,
                                MzDemoConnection  *connection,
                                JsonObject        *params,
                                JsonObject       **error)
{
  MzDemoSession *session = mz_demo_store_lookup (gateway->store, mz_json_get_string (params, "key"));
  g_autofree char *key = mz_demo_store_canonical_key (mz_json_get_string (params, "key"));
  gboolean deleted = session != NULL;

  if (g_strcmp0 (key, MZ_DEMO_MAIN_KEY) == 0)
    return mz_demo_fail (error, "Cannot delete the main session (" MZ_DEMO_MAIN_KEY ").", NULL);

  if (deleted)
    {
      abort_runs (gateway, session);
      mz_demo_gateway_emit_session (gateway, session, "delete", NULL, NULL);
      mz_demo_store_remove (gateway->store, session);
    }

  return mz_demo_node (mz_demo_object ("bsba", "ok", TRUE, "key", key, "deleted", deleted, "archived", json_array_new ()));
}
