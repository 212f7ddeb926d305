/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bench-stats.h"

G_BEGIN_DECLS

/* A gateway in a process of its own that streams a long reply when it is told to, and three that listen at the same time,
 * each in a process of its own: the reference client, ours without a window, ours with one. Each tells the CPU it took from
 * the first delta to the end. */
typedef struct
{
  int pid;
  guint16 port;
  int commands;
} BenchServer;

/* Forks: call it before anything of GLib runs threads. */
BenchServer  bench_server_start    (void);
void         bench_server_stop     (BenchServer *self);

/* What one of ours runs: `timeline --stream PORT` or `timeline --stream PORT window`. */
int          bench_stream_listen   (guint16      port,
                                    gboolean     window);
void         bench_stream_measure  (BenchServer *server,
                                    const char  *program,
                                    guint        rounds,
                                    BenchStats  *client,
                                    BenchStats  *views);

G_END_DECLS
