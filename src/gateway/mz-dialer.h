/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-route-memory.h"
#include "mz-trace.h"
#include "mz-transport.h"

G_BEGIN_DECLS

/**
 * MzDialOptions:
 * @platform: decides the plan; tests give another than their own
 * @setting: the person's choice of strategy
 * @budgets: how long each phase may take
 * @pin: (nullable): SHA-256 of the only certificate to accept, as mz_tls_pin_parse() gives it
 * @ca_database: (nullable): authorities to trust instead of the system's
 * @allow_plaintext: the person consented to plaintext for this gateway
 * @proxy_resolver: (nullable): this gateway's own proxy; without it the rule of mz_strategy_uses_system_proxy()
 * @last_address: (nullable): the address that was connected a moment ago, on this network: it is tried before the name is looked up
 * @last_route: the route that led there; without @last_address it says nothing
 * @memory: (nullable): which routes worked best, here and before; asked for the plan, and taught by dials
 */
typedef struct
{
  MzPlatform platform;
  MzStrategySetting setting;
  MzBudgets budgets;
  char *pin;
  GTlsDatabase *ca_database;
  gboolean allow_plaintext;
  GProxyResolver *proxy_resolver;
  GInetAddress *last_address;
  MzRouteKind last_route;
  MzRouteMemory *memory;
} MzDialOptions;

MzDialOptions *mz_dial_options_new   (void);
MzDialOptions *mz_dial_options_copy  (const MzDialOptions *self);
void           mz_dial_options_free  (MzDialOptions       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzDialOptions, mz_dial_options_free)

MzTrace       *mz_dialer_plan_trace  (MzEndpoint           *endpoint,
                                      const MzDialOptions  *options);
void           mz_dialer_dial_async  (MzTrace              *trace,
                                      const MzDialOptions  *options,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
MzTransport   *mz_dialer_dial_finish (GAsyncResult         *result,
                                      GError              **error);

G_END_DECLS
