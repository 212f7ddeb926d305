/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What md4c tells of a chunk becomes a tree of blocks.
 */
#define G_LOG_DOMAIN "moltzer-markdown"

#include "config.h"

#include "mz-markdown.h"

#include <md4c.h>
#include <string.h>

#include "mz-inline.h"
#include "mz-markdown-private.h"

/* GitHub's dialect, but raw HTML is text. */
#define FLAGS (MD_FLAG_TABLES | MD_FLAG_TASKLISTS | MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEAUTOLINKS | MD_FLAG_NOHTML)

/* How many levels must be left below a quote and a list, so that a table fits: its rows and cells, and the items. */
#define ROOM_IN_QUOTE 3
#define ROOM_IN_LIST 4

typedef struct
{
  const char *source;
  const char *source_end;

  /* (element-type MzBlock): top-level blocks */
  GPtrArray *blocks;

  /* (element-type MzBlock) (transfer none): the containers we are in, outermost first, and how many more that are too deep */
  GPtrArray *containers;
  guint too_deep;

  /* The leaf that is being filled. */
  gboolean in_leaf;
  MzBlockKind leaf;
  guint level;
  MzInline inlines;

  gboolean in_code;
  MzCode *code;
  char *language;
  guint pending_indent;
  const char *code_end;

  /* The table. */
  MzAlign aligns[MZ_SPLIT_MAX_COLUMNS];
  guint column;
  MzBlock *empty_cell;

  /* (nullable): the code that is the last block so far, and what its fence is made of, if it has one */
  MzBlock *last_code;
  char fence_mark;
} Parse;

static void
add_block (Parse   *parse,
           MzBlock *block)
{
  if (parse->containers->len > 0)
    mz_block_add (g_ptr_array_index (parse->containers, parse->containers->len - 1), block);
  else
    g_ptr_array_add (parse->blocks, block);
}

static void
push_container (Parse   *parse,
                MzBlock *block)
{
  add_block (parse, block);
  g_ptr_array_add (parse->containers, block);
}

static void
pop_container (Parse *parse)
{
  g_ptr_array_set_size (parse->containers, parse->containers->len - 1);
}

static MzBlock *
container (Parse *parse)
{
  return g_ptr_array_index (parse->containers, parse->containers->len - 1);
}

static gboolean
has_room (Parse *parse,
          guint  below)
{
  return parse->too_deep == 0 && parse->containers->len + 1 + below <= MZ_MARKDOWN_MAX_DEPTH;
}

static void
begin_leaf (Parse       *parse,
            MzBlockKind  kind)
{
  parse->in_leaf = TRUE;
  parse->leaf = kind;
  mz_inline_begin (&parse->inlines, kind == MZ_BLOCK_CELL);
}

static void
end_leaf (Parse *parse)
{
  MzBlock *block;

  if (!parse->in_leaf)
    return;

  parse->in_leaf = FALSE;
  mz_inline_end (&parse->inlines);
  block = mz_block_new (parse->leaf);
  mz_block_set_markup (block, parse->inlines.markup, parse->inlines.text);
  if (parse->leaf == MZ_BLOCK_HEADING)
    mz_block_set_level (block, parse->level);
  add_block (parse, block);
}

/* Text of an item of a tight list comes without a paragraph around it. */
static void
need_leaf (Parse *parse)
{
  if (!parse->in_leaf)
    {
      begin_leaf (parse, MZ_BLOCK_PARAGRAPH);
      parse->last_code = NULL;
    }
}

static int
enter_span (MD_SPANTYPE  type,
            void        *detail,
            void        *user_data)
{
  Parse *parse = user_data;

  need_leaf (parse);
  mz_inline_enter (&parse->inlines, type, detail);
  return 0;
}

static int
leave_span (MD_SPANTYPE  type,
            void        *detail,
            void        *user_data)
{
  Parse *parse = user_data;

  if (parse->in_leaf)
    mz_inline_leave (&parse->inlines, type);
  return 0;
}

