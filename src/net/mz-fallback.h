/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-budget.h"
#include "mz-endpoint.h"

G_BEGIN_DECLS

/**
 * MzFallback:
 * @MZ_FALLBACK_NONE: the failure stands
 * @MZ_FALLBACK_TO_WSS: try the same host and port over TLS
 * @MZ_FALLBACK_TO_WS: try without TLS: the person has consented
 * @MZ_FALLBACK_ASK_PLAINTEXT: plaintext might work, but needs the person's consent first
 */
typedef enum
{
  MZ_FALLBACK_NONE,
  MZ_FALLBACK_TO_WSS,
  MZ_FALLBACK_TO_WS,
  MZ_FALLBACK_ASK_PLAINTEXT,
} MzFallback;

/**
 * MzSchemeFailure:
 * @scheme: the scheme that failed
 * @phase: the phase in which it failed
 * @net_code: a #MzNetError, or -1 when the failure was not the network's
 * @http_status: the status that answered the upgrade, 0 for none
 * @garbage: the answer to the upgrade was not HTTP
 * @peer_class: where the connected peer is; only meaningful with @peer_known
 * @peer_known: a TCP connection was made or refused, so the peer's address is known
 * @pinned: a certificate is pinned for this gateway
 * @consent: the person allowed plaintext for this gateway
 * @other_tried: the other scheme was tried already
 */
typedef struct
{
  MzScheme scheme;
  MzPhase phase;
  int net_code;
  guint http_status;
  gboolean garbage;
  MzHostClass peer_class;
  gboolean peer_known;
  gboolean pinned;
  gboolean consent;
  gboolean other_tried;
} MzSchemeFailure;

MzFallback mz_fallback_decide (const MzSchemeFailure *failure);

G_END_DECLS
