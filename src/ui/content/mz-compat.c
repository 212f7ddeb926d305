/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-compat.h"

#include <glib/gi18n.h>

#include "mz-markdown.h"

/* The floor's MAX_ALLOWED marks all that is newer as deprecated; here, and only here, it is used behind a check. */
#define NEWER_BEGIN G_GNUC_BEGIN_IGNORE_DEPRECATIONS
#define NEWER_END   G_GNUC_END_IGNORE_DEPRECATIONS

#define CANCEL "cancel"

/* ---- files ---- */

#if GTK_CHECK_VERSION (4, 10, 0)

/* Closing the dialog is an answer, not an error. */
static void
return_files_error (GTask  *task,
                    GError *error)
{
  NEWER_BEGIN
  if (g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    g_task_return_pointer (task, NULL, NULL);
  else if (g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", _("Cancelled"));
  else
    g_task_return_error (task, g_error_copy (error));
  NEWER_END
}

static void
open_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GListModel *files;

  NEWER_BEGIN
  files = gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, &error);
  NEWER_END

  if (files != NULL)
    g_task_return_pointer (task, files, g_object_unref);
  else
    return_files_error (task, error);
}

static void
save_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GFile *file;

  NEWER_BEGIN
  file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, &error);
  NEWER_END

  if (file != NULL)
    g_task_return_pointer (task, file, g_object_unref);
  else
    return_files_error (task, error);
}

static void
choose_files (GTask      *task,
              GtkWindow  *parent,
              const char *title,
              const char *name)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  GtkFileDialog *dialog;

  NEWER_BEGIN
  dialog = gtk_file_dialog_new ();
  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_set_modal (dialog, TRUE);
  if (name != NULL)
    {
      gtk_file_dialog_set_initial_name (dialog, name);
      gtk_file_dialog_save (dialog, parent, cancellable, save_cb, g_object_ref (task));
    }
  else
    {
      gtk_file_dialog_open_multiple (dialog, parent, cancellable, open_cb, g_object_ref (task));
    }
  NEWER_END
  g_object_unref (dialog);
}

#else

typedef struct
{
  GtkNativeDialog *dialog;
  GSource *cancel_source;
  gulong response_handler;
} Chooser;

static void
chooser_free (gpointer data)
{
  Chooser *chooser = data;

  if (chooser->cancel_source != NULL)
    g_source_destroy (chooser->cancel_source);
  g_clear_pointer (&chooser->cancel_source, g_source_unref);
  g_clear_signal_handler (&chooser->response_handler, chooser->dialog);
  gtk_native_dialog_destroy (chooser->dialog);
  g_object_unref (chooser->dialog);
  g_free (chooser);
}

/* The task is kept by its handlers; the answer lets them go, and with them the dialog. */
static void
chooser_release (GTask *task)
{
  g_task_set_task_data (task, NULL, NULL);
  g_object_unref (task);
}

static void
chooser_response_cb (GtkNativeDialog *dialog,
                     int              response,
                     gpointer         user_data)
{
  g_autoptr (GTask) task = g_object_ref (G_TASK (user_data));
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);

  if (response != GTK_RESPONSE_ACCEPT)
    g_task_return_pointer (task, NULL, NULL);
  else if (gtk_file_chooser_get_action (chooser) == GTK_FILE_CHOOSER_ACTION_SAVE)
    g_task_return_pointer (task, gtk_file_chooser_get_file (chooser), g_object_unref);
  else
    g_task_return_pointer (task, gtk_file_chooser_get_files (chooser), g_object_unref);

  chooser_release (task);
}

static gboolean
chooser_cancelled_cb (GCancellable *cancellable,
                      gpointer      user_data)
{
  g_autoptr (GTask) task = g_object_ref (G_TASK (user_data));

  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", _("Cancelled"));
  chooser_release (task);

  return G_SOURCE_REMOVE;
}

static void
choose_files (GTask      *task,
              GtkWindow  *parent,
              const char *title,
              const char *name)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  gboolean save = name != NULL;
  Chooser *chooser = g_new0 (Chooser, 1);
  GtkFileChooserNative *native;

  native = gtk_file_chooser_native_new (title, parent,
                                        save ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN,
                                        NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (native), TRUE);
  if (save)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (native), name);
  else
    gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (native), TRUE);

  chooser->dialog = GTK_NATIVE_DIALOG (native);
  chooser->response_handler = g_signal_connect (native, "response", G_CALLBACK (chooser_response_cb), task);
  if (cancellable != NULL)
    {
      chooser->cancel_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (chooser->cancel_source, G_SOURCE_FUNC (chooser_cancelled_cb), task, NULL);
      g_source_attach (chooser->cancel_source, NULL);
    }
  g_task_set_task_data (task, chooser, chooser_free);
  g_object_ref (task);

  gtk_native_dialog_show (chooser->dialog);
}

