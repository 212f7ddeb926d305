/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-demo-gateway.h"
#include "mz-gateway.h"

G_BEGIN_DECLS

/* A gateway as the app has it, the embedded gateway behind it, and how to wait for what happens between them. */

#define WATCHDOG_S 20
#define TOKEN "demo-token-for-tests"

typedef struct
{
  MzDemoGateway *demo;
  guint16 port;
  MzIdentity *identity;
  MzSecretStore *secrets;
  MzGatewayEntry *entry;
  MzGateway *gateway;

  guint n_ready;
  guint n_status;
  guint n_clients;
  char *request_id;             /* of the last device that asked to be paired */
  gboolean done;
  char *secret;
} Fixture;

#define wait_until(condition)                       \
  G_STMT_START                                               \
  {                                                          \
    GSource *watchdog = begin_wait (#condition);             \
    while (!(condition))                                     \
      g_main_context_iteration (NULL, TRUE);                 \
    end_wait (watchdog);                                     \
  }                                                          \
  G_STMT_END

GSource     *begin_wait       (const char    *condition);
void         end_wait         (GSource       *watchdog);
void         set_up           (Fixture       *fixture,
                               gconstpointer  data);
void         tear_down        (Fixture       *fixture,
                               gconstpointer  data);
void         start_demo       (Fixture       *fixture);
void         stop_demo        (Fixture       *fixture);
void         make_gateway     (Fixture       *fixture);
void         connect_and_wait (Fixture       *fixture);
void         shut_down        (Fixture       *fixture,
                               MzGateway     *gateway);
void         settle           (Fixture       *fixture);
const char  *lookup_secret    (Fixture       *fixture,
                               MzSecretKind   kind,
                               const char    *name);
void         save_secret      (Fixture       *fixture,
                               MzSecretKind   kind,
                               const char    *name,
                               const char    *secret);
guint        count_rows       (GListModel    *timeline,
                               MzMessageKind  kind,
                               const char    *text);

G_END_DECLS
