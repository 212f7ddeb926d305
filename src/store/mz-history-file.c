/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-history-file-private.h"

/* The file as a whole: how much is kept, whether it is sound, and how it is emptied. */

#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

/* So many messages go in one transaction: others can write in between. */
#define PRUNE_STEP 500

/* What one pruning puts together of the index, in pages: some tenths of a second */
#define MERGE_PAGES "4000"

/* A file that is too large becomes this part of what it may be, so that not every message that comes makes one go. */
#define PRUNE_TO 0.9

/**
 * mz_history_file_new:
 * @path: where the file is, or is to be
 *
 * Returns: (transfer full): the file, not opened yet
 */
MzHistoryFile *
mz_history_file_new (const char *path)
{
  MzHistoryFile *self = g_new0 (MzHistoryFile, 1);

  self->database = mz_database_new (path, &mz_history_layout);

  return self;
}

void
mz_history_file_free (MzHistoryFile *self)
{
  if (self == NULL)
    return;

  mz_database_free (self->database);
  g_free (self);
}

MzDatabase *
mz_history_file_get_database (MzHistoryFile *self)
{
  return self->database;
}

/**
 * mz_history_file_set_limits:
 * @keep_days: how long messages are kept; 0 for good
 * @max_bytes: how large the file may become, about; 0 for no limit
 */
void
mz_history_file_set_limits (MzHistoryFile *self,
                            guint          keep_days,
                            gint64         max_bytes)
{
  self->keep_days = keep_days;
  self->max_bytes = max_bytes;
  self->pruned_ms = 0;
}

/* ---- keeping it small ---- */

static MzUse
get_bytes (MzDatabase  *database,
           gint64      *bytes,
           GError     **error)
{
  gint64 pages = 0;
  gint64 unused = 0;
  gint64 size = 0;
  MzUse use = mz_database_get_int (database, "PRAGMA page_count", &pages, error);

  if (use == MZ_USE_DONE)
    use = mz_database_get_int (database, "PRAGMA freelist_count", &unused, error);
  if (use == MZ_USE_DONE)
    use = mz_database_get_int (database, "PRAGMA page_size", &size, error);
  *bytes = (pages - unused) * size;

  return use;
}

static MzUse
measure (MzDatabase  *database,
         gpointer     data,
         GError     **error)
{
  return get_bytes (database, data, error);
}

/**
 * mz_history_file_get_size:
 *
 * Returns: how much is in the file, in bytes; 0 when there is none
 */
gint64
mz_history_file_get_size (MzHistoryFile *self)
{
  gint64 bytes = 0;

  if (mz_database_exists (self->database))
    mz_database_read (self->database, measure, &bytes, NULL);

  return bytes;
}

typedef struct
{
  gint64 before_id;             /* all that are older go */
  gint64 max_bytes;             /* 0: no matter */
  gboolean more;
} Prune;

static MzUse
prune_step (MzDatabase  *database,
            gpointer     data,
            GError     **error)
{
  Prune *prune = data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 before = prune->before_id;
  gint64 bytes = 0;
  gboolean row = FALSE;
  sqlite3_stmt *statement;
  MzUse use = MZ_USE_DONE;

  prune->more = FALSE;
  if (prune->max_bytes > 0)
    {
      use = get_bytes (database, &bytes, error);
      if (use == MZ_USE_DONE && bytes > prune->max_bytes)
        before = G_MAXINT64;
    }
  if (use != MZ_USE_DONE)
    return use;

  statement = mz_database_statement (database, "SELECT id FROM messages WHERE id < ? ORDER BY id LIMIT ?", &use, error);
  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, before);
  sqlite3_bind_int (statement, 2, PRUNE_STEP);
  while ((use = mz_database_step (database, statement, &row, error)) == MZ_USE_DONE && row)
    {
      gint64 id = sqlite3_column_int64 (statement, 0);

      g_array_append_val (ids, id);
    }
  for (guint i = 0; use == MZ_USE_DONE && i < ids->len; i++)
    use = mz_history_delete_message (database, g_array_index (ids, gint64, i), TRUE, error);
  if (use == MZ_USE_DONE && ids->len < PRUNE_STEP)
    use = mz_database_execute (database, "DELETE FROM outbox WHERE state = 'delivered'", error);
  prune->more = ids->len == PRUNE_STEP;

  return use;
}

/**
 * mz_history_file_prune:
 * @now_ms: the time, in ms of Unix time
 *
 * Lets the oldest messages go when there is too much, and once a day those that are too old. Drafts and messages on their way stay.
 *
 * Returns: whether it was done
 */
