/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-record.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>

#include "mz-json.h"

#define PLACEHOLDER "[redacted]"

/* Any frame that a client may take; only what the guard refuses is written as text. */
#define MAX_FRAME ((gsize) 64 * 1024 * 1024)

struct _MzCliRecord
{
  MzCliOutput *output;
  FILE *file;
  gint64 start_us;
};

static gboolean
names_secret (const char *name)
{
  static const char *const names[] = {
    "token", "deviceToken", "bootstrapToken", "password", "secret", "apiKey", "accessToken", "refreshToken", NULL,
  };

  return g_strv_contains (names, name);
}

static void
redact_node (MzCliOutput *output,
             JsonNode    *node)
{
  const char *string = mz_json_node_string (node);
  JsonObject *object = mz_json_node_object (node);
  JsonArray *array = mz_json_node_array (node);

  if (string != NULL)
    {
      g_autofree char *redacted = mz_cli_output_redact (output, string);

      if (g_strcmp0 (string, redacted) != 0)
        json_node_set_string (node, redacted);
    }
  else if (object != NULL)
    {
      g_autoptr (GList) names = json_object_get_members (object);

      for (GList *l = names; l != NULL; l = l->next)
        {
          JsonNode *member = mz_json_get_node (object, l->data);

          if (names_secret (l->data) && mz_json_node_string (member) != NULL)
            json_node_set_string (member, PLACEHOLDER);
          else if (g_strcmp0 (l->data, "signature") != 0 && g_strcmp0 (l->data, "publicKey") != 0)
            redact_node (output, member);
        }
    }
  else if (array != NULL)
    {
      for (guint i = 0; i < mz_json_array_length (array); i++)
        redact_node (output, mz_json_array_node (array, i));
    }
}

/**
 * mz_cli_record_line:
 * @output: knows the secrets
 * @sent: whether the frame was sent
 * @ms: since the start
 * @text: the frame
 *
 * Returns: (transfer full): the line, without a line feed. What is not JSON is written as a string, as `text` in place of `frame`.
 */
char *
mz_cli_record_line (MzCliOutput *output,
                    gboolean     sent,
                    double       ms,
                    const char  *text)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) frame = NULL;
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  frame = mz_json_parse (text, strlen (text), MAX_FRAME, NULL);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "sent");
  json_builder_add_boolean_value (builder, sent);
  json_builder_set_member_name (builder, "ms");
  json_builder_add_double_value (builder, ms);
  if (frame != NULL)
    {
      redact_node (output, frame);
      json_builder_set_member_name (builder, "frame");
      json_builder_add_value (builder, g_steal_pointer (&frame));
    }
  else
    {
      g_autofree char *valid = g_utf8_make_valid (text, -1);

      mz_cli_json_string (output, builder, "text", valid);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);

  return mz_cli_json_to_string (root, FALSE);
}

/**
 * mz_cli_record_new:
 * @path: the file; made anew, for its owner only
 * @output: knows the secrets
 *
 * Returns: (transfer full) (nullable): an open record
 */
MzCliRecord *
mz_cli_record_new (const char   *path,
                   MzCliOutput  *output,
                   GError      **error)
{
  g_autoptr (MzCliRecord) self = g_new0 (MzCliRecord, 1);

  g_return_val_if_fail (path != NULL, NULL);

  self->output = g_object_ref (output);
  self->start_us = g_get_monotonic_time ();
  self->file = g_fopen (path, "wb");
  if (self->file == NULL)
    {
      int saved = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), _("%s cannot be written: %s"), path, g_strerror (saved));
      return NULL;
    }

  /* What was said is in it: no business of other users. A pipe or a device has no mode to change. */
  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    g_chmod (path, 0600);

  return g_steal_pointer (&self);
}

void
mz_cli_record_free (MzCliRecord *self)
{
  if (self == NULL)
    return;

  if (self->file != NULL)
    fclose (self->file);
  g_clear_object (&self->output);
  g_free (self);
}

/**
 * mz_cli_record_frame:
 * @sent: whether it was sent
 * @text: the frame
 *
 * Writes a line.
 */
void
mz_cli_record_frame (MzCliRecord *self,
                     gboolean     sent,
                     const char  *text)
{
  g_autofree char *line = NULL;

  g_return_if_fail (self != NULL);

  line = mz_cli_record_line (self->output, sent, (g_get_monotonic_time () - self->start_us) / 1e3, text);
  fprintf (self->file, "%s\n", line);
  fflush (self->file);
}
