/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts that are made to take long, to go deep or to grow: time goes with the length, and what comes of them can be shown.
 */
#include "config.h"

#include <string.h>
#include <time.h>

#include "markdown-fixture.h"
#include "mz-markdown-private.h"

/* Many chunks; and twice as much is compared with it. */
#define LENGTH (150 * 1000)

/* Less than this is fast, whatever it is beside another time. */
#define FAST_ENOUGH 0.5

typedef struct
{
  const char *name;
  const char *before;
  const char *repeated;
  const char *after;

  /* A newline is put after so many bytes, or 0. */
  guint line;
} Hostile;

static const Hostile table[] = {
  { "quotes", "", ">", "", 0 },
  { "quotes-apart", "", "> ", "", 0 },
  { "quotes-lines", "", "> > > > > > > > > > > > > > > > a\n", "", 0 },
  { "quotes-lazy", "> > > > > > > > > > > > > > > > > > > > > > > > > > > > > > >\n", "a\n", "", 0 },
  { "bullets-in-line", "", "- ", "x", 0 },
  { "numbers-in-line", "", "1. ", "x", 0 },
  { "bullets", "", "- a\n", "", 0 },
  { "bullets-loose", "", "1. a\n\n", "", 0 },
  { "brackets", "", "[", "", 0 },
  { "brackets-lines", "", "[", "", 40 },
  { "brackets-closed", "", "[a]", "", 0 },
  { "brackets-closed-lines", "", "[[[[[[[[a]", "]", 40 },
  { "links-open", "", "[a](b", "", 0 },
  { "links-open-lines", "", "[a](<b ", "", 80 },
  { "titles-open", "", "[a](b \"", "", 80 },
  { "images", "", "![", "", 80 },
  { "images-links", "", "![[]()", "", 80 },
  { "links", "", "[a](https://x.org) ", "", 80 },
  { "reference-large", "[a]: https://x.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n\n", "[a] ", "", 0 },
  { "references", "", "[a]: https://x.org\n\n[a] [b] [c]\n\n", "", 0 },
  { "stars", "", "*", "", 0 },
  { "stars-words", "", "*a ", "", 80 },
  { "emphasis-mixed", "", "*a_ **b~ ", "", 80 },
  { "emphasis-nested", "", "a**b*c", "", 0 },
  { "underscores", "", "_a __b ", "", 80 },
  { "tildes", "", "~a ~~b ", "", 80 },
  { "ticks", "", "`a``b```c````d", "", 80 },
  { "less-than", "", "<", "", 0 },
  { "less-than-scheme", "", "<http:", "", 80 },
  { "comments", "", "<!-- ", "", 80 },
  { "addresses", "", "http://a.b/(", "", 80 },
  { "addresses-one", "", "http://", "", 0 },
  { "mails", "", "a@b.c", "", 80 },
  { "mails-one", "", "a.", "@b.c", 0 },
  { "ampersands", "", "&a", "", 0 },
  { "entities", "", "&amp;", "", 0 },
  { "pipes", "", "|", "", 0 },
  { "table-rows", "|a|b|\n|---|---|\n", "|x|y|\n", "", 0 },
  { "table-pipes", "|a|b|\n|---|---|\n", "|", "", 0 },
  { "headings", "", "# a\n", "", 0 },
  { "hashes", "", "#", "", 0 },
  { "setext", "", "a\n-\n", "", 0 },
  { "backslashes", "", "\\*", "", 0 },
  { "breaks", "", "a  \n", "", 0 },
  { "newlines", "", "\n", "", 0 },
  { "paragraphs", "", "a\n\n", "", 0 },
  { "spaces", "", " ", "x", 0 },
  { "tabs", "", "\t", "x", 0 },
  { "fences", "", "```\n", "", 0 },
  { "fence-line", "```\n", "x", "", 0 },
  { "fence-ticks", "```\n", "`", "", 0 },
  { "fence-info", "```", "x", "", 0 },
  { "fences-in-items", "", "- ```\n", "", 0 },
  { "fence-in-item", "- ```\n", "  x [[[[\n", "", 0 },
  { "fence-in-quote", "> ```\n", "> x\n", "", 0 },
  { "line", "", "a", "", 0 },
  { "words", "", "words ", "", 0 },
  { "lines", "", "words words\n", "", 0 },
  { "invalid", "", "\xff\xe2\x82", "", 0 },
  { "mixture", "", "*_`~[!<&|\\> #", "", 60 },
};

