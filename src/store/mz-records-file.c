/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-records-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>

#include "mz-records-row.h"

/* Another program that writes has this long to be done with it. */
#define BUSY_MS 5000

/* Whoever reconnects all day for a season does not fill the disk: the oldest go first. */
#define MAX_ROWS 100000

#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

/* Step N makes version N + 1 of what was version N; an empty file is version 0. A step that was released is never changed. */
static const char * const migrations[MZ_RECORDS_VERSION] = {
  "CREATE TABLE records ("
  "  id INTEGER PRIMARY KEY,"
  "  kind TEXT NOT NULL,"
  "  time_ms INTEGER NOT NULL,"
  "  platform TEXT NOT NULL,"
  "  network TEXT NOT NULL,"
  "  host_class TEXT NOT NULL,"
  "  scheme TEXT NOT NULL,"
  "  method TEXT NOT NULL,"
  "  reason TEXT NOT NULL,"
  "  resolve_ms REAL, connect_ms REAL, tls_ms REAL, upgrade_ms REAL, challenge_ms REAL, hello_ms REAL,"
  "  ready_ms REAL,"
  "  outcome TEXT NOT NULL,"
  "  diagnosis TEXT,"
  "  retries INTEGER NOT NULL,"
  "  connected_ms INTEGER NOT NULL,"
  "  reconnects INTEGER NOT NULL);"
  "CREATE INDEX records_time ON records (time_ms);",
};

struct _MzRecordsFile
{
  char *path;
  char *set_aside;
  sqlite3 *db;
  sqlite3_stmt *insert;
  GStatBuf status;              /* of the file that was opened */
  gint64 pruned_ms;             /* when old records were removed last; 0: not yet */
};

/* One use of the file: done, failed for now, or failed in a way that shows that the file is none of ours any more */
typedef enum
{
  USE_DONE,
  USE_FAILED,
  USE_DAMAGED,
} Use;

static Use
fail (MzRecordsFile  *self,
      GError        **error)
{
  int code = self->db != NULL ? sqlite3_errcode (self->db) : SQLITE_NOMEM;

  g_set_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED, "%s", self->db != NULL ? sqlite3_errmsg (self->db) : sqlite3_errstr (code));

  /* SQLITE_ERROR: a sound file of somebody else's, without our table. */
  return code == SQLITE_NOTADB || code == SQLITE_CORRUPT || code == SQLITE_ERROR ? USE_DAMAGED : USE_FAILED;
}

static Use
execute (MzRecordsFile  *self,
         const char     *sql,
         GError        **error)
{
  return sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK ? USE_DONE : fail (self, error);
}

static void
close_db (MzRecordsFile *self)
{
  g_clear_pointer (&self->insert, sqlite3_finalize);
  g_clear_pointer (&self->db, sqlite3_close);
}

static Use
get_version (MzRecordsFile  *self,
             int            *version,
             GError        **error)
{
  sqlite3_stmt *statement = NULL;
  Use use = USE_DONE;

  if (sqlite3_prepare_v2 (self->db, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK && sqlite3_step (statement) == SQLITE_ROW)
    *version = sqlite3_column_int (statement, 0);
  else
    use = fail (self, error);
  sqlite3_finalize (statement);

  return use;
}

static Use
migrate_locked (MzRecordsFile  *self,
                GError        **error)
{
  int version = 0;
  Use use = get_version (self, &version, error);

  /* Another program may have done it meanwhile. */
  for (int i = MAX (version, 0); use == USE_DONE && i < MZ_RECORDS_VERSION; i++)
    {
      g_autofree char *done = g_strdup_printf ("PRAGMA user_version = %d", i + 1);

      use = execute (self, migrations[i], error);
      if (use == USE_DONE)
        use = execute (self, done, error);
    }

  return use;
}

static Use
migrate (MzRecordsFile  *self,
         GError        **error)
{
  int version = 0;
  Use use = get_version (self, &version, error);

  if (use != USE_DONE || version == MZ_RECORDS_VERSION)
    return use;
  if (version > MZ_RECORDS_VERSION)
    {
      g_set_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_NEWER, "a newer Moltzer has written %s", self->path);
      return USE_FAILED;
    }

  use = execute (self, "BEGIN IMMEDIATE", error);
  if (use != USE_DONE)
    return use;
  use = migrate_locked (self, error);
  if (use == USE_DONE)
    use = execute (self, "COMMIT", error);
  if (use != USE_DONE)
    execute (self, "ROLLBACK", NULL);

  return use;
}

