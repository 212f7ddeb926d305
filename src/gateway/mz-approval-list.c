/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-approval-list-private.h"

#include "mz-gateway-error.h"
#include "mz-json.h"

/* How many answered ones are remembered, so that a list that was on its way does not bring them back. */
#define MAX_RESOLVED 256

/* Longer than any timer is set. */
#define MAX_WAIT_MS (G_TIME_SPAN_DAY / G_TIME_SPAN_MILLISECOND * 20)

/* More than anybody could look at. */
#define MAX_PENDING 1000

enum
{
  PROP_0,
  PROP_CLIENT,
  PROP_LOADED,
  N_PROPS
};

enum
{
  RESOLVED,
  RESOLVING_CHANGED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void mz_approval_list_list_model_init (GListModelInterface *iface);
static void schedule_expiry                  (MzApprovalList      *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzApprovalList, mz_approval_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, mz_approval_list_list_model_init))

static gboolean
find_row (MzApprovalList *self,
          const char     *id,
          guint          *position)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      if (g_strcmp0 (mz_approval_get_id (g_ptr_array_index (self->rows, i)), id) == 0)
        {
          *position = i;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
was_resolved (MzApprovalList *self,
              const char     *id)
{
  return g_queue_find_custom (&self->resolved, id, (GCompareFunc) g_strcmp0) != NULL;
}

/* When it expires by our clock (µs, monotonic): the gateway's clock may be another, so that the time it has counts more
   than the date. */
static gint64
deadline_of (MzApproval *approval)
{
  gint64 expires = mz_approval_get_expires_at (approval);
  gint64 created = mz_approval_get_created_at (approval);
  gint64 now = g_get_real_time () / G_TIME_SPAN_MILLISECOND;
  gint64 left;

  if (expires <= 0)
    return G_MAXINT64;

  left = created > 0 && created < expires ? expires - created : expires - now;
  if (expires > now && expires - now < left)
    left = expires - now;
  return g_get_monotonic_time () + CLAMP (left, 0, MAX_WAIT_MS) * G_TIME_SPAN_MILLISECOND;
}

static void
add (MzApprovalList *self,
     MzApproval     *approval)
{
  const char *id = mz_approval_get_id (approval);
  guint position;

  if (was_resolved (self, id) || find_row (self, id, &position) || self->rows->len >= MAX_PENDING)
    return;

  for (position = self->rows->len; position > 0; position--)
    {
      if (mz_approval_get_created_at (g_ptr_array_index (self->rows, position - 1)) <= mz_approval_get_created_at (approval))
        break;
    }
  g_ptr_array_insert (self->rows, position, g_object_ref (approval));
  g_hash_table_insert (self->deadlines, g_strdup (id), g_memdup2 (&(gint64) { deadline_of (approval) }, sizeof (gint64)));
  if (self->loading)
    g_hash_table_add (self->came_meanwhile, g_strdup (id));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
  schedule_expiry (self);
}

static void
drop (MzApprovalList *self,
      const char     *id)
{
  guint position;

  if (!find_row (self, id, &position))
    return;

  g_hash_table_remove (self->deadlines, id);
  g_ptr_array_remove_index (self->rows, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

/* Somebody has answered it, or nobody will any more. */
void
mz_approval_list_settle (MzApprovalList *self,
                         const char     *id,
                         const char     *decision)
{
  g_autofree char *kept = g_strdup (id);

  if (was_resolved (self, kept))
    return;

  g_queue_push_tail (&self->resolved, g_strdup (kept));
  if (g_queue_get_length (&self->resolved) > MAX_RESOLVED)
    g_free (g_queue_pop_head (&self->resolved));
  drop (self, kept);
  g_signal_emit (self, signals[RESOLVED], 0, kept, decision);
}

static gboolean
expiry_cb (gpointer data)
{
  MzApprovalList *self = data;
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GPtrArray) expired = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer id;
  gpointer deadline;

  self->expiry_id = 0;
  g_hash_table_iter_init (&iter, self->deadlines);
  while (g_hash_table_iter_next (&iter, &id, &deadline))
    {
      if (*(gint64 *) deadline <= now)
        g_ptr_array_add (expired, g_strdup (id));
    }
  for (guint i = 0; i < expired->len; i++)
    mz_approval_list_settle (self, g_ptr_array_index (expired, i), NULL);
  schedule_expiry (self);
  return G_SOURCE_REMOVE;
}

/* One timer, for the one that expires first. */
static void
schedule_expiry (MzApprovalList *self)
{
  gint64 first = G_MAXINT64;
  gint64 left;
  GHashTableIter iter;
  gpointer deadline;

  g_clear_handle_id (&self->expiry_id, g_source_remove);
  g_hash_table_iter_init (&iter, self->deadlines);
  while (g_hash_table_iter_next (&iter, NULL, &deadline))
    first = MIN (first, *(gint64 *) deadline);
  if (first == G_MAXINT64)
    return;

  left = MAX (0, first - g_get_monotonic_time ()) / G_TIME_SPAN_MILLISECOND + 1;
  self->expiry_id = g_timeout_add (MIN (left, G_MAXINT), expiry_cb, self);
}

void
mz_approval_list_begin_backfill (MzApprovalList *self)
{
  self->loading = TRUE;
  g_hash_table_remove_all (self->came_meanwhile);
}

/* docs: gateway/clients, "Backfill exec approvals": what was asked or answered while the list was on its way counts
   more than the list. */
void
mz_approval_list_apply_backfill (MzApprovalList *self,
                                 JsonNode       *answer)
{
  JsonArray *items = mz_json_node_array (answer);
  g_autoptr (GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);

  self->loading = FALSE;
  if (items == NULL)
    items = mz_json_get_array (mz_json_node_object (answer), "approvals");

  for (guint i = 0; i < mz_json_array_length (items); i++)
    {
      g_autoptr (MzApproval) approval = mz_approval_new (mz_json_array_object (items, i));

      if (approval == NULL)
        continue;
      g_hash_table_add (listed, (gpointer) mz_json_get_string (mz_json_array_object (items, i), "id"));
      add (self, approval);
    }

  for (guint i = self->rows->len; i > 0; i--)
    {
      g_autofree char *id = g_strdup (mz_approval_get_id (g_ptr_array_index (self->rows, i - 1)));

      if (!g_hash_table_contains (listed, id) && !g_hash_table_contains (self->came_meanwhile, id))
        mz_approval_list_settle (self, id, NULL);
    }

  if (!self->loaded)
    {
      self->loaded = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADED]);
    }
}

