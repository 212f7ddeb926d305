/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first line is what somebody looks for, the rest a message. Whatever they are, FTS5 understands the query, and the snippet is text with its ranges within.
 */
#include "config.h"

#include <sqlite3.h>
#include <string.h>

#include "mz-search-query.h"
#include "mz-search-words.h"

#define NOW_MS G_GINT64_CONSTANT (1795361400000)

int LLVMFuzzerTestOneInput (const unsigned char *data,
                            size_t               size);

static void
look_up (const char *text,
         const char *match)
{
  g_autofree char *folded = mz_words_fold (text);
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  int code;

  g_assert_true (g_utf8_validate (folded, -1, NULL));
  g_assert_cmpint (sqlite3_open (":memory:", &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE VIRTUAL TABLE words USING fts5 (text, tokenize='" MZ_WORDS_TOKENIZER "')", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "INSERT INTO words VALUES (?)", -1, &statement, NULL), ==, SQLITE_OK);
  sqlite3_bind_text (statement, 1, folded, -1, SQLITE_STATIC);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
  sqlite3_finalize (statement);

  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT rowid FROM words WHERE words MATCH ?", -1, &statement, NULL), ==, SQLITE_OK);
  sqlite3_bind_text (statement, 1, match, -1, SQLITE_STATIC);
  code = sqlite3_step (statement);
  g_assert_true (code == SQLITE_ROW || code == SQLITE_DONE);
  sqlite3_finalize (statement);
  sqlite3_close (db);
}

int
LLVMFuzzerTestOneInput (const unsigned char *data,
                        size_t               size)
{
  g_autofree char *input = g_utf8_make_valid ((const char *) data, (gssize) size);
  char *newline = strchr (input, '\n');
  const char *text = newline != NULL ? newline + 1 : "";
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (MzSearchQuery) query = NULL;
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (MzWordsRange));
  g_autofree char *match = NULL;
  g_autofree char *snippet = NULL;
  guint end = 0;

  if (newline != NULL)
    *newline = '\0';
  query = mz_search_query_parse (input, utc, NOW_MS);
  match = mz_search_query_to_match (query);
  g_assert_cmpint (match == NULL, ==, query->phrases->len == 0);
  if (match != NULL)
    look_up (text, match);

  snippet = mz_words_snippet (text, query->phrases, 40, ranges);
  g_assert_true (g_utf8_validate (snippet, -1, NULL));
  g_assert_null (strpbrk (snippet, "\n\r\t"));
  for (guint i = 0; i < ranges->len; i++)
    {
      const MzWordsRange *range = &g_array_index (ranges, MzWordsRange, i);

      g_assert_cmpuint (range->start, >=, end);
      g_assert_cmpuint (range->length, >, 0);
      end = range->start + range->length;
      g_assert_cmpuint (end, <=, strlen (snippet));
      g_assert_true (g_utf8_validate (snippet + range->start, range->length, NULL));
    }

  return 0;
}
