/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-gateway-entry.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mz-gateway-entry-private.h"
#include "mz-tls-policy.h"

G_DEFINE_FINAL_TYPE (MzGatewayEntry, mz_gateway_entry, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (MzCredential, mz_credential,
                    G_DEFINE_ENUM_VALUE (MZ_CREDENTIAL_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (MZ_CREDENTIAL_TOKEN, "token"),
                    G_DEFINE_ENUM_VALUE (MZ_CREDENTIAL_PASSWORD, "password"))

enum
{
  PROP_0,
  PROP_ID,
  PROP_TRANSIENT,
  PROP_NAME,
  PROP_ADDRESS,
  PROP_CREDENTIAL,
  PROP_STRATEGY,
  PROP_PIN,
  PROP_ALLOW_PLAINTEXT,
  PROP_PROXY,
  PROP_AUTO_CONNECT,
  PROP_LAST_SESSION,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
update_default_name (MzGatewayEntry *self)
{
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (self->address, NULL);

  g_free (self->default_name);
  if (endpoint != NULL)
    self->default_name = g_strdup (mz_endpoint_get_display_host (endpoint));
  else if (*self->address != '\0')
    self->default_name = g_strdup (self->address);
  else
    self->default_name = g_strdup (_("Gateway"));
}

static void
mz_gateway_entry_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  MzGatewayEntry *self = MZ_GATEWAY_ENTRY (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_TRANSIENT:
      g_value_set_boolean (value, self->is_transient);
      break;
    case PROP_NAME:
      g_value_set_string (value, mz_gateway_entry_get_name (self));
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_CREDENTIAL:
      g_value_set_enum (value, self->credential);
      break;
    case PROP_STRATEGY:
      g_value_set_int (value, (int) self->strategy);
      break;
    case PROP_PIN:
      g_value_set_string (value, self->pin);
      break;
    case PROP_ALLOW_PLAINTEXT:
      g_value_set_boolean (value, self->allow_plaintext);
      break;
    case PROP_PROXY:
      g_value_set_string (value, self->proxy);
      break;
    case PROP_AUTO_CONNECT:
      g_value_set_boolean (value, self->auto_connect);
      break;
    case PROP_LAST_SESSION:
      g_value_set_string (value, self->last_session);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_gateway_entry_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  MzGatewayEntry *self = MZ_GATEWAY_ENTRY (object);

  switch (prop_id)
    {
    case PROP_ID:
      self->id = g_value_dup_string (value);
      break;
    case PROP_TRANSIENT:
      self->is_transient = g_value_get_boolean (value);
      break;
    case PROP_NAME:
      mz_gateway_entry_set_name (self, g_value_get_string (value));
      break;
    case PROP_ADDRESS:
      mz_gateway_entry_set_address (self, g_value_get_string (value));
      break;
    case PROP_CREDENTIAL:
      mz_gateway_entry_set_credential (self, g_value_get_enum (value));
      break;
    case PROP_STRATEGY:
      mz_gateway_entry_set_strategy (self, (MzStrategySetting) g_value_get_int (value));
      break;
    case PROP_PIN:
      mz_gateway_entry_set_pin (self, g_value_get_string (value));
      break;
    case PROP_ALLOW_PLAINTEXT:
      mz_gateway_entry_set_allow_plaintext (self, g_value_get_boolean (value));
      break;
    case PROP_PROXY:
      mz_gateway_entry_set_proxy (self, g_value_get_string (value));
      break;
    case PROP_AUTO_CONNECT:
      mz_gateway_entry_set_auto_connect (self, g_value_get_boolean (value));
      break;
    case PROP_LAST_SESSION:
      mz_gateway_entry_set_last_session (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_gateway_entry_constructed (GObject *object)
{
  MzGatewayEntry *self = MZ_GATEWAY_ENTRY (object);

  G_OBJECT_CLASS (mz_gateway_entry_parent_class)->constructed (object);

  if (self->id == NULL || *self->id == '\0')
    {
      g_free (self->id);
      self->id = g_uuid_string_random ();
    }
}

static void
mz_gateway_entry_finalize (GObject *object)
{
  MzGatewayEntry *self = MZ_GATEWAY_ENTRY (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->default_name);
  g_free (self->address);
  g_free (self->pin);
  g_free (self->proxy);
  g_free (self->last_session);
  g_ptr_array_unref (self->unknown_members);
  g_free (self->unknown_credential);
  g_free (self->unknown_strategy);

  G_OBJECT_CLASS (mz_gateway_entry_parent_class)->finalize (object);
}

static void
mz_gateway_entry_class_init (MzGatewayEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags read_write = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags construct_only = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mz_gateway_entry_get_property;
  object_class->set_property = mz_gateway_entry_set_property;
  object_class->constructed = mz_gateway_entry_constructed;
  object_class->finalize = mz_gateway_entry_finalize;

  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, construct_only);
  props[PROP_TRANSIENT] = g_param_spec_boolean ("transient", NULL, NULL, FALSE, construct_only);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, read_write);
  props[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, read_write);
  props[PROP_CREDENTIAL] = g_param_spec_enum ("credential", NULL, NULL, MZ_TYPE_CREDENTIAL, MZ_CREDENTIAL_NONE, read_write);
  props[PROP_STRATEGY] = g_param_spec_int ("strategy", NULL, NULL, MZ_STRATEGY_AUTO, MZ_STRATEGY_STANDARD, MZ_STRATEGY_AUTO,
                                           read_write);
  props[PROP_PIN] = g_param_spec_string ("pin", NULL, NULL, NULL, read_write);
  props[PROP_ALLOW_PLAINTEXT] = g_param_spec_boolean ("allow-plaintext", NULL, NULL, FALSE, read_write);
  props[PROP_PROXY] = g_param_spec_string ("proxy", NULL, NULL, NULL, read_write);
  props[PROP_AUTO_CONNECT] = g_param_spec_boolean ("auto-connect", NULL, NULL, FALSE, read_write);
  props[PROP_LAST_SESSION] = g_param_spec_string ("last-session", NULL, NULL, NULL, read_write);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mz_gateway_entry_init (MzGatewayEntry *self)
{
  self->address = g_strdup ("");
  self->unknown_members = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  update_default_name (self);
}

/**
 * mz_gateway_entry_new:
 * @id: (nullable): its id; %NULL makes a new one
 * @address: what the person typed, or an endpoint's string
 * @is_transient: it is never saved
 *
 * Returns: (transfer full): an entry with everything else as it is by default
 */
MzGatewayEntry *
mz_gateway_entry_new (const char *id,
                      const char *address,
                      gboolean    is_transient)
{
  MzGatewayEntry *self;

  g_return_val_if_fail (address != NULL, NULL);

  self = g_object_new (MZ_TYPE_GATEWAY_ENTRY, "id", id, "transient", is_transient, NULL);
  mz_gateway_entry_set_address (self, address);
  return self;
}

const char *
mz_gateway_entry_get_id (MzGatewayEntry *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), NULL);

  return self->id;
}

gboolean
mz_gateway_entry_get_transient (MzGatewayEntry *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), FALSE);

  return self->is_transient;
}

/**
 * mz_gateway_entry_get_name:
 * @self: an entry
 *
 * Returns: (transfer none): what the person calls it; the host when nobody named it
 */
const char *
mz_gateway_entry_get_name (MzGatewayEntry *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), NULL);

  return self->name != NULL ? self->name : self->default_name;
}

