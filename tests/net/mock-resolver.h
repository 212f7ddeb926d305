/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A resolver whose answers a test sets, and that counts what it is asked. A name without an answer is not found. */
#define MOCK_TYPE_RESOLVER (mock_resolver_get_type ())
G_DECLARE_FINAL_TYPE (MockResolver, mock_resolver, MOCK, RESOLVER, GResolver)

MockResolver *mock_resolver_new             (void);
void          mock_resolver_install         (MockResolver       *self);
void          mock_resolver_uninstall       (MockResolver       *self);
void          mock_resolver_answer          (MockResolver       *self,
                                             const char         *name,
                                             const char * const *addresses);
void          mock_resolver_fail            (MockResolver       *self,
                                             const char         *name,
                                             GResolverError      code);
void          mock_resolver_set_delay       (MockResolver       *self,
                                             guint               ms);
void          mock_resolver_set_deaf        (MockResolver       *self,
                                             gboolean            deaf);
guint         mock_resolver_get_n_lookups   (MockResolver       *self);
guint         mock_resolver_get_n_wrong     (MockResolver       *self);
guint         mock_resolver_get_n_cancelled (MockResolver       *self);
guint         mock_resolver_get_n_pending   (MockResolver       *self);

G_END_DECLS
