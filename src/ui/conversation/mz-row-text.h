/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-message.h"

G_BEGIN_DECLS

/* What rows say, as pure functions. All strings they give are (transfer full), short enough for one line unless said otherwise, and free of characters that
 * change how others are read. */

/* How much of a tool's output is shown; "Copy" takes all of it. */
#define MZ_ROW_MAX_OUTPUT (200 * 1024)

/* What a user's message shows at first, and by how much "Show more" grows it: laying out a label costs what its text is long. */
#define MZ_ROW_TEXT_STEP 6000
#define MZ_ROW_TEXT_LINES 60

/* Control characters, and those that turn or hide text, as ‹U+202E›; line breaks and tabs stay when @multiline. */
char       *mz_row_text_visible       (const char      *text,
                                       gssize           length,
                                       gboolean         multiline);
/* The first line that says something, without Markdown's marks at its beginning, at most @max_chars. */
char       *mz_row_text_first_line    (const char      *text,
                                       guint            max_chars);
/* Text as markup, its safe links to be clicked. */
char       *mz_row_text_to_markup     (const char      *text,
                                       gssize           length);
/* How many bytes of @text to show at once: to the end of a line where there is one near. */
gsize       mz_row_text_step          (const char      *text,
                                       gsize            length);
/* What a tool is called with, in a line: the command when there is one. Never %NULL. */
char       *mz_row_text_for_arguments (const char      *arguments);
/* The arguments to be read: the command alone when there is nothing else (@language "sh"), or else indented JSON. (nullable) */
char       *mz_row_text_full_arguments (const char     *arguments,
                                       const char     **language);
/* @limited: (out): only the beginning is given, cut at a character */
char       *mz_row_text_limit         (const char      *text,
                                       gsize            max_length,
                                       gboolean        *limited);
/* "Claude · 1,204 tokens · 42 tokens/s"; %NULL when nothing is known. @duration_ms: how long the text took to come, 0 when that is not known */
char       *mz_row_text_for_footer    (MzMessage       *message,
                                       gint64           duration_ms);
char       *mz_row_text_for_marker    (MzMessage       *message);
/* What the agent is doing before it speaks: a gateway's phase in words */
char       *mz_row_text_for_phase     (const char      *phase);
/* "Tool exec df -h": @summary as mz_row_text_for_arguments() gives it */
char       *mz_row_text_for_tool      (const char      *name,
                                       const char      *summary);
/* "You: …": a row's accessible name */
char       *mz_row_text_for_reader    (MzMessage       *message);

G_END_DECLS