/**
 * mz_gateway_entry_set_name:
 * @self: an entry
 * @name: (nullable): what the person calls it; nothing, or the host, lets the name follow the address
 */
void
mz_gateway_entry_set_name (MzGatewayEntry *self,
                           const char     *name)
{
  g_autofree char *stripped = NULL;
  g_autofree char *before = NULL;

  g_return_if_fail (MZ_IS_GATEWAY_ENTRY (self));

  stripped = g_strstrip (g_strdup (name != NULL ? name : ""));
  if (*stripped == '\0' || g_str_equal (stripped, self->default_name))
    g_clear_pointer (&stripped, g_free);
  if (g_strcmp0 (stripped, self->name) == 0)
    return;

  before = g_strdup (mz_gateway_entry_get_name (self));
  g_free (self->name);
  self->name = g_steal_pointer (&stripped);
  if (!g_str_equal (before, mz_gateway_entry_get_name (self)))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NAME]);
}

const char *
mz_gateway_entry_get_address (MzGatewayEntry *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), NULL);

  return self->address;
}

/**
 * mz_gateway_entry_set_address:
 * @self: an entry
 * @address: what the person typed, or an endpoint's string
 *
 * One with a scheme is kept as mz_endpoint_to_string() gives it, one without as it was typed. One that carries a secret
 * is not kept: the settings are not the place for it.
 */
void
mz_gateway_entry_set_address (MzGatewayEntry *self,
                              const char     *address)
{
  g_autoptr (MzEndpoint) endpoint = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *name = NULL;

  g_return_if_fail (MZ_IS_GATEWAY_ENTRY (self));
  g_return_if_fail (address != NULL);

  endpoint = mz_endpoint_parse (address, &error);
  if (g_error_matches (error, MZ_NET_ERROR, MZ_NET_ERROR_SECRET_IN_ADDRESS))
    return;

  if (endpoint != NULL && mz_endpoint_has_explicit_scheme (endpoint))
    kept = g_strdup (mz_endpoint_to_string (endpoint));
  else
    kept = g_strstrip (g_utf8_make_valid (address, -1));
  if (g_str_equal (kept, self->address))
    return;

  g_object_freeze_notify (G_OBJECT (self));
  name = g_strdup (mz_gateway_entry_get_name (self));
  g_free (self->address);
  self->address = g_steal_pointer (&kept);
  update_default_name (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ADDRESS]);
  if (!g_str_equal (name, mz_gateway_entry_get_name (self)))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NAME]);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * mz_gateway_entry_dup_endpoint:
 * @self: an entry
 *
 * Returns: (transfer full) (nullable): what the address means; %NULL when it means nothing
 */
