/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-database.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

/* Another program that writes has this long to be done with it. */
#define BUSY_MS 5000

/* How often a long use looks whether somebody still wants it, in steps of SQLite's machine: some tenths of a millisecond */
#define INTERRUPT_STEPS 2000

struct _MzDatabase
{
  char *path;
  char *set_aside;
  const MzDatabaseLayout *layout;
  sqlite3 *db;
  GHashTable *statements;       /* by their SQL, which is static */
  GStatBuf status;              /* of the file that was opened */
  gboolean anew;                /* it takes the place of one that was set aside */
  gboolean (*is_over) (gpointer data);
  gpointer over_data;
};

/**
 * mz_database_fail:
 *
 * Tells the last error of SQLite.
 *
 * Returns: what that means
 */
MzUse
mz_database_fail (MzDatabase  *self,
                  GError     **error)
{
  int code = self->db != NULL ? sqlite3_extended_errcode (self->db) : SQLITE_NOMEM;

  if (code == SQLITE_INTERRUPT)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "it is not wanted any more");
      return MZ_USE_FAILED;
    }

  g_set_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED, "%s", self->db != NULL ? sqlite3_errmsg (self->db) : sqlite3_errstr (code));
  if (code == SQLITE_CORRUPT_VTAB)
    return MZ_USE_INDEX_DAMAGED;

  return (code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_CORRUPT ? MZ_USE_DAMAGED : MZ_USE_FAILED;
}

/**
 * mz_database_execute:
 * @sql: statements without values
 *
 * Returns: how it went
 */
MzUse
mz_database_execute (MzDatabase  *self,
                     const char  *sql,
                     GError     **error)
{
  return sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK ? MZ_USE_DONE : mz_database_fail (self, error);
}

/**
 * mz_database_statement:
 * @sql: a static string: the statement is kept under its address
 * @use: (out): how it went
 *
 * Returns: (transfer none) (nullable): the statement, reset, without values
 */
sqlite3_stmt *
mz_database_statement (MzDatabase  *self,
                       const char  *sql,
                       MzUse       *use,
                       GError     **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);

  *use = MZ_USE_DONE;
  if (statement != NULL)
    {
      sqlite3_reset (statement);
      sqlite3_clear_bindings (statement);
    }
  else if (sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) == SQLITE_OK)
    {
      g_hash_table_insert (self->statements, (gpointer) sql, statement);
    }
  else
    {
      *use = mz_database_fail (self, error);
      statement = NULL;
    }

  return statement;
}

/**
 * mz_database_step:
 * @row: (out): whether there is one; after the last one the statement is reset
 *
 * Returns: how it went
 */
MzUse
mz_database_step (MzDatabase    *self,
                  sqlite3_stmt  *statement,
                  gboolean      *row,
                  GError       **error)
{
  int code = sqlite3_step (statement);
  MzUse use = MZ_USE_DONE;

  *row = code == SQLITE_ROW;
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    use = mz_database_fail (self, error);
  if (code != SQLITE_ROW)
    sqlite3_reset (statement);

  return use;
}

/**
 * mz_database_run:
 * @statement: one that gives no rows, or of which none is wanted
 *
 * Returns: how it went
 */
MzUse
mz_database_run (MzDatabase    *self,
                 sqlite3_stmt  *statement,
                 GError       **error)
{
  gboolean row;
  MzUse use = mz_database_step (self, statement, &row, error);

  sqlite3_reset (statement);

  return use;
}

/**
 * mz_database_get_int:
 * @sql: a static string, without values
 * @value: (out): the first column of the first row; as it was when there is none
 *
 * Returns: how it went
 */
MzUse
mz_database_get_int (MzDatabase  *self,
                     const char  *sql,
                     gint64      *value,
                     GError     **error)
{
  MzUse use;
  sqlite3_stmt *statement = mz_database_statement (self, sql, &use, error);
  gboolean row;

  if (statement == NULL)
    return use;
  use = mz_database_step (self, statement, &row, error);
  if (row)
    *value = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);

  return use;
}

