/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#define WATCHDOG_S 30

static inline gboolean
store_watchdog_cb (gpointer user_data)
{
  g_error ("What is waited for does not happen");
  return G_SOURCE_REMOVE;
}

/* Runs the main context until @condition is true. */
#define wait_until(condition)                                                       \
  G_STMT_START                                                                      \
  {                                                                                 \
    guint watchdog_id = g_timeout_add_seconds (WATCHDOG_S, store_watchdog_cb, NULL); \
                                                                                    \
    while (!(condition))                                                            \
      g_main_context_iteration (NULL, TRUE);                                        \
    g_source_remove (watchdog_id);                                                  \
  }                                                                                 \
  G_STMT_END

/* Lets everything happen that can happen without waiting. */
static inline void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
