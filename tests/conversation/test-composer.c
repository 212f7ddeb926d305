/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "composer-fixture.h"

#include "mz-attachment-chip.h"
#include "mz-wrap-layout.h"

#include <adwaita.h>

static gboolean
is_shown (GtkWidget *widget)
{
  return gtk_widget_get_visible (widget);
}

static void
test_keys (void)
{
  const struct { guint keyval; GdkModifierType state; gboolean enter, ctrl_enter; } cases[] = {
    { GDK_KEY_Return, 0, TRUE, FALSE },
    { GDK_KEY_KP_Enter, 0, TRUE, FALSE },
    { GDK_KEY_ISO_Enter, 0, TRUE, FALSE },
    { GDK_KEY_Return, GDK_SHIFT_MASK, FALSE, FALSE },
    { GDK_KEY_KP_Enter, GDK_SHIFT_MASK, FALSE, FALSE },
    { GDK_KEY_Return, GDK_CONTROL_MASK, TRUE, TRUE },
    { GDK_KEY_KP_Enter, GDK_CONTROL_MASK, TRUE, TRUE },
    { GDK_KEY_Return, GDK_CONTROL_MASK | GDK_SHIFT_MASK, FALSE, FALSE },
    { GDK_KEY_Return, GDK_ALT_MASK, FALSE, FALSE },
    { GDK_KEY_Return, GDK_LOCK_MASK, TRUE, FALSE },
    { GDK_KEY_Return, GDK_LOCK_MASK | GDK_CONTROL_MASK, TRUE, TRUE },
    { GDK_KEY_a, 0, FALSE, FALSE },
    { GDK_KEY_a, GDK_CONTROL_MASK, FALSE, FALSE },
    { GDK_KEY_Escape, 0, FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (mz_composer_key_sends (cases[i].keyval, cases[i].state, FALSE), ==, cases[i].enter);
      g_assert_cmpint (mz_composer_key_sends (cases[i].keyval, cases[i].state, TRUE), ==, cases[i].ctrl_enter);
    }
}

static void
test_send (Fixture       *fixture,
           gconstpointer  data)
{
  MzComposer *composer = fixture->composer;

  g_assert_false (gtk_widget_get_sensitive (composer->send_button));
  g_assert_true (is_shown (composer->hint_label));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (composer->hint_label)), ==, "Message Home");

  set_text (fixture, "  \n ");
  g_assert_false (gtk_widget_get_sensitive (composer->send_button));
  g_assert_false (is_shown (composer->hint_label));
  g_assert_true (press (fixture, GDK_KEY_Return, 0));
  g_assert_cmpuint (fixture->n_sent, ==, 0);

  set_text (fixture, "say: hello");
  g_assert_cmpstr (mz_chat_get_draft (fixture->chat), ==, "say: hello");
  g_assert_true (gtk_widget_get_sensitive (composer->send_button));
  g_assert_false (press (fixture, GDK_KEY_Return, GDK_SHIFT_MASK));
  g_assert_cmpuint (fixture->n_sent, ==, 0);
  g_assert_true (press (fixture, GDK_KEY_Return, 0));
  g_assert_cmpuint (fixture->n_sent, ==, 1);
  g_assert_cmpuint (gtk_text_buffer_get_char_count (fixture->buffer), ==, 0);
  g_assert_cmpuint (count_rows (fixture, "say: hello"), ==, 1);
  /* What was sent does not come back. */
  g_assert_false (gtk_text_buffer_get_can_undo (fixture->buffer));

  set_text (fixture, "say: again");
  g_signal_emit_by_name (composer->send_button, "clicked");
  g_assert_cmpuint (fixture->n_sent, ==, 2);
  g_assert_cmpuint (count_rows (fixture, "say: again"), ==, 1);
}

static void
test_send_key (Fixture       *fixture,
               gconstpointer  data)
{
  g_settings_set_string (fixture->settings, "send-key", "ctrl-enter");
  set_text (fixture, "say: hello");
  g_assert_false (press (fixture, GDK_KEY_Return, 0));
  g_assert_false (press (fixture, GDK_KEY_Return, GDK_SHIFT_MASK));
  g_assert_cmpuint (fixture->n_sent, ==, 0);
  g_assert_true (press (fixture, GDK_KEY_Return, GDK_CONTROL_MASK));
  g_assert_cmpuint (fixture->n_sent, ==, 1);
}

