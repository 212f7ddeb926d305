/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <sqlite3.h>
#include <string.h>

#include "mz-search-query.h"
#include "mz-search-words.h"

/* 2026-11-22 15:30 UTC, a Sunday */
#define NOW_MS G_GINT64_CONSTANT (1795361400000)
#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))
#define TODAY_MS (NOW_MS - (15 * 60 + 30) * 60 * G_GINT64_CONSTANT (1000))

/* ---- queries ---- */

/* Words as `text`, a phrase with its last word going on as `text*`, separated by bars. */
static char *
phrases_to_string (MzSearchQuery *query)
{
  GString *string = g_string_new (NULL);

  for (guint i = 0; i < query->phrases->len; i++)
    {
      MzWordsPhrase *phrase = g_ptr_array_index (query->phrases, i);

      if (i > 0)
        g_string_append_c (string, '|');
      for (guint j = 0; j < phrase->words->len; j++)
        g_string_append_printf (string, "%s%s", j > 0 ? " " : "", (char *) g_ptr_array_index (phrase->words, j));
      if (phrase->prefix)
        g_string_append_c (string, '*');
    }

  return g_string_free (string, FALSE);
}

static char *
join (GPtrArray *strings)
{
  g_autoptr (GPtrArray) copy = g_ptr_array_new ();

  for (guint i = 0; i < strings->len; i++)
    g_ptr_array_add (copy, g_ptr_array_index (strings, i));
  g_ptr_array_add (copy, NULL);

  return g_strjoinv ("|", (char **) copy->pdata);
}

static void
test_query (void)
{
  static const struct
  {
    const char *text;
    const char *phrases;
    const char *in;
    MzSearchFrom from;
    const char *unknown;
  } cases[] = {
    { "", "", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "   \t\n ", "", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "backup", "backup*", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "backup ", "backup", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "Backup FAILED", "backup|failed*", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "back* disk ", "back*|disk", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "\"disk is full\"", "disk is full", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "\"disk is fu", "disk is fu*", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "\"disk is full\" again ", "disk is full|again", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "one\"two three\"four ", "one|two three|four", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "\xe2\x80\x9c" "curly quotes" "\xe2\x80\x9d ", "curly quotes", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "a", "a", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "ab", "ab*", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "from:me backup ", "backup", "", MZ_SEARCH_FROM_ME, "" },
    { "FROM:Me", "", "", MZ_SEARCH_FROM_ME, "" },
    { "from:assistant x ", "x", "", MZ_SEARCH_FROM_ASSISTANT, "" },
    { "from:somebody x ", "x", "", MZ_SEARCH_FROM_ANYONE, "from:somebody" },
    { "from:", "", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "in:garden in:\"New house\" roof ", "roof", "garden|New house", MZ_SEARCH_FROM_ANYONE, "" },
    { "in:++ roof ", "roof", "", MZ_SEARCH_FROM_ANYONE, "in:++" },
    { "before:soon ", "", "", MZ_SEARCH_FROM_ANYONE, "before:soon" },
    { "https://example.org ", "https example org", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "snake_case_name ", "snake case name", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "C++ ", "c", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "++ -- ** \" ", "", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "AND OR NOT NEAR( ", "and|or|not|near", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "Caf\xc3\xa9 M\xc3\xbcller ", "cafe|muller", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "\xe5\xa4\xa9\xe6\xb0\x94", "\xe5\xa4\xa9 \xe6\xb0\x94*", "", MZ_SEARCH_FROM_ANYONE, "" },
    { "bad\xff\xfe" "utf8 ", "bad\xef\xbf\xbd\xef\xbf\xbd" "utf8", "", MZ_SEARCH_FROM_ANYONE, "" },
  };
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzSearchQuery) query = mz_search_query_parse (cases[i].text, utc, NOW_MS);
      g_autofree char *phrases = phrases_to_string (query);
      g_autofree char *in = join (query->in);
      g_autofree char *unknown = join (query->unknown);
      g_autofree char *shown = g_strescape (cases[i].text, NULL);

      g_test_message ("%s", shown);
      g_assert_cmpstr (phrases, ==, cases[i].phrases);
      g_assert_cmpstr (in, ==, cases[i].in);
      g_assert_cmpint (query->from, ==, cases[i].from);
      g_assert_cmpstr (unknown, ==, cases[i].unknown);
    }
}

