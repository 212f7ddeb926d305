/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-history-reader.h"

#include <string.h>

#include "mz-artifact.h"
#include "mz-json.h"

/* How many messages a page has at most; and where there are no offsets, all that can be had (schema: ChatHistoryParams). */
#define PAGE_LIMIT 100
#define MAX_LIMIT 1000

/* The most of a text that both protocols give with a page (ChatHistoryParams.maxChars), and alone (ChatMessageGetParams.maxChars). */
#define MAX_CHARS 500000
#define MAX_WHOLE_CHARS 2000000

/* A page of long texts on a slow line takes its time. */
#define PAGE_TIMEOUT_MS (2 * 60 * 1000)

struct _MzHistoryReader
{
  GObject parent_instance;

  MzClient *client;
  char *key;
  char *title;
  gint64 offset;
  gint64 total;
  gint64 n_read;
  gboolean ended;
  gboolean complete;

  /* Entries that came; and the records of the oldest of them, which can have more on the next page. */
  GHashTable *seen;
  char *border;
  GPtrArray *border_records; /* as JSON */

  gsize max_picture;
};

G_DEFINE_FINAL_TYPE (MzHistoryReader, mz_history_reader, G_TYPE_OBJECT)

typedef struct
{
  JsonObject *page;
  GQueue truncated; /* of entries, owned */
  GQueue pictures;  /* of JsonObject blocks, which the page keeps */
} Next;

static void
next_free (gpointer data)
{
  Next *next = data;

  g_queue_clear (&next->pictures);
  g_clear_pointer (&next->page, json_object_unref);
  g_queue_clear_full (&next->truncated, g_free);
  g_free (next);
}

static const char *
entry_of (JsonObject *record)
{
  return mz_json_get_string (mz_json_get_object (record, "__openclaw"), "id");
}

/* What comes meanwhile moves all offsets, and a page brings again what the one before had. */
static gboolean
is_repeat (MzHistoryReader *self,
           JsonNode        *node)
{
  const char *id = entry_of (mz_json_node_object (node));
  g_autofree char *text = NULL;

  if (id == NULL || !g_hash_table_contains (self->seen, id))
    return FALSE;
  if (g_strcmp0 (id, self->border) != 0)
    return TRUE;

  /* One entry can be several records, with a border between pages in their middle. */
  text = mz_json_to_string (node);

  return g_ptr_array_find_with_equal_func (self->border_records, text, g_str_equal, NULL);
}

static void
remember (MzHistoryReader *self,
          JsonArray       *records)
{
  const char *first = entry_of (mz_json_array_object (records, 0));
  gboolean same = first != NULL && g_strcmp0 (first, self->border) == 0;

  if (mz_json_array_length (records) == 0)
    return;

  if (!same)
    {
      g_ptr_array_set_size (self->border_records, 0);
      g_free (self->border);
      self->border = g_strdup (first);
    }
  for (guint i = 0; i < mz_json_array_length (records); i++)
    {
      const char *id = entry_of (mz_json_array_object (records, i));

      if (id == NULL)
        continue;
      g_hash_table_add (self->seen, g_strdup (id));
      if (g_strcmp0 (id, self->border) == 0)
        g_ptr_array_add (self->border_records, mz_json_to_string (mz_json_array_node (records, i)));
    }
}

static void
take_title (MzHistoryReader *self,
            JsonObject      *payload)
{
  JsonObject *info = mz_json_get_object (payload, "sessionInfo");
  static const char *const names[] = { "label", "displayName", "derivedTitle" };

  for (gsize i = 0; self->title == NULL && i < G_N_ELEMENTS (names); i++)
    {
      const char *title = mz_json_get_string (info, names[i]);

      if (title != NULL && *title != '\0')
        self->title = g_strdup (title);
    }
}

static void ask_whole (GTask *task);
static void ask_picture (GTask *task);

/* Pictures that the gateway keeps beside its messages. */
static void
find_pictures (MzHistoryReader *self,
               Next            *next,
               JsonObject      *record)
{
  JsonArray *blocks = mz_json_get_array (record, "content");

  for (guint i = 0; self->max_picture > 0 && i < mz_json_array_length (blocks); i++)
    {
      JsonObject *block = mz_json_array_object (blocks, i);

      if (g_strcmp0 (mz_json_get_string (block, "type"), "image") == 0 && mz_json_get_string (block, "artifactId") != NULL &&
          !mz_artifact_block_has_data (block) && mz_json_get_int (block, "sizeBytes", 0) <= (gint64) self->max_picture)
        g_queue_push_tail (&next->pictures, block);
    }
}

