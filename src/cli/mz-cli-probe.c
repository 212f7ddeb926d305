/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "mz-cli-connection.h"
#include "mz-cli-report.h"
#include "mz-cli-signals.h"
#include "mz-cli-text.h"
#include "mz-warmup.h"

/* A mistyped number must not become hours of knocking. */
#define MAX_REPEAT 10000

/* What failed in the same way so often in a row will do so again. */
#define MAX_SAME 10

/* A day is long enough to see what is wrong. */
#define MAX_STAY_S (24 * 60 * 60)

typedef struct
{
  MzCliOptions *options;
  MzCliConnection *connection;
  MzCliSignals *signals;
  GMainLoop *loop;
  GCancellable *cancellable;
  gboolean login;
  gboolean repeated;
  int repeat;
  GPtrArray *outcomes;          /* MzCliOutcome */
  GError *error;                /* of the last dial that failed */
  guint same;                   /* how many in a row failed in the same way */

  int stay_s;
  guint stay_id;
  guint losses;
  MzTrace *lost_trace;          /* of what was lost last */
} Probe;

static void probe_dial (Probe *self);
static void closed_cb  (GObject      *source_object,
                        GAsyncResult *result,
                        gpointer      user_data);

static void
outcome_free (gpointer outcome)
{
  mz_cli_outcome_free (outcome);
}

static void
probe_free (Probe *self)
{
  g_clear_pointer (&self->signals, mz_cli_signals_free);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->outcomes, g_ptr_array_unref);
  g_clear_pointer (&self->options, mz_cli_options_free);
  g_clear_error (&self->error);
  g_clear_handle_id (&self->stay_id, g_source_remove);
  g_clear_object (&self->lost_trace);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Probe, probe_free)

static int
compare_ms (gconstpointer a,
            gconstpointer b)
{
  double first = *(const double *) a;
  double second = *(const double *) b;

  return (first > second) - (first < second);
}

/* Of the dials that were ready, sorted. */
static GArray *
ready_times (Probe *self)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < self->outcomes->len; i++)
    {
      const MzCliOutcome *outcome = g_ptr_array_index (self->outcomes, i);

      if (outcome->ok && outcome->ready_ms >= 0)
        g_array_append_val (times, outcome->ready_ms);
    }
  g_array_sort (times, compare_ms);

  return times;
}

static double
median (GArray *sorted)
{
  guint middle = sorted->len / 2;

  if (sorted->len == 0)
    return -1;
  if (sorted->len % 2 == 1)
    return g_array_index (sorted, double, middle);

  return (g_array_index (sorted, double, middle - 1) + g_array_index (sorted, double, middle)) / 2;
}

static double
nth_ms (GArray *sorted,
        guint   n)
{
  return n < sorted->len ? g_array_index (sorted, double, n) : -1;
}

static void
print_one (Probe *self)
{
  const MzCliOutcome *outcome = g_ptr_array_index (self->outcomes, self->outcomes->len - 1);

  if (self->options->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      mz_cli_report_json (self->options->output, builder, outcome);
      mz_cli_output_json (self->options->output, builder, TRUE);
    }
  else
    {
      g_autofree char *text = mz_cli_report_text (outcome);
      g_autofree char *redacted = mz_cli_output_redact (self->options->output, text);

      mz_cli_output_print (self->options->output, redacted);
    }
}

static void
print_summary (Probe *self)
{
  g_autoptr (GArray) times = ready_times (self);
  double min = nth_ms (times, 0);
  double max = times->len > 0 ? nth_ms (times, times->len - 1) : -1;

  if (self->options->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "ok");
      json_builder_add_boolean_value (builder, times->len == self->outcomes->len && self->outcomes->len > 0);
      json_builder_set_member_name (builder, "count");
      json_builder_add_int_value (builder, self->outcomes->len);
      json_builder_set_member_name (builder, "succeeded");
      json_builder_add_int_value (builder, times->len);
      mz_cli_json_ms (builder, "min_ms", min);
      mz_cli_json_ms (builder, "median_ms", median (times));
      mz_cli_json_ms (builder, "max_ms", max);
      json_builder_set_member_name (builder, "runs");
      json_builder_begin_array (builder);
      for (guint i = 0; i < self->outcomes->len; i++)
        mz_cli_report_json (self->options->output, builder, g_ptr_array_index (self->outcomes, i));
      json_builder_end_array (builder);
      json_builder_end_object (builder);
      mz_cli_output_json (self->options->output, builder, TRUE);
    }
  else
    {
      g_autofree char *min_text = mz_cli_text_ms (min);
      g_autofree char *median_text = mz_cli_text_ms (median (times));
      g_autofree char *max_text = mz_cli_text_ms (max);
      g_autofree char *line = NULL;

      line = g_strdup_printf (_("\n%u of %u: min %s, median %s, max %s\n"), times->len, self->outcomes->len,
                              min_text, median_text, max_text);
      mz_cli_output_print (self->options->output, line);
    }
}