/**
 * mz_database_bind:
 * @place: counted from 1
 * @text: (nullable): lives until the statement is reset
 */
void
mz_database_bind (sqlite3_stmt *statement,
                  int           place,
                  const char   *text)
{
  if (text != NULL)
    sqlite3_bind_text (statement, place, text, -1, SQLITE_STATIC);
  else
    sqlite3_bind_null (statement, place);
}

/* ---- opening ---- */

static void
close_db (MzDatabase *self)
{
  g_hash_table_remove_all (self->statements);
  g_clear_pointer (&self->db, sqlite3_close);
}

static int
progress_cb (void *data)
{
  MzDatabase *self = data;

  return self->is_over != NULL && self->is_over (self->over_data);
}

/* Outside of the statements that are kept: a connection that fails to open has none. */
static MzUse
get_pragma (MzDatabase  *self,
            const char  *sql,
            int         *value,
            GError     **error)
{
  sqlite3_stmt *statement = NULL;
  MzUse use = MZ_USE_DONE;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step (statement) == SQLITE_ROW)
    *value = sqlite3_column_int (statement, 0);
  else
    use = mz_database_fail (self, error);
  sqlite3_finalize (statement);

  return use;
}

static MzUse
migrate_locked (MzDatabase  *self,
                GError     **error)
{
  const MzDatabaseLayout *layout = self->layout;
  g_autofree char *mark = g_strdup_printf ("PRAGMA application_id = %d", layout->application_id);
  int version = 0;
  MzUse use = get_pragma (self, "PRAGMA user_version", &version, error);

  /* Another program may have done it meanwhile. */
  for (int i = MAX (version, 0); use == MZ_USE_DONE && i < layout->version; i++)
    {
      g_autofree char *done = g_strdup_printf ("PRAGMA user_version = %d", i + 1);

      use = mz_database_execute (self, layout->migrations[i], error);
      if (use == MZ_USE_DONE)
        use = mz_database_execute (self, done, error);
    }
  if (use == MZ_USE_DONE)
    use = mz_database_execute (self, mark, error);
  if (use == MZ_USE_DONE && self->anew && layout->salvage != NULL)
    {
      g_autoptr (GError) local_error = NULL;

      /* What cannot be saved is no reason to be without a file. */
      if (mz_database_execute (self, "SAVEPOINT salvage", NULL) == MZ_USE_DONE &&
          layout->salvage (self, self->set_aside, &local_error) != MZ_USE_DONE)
        {
          g_debug ("Nothing saved from %s: %s", self->set_aside, local_error->message);
          mz_database_execute (self, "ROLLBACK TO salvage", NULL);
        }
      self->anew = FALSE;
    }

  return use;
}

static MzUse
migrate (MzDatabase  *self,
         GError     **error)
{
  const MzDatabaseLayout *layout = self->layout;
  int version = 0;
  int id = 0;
  MzUse use = get_pragma (self, "PRAGMA user_version", &version, error);

  if (use == MZ_USE_DONE)
    use = get_pragma (self, "PRAGMA application_id", &id, error);
  if (use != MZ_USE_DONE)
    return use;
  if (version != 0 && id != layout->application_id)
    {
      g_set_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED, "%s is a file of another program", self->path);
      return MZ_USE_DAMAGED;
    }
  if (version == layout->version)
    return MZ_USE_DONE;
  if (version > layout->version)
    {
      g_set_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_NEWER, "a newer Moltzer has written %s", self->path);
      return MZ_USE_FAILED;
    }

  use = mz_database_execute (self, "BEGIN IMMEDIATE", error);
  if (use != MZ_USE_DONE)
    return use;
  use = migrate_locked (self, error);
  if (use == MZ_USE_DONE)
    use = mz_database_execute (self, "COMMIT", error);
  if (use != MZ_USE_DONE)
    mz_database_execute (self, "ROLLBACK", NULL);

  return use;
}

