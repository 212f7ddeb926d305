/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mz-cli-options.h"
#include "mz-cli-signals.h"
#include "mz-cli-stdin.h"
#include "mz-demo-gateway.h"
#include "mz-tls-policy.h"

#define MAX_PORT 65535

/* RFC 6455, section 7.4 */
#define MIN_CLOSE_CODE 1000
#define MAX_CLOSE_CODE 4999

typedef struct
{
  MzCliOptions *options;
  MzDemoGateway *gateway;
  MzCliSignals *signals;
  GMainLoop *loop;
  GDataInputStream *input;
  GCancellable *cancellable;

  int port;
  int protocol;
  char *auth;
  gboolean pairing;
  char *certificate;
  char *key;
  char *fault;
  int close_code;
  char *rate_text;
  double rate;
  GTlsCertificate *tls;
  int tick_ms;
} Demo;

static void
demo_free (Demo *self)
{
  g_clear_pointer (&self->signals, mz_cli_signals_free);
  g_clear_object (&self->input);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->gateway);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->options, mz_cli_options_free);
  g_free (self->auth);
  g_free (self->certificate);
  g_free (self->key);
  g_free (self->fault);
  g_free (self->rate_text);
  g_clear_object (&self->tls);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Demo, demo_free)

static void read_line (Demo *self);

static void
line_cb (GObject      *source_object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Demo *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;

  line = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source_object), result, NULL, &error);

  /* Without a standard input nobody approves, but the gateway goes on. */
  if (line == NULL)
    return;

  words = g_strsplit (g_strstrip (line), " ", 2);
  if (g_strcmp0 (words[0], "approve") == 0)
    {
      if (mz_demo_gateway_approve_pairing (self->gateway, words[1]))
        mz_cli_output_print (self->options->output, "approved\n");
      else
        mz_cli_output_note (self->options->output, _("No such device waits."));
    }
  else if (words[0] != NULL && *words[0] != '\0')
    {
      mz_cli_output_note (self->options->output, _("Say “approve” or “approve ID”."));
    }

  read_line (self);
}

static void
read_line (Demo *self)
{
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, self->cancellable, line_cb, self);
}

static void
interrupted_cb (gpointer user_data)
{
  Demo *self = user_data;

  g_main_loop_quit (self->loop);
}

static gboolean
set_up_auth (Demo    *self,
             GError **error)
{
  MzDemoAuth auth = MZ_DEMO_AUTH_NONE;
  const char *secret = NULL;

  if (!mz_cli_options_read_secrets (self->options, error))
    return FALSE;

  if (g_strcmp0 (self->auth, "token") == 0)
    {
      auth = MZ_DEMO_AUTH_TOKEN;
      secret = self->options->token;
    }
  else if (g_strcmp0 (self->auth, "password") == 0)
    {
      auth = MZ_DEMO_AUTH_PASSWORD;
      secret = self->options->password;
    }
  else if (self->auth != NULL && g_strcmp0 (self->auth, "none") != 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("say none, token or password after --auth"));
      return FALSE;
    }

  if (auth != MZ_DEMO_AUTH_NONE && secret == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           auth == MZ_DEMO_AUTH_TOKEN ? _("give the token with --token-file or MOLTZER_TOKEN")
                                                      : _("give the password with --password-file or MOLTZER_PASSWORD"));
      return FALSE;
    }

  mz_demo_gateway_set_auth (self->gateway, auth, secret);

  return TRUE;
}

static gboolean
set_up_tls (Demo    *self,
            GError **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;

  if ((self->certificate == NULL) != (self->key == NULL))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("--tls-certificate and --tls-key go together"));
      return FALSE;
    }
  if (self->certificate == NULL)
    return TRUE;

  certificate = g_tls_certificate_new_from_files (self->certificate, self->key, error);
  if (certificate == NULL)
    return FALSE;

  mz_demo_gateway_set_certificate (self->gateway, certificate);
  self->tls = g_steal_pointer (&certificate);

  return TRUE;
}

