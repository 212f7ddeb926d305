/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-gateway-private.h"

#include "mz-command.h"
#include "mz-model.h"

enum
{
  PROP_0,
  PROP_ENTRY,
  PROP_CLIENT,
  PROP_SESSIONS,
  PROP_APPROVALS,
  PROP_MODELS,
  PROP_COMMANDS,
  PROP_STATE,
  PROP_STATUS,
  PROP_WANTED,
  N_PROPS,
};

enum
{
  READY,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzGateway, mz_gateway, G_TYPE_OBJECT)

static MzClientState
current_state (MzGateway *self)
{
  if (!self->wanted)
    return MZ_CLIENT_OFFLINE;
  if (self->client == NULL && self->failure != NULL)
    return MZ_CLIENT_STOPPED;

  /* Before the client is asked to start, and while the one before it closes. */
  if (self->client == NULL || self->closing || self->fetching != NULL || self->rebuild_id != 0 ||
      mz_client_get_state (self->client) == MZ_CLIENT_OFFLINE)
    return MZ_CLIENT_CONNECTING;

  return mz_client_get_state (self->client);
}

/* What the newest attempt of the running dial does; between two phases, what it did. */
static const MzPhase *
running_phase (MzGateway *self)
{
  MzTrace *trace = mz_gateway_get_trace (self);
  guint n = trace != NULL ? mz_trace_get_n_attempts (trace) : 0;
  const MzPhaseRecord *record = n > 0 ? mz_trace_attempt_get_last_phase (mz_trace_get_attempt (trace, n - 1)) : NULL;

  return record != NULL ? &record->phase : NULL;
}

static gboolean
status_equal (const MzStatus *a,
              const MzStatus *b)
{
  return a != NULL && a->dot == b->dot && a->action == b->action && a->visible == b->visible && a->retry_at == b->retry_at &&
         g_strcmp0 (a->word, b->word) == 0 && g_strcmp0 (a->text, b->text) == 0 && g_strcmp0 (a->label, b->label) == 0;
}

/* Tells what has changed of what a person is told. */
void
mz_gateway_update (MzGateway *self)
{
  g_autoptr (MzGateway) alive G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr (MzStatus) status = NULL;
  MzClientState before = self->state;

  g_object_freeze_notify (G_OBJECT (self));
  self->state = current_state (self);
  if (self->state != before)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);

  status = mz_gateway_dup_status (self);
  if (!status_equal (self->status, status))
    {
      g_clear_pointer (&self->status, mz_status_free);
      self->status = g_steal_pointer (&status);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATUS]);
    }
  g_object_thaw_notify (G_OBJECT (self));

  /* Whoever was told of it may have disconnected at once. */
  if (before == MZ_CLIENT_READY || self->state != MZ_CLIENT_READY)
    return;

  mz_gateway_load_lists (self);
  g_signal_emit (self, signals[READY], 0);
}

static void
mz_gateway_constructed (GObject *object)
{
  MzGateway *self = MZ_GATEWAY (object);

  G_OBJECT_CLASS (mz_gateway_parent_class)->constructed (object);

  mz_gateway_watch_entry (self);
  g_signal_connect_object (self->entry, "notify::name", G_CALLBACK (mz_gateway_update), self, G_CONNECT_SWAPPED);
  mz_gateway_update (self);
}

static void
mz_gateway_dispose (GObject *object)
{
  MzGateway *self = MZ_GATEWAY (object);

  self->wanted = FALSE;
  g_clear_handle_id (&self->rebuild_id, g_source_remove);
  mz_gateway_clear_chats (self);
  if (self->client != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->client, self);
      /* It closes by itself: nobody waits for it. */
      mz_client_stop_async (self->client, NULL, NULL, NULL);
    }
  g_signal_group_set_target (self->trace_signals, NULL);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  mz_gateway_cancel_fetch (self);
  g_clear_object (&self->sessions);
  g_clear_object (&self->approvals);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (mz_gateway_parent_class)->dispose (object);
}

static void
mz_gateway_finalize (GObject *object)
{
  MzGateway *self = MZ_GATEWAY (object);

  mz_gateway_clear_secrets (self);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->diagnosis, mz_diagnosis_free);
  g_clear_pointer (&self->status, mz_status_free);
  g_clear_pointer (&self->chats, g_hash_table_unref);
  g_clear_object (&self->failed_trace);
  g_clear_object (&self->trace_signals);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->models);
  g_clear_object (&self->commands);
  g_clear_object (&self->secrets);
  g_clear_object (&self->routes);
  g_clear_object (&self->identity);
  g_clear_object (&self->entry);
  g_clear_object (&self->records);

  G_OBJECT_CLASS (mz_gateway_parent_class)->finalize (object);
}

