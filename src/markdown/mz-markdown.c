/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A text that grows. It lies in chunks, each of which is parsed on its own: closed ones stay as they are, the open one at the end is
 * parsed again for each piece, and no chunk grows long. An open fence is followed byte by byte instead.
 *
 * What is shown is decided by the text so far and nothing else: not by how it was cut, nor by what was shown before. So a text that
 * came in pieces looks like one that came whole.
 */
#define G_LOG_DOMAIN "moltzer-markdown"

#include "config.h"

#include "mz-markdown.h"

#include <string.h>

#include "mz-markdown-private.h"

typedef enum
{
  CHUNK_BLOCKS,
  CHUNK_FENCE,
  /* The rest of a line that is too long. */
  CHUNK_PLAIN,
} ChunkKind;

typedef struct
{
  ChunkKind kind;
  gsize start;
  gsize end;

  /* It goes on with the list of the one before, or with a table, the head of which is there. */
  gboolean continues_list;
  gsize head_start;
  gsize head_end;

  /* A reference in it leads elsewhere now. */
  gboolean is_stale;

  /* How many blocks it has; the block itself of a fence, until it is taken into the list. */
  guint n_blocks;
  MzBlock *block;
} Chunk;

struct _MzMarkdown
{
  GObject parent;

  MzClean clean;
  GString *text;

  /* (element-type MzBlock): of all chunks */
  GPtrArray *blocks;

  /* (element-type Chunk): the closed ones; and the open one, which ends where the text ends */
  GArray *closed;
  Chunk open;

  MzSplit split;
  MzFenceReader fence;
  MzReferences references;

  /* Nothing but definitions of references is in the open chunk. */
  gboolean only_definitions;

  /* Where the last line begins, and how far it was looked through for its end. */
  gsize line_start;
  gsize scanned;

  /* Nobody said that more comes: nothing is held back. */
  gboolean finished;

  guint n_parses;
};

