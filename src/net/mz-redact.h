/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *mz_redact (const char         *text,
                 const char * const *secrets);

G_END_DECLS
