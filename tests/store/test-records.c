/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <sqlite3.h>

#include "mz-records.h"
#include "records-fixture.h"
#include "store-wait.h"

/* Records without waiting: in order, switched off, told of what goes wrong, and never blocking. */

typedef struct
{
  GPtrArray *records;
  GError *error;
  gboolean done;
  guint n_changed;
  char *set_aside;
} Seen;

static void
seen_clear (Seen *seen)
{
  g_clear_pointer (&seen->records, g_ptr_array_unref);
  g_clear_error (&seen->error);
  g_clear_pointer (&seen->set_aside, g_free);
  seen->done = FALSE;
}

static void
query_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Seen *seen = user_data;

  seen->records = mz_records_query_finish (MZ_RECORDS (source), result, &seen->error);
  seen->done = TRUE;
}

static void
clear_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Seen *seen = user_data;

  mz_records_clear_finish (MZ_RECORDS (source), result, &seen->error);
  seen->done = TRUE;
}

static void
flush_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Seen *seen = user_data;

  mz_records_flush_finish (MZ_RECORDS (source), result, &seen->error);
  seen->done = TRUE;
}

static void
changed_cb (Seen *seen)
{
  seen->n_changed++;
}

static void
set_aside_cb (Seen       *seen,
              const char *path)
{
  g_free (seen->set_aside);
  seen->set_aside = g_strdup (path);
}

static guint
query (MzRecords *records)
{
  Seen seen = { 0 };
  guint n;

  mz_records_query_async (records, 0, NULL, query_cb, &seen);
  wait_until (seen.done);
  g_assert_no_error (seen.error);
  n = seen.records->len;
  seen_clear (&seen);

  return n;
}