static void
test_dates (void)
{
  static const struct
  {
    const char *text;
    gint64 after_ms;
    gint64 before_ms;
    gboolean unknown;
  } cases[] = {
    { "x", G_MININT64, G_MAXINT64, FALSE },
    { "after:2026-11-22", TODAY_MS, G_MAXINT64, FALSE },
    { "before:2026-11-22", G_MININT64, TODAY_MS, FALSE },
    { "after:today", TODAY_MS, G_MAXINT64, FALSE },
    { "after:Yesterday before:today", TODAY_MS - DAY_MS, TODAY_MS, FALSE },
    { "after:7d", TODAY_MS - 7 * DAY_MS, G_MAXINT64, FALSE },
    { "after:2w", TODAY_MS - 14 * DAY_MS, G_MAXINT64, FALSE },
    { "after:2026-11", TODAY_MS - 21 * DAY_MS, G_MAXINT64, FALSE },
    { "before:2026", G_MININT64, G_GINT64_CONSTANT (1767225600000), FALSE },
    { "after:3d after:5d", TODAY_MS - 3 * DAY_MS, G_MAXINT64, FALSE },
    { "after:2026-13", G_MININT64, G_MAXINT64, TRUE },
    { "after:2026-02-30", G_MININT64, G_MAXINT64, TRUE },
    { "after:26-1-1", G_MININT64, G_MAXINT64, TRUE },
    { "after:2026-11-22x", G_MININT64, G_MAXINT64, TRUE },
    { "after:99999999999999999999d", G_MININT64, G_MAXINT64, TRUE },
    { "after:-3d", G_MININT64, G_MAXINT64, TRUE },
    { "after:0000", G_MININT64, G_MAXINT64, TRUE },
  };
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GTimeZone) east = g_time_zone_new_offset (9 * 60 * 60);
  g_autoptr (MzSearchQuery) tomorrow = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzSearchQuery) query = mz_search_query_parse (cases[i].text, utc, NOW_MS);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (query->after_ms, ==, cases[i].after_ms);
      g_assert_cmpint (query->before_ms, ==, cases[i].before_ms);
      g_assert_cmpuint (query->unknown->len, ==, cases[i].unknown ? 1 : 0);
    }

  /* It is the next day there already. */
  tomorrow = mz_search_query_parse ("after:today", east, NOW_MS);
  g_assert_cmpint (tomorrow->after_ms, ==, TODAY_MS + DAY_MS - 9 * 60 * 60 * 1000);
}

static void
test_too_much (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (MzSearchQuery) query = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (text, "word%u ", i);
  query = mz_search_query_parse (text->str, utc, NOW_MS);
  g_assert_cmpuint (query->phrases->len, ==, 32);
  g_assert_cmpuint (query->texts->len, ==, 32);
}

/* ---- snippets ---- */

/* What was found, in brackets. */
static char *
snippet_to_string (const char *text,
                   const char *wanted,
                   guint       n_chars)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (MzSearchQuery) query = mz_search_query_parse (wanted, utc, NOW_MS);
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (MzWordsRange));
  g_autofree char *snippet = mz_words_snippet (text, query->phrases, n_chars, ranges);
  GString *string = g_string_new (snippet);

  g_assert_true (g_utf8_validate (snippet, -1, NULL));
  for (guint i = ranges->len; i > 0; i--)
    {
      const MzWordsRange *range = &g_array_index (ranges, MzWordsRange, i - 1);

      g_assert_cmpuint (range->start + range->length, <=, strlen (snippet));
      g_string_insert_c (string, range->start + range->length, ']');
      g_string_insert_c (string, range->start, '[');
    }

  return g_string_free (string, FALSE);
}

