/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* (transfer full): the widget of @item; it is destroyed when it scrolls far away, so all state that must last is in the item */
typedef GtkWidget *(*MzTranscriptCreateFunc)  (gpointer   item,
                                               gpointer   user_data);
/* The gap above @item in px; @previous is NULL for the first. */
typedef int        (*MzTranscriptSpacingFunc) (gpointer   previous,
                                               gpointer   item,
                                               gpointer   user_data);

/**
 * MzTranscript:
 *
 * A column of rows of very different heights: a #GtkScrollable over a #GListModel that makes widgets only for what is seen and a little
 * around it. Heights of rows are remembered; those never seen are estimated. What one reads does not move: whatever rows come, go or change
 * their height above or below, the row at the top of the view keeps its place; unless one is at the bottom, where new content keeps the end in view.
 * GtkListView of GTK 4.8 makes 200 rows whatever is seen, which costs hundreds of ms with rich rows.
 *
 * Properties: `model`, `max-width` (px of the column, default 760, centred), `at-bottom` (read-only, notifies: sticks to the end),
 * `header` (GtkWidget above the first row, nullable); and those of GtkScrollable.
 *
 * Signal `::near-top`: less than two screens are above the view, or fewer rows than fill it: load older ones. Emitted again only after the model grew
 * at its beginning or the view went away and came back.
 */
#define MZ_TYPE_TRANSCRIPT (mz_transcript_get_type ())
G_DECLARE_FINAL_TYPE (MzTranscript, mz_transcript, MZ, TRANSCRIPT, GtkWidget)

GtkWidget  *mz_transcript_new              (void);
void        mz_transcript_set_create_func  (MzTranscript            *self,
                                            MzTranscriptCreateFunc   create,
                                            gpointer                 user_data,
                                            GDestroyNotify           destroy);
void        mz_transcript_set_spacing_func (MzTranscript            *self,
                                            MzTranscriptSpacingFunc  spacing,
                                            gpointer                 user_data,
                                            GDestroyNotify           destroy);
/* Shows the end of @model at first (or what mz_transcript_set_anchor() says right after). */
void        mz_transcript_set_model        (MzTranscript            *self,
                                            GListModel              *model);
GListModel *mz_transcript_get_model        (MzTranscript            *self);
void        mz_transcript_set_header       (MzTranscript            *self,
                                            GtkWidget               *header);
gboolean    mz_transcript_get_at_bottom    (MzTranscript            *self);
void        mz_transcript_scroll_to_bottom (MzTranscript            *self);
/* Brings row @position into view, its top at the top where possible; focuses it when @focus. */
void        mz_transcript_scroll_to        (MzTranscript            *self,
                                            guint                    position,
                                            gboolean                 focus);
/* Where one is, to come back to after another conversation: item at the top of the view and px of it above; FALSE when at the bottom. */
gboolean    mz_transcript_get_anchor       (MzTranscript            *self,
                                            gpointer                *item,
                                            double                  *offset);
void        mz_transcript_set_anchor       (MzTranscript            *self,
                                            gpointer                 item,
                                            double                   offset);
/* (transfer none) (nullable): the widget of row @position if there is one now */
GtkWidget  *mz_transcript_get_row          (MzTranscript            *self,
                                            guint                    position);
guint       mz_transcript_get_n_rows_made  (MzTranscript            *self);

G_END_DECLS
