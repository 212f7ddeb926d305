/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-message-private.h"

#include <string.h>

#include "mz-json.h"

enum
{
  PROP_0,
  PROP_KIND,
  PROP_STATE,
  PROP_ROLE,
  PROP_ID,
  PROP_BLOCK,
  PROP_SEQ,
  PROP_RUN_ID,
  PROP_IDEMPOTENCY_KEY,
  PROP_TIMESTAMP,
  PROP_TEXT,
  PROP_MODEL,
  PROP_PROVIDER,
  PROP_INPUT_TOKENS,
  PROP_OUTPUT_TOKENS,
  PROP_STOP_REASON,
  PROP_ERROR_MESSAGE,
  PROP_ERROR_CODE,
  PROP_CALL_ID,
  PROP_TOOL_NAME,
  PROP_ARGUMENTS,
  PROP_OUTPUT,
  PROP_IS_ERROR,
  PROP_STATUS,
  PROP_DURATION_MS,
  PROP_TRUNCATED,
  N_PROPS
};

enum
{
  APPENDED,
  REPLACED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzMessage, mz_message, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (MzMessageKind, mz_message_kind,
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_USER, "user"),
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_ASSISTANT, "assistant"),
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_REASONING, "reasoning"),
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_TOOL, "tool"),
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_MARKER, "marker"),
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_ERROR, "error"),
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_OTHER, "other"))

G_DEFINE_ENUM_TYPE (MzMessageState, mz_message_state,
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_DONE, "done"),
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_STREAMING, "streaming"),
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_SENDING, "sending"),
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_QUEUED, "queued"),
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (MZ_MESSAGE_ABORTED, "aborted"))

static void
mz_attachment_free (MzAttachment *self)
{
  g_free (self->mime);
  g_free (self->name);
  g_free (self->alt);
  g_free (self->artifact_id);
  g_free (self->url);
  g_clear_pointer (&self->node, json_node_unref);
  g_free (self);
}

