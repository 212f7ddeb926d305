/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a tool is called with and how it ended, read from what the protocol says. The texts are a peer's: as they came, not yet fit to be shown. */

char     *mz_tool_text_summarize (const char  *arguments);
char     *mz_tool_text_format    (const char  *arguments,
                                  const char **language);
gboolean  mz_tool_text_is_denied (const char  *status,
                                  const char  *output);

G_END_DECLS
