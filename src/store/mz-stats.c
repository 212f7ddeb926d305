/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-stats.h"

/* What a clock that was wrong once may do to the list of days. */
#define MAX_DAYS 366

/* A row while it is counted */
typedef struct
{
  MzStatsRow row;               /* first: a Group is a row */
  GArray *times;                /* double */
} Group;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_array_unref (group->times);
  g_free (group);
}

static Group *
group_new (int method,
           int network,
           int platform)
{
  Group *group = g_new0 (Group, 1);

  group->row = (MzStatsRow) { .method = method, .network = network, .platform = platform, .p50_ms = -1, .p95_ms = -1 };
  group->times = g_array_new (FALSE, FALSE, sizeof (double));

  return group;
}

/* There are few of them. */
static Group *
find_group (GPtrArray *groups,
            int        method,
            int        network,
            int        platform)
{
  Group *group;

  for (guint i = 0; i < groups->len; i++)
    {
      group = g_ptr_array_index (groups, i);
      if (group->row.method == method && group->row.network == network && group->row.platform == platform)
        return group;
    }

  group = group_new (method, network, platform);
  g_ptr_array_add (groups, group);

  return group;
}

static void
count_dial (Group          *group,
            const MzRecord *record)
{
  MzStatsRow *row = &group->row;

  row->dials++;
  if (record->outcome == MZ_OUTCOME_READY || record->outcome == MZ_OUTCOME_REACHED)
    row->succeeded++;
  else if (record->outcome == MZ_OUTCOME_CANCELLED)
    row->cancelled++;
  else
    row->failed++;

  /* Without a login it is another way to go. */
  if (record->outcome == MZ_OUTCOME_READY && record->ready_ms >= 0)
    {
      row->timed++;
      row->sum_ms += record->ready_ms;
      g_array_append_val (group->times, record->ready_ms);
    }
}

static void
count_life (Group          *group,
            const MzRecord *record)
{
  MzStatsRow *row = &group->row;

  row->connections++;
  row->connected_ms += record->connected_ms;
  if (record->outcome == MZ_OUTCOME_LOST)
    row->lost++;
  if (record->reconnects > 0)
    row->reconnected++;
}

static void
count (Group          *group,
       const MzRecord *record)
{
  if (record->kind == MZ_RECORD_DIAL)
    count_dial (group, record);
  else
    count_life (group, record);
}

static int
compare_ms (gconstpointer a,
            gconstpointer b)
{
  double first = *(const double *) a;
  double second = *(const double *) b;

  return (first > second) - (first < second);
}

static void
finish_group (Group *group)
{
  const double *times;

  g_array_sort (group->times, compare_ms);
  times = (const double *) group->times->data;
  group->row.p50_ms = mz_stats_percentile (times, group->times->len, 50);
  group->row.p95_ms = mz_stats_percentile (times, group->times->len, 95);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  const MzStatsRow *first = *(const MzStatsRow * const *) a;
  const MzStatsRow *second = *(const MzStatsRow * const *) b;

  if (first->dials != second->dials)
    return first->dials < second->dials ? 1 : -1;
  if (first->method != second->method)
    return first->method - second->method;
  if (first->network != second->network)
    return first->network - second->network;

  return first->platform - second->platform;
}

static void
finish_groups (GPtrArray *groups)
{
  for (guint i = 0; i < groups->len; i++)
    finish_group (g_ptr_array_index (groups, i));
  g_ptr_array_sort (groups, compare_rows);
}

static void
count_failure (GPtrArray      *failures,
               const MzRecord *record)
{
  const char *name = record->diagnosis != NULL ? record->diagnosis : "unknown";
  MzStatsCount *failure;

  for (guint i = 0; i < failures->len; i++)
    {
      failure = g_ptr_array_index (failures, i);
      if (g_str_equal (failure->name, name))
        {
          failure->count++;
          return;
        }
    }

  failure = g_new0 (MzStatsCount, 1);
  failure->name = g_intern_string (name);
  failure->count = 1;
  g_ptr_array_add (failures, failure);
}

