/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-cli-output.h"
#include "mz-timeline.h"

G_BEGIN_DECLS

/**
 * MzCliPrinter:
 *
 * Writes the rows of one run as they come: the reply to stdout, tool calls and (if wanted) reasoning to stderr; or all of it as JSON, one
 * event a line, to stdout.
 */
#define MZ_TYPE_CLI_PRINTER (mz_cli_printer_get_type ())
G_DECLARE_FINAL_TYPE (MzCliPrinter, mz_cli_printer, MZ, CLI_PRINTER, GObject)

MzCliPrinter  *mz_cli_printer_new       (MzCliOutput   *output,
                                         MzTimeline    *timeline,
                                         const char    *run_id,
                                         gboolean       json,
                                         gboolean       thinking);
void           mz_cli_printer_set_run   (MzCliPrinter  *self,
                                         const char    *run_id);
void           mz_cli_printer_set_target (MzCliPrinter *self,
                                         const char    *run_id);
void           mz_cli_printer_finish    (MzCliPrinter  *self);
char          *mz_cli_printer_dup_text  (MzCliPrinter  *self);

G_END_DECLS
