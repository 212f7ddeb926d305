/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-cli-output.h"
#include "mz-cli.h"
#include "mz-dialer.h"

G_BEGIN_DECLS

/* What a number holds that was not given: no person types it. */
#define MZ_CLI_UNSET G_MININT

/**
 * MzCliOptions:
 * @output: where everything is written
 * @endpoint: (nullable): the gateway
 * @dial: how to get there
 * @token: (nullable): the shared token
 * @password: (nullable): the shared password
 * @timeout_s: how long connecting may take as a whole, in s; 0: the budgets alone decide
 * @identity_path: (nullable): where the identity is kept; %NULL for the usual place
 * @record_path: (nullable): where frames are recorded
 * @verbose: show the log
 * @json: print JSON
 *
 * What all commands that talk to a gateway are told on the command line and in the environment.
 */
typedef struct
{
  MzCliOutput *output;
  MzEndpoint *endpoint;
  MzDialOptions *dial;
  char *token;
  char *password;
  int timeout_s;
  char *identity_path;
  char *record_path;
  gboolean verbose;
  gboolean json;

  /*< private >*/
  gboolean token_invalid;
  gboolean password_invalid;
  char *token_file;
  char *password_file;
  char *strategy;
  char *platform;
  char *pin;
  char *ca_file;
} MzCliOptions;

MzCliOptions    *mz_cli_options_new            (void);
void             mz_cli_options_free           (MzCliOptions        *self);
GOptionContext  *mz_cli_context_new            (const char          *command,
                                                const char          *arguments,
                                                const char          *summary);
void             mz_cli_options_add_to         (MzCliOptions        *self,
                                                GOptionContext      *context);
void             mz_cli_options_add_secrets_to (MzCliOptions        *self,
                                                GOptionContext      *context);
gboolean         mz_cli_options_read_secrets   (MzCliOptions        *self,
                                                GError             **error);
gboolean         mz_cli_options_resolve        (MzCliOptions        *self,
                                                const char          *url,
                                                GError             **error);
gboolean         mz_cli_parse                  (GOptionContext      *context,
                                                char               **argv,
                                                guint                min_arguments,
                                                guint                max_arguments,
                                                GStrv               *arguments,
                                                GError             **error);
int              mz_cli_usage_error            (MzCliOptions        *self,
                                                const char          *command,
                                                const GError        *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzCliOptions, mz_cli_options_free)

G_END_DECLS
