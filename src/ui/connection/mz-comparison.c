/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-comparison.h"

#include <glib/gi18n.h>

#include "mz-connection-private.h"
#include "mz-connection-words.h"
#include "mz-host-facts.h"
#include "mz-probe.h"

/* What people feel: below it, faster is not better. */
#define MIN_GAIN_MS 50

/* And the faster one takes at most this part of the other's time. */
#define MIN_GAIN_RATIO 0.67

enum
{
  IPV4_ONLY,
  STANDARD,
  N_SIDES,
};

static const MzStrategySetting settings[N_SIDES] = { MZ_STRATEGY_IPV4_ONLY, MZ_STRATEGY_STANDARD };

typedef struct
{
  double ms[MZ_COMPARISON_ROUNDS];
  char *failure;                /* the headline of the last one that failed */
  GtkWidget *median;
  GtkWidget *each;
} Side;

struct _MzComparison
{
  GtkWidget parent_instance;

  MzGateway *gateway;
  MzProbe *probe;
  guint n_done;                 /* of both sides together, in turn */
  Side sides[N_SIDES];
  MzComparisonVerdict verdict;

  GtkWidget *box;
  GtkWidget *start;
  GtkWidget *progress;
  GtkWidget *progress_text;
  GtkWidget *table;
  GtkWidget *conclusion;
  GtkWidget *use;
};

G_DEFINE_FINAL_TYPE (MzComparison, mz_comparison, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_GATEWAY,
  PROP_RUNNING,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void next (MzComparison *self);

static int
compare_ms (gconstpointer a,
            gconstpointer b)
{
  double first = *(const double *) a;
  double second = *(const double *) b;

  return (first > second) - (first < second);
}

/**
 * mz_comparison_median:
 * @ms: times, below 0 for failures
 * @n: how many
 *
 * Returns: the median of those that did not fail, below 0 when all did
 */
double
mz_comparison_median (const double *ms,
                      guint         n)
{
  g_autoptr (GArray) good = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < n; i++)
    if (ms[i] >= 0)
      g_array_append_val (good, ms[i]);

  if (good->len == 0)
    return -1;

  g_array_sort (good, compare_ms);
  if (good->len % 2 == 1)
    return g_array_index (good, double, good->len / 2);

  return (g_array_index (good, double, good->len / 2 - 1) + g_array_index (good, double, good->len / 2)) / 2;
}

static guint
count_good (const double *ms,
            guint         n)
{
  guint good = 0;

  for (guint i = 0; i < n; i++)
    good += ms[i] >= 0 ? 1 : 0;

  return good;
}

/**
 * mz_comparison_judge:
 * @ipv4_only: the times of IPv4-only, below 0 for failures
 * @standard: those of the standard way
 * @n: how many each
 *
 * Who fails less is better; among equals who is so much faster that it is felt.
 *
 * Returns: which is plainly better
 */
MzComparisonVerdict
mz_comparison_judge (const double *ipv4_only,
                     const double *standard,
                     guint         n)
{
  guint good_ipv4_only = count_good (ipv4_only, n);
  guint good_standard = count_good (standard, n);
  double ms_ipv4_only, ms_standard;

  if (good_ipv4_only == 0 && good_standard == 0)
    return MZ_COMPARISON_NEITHER;
  if (good_ipv4_only != good_standard)
    return good_ipv4_only > good_standard ? MZ_COMPARISON_IPV4_ONLY : MZ_COMPARISON_STANDARD;

  ms_ipv4_only = mz_comparison_median (ipv4_only, n);
  ms_standard = mz_comparison_median (standard, n);
  if (ms_standard - ms_ipv4_only >= MIN_GAIN_MS && ms_ipv4_only <= ms_standard * MIN_GAIN_RATIO)
    return MZ_COMPARISON_IPV4_ONLY;
  if (ms_ipv4_only - ms_standard >= MIN_GAIN_MS && ms_standard <= ms_ipv4_only * MIN_GAIN_RATIO)
    return MZ_COMPARISON_STANDARD;

  return MZ_COMPARISON_SAME;
}

static void
update_side (MzComparison *self,
             Side         *side,
             guint         n)
{
  g_autoptr (GString) each = g_string_new (NULL);
  double median = mz_comparison_median (side->ms, n);
  g_autofree char *median_text = median >= 0 ? mz_ms_to_words (median) : g_strdup (n > 0 ? _("failed") : "…");

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *ms = side->ms[i] >= 0 ? mz_ms_to_words (side->ms[i]) : g_strdup (_("failed"));

      g_string_append_printf (each, "%s%s", i > 0 ? ", " : "", ms);
    }
  if (side->failure != NULL)
    g_string_append_printf (each, "\n%s", side->failure);

  gtk_label_set_text (GTK_LABEL (side->median), median_text);
  gtk_label_set_text (GTK_LABEL (side->each), each->str);
}

