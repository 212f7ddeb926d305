/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-json.h"

G_BEGIN_DECLS

/* For mz-json.c only: the look at each byte before json-glib has it. */
gboolean  mz_json_guard  (const char   *data,
                          gsize         length,
                          guint         max_depth,
                          GString     **mended,
                          MzJsonCut    *longest,
                          GError      **error);

G_END_DECLS