/* @error: (nullable): why the answer did not get through */
void
mz_approval_list_set_resolving (MzApprovalList *self,
                                const char     *id,
                                gboolean        resolving,
                                const GError   *error)
{
  g_autofree char *kept = g_strdup (id);

  if (resolving)
    g_hash_table_add (self->resolving, g_strdup (id));
  else
    g_hash_table_remove (self->resolving, id);
  g_signal_emit (self, signals[RESOLVING_CHANGED], 0, kept, error);
}

/* One event of the gateway, whatever it is. */
void
mz_approval_list_handle_event (MzApprovalList *self,
                               MzFrame        *frame)
{
  JsonObject *payload;

  g_return_if_fail (MZ_IS_APPROVAL_LIST (self));
  g_return_if_fail (frame != NULL);

  if (frame->type != MZ_FRAME_EVENT || !g_str_has_prefix (frame->name, "exec.approval."))
    return;
  payload = mz_frame_get_payload_object (frame);
  if (payload == NULL)
    return;

  if (g_strcmp0 (frame->name, "exec.approval.requested") == 0)
    {
      g_autoptr (MzApproval) approval = mz_approval_new (payload);

      if (approval != NULL)
        add (self, approval);
    }
  else if (g_strcmp0 (frame->name, "exec.approval.resolved") == 0)
    {
      if (mz_json_get_string (payload, "id") != NULL)
        mz_approval_list_settle (self, mz_json_get_string (payload, "id"), mz_json_get_string (payload, "decision"));
    }
}

static void
backfill_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  MzApprovalList *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (error == NULL)
    {
      mz_approval_list_apply_backfill (self, answer);
      return;
    }

  /* A login without the scope: nothing ever waits for this person. */
  self->loading = FALSE;
  g_debug ("No list of approvals: %s", error->message);
}

static void
backfill (MzApprovalList *self)
{
  JsonNode *params;
  JsonObject *object;

  if (self->loading || !mz_client_has_method (self->client, "exec.approval.list"))
    return;

  mz_approval_list_begin_backfill (self);
  params = json_node_alloc ();
  object = json_object_new ();
  json_node_init_object (params, object);
  json_object_unref (object);
  mz_client_request_async (self->client, "exec.approval.list", params, 0, self->cancellable, backfill_cb, self);
}

static void
client_event_cb (MzApprovalList *self,
                 MzFrame        *frame)
{
  g_assert (MZ_IS_APPROVAL_LIST (self));

  mz_approval_list_handle_event (self, frame);
}

static void
client_gap_cb (MzApprovalList *self)
{
  g_assert (MZ_IS_APPROVAL_LIST (self));

  if (mz_client_get_state (self->client) == MZ_CLIENT_READY)
    backfill (self);
}

static void
client_state_cb (MzApprovalList *self)
{
  g_assert (MZ_IS_APPROVAL_LIST (self));

  if (mz_client_get_state (self->client) == MZ_CLIENT_READY)
    backfill (self);
}

static GType
mz_approval_list_get_item_type (GListModel *model)
{
  return MZ_TYPE_APPROVAL;
}

static guint
mz_approval_list_get_n_items (GListModel *model)
{
  return MZ_APPROVAL_LIST (model)->rows->len;
}

static gpointer
mz_approval_list_get_item (GListModel *model,
                           guint       position)
{
  MzApprovalList *self = MZ_APPROVAL_LIST (model);

  return position < self->rows->len ? g_object_ref (g_ptr_array_index (self->rows, position)) : NULL;
}

static void
mz_approval_list_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = mz_approval_list_get_item_type;
  iface->get_n_items = mz_approval_list_get_n_items;
  iface->get_item = mz_approval_list_get_item;
}

