/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-history-file-private.h"

#include "mz-history-record.h"
#include "mz-json.h"

/* What the gateway says goes in here. A page is a stretch of one transcript without gaps: what is kept of that stretch becomes it. */

/* How many numbers of the same time are tried in order */
#define FIRST_TRIES 8

typedef struct
{
  const char *gateway;
  const char *session;
  MzHistoryKind kind;
  JsonObject *answer;
  gint64 now_ms;
  GPtrArray *delivered;
  GPtrArray *records;

  gint64 gateway_id;
  gint64 session_id;            /* our number of the session */
  gint64 generation;
  gint64 last_id;               /* given to a message */
  gboolean has_posts;
  GHashTable *kept;             /* numbers of the messages of this page */
} Put;

/* Another transcript under the same key is what a reset leaves: what was before stays, in its own generation. */
static MzUse
take_session_id (Put         *put,
                 MzDatabase  *database,
                 GError     **error)
{
  const char *session_id = mz_json_get_string (put->answer, "sessionId");
  const char *cursor = mz_json_get_string (put->answer, "deltaCursor");
  g_autofree char *old = NULL;
  MzUse use;
  gboolean row;
  sqlite3_stmt *statement = mz_database_statement (database, "SELECT session_id, generation FROM sessions WHERE id = ?", &use, error);

  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, put->session_id);
  use = mz_database_step (database, statement, &row, error);
  if (row)
    {
      old = g_strdup ((const char *) sqlite3_column_text (statement, 0));
      put->generation = sqlite3_column_int64 (statement, 1);
    }
  sqlite3_reset (statement);
  if (use != MZ_USE_DONE)
    return use;

  if (session_id != NULL && old != NULL && !g_str_equal (session_id, old))
    put->generation++;

  statement = mz_database_statement (database,
                                     "UPDATE sessions SET session_id = coalesce (?2, session_id), generation = ?3, cursor = coalesce (?4, cursor) "
                                     "WHERE id = ?1 AND (session_id IS NOT coalesce (?2, session_id) OR generation <> ?3 OR "
                                     "cursor IS NOT coalesce (?4, cursor))", &use, error);
  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, put->session_id);
  mz_database_bind (statement, 2, session_id);
  sqlite3_bind_int64 (statement, 3, put->generation);
  mz_database_bind (statement, 4, cursor);

  return mz_database_run (database, statement, error);
}

static MzUse
edge_seq (Put         *put,
          MzDatabase  *database,
          gboolean     last,
          gint64      *seq,
          GError     **error)
{
  MzUse use;
  gboolean row;
  sqlite3_stmt *statement =
    mz_database_statement (database, last ? "SELECT max (seq) FROM messages WHERE session = ? AND generation = ?"
                                          : "SELECT min (seq) FROM messages WHERE session = ? AND generation = ?", &use, error);

  *seq = 0;
  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, put->session_id);
  sqlite3_bind_int64 (statement, 2, put->generation);
  use = mz_database_step (database, statement, &row, error);
  if (row)
    *seq = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);

  return use;
}

/* The number of the message before a new one; 0 when there is none. */
static MzUse
seq_before (Put         *put,
            MzDatabase  *database,
            gint64       seq,
            gint64      *before,
            GError     **error)
{
  MzUse use;
  gboolean row;
  sqlite3_stmt *statement =
    mz_database_statement (database, "SELECT max (seq) FROM messages WHERE session = ? AND generation = ? AND seq <= ?", &use, error);

  *before = 0;
  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, put->session_id);
  sqlite3_bind_int64 (statement, 2, put->generation);
  sqlite3_bind_int64 (statement, 3, seq);
  use = mz_database_step (database, statement, &row, error);
  if (row)
    *before = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);

  return use;
}

/* ---- one message ---- */

typedef struct
{
  gint64 id;                    /* 0: it is not here */
  gint64 generation;
  gint64 seq;
  gboolean gap;
  gboolean same;                /* as it was */
} Known;

static MzUse
look_up (Put              *put,
         MzDatabase       *database,
         MzHistoryRecord  *record,
         Known            *known,
         GError          **error)
{
  MzUse use;
  gboolean row;
  sqlite3_stmt *statement =
    mz_database_statement (database, "SELECT id, generation, seq, gap, record FROM messages WHERE session = ? AND entry = ? AND part = ?", &use, error);

  *known = (Known) { 0 };
  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, put->session_id);
  mz_database_bind (statement, 2, record->entry);
  sqlite3_bind_int64 (statement, 3, record->part);
  use = mz_database_step (database, statement, &row, error);
  if (row)
    {
      known->id = sqlite3_column_int64 (statement, 0);
      known->generation = sqlite3_column_int64 (statement, 1);
      known->seq = sqlite3_column_int64 (statement, 2);
      known->gap = sqlite3_column_int (statement, 3) != 0;
      known->same = g_strcmp0 ((const char *) sqlite3_column_text (statement, 4), record->json) == 0;
    }
  sqlite3_reset (statement);

  return use;
}

