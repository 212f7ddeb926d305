/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-block-plain.h"

#include <string.h>

#include "mz-text-util.h"

/* What a code view costs beside a short label, which is about 0.1 ms. */
#define CODE_WEIGHT 10
/* Bytes of text that cost as much as a short label. */
#define TEXT_WEIGHT 100
/* Characters without an end of a word that cost as much; twice as many cost four times as much. */
#define RUN_WEIGHT 120
/* Columns of text that is not in labels. */
#define PLAIN_COLUMNS 100

/**
 * mz_block_weight:
 * @block: a block
 *
 * Returns: about how many labels it costs to show it
 */
guint
mz_block_weight (MzBlock *block)
{
  guint n_children = mz_block_get_n_children (block);
  gsize length = mz_block_get_length (block);
  guint weight = n_children == 0 ? 1 : 0;

  if (mz_block_get_kind (block) == MZ_BLOCK_CODE)
    return CODE_WEIGHT;

  if (length > RUN_WEIGHT)
    {
      gsize run = mz_text_longest_run (mz_block_get_text (block));
      gsize n_runs = run > 0 ? length / run : 0;

      if (run > MZ_TEXT_MAX_RUN)
        return CODE_WEIGHT;
      weight += MIN (length / TEXT_WEIGHT + n_runs * (run / RUN_WEIGHT) * (run / RUN_WEIGHT), G_MAXINT16);
    }
  for (guint i = 0; i < n_children; i++)
    weight += mz_block_weight (mz_block_get_child (block, i));

  return weight;
}

static void
append_plain (MzBlock *block,
              GString *plain,
              guint    indent)
{
  guint n_children = mz_block_get_n_children (block);
  guint number = mz_block_get_start (block);

  switch (mz_block_get_kind (block))
    {
    case MZ_BLOCK_LIST:
      for (guint i = 0; i < n_children; i++)
        {
          for (guint n = 0; n < indent; n++)
            g_string_append_c (plain, ' ');
          if (mz_block_get_ordered (block))
            g_string_append_printf (plain, "%u. ", number + i);
          else
            g_string_append (plain, "• ");
          append_plain (mz_block_get_child (block, i), plain, indent + 2);
        }
      break;

    case MZ_BLOCK_QUOTE:
    case MZ_BLOCK_ITEM:
    case MZ_BLOCK_TABLE:
      for (guint i = 0; i < n_children; i++)
        append_plain (mz_block_get_child (block, i), plain, indent);
      if (n_children == 0)
        g_string_append_c (plain, '\n');
      break;

    case MZ_BLOCK_ROW:
      for (guint i = 0; i < n_children; i++)
        {
          if (i > 0)
            g_string_append_c (plain, '\t');
          g_string_append (plain, mz_block_get_text (mz_block_get_child (block, i)));
        }
      g_string_append_c (plain, '\n');
      break;

    case MZ_BLOCK_RULE:
      g_string_append (plain, "———\n");
      break;

    case MZ_BLOCK_CODE:
      g_string_append (plain, mz_block_get_text (block));
      g_string_append_c (plain, '\n');
      break;

    case MZ_BLOCK_PARAGRAPH:
    case MZ_BLOCK_HEADING:
    case MZ_BLOCK_CELL:
    default:
      mz_text_append_wrapped (mz_block_get_text (block), PLAIN_COLUMNS, plain);
      g_string_append_c (plain, '\n');
      break;
    }
}

/**
 * mz_block_append_plain:
 * @block: a block
 * @plain: its text is appended here
 *
 * What @block says, without widgets.
 */
void
mz_block_append_plain (MzBlock *block,
                       GString *plain)
{
  if (plain->len > 0)
    g_string_append_c (plain, '\n');
  append_plain (block, plain, 0);
}
