/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-session-list-private.h"

#include <gio/gio.h>

#include "mz-gateway-error.h"
#include "mz-json.h"

/* How many sessions are asked for. */
#define LIST_LIMIT 100

/* What comes in a bunch makes one refresh. */
#define REFRESH_DELAY_MS 100

struct _MzSessionList
{
  GObject parent_instance;

  MzClient *client;
  GCancellable *cancellable;
  GPtrArray *rows;
  GHashTable *by_key;
  guint refresh_id;
  gboolean loading;
  gboolean loaded;
  gboolean has_more;
  gboolean with_archived;

  /* Something changed while a list was on its way. */
  gboolean changed_meanwhile;
};

enum
{
  PROP_0,
  PROP_CLIENT,
  PROP_LOADING,
  PROP_LOADED,
  PROP_HAS_MORE,
  N_PROPS
};

enum
{
  FAILED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void mz_session_list_list_model_init (GListModelInterface *iface);
static void request_list                    (MzSessionList       *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzSessionList, mz_session_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, mz_session_list_list_model_init))

static void
set_flag (MzSessionList *self,
          gboolean      *field,
          gboolean       value,
          guint          prop)
{
  if (*field == value)
    return;

  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

/* Where a row that is not in the list belongs. */
static guint
find_place (MzSessionList *self,
            MzSessionRow  *row)
{
  guint low = 0;
  guint high = self->rows->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (mz_session_row_compare (g_ptr_array_index (self->rows, middle), row) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
insert_row (MzSessionList *self,
            MzSessionRow  *row)
{
  guint position = find_place (self, row);

  g_ptr_array_insert (self->rows, position, g_object_ref (row));
  g_hash_table_replace (self->by_key, (gpointer) mz_session_row_get_key (row), row);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

static void
place_row (MzSessionList *self,
           MzSessionRow  *row)
{
  guint position;

  if (!g_ptr_array_find (self->rows, row, &position))
    return;
  if ((position == 0 || mz_session_row_compare (g_ptr_array_index (self->rows, position - 1), row) < 0) &&
      (position + 1 == self->rows->len || mz_session_row_compare (row, g_ptr_array_index (self->rows, position + 1)) < 0))
    return;

  g_object_ref (row);
  g_ptr_array_remove_index (self->rows, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  insert_row (self, row);
  g_object_unref (row);
}

void
mz_session_list_remove_row (MzSessionList *self,
                            const char    *key)
{
  MzSessionRow *row = g_hash_table_lookup (self->by_key, key);
  guint position;

  if (row == NULL || !g_ptr_array_find (self->rows, row, &position))
    return;

  g_hash_table_remove (self->by_key, key);
  g_ptr_array_remove_index (self->rows, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

/* Only for a row that is here. */
void
mz_session_list_merge_row (MzSessionList *self,
                           const char    *key,
                           JsonObject    *object,
                           gboolean       snapshot)
{
  MzSessionRow *row = g_hash_table_lookup (self->by_key, key);

  if (row == NULL)
    return;

  mz_session_row_merge (row, object, snapshot);
  place_row (self, row);
}

/* A session that was made just now: the list that has it is still to come. */
void
mz_session_list_add_row (MzSessionList *self,
                         const char    *key,
                         JsonObject    *object)
{
  g_autoptr (MzSessionRow) row = NULL;

  if (g_hash_table_contains (self->by_key, key))
    return;

  row = mz_session_row_new (key);
  mz_session_row_merge (row, object, FALSE);
  insert_row (self, row);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  return mz_session_row_compare (*(MzSessionRow * const *) a, *(MzSessionRow * const *) b);
}

/* The whole list: rows that stay keep their identity. */
void
mz_session_list_apply_list (MzSessionList *self,
                            JsonObject    *list)
{
  JsonArray *sessions = mz_json_get_array (list, "sessions");
  guint n = mz_json_array_length (sessions);
  g_autoptr (GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      JsonObject *object = mz_json_array_object (sessions, i);
      const char *key = mz_json_get_string (object, "key");

      if (key == NULL || g_hash_table_contains (listed, key))
        continue;
      g_hash_table_add (listed, (gpointer) key);

      if (g_hash_table_contains (self->by_key, key))
        {
          mz_session_list_merge_row (self, key, object, TRUE);
        }
      else
        {
          MzSessionRow *row = mz_session_row_new (key);

          mz_session_row_merge (row, object, TRUE);
          g_ptr_array_add (fresh, row);
        }
    }

  for (guint i = self->rows->len; i > 0; i--)
    {
      const char *key = mz_session_row_get_key (g_ptr_array_index (self->rows, i - 1));

      if (!g_hash_table_contains (listed, key))
        mz_session_list_remove_row (self, key);
    }

  if (self->rows->len == 0 && fresh->len > 0)
    {
      g_ptr_array_sort (fresh, compare_rows);
      for (guint i = 0; i < fresh->len; i++)
        {
          MzSessionRow *row = g_ptr_array_index (fresh, i);

          g_ptr_array_add (self->rows, g_object_ref (row));
          g_hash_table_replace (self->by_key, (gpointer) mz_session_row_get_key (row), row);
        }
      g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, fresh->len);
    }
  else
    {
      for (guint i = 0; i < fresh->len; i++)
        insert_row (self, g_ptr_array_index (fresh, i));
    }

  /* Protocol 3 does not say whether there is more. */
  set_flag (self, &self->has_more, mz_json_get_boolean (list, "hasMore", !mz_json_has (list, "hasMore") && n >= LIST_LIMIT),
            PROP_HAS_MORE);
  set_flag (self, &self->loaded, TRUE, PROP_LOADED);
}

static gboolean
refresh_cb (gpointer data)
{
  MzSessionList *self = data;

  self->refresh_id = 0;
  if (self->client != NULL && mz_client_get_state (self->client) == MZ_CLIENT_READY)
    request_list (self);
  return G_SOURCE_REMOVE;
}

static void
finish_list (MzSessionList *self,
             JsonObject    *list,
             const GError  *error)
{
  g_autoptr (GError) bad = NULL;

  if (error == NULL && list == NULL)
    error = bad = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "The list of sessions is not an object");

  if (error == NULL)
    mz_session_list_apply_list (self, list);
  set_flag (self, &self->loading, FALSE, PROP_LOADING);

  if (error != NULL)
    g_signal_emit (self, signals[FAILED], 0, error);
  else if (self->changed_meanwhile)
    mz_session_list_refresh (self);
}

static void
list_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    finish_list (data, mz_json_node_object (answer), error);
}

static void
subscribe_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  MzSessionList *self = data;
  JsonObject *list = mz_json_get_object (mz_json_node_object (answer), "list");

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (list != NULL)
    {
      finish_list (self, list, NULL);
      return;
    }

  /* Protocol 3 only acknowledges the subscription. */
  set_flag (self, &self->loading, FALSE, PROP_LOADING);
  if (g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED))
    g_signal_emit (self, signals[FAILED], 0, error);
  else
    request_list (self);
}

static JsonNode *
list_params (MzSessionList *self)
{
  MzHello *hello = mz_client_get_hello (self->client);
  JsonNode *node = json_node_alloc ();
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "limit", LIST_LIMIT);
  json_object_set_boolean_member (object, "includeDerivedTitles", TRUE);
  json_object_set_boolean_member (object, "includeLastMessage", TRUE);
  /* Protocol 3 knows no archive, and nothing of this. */
  if (self->with_archived && hello != NULL && mz_hello_get_protocol (hello) >= 4)
    json_object_set_string_member (object, "archived", "all");
  json_node_init_object (node, object);
  json_object_unref (object);
  return node;
}

static void
request_list (MzSessionList *self)
{
  if (self->loading)
    {
      self->changed_meanwhile = TRUE;
      return;
    }

  self->changed_meanwhile = FALSE;
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  set_flag (self, &self->loading, TRUE, PROP_LOADING);
  mz_client_request_async (self->client, "sessions.list", list_params (self), 0, self->cancellable, list_cb, self);
}

/* docs: gateway/clients, "Subscribe instead of polling usage". */
static void
subscribe (MzSessionList *self)
{
  if (self->loading)
    return;
  if (!mz_client_has_method (self->client, "sessions.subscribe"))
    {
      request_list (self);
      return;
    }

  self->changed_meanwhile = FALSE;
  set_flag (self, &self->loading, TRUE, PROP_LOADING);
  mz_client_request_async (self->client, "sessions.subscribe", list_params (self), 0, self->cancellable, subscribe_cb, self);
}

/* One event of the gateway, whatever it is. */
void
mz_session_list_handle_event (MzSessionList *self,
                              MzFrame       *frame)
{
  JsonObject *payload;
  JsonObject *session;
  JsonArray *ancestors;
  const char *key;
  const char *session_id;
  MzSessionRow *row;

  g_return_if_fail (MZ_IS_SESSION_LIST (self));
  g_return_if_fail (frame != NULL);

  if (frame->type != MZ_FRAME_EVENT || g_strcmp0 (frame->name, "sessions.changed") != 0)
    return;
  payload = mz_frame_get_payload_object (frame);
  if (payload == NULL)
    return;

  session = mz_json_get_object (payload, "session");
  key = mz_json_get_string (session, "key");
  if (key == NULL)
    key = mz_json_get_string (payload, "sessionKey");
  row = key != NULL ? g_hash_table_lookup (self->by_key, key) : NULL;

  if (self->loading)
    self->changed_meanwhile = TRUE;

  if (g_strcmp0 (mz_json_get_string (payload, "reason"), "delete") == 0)
    {
      session_id = mz_json_get_string (payload, "sessionId");

      /* A replacement with the same key is another session. */
      if (row != NULL && session_id != NULL && g_strcmp0 (session_id, mz_session_row_get_session_id (row)) == 0)
        mz_session_list_remove_row (self, key);
      else if (row != NULL || key == NULL)
        mz_session_list_refresh (self);
      return;
    }

  ancestors = mz_json_get_array (payload, "ancestorSessions");
  for (guint i = 0; i < mz_json_array_length (ancestors); i++)
    {
      JsonObject *ancestor = mz_json_array_object (ancestors, i);

      if (mz_json_get_string (ancestor, "key") != NULL)
        mz_session_list_merge_row (self, mz_json_get_string (ancestor, "key"), ancestor, TRUE);
    }

  if (session == NULL || row == NULL)
    {
      mz_session_list_refresh (self);
      return;
    }
  if (mz_json_get_boolean (session, "archived", FALSE) != mz_session_row_get_archived (row))
    mz_session_list_refresh (self);
  mz_session_list_merge_row (self, key, session, TRUE);
}

static void
client_event_cb (MzSessionList *self,
                 MzFrame       *frame)
{
  g_assert (MZ_IS_SESSION_LIST (self));

  mz_session_list_handle_event (self, frame);
}

static void
client_gap_cb (MzSessionList *self)
{
  g_assert (MZ_IS_SESSION_LIST (self));

  mz_session_list_refresh (self);
}

static void
client_state_cb (MzSessionList *self)
{
  g_assert (MZ_IS_SESSION_LIST (self));

  if (mz_client_get_state (self->client) == MZ_CLIENT_READY)
    subscribe (self);
}

static GType
mz_session_list_get_item_type (GListModel *model)
{
  return MZ_TYPE_SESSION_ROW;
}

static guint
mz_session_list_get_n_items (GListModel *model)
{
  return MZ_SESSION_LIST (model)->rows->len;
}

static gpointer
mz_session_list_get_item (GListModel *model,
                          guint       position)
{
  MzSessionList *self = MZ_SESSION_LIST (model);

  return position < self->rows->len ? g_object_ref (g_ptr_array_index (self->rows, position)) : NULL;
}

static void
mz_session_list_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = mz_session_list_get_item_type;
  iface->get_n_items = mz_session_list_get_n_items;
  iface->get_item = mz_session_list_get_item;
}

