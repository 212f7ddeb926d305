/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-transcript"

#include "config.h"

#include <math.h>

#include "mz-transcript-private.h"

/* Where everything is. One allocation puts all in place: from the anchor, rows are made up and down until the view is full
 * of rows whose heights are known; where the content ends inside the view, it is moved and filled again. Only then children
 * are allocated and the adjustment is told. */

/* px at each side, where the view is narrower than the column */
#define MARGIN 12
/* Each pass makes at least one row, or is the last; few are ever needed. */
#define MAX_PASSES 100
/* How long after a click in a row its growth is taken for an answer to it. */
#define TOUCH_US (800 * G_TIME_SPAN_MILLISECOND)
/* What rows around the view may take of an idle moment, so that the next frame comes in time. */
#define FILL_US (4 * G_TIME_SPAN_MILLISECOND)
/* More rows than this wait for no idle moment to be destroyed; as many as are needed there still can be. */
#define MAX_ROWS 80

static guint
get_length (MzTranscript *self)
{
  return mz_heights_get_length (self->heights);
}

static double
get_content_height (MzTranscript *self)
{
  return self->header_height + mz_heights_get_total (self->heights);
}

static double
get_max (MzTranscript *self)
{
  return MAX (0, get_content_height (self) - self->page);
}

/* px of row @position's slot, the spacing above it included, below the content's top */
static double
get_slot (MzTranscript *self,
          guint         position)
{
  return self->header_height + mz_heights_offset_of (self->heights, position);
}

/* The gap above row @position, in px. */
int
mz_transcript_get_spacing (MzTranscript *self,
                           guint         position)
{
  MzTranscriptRow *row = mz_transcript_find_row (self, position);
  g_autoptr (GObject) previous = NULL;
  g_autoptr (GObject) item = NULL;
  int spacing;

  if (row != NULL && row->spacing >= 0)
    return row->spacing;
  if (self->spacing == NULL)
    return 0;

  item = g_list_model_get_item (self->model, position);
  if (position > 0)
    previous = g_list_model_get_item (self->model, position - 1);
  spacing = MAX (0, self->spacing (previous, item, self->spacing_data));
  if (row != NULL)
    row->spacing = spacing;

  return spacing;
}

/* What is at the top of the view, in px of the content, by the anchor. */
double
mz_transcript_get_content_value (MzTranscript *self)
{
  if (get_length (self) == 0)
    return 0;

  return get_slot (self, self->anchor) + self->anchor_spacing + self->anchor_px;
}

/* Row @position is where one is, @px of its widget above the view. */
void
mz_transcript_take_anchor (MzTranscript *self,
                           guint         position,
                           double        px)
{
  g_autoptr (GObject) item = g_list_model_get_item (self->model, position);

  g_set_object (&self->anchor_item, item);
  self->anchor = position;
  self->anchor_px = px;
  self->anchor_height = 0;
  self->anchor_spacing = mz_transcript_get_spacing (self, position);
}

/* The very top. */
void
mz_transcript_take_top (MzTranscript *self)
{
  mz_transcript_take_anchor (self, 0, 0);
  self->anchor_px = -self->header_height - self->anchor_spacing;
}

/* The row nearest to @value whose height is known for sure; %NULL when there is none near. */
static MzTranscriptRow *
find_nearest (MzTranscript *self,
              double        value)
{
  MzTranscriptRow *nearest = NULL;
  double least = 2 * self->page;

  for (guint i = 0; i < self->rows->len; i++)
    {
      MzTranscriptRow *row = g_ptr_array_index (self->rows, i);
      double top = get_slot (self, row->position) - value;
      double distance = MAX (top, -top - mz_heights_get (self->heights, row->position));

      if (row->height >= 0 && distance < least)
        {
          least = distance;
          nearest = row;
        }
    }

  return nearest;
}

/* What is at @value of the content becomes the anchor: by a row whose place is certain, so that what one sees moves by just
 * so much as one scrolls, however wrong the estimates of the rows are that come into view. */
