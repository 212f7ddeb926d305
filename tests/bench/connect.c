/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* connect [--json] [--pairs N]: how long from nothing to hello-ok, beside raw sockets, the reference client and GIO's standard way.
 *
 * The gateway is the embedded one, in a process of its own; with MOLTZER_BENCH_PORT also the one that listens on that port of loopback (its token in
 * MOLTZER_TOKEN). The reference client takes part when MOLTZER_REFERENCE_CLIENT names a folder
 * in whose node_modules @openclaw/gateway-client is, and `node` runs. */

#include "config.h"

#include <gio/gio.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "mz-connection.h"
#include "mz-demo-gateway.h"
#include "mz-tls-database.h"
#include "mz-warmup.h"
#include "raw-client.h"

typedef struct
{
  pid_t pid;
  guint16 port;
} Server;

static GTlsCertificate *
test_certificate (void)
{
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_files (MZ_TEST_CERTS "/server.pem", MZ_TEST_CERTS "/server-key.pem", &error);

  g_assert_no_error (error);

  return certificate;
}

/* Forked before anything of GLib runs threads; the child tells its port through a pipe and serves until it is killed. */
static Server
start_server (gboolean tls)
{
  int fds[2];
  Server server = { 0 };

  g_assert_cmpint (pipe (fds), ==, 0);
  server.pid = fork ();
  g_assert_cmpint (server.pid, >=, 0);

  if (server.pid == 0)
    {
      MzDemoGateway *gateway = mz_demo_gateway_new ();
      g_autoptr (GError) error = NULL;
      guint16 port;

      if (tls)
        mz_demo_gateway_set_certificate (gateway, test_certificate ());
      mz_demo_gateway_start (gateway, 0, &error);
      g_assert_no_error (error);
      port = mz_demo_gateway_get_port (gateway);
      g_assert_cmpint (write (fds[1], &port, sizeof port), ==, sizeof port);
      g_main_loop_run (g_main_loop_new (NULL, FALSE));
    }

  close (fds[1]);
  g_assert_cmpint (read (fds[0], &server.port, sizeof server.port), ==, sizeof server.port);
  close (fds[0]);

  return server;
}

static void
stop_server (Server server)
{
  kill (server.pid, SIGKILL);
  waitpid (server.pid, NULL, 0);
}

typedef struct
{
  gint64 ready_us;
  gboolean ended;
} Dial;

static void
ready_cb (MzConnection *connection,
          MzHello      *hello,
          Dial         *dial)
{
  dial->ready_us = g_get_monotonic_time ();
  mz_connection_close (connection);
}

static void
ended_cb (MzConnection *connection,
          const GError *error,
          Dial         *dial)
{
  if (dial->ready_us == 0)
    g_error ("the dial failed: %s", error->message);
  dial->ended = TRUE;
}

static double
our_login (const char    *host,
           guint16        port,
           gboolean       tls,
           MzPlatform     platform,
           MzIdentity    *identity,
           GTlsDatabase  *database)
{
  g_autoptr (MzDialOptions) options = mz_dial_options_new ();
  g_autofree char *url = g_strdup_printf ("%s://%s:%u", tls ? "wss" : "ws", host, port);
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (url, NULL);
  MzCredentials credentials = { .token = g_getenv ("MOLTZER_TOKEN") };
  g_autoptr (MzConnection) connection = NULL;
  Dial dial = { 0 };
  gint64 start;

  options->platform = platform;
  if (database != NULL)
    options->ca_database = g_object_ref (database);

  start = g_get_monotonic_time ();
  connection = mz_connection_new (endpoint, identity, options, &credentials);
  g_signal_connect (connection, "ready", G_CALLBACK (ready_cb), &dial);
  g_signal_connect (connection, "ended", G_CALLBACK (ended_cb), &dial);
  mz_connection_start (connection, TRUE);
  while (!dial.ended)
    g_main_context_iteration (NULL, TRUE);

  return (dial.ready_us - start) / 1000.0;
}

static void
add (GArray *values,
     double  value)
{
  g_array_append_val (values, value);
}