/* Nobody else reads it: SQLite gives what it makes beside the file the file's own permissions. */
static gboolean
make_file (MzRecordsFile  *self,
           GError        **error)
{
  g_autofree char *directory = g_path_get_dirname (self->path);
  int fd = -1;

  if (g_mkdir_with_parents (directory, 0700) == 0)
    fd = g_open (self->path, O_RDWR | O_CREAT, 0600);
  if (fd == -1 || g_chmod (self->path, 0600) != 0 || g_stat (self->path, &self->status) != 0)
    {
      int code = errno;

      if (fd != -1)
        g_close (fd, NULL);
      g_set_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED, "%s cannot be written: %s", self->path, g_strerror (code));
      return FALSE;
    }

  return g_close (fd, error);
}

static Use
open_db (MzRecordsFile  *self,
         GError        **error)
{
  Use use;

  if (self->db != NULL)
    return USE_DONE;
  if (!make_file (self, error))
    return USE_FAILED;
  if (sqlite3_open_v2 (self->path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    return fail (self, error);

  sqlite3_busy_timeout (self->db, BUSY_MS);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);

  /* What the power takes is the last records, never the file. What is deleted is overwritten. */
  use = execute (self, "PRAGMA trusted_schema = OFF; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;", error);

  /* With a log beside it, readers and a writer do not wait for one another. Whoever finds another program at just that is not waited for, nor is it
   * needed then. */
  if (use == USE_DONE && execute (self, "PRAGMA journal_mode = WAL", error) == USE_DAMAGED)
    use = USE_DAMAGED;
  else if (use == USE_DONE)
    g_clear_error (error);
  if (use == USE_DONE)
    use = migrate (self, error);
  if (use == USE_DONE &&
      sqlite3_prepare_v3 (self->db,
                          "INSERT INTO records (" MZ_RECORDS_COLUMNS ") VALUES (" MZ_RECORDS_PLACES ")",
                          -1, SQLITE_PREPARE_PERSISTENT, &self->insert, NULL) != SQLITE_OK)
    use = fail (self, error);
  if (use != USE_DONE)
    close_db (self);

  return use;
}

/* Out of the way, in the place of what was set aside before; it is for the person to look at or to remove. */
static gboolean
set_file_aside (MzRecordsFile  *self,
                GError        **error)
{
  static const char * const beside[] = { "-wal", "-shm" };
  g_autofree char *aside = g_strconcat (self->path, ".damaged", NULL);
  GStatBuf now;

  close_db (self);

  /* Another program was quicker, and what is there now is sound. */
  if (g_stat (self->path, &now) != 0 || now.st_ino != self->status.st_ino || now.st_dev != self->status.st_dev)
    return TRUE;

  if (g_rename (self->path, aside) != 0)
    {
      int code = errno;

      g_set_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED, "%s is damaged, and cannot be set aside: %s", self->path,
                   g_strerror (code));
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (beside); i++)
    {
      g_autofree char *old = g_strconcat (self->path, beside[i], NULL);
      g_autofree char *moved = g_strconcat (aside, beside[i], NULL);

      /* Not there, more often than not. */
      if (g_rename (old, moved) != 0)
        g_unlink (moved);
    }

  g_free (self->set_aside);
  self->set_aside = g_steal_pointer (&aside);
  g_debug ("The file of records was damaged; it is now %s", self->set_aside);

  return TRUE;
}

typedef Use (*UseFunc) (MzRecordsFile  *self,
                        gpointer        data,
                        GError        **error);

/* Opens the file and does something with it; with a new one if that shows that it is damaged. */
static gboolean
use_file (MzRecordsFile  *self,
          UseFunc         func,
          gpointer        data,
          GError        **error)
{
  for (gboolean again = FALSE;; again = TRUE)
    {
      g_autoptr (GError) local_error = NULL;
      Use use = open_db (self, &local_error);

      if (use == USE_DONE)
        use = func (self, data, &local_error);
      if (use == USE_DONE)
        return TRUE;
      if (use == USE_FAILED || again)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      g_debug ("The file of records is damaged: %s", local_error->message);
      if (!set_file_aside (self, error))
        return FALSE;
    }
}

/* ---- what is done with it ---- */

static Use
prune (MzRecordsFile  *self,
       gint64          now_ms,
       GError        **error)
{
  sqlite3_stmt *statement = NULL;
  Use use = USE_DONE;

  if (self->pruned_ms != 0 && ABS (now_ms - self->pruned_ms) < DAY_MS)
    return USE_DONE;

  self->pruned_ms = now_ms;
  if (sqlite3_prepare_v2 (self->db, "DELETE FROM records WHERE time_ms < ? OR id <= (SELECT max (id) - ? FROM records)", -1, &statement,
                          NULL) != SQLITE_OK)
    return fail (self, error);

  sqlite3_bind_int64 (statement, 1, now_ms - MZ_RECORDS_KEEP_DAYS * DAY_MS);
  sqlite3_bind_int64 (statement, 2, MAX_ROWS);
  if (sqlite3_step (statement) != SQLITE_DONE)
    use = fail (self, error);
  sqlite3_finalize (statement);

  return use;
}

typedef struct
{
  const MzRecord *record;
  gint64 now_ms;
} Addition;

