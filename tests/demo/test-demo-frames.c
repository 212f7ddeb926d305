/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "demo-client.h"

#define TOKEN "a token that is nowhere to be read"

/* The program that holds recorded frames against the gateway's official schema, called as `PROGRAM check-frames FILE`. */
#define CHECKER_VARIABLE "MOLTZER_CHECK_FRAMES"

static void
call (DemoClient *client,
      const char *method,
      const char *params)
{
  demo_client_call (client, method, params);
}

static void
chat (DemoClient *client,
      const char *key,
      const char *message,
      const char *end)
{
  g_autofree char *params = g_strdup_printf ("{\"sessionKey\":\"agent:main:main\",\"message\":\"%s\",\"idempotencyKey\":\"%s\"}", message,
                                             key);

  call (client, "chat.send", params);
  demo_client_wait_event (client, "chat", end);
}

static void
approve (DemoClient *client,
         const char *key,
         const char *decision)
{
  g_autofree char *send = g_strdup_printf ("{\"sessionKey\":\"main\",\"message\":\"run: uname\",\"idempotencyKey\":\"%s\"}", key);
  g_autofree char *resolve = NULL;
  JsonObject *requested;

  call (client, "chat.send", send);
  requested = demo_payload (demo_client_wait_event (client, "exec.approval.requested", NULL));
  call (client, "exec.approval.list", "{}");
  resolve = g_strdup_printf ("{\"id\":\"%s\",\"decision\":\"%s\"}", mz_json_get_string (requested, "id"), decision);
  call (client, "exec.approval.resolve", resolve);
  demo_client_wait_event (client, "chat", "final");
}

/* Every method, every kind of reply, and what is refused. */
static void
play_everything (DemoClient *client)
{
  const char * const calls[][2] = {
    { "sessions.subscribe", "{\"limit\":60}" },
    { "sessions.list", "{\"limit\":2,\"offset\":1,\"includeLastMessage\":true}" },
    { "sessions.messages.subscribe", "{\"key\":\"agent:main:main\"}" },
    { "models.list", "{}" },
    { "commands.list", "{}" },
    { "health", "{}" },
    { "status", "{}" },
    { "exec.approval.list", "{}" },
    { "chat.history", "{\"sessionKey\":\"agent:main:main\",\"limit\":50}" },
    { "chat.history", "{\"sessionKey\":\"agent:main:main\",\"limit\":2,\"offset\":2}" },
    { "chat.history", "{\"sessionKey\":\"agent:main:dashboard:long-history\",\"limit\":200}" },
    { "chat.history", "{\"sessionKey\":\"agent:main:nowhere\"}" },
    { "artifacts.download", "{\"sessionKey\":\"agent:main:main\",\"artifactId\":\"demo-evening\"}" },
    { "sessions.create", "{\"label\":\"A new one\",\"key\":\"agent:main:dashboard:new\"}" },
    { "sessions.patch", "{\"key\":\"agent:main:dashboard:new\",\"label\":\"Renamed\",\"pinned\":true}" },
    { "sessions.describe", "{\"key\":\"agent:main:dashboard:new\"}" },
    { "sessions.reset", "{\"key\":\"agent:main:dashboard:new\"}" },
    { "sessions.delete", "{\"key\":\"agent:main:dashboard:new\"}" },
    { "sessions.describe", "{\"key\":\"agent:main:dashboard:new\"}" },
    { "sessions.create", "{\"message\":\"say: hi\"}" },
    { "artifacts.download", "{\"artifactId\":\"none\"}" },
    { "no.such.method", "{}" },
  };
  const char * const words[] = { "help", "hello", "python", "code", "table", "list", "think", "picture", "long" };

  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    call (client, calls[i][0], calls[i][1]);
  demo_client_wait_event (client, "chat", "final");

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    chat (client, words[i], words[i], "final");
  chat (client, "k-error", "error", "error");
  chat (client, "k-500", "fail: 500", "error");
  chat (client, "k-tokens", "think: one two\\ntokens: 200 2000", "final");
  approve (client, "k-allow", "allow-once");
  approve (client, "k-deny", "deny");

  call (client, "chat.send", "{\"sessionKey\":\"main\",\"message\":\"tokens: 1000 100\",\"idempotencyKey\":\"k-abort\"}");
  call (client, "chat.send", "{\"sessionKey\":\"main\",\"message\":\"say: later\",\"idempotencyKey\":\"k-queued\"}");
  demo_client_wait_event (client, "chat", "delta");
  call (client, "chat.send", "{\"sessionKey\":\"main\",\"message\":\"tokens: 1000 100\",\"idempotencyKey\":\"k-abort\"}");
  call (client, "chat.history", "{\"sessionKey\":\"agent:main:main\",\"limit\":2}");
  call (client, "chat.abort", "{\"sessionKey\":\"agent:main:main\",\"runId\":\"k-abort\"}");
  demo_client_wait_event (client, "chat", "final");
  call (client, "chat.history", "{\"sessionKey\":\"agent:main:main\",\"limit\":100}");
  demo_client_wait_event (client, "tick", NULL);
  call (client, "sessions.messages.unsubscribe", "{\"key\":\"agent:main:main\"}");
  call (client, "sessions.unsubscribe", "{}");
}

