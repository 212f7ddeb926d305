/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-composer-private.h"

#include <glib/gi18n.h>

#include "mz-compat.h"

/* So many rows say what is wrong; the last one sums up. */
#define MAX_PROBLEMS 3

static void
problem_dismissed_cb (MzComposer *self,
                      GtkButton  *button)
{
  GtkStringObject *problem = g_object_get_data (G_OBJECT (button), "problem");
  GListStore *problems = mz_draft_files_get_problems (self->files);
  guint position;

  /* Without one it is the row for all the others, and all are dismissed. */
  if (problem == NULL)
    g_list_store_remove_all (problems);
  else if (g_list_store_find (problems, problem, &position))
    g_list_store_remove (problems, position);
  mz_composer_grab_text (self);
}

static GtkWidget *
problem_row_new (MzComposer      *self,
                 const char      *sentence,
                 GtkStringObject *problem)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE,
                                  "icon-name", "dialog-warning-symbolic",
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                  NULL);
  GtkWidget *label = gtk_label_new (sentence);
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  mz_compat_set_label (button, _("Dismiss"));
  if (problem != NULL)
    g_object_set_data_full (G_OBJECT (button), "problem", g_object_ref (problem), g_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (problem_dismissed_cb), self, G_CONNECT_SWAPPED);

  gtk_widget_add_css_class (row, "composer-problem");
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), button);
  return row;
}

/*< private >
 * mz_composer_show_problems:
 * @self: a composer
 *
 * Says what was wrong with files. More than a few rows would push what one reads away.
 */
void
mz_composer_show_problems (MzComposer *self)
{
  GListModel *problems = G_LIST_MODEL (mz_draft_files_get_problems (self->files));
  guint n_problems = g_list_model_get_n_items (problems);
  guint n_shown = n_problems > MAX_PROBLEMS ? MAX_PROBLEMS - 1 : n_problems;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->problems_box)) != NULL)
    gtk_box_remove (GTK_BOX (self->problems_box), child);
  for (guint i = 0; i < n_shown; i++)
    {
      g_autoptr (GtkStringObject) problem = g_list_model_get_item (problems, i);

      gtk_box_append (GTK_BOX (self->problems_box), problem_row_new (self, gtk_string_object_get_string (problem), problem));
    }
  if (n_shown < n_problems)
    {
      guint n_more = n_problems - n_shown;
      g_autofree char *sentence = g_strdup_printf (ngettext ("There is %u more problem.", "There are %u more problems.", n_more), n_more);

      gtk_box_append (GTK_BOX (self->problems_box), problem_row_new (self, sentence, NULL));
    }
  gtk_widget_set_visible (self->problems_box, n_problems > 0);
}

/*< private >
 * mz_composer_problems_changed:
 *
 * Follows them, and tells new ones to a screen reader.
 */
void
mz_composer_problems_changed (MzComposer *self,
                              guint       position,
                              guint       n_removed,
                              guint       n_added,
                              GListModel *problems)
{
  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (GtkStringObject) problem = g_list_model_get_item (problems, position + i);

      mz_compat_announce (GTK_WIDGET (self), gtk_string_object_get_string (problem));
    }
  mz_composer_show_problems (self);
}
