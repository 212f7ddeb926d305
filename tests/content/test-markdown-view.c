/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "content-fixture.h"

#include "mz-code-view.h"
#include "mz-markdown-view.h"

#include <string.h>

/* All kinds of blocks. */
static const char *document =
  "# Heading\n\n"
  "A paragraph with **bold**, *italic*, `code` and [a link](https://example.org/?a=1&b=2), <b>raw</b> & more.\n"
  "Its second line. Grüße, 日本語 😀.\n\n"
  "- one\n- two\n  - nested\n    1. numbered\n    2. again\n- three\n\n"
  "Text between.\n\n"
  "9. nine\n10. ten\n\n    more of ten\n\n"
  "Text again.\n\n"
  "* [ ] to do\n* [x] done\n\n"
  "> quoted\n>\n> > twice\n\n"
  "```c\nint main (void)\n{\n  return 0;\n}\n```\n\n"
  "| a | b |\n|:-:|--:|\n| 1 | 2 |\n| 3 | `4` |\n\n"
  "---\n\n"
  "Setext\n======\n\n"
  "    indented code\n\n"
  "The end, with ~~struck~~ words.\n";

static GtkWidget *
new_view (const char *text)
{
  GtkWidget *view = g_object_ref_sink (mz_markdown_view_new ());

  if (text != NULL)
    mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (view), text);

  return view;
}

static char *
dump_text (const char *text)
{
  g_autoptr (GtkWidget) view = new_view (text);

  return dump (view);
}

/* A text in pieces makes the same widgets as the whole. */
static void
test_pieces (void)
{
  static const gsize steps[] = { 1, 2, 3, 7, 50, 300 };
  g_autofree char *expected = dump_text (document);
  gsize length = strlen (document);

  g_assert_nonnull (strstr (expected, "MzTableView"));
  g_assert_nonnull (strstr (expected, "checkbox-checked-symbolic"));
  g_assert_nonnull (strstr (expected, "\"10.\""));
  g_assert_nonnull (strstr (expected, "\"◦\""));
  g_assert_nonnull (strstr (expected, "return 0;"));

  for (gsize s = 0; s < G_N_ELEMENTS (steps); s++)
    {
      g_autoptr (GtkWidget) view = new_view (NULL);
      g_autofree char *got = NULL;

      for (gsize i = 0; i < length; i += steps[s])
        {
          g_autofree char *piece = g_strndup (document + i, MIN (steps[s], length - i));

          mz_markdown_view_append (MZ_MARKDOWN_VIEW (view), piece);
        }
      got = dump (view);
      g_assert_cmpstr (got, ==, expected);
    }
}

/* And so does each beginning of it, in a view that showed something else before. */
static void
test_prefixes (void)
{
  g_autoptr (GtkWidget) reused = new_view ("- something\n- else\n\n| a | b |\n|---|---|\n| 1 | 2 |\n");
  gsize length = strlen (document);

  for (gsize i = 0; i < length; i += 5)
    {
      g_autofree char *prefix = g_strndup (document, i);
      g_autofree char *expected = dump_text (prefix);
      g_autofree char *got = NULL;

      mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (reused), prefix);
      got = dump (reused);
      g_assert_cmpstr (got, ==, expected);
    }
}

static guint
collect_children (GtkWidget *view,
                  GtkWidget *children[],
                  guint      max)
{
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (view); child != NULL && n < max; child = gtk_widget_get_next_sibling (child))
    children[n++] = child;

  return n;
}

/* Widgets before the open block stay, and the open block's own grows. */
static void
test_identity (void)
{
  g_autoptr (GtkWidget) view = new_view (NULL);
  GtkWidget *before[64];
  GtkWidget *after[64];
  gsize length = strlen (document);

  for (gsize i = 0; i < length; i++)
    {
      char piece[2] = { document[i], '\0' };
      guint n_before = collect_children (view, before, G_N_ELEMENTS (before));
      guint n_after;

      mz_markdown_view_append (MZ_MARKDOWN_VIEW (view), piece);
      n_after = collect_children (view, after, G_N_ELEMENTS (after));
      for (guint n = 0; n + 1 < MIN (n_before, n_after); n++)
        g_assert_true (before[n] == after[n]);
    }

  mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (view), "A para");
  before[0] = gtk_widget_get_first_child (view);
  mz_markdown_view_append (MZ_MARKDOWN_VIEW (view), "graph that *grows*");
  g_assert_true (gtk_widget_get_first_child (view) == before[0]);
  g_assert_true (is_label (before[0], "A paragraph that grows"));

  mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (view), "```c\nint");
  before[0] = gtk_widget_get_first_child (view);
  g_assert_true (MZ_IS_CODE_VIEW (before[0]));
  mz_markdown_view_append (MZ_MARKDOWN_VIEW (view), " x;\nint y;\n```\n\nText");
  g_assert_true (gtk_widget_get_first_child (view) == before[0]);
}

