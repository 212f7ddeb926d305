/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <adwaita.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "conversation-fixture.h"
#include "mz-activity-row.h"
#include "mz-assistant-row.h"
#include "mz-attachment-view.h"
#include "mz-error-row.h"
#include "mz-fold.h"
#include "mz-markdown-view.h"
#include "mz-message-private.h"
#include "mz-message-row.h"
#include "mz-reasoning-row.h"
#include "mz-row-util.h"
#include "mz-tool-row.h"
#include "mz-user-row.h"

static const char *
visible_page (View *view)
{
  return gtk_stack_get_visible_child_name (view->conversation->stack);
}

static void
activate (View       *view,
          const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (view->conversation), action, NULL));
}

/* (transfer full): what was copied last */
static char *
dup_clipboard (View *view)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (view->conversation));
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  g_value_init (&value, G_TYPE_STRING);
  gdk_content_provider_get_value (gdk_clipboard_get_content (clipboard), &value, &error);
  g_assert_no_error (error);
  return g_value_dup_string (&value);
}

static guint
count_kind (View          *view,
            MzMessageKind  kind)
{
  return count_rows (G_LIST_MODEL (mz_chat_get_timeline (view->chat)), kind, NULL);
}

static void
test_history (View          *view,
              gconstpointer  data)
{
  GtkWidget *row;

  connect_and_wait (&view->app);
  view_show (view, "main");
  g_assert_cmpstr (visible_page (view), ==, "rows");
  g_assert_true (mz_transcript_get_at_bottom (view->transcript));

  /* The seed ends with a table and a last paragraph. */
  row = view_get_row (view, 0);
  g_assert_true (MZ_IS_ASSISTANT_ROW (row));
  g_assert_nonnull (find_widget (row, has_text, "12 August"));
  g_assert_nonnull (find_widget (row, has_text, "demo-1 · 62 tokens"));
  g_assert_nonnull (find_widget (row, is_button, "Copy"));
  g_assert_true (MZ_IS_USER_ROW (view_get_row (view, 1)));
}

static void
test_streaming (View          *view,
                gconstpointer  data)
{
  GtkWidget *row;
  MzMessage *message;
  guint n;

  connect_and_wait (&view->app);
  view_show (view, "main");
  n = view_get_n (view);
  mz_demo_gateway_set_rate (view->app.demo, 300);
  view_send (view, "tokens: 400");

  /* It grows while one looks on, and the end stays in view. */
  wait_until (view_get_n (view) >= n + 2 && MZ_IS_MESSAGE (view_get_item (view, 0)) &&
              mz_message_get_text_length (view_get_item (view, 0)) > 500);
  message = view_get_item (view, 0);
  g_assert_cmpint (mz_message_get_state (message), ==, MZ_MESSAGE_STREAMING);
  row = view_get_row (view, 0);
  g_assert_true (MZ_IS_ASSISTANT_ROW (row));
  g_assert_nonnull (find_widget (row, has_text, "w10"));
  g_assert_null (find_widget (row, has_text, "demo-1"));
  g_assert_true (mz_transcript_get_at_bottom (view->transcript));

  wait_until (!mz_chat_get_running (view->chat) && mz_message_get_output_tokens (message) > 0);
  view_frame (view);
  g_assert_true (view_get_row (view, 0) == row);
  g_assert_nonnull (find_widget (row, has_text, "w399"));
  g_assert_nonnull (find_widget (row, has_text, "demo-1 · 400 tokens"));
  g_assert_cmpint ((int) view_get_gap (view), ==, 0);
}

/* "Copy" takes the Markdown, whichever way one asks for it. */
static void
test_copy (View          *view,
           gconstpointer  data)
{
  g_autofree char *copied = NULL;
  g_autofree char *last = NULL;

  connect_and_wait (&view->app);
  view_show (view, "main");
  view_ask (view, "say: Some **bold** `text`");
  click (find_widget (view_get_row (view, 0), is_button, "Copy"));
  copied = dup_clipboard (view);
  g_assert_cmpstr (copied, ==, "Some **bold** `text`");

  click (find_widget (view_get_row (view, 1), is_button, "Copy"));
  last = dup_clipboard (view);
  g_assert_cmpstr (last, ==, "say: Some **bold** `text`");
  activate (view, "conversation.copy-last");
  g_free (g_steal_pointer (&last));
  last = dup_clipboard (view);
  g_assert_cmpstr (last, ==, copied);
}

