/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "history-fixture.h"
#include "mz-json.h"

#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

static void
run_sql (const char *path,
         const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (db));
  sqlite3_close (db);
}

static void
test_permissions (Fixture       *fixture,
                  gconstpointer  data)
{
#ifndef G_OS_WIN32
  static const char * const suffixes[] = { "", "-wal", "-shm" };
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  GStatBuf status;

  put (file, MZ_HISTORY_TAIL, page_of (1, 3, FALSE));
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, suffixes[i], NULL);

      g_assert_cmpint (g_stat (path, &status), ==, 0);
      g_assert_cmphex (status.st_mode & 0777, ==, 0600);
    }
#endif
}

static void
test_outbox (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (MzHistoryFile) other = mz_history_file_new (fixture->path);
  g_autoptr (GPtrArray) attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_history_attachment_free);
  g_autoptr (GPtrArray) delivered = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) posts = NULL;
  g_autoptr (MzHistoryPost) post = NULL;
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;
  const MzHistoryAttachment *attachment;

  g_ptr_array_add (attachments, mz_history_attachment_new ("a \"b\".png", "image/png", "file:///tmp/a.png", 12));
  post = mz_history_post_new ("k1", GATEWAY, SESSION, "hello", attachments);
  g_assert_true (mz_history_file_add_post (file, post, &error));
  add_post (file, "k2");
  add_post (other, "k3");
  assert_posts (other, FALSE, "k1:waiting k2:waiting k3:waiting");

  /* A key is used once. */
  g_assert_false (mz_history_file_add_post (other, post, &error));
  g_assert_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED);
  g_clear_error (&error);

  posts = mz_history_file_list_posts (other, GATEWAY, FALSE, NULL);
  attachment = g_ptr_array_index (((MzHistoryPost *) g_ptr_array_index (posts, 0))->attachments, 0);
  g_assert_cmpstr (attachment->name, ==, "a \"b\".png");
  g_assert_cmpstr (attachment->mime, ==, "image/png");
  g_assert_cmpstr (attachment->uri, ==, "file:///tmp/a.png");
  g_assert_cmpint (attachment->size, ==, 12);

  /* Of two who would send it one does. */
  g_assert_true (move_post (file, "k1", MZ_HISTORY_POST_BIT (MZ_HISTORY_POST_WAITING), MZ_HISTORY_POST_SENDING));
  g_assert_false (move_post (other, "k1", MZ_HISTORY_POST_BIT (MZ_HISTORY_POST_WAITING), MZ_HISTORY_POST_SENDING));
  g_assert_true (move_post (file, "k1", MZ_HISTORY_POST_BIT (MZ_HISTORY_POST_SENDING), MZ_HISTORY_POST_ACCEPTED));
  g_assert_true (move_post (file, "k2", MZ_HISTORY_POST_ANY, MZ_HISTORY_POST_SENDING));
  g_assert_false (move_post (file, "nobody", MZ_HISTORY_POST_ANY, MZ_HISTORY_POST_FAILED));
  assert_posts (other, FALSE, "k1:accepted k2:sending k3:waiting");

  /* It arrives when it is in the history, whatever was known of it. */
  answer = json_of ("{'messages':[{'role':'user','content':'hello','idempotencyKey':'k1:user','__openclaw':{'id':'h','seq':1}}]}");
  g_assert_true (mz_history_file_put (file, GATEWAY, SESSION, MZ_HISTORY_TAIL, mz_json_node_object (answer), 0, delivered, &error));
  g_assert_cmpuint (delivered->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (delivered, 0), ==, "k1");
  g_assert_true (mz_history_file_put (file, GATEWAY, SESSION, MZ_HISTORY_TAIL, mz_json_node_object (answer), 0, delivered, &error));
  g_assert_cmpuint (delivered->len, ==, 0);
  assert_posts (other, FALSE, "k2:sending k3:waiting");

  /* After a crash */
  assert_posts (other, TRUE, "k2:unconfirmed k3:waiting");
  g_assert_true (mz_history_file_remove_post (file, "k3", &error));
  assert_posts (other, FALSE, "k2:unconfirmed");
}

