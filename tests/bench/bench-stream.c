/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench-stream.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench-content.h"
#include "bench-window.h"
#include "mz-demo-json.h"
#include "mz-demo-private.h"

#define SESSION_KEY "agent:main:main"
#define N_DELTAS 10000
/* 20 deltas each 4 ms: 5,000 a second. */
#define BATCH 20
#define BATCH_MS 4
/* So much of the reply so far is in each frame, as with a real gateway. */
#define MAX_CUMULATIVE_BYTES (256 * 1024)

typedef struct
{
  MzDemoGateway *gateway;
  char *source;
  const char *position;
  GString *text;
  char *run_id;
  guint n_deltas;
} Reply;

static void
emit_agent (Reply      *reply,
            const char *stream,
            JsonObject *data)
{
  mz_demo_gateway_emit (reply->gateway, MZ_DEMO_AUDIENCE_ALL, SESSION_KEY, "agent",
                        mz_demo_object ("ssssoiib",
                                        "runId", reply->run_id,
                                        "sessionKey", SESSION_KEY,
                                        "agentId", "main",
                                        "stream", stream,
                                        "data", data,
                                        "seq", (gint64) reply->n_deltas,
                                        "ts", mz_demo_now_ms (),
                                        "isHeartbeat", FALSE), FALSE);
}

static void
emit_chat (Reply      *reply,
           const char *state,
           const char *delta,
           gboolean    with_text)
{
  JsonObject *payload = mz_demo_object ("ssssis",
                                        "runId", reply->run_id,
                                        "sessionKey", SESSION_KEY,
                                        "agentId", "main",
                                        "deltaText", delta,
                                        "seq", (gint64) reply->n_deltas,
                                        "state", state);

  if (with_text)
    {
      JsonArray *content = json_array_new ();

      json_array_add_object_element (content, mz_demo_object ("ss", "type", "text", "text", reply->text->str));
      json_object_set_object_member (payload, "message", mz_demo_object ("sai",
                                                                         "role", "assistant",
                                                                         "content", content,
                                                                         "timestamp", mz_demo_now_ms ()));
    }
  mz_demo_gateway_emit (reply->gateway, MZ_DEMO_AUDIENCE_ALL, SESSION_KEY, "chat", payload, FALSE);
}

/* A word and the blank after it, as models give them. */
static char *
next_delta (Reply *reply)
{
  const char *start = reply->position;
  gsize length = strcspn (start, " \n");

  length += strspn (start + length, " \n");
  reply->position += length;

  return g_strndup (start, length);
}

static gboolean
stream_cb (gpointer user_data)
{
  Reply *reply = user_data;

  for (guint i = 0; i < BATCH && reply->n_deltas < N_DELTAS; i++)
    {
      g_autofree char *delta = next_delta (reply);
      gboolean cumulative;

      reply->n_deltas++;
      g_string_append (reply->text, delta);
      cumulative = reply->text->len <= MAX_CUMULATIVE_BYTES;
      emit_agent (reply, "assistant", mz_demo_object ("ss", "text", cumulative ? reply->text->str : NULL, "delta", delta));
      emit_chat (reply, "delta", delta, cumulative);
    }
  if (reply->n_deltas < N_DELTAS)
    return G_SOURCE_CONTINUE;

  emit_agent (reply, "lifecycle", mz_demo_object ("ss", "phase", "end", "stopReason", "stop"));
  emit_chat (reply, "final", NULL, TRUE);
  g_string_free (reply->text, TRUE);
  g_free (reply->source);
  g_free (reply->run_id);
  g_free (reply);

  return G_SOURCE_REMOVE;
}

static gboolean
command_cb (int          fd,
            GIOCondition condition,
            gpointer     user_data)
{
  char command;
  Reply *reply;

  if (read (fd, &command, 1) != 1)
    exit (0);

  reply = g_new0 (Reply, 1);
  reply->gateway = user_data;
  reply->source = bench_content_reply (N_DELTAS);
  reply->position = reply->source;
  reply->text = g_string_new (NULL);
  reply->run_id = g_uuid_string_random ();
  emit_agent (reply, "lifecycle", mz_demo_object ("si", "phase", "start", "startedAt", mz_demo_now_ms ()));
  mz_demo_gateway_add_timeout (reply->gateway, BATCH_MS, stream_cb, reply);

  return G_SOURCE_CONTINUE;
}

static void
serve (int commands,
       int answer)
{
  MzDemoGateway *gateway = mz_demo_gateway_new ();
  g_autoptr (GError) error = NULL;
  guint16 port;

#ifdef __linux__
  prctl (PR_SET_PDEATHSIG, SIGKILL);
#endif
  mz_demo_gateway_start (gateway, 0, &error);
  g_assert_no_error (error);
  port = mz_demo_gateway_get_port (gateway);
  g_assert_cmpint (write (answer, &port, sizeof port), ==, sizeof port);
  g_unix_fd_add (commands, G_IO_IN, command_cb, gateway);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
}

BenchServer
bench_server_start (void)
{
  BenchServer self = { 0 };
  int commands[2], answer[2];

  g_assert_cmpint (pipe (commands), ==, 0);
  g_assert_cmpint (pipe (answer), ==, 0);
  self.pid = fork ();
  g_assert_cmpint (self.pid, >=, 0);
  if (self.pid == 0)
    {
      close (commands[1]);
      serve (commands[0], answer[1]);
    }

  close (commands[0]);
  close (answer[1]);
  self.commands = commands[1];
  g_assert_cmpint (read (answer[0], &self.port, sizeof self.port), ==, sizeof self.port);
  close (answer[0]);

  return self;
}

