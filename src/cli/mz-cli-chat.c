/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli.h"

#include <glib/gi18n.h>

#include "mz-cli-approver.h"
#include "mz-cli-connection.h"
#include "mz-cli-printer.h"
#include "mz-cli-report.h"
#include "mz-cli-signals.h"
#include "mz-cli-stdin.h"
#include "mz-cli-text.h"
#include "mz-demo-gateway.h"
#include "mz-session.h"
#include "mz-warmup.h"

#define DEFAULT_SESSION "main"

/* A connection that was lost in the middle of a reply is waited for this long when no --timeout is given. */
#define RECONNECT_S 120

/* How often a session is opened when the gateway closes the connection each time before it is. */
#define MAX_OPENS 5

/* How often one message is given to the gateway again when the connection is lost before it said that it has it. */
#define MAX_SENDS 5

typedef struct
{
  MzCliOptions *options;
  MzDemoGateway *demo;
  MzCliConnection *connection;
  MzCliSignals *signals;
  GMainLoop *loop;
  GCancellable *cancellable;

  char *session_key;
  char *message;
  char *run_id;
  const char *decision;
  gboolean thinking;

  MzSession *session;
  MzApprovalList *approvals;
  MzCliApprover *approver;
  MzCliPrinter *printer;

  guint opens;
  gboolean open_again;
  gboolean opened;
  guint sends;
  gboolean send_again;
  gboolean accepted;            /* the gateway has the message */
  gboolean ended;               /* the run */
  gboolean closing;
  gboolean interrupted;
  guint offline_id;
  guint broken_id;
  MzRunOutcome outcome;
  GError *error;                /* why it failed */
  int exit_code;
} Chat;

static void chat_open (Chat *self);
static void chat_send (Chat *self);

static void
chat_free (Chat *self)
{
  g_clear_handle_id (&self->offline_id, g_source_remove);
  g_clear_handle_id (&self->broken_id, g_source_remove);
  if (self->options != NULL)
    g_signal_handlers_disconnect_by_data (self->options->output, self);
  g_clear_pointer (&self->signals, mz_cli_signals_free);
  g_clear_object (&self->approver);
  g_clear_object (&self->printer);
  g_clear_object (&self->approvals);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_object (&self->connection);
  if (self->demo != NULL)
    mz_demo_gateway_stop (self->demo);
  g_clear_object (&self->demo);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_free (self->session_key);
  g_free (self->message);
  g_free (self->run_id);
  g_clear_pointer (&self->options, mz_cli_options_free);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Chat, chat_free)

static JsonBuilder *
json_event_new (Chat       *self,
                const char *type)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  mz_cli_json_string (self->options->output, builder, "type", type);

  return builder;
}

static void
json_event_write (Chat        *self,
                  JsonBuilder *builder)
{
  json_builder_end_object (builder);
  mz_cli_output_json (self->options->output, builder, FALSE);
  g_object_unref (builder);
}

static void
write_ready (Chat *self)
{
  MzClient *client = mz_cli_connection_get_client (self->connection);
  MzHello *hello = mz_client_get_hello (client);
  MzTrace *trace = mz_client_get_trace (client);
  JsonBuilder *builder;

  if (!self->options->json || hello == NULL)
    return;

  builder = json_event_new (self, "ready");
  mz_cli_json_string (self->options->output, builder, "url", mz_endpoint_to_string (self->options->endpoint));
  mz_cli_json_ms (builder, "ready_ms", (mz_trace_get_ready_us (trace) - mz_trace_get_start_us (trace)) / 1e3);
  mz_cli_json_string (self->options->output, builder, "version", mz_hello_get_server_version (hello));
  json_builder_set_member_name (builder, "protocol");
  json_builder_add_int_value (builder, mz_hello_get_protocol (hello));
  json_event_write (self, builder);
}

static void
write_error (Chat *self)
{
  JsonBuilder *builder;

  if (!self->options->json)
    return;

  builder = json_event_new (self, "error");
  json_builder_set_member_name (builder, "error");
  mz_cli_report_error (self->options->output, builder, self->error);
  json_event_write (self, builder);
}

static void
closed_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Chat *self = user_data;

  mz_cli_connection_close_finish (self->connection, result, NULL);
  g_main_loop_quit (self->loop);
}

static void
chat_close (Chat *self,
            int   exit_code)
{
  if (self->closing)
    return;

  self->closing = TRUE;
  self->exit_code = exit_code;
  g_clear_handle_id (&self->offline_id, g_source_remove);
  g_clear_object (&self->approver);
  g_signal_handlers_disconnect_by_data (mz_cli_connection_get_client (self->connection), self);
  mz_cli_connection_close_async (self->connection, closed_cb, self);
}

