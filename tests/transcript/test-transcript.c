/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "transcript-fixture.h"

static void
test_bottom_grows (void)
{
  Fixture fixture = { .spacing = 6 };
  TestItem *last;

  fixture_setup (&fixture, 300, 8);
  fixture_show (&fixture);
  fixture_check (&fixture);
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);

  last = fixture_get_item (&fixture, 299);
  for (guint i = 0; i < 1000; i++)
    {
      test_item_set_lines (last, i % 100 == 99 ? 1 : test_item_get_lines (last) + 1);
      fixture_frame (&fixture);
      g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);
      g_assert_true (mz_transcript_get_at_bottom (fixture.transcript));
    }
  fixture_check (&fixture);

  /* New rows, too, and several at once. */
  for (guint i = 0; i < 50; i++)
    {
      fixture_fill (&fixture, g_list_model_get_n_items (G_LIST_MODEL (fixture.store)), 0, 1 + i % 3, 8);
      fixture_frame (&fixture);
      g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);
    }
  fixture_check (&fixture);
  g_assert_cmpuint (fixture.n_at_bottom, ==, 0);

  fixture_teardown (&fixture);
}

static void
test_reading (void)
{
  Fixture fixture = { .spacing = 6 };

  fixture_setup (&fixture, 1000, 12);
  fixture_show (&fixture);

  for (guint i = 0; i < 250; i++)
    {
      guint length = g_list_model_get_n_items (G_LIST_MODEL (fixture.store));
      Reading reading;
      guint position;

      if (i % 8 == 0)
        {
          mz_transcript_scroll_to (fixture.transcript, g_test_rand_int_range (1, length - 50), FALSE);
          fixture_settle (&fixture);
          fixture_scroll_by (&fixture, g_test_rand_int_range (0, 100));
          g_assert_false (mz_transcript_get_at_bottom (fixture.transcript));
        }

      reading = fixture_note_reading (&fixture);
      g_assert_true (g_list_store_find (fixture.store, reading.item, &position));
      switch (g_test_rand_int_range (0, 7))
        {
        case 0:
          fixture_fill (&fixture, length, 0, 3, 12);
          break;
        case 1:
          fixture_fill (&fixture, 0, 0, g_test_rand_int_range (1, 30), 12);
          break;
        case 2:
          fixture_fill (&fixture, position, 0, 2, 12);
          break;
        case 3:
          fixture_fill (&fixture, position + 1, 1, 2, 12);
          break;
        case 4:
          /* Rows above that have widgets, and are not seen. */
          for (guint above = 1; above < 5 && above <= position; above++)
            test_item_set_lines (fixture_get_item (&fixture, position - above), g_test_rand_int_range (1, 20));
          break;
        case 5:
          if (position > 3)
            fixture_fill (&fixture, position - 3, 3, g_test_rand_int_range (0, 4), 12);
          break;
        default:
          for (guint below = 1; below < 5; below++)
            test_item_set_lines (fixture_get_item (&fixture, position + below), g_test_rand_int_range (5, 20));
          break;
        }
      fixture_frame (&fixture);
      fixture_check_reading (&fixture, reading);
      fixture_settle (&fixture);
      fixture_check_reading (&fixture, reading);
    }

  fixture_teardown (&fixture);
}

static void
test_near_top (void)
{
  Fixture fixture = { .spacing = 6 };

  fixture_setup (&fixture, 100, 8);
  fixture_show (&fixture);
  g_assert_cmpuint (fixture.n_near_top, ==, 0);

  for (guint page = 1; page <= 5; page++)
    {
      Reading reading;

      while (fixture.n_near_top < page)
        {
          fixture_scroll_by (&fixture, -300);
          fixture_settle (&fixture);
        }

      /* Once only, as long as nothing comes. */
      fixture_scroll_by (&fixture, -300);
      fixture_settle (&fixture);
      g_assert_cmpuint (fixture.n_near_top, ==, page);

      reading = fixture_note_reading (&fixture);
      fixture_fill (&fixture, 0, 0, 100, 8);
      fixture_frame (&fixture);
      fixture_check_reading (&fixture, reading);
      fixture_settle (&fixture);
      fixture_check_reading (&fixture, reading);
      g_assert_cmpuint (fixture.n_near_top, ==, page);
    }

  /* And again when one went away and comes back. */
  fixture_scroll_to (&fixture, 0);
  fixture_settle (&fixture);
  g_assert_cmpuint (fixture.n_near_top, ==, 6);
  mz_transcript_scroll_to_bottom (fixture.transcript);
  fixture_settle (&fixture);
  fixture_scroll_to (&fixture, 0);
  fixture_settle (&fixture);
  g_assert_cmpuint (fixture.n_near_top, ==, 7);

  fixture_teardown (&fixture);
}

