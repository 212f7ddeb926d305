/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "records-fixture.h"

#include <glib/gstdio.h>

void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("moltzer-records-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->directory, "data", "moltzer", "records.db", NULL);
}

void
remove_tree (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);

  for (const char *name = directory != NULL ? g_dir_read_name (directory) : NULL; name != NULL; name = g_dir_read_name (directory))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  remove_tree (fixture->directory);
  g_free (fixture->directory);
  g_free (fixture->path);
}

gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

MzRecord
a_record (void)
{
  MzRecord record;

  mz_record_init (&record, MZ_RECORD_DIAL);
  record.time_ms = now_ms ();
  record.network = MZ_NETWORK_WIFI;
  record.outcome = MZ_OUTCOME_READY;
  record.ready_ms = 12.5;

  return record;
}

void
write_file (const char *path,
            const char *contents,
            gssize      length)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_file_set_contents (path, contents, length, &error);
  g_assert_no_error (error);
}

/* Whether a file has these bytes somewhere. */
gboolean
holds (const char *path,
       const char *word)
{
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length, n = strlen (word);

  g_assert_true (g_file_get_contents (path, &contents, &length, &error));
  for (gsize i = 0; i + n <= length; i++)
    if (memcmp (contents + i, word, n) == 0)
      return TRUE;

  return FALSE;
}

guint
count (MzRecordsFile *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = mz_records_file_query (file, 0, &error);

  g_assert_no_error (error);
  return records->len;
}

void
add_one (MzRecordsFile *file)
{
  g_autoptr (GError) error = NULL;
  MzRecord record = a_record ();

  mz_records_file_add (file, &record, now_ms (), &error);
  g_assert_no_error (error);
}
