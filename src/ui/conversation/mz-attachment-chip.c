/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-attachment-chip.h"

#include <glib/gi18n.h>

#include "mz-compat.h"

/* A thumbnail's size in px: twice that of its place, for screens of double density. */
#define THUMBNAIL_SIZE 64

/* Very long or tall pictures are scaled to no more than this, of which the middle is shown. */
#define MAX_SCALED_SIZE 1024

struct _MzAttachmentChip
{
  GtkWidget parent_instance;

  GtkWidget *stack;
  GtkWidget *icon;
  GtkWidget *picture;
  GtkWidget *spinner;
  GtkWidget *name_label;
  GtkWidget *size_label;
  GtkWidget *remove_button;

  GObject *item;
  GCancellable *cancellable;
};

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS
};

enum
{
  SIGNAL_REMOVE,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzAttachmentChip, mz_attachment_chip, GTK_TYPE_WIDGET)

/* The texture of an MzOutgoing, so that a chip that is made anew has it at once. */
static G_DEFINE_QUARK (mz-thumbnail, thumbnail);

static MzOutgoing *
get_outgoing (MzAttachmentChip *self)
{
  return MZ_IS_OUTGOING (self->item) ? MZ_OUTGOING (self->item) : mz_file_load_get_outgoing (MZ_FILE_LOAD (self->item));
}

static const char *
get_name (MzAttachmentChip *self)
{
  return MZ_IS_OUTGOING (self->item) ? mz_outgoing_get_name (MZ_OUTGOING (self->item))
                                     : mz_file_load_get_name (MZ_FILE_LOAD (self->item));
}

/* The shorter side fills the thumbnail. */
static void
size_prepared_cb (GdkPixbufLoader *loader,
                  int              width,
                  int              height)
{
  double scale = (double) THUMBNAIL_SIZE / MAX (1, MIN (width, height));

  gdk_pixbuf_loader_set_size (loader, CLAMP ((int) (width * scale + .5), 1, MAX_SCALED_SIZE),
                              CLAMP ((int) (height * scale + .5), 1, MAX_SCALED_SIZE));
}

/* (transfer full): the square in the middle */
static GdkTexture *
crop (GdkPixbuf *pixbuf)
{
  int width = gdk_pixbuf_get_width (pixbuf);
  int height = gdk_pixbuf_get_height (pixbuf);
  int side = MIN (width, height);
  g_autoptr (GdkPixbuf) square = gdk_pixbuf_new_subpixbuf (pixbuf, (width - side) / 2, (height - side) / 2, side, side);
  g_autoptr (GdkPixbuf) own = gdk_pixbuf_copy (square);

  return gdk_texture_new_for_pixbuf (own);
}

static void
thumbnail_thread (GTask        *task,
                  gpointer      source,
                  gpointer      data,
                  GCancellable *cancellable)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autoptr (GdkPixbuf) upright = NULL;
  GError *error = NULL;
  gboolean written;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), NULL);
  written = gdk_pixbuf_loader_write_bytes (loader, data, &error);
  if (!gdk_pixbuf_loader_close (loader, written ? &error : NULL) || !written)
    {
      g_task_return_error (task, error);
      return;
    }
  if (gdk_pixbuf_loader_get_pixbuf (loader) == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "No picture");
      return;
    }
  upright = gdk_pixbuf_apply_embedded_orientation (gdk_pixbuf_loader_get_pixbuf (loader));
  g_task_return_pointer (task, crop (upright), g_object_unref);
}

static void
show_texture (MzAttachmentChip *self,
              GdkTexture       *texture)
{
  gtk_image_set_from_paintable (GTK_IMAGE (self->picture), GDK_PAINTABLE (texture));
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->picture);
}

static void
thumbnail_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  MzAttachmentChip *self = MZ_ATTACHMENT_CHIP (source);
  g_autoptr (MzOutgoing) outgoing = data;
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), NULL);

  /* What cannot be decoded here keeps its icon; the gateway may know better. */
  if (texture == NULL)
    return;
  g_object_set_qdata_full (G_OBJECT (outgoing), thumbnail_quark (), g_object_ref (texture), g_object_unref);
  if (outgoing == get_outgoing (self))
    show_texture (self, texture);
}

static void
load_thumbnail (MzAttachmentChip *self,
                MzOutgoing       *outgoing)
{
  GdkTexture *texture = g_object_get_qdata (G_OBJECT (outgoing), thumbnail_quark ());
  g_autoptr (GTask) task = NULL;

  if (texture != NULL)
    {
      show_texture (self, texture);
      return;
    }

  task = g_task_new (self, self->cancellable, thumbnail_cb, g_object_ref (outgoing));
  g_task_set_source_tag (task, load_thumbnail);
  g_task_set_task_data (task, g_bytes_ref (mz_outgoing_get_bytes (outgoing)), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, thumbnail_thread);
}

static void
set_icon (MzAttachmentChip *self,
          const char       *mime)
{
  g_autofree char *content_type = g_content_type_from_mime_type (mime);
  g_autoptr (GIcon) icon = g_content_type_get_symbolic_icon (content_type != NULL ? content_type : "application/octet-stream");

  gtk_image_set_from_gicon (GTK_IMAGE (self->icon), icon);
}

