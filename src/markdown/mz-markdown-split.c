/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cuts a text, line by line, into chunks that are parsed each on its own. What is decided about a line depends on it and on the lines
 * before it alone, so that a text that grows is cut as the whole one is.
 *
 * A cut is made only where every reading of CommonMark closes all blocks; when in doubt a chunk goes on, which costs time but is
 * never wrong. Chunks that would grow too long are cut all the same: to parse the last one again for each piece must stay cheap.
 * Where it hurts least: a list between two items, and its numbers go on; a table between two rows, and its head is repeated;
 * anything else between two lines.
 */
#define G_LOG_DOMAIN "moltzer-markdown"

#include "config.h"

#include <string.h>

#include "mz-markdown-private.h"

/* From here on a list and a table are cut: what remains of them is still one. */
#define LONG_LIST (16 * 1024)
#define LONG_TABLE (16 * 1024)
#define MANY_ROWS 500

/* Anything is cut; but code in a list, the rest of which would no longer be code, only when it goes far beyond. */
#define LONG_CHUNK (32 * 1024)
#define MANY_LINES 2000
#define LONGEST_LIST (128 * 1024)

typedef struct
{
  const char *all;
  const char *start;
  gsize length;

  /* In columns, and where the text begins. */
  guint indent;
  const char *text;
  const char *end;
} Line;

static void
line_init (Line       *self,
           const char *all,
           const char *line,
           gsize       length)
{
  self->all = all;
  self->start = line;
  self->length = length;
  self->indent = 0;
  self->end = line + length;
  for (self->text = line; self->text < self->end && (*self->text == ' ' || *self->text == '\t'); self->text++)
    self->indent = *self->text == '\t' ? (self->indent + 4) & ~3u : self->indent + 1;
}

static gboolean
is_blank (const Line *line)
{
  return line->text == line->end;
}

static gboolean
is_blank_at (const Line *line,
             const char *p)
{
  return p == line->end || *p == ' ' || *p == '\t';
}

static gboolean
is_heading (const Line *line)
{
  const char *p = line->text;

  while (p < line->end && *p == '#')
    p++;
  return line->indent < 4 && p > line->text && p - line->text <= 6 && is_blank_at (line, p);
}

/* "* * *" is a list item only for who does not look at all of it. */
static gboolean
is_rule (const Line *line)
{
  char mark = is_blank (line) ? '\0' : *line->text;
  guint n = 0;

  if (line->indent >= 4 || (mark != '*' && mark != '-' && mark != '_'))
    return FALSE;
  for (const char *p = line->text; p < line->end; p++)
    {
      if (*p == mark)
        n++;
      else if (*p != ' ' && *p != '\t')
        return FALSE;
    }
  return n >= 3;
}

/*
 * Whether the line may begin a list item, and from which column on what follows belongs to it.
 */
static gboolean
is_item (const Line *line,
         guint      *contents_indent)
{
  const char *p = line->text;

  if (line->indent >= 4 || is_blank (line) || is_rule (line))
    return FALSE;

  if (strchr ("-+*", *p) != NULL)
    {
      p++;
    }
  else
    {
      while (p < line->end && g_ascii_isdigit (*p) && p - line->text < 9)
        p++;
      if (p == line->text || p == line->end || (*p != '.' && *p != ')'))
        return FALSE;
      p++;
    }
  if (!is_blank_at (line, p))
    return FALSE;

  *contents_indent = line->indent + (guint) (p - line->text) + 1;
  return TRUE;
}

/*
 * Whether a line opens a block of code.
 */
gboolean
mz_split_is_fence (const char *line,
                   gsize       length,
                   MzFence    *fence)
{
  Line self;
  const char *p;

  line_init (&self, line, line, length);
  if (self.indent >= 4 || is_blank (&self) || (*self.text != '`' && *self.text != '~'))
    return FALSE;

  fence->mark = *self.text;
  fence->indent = self.indent;
  for (p = self.text; p < self.end && *p == fence->mark; p++)
    ;
  fence->length = (guint) (p - self.text);
  return fence->length >= 3 && (fence->mark == '~' || memchr (p, '`', self.end - p) == NULL);
}

static gboolean
is_fence (const Line *line)
{
  MzFence fence;

  return mz_split_is_fence (line->start, line->length, &fence);
}

/* What is not the lazy continuation of a paragraph in an item, whatever it is. */
static gboolean
interrupts (const Line *line)
{
  return is_fence (line) || is_heading (line) || is_rule (line) || *line->text == '>';
}

static void
begin_list (MzSplit    *self,
            const Line *line)
{
  self->state = MZ_SPLIT_LIST;
  mz_split_follow_fence (&self->nested, line->start, line->length);
}

