/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-hello.h"

G_BEGIN_DECLS

/**
 * MzOutgoing:
 *
 * A file that goes out with a message (protocol: `chat.send`, attachments). Immutable.
 *
 * Properties, read-only: `name`, `mime`, `bytes` (GBytes), `is-image`.
 */
#define MZ_TYPE_OUTGOING (mz_outgoing_get_type ())
G_DECLARE_FINAL_TYPE (MzOutgoing, mz_outgoing, MZ, OUTGOING, GObject)

MzOutgoing *mz_outgoing_new          (const char    *name,
                                      const char    *mime,
                                      GBytes        *bytes);
const char *mz_outgoing_get_name     (MzOutgoing    *self);
const char *mz_outgoing_get_mime     (MzOutgoing    *self);
GBytes     *mz_outgoing_get_bytes    (MzOutgoing    *self);
gboolean    mz_outgoing_get_is_image (MzOutgoing    *self);

/* Whether a gateway takes @size bytes of @mime beside @beside bytes that go with the same message: hello's policy (maxPayload counts the
 * base64 of all of them and the text; attachment and image limits each file). %MZ_GATEWAY_ERROR_TOO_LARGE with both sizes in bytes in
 * @limit. Without a hello (not connected) the protocol's own limits count. Pure. */
gboolean    mz_outgoing_check        (MzHello       *hello,
                                      const char    *mime,
                                      gsize          size,
                                      gsize          beside,
                                      gsize         *limit,
                                      GError       **error);
/* (transfer full) (nullable): the array for chat.send; @files is (element-type MzOutgoing). Encoding can take a while for many MB: call it in
 * a thread, it touches nothing else. */
JsonNode   *mz_outgoing_to_json      (GPtrArray     *files);

G_END_DECLS
