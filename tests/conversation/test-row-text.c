/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-message-private.h"
#include "mz-plain-text.h"
#include "mz-row-text.h"

static void
test_visible (void)
{
  static const struct { const char *text; gboolean multiline; const char *expected; } cases[] = {
    { "", FALSE, "" },
    { "plain text, äöü, 日本語, 👩‍💻", FALSE, "plain text, äöü, 日本語, 👩‍💻" },
    { "two\nlines\tand a tab", FALSE, "two lines and a tab" },
    { "two\nlines\tand a tab", TRUE, "two\nlines\tand a tab" },
    { "dos\r\nlines", TRUE, "dos\nlines" },
    { "return\rover it", TRUE, "return‹U+000D›over it" },
    { "\033[31mred", TRUE, "‹U+001B›[31mred" },
    { "rm \u202egnp.exe", TRUE, "rm ‹U+202E›gnp.exe" },
    { "zero\u200bwidth \u2066isolate\ufeff", TRUE, "zero‹U+200B›width ‹U+2066›isolate‹U+FEFF›" },
    { "line\u2028separator", TRUE, "line‹U+2028›separator" },
    { "hangul\u3164filler", TRUE, "hangul‹U+3164›filler" },
    { "c1\xc2\x85" "control", TRUE, "c1‹U+0085›control" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *visible = mz_row_text_visible (cases[i].text, -1, cases[i].multiline);

      g_assert_cmpstr (visible, ==, cases[i].expected);
    }
}

static void
test_first_line (void)
{
  static const struct { const char *text; guint max; const char *expected; } cases[] = {
    { "", 20, "" },
    { "\n\n  \n", 20, "" },
    { "one line", 20, "one line" },
    { "first\nsecond", 20, "first" },
    { "\n\n**Considering the disk**\n\nIt is full.", 40, "Considering the disk" },
    { "## Plan\n", 20, "Plan" },
    { "> quoted `text`\n", 20, "quoted `text" },
    { "---\nafter a rule", 20, "after a rule" },
    { "much   white\t\tspace", 40, "much white space" },
    { "abcdefghij", 10, "abcdefghij" },
    { "abcdefghijk", 10, "abcdefghij…" },
    { "äöüäöüäöü", 4, "äöüä…" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = mz_row_text_first_line (cases[i].text, cases[i].max);

      g_assert_cmpstr (line, ==, cases[i].expected);
    }
}

static void
test_markup (void)
{
  static const struct { const char *text; const char *expected; } cases[] = {
    { "a < b & c", "a &lt; b &amp; c" },
    { "<b>not bold</b>", "&lt;b&gt;not bold&lt;/b&gt;" },
    { "see https://example.org/a?b=1&c=2.", "see <a href=\"https://example.org/a?b=1&amp;c=2\">https://example.org/a?b=1&amp;c=2</a>." },
    { "(https://example.org/a_(b))", "(<a href=\"https://example.org/a_(b)\">https://example.org/a_(b)</a>)" },
    { "\"http://example.org\"", "&quot;<a href=\"http://example.org\">http://example.org</a>&quot;" },
    { "https://", "https://" },
    { "xhttps://example.org", "xhttps://example.org" },
    { "javascript:alert(1) file:///etc/passwd", "javascript:alert(1) file:///etc/passwd" },
    { "two https://a.example https://b.example", "two <a href=\"https://a.example\">https://a.example</a> <a href=\"https://b.example\">https://b.example</a>" },
    { "bell\a", "bell‹U+0007›" },
    { "שלום \u200f(כן)", "שלום \u200f(כן)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *markup = mz_row_text_to_markup (cases[i].text, -1);

      g_assert_cmpstr (markup, ==, cases[i].expected);
    }
}

static void
test_step (void)
{
  g_autofree char *one_line = g_strnfill (MZ_ROW_TEXT_STEP * 3, 'x');
  g_autoptr (GString) wide = g_string_new (NULL);
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GString) lines = g_string_new (NULL);
  gsize step;

  g_assert_cmpuint (mz_row_text_step ("", 0), ==, 0);
  g_assert_cmpuint (mz_row_text_step ("short\ntext", 10), ==, 10);

  /* Cut at a character, when there is no better place. */
  g_assert_cmpuint (mz_row_text_step (one_line, MZ_ROW_TEXT_STEP * 3), ==, MZ_ROW_TEXT_STEP);
  g_string_append_c (wide, 'x');
  while (wide->len < MZ_ROW_TEXT_STEP * 3)
    g_string_append (wide, "€");
  step = mz_row_text_step (wide->str, wide->len);
  g_assert_cmpuint (step, >, MZ_ROW_TEXT_STEP / 2);
  g_assert_cmpuint (step, <=, MZ_ROW_TEXT_STEP);
  g_assert_true (g_utf8_validate (wide->str, step, NULL));

  /* At the end of a line, when there is one near. */
  for (guint i = 0; i < 200; i++)
    g_string_append (lines, "a line of some forty characters or so, ok\n");
  step = mz_row_text_step (lines->str, lines->len);
  g_assert_cmpint (lines->str[step - 1], ==, '\n');
  g_assert_cmpuint (step, <=, MZ_ROW_TEXT_STEP);

  for (guint i = 0; i < 1000; i++)
    g_string_append (many, "l\n");
  g_assert_cmpuint (mz_row_text_step (many->str, many->len), ==, MZ_ROW_TEXT_LINES * 2);

  /* It always comes to an end. */
  for (gsize at = 0; at < wide->len; at += step)
    {
      step = mz_row_text_step (wide->str + at, wide->len - at);
      g_assert_cmpuint (step, >, 0);
    }
}

static void
test_arguments (void)
{
  static const struct { const char *arguments; const char *summary; const char *full; const char *language; } cases[] = {
    { NULL, "", NULL, NULL },
    { "", "", NULL, NULL },
    { "{}", "", NULL, NULL },
    { "{\"command\":\"df -h /\"}", "df -h /", "df -h /", "sh" },
    { "{\"command\":\"line\\none\",\"cwd\":\"/\"}", "line one", "{\n  \"command\" : \"line\\none\",\n  \"cwd\" : \"/\"\n}", "json" },
    { "{\"cmd\":[],\"path\":\"/etc/hosts\"}", "/etc/hosts", NULL, "json" },
    { "{\"command\":[\"ls\",\"-la\"]}", "ls -la", NULL, "json" },
    { "{\"x\":1}", "{\"x\":1}", "{\n  \"x\" : 1\n}", "json" },
    { "\"words\"", "words", "\"words\"", "json" },
    { "not json \033", "not json ‹U+001B›", "not json ‹U+001B›", NULL },
    { "{\"command\":\"rm \\u202e x\"}", "rm ‹U+202E› x", "rm ‹U+202E› x", "sh" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *language;
      g_autofree char *summary = mz_row_text_for_arguments (cases[i].arguments);
      g_autofree char *full = mz_row_text_full_arguments (cases[i].arguments, &language);

      g_assert_cmpstr (summary, ==, cases[i].summary);
      if (cases[i].full != NULL || cases[i].language == NULL)
        g_assert_cmpstr (full, ==, cases[i].full);
      if (full != NULL)
        g_assert_cmpstr (language, ==, cases[i].language);
    }
}

/* What is too deep or too large is shown as it came. */
static void
test_arguments_hostile (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autofree char *inner = g_strnfill (2 * 1024 * 1024, 'x');
  g_autofree char *large = g_strdup_printf ("{\"command\":\"%s\"}", inner);
  const char *language;
  g_autofree char *deep_line = mz_row_text_for_arguments (deep);
  g_autofree char *large_line = mz_row_text_for_arguments (large);
  g_autofree char *full = mz_row_text_full_arguments (deep, &language);

  g_assert_cmpint (g_utf8_strlen (deep_line, -1), <=, 201);
  g_assert_cmpint (g_utf8_strlen (large_line, -1), <=, 201);
  g_assert_null (language);
  g_assert_cmpstr (full, ==, deep);
}

static void
test_limit (void)
{
  gboolean limited;
  g_autofree char *whole = mz_row_text_limit ("abc", 3, &limited);
  g_autofree char *cut = NULL;

  g_assert_false (limited);
  g_assert_cmpstr (whole, ==, "abc");

  cut = mz_row_text_limit ("ab€", 4, &limited);
  g_assert_true (limited);
  g_assert_cmpstr (cut, ==, "ab");
}

static void
test_footer (void)
{
  static const struct
  {
    const char *model;
    gint64 tokens;
    gint64 ms;
    MzMessageState state;
    const char *expected;
  } cases[] = {
    { NULL, 0, 0, MZ_MESSAGE_DONE, NULL },
    { "claude", 0, 0, MZ_MESSAGE_DONE, "claude" },
    { "claude", 0, 2000, MZ_MESSAGE_DONE, "claude" },
    { "claude", 100, 2000, MZ_MESSAGE_DONE, "claude · 100 tokens · 50 tokens/s" },
    { "claude", 9, 2000, MZ_MESSAGE_DONE, "claude · 9 tokens · 4.5 tokens/s" },
    { "claude", 100, 20, MZ_MESSAGE_DONE, "claude · 100 tokens" },
    { NULL, 100, 0, MZ_MESSAGE_ABORTED, "Stopped · 100 tokens" },
    { "evil\nmodel\033", 0, 0, MZ_MESSAGE_DONE, "evil model‹U+001B›" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzMessage) message = mz_message_new (MZ_MESSAGE_ASSISTANT, cases[i].state);
      g_autofree char *footer = NULL;

      mz_message_set_model (message, NULL, cases[i].model);
      mz_message_set_usage (message, 7, cases[i].tokens);
      footer = mz_row_text_for_footer (message, cases[i].ms);
      g_assert_cmpstr (footer, ==, cases[i].expected);
    }
}

static void
test_marker (void)
{
  static const struct { const char *role; gint64 before; gint64 after; const char *text; const char *expected; } cases[] = {
    { "compaction", 0, 0, "", "Earlier messages were summarised" },
    { "compaction", 900, 90, "", "Earlier messages were summarised (900 tokens became 90 tokens)" },
    { "reset", 0, 0, "ignored", "New conversation from here" },
    { "other", 0, 0, "its words\nmore", "its words" },
    { "other", 0, 0, "", "other" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzMessage) message = mz_message_new (MZ_MESSAGE_MARKER, MZ_MESSAGE_DONE);
      g_autofree char *marker = NULL;

      mz_message_set_role (message, cases[i].role);
      mz_message_set_usage (message, cases[i].before, cases[i].after);
      mz_message_set_text (message, cases[i].text, strlen (cases[i].text));
      marker = mz_row_text_for_marker (message);
      g_assert_cmpstr (marker, ==, cases[i].expected);
    }
}

static void
test_phase (void)
{
  static const struct { const char *phase; const char *expected; } cases[] = {
    { NULL, "Working…" },
    { "starting_model", "Starting the model…" },
    { "some_new_phase", "Working…" },
    { "Looking at\nyour calendar", "Looking at your calendar" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = mz_row_text_for_phase (cases[i].phase);

      g_assert_cmpstr (words, ==, cases[i].expected);
    }
}

static void
test_reader (void)
{
  static const struct { MzMessageKind kind; const char *text; const char *expected; } cases[] = {
    { MZ_MESSAGE_USER, "hi\nthere", "You: hi there" },
    { MZ_MESSAGE_ASSISTANT, "Hello", "Assistant: Hello" },
    { MZ_MESSAGE_REASONING, "secret thoughts", "Reasoning" },
    { MZ_MESSAGE_TOOL, "", "Tool exec df -h /" },
    { MZ_MESSAGE_ERROR, "boom", "Error: boom" },
    { MZ_MESSAGE_OTHER, "whatever", "whatever" },
  };
  g_autoptr (MzMessage) wide = mz_message_new (MZ_MESSAGE_USER, MZ_MESSAGE_DONE);
  g_autofree char *label = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzMessage) message = mz_message_new (cases[i].kind, MZ_MESSAGE_DONE);
      g_autoptr (JsonNode) arguments = json_from_string ("{\"command\":\"df -h /\"}", NULL);
      g_autofree char *reader = NULL;

      mz_message_set_text (message, cases[i].text, strlen (cases[i].text));
      if (cases[i].kind == MZ_MESSAGE_TOOL)
        {
          mz_message_set_call (message, "1", "exec");
          mz_message_set_arguments (message, arguments);
        }
      reader = mz_row_text_for_reader (message);
      g_assert_cmpstr (reader, ==, cases[i].expected);
    }

  /* Long texts are cut at a character, wherever the bytes end. */
  for (guint i = 0; i < 1000; i++)
    mz_message_append_text (wide, "€", strlen ("€"));
  label = mz_row_text_for_reader (wide);
  g_assert_true (g_utf8_validate (label, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (label, -1), ==, strlen ("You: ") + 201);
}

static void
test_plain (void)
{
  static const struct { const char *markdown; const char *plain; } cases[] = {
    { "", "" },
    { "Some **bold** and `code`.", "Some bold and code." },
    { "# Title\n\nText", "Title\n\nText" },
    { "- one\n- two\n", "• one\n• two" },
    { "3. three\n4. four\n   - deeper\n", "3. three\n4. four\n   • deeper" },
    { "- [x] done\n- [ ] open\n", "☑ done\n☐ open" },
    { "```c\nint x;\n```\n", "int x;" },
    { "| a | b |\n|---|---|\n| 1 | 2 |\n", "a\tb\n1\t2" },
    { "> quoted\n", "quoted" },
    { "[link](https://example.org)", "link" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *plain = mz_plain_text_of (cases[i].markdown);

      g_assert_cmpstr (plain, ==, cases[i].plain);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/row-text/visible", test_visible);
  g_test_add_func ("/row-text/first-line", test_first_line);
  g_test_add_func ("/row-text/markup", test_markup);
  g_test_add_func ("/row-text/step", test_step);
  g_test_add_func ("/row-text/arguments", test_arguments);
  g_test_add_func ("/row-text/arguments-hostile", test_arguments_hostile);
  g_test_add_func ("/row-text/limit", test_limit);
  g_test_add_func ("/row-text/footer", test_footer);
  g_test_add_func ("/row-text/marker", test_marker);
  g_test_add_func ("/row-text/phase", test_phase);
  g_test_add_func ("/row-text/reader", test_reader);
  g_test_add_func ("/row-text/plain", test_plain);

  return g_test_run ();
}