/* Gateways that give no numbers get ours: by the first message that is known, or else behind or before what is here. */
static MzUse
number_records (Put         *put,
                MzDatabase  *database,
                GError     **error)
{
  gint64 first = 0;
  gint64 last_seq;
  MzUse use;
  Known known = { 0 };
  guint i;

  for (i = 0; i < put->records->len; i++)
    if (((MzHistoryRecord *) g_ptr_array_index (put->records, i))->seq < 1)
      break;
  if (i == put->records->len)
    return MZ_USE_DONE;

  for (i = 0; i < put->records->len; i++)
    {
      use = look_up (put, database, g_ptr_array_index (put->records, i), &known, error);
      if (use != MZ_USE_DONE)
        return use;
      if (known.id != 0 && known.generation == put->generation)
        break;
    }

  if (i < put->records->len)
    {
      first = known.seq - i;
    }
  else if (put->kind == MZ_HISTORY_OLDER)
    {
      use = edge_seq (put, database, FALSE, &first, error);
      if (use != MZ_USE_DONE)
        return use;
      first -= put->records->len;
    }
  else
    {
      use = edge_seq (put, database, TRUE, &last_seq, error);
      if (use != MZ_USE_DONE)
        return use;
      first = last_seq + 1;
    }

  for (i = 0; i < put->records->len; i++)
    ((MzHistoryRecord *) g_ptr_array_index (put->records, i))->seq = first + i;

  return MZ_USE_DONE;
}

/* A number of its time that is free: the first ones in order; where very many have the same time, any one that is near. */
static MzUse
new_id (Put         *put,
        MzDatabase  *database,
        gint64       time_ms,
        gint64      *id,
        GError     **error)
{
  gint64 wanted = CLAMP (time_ms, 0, MZ_HISTORY_MAX_TIME_MS) << MZ_HISTORY_ID_BITS;
  gboolean taken = TRUE;
  MzUse use = MZ_USE_DONE;

  if (put->last_id >= wanted && (put->last_id - wanted) >> MZ_HISTORY_ID_BITS < put->records->len)
    wanted = put->last_id + 1;
  for (guint n = 0; use == MZ_USE_DONE && taken; n++)
    {
      sqlite3_stmt *statement = mz_database_statement (database, "SELECT 1 FROM messages WHERE id = ?", &use, error);

      if (statement == NULL)
        return use;
      *id = wanted + (n < FIRST_TRIES ? n : g_random_int () % (1u << MIN (MZ_HISTORY_ID_BITS + n / FIRST_TRIES, 30)));
      sqlite3_bind_int64 (statement, 1, *id);
      use = mz_database_step (database, statement, &taken, error);
      sqlite3_reset (statement);
    }
  put->last_id = *id;

  return use;
}

static MzUse
write_message (Put              *put,
               MzDatabase       *database,
               MzHistoryRecord  *record,
               gint64            id,
               gboolean          gap,
               GError          **error)
{
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database,
                           "INSERT INTO messages (id, session, generation, seq, part, gap, entry, role, kind, run, key, time_ms, text, record) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &use, error);

  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, id);
  sqlite3_bind_int64 (statement, 2, put->session_id);
  sqlite3_bind_int64 (statement, 3, put->generation);
  sqlite3_bind_int64 (statement, 4, record->seq);
  sqlite3_bind_int64 (statement, 5, record->part);
  sqlite3_bind_int (statement, 6, gap);
  mz_database_bind (statement, 7, record->entry);
  mz_database_bind (statement, 8, record->role);
  mz_database_bind (statement, 9, record->kind);
  mz_database_bind (statement, 10, record->run_id);
  mz_database_bind (statement, 11, record->key);
  sqlite3_bind_int64 (statement, 12, record->time_ms);
  mz_database_bind (statement, 13, record->text);
  mz_database_bind (statement, 14, record->json);
  use = mz_database_run (database, statement, error);

  return use == MZ_USE_DONE ? mz_history_words_change (database, TRUE, id, record->text, put->gateway_id, put->session_id, record->role, error) : use;
}

static MzUse
move_message (Put              *put,
              MzDatabase       *database,
              MzHistoryRecord  *record,
              gint64            id,
              gboolean          gap,
              GError          **error)
{
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database, "UPDATE messages SET generation = ?, seq = ?, gap = ? WHERE id = ?", &use, error);

  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, put->generation);
  sqlite3_bind_int64 (statement, 2, record->seq);
  sqlite3_bind_int (statement, 3, gap);
  sqlite3_bind_int64 (statement, 4, id);

  return mz_database_run (database, statement, error);
}

