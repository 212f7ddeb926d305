/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "transcript-fixture.h"

static void
test_models (void)
{
  Fixture fixture = { .spacing = 6 };
  g_autoptr (GListStore) other = g_list_store_new (TEST_TYPE_ITEM);
  Reading reading;

  fixture_setup (&fixture, 500, 8);
  fixture_show (&fixture);

  mz_transcript_scroll_to (fixture.transcript, 100, FALSE);
  fixture_settle (&fixture);
  g_list_store_remove_all (fixture.store);
  fixture_settle (&fixture);
  fixture_check (&fixture);
  g_assert_cmpuint (mz_transcript_get_n_rows_made (fixture.transcript), ==, 0);
  g_assert_true (mz_transcript_get_at_bottom (fixture.transcript));
  fixture_fill (&fixture, 0, 0, 300, 8);
  fixture_frame (&fixture);
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);
  fixture_check (&fixture);

  mz_transcript_set_model (fixture.transcript, NULL);
  fixture_settle (&fixture);
  g_assert_cmpuint (mz_transcript_get_n_rows_made (fixture.transcript), ==, 0);
  mz_transcript_scroll_to (fixture.transcript, 0, TRUE);
  mz_transcript_set_anchor (fixture.transcript, fixture.store, 0);
  fixture_frame (&fixture);
  mz_transcript_set_model (fixture.transcript, G_LIST_MODEL (fixture.store));
  fixture_settle (&fixture);
  fixture_check (&fixture);

  /* What is no longer shown does not matter. */
  mz_transcript_set_model (fixture.transcript, G_LIST_MODEL (other));
  fixture_fill (&fixture, 10, 20, 30, 8);
  fixture_settle (&fixture);
  g_assert_cmpuint (mz_transcript_get_n_rows_made (fixture.transcript), ==, 0);
  mz_transcript_set_model (fixture.transcript, G_LIST_MODEL (fixture.store));
  fixture_settle (&fixture);
  fixture_check (&fixture);

  /* The row at the top goes: the next one stays. */
  mz_transcript_scroll_to (fixture.transcript, 150, FALSE);
  fixture_settle (&fixture);
  fixture_scroll_by (&fixture, 3);
  for (guint i = 0; i < 30; i++)
    {
      double top, bottom, next_top;
      guint position;

      reading = fixture_note_reading (&fixture);
      g_assert_true (g_list_store_find (fixture.store, reading.item, &position));
      g_assert_true (fixture_get_bounds (&fixture, position + 1, &next_top, &bottom));
      g_list_store_remove (fixture.store, position);
      fixture_frame (&fixture);
      g_assert_true (fixture_get_bounds (&fixture, position, &top, &bottom));
      g_assert_cmpfloat (top, ==, next_top);
      fixture_check (&fixture);
      fixture_settle (&fixture);
    }

  /* Everything that is seen goes, and much more. */
  fixture_fill (&fixture, 50, 150, 0, 8);
  fixture_frame (&fixture);
  fixture_check (&fixture);
  fixture_settle (&fixture);
  mz_transcript_scroll_to (fixture.transcript, 50, FALSE);
  fixture_frame (&fixture);
  fixture_fill (&fixture, 40, 40, 60, 8);
  fixture_frame (&fixture);
  fixture_check (&fixture);
  g_list_store_splice (fixture.store, 20, g_list_model_get_n_items (G_LIST_MODEL (fixture.store)) - 20, NULL, 0);
  fixture_frame (&fixture);
  fixture_check (&fixture);
  fixture_settle (&fixture);
  fixture_check (&fixture);

  fixture_teardown (&fixture);
}

