/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-stats.h"

#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))
/* 2026-03-10 12:00 UTC */
#define NOON G_GINT64_CONSTANT (1773144000000)

static MzRecord *
add (GPtrArray       *records,
     MzRecordKind     kind,
     MzRouteKind      route,
     MzNetworkType    network,
     MzRecordOutcome  outcome,
     double           ready_ms)
{
  MzRecord record;

  mz_record_init (&record, kind);
  record.time_ms = NOON;
  record.route = route;
  record.network = network;
  record.outcome = outcome;
  record.ready_ms = ready_ms;
  g_ptr_array_add (records, mz_record_copy (&record));

  return g_ptr_array_index (records, records->len - 1);
}

static GPtrArray *
new_records (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) mz_record_free);
}

static MzStats *
stats_of (GPtrArray *records)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  return mz_stats_new (records, utc);
}

static const MzStatsRow *
row_named (const MzStats *stats,
           MzStatsKey     key,
           const char    *name)
{
  for (guint i = 0; i < stats->by[key]->len; i++)
    {
      const MzStatsRow *row = g_ptr_array_index (stats->by[key], i);

      if (g_str_equal (mz_stats_row_get_name (row, key), name))
        return row;
    }
  return NULL;
}

static void
test_percentile (void)
{
  static const double one[] = { 7 };
  static const double four[] = { 1, 2, 3, 4 };
  static const double five[] = { 1, 2, 3, 4, 100 };
  double twenty[20], hundred[100];
  const struct
  {
    const double *numbers;
    guint n;
    guint percent;
    double expected;
  } cases[] = {
    { NULL, 0, 50, -1 },
    { one, 1, 50, 7 },
    { one, 1, 95, 7 },
    { four, 4, 50, 2 },
    { four, 4, 95, 4 },
    { four, 4, 1, 1 },
    { four, 4, 100, 4 },
    { five, 5, 50, 3 },
    { five, 5, 95, 100 },
    { twenty, 20, 50, 10 },
    { twenty, 20, 95, 19 },
    { hundred, 100, 50, 50 },
    { hundred, 100, 95, 95 },
    { hundred, 100, 99, 99 },
  };

  for (guint i = 0; i < 20; i++)
    twenty[i] = i + 1;
  for (guint i = 0; i < 100; i++)
    hundred[i] = i + 1;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpfloat (mz_stats_percentile (cases[i].numbers, cases[i].n, cases[i].percent), ==, cases[i].expected);
}

static void
test_empty (void)
{
  g_autoptr (GPtrArray) records = new_records ();
  g_autoptr (MzStats) stats = stats_of (records);
  g_autofree char *csv = mz_stats_to_csv (stats);
  g_autofree char *metrics = mz_stats_to_openmetrics (stats);

  g_assert_cmpuint (stats->all.dials, ==, 0);
  g_assert_cmpfloat (mz_stats_row_get_rate (&stats->all), <, 0);
  g_assert_cmpfloat (stats->all.p50_ms, <, 0);
  g_assert_cmpint (stats->first_ms, ==, 0);
  g_assert_cmpuint (stats->days->len, ==, 0);
  g_assert_cmpuint (stats->failures->len, ==, 0);
  for (guint i = 0; i < MZ_N_STATS_KEYS; i++)
    g_assert_cmpuint (stats->by[i]->len, ==, 0);
  g_assert_true (g_str_has_suffix (csv, "\r\nall,all,0,0,0,0,,,,0,0,0,0.0000\r\n"));
  g_assert_true (g_str_has_suffix (metrics, "# EOF\n"));
}

