/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-options.h"

#include <glib/gi18n.h>

#include "mz-cli-secrets.h"
#include "mz-tls-policy.h"

#define N_COMMON 12

/* A day; in ms it still fits. */
#define MAX_TIMEOUT 86400

/**
 * mz_cli_options_new:
 *
 * Takes the secrets out of the environment at once.
 *
 * Returns: (transfer full): options with their defaults
 */
MzCliOptions *
mz_cli_options_new (void)
{
  MzCliOptions *self = g_new0 (MzCliOptions, 1);

  self->output = mz_cli_output_new ();
  self->dial = mz_dial_options_new ();
  self->timeout_s = MZ_CLI_UNSET;
  self->token = mz_cli_secret_take_env ("MOLTZER_TOKEN", &self->token_invalid);
  self->password = mz_cli_secret_take_env ("MOLTZER_PASSWORD", &self->password_invalid);
  mz_cli_output_add_secret (self->output, self->token);
  mz_cli_output_add_secret (self->output, self->password);

  return self;
}

void
mz_cli_options_free (MzCliOptions *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->token, mz_cli_secret_free);
  g_clear_pointer (&self->password, mz_cli_secret_free);
  g_clear_object (&self->output);
  g_clear_pointer (&self->endpoint, mz_endpoint_unref);
  g_clear_pointer (&self->dial, mz_dial_options_free);
  g_free (self->identity_path);
  g_free (self->record_path);
  g_free (self->token_file);
  g_free (self->password_file);
  g_free (self->strategy);
  g_free (self->platform);
  g_free (self->pin);
  g_free (self->ca_file);
  g_free (self);
}

/**
 * mz_cli_context_new:
 * @command: the command's name
 * @arguments: what stands behind the options
 * @summary: what the command does
 *
 * Returns: (transfer full): a context for the command's own options
 */
GOptionContext *
mz_cli_context_new (const char *command,
                    const char *arguments,
                    const char *summary)
{
  g_autofree char *name = g_strdup_printf ("moltzerctl %s", command);
  GOptionContext *context = g_option_context_new (arguments);

  /* The usage line begins with it. */
  g_set_prgname (name);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);

  return context;
}

/**
 * mz_cli_options_add_secrets_to:
 *
 * Adds the options that name where the token or the password is. There is none that takes the secret itself: other users can see a
 * process' arguments.
 */
void
mz_cli_options_add_secrets_to (MzCliOptions   *self,
                               GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &self->token_file,
      N_("Read the token from the first line of FILE (-: standard input); without it MOLTZER_TOKEN is used"), N_("FILE") },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &self->password_file,
      N_("Read the password from the first line of FILE (-: standard input); without it MOLTZER_PASSWORD is used"), N_("FILE") },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

/**
 * mz_cli_options_add_to:
 *
 * Adds what all commands that connect understand. Call it after the command's own entries were added.
 */
void
mz_cli_options_add_to (MzCliOptions   *self,
                       GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "strategy", 0, 0, G_OPTION_ARG_STRING, &self->strategy,
      N_("How to connect: auto (default), ipv4-only or standard"), N_("HOW") },
    { "platform", 0, 0, G_OPTION_ARG_STRING, &self->platform,
      N_("Choose the strategy as on linux, macos or windows; without it MOLTZER_PLATFORM is used"), N_("NAME") },
    { "pin", 0, 0, G_OPTION_ARG_STRING, &self->pin,
      N_("Accept only the certificate with this SHA-256 fingerprint"), N_("HEX") },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &self->ca_file,
      N_("Trust the authorities in this PEM file instead of the system's"), N_("FILE") },
    { "allow-plaintext", 0, 0, G_OPTION_ARG_NONE, &self->dial->allow_plaintext,
      N_("Allow ws:// where wss:// turns out not to be spoken; only ever on private networks"), NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &self->timeout_s,
      N_("How many seconds connecting may take as a whole"), N_("S") },
    { "identity", 0, 0, G_OPTION_ARG_FILENAME, &self->identity_path,
      N_("Where this device's key is kept"), N_("FILE") },
    { "record", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &self->record_path,
      N_("Write every frame, without secrets, to FILE"), N_("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json,
      N_("Print JSON"), NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &self->verbose,
      N_("Show what happens on the standard error"), NULL },
    { NULL },
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (entries) <= N_COMMON);

  mz_cli_options_add_secrets_to (self, context);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static gboolean
read_secret (MzCliOptions  *self,
             const char    *path,
             char         **secret,
             GError       **error)
{
  g_autofree char *warning = NULL;
  char *from_file;

  if (path == NULL)
    return TRUE;

  from_file = mz_cli_secret_read_file (path, &warning, error);
  if (warning != NULL)
    mz_cli_output_note (self->output, _("Warning: %s"), warning);
  if (from_file == NULL)
    return FALSE;

  g_clear_pointer (secret, mz_cli_secret_free);
  *secret = from_file;
  mz_cli_output_add_secret (self->output, from_file);

  return TRUE;
}

/**
 * mz_cli_options_read_secrets:
 *
 * Reads the token's and the password's files. Blocks: for the time before the main loop runs.
 */
