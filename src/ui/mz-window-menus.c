/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer"

#include "config.h"

#include "mz-window-private.h"

#include <glib/gi18n.h>

#include "mz-model.h"
#include "mz-sidebar-row.h"

/* Of a model's name in the header; the tooltip has all of it. */
#define MODEL_CHARS 18

static MzModel *
find_model (MzWindow     *self,
            MzSessionRow *row)
{
  GListModel *models = mz_gateway_get_models (self->gateway);
  const char *name = row != NULL ? mz_session_row_get_model (row) : NULL;
  const char *provider = row != NULL ? mz_session_row_get_model_provider (row) : NULL;

  /* The list keeps them. */
  for (guint i = 0; i < g_list_model_get_n_items (models); i++)
    {
      g_autoptr (MzModel) model = g_list_model_get_item (models, i);
      gboolean same = name != NULL ? (g_strcmp0 (mz_model_get_id (model), name) == 0 &&
                                      (provider == NULL || g_strcmp0 (mz_model_get_provider (model), provider) == 0)) ||
                                         g_strcmp0 (mz_model_get_ref (model), name) == 0
                                   : mz_model_get_default (model);

      if (same)
        return model;
    }

  return NULL;
}

static GMenuModel *
make_model_menu (MzWindow *self)
{
  GListModel *models = mz_gateway_get_models (self->gateway);
  MzModel *current = find_model (self, self->row);
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();

  for (guint i = 0; i < g_list_model_get_n_items (models); i++)
    {
      g_autoptr (MzModel) model = g_list_model_get_item (models, i);
      g_autoptr (GMenuItem) item = g_menu_item_new (mz_model_get_name (model), NULL);

      if (!mz_model_get_available (model))
        continue;
      g_menu_item_set_action_and_target (item, "win.model", "s", mz_model_get_ref (model));
      g_menu_append_item (section, item);
    }
  g_menu_append_section (menu, _("Model"), G_MENU_MODEL (section));

  if (current != NULL && mz_model_get_thinking_levels (current) != NULL && mz_model_get_thinking_levels (current)[0] != NULL)
    {
      const char * const *levels = mz_model_get_thinking_levels (current);

      g_clear_object (&section);
      section = g_menu_new ();
      for (guint i = 0; levels[i] != NULL; i++)
        {
          g_autoptr (GMenuItem) item = g_menu_item_new (levels[i], NULL);

          g_menu_item_set_action_and_target (item, "win.thinking", "s", levels[i]);
          g_menu_append_item (section, item);
        }
      g_menu_append_section (menu, _("Thinking level"), G_MENU_MODEL (section));
    }

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

/* Menus are made when they are opened: a running reply changes the row all the time, and must not close what is open. */
static void
create_model_menu (GtkMenuButton *button,
                   gpointer       data)
{
  MzWindow *self = data;
  g_autoptr (GMenuModel) menu = self->gateway != NULL ? make_model_menu (self) : NULL;

  gtk_menu_button_set_menu_model (button, menu);
}

static void
create_chat_menu (GtkMenuButton *button,
                  gpointer       data)
{
  MzWindow *self = data;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();

  g_menu_append (section, _("_Jump to latest"), "conversation.jump-to-latest");
  g_menu_append (section, _("_Copy last reply"), "conversation.copy-last");
  g_menu_append (section, _("_Load again"), "win.reload");
  if (self->gateway != NULL)
    {
      g_autoptr (GMenuModel) models = make_model_menu (self);

      g_menu_append_submenu (section, _("_Model and thinking"), models);
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  if (self->row != NULL)
    {
      g_autoptr (GMenuModel) session = mz_session_menu_new (self->row);

      g_menu_append_section (menu, NULL, session);
    }
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

void
mz_window_update_model (MzWindow *self)
{
  MzModel *model = self->gateway != NULL ? find_model (self, self->row) : NULL;
  const char *level = self->row != NULL ? mz_session_row_get_thinking_level (self->row) : NULL;
  const char *name = model != NULL ? mz_model_get_name (model) : _("Model");
  g_autofree char *label = g_strdup_printf (_("Model: %s, thinking: %s"), name, level != NULL ? level : _("as the model does"));

  gtk_widget_set_visible (GTK_WIDGET (self->chat_menu), self->chat != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->model_menu), self->chat != NULL && !adw_leaflet_get_folded (self->leaflet) &&
                                                             g_list_model_get_n_items (mz_gateway_get_models (self->gateway)) > 0);
  gtk_label_set_text (self->model_label, name);
  gtk_label_set_width_chars (self->model_label, (int) MIN (g_utf8_strlen (name, -1) + 1, MODEL_CHARS));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->model_menu), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->model_menu), label);
  mz_window_set_choice (self, "model", model != NULL ? mz_model_get_ref (model) : NULL);
  mz_window_set_choice (self, "thinking", level);
}

void
mz_window_add_menus (MzWindow *self)
{
  gtk_menu_button_set_create_popup_func (self->chat_menu, create_chat_menu, self, NULL);
  gtk_menu_button_set_create_popup_func (self->model_menu, create_model_menu, self, NULL);
}
