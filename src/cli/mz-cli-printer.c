/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-printer.h"

#include <glib/gi18n.h>

#include "mz-cli-text.h"

/* A call's arguments and its result take one line each. */
#define MAX_FIELD 100

/* One row of the timeline, and how much of it was written. */
typedef struct
{
  MzCliPrinter *printer;
  MzMessage *message;
  GString *written;
  gboolean begun;
  gboolean gone;                /* no longer in the timeline */
  gboolean call_said;
  gboolean result_said;
} Row;

struct _MzCliPrinter
{
  GObject parent_instance;

  MzCliOutput *output;
  MzTimeline *timeline;
  char *run_id;
  char *target_id;              /* the run that our message was put into */
  gboolean json;
  gboolean thinking;
  gboolean finishing;

  GPtrArray *rows;              /* Row, in the order in which they came */
  Row *last;                    /* that text was written of */
  Row *last_reasoning;
  gboolean replaced_said;
};

G_DEFINE_FINAL_TYPE (MzCliPrinter, mz_cli_printer, G_TYPE_OBJECT)

static void
row_free (gpointer data)
{
  Row *row = data;

  g_signal_handlers_disconnect_by_data (row->message, row);
  g_object_unref (row->message);
  g_string_free (row->written, TRUE);
  g_free (row);
}

static gboolean
is_ours (Row *row)
{
  const char *run_id = mz_message_get_run_id (row->message);

  return run_id != NULL && (g_strcmp0 (run_id, row->printer->run_id) == 0 || g_strcmp0 (run_id, row->printer->target_id) == 0);
}

static JsonBuilder *
json_event_new (MzCliPrinter *self,
                const char   *type)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  mz_cli_json_string (self->output, builder, "type", type);
  json_builder_set_member_name (builder, "run");
  json_builder_add_string_value (builder, self->run_id);

  return builder;
}

static void
json_event_write (MzCliPrinter *self,
                  JsonBuilder  *builder)
{
  json_builder_end_object (builder);
  mz_cli_output_json (self->output, builder, FALSE);
  g_object_unref (builder);
}

static void
write_json_text (MzCliPrinter *self,
                 Row          *row,
                 const char   *text,
                 gboolean      replace)
{
  gboolean reasoning = mz_message_get_kind (row->message) == MZ_MESSAGE_REASONING;
  JsonBuilder *builder = json_event_new (self, reasoning ? "reasoning" : "delta");

  /* The reply itself is not redacted, here as in plain text. */
  json_builder_set_member_name (builder, "text");
  json_builder_add_string_value (builder, text);
  if (replace)
    {
      json_builder_set_member_name (builder, "replace");
      json_builder_add_boolean_value (builder, TRUE);
    }
  json_event_write (self, builder);
}

/* Reasoning shares stderr with notes; the reply has stdout for itself. */
static void
write_plain_text (MzCliPrinter *self,
                  Row          *row,
                  const char   *text,
                  gboolean      replace)
{
  gboolean reasoning = mz_message_get_kind (row->message) == MZ_MESSAGE_REASONING;

  if (reasoning && !self->thinking)
    return;

  if (reasoning)
    {
      if (!row->begun)
        mz_cli_output_note (self->output, _("Thinking:"));
      else if (replace || self->last_reasoning != row)
        mz_cli_output_aside (self->output, "\n");
      mz_cli_output_aside (self->output, text);
      self->last_reasoning = row;
      return;
    }

  if (replace && row->begun && !self->replaced_said)
    {
      self->replaced_said = TRUE;
      mz_cli_output_note (self->output, _("(The gateway replaced what it had said before; the text that counts follows.)"));
    }

  /* Another part of the reply, or other text than was shown: a new paragraph. */
  if ((self->last != NULL && self->last != row) || replace)
    {
      mz_cli_output_end_line (self->output);
      mz_cli_output_print (self->output, "\n");
    }
  mz_cli_output_print (self->output, text);
  self->last = row;
}

