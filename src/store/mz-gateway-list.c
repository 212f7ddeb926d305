/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-gateway-list.h"

#define KEY "gateways"

/* One place in the setting: an entry, or what could not be understood as one and stays as it is. */
typedef struct
{
  MzGatewayEntry *entry;
  GVariant *raw;
} Slot;

struct _MzGatewayList
{
  GObject parent_instance;

  GSettings *settings;
  GPtrArray *slots;
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzGatewayList, mz_gateway_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
slot_free (gpointer data)
{
  Slot *slot = data;

  g_clear_object (&slot->entry);
  g_clear_pointer (&slot->raw, g_variant_unref);
  g_free (slot);
}

static GType
mz_gateway_list_get_item_type (GListModel *model)
{
  return MZ_TYPE_GATEWAY_ENTRY;
}

static guint
mz_gateway_list_get_n_items (GListModel *model)
{
  MzGatewayList *self = MZ_GATEWAY_LIST (model);
  guint n = 0;

  for (guint i = 0; i < self->slots->len; i++)
    {
      const Slot *slot = g_ptr_array_index (self->slots, i);

      if (slot->entry != NULL)
        n++;
    }
  return n;
}

static gpointer
mz_gateway_list_get_item (GListModel *model,
                          guint       position)
{
  MzGatewayList *self = MZ_GATEWAY_LIST (model);

  for (guint i = 0; i < self->slots->len; i++)
    {
      const Slot *slot = g_ptr_array_index (self->slots, i);

      if (slot->entry != NULL && position-- == 0)
        return g_object_ref (slot->entry);
    }
  return NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = mz_gateway_list_get_item_type;
  iface->get_n_items = mz_gateway_list_get_n_items;
  iface->get_item = mz_gateway_list_get_item;
}

static void
save (MzGatewayList *self)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < self->slots->len; i++)
    {
      const Slot *slot = g_ptr_array_index (self->slots, i);

      if (slot->raw != NULL)
        g_variant_builder_add_value (&builder, slot->raw);
      else if (!mz_gateway_entry_get_transient (slot->entry))
        g_variant_builder_add_value (&builder, mz_gateway_entry_to_variant (slot->entry));
    }
  if (!g_settings_set_value (self->settings, KEY, g_variant_builder_end (&builder)))
    g_debug ("The gateways were not saved: the setting is locked");
}

static void
entry_notify_cb (MzGatewayList  *self,
                 GParamSpec     *pspec,
                 MzGatewayEntry *entry)
{
  g_assert (MZ_IS_GATEWAY_LIST (self));

  if (!mz_gateway_entry_get_transient (entry))
    save (self);
}

static void
append_slot (MzGatewayList  *self,
             MzGatewayEntry *entry,
             GVariant       *raw)
{
  Slot *slot = g_new0 (Slot, 1);

  if (entry != NULL)
    {
      slot->entry = g_object_ref (entry);
      g_signal_connect_object (entry, "notify", G_CALLBACK (entry_notify_cb), self, G_CONNECT_SWAPPED);
    }
  else
    {
      slot->raw = g_variant_ref (raw);
    }
  g_ptr_array_add (self->slots, slot);
}

