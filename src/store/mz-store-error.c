/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-store-error.h"

/* Apart from the secrets, so that what keeps none is not linked with a keyring's library. */
G_DEFINE_QUARK (mz-store-error-quark, mz_store_error)
