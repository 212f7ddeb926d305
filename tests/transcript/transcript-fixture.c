/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "transcript-fixture.h"

#define WATCHDOG_S 60

struct _TestItem
{
  GObject parent_instance;
  guint lines;
  guint serial;
};

G_DEFINE_FINAL_TYPE (TestItem, test_item, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
test_item_class_init (TestItemClass *klass)
{
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", TEST_TYPE_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
test_item_init (TestItem *self)
{
}

TestItem *
test_item_new (guint lines)
{
  TestItem *self = g_object_new (TEST_TYPE_ITEM, NULL);

  self->lines = lines;

  return self;
}

void
test_item_set_lines (TestItem *self,
                     guint     lines)
{
  self->lines = lines;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

guint
test_item_get_lines (TestItem *self)
{
  return self->lines;
}

/* GtkBox passes the focus on to its children; our rows take it themselves. */
#define TEST_TYPE_ROW (test_row_get_type ())
G_DECLARE_FINAL_TYPE (TestRow, test_row, TEST, ROW, GtkWidget)

struct _TestRow
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (TestRow, test_row, GTK_TYPE_WIDGET)

static void
test_row_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (test_row_parent_class)->dispose (object);
}

static void
test_row_class_init (TestRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = test_row_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
test_row_init (TestRow *self)
{
}

static void
set_text (TestItem *item,
          GtkLabel *label)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean wide = gtk_label_get_wrap (label);

  for (guint i = 0; i < item->lines; i++)
    g_string_append_printf (text, "%sline %u%s", i > 0 ? "\n" : "", i,
                            wide ? " of a text that is rather long, so that it has to be broken where there is little room for it to be shown" : "");
  gtk_label_set_text (label, text->str);
}

static GtkWidget *
create (gpointer item,
        gpointer user_data)
{
  Fixture *self = user_data;
  GtkWidget *row = g_object_new (TEST_TYPE_ROW, NULL);
  GtkWidget *label = gtk_label_new (NULL);

  self->n_made++;
  gtk_widget_set_parent (label, row);
  gtk_label_set_wrap (GTK_LABEL (label), self->wide);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_focusable (row, self->focusable);
  g_object_set_data (G_OBJECT (row), "item", item);
  g_signal_connect_object (item, "changed", G_CALLBACK (set_text), label, 0);
  set_text (item, GTK_LABEL (label));

  return row;
}

static int
get_spacing (gpointer previous,
             gpointer item,
             gpointer user_data)
{
  Fixture *self = user_data;

  return previous == NULL ? 0 : self->spacing;
}

static void
near_top_cb (MzTranscript *transcript,
             Fixture      *self)
{
  self->n_near_top++;
}

static void
at_bottom_cb (MzTranscript *transcript,
              GParamSpec   *pspec,
              Fixture      *self)
{
  self->n_at_bottom++;
}

void
fixture_fill (Fixture *self,
              guint    position,
              guint    removed,
              guint    added,
              guint    max_lines)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < added; i++)
    g_ptr_array_add (items, test_item_new (g_test_rand_int_range (1, max_lines + 1)));
  g_list_store_splice (self->store, position, removed, items->pdata, added);
}

TestItem *
fixture_get_item (Fixture *self,
                  guint    position)
{
  g_autoptr (TestItem) item = g_list_model_get_item (G_LIST_MODEL (self->store), position);

  return item;
}

static gboolean
watchdog_cb (gpointer user_data)
{
  g_error ("waited for %d s", WATCHDOG_S);

  return G_SOURCE_REMOVE;
}

typedef struct
{
  guint n_frames;
} Frames;

static void
after_paint_cb (GdkFrameClock *clock,
                Frames        *frames)
{
  frames->n_frames++;
}

/* Until a frame was laid out and painted. */
void
fixture_frame (Fixture *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (self->window);
  guint watchdog = g_timeout_add_seconds (WATCHDOG_S, watchdog_cb, NULL);
  Frames frames = { 0 };
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), &frames);

  gtk_widget_queue_draw (self->window);
  while (frames.n_frames == 0)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, id);
  g_source_remove (watchdog);
}

/* Until the rows around the view are made, too. */
void
fixture_settle (Fixture *self)
{
  guint n_made;

  fixture_frame (self);
  do
    {
      n_made = self->n_made;
      while (g_main_context_iteration (NULL, FALSE))
        ;
      fixture_frame (self);
    }
  while (self->n_made != n_made);
}

void
fixture_await (Fixture         *self,
               FixtureCondition condition)
{
  guint watchdog = g_timeout_add_seconds (WATCHDOG_S, watchdog_cb, NULL);

  while (!condition (self))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watchdog);
}

void
fixture_setup (Fixture *self,
               guint    n_rows,
               guint    max_lines)
{
  self->window = gtk_window_new ();
  self->scroller = gtk_scrolled_window_new ();
  self->transcript = MZ_TRANSCRIPT (mz_transcript_new ());
  self->store = g_list_store_new (TEST_TYPE_ITEM);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->transcript));
  gtk_window_set_child (GTK_WINDOW (self->window), self->scroller);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 600, 500);
  self->adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  mz_transcript_set_create_func (self->transcript, create, self, NULL);
  mz_transcript_set_spacing_func (self->transcript, get_spacing, self, NULL);
  g_signal_connect (self->transcript, "near-top", G_CALLBACK (near_top_cb), self);
  g_signal_connect (self->transcript, "notify::at-bottom", G_CALLBACK (at_bottom_cb), self);
  fixture_fill (self, 0, 0, n_rows, max_lines);
  mz_transcript_set_model (self->transcript, G_LIST_MODEL (self->store));
}

