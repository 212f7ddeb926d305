/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-history-rows.h"

#include "mz-json.h"
#include "mz-message-private.h"

struct _MzHistoryRows
{
  /* Rows of the last page that wait for the result of a call among them. */
  GPtrArray *held;
};

/**
 * mz_history_rows_new:
 *
 * Returns: (transfer full): nothing yet
 */
MzHistoryRows *
mz_history_rows_new (void)
{
  MzHistoryRows *self = g_new0 (MzHistoryRows, 1);

  self->held = g_ptr_array_new_with_free_func (g_object_unref);

  return self;
}

/**
 * mz_history_rows_free:
 * @self: (nullable): what is done with
 */
void
mz_history_rows_free (MzHistoryRows *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->held);
  g_free (self);
}

static gboolean
is_open_call (MzMessage *row)
{
  return mz_message_get_kind (row) == MZ_MESSAGE_TOOL && mz_message_get_call_id (row) != NULL && mz_message_get_output (row) == NULL;
}

static MzMessage *
find_call (GPtrArray  *rows,
           const char *call_id)
{
  for (guint i = rows->len; call_id != NULL && i > 0; i--)
    {
      MzMessage *row = g_ptr_array_index (rows, i - 1);

      if (mz_message_get_kind (row) == MZ_MESSAGE_TOOL && g_strcmp0 (mz_message_get_call_id (row), call_id) == 0)
        return row;
    }

  return NULL;
}

/* An output that came cut short. Its row bears the name of the call's record, not of its own. */
static void
apply_whole_output (GPtrArray *rows,
                    MzMessage *from)
{
  MzMessage *call = find_call (rows, mz_message_get_call_id (from));

  if (call == NULL || mz_message_get_output (from) == NULL)
    return;

  mz_message_set_output (call, mz_message_get_output (from));
  mz_message_set_truncated (call, mz_message_get_truncated (from));
}

static void
apply_wholes (GPtrArray *rows,
              JsonObject *wholes)
{
  g_autoptr (GList) ids = wholes != NULL ? json_object_get_members (wholes) : NULL;

  for (GList *item = ids; item != NULL; item = item->next)
    {
      JsonObject *record = mz_json_get_object (wholes, item->data);
      g_autoptr (GPtrArray) whole = record != NULL ? mz_message_project (record) : NULL;

      if (whole == NULL)
        continue;

      mz_message_apply_whole (rows, item->data, whole);
      for (guint i = 0; i < whole->len; i++)
        if (mz_message_is_result (g_ptr_array_index (whole, i)))
          apply_whole_output (rows, g_ptr_array_index (whole, i));
    }
}

/**
 * mz_history_rows_add:
 * @self: rows so far
 * @page: the next page, newer than those before
 *
 * Returns: (transfer full) (element-type MzMessage): the rows that are complete now, oldest first
 */
GPtrArray *
mz_history_rows_add (MzHistoryRows *self,
                     JsonNode      *page)
{
  JsonObject *object = mz_json_node_object (page);
  g_autoptr (GPtrArray) fresh = NULL;
  GPtrArray *ready;

  g_return_val_if_fail (self != NULL, NULL);

  fresh = mz_message_project_all (mz_json_get_array (object, "messages"));
  ready = g_steal_pointer (&self->held);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < fresh->len; i++)
    {
      MzMessage *row = g_ptr_array_index (fresh, i);
      MzMessage *call = mz_message_is_result (row) ? find_call (ready, mz_message_get_call_id (row)) : NULL;

      if (call != NULL)
        {
          mz_message_adopt (call, row);
          mz_message_set_truncated (call, mz_message_get_truncated (row));
        }
      else
        {
          g_ptr_array_add (ready, g_object_ref (row));
        }
    }
  apply_wholes (ready, mz_json_get_object (object, "whole"));

  /* Results follow their calls closely: what is open at the end of a page waits for the next one, and no longer. */
  for (guint i = ready->len; i > 0 && ready->len - i < fresh->len; i--)
    {
      if (is_open_call (g_ptr_array_index (ready, i - 1)))
        {
          for (guint j = i - 1; j < ready->len; j++)
            g_ptr_array_add (self->held, g_object_ref (g_ptr_array_index (ready, j)));
          g_ptr_array_set_size (ready, i - 1);
          break;
        }
      if (mz_message_get_kind (g_ptr_array_index (ready, i - 1)) == MZ_MESSAGE_USER)
        break;
    }

  return ready;
}

/**
 * mz_history_rows_end:
 * @self: rows so far
 *
 * Returns: (transfer full) (element-type MzMessage): what still waited
 */
GPtrArray *
mz_history_rows_end (MzHistoryRows *self)
{
  GPtrArray *rest;

  g_return_val_if_fail (self != NULL, NULL);

  rest = g_steal_pointer (&self->held);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);

  return rest;
}
