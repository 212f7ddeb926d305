/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-transcript"

#include "config.h"

#include "mz-transcript-private.h"

/* The rows that have widgets, and what becomes of them when the model changes. */

/* The index in `rows` of the row at @position, or of the first one after it. */
static guint
find_index (MzTranscript *self,
            guint         position)
{
  guint low = 0;
  guint high = self->rows->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      MzTranscriptRow *row = g_ptr_array_index (self->rows, middle);

      if (row->position < position)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

MzTranscriptRow *
mz_transcript_find_row (MzTranscript *self,
                        guint         position)
{
  guint index = find_index (self, position);
  MzTranscriptRow *row;

  if (index == self->rows->len)
    return NULL;
  row = g_ptr_array_index (self->rows, index);

  return row->position == position ? row : NULL;
}

/* The row that @widget is, or is in. */
MzTranscriptRow *
mz_transcript_row_of_widget (MzTranscript *self,
                             GtkWidget    *widget)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      MzTranscriptRow *row = g_ptr_array_index (self->rows, i);

      if (row->widget == widget || gtk_widget_is_ancestor (widget, row->widget))
        return row;
    }

  return NULL;
}

/* The order of the children is what screen readers and the keyboard follow. */
static void
put_in_order (MzTranscript *self,
              guint         index)
{
  MzTranscriptRow *row = g_ptr_array_index (self->rows, index);
  GtkWidget *before = self->header;

  if (index > 0)
    {
      MzTranscriptRow *previous = g_ptr_array_index (self->rows, index - 1);

      before = previous->widget;
    }
  gtk_widget_insert_after (row->widget, GTK_WIDGET (self), before);
}

/* The row at @position, made if there is none. It is measured with the next allocation. */
MzTranscriptRow *
mz_transcript_ensure_row (MzTranscript *self,
                          guint         position)
{
  MzTranscriptRow *row = mz_transcript_find_row (self, position);
  guint index;

  if (row != NULL)
    return row;

  row = g_new0 (MzTranscriptRow, 1);
  row->item = g_list_model_get_item (self->model, position);
  row->position = position;
  row->spacing = -1;
  row->height = -1;
  row->widget = self->create != NULL ? self->create (row->item, self->create_data) : NULL;
  if (row->widget == NULL)
    row->widget = gtk_label_new (NULL);
  if (g_object_is_floating (row->widget))
    g_object_ref_sink (row->widget);

  index = find_index (self, position);
  g_ptr_array_insert (self->rows, index, row);
  put_in_order (self, index);
  g_object_unref (row->widget);

  return row;
}

static void
row_free (MzTranscript    *self,
          MzTranscriptRow *row)
{
  if (self->touched == row)
    self->touched = NULL;
  gtk_widget_unparent (row->widget);
  g_object_unref (row->item);
  g_free (row);
}

void
mz_transcript_remove_row (MzTranscript    *self,
                          MzTranscriptRow *row)
{
  g_ptr_array_remove (self->rows, row);
  row_free (self, row);
}

void
mz_transcript_remove_all_rows (MzTranscript *self)
{
  g_autoptr (GPtrArray) rows = self->rows;

  self->rows = g_ptr_array_new ();
  for (guint i = 0; i < rows->len; i++)
    row_free (self, g_ptr_array_index (rows, i));
}

/* Text that is selected, or a popover that is open, somewhere in @widget. */
static gboolean
is_in_use (GtkWidget *widget)
{
  if (GTK_IS_POPOVER (widget))
    return gtk_widget_get_visible (widget);
  if (GTK_IS_LABEL (widget) && gtk_label_get_selection_bounds (GTK_LABEL (widget), NULL, NULL))
    return TRUE;
  if (GTK_IS_TEXT_VIEW (widget) && gtk_text_buffer_get_has_selection (gtk_text_view_get_buffer (GTK_TEXT_VIEW (widget))))
    return TRUE;
  if (GTK_IS_TEXT (widget) && gtk_editable_get_selection_bounds (GTK_EDITABLE (widget), NULL, NULL))
    return TRUE;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (is_in_use (child))
      return TRUE;

  return FALSE;
}

/* Whether @row has to live on however far away it is. */
gboolean
mz_transcript_row_is_held (MzTranscript    *self,
                           MzTranscriptRow *row)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return (focus != NULL && (focus == row->widget || gtk_widget_is_ancestor (focus, row->widget))) || is_in_use (row->widget);
}

/* Takes rows [position, position + removed) out of `rows`, by item; those after it move by @shift. */
static GHashTable *
take_rows (MzTranscript *self,
           guint         position,
           guint         removed,
           int           shift)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);
  guint first = find_index (self, position);
  guint last = find_index (self, position + removed);

  for (guint i = first; i < last; i++)
    {
      MzTranscriptRow *row = g_ptr_array_index (self->rows, i);

      /* One object can be in a model more than once; then its other rows are made anew. */
      if (!g_hash_table_contains (taken, row->item))
        g_hash_table_insert (taken, row->item, row);
      else
        row_free (self, row);
    }
  if (last > first)
    g_ptr_array_remove_range (self->rows, first, last - first);
  for (guint i = first; i < self->rows->len; i++)
    {
      MzTranscriptRow *row = g_ptr_array_index (self->rows, i);

      row->position += shift;
    }

  return g_steal_pointer (&taken);
}

/* Rows whose items are in the model again keep their widgets. */
static void
put_rows_back (MzTranscript *self,
               GHashTable   *taken,
               guint         position,
               guint         added)
{
  for (guint i = position; i < position + added && g_hash_table_size (taken) > 0; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (self->model, i);
      gpointer row;

      if (g_hash_table_steal_extended (taken, item, NULL, &row))
        {
          guint index = find_index (self, i);

          ((MzTranscriptRow *) row)->position = i;
          ((MzTranscriptRow *) row)->spacing = -1;
          g_ptr_array_insert (self->rows, index, row);
          put_in_order (self, index);
        }
    }
}

