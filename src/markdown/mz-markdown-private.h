/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of this folder share, and a hook for its tests.
 */
#pragma once

#include "mz-markdown.h"

G_BEGIN_DECLS

/* --- Blocks while they are built: nobody else has them yet --- */

/*
 * Code that grows: blocks of different ages share one buffer, and each sees as much of it as there was when it was made.
 */
typedef struct _MzCode MzCode;

MzCode      *mz_code_new              (void);
MzCode      *mz_code_ref              (MzCode         *self);
void         mz_code_unref            (MzCode         *self);
void         mz_code_append           (MzCode         *self,
                                       const char     *text,
                                       gsize           length);
gsize        mz_code_get_length       (MzCode         *self);
const char  *mz_code_get_text         (MzCode         *self);

MzBlock     *mz_block_new             (MzBlockKind     kind);
MzBlock     *mz_block_new_code        (MzCode         *code,
                                       const char     *language,
                                       gboolean        open);
void         mz_block_set_markup      (MzBlock        *self,
                                       GString        *markup,
                                       GString        *text);
void         mz_block_set_level       (MzBlock        *self,
                                       guint           level);
void         mz_block_set_list        (MzBlock        *self,
                                       gboolean        ordered,
                                       guint           start,
                                       gboolean        tight);
void         mz_block_set_task        (MzBlock        *self,
                                       MzTask          task);
void         mz_block_set_alignments  (MzBlock        *self,
                                       const MzAlign  *alignments,
                                       guint           n_columns);
void         mz_block_set_open        (MzBlock        *self,
                                       gboolean        open);
void         mz_block_add             (MzBlock        *self,
                                       MzBlock        *child);
void         mz_block_adopt           (MzBlock        *self,
                                       MzBlock        *before);
const char  *mz_block_get_growth      (MzBlock        *self,
                                       MzBlock        *before);
void         mz_block_continue_list   (MzBlock        *self,
                                       MzBlock        *before);

/* --- Bytes to text --- */

/*
 * Makes clean UTF-8 of bytes, however they are cut: no invalid sequence, no control character but tab and newline, every line ended
 * by a newline alone.
 */
typedef struct
{
  guint8 held[4];
  guint n_held;
  gboolean after_return;
  gboolean started;
} MzClean;

void         mz_clean                 (MzClean        *self,
                                       const char     *bytes,
                                       gsize           length,
                                       GString        *text);

/* --- Where a text may be cut --- */

typedef enum
{
  MZ_SPLIT_START,
  MZ_SPLIT_PLAIN,
  MZ_SPLIT_LIST,
  MZ_SPLIT_INDENTED,
  MZ_SPLIT_FENCE,
} MzSplitState;

typedef enum
{
  MZ_CUT_NONE = 0,
  MZ_CUT_BEFORE = 1 << 0,
  MZ_CUT_AFTER = 1 << 1,
} MzCut;

typedef struct
{
  char mark;
  guint length;
  guint indent;
} MzFence;

typedef struct
{
  MzSplitState state;

  /* Where the chunk begins, and how much it has. */
  gsize start;
  gsize size;
  guint n_lines;

  /* The indent of the last line, whether a blank one came since, the smallest indent of what belongs to an item, and its fence. */
  guint indent;
  gboolean after_blank;
  guint contents_indent;
  MzFence nested;

  /* The first two lines of the table that it is. */
  gsize head_start;
  gsize head_end;

  /* The chunk goes on with the list or the table of the one before, which had grown too long. */
  gboolean continues_list;
  gboolean continues_table;
} MzSplit;

/* A longer line is not looked at as Markdown from there on: 2,500 words are no paragraph. */
#define MZ_SPLIT_MAX_LINE (16 * 1024)

/* Enough to see what a table is about; more are for a spreadsheet, and are shown as they are written. */
#define MZ_SPLIT_MAX_COLUMNS 64

/* A line that defines a reference; and how many of them have an effect beyond their chunk. */
#define MZ_SPLIT_MAX_DEFINITION 1024
#define MZ_SPLIT_MAX_DEFINITIONS 64

