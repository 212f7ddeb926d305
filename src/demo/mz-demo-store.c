/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-store.h"

#include <string.h>

#include "mz-demo-image.h"
#include "mz-demo-seed.h"

#define PREVIEW_CHARS 120

struct _MzDemoStore
{
  GPtrArray *sessions; /* MzDemoSession */
};

static void
session_free (gpointer data)
{
  MzDemoSession *self = data;

  g_free (self->key);
  g_free (self->session_id);
  g_free (self->label);
  g_free (self->model);
  g_free (self->thinking_level);
  g_free (self->last_run_id);
  g_free (self->last_run_error);
  g_free (self->preview);
  g_ptr_array_unref (self->messages);
  g_free (self);
}

static void
take_preview (MzDemoSession *self,
              const char    *text)
{
  g_autofree char *start = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), PREVIEW_CHARS));

  g_free (self->preview);
  self->preview = g_strdelimit (g_steal_pointer (&start), "\n\t", ' ');
}

static int
compare_updated (gconstpointer a,
                 gconstpointer b)
{
  const MzDemoSession *first = *(const MzDemoSession * const *) a;
  const MzDemoSession *second = *(const MzDemoSession * const *) b;

  return (second->updated_at > first->updated_at) - (second->updated_at < first->updated_at);
}

/*< private >
 * mz_demo_store_new:
 * @now: the time that the past days are counted from, ms since the Unix epoch
 *
 * Returns: (transfer full): a store with the demo's sessions
 */
MzDemoStore *
mz_demo_store_new (gint64 now)
{
  MzDemoStore *self = g_new0 (MzDemoStore, 1);

  self->sessions = g_ptr_array_new_with_free_func (session_free);
  mz_demo_seed (self, now);

  return self;
}

void
mz_demo_store_free (MzDemoStore *self)
{
  g_ptr_array_unref (self->sessions);
  g_free (self);
}

/*< private >
 * mz_demo_store_canonical_key:
 * @key: a session key as clients write it: `main`, `agent:main:main`
 *
 * Returns: (transfer full): the whole key
 */
char *
mz_demo_store_canonical_key (const char *key)
{
  g_return_val_if_fail (key != NULL, NULL);

  if (g_str_has_prefix (key, "agent:"))
    return g_strdup (key);
  return g_strconcat ("agent:" MZ_DEMO_AGENT ":", key, NULL);
}

/*< private >
 * mz_demo_store_lookup:
 * @self: a store
 * @key: a session's key, short or whole
 *
 * Returns: (transfer none) (nullable): the session
 */
MzDemoSession *
mz_demo_store_lookup (MzDemoStore *self,
                      const char  *key)
{
  g_autofree char *whole = mz_demo_store_canonical_key (key);

  for (guint i = 0; i < self->sessions->len; i++)
    {
      MzDemoSession *session = g_ptr_array_index (self->sessions, i);

      if (g_strcmp0 (session->key, whole) == 0)
        return session;
    }

  return NULL;
}

MzDemoSession *
mz_demo_store_find_label (MzDemoStore *self,
                          const char  *label)
{
  for (guint i = 0; i < self->sessions->len; i++)
    {
      MzDemoSession *session = g_ptr_array_index (self->sessions, i);

      if (label != NULL && g_strcmp0 (session->label, label) == 0)
        return session;
    }

  return NULL;
}

/*< private >
 * mz_demo_store_add:
 * @self: a store
 * @key: (nullable): the new session's key; %NULL makes one
 * @label: (nullable): its name
 * @now: ms since the Unix epoch
 *
 * Returns: (transfer none): the new session, or the one that has the key already
 */
MzDemoSession *
mz_demo_store_add (MzDemoStore *self,
                   const char  *key,
                   const char  *label,
                   gint64       now)
{
  g_autofree char *uuid = g_uuid_string_random ();
  MzDemoSession *session = key != NULL ? mz_demo_store_lookup (self, key) : NULL;

  if (session != NULL)
    return session;

  session = g_new0 (MzDemoSession, 1);
  session->key = key != NULL ? mz_demo_store_canonical_key (key) : g_strconcat ("agent:" MZ_DEMO_AGENT ":dashboard:", uuid, NULL);
  session->session_id = g_uuid_string_random ();
  session->label = g_strdup (label);
  session->model = g_strdup (MZ_DEMO_MODEL);
  session->created_at = now;
  session->updated_at = now;
  session->interaction_at = now;
  session->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  g_ptr_array_add (self->sessions, session);

  return session;
}

void
mz_demo_store_remove (MzDemoStore   *self,
                      MzDemoSession *session)
{
  g_ptr_array_remove (self->sessions, session);
}

