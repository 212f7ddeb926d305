/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void      mz_warmup_async   (GCancellable         *cancellable,
                             GAsyncReadyCallback   callback,
                             gpointer              user_data);
gboolean  mz_warmup_finish  (GAsyncResult         *result,
                             GError              **error);

G_END_DECLS
