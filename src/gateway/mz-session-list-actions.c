/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-session-list-private.h"

#include "mz-gateway-error.h"
#include "mz-json.h"

/* What a person does to a session. The gateway's answer is believed at once; its events follow. */

typedef struct
{
  char *key;
  JsonObject *fields;
} Action;

static void
action_free (gpointer data)
{
  Action *action = data;

  g_free (action->key);
  g_clear_pointer (&action->fields, json_object_unref);
  g_free (action);
}

static GTask *
action_new (MzSessionList       *self,
            const char          *key,
            GCancellable        *cancellable,
            GAsyncReadyCallback  callback,
            gpointer             user_data,
            gpointer             tag)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Action *action = g_new0 (Action, 1);

  action->key = g_strdup (key);
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, action, action_free);
  return task;
}

static void
request (GTask               *task,
         const char          *method,
         JsonObject          *params,
         GAsyncReadyCallback  callback)
{
  MzSessionList *self = g_task_get_source_object (task);
  MzClient *client = mz_session_list_get_client (self);
  JsonNode *node = json_node_alloc ();

  json_node_init_object (node, params);
  json_object_unref (params);
  if (mz_client_get_state (client) == MZ_CLIENT_READY && !mz_client_has_method (client, method))
    {
      json_node_unref (node);
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_UNSUPPORTED, "The gateway does not know %s", method);
      g_object_unref (task);
      return;
    }
  mz_client_request_async (client, method, node, 0, g_task_get_cancellable (task), callback, task);
}

static void
create_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  const char *key = mz_json_get_string (mz_json_node_object (answer), "key");

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (key == NULL)
    {
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "The new session has no key");
      return;
    }

  mz_session_list_add_row (g_task_get_source_object (task), key, mz_json_get_object (mz_json_node_object (answer), "entry"));
  mz_session_list_refresh (g_task_get_source_object (task));
  g_task_return_pointer (task, g_strdup (key), g_free);
}

/**
 * mz_session_list_create_async:
 * @self: a list
 * @label: (nullable): what to call it; must be unique on the gateway
 * @model: (nullable): the model, see #MzModel:ref
 * @agent_id: (nullable): the agent
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is there
 * @user_data: for @callback
 *
 * Makes a new session.
 */
void
mz_session_list_create_async (MzSessionList       *self,
                              const char          *label,
                              const char          *model,
                              const char          *agent_id,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  JsonObject *params;

  g_return_if_fail (MZ_IS_SESSION_LIST (self));

  params = json_object_new ();
  if (label != NULL)
    json_object_set_string_member (params, "label", label);
  if (model != NULL)
    json_object_set_string_member (params, "model", model);
  if (agent_id != NULL)
    json_object_set_string_member (params, "agentId", agent_id);

  request (action_new (self, NULL, cancellable, callback, user_data, mz_session_list_create_async), "sessions.create", params,
           create_cb);
}

/**
 * mz_session_list_create_finish:
 * @self: a list
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the new session's key, %NULL with @error set; its row follows
 */
