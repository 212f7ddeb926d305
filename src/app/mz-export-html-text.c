/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-export-private.h"

#include <string.h>

#include "mz-markdown.h"

/* Texts of peers as HTML: only the tags that are written here, and only addresses that may be clicked. */

void
mz_export_html_escape (GString    *out,
                       const char *text)
{
  const char *run = text;
  const char *p;

  for (p = text; *p != '\0'; p++)
    {
      const char *entity = NULL;

      if (*p == '&')
        entity = "&amp;";
      else if (*p == '<')
        entity = "&lt;";
      else if (*p == '>')
        entity = "&gt;";
      else if (*p == '"')
        entity = "&quot;";
      else if (*p == '\'')
        entity = "&#39;";
      else if (((guchar) *p >= 0x20 || *p == '\n' || *p == '\t') && *p != 0x7f)
        continue;

      /* Control characters are none of HTML's. */
      g_string_append_len (out, run, p - run);
      g_string_append (out, entity != NULL ? entity : "");
      run = p + 1;
    }
  g_string_append_len (out, run, p - run);
}

/* Copies what is escaped already, up to the quote. Returns what is behind it, or NULL when there is none. */
static const char *
append_link (GString    *out,
             const char *address)
{
  const char *quote = strchr (address, '"');
  const char *end = quote != NULL ? strchr (quote, '>') : NULL;

  if (end == NULL)
    return NULL;

  g_string_append (out, "<a rel=\"noopener noreferrer\" href=\"");
  g_string_append_len (out, address, quote - address);
  g_string_append (out, "\">");

  return end + 1;
}

/* MzBlock's markup: text that is escaped, and these tags. The address is one that mz_markdown_link_is_safe() has let through. */
static void
append_markup (GString    *out,
               const char *markup)
{
  static const struct
  {
    const char *from;
    const char *to;
  } tags[] = {
    { "<b>", "<strong>" },
    { "</b>", "</strong>" },
    { "<i>", "<em>" },
    { "</i>", "</em>" },
    { "<s>", "<s>" },
    { "</s>", "</s>" },
    { "<tt>", "<code>" },
    { "</tt>", "</code>" },
    { "</a>", "</a>" },
  };
  const char *p = markup;

  while (*p != '\0')
    {
      gsize n = strcspn (p, "<\n");
      gboolean known = FALSE;

      g_string_append_len (out, p, n);
      p += n;
      if (*p == '\n')
        {
          g_string_append (out, "<br>\n");
          p++;
          continue;
        }
      if (*p == '\0')
        break;

      if (g_str_has_prefix (p, "<a href=\""))
        {
          const char *end = append_link (out, p + strlen ("<a href=\""));

          if (end != NULL)
            {
              p = end;
              continue;
            }
        }
      for (gsize i = 0; !known && i < G_N_ELEMENTS (tags); i++)
        if (g_str_has_prefix (p, tags[i].from))
          {
            g_string_append (out, tags[i].to);
            p += strlen (tags[i].from);
            known = TRUE;
          }
      if (!known)
        {
          g_string_append (out, "&lt;");
          p++;
        }
    }
}

static void append_block (GString *out,
                          MzBlock *block);

static void
append_children (GString *out,
                 MzBlock *block)
{
  for (guint i = 0; i < mz_block_get_n_children (block); i++)
    append_block (out, mz_block_get_child (block, i));
}

static void
append_code (GString *out,
             MzBlock *block)
{
  const char *language = mz_block_get_language (block);
  g_autofree char *code = mz_export_visible (mz_block_get_text (block), TRUE);

  g_string_append (out, "<figure class=\"code\">");
  if (language != NULL && *language != '\0')
    {
      g_string_append (out, "<figcaption>");
      mz_export_html_escape (out, language);
      g_string_append (out, "</figcaption>");
    }

  g_string_append (out, "<pre tabindex=\"0\"><code>");
  mz_export_html_escape (out, code);
  g_string_append (out, "</code></pre></figure>\n");
}

