/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
/* Commands that wait for a person's word, in the conversation they are of. */

#include "config.h"

#include <adwaita.h>
#include <stdio.h>
#include <string.h>

#include "conversation-fixture.h"
#include "mz-approval-card.h"
#include "mz-approval-list-private.h"
#include "mz-tool-row.h"

static void
test_approval (View          *view,
               gconstpointer  data)
{
  const char *answer = data;
  gboolean deny = strcmp (answer, "Deny") == 0;
  MzMessage *tool;
  GtkWidget *card = NULL;
  GtkWidget *tool_row;
  GtkWidget *button;

  connect_and_wait (&view->app);
  view_show (view, "main");
  view_send (view, "run: df -h /\nsay: fine");
  wait_until (view_find (view, MZ_TYPE_APPROVAL, NULL) != NULL);
  view_frame (view);
  view_find (view, MZ_TYPE_APPROVAL, &card);
  g_assert_true (MZ_IS_APPROVAL_CARD (card));
  g_assert_nonnull (find_widget (card, has_text, "df -h /"));
  g_assert_nonnull (find_widget (card, has_text, "/demo"));

  /* The safe answer comes first, and Enter gives none. */
  button = find_widget (card, is_button, "Deny");
  g_assert_null (gtk_widget_get_prev_sibling (button));
  g_assert_false (gtk_widget_has_css_class (button, "suggested-action"));
  g_assert_null (gtk_window_get_default_widget (view->window));
  g_assert_nonnull (find_widget (card, is_button, "Allow once"));

  click (find_widget (card, is_button, answer));
  g_assert_false (gtk_widget_is_sensitive (button));
  wait_until (view_find (view, MZ_TYPE_APPROVAL, NULL) == NULL);
  wait_until (!mz_chat_get_running (view->chat));

  view_frame (view);
  tool = view_get_item (view, 1);
  g_assert_cmpint (mz_message_get_kind (tool), ==, MZ_MESSAGE_TOOL);
  wait_until (mz_message_get_state (tool) == (deny ? MZ_MESSAGE_FAILED : MZ_MESSAGE_DONE));
  tool_row = view_get_row (view, 1);
  g_assert_true (MZ_IS_TOOL_ROW (tool_row));
  g_assert_true ((find_widget (tool_row, has_text, "denied") != NULL) == deny);
}

/* One of another session is that one's. */
static void
test_approval_elsewhere (View          *view,
                         gconstpointer  data)
{
  g_autoptr (MzChat) other = NULL;
  g_autoptr (MzApproval) approval = NULL;
  MzApprovalList *approvals;

  connect_and_wait (&view->app);
  view_show (view, LONG_KEY);
  other = mz_gateway_open_chat (view->app.gateway, "main");
  mz_chat_send_text (other, "run: ls");
  approvals = mz_gateway_get_approvals (view->app.gateway);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (approvals)) > 0);
  settle (&view->app);
  g_assert_null (view_find (view, MZ_TYPE_APPROVAL, NULL));

  view_show (view, "main");
  g_assert_nonnull (view_find (view, MZ_TYPE_APPROVAL, NULL));
}

/* What the gateway says, as if it came over the wire. */
static void
ask_for_approval (View       *view,
                  const char *approval)
{
  g_autofree char *text = g_strdup_printf ("{\"type\":\"event\",\"event\":\"exec.approval.requested\",\"payload\":%s}", approval);
  g_autoptr (GError) error = NULL;
  g_autoptr (MzFrame) frame = mz_frame_parse (text, strlen (text), G_MAXSIZE, &error);

  g_assert_no_error (error);
  mz_approval_list_handle_event (mz_gateway_get_approvals (view->app.gateway), frame);
}

