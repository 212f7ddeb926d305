/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-transcript"

#include "config.h"

#include "mz-transcript-private.h"

/* The keyboard: Tab goes through all rows of the model, also those without a widget yet; keys scroll; what has the focus is
 * in view. */

/* Tab passes over as many rows that have nothing to focus, then it leaves. */
#define MAX_TRIES 200
/* px around what has the focus, for its outline */
#define FOCUS_MARGIN 6

static void
scroll_by (MzTranscript *self,
           double        delta)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + delta);
}

static gboolean
scroll_cb (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  MzTranscript *self = MZ_TRANSCRIPT (widget);
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];

  switch ((GtkScrollType) g_variant_get_int32 (args))
    {
    case GTK_SCROLL_STEP_UP:
      scroll_by (self, -gtk_adjustment_get_step_increment (adjustment));
      break;

    case GTK_SCROLL_STEP_DOWN:
      scroll_by (self, gtk_adjustment_get_step_increment (adjustment));
      break;

    case GTK_SCROLL_PAGE_UP:
      scroll_by (self, -gtk_adjustment_get_page_increment (adjustment));
      break;

    case GTK_SCROLL_PAGE_DOWN:
      scroll_by (self, gtk_adjustment_get_page_increment (adjustment));
      break;

    case GTK_SCROLL_START:
      mz_transcript_stop_scrolling (self);
      if (mz_transcript_get_n_items (self) > 0)
        mz_transcript_take_top (self);
      self->at_bottom = FALSE;
      gtk_widget_queue_resize (widget);
      break;

    case GTK_SCROLL_END:
      mz_transcript_scroll_to_bottom (self);
      break;

    default:
      g_assert_not_reached ();
    }

  return TRUE;
}

static void
add_scroll_binding (GtkWidgetClass *widget_class,
                    guint           key,
                    guint           keypad,
                    GdkModifierType modifiers,
                    GtkScrollType   scroll)
{
  gtk_widget_class_add_binding (widget_class, key, modifiers, scroll_cb, "i", scroll);
  gtk_widget_class_add_binding (widget_class, keypad, modifiers, scroll_cb, "i", scroll);
}

/* Lays the row out for itself, as the focus goes by where things are. */
static void
give_size (MzTranscript    *self,
           MzTranscriptRow *row)
{
  int width = 0;
  int height = 0;

  if (row->height >= 0 || self->column == 0 || !gtk_widget_should_layout (row->widget))
    return;

  gtk_widget_measure (row->widget, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  width = MAX (width, self->column);
  gtk_widget_measure (row->widget, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  gtk_widget_size_allocate (row->widget, &(GtkAllocation) { 0, -height, width, height }, -1);
}

/* Focuses the row, or else the first thing in it. */
gboolean
mz_transcript_focus_row (MzTranscript    *self,
                         MzTranscriptRow *row)
{
  give_size (self, row);

  return gtk_widget_grab_focus (row->widget) || gtk_widget_child_focus (row->widget, GTK_DIR_TAB_FORWARD);
}

static gboolean
focus_header (MzTranscript    *self,
              GtkDirectionType direction)
{
  return self->header != NULL && gtk_widget_child_focus (self->header, direction);
}

static gboolean
is_seen (MzTranscript *self,
         GtkWidget    *child)
{
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (child) || !gtk_widget_compute_bounds (child, GTK_WIDGET (self), &bounds))
    return FALSE;

  return bounds.origin.y + bounds.size.height > 0 && bounds.origin.y < self->page;
}

/* The first, or the last, row that one sees. */
static MzTranscriptRow *
find_seen (MzTranscript *self,
           gboolean      first)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      MzTranscriptRow *row = g_ptr_array_index (self->rows, first ? i : self->rows->len - 1 - i);

      if (row->height >= 0 && is_seen (self, row->widget))
        return row;
    }

  return NULL;
}

static gboolean
focus_from (MzTranscript    *self,
            gint64           position,
            GtkDirectionType direction)
{
  gboolean forward = direction == GTK_DIR_TAB_FORWARD;
  guint length = mz_transcript_get_n_items (self);

  for (guint tries = 0; tries < MAX_TRIES && position >= 0 && position < length; tries++)
    {
      MzTranscriptRow *row = mz_transcript_ensure_row (self, position);

      give_size (self, row);
      if (gtk_widget_child_focus (row->widget, direction))
        return TRUE;
      position += forward ? 1 : -1;
    }

  return !forward && position < 0 && focus_header (self, direction);
}

static gboolean
tab (MzTranscript    *self,
     GtkDirectionType direction)
{
  gboolean forward = direction == GTK_DIR_TAB_FORWARD;
  GtkWidget *child = gtk_widget_get_focus_child (GTK_WIDGET (self));
  MzTranscriptRow *row;

  if (child != NULL)
    {
      if (gtk_widget_child_focus (child, direction))
        return TRUE;
      if (child == self->header)
        return forward && focus_from (self, 0, direction);

      row = mz_transcript_row_of_widget (self, child);

      return row != NULL && focus_from (self, (gint64) row->position + (forward ? 1 : -1), direction);
    }

  if (forward && self->header != NULL && is_seen (self, self->header) && focus_header (self, direction))
    return TRUE;

  row = find_seen (self, forward);

  return row != NULL && focus_from (self, row->position, direction);
}

