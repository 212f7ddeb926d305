/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-row-text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mz-markdown.h"
#include "mz-run-words.h"
#include "mz-tool-text.h"
#include "mz-words.h"

/* Of a text that is read out as a row's name. */
#define MAX_READER_CHARS 200
#define MAX_SUMMARY_CHARS 200

/* Under this a rate says more about the network than about the model. */
#define MIN_RATE_MS 500

#define ELLIPSIS "…"

/* Characters that do not show, or turn what is around them. The joiners are part of words and of emoji, the soft hyphen of words. */
static gboolean
is_hidden (gunichar c)
{
  if (c == 0x200c || c == 0x200d || c == 0xad)
    return FALSE;

  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    default:
      /* Fillers that look like nothing but are letters. */
      return c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0;
    }
}

static char *
show_hidden (const char *text,
             gssize      length,
             gboolean    multiline,
             gboolean    prose)
{
  const char *end = text + (length >= 0 ? (gsize) length : strlen (text));
  GString *visible = g_string_sized_new (end - text);

  for (const char *p = text; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char_validated (p, end - p);

      /* Nothing here is invalid, but a cut may have made it so. */
      if (c == (gunichar) -1 || c == (gunichar) -2)
        break;

      if (c == '\n' || c == '\t')
        g_string_append_c (visible, multiline ? (char) c : ' ');
      else if (c == '\r' && p + 1 < end && p[1] == '\n')
        continue;
      else if (is_hidden (c) && !(prose && g_unichar_type (c) == G_UNICODE_FORMAT))
        g_string_append_printf (visible, "‹U+%04X›", c);
      else
        g_string_append_len (visible, p, g_utf8_next_char (p) - p);
    }
  return g_string_free (visible, FALSE);
}

char *
mz_row_text_visible (const char *text,
                     gssize      length,
                     gboolean    multiline)
{
  g_return_val_if_fail (text != NULL, NULL);

  return show_hidden (text, length, multiline, FALSE);
}

/* Runs of white space become one space; at most @max_chars, with an ellipsis when there was more. */
static char *
squeeze (const char *text,
         gsize       length,
         guint       max_chars)
{
  const char *end = text + length;
  GString *line = g_string_sized_new (MIN (length, max_chars) + 1);
  gboolean space = FALSE;
  guint n_chars = 0;
  g_autofree char *squeezed = NULL;

  for (const char *p = text; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c))
        {
          space = line->len > 0;
          continue;
        }
      if (n_chars + space >= max_chars)
        {
          g_string_append (line, ELLIPSIS);
          break;
        }
      if (space)
        g_string_append_c (line, ' ');
      n_chars += 1 + space;
      space = FALSE;
      g_string_append_len (line, p, g_utf8_next_char (p) - p);
    }

  squeezed = g_string_free (line, FALSE);
  return mz_row_text_visible (squeezed, -1, FALSE);
}

/* Emphasis around a whole line is what models put around titles of their thoughts. */
static void
skip_marks (const char **start,
            const char **end)
{
  while (*start < *end && (g_ascii_isspace (**start) || strchr ("#>*_`-", **start) != NULL))
    (*start)++;
  while (*end > *start && (g_ascii_isspace ((*end)[-1]) || strchr ("*_`#", (*end)[-1]) != NULL))
    (*end)--;
}

char *
mz_row_text_first_line (const char *text,
                        guint       max_chars)
{
  const char *line = text;

  g_return_val_if_fail (text != NULL, NULL);

  while (*line != '\0')
    {
      gsize length = strcspn (line, "\n");
      const char *start = line;
      const char *end = line + length;

      skip_marks (&start, &end);
      if (start < end)
        return squeeze (start, end - start, max_chars);
      line += length;
      while (*line == '\n')
        line++;
    }
  return g_strdup ("");
}

