/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-gateway.h"
#include "mz-host-facts.h"

G_BEGIN_DECLS

/* (transfer full): what a person can paste into an issue: versions, platform, facts of the host, the plan and its reason, each attempt with its phases,
 * the diagnosis. Plain text, through the redactor: no secrets, and the gateway's host and addresses replaced by what kind they are
 * ("name in .ts.net", "private IPv4"). */
char *mz_report_new (MzTrace            *trace,
                     const MzDiagnosis  *diagnosis,
                     const MzHostFacts  *facts,
                     const char         *toolkit);

G_END_DECLS