static void
append_spaces (MzCode *code,
               guint   n)
{
  for (; n > 0; n--)
    mz_code_append (code, " ", 1);
}

static guint
next_column (guint column,
             char  c)
{
  return c == '\t' ? (column + 4) & ~3u : column + 1;
}

/*
 * md4c gives the indentation of a line of code as spaces, also where tabs were written. A Makefile wants its tabs: the columns are
 * filled with what stands before @line in the source.
 */
static void
append_indent (Parse      *parse,
               const char *line)
{
  const char *blank = line;
  const char *start;
  guint indent = parse->pending_indent;
  guint end = 0;
  guint column = 0;

  parse->pending_indent = 0;
  while (blank > parse->source && (blank[-1] == ' ' || blank[-1] == '\t'))
    blank--;
  for (start = blank; start > parse->source && start[-1] != '\n'; start--)
    ;
  for (const char *p = start; p < line; p++)
    end = next_column (end, *p);
  if (indent > end || memchr (blank, '\t', line - blank) == NULL)
    {
      append_spaces (parse->code, indent);
      return;
    }

  for (const char *p = start; p < line; p++)
    {
      guint next = next_column (column, *p);

      if (p >= blank && column >= end - indent)
        mz_code_append (parse->code, p, 1);
      else if (p >= blank && next > end - indent)
        append_spaces (parse->code, next - (end - indent));
      column = next;
    }
}

static void
append_code (Parse      *parse,
             const char *text,
             gsize       length)
{
  gboolean from_source = text >= parse->source && text <= parse->source_end;

  /* Spaces that are not from the source stand for the indentation of what comes. */
  if (!from_source && *text == ' ')
    {
      parse->pending_indent += length;
      return;
    }

  if (parse->pending_indent > 0 && from_source)
    append_indent (parse, text);
  append_spaces (parse->code, parse->pending_indent);
  parse->pending_indent = 0;

  if (from_source)
    parse->code_end = text + length;
  mz_code_append (parse->code, text, length);
}

/* How many bytes a `<br>`, `<br/>` or `<br />` at the beginning of @text has; 0 when it begins with something else. */
static gsize
get_line_break (const char *text,
                gsize       length)
{
  gsize i = 3;

  if (length < 4 || g_ascii_strncasecmp (text, "<br", 3) != 0)
    return 0;
  while (i < length && text[i] == ' ')
    i++;
  if (i < length && text[i] == '/')
    i++;

  return i < length && text[i] == '>' ? i + 1 : 0;
}

/* HTML is shown as it was written. But a line break is common where Markdown has none, in cells. */
static void
append_normal (Parse      *parse,
               const char *text,
               gsize       length)
{
  gsize from = 0;

  for (gsize i = 0; i < length; i++)
    {
      gsize n = text[i] == '<' ? get_line_break (text + i, length - i) : 0;

      if (n == 0 || (i == 0 && text > parse->source && text[-1] == '\\'))
        continue;
      mz_inline_text (&parse->inlines, MD_TEXT_NORMAL, text + from, i - from);
      mz_inline_text (&parse->inlines, MD_TEXT_BR, NULL, 0);
      from = i + n;
      i = from - 1;
    }
  mz_inline_text (&parse->inlines, MD_TEXT_NORMAL, text + from, length - from);
}

static int
text_cb (MD_TEXTTYPE  type,
         const char  *text,
         MD_SIZE      length,
         void        *user_data)
{
  Parse *parse = user_data;

  if (parse->in_code)
    {
      append_code (parse, text, length);
      return 0;
    }

  need_leaf (parse);
  if (type == MD_TEXT_NORMAL)
    append_normal (parse, text, length);
  else
    mz_inline_text (&parse->inlines, type, text, length);
  return 0;
}

