/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-cli-output.h"

G_BEGIN_DECLS

/**
 * MzCliRecord:
 *
 * A file of frames: one JSON object a line, {"sent": whether it was sent or received, "ms": since the start, "frame": the frame}. Tokens and
 * passwords are replaced; the device's public key and its signatures stay.
 */
typedef struct _MzCliRecord MzCliRecord;

MzCliRecord  *mz_cli_record_new    (const char   *path,
                                    MzCliOutput  *output,
                                    GError      **error);
void          mz_cli_record_free   (MzCliRecord  *self);
void          mz_cli_record_frame  (MzCliRecord  *self,
                                    gboolean      sent,
                                    const char   *text);

/* Exposed for tests. */
char         *mz_cli_record_line   (MzCliOutput  *output,
                                    gboolean      sent,
                                    double        ms,
                                    const char   *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzCliRecord, mz_cli_record_free)

G_END_DECLS