static void
load (MzGatewayList *self)
{
  g_autoptr (GVariant) value = g_settings_get_value (self->settings, KEY);
  GVariantIter iter;
  GVariant *raw;

  g_variant_iter_init (&iter, value);
  while ((raw = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr (MzGatewayEntry) entry = mz_gateway_entry_new_from_variant (raw);

      /* Secrets are kept by the id: a second entry with the same one would share them. */
      if (entry != NULL && mz_gateway_list_lookup (self, mz_gateway_entry_get_id (entry)) != NULL)
        g_clear_object (&entry);
      append_slot (self, entry, raw);
      g_variant_unref (raw);
    }
}

static void
mz_gateway_list_dispose (GObject *object)
{
  MzGatewayList *self = MZ_GATEWAY_LIST (object);

  for (guint i = 0; i < self->slots->len; i++)
    {
      const Slot *slot = g_ptr_array_index (self->slots, i);

      if (slot->entry != NULL)
        g_signal_handlers_disconnect_by_data (slot->entry, self);
    }
  g_ptr_array_set_size (self->slots, 0);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (mz_gateway_list_parent_class)->dispose (object);
}

static void
mz_gateway_list_finalize (GObject *object)
{
  MzGatewayList *self = MZ_GATEWAY_LIST (object);

  g_ptr_array_unref (self->slots);

  G_OBJECT_CLASS (mz_gateway_list_parent_class)->finalize (object);
}

static void
mz_gateway_list_class_init (MzGatewayListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_gateway_list_dispose;
  object_class->finalize = mz_gateway_list_finalize;
}

static void
mz_gateway_list_init (MzGatewayList *self)
{
  self->slots = g_ptr_array_new_with_free_func (slot_free);
}

/**
 * mz_gateway_list_new:
 * @settings: the app's settings
 *
 * Reads the gateways. From then on the list is what counts: what others write into the setting is written over by the
 * next change.
 *
 * Returns: (transfer full): the list
 */
MzGatewayList *
mz_gateway_list_new (GSettings *settings)
{
  MzGatewayList *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (MZ_TYPE_GATEWAY_LIST, NULL);
  self->settings = g_object_ref (settings);
  load (self);
  return self;
}

/**
 * mz_gateway_list_add:
 * @self: a list
 * @entry: an entry with an id that is not in the list
 *
 * Adds an entry at the end, and saves it unless it is transient.
 */
void
mz_gateway_list_add (MzGatewayList  *self,
                     MzGatewayEntry *entry)
{
  g_return_if_fail (MZ_IS_GATEWAY_LIST (self));
  g_return_if_fail (MZ_IS_GATEWAY_ENTRY (entry));
  g_return_if_fail (mz_gateway_list_lookup (self, mz_gateway_entry_get_id (entry)) == NULL);

  append_slot (self, entry, NULL);
  if (!mz_gateway_entry_get_transient (entry))
    save (self);
  g_list_model_items_changed (G_LIST_MODEL (self), mz_gateway_list_get_n_items (G_LIST_MODEL (self)) - 1, 0, 1);
}

/**
 * mz_gateway_list_remove:
 * @self: a list
 * @entry: one of its entries; another one is ignored
 *
 * Removes an entry, also from the settings. Its secrets are not touched.
 */
void
mz_gateway_list_remove (MzGatewayList  *self,
                        MzGatewayEntry *entry)
{
  guint position = 0;

  g_return_if_fail (MZ_IS_GATEWAY_LIST (self));
  g_return_if_fail (MZ_IS_GATEWAY_ENTRY (entry));

  for (guint i = 0; i < self->slots->len; i++)
    {
      const Slot *slot = g_ptr_array_index (self->slots, i);
      gboolean is_transient;

      if (slot->entry == NULL)
        continue;
      if (slot->entry != entry)
        {
          position++;
          continue;
        }

      is_transient = mz_gateway_entry_get_transient (entry);
      g_signal_handlers_disconnect_by_data (entry, self);
      g_ptr_array_remove_index (self->slots, i);
      if (!is_transient)
        save (self);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
      return;
    }
}

/**
 * mz_gateway_list_lookup:
 * @self: a list
 * @id: (nullable): an entry's id
 *
 * Returns: (transfer none) (nullable): the entry
 */
MzGatewayEntry *
mz_gateway_list_lookup (MzGatewayList *self,
                        const char    *id)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_LIST (self), NULL);

  for (guint i = 0; i < self->slots->len; i++)
    {
      const Slot *slot = g_ptr_array_index (self->slots, i);

      if (slot->entry != NULL && g_strcmp0 (mz_gateway_entry_get_id (slot->entry), id) == 0)
        return slot->entry;
    }
  return NULL;
}

/* Any case, and however its accents are composed. */
static char *
fold (const char *name)
{
  g_autofree char *composed = g_utf8_normalize (name, -1, G_NORMALIZE_ALL_COMPOSE);

  return g_utf8_casefold (composed, -1);
}

static gboolean
has_name (MzGatewayEntry *entry,
          const char     *folded)
{
  g_autofree char *own = fold (mz_gateway_entry_get_name (entry));

  return g_str_equal (own, folded);
}

static gboolean
has_endpoint (MzGatewayEntry *entry,
              MzEndpoint     *endpoint)
{
  g_autoptr (MzEndpoint) own = mz_gateway_entry_dup_endpoint (entry);

  return own != NULL && mz_endpoint_equal (own, endpoint);
}

/**
 * mz_gateway_list_find:
 * @self: a list
 * @name: (nullable): a name in any case, or an address, however it is written
 *
 * Finds an entry as a person names it. Names go before addresses, and earlier entries before later ones.
 *
 * Returns: (transfer none) (nullable): the entry
 */
MzGatewayEntry *
mz_gateway_list_find (MzGatewayList *self,
                      const char    *name)
{
  g_autofree char *stripped = NULL;
  g_autofree char *folded = NULL;
  g_autoptr (MzEndpoint) endpoint = NULL;

  g_return_val_if_fail (MZ_IS_GATEWAY_LIST (self), NULL);

  if (name == NULL || !g_utf8_validate (name, -1, NULL))
    return NULL;

  stripped = g_strstrip (g_strdup (name));
  folded = fold (stripped);
  endpoint = mz_endpoint_parse (stripped, NULL);

  for (guint i = 0; i < self->slots->len; i++)
    {
      const Slot *slot = g_ptr_array_index (self->slots, i);

      if (slot->entry != NULL && has_name (slot->entry, folded))
        return slot->entry;
    }
  for (guint i = 0; endpoint != NULL && i < self->slots->len; i++)
    {
      const Slot *slot = g_ptr_array_index (self->slots, i);

      if (slot->entry != NULL && has_endpoint (slot->entry, endpoint))
        return slot->entry;
    }
  return NULL;
}
