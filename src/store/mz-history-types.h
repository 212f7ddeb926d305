/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

#include "mz-search-query.h"
#include "mz-search-words.h"

G_BEGIN_DECLS

/* Values that go into and come out of MzHistory. */

/**
 * MzHistoryKind:
 * @MZ_HISTORY_TAIL: an answer to chat.history without offset: the newest messages. What is kept of that stretch and is not in it is not so any more
 * @MZ_HISTORY_OLDER: an answer to chat.history with offset: messages before those that are kept
 * @MZ_HISTORY_LIVE: the payload of an event session.message, or an answer to chat.history with cursor (kind "delta"): messages after those that are kept,
 *   or in their place
 */
typedef enum
{
  MZ_HISTORY_TAIL,
  MZ_HISTORY_OLDER,
  MZ_HISTORY_LIVE,
} MzHistoryKind;

/**
 * MzHistoryPage:
 * @answer: as the gateway would answer chat.history: {sessionKey, sessionId, messages, hasMore}; for mz_timeline_apply_page() and its like
 * @n_messages: how many there are
 * @has_older: there are older ones here, that go on without a gap
 * @has_newer: there are newer ones here (after mz_history_read_around_async())
 * @complete: there are no older ones, not on the gateway either
 * @session_id: (nullable): the gateway's id of the transcript
 * @cursor: (nullable): the last deltaCursor of the gateway, for chat.history
 */
typedef struct
{
  JsonNode *answer;
  guint n_messages;
  gboolean has_older;
  gboolean has_newer;
  gboolean complete;
  char *session_id;
  char *cursor;
} MzHistoryPage;

/**
 * MzHistoryAttachment:
 * @name: (nullable): its name
 * @mime: (nullable): its type
 * @uri: where it is; its content is never kept
 * @size: in bytes, 0 when unknown
 *
 * A file that goes with a draft or a message.
 */
typedef struct
{
  char *name;
  char *mime;
  char *uri;
  gint64 size;
} MzHistoryAttachment;

/**
 * MzHistoryDraft:
 * @text: what was typed
 * @attachments: (element-type MzHistoryAttachment): the files
 */
typedef struct
{
  char *text;
  GPtrArray *attachments;
} MzHistoryDraft;

/**
 * MzHistoryPostState:
 * @MZ_HISTORY_POST_WAITING: it has not gone out yet
 * @MZ_HISTORY_POST_SENDING: it is going out: the gateway may have it
 * @MZ_HISTORY_POST_ACCEPTED: the gateway has answered that it has it
 * @MZ_HISTORY_POST_DELIVERED: it is in the gateway's history
 * @MZ_HISTORY_POST_UNCONFIRMED: it went out, and nobody knows whether it arrived: look into the history before it goes out again, with the same key
 * @MZ_HISTORY_POST_FAILED: the gateway refused it
 */
typedef enum
{
  MZ_HISTORY_POST_WAITING,
  MZ_HISTORY_POST_SENDING,
  MZ_HISTORY_POST_ACCEPTED,
  MZ_HISTORY_POST_DELIVERED,
  MZ_HISTORY_POST_UNCONFIRMED,
  MZ_HISTORY_POST_FAILED,
} MzHistoryPostState;

#define MZ_HISTORY_POST_BIT(state) (1u << (state))
#define MZ_HISTORY_POST_ANY (MZ_HISTORY_POST_BIT (MZ_HISTORY_POST_FAILED + 1) - 1)

/**
 * MzHistoryPost:
 * @key: its idempotency key
 * @gateway: id of the gateway's entry
 * @session: key of the conversation
 * @state: how far it is
 * @text: the message
 * @attachments: (element-type MzHistoryAttachment): what goes with it
 * @run_id: (nullable): of the run that it began
 * @error: (nullable): why it failed, technical
 * @created_ms: when it was written, in ms of Unix time
 *
 * A message on its way. The order in which they were added is the order in which they go out.
 */
typedef struct
{
  char *key;
  char *gateway;
  char *session;
  MzHistoryPostState state;
  char *text;
  GPtrArray *attachments;
  char *run_id;
  char *error;
  gint64 created_ms;
} MzHistoryPost;

/**
 * MzHistoryHit:
 * @gateway: id of the gateway's entry
 * @session: key of the conversation
 * @title: what it is called
 * @title_ranges: (nullable) (element-type MzWordsRange): what was found in the title
 * @entry: (nullable): `__openclaw.id` of the message; %NULL for a conversation
 * @session_id: (nullable): the transcript that it is in now
 * @seq: of the message
 * @from: whose it is
 * @time_ms: when, in ms of Unix time
 * @snippet: (nullable): of the message: one line
 * @ranges: (nullable) (element-type MzWordsRange): what was found in the snippet, in bytes
 *
 * Something that was found. mz_history_read_around_async() with @entry gives its surroundings.
 */
typedef struct
{
  char *gateway;
  char *session;
  char *title;
  GArray *title_ranges;
  char *entry;
  char *session_id;
  gint64 seq;
  MzSearchFrom from;
  gint64 time_ms;
  char *snippet;
  GArray *ranges;
} MzHistoryHit;

/**
 * MzHistoryHits:
 * @sessions: (element-type MzHistoryHit): conversations whose name has the words, the last used first
 * @messages: (element-type MzHistoryHit): messages, the newest first
 * @more: there are more messages, older than these
 */
typedef struct
{
  GPtrArray *sessions;
  GPtrArray *messages;
  gboolean more;
} MzHistoryHits;

void                  mz_history_page_free        (MzHistoryPage       *page);
MzHistoryAttachment  *mz_history_attachment_new   (const char          *name,
                                                   const char          *mime,
                                                   const char          *uri,
                                                   gint64               size);
void                  mz_history_attachment_free  (MzHistoryAttachment *attachment);
char                 *mz_history_attachments_to_string   (GPtrArray     *attachments);
GPtrArray            *mz_history_attachments_from_string (const char    *string);
MzHistoryDraft       *mz_history_draft_new        (const char          *text,
                                                   GPtrArray           *attachments);
void                  mz_history_draft_free       (MzHistoryDraft      *draft);
const char           *mz_history_post_state_to_string   (MzHistoryPostState   state);
gboolean              mz_history_post_state_from_string (const char          *word,
                                                         MzHistoryPostState  *state);
MzHistoryPost        *mz_history_post_new         (const char          *key,
                                                   const char          *gateway,
                                                   const char          *session,
                                                   const char          *text,
                                                   GPtrArray           *attachments);
MzHistoryPost        *mz_history_post_copy        (const MzHistoryPost *post);
void                  mz_history_post_free        (MzHistoryPost       *post);
void                  mz_history_hit_free         (MzHistoryHit        *hit);
MzHistoryHits        *mz_history_hits_new         (void);
void                  mz_history_hits_free        (MzHistoryHits       *hits);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzHistoryPage, mz_history_page_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzHistoryAttachment, mz_history_attachment_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzHistoryDraft, mz_history_draft_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzHistoryPost, mz_history_post_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzHistoryHit, mz_history_hit_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzHistoryHits, mz_history_hits_free)

G_END_DECLS
