/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char  *mz_cli_secret_read_file  (const char   *path,
                                 char        **warning,
                                 GError      **error);
char  *mz_cli_secret_take_env   (const char   *name,
                                 gboolean     *invalid);
void   mz_cli_secret_free       (char         *secret);

G_END_DECLS
