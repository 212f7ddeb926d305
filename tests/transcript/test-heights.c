/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib.h>

#include "mz-heights.h"

/* The same thing the plain way: an array, -1 for what is not known. */
typedef struct
{
  GArray *rows;
} Naive;

static int
naive_get (Naive           *naive,
           const MzHeights *heights,
           guint            row)
{
  int height = g_array_index (naive->rows, int, row);

  return height >= 0 ? height : mz_heights_get_estimate (heights);
}

static void
check (Naive           *naive,
       const MzHeights *heights)
{
  gint64 offset = 0;

  g_assert_cmpuint (mz_heights_get_length (heights), ==, naive->rows->len);
  for (guint i = 0; i < naive->rows->len; i++)
    {
      int height = naive_get (naive, heights, i);

      g_assert_cmpint (mz_heights_offset_of (heights, i), ==, offset);
      g_assert_cmpint (mz_heights_get (heights, i), ==, height);
      g_assert_cmpint (mz_heights_is_known (heights, i), ==, g_array_index (naive->rows, int, i) >= 0);
      if (height > 0)
        {
          g_assert_cmpuint (mz_heights_row_at (heights, offset), ==, i);
          g_assert_cmpuint (mz_heights_row_at (heights, offset + height - 1), ==, i);
        }
      offset += height;
    }
  g_assert_cmpint (mz_heights_offset_of (heights, naive->rows->len), ==, offset);
  g_assert_cmpint (mz_heights_get_total (heights), ==, offset);
  if (naive->rows->len > 0)
    {
      g_assert_cmpuint (mz_heights_row_at (heights, offset), ==, naive->rows->len - 1);
      g_assert_cmpuint (mz_heights_row_at (heights, offset + 1000000), ==, naive->rows->len - 1);
    }
}

static void
insert (Naive     *naive,
        MzHeights *heights,
        guint      position,
        guint      n_rows)
{
  int unknown = -1;

  for (guint i = 0; i < n_rows; i++)
    g_array_insert_val (naive->rows, position, unknown);
  mz_heights_insert (heights, position, n_rows);
}

static void
test_random (void)
{
  for (guint round = 0; round < 40; round++)
    {
      g_autoptr (MzHeights) heights = mz_heights_new (g_test_rand_int_range (0, 100));
      Naive naive = { g_array_new (FALSE, FALSE, sizeof (int)) };

      for (guint step = 0; step < 400; step++)
        {
          guint length = naive.rows->len;
          guint position = g_test_rand_int_range (0, length + 1);

          switch (g_test_rand_int_range (0, 8))
            {
            case 0:
              insert (&naive, heights, position, g_test_rand_int_range (0, 12));
              break;
            case 1:
              insert (&naive, heights, 0, g_test_rand_int_range (0, 5));
              break;
            case 2:
              {
                guint wanted = g_test_rand_int_range (0, step % 50 == 0 ? 1000 : 8);
                guint n_rows = MIN (length - position, wanted);

                if (n_rows > 0)
                  g_array_remove_range (naive.rows, position, n_rows);
                mz_heights_remove (heights, position, n_rows);
                break;
              }
            default:
              if (position < length)
                {
                  int height = g_test_rand_int_range (0, 500);

                  g_array_index (naive.rows, int, position) = height;
                  mz_heights_set (heights, position, height);
                }
            }
          if (step % 7 == 0)
            check (&naive, heights);
        }
      check (&naive, heights);
      g_array_unref (naive.rows);
    }
}

static void
test_estimate (void)
{
  g_autoptr (MzHeights) heights = mz_heights_new (50);
  gint64 before;

  mz_heights_insert (heights, 0, 1000);
  g_assert_cmpint (mz_heights_get_total (heights), ==, 50000);

  /* It learns early, and then lies still. */
  for (guint i = 0; i < 4; i++)
    mz_heights_set (heights, 999 - i, 100);
  g_assert_cmpint (mz_heights_get_total (heights), ==, 100000);
  for (guint i = 4; i < 8; i++)
    mz_heights_set (heights, 999 - i, 200);
  g_assert_cmpint (mz_heights_get_estimate (heights), ==, 150);
  before = mz_heights_offset_of (heights, 900);
  for (guint i = 8; i < 15; i++)
    mz_heights_set (heights, 999 - i, 10);
  g_assert_cmpint (mz_heights_offset_of (heights, 900), ==, before);

  /* Half as wide: about twice as high. */
  mz_heights_stretch (heights, 2.0);
  g_assert_cmpint (mz_heights_get (heights, 999), ==, 200);
  g_assert_cmpint (mz_heights_get (heights, 0), ==, 300);
  g_assert_cmpint (mz_heights_offset_of (heights, 900), ==, before * 2);
}

static void
test_edges (void)
{
  g_autoptr (MzHeights) heights = mz_heights_new (0);

  g_assert_cmpint (mz_heights_get_total (heights), ==, 0);
  g_assert_cmpint (mz_heights_offset_of (heights, 0), ==, 0);
  mz_heights_insert (heights, 0, 3);
  g_assert_cmpint (mz_heights_get_total (heights), ==, 0);
  g_assert_cmpuint (mz_heights_row_at (heights, 0), ==, 2);
  mz_heights_set (heights, 1, 10);
  g_assert_cmpuint (mz_heights_row_at (heights, -5), ==, 1);
  mz_heights_set (heights, 1, -10);
  g_assert_cmpint (mz_heights_get (heights, 1), ==, 0);
  mz_heights_set (heights, 1, G_MAXINT);
  mz_heights_set (heights, 2, G_MAXINT);
  g_assert_cmpint (mz_heights_get_total (heights), ==, 2 * (gint64) mz_heights_get (heights, 1));
  mz_heights_remove (heights, 0, 3);
  mz_heights_remove (heights, 0, 0);
  g_assert_cmpuint (mz_heights_get_length (heights), ==, 0);
}

/* Growing at its beginning, as history does, and with every height known: the tree stays balanced, or this takes minutes. */
static void
test_many (void)
{
  g_autoptr (MzHeights) heights = mz_heights_new (40);
  gint64 total = 0;

  for (guint page = 0; page < 2000; page++)
    {
      mz_heights_insert (heights, 0, 100);
      for (guint i = 0; i < 100; i++)
        {
          mz_heights_set (heights, i, i + 1);
          total += i + 1;
        }
    }

  g_assert_cmpint (mz_heights_get_total (heights), ==, total);
  for (guint i = 0; i < 200000; i++)
    g_assert_cmpuint (mz_heights_row_at (heights, mz_heights_offset_of (heights, i)), ==, i);
  for (guint i = 0; i < 200000; i++)
    mz_heights_remove (heights, i % 2 == 0 ? 0 : mz_heights_get_length (heights) - 1, 1);
  g_assert_cmpint (mz_heights_get_total (heights), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transcript/heights/random", test_random);
  g_test_add_func ("/transcript/heights/estimate", test_estimate);
  g_test_add_func ("/transcript/heights/edges", test_edges);
  g_test_add_func ("/transcript/heights/many", test_many);

  return g_test_run ();
}
