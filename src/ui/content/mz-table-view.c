/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-table-view.h"

#include <glib/gi18n.h>

#include "mz-scroll-guard.h"
#include "mz-text-label.h"
#include "mz-text-util.h"

/* A cell is at most as wide as this, and made narrower when there is no room down to that. */
#define MAX_CELL_CHARS 40
#define MIN_CELL_CHARS 12
/* A word of up to so many characters (an address, a path) is not broken. */
#define MAX_WHOLE_WORD 32
/* Cells that would take long to lay out are cut after so many characters. */
#define MAX_LONG_CELL 400

struct _MzTableView
{
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkGrid *grid;
  GPtrArray *rows;              /* of GPtrArray of labels, which the grid owns */
  guint n_columns;
};

G_DEFINE_FINAL_TYPE (MzTableView, mz_table_view, GTK_TYPE_WIDGET)

static GQuark
row_quark (void)
{
  return g_quark_from_static_string ("mz-table-row");
}

/* ---- GtkWidget ---- */

static GtkSizeRequestMode
mz_table_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
mz_table_view_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  MzTableView *self = MZ_TABLE_VIEW (widget);
  int grid_minimum;
  int grid_natural;
  int grid_width;
  int scroller_minimum;

  gtk_widget_measure (GTK_WIDGET (self->grid), GTK_ORIENTATION_HORIZONTAL, -1, &grid_minimum, &grid_natural, NULL, NULL);
  gtk_widget_measure (self->scroller, orientation, -1, &scroller_minimum, NULL, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = scroller_minimum;
      *natural = MAX (scroller_minimum, grid_natural);
      return;
    }

  /* A scrolled window asks for its child's height without a width; here the width decides where cells are wrapped. */
  grid_width = for_size < 0 ? grid_natural : CLAMP (for_size, grid_minimum, grid_natural);
  gtk_widget_measure (GTK_WIDGET (self->grid), GTK_ORIENTATION_VERTICAL, grid_width, NULL, natural, NULL, NULL);
  *minimum = *natural = MAX (*natural, scroller_minimum);
}

static void
mz_table_view_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  gtk_widget_size_allocate (MZ_TABLE_VIEW (widget)->scroller, &(GtkAllocation) { 0, 0, width, height }, -1);
}

/* ---- GObject ---- */

static void
mz_table_view_dispose (GObject *object)
{
  MzTableView *self = MZ_TABLE_VIEW (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);

  G_OBJECT_CLASS (mz_table_view_parent_class)->dispose (object);
}

static void
mz_table_view_class_init (MzTableViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_table_view_dispose;

  widget_class->get_request_mode = mz_table_view_get_request_mode;
  widget_class->measure = mz_table_view_measure;
  widget_class->size_allocate = mz_table_view_size_allocate;

  gtk_widget_class_set_css_name (widget_class, "table-view");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
mz_table_view_init (MzTableView *self)
{
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_widget_set_halign (GTK_WIDGET (self->grid), GTK_ALIGN_START);

  self->scroller = gtk_scrolled_window_new ();
  /* Not NEVER: it would ask for the height of the narrowest table. All of the height is given to it. */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_EXTERNAL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->grid));
  mz_scroll_guard_add (GTK_SCROLLED_WINDOW (self->scroller));
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
}

static void
remove_rows_from (MzTableView *self,
                  guint        n)
{
  while (self->rows->len > n)
    {
      gtk_grid_remove_row (self->grid, self->rows->len - 1);
      g_ptr_array_remove_index (self->rows, self->rows->len - 1);
    }
}

