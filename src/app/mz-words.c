/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* SHA-256, in hex */
#define FINGERPRINT_DIGITS 64

/* So many bytes of a fingerprint stand in one line. */
#define BYTES_PER_LINE 8

/* "Last 7 days" counts today. */
#define WEEK_DAYS 7

static const char *
host_words (MzEndpoint *endpoint)
{
  switch (mz_endpoint_get_host_class (endpoint))
    {
    case MZ_HOST_CLASS_LOOPBACK:
      return _("this computer");
    case MZ_HOST_CLASS_LINK_LOCAL:
      return _("directly connected");
    case MZ_HOST_CLASS_PRIVATE:
      return _("private network");
    case MZ_HOST_CLASS_TAILNET:
      return _("tailnet");
    case MZ_HOST_CLASS_PUBLIC:
      return _("internet");
    default:
      g_return_val_if_reached ("");
    }
}

/**
 * mz_words_for_endpoint:
 * @platform: the platform to plan for
 * @endpoint: an address that was understood
 * @setting: the strategy that the person chose
 *
 * Returns: (transfer full): how the address is understood, in a few words
 */
char *
mz_words_for_endpoint (MzPlatform        platform,
                       MzEndpoint       *endpoint,
                       MzStrategySetting setting)
{
  MzPlan plan;
  const char *way;

  g_return_val_if_fail (endpoint != NULL, NULL);

  plan = mz_strategy_plan (platform, endpoint, setting);
  if (plan.routes[0] == MZ_ROUTE_STANDARD)
    way = _("standard");
  else
    way = plan.n_routes > 1 ? _("IPv4-only first") : _("IPv4-only");

  /* Translators: how an address is understood: "wss, port 443, tailnet: IPv4-only first" */
  return g_strdup_printf (_("%s, port %u, %s: %s"), mz_scheme_to_string (mz_endpoint_get_scheme (endpoint)),
                          mz_endpoint_get_port (endpoint), host_words (endpoint), way);
}

/**
 * mz_words_for_plan:
 * @plan: a plan
 *
 * Returns: (transfer full): what is tried first, and why
 */
char *
mz_words_for_plan (const MzPlan *plan)
{
  gboolean ipv4;

  g_return_val_if_fail (plan != NULL, NULL);

  ipv4 = plan->routes[0] == MZ_ROUTE_IPV4_ONLY;
  switch (plan->reason)
    {
    case MZ_REASON_PLATFORM:
      return g_strdup (_("IPv4 only first, because on macOS connections that ask for IPv6 too can hang"));
    case MZ_REASON_HOST_SUFFIX:
      return g_strdup (_("IPv4 only first, because names in .ts.net often have an IPv6 address that leads nowhere"));
    case MZ_REASON_SETTING:
      return g_strdup (ipv4 ? _("IPv4 only, because that is set for this gateway")
                            : _("Standard, because that is set for this gateway"));
    case MZ_REASON_IPV6_LITERAL:
      return g_strdup (_("Standard, because the address is an IPv6 address"));
    case MZ_REASON_DEFAULT:
      return g_strdup (_("Standard, the usual way: all addresses in the system’s order"));
    case MZ_REASON_LEARNED:
      return g_strdup (ipv4 ? _("IPv4 only first, because that worked better on this network before")
                            : _("Standard first, because that worked better on this network before"));
    case MZ_REASON_RACED:
      return g_strdup (ipv4 ? _("IPv4 only first, then standard beside it, because there was no connection in time")
                            : _("Standard first, then IPv4 only beside it, because there was no connection in time"));
    default:
      g_return_val_if_reached (g_strdup (""));
    }
}