static void
mz_gateway_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  MzGateway *self = MZ_GATEWAY (object);

  switch (prop_id)
    {
    case PROP_ENTRY:
      g_value_set_object (value, self->entry);
      break;
    case PROP_CLIENT:
      g_value_set_object (value, self->client);
      break;
    case PROP_SESSIONS:
      g_value_set_object (value, self->sessions);
      break;
    case PROP_APPROVALS:
      g_value_set_object (value, self->approvals);
      break;
    case PROP_MODELS:
      g_value_set_object (value, self->models);
      break;
    case PROP_COMMANDS:
      g_value_set_object (value, self->commands);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_STATUS:
      g_value_take_boxed (value, mz_gateway_dup_status (self));
      break;
    case PROP_WANTED:
      g_value_set_boolean (value, self->wanted);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_gateway_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  MzGateway *self = MZ_GATEWAY (object);

  switch (prop_id)
    {
    case PROP_ENTRY:
      self->entry = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_gateway_class_init (MzGatewayClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = mz_gateway_constructed;
  object_class->dispose = mz_gateway_dispose;
  object_class->finalize = mz_gateway_finalize;
  object_class->get_property = mz_gateway_get_property;
  object_class->set_property = mz_gateway_set_property;

  props[PROP_ENTRY] = g_param_spec_object ("entry", NULL, NULL, MZ_TYPE_GATEWAY_ENTRY,
                                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, MZ_TYPE_CLIENT, flags);
  props[PROP_SESSIONS] = g_param_spec_object ("sessions", NULL, NULL, MZ_TYPE_SESSION_LIST, flags);
  props[PROP_APPROVALS] = g_param_spec_object ("approvals", NULL, NULL, MZ_TYPE_APPROVAL_LIST, flags);
  props[PROP_MODELS] = g_param_spec_object ("models", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_COMMANDS] = g_param_spec_object ("commands", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, MZ_TYPE_CLIENT_STATE, MZ_CLIENT_OFFLINE, flags);
  props[PROP_STATUS] = g_param_spec_boxed ("status", NULL, NULL, MZ_TYPE_STATUS, flags);
  props[PROP_WANTED] = g_param_spec_boolean ("wanted", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[READY] = g_signal_new ("ready", MZ_TYPE_GATEWAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mz_gateway_init (MzGateway *self)
{
  self->models = g_list_store_new (MZ_TYPE_MODEL);
  self->commands = g_list_store_new (MZ_TYPE_COMMAND);
  self->trace_signals = g_signal_group_new (MZ_TYPE_TRACE);
  g_signal_group_connect_swapped (self->trace_signals, "phase-begun", G_CALLBACK (mz_gateway_update), self);
  g_queue_init (&self->saves);
  g_queue_init (&self->shutdown_tasks);
  mz_gateway_init_chats (self);
}

/**
 * mz_gateway_new:
 * @entry: what a person keeps of it
 * @identity: (nullable): this device; without one it waits, once it is wanted, until it is given one
 * @secrets: where its token or password is kept
 *
 * Returns: (transfer full): a gateway that is not connected yet
 */
MzGateway *
mz_gateway_new (MzGatewayEntry *entry,
                MzIdentity     *identity,
                MzSecretStore  *secrets)
{
  MzGateway *self;

  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (entry), NULL);
  g_return_val_if_fail (identity == NULL || MZ_IS_IDENTITY (identity), NULL);
  g_return_val_if_fail (MZ_IS_SECRET_STORE (secrets), NULL);

  self = g_object_new (MZ_TYPE_GATEWAY, "entry", entry, NULL);
  g_set_object (&self->identity, identity);
  g_set_object (&self->secrets, secrets);
  return self;
}

/* Where to record what the next client does; NULL for nowhere. */
void
mz_gateway_set_records (MzGateway *self,
                        MzRecords *records)
{
  g_return_if_fail (MZ_IS_GATEWAY (self));
  g_return_if_fail (records == NULL || MZ_IS_RECORDS (records));

  g_set_object (&self->records, records);
}

/* This device, when it has become known. What was asked for meanwhile is done now. */
void
mz_gateway_set_identity (MzGateway  *self,
                         MzIdentity *identity)
{
  g_return_if_fail (MZ_IS_GATEWAY (self));
  g_return_if_fail (MZ_IS_IDENTITY (identity));

  if (g_set_object (&self->identity, identity))
    mz_gateway_proceed (self);
}

/* What earlier dials have learned about routes, for the clients that are made from now on. */
void
mz_gateway_set_routes (MzGateway     *self,
                       MzRouteMemory *routes)
{
  g_return_if_fail (MZ_IS_GATEWAY (self));
  g_return_if_fail (routes == NULL || MZ_IS_ROUTE_MEMORY (routes));

  g_set_object (&self->routes, routes);
}

/**
 * mz_gateway_get_entry:
 *
 * Returns: (transfer none): what a person keeps of it
 */
MzGatewayEntry *
mz_gateway_get_entry (MzGateway *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);

  return self->entry;
}

/**
 * mz_gateway_get_client:
 *
 * Returns: (transfer none) (nullable): the client; %NULL before the first connect, and while the address cannot be understood
 */
MzClient *
mz_gateway_get_client (MzGateway *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);

  return self->client;
}

/**
 * mz_gateway_get_sessions:
 *
 * Returns: (transfer none) (nullable): the gateway's conversations; %NULL without a client
 */
MzSessionList *
mz_gateway_get_sessions (MzGateway *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);

  return self->sessions;
}

/**
 * mz_gateway_get_approvals:
 *
 * Returns: (transfer none) (nullable): the commands that wait for a person's word; %NULL without a client
 */
MzApprovalList *
mz_gateway_get_approvals (MzGateway *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);

  return self->approvals;
}