/* However the pieces came, what stands there is what a new row would show. */
static void
test_streamed_is_whole (View          *view,
                        gconstpointer  data)
{
  g_autoptr (GtkWidget) fresh = NULL;
  MzMessage *message;

  connect_and_wait (&view->app);
  view_show (view, "main");
  view_ask (view, "code");
  message = view_get_item (view, 0);
  g_assert_cmpint (mz_message_get_kind (message), ==, MZ_MESSAGE_ASSISTANT);

  fresh = g_object_ref_sink (mz_message_row_new (message, view->app.gateway, view->chat));
  for (guint i = 0; i < 2; i++)
    {
      GtkWidget *row = i == 0 ? view_get_row (view, 0) : fresh;

      g_assert_nonnull (find_widget (row, has_text, "Reading a file line by line"));
      g_assert_nonnull (find_widget (row, has_text, "The newline stays at the end of line."));
    }
}

static void
test_error (View          *view,
            gconstpointer  data)
{
  GtkWidget *row;
  GtkWidget *retry;
  guint n_errors;
  guint n_users;

  connect_and_wait (&view->app);
  view_show (view, "main");
  view_ask (view, "fail: 500");
  wait_until (count_kind (view, MZ_MESSAGE_ERROR) == 1);
  row = view_get_row (view, 0);
  g_assert_true (MZ_IS_ERROR_ROW (row));
  g_assert_nonnull (find_widget (row, has_text, "HTTP 500"));
  g_assert_nonnull (find_widget (row, is_button, "Copy"));
  retry = find_widget (row, is_button, "Try again");
  g_assert_nonnull (retry);

  n_errors = count_kind (view, MZ_MESSAGE_ERROR);
  n_users = count_kind (view, MZ_MESSAGE_USER);
  click (retry);
  wait_until (count_kind (view, MZ_MESSAGE_ERROR) > n_errors && !mz_chat_get_running (view->chat));
  g_assert_cmpuint (count_kind (view, MZ_MESSAGE_USER), ==, n_users + 1);

  /* The one before cannot be tried where it stands any more. */
  view_frame (view);
  g_assert_null (find_widget (row, is_button, "Try again"));
  g_assert_nonnull (find_widget (view_get_row (view, 0), is_button, "Try again"));
}

static void
test_folds (View          *view,
            gconstpointer  data)
{
  GtkWidget *row;

  connect_and_wait (&view->app);
  view_show (view, "main");
  view_ask (view, "think: First I look.\\n\\nThen I leap.\nsay: ok");
  row = view_get_row (view, 1);
  g_assert_true (MZ_IS_REASONING_ROW (row));
  g_assert_nonnull (find_widget (row, has_text, "Thought"));
  g_assert_nonnull (find_widget (row, has_text, "First I look."));

  /* The details cost nothing before they are wanted. */
  g_assert_null (mz_fold_get_details (MZ_FOLD (row)));
  click (gtk_widget_get_first_child (row));
  g_assert_true (MZ_IS_MARKDOWN_VIEW (mz_fold_get_details (MZ_FOLD (row))));
  g_assert_true (mz_fold_get_open (MZ_FOLD (row)));

  /* It is as one left it when one comes back. */
  view_show (view, LONG_KEY);
  view_show (view, "main");
  row = view_get_row (view, 1);
  g_assert_true (mz_fold_get_open (MZ_FOLD (row)));
  g_assert_nonnull (mz_fold_get_details (MZ_FOLD (row)));

  click (gtk_widget_get_first_child (row));
  g_assert_false (gtk_widget_get_visible (mz_fold_get_details (MZ_FOLD (row))));
  activate (view, "conversation.expand-all");
  g_assert_true (mz_fold_get_open (MZ_FOLD (row)));
  activate (view, "conversation.expand-all");
  g_assert_false (mz_fold_get_open (MZ_FOLD (row)));
}

