/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-gateway-entry-private.h"

/* How an entry stands in the settings. */

/* The members of an entry in the settings, and their types. */
static const struct
{
  const char *name;
  const char *type;
} members[] = {
  { "id", "s" },
  { "name", "s" },
  { "address", "s" },
  { "credential", "s" },
  { "strategy", "s" },
  { "pin", "s" },
  { "allow-plaintext", "b" },
  { "proxy", "s" },
  { "auto-connect", "b" },
  { "last-session", "s" },
};

/* How the credential stands in the settings. */
static const char * const credential_words[] = { "none", "token", "password" };

/* The type that a member must have; NULL for one that this version does not know. */
static const GVariantType *
member_type (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      if (g_str_equal (members[i].name, name))
        return G_VARIANT_TYPE (members[i].type);
    }
  return NULL;
}

static gboolean
members_are_sound (GVariant *variant)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;
  gboolean sound = TRUE;

  g_variant_iter_init (&iter, variant);
  while (sound && g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      const GVariantType *type = member_type (name);

      sound = type == NULL || g_variant_is_of_type (value, type);
      g_variant_unref (value);
    }
  return sound;
}

static void
read_words (MzGatewayEntry *self,
            GVariant       *variant)
{
  const char *word;

  if (g_variant_lookup (variant, "strategy", "&s", &word) && !mz_strategy_setting_from_string (word, &self->strategy))
    self->unknown_strategy = g_strdup (word);

  if (g_variant_lookup (variant, "credential", "&s", &word))
    {
      gboolean known = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (credential_words); i++)
        {
          if (g_str_equal (credential_words[i], word))
            {
              self->credential = (MzCredential) i;
              known = TRUE;
            }
        }
      if (!known)
        self->unknown_credential = g_strdup (word);
    }
}

static void
keep_unknown_members (MzGatewayEntry *self,
                      GVariant       *variant)
{
  GVariantIter iter;
  GVariant *member;

  g_variant_iter_init (&iter, variant);
  while ((member = g_variant_iter_next_value (&iter)) != NULL)
    {
      const char *name;

      g_variant_get_child (member, 0, "&s", &name);
      if (member_type (name) == NULL)
        g_ptr_array_add (self->unknown_members, g_variant_ref (member));
      g_variant_unref (member);
    }
}

/**
 * mz_gateway_entry_new_from_variant:
 * @variant: an entry as mz_gateway_entry_to_variant() makes it; consumed if it is floating
 *
 * Reads an entry. Members that are not known are kept for mz_gateway_entry_to_variant(). What has no id, no address
 * that is understood, or a member of another type than it should have is not read at all: a pin that was passed over
 * would make the entry less safe than it was.
 *
 * Returns: (transfer full) (nullable): the entry, or %NULL
 */
MzGatewayEntry *
mz_gateway_entry_new_from_variant (GVariant *variant)
{
  g_autoptr (GVariant) owned = NULL;
  g_autoptr (MzEndpoint) endpoint = NULL;
  const char *id, *address;
  const char *text;
  gboolean flag;
  MzGatewayEntry *self;

  g_return_val_if_fail (variant != NULL, NULL);

  owned = g_variant_ref_sink (variant);
  if (!g_variant_is_of_type (owned, G_VARIANT_TYPE_VARDICT) || !members_are_sound (owned))
    return NULL;
  if (!g_variant_lookup (owned, "id", "&s", &id) || *id == '\0' || !g_variant_lookup (owned, "address", "&s", &address))
    return NULL;
  endpoint = mz_endpoint_parse (address, NULL);
  if (endpoint == NULL)
    return NULL;

  self = mz_gateway_entry_new (id, address, FALSE);
  read_words (self, owned);
  keep_unknown_members (self, owned);
  if (g_variant_lookup (owned, "name", "&s", &text))
    mz_gateway_entry_set_name (self, text);
  if (g_variant_lookup (owned, "pin", "&s", &text))
    mz_gateway_entry_set_pin (self, text);
  if (g_variant_lookup (owned, "proxy", "&s", &text))
    mz_gateway_entry_set_proxy (self, text);
  if (g_variant_lookup (owned, "last-session", "&s", &text))
    mz_gateway_entry_set_last_session (self, text);
  if (g_variant_lookup (owned, "allow-plaintext", "b", &flag))
    mz_gateway_entry_set_allow_plaintext (self, flag);
  if (g_variant_lookup (owned, "auto-connect", "b", &flag))
    mz_gateway_entry_set_auto_connect (self, flag);
  return self;
}

static void
add_string (GVariantBuilder *builder,
            const char      *name,
            const char      *value)
{
  if (value != NULL)
    g_variant_builder_add (builder, "{sv}", name, g_variant_new_string (value));
}

static void
add_flag (GVariantBuilder *builder,
          const char      *name,
          gboolean         value)
{
  if (value)
    g_variant_builder_add (builder, "{sv}", name, g_variant_new_boolean (TRUE));
}

/**
 * mz_gateway_entry_to_variant:
 * @self: an entry
 *
 * Gets the entry as it stands in the settings, always in the same order. What is as it is by default is left out.
 *
 * Returns: (transfer none): a floating `a{sv}`
 */
GVariant *
mz_gateway_entry_to_variant (MzGatewayEntry *self)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), NULL);

  add_string (&builder, "id", self->id);
  add_string (&builder, "name", self->name);
  add_string (&builder, "address", self->address);
  add_string (&builder, "credential",
              self->unknown_credential != NULL ? self->unknown_credential : credential_words[self->credential]);
  add_string (&builder, "strategy",
              self->unknown_strategy != NULL ? self->unknown_strategy : mz_strategy_setting_to_string (self->strategy));
  add_string (&builder, "pin", self->pin);
  add_flag (&builder, "allow-plaintext", self->allow_plaintext);
  add_string (&builder, "proxy", self->proxy);
  add_flag (&builder, "auto-connect", self->auto_connect);
  add_string (&builder, "last-session", self->last_session);
  for (guint i = 0; i < self->unknown_members->len; i++)
    g_variant_builder_add_value (&builder, g_ptr_array_index (self->unknown_members, i));
  return g_variant_builder_end (&builder);
}