void
mz_transcript_set_content_value (MzTranscript *self,
                                 double        value)
{
  MzTranscriptRow *row;
  guint position;

  if (get_length (self) == 0)
    return;

  position = mz_heights_row_at (self->heights, floor (value) - self->header_height);
  row = mz_transcript_find_row (self, position);
  if (row == NULL || row->height < 0)
    row = find_nearest (self, value);
  if (row != NULL)
    position = row->position;
  mz_transcript_take_anchor (self, position, 0);
  self->anchor_px = value - get_slot (self, position) - self->anchor_spacing;

  /* Far away, of a row never seen, its part above the view counts, not px. */
  if (row == NULL)
    self->anchor_height = MAX (0, mz_heights_get (self->heights, position) - self->anchor_spacing);
}

/* Whether the row was measured anew and has another height now. */
static gboolean
measure_row (MzTranscript    *self,
             MzTranscriptRow *row)
{
  int width = 0;
  int height = 0;
  int spacing = 0;
  int old_slot = mz_heights_get (self->heights, row->position);
  gboolean anchored = row->position == self->anchor;

  if (gtk_widget_should_layout (row->widget))
    {
      spacing = mz_transcript_get_spacing (self, row->position);
      gtk_widget_measure (row->widget, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
      width = MAX (width, self->column);
      gtk_widget_measure (row->widget, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
    }

  if (anchored)
    {
      if (self->anchor_height > 0 && self->anchor_px > 0)
        self->anchor_px = floor (self->anchor_px * height / self->anchor_height);
      else if (row->height > height && self->anchor_px > height)
        self->anchor_px = MAX (self->anchor_px - (row->height - height), height);
      self->anchor_height = 0;
      self->anchor_spacing = spacing;
    }

  row->width = width;
  if (row->height == height && old_slot == height + spacing)
    return FALSE;

  if (row->height >= 0)
    row->changed_at = g_get_monotonic_time ();
  row->height = height;
  mz_heights_set (self->heights, row->position, height + spacing);

  return TRUE;
}

/* A person who unfolds a row at the end of the conversation wants to read it: what was clicked at stays under the pointer,
 * though the end goes out of view. Rows that grew by themselves just before are replies that come in, and are followed. */
static void
heed_touch (MzTranscript *self,
            double        touched_y)
{
  MzTranscriptRow *row = self->touched;
  int old_height;
  gint64 old_change;

  if (row == NULL || !self->at_bottom || row->height < 0 || g_get_monotonic_time () - self->touched_at > TOUCH_US)
    return;

  old_height = row->height;
  old_change = row->changed_at;
  if (measure_row (self, row) && row->height > old_height && old_change < self->touched_at - TOUCH_US)
    {
      self->at_bottom = FALSE;
      mz_transcript_take_anchor (self, row->position, -touched_y);
    }
}

/* Everything is of another width now: what is known of heights becomes an estimate. */
static void
set_column (MzTranscript *self,
            int           column)
{
  MzTranscriptRow *anchor;

  if (self->column == column)
    return;

  anchor = get_length (self) > 0 ? mz_transcript_find_row (self, self->anchor) : NULL;
  if (anchor != NULL && anchor->height >= 0)
    self->anchor_height = anchor->height;
  if (self->column > 0)
    mz_heights_stretch (self->heights, (double) self->column / column);
  self->column = column;
  for (guint i = 0; i < self->rows->len; i++)
    ((MzTranscriptRow *) g_ptr_array_index (self->rows, i))->height = -1;
}

static double
get_wanted_value (MzTranscript *self)
{
  double max = get_max (self);

  return self->at_bottom ? max : CLAMP (mz_transcript_get_content_value (self), 0, max);
}

static gboolean
make_measured (MzTranscript *self,
               guint         position)
{
  MzTranscriptRow *row = mz_transcript_find_row (self, position);

  if (row != NULL && row->height >= 0)
    return FALSE;

  measure_row (self, mz_transcript_ensure_row (self, position));

  return TRUE;
}

/* Makes the rows that are seen, from the one that stays where it is up and down. Returns whether there were any to make. */
static gboolean
make_rows_in_view (MzTranscript *self)
{
  guint length = get_length (self);
  double value = get_wanted_value (self);
  gboolean made = FALSE;
  guint start;
  double start_y, y;

  if (self->at_bottom || (value > 0 && value >= get_max (self)))
    {
      start = length - 1;
      made |= make_measured (self, start);
      start_y = self->page - mz_heights_get (self->heights, start);
      if (get_max (self) == 0)
        start_y = MIN (start_y, get_slot (self, start));
    }
  else if (value <= 0)
    {
      start = 0;
      start_y = self->header_height;
    }
  else
    {
      start = self->anchor;
      made |= make_measured (self, start);
      start_y = -self->anchor_px - self->anchor_spacing;
    }

  y = start_y;
  for (guint i = start; i < length && y < self->page; i++)
    {
      made |= make_measured (self, i);
      y += mz_heights_get (self->heights, i);
    }
  y = start_y;
  for (guint i = start; i > 0 && y > 0; i--)
    {
      made |= make_measured (self, i - 1);
      y -= mz_heights_get (self->heights, i - 1);
    }

  return made;
}

static void
configure_adjustments (MzTranscript *self,
                       double        value,
                       int           width)
{
  double content = get_content_height (self);
  GtkAdjustment *vertical = self->adjustments[GTK_ORIENTATION_VERTICAL];
  gboolean scrolling = self->settle_id != 0;

  if (!scrolling)
    self->origin = 0;
  else if (!self->at_bottom)
    self->origin = self->seen_value - value;

  self->configuring = TRUE;
  gtk_adjustment_configure (vertical, self->origin + value, self->origin, self->origin + MAX (content, self->page),
                            MAX (1, self->page * 0.1), self->page * 0.9, self->page);
  gtk_adjustment_configure (self->adjustments[GTK_ORIENTATION_HORIZONTAL], 0, 0, width, width * 0.1, width * 0.9, width);
  self->configuring = FALSE;
  self->seen_value = gtk_adjustment_get_value (vertical);
}

static gboolean
tell_cb (gpointer user_data)
{
  MzTranscript *self = user_data;

  self->tell_id = 0;
  if (self->at_bottom_told != self->at_bottom)
    {
      self->at_bottom_told = self->at_bottom;
      g_object_notify (G_OBJECT (self), "at-bottom");
    }
  if (self->near_top_due)
    {
      self->near_top_due = FALSE;
      g_signal_emit_by_name (self, "near-top");
    }

  return G_SOURCE_REMOVE;
}

/* What listeners do must not fall into an allocation: they are told right after it, before the next frame. */
static void
tell_later (MzTranscript *self)
{
  if (self->tell_id == 0)
    self->tell_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, tell_cb, self, NULL);
}

static void
check_near_top (MzTranscript *self,
                double        value)
{
  gboolean near = get_length (self) > 0 && (value < 2 * self->page || get_max (self) == 0);

  /* Farther than near is, for estimates come true just there. */
  if (value > 3 * self->page)
    self->near_top_armed = TRUE;
  else if (near && self->near_top_armed)
    {
      self->near_top_armed = FALSE;
      self->near_top_due = TRUE;
      tell_later (self);
    }
}

/* A row more than two screens away that nobody needs. */
static MzTranscriptRow *
find_unwanted (MzTranscript *self)
{
  double value = mz_transcript_get_content_value (self);

  for (guint i = self->rows->len; i > 0; i--)
    {
      MzTranscriptRow *row = g_ptr_array_index (self->rows, i - 1);
      double y = get_slot (self, row->position) - value;

      if ((y + mz_heights_get (self->heights, row->position) < -2 * self->page || y > 3 * self->page) &&
          !mz_transcript_row_is_held (self, row))
        return row;
    }

  return NULL;
}

/* The nearest row without a widget, not more than a screen away from the view. */
static gboolean
find_wanted (MzTranscript *self,
             guint        *position)
{
  double value = mz_transcript_get_content_value (self);
  guint length = get_length (self);
  double above, below;
  guint up, down;

  if (length == 0 || self->page <= 0)
    return FALSE;

  up = mz_heights_row_at (self->heights, floor (value) - self->header_height);
  down = up;
  while (up > 0 && mz_transcript_find_row (self, up) != NULL)
    up--;
  while (down < length && mz_transcript_find_row (self, down) != NULL)
    down++;

  above = value - get_slot (self, up) - mz_heights_get (self->heights, up);
  below = get_slot (self, down) - value - self->page;
  if (mz_transcript_find_row (self, up) != NULL)
    above = G_MAXDOUBLE;
  if (down == length)
    below = G_MAXDOUBLE;
  *position = below <= above ? down : up;

  return MIN (above, below) < self->page;
}

/* Makes rows around the view, and destroys those far away, while nothing else is to be done. They are measured here, too,
 * but their heights count only from the next allocation on: until then the adjustment says something else. */
static gboolean
fill_cb (gpointer user_data)
{
  MzTranscript *self = user_data;
  gint64 end = g_get_monotonic_time () + FILL_US;
  guint position;

  while (g_get_monotonic_time () < end)
    {
      MzTranscriptRow *row = find_unwanted (self);

      if (row != NULL)
        mz_transcript_remove_row (self, row);
      else if (find_wanted (self, &position))
        {
          row = mz_transcript_ensure_row (self, position);
          gtk_widget_measure (row->widget, GTK_ORIENTATION_VERTICAL, self->column, NULL, NULL, NULL, NULL);
        }
      else
        {
          self->fill_id = 0;
          return G_SOURCE_REMOVE;
        }
    }

  return G_SOURCE_CONTINUE;
}

/* The idle moment may not come while one scrolls fast: then there is an end to how many rows wait for it. */
static void
tidy (MzTranscript *self)
{
  MzTranscriptRow *row;
  guint position;

  while (self->rows->len > MAX_ROWS && (row = find_unwanted (self)) != NULL)
    mz_transcript_remove_row (self, row);

  if (self->fill_id == 0 && (find_wanted (self, &position) || find_unwanted (self) != NULL))
    self->fill_id = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, fill_cb, self, NULL);
}

