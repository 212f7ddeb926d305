/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <locale.h>

#include "mz-words.h"

static void
test_endpoint (void)
{
  static const struct
  {
    const char *address;
    MzPlatform platform;
    MzStrategySetting setting;
    const char *words;
  } cases[] = {
    { "studio.tail1234.ts.net", MZ_PLATFORM_LINUX, MZ_STRATEGY_AUTO, "wss, port 443, tailnet: IPv4-only first" },
    { "studio.tail1234.ts.net", MZ_PLATFORM_LINUX, MZ_STRATEGY_IPV4_ONLY, "wss, port 443, tailnet: IPv4-only" },
    { "studio.tail1234.ts.net", MZ_PLATFORM_LINUX, MZ_STRATEGY_STANDARD, "wss, port 443, tailnet: standard" },
    { "localhost", MZ_PLATFORM_LINUX, MZ_STRATEGY_AUTO, "ws, port 18789, this computer: standard" },
    { "192.168.0.7:1234", MZ_PLATFORM_LINUX, MZ_STRATEGY_AUTO, "ws, port 1234, private network: standard" },
    { "169.254.0.7", MZ_PLATFORM_WINDOWS, MZ_STRATEGY_AUTO, "ws, port 18789, directly connected: standard" },
    { "gateway.example.org", MZ_PLATFORM_LINUX, MZ_STRATEGY_AUTO, "wss, port 443, internet: standard" },
    { "gateway.example.org", MZ_PLATFORM_MACOS, MZ_STRATEGY_AUTO, "wss, port 443, internet: IPv4-only first" },
    { "fd7a:115c:a1e0::7", MZ_PLATFORM_MACOS, MZ_STRATEGY_IPV4_ONLY, "ws, port 18789, tailnet: standard" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (cases[i].address, NULL);
      g_autofree char *words = mz_words_for_endpoint (cases[i].platform, endpoint, cases[i].setting);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_plan (void)
{
  static const struct
  {
    MzPlan plan;
    const char *words;
  } cases[] = {
    { { { MZ_ROUTE_IPV4_ONLY, MZ_ROUTE_STANDARD }, 2, MZ_REASON_HOST_SUFFIX },
      "IPv4 only first, because names in .ts.net often have an IPv6 address that leads nowhere" },
    { { { MZ_ROUTE_IPV4_ONLY, MZ_ROUTE_STANDARD }, 2, MZ_REASON_PLATFORM },
      "IPv4 only first, because on macOS connections that ask for IPv6 too can hang" },
    { { { MZ_ROUTE_IPV4_ONLY }, 1, MZ_REASON_SETTING }, "IPv4 only, because that is set for this gateway" },
    { { { MZ_ROUTE_STANDARD }, 1, MZ_REASON_SETTING }, "Standard, because that is set for this gateway" },
    { { { MZ_ROUTE_STANDARD }, 1, MZ_REASON_IPV6_LITERAL }, "Standard, because the address is an IPv6 address" },
    { { { MZ_ROUTE_STANDARD }, 1, MZ_REASON_DEFAULT }, "Standard, the usual way: all addresses in the system’s order" },
    { { { MZ_ROUTE_IPV4_ONLY, MZ_ROUTE_STANDARD }, 2, MZ_REASON_LEARNED },
      "IPv4 only first, because that worked better on this network before" },
    { { { MZ_ROUTE_STANDARD, MZ_ROUTE_IPV4_ONLY }, 2, MZ_REASON_LEARNED },
      "Standard first, because that worked better on this network before" },
    { { { MZ_ROUTE_STANDARD, MZ_ROUTE_IPV4_ONLY }, 2, MZ_REASON_RACED },
      "Standard first, then IPv4 only beside it, because there was no connection in time" },
    { { { MZ_ROUTE_IPV4_ONLY, MZ_ROUTE_STANDARD }, 2, MZ_REASON_RACED },
      "IPv4 only first, then standard beside it, because there was no connection in time" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = mz_words_for_plan (&cases[i].plan);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

/* Now is Thursday, 5 March 2026, 14:05:09, an hour east of Greenwich. */
#define NOW "2026-03-05T14:05:09+01"

static const struct
{
  const char *time;
  const char *day;
  const char *exactly;
  MzDayGroup group;
} times[] = {
  { "2026-03-05T13:05:09Z", "14:05", "Today at 14:05:09", MZ_GROUP_TODAY },
  { "2026-03-05T09:03:02+01", "09:03", "Today at 09:03:02", MZ_GROUP_TODAY },
  { "2026-03-05T00:00:00+01", "00:00", "Today at 00:00:00", MZ_GROUP_TODAY },
  { "2026-03-05T23:59:59+01", "23:59", "Today at 23:59:59", MZ_GROUP_TODAY },
  /* Yesterday in Greenwich */
  { "2026-03-04T23:30:00Z", "00:30", "Today at 00:30:00", MZ_GROUP_TODAY },
  { "2026-03-04T23:59:59+01", "Yesterday", "Yesterday at 23:59:59", MZ_GROUP_YESTERDAY },
  { "2026-03-04T00:00:00+01", "Yesterday", "Yesterday at 00:00:00", MZ_GROUP_YESTERDAY },
  { "2026-03-03T12:00:00+01", "Tuesday", "Tuesday, 3 March at 12:00:00", MZ_GROUP_WEEK },
  { "2026-02-27T12:00:00+01", "Friday", "Friday, 27 February at 12:00:00", MZ_GROUP_WEEK },
  /* A week ago: the weekday would say something else. */
  { "2026-02-26T12:00:00+01", "26 Feb", "Thursday, 26 February at 12:00:00", MZ_GROUP_OLDER },
  { "2026-01-01T00:00:00+01", "1 Jan", "Thursday, 1 January at 00:00:00", MZ_GROUP_OLDER },
  { "2025-12-31T23:59:59+01", "31 Dec 2025", "31 December 2025 at 23:59:59", MZ_GROUP_OLDER },
  { "1969-07-20T12:00:00+01", "20 Jul 1969", "20 July 1969 at 12:00:00", MZ_GROUP_OLDER },
  /* The gateway's clock is ahead. */
  { "2026-03-06T00:10:00+01", "6 Mar", "Friday, 6 March at 00:10:00", MZ_GROUP_TODAY },
};

static void
test_times (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_iso8601 (NOW, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (times[i].time, NULL);
      g_autofree char *day = mz_words_for_day (time, now);
      g_autofree char *exactly = mz_words_for_time (time, now);

      g_test_message ("%s", times[i].time);
      g_assert_cmpstr (day, ==, times[i].day);
      g_assert_cmpstr (exactly, ==, times[i].exactly);
    }
}

/* The day after the clocks changed has 24 hours of its own. */
static void
test_clock_change (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GDateTime) before = NULL;
  g_autofree char *day = NULL;

  if (zone == NULL)
    {
      g_test_skip ("This system does not know the time zone Europe/Berlin");
      return;
    }
  now = g_date_time_new (zone, 2026, 3, 30, 0, 30, 0);
  before = g_date_time_new (zone, 2026, 3, 29, 0, 30, 0);
  day = mz_words_for_day (before, now);
  g_assert_cmpstr (day, ==, "Yesterday");
}

/* Locales that count to twelve */
static void
test_12_hours (void)
{
  static const char * const names[] = { "en_US.UTF-8", "en_US.utf8" };
  g_autoptr (GDateTime) now = g_date_time_new_from_iso8601 (NOW, NULL);
  g_autofree char *day = NULL;
  g_autofree char *exactly = NULL;
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (names) && !found; i++)
    found = setlocale (LC_TIME, names[i]) != NULL;
  if (!found)
    {
      g_test_skip ("This system does not have the locale en_US");
      return;
    }

  day = mz_words_for_day (now, now);
  exactly = mz_words_for_time (now, now);
  setlocale (LC_TIME, "C");
  g_assert_cmpstr (day, ==, "2:05 PM");
  g_assert_cmpstr (exactly, ==, "Today at 2:05:09 PM");
}

static void
test_groups (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_iso8601 (NOW, NULL);
  static const gint64 no_times[] = { 0, -1, G_MININT64, G_MAXINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (times[i].time, NULL);
      gint64 ms = g_date_time_to_unix (time) * 1000 + 999;

      g_test_message ("%s", times[i].time);
      g_assert_cmpint (mz_day_group_of (FALSE, FALSE, ms, now), ==, times[i].group);
      g_assert_cmpint (mz_day_group_of (TRUE, FALSE, ms, now), ==, MZ_GROUP_PINNED);
      g_assert_cmpint (mz_day_group_of (FALSE, TRUE, ms, now), ==, MZ_GROUP_ARCHIVED);
      g_assert_cmpint (mz_day_group_of (TRUE, TRUE, ms, now), ==, MZ_GROUP_ARCHIVED);
    }
  for (guint i = 0; i < G_N_ELEMENTS (no_times); i++)
    g_assert_cmpint (mz_day_group_of (FALSE, FALSE, no_times[i], now), ==, MZ_GROUP_OLDER);
  for (MzDayGroup group = MZ_GROUP_PINNED; group <= MZ_GROUP_ARCHIVED; group++)
    g_assert_cmpstr (mz_day_group_to_words (group), !=, "");
}

static void
test_duration (void)
{
  static const struct
  {
    gint64 ms;
    const char *words;
  } cases[] = {
    { G_MININT64, "0 ms" }, { 0, "0 ms" }, { 99, "99 ms" }, { 100, "0.1 s" }, { 440, "0.4 s" }, { 9949, "9.9 s" },
    { 9950, "10 s" }, { 12000, "12 s" }, { 59499, "59 s" }, { 59500, "1 min" }, { 185000, "3 min 5 s" },
    { 3599499, "59 min 59 s" }, { 3599500, "1 h" }, { 3661000, "1 h 1 min" }, { 90000000, "25 h" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = mz_words_for_duration (cases[i].ms);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
  g_free (mz_words_for_duration (G_MAXINT64));
}

static void
test_tokens (void)
{
  static const struct
  {
    gint64 tokens;
    const char *words;
  } cases[] = {
    { -1, "0 tokens" }, { 0, "0 tokens" }, { 1, "1 token" }, { 2, "2 tokens" }, { 999, "999 tokens" }, { 9999, "9999 tokens" },
    { 10000, "10.0k tokens" }, { 12421, "12.4k tokens" }, { 999949, "999.9k tokens" }, { 999950, "1.0M tokens" },
    { 12400000, "12.4M tokens" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = mz_words_for_tokens (cases[i].tokens);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
  g_free (mz_words_for_tokens (G_MAXINT64));
}

static void
test_pin (void)
{
  g_autofree char *words = mz_words_for_pin ("c11ee9b5c6ffca6e3e9bbe9aca9bc339628701da8837b88656a33952403e0bff");
  g_autofree char *other = mz_words_for_pin ("no pin");

  g_assert_cmpstr (words, ==,
                   "C1:1E:E9:B5:C6:FF:CA:6E\n3E:9B:BE:9A:CA:9B:C3:39\n62:87:01:DA:88:37:B8:86\n56:A3:39:52:40:3E:0B:FF");
  g_assert_cmpstr (other, ==, "no pin");
}

static void
test_match (void)
{
  static const struct
  {
    const char *query;
    const char *text;
    gboolean matches;
  } cases[] = {
    { "", "Anything", TRUE },
    { "", NULL, TRUE },
    { "  ", "Anything", TRUE },
    { "a", NULL, FALSE },
    { "any", "Anything", TRUE },
    { "THING", "Anything", FALSE },
    { "weekly rep", "Report of the week: weekly", TRUE },
    { "rep  weekly", "Weekly report", TRUE },
    { "rep\tweekly", "Weekly report", TRUE },
    { "weekly rep", "Weekly", FALSE },
    { "cafe", "Café", TRUE },
    { "café", "CAFE", TRUE },
    { "cafe\xcc\x81", "café", TRUE },
    { "strasse", "Große Straße", TRUE },
    { "grosse", "GROẞE", TRUE },
    { "istanbul", "İstanbul", TRUE },
    { "ΑΘΗΝΑ", "αθήνα", TRUE },
    { "foo-bar", "the foo-bar thing", TRUE },
    { "bar", "foo-bar", TRUE },
    { "bar", "foo_bar", TRUE },
    { "#12", "Issue #123", TRUE },
    { "12", "Issue #123", TRUE },
    { "23", "Issue #123", FALSE },
    { "ﬁle", "a file", TRUE },
    /* No spaces between words */
    { "京都", "東京都の天気", TRUE },
    { "tower", "東京tower", TRUE },
    { "กรุง", "ไปกรุงเทพ", TRUE },
    { "한", "큰 한국", TRUE },
    { "\xff", "x", FALSE },
    { "x", "\xff x", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%u", i);
      g_assert_true (mz_words_match (cases[i].query, cases[i].text) == cases[i].matches);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/words/endpoint", test_endpoint);
  g_test_add_func ("/words/plan", test_plan);
  g_test_add_func ("/words/times", test_times);
  g_test_add_func ("/words/clock-change", test_clock_change);
  g_test_add_func ("/words/12-hours", test_12_hours);
  g_test_add_func ("/words/groups", test_groups);
  g_test_add_func ("/words/duration", test_duration);
  g_test_add_func ("/words/tokens", test_tokens);
  g_test_add_func ("/words/pin", test_pin);
  g_test_add_func ("/words/match", test_match);

  return g_test_run ();
}