/* What counts, and what does not. */
static void
test_rates (void)
{
  const struct
  {
    MzRecordOutcome outcome;
    double ready_ms;
    guint succeeded, failed, cancelled, timed;
  } cases[] = {
    { MZ_OUTCOME_READY, 12, 1, 0, 0, 1 },
    { MZ_OUTCOME_REACHED, -1, 1, 0, 0, 0 },
    { MZ_OUTCOME_REACHED, 9, 1, 0, 0, 0 },
    { MZ_OUTCOME_FAILED, -1, 0, 1, 0, 0 },
    { MZ_OUTCOME_FAILED, 5, 0, 1, 0, 0 },
    { MZ_OUTCOME_CANCELLED, -1, 0, 0, 1, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) records = new_records ();
      g_autoptr (MzStats) stats = NULL;

      add (records, MZ_RECORD_DIAL, MZ_ROUTE_STANDARD, MZ_NETWORK_WIFI, cases[i].outcome, cases[i].ready_ms);
      stats = stats_of (records);
      g_assert_cmpuint (stats->all.dials, ==, 1);
      g_assert_cmpuint (stats->all.succeeded, ==, cases[i].succeeded);
      g_assert_cmpuint (stats->all.failed, ==, cases[i].failed);
      g_assert_cmpuint (stats->all.cancelled, ==, cases[i].cancelled);
      g_assert_cmpuint (stats->all.timed, ==, cases[i].timed);
      g_assert_cmpuint (stats->all.connections, ==, 0);
    }
}

/* Each method, network and platform by itself; the most used first. */
static void
test_groups (void)
{
  g_autoptr (GPtrArray) records = new_records ();
  g_autoptr (MzStats) stats = NULL;
  const MzStatsRow *row;
  const MzStatsCount *failure;

  for (guint i = 1; i <= 20; i++)
    add (records, MZ_RECORD_DIAL, MZ_ROUTE_STANDARD, MZ_NETWORK_ETHERNET, MZ_OUTCOME_READY, 10 * i);
  for (guint i = 0; i < 3; i++)
    add (records, MZ_RECORD_DIAL, MZ_ROUTE_IPV4_ONLY, MZ_NETWORK_TAILNET, MZ_OUTCOME_READY, 5)->platform = MZ_PLATFORM_MACOS;
  add (records, MZ_RECORD_DIAL, MZ_ROUTE_IPV4_ONLY, MZ_NETWORK_TAILNET, MZ_OUTCOME_FAILED, -1)->diagnosis = "refused";
  add (records, MZ_RECORD_DIAL, MZ_ROUTE_IPV4_ONLY, MZ_NETWORK_WIFI, MZ_OUTCOME_FAILED, -1)->diagnosis = "dns-slow";
  add (records, MZ_RECORD_DIAL, MZ_ROUTE_IPV4_ONLY, MZ_NETWORK_WIFI, MZ_OUTCOME_FAILED, -1)->diagnosis = "refused";
  add (records, MZ_RECORD_DIAL, MZ_ROUTE_IPV4_ONLY, MZ_NETWORK_WIFI, MZ_OUTCOME_FAILED, -1);
  add (records, MZ_RECORD_DIAL, MZ_ROUTE_IPV4_ONLY, MZ_NETWORK_WIFI, MZ_OUTCOME_CANCELLED, -1);

  stats = stats_of (records);
  g_assert_cmpuint (stats->all.dials, ==, 28);
  g_assert_cmpfloat_with_epsilon (mz_stats_row_get_rate (&stats->all), 23 / 27.0, 1e-9);

  g_assert_cmpuint (stats->by[MZ_STATS_METHOD]->len, ==, 2);
  row = g_ptr_array_index (stats->by[MZ_STATS_METHOD], 0);
  g_assert_cmpstr (mz_stats_row_get_name (row, MZ_STATS_METHOD), ==, "standard");
  g_assert_cmpstr (mz_stats_row_get_name (row, MZ_STATS_NETWORK), ==, "all");
  g_assert_cmpuint (row->dials, ==, 20);
  g_assert_cmpfloat (row->p50_ms, ==, 100);
  g_assert_cmpfloat (row->p95_ms, ==, 190);
  g_assert_cmpfloat (row->sum_ms, ==, 2100);
  g_assert_cmpfloat (mz_stats_row_get_rate (row), ==, 1);

  row = row_named (stats, MZ_STATS_METHOD, "ipv4-only");
  g_assert_nonnull (row);
  g_assert_cmpuint (row->cancelled, ==, 1);
  g_assert_cmpfloat_with_epsilon (mz_stats_row_get_rate (row), 3 / 7.0, 1e-9);

  g_assert_cmpuint (stats->by[MZ_STATS_NETWORK]->len, ==, 3);
  row = row_named (stats, MZ_STATS_NETWORK, "wifi");
  g_assert_nonnull (row);
  g_assert_cmpfloat (mz_stats_row_get_rate (row), ==, 0);
  g_assert_cmpfloat (row->p50_ms, <, 0);

  g_assert_cmpuint (stats->by[MZ_STATS_PLATFORM]->len, ==, 2);
  g_assert_cmpuint (row_named (stats, MZ_STATS_PLATFORM, "macos")->dials, ==, 3);
  g_assert_cmpuint (stats->cells->len, ==, 4);

  g_assert_cmpuint (stats->failures->len, ==, 3);
  failure = g_ptr_array_index (stats->failures, 0);
  g_assert_cmpstr (failure->name, ==, "refused");
  g_assert_cmpuint (failure->count, ==, 2);
  g_assert_cmpstr (((MzStatsCount *) g_ptr_array_index (stats->failures, 1))->name, ==, "dns-slow");
  g_assert_cmpstr (((MzStatsCount *) g_ptr_array_index (stats->failures, 2))->name, ==, "unknown");
}

