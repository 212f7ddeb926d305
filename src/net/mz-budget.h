/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MzPhase:
 *
 * The steps of a dial, in order.
 */
typedef enum
{
  MZ_PHASE_RESOLVE,
  MZ_PHASE_CONNECT,
  MZ_PHASE_TLS,
  MZ_PHASE_UPGRADE,
  MZ_PHASE_CHALLENGE,
  MZ_PHASE_HELLO,
} MzPhase;

#define MZ_N_PHASES 6

/**
 * MzBudgets:
 * @phase_ms: how long each phase may take, in ms
 * @second_route_ms: when the standard route starts if the IPv4-only one, as the first, has no TCP connection yet, in ms
 * @race_ms: when the IPv4-only route starts if the standard one, as the first, has no TCP connection yet, in ms
 */
typedef struct
{
  guint phase_ms[MZ_N_PHASES];
  guint second_route_ms;
  guint race_ms;
} MzBudgets;

MzBudgets    mz_budgets_default   (void);
const char  *mz_phase_to_string   (MzPhase phase);

G_END_DECLS