static void
write_text (MzCliPrinter *self,
            Row          *row,
            const char   *text,
            gboolean      replace)
{
  if (*text == '\0' && !replace)
    return;

  if (self->json)
    write_json_text (self, row, text, replace);
  else
    write_plain_text (self, row, text, replace);

  row->begun = TRUE;
  if (replace)
    g_string_truncate (row->written, 0);
  g_string_append (row->written, text);
}

/* Brings what was written up to the row's text. */
static void
sync_text (MzCliPrinter *self,
           Row          *row)
{
  const char *text = mz_message_get_text (row->message);

  if (text == NULL)
    text = "";

  if (g_str_has_prefix (text, row->written->str))
    write_text (self, row, text + row->written->len, FALSE);
  else
    write_text (self, row, text, TRUE);
}

static char *
shorten (const char *text)
{
  g_autofree char *clean = mz_cli_text_clean (text, MZ_CLI_TEXT_LINE);

  return mz_cli_text_ellipsize (g_strstrip (clean), MAX_FIELD);
}

static void
write_json_tool (MzCliPrinter *self,
                 Row          *row,
                 gboolean      ended)
{
  JsonBuilder *builder = json_event_new (self, "tool");

  mz_cli_json_string (self->output, builder, "call", mz_message_get_call_id (row->message));
  mz_cli_json_string (self->output, builder, "name", mz_message_get_tool_name (row->message));
  mz_cli_json_string (self->output, builder, "state",
                      mz_message_state_to_string (ended ? mz_message_get_state (row->message) : MZ_MESSAGE_STREAMING));
  mz_cli_json_string (self->output, builder, "arguments", mz_message_get_arguments (row->message));
  mz_cli_json_string (self->output, builder, "output", ended ? mz_message_get_output (row->message) : NULL);
  json_builder_set_member_name (builder, "is_error");
  json_builder_add_boolean_value (builder, mz_message_get_is_error (row->message));
  json_event_write (self, builder);
}

static void
write_plain_tool (MzCliPrinter *self,
                  Row          *row,
                  gboolean      ended)
{
  const char *name = mz_message_get_tool_name (row->message);
  g_autofree char *clean = mz_cli_text_clean (name != NULL ? name : _("tool"), MZ_CLI_TEXT_LINE);

  if (!ended)
    {
      g_autofree char *arguments = shorten (mz_message_get_arguments (row->message));

      mz_cli_output_note (self->output, "→ %s %s", clean, arguments);
    }
  else
    {
      g_autofree char *result = shorten (mz_message_get_output (row->message));

      if (mz_message_get_state (row->message) == MZ_MESSAGE_ABORTED && *result == '\0')
        mz_cli_output_note (self->output, _("← %s was stopped"), clean);
      else
        mz_cli_output_note (self->output, mz_message_get_is_error (row->message) ? _("← %s failed: %s") : _("← %s: %s"), clean, result);
    }
}

static void
say_tool (MzCliPrinter *self,
          Row          *row,
          gboolean      ended)
{
  if (self->json)
    write_json_tool (self, row, ended);
  else
    write_plain_tool (self, row, ended);
}

/* A call that was stored before it began to run looks complete for a moment: only with a result it is. */
static gboolean
has_result (MzCliPrinter *self,
            MzMessage    *message)
{
  switch (mz_message_get_state (message))
    {
    case MZ_MESSAGE_DONE:
      return self->finishing || mz_message_get_output (message) != NULL || mz_message_get_is_error (message);
    case MZ_MESSAGE_FAILED:
    case MZ_MESSAGE_ABORTED:
      return TRUE;
    case MZ_MESSAGE_STREAMING:
    case MZ_MESSAGE_SENDING:
    case MZ_MESSAGE_QUEUED:
    default:
      return FALSE;
    }
}

