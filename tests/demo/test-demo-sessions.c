/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include <string.h>

#include "demo-client.h"

static MzDemoGateway *
start_gateway (guint protocol)
{
  MzDemoGateway *gateway = mz_demo_gateway_new ();

  mz_demo_gateway_set_protocol (gateway, protocol);
  mz_demo_gateway_set_rate (gateway, 1e6);
  g_assert_true (mz_demo_gateway_start (gateway, 0, NULL));
  return gateway;
}

static JsonObject *
call (DemoClient *client,
      const char *method,
      const char *params)
{
  JsonObject *answer = demo_client_call (client, method, params);

  g_assert_true (mz_json_get_boolean (answer, "ok", FALSE));
  return demo_payload (answer);
}

static const char *
error_message (DemoClient *client,
               const char *method,
               const char *params)
{
  JsonObject *answer = demo_client_call (client, method, params);

  g_assert_false (mz_json_get_boolean (answer, "ok", TRUE));
  return mz_json_get_string (demo_error (answer), "message");
}

static void
test_list (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4);
  DemoClient *client = demo_client_ready (gateway);
  JsonObject *list = call (client, "sessions.list", "{}");
  JsonArray *rows = mz_json_get_array (list, "sessions");
  gint64 newest = G_MAXINT64;

  g_assert_cmpuint (mz_json_array_length (rows), ==, 4);
  g_assert_cmpint (mz_json_get_int (list, "totalCount", 0), ==, 4);
  g_assert_true (mz_json_is_null (list, "nextOffset"));
  for (guint i = 0; i < mz_json_array_length (rows); i++)
    {
      gint64 updated = mz_json_get_int (mz_json_array_object (rows, i), "updatedAt", 0);

      g_assert_cmpint (updated, <=, newest);
      newest = updated;
    }

  list = call (client, "sessions.list", "{\"limit\":1,\"offset\":1}");
  g_assert_cmpuint (mz_json_array_length (mz_json_get_array (list, "sessions")), ==, 1);
  g_assert_true (mz_json_get_boolean (list, "hasMore", FALSE));
  g_assert_cmpint (mz_json_get_int (list, "nextOffset", 0), ==, 2);

  list = call (client, "sessions.list", "{\"search\":\"LISBON\"}");
  g_assert_cmpuint (mz_json_array_length (mz_json_get_array (list, "sessions")), ==, 1);

  /* Without options subscribing does not list, as on the real gateway; protocol 3 never does. */
  g_assert_false (mz_json_has (call (client, "sessions.subscribe", "{}"), "list"));
  g_assert_true (mz_json_has (call (client, "sessions.subscribe", "{\"limit\":2}"), "list"));
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_life (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4);
  DemoClient *client = demo_client_ready (gateway);
  JsonObject *created, *changed;
  g_autofree char *key = NULL, *patch = NULL, *only_key = NULL;

  call (client, "sessions.subscribe", "{}");
  created = call (client, "sessions.create", "{\"label\":\"New\",\"message\":\"say: hi\"}");
  key = g_strdup (mz_json_get_string (created, "key"));
  only_key = g_strdup_printf ("{\"key\":\"%s\"}", key);
  g_assert_true (mz_json_get_boolean (created, "runStarted", FALSE));
  demo_client_wait_event (client, "chat", "final");
  g_assert_cmpstr (error_message (client, "sessions.create", "{\"label\":\"New\"}"), ==, "label already in use: New");
  g_assert_nonnull (error_message (client, "sessions.create", "{\"model\":\"no-such-model\"}"));

  patch = g_strdup_printf ("{\"key\":\"%s\",\"label\":\"Renamed\",\"pinned\":true,\"model\":\"demo/demo-2\"}", key);
  call (client, "sessions.patch", patch);
  for (;;)
    {
      changed = demo_payload (demo_client_wait_event (client, "sessions.changed", NULL));
      if (g_strcmp0 (mz_json_get_string (changed, "reason"), "patch") == 0)
        break;
    }
  g_assert_cmpstr (mz_json_get_string (mz_json_get_object (changed, "session"), "label"), ==, "Renamed");
  changed = mz_json_get_object (call (client, "sessions.describe", only_key), "session");
  g_assert_true (mz_json_get_boolean (changed, "pinned", FALSE));
  g_assert_cmpstr (mz_json_get_string (changed, "model"), ==, "demo-2");
  g_assert_cmpstr (mz_json_get_string (changed, "status"), ==, "done");

  call (client, "sessions.reset", only_key);
  g_free (patch);
  patch = g_strdup_printf ("{\"sessionKey\":\"%s\"}", key);
  g_assert_cmpuint (mz_json_array_length (mz_json_get_array (call (client, "chat.history", patch), "messages")), ==, 0);

  g_assert_true (mz_json_get_boolean (call (client, "sessions.delete", only_key), "deleted", FALSE));
  g_assert_false (mz_json_get_boolean (call (client, "sessions.delete", only_key), "deleted", TRUE));
  g_assert_true (mz_json_is_null (call (client, "sessions.describe", only_key), "session"));
  g_assert_nonnull (error_message (client, "sessions.delete", "{\"key\":\"agent:main:main\"}"));
  g_assert_nonnull (error_message (client, "sessions.patch", only_key));
  demo_client_free (client);
  demo_settle (gateway);
}

