/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-message-private.h"

#include <string.h>

#include "mz-json.h"

/* From the gateway's stored records to rows: pure functions of JSON (docs: gateway/clients, "Use history metadata and
   stable anchors"). */

/* A user's stored idempotency key is the one it was sent with and this. */
#define USER_KEY_SUFFIX ":user"

typedef enum
{
  BLOCK_TEXT,
  BLOCK_THINKING,
  BLOCK_CALL,
  BLOCK_RESULT,
  BLOCK_MEDIA,
  BLOCK_UNKNOWN,
} BlockKind;

static BlockKind
block_kind (const char *type)
{
  static const struct
  {
    const char *type;
    BlockKind kind;
  } kinds[] = {
    { "text", BLOCK_TEXT },
    { "input_text", BLOCK_TEXT },
    { "output_text", BLOCK_TEXT },
    { "thinking", BLOCK_THINKING },
    { "reasoning", BLOCK_THINKING },
    { "toolCall", BLOCK_CALL },
    { "tool_call", BLOCK_CALL },
    { "toolUse", BLOCK_CALL },
    { "tool_use", BLOCK_CALL },
    { "toolResult", BLOCK_RESULT },
    { "tool_result", BLOCK_RESULT },
    { "image", BLOCK_MEDIA },
    { "input_image", BLOCK_MEDIA },
    { "audio", BLOCK_MEDIA },
    { "video", BLOCK_MEDIA },
    { "file", BLOCK_MEDIA },
    { "document", BLOCK_MEDIA },
    { "attachment", BLOCK_MEDIA },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (g_strcmp0 (type, kinds[i].type) == 0)
        return kinds[i].kind;
    }
  return BLOCK_UNKNOWN;
}

/* The words of a block of any kind. */
static const char *
block_text (JsonObject *block)
{
  static const char * const names[] = { "text", "thinking", "reasoning", "content", "summary" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *text = mz_json_get_string (block, names[i]);

      if (text != NULL)
        return text;
    }
  return NULL;
}

/* Text blocks of one content are lines of one text. */
const char *
mz_message_content_peek_text (JsonNode  *content,
                              char     **allocated)
{
  const char *string = mz_json_node_string (content);
  JsonArray *array = mz_json_node_array (content);
  guint n = mz_json_array_length (array);
  const char *first = NULL;
  GString *joined = NULL;

  *allocated = NULL;
  if (string != NULL)
    return string;

  for (guint i = 0; i < n; i++)
    {
      JsonObject *block = mz_json_array_object (array, i);
      const char *text = NULL;

      if (block == NULL)
        text = mz_json_array_string (array, i);
      else if (block_kind (mz_json_get_string (block, "type")) == BLOCK_TEXT)
        text = mz_json_get_string (block, "text");

      if (text == NULL)
        continue;
      if (first == NULL)
        {
          first = text;
          continue;
        }
      if (joined == NULL)
        joined = g_string_new (first);
      g_string_append_c (joined, '\n');
      g_string_append (joined, text);
    }

  if (joined == NULL)
    return first;
  *allocated = g_string_free (joined, FALSE);
  return *allocated;
}

char *
mz_message_content_text (JsonNode *content)
{
  char *allocated = NULL;
  const char *text = mz_message_content_peek_text (content, &allocated);

  return allocated != NULL ? allocated : g_strdup (text);
}

typedef struct
{
  JsonObject *record;
  GPtrArray *rows;
  const char *id;
  gint64 seq;
  const char *role;
  MzMessageState state;
} Projection;

static MzMessage *
add_row (Projection    *projection,
         MzMessageKind  kind,
         guint          block)
{
  JsonObject *record = projection->record;
  JsonObject *meta = mz_json_get_object (record, "__openclaw");
  MzMessage *row = mz_message_new (kind, projection->state);
  gint64 timestamp = mz_json_get_int (record, "timestamp", 0);

  if (timestamp == 0)
    timestamp = mz_json_get_int (meta, "recordTimestampMs", 0);

  mz_message_set_identity (row, projection->id, block, projection->seq);
  mz_message_set_role (row, projection->role);
  mz_message_set_run_id (row, mz_json_get_string (meta, "runId"));
  mz_message_set_timestamp (row, timestamp);
  mz_message_set_model (row, mz_json_get_string (record, "provider"), mz_json_get_string (record, "model"));
  mz_message_set_stop_reason (row, mz_json_get_string (record, "stopReason"));
  g_ptr_array_add (projection->rows, row);
  return row;
}

