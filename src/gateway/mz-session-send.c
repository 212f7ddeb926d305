/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-session-private.h"

#include <string.h>

#include "mz-gateway-error.h"
#include "mz-json.h"

/* A run that was aborted says so at once; if its event was lost, it is over all the same after this. */
#define ABORT_SETTLE_MS 1000

typedef struct
{
  char *key;
  MzMessage *row;
} Send;

static void
send_free (gpointer data)
{
  Send *send = data;

  g_free (send->key);
  g_object_unref (send->row);
  g_free (send);
}

static void
mark_failed (MzMessage    *row,
             const GError *error)
{
  if (mz_message_get_id (row) != NULL || mz_message_get_state (row) != MZ_MESSAGE_SENDING)
    return;

  mz_message_set_error (row, mz_gateway_error_get_code (error), error->message);
  mz_message_set_state (row, MZ_MESSAGE_FAILED);
}

/* A row that the gateway has stored meanwhile has arrived, whatever became of the answer. */
static void
fail_send (GTask  *task,
           GError *error)
{
  MzSession *self = g_task_get_source_object (task);
  Send *send = g_task_get_task_data (task);

  if (!self->patient || !mz_gateway_error_is_no_answer (error))
    mark_failed (send->row, error);
  g_task_return_error (task, error);
}

static gboolean
is_under_way (const char *status)
{
  return g_strcmp0 (status, "started") == 0 || g_strcmp0 (status, "accepted") == 0 || g_strcmp0 (status, "in_flight") == 0 ||
         g_strcmp0 (status, "queued") == 0;
}

static void
send_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  MzSession *self = g_task_get_source_object (task);
  Send *send = g_task_get_task_data (task);
  JsonObject *payload = mz_json_node_object (answer);
  const char *run_id = mz_json_get_string (payload, "runId");
  const char *status = mz_json_get_string (payload, "status");

  if (error == NULL && g_strcmp0 (status, "error") == 0)
    {
      const char *summary = mz_json_get_string (payload, "summary");

      g_set_error_literal (&error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_REMOTE,
                           summary != NULL ? summary : "The gateway could not take the message");
    }
  if (error != NULL)
    {
      fail_send (task, g_steal_pointer (&error));
      return;
    }

  if (run_id == NULL)
    run_id = send->key;
  mz_message_set_error (send->row, NULL, NULL);
  if (mz_message_get_state (send->row) == MZ_MESSAGE_SENDING || mz_message_get_state (send->row) == MZ_MESSAGE_FAILED)
    mz_message_set_state (send->row, MZ_MESSAGE_DONE);
  if (g_strcmp0 (mz_message_get_run_id (send->row), run_id) != 0 && mz_timeline_find (self->timeline, send->row, NULL))
    mz_timeline_set_run (self->timeline, send->row, run_id);

  /* Another word ("ok") is the answer to a message that was sent before, and has been replied to. */
  if (is_under_way (status))
    mz_session_ensure_run (self, run_id);
  else if (!mz_session_run_has_ended (self, run_id))
    mz_session_reload (self);

  g_task_return_pointer (task, g_strdup (run_id), g_free);
}

static MzMessage *
ensure_row (MzSession  *self,
            const char *text,
            JsonNode   *attachments,
            const char *key)
{
  MzMessage *known = mz_timeline_lookup_idempotency (self->timeline, key);
  JsonArray *blocks = mz_json_node_array (attachments);
  g_autoptr (MzMessage) row = NULL;

  if (known != NULL)
    {
      mz_message_set_error (known, NULL, NULL);
      if (mz_message_get_id (known) == NULL)
        {
          if (mz_message_get_state (known) == MZ_MESSAGE_FAILED)
            mz_session_reopen_run (self, key);
          mz_message_set_state (known, MZ_MESSAGE_SENDING);
        }
      return g_object_ref (known);
    }

  row = mz_message_new (MZ_MESSAGE_USER, MZ_MESSAGE_SENDING);
  mz_message_set_role (row, "user");
  mz_message_set_idempotency_key (row, key);
  mz_message_set_run_id (row, key);
  mz_message_set_timestamp (row, g_get_real_time () / G_TIME_SPAN_MILLISECOND);
  mz_message_set_text (row, text, strlen (text));
  mz_message_set_unsent (row, TRUE);
  for (guint i = 0; i < mz_json_array_length (blocks); i++)
    mz_message_add_attachment (row, mz_json_array_node (blocks, i));
  mz_timeline_append (self->timeline, row);
  return g_steal_pointer (&row);
}

