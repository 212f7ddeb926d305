/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "conversation-fixture.h"

#include <string.h>

#include "mz-content.h"

void
view_set_up (View          *view,
             gconstpointer  data)
{
  static gsize initialized;

  if (g_once_init_enter (&initialized))
    {
      mz_content_init ();
      mz_conversation_init_types ();
      g_once_init_leave (&initialized, 1);
    }

  set_up (&view->app, data);
  make_gateway (&view->app);
  view->settings = g_settings_new ("io.github.moltzer.Moltzer");
  view->conversation = MZ_CONVERSATION (mz_conversation_new (view->settings));
  view->transcript = view->conversation->transcript;
  view->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (view->window, 700, 600);
  gtk_window_set_child (view->window, GTK_WIDGET (view->conversation));
  gtk_window_present (view->window);
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (view->conversation)));
}

void
view_tear_down (View          *view,
                gconstpointer  data)
{
  gpointer conversation = view->conversation;

  g_object_add_weak_pointer (G_OBJECT (view->conversation), &conversation);
  gtk_window_destroy (view->window);
  wait_until (conversation == NULL);
  g_clear_object (&view->chat);
  g_clear_object (&view->settings);
  tear_down (&view->app, data);
}

void
view_show (View       *view,
           const char *key)
{
  g_clear_object (&view->chat);
  view->chat = mz_gateway_open_chat (view->app.gateway, key);
  mz_conversation_set_chat (view->conversation, view->app.gateway, view->chat);
  wait_until (mz_session_get_loaded (mz_chat_get_session (view->chat)));
  view_frame (view);
}

static gboolean
frame_cb (GtkWidget     *widget,
          GdkFrameClock *clock,
          gpointer       user_data)
{
  guint *n_frames = user_data;

  return --*n_frames == 0 ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

void
view_frame (View *view)
{
  guint n_frames = 3;

  settle (&view->app);
  gtk_widget_add_tick_callback (GTK_WIDGET (view->conversation), frame_cb, &n_frames, NULL);
  wait_until (n_frames == 0);
  settle (&view->app);
}

void
view_send (View       *view,
           const char *text)
{
  mz_chat_send_text (view->chat, text);
}

static void
ended_cb (guint *n_ended)
{
  (*n_ended)++;
}

void
view_ask (View       *view,
          const char *text)
{
  guint n_ended = 0;
  gulong id = g_signal_connect_swapped (view->chat, "reply-ended", G_CALLBACK (ended_cb), &n_ended);

  view_send (view, text);
  wait_until (n_ended > 0 && !mz_chat_get_running (view->chat));
  g_signal_handler_disconnect (view->chat, id);
  view_frame (view);
}

guint
view_get_n (View *view)
{
  return g_list_model_get_n_items (mz_transcript_get_model (view->transcript));
}

gpointer
view_get_item (View  *view,
               guint  from_end)
{
  GListModel *model = mz_transcript_get_model (view->transcript);
  guint n = g_list_model_get_n_items (model);
  g_autoptr (GObject) item = NULL;

  g_assert_cmpuint (from_end, <, n);
  item = g_list_model_get_item (model, n - 1 - from_end);
  return item;
}

GtkWidget *
view_get_row (View  *view,
              guint  from_end)
{
  guint position = view_get_n (view) - 1 - from_end;

  view_frame (view);
  g_assert_nonnull (mz_transcript_get_row (view->transcript, position));
  return mz_transcript_get_row (view->transcript, position);
}

gpointer
view_find (View       *view,
           GType       type,
           GtkWidget **row)
{
  GListModel *model = mz_transcript_get_model (view->transcript);

  for (guint i = g_list_model_get_n_items (model); i > 0; i--)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i - 1);

      if (G_TYPE_CHECK_INSTANCE_TYPE (item, type))
        {
          if (row != NULL)
            *row = mz_transcript_get_row (view->transcript, i - 1);
          return item;
        }
    }
  return NULL;
}

/* Of those that can be seen. */
GtkWidget *
find_widget (GtkWidget   *widget,
             WidgetMatch  match,
             const char  *text)
{
  if (!gtk_widget_get_visible (widget))
    return NULL;
  if (match (widget, text))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, match, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

gboolean
has_text (GtkWidget  *widget,
          const char *text)
{
  return GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL;
}

/* By what stands on it, or by its tooltip when that is an icon. */
gboolean
is_button (GtkWidget  *widget,
           const char *text)
{
  const char *tooltip = gtk_widget_get_tooltip_text (widget);

  return GTK_IS_BUTTON (widget) && (g_strcmp0 (tooltip, text) == 0 || find_widget (widget, has_text, text) != NULL);
}

double
view_get_gap (View *view)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view->transcript));

  return gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment) - gtk_adjustment_get_value (adjustment);
}

void
click (GtkWidget *button)
{
  g_assert_true (GTK_IS_BUTTON (button));
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

void
scroll_by (View   *view,
           double  px)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view->transcript));

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + px);
  view_frame (view);
}
