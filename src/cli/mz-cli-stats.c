/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-stats.h"

#include <glib/gi18n.h>

#include "mz-cli-options.h"
#include "mz-cli-table.h"
#include "mz-cli-text.h"
#include "mz-stats.h"

/* What is said of why dials failed; the rest is in --json. */
#define MAX_FAILURES 10

typedef struct
{
  MzCliOptions *options;
  MzRecords *records;
  GMainLoop *loop;
  gboolean csv;
  gboolean openmetrics;
  gboolean rows;
  gboolean clear;
  char *since;
  gint64 since_ms;
  GPtrArray *found;
  GError *error;
} Stats;

static void
stats_free (Stats *self)
{
  g_clear_object (&self->records);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->options, mz_cli_options_free);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self->since);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stats, stats_free)

/**
 * mz_cli_records_new:
 *
 * Returns: (transfer full) (nullable): this person's records; %NULL if none are to be kept: MOLTZER_RECORDS=off
 */
MzRecords *
mz_cli_records_new (void)
{
  if (g_strcmp0 (g_getenv ("MOLTZER_RECORDS"), "off") == 0)
    return NULL;

  return mz_records_new_following (NULL, MZ_APP_ID, "keep-records");
}

/**
 * mz_cli_records_note_set_aside:
 * @path: where the file is now
 *
 * Says that the file of records was damaged.
 */
void
mz_cli_records_note_set_aside (MzCliOutput *output,
                               const char  *path)
{
  mz_cli_output_note (output, _("Warning: the file of records was damaged; it is now %s, and a new one was begun"), path);
}

/* ---- the table ---- */

static char *
format_rate (const MzStatsRow *row)
{
  double rate = mz_stats_row_get_rate (row);

  /* All is only said of all. */
  if (rate < 0)
    return g_strdup ("-");
  return rate < 1 ? g_strdup_printf ("%.1f %%", MIN (100 * rate, 99.9)) : g_strdup ("100 %");
}

static char *
format_span (gint64 ms)
{
  gint64 minutes = ms / 60000;

  if (minutes < 1)
    return g_strdup_printf (_("%.1f s"), ms / 1000.0);
  if (minutes < 60)
    return g_strdup_printf (_("%d min"), (int) minutes);
  if (minutes < 48 * 60)
    return g_strdup_printf (_("%d h %d min"), (int) (minutes / 60), (int) (minutes % 60));
  return g_strdup_printf (_("%d d %d h"), (int) (minutes / (24 * 60)), (int) (minutes / 60 % 24));
}

static void
add_row (MzCliTable       *table,
         const char       *name,
         const MzStatsRow *row)
{
  g_autofree char *dials = g_strdup_printf ("%u", row->dials);
  g_autofree char *rate = format_rate (row);
  g_autofree char *p50 = mz_cli_text_ms (row->p50_ms);
  g_autofree char *p95 = mz_cli_text_ms (row->p95_ms);
  g_autofree char *lost = g_strdup_printf ("%u", row->lost);

  mz_cli_table_add_row (table, name, dials, rate, p50, p95, lost, NULL);
}

static const char *
title_of (MzStatsKey key)
{
  switch (key)
    {
    case MZ_STATS_METHOD:
      return _("By method");
    case MZ_STATS_NETWORK:
      return _("By network");
    case MZ_STATS_PLATFORM:
      return _("By platform");
    default:
      g_return_val_if_reached ("");
    }
}

static void
append_table (GString       *text,
              const MzStats *stats)
{
  g_autoptr (MzCliTable) table = mz_cli_table_new ();
  g_autofree char *rows = NULL;

  for (guint column = 1; column <= 5; column++)
    mz_cli_table_set_right (table, column);

  /* TRANSLATORS: half of the dials, and 95 of 100, were ready in this time */
  mz_cli_table_add_row (table, "", _("DIALS"), _("SUCCESS"), _("READY P50"), _("READY P95"), _("LOST"), NULL);
  add_row (table, _("All"), &stats->all);
  for (MzStatsKey key = MZ_STATS_METHOD; key < MZ_N_STATS_KEYS; key++)
    {
      mz_cli_table_add_row (table, title_of (key), NULL);
      for (guint i = 0; i < stats->by[key]->len; i++)
        {
          const MzStatsRow *row = g_ptr_array_index (stats->by[key], i);
          g_autofree char *name = g_strconcat ("  ", mz_stats_row_get_name (row, key), NULL);

          add_row (table, name, row);
        }
    }

  rows = mz_cli_table_to_string (table);
  g_string_append (text, rows);
}

static void
append_failures (GString       *text,
                 const MzStats *stats)
{
  g_autoptr (MzCliTable) table = mz_cli_table_new ();
  g_autofree char *rows = NULL;

  if (stats->failures->len == 0)
    return;

  mz_cli_table_set_indent (table, 2);
  mz_cli_table_set_right (table, 1);
  for (guint i = 0; i < MIN (stats->failures->len, MAX_FAILURES); i++)
    {
      const MzStatsCount *failure = g_ptr_array_index (stats->failures, i);
      g_autofree char *count = g_strdup_printf ("%u", failure->count);

      mz_cli_table_add_row (table, failure->name, count, NULL);
    }
  rows = mz_cli_table_to_string (table);
  g_string_append_printf (text, "\n%s\n%s", _("Why dials failed"), rows);
}

static void
append_connections (GString       *text,
                    const MzStats *stats)
{
  g_autofree char *span = format_span (stats->all.connected_ms);

  if (stats->all.connections == 0)
    return;

  g_string_append_c (text, '\n');
  g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "%u connection, %s; %u lost, %u made again after that\n",
                                             "%u connections, %s in all; %u lost, %u made again after that\n", stats->all.connections),
                          stats->all.connections, span, stats->all.lost, stats->all.reconnected);
}