/* Rows whose objects stay keep their widgets and places, though the model says they are others. */
static void
test_identity (void)
{
  Fixture fixture = { .spacing = 6, .focusable = TRUE };
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  Reading reading;
  guint position, made;
  GtkWidget *row;

  fixture_setup (&fixture, 300, 8);
  fixture_show (&fixture);
  mz_transcript_scroll_to (fixture.transcript, 100, FALSE);
  fixture_settle (&fixture);
  fixture_scroll_by (&fixture, 5);
  fixture_settle (&fixture);
  reading = fixture_note_reading (&fixture);
  g_assert_true (g_list_store_find (fixture.store, reading.item, &position));
  row = mz_transcript_get_row (fixture.transcript, position);
  gtk_widget_grab_focus (mz_transcript_get_row (fixture.transcript, position + 1));

  for (guint i = 0; i < 300; i++)
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (fixture.store), i));
  made = fixture.n_made;

  /* All of them. */
  g_list_store_splice (fixture.store, 0, 300, items->pdata, 300);
  fixture_frame (&fixture);
  fixture_check_reading (&fixture, reading);
  g_assert_true (mz_transcript_get_row (fixture.transcript, position) == row);
  g_assert_cmpuint (fixture.n_made, ==, made);

  /* And with others before, or in another order. */
  fixture_fill (&fixture, 0, 0, 10, 8);
  g_list_store_splice (fixture.store, 0, 310, items->pdata, 300);
  fixture_frame (&fixture);
  fixture_check_reading (&fixture, reading);
  g_assert_true (mz_transcript_get_row (fixture.transcript, position) == row);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture.window)) == mz_transcript_get_row (fixture.transcript, position + 1));
  for (guint i = 0; i < 150; i++)
    {
      gpointer other = items->pdata[i];

      items->pdata[i] = items->pdata[299 - i];
      items->pdata[299 - i] = other;
    }
  g_list_store_splice (fixture.store, 0, 300, items->pdata, 300);
  fixture_frame (&fixture);
  g_assert_true (mz_transcript_get_row (fixture.transcript, 299 - position) == row);
  fixture_check (&fixture);

  /* One object twice. */
  g_list_store_insert (fixture.store, 299 - position, reading.item);
  fixture_settle (&fixture);
  g_list_store_splice (fixture.store, 0, 301, items->pdata, 300);
  fixture_settle (&fixture);
  fixture_check (&fixture);

  fixture_teardown (&fixture);
}

static guint
focused_position (Fixture *fixture)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (fixture->window));
  guint position;

  g_assert_true (focus != NULL && g_object_get_data (G_OBJECT (focus), "item") != NULL);
  g_assert_true (g_list_store_find (fixture->store, g_object_get_data (G_OBJECT (focus), "item"), &position));

  return position;
}

static void
test_focus (void)
{
  Fixture fixture = { .spacing = 6, .focusable = TRUE };
  double top, bottom;
  double page;
  GtkWidget *row;

  fixture_setup (&fixture, 120, 8);
  fixture_show (&fixture);
  page = gtk_widget_get_height (GTK_WIDGET (fixture.transcript));

  mz_transcript_scroll_to (fixture.transcript, 0, TRUE);
  fixture_frame (&fixture);
  g_assert_cmpuint (focused_position (&fixture), ==, 0);
  for (guint i = 1; i < 120; i++)
    {
      /* Several at once: rows are made on the way. */
      g_assert_true (gtk_widget_child_focus (fixture.window, GTK_DIR_TAB_FORWARD));
      g_assert_cmpuint (focused_position (&fixture), ==, i);
      if (i % 3 == 0)
        {
          fixture_frame (&fixture);
          g_assert_true (fixture_get_bounds (&fixture, i, &top, &bottom));
          g_assert_cmpfloat (top, >=, 0);
          g_assert_cmpfloat (bottom, <=, page);
          fixture_check (&fixture);
        }
    }
  fixture_frame (&fixture);
  g_assert_true (mz_transcript_get_at_bottom (fixture.transcript));
  for (guint i = 119; i > 0; i--)
    {
      g_assert_true (gtk_widget_child_focus (fixture.window, GTK_DIR_TAB_BACKWARD));
      g_assert_cmpuint (focused_position (&fixture), ==, i - 1);
      if (i % 3 == 0)
        {
          fixture_frame (&fixture);
          g_assert_true (fixture_get_bounds (&fixture, i - 1, &top, &bottom));
          g_assert_cmpfloat (top, >=, 0);
          g_assert_cmpfloat (bottom, <=, page);
        }
    }
  g_assert_false (gtk_widget_child_focus (GTK_WIDGET (fixture.transcript), GTK_DIR_TAB_BACKWARD));

  /* The row with the focus lives on while one reads elsewhere, and Tab goes on from it. */
  mz_transcript_scroll_to (fixture.transcript, 10, TRUE);
  fixture_settle (&fixture);
  row = mz_transcript_get_row (fixture.transcript, 10);
  mz_transcript_scroll_to_bottom (fixture.transcript);
  fixture_settle (&fixture);
  g_assert_true (mz_transcript_get_row (fixture.transcript, 10) == row);
  g_assert_null (mz_transcript_get_row (fixture.transcript, 50));
  g_assert_cmpuint (focused_position (&fixture), ==, 10);
  g_assert_true (mz_transcript_get_at_bottom (fixture.transcript));
  g_assert_true (gtk_widget_child_focus (fixture.window, GTK_DIR_TAB_FORWARD));
  g_assert_cmpuint (focused_position (&fixture), ==, 11);
  fixture_frame (&fixture);
  g_assert_true (fixture_get_bounds (&fixture, 11, &top, &bottom));
  g_assert_cmpfloat (top, >=, 0);
  g_assert_cmpfloat (bottom, <=, page);
  fixture_check (&fixture);

  /* Coming from outside, one begins with what is seen. */
  gtk_root_set_focus (GTK_ROOT (fixture.window), NULL);
  mz_transcript_scroll_to (fixture.transcript, 60, FALSE);
  fixture_frame (&fixture);
  g_assert_true (gtk_widget_child_focus (GTK_WIDGET (fixture.transcript), GTK_DIR_TAB_FORWARD));
  g_assert_cmpuint (focused_position (&fixture), ==, 60);

  /* The row with the focus goes: a neighbour has it then. */
  g_list_store_remove (fixture.store, 60);
  fixture_settle (&fixture);
  g_assert_cmpuint (focused_position (&fixture), ==, 60);
  fixture_check (&fixture);

  /* What is partly seen and clicked at does not move. */
  fixture_scroll_by (&fixture, 10);
  {
    Reading reading = fixture_note_reading (&fixture);

    gtk_widget_grab_focus (mz_transcript_get_row (fixture.transcript, focused_position (&fixture) + 1));
    fixture_frame (&fixture);
    fixture_check_reading (&fixture, reading);
  }

  fixture_teardown (&fixture);
}