/* In order: what is asked for after it was added is there. */
static void
test_object (Fixture       *fixture,
             gconstpointer  data)
{
  MzRecords *records = mz_records_new (fixture->path);
  g_autoptr (GError) error = NULL;
  MzRecord record = a_record ();
  Seen seen = { 0 };

  g_signal_connect_swapped (records, "changed", G_CALLBACK (changed_cb), &seen);
  g_assert_cmpuint (query (records), ==, 0);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  for (guint i = 0; i < 50; i++)
    mz_records_add (records, &record);
  g_assert_cmpuint (query (records), ==, 50);
  wait_until (seen.n_changed > 0);

  /* Switched off: nothing more. */
  mz_records_set_enabled (records, FALSE);
  mz_records_add (records, &record);
  g_assert_cmpuint (query (records), ==, 50);
  mz_records_set_enabled (records, TRUE);
  mz_records_add (records, &record);
  g_assert_true (mz_records_flush (records, 10000, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (query (records), ==, 51);

  settle ();
  seen.n_changed = 0;
  mz_records_clear_async (records, NULL, clear_cb, &seen);
  wait_until (seen.done && seen.n_changed > 0);
  g_assert_no_error (seen.error);
  g_assert_cmpuint (query (records), ==, 0);

  /* Its thread may still hold what it has just done. */
  g_assert_true (mz_records_flush (records, 10000, &error));
  settle ();
  g_assert_finalize_object (records);
  seen_clear (&seen);
}

/* The network is found out where the record does not know it. */
static void
test_network (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (MzRecords) records = mz_records_new (fixture->path);
  g_autoptr (MzNetworkInfo) info = mz_network_info_collect ();
  MzRecord record = a_record ();
  Seen seen = { 0 };

  mz_records_add (records, &record);
  record.network = MZ_NETWORK_UNKNOWN;
  mz_records_add (records, &record);
  mz_records_query_async (records, 0, NULL, query_cb, &seen);
  wait_until (seen.done);
  g_assert_no_error (seen.error);
  g_assert_cmpint (((MzRecord *) g_ptr_array_index (seen.records, 0))->network, ==, MZ_NETWORK_WIFI);
  g_assert_cmpint (((MzRecord *) g_ptr_array_index (seen.records, 1))->network, ==, info->type);
  seen_clear (&seen);
}

static void
test_set_aside_signal (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (MzRecords) records = mz_records_new (fixture->path);
  g_autofree char *aside = g_strconcat (fixture->path, ".damaged", NULL);
  g_autofree char *told = NULL;
  Seen seen = { 0 };

  write_file (fixture->path, "This is not a database, however long one looks at it. It has more than a hundred bytes, so that it is no short read either.\n", -1);
  g_signal_connect_swapped (records, "set-aside", G_CALLBACK (set_aside_cb), &seen);
  g_assert_cmpuint (query (records), ==, 0);
  wait_until (seen.set_aside != NULL);
  g_assert_cmpstr (seen.set_aside, ==, aside);
  told = mz_records_dup_set_aside (records);
  g_assert_cmpstr (told, ==, aside);
  seen_clear (&seen);
}

/* Who added does not notice; who waits for everything to be written does, once. */
static void
test_failing (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "file", "records.db", NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (MzRecords) records = mz_records_new (path);
  g_autoptr (GError) error = NULL;
  MzRecord record = a_record ();
  Seen seen = { 0 };

  write_file (parent, "in the way", -1);
  mz_records_add (records, &record);
  mz_records_add (records, &record);
  mz_records_flush_async (records, NULL, flush_cb, &seen);
  wait_until (seen.done);
  g_assert_error (seen.error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED);
  seen_clear (&seen);

  mz_records_flush_async (records, NULL, flush_cb, &seen);
  wait_until (seen.done);
  g_assert_no_error (seen.error);
  mz_records_add (records, &record);
  g_assert_false (mz_records_flush (records, 10000, &error));
  g_assert_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED);
}

/* Another program holds the file for long: adding returns at once all the same, and waiting has an end. */
static void
test_never_blocks (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (MzRecords) records = mz_records_new (fixture->path);
  g_autoptr (GError) error = NULL;
  MzRecord record = a_record ();
  sqlite3 *db = NULL;
  gint64 start;

  mz_records_add (records, &record);
  g_assert_true (mz_records_flush (records, 10000, &error));
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);

  start = g_get_monotonic_time ();
  for (guint i = 0; i < 10; i++)
    mz_records_add (records, &record);
  /* The thread waits up to 5 s for each; this one does not. */
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
  g_assert_false (mz_records_flush (records, 1, &error));
  g_assert_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_TIMED_OUT);
  g_clear_error (&error);

  g_assert_cmpint (sqlite3_exec (db, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_true (mz_records_flush (records, 30000, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (query (records), ==, 11);
}

/* What was added before the object went is written. */
static void
test_gone (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (MzRecordsFile) file = mz_records_file_new (fixture->path);
  MzRecords *records = mz_records_new (fixture->path);
  MzRecord record = a_record ();
  gint64 until = g_get_monotonic_time () + WATCHDOG_S * G_USEC_PER_SEC;

  for (guint i = 0; i < 20; i++)
    mz_records_add (records, &record);
  g_object_unref (records);
  while (count (file) < 20)
    g_assert_cmpint (g_get_monotonic_time (), <, until);
  settle ();
}

/* The switch of the app holds for those without settings of their own. */
static void
test_switch (Fixture       *fixture,
             gconstpointer  data)
{
  static const gboolean wanted[] = { TRUE, FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autoptr (GSettings) settings = g_settings_new ("io.github.moltzer.Moltzer");
      g_autoptr (MzRecords) records = NULL;
      g_autoptr (MzRecords) unknown = NULL;
      MzRecord record = a_record ();

      g_settings_set_boolean (settings, "keep-records", wanted[i]);
      records = mz_records_new_following (fixture->path, "io.github.moltzer.Moltzer", "keep-records");
      mz_records_add (records, &record);
      g_assert_true (mz_records_flush (records, 10000, NULL));
      g_assert_cmpuint (query (records), ==, wanted[i] ? 1 : 0);
      remove_tree (fixture->path);

      unknown = mz_records_new_following (fixture->path, "io.github.moltzer.NotInstalled", "keep-records");
      mz_records_add (unknown, &record);
      g_assert_cmpuint (query (unknown), ==, 1);
      g_settings_reset (settings, "keep-records");
      g_clear_object (&records);
      g_clear_object (&unknown);
      remove_tree (fixture->directory);
    }
}

#define ADD(name, func) g_test_add ("/records/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("object", test_object);
  ADD ("network", test_network);
  ADD ("set-aside-signal", test_set_aside_signal);
  ADD ("failing", test_failing);
  ADD ("never-blocks", test_never_blocks);
  ADD ("gone", test_gone);
  ADD ("switch", test_switch);

  return g_test_run ();
}
