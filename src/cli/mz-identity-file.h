/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "mz-identity.h"

G_BEGIN_DECLS

/**
 * MzIdentityFile:
 *
 * Keeps a #MzIdentity in a file that only its owner can read. What the identity learns is written at once, in another thread;
 * mz_identity_file_flush() waits for it.
 */
#define MZ_TYPE_IDENTITY_FILE (mz_identity_file_get_type ())
G_DECLARE_FINAL_TYPE (MzIdentityFile, mz_identity_file, MZ, IDENTITY_FILE, GObject)

MzIdentityFile  *mz_identity_file_open          (const char      *path,
                                                 char           **warning,
                                                 GError         **error);
MzIdentity      *mz_identity_file_get_identity  (MzIdentityFile  *self);
gboolean         mz_identity_file_flush         (MzIdentityFile  *self,
                                                 GError         **error);
char            *mz_identity_file_default_path  (void);

G_END_DECLS