/* Not connected: says why in the words of the diagnosis. */
static void
chat_fail_connection (Chat         *self,
                      const GError *error)
{
  MzClient *client = mz_cli_connection_get_client (self->connection);
  g_autoptr (MzCliOutcome) outcome = NULL;

  outcome = mz_cli_outcome_new (mz_client_get_trace (client), self->options->dial->platform, TRUE,
                                mz_cli_connection_get_timed_out (self->connection), error);
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mz_cli_report_failure (self->options->output, outcome, error);
  write_error (self);
  chat_close (self, mz_cli_exit_code (error));
}

static void
chat_fail (Chat   *self,
           GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
  if (!self->interrupted && !mz_cli_output_get_broken (self->options->output))
    mz_cli_output_note (self->options->output, "✗ %s", error->message);
  write_error (self);
  chat_close (self, self->interrupted ? MZ_CLI_EXIT_INTERRUPTED : MZ_CLI_EXIT_FAILED);
}

static void
write_final (Chat *self)
{
  g_autofree char *text = mz_cli_printer_dup_text (self->printer);
  JsonBuilder *builder;

  if (!self->options->json)
    return;

  builder = json_event_new (self, "final");
  mz_cli_json_string (self->options->output, builder, "run", self->run_id);
  mz_cli_json_string (self->options->output, builder, "outcome", mz_run_outcome_to_string (self->outcome));
  json_builder_set_member_name (builder, "text");
  json_builder_add_string_value (builder, text);
  json_event_write (self, builder);
}

/* The run has ended and all of its text is there. */
static void
chat_finish (Chat *self)
{
  int exit_code = MZ_CLI_EXIT_DONE;

  if (self->closing)
    return;

  mz_cli_printer_finish (self->printer);

  if (self->outcome == MZ_RUN_FAILED)
    {
      if (self->error == NULL)
        self->error = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_FAILED, _("the run ended with an error"));
      mz_cli_output_note (self->options->output, _("✗ The agent failed: %s"), self->error->message);
      write_error (self);
      exit_code = MZ_CLI_EXIT_FAILED;
    }
  else if (self->outcome == MZ_RUN_ABORTED)
    {
      if (!mz_cli_output_get_broken (self->options->output))
        mz_cli_output_note (self->options->output, _("✗ Stopped."));
      exit_code = MZ_CLI_EXIT_FAILED;
    }

  write_final (self);
  chat_close (self, self->interrupted ? MZ_CLI_EXIT_INTERRUPTED : exit_code);
}

static void
loading_cb (Chat *self)
{
  if (self->ended && !mz_session_get_loading (self->session))
    chat_finish (self);
}

static void
run_ended_cb (Chat         *self,
              const char   *run_id,
              MzRunOutcome  outcome,
              const GError *error)
{
  if (self->ended || g_strcmp0 (run_id, self->run_id) != 0)
    return;

  self->ended = TRUE;
  self->outcome = outcome;
  if (error != NULL)
    {
      g_clear_error (&self->error);
      self->error = g_error_copy (error);
    }

  /* The text may still be on its way with the history. */
  loading_cb (self);
}

/* The agent was busy: it answers in the run that it was busy with. */
static void
run_steered_cb (Chat       *self,
                const char *run_id,
                const char *target)
{
  if (g_strcmp0 (run_id, self->run_id) != 0)
    return;

  mz_cli_output_note (self->options->output, _("! The agent is busy: it answers along with what it does now."));
  mz_cli_printer_set_target (self->printer, target);
}

static gboolean
offline_cb (gpointer user_data)
{
  Chat *self = user_data;
  const GError *error = mz_client_get_error (mz_cli_connection_get_client (self->connection));
  g_autoptr (GError) unknown = NULL;

  self->offline_id = 0;
  if (self->sends > 0)
    {
      g_autofree char *key = mz_cli_text_quote (self->session_key);
      g_autofree char *url = mz_cli_text_quote (mz_endpoint_to_string (self->options->endpoint));

      mz_cli_output_note (self->options->output,
                          _("The connection did not come back. The agent may have gone on; see: moltzerctl history --session %s %s"),
                          key, url);
    }
  if (error == NULL)
    unknown = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED, _("not connected"));
  chat_fail_connection (self, error != NULL ? error : unknown);

  return G_SOURCE_REMOVE;
}