static void
add_text (MzMessage  *row,
          const char *text)
{
  if (text == NULL)
    return;
  if (mz_message_get_text_length (row) > 0)
    mz_message_append_text (row, "\n", 1);
  mz_message_append_text (row, text, strlen (text));
}

static MzMessage *
last_row (Projection    *projection,
          MzMessageKind  kind)
{
  MzMessage *row = NULL;

  if (projection->rows->len > 0)
    row = g_ptr_array_index (projection->rows, projection->rows->len - 1);
  return row != NULL && mz_message_get_kind (row) == kind ? row : NULL;
}

static void
project_call (Projection *projection,
              JsonObject *block,
              guint       n)
{
  MzMessage *row = add_row (projection, MZ_MESSAGE_TOOL, n);
  JsonNode *arguments = mz_json_get_node (block, "arguments");
  const char *call_id = mz_json_get_string (block, "id");

  if (arguments == NULL)
    arguments = mz_json_get_node (block, "input");
  if (call_id == NULL)
    call_id = mz_json_get_string (block, "toolCallId");

  mz_message_set_call (row, call_id, mz_json_get_string (block, "name"));
  mz_message_set_arguments (row, arguments);
}

static void
project_result (Projection *projection,
                JsonObject *object,
                guint       n)
{
  MzMessage *row = add_row (projection, MZ_MESSAGE_TOOL, n);
  JsonNode *content = mz_json_get_node (object, "content");
  JsonArray *blocks = mz_json_node_array (content);
  JsonObject *details = mz_json_get_object (object, "details");
  const char *call_id = mz_json_get_string (object, "toolCallId");
  const char *name = mz_json_get_string (object, "toolName");
  gboolean is_error = mz_json_get_boolean (object, "isError", mz_json_get_boolean (object, "is_error", FALSE));
  g_autofree char *output = mz_message_content_text (content);

  if (call_id == NULL)
    call_id = mz_json_get_string (object, "tool_use_id");
  if (name == NULL)
    name = mz_json_get_string (object, "name");

  mz_message_set_is_result (row, TRUE);
  mz_message_set_call (row, call_id, name);
  mz_message_set_output (row, output != NULL ? output : "");
  mz_message_set_is_error (row, is_error);
  mz_message_set_state (row, is_error ? MZ_MESSAGE_FAILED : MZ_MESSAGE_DONE);
  mz_message_set_status (row, mz_json_get_string (details, "status"));
  mz_message_set_duration_ms (row, mz_json_get_int (details, "durationMs", 0));

  for (guint i = 0; i < mz_json_array_length (blocks); i++)
    {
      JsonObject *block = mz_json_array_object (blocks, i);

      if (block != NULL && block_kind (mz_json_get_string (block, "type")) == BLOCK_MEDIA)
        mz_message_add_attachment (row, mz_json_array_node (blocks, i));
    }
}

static void
project_block (Projection    *projection,
               MzMessageKind  kind,
               JsonNode      *node,
               guint          n)
{
  JsonObject *block = mz_json_node_object (node);
  const char *type = mz_json_get_string (block, "type");
  const char *plain = mz_json_node_string (node);
  MzMessage *row;

  if (plain != NULL || block_kind (type) == BLOCK_TEXT)
    {
      row = last_row (projection, kind);
      if (row == NULL)
        row = add_row (projection, kind, n);
      add_text (row, plain != NULL ? plain : block_text (block));
      return;
    }
  if (block == NULL)
    return;

  switch (block_kind (type))
    {
    case BLOCK_THINKING:
      row = last_row (projection, MZ_MESSAGE_REASONING);
      if (row == NULL)
        row = add_row (projection, MZ_MESSAGE_REASONING, n);
      add_text (row, block_text (block));
      break;
    case BLOCK_CALL:
      project_call (projection, block, n);
      break;
    case BLOCK_RESULT:
      project_result (projection, block, n);
      break;
    case BLOCK_MEDIA:
      row = last_row (projection, kind);
      if (row == NULL)
        row = add_row (projection, kind, n);
      mz_message_add_attachment (row, node);
      break;
    case BLOCK_TEXT:
    case BLOCK_UNKNOWN:
    default:
      row = add_row (projection, MZ_MESSAGE_OTHER, n);
      mz_message_set_role (row, type);
      add_text (row, block_text (block));
      break;
    }
}

