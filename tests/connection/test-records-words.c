/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What is said of records. */

#include "config.h"

#include "mz-records-words.h"

static MzStatsRow
a_row (guint succeeded,
       guint failed)
{
  return (MzStatsRow) { .method = -1, .network = -1, .platform = -1, .dials = succeeded + failed, .succeeded = succeeded, .failed = failed,
                        .p50_ms = -1, .p95_ms = -1 };
}

static void
test_rate (void)
{
  static const struct
  {
    guint succeeded, failed;
    const char *words;
  } rows[] = {
    { 0, 0, "–" },
    { 1, 0, "100 %" },
    { 0, 3, "0 %" },
    { 1, 1, "50.0 %" },
    { 117, 3, "97.5 %" },
    /* not all, not nothing */
    { 99999, 1, "99.9 %" },
    { 1, 99999, "0.1 %" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MzStatsRow row = a_row (rows[i].succeeded, rows[i].failed);
      g_autofree char *words = mz_records_rate_to_words (&row);

      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

static void
test_labels (void)
{
  MzStatsRow row = a_row (117, 3);
  g_autofree char *success = NULL, *none = NULL, *times = NULL, *untimed = NULL;

  row.timed = 117;
  row.p50_ms = 84.2;
  row.p95_ms = 1310;
  success = mz_records_success_to_label (&row, "Wi-Fi");
  g_assert_cmpstr (success, ==, "Wi-Fi: 97.5 % succeeded, 117 of 120 attempts");
  times = mz_records_times_to_label (&row, "Wi-Fi");
  g_assert_cmpstr (times, ==, "Wi-Fi: half were ready within 84 ms, 95 of 100 within 1.3 s");

  row = a_row (0, 0);
  none = mz_records_success_to_label (&row, "VPN");
  g_assert_cmpstr (none, ==, "VPN: all attempts were called off");
  untimed = mz_records_times_to_label (&row, "VPN");
  g_assert_cmpstr (untimed, ==, "VPN: no attempt was ready");
}

/* All kinds have words, and different ones. */
static void
test_values (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  MzStatsRow row = a_row (1, 0);

  for (row.network = 0; row.network < MZ_N_NETWORK_TYPES; row.network++)
    g_assert_true (g_hash_table_add (seen, (gpointer) mz_records_value_to_words (&row, MZ_STATS_NETWORK)));
  for (row.method = MZ_ROUTE_STANDARD; row.method <= MZ_ROUTE_IPV4_ONLY; row.method++)
    g_assert_true (g_hash_table_add (seen, (gpointer) mz_records_value_to_words (&row, MZ_STATS_METHOD)));
  for (row.platform = MZ_PLATFORM_LINUX; row.platform <= MZ_PLATFORM_OTHER; row.platform++)
    g_assert_true (g_hash_table_add (seen, (gpointer) mz_records_value_to_words (&row, MZ_STATS_PLATFORM)));
  g_assert_cmpuint (g_hash_table_size (seen), ==, MZ_N_NETWORK_TYPES + 2 + 4);
}

static void
test_diagnoses (void)
{
  g_assert_cmpstr (mz_records_diagnosis_to_words ("refused"), ==, "Nothing listened there");
  g_assert_cmpstr (mz_records_diagnosis_to_words ("unreachable"), ==, "No way to the host");
  g_assert_cmpstr (mz_records_diagnosis_to_words ("something-new"), ==, "something-new");
}

static void
test_days (void)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  MzStatsDay day = { .start_ms = G_GINT64_CONSTANT (1773100800000), .succeeded = 5, .failed = 1 };
  g_autofree char *some = mz_records_day_to_label (&day, utc);
  g_autofree char *none = NULL;

  g_assert_cmpstr (some, ==, "03/10/26: 5 succeeded, 1 failed");
  day.succeeded = day.failed = 0;
  none = mz_records_day_to_label (&day, utc);
  g_assert_cmpstr (none, ==, "03/10/26: no attempt");
}

static void
test_connections (void)
{
  static const struct
  {
    guint connections, lost, reconnected;
    gint64 connected_ms;
    const char *words;
  } rows[] = {
    { 0, 0, 0, 0, NULL },
    { 1, 0, 0, 60000, "1 connection, of 1 min. None was lost." },
    { 3, 1, 1, 3600000, "3 connections, of 1 h together. 1 was lost; 1 took the place of one." },
    { 3, 2, 1, 3600000, "3 connections, of 1 h together. 2 were lost; 1 took the place of one." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MzStatsRow row = a_row (1, 0);
      g_autofree char *words = NULL;

      row.connections = rows[i].connections;
      row.lost = rows[i].lost;
      row.reconnected = rows[i].reconnected;
      row.connected_ms = rows[i].connected_ms;
      words = mz_records_connections_to_words (&row);
      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection/records-words/rate", test_rate);
  g_test_add_func ("/connection/records-words/labels", test_labels);
  g_test_add_func ("/connection/records-words/values", test_values);
  g_test_add_func ("/connection/records-words/diagnoses", test_diagnoses);
  g_test_add_func ("/connection/records-words/days", test_days);
  g_test_add_func ("/connection/records-words/connections", test_connections);

  return g_test_run ();
}
