/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a gateway says of its runs, in words for people. All are pure, and translated. */

const char *mz_run_words_for_error  (const char  *code,
                                     const char **advice);
const char *mz_run_words_for_phase  (const char  *phase);
char       *mz_run_words_for_marker (const char  *role,
                                     gint64       tokens_before,
                                     gint64       tokens_after);

G_END_DECLS
