/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-signals.h"

#ifdef G_OS_UNIX
#include <glib-unix.h>
#include <signal.h>
#endif

struct _MzCliSignals
{
  MzCliSignalFunc func;
  gpointer user_data;
  guint sources[3];
};

#ifdef G_OS_UNIX
static gboolean
signal_cb (gpointer user_data)
{
  MzCliSignals *self = user_data;

  self->func (self->user_data);

  return G_SOURCE_CONTINUE;
}
#endif

/**
 * mz_cli_signals_new:
 * @func: called for each SIGINT, SIGTERM and SIGHUP
 *
 * On Windows nothing is caught: the console ends the program.
 *
 * Returns: (transfer full): the watch
 */
MzCliSignals *
mz_cli_signals_new (MzCliSignalFunc func,
                    gpointer        user_data)
{
  MzCliSignals *self = g_new0 (MzCliSignals, 1);

  self->func = func;
  self->user_data = user_data;
#ifdef G_OS_UNIX
  self->sources[0] = g_unix_signal_add (SIGINT, signal_cb, self);
  self->sources[1] = g_unix_signal_add (SIGTERM, signal_cb, self);
  self->sources[2] = g_unix_signal_add (SIGHUP, signal_cb, self);
#endif

  return self;
}

void
mz_cli_signals_free (MzCliSignals *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (self->sources); i++)
    g_clear_handle_id (&self->sources[i], g_source_remove);
  g_free (self);
}