/* A label whose text is selected is kept. */
static void
test_selection (void)
{
  Fixture fixture = { .spacing = 6 };
  GtkWidget *row, *label;

  fixture_setup (&fixture, 300, 8);
  fixture_show (&fixture);
  row = mz_transcript_get_row (fixture.transcript, 298);
  label = gtk_widget_get_first_child (row);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_select_region (GTK_LABEL (label), 0, 4);
  mz_transcript_scroll_to (fixture.transcript, 5, FALSE);
  fixture_settle (&fixture);
  g_assert_true (mz_transcript_get_row (fixture.transcript, 298) == row);
  g_assert_null (mz_transcript_get_row (fixture.transcript, 299));
  gtk_label_select_region (GTK_LABEL (label), 0, 0);
  mz_transcript_scroll_to (fixture.transcript, 50, FALSE);
  fixture_settle (&fixture);
  g_assert_null (mz_transcript_get_row (fixture.transcript, 298));

  fixture_teardown (&fixture);
}

static void
test_header (void)
{
  Fixture fixture = { .spacing = 6 };
  GtkWidget *header = gtk_label_new ("Older messages");
  Reading reading;
  double top, bottom;

  fixture_setup (&fixture, 200, 8);
  mz_transcript_set_header (fixture.transcript, header);
  fixture_show (&fixture);
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);

  fixture_scroll_to (&fixture, 0);
  g_assert_true (fixture_get_bounds (&fixture, 0, &top, &bottom));
  g_assert_cmpint (top, ==, gtk_widget_get_height (header));
  g_assert_cmpint (top, >, 0);

  /* Above what one reads, it comes and goes without a move. */
  fixture_scroll_by (&fixture, 100);
  reading = fixture_note_reading (&fixture);
  gtk_label_set_text (GTK_LABEL (header), "one\ntwo\nthree");
  fixture_frame (&fixture);
  fixture_check_reading (&fixture, reading);
  gtk_widget_set_visible (header, FALSE);
  fixture_frame (&fixture);
  fixture_check_reading (&fixture, reading);
  mz_transcript_set_header (fixture.transcript, NULL);
  fixture_frame (&fixture);
  fixture_check_reading (&fixture, reading);

  fixture_teardown (&fixture);
}

/* A row that is seen is hidden, and comes back. */
static void
test_hidden (void)
{
  Fixture fixture = { .spacing = 6 };
  GtkWidget *row;

  fixture_setup (&fixture, 50, 8);
  fixture_show (&fixture);
  row = mz_transcript_get_row (fixture.transcript, 49);
  gtk_widget_set_visible (row, FALSE);
  fixture_frame (&fixture);
  {
    double top, bottom;

    g_assert_true (fixture_get_bounds (&fixture, 48, &top, &bottom));
    g_assert_cmpfloat (bottom, ==, gtk_widget_get_height (GTK_WIDGET (fixture.transcript)));
  }
  gtk_widget_set_visible (row, TRUE);
  fixture_frame (&fixture);
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);
  fixture_check (&fixture);

  fixture_teardown (&fixture);
}

