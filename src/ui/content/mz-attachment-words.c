/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-attachment-words.h"

#include <glib/gi18n.h>

#include "mz-gateway-error.h"

/**
 * mz_attachment_describe_error:
 * @error: why an attachment is not shown: of mz_artifact_fetch_finish() or mz_image_decode_finish()
 * @remedy: (out): what can be done
 *
 * Returns: what went wrong and what to do, for people
 */
const char *
mz_attachment_describe_error (const GError       *error,
                              MzAttachmentRemedy *remedy)
{
  g_return_val_if_fail (error != NULL, NULL);
  g_return_val_if_fail (remedy != NULL, NULL);

  if (error->domain == G_IO_ERROR)
    {
      *remedy = MZ_ATTACHMENT_SAVE;
      if (error->code == G_IO_ERROR_NO_SPACE)
        return _("The picture has more pixels than are shown here. You can save it.");
      return _("The picture cannot be shown here. You can save it and open it with another program.");
    }

  *remedy = MZ_ATTACHMENT_RETRY;
  if (error->domain == MZ_GATEWAY_ERROR)
    switch ((MzGatewayError) error->code)
      {
      case MZ_GATEWAY_ERROR_TOO_LARGE:
        *remedy = MZ_ATTACHMENT_SAVE;
        return _("The picture is too large to be shown here. You can save it.");

      case MZ_GATEWAY_ERROR_UNSUPPORTED:
        *remedy = MZ_ATTACHMENT_NOTHING;
        return _("The gateway does not send this file over this connection. Its own web page has it.");

      case MZ_GATEWAY_ERROR_BAD_FRAME:
        return _("The file came damaged.");

      case MZ_GATEWAY_ERROR_NOT_CONNECTED:
      case MZ_GATEWAY_ERROR_CLOSED:
        *remedy = MZ_ATTACHMENT_WAIT;
        return _("It comes as soon as the gateway is connected.");

      case MZ_GATEWAY_ERROR_TIMED_OUT:
        return _("The gateway did not send it in time.");

      default:
        break;
      }

  return _("The gateway did not send it. It may be gone there.");
}

/**
 * mz_attachment_is_picture:
 * @mime: (nullable): the type that was told
 *
 * Whether it is tried as a picture; what it is, is decided by its bytes. Drawings that are programs (SVG) are files.
 *
 * Returns: whether it is said to be a picture
 */
gboolean
mz_attachment_is_picture (const char *mime)
{
  return mime != NULL &&
         g_ascii_strncasecmp (mime, "image/", strlen ("image/")) == 0 &&
         g_ascii_strncasecmp (mime, "image/svg", strlen ("image/svg")) != 0;
}
