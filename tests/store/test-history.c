/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <stdio.h>

#include "history-fixture.h"
#include "mz-history.h"
#include "mz-json.h"
#include "store-wait.h"

#define N_PUTS 40

/* ---- several programs ---- */

static int
write_many (const char *path,
            const char *name)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (path);

  for (guint i = 0; i < N_PUTS; i++)
    {
      g_autoptr (JsonNode) answer = json_of ("{'message':{'role':'user','content':'%s writes %u','__openclaw':{'id':'%s%u','seq':%u}}}", name, i, name, i, i + 1);
      g_autoptr (MzHistoryPost) post = NULL;
      g_autofree char *key = g_strdup_printf ("%s%u", name, i);
      g_autoptr (GError) error = NULL;

      mz_history_file_put (file, GATEWAY, SESSION, MZ_HISTORY_LIVE, mz_json_node_object (answer), FIRST_MS, NULL, &error);
      g_assert_no_error (error);
      post = mz_history_post_new (key, GATEWAY, SESSION, "x", NULL);
      mz_history_file_add_post (file, post, &error);
      g_assert_no_error (error);
    }

  return 0;
}

static const char *self_path;

static void
exited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  guint *n_left = data;
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error);
  g_assert_no_error (error);
  (*n_left)--;
}

static void
test_processes (Fixture       *fixture,
                gconstpointer  data)
{
  static const char * const names[] = { "a", "b" };
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (GPtrArray) posts = NULL;
  guint n_left = G_N_ELEMENTS (names);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, self_path, "--write", fixture->path, names[i], NULL);

      g_assert_no_error (error);
      g_subprocess_wait_check_async (child, NULL, exited_cb, &n_left);
    }
  wait_until (n_left == 0);

  posts = mz_history_file_list_posts (file, GATEWAY, FALSE, NULL);
  g_assert_cmpuint (posts->len, ==, 2 * N_PUTS);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = g_strdup_printf ("\"%s writes\" ", names[i]);
      g_autofree char *found = search_string (file, text);
      g_auto (GStrv) entries = g_strsplit (found, " ", -1);

      g_assert_cmpuint (g_strv_length (entries), ==, N_PUTS);
    }
  g_assert_true (mz_history_file_check (file, NULL));
  g_assert_null (mz_database_get_set_aside (mz_history_file_get_database (file)));
}

/* Says each key as soon as its message is said to be kept, until it is killed. */
static void
post_until_killed (const char *path,
                   const char *name)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (path);

  for (guint i = 0;; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s-%u", name, i);
      g_autoptr (JsonNode) answer = json_of ("{'message':{'role':'user','content':'%s','__openclaw':{'id':'%s','seq':%u}}}", key, key, i + 1);

      add_post (file, key);
      mz_history_file_put (file, GATEWAY, SESSION, MZ_HISTORY_LIVE, mz_json_node_object (answer), FIRST_MS, NULL, NULL);
      move_post (file, key, MZ_HISTORY_POST_BIT (MZ_HISTORY_POST_WAITING), MZ_HISTORY_POST_SENDING);
      g_print ("%s\n", key);
      fflush (stdout);
    }
}

