/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-image-window.h"

#include <glib/gi18n.h>

#include "mz-compat.h"
#include "mz-save.h"

/* The window is as large as the picture, within these. */
#define MIN_WIDTH 360
#define MIN_HEIGHT 300
#define MAX_WIDTH 1200
#define MAX_HEIGHT 850
#define HEADER_HEIGHT 47

struct _MzImageWindow
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  GdkTexture *texture;
  GBytes *bytes;
  char *file_name;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MzImageWindow, mz_image_window, ADW_TYPE_WINDOW)

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (MzImageWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (mz_save_finish (result, &error))
    text = g_strdup (_("Saved"));
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    text = mz_save_describe_error (error);
  if (text != NULL)
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (text));
}

static void
save_cb (MzImageWindow *self)
{
  mz_save_bytes_async (GTK_WINDOW (self), self->file_name, self->bytes, self->cancellable, saved_cb, g_object_ref (self));
}

static void
copy_cb (MzImageWindow *self)
{
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->texture);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Copied")));
}

static void
mz_image_window_dispose (GObject *object)
{
  MzImageWindow *self = MZ_IMAGE_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->file_name, g_free);

  G_OBJECT_CLASS (mz_image_window_parent_class)->dispose (object);
}

static void
mz_image_window_class_init (MzImageWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mz_image_window_dispose;

  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mz_image_window_init (MzImageWindow *self)
{
  self->cancellable = g_cancellable_new ();
}

static GtkWidget *
make_button (MzImageWindow *self,
             const char    *icon,
             const char    *label,
             GCallback      callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  mz_compat_set_label (button, label);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);

  return button;
}

/**
 * mz_image_window_new:
 * @parent: (nullable): the window that the picture is in
 * @title: what the picture is
 * @file_name: the name to save it under
 * @texture: the picture
 * @bytes: its file
 *
 * Returns: (transfer none): a window that shows it
 */
GtkWindow *
mz_image_window_new (GtkWindow  *parent,
                     const char *title,
                     const char *file_name,
                     GdkTexture *texture,
                     GBytes     *bytes)
{
  MzImageWindow *self = g_object_new (MZ_TYPE_IMAGE_WINDOW,
                                      "title", title,
                                      "transient-for", parent,
                                      "destroy-with-parent", TRUE,
                                      NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));

  self->texture = g_object_ref (texture);
  self->bytes = g_bytes_ref (bytes);
  self->file_name = g_strdup (file_name);

  adw_header_bar_pack_start (ADW_HEADER_BAR (header),
                             make_button (self, "document-save-as-symbolic", _("Save as…"), G_CALLBACK (save_cb)));
  adw_header_bar_pack_start (ADW_HEADER_BAR (header),
                             make_button (self, "edit-copy-symbolic", _("Copy image"), G_CALLBACK (copy_cb)));
  gtk_box_append (GTK_BOX (box), header);

  gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_SCALE_DOWN);
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), title);
  gtk_widget_set_vexpand (picture, TRUE);
  self->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  adw_toast_overlay_set_child (self->toasts, picture);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->toasts));
  adw_window_set_content (ADW_WINDOW (self), box);

  gtk_window_set_default_size (GTK_WINDOW (self),
                               CLAMP (gdk_texture_get_width (texture), MIN_WIDTH, MAX_WIDTH),
                               CLAMP (gdk_texture_get_height (texture), MIN_HEIGHT, MAX_HEIGHT) + HEADER_HEIGHT);

  return GTK_WINDOW (self);
}
