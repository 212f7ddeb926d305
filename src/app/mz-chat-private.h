/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-chat.h"
#include "mz-gateway.h"
#include "mz-post.h"

G_BEGIN_DECLS

/* For the files of MzChat, and for MzGateway. */

struct _MzChat
{
  GObject parent_instance;

  GWeakRef gateway;
  char *key;
  MzSession *session;
  GSignalGroup *session_signals;
  GCancellable *cancellable;

  char *draft;
  GListStore *attachments;

  /* mz-chat-posts.c */
  GQueue posts;                 /* on their way, in order */
  GQueue failed;
  GQueue sent;                  /* the last ones with files, for another try */
  gboolean blocked;             /* the connection did not take one: wait for the next */
  guint flush_id;

  gint64 started;
  char *run_id;                 /* of which `started` tells */
  gboolean told_running;
  guint told_waiting;
};

/* mz-chat.c */
MzChat   *mz_chat_new             (MzGateway    *gateway,
                                   const char   *key);
void      mz_chat_update          (MzChat       *self);
gboolean  mz_chat_is_ready        (MzChat       *self);
void      mz_chat_emit_send_failed (MzChat      *self,
                                    MzMessage   *row,
                                    GError      *error);

/* mz-chat-posts.c */
gboolean  mz_chat_is_busy         (MzChat       *self);
MzPost   *mz_chat_peek_sending    (MzChat       *self);
void      mz_chat_push_post       (MzChat       *self,
                                   MzPost       *post);
void      mz_chat_flush           (MzChat       *self);
void      mz_chat_show_posts      (MzChat       *self);
void      mz_chat_clear_posts     (MzChat       *self);

G_END_DECLS
