/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-text-leaf.h"

#include <string.h>

#include "mz-code-view.h"
#include "mz-text-label.h"

static gboolean
is_leaf (GtkWidget *widget)
{
  return MZ_IS_CODE_VIEW (widget) || mz_is_text_label (widget);
}

static void
collect_leaves (GtkWidget *widget,
                GPtrArray *leaves)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (is_leaf (child))
      g_ptr_array_add (leaves, child);
    else
      collect_leaves (child, leaves);
}

/**
 * mz_text_leaves:
 * @widget: a widget
 *
 * Returns: (transfer full) (element-type GtkWidget): the leaves in @widget, in the order one reads them
 */
GPtrArray *
mz_text_leaves (GtkWidget *widget)
{
  GPtrArray *leaves = g_ptr_array_new ();

  collect_leaves (widget, leaves);

  return leaves;
}

/**
 * mz_text_leaf_get_length:
 *
 * Returns: the offset of its end
 */
int
mz_text_leaf_get_length (GtkWidget *leaf)
{
  if (MZ_IS_CODE_VIEW (leaf))
    return gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (mz_code_view_get_view (MZ_CODE_VIEW (leaf))));

  return strlen (gtk_label_get_text (GTK_LABEL (leaf)));
}

/**
 * mz_text_leaf_dup_text:
 *
 * Returns: (transfer full): its text from @start to @end
 */
char *
mz_text_leaf_dup_text (GtkWidget *leaf,
                       int        start,
                       int        end)
{
  const char *text;

  if (MZ_IS_CODE_VIEW (leaf))
    {
      GtkTextBuffer *buffer = gtk_text_view_get_buffer (mz_code_view_get_view (MZ_CODE_VIEW (leaf)));
      GtkTextIter from;
      GtkTextIter to;

      gtk_text_buffer_get_iter_at_offset (buffer, &from, start);
      gtk_text_buffer_get_iter_at_offset (buffer, &to, end);
      return gtk_text_buffer_get_text (buffer, &from, &to, FALSE);
    }

  /* The text may have changed under the selection. */
  text = gtk_label_get_text (GTK_LABEL (leaf));
  while (start > 0 && (text[start] & 0xc0) == 0x80)
    start--;
  while (end > 0 && (text[end] & 0xc0) == 0x80)
    end--;

  return g_strndup (text + start, MAX (0, end - start));
}

/**
 * mz_text_leaf_get_offset_at:
 * @leaf: a leaf
 * @view: a widget around it
 * @x: in the coordinates of @view
 * @y: in the coordinates of @view
 *
 * Returns: the offset that is nearest to a point
 */
int
mz_text_leaf_get_offset_at (GtkWidget *leaf,
                            GtkWidget *view,
                            double     x,
                            double     y)
{
  if (MZ_IS_CODE_VIEW (leaf))
    {
      GtkTextView *text_view = mz_code_view_get_view (MZ_CODE_VIEW (leaf));
      GtkTextIter iter;
      double view_x;
      double view_y;
      int buffer_x;
      int buffer_y;

      gtk_widget_translate_coordinates (view, GTK_WIDGET (text_view), x, y, &view_x, &view_y);
      gtk_text_view_window_to_buffer_coords (text_view, GTK_TEXT_WINDOW_WIDGET, view_x, view_y, &buffer_x, &buffer_y);
      gtk_text_view_get_iter_at_location (text_view, &iter, MAX (0, buffer_x), MAX (0, buffer_y));
      return gtk_text_iter_get_offset (&iter);
    }
  else
    {
      PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (leaf));
      const char *text = gtk_label_get_text (GTK_LABEL (leaf));
      double label_x;
      double label_y;
      int layout_x;
      int layout_y;
      int index;
      int trailing;

      gtk_widget_translate_coordinates (view, leaf, x, y, &label_x, &label_y);
      if (label_y < 0)
        return 0;
      if (label_y >= gtk_widget_get_height (leaf))
        return mz_text_leaf_get_length (leaf);

      gtk_label_get_layout_offsets (GTK_LABEL (leaf), &layout_x, &layout_y);
      pango_layout_xy_to_index (layout, (label_x - layout_x) * PANGO_SCALE, (label_y - layout_y) * PANGO_SCALE,
                                &index, &trailing);
      while (trailing-- > 0 && text[index] != '\0')
        index = g_utf8_next_char (text + index) - text;
      return index;
    }
}

static void
draw_label (GtkWidget     *label,
            int            start,
            int            end,
            GtkSnapshot   *snapshot,
            const GdkRGBA *color)
{
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (label));
  int range[2] = { start, end };
  cairo_region_t *region;
  int x;
  int y;
  int n_rectangles;

  gtk_label_get_layout_offsets (GTK_LABEL (label), &x, &y);
  region = gdk_pango_layout_get_clip_region (layout, x, y, range, 1);
  n_rectangles = cairo_region_num_rectangles (region);
  for (int i = 0; i < n_rectangles; i++)
    {
      cairo_rectangle_int_t area;

      cairo_region_get_rectangle (region, i, &area);
      gtk_snapshot_append_color (snapshot, color,
                                 &GRAPHENE_RECT_INIT (area.x, area.y, area.width, area.height));
    }
  cairo_region_destroy (region);
}

