/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

#include "mz-search-query.h"

G_BEGIN_DECLS

/**
 * MzHistoryRecord:
 * @entry: `__openclaw.id`
 * @part: its place among the records of the same entry, from 0
 * @seq: `__openclaw.seq`, -1 when the gateway does not say
 * @role: (nullable): as the gateway has it
 * @kind: (nullable): of a boundary: "reset", "compaction"
 * @run_id: (nullable): the run that it belongs to
 * @key: (nullable): a person's message: the idempotency key with which it was sent
 * @from: who wrote it
 * @time_ms: when; 0 when the gateway does not say
 * @text: (nullable): what can be searched, if it is a person's or the agent's
 * @json: the record as it is kept
 *
 * A message as the gateway keeps it, as a row of the store. Made in the store's thread of a tree that another thread may be reading: nothing is
 * changed there, no reference count either.
 */
typedef struct
{
  char *entry;
  guint part;
  gint64 seq;
  char *role;
  char *kind;
  char *run_id;
  char *key;
  MzSearchFrom from;
  gint64 time_ms;
  char *text;
  char *json;
} MzHistoryRecord;

GPtrArray *mz_history_records_new  (JsonArray *messages);
void       mz_history_write_json   (GString   *string,
                                    JsonNode  *node);

G_END_DECLS
