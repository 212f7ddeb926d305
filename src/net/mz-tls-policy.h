/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-net-error.h"

G_BEGIN_DECLS

/**
 * MzTlsVerdict:
 * @MZ_TLS_TRUSTED: the system trusts the certificate
 * @MZ_TLS_PINNED: it is exactly the pinned certificate
 * @MZ_TLS_PIN_MISMATCH: another certificate than the pinned one
 * @MZ_TLS_BAD_NAME: for another name
 * @MZ_TLS_EXPIRED: expired, or not yet valid
 * @MZ_TLS_UNTRUSTED: unknown issuer, self-signed, revoked, insecure
 */
typedef enum
{
  MZ_TLS_TRUSTED,
  MZ_TLS_PINNED,
  MZ_TLS_PIN_MISMATCH,
  MZ_TLS_BAD_NAME,
  MZ_TLS_EXPIRED,
  MZ_TLS_UNTRUSTED,
} MzTlsVerdict;

MzTlsVerdict   mz_tls_policy_judge           (const char            *pin,
                                              const char            *fingerprint,
                                              GTlsCertificateFlags   errors);
gboolean       mz_tls_policy_allows_version  (GTlsProtocolVersion    version);
gboolean       mz_tls_verdict_accepts        (MzTlsVerdict           verdict);
MzNetError     mz_tls_verdict_to_error       (MzTlsVerdict           verdict);
char          *mz_tls_pin_parse              (const char            *text,
                                              GError               **error);
char          *mz_tls_fingerprint            (GTlsCertificate       *certificate);
GTlsDatabase  *mz_tls_pin_database_new       (const char            *pin);

G_END_DECLS
