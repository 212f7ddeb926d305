/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer"

#include "config.h"

#include "mz-export-bar.h"

#include <glib/gi18n.h>

#include "mz-compat.h"
#include "mz-export-dialog.h"
#include "mz-save.h"

/* What takes no longer is done before it was seen. */
#define SHOW_MS 300

/* One conversation on its way into a file. */
typedef struct
{
  MzExportBar *bar;
  MzGateway *gateway;
  char *key;
  char *title; /* (nullable): the gateway's list does not have it */
  MzExportOptions options;
  GFile *file; /* (nullable): before it is chosen */
} Job;

struct _MzExportBar
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkLabel *text;
  GtkProgressBar *progress;
  GtkWidget *again;
  GtkWidget *close;
  GtkWidget *cancel;

  MzExportOptions options;    /* the last that were chosen */
  GCancellable *questions;    /* cancelled with the widget */
  GCancellable *cancellable;  /* (nullable): of the export under way */
  Job *failed;                /* (nullable): what "Try again" would do */
  guint show_id;
};

G_DEFINE_FINAL_TYPE (MzExportBar, mz_export_bar, GTK_TYPE_WIDGET)

static Job *
job_new (MzExportBar *self,
         MzGateway   *gateway,
         const char  *key)
{
  MzSessionList *sessions = mz_gateway_get_sessions (gateway);
  MzSessionRow *row = sessions != NULL ? mz_session_list_lookup (sessions, key) : NULL;
  Job *job = g_new0 (Job, 1);

  job->bar = g_object_ref (self);
  job->gateway = g_object_ref (gateway);
  job->key = g_strdup (key);
  job->title = row != NULL ? g_strdup (mz_session_row_get_title (row)) : NULL;

  return job;
}

static void
job_free (Job *job)
{
  g_object_unref (job->bar);
  g_object_unref (job->gateway);
  g_clear_object (&job->file);
  g_free (job->key);
  g_free (job->title);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static void
show_toast (MzExportBar *self,
            const char  *text)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  /* Titles of toasts are markup. */
  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), adw_toast_new (escaped));
}

static const char *
get_name (Job *job)
{
  return job->title != NULL ? job->title : _("Conversation");
}

static void
hide_bar (MzExportBar *self)
{
  g_clear_handle_id (&self->show_id, g_source_remove);
  g_clear_object (&self->cancellable);
  if (self->revealer != NULL)
    gtk_revealer_set_reveal_child (self->revealer, FALSE);
}

static gboolean
show_cb (gpointer user_data)
{
  MzExportBar *self = user_data;

  self->show_id = 0;
  gtk_revealer_set_reveal_child (self->revealer, TRUE);

  return G_SOURCE_REMOVE;
}

/* What the bar is: how far it is, or what went wrong. */
static void
set_failed (MzExportBar *self,
            Job         *failed)
{
  g_clear_pointer (&self->failed, job_free);
  self->failed = failed;
  gtk_widget_set_visible (GTK_WIDGET (self->progress), failed == NULL);
  gtk_widget_set_visible (self->cancel, failed == NULL);
  gtk_widget_set_visible (self->again, failed != NULL);
  gtk_widget_set_visible (self->close, failed != NULL);
}

/* A toast would cut the reason short, and go before it was read. */
static void
show_failure (Job          *job,
              const GError *error)
{
  MzExportBar *self = job->bar;
  gboolean is_file = error->domain == G_IO_ERROR && !mz_gateway_error_is_no_connection (error);
  g_autofree char *reason = NULL;
  g_autofree char *text = NULL;
  Job *again;

  /* The window is gone. */
  if (self->revealer == NULL)
    return;

  if (is_file)
    reason = mz_save_describe_error (error);
  else if (mz_gateway_error_is_no_connection (error))
    reason = g_strdup (_("The connection was lost. Try again when it is back."));
  else
    reason = g_strdup (error->message);

  /* Translators: a title, and what went wrong. */
  text = g_strdup_printf (_("“%s” was not exported. %s"), get_name (job), reason);

  /* To a place that did not take it, it would not go the second time either: it is asked for anew. */
  again = job_new (self, job->gateway, job->key);
  again->options = job->options;
  if (!is_file)
    g_set_object (&again->file, job->file);
  set_failed (self, again);
  gtk_button_set_label (GTK_BUTTON (self->again), is_file ? _("Export…") : _("Try again"));
  gtk_label_set_text (self->text, text);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
  mz_compat_announce (GTK_WIDGET (self), text);
}

static void
again_cb (MzExportBar *self)
{
  g_autoptr (Job) job = g_steal_pointer (&self->failed);

  if (job == NULL)
    return;

  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  mz_export_bar_start (self, job->gateway, job->key, &job->options, job->file);
}

static void
close_cb (MzExportBar *self)
{
  g_clear_pointer (&self->failed, job_free);
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
}

static void
exported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Job) job = user_data;
  g_autoptr (GError) error = NULL;
  gint64 n_rows = mz_export_finish (MZ_CLIENT (source), result, &error);
  g_autofree char *text = NULL;

  hide_bar (job->bar);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      show_toast (job->bar, _("Export cancelled: nothing was written."));
      return;
    }
  if (n_rows < 0)
    {
      show_failure (job, error);
      return;
    }

  text = g_strdup_printf (_("“%s” exported"), get_name (job));
  show_toast (job->bar, text);
}

