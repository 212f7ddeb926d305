/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-markdown"

#include "config.h"

#include "mz-markdown.h"

#include <string.h>

#include "mz-markdown-private.h"

struct _MzCode
{
  gatomicrefcount ref_count;
  GString *text;
};

struct _MzBlock
{
  gatomicrefcount ref_count;
  MzBlockKind kind;

  /* @markup is @text itself when nothing in it is marked up. */
  char *markup;
  char *text;
  gsize length;

  /* What this block sees of code that may have grown since; @text is a copy of that once it was asked for. */
  MzCode *code;
  char *language;

  /* (element-type MzBlock) (nullable) */
  GPtrArray *children;
  MzAlign *alignments;

  /* Of a heading, a list and a table, in this order. */
  guint number;
  MzTask task;
  guint open : 1;
  guint ordered : 1;
  guint tight : 1;
};

G_DEFINE_BOXED_TYPE (MzBlock, mz_block, mz_block_ref, mz_block_unref)

MzCode *
mz_code_new (void)
{
  MzCode *self = g_new0 (MzCode, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->text = g_string_new (NULL);
  return self;
}

MzCode *
mz_code_ref (MzCode *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mz_code_unref (MzCode *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_string_free (self->text, TRUE);
  g_free (self);
}

void
mz_code_append (MzCode     *self,
                const char *text,
                gsize       length)
{
  g_string_append_len (self->text, text, length);
}

gsize
mz_code_get_length (MzCode *self)
{
  return self->text->len;
}

const char *
mz_code_get_text (MzCode *self)
{
  return self->text->str;
}

MzBlock *
mz_block_new (MzBlockKind kind)
{
  MzBlock *self = g_new0 (MzBlock, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  return self;
}

/* (transfer full): a block of what @code has now */
MzBlock *
mz_block_new_code (MzCode     *code,
                   const char *language,
                   gboolean    open)
{
  MzBlock *self = mz_block_new (MZ_BLOCK_CODE);

  self->code = mz_code_ref (code);
  self->length = mz_code_get_length (code);
  self->language = language != NULL && *language != '\0' ? g_strdup (language) : NULL;
  self->open = open;
  return self;
}

void
mz_block_set_markup (MzBlock *self,
                     GString *markup,
                     GString *text)
{
  g_assert (self->text == NULL);

  self->text = g_strndup (text->str, text->len);
  self->length = text->len;
  self->markup = g_string_equal (markup, text) ? self->text : g_strndup (markup->str, markup->len);
}

void
mz_block_set_level (MzBlock *self,
                    guint    level)
{
  self->number = level;
}

void
mz_block_set_list (MzBlock  *self,
                   gboolean  ordered,
                   guint     start,
                   gboolean  tight)
{
  self->ordered = ordered;
  self->number = start;
  self->tight = tight;
}

void
mz_block_set_task (MzBlock *self,
                   MzTask   task)
{
  self->task = task;
}

void
mz_block_set_alignments (MzBlock       *self,
                         const MzAlign *alignments,
                         guint          n_columns)
{
  g_free (self->alignments);
  self->alignments = g_memdup2 (alignments, n_columns * sizeof (MzAlign));
  self->number = n_columns;
}

void
mz_block_set_open (MzBlock  *self,
                   gboolean  open)
{
  self->open = open;
}

/* @child: (transfer full) */
void
mz_block_add (MzBlock *self,
              MzBlock *child)
{
  if (self->children == NULL)
    self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_block_unref);
  g_ptr_array_add (self->children, child);
}

/*
 * Takes from @before, which stood in this place, the children that are still the same: who shows them can tell by the pointer
 * what to leave alone.
 */
void
mz_block_adopt (MzBlock *self,
                MzBlock *before)
{
  guint n;

  if (self->kind != before->kind || self->children == NULL || before->children == NULL)
    return;

  n = MIN (self->children->len, before->children->len);
  for (guint i = 0; i < n; i++)
    {
      MzBlock *mine = g_ptr_array_index (self->children, i);
      MzBlock *old = g_ptr_array_index (before->children, i);

      if (mz_block_equal (mine, old))
        {
          g_ptr_array_index (self->children, i) = mz_block_ref (old);
          mz_block_unref (mine);
        }
      else
        {
          mz_block_adopt (mine, old);
        }
    }
}

/*
 * What code that is open has more at its end than @before had, which stood in this place; %NULL when something else changed.
 */
const char *
mz_block_get_growth (MzBlock *self,
                     MzBlock *before)
{
  if (self->kind != MZ_BLOCK_CODE || before->kind != MZ_BLOCK_CODE || !self->open || !before->open ||
      self->length <= before->length || g_strcmp0 (self->language, before->language) != 0)
    return NULL;

  if (self->code != before->code && memcmp (mz_block_get_text (self), mz_block_get_text (before), before->length) != 0)
    return NULL;
  return mz_block_get_text (self) + before->length;
}

/* @self is the rest of the list @before, which was too long for one: its numbers go on. */
void
mz_block_continue_list (MzBlock *self,
                        MzBlock *before)
{
  if (self->kind == MZ_BLOCK_LIST && before->kind == MZ_BLOCK_LIST && self->ordered && before->ordered)
    self->number = before->number + mz_block_get_n_children (before);
}

/**
 * mz_block_ref:
 * @self: a block
 *
 * Returns: (transfer full): @self
 */
MzBlock *
mz_block_ref (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mz_block_unref:
 * @self: (transfer full): a block
 */
void
mz_block_unref (MzBlock *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->markup != self->text)
    g_free (self->markup);
  g_free (self->text);
  g_free (self->language);
  g_free (self->alignments);
  g_clear_pointer (&self->code, mz_code_unref);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_free (self);
}

/**
 * mz_block_get_kind:
 * @self: a block
 *
 * Returns: what it is
 */
MzBlockKind
mz_block_get_kind (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, MZ_BLOCK_PARAGRAPH);

  return self->kind;
}

/**
 * mz_block_get_markup:
 * @self: a block
 *
 * Returns: (transfer none): Pango markup of a paragraph, heading or cell; empty for others
 */
const char *
mz_block_get_markup (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, "");

  return self->markup != NULL ? self->markup : "";
}

