/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-phase-bar.h"

/* Of these, the height is the stylesheet's. */
#define MIN_FILL 3
#define MIN_WIDTH 48

struct _MzPhaseBar
{
  GtkWidget parent_instance;

  GtkWidget *fill;
  double start;
  double end;
};

G_DEFINE_FINAL_TYPE (MzPhaseBar, mz_phase_bar, GTK_TYPE_WIDGET)

static const char * const state_classes[] = {
  [MZ_PHASE_PENDING] = "pending",
  [MZ_PHASE_RUNNING] = "running",
  [MZ_PHASE_OK] = "ok",
  [MZ_PHASE_FAILED] = "failed",
  [MZ_PHASE_CANCELLED] = "cancelled",
};

static void
mz_phase_bar_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  MzPhaseBar *self = MZ_PHASE_BAR (widget);

  gtk_widget_measure (self->fill, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = MAX (*minimum, MIN_WIDTH);
}

static void
mz_phase_bar_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  MzPhaseBar *self = MZ_PHASE_BAR (widget);
  int fill_min, x, fill;

  gtk_widget_measure (self->fill, GTK_ORIENTATION_HORIZONTAL, -1, &fill_min, NULL, NULL, NULL);

  fill = CLAMP ((int) ((self->end - self->start) * width + .5), MAX (MIN_FILL, fill_min), MAX (width, MIN_FILL));
  x = CLAMP ((int) (self->start * width + .5), 0, MAX (width - fill, 0));
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    x = width - fill - x;

  gtk_widget_size_allocate (self->fill, &(GtkAllocation) { x, 0, fill, height }, -1);
}

static void
mz_phase_bar_dispose (GObject *object)
{
  MzPhaseBar *self = MZ_PHASE_BAR (object);

  g_clear_pointer (&self->fill, gtk_widget_unparent);

  G_OBJECT_CLASS (mz_phase_bar_parent_class)->dispose (object);
}

static void
mz_phase_bar_class_init (MzPhaseBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_phase_bar_dispose;
  widget_class->measure = mz_phase_bar_measure;
  widget_class->size_allocate = mz_phase_bar_size_allocate;

  gtk_widget_class_set_css_name (widget_class, "phasebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
mz_phase_bar_init (MzPhaseBar *self)
{
  self->fill = g_object_new (GTK_TYPE_BOX, "css-name", "fill", "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_widget_set_parent (self->fill, GTK_WIDGET (self));
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

/**
 * mz_phase_bar_new:
 *
 * Returns: (transfer floating): an empty bar
 */
GtkWidget *
mz_phase_bar_new (void)
{
  return g_object_new (MZ_TYPE_PHASE_BAR, NULL);
}

/**
 * mz_phase_bar_set:
 * @start: where it begins, from 0 to 1
 * @end: where it ends, from 0 to 1
 * @state: how the phase stands; one that is to come has no bar
 */
void
mz_phase_bar_set (MzPhaseBar   *self,
                  double        start,
                  double        end,
                  MzPhaseState  state)
{
  g_return_if_fail (MZ_IS_PHASE_BAR (self));

  self->start = CLAMP (start, 0, 1);
  self->end = CLAMP (end, self->start, 1);


  gtk_widget_set_css_classes (self->fill, (const char *[]) { state_classes[state], NULL });
  gtk_widget_set_child_visible (self->fill, state != MZ_PHASE_PENDING);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}
