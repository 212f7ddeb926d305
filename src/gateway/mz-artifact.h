/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"
#include "mz-message.h"

G_BEGIN_DECLS

/* The bytes of an attachment: decoded from its own block (inline data, a data: URL), or by `artifacts.download`. Decoding is done in a
 * thread. Nothing is fetched from elsewhere than the gateway's own connection. Over @max_bytes: %MZ_GATEWAY_ERROR_TOO_LARGE, before it
 * is decoded. */
void    mz_artifact_fetch_async  (MzClient             *client,
                                  const char           *session_key,
                                  MzMessage            *message,
                                  guint                 attachment,
                                  gsize                 max_bytes,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
GBytes *mz_artifact_fetch_finish (MzClient             *client,
                                  GAsyncResult         *result,
                                  char                **mime,
                                  GError              **error);
/* The block has its bytes itself. */
gboolean mz_artifact_block_has_data (JsonObject           *block);
/* The bytes that an attachment's own block has, at once: for threads. */
GBytes *mz_artifact_decode       (const MzAttachment   *attachment,
                                  gsize                 max_bytes,
                                  GError              **error);

G_END_DECLS
