/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-history-file-private.h"

#include <string.h>

/* What is in the file, the index for searching, and what can be saved of a damaged one. */

/* "MzHi" */
#define APPLICATION_ID 0x4d7a4869

/* Everything belongs to a gateway by the id of its entry: no address and no name of it is here. Drafts and the outbox name their conversation
 * themselves: they outlive what the gateway can give again. The words are in indexes without content; the text is in the messages.
 *
 * messages.gap: what comes before it in its transcript is not here. messages.generation: another number after each reset; the words' tags are the
 * gateway, the conversation, and who wrote it. */
static const char * const migrations[MZ_HISTORY_VERSION] = {
  "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE gateways ("
  "  id INTEGER PRIMARY KEY,"
  "  entry TEXT NOT NULL UNIQUE);"
  "CREATE TABLE sessions ("
  "  id INTEGER PRIMARY KEY,"
  "  gateway INTEGER NOT NULL REFERENCES gateways ON DELETE CASCADE,"
  "  key TEXT NOT NULL,"
  "  title TEXT NOT NULL DEFAULT '',"
  "  session_id TEXT,"
  "  generation INTEGER NOT NULL DEFAULT 0,"
  "  updated_ms INTEGER NOT NULL DEFAULT 0,"
  "  cursor TEXT,"
  "  row TEXT,"
  "  UNIQUE (gateway, key));"
  "CREATE TABLE messages ("
  "  id INTEGER PRIMARY KEY,"
  "  session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,"
  "  generation INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  part INTEGER NOT NULL,"
  "  gap INTEGER NOT NULL,"
  "  entry TEXT NOT NULL,"
  "  role TEXT,"
  "  kind TEXT,"
  "  run TEXT,"
  "  key TEXT,"
  "  time_ms INTEGER NOT NULL,"
  "  text TEXT,"
  "  record TEXT NOT NULL);"
  "CREATE UNIQUE INDEX messages_entry ON messages (session, entry, part);"
  "CREATE INDEX messages_order ON messages (session, generation, seq, part);"
  "CREATE INDEX messages_key ON messages (key) WHERE key IS NOT NULL;"
  "CREATE VIRTUAL TABLE message_words USING fts5 ("
  "  text, tags, content='', columnsize=0, prefix='2 3', tokenize='" MZ_WORDS_TOKENIZER "');"
  "CREATE VIRTUAL TABLE session_words USING fts5 ("
  "  title, content='', columnsize=0, tokenize='" MZ_WORDS_TOKENIZER "');"
  "CREATE TABLE drafts ("
  "  gateway TEXT NOT NULL,"
  "  session TEXT NOT NULL,"
  "  text TEXT NOT NULL,"
  "  attachments TEXT,"
  "  changed_ms INTEGER NOT NULL,"
  "  PRIMARY KEY (gateway, session));"
  "CREATE TABLE outbox ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  key TEXT NOT NULL UNIQUE,"
  "  gateway TEXT NOT NULL,"
  "  session TEXT NOT NULL,"
  "  state TEXT NOT NULL,"
  "  text TEXT NOT NULL,"
  "  attachments TEXT,"
  "  run TEXT,"
  "  error TEXT,"
  "  created_ms INTEGER NOT NULL);"
  "CREATE INDEX outbox_place ON outbox (gateway, session, id);"
  "INSERT INTO meta VALUES ('words', '1');",
};

static MzUse salvage (MzDatabase *database, gpointer data, GError **error);

const MzDatabaseLayout mz_history_layout = {
  .application_id = APPLICATION_ID,
  .version = MZ_HISTORY_VERSION,
  .migrations = migrations,
  .setup = "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;",
  .probe = "SELECT 1 FROM meta, gateways, sessions, messages, message_words, session_words, drafts, outbox LIMIT 0",
  .salvage = salvage,
  .mend = mz_history_rebuild_words,
};

/* ---- words ---- */

/**
 * mz_history_words_change:
 * @add: whether they come or go; they can only go as they came
 * @text: (nullable): of a message that cannot be searched: nothing is done
 *
 * Returns: how it went
 */
