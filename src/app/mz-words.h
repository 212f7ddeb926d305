/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-endpoint.h"
#include "mz-strategy.h"

G_BEGIN_DECLS

/* Values in words, translated and by the locale. All pure; all (transfer full). */

/* How an address is understood, as one types: "wss, port 443, tailnet: IPv4-only first" */
char *mz_words_for_endpoint (MzPlatform         platform,
                             MzEndpoint        *endpoint,
                             MzStrategySetting  setting);
/* Why a strategy was chosen: "IPv4 only first, because names in .ts.net often have an IPv6 address that leads nowhere" */
char *mz_words_for_plan     (const MzPlan      *plan);
/* "14:05", "Yesterday", "Tuesday", "3 Mar", "3 Mar 2024" */
char *mz_words_for_day      (GDateTime         *time,
                             GDateTime         *now);
/* "Today at 14:05:09" and so on: a tooltip */
char *mz_words_for_time     (GDateTime         *time,
                             GDateTime         *now);
/* "0.4 s", "12 s", "3 min 5 s" */
char *mz_words_for_duration (gint64             ms);
/* "1,204 tokens", "12.4k tokens" */
char *mz_words_for_tokens   (gint64             tokens);
/* SHA-256 in groups, as people compare it: "AB:CD:…" in lines of eight */
char *mz_words_for_pin      (const char        *fingerprint);

/**
 * MzDayGroup:
 *
 * In which group of the sidebar a session stands.
 */
typedef enum
{
  MZ_GROUP_PINNED,
  MZ_GROUP_TODAY,
  MZ_GROUP_YESTERDAY,
  MZ_GROUP_WEEK,
  MZ_GROUP_OLDER,
  MZ_GROUP_ARCHIVED,
} MzDayGroup;

MzDayGroup  mz_day_group_of      (gboolean    pinned,
                                  gboolean    archived,
                                  gint64      updated_at_ms,
                                  GDateTime  *now);
const char *mz_day_group_to_words (MzDayGroup group);

/* Whether @query's words all begin a word of @text, any case, accents ignored; "" matches everything. For lists of titles. */
gboolean    mz_words_match       (const char *query,
                                  const char *text);

G_END_DECLS
