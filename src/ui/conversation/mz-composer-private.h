/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-composer.h"

#include "mz-completion.h"
#include "mz-draft-files.h"

G_BEGIN_DECLS

struct _MzComposer
{
  GtkWidget parent_instance;

  GtkWidget *problems_box;
  GtkWidget *blocked_row;
  GtkWidget *blocked_label;
  GtkWidget *card;
  GtkWidget *chips_bin;
  GtkWidget *chips;
  GtkWidget *attach_button;
  GtkWidget *text_scroller;
  GtkTextView *text_view;
  GtkWidget *hint_label;
  GtkWidget *stop_button;
  GtkWidget *send_button;
  MzCompletion *completion;
  GtkEventController *key_controller;

  GSettings *settings;
  MzGateway *gateway; /* (nullable) */
  MzChat *chat;       /* (nullable) */
  MzDraftFiles *files;
  MzDraftFiles *own_files; /* of what is written without a conversation */
  GSignalGroup *chat_signals;
  GSignalGroup *gateway_signals;
  GSignalGroup *entry_signals;
  GSignalGroup *files_signals;
  GSignalGroup *problems_signals;
  GSignalGroup *items_signals;

  int text_width;
  int text_height;
  guint resize_idle;
  gboolean scroll_wanted;
  GdkSurface *surface; /* (nullable): of the window that it is mapped in */
  gulong surface_id;
  char *own_draft;
  gboolean composing; /* the input method has text that is not there yet */
  gboolean changing;  /* the text is being set from the draft, or the other way */
  gboolean sendable;
  gboolean busy;
  GCancellable *cancellable;
};

void     mz_composer_update           (MzComposer      *self);

/* Pasting, dropping, choosing: in mz-composer-files.c. */
void     mz_composer_init_files       (MzComposer      *self);

/* The chips: in mz-composer-chips.c. */
void     mz_composer_init_chips       (MzComposer      *self);
void     mz_composer_show_chips       (MzComposer      *self);
void     mz_composer_chips_changed    (MzComposer      *self,
                                       guint            position,
                                       guint            n_removed,
                                       guint            n_added,
                                       GListModel      *items);

/* What was wrong with files: in mz-composer-problems.c. */
void     mz_composer_show_problems    (MzComposer      *self);
void     mz_composer_problems_changed (MzComposer      *self,
                                       guint            position,
                                       guint            n_removed,
                                       guint            n_added,
                                       GListModel      *problems);

/* How high the text is: in mz-composer-size.c. */
void     mz_composer_init_size        (MzComposer      *self);
void     mz_composer_follow_window    (MzComposer      *self);
void     mz_composer_leave_window     (MzComposer      *self);
void     mz_composer_show_cursor      (MzComposer      *self);

/* Whether a key sends; @ctrl_enter: only Ctrl+Enter does. Pure. */
gboolean mz_composer_key_sends        (guint            keyval,
                                       GdkModifierType  state,
                                       gboolean         ctrl_enter);

G_END_DECLS
