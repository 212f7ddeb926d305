/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer"

#include "config.h"

#include "mz-export-dialog.h"

#include <glib/gi18n.h>

#include "mz-compat.h"

typedef struct
{
  GtkWidget *format;
  GtkWidget *tools;
  GtkWidget *reasoning;
} Question;

/* The rows of the choice of format */
static const MzExportFormat formats[] = { MZ_EXPORT_MARKDOWN, MZ_EXPORT_HTML, MZ_EXPORT_JSON };

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->format);
  g_object_unref (question->tools);
  g_object_unref (question->reasoning);
  g_free (question);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autofree char *answer = mz_compat_ask_finish (GTK_WIDGET (source), result);

  g_task_return_boolean (task, g_strcmp0 (answer, "export") == 0);
}

static GtkWidget *
new_format_row (MzExportFormat format)
{
  const char *const names[] = { _("Markdown, to edit"), _("HTML, to read and print"), _("JSON, for programs"), NULL };
  g_autoptr (GtkStringList) list = gtk_string_list_new (names);
  GtkWidget *row = adw_combo_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Format"));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i] == format)
      adw_combo_row_set_selected (ADW_COMBO_ROW (row), i);

  return row;
}

static GtkWidget *
new_switch_row (const char *title,
                gboolean    active,
                GtkWidget **button)
{
  GtkWidget *row = adw_action_row_new ();

  *button = gtk_switch_new ();
  gtk_switch_set_active (GTK_SWITCH (*button), active);
  gtk_widget_set_valign (*button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (*button), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), *button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), *button);

  return row;
}

/**
 * mz_export_dialog_ask_async:
 * @parent: the widget that asks
 * @before: what is proposed
 * @cancellable: (nullable): closes the question
 * @callback: called with the answer
 * @user_data: data for @callback
 */
void
mz_export_dialog_ask_async (GtkWidget             *parent,
                            const MzExportOptions *before,
                            GCancellable          *cancellable,
                            GAsyncReadyCallback    callback,
                            gpointer               user_data)
{
  const char *const answers[] = { "cancel", _("_Cancel"), "export", _("_Export…"), NULL };
  Question *question;
  GtkWidget *group;
  GtkWidget *tools_row;
  GtkWidget *reasoning_row;
  GTask *task;

  g_return_if_fail (GTK_IS_WIDGET (parent));
  g_return_if_fail (before != NULL);

  question = g_new0 (Question, 1);
  question->format = g_object_ref_sink (new_format_row (before->format));
  tools_row = new_switch_row (_("Tool calls"), before->tools, &question->tools);
  reasoning_row = new_switch_row (_("Reasoning"), before->reasoning, &question->reasoning);
  g_object_ref (question->tools);
  g_object_ref (question->reasoning);

  group = adw_preferences_group_new ();
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), question->format);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), tools_row);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), reasoning_row);

  task = g_task_new (parent, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_export_dialog_ask_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, question, question_free);
  mz_compat_ask_async (parent, _("Export conversation"), _("All of it, from the first message on, into one file."), group, answers, "export", NULL,
                       "export", cancellable, answered_cb, task);
}

/**
 * mz_export_dialog_ask_finish:
 * @parent: the widget that asked
 * @result: the result
 * @options: (out): what was chosen
 *
 * Returns: whether to export; %FALSE when the person closed it
 */
gboolean
mz_export_dialog_ask_finish (GtkWidget       *parent,
                             GAsyncResult    *result,
                             MzExportOptions *options)
{
  Question *question;
  guint selected;

  g_return_val_if_fail (g_task_is_valid (result, parent), FALSE);
  g_return_val_if_fail (options != NULL, FALSE);

  question = g_task_get_task_data (G_TASK (result));
  selected = adw_combo_row_get_selected (ADW_COMBO_ROW (question->format));
  options->format = formats[MIN (selected, G_N_ELEMENTS (formats) - 1)];
  options->tools = gtk_switch_get_active (GTK_SWITCH (question->tools));
  options->reasoning = gtk_switch_get_active (GTK_SWITCH (question->reasoning));

  return g_task_propagate_boolean (G_TASK (result), NULL);
}
