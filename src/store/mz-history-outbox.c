/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-history-file-private.h"

#include "mz-store-error.h"

/* Drafts and messages on their way: what only is here. */

typedef struct
{
  const char *gateway;
  const char *session;
  MzHistoryDraft *draft;
  gint64 now_ms;
} Draft;

static MzUse
put_draft (MzDatabase  *database,
           gpointer     data,
           GError     **error)
{
  Draft *draft = data;
  g_autofree char *attachments = draft->draft != NULL ? mz_history_attachments_to_string (draft->draft->attachments) : NULL;
  gboolean empty = draft->draft == NULL || (draft->draft->text[0] == '\0' && attachments == NULL);
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database, empty ? "DELETE FROM drafts WHERE gateway = ?1 AND session = ?2"
                                           : "REPLACE INTO drafts (gateway, session, text, attachments, changed_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
                           &use, error);

  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, draft->gateway);
  mz_database_bind (statement, 2, draft->session);
  if (!empty)
    {
      mz_database_bind (statement, 3, draft->draft->text);
      mz_database_bind (statement, 4, attachments);
      sqlite3_bind_int64 (statement, 5, draft->now_ms);
    }
  use = mz_database_run (database, statement, error);
  sqlite3_clear_bindings (statement);

  return use;
}

/**
 * mz_history_file_put_draft:
 * @draft: (nullable): what it is now; %NULL, or one with nothing in it, removes it
 *
 * Returns: whether it was written
 */
gboolean
mz_history_file_put_draft (MzHistoryFile   *self,
                           const char      *gateway,
                           const char      *session,
                           MzHistoryDraft  *draft,
                           gint64           now_ms,
                           GError         **error)
{
  Draft put = { gateway, session, draft, now_ms };

  return mz_database_write (self->database, put_draft, &put, error);
}

static MzUse
read_draft (MzDatabase  *database,
            gpointer     data,
            GError     **error)
{
  Draft *read = data;
  MzUse use;
  gboolean row;
  sqlite3_stmt *statement = mz_database_statement (database, "SELECT text, attachments FROM drafts WHERE gateway = ? AND session = ?", &use, error);

  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, read->gateway);
  mz_database_bind (statement, 2, read->session);
  use = mz_database_step (database, statement, &row, error);
  if (row)
    {
      g_autoptr (GPtrArray) attachments = mz_history_attachments_from_string ((const char *) sqlite3_column_text (statement, 1));

      g_clear_pointer (&read->draft, mz_history_draft_free);
      read->draft = mz_history_draft_new ((const char *) sqlite3_column_text (statement, 0), attachments);
    }
  sqlite3_reset (statement);

  return use;
}

/**
 * mz_history_file_read_draft:
 *
 * Returns: (transfer full) (nullable): what was typed last; an empty one when there is none; %NULL on failure
 */
MzHistoryDraft *
mz_history_file_read_draft (MzHistoryFile  *self,
                            const char     *gateway,
                            const char     *session,
                            GError        **error)
{
  Draft read = { gateway, session, mz_history_draft_new ("", NULL), 0 };

  if (mz_database_exists (self->database) && !mz_database_read (self->database, read_draft, &read, error))
    g_clear_pointer (&read.draft, mz_history_draft_free);

  return read.draft;
}

/* ---- the outbox ---- */

static MzUse
add_post (MzDatabase  *database,
          gpointer     data,
          GError     **error)
{
  const MzHistoryPost *post = data;
  g_autofree char *attachments = mz_history_attachments_to_string (post->attachments);
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database,
                           "INSERT INTO outbox (key, gateway, session, state, text, attachments, run, error, created_ms) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", &use, error);

  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, post->key);
  mz_database_bind (statement, 2, post->gateway);
  mz_database_bind (statement, 3, post->session);
  mz_database_bind (statement, 4, mz_history_post_state_to_string (post->state));
  mz_database_bind (statement, 5, post->text);
  mz_database_bind (statement, 6, attachments);
  mz_database_bind (statement, 7, post->run_id);
  mz_database_bind (statement, 8, post->error);
  sqlite3_bind_int64 (statement, 9, post->created_ms);
  use = mz_database_run (database, statement, error);
  sqlite3_clear_bindings (statement);

  return use;
}