static char *
repeated (const char *head,
          const char *piece,
          guint       n)
{
  GString *text = g_string_new (head);

  for (guint i = 0; i < n; i++)
    g_string_append (text, piece);

  return g_string_free (text, FALSE);
}

static guint
count_widgets (GtkWidget *widget)
{
  guint n = 1;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += count_widgets (child);

  return n;
}

/* What nobody writes is shown too, in finite time, in not too many widgets, and without a warning. */
static void
test_hostile (void)
{
  static const struct
  {
    const char *name;
    const char *head;
    const char *piece;
    guint n;
  } cases[] = {
    { "a line of 1 MB without spaces", "", "x", 1000000 },
    { "a line of 1 MB", "", "word ", 200000 },
    { "quotes", "", ">", 100000 },
    { "brackets", "", "[", 100000 },
    { "stars", "", "*a ", 30000 },
    { "backticks", "", "`", 100000 },
    { "items", "", "- item\n", 100000 },
    { "nested items", "", "- ", 5000 },
    { "paragraphs", "", "text\n\n", 50000 },
    { "headings", "", "# heading\n", 20000 },
    { "rows", "| a | b |\n|---|---|\n", "| 1 | 2 |\n", 20000 },
    { "columns", "", "|a", 5000 },
    { "code blocks", "", "```\ncode\n```\n", 5000 },
    { "a line of code of 1 MB", "```\n", "x", 1000000 },
    { "lines of code", "```c\n", "int x; /* a comment */\n", 50000 },
    { "links", "", "[a](https://example.org) ", 20000 },
    { "control characters", "", "\x01\x02\x1b[31m\x7f ", 1000 },
    { "broken UTF-8", "", "\xff\xfe\xc3 \xe2\x82 ", 1000 },
    { "directions", "", "\xe2\x80\xae\xe2\x80\xab\xe2\x81\xa6 a ", 1000 },
    { "combining characters", "a", "\xcc\x81", 100000 },
    { "markup", "", "<span size='1000000'>&amp;</b> ", 1000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = repeated (cases[i].head, cases[i].piece, cases[i].n);
      GtkWidget *view = mz_markdown_view_new ();
      GtkWidget *window;

      g_test_message ("%s", cases[i].name);
      mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (view), text);
      g_assert_cmpuint (count_widgets (view), <, 40000);
      window = show (view, 500);
      wait_frames (view, 2);
      g_assert_cmpint (gtk_widget_get_height (view), >, 0);
      /* One more piece is no more than that. */
      mz_markdown_view_append (MZ_MARKDOWN_VIEW (view), "x");
      wait_frames (view, 1);
      destroy_window (window);
    }
}

/* What is too long for widgets is at the end as plain text, and comes there also when it streams. */
static void
test_rest (void)
{
  g_autofree char *text = repeated ("", "paragraph\n\n", 7000);
  GtkWidget *view = g_object_ref_sink (mz_markdown_view_new ());
  GtkTextBuffer *buffer;
  GtkWidget *rest;
  int length;

  mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (view), text);
  rest = gtk_widget_get_last_child (view);
  g_assert_true (MZ_IS_CODE_VIEW (rest));
  buffer = gtk_text_view_get_buffer (mz_code_view_get_view (MZ_CODE_VIEW (rest)));
  length = gtk_text_buffer_get_char_count (buffer);
  g_assert_cmpint (length, >=, 1000 * (int) strlen ("paragraph\n\n") - 2);

  mz_markdown_view_append (MZ_MARKDOWN_VIEW (view), "last");
  wait_until (gtk_text_buffer_get_char_count (buffer) > length);
  g_assert_true (gtk_widget_get_last_child (view) == rest);

  /* Short again. */
  mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (view), "short");
  g_assert_true (is_label (gtk_widget_get_first_child (view), "short"));
  g_assert_null (gtk_widget_get_next_sibling (gtk_widget_get_first_child (view)));
  g_object_unref (view);
}

