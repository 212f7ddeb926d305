/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-core-private.h"

#include <glib/gi18n-lib.h>

#include "mz-gateway-private.h"

enum
{
  PROP_0,
  PROP_SETTINGS,
  PROP_SECRETS,
  PROP_LOADED,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void mz_core_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzCore, mz_core, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, mz_core_list_model_init))

static GType
mz_core_get_item_type (GListModel *model)
{
  return MZ_TYPE_GATEWAY;
}

static guint
mz_core_get_n_items (GListModel *model)
{
  return MZ_CORE (model)->gateways->len;
}

static gpointer
mz_core_get_item (GListModel *model,
                  guint       position)
{
  MzCore *self = MZ_CORE (model);

  return position < self->gateways->len ? g_object_ref (g_ptr_array_index (self->gateways, position)) : NULL;
}

static void
mz_core_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = mz_core_get_item_type;
  iface->get_n_items = mz_core_get_n_items;
  iface->get_item = mz_core_get_item;
}

static void
address_cb (MzCore         *self,
            GParamSpec     *pspec,
            MzGatewayEntry *entry)
{
  mz_core_load_tokens (self, entry);
}

static MzGateway *
make_gateway (MzCore         *self,
              MzGatewayEntry *entry)
{
  MzIdentity *identity = mz_gateway_entry_get_transient (entry) ? self->demo_identity : self->identity;

  MzGateway *gateway;

  g_signal_connect_object (entry, "notify::address", G_CALLBACK (address_cb), self, G_CONNECT_SWAPPED);
  gateway = mz_gateway_new (entry, identity, self->secrets);
  if (self->routes != NULL)
    mz_gateway_set_routes (gateway, mz_route_store_get_memory (self->routes));

  return gateway;
}

static MzGateway *
make_recorded_gateway (MzCore         *self,
                       MzGatewayEntry *entry)
{
  MzGateway *gateway = make_gateway (self, entry);

  if (!mz_gateway_entry_get_transient (entry))
    mz_gateway_set_records (gateway, self->records);
  return gateway;
}

/* (transfer full) (nullable) */
static MzGateway *
steal_gateway_of (GPtrArray      *gateways,
                  MzGatewayEntry *entry)
{
  for (guint i = 0; i < gateways->len; i++)
    {
      if (mz_gateway_get_entry (g_ptr_array_index (gateways, i)) == entry)
        return g_ptr_array_steal_index (gateways, i);
    }
  return NULL;
}

/* The same entry keeps its gateway, wherever it goes in the list, and from when it was tried. */
static MzGateway *
take_gateway (MzCore         *self,
              GPtrArray      *removed,
              MzGatewayEntry *entry)
{
  MzGateway *gateway = steal_gateway_of (removed, entry);

  if (gateway == NULL)
    gateway = steal_gateway_of (self->tried, entry);
  return gateway != NULL ? gateway : make_recorded_gateway (self, entry);
}

static void
list_changed_cb (MzCore     *self,
                 guint       position,
                 guint       n_removed,
                 guint       n_added,
                 GListModel *list)
{
  g_autoptr (GPtrArray) removed = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_removed; i++)
    g_ptr_array_add (removed, g_ptr_array_steal_index (self->gateways, position));
  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (MzGatewayEntry) entry = g_list_model_get_item (list, position + i);

      g_ptr_array_insert (self->gateways, (int) (position + i), take_gateway (self, removed, entry));
    }

  for (guint i = 0; i < removed->len; i++)
    mz_core_let_go (self, g_ptr_array_index (removed, i));
  mz_core_want_identity (self);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

static void
mz_core_constructed (GObject *object)
{
  MzCore *self = MZ_CORE (object);

  G_OBJECT_CLASS (mz_core_parent_class)->constructed (object);

  self->list = mz_gateway_list_new (self->settings);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (list_changed_cb), self, G_CONNECT_SWAPPED);
  list_changed_cb (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (self->list)), G_LIST_MODEL (self->list));
}

static void
mz_core_dispose (GObject *object)
{
  MzCore *self = MZ_CORE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_ptr_array_set_size (self->gateways, 0);
  g_ptr_array_set_size (self->tried, 0);
  if (self->demo != NULL)
    mz_demo_gateway_stop (self->demo);

  G_OBJECT_CLASS (mz_core_parent_class)->dispose (object);
}

