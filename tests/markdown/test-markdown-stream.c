/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts that grow: however they are cut, what is shown is what the whole text is, and who follows the signals has it.
 */
#include "config.h"

#include <string.h>

#include "markdown-cases.h"
#include "markdown-fixture.h"
#include "mz-markdown-private.h"

/* Byte by byte: what is shown after each is what the text so far is, had it come whole. */
static void
test_bytes (gconstpointer data)
{
  const MarkdownCase *test = data;
  g_autoptr (MzMarkdown) markdown = mz_markdown_new ();
  g_autoptr (Mirror) mirror = mirror_new (markdown);

  for (gsize i = 0; test->text[i] != '\0'; i++)
    {
      g_autoptr (MzMarkdown) whole = markdown_of (test->text, i + 1);
      guint n_before = mirror->n_changed + mirror->n_grew;

      mz_markdown_append (markdown, test->text + i, 1);
      g_assert_cmpuint (mirror->n_changed + mirror->n_grew, <=, n_before + 1);
      mirror_check (mirror);
      assert_same (markdown, whole);
      assert_sound (markdown);
    }
}

/* In two pieces, cut anywhere. */
static void
test_cuts (gconstpointer data)
{
  const MarkdownCase *test = data;
  gsize length = strlen (test->text);
  g_autoptr (MzMarkdown) whole = markdown_of (test->text, length);

  for (gsize i = 0; i <= length; i++)
    {
      g_autoptr (MzMarkdown) markdown = mz_markdown_new ();
      g_autoptr (Mirror) mirror = mirror_new (markdown);

      mz_markdown_append (markdown, test->text, i);
      mz_markdown_append (markdown, test->text + i, -1);
      mirror_check (mirror);
      assert_same (markdown, whole);
    }
}

/* All the cases one below the other, @times times, in the order that @rand gives. */
static GString *
long_text (GRand *rand,
           guint  times)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < times * n_markdown_cases; i++)
    {
      g_string_append (text, markdown_cases[g_rand_int_range (rand, 0, n_markdown_cases)].text);
      g_string_append (text, g_rand_boolean (rand) ? "\n\n" : "\n");
    }
  return text;
}

static void
test_long (void)
{
  for (guint seed = 1; seed <= 20; seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr (GString) text = long_text (rand, 1);
      g_autoptr (MzMarkdown) whole = markdown_of (text->str, text->len);
      g_autoptr (MzMarkdown) markdown = mz_markdown_new ();
      g_autoptr (Mirror) mirror = mirror_new (markdown);
      gsize length;

      g_test_message ("Seed %u", seed);
      for (gsize at = 0; at < text->len; at += length)
        {
          length = g_rand_int_range (rand, 1, 80);
          length = MIN (length, text->len - at);
          mz_markdown_append (markdown, text->str + at, length);
          mirror_check (mirror);
        }
      assert_same (markdown, whole);
      assert_sound (markdown);
    }
}

/* The texts so far come as a whole: what they have in common stays. */
static void
test_set_text (void)
{
  g_autoptr (MzMarkdown) markdown = mz_markdown_new ();
  g_autoptr (Mirror) mirror = mirror_new (markdown);
  g_autofree char *dump = NULL;
  MzBlock *first;
  guint n_parses;

  mz_markdown_set_text (markdown, "one\n\ntwo", -1);
  g_assert_cmpuint (mirror->n_changed, ==, 1);
  first = mz_markdown_get_block (markdown, 0);
  n_parses = mz_markdown_get_n_parses (markdown);

  mz_markdown_set_text (markdown, "one\n\ntwo", -1);
  g_assert_cmpuint (mirror->n_changed, ==, 1);
  g_assert_cmpuint (mz_markdown_get_n_parses (markdown), ==, n_parses);

  mz_markdown_set_text (markdown, "one\n\ntwo and\n\n```\nthree", -1);
  g_assert_cmpuint (mirror->n_changed, ==, 2);
  g_assert_cmpuint (mirror->position, ==, 1);
  g_assert_cmpuint (mirror->removed, ==, 1);
  g_assert_cmpuint (mirror->added, ==, 2);

  mz_markdown_set_text (markdown, "one\n\ntwo and\n\n```\nthree\nfour", -1);
  g_assert_cmpuint (mirror->n_changed, ==, 2);
  g_assert_cmpuint (mirror->n_grew, ==, 1);
  mirror_check (mirror);

  /* Another one, of which the first block is the same. */
  mz_markdown_set_text (markdown, "one\n\n2\n\n```\nthree\nfour", -1);
  g_assert_cmpuint (mirror->n_changed, ==, 3);
  g_assert_cmpuint (mirror->position, ==, 1);
  g_assert_cmpuint (mirror->removed, ==, 1);
  g_assert_cmpuint (mirror->added, ==, 1);
  g_assert_true (mz_markdown_get_block (markdown, 0) == first);
  mirror_check (mirror);

  /* It goes on from there. */
  mz_markdown_append (markdown, "\nfive\n```\nend \xe2\x82", -1);
  mirror_check (mirror);
  mz_markdown_append (markdown, "\xac", -1);
  mirror_check (mirror);
  dump = mz_markdown_dump (markdown);
  g_assert_cmpstr (dump, ==, "paragraph \"one\"\nparagraph \"2\"\ncode \"three\\nfour\\nfive\"\nparagraph \"end \xe2\x82\xac\"\n");

  mz_markdown_set_text (markdown, "", -1);
  g_assert_cmpuint (mz_markdown_get_n_blocks (markdown), ==, 0);
  mirror_check (mirror);
}

