/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-timeline-private.h"

struct _MzTimeline
{
  GObject parent_instance;

  GPtrArray *rows;

  /* Borrowed rows; the lists of a run are in no order. */
  GHashTable *by_key;
  GHashTable *by_call;
  GHashTable *by_idempotency;
  GHashTable *by_run;

  /* The ordinals of the rows do not grow along the array just now. */
  gboolean stale_ordinals;
};

static void mz_timeline_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzTimeline, mz_timeline, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, mz_timeline_list_model_init))

static char *
row_key (const char *id,
         guint       block)
{
  return g_strdup_printf ("%u %s", block, id);
}

static void
index_row (MzTimeline *self,
           MzMessage  *row)
{
  const char *id = mz_message_get_id (row);
  const char *call_id = mz_message_get_call_id (row);
  const char *key = mz_message_get_idempotency_key (row);
  const char *run_id = mz_message_get_run_id (row);

  if (id != NULL)
    g_hash_table_replace (self->by_key, row_key (id, mz_message_get_block (row)), row);
  if (call_id != NULL)
    g_hash_table_replace (self->by_call, g_strdup (call_id), row);
  if (key != NULL)
    g_hash_table_replace (self->by_idempotency, g_strdup (key), row);
  if (run_id != NULL)
    {
      GPtrArray *run = g_hash_table_lookup (self->by_run, run_id);

      if (run == NULL)
        {
          run = g_ptr_array_new ();
          g_hash_table_insert (self->by_run, g_strdup (run_id), run);
        }
      g_ptr_array_add (run, row);
    }
}

static void
unindex (GHashTable *table,
         const char *key,
         MzMessage  *row)
{
  if (key != NULL && g_hash_table_lookup (table, key) == row)
    g_hash_table_remove (table, key);
}

static void
unindex_row (MzTimeline *self,
             MzMessage  *row)
{
  const char *id = mz_message_get_id (row);
  const char *run_id = mz_message_get_run_id (row);

  if (id != NULL)
    {
      g_autofree char *key = row_key (id, mz_message_get_block (row));

      unindex (self->by_key, key, row);
    }
  unindex (self->by_call, mz_message_get_call_id (row), row);
  unindex (self->by_idempotency, mz_message_get_idempotency_key (row), row);
  if (run_id != NULL)
    {
      GPtrArray *run = g_hash_table_lookup (self->by_run, run_id);

      if (run != NULL)
        g_ptr_array_remove (run, row);
      if (run != NULL && run->len == 0)
        g_hash_table_remove (self->by_run, run_id);
    }
}

static void
ensure_ordinals (MzTimeline *self)
{
  if (!self->stale_ordinals)
    return;

  for (guint i = 0; i < self->rows->len; i++)
    mz_message_set_ordinal (g_ptr_array_index (self->rows, i), i);
  self->stale_ordinals = FALSE;
}

static GType
mz_timeline_get_item_type (GListModel *model)
{
  return MZ_TYPE_MESSAGE;
}

static guint
mz_timeline_get_n_items (GListModel *model)
{
  return MZ_TIMELINE (model)->rows->len;
}

static gpointer
mz_timeline_get_item (GListModel *model,
                      guint       position)
{
  MzTimeline *self = MZ_TIMELINE (model);

  return position < self->rows->len ? g_object_ref (g_ptr_array_index (self->rows, position)) : NULL;
}

static void
mz_timeline_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = mz_timeline_get_item_type;
  iface->get_n_items = mz_timeline_get_n_items;
  iface->get_item = mz_timeline_get_item;
}

static void
mz_timeline_finalize (GObject *object)
{
  MzTimeline *self = MZ_TIMELINE (object);

  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->by_call);
  g_hash_table_unref (self->by_idempotency);
  g_hash_table_unref (self->by_run);
  g_ptr_array_unref (self->rows);

  G_OBJECT_CLASS (mz_timeline_parent_class)->finalize (object);
}

static void
mz_timeline_class_init (MzTimelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_timeline_finalize;
}

