/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-transcript"

#include "config.h"

#include <math.h>

#include "mz-transcript-private.h"

/* px, as long as no row was seen */
#define FIRST_ESTIMATE 80
#define DEFAULT_MAX_WIDTH 760
/* As long as somebody may still be scrolling by what GTK remembers of the adjustment. */
#define SETTLE_MS 500

enum
{
  PROP_MODEL = 1,
  PROP_MAX_WIDTH,
  PROP_AT_BOTTOM,
  PROP_HEADER,
  N_OWN_PROPERTIES,
  PROP_HADJUSTMENT = N_OWN_PROPERTIES,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

enum
{
  SIGNAL_NEAR_TOP,
  N_SIGNALS,
};

static GParamSpec *properties[N_OWN_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (MzTranscript, mz_transcript, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

guint
mz_transcript_get_n_items (MzTranscript *self)
{
  return mz_heights_get_length (self->heights);
}

/* Rows are made while the transcript is allocated. GTK 4.8 passes over what they need unless all on the way down to it is
 * allocated anew; what is above need not be measured for that. */
static void
queue_layout (MzTranscript *self)
{
  for (GtkWidget *widget = GTK_WIDGET (self); widget != NULL; widget = gtk_widget_get_parent (widget))
    gtk_widget_queue_allocate (widget);
}

static gboolean
settle_cb (gpointer user_data)
{
  MzTranscript *self = user_data;

  if (g_get_monotonic_time () - self->scrolled_at < SETTLE_MS * G_TIME_SPAN_MILLISECOND)
    return G_SOURCE_CONTINUE;

  self->settle_id = 0;
  queue_layout (self);

  return G_SOURCE_REMOVE;
}

static gboolean
is_measured (MzTranscript *self,
             guint         position)
{
  MzTranscriptRow *row = mz_transcript_find_row (self, position);

  return row != NULL && row->height >= 0;
}

/* Somebody scrolled: a bar, the wheel, a finger, a key. What was laid out last is what they saw, so that their way counts
 * from there, whatever the model and the heights became since then. Where the ends are is not certain as long as rows
 * between here and there are only estimated: step by step one gets there, and only a jump goes there at once. */
static void
value_changed_cb (GtkAdjustment *adjustment,
                  MzTranscript  *self)
{
  double value = gtk_adjustment_get_value (adjustment);
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  guint length = mz_transcript_get_n_items (self);
  gboolean jump = fabs (value - self->seen_value) > self->page;

  if (self->configuring || value == self->seen_value || length == 0)
    return;

  if (jump && value <= gtk_adjustment_get_lower (adjustment))
    mz_transcript_take_top (self);
  else
    mz_transcript_set_content_value (self, mz_transcript_get_content_value (self) + value - self->seen_value);
  self->at_bottom = value >= end - 1 && (jump || is_measured (self, length - 1));
  self->seen_value = value;

  self->scrolled_at = g_get_monotonic_time ();
  if (self->settle_id == 0)
    self->settle_id = g_timeout_add (SETTLE_MS, settle_cb, self);

  queue_layout (self);
  if (self->at_bottom_told != self->at_bottom)
    {
      self->at_bottom_told = self->at_bottom;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AT_BOTTOM]);
    }
}

static void
set_adjustment (MzTranscript  *self,
                GtkOrientation orientation,
                GtkAdjustment *adjustment)
{
  if (adjustment != NULL && self->adjustments[orientation] == adjustment)
    return;

  if (adjustment == NULL)
    adjustment = gtk_adjustment_new (0, 0, 0, 0, 0, 0);
  g_object_ref_sink (adjustment);
  if (orientation == GTK_ORIENTATION_VERTICAL && self->adjustments[orientation] != NULL)
    g_clear_signal_handler (&self->value_changed_id, self->adjustments[orientation]);
  g_set_object (&self->adjustments[orientation], adjustment);
  g_object_unref (adjustment);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      self->seen_value = gtk_adjustment_get_value (adjustment);
      self->value_changed_id = g_signal_connect (adjustment, "value-changed", G_CALLBACK (value_changed_cb), self);
    }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* What is scrolling by itself stops: one is elsewhere now. */
void
mz_transcript_stop_scrolling (MzTranscript *self)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];

  self->configuring = TRUE;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment));
  self->configuring = FALSE;
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->reveal = MZ_REVEAL_NOT;
}

static void
items_changed_cb (GListModel   *model,
                  guint         position,
                  guint         removed,
                  guint         added,
                  MzTranscript *self)
{
  mz_transcript_items_changed (self, position, removed, added);
}