MzEndpoint *
mz_gateway_entry_dup_endpoint (MzGatewayEntry *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), NULL);

  return mz_endpoint_parse (self->address, NULL);
}

MzCredential
mz_gateway_entry_get_credential (MzGatewayEntry *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), MZ_CREDENTIAL_NONE);

  return self->credential;
}

void
mz_gateway_entry_set_credential (MzGatewayEntry *self,
                                 MzCredential    credential)
{
  g_return_if_fail (MZ_IS_GATEWAY_ENTRY (self));
  g_return_if_fail (credential <= MZ_CREDENTIAL_PASSWORD);

  if (self->credential == credential)
    return;

  g_clear_pointer (&self->unknown_credential, g_free);
  self->credential = credential;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CREDENTIAL]);
}

MzStrategySetting
mz_gateway_entry_get_strategy (MzGatewayEntry *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), MZ_STRATEGY_AUTO);

  return self->strategy;
}

void
mz_gateway_entry_set_strategy (MzGatewayEntry    *self,
                               MzStrategySetting  strategy)
{
  g_return_if_fail (MZ_IS_GATEWAY_ENTRY (self));
  g_return_if_fail (strategy <= MZ_STRATEGY_STANDARD);

  if (self->strategy == strategy)
    return;

  g_clear_pointer (&self->unknown_strategy, g_free);
  self->strategy = strategy;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STRATEGY]);
}

/* Takes @value, which "" makes NULL. */
static void
replace_string (MzGatewayEntry  *self,
                char           **field,
                char            *value,
                guint            prop_id)
{
  if (value != NULL && *value == '\0')
    g_clear_pointer (&value, g_free);

  if (g_strcmp0 (*field, value) == 0)
    {
      g_free (value);
      return;
    }

  g_free (*field);
  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop_id]);
}

const char *
mz_gateway_entry_get_pin (MzGatewayEntry *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), NULL);

  return self->pin;
}

/**
 * mz_gateway_entry_set_pin:
 * @self: an entry
 * @pin: (nullable): a SHA-256 fingerprint; %NULL for none
 *
 * What is no fingerprint is kept as it is: it fits no certificate, which is safer than to go without.
 */
void
mz_gateway_entry_set_pin (MzGatewayEntry *self,
                          const char     *pin)
{
  char *parsed;

  g_return_if_fail (MZ_IS_GATEWAY_ENTRY (self));

  parsed = pin != NULL && *pin != '\0' ? mz_tls_pin_parse (pin, NULL) : NULL;
  replace_string (self, &self->pin, parsed != NULL ? parsed : g_strdup (pin), PROP_PIN);
}

gboolean
mz_gateway_entry_get_allow_plaintext (MzGatewayEntry *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), FALSE);

  return self->allow_plaintext;
}

void
mz_gateway_entry_set_allow_plaintext (MzGatewayEntry *self,
                                      gboolean        allow)
{
  g_return_if_fail (MZ_IS_GATEWAY_ENTRY (self));

  allow = !!allow;
  if (self->allow_plaintext == allow)
    return;

  self->allow_plaintext = allow;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ALLOW_PLAINTEXT]);
}

const char *
mz_gateway_entry_get_proxy (MzGatewayEntry *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), NULL);

  return self->proxy;
}

/**
 * mz_gateway_entry_set_proxy:
 * @self: an entry
 * @proxy: (nullable): the URI of this gateway's own proxy; %NULL or "" for the system's rule
 *
 * One that carries a user or a password is not kept: the settings are not the place for it.
 */
void
mz_gateway_entry_set_proxy (MzGatewayEntry *self,
                            const char     *proxy)
{
  g_return_if_fail (MZ_IS_GATEWAY_ENTRY (self));

  if (proxy == NULL || strchr (proxy, '@') == NULL)
    replace_string (self, &self->proxy, g_strdup (proxy), PROP_PROXY);
}

gboolean
mz_gateway_entry_get_auto_connect (MzGatewayEntry *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), FALSE);

  return self->auto_connect;
}

void
mz_gateway_entry_set_auto_connect (MzGatewayEntry *self,
                                   gboolean        auto_connect)
{
  g_return_if_fail (MZ_IS_GATEWAY_ENTRY (self));

  auto_connect = !!auto_connect;
  if (self->auto_connect == auto_connect)
    return;

  self->auto_connect = auto_connect;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_AUTO_CONNECT]);
}

const char *
mz_gateway_entry_get_last_session (MzGatewayEntry *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (self), NULL);

  return self->last_session;
}

/**
 * mz_gateway_entry_set_last_session:
 * @self: an entry
 * @key: (nullable): the conversation shown last
 */
void
mz_gateway_entry_set_last_session (MzGatewayEntry *self,
                                   const char     *key)
{
  g_return_if_fail (MZ_IS_GATEWAY_ENTRY (self));

  replace_string (self, &self->last_session, g_strdup (key), PROP_LAST_SESSION);
}
