/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench.h"

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

double
bench_median (GArray *values)
{
  g_autoptr (GArray) sorted = g_array_copy (values);

  g_assert (sorted->len > 0);
  g_array_sort (sorted, compare_doubles);

  return g_array_index (sorted, double, sorted->len / 2);
}

static void
print_json (BenchRow *rows,
            guint     n_rows)
{
  g_print ("[");
  for (guint i = 0; i < n_rows; i++)
    {
      BenchRow *row = &rows[i];

      g_print ("%s\n  {\"name\":\"%s\",\"other\":\"%s\",\"aim\":%.2f", i > 0 ? "," : "", row->name, row->other, row->aim);
      if (row->skipped != NULL)
        g_print (",\"skipped\":\"%s\"}", row->skipped);
      else
        g_print (",\"runs\":%u,\"ours_ms\":%.3f,\"theirs_ms\":%.3f,\"ratio\":%.3f}", row->ours->len, bench_median (row->ours),
                 bench_median (row->theirs), bench_median (row->ours) / bench_median (row->theirs));
    }
  g_print ("\n]\n");
}

/* A table, or with @json an array; both to stdout. */
void
bench_print (BenchRow *rows,
             guint     n_rows,
             gboolean  json)
{
  if (json)
    {
      print_json (rows, n_rows);
      return;
    }

  g_print ("%-44s %-38s %5s %9s %9s %7s %7s\n", "what", "beside", "pairs", "ours ms", "theirs ms", "ratio", "aim");
  for (guint i = 0; i < n_rows; i++)
    {
      BenchRow *row = &rows[i];

      if (row->skipped != NULL)
        g_print ("%-44s %-38s skipped: %s\n", row->name, row->other, row->skipped);
      else
        g_print ("%-44s %-38s %5u %9.3f %9.3f %7.2f  ≤ %.2f\n", row->name, row->other, row->ours->len, bench_median (row->ours),
                 bench_median (row->theirs), bench_median (row->ours) / bench_median (row->theirs), row->aim);
    }
}
