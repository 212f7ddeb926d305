/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer"

#include "config.h"

#include "mz-window-private.h"

#include <glib/gi18n.h>

#include "mz-palette.h"

/* The conversation an action is for: the one of its target, or the shown one for shortcuts, whose target is empty. */
static const char *
get_target (MzWindow *self,
            GVariant *parameter)
{
  const char *key = g_variant_get_string (parameter, NULL);

  return *key != '\0' ? key : mz_window_get_key (self);
}

static void
delete_chat (MzWindow   *self,
             const char *target)
{
  g_autofree char *key = g_strdup (target);
  g_autofree char *next = NULL;
  gboolean is_shown = g_strcmp0 (key, mz_window_get_key (self)) == 0;

  /* What is shown next, while the list still knows where this one stood. */
  if (is_shown)
    {
      next = mz_sidebar_dup_neighbour (self->sidebar, 1);
      if (next == NULL)
        next = mz_sidebar_dup_neighbour (self->sidebar, -1);
    }
  if (mz_session_actions_delete (self->actions, self->gateway, key) && is_shown)
    mz_window_leave_chat (self, next);
}

static void
chat_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  MzWindow *self = MZ_WINDOW (widget);
  const char *key = get_target (self, parameter);

  if (self->gateway == NULL || key == NULL)
    return;

  if (g_strcmp0 (name, "win.rename-chat") == 0)
    mz_session_actions_rename (self->actions, self->gateway, key);
  else if (g_strcmp0 (name, "win.pin-chat") == 0)
    mz_session_actions_set_pinned (self->actions, self->gateway, key, TRUE);
  else if (g_strcmp0 (name, "win.unpin-chat") == 0)
    mz_session_actions_set_pinned (self->actions, self->gateway, key, FALSE);
  else if (g_strcmp0 (name, "win.archive-chat") == 0)
    mz_session_actions_set_archived (self->actions, self->gateway, key, TRUE);
  else if (g_strcmp0 (name, "win.unarchive-chat") == 0)
    mz_session_actions_set_archived (self->actions, self->gateway, key, FALSE);
  else if (g_strcmp0 (name, "win.mark-unread") == 0)
    mz_session_actions_set_unread (self->actions, self->gateway, key, TRUE);
  else if (g_strcmp0 (name, "win.export-chat") == 0)
    mz_export_bar_ask (self->export_bar, self->gateway, key);
  else if (g_strcmp0 (name, "win.delete-chat") == 0)
    delete_chat (self, key);
}

static void
new_chat_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  mz_window_new_chat (MZ_WINDOW (widget));
}

static void
step_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  MzWindow *self = MZ_WINDOW (widget);
  g_autofree char *key = mz_sidebar_dup_neighbour (self->sidebar, g_strcmp0 (name, "win.next-chat") == 0 ? 1 : -1);

  if (key != NULL && self->gateway != NULL)
    mz_window_show_chat (self, self->gateway, key);
}

static void
palette_chosen_cb (MzWindow   *self,
                   MzGateway  *gateway,
                   const char *key)
{
  mz_window_show_chat (self, gateway, key);
}

static void
palette_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  MzWindow *self = MZ_WINDOW (widget);
  GtkWindow *palette = mz_palette_new (self->core, GTK_WINDOW (self));

  g_signal_connect_object (palette, "chosen", G_CALLBACK (palette_chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (palette);
}

static void
search_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  MzWindow *self = MZ_WINDOW (widget);

  adw_leaflet_set_visible_child_name (self->leaflet, "sidebar");
  mz_sidebar_focus_search (self->sidebar);
}

static void
main_menu_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  MzWindow *self = MZ_WINDOW (widget);

  adw_leaflet_set_visible_child_name (self->leaflet, "sidebar");
  mz_sidebar_open_menu (self->sidebar);
}

static void
back_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  adw_leaflet_navigate (MZ_WINDOW (widget)->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
close_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  gtk_window_close (GTK_WINDOW (widget));
}

static void
reload_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  MzWindow *self = MZ_WINDOW (widget);
  MzSession *session = self->chat != NULL ? mz_chat_get_session (self->chat) : NULL;

  if (session != NULL)
    mz_session_reload (session);
}

static void
add_gateway_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  mz_window_show_connect (MZ_WINDOW (widget), NULL, NULL);
}