/* Of no conversation in particular, and by a clock that is decades behind: it can be answered all the same, once at a time. */
static void
test_approval_once (View          *view,
                    gconstpointer  data)
{
  g_autoptr (GError) error = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TIMED_OUT, "too late");
  g_autoptr (GtkWidget) other = NULL;
  MzApprovalList *approvals;
  GtkWidget *card = NULL;
  MzApproval *approval;

  connect_and_wait (&view->app);
  view_show (view, "main");
  approvals = mz_gateway_get_approvals (view->app.gateway);
  ask_for_approval (view, "{\"id\":\"x\",\"request\":{\"command\":\"ls\"},\"createdAtMs\":1000,\"expiresAtMs\":601000}");
  wait_until (view_find (view, MZ_TYPE_APPROVAL, NULL) != NULL);
  view_frame (view);
  approval = view_find (view, MZ_TYPE_APPROVAL, &card);
  g_assert_null (find_widget (card, has_text, "Expire"));
  g_assert_true (gtk_widget_is_sensitive (find_widget (card, is_button, "Deny")));

  /* From a notification, say. */
  mz_approval_list_set_resolving (approvals, "x", TRUE, NULL);
  g_assert_false (gtk_widget_is_sensitive (find_widget (card, is_button, "Deny")));
  other = g_object_ref_sink (mz_approval_card_new (approval, view->app.gateway));
  g_assert_false (gtk_widget_is_sensitive (find_widget (other, is_button, "Deny")));
  mz_approval_list_set_resolving (approvals, "x", FALSE, error);
  g_assert_true (gtk_widget_is_sensitive (find_widget (card, is_button, "Deny")));
  g_assert_true (gtk_widget_is_sensitive (find_widget (other, is_button, "Deny")));
  g_assert_nonnull (find_widget (other, has_text, "too late"));

  /* The gateway does not know it. */
  click (find_widget (card, is_button, "Deny"));
  g_assert_true (mz_approval_list_is_resolving (approvals, "x"));
  g_assert_null (find_widget (card, has_text, "did not get through"));
  wait_until (!mz_approval_list_is_resolving (approvals, "x"));
  g_assert_nonnull (find_widget (card, has_text, "did not get through"));

  view_show (view, LONG_KEY);
  g_assert_null (view_find (view, MZ_TYPE_APPROVAL, NULL));
}

static void
test_approval_expired (View          *view,
                       gconstpointer  data)
{
  g_autoptr (GtkWidget) card = NULL;
  g_autoptr (MzApproval) approval = NULL;

  connect_and_wait (&view->app);
  view_show (view, "main");
  ask_for_approval (view, "{\"id\":\"x\",\"request\":{\"command\":\"ls\"},\"createdAtMs\":1000,\"expiresAtMs\":1001}");
  approval = g_object_ref (view_find (view, MZ_TYPE_APPROVAL, NULL));
  wait_until (view_find (view, MZ_TYPE_APPROVAL, NULL) == NULL);
  card = g_object_ref_sink (mz_approval_card_new (approval, view->app.gateway));
  g_assert_false (gtk_widget_is_sensitive (find_widget (card, is_button, "Deny")));
}

static void
test_approval_while_reading (View          *view,
                             gconstpointer  data)
{
  connect_and_wait (&view->app);
  view_show (view, LONG_KEY);
  scroll_by (view, -400);
  g_assert_false (mz_transcript_get_at_bottom (view->transcript));
  g_assert_true (gtk_revealer_get_reveal_child (view->conversation->jump_revealer));
  g_assert_cmpstr (gtk_label_get_text (view->conversation->jump_label), ==, "Jump to latest");

  view_send (view, "run: ls");
  wait_until (view_find (view, MZ_TYPE_APPROVAL, NULL) != NULL);
  g_assert_cmpstr (gtk_label_get_text (view->conversation->jump_label), ==, "Approval waiting");
  g_assert_false (mz_transcript_get_at_bottom (view->transcript));

  click (view->conversation->jump_button);
  wait_until (mz_transcript_get_at_bottom (view->transcript));
  view_frame (view);
  g_assert_false (gtk_revealer_get_reveal_child (view->conversation->jump_revealer));
}

static void
add (const char    *path,
     void        (* test) (View          *view,
                           gconstpointer  data),
     gconstpointer  data)
{
  g_test_add (path, View, data, view_set_up, test, view_tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      puts ("1..0 # SKIP no display");
      return 0;
    }
  adw_init ();

  add ("/conversation/approval/deny", test_approval, "Deny");
  add ("/conversation/approval/allow", test_approval, "Allow once");
  add ("/conversation/approval/elsewhere", test_approval_elsewhere, NULL);
  add ("/conversation/approval/once", test_approval_once, NULL);
  add ("/conversation/approval/expired", test_approval_expired, NULL);
  add ("/conversation/approval/while-reading", test_approval_while_reading, NULL);

  return g_test_run ();
}