static void
update (MzAttachmentChip *self)
{
  MzOutgoing *outgoing = get_outgoing (self);
  goffset size = outgoing != NULL ? (goffset) g_bytes_get_size (mz_outgoing_get_bytes (outgoing))
                                  : mz_file_load_get_size (MZ_FILE_LOAD (self->item));
  g_autofree char *size_words = size > 0 ? g_format_size ((guint64) size) : NULL;
  g_autofree char *label = NULL;
  g_autofree char *remove_label = NULL;

  gtk_label_set_label (GTK_LABEL (self->name_label), get_name (self));
  gtk_label_set_label (GTK_LABEL (self->size_label), size_words != NULL ? size_words : _("Reading…"));
  gtk_widget_set_tooltip_text (self->name_label, get_name (self));

  /* Translators: the button that takes a file out of a message; the file's name */
  remove_label = g_strdup_printf (_("Remove %s"), get_name (self));
  mz_compat_set_label (self->remove_button, remove_label);

  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), outgoing == NULL);
  if (outgoing == NULL)
    {
      /* Translators: for screen readers; a file's name */
      label = g_strdup_printf (_("%s, being read"), get_name (self));
      gtk_stack_set_visible_child (GTK_STACK (self->stack), self->spinner);
    }
  else
    {
      label = size_words != NULL ? g_strdup_printf ("%s, %s", get_name (self), size_words) : g_strdup (get_name (self));
      set_icon (self, mz_outgoing_get_mime (outgoing));
      gtk_stack_set_visible_child (GTK_STACK (self->stack), self->icon);
      if (mz_outgoing_get_is_image (outgoing))
        load_thumbnail (self, outgoing);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
remove_clicked_cb (MzAttachmentChip *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

static void
mz_attachment_chip_constructed (GObject *object)
{
  MzAttachmentChip *self = MZ_ATTACHMENT_CHIP (object);

  G_OBJECT_CLASS (mz_attachment_chip_parent_class)->constructed (object);

  if (MZ_IS_FILE_LOAD (self->item))
    {
      g_signal_connect_object (self->item, "notify::size", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->item, "notify::outgoing", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  update (self);
}

static void
mz_attachment_chip_dispose (GObject *object)
{
  MzAttachmentChip *self = MZ_ATTACHMENT_CHIP (object);
  GtkWidget *child;

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_ATTACHMENT_CHIP);
  /* In GTK 4.8 that lets go of what is bound only. */
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (mz_attachment_chip_parent_class)->dispose (object);
}

static void
mz_attachment_chip_finalize (GObject *object)
{
  MzAttachmentChip *self = MZ_ATTACHMENT_CHIP (object);

  g_clear_object (&self->item);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (mz_attachment_chip_parent_class)->finalize (object);
}

static void
mz_attachment_chip_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  MzAttachmentChip *self = MZ_ATTACHMENT_CHIP (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, self->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_attachment_chip_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  MzAttachmentChip *self = MZ_ATTACHMENT_CHIP (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      self->item = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_attachment_chip_class_init (MzAttachmentChipClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = mz_attachment_chip_constructed;
  object_class->dispose = mz_attachment_chip_dispose;
  object_class->finalize = mz_attachment_chip_finalize;
  object_class->get_property = mz_attachment_chip_get_property;
  object_class->set_property = mz_attachment_chip_set_property;

  props[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, G_TYPE_OBJECT,
                                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * MzAttachmentChip::remove:
   *
   * The person takes the file out.
   */
  signals[SIGNAL_REMOVE] = g_signal_new ("remove", MZ_TYPE_ATTACHMENT_CHIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/conversation/attachment-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, MzAttachmentChip, stack);
  gtk_widget_class_bind_template_child (widget_class, MzAttachmentChip, icon);
  gtk_widget_class_bind_template_child (widget_class, MzAttachmentChip, picture);
  gtk_widget_class_bind_template_child (widget_class, MzAttachmentChip, spinner);
  gtk_widget_class_bind_template_child (widget_class, MzAttachmentChip, name_label);
  gtk_widget_class_bind_template_child (widget_class, MzAttachmentChip, size_label);
  gtk_widget_class_bind_template_child (widget_class, MzAttachmentChip, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, remove_clicked_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "attachmentchip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
mz_attachment_chip_init (MzAttachmentChip *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mz_attachment_chip_new:
 * @item: an #MzOutgoing or #MzFileLoad
 *
 * Returns: (transfer floating): its chip
 */
GtkWidget *
mz_attachment_chip_new (gpointer item)
{
  g_return_val_if_fail (MZ_IS_OUTGOING (item) || MZ_IS_FILE_LOAD (item), NULL);

  return g_object_new (MZ_TYPE_ATTACHMENT_CHIP, "item", item, NULL);
}

/**
 * mz_attachment_chip_get_item:
 * @self: a chip
 *
 * Returns: (transfer none): what it shows
 */
gpointer
mz_attachment_chip_get_item (MzAttachmentChip *self)
{
  g_return_val_if_fail (MZ_IS_ATTACHMENT_CHIP (self), NULL);

  return self->item;
}