static void
picture_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  MzHistoryReader *self = g_task_get_source_object (task);
  Next *next = g_task_get_task_data (task);
  JsonObject *block = g_queue_pop_head (&next->pictures);
  const char *data = mz_json_get_string (mz_json_node_object (answer), "data");

  if (g_task_return_error_if_cancelled (task))
    return;
  if (mz_gateway_error_is_no_connection (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  /* Without it the picture is a line that names it. */
  if (error != NULL)
    g_debug ("No picture: %s", error->message);
  else if (data != NULL && strlen (data) / 4 * 3 <= self->max_picture)
    json_object_set_string_member (block, "data", data);
  ask_picture (g_steal_pointer (&task));
}

static void
ask_picture (GTask *task)
{
  MzHistoryReader *self = g_task_get_source_object (task);
  Next *next = g_task_get_task_data (task);
  JsonObject *block = g_queue_peek_head (&next->pictures);
  JsonObject *params;
  JsonNode *node;

  if (block == NULL || !mz_client_has_method (self->client, "artifacts.download"))
    {
      JsonNode *page = json_node_alloc ();

      json_node_init_object (page, next->page);
      g_task_return_pointer (task, page, (GDestroyNotify) json_node_unref);
      g_object_unref (task);
      return;
    }

  params = json_object_new ();
  json_object_set_string_member (params, "sessionKey", self->key);
  json_object_set_string_member (params, "artifactId", mz_json_get_string (block, "artifactId"));
  node = json_node_alloc ();
  json_node_init_object (node, params);
  json_object_unref (params);
  mz_client_request_async (self->client, "artifacts.download", node, PAGE_TIMEOUT_MS, g_task_get_cancellable (task), picture_cb, task);
}

static void
whole_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  Next *next = g_task_get_task_data (task);
  JsonNode *record = mz_json_get_node (mz_json_node_object (answer), "message");
  g_autofree char *id = g_queue_pop_head (&next->truncated);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (mz_gateway_error_is_no_connection (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  /* Some are too long even so, and stay what they are: a part, which says that it is one. */
  if (error != NULL)
    g_debug ("No whole text of %s: %s", id, error->message);
  else if (mz_json_node_object (record) != NULL)
    json_object_set_member (mz_json_get_object (next->page, "whole"), id, json_node_copy (record));
  ask_whole (g_steal_pointer (&task));
}

/* Texts that the page has only a part of, one after the other (docs: gateway/protocol/rpc-session-control, "chat.message.get"). */
static void
ask_whole (GTask *task)
{
  MzHistoryReader *self = g_task_get_source_object (task);
  Next *next = g_task_get_task_data (task);
  JsonObject *params;
  JsonNode *node;

  if (g_queue_is_empty (&next->truncated) || !mz_client_has_method (self->client, "chat.message.get"))
    {
      ask_picture (task);
      return;
    }

  params = json_object_new ();
  json_object_set_string_member (params, "sessionKey", self->key);
  json_object_set_string_member (params, "messageId", g_queue_peek_head (&next->truncated));
  json_object_set_int_member (params, "maxChars", MAX_WHOLE_CHARS);
  node = json_node_alloc ();
  json_node_init_object (node, params);
  json_object_unref (params);
  mz_client_request_async (self->client, "chat.message.get", node, PAGE_TIMEOUT_MS, g_task_get_cancellable (task), whole_cb, task);
}

static void
take_page (MzHistoryReader *self,
           Next            *next,
           JsonObject      *payload)
{
  JsonArray *records = mz_json_get_array (payload, "messages");
  g_autoptr (JsonArray) fresh = json_array_new ();
  guint n = mz_json_array_length (records);

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = mz_json_array_node (records, i);
      JsonObject *meta = mz_json_get_object (mz_json_node_object (node), "__openclaw");
      const char *id = mz_json_get_string (meta, "id");

      if (mz_json_node_object (node) == NULL || is_repeat (self, node))
        continue;
      json_array_add_element (fresh, json_node_ref (node));
      find_pictures (self, next, mz_json_node_object (node));
      if (id != NULL && mz_json_get_boolean (meta, "truncated", FALSE) &&
          g_queue_find_custom (&next->truncated, id, (GCompareFunc) g_strcmp0) == NULL)
        g_queue_push_tail (&next->truncated, g_strdup (id));
    }
  remember (self, fresh);
  self->n_read += json_array_get_length (fresh);

  next->page = json_object_new ();
  json_object_set_array_member (next->page, "messages", g_steal_pointer (&fresh));
  json_object_set_object_member (next->page, "whole", json_object_new ());
}

static void
history_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  MzHistoryReader *self = g_task_get_source_object (task);
  JsonObject *payload = mz_json_node_object (answer);
  gint64 next_offset = mz_json_get_int (payload, "nextOffset", 0);

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (mz_json_get_array (payload, "messages") == NULL)
    {
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "The history has no messages");
      return;
    }

  take_title (self, payload);
  take_page (self, g_task_get_task_data (task), payload);
  if (mz_json_has (payload, "hasMore"))
    {
      gboolean has_more = mz_json_get_boolean (payload, "hasMore", FALSE);

      /* One that does not get on never ends. */
      self->ended = !has_more || next_offset <= self->offset;
      self->complete = !has_more;
      self->total = mz_json_get_int (payload, "totalMessages", -1);
      self->offset = next_offset;
    }
  else
    {
      self->ended = TRUE;
      self->complete = mz_json_array_length (mz_json_get_array (payload, "messages")) < MAX_LIMIT;
    }
  ask_whole (g_steal_pointer (&task));
}

