/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-session.h"
#include "mz-stream.h"
#include "mz-timeline-private.h"

G_BEGIN_DECLS

/**
 * MzRun:
 *
 * One run under way: puts its events into the rows of a timeline. For MzSession only.
 */
typedef struct _MzRun MzRun;

MzRun          *mz_run_new              (MzTimeline    *timeline,
                                         const char    *id,
                                         guint          generation);
void            mz_run_free             (MzRun         *self);
const char     *mz_run_get_id           (MzRun         *self);
const char     *mz_run_get_phase        (MzRun         *self);
void            mz_run_set_phase        (MzRun         *self,
                                         const char    *phase);
MzStreamChange  mz_run_apply_delta      (MzRun         *self,
                                         JsonObject    *payload);
gboolean        mz_run_apply_piece      (MzRun         *self,
                                         JsonObject    *payload,
                                         gsize          text_length,
                                         MzStreamChange *change);
void            mz_run_apply_buffered   (MzRun         *self,
                                         const char    *text);
void            mz_run_apply_agent      (MzRun         *self,
                                         const char    *stream,
                                         gint64         seq,
                                         gint64         timestamp,
                                         JsonObject    *data);
void            mz_run_record_applied   (MzRun         *self);
void            mz_run_finish           (MzRun         *self,
                                         MzRunOutcome   outcome,
                                         JsonObject    *payload,
                                         GError       **error);
gboolean        mz_run_has_spoken       (MzRun         *self,
                                         JsonObject    *payload);
gboolean        mz_run_is_stored        (MzRun         *self);
guint           mz_run_get_generation   (MzRun         *self);
gint64          mz_run_get_started_us   (MzRun         *self);
gboolean        mz_run_get_lost         (MzRun         *self);
void            mz_run_set_lost         (MzRun         *self,
                                         gboolean       lost);
guint           mz_run_get_settle_id    (MzRun         *self);
void            mz_run_set_settle_id    (MzRun         *self,
                                         guint          source_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzRun, mz_run_free)

G_END_DECLS
