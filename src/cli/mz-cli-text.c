/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-text.h"

/* Unicode Bidirectional Algorithm (UAX #9, 2.1 to 2.6): embeddings, overrides, isolates and marks reorder what stands around them. */
static gboolean
turns_direction (gunichar c)
{
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/* ECMA-48: C0 with ESC, DEL, and C1, which terminals take for escape sequences too. */
static gboolean
controls_terminal (gunichar c)
{
  return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

/* What looks like a space or like nothing at all: in a command it must not pass for that. */
static gboolean
is_unseen (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return c != ' ' && (type == G_UNICODE_FORMAT || type == G_UNICODE_SPACE_SEPARATOR || type == G_UNICODE_LINE_SEPARATOR ||
                      type == G_UNICODE_PARAGRAPH_SEPARATOR);
}

static void
append_exact (GString  *clean,
              gunichar  c)
{
  if (c == '\n')
    g_string_append (clean, "\\n");
  else if (c == '\r')
    g_string_append (clean, "\\r");
  else if (c == '\t')
    g_string_append (clean, "\\t");
  else if (controls_terminal (c))
    g_string_append_printf (clean, "\\x%02x", c);
  else if (turns_direction (c) || is_unseen (c))
    g_string_append_printf (clean, c > 0xFFFF ? "\\U%08x" : "\\u%04x", c);
  else
    g_string_append_unichar (clean, c);
}

/**
 * mz_cli_text_clean:
 * @text: (nullable): text from anywhere, not trusted
 * @mode: what may stay
 *
 * Makes text safe for a terminal. What could control it is shown as `\u001b`, which is also right within JSON. Carriage returns are
 * dropped. The result is always valid UTF-8. With %MZ_CLI_TEXT_EXACT nothing is dropped and the result is one line: `\\n`, `\\x1b`.
 *
 * Returns: (transfer full): the clean text; empty for %NULL
 */
char *
mz_cli_text_clean (const char    *text,
                   MzCliTextMode  mode)
{
  g_autofree char *valid = NULL;
  GString *clean;

  if (text == NULL)
    return g_strdup ("");

  valid = g_utf8_make_valid (text, -1);
  clean = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (mode == MZ_CLI_TEXT_EXACT)
        {
          append_exact (clean, c);
          continue;
        }
      if (c == '\r')
        continue;

      if (c == '\n' || c == '\t')
        g_string_append_c (clean, mode == MZ_CLI_TEXT_BLOCK ? (char) c : ' ');
      else if (mode == MZ_CLI_TEXT_LINE && (c == 0x2028 || c == 0x2029))
        g_string_append_c (clean, ' ');
      else if (controls_terminal (c) || (mode == MZ_CLI_TEXT_LINE && turns_direction (c)))
        g_string_append_printf (clean, "\\u%04x", c);
      else
        g_string_append_unichar (clean, c);
    }

  return g_string_free (clean, FALSE);
}

/**
 * mz_cli_text_width:
 * @text: valid UTF-8
 *
 * Returns: how many columns of a terminal @text takes
 */
guint
mz_cli_text_width (const char *text)
{
  guint width = 0;

  g_return_val_if_fail (text != NULL, 0);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }

  return width;
}

/**
 * mz_cli_text_ellipsize:
 * @text: valid UTF-8
 * @width: columns
 *
 * Returns: (transfer full): @text, its end replaced by an ellipsis if it takes more than @width columns
 */
char *
mz_cli_text_ellipsize (const char *text,
                       guint       width)
{
  GString *shortened;
  guint used = 0;

  g_return_val_if_fail (text != NULL, NULL);

  if (width == 0 || mz_cli_text_width (text) <= width)
    return g_strdup (text);

  shortened = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      guint columns = g_unichar_iszerowidth (c) ? 0 : (g_unichar_iswide (c) ? 2 : 1);

      if (used + columns > width - 1)
        break;
      used += columns;
      g_string_append_unichar (shortened, c);
    }
  g_string_append (shortened, "…");

  return g_string_free (shortened, FALSE);
}

/**
 * mz_cli_text_quote:
 * @text: a word of a command
 *
 * Returns: (transfer full): @text as a shell takes it, quoted only if it must be
 */
char *
mz_cli_text_quote (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("-_./:@%+,", *p) == NULL)
      return g_shell_quote (text);

  return *text != '\0' ? g_strdup (text) : g_shell_quote (text);
}

/**
 * mz_cli_text_ms:
 * @ms: milliseconds; below 0 when not known
 *
 * Returns: (transfer full): the time for a table
 */
char *
mz_cli_text_ms (double ms)
{
  return ms < 0 ? g_strdup ("-") : g_strdup_printf ("%.1f ms", ms);
}

/**
 * mz_cli_text_time:
 * @unix_ms: milliseconds since 1970, 0 when not known
 *
 * Returns: (transfer full): the time in this computer's zone, for a table
 */
char *
mz_cli_text_time (gint64 unix_ms)
{
  g_autoptr (GDateTime) time = NULL;

  if (unix_ms > 0)
    time = g_date_time_new_from_unix_local (unix_ms / 1000);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : g_strdup ("-");
}
