/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is changed in a chunk before md4c sees it: where it would take much too long or lose text, and where its versions and GitHub's
 * dialect differ. And what is not shown yet of a line that is still being written.
 */
#define G_LOG_DOMAIN "moltzer-markdown"

#include "config.h"

#include <string.h>

#include "mz-markdown-private.h"

/* Containers that a line may open or go on with; deeper than MZ_MARKDOWN_MAX_DEPTH is shown flat in any case. */
#define MAX_MARKS 100

/* Brackets within brackets: md4c 0.4 takes the square of their number. */
#define MAX_BRACKETS 200

static const char *
skip_blanks (const char *p,
             const char *end)
{
  while (p < end && (*p == ' ' || *p == '\t'))
    p++;
  return p;
}

/* The end of the container mark at @p, or %NULL when there is none. */
static const char *
skip_mark (const char *p,
           const char *end)
{
  const char *start = p;

  if (p == end)
    return NULL;
  if (*p == '>')
    return p + 1;

  if (*p == '-' || *p == '+' || *p == '*')
    {
      p++;
    }
  else
    {
      while (p < end && g_ascii_isdigit (*p) && p - start < 9)
        p++;
      if (p == start || p == end || (*p != '.' && *p != ')'))
        return NULL;
      p++;
    }
  return p == end || *p == ' ' || *p == '\t' ? p : NULL;
}

/* Where the text of a line begins, behind the marks of containers. */
static const char *
skip_marks (const char *p,
            const char *end)
{
  const char *next = p;

  do
    p = skip_blanks (next, end);
  while ((next = skip_mark (p, end)) != NULL);
  return p;
}

/*
 * Follows fences within containers, line by line. Near enough: nothing depends on it but how something rare looks.
 *
 * Returns: whether @line is in a fence, or the end of one
 */
gboolean
mz_split_follow_fence (MzFence    *fence,
                       const char *line,
                       gsize       length)
{
  const char *end = line + length;
  const char *p = skip_marks (line, end);
  gboolean was_in_fence = fence->length > 0;
  MzFence found;

  if (p == end || (*p != '`' && *p != '~') || !mz_split_is_fence (p, end - p, &found))
    return was_in_fence;

  if (!was_in_fence)
    *fence = found;
  else if (found.mark == fence->mark && found.length >= fence->length && skip_blanks (p + found.length, end) == end)
    fence->length = 0;
  return was_in_fence;
}

/* Where a backslash must be put, so that the line does not have too many containers, or %NULL. */
static const char *
find_surplus_mark (const char *p,
                   const char *end)
{
  guint n = 0;

  for (;;)
    {
      const char *next;

      p = skip_blanks (p, end);
      next = skip_mark (p, end);
      if (next == NULL)
        return NULL;
      if (++n > MAX_MARKS)
        return *p == '>' || next == p + 1 ? p : next - 1;
      p = next;
    }
}

/* How many columns a delimiter row has, or 0 when it is none. */
static guint
count_columns (const char *line,
               const char *end)
{
  const char *p = line;
  gboolean has_pipe = FALSE;
  guint n = 0;

  /* It is the second line at least: of the marks only those of quotes can come before it. */
  while (p < end && (*p == ' ' || *p == '\t' || *p == '>'))
    p++;
  if (skip_mark (p, end) != NULL)
    return 0;
  if (p < end && *p == '|')
    {
      has_pipe = TRUE;
      p = skip_blanks (p + 1, end);
    }
  while (p < end)
    {
      const char *dashes;

      if (*p == ':')
        p++;
      for (dashes = p; p < end && *p == '-'; p++)
        ;
      if (p == dashes)
        return 0;
      if (p < end && *p == ':')
        p++;
      n++;
      p = skip_blanks (p, end);
      if (p == end)
        break;
      if (*p != '|')
        return 0;
      has_pipe = TRUE;
      p = skip_blanks (p + 1, end);
    }
  return has_pipe ? n : 0;
}

/* How many cells a row has. Whether a pipe within code separates two is a matter of taste: @code says. */
static guint
count_cells (const char *line,
             const char *end,
             gboolean    code)
{
  const char *p = skip_marks (line, end);
  gboolean in_code = FALSE;
  guint n = 1;

  while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
    end--;
  if (p < end && *p == '|')
    p++;
  for (; p < end; p++)
    {
      if (*p == '\\' && p + 1 < end)
        p++;
      else if (*p == '`' && !code)
        in_code = !in_code;
      else if (*p == '|' && !in_code && p + 1 < end)
        n++;
    }
  return n;
}

static gboolean
has_as_many_cells (const char *line,
                   const char *end,
                   guint       columns)
{
  return count_cells (line, end, TRUE) == columns || count_cells (line, end, FALSE) == columns;
}

/* Whether @line, below the line @head, makes a table of them that is not too wide. */
gboolean
mz_split_is_table (const char *head,
                   gsize       head_length,
                   const char *line,
                   gsize       length)
{
  guint columns = count_columns (line, line + length);

  return columns > 0 && columns <= MZ_SPLIT_MAX_COLUMNS && has_as_many_cells (head, head + head_length, columns);
}

/*
 * Whether the last line of the text, @line, says so little yet that its meaning would jump about: a dash would make a heading of the
 * line @before it, until it turns out to begin an item. It is then not shown while more
 * may come.
 */