/* How many days @time lies before @now, on @now's calendar; below 0 in the future. */
static int
days_before (GDateTime *time,
             GDateTime *now)
{
  int year, month, day;
  GDate then, today;

  g_date_time_get_ymd (time, &year, &month, &day);
  g_date_clear (&then, 1);
  g_date_set_dmy (&then, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  g_date_time_get_ymd (now, &year, &month, &day);
  g_date_clear (&today, 1);
  g_date_set_dmy (&today, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return g_date_days_between (&then, &today);
}

/* Whether the locale counts to twelve: its own way of writing the time has a word for the afternoon then. */
static gboolean
is_12_hours (void)
{
  g_autoptr (GDateTime) afternoon = g_date_time_new_utc (2000, 1, 1, 14, 5, 9);
  g_autofree char *word = g_date_time_format (afternoon, "%p");
  g_autofree char *time = g_date_time_format (afternoon, "%X");

  return word != NULL && *word != '\0' && time != NULL && strstr (time, word) != NULL;
}

static char *
clock_words (GDateTime *time,
             gboolean   seconds)
{
  if (is_12_hours ())
    return g_date_time_format (time, seconds ? "%-I:%M:%S %p" : "%-I:%M %p");
  return g_date_time_format (time, seconds ? "%H:%M:%S" : "%H:%M");
}

/**
 * mz_words_for_day:
 * @time: a time
 * @now: now, in the person's time zone
 *
 * Returns: (transfer full): when that was, as shortly as it can be told
 */
char *
mz_words_for_day (GDateTime *time,
                  GDateTime *now)
{
  g_autoptr (GDateTime) local = NULL;
  int days;

  g_return_val_if_fail (time != NULL, NULL);
  g_return_val_if_fail (now != NULL, NULL);

  local = g_date_time_to_timezone (time, g_date_time_get_timezone (now));
  days = days_before (local, now);
  if (days == 0)
    return clock_words (local, FALSE);
  if (days == 1)
    return g_strdup (_("Yesterday"));
  if (days > 1 && days < WEEK_DAYS)
    return g_date_time_format (local, "%A");
  if (g_date_time_get_year (local) == g_date_time_get_year (now))
    /* Translators: a date of this year, as GDateTime formats it: "3 Mar" */
    return g_date_time_format (local, C_("date", "%-d %b"));
  /* Translators: a date of another year, as GDateTime formats it: "3 Mar 2024" */
  return g_date_time_format (local, C_("date", "%-d %b %Y"));
}

/**
 * mz_words_for_time:
 * @time: a time
 * @now: now, in the person's time zone
 *
 * Returns: (transfer full): when that was, exactly
 */
char *
mz_words_for_time (GDateTime *time,
                   GDateTime *now)
{
  g_autoptr (GDateTime) local = NULL;
  g_autofree char *clock = NULL;
  g_autofree char *date = NULL;
  int days;

  g_return_val_if_fail (time != NULL, NULL);
  g_return_val_if_fail (now != NULL, NULL);

  local = g_date_time_to_timezone (time, g_date_time_get_timezone (now));
  clock = clock_words (local, TRUE);
  days = days_before (local, now);
  if (days == 0)
    /* Translators: a time: "Today at 14:05:09" */
    return g_strdup_printf (_("Today at %s"), clock);
  if (days == 1)
    return g_strdup_printf (_("Yesterday at %s"), clock);

  if (g_date_time_get_year (local) == g_date_time_get_year (now))
    /* Translators: a date of this year, as GDateTime formats it: "Tuesday, 3 March" */
    date = g_date_time_format (local, C_("date", "%A, %-d %B"));
  else
    /* Translators: a date of another year, as GDateTime formats it: "3 March 2024" */
    date = g_date_time_format (local, C_("date", "%-d %B %Y"));
  /* Translators: a date and a time: "3 March 2024 at 14:05:09" */
  return g_strdup_printf (_("%s at %s"), date, clock);
}

/**
 * mz_words_for_duration:
 * @ms: how long, in ms; below 0 counts as 0
 *
 * Returns: (transfer full): the same with as many digits as people care for
 */
char *
mz_words_for_duration (gint64 ms)
{
  gint64 seconds;

  ms = CLAMP (ms, 0, G_MAXINT64 / 2);
  if (ms < 100)
    return g_strdup_printf (_("%d ms"), (int) ms);
  if (ms < 9950)
    return g_strdup_printf (_("%.1f s"), ms / 1000.0);

  seconds = (ms + 500) / 1000;
  if (seconds < 60)
    return g_strdup_printf (_("%d s"), (int) seconds);
  if (seconds < 3600)
    return seconds % 60 == 0 ? g_strdup_printf (_("%d min"), (int) (seconds / 60))
                             : g_strdup_printf (_("%d min %d s"), (int) (seconds / 60), (int) (seconds % 60));

  seconds = MIN (seconds / 60, G_MAXINT);
  return seconds % 60 == 0 ? g_strdup_printf (_("%d h"), (int) (seconds / 60))
                           : g_strdup_printf (_("%d h %d min"), (int) (seconds / 60), (int) (seconds % 60));
}

/**
 * mz_words_for_tokens:
 * @tokens: how many; below 0 counts as 0
 *
 * Returns: (transfer full): the same in words, grouped as the locale does it, rounded from 10,000 on
 */
char *
mz_words_for_tokens (gint64 tokens)
{
  tokens = MAX (tokens, 0);

  if (tokens < 10000)
    {
      g_autofree char *number = g_strdup_printf ("%'d", (int) tokens);

      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s token", "%s tokens", (gulong) tokens), number);
    }
  /* What would be rounded to 1000.0k is 1.0M. */
  if (tokens < 999950)
    return g_strdup_printf (_("%.1fk tokens"), tokens / 1e3);
  return g_strdup_printf (_("%.1fM tokens"), tokens / 1e6);
}

/**
 * mz_words_for_pin:
 * @fingerprint: a SHA-256 fingerprint, as mz_tls_pin_parse() gives it
 *
 * Returns: (transfer full): the same in groups; what is no fingerprint as it is
 */
char *
mz_words_for_pin (const char *fingerprint)
{
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (fingerprint != NULL, NULL);

  if (strlen (fingerprint) != FINGERPRINT_DIGITS || strspn (fingerprint, "0123456789abcdefABCDEF") != FINGERPRINT_DIGITS)
    return g_strdup (fingerprint);

  text = g_string_new (NULL);
  for (guint i = 0; i < FINGERPRINT_DIGITS / 2; i++)
    {
      if (i > 0)
        g_string_append_c (text, i % BYTES_PER_LINE == 0 ? '\n' : ':');
      g_string_append_c (text, g_ascii_toupper (fingerprint[2 * i]));
      g_string_append_c (text, g_ascii_toupper (fingerprint[2 * i + 1]));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * mz_day_group_of:
 * @pinned: the session is pinned
 * @archived: the session is archived
 * @updated_at_ms: when it changed last, Unix time in ms; 0 when that is not known
 * @now: now, in the person's time zone
 *
 * Returns: in which group the session stands; a clock that is ahead does not matter
 */
MzDayGroup
mz_day_group_of (gboolean   pinned,
                 gboolean   archived,
                 gint64     updated_at_ms,
                 GDateTime *now)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;
  int days;

  g_return_val_if_fail (now != NULL, MZ_GROUP_OLDER);

  if (archived)
    return MZ_GROUP_ARCHIVED;
  if (pinned)
    return MZ_GROUP_PINNED;
  if (updated_at_ms <= 0)
    return MZ_GROUP_OLDER;

  /* A year beyond 9999 is no time. */
  utc = g_date_time_new_from_unix_utc (updated_at_ms / 1000);
  local = utc != NULL ? g_date_time_to_timezone (utc, g_date_time_get_timezone (now)) : NULL;
  if (local == NULL)
    return MZ_GROUP_OLDER;

  days = days_before (local, now);
  if (days <= 0)
    return MZ_GROUP_TODAY;
  if (days == 1)
    return MZ_GROUP_YESTERDAY;
  return days < WEEK_DAYS ? MZ_GROUP_WEEK : MZ_GROUP_OLDER;
}

/**
 * mz_day_group_to_words:
 * @group: a group
 *
 * Returns: (transfer none): its title, translated
 */
const char *
mz_day_group_to_words (MzDayGroup group)
{
  switch (group)
    {
    case MZ_GROUP_PINNED:
      return _("Pinned");
    case MZ_GROUP_TODAY:
      return _("Today");
    case MZ_GROUP_YESTERDAY:
      return _("Yesterday");
    case MZ_GROUP_WEEK:
      return _("Last 7 days");
    case MZ_GROUP_OLDER:
      return _("Older");
    case MZ_GROUP_ARCHIVED:
      return _("Archived");
    default:
      g_return_val_if_reached ("");
    }
}

/* Small letters, without what stands above and below them. What is not valid is marked as such and matches nothing. */
static char *
fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *decomposed = g_utf8_normalize (valid, -1, G_NORMALIZE_ALL);
  g_autoptr (GString) bare = g_string_sized_new (strlen (decomposed));

  for (const char *p = decomposed; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_combining_class (c) == 0)
        g_string_append_unichar (bare, c);
    }
  return g_utf8_casefold (bare->str, (gssize) bare->len);
}

/* Whether a word may begin with @c after @previous (0 at the beginning). Scripts that do not put spaces between words
 * have words everywhere: Chinese and Japanese (wide), Thai and its neighbours (UAX #14, class SA). */
static gboolean
begins_word (gunichar previous,
             gunichar c)
{
  return previous == 0 || !g_unichar_isalnum (previous) || !g_unichar_isalnum (c) || g_unichar_iswide (previous) ||
         g_unichar_iswide (c) || g_unichar_break_type (c) == G_UNICODE_BREAK_COMPLEX_CONTEXT;
}

static gboolean
has_word (const char *text,
          const char *word)
{
  gunichar previous = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (begins_word (previous, c) && g_str_has_prefix (p, word))
        return TRUE;
      previous = c;
    }
  return FALSE;
}

/**
 * mz_words_match:
 * @query: what the person typed
 * @text: (nullable): a title
 *
 * Returns: %TRUE if every word of @query begins a word of @text, in any order, whatever their case and accents
 */
gboolean
mz_words_match (const char *query,
                const char *text)
{
  g_autofree char *folded_query = NULL;
  g_autofree char *folded_text = NULL;
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (query != NULL, FALSE);

  folded_query = fold (query);
  folded_text = fold (text != NULL ? text : "");

  /* NFKD has made plain spaces of the others but for controls. */
  g_strdelimit (folded_query, "\t\n\r\v\f", ' ');
  words = g_strsplit (folded_query, " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] != '\0' && !has_word (folded_text, words[i]))
        return FALSE;
    }
  return TRUE;
}