static void
test_snippet (void)
{
  static const struct
  {
    const char *text;
    const char *wanted;
    guint n_chars;
    const char *snippet;
  } cases[] = {
    { "The disk is full.", "disk ", 100, "The [disk] is full." },
    { "The disk is full.", "dis", 100, "The [disk] is full." },
    { "The disk is full.", "dis ", 100, "The disk is full." },
    { "The disk is full.", "full the ", 100, "[The] disk is [full]." },
    { "The disk is full.", "\"is full\" ", 100, "The disk [is full]." },
    { "is not full, is\nfull", "\"is full\" ", 100, "is not full, [is full]" },
    { "Line one\n\n\tLine  two", "two ", 100, "Line one Line [two]" },
    { "a b c d e f g h i j k l m n o p", "k ", 8, "\xe2\x80\xa6j [k] l m n o p" },
    { "0123456789abcdefghij needle", "needle ", 8, "\xe2\x80\xa6[needle]" },
    { "needle 0123456789abcdefghij", "needle ", 8, "[needle] 01\xe2\x80\xa6" },
    { "", "x ", 10, "" },
    { "CAF\xc3\x89 cafe\xcc\x81 Cafe", "caf\xc3\xa9 ", 100, "[CAF\xc3\x89] [cafe\xcc\x81] [Cafe]" },
    { "\xe4\xbb\x8a\xe5\xa4\xa9\xe5\xa4\xa9\xe6\xb0\x94\xe5\xbe\x88\xe5\xa5\xbd", "\xe5\xa4\xa9\xe6\xb0\x94", 100,
      "\xe4\xbb\x8a\xe5\xa4\xa9[\xe5\xa4\xa9\xe6\xb0\x94]\xe5\xbe\x88\xe5\xa5\xbd" },
    { "Great\xf0\x9f\x8e\x89 work", "\xf0\x9f\x8e\x89", 100, "Great[\xf0\x9f\x8e\x89] work" },
    { "Great\xf0\x9f\x8e\x89 work", "great ", 100, "[Great]\xf0\x9f\x8e\x89 work" },
    { "\xd7\xa9\xd6\xb8\xd7\x81\xd7\x9c\xd7\x95\xd6\xb9\xd7\x9d x", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d ", 100,
      "[\xd7\xa9\xd6\xb8\xd7\x81\xd7\x9c\xd7\x95\xd6\xb9\xd7\x9d] x" },
    { "evil \xe2\x80\xae" "txt\xe2\x80\xac\x01 end", "end ", 100, "evil txt [end]" },
    { "aaa bbb aaa bbb", "\"aaa bbb aaa\" \"bbb aaa bbb\" ", 100, "[aaa bbb aaa bbb]" },
    { "<b>bold</b> & more", "bold ", 100, "<b>[bold]</b> & more" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *snippet = snippet_to_string (cases[i].text, cases[i].wanted, cases[i].n_chars);

      g_test_message ("%u: %s", i, cases[i].wanted);
      g_assert_cmpstr (snippet, ==, cases[i].snippet);
    }
}

/* ---- the index agrees with it ---- */

static guint
count_matches (sqlite3    *db,
               const char *wanted)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (MzSearchQuery) query = mz_search_query_parse (wanted, utc, NOW_MS);
  g_autofree char *match = mz_search_query_to_match (query);
  sqlite3_stmt *statement = NULL;
  guint n = 0;
  int code;

  g_assert_nonnull (match);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT 1 FROM words WHERE words MATCH ?", -1, &statement, NULL), ==, SQLITE_OK);
  sqlite3_bind_text (statement, 1, match, -1, SQLITE_STATIC);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    n++;
  g_assert_cmpint (code, ==, SQLITE_DONE);
  sqlite3_finalize (statement);

  return n;
}

