/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-network-info.h"
#include "mz-trace-attempt.h"

G_BEGIN_DECLS

/**
 * MzCircumstance:
 * @MZ_CIRCUMSTANCE_NONE: nothing out of the ordinary
 * @MZ_CIRCUMSTANCE_NETWORK_CHANGED: this host's network had just changed
 * @MZ_CIRCUMSTANCE_RESUMED: this host had just woken up
 * @MZ_CIRCUMSTANCE_SHUTDOWN: the gateway had said that it goes down
 *
 * What was going on when a connection ended.
 */
typedef enum
{
  MZ_CIRCUMSTANCE_NONE,
  MZ_CIRCUMSTANCE_NETWORK_CHANGED,
  MZ_CIRCUMSTANCE_RESUMED,
  MZ_CIRCUMSTANCE_SHUTDOWN,
} MzCircumstance;

/**
 * MzTrace:
 *
 * The one record of a dial: the plan and its reason, then every attempt with its phases. A #GListModel of #MzTraceAttempt. The doctor
 * page, `moltzerctl probe`, the log and the connection records are drawn from it. It never holds a secret.
 *
 * `::changed` is emitted after every change; `::phase-begun` and `::phase-ended` (attempt, phase) tell which.
 */
#define MZ_TYPE_TRACE (mz_trace_get_type ())
G_DECLARE_FINAL_TYPE (MzTrace, mz_trace, MZ, TRACE, GObject)

MzTrace        *mz_trace_new             (MzEndpoint     *endpoint,
                                          const MzPlan   *plan);
MzEndpoint     *mz_trace_get_endpoint    (MzTrace        *self);
const MzPlan   *mz_trace_get_plan        (MzTrace        *self);
gint64          mz_trace_get_start_us    (MzTrace        *self);
guint           mz_trace_get_n_attempts  (MzTrace        *self);
MzTraceAttempt *mz_trace_get_attempt     (MzTrace        *self,
                                          guint           n);
MzTraceAttempt *mz_trace_add_attempt     (MzTrace        *self,
                                          MzEndpoint     *endpoint,
                                          MzRouteKind     route);
void            mz_trace_set_winner      (MzTrace        *self,
                                          MzTraceAttempt *attempt);
MzTraceAttempt *mz_trace_get_winner      (MzTrace        *self);
void            mz_trace_set_raced       (MzTrace        *self);
MzRouteKind     mz_trace_get_route       (MzTrace        *self);
void            mz_trace_set_network     (MzTrace        *self,
                                          const MzNetworkInfo *network);
const MzNetworkInfo *mz_trace_get_network (MzTrace       *self);
MzTraceAttempt *mz_trace_get_deepest     (MzTrace        *self);
void            mz_trace_set_server      (MzTrace        *self,
                                          const char     *version,
                                          guint           protocol);
const char     *mz_trace_get_server_version  (MzTrace    *self);
guint           mz_trace_get_server_protocol (MzTrace    *self);
void            mz_trace_set_ready       (MzTrace        *self);
gint64          mz_trace_get_ready_us    (MzTrace        *self);
void            mz_trace_set_error       (MzTrace        *self,
                                          const GError   *error);
const GError   *mz_trace_get_error       (MzTrace        *self);

/* What happened to the connection afterwards */
void            mz_trace_set_missing_scopes (MzTrace        *self,
                                             const char     *scopes);
const char     *mz_trace_get_missing_scopes (MzTrace        *self);
void            mz_trace_set_circumstance   (MzTrace        *self,
                                             MzCircumstance  circumstance);
MzCircumstance  mz_trace_get_circumstance   (MzTrace        *self);
void            mz_trace_set_flaps          (MzTrace        *self,
                                             guint           flaps);
guint           mz_trace_get_flaps          (MzTrace        *self);

G_END_DECLS
