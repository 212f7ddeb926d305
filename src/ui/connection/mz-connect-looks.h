/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-connect-progress.h"
#include "mz-connection-private.h"

G_BEGIN_DECLS

/* What each stage of a try looks like. */

void      mz_connect_look_running      (MzConnectProgress  *progress,
                                        const char         *name);
void      mz_connect_look_starting     (MzConnectProgress  *progress);
void      mz_connect_look_pairing      (MzConnectProgress  *progress,
                                        const MzDiagnosis  *diagnosis);
void      mz_connect_look_certificate  (MzConnectProgress  *progress,
                                        MzOffer            *offer,
                                        const char         *trusted_pin);
void      mz_connect_look_plaintext    (MzConnectProgress  *progress,
                                        MzGateway          *gateway);
/* What its button does */
MzAction  mz_connect_look_failed       (MzConnectProgress  *progress,
                                        const MzDiagnosis  *diagnosis);

G_END_DECLS
