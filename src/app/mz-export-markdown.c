/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-export-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mz-markdown.h"
#include "mz-run-words.h"
#include "mz-tool-text.h"

/* CommonMark 0.31, 2.4: these lose their meaning behind a backslash. */
static void
append_escaped (GString    *out,
                const char *text)
{
  g_autofree char *visible = mz_export_visible (text, FALSE);

  for (const char *p = visible; *p != '\0'; p++)
    {
      if (strchr ("\\`*_[]<>#|~&!", *p) != NULL)
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
}

static guint
longest_run (const char *text,
             char        c)
{
  guint longest = 0;
  guint run = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      run = *p == c ? run + 1 : 0;
      longest = MAX (longest, run);
    }

  return longest;
}

static void
append_repeated (GString *out,
                 char     c,
                 guint    n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_c (out, c);
}

static void
end_line (GString *out)
{
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_c (out, '\n');
}

/* A fence that nothing within can close. */
static void
append_code (GString    *out,
             const char *code,
             const char *language)
{
  g_autofree char *visible = mz_export_visible (code, TRUE);
  guint n = MAX (longest_run (visible, '`') + 1, 3);

  append_repeated (out, '`', n);
  g_string_append (out, language != NULL ? language : "");
  g_string_append_c (out, '\n');
  g_string_append (out, visible);
  end_line (out);
  append_repeated (out, '`', n);
  g_string_append (out, "\n\n");
}

static gboolean
ends_in_open_code (const char *text)
{
  g_autoptr (MzMarkdown) markdown = mz_markdown_new ();
  guint n;
  MzBlock *last;

  mz_markdown_set_text (markdown, text, -1);
  n = mz_markdown_get_n_blocks (markdown);
  last = n > 0 ? mz_markdown_get_block (markdown, n - 1) : NULL;

  return last != NULL && mz_block_get_kind (last) == MZ_BLOCK_CODE && mz_block_get_open (last);
}

/* A fence of the text that is not closed would take all that follows with it. */
static void
close_fence (GString *text)
{
  static const char fences[] = { '`', '~' };

  if (!ends_in_open_code (text->str))
    return;

  end_line (text);
  for (gsize i = 0; i < G_N_ELEMENTS (fences); i++)
    {
      gsize length = text->len;

      append_repeated (text, fences[i], MAX (longest_run (text->str, fences[i]), 3));
      g_string_append_c (text, '\n');
      if (!ends_in_open_code (text->str))
        return;
      g_string_truncate (text, length);
    }
}

/* CommonMark 0.31, 4.6: blocks of HTML that do not end with an empty line but with these. */
static const struct
{
  const char *start;
  const char *end;
} html_blocks[] = {
  { "<!--", "-->" },
  { "<![CDATA[", "]]>" },
  { "<!", ">" },
  { "<?", "?>" },
  { "<script", "</script>" },
  { "<pre", "</pre>" },
  { "<style", "</style>" },
  { "<textarea", "</textarea>" },
};

/* Where the next end of each kind is, from the line that asked last on: a text is gone through once, whatever it has. */
typedef struct
{
  const char *next[G_N_ELEMENTS (html_blocks)];
} HtmlEnds;

static const char *
find_words (const char *text,
            const char *words)
{
  gsize length = strlen (words);

  while (*text != '\0' && g_ascii_strncasecmp (text, words, length) != 0)
    text++;

  return text;
}

/* Where a line begins what would hide all after it: such a "<" is only a character. */
static gboolean
never_ends (HtmlEnds   *ends,
            const char *line)
{
  for (gsize i = 0; i < G_N_ELEMENTS (html_blocks); i++)
    {
      gsize length = strlen (html_blocks[i].start);

      if (g_ascii_strncasecmp (line, html_blocks[i].start, length) != 0)
        continue;
      if (ends->next[i] == NULL || (*ends->next[i] != '\0' && ends->next[i] < line + length))
        ends->next[i] = find_words (line + length, html_blocks[i].end);
      return *ends->next[i] == '\0';
    }

  return FALSE;
}

typedef struct
{
  char c; /* NUL outside of a fence */
  guint n;
} Fence;

/* Whether a line of a text is code or the border of it; also in lists and quotes, as far as a look at each line tells. */
static gboolean
is_code (Fence      *fence,
         const char *line)
{
  const char *p = line + strspn (line, fence->c != '\0' ? " \t>" : " \t>*+-0123456789.)");
  guint n = 0;

  if (*p == '`' || *p == '~')
    while (p[n] == *p)
      n++;

  if (fence->c == '\0')
    {
      if (n >= 3)
        *fence = (Fence) { *p, n };
      return n >= 3;
    }
  if (*p == fence->c && n >= fence->n && strchr ("\r\n", p[n + strspn (p + n, " \t")]) != NULL)
    fence->c = '\0';

  return TRUE;
}

