/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-cli-output.h"
#include "mz-cli-table.h"
#include "mz-diagnosis.h"

G_BEGIN_DECLS

/**
 * MzCliOutcome:
 * @trace: (nullable): how the dial went
 * @ok: whether it came as far as it should
 * @ready_ms: how long that took, in ms; below 0 when it did not
 * @diagnosis: (nullable): what is to be said about it
 * @stayed: it was to stay connected for a while: @losses counts
 * @losses: how often the connection was lost
 *
 * The outcome of one dial.
 */
typedef struct
{
  MzTrace *trace;
  gboolean ok;
  double ready_ms;
  MzDiagnosis *diagnosis;
  gboolean stayed;
  guint losses;
} MzCliOutcome;

MzCliOutcome  *mz_cli_outcome_new       (MzTrace             *trace,
                                         MzPlatform           platform,
                                         gboolean             login,
                                         guint                timed_out_s,
                                         const GError        *error);
void           mz_cli_outcome_free      (MzCliOutcome        *self);

char          *mz_cli_report_text       (const MzCliOutcome  *outcome);
void           mz_cli_report_json       (MzCliOutput         *output,
                                         JsonBuilder         *builder,
                                         const MzCliOutcome  *outcome);
void           mz_cli_report_failure    (MzCliOutput         *output,
                                         const MzCliOutcome  *outcome,
                                         const GError        *error);
void           mz_cli_report_error      (MzCliOutput         *output,
                                         JsonBuilder         *builder,
                                         const GError        *error);
void           mz_cli_json_ms           (JsonBuilder         *builder,
                                         const char          *name,
                                         double               ms);
const char    *mz_cli_reason_in_words   (MzReason             reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzCliOutcome, mz_cli_outcome_free)

G_END_DECLS
