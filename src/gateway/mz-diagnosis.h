/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-gateway-error.h"
#include "mz-host-facts.h"
#include "mz-trace.h"

G_BEGIN_DECLS

/**
 * MzDiagnosis:
 * @id: the stable name of what happened, for tests, `--json` and records; "unknown" when it has none
 * @headline: what happened, in a few words, translated
 * @explanation: what is known about it, with the numbers, translated
 * @fix: (nullable): what to do next, translated; %NULL when there is nothing to do
 * @command: (nullable): the command that @fix names, to be copied
 *
 * What is to be said about a dial. A plain value.
 */
typedef struct
{
  const char *id;
  char *headline;
  char *explanation;
  char *fix;
  char *command;
} MzDiagnosis;

MzDiagnosis *mz_diagnosis_of    (MzTrace            *trace,
                                 const MzHostFacts  *facts,
                                 const GError       *error);
void         mz_diagnosis_free  (MzDiagnosis        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzDiagnosis, mz_diagnosis_free)

G_END_DECLS