/*< private >
 * mz_demo_store_sorted:
 * @self: a store
 *
 * Returns: (transfer container) (element-type MzDemoSession): the sessions, the last updated first
 */
GPtrArray *
mz_demo_store_sorted (MzDemoStore *self)
{
  GPtrArray *sorted = g_ptr_array_sized_new (self->sessions->len);

  for (guint i = 0; i < self->sessions->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (self->sessions, i));
  g_ptr_array_sort (sorted, compare_updated);

  return sorted;
}

void
mz_demo_session_reset (MzDemoSession *self,
                       gint64         now)
{
  g_ptr_array_set_size (self->messages, 0);
  g_free (self->session_id);
  self->session_id = g_uuid_string_random ();
  g_clear_pointer (&self->preview, g_free);
  g_clear_pointer (&self->last_run_error, g_free);
  self->status = NULL;
  self->input_tokens = self->output_tokens = 0;
  self->aborted_last_run = FALSE;
  self->updated_at = now;
}

/*< private >
 * mz_demo_session_append:
 * @self: a session
 * @message: (transfer full): a message without its record data
 * @run_id: (nullable): the run it comes from
 * @now: ms since the Unix epoch
 *
 * Returns: (transfer none): the message as it is kept, with id and number
 */
JsonNode *
mz_demo_session_append (MzDemoSession *self,
                        JsonObject    *message,
                        const char    *run_id,
                        gint64         now)
{
  g_autofree char *id = g_uuid_string_random ();
  JsonNode *node = mz_demo_node (message);
  const char *text = mz_json_get_string (message, "content");

  json_object_set_object_member (message, "__openclaw",
                                 mz_demo_object ("sisi",
                                                 "id", id,
                                                 "recordTimestampMs", now,
                                                 "runId", run_id,
                                                 "seq", (gint64) self->messages->len + 1));
  g_ptr_array_add (self->messages, node);
  self->updated_at = now;

  if (text != NULL && *text != '\0')
    take_preview (self, text);
  return node;
}

/*< private >
 * mz_demo_session_row:
 * @self: a session
 * @active_run_id: (nullable): the run that is going on
 *
 * Returns: (transfer full): the row of `sessions.list` and `sessions.changed`
 */
JsonObject *
mz_demo_session_row (MzDemoSession *self,
                     const char    *active_run_id)
{
  const char *runs[] = { active_run_id, NULL };
  const char * const levels[] = { "off", "low", "medium", "high", NULL };
  gboolean is_main = g_strcmp0 (self->key, MZ_DEMO_MAIN_KEY) == 0;
  JsonObject *row = mz_demo_object ("sssssssbbi",
                                    "key", self->key,
                                    "sessionId", self->session_id,
                                    "kind", "direct",
                                    "chatType", "direct",
                                    "classification", is_main ? "main" : "dashboard",
                                    "agentId", MZ_DEMO_AGENT,
                                    "createdVia", "operator",
                                    "isMain", is_main,
                                    "isBackground", FALSE,
                                    "createdAt", self->created_at);

  mz_demo_object_add (row, "sssibbbib",
                      "label", self->label,
                      "displayName", self->label,
                      "lastMessagePreview", self->preview,
                      "updatedAt", self->updated_at,
                      "archived", self->archived,
                      "pinned", self->pinned,
                      "unread", self->unread,
                      "lastInteractionAt", self->interaction_at,
                      "systemSent", self->messages->len > 0);
  mz_demo_object_add (row, "bsasiiib",
                      "abortedLastRun", self->aborted_last_run,
                      "thinkingLevel", self->thinking_level,
                      "thinkingOptions", mz_demo_strings (levels),
                      "thinkingDefault", "off",
                      "inputTokens", self->input_tokens,
                      "outputTokens", self->output_tokens,
                      "totalTokens", self->input_tokens + self->output_tokens,
                      "totalTokensFresh", TRUE);
  mz_demo_object_add (row, "sssssiba",
                      "status", active_run_id != NULL ? "running" : self->status,
                      "lastRunId", self->last_run_id,
                      "lastRunError", self->last_run_error,
                      "modelProvider", MZ_DEMO_PROVIDER,
                      "model", self->model,
                      "contextTokens", (gint64) MZ_DEMO_CONTEXT_TOKENS,
                      "hasActiveRun", active_run_id != NULL,
                      "activeRunIds", mz_demo_strings (runs));
  if (self->started_at > 0)
    json_object_set_int_member (row, "startedAt", self->started_at);
  if (self->ended_at > 0 && active_run_id == NULL)
    mz_demo_object_add (row, "ii", "endedAt", self->ended_at, "runtimeMs", self->ended_at - self->started_at);

  return row;
}