static gboolean
has_code (GtkWidget  *widget,
          const char *text)
{
  GtkTextIter start;
  GtkTextIter end;
  g_autofree char *code = NULL;

  if (!GTK_IS_TEXT_VIEW (widget))
    return FALSE;

  gtk_text_buffer_get_bounds (gtk_text_view_get_buffer (GTK_TEXT_VIEW (widget)), &start, &end);
  code = gtk_text_iter_get_text (&start, &end);
  return strstr (code, text) != NULL;
}

static void
test_tool_details (View          *view,
                   gconstpointer  data)
{
  g_autoptr (MzMessage) message = mz_message_new (MZ_MESSAGE_TOOL, MZ_MESSAGE_STREAMING);
  g_autoptr (JsonNode) arguments = json_from_string ("{\"command\":\"yes\"}", NULL);
  g_autofree char *output = g_strnfill (300 * 1024, 'y');
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  GtkWidget *row;
  GtkWidget *code;

  connect_and_wait (&view->app);
  view_show (view, "main");
  mz_message_set_call (message, "1", "exec");
  row = mz_message_row_new (message, view->app.gateway, view->chat);
  gtk_window_set_child (window, row);
  gtk_window_present (window);
  mz_message_set_arguments (message, arguments);
  g_assert_nonnull (find_widget (row, has_text, "yes"));

  mz_fold_set_open (MZ_FOLD (row), TRUE);
  g_assert_nonnull (find_widget (row, has_text, "No output yet"));

  /* However much comes at once, it is shown once for each frame: the view stays, and grows. */
  mz_message_set_output (message, "one");
  wait_until (find_widget (row, has_code, "one") != NULL);
  code = find_widget (row, has_code, "one");
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *more = g_strdup_printf ("one\ntwo\n%u", i);

      mz_message_set_output (message, more);
      g_assert_false (has_code (code, "two"));
    }
  wait_until (find_widget (row, has_code, "two\n99") != NULL);
  g_assert_true (find_widget (row, has_code, "one") == code);

  /* More than a view is good for is said to be more. */
  mz_message_set_output (message, output);
  mz_message_set_duration_ms (message, 1500);
  mz_message_set_state (message, MZ_MESSAGE_DONE);
  wait_until (find_widget (row, has_text, "The first 200 KiB of 300.0") != NULL);
  g_assert_null (find_widget (row, has_text, "No output yet"));
  g_assert_nonnull (find_widget (row, is_button, "Copy all of it"));
  g_assert_nonnull (find_widget (row, has_text, "1.5 s"));
  gtk_window_destroy (window);
}

static guint
count_widgets (GtkWidget *widget,
               GType      type)
{
  guint n = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? 1 : 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += count_widgets (child, type);
  return n;
}

static void
test_attachments (View          *view,
                  gconstpointer  data)
{
  static const struct { guint n; guint shown; const char *more; } cases[] = {
    { 0, 0, NULL }, { 1, 1, NULL }, { 50, 50, NULL }, { 51, 50, "1 more file" }, { 5000, 50, "4950 more files" },
  };
  g_autoptr (JsonNode) block = json_from_string ("{\"type\":\"file\",\"fileName\":\"a.txt\"}", NULL);

  connect_and_wait (&view->app);
  view_show (view, "main");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzMessage) message = mz_message_new (MZ_MESSAGE_USER, MZ_MESSAGE_DONE);
      g_autoptr (GtkWidget) row = NULL;

      for (guint n = 0; n < cases[i].n; n++)
        mz_message_add_attachment (message, block);
      row = g_object_ref_sink (mz_message_row_new (message, view->app.gateway, view->chat));
      g_assert_cmpuint (count_widgets (row, MZ_TYPE_ATTACHMENT_VIEW), ==, cases[i].shown);
      if (cases[i].more != NULL)
        g_assert_nonnull (find_widget (row, has_text, cases[i].more));
      else
        g_assert_null (find_widget (row, has_text, "more file"));
    }
}

