/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-cli-output.h"
#include "mz-recorder.h"

G_BEGIN_DECLS

MzRecords  *mz_cli_records_new            (void);
void        mz_cli_records_note_set_aside (MzCliOutput *output,
                                           const char  *path);

G_END_DECLS
