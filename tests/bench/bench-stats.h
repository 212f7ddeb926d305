/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As BenchRow, where also the slow ones among many count: what a person feels. */
typedef struct
{
  const char *name;
  const char *other;
  const char *unit;             /* of the figures: "ms", "MB" */
  double aim;                   /* the ratio to stay below */
  gboolean slow;                /* the ratio is of the 95th percentiles, not of the medians */
  double aim_p95;               /* of ours, 0 when there is none */
  GArray *ours;                 /* double */
  GArray *theirs;
  const char *skipped;          /* why there are no figures */
} BenchStats;

void    bench_stats_init       (BenchStats *stats,
                                guint       n_stats);
void    bench_stats_clear      (BenchStats *stats,
                                guint       n_stats);
void    bench_stats_print      (BenchStats *stats,
                                guint       n_stats,
                                gboolean    json);
double  bench_percentile       (GArray     *values,
                                double      percent);

G_END_DECLS