/* "Ask Again" of what had files that are not here any more. */
static void
test_ask_again (View          *view,
                gconstpointer  data)
{
  g_autoptr (MzMessage) message = mz_message_new (MZ_MESSAGE_USER, MZ_MESSAGE_DONE);
  g_autoptr (JsonNode) block = json_from_string ("{\"type\":\"file\",\"fileName\":\"a.txt\"}", NULL);

  connect_and_wait (&view->app);
  view_show (view, "main");
  mz_message_set_text (message, "What is this?", strlen ("What is this?"));
  mz_message_add_attachment (message, block);
  mz_chat_retry (view->chat, message);
  view_frame (view);
  g_assert_nonnull (find_widget (GTK_WIDGET (view->conversation->composer), has_code, "What is this?"));
  g_assert_nonnull (find_widget (GTK_WIDGET (view->conversation->composer), has_text, "Attach them again"));
}

static void
test_toast (View          *view,
            gconstpointer  data)
{
  GtkWidget *overlay = adw_toast_overlay_new ();
  GtkWidget *label = gtk_label_new ("x");
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());

  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), label);
  gtk_window_set_child (window, overlay);
  gtk_window_present (window);
  mz_row_toast (label, "Fish & <chips>");
  wait_until (find_widget (overlay, has_text, "Fish & <chips>") != NULL);
  gtk_window_destroy (window);
}

static void
test_older (View          *view,
            gconstpointer  data)
{
  MzTimeline *timeline;
  guint n_first;

  connect_and_wait (&view->app);
  view_show (view, LONG_KEY);
  timeline = mz_chat_get_timeline (view->chat);
  n_first = g_list_model_get_n_items (G_LIST_MODEL (timeline));
  g_assert_cmpuint (n_first, <, 2000);
  g_assert_true (mz_session_get_has_older (mz_chat_get_session (view->chat)));

  for (guint page = 0; page < 3; page++)
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (timeline));
      gpointer before = NULL;
      gpointer after = NULL;
      double offset;
      double offset_after;

      scroll_by (view, -1e7);
      g_assert_true (mz_transcript_get_anchor (view->transcript, &before, &offset));
      wait_until (g_list_model_get_n_items (G_LIST_MODEL (timeline)) > n && !view->conversation->older_loading);
      view_frame (view);

      /* What one reads stays where it is. */
      g_assert_true (mz_transcript_get_anchor (view->transcript, &after, &offset_after));
      if (page > 0)
        g_assert_true (after == before);
    }
  g_assert_false (gtk_widget_get_visible (view->conversation->older_header));

  /* Rows are made for what is seen, not for what there is. */
  g_assert_cmpuint (mz_transcript_get_n_rows_made (view->transcript), <, 150);
}

static void
test_switch (View          *view,
             gconstpointer  data)
{
  gpointer before = NULL;
  gpointer after = NULL;
  double offset;
  double offset_after;

  connect_and_wait (&view->app);
  view_show (view, LONG_KEY);
  scroll_by (view, -700);
  g_assert_true (mz_transcript_get_anchor (view->transcript, &before, &offset));

  view_show (view, "main");
  g_assert_true (mz_transcript_get_at_bottom (view->transcript));
  g_assert_false (gtk_revealer_get_reveal_child (view->conversation->jump_revealer));

  view_show (view, LONG_KEY);
  g_assert_true (mz_transcript_get_anchor (view->transcript, &after, &offset_after));
  g_assert_true (after == before);
  g_assert_cmpfloat (fabs (offset - offset_after), <=, 1);

  mz_conversation_set_chat (view->conversation, NULL, NULL);
  g_assert_cmpstr (visible_page (view), ==, "none");
  g_assert_null (mz_conversation_get_chat (view->conversation));
}

static void
test_jump (View          *view,
           gconstpointer  data)
{
  connect_and_wait (&view->app);
  view_show (view, LONG_KEY);
  scroll_by (view, -400);
  view_ask (view, "say: one");
  g_assert_cmpstr (gtk_label_get_text (view->conversation->jump_label), ==, "1 new reply");
  view_ask (view, "say: two");
  g_assert_cmpstr (gtk_label_get_text (view->conversation->jump_label), ==, "2 new replies");
  g_assert_false (mz_transcript_get_at_bottom (view->transcript));

  activate (view, "conversation.jump-to-latest");
  view_frame (view);
  g_assert_true (mz_transcript_get_at_bottom (view->transcript));
  g_assert_cmpint ((int) view_get_gap (view), ==, 0);

  /* One's own message is where one wants to be. */
  scroll_by (view, -400);
  g_assert_cmpstr (gtk_label_get_text (view->conversation->jump_label), ==, "Jump to latest");
  g_signal_emit_by_name (view->conversation->composer, "sent");
  view_frame (view);
  g_assert_true (mz_transcript_get_at_bottom (view->transcript));
}

