/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void mz_demo_record (GOutputStream *stream,
                     guint          connection,
                     gboolean       received,
                     const char    *text);

G_END_DECLS
