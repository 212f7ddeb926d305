/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-stream.h"

#include <string.h>

typedef struct
{
  gint64 seq;
  const char *delta;
  gboolean replace;
  const char *cumulative;
  MzStreamChange change;
  const char *appended;
  const char *text;
} Step;

typedef struct
{
  const char *name;
  Step steps[8];
} Case;

static const Case cases[] = {
  { "protocol-4", {
    { 6, "The", FALSE, "The", MZ_STREAM_APPENDED, "The", "The" },
    { 20, " tool", FALSE, "The tool", MZ_STREAM_APPENDED, " tool", "The tool" },
    { 26, " answered", FALSE, "The tool answered", MZ_STREAM_APPENDED, " answered", "The tool answered" },
  } },
  { "protocol-3", {
    { 2, NULL, FALSE, "hello", MZ_STREAM_APPENDED, "hello", "hello" },
    { 6, NULL, FALSE, "hello there", MZ_STREAM_APPENDED, " there", "hello there" },
    { 7, NULL, FALSE, "hello there", MZ_STREAM_UNCHANGED, NULL, "hello there" },
    { 8, NULL, FALSE, "other", MZ_STREAM_REPLACED, "other", "other" },
  } },
  { "deltas-alone", {
    { 1, "a", FALSE, NULL, MZ_STREAM_APPENDED, "a", "a" },
    { 2, "b", FALSE, NULL, MZ_STREAM_APPENDED, "b", "ab" },
    { 3, "", FALSE, NULL, MZ_STREAM_UNCHANGED, NULL, "ab" },
    { 4, "c", FALSE, NULL, MZ_STREAM_APPENDED, "c", "abc" },
  } },
  { "duplicate", {
    { 1, "a", FALSE, "a", MZ_STREAM_APPENDED, "a", "a" },
    { 2, "b", FALSE, "ab", MZ_STREAM_APPENDED, "b", "ab" },
    { 2, "b", FALSE, "ab", MZ_STREAM_UNCHANGED, NULL, "ab" },
    { 1, "a", FALSE, "a", MZ_STREAM_UNCHANGED, NULL, "ab" },
    { 0, "x", TRUE, NULL, MZ_STREAM_UNCHANGED, NULL, "ab" },
  } },
  { "lost-but-cumulative", {
    { 1, "a", FALSE, "a", MZ_STREAM_APPENDED, "a", "a" },
    { 5, "d", FALSE, "abcd", MZ_STREAM_APPENDED, "bcd", "abcd" },
    { 6, "e", FALSE, "abcde", MZ_STREAM_APPENDED, "e", "abcde" },
  } },
  { "gap", {
    { 1, "a", FALSE, NULL, MZ_STREAM_APPENDED, "a", "a" },
    { 3, "c", FALSE, NULL, MZ_STREAM_GAP, NULL, "a" },
    { 4, "d", FALSE, NULL, MZ_STREAM_GAP, NULL, "a" },
    { 2, "b", FALSE, NULL, MZ_STREAM_APPENDED, "b", "ab" },
    { 5, "e", FALSE, "abcde", MZ_STREAM_APPENDED, "cde", "abcde" },
    { 6, "f", FALSE, NULL, MZ_STREAM_APPENDED, "f", "abcdef" },
  } },
  { "gap-without-text", {
    { 1, "a", FALSE, NULL, MZ_STREAM_APPENDED, "a", "a" },
    { 9, NULL, FALSE, NULL, MZ_STREAM_GAP, NULL, "a" },
    { 2, "b", FALSE, NULL, MZ_STREAM_APPENDED, "b", "ab" },
  } },
  { "replace", {
    { 1, "a draft", FALSE, "a draft", MZ_STREAM_APPENDED, "a draft", "a draft" },
    { 2, "the text", TRUE, "the text", MZ_STREAM_REPLACED, "the text", "the text" },
    { 9, "the text!", TRUE, NULL, MZ_STREAM_APPENDED, "!", "the text!" },
    { 10, "", TRUE, "", MZ_STREAM_REPLACED, "", "" },
    { 11, "x", FALSE, "x", MZ_STREAM_APPENDED, "x", "x" },
  } },
  { "cumulative-wins", {
    { 1, "a", FALSE, "a", MZ_STREAM_APPENDED, "a", "a" },
    { 2, "b", FALSE, "aXb", MZ_STREAM_APPENDED, "Xb", "aXb" },
    { 3, "c", FALSE, "Zbc", MZ_STREAM_REPLACED, "Zbc", "Zbc" },
    { 4, "d", FALSE, "Z", MZ_STREAM_REPLACED, "Z", "Z" },
  } },
  { "no-numbers", {
    { -1, "a", FALSE, NULL, MZ_STREAM_APPENDED, "a", "a" },
    { -1, "b", FALSE, NULL, MZ_STREAM_APPENDED, "b", "ab" },
    { 7, "c", FALSE, NULL, MZ_STREAM_APPENDED, "c", "abc" },
    { 8, "d", FALSE, NULL, MZ_STREAM_APPENDED, "d", "abcd" },
  } },
  { "huge-number", {
    { G_MAXINT64 - 1, "a", FALSE, NULL, MZ_STREAM_APPENDED, "a", "a" },
    { G_MAXINT64, "b", FALSE, NULL, MZ_STREAM_APPENDED, "b", "ab" },
    { 1, "c", FALSE, NULL, MZ_STREAM_UNCHANGED, NULL, "ab" },
    { G_MININT64, "c", FALSE, NULL, MZ_STREAM_APPENDED, "c", "abc" },
  } },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (MzStream) stream = mz_stream_new ();

  for (guint i = 0; i < G_N_ELEMENTS (c->steps) && c->steps[i].text != NULL; i++)
    {
      const Step *step = &c->steps[i];
      const char *appended;
      gsize length;
      MzStreamChange change = mz_stream_apply (stream, step->seq, step->delta, step->replace, step->cumulative, &appended, &length);

      g_assert_cmpint (change, ==, step->change);
      g_assert_cmpstr (mz_stream_get_text (stream), ==, step->text);
      g_assert_cmpuint (mz_stream_get_length (stream), ==, strlen (step->text));
      g_assert_cmpstr (appended, ==, step->appended);
      g_assert_cmpuint (length, ==, step->appended != NULL ? strlen (step->appended) : 0);
    }
}

