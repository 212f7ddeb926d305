/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib.h>

#include "mz-cli-table.h"
#include "mz-cli-text.h"

static void
test_clean (void)
{
  static const struct
  {
    const char *text;
    MzCliTextMode mode;
    const char *expected;
  } rows[] = {
    { NULL, MZ_CLI_TEXT_LINE, "" },
    { "", MZ_CLI_TEXT_BLOCK, "" },
    { "plain", MZ_CLI_TEXT_LINE, "plain" },
    { "Grüße, 世界 🎉", MZ_CLI_TEXT_LINE, "Grüße, 世界 🎉" },
    { "a\nb\tc", MZ_CLI_TEXT_BLOCK, "a\nb\tc" },
    { "a\nb\tc", MZ_CLI_TEXT_LINE, "a b c" },
    { "a\r\nb", MZ_CLI_TEXT_BLOCK, "a\nb" },
    { "shown\rhidden", MZ_CLI_TEXT_BLOCK, "shownhidden" },
    { "\033[2J\033[H", MZ_CLI_TEXT_BLOCK, "\\u001b[2J\\u001b[H" },
    { "\033]0;title\007", MZ_CLI_TEXT_LINE, "\\u001b]0;title\\u0007" },
    { "bell\a back\b del\177", MZ_CLI_TEXT_LINE, "bell\\u0007 back\\u0008 del\\u007f" },
    /* C1: CSI and OSC in one character */
    { "\302\2332J", MZ_CLI_TEXT_BLOCK, "\\u009b2J" },
    { "\302\2350;t\302\234", MZ_CLI_TEXT_BLOCK, "\\u009d0;t\\u009c" },
    { "\302\240", MZ_CLI_TEXT_BLOCK, "\302\240" },
    /* bidi: right-to-left override, isolate, mark */
    { "evil\342\200\256txt.exe", MZ_CLI_TEXT_LINE, "evil\\u202etxt.exe" },
    { "\342\201\246x\342\201\251", MZ_CLI_TEXT_LINE, "\\u2066x\\u2069" },
    { "\342\200\217", MZ_CLI_TEXT_LINE, "\\u200f" },
    { "\342\200\256x", MZ_CLI_TEXT_BLOCK, "\342\200\256x" },
    { "a\342\200\250b", MZ_CLI_TEXT_LINE, "a b" },
    /* what is to be approved */
    { "a\r\nb\tc\033[8m\177", MZ_CLI_TEXT_EXACT, "a\\r\\nb\\tc\\x1b[8m\\x7f" },
    { "\302\2332J \342\200\256x", MZ_CLI_TEXT_EXACT, "\\x9b2J \\u202ex" },
    { "a\342\200\213b\302\240c\342\200\250d", MZ_CLI_TEXT_EXACT, "a\\u200bb\\u00a0c\\u2028d" },
    { "Grüße 世界 \\n", MZ_CLI_TEXT_EXACT, "Grüße 世界 \\n" },
    /* not UTF-8 */
    { "a\377b", MZ_CLI_TEXT_LINE, "a\357\277\275b" },
    { "\233", MZ_CLI_TEXT_BLOCK, "\357\277\275" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *clean = mz_cli_text_clean (rows[i].text, rows[i].mode);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (clean, ==, rows[i].expected);
    }
}

/* Whatever comes in: nothing that a terminal obeys comes out. */
static void
test_clean_all (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *line = NULL;
  g_autofree char *block = NULL;

  for (gunichar c = 1; c < 0x3000; c++)
    g_string_append_unichar (text, c);

  line = mz_cli_text_clean (text->str, MZ_CLI_TEXT_LINE);
  block = mz_cli_text_clean (text->str, MZ_CLI_TEXT_BLOCK);

  for (const char *p = line; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
  for (const char *p = block; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_true (!g_unichar_iscntrl (g_utf8_get_char (p)) || *p == '\n' || *p == '\t');
}

static void
test_width (void)
{
  static const struct
  {
    const char *text;
    guint width;
  } rows[] = {
    { "", 0 }, { "abc", 3 }, { "äöü", 3 }, { "世界", 4 }, { "e\314\201", 1 }, { "✓", 1 }, { "…", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (mz_cli_text_width (rows[i].text), ==, rows[i].width);
}

static void
test_ellipsize (void)
{
  static const struct
  {
    const char *text;
    guint width;
    const char *expected;
  } rows[] = {
    { "short", 10, "short" }, { "exactly", 7, "exactly" }, { "too long", 5, "too …" }, { "any", 0, "any" },
    { "世界世界", 5, "世界…" }, { "世界世界", 4, "世…" }, { "ab", 1, "…" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shortened = mz_cli_text_ellipsize (rows[i].text, rows[i].width);

      g_assert_cmpstr (shortened, ==, rows[i].expected);
      if (rows[i].width > 0)
        g_assert_cmpuint (mz_cli_text_width (shortened), <=, rows[i].width);
    }
}

static void
test_quote (void)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } rows[] = {
    { "agent:main:main", "agent:main:main" }, { "wss://host:1/path", "wss://host:1/path" }, { "a b", "'a b'" }, { "", "''" },
    { "$(x)", "'$(x)'" }, { "[::1]", "'[::1]'" }, { "it's", "'it'\\''s'" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *quoted = mz_cli_text_quote (rows[i].text);

      g_assert_cmpstr (quoted, ==, rows[i].expected);
    }
}

static void
test_numbers (void)
{
  g_autofree char *ms = mz_cli_text_ms (84.26);
  g_autofree char *zero = mz_cli_text_ms (0);
  g_autofree char *unknown = mz_cli_text_ms (-1);
  g_autofree char *time = mz_cli_text_time (G_GINT64_CONSTANT (1795344026078));
  g_autofree char *never = mz_cli_text_time (0);
  g_autofree char *absurd = mz_cli_text_time (G_MAXINT64);

  g_assert_cmpstr (ms, ==, "84.3 ms");
  g_assert_cmpstr (zero, ==, "0.0 ms");
  g_assert_cmpstr (unknown, ==, "-");
  g_assert_cmpstr (time, ==, "2026-11-22 10:40");
  g_assert_cmpstr (never, ==, "-");
  g_assert_cmpstr (absurd, ==, "-");
}

static void
test_table (void)
{
  g_autoptr (MzCliTable) table = mz_cli_table_new ();
  g_autofree char *empty = mz_cli_table_to_string (table);
  g_autofree char *text = NULL;

  g_assert_cmpstr (empty, ==, "");

  mz_cli_table_set_indent (table, 2);
  mz_cli_table_set_right (table, 1);
  mz_cli_table_set_max_width (table, 2, 6);
  mz_cli_table_add_row (table, "name", "ms", "detail", NULL);
  mz_cli_table_add_row (table, "世界", "1.5", "", NULL);
  mz_cli_table_add_row (table, "ü", "12345.0", "long detail", NULL);
  mz_cli_table_add_row (table, "a\nb\033[31m", NULL);

  text = mz_cli_table_to_string (table);
  g_assert_cmpstr (text, ==,
                   "  name                ms  detail\n"
                   "  世界               1.5\n"
                   "  ü              12345.0  long …\n"
                   "  a b\\u001b[31m\n");
  g_assert_cmpuint (mz_cli_table_get_n_rows (table), ==, 4);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/text/clean", test_clean);
  g_test_add_func ("/cli/text/clean-all", test_clean_all);
  g_test_add_func ("/cli/text/width", test_width);
  g_test_add_func ("/cli/text/ellipsize", test_ellipsize);
  g_test_add_func ("/cli/text/quote", test_quote);
  g_test_add_func ("/cli/text/numbers", test_numbers);
  g_test_add_func ("/cli/table", test_table);

  return g_test_run ();
}