static void
mz_core_finalize (GObject *object)
{
  MzCore *self = MZ_CORE (object);

  g_clear_object (&self->demo);
  g_clear_object (&self->demo_identity);
  g_clear_object (&self->identity);
  g_clear_object (&self->keeper);
  g_clear_object (&self->list);
  g_clear_object (&self->routes);
  g_clear_object (&self->secrets);
  g_clear_object (&self->records);
  g_clear_object (&self->settings);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->log, mz_log_book_unref);
  g_ptr_array_unref (self->gateways);
  g_ptr_array_unref (self->tried);

  G_OBJECT_CLASS (mz_core_parent_class)->finalize (object);
}

static void
mz_core_get_property (GObject    *object,
                      guint       prop_id,
                      GValue     *value,
                      GParamSpec *pspec)
{
  MzCore *self = MZ_CORE (object);

  switch (prop_id)
    {
    case PROP_SETTINGS:
      g_value_set_object (value, self->settings);
      break;
    case PROP_SECRETS:
      g_value_set_object (value, self->secrets);
      break;
    case PROP_LOADED:
      g_value_set_boolean (value, self->identity != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_core_set_property (GObject      *object,
                      guint         prop_id,
                      const GValue *value,
                      GParamSpec   *pspec)
{
  MzCore *self = MZ_CORE (object);

  switch (prop_id)
    {
    case PROP_SETTINGS:
      self->settings = g_value_dup_object (value);
      break;
    case PROP_SECRETS:
      self->secrets = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_core_class_init (MzCoreClass *klass)
{
  const GParamFlags construct = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = mz_core_constructed;
  object_class->dispose = mz_core_dispose;
  object_class->finalize = mz_core_finalize;
  object_class->get_property = mz_core_get_property;
  object_class->set_property = mz_core_set_property;

  props[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, G_TYPE_SETTINGS, construct);
  props[PROP_SECRETS] = g_param_spec_object ("secrets", NULL, NULL, MZ_TYPE_SECRET_STORE, construct);
  props[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE,
                                             G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mz_core_init (MzCore *self)
{
  self->gateways = g_ptr_array_new_with_free_func (g_object_unref);
  self->tried = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->shutdown_tasks);
}

/**
 * mz_core_new:
 * @settings: of the schema that has the key `gateways`
 * @secrets: where secrets are kept
 *
 * Returns: (transfer full): the kept gateways, none of them connected yet
 */
MzCore *
mz_core_new (GSettings     *settings,
             MzSecretStore *secrets)
{
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (MZ_IS_SECRET_STORE (secrets), NULL);

  return g_object_new (MZ_TYPE_CORE, "settings", settings, "secrets", secrets, NULL);
}

static void
routes_started_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  /* Without a file, or a readable one, it begins anew. */
  mz_route_store_start_finish (MZ_ROUTE_STORE (source), result, NULL);
}

/**
 * mz_core_keep_routes:
 * @routes: where what dials learn about routes is kept; it is not started yet
 *
 * From now on dials of all gateways learn from each other, and from those of earlier starts. Without it nothing is kept beyond a connection's
 * life. Call it once, before mz_core_load_async().
 */
void
mz_core_keep_routes (MzCore       *self,
                     MzRouteStore *routes)
{
  g_return_if_fail (MZ_IS_CORE (self));
  g_return_if_fail (MZ_IS_ROUTE_STORE (routes));
  g_return_if_fail (self->routes == NULL && !self->started);

  self->routes = g_object_ref (routes);
  for (guint i = 0; i < self->gateways->len; i++)
    mz_gateway_set_routes (g_ptr_array_index (self->gateways, i), mz_route_store_get_memory (routes));
  mz_route_store_start_async (routes, self->cancellable, routes_started_cb, NULL);
}

/**
 * mz_core_get_settings:
 *
 * Returns: (transfer none): the settings
 */
GSettings *
mz_core_get_settings (MzCore *self)
{
  g_return_val_if_fail (MZ_IS_CORE (self), NULL);

  return self->settings;
}

/**
 * mz_core_get_secrets:
 *
 * Returns: (transfer none): where secrets are kept
 */
MzSecretStore *
mz_core_get_secrets (MzCore *self)
{
  g_return_val_if_fail (MZ_IS_CORE (self), NULL);

  return self->secrets;
}

/**
 * mz_core_set_records:
 * @records: (nullable): where to record
 *
 * What gateways connect to from now on is recorded there, but for the demo, which says nothing of anybody's network.
 */
void
mz_core_set_records (MzCore    *self,
                     MzRecords *records)
{
  g_return_if_fail (MZ_IS_CORE (self));
  g_return_if_fail (records == NULL || MZ_IS_RECORDS (records));

  g_set_object (&self->records, records);
  for (guint i = 0; i < self->gateways->len; i++)
    {
      MzGateway *gateway = g_ptr_array_index (self->gateways, i);

      if (!mz_gateway_entry_get_transient (mz_gateway_get_entry (gateway)))
        mz_gateway_set_records (gateway, records);
    }
}

/**
 * mz_core_get_records:
 *
 * Returns: (transfer none) (nullable): where dials and connections are recorded
 */
MzRecords *
mz_core_get_records (MzCore *self)
{
  g_return_val_if_fail (MZ_IS_CORE (self), NULL);

  return self->records;
}

/**
 * mz_core_add:
 * @entry: a gateway to keep
 *
 * Returns: (transfer none): the gateway, which does not connect by itself
 */
MzGateway *
mz_core_add (MzCore         *self,
             MzGatewayEntry *entry)
{
  g_return_val_if_fail (MZ_IS_CORE (self), NULL);
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (entry), NULL);

  mz_gateway_list_add (self->list, entry);
  mz_core_load_tokens (self, entry);
  return mz_core_lookup (self, mz_gateway_entry_get_id (entry));
}

/**
 * mz_core_try:
 * @entry: a gateway that is to be kept only once it was ready
 *
 * Makes a gateway that is not in the list, and of which nothing is saved. mz_core_keep() or mz_core_remove() ends that.
 *
 * Returns: (transfer none): the gateway, which does not connect by itself
 */
MzGateway *
mz_core_try (MzCore         *self,
             MzGatewayEntry *entry)
{
  MzGateway *gateway;

  g_return_val_if_fail (MZ_IS_CORE (self), NULL);
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (entry), NULL);

  gateway = make_recorded_gateway (self, entry);
  g_ptr_array_add (self->tried, gateway);
  mz_core_want_identity (self);
  mz_core_load_tokens (self, entry);
  return gateway;
}

/**
 * mz_core_keep:
 * @gateway: from mz_core_try()
 *
 * Puts it into the list, connected as it is.
 */
void
mz_core_keep (MzCore    *self,
              MzGateway *gateway)
{
  g_return_if_fail (MZ_IS_CORE (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));
  g_return_if_fail (g_ptr_array_find (self->tried, gateway, NULL));

  mz_gateway_list_add (self->list, mz_gateway_get_entry (gateway));
}

/**
 * mz_core_lookup:
 * @id: an entry's id
 *
 * Returns: (transfer none) (nullable): its gateway
 */
MzGateway *
mz_core_lookup (MzCore     *self,
                const char *id)
{
  g_return_val_if_fail (MZ_IS_CORE (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; i < self->gateways->len; i++)
    {
      MzGateway *gateway = g_ptr_array_index (self->gateways, i);

      if (g_str_equal (mz_gateway_entry_get_id (mz_gateway_get_entry (gateway)), id))
        return gateway;
    }
  return NULL;
}

/**
 * mz_core_find:
 * @name: a gateway's name, any case, or its address
 *
 * Returns: (transfer none) (nullable): that gateway
 */
MzGateway *
mz_core_find (MzCore     *self,
              const char *name)
{
  MzGatewayEntry *entry;

  g_return_val_if_fail (MZ_IS_CORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  entry = mz_gateway_list_find (self->list, name);
  return entry != NULL ? mz_core_lookup (self, mz_gateway_entry_get_id (entry)) : NULL;
}

/**
 * mz_core_start_demo:
 *
 * Starts the embedded gateway, once, and connects to it. Nothing of it is kept: neither the entry nor an identity.
 *
 * Returns: (transfer none) (nullable): its gateway
 */
MzGateway *
mz_core_start_demo (MzCore  *self,
                    GError **error)
{
  g_autoptr (MzDemoGateway) demo = NULL;
  g_autoptr (MzGatewayEntry) entry = NULL;
  MzGateway *gateway;

  g_return_val_if_fail (MZ_IS_CORE (self), NULL);

  gateway = mz_core_lookup (self, MZ_CORE_DEMO_ID);
  if (gateway == NULL)
    {
      demo = mz_demo_gateway_new ();
      if (!mz_demo_gateway_start (demo, 0, error))
        return NULL;

      if (self->demo_identity == NULL)
        self->demo_identity = mz_identity_new_random (error);
      if (self->demo_identity == NULL)
        {
          mz_demo_gateway_stop (demo);
          return NULL;
        }

      self->demo = g_steal_pointer (&demo);
      entry = mz_gateway_entry_new (MZ_CORE_DEMO_ID, mz_demo_gateway_get_url (self->demo), TRUE);
      mz_gateway_entry_set_name (entry, _("Demo"));
      mz_gateway_list_add (self->list, entry);
      gateway = mz_core_lookup (self, MZ_CORE_DEMO_ID);
    }

  mz_gateway_connect (gateway);
  return gateway;
}
