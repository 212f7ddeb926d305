/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include <string.h>

#include "demo-client.h"

#define SEND_WORDS "{\"sessionKey\":\"main\",\"message\":\"tokens: 40\",\"idempotencyKey\":\"k\"}"

static MzDemoGateway *
start_gateway (MzDemoFault fault)
{
  MzDemoGateway *gateway = mz_demo_gateway_new ();

  mz_demo_gateway_set_rate (gateway, 1e6);
  mz_demo_gateway_set_tick_ms (gateway, 30);
  mz_demo_gateway_set_max_payload (gateway, 200000);
  mz_demo_gateway_set_fault (gateway, fault);
  g_assert_true (mz_demo_gateway_start (gateway, 0, NULL));
  return gateway;
}

static void
test_names (void)
{
  g_auto (GStrv) names = mz_demo_fault_list ();
  MzDemoFault fault, previous = MZ_DEMO_FAULT_NONE;

  g_assert_cmpuint (g_strv_length (names), ==, MZ_DEMO_FAULT_SCOPES + 1);
  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_assert_true (mz_demo_fault_from_string (names[i], &fault));
      g_assert_true (i == 0 || fault == previous + 1);
      previous = fault;
    }
  g_assert_true (mz_demo_fault_from_string ("stall-ready", &fault));
  g_assert_cmpint (fault, ==, MZ_DEMO_FAULT_STALL_READY);
  g_assert_false (mz_demo_fault_from_string ("Drop", &fault));
  g_assert_false (mz_demo_fault_from_string ("", &fault));
}