static void
append_body (GString    *out,
             const char *text)
{
  g_autoptr (GString) body = g_string_new (NULL);
  g_autofree char *clean = mz_export_clean (text);
  const char *line = clean;
  HtmlEnds ends = { { NULL } };
  Fence fence = { '\0', 0 };

  while (*line != '\0')
    {
      const char *next = strchr (line, '\n');
      gsize length = next != NULL ? (gsize) (next - line) + 1 : strlen (line);
      gsize indent = MIN (strspn (line, " "), 3);

      g_string_append_len (body, line, indent);
      if (!is_code (&fence, line) && line[indent] == '<' && never_ends (&ends, line + indent))
        g_string_append_c (body, '\\');
      g_string_append_len (body, line + indent, length - indent);
      line += length;
    }
  close_fence (body);

  g_string_append_len (out, body->str, body->len);
  end_line (out);
  g_string_append_c (out, '\n');
}

/* What is within a quote ends with it, whatever it is. */
static void
append_quoted (GString    *out,
               const char *heading,
               const char *text)
{
  g_autofree char *clean = mz_export_clean (text);
  g_auto (GStrv) lines = g_strsplit (clean, "\n", -1);

  g_string_append_printf (out, "> **%s**\n>\n", heading);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      g_string_append_printf (out, "> %s\n", lines[i]);
    else if (lines[i + 1] != NULL)
      g_string_append (out, ">\n");
  g_string_append_c (out, '\n');
}

static void
append_tool (GString   *out,
             MzMessage *row)
{
  g_autofree char *words = mz_export_tool_words (row);
  const char *language = NULL;
  g_autofree char *arguments = NULL;
  const char *output = mz_message_get_output (row);

  g_string_append_printf (out, "**%s** ", _("Tool"));
  append_escaped (out, words);
  g_string_append (out, "\n\n");
  if (mz_message_get_arguments (row) != NULL)
    arguments = mz_tool_text_format (mz_message_get_arguments (row), &language);
  if (arguments != NULL && *arguments != '\0')
    append_code (out, arguments, language);
  if (output != NULL && *output != '\0')
    append_code (out, output, NULL);
}

static void
append_italic (GString    *out,
               const char *text)
{
  g_string_append (out, "*");
  append_escaped (out, text);
  g_string_append (out, "*\n\n");
}

static void
begin (MzExportWriter      *self,
       const MzExportAbout *about,
       GString             *out)
{
  g_autofree char *now = g_date_time_format (about->now, "%Y-%m-%d %H:%M %Z");
  /* Translators: the key of a conversation, and a time. */
  g_autofree char *origin = g_strdup_printf (_("%s, exported %s"), about->session, now);

  g_string_append (out, "# ");
  append_escaped (out, about->title);
  g_string_append (out, "\n\n");
  append_italic (out, origin);
  if (!about->complete)
    append_italic (out, _("The gateway gives no more than this: what came before is missing."));
}

static void
append_heading (MzExportWriter *self,
                MzMessage      *row,
                GString        *out)
{
  g_autofree char *time = mz_export_time_words (self, mz_message_get_timestamp (row));
  const char *who = mz_message_get_kind (row) == MZ_MESSAGE_USER ? _("You") : _("Assistant");

  if (time != NULL)
    g_string_append_printf (out, "## %s, %s\n\n", who, time);
  else
    g_string_append_printf (out, "## %s\n\n", who);
}

static void
add (MzExportWriter *self,
     MzMessage      *row,
     GString        *out)
{
  MzMessageKind kind = mz_message_get_kind (row);
  const char *text = mz_message_get_text (row);
  const char *note = mz_export_note_words (row);

  if (mz_export_opens_turn (self, row))
    append_heading (self, row, out);

  switch (kind)
    {
    case MZ_MESSAGE_MARKER:
      {
        g_autofree char *words = mz_run_words_for_marker (mz_message_get_role (row), mz_message_get_input_tokens (row),
                                                          mz_message_get_output_tokens (row));

        g_string_append (out, "***\n\n");
        append_italic (out, words != NULL ? words : mz_message_get_role (row));
      }
      break;
    case MZ_MESSAGE_REASONING:
      append_quoted (out, _("Reasoning"), text);
      break;
    case MZ_MESSAGE_TOOL:
      append_tool (out, row);
      break;
    case MZ_MESSAGE_ERROR:
      if (*text == '\0' && mz_message_get_error_message (row) != NULL)
        text = mz_message_get_error_message (row);
      append_quoted (out, _("Error"), text);
      break;
    case MZ_MESSAGE_USER:
    case MZ_MESSAGE_ASSISTANT:
    case MZ_MESSAGE_OTHER:
    default:
      if (*text != '\0')
        append_body (out, text);
      break;
    }

  for (guint i = 0; i < mz_message_get_n_attachments (row); i++)
    {
      g_autofree char *words = mz_export_file_words (mz_message_get_attachment (row, i));
      g_autofree char *line = g_strdup_printf (_("Attachment: %s"), words);

      append_italic (out, line);
    }
  if (note != NULL)
    append_italic (out, note);
}

static void
end (MzExportWriter *self,
     GString        *out)
{
  if (self->n_rows == 0)
    append_italic (out, _("Nothing was said in this conversation yet."));

  /* One line feed at the end, as in every text file. */
  while (out->len > 1 && out->str[out->len - 1] == '\n' && out->str[out->len - 2] == '\n')
    g_string_truncate (out, out->len - 1);
}

const MzExportFormatter mz_export_markdown = { begin, add, end };
