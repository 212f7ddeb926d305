/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-attachment-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "mz-artifact.h"
#include "mz-attachment-words.h"
#include "mz-compat.h"
#include "mz-image-window.h"
#include "mz-image.h"
#include "mz-save.h"
#include "mz-text-util.h"

/* What is saved and not shown may be larger; the gateway has limits of its own. */
#define MAX_SAVE_BYTES (512 * 1024 * 1024)

struct _MzAttachmentView
{
  GtkWidget parent_instance;

  MzClient *client;             /* (nullable) */
  char *session_key;
  MzMessage *message;
  guint attachment;
  char *title;                  /* what the picture shows, for those who do not see it */
  char *name;                   /* to save it under */
  char *mime;                   /* as told: decides the icon, and what is tried first */

  GtkWidget *picture_button;    /* of a picture: what is shown of it */
  MzImage *image;
  GtkWidget *chip;              /* of another file, or a picture that cannot be shown */
  GtkImage *icon;
  GtkLabel *name_label;
  GtkLabel *detail_label;
  GtkWidget *spinner;
  GtkWidget *save_button;
  GtkWidget *cancel_button;
  GtkWidget *status;            /* what went wrong, below */
  GtkLabel *status_label;
  GtkWidget *retry_button;
  GtkWidget *menu;

  GCancellable *loading;
  GCancellable *saving;
  GBytes *bytes;                /* (nullable): when loaded */
  GdkTexture *texture;
  guint64 size;                 /* 0 when unknown */
  gboolean is_picture;
  gboolean can_save;
  gboolean retry_when_ready;
};

G_DEFINE_FINAL_TYPE (MzAttachmentView, mz_attachment_view, GTK_TYPE_WIDGET)

static void load (MzAttachmentView *self);

/* ---- words ---- */

static void
update_detail (MzAttachmentView *self)
{
  g_autofree char *type = g_content_type_from_mime_type (self->mime != NULL ? self->mime : "application/octet-stream");
  g_autofree char *description = g_content_type_get_description (type != NULL ? type : "application/octet-stream");
  guint64 size = self->bytes != NULL ? g_bytes_get_size (self->bytes) : self->size;
  g_autoptr (GIcon) icon = g_content_type_get_symbolic_icon (type != NULL ? type : "application/octet-stream");
  g_autofree char *size_text = size > 0 ? g_format_size (size) : NULL;
  g_autofree char *detail = NULL;

  /* Translators: a kind of file and its size: "PDF document · 1.2 MB" */
  detail = size_text != NULL ? g_strdup_printf (_("%s · %s"), description, size_text) : g_strdup (description);
  gtk_label_set_text (self->detail_label, detail);
  gtk_image_set_from_gicon (self->icon, icon);
}

static void
show_status (MzAttachmentView *self,
             const char       *text,
             gboolean          retry)
{
  gtk_label_set_text (self->status_label, text != NULL ? text : "");
  gtk_widget_set_visible (self->retry_button, retry);
  gtk_widget_set_visible (self->status, text != NULL);
  if (text != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    mz_compat_announce (GTK_WIDGET (self), text);
}

static void
show_chip (MzAttachmentView *self)
{
  gtk_widget_set_visible (self->picture_button, FALSE);
  gtk_widget_set_visible (self->chip, TRUE);
}

static void
show_saving (MzAttachmentView *self,
             gboolean          busy)
{
  gtk_widget_set_visible (self->spinner, busy);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), busy);
  gtk_widget_set_visible (self->cancel_button, busy);
  gtk_widget_set_visible (self->save_button, !busy && self->can_save);
}

static void
tell_error (MzAttachmentView *self,
            const GError     *error)
{
  MzAttachmentRemedy remedy;
  const char *text = mz_attachment_describe_error (error, &remedy);

  /* Only pictures come by themselves. */
  self->retry_when_ready = remedy == MZ_ATTACHMENT_WAIT && self->is_picture;
  self->can_save = remedy != MZ_ATTACHMENT_NOTHING;
  show_chip (self);
  show_saving (self, self->saving != NULL);
  show_status (self, text, remedy == MZ_ATTACHMENT_RETRY || remedy == MZ_ATTACHMENT_WAIT);
}

/* The message may have become another one since. */
static gboolean
is_gone (MzAttachmentView *self)
{
  g_autoptr (GError) error = NULL;

  if (self->attachment < mz_message_get_n_attachments (self->message))
    return FALSE;

  error = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_FAILED, "");
  tell_error (self, error);

  return TRUE;
}