/* What came in while the outbox said nothing of it: another program put the history, or the message was added late. */
static void
test_recover (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);

  put (file, MZ_HISTORY_TAIL, json_of ("{'messages':[{'role':'user','content':'hello','__openclaw':{'id':'h','seq':1,'idempotencyKey':'k1'}}]}"));
  add_post (file, "k1");
  add_post (file, "k2");
  move_post (file, "k1", MZ_HISTORY_POST_ANY, MZ_HISTORY_POST_SENDING);
  move_post (file, "k2", MZ_HISTORY_POST_ANY, MZ_HISTORY_POST_FAILED);
  assert_posts (file, TRUE, "k2:failed");
}

static void
test_drafts (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (GPtrArray) attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_history_attachment_free);
  g_autoptr (MzHistoryDraft) draft = NULL;
  g_autoptr (MzHistoryDraft) empty = mz_history_draft_new ("", NULL);
  g_autoptr (MzHistoryDraft) read = mz_history_file_read_draft (file, GATEWAY, SESSION, NULL);

  g_assert_cmpstr (read->text, ==, "");
  g_ptr_array_add (attachments, mz_history_attachment_new (NULL, NULL, "file:///x", 0));
  draft = mz_history_draft_new ("half a \xf0\x9f\x8e\x89 sent", attachments);
  for (guint i = 0; i < 3; i++)
    g_assert_true (mz_history_file_put_draft (file, GATEWAY, SESSION, draft, i, NULL));
  g_clear_pointer (&read, mz_history_draft_free);
  read = mz_history_file_read_draft (file, GATEWAY, SESSION, NULL);
  g_assert_cmpstr (read->text, ==, draft->text);
  g_assert_cmpuint (read->attachments->len, ==, 1);
  g_clear_pointer (&read, mz_history_draft_free);
  read = mz_history_file_read_draft (file, GATEWAY, "another", NULL);
  g_assert_cmpstr (read->text, ==, "");
  g_assert_true (mz_history_file_put_draft (file, GATEWAY, SESSION, empty, 4, NULL));
  g_clear_pointer (&read, mz_history_draft_free);
  read = mz_history_file_read_draft (file, GATEWAY, SESSION, NULL);
  g_assert_cmpstr (read->text, ==, "");
}

/* Old ones go by their age, and by how large the file is; drafts and the outbox stay; what is left knows that something is missing. */
static void
test_prune (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (GString) messages = g_string_new (NULL);
  g_autofree char *words = g_strnfill (2000, 'w');
  g_autofree char *read = NULL;
  g_autofree char *found = NULL;
  gint64 size;

  put (file, MZ_HISTORY_TAIL, page_of (1, 10, FALSE));
  add_post (file, "k1");
  mz_history_file_set_limits (file, 1, 0);
  g_assert_true (mz_history_file_prune (file, FIRST_MS + DAY_MS + 6 * MINUTE_MS, NULL));
  read = read_string (file, NULL, 100);
  g_assert_cmpstr (read, ==, "? m6 m7 m8 m9 m10");
  found = search_string (file, "message");
  g_assert_cmpstr (found, ==, "m10 m9 m8 m7 m6");
  assert_posts (file, FALSE, "k1:waiting");

  for (guint i = 11; i < 1500; i++)
    g_string_append_printf (messages, "%s{'role':'user','content':'%s %u','timestamp':%" G_GINT64_FORMAT ",'__openclaw':{'id':'m%u','seq':%u}}",
                            i > 11 ? "," : "", words, i, FIRST_MS + i * MINUTE_MS, i, i);
  put (file, MZ_HISTORY_LIVE, json_of ("{'messages':[%s]}", messages->str));
  g_assert_cmpuint (count_of (file), ==, 1494);
  size = mz_history_file_get_size (file);
  g_assert_cmpint (size, >, 3000000);
  mz_history_file_set_limits (file, 0, size / 2);
  g_assert_true (mz_history_file_prune (file, FIRST_MS, NULL));
  g_assert_cmpint (mz_history_file_get_size (file), <=, size / 2);
  g_assert_cmpuint (count_of (file), >, 200);
  g_assert_cmpuint (count_of (file), <, 1000);
  assert_posts (file, FALSE, "k1:waiting");
  g_assert_true (mz_history_file_check (file, NULL));
  g_assert_null (mz_database_get_set_aside (mz_history_file_get_database (file)));
}