/* Nobody else reads it: SQLite gives what it makes beside the file the file's own permissions. */
static gboolean
make_file (MzDatabase  *self,
           GError     **error)
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

/* That all tables are there: a use that fails later has another reason. */
static MzUse
probe (MzDatabase  *self,
       GError     **error)
{
  MzUse use;
  sqlite3_stmt *statement = mz_database_statement (self, self->layout->probe, &use, error);

  if (statement == NULL)
    return sqlite3_errcode (self->db) == SQLITE_ERROR ? MZ_USE_DAMAGED : use;

  return mz_database_run (self, statement, error);
}

static MzUse
open_db (MzDatabase  *self,
         GError     **error)
{
  MzUse use;

  if (self->db != NULL)
    return MZ_USE_DONE;
  if (!make_file (self, error))
    return MZ_USE_FAILED;
  if (sqlite3_open_v2 (self->path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      use = mz_database_fail (self, error);
      close_db (self);
      return use;
    }

  sqlite3_busy_timeout (self->db, BUSY_MS);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_progress_handler (self->db, INTERRUPT_STEPS, progress_cb, self);

  /* What is deleted is overwritten. */
  use = mz_database_execute (self, "PRAGMA trusted_schema = OFF; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;", error);
  if (use == MZ_USE_DONE)
    use = mz_database_execute (self, self->layout->setup, error);

  /* With a log beside it, readers and a writer do not wait for one another. Whoever finds another program at just that is not waited for, nor is it
   * needed then. */
  if (use == MZ_USE_DONE && mz_database_execute (self, "PRAGMA journal_mode = WAL", error) == MZ_USE_DAMAGED)
    use = MZ_USE_DAMAGED;
  else if (use == MZ_USE_DONE)
    g_clear_error (error);
  if (use == MZ_USE_DONE)
    use = migrate (self, error);
  if (use == MZ_USE_DONE)
    use = probe (self, error);
  if (use != MZ_USE_DONE)
    close_db (self);

  return use;
}

/* Out of the way, in the place of what was set aside before; it is for the person to look at or to remove. */
static gboolean
set_file_aside (MzDatabase  *self,
                GError     **error)
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
  self->anew = TRUE;
  g_debug ("%s was damaged; it is now %s", self->path, self->set_aside);

  return TRUE;
}

/* ---- using ---- */

static MzUse
use_once (MzDatabase      *self,
          MzDatabaseFunc   func,
          gpointer         data,
          gboolean         write,
          GError         **error)
{
  MzUse use = open_db (self, error);

  if (use == MZ_USE_DONE)
    use = mz_database_execute (self, write ? "BEGIN IMMEDIATE" : "BEGIN", error);
  if (use != MZ_USE_DONE)
    return use;

  use = func (self, data, error);
  if (use == MZ_USE_DONE)
    use = mz_database_execute (self, "COMMIT", error);
  if (use != MZ_USE_DONE)
    {
      GHashTableIter iter;
      gpointer statement;

      /* One that is still at work would keep the transaction open. */
      g_hash_table_iter_init (&iter, self->statements);
      while (g_hash_table_iter_next (&iter, NULL, &statement))
        sqlite3_reset (statement);
      if (!sqlite3_get_autocommit (self->db))
        mz_database_execute (self, "ROLLBACK", NULL);
    }

  return use;
}

