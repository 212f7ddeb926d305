/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-history-file-private.h"

#include "mz-search-words.h"

/* The newest come first: in a chat that is what one looks for, and the index, whose order is that of time, stops as soon as it has enough; a rank
 * would have to look at everything that has the words. */

#define MAX_SESSIONS 20
#define SNIPPET_CHARS 160

/* So many names that begin so are as good as none. */
#define MAX_NAMED 500

typedef struct
{
  MzSearchQuery *query;
  const char *gateway;
  const char *session;
  guint limit;
  MzHistoryHits *hits;

  gint64 gateway_id;
  gint64 session_id;
} Search;

static GArray *
ranges_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (MzWordsRange));
}

static char *
dup_column (sqlite3_stmt *statement,
            int           column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

/* ---- conversations ---- */

static MzUse
find_sessions (MzDatabase  *database,
               Search      *search,
               const char  *words,
               GError     **error)
{
  gboolean row = FALSE;
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database,
                           "SELECT g.entry, s.key, s.title, s.session_id, s.updated_ms FROM session_words w CROSS JOIN sessions s ON s.id = w.rowid "
                           "JOIN gateways g ON g.id = s.gateway WHERE session_words MATCH ?1 AND (?2 = 0 OR s.gateway = ?2) "
                           "ORDER BY s.updated_ms DESC, s.id DESC LIMIT ?3", &use, error);

  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, words);
  sqlite3_bind_int64 (statement, 2, search->gateway_id);
  sqlite3_bind_int (statement, 3, MAX_SESSIONS);
  while ((use = mz_database_step (database, statement, &row, error)) == MZ_USE_DONE && row)
    {
      MzHistoryHit *hit = g_new0 (MzHistoryHit, 1);
      g_autofree char *title = dup_column (statement, 2);

      hit->gateway = dup_column (statement, 0);
      hit->session = dup_column (statement, 1);
      hit->title_ranges = ranges_new ();
      hit->title = mz_words_snippet (title, search->query->phrases, SNIPPET_CHARS, hit->title_ranges);
      hit->session_id = dup_column (statement, 3);
      hit->time_ms = sqlite3_column_int64 (statement, 4);
      g_ptr_array_add (search->hits->sessions, hit);
    }
  sqlite3_reset (statement);

  return use;
}

/* "in:NAME" as tags of conversations; empty when there is no such name. */
static MzUse
add_named (MzDatabase  *database,
           Search      *search,
           GString     *tags,
           guint       *n_named,
           GError     **error)
{
  MzUse use = MZ_USE_DONE;

  *n_named = 0;
  for (guint i = 0; use == MZ_USE_DONE && i < search->query->in->len; i++)
    {
      g_autofree char *folded = mz_words_fold (g_ptr_array_index (search->query->in, i));
      g_autofree char *words = NULL;
      gboolean row = FALSE;
      sqlite3_stmt *statement =
        mz_database_statement (database, "SELECT rowid FROM session_words WHERE session_words MATCH ? LIMIT ?", &use, error);

      if (statement == NULL)
        return use;
      g_strdelimit (folded, "\"", ' ');
      words = g_strdup_printf ("\"%s\" *", folded);
      mz_database_bind (statement, 1, words);
      sqlite3_bind_int (statement, 2, MAX_NAMED);
      while ((use = mz_database_step (database, statement, &row, error)) == MZ_USE_DONE && row)
        {
          g_string_append_printf (tags, "%s\"s%" G_GINT64_FORMAT "\"", *n_named > 0 ? " OR " : "", (gint64) sqlite3_column_int64 (statement, 0));
          (*n_named)++;
        }
      sqlite3_reset (statement);
    }

  return use;
}

/* ---- messages ---- */

static void
add_message (Search       *search,
             sqlite3_stmt *statement)
{
  MzHistoryHit *hit;
  const char *text = (const char *) sqlite3_column_text (statement, 8);

  if (search->hits->messages->len >= search->limit)
    {
      search->hits->more = TRUE;
      return;
    }

  hit = g_new0 (MzHistoryHit, 1);
  hit->gateway = dup_column (statement, 0);
  hit->session = dup_column (statement, 1);
  hit->title = dup_column (statement, 2);
  hit->session_id = dup_column (statement, 3);
  hit->entry = dup_column (statement, 4);
  hit->seq = sqlite3_column_int64 (statement, 5);
  hit->from = g_strcmp0 ((const char *) sqlite3_column_text (statement, 6), "user") == 0 ? MZ_SEARCH_FROM_ME : MZ_SEARCH_FROM_ASSISTANT;
  hit->time_ms = sqlite3_column_int64 (statement, 7);
  hit->ranges = ranges_new ();
  hit->snippet = mz_words_snippet (text != NULL ? text : "", search->query->phrases, SNIPPET_CHARS, hit->ranges);
  g_ptr_array_add (search->hits->messages, hit);
}

#define COLUMNS "g.entry, s.key, s.title, s.session_id, m.entry, m.seq, m.role, m.time_ms, m.text"

static gint64
id_of_time (gint64 time_ms)
{
  return CLAMP (time_ms, 0, MZ_HISTORY_MAX_TIME_MS) << MZ_HISTORY_ID_BITS;
}