static void
write_state (Chat          *self,
             MzClientState  state,
             const GError  *error)
{
  g_autoptr (GEnumClass) states = g_type_class_ref (MZ_TYPE_CLIENT_STATE);
  GEnumValue *value = g_enum_get_value (states, state);
  JsonBuilder *builder;

  if (!self->options->json)
    return;

  builder = json_event_new (self, "state");
  mz_cli_json_string (self->options->output, builder, "state", value != NULL ? value->value_nick : NULL);
  json_builder_set_member_name (builder, "error");
  mz_cli_report_error (self->options->output, builder, state == MZ_CLIENT_READY ? NULL : error);
  json_event_write (self, builder);
}

/* Only after the first connection: it comes and goes while the agent works. */
static void
state_cb (Chat *self)
{
  MzClient *client = mz_cli_connection_get_client (self->connection);
  MzClientState state = mz_client_get_state (client);
  const GError *error = mz_client_get_error (client);

  if (self->closing)
    return;

  write_state (self, state, error);
  switch (state)
    {
    case MZ_CLIENT_WAITING:
      if (self->offline_id == 0)
        {
          guint seconds = self->options->timeout_s > 0 ? (guint) self->options->timeout_s : RECONNECT_S;

          mz_cli_output_note (self->options->output, _("! The connection was lost (%s); connecting again…"),
                              error != NULL ? error->message : "");
          self->offline_id = g_timeout_add (1000 * seconds, offline_cb, self);
        }
      break;

    case MZ_CLIENT_READY:
      /* A gateway that lets us in and closes before anything was opened is not there yet: the time goes on. */
      if (!self->opened)
        {
          if (self->open_again)
            chat_open (self);
          break;
        }
      g_clear_handle_id (&self->offline_id, g_source_remove);
      mz_cli_output_note (self->options->output, _("Connected again."));
      if (self->send_again)
        chat_send (self);
      break;

    case MZ_CLIENT_STOPPED:
      if (error != NULL)
        chat_fail_connection (self, error);
      break;

    case MZ_CLIENT_OFFLINE:
    case MZ_CLIENT_CONNECTING:
    default:
      break;
    }
}

static gboolean
is_lost (const GError *error)
{
  return g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED) ||
         g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED);
}

/* The gateway may have it or not: the same idempotency key makes giving it again safe. */
static gboolean
may_send_again (Chat         *self,
                const GError *error)
{
  return self->sends < MAX_SENDS && !self->interrupted && is_lost (error);
}

static void
sent_cb (GObject      *source_object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Chat *self = user_data;
  GError *error = NULL;
  g_autofree char *run_id = NULL;

  run_id = mz_session_send_finish (MZ_SESSION (source_object), result, &error);
  if (self->closing || self->ended)
    {
      g_clear_error (&error);
      return;
    }

  if (run_id == NULL && may_send_again (self, error))
    {
      g_error_free (error);
      if (mz_client_get_state (mz_cli_connection_get_client (self->connection)) == MZ_CLIENT_READY)
        chat_send (self);
      else
        self->send_again = TRUE;
      return;
    }
  if (run_id == NULL)
    {
      chat_fail (self, error);
      return;
    }

  self->accepted = TRUE;
  if (g_strcmp0 (run_id, self->run_id) != 0)
    {
      g_free (self->run_id);
      self->run_id = g_steal_pointer (&run_id);
      mz_cli_printer_set_run (self->printer, self->run_id);
      mz_cli_approver_set_run (self->approver, self->run_id);
    }
}

static void
chat_send (Chat *self)
{
  self->sends++;
  self->send_again = FALSE;
  mz_session_send_async (self->session, self->message, NULL, self->run_id, self->cancellable, sent_cb, self);
}

/* Nothing was sent yet: with the next connection it is tried again. */
static void
chat_open_failed (Chat         *self,
                  const GError *error)
{
  if (!is_lost (error) || self->interrupted)
    chat_fail (self, g_error_copy (error));
  else if (self->opens >= MAX_OPENS)
    chat_fail_connection (self, error);
  else if (mz_client_get_state (mz_cli_connection_get_client (self->connection)) == MZ_CLIENT_READY)
    chat_open (self);
  else
    self->open_again = TRUE;
}