char *
mz_session_list_create_finish (MzSessionList  *self,
                               GAsyncResult   *result,
                               GError        **error)
{
  g_return_val_if_fail (MZ_IS_SESSION_LIST (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
patch_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  Action *action = g_task_get_task_data (task);

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  mz_session_list_merge_row (g_task_get_source_object (task), action->key, action->fields, FALSE);
  if (mz_json_has (action->fields, "archived"))
    mz_session_list_refresh (g_task_get_source_object (task));
  g_task_return_boolean (task, TRUE);
}

/**
 * mz_session_list_patch_async:
 * @self: a list
 * @key: the session
 * @fields: (transfer none): an object of what to change (schema: SessionsPatchMutation); null clears a field
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Changes a session.
 */
void
mz_session_list_patch_async (MzSessionList       *self,
                             const char          *key,
                             JsonNode            *fields,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GList) names = NULL;
  JsonObject *object;
  JsonObject *params;
  MzSessionRow *row;
  MzHello *hello;
  GTask *task;

  g_return_if_fail (MZ_IS_SESSION_LIST (self));
  g_return_if_fail (key != NULL);

  object = mz_json_node_object (fields);
  g_return_if_fail (object != NULL);

  params = json_object_new ();
  names = json_object_get_members (object);
  for (GList *l = names; l != NULL; l = l->next)
    json_object_set_member (params, l->data, json_node_copy (mz_json_get_node (object, l->data)));
  json_object_set_string_member (params, "key", key);

  /* Since protocol 4 archiving must name the transcript that the person saw. */
  row = mz_session_list_lookup (self, key);
  hello = mz_client_get_hello (mz_session_list_get_client (self));
  if (mz_json_has (object, "archived") && row != NULL && mz_session_row_get_session_id (row) != NULL &&
      hello != NULL && mz_hello_get_protocol (hello) >= 4)
    json_object_set_string_member (params, "expectedSessionId", mz_session_row_get_session_id (row));

  task = action_new (self, key, cancellable, callback, user_data, mz_session_list_patch_async);
  ((Action *) g_task_get_task_data (task))->fields = json_object_ref (object);
  request (task, "sessions.patch", params, patch_cb);
}

static void
patch_one (MzSessionList       *self,
           const char          *key,
           const char          *field,
           JsonNode            *value,
           GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data)
{
  g_autoptr (JsonNode) fields = json_node_alloc ();
  JsonObject *object = json_object_new ();

  json_object_set_member (object, field, value);
  json_node_init_object (fields, object);
  json_object_unref (object);
  mz_session_list_patch_async (self, key, fields, cancellable, callback, user_data);
}

static JsonNode *
string_or_null (const char *string)
{
  JsonNode *node = json_node_alloc ();

  return string != NULL && string[0] != '\0' ? json_node_init_string (node, string) : json_node_init_null (node);
}

/**
 * mz_session_list_rename_async:
 * @self: a list
 * @key: the session
 * @label: (nullable): its new name; %NULL or "" gives it back to the gateway to find one
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is done
 * @user_data: for @callback
 */
void
mz_session_list_rename_async (MzSessionList       *self,
                              const char          *key,
                              const char          *label,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  patch_one (self, key, "label", string_or_null (label), cancellable, callback, user_data);
}

/**
 * mz_session_list_set_pinned_async:
 * @self: a list
 * @key: the session
 * @pinned: whether it is pinned
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is done
 * @user_data: for @callback
 */
void
mz_session_list_set_pinned_async (MzSessionList       *self,
                                  const char          *key,
                                  gboolean             pinned,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  patch_one (self, key, "pinned", json_node_init_boolean (json_node_alloc (), pinned), cancellable, callback, user_data);
}

/**
 * mz_session_list_set_archived_async:
 * @self: a list
 * @key: the session
 * @archived: whether it is archived; this stops what runs in it
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is done
 * @user_data: for @callback
 */
void
mz_session_list_set_archived_async (MzSessionList       *self,
                                    const char          *key,
                                    gboolean             archived,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  patch_one (self, key, "archived", json_node_init_boolean (json_node_alloc (), archived), cancellable, callback, user_data);
}

/**
 * mz_session_list_set_unread_async:
 * @self: a list
 * @key: the session
 * @unread: whether it is to be read
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is done
 * @user_data: for @callback
 */
void
mz_session_list_set_unread_async (MzSessionList       *self,
                                  const char          *key,
                                  gboolean             unread,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  patch_one (self, key, "unread", json_node_init_boolean (json_node_alloc (), unread), cancellable, callback, user_data);
}

/**
 * mz_session_list_set_model_async:
 * @self: a list
 * @key: the session
 * @model: (nullable): its model, see #MzModel:ref; %NULL for the gateway's default
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is done
 * @user_data: for @callback
 */
void
mz_session_list_set_model_async (MzSessionList       *self,
                                 const char          *key,
                                 const char          *model,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  patch_one (self, key, "model", string_or_null (model), cancellable, callback, user_data);
}

/**
 * mz_session_list_set_thinking_level_async:
 * @self: a list
 * @key: the session
 * @level: (nullable): how much the model thinks, one of #MzModel:thinking-levels; %NULL for its default
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is done
 * @user_data: for @callback
 */
void
mz_session_list_set_thinking_level_async (MzSessionList       *self,
                                          const char          *key,
                                          const char          *level,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data)
{
  patch_one (self, key, "thinkingLevel", string_or_null (level), cancellable, callback, user_data);
}

/**
 * mz_session_list_patch_finish:
 * @self: a list
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether the gateway has changed the session
 */
gboolean
mz_session_list_patch_finish (MzSessionList  *self,
                              GAsyncResult   *result,
                              GError        **error)
{
  g_return_val_if_fail (MZ_IS_SESSION_LIST (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
delete_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  Action *action = g_task_get_task_data (task);

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  mz_session_list_remove_row (g_task_get_source_object (task), action->key);
  g_task_return_boolean (task, TRUE);
}

/**
 * mz_session_list_delete_async:
 * @self: a list
 * @key: the session
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is gone
 * @user_data: for @callback
 *
 * Deletes a session.
 */
void
mz_session_list_delete_async (MzSessionList       *self,
                              const char          *key,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  JsonObject *params;

  g_return_if_fail (MZ_IS_SESSION_LIST (self));
  g_return_if_fail (key != NULL);

  params = json_object_new ();
  json_object_set_string_member (params, "key", key);
  request (action_new (self, key, cancellable, callback, user_data, mz_session_list_delete_async), "sessions.delete", params,
           delete_cb);
}

/**
 * mz_session_list_delete_finish:
 * @self: a list
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether the session is gone
 */
gboolean
mz_session_list_delete_finish (MzSessionList  *self,
                               GAsyncResult   *result,
                               GError        **error)
{
  g_return_val_if_fail (MZ_IS_SESSION_LIST (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
