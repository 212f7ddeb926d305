/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <libsoup/soup.h>

#include "mz-demo-devices.h"
#include "mz-demo-gateway.h"
#include "mz-demo-store.h"

G_BEGIN_DECLS

/* What the parts of the demo gateway share: the gateway, its connections and its runs. */

#define MZ_DEMO_VERSION "moltzer-demo"

typedef struct _MzDemoConnection MzDemoConnection;
typedef struct _MzDemoRun MzDemoRun;

/**
 * MzDemoAudience:
 * @MZ_DEMO_AUDIENCE_ALL: who may read
 * @MZ_DEMO_AUDIENCE_TOOLS: of these, who has the cap `tool-events`
 * @MZ_DEMO_AUDIENCE_SESSIONS: who subscribed to the sessions
 * @MZ_DEMO_AUDIENCE_MESSAGES: these, and who subscribed to the session's messages
 * @MZ_DEMO_AUDIENCE_APPROVALS: who can be asked for approval
 */
typedef enum
{
  MZ_DEMO_AUDIENCE_ALL,
  MZ_DEMO_AUDIENCE_TOOLS,
  MZ_DEMO_AUDIENCE_SESSIONS,
  MZ_DEMO_AUDIENCE_MESSAGES,
  MZ_DEMO_AUDIENCE_APPROVALS,
} MzDemoAudience;

struct _MzDemoGateway
{
  GObject parent_instance;

  /* what was set */
  guint protocol;
  MzDemoAuth auth;
  char *secret;
  GTlsCertificate *certificate;
  MzDemoFault fault;
  guint close_code;
  guint tick_ms;
  gsize max_payload;
  double rate;
  GOutputStream *record;

  /* what lasts over stop and start, as a real gateway's files do */
  MzDemoStore *store;
  MzDemoDevices *devices;
  GHashTable *runs; /* run id → MzDemoRun: a key is never run twice */
  GQueue queue;     /* MzDemoRun, not owned: going on or waiting, in order */
  guint n_turns;

  /* while it runs */
  GSocketService *service;
  SoupServer *server;
  GMainContext *context;
  GSource *tick;
  GPtrArray *connections;
  guint16 port;
  char *url;
  guint n_connects;
  gint64 started_us; /* monotonic: when it began to listen */
  guint n_upgrades;
  guint n_starting_answers;
};

void        mz_demo_gateway_emit             (MzDemoGateway     *self,
                                              MzDemoAudience     audience,
                                              const char        *session_key,
                                              const char        *event,
                                              JsonObject        *payload,
                                              gboolean           lost);
void        mz_demo_gateway_emit_session     (MzDemoGateway     *self,
                                              MzDemoSession     *session,
                                              const char        *reason,
                                              const char        *phase,
                                              const char        *run_id);
gboolean    mz_demo_gateway_has_audience     (MzDemoGateway     *self,
                                              MzDemoAudience     audience);
GSource    *mz_demo_gateway_add_timeout      (MzDemoGateway     *self,
                                              guint              interval_ms,
                                              GSourceFunc        callback,
                                              gpointer           user_data);
GPtrArray  *mz_demo_gateway_copy_connections (MzDemoGateway    *self);
void        mz_demo_gateway_forget           (MzDemoGateway     *self,
                                              MzDemoConnection  *connection);
void        mz_demo_gateway_ask_pairing      (MzDemoGateway     *self,
                                              const char        *request_id,
                                              const char        *device_id);

G_END_DECLS