static GString *
hostile_text (const Hostile *hostile,
              gsize          length)
{
  GString *text = g_string_new (hostile->before);
  gsize line_start = text->len;

  while (text->len < length)
    {
      g_string_append (text, hostile->repeated);
      if (hostile->line > 0 && text->len - line_start > hostile->line)
        {
          g_string_append_c (text, '\n');
          line_start = text->len;
        }
    }
  g_string_append (text, hostile->after);
  return text;
}

/* The processor's time for a text in pieces of @step bytes: not what others took meanwhile. */
static double
time_of (const GString *text,
         gsize          step)
{
  g_autoptr (MzMarkdown) markdown = mz_markdown_new ();
  clock_t start = clock ();

  for (gsize at = 0; at < text->len; at += step)
    mz_markdown_append (markdown, text->str + at, MIN (step, text->len - at));
  return (double) (clock () - start) / CLOCKS_PER_SEC;
}

/* AddressSanitizer makes each allocation many times as expensive as the work it is for: times then tell of it, not of us. */
#ifdef __SANITIZE_ADDRESS__
#define TIMES_MEAN_SOMETHING FALSE
#else
#define TIMES_MEAN_SOMETHING TRUE
#endif

static void
assert_linear (const Hostile *hostile,
               gsize          length,
               gsize          pieces)
{
  g_autoptr (GString) once = hostile_text (hostile, length);
  g_autoptr (GString) twice = hostile_text (hostile, 2 * length);
  double time_once = 0.;
  double time_twice = 0.;

  /* A machine has bad moments, a bad algorithm has no good ones. */
  for (guint i = 0; i < 3; i++)
    {
      time_once = time_of (once, once->len / pieces + 1);
      time_twice = time_of (twice, once->len / pieces + 1);
      if (time_twice < FAST_ENOUGH || time_twice < 3. * time_once)
        break;
    }
  g_test_message ("%s: %zu bytes %.3f s, %zu bytes %.3f s", hostile->name, once->len, time_once, twice->len, time_twice);
  g_assert_true (time_twice < FAST_ENOUGH || time_twice < 3. * time_once);
}

static void
test_hostile (gconstpointer data)
{
  const Hostile *hostile = data;
  g_autoptr (GString) text = hostile_text (hostile, 100 * 1000);
  g_autoptr (MzMarkdown) whole = markdown_of (text->str, text->len);
  g_autoptr (MzMarkdown) markdown = mz_markdown_new ();
  g_autoptr (Mirror) mirror = mirror_new (markdown);

  assert_sound (whole);
  for (gsize at = 0; at < text->len; at += 997)
    mz_markdown_append (markdown, text->str + at, MIN (997, text->len - at));
  mirror_check (mirror);
  assert_same (markdown, whole);

  if (TIMES_MEAN_SOMETHING)
    {
      assert_linear (hostile, LENGTH, 1);
      assert_linear (hostile, LENGTH / 2, 200);
    }
}

