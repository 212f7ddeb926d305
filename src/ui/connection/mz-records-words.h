/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-stats.h"

G_BEGIN_DECLS

/* What is said of records. All pure; strings that are returned as char * are (transfer full). */

/* "IPv4 only", "Wi-Fi", "Linux": what a row is about */
const char *mz_records_value_to_words       (const MzStatsRow *row,
                                             MzStatsKey        key);
/* "97.5 %"; "–" where there is nothing to tell */
char       *mz_records_rate_to_words        (const MzStatsRow *row);
/* "84 ms"; "–" where there is nothing to tell */
char       *mz_records_ms_to_words          (double            ms);
/* "117 of 120" */
char       *mz_records_count_to_words       (const MzStatsRow *row);
/* A row's bars for who does not see them */
char       *mz_records_success_to_label     (const MzStatsRow *row,
                                             const char       *name);
char       *mz_records_times_to_label       (const MzStatsRow *row,
                                             const char       *name);
/* "12 Mar 2026: 5 succeeded, 1 failed" */
char       *mz_records_day_to_label         (const MzStatsDay *day,
                                             GTimeZone        *zone);
/* "Nothing listened there" for "refused"; the id itself where there are no words for it */
const char *mz_records_diagnosis_to_words   (const char       *id);
/* How long there were connections, and how they ended. (nullable) */
char       *mz_records_connections_to_words (const MzStatsRow *row);

G_END_DECLS
