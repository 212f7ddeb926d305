/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-run.h"

#include <string.h>

#include "mz-gateway-error.h"
#include "mz-json.h"

/* What a run says comes as one text, from its first word to its last; in the transcript it is cut by tool calls and
   thoughts into several * rows. So each kind of text has a stream, and the row that shows the end of it; rows before
   that one are closed and stand for what * the stream begins with. */
typedef struct
{
  MzMessageKind kind;
  MzStream *stream;

  /* (nullable): the open row, which grows with the stream. */
  MzMessage *row;

  /* How long the stream was when the last row was closed. */
  gsize closed_length;
} Voice;

struct _MzRun
{
  MzTimeline *timeline;
  char *id;
  char *phase;
  char *provider;
  char *model;
  Voice text;
  Voice thinking;
  guint generation;
  gint64 started_us;            /* when it became known here, monotonic */
  guint settle_id;
  gboolean lost;
  gboolean spoke;
};

static gint64
now_ms (void)
{
  return g_get_real_time () / G_TIME_SPAN_MILLISECOND;
}

static void
voice_close (Voice          *voice,
             MzMessageState  state)
{
  if (voice->row == NULL)
    return;

  if (mz_message_get_state (voice->row) == MZ_MESSAGE_STREAMING)
    mz_message_set_state (voice->row, state);
  voice->closed_length = mz_stream_get_length (voice->stream);
  g_clear_object (&voice->row);
}

static gsize
skip_space (const char *text,
            gsize       position,
            gsize       length)
{
  while (position < length && g_ascii_isspace (text[position]))
    position++;
  return position;
}

/* How much of the stream the closed rows show. Stored rows can be ahead of the stream; @trailing takes that into
   account. */
static gsize
covered_length (MzRun    *self,
                Voice    *voice,
                gboolean  trailing)
{
  g_autoptr (GPtrArray) rows = mz_timeline_get_run (self->timeline, self->id);
  const char *text = mz_stream_get_text (voice->stream);
  gsize length = mz_stream_get_length (voice->stream);
  gsize position = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      MzMessage *row = g_ptr_array_index (rows, i);
      const char *shown = mz_message_get_text (row);
      gsize shown_length = mz_text_trimmed_length (shown, mz_message_get_text_length (row));
      gsize skip = skip_space (shown, 0, shown_length);
      gsize start = skip_space (text, position, length);

      if (mz_message_get_kind (row) != voice->kind || row == voice->row || skip == shown_length)
        continue;

      /* Where the text goes on after this row is not known before the whole text is here. */
      if (trailing && mz_message_get_truncated (row) && mz_text_cut_agrees (shown + skip, shown_length - skip, text + start, length - start))
        return length;

      shown += skip;
      shown_length -= skip;
      if (length - start >= shown_length && memcmp (text + start, shown, shown_length) == 0)
        position = skip_space (text, start + shown_length, length);
      else if (trailing && memcmp (text + start, shown, MIN (shown_length, length - start)) == 0)
        return length;
    }
  return position;
}

static void
open_row (MzRun      *self,
          Voice      *voice,
          const char *text,
          gsize       length,
          gint64      timestamp)
{
  voice->row = mz_message_new (voice->kind, MZ_MESSAGE_STREAMING);
  mz_message_set_role (voice->row, "assistant");
  mz_message_set_run_id (voice->row, self->id);
  mz_message_set_timestamp (voice->row, timestamp > 0 ? timestamp : now_ms ());
  mz_message_set_model (voice->row, self->provider, self->model);
  mz_message_set_text (voice->row, text, length);
  mz_timeline_append_to_run (self->timeline, voice->row);
}

/* Brings the rows up to the stream. @whole: the text does not come from the stream of pieces, so that it can be behind
   the rows. */
static void
voice_show (MzRun          *self,
            Voice          *voice,
            MzStreamChange  change,
            gboolean        whole,
            const char     *appended,
            gsize           appended_length,
            gint64          timestamp)
{
  const char *text = mz_stream_get_text (voice->stream);
  gsize length = mz_stream_get_length (voice->stream);
  Voice *other = voice == &self->text ? &self->thinking : &self->text;
  gsize covered;

  if (change != MZ_STREAM_APPENDED && change != MZ_STREAM_REPLACED)
    return;

  if (voice->row != NULL && change == MZ_STREAM_APPENDED)
    {
      mz_message_append_text (voice->row, appended, appended_length);
      return;
    }

  covered = covered_length (self, voice, voice->row == NULL && (whole || change == MZ_STREAM_APPENDED));
  if (change == MZ_STREAM_REPLACED)
    voice->closed_length = 0;
  covered = MIN (length, MAX (covered, voice->closed_length));

  if (voice->row != NULL)
    {
      mz_message_set_text (voice->row, text + covered, length - covered);
    }
  else if (mz_text_trimmed_length (text + covered, length - covered) > 0)
    {
      voice_close (other, MZ_MESSAGE_DONE);
      open_row (self, voice, text + covered, length - covered, timestamp);
    }
}

