/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

#define MZ_COMPARISON_ROUNDS 3

/**
 * MzComparisonVerdict:
 *
 * Which strategy is plainly better for a gateway here, if one is.
 */
typedef enum
{
  MZ_COMPARISON_SAME,
  MZ_COMPARISON_IPV4_ONLY,
  MZ_COMPARISON_STANDARD,
  MZ_COMPARISON_NEITHER,
} MzComparisonVerdict;

/* @ms: of each round, below 0 for a failure */
double               mz_comparison_median  (const double  *ms,
                                            guint          n);
MzComparisonVerdict  mz_comparison_judge   (const double  *ipv4_only,
                                            const double  *standard,
                                            guint          n);

/**
 * MzComparison:
 *
 * Dials with IPv4-only and with the standard way in turn and shows how long each took, or why it failed; and which to take, where one is plainly better. Ends
 * when it is cancelled or not shown any more.
 *
 * Property: `gateway` (nullable), `running` (read-only).
 */
#define MZ_TYPE_COMPARISON (mz_comparison_get_type ())
G_DECLARE_FINAL_TYPE (MzComparison, mz_comparison, MZ, COMPARISON, GtkWidget)

void      mz_comparison_set_gateway (MzComparison *self,
                                     MzGateway    *gateway);
void      mz_comparison_start       (MzComparison *self);
gboolean  mz_comparison_get_running (MzComparison *self);

G_END_DECLS