/* Killed at any moment: what was said to be kept is there, once, and the file is sound. */
static void
test_killed (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GPtrArray) said = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (GPtrArray) posts = NULL;
  g_autoptr (GHashTable) kept = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < 15; i++)
    {
      g_autofree char *name = g_strdup_printf ("run%u", i);
      g_autoptr (GError) error = NULL;
      g_autoptr (GSubprocess) child =
        g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self_path, "--post", fixture->path, name, NULL);
      g_autoptr (GDataInputStream) stream = NULL;
      gint32 n_lines = g_test_rand_int_range (0, 12);

      g_assert_no_error (error);
      stream = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
      for (gint32 n = 0; n < n_lines; n++)
        g_ptr_array_add (said, g_data_input_stream_read_line (stream, NULL, NULL, NULL));
      g_subprocess_force_exit (child);
      g_subprocess_wait (child, NULL, &error);
      g_assert_no_error (error);

      /* What it said before it was gone */
      for (;;)
        {
          char *line = g_data_input_stream_read_line (stream, NULL, NULL, NULL);

          if (line == NULL)
            break;
          g_ptr_array_add (said, line);
        }
    }

  posts = mz_history_file_list_posts (file, GATEWAY, FALSE, NULL);
  for (guint i = 0; i < posts->len; i++)
    g_assert_true (g_hash_table_add (kept, ((MzHistoryPost *) g_ptr_array_index (posts, i))->key));
  for (guint i = 0; i < said->len; i++)
    {
      g_assert_nonnull (g_ptr_array_index (said, i));
      g_assert_true (g_hash_table_contains (kept, g_ptr_array_index (said, i)));
    }
  g_test_message ("%u said, %u kept", said->len, posts->len);
  g_assert_true (mz_history_file_check (file, NULL));
  g_assert_null (mz_database_get_set_aside (mz_history_file_get_database (file)));
}

/* ---- the object ---- */

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  GAsyncResult **place = data;

  *place = g_object_ref (result);
}

static void
signal_cb (MzHistory  *history,
           const char *gateway,
           const char *session,
           const char *key,
           GString    *said)
{
  g_string_append_printf (said, "%s/%s/%s ", gateway, session, key);
}

static void
changed_cb (MzHistory  *history,
            const char *gateway,
            const char *session,
            guint      *n_changes)
{
  (*n_changes)++;
}

static void
test_object (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (MzHistory) history = mz_history_new (fixture->path);
  g_autoptr (JsonNode) answer = page_of (1, 5, FALSE);
  g_autoptr (JsonNode) arrived =
    json_of ("{'message':{'role':'user','content':'hello','__openclaw':{'id':'m6','seq':6,'idempotencyKey':'k1:user'}}}");
  g_autoptr (MzHistoryPost) post = mz_history_post_new ("k1", GATEWAY, SESSION, "hello", NULL);
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) moved = NULL;
  g_autoptr (GAsyncResult) put_result = NULL;
  g_autoptr (GAsyncResult) read = NULL;
  g_autoptr (GAsyncResult) found = NULL;
  g_autoptr (GAsyncResult) posts_result = NULL;
  g_autoptr (MzHistoryPage) page = NULL;
  g_autoptr (MzHistoryHits) hits = NULL;
  g_autoptr (GPtrArray) posts = NULL;
  g_autoptr (GString) said = g_string_new (NULL);
  g_autofree char *string = NULL;
  guint n_changes = 0;
  gboolean was_moved = FALSE;
  g_autoptr (GError) error = NULL;

  g_signal_connect (history, "delivered", G_CALLBACK (signal_cb), said);
  g_signal_connect (history, "changed", G_CALLBACK (changed_cb), &n_changes);
  mz_history_put_async (history, GATEWAY, SESSION, MZ_HISTORY_TAIL, answer, NULL, NULL, NULL);
  mz_history_add_post_async (history, post, NULL, result_cb, &added);
  mz_history_move_post_async (history, "k1", MZ_HISTORY_POST_BIT (MZ_HISTORY_POST_WAITING), MZ_HISTORY_POST_SENDING, NULL, NULL, NULL, result_cb, &moved);
  mz_history_put_async (history, GATEWAY, SESSION, MZ_HISTORY_LIVE, arrived, NULL, result_cb, &put_result);
  mz_history_list_posts_async (history, GATEWAY, NULL, result_cb, &posts_result);
  mz_history_read_async (history, GATEWAY, SESSION, NULL, 3, NULL, result_cb, &read);
  mz_history_search_async (history, "hello", NULL, NULL, 10, NULL, result_cb, &found);

  /* The tree is shared: it may be read meanwhile. */
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = json_to_string (answer, FALSE);

      g_assert_nonnull (text);
    }
  wait_until (found != NULL);
  g_assert_true (mz_history_add_post_finish (history, added, &error));
  g_assert_true (mz_history_move_post_finish (history, moved, &was_moved, &error));
  g_assert_true (was_moved);
  g_assert_true (mz_history_put_finish (history, put_result, &error));
  page = mz_history_read_finish (history, read, &error);
  g_assert_no_error (error);
  string = page_to_string (page);
  g_assert_cmpstr (string, ==, "< m4 m5 m6");
  hits = mz_history_search_finish (history, found, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hits->messages->len, ==, 1);
  posts = mz_history_list_posts_finish (history, posts_result, &error);
  g_assert_cmpuint (posts->len, ==, 0);
  wait_until (n_changes == 2);
  g_assert_cmpstr (said->str, ==, GATEWAY "/" SESSION "/k1 ");

  /* One file again. */
  g_assert_true (mz_history_flush (history, 10000, &error));
  g_assert_no_error (error);
  g_free (string);
  string = g_strconcat (fixture->path, "-wal", NULL);
  g_assert_false (g_file_test (string, G_FILE_TEST_EXISTS));
  settle ();
}

