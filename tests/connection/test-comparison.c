/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Which strategy is better, from times and failures. */

#include "config.h"

#include "mz-comparison.h"

static void
test_median (void)
{
  static const struct
  {
    double ms[4];
    guint n;
    double median;
  } rows[] = {
    { { 0 }, 0, -1 },
    { { -1, -1, -1 }, 3, -1 },
    { { 7 }, 1, 7 },
    { { 9, 1, 5 }, 3, 5 },
    { { 9, -1, 5 }, 3, 7 },
    { { -1, -1, 5 }, 3, 5 },
    { { 4, 1, 3, 2 }, 4, 2.5 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpfloat_with_epsilon (mz_comparison_median (rows[i].ms, rows[i].n), rows[i].median, 1e-9);
}

static void
test_judge (void)
{
  static const struct
  {
    double ipv4_only[3];
    double standard[3];
    MzComparisonVerdict verdict;
  } rows[] = {
    { { 10, 11, 12 }, { 12, 11, 10 }, MZ_COMPARISON_SAME },
    /* twice as fast, but nobody feels it */
    { { 10, 10, 10 }, { 20, 20, 20 }, MZ_COMPARISON_SAME },
    /* 60 ms less, but of nearly a second */
    { { 900, 900, 900 }, { 960, 960, 960 }, MZ_COMPARISON_SAME },
    { { 10, 10, 10 }, { 260, 260, 260 }, MZ_COMPARISON_IPV4_ONLY },
    { { 260, 260, 260 }, { 10, 10, 10 }, MZ_COMPARISON_STANDARD },
    /* one that was slow once is not slower */
    { { 10, 10, 900 }, { 10, 10, 10 }, MZ_COMPARISON_SAME },
    /* getting through is more than being fast */
    { { 900, 900, 900 }, { 10, 10, -1 }, MZ_COMPARISON_IPV4_ONLY },
    { { -1, -1, -1 }, { 900, 900, 900 }, MZ_COMPARISON_STANDARD },
    { { 10, -1, -1 }, { -1, -1, -1 }, MZ_COMPARISON_IPV4_ONLY },
    { { -1, -1, -1 }, { -1, -1, -1 }, MZ_COMPARISON_NEITHER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (mz_comparison_judge (rows[i].ipv4_only, rows[i].standard, 3), ==, rows[i].verdict);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/comparison/median", test_median);
  g_test_add_func ("/connection/comparison/judge", test_judge);

  return g_test_run ();
}