static void
opened_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Chat *self = user_data;
  MzClient *client = mz_cli_connection_get_client (self->connection);
  GError *error = NULL;

  if (!mz_session_open_finish (self->session, result, &error))
    {
      if (!self->closing)
        chat_open_failed (self, error);
      g_error_free (error);
      return;
    }
  if (self->closing)
    return;

  self->opened = TRUE;
  if (self->offline_id != 0)
    mz_cli_output_note (self->options->output, _("Connected again."));
  g_clear_handle_id (&self->offline_id, g_source_remove);

  /* Before the message goes out, so that nothing of its run is missed. The idempotency key is the run's id on every gateway so far. */
  self->run_id = g_uuid_string_random ();
  self->printer = mz_cli_printer_new (self->options->output, mz_session_get_timeline (self->session), self->run_id,
                                      self->options->json, self->thinking);
  self->approvals = mz_approval_list_new (client);
  self->approver = mz_cli_approver_new (self->options->output, self->approvals, mz_session_get_canonical_key (self->session),
                                        self->run_id, mz_endpoint_to_string (self->options->endpoint), self->decision,
                                        mz_cli_stdin_is_terminal (), self->options->json);
  g_signal_connect_swapped (self->session, "run-ended", G_CALLBACK (run_ended_cb), self);
  g_signal_connect_swapped (self->session, "run-steered", G_CALLBACK (run_steered_cb), self);
  g_signal_connect_swapped (self->session, "notify::loading", G_CALLBACK (loading_cb), self);
  chat_send (self);
}

static void
chat_open (Chat *self)
{
  self->opens++;
  self->open_again = FALSE;
  mz_session_open_async (self->session, self->cancellable, opened_cb, self);
}

static void
connected_cb (GObject      *source_object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Chat *self = user_data;
  MzClient *client = mz_cli_connection_get_client (self->connection);
  g_autoptr (GError) error = NULL;

  if (!mz_cli_connection_connect_finish (self->connection, result, &error))
    {
      chat_fail_connection (self, error);
      return;
    }

  mz_cli_connection_stay_awake (self->connection);
  write_ready (self);
  g_signal_connect_swapped (client, "notify::state", G_CALLBACK (state_cb), self);
  self->session = mz_session_new (client, self->session_key);
  chat_open (self);
}

static void
aborted_cb (GObject      *source_object,
            GAsyncResult *result,
            gpointer      user_data)
{
  Chat *self = user_data;
  g_autoptr (GError) error = NULL;

  if (mz_session_abort_finish (MZ_SESSION (source_object), result, &error) || self->closing || self->ended)
    return;

  mz_cli_output_note (self->options->output, _("The agent could not be stopped: %s"), error->message);
  chat_close (self, MZ_CLI_EXIT_INTERRUPTED);
}

static void
broken_aborted_cb (GObject      *source_object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  Chat *self = user_data;

  mz_session_abort_finish (MZ_SESSION (source_object), result, NULL);
  chat_close (self, MZ_CLI_EXIT_FAILED);
}

/* Nobody reads the reply any more: the agent need not go on with it. */
static gboolean
broken_idle_cb (gpointer user_data)
{
  Chat *self = user_data;

  self->broken_id = 0;
  if (self->closing)
    return G_SOURCE_REMOVE;

  if (self->approver != NULL)
    mz_cli_approver_hush (self->approver);
  if (self->sends > 0 && !self->ended && mz_client_get_state (mz_cli_connection_get_client (self->connection)) == MZ_CLIENT_READY)
    mz_session_abort_async (self->session, self->run_id, NULL, broken_aborted_cb, self);
  else
    chat_close (self, MZ_CLI_EXIT_FAILED);

  return G_SOURCE_REMOVE;
}

/* It comes in the middle of writing. */
static void
broken_cb (Chat *self)
{
  if (self->broken_id == 0)
    self->broken_id = g_idle_add (broken_idle_cb, self);
}

/* The first Ctrl+C stops the agent and waits for its end, the second leaves at once. */
static void
interrupted_cb (gpointer user_data)
{
  Chat *self = user_data;

  if (self->interrupted || self->closing)
    {
      self->exit_code = MZ_CLI_EXIT_INTERRUPTED;
      g_main_loop_quit (self->loop);
      return;
    }

  self->interrupted = TRUE;
  if (self->sends > 0)
    {
      mz_cli_approver_hush (self->approver);
      mz_cli_output_note (self->options->output, _("Stopping the agent… (again to leave at once)"));
      mz_session_abort_async (self->session, self->run_id, NULL, aborted_cb, self);
    }
  else
    {
      g_cancellable_cancel (self->cancellable);
      if (self->session != NULL)
        chat_close (self, MZ_CLI_EXIT_INTERRUPTED);
    }
}

static gboolean
start_demo (Chat    *self,
            GError **error)
{
  self->demo = mz_demo_gateway_new ();

  return mz_demo_gateway_start (self->demo, 0, error);
}

