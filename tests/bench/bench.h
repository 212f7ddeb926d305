/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Two ways of doing one thing, measured in turn, A B A B …: machines are noisy, so the ratio of the medians counts. */
typedef struct
{
  const char *name;             /* what is measured */
  const char *other;            /* beside what */
  double aim;                   /* the ratio to stay below */
  GArray *ours;                 /* double, ms */
  GArray *theirs;
  const char *skipped;          /* why there are no figures */
} BenchRow;

double  bench_median  (GArray         *values);
void    bench_print   (BenchRow       *rows,
                       guint           n_rows,
                       gboolean        json);

G_END_DECLS
