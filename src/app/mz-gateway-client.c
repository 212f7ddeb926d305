/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-gateway-private.h"

#include "mz-command.h"
#include "mz-model.h"
#include "mz-recorder.h"

/* The client of a gateway: made from the entry, watched, and replaced when the entry changes. */

/* What a person does with conversations of their own: protocol 4 wants operator.admin for deleting them, protocol 3 for renaming as well
 * (docs: gateway/operator-scopes). */
static const char * const scopes[] = { "operator.read", "operator.write", "operator.approvals", "operator.admin", NULL };

/* What of an entry a client is made from. */
static const char * const dial_settings[] = {
  "notify::address", "notify::strategy", "notify::pin", "notify::allow-plaintext", "notify::proxy",
};

/* Puts what came in the place of what was; the same again is no change, so that no selection is lost. */
static void
take_list (GListStore *store,
           GListModel *list,
           const char *name)
{
  guint n = g_list_model_get_n_items (list);
  gboolean same = n == g_list_model_get_n_items (G_LIST_MODEL (store));
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      GObject *item = g_list_model_get_item (list, i);
      g_autoptr (GObject) old = same ? g_list_model_get_item (G_LIST_MODEL (store), i) : NULL;
      guint n_props;
      g_autofree GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (item), &n_props);

      g_ptr_array_add (items, item);
      for (guint j = 0; same && j < n_props; j++)
        {
          g_auto (GValue) a = G_VALUE_INIT;
          g_auto (GValue) b = G_VALUE_INIT;

          g_object_get_property (item, pspecs[j]->name, &a);
          g_object_get_property (old, pspecs[j]->name, &b);
          if (G_VALUE_HOLDS (&a, G_TYPE_STRV))
            {
              const char * const *one = g_value_get_boxed (&a);
              const char * const *other = g_value_get_boxed (&b);

              same = one == other || (one != NULL && other != NULL && g_strv_equal (one, other));
            }
          else
            {
              same = g_param_values_cmp (pspecs[j], &a, &b) == 0;
            }
        }
    }

  if (!same)
    g_list_store_splice (store, 0, g_list_model_get_n_items (G_LIST_MODEL (store)), items->pdata, items->len);
  g_debug ("%s: %u%s", name, n, same ? ", as before" : "");
}

static void
models_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (MzGateway) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) list = mz_models_list_finish (MZ_CLIENT (source), result, &error);

  if (list == NULL)
    g_debug ("No models: %s", error->message);
  else if (self->client == MZ_CLIENT (source))
    take_list (self->models, list, "Models");
}

static void
commands_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (MzGateway) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) list = mz_commands_list_finish (MZ_CLIENT (source), result, &error);

  if (list == NULL)
    g_debug ("No commands: %s", error->message);
  else if (self->client == MZ_CLIENT (source))
    take_list (self->commands, list, "Commands");
}

/* Asks for what the gateway offers: it may have changed since the last time. */
void
mz_gateway_load_lists (MzGateway *self)
{
  mz_models_list_async (self->client, self->cancellable, models_cb, g_object_ref (self));
  mz_commands_list_async (self->client, self->cancellable, commands_cb, g_object_ref (self));
}

/* Whether more was asked for than the gateway, or who approved this device, wants to give. */
static gboolean
is_about_scopes (const GError *error)
{
  return g_strcmp0 (mz_gateway_error_get_reason (error), "scope-upgrade") == 0 ||
         g_strcmp0 (mz_gateway_error_get_detail_code (error), "AUTH_SCOPE_MISMATCH") == 0 ||
         mz_gateway_error_get_missing_scope (error) != NULL;
}

/* The client's state, error or time of the next try: they come in any order, and belong together. */
static void
client_changed_cb (MzGateway *self)
{
  MzClientState state = mz_client_get_state (self->client);
  MzTrace *trace = mz_client_get_trace (self->client);
  const GError *error = mz_client_get_error (self->client);
  gboolean failed = error != NULL && (state == MZ_CLIENT_WAITING || state == MZ_CLIENT_STOPPED);

  if (failed && !self->modest && is_about_scopes (error))
    {
      /* Everything but deleting works without: once, and at once. */
      g_debug ("The gateway does not give all scopes: asking for fewer");
      self->modest = TRUE;
      mz_client_set_scopes (self->client, NULL);
      mz_client_retry_now (self->client);
      return;
    }

  if (state == MZ_CLIENT_READY)
    mz_gateway_set_failure (self, NULL, NULL);
  else if (failed && trace != self->failed_trace)
    mz_gateway_set_failure (self, trace, error);
  mz_gateway_update (self);
}

static void
client_trace_cb (MzGateway *self)
{
  g_signal_group_set_target (self->trace_signals, mz_client_get_trace (self->client));
  mz_gateway_update (self);
}

static void
client_closed_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (MzGateway) self = user_data;

  mz_client_stop_finish (MZ_CLIENT (source), result, NULL);
  self->n_closing--;
  if (MZ_CLIENT (source) == self->client)
    {
      self->closing = FALSE;
      mz_gateway_update (self);
    }
  mz_gateway_check_shutdown (self);
}

void
mz_gateway_stop_client (MzGateway *self)
{
  if (self->client == NULL)
    return;

  self->n_closing++;
  self->closing = TRUE;
  mz_client_stop_async (self->client, NULL, client_closed_cb, g_object_ref (self));
}