static void
test_erase (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (JsonNode) other = json_of ("{'messages':[{'role':'user','content':'stays here','__openclaw':{'id':'z','seq':1}}]}");
  g_autoptr (JsonNode) list = json_of ("{'sessions':[{'key':'" SESSION "','label':'Zebrastripes'}]}");
  g_autoptr (MzHistoryDraft) draft = mz_history_draft_new ("a draft of quokkas", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);
  g_autofree char *found = NULL;
  static const char * const words[] = { "quokka", "zebrastripes", "Zebrastripes", "wombatword", GATEWAY };

  g_assert_true (mz_history_file_put (file, OTHER_GATEWAY, "x", MZ_HISTORY_TAIL, mz_json_node_object (other), 0, NULL, NULL));
  for (guint i = 1; i < 50; i++)
    put (file, MZ_HISTORY_LIVE, json_of ("{'message':{'role':'user','content':'wombatword %u','__openclaw':{'id':'m%u','seq':%u}}}", i, i, i));
  g_assert_true (mz_history_file_put_sessions (file, GATEWAY, mz_json_node_object (list), NULL));
  g_assert_true (mz_history_file_put_draft (file, GATEWAY, SESSION, draft, 0, NULL));
  add_post (file, "k1");
  g_assert_true (file_holds (log, "wombatword"));

  g_assert_true (mz_history_file_erase (file, GATEWAY, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_assert_false (file_holds (fixture->path, words[i]));
      g_assert_false (file_holds (log, words[i]));
    }
  assert_posts (file, FALSE, "");
  found = search_string (file, "stays");
  g_assert_cmpstr (found, ==, "z");
  g_assert_true (file_holds (fixture->path, "stays here"));

  g_assert_true (mz_history_file_erase (file, OTHER_GATEWAY, "x", &error));
  g_assert_false (file_holds (fixture->path, "stays here"));
  put (file, MZ_HISTORY_TAIL, page_of (1, 3, FALSE));
  g_assert_true (mz_history_file_erase (file, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_of (file), ==, 0);
  g_assert_false (file_holds (fixture->path, "message"
                                             " 2"));
  put (file, MZ_HISTORY_TAIL, page_of (1, 3, FALSE));
  g_assert_cmpuint (count_of (file), ==, 3);
}

/* A file that is none, one that is torn, and somebody else's: set aside; what only was here is saved where it can be read. */
static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  static const char * const kinds[] = { "text", "torn", "other", "messages" };
  g_autofree char *aside = g_strconcat (fixture->path, ".damaged", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
      g_autoptr (GError) error = NULL;
      g_autofree char *contents = NULL;
      gsize length;

      g_test_message ("%s", kinds[i]);
      put (file, MZ_HISTORY_TAIL, page_of (1, 200, FALSE));
      add_post (file, "k1");
      g_clear_pointer (&file, mz_history_file_free);
      file = mz_history_file_new (fixture->path);
      g_assert_true (g_file_get_contents (fixture->path, &contents, &length, NULL));
      if (i == 0)
        {
          g_assert_true (g_file_set_contents (fixture->path, "This is no database, and it is more than a hundred bytes long, so that nobody takes it for a short read of one.", -1,
                                              NULL));
        }
      else if (i == 1)
        {
          memset (contents + 100, 0xa5, length - 100);
          g_assert_true (g_file_set_contents (fixture->path, contents, (gssize) length, NULL));
        }
      else if (i == 2)
        {
          g_remove (fixture->path);
          run_sql (fixture->path, "CREATE TABLE messages (other); PRAGMA user_version = 1;");
        }
      else
        {
          /* One page of the messages: found when all is looked at. */
          run_sql (fixture->path, "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'meta') "
                                  "WHERE name = 'messages_order';");
        }

      if (i == 3)
        g_assert_true (mz_history_file_check (file, &error));
      else
        put (file, MZ_HISTORY_TAIL, page_of (1, 2, FALSE));
      g_assert_no_error (error);
      g_assert_cmpstr (mz_database_get_set_aside (mz_history_file_get_database (file)), ==, aside);
      g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
      assert_posts (file, FALSE, i == 3 ? "k1:waiting" : "");
      put (file, MZ_HISTORY_TAIL, page_of (1, 3, FALSE));
      g_assert_cmpuint (count_of (file), ==, 3);

      /* What is to be forgotten is forgotten there too. */
      g_assert_true (mz_history_file_erase (file, NULL, NULL, &error));
      g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));
    }
}

