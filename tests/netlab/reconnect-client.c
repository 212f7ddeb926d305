/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* reconnect-client URL CA_FILE: prints what the first connection took, in ms from the first step to hello-ok; then, for each line that it reads,
 * waits until it was dropped and is connected again, and prints what that took. The wait before a try is the policy's, and not in it. */

#include "config.h"

#include <gio/gio.h>
#include <stdio.h>

#include "mz-client.h"
#include "mz-tls-database.h"
#include "mz-warmup.h"

static gboolean
too_long_cb (gpointer user_data)
{
  g_error ("no connection within 20 s");
  return G_SOURCE_REMOVE;
}

static double
wait_ready (MzClient *client,
            MzTrace  *old)
{
  guint watchdog = g_timeout_add_seconds (20, too_long_cb, NULL);
  MzTrace *trace;

  while (mz_client_get_trace (client) == old || mz_client_get_state (client) != MZ_CLIENT_READY)
    {
      if (mz_client_get_state (client) == MZ_CLIENT_STOPPED)
        g_error ("the dial failed: %s", mz_client_get_error (client)->message);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (watchdog);
  trace = mz_client_get_trace (client);

  return (mz_trace_get_ready_us (trace) - mz_trace_get_start_us (trace)) / 1e3;
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* As the programs do at their start: it is no connection's fault how long that takes. */
static void
warm_up (void)
{
  gboolean warm = FALSE;

  mz_tls_database_install ();
  mz_warmup_async (NULL, done_cb, &warm);
  while (!warm)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (MzDialOptions) options = mz_dial_options_new ();
  g_autoptr (MzIdentity) identity = mz_identity_new_random (NULL);
  g_autoptr (MzEndpoint) endpoint = NULL;
  g_autoptr (MzClient) client = NULL;
  g_autoptr (GError) error = NULL;
  char line[16];

  warm_up ();
  endpoint = argc == 3 ? mz_endpoint_parse (argv[1], NULL) : NULL;
  options->ca_database = argc == 3 ? g_tls_file_database_new (argv[2], &error) : NULL;
  if (endpoint == NULL || options->ca_database == NULL)
    {
      g_printerr ("usage: reconnect-client wss://HOST:PORT CA_FILE\n");
      return 2;
    }

  client = mz_client_new (endpoint, identity, options);
  mz_client_start (client);
  g_print ("%.3f\n", wait_ready (client, NULL));

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_autoptr (MzTrace) old = g_object_ref (mz_client_get_trace (client));

      g_print ("%.3f\n", wait_ready (client, old));
    }

  return 0;
}
