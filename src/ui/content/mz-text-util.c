/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-text-util.h"

#include <string.h>

/* How far back mz_text_split() looks for a space. */
#define SPLIT_WINDOW 200
/* Longer names of files are of no use to a person, and some file systems do not take them. */
#define MAX_FILE_NAME 120
#define MAX_EXTENSION 10

/* The names that people give to languages after a fence, and GtkSourceView's. Names that are its own are not listed. */
static const struct
{
  const char *name;
  const char *id;
} languages[] = {
  { "bash", "sh" },
  { "bat", "dosbatch" },
  { "batch", "dosbatch" },
  { "c#", "c-sharp" },
  { "c++", "cpp" },
  { "cc", "cpp" },
  { "cmd", "dosbatch" },
  { "console", "sh" },
  { "cs", "c-sharp" },
  { "csharp", "c-sharp" },
  { "cxx", "cpp" },
  { "dockerfile", "docker" },
  { "elisp", "commonlisp" },
  { "f#", "fsharp" },
  { "fs", "fsharp" },
  { "golang", "go" },
  { "h", "chdr" },
  { "hpp", "cpphdr" },
  { "hs", "haskell" },
  { "htm", "html" },
  { "javascript", "js" },
  { "json5", "json" },
  { "jsonc", "json" },
  { "jsonl", "json" },
  { "kt", "kotlin" },
  { "lisp", "commonlisp" },
  { "make", "makefile" },
  { "md", "markdown" },
  { "mjs", "js" },
  { "node", "js" },
  { "objective-c", "objc" },
  { "objectivec", "objc" },
  { "patch", "diff" },
  { "pl", "perl" },
  { "plpgsql", "sql" },
  { "postgresql", "sql" },
  { "proto", "protobuf" },
  { "ps1", "powershell" },
  { "pwsh", "powershell" },
  { "py", "python3" },
  { "py3", "python3" },
  { "python", "python3" },
  { "rb", "ruby" },
  { "rs", "rust" },
  { "sass", "scss" },
  { "sh-session", "sh" },
  { "shell", "sh" },
  { "shell-session", "sh" },
  { "shellsession", "sh" },
  { "sqlite", "sql" },
  { "svg", "xml" },
  { "terminal", "sh" },
  { "tex", "latex" },
  { "tf", "terraform" },
  { "ts", "typescript" },
  { "tsx", "typescript-jsx" },
  { "vb", "vbnet" },
  { "vue", "html" },
  { "yml", "yaml" },
  { "zsh", "sh" },
};

/**
 * mz_line_cut_append:
 * @self: where the text is so far
 * @text: what comes next, valid UTF-8
 * @shown: what is shown of it is appended here
 *
 * Leaves out what a line has over %MZ_CODE_MAX_LINE characters; "…" stands in its place. In any cuts of a text the result is the same.
 */
void
mz_line_cut_append (MzLineCut  *self,
                    const char *text,
                    GString    *shown)
{
  const char *p = text;

  g_return_if_fail (self != NULL);
  g_return_if_fail (text != NULL);
  g_return_if_fail (shown != NULL);

  while (*p != '\0')
    {
      const char *end = p + strcspn (p, "\n");

      if (!self->cut && end > p)
        {
          gsize room = MZ_CODE_MAX_LINE - self->length;
          /* Bytes are never fewer than characters. */
          gsize chars = (gsize) (end - p) <= room ? (gsize) g_utf8_strlen (p, end - p) : 0;

          if ((gsize) (end - p) > room)
            {
              const char *q = p;

              while (q < end && chars < room)
                {
                  q = g_utf8_next_char (q);
                  chars++;
                }
              g_string_append_len (shown, p, q - p);
              if (q < end)
                {
                  g_string_append (shown, "…");
                  self->cut = TRUE;
                  self->n_cut++;
                }
            }
          else
            {
              g_string_append_len (shown, p, end - p);
            }
          self->length += chars;
        }

      if (*end == '\0')
        break;

      g_string_append_c (shown, '\n');
      self->length = 0;
      self->cut = FALSE;
      p = end + 1;
    }
}

/**
 * mz_code_language_id:
 * @info: (nullable): what stands after a fence: "py", "JavaScript {1,3}", "language-rust"
 *
 * Returns: (transfer full) (nullable): the name under which GtkSourceView may know it
 */
char *
mz_code_language_id (const char *info)
{
  g_autofree char *name = NULL;

  if (info == NULL)
    return NULL;
  info += strspn (info, " \t{.");
  if (g_ascii_strncasecmp (info, "language-", strlen ("language-")) == 0)
    info += strlen ("language-");

  name = g_strndup (info, strcspn (info, " \t\r\n,;:{}="));
  if (*name == '\0' || strlen (name) > 40)
    return NULL;
  for (char *p = name; *p != '\0'; p++)
    *p = g_ascii_tolower (*p);

  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++)
    if (strcmp (languages[i].name, name) == 0)
      return g_strdup (languages[i].id);

  return g_steal_pointer (&name);
}

/**
 * mz_text_split:
 * @text: valid UTF-8
 * @length: its bytes
 * @max_chars: characters that the first piece may have
 *
 * Where to cut a text that is too long for one label: after a line or a word if there is an end of one near the limit, else between two characters.
 *
 * Returns: the bytes of the first piece; @length when all of it fits
 */