gboolean
mz_history_file_prune (MzHistoryFile  *self,
                       gint64          now_ms,
                       GError        **error)
{
  Prune prune = { 0 };
  gboolean daily = self->pruned_ms == 0 || ABS (now_ms - self->pruned_ms) >= DAY_MS;
  gboolean full = self->max_bytes > 0 && mz_history_file_get_size (self) > self->max_bytes;
  guint n_steps = 0;

  if ((!daily && !full) || !mz_database_exists (self->database))
    return TRUE;

  self->pruned_ms = now_ms;
  if (self->keep_days > 0)
    prune.before_id = MAX (now_ms - self->keep_days * DAY_MS, 0) << MZ_HISTORY_ID_BITS;
  prune.max_bytes = full ? (gint64) ((double) self->max_bytes * PRUNE_TO) : 0;
  do
    {
      if (!mz_database_write (self->database, prune_step, &prune, error))
        return FALSE;
      n_steps++;
    }
  while (prune.more);

  /* Words of what went stay in the index until its parts are put together. Not all at once: that would take seconds in a large file. */
  if (full || n_steps > 1)
    mz_database_execute (self->database, "INSERT INTO message_words (message_words, rank) VALUES ('merge', -" MERGE_PAGES "); PRAGMA incremental_vacuum;",
                         NULL);

  return TRUE;
}

/* ---- whether it is sound ---- */

static MzUse
check (MzDatabase  *database,
       gpointer     data,
       GError     **error)
{
  MzUse use;
  gboolean row;
  sqlite3_stmt *statement = mz_database_statement (database, "PRAGMA integrity_check (1)", &use, error);

  if (statement == NULL)
    return use;
  use = mz_database_step (database, statement, &row, error);
  if (use == MZ_USE_DONE && row && g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") != 0)
    {
      g_set_error (error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED, "%s", (const char *) sqlite3_column_text (statement, 0));
      use = MZ_USE_DAMAGED;
    }
  sqlite3_reset (statement);
  if (use != MZ_USE_DONE)
    return use;

  statement = mz_database_statement (database, "PRAGMA foreign_key_check", &use, error);
  if (statement == NULL)
    return use;
  use = mz_database_step (database, statement, &row, error);
  sqlite3_reset (statement);
  if (use == MZ_USE_DONE && row)
    {
      g_set_error_literal (error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED, "a message belongs to no conversation");
      return MZ_USE_DAMAGED;
    }

  return use;
}

static MzUse
check_words (MzDatabase  *database,
             gpointer     data,
             GError     **error)
{
  return mz_database_execute (database,
                              "INSERT INTO message_words (message_words) VALUES ('integrity-check');"
                              "INSERT INTO session_words (session_words) VALUES ('integrity-check');", error);
}

/**
 * mz_history_file_check:
 *
 * Looks at all of the file. A damaged index is made anew; a damaged file is set aside, and what only is here is saved from it.
 *
 * Returns: whether it is sound now
 */
gboolean
mz_history_file_check (MzHistoryFile  *self,
                       GError        **error)
{
  /* Others can write while the file is read. */
  return !mz_database_exists (self->database) ||
         (mz_database_read (self->database, check, NULL, error) && mz_database_write (self->database, check_words, NULL, error));
}

/* ---- forgetting ---- */

typedef struct
{
  const char *gateway;
  const char *session;
} Erase;

static MzUse
run_bound (MzDatabase  *database,
           const char  *sql,
           const char  *gateway,
           const char  *session,
           GError     **error)
{
  MzUse use;
  sqlite3_stmt *statement = mz_database_statement (database, sql, &use, error);

  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, gateway);
  if (session != NULL)
    mz_database_bind (statement, 2, session);

  return mz_database_run (database, statement, error);
}

static MzUse
erase_all (MzDatabase  *database,
           GError     **error)
{
  return mz_database_execute (database,
                              "INSERT INTO message_words (message_words) VALUES ('delete-all');"
                              "INSERT INTO session_words (session_words) VALUES ('delete-all');"
                              "DELETE FROM messages; DELETE FROM sessions; DELETE FROM gateways; DELETE FROM drafts; DELETE FROM outbox;", error);
}