static void
project_content (Projection    *projection,
                 MzMessageKind  kind)
{
  JsonNode *content = mz_json_get_node (projection->record, "content");
  JsonArray *blocks = mz_json_node_array (content);
  const char *text = mz_json_node_string (content);

  if (blocks != NULL)
    {
      for (guint i = 0; i < mz_json_array_length (blocks); i++)
        project_block (projection, kind, mz_json_array_node (blocks, i), i);
      return;
    }

  if (text == NULL)
    text = mz_json_get_string (projection->record, "text");
  if (text != NULL || kind == MZ_MESSAGE_OTHER)
    add_text (add_row (projection, kind, 0), text);
}

/* What the model used belongs to what a person reads: the last text, or else the last row. */
static void
project_usage (Projection *projection)
{
  JsonObject *usage = mz_json_get_object (projection->record, "usage");
  MzMessage *row = NULL;

  if (usage == NULL || projection->rows->len == 0)
    return;

  for (guint i = projection->rows->len; row == NULL && i > 0; i--)
    {
      MzMessage *candidate = g_ptr_array_index (projection->rows, i - 1);

      if (mz_message_get_kind (candidate) == MZ_MESSAGE_ASSISTANT)
        row = candidate;
    }
  if (row == NULL)
    row = g_ptr_array_index (projection->rows, projection->rows->len - 1);

  mz_message_set_usage (row, mz_json_get_int (usage, "input", 0), mz_json_get_int (usage, "output", 0));
}

/* Gateways store what went wrong beside the text, or in its place. */
static void
project_failure (Projection *projection)
{
  JsonObject *record = projection->record;
  const char *error = mz_json_get_string (record, "errorMessage");
  guint n_blocks = mz_json_array_length (mz_json_get_array (record, "content"));
  MzMessage *text = last_row (projection, MZ_MESSAGE_ASSISTANT);
  g_autoptr (MzMessage) told = error == NULL && text != NULL ? g_object_ref (text) : NULL;
  MzMessage *row;

  if (told != NULL)
    g_ptr_array_remove_index (projection->rows, projection->rows->len - 1);

  row = add_row (projection, MZ_MESSAGE_ERROR, told != NULL ? mz_message_get_block (told) : MAX (n_blocks, 1));
  add_text (row, told != NULL ? mz_message_get_text (told) : error);
  mz_message_set_error (row, mz_json_get_string (record, "errorKind"), mz_message_get_text (row));
}

static void
project_assistant (Projection *projection)
{
  const char *stop = mz_json_get_string (projection->record, "stopReason");
  gboolean failed = g_strcmp0 (stop, "error") == 0;

  if (failed)
    projection->state = MZ_MESSAGE_FAILED;
  else if (g_strcmp0 (stop, "aborted") == 0 ||
           mz_json_get_boolean (mz_json_get_object (projection->record, "openclawAbort"), "aborted", FALSE))
    projection->state = MZ_MESSAGE_ABORTED;

  project_content (projection, MZ_MESSAGE_ASSISTANT);
  if (failed)
    project_failure (projection);
  project_usage (projection);
}

static void
project_marker (Projection *projection,
                JsonObject *meta,
                const char *kind)
{
  MzMessage *row = add_row (projection, MZ_MESSAGE_MARKER, 0);
  g_autofree char *text = mz_message_content_text (mz_json_get_node (projection->record, "content"));

  mz_message_set_role (row, kind);
  add_text (row, text);
  mz_message_set_usage (row, mz_json_get_int (meta, "tokensBefore", 0), mz_json_get_int (meta, "tokensAfter", 0));
}

