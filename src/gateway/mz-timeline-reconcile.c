/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-timeline-private.h"

#include <string.h>

#include "mz-json.h"

/* What the gateway stored, held against the rows that are here already: those it does not know yet are met by their
   call, their key, their * run or their text, and keep their identity. */

/* A live record belongs to what happened just now. */
#define LOOSE_WINDOW 256

/* Streamed text can lack or have white space at its end that the record does not. */
gsize
mz_text_trimmed_length (const char *text,
                        gsize       length)
{
  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  return length;
}

static gboolean
texts_agree (MzMessage *a,
             MzMessage *b)
{
  gsize length_a = mz_text_trimmed_length (mz_message_get_text (a), mz_message_get_text_length (a));
  gsize length_b = mz_text_trimmed_length (mz_message_get_text (b), mz_message_get_text_length (b));

  return memcmp (mz_message_get_text (a), mz_message_get_text (b), MIN (length_a, length_b)) == 0 ||
         mz_text_cut_agrees (mz_message_get_text (a), length_a, mz_message_get_text (b), length_b);
}

/* Gateways can put something before what a person typed. */
static gboolean
is_same_input (MzMessage *record,
               MzMessage *row)
{
  gsize stored = mz_text_trimmed_length (mz_message_get_text (record), mz_message_get_text_length (record));
  gsize typed = mz_text_trimmed_length (mz_message_get_text (row), mz_message_get_text_length (row));

  if (mz_text_is_cut_of (mz_message_get_text (record), stored, mz_message_get_text (row), typed))
    return TRUE;
  return typed <= stored && (typed > 0 || stored == 0) &&
         memcmp (mz_message_get_text (record) + (stored - typed), mz_message_get_text (row), typed) == 0;
}

static gboolean
is_same_part (MzMessage *a,
              MzMessage *b)
{
  return mz_message_get_kind (a) == mz_message_get_kind (b) &&
         g_strcmp0 (mz_message_get_call_id (a), mz_message_get_call_id (b)) == 0;
}

/* Rows that the gateway has not named yet. */
static GPtrArray *
collect_loose (MzTimeline *self,
               guint       window)
{
  GPtrArray *loose = g_ptr_array_new ();
  guint n = mz_timeline_get_length (self);

  for (guint i = n > window ? n - window : 0; i < n; i++)
    {
      MzMessage *row = mz_timeline_peek (self, i);

      if (mz_message_get_id (row) == NULL)
        g_ptr_array_add (loose, row);
    }
  return loose;
}

static MzMessage *
match_loose (MzMessage  *record,
             GPtrArray  *loose,
             GHashTable *used)
{
  MzMessageKind kind = mz_message_get_kind (record);
  const char *run_id = mz_message_get_run_id (record);
  MzMessage *fallback = NULL;

  for (guint i = 0; i < loose->len; i++)
    {
      MzMessage *row = g_ptr_array_index (loose, i);
      const char *row_run = mz_message_get_run_id (row);

      if (mz_message_get_kind (row) != kind || g_hash_table_contains (used, row))
        continue;

      if (kind == MZ_MESSAGE_USER)
        {
          /* Protocol 3 stores no key. */
          if (mz_message_get_idempotency_key (record) == NULL && !mz_message_is_unsent (row) && is_same_input (record, row))
            return row;
          continue;
        }
      if (run_id != NULL && row_run != NULL && g_strcmp0 (run_id, row_run) != 0)
        continue;
      if (kind == MZ_MESSAGE_ERROR || texts_agree (record, row))
        return row;
      if (fallback == NULL && run_id != NULL && row_run != NULL)
        fallback = row;
    }
  return fallback;
}

static MzMessage *
find_match (MzTimeline *self,
            MzMessage  *record,
            GPtrArray  *loose,
            GHashTable *used)
{
  const char *id = mz_message_get_id (record);
  const char *call_id = mz_message_get_call_id (record);
  const char *key = mz_message_get_idempotency_key (record);
  MzMessage *row = NULL;

  if (id != NULL)
    {
      row = mz_timeline_lookup_id (self, id, mz_message_get_block (record));
      if (row != NULL && (!is_same_part (row, record) || g_hash_table_contains (used, row)))
        row = NULL;
    }
  if (row == NULL && call_id != NULL)
    row = mz_timeline_lookup_call (self, call_id);
  if (row == NULL && key != NULL)
    row = mz_timeline_lookup_idempotency (self, key);
  if (row != NULL && (g_hash_table_contains (used, row) || mz_message_get_kind (row) != mz_message_get_kind (record)))
    row = NULL;
  if (row == NULL && mz_message_get_kind (record) != MZ_MESSAGE_TOOL)
    row = match_loose (record, loose, used);

  if (row != NULL)
    g_hash_table_add (used, row);
  return row;
}

