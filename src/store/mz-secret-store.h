/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "mz-store-error.h"

G_BEGIN_DECLS

/**
 * MzSecretKind:
 * @MZ_SECRET_TOKEN: a gateway's token; its name is the entry's id
 * @MZ_SECRET_PASSWORD: a gateway's password; its name is the entry's id
 * @MZ_SECRET_DEVICE_KEY: this device's Ed25519 seed, base64; its name is "default"
 * @MZ_SECRET_DEVICE_TOKEN: what a gateway gave this device; its name is the gateway's address as MzIdentity has it
 */
typedef enum
{
  MZ_SECRET_TOKEN,
  MZ_SECRET_PASSWORD,
  MZ_SECRET_DEVICE_KEY,
  MZ_SECRET_DEVICE_TOKEN,
} MzSecretKind;

const char *mz_secret_kind_to_string (MzSecretKind kind);

/**
 * MzSecretStore:
 *
 * Where secrets are kept: the Secret Service or its portal (libsecret), Windows' Credential Manager, macOS' Keychain, or memory only.
 * Nothing blocks; every call ends within MZ_SECRET_TIMEOUT_MS, except while the system asks the person to unlock.
 *
 * Property, read-only: `persistent`: what is stored is still there at the next start. %FALSE for memory, and for a keyring that turned
 * out not to be there (it notifies then): secrets are kept in memory from then on, so that a session works all the same, and the
 * interface says so.
 */
#define MZ_TYPE_SECRET_STORE (mz_secret_store_get_type ())
G_DECLARE_INTERFACE (MzSecretStore, mz_secret_store, MZ, SECRET_STORE, GObject)

#define MZ_SECRET_TIMEOUT_MS 5000

struct _MzSecretStoreInterface
{
  GTypeInterface parent;

  void     (* lookup_async)  (MzSecretStore        *self,
                              MzSecretKind          kind,
                              const char           *name,
                              GCancellable         *cancellable,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data);
  char    *(* lookup_finish) (MzSecretStore        *self,
                              GAsyncResult         *result,
                              GError              **error);
  void     (* save_async)    (MzSecretStore        *self,
                              MzSecretKind          kind,
                              const char           *name,
                              const char           *label,
                              const char           *secret,
                              GCancellable         *cancellable,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data);
  gboolean (* save_finish)   (MzSecretStore        *self,
                              GAsyncResult         *result,
                              GError              **error);
};

/* The best store of this system; "memory" where there is none. */
MzSecretStore *mz_secret_store_new_default    (void);
MzSecretStore *mz_secret_store_new_memory     (void);

gboolean       mz_secret_store_get_persistent (MzSecretStore        *self);
void           mz_secret_store_lookup_async   (MzSecretStore        *self,
                                               MzSecretKind          kind,
                                               const char           *name,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
/* (transfer full) (nullable): NULL without an error when there is none; free with mz_secret_free() */
char          *mz_secret_store_lookup_finish  (MzSecretStore        *self,
                                               GAsyncResult         *result,
                                               GError              **error);
/* @secret NULL removes it; @label is what the system's own keyring viewer shows, translated */
void           mz_secret_store_save_async     (MzSecretStore        *self,
                                               MzSecretKind          kind,
                                               const char           *name,
                                               const char           *label,
                                               const char           *secret,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
gboolean       mz_secret_store_save_finish    (MzSecretStore        *self,
                                               GAsyncResult         *result,
                                               GError              **error);

G_END_DECLS