void
fixture_show (Fixture *self)
{
  gtk_window_present (GTK_WINDOW (self->window));
  while (!gtk_widget_get_mapped (self->window) || gtk_widget_get_height (GTK_WIDGET (self->transcript)) == 0)
    g_main_context_iteration (NULL, TRUE);
  fixture_settle (self);
}

void
fixture_teardown (Fixture *self)
{
  GWeakRef transcript;

  g_weak_ref_init (&transcript, self->transcript);
  gtk_window_destroy (GTK_WINDOW (self->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (g_weak_ref_get (&transcript));
  g_weak_ref_clear (&transcript);
  g_object_unref (self->store);
}

/* As a person does: the value of the adjustment changes. */
void
fixture_scroll_by (Fixture *self,
                   double   delta)
{
  gtk_adjustment_set_value (self->adjustment, gtk_adjustment_get_value (self->adjustment) + delta);
  fixture_frame (self);
}

void
fixture_scroll_to (Fixture *self,
                   double   value)
{
  gtk_adjustment_set_value (self->adjustment, gtk_adjustment_get_lower (self->adjustment) + value);
  fixture_frame (self);
}

gboolean
fixture_get_bounds (Fixture *self,
                    guint    position,
                    double  *top,
                    double  *bottom)
{
  GtkWidget *row = mz_transcript_get_row (self->transcript, position);
  graphene_rect_t bounds;

  if (row == NULL || !gtk_widget_compute_bounds (row, GTK_WIDGET (self->transcript), &bounds))
    return FALSE;

  *top = bounds.origin.y;
  *bottom = bounds.origin.y + bounds.size.height;

  return TRUE;
}

/* px between the end of the last row and the end of the view */
double
fixture_get_gap (Fixture *self)
{
  double top, bottom;

  g_assert_true (fixture_get_bounds (self, g_list_model_get_n_items (G_LIST_MODEL (self->store)) - 1, &top, &bottom));

  return gtk_widget_get_height (GTK_WIDGET (self->transcript)) - bottom;
}

/* What one sees at the top. */
TestItem *
fixture_get_top (Fixture *self,
                 double  *y)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->transcript));

  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      graphene_rect_t bounds;

      if (g_object_get_data (G_OBJECT (child), "item") != NULL &&
          gtk_widget_compute_bounds (child, GTK_WIDGET (self->transcript), &bounds) && bounds.origin.y + bounds.size.height > 0)
        {
          *y = bounds.origin.y;
          return g_object_get_data (G_OBJECT (child), "item");
        }
    }

  return NULL;
}

/* What must be so after each frame: the view is full of rows, in order, without gaps, each as high as it wants to be; the
 * adjustment fits. */
void
fixture_check (Fixture *self)
{
  guint length = g_list_model_get_n_items (G_LIST_MODEL (self->store));
  double page = gtk_widget_get_height (GTK_WIDGET (self->transcript));
  double value = gtk_adjustment_get_value (self->adjustment);
  double lower = gtk_adjustment_get_lower (self->adjustment);
  double upper = gtk_adjustment_get_upper (self->adjustment);
  gboolean seen = FALSE;
  double next = 0;

  g_assert_cmpfloat (gtk_adjustment_get_page_size (self->adjustment), ==, page);
  g_assert_cmpfloat (value, >=, lower);
  g_assert_cmpfloat (value, <=, upper - page);
  g_assert_cmpint (mz_transcript_get_at_bottom (self->transcript), ==, value >= upper - page - 1);

  for (guint i = 0; i < length; i++)
    {
      GtkWidget *row = mz_transcript_get_row (self->transcript, i);
      double top, bottom;
      int height;

      if (row == NULL)
        {
          g_assert_true (!seen || next + self->spacing >= page);
          continue;
        }

      g_assert_true (g_object_get_data (G_OBJECT (row), "item") == fixture_get_item (self, i));
      g_assert_true (fixture_get_bounds (self, i, &top, &bottom));
      if (bottom <= 0 || top >= page)
        continue;

      gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (row), NULL, &height, NULL, NULL);
      g_assert_cmpfloat (bottom - top, ==, height);
      if (seen)
        g_assert_cmpfloat (top, ==, next + self->spacing);
      else
        g_assert_cmpfloat (top, <=, i == 0 ? G_MAXDOUBLE : self->spacing);
      seen = TRUE;
      next = bottom;
      if (i == length - 1 && bottom < page && value > lower)
        g_assert_cmpfloat (bottom, ==, page);
    }
  g_assert_true (seen || length == 0);
}

Reading
fixture_note_reading (Fixture *self)
{
  Reading reading;

  reading.item = fixture_get_top (self, &reading.y);
  g_assert_nonnull (reading.item);

  return reading;
}

void
fixture_check_reading (Fixture *self,
                       Reading  before)
{
  Reading now = fixture_note_reading (self);

  g_assert_true (now.item == before.item);
  g_assert_cmpfloat (now.y, ==, before.y);
  fixture_check (self);
}
