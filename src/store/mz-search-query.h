/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MzSearchFrom:
 * @MZ_SEARCH_FROM_ANYONE: no matter
 * @MZ_SEARCH_FROM_ME: what a person wrote
 * @MZ_SEARCH_FROM_ASSISTANT: what the agent wrote
 */
typedef enum
{
  MZ_SEARCH_FROM_ANYONE,
  MZ_SEARCH_FROM_ME,
  MZ_SEARCH_FROM_ASSISTANT,
} MzSearchFrom;

/**
 * MzSearchQuery:
 * @phrases: (element-type MzWordsPhrase): all of them have to be there
 * @texts: (element-type utf8): the same, as they were typed
 * @in: (element-type utf8): names of conversations, of which one has to be; empty for all
 * @from: whose messages
 * @after_ms: not before this, in ms of Unix time; %G_MININT64 for no limit
 * @before_ms: before this, %G_MAXINT64 for no limit
 * @unknown: (element-type utf8): filters whose value says nothing, such as "before:soon": for a hint; they are not looked for
 *
 * What a person looks for. A plain value.
 */
typedef struct
{
  GPtrArray *phrases;
  GPtrArray *texts;
  GPtrArray *in;
  MzSearchFrom from;
  gint64 after_ms;
  gint64 before_ms;
  GPtrArray *unknown;
} MzSearchQuery;

MzSearchQuery *mz_search_query_parse     (const char    *text,
                                          GTimeZone     *zone,
                                          gint64         now_ms);
void           mz_search_query_free      (MzSearchQuery *query);
gboolean       mz_search_query_is_empty  (MzSearchQuery *query);
char          *mz_search_query_to_match  (MzSearchQuery *query);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzSearchQuery, mz_search_query_free)

G_END_DECLS