static gboolean
use_file (MzDatabase      *self,
          MzDatabaseFunc   func,
          gpointer         data,
          gboolean         write,
          GError         **error)
{
  gboolean mended = FALSE;

  for (gboolean again = FALSE;; again = TRUE)
    {
      g_autoptr (GError) local_error = NULL;
      MzUse use = use_once (self, func, data, write, &local_error);

      if (use == MZ_USE_DONE)
        return TRUE;

      if (use == MZ_USE_INDEX_DAMAGED && self->layout->mend != NULL && !mended)
        {
          g_debug ("The index of %s is damaged: %s", self->path, local_error->message);
          mended = TRUE;
          g_clear_error (&local_error);
          use = use_once (self, self->layout->mend, NULL, TRUE, &local_error);
          if (use == MZ_USE_DONE)
            continue;
        }
      if (use == MZ_USE_FAILED || again)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      g_debug ("%s is damaged: %s", self->path, local_error->message);
      if (!set_file_aside (self, error))
        return FALSE;
    }
}

/**
 * mz_database_new:
 * @path: where the file is, or is to be
 * @layout: (transfer none): what is in it; static
 *
 * Returns: (transfer full): the file, not opened yet
 */
MzDatabase *
mz_database_new (const char             *path,
                 const MzDatabaseLayout *layout)
{
  MzDatabase *self = g_new0 (MzDatabase, 1);

  self->path = g_strdup (path);
  self->layout = layout;
  self->statements = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) sqlite3_finalize);

  return self;
}

void
mz_database_free (MzDatabase *self)
{
  if (self == NULL)
    return;

  close_db (self);
  g_hash_table_unref (self->statements);
  g_free (self->path);
  g_free (self->set_aside);
  g_free (self);
}

/**
 * mz_database_read:
 * @func: what to do, seeing the file as it is at one moment; it can be called twice, when the file turns out to be damaged
 * @data: for @func
 *
 * Returns: whether it was done
 */
gboolean
mz_database_read (MzDatabase      *self,
                  MzDatabaseFunc   func,
                  gpointer         data,
                  GError         **error)
{
  return use_file (self, func, data, FALSE, error);
}

/**
 * mz_database_write:
 * @func: what to do, as a whole or not at all; it can be called twice, when the file turns out to be damaged
 * @data: for @func
 *
 * Returns: whether it was done
 */
gboolean
mz_database_write (MzDatabase      *self,
                   MzDatabaseFunc   func,
                   gpointer         data,
                   GError         **error)
{
  return use_file (self, func, data, TRUE, error);
}

/**
 * mz_database_set_interrupt:
 * @is_over: (nullable): whether what is under way is not wanted any more; it then fails with %G_IO_ERROR_CANCELLED
 */
void
mz_database_set_interrupt (MzDatabase *self,
                           gboolean  (*is_over) (gpointer data),
                           gpointer    data)
{
  self->is_over = is_over;
  self->over_data = data;
}

/**
 * mz_database_exists:
 *
 * Returns: whether there is a file: who only asks makes none
 */
gboolean
mz_database_exists (MzDatabase *self)
{
  return self->db != NULL || g_file_test (self->path, G_FILE_TEST_EXISTS);
}

/**
 * mz_database_close:
 *
 * Lets the file be one file again, on the disk. It is opened anew when it is needed.
 */
void
mz_database_close (MzDatabase *self)
{
  close_db (self);
}

gboolean
mz_database_is_open (MzDatabase *self)
{
  return self->db != NULL;
}

const char *
mz_database_get_path (MzDatabase *self)
{
  return self->path;
}

sqlite3 *
mz_database_get_handle (MzDatabase *self)
{
  return self->db;
}

/**
 * mz_database_get_set_aside:
 *
 * Returns: (transfer none) (nullable): where the file is that was damaged, if there was one since this was made
 */
const char *
mz_database_get_set_aside (MzDatabase *self)
{
  return self->set_aside;
}

/**
 * mz_database_forget_aside:
 *
 * Removes the file that was set aside.
 */
void
mz_database_forget_aside (MzDatabase *self)
{
  static const char * const beside[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (beside); i++)
    {
      g_autofree char *aside = g_strconcat (self->path, ".damaged", beside[i], NULL);

      g_unlink (aside);
    }
  g_clear_pointer (&self->set_aside, g_free);
}
