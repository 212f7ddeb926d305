/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-export-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* Of a title in a file's name: file systems take 255 bytes, and people read less. */
#define MAX_NAME_CHARS 60

static const MzExportFormatter *
formatter_of (MzExportFormat format)
{
  switch (format)
    {
    case MZ_EXPORT_JSON:
      return &mz_export_json;
    case MZ_EXPORT_HTML:
      return &mz_export_html;
    case MZ_EXPORT_MARKDOWN:
    default:
      return &mz_export_markdown;
    }
}

/**
 * mz_export_format_from_string:
 * @text: "markdown", "json" or "html"
 * @format: (out): the format
 *
 * Returns: whether there is such a format
 */
gboolean
mz_export_format_from_string (const char     *text,
                              MzExportFormat *format)
{
  static const struct
  {
    const char *name;
    MzExportFormat format;
  } names[] = {
    { "markdown", MZ_EXPORT_MARKDOWN },
    { "md", MZ_EXPORT_MARKDOWN },
    { "json", MZ_EXPORT_JSON },
    { "html", MZ_EXPORT_HTML },
  };

  g_return_val_if_fail (format != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (text, names[i].name) == 0)
      {
        *format = names[i].format;
        return TRUE;
      }

  return FALSE;
}

/**
 * mz_export_format_get_extension:
 * @format: a format
 *
 * Returns: what its files' names end with, without the dot
 */
const char *
mz_export_format_get_extension (MzExportFormat format)
{
  switch (format)
    {
    case MZ_EXPORT_JSON:
      return "json";
    case MZ_EXPORT_HTML:
      return "html";
    case MZ_EXPORT_MARKDOWN:
    default:
      return "md";
    }
}

/**
 * mz_export_file_name:
 * @title: (nullable): what the conversation is called
 * @format: the file's
 *
 * A name that every file system takes.
 *
 * Returns: (transfer full): the name to propose
 */
char *
mz_export_file_name (const char     *title,
                     MzExportFormat  format)
{
  g_autofree char *whole = g_utf8_make_valid (title != NULL ? title : "", -1);
  g_autoptr (GString) name = g_string_new (NULL);
  guint n_chars = 0;

  for (const char *p = whole; *p != '\0' && n_chars < MAX_NAME_CHARS; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean plain = g_unichar_isprint (c) && !g_unichar_isspace (c) && g_unichar_type (c) != G_UNICODE_FORMAT &&
                       (c >= 0x80 || strchr ("<>:\"/\\|?*", (int) c) == NULL);

      /* A name that begins with a dot hides. */
      if (plain && !(c == '.' && name->len == 0))
        g_string_append_unichar (name, c);
      else if (name->len > 0 && name->str[name->len - 1] != ' ')
        g_string_append_c (name, ' ');
      else
        continue;
      n_chars++;
    }
  while (name->len > 0 && (name->str[name->len - 1] == ' ' || name->str[name->len - 1] == '.'))
    g_string_truncate (name, name->len - 1);

  return g_strdup_printf ("%s.%s", name->len > 0 ? name->str : _("Conversation"), mz_export_format_get_extension (format));
}

/**
 * mz_export_writer_new:
 * @options: what is written, and as what
 *
 * Returns: (transfer full): a writer
 */
MzExportWriter *
mz_export_writer_new (const MzExportOptions *options)
{
  MzExportWriter *self;

  g_return_val_if_fail (options != NULL, NULL);

  self = g_new0 (MzExportWriter, 1);
  self->options = *options;
  self->zone = g_time_zone_new_utc ();

  return self;
}

/**
 * mz_export_writer_free:
 * @self: (nullable): a writer
 */
void
mz_export_writer_free (MzExportWriter *self)
{
  if (self == NULL)
    return;

  g_time_zone_unref (self->zone);
  g_free (self);
}

/**
 * mz_export_writer_begin:
 * @self: a writer
 * @about: what stands at the top
 * @out: appended to
 */
void
mz_export_writer_begin (MzExportWriter      *self,
                        const MzExportAbout *about,
                        GString             *out)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (about != NULL);
  g_return_if_fail (out != NULL);

  g_time_zone_unref (self->zone);
  self->zone = g_time_zone_ref (g_date_time_get_timezone (about->now));
  formatter_of (self->options.format)->begin (self, about, out);
}

static gboolean
is_wanted (MzExportWriter *self,
           MzMessage      *row)
{
  switch (mz_message_get_kind (row))
    {
    case MZ_MESSAGE_TOOL:
      return self->options.tools;
    case MZ_MESSAGE_REASONING:
      return self->options.reasoning;
    case MZ_MESSAGE_MARKER:
      return TRUE;
    case MZ_MESSAGE_USER:
    case MZ_MESSAGE_ASSISTANT:
    case MZ_MESSAGE_ERROR:
    case MZ_MESSAGE_OTHER:
    default:
      return mz_message_get_text_length (row) > 0 || mz_message_get_n_attachments (row) > 0 || mz_message_get_error_message (row) != NULL;
    }
}

/**
 * mz_export_writer_add:
 * @self: a writer that was begun
 * @row: the next row
 * @out: appended to
 *
 * Writes a row, or nothing if it is of a kind that is not wanted.
 */
