/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-stats.h"

#include <json-glib/json-glib.h>

/* Figures for programs. Names and units are stable: others build on them. All words are ours, so that nothing needs to be quoted. */

static void
append_number (GString    *text,
               const char *format,
               double      number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, g_ascii_formatd (buffer, sizeof buffer, format, number));
}

/* ---- CSV ---- */

static void
append_csv_number (GString *text,
                   double   number)
{
  g_string_append_c (text, ',');
  if (number >= 0)
    append_number (text, "%.4f", number);
}

static void
append_csv_row (GString          *text,
                const char       *group,
                const char       *name,
                const MzStatsRow *row)
{
  g_string_append_printf (text, "%s,%s,%u,%u,%u,%u", group, name, row->dials, row->succeeded, row->failed, row->cancelled);
  append_csv_number (text, mz_stats_row_get_rate (row));
  append_csv_number (text, row->p50_ms);
  append_csv_number (text, row->p95_ms);
  g_string_append_printf (text, ",%u,%u,%u", row->connections, row->lost, row->reconnected);
  append_csv_number (text, row->connected_ms / 1000.0);
  g_string_append (text, "\r\n");
}

/**
 * mz_stats_to_csv:
 *
 * Writes the figures as RFC 4180 has it: a header line, a line for all, and one for each method, network and platform.
 *
 * Returns: (transfer full): the text
 */
char *
mz_stats_to_csv (const MzStats *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new ("group,name,dials,succeeded,failed,cancelled,success_rate,p50_ms,p95_ms,connections,lost,reconnected,connected_s\r\n");
  append_csv_row (text, "all", "all", &self->all);
  for (MzStatsKey key = MZ_STATS_METHOD; key < MZ_N_STATS_KEYS; key++)
    for (guint i = 0; i < self->by[key]->len; i++)
      {
        const MzStatsRow *row = g_ptr_array_index (self->by[key], i);

        append_csv_row (text, mz_stats_key_to_string (key), mz_stats_row_get_name (row, key), row);
      }

  return g_string_free (text, FALSE);
}

/* ---- JSON ---- */

static void
add_number (JsonBuilder *builder,
            const char  *name,
            double       number)
{
  json_builder_set_member_name (builder, name);
  if (number >= 0)
    json_builder_add_double_value (builder, number);
  else
    json_builder_add_null_value (builder);
}

static void
add_count (JsonBuilder *builder,
           const char  *name,
           gint64       count)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, count);
}

static void
add_time (JsonBuilder *builder,
          const char  *name,
          gint64       time_ms)
{
  g_autoptr (GDateTime) time = time_ms != 0 ? g_date_time_new_from_unix_utc (time_ms / 1000) : NULL;
  g_autofree char *text = time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static void
add_row (JsonBuilder      *builder,
         const char       *name,
         const MzStatsRow *row)
{
  json_builder_begin_object (builder);
  if (name != NULL)
    {
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, name);
    }
  add_count (builder, "dials", row->dials);
  add_count (builder, "succeeded", row->succeeded);
  add_count (builder, "failed", row->failed);
  add_count (builder, "cancelled", row->cancelled);
  add_number (builder, "success_rate", mz_stats_row_get_rate (row));
  add_number (builder, "p50_ms", row->p50_ms);
  add_number (builder, "p95_ms", row->p95_ms);
  add_count (builder, "connections", row->connections);
  add_count (builder, "lost", row->lost);
  add_count (builder, "reconnected", row->reconnected);
  add_number (builder, "connected_s", row->connected_ms / 1000.0);
  json_builder_end_object (builder);
}

