/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "connection-fixture.h"

#include <string.h>

#include "mz-content.h"
#include "mz-secret.h"
#include "mz-tls-database.h"

typedef gboolean (* Matches) (GtkWidget  *widget,
                              const char *text);

static gboolean
watchdog_cb (gpointer user_data)
{
  g_error ("this did not happen within %d s: %s", WATCHDOG_S, (const char *) user_data);
  return G_SOURCE_REMOVE;
}

GSource *
begin_wait (const char *condition)
{
  GSource *watchdog = g_timeout_source_new_seconds (WATCHDOG_S);

  g_source_set_callback (watchdog, watchdog_cb, (gpointer) condition, NULL);
  g_source_attach (watchdog, NULL);

  return watchdog;
}

void
end_wait (GSource *watchdog)
{
  g_source_destroy (watchdog);
  g_source_unref (watchdog);
}

gboolean
begin_tests (int    *argc,
             char ***argv)
{
  g_test_init (argc, argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return FALSE;
    }

  adw_init ();
  mz_tls_database_install ();
  mz_content_init ();
  mz_connection_init ();

  return TRUE;
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  mz_core_load_finish (MZ_CORE (source), result, &error);
  g_assert_no_error (error);
  fixture->done = TRUE;
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  mz_core_shutdown_finish (MZ_CORE (source), result, &error);
  g_assert_no_error (error);
  fixture->done = TRUE;
}

void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GSettings) settings = g_settings_new ("io.github.moltzer.Moltzer");
  g_autoptr (MzSecretStore) secrets = mz_secret_store_new_memory ();

  g_settings_reset (settings, "gateways");
  fixture->demo = mz_demo_gateway_new ();
  mz_demo_gateway_set_rate (fixture->demo, 100000);

  fixture->core = mz_core_new (settings, secrets);
  mz_core_load_async (fixture->core, NULL, loaded_cb, fixture);
  wait_until (fixture->done);
}

void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  close_window (fixture);
  g_clear_object (&fixture->connected);

  fixture->done = FALSE;
  mz_core_shutdown_async (fixture->core, NULL, shut_down_cb, fixture);
  wait_until (fixture->done);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->core);

  mz_demo_gateway_stop (fixture->demo);
  g_assert_finalize_object (fixture->demo);
}

/* On the port it had before, if it had one. */
void
start_demo (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  mz_demo_gateway_start (fixture->demo, fixture->port, &error);
  g_assert_no_error (error);
  fixture->port = mz_demo_gateway_get_port (fixture->demo);
}

void
stop_demo (Fixture *fixture)
{
  mz_demo_gateway_stop (fixture->demo);
}

void
use_certificate (Fixture    *fixture,
                 const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *certificate_name = g_strconcat (name, ".pem", NULL);
  g_autofree char *key_name = g_strconcat (name, "-key.pem", NULL);
  g_autofree char *certificate_path = g_test_build_filename (G_TEST_DIST, "net", "certs", certificate_name, NULL);
  g_autofree char *key_path = g_test_build_filename (G_TEST_DIST, "net", "certs", key_name, NULL);
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_files (certificate_path, key_path, &error);

  g_assert_no_error (error);
  mz_demo_gateway_set_certificate (fixture->demo, certificate);
}

MzGateway *
add_gateway (Fixture    *fixture,
             const char *address)
{
  g_autoptr (MzGatewayEntry) entry = mz_gateway_entry_new (NULL, address, FALSE);

  return mz_core_add (fixture->core, entry);
}

void
show_window (Fixture   *fixture,
             GtkWindow *window)
{
  fixture->window = window;
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &fixture->window);
  gtk_window_present (window);
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
}

static void
connected_cb (Fixture   *fixture,
              MzGateway *gateway)
{
  g_assert_null (fixture->connected);
  fixture->connected = g_object_ref (gateway);
}

static void
closed_cb (Fixture *fixture)
{
  fixture->n_closed++;
}

void
show_page (Fixture *fixture)
{
  GtkWindow *window = GTK_WINDOW (adw_window_new ());
  GtkWidget *page = mz_connect_page_new (fixture->core);

  g_signal_connect_swapped (page, "connected", G_CALLBACK (connected_cb), fixture);
  g_signal_connect_swapped (page, "closed", G_CALLBACK (closed_cb), fixture);
  adw_window_set_content (ADW_WINDOW (window), page);
  show_window (fixture, window);
}

void
close_window (Fixture *fixture)
{
  if (fixture->window == NULL)
    return;

  gtk_window_destroy (fixture->window);
  wait_until (fixture->window == NULL);
}

static GtkWidget *
find_in (GtkWidget  *widget,
         Matches     matches,
         const char *text)
{
  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (matches (widget, text))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_in (child, matches, text);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static GtkWidget *
find (Matches     matches,
      const char *text)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      GtkWidget *found = find_in (window, matches, text);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
is_button (GtkWidget  *widget,
           const char *text)
{
  return GTK_IS_BUTTON (widget) && (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), text) == 0 ||
                                    g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0);
}

static gboolean
is_row (GtkWidget  *widget,
        const char *text)
{
  return ADW_IS_PREFERENCES_ROW (widget) && g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), text) == 0;
}

static gboolean
is_label (GtkWidget  *widget,
          const char *text)
{
  return GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL;
}

static gboolean
is_type (GtkWidget  *widget,
         const char *text)
{
  return g_strcmp0 (G_OBJECT_TYPE_NAME (widget), text) == 0;
}

GtkWidget *
find_button (const char *label)
{
  return find (is_button, label);
}

GtkWidget *
find_row (const char *title)
{
  return find (is_row, title);
}

GtkWidget *
find_label (const char *part)
{
  return find (is_label, part);
}

GtkWidget *
find_type (GType type)
{
  return find (is_type, g_type_name (type));
}

void
click (const char *label)
{
  GtkWidget *button = find_button (label);

  if (button == NULL)
    g_error ("there is no button “%s”", label);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

void
fill (const char *title,
      const char *text)
{
  GtkWidget *row = find_row (title);

  if (row == NULL)
    g_error ("there is no field “%s”", title);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
}

const char *
text_of (const char *title)
{
  return gtk_editable_get_text (GTK_EDITABLE (find_row (title)));
}

typedef struct
{
  char *text;
  gboolean done;
} Answer;

static void
clipboard_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Answer *answer = user_data;
  g_autoptr (GError) error = NULL;

  answer->text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, &error);
  g_assert_no_error (error);
  answer->done = TRUE;
}

char *
read_clipboard (Fixture *fixture)
{
  Answer answer = { NULL, FALSE };

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (fixture->window)), NULL, clipboard_cb, &answer);
  wait_until (answer.done);

  return answer.text;
}

static void
secret_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Answer *answer = user_data;
  g_autoptr (GError) error = NULL;

  answer->text = mz_secret_store_lookup_finish (MZ_SECRET_STORE (source), result, &error);
  g_assert_no_error (error);
  answer->done = TRUE;
}

static gboolean
is_secret (Fixture      *fixture,
           MzSecretKind  kind,
           const char   *name,
           const char   *expected)
{
  Answer answer = { NULL, FALSE };
  gboolean equal;

  mz_secret_store_lookup_async (mz_core_get_secrets (fixture->core), kind, name, NULL, secret_cb, &answer);
  wait_until (answer.done);
  equal = g_strcmp0 (answer.text, expected) == 0;
  mz_secret_free (answer.text);

  return equal;
}

void
wait_secret (Fixture      *fixture,
             MzSecretKind  kind,
             const char   *name,
             const char   *expected)
{
  wait_until (is_secret (fixture, kind, name, expected));
}