static gboolean
mz_transcript_focus (GtkWidget       *widget,
                     GtkDirectionType direction)
{
  MzTranscript *self = MZ_TRANSCRIPT (widget);
  gboolean moved;

  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return GTK_WIDGET_CLASS (g_type_class_peek_parent (GTK_WIDGET_GET_CLASS (widget)))->focus (widget, direction);

  self->tabbing = TRUE;
  moved = tab (self, direction);
  self->tabbing = FALSE;

  return moved;
}

static void
focus_widget_cb (GtkWidget    *root,
                 GParamSpec   *pspec,
                 MzTranscript *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (root));

  self->reveal = MZ_REVEAL_NOT;
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    return;

  self->reveal = self->tabbing ? MZ_REVEAL_WHOLE : MZ_REVEAL_OUTSIDE;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* Whether, and how far down, one has to scroll to see what just got the focus. All rows have their places. */
gboolean
mz_transcript_get_reveal (MzTranscript *self,
                          double       *delta)
{
  MzReveal reveal = self->reveal;
  GtkWidget *focus = self->root != NULL ? gtk_root_get_focus (GTK_ROOT (self->root)) : NULL;
  graphene_rect_t bounds;
  double top, bottom;

  self->reveal = MZ_REVEAL_NOT;
  *delta = 0;
  if (reveal == MZ_REVEAL_NOT || focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)) ||
      gtk_widget_get_native (focus) != gtk_widget_get_native (GTK_WIDGET (self)) ||
      !gtk_widget_compute_bounds (focus, GTK_WIDGET (self), &bounds))
    return FALSE;

  top = bounds.origin.y;
  bottom = bounds.origin.y + bounds.size.height;
  if (reveal == MZ_REVEAL_OUTSIDE && bottom > 0 && top < self->page)
    return FALSE;

  top -= FOCUS_MARGIN;
  bottom += FOCUS_MARGIN;
  if (bottom - top > self->page)
    {
      /* Higher than the view: as much of it as there is room for. */
      if (top > 0 || bottom <= 0)
        *delta = top;
      else if (bottom < self->page)
        *delta = bottom - self->page;
    }
  else if (top < 0)
    *delta = top;
  else if (bottom > self->page)
    *delta = bottom - self->page;

  return *delta != 0;
}

static void
mz_transcript_root (GtkWidget *widget)
{
  MzTranscript *self = MZ_TRANSCRIPT (widget);

  GTK_WIDGET_CLASS (g_type_class_peek_parent (GTK_WIDGET_GET_CLASS (widget)))->root (widget);
  self->root = GTK_WIDGET (gtk_widget_get_root (widget));
  self->root_id = g_signal_connect (self->root, "notify::focus-widget", G_CALLBACK (focus_widget_cb), self);
}

static void
mz_transcript_unroot (GtkWidget *widget)
{
  MzTranscript *self = MZ_TRANSCRIPT (widget);

  g_clear_signal_handler (&self->root_id, self->root);
  self->root = NULL;
  GTK_WIDGET_CLASS (g_type_class_peek_parent (GTK_WIDGET_GET_CLASS (widget)))->unroot (widget);
}

static void
touch (MzTranscript    *self,
       MzTranscriptRow *row)
{
  self->touched = row;
  self->touched_at = g_get_monotonic_time ();
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            MzTranscript    *self)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

  touch (self, picked != NULL ? mz_transcript_row_of_widget (self, picked) : NULL);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        state,
                MzTranscript          *self)
{
  GtkWidget *child = gtk_widget_get_focus_child (GTK_WIDGET (self));

  touch (self, child != NULL ? mz_transcript_row_of_widget (self, child) : NULL);

  return GDK_EVENT_PROPAGATE;
}

void
mz_transcript_class_init_focus (GtkWidgetClass *widget_class)
{
  widget_class->focus = mz_transcript_focus;
  widget_class->root = mz_transcript_root;
  widget_class->unroot = mz_transcript_unroot;

  add_scroll_binding (widget_class, GDK_KEY_Up, GDK_KEY_KP_Up, 0, GTK_SCROLL_STEP_UP);
  add_scroll_binding (widget_class, GDK_KEY_Down, GDK_KEY_KP_Down, 0, GTK_SCROLL_STEP_DOWN);
  add_scroll_binding (widget_class, GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, 0, GTK_SCROLL_PAGE_UP);
  add_scroll_binding (widget_class, GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, 0, GTK_SCROLL_PAGE_DOWN);
  for (guint i = 0; i < 2; i++)
    {
      GdkModifierType modifiers = i == 0 ? 0 : GDK_CONTROL_MASK;

      add_scroll_binding (widget_class, GDK_KEY_Home, GDK_KEY_KP_Home, modifiers, GTK_SCROLL_START);
      add_scroll_binding (widget_class, GDK_KEY_End, GDK_KEY_KP_End, modifiers, GTK_SCROLL_END);
    }
}

void
mz_transcript_init_focus (MzTranscript *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));

  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}