MzUse
mz_history_words_change (MzDatabase  *database,
                         gboolean     add,
                         gint64       id,
                         const char  *text,
                         gint64       gateway,
                         gint64       session,
                         const char  *role,
                         GError     **error)
{
  g_autofree char *folded = NULL;
  char tags[80];
  sqlite3_stmt *statement;
  MzUse use;

  if (text == NULL)
    return MZ_USE_DONE;

  statement = mz_database_statement (database, add ? "INSERT INTO message_words (rowid, text, tags) VALUES (?, ?, ?)"
                                                   : "INSERT INTO message_words (message_words, rowid, text, tags) VALUES ('delete', ?, ?, ?)",
                                     &use, error);
  if (statement == NULL)
    return use;

  folded = mz_words_fold (text);
  g_snprintf (tags, sizeof tags, "g%" G_GINT64_FORMAT " s%" G_GINT64_FORMAT " %s", gateway, session,
              g_strcmp0 (role, "user") == 0 ? "me" : "ai");
  sqlite3_bind_int64 (statement, 1, id);
  mz_database_bind (statement, 2, folded);
  mz_database_bind (statement, 3, tags);
  use = mz_database_run (database, statement, error);
  sqlite3_clear_bindings (statement);

  return use;
}

/**
 * mz_history_title_change:
 * @add: whether it comes or goes; it can only go as it came
 *
 * Returns: how it went
 */
MzUse
mz_history_title_change (MzDatabase  *database,
                         gboolean     add,
                         gint64       session,
                         const char  *title,
                         GError     **error)
{
  g_autofree char *folded = mz_words_fold (title);
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database, add ? "INSERT INTO session_words (rowid, title) VALUES (?, ?)"
                                         : "INSERT INTO session_words (session_words, rowid, title) VALUES ('delete', ?, ?)",
                           &use, error);

  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, session);
  mz_database_bind (statement, 2, folded);
  use = mz_database_run (database, statement, error);
  sqlite3_clear_bindings (statement);

  return use;
}

/**
 * mz_history_rebuild_words:
 *
 * Makes the indexes anew of what they index.
 *
 * Returns: how it went
 */
MzUse
mz_history_rebuild_words (MzDatabase  *database,
                          gpointer     data,
                          GError     **error)
{
  g_autofree char *mark = g_strdup_printf ("REPLACE INTO meta VALUES ('words', '%d')", MZ_WORDS_VERSION);
  gboolean row = FALSE;
  sqlite3_stmt *statement;
  MzUse use;

  use = mz_database_execute (database,
                             "INSERT INTO message_words (message_words) VALUES ('delete-all');"
                             "INSERT INTO session_words (session_words) VALUES ('delete-all');", error);
  if (use != MZ_USE_DONE)
    return use;

  statement = mz_database_statement (database,
                                     "SELECT m.id, m.text, s.gateway, m.session, m.role FROM messages m JOIN sessions s ON s.id = m.session "
                                     "WHERE m.text IS NOT NULL ORDER BY m.id", &use, error);
  while (use == MZ_USE_DONE && (use = mz_database_step (database, statement, &row, error)) == MZ_USE_DONE && row)
    use = mz_history_words_change (database, TRUE, sqlite3_column_int64 (statement, 0), (const char *) sqlite3_column_text (statement, 1),
                                   sqlite3_column_int64 (statement, 2), sqlite3_column_int64 (statement, 3),
                                   (const char *) sqlite3_column_text (statement, 4), error);
  if (use != MZ_USE_DONE)
    return use;

  statement = mz_database_statement (database, "SELECT id, title FROM sessions", &use, error);
  while (use == MZ_USE_DONE && (use = mz_database_step (database, statement, &row, error)) == MZ_USE_DONE && row)
    use = mz_history_title_change (database, TRUE, sqlite3_column_int64 (statement, 0), (const char *) sqlite3_column_text (statement, 1),
                                   error);

  return use == MZ_USE_DONE ? mz_database_execute (database, mark, error) : use;
}

/* ---- rows ---- */

/**
 * mz_history_find_session:
 * @id: (out): its number; 0 when nothing of it is here
 * @gateway_id: (out) (nullable): the number of its gateway
 *
 * Returns: how it went
 */
