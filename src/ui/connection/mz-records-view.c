/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-records-view.h"

#include <glib/gi18n.h>

#include "mz-records-chart.h"
#include "mz-records-words.h"

/* What comes once in a while is in the export. */
#define MAX_FAILURES 8

#define DAY_HOURS 24

static GtkWidget *
label_new (const char *text,
           const char *first_class,
           const char *second_class)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL,
                                   "label", text,
                                   "xalign", 0.,
                                   "wrap", TRUE,
                                   "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                   NULL);

  if (first_class != NULL)
    gtk_widget_add_css_class (label, first_class);
  if (second_class != NULL)
    gtk_widget_add_css_class (label, second_class);

  return label;
}

/* A heading and what is below it */
static GtkWidget *
section_new (const char *title,
             const char *note,
             GtkWidget  *child)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *heading = g_object_new (GTK_TYPE_LABEL,
                                     "label", title,
                                     "xalign", 0.,
                                     "accessible-role", GTK_ACCESSIBLE_ROLE_HEADING,
                                     NULL);

  gtk_widget_add_css_class (heading, "heading");
  gtk_box_append (GTK_BOX (box), heading);
  if (note != NULL)
    gtk_box_append (GTK_BOX (box), label_new (note, "caption", "dim-label"));
  gtk_widget_add_css_class (child, "card");
  gtk_widget_add_css_class (child, "padded");
  gtk_box_append (GTK_BOX (box), child);

  return box;
}

/* ---- figures ---- */

static void
add_figure (GtkWidget  *grid,
            const char *figure,
            const char *meaning)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *child;

  gtk_box_append (GTK_BOX (box), label_new (figure, "title-2", "numeric"));
  gtk_box_append (GTK_BOX (box), label_new (meaning, "caption", "dim-label"));
  gtk_flow_box_append (GTK_FLOW_BOX (grid), box);

  /* Nothing to be chosen */
  child = gtk_widget_get_parent (box);
  gtk_widget_set_focusable (child, FALSE);
}

static GtkWidget *
figures_new (const MzStatsRow *all)
{
  GtkWidget *grid = g_object_new (GTK_TYPE_FLOW_BOX,
                                  "homogeneous", TRUE,
                                  "min-children-per-line", 2,
                                  "max-children-per-line", 2,
                                  "selection-mode", GTK_SELECTION_NONE,
                                  "row-spacing", 12,
                                  "column-spacing", 12,
                                  NULL);
  g_autofree char *rate = mz_records_rate_to_words (all);
  g_autofree char *count = mz_records_count_to_words (all);
  g_autofree char *attempts = g_strdup_printf (_("%s attempts succeeded"), count);
  g_autofree char *half = mz_records_ms_to_words (all->p50_ms);
  g_autofree char *most = mz_records_ms_to_words (all->p95_ms);
  g_autofree char *lost = g_strdup_printf ("%u", all->lost);
  g_autofree char *of = g_strdup_printf (ngettext ("lost, of %u connection", "lost, of %u connections", all->connections), all->connections);

  gtk_widget_add_css_class (grid, "records-figures");
  add_figure (grid, rate, attempts);
  add_figure (grid, half, _("until half of them were ready"));
  add_figure (grid, most, _("until 95 of 100 were ready"));
  add_figure (grid, lost, of);
  gtk_widget_add_css_class (grid, "card");
  gtk_widget_add_css_class (grid, "padded");

  return grid;
}

/* ---- days ---- */

/* What is known of the day that begins at @start; the list has no gaps, but may begin later and end earlier. */
static MzStatsDay
find_day (const MzStats *stats,
          GDateTime     *start)
{
  MzStatsDay none = { .start_ms = g_date_time_to_unix (start) * 1000 };

  for (guint i = 0; i < stats->days->len; i++)
    {
      const MzStatsDay *day = &g_array_index (stats->days, MzStatsDay, i);

      if (day->start_ms == none.start_ms)
        return *day;
    }

  return none;
}

static GDateTime *
start_of_day (GDateTime *time)
{
  return g_date_time_new (g_date_time_get_timezone (time), g_date_time_get_year (time), g_date_time_get_month (time),
                          g_date_time_get_day_of_month (time), 0, 0, 0);
}

static GtkWidget *
days_new (const MzStats *stats,
          guint          n_days,
          GDateTime     *now)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *chart = g_object_new (GTK_TYPE_BOX, "homogeneous", TRUE, NULL);
  GtkWidget *axis = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *until;
  g_autoptr (GDateTime) today = start_of_day (now);
  g_autofree char *from = NULL;
  guint most_above = 0, most_below = 0;

  for (guint i = 0; i < stats->days->len; i++)
    {
      most_above = MAX (most_above, g_array_index (stats->days, MzStatsDay, i).succeeded);
      most_below = MAX (most_below, g_array_index (stats->days, MzStatsDay, i).failed);
    }

  for (guint i = n_days; i > 0; i--)
    {
      /* Noon, so that a day of 23 hours does not lead into another one. */
      g_autoptr (GDateTime) noon = g_date_time_add_hours (today, DAY_HOURS / 2);
      g_autoptr (GDateTime) other = g_date_time_add_days (noon, 1 - (int) i);
      g_autoptr (GDateTime) start = start_of_day (other);
      MzStatsDay day = find_day (stats, start);
      g_autofree char *label = mz_records_day_to_label (&day, g_date_time_get_timezone (now));

      gtk_box_append (GTK_BOX (chart), mz_records_column_new (day.succeeded, day.failed, most_above, most_below, label));
      if (i == n_days)
        from = g_date_time_format (start, "%x");
    }

  gtk_widget_add_css_class (axis, "caption");
  gtk_widget_add_css_class (axis, "dim-label");
  gtk_box_append (GTK_BOX (axis), label_new (from, NULL, NULL));
  until = label_new (_("Today"), NULL, NULL);
  gtk_widget_set_hexpand (until, TRUE);
  gtk_label_set_xalign (GTK_LABEL (until), 1);
  gtk_box_append (GTK_BOX (axis), until);

  gtk_box_append (GTK_BOX (box), chart);
  gtk_box_append (GTK_BOX (box), axis);

  return box;
}

