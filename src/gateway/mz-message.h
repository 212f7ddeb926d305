/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * MzMessageKind:
 * @MZ_MESSAGE_USER: what a person wrote
 * @MZ_MESSAGE_ASSISTANT: what the agent answered, Markdown
 * @MZ_MESSAGE_REASONING: what the agent thought on the way
 * @MZ_MESSAGE_TOOL: one tool call with its result
 * @MZ_MESSAGE_MARKER: a boundary in the session, a compaction or a reset; see `role`
 * @MZ_MESSAGE_ERROR: a run that failed; see `error-message`
 * @MZ_MESSAGE_OTHER: a role or block this client does not know, with the text it has; see `role`
 */
typedef enum
{
  MZ_MESSAGE_USER,
  MZ_MESSAGE_ASSISTANT,
  MZ_MESSAGE_REASONING,
  MZ_MESSAGE_TOOL,
  MZ_MESSAGE_MARKER,
  MZ_MESSAGE_ERROR,
  MZ_MESSAGE_OTHER,
} MzMessageKind;

#define MZ_TYPE_MESSAGE_KIND (mz_message_kind_get_type ())
GType       mz_message_kind_get_type   (void) G_GNUC_CONST;
const char *mz_message_kind_to_string  (MzMessageKind kind);

/**
 * MzMessageState:
 * @MZ_MESSAGE_DONE: complete
 * @MZ_MESSAGE_STREAMING: still growing; a tool: still running
 * @MZ_MESSAGE_SENDING: a person's message, not yet acknowledged by the gateway
 * @MZ_MESSAGE_QUEUED: a person's message that the gateway has, waiting for the run before it
 * @MZ_MESSAGE_FAILED: could not be sent, or ended with an error; see `error-message`
 * @MZ_MESSAGE_ABORTED: stopped by a person
 */
typedef enum
{
  MZ_MESSAGE_DONE,
  MZ_MESSAGE_STREAMING,
  MZ_MESSAGE_SENDING,
  MZ_MESSAGE_QUEUED,
  MZ_MESSAGE_FAILED,
  MZ_MESSAGE_ABORTED,
} MzMessageState;

#define MZ_TYPE_MESSAGE_STATE (mz_message_state_get_type ())
GType       mz_message_state_get_type  (void) G_GNUC_CONST;
const char *mz_message_state_to_string (MzMessageState state);

/**
 * MzAttachment:
 * @mime: (nullable): MIME type
 * @name: (nullable): file name
 * @alt: (nullable): text for those who do not see it
 * @artifact_id: (nullable): for `artifacts.download`
 * @url: (nullable): relative to the gateway
 * @size: bytes, 0 when unknown
 * @width: pixels, 0 when unknown
 * @height: pixels, 0 when unknown
 * @node: the block itself; inline data stays in it undecoded
 *
 * An image or a file of a message. Lives as long as its message keeps it.
 */
typedef struct
{
  char *mime;
  char *name;
  char *alt;
  char *artifact_id;
  char *url;
  gint64 size;
  int width;
  int height;
  JsonNode *node;
} MzAttachment;

/**
 * MzMessage:
 *
 * One row of a conversation. A stored record of the gateway can make several rows (its text, its thinking, its tool
 * calls), which then share `id` and differ in `block`; a tool's result joins the row of its call.
 *
 * Strings that getters return belong to the message and hold until the property changes.
 *
 * Properties, all read-only: `kind`, `state`, `role`, `id`, `block`, `seq`, `run-id`, `idempotency-key`, `timestamp`
 * (ms since the Unix epoch), `text`, `model`, `provider`, `input-tokens`, `output-tokens`, `stop-reason`,
 * `error-message`, `error-code`, `call-id`, `tool-name`, `arguments`, `output`, `is-error`, `status`, `duration-ms`,
 * `truncated` (the gateway gave only a part of the text or the output, and the rest is not known here).
 * All but `kind`, and `text` while it grows, notify.
 *
 * Signals:
 * - `::appended` (const char *text): `text` grew by this at its end; the string holds during the emission.
 *   `notify::text` is not emitted for it, so that a long reply costs no more for each piece than a short one.
 * - `::replaced`: `text` is another one (`notify::text` comes too). At the end of a reply it can be the same but for
 *   white space at its end.
 *
 * A streaming printer connects to `::appended` and `::replaced` of each assistant row as MzTimeline announces it (a row
 * can already have text then), and is done with it at `notify::state`.
 */
#define MZ_TYPE_MESSAGE (mz_message_get_type ())
G_DECLARE_FINAL_TYPE (MzMessage, mz_message, MZ, MESSAGE, GObject)

MzMessageKind       mz_message_get_kind            (MzMessage *self);
MzMessageState      mz_message_get_state           (MzMessage *self);
const char         *mz_message_get_role            (MzMessage *self);
const char         *mz_message_get_id              (MzMessage *self);
guint               mz_message_get_block           (MzMessage *self);
gint64              mz_message_get_seq             (MzMessage *self);
const char         *mz_message_get_run_id          (MzMessage *self);
const char         *mz_message_get_idempotency_key (MzMessage *self);
gint64              mz_message_get_timestamp       (MzMessage *self);
const char         *mz_message_get_text            (MzMessage *self);
gsize               mz_message_get_text_length     (MzMessage *self);
const char         *mz_message_get_model           (MzMessage *self);
const char         *mz_message_get_provider        (MzMessage *self);
gint64              mz_message_get_input_tokens    (MzMessage *self);
gint64              mz_message_get_output_tokens   (MzMessage *self);
const char         *mz_message_get_stop_reason     (MzMessage *self);
const char         *mz_message_get_error_message   (MzMessage *self);
const char         *mz_message_get_error_code      (MzMessage *self);
const char         *mz_message_get_call_id         (MzMessage *self);
const char         *mz_message_get_tool_name       (MzMessage *self);
const char         *mz_message_get_arguments       (MzMessage *self);
const char         *mz_message_get_output          (MzMessage *self);
gboolean            mz_message_get_is_error        (MzMessage *self);
const char         *mz_message_get_status          (MzMessage *self);
gint64              mz_message_get_duration_ms     (MzMessage *self);
gboolean            mz_message_get_truncated       (MzMessage *self);
guint               mz_message_get_n_attachments   (MzMessage *self);
const MzAttachment *mz_message_get_attachment      (MzMessage *self,
                                                    guint      n);

G_END_DECLS
