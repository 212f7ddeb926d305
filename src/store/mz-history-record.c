/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-history-record.h"

#include <math.h>
#include <string.h>

#include "mz-json.h"
#include "mz-message-private.h"

/* Pictures and files are kept by reference: what of them comes within a message, as base64, is not kept from this length on. */
#define MAX_INLINE_DATA 1024

/* A user's stored idempotency key is the one it was sent with and this. */
#define USER_KEY_SUFFIX ":user"

static void
record_free (gpointer data)
{
  MzHistoryRecord *record = data;

  g_free (record->entry);
  g_free (record->role);
  g_free (record->kind);
  g_free (record->run_id);
  g_free (record->key);
  g_free (record->text);
  g_free (record->json);
  g_free (record);
}

/* ---- JSON, without the references that json-glib's own writer takes ---- */

static void
write_string (GString    *string,
              const char *value)
{
  const char *start = value;

  g_string_append_c (string, '"');
  for (const char *p = value;; p++)
    {
      guchar c = (guchar) *p;

      if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
        continue;
      g_string_append_len (string, start, p - start);
      start = p + 1;
      switch (c)
        {
        case '\0':
          g_string_append_c (string, '"');
          return;
        case '"':
          g_string_append (string, "\\\"");
          break;
        case '\\':
          g_string_append (string, "\\\\");
          break;
        case '\n':
          g_string_append (string, "\\n");
          break;
        case '\t':
          g_string_append (string, "\\t");
          break;
        default:
          g_string_append_printf (string, "\\u%04x", c);
          break;
        }
    }
}

static gboolean
is_media (JsonObject *object)
{
  static const char * const members[] = { "mimeType", "mime_type", "media_type", "mediaType" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (mz_json_get_string (object, members[i]) != NULL)
      return TRUE;

  return FALSE;
}

static gboolean
is_inline_data (const char *name,
                const char *value,
                gboolean    media)
{
  if (value == NULL || strnlen (value, MAX_INLINE_DATA + 1) <= MAX_INLINE_DATA)
    return FALSE;

  return g_str_has_prefix (value, "data:") || (media && (g_str_equal (name, "data") || g_str_equal (name, "base64")));
}

static void
write_object (GString    *string,
              JsonObject *object)
{
  gboolean media = is_media (object);
  gboolean omitted = FALSE;
  gsize bytes = 0;
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  char separator = '{';

  if (json_object_get_size (object) == 0)
    g_string_append_c (string, '{');

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &member))
    {
      const char *value = mz_json_node_string (member);

      if (is_inline_data (name, value, media))
        {
          omitted = TRUE;
          bytes += strlen (value) / 4 * 3;
          continue;
        }
      g_string_append_c (string, separator);
      separator = ',';
      write_string (string, name);
      g_string_append_c (string, ':');
      mz_history_write_json (string, member);
    }
  if (omitted)
    g_string_append_printf (string, "%c\"omitted\":true,\"bytes\":%" G_GSIZE_FORMAT, separator, bytes);
  g_string_append_c (string, '}');
}

static void
write_value (GString  *string,
             JsonNode *node)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING)
    {
      write_string (string, json_node_get_string (node));
    }
  else if (type == G_TYPE_BOOLEAN)
    {
      g_string_append (string, json_node_get_boolean (node) ? "true" : "false");
    }
  else if (type == G_TYPE_DOUBLE && isfinite (json_node_get_double (node)))
    {
      char buffer[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append (string, g_ascii_dtostr (buffer, sizeof buffer, json_node_get_double (node)));
    }
  else if (type == G_TYPE_INT64)
    {
      g_string_append_printf (string, "%" G_GINT64_FORMAT, json_node_get_int (node));
    }
  else
    {
      g_string_append (string, "null");
    }
}

/**
 * mz_history_write_json:
 * @node: what to write; it may be read by another thread meanwhile
 *
 * Writes it on one line, without spaces, without the content of pictures and files.
 */