/* A session that goes in the middle of a run takes it along. */
static void
test_delete_running (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4);
  DemoClient *client = demo_client_ready (gateway);
  g_autofree char *params = NULL;

  params = g_strdup_printf ("{\"key\":\"%s\"}", mz_json_get_string (call (client, "sessions.create",
                                                                          "{\"message\":\"tokens: 100000 100\"}"), "key"));
  demo_client_wait_event (client, "chat", "delta");
  call (client, "sessions.delete", params);
  demo_client_wait_event (client, "chat", "aborted");
  demo_client_free (client);
  demo_settle (gateway);
}

/* Each kind of block is in the history that a demonstration starts with. */
static void
test_seed (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4);
  DemoClient *client = demo_client_ready (gateway);
  const char * const keys[] = { "agent:main:main", "agent:main:dashboard:lisbon", "agent:main:dashboard:photos" };
  g_autoptr (GHashTable) kinds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char * const wanted[] = { "text", "thinking", "toolCall", "image", "role user", "role assistant", "role toolResult" };

  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    {
      g_autofree char *params = g_strdup_printf ("{\"sessionKey\":\"%s\"}", keys[k]);
      JsonArray *messages = mz_json_get_array (call (client, "chat.history", params), "messages");
      gint64 last = 0;

      g_assert_cmpuint (mz_json_array_length (messages), >=, 4);
      for (guint i = 0; i < mz_json_array_length (messages); i++)
        {
          JsonObject *message = mz_json_array_object (messages, i);
          JsonArray *content = mz_json_get_array (message, "content");

          g_assert_cmpint (mz_json_get_int (message, "timestamp", 0), >=, last);
          last = mz_json_get_int (message, "timestamp", 0);
          g_assert_cmpint (mz_json_get_int (mz_json_get_object (message, "__openclaw"), "seq", 0), ==, i + 1);
          g_hash_table_add (kinds, g_strconcat ("role ", mz_json_get_string (message, "role"), NULL));
          for (guint j = 0; content != NULL && j < mz_json_array_length (content); j++)
            g_hash_table_add (kinds, g_strdup (mz_json_get_string (mz_json_array_object (content, j), "type")));
        }
    }
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_true (g_hash_table_contains (kinds, wanted[i]));
  demo_client_free (client);
  demo_settle (gateway);
}

/* All pages together are the whole history, each message once. */
static void
test_paging (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4);
  DemoClient *client = demo_client_ready (gateway);
  gint64 offset = 0, expected = 2000;
  gboolean has_more = TRUE;

  while (has_more)
    {
      g_autofree char *params = g_strdup_printf ("{\"sessionKey\":\"agent:main:dashboard:long-history\",\"limit\":300,\"offset\":%"
                                                 G_GINT64_FORMAT "}", offset);
      JsonObject *page = call (client, "chat.history", params);
      JsonArray *messages = mz_json_get_array (page, "messages");

      g_assert_cmpint (mz_json_get_int (page, "totalMessages", 0), ==, 2000);
      for (guint i = mz_json_array_length (messages); i > 0; i--)
        {
          JsonObject *record = mz_json_get_object (mz_json_array_object (messages, i - 1), "__openclaw");

          g_assert_cmpint (mz_json_get_int (record, "seq", 0), ==, expected);
          expected--;
        }
      has_more = mz_json_get_boolean (page, "hasMore", FALSE);
      g_assert_cmpint (mz_json_has (page, "nextOffset"), ==, has_more);
      offset = mz_json_get_int (page, "nextOffset", 0);
    }
  g_assert_cmpint (expected, ==, 0);
  demo_client_free (client);
  demo_settle (gateway);
}