/* ---- loading a picture ---- */

static void
decoded_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (MzAttachmentView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = mz_image_decode_finish (result, &error);

  if (self->loading == NULL)
    return;

  g_clear_object (&self->loading);
  if (texture == NULL)
    {
      tell_error (self, error);
      return;
    }

  g_set_object (&self->texture, texture);
  mz_image_set_texture (self->image, texture);
  gtk_widget_set_sensitive (self->picture_button, TRUE);
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (MzAttachmentView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mz_artifact_fetch_finish (self->client, result, NULL, &error);

  if (self->loading == NULL)
    return;

  if (bytes == NULL)
    {
      g_clear_object (&self->loading);
      tell_error (self, error);
      return;
    }

  self->bytes = g_bytes_ref (bytes);
  update_detail (self);
  mz_image_decode_async (bytes, MZ_ATTACHMENT_MAX_IMAGE_PIXELS, self->loading, decoded_cb, g_object_ref (self));
}

static void
load (MzAttachmentView *self)
{
  if (!self->is_picture || self->texture != NULL || self->loading != NULL || is_gone (self))
    return;

  self->retry_when_ready = FALSE;
  show_status (self, NULL, FALSE);
  gtk_widget_set_visible (self->chip, FALSE);
  gtk_widget_set_visible (self->picture_button, TRUE);
  gtk_widget_set_sensitive (self->picture_button, FALSE);

  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->loading = g_cancellable_new ();
  mz_artifact_fetch_async (self->client, self->session_key, self->message, self->attachment, MZ_ATTACHMENT_MAX_IMAGE_BYTES,
                           self->loading, fetched_cb, g_object_ref (self));
}

static void
client_state_cb (MzAttachmentView *self)
{
  if (self->retry_when_ready && mz_client_get_state (self->client) == MZ_CLIENT_READY &&
      gtk_widget_get_mapped (GTK_WIDGET (self)))
    load (self);
}

/* ---- saving ---- */

static void
save_ended (MzAttachmentView *self)
{
  g_clear_object (&self->saving);
  show_saving (self, FALSE);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (MzAttachmentView) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean saved = mz_save_finish (result, &error);

  if (self->saving == NULL)
    return;

  if (saved)
    {
      GtkWidget *toasts = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
      if (toasts != NULL)
        adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (toasts), adw_toast_new (_("Saved")));
    }
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_autofree char *text = mz_save_describe_error (error);

      show_status (self, text, FALSE);
    }
  save_ended (self);
}

static void
save_bytes (MzAttachmentView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (!GTK_IS_WINDOW (root))
    {
      save_ended (self);
      return;
    }
  mz_save_bytes_async (GTK_WINDOW (root), self->name, self->bytes, self->saving, saved_cb, g_object_ref (self));
}

static void
fetched_to_save_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (MzAttachmentView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mz_artifact_fetch_finish (self->client, result, NULL, &error);

  if (self->saving == NULL)
    return;

  if (bytes == NULL)
    {
      save_ended (self);
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        tell_error (self, error);
      return;
    }

  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->bytes = g_steal_pointer (&bytes);
  update_detail (self);
  save_bytes (self);
}

static void
save (MzAttachmentView *self)
{
  if (self->saving != NULL || (self->bytes == NULL && is_gone (self)))
    return;

  self->saving = g_cancellable_new ();
  show_saving (self, TRUE);
  show_status (self, NULL, FALSE);
  if (self->bytes != NULL)
    save_bytes (self);
  else
    mz_artifact_fetch_async (self->client, self->session_key, self->message, self->attachment, MAX_SAVE_BYTES, self->saving,
                             fetched_to_save_cb, g_object_ref (self));
}

static void
cancel_save_cb (MzAttachmentView *self)
{
  g_cancellable_cancel (self->saving);
}

static void
retry_cb (MzAttachmentView *self)
{
  if (self->is_picture)
    load (self);
  else
    save (self);
}

/* ---- a picture: click and menu ---- */

static void
picture_clicked_cb (MzAttachmentView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->texture == NULL)
    return;

  gtk_window_present (mz_image_window_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->title, self->name,
                                           self->texture, self->bytes));
}

static void
save_action_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *parameter)
{
  save (MZ_ATTACHMENT_VIEW (widget));
}

static void
copy_action_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *parameter)
{
  MzAttachmentView *self = MZ_ATTACHMENT_VIEW (widget);

  if (self->texture != NULL)
    gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), self->texture);
}