#endif

/**
 * mz_compat_open_files_async:
 * @parent: (nullable): the window it belongs to
 * @title: what the files are for
 * @cancellable: (nullable): closes the dialog
 * @callback: called when the person chose or closed it
 * @user_data: data for @callback
 *
 * Lets the person choose files to open.
 */
void
mz_compat_open_files_async (GtkWindow           *parent,
                            const char          *title,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (parent == NULL || GTK_IS_WINDOW (parent));

  task = g_task_new (parent, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_compat_open_files_async);
  choose_files (task, parent, title, NULL);
}

/**
 * mz_compat_open_files_finish:
 *
 * Returns: (transfer full) (nullable): a #GListModel of #GFile; %NULL without an error when the person closed it
 */
GListModel *
mz_compat_open_files_finish (GtkWindow     *parent,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, parent), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mz_compat_save_file_async:
 * @parent: (nullable): the window it belongs to
 * @title: what is saved
 * @name: (nullable): the name that is proposed; what no file name may have in it becomes "_"
 * @cancellable: (nullable): closes the dialog
 * @callback: called when the person chose or closed it
 * @user_data: data for @callback
 *
 * Lets the person choose where to save something.
 */
void
mz_compat_save_file_async (GtkWindow           *parent,
                           const char          *title,
                           const char          *name,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *base = NULL;

  g_return_if_fail (parent == NULL || GTK_IS_WINDOW (parent));

  base = g_strdup (name == NULL ? "" : name);
  g_strdelimit (base, "/\\:*?\"<>|\r\n\t", '_');

  task = g_task_new (parent, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_compat_save_file_async);
  choose_files (task, parent, title, base);
}

/**
 * mz_compat_save_file_finish:
 *
 * Returns: (transfer full) (nullable): where to save; %NULL without an error when the person closed it
 */
GFile *
mz_compat_save_file_finish (GtkWindow     *parent,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, parent), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- links ---- */

static void
tell_open_failed (GtkWidget *widget)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay),
                                 adw_toast_new (_("No program opened the link. Copy it into a browser.")));
}

static void
open_uri_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GtkWidget) widget = user_data;
  g_autoptr (GError) error = NULL;
  gboolean opened;

#if GTK_CHECK_VERSION (4, 10, 0)
  NEWER_BEGIN
  opened = gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (source), result, &error) ||
           g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED);
  NEWER_END
#else
  opened = gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error);
#endif

  if (opened || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_debug ("A link was not opened: %s", error->message);
  tell_open_failed (widget);
}

/**
 * mz_compat_open_uri:
 * @widget: what was clicked
 * @uri: the link
 *
 * Opens a link in the person's own program; only what mz_markdown_link_is_safe() lets through.
 */
void
mz_compat_open_uri (GtkWidget  *widget,
                    const char *uri)
{
  GtkRoot *root;

  g_return_if_fail (GTK_IS_WIDGET (widget));

  if (uri == NULL || !mz_markdown_link_is_safe (uri))
    return;
  root = gtk_widget_get_root (widget);
  if (!GTK_IS_WINDOW (root))
    return;

#if GTK_CHECK_VERSION (4, 10, 0)
  NEWER_BEGIN
  {
    g_autoptr (GtkUriLauncher) launcher = gtk_uri_launcher_new (uri);

    gtk_uri_launcher_launch (launcher, GTK_WINDOW (root), NULL, open_uri_cb, g_object_ref (widget));
  }
  NEWER_END
#else
  gtk_show_uri_full (GTK_WINDOW (root), uri, GDK_CURRENT_TIME, NULL, open_uri_cb, g_object_ref (widget));
#endif
}

/* ---- screen readers ---- */

/**
 * mz_compat_announce:
 * @widget: where it happened
 * @text: what to say
 *
 * Says @text to a screen reader, from GTK 4.14 on. Elsewhere it does nothing: the text must stand in a label as well.
 */
void
mz_compat_announce (GtkWidget  *widget,
                    const char *text)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (text != NULL);

#if GTK_CHECK_VERSION (4, 14, 0)
  NEWER_BEGIN
  gtk_accessible_announce (GTK_ACCESSIBLE (widget), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  NEWER_END
#endif
}

/**
 * mz_compat_set_label:
 * @widget: an icon button, or another widget without a text of its own
 * @label: its name
 *
 * Names @widget for screen readers and in a tooltip.
 */
void
mz_compat_set_label (GtkWidget  *widget,
                     const char *label)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  gtk_widget_set_tooltip_text (widget, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* ---- questions ---- */

typedef struct
{
  GtkWindow *dialog;            /* the older kind's; weak */
  GSource *cancel_source;
  gboolean answered;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->cancel_source != NULL)
    g_source_destroy (question->cancel_source);
  g_clear_pointer (&question->cancel_source, g_source_unref);
  g_clear_weak_pointer (&question->dialog);
  g_free (question);
}

