/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef G_OS_WIN32
#include <windows.h>
#endif

#include "mz-cli-table.h"
#include "mz-cli-text.h"
#include "mz-cli.h"
#include "mz-tls-database.h"

typedef struct
{
  const char *name;
  const char *summary;
  int (*run) (int    argc,
              char **argv);
} Command;

static const Command commands[] = {
  { "probe", N_("Connect and show each step: what works, what does not and why"), mz_cli_probe_run },
  { "chat", N_("Send a message and stream the reply"), mz_cli_chat_run },
  { "sessions", N_("List the sessions"), mz_cli_sessions_run },
  { "history", N_("Print what was said in a session"), mz_cli_history_run },
  { "export", N_("Write a whole conversation as Markdown, JSON or HTML"), mz_cli_export_run },
  { "models", N_("List the models"), mz_cli_models_run },
  { "stats", N_("Show how connections went: how many succeeded, and how long they took"), mz_cli_stats_run },
  { "approvals", N_("List the commands that wait for approval, or answer one"), mz_cli_approvals_run },
  { "report", N_("Write down what an issue needs, without secrets, names and addresses"), mz_cli_report_run },
  { "demo", N_("Run a demo gateway on this computer"), mz_cli_demo_run },
};

/* Messages are UTF-8 wherever they go; a locale that cannot show a sign must not turn it into a question mark. */
static void
print_utf8 (const char *text)
{
  if (fputs (text, stdout) != EOF && fflush (stdout) == 0)
    return;

  if (errno != EPIPE)
    g_printerr (_("moltzerctl: the standard output cannot be written: %s\n"), g_strerror (errno));
  exit (MZ_CLI_EXIT_FAILED);
}

static void
print_utf8_error (const char *text)
{
  fputs (text, stderr);
}

static const Command *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_strcmp0 (commands[i].name, name) == 0)
      return &commands[i];

  return NULL;
}

static int
print_help (void)
{
  g_autoptr (MzCliTable) table = mz_cli_table_new ();
  g_autofree char *list = NULL;

  mz_cli_table_set_indent (table, 2);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    mz_cli_table_add_row (table, commands[i].name, _(commands[i].summary), NULL);
  list = mz_cli_table_to_string (table);

  g_print (_("Usage:\n"
             "  moltzerctl COMMAND [OPTION…] [URL] …\n"
             "\n"
             "Connects to a Moltzer Gateway, where ordinary clients hang too, and says why if it cannot.\n"
             "\n"
             "Commands:\n"
             "%s"
             "\n"
             "“moltzerctl help COMMAND” shows a command's options; “moltzerctl --version” the version.\n"
             "Secrets come from MOLTZER_TOKEN, MOLTZER_PASSWORD or files, never from the command line.\n"),
           list);

  return MZ_CLI_EXIT_DONE;
}

static int
unknown_command (const char *word)
{
  g_autofree char *clean = mz_cli_text_clean (word, MZ_CLI_TEXT_LINE);

  g_printerr (_("moltzerctl: there is no command “%s”\n"), clean);
  g_printerr (_("Run “moltzerctl help” to see the commands.\n"));

  return MZ_CLI_EXIT_USAGE;
}

static int
run (int    argc,
     char **argv)
{
  const char *word = argc > 1 ? argv[1] : NULL;
  const Command *command;

  if (word == NULL)
    {
      print_help ();
      return MZ_CLI_EXIT_USAGE;
    }
  if (g_strcmp0 (word, "--version") == 0)
    {
      g_print ("moltzerctl %s\n", MZ_VERSION);
      return MZ_CLI_EXIT_DONE;
    }
  if (g_strcmp0 (word, "--help") == 0 || g_strcmp0 (word, "-h") == 0 || (g_strcmp0 (word, "help") == 0 && argc == 2))
    return print_help ();

  if (g_strcmp0 (word, "help") == 0)
    {
      char help[] = "--help";
      char *help_argv[] = { argv[2], help, NULL };

      command = find_command (argv[2]);
      if (command != NULL)
        return command->run (2, help_argv);

      word = argv[2];
    }

  command = find_command (word);
  if (command == NULL)
    return unknown_command (word);

  return command->run (argc - 1, argv + 1);
}

int
main (int    argc,
      char **argv)
{
#ifdef G_OS_WIN32
  g_auto (GStrv) arguments = g_win32_get_command_line ();

  SetConsoleOutputCP (CP_UTF8);
#else
  g_auto (GStrv) arguments = g_strdupv (argv);
#endif

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, MZ_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("moltzerctl");
  g_set_print_handler (print_utf8);
  g_set_printerr_handler (print_utf8_error);

  mz_tls_database_install ();

  return run ((int) g_strv_length (arguments), arguments);
}
