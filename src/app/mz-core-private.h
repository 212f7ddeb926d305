/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-core.h"
#include "mz-demo-gateway.h"
#include "mz-identity-keeper.h"
#include "mz-route-store.h"

G_BEGIN_DECLS

/* For the files of MzCore. */

/* The demo's entry, of which there is never more than one. */
#define MZ_CORE_DEMO_ID "demo"

struct _MzCore
{
  GObject parent_instance;

  GSettings *settings;
  MzSecretStore *secrets;
  MzRecords *records;           /* NULL: nothing is recorded */
  MzGatewayList *list;
  MzRouteStore *routes;         /* NULL where nothing that is learned is kept */
  gboolean started;             /* mz_core_load_async() was called: the identity may be asked for */
  MzIdentityKeeper *keeper;     /* NULL until a gateway needs the identity */
  MzIdentity *identity;
  GPtrArray *gateways;          /* as the list */
  GPtrArray *tried;             /* those that are not kept yet: see mz_core_try() */
  GCancellable *cancellable;

  MzDemoGateway *demo;
  MzIdentity *demo_identity;

  MzLogBook *log;

  guint n_leaving;              /* removed gateways that are still closing, and secrets that are still being erased */
  GQueue shutdown_tasks;
  guint n_open;                 /* of the shutdown */
};

/* mz-core-identity.c */
void   mz_core_want_identity  (MzCore         *self);
void   mz_core_load_tokens    (MzCore         *self,
                               MzGatewayEntry *entry);

/* mz-core-leave.c */
GStrv  mz_core_token_names    (MzGatewayEntry *entry);
void   mz_core_let_go         (MzCore         *self,
                               MzGateway      *gateway);

G_END_DECLS