/* How long until a cancelled dial has let go of everything, against a peer that accepts and then says nothing. */
static double
our_cancel (guint16     port,
            MzIdentity *identity)
{
  g_autoptr (MzDialOptions) options = mz_dial_options_new ();
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u", port);
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (url, NULL);
  MzCredentials credentials = { 0 };
  MzConnection *connection = mz_connection_new (endpoint, identity, options, &credentials);
  Dial dial = { .ready_us = 1 };
  GWeakRef trace;
  gint64 start;

  g_weak_ref_init (&trace, mz_connection_get_trace (connection));
  g_signal_connect (connection, "ended", G_CALLBACK (ended_cb), &dial);
  mz_connection_start (connection, TRUE);
  while (!mz_trace_attempt_reached (mz_trace_get_attempt (mz_connection_get_trace (connection), 0), MZ_PHASE_CONNECT))
    g_main_context_iteration (NULL, TRUE);

  start = g_get_monotonic_time ();
  mz_connection_close (connection);
  while (!dial.ended)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (connection);
  for (GObject *left = g_weak_ref_get (&trace); left != NULL; left = g_weak_ref_get (&trace))
    {
      g_object_unref (left);
      g_main_context_iteration (NULL, TRUE);
    }
  g_weak_ref_clear (&trace);

  return (g_get_monotonic_time () - start) / 1000.0;
}

static void
warm_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_assert_true (mz_warmup_finish (result, NULL));
  *(gboolean *) user_data = TRUE;
}

/* Each run is a process of its own: `connect --first-wss PORT ours|raw` prints one figure. */
static int
first_wss (guint16     port,
           const char *who)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzIdentity) identity = mz_identity_new_random (&error);
  gboolean warm = FALSE;
  double ms;

  if (g_str_equal (who, "ours"))
    {
      g_autoptr (GTlsDatabase) database = g_tls_file_database_new (MZ_TEST_CERTS "/ca.pem", &error);

      g_assert_no_error (error);

      /* As the programs do at their start, beside whatever else they do then. */
      mz_tls_database_install ();
      mz_warmup_async (NULL, warm_cb, &warm);
      while (!warm)
        g_main_context_iteration (NULL, TRUE);

      ms = our_login ("localhost", port, TRUE, MZ_PLATFORM_LINUX, identity, database);
    }
  else
    ms = raw_client_login_tls (port, identity, MZ_TEST_CERTS "/ca.pem");

  printf ("%.3f\n", ms);

  return ms < 0 ? 77 : 0;
}

static gboolean
run_first_wss (const char *self,
               guint16     port,
               const char *who,
               GArray     *values)
{
  g_autofree char *port_text = g_strdup_printf ("%u", port);
  const char *argv[] = { self, "--first-wss", port_text, who, NULL };
  g_autofree char *output = NULL;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, NULL) || status != 0)
    return FALSE;

  add (values, g_ascii_strtod (output, NULL));

  return TRUE;
}

static GSubprocess *
start_reference (guint16            port,
                 GDataInputStream **out)
{
  const char *folder = g_getenv ("MOLTZER_REFERENCE_CLIENT");
  const char *node = g_getenv ("MOLTZER_NODE");
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u", port);
  GSubprocess *process;

  if (folder == NULL)
    return NULL;

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, node != NULL ? node : "node",
                              MZ_BENCH_DIR "/reference-client.mjs", folder, url, NULL);
  if (process != NULL)
    *out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));

  return process;
}

static double
reference_login (GSubprocess      *process,
                 GDataInputStream *out)
{
  GOutputStream *in = g_subprocess_get_stdin_pipe (process);
  g_autofree char *line = NULL;

  if (!g_output_stream_write_all (in, "dial\n", 5, NULL, NULL, NULL))
    return -1;
  line = g_data_input_stream_read_line (out, NULL, NULL, NULL);
  if (line == NULL || !g_ascii_isdigit (*line))
    {
      g_printerr ("reference client: %s\n", line != NULL ? line : "no answer");
      return -1;
    }

  return g_ascii_strtod (line, NULL);
}

