/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MzBlockKind:
 * @MZ_BLOCK_PARAGRAPH: `markup`
 * @MZ_BLOCK_HEADING: `markup`, `level` 1 to 6
 * @MZ_BLOCK_CODE: `text`, `language` (nullable), `open` while its fence is not closed
 * @MZ_BLOCK_QUOTE: `children`
 * @MZ_BLOCK_LIST: `children` are items; `ordered`, `start`, `tight`
 * @MZ_BLOCK_ITEM: `children`; `task`
 * @MZ_BLOCK_TABLE: `children` are rows, the first one the head; `n_columns`, `alignments`
 * @MZ_BLOCK_ROW: `children` are cells
 * @MZ_BLOCK_CELL: `markup`
 * @MZ_BLOCK_RULE: a thematic break
 */
typedef enum
{
  MZ_BLOCK_PARAGRAPH,
  MZ_BLOCK_HEADING,
  MZ_BLOCK_CODE,
  MZ_BLOCK_QUOTE,
  MZ_BLOCK_LIST,
  MZ_BLOCK_ITEM,
  MZ_BLOCK_TABLE,
  MZ_BLOCK_ROW,
  MZ_BLOCK_CELL,
  MZ_BLOCK_RULE,
} MzBlockKind;

typedef enum
{
  MZ_ALIGN_DEFAULT,
  MZ_ALIGN_LEFT,
  MZ_ALIGN_CENTER,
  MZ_ALIGN_RIGHT,
} MzAlign;

typedef enum
{
  MZ_TASK_NONE,
  MZ_TASK_OPEN,
  MZ_TASK_DONE,
} MzTask;

/**
 * MzBlock:
 *
 * One block of a Markdown text (CommonMark 0.31 with GFM tables, task lists and strikethrough; raw HTML is text). A plain,
 * reference counted, immutable tree: equal texts give equal trees. Nesting is limited (MZ_MARKDOWN_MAX_DEPTH): what lies deeper is
 * shown as text of the deepest level.
 *
 * `markup` is Pango markup that is always well-formed: text escaped; `<b> <i> <s> <a href>` and a monospaced span for code only.
 * Links keep their address only when mz_markdown_link_is_safe() says so, otherwise they are text. Images are links to their
 * address with the alternative text. `text` is the same without markup: what is copied and read aloud.
 *
 * The tags are `<b> <i> <s> <tt>` and `<a href title>`, never a link in a link; the title is the address, escaped twice, for GtkLabel
 * takes it for markup. A link whose text looks like an address of another host is followed by the host in parentheses.
 * The text of code has no newline after its last line; that of open code is good until the text grows.
 */
typedef struct _MzBlock MzBlock;

#define MZ_TYPE_BLOCK (mz_block_get_type ())
#define MZ_MARKDOWN_MAX_DEPTH 24

GType        mz_block_get_type       (void) G_GNUC_CONST;
MzBlock     *mz_block_ref            (MzBlock        *self);
void         mz_block_unref          (MzBlock        *self);
MzBlockKind  mz_block_get_kind       (MzBlock        *self);
const char  *mz_block_get_markup     (MzBlock        *self);
const char  *mz_block_get_text       (MzBlock        *self);
gsize        mz_block_get_length     (MzBlock        *self);
guint        mz_block_get_level      (MzBlock        *self);
const char  *mz_block_get_language   (MzBlock        *self);
gboolean     mz_block_get_open       (MzBlock        *self);
gboolean     mz_block_get_ordered    (MzBlock        *self);
guint        mz_block_get_start      (MzBlock        *self);
gboolean     mz_block_get_tight      (MzBlock        *self);
MzTask       mz_block_get_task       (MzBlock        *self);
guint        mz_block_get_n_columns  (MzBlock        *self);
MzAlign      mz_block_get_alignment  (MzBlock        *self,
                                      guint           column);
guint        mz_block_get_n_children (MzBlock        *self);
MzBlock     *mz_block_get_child      (MzBlock        *self,
                                      guint           n);
gboolean     mz_block_equal          (MzBlock        *a,
                                      MzBlock        *b);
char        *mz_block_dump           (MzBlock        *self);

/**
 * MzMarkdown:
 *
 * A Markdown text that grows: its blocks, oldest first. Feeding a text in any cuts (also within a UTF-8 sequence or a fence) gives
 * the same blocks as feeding it whole. Only what can still change is parsed again: closed blocks stay, and an open code fence only
 * grows at its end, so that a piece costs the same however long the text is.
 *
 * While a text grows by mz_markdown_append(), a last line is not shown as long as more could give it another meaning: "-" below a
 * paragraph, which would flash as a heading. mz_markdown_finish() shows it, and so does mz_markdown_set_text().
 *
 * Signals:
 * - `::changed` (guint position, guint removed, guint added): top-level blocks from @position on were replaced, once per
 *   mz_markdown_append() at most. Not emitted when the only change is the following.
 * - `::code-grew` (guint position, const char *text): the open code block at @position grew by @text at its end; its
 *   #MzBlock is a new one that shares nothing the caller must know of.
 */
#define MZ_TYPE_MARKDOWN (mz_markdown_get_type ())
G_DECLARE_FINAL_TYPE (MzMarkdown, mz_markdown, MZ, MARKDOWN, GObject)

MzMarkdown  *mz_markdown_new          (void);
void         mz_markdown_append       (MzMarkdown     *self,
                                       const char     *text,
                                       gssize          length);
void         mz_markdown_finish       (MzMarkdown     *self);
void         mz_markdown_set_text     (MzMarkdown     *self,
                                       const char     *text,
                                       gssize          length);
guint        mz_markdown_get_n_blocks (MzMarkdown     *self);
MzBlock     *mz_markdown_get_block    (MzMarkdown     *self,
                                       guint           n);
char        *mz_markdown_dump         (MzMarkdown     *self);

gboolean     mz_markdown_link_is_safe (const char     *uri);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzBlock, mz_block_unref)

G_END_DECLS
