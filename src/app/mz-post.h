/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * MzPostState:
 * @MZ_POST_ENCODING: its files are being made ready, in a thread
 * @MZ_POST_WAITING: for the ones before it, or for a connection
 * @MZ_POST_SENDING: the gateway's answer is awaited
 */
typedef enum
{
  MZ_POST_ENCODING,
  MZ_POST_WAITING,
  MZ_POST_SENDING,
} MzPostState;

/**
 * MzPost:
 * @key: the idempotency key: the same however often it is tried
 * @text: the message
 * @files: (nullable) (element-type MzOutgoing): what goes with it
 * @attachments: (nullable): the same as JSON, once it is encoded
 * @is_draft: it came from the composer, and goes back there when the gateway cannot take it at all
 * @shown: its row is in the timeline
 * @attempted: it has gone out at least once, so that the gateway may have it
 * @timeouts: how often no answer came on a connection that stood
 * @stop: its run is to be stopped as soon as it is known
 * @error: (nullable): why the gateway refused it
 *
 * A message on its way to the gateway. It belongs to one MzChat, and lives in one of its queues.
 */
typedef struct
{
  MzPostState state;
  char *key;
  char *text;
  GPtrArray *files;
  JsonNode *attachments;
  gboolean is_draft;
  gboolean shown;
  gboolean attempted;
  guint timeouts;
  gboolean stop;
  GError *error;
} MzPost;

MzPost *mz_post_new  (const char *text,
                      GPtrArray  *files,
                      JsonNode   *attachments,
                      const char *key);
void    mz_post_free (MzPost     *self);

G_END_DECLS