/* With --repeat: the first dial, and each that failed in another way than the one before, in full; of the others a line. */
static void
print_progress (Probe *self)
{
  const MzCliOutcome *outcome = g_ptr_array_index (self->outcomes, self->outcomes->len - 1);

  if (self->options->json)
    return;

  if (self->same > 1)
    {
      g_autofree char *clean = mz_cli_text_clean (self->error->message, MZ_CLI_TEXT_LINE);
      g_autofree char *redacted = mz_cli_output_redact (self->options->output, clean);
      g_autofree char *line = g_strdup_printf (_("%u: the same: %s\n"), self->outcomes->len, redacted);

      mz_cli_output_print (self->options->output, line);
    }
  else if (self->outcomes->len == 1 || !outcome->ok)
    {
      print_one (self);
    }
  else
    {
      g_autofree char *ms = mz_cli_text_ms (outcome->ready_ms);
      g_autofree char *line = g_strdup_printf ("%s%u: %s\n", self->outcomes->len == 2 ? "\n" : "", self->outcomes->len, ms);

      mz_cli_output_print (self->options->output, line);
    }
}

static void
closed_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Probe *self = user_data;
  gboolean goes_on;

  mz_cli_connection_close_finish (self->connection, result, NULL);

  /* A refused login is not repeated: gateways count them. */
  goes_on = (int) self->outcomes->len < self->repeat && !g_cancellable_is_cancelled (self->cancellable) &&
            mz_cli_exit_code (self->error) != MZ_CLI_EXIT_AUTH && self->same < MAX_SAME &&
            !mz_cli_output_get_broken (self->options->output);

  if (goes_on)
    {
      probe_dial (self);
      return;
    }

  if (self->same >= MAX_SAME && (int) self->outcomes->len < self->repeat)
    mz_cli_output_note (self->options->output, _("Failed in the same way %d times in a row; no more of it."), MAX_SAME);
  g_main_loop_quit (self->loop);
}

static gboolean
is_same (Probe        *self,
         const GError *error)
{
  return self->same > 0 && g_error_matches (self->error, error->domain, error->code) &&
         g_strcmp0 (self->error->message, error->message) == 0;
}