static void
update_conclusion (MzComparison *self)
{
  gboolean done = self->probe == NULL && self->n_done == N_SIDES * MZ_COMPARISON_ROUNDS;
  MzStrategySetting better = self->verdict == MZ_COMPARISON_IPV4_ONLY ? MZ_STRATEGY_IPV4_ONLY : MZ_STRATEGY_STANDARD;
  const char *text = "";
  gboolean usable = FALSE;

  if (done)
    {
      self->verdict = mz_comparison_judge (self->sides[IPV4_ONLY].ms, self->sides[STANDARD].ms, MZ_COMPARISON_ROUNDS);
      better = self->verdict == MZ_COMPARISON_IPV4_ONLY ? MZ_STRATEGY_IPV4_ONLY : MZ_STRATEGY_STANDARD;
      usable = (self->verdict == MZ_COMPARISON_IPV4_ONLY || self->verdict == MZ_COMPARISON_STANDARD) &&
               mz_gateway_entry_get_strategy (mz_gateway_get_entry (self->gateway)) != better;

      switch (self->verdict)
        {
        case MZ_COMPARISON_IPV4_ONLY:
          text = _("IPv4 only works better here.");
          break;
        case MZ_COMPARISON_STANDARD:
          text = _("The standard way works better here.");
          break;
        case MZ_COMPARISON_NEITHER:
          text = _("Neither gets through: the strategy is not what is wrong.");
          break;
        case MZ_COMPARISON_SAME:
        default:
          text = _("Both work equally well here.");
          break;
        }
    }

  gtk_label_set_text (GTK_LABEL (self->conclusion), text);
  gtk_widget_set_visible (self->conclusion, *text != '\0');
  gtk_button_set_label (GTK_BUTTON (self->use), better == MZ_STRATEGY_IPV4_ONLY ? _("Use IPv4 only") : _("Use the standard way"));
  gtk_widget_set_visible (self->use, usable);
}

static void
update (MzComparison *self)
{
  gboolean running = self->probe != NULL;

  gtk_widget_set_sensitive (self->start, self->gateway != NULL);
  gtk_button_set_label (GTK_BUTTON (self->start), running ? _("Cancel") : _("Compare strategies"));
  gtk_widget_set_visible (self->progress, running);
  gtk_widget_set_visible (self->table, self->n_done > 0 || running);
  if (running)
    {
      g_autofree char *text = g_strdup_printf (_("Try %u of %u…"), self->n_done + 1, (guint) (N_SIDES * MZ_COMPARISON_ROUNDS));

      gtk_label_set_text (GTK_LABEL (self->progress_text), text);
    }

  for (guint i = 0; i < N_SIDES; i++)
    update_side (self, &self->sides[i], (self->n_done + N_SIDES - 1 - i) / N_SIDES);
  update_conclusion (self);
}

static void
set_probe (MzComparison *self,
           MzProbe      *probe)
{
  gboolean was_running = self->probe != NULL;

  if (self->probe != NULL)
    g_signal_handlers_disconnect_by_data (self->probe, self);
  g_clear_object (&self->probe);
  self->probe = probe;
  if (was_running != (probe != NULL))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNNING]);
}

static void
cancel (MzComparison *self)
{
  if (self->probe == NULL)
    return;

  set_probe (self, NULL);
  update (self);
}

static void
probe_done_cb (MzComparison *self)
{
  Side *side = &self->sides[self->n_done % N_SIDES];

  side->ms[self->n_done / N_SIDES] = mz_probe_get_ms (self->probe);
  if (mz_probe_get_error (self->probe) != NULL)
    {
      MzHostFacts facts = mz_host_facts_collect (mz_platform_current ());
      g_autoptr (MzDiagnosis) diagnosis = mz_diagnosis_of (mz_probe_get_trace (self->probe), &facts, mz_probe_get_error (self->probe));

      g_free (side->failure);
      side->failure = mz_text_for_label (diagnosis != NULL ? diagnosis->headline : NULL, 200);
    }

  self->n_done++;
  next (self);
}

static void
next (MzComparison *self)
{
  g_autoptr (GError) error = NULL;
  MzProbe *probe = NULL;

  if (self->n_done < N_SIDES * MZ_COMPARISON_ROUNDS)
    {
      probe = mz_probe_new (mz_gateway_get_entry (self->gateway), settings[self->n_done % N_SIDES], &error);
      if (probe == NULL)
        mz_connection_toast (GTK_WIDGET (self), error->message);
    }

  set_probe (self, probe);
  if (probe != NULL)
    {
      g_signal_connect_object (probe, "done", G_CALLBACK (probe_done_cb), self, G_CONNECT_SWAPPED);
      mz_probe_start (probe);
    }
  update (self);
}

static void
use_cb (MzComparison *self)
{
  MzStrategySetting better = self->verdict == MZ_COMPARISON_IPV4_ONLY ? MZ_STRATEGY_IPV4_ONLY : MZ_STRATEGY_STANDARD;

  mz_gateway_entry_set_strategy (mz_gateway_get_entry (self->gateway), better);
  update (self);
}