/**
 * mz_session_send_async:
 * @self: a session
 * @text: the message, Markdown or a slash command
 * @attachments: (nullable) (transfer none): an array of attachments as chat.send takes them (`type`, `mimeType`,
 *   `fileName`, `content` in base64)
 * @idempotency_key: (nullable): a key that no other message has; %NULL makes one
 * @cancellable: (nullable): a cancellable; a message that went out is not called back
 * @callback: called when the gateway has taken the message, or has not
 * @user_data: for @callback
 *
 * Sends a message. Its row is in the timeline at once, in the state %MZ_MESSAGE_SENDING; then %MZ_MESSAGE_DONE, or
 * %MZ_MESSAGE_FAILED with the error in it. To try again, send the same text with the row's key: the same row is used,
 * and the gateway does not answer twice.
 */
void
mz_session_send_async (MzSession           *self,
                       const char          *text,
                       JsonNode            *attachments,
                       const char          *idempotency_key,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (JsonNode) params = NULL;
  JsonObject *object;
  Send *send;

  g_return_if_fail (MZ_IS_SESSION (self));
  g_return_if_fail (text != NULL);

  send = g_new0 (Send, 1);
  send->key = idempotency_key != NULL ? g_strdup (idempotency_key) : g_uuid_string_random ();
  send->row = ensure_row (self, text, attachments, send->key);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_session_send_async);
  g_task_set_task_data (task, send, send_free);

  /* From here on the gateway may have it. */
  if (self->client == NULL || mz_client_get_state (self->client) == MZ_CLIENT_READY)
    mz_message_set_unsent (send->row, FALSE);

  if (self->client == NULL)
    {
      fail_send (task, g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED, "Not connected"));
      return;
    }

  object = json_object_new ();
  json_object_set_string_member (object, "sessionKey", mz_session_get_canonical_key (self));
  json_object_set_string_member (object, "message", text);
  json_object_set_string_member (object, "idempotencyKey", send->key);
  if (mz_json_array_length (mz_json_node_array (attachments)) > 0)
    json_object_set_member (object, "attachments", json_node_copy (attachments));
  params = json_node_alloc ();
  json_node_init_object (params, object);
  json_object_unref (object);

  mz_client_request_async (self->client, "chat.send", g_steal_pointer (&params), 0, cancellable, send_cb, g_steal_pointer (&task));
}

/**
 * mz_session_send_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the run that answers the message, %NULL with @error set
 */