static void
update_cell (GtkLabel *label,
             MzBlock  *table,
             MzBlock  *cell,
             guint     column)
{
  const char *text = cell != NULL ? mz_block_get_text (cell) : "";
  gsize length = cell != NULL ? mz_block_get_length (cell) : 0;
  glong chars = length > MAX_CELL_CHARS * 4 ? MAX_CELL_CHARS : g_utf8_strlen (text, -1);
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (label)) == GTK_TEXT_DIR_RTL;
  float xalign = 0;

  if (cell == NULL)
    {
      gtk_label_set_text (label, "");
    }
  else if (length > MAX_LONG_CELL && (length > MZ_TEXT_MAX_LABEL || mz_text_longest_run (text) > MAX_LONG_CELL))
    {
      g_autofree char *cut = g_strndup (text, mz_text_split (text, strlen (text), MAX_LONG_CELL));
      g_autofree char *shown = g_strconcat (cut, "…", NULL);

      gtk_label_set_text (label, shown);
    }
  else
    {
      gtk_label_set_markup (label, mz_block_get_markup (cell));
    }

  switch (mz_block_get_alignment (table, column))
    {
    case MZ_ALIGN_CENTER:
      xalign = 0.5;
      break;

    /* The text says a side, GTK means start and end. */
    case MZ_ALIGN_RIGHT:
      xalign = rtl ? 0 : 1;
      break;

    case MZ_ALIGN_LEFT:
      xalign = rtl ? 1 : 0;
      break;

    case MZ_ALIGN_DEFAULT:
    default:
      break;
    }
  gtk_label_set_xalign (label, xalign);
  gtk_label_set_justify (label, xalign == 0 ? GTK_JUSTIFY_LEFT : xalign == 1 ? GTK_JUSTIFY_RIGHT : GTK_JUSTIFY_CENTER);
  gtk_label_set_width_chars (label, MIN (MAX (MIN_CELL_CHARS, MIN ((glong) mz_text_longest_run (gtk_label_get_text (label)) * 5 / 4, MAX_WHOLE_WORD)), chars));
}

static GPtrArray *
make_row (MzTableView *self,
          guint        n)
{
  GPtrArray *row = g_ptr_array_new ();

  for (guint column = 0; column < self->n_columns; column++)
    {
      GtkWidget *label = mz_text_label_new (n == 0 ? GTK_ACCESSIBLE_ROLE_COLUMN_HEADER : GTK_ACCESSIBLE_ROLE_LABEL);

      gtk_widget_add_css_class (label, n == 0 ? "head" : "cell");
      gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CELL_CHARS);
      gtk_label_set_yalign (GTK_LABEL (label), 0);
      gtk_widget_set_valign (label, GTK_ALIGN_FILL);
      g_object_set_qdata (G_OBJECT (label), row_quark (), GUINT_TO_POINTER (n + 1));
      gtk_grid_attach (self->grid, label, column, n, 1, 1);
      g_ptr_array_add (row, label);
    }

  return row;
}

/**
 * mz_table_view_new:
 * @table: a table
 *
 * Returns: a new view of @table
 */
GtkWidget *
mz_table_view_new (MzBlock *table)
{
  MzTableView *self = g_object_new (MZ_TYPE_TABLE_VIEW, NULL);

  mz_table_view_set_block (self, table);

  return GTK_WIDGET (self);
}

/**
 * mz_table_view_set_block:
 * @self: a view
 * @table: a table
 *
 * Shows @table; the labels of cells that stay are kept.
 */
void
mz_table_view_set_block (MzTableView *self,
                         MzBlock     *table)
{
  g_autofree char *label = NULL;
  guint n_rows;

  g_return_if_fail (MZ_IS_TABLE_VIEW (self));
  g_return_if_fail (mz_block_get_kind (table) == MZ_BLOCK_TABLE);

  n_rows = mz_block_get_n_children (table);
  if (self->n_columns != mz_block_get_n_columns (table))
    {
      remove_rows_from (self, 0);
      self->n_columns = mz_block_get_n_columns (table);
    }
  remove_rows_from (self, n_rows);

  for (guint n = 0; n < n_rows; n++)
    {
      MzBlock *row = mz_block_get_child (table, n);
      guint n_cells = mz_block_get_n_children (row);

      GPtrArray *labels;

      if (n == self->rows->len)
        g_ptr_array_add (self->rows, make_row (self, n));
      labels = g_ptr_array_index (self->rows, n);
      for (guint column = 0; column < self->n_columns; column++)
        update_cell (g_ptr_array_index (labels, column), table,
                     column < n_cells ? mz_block_get_child (row, column) : NULL, column);
    }

  /* Translators: what a screen reader says of a table before its cells. */
  label = g_strdup_printf (_("Table with %u columns and %u rows"), self->n_columns, n_rows);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/**
 * mz_table_view_get_row:
 * @label: a label
 *
 * Returns: the row of the table it stands in, from 1 on; 0 when it is no cell
 */
guint
mz_table_view_get_row (GtkWidget *label)
{
  return GPOINTER_TO_UINT (g_object_get_qdata (G_OBJECT (label), row_quark ()));
}
