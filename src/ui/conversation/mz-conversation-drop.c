/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-conversation-private.h"

/* Files dropped anywhere on the conversation go into the composer. */

static gboolean
has_files (GdkDrop *drop)
{
  return gdk_content_formats_contain_gtype (gdk_drop_get_formats (drop), GDK_TYPE_FILE_LIST);
}

static gboolean
drop_accept_cb (GtkDropTarget  *target,
                GdkDrop        *drop,
                MzConversation *self)
{
  return self->chat != NULL && has_files (drop);
}

static GdkDragAction
drop_enter_cb (GtkDropTarget  *target,
               double          x,
               double          y,
               MzConversation *self)
{
  gtk_revealer_set_reveal_child (self->drop_revealer, TRUE);
  return GDK_ACTION_COPY;
}

static void
drop_leave_cb (GtkDropTarget  *target,
               MzConversation *self)
{
  gtk_revealer_set_reveal_child (self->drop_revealer, FALSE);
}

static gboolean
drop_cb (GtkDropTarget  *target,
         const GValue   *value,
         double          x,
         double          y,
         MzConversation *self)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  GdkFileList *list = g_value_get_boxed (value);
  g_autoptr (GSList) found = list != NULL ? gdk_file_list_get_files (list) : NULL;

  gtk_revealer_set_reveal_child (self->drop_revealer, FALSE);
  for (GSList *link = found; link != NULL; link = link->next)
    g_list_store_append (files, link->data);
  if (g_list_model_get_n_items (G_LIST_MODEL (files)) == 0)
    return FALSE;

  mz_composer_add_files (self->composer, G_LIST_MODEL (files));
  mz_conversation_focus_composer (self);
  return TRUE;
}

void
mz_conversation_init_drop (MzConversation *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  /* Before the texts inside, which would take the names of the files. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect (target, "accept", G_CALLBACK (drop_accept_cb), self);
  g_signal_connect (target, "enter", G_CALLBACK (drop_enter_cb), self);
  g_signal_connect (target, "leave", G_CALLBACK (drop_leave_cb), self);
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