static void
press_key (Fixture    *fixture,
           const char *name)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (fixture->transcript));
  gboolean done = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      for (guint n = 0; GTK_IS_SHORTCUT_CONTROLLER (controller) && n < g_list_model_get_n_items (G_LIST_MODEL (controller)); n++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), n);
          g_autofree char *trigger = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));

          if (g_str_equal (trigger, name))
            done |= gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, GTK_WIDGET (fixture->transcript),
                                                  gtk_shortcut_get_arguments (shortcut));
        }
    }
  g_assert_true (done);
  fixture_frame (fixture);
  fixture_check (fixture);
}

static void
test_keys (void)
{
  Fixture fixture = { .spacing = 6 };
  double top, bottom;
  Reading reading, now;

  fixture_setup (&fixture, 2000, 8);
  fixture_show (&fixture);

  press_key (&fixture, "Page_Up");
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, -450);
  press_key (&fixture, "Page_Down");
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);
  g_assert_true (mz_transcript_get_at_bottom (fixture.transcript));
  press_key (&fixture, "Up");
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, -50);
  press_key (&fixture, "Down");
  press_key (&fixture, "<Control>Home");
  g_assert_true (fixture_get_bounds (&fixture, 0, &top, &bottom));
  g_assert_cmpfloat (top, ==, 0);
  press_key (&fixture, "End");
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);
  press_key (&fixture, "Home");
  g_assert_true (fixture_get_bounds (&fixture, 0, &top, &bottom));
  g_assert_cmpfloat (top, ==, 0);
  reading = fixture_note_reading (&fixture);
  press_key (&fixture, "KP_Next");
  now = fixture_note_reading (&fixture);
  g_assert_true (now.item != reading.item);
  press_key (&fixture, "KP_Page_Up");
  fixture_check_reading (&fixture, reading);

  fixture_teardown (&fixture);
}

static void
click (Fixture *fixture,
       guint    position)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (fixture->transcript));
  double top, bottom;

  g_assert_true (fixture_get_bounds (fixture, position, &top, &bottom));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_CLICK (controller))
        g_signal_emit_by_name (controller, "pressed", 1, 100.0, top + 5);
    }
}

/* At the end, a row that grows after a click in it stays under the pointer; one that grew before, as a reply does, is
 * followed. */
static void
test_unfold (void)
{
  Fixture fixture = { .spacing = 6 };
  double before, top, bottom;

  fixture_setup (&fixture, 100, 3);
  fixture_show (&fixture);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (fixture_get_bounds (&fixture, 98 + i, &before, &bottom));
      click (&fixture, 98 + i);
      test_item_set_lines (fixture_get_item (&fixture, 98 + i), 20);
      fixture_frame (&fixture);
      g_assert_true (fixture_get_bounds (&fixture, 98 + i, &top, &bottom));
      g_assert_cmpfloat (top, ==, before);
      g_assert_false (mz_transcript_get_at_bottom (fixture.transcript));
      fixture_check (&fixture);

      mz_transcript_scroll_to_bottom (fixture.transcript);
      fixture_frame (&fixture);
    }

  test_item_set_lines (fixture_get_item (&fixture, 99), 21);
  fixture_frame (&fixture);
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);
  mz_transcript_scroll_to (fixture.transcript, 99, FALSE);
  mz_transcript_scroll_to_bottom (fixture.transcript);
  fixture_frame (&fixture);
  click (&fixture, 99);
  test_item_set_lines (fixture_get_item (&fixture, 99), 22);
  fixture_frame (&fixture);
  g_assert_cmpfloat (fixture_get_gap (&fixture), ==, 0);
  g_assert_true (mz_transcript_get_at_bottom (fixture.transcript));

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

  g_test_add_func ("/transcript/models", test_models);
  g_test_add_func ("/transcript/identity", test_identity);
  g_test_add_func ("/transcript/focus", test_focus);
  g_test_add_func ("/transcript/selection", test_selection);
  g_test_add_func ("/transcript/header", test_header);
  g_test_add_func ("/transcript/hidden", test_hidden);
  g_test_add_func ("/transcript/keys", test_keys);
  g_test_add_func ("/transcript/unfold", test_unfold);

  return g_test_run ();
}
