/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-post.h"

/**
 * mz_post_new:
 * @text: the message
 * @files: (nullable) (element-type MzOutgoing): what goes with it
 * @attachments: (nullable): the same as JSON, if it is encoded already
 * @key: (nullable): its idempotency key; %NULL makes one
 *
 * Returns: (transfer full): a message that waits
 */
MzPost *
mz_post_new (const char *text,
             GPtrArray  *files,
             JsonNode   *attachments,
             const char *key)
{
  MzPost *self = g_new0 (MzPost, 1);

  self->state = files != NULL && attachments == NULL ? MZ_POST_ENCODING : MZ_POST_WAITING;
  self->key = key != NULL ? g_strdup (key) : g_uuid_string_random ();
  self->text = g_strdup (text);
  self->files = files != NULL ? g_ptr_array_ref (files) : NULL;
  self->attachments = attachments != NULL ? json_node_ref (attachments) : NULL;
  return self;
}

void
mz_post_free (MzPost *self)
{
  g_free (self->key);
  g_free (self->text);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->attachments, json_node_unref);
  g_clear_error (&self->error);
  g_free (self);
}
