/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib-object.h>
#include "mz-gateway-error.h"

G_BEGIN_DECLS

/**
 * MzIdentity:
 *
 * This device's Ed25519 key, and the device tokens that gateways gave it (by the gateway's address). Lives in memory only: who keeps
 * it (a file, a keyring) listens to `::changed`. The key's memory is wiped when the object goes.
 */
#define MZ_TYPE_IDENTITY (mz_identity_get_type ())
G_DECLARE_FINAL_TYPE (MzIdentity, mz_identity, MZ, IDENTITY, GObject)

#define MZ_IDENTITY_SEED_BYTES 32

MzIdentity  *mz_identity_new_random         (GError       **error);
MzIdentity  *mz_identity_new_from_seed      (const guint8  *seed,
                                             gsize          seed_length,
                                             GError       **error);
GBytes      *mz_identity_dup_seed           (MzIdentity    *self);
const char  *mz_identity_get_device_id      (MzIdentity    *self);
const char  *mz_identity_get_public_key     (MzIdentity    *self);
char        *mz_identity_sign               (MzIdentity    *self,
                                             const char    *text);
const char  *mz_identity_get_device_token   (MzIdentity    *self,
                                             const char    *gateway);
void         mz_identity_set_device_token   (MzIdentity    *self,
                                             const char    *gateway,
                                             const char    *token);
GStrv        mz_identity_list_gateways      (MzIdentity    *self);

G_END_DECLS
