/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* dial-soak URL COUNT [PLATFORM]: dials COUNT times, calls every second dial off at a random moment, and then looks whether anything was
 * left behind. Prints one JSON object with what there was before and after: descriptors, sources of the main context (timers, sockets that
 * are watched), and objects of finished dials. Exit 1 if something was left, or if a cancelled dial took over 100 ms to let go. */

#include "config.h"

#include <stdlib.h>

#include "mz-connection.h"

#define SEED 20261122

typedef struct
{
  gboolean ended;
  gboolean ok;
  gboolean cancelled;
  gint64 cancelled_us;
  gint64 ended_us;
} Dial;

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

/* What the main context still waits for: its own wake-up descriptor does not count. */
static guint
count_sources (void)
{
  GMainContext *context = g_main_context_default ();
  GPollFD fds[64];
  int priority, timeout_ms = -1;
  int n;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  n = g_main_context_query (context, G_MAXINT, &timeout_ms, fds, G_N_ELEMENTS (fds));
  g_main_context_release (context);

  return (n - 1) + (timeout_ms >= 0 ? 1 : 0);
}

static void
ready_cb (MzConnection *connection,
          MzHello      *hello,
          Dial         *dial)
{
  dial->ok = TRUE;
  mz_connection_close (connection);
}

static void
ended_cb (MzConnection *connection,
          const GError *error,
          Dial         *dial)
{
  dial->ended = TRUE;
  dial->ended_us = g_get_monotonic_time ();
}

static gboolean
cancel_cb (gpointer user_data)
{
  MzConnection *connection = user_data;
  Dial *dial = g_object_get_data (G_OBJECT (connection), "dial");

  if (!dial->ended && !dial->cancelled)
    {
      dial->cancelled = TRUE;
      dial->cancelled_us = g_get_monotonic_time ();
      mz_connection_close (connection);
    }

  return G_SOURCE_REMOVE;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzEndpoint) endpoint = NULL;
  g_autoptr (MzIdentity) identity = NULL;
  g_autoptr (MzDialOptions) options = mz_dial_options_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (SEED);
  guint count, descriptors_before = 0, sources_before = 0, descriptors_after, sources_after, n_ok = 0, n_cancelled = 0, n_left = 0;
  gint64 slowest_us = 0;
  gint64 deadline;

  if (argc < 3)
    {
      g_printerr ("usage: dial-soak URL COUNT [PLATFORM]\n");
      return 2;
    }

  endpoint = mz_endpoint_parse (argv[1], &error);
  if (endpoint == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  count = atoi (argv[2]);
  if (argc > 3 && !mz_platform_from_string (argv[3], &options->platform))
    return 2;
  identity = mz_identity_new_random (&error);
  g_assert_no_error (error);

  for (guint i = 0; i <= count; i++)
    {
      MzCredentials credentials = { .token = g_getenv ("MOLTZER_TOKEN") };
      Dial dial = { 0 };
      MzConnection *connection = mz_connection_new (endpoint, identity, options, &credentials);
      GWeakRef connection_ref, trace_ref;
      GSource *cancel = NULL;

      g_weak_ref_init (&connection_ref, connection);
      g_weak_ref_init (&trace_ref, mz_connection_get_trace (connection));
      g_object_set_data (G_OBJECT (connection), "dial", &dial);
      g_signal_connect (connection, "ready", G_CALLBACK (ready_cb), &dial);
      g_signal_connect (connection, "ended", G_CALLBACK (ended_cb), &dial);
      mz_connection_start (connection, TRUE);

      /* The first dial is whole, and is not counted: it pays for what is loaded once per process. */
      if (i % 2 == 1)
        {
          cancel = g_timeout_source_new (g_rand_int_range (random, 0, 12));
          g_source_set_callback (cancel, cancel_cb, connection, NULL);
          g_source_attach (cancel, NULL);
        }

      while (!dial.ended)
        g_main_context_iteration (NULL, TRUE);

      if (cancel != NULL)
        {
          g_source_destroy (cancel);
          g_source_unref (cancel);
        }

      if (i == 0)
        g_assert_true (dial.ok);
      else if (dial.cancelled)
        {
          n_cancelled++;
          slowest_us = MAX (slowest_us, dial.ended_us - dial.cancelled_us);
        }
      else if (dial.ok)
        n_ok++;

      g_object_unref (connection);

      /* A cancelled race may have its last callbacks under way. */
      while (g_main_context_iteration (NULL, FALSE));

      for (guint k = 0; k < 2; k++)
        {
          g_autoptr (GObject) left = g_weak_ref_get (k == 0 ? &connection_ref : &trace_ref);

          n_left += left != NULL;
        }
      g_weak_ref_clear (&connection_ref);
      g_weak_ref_clear (&trace_ref);

      if (i == 0)
        {
          descriptors_before = count_descriptors ();
          sources_before = count_sources ();
        }
    }

  /* A cancelled name lookup goes on in its thread until the resolver answers, and has a socket of its own as long. */
  deadline = g_get_monotonic_time () + G_TIME_SPAN_SECOND;
  while (count_descriptors () > descriptors_before && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, FALSE);

  descriptors_after = count_descriptors ();
  sources_after = count_sources ();

  g_print ("{\"dials\": %u, \"ready\": %u, \"cancelled\": %u, \"slowest_cancel_ms\": %.1f, \"seed\": %u,\n"
           " \"before\": {\"descriptors\": %u, \"sources\": %u, \"objects\": 0},\n"
           " \"after\": {\"descriptors\": %u, \"sources\": %u, \"objects\": %u}}\n",
           count, n_ok, n_cancelled, slowest_us / 1000.0, SEED, descriptors_before, sources_before, descriptors_after, sources_after, n_left);

  return descriptors_after > descriptors_before || sources_after > sources_before || n_left > 0 || slowest_us > 100000 ? 1 : 0;
}
