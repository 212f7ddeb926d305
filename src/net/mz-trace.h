/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-network-info.h"
#include "mz-trace-attempt.h"

G_BEGIN_DECLS

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

G_END_DECLS
