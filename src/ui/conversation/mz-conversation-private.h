/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-composer.h"
#include "mz-conversation-items.h"
#include "mz-conversation.h"
#include "mz-transcript.h"

G_BEGIN_DECLS

struct _MzConversation
{
  GtkWidget parent_instance;

  /* the template */
  GtkWidget *overlay;
  GtkStack *stack;
  MzTranscript *transcript;
  GtkSpinner *loading_spinner;
  AdwStatusPage *failed_page;
  AdwStatusPage *empty_page;
  GtkBox *suggestions;
  GtkRevealer *jump_revealer;
  GtkWidget *jump_button;
  GtkLabel *jump_label;
  GtkRevealer *drop_revealer;
  AdwClamp *composer_clamp;
  MzComposer *composer;

  GSettings *settings;
  MzGateway *gateway; /* (nullable) */
  MzChat *chat;       /* (nullable) */
  MzConversationItems *items;
  GSignalGroup *gateway_signals;
  GSignalGroup *chat_signals;
  GSignalGroup *session_signals;
  GSignalGroup *timeline_signals;
  GSignalGroup *approvals_signals;
  GSignalGroup *items_signals;
  GSimpleActionGroup *actions;

  /* where one was reading in each conversation, by gateway and key */
  GHashTable *places;
  gboolean place_wanted; /* until the rows are there */

  guint n_timeline;    /* rows of the timeline before the change that is being told */
  guint n_new;         /* replies since one scrolled up */

  /* loading */
  GCancellable *cancellable; /* of what is loaded for this chat */
  GSource *spinner_delay;
  gboolean open_asked;
  char *open_error;
  gboolean older_wanted;
  gboolean older_loading;
  GtkWidget *older_header;
  GtkSpinner *older_spinner;
  GtkLabel *older_error;
  GtkWidget *older_again;
};

/* mz-conversation-history.c: what is loaded, and what is shown until it is */
void mz_conversation_init_history    (MzConversation *self);
void mz_conversation_clear_history   (MzConversation *self);
/* Opens the session if it has no rows yet, and shows the page that fits. */
void mz_conversation_open_session    (MzConversation *self);
void mz_conversation_update_page     (MzConversation *self);
void mz_conversation_want_older      (MzConversation *self);
void mz_conversation_load_older      (MzConversation *self);

/* mz-conversation-drop.c */
void mz_conversation_init_drop       (MzConversation *self);

/* mz-conversation-actions.c */
void mz_conversation_init_actions    (MzConversation *self);
void mz_conversation_update_actions  (MzConversation *self);

G_END_DECLS
