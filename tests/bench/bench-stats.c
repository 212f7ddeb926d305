/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench-stats.h"

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

double
bench_percentile (GArray *values,
                  double  percent)
{
  g_autoptr (GArray) sorted = g_array_copy (values);

  g_assert (sorted->len > 0);
  g_array_sort (sorted, compare_doubles);

  return g_array_index (sorted, double, MIN (sorted->len - 1, (guint) (sorted->len * percent / 100)));
}

void
bench_stats_init (BenchStats *stats,
                  guint       n_stats)
{
  for (guint i = 0; i < n_stats; i++)
    {
      stats[i].ours = g_array_new (FALSE, FALSE, sizeof (double));
      stats[i].theirs = g_array_new (FALSE, FALSE, sizeof (double));
    }
}

void
bench_stats_clear (BenchStats *stats,
                   guint       n_stats)
{
  for (guint i = 0; i < n_stats; i++)
    {
      g_array_unref (stats[i].ours);
      g_array_unref (stats[i].theirs);
    }
}

static double
get_ratio (BenchStats *stats)
{
  double percent = stats->slow ? 95 : 50;

  return bench_percentile (stats->ours, percent) / bench_percentile (stats->theirs, percent);
}

static void
print_json (BenchStats *stats,
            guint       n_stats)
{
  g_print ("[");
  for (guint i = 0; i < n_stats; i++)
    {
      BenchStats *row = &stats[i];

      g_print ("%s\n  {\"name\":\"%s\",\"other\":\"%s\",\"unit\":\"%s\",\"aim\":%.2f", i > 0 ? "," : "", row->name, row->other,
               row->unit, row->aim);
      if (row->skipped != NULL)
        g_print (",\"skipped\":\"%s\"}", row->skipped);
      else
        g_print (",\"runs\":%u,\"ours\":%.3f,\"ours_p95\":%.3f,\"theirs\":%.3f,\"theirs_p95\":%.3f,"
                 "\"ratio_of\":\"%s\",\"ratio\":%.3f,\"aim_p95\":%.1f}",
                 row->ours->len, bench_percentile (row->ours, 50), bench_percentile (row->ours, 95), bench_percentile (row->theirs, 50),
                 bench_percentile (row->theirs, 95), row->slow ? "p95" : "median", get_ratio (row), row->aim_p95);
    }
  g_print ("\n]\n");
}

/* A table, or with @json an array; both to stdout. */
void
bench_stats_print (BenchStats *stats,
                   guint       n_stats,
                   gboolean    json)
{
  if (json)
    {
      print_json (stats, n_stats);
      return;
    }

  g_print ("%-46s %-38s %4s %2s %8s %8s %8s %8s %10s %7s %9s\n", "what", "beside", "runs", "", "ours", "p95", "theirs", "p95",
           "ratio", "aim", "p95 aim");
  for (guint i = 0; i < n_stats; i++)
    {
      BenchStats *row = &stats[i];

      if (row->skipped != NULL)
        {
          g_print ("%-46s %-38s skipped: %s\n", row->name, row->other, row->skipped);
          continue;
        }
      g_print ("%-46s %-38s %4u %2s %8.2f %8.2f %8.2f %8.2f %6.2f %3s  ≤ %.2f", row->name, row->other, row->ours->len, row->unit,
               bench_percentile (row->ours, 50), bench_percentile (row->ours, 95), bench_percentile (row->theirs, 50),
               bench_percentile (row->theirs, 95), get_ratio (row), row->slow ? "p95" : "", row->aim);
      if (row->aim_p95 > 0)
        g_print ("   ≤ %.0f %s", row->aim_p95, row->unit);
      g_print ("\n");
    }
}
