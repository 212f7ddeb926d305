/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-session-private.h"

#include "mz-gateway-error.h"
#include "mz-json.h"

/* The most that both protocols let a client ask for (ChatHistoryParams.maxChars). Without it a gateway cuts each text short, at some 8,000
 * characters, and a reply that was streamed whole would shrink at its end. */
#define MAX_CHARS 500000

/* Pages without anything new that are passed over in one go: rows that came meanwhile move what an offset means. */
#define MAX_EMPTY_PAGES 8

/* A history that failed on a standing connection is asked for again after this. */
#define RETRY_MS 2000

static JsonNode *
take_object (JsonObject *object)
{
  JsonNode *node = json_node_alloc ();

  json_node_init_object (node, object);
  json_object_unref (object);
  return node;
}

static JsonNode *
history_params (MzSession *self,
                guint      limit,
                gint64     offset)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "sessionKey", mz_session_get_canonical_key (self));
  json_object_set_int_member (object, "limit", limit);
  json_object_set_int_member (object, "maxChars", MAX_CHARS);
  if (offset > 0)
    json_object_set_int_member (object, "offset", offset);
  return take_object (object);
}

/* Protocol 3 knows no offsets: only a longer last page. */
gboolean
mz_session_has_offsets (MzSession *self)
{
  MzHello *hello = self->client != NULL ? mz_client_get_hello (self->client) : NULL;

  return hello == NULL || mz_hello_get_protocol (hello) >= 4;
}

/* Every waiting opener gets the same answer. */
static void
answer_waiting (MzSession    *self,
                const GError *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);
      GSource *cancelled = g_task_get_task_data (task);

      if (cancelled != NULL)
        g_source_destroy (cancelled);
      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

static gboolean
retry_cb (gpointer data)
{
  MzSession *self = data;

  self->retry_id = 0;
  mz_session_reload (self);
  return G_SOURCE_REMOVE;
}

static void
finish_load (MzSession    *self,
             const GError *error)
{
  g_autoptr (MzSession) alive = g_object_ref (self);
  gboolean again = self->reload_wanted;

  self->reload_wanted = FALSE;
  if (error == NULL)
    mz_session_set_loaded (self);
  mz_session_set_loading (self, FALSE);

  if (error != NULL && self->opened && self->retry_id == 0 && self->client != NULL &&
      mz_client_get_state (self->client) == MZ_CLIENT_READY && self->loaded)
    self->retry_id = g_timeout_add (RETRY_MS, retry_cb, self);

  if (error == NULL && again)
    {
      /* Something came between: the answer stands only after another look. */
      mz_session_load (self);
      return;
    }
  answer_waiting (self, error);
}

static void
history_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  MzSession *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (error == NULL && mz_json_node_object (answer) == NULL)
    g_set_error_literal (&error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "The history is not an object");
  if (error == NULL)
    mz_session_apply_history (self, mz_json_node_object (answer));
  else
    g_debug ("No history: %s", error->message);
  finish_load (self, error);
}

static void
request_history (MzSession *self)
{
  guint page = mz_client_get_page_limit (self->client, MZ_SESSION_PAGE_LIMIT);
  g_autoptr (JsonNode) params = NULL;

  /* Who was too slow for the last one asks for less, for a while. */
  self->page_limit = page < MZ_SESSION_PAGE_LIMIT ? MIN (self->limit, page) : self->limit;
  params = history_params (self, self->page_limit, 0);
  mz_client_request_async (self->client, "chat.history", g_steal_pointer (&params), 0, self->cancellable, history_cb, self);
}

static void
subscribe_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  MzSession *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* Keys can name people: the log does not. Without it the events of runs still come, and the history is loaded at their end. */
  if (error != NULL)
    g_debug ("No subscription: %s", error->message);
  if (g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED))
    {
      finish_load (self, error);
      return;
    }
  request_history (self);
}

/* Subscribes and asks for the history. One at a time: what is wanted meanwhile is done after. */
void
mz_session_load (MzSession *self)
{
  if (self->loading)
    {
      self->reload_wanted = TRUE;
      return;
    }

  g_clear_handle_id (&self->retry_id, g_source_remove);
  self->reloads++;
  if (self->client == NULL || mz_client_get_state (self->client) != MZ_CLIENT_READY)
    {
      g_autoptr (GError) error = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED, "Not connected");

      answer_waiting (self, error);
      return;
    }

  mz_session_set_loading (self, TRUE);
  if (mz_client_has_method (self->client, "sessions.messages.subscribe"))
    {
      g_autoptr (JsonNode) params = NULL;
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "key", mz_session_get_canonical_key (self));
      params = take_object (object);
      mz_client_request_async (self->client, "sessions.messages.subscribe", g_steal_pointer (&params), 0, self->cancellable,
                               subscribe_cb, self);
    }
  else
    {
      request_history (self);
    }
}

