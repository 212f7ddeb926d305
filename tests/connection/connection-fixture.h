/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-connection-pages.h"
#include "mz-demo-gateway.h"

G_BEGIN_DECLS

/* A core, the embedded gateway, and a person who looks for widgets by what stands on them. */

#define WATCHDOG_S 30
#define TOKEN "demo-token-for-tests"

typedef struct
{
  MzDemoGateway *demo;
  guint16 port;
  MzCore *core;
  GtkWindow *window;
  MzGateway *connected;         /* of the connect page's signal */
  guint n_closed;
  gboolean done;
} Fixture;

#define wait_until(condition)                      \
  G_STMT_START                                              \
  {                                                         \
    GSource *watchdog = begin_wait (#condition);            \
    while (!(condition))                                    \
      g_main_context_iteration (NULL, TRUE);                \
    end_wait (watchdog);                                    \
  }                                                         \
  G_STMT_END

/* FALSE, with the TAP line that says so, where there is no display */
gboolean     begin_tests   (int           *argc,
                            char        ***argv);
GSource     *begin_wait    (const char    *condition);
void         end_wait      (GSource       *watchdog);
void         set_up        (Fixture       *fixture,
                            gconstpointer  data);
void         tear_down     (Fixture       *fixture,
                            gconstpointer  data);
void         start_demo    (Fixture       *fixture);
void         stop_demo     (Fixture       *fixture);
void         use_certificate (Fixture     *fixture,
                            const char    *name);
MzGateway   *add_gateway   (Fixture       *fixture,
                            const char    *address);
void         show_window   (Fixture       *fixture,
                            GtkWindow     *window);
void         show_page     (Fixture       *fixture);
void         close_window  (Fixture       *fixture);

/* All in what is mapped; NULL without one. */
GtkWidget   *find_button   (const char    *label);
GtkWidget   *find_row      (const char    *title);
GtkWidget   *find_label    (const char    *part);
GtkWidget   *find_type     (GType          type);
void         click         (const char    *label);
void         fill          (const char    *title,
                            const char    *text);
const char  *text_of       (const char    *title);
char        *read_clipboard (Fixture      *fixture);
/* Saving takes its time. */
void         wait_secret   (Fixture       *fixture,
                            MzSecretKind   kind,
                            const char    *name,
                            const char    *expected);

G_END_DECLS