/* With nothing kept there is nothing, and what was there goes. */
static void
test_keep_nothing (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (MzHistory) history = mz_history_new (fixture->path);
  g_autoptr (JsonNode) answer = json_of ("{'messages':[{'role':'user','content':'wombatword','__openclaw':{'id':'a','seq':1}}]}");
  g_autoptr (MzHistoryPost) post = mz_history_post_new ("k1", GATEWAY, SESSION, "quokka", NULL);
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) moved = NULL;
  g_autoptr (GAsyncResult) read = NULL;
  g_autoptr (MzHistoryPage) page = NULL;
  gboolean was_moved = FALSE;
  g_autoptr (GError) error = NULL;

  mz_history_put_async (history, GATEWAY, SESSION, MZ_HISTORY_TAIL, answer, NULL, NULL, NULL);
  mz_history_put_draft_async (history, GATEWAY, SESSION, "quokka", NULL, NULL, NULL, NULL);
  g_assert_true (mz_history_flush (history, 10000, &error));
  g_assert_true (file_holds (fixture->path, "wombatword"));

  mz_history_set_keep (history, FALSE);
  mz_history_put_async (history, GATEWAY, SESSION, MZ_HISTORY_TAIL, answer, NULL, NULL, NULL);
  mz_history_put_draft_async (history, GATEWAY, SESSION, "quokka", NULL, NULL, NULL, NULL);
  mz_history_add_post_async (history, post, NULL, result_cb, &added);
  mz_history_move_post_async (history, "k1", MZ_HISTORY_POST_ANY, MZ_HISTORY_POST_SENDING, NULL, NULL, NULL, result_cb, &moved);
  mz_history_read_async (history, GATEWAY, SESSION, NULL, 3, NULL, result_cb, &read);
  wait_until (read != NULL);
  page = mz_history_read_finish (history, read, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->n_messages, ==, 0);
  g_assert_true (mz_history_add_post_finish (history, added, &error));
  g_assert_true (mz_history_move_post_finish (history, moved, &was_moved, &error));
  g_assert_true (was_moved);
  g_assert_true (mz_history_flush (history, 10000, &error));
  g_assert_false (file_holds (fixture->path, "wombatword"));
  g_assert_false (file_holds (fixture->path, "quokka"));
  settle ();
}

static void
set_aside_cb (MzHistory  *history,
              const char *path,
              char      **said)
{
  *said = g_strdup (path);
}

static void
test_set_aside_signal (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (MzHistory) history = mz_history_new (fixture->path);
  g_autoptr (JsonNode) answer = page_of (1, 2, FALSE);
  g_autofree char *directory = g_path_get_dirname (fixture->path);
  g_autofree char *said = NULL;
  g_autofree char *told = NULL;

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents (fixture->path, "no database at all, but something that a person may want to look at, with more than a hundred bytes in it", -1, NULL));
  g_signal_connect (history, "set-aside", G_CALLBACK (set_aside_cb), &said);
  mz_history_put_async (history, GATEWAY, SESSION, MZ_HISTORY_TAIL, answer, NULL, NULL, NULL);
  wait_until (said != NULL);
  told = mz_history_dup_set_aside (history);
  g_assert_cmpstr (told, ==, said);
  g_assert_true (g_str_has_suffix (said, "history.db.damaged"));
  settle ();
}