/* Fewer rows than fill the view. */
static void
test_few (void)
{
  Fixture fixture = { .spacing = 6 };
  double top, bottom;

  fixture_setup (&fixture, 2, 1);
  fixture_show (&fixture);
  fixture_check (&fixture);
  g_assert_cmpuint (fixture.n_near_top, ==, 1);
  g_assert_true (fixture_get_bounds (&fixture, 0, &top, &bottom));
  g_assert_cmpfloat (top, ==, 0);
  g_assert_true (mz_transcript_get_at_bottom (fixture.transcript));

  while (gtk_adjustment_get_upper (fixture.adjustment) <= gtk_adjustment_get_page_size (fixture.adjustment))
    {
      fixture_fill (&fixture, g_list_model_get_n_items (G_LIST_MODEL (fixture.store)), 0, 1, 3);
      fixture_frame (&fixture);
      fixture_check (&fixture);
    }
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);

  fixture_teardown (&fixture);
}

static void
test_scroll_to (void)
{
  Fixture fixture = { .spacing = 6 };
  double top, bottom;

  fixture_setup (&fixture, 10000, 12);
  fixture_show (&fixture);

  for (guint i = 0; i < 200; i++)
    {
      guint position = g_test_rand_int_range (0, 9900);

      mz_transcript_scroll_to (fixture.transcript, position, FALSE);
      fixture_frame (&fixture);
      g_assert_true (fixture_get_bounds (&fixture, position, &top, &bottom));
      g_assert_cmpfloat (top, ==, 0);
      if (i % 10 == 0)
        fixture_check (&fixture);
      fixture_settle (&fixture);
      g_assert_true (fixture_get_bounds (&fixture, position, &top, &bottom));
      g_assert_cmpfloat (top, ==, 0);
      g_assert_cmpuint (mz_transcript_get_n_rows_made (fixture.transcript), <=, 150);
    }

  /* The last one cannot be at the top. */
  mz_transcript_scroll_to (fixture.transcript, 9999, FALSE);
  fixture_frame (&fixture);
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);
  g_assert_true (mz_transcript_get_at_bottom (fixture.transcript));
  fixture_check (&fixture);

  mz_transcript_scroll_to (fixture.transcript, 10000, FALSE);
  fixture_frame (&fixture);
  fixture_check (&fixture);

  fixture_teardown (&fixture);
}

static gboolean
is_settled (Fixture *fixture)
{
  return gtk_adjustment_get_lower (fixture->adjustment) == 0;
}

/* As the wheel, the kinetic scroller and the bar do, through thousands of rows never seen: what is in the view moves by what
 * was scrolled, whatever the estimates were. */