void
bench_server_stop (BenchServer *self)
{
  close (self->commands);
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
}

/* ---- ours ---- */

static double
get_cpu (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static void
reply_ended_cb (MzChat       *chat,
                const char   *run_id,
                MzRunOutcome  outcome,
                const GError *error,
                gboolean     *ended)
{
  *ended = TRUE;
}

static void
say (const char *text)
{
  printf ("%s\n", text);
  fflush (stdout);
}

/* Each line on stdin is answered with "ok" at once, and with the ms when the reply that follows is complete. */
int
bench_stream_listen (guint16  port,
                     gboolean window)
{
  g_autofree char *address = g_strdup_printf ("ws://127.0.0.1:%u", port);
  g_autoptr (MzChat) chat = NULL;
  BenchWindow bench = { 0 };
  gboolean ended = FALSE;
  char line[64];

  if (!bench_window_setup (&bench, address))
    return 77;
  mz_gateway_connect (bench.gateway);
  while (mz_gateway_get_state (bench.gateway) != MZ_CLIENT_READY)
    g_main_context_iteration (NULL, TRUE);
  chat = mz_gateway_open_chat (bench.gateway, "main");
  while (!mz_session_get_loaded (mz_chat_get_session (chat)))
    g_main_context_iteration (NULL, TRUE);
  if (window)
    bench_window_show (&bench, chat);
  else
    gtk_widget_set_visible (bench.window, FALSE);
  g_signal_connect (chat, "reply-ended", G_CALLBACK (reply_ended_cb), &ended);
  say ("ready");

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_autofree char *answer = NULL;
      double start;

      bench_window_settle (&bench);
      ended = FALSE;
      say ("ok");
      start = get_cpu ();
      while (!ended)
        g_main_context_iteration (NULL, TRUE);
      if (window)
        bench_window_frame (&bench);
      answer = g_strdup_printf ("%.3f", get_cpu () - start);
      say (answer);
    }

  return 0;
}

/* ---- who listens ---- */

typedef struct
{
  GSubprocess *process;
  GDataInputStream *out;
} Listener;

static char *
listener_read (Listener *self)
{
  return g_data_input_stream_read_line (self->out, NULL, NULL, NULL);
}

static gboolean
listener_expect (Listener   *self,
                 const char *word)
{
  g_autofree char *line = listener_read (self);

  return g_strcmp0 (line, word) == 0;
}

static gboolean
listener_start (Listener           *self,
                const char * const *argv)
{
  self->process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);
  if (self->process == NULL)
    return FALSE;
  self->out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));

  return listener_expect (self, "ready");
}

static gboolean
listener_prepare (Listener *self)
{
  GOutputStream *in = g_subprocess_get_stdin_pipe (self->process);

  return g_output_stream_write_all (in, "go\n", 3, NULL, NULL, NULL) && listener_expect (self, "ok");
}

static gboolean
listener_take (Listener *self,
               GArray   *values)
{
  g_autofree char *line = listener_read (self);
  double value;

  if (line == NULL || !g_ascii_isdigit (*line))
    return FALSE;
  value = g_ascii_strtod (line, NULL);
  g_array_append_val (values, value);

  return TRUE;
}

static void
listener_stop (Listener *self)
{
  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  g_clear_object (&self->out);
  g_clear_object (&self->process);
}

void
bench_stream_measure (BenchServer *server,
                      const char  *program,
                      guint        rounds,
                      BenchStats  *client,
                      BenchStats  *views)
{
  const char *folder = g_getenv ("MOLTZER_REFERENCE_CLIENT");
  const char *node = g_getenv ("MOLTZER_NODE");
  g_autofree char *port = g_strdup_printf ("%u", server->port);
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u", server->port);
  const char *reference_argv[] = { node != NULL ? node : "node", MZ_BENCH_DIR "/reference-stream.mjs", folder, url, NULL };
  const char *client_argv[] = { program, "--stream", port, NULL };
  const char *views_argv[] = { program, "--stream", port, "window", NULL };
  Listener reference = { 0 }, ours = { 0 }, window = { 0 };
  const char *skipped = NULL;

  if (folder == NULL)
    skipped = "MOLTZER_REFERENCE_CLIENT names no folder with it";
  else if (!listener_start (&reference, reference_argv))
    skipped = "the reference client does not run";
  else if (!listener_start (&ours, client_argv) || !listener_start (&window, views_argv))
    skipped = "our own side does not run";

  for (guint i = 0; i < rounds + 1 && skipped == NULL; i++)
    {
      /* The first round is for what is loaded and compiled once. */
      for (guint n = 0; i == 1 && n < 2; n++)
        {
          g_array_set_size (n == 0 ? client->ours : views->ours, 0);
          g_array_set_size (n == 0 ? client->theirs : views->theirs, 0);
        }

      if (!listener_prepare (&reference) || !listener_prepare (&ours) || !listener_prepare (&window) ||
          write (server->commands, "r", 1) != 1 ||
          !listener_take (&reference, client->theirs) || !listener_take (&ours, client->ours) ||
          !listener_take (&window, views->ours))
        skipped = "a reply did not come";
    }
  if (skipped == NULL)
    g_array_append_vals (views->theirs, client->theirs->data, client->theirs->len);
  client->skipped = views->skipped = skipped;
  listener_stop (&reference);
  listener_stop (&ours);
  listener_stop (&window);
}
