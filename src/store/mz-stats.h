/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-record.h"

G_BEGIN_DECLS

/**
 * MzStatsKey:
 * @MZ_STATS_METHOD: by the way in which it was connected
 * @MZ_STATS_NETWORK: by the kind of network
 * @MZ_STATS_PLATFORM: by the platform
 *
 * What dials are told apart by.
 */
typedef enum
{
  MZ_STATS_METHOD,
  MZ_STATS_NETWORK,
  MZ_STATS_PLATFORM,
} MzStatsKey;

#define MZ_N_STATS_KEYS (MZ_STATS_PLATFORM + 1)

/**
 * MzStatsRow:
 * @method: the way, or below 0 for all
 * @network: the kind of network, or below 0 for all
 * @platform: the platform, or below 0 for all
 * @dials: how many tries there were
 * @succeeded: how many of them came as far as they should
 * @failed: how many failed
 * @cancelled: how many were called off; they count neither way
 * @timed: of how many the time to ready is known
 * @p50_ms: half of these were ready in this time or less, in ms; below 0 without any
 * @p95_ms: 95 of 100 of these were ready in this time or less, in ms; below 0 without any
 * @sum_ms: all of these times together, in ms
 * @connections: how many connections ended
 * @lost: how many of them did not end as they should
 * @reconnected: how many of them took the place of one that was lost
 * @connected_ms: how long they lasted together, in ms
 *
 * What came of some dials and connections.
 */
typedef struct
{
  int method;
  int network;
  int platform;
  guint dials;
  guint succeeded;
  guint failed;
  guint cancelled;
  guint timed;
  double p50_ms;
  double p95_ms;
  double sum_ms;
  guint connections;
  guint lost;
  guint reconnected;
  gint64 connected_ms;
} MzStatsRow;

/**
 * MzStatsCount:
 * @name: (transfer none): a diagnosis' id
 * @count: how often
 */
typedef struct
{
  const char *name;
  guint count;
} MzStatsCount;

/**
 * MzStatsDay:
 * @start_ms: when it began here, in ms of Unix time
 * @succeeded: dials of this day that came as far as they should
 * @failed: those that failed
 */
typedef struct
{
  gint64 start_ms;
  guint succeeded;
  guint failed;
} MzStatsDay;

/**
 * MzStats:
 * @first_ms: when the oldest record was made, in ms of Unix time; 0 without any
 * @last_ms: when the newest was made
 * @all: all of it
 * @by: (element-type MzStatsRow): for each #MzStatsKey a row for each of its values that there is, the most used first
 * @cells: (element-type MzStatsRow): a row for each method, network and platform together
 * @failures: (element-type MzStatsCount): why dials failed, the most frequent first
 * @days: (element-type MzStatsDay): each day from the first record's to the last's, those without dials too
 *
 * What a list of records comes to. A plain value.
 */
typedef struct
{
  gint64 first_ms;
  gint64 last_ms;
  MzStatsRow all;
  GPtrArray *by[MZ_N_STATS_KEYS];
  GPtrArray *cells;
  GPtrArray *failures;
  GArray *days;
} MzStats;

MzStats     *mz_stats_new            (GPtrArray         *records,
                                      GTimeZone         *zone);
void         mz_stats_free           (MzStats           *self);
double       mz_stats_percentile     (const double      *sorted,
                                      guint              n,
                                      guint              percent);
double       mz_stats_row_get_rate   (const MzStatsRow  *self);
const char  *mz_stats_row_get_name   (const MzStatsRow  *self,
                                      MzStatsKey         key);
const char  *mz_stats_key_to_string  (MzStatsKey         key);
gboolean     mz_stats_parse_span     (const char        *text,
                                      gint64            *span_ms);

/* mz-stats-text.c */
char        *mz_stats_to_csv         (const MzStats     *self);
char        *mz_stats_to_json        (const MzStats     *self);
char        *mz_stats_to_openmetrics (const MzStats     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzStats, mz_stats_free)

G_END_DECLS
