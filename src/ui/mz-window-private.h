/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-connection-pages.h"
#include "mz-conversation.h"
#include "mz-export-bar.h"
#include "mz-session-actions.h"
#include "mz-sidebar.h"
#include "mz-window.h"

G_BEGIN_DECLS

struct _MzWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *pages;
  AdwLeaflet *leaflet;
  MzSidebar *sidebar;
  AdwHeaderBar *header;
  AdwWindowTitle *title;
  GtkMenuButton *chat_menu;
  GtkMenuButton *model_menu;
  GtkLabel *model_label;
  MzConnectionBar *bar;
  MzExportBar *export_bar;
  AdwBin *conversation_bin;
  AdwBin *connect_bin;

  MzCore *core;
  GSettings *settings;
  MzSessionActions *actions;
  MzConversation *conversation;
  MzConnectPage *connect_page; /* not owned: in its bin; made when it is first needed */
  MzGateway *gateway;
  MzChat *chat;
  MzSessionRow *row; /* (nullable): the chat's row in the list, once it is there */
  GCancellable *cancellable;
  gboolean creating;
  gboolean asking;
  gboolean may_close; /* the person was asked about what is not sent */
};

void        mz_window_install_actions (MzWindowClass *klass);
void        mz_window_update_actions  (MzWindow      *self);
const char *mz_window_get_key         (MzWindow      *self);
void        mz_window_update_header   (MzWindow      *self);
void        mz_window_add_menus       (MzWindow      *self);
void        mz_window_update_model    (MzWindow      *self);
void        mz_window_leave_chat      (MzWindow      *self,
                                       const char    *next);
void        mz_window_add_choices     (MzWindow      *self);
void        mz_window_set_choice      (MzWindow      *self,
                                       const char    *name,
                                       const char    *value);

G_END_DECLS