/* Another part of an entry that is here: it gets a place of its own. */
static void
find_free_block (MzTimeline *self,
                 MzMessage  *record)
{
  const char *id = mz_message_get_id (record);
  MzMessage *other;

  if (id == NULL)
    return;

  while ((other = mz_timeline_lookup_id (self, id, mz_message_get_block (record))) != NULL && !is_same_part (other, record))
    mz_message_set_block (record, mz_message_get_block (record) + 1);
}

/* One record that the gateway has just stored. Returns whether it made any row. */
gboolean
mz_timeline_apply_record (MzTimeline *self,
                          JsonObject *record,
                          const char *default_run)
{
  g_autoptr (GPtrArray) rows = mz_message_project (record);
  g_autoptr (GPtrArray) loose = NULL;
  g_autoptr (GHashTable) used = g_hash_table_new (NULL, NULL);
  g_autofree MzMessage **matches = NULL;
  MzMessage *sibling = NULL;

  g_return_val_if_fail (MZ_IS_TIMELINE (self), FALSE);

  if (rows->len == 0)
    return FALSE;

  loose = collect_loose (self, LOOSE_WINDOW);
  matches = g_new0 (MzMessage *, rows->len);
  for (guint i = 0; i < rows->len; i++)
    {
      MzMessage *row = g_ptr_array_index (rows, i);

      if (!mz_message_is_result (row))
        find_free_block (self, row);
      matches[i] = find_match (self, row, loose, used);
    }

  for (guint i = 0; i < rows->len; i++)
    {
      MzMessage *row = g_ptr_array_index (rows, i);
      MzMessage *next = NULL;
      guint position;

      if (matches[i] != NULL)
        {
          mz_timeline_adopt (self, matches[i], row);
          sibling = matches[i];
          continue;
        }

      if (mz_message_get_run_id (row) == NULL && mz_message_get_kind (row) != MZ_MESSAGE_USER)
        mz_message_set_run_id (row, default_run);

      for (guint j = i + 1; sibling == NULL && next == NULL && j < rows->len; j++)
        next = matches[j];

      if (sibling != NULL && mz_timeline_find (self, sibling, &position))
        mz_timeline_insert (self, position + 1, row);
      else if (next != NULL && mz_timeline_find (self, next, &position))
        mz_timeline_insert (self, position, row);
      else if (mz_message_get_kind (row) == MZ_MESSAGE_USER)
        mz_timeline_append (self, row);
      else
        mz_timeline_append_to_run (self, row);
      sibling = row;
    }
  return TRUE;
}

/* An entry that was loaded by itself, whole: only fills in what its rows lack. */
void
mz_timeline_apply_whole (MzTimeline *self,
                         const char *id,
                         JsonObject *record)
{
  g_autoptr (GPtrArray) whole = mz_message_project (record);
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();

  g_return_if_fail (MZ_IS_TIMELINE (self));

  for (guint i = 0; i < mz_timeline_get_length (self); i++)
    g_ptr_array_add (rows, mz_timeline_peek (self, i));
  mz_message_apply_whole (rows, id, whole);
}

typedef struct
{
  GHashTable *answered_runs;
  gboolean knows_runs;
  gboolean ends_with_reply;
  gint64 oldest_seq;            /* of what is listed; -1 when it is all there is, or not numbered */
} Replies;