/* A person's message that the gateway shows has arrived, whatever became of its answer. */
static MzUse
note_delivered (Put              *put,
                MzDatabase       *database,
                MzHistoryRecord  *record,
                GError          **error)
{
  MzUse use;
  sqlite3_stmt *statement;

  if (!put->has_posts || record->key == NULL)
    return MZ_USE_DONE;

  statement = mz_database_statement (database,
                                     "UPDATE outbox SET state = 'delivered', error = NULL WHERE key = ? AND gateway = ? AND state <> 'delivered'",
                                     &use, error);
  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, record->key);
  mz_database_bind (statement, 2, put->gateway);
  use = mz_database_run (database, statement, error);
  if (use == MZ_USE_DONE && sqlite3_changes (mz_database_get_handle (database)) > 0 && put->delivered != NULL)
    g_ptr_array_add (put->delivered, g_strdup (record->key));

  return use;
}

static MzUse
put_record (Put         *put,
            MzDatabase  *database,
            guint        n,
            gboolean     complete,
            GError     **error)
{
  MzHistoryRecord *record = g_ptr_array_index (put->records, n);
  Known known;
  gboolean gap;
  gint64 before = 0;
  gint64 id;
  MzUse use = look_up (put, database, record, &known, error);

  if (use == MZ_USE_DONE && n == 0 && put->kind == MZ_HISTORY_LIVE)
    use = seq_before (put, database, record->seq, &before, error);
  if (use != MZ_USE_DONE)
    return use;

  /* Of the first one it is known what came before when it was known, when it is the beginning, or when it follows one that is here. */
  if (n > 0 || complete)
    gap = FALSE;
  else if (known.id != 0 && known.generation == put->generation)
    gap = known.gap;
  else
    gap = before == 0 || record->seq > before + 1;

  id = known.id;
  if (id == 0)
    {
      /* Without a time of its own it has that of the one before. */
      if (record->time_ms == 0)
        record->time_ms = n > 0 ? ((MzHistoryRecord *) g_ptr_array_index (put->records, n - 1))->time_ms : put->now_ms;
      use = new_id (put, database, record->time_ms, &id, error);
      if (use == MZ_USE_DONE)
        use = write_message (put, database, record, id, gap, error);
    }
  else if (!known.same)
    {
      use = mz_history_delete_message (database, id, FALSE, error);
      if (use == MZ_USE_DONE)
        use = write_message (put, database, record, id, gap, error);
    }
  else if (known.generation != put->generation || known.seq != record->seq || known.gap != gap)
    {
      use = move_message (put, database, record, id, gap, error);
    }

  g_hash_table_add (put->kept, g_memdup2 (&id, sizeof id));

  return use == MZ_USE_DONE ? note_delivered (put, database, record, error) : use;
}

/* ---- the page among what is here ---- */

/* What stood in the stretch of the newest page, and is not in it: deleted there, or replaced. */
static MzUse
remove_others (Put         *put,
               MzDatabase  *database,
               GError     **error)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (gint64));
  const MzHistoryRecord *first = put->records->len > 0 ? g_ptr_array_index (put->records, 0) : NULL;
  gboolean row = FALSE;
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database, "SELECT id FROM messages WHERE session = ? AND generation = ? AND (seq, part) >= (?, ?)", &use, error);

  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, put->session_id);
  sqlite3_bind_int64 (statement, 2, put->generation);
  sqlite3_bind_int64 (statement, 3, first != NULL ? first->seq : G_MININT64);
  sqlite3_bind_int64 (statement, 4, first != NULL ? first->part : 0);
  while ((use = mz_database_step (database, statement, &row, error)) == MZ_USE_DONE && row)
    {
      gint64 id = sqlite3_column_int64 (statement, 0);

      if (!g_hash_table_contains (put->kept, &id))
        g_array_append_val (gone, id);
    }

  for (guint i = 0; use == MZ_USE_DONE && i < gone->len; i++)
    use = mz_history_delete_message (database, g_array_index (gone, gint64, i), FALSE, error);

  return use;
}

/* The gateway begins later than what is here: that is another transcript now, which can be found but is not shown with this one. */
static MzUse
part_with_older (Put         *put,
                 MzDatabase  *database,
                 GError     **error)
{
  const MzHistoryRecord *first = g_ptr_array_index (put->records, 0);
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database,
                           "UPDATE messages SET generation = (SELECT min (generation) - 1 FROM messages WHERE session = ?1) "
                           "WHERE session = ?1 AND generation = ?2 AND (seq, part) < (?3, ?4)", &use, error);

  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, put->session_id);
  sqlite3_bind_int64 (statement, 2, put->generation);
  sqlite3_bind_int64 (statement, 3, first->seq);
  sqlite3_bind_int64 (statement, 4, first->part);

  return mz_database_run (database, statement, error);
}