gboolean
mz_cli_options_read_secrets (MzCliOptions  *self,
                             GError       **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (g_strcmp0 (self->token_file, "-") == 0 && g_strcmp0 (self->password_file, "-") == 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _("the token and the password cannot both come from the standard input"));
      return FALSE;
    }

  if ((self->token_invalid && self->token_file == NULL) || (self->password_invalid && self->password_file == NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("what %s holds is not UTF-8 text"),
                   self->token_invalid && self->token_file == NULL ? "MOLTZER_TOKEN" : "MOLTZER_PASSWORD");
      return FALSE;
    }

  return read_secret (self, self->token_file, &self->token, error) &&
         read_secret (self, self->password_file, &self->password, error);
}

static gboolean
resolve_platform (MzCliOptions  *self,
                  GError       **error)
{
  const char *name = self->platform != NULL ? self->platform : g_getenv ("MOLTZER_PLATFORM");

  self->dial->platform = mz_platform_current ();
  if (name == NULL || *name == '\0')
    return TRUE;

  if (!mz_platform_from_string (name, &self->dial->platform))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("“%s” is not a platform: say linux, macos or windows"), name);
      return FALSE;
    }

  return TRUE;
}

static gboolean
resolve_tls (MzCliOptions  *self,
             GError       **error)
{
  if (self->pin != NULL)
    {
      self->dial->pin = mz_tls_pin_parse (self->pin, error);
      if (self->dial->pin == NULL)
        {
          g_prefix_error (error, "--pin: ");
          return FALSE;
        }
    }

  if (self->ca_file != NULL)
    {
      g_autofree char *path = g_canonicalize_filename (self->ca_file, NULL);

      /* GTlsFileDatabase takes an absolute path only. */
      self->dial->ca_database = G_TLS_DATABASE (g_tls_file_database_new (path, error));
      if (self->dial->ca_database == NULL)
        {
          g_prefix_error (error, "--ca-file: ");
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * mz_cli_options_resolve:
 * @url: (nullable): the gateway's address as it was typed
 *
 * Makes values of what was parsed: reads secrets and certificates, and sets up the log. Every failure is one of usage.
 */
gboolean
mz_cli_options_resolve (MzCliOptions  *self,
                        const char    *url,
                        GError       **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  mz_cli_output_set_verbose (self->output, self->verbose);
  mz_cli_output_install_log (self->output);

  if (self->timeout_s == MZ_CLI_UNSET)
    self->timeout_s = 0;
  else if (self->timeout_s < 1 || self->timeout_s > MAX_TIMEOUT)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--timeout: say a number of seconds from 1 to %d"), MAX_TIMEOUT);
      return FALSE;
    }
  if (self->strategy != NULL && !mz_strategy_setting_from_string (self->strategy, &self->dial->setting))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%s” is not a strategy: say auto, ipv4-only or standard"), self->strategy);
      return FALSE;
    }
  if (!resolve_platform (self, error) || !resolve_tls (self, error))
    return FALSE;

  if (url != NULL)
    {
      self->endpoint = mz_endpoint_parse (url, error);
      if (self->endpoint == NULL)
        return FALSE;
    }

  return mz_cli_options_read_secrets (self, error);
}

/**
 * mz_cli_parse:
 * @context: (transfer none): with all entries added
 * @argv: the command's name and its arguments
 * @min_arguments: how many there must be beside the options
 * @max_arguments: how many there may be
 * @arguments: (out): them
 *
 * Parses a command's line. `--help` prints and exits.
 */
gboolean
mz_cli_parse (GOptionContext  *context,
              char           **argv,
              guint            min_arguments,
              guint            max_arguments,
              GStrv           *arguments,
              GError         **error)
{
  g_auto (GStrv) copy = g_strdupv (argv);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean closed = FALSE;
  guint n = 0;

  g_return_val_if_fail (context != NULL, FALSE);
  g_return_val_if_fail (arguments != NULL, FALSE);

  if (!g_option_context_parse_strv (context, &copy, error))
    return FALSE;

  for (guint i = 1; copy[i] != NULL; i++)
    {
      /* What closes the options is left in by GOption. */
      if (!closed && g_strcmp0 (copy[i], "--") == 0)
        {
          closed = TRUE;
          continue;
        }
      g_strv_builder_add (builder, copy[i]);
      n++;
    }

  if (n < min_arguments || n > max_arguments)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           n < min_arguments ? _("an argument is missing") : _("there are too many arguments"));
      return FALSE;
    }

  *arguments = g_strv_builder_end (builder);

  return TRUE;
}

/**
 * mz_cli_usage_error:
 * @command: the command
 * @error: what is wrong
 *
 * Returns: %MZ_CLI_EXIT_USAGE, after having said why
 */
int
mz_cli_usage_error (MzCliOptions *self,
                    const char   *command,
                    const GError *error)
{
  mz_cli_output_note (self->output, "moltzerctl: %s", error->message);
  mz_cli_output_note (self->output, _("Run “moltzerctl help %s” to see how it is used."), command);

  return MZ_CLI_EXIT_USAGE;
}