/* A page never is larger than a frame may be. */
static void
test_small_payload (void)
{
  g_autoptr (MzDemoGateway) gateway = mz_demo_gateway_new ();
  DemoClient *client;
  JsonObject *page;

  mz_demo_gateway_set_max_payload (gateway, 20000);
  g_assert_true (mz_demo_gateway_start (gateway, 0, NULL));
  client = demo_client_ready (gateway);
  page = call (client, "chat.history", "{\"sessionKey\":\"agent:main:dashboard:long-history\",\"limit\":1000}");
  g_assert_cmpuint (client->longest, <, 20000);
  g_assert_cmpuint (mz_json_array_length (mz_json_get_array (page, "messages")), >, 5);
  g_assert_true (mz_json_get_boolean (page, "hasMore", FALSE));
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_protocol_3 (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (3);
  DemoClient *client = demo_client_ready (gateway);
  JsonObject *history = call (client, "chat.history", "{\"sessionKey\":\"main\",\"limit\":2}");

  g_assert_cmpuint (mz_json_array_length (mz_json_get_array (history, "messages")), ==, 2);
  g_assert_false (mz_json_has (history, "hasMore"));
  g_assert_cmpstr (error_message (client, "chat.history", "{\"sessionKey\":\"main\",\"offset\":2}"), ==,
                   "invalid chat.history params: at root: unexpected property 'offset'");
  g_assert_cmpstr (error_message (client, "sessions.describe", "{\"key\":\"main\"}"), ==, "unknown method: sessions.describe");
  g_assert_false (mz_json_has (call (client, "sessions.subscribe", "{\"limit\":2}"), "list"));
  demo_client_free (client);
  demo_settle (gateway);
}

/* Only who subscribed hears of it. */
static void
test_subscriptions (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4);
  DemoClient *all = demo_client_ready (gateway), *one = demo_client_ready (gateway), *none = demo_client_ready (gateway);
  const char *messages[] = { "{\"sessionKey\":\"main\",\"message\":\"say: a\",\"idempotencyKey\":\"k1\"}",
                             "{\"sessionKey\":\"agent:main:dashboard:lisbon\",\"message\":\"say: b\",\"idempotencyKey\":\"k2\"}" };

  call (all, "sessions.subscribe", "{}");
  call (one, "sessions.messages.subscribe", "{\"key\":\"main\"}");
  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      call (none, "chat.send", messages[i]);
      demo_client_wait_event (all, "chat", "final");
      demo_client_wait_event (one, "chat", "final");
      demo_client_wait_event (none, "chat", "final");
    }
  g_assert_cmpuint (demo_client_count (all, "session.message", NULL), ==, 4);
  g_assert_cmpuint (demo_client_count (one, "session.message", NULL), ==, 2);
  g_assert_cmpuint (demo_client_count (none, "session.message", NULL), ==, 0);
  g_assert_cmpuint (demo_client_count (one, "sessions.changed", NULL), ==, 0);

  call (one, "sessions.messages.unsubscribe", "{\"key\":\"main\"}");
  call (all, "sessions.unsubscribe", "{}");
  call (none, "chat.send", "{\"sessionKey\":\"main\",\"message\":\"say: c\",\"idempotencyKey\":\"k3\"}");
  demo_client_wait_event (all, "chat", "final");
  demo_client_wait_event (one, "chat", "final");
  g_assert_cmpuint (demo_client_count (one, "session.message", NULL), ==, 2);
  demo_client_free (all);
  demo_client_free (one);
  demo_client_free (none);
  demo_settle (gateway);
}

static void
test_image (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (4);
  DemoClient *client = demo_client_ready (gateway);
  JsonObject *download = call (client, "artifacts.download", "{\"sessionKey\":\"main\",\"artifactId\":\"demo-evening\"}");
  g_autofree guint8 *bytes = NULL;
  gsize size;

  bytes = g_base64_decode (mz_json_get_string (download, "data"), &size);
  g_assert_cmpint (mz_json_get_int (mz_json_get_object (download, "artifact"), "sizeBytes", 0), ==, size);
  g_assert_cmpmem (bytes, 8, "\x89PNG\r\n\x1a\n", 8);
  g_assert_cmpmem (bytes + size - 12, 12, "\0\0\0\0IEND\xae\x42\x60\x82", 12);
  g_assert_cmpstr (error_message (client, "artifacts.download", "{\"artifactId\":\"x\"}"), ==, "artifact not found");
  demo_client_free (client);
  demo_settle (gateway);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/demo/sessions/list", test_list);
  g_test_add_func ("/demo/sessions/life", test_life);
  g_test_add_func ("/demo/sessions/delete-running", test_delete_running);
  g_test_add_func ("/demo/sessions/seed", test_seed);
  g_test_add_func ("/demo/sessions/paging", test_paging);
  g_test_add_func ("/demo/sessions/small-payload", test_small_payload);
  g_test_add_func ("/demo/sessions/protocol-3", test_protocol_3);
  g_test_add_func ("/demo/sessions/subscriptions", test_subscriptions);
  g_test_add_func ("/demo/sessions/image", test_image);

  return g_test_run ();
}
