/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-fallback.h"

/* What a TLS server says to a request in plain text: 400 (nginx, Node, Apache: "plain HTTP request was sent to HTTPS
 * port"), or nginx's own 497 inside. 426 is not among them: it is a WebSocket server's word. */
#define STATUS_BAD_REQUEST 400
#define STATUS_HTTP_TO_HTTPS 497

static gboolean
shows_tls_port (const MzSchemeFailure *failure)
{
  switch (failure->phase)
    {
    case MZ_PHASE_CONNECT:
      return failure->net_code == MZ_NET_ERROR_REFUSED;

    case MZ_PHASE_UPGRADE:
      return failure->garbage ||
             failure->net_code == MZ_NET_ERROR_CLOSED ||
             failure->http_status == STATUS_BAD_REQUEST ||
             failure->http_status == STATUS_HTTP_TO_HTTPS;

    case MZ_PHASE_RESOLVE:
    case MZ_PHASE_TLS:
    case MZ_PHASE_CHALLENGE:
    case MZ_PHASE_HELLO:
    default:
      return FALSE;
    }
}

static gboolean
may_be_plaintext (const MzSchemeFailure *failure)
{
  return failure->phase == MZ_PHASE_TLS &&
         failure->net_code == MZ_NET_ERROR_NOT_TLS &&
         failure->peer_known &&
         mz_host_class_is_private (failure->peer_class) &&
         !failure->pinned;
}

/**
 * mz_fallback_decide:
 * @failure: how an attempt failed
 *
 * Decides whether the other scheme is worth a try after a failure.
 *
 * From ws to wss: by itself, when the port may be one for TLS. A refused connection counts as well: with wss it costs
 * one packet more and gives nothing away.
 *
 * From wss to ws: only when the peer's own bytes show that it does not speak TLS, its address is loopback,
 * link-local, private or in the tailnet, no certificate is pinned and the person agrees. A refused connection does
 * not count: ws would knock at the same port, and asking a person for consent to that would be idle. Nor does a peer
 * that just closes or keeps silent, a certificate that is not trusted, or anything after the upgrade, where
 * authentication begins.
 *
 * Returns: what to do
 */
MzFallback
mz_fallback_decide (const MzSchemeFailure *failure)
{
  g_return_val_if_fail (failure != NULL, MZ_FALLBACK_NONE);

  if (failure->other_tried)
    return MZ_FALLBACK_NONE;

  switch (failure->scheme)
    {
    case MZ_SCHEME_WS:
      return shows_tls_port (failure) ? MZ_FALLBACK_TO_WSS : MZ_FALLBACK_NONE;

    case MZ_SCHEME_WSS:
      if (!may_be_plaintext (failure))
        return MZ_FALLBACK_NONE;
      return failure->consent ? MZ_FALLBACK_TO_WS : MZ_FALLBACK_ASK_PLAINTEXT;

    default:
      return MZ_FALLBACK_NONE;
    }
}