/* Enter and Escape are the input method's while it composes. */
static void
test_preedit (Fixture       *fixture,
              gconstpointer  data)
{
  set_text (fixture, "say: hello");
  g_signal_emit_by_name (fixture->composer->text_view, "preedit-changed", "ka");
  g_assert_false (press (fixture, GDK_KEY_Return, 0));
  g_assert_false (press (fixture, GDK_KEY_KP_Enter, 0));
  g_assert_false (press (fixture, GDK_KEY_Return, GDK_CONTROL_MASK));
  g_assert_cmpuint (fixture->n_sent, ==, 0);

  set_text (fixture, "/");
  g_assert_true (mz_completion_is_open (fixture->composer->completion));
  g_assert_false (press (fixture, GDK_KEY_Escape, 0));
  g_assert_false (press (fixture, GDK_KEY_Down, 0));
  g_assert_true (mz_completion_is_open (fixture->composer->completion));

  set_text (fixture, "");
  g_assert_false (is_shown (fixture->composer->hint_label));
  g_signal_emit_by_name (fixture->composer->text_view, "preedit-changed", "");
  g_assert_true (is_shown (fixture->composer->hint_label));
  set_text (fixture, "say: hello");
  g_assert_true (press (fixture, GDK_KEY_Return, 0));
  g_assert_cmpuint (fixture->n_sent, ==, 1);
}

static void
test_draft (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (MzChat) other = mz_gateway_open_chat (fixture->gateway, "agent:main:other");
  g_autoptr (GFile) file = make_file (fixture, "one.txt", 10);
  g_autofree char *here = NULL;
  g_autofree char *there = NULL;
  GtkTextIter iter;

  /* Both ways. */
  mz_chat_set_draft (fixture->chat, "one two three");
  here = dup_text (fixture);
  g_assert_cmpstr (here, ==, "one two three");
  gtk_text_buffer_get_iter_at_offset (fixture->buffer, &iter, 3);
  gtk_text_buffer_place_cursor (fixture->buffer, &iter);
  gtk_text_buffer_insert_interactive_at_cursor (fixture->buffer, "!", -1, TRUE);
  g_assert_cmpstr (mz_chat_get_draft (fixture->chat), ==, "one! two three");
  g_assert_true (gtk_text_buffer_get_can_undo (fixture->buffer));
  gtk_text_buffer_undo (fixture->buffer);
  g_assert_cmpstr (mz_chat_get_draft (fixture->chat), ==, "one two three");
  gtk_text_buffer_redo (fixture->buffer);

  /* Files, what was wrong with others, and the cursor stay with it. */
  mz_draft_files_add_file (mz_draft_files_for_chat (fixture->chat), file);
  mz_composer_add_problem (fixture->composer, "Something is wrong.");
  g_assert_true (is_shown (fixture->composer->problems_box));
  mz_composer_set_chat (fixture->composer, fixture->gateway, other);
  there = dup_text (fixture);
  g_assert_cmpstr (there, ==, "");
  g_assert_false (is_shown (fixture->composer->chips_bin));
  g_assert_false (is_shown (fixture->composer->problems_box));
  g_assert_false (gtk_text_buffer_get_can_undo (fixture->buffer));
  set_text (fixture, "other");
  g_assert_cmpstr (mz_chat_get_draft (other), ==, "other");
  g_assert_cmpstr (mz_chat_get_draft (fixture->chat), ==, "one! two three");
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (mz_chat_get_attachments (fixture->chat))) == 1);

  mz_composer_set_chat (fixture->composer, fixture->gateway, fixture->chat);
  g_clear_pointer (&here, g_free);
  here = dup_text (fixture);
  g_assert_cmpstr (here, ==, "one! two three");
  gtk_text_buffer_get_iter_at_mark (fixture->buffer, &iter, gtk_text_buffer_get_insert (fixture->buffer));
  g_assert_cmpint (gtk_text_iter_get_offset (&iter), ==, 4);
  g_assert_true (is_shown (fixture->composer->chips_bin));
  g_assert_true (is_shown (fixture->composer->problems_box));

  /* A draft of one that is not shown changes nothing here. */
  mz_chat_set_draft (other, "changed");
  g_clear_pointer (&here, g_free);
  here = dup_text (fixture);
  g_assert_cmpstr (here, ==, "one! two three");
}

