/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-secret-store.h"

G_BEGIN_DECLS

/* The systems' own stores. They report what failed; what becomes of it then is decided by the guard. */
MzSecretStore *mz_secret_store_new_libsecret (void);
MzSecretStore *mz_secret_store_new_windows   (void);
MzSecretStore *mz_secret_store_new_macos     (void);

/* (transfer full): @inner with memory to fall back on; see mz-secret-store-guard.c */
MzSecretStore *mz_secret_store_new_guard     (MzSecretStore *inner,
                                              guint          timeout_ms);

G_END_DECLS