void
mz_session_client_ready (MzSession *self)
{
  if (self->opened)
    mz_session_load (self);
}

/* How often a history was wanted, for tests. */
guint
mz_session_get_reloads (MzSession *self)
{
  return self->reloads;
}

/**
 * mz_session_reload:
 * @self: a session
 *
 * Loads the history again and reconciles the rows with it. Reloads are coalesced; nothing happens while not connected,
 * for the history is loaded on the next connection anyway. The session does this by itself whenever something may have
 * been lost.
 */
void
mz_session_reload (MzSession *self)
{
  g_return_if_fail (MZ_IS_SESSION (self));

  if (self->client != NULL && mz_client_get_state (self->client) != MZ_CLIENT_READY)
    return;
  mz_session_load (self);
}

static gboolean
open_cancelled_cb (GCancellable *cancellable,
                   gpointer      data)
{
  GTask *task = data;
  MzSession *self = g_task_get_source_object (task);

  /* Only those that wait get an answer. */
  if (g_ptr_array_remove (self->waiting, task))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/**
 * mz_session_open_async:
 * @self: a session
 * @cancellable: (nullable): a cancellable
 * @callback: called when the history is there
 * @user_data: for @callback
 *
 * Subscribes to the session's messages and loads its newest rows. From then on the session follows its client: after a
 * reconnect it does the same by itself. While not connected this fails with %MZ_GATEWAY_ERROR_NOT_CONNECTED at once,
 * and the session opens all the same as soon as the client is ready.
 */
void
mz_session_open_async (MzSession           *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MZ_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_session_open_async);
  self->opened = TRUE;

  if (cancellable != NULL)
    {
      g_autoptr (GSource) source = g_cancellable_source_new (cancellable);

      g_source_set_callback (source, G_SOURCE_FUNC (open_cancelled_cb), g_object_ref (task), g_object_unref);
      g_source_attach (source, g_task_get_context (task));
      g_task_set_task_data (task, g_source_ref (source), (GDestroyNotify) g_source_unref);
    }

  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  if (!self->loading)
    mz_session_load (self);
}

/**
 * mz_session_open_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether the rows are there
 */
gboolean
mz_session_open_finish (MzSession     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  guint limit;
  guint empty_pages;
} LoadOlder;

static void request_older (GTask *task);

static void
older_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  MzSession *self = g_task_get_source_object (task);
  LoadOlder *older = g_task_get_task_data (task);

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  if (mz_json_node_object (answer) == NULL)
    {
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "The history is not an object");
      return;
    }

  if (!mz_session_has_offsets (self))
    {
      self->limit = self->page_limit = older->limit;
      mz_session_apply_history (self, mz_json_node_object (answer));
    }
  else if (mz_session_apply_older (self, mz_json_node_object (answer)) == 0 && self->has_older &&
           older->empty_pages++ < MAX_EMPTY_PAGES)
    {
      request_older (g_steal_pointer (&task));
      return;
    }
  g_task_return_boolean (task, TRUE);
}

static void
request_older (GTask *task)
{
  MzSession *self = g_task_get_source_object (task);
  LoadOlder *older = g_task_get_task_data (task);
  g_autoptr (JsonNode) params = history_params (self, older->limit, self->next_offset);

  mz_client_request_async (self->client, "chat.history", g_steal_pointer (&params), 0, g_task_get_cancellable (task),
                           older_cb, task);
}

/**
 * mz_session_load_older_async:
 * @self: a session
 * @cancellable: (nullable): a cancellable
 * @callback: called when they are there
 * @user_data: for @callback
 *
 * Loads a page of messages before those that are here. Without older ones it does nothing, successfully.
 */
void
mz_session_load_older_async (MzSession           *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  LoadOlder *older;

  g_return_if_fail (MZ_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_session_load_older_async);

  if (!self->has_older || self->client == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  older = g_new0 (LoadOlder, 1);
  older->limit = mz_session_has_offsets (self) ? mz_client_get_page_limit (self->client, self->limit)
                                               : MIN (self->limit * 2, MZ_SESSION_MAX_LIMIT);
  g_task_set_task_data (task, older, g_free);
  request_older (g_steal_pointer (&task));
}

/**
 * mz_session_load_older_finish:
 * @self: a session
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether it went well; `has-older` says whether there is more
 */
gboolean
mz_session_load_older_finish (MzSession     *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
