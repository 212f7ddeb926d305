/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "records-fixture.h"

/* The file of records: what is kept, who may read it, damage, other versions, several programs. */

#define KEEP_MS (MZ_RECORDS_KEEP_DAYS * DAY_MS)

static void
test_round_trip (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);
  g_autoptr (MzRecordsFile) reader = mz_records_file_new (fixture->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = NULL;
  MzRecord dial = a_record ();
  MzRecord life;
  const MzRecord *read;

  dial.platform = MZ_PLATFORM_MACOS;
  dial.network = MZ_NETWORK_TAILNET;
  dial.host_class = MZ_HOST_CLASS_TAILNET;
  dial.scheme = MZ_SCHEME_WSS;
  dial.route = MZ_ROUTE_IPV4_ONLY;
  dial.reason = "host-suffix";
  for (guint i = 0; i < MZ_N_PHASES; i++)
    dial.phase_ms[i] = i == MZ_PHASE_TLS ? -1 : 0.125 * i;
  dial.diagnosis = "ipv6-dead";
  dial.retries = 3;
  mz_record_init (&life, MZ_RECORD_LIFE);
  life.time_ms = dial.time_ms + 1;
  life.outcome = MZ_OUTCOME_LOST;
  life.connected_ms = G_GINT64_CONSTANT (5000000000);
  life.reconnects = 2;

  g_assert_true (mz_records_file_add (file, &dial, now_ms (), &error));
  g_assert_true (mz_records_file_add (file, &life, now_ms (), &error));
  g_assert_no_error (error);

  /* Another program's view, while this one has it open. */
  records = mz_records_file_query (reader, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 2);

  read = g_ptr_array_index (records, 0);
  g_assert_cmpint (read->kind, ==, MZ_RECORD_DIAL);
  g_assert_cmpint (read->time_ms, ==, dial.time_ms);
  g_assert_cmpint (read->platform, ==, MZ_PLATFORM_MACOS);
  g_assert_cmpint (read->network, ==, MZ_NETWORK_TAILNET);
  g_assert_cmpint (read->host_class, ==, MZ_HOST_CLASS_TAILNET);
  g_assert_cmpint (read->scheme, ==, MZ_SCHEME_WSS);
  g_assert_cmpint (read->route, ==, MZ_ROUTE_IPV4_ONLY);
  g_assert_cmpstr (read->reason, ==, "host-suffix");
  for (guint i = 0; i < MZ_N_PHASES; i++)
    g_assert_cmpfloat (read->phase_ms[i], ==, dial.phase_ms[i]);
  g_assert_cmpfloat (read->ready_ms, ==, 12.5);
  g_assert_cmpint (read->outcome, ==, MZ_OUTCOME_READY);
  g_assert_cmpstr (read->diagnosis, ==, "ipv6-dead");
  g_assert_cmpuint (read->retries, ==, 3);

  read = g_ptr_array_index (records, 1);
  g_assert_cmpint (read->kind, ==, MZ_RECORD_LIFE);
  g_assert_cmpint (read->outcome, ==, MZ_OUTCOME_LOST);
  g_assert_null (read->diagnosis);
  g_assert_cmpfloat (read->ready_ms, <, 0);
  g_assert_cmpint (read->connected_ms, ==, life.connected_ms);
  g_assert_cmpuint (read->reconnects, ==, 2);

  g_clear_pointer (&records, g_ptr_array_unref);
  records = mz_records_file_query (reader, life.time_ms, &error);
  g_assert_cmpuint (records->len, ==, 1);
}

/* Only its owner reads it, and what SQLite lays beside it. */
static void
test_permissions (Fixture       *fixture,
                  gconstpointer  data)
{
  static const char * const suffixes[] = { "", "-wal", "-shm" };
  g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);
  g_autofree char *directory = g_path_get_dirname (fixture->path);
  GStatBuf status;

#ifndef G_OS_WIN32
  /* Also where it was open to all before. */
  write_file (fixture->path, "", 0);
  g_assert_cmpint (g_chmod (fixture->path, 0644), ==, 0);
#endif
  add_one (file);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, suffixes[i], NULL);

      g_assert_cmpint (g_stat (path, &status), ==, 0);
#ifndef G_OS_WIN32
      g_assert_cmphex (status.st_mode & 0777, ==, 0600);
#endif
    }
