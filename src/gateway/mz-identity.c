/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-identity.h"

#include <sodium.h>
#include <string.h>

#include "mz-secret.h"

G_STATIC_ASSERT (MZ_IDENTITY_SEED_BYTES == crypto_sign_SEEDBYTES);

struct _MzIdentity
{
  GObject parent_instance;

  guint8 *secret_key; /* sodium_malloc()ed: wiped and kept out of swap and core dumps */
  char *device_id;
  char *public_key;
  GHashTable *device_tokens;
};

G_DEFINE_FINAL_TYPE (MzIdentity, mz_identity, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
free_seed (gpointer data)
{
  sodium_free (data);
}

static char *
encode_base64url (const guint8 *data,
                  gsize         length)
{
  gsize size = sodium_base64_encoded_len (length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  char *text = g_malloc (size);

  return sodium_bin2base64 (text, size, data, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void
mz_identity_finalize (GObject *object)
{
  MzIdentity *self = MZ_IDENTITY (object);

  sodium_free (self->secret_key);
  g_free (self->device_id);
  g_free (self->public_key);
  g_hash_table_unref (self->device_tokens);

  G_OBJECT_CLASS (mz_identity_parent_class)->finalize (object);
}

static void
mz_identity_class_init (MzIdentityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_identity_finalize;

  /**
   * MzIdentity::changed:
   * @self: an identity
   *
   * A device token came, went or changed: who keeps the identity writes it again.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", MZ_TYPE_IDENTITY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
mz_identity_init (MzIdentity *self)
{
  self->device_tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) mz_secret_free);
}

static gboolean
start_sodium (GError **error)
{
  if (sodium_init () >= 0)
    return TRUE;
  g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_IDENTITY, "libsodium cannot start");
  return FALSE;
}

/**
 * mz_identity_new_random:
 * @error: return location for an error
 *
 * Makes a new device key.
 *
 * Returns: (transfer full): the identity, or %NULL with %MZ_GATEWAY_ERROR_IDENTITY
 */
MzIdentity *
mz_identity_new_random (GError **error)
{
  guint8 seed[MZ_IDENTITY_SEED_BYTES];
  MzIdentity *self;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!start_sodium (error))
    return NULL;
  randombytes_buf (seed, sizeof seed);
  self = mz_identity_new_from_seed (seed, sizeof seed, error);
  sodium_memzero (seed, sizeof seed);
  return self;
}

/**
 * mz_identity_new_from_seed:
 * @seed: (array length=seed_length): the key's seed (RFC 8032, section 5.1.5); stays the caller's to wipe
 * @seed_length: its length, %MZ_IDENTITY_SEED_BYTES
 * @error: return location for an error
 *
 * Makes the device key of a kept seed.
 *
 * Returns: (transfer full): the identity, or %NULL with %MZ_GATEWAY_ERROR_IDENTITY
 */
MzIdentity *
mz_identity_new_from_seed (const guint8  *seed,
                           gsize          seed_length,
                           GError       **error)
{
  g_autoptr (MzIdentity) self = NULL;
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];

  g_return_val_if_fail (seed != NULL || seed_length == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (seed_length != MZ_IDENTITY_SEED_BYTES)
    {
      g_set_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_IDENTITY,
                   "A device key has %d bytes, not %" G_GSIZE_FORMAT, MZ_IDENTITY_SEED_BYTES, seed_length);
      return NULL;
    }
  if (!start_sodium (error))
    return NULL;

  self = g_object_new (MZ_TYPE_IDENTITY, NULL);
  self->secret_key = sodium_malloc (crypto_sign_SECRETKEYBYTES);
  if (self->secret_key == NULL)
    {
      g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_IDENTITY, "No protected memory for the device key");
      return NULL;
    }
  crypto_sign_seed_keypair (public_key, self->secret_key, seed);
  sodium_mprotect_readonly (self->secret_key);

  /* docs: gateway/protocol/auth, "Device identity": the id is the SHA-256 of the raw public key. */
  self->device_id = g_compute_checksum_for_data (G_CHECKSUM_SHA256, public_key, sizeof public_key);
  self->public_key = encode_base64url (public_key, sizeof public_key);
  return g_steal_pointer (&self);
}

/**
 * mz_identity_dup_seed:
 * @self: an identity
 *
 * Gives the secret from which mz_identity_new_from_seed() makes the same identity, for who keeps it. Its memory is wiped
 * when it is freed.
 *
 * Returns: (transfer full): %MZ_IDENTITY_SEED_BYTES bytes
 */
GBytes *
mz_identity_dup_seed (MzIdentity *self)
{
  guint8 *seed;

  g_return_val_if_fail (MZ_IS_IDENTITY (self), NULL);

  seed = sodium_malloc (MZ_IDENTITY_SEED_BYTES);
  g_return_val_if_fail (seed != NULL, NULL);
  crypto_sign_ed25519_sk_to_seed (seed, self->secret_key);
  return g_bytes_new_with_free_func (seed, MZ_IDENTITY_SEED_BYTES, free_seed, seed);
}

/**
 * mz_identity_get_device_id:
 * @self: an identity
 *
 * Returns: (transfer none): the device's id: the SHA-256 of its public key in lower-case hex
 */
const char *
mz_identity_get_device_id (MzIdentity *self)
{
  g_return_val_if_fail (MZ_IS_IDENTITY (self), NULL);

  return self->device_id;
}

/**
 * mz_identity_get_public_key:
 * @self: an identity
 *
 * Returns: (transfer none): the raw public key in base64url without padding (RFC 4648, section 5)
 */
const char *
mz_identity_get_public_key (MzIdentity *self)
{
  g_return_val_if_fail (MZ_IS_IDENTITY (self), NULL);

  return self->public_key;
}

/**
 * mz_identity_sign:
 * @self: an identity
 * @text: what to sign
 *
 * Signs with Ed25519 (RFC 8032, section 5.1.6).
 *
 * Returns: (transfer full): the signature in base64url without padding
 */
char *
mz_identity_sign (MzIdentity *self,
                  const char *text)
{
  guint8 signature[crypto_sign_BYTES];

  g_return_val_if_fail (MZ_IS_IDENTITY (self), NULL);
  g_return_val_if_fail (text != NULL, NULL);

  crypto_sign_detached (signature, NULL, (const guint8 *) text, strlen (text), self->secret_key);
  return encode_base64url (signature, sizeof signature);
}

/**
 * mz_identity_get_device_token:
 * @self: an identity
 * @gateway: a gateway's address
 *
 * Returns: (transfer none) (nullable): the token that the gateway gave this device; a secret
 */
const char *
mz_identity_get_device_token (MzIdentity *self,
                              const char *gateway)
{
  g_return_val_if_fail (MZ_IS_IDENTITY (self), NULL);
  g_return_val_if_fail (gateway != NULL, NULL);

  return g_hash_table_lookup (self->device_tokens, gateway);
}

/**
 * mz_identity_set_device_token:
 * @self: an identity
 * @gateway: a gateway's address
 * @token: (nullable): the token that it gave, or %NULL to forget it
 *
 * Keeps or forgets a token. Emits #MzIdentity::changed when that differs from what was kept.
 */
void
mz_identity_set_device_token (MzIdentity *self,
                              const char *gateway,
                              const char *token)
{
  g_return_if_fail (MZ_IS_IDENTITY (self));
  g_return_if_fail (gateway != NULL);

  if (g_strcmp0 (token, g_hash_table_lookup (self->device_tokens, gateway)) == 0)
    return;

  if (token != NULL)
    g_hash_table_replace (self->device_tokens, g_strdup (gateway), g_strdup (token));
  else
    g_hash_table_remove (self->device_tokens, gateway);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/**
 * mz_identity_list_gateways:
 * @self: an identity
 *
 * Returns: (transfer full): the addresses of the gateways whose tokens are kept, sorted
 */
GStrv
mz_identity_list_gateways (MzIdentity *self)
{
  g_autoptr (GPtrArray) names = NULL;
  GHashTableIter iter;
  gpointer name;

  g_return_val_if_fail (MZ_IS_IDENTITY (self), NULL);

  names = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_iter_init (&iter, self->device_tokens);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_steal (names, NULL);
}
