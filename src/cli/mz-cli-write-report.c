/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli.h"

#include <glib/gi18n.h>

#include "mz-cli-connection.h"
#include "mz-cli-report.h"
#include "mz-cli-signals.h"
#include "mz-host-facts.h"
#include "mz-report.h"

/* `moltzerctl report`: one dial, and what an issue needs of it. */

typedef struct
{
  MzCliOptions *options;
  MzCliConnection *connection;
  MzCliSignals *signals;
  GMainLoop *loop;
  GCancellable *cancellable;
  gboolean login;
  MzCliOutcome *outcome;
  GError *error;
} Report;

static void
report_free (Report *self)
{
  g_clear_pointer (&self->signals, mz_cli_signals_free);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->outcome, mz_cli_outcome_free);
  g_clear_pointer (&self->options, mz_cli_options_free);
  g_clear_error (&self->error);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Report, report_free)

static void
print_report (Report *self)
{
  MzHostFacts facts = mz_host_facts_collect (self->options->dial->platform);
  g_auto (GStrv) log = mz_cli_output_dup_log (self->options->output);
  g_auto (GStrv) secrets = mz_cli_output_dup_secrets (self->options->output);
  MzEndpoint *endpoints[] = { self->options->endpoint, NULL };
  MzReportInput input = {
    .trace = self->outcome != NULL ? self->outcome->trace : NULL,
    .diagnosis = self->outcome != NULL ? self->outcome->diagnosis : NULL,
    .facts = &facts,
    .log = (const char * const *) log,
    .secrets = (const char * const *) secrets,
    .endpoints = endpoints,
  };
  g_autofree char *report = mz_report_new (&input);
  g_autofree char *redacted = mz_cli_output_redact (self->options->output, report);

  mz_cli_output_print (self->options->output, redacted);
}

static void
closed_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Report *self = user_data;

  mz_cli_connection_close_finish (self->connection, result, NULL);
  g_main_loop_quit (self->loop);
}

static void
connected_cb (GObject      *source_object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Report *self = user_data;

  mz_cli_connection_connect_finish (self->connection, result, &self->error);
  self->outcome = mz_cli_outcome_new (mz_client_get_trace (mz_cli_connection_get_client (self->connection)), self->options->dial->platform,
                                      self->login, mz_cli_connection_get_timed_out (self->connection), self->error);
  mz_cli_connection_close_async (self->connection, closed_cb, self);
}

static void
interrupted_cb (gpointer user_data)
{
  Report *self = user_data;

  if (g_cancellable_is_cancelled (self->cancellable))
    g_main_loop_quit (self->loop);
  else
    g_cancellable_cancel (self->cancellable);
}

static gboolean
report_parse (Report  *self,
              char   **argv,
              GError **error)
{
  g_autoptr (GOptionContext) context = NULL;
  g_auto (GStrv) arguments = NULL;
  gboolean no_login = FALSE;
  const GOptionEntry entries[] = {
    { "no-login", 0, 0, G_OPTION_ARG_NONE, &no_login, N_("Stop when the gateway has shown itself; no secret is sent"), NULL },
    { NULL },
  };

  context = mz_cli_context_new ("report", _("[URL]"),
                                _("Connects once, and writes down what an issue needs: versions, this computer's network, each step, what was "
                                  "found wrong, the last lines of the log. Secrets, names and addresses are left out. Without a URL only what "
                                  "is known of this computer."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  mz_cli_options_add_to (self->options, context);

  if (!mz_cli_parse (context, argv, 0, 1, &arguments, error))
    return FALSE;

  self->login = !no_login;
  mz_cli_output_keep_log (self->options->output);

  return mz_cli_options_resolve (self->options, arguments[0], error);
}

static int
dial (Report *self)
{
  g_autoptr (GError) error = NULL;

  self->connection = mz_cli_connection_new (self->options, self->login, &error);
  if (self->connection == NULL)
    {
      mz_cli_output_note (self->options->output, "moltzerctl: %s", error->message);
      return MZ_CLI_EXIT_FAILED;
    }

  self->loop = g_main_loop_new (NULL, FALSE);
  self->cancellable = g_cancellable_new ();
  self->signals = mz_cli_signals_new (interrupted_cb, self);
  mz_cli_connection_prepare (self->connection, self->login, TRUE);
  mz_cli_connection_connect_async (self->connection, self->cancellable, connected_cb, self);
  g_main_loop_run (self->loop);
  mz_cli_connection_flush (self->connection);

  return g_cancellable_is_cancelled (self->cancellable) ? MZ_CLI_EXIT_INTERRUPTED : mz_cli_exit_code (self->error);
}

/**
 * mz_cli_report_run:
 *
 * `moltzerctl report`. A gateway that cannot be reached is what reports are about: it is no failure of this command, but told by the exit code
 * as by the others.
 */
int
mz_cli_report_run (int    argc,
                   char **argv)
{
  g_autoptr (Report) self = g_new0 (Report, 1);
  g_autoptr (GError) error = NULL;
  int code = MZ_CLI_EXIT_DONE;

  self->options = mz_cli_options_new ();
  if (!report_parse (self, argv, &error))
    return mz_cli_usage_error (self->options, "report", error);

  if (self->options->endpoint != NULL)
    code = dial (self);
  print_report (self);

  return mz_cli_output_exit_code (self->options->output, code);
}
