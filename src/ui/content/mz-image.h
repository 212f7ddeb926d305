/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A picture of a message is never shown larger than this, and never larger than it is. */
#define MZ_IMAGE_MAX_WIDTH 480
#define MZ_IMAGE_MAX_HEIGHT 360

/**
 * MzImage:
 *
 * A picture that keeps its ratio at any width; a calm rectangle of its size while it is not there.
 */
#define MZ_TYPE_IMAGE (mz_image_get_type ())
G_DECLARE_FINAL_TYPE (MzImage, mz_image, MZ, IMAGE, GtkWidget)

GtkWidget  *mz_image_new             (void);
void        mz_image_set_size        (MzImage              *self,
                                      int                   width,
                                      int                   height);
void        mz_image_set_texture     (MzImage              *self,
                                      GdkTexture           *texture);

/* Decoding: in a thread; only formats for the web that are pixels (no SVG), by what the bytes are and not by what they are called. Over
 * @max_pixels it is not decoded: G_IO_ERROR_NO_SPACE. What is larger than anybody looks at is made smaller. Others: G_IO_ERROR_NOT_SUPPORTED,
 * G_IO_ERROR_INVALID_DATA. */
const char *mz_image_format          (GBytes               *bytes);
void        mz_image_decode_async    (GBytes               *bytes,
                                      gsize                 max_pixels,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
GdkTexture *mz_image_decode_finish   (GAsyncResult         *result,
                                      GError              **error);

G_END_DECLS