/* Where an address that begins at @text ends: at white space or a quote, without the punctuation that belongs to the sentence. */
static gsize
address_length (const char *text,
                gsize       length)
{
  gsize n = 0;
  gsize n_open = 0;
  gsize n_closed = 0;

  while (n < length && !g_ascii_isspace (text[n]) && strchr ("<>\"`'", text[n]) == NULL && (guchar) text[n] >= 0x20)
    n++;

  for (gsize i = 0; i < n; i++)
    {
      n_open += text[i] == '(';
      n_closed += text[i] == ')';
    }
  while (n > 0 && (strchr (".,;:!?*_]}", text[n - 1]) != NULL || (text[n - 1] == ')' && n_closed > n_open)))
    {
      n_closed -= text[n - 1] == ')';
      n--;
    }
  return n;
}

static const char *
find_address (const char *text,
              const char *end)
{
  for (const char *p = text; p < end; p++)
    {
      if (*p == 'h' && (g_str_has_prefix (p, "https://") || g_str_has_prefix (p, "http://")) &&
          (p == text || !g_ascii_isalnum (p[-1])))
        return p;
    }
  return NULL;
}

char *
mz_row_text_to_markup (const char *text,
                       gssize      length)
{
  g_autofree char *visible = NULL;
  const char *p;
  const char *end;
  GString *markup;

  g_return_val_if_fail (text != NULL, NULL);

  /* Marks of direction belong to what people write in some languages. */
  visible = show_hidden (text, length, TRUE, TRUE);
  p = visible;
  end = visible + strlen (visible);
  markup = g_string_sized_new (end - p + 16);
  while (p < end)
    {
      const char *link = find_address (p, end);
      g_autofree char *before = g_markup_escape_text (p, (link != NULL ? link : end) - p);

      g_string_append (markup, before);
      if (link == NULL)
        break;

      {
        gsize n = address_length (link, end - link);
        g_autofree char *address = g_strndup (link, n);
        g_autofree char *escaped = g_markup_escape_text (address, n);

        if (n > strlen ("https://") && mz_markdown_link_is_safe (address))
          g_string_append_printf (markup, "<a href=\"%s\">%s</a>", escaped, escaped);
        else
          g_string_append (markup, escaped);
        p = link + n;
      }
    }
  return g_string_free (markup, FALSE);
}

gsize
mz_row_text_step (const char *text,
                  gsize       length)
{
  const char *line = text;
  gsize cut = MZ_ROW_TEXT_STEP;

  g_return_val_if_fail (text != NULL || length == 0, 0);

  for (guint n = 0; n < MZ_ROW_TEXT_LINES; n++)
    {
      const char *newline = memchr (line, '\n', length - (line - text));

      if (newline == NULL)
        {
          line = text + length;
          break;
        }
      line = newline + 1;
    }
  if ((gsize) (line - text) <= MZ_ROW_TEXT_STEP)
    return line - text;

  /* A little more is no reason for a button. */
  if ((gsize) (line - text) == length && length <= MZ_ROW_TEXT_STEP + MZ_ROW_TEXT_STEP / 4)
    return length;

  for (gsize i = cut; i > cut / 2; i--)
    {
      if (text[i - 1] == '\n')
        return i;
    }
  while (cut > 0 && (text[cut] & 0xc0) == 0x80)
    cut--;
  return cut;
}

char *
mz_row_text_for_arguments (const char *arguments)
{
  g_autofree char *summary = mz_tool_text_summarize (arguments);

  return squeeze (summary, strlen (summary), MAX_SUMMARY_CHARS);
}

char *
mz_row_text_full_arguments (const char  *arguments,
                            const char **language)
{
  g_autofree char *full = NULL;

  g_return_val_if_fail (language != NULL, NULL);

  full = mz_tool_text_format (arguments, language);
  return full != NULL ? mz_row_text_visible (full, -1, TRUE) : NULL;
}

char *
mz_row_text_limit (const char *text,
                   gsize       max_length,
                   gboolean   *limited)
{
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (limited != NULL, NULL);

  length = strlen (text);
  *limited = length > max_length;
  if (*limited)
    {
      length = max_length;
      while (length > 0 && (text[length] & 0xc0) == 0x80)
        length--;
    }
  return mz_row_text_visible (text, length, TRUE);
}