static void
mz_session_list_constructed (GObject *object)
{
  MzSessionList *self = MZ_SESSION_LIST (object);

  G_OBJECT_CLASS (mz_session_list_parent_class)->constructed (object);

  if (self->client == NULL)
    return;

  g_signal_connect_object (self->client, "event::sessions.changed", G_CALLBACK (client_event_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "gap", G_CALLBACK (client_gap_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "notify::state", G_CALLBACK (client_state_cb), self, G_CONNECT_SWAPPED);
  client_state_cb (self);
}

static void
mz_session_list_dispose (GObject *object)
{
  MzSessionList *self = MZ_SESSION_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (mz_session_list_parent_class)->dispose (object);
}

static void
mz_session_list_finalize (GObject *object)
{
  MzSessionList *self = MZ_SESSION_LIST (object);

  g_hash_table_unref (self->by_key);
  g_ptr_array_unref (self->rows);
  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (mz_session_list_parent_class)->finalize (object);
}

static void
mz_session_list_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  MzSessionList *self = MZ_SESSION_LIST (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, self->client);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    case PROP_LOADED:
      g_value_set_boolean (value, self->loaded);
      break;
    case PROP_HAS_MORE:
      g_value_set_boolean (value, self->has_more);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_session_list_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  MzSessionList *self = MZ_SESSION_LIST (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      self->client = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_session_list_class_init (MzSessionListClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = mz_session_list_constructed;
  object_class->dispose = mz_session_list_dispose;
  object_class->finalize = mz_session_list_finalize;
  object_class->get_property = mz_session_list_get_property;
  object_class->set_property = mz_session_list_set_property;

  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, MZ_TYPE_CLIENT,
                                            G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, flags);
  props[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags);
  props[PROP_HAS_MORE] = g_param_spec_boolean ("has-more", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[FAILED] = g_signal_new ("failed", MZ_TYPE_SESSION_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
mz_session_list_init (MzSessionList *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
}

/**
 * mz_session_list_new:
 * @client: a client, connected or not
 *
 * Returns: (transfer full): its sessions, filled as soon as the client is ready
 */
MzSessionList *
mz_session_list_new (MzClient *client)
{
  g_return_val_if_fail (MZ_IS_CLIENT (client), NULL);

  return g_object_new (MZ_TYPE_SESSION_LIST, "client", client, NULL);
}

/**
 * mz_session_list_get_client:
 * @self: a list
 *
 * Returns: (transfer none): its client
 */
MzClient *
mz_session_list_get_client (MzSessionList *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_LIST (self), NULL);

  return self->client;
}

/**
 * mz_session_list_get_loading:
 * @self: a list
 *
 * Returns: whether a list is on its way
 */
gboolean
mz_session_list_get_loading (MzSessionList *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_LIST (self), FALSE);

  return self->loading;
}

/**
 * mz_session_list_get_loaded:
 * @self: a list
 *
 * Returns: whether a list came at least once
 */
gboolean
mz_session_list_get_loaded (MzSessionList *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_LIST (self), FALSE);

  return self->loaded;
}

/**
 * mz_session_list_get_has_more:
 * @self: a list
 *
 * Returns: whether the gateway has more sessions than it listed
 */
gboolean
mz_session_list_get_has_more (MzSessionList *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_LIST (self), FALSE);

  return self->has_more;
}

/**
 * mz_session_list_lookup:
 * @self: a list
 * @key: a session's key, as the gateway calls it
 *
 * Returns: (transfer none) (nullable): its row
 */
MzSessionRow *
mz_session_list_lookup (MzSessionList *self,
                        const char    *key)
{
  g_return_val_if_fail (MZ_IS_SESSION_LIST (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  return g_hash_table_lookup (self->by_key, key);
}

/**
 * mz_session_list_refresh:
 * @self: a list
 *
 * Asks for the list again, soon: what is asked in a bunch is asked once. The list does this by itself when it has to.
 */
void
mz_session_list_refresh (MzSessionList *self)
{
  g_return_if_fail (MZ_IS_SESSION_LIST (self));

  if (self->loading)
    self->changed_meanwhile = TRUE;
  else if (self->refresh_id == 0)
    self->refresh_id = g_timeout_add (REFRESH_DELAY_MS, refresh_cb, self);
}

/**
 * mz_session_list_set_with_archived:
 * @self: a list
 * @with_archived: whether sessions that were archived are listed too
 *
 * Without them, which is so at first, a session leaves the list when it is archived.
 */
void
mz_session_list_set_with_archived (MzSessionList *self,
                                   gboolean       with_archived)
{
  g_return_if_fail (MZ_IS_SESSION_LIST (self));

  if (self->with_archived == with_archived)
    return;

  self->with_archived = with_archived;
  if (self->loading || self->loaded)
    mz_session_list_refresh (self);
}

/* For tests. */
gboolean
mz_session_list_wants_refresh (MzSessionList *self)
{
  return self->refresh_id != 0;
}
