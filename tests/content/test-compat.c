/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "content-fixture.h"

#include "mz-compat.h"

static const char * const answers[] = { "cancel", "_Keep", "delete", "_Delete", NULL };

typedef struct
{
  GtkWidget *parent;
  gboolean done;
  char *response;
  gpointer pointer;
  GError *error;
} Result;

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Result *got = user_data;

  got->response = mz_compat_ask_finish (got->parent, result);
  got->done = TRUE;
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Result *got = user_data;

  got->pointer = mz_compat_open_files_finish (GTK_WINDOW (got->parent), result, &got->error);
  got->done = TRUE;
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Result *got = user_data;

  got->pointer = mz_compat_save_file_finish (GTK_WINDOW (got->parent), result, &got->error);
  got->done = TRUE;
}

static GtkWidget *
find_anywhere (const char *text)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      GtkWidget *found = find (window, is_label, text);

      if (found != NULL && gtk_widget_get_mapped (found))
        return found;
    }

  return NULL;
}

static void
ask (Result       *result,
     GtkWidget    *parent,
     GCancellable *cancellable)
{
  *result = (Result) { .parent = parent };
  mz_compat_ask_async (parent, "Delete it?", "It is <b>gone</b> then.", gtk_entry_new (), answers, NULL, "delete", "cancel",
                       cancellable, asked_cb, result);
  wait_until (find_anywhere ("Delete") != NULL);
  /* Text is text. */
  g_assert_nonnull (find_anywhere ("It is <b>gone</b> then."));
  g_assert_false (result->done);
}

static void
click (const char *text)
{
  g_signal_emit_by_name (gtk_widget_get_ancestor (find_anywhere (text), GTK_TYPE_BUTTON), "clicked");
}

static void
test_ask (void)
{
  GtkWidget *parent = gtk_label_new ("parent");
  GtkWidget *window = show (parent, 700);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Result result;

  ask (&result, parent, NULL);
  click ("Delete");
  wait_until (result.done);
  g_assert_cmpstr (result.response, ==, "delete");
  g_free (result.response);

  ask (&result, parent, cancellable);
  click ("Keep");
  wait_until (result.done);
  g_assert_cmpstr (result.response, ==, "cancel");
  g_free (result.response);
  wait_until (find_anywhere ("Delete") == NULL);

  /* Without an answer it is "cancel". */
  ask (&result, parent, cancellable);
  g_cancellable_cancel (cancellable);
  wait_until (result.done);
  g_assert_cmpstr (result.response, ==, "cancel");
  g_free (result.response);
  wait_until (find_anywhere ("Delete") == NULL);

  ask (&result, parent, NULL);
  g_object_ref (parent);
  destroy_window (window);
  wait_until (result.done);
  g_assert_cmpstr (result.response, ==, "cancel");
  g_free (result.response);
  g_object_unref (parent);
}

static void
asked_and_closed_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  Result *got = user_data;

  asked_cb (source, result, user_data);
  gtk_window_destroy (GTK_WINDOW (got->parent));
}

/* As a person does it: in a turn of the main loop, in which the answer comes at once. */
static gboolean
click_delete_cb (gpointer user_data)
{
  click ("Delete");
  return G_SOURCE_REMOVE;
}

/* The answer may be the end of the window that asked, while its question is still closing. */
static void
test_ask_and_close (void)
{
  Result result = { .parent = gtk_window_new () };
  gpointer parent = result.parent;

  g_object_add_weak_pointer (parent, &parent);
  gtk_window_present (GTK_WINDOW (result.parent));
  mz_compat_ask_async (result.parent, "Close it?", NULL, NULL, answers, NULL, "delete", "cancel", NULL, asked_and_closed_cb, &result);
  wait_until (find_anywhere ("Delete") != NULL);
  g_timeout_add (1, click_delete_cb, NULL);
  wait_until (result.done && parent == NULL);
  g_assert_cmpstr (result.response, ==, "delete");
  g_free (result.response);
  wait_until (find_anywhere ("Delete") == NULL);
}

static void
test_files (void)
{
  GtkWidget *window = show (gtk_label_new ("parent"), 700);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Result result = { .parent = window };

  mz_compat_open_files_async (GTK_WINDOW (window), "Open", cancellable, opened_cb, &result);
  wait_frames (window, 2);
  g_assert_false (result.done);
  g_cancellable_cancel (cancellable);
  wait_until (result.done);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (result.pointer);
  g_clear_error (&result.error);

  result.done = FALSE;
  g_cancellable_reset (cancellable);
  mz_compat_save_file_async (GTK_WINDOW (window), "Save", "a/b:c.txt", cancellable, saved_cb, &result);
  wait_frames (window, 2);
  g_assert_false (result.done);
  g_cancellable_cancel (cancellable);
  wait_until (result.done);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (result.pointer);
  g_clear_error (&result.error);

  destroy_window (window);
}

static void
test_rest (void)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  GtkWidget *window = show (button, 300);
  g_autofree char *toolkit = mz_compat_toolkit ();

  g_assert_true (g_str_has_prefix (toolkit, "GTK 4."));
  g_assert_nonnull (strstr (toolkit, "libadwaita 1."));
  mz_compat_set_label (button, "Copy");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "Copy");
  mz_compat_announce (button, "Something happened");
  g_object_set (gtk_widget_get_settings (button), "gtk-enable-animations", FALSE, NULL);
  g_assert_false (mz_compat_wants_motion (button));
  g_object_set (gtk_widget_get_settings (button), "gtk-enable-animations", TRUE, NULL);
  g_assert_true (mz_compat_wants_motion (button));
  /* Nothing is opened. */
  mz_compat_open_uri (button, "javascript:alert(1)");
  mz_compat_open_uri (button, "file:///etc/passwd");
  mz_compat_open_uri (button, NULL);
  mz_compat_show_about (GTK_WINDOW (window), "0.1");
  wait_until (find_anywhere ("Moltzer") != NULL);

  destroy_window (window);
}

int
main (int   argc,
      char *argv[])
{
  if (!content_init ())
    return 0;
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/compat/ask", test_ask);
  g_test_add_func ("/compat/ask-and-close", test_ask_and_close);
  g_test_add_func ("/compat/files", test_files);
  g_test_add_func ("/compat/rest", test_rest);

  return g_test_run ();
}