static void
test_activity (View          *view,
               gconstpointer  data)
{
  connect_and_wait (&view->app);
  view_show (view, "main");
  view_send (view, "hang: 1\nsay: here I am");
  wait_until (MZ_IS_ACTIVITY (view_get_item (view, 0)));
  g_assert_true (MZ_IS_ACTIVITY_ROW (view_get_row (view, 0)));
  wait_until (!mz_chat_get_running (view->chat));
  g_assert_true (MZ_IS_MESSAGE (view_get_item (view, 0)));

  /* And it goes when one stops. */
  view_send (view, "hang: 100");
  wait_until (MZ_IS_ACTIVITY (view_get_item (view, 0)));
  activate (view, "conversation.stop");
  wait_until (!mz_chat_get_running (view->chat));
  g_assert_true (MZ_IS_MESSAGE (view_get_item (view, 0)));
}

static void
test_empty (View          *view,
            gconstpointer  data)
{
  GtkWidget *suggestion;

  connect_and_wait (&view->app);
  mz_gateway_entry_set_name (view->app.entry, "Home & <garden>");
  view_show (view, "agent:main:dashboard:nothing-yet");
  g_assert_cmpstr (visible_page (view), ==, "empty");
  suggestion = gtk_widget_get_first_child (GTK_WIDGET (view->conversation->suggestions));
  g_assert_true (gtk_widget_get_mapped (suggestion));

  click (suggestion);
  wait_until (g_strcmp0 (visible_page (view), "rows") == 0);
  g_assert_cmpstr (mz_message_get_text (view_get_item (view, view_get_n (view) - 1)), ==, gtk_button_get_label (GTK_BUTTON (suggestion)));
  wait_until (count_kind (view, MZ_MESSAGE_ASSISTANT) > 0 && !mz_chat_get_running (view->chat));
}