/* @generation: how many histories had been asked for when the run began. */
MzRun *
mz_run_new (MzTimeline *timeline,
            const char *id,
            guint       generation)
{
  MzRun *self = g_new0 (MzRun, 1);

  self->generation = generation;
  self->started_us = g_get_monotonic_time ();
  self->timeline = g_object_ref (timeline);
  self->id = g_strdup (id);
  self->text.kind = MZ_MESSAGE_ASSISTANT;
  self->text.stream = mz_stream_new ();
  self->thinking.kind = MZ_MESSAGE_REASONING;
  self->thinking.stream = mz_stream_new ();
  return self;
}

void
mz_run_free (MzRun *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  g_clear_object (&self->text.row);
  g_clear_object (&self->thinking.row);
  mz_stream_free (self->text.stream);
  mz_stream_free (self->thinking.stream);
  g_object_unref (self->timeline);
  g_free (self->id);
  g_free (self->phase);
  g_free (self->provider);
  g_free (self->model);
  g_free (self);
}

const char *
mz_run_get_id (MzRun *self)
{
  return self->id;
}

const char *
mz_run_get_phase (MzRun *self)
{
  return self->phase;
}

void
mz_run_set_phase (MzRun      *self,
                  const char *phase)
{
  g_free (self->phase);
  self->phase = g_strdup (phase);
}

/* Whether the agent did anything in it, or it ends with something to show. */
gboolean
mz_run_has_spoken (MzRun      *self,
                   JsonObject *payload)
{
  return self->spoke || mz_json_has (payload, "message") || mz_json_has (payload, "errorMessage");
}

gint64
mz_run_get_started_us (MzRun *self)
{
  return self->started_us;
}

guint
mz_run_get_generation (MzRun *self)
{
  return self->generation;
}

/* Whether a history has nothing of the run: unless it speaks again, its end was lost. */
gboolean
mz_run_get_lost (MzRun *self)
{
  return self->lost;
}

void
mz_run_set_lost (MzRun    *self,
                 gboolean  lost)
{
  self->lost = lost;
}

/* The source that will end the run if the gateway does not. */
guint
mz_run_get_settle_id (MzRun *self)
{
  return self->settle_id;
}

void
mz_run_set_settle_id (MzRun *self,
                      guint  source_id)
{
  self->settle_id = source_id;
}

/* `message` of a chat event: a transcript message, or (before protocol 4) sometimes its bare text. */
static const char *
message_text (JsonObject  *payload,
              char       **allocated)
{
  JsonObject *message = mz_json_get_object (payload, "message");
  JsonNode *content = mz_json_get_node (message, "content");

  *allocated = NULL;
  if (message == NULL)
    return mz_json_get_string (payload, "message");
  if (content == NULL)
    return mz_json_get_string (message, "text");
  return mz_message_content_peek_text (content, allocated);
}

/* A chat event with the state "delta". */
MzStreamChange
mz_run_apply_delta (MzRun      *self,
                    JsonObject *payload)
{
  g_autofree char *allocated = NULL;
  const char *cumulative = message_text (payload, &allocated);
  const char *appended;
  gsize length;
  MzStreamChange change;

  self->spoke = TRUE;
  change = mz_stream_apply (self->text.stream, mz_json_get_int (payload, "seq", -1),
                            mz_json_get_string (payload, "deltaText"), mz_json_get_boolean (payload, "replace", FALSE),
                            cumulative, &appended, &length);

  voice_show (self, &self->text, change, FALSE, appended, length,
              mz_json_get_int (mz_json_get_object (payload, "message"), "timestamp", 0));
  return change;
}

