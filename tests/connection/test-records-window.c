/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The window of records: charts that can be read without seeing them, the empty page, clearing, exporting, the switch. */

#include "config.h"

#include <glib/gstdio.h>

#include "connection-fixture.h"
#include "mz-preferences.h"
#include "mz-records-chart.h"
#include "mz-records-window.h"

#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

typedef struct
{
  Fixture base;
  char *directory;
  char *path;
  MzRecords *records;
} Recording;

static void
set_up_records (Recording     *recording,
                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  set_up (&recording->base, NULL);
  recording->directory = g_dir_make_tmp ("moltzer-records-window-XXXXXX", &error);
  g_assert_no_error (error);
  recording->path = g_build_filename (recording->directory, "records.db", NULL);
  recording->records = mz_records_new (recording->path);
  mz_core_set_records (recording->base.core, recording->records);
}

static void
tear_down_records (Recording     *recording,
                   gconstpointer  data)
{
  static const char * const suffixes[] = { "", "-wal", "-shm", ".damaged" };

  g_settings_reset (mz_core_get_settings (recording->base.core), "keep-records");
  tear_down (&recording->base, NULL);
  g_assert_true (mz_records_flush (recording->records, 10000, NULL));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&recording->records);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (recording->path, suffixes[i], NULL);

      g_remove (path);
    }
  g_rmdir (recording->directory);
  g_free (recording->path);
  g_free (recording->directory);
}

static void
add_dials (Recording       *recording,
           guint            n,
           MzNetworkType    network,
           MzRecordOutcome  outcome,
           const char      *diagnosis,
           guint            days_ago)
{
  for (guint i = 0; i < n; i++)
    {
      MzRecord record;

      mz_record_init (&record, MZ_RECORD_DIAL);
      record.time_ms = g_get_real_time () / 1000 - days_ago * DAY_MS;
      record.network = network;
      record.route = network == MZ_NETWORK_TAILNET ? MZ_ROUTE_IPV4_ONLY : MZ_ROUTE_STANDARD;
      record.outcome = outcome;
      record.diagnosis = diagnosis;
      if (outcome == MZ_OUTCOME_READY)
        record.ready_ms = 10 * (i + 1);
      mz_records_add (recording->records, &record);
    }
}

static void
show (Recording *recording)
{
  show_window (&recording->base, mz_records_window_new (recording->base.core, NULL));
}

/* Every widget of a type in what is mapped: how many, and whether one of them says this */
static guint
count_type (GtkWidget  *widget,
            GType       type,
            const char *tooltip)
{
  guint n = 0;

  if (!gtk_widget_get_mapped (widget))
    return 0;
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && (tooltip == NULL || g_strcmp0 (gtk_widget_get_tooltip_text (widget), tooltip) == 0))
    n++;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += count_type (child, type, tooltip);

  return n;
}

static guint
n_bars (Recording  *recording,
        const char *tooltip)
{
  return count_type (GTK_WIDGET (recording->base.window), MZ_TYPE_RECORDS_BAR, tooltip);
}

static guint
n_columns (Recording *recording)
{
  return count_type (GTK_WIDGET (recording->base.window), MZ_TYPE_RECORDS_COLUMN, NULL);
}

