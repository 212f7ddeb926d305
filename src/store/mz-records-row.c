/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-records-row.h"

/* Places of MZ_RECORDS_COLUMNS, from 0 as results have it */
enum
{
  KIND,
  TIME,
  PLATFORM,
  NETWORK,
  HOST_CLASS,
  SCHEME,
  METHOD,
  REASON,
  PHASES,
  READY = PHASES + MZ_N_PHASES,
  OUTCOME,
  DIAGNOSIS,
  RETRIES,
  CONNECTED,
  RECONNECTS,
};

static void
bind_ms (sqlite3_stmt *statement,
         int           place,
         double        ms)
{
  if (ms >= 0)
    sqlite3_bind_double (statement, place, ms);
  else
    sqlite3_bind_null (statement, place);
}

static void
bind_word (sqlite3_stmt *statement,
           int           place,
           const char   *word)
{
  if (word != NULL)
    sqlite3_bind_text (statement, place, word, -1, SQLITE_TRANSIENT);
  else
    sqlite3_bind_null (statement, place);
}

/**
 * mz_records_row_bind:
 * @statement: with the places of %MZ_RECORDS_PLACES
 * @record: what they get
 */
void
mz_records_row_bind (sqlite3_stmt   *statement,
                     const MzRecord *record)
{
  /* Places are counted from 1 here. */
  bind_word (statement, 1 + KIND, mz_record_kind_to_string (record->kind));
  sqlite3_bind_int64 (statement, 1 + TIME, record->time_ms);
  bind_word (statement, 1 + PLATFORM, mz_platform_to_string (record->platform));
  bind_word (statement, 1 + NETWORK, mz_network_type_to_string (record->network));
  bind_word (statement, 1 + HOST_CLASS, mz_host_class_to_string (record->host_class));
  bind_word (statement, 1 + SCHEME, mz_scheme_to_string (record->scheme));
  bind_word (statement, 1 + METHOD, mz_route_kind_to_string (record->route));
  bind_word (statement, 1 + REASON, mz_record_word_is_plain (record->reason) ? record->reason : "default");
  for (guint i = 0; i < MZ_N_PHASES; i++)
    bind_ms (statement, 1 + PHASES + (int) i, record->phase_ms[i]);
  bind_ms (statement, 1 + READY, record->ready_ms);
  bind_word (statement, 1 + OUTCOME, mz_record_outcome_to_string (record->outcome));
  bind_word (statement, 1 + DIAGNOSIS, mz_record_word_is_plain (record->diagnosis) ? record->diagnosis : NULL);
  sqlite3_bind_int64 (statement, 1 + RETRIES, record->retries);
  sqlite3_bind_int64 (statement, 1 + CONNECTED, record->connected_ms);
  sqlite3_bind_int64 (statement, 1 + RECONNECTS, record->reconnects);
}

static const char *
column_word (sqlite3_stmt *statement,
             int           place)
{
  return (const char *) sqlite3_column_text (statement, place);
}

static double
column_ms (sqlite3_stmt *statement,
           int           place)
{
  return sqlite3_column_type (statement, place) == SQLITE_NULL ? -1 : sqlite3_column_double (statement, place);
}

/* There are few words of ours, so that they can be kept for good; what is none was not written by us. */
static const char *
intern_word (const char *word)
{
  return mz_record_word_is_plain (word) ? g_intern_string (word) : NULL;
}

/**
 * mz_records_row_read:
 * @row: a result with %MZ_RECORDS_COLUMNS
 * @record: (out): what it says
 *
 * Returns: %FALSE for a row that says what only a newer Moltzer knows
 */
gboolean
mz_records_row_read (sqlite3_stmt *row,
                     MzRecord     *record)
{
  if (!mz_record_kind_from_string (column_word (row, KIND), &record->kind) ||
      !mz_platform_from_string (column_word (row, PLATFORM), &record->platform) ||
      !mz_network_type_from_string (column_word (row, NETWORK), &record->network) ||
      !mz_record_class_from_string (column_word (row, HOST_CLASS), &record->host_class) ||
      !mz_record_scheme_from_string (column_word (row, SCHEME), &record->scheme) ||
      !mz_record_route_from_string (column_word (row, METHOD), &record->route) ||
      !mz_record_outcome_from_string (column_word (row, OUTCOME), &record->outcome))
    return FALSE;

  record->time_ms = sqlite3_column_int64 (row, TIME);
  record->reason = intern_word (column_word (row, REASON));
  for (guint i = 0; i < MZ_N_PHASES; i++)
    record->phase_ms[i] = column_ms (row, PHASES + (int) i);
  record->ready_ms = column_ms (row, READY);
  record->diagnosis = intern_word (column_word (row, DIAGNOSIS));
  record->retries = (guint) CLAMP (sqlite3_column_int64 (row, RETRIES), 0, G_MAXINT);
  record->connected_ms = MAX (sqlite3_column_int64 (row, CONNECTED), 0);
  record->reconnects = (guint) CLAMP (sqlite3_column_int64 (row, RECONNECTS), 0, G_MAXINT);

  return record->reason != NULL;
}
