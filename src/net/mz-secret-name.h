/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean mz_secret_name_matches  (const char *name,
                                  gsize       length,
                                  gboolean    in_url);
gboolean mz_secret_name_in_path  (const char *path);

G_END_DECLS
