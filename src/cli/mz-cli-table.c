/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-table.h"

#include "mz-cli-text.h"

#define MAX_COLUMNS 8
#define GAP 2

struct _MzCliTable
{
  GPtrArray *rows;              /* GStrv */
  guint indent;
  gboolean right[MAX_COLUMNS];
  guint max_width[MAX_COLUMNS];
};

/**
 * mz_cli_table_new:
 *
 * Returns: (transfer full): an empty table
 */
MzCliTable *
mz_cli_table_new (void)
{
  MzCliTable *self = g_new0 (MzCliTable, 1);

  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  return self;
}

void
mz_cli_table_free (MzCliTable *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->rows);
  g_free (self);
}

/**
 * mz_cli_table_set_indent:
 * @columns: how far each line is moved to the right
 */
void
mz_cli_table_set_indent (MzCliTable *self,
                         guint       columns)
{
  g_return_if_fail (self != NULL);

  self->indent = columns;
}

/**
 * mz_cli_table_set_right:
 * @column: the column whose cells are flush right: numbers
 */
void
mz_cli_table_set_right (MzCliTable *self,
                        guint       column)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (column < MAX_COLUMNS);

  self->right[column] = TRUE;
}

/**
 * mz_cli_table_set_max_width:
 * @column: the column whose cells are cut
 * @width: columns of the terminal; 0 for any width
 */
void
mz_cli_table_set_max_width (MzCliTable *self,
                            guint       column,
                            guint       width)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (column < MAX_COLUMNS);

  self->max_width[column] = width;
}

/**
 * mz_cli_table_add_row:
 * @first_cell: the first cell
 * @...: the others, closed by %NULL
 */
void
mz_cli_table_add_row (MzCliTable *self,
                      const char *first_cell,
                      ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *cell = first_cell;
  guint column = 0;
  va_list cells;

  g_return_if_fail (self != NULL);

  va_start (cells, first_cell);
  for (; cell != NULL && column < MAX_COLUMNS; column++)
    {
      g_autofree char *clean = mz_cli_text_clean (cell, MZ_CLI_TEXT_LINE);
      g_autofree char *shortened = mz_cli_text_ellipsize (clean, self->max_width[column]);

      g_strv_builder_add (builder, shortened);
      cell = va_arg (cells, const char *);
    }
  va_end (cells);

  g_ptr_array_add (self->rows, g_strv_builder_end (builder));
}

guint
mz_cli_table_get_n_rows (MzCliTable *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rows->len;
}

static void
append_spaces (GString *text,
               guint    n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_c (text, ' ');
}

/**
 * mz_cli_table_to_string:
 *
 * Returns: (transfer full): the lines, each with a line feed, none with spaces at its end
 */
char *
mz_cli_table_to_string (MzCliTable *self)
{
  guint widths[MAX_COLUMNS] = { 0 };
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->rows->len; i++)
    {
      GStrv row = g_ptr_array_index (self->rows, i);

      for (guint j = 0; row[j] != NULL; j++)
        widths[j] = MAX (widths[j], mz_cli_text_width (row[j]));
    }

  text = g_string_new (NULL);
  for (guint i = 0; i < self->rows->len; i++)
    {
      GStrv row = g_ptr_array_index (self->rows, i);

      append_spaces (text, self->indent);
      for (guint j = 0; row[j] != NULL; j++)
        {
          guint padding = widths[j] - mz_cli_text_width (row[j]);

          if (j > 0)
            append_spaces (text, GAP);
          if (self->right[j])
            append_spaces (text, padding);
          g_string_append (text, row[j]);
          if (!self->right[j])
            append_spaces (text, padding);
        }

      while (text->len > 0 && text->str[text->len - 1] == ' ')
        g_string_truncate (text, text->len - 1);
      g_string_append_c (text, '\n');
    }

  return g_string_free (text, FALSE);
}
