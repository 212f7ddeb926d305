/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-approval-list-private.h"
#include "mz-gateway-error.h"
#include "session-utils.h"

/* A watchdog that fails the test; events are awaited, never slept for. */
#define WATCHDOG_S 20

static void
handle (MzApprovalList *list,
        const char     *name,
        const char     *payload)
{
  g_autofree char *json = g_strdelimit (g_strdup (payload), "'", '"');
  g_autoptr (MzFrame) frame = event_frame (name, json);

  mz_approval_list_handle_event (list, frame);
}

static void
backfill (MzApprovalList *list,
          const char     *json)
{
  g_autofree char *text = g_strdelimit (g_strdup (json), "'", '"');
  g_autoptr (JsonNode) node = parse (text);

  mz_approval_list_apply_backfill (list, node);
}

static void
assert_ids (MzApprovalList *list,
            const char     *expected)
{
  g_autoptr (GString) s = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (MzApproval) approval = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_string_append (s, mz_approval_get_id (approval));
    }
  g_assert_cmpstr (s->str, ==, expected);
}

static void
resolved_cb (MzApprovalList *list,
             const char     *id,
             const char     *decision,
             GString        *log)
{
  g_string_append_printf (log, "%s:%s ", id, decision != NULL ? decision : "-");
}

#define REQUEST(id, created) "{'id':'" id "','request':{'command':'ls'},'createdAtMs':" created "}"

static void
test_backfill (void)
{
  g_autoptr (MzApprovalList) list = g_object_new (MZ_TYPE_APPROVAL_LIST, NULL);
  g_autoptr (GString) log = g_string_new (NULL);

  g_signal_connect (list, "resolved", G_CALLBACK (resolved_cb), log);
  handle (list, "exec.approval.requested", REQUEST ("z", "1"));
  mz_approval_list_begin_backfill (list);

  /* While the list is on its way: one is asked, and two answered, of which one was asked before. */
  handle (list, "exec.approval.requested", REQUEST ("c", "30"));
  handle (list, "exec.approval.resolved", "{'id':'b','decision':'deny'}");
  handle (list, "exec.approval.requested", REQUEST ("d", "40"));
  handle (list, "exec.approval.resolved", "{'id':'d','decision':'allow-once'}");
  backfill (list, "[" REQUEST ("b", "20") "," REQUEST ("a", "10") "," REQUEST ("d", "40") ",7,{},{'id':'x'},{'request':{'command':'y'}}]");

  assert_ids (list, "ac");
  g_assert_true (mz_approval_list_get_loaded (list));
  g_assert_cmpstr (log->str, ==, "b:deny d:allow-once z:- ");

  /* Twice is once. */
  handle (list, "exec.approval.requested", REQUEST ("a", "10"));
  handle (list, "exec.approval.requested", REQUEST ("b", "20"));
  handle (list, "exec.approval.resolved", "{'id':'b','decision':'deny'}");
  assert_ids (list, "ac");
  g_assert_cmpstr (log->str, ==, "b:deny d:allow-once z:- ");

  g_assert_nonnull (mz_approval_list_lookup (list, "a"));
  g_assert_null (mz_approval_list_lookup (list, "b"));

  mz_approval_list_begin_backfill (list);
  backfill (list, "{'approvals':[" REQUEST ("a", "10") "]}");
  assert_ids (list, "a");
  mz_approval_list_begin_backfill (list);
  backfill (list, "'none'");
  assert_ids (list, "");
}

static void
test_parse (void)
{
  g_autoptr (JsonNode) node = parse ("{\"id\":\"i\",\"request\":{\"command\":\"echo hi\",\"cwd\":\"/home/user\",\"host\":\"gateway\",\"warningText\":"
                                     "null,\"unavailableDecisions\":[\"allow-always\"],\"allowedDecisions\":[\"allow-once\",\"deny\"],"
                                     "\"agentId\":\"main\",\"sessionKey\":\"agent:main:main\",\"runId\":\"r\",\"toolCallId\":\"c\"},"
                                     "\"createdAtMs\":5,\"expiresAtMs\":1000}");
  g_autoptr (JsonNode) old = parse ("{\"id\":\"i\",\"request\":{\"command\":\"x\",\"unavailableDecisions\":[\"allow-always\"]}}");
  g_autoptr (MzApproval) approval = mz_approval_new (mz_json_node_object (node));
  g_autoptr (MzApproval) without = mz_approval_new (mz_json_node_object (old));

  g_assert_cmpstr (mz_approval_get_command (approval), ==, "echo hi");
  g_assert_cmpstr (mz_approval_get_cwd (approval), ==, "/home/user");
  g_assert_cmpstr (mz_approval_get_host (approval), ==, "gateway");
  g_assert_cmpstr (mz_approval_get_agent_id (approval), ==, "main");
  g_assert_cmpstr (mz_approval_get_session_key (approval), ==, "agent:main:main");
  g_assert_cmpstr (mz_approval_get_run_id (approval), ==, "r");
  g_assert_cmpstr (mz_approval_get_call_id (approval), ==, "c");
  g_assert_null (mz_approval_get_warning (approval));
  g_assert_cmpint (mz_approval_get_created_at (approval), ==, 5);
  g_assert_cmpint (mz_approval_get_expires_at (approval), ==, 1000);
  g_assert_true (mz_approval_allows (approval, "allow-once"));
  g_assert_false (mz_approval_allows (approval, "allow-always"));
  g_assert_true (mz_approval_allows (without, "deny"));
  g_assert_false (mz_approval_allows (without, "allow-always"));
  g_assert_null (mz_approval_new (NULL));
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mz_approval_list_resolve_finish (MZ_APPROVAL_LIST (source), result, &error));
  *(int *) data = error->domain == MZ_GATEWAY_ERROR ? error->code : -1;
}