/**
 * mz_block_get_text:
 * @self: a block
 *
 * Of code: its lines, without a newline after the last one. The text of code that is open is good until more text comes.
 *
 * Returns: (transfer none): the text of a paragraph, heading, cell or code; empty for others
 */
const char *
mz_block_get_text (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, "");

  if (self->text != NULL)
    return self->text;
  if (self->code == NULL)
    return "";
  if (self->length == mz_code_get_length (self->code))
    return mz_code_get_text (self->code);

  /* It has grown since. */
  self->text = g_strndup (mz_code_get_text (self->code), self->length);
  return self->text;
}

/**
 * mz_block_get_length:
 * @self: a block
 *
 * Returns: the bytes of its text
 */
gsize
mz_block_get_length (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->length;
}

/**
 * mz_block_get_level:
 * @self: a block
 *
 * Returns: the level of a heading, 1 to 6, or 0
 */
guint
mz_block_get_level (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->kind == MZ_BLOCK_HEADING ? self->number : 0;
}

/**
 * mz_block_get_language:
 * @self: a block
 *
 * Returns: (transfer none) (nullable): what the fence of code says its language is, as it was written
 */
const char *
mz_block_get_language (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->language;
}

/**
 * mz_block_get_open:
 * @self: a block
 *
 * Returns: %TRUE for code at the end of the text whose fence is not closed: more may come
 */
gboolean
mz_block_get_open (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->open;
}

/**
 * mz_block_get_ordered:
 * @self: a block
 *
 * Returns: %TRUE for a list with numbers
 */
gboolean
mz_block_get_ordered (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->ordered;
}

/**
 * mz_block_get_start:
 * @self: a block
 *
 * Returns: the number of the first item of an ordered list
 */
guint
mz_block_get_start (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->kind == MZ_BLOCK_LIST ? self->number : 0;
}

/**
 * mz_block_get_tight:
 * @self: a block
 *
 * Returns: %TRUE for a list without space between its items
 */
gboolean
mz_block_get_tight (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->tight;
}

/**
 * mz_block_get_task:
 * @self: a block
 *
 * Returns: whether an item is a task, and done
 */
MzTask
mz_block_get_task (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, MZ_TASK_NONE);

  return self->task;
}

/**
 * mz_block_get_n_columns:
 * @self: a block
 *
 * Returns: the columns of a table; each of its rows has as many cells
 */
guint
mz_block_get_n_columns (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->kind == MZ_BLOCK_TABLE ? self->number : 0;
}

/**
 * mz_block_get_alignment:
 * @self: a table
 * @column: which one
 *
 * Returns: how the cells of a column are aligned
 */
MzAlign
mz_block_get_alignment (MzBlock *self,
                        guint    column)
{
  g_return_val_if_fail (self != NULL, MZ_ALIGN_DEFAULT);
  g_return_val_if_fail (column < mz_block_get_n_columns (self), MZ_ALIGN_DEFAULT);

  return self->alignments[column];
}

