/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-message-private.h"

#include <string.h>

/* What a gateway puts in the place of what it leaves out of a long text: at the end, or on a line of its own between two pieces
 * (observed: chat.history and session.message, from some 8,000 characters on). */
#define MARK "...(truncated)..."
#define END_MARK "\n" MARK
#define MIDDLE_MARK "\n" MARK "\n"

/* A text can have the mark in its own words; more of them than this is nobody's text. */
#define MAX_MARKS 16

/* Half a character, where the cut went through one. */
#define REPLACEMENT "\357\277\275"

static gsize
trim_half_character (const char *text,
                     gsize       length)
{
  gsize n = strlen (REPLACEMENT);

  while (length >= n && memcmp (text + length - n, REPLACEMENT, n) == 0)
    length -= n;
  return length;
}

static gboolean
has_end_mark (const char *text,
              gsize       length)
{
  return length >= strlen (MARK) && memcmp (text + length - strlen (MARK), MARK, strlen (MARK)) == 0;
}

/* Whether @text looks like one that was cut short; it can be somebody's own words all the same. */
gboolean
mz_text_is_cut (const char *text,
                gsize       length)
{
  return has_end_mark (text, length) || g_strstr_len (text, length, MIDDLE_MARK) != NULL;
}

/* @partial: @text may lack its end, so that what @cut has after the mark says nothing. */
static gboolean
agrees (const char *cut,
        gsize       cut_length,
        const char *text,
        gsize       length,
        gboolean    partial)
{
  const char *from = cut;

  if (has_end_mark (cut, cut_length))
    {
      gsize head = cut_length - strlen (MARK);

      if (head > 0 && cut[head - 1] == '\n')
        head--;
      head = trim_half_character (cut, head);
      if (memcmp (cut, text, MIN (head, length)) == 0 && (partial || length > head))
        return TRUE;
    }

  for (guint i = 0; i < MAX_MARKS; i++)
    {
      const char *mark = g_strstr_len (from, cut_length - (from - cut), MIDDLE_MARK);
      const char *tail;
      gsize tail_length;
      gsize head;

      if (mark == NULL)
        return FALSE;

      head = trim_half_character (cut, mark - cut);
      if (memcmp (cut, text, MIN (head, length)) != 0)
        return FALSE;

      tail = mark + strlen (MIDDLE_MARK);
      tail_length = cut_length - (tail - cut);
      while (tail_length >= strlen (REPLACEMENT) && memcmp (tail, REPLACEMENT, strlen (REPLACEMENT)) == 0)
        {
          tail += strlen (REPLACEMENT);
          tail_length -= strlen (REPLACEMENT);
        }
      if (partial || (length > head + tail_length && memcmp (text + length - tail_length, tail, tail_length) == 0))
        return TRUE;
      from = mark + 1;
    }
  return FALSE;
}

/* Whether @cut is @text cut short: @text is longer, and begins (and after a cut in the middle, ends) in the same way. */
gboolean
mz_text_is_cut_of (const char *cut,
                   gsize       cut_length,
                   const char *text,
                   gsize       length)
{
  return agrees (cut, cut_length, text, length, FALSE);
}

/* Whether @cut can be cut from what @text is, or is the beginning of. */
gboolean
mz_text_cut_agrees (const char *cut,
                    gsize       cut_length,
                    const char *text,
                    gsize       length)
{
  return agrees (cut, cut_length, text, length, TRUE);
}

/* Of @rows, those of the entry @id that came cut short get the text that the same entry's rows have in @whole. A tool's are left: what its record
 * has does not say which row is its. */
void
mz_message_apply_whole (GPtrArray  *rows,
                        const char *id,
                        GPtrArray  *whole)
{
  g_autoptr (GPtrArray) cut = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < rows->len; i++)
    {
      MzMessage *row = g_ptr_array_index (rows, i);

      if (g_strcmp0 (mz_message_get_id (row), id) == 0 && mz_message_get_truncated (row))
        g_ptr_array_add (cut, g_object_ref (row));
    }

  for (guint i = 0; i < whole->len; i++)
    {
      MzMessage *from = g_ptr_array_index (whole, i);
      const char *text = mz_message_get_text (from);
      gsize length = mz_message_get_text_length (from);

      for (guint j = 0; j < cut->len; j++)
        {
          MzMessage *row = g_ptr_array_index (cut, j);

          if (mz_message_get_kind (row) != mz_message_get_kind (from) || mz_message_get_kind (row) == MZ_MESSAGE_TOOL)
            continue;
          if (!mz_text_is_cut_of (mz_message_get_text (row), mz_message_get_text_length (row), text, length) &&
              mz_message_get_block (row) != mz_message_get_block (from))
            continue;
          mz_message_set_text (row, text, length);
          mz_message_set_truncated (row, mz_message_get_truncated (from));
          g_ptr_array_remove_index (cut, j);
          break;
        }
    }
}
