/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What texts need before they are shown; plain functions. */

/* Characters of one line of code that are shown; text widgets lay out a line as a whole. */
#define MZ_CODE_MAX_LINE 10000
/* Bytes of text that one label shows, for the same reason: 10 ms each time it grows. What is longer is in several, of this many characters. */
#define MZ_TEXT_MAX_LABEL 8000
#define MZ_TEXT_PIECE 4000
/* Characters without an end of a word among them; Pango takes the square of that time for each label. */
#define MZ_TEXT_MAX_RUN 2000

/**
 * MzLineCut:
 * @length: characters of the line that the text ends in
 * @cut: that line was cut
 * @n_cut: lines that were cut so far
 *
 * Where mz_line_cut_append() is; all zero at first.
 */
typedef struct
{
  gsize length;
  gboolean cut;
  guint n_cut;
} MzLineCut;

void        mz_line_cut_append   (MzLineCut  *self,
                                  const char *text,
                                  GString    *shown);
char       *mz_code_language_id  (const char *info);
gsize       mz_text_split        (const char *text,
                                  gsize       length,
                                  gsize       max_chars);
gsize       mz_text_longest_run  (const char *text);
void        mz_text_append_wrapped (const char *text,
                                  guint       columns,
                                  GString    *wrapped);
char       *mz_text_make_valid   (const char *text);
char       *mz_file_name_make_safe (const char *name,
                                  const char *fallback);

G_END_DECLS
