/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_SETTINGS_ENABLE_BACKEND
#include "config.h"

#include <adwaita.h>
#include <gio/gsettingsbackend.h>

#include "mz-composer-private.h"
#include "mz-connection-pages.h"
#include "mz-content.h"
#include "mz-conversation.h"
#include "mz-demo-gateway.h"
#include "mz-palette.h"
#include "mz-quick-window.h"
#include "mz-ui-resource.h"

/* The palette and the quick window, with the embedded gateway behind them. */

#define WATCHDOG_S 20

typedef struct
{
  GSettingsBackend *backend;
  GSettings *settings;
  MzSecretStore *secrets;
  MzCore *core;
  MzGateway *gateway; /* the demo, when it was started */
  GtkWindow *window;
  GString *log;
  gboolean done;
} Fixture;

static gboolean
watchdog_cb (gpointer data)
{
  g_error ("this did not happen within %d s: %s", WATCHDOG_S, (const char *) data);
  return G_SOURCE_REMOVE;
}

#define wait_until(condition)                                                                       \
  G_STMT_START                                                                                      \
  {                                                                                                 \
    guint watchdog_ = g_timeout_add_seconds (WATCHDOG_S, watchdog_cb, (gpointer) #condition);       \
    while (!(condition))                                                                            \
      g_main_context_iteration (NULL, TRUE);                                                        \
    g_source_remove (watchdog_);                                                                    \
  }                                                                                                 \
  G_STMT_END

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;

  mz_core_load_finish (MZ_CORE (source), result, &error);
  g_assert_no_error (error);
  fixture->done = TRUE;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->backend = g_memory_settings_backend_new ();
  fixture->settings = g_settings_new_with_backend ("io.github.moltzer.Moltzer", fixture->backend);
  fixture->secrets = mz_secret_store_new_memory ();
  fixture->core = mz_core_new (fixture->settings, fixture->secrets);
  fixture->log = g_string_new (NULL);
  mz_core_load_async (fixture->core, NULL, loaded_cb, fixture);
  wait_until (fixture->done);
}

static void
start_demo (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->gateway = mz_core_start_demo (fixture->core, &error);
  g_assert_no_error (error);
  wait_until (mz_gateway_get_state (fixture->gateway) == MZ_CLIENT_READY);
  wait_until (mz_session_list_get_loaded (mz_gateway_get_sessions (fixture->gateway)));
}

static void
shutdown_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  ((Fixture *) data)->done = TRUE;
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->window != NULL)
    gtk_window_destroy (fixture->window);
  wait_until (fixture->window == NULL);
  fixture->done = FALSE;
  mz_core_shutdown_async (fixture->core, NULL, shutdown_cb, fixture);
  wait_until (fixture->done);
  g_clear_object (&fixture->core);
  g_clear_object (&fixture->secrets);
  g_clear_object (&fixture->settings);
  g_clear_object (&fixture->backend);
  g_string_free (fixture->log, TRUE);
}

static void
chosen_cb (Fixture    *fixture,
           MzGateway  *gateway,
           const char *key)
{
  g_string_append_printf (fixture->log, "%s|", key != NULL ? key : "-");
}

static void
show (Fixture   *fixture,
      GtkWindow *window)
{
  fixture->window = window;
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &fixture->window);
  gtk_window_present (window);
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
}

/* The first visible widget of @type below @widget, with @label if it is a button. */
static GtkWidget *
find (GtkWidget  *widget,
      GType       type,
      const char *label)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found;

      if (!gtk_widget_get_visible (child) || !gtk_widget_get_child_visible (child))
        continue;
      if (G_TYPE_CHECK_INSTANCE_TYPE (child, type) && (label == NULL || g_strcmp0 (gtk_button_get_label (GTK_BUTTON (child)), label) == 0))
        return child;
      found = find (child, type, label);
      if (found != NULL)
        return found;
    }
  return NULL;
}

#define find_in_window(fixture, type, label) find (GTK_WIDGET ((fixture)->window), type, label)

static gboolean
press (GtkWidget *widget,
       guint      keyval)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  gboolean taken = FALSE;

  for (guint i = 0; !taken && i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller) && gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_CAPTURE)
        g_signal_emit_by_name (controller, "key-pressed", keyval, 0, 0, &taken);
    }
  return taken;
}

/* ---- palette ---- */

static GtkEditable *
show_palette (Fixture *fixture)
{
  GtkWindow *palette = mz_palette_new (fixture->core, NULL);

  g_signal_connect_swapped (palette, "chosen", G_CALLBACK (chosen_cb), fixture);
  show (fixture, palette);
  return GTK_EDITABLE (find_in_window (fixture, GTK_TYPE_SEARCH_ENTRY, NULL));
}

static guint
count_shown (Fixture *fixture)
{
  GtkWidget *list = find_in_window (fixture, GTK_TYPE_LIST_VIEW, NULL);

  return list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (list)))) : 0;
}

static guint
get_selected (Fixture *fixture)
{
  GtkWidget *list = find_in_window (fixture, GTK_TYPE_LIST_VIEW, NULL);

  return gtk_single_selection_get_selected (GTK_SINGLE_SELECTION (gtk_list_view_get_model (GTK_LIST_VIEW (list))));
}

