/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GDataInputStream  *mz_cli_stdin_new   (void);
char              *mz_cli_stdin_read  (GError  **error);
void               mz_cli_stdin_drop  (void);

G_END_DECLS
