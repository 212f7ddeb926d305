/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MZ_STORE_ERROR (mz_store_error_quark ())

/**
 * MzStoreError:
 * @MZ_STORE_ERROR_UNAVAILABLE: there is no keyring here
 * @MZ_STORE_ERROR_LOCKED: the keyring stayed locked
 * @MZ_STORE_ERROR_TIMED_OUT: the keyring, or the disk, did not answer in time
 * @MZ_STORE_ERROR_FAILED: anything else
 * @MZ_STORE_ERROR_NEWER: a newer Moltzer wrote it, so that this one leaves it alone
 */
typedef enum
{
  MZ_STORE_ERROR_UNAVAILABLE,
  MZ_STORE_ERROR_LOCKED,
  MZ_STORE_ERROR_TIMED_OUT,
  MZ_STORE_ERROR_FAILED,
  MZ_STORE_ERROR_NEWER,
} MzStoreError;

GQuark mz_store_error_quark (void);

G_END_DECLS
