/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "mz-message.h"

G_BEGIN_DECLS

/**
 * MzTimeline:
 *
 * The rows of one session, oldest first: a #GListModel of #MzMessage. Rows keep their identity: a reload of the history
 * updates the rows that stay and announces only those that come or go. Lookups cost the same however long the session
 * is.
 *
 * MzSession fills it; others only read.
 */
#define MZ_TYPE_TIMELINE (mz_timeline_get_type ())
G_DECLARE_FINAL_TYPE (MzTimeline, mz_timeline, MZ, TIMELINE, GObject)

MzTimeline *mz_timeline_new                (void);
MzMessage  *mz_timeline_lookup_id          (MzTimeline *self,
                                            const char *id,
                                            guint       block);
MzMessage  *mz_timeline_lookup_call        (MzTimeline *self,
                                            const char *call_id);
MzMessage  *mz_timeline_lookup_idempotency (MzTimeline *self,
                                            const char *key);
GPtrArray  *mz_timeline_get_run            (MzTimeline *self,
                                            const char *run_id);
gboolean    mz_timeline_find               (MzTimeline *self,
                                            MzMessage  *message,
                                            guint      *position);

G_END_DECLS