static void
edit_gateway_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  MzWindow *self = MZ_WINDOW (widget);

  if (self->gateway != NULL)
    gtk_window_present (mz_gateway_dialog_new (self->core, self->gateway, GTK_WINDOW (self), "name"));
}

static void
connect_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  MzWindow *self = MZ_WINDOW (widget);

  if (self->gateway != NULL)
    mz_gateway_connect (self->gateway);
}

static void
disconnect_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  MzWindow *self = MZ_WINDOW (widget);

  if (self->gateway != NULL)
    mz_gateway_disconnect (self->gateway);
}

static void
doctor_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  MzWindow *self = MZ_WINDOW (widget);

  if (self->gateway != NULL)
    gtk_window_present (mz_doctor_new (self->core, self->gateway, GTK_WINDOW (self)));
}

static void
choose_state (GSimpleAction *action,
              GVariant      *value,
              gpointer       data)
{
  MzWindow *self = data;
  const char *key = mz_window_get_key (self);

  if (self->gateway == NULL || key == NULL)
    return;

  /* The mark moves when the gateway says that it is so. */
  if (g_strcmp0 (g_action_get_name (G_ACTION (action)), "model") == 0)
    mz_session_actions_set_model (self->actions, self->gateway, key, g_variant_get_string (value, NULL));
  else
    mz_session_actions_set_thinking (self->actions, self->gateway, key, g_variant_get_string (value, NULL));
}

static const GActionEntry choices[] = {
  { "model", NULL, "s", "''", choose_state },
  { "thinking", NULL, "s", "''", choose_state },
};

/* Which of the window's actions make sense now. */
void
mz_window_update_actions (MzWindow *self)
{
  gboolean has_gateway = self->gateway != NULL;
  gboolean is_ready = has_gateway && mz_gateway_get_state (self->gateway) == MZ_CLIENT_READY;
  gboolean is_off = has_gateway && mz_gateway_get_state (self->gateway) == MZ_CLIENT_OFFLINE;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.new-chat", is_ready);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.connect", is_off);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.disconnect", has_gateway && !is_off);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.edit-gateway",
                                 has_gateway && !mz_gateway_entry_get_transient (mz_gateway_get_entry (self->gateway)));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.doctor", has_gateway);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.reload", self->chat != NULL && is_ready);
}

void
mz_window_install_actions (MzWindowClass *klass)
{
  static const char *const chat_actions[] = { "win.rename-chat", "win.pin-chat", "win.unpin-chat", "win.archive-chat", "win.unarchive-chat",
                                              "win.mark-unread", "win.export-chat", "win.delete-chat" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  for (guint i = 0; i < G_N_ELEMENTS (chat_actions); i++)
    gtk_widget_class_install_action (widget_class, chat_actions[i], "s", chat_action);
  gtk_widget_class_install_action (widget_class, "win.new-chat", NULL, new_chat_action);
  gtk_widget_class_install_action (widget_class, "win.previous-chat", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "win.next-chat", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "win.palette", NULL, palette_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "win.main-menu", NULL, main_menu_action);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.close-window", NULL, close_action);
  gtk_widget_class_install_action (widget_class, "win.reload", NULL, reload_action);
  gtk_widget_class_install_action (widget_class, "win.add-gateway", NULL, add_gateway_action);
  gtk_widget_class_install_action (widget_class, "win.edit-gateway", NULL, edit_gateway_action);
  gtk_widget_class_install_action (widget_class, "win.connect", NULL, connect_action);
  gtk_widget_class_install_action (widget_class, "win.disconnect", NULL, disconnect_action);
  gtk_widget_class_install_action (widget_class, "win.doctor", NULL, doctor_action);
}

/* Actions with a state: marks in menus. */
void
mz_window_add_choices (MzWindow *self)
{
  g_autoptr (GAction) archived = g_settings_create_action (self->settings, "show-archived");

  g_action_map_add_action (G_ACTION_MAP (self), archived);
  g_action_map_add_action_entries (G_ACTION_MAP (self), choices, G_N_ELEMENTS (choices), self);
}

void
mz_window_set_choice (MzWindow   *self,
                      const char *name,
                      const char *value)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), self->row != NULL);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (value != NULL ? value : ""));
}