static void
test_scrolling (void)
{
  Fixture fixture = { .spacing = 6 };
  double value;

  fixture_setup (&fixture, 3000, 30);
  fixture_show (&fixture);

  value = gtk_adjustment_get_value (fixture.adjustment);
  for (guint i = 0; i < 500; i++)
    {
      Reading before = fixture_note_reading (&fixture);
      double delta = -g_test_rand_int_range (2, 200);
      double top, bottom;
      guint position;

      /* By a value that somebody remembers; who pauses looks anew. */
      if (is_settled (&fixture))
        value = gtk_adjustment_get_value (fixture.adjustment);
      value += delta;
      gtk_adjustment_set_value (fixture.adjustment, value);
      fixture_frame (&fixture);
      if (!is_settled (&fixture))
        g_assert_cmpfloat (gtk_adjustment_get_value (fixture.adjustment), ==, value);
      g_assert_true (g_list_store_find (fixture.store, before.item, &position));
      g_assert_true (fixture_get_bounds (&fixture, position, &top, &bottom));
      g_assert_cmpfloat (top, ==, before.y - delta);
      if (i % 10 == 0)
        {
          fixture_check (&fixture);
          fixture_settle (&fixture);
          g_assert_cmpuint (mz_transcript_get_n_rows_made (fixture.transcript), <=, 150);
        }
    }

  /* A while after, the beginning is 0, and one sees nothing of it. */
  {
    Reading before = fixture_note_reading (&fixture);

    fixture_await (&fixture, is_settled);
    fixture_check_reading (&fixture, before);
  }

  /* The bar is dragged anywhere, to the very top, to the very end. */
  for (guint i = 0; i < 50; i++)
    {
      double range = gtk_adjustment_get_upper (fixture.adjustment) - gtk_adjustment_get_lower (fixture.adjustment) -
                     gtk_adjustment_get_page_size (fixture.adjustment);

      fixture_scroll_to (&fixture, g_test_rand_double () * range);
      fixture_check (&fixture);
    }
  fixture_scroll_to (&fixture, 0);
  fixture_check (&fixture);
  {
    double top, bottom;

    g_assert_true (fixture_get_bounds (&fixture, 0, &top, &bottom));
    g_assert_cmpfloat (top, ==, 0);
  }
  fixture_scroll_to (&fixture, G_MAXINT);
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);
  fixture_check (&fixture);

  /* Between px. */
  for (guint i = 0; i < 50; i++)
    {
      fixture_scroll_by (&fixture, -0.3 * i);
      fixture_check (&fixture);
    }

  fixture_teardown (&fixture);
}

/* Step by step one passes all rows on the way to either end, though the adjustment takes it for nearer than it is. */
static void
test_ends (void)
{
  Fixture fixture = { .spacing = 6 };

  fixture_setup (&fixture, 300, 2);
  fixture_show (&fixture);

  for (guint turn = 0; turn < 2; turn++)
    {
      guint end = turn == 0 ? 0 : 299;
      double step = turn == 0 ? -70 : 70;

      /* Rows as high as none that was seen so far. */
      fixture_fill (&fixture, turn == 0 ? 0 : 260, 40, 40, 60);
      mz_transcript_scroll_to (fixture.transcript, turn == 0 ? 50 : 240, FALSE);
      fixture_frame (&fixture);

      for (;;)
        {
          Reading before = fixture_note_reading (&fixture);
          double top, bottom;
          guint position;

          gtk_adjustment_set_value (fixture.adjustment, gtk_adjustment_get_value (fixture.adjustment) + step);
          fixture_frame (&fixture);
          fixture_check (&fixture);
          g_assert_true (g_list_store_find (fixture.store, before.item, &position));
          g_assert_true (fixture_get_bounds (&fixture, position, &top, &bottom));
          if (fixture_get_bounds (&fixture, end, &top, &bottom) && (turn == 0 ? top == 0 : bottom == 500))
            break;
          g_assert_true (fixture_get_bounds (&fixture, position, &top, &bottom));
          g_assert_cmpfloat (top, ==, before.y - step);
        }
      g_assert_cmpint (mz_transcript_get_at_bottom (fixture.transcript), ==, turn == 1);
    }

  fixture_teardown (&fixture);
}

static void
test_anchor (void)
{
  Fixture fixture = { .spacing = 6 };
  gpointer item;
  double offset;

  fixture_setup (&fixture, 2000, 12);
  fixture_show (&fixture);
  g_assert_false (mz_transcript_get_anchor (fixture.transcript, &item, &offset));

  for (guint i = 0; i < 50; i++)
    {
      Reading before;
      g_autoptr (GListStore) other = g_list_store_new (TEST_TYPE_ITEM);

      mz_transcript_scroll_to (fixture.transcript, g_test_rand_int_range (0, 1900), FALSE);
      fixture_frame (&fixture);
      fixture_scroll_by (&fixture, g_test_rand_int_range (-100, 100) * 0.5);
      before = fixture_note_reading (&fixture);
      g_assert_true (mz_transcript_get_anchor (fixture.transcript, &item, &offset));

      /* Another conversation, and back. */
      mz_transcript_set_model (fixture.transcript, G_LIST_MODEL (other));
      if (i % 2 == 0)
        fixture_frame (&fixture);
      mz_transcript_set_model (fixture.transcript, G_LIST_MODEL (fixture.store));
      mz_transcript_set_anchor (fixture.transcript, item, offset);
      fixture_frame (&fixture);
      fixture_check_reading (&fixture, before);
    }

  mz_transcript_set_anchor (fixture.transcript, fixture.store, 0);
  fixture_frame (&fixture);
  g_assert_true (mz_transcript_get_at_bottom (fixture.transcript));
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);

  fixture_teardown (&fixture);
}

