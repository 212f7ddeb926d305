/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-identity.h"
#include "mz-secret-store.h"

G_BEGIN_DECLS

/**
 * MzIdentityKeeper:
 *
 * Keeps this device's #MzIdentity in a secret store: the seed once, device tokens as they come and go (`MzIdentity::changed`), in order, one
 * write at a time.
 */
#define MZ_TYPE_IDENTITY_KEEPER (mz_identity_keeper_get_type ())
G_DECLARE_FINAL_TYPE (MzIdentityKeeper, mz_identity_keeper, MZ, IDENTITY_KEEPER, GObject)

MzIdentityKeeper *mz_identity_keeper_new         (MzSecretStore        *store);
/* Loads the identity, or makes one and saves it. Device tokens of @gateways (addresses as MzIdentity has them: "wss://host:port" and
 * "ws://host:port") are loaded with it. Without a keyring it gives an identity that lasts until the program ends. */
void              mz_identity_keeper_load_async  (MzIdentityKeeper     *self,
                                                  const char * const   *gateways,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
MzIdentity       *mz_identity_keeper_load_finish (MzIdentityKeeper     *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
/* The device tokens of a gateway that was added later. */
void              mz_identity_keeper_load_gateway_async  (MzIdentityKeeper     *self,
                                                          const char           *gateway,
                                                          GCancellable         *cancellable,
                                                          GAsyncReadyCallback   callback,
                                                          gpointer              user_data);
gboolean          mz_identity_keeper_load_gateway_finish (MzIdentityKeeper     *self,
                                                          GAsyncResult         *result,
                                                          GError              **error);
MzIdentity       *mz_identity_keeper_get_identity (MzIdentityKeeper    *self);
/* Ends when everything that is known is written: before the program ends. */
void              mz_identity_keeper_flush_async  (MzIdentityKeeper     *self,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean          mz_identity_keeper_flush_finish (MzIdentityKeeper     *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);

G_END_DECLS