/* Whether the line from @start to @end, of which some containers' marks are the beginning, could be the end of a fence. */
static gboolean
is_closing_line (const char *start,
                 const char *end,
                 char        mark)
{
  guint n = 0;

  while (start < end && (*start == ' ' || *start == '\t' || *start == '>'))
    start++;
  while (start < end && *start == mark)
    {
      start++;
      n++;
    }
  while (start < end && (*start == ' ' || *start == '\t'))
    start++;
  return n >= 3 && start == end;
}

/* md4c does not tell whether the last code's fence was closed; the last line does. */
static gboolean
is_last_code_open (Parse *parse)
{
  const char *end = parse->source_end;
  const char *start;

  while (end > parse->source && g_ascii_isspace (end[-1]))
    end--;
  for (start = end; start > parse->source && start[-1] != '\n'; start--)
    ;
  if (!is_closing_line (start, end, parse->fence_mark))
    return TRUE;

  /* It could be a line of the code, or with no code yet the beginning of it. */
  if (parse->code_end != NULL)
    return parse->code_end > start;
  if (start == parse->source)
    return TRUE;
  end = start - 1;
  for (start = end; start > parse->source && start[-1] != '\n'; start--)
    ;
  for (; start < end; start++)
    {
      if (end - start >= 3 && start[0] == parse->fence_mark && start[1] == parse->fence_mark && start[2] == parse->fence_mark)
        return FALSE;
    }
  return TRUE;
}

static void
end_code (Parse *parse)
{
  g_autoptr (MzCode) code = mz_code_new ();
  gsize length;

  append_spaces (parse->code, parse->pending_indent);
  parse->pending_indent = 0;

  /* The newline after the last line is md4c's. */
  length = mz_code_get_length (parse->code);
  if (length > 0 && mz_code_get_text (parse->code)[length - 1] == '\n')
    length--;
  mz_code_append (code, mz_code_get_text (parse->code), length);

  parse->last_code = mz_block_new_code (code, parse->language, FALSE);
  add_block (parse, parse->last_code);
  parse->in_code = FALSE;
  g_clear_pointer (&parse->code, mz_code_unref);
  g_clear_pointer (&parse->language, g_free);
}

static void
begin_code (Parse                      *parse,
            const MD_BLOCK_CODE_DETAIL *detail)
{
  parse->in_code = TRUE;
  parse->code = mz_code_new ();
  parse->code_end = NULL;
  parse->fence_mark = detail->fence_char;
  parse->language = mz_inline_attribute (&detail->lang);
}

static void
begin_cell (Parse    *parse,
            MD_ALIGN  align)
{
  static const MzAlign aligns[] = {
    [MD_ALIGN_DEFAULT] = MZ_ALIGN_DEFAULT,
    [MD_ALIGN_LEFT] = MZ_ALIGN_LEFT,
    [MD_ALIGN_CENTER] = MZ_ALIGN_CENTER,
    [MD_ALIGN_RIGHT] = MZ_ALIGN_RIGHT,
  };

  begin_leaf (parse, MZ_BLOCK_CELL);
  if (parse->column < MZ_SPLIT_MAX_COLUMNS)
    parse->aligns[parse->column] = aligns[align];
  parse->column++;
}

/* A table may have very many cells with nothing in them: they are all one. */
static void
end_cell (Parse *parse)
{
  mz_inline_end (&parse->inlines);
  if (parse->inlines.text->len > 0)
    {
      end_leaf (parse);
      return;
    }

  parse->in_leaf = FALSE;
  if (parse->empty_cell == NULL)
    {
      parse->empty_cell = mz_block_new (MZ_BLOCK_CELL);
      mz_inline_begin (&parse->inlines, TRUE);
      mz_block_set_markup (parse->empty_cell, parse->inlines.markup, parse->inlines.text);
    }
  add_block (parse, mz_block_ref (parse->empty_cell));
}

static void
begin_container (Parse   *parse,
                 MzBlock *block,
                 guint    room)
{
  if (has_room (parse, room))
    {
      push_container (parse, block);
    }
  else
    {
      mz_block_unref (block);
      parse->too_deep++;
    }
}

