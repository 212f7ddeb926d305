/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-gateway.h"
#include "mz-records.h"

G_BEGIN_DECLS

/* For the files of MzGateway, and for MzCore. */

struct _MzGateway
{
  GObject parent_instance;

  MzGatewayEntry *entry;
  MzIdentity *identity;
  MzSecretStore *secrets;
  MzRouteMemory *routes;        /* what dials have learned; NULL where nothing is kept */

  /* The client, and what goes with it */
  MzClient *client;
  MzSessionList *sessions;
  MzApprovalList *approvals;
  GSignalGroup *trace_signals;
  GCancellable *cancellable;
  gboolean stale;               /* the entry has changed since the client was made */
  gboolean closing;             /* it was stopped, and has not ended yet */
  gboolean modest;              /* asks for fewer scopes, because more were refused */
  guint rebuild_id;
  GListStore *models;
  GListStore *commands;

  gboolean wanted;
  MzClientState state;          /* as it was told last */
  MzStatus *status;

  /* The last failure, until all is well; without a trace the entry's address is to blame */
  MzTrace *failed_trace;
  GError *failure;
  MzDiagnosis *diagnosis;

  /* mz-gateway-secret.c */
  MzCredential credential;
  char *secret;
  gboolean secret_known;
  GCancellable *fetching;
  GQueue saves;
  gboolean saving;

  guint n_closing;
  GQueue shutdown_tasks;

  /* mz-gateway-chats.c */
  GHashTable *chats;
  GQueue recent;

  MzRecords *records;           /* NULL: nothing is recorded */
};

/* mz-gateway.c */
void      mz_gateway_set_identity    (MzGateway     *self,
                                      MzIdentity    *identity);
void      mz_gateway_set_routes      (MzGateway     *self,
                                      MzRouteMemory *routes);
void      mz_gateway_update          (MzGateway     *self);
void      mz_gateway_check_shutdown  (MzGateway     *self);
void      mz_gateway_set_records     (MzGateway     *self,
                                      MzRecords     *records);

/* mz-gateway-client.c */
void      mz_gateway_watch_entry     (MzGateway     *self);
void      mz_gateway_proceed         (MzGateway     *self);
void      mz_gateway_start_client    (MzGateway     *self);
void      mz_gateway_stop_client     (MzGateway     *self);
void      mz_gateway_secret_changed  (MzGateway     *self);
void      mz_gateway_load_lists      (MzGateway     *self);

/* mz-gateway-failure.c */
void      mz_gateway_set_failure     (MzGateway     *self,
                                      MzTrace       *trace,
                                      const GError  *error);

/* mz-gateway-secret.c */
gboolean  mz_gateway_fetch_secret    (MzGateway     *self);
void      mz_gateway_cancel_fetch    (MzGateway     *self);
void      mz_gateway_apply_secret    (MzGateway     *self);
void      mz_gateway_forget_secrets  (MzGateway     *self);
void      mz_gateway_clear_secrets   (MzGateway     *self);
gboolean  mz_gateway_is_saving       (MzGateway     *self);

/* mz-gateway-chats.c */
void      mz_gateway_init_chats      (MzGateway     *self);
void      mz_gateway_clear_chats     (MzGateway     *self);

G_END_DECLS