static void
collect_words (GtkWidget *widget,
               GString   *words)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_LABEL (child))
      {
        const char *text = gtk_label_get_text (GTK_LABEL (child));

        g_assert_cmpuint (strlen (text), <=, 8000);
        for (; *text != '\0'; text++)
          if (*text != ' ')
            g_string_append_c (words, *text);
      }
    else
      {
        collect_words (child, words);
      }
}

/* A long text is in several labels, none of which is long, and none of it is lost. */
static void
test_long_text (void)
{
  g_autofree char *text = repeated ("", "words and ", 3000);
  g_autofree char *expected = repeated ("", "wordsand", 3000);
  g_autoptr (GtkWidget) view = new_view (text);
  g_autoptr (GString) words = g_string_new (NULL);

  collect_words (view, words);
  g_assert_cmpuint (words->len, ==, strlen (expected));
  g_assert_true (strcmp (words->str, expected) == 0);
}

/* Links that are not safe never become links. */
static void
test_links (void)
{
  g_autoptr (GtkWidget) view = new_view ("[bad](javascript:alert(1)) [file](file:///etc/passwd) [good](https://example.org)");
  const char *markup = gtk_label_get_label (GTK_LABEL (gtk_widget_get_first_child (view)));

  g_assert_null (strstr (markup, "javascript:"));
  g_assert_null (strstr (markup, "file:"));
  g_assert_nonnull (strstr (markup, "https://example.org"));
}

static void
test_selection (void)
{
  GtkWidget *view = mz_markdown_view_new ();
  GtkWidget *window;
  GtkWidget *label;
  g_autofree char *selected = NULL;
  g_autofree char *copied = NULL;

  mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (view),
                             "# Title\n\nText with **bold**.\n\n1. one\n2. two\n\n- [x] done\n\n```c\nint x;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n");
  window = show (view, 500);

  gtk_window_set_focus (GTK_WINDOW (window), NULL);
  gtk_label_select_region (GTK_LABEL (gtk_widget_get_first_child (view)), 0, 0);
  g_assert_null (mz_markdown_view_dup_selection (MZ_MARKDOWN_VIEW (view)));

  /* Within one label, in characters. */
  label = gtk_widget_get_next_sibling (gtk_widget_get_first_child (view));
  gtk_label_select_region (GTK_LABEL (label), 5, 14);
  selected = mz_markdown_view_dup_selection (MZ_MARKDOWN_VIEW (view));
  g_assert_cmpstr (selected, ==, "with bold");
  g_free (selected);

  /* Nobody takes the primary clipboard twice in the same millisecond, and GDK's X11 part does not expect it. */
  wait_frames (view, 2);
  g_assert_true (gtk_widget_activate_action (view, "selection.select-all", NULL));
  selected = mz_markdown_view_dup_selection (MZ_MARKDOWN_VIEW (view));
  g_assert_cmpstr (selected, ==, "Title\nText with bold.\n1. one\n2. two\n[x] done\nint x;\na\tb\n1\t2");
  g_assert_false (gtk_label_get_selection_bounds (GTK_LABEL (label), NULL, NULL));
  wait_frames (view, 1);

  g_assert_true (gtk_widget_activate_action (view, "selection.copy", NULL));
  copied = copied_text (view);
  g_assert_cmpstr (copied, ==, selected);

  /* It stays while the text grows, and goes with its end. */
  mz_markdown_view_append (MZ_MARKDOWN_VIEW (view), "\nMore.");
  wait_frames (view, 1);
  g_free (selected);
  selected = mz_markdown_view_dup_selection (MZ_MARKDOWN_VIEW (view));
  g_assert_nonnull (selected);
  mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (view), "Other");
  wait_frames (view, 1);
  g_assert_null (mz_markdown_view_dup_selection (MZ_MARKDOWN_VIEW (view)));

  destroy_window (window);
}

int
main (int   argc,
      char *argv[])
{
  if (!content_init ())
    return 0;
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/markdown-view/pieces", test_pieces);
  g_test_add_func ("/markdown-view/prefixes", test_prefixes);
  g_test_add_func ("/markdown-view/identity", test_identity);
  g_test_add_func ("/markdown-view/hostile", test_hostile);
  g_test_add_func ("/markdown-view/rest", test_rest);
  g_test_add_func ("/markdown-view/long-text", test_long_text);
  g_test_add_func ("/markdown-view/links", test_links);
  g_test_add_func ("/markdown-view/selection", test_selection);

  return g_test_run ();
}