static void
drop_client (MzGateway *self)
{
  if (self->client == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->client, self);
  g_signal_group_set_target (self->trace_signals, NULL);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  mz_gateway_stop_client (self);
  self->closing = FALSE;
  g_clear_object (&self->client);
  g_clear_object (&self->sessions);
  g_clear_object (&self->approvals);
}

static MzDialOptions *
make_options (MzGateway *self)
{
  MzGatewayEntry *entry = self->entry;
  MzDialOptions *options = mz_dial_options_new ();
  const char *proxy = mz_gateway_entry_get_proxy (entry);

  options->setting = mz_gateway_entry_get_strategy (entry);
  options->pin = g_strdup (mz_gateway_entry_get_pin (entry));
  options->allow_plaintext = mz_gateway_entry_get_allow_plaintext (entry);
  if (proxy != NULL && *proxy != '\0')
    options->proxy_resolver = g_simple_proxy_resolver_new (proxy, NULL);
  g_set_object (&options->memory, self->routes);
  return options;
}

/* A new client for what the entry says now; the one before it closes by itself. */
static void
make_client (MzGateway *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (mz_gateway_entry_get_address (self->entry), &error);
  g_autoptr (MzDialOptions) options = make_options (self);
  GObject *object = G_OBJECT (self);

  g_object_freeze_notify (object);
  drop_client (self);
  self->stale = FALSE;
  self->modest = FALSE;
  mz_gateway_set_failure (self, NULL, error);

  if (endpoint != NULL)
    {
      self->client = mz_client_new (endpoint, self->identity, options);
      if (self->records != NULL)
        mz_recorder_watch (self->records, self->client, options->platform);
      self->cancellable = g_cancellable_new ();
      mz_client_set_scopes (self->client, scopes);
      g_signal_connect_swapped (self->client, "notify::error", G_CALLBACK (client_changed_cb), self);
      g_signal_connect_swapped (self->client, "notify::trace", G_CALLBACK (client_trace_cb), self);
      g_signal_connect_swapped (self->client, "notify::retry-at", G_CALLBACK (client_changed_cb), self);
      g_signal_connect_swapped (self->client, "notify::state", G_CALLBACK (client_changed_cb), self);
      self->sessions = mz_session_list_new (self->client);
      mz_session_list_set_with_archived (self->sessions, TRUE);
      self->approvals = mz_approval_list_new (self->client);
    }

  g_object_notify (object, "client");
  g_object_notify (object, "sessions");
  g_object_notify (object, "approvals");
  g_object_thaw_notify (object);
}

void
mz_gateway_start_client (MzGateway *self)
{
  if (self->wanted && (self->client == NULL || self->stale))
    make_client (self);
  if (self->wanted && self->client != NULL)
    {
      /* What was refused the last time may have been approved since. */
      if (self->modest && mz_client_get_state (self->client) == MZ_CLIENT_OFFLINE)
        {
          self->modest = FALSE;
          mz_client_set_scopes (self->client, scopes);
        }
      mz_gateway_apply_secret (self);
      mz_client_start (self->client);
    }
  mz_gateway_update (self);
}

/* Goes on as far as it can towards being connected. */
void
mz_gateway_proceed (MzGateway *self)
{
  g_autoptr (MzGateway) alive G_GNUC_UNUSED = g_object_ref (self);

  if (self->wanted && self->identity != NULL && self->rebuild_id == 0 && mz_gateway_fetch_secret (self))
    mz_gateway_start_client (self);
  else
    mz_gateway_update (self);
}

static gboolean
rebuild_cb (gpointer user_data)
{
  MzGateway *self = user_data;

  self->rebuild_id = 0;
  mz_gateway_proceed (self);
  return G_SOURCE_REMOVE;
}

/* Several changes of one turn of the main loop make one new client. */
static void
entry_changed_cb (MzGateway *self)
{
  self->stale = TRUE;
  if (!self->wanted || self->rebuild_id != 0)
    return;

  self->rebuild_id = g_idle_add_full (G_PRIORITY_HIGH, rebuild_cb, self, NULL);
  mz_gateway_update (self);
}

/* From now on an entry's changes make another client. */
void
mz_gateway_watch_entry (MzGateway *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (dial_settings); i++)
    g_signal_connect_object (self->entry, dial_settings[i], G_CALLBACK (entry_changed_cb), self, G_CONNECT_SWAPPED);
}

/* Another token or password: one that is logged in, or is about to be, does it anew. */
void
mz_gateway_secret_changed (MzGateway *self)
{
  MzClientState state = self->client != NULL ? mz_client_get_state (self->client) : MZ_CLIENT_OFFLINE;

  if (state == MZ_CLIENT_READY || state == MZ_CLIENT_CONNECTING)
    entry_changed_cb (self);
  else
    mz_gateway_proceed (self);
}

/**
 * mz_gateway_wake:
 * @why: what happened to this host
 * @network_available: whether there is a network
 *
 * Lets the client see whether its connection has outlived it, or try without waiting.
 */
void
mz_gateway_wake (MzGateway      *self,
                 MzCircumstance  why,
                 gboolean        network_available)
{
  g_return_if_fail (MZ_IS_GATEWAY (self));

  /* One that is being replaced begins anew anyway. */
  if (self->wanted && self->client != NULL && !self->stale && !self->closing)
    mz_client_wake (self->client, why, network_available);
}