static void
allocate_child (GtkWidget *child,
                int        x,
                int        y,
                int        width,
                int        height)
{
  GtkAllocation place = { x, y, width, height };

  if (gtk_widget_should_layout (child))
    gtk_widget_size_allocate (child, &place, -1);
}

static void
allocate_children (MzTranscript *self,
                   double        value,
                   int           width)
{
  gint64 top = floor (value + 0.5);
  int x = (width - self->column) / 2;

  if (self->header != NULL)
    allocate_child (self->header, x, -top, self->column, self->header_height);

  for (guint i = 0; i < self->rows->len; i++)
    {
      MzTranscriptRow *row = g_ptr_array_index (self->rows, i);
      gint64 y = self->header_height + mz_heights_offset_of (self->heights, row->position) + MAX (row->spacing, 0) - top;

      /* A row that lives on far away (it has the focus) need not be exactly there. */
      allocate_child (row->widget, x, CLAMP (y, -G_MAXINT / 4, G_MAXINT / 4), row->width, row->height);
    }
}

static double
lay_out_rows (MzTranscript *self)
{
  MzTranscriptRow *touched = self->touched;
  double value;

  if (touched != NULL)
    heed_touch (self, get_slot (self, touched->position) + MAX (touched->spacing, 0) - mz_transcript_get_content_value (self));
  for (guint i = 0; i < self->rows->len; i++)
    measure_row (self, g_ptr_array_index (self->rows, i));

  for (guint pass = 0; pass < MAX_PASSES && make_rows_in_view (self); pass++)
    ;

  value = get_wanted_value (self);
  mz_transcript_set_content_value (self, value);
  self->at_bottom = value >= get_max (self) - 1;

  return value;
}

