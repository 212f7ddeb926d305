/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* records [--json] [--pairs N]: what recording costs a connection: from nothing to the program's own "ready", with a recorder and without, against the
 * embedded gateway in a process of its own; and what adding a record costs its caller while another program holds the file. */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "mz-client.h"
#include "mz-demo-gateway.h"
#include "mz-recorder.h"

typedef struct
{
  gint64 start_us;
  gint64 ready_us;
  gboolean stopped;
} Dial;

/* Forked before anything of GLib runs threads. */
static pid_t
start_server (guint16 *port)
{
  int fds[2];
  pid_t pid;

  g_assert_cmpint (pipe (fds), ==, 0);
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      MzDemoGateway *gateway = mz_demo_gateway_new ();
      g_autoptr (GError) error = NULL;

      mz_demo_gateway_start (gateway, 0, &error);
      g_assert_no_error (error);
      *port = mz_demo_gateway_get_port (gateway);
      g_assert_cmpint (write (fds[1], port, sizeof *port), ==, sizeof *port);
      g_main_loop_run (g_main_loop_new (NULL, FALSE));
    }

  close (fds[1]);
  g_assert_cmpint (read (fds[0], port, sizeof *port), ==, sizeof *port);
  close (fds[0]);

  return pid;
}

static void
state_cb (MzClient   *client,
          GParamSpec *pspec,
          Dial       *dial)
{
  if (mz_client_get_state (client) == MZ_CLIENT_READY)
    dial->ready_us = g_get_monotonic_time ();
}

static void
stopped_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Dial *dial = user_data;

  mz_client_stop_finish (MZ_CLIENT (source), result, NULL);
  dial->stopped = TRUE;
}

/* The recorder's handlers run before the program's own: what they take is in the time. */
static double
dial_once (guint16     port,
           MzIdentity *identity,
           MzRecords  *records)
{
  g_autoptr (MzDialOptions) options = mz_dial_options_new ();
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u", port);
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (url, NULL);
  g_autoptr (MzClient) client = NULL;
  Dial dial = { 0 };

  dial.start_us = g_get_monotonic_time ();
  client = mz_client_new (endpoint, identity, options);
  if (records != NULL)
    mz_recorder_watch (records, client, MZ_PLATFORM_LINUX);
  g_signal_connect (client, "notify::state", G_CALLBACK (state_cb), &dial);
  mz_client_start (client);
  while (dial.ready_us == 0)
    {
      g_assert_cmpint (mz_client_get_state (client), ==, MZ_CLIENT_CONNECTING);
      g_main_context_iteration (NULL, TRUE);
    }
  mz_client_stop_async (client, NULL, stopped_cb, &dial);
  while (!dial.stopped)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  return (dial.ready_us - dial.start_us) / 1000.0;
}

static double
add_once (MzRecords *records)
{
  MzRecord record;
  gint64 start = g_get_monotonic_time ();

  mz_record_init (&record, MZ_RECORD_DIAL);
  for (guint i = 0; i < 100; i++)
    mz_records_add (records, &record);

  return (g_get_monotonic_time () - start) / 1000.0 / 100;
}

static void
append (GArray *values,
        double  value)
{
  g_array_append_val (values, value);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *directory = g_dir_make_tmp ("moltzer-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "records.db", NULL);
  static const char * const suffixes[] = { "", "-wal", "-shm" };
  gboolean json = FALSE;
  int pairs = 200;
  guint16 port;
  pid_t server;
  g_autoptr (MzIdentity) identity = NULL;
  g_autoptr (MzRecords) records = NULL;
  sqlite3 *db = NULL;
  BenchRow rows[] = {
    { "dial to ready with records, ws, loopback", "the same without", 1.05 },
    { "add a record while the file is locked", "1 ms", 0.1 },
  };

  for (int i = 1; i < argc; i++)
    {
      if (g_str_equal (argv[i], "--json"))
        json = TRUE;
      else if (g_str_equal (argv[i], "--pairs") && i + 1 < argc)
        {
          i++;
          pairs = MAX (1, atoi (argv[i]));
        }
      else
        {
          g_printerr ("usage: records [--json] [--pairs N]\n");
          return 2;
        }
    }

  server = start_server (&port);
  identity = mz_identity_new_random (NULL);
  records = mz_records_new (path);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      rows[i].ours = g_array_new (FALSE, FALSE, sizeof (double));
      rows[i].theirs = g_array_new (FALSE, FALSE, sizeof (double));
    }

  for (guint i = 0; i < 10; i++)
    dial_once (port, identity, i % 2 == 0 ? records : NULL);
  for (int i = 0; i < pairs; i++)
    for (int turn = 0; turn < 2; turn++)
      if ((i + turn) % 2 == 0)
        append (rows[0].ours, dial_once (port, identity, records));
      else
        append (rows[0].theirs, dial_once (port, identity, NULL));

  mz_records_flush (records, 10000, NULL);
  if (sqlite3_open (path, &db) != SQLITE_OK || sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
    g_error ("the file cannot be locked: %s", sqlite3_errmsg (db));
  for (int i = 0; i < 20; i++)
    {
      append (rows[1].ours, add_once (records));
      append (rows[1].theirs, 1);
    }
  sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
  sqlite3_close (db);
  mz_records_flush (records, 60000, NULL);

  bench_print (rows, G_N_ELEMENTS (rows), json);

  kill (server, SIGKILL);
  waitpid (server, NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_array_unref (rows[i].ours);
      g_array_unref (rows[i].theirs);
    }
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *file = g_strconcat (path, suffixes[i], NULL);

      g_remove (file);
    }
  g_rmdir (directory);

  return 0;
}