/* The first line of a chunk. */
static MzCut
begin (MzSplit    *self,
       const Line *line)
{
  *self = (MzSplit) {
    .state = MZ_SPLIT_PLAIN,
    .start = line->start - line->all,
    .size = line->length + 1,
    .n_lines = 1,
    .indent = line->indent,
  };
  if (line->indent >= 4)
    self->state = MZ_SPLIT_INDENTED;
  else if (is_fence (line))
    self->state = MZ_SPLIT_FENCE;
  else if (is_item (line, &self->contents_indent))
    begin_list (self, line);
  return is_heading (line) ? MZ_CUT_BEFORE | MZ_CUT_AFTER : MZ_CUT_BEFORE;
}

static MzCut
split_plain (MzSplit    *self,
             const Line *line)
{
  if (is_blank (line))
    {
      /* What was indented could be code below a rule, which goes on. */
      self->after_blank = TRUE;
      return self->indent < 4 ? MZ_CUT_AFTER : MZ_CUT_NONE;
    }

  if (self->n_lines == 2 && !self->continues_table &&
      mz_split_is_table (line->all + self->start, line->start - line->all - self->start - 1, line->start, line->length))
    {
      self->head_start = self->start;
      self->head_end = line->end - line->all;
    }
  if (self->head_end > 0 && *line->text == '|' && (self->size > LONG_TABLE || self->n_lines > MANY_ROWS))
    {
      MzSplit before = *self;

      begin (self, line);
      self->head_start = before.head_start;
      self->head_end = before.head_end;
      self->continues_table = self->state == MZ_SPLIT_PLAIN;
      return MZ_CUT_BEFORE;
    }

  /* A fence and a heading also end a quote and a table. */
  if ((self->after_blank && line->indent < 4) || is_fence (line) || is_heading (line))
    return begin (self, line);

  /* It could also be in the middle of a paragraph: that does not matter, lists are cut in fewer places. */
  if (is_item (line, &self->contents_indent))
    begin_list (self, line);
  self->indent = line->indent;
  self->after_blank = FALSE;
  return MZ_CUT_NONE;
}

/*
 * Whether the line ends the fence of an item, although it is not indented as the item is: CommonMark would have it begin another one,
 * but it is never meant so, and md4c ends the fence.
 */
static gboolean
ends_nested (MzSplit    *self,
             const Line *line)
{
  MzFence fence = self->nested;

  return mz_split_follow_fence (&fence, line->start, line->length) && fence.length == 0;
}

static MzCut
split_list (MzSplit    *self,
            const Line *line)
{
  guint contents_indent;
  gboolean ends;

  if (is_blank (line))
    {
      self->after_blank = TRUE;
      return MZ_CUT_NONE;
    }

  ends = ends_nested (self, line);
  if (is_item (line, &contents_indent))
    {
      if (line->indent < self->contents_indent && self->size > LONG_LIST)
        {
          begin (self, line);
          self->continues_list = TRUE;
          return MZ_CUT_BEFORE;
        }
    }
  else if (line->indent < MIN (self->contents_indent, 4) && !ends && (self->after_blank || interrupts (line)))
    {
      return begin (self, line);
    }
  else
    {
      contents_indent = G_MAXUINT;
    }

  if (line->indent < self->contents_indent && !ends)
    self->nested.length = 0;
  mz_split_follow_fence (&self->nested, line->start, line->length);

  /* Not every line that looks like an item is one: the smallest indent is on the safe side. */
  self->contents_indent = MIN (self->contents_indent, contents_indent);
  self->after_blank = FALSE;
  return MZ_CUT_NONE;
}

static gboolean
is_too_long (MzSplit *self)
{
  if (self->state == MZ_SPLIT_LIST && self->nested.length > 0)
    return self->size > LONGEST_LIST;
  return self->size > LONG_CHUNK || self->n_lines > MANY_LINES;
}

/*
 * Looks at the next line of @text, from @start on, without its newline, and says where to cut: %MZ_CUT_BEFORE it, %MZ_CUT_AFTER it, or
 * both. In a fence there is nothing to ask: who finds its end begins anew with an empty #MzSplit.
 */
MzCut
mz_split_line (MzSplit    *self,
               const char *text,
               gsize       start,
               gsize       length)
{
  Line this;
  MzCut cut = MZ_CUT_NONE;

  g_assert (self->state != MZ_SPLIT_FENCE);

  line_init (&this, text, text + start, length);
  self->size += length + 1;
  self->n_lines++;
  if (self->state == MZ_SPLIT_START)
    cut = is_blank (&this) ? MZ_CUT_AFTER : begin (self, &this);
  else if (is_too_long (self))
    cut = is_blank (&this) ? MZ_CUT_AFTER : begin (self, &this);
  else if (self->state == MZ_SPLIT_PLAIN)
    cut = split_plain (self, &this);
  else if (self->state == MZ_SPLIT_LIST)
    cut = split_list (self, &this);
  else if (!is_blank (&this) && this.indent < 4)
    cut = begin (self, &this);

  if ((cut & MZ_CUT_AFTER) != 0)
    *self = (MzSplit) { .state = MZ_SPLIT_START };
  return cut;
}