static void
test_lives (void)
{
  g_autoptr (GPtrArray) records = new_records ();
  g_autoptr (MzStats) stats = NULL;
  MzRecord *record;

  add (records, MZ_RECORD_LIFE, MZ_ROUTE_STANDARD, MZ_NETWORK_WIFI, MZ_OUTCOME_CLOSED, -1)->connected_ms = 60000;
  record = add (records, MZ_RECORD_LIFE, MZ_ROUTE_STANDARD, MZ_NETWORK_WIFI, MZ_OUTCOME_LOST, -1);
  record->connected_ms = 1500;
  record->reconnects = 2;
  record->diagnosis = "half-open";

  stats = stats_of (records);
  g_assert_cmpuint (stats->all.dials, ==, 0);
  g_assert_cmpuint (stats->all.connections, ==, 2);
  g_assert_cmpuint (stats->all.lost, ==, 1);
  g_assert_cmpuint (stats->all.reconnected, ==, 1);
  g_assert_cmpint (stats->all.connected_ms, ==, 61500);
  /* Why connections ended is not why dials failed. */
  g_assert_cmpuint (stats->failures->len, ==, 0);
}

/* Every day has its place, empty ones too, also where one has 23 hours. */
static void
test_days (void)
{
  g_autoptr (GTimeZone) berlin = g_time_zone_new_identifier ("CET-1CEST,M3.5.0,M10.5.0/3");
  g_autoptr (GPtrArray) records = new_records ();
  g_autoptr (MzStats) stats = NULL;
  const MzStatsDay *days;

  g_assert_nonnull (berlin);
  /* 2026-03-27 23:30 UTC is the 28th there; the clock goes forward on the 29th. */
  add (records, MZ_RECORD_DIAL, MZ_ROUTE_STANDARD, MZ_NETWORK_WIFI, MZ_OUTCOME_READY, 1)->time_ms = G_GINT64_CONSTANT (1774654200000);
  /* 2026-03-29 21:30 UTC: 23:30 there */
  add (records, MZ_RECORD_DIAL, MZ_ROUTE_STANDARD, MZ_NETWORK_WIFI, MZ_OUTCOME_FAILED, -1)->time_ms = G_GINT64_CONSTANT (1774819800000);
  /* 2026-03-29 22:30 UTC: 0:30 on the 30th */
  add (records, MZ_RECORD_DIAL, MZ_ROUTE_STANDARD, MZ_NETWORK_WIFI, MZ_OUTCOME_READY, 1)->time_ms = G_GINT64_CONSTANT (1774823400000);
  add (records, MZ_RECORD_DIAL, MZ_ROUTE_STANDARD, MZ_NETWORK_WIFI, MZ_OUTCOME_CANCELLED, -1)->time_ms = G_GINT64_CONSTANT (1774823400000);
  add (records, MZ_RECORD_LIFE, MZ_ROUTE_STANDARD, MZ_NETWORK_WIFI, MZ_OUTCOME_CLOSED, -1)->time_ms = G_GINT64_CONSTANT (1774823400000);

  stats = mz_stats_new (records, berlin);
  g_assert_cmpuint (stats->days->len, ==, 3);
  days = (const MzStatsDay *) stats->days->data;
  g_assert_cmpuint (days[0].succeeded, ==, 1);
  g_assert_cmpuint (days[0].failed, ==, 0);
  g_assert_cmpuint (days[1].succeeded, ==, 0);
  g_assert_cmpuint (days[1].failed, ==, 1);
  g_assert_cmpuint (days[2].succeeded, ==, 1);
  g_assert_cmpuint (days[2].failed, ==, 0);
  g_assert_cmpint (days[1].start_ms - days[0].start_ms, ==, DAY_MS);
  g_assert_cmpint (days[2].start_ms - days[1].start_ms, ==, DAY_MS - 3600000);
}