/* Destroys what is left of @taken; a focus that is in it goes to a neighbour first, lest the keyboard begins at the window's
 * first widget again. */
static void
drop_rows (MzTranscript *self,
           GHashTable   *taken,
           guint         position)
{
  GtkWidget *focus_child = gtk_widget_get_focus_child (GTK_WIDGET (self));
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, taken);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    if (((MzTranscriptRow *) row)->widget == focus_child && self->rows->len > 0)
      {
        guint index = MIN (find_index (self, position), self->rows->len - 1);

        mz_transcript_focus_row (self, g_ptr_array_index (self->rows, index));
      }

  g_hash_table_iter_init (&iter, taken);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    row_free (self, row);
}

typedef struct
{
  gpointer item;
  double y;                     /* px of the widget's top below the view's top */
} Place;

static void
place_clear (gpointer place)
{
  g_object_unref (((Place *) place)->item);
}

static void
note_place (GArray   *places,
            gpointer  item,
            double    y)
{
  Place place = { g_object_ref (item), y };

  g_array_append_val (places, place);
}

/* Where the rows that one sees are now, from the anchor on. The model is another one already and must not be asked.
 * (element-type Place) */
static GArray *
note_places (MzTranscript *self)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));
  double value = mz_transcript_get_content_value (self);

  g_array_set_clear_func (places, place_clear);
  note_place (places, self->anchor_item, -self->anchor_px);
  for (guint i = find_index (self, self->anchor + 1); i < self->rows->len; i++)
    {
      MzTranscriptRow *row = g_ptr_array_index (self->rows, i);
      double y = self->header_height + mz_heights_offset_of (self->heights, row->position) + MAX (row->spacing, 0) - value;

      if (y >= self->page)
        break;
      note_place (places, row->item, y);
    }

  return places;
}

/* The first of @places that is still there keeps its place. */
static gboolean
anchor_to_place (MzTranscript *self,
                 GArray       *places,
                 guint         position,
                 guint         added)
{
  for (guint n = 0; n < places->len; n++)
    {
      Place place = g_array_index (places, Place, n);

      for (guint i = 0; i < self->rows->len; i++)
        {
          MzTranscriptRow *row = g_ptr_array_index (self->rows, i);

          if (row->item == place.item)
            {
              mz_transcript_take_anchor (self, row->position, -place.y);
              return TRUE;
            }
        }

      /* The anchor need not have a widget yet. */
      for (guint i = position; n == 0 && i < position + added; i++)
        {
          g_autoptr (GObject) item = g_list_model_get_item (self->model, i);

          if ((gpointer) item == place.item)
            {
              mz_transcript_take_anchor (self, i, -place.y);
              return TRUE;
            }
        }
    }

  return FALSE;
}

void
mz_transcript_items_changed (MzTranscript *self,
                             guint         position,
                             guint         removed,
                             guint         added)
{
  gboolean had_rows = mz_heights_get_length (self->heights) > 0;
  gboolean anchor_went = had_rows && self->anchor >= position && self->anchor < position + removed;
  g_autoptr (GArray) places = NULL;
  g_autoptr (GHashTable) taken = NULL;
  g_autoptr (GHashTable) slots = g_hash_table_new (NULL, NULL);
  double next_y = 0;
  guint length;
  MzTranscriptRow *after;

  /* All that concerns the places before the change, as long as heights and positions still fit together; the model is the
   * new one already. */
  if (anchor_went)
    {
      places = note_places (self);
      next_y = self->header_height + mz_heights_offset_of (self->heights, position + removed) -
               mz_transcript_get_content_value (self);
    }
  for (guint i = find_index (self, position); i < find_index (self, position + removed); i++)
    {
      MzTranscriptRow *row = g_ptr_array_index (self->rows, i);

      g_hash_table_insert (slots, row, GINT_TO_POINTER (mz_heights_get (self->heights, row->position)));
    }

  mz_heights_remove (self->heights, position, removed);
  mz_heights_insert (self->heights, position, added);
  length = mz_heights_get_length (self->heights);

  taken = take_rows (self, position, removed, (int) added - (int) removed);
  put_rows_back (self, taken, position, added);
  for (guint i = find_index (self, position); i < find_index (self, position + added); i++)
    {
      MzTranscriptRow *row = g_ptr_array_index (self->rows, i);

      if (row->height >= 0)
        mz_heights_set (self->heights, row->position, GPOINTER_TO_INT (g_hash_table_lookup (slots, row)));
    }
  after = mz_transcript_find_row (self, position + added);
  if (after != NULL)
    after->spacing = -1;

  if (length == 0)
    {
      self->at_bottom = TRUE;
      g_clear_object (&self->anchor_item);
      self->anchor = 0;
      self->anchor_px = 0;
    }
  else if (!had_rows)
    mz_transcript_take_anchor (self, length - 1, 0);
  else if (anchor_went)
    {
      if (!anchor_to_place (self, places, position, added))
        {
          guint next = position + added;

          /* Nothing of what one saw is left: what came instead of it, or what follows, begins at the top. */
          if (next < length && (next_y < self->page || added == 0))
            mz_transcript_take_anchor (self, next, next_y < self->page ? -next_y - mz_transcript_get_spacing (self, next) : 0);
          else
            mz_transcript_take_anchor (self, MIN (position, length - 1), 0);
        }
    }
  else if (self->anchor >= position + removed)
    self->anchor += added - removed;

  drop_rows (self, taken, position);
  if (position == 0 && added > removed)
    self->near_top_armed = TRUE;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