static void
replies_init (Replies   *replies,
              GPtrArray *rows)
{
  replies->answered_runs = g_hash_table_new (g_str_hash, g_str_equal);
  replies->knows_runs = FALSE;
  replies->ends_with_reply = FALSE;
  replies->oldest_seq = -1;

  for (guint i = 0; i < rows->len; i++)
    {
      MzMessage *row = g_ptr_array_index (rows, i);
      const char *run_id = mz_message_get_run_id (row);

      if (mz_message_get_kind (row) == MZ_MESSAGE_USER)
        {
          replies->ends_with_reply = FALSE;
          continue;
        }
      replies->ends_with_reply = TRUE;
      if (run_id != NULL)
        {
          replies->knows_runs = TRUE;
          g_hash_table_add (replies->answered_runs, (gpointer) run_id);
        }
    }
}

/* Whether a row that the gateway does not list stays: all that a person typed, what still grows, what was cut short;
   and what has been streamed * until the gateway shows what it made of it. */
static gboolean
stays (MzMessage     *row,
       const Replies *replies)
{
  const char *run_id = mz_message_get_run_id (row);

  if (mz_message_get_id (row) != NULL)
    return FALSE;
  if (mz_message_get_kind (row) == MZ_MESSAGE_USER || mz_message_get_kind (row) == MZ_MESSAGE_ERROR)
    return TRUE;
  if (mz_message_get_state (row) != MZ_MESSAGE_DONE)
    return TRUE;
  if (replies->knows_runs && run_id != NULL)
    return !g_hash_table_contains (replies->answered_runs, run_id);
  return !replies->ends_with_reply;
}

/* Whether the page begins after the row, so that it does not speak of it: a row that was sent again stood further up than the gateway has it, and
 * the page joined on there. */
static gboolean
is_before (MzMessage     *row,
           const Replies *replies)
{
  return mz_message_get_id (row) != NULL && mz_message_get_seq (row) >= 0 && mz_message_get_seq (row) < replies->oldest_seq;
}

static void
flush_after (GPtrArray  *result,
             GHashTable *after,
             gpointer    anchor)
{
  GPtrArray *rows = g_hash_table_lookup (after, anchor);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    g_ptr_array_add (result, g_object_ref (g_ptr_array_index (rows, i)));
}

/* Puts the rows that only live here between those of the gateway: where they were, and at the end what was at the end. */
static GPtrArray *
weave (MzTimeline    *self,
       GPtrArray     *listed,
       guint          first,
       GHashTable    *used,
       const Replies *replies)
{
  g_autoptr (GHashTable) after = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GPtrArray) tail = g_ptr_array_new ();
  g_autoptr (GPtrArray) before = g_ptr_array_new ();
  GPtrArray *result = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = mz_timeline_get_length (self);
  gint64 last_listed = -1;
  gpointer anchor = first > 0 ? mz_timeline_peek (self, first - 1) : NULL;

  for (guint i = first; i < n; i++)
    {
      if (g_hash_table_contains (used, mz_timeline_peek (self, i)))
        last_listed = i;
    }

  for (guint i = first; i < n; i++)
    {
      MzMessage *row = mz_timeline_peek (self, i);
      GPtrArray *rows;

      if (g_hash_table_contains (used, row))
        {
          anchor = row;
          continue;
        }
      if (is_before (row, replies))
        {
          g_ptr_array_add (before, row);
          continue;
        }
      if (!stays (row, replies))
        continue;
      if (i > last_listed)
        {
          g_ptr_array_add (tail, row);
          continue;
        }
      rows = g_hash_table_lookup (after, anchor);
      if (rows == NULL)
        {
          rows = g_ptr_array_new ();
          g_hash_table_insert (after, anchor, rows);
        }
      g_ptr_array_add (rows, row);
    }

  for (guint i = 0; i < first; i++)
    g_ptr_array_add (result, g_object_ref (mz_timeline_peek (self, i)));
  for (guint i = 0; i < before->len; i++)
    g_ptr_array_add (result, g_object_ref (g_ptr_array_index (before, i)));
  flush_after (result, after, first > 0 ? mz_timeline_peek (self, first - 1) : NULL);
  for (guint i = 0; i < listed->len; i++)
    {
      MzMessage *row = g_ptr_array_index (listed, i);

      g_ptr_array_add (result, g_object_ref (row));
      flush_after (result, after, row);
    }
  for (guint i = 0; i < tail->len; i++)
    g_ptr_array_add (result, g_object_ref (g_ptr_array_index (tail, i)));
  return result;
}