#ifndef G_OS_WIN32
  g_assert_cmpint (g_stat (directory, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0700);
#endif
}

/* Who only asks leaves nothing behind. */
static void
test_query_makes_nothing (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (count (file), ==, 0);
  g_assert_true (mz_records_file_clear (file, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

/* A file that is none, one that is a piece of one, and somebody else's. */
static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  static const char * const kinds[] = { "text", "torn", "other" };
  g_autofree char *aside = g_strconcat (fixture->path, ".damaged", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", kinds[i]);
      g_remove (fixture->path);
      if (i == 0)
        {
          write_file (fixture->path, "This is not a database, however long one looks at it. It has more than a hundred bytes, so that it is no short read either.\n", -1);
        }
      else if (i == 1)
        {
          g_autofree char *contents = NULL;
          gsize length;

          add_one (file);
          g_clear_pointer (&file, mz_records_file_free);
          file = mz_records_file_new (fixture->path);
          g_assert_true (g_file_get_contents (fixture->path, &contents, &length, &error));
          memset (contents + 100, 0xa5, length - 100);
          write_file (fixture->path, contents, (gssize) length);
        }
      else
        {
          sqlite3 *db = NULL;

          g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
          sqlite3_exec (db, "CREATE TABLE records (other); PRAGMA user_version = 1;", NULL, NULL, NULL);
          g_assert_cmpstr (sqlite3_errmsg (db), ==, "not an error");
          sqlite3_close (db);
        }

      g_assert_null (mz_records_file_get_set_aside (file));
      add_one (file);
      g_assert_cmpuint (count (file), ==, 1);
      g_assert_cmpstr (mz_records_file_get_set_aside (file), ==, aside);
      g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));

      /* What is to be forgotten is forgotten there too. */
      g_assert_true (mz_records_file_clear (file, &error));
      g_assert_no_error (error);
      g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));
      g_assert_null (mz_records_file_get_set_aside (file));
    }
}

/* What a newer version wrote is neither read wrongly nor harmed. */
static void
test_newer (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = NULL;
  sqlite3 *db = NULL;
  MzRecord record = a_record ();

  {
    g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);

    add_one (file);
  }
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 2;", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  {
    g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);

    g_assert_false (mz_records_file_add (file, &record, now_ms (), &error));
    g_assert_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_NEWER);
    g_clear_error (&error);
    records = mz_records_file_query (file, 0, &error);
    g_assert_null (records);
    g_assert_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_NEWER);
    g_assert_null (mz_records_file_get_set_aside (file));
  }

  /* All is as it was. */
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 1;", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  {
    g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);

    g_assert_cmpuint (count (file), ==, 1);
  }
}

/* Rows that only a newer version understands are passed over, the others are not lost with them. */
static void
test_unknown_rows (Fixture       *fixture,
                   gconstpointer  data)
{
  static const char * const changes[] = {
    "UPDATE records SET network = 'satellite' WHERE id = 1",
    "UPDATE records SET outcome = 'teleported' WHERE id = 2",
    "UPDATE records SET reason = 'https://secret.example.org' WHERE id = 3",
    "UPDATE records SET diagnosis = 'Not an id' WHERE id = 4",
    "UPDATE records SET retries = -5, connected_ms = 'x' WHERE id = 5",
  };
  g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    add_one (file);
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_assert_cmpint (sqlite3_exec (db, changes[i], NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  records = mz_records_file_query (file, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 2);
  g_assert_null (((MzRecord *) g_ptr_array_index (records, 0))->diagnosis);
  g_assert_cmpuint (((MzRecord *) g_ptr_array_index (records, 1))->retries, ==, 0);
  g_assert_cmpint (((MzRecord *) g_ptr_array_index (records, 1))->connected_ms, ==, 0);
}

static void
test_pruned (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);
  g_autoptr (GError) error = NULL;
  gint64 now = now_ms ();
  const struct
  {
    gint64 time_ms;             /* of the record */
    gint64 now_ms;              /* when it is written */
    guint left;
  } steps[] = {
    { now, now, 1 },
    /* Looked at once a day only */
    { now - KEEP_MS - 1, now + 1, 2 },
    { now, now + DAY_MS - 1, 3 },
    { now + DAY_MS, now + DAY_MS, 3 },
    /* All of the first day go, what is younger stays. */
    { now + KEEP_MS + DAY_MS, now + KEEP_MS + DAY_MS - 1, 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      MzRecord record = a_record ();

      record.time_ms = steps[i].time_ms;
      g_assert_true (mz_records_file_add (file, &record, steps[i].now_ms, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (count (file), ==, steps[i].left);
    }
}

/* Nothing that is no word of ours gets in, wherever a record came from. */
static void
test_no_secrets (Fixture       *fixture,
                 gconstpointer  data)
{
  static const char * const planted[] = { "secret-host.example.org", "tok_sEcReT", "192.168.7.23" };
  static const char * const suffixes[] = { "", "-wal" };
  g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (planted); i++)
    {
      MzRecord record = a_record ();

      record.diagnosis = planted[i];
      record.reason = planted[i];
      g_assert_true (mz_records_file_add (file, &record, now_ms (), &error));
      g_assert_no_error (error);
    }
  g_assert_cmpuint (count (file), ==, G_N_ELEMENTS (planted));

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, suffixes[i], NULL);

      for (guint j = 0; j < G_N_ELEMENTS (planted); j++)
        g_assert_false (holds (path, planted[j]));
    }
  {
    g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);

    /* It is the right place to look. */
    g_assert_true (holds (log, "wifi"));
  }
}

