/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-history-file-private.h"

#include <string.h>

#include "mz-json.h"

/* The most that one record, and one page of them, is read of; the gateway gives less (policy.maxPayload). */
#define MAX_RECORD (32 * 1024 * 1024)
#define MAX_PAGE_BYTES (8 * 1024 * 1024)

/* A page ends with a whole entry, if it has no more records than this. */
#define MAX_SIBLINGS 64

typedef struct
{
  const char *gateway;
  const char *session;
  const char *entry;            /* NULL: from the end */
  guint n_before;
  guint n_after;
  MzHistoryPage *page;

  gint64 session_id;
  gint64 generation;
  JsonArray *messages;
} Read;

/* Messages one after the other, backward or forward, as far as they go on without a gap */
typedef struct
{
  sqlite3_stmt *statement;
  GPtrArray *nodes;
  guint limit;
  gboolean backward;
  gboolean more;                /* there is one more that goes on without a gap */
  gboolean gap;                 /* it ended at a gap */
} Walk;

static JsonNode *
parse_record (sqlite3_stmt *statement,
              int           column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);
  JsonNode *node = text != NULL ? mz_json_parse (text, (gsize) sqlite3_column_bytes (statement, column), MAX_RECORD, NULL) : NULL;

  return node;
}

static MzUse
walk (MzDatabase  *database,
      Walk        *self,
      GError     **error)
{
  g_autofree char *entry = NULL;
  gsize bytes = 0;
  guint n = 0;
  gboolean row = FALSE;
  MzUse use;

  while ((use = mz_database_step (database, self->statement, &row, error)) == MZ_USE_DONE && row)
    {
      const char *this_entry = (const char *) sqlite3_column_text (self->statement, 0);
      gboolean gap = sqlite3_column_int (self->statement, 1) != 0;
      gboolean sibling = g_strcmp0 (entry, this_entry) == 0;
      JsonNode *node;

      if (!self->backward && gap && n > 0)
        {
          self->gap = TRUE;
          break;
        }
      if ((n >= self->limit || bytes > MAX_PAGE_BYTES) && (!sibling || n >= self->limit + MAX_SIBLINGS))
        {
          self->more = TRUE;
          break;
        }

      node = parse_record (self->statement, 2);
      bytes += (gsize) sqlite3_column_bytes (self->statement, 2);
      if (node != NULL)
        g_ptr_array_add (self->nodes, node);
      n++;
      g_free (entry);
      entry = g_strdup (this_entry);
      if (self->backward && gap)
        {
          self->gap = TRUE;
          break;
        }
    }
  sqlite3_reset (self->statement);

  return use;
}

static MzUse
find_place (MzDatabase  *database,
            Read        *read,
            gint64      *seq,
            gint64      *part,
            gboolean    *found,
            GError     **error)
{
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database, "SELECT generation, seq, part FROM messages WHERE session = ? AND entry = ? ORDER BY part LIMIT 1", &use, error);

  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, read->session_id);
  mz_database_bind (statement, 2, read->entry);
  use = mz_database_step (database, statement, found, error);
  if (*found)
    {
      read->generation = sqlite3_column_int64 (statement, 0);
      *seq = sqlite3_column_int64 (statement, 1);
      *part = sqlite3_column_int64 (statement, 2);
    }
  sqlite3_reset (statement);

  return use;
}

static MzUse
read_session (MzDatabase  *database,
              Read        *read,
              GError     **error)
{
  MzUse use = mz_history_find_session (database, read->gateway, read->session, &read->session_id, NULL, error);
  sqlite3_stmt *statement;
  gboolean row;

  if (use != MZ_USE_DONE || read->session_id == 0)
    return use;
  statement = mz_database_statement (database, "SELECT generation, session_id, cursor FROM sessions WHERE id = ?", &use, error);
  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, read->session_id);
  use = mz_database_step (database, statement, &row, error);
  if (row)
    {
      read->generation = sqlite3_column_int64 (statement, 0);
      g_free (read->page->session_id);
      read->page->session_id = g_strdup ((const char *) sqlite3_column_text (statement, 1));
      g_free (read->page->cursor);
      read->page->cursor = g_strdup ((const char *) sqlite3_column_text (statement, 2));
    }
  sqlite3_reset (statement);

  return use;
}

static MzUse
read_before (MzDatabase  *database,
             Read        *read,
             gint64       seq,
             gint64       part,
             gboolean     anchor_gap,
             GError     **error)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  Walk back = { .nodes = nodes, .limit = read->n_before, .backward = TRUE };
  MzUse use;

  back.statement =
    mz_database_statement (database,
                           "SELECT entry, gap, record FROM messages WHERE session = ? AND generation = ? AND (seq, part) < (?, ?) "
                           "ORDER BY seq DESC, part DESC", &use, error);
  if (back.statement == NULL)
    return use;
  if (anchor_gap)
    {
      read->page->has_older = FALSE;
      read->page->complete = FALSE;
      return MZ_USE_DONE;
    }
  sqlite3_bind_int64 (back.statement, 1, read->session_id);
  sqlite3_bind_int64 (back.statement, 2, read->generation);
  sqlite3_bind_int64 (back.statement, 3, seq);
  sqlite3_bind_int64 (back.statement, 4, part);
  use = walk (database, &back, error);
  for (guint i = nodes->len; i > 0; i--)
    json_array_add_element (read->messages, json_node_ref (g_ptr_array_index (nodes, i - 1)));
  read->page->has_older = back.more;
  read->page->complete = !back.more && !back.gap;

  return use;
}