static Use
add_record (MzRecordsFile  *self,
            gpointer        data,
            GError        **error)
{
  Addition *addition = data;
  Use use = USE_DONE;

  mz_records_row_bind (self->insert, addition->record);
  if (sqlite3_step (self->insert) != SQLITE_DONE)
    use = fail (self, error);
  sqlite3_reset (self->insert);
  sqlite3_clear_bindings (self->insert);

  return use == USE_DONE ? prune (self, addition->now_ms, error) : use;
}

typedef struct
{
  gint64 since_ms;
  GPtrArray *records;
} Query;

static Use
query_records (MzRecordsFile  *self,
               gpointer        data,
               GError        **error)
{
  Query *query = data;
  sqlite3_stmt *statement = NULL;
  Use use = USE_DONE;
  int code = sqlite3_prepare_v2 (self->db, "SELECT " MZ_RECORDS_COLUMNS " FROM records WHERE time_ms >= ? ORDER BY time_ms, id", -1, &statement, NULL);

  if (code == SQLITE_OK)
    {
      sqlite3_bind_int64 (statement, 1, query->since_ms);
      while ((code = sqlite3_step (statement)) == SQLITE_ROW)
        {
          MzRecord record;

          mz_record_init (&record, MZ_RECORD_DIAL);
          if (mz_records_row_read (statement, &record))
            g_ptr_array_add (query->records, mz_record_copy (&record));
        }
    }
  if (code != SQLITE_DONE)
    {
      use = fail (self, error);
      g_ptr_array_set_size (query->records, 0);
    }
  sqlite3_finalize (statement);

  return use;
}

static Use
clear_records (MzRecordsFile  *self,
               gpointer        data,
               GError        **error)
{
  Use use = execute (self, "DELETE FROM records", error);

  /* Nothing of it stays, in the log neither; while another program reads, that comes later by itself. */
  if (use == USE_DONE)
    execute (self, "VACUUM; PRAGMA wal_checkpoint (TRUNCATE);", NULL);

  return use;
}

/* Whoever only asks makes no file. */
static gboolean
exists (MzRecordsFile *self)
{
  return self->db != NULL || g_file_test (self->path, G_FILE_TEST_EXISTS);
}

/**
 * mz_records_file_new:
 * @path: where the file is, or is to be
 *
 * Returns: (transfer full): the file, not opened yet
 */
MzRecordsFile *
mz_records_file_new (const char *path)
{
  MzRecordsFile *self = g_new0 (MzRecordsFile, 1);

  self->path = g_strdup (path);

  return self;
}

void
mz_records_file_free (MzRecordsFile *self)
{
  if (self == NULL)
    return;

  close_db (self);
  g_free (self->path);
  g_free (self->set_aside);
  g_free (self);
}

/**
 * mz_records_file_add:
 * @record: what to keep
 * @now_ms: the time, in ms of Unix time: what is older than %MZ_RECORDS_KEEP_DAYS goes
 *
 * Returns: whether it was written
 */
gboolean
mz_records_file_add (MzRecordsFile   *self,
                     const MzRecord  *record,
                     gint64           now_ms,
                     GError         **error)
{
  Addition addition = { record, now_ms };

  return use_file (self, add_record, &addition, error);
}

/**
 * mz_records_file_query:
 * @since_ms: from when on, in ms of Unix time
 *
 * Returns: (transfer full) (element-type MzRecord) (nullable): the records, the oldest first
 */
GPtrArray *
mz_records_file_query (MzRecordsFile  *self,
                       gint64          since_ms,
                       GError        **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_record_free);
  Query query = { since_ms, records };

  if (exists (self) && !use_file (self, query_records, &query, error))
    return NULL;

  return g_steal_pointer (&records);
}

/**
 * mz_records_file_clear:
 *
 * Removes all records, so that nothing of them is left in the file, and the file that was set aside.
 *
 * Returns: whether it was done
 */
gboolean
mz_records_file_clear (MzRecordsFile  *self,
                       GError        **error)
{
  static const char * const beside[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (beside); i++)
    {
      g_autofree char *aside = g_strconcat (self->path, ".damaged", beside[i], NULL);

      g_unlink (aside);
    }
  g_clear_pointer (&self->set_aside, g_free);

  return !exists (self) || use_file (self, clear_records, NULL, error);
}

gboolean
mz_records_file_is_open (MzRecordsFile *self)
{
  return self->db != NULL;
}

/**
 * mz_records_file_close:
 *
 * Lets the file be one file again, on the disk. It is opened anew when it is needed.
 */
void
mz_records_file_close (MzRecordsFile *self)
{
  close_db (self);
}

/**
 * mz_records_file_get_set_aside:
 *
 * Returns: (transfer none) (nullable): where the file is that was damaged, if there was one since this was made
 */
const char *
mz_records_file_get_set_aside (MzRecordsFile *self)
{
  return self->set_aside;
}
