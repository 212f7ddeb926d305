/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stream merging: whatever comes in whatever order, who follows the changes sees the text, and a text cut into pieces, some of them repeated
 * or late, comes out whole.
 *
 * The first byte says what each event carries (1: the piece, 2: the text so far), the next say how it is cut and mixed, and after a
 * zero byte comes the text.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "mz-stream.h"

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
follow (GString        *seen,
        MzStreamChange  change,
        const char     *appended,
        gsize           length)
{
  if (change == MZ_STREAM_REPLACED)
    g_string_truncate (seen, 0);
  if (change == MZ_STREAM_APPENDED || change == MZ_STREAM_REPLACED)
    g_string_append_len (seen, appended, length);
  else
    g_assert_true (appended == NULL && length == 0);
}

/* Events as they come. */
static void
feed_anything (const uint8_t *data,
               size_t         size)
{
  g_autoptr (MzStream) stream = mz_stream_new ();
  g_autoptr (GString) seen = g_string_new (NULL);

  for (size_t i = 0; i + 3 < size;)
    {
      uint8_t flags = data[i];
      gint64 seq = flags & 0x80 ? -1 : data[i + 1];
      size_t length_a = MIN (data[i + 2] & 0x0f, size - i - 3);
      size_t length_b = MIN (data[i + 2] >> 4, size - i - 3 - length_a);
      g_autofree char *a = flags & 1 ? g_strndup ((const char *) data + i + 3, length_a) : NULL;
      g_autofree char *b = flags & 2 ? g_strndup ((const char *) data + i + 3 + length_a, length_b) : NULL;
      gint64 before = mz_stream_get_seq (stream);
      const char *appended;
      gsize length;
      MzStreamChange change;

      if (flags & 4)
        change = mz_stream_reset (stream, seq, b, &appended, &length);
      else
        change = mz_stream_apply (stream, seq, a, (flags & 8) != 0, b, &appended, &length);
      follow (seen, change, appended, length);

      g_assert_cmpint (mz_stream_get_seq (stream), >=, before);
      g_assert_cmpuint (mz_stream_get_length (stream), ==, strlen (mz_stream_get_text (stream)));
      g_assert_cmpstr (mz_stream_get_text (stream), ==, seen->str);
      i += 3 + length_a + length_b;
    }
}

static void
feed_pieces (const uint8_t *data,
             size_t         size)
{
  const uint8_t *zero = size > 1 ? memchr (data + 1, 0, size - 1) : NULL;
  g_autoptr (MzStream) stream = NULL;
  g_autoptr (GString) seen = NULL;
  g_autoptr (GArray) ends = NULL;
  g_autofree char *whole = NULL;
  gboolean deltas = size > 0 && (data[0] & 1) != 0;
  gboolean cumulative = size > 0 && (data[0] & 2) != 0;
  size_t n_cuts;
  size_t length_of_whole;
  guint next = 0;

  if (zero == NULL || zero == data + 1 || (!deltas && !cumulative))
    return;

  n_cuts = zero - data - 1;
  whole = g_strndup ((const char *) zero + 1, MIN (size - n_cuts - 2, 4096));
  length_of_whole = strlen (whole);
  stream = mz_stream_new ();
  seen = g_string_new (NULL);
  ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  for (gsize i = 0, end = 0; end < length_of_whole; i++)
    {
      end = MIN (length_of_whole, end + 1 + data[1 + i % n_cuts] % 16);
      g_array_append_val (ends, end);
    }

  for (guint step = 0; next < ends->len; step++)
    {
      uint8_t mix = data[1 + step % n_cuts];

      /* One that was here, or one that is not due, then the one that is. */
      for (guint turn = 0; turn < 2; turn++)
        {
          guint pick = next;
          gsize start;
          gsize end;
          g_autofree char *piece = NULL;
          g_autofree char *so_far = NULL;
          const char *appended;
          gsize length;
          MzStreamChange change;

          if (turn == 0 && (next == 0 || mix % 3 == 0))
            continue;
          if (turn == 0)
            pick = mix % 3 == 1 ? mix % (next + 1) : MIN (next + mix % 5, ends->len - 1);
          if (pick >= ends->len)
            break;

          start = pick > 0 ? g_array_index (ends, gsize, pick - 1) : 0;
          end = g_array_index (ends, gsize, pick);
          piece = deltas ? g_strndup (whole + start, end - start) : NULL;
          so_far = cumulative ? g_strndup (whole, end) : NULL;
          change = mz_stream_apply (stream, pick, piece, FALSE, so_far, &appended, &length);
          follow (seen, change, appended, length);
          next = mz_stream_get_seq (stream) + 1;

          g_assert_cmpuint (mz_stream_get_length (stream), ==, g_array_index (ends, gsize, next - 1));
          g_assert_cmpint (memcmp (mz_stream_get_text (stream), whole, mz_stream_get_length (stream)), ==, 0);
        }
    }
  g_assert_cmpstr (mz_stream_get_text (stream), ==, whole);
  g_assert_cmpstr (seen->str, ==, whole);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  feed_anything (data, size);
  feed_pieces (data, size);
  return 0;
}