static char *
to_text (const MzStats *stats)
{
  GString *text = g_string_new (NULL);
  g_autofree char *first = mz_cli_text_time (stats->first_ms);
  g_autofree char *last = mz_cli_text_time (stats->last_ms);

  if (stats->all.dials == 0 && stats->all.connections == 0)
    {
      g_string_append (text, _("There are no records yet. Each connection makes one: try “moltzerctl probe URL”.\n"));
      return g_string_free (text, FALSE);
    }

  g_string_append_printf (text, _("From %s to %s, on this computer only\n\n"), first, last);
  append_table (text, stats);
  append_failures (text, stats);
  append_connections (text, stats);

  return g_string_free (text, FALSE);
}

/* ---- the command ---- */

static char *
make_text (Stats *self)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (MzStats) stats = NULL;
  g_autofree char *json = NULL;

  if (self->rows && self->csv)
    return mz_record_list_to_csv (self->found);

  stats = mz_stats_new (self->found, zone);
  if (self->csv)
    return mz_stats_to_csv (stats);
  if (self->openmetrics)
    return mz_stats_to_openmetrics (stats);
  if (!self->options->json)
    return to_text (stats);

  json = self->rows ? mz_record_list_to_json (self->found) : mz_stats_to_json (stats);
  return g_strconcat (json, "\n", NULL);
}

static void
queried_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Stats *self = user_data;

  self->found = mz_records_query_finish (MZ_RECORDS (source), result, &self->error);
  g_main_loop_quit (self->loop);
}

static void
cleared_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Stats *self = user_data;

  mz_records_clear_finish (MZ_RECORDS (source), result, &self->error);
  g_main_loop_quit (self->loop);
}

static gboolean
check (Stats   *self,
       GError **error)
{
  int formats = !!self->options->json + !!self->csv + !!self->openmetrics;

  if (formats > 1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("say only one of --json, --csv and --openmetrics"));
      return FALSE;
    }
  if (self->rows && !self->options->json && !self->csv)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--rows goes with --json or --csv"));
      return FALSE;
    }
  if (self->clear && (formats > 0 || self->since != NULL))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--clear goes with no other option: it removes all records"));
      return FALSE;
    }
  if (self->since != NULL && !mz_stats_parse_span (self->since, &self->since_ms))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--since: “%s” is not a time: say 90m, 12h, 7d or 2w, for example"),
                   self->since);
      return FALSE;
    }

  return TRUE;
}

static gboolean
stats_parse (Stats   *self,
             char   **argv,
             GError **error)
{
  g_autoptr (GOptionContext) context = NULL;
  g_auto (GStrv) arguments = NULL;
  const GOptionEntry entries[] = {
    { "since", 0, 0, G_OPTION_ARG_STRING, &self->since, N_("Only what happened in this time: 90m, 12h, 7d, 2w; 90 days are kept"), N_("TIME") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->options->json, N_("Print JSON"), NULL },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &self->csv, N_("Print comma-separated values"), NULL },
    { "openmetrics", 0, 0, G_OPTION_ARG_NONE, &self->openmetrics, N_("Print what Prometheus and the like read"), NULL },
    { "rows", 0, 0, G_OPTION_ARG_NONE, &self->rows, N_("With --json or --csv: every record instead of the figures"), NULL },
    { "clear", 0, 0, G_OPTION_ARG_NONE, &self->clear, N_("Remove all records"), NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &self->options->verbose, N_("Show what happens on the standard error"), NULL },
    { NULL },
  };

  context = mz_cli_context_new ("stats", NULL,
                                _("Shows how connections went, of moltzerctl and of Moltzer: how many succeeded, and how long they took to be "
                                  "ready. The records stay on this computer, for 90 days; there are no addresses, names or secrets in "
                                  "them. MOLTZER_RECORDS=off keeps none."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);

  return mz_cli_parse (context, argv, 0, 0, &arguments, error) && check (self, error) && mz_cli_options_resolve (self->options, NULL, error);
}

/**
 * mz_cli_stats_run:
 *
 * `moltzerctl stats`.
 */
int
mz_cli_stats_run (int    argc,
                  char **argv)
{
  g_autoptr (Stats) self = g_new0 (Stats, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *set_aside = NULL;
  g_autofree char *text = NULL;

  self->options = mz_cli_options_new ();
  if (!stats_parse (self, argv, &error))
    return mz_cli_usage_error (self->options, "stats", error);

  self->records = mz_records_new (NULL);
  self->loop = g_main_loop_new (NULL, FALSE);
  if (self->clear)
    mz_records_clear_async (self->records, NULL, cleared_cb, self);
  else
    mz_records_query_async (self->records, self->since_ms > 0 ? g_get_real_time () / 1000 - self->since_ms : 0, NULL, queried_cb, self);
  g_main_loop_run (self->loop);

  set_aside = mz_records_dup_set_aside (self->records);
  if (set_aside != NULL)
    mz_cli_records_note_set_aside (self->options->output, set_aside);
  if (self->error != NULL)
    {
      if (g_error_matches (self->error, MZ_STORE_ERROR, MZ_STORE_ERROR_NEWER))
        mz_cli_output_note (self->options->output, _("moltzerctl: the records were written by a newer Moltzer; use that one to read them"));
      else
        mz_cli_output_note (self->options->output, _("moltzerctl: the records cannot be read: %s"), self->error->message);
      return MZ_CLI_EXIT_FAILED;
    }
  if (self->clear)
    return MZ_CLI_EXIT_DONE;

  text = make_text (self);
  mz_cli_output_print (self->options->output, text);

  return mz_cli_output_exit_code (self->options->output, MZ_CLI_EXIT_DONE);
}
