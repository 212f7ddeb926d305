/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-trace.h"

G_BEGIN_DECLS

void mz_trace_log_attach (MzTrace *trace);

G_END_DECLS
