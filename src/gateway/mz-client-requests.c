/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-client-requests.h"

#include "mz-client-private.h"
#include "mz-json.h"
#include "mz-source.h"

/* docs: gateway/protocol/versioning, "Client constants" */
#define REQUEST_TIMEOUT_MS 30000

struct _MzClientRequests
{
  GHashTable *waiting;          /* id → Waiting */
  guint64 last_id;
};

typedef struct
{
  MzClientRequests *requests;   /* not owned */
  char *id;
  char *method;
  GTask *task;
  GSource *timeout;
  GSource *cancelled;
  guint timeout_ms;
} Waiting;

static void
waiting_free (Waiting *waiting)
{
  g_clear_pointer (&waiting->timeout, mz_source_destroy);
  g_clear_pointer (&waiting->cancelled, mz_source_destroy);
  g_clear_object (&waiting->task);
  g_free (waiting->id);
  g_free (waiting->method);
  g_free (waiting);
}

/* Out of the table first: what the callback does next may come back here. */
static GTask *
take (Waiting *waiting)
{
  GTask *task = g_steal_pointer (&waiting->task);

  g_hash_table_remove (waiting->requests->waiting, waiting->id);

  return task;
}

static gboolean
timeout_cb (gpointer user_data)
{
  Waiting *waiting = user_data;
  g_autoptr (GError) error = g_error_new (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TIMED_OUT, "%s got no answer within %u ms",
                                          waiting->method, waiting->timeout_ms);
  g_autoptr (GTask) task = take (waiting);

  g_task_return_error (task, g_steal_pointer (&error));

  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_autoptr (GTask) task = take (user_data);

  g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

MzClientRequests *
mz_client_requests_new (void)
{
  MzClientRequests *self = g_new0 (MzClientRequests, 1);

  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) waiting_free);

  return self;
}

/**
 * mz_client_requests_free:
 *
 * All have been answered before: see mz_client_requests_reject_all().
 */
void
mz_client_requests_free (MzClientRequests *self)
{
  g_return_if_fail (g_hash_table_size (self->waiting) == 0);

  g_hash_table_unref (self->waiting);
  g_free (self);
}

guint
mz_client_requests_get_n (MzClientRequests *self)
{
  return g_hash_table_size (self->waiting);
}

/**
 * mz_client_requests_add:
 * @task: (transfer none): returns a #JsonNode, or an error; its cancellable is watched
 * @method: for messages
 * @timeout_ms: how long to wait; 0 for ever
 *
 * Returns: (transfer none): the request's id, valid until the main loop runs again
 */
const char *
mz_client_requests_add (MzClientRequests *self,
                        GTask            *task,
                        const char       *method,
                        guint             timeout_ms)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->requests = self;
  waiting->id = g_strdup_printf ("m%" G_GUINT64_FORMAT, ++self->last_id);
  waiting->method = g_strdup (method);
  waiting->task = g_object_ref (task);
  waiting->timeout_ms = timeout_ms;

  if (timeout_ms > 0)
    {
      waiting->timeout = g_timeout_source_new (timeout_ms);
      g_source_set_callback (waiting->timeout, timeout_cb, waiting, NULL);
      g_source_set_static_name (waiting->timeout, "[moltzer] request timeout");
      g_source_attach (waiting->timeout, g_task_get_context (task));
    }

  if (cancellable != NULL)
    {
      waiting->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (waiting->cancelled, G_SOURCE_FUNC (cancelled_cb), waiting, NULL);
      g_source_attach (waiting->cancelled, g_task_get_context (task));
    }

  g_hash_table_insert (self->waiting, waiting->id, waiting);

  return waiting->id;
}

/**
 * mz_client_requests_answer:
 * @response: an answer
 *
 * Returns: whether somebody waited for it; late answers find nobody
 */
