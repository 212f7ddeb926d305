/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-dialer.h"

G_BEGIN_DECLS

/* One try by one route with one scheme; the dialer's own helper. `::tcp-connected` is emitted once, when TCP is up. */
#define MZ_TYPE_ATTEMPT (mz_attempt_get_type ())
G_DECLARE_FINAL_TYPE (MzAttempt, mz_attempt, MZ, ATTEMPT, GObject)

MzAttempt      *mz_attempt_new          (MzTraceAttempt       *trace,
                                         const MzDialOptions  *options);
void            mz_attempt_run_async    (MzAttempt            *self,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
MzTransport    *mz_attempt_run_finish   (MzAttempt            *self,
                                         GAsyncResult         *result,
                                         GError              **error);
void            mz_attempt_cancel       (MzAttempt            *self);
MzTraceAttempt *mz_attempt_get_trace    (MzAttempt            *self);
gboolean        mz_attempt_has_tcp      (MzAttempt            *self);
void            mz_attempt_require_private (MzAttempt         *self);

G_END_DECLS