/* The same without the whole text so far, of which only the length is known. Whether that was enough; if not, nothing was done. */
gboolean
mz_run_apply_piece (MzRun          *self,
                    JsonObject     *payload,
                    gsize           text_length,
                    MzStreamChange *change)
{
  const char *appended;
  gsize length;

  if (!mz_stream_apply_piece (self->text.stream, mz_json_get_int (payload, "seq", -1), mz_json_get_string (payload, "deltaText"),
                              text_length, change, &appended, &length))
    return FALSE;

  self->spoke = TRUE;
  voice_show (self, &self->text, *change, FALSE, appended, length,
              mz_json_get_int (mz_json_get_object (payload, "message"), "timestamp", 0));
  return TRUE;
}

/* `inFlightRun.text` of a history. */
void
mz_run_apply_buffered (MzRun      *self,
                       const char *text)
{
  g_autofree char *present = NULL;
  const char *appended;
  gsize length;
  MzStreamChange change;

  self->spoke = TRUE;

  /* A gateway that has nothing buffered does not take back what it said. */
  if (text == NULL || text[0] == '\0')
    text = present = g_strdup (mz_stream_get_text (self->text.stream));

  change = mz_stream_reset (self->text.stream, -1, text, &appended, &length);
  voice_show (self, &self->text, change, TRUE, appended, length, 0);
}

static MzMessage *
ensure_tool (MzRun      *self,
             JsonObject *data,
             gint64      timestamp)
{
  const char *call_id = mz_json_get_string (data, "toolCallId");
  const char *name = mz_json_get_string (data, "name");
  g_autoptr (MzMessage) created = NULL;
  MzMessage *row;

  if (call_id == NULL)
    return NULL;

  row = mz_timeline_lookup_call (self->timeline, call_id);
  if (row != NULL)
    return row;

  voice_close (&self->text, MZ_MESSAGE_DONE);
  voice_close (&self->thinking, MZ_MESSAGE_DONE);
  created = mz_message_new (MZ_MESSAGE_TOOL, MZ_MESSAGE_STREAMING);
  mz_message_set_role (created, "assistant");
  mz_message_set_run_id (created, self->id);
  mz_message_set_call (created, call_id, name);
  mz_message_set_timestamp (created, timestamp > 0 ? timestamp : now_ms ());
  mz_message_set_model (created, self->provider, self->model);
  mz_timeline_append_to_run (self->timeline, created);
  return mz_timeline_lookup_call (self->timeline, call_id);
}

static char *
result_text (JsonObject *data,
             const char *name)
{
  JsonObject *result = mz_json_get_object (data, name);

  if (result == NULL)
    return g_strdup (mz_json_get_string (data, name));
  return mz_message_content_text (mz_json_get_node (result, "content"));
}

static void
apply_tool (MzRun      *self,
            JsonObject *data,
            gint64      timestamp)
{
  const char *phase = mz_json_get_string (data, "phase");
  MzMessage *row = ensure_tool (self, data, timestamp);

  if (row == NULL)
    return;

  if (mz_message_get_arguments (row) == NULL && mz_json_has (data, "args"))
    mz_message_set_arguments (row, mz_json_get_node (data, "args"));

  if (g_strcmp0 (phase, "start") == 0)
    {
      /* The call's record can be first; its result is then still to come. */
      if (mz_message_get_output (row) == NULL)
        mz_message_set_state (row, MZ_MESSAGE_STREAMING);
    }
  else if (g_strcmp0 (phase, "update") == 0)
    {
      g_autofree char *output = result_text (data, "partialResult");

      if (output != NULL && mz_message_get_state (row) == MZ_MESSAGE_STREAMING)
        mz_message_set_output (row, output);
    }
  else if (g_strcmp0 (phase, "result") == 0 || g_strcmp0 (phase, "end") == 0)
    {
      JsonObject *details = mz_json_get_object (mz_json_get_object (data, "result"), "details");
      g_autofree char *output = result_text (data, "result");
      gboolean is_error = mz_json_get_boolean (data, "isError", FALSE);

      if (output != NULL)
        mz_message_set_output (row, output);
      if (mz_json_get_string (details, "status") != NULL)
        mz_message_set_status (row, mz_json_get_string (details, "status"));
      if (mz_json_get_int (details, "durationMs", 0) > 0)
        mz_message_set_duration_ms (row, mz_json_get_int (details, "durationMs", 0));
      mz_message_set_is_error (row, is_error);
      mz_message_set_state (row, is_error ? MZ_MESSAGE_FAILED : MZ_MESSAGE_DONE);
    }
}