/* Tables as wide as there is room for, and wider ones, which are text. */
static void
test_columns (void)
{
  for (guint columns = 63; columns <= 66; columns++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (MzMarkdown) markdown = NULL;
      MzBlock *block;

      for (guint i = 0; i < columns; i++)
        g_string_append (text, "|a");
      g_string_append (text, "|\n");
      for (guint i = 0; i < columns; i++)
        g_string_append (text, "|-");
      g_string_append (text, "|\n|b|\n");
      markdown = markdown_of (text->str, -1);
      assert_sound (markdown);
      g_assert_cmpuint (mz_markdown_get_n_blocks (markdown), ==, 1);
      block = mz_markdown_get_block (markdown, 0);
      if (columns <= 64)
        {
          g_assert_cmpint (mz_block_get_kind (block), ==, MZ_BLOCK_TABLE);
          g_assert_cmpuint (mz_block_get_n_columns (block), ==, columns);
        }
      else
        {
          g_assert_cmpint (mz_block_get_kind (block), ==, MZ_BLOCK_PARAGRAPH);
          g_assert_nonnull (strstr (mz_block_get_text (block), "|a|a"));
          g_assert_nonnull (strstr (mz_block_get_text (block), "|-|-"));
        }
    }
}

/* A list too long for one goes on in the next, and so do its numbers. */
static void
test_long_list (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (MzMarkdown) markdown = NULL;
  g_autoptr (MzMarkdown) grown = mz_markdown_new ();
  guint next = 5;

  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (text, "5. This is item %u.\n   - It has one in it.\n", i);
  markdown = markdown_of (text->str, text->len);
  assert_sound (markdown);
  g_assert_cmpuint (mz_markdown_get_n_blocks (markdown), >, 1);
  for (guint i = 0; i < mz_markdown_get_n_blocks (markdown); i++)
    {
      MzBlock *block = mz_markdown_get_block (markdown, i);

      g_assert_cmpint (mz_block_get_kind (block), ==, MZ_BLOCK_LIST);
      g_assert_true (mz_block_get_tight (block));
      g_assert_cmpuint (mz_block_get_start (block), ==, next);
      next += mz_block_get_n_children (block);
    }
  g_assert_cmpuint (next, ==, 3005);

  for (gsize at = 0; at < text->len; at += 1000)
    mz_markdown_append (grown, text->str + at, MIN (1000, text->len - at));
  assert_same (grown, markdown);
}

/* A table too long for one goes on in the next, below the same head; a row is never lost. */
static void
test_long_table (void)
{
  g_autoptr (GString) text = g_string_new ("| *n* | [a] |\n|:--|--:|\n");
  g_autoptr (MzMarkdown) markdown = NULL;
  g_autoptr (MzMarkdown) grown = mz_markdown_new ();
  guint next = 0;

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (text, "| %u | [a] |\n", i);
  g_string_append (text, "\nEnd.\n\n[a]: https://x.org\n");
  markdown = markdown_of (text->str, text->len);
  assert_sound (markdown);
  g_assert_cmpuint (mz_markdown_get_n_blocks (markdown), >, 2);
  for (guint i = 0; i + 1 < mz_markdown_get_n_blocks (markdown); i++)
    {
      MzBlock *table_block = mz_markdown_get_block (markdown, i);
      MzBlock *head = mz_block_get_child (table_block, 0);

      g_assert_cmpint (mz_block_get_kind (table_block), ==, MZ_BLOCK_TABLE);
      g_assert_cmpint (mz_block_get_alignment (table_block, 1), ==, MZ_ALIGN_RIGHT);
      g_assert_cmpstr (mz_block_get_markup (mz_block_get_child (head, 0)), ==, "<i>n</i>");
      g_assert_true (g_str_has_prefix (mz_block_get_markup (mz_block_get_child (head, 1)), "<a "));
      for (guint j = 1; j < mz_block_get_n_children (table_block); j++)
        {
          g_autofree char *number = g_strdup_printf ("%u", next++);

          g_assert_cmpstr (mz_block_get_text (mz_block_get_child (mz_block_get_child (table_block, j), 0)), ==, number);
        }
    }
  g_assert_cmpuint (next, ==, 2000);

  for (gsize at = 0; at < text->len; at += 1000)
    mz_markdown_append (grown, text->str + at, MIN (1000, text->len - at));
  assert_same (grown, markdown);
}

