/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* make-history [--sessions N] [--messages N] [--seed N] FILE: a history as large as those of people who live in it, for benchmarks and for trying things out
 * (as moltzer/history.db in a data folder of its own). The same for the same seed. */

#include "config.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#include "bench-history.h"

int
main (int    argc,
      char **argv)
{
  int n_sessions = 200;
  int n_messages = 100000;
  int seed = 1;
  const GOptionEntry entries[] = {
    { "sessions", 0, 0, G_OPTION_ARG_INT, &n_sessions, "How many conversations (200)", "N" },
    { "messages", 0, 0, G_OPTION_ARG_INT, &n_messages, "How many messages (100000)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Another number, another history (1)", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FILE");
  g_autoptr (MzHistoryFile) file = NULL;
  g_autoptr (BenchHistory) history = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  guint made;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2 || n_sessions < 1 || n_messages < 1)
    {
      g_printerr ("make-history: %s\n", error != NULL ? error->message : "give the path of the new file, and numbers over 0");
      return 2;
    }
  if (g_file_test (argv[1], G_FILE_TEST_EXISTS))
    {
      g_printerr ("make-history: %s exists already\n", argv[1]);
      return 2;
    }

  file = mz_history_file_new (argv[1]);
  history = bench_history_new ((guint32) seed);
  made = bench_history_fill (history, file, (guint) n_sessions, (guint) n_messages);
  g_print ("%u messages in %d conversations, %.1f MB, in %.1f s\n", made, n_sessions, (double) mz_history_file_get_size (file) / 1e6,
           (double) (g_get_monotonic_time () - start) / 1e6);

  return 0;
}
