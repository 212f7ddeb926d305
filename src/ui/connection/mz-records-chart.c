/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-records-chart.h"

/* Heights are the stylesheet's. What there is at all is seen, however little of the whole it is. */
#define MIN_FILL 3
#define MIN_WIDTH 48
#define RADIUS 3
#define MORE_ALPHA .4
#define TRACK_ALPHA .08
#define LINE_ALPHA .25
#define MAX_COLUMN 24

static GdkRGBA
get_color (GtkWidget *widget)
{
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);

  return color;
}

static GdkRGBA
with_alpha (GdkRGBA color,
            double  alpha)
{
  color.alpha *= (float) alpha;

  return color;
}

static void
fill (GtkSnapshot *snapshot,
      GdkRGBA      color,
      double       x,
      double       y,
      double       width,
      double       height)
{
  GskRoundedRect outline;

  if (width <= 0 || height <= 0)
    return;

  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height),
                                   (float) MIN (RADIUS, MIN (width, height) / 2));
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &color, &outline.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
set_label (GtkWidget  *widget,
           const char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_tooltip_text (widget, label);
}

/* ---- a bar ---- */

struct _MzRecordsBar
{
  GtkWidget parent_instance;

  double value;
  double more;
};

G_DEFINE_FINAL_TYPE (MzRecordsBar, mz_records_bar, GTK_TYPE_WIDGET)

static void
mz_records_bar_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : 0;
}

static void
mz_records_bar_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  MzRecordsBar *self = MZ_RECORDS_BAR (widget);
  gboolean backwards = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  GdkRGBA color = get_color (widget);
  double value = self->value > 0 ? MAX (self->value * width, MIN_FILL) : 0;
  double more = MAX (self->more * width, value);

  fill (snapshot, with_alpha (color, TRACK_ALPHA), 0, 0, width, height);
  fill (snapshot, with_alpha (color, MORE_ALPHA), backwards ? width - more : 0, 0, more, height);
  fill (snapshot, color, backwards ? width - value : 0, 0, value, height);
}

static void
mz_records_bar_class_init (MzRecordsBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = mz_records_bar_measure;
  widget_class->snapshot = mz_records_bar_snapshot;

  gtk_widget_class_set_css_name (widget_class, "recordsbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mz_records_bar_init (MzRecordsBar *self)
{
}

/**
 * mz_records_bar_new:
 * @value: how much of the bar is full, from 0 to 1
 * @more: up to where it is half full, from 0 to 1
 * @label: what it shows
 *
 * Returns: (transfer floating): a bar
 */
GtkWidget *
mz_records_bar_new (double      value,
                    double      more,
                    const char *label)
{
  MzRecordsBar *self = g_object_new (MZ_TYPE_RECORDS_BAR, "valign", GTK_ALIGN_CENTER, "hexpand", TRUE, NULL);

  self->value = CLAMP (value, 0, 1);
  self->more = CLAMP (more, 0, 1);
  set_label (GTK_WIDGET (self), label);

  return GTK_WIDGET (self);
}

/* ---- a column ---- */

struct _MzRecordsColumn
{
  GtkWidget parent_instance;

  guint above, below;
  guint most_above, most_below;
};

G_DEFINE_FINAL_TYPE (MzRecordsColumn, mz_records_column, GTK_TYPE_WIDGET)

static void
mz_records_column_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  /* The height is the stylesheet's; ninety of them fit where there is little room. */
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 1 : 0;
}

static void
mz_records_column_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  MzRecordsColumn *self = MZ_RECORDS_COLUMN (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  guint whole = self->most_above + self->most_below;
  GdkRGBA color = get_color (widget);
  GdkRGBA failure = color;
  double gap = width > 4 ? 1 : 0;
  double column = CLAMP (width - 2 * gap, 1, MAX_COLUMN);
  double x = (width - column) / 2;
  double unit, line, above, below;

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "error_bg_color", &failure);

  unit = whole > 0 ? (height - 1.0) / whole : 0;
  line = whole > 0 ? self->most_above * unit : height - 1;
  above = self->above > 0 ? MIN (MAX (self->above * unit, MIN_FILL), line) : 0;
  below = self->below > 0 ? MIN (MAX (self->below * unit, MIN_FILL), height - line - 1) : 0;

  fill (snapshot, color, x, line - above, column, above);
  fill (snapshot, failure, x, line + 1, column, below);
  color = with_alpha (color, LINE_ALPHA);
  gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT (0, (float) line, (float) width, 1));
}

static void
mz_records_column_class_init (MzRecordsColumnClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = mz_records_column_measure;
  widget_class->snapshot = mz_records_column_snapshot;

  gtk_widget_class_set_css_name (widget_class, "recordscolumn");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mz_records_column_init (MzRecordsColumn *self)
{
}

/**
 * mz_records_column_new:
 * @above: how many went well
 * @below: how many did not
 * @most_above: the most that went well in any column of the chart
 * @most_below: the most that did not
 * @label: what it shows
 *
 * Returns: (transfer floating): a column
 */
GtkWidget *
mz_records_column_new (guint       above,
                       guint       below,
                       guint       most_above,
                       guint       most_below,
                       const char *label)
{
  MzRecordsColumn *self = g_object_new (MZ_TYPE_RECORDS_COLUMN, "hexpand", TRUE, NULL);

  self->above = above;
  self->below = below;
  self->most_above = MAX (most_above, above);
  self->most_below = MAX (most_below, below);
  set_label (GTK_WIDGET (self), label);

  return GTK_WIDGET (self);
}