/* What is on its way is on the disk before it goes on, and not only with the system, which loses it with the power. */
static gboolean
write_for_good (MzHistoryFile   *self,
                MzDatabaseFunc   func,
                gpointer         data,
                GError         **error)
{
  gboolean done;

  if (mz_database_is_open (self->database))
    mz_database_execute (self->database, "PRAGMA synchronous = FULL", NULL);
  done = mz_database_write (self->database, func, data, error);
  if (mz_database_is_open (self->database))
    mz_database_execute (self->database, "PRAGMA synchronous = NORMAL", NULL);

  return done;
}

static MzUse
nothing (MzDatabase  *database,
         gpointer     data,
         GError     **error)
{
  return MZ_USE_DONE;
}

/**
 * mz_history_file_add_post:
 * @post: a message that is to go out, behind those that are there
 *
 * Returns: whether it is on the disk; not when there is one with its key
 */
gboolean
mz_history_file_add_post (MzHistoryFile        *self,
                          const MzHistoryPost  *post,
                          GError              **error)
{
  /* Opened, so that it can be told how to write. */
  return mz_database_read (self->database, nothing, NULL, error) && write_for_good (self, add_post, (gpointer) post, error);
}

typedef struct
{
  const char *key;
  guint from;
  MzHistoryPostState to;
  const char *run_id;
  const char *reason;
  gboolean moved;
} Move;

static MzUse
move_post (MzDatabase  *database,
           gpointer     data,
           GError     **error)
{
  Move *move = data;
  MzUse use;
  gboolean row;
  MzHistoryPostState state = MZ_HISTORY_POST_WAITING;
  sqlite3_stmt *statement = mz_database_statement (database, "SELECT state FROM outbox WHERE key = ?", &use, error);

  move->moved = FALSE;
  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, move->key);
  use = mz_database_step (database, statement, &row, error);
  row = row && mz_history_post_state_from_string ((const char *) sqlite3_column_text (statement, 0), &state);
  sqlite3_reset (statement);
  if (use != MZ_USE_DONE || !row || (move->from & MZ_HISTORY_POST_BIT (state)) == 0)
    return use;

  statement = mz_database_statement (database, "UPDATE outbox SET state = ?, run = coalesce (?, run), error = ? WHERE key = ?", &use, error);
  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, mz_history_post_state_to_string (move->to));
  mz_database_bind (statement, 2, move->run_id);
  mz_database_bind (statement, 3, move->reason);
  mz_database_bind (statement, 4, move->key);
  use = mz_database_run (database, statement, error);
  sqlite3_clear_bindings (statement);
  move->moved = use == MZ_USE_DONE;

  return use;
}

/**
 * mz_history_file_move_post:
 * @from: the states in which it may be, as %MZ_HISTORY_POST_BIT
 * @to: the state that it gets
 * @run_id: (nullable): of its run, when that is known now
 * @reason: (nullable): why it failed
 * @moved: (out): whether it was in one of these states: of two who would send it only one does
 *
 * Returns: whether it could be looked at
 */
gboolean
mz_history_file_move_post (MzHistoryFile       *self,
                           const char          *key,
                           guint                from,
                           MzHistoryPostState   to,
                           const char          *run_id,
                           const char          *reason,
                           gboolean            *moved,
                           GError             **error)
{
  Move move = { key, from, to, run_id, reason, FALSE };
  gboolean done = !mz_database_exists (self->database) || write_for_good (self, move_post, &move, error);

  *moved = done && move.moved;

  return done;
}

static MzUse
remove_post (MzDatabase  *database,
             gpointer     data,
             GError     **error)
{
  MzUse use;
  sqlite3_stmt *statement = mz_database_statement (database, "DELETE FROM outbox WHERE key = ?", &use, error);

  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, data);

  return mz_database_run (database, statement, error);
}

