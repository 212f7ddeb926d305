/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A window to show widgets in, and how to wait and look. */

#define WATCHDOG_S 60

#define wait_until(condition)                  \
  G_STMT_START                                 \
  {                                            \
    guint watchdog_id = watchdog_start ();     \
                                               \
    while (!(condition))                       \
      g_main_context_iteration (NULL, TRUE);   \
    g_source_remove (watchdog_id);             \
  }                                            \
  G_STMT_END

typedef gboolean (*Predicate) (GtkWidget  *widget,
                               const char *text);

gboolean   content_init    (void);
guint      watchdog_start  (void);
GtkWidget *show            (GtkWidget  *widget,
                            int         width);
void       wait_frames     (GtkWidget  *widget,
                            guint       n);
char      *dump            (GtkWidget  *widget);
GtkWidget *find            (GtkWidget  *widget,
                            Predicate   predicate,
                            const char *text);
gboolean   has_tooltip     (GtkWidget  *widget,
                            const char *text);
gboolean   has_class       (GtkWidget  *widget,
                            const char *name);
gboolean   is_label        (GtkWidget  *widget,
                            const char *text);
char      *copied_text     (GtkWidget  *widget);
void       destroy_window  (GtkWidget  *window);

G_END_DECLS