static void
test_decisions (void)
{
  g_autoptr (MzApprovalList) list = g_object_new (MZ_TYPE_APPROVAL_LIST, NULL);
  int code = -2;

  handle (list, "exec.approval.requested", "{'id':'a','request':{'command':'ls','allowedDecisions':['allow-once','deny']}}");

  mz_approval_list_resolve_async (list, mz_approval_list_lookup (list, "a"), "allow-always", NULL, done_cb, &code);
  while (code == -2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (code, ==, MZ_GATEWAY_ERROR_UNSUPPORTED);

  code = -2;
  mz_approval_list_resolve_async (list, mz_approval_list_lookup (list, "a"), "deny", NULL, done_cb, &code);
  while (code == -2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (code, ==, MZ_GATEWAY_ERROR_NOT_CONNECTED);
  assert_ids (list, "a");
}

static void
resolving_cb (MzApprovalList *list,
              const char     *id,
              GError         *error,
              GString        *log)
{
  g_string_append_printf (log, "%s:%s%s ", id, mz_approval_list_is_resolving (list, id) ? "on" : "off", error != NULL ? "!" : "");
}

/* Only one answer at a time, whoever gives it. */
static void
test_resolving (void)
{
  g_autoptr (MzApprovalList) list = g_object_new (MZ_TYPE_APPROVAL_LIST, NULL);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GError) error = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TIMED_OUT, "x");
  int code = -2;

  g_signal_connect (list, "resolving-changed", G_CALLBACK (resolving_cb), log);
  handle (list, "exec.approval.requested", REQUEST ("a", "10"));
  handle (list, "exec.approval.requested", REQUEST ("b", "20"));
  mz_approval_list_set_resolving (list, "a", TRUE, NULL);
  g_assert_true (mz_approval_list_is_resolving (list, "a"));
  g_assert_false (mz_approval_list_is_resolving (list, "b"));

  mz_approval_list_resolve_async (list, mz_approval_list_lookup (list, "a"), "deny", NULL, done_cb, &code);
  while (code == -2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (code, ==, MZ_GATEWAY_ERROR_REJECTED);
  g_assert_true (mz_approval_list_is_resolving (list, "a"));

  mz_approval_list_set_resolving (list, "a", FALSE, error);
  g_assert_false (mz_approval_list_is_resolving (list, "a"));
  g_assert_cmpstr (log->str, ==, "a:on a:off! ");
}

/* What has expired goes by itself, by the time that the gateway gave it and not by its clock. */
static void
test_expiry (void)
{
  g_autoptr (MzApprovalList) list = g_object_new (MZ_TYPE_APPROVAL_LIST, NULL);
  g_autoptr (GString) log = g_string_new (NULL);
  gint64 deadline = g_get_monotonic_time () + WATCHDOG_S * G_TIME_SPAN_SECOND;

  g_signal_connect (list, "resolved", G_CALLBACK (resolved_cb), log);
  handle (list, "exec.approval.requested", "{'id':'long','request':{'command':'x'},'createdAtMs':1000,'expiresAtMs':1801000}");
  handle (list, "exec.approval.requested", "{'id':'never','request':{'command':'x'},'createdAtMs':1000}");
  handle (list, "exec.approval.requested", "{'id':'short','request':{'command':'x'},'createdAtMs':1000,'expiresAtMs':1030}");
  handle (list, "exec.approval.requested", "{'id':'mad','request':{'command':'x'},'createdAtMs':-5,'expiresAtMs':9223372036854775807}");

  /* The gateway's clock is decades behind ours. */
  g_assert_cmpint (mz_approval_list_get_time_left (list, "long"), >, 1790 * 1000);
  g_assert_cmpint (mz_approval_list_get_time_left (list, "long"), <=, 1800 * 1000);
  g_assert_cmpint (mz_approval_list_get_time_left (list, "short"), <=, 30);
  g_assert_cmpint (mz_approval_list_get_time_left (list, "never"), ==, G_MAXINT64);
  g_assert_cmpint (mz_approval_list_get_time_left (list, "unknown"), ==, 0);
  while (mz_approval_list_lookup (list, "short") != NULL)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  assert_ids (list, "madlongnever");
  g_assert_cmpint (mz_approval_list_get_time_left (list, "short"), ==, 0);
  g_assert_cmpstr (log->str, ==, "short:- ");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/approval/backfill", test_backfill);
  g_test_add_func ("/approval/parse", test_parse);
  g_test_add_func ("/approval/decisions", test_decisions);
  g_test_add_func ("/approval/resolving", test_resolving);
  g_test_add_func ("/approval/expiry", test_expiry);
  return g_test_run ();
}