/* A search that is not wanted any more ends; what is written is written. */
static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (MzHistory) history = mz_history_new (fixture->path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (JsonNode) answer = page_of (1, 300, FALSE);
  g_autoptr (MzHistoryPost) post = mz_history_post_new ("k1", GATEWAY, SESSION, "x", NULL);
  g_autoptr (GAsyncResult) found = NULL;
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (MzHistoryHits) hits = NULL;
  g_autoptr (GError) error = NULL;

  mz_history_put_async (history, GATEWAY, SESSION, MZ_HISTORY_TAIL, answer, NULL, NULL, NULL);
  mz_history_search_async (history, "message", NULL, NULL, 100, cancellable, result_cb, &found);
  mz_history_add_post_async (history, post, cancellable, result_cb, &added);
  mz_history_search_async (history, "message", NULL, NULL, 100, NULL, result_cb, &again);
  g_cancellable_cancel (cancellable);
  wait_until (again != NULL);
  hits = mz_history_search_finish (history, found, &error);
  g_assert_null (hits);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (mz_history_add_post_finish (history, added, &error));
  hits = mz_history_search_finish (history, again, &error);
  g_assert_cmpuint (hits->messages->len, ==, 100);
  g_assert_true (hits->more);
  settle ();
}

/* A place where nothing can be written is told of, once, and does no harm. */
static void
test_failing (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "file", "history.db", NULL);
  g_autofree char *file = g_build_filename (fixture->directory, "file", NULL);
  g_autoptr (MzHistory) history = mz_history_new (path);
  g_autoptr (JsonNode) answer = page_of (1, 3, FALSE);
  g_autoptr (MzHistoryPost) post = mz_history_post_new ("k1", GATEWAY, SESSION, "x", NULL);
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "a file, not a folder", -1, NULL));
  mz_history_put_async (history, GATEWAY, SESSION, MZ_HISTORY_TAIL, answer, NULL, NULL, NULL);
  mz_history_add_post_async (history, post, NULL, result_cb, &added);
  wait_until (added != NULL);
  g_assert_false (mz_history_add_post_finish (history, added, &error));
  g_assert_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (mz_history_flush (history, 10000, &error));
  g_assert_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_true (mz_history_flush (history, 10000, &error));
  settle ();
}

/* What was put before the object went is written. */
static void
test_gone (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  MzHistory *history = mz_history_new (fixture->path);
  gint64 until = g_get_monotonic_time () + WATCHDOG_S * G_USEC_PER_SEC;

  for (guint i = 1; i <= 20; i++)
    {
      g_autoptr (JsonNode) answer = page_of (1, i, FALSE);

      mz_history_put_async (history, GATEWAY, SESSION, MZ_HISTORY_TAIL, answer, NULL, NULL, NULL);
    }
  g_object_unref (history);
  while (count_of (file) < 20)
    g_assert_cmpint (g_get_monotonic_time (), <, until);
  settle ();
}

#define ADD(name, func) g_test_add ("/history/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  self_path = argv[0];
  if (argc == 4 && g_str_equal (argv[1], "--write"))
    return write_many (argv[2], argv[3]);
  if (argc == 4 && g_str_equal (argv[1], "--post"))
    post_until_killed (argv[2], argv[3]);

  g_test_init (&argc, &argv, NULL);
  ADD ("processes", test_processes);
  ADD ("killed", test_killed);
  ADD ("object", test_object);
  ADD ("keep-nothing", test_keep_nothing);
  ADD ("set-aside-signal", test_set_aside_signal);
  ADD ("cancel", test_cancel);
  ADD ("failing", test_failing);
  ADD ("gone", test_gone);

  return g_test_run ();
}
