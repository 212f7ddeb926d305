/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-image.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

/* The place that is kept for a picture of unknown size. */
#define DEFAULT_WIDTH 240
#define DEFAULT_HEIGHT 160
/* Narrower than this a picture is not made. */
#define MIN_WIDTH 48
#define RADIUS 8
/* A picture is kept in memory with at most so many pixels at a side: what the largest screens show. */
#define MAX_SIDE 3840
#define CHUNK (64 * 1024)

struct _MzImage
{
  GtkWidget parent_instance;

  GdkTexture *texture;
  GtkWidget *spinner;
  int width;                    /* as shown at most */
  int height;
};

G_DEFINE_FINAL_TYPE (MzImage, mz_image, GTK_TYPE_WIDGET)

/* ---- decoding ---- */

typedef struct
{
  GBytes *bytes;
  gsize max_pixels;
  gboolean too_large;
} Decode;

static void
decode_free (gpointer data)
{
  Decode *decode = data;

  g_bytes_unref (decode->bytes);
  g_free (decode);
}

/* Before anything is allocated for the pixels. */
static void
size_prepared_cb (GdkPixbufLoader *loader,
                  int              width,
                  int              height,
                  gpointer         user_data)
{
  Decode *decode = user_data;

  if (width <= 0 || height <= 0 || (guint64) width * (guint64) height > decode->max_pixels)
    {
      decode->too_large = TRUE;
      gdk_pixbuf_loader_set_size (loader, 0, 0);
    }
  else if (MAX (width, height) > MAX_SIDE)
    {
      double scale = (double) MAX_SIDE / MAX (width, height);

      gdk_pixbuf_loader_set_size (loader, MAX (1, width * scale), MAX (1, height * scale));
    }
}

/* Some loaders tell the size when all is decoded. These two formats can make many pixels out of few bytes, and tell at once. */
static gboolean
is_too_large (Decode     *decode,
              const char *format)
{
  gsize size;
  const guchar *data = g_bytes_get_data (decode->bytes, &size);
  guint64 width = 0;
  guint64 height = 0;

  if (strcmp (format, "png") == 0 && size >= 24)
    {
      width = (guint32) data[16] << 24 | data[17] << 16 | data[18] << 8 | data[19];
      height = (guint32) data[20] << 24 | data[21] << 16 | data[22] << 8 | data[23];
    }
  else if (strcmp (format, "gif") == 0 && size >= 10)
    {
      width = data[6] | data[7] << 8;
      height = data[8] | data[9] << 8;
    }

  return width * height > decode->max_pixels;
}

static gboolean
load (GdkPixbufLoader  *loader,
      Decode           *decode,
      const char       *format,
      GCancellable     *cancellable,
      GError          **error)
{
  gsize size;
  const guchar *data = g_bytes_get_data (decode->bytes, &size);

  decode->too_large = is_too_large (decode, format);
  if (decode->too_large)
    {
      gdk_pixbuf_loader_close (loader, NULL);
      return FALSE;
    }

  for (gsize i = 0; i < size; i += CHUNK)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !gdk_pixbuf_loader_write (loader, data + i, MIN (CHUNK, size - i), error) ||
        decode->too_large)
      {
        gdk_pixbuf_loader_close (loader, NULL);
        return FALSE;
      }

  return gdk_pixbuf_loader_close (loader, error) && !decode->too_large;
}

static void
decode_thread (GTask        *task,
               gpointer      source,
               gpointer      task_data,
               GCancellable *cancellable)
{
  Decode *decode = task_data;
  const char *format = mz_image_format (decode->bytes);
  g_autoptr (GdkPixbufLoader) loader = NULL;
  g_autoptr (GdkPixbuf) turned = NULL;
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf;

  if (format != NULL)
    loader = gdk_pixbuf_loader_new_with_type (format, NULL);
  if (loader == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "No picture that can be shown");
      return;
    }

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), decode);
  if (!load (loader, decode, format, cancellable, &error))
    {
      if (decode->too_large)
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "More pixels than are shown");
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_task_return_error (task, g_steal_pointer (&error));
      else
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s",
                                 error != NULL ? error->message : "Not a whole picture");
      return;
    }

  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (pixbuf != NULL)
    turned = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  if (turned == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Not a whole picture");
      return;
    }
  g_task_return_pointer (task, gdk_texture_new_for_pixbuf (turned), g_object_unref);
}

/**
 * mz_image_format:
 * @bytes: a file
 *
 * Returns: (nullable): which of the formats that are shown as pictures it is, by gdk-pixbuf's name
 */
const char *
mz_image_format (GBytes *bytes)
{
  static const struct
  {
    const char *name;
    gsize offset;
    const char *magic;
    gsize length;
  } formats[] = {
    { "png", 0, "\x89PNG\r\n\x1a\n", 8 },
    { "jpeg", 0, "\xff\xd8\xff", 3 },
    { "gif", 0, "GIF87a", 6 },
    { "gif", 0, "GIF89a", 6 },
    { "webp", 8, "WEBPVP8", 7 },
    { "bmp", 0, "BM", 2 },
    { "avif", 4, "ftypavif", 8 },
  };
  gsize size;
  const guchar *data;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &size);
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (size >= formats[i].offset + formats[i].length &&
        memcmp (data + formats[i].offset, formats[i].magic, formats[i].length) == 0)
      return formats[i].name;

  return NULL;
}

