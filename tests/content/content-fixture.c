/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "content-fixture.h"

#include "mz-block-box.h"
#include "mz-code-view.h"
#include "mz-content.h"

/* FALSE: there is no display, and that was said in TAP. */
gboolean
content_init (void)
{
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return FALSE;
    }

  g_log_set_always_fatal (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);
  adw_init ();
  mz_content_init ();

  return TRUE;
}

static gboolean
watchdog_cb (gpointer user_data)
{
  g_error ("the event that the test waits for did not come within %d s", WATCHDOG_S);
  return G_SOURCE_REMOVE;
}

guint
watchdog_start (void)
{
  return g_timeout_add_seconds (WATCHDOG_S, watchdog_cb, NULL);
}

/* The window that shows @widget; it scrolls, as the transcript does. */
GtkWidget *
show (GtkWidget *widget,
      int        width)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_valign (widget, GTK_ALIGN_START);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), widget);
  gtk_window_set_child (GTK_WINDOW (window), scroller);
  gtk_window_set_default_size (GTK_WINDOW (window), width, 600);
  gtk_window_present (GTK_WINDOW (window));
  wait_frames (widget, 1);

  return window;
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  guint *n = user_data;

  (*n)++;

  return G_SOURCE_CONTINUE;
}

/* Until @n frames were drawn, and so the layout is done. */
void
wait_frames (GtkWidget *widget,
             guint      n)
{
  guint n_ticks = 0;
  guint id = gtk_widget_add_tick_callback (widget, tick_cb, &n_ticks, NULL);

  gtk_widget_queue_draw (widget);
  wait_until (n_ticks > n);
  gtk_widget_remove_tick_callback (widget, id);
}

static void
dump_widget (GtkWidget *widget,
             guint      depth,
             GString   *out)
{
  g_auto (GStrv) classes = gtk_widget_get_css_classes (widget);
  g_autofree char *all = g_strjoinv (" ", classes);

  g_string_append_printf (out, "%*s%s [%s]", (int) depth * 2, "", G_OBJECT_TYPE_NAME (widget), all);
  if (GTK_IS_LABEL (widget))
    g_string_append_printf (out, " %d \"%s\"", gtk_label_get_width_chars (GTK_LABEL (widget)),
                            gtk_label_get_label (GTK_LABEL (widget)));
  if (GTK_IS_IMAGE (widget))
    g_string_append_printf (out, " %s", gtk_image_get_icon_name (GTK_IMAGE (widget)));
  if (MZ_IS_BLOCK_BOX (widget))
    g_string_append_printf (out, " %d", mz_block_box_get_spacing (MZ_BLOCK_BOX (widget)));
  g_string_append_c (out, '\n');

  if (MZ_IS_CODE_VIEW (widget))
    {
      GtkTextBuffer *buffer = gtk_text_view_get_buffer (mz_code_view_get_view (MZ_CODE_VIEW (widget)));
      g_autofree char *text = NULL;

      g_object_get (buffer, "text", &text, NULL);
      g_string_append_printf (out, "%s\n", text);
      dump_widget (gtk_widget_get_first_child (widget), depth + 1, out);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    dump_widget (child, depth + 1, out);
}

/* The widgets of @widget and what they say. */
char *
dump (GtkWidget *widget)
{
  GString *out = g_string_new (NULL);

  dump_widget (widget, 0, out);

  return g_string_free (out, FALSE);
}

GtkWidget *
find (GtkWidget  *widget,
      Predicate   predicate,
      const char *text)
{
  if (predicate (widget, text))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, predicate, text);

      if (found != NULL)
        return found;
    }

  return NULL;
}

gboolean
has_tooltip (GtkWidget  *widget,
             const char *text)
{
  return g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0;
}

gboolean
has_class (GtkWidget  *widget,
           const char *name)
{
  return gtk_widget_has_css_class (widget, name);
}

gboolean
is_label (GtkWidget  *widget,
          const char *text)
{
  return GTK_IS_LABEL (widget) && strcmp (gtk_label_get_text (GTK_LABEL (widget)), text) == 0;
}

/* What was just copied, asked of our own side. */
char *
copied_text (GtkWidget *widget)
{
  GdkContentProvider *content = gdk_clipboard_get_content (gtk_widget_get_clipboard (widget));
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (content);
  g_value_init (&value, G_TYPE_STRING);
  gdk_content_provider_get_value (content, &value, &error);
  g_assert_no_error (error);

  return g_value_dup_string (&value);
}

void
destroy_window (GtkWidget *window)
{
  gtk_window_destroy (GTK_WINDOW (window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