MzUse
mz_history_find_session (MzDatabase  *database,
                         const char  *gateway,
                         const char  *session,
                         gint64      *id,
                         gint64      *gateway_id,
                         GError     **error)
{
  MzUse use;
  gboolean row;
  sqlite3_stmt *statement =
    mz_database_statement (database, "SELECT s.id, g.id FROM gateways g JOIN sessions s ON s.gateway = g.id WHERE g.entry = ? AND s.key = ?",
                           &use, error);

  *id = 0;
  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, gateway);
  mz_database_bind (statement, 2, session);
  use = mz_database_step (database, statement, &row, error);
  if (row)
    {
      *id = sqlite3_column_int64 (statement, 0);
      if (gateway_id != NULL)
        *gateway_id = sqlite3_column_int64 (statement, 1);
    }
  sqlite3_reset (statement);

  return use;
}

static MzUse
mark_gap_behind (MzDatabase  *database,
                 gint64       id,
                 GError     **error)
{
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database,
                           "UPDATE messages SET gap = 1 WHERE id = (SELECT n.id FROM messages m, messages n WHERE m.id = ? AND "
                           "n.session = m.session AND n.generation = m.generation AND (n.seq, n.part) > (m.seq, m.part) "
                           "ORDER BY n.seq, n.part LIMIT 1)", &use, error);

  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, id);

  return mz_database_run (database, statement, error);
}

MzUse
mz_history_delete_message (MzDatabase  *database,
                           gint64       id,
                           gboolean     leaves_gap,
                           GError     **error)
{
  MzUse use = leaves_gap ? mark_gap_behind (database, id, error) : MZ_USE_DONE;
  sqlite3_stmt *statement;
  gboolean row;

  if (use != MZ_USE_DONE)
    return use;

  statement = mz_database_statement (database,
                                     "SELECT m.text, s.gateway, m.session, m.role FROM messages m JOIN sessions s ON s.id = m.session WHERE m.id = ?",
                                     &use, error);
  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, id);
  use = mz_database_step (database, statement, &row, error);
  if (row)
    use = mz_history_words_change (database, FALSE, id, (const char *) sqlite3_column_text (statement, 0), sqlite3_column_int64 (statement, 1),
                                   sqlite3_column_int64 (statement, 2), (const char *) sqlite3_column_text (statement, 3), error);
  sqlite3_reset (statement);
  if (use != MZ_USE_DONE)
    return use;

  statement = mz_database_statement (database, "DELETE FROM messages WHERE id = ?", &use, error);
  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, id);

  return mz_database_run (database, statement, error);
}

/* ---- what only is here ---- */

static MzUse
salvage_table (MzDatabase  *database,
               sqlite3     *damaged,
               const char  *read,
               const char  *write,
               GError     **error)
{
  sqlite3_stmt *from = NULL;
  MzUse use;
  sqlite3_stmt *to = mz_database_statement (database, write, &use, error);

  if (to == NULL)
    return use;

  /* As far as it can be read. */
  if (sqlite3_prepare_v2 (damaged, read, -1, &from, NULL) == SQLITE_OK)
    {
      while (use == MZ_USE_DONE && sqlite3_step (from) == SQLITE_ROW)
        {
          sqlite3_reset (to);
          for (int i = 0; i < sqlite3_column_count (from); i++)
            sqlite3_bind_value (to, i + 1, sqlite3_column_value (from, i));
          use = mz_database_run (database, to, error);
        }
    }
  sqlite3_finalize (from);

  return use;
}

/* Messages come from the gateway again; drafts and messages on their way do not. */
static MzUse
salvage (MzDatabase  *database,
         gpointer     data,
         GError     **error)
{
  const char *path = data;
  sqlite3 *damaged = NULL;
  MzUse use = MZ_USE_DONE;

  /* For writing too, though nothing is: what is in its log only is read with it. */
  if (sqlite3_open_v2 (path, &damaged, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
    {
      use = salvage_table (database, damaged, "SELECT key, gateway, session, state, text, attachments, run, error, created_ms FROM outbox ORDER BY id",
                           "INSERT OR IGNORE INTO outbox (key, gateway, session, state, text, attachments, run, error, created_ms) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
      if (use == MZ_USE_DONE)
        use = salvage_table (database, damaged, "SELECT gateway, session, text, attachments, changed_ms FROM drafts",
                             "INSERT OR IGNORE INTO drafts (gateway, session, text, attachments, changed_ms) VALUES (?, ?, ?, ?, ?)", error);
    }
  sqlite3_close (damaged);

  return use;
}
