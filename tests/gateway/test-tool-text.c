/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-tool-text.h"

static void
test_arguments (void)
{
  static const struct { const char *arguments; const char *summary; const char *full; const char *language; } cases[] = {
    { NULL, "", NULL, "json" },
    { "", "", NULL, "json" },
    { "{}", "", NULL, "json" },
    { "{\"command\":\"df -h /\"}", "df -h /", "df -h /", "sh" },
    { "{\"command\":\"line\\none\",\"cwd\":\"/\"}", "line\none", "{\n  \"command\" : \"line\\none\",\n  \"cwd\" : \"/\"\n}", "json" },
    { "{\"cwd\":\"/\",\"command\":\"\",\"path\":\"x\"}", "x", "{\n  \"cwd\" : \"/\",\n  \"command\" : \"\",\n  \"path\" : \"x\"\n}", "json" },
    { "{\"command\":[\"ls\",\"-la\"]}", "ls -la", "{\n  \"command\" : [\n    \"ls\",\n    \"-la\"\n  ]\n}", "json" },
    { "{\"x\":1}", "{\"x\":1}", "{\n  \"x\" : 1\n}", "json" },
    { "[]", "[]", "[]", "json" },
    { "\"words\"", "words", "\"words\"", "json" },
    { "not json \033", "not json \033", "not json \033", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *language;
      g_autofree char *summary = mz_tool_text_summarize (cases[i].arguments);
      g_autofree char *full = mz_tool_text_format (cases[i].arguments, &language);

      g_assert_cmpstr (summary, ==, cases[i].summary);
      g_assert_cmpstr (full, ==, cases[i].full);
      g_assert_cmpstr (language, ==, cases[i].language);
    }
}

/* What is too deep or too large is given as it came. */
static void
test_hostile (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autofree char *inner = g_strnfill (2 * 1024 * 1024, 'x');
  g_autofree char *large = g_strdup_printf ("{\"command\":\"%s\"}", inner);
  const char *texts[] = { deep, large };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *language = "unset";
      g_autofree char *summary = mz_tool_text_summarize (texts[i]);
      g_autofree char *full = mz_tool_text_format (texts[i], &language);

      g_assert_cmpstr (summary, ==, texts[i]);
      g_assert_cmpstr (full, ==, texts[i]);
      g_assert_null (language);
    }
}

static void
test_denied (void)
{
  g_assert_true (mz_tool_text_is_denied ("denied", NULL));
  g_assert_true (mz_tool_text_is_denied ("failed", "Exec denied (gateway id=1): ls"));
  g_assert_false (mz_tool_text_is_denied ("failed", "ls: Exec denied"));
  g_assert_false (mz_tool_text_is_denied (NULL, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tool-text/arguments", test_arguments);
  g_test_add_func ("/tool-text/hostile", test_hostile);
  g_test_add_func ("/tool-text/denied", test_denied);
  return g_test_run ();
}
