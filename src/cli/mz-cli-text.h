/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MzCliTextMode:
 * @MZ_CLI_TEXT_LINE: one field of one line: line breaks become spaces, what turns the direction of the line is escaped too
 * @MZ_CLI_TEXT_BLOCK: running text: line feeds and tabs stay
 */
typedef enum
{
  MZ_CLI_TEXT_LINE,
  MZ_CLI_TEXT_BLOCK,
  MZ_CLI_TEXT_EXACT,
} MzCliTextMode;

char   *mz_cli_text_clean      (const char     *text,
                                MzCliTextMode   mode);
guint   mz_cli_text_width      (const char     *text);
char   *mz_cli_text_ellipsize  (const char     *text,
                                guint           width);
char   *mz_cli_text_quote      (const char     *text);
char   *mz_cli_text_ms         (double          ms);
char   *mz_cli_text_time       (gint64          unix_ms);

G_END_DECLS
