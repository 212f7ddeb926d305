/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-frame.h"
#include "mz-gateway-error.h"
#include "mz-hello.h"

/* What gateways of both protocols answered to `connect`, shortened; the tokens are made up. */
#define HELLO_V4 \
  "{\"type\":\"res\",\"id\":\"r1\",\"ok\":true,\"payload\":{\"type\":\"hello-ok\",\"protocol\":4,\"server\":{\"version\":\"2026.9.6\"," \
  "\"buildId\":\"2026.9.6-release\",\"bootId\":\"fa224ec2-9ba2-4b88-84d1-00b7eb6a27c3\",\"controlUiBuildSource\":\"bundled\"," \
  "\"connId\":\"9d8904b1-79aa-42f7-b85a-9530c5a3ec3b\"},\"features\":{\"methods\":[\"health\",\"models.list\",\"sessions.list\"," \
  "\"sessions.subscribe\",\"exec.approval.list\",\"exec.approval.resolve\",\"chat.history\",\"chat.abort\",\"chat.send\"],\"events\":" \
  "[\"connect.challenge\",\"agent\",\"chat\",\"sessions.changed\",\"tick\",\"shutdown\",\"exec.approval.requested\"],\"capabilities\":" \
  "[\"chat-send-routing-contract\",\"session-goal-start-v1\"]},\"snapshot\":{\"suspension\":{\"phase\":\"accepting\"},\"presence\":" \
  "[{\"host\":\"vm\",\"ip\":\"192.0.2.2\",\"mode\":\"gateway\",\"ts\":1795344025706}],\"health\":{},\"stateVersion\":{\"presence\":1," \
  "\"health\":1},\"uptimeMs\":16563,\"sessionDefaults\":{\"defaultAgentId\":\"main\",\"modelConfigured\":true,\"mainKey\":\"main\"," \
  "\"mainSessionKey\":\"agent:main:main\",\"scope\":\"per-sender\"}},\"auth\":{\"method\":\"token\",\"role\":\"operator\",\"scopes\":" \
  "[\"operator.read\",\"operator.write\",\"operator.approvals\"],\"recoveryScope\":\"made-up\",\"deviceToken\":\"made-up-4\"," \
  "\"issuedAtMs\":1795344025526},\"policy\":{\"maxPayload\":26214400,\"maxBufferedBytes\":52428800,\"tickIntervalMs\":30000," \
  "\"attachments\":{\"maxBytes\":19464192,\"maxImageBytes\":6291456}}}}"

#define HELLO_V3 \
  "{\"type\":\"res\",\"id\":\"r1\",\"ok\":true,\"payload\":{\"type\":\"hello-ok\",\"protocol\":3,\"server\":{\"version\":\"2026.4.29\"," \
  "\"connId\":\"612e792b-4c06-48a5-9b21-edfb5c0f265c\"},\"features\":{\"methods\":[\"health\",\"models.list\",\"sessions.list\"," \
  "\"sessions.subscribe\",\"sessions.unsubscribe\",\"exec.approval.list\",\"chat.history\",\"chat.abort\",\"chat.send\"],\"events\":" \
  "[\"connect.challenge\",\"agent\",\"chat\",\"sessions.changed\",\"tick\",\"shutdown\"]},\"snapshot\":{\"presence\":[],\"health\":" \
  "{\"ok\":true,\"ts\":1795344259651,\"defaultAgentId\":\"main\"},\"stateVersion\":{\"presence\":2,\"health\":2},\"uptimeMs\":43750," \
  "\"sessionDefaults\":{\"defaultAgentId\":\"main\",\"mainKey\":\"main\",\"mainSessionKey\":\"agent:main:main\",\"scope\":\"per-sender\"}}," \
  "\"canvasHostUrl\":\"http://127.0.0.1:18901/\",\"auth\":{\"role\":\"operator\",\"scopes\":[\"operator.approvals\",\"operator.read\"," \
  "\"operator.write\"],\"deviceToken\":\"made-up-3\",\"issuedAtMs\":1795344260616},\"policy\":{\"maxPayload\":26214400," \
  "\"maxBufferedBytes\":52428800,\"tickIntervalMs\":15000}}}"

static MzHello *
hello_of_frame (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzFrame) frame = mz_frame_parse (text, strlen (text), 65536, &error);
  MzHello *hello;

  g_assert_no_error (error);
  hello = mz_hello_new (frame->payload, &error);
  g_assert_no_error (error);
  return hello;
}

static MzHello *
hello_of (const char  *payload,
          GError     **error)
{
  g_autoptr (JsonNode) node = mz_json_parse (payload, strlen (payload), 65536, error);

  return node != NULL ? mz_hello_new (node, error) : NULL;
}

