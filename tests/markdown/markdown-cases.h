/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  const char *text;
  const char *dump;
} MarkdownCase;

extern const MarkdownCase markdown_cases[];
extern const guint n_markdown_cases;

G_END_DECLS
