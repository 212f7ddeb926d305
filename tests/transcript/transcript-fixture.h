/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-transcript.h"

G_BEGIN_DECLS

/* A row's item: so many lines of text. Its row grows and shrinks with it. */
#define TEST_TYPE_ITEM (test_item_get_type ())
G_DECLARE_FINAL_TYPE (TestItem, test_item, TEST, ITEM, GObject)

TestItem      *test_item_new         (guint              lines);
void           test_item_set_lines   (TestItem          *self,
                                      guint              lines);
guint          test_item_get_lines   (TestItem          *self);

typedef struct
{
  GtkWidget *window;
  GtkWidget *scroller;
  MzTranscript *transcript;
  GtkAdjustment *adjustment;
  GListStore *store;
  guint n_made;                 /* rows made so far */
  guint n_near_top;
  guint n_at_bottom;
  gboolean focusable;
  gboolean wide;                /* text that wraps */
  int spacing;
} Fixture;

void           fixture_setup         (Fixture           *self,
                                      guint              n_rows,
                                      guint              max_lines);
void           fixture_teardown      (Fixture           *self);
void           fixture_show          (Fixture           *self);
void           fixture_fill          (Fixture           *self,
                                      guint              position,
                                      guint              removed,
                                      guint              added,
                                      guint              max_lines);
TestItem      *fixture_get_item      (Fixture           *self,
                                      guint              position);
void           fixture_frame         (Fixture           *self);
void           fixture_settle        (Fixture           *self);
void           fixture_scroll_to     (Fixture           *self,
                                      double             value);
void           fixture_scroll_by     (Fixture           *self,
                                      double             delta);
double         fixture_get_gap       (Fixture           *self);
gboolean       fixture_get_bounds    (Fixture           *self,
                                      guint              position,
                                      double            *top,
                                      double            *bottom);
TestItem      *fixture_get_top       (Fixture           *self,
                                      double            *y);
void           fixture_check         (Fixture           *self);

/* What one reads: it has to be where it was, over whatever changes elsewhere. */
typedef struct
{
  TestItem *item;
  double y;
} Reading;

Reading        fixture_note_reading  (Fixture           *self);
void           fixture_check_reading (Fixture           *self,
                                      Reading            before);

typedef gboolean (*FixtureCondition) (Fixture           *self);
void           fixture_await         (Fixture           *self,
                                      FixtureCondition   condition);

G_END_DECLS