G_DEFINE_FINAL_TYPE (MzMarkdown, mz_markdown, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_CODE_GREW,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
begin_chunk (MzMarkdown *self,
             ChunkKind   kind,
             gsize       start)
{
  self->open = (Chunk) { .kind = kind, .start = start };
  self->only_definitions = kind == CHUNK_BLOCKS;
}

static void
close_chunk (MzMarkdown *self,
             gsize       end)
{
  if (end > self->open.start)
    {
      self->open.end = end;
      g_array_append_val (self->closed, self->open);
    }
}

/* The end of as much of the last line as is looked at as one: not within a character. */
static gsize
limit_line (MzMarkdown *self)
{
  gsize end = self->line_start + MZ_SPLIT_MAX_LINE;

  while ((self->text->str[end] & 0xc0) == 0x80)
    end--;
  return end;
}

/* A line of blocks, whole or as much as is looked at, that ends at @end. */
static void
take_line (MzMarkdown *self,
           gsize       end,
           gboolean    whole)
{
  const char *line = self->text->str + self->line_start;
  gsize length = end - self->line_start;
  gboolean empty = self->split.state == MZ_SPLIT_START;
  MzCut cut = mz_split_line (&self->split, self->text->str, self->line_start, length);

  if ((cut & MZ_CUT_BEFORE) != 0)
    {
      if (!empty)
        close_chunk (self, self->line_start);
      begin_chunk (self, CHUNK_BLOCKS, self->line_start);
      self->open.continues_list = self->split.continues_list;
      if (self->split.continues_table)
        {
          self->open.head_start = self->split.head_start;
          self->open.head_end = self->split.head_end;
        }
      empty = FALSE;
    }

  if (!whole)
    {
      close_chunk (self, end);
      begin_chunk (self, CHUNK_PLAIN, end);
      self->line_start = end;
      return;
    }

  if (self->split.state == MZ_SPLIT_FENCE)
    {
      self->open.kind = CHUNK_FENCE;
      mz_fence_reader_begin (&self->fence, self->text->str, self->line_start, end);
    }
  else if (self->only_definitions && !empty)
    {
      self->only_definitions = mz_markdown_is_definition (line, length);
      if (self->only_definitions)
        mz_references_add (&self->references, line, length);
    }

  self->line_start = end + 1;
  if ((cut & MZ_CUT_AFTER) != 0)
    {
      if (!empty)
        close_chunk (self, self->line_start);
      begin_chunk (self, CHUNK_BLOCKS, self->line_start);
    }
}

static gboolean
scan_fence (MzMarkdown *self)
{
  if (!mz_fence_reader_read (&self->fence, self->text->str, self->text->len))
    return FALSE;

  self->open.block = mz_block_new_code (self->fence.code, self->fence.language, FALSE);
  self->line_start = self->fence.line_start;
  close_chunk (self, self->line_start);
  mz_fence_reader_clear (&self->fence);
  self->split = (MzSplit) { .state = MZ_SPLIT_START };
  begin_chunk (self, CHUNK_BLOCKS, self->line_start);
  return TRUE;
}

/* Cuts what came into chunks. */
static void
scan (MzMarkdown *self)
{
  for (;;)
    {
      gsize from = MAX (self->scanned, self->line_start);
      const char *newline;
      gsize end;

      if (self->open.kind == CHUNK_FENCE)
        {
          if (!scan_fence (self))
            break;
          continue;
        }

      newline = memchr (self->text->str + from, '\n', self->text->len - from);
      end = newline != NULL ? (gsize) (newline - self->text->str) : self->text->len;
      if (end - self->line_start > MZ_SPLIT_MAX_LINE)
        {
          end = limit_line (self);
          if (self->open.kind == CHUNK_BLOCKS)
            {
              take_line (self, end, FALSE);
            }
          else
            {
              close_chunk (self, end);
              begin_chunk (self, CHUNK_PLAIN, end);
              self->line_start = end;
            }
          continue;
        }
      if (newline == NULL)
        break;

      if (self->open.kind == CHUNK_BLOCKS)
        {
          take_line (self, end, TRUE);
        }
      else
        {
          close_chunk (self, end);
          self->split = (MzSplit) { .state = MZ_SPLIT_START };
          self->line_start = end + 1;
          begin_chunk (self, CHUNK_BLOCKS, self->line_start);
        }
    }
  self->scanned = self->text->len;
}

/* Where the text of the open chunk ends that is shown. */
static gsize
shown_end (MzMarkdown *self)
{
  const char *before = self->text->str + self->line_start;
  gsize length = 0;

  if (self->finished)
    return self->text->len;

  if (self->line_start > self->open.start)
    {
      for (before--; before > self->text->str + self->open.start && before[-1] != '\n'; before--)
        length++;
    }
  return mz_split_is_undecided (before, length, self->text->str + self->line_start, self->text->len - self->line_start) ?
         self->line_start : self->text->len;
}

static void
parse_blocks (MzMarkdown   *self,
              Chunk        *chunk,
              MzParseFlags  flags,
              GPtrArray    *blocks)
{
  const char *text = self->text->str + chunk->start;
  gsize length = chunk->end - chunk->start;
  guint n_before = blocks->len;
  g_autoptr (GString) with_head = NULL;
  g_autofree char *definitions = NULL;

  if (length == 0)
    return;

  if (chunk->head_end > 0)
    {
      with_head = g_string_new_len (self->text->str + chunk->head_start, chunk->head_end - chunk->head_start);
      g_string_append_c (with_head, '\n');
      g_string_append_len (with_head, text, length);
      text = with_head->str;
      length = with_head->len;
    }
  definitions = mz_references_collect (&self->references, text, length);
  mz_markdown_parse (text, length, definitions, flags, blocks);
  self->n_parses++;
  if (chunk->continues_list && n_before > 0 && blocks->len > n_before)
    mz_block_continue_list (g_ptr_array_index (blocks, n_before), g_ptr_array_index (blocks, n_before - 1));
}

/* Appends the blocks of @chunk to @blocks; those before it are at the end of @blocks. */
static void
parse_chunk (MzMarkdown   *self,
             Chunk        *chunk,
             MzParseFlags  flags,
             GPtrArray    *blocks)
{
  guint n_before = blocks->len;

  switch (chunk->kind)
    {
    case CHUNK_BLOCKS:
      parse_blocks (self, chunk, flags, blocks);
      break;
    case CHUNK_FENCE:
      g_ptr_array_add (blocks, chunk->block != NULL ? g_steal_pointer (&chunk->block)
                                                    : mz_fence_reader_get_block (&self->fence, self->text->str,
                                                                                 self->text->len, self->finished));
      break;
    case CHUNK_PLAIN:
    default:
      if (chunk->end > chunk->start)
        g_ptr_array_add (blocks, mz_markdown_parse_plain (self->text->str + chunk->start, chunk->end - chunk->start));
      break;
    }
  chunk->n_blocks = blocks->len - n_before;
}

/* Whether what @chunk mentions leads elsewhere now. */
static gboolean
is_touched (MzMarkdown  *self,
            const Chunk *chunk)
{
  const char *text = self->text->str;

  return chunk->kind == CHUNK_BLOCKS &&
         (mz_references_touch (&self->references, text + chunk->start, chunk->end - chunk->start) ||
          mz_references_touch (&self->references, text + chunk->head_start, chunk->head_end - chunk->head_start));
}

/* The last line may define a reference already: it would if it were whole and began a chunk. */
static void
update_draft (MzMarkdown *self)
{
  const char *line = self->text->str + self->line_start;
  gsize length = self->text->len - self->line_start;
  gboolean is_draft = FALSE;

  if (self->open.kind == CHUNK_BLOCKS && mz_markdown_is_definition (line, length))
    {
      MzSplit split = self->split;

      is_draft = (mz_split_line (&split, self->text->str, self->line_start, length) & MZ_CUT_BEFORE) != 0 || self->only_definitions;
    }
  mz_references_set_draft (&self->references, is_draft ? line : NULL, length);
}

/*
 * Which of the first @n_parsed chunks must be parsed again.
 *
 * Returns: the first of them, or @n_parsed; in @position, which is that of the block behind them, that of its first block
 */
static guint
find_stale (MzMarkdown *self,
            guint       n_parsed,
            guint      *position)
{
  guint first = n_parsed;
  guint at = *position;

  if (!mz_references_are_touched (&self->references))
    return first;

  for (guint i = n_parsed; i > 0; i--)
    {
      Chunk *chunk = &g_array_index (self->closed, Chunk, i - 1);

      at -= chunk->n_blocks;
      chunk->is_stale = is_touched (self, chunk);
      if (chunk->is_stale)
        {
          first = i - 1;
          *position = at;
        }
    }
  mz_references_forget_touched (&self->references);
  return first;
}

/* Where @now and what was there @before are the same, the old blocks stay. */
static gboolean
keep_block (MzMarkdown *self,
            guint       position,
            MzBlock    *before)
{
  MzBlock *now = g_ptr_array_index (self->blocks, position);

  if (!mz_block_equal (before, now))
    return FALSE;

  g_ptr_array_index (self->blocks, position) = mz_block_ref (before);
  mz_block_unref (now);
  return TRUE;
}

/* Tells who listens that from @position on there was @old. */
static void
report (MzMarkdown *self,
        guint       position,
        GPtrArray  *old)
{
  guint first = position;
  guint n_removed = old->len;
  guint n_added = self->blocks->len - first;
  g_autofree char *growth = NULL;

  for (; n_removed > 0 && n_added > 0; n_removed--, n_added--, position++)
    {
      if (!keep_block (self, position, g_ptr_array_index (old, position - first)))
        break;
    }
  for (; n_removed > 0 && n_added > 0; n_removed--, n_added--)
    {
      if (!keep_block (self, position + n_added - 1, g_ptr_array_index (old, position - first + n_removed - 1)))
        break;
    }

  if (n_removed == 1 && n_added == 1)
    growth = g_strdup (mz_block_get_growth (g_ptr_array_index (self->blocks, position),
                                            g_ptr_array_index (old, position - first)));
  for (guint i = 0; i < MIN (n_removed, n_added) && growth == NULL; i++)
    mz_block_adopt (g_ptr_array_index (self->blocks, position + i), g_ptr_array_index (old, position - first + i));

  /* A listener may append: nothing is used after this. */
  if (growth != NULL)
    g_signal_emit (self, signals[SIGNAL_CODE_GREW], 0, position, growth);
  else if (n_removed > 0 || n_added > 0)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, position, n_removed, n_added);
}