static void
mz_history_reader_finalize (GObject *object)
{
  MzHistoryReader *self = MZ_HISTORY_READER (object);

  g_clear_object (&self->client);
  g_clear_pointer (&self->seen, g_hash_table_unref);
  g_clear_pointer (&self->border_records, g_ptr_array_unref);
  g_free (self->border);
  g_free (self->title);
  g_free (self->key);

  G_OBJECT_CLASS (mz_history_reader_parent_class)->finalize (object);
}

static void
mz_history_reader_class_init (MzHistoryReaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mz_history_reader_finalize;
}

static void
mz_history_reader_init (MzHistoryReader *self)
{
  self->total = -1;
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->border_records = g_ptr_array_new_with_free_func (g_free);
}

/**
 * mz_history_reader_new:
 * @client: a client
 * @key: a session of its gateway
 *
 * Returns: (transfer full): a reader that has read nothing yet
 */
MzHistoryReader *
mz_history_reader_new (MzClient   *client,
                       const char *key)
{
  MzHistoryReader *self;

  g_return_val_if_fail (MZ_IS_CLIENT (client), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  self = g_object_new (MZ_TYPE_HISTORY_READER, NULL);
  self->client = g_object_ref (client);
  self->key = g_strdup (key);

  return self;
}

/**
 * mz_history_reader_set_max_picture:
 * @self: a reader
 * @bytes: 0 for no pictures, as it is at first
 *
 * Also gets the pictures that the gateway keeps beside the messages, up to this size each; they come in their blocks, as `data`.
 */
void
mz_history_reader_set_max_picture (MzHistoryReader *self,
                                   gsize            bytes)
{
  g_return_if_fail (MZ_IS_HISTORY_READER (self));

  self->max_picture = bytes;
}

/**
 * mz_history_reader_next_async:
 * @self: a reader
 * @cancellable: (nullable): a cancellable
 * @callback: called with the page
 * @user_data: for @callback
 *
 * Asks for the next older page; one at a time. A connection that is lost ends it with its error: what an offset means can be another one after it.
 */
void
mz_history_reader_next_async (MzHistoryReader     *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  MzHello *hello;
  gboolean has_offsets;
  JsonObject *params;
  JsonNode *node;
  GTask *task;

  g_return_if_fail (MZ_IS_HISTORY_READER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_history_reader_next_async);
  if (self->ended)
    {
      g_task_return_pointer (task, NULL, NULL);
      g_object_unref (task);
      return;
    }
  g_task_set_task_data (task, g_new0 (Next, 1), next_free);

  /* Protocol 3 knows no offsets: only a longer last page. */
  hello = mz_client_get_hello (self->client);
  has_offsets = hello == NULL || mz_hello_get_protocol (hello) >= 4;
  params = json_object_new ();
  json_object_set_string_member (params, "sessionKey", self->key);
  json_object_set_int_member (params, "limit", has_offsets ? mz_client_get_page_limit (self->client, PAGE_LIMIT) : MAX_LIMIT);
  json_object_set_int_member (params, "maxChars", MAX_CHARS);
  if (has_offsets && self->offset > 0)
    json_object_set_int_member (params, "offset", self->offset);
  node = json_node_alloc ();
  json_node_init_object (node, params);
  json_object_unref (params);
  mz_client_request_async (self->client, "chat.history", node, PAGE_TIMEOUT_MS, cancellable, history_cb, task);
}

/**
 * mz_history_reader_next_finish:
 * @self: a reader
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the page; %NULL without an error when there are no more
 */
JsonNode *
mz_history_reader_next_finish (MzHistoryReader  *self,
                               GAsyncResult     *result,
                               GError          **error)
{
  g_return_val_if_fail (MZ_IS_HISTORY_READER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mz_history_reader_get_n_read:
 * @self: a reader
 *
 * Returns: how many records came so far
 */
gint64
mz_history_reader_get_n_read (MzHistoryReader *self)
{
  g_return_val_if_fail (MZ_IS_HISTORY_READER (self), 0);

  return self->n_read;
}

/**
 * mz_history_reader_get_total:
 * @self: a reader
 *
 * Returns: how many records there are, -1 when the gateway does not say
 */
gint64
mz_history_reader_get_total (MzHistoryReader *self)
{
  g_return_val_if_fail (MZ_IS_HISTORY_READER (self), -1);

  return self->total;
}

/**
 * mz_history_reader_get_complete:
 * @self: a reader, at its end
 *
 * Returns: whether the first message came: a gateway of protocol 3 gives no more than the newest thousand
 */
gboolean
mz_history_reader_get_complete (MzHistoryReader *self)
{
  g_return_val_if_fail (MZ_IS_HISTORY_READER (self), FALSE);

  return self->complete;
}

/**
 * mz_history_reader_get_title:
 * @self: a reader, after its first page
 *
 * Returns: (transfer none) (nullable): what the gateway calls the conversation
 */
const char *
mz_history_reader_get_title (MzHistoryReader *self)
{
  g_return_val_if_fail (MZ_IS_HISTORY_READER (self), NULL);

  return self->title;
}
