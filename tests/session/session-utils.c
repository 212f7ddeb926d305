/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "session-utils.h"

#include <string.h>

JsonNode *
parse (const char *json)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = mz_json_parse (json, strlen (json), 16 * 1024 * 1024, &error);

  g_assert_no_error (error);
  return node;
}

MzFrame *
event_frame (const char *name,
             const char *payload)
{
  g_autofree char *text = g_strdup_printf ("{\"type\":\"event\",\"event\":\"%s\",\"payload\":%s}", name, payload);
  g_autoptr (GError) error = NULL;
  MzFrame *frame = mz_frame_parse (text, strlen (text), 16 * 1024 * 1024, &error);

  g_assert_no_error (error);
  return frame;
}

/* Single quotes stand for double ones. */
void
send_event (MzSession  *session,
            const char *name,
            const char *format,
            ...)
{
  g_autofree char *payload = NULL;
  g_autoptr (MzFrame) frame = NULL;
  va_list args;

  va_start (args, format);
  payload = g_strdup_vprintf (format, args);
  va_end (args);
  g_strdelimit (payload, "'", '"');
  frame = event_frame (name, payload);
  mz_session_handle_event (session, frame);
}

void
apply_history (MzSession  *session,
               const char *json)
{
  g_autofree char *text = g_strdelimit (g_strdup (json), "'", '"');
  g_autoptr (JsonNode) node = parse (text);

  mz_session_apply_history (session, mz_json_node_object (node));
}

/* kind/state id#block text, and a tool's parts. */
char *
describe_row (MzMessage *row)
{
  GString *s = g_string_new (mz_message_kind_to_string (mz_message_get_kind (row)));

  if (mz_message_get_state (row) != MZ_MESSAGE_DONE)
    g_string_append_printf (s, "/%s", mz_message_state_to_string (mz_message_get_state (row)));
  if (mz_message_get_id (row) != NULL)
    g_string_append_printf (s, " %s#%u", mz_message_get_id (row), mz_message_get_block (row));
  if (mz_message_get_kind (row) == MZ_MESSAGE_TOOL)
    g_string_append_printf (s, " %s %s %s -> %s%s", mz_message_get_call_id (row), mz_message_get_tool_name (row),
                            mz_message_get_arguments (row), mz_message_get_output (row),
                            mz_message_get_is_error (row) ? " (error)" : "");
  else
    g_string_append_printf (s, " '%s'", mz_message_get_text (row));
  return g_string_free (s, FALSE);
}

char *
describe (GListModel *rows)
{
  GString *s = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (rows, i);
      g_autofree char *line = describe_row (row);

      g_string_append_printf (s, "%s\n", line);
    }
  return g_string_free (s, FALSE);
}

void
assert_rows (GListModel *rows,
             const char *expected)
{
  g_autofree char *actual = describe (rows);

  g_assert_cmpstr (actual, ==, expected);
}

/* A recording of a real gateway, trimmed: one frame a line. */
GPtrArray *
read_frames (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "session", "data", name, NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_frame_unref);

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (contents, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      MzFrame *frame;

      if (lines[i][0] == '\0')
        continue;
      frame = mz_frame_parse (lines[i], strlen (lines[i]), 16 * 1024 * 1024, &error);
      g_assert_no_error (error);
      g_ptr_array_add (frames, frame);
    }
  g_assert_cmpuint (frames->len, >, 0);
  return frames;
}