static void
append_list (GString *out,
             MzBlock *list)
{
  gboolean ordered = mz_block_get_ordered (list);

  if (ordered && mz_block_get_start (list) != 1)
    g_string_append_printf (out, "<ol start=\"%u\"", mz_block_get_start (list));
  else
    g_string_append (out, ordered ? "<ol" : "<ul");
  g_string_append (out, mz_block_get_tight (list) ? " class=\"tight\">\n" : ">\n");
  append_children (out, list);
  g_string_append (out, ordered ? "</ol>\n" : "</ul>\n");
}

static void
append_item (GString *out,
             MzBlock *item)
{
  MzTask task = mz_block_get_task (item);

  if (task == MZ_TASK_NONE)
    g_string_append (out, "<li dir=\"auto\">");
  else
    g_string_append_printf (out, "<li dir=\"auto\" class=\"task\"><input type=\"checkbox\" disabled%s>",
                            task == MZ_TASK_DONE ? " checked" : "");
  append_children (out, item);
  g_string_append (out, "</li>\n");
}

static void
append_table (GString *out,
              MzBlock *table)
{
  static const char *const classes[] = {
    [MZ_ALIGN_DEFAULT] = "",
    [MZ_ALIGN_LEFT] = " class=\"left\"",
    [MZ_ALIGN_CENTER] = " class=\"center\"",
    [MZ_ALIGN_RIGHT] = " class=\"right\"",
  };

  g_string_append (out, "<div class=\"table\" tabindex=\"0\"><table>\n");
  for (guint i = 0; i < mz_block_get_n_children (table); i++)
    {
      MzBlock *row = mz_block_get_child (table, i);
      const char *tag = i == 0 ? "th" : "td";

      g_string_append (out, i == 0 ? "<thead><tr>" : i == 1 ? "<tbody>\n<tr>" : "<tr>");
      for (guint j = 0; j < mz_block_get_n_children (row); j++)
        {
          g_string_append_printf (out, "<%s dir=\"auto\"%s>", tag, classes[mz_block_get_alignment (table, j)]);
          append_markup (out, mz_block_get_markup (mz_block_get_child (row, j)));
          g_string_append_printf (out, "</%s>", tag);
        }
      g_string_append (out, i == 0 ? "</tr></thead>\n" : "</tr>\n");
    }
  g_string_append (out, mz_block_get_n_children (table) > 1 ? "</tbody></table></div>\n" : "</table></div>\n");
}

static void
append_block (GString *out,
              MzBlock *block)
{
  guint level;

  switch (mz_block_get_kind (block))
    {
    case MZ_BLOCK_PARAGRAPH:
      g_string_append (out, "<p dir=\"auto\">");
      append_markup (out, mz_block_get_markup (block));
      g_string_append (out, "</p>\n");
      break;
    case MZ_BLOCK_HEADING:
      /* The document's own are the first two. */
      level = MIN (mz_block_get_level (block) + 2, 6);
      g_string_append_printf (out, "<h%u dir=\"auto\">", level);
      append_markup (out, mz_block_get_markup (block));
      g_string_append_printf (out, "</h%u>\n", level);
      break;
    case MZ_BLOCK_CODE:
      append_code (out, block);
      break;
    case MZ_BLOCK_QUOTE:
      g_string_append (out, "<blockquote>\n");
      append_children (out, block);
      g_string_append (out, "</blockquote>\n");
      break;
    case MZ_BLOCK_LIST:
      append_list (out, block);
      break;
    case MZ_BLOCK_ITEM:
      append_item (out, block);
      break;
    case MZ_BLOCK_TABLE:
      append_table (out, block);
      break;
    case MZ_BLOCK_RULE:
      g_string_append (out, "<hr>\n");
      break;
    case MZ_BLOCK_ROW:
    case MZ_BLOCK_CELL:
    default:
      append_children (out, block);
      break;
    }
}

/* Markdown, as the conversation shows it. */
void
mz_export_html_prose (GString    *out,
                      const char *text)
{
  g_autoptr (MzMarkdown) markdown = mz_markdown_new ();

  mz_markdown_set_text (markdown, text, -1);
  for (guint i = 0; i < mz_markdown_get_n_blocks (markdown); i++)
    append_block (out, mz_markdown_get_block (markdown, i));
}