static void
add_part (GString    *line,
          const char *part)
{
  if (line->len > 0)
    g_string_append (line, " · ");
  g_string_append (line, part);
}

char *
mz_row_text_for_footer (MzMessage *message,
                        gint64     duration_ms)
{
  g_autoptr (GString) line = g_string_new (NULL);
  const char *model;
  gint64 tokens;

  g_return_val_if_fail (MZ_IS_MESSAGE (message), NULL);

  model = mz_message_get_model (message);
  tokens = mz_message_get_output_tokens (message);
  if (mz_message_get_state (message) == MZ_MESSAGE_ABORTED)
    add_part (line, _("Stopped"));
  if (model != NULL && model[0] != '\0')
    {
      g_autofree char *visible = squeeze (model, strlen (model), 48);

      add_part (line, visible);
    }
  if (tokens > 0)
    {
      g_autofree char *words = mz_words_for_tokens (tokens);

      add_part (line, words);
    }
  if (tokens > 0 && duration_ms >= MIN_RATE_MS)
    {
      double rate = tokens * 1000.0 / duration_ms;
      /* Translators: how fast the answer came; the number has one decimal below 10. */
      g_autofree char *words = g_strdup_printf (rate < 10 ? _("%.1f tokens/s") : _("%.0f tokens/s"), rate);

      add_part (line, words);
    }
  return line->len > 0 ? g_strdup (line->str) : NULL;
}

char *
mz_row_text_for_marker (MzMessage *message)
{
  const char *role;
  const char *text;
  char *words;

  g_return_val_if_fail (MZ_IS_MESSAGE (message), NULL);

  role = mz_message_get_role (message);
  text = mz_message_get_text (message);
  words = mz_run_words_for_marker (role, mz_message_get_input_tokens (message), mz_message_get_output_tokens (message));
  if (words != NULL)
    return words;
  if (text != NULL && text[0] != '\0')
    return mz_row_text_first_line (text, MAX_SUMMARY_CHARS);
  return role != NULL ? squeeze (role, strlen (role), 48) : g_strdup ("");
}

char *
mz_row_text_for_phase (const char *phase)
{
  const char *words = mz_run_words_for_phase (phase);

  /* A sentence is for people; a word is for programs. */
  if (words == NULL && phase != NULL && strchr (phase, ' ') != NULL)
    return squeeze (phase, strlen (phase), 80);
  return g_strdup (words != NULL ? words : _("Working…"));
}

char *
mz_row_text_for_tool (const char *name,
                      const char *summary)
{
  g_return_val_if_fail (summary != NULL, NULL);

  return g_strdup_printf (_("Tool %s %s"), name != NULL ? name : "", summary);
}

static char *
reader_text (const char *text)
{
  return squeeze (text != NULL ? text : "", text != NULL ? strnlen (text, MAX_READER_CHARS * 8) : 0, MAX_READER_CHARS);
}

char *
mz_row_text_for_reader (MzMessage *message)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (MZ_IS_MESSAGE (message), NULL);

  switch (mz_message_get_kind (message))
    {
    case MZ_MESSAGE_USER:
      text = reader_text (mz_message_get_text (message));
      return g_strdup_printf (_("You: %s"), text);
    case MZ_MESSAGE_ASSISTANT:
      text = reader_text (mz_message_get_text (message));
      return g_strdup_printf (_("Assistant: %s"), text);
    case MZ_MESSAGE_REASONING:
      return g_strdup (_("Reasoning"));
    case MZ_MESSAGE_TOOL:
      text = mz_row_text_for_arguments (mz_message_get_arguments (message));
      return mz_row_text_for_tool (mz_message_get_tool_name (message), text);
    case MZ_MESSAGE_MARKER:
      return mz_row_text_for_marker (message);
    case MZ_MESSAGE_ERROR:
      text = reader_text (mz_message_get_error_message (message) != NULL ? mz_message_get_error_message (message)
                                                                         : mz_message_get_text (message));
      return g_strdup_printf (_("Error: %s"), text);
    case MZ_MESSAGE_OTHER:
    default:
      return reader_text (mz_message_get_text (message));
    }
}