gsize
mz_text_split (const char *text,
               gsize       length,
               gsize       max_chars)
{
  const char *end = text;
  const char *stop;
  const char *p;

  g_return_val_if_fail (text != NULL, 0);
  g_return_val_if_fail (max_chars > 0, length);

  if (length <= max_chars)
    return length;
  for (gsize i = 0; i < max_chars && end < text + length; i++)
    end = g_utf8_next_char (end);
  if (end >= text + length)
    return length;

  stop = end - MIN (SPLIT_WINDOW, end - text);
  for (p = end; p > stop; p--)
    if (p[-1] == '\n')
      return p - text;
  for (p = end; p > stop; p--)
    if (p[-1] == ' ')
      return p - text;

  return end - text;
}

/* Whether a line can be broken after it. */
static gboolean
is_breakable (gunichar c)
{
  switch ((int) g_unichar_break_type (c))
    {
    case G_UNICODE_BREAK_MANDATORY:
    case G_UNICODE_BREAK_CARRIAGE_RETURN:
    case G_UNICODE_BREAK_LINE_FEED:
    case G_UNICODE_BREAK_NEXT_LINE:
    case G_UNICODE_BREAK_SPACE:
    case G_UNICODE_BREAK_ZERO_WIDTH_SPACE:
    case G_UNICODE_BREAK_IDEOGRAPHIC:
    case G_UNICODE_BREAK_HANGUL_LV_SYLLABLE:
    case G_UNICODE_BREAK_HANGUL_LVT_SYLLABLE:
      return TRUE;

    default:
      return FALSE;
    }
}

/**
 * mz_text_longest_run:
 * @text: valid UTF-8
 *
 * Returns: the characters of the longest piece of @text in which a line cannot be broken
 */
gsize
mz_text_longest_run (const char *text)
{
  gsize longest = 0;
  gsize run = 0;

  g_return_val_if_fail (text != NULL, 0);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      run++;
      if (*text == ' ' || *text == '\n' || ((guchar) *text >= 0x80 && is_breakable (g_utf8_get_char (text))))
        run = 0;
      longest = MAX (longest, run);
    }

  return longest;
}

/**
 * mz_text_append_wrapped:
 * @text: valid UTF-8
 * @columns: characters of a line
 * @wrapped: the lines are appended here
 *
 * Breaks lines between words, for where text is shown as it stands. What is longer than a line and has no end of a word stays whole.
 */
void
mz_text_append_wrapped (const char *text,
                        guint       columns,
                        GString    *wrapped)
{
  guint column = 0;

  g_return_if_fail (text != NULL);
  g_return_if_fail (wrapped != NULL);

  while (*text != '\0')
    {
      gsize word = strcspn (text, " \n");
      gsize chars = word <= columns ? (gsize) g_utf8_strlen (text, word) : word;

      if (column > 0 && column + 1 + chars > columns)
        {
          g_string_append_c (wrapped, '\n');
          column = 0;
        }
      else if (column > 0)
        {
          g_string_append_c (wrapped, ' ');
          column++;
        }
      g_string_append_len (wrapped, text, word);
      column += chars;
      text += word;

      if (*text == '\n')
        {
          g_string_append_c (wrapped, '\n');
          column = 0;
        }
      if (*text != '\0')
        text++;
    }
}

/**
 * mz_text_make_valid:
 * @text: (nullable): a text, whoever wrote it
 *
 * Returns: (transfer full) (nullable): @text in valid UTF-8; %NULL when it is so already
 */
char *
mz_text_make_valid (const char *text)
{
  if (text == NULL || g_utf8_validate (text, -1, NULL))
    return NULL;

  return g_utf8_make_valid (text, -1);
}

/**
 * mz_file_name_make_safe:
 * @name: (nullable): a file's name, whoever wrote it
 * @fallback: a name when nothing of it is left
 *
 * Returns: (transfer full): the last part of @name, without what file systems or people stumble on
 */
char *
mz_file_name_make_safe (const char *name,
                        const char *fallback)
{
  g_autoptr (GString) safe = g_string_new (NULL);
  g_autofree char *valid = mz_text_make_valid (name);
  const char *p = valid != NULL ? valid : name;
  const char *extension;
  gsize extension_chars;
  guint n = 0;

  g_return_val_if_fail (fallback != NULL, NULL);

  if (p == NULL)
    return g_strdup (fallback);
  for (const char *q = p; *q != '\0'; q++)
    if (*q == '/' || *q == '\\')
      p = q + 1;

  /* Which program opens it is told by its end. */
  extension = strrchr (p, '.');
  extension_chars = extension != NULL ? g_utf8_strlen (extension, -1) : 0;
  if (extension_chars > MAX_EXTENSION)
    extension = NULL;

  for (; *p != '\0' && n < MAX_FILE_NAME; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (extension != NULL && p < extension && n + extension_chars >= MAX_FILE_NAME)
        {
          p = extension;
          c = '.';
        }

      /* Neither control characters nor those that turn the direction of writing ("exe.png" that is "gnp.exe"). */
      if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT)
        continue;
      /* No hidden files. */
      if (safe->len == 0 && (c == '.' || c == ' '))
        continue;
      if (c < 0x80 && strchr (":*?\"<>|", (char) c) != NULL)
        c = '_';
      g_string_append_unichar (safe, c);
      n++;
    }

  return safe->len > 0 ? g_string_free (g_steal_pointer (&safe), FALSE) : g_strdup (fallback);
}
