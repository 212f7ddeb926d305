/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-budget.h"

/* Long enough for a slow link, short enough that a person does not give up first. The gateway itself closes a
 * connection that has not said `connect` within 15 s. */
#define RESOLVE_MS 5000
#define CONNECT_MS 10000
#define TLS_MS 10000
#define UPGRADE_MS 10000
#define CHALLENGE_MS 15000
#define HELLO_MS 15000

/* A SYN is repeated after 1 s and again 2 s later; 2.5 s leaves the first route one repetition. */
#define SECOND_ROUTE_MS 2500

/* GIO gives IPv6 250 ms before it tries IPv4 (RFC 8305, section 5): what has nothing by then is held up by something else. */
#define RACE_MS 300

/**
 * mz_budgets_default:
 *
 * Gets the time limits that a dial keeps unless told otherwise.
 *
 * Returns: the limits, in ms
 */
MzBudgets
mz_budgets_default (void)
{
  return (MzBudgets) {
    .phase_ms = {
      [MZ_PHASE_RESOLVE] = RESOLVE_MS,
      [MZ_PHASE_CONNECT] = CONNECT_MS,
      [MZ_PHASE_TLS] = TLS_MS,
      [MZ_PHASE_UPGRADE] = UPGRADE_MS,
      [MZ_PHASE_CHALLENGE] = CHALLENGE_MS,
      [MZ_PHASE_HELLO] = HELLO_MS,
    },
    .second_route_ms = SECOND_ROUTE_MS,
    .race_ms = RACE_MS,
  };
}

/**
 * mz_phase_to_string:
 * @phase: a phase
 *
 * Gets the stable name of a phase, as it stands in traces, in JSON and in the log.
 *
 * Returns: (transfer none): the name
 */
const char *
mz_phase_to_string (MzPhase phase)
{
  switch (phase)
    {
    case MZ_PHASE_RESOLVE:
      return "resolve";
    case MZ_PHASE_CONNECT:
      return "connect";
    case MZ_PHASE_TLS:
      return "tls";
    case MZ_PHASE_UPGRADE:
      return "upgrade";
    case MZ_PHASE_CHALLENGE:
      return "challenge";
    case MZ_PHASE_HELLO:
      return "hello";
    default:
      g_return_val_if_reached ("unknown");
    }
}