static void
end_container (Parse *parse)
{
  if (parse->too_deep > 0)
    parse->too_deep--;
  else
    pop_container (parse);
}

static MzBlock *
list_new (gboolean ordered,
          guint    start,
          gboolean tight)
{
  MzBlock *block = mz_block_new (MZ_BLOCK_LIST);

  mz_block_set_list (block, ordered, start, tight);
  return block;
}

static MzBlock *
item_new (const MD_BLOCK_LI_DETAIL *detail)
{
  MzBlock *block = mz_block_new (MZ_BLOCK_ITEM);

  if (detail->is_task)
    mz_block_set_task (block, detail->task_mark == ' ' ? MZ_TASK_OPEN : MZ_TASK_DONE);
  return block;
}

static int
enter_block (MD_BLOCKTYPE  type,
             void         *detail,
             void         *user_data)
{
  Parse *parse = user_data;

  end_leaf (parse);
  if (type != MD_BLOCK_DOC)
    parse->last_code = NULL;

  switch (type)
    {
    case MD_BLOCK_QUOTE:
      begin_container (parse, mz_block_new (MZ_BLOCK_QUOTE), ROOM_IN_QUOTE);
      break;
    case MD_BLOCK_UL:
      begin_container (parse, list_new (FALSE, 0, ((MD_BLOCK_UL_DETAIL *) detail)->is_tight), ROOM_IN_LIST);
      break;
    case MD_BLOCK_OL:
      {
        MD_BLOCK_OL_DETAIL *list = detail;

        begin_container (parse, list_new (TRUE, list->start, list->is_tight), ROOM_IN_LIST);
      }
      break;
    case MD_BLOCK_LI:
      begin_container (parse, item_new (detail), ROOM_IN_QUOTE);
      break;
    case MD_BLOCK_HR:
      add_block (parse, mz_block_new (MZ_BLOCK_RULE));
      break;
    case MD_BLOCK_H:
      parse->level = ((MD_BLOCK_H_DETAIL *) detail)->level;
      begin_leaf (parse, MZ_BLOCK_HEADING);
      break;
    case MD_BLOCK_CODE:
      begin_code (parse, detail);
      break;
    case MD_BLOCK_P:
    case MD_BLOCK_HTML:
      begin_leaf (parse, MZ_BLOCK_PARAGRAPH);
      break;
    case MD_BLOCK_TABLE:
      push_container (parse, mz_block_new (MZ_BLOCK_TABLE));
      break;
    case MD_BLOCK_TR:
      push_container (parse, mz_block_new (MZ_BLOCK_ROW));
      parse->column = 0;
      break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
      begin_cell (parse, ((MD_BLOCK_TD_DETAIL *) detail)->align);
      break;
    case MD_BLOCK_DOC:
    case MD_BLOCK_THEAD:
    case MD_BLOCK_TBODY:
    default:
      break;
    }
  return 0;
}

static int
leave_block (MD_BLOCKTYPE  type,
             void         *detail,
             void         *user_data)
{
  Parse *parse = user_data;

  switch (type)
    {
    case MD_BLOCK_QUOTE:
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
    case MD_BLOCK_LI:
      end_leaf (parse);
      end_container (parse);
      break;
    case MD_BLOCK_CODE:
      end_code (parse);
      break;
    case MD_BLOCK_TABLE:
      pop_container (parse);
      break;
    case MD_BLOCK_TR:
      pop_container (parse);
      mz_block_set_alignments (container (parse), parse->aligns, MIN (parse->column, MZ_SPLIT_MAX_COLUMNS));
      break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
      end_cell (parse);
      break;
    case MD_BLOCK_DOC:
    case MD_BLOCK_H:
    case MD_BLOCK_P:
    case MD_BLOCK_HTML:
    case MD_BLOCK_HR:
    case MD_BLOCK_THEAD:
    case MD_BLOCK_TBODY:
    default:
      end_leaf (parse);
      break;
    }
  return 0;
}