static void
sync_tool (MzCliPrinter *self,
           Row          *row)
{
  gboolean ended = has_result (self, row->message);

  if (!row->call_said && (ended || mz_message_get_arguments (row->message) != NULL))
    {
      row->call_said = TRUE;
      say_tool (self, row, FALSE);
    }
  if (!row->result_said && ended)
    {
      row->result_said = TRUE;
      say_tool (self, row, TRUE);
    }
}

static void
sync_row (Row *row)
{
  if (!is_ours (row))
    return;

  switch (mz_message_get_kind (row->message))
    {
    case MZ_MESSAGE_ASSISTANT:
    case MZ_MESSAGE_REASONING:
      sync_text (row->printer, row);
      break;

    case MZ_MESSAGE_TOOL:
      sync_tool (row->printer, row);
      break;

    /* A failed run is told when it ends. */
    case MZ_MESSAGE_USER:
    case MZ_MESSAGE_MARKER:
    case MZ_MESSAGE_ERROR:
    case MZ_MESSAGE_OTHER:
    default:
      break;
    }
}

static void
appended_cb (Row        *row,
             const char *text)
{
  /* The usual case, without comparing all of the text for each piece. */
  if (is_ours (row) && row->begun && row->written->len + strlen (text) == mz_message_get_text_length (row->message))
    write_text (row->printer, row, text, FALSE);
  else
    sync_row (row);
}

/* A row that came in place of one that went: what was written of that one is not written again. */
static void
adopt (MzCliPrinter *self,
       Row          *row)
{
  const char *text = mz_message_get_text (row->message);

  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *old = g_ptr_array_index (self->rows, i);

      if (!old->gone || !is_ours (old) || mz_message_get_kind (old->message) != mz_message_get_kind (row->message))
        continue;

      if (mz_message_get_kind (row->message) == MZ_MESSAGE_TOOL)
        {
          if (g_strcmp0 (mz_message_get_call_id (old->message), mz_message_get_call_id (row->message)) != 0)
            continue;
        }
      else if (old->written->len == 0 || text == NULL || !g_str_has_prefix (text, old->written->str))
        {
          continue;
        }

      g_string_assign (row->written, old->written->str);
      row->begun = old->begun;
      row->call_said = old->call_said;
      row->result_said = old->result_said;
      if (self->last == old)
        self->last = row;
      if (self->last_reasoning == old)
        self->last_reasoning = row;
      g_ptr_array_remove_index (self->rows, i);

      return;
    }
}

static void
add_row (MzCliPrinter *self,
         MzMessage    *message)
{
  Row *row = g_new0 (Row, 1);

  row->printer = self;
  row->message = g_object_ref (message);
  row->written = g_string_new (NULL);
  if (is_ours (row))
    adopt (self, row);
  g_ptr_array_add (self->rows, row);

  g_signal_connect_swapped (message, "appended", G_CALLBACK (appended_cb), row);
  g_signal_connect_swapped (message, "replaced", G_CALLBACK (sync_row), row);
  g_signal_connect_swapped (message, "notify", G_CALLBACK (sync_row), row);
  sync_row (row);
}

static void
items_changed_cb (MzCliPrinter *self,
                  guint         position,
                  guint         removed,
                  guint         added,
                  GListModel   *timeline)
{
  for (guint i = 0; removed > 0 && i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);
      guint where;

      row->gone = !mz_timeline_find (self->timeline, row->message, &where);
    }

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (MzMessage) message = g_list_model_get_item (timeline, i);

      add_row (self, message);
    }
}

static void
mz_cli_printer_dispose (GObject *object)
{
  MzCliPrinter *self = MZ_CLI_PRINTER (object);

  if (self->timeline != NULL)
    g_signal_handlers_disconnect_by_data (self->timeline, self);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->timeline);
  g_clear_object (&self->output);
  g_clear_pointer (&self->run_id, g_free);
  g_clear_pointer (&self->target_id, g_free);

  G_OBJECT_CLASS (mz_cli_printer_parent_class)->dispose (object);
}

