/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-query.h"

#include <glib/gi18n.h>

#include "mz-cli-report.h"
#include "mz-cli-signals.h"
#include "mz-warmup.h"

/* A list that a gateway began to send but never ends. As long as a request may take (docs: gateway/protocol/versioning). */
#define ANSWER_S 30

/* One command that connects, asks, prints and leaves. */
struct _MzCliQuery
{
  char *command;
  MzCliOptions *options;
  MzCliConnection *connection;
  MzCliSignals *signals;
  GMainLoop *loop;
  GCancellable *cancellable;
  MzCliQueryFunc func;
  gpointer user_data;
  guint answer_id;
  gboolean ended;
  int exit_code;
};

/**
 * mz_cli_query_new:
 * @command: the command's name
 *
 * Returns: (transfer full): a query with options of its own
 */
MzCliQuery *
mz_cli_query_new (const char *command)
{
  MzCliQuery *self = g_new0 (MzCliQuery, 1);

  self->command = g_strdup (command);
  self->options = mz_cli_options_new ();
  self->cancellable = g_cancellable_new ();
  self->loop = g_main_loop_new (NULL, FALSE);

  return self;
}

void
mz_cli_query_free (MzCliQuery *self)
{
  if (self == NULL)
    return;

  g_clear_handle_id (&self->answer_id, g_source_remove);
  g_clear_pointer (&self->signals, mz_cli_signals_free);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->options, mz_cli_options_free);
  g_free (self->command);
  g_free (self);
}

MzCliOptions *
mz_cli_query_get_options (MzCliQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->options;
}

MzCliOutput *
mz_cli_query_get_output (MzCliQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->options->output;
}

/**
 * mz_cli_query_get_client:
 *
 * Returns: (transfer none): the client; ready when the query's function is called
 */
MzClient *
mz_cli_query_get_client (MzCliQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return mz_cli_connection_get_client (self->connection);
}

/**
 * mz_cli_query_get_cancellable:
 *
 * Returns: (transfer none): cancelled when the command ends early
 */
GCancellable *
mz_cli_query_get_cancellable (MzCliQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->cancellable;
}

static void
closed_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  MzCliQuery *self = user_data;

  mz_cli_connection_close_finish (self->connection, result, NULL);
  g_main_loop_quit (self->loop);
}

static void
query_end (MzCliQuery *self,
           int         exit_code)
{
  self->ended = TRUE;
  self->exit_code = exit_code;
  g_clear_handle_id (&self->answer_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (mz_cli_connection_get_client (self->connection), self);
  mz_cli_connection_close_async (self->connection, closed_cb, self);
}

/**
 * mz_cli_query_done:
 *
 * It was printed. Later calls do nothing.
 */
void
mz_cli_query_done (MzCliQuery *self)
{
  g_return_if_fail (self != NULL);

  if (!self->ended)
    query_end (self, MZ_CLI_EXIT_DONE);
}

/**
 * mz_cli_query_fail:
 * @error: why there is nothing to print
 *
 * Says so. Later calls do nothing.
 */
void
mz_cli_query_fail (MzCliQuery   *self,
                   const GError *error)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (error != NULL);

  if (self->ended)
    return;

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mz_cli_output_note (self->options->output, "✗ %s", error->message);
  query_end (self, mz_cli_exit_code (error));
}

/**
 * mz_cli_query_leave:
 *
 * There is nothing to be said, nor anybody who listens. Later calls do nothing.
 */
void
mz_cli_query_leave (MzCliQuery *self)
{
  g_return_if_fail (self != NULL);

  if (!self->ended)
    query_end (self, MZ_CLI_EXIT_FAILED);
}

static gboolean
answer_timeout_cb (gpointer user_data)
{
  MzCliQuery *self = user_data;
  g_autoptr (GError) error = NULL;

  self->answer_id = 0;
  error = g_error_new (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TIMED_OUT, _("the gateway did not answer within %d s"), ANSWER_S);
  mz_cli_query_fail (self, error);

  return G_SOURCE_REMOVE;
}

/**
 * mz_cli_query_goes_on:
 *
 * The gateway gave a part of the answer: it has as much time for the next one.
 */