char *
mz_session_send_finish (MzSession     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mz_session_set_patient:
 * @self: a session
 * @patient: whether rows whose message got no answer (no connection, lost with it, timed out) stay %MZ_MESSAGE_SENDING: for a caller
 *   that sends them again with the same key. Otherwise they become %MZ_MESSAGE_FAILED, as others do.
 */
void
mz_session_set_patient (MzSession *self,
                        gboolean   patient)
{
  g_return_if_fail (MZ_IS_SESSION (self));

  self->patient = patient;
}

/**
 * mz_session_add_unsent:
 * @self: a session
 * @text: as for mz_session_send_async()
 * @attachments: (nullable) (transfer none): as for mz_session_send_async()
 * @idempotency_key: the key that it will be sent with
 * @error: (nullable): why it could not be sent: the row is %MZ_MESSAGE_FAILED with it, otherwise %MZ_MESSAGE_SENDING
 *
 * The row of a message that is to be sent later, with mz_session_send_async() and the same key; the one that is there already if there
 * is one. Nothing is asked of the gateway.
 *
 * Returns: (transfer none): the row
 */
MzMessage *
mz_session_add_unsent (MzSession    *self,
                       const char   *text,
                       JsonNode     *attachments,
                       const char   *idempotency_key,
                       const GError *error)
{
  g_autoptr (MzMessage) row = NULL;

  g_return_val_if_fail (MZ_IS_SESSION (self), NULL);
  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (idempotency_key != NULL, NULL);

  /* The timeline holds it from here on. */
  row = ensure_row (self, text, attachments, idempotency_key);
  if (error != NULL)
    mark_failed (row, error);
  return row;
}

/**
 * mz_session_remove_unsent:
 * @self: a session
 * @message: a row
 *
 * Takes a person's message that the gateway does not have out of the timeline.
 *
 * Returns: whether it was such a row
 */
gboolean
mz_session_remove_unsent (MzSession *self,
                          MzMessage *message)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), FALSE);
  g_return_val_if_fail (MZ_IS_MESSAGE (message), FALSE);

  if (mz_message_get_kind (message) != MZ_MESSAGE_USER || mz_message_get_id (message) != NULL ||
      (mz_message_get_state (message) != MZ_MESSAGE_SENDING && mz_message_get_state (message) != MZ_MESSAGE_FAILED) ||
      !mz_timeline_find (self->timeline, message, NULL))
    return FALSE;

  mz_timeline_remove (self->timeline, message);
  return TRUE;
}

static void
abort_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  MzSession *self = g_task_get_source_object (task);
  const char *asked = g_task_get_task_data (task);
  gboolean aborted;
  g_auto (GStrv) run_ids = mz_json_get_strv (mz_json_node_object (answer), "runIds");

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  aborted = mz_json_get_boolean (mz_json_node_object (answer), "aborted", TRUE);

  /* The run that its message went into is another one's: this one only stops waiting for it. And one that the gateway does not know any
   * more will not be told to end. */
  if (asked != NULL && mz_session_find_run (self, asked) != NULL && (!aborted || mz_session_get_target_run (self, asked) != NULL))
    mz_session_settle_run (self, mz_session_find_run (self, asked), ABORT_SETTLE_MS, MZ_RUN_ABORTED);

  for (guint i = 0; run_ids != NULL && run_ids[i] != NULL; i++)
    {
      MzRun *run = mz_session_find_run (self, run_ids[i]);

      if (run != NULL)
        mz_session_settle_run (self, run, ABORT_SETTLE_MS, MZ_RUN_ABORTED);
    }

  /* Nothing ran there any more: the history tells how it ended. */
  if (!aborted)
    mz_session_reload (self);

  g_task_return_boolean (task, TRUE);
}

/**
 * mz_session_abort_async:
 * @self: a session
 * @run_id: (nullable): the run to stop, %NULL for all of the session
 * @cancellable: (nullable): a cancellable
 * @callback: called when the gateway has answered
 * @user_data: for @callback
 *
 * Stops a run. What it has said so far stays; #MzSession::run-ended tells that it is over.
 */
void
mz_session_abort_async (MzSession           *self,
                        const char          *run_id,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (JsonNode) params = NULL;
  JsonObject *object;

  g_return_if_fail (MZ_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_session_abort_async);
  g_task_set_task_data (task, g_strdup (run_id), g_free);

  if (self->client == NULL)
    {
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED, "Not connected");
      return;
    }

  object = json_object_new ();
  json_object_set_string_member (object, "sessionKey", mz_session_get_canonical_key (self));
  if (run_id != NULL)
    json_object_set_string_member (object, "runId", run_id);
  params = json_node_alloc ();
  json_node_init_object (params, object);
  json_object_unref (object);

  mz_client_request_async (self->client, "chat.abort", g_steal_pointer (&params), 0, cancellable, abort_cb, g_steal_pointer (&task));
}

/**
 * mz_session_abort_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE when nothing runs there any more, also if nothing did before; %FALSE with @error set when the gateway did not say so
 */
gboolean
mz_session_abort_finish (MzSession     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