int
main (int   argc,
      char *argv[])
{
  gboolean json = FALSE;
  guint pairs = 100;
  Server plain, secure;
  guint16 real_port = 0;
  g_autoptr (MzIdentity) identity = NULL;
  g_autoptr (GDataInputStream) reference_out = NULL;
  g_autoptr (GSubprocess) reference = NULL;
  BenchRow rows[] = {
    { "dial to hello-ok, ws, warm", "raw sockets, same bytes", 1.5 },
    { "dial to hello-ok, ws, warm", "@openclaw/gateway-client on Node", 0.5 },
    { "IPv4-only route, localhost", "standard route, same host", 1.0 },
    { "first wss connect of a process", "raw GnuTLS, trust store loaded", 1.5 },
    { "cancel after TCP, until all is freed", "100 ms", 1.0 },
    { "dial to hello-ok, ws, warm, real gateway", "raw sockets, same bytes", 1.5 },
  };

  setlocale (LC_ALL, "");

  if (argc == 4 && g_str_equal (argv[1], "--first-wss"))
    return first_wss (atoi (argv[2]), argv[3]);

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
          g_printerr ("usage: connect [--json] [--pairs N]\n");
          return 2;
        }
    }

  plain = start_server (FALSE);
  secure = start_server (TRUE);
  identity = mz_identity_new_random (NULL);
  reference = start_reference (plain.port, &reference_out);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      rows[i].ours = g_array_new (FALSE, FALSE, sizeof (double));
      rows[i].theirs = g_array_new (FALSE, FALSE, sizeof (double));
    }

  /* What is loaded once per process is not measured here. */
  for (guint i = 0; i < 5; i++)
    {
      our_login ("127.0.0.1", plain.port, FALSE, MZ_PLATFORM_LINUX, identity, NULL);
      our_login ("localhost", plain.port, FALSE, MZ_PLATFORM_MACOS, identity, NULL);
      our_login ("localhost", plain.port, FALSE, MZ_PLATFORM_LINUX, identity, NULL);
      raw_client_login (plain.port, identity);
      if (reference != NULL && reference_login (reference, reference_out) < 0)
        rows[1].skipped = "the reference client failed";
    }
  if (g_getenv ("MOLTZER_BENCH_PORT") != NULL)
    real_port = atoi (g_getenv ("MOLTZER_BENCH_PORT"));
  else
    rows[5].skipped = "MOLTZER_BENCH_PORT names no gateway";
  if (reference == NULL)
    rows[1].skipped = "MOLTZER_REFERENCE_CLIENT names no folder with it";

  for (guint i = 0; i < pairs; i++)
    {
      add (rows[0].ours, our_login ("127.0.0.1", plain.port, FALSE, MZ_PLATFORM_LINUX, identity, NULL));
      add (rows[0].theirs, raw_client_login (plain.port, identity));

      if (rows[1].skipped == NULL)
        {
          add (rows[1].ours, our_login ("127.0.0.1", plain.port, FALSE, MZ_PLATFORM_LINUX, identity, NULL));
          add (rows[1].theirs, reference_login (reference, reference_out));
        }

      /* Whoever is first in a pair may find colder caches: take turns. */
      for (guint turn = 0; turn < 2; turn++)
        if ((i + turn) % 2 == 0)
          add (rows[2].ours, our_login ("localhost", plain.port, FALSE, MZ_PLATFORM_MACOS, identity, NULL));
        else
          add (rows[2].theirs, our_login ("localhost", plain.port, FALSE, MZ_PLATFORM_LINUX, identity, NULL));

      if (real_port != 0)
        {
          add (rows[5].ours, our_login ("127.0.0.1", real_port, FALSE, MZ_PLATFORM_LINUX, identity, NULL));
          add (rows[5].theirs, raw_client_login (real_port, identity));
        }

      add (rows[4].ours, our_cancel (plain.port, identity));
      add (rows[4].theirs, 100.0);
    }

  for (guint i = 0; i < MAX (20, pairs / 4) && rows[3].skipped == NULL; i++)
    if (!run_first_wss (argv[0], secure.port, "raw", rows[3].theirs) || !run_first_wss (argv[0], secure.port, "ours", rows[3].ours))
      rows[3].skipped = "built without GnuTLS";

  bench_print (rows, G_N_ELEMENTS (rows), json);

  stop_server (plain);
  stop_server (secure);
  if (reference != NULL)
    g_subprocess_force_exit (reference);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_array_unref (rows[i].ours);
      g_array_unref (rows[i].theirs);
    }

  return 0;
}