static void
record_scenario (GOutputStream *stream)
{
  g_autoptr (MzDemoGateway) gateway = mz_demo_gateway_new ();
  g_autoptr (DemoDevice) device = demo_device_new ();
  const DemoLogin login = { .device = device, .token = TOKEN };
  const DemoLogin wrong = { .device = device, .token = "wrong" };
  DemoClient *client;

  mz_demo_gateway_set_auth (gateway, MZ_DEMO_AUTH_TOKEN, TOKEN);
  mz_demo_gateway_set_pairing (gateway, TRUE);
  mz_demo_gateway_set_tick_ms (gateway, 50);
  mz_demo_gateway_set_rate (gateway, 5000);
  mz_demo_gateway_set_record (gateway, stream);
  g_assert_true (mz_demo_gateway_start (gateway, 0, NULL));

  client = demo_client_open (gateway);
  g_assert_false (mz_json_get_boolean (demo_client_login (client, &wrong), "ok", TRUE));
  demo_client_free (client);
  client = demo_client_open (gateway);
  g_assert_false (mz_json_get_boolean (demo_client_login (client, &login), "ok", TRUE));
  demo_client_free (client);

  mz_demo_gateway_approve_pairing (gateway, NULL);
  client = demo_client_open (gateway);
  g_assert_true (mz_json_get_boolean (demo_client_login (client, &login), "ok", FALSE));
  play_everything (client);
  mz_demo_gateway_set_fault (gateway, MZ_DEMO_FAULT_SHUTDOWN);
  demo_client_wait_closed (client);
  demo_client_free (client);
  demo_settle (gateway);
}

/* The record has all frames, and none of their secrets. */
static void
test_record (void)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_auto (GStrv) lines = NULL;
  g_autofree char *text = NULL;
  guint n_received = 0, n_sent = 0;

  record_scenario (stream);
  text = g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)),
                    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)));
  g_assert_null (strstr (text, TOKEN));
  g_assert_nonnull (strstr (text, "\"signature\":\"[redacted]\""));
  g_assert_nonnull (strstr (text, "\"token\":\"[redacted]\""));
  g_assert_nonnull (strstr (text, "\"deviceToken\":\"[redacted]\""));

  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      g_autoptr (JsonNode) node = mz_json_parse (lines[i], strlen (lines[i]), strlen (lines[i]), NULL);
      JsonObject *line = mz_json_node_object (node);

      g_assert_nonnull (mz_json_get_object (line, "frame"));
      g_assert_cmpint (mz_json_get_int (line, "connection", 0), >=, 1);
      if (g_strcmp0 (mz_json_get_string (line, "direction"), "received") == 0)
        n_received++;
      else
        n_sent++;
    }
  g_assert_cmpuint (n_received, >, 40);
  g_assert_cmpuint (n_sent, >, n_received);
}

static void
test_schema (void)
{
  const char *checker = g_getenv (CHECKER_VARIABLE);
  g_autofree char *path = NULL, *output = NULL;
  g_autoptr (GFileIOStream) file_stream = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  int status = -1;

  if (checker == NULL || *checker == '\0')
    {
      g_test_skip (CHECKER_VARIABLE " does not name a program that checks frames");
      return;
    }

  file = g_file_new_tmp ("moltzer-frames-XXXXXX", &file_stream, &error);
  g_assert_no_error (error);
  record_scenario (g_io_stream_get_output_stream (G_IO_STREAM (file_stream)));
  g_assert_true (g_io_stream_close (G_IO_STREAM (file_stream), NULL, &error));

  path = g_file_get_path (file);
  {
    char *arguments[] = { (char *) checker, (char *) "check-frames", path, NULL };

    g_spawn_sync (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status, &error);
  }
  g_assert_no_error (error);
  g_test_message ("%s", output);
  g_unlink (path);
  g_assert_true (g_spawn_check_wait_status (status, &error));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/demo/frames/record", test_record);
  g_test_add_func ("/demo/frames/schema", test_schema);

  return g_test_run ();
}
