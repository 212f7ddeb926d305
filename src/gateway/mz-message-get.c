/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-message-private.h"

/* What others read of a message. */

/**
 * mz_message_kind_to_string:
 * @kind: a value
 *
 * Returns: (transfer none): its name, for logs and JSON
 */
const char *
mz_message_kind_to_string (MzMessageKind kind)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (MZ_TYPE_MESSAGE_KIND);
  GEnumValue *value = g_enum_get_value (klass, kind);

  return value != NULL ? value->value_nick : "unknown";
}

/**
 * mz_message_state_to_string:
 * @state: a value
 *
 * Returns: (transfer none): its name, for logs and JSON
 */
const char *
mz_message_state_to_string (MzMessageState state)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (MZ_TYPE_MESSAGE_STATE);
  GEnumValue *value = g_enum_get_value (klass, state);

  return value != NULL ? value->value_nick : "unknown";
}

/**
 * mz_message_get_kind:
 * @self: a message
 *
 * Returns: what the row is
 */
MzMessageKind
mz_message_get_kind (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), MZ_MESSAGE_OTHER);

  return self->kind;
}

/**
 * mz_message_get_state:
 * @self: a message
 *
 * Returns: how far it is
 */
MzMessageState
mz_message_get_state (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), MZ_MESSAGE_DONE);

  return self->state;
}

/**
 * mz_message_get_role:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the record's role, a marker's kind, or the type of a block this client does
 *   not know
 */
const char *
mz_message_get_role (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->role;
}

/**
 * mz_message_get_id:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the transcript entry (`__openclaw.id`), shared by all rows of a record; %NULL
 *   until the gateway has stored it
 */
const char *
mz_message_get_id (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->id;
}

/**
 * mz_message_get_block:
 * @self: a message
 *
 * Returns: which part of its record the row is
 */
guint
mz_message_get_block (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), 0);

  return self->block;
}

/**
 * mz_message_get_seq:
 * @self: a message
 *
 * Returns: the record's number in the transcript, -1 when unknown
 */
gint64
mz_message_get_seq (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), -1);

  return self->seq;
}

/**
 * mz_message_get_run_id:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the run it belongs to; protocol 3 does not store it
 */
const char *
mz_message_get_run_id (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->run_id;
}

/**
 * mz_message_get_idempotency_key:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the key with which it was sent
 */
const char *
mz_message_get_idempotency_key (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->idempotency_key;
}

/**
 * mz_message_get_timestamp:
 * @self: a message
 *
 * Returns: ms since the Unix epoch, 0 when unknown
 */
gint64
mz_message_get_timestamp (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), 0);

  return self->timestamp;
}

/**
 * mz_message_get_text:
 * @self: a message
 *
 * Returns: (transfer none): the text so far, perhaps empty; Markdown for the assistant; holds until the text changes
 */
const char *
mz_message_get_text (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->text->str;
}

/**
 * mz_message_get_text_length:
 * @self: a message
 *
 * Returns: the text's length in bytes
 */
gsize
mz_message_get_text_length (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), 0);

  return self->text->len;
}

/**
 * mz_message_get_model:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the model that answered
 */
const char *
mz_message_get_model (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->model;
}

/**
 * mz_message_get_provider:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the model's provider
 */
const char *
mz_message_get_provider (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->provider;
}

/**
 * mz_message_get_input_tokens:
 * @self: a message
 *
 * Returns: tokens read, 0 when unknown; of a compaction marker, the tokens before it
 */
gint64
mz_message_get_input_tokens (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), 0);

  return self->input_tokens;
}

/**
 * mz_message_get_output_tokens:
 * @self: a message
 *
 * Returns: tokens written, 0 when unknown; of a compaction marker, the tokens after it
 */
gint64
mz_message_get_output_tokens (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), 0);

  return self->output_tokens;
}

/**
 * mz_message_get_stop_reason:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): why the model stopped
 */
const char *
mz_message_get_stop_reason (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->stop_reason;
}

/**
 * mz_message_get_error_message:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): what went wrong
 */
const char *
mz_message_get_error_message (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->error_message;
}

/**
 * mz_message_get_error_code:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the gateway's word for the kind of error
 */
const char *
mz_message_get_error_code (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->error_code;
}

/**
 * mz_message_get_call_id:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the tool call
 */
const char *
mz_message_get_call_id (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->call_id;
}

/**
 * mz_message_get_tool_name:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the tool
 */
const char *
mz_message_get_tool_name (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->tool_name;
}

/**
 * mz_message_get_arguments:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the tool's arguments as compact JSON
 */
const char *
mz_message_get_arguments (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->arguments;
}

/**
 * mz_message_get_output:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the tool's output so far
 */
const char *
mz_message_get_output (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->output;
}

/**
 * mz_message_get_is_error:
 * @self: a message
 *
 * Returns: whether the tool failed
 */
gboolean
mz_message_get_is_error (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), FALSE);

  return self->is_error;
}

/**
 * mz_message_get_status:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the gateway's word for the tool's state
 */
const char *
mz_message_get_status (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return self->status;
}

/**
 * mz_message_get_duration_ms:
 * @self: a message
 *
 * Returns: how long the tool ran, 0 when unknown
 */
gint64
mz_message_get_duration_ms (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), 0);

  return self->duration_ms;
}

/**
 * mz_message_get_truncated:
 * @self: a message
 *
 * Gateways cut long texts short. What was streamed here stays whole, and the rest of a text is asked for where the gateway can tell it.
 *
 * Returns: whether the text, or a tool's output, is only a part of what the gateway has
 */
gboolean
mz_message_get_truncated (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), FALSE);

  return self->truncated;
}

/**
 * mz_message_get_n_attachments:
 * @self: a message
 *
 * Returns: how many attachments there are
 */
guint
mz_message_get_n_attachments (MzMessage *self)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), 0);

  return self->attachments != NULL ? self->attachments->len : 0;
}

/**
 * mz_message_get_attachment:
 * @self: a message
 * @n: which one
 *
 * Returns: (transfer none) (nullable): an attachment, %NULL beyond the last
 */
const MzAttachment *
mz_message_get_attachment (MzMessage *self,
                           guint      n)
{
  g_return_val_if_fail (MZ_IS_MESSAGE (self), NULL);

  return n < mz_message_get_n_attachments (self) ? g_ptr_array_index (self->attachments, n) : NULL;
}
