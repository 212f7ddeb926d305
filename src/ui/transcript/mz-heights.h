/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MzHeights:
 *
 * The heights of very many rows, one below the other, and where each begins. A row's height is known once it was set; of
 * one that never was, the average of those that were is taken. All that is asked or told costs O(log n) of the rows that
 * were set; rows never set cost nothing, however many. Heights are whole px.
 */
typedef struct _MzHeights MzHeights;

MzHeights *mz_heights_new          (int              estimate);
void       mz_heights_free         (MzHeights       *self);
guint      mz_heights_get_length   (const MzHeights *self);
void       mz_heights_insert       (MzHeights       *self,
                                    guint            position,
                                    guint            n_rows);
void       mz_heights_remove       (MzHeights       *self,
                                    guint            position,
                                    guint            n_rows);
void       mz_heights_set          (MzHeights       *self,
                                    guint            row,
                                    int              height);
int        mz_heights_get          (const MzHeights *self,
                                    guint            row);
gboolean   mz_heights_is_known     (const MzHeights *self,
                                    guint            row);
gint64     mz_heights_offset_of    (const MzHeights *self,
                                    guint            row);
guint      mz_heights_row_at       (const MzHeights *self,
                                    gint64           offset);
gint64     mz_heights_get_total    (const MzHeights *self);
int        mz_heights_get_estimate (const MzHeights *self);
void       mz_heights_stretch      (MzHeights       *self,
                                    double           factor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzHeights, mz_heights_free)

G_END_DECLS