/* What the gateway tells beside the tool's own events: how it stands, and how long it took. */
static void
apply_item (MzRun      *self,
            JsonObject *data)
{
  const char *call_id = mz_json_get_string (data, "toolCallId");
  const char *status = mz_json_get_string (data, "status");
  MzMessage *row = call_id != NULL ? mz_timeline_lookup_call (self->timeline, call_id) : NULL;
  gint64 started = mz_json_get_int (data, "startedAt", 0);
  gint64 ended = mz_json_get_int (data, "endedAt", 0);
  gint64 duration = mz_json_get_int (data, "durationMs", started > 0 && ended > started ? ended - started : 0);

  if (row == NULL)
    return;

  if (status != NULL)
    mz_message_set_status (row, status);
  if (duration > 0 && mz_message_get_duration_ms (row) == 0)
    mz_message_set_duration_ms (row, duration);
}

static void
apply_command_output (MzRun      *self,
                      JsonObject *data)
{
  const char *call_id = mz_json_get_string (data, "toolCallId");
  const char *output = mz_json_get_string (data, "output");
  MzMessage *row = call_id != NULL ? mz_timeline_lookup_call (self->timeline, call_id) : NULL;

  if (row == NULL)
    return;

  apply_item (self, data);
  if (output != NULL && mz_message_get_output (row) == NULL)
    mz_message_set_output (row, output);
}

/* One event of the agent. Streams that are not known are passed over; "assistant" says what the chat events say. */
void
mz_run_apply_agent (MzRun      *self,
                    const char *stream,
                    gint64      seq,
                    gint64      timestamp,
                    JsonObject *data)
{
  self->spoke = TRUE;
  if (g_strcmp0 (stream, "tool") == 0)
    {
      apply_tool (self, data, timestamp);
    }
  else if (g_strcmp0 (stream, "item") == 0)
    {
      apply_item (self, data);
    }
  else if (g_strcmp0 (stream, "command_output") == 0)
    {
      apply_command_output (self, data);
    }
  else if (g_strcmp0 (stream, "thinking") == 0 || g_strcmp0 (stream, "reasoning") == 0)
    {
      const char *appended;
      gsize length;
      MzStreamChange change = mz_stream_apply (self->thinking.stream, seq, mz_json_get_string (data, "delta"),
                                               mz_json_get_boolean (data, "replace", FALSE),
                                               mz_json_get_string (data, "text"), &appended, &length);

      voice_show (self, &self->thinking, change, FALSE, appended, length, timestamp);
    }
  else if (g_strcmp0 (stream, "usage") == 0)
    {
      if (self->text.row != NULL)
        mz_message_set_usage (self->text.row, mz_json_get_int (data, "inputTokens", mz_message_get_input_tokens (self->text.row)),
                              mz_json_get_int (data, "outputTokens", mz_message_get_output_tokens (self->text.row)));
    }
  else if (g_strcmp0 (stream, "lifecycle") == 0)
    {
      if (g_strcmp0 (mz_json_get_string (data, "phase"), "model") == 0 && mz_json_get_string (data, "model") != NULL)
        {
          g_free (self->provider);
          g_free (self->model);
          self->provider = g_strdup (mz_json_get_string (data, "provider"));
          self->model = g_strdup (mz_json_get_string (data, "model"));
        }
    }
}

/* The gateway has stored something: an open row that it named is complete, unless its record came cut short. */
void
mz_run_record_applied (MzRun *self)
{
  if (self->text.row != NULL && mz_message_get_id (self->text.row) != NULL && !mz_message_has_kept_text (self->text.row))
    voice_close (&self->text, MZ_MESSAGE_DONE);
  if (self->thinking.row != NULL && mz_message_get_id (self->thinking.row) != NULL &&
      !mz_message_has_kept_text (self->thinking.row))
    voice_close (&self->thinking, MZ_MESSAGE_DONE);
}

static void
show_last_text (MzRun      *self,
                JsonObject *payload)
{
  g_autofree char *allocated = NULL;
  const char *text = message_text (payload, &allocated);
  const char *present = mz_stream_get_text (self->text.stream);
  const char *appended;
  gsize length;
  MzStreamChange change;

  if (text == NULL || text[0] == '\0')
    return;

  /* The last text comes without the white space at its end; that alone is no news. */
  length = mz_text_trimmed_length (text, strlen (text));
  if (length == mz_text_trimmed_length (present, mz_stream_get_length (self->text.stream)) &&
      memcmp (text, present, length) == 0)
    return;
  if (mz_text_is_cut_of (text, length, present, mz_stream_get_length (self->text.stream)))
    return;

  change = mz_stream_reset (self->text.stream, mz_json_get_int (payload, "seq", -1), text, &appended, &length);
  voice_show (self, &self->text, change, TRUE, appended, length,
              mz_json_get_int (mz_json_get_object (payload, "message"), "timestamp", 0));
}