static void
stay_end (Probe *self)
{
  MzClient *client = mz_cli_connection_get_client (self->connection);
  MzCliOutcome *outcome;

  g_clear_handle_id (&self->stay_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (client, self);

  outcome = mz_cli_outcome_new (self->losses > 0 ? self->lost_trace : mz_client_get_trace (client), self->options->dial->platform, TRUE, 0,
                                self->error);
  outcome->stayed = TRUE;
  outcome->losses = self->losses;
  g_ptr_array_add (self->outcomes, outcome);
  print_one (self);
  mz_cli_connection_close_async (self->connection, closed_cb, self);
}

static gboolean
stay_over_cb (gpointer user_data)
{
  Probe *self = user_data;

  self->stay_id = 0;
  stay_end (self);

  return G_SOURCE_REMOVE;
}

static void
say_lost (Probe *self)
{
  MzCliOutcome *outcome = mz_cli_outcome_new (self->lost_trace, self->options->dial->platform, TRUE, 0, self->error);

  if (outcome->diagnosis != NULL)
    mz_cli_output_note (self->options->output, _("! Lost: %s (%s)"), outcome->diagnosis->headline, outcome->diagnosis->id);
  mz_cli_outcome_free (outcome);
}

/* While it stays connected: what is lost, and what fails after that, is kept for the end. */
static void
stay_state_cb (Probe *self)
{
  MzClient *client = mz_cli_connection_get_client (self->connection);
  MzClientState state = mz_client_get_state (client);
  gboolean lost;

  if (state != MZ_CLIENT_WAITING && state != MZ_CLIENT_STOPPED)
    return;

  /* A try to come back that fails is no other loss; what stops it for good is told. */
  lost = mz_trace_get_ready_us (mz_client_get_trace (client)) != 0;
  if (lost || state == MZ_CLIENT_STOPPED)
    {
      self->losses += lost;
      g_clear_error (&self->error);
      self->error = g_error_copy (mz_client_get_error (client));
      g_set_object (&self->lost_trace, mz_client_get_trace (client));
      say_lost (self);
    }
  if (state == MZ_CLIENT_STOPPED)
    stay_end (self);
}

static void
stay (Probe *self)
{
  MzClient *client = mz_cli_connection_get_client (self->connection);

  mz_client_set_reconnect (client, TRUE);
  mz_cli_connection_stay_awake (self->connection);
  g_signal_connect_swapped (client, "notify::state", G_CALLBACK (stay_state_cb), self);
  self->stay_id = g_timeout_add (1000 * (guint) self->stay_s, stay_over_cb, self);
  mz_cli_output_note (self->options->output, _("Connected; staying for %d s…"), self->stay_s);
}

static void
connected_cb (GObject      *source_object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Probe *self = user_data;
  MzClient *client = mz_cli_connection_get_client (self->connection);
  g_autoptr (GError) error = NULL;
  MzCliOutcome *outcome;

  if (mz_cli_connection_connect_finish (self->connection, result, &error) && self->stay_s > 0)
    {
      stay (self);
      return;
    }

  outcome = mz_cli_outcome_new (mz_client_get_trace (client), self->options->dial->platform, self->login,
                                mz_cli_connection_get_timed_out (self->connection), error);
  if (error != NULL)
    {
      self->same = is_same (self, error) ? self->same + 1 : 1;
      g_clear_error (&self->error);
      self->error = g_steal_pointer (&error);
    }
  else
    {
      self->same = 0;
    }

  /* Without a trace nothing was tried. */
  if (outcome->trace == NULL)
    {
      mz_cli_report_failure (self->options->output, outcome, self->error);
      mz_cli_outcome_free (outcome);
      g_main_loop_quit (self->loop);
      return;
    }

  g_ptr_array_add (self->outcomes, outcome);
  if (self->repeated)
    print_progress (self);
  else
    print_one (self);

  mz_cli_connection_close_async (self->connection, closed_cb, self);
}

static void
probe_dial (Probe *self)
{
  mz_cli_connection_prepare (self->connection, self->login, TRUE);
  mz_cli_connection_connect_async (self->connection, self->cancellable, connected_cb, self);
}

static void
warm_cb (GObject      *source_object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Probe *self = user_data;

  /* A failure to warm up costs time only; the dial itself tells what is wrong. */
  mz_warmup_finish (result, NULL);
  if (self != NULL)
    probe_dial (self);
}

static void
interrupted_cb (gpointer user_data)
{
  Probe *self = user_data;

  if (self->stay_id != 0)
    stay_end (self);
  else if (g_cancellable_is_cancelled (self->cancellable))
    g_main_loop_quit (self->loop);
  else
    g_cancellable_cancel (self->cancellable);
}

static gboolean
probe_parse (Probe   *self,
             char   **argv,
             GError **error)
{
  g_autoptr (GOptionContext) context = NULL;
  g_auto (GStrv) arguments = NULL;
  gboolean no_login = FALSE;
  const GOptionEntry entries[] = {
    { "no-login", 0, 0, G_OPTION_ARG_NONE, &no_login, N_("Stop when the gateway has shown itself; no secret is sent"), NULL },
    { "repeat", 0, 0, G_OPTION_ARG_INT, &self->repeat, N_("Connect N times, one after the other, and compare the times"), N_("N") },
    { "stay", 0, 0, G_OPTION_ARG_INT, &self->stay_s, N_("Stay connected for S seconds, and tell how the connection is lost"), N_("S") },
    { NULL },
  };

  context = mz_cli_context_new ("probe", _("URL"),
                                _("Connects and logs in, and shows each step with its time: what works, what does not and why."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  mz_cli_options_add_to (self->options, context);

  if (!mz_cli_parse (context, argv, 1, 1, &arguments, error))
    return FALSE;

  self->login = !no_login;
  self->repeated = self->repeat != MZ_CLI_UNSET;
  if (self->repeated && (self->repeat < 1 || self->repeat > MAX_REPEAT))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--repeat: say a number from 1 to %d"), MAX_REPEAT);
      return FALSE;
    }

  if (self->stay_s != MZ_CLI_UNSET && (self->stay_s < 1 || self->stay_s > MAX_STAY_S || self->repeated || no_login))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("--stay: say a number from 1 to %d, without --repeat and --no-login"), MAX_STAY_S);
      return FALSE;
    }

  return mz_cli_options_resolve (self->options, arguments[0], error);
}

/**
 * mz_cli_probe_run:
 *
 * `moltzerctl probe`.
 */
int
mz_cli_probe_run (int    argc,
                  char **argv)
{
  g_autoptr (Probe) self = g_new0 (Probe, 1);
  g_autoptr (GError) error = NULL;

  self->options = mz_cli_options_new ();
  self->repeat = MZ_CLI_UNSET;
  self->stay_s = MZ_CLI_UNSET;
  if (!probe_parse (self, argv, &error))
    return mz_cli_usage_error (self->options, "probe", error);

  self->connection = mz_cli_connection_new (self->options, self->login, &error);
  if (self->connection == NULL)
    {
      mz_cli_output_note (self->options->output, "moltzerctl: %s", error->message);
      return MZ_CLI_EXIT_FAILED;
    }

  self->loop = g_main_loop_new (NULL, FALSE);
  self->cancellable = g_cancellable_new ();
  self->outcomes = g_ptr_array_new_with_free_func (outcome_free);
  self->signals = mz_cli_signals_new (interrupted_cb, self);

  /* Repeated dials are compared: the first must not pay for what the others find ready. */
  if (self->repeated)
    {
      mz_warmup_async (NULL, warm_cb, self);
    }
  else
    {
      mz_warmup_async (NULL, warm_cb, NULL);
      probe_dial (self);
    }
  g_main_loop_run (self->loop);

  if (self->repeated && self->outcomes->len > 0)
    print_summary (self);
  mz_cli_connection_flush (self->connection);

  if (g_cancellable_is_cancelled (self->cancellable))
    return MZ_CLI_EXIT_INTERRUPTED;

  return mz_cli_output_exit_code (self->options->output, mz_cli_exit_code (self->error));
}
