/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-plain-text.h"

#include <string.h>

#include "mz-markdown.h"

static char *block_to_text (MzBlock *block);

static void
append_indented (GString    *out,
                 const char *text,
                 const char *indent)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (i > 0)
        {
          g_string_append_c (out, '\n');
          if (lines[i][0] != '\0')
            g_string_append (out, indent);
        }
      g_string_append (out, lines[i]);
    }
}

static char *
children_to_text (MzBlock    *block,
                  const char *separator)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < mz_block_get_n_children (block); i++)
    {
      g_autofree char *child = block_to_text (mz_block_get_child (block, i));

      if (i > 0)
        g_string_append (out, separator);
      g_string_append (out, child);
    }
  return g_string_free (out, FALSE);
}

static char *
list_to_text (MzBlock *list)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < mz_block_get_n_children (list); i++)
    {
      MzBlock *item = mz_block_get_child (list, i);
      g_autofree char *text = children_to_text (item, mz_block_get_tight (list) ? "\n" : "\n\n");
      g_autofree char *mark = NULL;
      g_autofree char *indent = NULL;

      if (mz_block_get_task (item) != MZ_TASK_NONE)
        mark = g_strdup (mz_block_get_task (item) == MZ_TASK_DONE ? "☑ " : "☐ ");
      else if (mz_block_get_ordered (list))
        mark = g_strdup_printf ("%u. ", mz_block_get_start (list) + i);
      else
        mark = g_strdup ("• ");
      indent = g_strnfill (g_utf8_strlen (mark, -1), ' ');

      if (i > 0)
        g_string_append (out, mz_block_get_tight (list) ? "\n" : "\n\n");
      g_string_append (out, mark);
      append_indented (out, text, indent);
    }
  return g_string_free (out, FALSE);
}

static char *
block_to_text (MzBlock *block)
{
  const char *text;

  switch (mz_block_get_kind (block))
    {
    case MZ_BLOCK_LIST:
      return list_to_text (block);
    case MZ_BLOCK_TABLE:
      return children_to_text (block, "\n");
    case MZ_BLOCK_ROW:
      return children_to_text (block, "\t");
    case MZ_BLOCK_QUOTE:
    case MZ_BLOCK_ITEM:
      return children_to_text (block, "\n\n");
    case MZ_BLOCK_RULE:
      return g_strdup ("———");
    case MZ_BLOCK_CODE:
    case MZ_BLOCK_PARAGRAPH:
    case MZ_BLOCK_HEADING:
    case MZ_BLOCK_CELL:
    default:
      text = mz_block_get_text (block);
      return text != NULL ? g_strchomp (g_strdup (text)) : g_strdup ("");
    }
}

char *
mz_plain_text_of (const char *markdown)
{
  g_autoptr (MzMarkdown) parsed = NULL;
  GString *out;

  g_return_val_if_fail (markdown != NULL, NULL);

  out = g_string_new (NULL);
  parsed = mz_markdown_new ();
  mz_markdown_set_text (parsed, markdown, -1);
  for (guint i = 0; i < mz_markdown_get_n_blocks (parsed); i++)
    {
      g_autofree char *text = block_to_text (mz_markdown_get_block (parsed, i));

      if (i > 0)
        g_string_append (out, "\n\n");
      g_string_append (out, text);
    }
  return g_string_free (out, FALSE);
}