static MzUse
collect (MzDatabase    *database,
         sqlite3_stmt  *statement,
         GArray        *ids,
         GError       **error)
{
  gboolean row = FALSE;
  MzUse use;

  while ((use = mz_database_step (database, statement, &row, error)) == MZ_USE_DONE && row)
    {
      gint64 id = sqlite3_column_int64 (statement, 0);

      g_array_append_val (ids, id);
    }

  return use;
}

static MzUse
erase_session (MzDatabase  *database,
               gint64       id,
               GError     **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *title = NULL;
  gboolean row;
  MzUse use;
  sqlite3_stmt *statement = mz_database_statement (database, "SELECT id FROM messages WHERE session = ?", &use, error);

  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, id);
  use = collect (database, statement, ids, error);
  for (guint i = 0; use == MZ_USE_DONE && i < ids->len; i++)
    use = mz_history_delete_message (database, g_array_index (ids, gint64, i), FALSE, error);
  if (use != MZ_USE_DONE)
    return use;

  statement = mz_database_statement (database, "SELECT title FROM sessions WHERE id = ?", &use, error);
  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, id);
  use = mz_database_step (database, statement, &row, error);
  if (row)
    title = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_reset (statement);
  if (use == MZ_USE_DONE && title != NULL)
    use = mz_history_title_change (database, FALSE, id, title, error);
  if (use != MZ_USE_DONE)
    return use;

  statement = mz_database_statement (database, "DELETE FROM sessions WHERE id = ?", &use, error);
  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, id);

  return mz_database_run (database, statement, error);
}

static MzUse
erase (MzDatabase  *database,
       gpointer     data,
       GError     **error)
{
  Erase *what = data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *statement;
  gint64 id;
  MzUse use = MZ_USE_DONE;

  if (what->gateway == NULL)
    return erase_all (database, error);

  if (what->session != NULL)
    {
      use = mz_history_find_session (database, what->gateway, what->session, &id, NULL, error);
      if (use == MZ_USE_DONE && id != 0)
        g_array_append_val (ids, id);
    }
  else
    {
      statement = mz_database_statement (database, "SELECT s.id FROM sessions s JOIN gateways g ON g.id = s.gateway WHERE g.entry = ?", &use, error);
      if (statement == NULL)
        return use;
      mz_database_bind (statement, 1, what->gateway);
      use = collect (database, statement, ids, error);
    }
  for (guint i = 0; use == MZ_USE_DONE && i < ids->len; i++)
    use = erase_session (database, g_array_index (ids, gint64, i), error);
  if (use != MZ_USE_DONE)
    return use;

  if (what->session != NULL)
    {
      use = run_bound (database, "DELETE FROM drafts WHERE gateway = ? AND session = ?", what->gateway, what->session, error);
      return use == MZ_USE_DONE ? run_bound (database, "DELETE FROM outbox WHERE gateway = ? AND session = ?", what->gateway, what->session, error) : use;
    }

  use = run_bound (database, "DELETE FROM drafts WHERE gateway = ?", what->gateway, NULL, error);
  if (use == MZ_USE_DONE)
    use = run_bound (database, "DELETE FROM outbox WHERE gateway = ?", what->gateway, NULL, error);

  return use == MZ_USE_DONE ? run_bound (database, "DELETE FROM gateways WHERE entry = ?", what->gateway, NULL, error) : use;
}

/**
 * mz_history_file_erase:
 * @gateway: (nullable): id of the entry of the gateway; %NULL for everything, and for the file that was set aside
 * @session: (nullable): key of the only conversation of it
 *
 * Forgets messages, names, drafts and messages on their way, so that nothing of them is left in the file.
 *
 * Returns: whether it was done
 */
gboolean
mz_history_file_erase (MzHistoryFile  *self,
                       const char     *gateway,
                       const char     *session,
                       GError        **error)
{
  Erase what = { gateway, session };

  if (gateway == NULL)
    mz_database_forget_aside (self->database);
  if (!mz_database_exists (self->database))
    return TRUE;
  if (!mz_database_write (self->database, erase, &what, error))
    return FALSE;

  /* Words stay in the index until its parts are put together, and in the log until it is cut; while another program reads, that comes later by itself. */
  mz_database_execute (self->database,
                       "INSERT INTO message_words (message_words) VALUES ('optimize');"
                       "INSERT INTO session_words (session_words) VALUES ('optimize');", NULL);
  mz_database_execute (self->database, gateway == NULL ? "VACUUM" : "PRAGMA incremental_vacuum", NULL);
  mz_database_execute (self->database, "PRAGMA wal_checkpoint (TRUNCATE)", NULL);

  return TRUE;
}