void
mz_export_writer_add (MzExportWriter *self,
                      MzMessage      *row,
                      GString        *out)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (MZ_IS_MESSAGE (row));
  g_return_if_fail (out != NULL);

  if (!is_wanted (self, row))
    return;

  formatter_of (self->options.format)->add (self, row, out);
  self->n_rows++;
}

/**
 * mz_export_writer_end:
 * @self: a writer that was begun
 * @out: appended to
 */
void
mz_export_writer_end (MzExportWriter *self,
                      GString        *out)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (out != NULL);

  formatter_of (self->options.format)->end (self, out);
}

/**
 * mz_export_writer_get_n_rows:
 * @self: a writer
 *
 * Returns: how many rows it wrote
 */
gint64
mz_export_writer_get_n_rows (MzExportWriter *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_rows;
}

/* (nullable): NULL when it is not known, or is none */
GDateTime *
mz_export_time (MzExportWriter *self,
                gint64          timestamp)
{
  g_autoptr (GDateTime) utc = timestamp > 0 ? g_date_time_new_from_unix_utc (timestamp / 1000) : NULL;

  return utc != NULL ? g_date_time_to_timezone (utc, self->zone) : NULL;
}

/* Times are told in one way, wherever the file is read. */
char *
mz_export_time_words (MzExportWriter *self,
                      gint64          timestamp)
{
  g_autoptr (GDateTime) time = mz_export_time (self, timestamp);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : NULL;
}

/* Whether a heading goes before the row: each message of a person has one, and all that follows it until the next one has one together. */
gboolean
mz_export_opens_turn (MzExportWriter *self,
                      MzMessage      *row)
{
  gboolean opens;

  switch (mz_message_get_kind (row))
    {
    case MZ_MESSAGE_USER:
      self->in_reply = FALSE;
      return TRUE;
    case MZ_MESSAGE_MARKER:
      self->in_reply = FALSE;
      return FALSE;
    case MZ_MESSAGE_ASSISTANT:
    case MZ_MESSAGE_REASONING:
    case MZ_MESSAGE_TOOL:
    case MZ_MESSAGE_ERROR:
    case MZ_MESSAGE_OTHER:
    default:
      opens = !self->in_reply;
      self->in_reply = TRUE;
      return opens;
    }
}

/* "exec, failed, 1.2 s" */
char *
mz_export_tool_words (MzMessage *row)
{
  const char *name = mz_message_get_tool_name (row);
  gint64 duration = mz_message_get_duration_ms (row);
  GString *words = g_string_new (name != NULL ? name : _("unknown"));

  if (mz_message_get_is_error (row))
    g_string_append_printf (words, ", %s", _("failed"));
  else if (mz_message_get_output (row) == NULL)
    g_string_append_printf (words, ", %s", _("no result"));
  /* Translators: how long a tool ran, in seconds. */
  if (duration > 0)
    g_string_append_printf (words, _(", %.1f s"), duration / 1000.0);

  return g_string_free (words, FALSE);
}

/* "evening.png (image/png, 12.3 kB)" */
char *
mz_export_file_words (const MzAttachment *attachment)
{
  g_autofree char *size = attachment->size > 0 ? g_format_size (attachment->size) : NULL;
  const char *name = attachment->name != NULL ? attachment->name : attachment->alt;
  g_autoptr (GString) words = g_string_new (name != NULL ? name : _("without a name"));

  if (attachment->mime != NULL && size != NULL)
    g_string_append_printf (words, " (%s, %s)", attachment->mime, size);
  else if (attachment->mime != NULL || size != NULL)
    g_string_append_printf (words, " (%s)", attachment->mime != NULL ? attachment->mime : size);

  return mz_export_visible (words->str, FALSE);
}

/* (nullable) (transfer none): what has to be said of a row beside what it says */
const char *
mz_export_note_words (MzMessage *row)
{
  if (mz_message_get_truncated (row))
    return _("The gateway gave only a part of this.");
  if (mz_message_get_state (row) == MZ_MESSAGE_ABORTED)
    return _("This reply was stopped.");

  return NULL;
}

/* What does not show, or turns what is around it, is shown by its number: in names, and in code, where every character counts. */
char *
mz_export_visible (const char *text,
                   gboolean    multiline)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *visible = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);
      gboolean joins = c == 0x200c || c == 0x200d || c == 0xad;

      if (c == '\n' || c == '\t')
        g_string_append_c (visible, multiline ? (char) c : ' ');
      else if (c == '\r' && p[1] == '\n')
        continue;
      else if (!joins && (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
                          type == G_UNICODE_PARAGRAPH_SEPARATOR))
        g_string_append_printf (visible, "‹U+%04X›", c);
      else
        g_string_append_len (visible, p, g_utf8_next_char (p) - p);
    }

  return g_string_free (visible, FALSE);
}

/* Running text: without the characters that no text has, and that do things to terminals. */
char *
mz_export_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *clean = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\n' || c == '\t' || g_unichar_type (c) != G_UNICODE_CONTROL)
        g_string_append_len (clean, p, g_utf8_next_char (p) - p);
    }

  return g_string_free (clean, FALSE);
}