/* The row that tells why the run failed, and what it says: the gateway's own if it is there already. */
static const char *
show_error (MzRun      *self,
            JsonObject *payload,
            GPtrArray  *rows)
{
  const char *message = mz_json_get_string (payload, "errorMessage");
  MzMessage *row = NULL;

  if (message != NULL && message[0] == '\0')
    message = NULL;

  for (guint i = 0; row == NULL && i < rows->len; i++)
    {
      if (mz_message_get_kind (g_ptr_array_index (rows, i)) == MZ_MESSAGE_ERROR)
        row = g_ptr_array_index (rows, i);
    }

  if (row == NULL)
    {
      g_autoptr (MzMessage) created = mz_message_new (MZ_MESSAGE_ERROR, MZ_MESSAGE_FAILED);
      const char *text = message != NULL ? message : "The run failed";

      mz_message_set_role (created, "assistant");
      mz_message_set_run_id (created, self->id);
      mz_message_set_timestamp (created, now_ms ());
      mz_message_set_text (created, text, strlen (text));
      mz_message_set_error (created, mz_json_get_string (payload, "errorKind"), text);
      mz_timeline_append_to_run (self->timeline, created);
      g_ptr_array_add (rows, g_object_ref (created));
      row = created;
    }
  return message != NULL ? message : mz_message_get_text (row);
}

/* The run is over. @payload is the chat event that said so, %NULL if it was lost. @error is set when the run failed. */
void
mz_run_finish (MzRun         *self,
               MzRunOutcome   outcome,
               JsonObject    *payload,
               GError       **error)
{
  static const MzMessageState states[] = {
    [MZ_RUN_DONE] = MZ_MESSAGE_DONE,
    [MZ_RUN_FAILED] = MZ_MESSAGE_FAILED,
    [MZ_RUN_ABORTED] = MZ_MESSAGE_ABORTED,
  };
  MzMessageState state = states[outcome];
  JsonObject *usage = mz_json_get_object (payload, "usage");
  g_autoptr (GPtrArray) rows = NULL;

  show_last_text (self, payload);
  if (self->text.row != NULL)
    {
      if (mz_json_get_string (payload, "stopReason") != NULL)
        mz_message_set_stop_reason (self->text.row, mz_json_get_string (payload, "stopReason"));
      if (usage != NULL)
        mz_message_set_usage (self->text.row, mz_json_get_int (usage, "input", 0), mz_json_get_int (usage, "output", 0));
    }
  voice_close (&self->thinking, outcome == MZ_RUN_ABORTED ? state : MZ_MESSAGE_DONE);
  voice_close (&self->text, state);

  rows = mz_timeline_get_run (self->timeline, self->id);
  for (guint i = 0; i < rows->len; i++)
    {
      MzMessage *row = g_ptr_array_index (rows, i);
      MzMessageState row_state = mz_message_get_state (row);

      if (mz_message_get_kind (row) == MZ_MESSAGE_USER)
        {
          if (row_state == MZ_MESSAGE_SENDING)
            mz_message_set_state (row, MZ_MESSAGE_DONE);
        }
      else if (row_state == MZ_MESSAGE_STREAMING)
        {
          mz_message_set_state (row, outcome == MZ_RUN_DONE ? MZ_MESSAGE_DONE : MZ_MESSAGE_ABORTED);
        }
    }

  if (outcome == MZ_RUN_FAILED)
    g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_REMOTE, show_error (self, payload, rows));
}

/* Whether the gateway has named all that the run showed, and it showed something. */
gboolean
mz_run_is_stored (MzRun *self)
{
  g_autoptr (GPtrArray) rows = mz_timeline_get_run (self->timeline, self->id);
  gboolean any = FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      MzMessage *row = g_ptr_array_index (rows, i);

      if (mz_message_get_kind (row) == MZ_MESSAGE_USER)
        continue;
      if (mz_message_get_id (row) == NULL || mz_message_has_kept_text (row) || mz_message_get_truncated (row))
        return FALSE;
      if (mz_message_get_kind (row) == MZ_MESSAGE_TOOL && mz_message_get_output (row) == NULL)
        return FALSE;
      any = TRUE;
    }
  return any;
}
