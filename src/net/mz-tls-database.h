/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GTlsDatabase  *mz_tls_database_new      (GTlsDatabase  *inner);
void           mz_tls_database_load     (GTlsDatabase  *database);
void           mz_tls_database_install  (void);

G_END_DECLS
