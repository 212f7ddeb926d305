/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A block of code may be very long, and grows by a few bytes at a time: it is the one thing that is not parsed again.
 */
#define G_LOG_DOMAIN "moltzer-markdown"

#include "config.h"

#include <string.h>

#include "mz-markdown-private.h"

/* A line that could be the end is looked at as a whole, again for each piece: longer ones are code. */
#define MAX_END 1024

/* @start: where the opening line begins in @text; it ends at @line_end, with a newline there */
void
mz_fence_reader_begin (MzFenceReader *self,
                       const char    *text,
                       gsize          start,
                       gsize          line_end)
{
  mz_fence_reader_clear (self);
  if (!mz_split_is_fence (text + start, line_end - start, &self->fence))
    g_assert_not_reached ();
  self->code = mz_code_new ();
  self->language = mz_markdown_parse_info (text + start, line_end - start);
  self->line_start = line_end + 1;
  self->taken = line_end + 1;
}

void
mz_fence_reader_clear (MzFenceReader *self)
{
  g_clear_pointer (&self->code, mz_code_unref);
  g_clear_pointer (&self->language, g_free);
  memset (self, 0, sizeof *self);
}

/* Whether a line could become the end of the fence if more came; in @ends, whether it is as it stands. */
static gboolean
could_end (MzFenceReader *self,
           const char    *line,
           gsize          length,
           gboolean      *ends)
{
  const char *end = line + length;
  const char *p = line;
  guint indent = 0;
  guint n_marks = 0;

  *ends = FALSE;
  if (length > MAX_END)
    return FALSE;

  for (; p < end && (*p == ' ' || *p == '\t'); p++)
    indent = *p == '\t' ? (indent + 4) & ~3u : indent + 1;
  if (indent >= 4)
    return FALSE;
  for (; p < end && *p == self->fence.mark; p++)
    n_marks++;
  if (p == end)
    {
      *ends = n_marks >= self->fence.length;
      return TRUE;
    }
  while (p < end && (*p == ' ' || *p == '\t'))
    p++;
  *ends = p == end && n_marks >= self->fence.length;
  return *ends;
}

/* Appends the beginning of a line to @code: as much of its indentation as the fence has goes. */
static void
append_line (MzFenceReader *self,
             MzCode        *code,
             const char    *line,
             const char    *end)
{
  guint indent = 0;

  if (self->n_lines > 0)
    mz_code_append (code, "\n", 1);

  for (; line < end && indent < self->fence.indent && (*line == ' ' || *line == '\t'); line++)
    indent = *line == '\t' ? (indent + 4) & ~3u : indent + 1;
  for (; indent > self->fence.indent; indent--)
    mz_code_append (code, " ", 1);
  mz_code_append (code, line, end - line);
}

/*
 * Goes on to the end of @text.
 *
 * Returns: %TRUE when the fence ended: what follows begins at line_start
 */
gboolean
mz_fence_reader_read (MzFenceReader *self,
                      const char    *text,
                      gsize          length)
{
  for (;;)
    {
      const char *line = text + self->line_start;
      const char *newline = memchr (text + self->taken, '\n', length - self->taken);
      const char *end = newline != NULL ? newline : text + length;

      if (self->is_code)
        {
          mz_code_append (self->code, text + self->taken, end - text - self->taken);
        }
      else
        {
          gboolean could = could_end (self, line, end - line, &self->ends);

          if (newline != NULL && self->ends)
            {
              self->line_start = newline + 1 - text;
              return TRUE;
            }
          if (newline != NULL || !could)
            {
              append_line (self, self->code, line, end);
              self->n_lines++;
              self->is_code = TRUE;
            }
        }

      if (newline == NULL)
        {
          self->taken = length;
          return FALSE;
        }
      self->line_start = newline + 1 - text;
      self->taken = self->line_start;
      self->is_code = FALSE;
      self->ends = FALSE;
    }
}

/*
 * (transfer full): the code as it is now, without a last line that could become the end of the fence, or (@held) with it
 */
MzBlock *
mz_fence_reader_get_block (MzFenceReader *self,
                           const char    *text,
                           gsize          length,
                           gboolean       held)
{
  g_autoptr (MzCode) code = NULL;

  if (!held || self->is_code || self->ends || self->line_start == length)
    return mz_block_new_code (self->code, self->language, !self->ends);

  /* More may come all the same: it goes into a copy. */
  code = mz_code_new ();
  mz_code_append (code, mz_code_get_text (self->code), mz_code_get_length (self->code));
  append_line (self, code, text + self->line_start, text + length);
  return mz_block_new_code (code, self->language, TRUE);
}