static void
add_failures (JsonBuilder *builder,
              GPtrArray   *failures)
{
  json_builder_set_member_name (builder, "failures");
  json_builder_begin_array (builder);
  for (guint i = 0; i < failures->len; i++)
    {
      const MzStatsCount *failure = g_ptr_array_index (failures, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "diagnosis");
      json_builder_add_string_value (builder, failure->name);
      add_count (builder, "count", failure->count);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/**
 * mz_stats_to_json:
 *
 * Returns: (transfer full): one object, as text: `first`, `last`, `all`, `by_method`, `by_network`, `by_platform`, `failures`
 */
char *
mz_stats_to_json (const MzStats *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  json_builder_begin_object (builder);
  add_time (builder, "first", self->first_ms);
  add_time (builder, "last", self->last_ms);
  json_builder_set_member_name (builder, "all");
  add_row (builder, NULL, &self->all);
  for (MzStatsKey key = MZ_STATS_METHOD; key < MZ_N_STATS_KEYS; key++)
    {
      g_autofree char *name = g_strconcat ("by_", mz_stats_key_to_string (key), NULL);

      json_builder_set_member_name (builder, name);
      json_builder_begin_array (builder);
      for (guint i = 0; i < self->by[key]->len; i++)
        {
          const MzStatsRow *row = g_ptr_array_index (self->by[key], i);

          add_row (builder, mz_stats_row_get_name (row, key), row);
        }
      json_builder_end_array (builder);
    }
  add_failures (builder, self->failures);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

/* ---- OpenMetrics ---- */

static void
append_labels (GString          *text,
               const MzStatsRow *cell,
               const char       *more_name,
               const char       *more)
{
  g_string_append_printf (text, "{method=\"%s\",network=\"%s\",platform=\"%s\"", mz_stats_row_get_name (cell, MZ_STATS_METHOD),
                          mz_stats_row_get_name (cell, MZ_STATS_NETWORK), mz_stats_row_get_name (cell, MZ_STATS_PLATFORM));
  if (more_name != NULL)
    g_string_append_printf (text, ",%s=\"%s\"", more_name, more);
  g_string_append (text, "} ");
}

static void
append_family (GString    *text,
               const char *name,
               const char *type,
               const char *unit,
               const char *help)
{
  g_string_append_printf (text, "# TYPE %s %s\n", name, type);
  if (unit != NULL)
    g_string_append_printf (text, "# UNIT %s %s\n", name, unit);
  g_string_append_printf (text, "# HELP %s %s\n", name, help);
}

static void
append_count (GString          *text,
              const char       *name,
              const MzStatsRow *cell,
              const char       *outcome,
              guint             n)
{
  g_string_append (text, name);
  append_labels (text, cell, outcome != NULL ? "outcome" : NULL, outcome);
  g_string_append_printf (text, "%u\n", n);
}

static void
append_quantile (GString          *text,
                 const MzStatsRow *cell,
                 const char       *quantile,
                 double            ms)
{
  g_string_append (text, "moltzer_time_to_ready_seconds");
  append_labels (text, cell, "quantile", quantile);
  append_number (text, "%.6f", ms / 1000);
  g_string_append_c (text, '\n');
}

static void
append_times (GString         *text,
              const MzStats   *self)
{
  append_family (text, "moltzer_time_to_ready_seconds", "summary", "seconds", "From the beginning of a dial to hello-ok.");
  for (guint i = 0; i < self->cells->len; i++)
    {
      const MzStatsRow *cell = g_ptr_array_index (self->cells, i);

      if (cell->timed == 0)
        continue;

      append_quantile (text, cell, "0.5", cell->p50_ms);
      append_quantile (text, cell, "0.95", cell->p95_ms);
      g_string_append (text, "moltzer_time_to_ready_seconds_count");
      append_labels (text, cell, NULL, NULL);
      g_string_append_printf (text, "%u\nmoltzer_time_to_ready_seconds_sum", cell->timed);
      append_labels (text, cell, NULL, NULL);
      append_number (text, "%.6f", cell->sum_ms / 1000);
      g_string_append_c (text, '\n');
    }
}

/**
 * mz_stats_to_openmetrics:
 *
 * Writes the figures as OpenMetrics 1.0 has it, for each method, network and platform together. Gauges, no counters: old records go.
 *
 * Returns: (transfer full): the text, with its end mark
 */
char *
mz_stats_to_openmetrics (const MzStats *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (NULL);
  append_family (text, "moltzer_dials", "gauge", NULL, "Dials by how they went.");
  for (guint i = 0; i < self->cells->len; i++)
    {
      const MzStatsRow *cell = g_ptr_array_index (self->cells, i);

      append_count (text, "moltzer_dials", cell, "succeeded", cell->succeeded);
      append_count (text, "moltzer_dials", cell, "failed", cell->failed);
      append_count (text, "moltzer_dials", cell, "cancelled", cell->cancelled);
    }

  append_times (text, self);

  append_family (text, "moltzer_connections", "gauge", NULL, "Connections by how they ended.");
  for (guint i = 0; i < self->cells->len; i++)
    {
      const MzStatsRow *cell = g_ptr_array_index (self->cells, i);

      append_count (text, "moltzer_connections", cell, "closed", cell->connections - cell->lost);
      append_count (text, "moltzer_connections", cell, "lost", cell->lost);
    }

  append_family (text, "moltzer_reconnects", "gauge", NULL, "Connections that took the place of one that was lost.");
  for (guint i = 0; i < self->cells->len; i++)
    append_count (text, "moltzer_reconnects", g_ptr_array_index (self->cells, i), NULL, ((MzStatsRow *) g_ptr_array_index (self->cells, i))->reconnected);

  append_family (text, "moltzer_connected_seconds", "gauge", "seconds", "How long connections lasted together.");
  for (guint i = 0; i < self->cells->len; i++)
    {
      const MzStatsRow *cell = g_ptr_array_index (self->cells, i);

      g_string_append (text, "moltzer_connected_seconds");
      append_labels (text, cell, NULL, NULL);
      append_number (text, "%.3f", cell->connected_ms / 1000.0);
      g_string_append_c (text, '\n');
    }

  append_family (text, "moltzer_failures", "gauge", NULL, "Failed dials by their diagnosis.");
  for (guint i = 0; i < self->failures->len; i++)
    {
      const MzStatsCount *failure = g_ptr_array_index (self->failures, i);

      g_string_append_printf (text, "moltzer_failures{diagnosis=\"%s\"} %u\n", failure->name, failure->count);
    }
  g_string_append (text, "# EOF\n");

  return g_string_free (text, FALSE);
}
