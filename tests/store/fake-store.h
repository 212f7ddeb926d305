/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-secret-store.h"

G_BEGIN_DECLS

/* A keyring that does what a test says. Like the real ones it knows nothing of memory to fall back on. */
#define FAKE_TYPE_STORE (fake_store_get_type ())
G_DECLARE_FINAL_TYPE (FakeStore, fake_store, FAKE, STORE, GObject)

FakeStore  *fake_store_new          (void);
/* -1 for none; a MzStoreError otherwise */
void        fake_store_fail_lookups (FakeStore    *self,
                                     int           code);
void        fake_store_fail_saves   (FakeStore    *self,
                                     int           code);
/* What is asked waits for fake_store_release(). */
void        fake_store_hold         (FakeStore    *self,
                                     gboolean      lookups,
                                     gboolean      saves);
/* FALSE when nothing waits */
gboolean    fake_store_release      (FakeStore    *self);
void        fake_store_put          (FakeStore    *self,
                                     MzSecretKind  kind,
                                     const char   *name,
                                     const char   *secret);
const char *fake_store_peek         (FakeStore    *self,
                                     MzSecretKind  kind,
                                     const char   *name);
/* What was asked so far: "lookup token/x; save token/x=s; remove token/x" */
const char *fake_store_get_log      (FakeStore    *self);
void        fake_store_clear_log    (FakeStore    *self);

G_END_DECLS