static void
start_cb (MzComparison *self)
{
  if (self->probe != NULL)
    cancel (self);
  else
    mz_comparison_start (self);
}

static GtkWidget *
new_cell (GtkWidget  *table,
          const char *text,
          const char *klass,
          int         column,
          int         row)
{
  GtkWidget *cell = g_object_new (GTK_TYPE_LABEL,
                                  "label", text,
                                  "xalign", 0.,
                                  "yalign", 0.,
                                  "wrap", TRUE,
                                  "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                  "hexpand", column == 2,
                                  NULL);

  if (klass != NULL)
    gtk_widget_add_css_class (cell, klass);
  gtk_grid_attach (GTK_GRID (table), cell, column, row, 1, 1);

  return cell;
}

static void
mz_comparison_unmap (GtkWidget *widget)
{
  cancel (MZ_COMPARISON (widget));

  GTK_WIDGET_CLASS (mz_comparison_parent_class)->unmap (widget);
}

static void
mz_comparison_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  MzComparison *self = MZ_COMPARISON (object);

  switch (prop_id)
    {
    case PROP_GATEWAY:
      g_value_set_object (value, self->gateway);
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, mz_comparison_get_running (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_comparison_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_GATEWAY:
      mz_comparison_set_gateway (MZ_COMPARISON (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_comparison_dispose (GObject *object)
{
  MzComparison *self = MZ_COMPARISON (object);

  if (self->probe != NULL)
    g_signal_handlers_disconnect_by_data (self->probe, self);
  g_clear_object (&self->probe);
  g_clear_object (&self->gateway);
  for (guint i = 0; i < N_SIDES; i++)
    g_clear_pointer (&self->sides[i].failure, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_COMPARISON);

  G_OBJECT_CLASS (mz_comparison_parent_class)->dispose (object);
}

static void
mz_comparison_class_init (MzComparisonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = mz_comparison_get_property;
  object_class->set_property = mz_comparison_set_property;
  object_class->dispose = mz_comparison_dispose;
  widget_class->unmap = mz_comparison_unmap;

  props[PROP_GATEWAY] = g_param_spec_object ("gateway", NULL, NULL, MZ_TYPE_GATEWAY,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_css_name (widget_class, "comparison");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/connection/ui/mz-comparison.ui");
  gtk_widget_class_bind_template_child (widget_class, MzComparison, box);
  gtk_widget_class_bind_template_child (widget_class, MzComparison, start);
  gtk_widget_class_bind_template_child (widget_class, MzComparison, progress);
  gtk_widget_class_bind_template_child (widget_class, MzComparison, progress_text);
  gtk_widget_class_bind_template_child (widget_class, MzComparison, table);
  gtk_widget_class_bind_template_child (widget_class, MzComparison, conclusion);
  gtk_widget_class_bind_template_child (widget_class, MzComparison, use);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
  gtk_widget_class_bind_template_callback (widget_class, use_cb);
}

static void
mz_comparison_init (MzComparison *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  new_cell (self->table, _("Strategy"), "dim-label", 0, 0);
  new_cell (self->table, _("Median"), "dim-label", 1, 0);
  new_cell (self->table, _("Each time"), "dim-label", 2, 0);
  for (guint i = 0; i < N_SIDES; i++)
    {
      new_cell (self->table, mz_route_to_words (i == IPV4_ONLY ? MZ_ROUTE_IPV4_ONLY : MZ_ROUTE_STANDARD), NULL, 0, (int) i + 1);
      self->sides[i].median = new_cell (self->table, NULL, "numeric", 1, (int) i + 1);
      self->sides[i].each = new_cell (self->table, NULL, "numeric", 2, (int) i + 1);
    }
  update (self);
}

/**
 * mz_comparison_set_gateway:
 * @gateway: (nullable): where to dial
 */
void
mz_comparison_set_gateway (MzComparison *self,
                           MzGateway    *gateway)
{
  g_return_if_fail (MZ_IS_COMPARISON (self));
  g_return_if_fail (gateway == NULL || MZ_IS_GATEWAY (gateway));

  if (self->gateway == gateway)
    return;

  set_probe (self, NULL);
  self->n_done = 0;
  g_set_object (&self->gateway, gateway);
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_GATEWAY]);
}

/**
 * mz_comparison_start:
 *
 * Begins anew.
 */
void
mz_comparison_start (MzComparison *self)
{
  g_return_if_fail (MZ_IS_COMPARISON (self));

  if (self->gateway == NULL || self->probe != NULL)
    return;

  self->n_done = 0;
  for (guint i = 0; i < N_SIDES; i++)
    g_clear_pointer (&self->sides[i].failure, g_free);
  next (self);
}

gboolean
mz_comparison_get_running (MzComparison *self)
{
  g_return_val_if_fail (MZ_IS_COMPARISON (self), FALSE);

  return self->probe != NULL;
}