/**
 * mz_block_get_n_children:
 * @self: a block
 *
 * Returns: how many blocks it has in it
 */
guint
mz_block_get_n_children (MzBlock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->children != NULL ? self->children->len : 0;
}

/**
 * mz_block_get_child:
 * @self: a block
 * @n: which one
 *
 * Returns: (transfer none): a block in it
 */
MzBlock *
mz_block_get_child (MzBlock *self,
                    guint    n)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (n < mz_block_get_n_children (self), NULL);

  return g_ptr_array_index (self->children, n);
}

/**
 * mz_block_equal:
 * @a: a block
 * @b: a block
 *
 * Returns: %TRUE when they look the same
 */
gboolean
mz_block_equal (MzBlock *a,
                MzBlock *b)
{
  guint n_children;

  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  if (a == b)
    return TRUE;

  n_children = mz_block_get_n_children (a);
  if (a->kind != b->kind || a->length != b->length || a->number != b->number || a->task != b->task || a->open != b->open ||
      a->ordered != b->ordered || a->tight != b->tight || n_children != mz_block_get_n_children (b) ||
      g_strcmp0 (a->language, b->language) != 0 || strcmp (mz_block_get_markup (a), mz_block_get_markup (b)) != 0)
    return FALSE;

  if (a->kind == MZ_BLOCK_TABLE && memcmp (a->alignments, b->alignments, a->number * sizeof (MzAlign)) != 0)
    return FALSE;

  /* Of the same buffer they see as much of it. */
  if (a->length > 0 && (a->code == NULL || a->code != b->code) &&
      memcmp (a->text != NULL ? a->text : mz_code_get_text (a->code),
              b->text != NULL ? b->text : mz_code_get_text (b->code), a->length) != 0)
    return FALSE;

  for (guint i = 0; i < n_children; i++)
    {
      if (!mz_block_equal (g_ptr_array_index (a->children, i), g_ptr_array_index (b->children, i)))
        return FALSE;
    }
  return TRUE;
}

static void
dump_string (GString    *out,
             const char *text)
{
  g_string_append (out, " \"");
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\n')
        g_string_append (out, "\\n");
      else if (*p == '\t')
        g_string_append (out, "\\t");
      else if (*p == '"' || *p == '\\')
        g_string_append_printf (out, "\\%c", *p);
      else
        g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
}

static void
dump (GString *out,
      MzBlock *self,
      guint    depth)
{
  static const char * const kinds[] =
    { "paragraph", "heading", "code", "quote", "list", "item", "table", "row", "cell", "rule" };
  static const char aligns[] = "-lcr";

  g_string_append_printf (out, "%*s%s", (int) depth * 2, "", kinds[self->kind]);
  switch (self->kind)
    {
    case MZ_BLOCK_PARAGRAPH:
    case MZ_BLOCK_CELL:
      dump_string (out, mz_block_get_markup (self));
      break;
    case MZ_BLOCK_HEADING:
      g_string_append_printf (out, " %u", self->number);
      dump_string (out, mz_block_get_markup (self));
      break;
    case MZ_BLOCK_CODE:
      if (self->language != NULL)
        g_string_append_printf (out, " %s", self->language);
      if (self->open)
        g_string_append (out, " open");
      dump_string (out, mz_block_get_text (self));
      break;
    case MZ_BLOCK_LIST:
      if (self->ordered)
        g_string_append_printf (out, " from %u", self->number);
      g_string_append (out, self->tight ? " tight" : " loose");
      break;
    case MZ_BLOCK_ITEM:
      if (self->task != MZ_TASK_NONE)
        g_string_append (out, self->task == MZ_TASK_DONE ? " done" : " to do");
      break;
    case MZ_BLOCK_TABLE:
      g_string_append_c (out, ' ');
      for (guint i = 0; i < self->number; i++)
        g_string_append_c (out, aligns[self->alignments[i]]);
      break;
    case MZ_BLOCK_QUOTE:
    case MZ_BLOCK_ROW:
    case MZ_BLOCK_RULE:
    default:
      break;
    }
  g_string_append_c (out, '\n');

  for (guint i = 0; i < mz_block_get_n_children (self); i++)
    dump (out, g_ptr_array_index (self->children, i), depth + 1);
}

/**
 * mz_block_dump:
 * @self: a block
 *
 * For tests and for looking at: a line for each block, those within it below it, two spaces to the right.
 *
 * Returns: (transfer full): the lines
 */
char *
mz_block_dump (MzBlock *self)
{
  GString *out;

  g_return_val_if_fail (self != NULL, NULL);

  out = g_string_new (NULL);
  dump (out, self, 0);
  return g_string_free (out, FALSE);
}
