/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* store [--json] [--file FILE] [--messages N] [--sessions N] [--rounds N]: what the history costs: a search beside the bare FTS5 query in SQLite's shell on
 * the same file, writing beside plain tables with the same rows and words, and reading a page of a long conversation beside one of a short one. */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "bench-history.h"
#include "bench.h"
#include "mz-history.h"
#include "mz-json.h"
#include "mz-message-private.h"
#include "mz-search-words.h"

#define LIMIT 50
#define END_MARK "--end--"

/* ---- SQLite's shell, kept running ---- */

typedef struct
{
  GSubprocess *process;
  GDataInputStream *out;
} Shell;

static Shell *
shell_new (const char *path)
{
  Shell *self = g_new0 (Shell, 1);
  g_autoptr (GError) error = NULL;

  /* Its output as soon as there is a line of it */
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "stdbuf", "-oL", "sqlite3", "-batch", "-readonly",
                                    path, NULL);
  if (self->process == NULL)
    {
      g_free (self);
      return NULL;
    }
  self->out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));

  return self;
}

/* Returns how long it took, in ms */
static double
shell_run (Shell      *self,
           const char *sql)
{
  g_autofree char *command = g_strconcat (sql, "\n.print " END_MARK "\n", NULL);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->process), command, strlen (command), NULL, NULL, &error);
  g_assert_no_error (error);
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (self->out, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (line);
      if (strcmp (line, END_MARK) == 0)
        break;
    }

  return (double) (g_get_monotonic_time () - start) / 1000.0;
}

static void
shell_free (Shell *self)
{
  g_subprocess_force_exit (self->process);
  g_object_unref (self->out);
  g_object_unref (self->process);
  g_free (self);
}

/* ---- calls, as the app makes them ---- */

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  GAsyncResult **place = data;

  *place = g_object_ref (result);
}

static void
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static double
search_once (MzHistory  *history,
             const char *text,
             guint      *n_found)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MzHistoryHits) hits = NULL;
  g_autoptr (GError) error = NULL;
  double ms;

  mz_history_search_async (history, text, NULL, NULL, LIMIT, NULL, result_cb, &result);
  await (&result);
  hits = mz_history_search_finish (history, result, &error);
  ms = (double) (g_get_monotonic_time () - start) / 1000.0;
  g_assert_no_error (error);
  *n_found = hits->messages->len;

  return ms;
}

static double
read_once (MzHistory  *history,
           const char *key)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MzHistoryPage) page = NULL;
  g_autoptr (GError) error = NULL;
  double ms;

  mz_history_read_async (history, BENCH_GATEWAY, key, NULL, 100, NULL, result_cb, &result);
  await (&result);
  page = mz_history_read_finish (history, result, &error);
  ms = (double) (g_get_monotonic_time () - start) / 1000.0;
  g_assert_no_error (error);
  g_assert_cmpuint (page->n_messages, >=, 100);

  return ms;
}

/* ---- figures ---- */