static void
test_offline (View          *view,
              gconstpointer  data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello", 5);
  g_autoptr (MzOutgoing) file = mz_outgoing_new ("hello.txt", "text/plain", bytes);
  GtkWidget *row;
  MzMessage *message;

  view->chat = mz_gateway_open_chat (view->app.gateway, "main");
  mz_conversation_set_chat (view->conversation, view->app.gateway, view->chat);
  g_assert_cmpstr (visible_page (view), ==, "offline");

  /* What one writes now waits, and one sees that it does; what goes with it as well. */
  g_list_store_append (mz_chat_get_attachments (view->chat), file);
  mz_chat_set_draft (view->chat, "say: at last");
  g_assert_true (mz_chat_send (view->chat));
  wait_until (view_get_n (view) > 0);
  g_assert_cmpstr (visible_page (view), ==, "rows");
  row = view_get_row (view, 0);
  g_assert_true (MZ_IS_USER_ROW (row));
  g_assert_nonnull (find_widget (row, has_text, "Waits for the connection"));
  g_assert_nonnull (find_widget (row, is_button, "Discard"));
  g_assert_null (find_widget (row, is_button, "Try again"));
  g_assert_cmpuint (count_widgets (row, MZ_TYPE_ATTACHMENT_VIEW), ==, 1);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Waits for the connection");

  connect_and_wait (&view->app);
  wait_until (count_kind (view, MZ_MESSAGE_ASSISTANT) > 0 && mz_chat_get_waiting (view->chat) == 0 &&
              !mz_chat_get_running (view->chat));
  wait_until (count_rows (G_LIST_MODEL (mz_chat_get_timeline (view->chat)), MZ_MESSAGE_USER, "say: at last") == 1);
  message = view_get_item (view, 1);
  g_assert_cmpstr (mz_message_get_text (message), ==, "say: at last");
  g_assert_null (find_widget (view_get_row (view, 1), has_text, "Waits for the connection"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (view_get_row (view, 1)), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "");

  /* What was written and never sent can be given up. */
  mz_gateway_disconnect (view->app.gateway);
  wait_until (mz_gateway_get_state (view->app.gateway) == MZ_CLIENT_OFFLINE);
  view_send (view, "say: never mind");
  row = view_get_row (view, 0);
  click (find_widget (row, is_button, "Discard"));
  wait_until (mz_chat_get_waiting (view->chat) == 0);
  g_assert_cmpuint (count_rows (G_LIST_MODEL (mz_chat_get_timeline (view->chat)), MZ_MESSAGE_USER, "say: never mind"), ==, 0);
}

/* Texts that want to be markup, or are very long. */
static void
test_hostile (View          *view,
              gconstpointer  data)
{
  g_autofree char *lines = g_strnfill (5000, '\n');
  g_autofree char *wall = g_strnfill (100 * 1024, 'x');
  g_autofree char *tall = g_strconcat ("say: <b>&\n", lines, "end", NULL);
  g_autofree char *wide = g_strconcat ("say: ok\n", wall, NULL);
  const char *texts[] = { tall, wide, "say: <span foreground='red'>&amp;</span> [x](javascript:alert) `\033[31m`\n\u202eevil" };

  connect_and_wait (&view->app);
  view_show (view, "main");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GtkWidget *row;
      GtkWidget *more;

      view_ask (view, texts[i]);
      row = view_get_row (view, 1);
      if (!MZ_IS_USER_ROW (row))
        row = view_get_row (view, 2);
      g_assert_true (MZ_IS_USER_ROW (row));
      more = find_widget (row, is_button, "Show more");
      g_assert_true ((more != NULL) == (i < 2));
      if (more != NULL)
        {
          int before = gtk_widget_get_height (row);

          click (more);
          view_frame (view);
          g_assert_cmpint (gtk_widget_get_height (row), >, before);
        }
    }
}

static void
test_spacing (void)
{
  g_autoptr (MzMessage) user = mz_message_new (MZ_MESSAGE_USER, MZ_MESSAGE_DONE);
  g_autoptr (MzMessage) assistant = mz_message_new (MZ_MESSAGE_ASSISTANT, MZ_MESSAGE_DONE);
  g_autoptr (MzMessage) tool = mz_message_new (MZ_MESSAGE_TOOL, MZ_MESSAGE_DONE);
  g_autoptr (MzMessage) marker = mz_message_new (MZ_MESSAGE_MARKER, MZ_MESSAGE_DONE);
  const struct { gpointer previous; gpointer item; int spacing; } cases[] = {
    { NULL, user, 18 },
    { user, assistant, 18 },
    { assistant, user, 18 },
    { user, user, 18 },
    { tool, assistant, 6 },
    { assistant, tool, 6 },
    { assistant, marker, 18 },
    { marker, assistant, 18 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (mz_message_row_spacing (cases[i].previous, cases[i].item, NULL), ==, cases[i].spacing);
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

  g_test_add_func ("/conversation/spacing", test_spacing);
  add ("/conversation/history", test_history, NULL);
  add ("/conversation/streaming", test_streaming, NULL);
  add ("/conversation/copy", test_copy, NULL);
  add ("/conversation/streamed-is-whole", test_streamed_is_whole, NULL);
  add ("/conversation/error", test_error, NULL);
  add ("/conversation/folds", test_folds, NULL);
  add ("/conversation/tool-details", test_tool_details, NULL);
  add ("/conversation/attachments", test_attachments, NULL);
  add ("/conversation/ask-again", test_ask_again, NULL);
  add ("/conversation/toast", test_toast, NULL);
  add ("/conversation/older", test_older, NULL);
  add ("/conversation/switch", test_switch, NULL);
  add ("/conversation/jump", test_jump, NULL);
  add ("/conversation/activity", test_activity, NULL);
  add ("/conversation/empty", test_empty, NULL);
  add ("/conversation/offline", test_offline, NULL);
  add ("/conversation/hostile", test_hostile, NULL);

  return g_test_run ();
}
