/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-history-file-private.h"

#include "mz-history-record.h"
#include "mz-json.h"

/* Gateways and their conversations: what the list shows. */

/* The most that one row is read of */
#define MAX_ROW (1024 * 1024)

MzUse
mz_history_ensure_gateway (MzDatabase  *database,
                           const char  *entry,
                           gint64      *id,
                           GError     **error)
{
  MzUse use;
  gboolean row;
  sqlite3_stmt *statement = mz_database_statement (database, "INSERT OR IGNORE INTO gateways (entry) VALUES (?)", &use, error);

  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, entry);
  use = mz_database_run (database, statement, error);
  if (use != MZ_USE_DONE)
    return use;

  statement = mz_database_statement (database, "SELECT id FROM gateways WHERE entry = ?", &use, error);
  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, entry);
  use = mz_database_step (database, statement, &row, error);
  if (row)
    *id = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);

  return use;
}

MzUse
mz_history_ensure_session (MzDatabase  *database,
                           gint64       gateway,
                           const char  *key,
                           gint64      *id,
                           GError     **error)
{
  MzUse use;
  gboolean row;
  sqlite3_stmt *statement = mz_database_statement (database, "SELECT id FROM sessions WHERE gateway = ? AND key = ?", &use, error);

  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, gateway);
  mz_database_bind (statement, 2, key);
  use = mz_database_step (database, statement, &row, error);
  if (row)
    *id = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  if (use != MZ_USE_DONE || row)
    return use;

  statement = mz_database_statement (database, "INSERT INTO sessions (gateway, key, title) VALUES (?, ?, ?)", &use, error);
  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, gateway);
  mz_database_bind (statement, 2, key);
  mz_database_bind (statement, 3, key);
  use = mz_database_run (database, statement, error);
  *id = sqlite3_last_insert_rowid (mz_database_get_handle (database));

  return use == MZ_USE_DONE ? mz_history_title_change (database, TRUE, *id, key, error) : use;
}

typedef struct
{
  const char *gateway;
  JsonObject *answer;
} PutSessions;

static const char *
title_of (JsonObject *row,
          const char *key)
{
  static const char * const names[] = { "label", "displayName", "derivedTitle" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *title = mz_json_get_string (row, names[i]);

      if (title != NULL && title[0] != '\0')
        return title;
    }

  return key;
}

static MzUse
put_session (MzDatabase  *database,
             gint64       gateway,
             JsonNode    *node,
             GError     **error)
{
  JsonObject *object = mz_json_node_object (node);
  const char *key = mz_json_get_string (object, "key");
  const char *title = title_of (object, key);
  g_autoptr (GString) row = NULL;
  g_autofree char *old_title = NULL;
  gboolean same = FALSE;
  gboolean found;
  sqlite3_stmt *statement;
  gint64 id = 0;
  MzUse use;

  if (key == NULL)
    return MZ_USE_DONE;

  row = g_string_new (NULL);
  mz_history_write_json (row, node);
  use = mz_history_ensure_session (database, gateway, key, &id, error);
  if (use != MZ_USE_DONE)
    return use;

  statement = mz_database_statement (database, "SELECT title, row FROM sessions WHERE id = ?", &use, error);
  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, id);
  use = mz_database_step (database, statement, &found, error);
  if (found)
    {
      old_title = g_strdup ((const char *) sqlite3_column_text (statement, 0));
      same = g_strcmp0 ((const char *) sqlite3_column_text (statement, 1), row->str) == 0;
    }
  sqlite3_reset (statement);
  if (use != MZ_USE_DONE || same)
    return use;

  if (g_strcmp0 (old_title, title) != 0)
    {
      use = mz_history_title_change (database, FALSE, id, old_title, error);
      if (use == MZ_USE_DONE)
        use = mz_history_title_change (database, TRUE, id, title, error);
      if (use != MZ_USE_DONE)
        return use;
    }

  statement = mz_database_statement (database, "UPDATE sessions SET title = ?, updated_ms = ?, row = ? WHERE id = ?", &use, error);
  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, title);
  sqlite3_bind_int64 (statement, 2, mz_json_get_int (object, "updatedAt", 0));
  mz_database_bind (statement, 3, row->str);
  sqlite3_bind_int64 (statement, 4, id);

  return mz_database_run (database, statement, error);
}

static MzUse
put_sessions (MzDatabase  *database,
              gpointer     data,
              GError     **error)
{
  PutSessions *put = data;
  JsonArray *sessions = mz_json_get_array (put->answer, "sessions");
  gint64 gateway = 0;
  MzUse use = mz_history_ensure_gateway (database, put->gateway, &gateway, error);

  for (guint i = 0; use == MZ_USE_DONE && i < mz_json_array_length (sessions); i++)
    use = put_session (database, gateway, mz_json_array_node (sessions, i), error);

  return use;
}

/**
 * mz_history_file_put_sessions:
 * @answer: {sessions: […]}, as sessions.list answers; only read
 *
 * Keeps the rows of a list, in the place of those with the same keys.
 *
 * Returns: whether it was written
 */
gboolean
mz_history_file_put_sessions (MzHistoryFile  *self,
                              const char     *gateway,
                              JsonObject     *answer,
                              GError        **error)
{
  PutSessions put = { gateway, answer };

  return mz_json_get_array (answer, "sessions") == NULL || mz_database_write (self->database, put_sessions, &put, error);
}

/* ---- reading it ---- */

typedef struct
{
  const char *gateway;
  GPtrArray *rows;
} ReadSessions;

static MzUse
read_sessions (MzDatabase  *database,
               gpointer     data,
               GError     **error)
{
  ReadSessions *read = data;
  gboolean row = FALSE;
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database,
                           "SELECT s.row FROM gateways g JOIN sessions s ON s.gateway = g.id WHERE g.entry = ? AND s.row IS NOT NULL "
                           "ORDER BY s.updated_ms DESC, s.id", &use, error);

  if (statement == NULL)
    return use;
  g_ptr_array_set_size (read->rows, 0);
  mz_database_bind (statement, 1, read->gateway);
  while ((use = mz_database_step (database, statement, &row, error)) == MZ_USE_DONE && row)
    {
      JsonNode *node = mz_json_parse ((const char *) sqlite3_column_text (statement, 0), (gsize) sqlite3_column_bytes (statement, 0), MAX_ROW, NULL);

      if (node != NULL)
        g_ptr_array_add (read->rows, node);
    }
  sqlite3_reset (statement);

  return use;
}

/**
 * mz_history_file_read_sessions:
 *
 * Returns: (transfer full) (nullable): {sessions: […]}, as sessions.list answers, the last used first
 */
JsonNode *
mz_history_file_read_sessions (MzHistoryFile  *self,
                               const char     *gateway,
                               GError        **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  ReadSessions read = { gateway, rows };
  JsonObject *answer;
  JsonArray *sessions;
  JsonNode *node;

  if (mz_database_exists (self->database) && !mz_database_read (self->database, read_sessions, &read, error))
    return NULL;

  answer = json_object_new ();
  sessions = json_array_sized_new (rows->len);
  for (guint i = 0; i < rows->len; i++)
    json_array_add_element (sessions, json_node_ref (g_ptr_array_index (rows, i)));
  json_object_set_array_member (answer, "sessions", sessions);
  node = json_node_init_object (json_node_alloc (), answer);
  json_object_unref (answer);

  return node;
}
