/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "markdown-fixture.h"

#include <pango/pango.h>
#include <string.h>

typedef struct
{
  MzBlock *block;

  /* (nullable): the text of code, as it grew */
  GString *code;
} MirrorRow;

static void
mirror_row_free (gpointer data)
{
  MirrorRow *row = data;

  mz_block_unref (row->block);
  if (row->code != NULL)
    g_string_free (row->code, TRUE);
  g_free (row);
}

static MirrorRow *
mirror_row_new (MzBlock *block)
{
  MirrorRow *row = g_new0 (MirrorRow, 1);

  row->block = mz_block_ref (block);
  if (mz_block_get_kind (block) == MZ_BLOCK_CODE)
    row->code = g_string_new (mz_block_get_text (block));
  return row;
}

static void
changed_cb (MzMarkdown *markdown,
            guint       position,
            guint       removed,
            guint       added,
            Mirror     *mirror)
{
  g_assert_cmpuint (removed + added, >, 0);
  g_assert_cmpuint (position + removed, <=, mirror->rows->len);
  g_assert_cmpuint (position + added, <=, mz_markdown_get_n_blocks (markdown));

  mirror->n_changed++;
  mirror->position = position;
  mirror->removed = removed;
  mirror->added = added;

  /* It is no more than it must be. */
  if (removed > 0 && added > 0)
    {
      MirrorRow *first = g_ptr_array_index (mirror->rows, position);
      MirrorRow *last = g_ptr_array_index (mirror->rows, position + removed - 1);

      g_assert_false (mz_block_equal (first->block, mz_markdown_get_block (markdown, position)));
      g_assert_false (mz_block_equal (last->block, mz_markdown_get_block (markdown, position + added - 1)));
    }

  if (removed > 0)
    g_ptr_array_remove_range (mirror->rows, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (mirror->rows, position + i, mirror_row_new (mz_markdown_get_block (markdown, position + i)));
}

static void
code_grew_cb (MzMarkdown *markdown,
              guint       position,
              const char *text,
              Mirror     *mirror)
{
  MirrorRow *row;
  g_autofree char *before = NULL;

  g_assert_cmpuint (position, <, mirror->rows->len);
  row = g_ptr_array_index (mirror->rows, position);
  g_assert_nonnull (row->code);
  g_assert_cmpstr (text, !=, "");
  g_assert_true (mz_block_get_open (mz_markdown_get_block (markdown, position)));

  /* The old block is what it was. */
  g_assert_cmpuint (mz_block_get_length (row->block), ==, row->code->len);
  g_assert_cmpstr (mz_block_get_text (row->block), ==, row->code->str);

  mirror->n_grew++;
  g_string_append (row->code, text);
  mz_block_unref (row->block);
  row->block = mz_block_ref (mz_markdown_get_block (markdown, position));
}

Mirror *
mirror_new (MzMarkdown *markdown)
{
  Mirror *mirror = g_new0 (Mirror, 1);

  mirror->markdown = g_object_ref (markdown);
  mirror->rows = g_ptr_array_new_with_free_func (mirror_row_free);
  for (guint i = 0; i < mz_markdown_get_n_blocks (markdown); i++)
    g_ptr_array_add (mirror->rows, mirror_row_new (mz_markdown_get_block (markdown, i)));
  g_signal_connect (markdown, "changed", G_CALLBACK (changed_cb), mirror);
  g_signal_connect (markdown, "code-grew", G_CALLBACK (code_grew_cb), mirror);
  return mirror;
}

void
mirror_free (Mirror *mirror)
{
  g_signal_handlers_disconnect_by_data (mirror->markdown, mirror);
  g_object_unref (mirror->markdown);
  g_ptr_array_unref (mirror->rows);
  g_free (mirror);
}

/* Who followed the signals has the blocks: the very same ones. */
void
mirror_check (Mirror *mirror)
{
  g_assert_cmpuint (mirror->rows->len, ==, mz_markdown_get_n_blocks (mirror->markdown));
  for (guint i = 0; i < mirror->rows->len; i++)
    {
      MirrorRow *row = g_ptr_array_index (mirror->rows, i);
      MzBlock *block = mz_markdown_get_block (mirror->markdown, i);

      g_assert_true (row->block == block);
      if (row->code != NULL)
        {
          g_assert_cmpuint (row->code->len, ==, mz_block_get_length (block));
          g_assert_cmpstr (row->code->str, ==, mz_block_get_text (block));
        }
    }
}

MzMarkdown *
markdown_of (const char *text,
             gssize      length)
{
  MzMarkdown *markdown = mz_markdown_new ();

  mz_markdown_append (markdown, text, length);
  return markdown;
}

void
assert_same (MzMarkdown *a,
             MzMarkdown *b)
{
  g_autofree char *dump_a = mz_markdown_dump (a);
  g_autofree char *dump_b = mz_markdown_dump (b);
  gsize same = 0;

  /* Texts may be long: where they part says more. */
  while (dump_a[same] == dump_b[same] && dump_a[same] != '\0')
    same++;
  while (same > 0 && dump_a[same - 1] != '\n')
    same--;
  if (dump_a[same] != dump_b[same] || dump_a[same] != '\0')
    {
      g_autofree char *line_a = g_strndup (dump_a + same, MIN (strlen (dump_a + same), 200));
      g_autofree char *line_b = g_strndup (dump_b + same, MIN (strlen (dump_b + same), 200));

      g_assert_cmpstr (line_a, ==, line_b);
      g_assert_cmpstr (dump_a + same, ==, dump_b + same);
    }
  g_assert_cmpuint (mz_markdown_get_n_blocks (a), ==, mz_markdown_get_n_blocks (b));
  for (guint i = 0; i < mz_markdown_get_n_blocks (a); i++)
    g_assert_true (mz_block_equal (mz_markdown_get_block (a, i), mz_markdown_get_block (b, i)));
}

typedef struct
{
  /* The markup without links, which Pango does not know, and the text of it. */
  GString *pango;
  GString *text;
  guint n_links;
} Markup;

static void
start_element (GMarkupParseContext  *context,
               const char           *element,
               const char          **names,
               const char          **values,
               gpointer              user_data,
               GError              **error)
{
  static const char * const known[] = { "markup", "a", "b", "i", "s", "tt", NULL };
  Markup *markup = user_data;

  g_assert_true (g_strv_contains (known, element));
  if (strcmp (element, "a") == 0)
    {
      /* The title becomes the markup of a tooltip. */
      g_assert_cmpstr (names[0], ==, "href");
      g_assert_cmpstr (names[1], ==, "title");
      g_assert_null (names[2]);
      g_assert_true (mz_markdown_link_is_safe (values[0]));
      g_assert_true (pango_parse_markup (values[1], -1, 0, NULL, NULL, NULL, NULL));
      g_assert_cmpuint (markup->n_links++, ==, 0);
      return;
    }
  g_assert_null (names[0]);
  g_string_append_printf (markup->pango, "<%s>", element);
}

static void
end_element (GMarkupParseContext  *context,
             const char           *element,
             gpointer              user_data,
             GError              **error)
{
  Markup *markup = user_data;

  if (strcmp (element, "a") == 0)
    markup->n_links--;
  else
    g_string_append_printf (markup->pango, "</%s>", element);
}

static void
markup_text (GMarkupParseContext  *context,
             const char           *text,
             gsize                 length,
             gpointer              user_data,
             GError              **error)
{
  Markup *markup = user_data;
  g_autofree char *escaped = g_markup_escape_text (text, length);

  g_string_append (markup->pango, escaped);
  g_string_append_len (markup->text, text, length);
}

static void
assert_markup (MzBlock *block)
{
  static const GMarkupParser parser = { start_element, end_element, markup_text, NULL, NULL };
  g_autoptr (GString) pango = g_string_new (NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  Markup markup = { pango, text, 0 };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &markup, NULL);
  g_autofree char *whole = g_strconcat ("<markup>", mz_block_get_markup (block), "</markup>", NULL);
  g_autoptr (GError) error = NULL;

  g_markup_parse_context_parse (context, whole, -1, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  pango_parse_markup (pango->str, -1, 0, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text->str, ==, mz_block_get_text (block));
}

static void
assert_sound_block (MzBlock     *block,
                    MzBlockKind  parent,
                    guint        depth)
{
  MzBlockKind kind = mz_block_get_kind (block);
  guint n_children = mz_block_get_n_children (block);

  g_assert_cmpuint (depth, <=, MZ_MARKDOWN_MAX_DEPTH);
  g_assert_true (g_utf8_validate (mz_block_get_text (block), mz_block_get_length (block), NULL));
  g_assert_cmpuint (strlen (mz_block_get_text (block)), ==, mz_block_get_length (block));
  for (const char *p = mz_block_get_text (block); *p != '\0'; p = g_utf8_next_char (p))
    g_assert_true (*p == '\n' || *p == '\t' || g_unichar_type (g_utf8_get_char (p)) != G_UNICODE_CONTROL);

  g_assert_cmpint (kind == MZ_BLOCK_ITEM, ==, parent == MZ_BLOCK_LIST);
  g_assert_cmpint (kind == MZ_BLOCK_ROW, ==, parent == MZ_BLOCK_TABLE);
  g_assert_cmpint (kind == MZ_BLOCK_CELL, ==, parent == MZ_BLOCK_ROW);
  switch (kind)
    {
    case MZ_BLOCK_HEADING:
      g_assert_cmpuint (mz_block_get_level (block), >=, 1);
      g_assert_cmpuint (mz_block_get_level (block), <=, 6);
      G_GNUC_FALLTHROUGH;
    case MZ_BLOCK_PARAGRAPH:
    case MZ_BLOCK_CELL:
      assert_markup (block);
      G_GNUC_FALLTHROUGH;
    case MZ_BLOCK_CODE:
    case MZ_BLOCK_RULE:
      g_assert_cmpuint (n_children, ==, 0);
      break;
    case MZ_BLOCK_TABLE:
      g_assert_cmpuint (n_children, >=, 1);
      g_assert_cmpuint (mz_block_get_n_columns (block), >=, 1);
      g_assert_cmpuint (mz_block_get_n_columns (block), <=, 64);
      for (guint i = 0; i < n_children; i++)
        g_assert_cmpuint (mz_block_get_n_children (mz_block_get_child (block, i)), ==, mz_block_get_n_columns (block));
      break;
    case MZ_BLOCK_LIST:
      g_assert_cmpuint (n_children, >=, 1);
      break;
    case MZ_BLOCK_QUOTE:
    case MZ_BLOCK_ITEM:
    case MZ_BLOCK_ROW:
    default:
      break;
    }

  for (guint i = 0; i < n_children; i++)
    assert_sound_block (mz_block_get_child (block, i), kind, depth + 1);
}

/* Whatever the text was, its blocks are such that a view can show them without a second thought. */
void
assert_sound (MzMarkdown *markdown)
{
  for (guint i = 0; i < mz_markdown_get_n_blocks (markdown); i++)
    assert_sound_block (mz_markdown_get_block (markdown, i), MZ_BLOCK_QUOTE, 1);
}
