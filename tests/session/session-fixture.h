/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "session-utils.h"

#include "mz-session-private.h"

G_BEGIN_DECLS

/* A session that gets its events by hand, and a log of what it tells of its runs. */

/* A watchdog that fails the test; events are awaited, never slept for. */
#define WATCHDOG_S 20

typedef struct
{
  MzSession *session;
  GListModel *rows;
  GString *log;
} Fixture;

void  set_up (Fixture       *fixture,
              gconstpointer  data);
void  tear_down (Fixture       *fixture,
                 gconstpointer  data);
void  chat (Fixture    *fixture,
            const char *run_id,
            guint       seq,
            const char *rest);
void  agent (Fixture    *fixture,
             const char *run_id,
             guint       seq,
             const char *stream,
             const char *data);
void  delta (Fixture    *fixture,
             const char *run_id,
             guint       seq,
             const char *piece,
             const char *whole);
void  record (Fixture    *fixture,
              const char *message);
void  final (Fixture    *fixture,
             const char *run_id,
             guint       seq,
             const char *text);
void  sent_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      data);

G_END_DECLS