/* Nothing of a line without an end is lost, and none of it is taken for what it is not. */
static void
test_long_line (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) shown = g_string_new (NULL);
  g_autoptr (MzMarkdown) markdown = NULL;
  guint n;

  while (text->len < 100 * 1000)
    g_string_append (text, "# \xe2\x82\xac ");
  markdown = markdown_of (text->str, text->len);
  assert_sound (markdown);
  n = mz_markdown_get_n_blocks (markdown);
  g_assert_cmpuint (n, ==, text->len / MZ_SPLIT_MAX_LINE + 1);
  g_assert_cmpint (mz_block_get_kind (mz_markdown_get_block (markdown, 0)), ==, MZ_BLOCK_HEADING);
  for (guint i = 0; i < n; i++)
    {
      MzBlock *block = mz_markdown_get_block (markdown, i);

      g_assert_cmpint (mz_block_get_kind (block), ==, i == 0 ? MZ_BLOCK_HEADING : MZ_BLOCK_PARAGRAPH);
      g_string_append (shown, mz_block_get_text (block));
    }

  /* The heading's mark, and what looks like its other end. */
  g_assert_cmpuint (shown->len, >=, text->len - strlen ("# ") - strlen (" # "));

  /* What comes below is Markdown again. */
  mz_markdown_append (markdown, "\n# H", -1);
  g_assert_cmpint (mz_block_get_kind (mz_markdown_get_block (markdown, n)), ==, MZ_BLOCK_HEADING);
}

/* Code within a list is not torn where other blocks would be. */
static void
test_long_code_in_list (void)
{
  g_autoptr (GString) text = g_string_new ("1. Do this:\n   ```c\n");
  g_autoptr (MzMarkdown) markdown = NULL;
  MzBlock *item;
  MzBlock *code;

  for (guint i = 0; i < 2500; i++)
    g_string_append_printf (text, "   line (%u); /* - why */\n\n", i);
  g_string_append (text, "   ```\n2. And that.\n\nEnd.\n");
  markdown = markdown_of (text->str, text->len);

  /* The next item is in a list of its own, for this one is long. */
  g_assert_cmpuint (mz_markdown_get_n_blocks (markdown), ==, 3);
  g_assert_cmpuint (mz_block_get_start (mz_markdown_get_block (markdown, 1)), ==, 2);
  item = mz_block_get_child (mz_markdown_get_block (markdown, 0), 0);
  code = mz_block_get_child (item, 1);
  g_assert_cmpint (mz_block_get_kind (code), ==, MZ_BLOCK_CODE);
  g_assert_true (g_str_has_suffix (mz_block_get_text (code), "line (2499); /* - why */\n"));
}

/* What is too deep is shown flat, and none of it is lost. */
static void
test_depth (void)
{
  static const char * const marks[] = { "> ", "- ", "1. ", "> - " };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (MzMarkdown) markdown = NULL;
      MzBlock *block;
      guint depth = 1;

      for (guint j = 0; j < 40; j++)
        g_string_append (text, marks[i]);
      g_string_append (text, "*deep*\n");
      markdown = markdown_of (text->str, text->len);
      assert_sound (markdown);
      block = mz_markdown_get_block (markdown, 0);
      for (; mz_block_get_n_children (block) > 0; depth++)
        block = mz_block_get_child (block, 0);
      g_assert_cmpstr (mz_block_get_markup (block), ==, "<i>deep</i>");
      g_assert_cmpuint (depth, >=, MZ_MARKDOWN_MAX_DEPTH - 4);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *path = g_strconcat ("/markdown/hostile/", table[i].name, NULL);

      g_test_add_data_func (path, &table[i], test_hostile);
    }
  g_test_add_func ("/markdown/hostile/columns", test_columns);
  g_test_add_func ("/markdown/hostile/long-list", test_long_list);
  g_test_add_func ("/markdown/hostile/long-table", test_long_table);
  g_test_add_func ("/markdown/hostile/long-line", test_long_line);
  g_test_add_func ("/markdown/hostile/long-code-in-list", test_long_code_in_list);
  g_test_add_func ("/markdown/hostile/depth", test_depth);
  return g_test_run ();
}
