/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-client.h"
#include "mz-message.h"

G_BEGIN_DECLS

#define MZ_ATTACHMENT_MAX_IMAGE_BYTES (20 * 1024 * 1024)
#define MZ_ATTACHMENT_MAX_IMAGE_PIXELS (64 * 1000 * 1000)

/**
 * MzAttachmentView:
 *
 * An image or file of a message: the image once loaded (its place is kept free when the size is known), a chip with name and size for other files
 * and for images over the limit, with "Save as…"; its error with "Try again".
 */
#define MZ_TYPE_ATTACHMENT_VIEW (mz_attachment_view_get_type ())
G_DECLARE_FINAL_TYPE (MzAttachmentView, mz_attachment_view, MZ, ATTACHMENT_VIEW, GtkWidget)

GtkWidget *mz_attachment_view_new (MzClient   *client,
                                   const char *session_key,
                                   MzMessage  *message,
                                   guint       attachment);

G_END_DECLS
