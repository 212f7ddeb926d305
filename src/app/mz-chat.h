/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-outgoing.h"
#include "mz-session.h"

G_BEGIN_DECLS

/**
 * MzChat:
 *
 * One conversation as a window needs it: the session, its draft, and the messages that wait for a connection. Made by MzGateway. A new
 * client of the gateway replaces the session; the property notifies.
 *
 * A message sent while there is no connection, or whose answer was lost with the connection, waits in the timeline (state "sending") and is sent with
 * the same idempotency key once the client is ready again, so that it arrives once; order is kept.
 *
 * Properties: `session` (read-only, notifies), `draft` (read-write string, never %NULL), `attachments` (read-only GListStore of MzOutgoing: of the
 * draft), `running` (read-only, notifies: Stop is offered), `waiting` (read-only, notifies: number of messages that wait), `started` (read-only: when the
 * run under way began, µs monotonic, 0).
 *
 * Signals: `::send-failed` (MzMessage *row, GError *error): the gateway refused it; the row stays with its error and can be retried. With
 * %G_IO_ERROR_NOT_FOUND nothing was sent, for mz_chat_retry() cannot ask the same again: the error's message is a sentence for the person.
 * `::reply-ended` (const char *run_id, MzRunOutcome outcome, GError *error): as the session's run-ended, for notifications.
 */
#define MZ_TYPE_CHAT (mz_chat_get_type ())
G_DECLARE_FINAL_TYPE (MzChat, mz_chat, MZ, CHAT, GObject)

const char *mz_chat_get_key         (MzChat               *self);
MzSession  *mz_chat_get_session     (MzChat               *self);
MzTimeline *mz_chat_get_timeline    (MzChat               *self);
const char *mz_chat_get_draft       (MzChat               *self);
void        mz_chat_set_draft       (MzChat               *self,
                                     const char           *draft);
GListStore *mz_chat_get_attachments (MzChat               *self);
gboolean    mz_chat_get_running     (MzChat               *self);
guint       mz_chat_get_waiting     (MzChat               *self);
gint64      mz_chat_get_started     (MzChat               *self);
/* Something here would be lost if the program ended now: a draft, its files, a message that waits or was refused. */
gboolean    mz_chat_has_unsent      (MzChat               *self);
/* There is nothing in @text that could be sent. */
gboolean    mz_chat_text_is_blank   (const char           *text);
/* Sends the draft with its attachments, and empties it; FALSE when there is nothing to send. */
gboolean    mz_chat_send            (MzChat               *self);
/* Sends @text as it is, beside the draft ("Three things to ask"). */
void        mz_chat_send_text       (MzChat               *self,
                                     const char           *text);
/* "Try again": of a person's message that failed, the same message with its own key; of an error row, the person's message before it, anew. When only
 * the gateway has the files of that message, its text goes into the draft, if that is empty, and send-failed tells. */
void        mz_chat_retry           (MzChat               *self,
                                     MzMessage            *message);
/* Gives up a message that waits. */
void        mz_chat_discard         (MzChat               *self,
                                     MzMessage            *message);
void        mz_chat_stop            (MzChat               *self);
/* Tells the gateway that the conversation was read, when it is listed as unread: for a window that shows it. */
void        mz_chat_mark_read       (MzChat               *self);

G_END_DECLS