/* What was cleared is not in the file's bytes any more. */
static void
test_clear (Fixture       *fixture,
            gconstpointer  data)
{
  static const char * const suffixes[] = { "", "-wal" };
  g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);
  g_autoptr (GError) error = NULL;
  g_autofree char *log = NULL;
  MzRecord record = a_record ();

  record.diagnosis = "a-word-to-look-for";
  for (guint i = 0; i < 100; i++)
    g_assert_true (mz_records_file_add (file, &record, now_ms (), &error));
  log = g_strconcat (fixture->path, "-wal", NULL);
  g_assert_true (holds (log, record.diagnosis));
  g_assert_true (mz_records_file_clear (file, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (file), ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, suffixes[i], NULL);

      g_assert_false (holds (path, record.diagnosis));
    }

  add_one (file);
  g_assert_cmpuint (count (file), ==, 1);
}

/* A place where nothing can be written: said, and nothing else. */
static void
test_unwritable (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "file", "records.db", NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (MzRecordsFile) file = mz_records_file_new (path);
  g_autoptr (GError) error = NULL;
  MzRecord record = a_record ();

  write_file (parent, "in the way", -1);
  g_assert_false (mz_records_file_add (file, &record, now_ms (), &error));
  g_assert_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED);
}

/* ---- several programs ---- */

#define WRITERS 4
#define EACH 100

/* In a process of its own, by the name of this program with the path as its argument. */
static int
write_many (const char *path)
{
  g_autoptr (MzRecordsFile) file = mz_records_file_new (path);

  for (guint i = 0; i < EACH; i++)
    {
      g_autoptr (GError) error = NULL;
      MzRecord record = a_record ();

      if (!mz_records_file_add (file, &record, now_ms (), &error))
        {
          g_printerr ("%s\n", error->message);
          return 1;
        }
    }

  return 0;
}

static void
test_processes (Fixture       *fixture,
                gconstpointer  data)
{
  const char *program = data;
  GSubprocess *writers[WRITERS];
  g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < WRITERS; i++)
    {
      writers[i] = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "--write", fixture->path, NULL);
      g_assert_no_error (error);
    }
  for (guint i = 0; i < WRITERS; i++)
    {
      g_subprocess_wait_check (writers[i], NULL, &error);
      g_assert_no_error (error);
      g_object_unref (writers[i]);
    }
  g_assert_cmpuint (count (file), ==, WRITERS * EACH);
  g_assert_null (mz_records_file_get_set_aside (file));
}

#define ADD(name, func) g_test_add ("/records-file/" name, Fixture, argv[0], set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--write"))
    return write_many (argv[2]);

  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("permissions", test_permissions);
  ADD ("query-makes-nothing", test_query_makes_nothing);
  ADD ("damaged", test_damaged);
  ADD ("newer", test_newer);
  ADD ("unknown-rows", test_unknown_rows);
  ADD ("pruned", test_pruned);
  ADD ("no-secrets", test_no_secrets);
  ADD ("clear", test_clear);
  ADD ("unwritable", test_unwritable);
  ADD ("processes", test_processes);

  return g_test_run ();
}
