/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Markdown: a text that comes in pieces becomes what the whole one becomes, who follows the signals has it, and all of its markup is such
 * that a label takes it.
 *
 * The bytes before the first zero say how the text behind it is cut; without a zero all of it is the text, cut by its own bytes.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "mz-markdown.h"

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
start_element (GMarkupParseContext  *context,
               const char           *element,
               const char          **names,
               const char          **values,
               gpointer              user_data,
               GError              **error)
{
  static const char * const known[] = { "markup", "a", "b", "i", "s", "tt", NULL };

  g_assert_true (g_strv_contains (known, element));
  if (strcmp (element, "a") == 0)
    {
      g_assert_cmpstr (names[0], ==, "href");
      g_assert_true (mz_markdown_link_is_safe (values[0]));
    }
  else
    {
      g_assert_null (names[0]);
    }
}

static void
take_text (GMarkupParseContext  *context,
           const char           *text,
           gsize                 length,
           gpointer              user_data,
           GError              **error)
{
  g_string_append_len (user_data, text, length);
}

static void
check_block (MzBlock *block,
             guint    depth)
{
  static const GMarkupParser parser = { start_element, NULL, take_text, NULL, NULL };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, text, NULL);
  g_autofree char *whole = g_strconcat ("<markup>", mz_block_get_markup (block), "</markup>", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (depth, <=, MZ_MARKDOWN_MAX_DEPTH);
  g_assert_cmpuint (strlen (mz_block_get_text (block)), ==, mz_block_get_length (block));
  g_assert_true (g_utf8_validate (mz_block_get_text (block), -1, NULL));
  if (mz_block_get_kind (block) != MZ_BLOCK_CODE)
    {
      g_markup_parse_context_parse (context, whole, -1, &error);
      g_assert_no_error (error);
      g_markup_parse_context_end_parse (context, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text->str, ==, mz_block_get_text (block));
    }
  if (mz_block_get_kind (block) == MZ_BLOCK_TABLE)
    {
      for (guint i = 0; i < mz_block_get_n_children (block); i++)
        g_assert_cmpuint (mz_block_get_n_children (mz_block_get_child (block, i)), ==, mz_block_get_n_columns (block));
    }
  for (guint i = 0; i < mz_block_get_n_children (block); i++)
    check_block (mz_block_get_child (block, i), depth + 1);
}

static void
changed_cb (MzMarkdown *markdown,
            guint       position,
            guint       removed,
            guint       added,
            GPtrArray  *mirror)
{
  g_assert_cmpuint (position + removed, <=, mirror->len);
  if (removed > 0)
    g_ptr_array_remove_range (mirror, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (mirror, position + i, mz_block_ref (mz_markdown_get_block (markdown, position + i)));
}

static void
code_grew_cb (MzMarkdown *markdown,
              guint       position,
              const char *text,
              GPtrArray  *mirror)
{
  MzBlock *before;
  MzBlock *now;
  g_autofree char *grown = NULL;

  g_assert_cmpuint (position, <, mirror->len);
  before = g_ptr_array_index (mirror, position);
  now = mz_markdown_get_block (markdown, position);
  grown = g_strconcat (mz_block_get_text (before), text, NULL);
  g_assert_cmpstr (grown, ==, mz_block_get_text (now));
  g_ptr_array_index (mirror, position) = mz_block_ref (now);
  mz_block_unref (before);
}

static void
check_same (MzMarkdown *markdown,
            GPtrArray  *mirror,
            const char *text,
            size_t      length,
            gboolean    finished)
{
  g_autoptr (MzMarkdown) whole = mz_markdown_new ();

  mz_markdown_append (whole, text, length);
  if (finished)
    mz_markdown_finish (whole);
  g_assert_cmpuint (mz_markdown_get_n_blocks (markdown), ==, mz_markdown_get_n_blocks (whole));
  g_assert_cmpuint (mz_markdown_get_n_blocks (markdown), ==, mirror->len);
  for (guint i = 0; i < mirror->len; i++)
    {
      MzBlock *block = mz_markdown_get_block (markdown, i);

      g_assert_true (mz_block_equal (block, mz_markdown_get_block (whole, i)));
      g_assert_true (block == g_ptr_array_index (mirror, i));
      check_block (block, 1);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const uint8_t *zero = size > 0 ? memchr (data, 0, size) : NULL;
  const uint8_t *cuts = data;
  size_t n_cuts = zero != NULL && zero > data ? (size_t) (zero - data) : size;
  const char *text = zero != NULL ? (const char *) zero + 1 : (const char *) data;
  size_t length = zero != NULL ? size - (zero + 1 - data) : size;
  g_autoptr (MzMarkdown) markdown = mz_markdown_new ();
  g_autoptr (GPtrArray) mirror = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_block_unref);

  g_signal_connect (markdown, "changed", G_CALLBACK (changed_cb), mirror);
  g_signal_connect (markdown, "code-grew", G_CALLBACK (code_grew_cb), mirror);
  for (size_t at = 0, i = 0; at < length; i++)
    {
      size_t piece = MIN ((size_t) 1 + cuts[i % n_cuts] % 23, length - at);
      gboolean finished = cuts[i % n_cuts] % 13 == 0;

      /* From time to time it comes as the whole text so far, or seems to be at its end. */
      at += piece;
      mz_markdown_append (markdown, text + at - piece, piece);
      if (cuts[i % n_cuts] % 29 == 0)
        {
          mz_markdown_set_text (markdown, text, at);
          finished = TRUE;
        }
      else if (finished)
        {
          mz_markdown_finish (markdown);
        }
      if (at == length || cuts[i % n_cuts] % 7 == 0)
        check_same (markdown, mirror, text, at, finished);
    }
  return 0;
}