/**
 * mz_gateway_get_models:
 *
 * Returns: (transfer none): what it offers, as it said last; the same list for the gateway's whole life
 */
GListModel *
mz_gateway_get_models (MzGateway *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);

  return G_LIST_MODEL (self->models);
}

/**
 * mz_gateway_get_commands:
 *
 * Returns: (transfer none): its slash commands, as it said last; the same list for the gateway's whole life
 */
GListModel *
mz_gateway_get_commands (MzGateway *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);

  return G_LIST_MODEL (self->commands);
}

/**
 * mz_gateway_get_state:
 *
 * Returns: how it stands; offline as soon as it is not wanted any more, and connecting while its client is being prepared
 */
MzClientState
mz_gateway_get_state (MzGateway *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY (self), MZ_CLIENT_OFFLINE);

  return self->state;
}

/**
 * mz_gateway_get_trace:
 *
 * Returns: (transfer none) (nullable): the record of the newest dial
 */
MzTrace *
mz_gateway_get_trace (MzGateway *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);

  return self->client != NULL ? mz_client_get_trace (self->client) : NULL;
}

/**
 * mz_gateway_dup_status:
 *
 * Returns: (transfer full): what is to be said of it now
 */
MzStatus *
mz_gateway_dup_status (MzGateway *self)
{
  MzClientState state;
  gint64 retry_at;

  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);

  state = current_state (self);
  retry_at = state == MZ_CLIENT_WAITING ? mz_client_get_retry_at (self->client) : 0;

  return mz_status_of (state, self->wanted, mz_gateway_entry_get_name (self->entry),
                       state == MZ_CLIENT_CONNECTING ? running_phase (self) : NULL,
                       state == MZ_CLIENT_READY || state == MZ_CLIENT_OFFLINE ? NULL : self->diagnosis, retry_at);
}

static void
set_wanted (MzGateway *self,
            gboolean   wanted)
{
  if (self->wanted == wanted)
    return;

  self->wanted = wanted;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WANTED]);
}

/**
 * mz_gateway_connect:
 *
 * Connects, and stays connected. Nothing happens when it does already.
 */
void
mz_gateway_connect (MzGateway *self)
{
  g_return_if_fail (MZ_IS_GATEWAY (self));

  g_object_freeze_notify (G_OBJECT (self));
  set_wanted (self, TRUE);
  mz_gateway_proceed (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * mz_gateway_disconnect:
 *
 * Closes the connection, or gives up trying.
 */
void
mz_gateway_disconnect (MzGateway *self)
{
  g_return_if_fail (MZ_IS_GATEWAY (self));

  if (!self->wanted)
    return;

  g_object_freeze_notify (G_OBJECT (self));
  set_wanted (self, FALSE);
  g_clear_handle_id (&self->rebuild_id, g_source_remove);
  mz_gateway_cancel_fetch (self);
  mz_gateway_stop_client (self);
  mz_gateway_update (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * mz_gateway_retry_now:
 *
 * Does not wait any longer, or tries again after it had stopped; connects when it was not wanted.
 */
void
mz_gateway_retry_now (MzGateway *self)
{
  g_return_if_fail (MZ_IS_GATEWAY (self));

  /* A keyring that was locked may be open by now. */
  if (self->wanted && self->client != NULL && !self->stale && mz_gateway_fetch_secret (self))
    mz_client_retry_now (self->client);
  else
    mz_gateway_connect (self);
}

/* A shutdown ends when nothing is open and nothing waits to be written. */
void
mz_gateway_check_shutdown (MzGateway *self)
{
  GTask *task;

  if (self->n_closing > 0 || mz_gateway_is_saving (self))
    return;

  while ((task = g_queue_pop_head (&self->shutdown_tasks)) != NULL)
    {
      if (!g_task_return_error_if_cancelled (task))
        g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

/**
 * mz_gateway_shutdown_async:
 * @cancellable: (nullable): a cancellable
 * @callback: called when the connection is closed and the secrets are saved
 * @user_data: for @callback
 *
 * Disconnects for good.
 */
void
mz_gateway_shutdown_async (MzGateway           *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (MZ_IS_GATEWAY (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_gateway_shutdown_async);
  g_queue_push_tail (&self->shutdown_tasks, task);
  mz_gateway_disconnect (self);
  mz_gateway_check_shutdown (self);
}

/**
 * mz_gateway_shutdown_finish:
 *
 * Returns: whether it went well
 */
gboolean
mz_gateway_shutdown_finish (MzGateway     *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
