/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <sqlite3.h>

#include "mz-record.h"

G_BEGIN_DECLS

/* A record as a row of the file's table. */

#define MZ_RECORDS_COLUMNS                                                                                            \
  "kind, time_ms, platform, network, host_class, scheme, method, reason, resolve_ms, connect_ms, tls_ms, upgrade_ms, " \
  "challenge_ms, hello_ms, ready_ms, outcome, diagnosis, retries, connected_ms, reconnects"
#define MZ_RECORDS_PLACES "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

void      mz_records_row_bind  (sqlite3_stmt    *statement,
                                const MzRecord  *record);
gboolean  mz_records_row_read  (sqlite3_stmt    *row,
                                MzRecord        *record);

G_END_DECLS