/* Protocol 3 stores no runs: what follows a message that this client sent answers it. */
static void
spread_runs (MzTimeline *self,
             GPtrArray  *listed)
{
  const char *run_id = NULL;

  for (guint i = 0; i < listed->len; i++)
    {
      MzMessage *row = g_ptr_array_index (listed, i);

      if (mz_message_get_kind (row) == MZ_MESSAGE_USER)
        run_id = mz_message_get_run_id (row);
      else if (mz_message_get_run_id (row) == NULL && run_id != NULL && mz_timeline_find (self, row, NULL))
        mz_timeline_set_run (self, row, run_id);
      else if (mz_message_get_run_id (row) == NULL && run_id != NULL)
        mz_message_set_run_id (row, run_id);
    }
}

/* The newest page of the history. Unless it is @complete, older rows stay if the page joins on to them. Returns whether
   some did. */
gboolean
mz_timeline_apply_page (MzTimeline *self,
                        JsonArray  *records,
                        gboolean    complete)
{
  g_autoptr (GPtrArray) fresh = mz_message_project_all (records);
  g_autoptr (GPtrArray) listed = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) loose = NULL;
  g_autoptr (GPtrArray) result = NULL;
  g_autoptr (GHashTable) used = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) answered = NULL;
  g_autofree MzMessage **matches = g_new0 (MzMessage *, fresh->len + 1);
  Replies replies;
  guint first = 0;
  gboolean joins = FALSE;

  g_return_val_if_fail (MZ_IS_TIMELINE (self), FALSE);

  replies_init (&replies, fresh);
  answered = replies.answered_runs;
  loose = collect_loose (self, G_MAXUINT);

  for (guint i = 0; i < fresh->len; i++)
    {
      MzMessage *row = g_ptr_array_index (fresh, i);
      guint position;

      matches[i] = find_match (self, row, loose, used);
      if (matches[i] != NULL && mz_message_get_id (matches[i]) != NULL && !mz_message_is_result (row) &&
          mz_timeline_find (self, matches[i], &position))
        {
          first = joins ? MIN (first, position) : position;
          joins = TRUE;
        }
    }
  if (complete || !joins)
    first = 0;

  /* Without a row in common there may be others in between. */
  for (guint i = 0; !complete && joins && i < fresh->len && replies.oldest_seq < 0; i++)
    replies.oldest_seq = mz_message_get_seq (g_ptr_array_index (fresh, i));

  for (guint i = 0; i < fresh->len; i++)
    {
      MzMessage *row = g_ptr_array_index (fresh, i);
      guint position;

      if (matches[i] == NULL)
        {
          g_ptr_array_add (listed, g_object_ref (row));
          continue;
        }
      mz_timeline_adopt (self, matches[i], row);

      /* A result whose call is further up than the page reaches has its place there. */
      if (!mz_timeline_find (self, matches[i], &position) || position >= first)
        g_ptr_array_add (listed, g_object_ref (matches[i]));
    }

  if (!replies.knows_runs)
    spread_runs (self, listed);

  result = weave (self, listed, first, used, &replies);
  mz_timeline_become (self, result);
  return first > 0;
}

/* A page of what came before. Returns how many rows are new. */
guint
mz_timeline_apply_older (MzTimeline *self,
                         JsonArray  *records)
{
  g_autoptr (GPtrArray) fresh = mz_message_project_all (records);
  g_autoptr (GPtrArray) result = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) loose = g_ptr_array_new ();
  g_autoptr (GHashTable) used = g_hash_table_new (NULL, NULL);
  guint n_new = 0;

  g_return_val_if_fail (MZ_IS_TIMELINE (self), 0);

  for (guint i = 0; i < fresh->len; i++)
    {
      MzMessage *row = g_ptr_array_index (fresh, i);
      MzMessage *match = find_match (self, row, loose, used);

      if (match != NULL)
        mz_timeline_adopt (self, match, row);
      else
        n_new++;
      g_ptr_array_add (result, g_object_ref (match != NULL ? match : row));
    }
  for (guint i = 0; i < mz_timeline_get_length (self); i++)
    {
      MzMessage *row = mz_timeline_peek (self, i);

      if (!g_hash_table_contains (used, row))
        g_ptr_array_add (result, g_object_ref (row));
    }

  mz_timeline_become (self, result);
  return n_new;
}
