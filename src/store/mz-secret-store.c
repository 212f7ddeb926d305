/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-secret-store.h"

#include "mz-secret-store-private.h"

G_DEFINE_INTERFACE (MzSecretStore, mz_secret_store, G_TYPE_OBJECT)

static void
mz_secret_store_default_init (MzSecretStoreInterface *iface)
{
  /**
   * MzSecretStore:persistent:
   *
   * What is stored is still there at the next start.
   */
  g_object_interface_install_property (iface, g_param_spec_boolean ("persistent", NULL, NULL, FALSE,
                                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

/**
 * mz_secret_kind_to_string:
 * @kind: a kind of secret
 *
 * Returns: (transfer none): its stable name, as it stands in keyrings
 */
const char *
mz_secret_kind_to_string (MzSecretKind kind)
{
  switch (kind)
    {
    case MZ_SECRET_TOKEN:
      return "token";
    case MZ_SECRET_PASSWORD:
      return "password";
    case MZ_SECRET_DEVICE_KEY:
      return "device-key";
    case MZ_SECRET_DEVICE_TOKEN:
      return "device-token";
    default:
      g_return_val_if_reached ("token");
    }
}

/**
 * mz_secret_store_new_default:
 *
 * Makes the best store of this system. Nothing is asked of it before the first call.
 *
 * Returns: (transfer full): the store
 */
MzSecretStore *
mz_secret_store_new_default (void)
{
#if defined (G_OS_WIN32)
  return mz_secret_store_new_guard (mz_secret_store_new_windows (), MZ_SECRET_TIMEOUT_MS);
#elif defined (__APPLE__)
  return mz_secret_store_new_guard (mz_secret_store_new_macos (), MZ_SECRET_TIMEOUT_MS);
#elif defined (MZ_HAVE_LIBSECRET)
  return mz_secret_store_new_guard (mz_secret_store_new_libsecret (), MZ_SECRET_TIMEOUT_MS);
#else
  return mz_secret_store_new_memory ();
#endif
}

/**
 * mz_secret_store_get_persistent:
 * @self: a store
 *
 * Returns: %TRUE if what is stored is still there at the next start, as far as is known
 */
gboolean
mz_secret_store_get_persistent (MzSecretStore *self)
{
  gboolean persistent = FALSE;

  g_return_val_if_fail (MZ_IS_SECRET_STORE (self), FALSE);

  g_object_get (self, "persistent", &persistent, NULL);
  return persistent;
}

/**
 * mz_secret_store_lookup_async:
 * @self: a store
 * @kind: what kind of secret
 * @name: which one
 * @cancellable: (nullable): to give up waiting
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Looks for a secret.
 */
void
mz_secret_store_lookup_async (MzSecretStore       *self,
                              MzSecretKind         kind,
                              const char          *name,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_return_if_fail (MZ_IS_SECRET_STORE (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  MZ_SECRET_STORE_GET_IFACE (self)->lookup_async (self, kind, name, cancellable, callback, user_data);
}

/**
 * mz_secret_store_lookup_finish:
 * @self: a store
 * @result: what the callback got
 * @error: return location for an error: %MZ_STORE_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * An error means that it is not known whether there is such a secret: it must not be replaced by a new one then.
 *
 * Returns: (transfer full) (nullable): the secret, to be freed with mz_secret_free(); %NULL without an error when there is none
 */
char *
mz_secret_store_lookup_finish (MzSecretStore  *self,
                               GAsyncResult   *result,
                               GError        **error)
{
  g_return_val_if_fail (MZ_IS_SECRET_STORE (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return MZ_SECRET_STORE_GET_IFACE (self)->lookup_finish (self, result, error);
}

/**
 * mz_secret_store_save_async:
 * @self: a store
 * @kind: what kind of secret
 * @name: which one
 * @label: what the system's own keyring viewer shows, translated
 * @secret: (nullable): the secret; %NULL removes it
 * @cancellable: (nullable): to give up waiting; what is being written may be written all the same
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Keeps a secret, in place of what there was under the same kind and name.
 */
void
mz_secret_store_save_async (MzSecretStore       *self,
                            MzSecretKind         kind,
                            const char          *name,
                            const char          *label,
                            const char          *secret,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_return_if_fail (MZ_IS_SECRET_STORE (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (label != NULL || secret == NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  MZ_SECRET_STORE_GET_IFACE (self)->save_async (self, kind, name, label, secret, cancellable, callback, user_data);
}

/**
 * mz_secret_store_save_finish:
 * @self: a store
 * @result: what the callback got
 * @error: return location for an error: %MZ_STORE_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE if it is kept, in memory at least (see #MzSecretStore:persistent), or removed
 */
gboolean
mz_secret_store_save_finish (MzSecretStore  *self,
                             GAsyncResult   *result,
                             GError        **error)
{
  g_return_val_if_fail (MZ_IS_SECRET_STORE (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return MZ_SECRET_STORE_GET_IFACE (self)->save_finish (self, result, error);
}