static void
test_stop (Fixture       *fixture,
           gconstpointer  data)
{
  MzComposer *composer = fixture->composer;

  g_assert_false (press (fixture, GDK_KEY_Escape, 0));
  mz_chat_send_text (fixture->chat, "tokens: 100000 20");
  wait_until (mz_chat_get_running (fixture->chat));
  g_assert_true (is_shown (composer->stop_button));
  g_assert_false (is_shown (composer->send_button));

  /* One can go on writing. */
  set_text (fixture, "say: more");
  g_assert_true (is_shown (composer->stop_button));
  g_assert_true (is_shown (composer->send_button));
  g_assert_true (gtk_widget_get_sensitive (composer->send_button));
  set_text (fixture, "");
  g_assert_false (is_shown (composer->send_button));

  gtk_widget_grab_focus (composer->stop_button);
  g_assert_true (press (fixture, GDK_KEY_Escape, 0));
  wait_until (!mz_chat_get_running (fixture->chat));
  g_assert_false (is_shown (composer->stop_button));
  g_assert_true (is_shown (composer->send_button));
  g_assert_true (gtk_widget_is_focus (GTK_WIDGET (composer->text_view)));
  g_assert_false (press (fixture, GDK_KEY_Escape, 0));
}

static void
stop_action_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  ++*(guint *) data;
}

/* The conversation's own way to stop goes first. */
static void
test_stop_action (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) action = g_simple_action_new ("stop", NULL);
  guint n_stopped = 0;

  g_signal_connect (action, "activate", G_CALLBACK (stop_action_cb), &n_stopped);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  gtk_widget_insert_action_group (GTK_WIDGET (fixture->window), "conversation", G_ACTION_GROUP (group));
  mz_chat_send_text (fixture->chat, "tokens: 100000 20");
  wait_until (mz_chat_get_running (fixture->chat));
  g_assert_true (press (fixture, GDK_KEY_Escape, 0));
  g_assert_cmpuint (n_stopped, ==, 1);
  g_signal_emit_by_name (fixture->composer->stop_button, "clicked");
  g_assert_cmpuint (n_stopped, ==, 2);
  gtk_widget_insert_action_group (GTK_WIDGET (fixture->window), "conversation", NULL);
  mz_chat_stop (fixture->chat);
  wait_until (!mz_chat_get_running (fixture->chat));
}

static void
test_completion (Fixture       *fixture,
                 gconstpointer  data)
{
  MzCompletion *completion = fixture->composer->completion;
  guint n_commands = g_list_model_get_n_items (mz_gateway_get_commands (fixture->gateway));
  g_autoptr (MzChat) other = mz_gateway_open_chat (fixture->gateway, "agent:main:other");
  g_autofree char *chosen = NULL;
  GtkTextIter end;

  set_text (fixture, "no command");
  g_assert_false (mz_completion_is_open (completion));
  set_text (fixture, "/");
  g_assert_true (mz_completion_is_open (completion));
  g_assert_cmpuint (mz_completion_get_n_found (completion), ==, n_commands);
  g_assert_true (gtk_widget_is_focus (GTK_WIDGET (fixture->composer->text_view)));

  /* Around both ends. */
  g_assert_cmpstr (mz_command_get_name (mz_completion_get_selected (completion)), ==, "help");
  g_assert_true (press (fixture, GDK_KEY_Up, 0));
  g_assert_cmpstr (mz_command_get_name (mz_completion_get_selected (completion)), ==, "stop");
  g_assert_true (press (fixture, GDK_KEY_Down, 0));
  g_assert_true (press (fixture, GDK_KEY_Down, 0));
  g_assert_cmpstr (mz_command_get_name (mz_completion_get_selected (completion)), ==, "status");

  set_text (fixture, "/mo");
  g_assert_cmpuint (mz_completion_get_n_found (completion), ==, 1);
  g_assert_true (press (fixture, GDK_KEY_Return, 0));
  chosen = dup_text (fixture);
  g_assert_cmpstr (chosen, ==, "/model ");
  g_assert_false (mz_completion_is_open (completion));
  g_assert_cmpuint (fixture->n_sent, ==, 0);
  gtk_text_buffer_undo (fixture->buffer);
  g_clear_pointer (&chosen, g_free);
  chosen = dup_text (fixture);
  g_assert_cmpstr (chosen, ==, "/mo");

  /* Escape closes until another command is begun. */
  g_assert_true (mz_completion_is_open (completion));
  g_assert_true (press (fixture, GDK_KEY_Escape, 0));
  g_assert_false (mz_completion_is_open (completion));
  gtk_text_buffer_get_end_iter (fixture->buffer, &end);
  gtk_text_buffer_insert (fixture->buffer, &end, "d", -1);
  g_assert_false (mz_completion_is_open (completion));
  g_assert_false (press (fixture, GDK_KEY_Down, 0));
  set_text (fixture, "");
  set_text (fixture, "/mod");
  g_assert_true (mz_completion_is_open (completion));
  g_assert_true (press (fixture, GDK_KEY_Tab, 0));
  g_clear_pointer (&chosen, g_free);
  chosen = dup_text (fixture);
  g_assert_cmpstr (chosen, ==, "/model ");

  /* Neither another conversation nor another window ends it for good. */
  set_text (fixture, "/he");
  g_assert_true (mz_completion_is_open (completion));
  mz_composer_set_chat (fixture->composer, fixture->gateway, other);
  g_assert_false (mz_completion_is_open (completion));
  gtk_text_buffer_insert_interactive_at_cursor (fixture->buffer, "/", -1, TRUE);
  g_assert_true (mz_completion_is_open (completion));
  mz_composer_set_chat (fixture->composer, fixture->gateway, fixture->chat);
  g_assert_false (mz_completion_is_open (completion));
  gtk_text_buffer_insert_interactive_at_cursor (fixture->buffer, "l", -1, TRUE);
  g_assert_true (mz_completion_is_open (completion));
  gtk_widget_grab_focus (fixture->composer->attach_button);
  g_assert_false (mz_completion_is_open (completion));
  mz_composer_grab_text (fixture->composer);

  /* What is complete is sent. */
  set_text (fixture, "/help");
  g_assert_true (mz_completion_is_open (completion));
  g_assert_true (press (fixture, GDK_KEY_Return, 0));
  g_assert_cmpuint (fixture->n_sent, ==, 1);
  g_assert_false (mz_completion_is_open (completion));
}

