/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-history-types.h"

#include <string.h>

#include "mz-json.h"

/* The most that is read of what goes with one message; we write far less. */
#define MAX_ATTACHMENTS_TEXT (1024 * 1024)

static const char * const state_words[] = { "waiting", "sending", "accepted", "delivered", "unconfirmed", "failed" };

void
mz_history_page_free (MzHistoryPage *page)
{
  if (page == NULL)
    return;

  g_clear_pointer (&page->answer, json_node_unref);
  g_free (page->session_id);
  g_free (page->cursor);
  g_free (page);
}

/**
 * mz_history_attachment_new:
 *
 * Returns: (transfer full): a reference to a file
 */
MzHistoryAttachment *
mz_history_attachment_new (const char *name,
                           const char *mime,
                           const char *uri,
                           gint64      size)
{
  MzHistoryAttachment *attachment = g_new0 (MzHistoryAttachment, 1);

  attachment->name = g_strdup (name);
  attachment->mime = g_strdup (mime);
  attachment->uri = g_strdup (uri);
  attachment->size = size;

  return attachment;
}

void
mz_history_attachment_free (MzHistoryAttachment *attachment)
{
  if (attachment == NULL)
    return;

  g_free (attachment->name);
  g_free (attachment->mime);
  g_free (attachment->uri);
  g_free (attachment);
}

static void
set_string (JsonObject *object,
            const char *name,
            const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
}

/**
 * mz_history_attachments_to_string:
 * @attachments: (nullable) (element-type MzHistoryAttachment): references
 *
 * Returns: (transfer full) (nullable): them as JSON; %NULL for none
 */
char *
mz_history_attachments_to_string (GPtrArray *attachments)
{
  g_autoptr (JsonNode) node = NULL;
  JsonArray *array;

  if (attachments == NULL || attachments->len == 0)
    return NULL;

  array = json_array_sized_new (attachments->len);
  for (guint i = 0; i < attachments->len; i++)
    {
      const MzHistoryAttachment *attachment = g_ptr_array_index (attachments, i);
      JsonObject *object = json_object_new ();

      set_string (object, "name", attachment->name);
      set_string (object, "mime", attachment->mime);
      set_string (object, "uri", attachment->uri);
      if (attachment->size > 0)
        json_object_set_int_member (object, "size", attachment->size);
      json_array_add_object_element (array, object);
    }
  node = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);

  return mz_json_to_string (node);
}

/**
 * mz_history_attachments_from_string:
 * @string: (nullable): JSON
 *
 * Returns: (transfer full) (element-type MzHistoryAttachment): what it says
 */
GPtrArray *
mz_history_attachments_from_string (const char *string)
{
  GPtrArray *attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_history_attachment_free);
  g_autoptr (JsonNode) node = string != NULL ? mz_json_parse (string, strlen (string), MAX_ATTACHMENTS_TEXT, NULL) : NULL;
  JsonArray *array = mz_json_node_array (node);

  for (guint i = 0; i < mz_json_array_length (array); i++)
    {
      JsonObject *object = mz_json_array_object (array, i);

      if (mz_json_get_string (object, "uri") != NULL)
        g_ptr_array_add (attachments, mz_history_attachment_new (mz_json_get_string (object, "name"), mz_json_get_string (object, "mime"),
                                                                 mz_json_get_string (object, "uri"), mz_json_get_int (object, "size", 0)));
    }

  return attachments;
}

static GPtrArray *
copy_attachments (GPtrArray *attachments)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_history_attachment_free);

  for (guint i = 0; attachments != NULL && i < attachments->len; i++)
    {
      const MzHistoryAttachment *attachment = g_ptr_array_index (attachments, i);

      g_ptr_array_add (copy, mz_history_attachment_new (attachment->name, attachment->mime, attachment->uri, attachment->size));
    }

  return copy;
}

/**
 * mz_history_draft_new:
 * @text: what was typed
 * @attachments: (nullable) (element-type MzHistoryAttachment): copied
 *
 * Returns: (transfer full): a draft
 */
MzHistoryDraft *
mz_history_draft_new (const char *text,
                      GPtrArray  *attachments)
{
  MzHistoryDraft *draft = g_new0 (MzHistoryDraft, 1);

  draft->text = g_strdup (text);
  draft->attachments = copy_attachments (attachments);

  return draft;
}

void
mz_history_draft_free (MzHistoryDraft *draft)
{
  if (draft == NULL)
    return;

  g_free (draft->text);
  g_ptr_array_unref (draft->attachments);
  g_free (draft);
}

const char *
mz_history_post_state_to_string (MzHistoryPostState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (state_words), NULL);

  return state_words[state];
}

gboolean
mz_history_post_state_from_string (const char         *word,
                                   MzHistoryPostState *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_words); i++)
    {
      if (g_strcmp0 (word, state_words[i]) == 0)
        {
          *state = (MzHistoryPostState) i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * mz_history_post_new:
 * @attachments: (nullable) (element-type MzHistoryAttachment): copied
 *
 * Returns: (transfer full): a message that waits
 */
MzHistoryPost *
mz_history_post_new (const char *key,
                     const char *gateway,
                     const char *session,
                     const char *text,
                     GPtrArray  *attachments)
{
  MzHistoryPost *post = g_new0 (MzHistoryPost, 1);

  post->key = g_strdup (key);
  post->gateway = g_strdup (gateway);
  post->session = g_strdup (session);
  post->text = g_strdup (text);
  post->attachments = copy_attachments (attachments);

  return post;
}

MzHistoryPost *
mz_history_post_copy (const MzHistoryPost *post)
{
  MzHistoryPost *copy = mz_history_post_new (post->key, post->gateway, post->session, post->text, post->attachments);

  copy->state = post->state;
  copy->run_id = g_strdup (post->run_id);
  copy->error = g_strdup (post->error);
  copy->created_ms = post->created_ms;

  return copy;
}

void
mz_history_post_free (MzHistoryPost *post)
{
  if (post == NULL)
    return;

  g_free (post->key);
  g_free (post->gateway);
  g_free (post->session);
  g_free (post->text);
  g_ptr_array_unref (post->attachments);
  g_free (post->run_id);
  g_free (post->error);
  g_free (post);
}

void
mz_history_hit_free (MzHistoryHit *hit)
{
  if (hit == NULL)
    return;

  g_free (hit->gateway);
  g_free (hit->session);
  g_free (hit->title);
  g_clear_pointer (&hit->title_ranges, g_array_unref);
  g_free (hit->entry);
  g_free (hit->session_id);
  g_free (hit->snippet);
  g_clear_pointer (&hit->ranges, g_array_unref);
  g_free (hit);
}

MzHistoryHits *
mz_history_hits_new (void)
{
  MzHistoryHits *hits = g_new0 (MzHistoryHits, 1);

  hits->sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_history_hit_free);
  hits->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_history_hit_free);

  return hits;
}

void
mz_history_hits_free (MzHistoryHits *hits)
{
  if (hits == NULL)
    return;

  g_ptr_array_unref (hits->sessions);
  g_ptr_array_unref (hits->messages);
  g_free (hits);
}
