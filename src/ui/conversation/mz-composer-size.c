/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-composer-private.h"

/* The text is never lower than this many px, also in a small window. */
#define MIN_TEXT_HEIGHT 96

/*< private >
 * mz_composer_show_cursor:
 * @self: a composer
 *
 * Scrolls to the cursor: now, and again when the text has the size that it gets for this.
 */
void
mz_composer_show_cursor (MzComposer *self)
{
  self->scroll_wanted = TRUE;
  if (gtk_widget_get_mapped (GTK_WIDGET (self->text_view)))
    gtk_text_view_scroll_mark_onscreen (self->text_view, gtk_text_buffer_get_insert (gtk_text_view_get_buffer (self->text_view)));
}

/* GtkTextView may tell its adjustment about new lines while it is drawn, and a scrollbar would have to be laid out then: there is none
 * as long as all of the text has room. */
static void
update_scrollbar (MzComposer *self)
{
  GtkScrolledWindow *scroller = GTK_SCROLLED_WINDOW (self->text_scroller);
  GtkPolicyType policy = self->text_height > gtk_scrolled_window_get_max_content_height (scroller) ? GTK_POLICY_AUTOMATIC : GTK_POLICY_EXTERNAL;
  GtkPolicyType old_policy;

  gtk_scrolled_window_get_policy (scroller, NULL, &old_policy);
  if (old_policy != policy)
    gtk_scrolled_window_set_policy (scroller, GTK_POLICY_EXTERNAL, policy);
}

static gboolean
resize_cb (gpointer data)
{
  MzComposer *self = MZ_COMPOSER (data);

  self->resize_idle = 0;
  update_scrollbar (self);
  gtk_widget_queue_resize (GTK_WIDGET (self->text_view));
  if (self->scroll_wanted)
    gtk_text_view_scroll_mark_onscreen (self->text_view, gtk_text_buffer_get_insert (gtk_text_view_get_buffer (self->text_view)));
  self->scroll_wanted = FALSE;
  return G_SOURCE_REMOVE;
}

static void
queue_resize (MzComposer *self)
{
  if (self->resize_idle == 0)
    self->resize_idle = g_idle_add (resize_cb, self);
}

/* A third of the window. */
static void
update_max_height (MzComposer *self)
{
  int height = gdk_surface_get_height (self->surface) / 3;

  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (self->text_scroller), MAX (height, MIN_TEXT_HEIGHT));
  queue_resize (self);
}

/* GtkTextView finds out how high it is at a width only when it gets that width, and what it asks for then is lost in the layout under
 * way: it has to be asked once more. */
static void
text_laid_out_cb (MzComposer *self)
{
  int width = (int) gtk_adjustment_get_page_size (gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->text_scroller)));
  int height = (int) gtk_adjustment_get_upper (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->text_scroller)));

  if (width == self->text_width && height == self->text_height)
    return;
  self->text_width = width;
  self->text_height = height;
  queue_resize (self);
}

/*< private >
 * mz_composer_follow_window:
 * @self: a composer that is mapped
 *
 * Lets the text grow up to a third of the window.
 */
void
mz_composer_follow_window (MzComposer *self)
{
  self->surface = g_object_ref (gtk_native_get_surface (gtk_widget_get_native (GTK_WIDGET (self))));
  self->surface_id = g_signal_connect_object (self->surface, "notify::height", G_CALLBACK (update_max_height), self, G_CONNECT_SWAPPED);
  update_max_height (self);
}

/*< private >
 * mz_composer_leave_window:
 * @self: a composer
 *
 * Undoes mz_composer_follow_window().
 */
void
mz_composer_leave_window (MzComposer *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->text_scroller));

  /* What still scrolls stops here: GTK 4.8 disconnects twice when it has to end it. */
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment));
  g_clear_handle_id (&self->resize_idle, g_source_remove);

  if (self->surface != NULL)
    g_clear_signal_handler (&self->surface_id, self->surface);
  g_clear_object (&self->surface);
}

/*< private >
 * mz_composer_init_size:
 * @self: a composer
 *
 * Lets it be as high as its text.
 */
void
mz_composer_init_size (MzComposer *self)
{
  GtkScrolledWindow *scroller = GTK_SCROLLED_WINDOW (self->text_scroller);

  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (scroller), "changed", G_CALLBACK (text_laid_out_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (scroller), "changed", G_CALLBACK (text_laid_out_cb), self,
                           G_CONNECT_SWAPPED);
}