static void
chips_of (Fixture *fixture,
          guint    expected)
{
  guint n_chips = 0;

  for (GtkWidget *chip = gtk_widget_get_first_child (fixture->composer->chips); chip != NULL; chip = gtk_widget_get_next_sibling (chip))
    {
      g_autoptr (GObject) item = g_list_model_get_item (mz_draft_files_get_items (fixture->composer->files), n_chips);

      g_assert_true (mz_attachment_chip_get_item (MZ_ATTACHMENT_CHIP (chip)) == item);
      n_chips++;
    }
  g_assert_cmpuint (n_chips, ==, expected);
}

static void
test_attach (Fixture       *fixture,
             gconstpointer  data)
{
  MzComposer *composer = fixture->composer;
  g_autoptr (GListStore) list = g_list_store_new (G_TYPE_FILE);
  const char *names[] = { "one.txt", "two.txt", "three.txt" };
  GtkWidget *chip;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GFile) file = make_file (fixture, names[i], 10 + i);

      g_list_store_append (list, file);
    }
  mz_composer_add_files (composer, G_LIST_MODEL (list));
  chips_of (fixture, 3);
  g_assert_true (is_shown (composer->chips_bin));
  /* Nothing is sent without what belongs to it. */
  g_assert_false (gtk_widget_get_sensitive (composer->send_button));
  g_assert_true (press (fixture, GDK_KEY_Return, 0));
  g_assert_cmpuint (fixture->n_sent, ==, 0);
  wait_until (!mz_draft_files_get_reading (composer->files));
  chips_of (fixture, 3);
  g_assert_true (gtk_widget_get_sensitive (composer->send_button));

  chip = gtk_widget_get_next_sibling (gtk_widget_get_first_child (composer->chips));
  g_signal_emit_by_name (chip, "remove");
  chips_of (fixture, 2);
  g_assert_true (gtk_widget_is_focus (GTK_WIDGET (composer->text_view)));

  /* Files alone are a message. */
  g_assert_true (press (fixture, GDK_KEY_Return, 0));
  g_assert_cmpuint (fixture->n_sent, ==, 1);
  chips_of (fixture, 0);
  g_assert_false (is_shown (composer->chips_bin));
}