/**
 * mz_image_decode_async:
 * @bytes: a file
 * @max_pixels: more are not decoded
 * @cancellable: (nullable): a cancellable
 * @callback: called with the texture
 * @user_data: data for @callback
 *
 * Makes a texture of a file, in a thread.
 */
void
mz_image_decode_async (GBytes              *bytes,
                       gsize                max_pixels,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Decode *decode;

  g_return_if_fail (bytes != NULL);

  decode = g_new0 (Decode, 1);
  decode->bytes = g_bytes_ref (bytes);
  decode->max_pixels = max_pixels;
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_image_decode_async);
  g_task_set_task_data (task, decode, decode_free);
  g_task_run_in_thread (task, decode_thread);
}

/**
 * mz_image_decode_finish:
 *
 * Returns: (transfer full) (nullable): the texture
 */
GdkTexture *
mz_image_decode_finish (GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- the widget ---- */

static GtkSizeRequestMode
mz_image_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
mz_image_measure (GtkWidget      *widget,
                  GtkOrientation  orientation,
                  int             for_size,
                  int            *minimum,
                  int            *natural,
                  int            *minimum_baseline,
                  int            *natural_baseline)
{
  MzImage *self = MZ_IMAGE (widget);
  int width;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN (MIN_WIDTH, self->width);
      *natural = self->width;
      return;
    }

  /* All of the height is wanted: the transcript gives its rows no more than they need. */
  width = for_size < 0 ? self->width : MIN (for_size, self->width);
  *minimum = *natural = MAX (1, (int) ((gint64) self->height * width / MAX (1, self->width)));
}

static void
mz_image_size_allocate (GtkWidget *widget,
                        int        width,
                        int        height,
                        int        baseline)
{
  MzImage *self = MZ_IMAGE (widget);
  int natural_width;
  int natural_height;

  gtk_widget_measure (self->spinner, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural_width, NULL, NULL);
  gtk_widget_measure (self->spinner, GTK_ORIENTATION_VERTICAL, -1, NULL, &natural_height, NULL, NULL);
  gtk_widget_size_allocate (self->spinner,
                            &(GtkAllocation) { (width - natural_width) / 2, (height - natural_height) / 2,
                                               natural_width, natural_height },
                            -1);
}

static void
mz_image_snapshot (GtkWidget   *widget,
                   GtkSnapshot *snapshot)
{
  MzImage *self = MZ_IMAGE (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  GskRoundedRect bounds;

  if (self->texture != NULL)
    {
      gsk_rounded_rect_init_from_rect (&bounds, &GRAPHENE_RECT_INIT (0, 0, width, height), RADIUS);
      gtk_snapshot_push_rounded_clip (snapshot, &bounds);
      gdk_paintable_snapshot (GDK_PAINTABLE (self->texture), snapshot, width, height);
      gtk_snapshot_pop (snapshot);
    }
  else
    {
      gtk_widget_snapshot_child (widget, self->spinner, snapshot);
    }
}

static void
mz_image_dispose (GObject *object)
{
  MzImage *self = MZ_IMAGE (object);

  g_clear_object (&self->texture);
  g_clear_pointer (&self->spinner, gtk_widget_unparent);

  G_OBJECT_CLASS (mz_image_parent_class)->dispose (object);
}

static void
mz_image_class_init (MzImageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mz_image_dispose;

  widget_class->get_request_mode = mz_image_get_request_mode;
  widget_class->measure = mz_image_measure;
  widget_class->size_allocate = mz_image_size_allocate;
  widget_class->snapshot = mz_image_snapshot;

  gtk_widget_class_set_css_name (widget_class, "mz-image");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mz_image_init (MzImage *self)
{
  self->width = DEFAULT_WIDTH;
  self->height = DEFAULT_HEIGHT;
  self->spinner = gtk_spinner_new ();
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), TRUE);
  gtk_widget_set_parent (self->spinner, GTK_WIDGET (self));
}

/**
 * mz_image_new:
 *
 * Returns: a new, empty picture
 */
GtkWidget *
mz_image_new (void)
{
  return g_object_new (MZ_TYPE_IMAGE, NULL);
}

/**
 * mz_image_set_size:
 * @self: a picture
 * @width: its pixels, as far as they are known: 0 when they are not
 * @height: its pixels
 *
 * Keeps the place for a picture that is not there yet.
 */
void
mz_image_set_size (MzImage *self,
                   int      width,
                   int      height)
{
  double scale;

  g_return_if_fail (MZ_IS_IMAGE (self));

  if (width <= 0 || height <= 0)
    {
      width = DEFAULT_WIDTH;
      height = DEFAULT_HEIGHT;
    }
  scale = MIN (1, MIN ((double) MZ_IMAGE_MAX_WIDTH / width, (double) MZ_IMAGE_MAX_HEIGHT / height));
  width = MAX (1, width * scale + 0.5);
  height = MAX (1, height * scale + 0.5);
  if (width == self->width && height == self->height)
    return;

  self->width = width;
  self->height = height;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * mz_image_set_texture:
 * @self: a picture
 * @texture: (nullable): the picture
 *
 * Shows @texture, or that it is being loaded.
 */
void
mz_image_set_texture (MzImage    *self,
                      GdkTexture *texture)
{
  g_return_if_fail (MZ_IS_IMAGE (self));

  if (!g_set_object (&self->texture, texture))
    return;

  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), texture == NULL);
  gtk_widget_set_visible (self->spinner, texture == NULL);
  if (texture != NULL)
    mz_image_set_size (self, gdk_texture_get_width (texture), gdk_texture_get_height (texture));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