static void
test_reset (void)
{
  g_autoptr (MzStream) stream = mz_stream_new ();
  const char *appended;
  gsize length;

  g_assert_cmpint (mz_stream_get_seq (stream), ==, -1);
  g_assert_cmpint (mz_stream_apply (stream, 4, "a", FALSE, NULL, NULL, NULL), ==, MZ_STREAM_APPENDED);
  g_assert_cmpint (mz_stream_apply (stream, 9, "e", FALSE, NULL, NULL, NULL), ==, MZ_STREAM_GAP);
  g_assert_cmpint (mz_stream_reset (stream, -1, "abcde", &appended, &length), ==, MZ_STREAM_APPENDED);
  g_assert_cmpstr (appended, ==, "bcde");
  g_assert_cmpint (mz_stream_get_seq (stream), ==, 4);

  /* Any number above goes on from there, and counts again. */
  g_assert_cmpint (mz_stream_apply (stream, 3, "x", FALSE, NULL, NULL, NULL), ==, MZ_STREAM_UNCHANGED);
  g_assert_cmpint (mz_stream_apply (stream, 12, "f", FALSE, NULL, NULL, NULL), ==, MZ_STREAM_APPENDED);
  g_assert_cmpint (mz_stream_apply (stream, 14, "h", FALSE, NULL, NULL, NULL), ==, MZ_STREAM_GAP);
  g_assert_cmpstr (mz_stream_get_text (stream), ==, "abcdef");

  g_assert_cmpint (mz_stream_reset (stream, 20, NULL, &appended, &length), ==, MZ_STREAM_REPLACED);
  g_assert_cmpstr (mz_stream_get_text (stream), ==, "");
  g_assert_cmpint (mz_stream_apply (stream, 20, "x", FALSE, NULL, NULL, NULL), ==, MZ_STREAM_UNCHANGED);
  g_assert_cmpint (mz_stream_apply (stream, 25, "x", FALSE, NULL, NULL, NULL), ==, MZ_STREAM_APPENDED);
}

/* Any cut of a text into pieces, with pieces repeated, overtaken and lost, gives the text. */
static void
test_random_cuts (void)
{
  for (guint round = 0; round < 400; round++)
    {
      g_autoptr (MzStream) stream = mz_stream_new ();
      g_autoptr (GString) whole = g_string_new (NULL);
      g_autoptr (GString) seen = g_string_new (NULL);
      g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
      gboolean cumulative = round % 2 == 0;
      gboolean deltas = round % 4 != 0;
      guint n = g_test_rand_int_range (1, 60);
      guint at = 0;

      for (guint i = 0; i < n; i++)
        {
          gint length = g_test_rand_int_range (0, 9);

          for (gint j = 0; j < length; j++)
            g_string_append_c (whole, "aab \n"[g_test_rand_int_range (0, 5)]);
          g_ptr_array_add (texts, g_strdup (whole->str));
        }

      while (at < n)
        {
          guint pick = at;
          const char *before;
          const char *after;
          const char *appended;
          gsize length;
          MzStreamChange change;

          /* Again, late or early; only the first piece comes first, for a stream begins with whatever comes. */
          if (at > 0 && g_test_rand_int_range (0, 4) == 0)
            pick = g_test_rand_int_range (0, n);
          before = pick > 0 ? g_ptr_array_index (texts, pick - 1) : "";
          after = g_ptr_array_index (texts, pick);
          change = mz_stream_apply (stream, pick, deltas ? after + strlen (before) : NULL, FALSE,
                                    cumulative || !deltas ? after : NULL, &appended, &length);

          switch (change)
            {
            case MZ_STREAM_APPENDED:
              g_string_append_len (seen, appended, length);
              break;
            case MZ_STREAM_REPLACED:
              g_string_assign (seen, appended);
              break;
            case MZ_STREAM_GAP:
              g_assert_false (cumulative);
              g_assert_cmpuint (pick, >, at);
              break;
            case MZ_STREAM_UNCHANGED:
            default:
              break;
            }

          /* Whoever follows the changes sees the text, and the text is always what it was at some point. */
          g_assert_cmpstr (seen->str, ==, mz_stream_get_text (stream));
          g_assert_cmpstr (seen->str, ==, g_ptr_array_index (texts, mz_stream_get_seq (stream)));
          at = mz_stream_get_seq (stream) + 1;
        }

      g_assert_cmpstr (mz_stream_get_text (stream), ==, whole->str);
    }
}

/* Appending must not look at what is there: 200,000 pieces would take hours if it did. */
static void
test_long (void)
{
  g_autoptr (MzStream) stream = mz_stream_new ();

  for (guint i = 0; i < 200000; i++)
    g_assert_cmpint (mz_stream_apply (stream, i, "0123456789", FALSE, NULL, NULL, NULL), ==, MZ_STREAM_APPENDED);
  g_assert_cmpuint (mz_stream_get_length (stream), ==, 2000000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/stream/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/stream/reset", test_reset);
  g_test_add_func ("/stream/random-cuts", test_random_cuts);
  g_test_add_func ("/stream/long", test_long);
  return g_test_run ();
}