static void
test_palette_empty (Fixture       *fixture,
                    gconstpointer  data)
{
  GtkEditable *entry = show_palette (fixture);

  g_assert_cmpuint (count_shown (fixture), ==, 0);
  g_assert_true (press (GTK_WIDGET (entry), GDK_KEY_Down));
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpstr (fixture->log->str, ==, "");
  g_assert_nonnull (fixture->window);

  /* What comes while it is open is shown. */
  start_demo (fixture);
  wait_until (count_shown (fixture) > 0);
}

static void
test_palette_choose (Fixture       *fixture,
                     gconstpointer  data)
{
  GtkEditable *entry;
  GListModel *sessions;
  g_autoptr (MzSessionRow) first = NULL;
  g_autofree char *expected = NULL;
  guint n_sessions;

  start_demo (fixture);
  sessions = G_LIST_MODEL (mz_gateway_get_sessions (fixture->gateway));
  n_sessions = g_list_model_get_n_items (sessions);
  entry = show_palette (fixture);
  g_assert_cmpuint (count_shown (fixture), ==, n_sessions);
  g_assert_cmpuint (get_selected (fixture), ==, 0);

  g_assert_false (press (GTK_WIDGET (entry), GDK_KEY_a));
  press (GTK_WIDGET (entry), GDK_KEY_Up);
  g_assert_cmpuint (get_selected (fixture), ==, 0);
  press (GTK_WIDGET (entry), GDK_KEY_Down);
  g_assert_cmpuint (get_selected (fixture), ==, 1);
  press (GTK_WIDGET (entry), GDK_KEY_Page_Down);
  g_assert_cmpuint (get_selected (fixture), ==, n_sessions - 1);
  press (GTK_WIDGET (entry), GDK_KEY_Page_Up);
  g_assert_cmpuint (get_selected (fixture), ==, 0);

  /* Enter does not wait for the entry to tell. */
  gtk_editable_set_text (entry, "  LISB ");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpuint (fixture->log->len, >, 0);
  for (guint i = 0; i < n_sessions; i++)
    {
      g_autoptr (MzSessionRow) row = g_list_model_get_item (sessions, i);

      if (g_strcmp0 (mz_session_row_get_title (row), "Lisbon") == 0)
        g_set_object (&first, row);
    }
  g_assert_nonnull (first);
  expected = g_strconcat (mz_session_row_get_key (first), "|", NULL);
  g_assert_cmpstr (fixture->log->str, ==, expected);
  wait_until (fixture->window == NULL);
}

static void
test_palette_search (Fixture       *fixture,
                     gconstpointer  data)
{
  GtkEditable *entry;

  start_demo (fixture);
  entry = show_palette (fixture);
  gtk_editable_set_text (entry, "no such thing");
  wait_until (count_shown (fixture) == 0);
  gtk_editable_set_text (entry, "pho");
  wait_until (count_shown (fixture) == 1);
  gtk_editable_set_text (entry, "");
  wait_until (count_shown (fixture) == g_list_model_get_n_items (G_LIST_MODEL (mz_gateway_get_sessions (fixture->gateway))));
  g_signal_emit_by_name (entry, "stop-search");
  wait_until (fixture->window == NULL);
  g_assert_cmpstr (fixture->log->str, ==, "");
}

/* ---- quick window ---- */

static MzComposer *
show_quick (Fixture *fixture)
{
  GtkWindow *window = mz_quick_window_new (NULL, fixture->core);

  g_signal_connect_swapped (window, "open", G_CALLBACK (chosen_cb), fixture);
  show (fixture, window);
  return (MzComposer *) find_in_window (fixture, MZ_TYPE_COMPOSER, NULL);
}

static void
write_text (MzComposer *composer,
            const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (composer->text_view), text, -1);
}

static void
test_quick_nobody (Fixture       *fixture,
                   gconstpointer  data)
{
  GtkWidget *button;

  g_assert_null (show_quick (fixture));
  button = find_in_window (fixture, GTK_TYPE_BUTTON, "_Connect a Gateway…");
  g_assert_nonnull (button);

  /* One that comes meanwhile can be asked. */
  start_demo (fixture);
  wait_until (find_in_window (fixture, MZ_TYPE_COMPOSER, NULL) != NULL);
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (fixture->log->str, ==, "-|");
  wait_until (fixture->window == NULL);
}

static gboolean
has_reply (MzChat *chat)
{
  GListModel *rows = G_LIST_MODEL (mz_chat_get_timeline (chat));

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (rows, i);

      if (mz_message_get_kind (row) == MZ_MESSAGE_ASSISTANT && g_strcmp0 (mz_message_get_text (row), "hello") == 0)
        return TRUE;
    }
  return FALSE;
}

