/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-activity-row.h"

#include "mz-compat.h"
#include "mz-row-text.h"
#include "mz-words.h"

/* From here on people begin to wonder. */
#define SHOW_TIME_MS 5000

struct _MzActivity
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (MzActivity, mz_activity, G_TYPE_OBJECT)

static void
mz_activity_class_init (MzActivityClass *klass)
{
}

static void
mz_activity_init (MzActivity *self)
{
}

MzActivity *
mz_activity_new (void)
{
  return g_object_new (MZ_TYPE_ACTIVITY, NULL);
}

static void
dots_mapped_cb (GtkWidget *dots)
{
  if (mz_compat_wants_motion (dots))
    gtk_widget_add_css_class (dots, "moving");
  else
    gtk_widget_remove_css_class (dots, "moving");
}

GtkWidget *
mz_typing_dots_new (void)
{
  GtkWidget *dots = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);

  gtk_widget_add_css_class (dots, "typing-dots");
  gtk_widget_set_valign (dots, GTK_ALIGN_CENTER);
  for (guint i = 0; i < 3; i++)
    {
      GtkWidget *dot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

      gtk_widget_add_css_class (dot, "dot");
      gtk_widget_set_valign (dot, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (dots), dot);
    }
  g_signal_connect (dots, "map", G_CALLBACK (dots_mapped_cb), NULL);
  return dots;
}

struct _MzActivityRow
{
  GtkWidget parent_instance;

  MzChat *chat;
  GtkWidget *dots;
  GtkWidget *label;
  GSource *second;
};

G_DEFINE_FINAL_TYPE (MzActivityRow, mz_activity_row, GTK_TYPE_WIDGET)

static void
update (MzActivityRow *self)
{
  MzSession *session = mz_chat_get_session (self->chat);
  g_autofree char *words = mz_row_text_for_phase (session != NULL ? mz_session_get_phase (session) : NULL);
  gint64 started = mz_chat_get_started (self->chat);
  gint64 ms = started > 0 ? (g_get_monotonic_time () - started) / G_TIME_SPAN_MILLISECOND : 0;

  if (ms >= SHOW_TIME_MS)
    {
      g_autofree char *time = mz_words_for_duration (ms / 1000 * 1000);
      g_autofree char *text = g_strdup_printf ("%s  %s", words, time);

      gtk_label_set_text (GTK_LABEL (self->label), text);
    }
  else
    {
      gtk_label_set_text (GTK_LABEL (self->label), words);
    }

  /* Without the seconds, or a screen reader would not stop talking. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static gboolean
second_cb (gpointer user_data)
{
  update (MZ_ACTIVITY_ROW (user_data));
  return G_SOURCE_CONTINUE;
}

static void
session_changed_cb (MzActivityRow *self)
{
  MzSession *session = mz_chat_get_session (self->chat);

  if (session != NULL)
    {
      g_signal_handlers_disconnect_by_func (session, update, self);
      g_signal_connect_object (session, "notify::phase", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  update (self);
}

static void
stop_counting (MzActivityRow *self)
{
  if (self->second == NULL)
    return;

  g_source_destroy (self->second);
  g_clear_pointer (&self->second, g_source_unref);
}

static void
mz_activity_row_map (GtkWidget *widget)
{
  MzActivityRow *self = MZ_ACTIVITY_ROW (widget);

  GTK_WIDGET_CLASS (mz_activity_row_parent_class)->map (widget);
  update (self);
  self->second = g_timeout_source_new_seconds (1);
  g_source_set_callback (self->second, second_cb, self, NULL);
  g_source_attach (self->second, NULL);
}

static void
mz_activity_row_unmap (GtkWidget *widget)
{
  stop_counting (MZ_ACTIVITY_ROW (widget));
  GTK_WIDGET_CLASS (mz_activity_row_parent_class)->unmap (widget);
}

static void
mz_activity_row_dispose (GObject *object)
{
  MzActivityRow *self = MZ_ACTIVITY_ROW (object);

  stop_counting (self);
  g_clear_pointer (&self->dots, gtk_widget_unparent);
  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_object (&self->chat);
  G_OBJECT_CLASS (mz_activity_row_parent_class)->dispose (object);
}

static void
mz_activity_row_class_init (MzActivityRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mz_activity_row_dispose;
  widget_class->map = mz_activity_row_map;
  widget_class->unmap = mz_activity_row_unmap;
  gtk_widget_class_set_css_name (widget_class, "activityrow");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
mz_activity_row_init (MzActivityRow *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 12);

  self->dots = mz_typing_dots_new ();
  gtk_widget_set_parent (self->dots, GTK_WIDGET (self));
  self->label = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_widget_add_css_class (self->label, "caption");
  gtk_widget_add_css_class (self->label, "dim-label");
  gtk_widget_add_css_class (self->label, "numeric");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}

GtkWidget *
mz_activity_row_new (MzChat *chat)
{
  MzActivityRow *self;

  g_return_val_if_fail (MZ_IS_CHAT (chat), NULL);

  self = g_object_new (MZ_TYPE_ACTIVITY_ROW, NULL);
  self->chat = g_object_ref (chat);
  g_signal_connect_object (chat, "notify::session", G_CALLBACK (session_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (chat, "notify::started", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  session_changed_cb (self);
  return GTK_WIDGET (self);
}