/*
 * Parses what has to be. @n_parsed: how many of the closed chunks were before; @n_open: how many blocks were behind them.
 */
static void
update (MzMarkdown *self,
        guint       n_parsed,
        guint       n_open)
{
  g_autoptr (GPtrArray) old = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_block_unref);
  guint position = self->blocks->len - n_open;
  guint first;

  /* All references are known before anything is parsed. */
  update_draft (self);
  first = find_stale (self, n_parsed, &position);

  for (guint i = position; i < self->blocks->len; i++)
    g_ptr_array_add (old, mz_block_ref (g_ptr_array_index (self->blocks, i)));
  g_ptr_array_set_size (self->blocks, position);

  for (guint i = first, at = 0; i < self->closed->len; i++)
    {
      Chunk *chunk = &g_array_index (self->closed, Chunk, i);
      guint n_blocks = chunk->n_blocks;

      if (i >= n_parsed || chunk->is_stale)
        {
          parse_chunk (self, chunk, MZ_PARSE_DEFAULT, self->blocks);
          chunk->is_stale = FALSE;
        }
      else
        {
          for (guint j = 0; j < n_blocks; j++)
            g_ptr_array_add (self->blocks, mz_block_ref (g_ptr_array_index (old, at + j)));
        }
      at += n_blocks;
    }
  self->open.end = self->open.kind == CHUNK_BLOCKS ? shown_end (self) : self->text->len;
  parse_chunk (self, &self->open, MZ_PARSE_LAST, self->blocks);

  report (self, position, old);
}