static void
set_string (MzMessage   *self,
            char       **field,
            const char  *value,
            guint        prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return;

  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_word (MzMessage   *self,
          GRefString **field,
          const char  *value,
          guint        prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return;

  g_clear_pointer (field, g_ref_string_release);
  *field = value != NULL ? g_ref_string_new_intern (value) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_number (MzMessage *self,
            gint64    *field,
            gint64     value,
            guint      prop)
{
  if (*field == value)
    return;

  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
mz_message_finalize (GObject *object)
{
  MzMessage *self = MZ_MESSAGE (object);

  g_string_free (self->text, TRUE);
  g_free (self->id);
  g_free (self->idempotency_key);
  g_free (self->error_message);
  g_free (self->error_code);
  g_free (self->call_id);
  g_free (self->arguments);
  g_free (self->output);
  g_clear_pointer (&self->attachments, g_ptr_array_unref);
  g_clear_pointer (&self->role, g_ref_string_release);
  g_clear_pointer (&self->run_id, g_ref_string_release);
  g_clear_pointer (&self->model, g_ref_string_release);
  g_clear_pointer (&self->provider, g_ref_string_release);
  g_clear_pointer (&self->stop_reason, g_ref_string_release);
  g_clear_pointer (&self->tool_name, g_ref_string_release);
  g_clear_pointer (&self->status, g_ref_string_release);

  G_OBJECT_CLASS (mz_message_parent_class)->finalize (object);
}

static void
mz_message_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  MzMessage *self = MZ_MESSAGE (object);

  switch (prop_id)
    {
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ROLE:
      g_value_set_string (value, self->role);
      break;
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_BLOCK:
      g_value_set_uint (value, self->block);
      break;
    case PROP_SEQ:
      g_value_set_int64 (value, self->seq);
      break;
    case PROP_RUN_ID:
      g_value_set_string (value, self->run_id);
      break;
    case PROP_IDEMPOTENCY_KEY:
      g_value_set_string (value, self->idempotency_key);
      break;
    case PROP_TIMESTAMP:
      g_value_set_int64 (value, self->timestamp);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text->str);
      break;
    case PROP_MODEL:
      g_value_set_string (value, self->model);
      break;
    case PROP_PROVIDER:
      g_value_set_string (value, self->provider);
      break;
    case PROP_INPUT_TOKENS:
      g_value_set_int64 (value, self->input_tokens);
      break;
    case PROP_OUTPUT_TOKENS:
      g_value_set_int64 (value, self->output_tokens);
      break;
    case PROP_STOP_REASON:
      g_value_set_string (value, self->stop_reason);
      break;
    case PROP_ERROR_MESSAGE:
      g_value_set_string (value, self->error_message);
      break;
    case PROP_ERROR_CODE:
      g_value_set_string (value, self->error_code);
      break;
    case PROP_CALL_ID:
      g_value_set_string (value, self->call_id);
      break;
    case PROP_TOOL_NAME:
      g_value_set_string (value, self->tool_name);
      break;
    case PROP_ARGUMENTS:
      g_value_set_string (value, self->arguments);
      break;
    case PROP_OUTPUT:
      g_value_set_string (value, self->output);
      break;
    case PROP_IS_ERROR:
      g_value_set_boolean (value, self->is_error);
      break;
    case PROP_STATUS:
      g_value_set_string (value, self->status);
      break;
    case PROP_DURATION_MS:
      g_value_set_int64 (value, self->duration_ms);
      break;
    case PROP_TRUNCATED:
      g_value_set_boolean (value, self->truncated);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_message_class_init (MzMessageClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_message_finalize;
  object_class->get_property = mz_message_get_property;

  props[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, MZ_TYPE_MESSAGE_KIND, MZ_MESSAGE_OTHER, flags);
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, MZ_TYPE_MESSAGE_STATE, MZ_MESSAGE_DONE, flags);
  props[PROP_ROLE] = g_param_spec_string ("role", NULL, NULL, NULL, flags);
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_BLOCK] = g_param_spec_uint ("block", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_SEQ] = g_param_spec_int64 ("seq", NULL, NULL, G_MININT64, G_MAXINT64, -1, flags);
  props[PROP_RUN_ID] = g_param_spec_string ("run-id", NULL, NULL, NULL, flags);
  props[PROP_IDEMPOTENCY_KEY] = g_param_spec_string ("idempotency-key", NULL, NULL, NULL, flags);
  props[PROP_TIMESTAMP] = g_param_spec_int64 ("timestamp", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  props[PROP_MODEL] = g_param_spec_string ("model", NULL, NULL, NULL, flags);
  props[PROP_PROVIDER] = g_param_spec_string ("provider", NULL, NULL, NULL, flags);
  props[PROP_INPUT_TOKENS] = g_param_spec_int64 ("input-tokens", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_OUTPUT_TOKENS] = g_param_spec_int64 ("output-tokens", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_STOP_REASON] = g_param_spec_string ("stop-reason", NULL, NULL, NULL, flags);
  props[PROP_ERROR_MESSAGE] = g_param_spec_string ("error-message", NULL, NULL, NULL, flags);
  props[PROP_ERROR_CODE] = g_param_spec_string ("error-code", NULL, NULL, NULL, flags);
  props[PROP_CALL_ID] = g_param_spec_string ("call-id", NULL, NULL, NULL, flags);
  props[PROP_TOOL_NAME] = g_param_spec_string ("tool-name", NULL, NULL, NULL, flags);
  props[PROP_ARGUMENTS] = g_param_spec_string ("arguments", NULL, NULL, NULL, flags);
  props[PROP_OUTPUT] = g_param_spec_string ("output", NULL, NULL, NULL, flags);
  props[PROP_IS_ERROR] = g_param_spec_boolean ("is-error", NULL, NULL, FALSE, flags);
  props[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, flags);
  props[PROP_DURATION_MS] = g_param_spec_int64 ("duration-ms", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_TRUNCATED] = g_param_spec_boolean ("truncated", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[APPENDED] = g_signal_new ("appended", MZ_TYPE_MESSAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                    G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[REPLACED] = g_signal_new ("replaced", MZ_TYPE_MESSAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mz_message_init (MzMessage *self)
{
  self->text = g_string_new (NULL);
  self->seq = -1;
}

MzMessage *
mz_message_new (MzMessageKind  kind,
                MzMessageState state)
{
  MzMessage *self = g_object_new (MZ_TYPE_MESSAGE, NULL);

  self->kind = kind;
  self->state = state;
  return self;
}

void
mz_message_set_state (MzMessage      *self,
                      MzMessageState  state)
{
  g_return_if_fail (MZ_IS_MESSAGE (self));

  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
mz_message_set_role (MzMessage  *self,
                     const char *role)
{
  set_word (self, &self->role, role, PROP_ROLE);
}

void
mz_message_set_identity (MzMessage  *self,
                         const char *id,
                         guint       block,
                         gint64      seq)
{
  set_string (self, &self->id, id, PROP_ID);
  mz_message_set_block (self, block);
  set_number (self, &self->seq, seq, PROP_SEQ);
}

void
mz_message_set_block (MzMessage *self,
                      guint      block)
{
  if (self->block == block)
    return;

  self->block = block;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BLOCK]);
}

void
mz_message_set_run_id (MzMessage  *self,
                       const char *run_id)
{
  set_word (self, &self->run_id, run_id, PROP_RUN_ID);
}

void
mz_message_set_idempotency_key (MzMessage  *self,
                                const char *key)
{
  set_string (self, &self->idempotency_key, key, PROP_IDEMPOTENCY_KEY);
}

void
mz_message_set_timestamp (MzMessage *self,
                          gint64     timestamp)
{
  set_number (self, &self->timestamp, timestamp, PROP_TIMESTAMP);
}

void
mz_message_set_text (MzMessage  *self,
                     const char *text,
                     gsize       length)
{
  g_return_if_fail (MZ_IS_MESSAGE (self));

  if (length >= self->text->len && memcmp (text, self->text->str, self->text->len) == 0)
    {
      mz_message_append_text (self, text + self->text->len, length - self->text->len);
      return;
    }

  g_string_truncate (self->text, 0);
  g_string_append_len (self->text, text, length);
  g_signal_emit (self, signals[REPLACED], 0);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TEXT]);
}

void
mz_message_append_text (MzMessage  *self,
                        const char *text,
                        gsize       length)
{
  gsize before;

  g_return_if_fail (MZ_IS_MESSAGE (self));

  if (length == 0)
    return;

  before = self->text->len;
  g_string_append_len (self->text, text, length);

  /* A handler may change the text, and with it the buffer: it gets its own copy, which is short. */
  if (g_signal_has_handler_pending (self, signals[APPENDED], 0, FALSE))
    {
      g_autofree char *appended = g_strndup (self->text->str + before, length);

      g_signal_emit (self, signals[APPENDED], 0, appended);
    }
}

void
mz_message_set_model (MzMessage  *self,
                      const char *provider,
                      const char *model)
{
  set_word (self, &self->provider, provider, PROP_PROVIDER);
  set_word (self, &self->model, model, PROP_MODEL);
}

void
mz_message_set_usage (MzMessage *self,
                      gint64     input_tokens,
                      gint64     output_tokens)
{
  set_number (self, &self->input_tokens, input_tokens, PROP_INPUT_TOKENS);
  set_number (self, &self->output_tokens, output_tokens, PROP_OUTPUT_TOKENS);
}

void
mz_message_set_stop_reason (MzMessage  *self,
                            const char *reason)
{
  set_word (self, &self->stop_reason, reason, PROP_STOP_REASON);
}

void
mz_message_set_error (MzMessage  *self,
                      const char *code,
                      const char *message)
{
  set_string (self, &self->error_code, code, PROP_ERROR_CODE);
  set_string (self, &self->error_message, message, PROP_ERROR_MESSAGE);
}

void
mz_message_set_call (MzMessage  *self,
                     const char *call_id,
                     const char *name)
{
  set_string (self, &self->call_id, call_id, PROP_CALL_ID);
  set_word (self, &self->tool_name, name, PROP_TOOL_NAME);
}

void
mz_message_set_arguments (MzMessage *self,
                          JsonNode  *arguments)
{
  const char *string = mz_json_node_string (arguments);
  g_autofree char *json = string == NULL && arguments != NULL ? mz_json_to_string (arguments) : NULL;

  set_string (self, &self->arguments, string != NULL ? string : json, PROP_ARGUMENTS);
}

void
mz_message_set_output (MzMessage  *self,
                       const char *output)
{
  set_string (self, &self->output, output, PROP_OUTPUT);
}

void
mz_message_set_is_error (MzMessage *self,
                         gboolean   is_error)
{
  if (self->is_error == is_error)
    return;

  self->is_error = is_error;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_ERROR]);
}

void
mz_message_set_status (MzMessage  *self,
                       const char *status)
{
  set_word (self, &self->status, status, PROP_STATUS);
}

void
mz_message_set_duration_ms (MzMessage *self,
                            gint64     duration_ms)
{
  set_number (self, &self->duration_ms, duration_ms, PROP_DURATION_MS);
}

void
mz_message_set_truncated (MzMessage *self,
                          gboolean   truncated)
{
  if (self->truncated == truncated)
    return;

  self->truncated = truncated;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TRUNCATED]);
}