/**
 * mz_history_file_remove_post:
 *
 * Returns: whether it is not there any more
 */
gboolean
mz_history_file_remove_post (MzHistoryFile  *self,
                             const char     *key,
                             GError        **error)
{
  return !mz_database_exists (self->database) || write_for_good (self, remove_post, (gpointer) key, error);
}

typedef struct
{
  const char *gateway;
  gboolean recover;
  GPtrArray *posts;
} List;

/* What was going out when a program ended may have arrived. */
static MzUse
recover_posts (MzDatabase  *database,
               const char  *gateway,
               GError     **error)
{
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database,
                           "UPDATE outbox SET state = 'delivered', error = NULL WHERE gateway = ?1 AND state <> 'delivered' AND EXISTS "
                           "(SELECT 1 FROM messages m JOIN sessions s ON s.id = m.session JOIN gateways g ON g.id = s.gateway "
                           "WHERE m.key = outbox.key AND g.entry = ?1)", &use, error);

  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, gateway);
  use = mz_database_run (database, statement, error);
  if (use != MZ_USE_DONE)
    return use;

  statement = mz_database_statement (database, "UPDATE outbox SET state = 'unconfirmed' WHERE gateway = ? AND state IN ('sending', 'accepted')", &use, error);
  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, gateway);

  return mz_database_run (database, statement, error);
}

static MzUse
list_posts (MzDatabase  *database,
            gpointer     data,
            GError     **error)
{
  List *list = data;
  gboolean row = FALSE;
  MzUse use = list->recover ? recover_posts (database, list->gateway, error) : MZ_USE_DONE;
  sqlite3_stmt *statement;

  g_ptr_array_set_size (list->posts, 0);
  if (use != MZ_USE_DONE)
    return use;
  statement = mz_database_statement (database,
                                     "SELECT key, gateway, session, state, text, attachments, run, error, created_ms FROM outbox "
                                     "WHERE gateway = ? AND state <> 'delivered' ORDER BY id", &use, error);
  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, list->gateway);
  while ((use = mz_database_step (database, statement, &row, error)) == MZ_USE_DONE && row)
    {
      g_autoptr (GPtrArray) attachments = mz_history_attachments_from_string ((const char *) sqlite3_column_text (statement, 5));
      g_autoptr (MzHistoryPost) post =
        mz_history_post_new ((const char *) sqlite3_column_text (statement, 0), (const char *) sqlite3_column_text (statement, 1),
                             (const char *) sqlite3_column_text (statement, 2), (const char *) sqlite3_column_text (statement, 4), attachments);

      if (!mz_history_post_state_from_string ((const char *) sqlite3_column_text (statement, 3), &post->state))
        continue;
      post->run_id = g_strdup ((const char *) sqlite3_column_text (statement, 6));
      post->error = g_strdup ((const char *) sqlite3_column_text (statement, 7));
      post->created_ms = sqlite3_column_int64 (statement, 8);
      g_ptr_array_add (list->posts, g_steal_pointer (&post));
    }
  sqlite3_reset (statement);

  return use;
}

/**
 * mz_history_file_list_posts:
 * @recover: for the first time since the program began: what was going out then is unconfirmed, and what is in the history has arrived
 *
 * Returns: (transfer full) (element-type MzHistoryPost) (nullable): what has not arrived, in order
 */
GPtrArray *
mz_history_file_list_posts (MzHistoryFile  *self,
                            const char     *gateway,
                            gboolean        recover,
                            GError        **error)
{
  g_autoptr (GPtrArray) posts = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_history_post_free);
  List list = { gateway, recover, posts };

  if (mz_database_exists (self->database) &&
      !(recover ? mz_database_write (self->database, list_posts, &list, error) : mz_database_read (self->database, list_posts, &list, error)))
    return NULL;

  return g_steal_pointer (&posts);
}