static void
test_quick_ask (Fixture       *fixture,
                gconstpointer  data)
{
  MzComposer *composer;
  GtkWidget *button, *conversation;
  MzChat *chat;
  g_autofree char *expected = NULL;

  start_demo (fixture);
  composer = show_quick (fixture);
  g_assert_nonnull (composer);
  g_assert_null (find_in_window (fixture, GTK_TYPE_BUTTON, "_Open in Moltzer"));
  write_text (composer, "say: hello");
  g_assert_true (press (GTK_WIDGET (composer->text_view), GDK_KEY_Return));
  wait_until ((button = find_in_window (fixture, GTK_TYPE_BUTTON, "_Open in Moltzer")) != NULL);
  conversation = find_in_window (fixture, MZ_TYPE_CONVERSATION, NULL);
  g_assert_nonnull (conversation);
  chat = mz_conversation_get_chat (MZ_CONVERSATION (conversation));
  g_assert_cmpstr (mz_chat_get_draft (chat), ==, "");
  wait_until (has_reply (chat));

  expected = g_strconcat (mz_chat_get_key (chat), "|", NULL);
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (fixture->log->str, ==, expected);
  wait_until (fixture->window == NULL);
}

/* A message waits until there is a connection, can be taken back, and goes out once. */
static void
test_quick_wait (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (MzDemoGateway) demo = mz_demo_gateway_new ();
  g_autoptr (MzGatewayEntry) entry = NULL;
  g_autoptr (GError) error = NULL;
  MzComposer *composer;
  MzGateway *gateway;
  guint16 port;

  mz_demo_gateway_start (demo, 0, &error);
  g_assert_no_error (error);
  port = mz_demo_gateway_get_port (demo);
  entry = mz_gateway_entry_new (NULL, mz_demo_gateway_get_url (demo), FALSE);
  mz_demo_gateway_stop (demo);
  gateway = mz_core_add (fixture->core, entry);

  composer = show_quick (fixture);
  write_text (composer, "say: hello");
  g_assert_true (press (GTK_WIDGET (composer->text_view), GDK_KEY_Return));
  g_assert_nonnull (find_in_window (fixture, GTK_TYPE_BUTTON, "_Cancel"));
  g_assert_false (gtk_widget_get_sensitive (composer->send_button));
  g_signal_emit_by_name (find_in_window (fixture, GTK_TYPE_BUTTON, "_Cancel"), "clicked");
  g_assert_null (find_in_window (fixture, GTK_TYPE_BUTTON, "_Cancel"));
  g_assert_false (mz_composer_is_empty (composer));
  g_assert_true (gtk_widget_get_sensitive (composer->send_button));

  g_assert_true (press (GTK_WIDGET (composer->text_view), GDK_KEY_Return));
  wait_until (mz_gateway_get_state (gateway) == MZ_CLIENT_WAITING);
  mz_demo_gateway_start (demo, port, &error);
  g_assert_no_error (error);
  mz_gateway_retry_now (gateway);
  wait_until (find_in_window (fixture, MZ_TYPE_CONVERSATION, NULL) != NULL);
  wait_until (has_reply (mz_conversation_get_chat (MZ_CONVERSATION (find_in_window (fixture, MZ_TYPE_CONVERSATION, NULL)))));

  gtk_window_destroy (fixture->window);
  wait_until (fixture->window == NULL);
  mz_core_remove (fixture->core, gateway);
  mz_demo_gateway_stop (demo);
}

static AdwMessageDialog *
find_question (void)
{
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window) && gtk_widget_get_visible (GTK_WIDGET (window)))
        return ADW_MESSAGE_DIALOG (window);
    }
  return NULL;
}

/* What was written is not thrown away without a question. */
static void
test_quick_close (Fixture       *fixture,
                  gconstpointer  data)
{
  MzComposer *composer;
  AdwMessageDialog *question;

  start_demo (fixture);
  composer = show_quick (fixture);
  write_text (composer, "unfinished");

  gtk_window_close (fixture->window);
  wait_until ((question = find_question ()) != NULL);
  g_object_add_weak_pointer (G_OBJECT (question), (gpointer *) &question);
  adw_message_dialog_response (question, "cancel");
  if (question != NULL)
    gtk_window_destroy (GTK_WINDOW (question));
  wait_until (question == NULL);
  g_assert_nonnull (fixture->window);
  g_assert_false (mz_composer_is_empty (composer));

  /* The answer comes a moment after the question has gone; until then it is not asked again. */
  wait_until ((gtk_window_close (fixture->window), g_main_context_iteration (NULL, FALSE), (question = find_question ()) != NULL));
  adw_message_dialog_response (question, "discard");
  wait_until (fixture->window == NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  adw_init ();
  mz_content_init ();
  mz_connection_init ();
  mz_conversation_init_types ();
  mz_ui_register_resource ();

#define ADD(name, func) g_test_add ("/small-windows/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("palette/empty", test_palette_empty);
  ADD ("palette/choose", test_palette_choose);
  ADD ("palette/search", test_palette_search);
  ADD ("quick/nobody", test_quick_nobody);
  ADD ("quick/ask", test_quick_ask);
  ADD ("quick/wait", test_quick_wait);
  ADD ("quick/close", test_quick_close);
#undef ADD

  return g_test_run ();
}