static void
mz_cli_printer_class_init (MzCliPrinterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_cli_printer_dispose;
}

static void
mz_cli_printer_init (MzCliPrinter *self)
{
  self->rows = g_ptr_array_new_with_free_func (row_free);
}

/**
 * mz_cli_printer_new:
 * @output: where to
 * @timeline: the session's rows
 * @run_id: the run whose rows are written; those that are there already are of others
 * @json: write JSON
 * @thinking: write reasoning too
 *
 * Returns: (transfer full): a printer that writes from now on
 */
MzCliPrinter *
mz_cli_printer_new (MzCliOutput *output,
                    MzTimeline  *timeline,
                    const char  *run_id,
                    gboolean     json,
                    gboolean     thinking)
{
  MzCliPrinter *self;

  g_return_val_if_fail (MZ_IS_CLI_OUTPUT (output), NULL);
  g_return_val_if_fail (MZ_IS_TIMELINE (timeline), NULL);
  g_return_val_if_fail (run_id != NULL, NULL);

  self = g_object_new (MZ_TYPE_CLI_PRINTER, NULL);
  self->output = g_object_ref (output);
  self->timeline = g_object_ref (timeline);
  self->run_id = g_strdup (run_id);
  self->json = json;
  self->thinking = thinking;
  g_signal_connect_swapped (timeline, "items-changed", G_CALLBACK (items_changed_cb), self);

  return self;
}

/**
 * mz_cli_printer_set_run:
 * @run_id: the run's id as the gateway calls it, when it is another than was expected
 */
void
mz_cli_printer_set_run (MzCliPrinter *self,
                        const char   *run_id)
{
  g_return_if_fail (MZ_IS_CLI_PRINTER (self));
  g_return_if_fail (run_id != NULL);

  if (g_strcmp0 (self->run_id, run_id) == 0)
    return;

  g_free (self->run_id);
  self->run_id = g_strdup (run_id);
  for (guint i = 0; i < self->rows->len; i++)
    sync_row (g_ptr_array_index (self->rows, i));
}

/**
 * mz_cli_printer_set_target:
 * @run_id: the run that the message was put into: its rows that have come since are written too
 */
void
mz_cli_printer_set_target (MzCliPrinter *self,
                           const char   *run_id)
{
  g_return_if_fail (MZ_IS_CLI_PRINTER (self));
  g_return_if_fail (run_id != NULL);

  g_free (self->target_id);
  self->target_id = g_strdup (run_id);
  for (guint i = 0; i < self->rows->len; i++)
    sync_row (g_ptr_array_index (self->rows, i));
}

/**
 * mz_cli_printer_finish:
 *
 * Writes what is still missing and ends the line.
 */
void
mz_cli_printer_finish (MzCliPrinter *self)
{
  g_return_if_fail (MZ_IS_CLI_PRINTER (self));

  self->finishing = TRUE;
  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);

      if (!row->gone)
        sync_row (row);
    }

  if (!self->json)
    mz_cli_output_end_line (self->output);
}

/**
 * mz_cli_printer_dup_text:
 *
 * Returns: (transfer full): the reply so far; its parts, if it has several, as paragraphs
 */
char *
mz_cli_printer_dup_text (MzCliPrinter *self)
{
  GString *text;

  g_return_val_if_fail (MZ_IS_CLI_PRINTER (self), NULL);

  text = g_string_new (NULL);
  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);

      if (row->gone || !is_ours (row) || mz_message_get_kind (row->message) != MZ_MESSAGE_ASSISTANT || row->written->len == 0)
        continue;

      if (text->len > 0)
        g_string_append (text, "\n\n");
      g_string_append_len (text, row->written->str, row->written->len);
    }

  return g_string_free (text, FALSE);
}