static void
reset_text (MzMarkdown *self)
{
  g_string_truncate (self->text, 0);
  g_array_set_size (self->closed, 0);
  self->split = (MzSplit) { .state = MZ_SPLIT_START };
  mz_fence_reader_clear (&self->fence);
  mz_references_clear (&self->references);
  mz_references_init (&self->references);
  self->line_start = 0;
  self->scanned = 0;
  begin_chunk (self, CHUNK_BLOCKS, 0);
}

static void
mz_markdown_finalize (GObject *object)
{
  MzMarkdown *self = MZ_MARKDOWN (object);

  g_string_free (self->text, TRUE);
  g_ptr_array_unref (self->blocks);
  g_array_unref (self->closed);
  mz_fence_reader_clear (&self->fence);
  mz_references_clear (&self->references);

  G_OBJECT_CLASS (mz_markdown_parent_class)->finalize (object);
}

static void
mz_markdown_class_init (MzMarkdownClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_markdown_finalize;

  /**
   * MzMarkdown::changed:
   * @self: the text
   * @position: the first block that changed
   * @removed: how many blocks went from there
   * @added: how many came in their place
   */
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", MZ_TYPE_MARKDOWN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT);

  /**
   * MzMarkdown::code-grew:
   * @self: the text
   * @position: the block of code that is open
   * @text: what it has more at its end
   */
  signals[SIGNAL_CODE_GREW] =
    g_signal_new ("code-grew", MZ_TYPE_MARKDOWN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
}

static void
mz_markdown_init (MzMarkdown *self)
{
  self->text = g_string_new (NULL);
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_block_unref);
  self->closed = g_array_new (FALSE, FALSE, sizeof (Chunk));
  mz_references_init (&self->references);
  reset_text (self);
}

/**
 * mz_markdown_new:
 *
 * Returns: (transfer full): a text, empty
 */
MzMarkdown *
mz_markdown_new (void)
{
  return g_object_new (MZ_TYPE_MARKDOWN, NULL);
}

/**
 * mz_markdown_append:
 * @self: the text
 * @text: what comes next: any bytes
 * @length: how many, or -1 when it ends with a NUL
 *
 * Lets the text grow. What is not whole yet, a character say, is held back until more comes.
 */