void
mz_cli_query_goes_on (MzCliQuery *self)
{
  g_return_if_fail (self != NULL);

  if (self->answer_id == 0)
    return;

  g_source_remove (self->answer_id);
  self->answer_id = g_timeout_add_seconds (ANSWER_S, answer_timeout_cb, self);
}

/**
 * mz_cli_query_all_read:
 *
 * The gateway has given the whole answer. How long the rest takes is not its matter, nor does it need the connection.
 */
void
mz_cli_query_all_read (MzCliQuery *self)
{
  g_return_if_fail (self != NULL);

  if (self->answer_id == 0)
    return;

  g_clear_handle_id (&self->answer_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (mz_cli_connection_get_client (self->connection), self);
}

static void
state_cb (MzCliQuery *self)
{
  MzClient *client = mz_cli_connection_get_client (self->connection);
  g_autoptr (GError) error = NULL;

  if (mz_client_get_state (client) == MZ_CLIENT_READY)
    return;

  if (mz_client_get_error (client) != NULL)
    error = g_error_copy (mz_client_get_error (client));
  else
    error = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED, _("the connection was lost"));
  mz_cli_query_fail (self, error);
}

static void
connected_cb (GObject      *source_object,
              GAsyncResult *result,
              gpointer      user_data)
{
  MzCliQuery *self = user_data;
  MzClient *client = mz_cli_connection_get_client (self->connection);
  g_autoptr (GError) error = NULL;

  if (!mz_cli_connection_connect_finish (self->connection, result, &error))
    {
      g_autoptr (MzCliOutcome) outcome = NULL;

      outcome = mz_cli_outcome_new (mz_client_get_trace (client), self->options->dial->platform, TRUE,
                                    mz_cli_connection_get_timed_out (self->connection), error);
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        mz_cli_report_failure (self->options->output, outcome, error);
      query_end (self, mz_cli_exit_code (error));
      return;
    }

  g_signal_connect_swapped (client, "notify::state", G_CALLBACK (state_cb), self);
  self->answer_id = g_timeout_add_seconds (ANSWER_S, answer_timeout_cb, self);
  self->func (self, self->user_data);
}

static void
interrupted_cb (gpointer user_data)
{
  MzCliQuery *self = user_data;

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      self->exit_code = MZ_CLI_EXIT_INTERRUPTED;
      g_main_loop_quit (self->loop);
      return;
    }

  g_cancellable_cancel (self->cancellable);
  if (self->answer_id != 0)
    query_end (self, MZ_CLI_EXIT_INTERRUPTED);
}

/**
 * mz_cli_query_run:
 * @context: with the command's own entries
 * @argv: the command line
 * @check: (nullable): called when the options are parsed
 * @func: called when the gateway let us in
 * @user_data: for both
 *
 * Parses, connects, calls @func and runs until it has ended.
 *
 * Returns: what to exit with
 */
int
mz_cli_query_run (MzCliQuery      *self,
                  GOptionContext  *context,
                  char           **argv,
                  MzCliQueryCheck  check,
                  MzCliQueryFunc   func,
                  gpointer         user_data)
{
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (self != NULL, MZ_CLI_EXIT_USAGE);

  mz_cli_options_add_to (self->options, context);
  if (!mz_cli_parse (context, argv, 1, 1, &arguments, &error) ||
      (check != NULL && !check (user_data, &error)) ||
      !mz_cli_options_resolve (self->options, arguments[0], &error))
    return mz_cli_usage_error (self->options, self->command, error);

  self->connection = mz_cli_connection_new (self->options, TRUE, &error);
  if (self->connection == NULL)
    {
      mz_cli_output_note (self->options->output, "moltzerctl: %s", error->message);
      return MZ_CLI_EXIT_FAILED;
    }

  self->func = func;
  self->user_data = user_data;
  self->signals = mz_cli_signals_new (interrupted_cb, self);
  mz_warmup_async (NULL, NULL, NULL);
  mz_cli_connection_prepare (self->connection, TRUE, FALSE);
  mz_cli_connection_connect_async (self->connection, self->cancellable, connected_cb, self);
  g_main_loop_run (self->loop);
  mz_cli_connection_flush (self->connection);

  return mz_cli_output_exit_code (self->options->output, self->exit_code);
}