gboolean
mz_split_is_undecided (const char *before,
                       gsize       before_length,
                       const char *line,
                       gsize       length)
{
  const char *end = line + length;
  const char *p = line;
  gsize n;

  while (p < end && (*p == ' ' || *p == '\t' || *p == '>'))
    p++;
  while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
    end--;
  if (p == end)
    return FALSE;

  for (n = 0; p + n < end && p[n] == *p; n++)
    ;
  if (p + n < end)
    n = 0;
  if ((*p == '`' || *p == '~') && (n == 1 || n == 2))
    return TRUE;

  /* Below nothing it says all it can: an answer may be a single "+". */
  if (skip_blanks (before, before + before_length) == before + before_length)
    return FALSE;
  switch (*p)
    {
    case '-':
    case '=':
      if (n == 1 || n == 2)
        return TRUE;
      break;
    case '*':
    case '_':
      if (n >= 1 && n <= 3)
        return TRUE;
      break;
    case '+':
      if (n == 1)
        return TRUE;
      break;
    case '#':
      if (n >= 1 && n <= 6)
        return TRUE;
      break;
    default:
      break;
    }

  /* The row below the head of a table. */
  if (memchr (before, '|', before_length) == NULL)
    return FALSE;
  for (const char *q = p; q < end; q++)
    {
      if (*q != '|' && *q != '-' && *q != ':' && *q != ' ' && *q != '\t')
        return FALSE;
    }
  return !has_as_many_cells (before, before + before_length, count_columns (line, end));
}

typedef struct
{
  const char *start;
  const char *end;
} Line;

typedef struct
{
  /* What was read, and up to where it is in @out, which is there once something had to be changed. */
  const char *copied;
  GString *out;

  Line line;
  Line before;
  Line second_before;
  MzFence fence;
  gboolean has_containers;
  guint n_brackets;
} Guard;

static gboolean
is_blank (const Line *line)
{
  return skip_blanks (line->start, line->end) == line->end;
}

static gboolean
is_indented (const Line *line)
{
  const char *text = skip_blanks (line->start, line->end);

  return text - line->start >= 4 || memchr (line->start, '\t', text - line->start) != NULL;
}

static gboolean
has_pipe (const Line *line)
{
  return line->start != line->end && memchr (line->start, '|', line->end - line->start) != NULL;
}

static GString *
copy_until (Guard      *self,
            const char *end)
{
  if (self->out == NULL)
    self->out = g_string_new (NULL);
  g_string_append_len (self->out, self->copied, end - self->copied);
  self->copied = end;
  return self->out;
}

static void
guard_marks (Guard *self)
{
  const char *mark = find_surplus_mark (self->line.start, self->line.end);

  if (mark != NULL && strspn (mark, "-* \t") < (gsize) (self->line.end - mark))
    g_string_append_c (copy_until (self, mark), '\\');
}

static void
guard_brackets (Guard *self)
{
  if (is_blank (&self->line))
    self->n_brackets = 0;

  for (const char *p = self->line.start; p < self->line.end; p++)
    {
      if (*p == '\\')
        p++;
      else if (*p == ']' && self->n_brackets > 0)
        self->n_brackets--;
      else if (*p == '[' && self->n_brackets < MAX_BRACKETS)
        self->n_brackets++;
      else if (*p == '[')
        g_string_append_c (copy_until (self, p), '\\');
    }
}

/* md4c 0.4 wants three characters for each column. */
static void
append_delimiters (Guard *self)
{
  GString *out = copy_until (self, self->line.start);
  const char *p = self->line.start;

  while (p < self->line.end)
    {
      const char *start = p;

      while (p < self->line.end && (*p == ':' || *p == '-'))
        p++;
      g_string_append_len (out, start, p - start);
      if (p > start && p - start < 3)
        g_string_insert (out, out->len - (p[-1] == ':' ? 1 : 0), "--");
      if (p < self->line.end)
        g_string_append_c (out, *p++);
    }
  self->copied = self->line.end;
}

static void
guard_table (Guard *self)
{
  guint columns = count_columns (self->line.start, self->line.end);
  const char *head = self->before.start;

  /* In the third line and later ones it is a row like others; and what is indented is code. */
  if (columns == 0 || is_blank (&self->before) || has_pipe (&self->second_before) ||
      (!self->has_containers && is_indented (&self->line)))
    return;

  if (!mz_split_is_table (head, self->before.end - head, self->line.start, self->line.end - self->line.start))
    {
      const char *pipe = memchr (self->line.start, '|', self->line.end - self->line.start);

      g_string_append_c (copy_until (self, pipe), '\\');
      return;
    }

  /* GitHub lets a table begin in the middle of a paragraph, and so do models. */
  if (!is_blank (&self->second_before) && self->copied <= head &&
      skip_marks (head, self->before.end) == skip_blanks (head, self->before.end))
    g_string_append_c (copy_until (self, head), '\n');
  append_delimiters (self);
}

/*
 * Makes a chunk harmless.
 *
 * Returns: (transfer full) (nullable): what to parse instead of it, %NULL for itself; in @guarded_length its length
 */
char *
mz_split_guard (const char *text,
                gsize       length,
                gsize      *guarded_length)
{
  const char *end = text + length;
  Guard self = { .copied = text, .line = { text, text }, .before = { text, text } };

  *guarded_length = length;
  for (const char *p = text; p < end;)
    {
      const char *newline = memchr (p, '\n', end - p);

      self.second_before = self.before;
      self.before = self.line;
      self.line.start = p;
      self.line.end = newline != NULL ? newline : end;
      if (!mz_split_follow_fence (&self.fence, self.line.start, self.line.end - self.line.start))
        {
          if (skip_marks (self.line.start, self.line.end) != skip_blanks (self.line.start, self.line.end))
            self.has_containers = TRUE;
          guard_marks (&self);
          guard_brackets (&self);
          guard_table (&self);
        }
      p = newline != NULL ? newline + 1 : end;
    }

  if (self.out == NULL)
    return NULL;
  copy_until (&self, end);
  *guarded_length = self.out->len;
  return g_string_free (self.out, FALSE);
}