static gboolean
take_message (Chat     *self,
              char    **words,
              GError  **error)
{
  if (g_strcmp0 (words[0], "-") == 0 && words[1] == NULL)
    self->message = mz_cli_stdin_read (error);
  else
    self->message = g_strjoinv (" ", words);

  if (self->message != NULL && *self->message == '\0')
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("the message is empty"));
      return FALSE;
    }
  if (self->message != NULL && !g_utf8_validate (self->message, -1, NULL))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("the message is not UTF-8 text"));
      return FALSE;
    }

  return self->message != NULL;
}

static gboolean
chat_parse (Chat     *self,
            char    **argv,
            gboolean *demo,
            GError  **error)
{
  g_autoptr (GOptionContext) context = NULL;
  g_auto (GStrv) arguments = NULL;
  g_autofree char *approve = NULL;
  const GOptionEntry entries[] = {
    { "session", 's', 0, G_OPTION_ARG_STRING, &self->session_key, N_("Talk in this session (default: the main one)"), N_("KEY") },
    { "approve", 0, 0, G_OPTION_ARG_STRING, &approve,
      N_("Answer the agent's commands: deny or once; without it you are asked"), N_("ANSWER") },
    { "thinking", 0, 0, G_OPTION_ARG_NONE, &self->thinking, N_("Show the agent's reasoning on the standard error"), NULL },
    { "demo", 0, 0, G_OPTION_ARG_NONE, demo, N_("Talk to the embedded demo gateway; no URL is needed"), NULL },
    { NULL },
  };

  context = mz_cli_context_new ("chat", _("URL MESSAGE…"),
                                _("Sends a message and writes the reply to the standard output as it comes.\n"
                                  "A MESSAGE of “-” is read from the standard input. Ctrl+C stops the agent."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  mz_cli_options_add_to (self->options, context);
  if (!mz_cli_parse (context, argv, 1, G_MAXUINT, &arguments, error))
    return FALSE;

  if (!*demo && g_strv_length (arguments) < 2)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("an argument is missing"));
      return FALSE;
    }
  if (self->session_key != NULL && *self->session_key == '\0')
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--session: say the key of a session"));
      return FALSE;
    }
  if (approve != NULL)
    self->decision = mz_cli_decision_parse (approve);
  if (approve != NULL && g_strcmp0 (self->decision, "allow-once") != 0 && g_strcmp0 (self->decision, "deny") != 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--approve: say deny or once"));
      return FALSE;
    }

  if (!mz_cli_options_resolve (self->options, *demo ? NULL : arguments[0], error))
    return FALSE;

  return take_message (self, *demo ? arguments : arguments + 1, error);
}

/**
 * mz_cli_chat_run:
 *
 * `moltzerctl chat`.
 */
int
mz_cli_chat_run (int    argc,
                 char **argv)
{
  g_autoptr (Chat) self = g_new0 (Chat, 1);
  g_autoptr (GError) error = NULL;
  gboolean demo = FALSE;

  self->options = mz_cli_options_new ();
  if (!chat_parse (self, argv, &demo, &error))
    return mz_cli_usage_error (self->options, "chat", error);

  if (self->session_key == NULL)
    self->session_key = g_strdup (DEFAULT_SESSION);
  if (demo && start_demo (self, &error))
    self->options->endpoint = mz_endpoint_parse (mz_demo_gateway_get_url (self->demo), &error);

  if (error == NULL)
    self->connection = mz_cli_connection_new (self->options, !demo, &error);
  if (self->connection == NULL)
    {
      mz_cli_output_note (self->options->output, "moltzerctl: %s", error->message);
      return MZ_CLI_EXIT_FAILED;
    }

  /* The demo says nothing of anybody's network. */
  if (demo)
    mz_cli_connection_set_records (self->connection, NULL);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->cancellable = g_cancellable_new ();
  self->signals = mz_cli_signals_new (interrupted_cb, self);

  g_signal_connect_swapped (self->options->output, "broken", G_CALLBACK (broken_cb), self);

  mz_warmup_async (NULL, NULL, NULL);
  mz_cli_connection_prepare (self->connection, TRUE, FALSE);
  mz_cli_connection_connect_async (self->connection, self->cancellable, connected_cb, self);
  g_main_loop_run (self->loop);

  mz_cli_output_end_line (self->options->output);
  mz_cli_connection_flush (self->connection);

  return mz_cli_output_exit_code (self->options->output, self->exit_code);
}