/* What was held back while more could come is shown at the end, and is held again if more comes all the same. */
static void
test_finish (void)
{
  static const struct
  {
    const char *text;
    const char *held;
    const char *finished;
  } table[] = {
    { "a\n-", "paragraph \"a\"\n", "heading 2 \"a\"\n" },
    { "a\n+", "paragraph \"a\"\n", "paragraph \"a +\"\n" },
    { "``", "", "paragraph \"``\"\n" },
    { "+", "list tight\n  item\n", "list tight\n  item\n" },
    { "**", "paragraph \"**\"\n", "paragraph \"**\"\n" },
    { "| a | b |\n|-", "paragraph \"| a | b |\"\n", "paragraph \"| a | b | |-\"\n" },
    { "```\na\n ``", "code open \"a\"\n", "code open \"a\\n ``\"\n" },
    { "```\na\n  ", "code open \"a\"\n", "code open \"a\\n  \"\n" },
    { "```\na\n", "code open \"a\"\n", "code open \"a\"\n" },
    { "```\na\n```", "code \"a\"\n", "code \"a\"\n" },
    { "```\n``", "code open \"\"\n", "code open \"``\"\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (MzMarkdown) markdown = markdown_of (table[i].text, -1);
      g_autoptr (MzMarkdown) other = mz_markdown_new ();
      g_autoptr (Mirror) mirror = mirror_new (markdown);
      g_autofree char *held = mz_markdown_dump (markdown);
      g_autofree char *finished = NULL;
      g_autofree char *twice = g_strconcat (table[i].text, " x", NULL);
      g_autoptr (MzMarkdown) whole = markdown_of (twice, -1);

      g_assert_cmpstr (held, ==, table[i].held);
      mz_markdown_finish (markdown);
      mirror_check (mirror);
      finished = mz_markdown_dump (markdown);
      g_assert_cmpstr (finished, ==, table[i].finished);
      mz_markdown_finish (markdown);
      g_assert_cmpuint (mirror->n_changed + mirror->n_grew, <=, 1);

      mz_markdown_append (other, table[i].text, -1);
      mz_markdown_set_text (other, table[i].text, -1);
      assert_same (other, markdown);

      mz_markdown_append (markdown, " x", -1);
      mirror_check (mirror);
      assert_same (markdown, whole);
    }
}

/* Closed blocks stay the same objects, and only what changed is told. */
static void
test_minimal (void)
{
  g_autoptr (MzMarkdown) markdown = markdown_of ("one\n\n- a\n- b\n\n> q", -1);
  g_autoptr (Mirror) mirror = mirror_new (markdown);
  MzBlock *one = mz_markdown_get_block (markdown, 0);
  MzBlock *list = mz_markdown_get_block (markdown, 1);

  mz_markdown_append (markdown, "uote", -1);
  g_assert_cmpuint (mirror->n_changed, ==, 1);
  g_assert_cmpuint (mirror->position, ==, 2);
  g_assert_cmpuint (mirror->removed, ==, 1);
  g_assert_cmpuint (mirror->added, ==, 1);
  g_assert_true (mz_markdown_get_block (markdown, 0) == one);
  g_assert_true (mz_markdown_get_block (markdown, 1) == list);

  /* What changes nothing is not told. */
  mz_markdown_append (markdown, "\n", -1);
  mz_markdown_append (markdown, "-", -1);
  mz_markdown_append (markdown, "-", -1);
  mz_markdown_append (markdown, "", -1);
  g_assert_cmpuint (mirror->n_changed, ==, 1);
}

/* A list that grows is a new block, of which the items that were there stay. */
static void
test_items_stay (void)
{
  g_autoptr (MzMarkdown) markdown = markdown_of ("- a\n- b\n  - c\n  - d", -1);
  g_autoptr (MzBlock) before = mz_block_ref (mz_markdown_get_block (markdown, 0));
  MzBlock *now;
  MzBlock *inner_before;
  MzBlock *inner_now;

  mz_markdown_append (markdown, "e\n- f", -1);
  now = mz_markdown_get_block (markdown, 0);
  g_assert_true (now != before);
  g_assert_cmpuint (mz_block_get_n_children (now), ==, 3);
  g_assert_true (mz_block_get_child (now, 0) == mz_block_get_child (before, 0));
  g_assert_true (mz_block_get_child (now, 1) != mz_block_get_child (before, 1));

  inner_before = mz_block_get_child (mz_block_get_child (before, 1), 1);
  inner_now = mz_block_get_child (mz_block_get_child (now, 1), 1);
  g_assert_true (mz_block_get_child (inner_now, 0) == mz_block_get_child (inner_before, 0));
  g_assert_true (mz_block_get_child (inner_now, 1) != mz_block_get_child (inner_before, 1));
  g_assert_cmpstr (mz_block_get_text (mz_block_get_child (mz_block_get_child (inner_before, 1), 0)), ==, "d");
}


static void
note_growth_cb (MzMarkdown *markdown,
                guint       position,
                const char *text,
                GString    *pieces)
{
  g_string_append_printf (pieces, "[%s]", text);
}

static void
note_change_cb (MzMarkdown *markdown,
                guint       position,
                guint       removed,
                guint       added,
                GString    *pieces)
{
  g_string_append_printf (pieces, "{%u-%u+%u}", position, removed, added);
}

/* What is told of an open fence: exactly what it has more, and nothing of what could be its end. */
static void
test_code_grows (void)
{
  static const struct
  {
    const char *pieces[12];
    const char *told;
  } table[] = {
    { { "```c\n", "int", " a;", "\n", "b" }, "{0-0+1}[int][ a;][\nb]" },
    { { "```c", "\n", "a" }, "{0-0+1}[a]" },
    { { "``", "`", "\n", "a\n" }, "{0-0+1}[a]" },
    { { "```\n", "\n", "\n", "\n" }, "{0-0+1}[\n][\n]" },
    { { "```\n", "a\n", "`", "`", "`", "\n" }, "{0-0+1}[a]{0-1+1}" },
    { { "```\n", "a\n", "``", "x" }, "{0-0+1}[a][\n``x]" },
    { { "```\n", "a\n", "```", "x", "y" }, "{0-0+1}[a]{0-1+1}{0-1+1}[y]" },
    { { "```\n", "a\n", "  ", " ", " ", "b" }, "{0-0+1}[a][\n    ][b]" },
    { { "````\n", "```\n", "````\n" }, "{0-0+1}[```]{0-1+1}" },
    { { "~~~\n", "```\n", "~~", "~\n" }, "{0-0+1}[```]{0-1+1}" },
    { { "  ```\n", "   a", "\n b", "\n\tc" }, "{0-0+1}[ a][\nb][\n  c]" },
    { { "```\n", "a\r", "\nb\r\n", "c" }, "{0-0+1}[a][\nb][\nc]" },
    { { "```\n", "a\xe2", "\x82", "\xac", "b" }, "{0-0+1}[a][\xe2\x82\xac][b]" },
    { { "```\n", "a\n```\nb" }, "{0-0+1}{0-1+2}" },
    { { "text\n```py", "\nx", "\ny" }, "{0-0+2}[x][\ny]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (MzMarkdown) markdown = mz_markdown_new ();
      g_autoptr (Mirror) mirror = mirror_new (markdown);
      g_autoptr (GString) told = g_string_new (NULL);

      g_signal_connect (markdown, "changed", G_CALLBACK (note_change_cb), told);
      g_signal_connect (markdown, "code-grew", G_CALLBACK (note_growth_cb), told);
      for (guint j = 0; table[i].pieces[j] != NULL; j++)
        mz_markdown_append (markdown, table[i].pieces[j], -1);
      g_assert_cmpstr (told->str, ==, table[i].told);
      mirror_check (mirror);
    }
}

/* An open fence costs what comes, however long it is: nothing is parsed, and the text that is there is not touched. */
static void
test_long_fence (void)
{
  g_autoptr (MzMarkdown) markdown = markdown_of ("Some text.\n\n- a list\n\n```c\n", -1);
  g_autoptr (Mirror) mirror = mirror_new (markdown);
  g_autoptr (GString) code = g_string_new (NULL);
  MzBlock *block;
  guint n_parses;

  while (code->len < 200 * 1024)
    g_string_append (code, "  int some_value = 42; /* why */\n");
  mz_markdown_append (markdown, code->str, code->len);
  n_parses = mz_markdown_get_n_parses (markdown);

  for (guint i = 0; i < 10000; i++)
    {
      char piece[24];

      g_snprintf (piece, sizeof piece, "0123456789 %07u%c", i, i % 3 == 0 ? '\n' : ' ');
      g_string_append (code, piece);
      mz_markdown_append (markdown, piece, -1);
    }
  g_assert_cmpuint (mz_markdown_get_n_parses (markdown), ==, n_parses);
  g_assert_cmpuint (mirror->n_changed, ==, 0);
  g_assert_cmpuint (mirror->n_grew, ==, 10001);
  mirror_check (mirror);

  block = mz_markdown_get_block (markdown, mz_markdown_get_n_blocks (markdown) - 1);
  g_assert_true (mz_block_get_open (block));
  g_string_truncate (code, code->len - (code->str[code->len - 1] == '\n' ? 1 : 0));
  g_assert_cmpuint (mz_block_get_length (block), ==, code->len);
  g_assert_cmpstr (mz_block_get_text (block), ==, code->str);

  mz_markdown_append (markdown, "\n```\n", -1);
  g_assert_cmpuint (mirror->n_changed, ==, 1);
  g_assert_false (mz_block_get_open (mz_markdown_get_block (markdown, mz_markdown_get_n_blocks (markdown) - 1)));
}

/* Nobody appends while they are told of it, but if somebody does it is as if it came later. */
static void
append_once_cb (MzMarkdown *markdown)
{
  g_signal_handlers_disconnect_by_func (markdown, append_once_cb, NULL);
  mz_markdown_append (markdown, "more\n\nand more", -1);
}

static void
test_append_within (void)
{
  g_autoptr (MzMarkdown) markdown = mz_markdown_new ();
  g_autofree char *dump = NULL;

  g_signal_connect (markdown, "changed", G_CALLBACK (append_once_cb), NULL);
  mz_markdown_append (markdown, "one ", -1);
  dump = mz_markdown_dump (markdown);
  g_assert_cmpstr (dump, ==, "paragraph \"one more\"\nparagraph \"and more\"\n");
}

/* A definition changes what mentions it, wherever that is, and nothing else is parsed. */
static void
test_references (void)
{
  g_autoptr (MzMarkdown) markdown = markdown_of ("one\n\ntwo [A  b]\n\nthree [b]\n\n[", -1);
  g_autoptr (Mirror) mirror = mirror_new (markdown);
  guint n_parses;

  mz_markdown_append (markdown, "a B", -1);
  mz_markdown_append (markdown, "]:", -1);
  g_assert_cmpuint (mirror->position, ==, 3);

  n_parses = mz_markdown_get_n_parses (markdown);
  mz_markdown_append (markdown, " https://x.org", -1);
  g_assert_cmpuint (mz_markdown_get_n_parses (markdown), ==, n_parses + 2);
  g_assert_cmpuint (mirror->position, ==, 1);
  g_assert_cmpuint (mirror->removed, ==, 3);
  g_assert_cmpuint (mirror->added, ==, 2);
  g_assert_cmpstr (mz_block_get_markup (mz_markdown_get_block (markdown, 1)), ==,
                   "two <a href=\"https://x.org\" title=\"https://x.org\">A  b</a>");
  mirror_check (mirror);

  /* Whole now, but the same. */
  mz_markdown_append (markdown, "\n", -1);
  g_assert_cmpuint (mz_markdown_get_n_parses (markdown), ==, n_parses + 3);
  mz_markdown_append (markdown, "[a b]: https://other.org\n", -1);
  g_assert_cmpuint (mz_markdown_get_n_parses (markdown), ==, n_parses + 4);
  mirror_check (mirror);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < n_markdown_cases; i++)
    {
      g_autofree char *bytes = g_strconcat ("/markdown/stream/bytes/", markdown_cases[i].name, NULL);
      g_autofree char *cuts = g_strconcat ("/markdown/stream/cuts/", markdown_cases[i].name, NULL);

      g_test_add_data_func (bytes, &markdown_cases[i], test_bytes);
      g_test_add_data_func (cuts, &markdown_cases[i], test_cuts);
    }
  g_test_add_func ("/markdown/stream/long", test_long);
  g_test_add_func ("/markdown/stream/set-text", test_set_text);
  g_test_add_func ("/markdown/stream/finish", test_finish);
  g_test_add_func ("/markdown/stream/minimal", test_minimal);
  g_test_add_func ("/markdown/stream/items-stay", test_items_stay);
  g_test_add_func ("/markdown/stream/code-grows", test_code_grows);
  g_test_add_func ("/markdown/stream/long-fence", test_long_fence);
  g_test_add_func ("/markdown/stream/append-within", test_append_within);
  g_test_add_func ("/markdown/stream/references", test_references);
  return g_test_run ();
}
