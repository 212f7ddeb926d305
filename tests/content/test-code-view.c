/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "content-fixture.h"

#include <gtksourceview/gtksource.h>
#include <string.h>

#include "mz-code-view.h"

static GtkTextBuffer *
buffer_of (GtkWidget *view)
{
  return gtk_text_view_get_buffer (mz_code_view_get_view (MZ_CODE_VIEW (view)));
}

static gboolean
is_coloured (GtkWidget *view)
{
  return gtk_source_buffer_get_language (GTK_SOURCE_BUFFER (buffer_of (view))) != NULL;
}

static char *
shown_text (GtkWidget *view)
{
  char *text;

  g_object_get (buffer_of (view), "text", &text, NULL);

  return text;
}

static char *
lines (guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%sint line_%u;", i > 0 ? "\n" : "", i);

  return g_string_free (text, FALSE);
}

static void
test_append (void)
{
  static const struct
  {
    const char *text;
    const char *shown;
  } cases[] = {
    { "", "" },
    { "one", "one" },
    { "one\n", "one" },
    { "one\ntwo\n", "one\ntwo" },
    { "\n\none\n\n", "\n\none\n" },
    { "grün\n日本\n", "grün\n日本" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GtkWidget) whole = g_object_ref_sink (mz_code_view_new ("c", cases[i].text));
      g_autoptr (GtkWidget) pieces = g_object_ref_sink (mz_code_view_new ("c", NULL));
      g_autofree char *whole_text = shown_text (whole);
      g_autofree char *pieces_text = NULL;

      for (const char *p = cases[i].text; *p != '\0'; p = g_utf8_next_char (p))
        {
          g_autofree char *piece = g_strndup (p, g_utf8_next_char (p) - p);

          mz_code_view_append (MZ_CODE_VIEW (pieces), piece);
        }
      pieces_text = shown_text (pieces);
      g_assert_cmpstr (whole_text, ==, cases[i].shown);
      g_assert_cmpstr (pieces_text, ==, cases[i].shown);
    }
}

/* A text that begins with the one before only grows; another one takes its place. */
static void
test_set_text (void)
{
  g_autoptr (GtkWidget) view = g_object_ref_sink (mz_code_view_new (NULL, "one"));
  GtkTextIter start;
  GtkTextMark *mark;
  GtkTextIter at;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_iter_at_offset (buffer_of (view), &start, 2);
  mark = gtk_text_buffer_create_mark (buffer_of (view), NULL, &start, TRUE);
  mz_code_view_set_text (MZ_CODE_VIEW (view), "one\ntwo");
  gtk_text_buffer_get_iter_at_mark (buffer_of (view), &at, mark);
  g_assert_cmpint (gtk_text_iter_get_offset (&at), ==, 2);

  mz_code_view_set_text (MZ_CODE_VIEW (view), "other");
  text = shown_text (view);
  g_assert_cmpstr (text, ==, "other");
  mz_code_view_set_text (MZ_CODE_VIEW (view), NULL);
  g_assert_cmpint (gtk_text_buffer_get_char_count (buffer_of (view)), ==, 0);
}

static void
test_language (void)
{
  static const struct
  {
    const char *language;
    const char *title;
    gboolean highlight;
  } cases[] = {
    { NULL, "Code", FALSE },
    { "", "Code", FALSE },
    { "c", "C", TRUE },
    { "py", "Python", TRUE },
    { "rs", "Rust", TRUE },
    { "bash", "sh", TRUE },
    { "json", "JSON", TRUE },
    { "nothing-known", "nothing-known", FALSE },
    { "a name that is longer than what the header shows of it", "a name that is longer than what the head", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GtkWidget) view = g_object_ref_sink (mz_code_view_new (cases[i].language, "x = 1"));

      g_test_message ("%s", cases[i].language);
      g_assert_nonnull (find (view, is_label, cases[i].title));
      g_assert_cmpint (is_coloured (view), ==, cases[i].highlight);

      mz_code_view_set_title (MZ_CODE_VIEW (view), "Output");
      g_assert_nonnull (find (view, is_label, "Output"));
      mz_code_view_set_title (MZ_CODE_VIEW (view), NULL);
      g_assert_nonnull (find (view, is_label, cases[i].title));
    }
}

/* All of it is copied, also what is not shown; but not the line break at its end. */
static void
test_copy (void)
{
  g_autofree char *letters = g_strnfill (30000, 'x');
  g_autofree char *text = g_strconcat ("first\n", letters, "\nlast\n", NULL);
  g_autofree char *expected = g_strconcat ("first\n", letters, "\nlast", NULL);
  GtkWidget *view = mz_code_view_new ("c", text);
  GtkWidget *window = show (view, 400);
  g_autofree char *copied = NULL;

  g_signal_emit_by_name (find (view, has_tooltip, "Copy"), "clicked");
  copied = copied_text (view);
  g_assert_true (g_strcmp0 (copied, expected) == 0);
  g_assert_cmpint (gtk_text_buffer_get_char_count (buffer_of (view)), <, 11000);
  /* Such lines are not coloured. */
  g_assert_false (is_coloured (view));

  /* That it is done is seen for a moment. */
  g_assert_nonnull (find (view, has_tooltip, "Copied"));
  wait_until (find (view, has_tooltip, "Copied") == NULL);
  g_assert_nonnull (find (view, has_tooltip, "Copy"));

  destroy_window (window);
}