static void
clear_model (MzTranscript *self)
{
  int estimate = mz_heights_get_estimate (self->heights);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_func (self->model, items_changed_cb, self);
  g_clear_object (&self->model);
  mz_transcript_remove_all_rows (self);
  g_clear_object (&self->anchor_item);
  self->anchor = 0;
  self->anchor_px = 0;
  self->anchor_height = 0;
  self->anchor_spacing = 0;
  g_clear_pointer (&self->heights, mz_heights_free);

  /* Rows of another conversation are about as high. */
  self->heights = mz_heights_new (estimate);
}

static void
mz_transcript_measure (GtkWidget     *widget,
                       GtkOrientation orientation,
                       int            for_size,
                       int           *minimum,
                       int           *natural,
                       int           *minimum_baseline,
                       int           *natural_baseline)
{
  MzTranscript *self = MZ_TRANSCRIPT (widget);

  *minimum = 0;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? self->max_width : 0;
}

static void
mz_transcript_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  MzTranscript *self = MZ_TRANSCRIPT (widget);
  double value = mz_transcript_get_content_value (self);

  if (self->page == 0)
    return;

  if (self->header != NULL && value < self->header_height)
    gtk_widget_snapshot_child (widget, self->header, snapshot);

  for (guint i = 0; i < self->rows->len; i++)
    {
      MzTranscriptRow *row = g_ptr_array_index (self->rows, i);
      double y = self->header_height + mz_heights_offset_of (self->heights, row->position) - value;

      /* A px more at each side, for values between px. */
      if (row->height >= 0 && y < self->page + 1 && y + mz_heights_get (self->heights, row->position) > -1)
        gtk_widget_snapshot_child (widget, row->widget, snapshot);
    }
}