void
mz_transcript_allocate (GtkWidget *widget,
                        int        width,
                        int        height,
                        int        baseline)
{
  MzTranscript *self = MZ_TRANSCRIPT (widget);
  double value = 0;
  double delta;

  /* Too small to show anything: all stays as it was until there is room. */
  self->page = width > 2 * MARGIN ? MAX (height, 0) : 0;
  if (self->page == 0)
    return;

  set_column (self, MIN (self->max_width, width - 2 * MARGIN));
  self->header_height = 0;
  if (self->header != NULL && gtk_widget_should_layout (self->header))
    gtk_widget_measure (self->header, GTK_ORIENTATION_VERTICAL, self->column, NULL, &self->header_height, NULL, NULL);

  if (get_length (self) > 0)
    value = lay_out_rows (self);
  else
    self->at_bottom = TRUE;
  allocate_children (self, value, width);

  if (mz_transcript_get_reveal (self, &delta) && get_length (self) > 0)
    {
      self->at_bottom = FALSE;
      mz_transcript_set_content_value (self, CLAMP (value + delta, 0, get_max (self)));
      value = lay_out_rows (self);
      allocate_children (self, value, width);
    }

  configure_adjustments (self, value, width);

  if (self->at_bottom != self->at_bottom_told)
    tell_later (self);
  check_near_top (self, value);
  tidy (self);
}
