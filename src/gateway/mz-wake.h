/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"

G_BEGIN_DECLS

/**
 * MzWake:
 * @MZ_WAKE_NOTHING: go on as before
 * @MZ_WAKE_PROBE: ask the gateway for a sign of life, and believe the connection dead when none comes soon
 * @MZ_WAKE_RETRY: do not wait any longer
 * @MZ_WAKE_REDIAL: begin the dial that is under way anew
 *
 * What to do when this host woke up or its network changed.
 */
typedef enum
{
  MZ_WAKE_NOTHING,
  MZ_WAKE_PROBE,
  MZ_WAKE_RETRY,
  MZ_WAKE_REDIAL,
} MzWake;

/**
 * MzWakeInput:
 * @why: what happened to this host
 * @state: how the client stands
 * @error: (nullable): its last failure
 * @network_available: there is a network, as far as the system knows
 * @connecting_ms: how long the dial under way has gone on
 * @has_peer: that dial has a TCP connection
 * @told: the gateway itself has named the time of the next try
 * @wait_is_over: by the clock that goes on while the host sleeps, the planned try is due
 */
typedef struct
{
  MzCircumstance why;
  MzClientState state;
  const GError *error;
  gboolean network_available;
  gint64 connecting_ms;
  gboolean has_peer;
  gboolean told;
  gboolean wait_is_over;
} MzWakeInput;

MzWake mz_wake_decide (const MzWakeInput *input);

G_END_DECLS