/* What FTS5 finds in folded text is what the snippet shows. */
static void
test_index (void)
{
  static const struct
  {
    const char *text;
    const char *wanted;
    gboolean found;
  } cases[] = {
    { "The disk is full.", "disk ", TRUE },
    { "The disk is full.", "dis ", FALSE },
    { "The disk is full.", "dis", TRUE },
    { "The disk is full.", "\"disk full\" ", FALSE },
    { "na\xc3\xafve r\xc3\xa9sum\xc3\xa9", "naive resume ", TRUE },
    { "naive resume", "na\xc3\xafve r\xc3\xa9sum\xc3\xa9 ", TRUE },
    { "Cafe\xcc\x81", "caf\xc3\xa9 ", TRUE },
    { "\xc5\x81\xc3\xb3" "d\xc5\xba", "\xc5\x82\xc3\xb3" "d\xc5\xba ", TRUE },
    { "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 ", TRUE },
    { "\xce\x91\xce\xb8\xce\xae\xce\xbd\xce\xb1", "\xce\xb1\xce\xb8\xce\xb7\xce\xbd\xce\xb1 ", TRUE },
    { "\xd0\xb5\xd1\x89\xd1\x91 \xd0\x81\xd0\xb6", "\xd0\xb5\xd1\x89\xd0\xb5 \xd1\x91\xd0\xb6 ", TRUE },
    { "\xd0\xbc\xd0\xbe\xd0\xb9", "\xd0\xbc\xd0\xbe\xd0\xb8 ", FALSE },
    /* Chinese: one character, two, in the middle, not in this order */
    { "\xe4\xbb\x8a\xe5\xa4\xa9\xe5\xa4\xa9\xe6\xb0\x94\xe5\xbe\x88\xe5\xa5\xbd", "\xe5\xa4\xa9\xe6\xb0\x94 ", TRUE },
    { "\xe4\xbb\x8a\xe5\xa4\xa9\xe5\xa4\xa9\xe6\xb0\x94\xe5\xbe\x88\xe5\xa5\xbd", "\xe5\xa5\xbd ", TRUE },
    { "\xe4\xbb\x8a\xe5\xa4\xa9\xe5\xa4\xa9\xe6\xb0\x94\xe5\xbe\x88\xe5\xa5\xbd", "\xe6\xb0\x94\xe5\xa4\xa9 ", FALSE },
    /* Japanese, with Latin within; Korean with a particle; Thai */
    { "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88" "SQLite\xe3\x81\xae\xe8\xa9\xa6\xe9\xa8\x93", "sqlite ", TRUE },
    { "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88" "SQLite\xe3\x81\xae\xe8\xa9\xa6\xe9\xa8\x93", "\xe8\xa9\xa6\xe9\xa8\x93 ", TRUE },
    { "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4\xeb\xa5\xbc", "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4 ", TRUE },
    { "\xe0\xb8\xaa\xe0\xb8\xa7\xe0\xb8\xb1\xe0\xb8\xaa\xe0\xb8\x94\xe0\xb8\xb5", "\xe0\xb8\xaa\xe0\xb8\xa7\xe0\xb8\xb1\xe0\xb8\xaa ", TRUE },
    { "\xef\xbc\xb3\xef\xbc\xb1\xef\xbc\xac", "sql ", TRUE },
    /* Hebrew and Arabic with and without their points */
    { "\xd7\xa9\xd6\xb8\xd7\x81\xd7\x9c\xd7\x95\xd6\xb9\xd7\x9d", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d ", TRUE },
    { "\xd9\x85\xd9\x8e\xd8\xb1\xd9\x92\xd8\xad\xd9\x8e\xd8\xa8\xd9\x8b\xd8\xa7", "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 ", TRUE },
    { "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7", "\xd9\x85\xd8\xb1\xd8\xad ", FALSE },
    { "party\xf0\x9f\x8e\x89\xf0\x9f\x8e\x89", "\xf0\x9f\x8e\x89 ", TRUE },
    { "party\xf0\x9f\x8e\x89\xf0\x9f\x8e\x89", "party ", TRUE },
    { "thumbs \xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", "\xf0\x9f\x91\x8d ", TRUE },
    { "if (a_b == c->d) { x *= \"y\"; }", "a_b ", TRUE },
    { "if (a_b == c->d) { x *= \"y\"; }", "c->d", TRUE },
    { "say \"AND\" NOT near", "AND NOT near ", TRUE },
    { "column: text", "text: ", TRUE },
    { "/usr/share/doc", "/usr/share ", TRUE },
  };
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (":memory:", &db), ==, SQLITE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folded = mz_words_fold (cases[i].text);
      g_autofree char *snippet = snippet_to_string (cases[i].text, cases[i].wanted, 1000);
      sqlite3_stmt *statement = NULL;

      g_test_message ("%s: %s", cases[i].text, cases[i].wanted);
      g_assert_cmpint (sqlite3_exec (db, "DROP TABLE IF EXISTS words; CREATE VIRTUAL TABLE words USING fts5 (text, tokenize='" MZ_WORDS_TOKENIZER "')", NULL,
                                     NULL, NULL), ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_prepare_v2 (db, "INSERT INTO words VALUES (?)", -1, &statement, NULL), ==, SQLITE_OK);
      sqlite3_bind_text (statement, 1, folded, -1, SQLITE_STATIC);
      g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
      sqlite3_finalize (statement);

      g_assert_cmpuint (count_matches (db, cases[i].wanted), ==, cases[i].found ? 1 : 0);
      g_assert_cmpint (strchr (snippet, '[') != NULL, ==, cases[i].found);
    }
  sqlite3_close (db);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/search/query", test_query);
  g_test_add_func ("/search/dates", test_dates);
  g_test_add_func ("/search/too-much", test_too_much);
  g_test_add_func ("/search/snippet", test_snippet);
  g_test_add_func ("/search/index", test_index);

  return g_test_run ();
}