static void
test_problems (Fixture       *fixture,
               gconstpointer  data)
{
  MzComposer *composer = fixture->composer;
  GListModel *problems = G_LIST_MODEL (mz_draft_files_get_problems (composer->files));
  GtkWidget *row;

  mz_composer_add_problem (composer, "One");
  mz_composer_add_problem (composer, "One");
  g_assert_cmpuint (g_list_model_get_n_items (problems), ==, 1);
  mz_composer_add_problem (composer, "Two");
  mz_composer_add_problem (composer, "Three");
  mz_composer_add_problem (composer, "Four");
  g_assert_true (is_shown (composer->problems_box));

  row = gtk_widget_get_first_child (composer->problems_box);
  g_signal_emit_by_name (gtk_widget_get_last_child (row), "clicked");
  g_assert_cmpuint (g_list_model_get_n_items (problems), ==, 3);
  mz_composer_add_problem (composer, "Five");

  /* The last row is about all that have none of their own. */
  row = gtk_widget_get_last_child (composer->problems_box);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (gtk_widget_get_next_sibling (gtk_widget_get_first_child (row)))), ==,
                   "There are 2 more problems.");
  g_signal_emit_by_name (gtk_widget_get_last_child (row), "clicked");
  g_assert_cmpuint (g_list_model_get_n_items (problems), ==, 0);
  g_assert_false (is_shown (composer->problems_box));
}

static void
test_too_long (Fixture       *fixture,
               gconstpointer  data)
{
  MzComposer *composer = fixture->composer;
  gsize max = mz_hello_get_max_payload (mz_client_get_hello (mz_gateway_get_client (fixture->gateway)));
  g_autoptr (GString) text = g_string_sized_new (max + 1000);

  while (text->len < max)
    g_string_append (text, "0123456789abcde\n");
  gtk_widget_set_visible (GTK_WIDGET (fixture->window), FALSE);
  set_text (fixture, text->str);
  g_assert_true (is_shown (composer->blocked_row));
  g_assert_false (gtk_widget_get_sensitive (composer->send_button));
  g_assert_true (press (fixture, GDK_KEY_Return, 0));
  g_assert_cmpuint (fixture->n_sent, ==, 0);
  g_assert_cmpint (gtk_text_buffer_get_char_count (fixture->buffer), ==, (int) text->len);

  set_text (fixture, "short");
  g_assert_false (is_shown (composer->blocked_row));
  g_assert_true (gtk_widget_get_sensitive (composer->send_button));
}

static void
paste (Fixture            *fixture,
       GdkContentProvider *provider)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->composer->text_view));

  g_assert_true (gdk_clipboard_set_content (clipboard, provider));
  g_signal_emit_by_name (fixture->composer->text_view, "paste-clipboard");
}

static void
test_paste (Fixture       *fixture,
            gconstpointer  data)
{
  MzDraftFiles *files = fixture->composer->files;
  GListModel *items = mz_draft_files_get_items (files);
  const guint8 pixels[16] = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (2, 2, GDK_MEMORY_R8G8B8A8, bytes, 8);
  g_autoptr (GFile) file = make_file (fixture, "one.txt", 10);
  g_autoptr (GFile) link = g_file_new_for_uri ("https://example.org/");
  GFile *file_array[] = { file };
  GFile *link_array[] = { link };
  GdkFileList *file_list = gdk_file_list_new_from_array (file_array, 1);
  GdkFileList *link_list = gdk_file_list_new_from_array (link_array, 1);
  g_autoptr (GdkContentProvider) text_provider = gdk_content_provider_new_typed (G_TYPE_STRING, "some text");
  g_autoptr (GdkContentProvider) image_provider = gdk_content_provider_new_typed (GDK_TYPE_TEXTURE, texture);
  g_autoptr (GdkContentProvider) file_provider = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, file_list);
  GdkContentProvider *both[] = { g_object_ref (text_provider), g_object_ref (image_provider) };
  g_autoptr (GdkContentProvider) both_provider = gdk_content_provider_new_union (both, 2);
  GdkContentProvider *linked[] = { gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, link_list),
                                   gdk_content_provider_new_typed (G_TYPE_STRING, "https://example.org/") };
  g_autoptr (GdkContentProvider) link_provider = gdk_content_provider_new_union (linked, 2);
  g_autoptr (GObject) first = NULL;
  g_autoptr (GObject) second = NULL;
  g_autofree char *text = NULL;

  /* Text is text, also when it is offered as a picture as well. */
  paste (fixture, text_provider);
  wait_until (gtk_text_buffer_get_char_count (fixture->buffer) == 9);
  paste (fixture, both_provider);
  wait_until (gtk_text_buffer_get_char_count (fixture->buffer) == 18);
  g_assert_cmpuint (g_list_model_get_n_items (items), ==, 0);

  paste (fixture, image_provider);
  wait_until (g_list_model_get_n_items (items) == 1);
  paste (fixture, image_provider);
  wait_until (g_list_model_get_n_items (items) == 2 && !mz_draft_files_get_reading (files));
  first = g_list_model_get_item (items, 0);
  second = g_list_model_get_item (items, 1);
  g_assert_cmpstr (mz_outgoing_get_name (MZ_OUTGOING (first)), ==, "Pasted image.png");
  g_assert_cmpstr (mz_outgoing_get_name (MZ_OUTGOING (second)), ==, "Pasted image 2.png");

  paste (fixture, file_provider);
  wait_until (g_list_model_get_n_items (items) == 3 && !mz_draft_files_get_reading (files));

  paste (fixture, link_provider);
  wait_until (gtk_text_buffer_get_char_count (fixture->buffer) == 18 + 20);
  text = dup_text (fixture);
  g_assert_cmpstr (text, ==, "some textsome texthttps://example.org/");
  g_assert_cmpuint (g_list_model_get_n_items (items), ==, 3);
  g_boxed_free (GDK_TYPE_FILE_LIST, file_list);
  g_boxed_free (GDK_TYPE_FILE_LIST, link_list);
}

