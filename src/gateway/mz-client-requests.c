/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-client-requests.h"

#include "mz-json.h"
#include "mz-source.h"

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
