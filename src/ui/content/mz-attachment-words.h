/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MzAttachmentRemedy:
 * @MZ_ATTACHMENT_SAVE: it cannot be shown, but saved
 * @MZ_ATTACHMENT_RETRY: trying again may help
 * @MZ_ATTACHMENT_WAIT: it comes with the connection; trying again is possible
 * @MZ_ATTACHMENT_NOTHING: there is no way to get it here
 *
 * What can be done about an attachment that could not be shown.
 */
typedef enum
{
  MZ_ATTACHMENT_SAVE,
  MZ_ATTACHMENT_RETRY,
  MZ_ATTACHMENT_WAIT,
  MZ_ATTACHMENT_NOTHING,
} MzAttachmentRemedy;

/* Plain functions. */
const char *mz_attachment_describe_error (const GError       *error,
                                          MzAttachmentRemedy *remedy);
gboolean    mz_attachment_is_picture     (const char         *mime);

G_END_DECLS
