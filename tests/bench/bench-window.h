/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-conversation.h"
#include "mz-core.h"
#include "mz-transcript.h"

G_BEGIN_DECLS

/* The app's own conversation in a window, as large as the app opens it, on a gateway that is not connected: what is in it is
 * put there. */
typedef struct
{
  GSettings *settings;
  MzIdentity *identity;
  MzSecretStore *secrets;
  MzGateway *gateway;
  GtkWidget *window;
  MzConversation *conversation;
} BenchWindow;

gboolean       bench_window_setup          (BenchWindow     *self,
                                            const char      *address);
void           bench_window_teardown       (BenchWindow     *self);
MzChat        *bench_window_make_chat      (BenchWindow     *self,
                                            const char      *key,
                                            guint            n_rows);
void           bench_window_show           (BenchWindow     *self,
                                            MzChat          *chat);
GtkWidget     *bench_window_find           (BenchWindow     *self,
                                            GType            type);

/* ms of CPU that this thread has used: what the main loop was busy, whoever else is on the machine */
double         bench_get_busy              (void);
/* Until a frame after now was painted. */
void           bench_window_frame          (BenchWindow     *self);
/* Until there is nothing to do: no frame, no idle work. */
void           bench_window_settle         (BenchWindow     *self);

G_END_DECLS