static void
progress_cb (double   fraction,
             gint64   n_messages,
             gpointer user_data)
{
  Job *job = user_data;
  MzExportBar *self = job->bar;

  if (self->progress == NULL)
    return;

  if (fraction < 0)
    gtk_progress_bar_pulse (self->progress);
  else
    gtk_progress_bar_set_fraction (self->progress, fraction);
}

static void
start (Job *job)
{
  MzExportBar *self = job->bar;
  MzClient *client = mz_gateway_get_client (job->gateway);
  g_autofree char *text = g_strdup_printf (_("Exporting “%s”…"), get_name (job));

  if (client == NULL || mz_gateway_get_state (job->gateway) != MZ_CLIENT_READY)
    {
      g_autoptr (Job) owned = job;
      g_autoptr (GError) error = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED, "Not connected");

      show_failure (owned, error);
      return;
    }

  set_failed (self, NULL);
  gtk_label_set_text (self->text, text);
  gtk_progress_bar_set_fraction (self->progress, 0);
  self->cancellable = g_cancellable_new ();
  self->show_id = g_timeout_add (SHOW_MS, show_cb, self);
  mz_export_to_file_async (client, job->key, job->title, &job->options, job->file, progress_cb, job, self->cancellable, exported_cb, job);
}

static void
file_chosen_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (Job) job = user_data;
  g_autoptr (GError) error = NULL;

  job->file = mz_compat_save_file_finish (GTK_WINDOW (source), result, &error);
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_failure (job, error);
  else if (job->file != NULL && job->bar->cancellable == NULL && job->bar->revealer != NULL)
    start (g_steal_pointer (&job));
}

static void
options_chosen_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (Job) job = user_data;
  MzExportBar *self = job->bar;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *name = NULL;

  if (!mz_export_dialog_ask_finish (GTK_WIDGET (source), result, &job->options) || !GTK_IS_WINDOW (root))
    return;

  self->options = job->options;
  name = mz_export_file_name (job->title, job->options.format);
  mz_compat_save_file_async (GTK_WINDOW (root), _("Export conversation"), name, self->questions, file_chosen_cb, g_steal_pointer (&job));
}

static void
cancel_cb (MzExportBar *self)
{
  g_cancellable_cancel (self->cancellable);
}

static void
mz_export_bar_dispose (GObject *object)
{
  MzExportBar *self = MZ_EXPORT_BAR (object);

  g_cancellable_cancel (self->questions);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->show_id, g_source_remove);
  g_clear_pointer (&self->failed, job_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_EXPORT_BAR);

  G_OBJECT_CLASS (mz_export_bar_parent_class)->dispose (object);
}

static void
mz_export_bar_finalize (GObject *object)
{
  MzExportBar *self = MZ_EXPORT_BAR (object);

  g_clear_object (&self->questions);

  G_OBJECT_CLASS (mz_export_bar_parent_class)->finalize (object);
}

static void
mz_export_bar_class_init (MzExportBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mz_export_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = mz_export_bar_finalize;

  gtk_widget_class_set_css_name (widget_class, "exportbar");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/ui/export-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MzExportBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, MzExportBar, text);
  gtk_widget_class_bind_template_child (widget_class, MzExportBar, progress);
  gtk_widget_class_bind_template_child (widget_class, MzExportBar, again);
  gtk_widget_class_bind_template_child (widget_class, MzExportBar, close);
  gtk_widget_class_bind_template_child (widget_class, MzExportBar, cancel);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
}

static void
mz_export_bar_init (MzExportBar *self)
{
  self->questions = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mz_export_bar_ask:
 * @self: a bar in a window
 * @gateway: a gateway
 * @key: a conversation of it
 *
 * Asks how and where, then exports.
 */
void
mz_export_bar_ask (MzExportBar *self,
                   MzGateway   *gateway,
                   const char  *key)
{
  g_return_if_fail (MZ_IS_EXPORT_BAR (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));
  g_return_if_fail (key != NULL);

  if (self->cancellable != NULL)
    show_toast (self, _("Another conversation is being exported. Wait for it, or cancel it."));
  else if (mz_gateway_get_state (gateway) != MZ_CLIENT_READY)
    show_toast (self, _("Connect to the gateway first."));
  else
    mz_export_dialog_ask_async (GTK_WIDGET (self), &self->options, self->questions, options_chosen_cb, job_new (self, gateway, key));
}

/**
 * mz_export_bar_start:
 * @self: a bar that exports nothing now
 * @gateway: a gateway
 * @key: a conversation of it
 * @options: what is written, and as what
 * @file: (nullable): where; %NULL asks
 *
 * Exports without a question.
 */
void
mz_export_bar_start (MzExportBar           *self,
                     MzGateway             *gateway,
                     const char            *key,
                     const MzExportOptions *options,
                     GFile                 *file)
{
  Job *job;

  g_return_if_fail (MZ_IS_EXPORT_BAR (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));
  g_return_if_fail (key != NULL);
  g_return_if_fail (options != NULL);

  if (file == NULL || self->cancellable != NULL)
    {
      mz_export_bar_ask (self, gateway, key);
      return;
    }

  job = job_new (self, gateway, key);
  job->options = *options;
  job->file = g_object_ref (file);
  start (job);
}
