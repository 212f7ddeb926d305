/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "mz-budget.h"

G_BEGIN_DECLS

/**
 * MZ_NET_ERROR:
 *
 * The error domain of the connector. Messages are technical; text for people is chosen by the programs.
 */
#define MZ_NET_ERROR (mz_net_error_quark ())

/**
 * MzNetError:
 * @MZ_NET_ERROR_INVALID_ADDRESS: the text is not a gateway's address
 * @MZ_NET_ERROR_SECRET_IN_ADDRESS: the address carries a user, password, token or fragment
 * @MZ_NET_ERROR_NAME_NOT_FOUND: the resolver says that the name does not exist
 * @MZ_NET_ERROR_NO_IPV4: the name exists but has no A record
 * @MZ_NET_ERROR_RESOLVER: the resolver failed, perhaps for a while
 * @MZ_NET_ERROR_REFUSED: nothing listens on that port (RST)
 * @MZ_NET_ERROR_UNREACHABLE: no route to the host or its network
 * @MZ_NET_ERROR_CLOSED: the peer closed or reset the connection in the middle of a phase
 * @MZ_NET_ERROR_TIMED_OUT: the phase's budget is used up
 * @MZ_NET_ERROR_PROXY: a proxy refused or failed
 * @MZ_NET_ERROR_NOT_TLS: the peer does not speak TLS on that port
 * @MZ_NET_ERROR_TLS_UNTRUSTED: the certificate's issuer is not trusted
 * @MZ_NET_ERROR_TLS_NAME: the certificate is for another name
 * @MZ_NET_ERROR_TLS_EXPIRED: the certificate is expired or not yet valid
 * @MZ_NET_ERROR_TLS_PIN_MISMATCH: the certificate is not the pinned one
 * @MZ_NET_ERROR_TLS_NO_CERTIFICATE: the peer has no certificate for that name (handshake alert)
 * @MZ_NET_ERROR_TLS_VERSION: the peer speaks only TLS below 1.2
 * @MZ_NET_ERROR_TLS: the handshake failed for another reason
 * @MZ_NET_ERROR_CANCELLED: the caller cancelled
 * @MZ_NET_ERROR_FAILED: anything else
 */
typedef enum
{
  MZ_NET_ERROR_INVALID_ADDRESS,
  MZ_NET_ERROR_SECRET_IN_ADDRESS,
  MZ_NET_ERROR_NAME_NOT_FOUND,
  MZ_NET_ERROR_NO_IPV4,
  MZ_NET_ERROR_RESOLVER,
  MZ_NET_ERROR_REFUSED,
  MZ_NET_ERROR_UNREACHABLE,
  MZ_NET_ERROR_CLOSED,
  MZ_NET_ERROR_TIMED_OUT,
  MZ_NET_ERROR_PROXY,
  MZ_NET_ERROR_NOT_TLS,
  MZ_NET_ERROR_TLS_UNTRUSTED,
  MZ_NET_ERROR_TLS_NAME,
  MZ_NET_ERROR_TLS_EXPIRED,
  MZ_NET_ERROR_TLS_PIN_MISMATCH,
  MZ_NET_ERROR_TLS_NO_CERTIFICATE,
  MZ_NET_ERROR_TLS_VERSION,
  MZ_NET_ERROR_TLS,
  MZ_NET_ERROR_CANCELLED,
  MZ_NET_ERROR_FAILED,
} MzNetError;

GQuark      mz_net_error_quark       (void);
const char *mz_net_error_to_string   (MzNetError    code);
MzNetError  mz_net_error_classify    (const GError *error,
                                      MzPhase       phase);
GError     *mz_net_error_new_from    (const GError *error,
                                      MzPhase       phase);

G_END_DECLS
