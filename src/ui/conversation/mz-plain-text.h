/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): a Markdown text without its marks, to be pasted where they mean nothing: list items keep their bullets and numbers, cells are
 * separated by tabs, links lose their addresses. */
char *mz_plain_text_of (const char *markdown);

G_END_DECLS
