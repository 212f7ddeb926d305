/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-gateway.h"
#include "mz-records.h"
#include "mz-gateway-list.h"
#include "mz-route-store.h"
#include "mz-log-book.h"
#include "mz-wake-watch.h"

G_BEGIN_DECLS

/**
 * MzCore:
 *
 * What all windows share: settings, secrets, this device's identity and the gateways in use. A #GListModel of #MzGateway that follows the
 * kept entries. Built once by the application and handed down.
 *
 * Properties, read-only: `settings`, `secrets`, `loaded` (the identity is there: gateways can connect; notifies).
 */
#define MZ_TYPE_CORE (mz_core_get_type ())
G_DECLARE_FINAL_TYPE (MzCore, mz_core, MZ, CORE, GObject)

MzCore        *mz_core_new             (GSettings            *settings,
                                        MzSecretStore        *secrets);
/* Keeps what dials learn about routes; before mz_core_load_async(). */
void           mz_core_keep_routes     (MzCore               *self,
                                        MzRouteStore         *routes);
GSettings     *mz_core_get_settings    (MzCore               *self);
MzSecretStore *mz_core_get_secrets     (MzCore               *self);
/* (nullable): where dials and connections are recorded, from those gateways on that connect after this; the demo's never are. NULL without. */
void           mz_core_set_records     (MzCore               *self,
                                        MzRecords            *records);
MzRecords     *mz_core_get_records     (MzCore               *self);
/* Loads the identity, then connects the entries with auto-connect. Gateways are listed before that, from the settings. Where there is none that
 * needs an identity it ends at once; the identity is loaded when there is one. */
void           mz_core_load_async      (MzCore               *self,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
gboolean       mz_core_load_finish     (MzCore               *self,
                                        GAsyncResult         *result,
                                        GError              **error);
/* (transfer none): keeps @entry and makes its gateway; does not connect */
MzGateway     *mz_core_add             (MzCore               *self,
                                        MzGatewayEntry       *entry);
/* (transfer none): makes a gateway that is not in the list and of which nothing is saved, until mz_core_keep() puts it there or mz_core_remove() ends it */
MzGateway     *mz_core_try             (MzCore               *self,
                                        MzGatewayEntry       *entry);
void           mz_core_keep            (MzCore               *self,
                                        MzGateway            *gateway);
/* Disconnects, and forgets the entry with all its secrets; also of a gateway that was tried. */
void           mz_core_remove          (MzCore               *self,
                                        MzGateway            *gateway);
MzGateway     *mz_core_lookup          (MzCore               *self,
                                        const char           *id);
MzGateway     *mz_core_find            (MzCore               *self,
                                        const char           *name);
/* (transfer none): starts the embedded gateway, once, and gives its transient entry's gateway, which connects by itself */
MzGateway     *mz_core_start_demo      (MzCore               *self,
                                        GError              **error);
/* When this host woke up or its network has changed, connections are probed, and gateways that wait for their next try do not wait any longer. */
void           mz_core_watch_wake      (MzCore               *self,
                                        MzWakeWatch          *watch);
/* Where the last lines of the log are kept, for reports; nowhere unless it is set. */
void           mz_core_set_log         (MzCore               *self,
                                        MzLogBook            *log);
/* (transfer full): what a person can paste into an issue: see mz_report_new() */
char          *mz_core_dup_report      (MzCore               *self,
                                        MzGateway            *gateway,
                                        MzTrace              *trace,
                                        const MzDiagnosis    *diagnosis,
                                        const char           *toolkit);
/* Closes every connection and writes what is not written yet. */
void           mz_core_shutdown_async  (MzCore               *self,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
gboolean       mz_core_shutdown_finish (MzCore               *self,
                                        GAsyncResult         *result,
                                        GError              **error);

G_END_DECLS
