/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-markdown"

#include "config.h"

#include <string.h>

#include "mz-markdown-private.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* How many bytes the sequence has that begins with @lead, or 0. */
static guint
sequence_length (guint8 lead)
{
  if (lead >= 0xc2 && lead <= 0xdf)
    return 2;
  if (lead >= 0xe0 && lead <= 0xef)
    return 3;
  if (lead >= 0xf0 && lead <= 0xf4)
    return 4;
  return 0;
}

/* Unicode 15, table 3-7: no overlong form, no surrogate, nothing above U+10FFFF. */
static gboolean
continues (const guint8 *held,
           guint         n_held,
           guint8        byte)
{
  guint8 low = 0x80;
  guint8 high = 0xbf;

  if (n_held == 1)
    {
      switch (held[0])
        {
        case 0xe0:
          low = 0xa0;
          break;
        case 0xed:
          high = 0x9f;
          break;
        case 0xf0:
          low = 0x90;
          break;
        case 0xf4:
          high = 0x8f;
          break;
        default:
          break;
        }
    }
  return byte >= low && byte <= high;
}

static gboolean
is_plain (guint8 byte)
{
  return (byte >= 0x20 && byte < 0x7f) || byte == '\n' || byte == '\t';
}

static void
end_sequence (MzClean *self,
              GString *text)
{
  gboolean first = !self->started;

  self->started = TRUE;

  /* U+0080 to U+009F are control characters too. */
  if (self->n_held == 2 && self->held[0] == 0xc2 && self->held[1] < 0xa0)
    g_string_append (text, REPLACEMENT);
  else if (!first || self->n_held != 3 || memcmp (self->held, BYTE_ORDER_MARK, 3) != 0)
    g_string_append_len (text, (const char *) self->held, self->n_held);
  self->n_held = 0;
}

/*
 * Appends to @text what is sure of @bytes. What could go on with the next ones is held: a sequence that is not whole yet.
 */
void
mz_clean (MzClean    *self,
          const char *bytes,
          gsize       length,
          GString    *text)
{
  const guint8 *p = (const guint8 *) bytes;
  const guint8 *end = p + length;

  while (p < end)
    {
      guint8 byte = *p;

      if (self->n_held > 0)
        {
          if (continues (self->held, self->n_held, byte))
            {
              self->held[self->n_held++] = byte;
              if (self->n_held == sequence_length (self->held[0]))
                end_sequence (self, text);
              p++;
              continue;
            }
          g_string_append (text, REPLACEMENT);
          self->n_held = 0;
          self->started = TRUE;
        }

      /* A return ends a line, and a newline after it is the same end. */
      if (self->after_return && byte == '\n')
        {
          self->after_return = FALSE;
          p++;
          continue;
        }
      self->after_return = FALSE;

      if (is_plain (byte))
        {
          const guint8 *start = p;

          while (p < end && is_plain (*p))
            p++;
          g_string_append_len (text, (const char *) start, p - start);
          self->started = TRUE;
          continue;
        }

      p++;
      if (byte == '\r')
        {
          g_string_append_c (text, '\n');
          self->after_return = TRUE;
          self->started = TRUE;
        }
      else if (sequence_length (byte) > 0)
        {
          self->held[0] = byte;
          self->n_held = 1;
        }
      else
        {
          g_string_append (text, REPLACEMENT);
          self->started = TRUE;
        }
    }
}
