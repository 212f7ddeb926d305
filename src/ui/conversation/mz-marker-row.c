/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-marker-row.h"

#include "mz-row-text.h"
#include "mz-row-util.h"

/* Of a text that nobody asked for. */
#define MAX_OTHER_LENGTH (16 * 1024)

struct _MzMarkerRow
{
  GtkWidget parent_instance;

  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (MzMarkerRow, mz_marker_row, GTK_TYPE_WIDGET)

static void
marker_changed_cb (MzMarkerRow *self,
                   GParamSpec  *pspec,
                   MzMessage   *message)
{
  g_autofree char *text = mz_row_text_for_marker (message);

  gtk_label_set_text (GTK_LABEL (self->label), text);
  mz_row_set_reader_label (GTK_WIDGET (self), message);
}

static void
mz_marker_row_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (mz_marker_row_parent_class)->dispose (object);
}

static void
mz_marker_row_class_init (MzMarkerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mz_marker_row_dispose;
  gtk_widget_class_set_css_name (widget_class, "markerrow");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
add_line (MzMarkerRow *self)
{
  GtkWidget *line = gtk_separator_new (GTK_ORIENTATION_HORIZONTAL);

  gtk_widget_set_hexpand (line, TRUE);
  gtk_widget_set_valign (line, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (line, GTK_WIDGET (self));
}

static void
mz_marker_row_init (MzMarkerRow *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 12);

  add_line (self);
  self->label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_justify (GTK_LABEL (self->label), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->label, "caption");
  gtk_widget_add_css_class (self->label, "dim-label");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  add_line (self);
}

GtkWidget *
mz_marker_row_new (MzMessage *message)
{
  MzMarkerRow *self;

  g_return_val_if_fail (MZ_IS_MESSAGE (message), NULL);

  self = g_object_new (MZ_TYPE_MARKER_ROW, NULL);
  g_signal_connect_object (message, "notify", G_CALLBACK (marker_changed_cb), self, G_CONNECT_SWAPPED);
  marker_changed_cb (self, NULL, message);
  return GTK_WIDGET (self);
}

static void
other_changed_cb (GtkLabel   *label,
                  GParamSpec *pspec,
                  MzMessage  *message)
{
  gboolean limited;
  g_autofree char *text = mz_row_text_limit (mz_message_get_text (message), MAX_OTHER_LENGTH, &limited);
  g_autofree char *shown = limited ? g_strconcat (text, "…", NULL) : g_steal_pointer (&text);

  gtk_label_set_text (label, shown);
}

GtkWidget *
mz_other_row_new (MzMessage *message)
{
  GtkWidget *label;

  g_return_val_if_fail (MZ_IS_MESSAGE (message), NULL);

  label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  g_signal_connect_object (message, "notify::text", G_CALLBACK (other_changed_cb), label, G_CONNECT_SWAPPED);
  other_changed_cb (GTK_LABEL (label), NULL, message);
  return label;
}