/*< private >
 * mz_demo_session_page:
 * @self: a session
 * @limit: how many messages at most
 * @offset: how many of the newest to pass over
 * @max_bytes: how large the page may become, roughly; one message always fits
 * @n_returned: (out): how many there are
 *
 * Returns: (transfer full): a page of the transcript, oldest first
 */
JsonArray *
mz_demo_session_page (MzDemoSession *self,
                      gint64         limit,
                      gint64         offset,
                      gsize          max_bytes,
                      guint         *n_returned)
{
  JsonArray *page = json_array_new ();
  gint64 end = MAX ((gint64) self->messages->len - offset, 0);
  gint64 start = end;
  gsize bytes = 0;

  while (start > 0 && end - start < limit)
    {
      g_autofree char *text = mz_json_to_string (g_ptr_array_index (self->messages, start - 1));

      bytes += strlen (text);
      if (bytes > max_bytes && start < end)
        break;
      start--;
    }

  for (gint64 i = start; i < end; i++)
    json_array_add_element (page, json_node_ref (g_ptr_array_index (self->messages, i)));
  *n_returned = (guint) (end - start);

  return page;
}

gint64
mz_demo_count_words (const char *text)
{
  gint64 words = 0;
  gboolean inside = FALSE;

  for (; *text != '\0'; text++)
    {
      gboolean space = g_ascii_isspace (*text);

      words += !space && !inside ? 1 : 0;
      inside = !space;
    }

  return words;
}

JsonObject *
mz_demo_message_user (const char *text,
                      gint64      timestamp)
{
  return mz_demo_object ("ssi", "role", "user", "content", text, "timestamp", timestamp);
}

/*< private >
 * mz_demo_message_assistant:
 * @content: (transfer full): the blocks
 * @stop_reason: why it ended
 * @output_tokens: what it cost
 * @timestamp: when it began, ms since the Unix epoch
 *
 * Returns: (transfer full): a message without its record data
 */
JsonObject *
mz_demo_message_assistant (JsonArray  *content,
                           const char *stop_reason,
                           gint64      output_tokens,
                           gint64      timestamp)
{
  return mz_demo_object ("sasssosi",
                         "role", "assistant",
                         "content", content,
                         "api", "demo",
                         "provider", MZ_DEMO_PROVIDER,
                         "model", MZ_DEMO_MODEL,
                         "usage", mz_demo_object ("iiiii",
                                                  "input", (gint64) 10,
                                                  "output", output_tokens,
                                                  "totalTokens", output_tokens + 10,
                                                  "cacheRead", (gint64) 0,
                                                  "cacheWrite", (gint64) 0),
                         "stopReason", stop_reason,
                         "timestamp", timestamp);
}

JsonObject *
mz_demo_message_tool_result (const char *call_id,
                             const char *output,
                             gboolean    is_error,
                             gint64      timestamp)
{
  JsonArray *content = json_array_new ();

  json_array_add_object_element (content, mz_demo_block_text (output));
  return mz_demo_object ("sssabi",
                         "role", "toolResult",
                         "toolCallId", call_id,
                         "toolName", "exec",
                         "content", content,
                         "isError", is_error,
                         "timestamp", timestamp);
}

JsonObject *
mz_demo_block_text (const char *text)
{
  return mz_demo_object ("ss", "type", "text", "text", text);
}

JsonObject *
mz_demo_block_thinking (const char *text)
{
  return mz_demo_object ("ss", "type", "thinking", "thinking", text);
}

JsonObject *
mz_demo_block_tool_call (const char *call_id,
                         const char *command)
{
  return mz_demo_object ("ssso",
                         "type", "toolCall",
                         "id", call_id,
                         "name", "exec",
                         "arguments", mz_demo_object ("s", "command", command));
}

/*< private >
 * mz_demo_block_image:
 *
 * Returns: (transfer full): the block of the demo's picture (docs: gateway/clients, "Render generated image artifacts")
 */
JsonObject *
mz_demo_block_image (void)
{
  g_autoptr (GBytes) png = mz_demo_image_png ();

  return mz_demo_object ("sssssiii",
                         "type", "image",
                         "artifactId", MZ_DEMO_IMAGE_ID,
                         "url", "/api/chat/media/outgoing/" MZ_DEMO_IMAGE_ID "/full",
                         "mimeType", "image/png",
                         "alt", "Evening light over four ridges",
                         "width", (gint64) MZ_DEMO_IMAGE_WIDTH,
                         "height", (gint64) MZ_DEMO_IMAGE_HEIGHT,
                         "sizeBytes", (gint64) g_bytes_get_size (png));
}
