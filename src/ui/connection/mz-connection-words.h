/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-diagnosis.h"
#include "mz-trace.h"

G_BEGIN_DECLS

/* What is said of dials and addresses on these pages. All pure; strings that are returned as char * are (transfer full). */

const char *mz_route_to_words         (MzRouteKind             route);
/* A step's name at the start of a row: "Connect" */
const char *mz_phase_to_title         (MzPhase                 phase);
/* Why this attempt was made; for the first it is the plan's reason. */
char       *mz_attempt_to_reason      (MzTrace                *trace,
                                       guint                   n);
/* A step that is under way or still comes has none. */
char       *mz_phase_record_to_time   (const MzPhaseRecord    *record,
                                       gint64                  now_us);
/* The row as one sentence: "Connect: 12 ms, ok" */
char       *mz_phase_record_to_words  (const MzPhaseRecord    *record,
                                       gint64                  now_us);
char       *mz_ms_to_words            (double                  ms);
/* Why a text is no address, and what one looks like */
char       *mz_address_error_to_words (const GError           *error);
/* What to do, in this app; the diagnosis' own words where they fit. (nullable) */
char       *mz_diagnosis_to_advice    (const MzDiagnosis      *diagnosis);
/* A peer's text for a label: one line, no control characters, not more than @max_chars characters */
char       *mz_text_for_label         (const char             *text,
                                       guint                   max_chars);

G_END_DECLS