static MzUse
read_after (MzDatabase  *database,
            Read        *read,
            gint64       seq,
            gint64       part,
            GError     **error)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  Walk forward = { .nodes = nodes, .limit = read->n_after + 1 };
  MzUse use;

  forward.statement =
    mz_database_statement (database,
                           "SELECT entry, gap, record FROM messages WHERE session = ? AND generation = ? AND (seq, part) >= (?, ?) "
                           "ORDER BY seq, part", &use, error);
  if (forward.statement == NULL)
    return use;
  sqlite3_bind_int64 (forward.statement, 1, read->session_id);
  sqlite3_bind_int64 (forward.statement, 2, read->generation);
  sqlite3_bind_int64 (forward.statement, 3, seq);
  sqlite3_bind_int64 (forward.statement, 4, part);
  use = walk (database, &forward, error);
  for (guint i = 0; i < nodes->len; i++)
    json_array_add_element (read->messages, json_node_ref (g_ptr_array_index (nodes, i)));
  read->page->has_newer = forward.more;

  return use;
}

static MzUse
get_gap (MzDatabase  *database,
         Read        *read,
         gint64       seq,
         gint64       part,
         gboolean    *gap,
         GError     **error)
{
  MzUse use;
  gboolean row;
  sqlite3_stmt *statement =
    mz_database_statement (database, "SELECT gap FROM messages WHERE session = ? AND generation = ? AND seq = ? AND part = ?", &use, error);

  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, read->session_id);
  sqlite3_bind_int64 (statement, 2, read->generation);
  sqlite3_bind_int64 (statement, 3, seq);
  sqlite3_bind_int64 (statement, 4, part);
  use = mz_database_step (database, statement, &row, error);
  *gap = row && sqlite3_column_int (statement, 0) != 0;
  sqlite3_reset (statement);

  return use;
}

static void
set_answer (Read *read)
{
  JsonObject *answer = json_object_new ();

  read->page->n_messages = json_array_get_length (read->messages);
  json_object_set_string_member (answer, "sessionKey", read->session);
  if (read->page->session_id != NULL)
    json_object_set_string_member (answer, "sessionId", read->page->session_id);
  json_object_set_array_member (answer, "messages", json_array_ref (read->messages));
  json_object_set_boolean_member (answer, "hasMore", !read->page->complete);
  g_clear_pointer (&read->page->answer, json_node_unref);
  read->page->answer = json_node_init_object (json_node_alloc (), answer);
  json_object_unref (answer);
}

static MzUse
read_page (MzDatabase  *database,
           gpointer     data,
           GError     **error)
{
  Read *read = data;
  g_autoptr (JsonArray) messages = json_array_new ();
  gint64 seq = G_MAXINT64;
  gint64 part = G_MAXINT64;
  gboolean found = read->entry == NULL;
  gboolean gap = FALSE;
  MzUse use = read_session (database, read, error);

  read->messages = messages;
  if (use == MZ_USE_DONE && read->session_id != 0 && read->entry != NULL)
    {
      use = find_place (database, read, &seq, &part, &found, error);
      if (use == MZ_USE_DONE && found)
        use = get_gap (database, read, seq, part, &gap, error);
    }
  if (use == MZ_USE_DONE && read->session_id != 0 && found)
    {
      use = read_before (database, read, seq, part, gap, error);
      if (use == MZ_USE_DONE && read->entry != NULL && read->n_after != G_MAXUINT)
        use = read_after (database, read, seq, part, error);
    }

  /* Nothing at all says nothing about the gateway. */
  if (json_array_get_length (messages) == 0 && read->entry == NULL)
    read->page->complete = FALSE;
  set_answer (read);

  return use;
}

static MzHistoryPage *
read_or_free (MzHistoryFile  *self,
              Read           *read,
              GError        **error)
{
  g_autoptr (MzHistoryPage) page = g_new0 (MzHistoryPage, 1);
  g_autoptr (JsonArray) none = json_array_new ();

  read->page = page;
  if (!mz_database_exists (self->database))
    {
      read->messages = none;
      set_answer (read);
    }
  else if (!mz_database_read (self->database, read_page, read, error))
    {
      return NULL;
    }

  return g_steal_pointer (&page);
}

/**
 * mz_history_file_read:
 * @before: (nullable): `__openclaw.id` of the message before which to read; %NULL for the newest ones
 * @limit: how many; records of one entry stay together, so that it can be a few more
 *
 * Returns: (transfer full) (nullable): messages that follow one another without a gap, the oldest first
 */
MzHistoryPage *
mz_history_file_read (MzHistoryFile  *self,
                      const char     *gateway,
                      const char     *session,
                      const char     *before,
                      guint           limit,
                      GError        **error)
{
  Read read = { .gateway = gateway, .session = session, .entry = before, .n_before = limit, .n_after = G_MAXUINT };

  return read_or_free (self, &read, error);
}

/**
 * mz_history_file_read_around:
 * @entry: `__openclaw.id` of a message, of an earlier transcript too
 *
 * Returns: (transfer full) (nullable): it with its surroundings, without a gap; no messages when it is not here
 */
MzHistoryPage *
mz_history_file_read_around (MzHistoryFile  *self,
                             const char     *gateway,
                             const char     *session,
                             const char     *entry,
                             guint           n_before,
                             guint           n_after,
                             GError        **error)
{
  Read read = { .gateway = gateway, .session = session, .entry = entry, .n_before = n_before, .n_after = MIN (n_after, G_MAXINT) };

  return read_or_free (self, &read, error);
}