static void
popup_menu (MzAttachmentView *self,
            double            x,
            double            y)
{
  if (self->texture == NULL)
    return;
  if (self->menu == NULL)
    {
      g_autoptr (GMenu) menu = g_menu_new ();

      g_menu_append (menu, _("_Save as…"), "attachment.save");
      g_menu_append (menu, _("_Copy image"), "attachment.copy");
      self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, self->picture_button);
    }

  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { x, y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
secondary_pressed_cb (MzAttachmentView *self,
                      int               n_press,
                      double            x,
                      double            y)
{
  popup_menu (self, x, y);
}

static gboolean
menu_key_cb (GtkWidget *widget,
             GVariant  *args,
             gpointer   user_data)
{
  popup_menu (MZ_ATTACHMENT_VIEW (user_data), gtk_widget_get_width (widget) / 2, gtk_widget_get_height (widget) / 2);

  return TRUE;
}

/* ---- GtkWidget and GObject ---- */

static void
mz_attachment_view_map (GtkWidget *widget)
{
  MzAttachmentView *self = MZ_ATTACHMENT_VIEW (widget);

  GTK_WIDGET_CLASS (mz_attachment_view_parent_class)->map (widget);

  /* After an error the person decides, or the connection. */
  if (!gtk_widget_get_visible (self->chip) || self->retry_when_ready)
    load (self);
}

static void
mz_attachment_view_dispose (GObject *object)
{
  MzAttachmentView *self = MZ_ATTACHMENT_VIEW (object);
  GtkWidget *child;

  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  /* What a person is saving goes on without the row. */
  g_clear_object (&self->saving);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (mz_attachment_view_parent_class)->dispose (object);
}

static void
mz_attachment_view_finalize (GObject *object)
{
  MzAttachmentView *self = MZ_ATTACHMENT_VIEW (object);

  g_clear_object (&self->client);
  g_clear_object (&self->message);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->session_key);
  g_free (self->title);
  g_free (self->name);
  g_free (self->mime);

  G_OBJECT_CLASS (mz_attachment_view_parent_class)->finalize (object);
}

static void
mz_attachment_view_class_init (MzAttachmentViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_attachment_view_dispose;
  object_class->finalize = mz_attachment_view_finalize;

  widget_class->map = mz_attachment_view_map;

  gtk_widget_class_set_css_name (widget_class, "attachment-view");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_install_action (widget_class, "attachment.save", NULL, save_action_cb);
  gtk_widget_class_install_action (widget_class, "attachment.copy", NULL, copy_action_cb);
}

static GtkWidget *
make_icon_button (MzAttachmentView *self,
                  const char       *icon,
                  const char       *label,
                  GCallback         callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  mz_compat_set_label (button, label);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);

  return button;
}

static void
make_picture (MzAttachmentView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  self->image = MZ_IMAGE (mz_image_new ());
  self->picture_button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->picture_button), GTK_WIDGET (self->image));
  gtk_widget_add_css_class (self->picture_button, "flat");
  gtk_widget_add_css_class (self->picture_button, "picture");
  gtk_widget_set_halign (self->picture_button, GTK_ALIGN_START);
  g_signal_connect_object (self->picture_button, "clicked", G_CALLBACK (picture_clicked_cb), self, G_CONNECT_SWAPPED);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (secondary_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->picture_button, GTK_EVENT_CONTROLLER (click));

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_alternative_trigger_new (
                                                            gtk_keyval_trigger_new (GDK_KEY_F10, GDK_SHIFT_MASK),
                                                            gtk_keyval_trigger_new (GDK_KEY_Menu, 0)),
                                                          gtk_callback_action_new (menu_key_cb, self, NULL)));
  gtk_widget_add_controller (self->picture_button, keys);

  gtk_widget_set_parent (self->picture_button, GTK_WIDGET (self));
}

static void
make_chip (MzAttachmentView *self)
{
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_add_css_class (self->chip, "chip");
  gtk_widget_set_halign (self->chip, GTK_ALIGN_START);

  self->icon = GTK_IMAGE (gtk_image_new ());
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_box_append (GTK_BOX (self->chip), GTK_WIDGET (self->icon));

  self->name_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (self->name_label, PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (self->name_label, 40);
  gtk_label_set_xalign (self->name_label, 0);
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (self->name_label));

  self->detail_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->detail_label), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->detail_label), "dim-label");
  gtk_label_set_ellipsize (self->detail_label, PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (self->detail_label, 0);
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (self->detail_label));
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (self->chip), texts);

  self->spinner = gtk_spinner_new ();
  gtk_widget_set_visible (self->spinner, FALSE);
  gtk_box_append (GTK_BOX (self->chip), self->spinner);

  self->save_button = make_icon_button (self, "document-save-as-symbolic", _("Save as…"), G_CALLBACK (save));
  gtk_box_append (GTK_BOX (self->chip), self->save_button);
  self->cancel_button = make_icon_button (self, "process-stop-symbolic", _("Cancel"), G_CALLBACK (cancel_save_cb));
  gtk_widget_set_visible (self->cancel_button, FALSE);
  gtk_box_append (GTK_BOX (self->chip), self->cancel_button);

  gtk_widget_set_parent (self->chip, GTK_WIDGET (self));
}

