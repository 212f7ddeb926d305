/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli.h"

#include <glib/gi18n.h>

#ifdef G_OS_WIN32
#include <gio/gwin32outputstream.h>
#include <windows.h>
#else
#include <gio/gunixoutputstream.h>
#include <unistd.h>
#endif

#include "mz-cli-query.h"
#include "mz-export.h"

#define DEFAULT_SESSION "main"

typedef struct
{
  MzCliQuery *query;
  char *session;
  char *format;
  char *path;
  gboolean tools;
  gboolean reasoning;
  gboolean to_file;
  gboolean all_read;
  MzExportOptions options;
} Command;

static void
command_free (Command *self)
{
  g_clear_pointer (&self->query, mz_cli_query_free);
  g_free (self->session);
  g_free (self->format);
  g_free (self->path);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Command, command_free)

static void
progress_cb (double   fraction,
             gint64   n_messages,
             gpointer user_data)
{
  Command *self = user_data;

  /* From here on it is no longer the gateway's turn. */
  self->all_read = fraction >= MZ_EXPORT_ALL_READ;
  if (self->all_read)
    mz_cli_query_all_read (self->query);
  else
    mz_cli_query_goes_on (self->query);
}

static void
exported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Command *self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 n_rows = mz_export_finish (MZ_CLIENT (source), result, &error);

  if (!self->to_file && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE) && self->all_read)
    {
      /* Who reads it has seen enough. */
      mz_cli_query_leave (self->query);
      return;
    }

  if (n_rows < 0)
    {
      mz_cli_query_fail (self->query, error);
      return;
    }

  if (n_rows == 0)
    mz_cli_output_note (mz_cli_query_get_output (self->query), _("Nothing was said in this session yet."));
  mz_cli_query_done (self->query);
}

static GOutputStream *
new_standard_output (void)
{
#ifdef G_OS_WIN32
  return g_win32_output_stream_new (GetStdHandle (STD_OUTPUT_HANDLE), FALSE);
#else
  return g_unix_output_stream_new (STDOUT_FILENO, FALSE);
#endif
}

static void
command_start (MzCliQuery *query,
               gpointer    user_data)
{
  Command *self = user_data;
  MzClient *client = mz_cli_query_get_client (query);
  GCancellable *cancellable = mz_cli_query_get_cancellable (query);
  const char *session = self->session != NULL ? self->session : DEFAULT_SESSION;

  self->to_file = self->path != NULL && g_strcmp0 (self->path, "-") != 0;
  if (self->to_file)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (self->path);

      mz_export_to_file_async (client, session, NULL, &self->options, file, progress_cb, self, cancellable, exported_cb, self);
    }
  else
    {
      g_autoptr (GOutputStream) output = new_standard_output ();

      mz_export_to_stream_async (client, session, NULL, &self->options, output, progress_cb, self, cancellable, exported_cb, self);
    }
}

static gboolean
command_check (gpointer   user_data,
               GError   **error)
{
  Command *self = user_data;

  self->options.tools = self->tools;
  self->options.reasoning = self->reasoning;
  if (mz_cli_query_get_options (self->query)->json)
    {
      if (self->format == NULL)
        self->format = g_strdup ("json");
      if (g_strcmp0 (self->format, "json") != 0)
        {
          g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--json and --format: say one of them"));
          return FALSE;
        }
    }
  if (self->format != NULL && !mz_export_format_from_string (self->format, &self->options.format))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--format: say markdown, json or html"));
      return FALSE;
    }
  if (self->session != NULL && *self->session == '\0')
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--session: say the key of a session"));
      return FALSE;
    }
  if (self->path != NULL && *self->path == '\0')
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--output: say a file, or - for the standard output"));
      return FALSE;
    }

  return TRUE;
}

/**
 * mz_cli_export_run:
 *
 * `moltzerctl export`.
 */
int
mz_cli_export_run (int    argc,
                   char **argv)
{
  g_autoptr (Command) self = g_new0 (Command, 1);
  g_autoptr (GOptionContext) context = NULL;
  const GOptionEntry entries[] = {
    { "session", 's', 0, G_OPTION_ARG_STRING, &self->session, N_("This session (default: the main one)"), N_("KEY") },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &self->format, N_("As markdown (default), json or html"), N_("FORMAT") },
    { "tools", 0, 0, G_OPTION_ARG_NONE, &self->tools, N_("With tool calls and what they gave"), NULL },
    { "reasoning", 0, 0, G_OPTION_ARG_NONE, &self->reasoning, N_("With the agent's reasoning"), NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->path, N_("Into this file (default: the standard output)"), N_("FILE") },
    { NULL },
  };

  self->query = mz_cli_query_new ("export");
  context = mz_cli_context_new ("export", _("URL"), _("Writes a whole conversation, to keep, to read or to print."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);

  return mz_cli_query_run (self->query, context, argv, command_check, command_start, self);
}
