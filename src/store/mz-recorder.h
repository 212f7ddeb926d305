/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"
#include "mz-records.h"

G_BEGIN_DECLS

/* Watches clients: each of their dials and connections becomes a record when it ends. */

void mz_recorder_watch      (MzRecords          *records,
                             MzClient           *client,
                             MzPlatform          platform);

/* The pure parts */
void mz_recorder_describe   (MzRecord           *record,
                             MzTrace            *trace,
                             MzPlatform          platform);

G_END_DECLS