static void
ask_answer (GTask      *task,
            const char *response)
{
  Question *question = g_task_get_task_data (task);

  if (question->answered)
    return;

  question->answered = TRUE;
  g_task_return_pointer (task, g_strdup (response), g_free);
}

#if ADW_CHECK_VERSION (1, 5, 0)

static void
ask_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  NEWER_BEGIN
  ask_answer (task, adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result));
  NEWER_END
}

/* The dialog lies in the window, and goes with it without an answer. */
static void
ask_root_destroy_cb (GtkWidget *root,
                     gpointer   user_data)
{
  ask_answer (G_TASK (user_data), CANCEL);
}

static void
ask (GTask              *task,
     GtkWidget          *parent,
     const char         *heading,
     const char         *body,
     GtkWidget          *child,
     const char * const *answers,
     const char         *suggested,
     const char         *destructive,
     const char         *initial)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  AdwAlertDialog *dialog;

  NEWER_BEGIN
  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, body));
  for (gsize i = 0; answers[i] != NULL; i += 2)
    adw_alert_dialog_add_response (dialog, answers[i], answers[i + 1]);
  if (suggested != NULL)
    adw_alert_dialog_set_response_appearance (dialog, suggested, ADW_RESPONSE_SUGGESTED);
  if (destructive != NULL)
    adw_alert_dialog_set_response_appearance (dialog, destructive, ADW_RESPONSE_DESTRUCTIVE);
  if (initial != NULL)
    adw_alert_dialog_set_default_response (dialog, initial);
  adw_alert_dialog_set_close_response (dialog, CANCEL);
  if (child != NULL)
    adw_alert_dialog_set_extra_child (dialog, child);
  adw_alert_dialog_choose (dialog, parent, g_task_get_cancellable (task), ask_cb, g_object_ref (task));
  NEWER_END

  if (root != NULL)
    g_signal_connect_object (root, "destroy", G_CALLBACK (ask_root_destroy_cb), task, 0);
}

#else

/* The task is kept by the dialog's handlers; the first answer lets it go. */
static void
ask_release (GTask      *task,
             const char *response)
{
  Question *question = g_task_get_task_data (task);

  if (question->answered)
    return;

  if (question->dialog != NULL)
    g_signal_handlers_disconnect_by_data (question->dialog, task);
  ask_answer (task, response);
  if (question->cancel_source != NULL)
    g_source_destroy (question->cancel_source);
  g_object_unref (task);
}

static void
ask_response_cb (AdwMessageDialog *dialog,
                 const char       *response,
                 gpointer          user_data)
{
  /* Whoever gets the answer may destroy the parent at once, and GTK 4.8 would go on pointing to it until the dialog is finalized, which is later. */
  gtk_window_set_transient_for (GTK_WINDOW (dialog), NULL);
  ask_release (G_TASK (user_data), response);
}

/* The dialog goes with its parent without an answer. */
static void
ask_root_destroy_cb (GtkWidget *root,
                     gpointer   user_data)
{
  ask_release (G_TASK (user_data), CANCEL);
}

static gboolean
ask_cancelled_cb (GCancellable *cancellable,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = g_object_ref (G_TASK (user_data));
  Question *question = g_task_get_task_data (task);

  ask_release (task, CANCEL);
  if (question->dialog != NULL)
    gtk_window_destroy (question->dialog);

  return G_SOURCE_REMOVE;
}

static void
ask (GTask              *task,
     GtkWidget          *parent,
     const char         *heading,
     const char         *body,
     GtkWidget          *child,
     const char * const *answers,
     const char         *suggested,
     const char         *destructive,
     const char         *initial)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GCancellable *cancellable = g_task_get_cancellable (task);
  Question *question = g_task_get_task_data (task);
  AdwMessageDialog *dialog;

  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, body));
  for (gsize i = 0; answers[i] != NULL; i += 2)
    adw_message_dialog_add_response (dialog, answers[i], answers[i + 1]);
  if (suggested != NULL)
    adw_message_dialog_set_response_appearance (dialog, suggested, ADW_RESPONSE_SUGGESTED);
  if (destructive != NULL)
    adw_message_dialog_set_response_appearance (dialog, destructive, ADW_RESPONSE_DESTRUCTIVE);
  if (initial != NULL)
    adw_message_dialog_set_default_response (dialog, initial);
  adw_message_dialog_set_close_response (dialog, CANCEL);
  if (child != NULL)
    adw_message_dialog_set_extra_child (dialog, child);

  g_set_weak_pointer (&question->dialog, GTK_WINDOW (dialog));
  g_object_ref (task);
  g_signal_connect (dialog, "response", G_CALLBACK (ask_response_cb), task);
  if (root != NULL)
    g_signal_connect_object (root, "destroy", G_CALLBACK (ask_root_destroy_cb), task, 0);
  if (cancellable != NULL)
    {
      question->cancel_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (question->cancel_source, G_SOURCE_FUNC (ask_cancelled_cb), task, NULL);
      g_source_attach (question->cancel_source, NULL);
    }

  gtk_window_present (GTK_WINDOW (dialog));
}