static int
height_of (GtkWidget *view)
{
  int minimum;
  int natural;

  gtk_widget_measure (view, GTK_ORIENTATION_VERTICAL, 400, &minimum, &natural, NULL, NULL);
  /* A list gives its rows only what they need. */
  g_assert_cmpint (minimum, ==, natural);

  return natural;
}

static void
test_height (void)
{
  g_autofree char *forty = lines (40);
  g_autofree char *many = lines (100);
  GtkWidget *view = mz_code_view_new ("c", NULL);
  GtkWidget *window = show (view, 400);
  GtkWidget *expand;
  int height_one;
  int height_forty;
  int height_many;

  mz_code_view_set_text (MZ_CODE_VIEW (view), "one");
  height_one = height_of (view);

  /* It is known at once, and the same when the text view has laid out its lines. */
  mz_code_view_set_text (MZ_CODE_VIEW (view), forty);
  height_forty = height_of (view);
  g_assert_cmpint (height_forty, >, height_one * 5);
  wait_frames (view, 3);
  g_assert_cmpint (height_of (view), ==, height_forty);
  g_assert_null (find (view, is_label, "Show all 40 lines"));

  mz_code_view_set_text (MZ_CODE_VIEW (view), many);
  g_assert_cmpint (height_of (view), ==, height_forty);
  wait_frames (view, 3);
  g_assert_cmpint (height_of (view), ==, height_forty);

  expand = find (view, is_label, "Show all 100 lines");
  g_assert_nonnull (expand);
  expand = gtk_widget_get_ancestor (expand, GTK_TYPE_BUTTON);
  g_assert_true (gtk_widget_get_visible (expand));
  g_signal_emit_by_name (expand, "clicked");
  height_many = height_of (view);
  g_assert_cmpint (height_many, >, height_forty * 2);
  wait_frames (view, 3);
  g_assert_cmpint (height_of (view), ==, height_many);

  g_assert_nonnull (find (view, is_label, "Show fewer lines"));
  g_signal_emit_by_name (expand, "clicked");
  g_assert_cmpint (height_of (view), ==, height_forty);

  destroy_window (window);
}

static GtkAdjustment *
adjustment_of (GtkWidget *view)
{
  return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (mz_code_view_get_view (MZ_CODE_VIEW (view))));
}

static gboolean
is_at_end (GtkWidget *view)
{
  GtkAdjustment *adjustment = adjustment_of (view);

  return gtk_adjustment_get_upper (adjustment) > gtk_adjustment_get_page_size (adjustment) &&
         gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) >=
           gtk_adjustment_get_upper (adjustment) - 1;
}

/* What streams is followed; what is shown as a whole is read from its beginning. */
static void
test_keeps_to_end (void)
{
  g_autofree char *many = lines (100);
  GtkWidget *view = mz_code_view_new ("c", NULL);
  GtkWidget *window = show (view, 400);

  for (guint i = 0; i < 60; i++)
    {
      mz_code_view_append (MZ_CODE_VIEW (view), "int x;\n");
      wait_frames (view, 1);
    }
  wait_until (is_at_end (view));
  destroy_window (window);

  view = mz_code_view_new ("c", many);
  window = show (view, 400);
  wait_frames (view, 3);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment_of (view)), ==, 0);
  mz_code_view_append (MZ_CODE_VIEW (view), "\nmore");
  wait_frames (view, 3);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment_of (view)), ==, 0);
  destroy_window (window);
}

static void
test_dark (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  g_autoptr (GtkWidget) view = g_object_ref_sink (mz_code_view_new ("c", "int x;"));
  GtkSourceBuffer *buffer = GTK_SOURCE_BUFFER (buffer_of (view));

  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
  g_assert_cmpstr (gtk_source_style_scheme_get_id (gtk_source_buffer_get_style_scheme (buffer)), ==, "Adwaita");
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  g_assert_cmpstr (gtk_source_style_scheme_get_id (gtk_source_buffer_get_style_scheme (buffer)), ==, "Adwaita-dark");
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_DEFAULT);
}

/* Long code loses its colours, and gets them back when it is short again. */
static void
test_long (void)
{
  g_autoptr (GtkWidget) view = g_object_ref_sink (mz_code_view_new ("c", "int x;"));
  g_autofree char *many = lines (20000);

  g_assert_true (is_coloured (view));
  mz_code_view_set_text (MZ_CODE_VIEW (view), many);
  g_assert_false (is_coloured (view));
  mz_code_view_set_text (MZ_CODE_VIEW (view), "int y;");
  g_assert_true (is_coloured (view));
}

int
main (int   argc,
      char *argv[])
{
  if (!content_init ())
    return 0;
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/code-view/append", test_append);
  g_test_add_func ("/code-view/set-text", test_set_text);
  g_test_add_func ("/code-view/language", test_language);
  g_test_add_func ("/code-view/copy", test_copy);
  g_test_add_func ("/code-view/height", test_height);
  g_test_add_func ("/code-view/keeps-to-end", test_keeps_to_end);
  g_test_add_func ("/code-view/dark", test_dark);
  g_test_add_func ("/code-view/long", test_long);

  return g_test_run ();
}