static const MD_PARSER parser = {
  .abi_version = 0,
  .flags = FLAGS,
  .enter_block = enter_block,
  .leave_block = leave_block,
  .enter_span = enter_span,
  .leave_span = leave_span,
  .text = text_cb,
};

static void
parse_init (Parse     *parse,
            GPtrArray *blocks)
{
  parse->blocks = blocks;
  parse->containers = g_ptr_array_new ();
  mz_inline_init (&parse->inlines);
}

static void
parse_clear (Parse *parse)
{
  g_ptr_array_unref (parse->containers);
  mz_inline_clear (&parse->inlines);
  g_clear_pointer (&parse->code, mz_code_unref);
  g_clear_pointer (&parse->language, g_free);
  g_clear_pointer (&parse->empty_cell, mz_block_unref);
}

/*
 * Appends to @blocks those of a chunk, a text that mz_split_line() would not cut. @definitions: (nullable): lines that define where
 * references lead, from all the text.
 */
void
mz_markdown_parse (const char   *text,
                   gsize         length,
                   const char   *definitions,
                   MzParseFlags  flags,
                   GPtrArray    *blocks)
{
  g_autofree char *guarded = mz_split_guard (text, length, &length);
  g_autoptr (GString) source = g_string_sized_new (length + 16);
  Parse parse = { 0 };

  if (definitions != NULL && *definitions != '\0')
    {
      g_string_append (source, definitions);
      g_string_append_c (source, '\n');
    }
  g_string_append_len (source, guarded != NULL ? guarded : text, length);

  /* md4c 0.4 looks one character beyond an address that the text ends in: what is there must not depend on who calls. */
  if (source->len > 0 && source->str[source->len - 1] != '\n')
    g_string_append_c (source, '\n');

  parse_init (&parse, blocks);
  parse.source = source->str;
  parse.source_end = source->str + source->len;
  if (md_parse (source->str, source->len, &parser, &parse) != 0)
    g_warning ("A text could not be parsed");
  if ((flags & MZ_PARSE_LAST) != 0 && parse.last_code != NULL && parse.fence_mark != 0 && is_last_code_open (&parse))
    mz_block_set_open (parse.last_code, TRUE);
  parse_clear (&parse);
}

/* (transfer full): a paragraph of @text as it is */
MzBlock *
mz_markdown_parse_plain (const char *text,
                         gsize       length)
{
  MzBlock *block = mz_block_new (MZ_BLOCK_PARAGRAPH);
  MzInline inlines;

  mz_inline_init (&inlines);
  mz_inline_text (&inlines, MD_TEXT_NORMAL, text, length);
  mz_block_set_markup (block, inlines.markup, inlines.text);
  mz_inline_clear (&inlines);
  return block;
}

/* (transfer full) (nullable): the language that the line of an opening fence names */
char *
mz_markdown_parse_info (const char *line,
                        gsize       length)
{
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_block_unref);

  mz_markdown_parse (line, length, NULL, MZ_PARSE_DEFAULT, blocks);
  return blocks->len > 0 ? g_strdup (mz_block_get_language (g_ptr_array_index (blocks, 0))) : NULL;
}

/* Whether @line defines where a reference leads, and is nothing else. */
gboolean
mz_markdown_is_definition (const char *line,
                           gsize       length)
{
  g_autoptr (GPtrArray) blocks = NULL;
  const char *p = line;
  const char *end = line + length;

  while (p < end && p - line < 4 && *p == ' ')
    p++;
  if (p == end || *p != '[' || length > MZ_SPLIT_MAX_DEFINITION || g_strstr_len (p, end - p, "]:") == NULL)
    return FALSE;

  blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_block_unref);
  mz_markdown_parse (line, length, NULL, MZ_PARSE_DEFAULT, blocks);
  return blocks->len == 0;
}