/* The parts have several names: content blocks of the transcript, and chat.send's attachments. */
void
mz_message_add_attachment (MzMessage *self,
                           JsonNode  *block)
{
  JsonObject *object = mz_json_node_object (block);
  JsonObject *source = mz_json_get_object (object, "source");
  MzAttachment *attachment;
  const char *mime = mz_json_get_string (object, "mimeType");
  const char *name = mz_json_get_string (object, "fileName");

  g_return_if_fail (MZ_IS_MESSAGE (self));

  if (object == NULL)
    return;
  if (mime == NULL)
    mime = mz_json_get_string (object, "mediaType");
  if (mime == NULL)
    mime = mz_json_get_string (source, "media_type");
  if (name == NULL)
    name = mz_json_get_string (object, "name");

  attachment = g_new0 (MzAttachment, 1);
  attachment->mime = g_strdup (mime);
  attachment->name = g_strdup (name);
  attachment->alt = g_strdup (mz_json_get_string (object, "alt"));
  attachment->artifact_id = g_strdup (mz_json_get_string (object, "artifactId"));
  attachment->url = g_strdup (mz_json_get_string (object, "url"));
  attachment->size = MAX (0, mz_json_get_int (object, "sizeBytes", mz_json_get_int (object, "size", 0)));
  attachment->width = CLAMP (mz_json_get_int (object, "width", 0), 0, G_MAXINT);
  attachment->height = CLAMP (mz_json_get_int (object, "height", 0), 0, G_MAXINT);
  attachment->node = json_node_ref (block);

  if (self->attachments == NULL)
    self->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_attachment_free);
  g_ptr_array_add (self->attachments, attachment);
}