static void
mz_transcript_get_property (GObject    *object,
                            guint       property_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  MzTranscript *self = MZ_TRANSCRIPT (object);

  switch (property_id)
    {
    case PROP_MODEL:
      g_value_set_object (value, self->model);
      break;

    case PROP_MAX_WIDTH:
      g_value_set_int (value, self->max_width);
      break;

    case PROP_AT_BOTTOM:
      g_value_set_boolean (value, self->at_bottom);
      break;

    case PROP_HEADER:
      g_value_set_object (value, self->header);
      break;

    case PROP_HADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
      break;

    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_VERTICAL]);
      break;

    case PROP_HSCROLL_POLICY:
      g_value_set_enum (value, self->policies[GTK_ORIENTATION_HORIZONTAL]);
      break;

    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, self->policies[GTK_ORIENTATION_VERTICAL]);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mz_transcript_set_property (GObject      *object,
                            guint         property_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  MzTranscript *self = MZ_TRANSCRIPT (object);

  switch (property_id)
    {
    case PROP_MODEL:
      mz_transcript_set_model (self, g_value_get_object (value));
      break;

    case PROP_MAX_WIDTH:
      if (self->max_width != g_value_get_int (value))
        {
          self->max_width = g_value_get_int (value);
          gtk_widget_queue_resize (GTK_WIDGET (self));
          g_object_notify_by_pspec (object, pspec);
        }
      break;

    case PROP_HEADER:
      mz_transcript_set_header (self, g_value_get_object (value));
      break;

    case PROP_HADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, g_value_get_object (value));
      break;

    case PROP_VADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_VERTICAL, g_value_get_object (value));
      break;

    case PROP_HSCROLL_POLICY:
      self->policies[GTK_ORIENTATION_HORIZONTAL] = g_value_get_enum (value);
      break;

    case PROP_VSCROLL_POLICY:
      self->policies[GTK_ORIENTATION_VERTICAL] = g_value_get_enum (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mz_transcript_dispose (GObject *object)
{
  MzTranscript *self = MZ_TRANSCRIPT (object);

  g_clear_handle_id (&self->settle_id, g_source_remove);
  g_clear_handle_id (&self->tell_id, g_source_remove);
  g_clear_handle_id (&self->fill_id, g_source_remove);
  clear_model (self);
  g_clear_pointer (&self->header, gtk_widget_unparent);
  g_clear_signal_handler (&self->value_changed_id, self->adjustments[GTK_ORIENTATION_VERTICAL]);
  mz_transcript_set_create_func (self, NULL, NULL, NULL);
  mz_transcript_set_spacing_func (self, NULL, NULL, NULL);

  G_OBJECT_CLASS (mz_transcript_parent_class)->dispose (object);
}

static void
mz_transcript_finalize (GObject *object)
{
  MzTranscript *self = MZ_TRANSCRIPT (object);

  g_clear_object (&self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
  g_clear_object (&self->adjustments[GTK_ORIENTATION_VERTICAL]);
  g_ptr_array_unref (self->rows);
  mz_heights_free (self->heights);

  G_OBJECT_CLASS (mz_transcript_parent_class)->finalize (object);
}

static void
mz_transcript_class_init (MzTranscriptClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = mz_transcript_get_property;
  object_class->set_property = mz_transcript_set_property;
  object_class->dispose = mz_transcript_dispose;
  object_class->finalize = mz_transcript_finalize;
  widget_class->measure = mz_transcript_measure;
  widget_class->size_allocate = mz_transcript_allocate;
  widget_class->snapshot = mz_transcript_snapshot;

  properties[PROP_MODEL] = g_param_spec_object ("model", NULL, NULL, G_TYPE_LIST_MODEL,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_MAX_WIDTH] = g_param_spec_int ("max-width", NULL, NULL, 1, G_MAXINT16, DEFAULT_MAX_WIDTH,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_AT_BOTTOM] = g_param_spec_boolean ("at-bottom", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_HEADER] = g_param_spec_object ("header", NULL, NULL, GTK_TYPE_WIDGET,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_OWN_PROPERTIES, properties);
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");

  signals[SIGNAL_NEAR_TOP] = g_signal_new ("near-top", MZ_TYPE_TRANSCRIPT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "transcript");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
  mz_transcript_class_init_focus (widget_class);
}

static void
mz_transcript_init (MzTranscript *self)
{
  self->rows = g_ptr_array_new ();
  self->heights = mz_heights_new (FIRST_ESTIMATE);
  self->max_width = DEFAULT_MAX_WIDTH;
  self->at_bottom = self->at_bottom_told = TRUE;
  self->near_top_armed = TRUE;
  set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, NULL);
  set_adjustment (self, GTK_ORIENTATION_VERTICAL, NULL);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  mz_transcript_init_focus (self);
}

/**
 * mz_transcript_new:
 *
 * Put it into a GtkScrolledWindow; it scrolls up and down only.
 *
 * Returns: (transfer floating): a transcript of nothing
 */
GtkWidget *
mz_transcript_new (void)
{
  return g_object_new (MZ_TYPE_TRANSCRIPT, NULL);
}

/**
 * mz_transcript_set_create_func:
 * @create: (nullable): makes the widget of a row
 * @destroy: (nullable): for @user_data
 *
 * Rows that are there already stay; set it before the model.
 */
void
mz_transcript_set_create_func (MzTranscript          *self,
                               MzTranscriptCreateFunc create,
                               gpointer               user_data,
                               GDestroyNotify         destroy)
{
  g_return_if_fail (MZ_IS_TRANSCRIPT (self));

  if (self->create_destroy != NULL)
    self->create_destroy (self->create_data);
  self->create = create;
  self->create_data = user_data;
  self->create_destroy = destroy;
}

/**
 * mz_transcript_set_spacing_func:
 * @spacing: (nullable): tells the gap above a row; without it there is none
 * @destroy: (nullable): for @user_data
 *
 * Asked once for each row, and again when another row comes before it. Set it before the model.
 */
void
mz_transcript_set_spacing_func (MzTranscript           *self,
                                MzTranscriptSpacingFunc spacing,
                                gpointer                user_data,
                                GDestroyNotify          destroy)
{
  g_return_if_fail (MZ_IS_TRANSCRIPT (self));

  if (self->spacing_destroy != NULL)
    self->spacing_destroy (self->spacing_data);
  self->spacing = spacing;
  self->spacing_data = user_data;
  self->spacing_destroy = destroy;
}

/**
 * mz_transcript_set_model:
 * @model: (nullable): the rows
 *
 * Shows the end of it.
 */
void
mz_transcript_set_model (MzTranscript *self,
                         GListModel   *model)
{
  guint length;

  g_return_if_fail (MZ_IS_TRANSCRIPT (self));
  g_return_if_fail (model == NULL || G_IS_LIST_MODEL (model));

  if (self->model == model)
    return;

  mz_transcript_stop_scrolling (self);
  clear_model (self);
  self->at_bottom = TRUE;
  self->near_top_armed = TRUE;
  self->near_top_due = FALSE;
  if (model != NULL)
    {
      self->model = g_object_ref (model);
      g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), self);
      length = g_list_model_get_n_items (model);
      mz_heights_insert (self->heights, 0, length);
      if (length > 0)
        mz_transcript_take_anchor (self, length - 1, 0);
    }
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL]);
}

