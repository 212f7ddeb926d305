/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* MB of memory that would be free without the process: its own, and its part of what it shares */
double  bench_memory_of_process (int     pid);
/* The same of a browser with all its processes, showing MOLTZER_WEB_UI; 0 when there is none. */
double  bench_memory_of_browser (char  **why_not);

G_END_DECLS