/* A text that the gateway cut short does not take the place of one that is here and agrees with it. */
static gboolean
keeps_text (MzMessage *self,
            MzMessage *from)
{
  if (self->truncated || self->text->len == 0)
    return FALSE;
  if (mz_text_is_cut_of (from->text->str, from->text->len, self->text->str, self->text->len))
    return TRUE;
  if (self->state == MZ_MESSAGE_STREAMING &&
      mz_text_cut_agrees (from->text->str, from->text->len, self->text->str, self->text->len))
    return TRUE;
  return from->truncated && self->text->len >= from->text->len;
}

static void
adopt_output (MzMessage *self,
              MzMessage *from)
{
  if (from->output == NULL)
    return;

  if (self->output != NULL && !self->truncated &&
      mz_text_is_cut_of (from->output, strlen (from->output), self->output, strlen (self->output)))
    return;
  set_string (self, &self->output, from->output, PROP_OUTPUT);
  mz_message_set_truncated (self, from->truncated);
}

static void
adopt_text (MzMessage *self,
            MzMessage *from)
{
  if (from->text->len == 0 && self->kind == MZ_MESSAGE_ERROR)
    return;

  self->kept_text = keeps_text (self, from);
  if (self->kept_text)
    return;
  mz_message_set_text (self, from->text->str, from->text->len);
  if (self->kind != MZ_MESSAGE_TOOL)
    mz_message_set_truncated (self, from->truncated);
}