#endif

/**
 * mz_compat_ask_async:
 * @parent: the widget that asks
 * @heading: the question
 * @body: (nullable): what follows from the answers
 * @child: (nullable): a widget below the body
 * @answers: id, label, id, label, …, %NULL; labels may have mnemonics
 * @suggested: (nullable): the id of the answer that is proposed
 * @destructive: (nullable): the id of the answer that destroys something
 * @initial: (nullable): the id of the answer that Enter gives
 * @cancellable: (nullable): closes the question
 * @callback: called with the answer
 * @user_data: data for @callback
 *
 * Asks the person a question. Closing it gives "cancel".
 */
void
mz_compat_ask_async (GtkWidget           *parent,
                     const char          *heading,
                     const char          *body,
                     GtkWidget           *child,
                     const char * const  *answers,
                     const char          *suggested,
                     const char          *destructive,
                     const char          *initial,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GTK_IS_WIDGET (parent));
  g_return_if_fail (answers != NULL);

  task = g_task_new (parent, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_compat_ask_async);
  /* A cancelled question is an answer: "cancel". */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_new0 (Question, 1), question_free);
  ask (task, parent, heading, body, child, answers, suggested, destructive, initial);
}

/**
 * mz_compat_ask_finish:
 *
 * Returns: (transfer full): the answer's id, "cancel" when it was closed
 */
char *
mz_compat_ask_finish (GtkWidget    *parent,
                      GAsyncResult *result)
{
  char *response;

  g_return_val_if_fail (g_task_is_valid (result, parent), NULL);

  response = g_task_propagate_pointer (G_TASK (result), NULL);

  return response != NULL ? response : g_strdup (CANCEL);
}

/* ---- about ---- */

/**
 * mz_compat_show_about:
 * @parent: (nullable): the window it belongs to
 * @version: the program's version
 *
 * Shows what this program is.
 */
void
mz_compat_show_about (GtkWindow  *parent,
                      const char *version)
{
  const char *developers[] = { "The Moltzer contributors", NULL };

#if ADW_CHECK_VERSION (1, 5, 0)
  NEWER_BEGIN
  adw_show_about_dialog (GTK_WIDGET (parent),
#else
  adw_show_about_window (parent,
#endif
                         "application-name", "Moltzer",
                         "application-icon", MZ_APP_ID,
                         "version", version,
                         "comments", _("A native client for agent gateways"),
                         "developers", developers,
                         "copyright", _("© The Moltzer contributors"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         /* Translators: put your name here; it is shown in the About window. */
                         "translator-credits", _("translator-credits"),
                         NULL);
#if ADW_CHECK_VERSION (1, 5, 0)
  NEWER_END
#endif
}

/* ---- the toolkit ---- */

/**
 * mz_compat_toolkit:
 *
 * Returns: (transfer full): what a report says of the toolkit: "GTK 4.8.3, libadwaita 1.2.2, X11"
 */
char *
mz_compat_toolkit (void)
{
  GdkDisplay *display = gdk_display_get_default ();
  g_autofree char *backend = NULL;

  if (display != NULL)
    {
      /* GdkX11Display, GdkWaylandDisplay, GdkWin32Display */
      const char *name = G_OBJECT_TYPE_NAME (display);

      if (g_str_has_prefix (name, "Gdk") && g_str_has_suffix (name, "Display"))
        backend = g_strndup (name + 3, strlen (name) - 3 - strlen ("Display"));
      else
        backend = g_strdup (name);
    }

  return g_strdup_printf ("GTK %u.%u.%u, libadwaita %u.%u.%u, %s",
                          gtk_get_major_version (), gtk_get_minor_version (), gtk_get_micro_version (),
                          adw_get_major_version (), adw_get_minor_version (), adw_get_micro_version (),
                          backend != NULL ? backend : _("no display"));
}

/**
 * mz_compat_wants_motion:
 * @widget: a widget
 *
 * Returns: whether animations are wanted on the display of @widget
 */
gboolean
mz_compat_wants_motion (GtkWidget *widget)
{
  gboolean enabled = TRUE;

  g_return_val_if_fail (GTK_IS_WIDGET (widget), TRUE);

  g_object_get (gtk_widget_get_settings (widget), "gtk-enable-animations", &enabled, NULL);

  return enabled;
}
