/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "composer-fixture.h"

#include <glib/gstdio.h>

#include "mz-conversation.h"
#include "mz-content.h"

static gboolean
watchdog_cb (gpointer data)
{
  g_error ("this did not happen within %d s: %s", WATCHDOG_S, (const char *) data);
  return G_SOURCE_REMOVE;
}

GSource *
watchdog_new (const char *condition)
{
  GSource *source = g_timeout_source_new_seconds (WATCHDOG_S);

  g_source_set_callback (source, watchdog_cb, (gpointer) condition, NULL);
  g_source_attach (source, NULL);
  return source;
}

/* A gateway that is ready, with its commands. */
void
set_up_gateway (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->demo = mz_demo_gateway_new ();
  mz_demo_gateway_set_rate (fixture->demo, 100000);
  mz_demo_gateway_start (fixture->demo, 0, &error);
  g_assert_no_error (error);
  fixture->secrets = mz_secret_store_new_memory ();
  fixture->identity = mz_identity_new_random (&error);
  g_assert_no_error (error);
  fixture->entry = mz_gateway_entry_new (NULL, mz_demo_gateway_get_url (fixture->demo), FALSE);
  mz_gateway_entry_set_name (fixture->entry, "Home");
  fixture->gateway = mz_gateway_new (fixture->entry, fixture->identity, fixture->secrets);
  mz_gateway_connect (fixture->gateway);
  wait_until (mz_gateway_get_state (fixture->gateway) == MZ_CLIENT_READY);
  wait_until (g_list_model_get_n_items (mz_gateway_get_commands (fixture->gateway)) > 0);
  fixture->chat = mz_gateway_open_chat (fixture->gateway, "main");

  fixture->folder = g_dir_make_tmp ("composer-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
sent_cb (Fixture *fixture)
{
  fixture->n_sent++;
}

void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  static gsize initialized;

  set_up_gateway (fixture, data);
  if (g_once_init_enter (&initialized))
    {
      mz_content_init ();
      mz_conversation_init_types ();
      g_once_init_leave (&initialized, 1);
    }

  fixture->settings = g_settings_new ("io.github.moltzer.Moltzer");
  fixture->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (fixture->window, 600, 600);
  fixture->composer = MZ_COMPOSER (mz_composer_new (fixture->settings));
  gtk_widget_set_valign (GTK_WIDGET (fixture->composer), GTK_ALIGN_END);
  fixture->buffer = gtk_text_view_get_buffer (fixture->composer->text_view);
  g_signal_connect_swapped (fixture->composer, "sent", G_CALLBACK (sent_cb), fixture);
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->composer));
  mz_composer_set_chat (fixture->composer, fixture->gateway, fixture->chat);
  gtk_window_present (fixture->window);
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->composer)));
  mz_composer_grab_text (fixture->composer);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      g_remove (child);
    }
  g_rmdir (path);
}

static void
shutdown_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  *(gboolean *) data = TRUE;
}

void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gboolean done = FALSE;

  if (fixture->window != NULL)
    {
      gpointer composer = fixture->composer;

      g_object_add_weak_pointer (G_OBJECT (fixture->composer), &composer);
      gtk_window_destroy (fixture->window);
      wait_until (composer == NULL);
    }
  mz_gateway_shutdown_async (fixture->gateway, NULL, shutdown_cb, &done);
  wait_until (done);
  settle ();
  g_clear_object (&fixture->chat);
  g_assert_finalize_object (fixture->gateway);
  mz_demo_gateway_stop (fixture->demo);
  g_clear_object (&fixture->demo);
  g_clear_object (&fixture->entry);
  g_clear_object (&fixture->identity);
  g_clear_object (&fixture->secrets);
  if (fixture->settings != NULL)
    g_settings_reset (fixture->settings, "send-key");
  g_clear_object (&fixture->settings);
  remove_folder (fixture->folder);
  g_free (fixture->folder);
}

/* (transfer full): a file of @size bytes of text */
GFile *
make_file (Fixture    *fixture,
           const char *name,
           gsize       size)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *content = g_strnfill (size, 'x');
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, size, &error);
  g_assert_no_error (error);
  return g_file_new_for_path (path);
}

static gboolean
settled_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Everything that was ready to be done is done. */
void
settle (void)
{
  gboolean settled = FALSE;

  g_idle_add_full (G_PRIORITY_LOW, settled_cb, &settled, NULL);
  wait_until (settled);
}

char *
dup_text (Fixture *fixture)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (fixture->buffer, &start, &end);
  return gtk_text_buffer_get_text (fixture->buffer, &start, &end, TRUE);
}

void
set_text (Fixture    *fixture,
          const char *text)
{
  gtk_text_buffer_set_text (fixture->buffer, text, -1);
}

/* Whether the composer took it; otherwise the text would. */
gboolean
press (Fixture         *fixture,
       guint            keyval,
       GdkModifierType  state)
{
  gboolean taken = FALSE;

  g_signal_emit_by_name (fixture->composer->key_controller, "key-pressed", keyval, 0, state, &taken);
  return taken;
}

guint
count_rows (Fixture    *fixture,
            const char *text)
{
  GListModel *rows = G_LIST_MODEL (mz_chat_get_timeline (fixture->chat));
  guint n_found = 0;

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (rows, i);

      if (mz_message_get_kind (row) == MZ_MESSAGE_USER && g_strcmp0 (mz_message_get_text (row), text) == 0)
        n_found++;
    }
  return n_found;
}
