/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-text-util.h"

#include <string.h>

static void
test_language (void)
{
  static const struct
  {
    const char *info;
    const char *id;
  } cases[] = {
    { NULL, NULL },
    { "", NULL },
    { "   ", NULL },
    { "c", "c" },
    { "C++", "cpp" },
    { "cpp", "cpp" },
    { "py", "python3" },
    { "Python", "python3" },
    { "js", "js" },
    { "javascript {1,3}", "js" },
    { "{.rust}", "rust" },
    { "language-rust", "rust" },
    { "rs", "rust" },
    { "bash", "sh" },
    { "sh", "sh" },
    { "shell", "sh" },
    { "console", "sh" },
    { "yml", "yaml" },
    { "toml", "toml" },
    { "diff", "diff" },
    { "json", "json" },
    { "ts", "typescript" },
    { "c#", "c-sharp" },
    { "made-up", "made-up" },
    { "rust,ignore", "rust" },
    { "a-name-that-is-much-longer-than-any-language-has-ever-had", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *id = mz_code_language_id (cases[i].info);

      g_assert_cmpstr (id, ==, cases[i].id);
    }
}

static char *
cut (const char *text,
     gsize       step)
{
  GString *shown = g_string_new (NULL);
  MzLineCut state = { 0 };
  const char *p = text;

  while (*p != '\0')
    {
      const char *q = p;
      g_autofree char *piece = NULL;

      for (gsize i = 0; i < step && *q != '\0'; i++)
        q = g_utf8_next_char (q);
      piece = g_strndup (p, q - p);
      mz_line_cut_append (&state, piece, shown);
      p = q;
    }

  return g_string_free (shown, FALSE);
}

static char *
line_of (const char *piece,
         guint       n)
{
  GString *line = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (line, piece);

  return g_string_free (line, FALSE);
}

/* In any cuts the same, and never more than so many characters of a line. */
static void
test_line_cut (void)
{
  g_autofree char *exact = line_of ("ü", MZ_CODE_MAX_LINE);
  g_autofree char *over = line_of ("ü", MZ_CODE_MAX_LINE + 1);
  g_autofree char *far = line_of ("x", MZ_CODE_MAX_LINE * 3);
  g_autofree char *text = g_strconcat ("short\n\n", exact, "\n", over, "\n", far, "\nlast", NULL);
  g_autofree char *far_shown = g_strndup (far, MZ_CODE_MAX_LINE);
  g_autofree char *expected = g_strconcat ("short\n\n", exact, "\n", exact, "…\n", far_shown, "…\nlast", NULL);
  static const gsize steps[] = { 1, 7, 9999, 10000, 10001, 1000000 };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *shown = cut (text, steps[i]);

      g_assert_cmpstr (shown, ==, expected);
    }
}

static void
test_split (void)
{
  g_autofree char *words = line_of ("word ", 1000);
  g_autofree char *letters = line_of ("ä", 5000);
  g_autofree char *lines = line_of ("word word\n", 500);

  g_assert_cmpuint (mz_text_split ("", 0, 10), ==, 0);
  g_assert_cmpuint (mz_text_split ("short", 5, 10), ==, 5);
  g_assert_cmpuint (mz_text_split ("exactly", 7, 7), ==, 7);
  g_assert_cmpuint (mz_text_split ("ääää", 8, 4), ==, 8);
  g_assert_cmpuint (mz_text_split ("two words", 9, 6), ==, 4);
  g_assert_cmpuint (mz_text_split ("two\nlines of", 12, 10), ==, 4);
  g_assert_cmpuint (mz_text_split ("unbroken", 8, 5), ==, 5);
  g_assert_cmpuint (mz_text_split (words, strlen (words), 4003), ==, 4000);
  g_assert_cmpuint (mz_text_split (letters, strlen (letters), 4000), ==, 8000);
  g_assert_cmpuint (mz_text_split (lines, strlen (lines), 4003), ==, 4000);
}

static void
test_longest_run (void)
{
  g_autofree char *letters = line_of ("x", 3000);
  g_autofree char *han = line_of ("漢", 3000);
  g_autofree char *mixed = g_strconcat ("words ", letters, " words", NULL);

  g_assert_cmpuint (mz_text_longest_run (""), ==, 0);
  g_assert_cmpuint (mz_text_longest_run ("some words"), ==, 5);
  g_assert_cmpuint (mz_text_longest_run (letters), ==, 3000);
  g_assert_cmpuint (mz_text_longest_run (mixed), ==, 3000);
  /* Chinese has no spaces, and needs none. */
  g_assert_cmpuint (mz_text_longest_run (han), <=, 1);
}

static void
test_wrap (void)
{
  static const struct
  {
    const char *text;
    const char *wrapped;
  } cases[] = {
    { "", "" },
    { "one", "one" },
    { "one two", "one two" },
    { "one two three", "one two\nthree" },
    { "unbreakable is", "unbreakable\nis" },
    { "a\nb c", "a\nb c" },
    { "ääää ööö", "ääää ööö" },
    { "ääää öööö", "ääää\nöööö" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) wrapped = g_string_new (NULL);

      mz_text_append_wrapped (cases[i].text, 8, wrapped);
      g_assert_cmpstr (wrapped->str, ==, cases[i].wrapped);
    }
}

static void
test_file_name (void)
{
  g_autofree char *letters = line_of ("x", 500);
  g_autofree char *long_name = g_strconcat (letters, ".png", NULL);
  g_autofree char *safe = NULL;
  static const struct
  {
    const char *name;
    const char *safe;
  } cases[] = {
    { NULL, "File" },
    { "", "File" },
    { "...", "File" },
    { "a.txt", "a.txt" },
    { "/etc/passwd", "passwd" },
    { "..\\..\\x.exe", "x.exe" },
    { "../", "File" },
    { ".bashrc", "bashrc" },
    { "a\nb\x01.txt", "ab.txt" },
    { "what?<now>|\"*:.txt", "what__now_____.txt" },
    { "gnp.\xe2\x80\xae" "exe.png", "gnp.exe.png" },
    { "br\xff" "oken.txt", "br\xef\xbf\xbdoken.txt" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = mz_file_name_make_safe (cases[i].name, "File");

      g_assert_cmpstr (name, ==, cases[i].safe);
    }

  safe = mz_file_name_make_safe (long_name, "File");
  g_assert_cmpuint (strlen (safe), ==, 120);
  g_assert_true (g_str_has_suffix (safe, "x.png"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/text/language", test_language);
  g_test_add_func ("/text/line-cut", test_line_cut);
  g_test_add_func ("/text/split", test_split);
  g_test_add_func ("/text/longest-run", test_longest_run);
  g_test_add_func ("/text/wrap", test_wrap);
  g_test_add_func ("/text/file-name", test_file_name);

  return g_test_run ();
}