void
mz_message_adopt (MzMessage *self,
                  MzMessage *from)
{
  g_object_freeze_notify (G_OBJECT (self));

  if (from->is_result)
    {
      /* Only the outcome of the call is known here. */
      adopt_output (self, from);
      mz_message_set_is_error (self, from->is_error);
      mz_message_set_state (self, from->state);
      if (self->tool_name == NULL)
        set_word (self, &self->tool_name, from->tool_name, PROP_TOOL_NAME);
    }
  else
    {
      adopt_text (self, from);

      /* A call's record alone says nothing of its outcome, which may be known already; and a record that came cut short can be
       * ahead of the pieces, which then still come. */
      if ((from->kind != MZ_MESSAGE_TOOL || from->output != NULL) &&
          !(self->kept_text && self->state == MZ_MESSAGE_STREAMING && from->state == MZ_MESSAGE_DONE))
        mz_message_set_state (self, from->state);
      if (from->output != NULL)
        {
          adopt_output (self, from);
          mz_message_set_is_error (self, from->is_error);
        }
      if (from->id != NULL)
        mz_message_set_identity (self, from->id, from->block, from->seq);
      if (from->role != NULL)
        set_word (self, &self->role, from->role, PROP_ROLE);
      if (from->timestamp != 0)
        set_number (self, &self->timestamp, from->timestamp, PROP_TIMESTAMP);
      if (from->call_id != NULL)
        set_string (self, &self->call_id, from->call_id, PROP_CALL_ID);
      if (from->tool_name != NULL)
        set_word (self, &self->tool_name, from->tool_name, PROP_TOOL_NAME);
      if (from->arguments != NULL)
        set_string (self, &self->arguments, from->arguments, PROP_ARGUMENTS);
      self->is_result = FALSE;
    }

  if (from->run_id != NULL)
    set_word (self, &self->run_id, from->run_id, PROP_RUN_ID);
  if (from->idempotency_key != NULL)
    set_string (self, &self->idempotency_key, from->idempotency_key, PROP_IDEMPOTENCY_KEY);
  if (from->model != NULL)
    mz_message_set_model (self, from->provider, from->model);
  if (from->input_tokens != 0 || from->output_tokens != 0)
    mz_message_set_usage (self, from->input_tokens, from->output_tokens);
  if (from->stop_reason != NULL)
    set_word (self, &self->stop_reason, from->stop_reason, PROP_STOP_REASON);
  if (from->error_message != NULL || self->kind != MZ_MESSAGE_ERROR)
    mz_message_set_error (self, from->error_code, from->error_message);
  if (from->status != NULL)
    set_word (self, &self->status, from->status, PROP_STATUS);
  if (from->duration_ms != 0)
    set_number (self, &self->duration_ms, from->duration_ms, PROP_DURATION_MS);
  if (from->attachments != NULL)
    {
      g_clear_pointer (&self->attachments, g_ptr_array_unref);
      self->attachments = g_ptr_array_ref (from->attachments);
    }

  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
mz_message_has_kept_text (MzMessage *self)
{
  return self->kept_text;
}

gboolean
mz_message_is_result (MzMessage *self)
{
  return self->is_result;
}

void
mz_message_set_is_result (MzMessage *self,
                          gboolean   is_result)
{
  self->is_result = is_result;
}

gboolean
mz_message_is_unsent (MzMessage *self)
{
  return self->unsent;
}

void
mz_message_set_unsent (MzMessage *self,
                       gboolean   unsent)
{
  self->unsent = unsent;
}

gint64
mz_message_get_ordinal (MzMessage *self)
{
  return self->ordinal;
}

void
mz_message_set_ordinal (MzMessage *self,
                        gint64     ordinal)
{
  self->ordinal = ordinal;
}