static void
test_charts (Recording     *recording,
             gconstpointer  data)
{
  GtkWidget *bar;
  g_autofree char *label = NULL;
  int minimum;

  add_dials (recording, 20, MZ_NETWORK_WIFI, MZ_OUTCOME_READY, NULL, 0);
  add_dials (recording, 4, MZ_NETWORK_TAILNET, MZ_OUTCOME_READY, NULL, 1);
  add_dials (recording, 1, MZ_NETWORK_TAILNET, MZ_OUTCOME_FAILED, "refused", 1);
  add_dials (recording, 50, MZ_NETWORK_ETHERNET, MZ_OUTCOME_READY, NULL, 40);
  show (recording);
  wait_until (find_label ("24 of 25 attempts succeeded") != NULL);
  g_assert_nonnull (find_label ("96.0 %"));
  g_assert_nonnull (find_label ("Nothing listened there"));
  g_assert_null (find_label ("Ethernet"));

  /* A bar each for success and time, for two methods, two networks and one platform, and one failure; each says what it shows. */
  g_assert_cmpuint (n_bars (recording, NULL), ==, 11);
  g_assert_cmpuint (n_bars (recording, "Wi-Fi: 100 % succeeded, 20 of 20 attempts"), ==, 1);
  g_assert_cmpuint (n_bars (recording, "Tailnet: 80.0 % succeeded, 4 of 5 attempts"), ==, 1);
  g_assert_cmpuint (n_bars (recording, "Wi-Fi: half were ready within 100 ms, 95 of 100 within 190 ms"), ==, 1);
  g_assert_cmpuint (n_bars (recording, "Nothing listened there: 1 time"), ==, 1);
  g_assert_cmpuint (n_columns (recording), ==, 30);
  bar = find_type (MZ_TYPE_RECORDS_BAR);
  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (bar)), ==, GTK_ACCESSIBLE_ROLE_IMG);

  /* Narrow windows have it all. */
  gtk_widget_measure (GTK_WIDGET (recording->base.window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
}

static void
test_period (Recording     *recording,
             gconstpointer  data)
{
  static const struct
  {
    guint selected;
    guint columns;
    const char *attempts;
  } rows[] = {
    { 0, 7, "3 of 3 attempts succeeded" },
    { 2, 90, "8 of 8 attempts succeeded" },
    { 1, 30, "3 of 3 attempts succeeded" },
  };

  add_dials (recording, 3, MZ_NETWORK_WIFI, MZ_OUTCOME_READY, NULL, 2);
  add_dials (recording, 5, MZ_NETWORK_WIFI, MZ_OUTCOME_READY, NULL, 40);
  show (recording);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GtkWidget *period = NULL;
      int minimum;

      wait_until ((period = find_type (GTK_TYPE_DROP_DOWN)) != NULL);
      gtk_drop_down_set_selected (GTK_DROP_DOWN (period), rows[i].selected);
      wait_until (n_columns (recording) == rows[i].columns);
      g_assert_nonnull (find_label (rows[i].attempts));
      gtk_widget_measure (GTK_WIDGET (recording->base.window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      g_assert_cmpint (minimum, <=, 360);
    }
}

/* Nothing there yet; what comes is shown by itself. */
static void
test_empty (Recording     *recording,
            gconstpointer  data)
{
  show (recording);
  wait_until (find_label ("No records in this time") != NULL);
  add_dials (recording, 2, MZ_NETWORK_WIFI, MZ_OUTCOME_READY, NULL, 0);
  wait_until (find_label ("2 of 2 attempts succeeded") != NULL);
  g_assert_null (find_label ("No records in this time"));
}

/* A gateway of the core is recorded, the demo is not. */
static void
test_recorded (Recording     *recording,
               gconstpointer  data)
{
  Fixture *fixture = &recording->base;
  MzGateway *gateway, *demo;
  g_autoptr (GError) error = NULL;

  show (recording);
  demo = mz_core_start_demo (fixture->core, &error);
  g_assert_no_error (error);
  wait_until (mz_gateway_get_state (demo) == MZ_CLIENT_READY);
  start_demo (fixture);
  gateway = add_gateway (fixture, mz_demo_gateway_get_url (fixture->demo));
  mz_gateway_connect (gateway);
  wait_until (find_label ("1 of 1 attempts succeeded") != NULL);
  g_assert_nonnull (find_label ("This computer"));
}

static void
test_clear (Recording     *recording,
            gconstpointer  data)
{
  add_dials (recording, 2, MZ_NETWORK_WIFI, MZ_OUTCOME_READY, NULL, 0);
  show (recording);
  wait_until (find_label ("2 of 2 attempts succeeded") != NULL);

  gtk_widget_activate_action (GTK_WIDGET (recording->base.window), "records.clear", NULL);
  wait_until (find_button ("_Cancel") != NULL);
  click ("_Cancel");
  wait_until (find_button ("_Cancel") == NULL);
  g_assert_nonnull (find_label ("2 of 2 attempts succeeded"));

  gtk_widget_activate_action (GTK_WIDGET (recording->base.window), "records.clear", NULL);
  wait_until (find_button ("_Clear") != NULL);
  click ("_Clear");
  wait_until (find_label ("No records in this time") != NULL);
  wait_until (find_label ("Records cleared") != NULL);
}

/* One switch, wherever it is shown. */
static void
test_switch (Recording     *recording,
             gconstpointer  data)
{
  GSettings *settings = mz_core_get_settings (recording->base.core);
  GtkWidget *toggle;

  show (recording);
  wait_until ((toggle = find_type (GTK_TYPE_SWITCH)) != NULL);
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (toggle)));
  gtk_switch_set_active (GTK_SWITCH (toggle), FALSE);
  g_assert_false (g_settings_get_boolean (settings, "keep-records"));
  close_window (&recording->base);

  show_window (&recording->base, mz_preferences_new (recording->base.core, NULL));
  wait_until (find_row ("Keep records of connections") != NULL);
  toggle = adw_action_row_get_activatable_widget (ADW_ACTION_ROW (find_row ("Keep records of connections")));
  g_assert_false (gtk_switch_get_active (GTK_SWITCH (toggle)));
  gtk_switch_set_active (GTK_SWITCH (toggle), TRUE);
  g_assert_true (g_settings_get_boolean (settings, "keep-records"));
  g_assert_true (gtk_list_box_row_get_activatable (GTK_LIST_BOX_ROW (find_row ("Show the records"))));
  adw_action_row_activate (ADW_ACTION_ROW (find_row ("Show the records")));
  wait_until (find_label ("No records in this time") != NULL);
}

/* Damage is told, and so is what cannot be read. */
static void
test_problems (Recording     *recording,
               gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 100; i++)
    g_string_append (text, "no database ");
  g_file_set_contents (recording->path, text->str, -1, &error);
  g_assert_no_error (error);
  show (recording);
  wait_until (find_label ("The file of records was damaged") != NULL);
  g_assert_nonnull (find_label ("No records in this time"));
  close_window (&recording->base);
  g_assert_true (mz_records_flush (recording->records, 10000, NULL));

  {
    g_autofree char *path = g_build_filename (recording->directory, "nothing", NULL);
    g_autoptr (MzRecords) other = NULL;

    g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
    other = mz_records_new (path);
    mz_core_set_records (recording->base.core, other);
    show (recording);
    wait_until (find_button ("_Try again") != NULL);
    g_assert_nonnull (find_label ("The records cannot be shown"));
    g_assert_cmpint (g_rmdir (path), ==, 0);
    click ("_Try again");
    wait_until (find_label ("No records in this time") != NULL);
    close_window (&recording->base);
    mz_core_set_records (recording->base.core, recording->records);
  }
}

#define ADD(name, func) g_test_add ("/connection/records-window/" name, Recording, NULL, set_up_records, func, tear_down_records)

int
main (int    argc,
      char **argv)
{
  if (!begin_tests (&argc, &argv))
    return 0;

  ADD ("charts", test_charts);
  ADD ("period", test_period);
  ADD ("empty", test_empty);
  ADD ("recorded", test_recorded);
  ADD ("clear", test_clear);
  ADD ("switch", test_switch);
  ADD ("problems", test_problems);

  return g_test_run ();
}