static gboolean
parse_rate (Demo *self)
{
  char *end = NULL;

  self->rate = g_ascii_strtod (self->rate_text, &end);

  return end != self->rate_text && *end == '\0' && isfinite (self->rate) && self->rate > 0;
}

static gboolean
set_up (Demo    *self,
        GError **error)
{
  MzDemoFault fault = MZ_DEMO_FAULT_NONE;

  if (self->port < 0 || self->port > MAX_PORT)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--port: say a number from 1 to 65535, or 0 for any"));
  else if (self->protocol != 3 && self->protocol != 4)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--protocol: say 3 or 4"));
  else if (self->fault != NULL && !mz_demo_fault_from_string (self->fault, &fault))
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("“%s” is not a fault; see: moltzerctl help demo"), self->fault);
  else if (self->close_code != MZ_CLI_UNSET && (self->close_code < MIN_CLOSE_CODE || self->close_code > MAX_CLOSE_CODE))
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--close-code: say a number from %d to %d"),
                 MIN_CLOSE_CODE, MAX_CLOSE_CODE);
  else if (self->rate_text != NULL && !parse_rate (self))
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--rate: say a number above 0"));
  else if (self->tick_ms != MZ_CLI_UNSET && self->tick_ms < 1)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--tick-ms: say a number above 0"));
  else if (set_up_auth (self, error) && set_up_tls (self, error))
    {
      mz_demo_gateway_set_protocol (self->gateway, self->protocol);
      mz_demo_gateway_set_pairing (self->gateway, self->pairing);
      mz_demo_gateway_set_fault (self->gateway, fault);
      if (self->close_code > 0)
        mz_demo_gateway_set_close_code (self->gateway, self->close_code);
      if (self->rate > 0)
        mz_demo_gateway_set_rate (self->gateway, self->rate);
      if (self->tick_ms > 0)
        mz_demo_gateway_set_tick_ms (self->gateway, self->tick_ms);

      return TRUE;
    }

  return FALSE;
}