static void
append (GArray *values,
        double  value)
{
  g_array_append_val (values, value);
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
percentile (GArray *values,
            double  share)
{
  g_autoptr (GArray) sorted = g_array_copy (values);

  g_array_sort (sorted, compare);

  return g_array_index (sorted, double, MIN ((guint) (share * sorted->len), sorted->len - 1));
}

typedef struct
{
  const char *name;
  char *text;                   /* as a person types it */
} Query;

static void
bench_search (MzHistory  *history,
              const char *path,
              Query      *queries,
              guint       n_queries,
              guint       rounds,
              BenchRow   *rows,
              gboolean    json)
{
  Shell *shell = shell_new (path);
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();

  if (shell == NULL)
    {
      rows[0].skipped = rows[1].skipped = "there is no sqlite3 or no stdbuf";
      return;
    }

  if (!json)
    g_print ("%-34s %6s %9s %9s %9s %9s\n", "search", "found", "p50 ms", "p95 ms", "fts5 p50", "fts5 p95");
  for (guint q = 0; q < n_queries; q++)
    {
      g_autoptr (MzSearchQuery) query = mz_search_query_parse (queries[q].text, zone, g_get_real_time () / 1000);
      g_autofree char *match = mz_search_query_to_match (query);
      g_auto (GStrv) quoted = g_strsplit (match, "'", -1);
      g_autofree char *escaped = g_strjoinv ("''", quoted);
      g_autofree char *bare = g_strdup_printf ("SELECT rowid FROM message_words WHERE message_words MATCH '{text} : (%s)' ORDER BY rowid DESC LIMIT %d;", escaped, LIMIT);
      g_autofree char *with_text =
        g_strdup_printf ("SELECT m.id, length (m.text) FROM message_words w CROSS JOIN messages m ON m.id = w.rowid WHERE message_words MATCH '{text} : (%s)' "
                         "ORDER BY w.rowid DESC LIMIT %d;", escaped, LIMIT);
      g_autoptr (GArray) ours = g_array_new (FALSE, FALSE, sizeof (double));
      g_autoptr (GArray) theirs = g_array_new (FALSE, FALSE, sizeof (double));
      guint n_found = 0;

      search_once (history, queries[q].text, &n_found);
      shell_run (shell, bare);
      for (guint i = 0; i < rounds; i++)
        {
          double a = search_once (history, queries[q].text, &n_found);
          double b = shell_run (shell, bare);

          append (ours, a);
          append (theirs, b);
          append (rows[0].ours, a);
          append (rows[0].theirs, b);
          append (rows[1].ours, a);
          append (rows[1].theirs, shell_run (shell, with_text));
        }
      if (!json)
        g_print ("%-34s %6u %9.3f %9.3f %9.3f %9.3f\n", queries[q].name, n_found, percentile (ours, 0.5), percentile (ours, 0.95), percentile (theirs, 0.5),
                 percentile (theirs, 0.95));
    }
  if (!json)
    g_print ("%-34s %6s %9.3f %9.3f %9.3f %9.3f\n\n", "all", "", percentile (rows[0].ours, 0.5), percentile (rows[0].ours, 0.95),
             percentile (rows[0].theirs, 0.5), percentile (rows[0].theirs, 0.95));
  shell_free (shell);
}

/* A page of 200 as it comes from the gateway, beside the same rows and words put into plain tables of SQLite's. */
static void
bench_write (const char   *directory,
             BenchHistory *content,
             guint         rounds,
             BenchRow     *row,
             gboolean      json)
{
  g_autofree char *ours_path = g_build_filename (directory, "write.db", NULL);
  g_autofree char *theirs_path = g_build_filename (directory, "plain.db", NULL);
  g_autoptr (MzHistoryFile) file = mz_history_file_new (ours_path);
  sqlite3 *db = NULL;
  sqlite3_stmt *insert = NULL;
  sqlite3_stmt *words = NULL;

  if (sqlite3_open (theirs_path, &db) != SQLITE_OK ||
      sqlite3_exec (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                        "CREATE TABLE messages (id INTEGER PRIMARY KEY, entry TEXT UNIQUE, seq INTEGER, time_ms INTEGER, text TEXT, record TEXT);"
                        "CREATE INDEX messages_order ON messages (seq);"
                        "CREATE VIRTUAL TABLE words USING fts5 (text, tags, content='', columnsize=0, prefix='2 3', tokenize='" MZ_WORDS_TOKENIZER "');", NULL, NULL, NULL) != SQLITE_OK ||
      sqlite3_prepare_v2 (db, "INSERT INTO messages (entry, seq, time_ms, text, record) VALUES (?, ?, ?, ?, ?)", -1, &insert, NULL) != SQLITE_OK ||
      sqlite3_prepare_v2 (db, "INSERT INTO words (rowid, text, tags) VALUES (?, ?, 'g1 s1 me')", -1, &words, NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (db));

  for (guint i = 0; i < rounds; i++)
    {
      g_autoptr (JsonNode) page = bench_history_page (content, 1000, i * 200, i * 200 + 199, rounds * 200);
      JsonArray *messages = mz_json_get_array (mz_json_node_object (page), "messages");
      g_autoptr (GError) error = NULL;
      gint64 start = g_get_monotonic_time ();

      mz_history_file_put (file, BENCH_GATEWAY, "write", MZ_HISTORY_LIVE, mz_json_node_object (page), 0, NULL, &error);
      g_assert_no_error (error);
      append (row->ours, (double) (g_get_monotonic_time () - start) / 1000.0);

      start = g_get_monotonic_time ();
      sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
      for (guint j = 0; j < mz_json_array_length (messages); j++)
        {
          JsonObject *record = mz_json_array_object (messages, j);
          JsonObject *meta = mz_json_get_object (record, "__openclaw");
          g_autofree char *whole = mz_json_to_string (mz_json_array_node (messages, j));
          g_autofree char *text = mz_message_content_text (mz_json_get_node (record, "content"));
          gboolean searched = g_strcmp0 (mz_json_get_string (record, "role"), "toolResult") != 0;

          sqlite3_bind_text (insert, 1, mz_json_get_string (meta, "id"), -1, SQLITE_STATIC);
          sqlite3_bind_int64 (insert, 2, mz_json_get_int (meta, "seq", 0));
          sqlite3_bind_int64 (insert, 3, mz_json_get_int (record, "timestamp", 0));
          sqlite3_bind_text (insert, 4, text, -1, SQLITE_STATIC);
          sqlite3_bind_text (insert, 5, whole, -1, SQLITE_STATIC);
          if (sqlite3_step (insert) != SQLITE_DONE)
            g_error ("%s", sqlite3_errmsg (db));
          sqlite3_reset (insert);
          sqlite3_bind_int64 (words, 1, sqlite3_last_insert_rowid (db));
          sqlite3_bind_text (words, 2, text, -1, SQLITE_STATIC);
          if (searched && sqlite3_step (words) != SQLITE_DONE)
            g_error ("%s", sqlite3_errmsg (db));
          sqlite3_reset (words);
        }
      sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
      append (row->theirs, (double) (g_get_monotonic_time () - start) / 1000.0);
    }
  if (!json)
    g_print ("writing: %.0f messages a second, one page of 200 in %.1f ms (p95 %.1f ms)\n", 200000.0 / bench_median (row->ours), bench_median (row->ours),
             percentile (row->ours, 0.95));
  sqlite3_finalize (insert);
  sqlite3_finalize (words);
  sqlite3_close (db);
}

/* What handing a page over costs the main thread. */
static void
bench_hand_over (MzHistory    *history,
                 BenchHistory *content,
                 guint         rounds,
                 BenchRow     *row)
{
  for (guint i = 0; i < rounds; i++)
    {
      g_autoptr (JsonNode) page = bench_history_page (content, 1001, i * 200, i * 200 + 199, rounds * 200);
      g_autoptr (GAsyncResult) result = NULL;
      gint64 start = g_get_monotonic_time ();

      mz_history_put_async (history, BENCH_GATEWAY, "hand-over", MZ_HISTORY_LIVE, page, NULL, result_cb, &result);
      append (row->ours, (double) (g_get_monotonic_time () - start) / 1000.0);
      append (row->theirs, 1);
      await (&result);
    }
}

static void
remove_files (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_remove (path);
    }
  g_rmdir (directory);
}

int
main (int    argc,
      char **argv)
{
  gboolean json = FALSE;
  g_autofree char *given = NULL;
  int n_messages = 100000;
  int n_sessions = 200;
  int rounds = 40;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "The figures as JSON", NULL },
    { "file", 0, 0, G_OPTION_ARG_FILENAME, &given, "One that make-history made, to be read only for searching", "FILE" },
    { "messages", 0, 0, G_OPTION_ARG_INT, &n_messages, "How many messages to make (100000)", "N" },
    { "sessions", 0, 0, G_OPTION_ARG_INT, &n_sessions, "In how many conversations (200)", "N" },
    { "rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "How often each is measured (40)", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *directory = g_dir_make_tmp ("moltzer-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "history.db", NULL);
  g_autoptr (BenchHistory) content = bench_history_new (1);
  g_autoptr (MzHistory) history = NULL;
  g_autofree char *long_key = bench_history_key (0);
  g_autofree char *short_key = NULL;
  guint short_session = 1;
  g_autoptr (GError) error = NULL;
  BenchRow rows[] = {
    { "search, all queries", "FTS5 in the shell: row ids only", 2 },
    { "search, all queries", "FTS5 in the shell: with the messages", 2 },
    { "read a page, long conversation", "short conversation", 1.3 },
    { "write a page of 200", "plain tables with FTS5", 2 },
    { "hand a page over", "1 ms of the main thread", 0.1 },
  };
  Query queries[] = {
    { "the most common word", bench_history_word (content, 0) },
    { "a common word", bench_history_word (content, 60) },
    { "a rare word", bench_history_word (content, 15000) },
    { "two common words", NULL },
    { "a prefix of two letters", g_strdup ("st") },
    { "a prefix of four letters", g_strdup ("stat") },
    { "a phrase", g_strdup ("\"fails without the change\" ") },
    { "code", g_strdup ("items[i].size ") },
    { "German with umlauts", g_strdup ("munchen cafe ") },
    { "two Chinese characters", g_strdup ("\xe5\xa4\xa9\xe6\xb0\x94 ") },
    { "Arabic", g_strdup ("\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 ") },
    { "nothing", g_strdup ("xyzzyplugh ") },
  };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 1 || rounds < 1)
    {
      g_printerr ("store: %s\n", error != NULL ? error->message : "unknown argument");
      return 2;
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      rows[i].ours = g_array_new (FALSE, FALSE, sizeof (double));
      rows[i].theirs = g_array_new (FALSE, FALSE, sizeof (double));
    }
  for (guint i = 0; i < 3; i++)
    {
      char *word = g_steal_pointer (&queries[i].text);

      queries[i].text = g_strconcat (word, " ", NULL);
      g_free (word);
    }
  queries[3].text = g_strconcat (queries[0].text, queries[1].text, NULL);

  if (given == NULL)
    {
      g_autoptr (MzHistoryFile) file = mz_history_file_new (path);
      gint64 start = g_get_monotonic_time ();
      guint made = bench_history_fill (content, file, (guint) n_sessions, (guint) n_messages);
      double seconds = (double) (g_get_monotonic_time () - start) / 1e6;

      if (!json)
        g_print ("%u messages in %d conversations, made and written in %.1f s, %.1f MB (%.0f bytes each)\n\n", made, n_sessions, seconds,
                 (double) mz_history_file_get_size (file) / 1e6, (double) mz_history_file_get_size (file) / made);
    }
  history = mz_history_new (given != NULL ? given : path);
  mz_history_set_max_bytes (history, 0);

  while (bench_history_share (short_session + 1, (guint) n_sessions, (guint) n_messages) >= 100 && short_session + 2 < (guint) n_sessions)
    short_session++;
  short_key = bench_history_key (short_session);

  bench_search (history, given != NULL ? given : path, queries, G_N_ELEMENTS (queries), (guint) rounds, rows, json);
  for (int i = 0; i < rounds; i++)
    {
      append (rows[2].ours, read_once (history, long_key));
      append (rows[2].theirs, read_once (history, short_key));
    }
  bench_write (directory, content, (guint) rounds, &rows[3], json);
  if (given == NULL)
    bench_hand_over (history, content, (guint) rounds, &rows[4]);
  else
    rows[4].skipped = "it would write to the file";
  bench_print (rows, G_N_ELEMENTS (rows), json);

  mz_history_flush (history, 10000, NULL);
  g_clear_object (&history);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_array_unref (rows[i].ours);
      g_array_unref (rows[i].theirs);
    }
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    g_free (queries[i].text);
  remove_files (directory);

  return 0;
}
