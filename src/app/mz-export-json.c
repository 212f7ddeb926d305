/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-export-private.h"

#include <string.h>

/* What programs ask for first. */
#define FORMAT_NAME "moltzer-conversation"
#define FORMAT_VERSION 1

static void
add_string (JsonBuilder *builder,
            const char  *name,
            const char  *value)
{
  if (value == NULL)
    return;

  json_builder_set_member_name (builder, name);
  if (g_utf8_validate (value, -1, NULL))
    {
      json_builder_add_string_value (builder, value);
    }
  else
    {
      g_autofree char *valid = g_utf8_make_valid (value, -1);

      json_builder_add_string_value (builder, valid);
    }
}

static void
add_number (JsonBuilder *builder,
            const char  *name,
            gint64       value)
{
  if (value <= 0)
    return;

  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder,
             const char  *name,
             gboolean     value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static char *
to_string (JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *plain = NULL;
  GString *escaped;

  json_generator_set_root (generator, root);
  plain = json_generator_to_data (generator, NULL);

  /* The generator writes some characters as they are that do things to terminals, or turn the text around them. */
  escaped = g_string_sized_new (strlen (plain));
  for (const char *p = plain; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = (guchar) *p < 0x7f ? G_UNICODE_UNASSIGNED : g_unichar_type (c);

      if (c < 0x10000 && (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
                          type == G_UNICODE_PARAGRAPH_SEPARATOR))
        g_string_append_printf (escaped, "\\u%04x", c);
      else
        g_string_append_len (escaped, p, g_utf8_next_char (p) - p);
    }

  return g_string_free (escaped, FALSE);
}

static void
begin (MzExportWriter      *self,
       const MzExportAbout *about,
       GString             *out)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *now = g_date_time_format_iso8601 (about->now);
  g_autofree char *head = NULL;

  json_builder_begin_object (builder);
  add_string (builder, "format", FORMAT_NAME);
  add_number (builder, "version", FORMAT_VERSION);
  add_string (builder, "title", about->title);
  add_string (builder, "session", about->session);
  add_string (builder, "exported", now);
  add_boolean (builder, "tools", self->options.tools);
  add_boolean (builder, "reasoning", self->options.reasoning);
  add_boolean (builder, "complete", about->complete);
  json_builder_end_object (builder);
  head = to_string (builder);

  /* Left open: the messages come one by one. */
  g_string_append_len (out, head, strlen (head) - 1);
  g_string_append (out, ",\"messages\":[");
}

static void
add_attachments (JsonBuilder *builder,
                 MzMessage   *row)
{
  guint n = mz_message_get_n_attachments (row);

  if (n == 0)
    return;

  json_builder_set_member_name (builder, "attachments");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      const MzAttachment *attachment = mz_message_get_attachment (row, i);

      json_builder_begin_object (builder);
      add_string (builder, "name", attachment->name);
      add_string (builder, "mime", attachment->mime);
      add_string (builder, "alt", attachment->alt);
      add_number (builder, "size", attachment->size);
      add_string (builder, "artifact", attachment->artifact_id);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add (MzExportWriter *self,
     MzMessage      *row,
     GString        *out)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GDateTime) time = mz_export_time (self, mz_message_get_timestamp (row));
  g_autofree char *iso = time != NULL ? g_date_time_format_iso8601 (time) : NULL;
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  add_string (builder, "kind", mz_message_kind_to_string (mz_message_get_kind (row)));
  add_string (builder, "state", mz_message_state_to_string (mz_message_get_state (row)));
  add_string (builder, "role", mz_message_get_role (row));
  add_string (builder, "id", mz_message_get_id (row));
  add_number (builder, "seq", mz_message_get_seq (row));
  add_string (builder, "run", mz_message_get_run_id (row));
  add_number (builder, "timestamp", mz_message_get_timestamp (row));
  add_string (builder, "time", iso);
  add_string (builder, "text", mz_message_get_text (row));
  add_string (builder, "model", mz_message_get_model (row));
  add_string (builder, "provider", mz_message_get_provider (row));
  add_number (builder, "input_tokens", mz_message_get_input_tokens (row));
  add_number (builder, "output_tokens", mz_message_get_output_tokens (row));
  add_string (builder, "stop_reason", mz_message_get_stop_reason (row));
  if (mz_message_get_kind (row) == MZ_MESSAGE_TOOL)
    {
      add_string (builder, "tool", mz_message_get_tool_name (row));
      add_string (builder, "call", mz_message_get_call_id (row));
      add_string (builder, "arguments", mz_message_get_arguments (row));
      add_string (builder, "output", mz_message_get_output (row));
      add_boolean (builder, "is_error", mz_message_get_is_error (row));
      add_string (builder, "status", mz_message_get_status (row));
      add_number (builder, "duration_ms", mz_message_get_duration_ms (row));
    }
  add_string (builder, "error", mz_message_get_error_message (row));
  add_string (builder, "error_code", mz_message_get_error_code (row));
  if (mz_message_get_truncated (row))
    add_boolean (builder, "truncated", TRUE);
  add_attachments (builder, row);
  json_builder_end_object (builder);

  line = to_string (builder);
  g_string_append (out, self->n_rows > 0 ? ",\n" : "\n");
  g_string_append (out, line);
}

static void
end (MzExportWriter *self,
     GString        *out)
{
  g_string_append (out, "\n]}\n");
}

const MzExportFormatter mz_export_json = { begin, add, end };
