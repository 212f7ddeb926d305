/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-gateway-entry.h"
#include "mz-trace.h"

G_BEGIN_DECLS

/**
 * MzProbe:
 *
 * One dial beside the connection that is in use: up to where the gateway shows itself, without logging in, so that nothing secret goes out and no other
 * connection is touched. Ends with the object at the latest.
 *
 * Signal `::done`.
 */
#define MZ_TYPE_PROBE (mz_probe_get_type ())
G_DECLARE_FINAL_TYPE (MzProbe, mz_probe, MZ, PROBE, GObject)

MzProbe      *mz_probe_new        (MzGatewayEntry     *entry,
                                   MzStrategySetting   setting,
                                   GError            **error);
void          mz_probe_start      (MzProbe            *self);
MzTrace      *mz_probe_get_trace  (MzProbe            *self);
/* Once it is done: NULL when the gateway showed itself */
const GError *mz_probe_get_error  (MzProbe            *self);
/* From the start until the gateway showed itself; below 0 when it did not */
double        mz_probe_get_ms     (MzProbe            *self);

G_END_DECLS