static gboolean
passed_cb (gpointer user_data)
{
  gboolean *passed = user_data;

  *passed = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

/* Silence can only be waited for: several ticks long. */
static void
wait_ticks (void)
{
  gboolean passed = FALSE;

  g_timeout_add (200, passed_cb, &passed);
  demo_wait_until (is_true, &passed);
}

static gboolean
is_text (gpointer data)
{
  return ((DemoClient *) data)->n_texts > 0;
}

static void
test_drop (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (MZ_DEMO_FAULT_DROP);
  DemoClient *client = demo_client_ready (gateway);

  demo_client_call (client, "chat.send", SEND_WORDS);
  demo_client_wait_closed (client);
  g_assert_cmpuint (client->close_code, ==, 0);
  g_assert_cmpuint (demo_client_count (client, "agent", "assistant"), >, 0);
  demo_client_free (client);

  /* Once only: the next reply is whole. */
  client = demo_client_ready (gateway);
  demo_client_call (client, "chat.send", "{\"sessionKey\":\"main\",\"message\":\"say: whole\",\"idempotencyKey\":\"k2\"}");
  demo_client_wait_event (client, "chat", "final");
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_drop_all (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (MZ_DEMO_FAULT_NONE);
  DemoClient *clients[3];

  for (gsize i = 0; i < G_N_ELEMENTS (clients); i++)
    clients[i] = demo_client_ready (gateway);
  g_assert_cmpuint (mz_demo_gateway_get_n_connections (gateway), ==, 3);
  mz_demo_gateway_drop_all (gateway);
  g_assert_cmpuint (mz_demo_gateway_get_n_connections (gateway), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      demo_client_wait_closed (clients[i]);
      g_assert_cmpuint (clients[i]->close_code, ==, 0);
      demo_client_free (clients[i]);
    }
  demo_settle (gateway);
}

static void
test_stall (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (MZ_DEMO_FAULT_STALL);
  DemoClient *client = demo_client_open (gateway);

  wait_ticks ();
  g_assert_cmpuint (client->n_texts, ==, 0);
  g_assert_false (client->closed);
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_stall_ready (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (MZ_DEMO_FAULT_STALL_READY);
  DemoClient *client = demo_client_ready (gateway);
  g_autofree char *id = demo_client_send (client, "health", "{}");

  wait_ticks ();
  g_assert_cmpuint (client->n_texts, ==, 2);
  g_assert_false (client->closed);
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_garbage (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (MZ_DEMO_FAULT_GARBAGE);
  DemoClient *client = demo_client_open (gateway);

  demo_wait_until (is_text, client);
  g_assert_cmpuint (client->frames->len, ==, 0);
  demo_client_free (client);
  demo_settle (gateway);
}

/* Something came that is no frame. */
static gboolean
is_broken (gpointer data)
{
  DemoClient *client = data;

  return client->n_texts > client->frames->len;
}

/* What comes after the login, and at once for a client that is logged in already. */
static void
test_ready (gconstpointer data)
{
  MzDemoFault fault = GPOINTER_TO_INT (data);
  g_autoptr (MzDemoGateway) gateway = start_gateway (fault);

  for (int late = 0; late < 2; late++)
    {
      DemoClient *client;

      mz_demo_gateway_set_fault (gateway, late ? MZ_DEMO_FAULT_NONE : fault);
      client = demo_client_ready (gateway);
      if (late)
        mz_demo_gateway_set_fault (gateway, fault);

      if (fault == MZ_DEMO_FAULT_OVERSIZED)
        demo_client_wait_event (client, "demo.oversized", NULL);
      else
        demo_wait_until (is_broken, client);
      g_assert_cmpint (client->longest > 200000, ==, fault != MZ_DEMO_FAULT_GARBAGE_READY);
      demo_client_free (client);
    }
  demo_settle (gateway);
}

static void
test_starting (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (MZ_DEMO_FAULT_STARTING);
  const DemoLogin login = { 0 };

  for (guint i = 0; i < 4; i++)
    {
      DemoClient *client = demo_client_open (gateway);
      JsonObject *answer = demo_client_login (client, &login);

      g_assert_cmpint (mz_json_get_boolean (answer, "ok", i < 2), ==, i >= 2);
      if (i < 2)
        {
          g_assert_cmpstr (mz_json_get_string (demo_error (answer), "code"), ==, "UNAVAILABLE");
          g_assert_cmpint (mz_json_get_int (demo_error (answer), "retryAfterMs", 0), ==, 200);
          g_assert_cmpstr (mz_json_get_string (demo_details (answer), "reason"), ==, "startup-sidecars");
          demo_client_wait_closed (client);
          g_assert_cmpuint (client->close_code, ==, 1013);
        }
      demo_client_free (client);
    }
  g_assert_cmpuint (mz_demo_gateway_get_n_connects (gateway), ==, 4);
  demo_settle (gateway);
}

static void
test_close (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (MZ_DEMO_FAULT_CLOSE);
  const guint codes[] = { 1001, 1012, 1008, 4001 };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      DemoClient *client;

      if (i > 0)
        mz_demo_gateway_set_close_code (gateway, codes[i]);
      client = demo_client_ready (gateway);
      demo_client_wait_closed (client);
      g_assert_cmpuint (client->close_code, ==, codes[i]);
      demo_client_free (client);
    }
  demo_settle (gateway);
}

static void
test_shutdown (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (MZ_DEMO_FAULT_NONE);
  DemoClient *client = demo_client_ready (gateway);

  mz_demo_gateway_set_fault (gateway, MZ_DEMO_FAULT_SHUTDOWN);
  g_assert_nonnull (mz_json_get_string (demo_payload (demo_client_wait_event (client, "shutdown", NULL)), "reason"));
  demo_client_wait_closed (client);
  g_assert_cmpuint (client->close_code, ==, 1012);
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_gap (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (MZ_DEMO_FAULT_GAP);
  DemoClient *client = demo_client_ready (gateway);
  gint64 seq = 0, n_lost = 0;

  demo_client_call (client, "chat.send", SEND_WORDS);
  demo_client_wait_event (client, "chat", "final");
  for (guint i = 0; i < client->frames->len; i++)
    {
      gint64 next = mz_json_get_int (g_ptr_array_index (client->frames, i), "seq", -1);

      if (next < 0)
        continue;
      n_lost += next - seq - 1;
      seq = next;
    }
  g_assert_cmpint (n_lost, ==, 4);
  demo_client_free (client);
  demo_settle (gateway);
}

static void
test_refusals (gconstpointer data)
{
  MzDemoFault fault = GPOINTER_TO_INT (data);
  g_autoptr (MzDemoGateway) gateway = start_gateway (fault);
  gboolean limited = fault == MZ_DEMO_FAULT_RATE_LIMITED;
  DemoClient *client = demo_client_open (gateway);
  const DemoLogin login = { 0 };
  JsonObject *answer = demo_client_login (client, &login);

  g_assert_cmpstr (mz_json_get_string (demo_details (answer), "code"), ==, limited ? "AUTH_RATE_LIMITED" : "PROTOCOL_MISMATCH");
  if (limited)
    g_assert_cmpint (mz_json_get_int (demo_error (answer), "retryAfterMs", 0), >, 0);
  else
    g_assert_cmpint (mz_json_get_int (demo_details (answer), "expectedProtocol", 0), >, 4);
  demo_client_wait_closed (client);
  g_assert_cmpuint (client->close_code, ==, limited ? 1008 : 1002);
  demo_client_free (client);
  demo_settle (gateway);
}

/* Too large in the other direction. */
static void
test_too_big (void)
{
  g_autoptr (MzDemoGateway) gateway = start_gateway (MZ_DEMO_FAULT_NONE);
  DemoClient *client = demo_client_ready (gateway);
  g_autofree char *filler = g_strnfill (200001, ' ');

  demo_client_send_raw (client, filler);
  demo_client_wait_closed (client);
  g_assert_cmpuint (client->close_code, ==, 1009);
  demo_client_free (client);
  demo_settle (gateway);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/demo/faults/names", test_names);
  g_test_add_func ("/demo/faults/drop", test_drop);
  g_test_add_func ("/demo/faults/drop-all", test_drop_all);
  g_test_add_func ("/demo/faults/stall", test_stall);
  g_test_add_func ("/demo/faults/stall-ready", test_stall_ready);
  g_test_add_func ("/demo/faults/garbage", test_garbage);
  g_test_add_data_func ("/demo/faults/garbage-ready", GINT_TO_POINTER (MZ_DEMO_FAULT_GARBAGE_READY), test_ready);
  g_test_add_data_func ("/demo/faults/oversized", GINT_TO_POINTER (MZ_DEMO_FAULT_OVERSIZED), test_ready);
  g_test_add_data_func ("/demo/faults/deep", GINT_TO_POINTER (MZ_DEMO_FAULT_DEEP), test_ready);
  g_test_add_func ("/demo/faults/starting", test_starting);
  g_test_add_func ("/demo/faults/close", test_close);
  g_test_add_func ("/demo/faults/shutdown", test_shutdown);
  g_test_add_func ("/demo/faults/gap", test_gap);
  g_test_add_data_func ("/demo/faults/rate-limited", GINT_TO_POINTER (MZ_DEMO_FAULT_RATE_LIMITED), test_refusals);
  g_test_add_data_func ("/demo/faults/protocol-mismatch", GINT_TO_POINTER (MZ_DEMO_FAULT_PROTOCOL_MISMATCH), test_refusals);
  g_test_add_func ("/demo/faults/too-big", test_too_big);

  return g_test_run ();
}
