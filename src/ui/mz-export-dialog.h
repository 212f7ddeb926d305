/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-export.h"

G_BEGIN_DECLS

/* Asks how a conversation is to be exported: the format, with tool calls or without, with reasoning or without. */
void     mz_export_dialog_ask_async  (GtkWidget              *parent,
                                      const MzExportOptions  *before,
                                      GCancellable           *cancellable,
                                      GAsyncReadyCallback     callback,
                                      gpointer                user_data);
/* FALSE when the person closed it */
gboolean mz_export_dialog_ask_finish (GtkWidget              *parent,
                                      GAsyncResult           *result,
                                      MzExportOptions        *options);

G_END_DECLS