static void
test_v4 (void)
{
  g_autoptr (MzHello) hello = hello_of_frame (HELLO_V4);
  static const char * const scopes[] = { "operator.read", "operator.write", "operator.approvals", NULL };

  g_assert_cmpuint (mz_hello_get_protocol (hello), ==, 4);
  g_assert_cmpstr (mz_hello_get_server_version (hello), ==, "2026.9.6");
  g_assert_cmpstr (mz_hello_get_connection_id (hello), ==, "9d8904b1-79aa-42f7-b85a-9530c5a3ec3b");
  g_assert_true (mz_hello_has_method (hello, "chat.send"));
  g_assert_false (mz_hello_has_method (hello, "sessions.unsubscribe"));
  g_assert_true (mz_hello_has_event (hello, "exec.approval.requested"));
  g_assert_false (mz_hello_has_event (hello, "chat.send"));
  g_assert_true (mz_hello_has_capability (hello, "session-goal-start-v1"));
  g_assert_false (mz_hello_has_capability (hello, "something-new"));
  g_assert_true (mz_hello_has_scope (hello, "operator.approvals"));
  g_assert_false (mz_hello_has_scope (hello, "operator.admin"));
  g_assert_cmpstrv (mz_hello_get_scopes (hello), scopes);
  g_assert_cmpstr (mz_hello_get_role (hello), ==, "operator");
  g_assert_cmpstr (mz_hello_get_device_token (hello), ==, "made-up-4");
  g_assert_cmpstr (mz_hello_get_main_session_key (hello), ==, "agent:main:main");
  g_assert_cmpstr (mz_hello_get_default_agent (hello), ==, "main");
  g_assert_cmpuint (mz_hello_get_max_payload (hello), ==, 26214400);
  g_assert_cmpuint (mz_hello_get_tick_interval_ms (hello), ==, 30000);
  g_assert_cmpuint (mz_hello_get_max_attachment (hello), ==, 19464192);
  g_assert_cmpuint (mz_hello_get_max_image (hello), ==, 6291456);
  g_assert_cmpint (mz_hello_get_uptime_ms (hello), ==, 16563);
}

static void
test_v3 (void)
{
  g_autoptr (MzHello) hello = hello_of_frame (HELLO_V3);

  g_assert_cmpuint (mz_hello_get_protocol (hello), ==, 3);
  g_assert_cmpstr (mz_hello_get_server_version (hello), ==, "2026.4.29");
  g_assert_true (mz_hello_has_method (hello, "sessions.unsubscribe"));
  g_assert_false (mz_hello_has_method (hello, "exec.approval.resolve"));
  g_assert_false (mz_hello_has_event (hello, "exec.approval.requested"));
  g_assert_false (mz_hello_has_capability (hello, "session-goal-start-v1"));
  g_assert_true (mz_hello_has_scope (hello, "operator.write"));
  g_assert_cmpstr (mz_hello_get_device_token (hello), ==, "made-up-3");
  g_assert_cmpstr (mz_hello_get_main_session_key (hello), ==, "agent:main:main");
  g_assert_cmpuint (mz_hello_get_tick_interval_ms (hello), ==, 15000);
  g_assert_cmpuint (mz_hello_get_max_attachment (hello), ==, 0);
  g_assert_cmpuint (mz_hello_get_max_image (hello), ==, 0);
}

/* The least that a hello-ok has, and members of wrong types: the defaults, and nothing logged. */
static void
test_defaults (void)
{
  static const char * const payloads[] = {
    "{\"type\":\"hello-ok\",\"protocol\":4}",
    "{\"type\":\"hello-ok\",\"protocol\":4.0,\"server\":1,\"features\":[],\"snapshot\":\"\",\"auth\":null,\"policy\":true}",
    "{\"type\":\"hello-ok\",\"protocol\":4,\"server\":{\"version\":[],\"connId\":{}},\"features\":{\"methods\":{},\"events\":\"\","
    "\"capabilities\":1},\"snapshot\":{\"uptimeMs\":\"x\",\"sessionDefaults\":{\"mainSessionKey\":7,\"defaultAgentId\":[]}},"
    "\"auth\":{\"role\":1,\"scopes\":{},\"deviceToken\":[]},\"policy\":{\"maxPayload\":\"x\",\"tickIntervalMs\":null,\"attachments\":[]}}",
    "{\"type\":\"hello-ok\",\"protocol\":4,\"server\":{\"version\":\"\",\"connId\":\"\"},\"snapshot\":{\"uptimeMs\":-1,\"sessionDefaults\":"
    "{\"mainSessionKey\":\"\",\"defaultAgentId\":\"\"}},\"auth\":{\"role\":\"\",\"deviceToken\":\"\"},\"policy\":{\"maxPayload\":0,"
    "\"tickIntervalMs\":-1,\"attachments\":{\"maxBytes\":-1,\"maxImageBytes\":0.5}}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MzHello) hello = hello_of (payloads[i], &error);

      g_assert_no_error (error);
      g_assert_cmpuint (mz_hello_get_protocol (hello), ==, 4);
      g_assert_null (mz_hello_get_server_version (hello));
      g_assert_null (mz_hello_get_connection_id (hello));
      /* Not told: it cannot be known. */
      g_assert_true (mz_hello_has_method (hello, "chat.send"));
      g_assert_true (mz_hello_has_event (hello, "chat"));
      g_assert_true (mz_hello_has_scope (hello, "operator.write"));
      g_assert_false (mz_hello_has_capability (hello, "x"));
      g_assert_null (mz_hello_get_scopes (hello));
      g_assert_null (mz_hello_get_role (hello));
      g_assert_null (mz_hello_get_device_token (hello));
      g_assert_cmpstr (mz_hello_get_main_session_key (hello), ==, "main");
      g_assert_cmpstr (mz_hello_get_default_agent (hello), ==, "main");
      g_assert_cmpuint (mz_hello_get_max_payload (hello), ==, 26214400);
      g_assert_cmpuint (mz_hello_get_tick_interval_ms (hello), ==, 30000);
      g_assert_cmpuint (mz_hello_get_max_attachment (hello), ==, 0);
      g_assert_cmpuint (mz_hello_get_max_image (hello), ==, 0);
      g_assert_cmpint (mz_hello_get_uptime_ms (hello), ==, 0);
    }
}