gboolean
mz_client_requests_answer (MzClientRequests *self,
                           MzFrame          *response)
{
  Waiting *waiting = g_hash_table_lookup (self->waiting, response->id);
  g_autoptr (GTask) task = NULL;

  if (waiting == NULL)
    return FALSE;

  task = take (waiting);
  if (response->ok)
    g_task_return_pointer (task, response->payload != NULL ? json_node_ref (response->payload) : json_node_new (JSON_NODE_NULL),
                           (GDestroyNotify) json_node_unref);
  else
    g_task_return_error (task, mz_gateway_error_new_remote (MZ_GATEWAY_ERROR_REMOTE, response->error));

  return TRUE;
}

/**
 * mz_client_requests_fail:
 * @error: (transfer full): why it cannot be sent
 */
void
mz_client_requests_fail (MzClientRequests *self,
                         const char       *id,
                         GError           *error)
{
  Waiting *waiting = g_hash_table_lookup (self->waiting, id);
  g_autoptr (GTask) task = take (waiting);

  g_task_return_error (task, error);
}

/**
 * mz_client_requests_reject_all:
 * @error: why nobody will get an answer
 */
void
mz_client_requests_reject_all (MzClientRequests *self,
                               const GError     *error)
{
  GHashTableIter iter;
  gpointer value;
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);

  g_hash_table_iter_init (&iter, self->waiting);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Waiting *waiting = value;

      g_ptr_array_add (tasks, g_steal_pointer (&waiting->task));
      g_hash_table_iter_remove (&iter);
    }

  for (guint i = 0; i < tasks->len; i++)
    g_task_return_error (g_ptr_array_index (tasks, i), g_error_copy (error));
}

/**
 * mz_client_request_async:
 * @method: the method
 * @params: (transfer full) (nullable): its params
 * @timeout_ms: how long to wait for the answer; 0 for the default of 30 s
 *
 * Sends a request. It fails at once with %MZ_GATEWAY_ERROR_NOT_CONNECTED while not ready, and with %MZ_GATEWAY_ERROR_TOO_LARGE when it
 * is over the gateway's `policy.maxPayload`: then nothing was sent.
 */
void
mz_client_request_async (MzClient            *self,
                         const char          *method,
                         JsonNode            *params,
                         guint                timeout_ms,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (JsonNode) owned G_GNUC_UNUSED = params;
  g_autoptr (GTask) task = NULL;
  g_autofree char *text = NULL;
  MzConnection *connection;
  MzClientRequests *requests;
  const char *id;
  gsize max_payload;

  g_return_if_fail (MZ_IS_CLIENT (self));
  g_return_if_fail (method != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_client_request_async);

  if (g_task_return_error_if_cancelled (task))
    return;

  connection = mz_client_get_connection (self);
  if (connection == NULL || !mz_connection_is_open (connection))
    {
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED, "not connected to the gateway");
      return;
    }

  requests = mz_client_get_requests (self);
  id = mz_client_requests_add (requests, task, method, timeout_ms > 0 ? timeout_ms : REQUEST_TIMEOUT_MS);
  text = mz_frame_build_request (id, method, params);

  max_payload = mz_hello_get_max_payload (mz_connection_get_hello (connection));
  if (strlen (text) > max_payload)
    {
      mz_client_requests_fail (requests, id,
                               g_error_new (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE,
                                            "the message has %" G_GSIZE_FORMAT " bytes, the gateway takes %" G_GSIZE_FORMAT, strlen (text),
                                            max_payload));
      return;
    }

  mz_connection_send (connection, text);
}

/**
 * mz_client_request_finish:
 *
 * Returns: (transfer full): the answer's payload; on failure %NULL with a %MZ_GATEWAY_ERROR: %MZ_GATEWAY_ERROR_REMOTE when the gateway
 *   said no
 */
JsonNode *
mz_client_request_finish (MzClient      *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mz_client_get_n_pending:
 *
 * Returns: how many requests wait for an answer
 */
guint
mz_client_get_n_pending (MzClient *self)
{
  g_return_val_if_fail (MZ_IS_CLIENT (self), 0);

  return mz_client_requests_get_n (mz_client_get_requests (self));
}