static int
compare_counts (gconstpointer a,
                gconstpointer b)
{
  const MzStatsCount *first = *(const MzStatsCount * const *) a;
  const MzStatsCount *second = *(const MzStatsCount * const *) b;

  if (first->count != second->count)
    return first->count < second->count ? 1 : -1;

  return strcmp (first->name, second->name);
}

/* ---- days ---- */

static GDateTime *
day_of (gint64     time_ms,
        GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time_ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  if (local == NULL)
    return NULL;

  return g_date_time_new (zone, g_date_time_get_year (local), g_date_time_get_month (local), g_date_time_get_day_of_month (local), 0, 0, 0);
}

/* Days are not all of 24 hours: each is made from the calendar. */
static void
add_days (MzStats   *self,
          GTimeZone *zone)
{
  g_autoptr (GDateTime) day = day_of (self->first_ms, zone);

  while (day != NULL && g_date_time_to_unix (day) * 1000 <= self->last_ms && self->days->len < MAX_DAYS)
    {
      MzStatsDay entry = { .start_ms = g_date_time_to_unix (day) * 1000 };
      g_autoptr (GDateTime) noon = g_date_time_add_hours (day, 36);
      GDateTime *next = g_date_time_new (zone, g_date_time_get_year (noon), g_date_time_get_month (noon),
                                         g_date_time_get_day_of_month (noon), 0, 0, 0);

      g_array_append_val (self->days, entry);
      g_date_time_unref (day);
      day = next;
    }
}

static void
count_day (MzStats        *self,
           const MzRecord *record)
{
  /* The last one that began before. */
  for (guint i = self->days->len; i > 0; i--)
    {
      MzStatsDay *day = &g_array_index (self->days, MzStatsDay, i - 1);

      if (day->start_ms > record->time_ms)
        continue;
      if (record->outcome == MZ_OUTCOME_READY || record->outcome == MZ_OUTCOME_REACHED)
        day->succeeded++;
      else if (record->outcome == MZ_OUTCOME_FAILED)
        day->failed++;
      return;
    }
}

/**
 * mz_stats_percentile:
 * @sorted: (array length=n): numbers, the least first
 * @n: how many
 * @percent: from 1 to 100
 *
 * The nearest rank: the least of the numbers that at least @percent of 100 of them do not exceed. It is always one that was measured.
 *
 * Returns: that number; -1 without any
 */
double
mz_stats_percentile (const double *sorted,
                     guint         n,
                     guint         percent)
{
  guint64 rank = ((guint64) n * percent + 99) / 100;

  g_return_val_if_fail (percent >= 1 && percent <= 100, -1);

  return n > 0 ? sorted[rank - 1] : -1;
}

/**
 * mz_stats_new:
 * @records: (element-type MzRecord): what was kept, in any order
 * @zone: whose days are meant
 *
 * Pure: what the records come to.
 *
 * Returns: (transfer full): the figures
 */
MzStats *
mz_stats_new (GPtrArray *records,
              GTimeZone *zone)
{
  MzStats *self;
  g_autofree Group *all = NULL;

  g_return_val_if_fail (records != NULL, NULL);
  g_return_val_if_fail (zone != NULL, NULL);

  self = g_new0 (MzStats, 1);
  all = group_new (-1, -1, -1);
  for (guint i = 0; i < MZ_N_STATS_KEYS; i++)
    self->by[i] = g_ptr_array_new_with_free_func (group_free);
  self->cells = g_ptr_array_new_with_free_func (group_free);
  self->failures = g_ptr_array_new_with_free_func (g_free);
  self->days = g_array_new (FALSE, TRUE, sizeof (MzStatsDay));

  for (guint i = 0; i < records->len; i++)
    {
      const MzRecord *record = g_ptr_array_index (records, i);
      int method = (int) record->route;
      int network = (int) record->network;
      int platform = (int) record->platform;

      self->first_ms = i == 0 ? record->time_ms : MIN (self->first_ms, record->time_ms);
      self->last_ms = i == 0 ? record->time_ms : MAX (self->last_ms, record->time_ms);
      count (all, record);
      count (find_group (self->by[MZ_STATS_METHOD], method, -1, -1), record);
      count (find_group (self->by[MZ_STATS_NETWORK], -1, network, -1), record);
      count (find_group (self->by[MZ_STATS_PLATFORM], -1, -1, platform), record);
      count (find_group (self->cells, method, network, platform), record);
      if (record->kind == MZ_RECORD_DIAL && record->outcome == MZ_OUTCOME_FAILED)
        count_failure (self->failures, record);
    }

  if (records->len > 0)
    add_days (self, zone);
  for (guint i = 0; i < records->len; i++)
    {
      const MzRecord *record = g_ptr_array_index (records, i);

      if (record->kind == MZ_RECORD_DIAL)
        count_day (self, record);
    }

  finish_group (all);
  self->all = all->row;
  g_array_unref (all->times);
  for (guint i = 0; i < MZ_N_STATS_KEYS; i++)
    finish_groups (self->by[i]);
  finish_groups (self->cells);
  g_ptr_array_sort (self->failures, compare_counts);

  return self;
}

