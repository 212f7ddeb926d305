/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-demo-private.h"

G_BEGIN_DECLS

/* One answer of the agent: plays its script, in order and in time. Runs belong to the gateway and go on without their client. */

MzDemoRun  *mz_demo_run_start           (MzDemoGateway  *gateway,
                                         MzDemoSession  *session,
                                         const char     *id,
                                         const char     *message);
MzDemoRun  *mz_demo_run_find_active     (MzDemoGateway  *gateway,
                                         const char     *session_key);
MzDemoRun  *mz_demo_run_find_approval   (MzDemoGateway  *gateway,
                                         const char     *approval_id);
void        mz_demo_run_free            (MzDemoRun      *self);
gboolean    mz_demo_run_is_open         (MzDemoRun      *self);
gboolean    mz_demo_run_is_waiting      (MzDemoRun      *self);
const char *mz_demo_run_get_id          (MzDemoRun      *self);
const char *mz_demo_run_get_session_key (MzDemoRun      *self);
void        mz_demo_run_abort           (MzDemoRun      *self,
                                         const char     *stop_reason);
void        mz_demo_run_cancel          (MzDemoRun      *self);
gboolean    mz_demo_run_resolve         (MzDemoRun      *self,
                                         const char     *decision,
                                         const char     *resolved_by);
JsonObject *mz_demo_run_describe        (MzDemoRun      *self);
JsonObject *mz_demo_run_in_flight       (MzDemoRun      *self);
JsonObject *mz_demo_run_pending         (MzDemoRun      *self);
JsonObject *mz_demo_run_approval        (MzDemoRun      *self);

G_END_DECLS