/* ---- rows ---- */

static void
add_bar (GtkWidget  *box,
         GtkWidget  *bar,
         const char *text,
         const char *klass)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "xalign", 1., "width-chars", 15, NULL);

  gtk_widget_add_css_class (bar, klass);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (line), bar);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (box), line);
}

static GtkWidget *
group_row_new (const MzStatsRow *row,
               MzStatsKey        key,
               double            slowest_ms)
{
  const char *name = mz_records_value_to_words (row, key);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  g_autofree char *rate = mz_records_rate_to_words (row);
  g_autofree char *success = mz_records_success_to_label (row, name);
  g_autofree char *times = mz_records_times_to_label (row, name);
  g_autofree char *counts = mz_records_count_to_words (row);
  g_autofree char *half = mz_records_ms_to_words (row->p50_ms);
  g_autofree char *most = mz_records_ms_to_words (row->p95_ms);
  /* TRANSLATORS: how many succeeded: "97.5 % · 117 of 120" */
  g_autofree char *success_text = g_strdup_printf (_("%s · %s"), rate, counts);
  /* TRANSLATORS: two times: "84 ms – 310 ms" */
  g_autofree char *times_text = row->timed > 0 ? g_strdup_printf (_("%s – %s"), half, most) : g_strdup (half);
  double scale = slowest_ms > 0 ? slowest_ms : 1;

  gtk_box_append (GTK_BOX (box), label_new (name, NULL, NULL));
  add_bar (box, mz_records_bar_new (mz_stats_row_get_rate (row), 0, success), success_text, "success");
  add_bar (box, mz_records_bar_new (row->p50_ms / scale, row->p95_ms / scale, times), times_text, "time");

  return box;
}

static GtkWidget *
group_new (const MzStats *stats,
           MzStatsKey     key)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  double slowest_ms = 0;

  for (guint i = 0; i < stats->by[key]->len; i++)
    slowest_ms = MAX (slowest_ms, ((const MzStatsRow *) g_ptr_array_index (stats->by[key], i))->p95_ms);
  for (guint i = 0; i < stats->by[key]->len; i++)
    {
      const MzStatsRow *row = g_ptr_array_index (stats->by[key], i);

      /* A connection whose dial is older than what is shown */
      if (row->dials > 0)
        gtk_box_append (GTK_BOX (box), group_row_new (row, key, slowest_ms));
    }

  return box;
}

static GtkWidget *
failures_new (const MzStats *stats)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  const MzStatsCount *first = g_ptr_array_index (stats->failures, 0);

  for (guint i = 0; i < MIN (stats->failures->len, MAX_FAILURES); i++)
    {
      const MzStatsCount *failure = g_ptr_array_index (stats->failures, i);
      const char *words = mz_records_diagnosis_to_words (failure->name);
      GtkWidget *row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
      g_autofree char *label = g_strdup_printf (ngettext ("%s: %u time", "%s: %u times", failure->count), words, failure->count);
      g_autofree char *count = g_strdup_printf ("%u", failure->count);

      gtk_box_append (GTK_BOX (row), label_new (words, NULL, NULL));
      add_bar (row, mz_records_bar_new ((double) failure->count / first->count, 0, label), count, "failure");
      gtk_box_append (GTK_BOX (box), row);
    }

  return box;
}

/**
 * mz_records_view_new:
 * @stats: what records come to; of one dial at least
 * @n_days: how many days the chart of them has
 * @now: the time, in the zone of the person
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
mz_records_view_new (const MzStats *stats,
                     guint          n_days,
                     GDateTime     *now)
{
  static const char * const titles[MZ_N_STATS_KEYS] = {
    [MZ_STATS_METHOD] = N_("By method"),
    [MZ_STATS_NETWORK] = N_("By network"),
    [MZ_STATS_PLATFORM] = N_("By platform"),
  };
  GtkWidget *box;
  g_autofree char *connections = NULL;

  g_return_val_if_fail (stats != NULL, NULL);
  g_return_val_if_fail (now != NULL, NULL);

  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 24);
  gtk_box_append (GTK_BOX (box), figures_new (&stats->all));
  gtk_box_append (GTK_BOX (box), section_new (_("Each day"), _("Above the line what succeeded, below it what failed"), days_new (stats, n_days, now)));
  for (MzStatsKey key = MZ_STATS_METHOD; key < MZ_N_STATS_KEYS; key++)
    gtk_box_append (GTK_BOX (box),
                    section_new (_(titles[key]),
                                 key == MZ_STATS_METHOD ? _("First how many succeeded, then how long half of them took to be ready, and 95 of 100") : NULL,
                                 group_new (stats, key)));
  if (stats->failures->len > 0)
    gtk_box_append (GTK_BOX (box), section_new (_("Why attempts failed"), NULL, failures_new (stats)));

  connections = mz_records_connections_to_words (&stats->all);
  if (connections != NULL)
    gtk_box_append (GTK_BOX (box), section_new (_("Connections"), NULL, label_new (connections, NULL, NULL)));

  return box;
}