/* Only the index is damaged: the messages stay, and it is made again. */
static void
test_mended (Fixture       *fixture,
             gconstpointer  data)
{
  static const gboolean by_check[] = { TRUE, FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (by_check); i++)
    {
      g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
      g_autofree char *found = NULL;
      g_autofree char *more = NULL;
      g_autoptr (GError) error = NULL;

      put (file, MZ_HISTORY_TAIL, page_of (1, 200, FALSE));
      g_clear_pointer (&file, mz_history_file_free);
      run_sql (fixture->path, "UPDATE message_words_data SET block = x'0badcafe0badcafe0badcafe' WHERE id > 10;");
      file = mz_history_file_new (fixture->path);
      if (by_check[i])
        g_assert_true (mz_history_file_check (file, &error));
      g_assert_no_error (error);
      found = search_string (file, "\"message 137\"");
      g_assert_cmpstr (found, ==, "m137");
      g_assert_null (mz_database_get_set_aside (mz_history_file_get_database (file)));
      g_assert_cmpuint (count_of (file), ==, 200);
      put (file, MZ_HISTORY_TAIL, page_of (1, 201, FALSE));
      more = search_string (file, "\"message 201\"");
      g_assert_cmpstr (more, ==, "m201");
    }
}

/* What a newer version wrote is neither read wrongly nor harmed. */
static void
test_newer (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (MzHistoryPage) page = NULL;

  put (file, MZ_HISTORY_TAIL, page_of (1, 3, FALSE));
  g_clear_pointer (&file, mz_history_file_free);
  run_sql (fixture->path, "PRAGMA user_version = 99;");
  file = mz_history_file_new (fixture->path);
  page = mz_history_file_read (file, GATEWAY, SESSION, NULL, 10, &error);
  g_assert_null (page);
  g_assert_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_NEWER);
  g_assert_null (mz_database_get_set_aside (mz_history_file_get_database (file)));
  g_clear_pointer (&file, mz_history_file_free);
  run_sql (fixture->path, "PRAGMA user_version = 1;");
  file = mz_history_file_new (fixture->path);
  g_assert_cmpuint (count_of (file), ==, 3);
}

/* A file that version 1 wrote is read by every later one. */
static void
test_version_1 (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *source = g_test_build_filename (G_TEST_DIST, "store", "data", "history-1.db", NULL);
  g_autofree char *directory = g_path_get_dirname (fixture->path);
  g_autofree char *contents = NULL;
  g_autofree char *read = NULL;
  g_autofree char *found = NULL;
  g_autofree char *titled = NULL;
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (MzHistoryDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (source, &contents, &length, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents (fixture->path, contents, (gssize) length, &error));

  read = read_string (file, NULL, 3);
  g_assert_cmpstr (read, ==, "< m4 m5 m6");
  found = search_string (file, "\"message 2\"");
  g_assert_cmpstr (found, ==, "m2");
  titled = search_string (file, "zebra");
  g_assert_cmpstr (titled, ==, "[" SESSION "]");
  assert_posts (file, FALSE, "k1:waiting");
  draft = mz_history_file_read_draft (file, GATEWAY, SESSION, NULL);
  g_assert_cmpstr (draft->text, ==, "half a sentence");
  g_assert_true (mz_history_file_check (file, &error));
  g_assert_no_error (error);
  g_assert_null (mz_database_get_set_aside (mz_history_file_get_database (file)));
}

/* Run once for each version that is released, and never again: --write-fixture PATH */
static int
write_fixture (const char *path)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (path);
  g_autoptr (JsonNode) list = json_of ("{'sessions':[{'key':'" SESSION "','label':'Zebra stripes','updatedAt':7}]}");
  g_autoptr (MzHistoryDraft) draft = mz_history_draft_new ("half a sentence", NULL);

  put (file, MZ_HISTORY_TAIL, page_of (1, 6, FALSE));
  mz_history_file_put_sessions (file, GATEWAY, mz_json_node_object (list), NULL);
  mz_history_file_put_draft (file, GATEWAY, SESSION, draft, FIRST_MS, NULL);
  add_post (file, "k1");

  return 0;
}

#define ADD(name, func) g_test_add ("/history/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--write-fixture"))
    return write_fixture (argv[2]);

  g_test_init (&argc, &argv, NULL);
  ADD ("permissions", test_permissions);
  ADD ("outbox", test_outbox);
  ADD ("recover", test_recover);
  ADD ("drafts", test_drafts);
  ADD ("prune", test_prune);
  ADD ("erase", test_erase);
  ADD ("damaged", test_damaged);
  ADD ("mended", test_mended);
  ADD ("newer", test_newer);
  ADD ("version-1", test_version_1);

  return g_test_run ();
}