static void
make_status (MzAttachmentView *self)
{
  self->status = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_set_visible (self->status, FALSE);

  self->status_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->status_label), "caption");
  gtk_label_set_wrap (self->status_label, TRUE);
  gtk_label_set_wrap_mode (self->status_label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (self->status_label, GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (self->status_label, 0);
  gtk_box_append (GTK_BOX (self->status), GTK_WIDGET (self->status_label));

  self->retry_button = gtk_button_new_with_mnemonic (_("_Try again"));
  gtk_widget_add_css_class (self->retry_button, "caption");
  gtk_widget_set_valign (self->retry_button, GTK_ALIGN_CENTER);
  g_signal_connect_object (self->retry_button, "clicked", G_CALLBACK (retry_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->status), self->retry_button);

  gtk_widget_set_parent (self->status, GTK_WIDGET (self));
}

static void
mz_attachment_view_init (MzAttachmentView *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);

  self->can_save = TRUE;
  make_picture (self);
  make_chip (self);
  make_status (self);
}

static void
set_up (MzAttachmentView *self)
{
  const MzAttachment *attachment = mz_message_get_attachment (self->message, self->attachment);
  gboolean too_large = attachment->size > MZ_ATTACHMENT_MAX_IMAGE_BYTES;
  const char *title = attachment->alt;

  if (title == NULL || *title == '\0')
    title = attachment->name;
  if (title == NULL || *title == '\0')
    title = _("Picture");
  self->title = g_utf8_make_valid (title, -1);
  self->size = attachment->size;

  self->mime = g_strdup (attachment->mime);
  if (self->mime == NULL && attachment->name != NULL)
    {
      g_autofree char *type = g_content_type_guess (attachment->name, NULL, 0, NULL);

      self->mime = g_content_type_get_mime_type (type);
    }
  else if (self->mime == NULL && attachment->width > 0)
    {
      self->mime = g_strdup ("image/png");
    }
  self->is_picture = mz_attachment_is_picture (self->mime);
  self->name = mz_file_name_make_safe (attachment->name, self->is_picture ? _("Picture") : _("File"));

  gtk_label_set_text (self->name_label, self->name);
  update_detail (self);

  mz_image_set_size (self->image, attachment->width, attachment->height);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->image), GTK_ACCESSIBLE_PROPERTY_LABEL, self->title, -1);
  mz_compat_set_label (self->picture_button, self->title);

  gtk_widget_set_visible (self->picture_button, self->is_picture && !too_large);
  gtk_widget_set_visible (self->chip, !self->is_picture || too_large);
  if (self->is_picture && too_large)
    {
      g_autoptr (GError) error = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE, "");

      tell_error (self, error);
    }
}

/**
 * mz_attachment_view_new:
 * @client: (nullable): the gateway that has it
 * @session_key: (nullable): the session that the message is from
 * @message: a message
 * @attachment: which of its attachments
 *
 * A picture is loaded when the view is first seen; other files when the person saves them.
 *
 * Returns: a new view of an attachment
 */
GtkWidget *
mz_attachment_view_new (MzClient   *client,
                        const char *session_key,
                        MzMessage  *message,
                        guint       attachment)
{
  MzAttachmentView *self;

  g_return_val_if_fail (client == NULL || MZ_IS_CLIENT (client), NULL);
  g_return_val_if_fail (MZ_IS_MESSAGE (message), NULL);
  g_return_val_if_fail (attachment < mz_message_get_n_attachments (message), NULL);

  self = g_object_new (MZ_TYPE_ATTACHMENT_VIEW, NULL);
  g_set_object (&self->client, client);
  self->session_key = g_strdup (session_key);
  self->message = g_object_ref (message);
  self->attachment = attachment;
  set_up (self);
  if (client != NULL)
    g_signal_connect_object (client, "notify::state", G_CALLBACK (client_state_cb), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}