/* A clock that was wrong once makes no endless list. */
static void
test_wrong_clock (void)
{
  g_autoptr (GPtrArray) records = new_records ();
  g_autoptr (MzStats) stats = NULL;

  add (records, MZ_RECORD_DIAL, MZ_ROUTE_STANDARD, MZ_NETWORK_WIFI, MZ_OUTCOME_READY, 1)->time_ms = 0;
  add (records, MZ_RECORD_DIAL, MZ_ROUTE_STANDARD, MZ_NETWORK_WIFI, MZ_OUTCOME_READY, 1)->time_ms = G_MAXINT64;
  add (records, MZ_RECORD_DIAL, MZ_ROUTE_STANDARD, MZ_NETWORK_WIFI, MZ_OUTCOME_READY, 1);
  stats = stats_of (records);
  g_assert_cmpuint (stats->all.dials, ==, 3);
  g_assert_cmpuint (stats->days->len, <=, 400);
}

static void
test_span (void)
{
  static const struct
  {
    const char *text;
    gint64 ms;
  } cases[] = {
    { "7d", 7 * DAY_MS },
    { "2w", 14 * DAY_MS },
    { "12h", DAY_MS / 2 },
    { "90m", 90 * 60 * 1000 },
    { "1000000d", 1000000 * DAY_MS },
    { "", 0 },
    { "7", 0 },
    { "d", 0 },
    { "0d", 0 },
    { "-7d", 0 },
    { "+7d", 0 },
    { " 7d", 0 },
    { "7 d", 0 },
    { "7dd", 0 },
    { "7y", 0 },
    { "1000001d", 0 },
    { "99999999999999999999d", 0 },
    { "1e3d", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 ms = 0;

      g_test_message ("“%s”", cases[i].text);
      g_assert_cmpint (mz_stats_parse_span (cases[i].text, &ms), ==, cases[i].ms != 0);
      g_assert_cmpint (ms, ==, cases[i].ms);
    }
}

static void
test_texts (void)
{
  g_autoptr (GPtrArray) records = new_records ();
  g_autoptr (MzStats) stats = NULL;
  g_autofree char *csv = NULL, *json = NULL, *metrics = NULL, *rows = NULL, *objects = NULL;
  MzRecord *record;

  record = add (records, MZ_RECORD_DIAL, MZ_ROUTE_IPV4_ONLY, MZ_NETWORK_TAILNET, MZ_OUTCOME_READY, 84.25);
  record->diagnosis = "ipv6-dead";
  record->phase_ms[MZ_PHASE_RESOLVE] = 1.5;
  add (records, MZ_RECORD_DIAL, MZ_ROUTE_IPV4_ONLY, MZ_NETWORK_TAILNET, MZ_OUTCOME_FAILED, -1)->diagnosis = "refused";
  record = add (records, MZ_RECORD_LIFE, MZ_ROUTE_IPV4_ONLY, MZ_NETWORK_TAILNET, MZ_OUTCOME_LOST, -1);
  record->connected_ms = 2500;
  stats = stats_of (records);

  csv = mz_stats_to_csv (stats);
  g_assert_cmpstr (csv, ==,
                   "group,name,dials,succeeded,failed,cancelled,success_rate,p50_ms,p95_ms,connections,lost,reconnected,connected_s\r\n"
                   "all,all,2,1,1,0,0.5000,84.2500,84.2500,1,1,0,2.5000\r\n"
                   "method,ipv4-only,2,1,1,0,0.5000,84.2500,84.2500,1,1,0,2.5000\r\n"
                   "network,tailnet,2,1,1,0,0.5000,84.2500,84.2500,1,1,0,2.5000\r\n"
                   "platform,linux,2,1,1,0,0.5000,84.2500,84.2500,1,1,0,2.5000\r\n");

  json = mz_stats_to_json (stats);
  g_assert_nonnull (strstr (json, "\"first\" : \"2026-03-10T12:00:00Z\""));
  g_assert_nonnull (strstr (json, "\"by_network\""));
  g_assert_nonnull (strstr (json, "\"p50_ms\" : 84.25"));

  metrics = mz_stats_to_openmetrics (stats);
  g_assert_nonnull (strstr (metrics, "moltzer_dials{method=\"ipv4-only\",network=\"tailnet\",platform=\"linux\",outcome=\"succeeded\"} 1\n"));
  g_assert_nonnull (strstr (metrics, "\nmoltzer_time_to_ready_seconds{method=\"ipv4-only\",network=\"tailnet\",platform=\"linux\",quantile=\"0.5\"} 0.084250\n"));
  g_assert_nonnull (strstr (metrics, "\nmoltzer_failures{diagnosis=\"refused\"} 1\n"));
  g_assert_true (g_str_has_suffix (metrics, "\n# EOF\n"));

  rows = mz_record_list_to_csv (records);
  g_assert_nonnull (strstr (rows, "\r\n2026-03-10T12:00:00Z,dial,linux,tailnet,public,ws,ipv4-only,default,1.500,,,,,,84.250,ready,ipv6-dead,0,,\r\n"));
  g_assert_nonnull (strstr (rows, ",,,,,,,lost,,,2500,0\r\n"));
  objects = mz_record_list_to_json (records);
  g_assert_nonnull (strstr (objects, "\"resolve_ms\" : 1.5"));
  g_assert_nonnull (strstr (objects, "\"diagnosis\" : \"refused\""));
}

static void
test_words (void)
{
  static const struct
  {
    const char *word;
    gboolean plain;
  } cases[] = {
    { "refused", TRUE },
    { "tls-pin-mismatch", TRUE },
    { "http-404", TRUE },
    { NULL, FALSE },
    { "", FALSE },
    { "10.0.0.7", FALSE },
    { "gateway.example.org", FALSE },
    { "Name", FALSE },
    { "a b", FALSE },
    { "a\nb", FALSE },
    { "ä", FALSE },
    { "[::1]", FALSE },
    { "abcdefghijabcdefghijabcdefghijab", TRUE },
    { "abcdefghijabcdefghijabcdefghijabc", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (mz_record_word_is_plain (cases[i].word), ==, cases[i].plain);

  for (MzRecordOutcome outcome = MZ_OUTCOME_READY; outcome < MZ_N_OUTCOMES; outcome++)
    {
      MzRecordOutcome back = MZ_N_OUTCOMES;

      g_assert_true (mz_record_outcome_from_string (mz_record_outcome_to_string (outcome), &back));
      g_assert_cmpint (back, ==, outcome);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stats/percentile", test_percentile);
  g_test_add_func ("/stats/empty", test_empty);
  g_test_add_func ("/stats/rates", test_rates);
  g_test_add_func ("/stats/groups", test_groups);
  g_test_add_func ("/stats/lives", test_lives);
  g_test_add_func ("/stats/days", test_days);
  g_test_add_func ("/stats/wrong-clock", test_wrong_clock);
  g_test_add_func ("/stats/span", test_span);
  g_test_add_func ("/stats/texts", test_texts);
  g_test_add_func ("/stats/words", test_words);

  return g_test_run ();
}
