/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-diagnosis.h"

G_BEGIN_DECLS

/**
 * MzReportInput:
 * @trace: (nullable): a dial
 * @diagnosis: (nullable): what is to be said about it
 * @facts: this host
 * @toolkit: (nullable): the toolkit and its version
 * @log: (nullable): the last lines of the log, oldest first, as they are
 * @secrets: (nullable): tokens and passwords that are known
 * @endpoints: (nullable) (array zero-terminated=1): where else gateways are that the log may be about
 *
 * What a report is made from.
 */
typedef struct
{
  MzTrace *trace;
  const MzDiagnosis *diagnosis;
  const MzHostFacts *facts;
  const char *toolkit;
  const char * const *log;
  const char * const *secrets;
  MzEndpoint * const *endpoints;
} MzReportInput;

/* (transfer full): what a person can paste into an issue: versions, platform, facts of the host, the plan and its reason, each attempt with its
 * phases, the diagnosis, the last lines of the log. Plain text, through the redactor: no secrets, the gateway's host and addresses replaced by
 * what kind they are ("name in .ts.net", "private IPv4"), and nothing that names this person or this computer. */
char *mz_report_new (const MzReportInput *input);

G_END_DECLS