static gboolean
drop (Fixture      *fixture,
      const GValue *value)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (fixture->composer->card);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", value, 0., 0., &taken);
    }
  return taken;
}

static void
test_drop (Fixture       *fixture,
           gconstpointer  data)
{
  MzDraftFiles *files = fixture->composer->files;
  const guint8 pixels[16] = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (2, 2, GDK_MEMORY_R8G8B8A8, bytes, 8);
  g_autoptr (GFile) one = make_file (fixture, "one.txt", 10);
  g_autoptr (GFile) two = make_file (fixture, "two.txt", 10);
  g_autoptr (GFile) link = g_file_new_for_uri ("https://example.org/");
  GFile *array[] = { one, two };
  g_auto (GValue) file_value = G_VALUE_INIT, list_value = G_VALUE_INIT, texture_value = G_VALUE_INIT, link_value = G_VALUE_INIT;
  g_autofree char *text = NULL;

  g_value_init (&file_value, G_TYPE_FILE);
  g_value_set_object (&file_value, one);
  g_value_init (&list_value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&list_value, gdk_file_list_new_from_array (array, 2));
  g_value_init (&texture_value, GDK_TYPE_TEXTURE);
  g_value_set_object (&texture_value, texture);
  g_value_init (&link_value, G_TYPE_FILE);
  g_value_set_object (&link_value, link);

  g_assert_true (drop (fixture, &file_value));
  g_assert_true (drop (fixture, &list_value));
  g_assert_true (drop (fixture, &texture_value));
  g_assert_true (drop (fixture, &link_value));
  wait_until (!mz_draft_files_get_reading (files));
  chips_of (fixture, 4);
  text = dup_text (fixture);
  g_assert_cmpstr (text, ==, "https://example.org/");

  /* A conversation that is being made takes along what is there. */
  mz_composer_set_busy (fixture->composer, TRUE);
  g_assert_false (drop (fixture, &file_value));
  chips_of (fixture, 4);
  g_assert_true (is_shown (fixture->composer->problems_box));
}

static void
submit_cb (Fixture *fixture)
{
  fixture->n_submitted++;
}