void
mz_markdown_append (MzMarkdown *self,
                    const char *text,
                    gssize      length)
{
  guint n_parsed;
  guint n_open;

  g_return_if_fail (MZ_IS_MARKDOWN (self));
  g_return_if_fail (text != NULL || length == 0);

  mz_clean (&self->clean, text, length < 0 ? strlen (text) : (gsize) length, self->text);
  if (self->text->len == self->scanned)
    return;

  n_parsed = self->closed->len;
  n_open = self->open.n_blocks;
  self->finished = FALSE;
  scan (self);
  update (self, n_parsed, n_open);
}

/**
 * mz_markdown_finish:
 * @self: the text
 *
 * Says that nothing more comes: a last line that was held back, because more could have given it another meaning, is shown. A text that
 * is appended to later goes on as if this had not been said.
 */
void
mz_markdown_finish (MzMarkdown *self)
{
  g_return_if_fail (MZ_IS_MARKDOWN (self));

  if (!self->finished)
    {
      self->finished = TRUE;
      update (self, self->closed->len, self->open.n_blocks);
    }
}

/**
 * mz_markdown_set_text:
 * @self: the text
 * @text: all of it: any bytes
 * @length: how many, or -1 when it ends with a NUL
 *
 * Replaces the text. When it begins with what was there, this is the same as appending the rest; and as mz_markdown_finish().
 */
void
mz_markdown_set_text (MzMarkdown *self,
                      const char *text,
                      gssize      length)
{
  g_autoptr (GString) cleaned = NULL;
  MzClean clean = { 0 };
  guint n_parsed;
  guint n_open;

  g_return_if_fail (MZ_IS_MARKDOWN (self));
  g_return_if_fail (text != NULL || length == 0);

  cleaned = g_string_new (NULL);
  mz_clean (&clean, text, length < 0 ? strlen (text) : (gsize) length, cleaned);
  self->clean = clean;
  if (g_string_equal (cleaned, self->text))
    {
      mz_markdown_finish (self);
      return;
    }

  n_parsed = self->closed->len;
  n_open = self->open.n_blocks;
  if (cleaned->len < self->text->len || memcmp (cleaned->str, self->text->str, self->text->len) != 0)
    {
      n_parsed = 0;
      n_open = self->blocks->len;
      reset_text (self);
    }
  g_string_append_len (self->text, cleaned->str + self->text->len, cleaned->len - self->text->len);
  self->finished = TRUE;
  scan (self);
  update (self, n_parsed, n_open);
}

/**
 * mz_markdown_get_n_blocks:
 * @self: the text
 *
 * Returns: how many top-level blocks it has
 */
guint
mz_markdown_get_n_blocks (MzMarkdown *self)
{
  g_return_val_if_fail (MZ_IS_MARKDOWN (self), 0);

  return self->blocks->len;
}

/**
 * mz_markdown_get_block:
 * @self: the text
 * @n: which one
 *
 * Returns: (transfer none): a top-level block
 */
MzBlock *
mz_markdown_get_block (MzMarkdown *self,
                       guint       n)
{
  g_return_val_if_fail (MZ_IS_MARKDOWN (self), NULL);
  g_return_val_if_fail (n < self->blocks->len, NULL);

  return g_ptr_array_index (self->blocks, n);
}

/**
 * mz_markdown_dump:
 * @self: the text
 *
 * Returns: (transfer full): mz_block_dump() of all its blocks
 */
char *
mz_markdown_dump (MzMarkdown *self)
{
  GString *out;

  g_return_val_if_fail (MZ_IS_MARKDOWN (self), NULL);

  out = g_string_new (NULL);
  for (guint i = 0; i < self->blocks->len; i++)
    {
      g_autofree char *block = mz_block_dump (g_ptr_array_index (self->blocks, i));

      g_string_append (out, block);
    }
  return g_string_free (out, FALSE);
}

guint
mz_markdown_get_n_parses (MzMarkdown *self)
{
  return self->n_parses;
}