static void
mz_approval_list_constructed (GObject *object)
{
  MzApprovalList *self = MZ_APPROVAL_LIST (object);

  G_OBJECT_CLASS (mz_approval_list_parent_class)->constructed (object);

  if (self->client == NULL)
    return;

  g_signal_connect_object (self->client, "event::exec.approval.requested", G_CALLBACK (client_event_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "event::exec.approval.resolved", G_CALLBACK (client_event_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "gap", G_CALLBACK (client_gap_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "notify::state", G_CALLBACK (client_state_cb), self, G_CONNECT_SWAPPED);
  client_state_cb (self);
}

static void
mz_approval_list_dispose (GObject *object)
{
  MzApprovalList *self = MZ_APPROVAL_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->expiry_id, g_source_remove);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (mz_approval_list_parent_class)->dispose (object);
}

static void
mz_approval_list_finalize (GObject *object)
{
  MzApprovalList *self = MZ_APPROVAL_LIST (object);

  g_ptr_array_unref (self->rows);
  g_hash_table_unref (self->deadlines);
  g_hash_table_unref (self->came_meanwhile);
  g_hash_table_unref (self->resolving);
  g_queue_clear_full (&self->resolved, g_free);
  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (mz_approval_list_parent_class)->finalize (object);
}

static void
mz_approval_list_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  MzApprovalList *self = MZ_APPROVAL_LIST (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, self->client);
      break;
    case PROP_LOADED:
      g_value_set_boolean (value, self->loaded);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_approval_list_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  MzApprovalList *self = MZ_APPROVAL_LIST (object);

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
mz_approval_list_class_init (MzApprovalListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = mz_approval_list_constructed;
  object_class->dispose = mz_approval_list_dispose;
  object_class->finalize = mz_approval_list_finalize;
  object_class->get_property = mz_approval_list_get_property;
  object_class->set_property = mz_approval_list_set_property;

  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, MZ_TYPE_CLIENT,
                                            G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE,
                                             G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[RESOLVED] = g_signal_new ("resolved", MZ_TYPE_APPROVAL_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[RESOLVING_CHANGED] = g_signal_new ("resolving-changed", MZ_TYPE_APPROVAL_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
}

static void
mz_approval_list_init (MzApprovalList *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->deadlines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->came_meanwhile = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->resolving = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->resolved);
}

/**
 * mz_approval_list_new:
 * @client: a client, connected or not
 *
 * Returns: (transfer full): what waits for an answer on its gateway
 */
MzApprovalList *
mz_approval_list_new (MzClient *client)
{
  g_return_val_if_fail (MZ_IS_CLIENT (client), NULL);

  return g_object_new (MZ_TYPE_APPROVAL_LIST, "client", client, NULL);
}

/**
 * mz_approval_list_get_client:
 * @self: a list
 *
 * Returns: (transfer none): its client
 */
MzClient *
mz_approval_list_get_client (MzApprovalList *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL_LIST (self), NULL);

  return self->client;
}

/**
 * mz_approval_list_get_loaded:
 * @self: a list
 *
 * Returns: whether the gateway's list came at least once
 */
gboolean
mz_approval_list_get_loaded (MzApprovalList *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL_LIST (self), FALSE);

  return self->loaded;
}

/**
 * mz_approval_list_lookup:
 * @self: a list
 * @id: an id
 *
 * Returns: (transfer none) (nullable): the approval with this id, if it still waits
 */
MzApproval *
mz_approval_list_lookup (MzApprovalList *self,
                         const char     *id)
{
  guint position;

  g_return_val_if_fail (MZ_IS_APPROVAL_LIST (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return find_row (self, id, &position) ? g_ptr_array_index (self->rows, position) : NULL;
}

/**
 * mz_approval_list_get_time_left:
 * @self: a list
 * @id: an id
 *
 * How long an answer is still taken, whatever the gateway's clock says.
 *
 * Returns: ms, rounded up; %G_MAXINT64 when it does not expire; 0 when it has expired, or does not wait here
 */
gint64
mz_approval_list_get_time_left (MzApprovalList *self,
                                const char     *id)
{
  const gint64 *deadline;

  g_return_val_if_fail (MZ_IS_APPROVAL_LIST (self), 0);
  g_return_val_if_fail (id != NULL, 0);

  deadline = g_hash_table_lookup (self->deadlines, id);
  if (deadline == NULL)
    return 0;
  if (*deadline == G_MAXINT64)
    return G_MAXINT64;
  return (MAX (0, *deadline - g_get_monotonic_time ()) + G_TIME_SPAN_MILLISECOND - 1) / G_TIME_SPAN_MILLISECOND;
}

/**
 * mz_approval_list_is_resolving:
 * @self: a list
 * @id: an id
 *
 * Returns: whether an answer of this client is on its way to the gateway: no other one is taken meanwhile
 */
gboolean
mz_approval_list_is_resolving (MzApprovalList *self,
                               const char     *id)
{
  g_return_val_if_fail (MZ_IS_APPROVAL_LIST (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return g_hash_table_contains (self->resolving, id);
}
