/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-cli-options.h"
#include "mz-client.h"
#include "mz-records.h"

G_BEGIN_DECLS

/**
 * MzCliConnection:
 *
 * A client with what the terminal's commands need around it: this device's key from its file, the recording of frames, and the rule
 * of how long to try.
 *
 * mz_cli_connection_connect_async() gives up at the first failure, but for a gateway that says that it is still starting: that is
 * waited for. After it is ready the client reconnects by itself.
 */
#define MZ_TYPE_CLI_CONNECTION (mz_cli_connection_get_type ())
G_DECLARE_FINAL_TYPE (MzCliConnection, mz_cli_connection, MZ, CLI_CONNECTION, GObject)

MzCliConnection  *mz_cli_connection_new             (MzCliOptions         *options,
                                                     gboolean              keep_identity,
                                                     GError              **error);
void              mz_cli_connection_set_records     (MzCliConnection      *self,
                                                     MzRecords            *records);
void              mz_cli_connection_prepare         (MzCliConnection      *self,
                                                     gboolean              login,
                                                     gboolean              once);
void              mz_cli_connection_stay_awake      (MzCliConnection      *self);
MzClient         *mz_cli_connection_get_client      (MzCliConnection      *self);
void              mz_cli_connection_connect_async   (MzCliConnection      *self,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
gboolean          mz_cli_connection_connect_finish  (MzCliConnection      *self,
                                                     GAsyncResult         *result,
                                                     GError              **error);
guint             mz_cli_connection_get_timed_out   (MzCliConnection      *self);
void              mz_cli_connection_close_async     (MzCliConnection      *self,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
gboolean          mz_cli_connection_close_finish    (MzCliConnection      *self,
                                                     GAsyncResult         *result,
                                                     GError              **error);
void              mz_cli_connection_flush           (MzCliConnection      *self);

int               mz_cli_exit_code                  (const GError         *error);

G_END_DECLS