/* The first message of a conversation that is not there yet. */
static void
test_submit (Fixture       *fixture,
             gconstpointer  data)
{
  MzComposer *composer = fixture->composer;
  g_autoptr (GListStore) list = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) file = make_file (fixture, "one.txt", 10);

  mz_chat_set_draft (fixture->chat, "of the chat");
  mz_composer_set_chat (composer, fixture->gateway, NULL);
  g_assert_true (mz_composer_is_empty (composer));
  g_assert_false (gtk_widget_get_sensitive (composer->card));
  g_signal_connect_swapped (composer, "submit", G_CALLBACK (submit_cb), fixture);
  mz_composer_set_chat (composer, fixture->gateway, NULL);
  g_assert_true (gtk_widget_get_sensitive (composer->card));

  set_text (fixture, "say: first");
  g_list_store_append (list, file);
  mz_composer_add_files (composer, G_LIST_MODEL (list));
  wait_until (!mz_draft_files_get_reading (composer->files));
  g_assert_false (mz_composer_is_empty (composer));
  g_assert_cmpstr (mz_chat_get_draft (fixture->chat), ==, "of the chat");

  g_assert_true (press (fixture, GDK_KEY_Return, 0));
  g_assert_cmpuint (fixture->n_submitted, ==, 1);
  g_assert_cmpuint (fixture->n_sent, ==, 0);
  mz_composer_set_busy (composer, TRUE);
  g_assert_true (press (fixture, GDK_KEY_Return, 0));
  g_assert_cmpuint (fixture->n_submitted, ==, 1);
  mz_composer_set_busy (composer, FALSE);

  mz_composer_move_draft (composer, fixture->chat);
  g_assert_true (mz_composer_is_empty (composer));
  g_assert_cmpstr (mz_chat_get_draft (fixture->chat), ==, "say: first");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (mz_chat_get_attachments (fixture->chat))), ==, 1);
}

/* It grows with its text, and no further than a third of the window. */
static void
test_grow (Fixture       *fixture,
           gconstpointer  data)
{
  GtkWidget *scroller = fixture->composer->text_scroller;
  g_autoptr (GString) lines = g_string_new (NULL);
  int one, max;

  wait_until (gtk_widget_get_height (scroller) > 0);
  settle ();
  one = gtk_widget_get_height (scroller);
  max = gtk_scrolled_window_get_max_content_height (GTK_SCROLLED_WINDOW (scroller));
  g_assert_cmpint (one, <, 60);
  g_assert_cmpint (max, <=, 240);
  g_assert_cmpint (max, >=, 96);

  set_text (fixture, "one\ntwo\nthree\nfour\nfive\nsix");
  wait_until (gtk_widget_get_height (scroller) > one + 20);
  for (guint i = 0; i < 100; i++)
    g_string_append (lines, "line\n");
  set_text (fixture, lines->str);
  wait_until (gtk_widget_get_height (scroller) == max);
  set_text (fixture, "");
  wait_until (gtk_widget_get_height (scroller) == one);
}

static void
test_wrap (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  const int widths[] = { 100, 60, 80, 200, 10 };
  const struct { int x, y; } expected[] = { { 0, 0 }, { 106, 0 }, { 0, 26 }, { 0, 52 }, { 0, 78 } };
  GtkWidget *child;
  int minimum, natural, height;

  g_object_ref_sink (box);
  gtk_widget_set_layout_manager (box, mz_wrap_layout_new (6));
  for (gsize i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      child = gtk_drawing_area_new ();
      gtk_widget_set_size_request (child, widths[i], 20);
      gtk_box_append (GTK_BOX (box), child);
    }
  gtk_widget_measure (box, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (minimum, ==, 200);
  g_assert_cmpint (natural, ==, 450 + 4 * 6);
  gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, natural, NULL, &height, NULL, NULL);
  g_assert_cmpint (height, ==, 20);
  gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, 200, NULL, &height, NULL, NULL);
  g_assert_cmpint (height, ==, 4 * 20 + 3 * 6);

  gtk_widget_size_allocate (box, &(GtkAllocation) { 0, 0, 200, height }, -1);
  child = gtk_widget_get_first_child (box);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++, child = gtk_widget_get_next_sibling (child))
    {
      graphene_rect_t bounds;

      g_assert_true (gtk_widget_compute_bounds (child, box, &bounds));
      g_assert_cmpint ((int) bounds.origin.x, ==, expected[i].x);
      g_assert_cmpint ((int) bounds.origin.y, ==, expected[i].y);
    }
  g_object_unref (box);
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

  g_test_add_func ("/composer/keys", test_keys);
  g_test_add_func ("/composer/wrap", test_wrap);
#define ADD(name, func) g_test_add ("/composer/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("send", test_send);
  ADD ("send-key", test_send_key);
  ADD ("preedit", test_preedit);
  ADD ("draft", test_draft);
  ADD ("stop", test_stop);
  ADD ("stop-action", test_stop_action);
  ADD ("completion", test_completion);
  ADD ("attach", test_attach);
  ADD ("problems", test_problems);
  ADD ("too-long", test_too_long);
  ADD ("paste", test_paste);
  ADD ("drop", test_drop);
  ADD ("submit", test_submit);
  ADD ("grow", test_grow);
#undef ADD

  return g_test_run ();
}
