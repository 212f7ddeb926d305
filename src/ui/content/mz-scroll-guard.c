/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-scroll-guard.h"

#include <math.h>

static gboolean
can_move (GtkAdjustment *adjustment,
          double         delta)
{
  double value = gtk_adjustment_get_value (adjustment);

  if (delta < 0)
    return value > gtk_adjustment_get_lower (adjustment) + 0.5;

  return value < gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment) - 0.5;
}

/* The window's own controllers are met after this one, on the event's way up. */
static void
set_own_controllers (GtkWidget          *window,
                     GtkEventController *guard,
                     gboolean            active)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (window);
  guint n = g_list_model_get_n_items (controllers);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (controller != guard && GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_event_controller_set_propagation_phase (controller, active ? GTK_PHASE_BUBBLE : GTK_PHASE_NONE);
    }
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller,
           double                    dx,
           double                    dy,
           gpointer                  user_data)
{
  GtkScrolledWindow *window = GTK_SCROLLED_WINDOW (user_data);
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  gboolean active;

  /* The end of a gesture goes where its last step went. */
  if (dx == 0 && dy == 0)
    return GDK_EVENT_PROPAGATE;

  if ((state & GDK_SHIFT_MASK) != 0)
    {
      double swap = dx;

      dx = dy;
      dy = swap;
    }

  if (fabs (dx) > fabs (dy))
    active = can_move (gtk_scrolled_window_get_hadjustment (window), dx);
  else
    active = can_move (gtk_scrolled_window_get_vadjustment (window), dy);
  set_own_controllers (GTK_WIDGET (window), GTK_EVENT_CONTROLLER (controller), active);

  return GDK_EVENT_PROPAGATE;
}

/**
 * mz_scroll_guard_add:
 * @window: a scrolled window that stands within another
 *
 * Lets scroll events that do not move @window go to what is around it.
 */
void
mz_scroll_guard_add (GtkScrolledWindow *window)
{
  GtkEventController *controller;

  g_return_if_fail (GTK_IS_SCROLLED_WINDOW (window));

  controller = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_object (controller, "scroll", G_CALLBACK (scroll_cb), window, 0);
  gtk_widget_add_controller (GTK_WIDGET (window), controller);
}
