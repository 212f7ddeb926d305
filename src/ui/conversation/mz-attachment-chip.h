/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-draft-files.h"

G_BEGIN_DECLS

/**
 * MzAttachmentChip:
 *
 * A file of a draft: picture or icon, name, size, and a button that removes it; a spinner while it is read.
 *
 * Property: `item` (MzOutgoing or MzFileLoad, construct-only). Signal `::remove`.
 */
#define MZ_TYPE_ATTACHMENT_CHIP (mz_attachment_chip_get_type ())
G_DECLARE_FINAL_TYPE (MzAttachmentChip, mz_attachment_chip, MZ, ATTACHMENT_CHIP, GtkWidget)

GtkWidget *mz_attachment_chip_new      (gpointer          item);
gpointer   mz_attachment_chip_get_item (MzAttachmentChip *self);

G_END_DECLS
