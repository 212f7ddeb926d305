/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-heights.h"
#include "mz-transcript.h"

G_BEGIN_DECLS

/* A row that has a widget now. */
typedef struct
{
  gpointer item;                /* owned */
  GtkWidget *widget;            /* a child of the transcript */
  guint position;
  int spacing;                  /* px above it, -1 when it has to be asked for */
  int height;                   /* px without spacing, -1 when never measured at this width */
  int width;
  gint64 changed_at;            /* when its height last changed, µs */
} MzTranscriptRow;

/* Whether a widget that got the focus is brought into view. */
typedef enum
{
  MZ_REVEAL_NOT,
  MZ_REVEAL_OUTSIDE,            /* only when nothing of it is to be seen: what one clicks at does not move */
  MZ_REVEAL_WHOLE,
} MzReveal;

/* Three kinds of px: of the content (0 is the top of the header, the first row follows), of the adjustment (the same, but
 * `origin` is added) and of the view (0 is what `value` says). */
struct _MzTranscript
{
  GtkWidget parent_instance;

  GListModel *model;
  MzTranscriptCreateFunc create;
  gpointer create_data;
  GDestroyNotify create_destroy;
  MzTranscriptSpacingFunc spacing;
  gpointer spacing_data;
  GDestroyNotify spacing_destroy;

  GtkWidget *header;
  int header_height;
  GPtrArray *rows;              /* MzTranscriptRow, by position */
  MzHeights *heights;           /* of all rows, each with the spacing above it */
  int max_width;
  int column;                   /* px: the width the heights are for; 0 before the first allocation */
  int page;                     /* px of the view */

  GtkAdjustment *adjustments[2];
  GtkScrollablePolicy policies[2];
  gulong value_changed_id;
  gboolean configuring;
  double seen_value;            /* of the vertical adjustment, when it was last looked at */

  /* While one scrolls, rows above the view that turn out higher or lower than estimated move the beginning of the content,
   * not the value: GtkScrolledWindow's kinetic scrolling and GtkAdjustment's animation go on from values that they remember.
   * A while after, the beginning is 0 again. */
  double origin;
  gint64 scrolled_at;
  guint settle_id;

  /* Where one is, also when at the bottom: an item and the px of its widget above the view. */
  gboolean at_bottom;
  gboolean at_bottom_told;
  guint anchor;
  gpointer anchor_item;         /* owned */
  double anchor_px;
  int anchor_height;            /* the height that anchor_px was right for; 0 when it is exact */
  int anchor_spacing;           /* px above its widget, as `heights` has it */

  GtkWidget *root;              /* whose focus is followed */
  gulong root_id;
  MzReveal reveal;
  gboolean tabbing;

  MzTranscriptRow *touched;     /* where one last clicked or pressed a key */
  gint64 touched_at;

  gboolean near_top_armed;
  gboolean near_top_due;
  guint tell_id;
  guint fill_id;
};

/* mz-transcript.c */
guint            mz_transcript_get_n_items        (MzTranscript    *self);
void             mz_transcript_stop_scrolling     (MzTranscript    *self);

/* mz-transcript-layout.c */
void             mz_transcript_allocate           (GtkWidget       *widget,
                                                   int              width,
                                                   int              height,
                                                   int              baseline);
int              mz_transcript_get_spacing        (MzTranscript    *self,
                                                   guint            position);
double           mz_transcript_get_content_value  (MzTranscript    *self);
void             mz_transcript_set_content_value  (MzTranscript    *self,
                                                   double           value);
void             mz_transcript_take_anchor        (MzTranscript    *self,
                                                   guint            position,
                                                   double           px);
void             mz_transcript_take_top           (MzTranscript    *self);

/* mz-transcript-rows.c */
MzTranscriptRow *mz_transcript_find_row           (MzTranscript    *self,
                                                   guint            position);
MzTranscriptRow *mz_transcript_row_of_widget      (MzTranscript    *self,
                                                   GtkWidget       *widget);
MzTranscriptRow *mz_transcript_ensure_row         (MzTranscript    *self,
                                                   guint            position);
void             mz_transcript_remove_row         (MzTranscript    *self,
                                                   MzTranscriptRow *row);
void             mz_transcript_remove_all_rows    (MzTranscript    *self);
gboolean         mz_transcript_row_is_held        (MzTranscript    *self,
                                                   MzTranscriptRow *row);
void             mz_transcript_items_changed      (MzTranscript    *self,
                                                   guint            position,
                                                   guint            removed,
                                                   guint            added);

/* mz-transcript-focus.c */
void             mz_transcript_class_init_focus   (GtkWidgetClass  *widget_class);
void             mz_transcript_init_focus         (MzTranscript    *self);
gboolean         mz_transcript_get_reveal         (MzTranscript    *self,
                                                   double          *delta);
gboolean         mz_transcript_focus_row          (MzTranscript    *self,
                                                   MzTranscriptRow *row);

G_END_DECLS