/* A page of older messages ends where what was here begins. */
static MzUse
close_gap_behind (Put         *put,
                  MzDatabase  *database,
                  GError     **error)
{
  const MzHistoryRecord *last = g_ptr_array_index (put->records, put->records->len - 1);
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database,
                           "UPDATE messages SET gap = 0 WHERE gap <> 0 AND id = (SELECT id FROM messages WHERE session = ? AND generation = ? AND "
                           "(seq, part) > (?, ?) ORDER BY seq, part LIMIT 1)", &use, error);

  if (statement == NULL)
    return use;
  sqlite3_bind_int64 (statement, 1, put->session_id);
  sqlite3_bind_int64 (statement, 2, put->generation);
  sqlite3_bind_int64 (statement, 3, last->seq);
  sqlite3_bind_int64 (statement, 4, last->part);

  return mz_database_run (database, statement, error);
}

static MzUse
has_posts (Put         *put,
           MzDatabase  *database,
           GError     **error)
{
  MzUse use;
  sqlite3_stmt *statement =
    mz_database_statement (database, "SELECT 1 FROM outbox WHERE gateway = ? AND state <> 'delivered' LIMIT 1", &use, error);

  if (statement == NULL)
    return use;
  mz_database_bind (statement, 1, put->gateway);
  use = mz_database_step (database, statement, &put->has_posts, error);
  sqlite3_reset (statement);

  return use;
}

static MzUse
put_page (MzDatabase  *database,
          gpointer     data,
          GError     **error)
{
  Put *put = data;
  gboolean complete = put->kind != MZ_HISTORY_LIVE && mz_json_has (put->answer, "hasMore") && !mz_json_get_boolean (put->answer, "hasMore", TRUE);
  MzUse use;

  g_hash_table_remove_all (put->kept);
  if (put->delivered != NULL)
    g_ptr_array_set_size (put->delivered, 0);

  use = mz_history_ensure_gateway (database, put->gateway, &put->gateway_id, error);
  if (use == MZ_USE_DONE)
    use = mz_history_ensure_session (database, put->gateway_id, put->session, &put->session_id, error);
  if (use == MZ_USE_DONE)
    use = take_session_id (put, database, error);
  if (use == MZ_USE_DONE)
    use = has_posts (put, database, error);
  if (use == MZ_USE_DONE)
    use = number_records (put, database, error);

  for (guint i = 0; use == MZ_USE_DONE && i < put->records->len; i++)
    use = put_record (put, database, i, complete, error);

  if (use == MZ_USE_DONE && put->kind == MZ_HISTORY_TAIL && (put->records->len > 0 || complete))
    use = remove_others (put, database, error);
  if (use == MZ_USE_DONE && complete && put->records->len > 0)
    use = part_with_older (put, database, error);
  if (use == MZ_USE_DONE && put->kind == MZ_HISTORY_OLDER && put->records->len > 0)
    use = close_gap_behind (put, database, error);

  return use;
}

/**
 * mz_history_file_put:
 * @gateway: id of its entry
 * @session: key of the conversation
 * @kind: what @answer is
 * @answer: what the gateway said; only read
 * @now_ms: the time, for messages without one
 * @delivered: (nullable) (element-type utf8): gets the keys of the posts that turned out to have arrived
 *
 * Returns: whether it was written
 */
gboolean
mz_history_file_put (MzHistoryFile  *self,
                     const char     *gateway,
                     const char     *session,
                     MzHistoryKind   kind,
                     JsonObject     *answer,
                     gint64          now_ms,
                     GPtrArray      *delivered,
                     GError        **error)
{
  g_autoptr (GHashTable) kept = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GPtrArray) records = NULL;
  Put put = { .gateway = gateway, .session = session, .kind = kind, .answer = answer, .now_ms = now_ms, .delivered = delivered, .kept = kept };
  JsonArray *messages = mz_json_get_array (answer, "messages");
  g_autoptr (JsonArray) single = NULL;

  if (messages == NULL && kind == MZ_HISTORY_LIVE && mz_json_get_object (answer, "message") != NULL)
    {
      /* An event's payload is a page of one. The array takes a reference of the node, which is atomic. */
      single = json_array_new ();
      json_array_add_element (single, json_node_ref (mz_json_get_node (answer, "message")));
      messages = single;
    }
  if (messages == NULL)
    return TRUE;

  records = mz_history_records_new (messages);
  put.records = records;
  if (records->len == 0 && mz_json_array_length (messages) > 0)
    return TRUE;

  return mz_database_write (self->database, put_page, &put, error);
}
