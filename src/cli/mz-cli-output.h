/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

#include "mz-log-book.h"

G_BEGIN_DECLS

/**
 * MzCliOutput:
 *
 * Everything that moltzerctl writes goes through here: it knows the secrets, which never get out, and whether a terminal must be
 * protected from what a gateway said. Notes and the log go to stderr, results to stdout.
 *
 * Signals: `::broken`: the standard output cannot be written any more; it was said, unless the reader just left.
 */
#define MZ_TYPE_CLI_OUTPUT (mz_cli_output_get_type ())
G_DECLARE_FINAL_TYPE (MzCliOutput, mz_cli_output, MZ, CLI_OUTPUT, GObject)

MzCliOutput  *mz_cli_output_new          (void);
void          mz_cli_output_add_secret   (MzCliOutput  *self,
                                          const char   *secret);
char         *mz_cli_output_redact       (MzCliOutput  *self,
                                          const char   *text);
void          mz_cli_output_set_verbose  (MzCliOutput  *self,
                                          gboolean      verbose);
void          mz_cli_output_install_log  (MzCliOutput  *self);
void          mz_cli_output_keep_log     (MzCliOutput  *self);
GStrv         mz_cli_output_dup_log      (MzCliOutput  *self);
GStrv         mz_cli_output_dup_secrets  (MzCliOutput  *self);
void          mz_cli_output_note         (MzCliOutput  *self,
                                          const char   *format,
                                          ...) G_GNUC_PRINTF (2, 3);
void          mz_cli_output_aside        (MzCliOutput  *self,
                                          const char   *text);
void          mz_cli_output_note_exact   (MzCliOutput  *self,
                                          const char   *text);
char         *mz_cli_output_exact        (MzCliOutput  *self,
                                          const char   *text);
void          mz_cli_output_answered     (MzCliOutput  *self);
gboolean      mz_cli_output_get_broken   (MzCliOutput  *self);
int           mz_cli_output_exit_code    (MzCliOutput  *self,
                                          int           exit_code);
void          mz_cli_output_print        (MzCliOutput  *self,
                                          const char   *text);
void          mz_cli_output_end_line     (MzCliOutput  *self);
void          mz_cli_output_json         (MzCliOutput  *self,
                                          JsonBuilder  *builder,
                                          gboolean      pretty);
void          mz_cli_json_string         (MzCliOutput  *self,
                                          JsonBuilder  *builder,
                                          const char   *name,
                                          const char   *value);
void          mz_cli_json_exact          (MzCliOutput  *self,
                                          JsonBuilder  *builder,
                                          const char   *name,
                                          const char   *value);
char         *mz_cli_json_to_string      (JsonNode     *node,
                                          gboolean      pretty);

gboolean      mz_cli_stdin_is_terminal   (void);

G_END_DECLS