/* Returns: (transfer none) (nullable): what is shown */
GListModel *
mz_transcript_get_model (MzTranscript *self)
{
  g_return_val_if_fail (MZ_IS_TRANSCRIPT (self), NULL);

  return self->model;
}

/**
 * mz_transcript_set_header:
 * @header: (nullable): a widget above the first row, that scrolls with the rows
 */
void
mz_transcript_set_header (MzTranscript *self,
                          GtkWidget    *header)
{
  g_return_if_fail (MZ_IS_TRANSCRIPT (self));
  g_return_if_fail (header == NULL || GTK_IS_WIDGET (header));

  if (self->header == header)
    return;

  g_clear_pointer (&self->header, gtk_widget_unparent);
  self->header = header;
  if (header != NULL)
    gtk_widget_insert_after (header, GTK_WIDGET (self), NULL);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEADER]);
}

/* Whether the end of the content is in view, and stays there. */
gboolean
mz_transcript_get_at_bottom (MzTranscript *self)
{
  g_return_val_if_fail (MZ_IS_TRANSCRIPT (self), FALSE);

  return self->at_bottom;
}

/* Shows the end, and stays there. */
void
mz_transcript_scroll_to_bottom (MzTranscript *self)
{
  g_return_if_fail (MZ_IS_TRANSCRIPT (self));

  mz_transcript_stop_scrolling (self);
  self->at_bottom = TRUE;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  if (!self->at_bottom_told)
    {
      self->at_bottom_told = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AT_BOTTOM]);
    }
}

/**
 * mz_transcript_scroll_to:
 * @position: of a row; nothing happens if there is none
 * @focus: whether the row gets the focus, too
 *
 * Brings the row into view, its top at the top where possible.
 */
void
mz_transcript_scroll_to (MzTranscript *self,
                         guint         position,
                         gboolean      focus)
{
  g_return_if_fail (MZ_IS_TRANSCRIPT (self));

  if (position >= mz_transcript_get_n_items (self))
    return;

  if (focus)
    mz_transcript_focus_row (self, mz_transcript_ensure_row (self, position));
  mz_transcript_stop_scrolling (self);
  self->at_bottom = FALSE;
  mz_transcript_take_anchor (self, position, 0);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * mz_transcript_get_anchor:
 * @item: (out) (transfer none) (optional): the item at the top of the view
 * @offset: (out) (optional): px of its widget above the view, less than zero when it begins below the view's top
 *
 * Returns: whether one is anywhere but at the bottom
 */
gboolean
mz_transcript_get_anchor (MzTranscript *self,
                          gpointer     *item,
                          double       *offset)
{
  g_return_val_if_fail (MZ_IS_TRANSCRIPT (self), FALSE);

  if (self->at_bottom || self->anchor_item == NULL)
    return FALSE;

  if (item != NULL)
    *item = self->anchor_item;
  if (offset != NULL)
    *offset = self->anchor_px;

  return TRUE;
}

/**
 * mz_transcript_set_anchor:
 * @item: what mz_transcript_get_anchor() gave
 * @offset: px, likewise
 *
 * Goes to where one was; when @item is no longer in the model, to the end.
 */
void
mz_transcript_set_anchor (MzTranscript *self,
                          gpointer      item,
                          double        offset)
{
  guint length = mz_transcript_get_n_items (self);

  g_return_if_fail (MZ_IS_TRANSCRIPT (self));

  mz_transcript_stop_scrolling (self);
  self->at_bottom = TRUE;
  for (guint i = length; i > 0 && self->at_bottom; i--)
    {
      g_autoptr (GObject) candidate = g_list_model_get_item (self->model, i - 1);

      if ((gpointer) candidate == item)
        {
          self->at_bottom = FALSE;
          mz_transcript_take_anchor (self, i - 1, offset);
        }
    }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

GtkWidget *
mz_transcript_get_row (MzTranscript *self,
                       guint         position)
{
  MzTranscriptRow *row;

  g_return_val_if_fail (MZ_IS_TRANSCRIPT (self), NULL);

  row = mz_transcript_find_row (self, position);

  return row != NULL ? row->widget : NULL;
}

/* How many rows have widgets now. */
guint
mz_transcript_get_n_rows_made (MzTranscript *self)
{
  g_return_val_if_fail (MZ_IS_TRANSCRIPT (self), 0);

  return self->rows->len;
}