static MzUse
find_messages (MzDatabase  *database,
               Search      *search,
               const char  *match,
               GError     **error)
{
  const MzSearchQuery *query = search->query;
  gboolean row = FALSE;
  MzUse use;
  sqlite3_stmt *statement;

  /* Without words and filters that have tags, time is the order of the messages themselves. */
  statement = mz_database_statement (database, match != NULL
    ? "SELECT " COLUMNS " FROM message_words w CROSS JOIN messages m ON m.id = w.rowid CROSS JOIN sessions s ON s.id = m.session "
      "CROSS JOIN gateways g ON g.id = s.gateway "
      "WHERE message_words MATCH ?1 AND w.rowid >= ?2 AND w.rowid < ?3 ORDER BY w.rowid DESC LIMIT ?4"
    : "SELECT " COLUMNS " FROM messages m CROSS JOIN sessions s ON s.id = m.session CROSS JOIN gateways g ON g.id = s.gateway "
      "WHERE m.id >= ?2 AND m.id < ?3 AND m.text IS NOT NULL ORDER BY m.id DESC LIMIT ?4", &use, error);
  if (statement == NULL)
    return use;
  if (match != NULL)
    mz_database_bind (statement, 1, match);
  sqlite3_bind_int64 (statement, 2, query->after_ms == G_MININT64 ? G_MININT64 : id_of_time (query->after_ms));
  sqlite3_bind_int64 (statement, 3, query->before_ms == G_MAXINT64 ? G_MAXINT64 : id_of_time (query->before_ms));
  sqlite3_bind_int64 (statement, 4, (gint64) search->limit + 1);
  while ((use = mz_database_step (database, statement, &row, error)) == MZ_USE_DONE && row)
    add_message (search, statement);
  sqlite3_reset (statement);

  return use;
}

static void
and_tags (GString    *match,
          const char *tags)
{
  g_string_append_printf (match, "%s{tags} : (%s)", match->len > 0 ? " AND " : "", tags);
}

static MzUse
get_scope (MzDatabase  *database,
           Search      *search,
           gboolean    *nothing,
           GError     **error)
{
  MzUse use = MZ_USE_DONE;
  gboolean row;
  sqlite3_stmt *statement;

  if (search->gateway == NULL)
    return use;
  if (search->session != NULL)
    {
      use = mz_history_find_session (database, search->gateway, search->session, &search->session_id, &search->gateway_id, error);
      *nothing = search->session_id == 0;
      return use;
    }

  statement = mz_database_statement (database, "SELECT id FROM gateways WHERE entry = ?", &use, error);
  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, search->gateway);
  use = mz_database_step (database, statement, &row, error);
  *nothing = !row;
  if (row)
    search->gateway_id = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);

  return use;
}

static MzUse
run_search (MzDatabase  *database,
            gpointer     data,
            GError     **error)
{
  Search *search = data;
  MzSearchQuery *query = search->query;
  g_autofree char *words = mz_search_query_to_match (query);
  g_autoptr (GString) match = g_string_new (NULL);
  g_autoptr (GString) named = g_string_new (NULL);
  char tag[40];
  gboolean nothing = FALSE;
  gint64 n_gateways = 0;
  guint n_named = 0;
  MzUse use = get_scope (database, search, &nothing, error);

  g_ptr_array_set_size (search->hits->sessions, 0);
  g_ptr_array_set_size (search->hits->messages, 0);
  search->hits->more = FALSE;
  if (use != MZ_USE_DONE || nothing || mz_search_query_is_empty (query))
    return use;

  /* Names come first, where they were asked for. */
  if (words != NULL && search->session == NULL && query->in->len == 0 && query->from == MZ_SEARCH_FROM_ANYONE)
    use = find_sessions (database, search, words, error);
  if (use == MZ_USE_DONE && query->in->len > 0)
    {
      use = add_named (database, search, named, &n_named, error);
      nothing = n_named == 0;
    }
  if (use == MZ_USE_DONE)
    use = mz_database_get_int (database, "SELECT count (*) FROM gateways", &n_gateways, error);
  if (use != MZ_USE_DONE || nothing || search->limit == 0)
    return use;

  if (words != NULL)
    g_string_append_printf (match, "{text} : (%s)", words);
  if (n_named > 0)
    and_tags (match, named->str);
  if (search->session_id != 0)
    {
      g_snprintf (tag, sizeof tag, "\"s%" G_GINT64_FORMAT "\"", search->session_id);
      and_tags (match, tag);
    }
  else if (search->gateway_id != 0 && n_gateways > 1)
    {
      g_snprintf (tag, sizeof tag, "\"g%" G_GINT64_FORMAT "\"", search->gateway_id);
      and_tags (match, tag);
    }
  if (query->from != MZ_SEARCH_FROM_ANYONE)
    and_tags (match, query->from == MZ_SEARCH_FROM_ME ? "\"me\"" : "\"ai\"");

  return find_messages (database, search, match->len > 0 ? match->str : NULL, error);
}

/**
 * mz_history_file_search:
 * @query: what is looked for
 * @gateway: (nullable): id of the entry of the only gateway to look in
 * @session: (nullable): key of the only conversation of it to look in
 * @limit: how many messages at the most
 *
 * Returns: (transfer full) (nullable): what was found
 */
MzHistoryHits *
mz_history_file_search (MzHistoryFile  *self,
                        MzSearchQuery  *query,
                        const char     *gateway,
                        const char     *session,
                        guint           limit,
                        GError        **error)
{
  g_autoptr (MzHistoryHits) hits = mz_history_hits_new ();
  Search search = { .query = query, .gateway = gateway, .session = session, .limit = limit, .hits = hits };

  if (mz_database_exists (self->database) && !mz_database_read (self->database, run_search, &search, error))
    return NULL;

  return g_steal_pointer (&hits);
}
