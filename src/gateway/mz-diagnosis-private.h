/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-diagnosis.h"

G_BEGIN_DECLS

/**
 * MzFailure:
 * @trace: the dial
 * @facts: this host
 * @error: what is to be explained
 * @attempt: (nullable): the attempt that @error ended
 * @endpoint: where that attempt went
 * @host: the host, as people know it
 * @port: the port
 * @phase: the phase in which it ended
 * @tailnet: the host is in a tailnet: by the peer's address, by the name if no peer is known
 *
 * What the parts of the diagnosis look at.
 */
typedef struct
{
  MzTrace *trace;
  const MzHostFacts *facts;
  const GError *error;
  MzTraceAttempt *attempt;
  MzEndpoint *endpoint;
  const char *host;
  guint port;
  MzPhase phase;
  gboolean tailnet;
} MzFailure;

MzDiagnosis *mz_diagnosis_new         (const char       *id,
                                       const char       *headline,
                                       char             *explanation,
                                       char             *fix);
char        *mz_diagnosis_say         (const char       *format,
                                       ...) G_GNUC_PRINTF (1, 2);
guint        mz_diagnosis_phase_ms    (MzTraceAttempt   *attempt,
                                       MzPhase           phase);
MzDiagnosis *mz_diagnosis_of_network  (const MzFailure  *failure);
MzDiagnosis *mz_diagnosis_of_gateway  (const MzFailure  *failure);
MzDiagnosis *mz_diagnosis_not_gateway (const MzFailure  *failure);
MzDiagnosis *mz_diagnosis_of_loss     (const MzFailure  *failure);
MzDiagnosis *mz_diagnosis_of_scopes   (MzTrace          *trace);

G_END_DECLS