void
mz_history_write_json (GString  *string,
                       JsonNode *node)
{
  JsonArray *array;

  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      write_object (string, mz_json_node_object (node));
      break;
    case JSON_NODE_ARRAY:
      array = mz_json_node_array (node);
      g_string_append_c (string, '[');
      for (guint i = 0; i < mz_json_array_length (array); i++)
        {
          if (i > 0)
            g_string_append_c (string, ',');
          mz_history_write_json (string, mz_json_array_node (array, i));
        }
      g_string_append_c (string, ']');
      break;
    case JSON_NODE_VALUE:
      write_value (string, node);
      break;
    case JSON_NODE_NULL:
    default:
      g_string_append (string, "null");
      break;
    }
}

/* ---- records ---- */

static char *
dup_key (JsonObject *object,
         JsonObject *meta)
{
  const char *key = mz_json_get_string (meta, "idempotencyKey");
  char *sent;

  if (key == NULL)
    key = mz_json_get_string (object, "idempotencyKey");
  if (key == NULL)
    return NULL;

  sent = g_strdup (key);
  if (g_str_has_suffix (sent, USER_KEY_SUFFIX))
    sent[strlen (sent) - strlen (USER_KEY_SUFFIX)] = '\0';

  return sent;
}

/* The words that people read and write; what tools gave out, and what the agent thought, would be found before them. */
static char *
dup_text (JsonObject *object)
{
  g_autofree char *text = mz_message_content_text (mz_json_get_node (object, "content"));

  if (text == NULL)
    text = g_strdup (mz_json_get_string (object, "text"));
  if (text == NULL)
    text = g_strdup (mz_json_get_string (object, "errorMessage"));

  return text != NULL && text[0] != '\0' ? g_steal_pointer (&text) : NULL;
}

static MzHistoryRecord *
record_new (JsonNode *node)
{
  JsonObject *object = mz_json_node_object (node);
  JsonObject *meta = mz_json_get_object (object, "__openclaw");
  const char *role = mz_json_get_string (object, "role");
  MzHistoryRecord *record;
  GString *json;

  if (mz_json_get_string (meta, "id") == NULL)
    return NULL;

  record = g_new0 (MzHistoryRecord, 1);
  record->entry = g_strdup (mz_json_get_string (meta, "id"));
  record->seq = mz_json_get_int (meta, "seq", -1);
  record->role = g_strdup (role);
  record->kind = g_strdup (mz_json_get_string (meta, "kind"));
  record->run_id = g_strdup (mz_json_get_string (meta, "runId"));
  record->time_ms = mz_json_get_int (object, "timestamp", 0);
  if (record->time_ms <= 0)
    record->time_ms = MAX (mz_json_get_int (meta, "recordTimestampMs", 0), 0);

  if (record->kind == NULL && g_strcmp0 (role, "user") == 0)
    {
      record->from = MZ_SEARCH_FROM_ME;
      record->key = dup_key (object, meta);
      record->text = dup_text (object);
    }
  else if (record->kind == NULL && g_strcmp0 (role, "assistant") == 0)
    {
      record->from = MZ_SEARCH_FROM_ASSISTANT;
      record->text = dup_text (object);
    }

  json = g_string_sized_new (512);
  mz_history_write_json (json, node);
  record->json = g_string_free (json, FALSE);

  return record;
}

/**
 * mz_history_records_new:
 * @messages: (nullable): the gateway's; each a record, or an event's payload with the record as its `message`
 *
 * Returns: (transfer full) (element-type MzHistoryRecord): what can be kept of them: what has no id is not final
 */
GPtrArray *
mz_history_records_new (JsonArray *messages)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (record_free);
  g_autoptr (GHashTable) parts = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < mz_json_array_length (messages); i++)
    {
      JsonObject *object = mz_json_array_object (messages, i);
      JsonNode *inner = mz_json_get_node (object, "message");
      MzHistoryRecord *record;

      if (object == NULL)
        continue;
      record = record_new (mz_json_node_object (inner) != NULL ? inner : mz_json_array_node (messages, i));
      if (record == NULL)
        continue;

      record->part = GPOINTER_TO_UINT (g_hash_table_lookup (parts, record->entry));
      g_hash_table_insert (parts, record->entry, GUINT_TO_POINTER (record->part + 1));
      g_ptr_array_add (records, record);
    }

  return records;
}