static void
mz_timeline_init (MzTimeline *self)
{
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->by_call = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->by_idempotency = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->by_run = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

/**
 * mz_timeline_new:
 *
 * Returns: (transfer full): an empty timeline
 */
MzTimeline *
mz_timeline_new (void)
{
  return g_object_new (MZ_TYPE_TIMELINE, NULL);
}

/**
 * mz_timeline_lookup_id:
 * @self: a timeline
 * @id: a transcript entry, `__openclaw.id`
 * @block: which of its rows
 *
 * Returns: (transfer none) (nullable): the row
 */
MzMessage *
mz_timeline_lookup_id (MzTimeline *self,
                       const char *id,
                       guint       block)
{
  g_autofree char *key = NULL;

  g_return_val_if_fail (MZ_IS_TIMELINE (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  key = row_key (id, block);
  return g_hash_table_lookup (self->by_key, key);
}

/**
 * mz_timeline_lookup_call:
 * @self: a timeline
 * @call_id: a tool call
 *
 * Returns: (transfer none) (nullable): the row of the call, the newest if several share the id
 */
MzMessage *
mz_timeline_lookup_call (MzTimeline *self,
                         const char *call_id)
{
  g_return_val_if_fail (MZ_IS_TIMELINE (self), NULL);
  g_return_val_if_fail (call_id != NULL, NULL);

  return g_hash_table_lookup (self->by_call, call_id);
}

/**
 * mz_timeline_lookup_idempotency:
 * @self: a timeline
 * @key: the key a message was sent with
 *
 * Returns: (transfer none) (nullable): the person's row
 */
MzMessage *
mz_timeline_lookup_idempotency (MzTimeline *self,
                                const char *key)
{
  g_return_val_if_fail (MZ_IS_TIMELINE (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  return g_hash_table_lookup (self->by_idempotency, key);
}

static int
compare_ordinals (gconstpointer a,
                  gconstpointer b)
{
  gint64 x = mz_message_get_ordinal (*(MzMessage * const *) a);
  gint64 y = mz_message_get_ordinal (*(MzMessage * const *) b);

  return (x > y) - (x < y);
}

/**
 * mz_timeline_get_run:
 * @self: a timeline
 * @run_id: a run
 *
 * Returns: (transfer container) (element-type MzMessage): the rows of the run in their order, also the person's if it
 *   is known
 */
GPtrArray *
mz_timeline_get_run (MzTimeline *self,
                     const char *run_id)
{
  GPtrArray *rows;
  GPtrArray *run;

  g_return_val_if_fail (MZ_IS_TIMELINE (self), NULL);
  g_return_val_if_fail (run_id != NULL, NULL);

  rows = g_ptr_array_new_with_free_func (g_object_unref);
  run = g_hash_table_lookup (self->by_run, run_id);
  for (guint i = 0; run != NULL && i < run->len; i++)
    g_ptr_array_add (rows, g_object_ref (g_ptr_array_index (run, i)));

  ensure_ordinals (self);
  g_ptr_array_sort (rows, compare_ordinals);
  return rows;
}

/**
 * mz_timeline_find:
 * @self: a timeline
 * @message: a row
 * @position: (out) (optional): where it is
 *
 * Returns: whether the row is in the timeline
 */
gboolean
mz_timeline_find (MzTimeline *self,
                  MzMessage  *message,
                  guint      *position)
{
  guint low = 0;
  guint high;

  g_return_val_if_fail (MZ_IS_TIMELINE (self), FALSE);
  g_return_val_if_fail (MZ_IS_MESSAGE (message), FALSE);

  ensure_ordinals (self);
  high = self->rows->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      MzMessage *row = g_ptr_array_index (self->rows, middle);

      if (row == message)
        {
          if (position != NULL)
            *position = middle;
          return TRUE;
        }
      if (mz_message_get_ordinal (row) < mz_message_get_ordinal (message))
        low = middle + 1;
      else
        high = middle;
    }
  return FALSE;
}

guint
mz_timeline_get_length (MzTimeline *self)
{
  return self->rows->len;
}

MzMessage *
mz_timeline_peek (MzTimeline *self,
                  guint       position)
{
  return position < self->rows->len ? g_ptr_array_index (self->rows, position) : NULL;
}

void
mz_timeline_insert (MzTimeline *self,
                    guint       position,
                    MzMessage  *message)
{
  guint n = self->rows->len;

  g_return_if_fail (MZ_IS_TIMELINE (self));
  g_return_if_fail (position <= n);

  if (n == 0)
    mz_message_set_ordinal (message, 0);
  else if (position == n)
    mz_message_set_ordinal (message, mz_message_get_ordinal (g_ptr_array_index (self->rows, n - 1)) + 1);
  else if (position == 0)
    mz_message_set_ordinal (message, mz_message_get_ordinal (g_ptr_array_index (self->rows, 0)) - 1);
  else
    self->stale_ordinals = TRUE;

  g_ptr_array_insert (self->rows, position, g_object_ref (message));
  index_row (self, message);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

void
mz_timeline_append (MzTimeline *self,
                    MzMessage  *message)
{
  mz_timeline_insert (self, self->rows->len, message);
}

/* What a person has typed meanwhile stays below the reply that is still coming. */
void
mz_timeline_append_to_run (MzTimeline *self,
                           MzMessage  *message)
{
  guint position = self->rows->len;
  const char *run_id = mz_message_get_run_id (message);

  while (position > 0)
    {
      MzMessage *row = g_ptr_array_index (self->rows, position - 1);
      MzMessageState state = mz_message_get_state (row);

      if (mz_message_get_kind (row) != MZ_MESSAGE_USER ||
          (state != MZ_MESSAGE_SENDING && state != MZ_MESSAGE_QUEUED) ||
          g_strcmp0 (mz_message_get_run_id (row), run_id) == 0)
        break;
      position--;
    }
  mz_timeline_insert (self, position, message);
}

void
mz_timeline_remove (MzTimeline *self,
                    MzMessage  *message)
{
  guint position;

  g_return_if_fail (MZ_IS_TIMELINE (self));

  if (!mz_timeline_find (self, message, &position))
    return;

  unindex_row (self, message);
  g_ptr_array_remove_index (self->rows, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

void
mz_timeline_adopt (MzTimeline *self,
                   MzMessage  *message,
                   MzMessage  *from)
{
  /* Handlers of what changes may look the row up. */
  g_object_freeze_notify (G_OBJECT (message));
  unindex_row (self, message);
  mz_message_adopt (message, from);
  index_row (self, message);
  g_object_thaw_notify (G_OBJECT (message));
}

void
mz_timeline_set_run (MzTimeline *self,
                     MzMessage  *message,
                     const char *run_id)
{
  g_object_freeze_notify (G_OBJECT (message));
  unindex_row (self, message);
  mz_message_set_run_id (message, run_id);
  index_row (self, message);
  g_object_thaw_notify (G_OBJECT (message));
}

/* The longest run of rows that keep their order: they stay, all others go or come. Returns a set. */
static GHashTable *
find_stable (GPtrArray *old_rows,
             GPtrArray *rows)
{
  g_autoptr (GHashTable) positions = g_hash_table_new (NULL, NULL);
  g_autofree guint *old_position = g_new (guint, rows->len + 1);
  g_autofree guint *tails = g_new (guint, rows->len + 1);
  g_autofree gint64 *previous = g_new (gint64, rows->len + 1);
  GHashTable *stable = g_hash_table_new (NULL, NULL);
  guint length = 0;

  for (guint i = 0; i < old_rows->len; i++)
    g_hash_table_insert (positions, g_ptr_array_index (old_rows, i), GUINT_TO_POINTER (i + 1));

  /* Patience sorting: tails[k] is the row that ends the best increasing run of k + 1. */
  for (guint i = 0; i < rows->len; i++)
    {
      guint low = 0;
      guint high = length;

      old_position[i] = GPOINTER_TO_UINT (g_hash_table_lookup (positions, g_ptr_array_index (rows, i)));
      if (old_position[i] == 0)
        continue;

      while (low < high)
        {
          guint middle = low + (high - low) / 2;

          if (old_position[tails[middle]] < old_position[i])
            low = middle + 1;
          else
            high = middle;
        }
      previous[i] = low > 0 ? (gint64) tails[low - 1] : -1;
      tails[low] = i;
      length = MAX (length, low + 1);
    }

  for (gint64 i = length > 0 ? (gint64) tails[length - 1] : -1; i >= 0; i = previous[i])
    g_hash_table_add (stable, g_ptr_array_index (rows, i));
  return stable;
}

static gpointer
copy_row (gconstpointer row,
          gpointer      user_data)
{
  return g_object_ref ((gpointer) row);
}

void
mz_timeline_become (MzTimeline *self,
                    GPtrArray  *rows)
{
  g_autoptr (GPtrArray) old_rows = NULL;
  g_autoptr (GHashTable) stable = NULL;
  guint position = 0;
  guint o = 0;
  guint r = 0;

  g_return_if_fail (MZ_IS_TIMELINE (self));

  old_rows = g_ptr_array_copy (self->rows, copy_row, NULL);
  stable = find_stable (old_rows, rows);

  g_hash_table_remove_all (self->by_key);
  g_hash_table_remove_all (self->by_call);
  g_hash_table_remove_all (self->by_idempotency);
  g_hash_table_remove_all (self->by_run);
  for (guint i = 0; i < rows->len; i++)
    index_row (self, g_ptr_array_index (rows, i));

  while (o < old_rows->len || r < rows->len)
    {
      guint removed = 0;
      guint first = r;

      if (o < old_rows->len && r < rows->len && g_ptr_array_index (old_rows, o) == g_ptr_array_index (rows, r) &&
          g_hash_table_contains (stable, g_ptr_array_index (rows, r)))
        {
          o++;
          r++;
          position++;
          continue;
        }

      for (; o < old_rows->len && !g_hash_table_contains (stable, g_ptr_array_index (old_rows, o)); o++)
        removed++;
      for (; r < rows->len && !g_hash_table_contains (stable, g_ptr_array_index (rows, r)); r++)
        ;

      if (removed > 0)
        g_ptr_array_remove_range (self->rows, position, removed);
      if (position == self->rows->len)
        {
          for (guint i = first; i < r; i++)
            g_ptr_array_add (self->rows, g_object_ref (g_ptr_array_index (rows, i)));
        }
      else if (r > first)
        {
          g_autoptr (GPtrArray) rest = g_ptr_array_new ();

          /* GPtrArray inserts one by one only: put the tail aside for a longer piece. */
          for (guint i = position; i < self->rows->len; i++)
            g_ptr_array_add (rest, g_object_ref (g_ptr_array_index (self->rows, i)));
          g_ptr_array_set_size (self->rows, position);
          for (guint i = first; i < r; i++)
            g_ptr_array_add (self->rows, g_object_ref (g_ptr_array_index (rows, i)));
          for (guint i = 0; i < rest->len; i++)
            g_ptr_array_add (self->rows, g_ptr_array_index (rest, i));
        }

      self->stale_ordinals = TRUE;
      g_list_model_items_changed (G_LIST_MODEL (self), position, removed, r - first);
      position += r - first;
    }
}