static gboolean
demo_parse (Demo    *self,
            char   **argv,
            GError **error)
{
  g_autoptr (GOptionContext) context = NULL;
  g_auto (GStrv) arguments = NULL;
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_INT, &self->port, N_("Listen on this port (default: any free one)"), N_("P") },
    { "protocol", 0, 0, G_OPTION_ARG_INT, &self->protocol, N_("Speak protocol 3 or 4 (default: 4)"), N_("VERSION") },
    { "auth", 0, 0, G_OPTION_ARG_STRING, &self->auth, N_("What to ask for: none (default), token or password"), N_("KIND") },
    { "pairing", 0, 0, G_OPTION_ARG_NONE, &self->pairing,
      N_("New devices wait until a line “approve” or “approve ID” comes on the standard input"), NULL },
    { "tls-certificate", 0, 0, G_OPTION_ARG_FILENAME, &self->certificate, N_("Speak TLS with this certificate (PEM)"), N_("FILE") },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &self->key, N_("The certificate's key (PEM)"), N_("FILE") },
    { "fault", 0, 0, G_OPTION_ARG_STRING, &self->fault, N_("Misbehave"), N_("NAME") },
    { "close-code", 0, 0, G_OPTION_ARG_INT, &self->close_code, N_("The code of the fault “close”"), N_("CODE") },
    { "rate", 0, 0, G_OPTION_ARG_STRING, &self->rate_text, N_("Words per second of a reply"), N_("WPS") },
    { "tick-ms", 0, 0, G_OPTION_ARG_INT, &self->tick_ms, N_("How often to show that it is alive"), N_("N") },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &self->options->verbose, N_("Show what happens on the standard error"), NULL },
    { NULL },
  };

  context = mz_cli_context_new ("demo", "", _("Runs a small gateway on this computer, for trying things out. It ends with Ctrl+C.\n"
                                              "The first line of its output is URL=… ."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  mz_cli_options_add_secrets_to (self->options, context);
  g_option_context_set_description (context,
                                    _("Faults:\n"
                                      "  drop               drop the connection in the middle of the next reply\n"
                                      "  stall              never say anything\n"
                                      "  stall-ready        log in, then fall silent\n"
                                      "  garbage            send no JSON in place of the challenge\n"
                                      "  garbage-ready      log in, then send no JSON\n"
                                      "  starting           be still starting at first\n"
                                      "  oversized          send a message over the limit\n"
                                      "  close              close right after the login (see --close-code)\n"
                                      "  shutdown           tell that it restarts, then close\n"
                                      "  gap                leave out some events of the next reply\n"
                                      "  rate-limited       too many failed logins\n"
                                      "  protocol-mismatch  no common protocol\n"
                                      "  deep               send a frame nested too deep\n"
                                      "  slow-consumer      log in, then drop the client as too slow\n"
                                      "  rejected           refuse this kind of client\n"
                                      "  device-clock       find the device's signature too old\n"
                                      "  scopes             let in, with fewer permissions than asked for\n"));

  if (!mz_cli_parse (context, argv, 0, 0, &arguments, error))
    return FALSE;

  mz_cli_output_set_verbose (self->options->output, self->options->verbose);
  mz_cli_output_install_log (self->options->output);

  return set_up (self, error);
}

static void
print_start (Demo *self)
{
  g_autofree char *line = g_strdup_printf ("URL=%s\n", mz_demo_gateway_get_url (self->gateway));

  mz_cli_output_print (self->options->output, line);
  if (g_strcmp0 (self->auth, "token") == 0)
    mz_cli_output_note (self->options->output, _("It wants the token that you gave: use MOLTZER_TOKEN or --token-file there too."));
  else if (g_strcmp0 (self->auth, "password") == 0)
    mz_cli_output_note (self->options->output, _("It wants the password that you gave: use MOLTZER_PASSWORD or --password-file there too."));
  if (self->pairing)
    mz_cli_output_note (self->options->output, _("A new device waits until you type: approve"));
  if (self->tls != NULL)
    {
      g_autofree char *fingerprint = mz_tls_fingerprint (self->tls);

      mz_cli_output_note (self->options->output, _("Try: moltzerctl chat --pin %s %s hello"), fingerprint,
                          mz_demo_gateway_get_url (self->gateway));
    }
  else
    {
      mz_cli_output_note (self->options->output, _("Try: moltzerctl chat %s hello"), mz_demo_gateway_get_url (self->gateway));
    }
  mz_cli_output_note (self->options->output, _("Ctrl+C ends it."));
}

/**
 * mz_cli_demo_run:
 *
 * `moltzerctl demo`.
 */
int
mz_cli_demo_run (int    argc,
                 char **argv)
{
  g_autoptr (Demo) self = g_new0 (Demo, 1);
  g_autoptr (GError) error = NULL;

  self->options = mz_cli_options_new ();
  self->gateway = mz_demo_gateway_new ();
  self->protocol = 4;
  self->close_code = MZ_CLI_UNSET;
  self->tick_ms = MZ_CLI_UNSET;
  if (!demo_parse (self, argv, &error))
    return mz_cli_usage_error (self->options, "demo", error);

  if (!mz_demo_gateway_start (self->gateway, self->port, &error))
    {
      mz_cli_output_note (self->options->output, "moltzerctl: %s", error->message);
      return MZ_CLI_EXIT_FAILED;
    }

  self->loop = g_main_loop_new (NULL, FALSE);
  self->cancellable = g_cancellable_new ();
  self->signals = mz_cli_signals_new (interrupted_cb, self);
  print_start (self);
  if (mz_cli_output_get_broken (self->options->output))
    return MZ_CLI_EXIT_FAILED;
  if (self->pairing)
    {
      self->input = mz_cli_stdin_new ();
      read_line (self);
    }
  g_main_loop_run (self->loop);

  g_cancellable_cancel (self->cancellable);
  mz_demo_gateway_stop (self->gateway);

  return MZ_CLI_EXIT_DONE;
}
