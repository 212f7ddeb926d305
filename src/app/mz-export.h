/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"
#include "mz-export-writer.h"

G_BEGIN_DECLS

/**
 * MzExportProgress:
 * @fraction: from 0 to 1; below 0 when it is not known how much there is
 * @n_messages: how many of the gateway's records came so far
 * @user_data: as given
 *
 * How far an export is; at 0.9 all came from the gateway.
 */
typedef void (*MzExportProgress) (double   fraction,
                                  gint64   n_messages,
                                  gpointer user_data);

#define MZ_EXPORT_ALL_READ 0.9

/* A conversation as a file, all of it: page by page from the gateway, never more than one of them in memory. The client may be used meanwhile; what
 * is said meanwhile is not in the file. Cancelled or failed, nothing is left behind, and a file that was there before still is. */
void    mz_export_to_file_async   (MzClient               *client,
                                   const char             *session,
                                   const char             *title,
                                   const MzExportOptions  *options,
                                   GFile                  *file,
                                   MzExportProgress        progress,
                                   gpointer                progress_data,
                                   GCancellable           *cancellable,
                                   GAsyncReadyCallback     callback,
                                   gpointer                user_data);
void    mz_export_to_stream_async (MzClient               *client,
                                   const char             *session,
                                   const char             *title,
                                   const MzExportOptions  *options,
                                   GOutputStream          *stream,
                                   MzExportProgress        progress,
                                   gpointer                progress_data,
                                   GCancellable           *cancellable,
                                   GAsyncReadyCallback     callback,
                                   gpointer                user_data);
gint64  mz_export_finish          (MzClient               *client,
                                   GAsyncResult           *result,
                                   GError                **error);

G_END_DECLS