MzCut        mz_split_line            (MzSplit        *self,
                                       const char     *text,
                                       gsize           start,
                                       gsize           length);
gboolean     mz_split_is_table        (const char     *head,
                                       gsize           head_length,
                                       const char     *line,
                                       gsize           length);
gboolean     mz_split_is_fence        (const char     *line,
                                       gsize           length,
                                       MzFence        *fence);
gboolean     mz_split_follow_fence    (MzFence        *fence,
                                       const char     *line,
                                       gsize           length);
gboolean     mz_split_is_undecided    (const char     *before,
                                       gsize           before_length,
                                       const char     *line,
                                       gsize           length);
char        *mz_split_guard           (const char     *text,
                                       gsize           length,
                                       gsize          *guarded_length);

/* --- A chunk to blocks --- */

typedef enum
{
  MZ_PARSE_DEFAULT = 0,
  /* It is the end of the text: a fence that is not closed is open. */
  MZ_PARSE_LAST = 1 << 0,
} MzParseFlags;

void         mz_markdown_parse        (const char     *text,
                                       gsize           length,
                                       const char     *definitions,
                                       MzParseFlags    flags,
                                       GPtrArray      *blocks);
MzBlock     *mz_markdown_parse_plain  (const char     *text,
                                       gsize           length);
char        *mz_markdown_parse_info   (const char     *line,
                                       gsize           length);
gboolean     mz_markdown_is_definition (const char    *line,
                                       gsize           length);

/* --- Definitions of references --- */

typedef struct
{
  /* By their label, normalized. */
  GHashTable *lines;

  /* (nullable): the one in the last line, which may still grow */
  char *draft_label;
  char *draft_line;

  /* Labels whose definition changed since the last mz_references_forget_touched(). */
  GHashTable *touched;
} MzReferences;

void         mz_references_init       (MzReferences   *self);
void         mz_references_clear      (MzReferences   *self);
void         mz_references_add        (MzReferences   *self,
                                       const char     *line,
                                       gsize           length);
void         mz_references_set_draft  (MzReferences   *self,
                                       const char     *line,
                                       gsize           length);
gboolean     mz_references_are_touched (MzReferences  *self);
gboolean     mz_references_touch      (MzReferences   *self,
                                       const char     *text,
                                       gsize           length);
void         mz_references_forget_touched (MzReferences *self);
char        *mz_references_collect    (MzReferences   *self,
                                       const char     *text,
                                       gsize           length);

/* --- An open fence --- */

/*
 * Follows the lines of an open fence in a text that grows, each byte once.
 */
typedef struct
{
  MzFence fence;
  MzCode *code;
  char *language;

  /* The last line: where it begins, how far it was looked at, and whether it is code for sure. */
  gsize line_start;
  gsize taken;
  gboolean is_code;
  guint n_lines;

  /* It could be the end of the fence, if nothing more comes in it. */
  gboolean ends;
} MzFenceReader;

void         mz_fence_reader_begin    (MzFenceReader  *self,
                                       const char     *text,
                                       gsize           start,
                                       gsize           line_end);
void         mz_fence_reader_clear    (MzFenceReader  *self);
gboolean     mz_fence_reader_read     (MzFenceReader  *self,
                                       const char     *text,
                                       gsize           length);
MzBlock     *mz_fence_reader_get_block (MzFenceReader *self,
                                       const char     *text,
                                       gsize           length,
                                       gboolean        held);

/* --- Entities and links --- */

void         mz_markdown_append_entity (GString       *text,
                                       const char     *entity,
                                       gsize           length);
char        *mz_markdown_link_encode  (const char     *uri);
char        *mz_markdown_link_warning (const char     *uri,
                                       const char     *text);

/* For the tests: how often a chunk was parsed. */
guint        mz_markdown_get_n_parses (MzMarkdown     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzCode, mz_code_unref)

G_END_DECLS