void
mz_stats_free (MzStats *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < MZ_N_STATS_KEYS; i++)
    g_ptr_array_unref (self->by[i]);
  g_ptr_array_unref (self->cells);
  g_ptr_array_unref (self->failures);
  g_array_unref (self->days);
  g_free (self);
}

/**
 * mz_stats_row_get_rate:
 *
 * Returns: how much of what was not called off came as far as it should, from 0 to 1; below 0 when there is nothing to say
 */
double
mz_stats_row_get_rate (const MzStatsRow *self)
{
  guint counted;

  g_return_val_if_fail (self != NULL, -1);

  counted = self->succeeded + self->failed;

  return counted > 0 ? (double) self->succeeded / counted : -1;
}

/**
 * mz_stats_row_get_name:
 * @key: by what the row was told apart
 *
 * Returns: (transfer none): the stable name of its value; "all" where it stands for all
 */
const char *
mz_stats_row_get_name (const MzStatsRow *self,
                       MzStatsKey        key)
{
  g_return_val_if_fail (self != NULL, NULL);

  switch (key)
    {
    case MZ_STATS_METHOD:
      return self->method >= 0 ? mz_route_kind_to_string ((MzRouteKind) self->method) : "all";
    case MZ_STATS_NETWORK:
      return self->network >= 0 ? mz_network_type_to_string ((MzNetworkType) self->network) : "all";
    case MZ_STATS_PLATFORM:
      return self->platform >= 0 ? mz_platform_to_string ((MzPlatform) self->platform) : "all";
    default:
      g_return_val_if_reached ("all");
    }
}

/**
 * mz_stats_key_to_string:
 *
 * Returns: (transfer none): its stable name
 */
const char *
mz_stats_key_to_string (MzStatsKey key)
{
  switch (key)
    {
    case MZ_STATS_METHOD:
      return "method";
    case MZ_STATS_NETWORK:
      return "network";
    case MZ_STATS_PLATFORM:
      return "platform";
    default:
      g_return_val_if_reached ("method");
    }
}

/**
 * mz_stats_parse_span:
 * @text: a number and a unit: `90m`, `12h`, `7d`, `2w`
 * @span_ms: (out): the span, in ms
 *
 * Returns: %FALSE, with @span_ms untouched, if @text is no span longer than nothing
 */
gboolean
mz_stats_parse_span (const char *text,
                     gint64     *span_ms)
{
  static const struct
  {
    char unit;
    gint64 ms;
  } units[] = {
    { 'm', 60 * G_GINT64_CONSTANT (1000) },
    { 'h', 60 * 60 * G_GINT64_CONSTANT (1000) },
    { 'd', 24 * 60 * 60 * G_GINT64_CONSTANT (1000) },
    { 'w', 7 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000) },
  };
  char *end = NULL;
  guint64 number;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (span_ms != NULL, FALSE);

  if (!g_ascii_isdigit (*text))
    return FALSE;

  /* More than that is no span of a person's records. */
  number = g_ascii_strtoull (text, &end, 10);
  if (number == 0 || number > 1000000)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (end[0] == units[i].unit && end[1] == '\0')
      {
        *span_ms = (gint64) number * units[i].ms;
        return TRUE;
      }

  return FALSE;
}
