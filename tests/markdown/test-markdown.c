/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What texts become.
 */
#include "config.h"

#include "markdown-cases.h"
#include "markdown-fixture.h"

static void
test_case (gconstpointer data)
{
  const MarkdownCase *test = data;
  g_autoptr (MzMarkdown) markdown = markdown_of (test->text, -1);
  g_autofree char *dump = mz_markdown_dump (markdown);

  g_assert_cmpstr (dump, ==, test->dump);
  assert_sound (markdown);
}

static void
test_getters (void)
{
  g_autoptr (MzMarkdown) markdown = markdown_of ("## *H*\n\n```c\nx\n```\n\n3. [x] a\n\n   b\n\n| a | b |\n|:--|--:|\n\n***\n", -1);
  MzBlock *heading = mz_markdown_get_block (markdown, 0);
  MzBlock *code = mz_markdown_get_block (markdown, 1);
  MzBlock *list = mz_markdown_get_block (markdown, 2);
  MzBlock *item = mz_block_get_child (list, 0);
  MzBlock *table = mz_markdown_get_block (markdown, 3);

  g_assert_cmpuint (mz_markdown_get_n_blocks (markdown), ==, 5);
  g_assert_cmpint (mz_block_get_kind (heading), ==, MZ_BLOCK_HEADING);
  g_assert_cmpuint (mz_block_get_level (heading), ==, 2);
  g_assert_cmpstr (mz_block_get_markup (heading), ==, "<i>H</i>");
  g_assert_cmpstr (mz_block_get_text (heading), ==, "H");
  g_assert_cmpuint (mz_block_get_length (heading), ==, 1);
  g_assert_cmpuint (mz_block_get_n_columns (heading), ==, 0);
  g_assert_cmpuint (mz_block_get_start (heading), ==, 0);

  g_assert_cmpint (mz_block_get_kind (code), ==, MZ_BLOCK_CODE);
  g_assert_cmpstr (mz_block_get_language (code), ==, "c");
  g_assert_cmpstr (mz_block_get_text (code), ==, "x");
  g_assert_cmpstr (mz_block_get_markup (code), ==, "");
  g_assert_false (mz_block_get_open (code));

  g_assert_true (mz_block_get_ordered (list));
  g_assert_false (mz_block_get_tight (list));
  g_assert_cmpuint (mz_block_get_start (list), ==, 3);
  g_assert_cmpuint (mz_block_get_level (list), ==, 0);
  g_assert_cmpint (mz_block_get_task (item), ==, MZ_TASK_DONE);
  g_assert_cmpuint (mz_block_get_n_children (item), ==, 2);

  g_assert_cmpuint (mz_block_get_n_columns (table), ==, 2);
  g_assert_cmpint (mz_block_get_alignment (table, 0), ==, MZ_ALIGN_LEFT);
  g_assert_cmpint (mz_block_get_alignment (table, 1), ==, MZ_ALIGN_RIGHT);

  g_assert_cmpint (mz_block_get_kind (mz_markdown_get_block (markdown, 4)), ==, MZ_BLOCK_RULE);
  g_assert_null (mz_block_get_language (heading));
}

/* One is equal to itself and to one of the same text, and to no other. */
static void
test_equal (void)
{
  static const char * const texts[] = {
    "a", "b", "*a*", "# a", "## a", "```\na", "```\na\n```", "```c\na\n```", "> a", "- a", "1. a", "2. a", "- a\n\n  a", "- a\n\n- b",
    "- a\n- b", "- [ ] a", "- [x] a", "| a |\n|---|", "| a |\n|:--|", "| a |\n|---|\n| b |", "***\n", "    b",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (texts); j++)
        {
          g_autoptr (MzMarkdown) a = markdown_of (texts[i], -1);
          g_autoptr (MzMarkdown) b = markdown_of (texts[j], -1);
          g_test_message ("\"%s\" and \"%s\"", texts[i], texts[j]);
          g_assert_cmpint (mz_block_equal (mz_markdown_get_block (a, 0), mz_markdown_get_block (b, 0)), ==, i == j);
        }
    }
}

static void
test_zero_bytes (void)
{
  g_autoptr (MzMarkdown) markdown = markdown_of ("a\0b\n\n```\n\0\n", 11);
  g_autofree char *dump = mz_markdown_dump (markdown);

  g_assert_cmpstr (dump, ==, "paragraph \"a\xef\xbf\xbd" "b\"\ncode open \"\xef\xbf\xbd\"\n");
}

static void
test_references_are_bounded (void)
{
  g_autoptr (GString) text = g_string_new ("[r0] [r63] [r64]\n\n");
  g_autoptr (MzMarkdown) markdown = NULL;
  g_autofree char *first = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append_printf (text, "[r%u]: https://x.org/%u\n", i, i);
  markdown = markdown_of (text->str, -1);
  first = mz_block_dump (mz_markdown_get_block (markdown, 0));
  g_assert_cmpstr (first, ==, "paragraph \"<a href=\\\"https://x.org/0\\\" title=\\\"https://x.org/0\\\">r0</a> "
                              "<a href=\\\"https://x.org/63\\\" title=\\\"https://x.org/63\\\">r63</a> [r64]\"\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < n_markdown_cases; i++)
    {
      g_autofree char *path = g_strconcat ("/markdown/case/", markdown_cases[i].name, NULL);

      g_test_add_data_func (path, &markdown_cases[i], test_case);
    }
  g_test_add_func ("/markdown/getters", test_getters);
  g_test_add_func ("/markdown/equal", test_equal);
  g_test_add_func ("/markdown/zero-bytes", test_zero_bytes);
  g_test_add_func ("/markdown/references-are-bounded", test_references_are_bounded);
  return g_test_run ();
}