static void
test_limits (void)
{
  static const struct
  {
    const char *policy;
    gsize max_payload;
    guint tick_interval_ms;
    gsize max_attachment;
  } cases[] = {
    { "{\"maxPayload\":1,\"tickIntervalMs\":1,\"attachments\":{\"maxBytes\":1}}", 65536, 1000, 1 },
    { "{\"maxPayload\":65536,\"tickIntervalMs\":1000,\"attachments\":{\"maxBytes\":0}}", 65536, 1000, 0 },
    { "{\"maxPayload\":536870912,\"tickIntervalMs\":600000}", 536870912, 600000, 0 },
    { "{\"maxPayload\":99999999999999,\"tickIntervalMs\":99999999999999,\"attachments\":{\"maxBytes\":99999999999999}}",
      536870912, 600000, G_MAXINT32 },
    { "{\"maxPayload\":1e300,\"tickIntervalMs\":1e300}", 26214400, 30000, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *payload = g_strdup_printf ("{\"type\":\"hello-ok\",\"protocol\":3,\"policy\":%s}", cases[i].policy);
      g_autoptr (GError) error = NULL;
      g_autoptr (MzHello) hello = hello_of (payload, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (mz_hello_get_max_payload (hello), ==, cases[i].max_payload);
      g_assert_cmpuint (mz_hello_get_tick_interval_ms (hello), ==, cases[i].tick_interval_ms);
      g_assert_cmpuint (mz_hello_get_max_attachment (hello), ==, cases[i].max_attachment);
    }
}

static void
test_lists (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzHello) hello = hello_of ("{\"type\":\"hello-ok\",\"protocol\":3,\"features\":{\"methods\":[],\"events\":[1,null,\"chat\",\"chat\"]},"
                                        "\"auth\":{\"scopes\":[[],\"operator.read\",7]}}", &error);

  g_assert_no_error (error);
  g_assert_false (mz_hello_has_method (hello, "chat.send"));
  g_assert_true (mz_hello_has_event (hello, "chat"));
  g_assert_false (mz_hello_has_event (hello, "tick"));
  g_assert_true (mz_hello_has_scope (hello, "operator.read"));
  g_assert_false (mz_hello_has_scope (hello, "operator.write"));
}

static void
test_bad (void)
{
  static const char * const payloads[] = {
    "null",
    "[]",
    "\"hello-ok\"",
    "{}",
    "{\"type\":\"hello-ok\"}",
    "{\"protocol\":4}",
    "{\"type\":\"hello\",\"protocol\":4}",
    "{\"type\":\"worker-hello-ok\",\"protocol\":4}",
    "{\"type\":[],\"protocol\":4}",
    "{\"type\":\"hello-ok\",\"protocol\":0}",
    "{\"type\":\"hello-ok\",\"protocol\":-1}",
    "{\"type\":\"hello-ok\",\"protocol\":3.5}",
    "{\"type\":\"hello-ok\",\"protocol\":\"4\"}",
    "{\"type\":\"hello-ok\",\"protocol\":4294967296}",
  };
  g_autoptr (GError) missing = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (hello_of (payloads[i], &error));
      g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME);
    }
  g_assert_null (mz_hello_new (NULL, &missing));
  g_assert_error (missing, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/hello/v4", test_v4);
  g_test_add_func ("/hello/v3", test_v3);
  g_test_add_func ("/hello/defaults", test_defaults);
  g_test_add_func ("/hello/limits", test_limits);
  g_test_add_func ("/hello/lists", test_lists);
  g_test_add_func ("/hello/bad", test_bad);
  return g_test_run ();
}
