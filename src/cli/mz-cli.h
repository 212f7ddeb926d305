/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MzCliExit:
 * @MZ_CLI_EXIT_DONE: done
 * @MZ_CLI_EXIT_FAILED: not connected, or what was asked for did not work
 * @MZ_CLI_EXIT_USAGE: the command line is wrong
 * @MZ_CLI_EXIT_AUTH: credentials are missing or wrong, or this device waits to be approved
 * @MZ_CLI_EXIT_INTERRUPTED: stopped with Ctrl+C (128 + SIGINT, as shells do)
 *
 * What moltzerctl exits with.
 */
typedef enum
{
  MZ_CLI_EXIT_DONE = 0,
  MZ_CLI_EXIT_FAILED = 1,
  MZ_CLI_EXIT_USAGE = 2,
  MZ_CLI_EXIT_AUTH = 3,
  MZ_CLI_EXIT_INTERRUPTED = 130,
} MzCliExit;

int  mz_cli_probe_run      (int     argc,
                            char  **argv);
int  mz_cli_chat_run       (int     argc,
                            char  **argv);
int  mz_cli_sessions_run   (int     argc,
                            char  **argv);
int  mz_cli_history_run    (int     argc,
                            char  **argv);
int  mz_cli_export_run     (int     argc,
                            char  **argv);
int  mz_cli_models_run     (int     argc,
                            char  **argv);
int  mz_cli_stats_run      (int     argc,
                            char  **argv);
int  mz_cli_approvals_run  (int     argc,
                            char  **argv);
int  mz_cli_report_run     (int     argc,
                            char  **argv);
int  mz_cli_demo_run       (int     argc,
                            char  **argv);

G_END_DECLS
