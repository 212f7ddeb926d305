/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"
#include "mz-demo-gateway.h"

G_BEGIN_DECLS

/* A client and an embedded gateway, and how to wait for what happens between them. */

#define WATCHDOG_S 20
#define TOKEN "demo-token-for-tests"

typedef struct
{
  MzDemoGateway *gateway;
  MzIdentity *identity;
  MzDialOptions *options;
  MzClient *client;
  GSource *watchdog;

  guint n_gaps;
  guint n_done;
  JsonNode *answer;
  GError *error;
  gboolean stopped;
} Fixture;

#define wait_until(fixture, condition)                       \
  G_STMT_START                                               \
  {                                                          \
    begin_wait (fixture);                                    \
    while (!(condition))                                     \
      g_main_context_iteration (NULL, TRUE);                 \
    end_wait (fixture);                                      \
  }                                                          \
  G_STMT_END

void           begin_wait  (Fixture       *fixture);
void           end_wait    (Fixture       *fixture);
void           set_up      (Fixture       *fixture,
                            gconstpointer  data);
void           tear_down   (Fixture       *fixture,
                            gconstpointer  data);
void           start       (Fixture       *fixture,
                            const char    *token,
                            const char    *password);
void           stop        (Fixture       *fixture);
void           stop_cb     (GObject       *source,
                            GAsyncResult  *result,
                            gpointer       user_data);
MzClientState  state       (Fixture       *fixture);
void           wait_ready  (Fixture       *fixture);

G_END_DECLS