/* The parts that the gateway cut; all of them when it does not show which. */
static void
project_truncation (Projection *projection)
{
  gboolean any = FALSE;

  if (!mz_json_get_boolean (mz_json_get_object (projection->record, "__openclaw"), "truncated", FALSE))
    return;

  for (guint i = 0; i < projection->rows->len; i++)
    {
      MzMessage *row = g_ptr_array_index (projection->rows, i);
      const char *output = mz_message_get_output (row);

      if (mz_text_is_cut (mz_message_get_text (row), mz_message_get_text_length (row)) ||
          (output != NULL && mz_text_is_cut (output, strlen (output))))
        {
          mz_message_set_truncated (row, TRUE);
          any = TRUE;
        }
    }
  for (guint i = 0; !any && i < projection->rows->len; i++)
    mz_message_set_truncated (g_ptr_array_index (projection->rows, i), TRUE);
}

/* One record of the transcript as rows, in order. A record without anything to show makes none. */
GPtrArray *
mz_message_project (JsonObject *record)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  JsonObject *meta = mz_json_get_object (record, "__openclaw");
  const char *kind = mz_json_get_string (meta, "kind");
  Projection projection = {
    .record = record,
    .rows = rows,
    .id = mz_json_get_string (meta, "id"),
    .seq = mz_json_get_int (meta, "seq", -1),
    .role = mz_json_get_string (record, "role"),
    .state = MZ_MESSAGE_DONE,
  };

  if (record == NULL)
    return g_steal_pointer (&rows);

  if (kind != NULL && (g_strcmp0 (kind, "compaction") == 0 || g_strcmp0 (kind, "reset") == 0))
    {
      project_marker (&projection, meta, kind);
    }
  else if (g_strcmp0 (projection.role, "user") == 0)
    {
      const char *key = mz_json_get_string (meta, "idempotencyKey");

      if (key == NULL)
        key = mz_json_get_string (record, "idempotencyKey");

      project_content (&projection, MZ_MESSAGE_USER);
      if (key != NULL && rows->len > 0)
        {
          MzMessage *row = g_ptr_array_index (rows, 0);
          g_autofree char *sent = g_strdup (key);

          if (g_str_has_suffix (sent, USER_KEY_SUFFIX))
            sent[strlen (sent) - strlen (USER_KEY_SUFFIX)] = '\0';
          mz_message_set_idempotency_key (row, sent);

          /* The run that a message starts is called by its key. */
          if (mz_message_get_run_id (row) == NULL)
            mz_message_set_run_id (row, sent);
        }
    }
  else if (g_strcmp0 (projection.role, "assistant") == 0)
    {
      project_assistant (&projection);
    }
  else if (g_strcmp0 (projection.role, "toolResult") == 0 || g_strcmp0 (projection.role, "tool") == 0)
    {
      project_result (&projection, record, 0);
    }
  else
    {
      project_content (&projection, MZ_MESSAGE_OTHER);
    }

  project_truncation (&projection);
  return g_steal_pointer (&rows);
}

/* A page of records as rows: results join their calls, and the records of one entry are numbered on, so that each row
   has its own block. */
GPtrArray *
mz_message_project_all (JsonArray *records)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) calls = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *entry = NULL;
  guint next_block = 0;

  for (guint i = 0; i < mz_json_array_length (records); i++)
    {
      JsonObject *record = mz_json_array_object (records, i);
      g_autoptr (GPtrArray) rows = record != NULL ? mz_message_project (record) : NULL;
      guint base = 0;

      if (rows == NULL || rows->len == 0)
        continue;

      if (entry != NULL && g_strcmp0 (entry, mz_message_get_id (g_ptr_array_index (rows, 0))) == 0)
        {
          base = next_block;
        }
      else
        {
          g_free (entry);
          entry = g_strdup (mz_message_get_id (g_ptr_array_index (rows, 0)));
        }

      for (guint j = 0; j < rows->len; j++)
        {
          MzMessage *row = g_ptr_array_index (rows, j);
          const char *call_id = mz_message_get_call_id (row);
          MzMessage *call = call_id != NULL ? g_hash_table_lookup (calls, call_id) : NULL;

          mz_message_set_block (row, base + mz_message_get_block (row));
          next_block = mz_message_get_block (row) + 1;

          if (call != NULL && mz_message_is_result (row))
            {
              mz_message_adopt (call, row);
              continue;
            }
          if (call_id != NULL)
            g_hash_table_replace (calls, (gpointer) mz_message_get_call_id (row), row);
          g_ptr_array_add (all, g_object_ref (row));
        }
    }
  return g_steal_pointer (&all);
}