/* In a text view's own coordinates: the first line from where it begins, the last one up to where it ends, all between as a whole. */
static void
draw_code (GtkTextView   *view,
           int            start,
           int            end,
           GtkSnapshot   *snapshot,
           const GdkRGBA *color)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  int width = gtk_widget_get_width (GTK_WIDGET (view));
  GtkTextIter from;
  GtkTextIter to;
  GdkRectangle first;
  GdkRectangle last;

  gtk_text_buffer_get_iter_at_offset (buffer, &from, start);
  gtk_text_buffer_get_iter_at_offset (buffer, &to, end);
  gtk_text_view_get_iter_location (view, &from, &first);
  gtk_text_view_get_iter_location (view, &to, &last);
  gtk_text_view_buffer_to_window_coords (view, GTK_TEXT_WINDOW_WIDGET, first.x, first.y, &first.x, &first.y);
  gtk_text_view_buffer_to_window_coords (view, GTK_TEXT_WINDOW_WIDGET, last.x, last.y, &last.x, &last.y);

  if (first.y == last.y)
    {
      gtk_snapshot_append_color (snapshot, color,
                                 &GRAPHENE_RECT_INIT (first.x, first.y, last.x - first.x, first.height));
      return;
    }
  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT (first.x, first.y, MAX (0, width - first.x), first.height));
  if (last.y > first.y + first.height)
    gtk_snapshot_append_color (snapshot, color,
                               &GRAPHENE_RECT_INIT (0, first.y + first.height, width, last.y - first.y - first.height));
  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT (0, last.y, MAX (0, last.x), last.height));
}

/**
 * mz_text_leaf_snapshot:
 * @leaf: a leaf
 * @view: a widget around it
 * @start: an offset
 * @end: another one after it
 * @snapshot: a snapshot of @view
 * @color: a colour that is seen through
 *
 * Lays @color over what is between @start and @end, as far as it is in sight.
 */
void
mz_text_leaf_snapshot (GtkWidget     *leaf,
                       GtkWidget     *view,
                       int            start,
                       int            end,
                       GtkSnapshot   *snapshot,
                       const GdkRGBA *color)
{
  GtkWidget *drawn = MZ_IS_CODE_VIEW (leaf) ? GTK_WIDGET (mz_code_view_get_view (MZ_CODE_VIEW (leaf))) : leaf;
  GtkWidget *clip = gtk_widget_get_ancestor (drawn, GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t bounds;
  graphene_point_t origin;
  gboolean clipped;

  if (!gtk_widget_compute_point (drawn, view, &GRAPHENE_POINT_INIT (0, 0), &origin))
    return;

  clipped = clip != NULL && gtk_widget_is_ancestor (clip, view) && gtk_widget_compute_bounds (clip, view, &bounds);
  if (clipped)
    gtk_snapshot_push_clip (snapshot, &bounds);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &origin);
  if (MZ_IS_CODE_VIEW (leaf))
    draw_code (GTK_TEXT_VIEW (drawn), start, end, snapshot, color);
  else
    draw_label (drawn, start, end, snapshot, color);
  gtk_snapshot_restore (snapshot);
  if (clipped)
    gtk_snapshot_pop (snapshot);
}

/**
 * mz_text_leaf_clear_selection:
 * @leaf: a leaf
 *
 * What it has selected by itself is selected no more.
 */
void
mz_text_leaf_clear_selection (GtkWidget *leaf)
{
  if (MZ_IS_CODE_VIEW (leaf))
    {
      GtkTextBuffer *buffer = gtk_text_view_get_buffer (mz_code_view_get_view (MZ_CODE_VIEW (leaf)));
      GtkTextIter iter;

      gtk_text_buffer_get_iter_at_mark (buffer, &iter, gtk_text_buffer_get_insert (buffer));
      gtk_text_buffer_place_cursor (buffer, &iter);
    }
  else
    {
      gtk_label_select_region (GTK_LABEL (leaf), 0, 0);
    }
}

/**
 * mz_text_leaf_reset_gestures:
 * @leaf: a leaf
 *
 * Its own gestures forget the button that is held: nothing is selected, dragged or followed with it any more.
 */
void
mz_text_leaf_reset_gestures (GtkWidget *leaf)
{
  GtkWidget *widget = MZ_IS_CODE_VIEW (leaf) ? GTK_WIDGET (mz_code_view_get_view (MZ_CODE_VIEW (leaf))) : leaf;
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  guint n = g_list_model_get_n_items (controllers);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE (controller))
        gtk_event_controller_reset (controller);
    }
}