static void
resize (Fixture *fixture,
        int      width)
{
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), width, 500);
  while (gtk_widget_get_width (fixture->window) != width)
    fixture_frame (fixture);
  fixture_frame (fixture);
}

static void
test_resize (void)
{
  Fixture fixture = { .spacing = 6, .wide = TRUE };

  fixture_setup (&fixture, 1000, 6);
  fixture_show (&fixture);

  /* The end stays. */
  resize (&fixture, 320);
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);
  resize (&fixture, 900);
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);
  g_assert_cmpint (gtk_widget_get_width (mz_transcript_get_row (fixture.transcript, 999)), ==, 760);

  for (guint i = 0; i < 20; i++)
    {
      TestItem *item;
      double y;

      mz_transcript_scroll_to (fixture.transcript, g_test_rand_int_range (0, 900), FALSE);
      fixture_frame (&fixture);
      fixture_scroll_by (&fixture, g_test_rand_int_range (0, 15));
      item = fixture_get_top (&fixture, &y);
      resize (&fixture, 320);
      fixture_check (&fixture);
      g_assert_true (fixture_get_top (&fixture, &y) == item);
      fixture_settle (&fixture);
      resize (&fixture, 640);
      fixture_check (&fixture);
      g_assert_true (fixture_get_top (&fixture, &y) == item);
      resize (&fixture, 900);
      g_assert_true (fixture_get_top (&fixture, &y) == item);
    }

  fixture_teardown (&fixture);
}

/* Whether one is at the end is told, and what leads away from it and back. */
static void
test_at_bottom (void)
{
  Fixture fixture = { .spacing = 6 };

  fixture_setup (&fixture, 200, 8);
  fixture_show (&fixture);
  g_assert_cmpuint (fixture.n_at_bottom, ==, 0);

  fixture_scroll_by (&fixture, -40);
  g_assert_cmpuint (fixture.n_at_bottom, ==, 1);
  g_assert_false (mz_transcript_get_at_bottom (fixture.transcript));
  fixture_scroll_by (&fixture, 40);
  g_assert_cmpuint (fixture.n_at_bottom, ==, 2);
  fixture_scroll_by (&fixture, -40);

  /* All that is below goes away: the end is in view. */
  g_list_store_splice (fixture.store, 150, 50, NULL, 0);
  fixture_settle (&fixture);
  g_assert_true (mz_transcript_get_at_bottom (fixture.transcript));
  g_assert_cmpuint (fixture.n_at_bottom, ==, 4);
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);

  mz_transcript_scroll_to (fixture.transcript, 3, FALSE);
  fixture_settle (&fixture);
  g_assert_cmpuint (fixture.n_at_bottom, ==, 5);
  mz_transcript_scroll_to_bottom (fixture.transcript);
  g_assert_cmpuint (fixture.n_at_bottom, ==, 6);
  fixture_settle (&fixture);
  g_assert_cmpuint (fixture.n_at_bottom, ==, 6);
  fixture_check (&fixture);

  fixture_teardown (&fixture);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }

  g_test_add_func ("/transcript/bottom-grows", test_bottom_grows);
  g_test_add_func ("/transcript/reading", test_reading);
  g_test_add_func ("/transcript/near-top", test_near_top);
  g_test_add_func ("/transcript/few", test_few);
  g_test_add_func ("/transcript/scroll-to", test_scroll_to);
  g_test_add_func ("/transcript/scrolling", test_scrolling);
  g_test_add_func ("/transcript/ends", test_ends);
  g_test_add_func ("/transcript/anchor", test_anchor);
  g_test_add_func ("/transcript/resize", test_resize);
  g_test_add_func ("/transcript/at-bottom", test_at_bottom);

  return g_test_run ();
}
