/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-message-private.h"
#include "mz-timeline.h"

G_BEGIN_DECLS

/* How a session fills its timeline. */

guint       mz_timeline_get_length      (MzTimeline *self);
MzMessage  *mz_timeline_peek            (MzTimeline *self,
                                         guint       position);
void        mz_timeline_insert          (MzTimeline *self,
                                         guint       position,
                                         MzMessage  *message);
void        mz_timeline_append          (MzTimeline *self,
                                         MzMessage  *message);
void        mz_timeline_append_to_run   (MzTimeline *self,
                                         MzMessage  *message);
void        mz_timeline_remove          (MzTimeline *self,
                                         MzMessage  *message);
void        mz_timeline_adopt           (MzTimeline *self,
                                         MzMessage  *message,
                                         MzMessage  *from);
void        mz_timeline_set_run         (MzTimeline *self,
                                         MzMessage  *message,
                                         const char *run_id);

/* Makes @rows the content, announcing as little as can be. */
void        mz_timeline_become          (MzTimeline *self,
                                         GPtrArray  *rows);

/* mz-timeline-reconcile.c */
gboolean    mz_timeline_apply_record    (MzTimeline *self,
                                         JsonObject *record,
                                         const char *default_run);
gboolean    mz_timeline_apply_page      (MzTimeline *self,
                                         JsonArray  *records,
                                         gboolean    complete);
guint       mz_timeline_apply_older     (MzTimeline *self,
                                         JsonArray  *records);
void        mz_timeline_apply_whole     (MzTimeline *self,
                                         const char *id,
                                         JsonObject *record);
gsize       mz_text_trimmed_length      (const char *text,
                                         gsize       length);

G_END_DECLS
