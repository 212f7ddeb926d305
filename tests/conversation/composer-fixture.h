/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-composer-private.h"
#include "mz-demo-gateway.h"

G_BEGIN_DECLS

/* A composer in a window, a gateway that is connected to the embedded one, and how to wait. */

#define WATCHDOG_S 20

typedef struct
{
  MzDemoGateway *demo;
  MzIdentity *identity;
  MzSecretStore *secrets;
  MzGatewayEntry *entry;
  MzGateway *gateway;
  MzChat *chat;
  GSettings *settings;
  GtkWindow *window;
  MzComposer *composer;
  GtkTextBuffer *buffer;
  char *folder;
  guint n_sent;
  guint n_submitted;
} Fixture;

#define wait_until(condition)                       \
  G_STMT_START                                      \
  {                                                 \
    GSource *watchdog_ = watchdog_new (#condition); \
    while (!(condition))                            \
      g_main_context_iteration (NULL, TRUE);        \
    g_source_destroy (watchdog_);                   \
    g_source_unref (watchdog_);                     \
  }                                                 \
  G_STMT_END

GSource   *watchdog_new     (const char    *condition);
void       set_up_gateway   (Fixture       *fixture,
                             gconstpointer  data);
void       set_up           (Fixture       *fixture,
                             gconstpointer  data);
void       tear_down        (Fixture       *fixture,
                             gconstpointer  data);
GFile     *make_file        (Fixture       *fixture,
                             const char    *name,
                             gsize          size);
void       settle           (void);
char      *dup_text         (Fixture       *fixture);
void       set_text         (Fixture       *fixture,
                             const char    *text);
gboolean   press            (Fixture       *fixture,
                             guint          keyval,
                             GdkModifierType state);
guint      count_rows       (Fixture       *fixture,
                             const char    *text);

G_END_DECLS
