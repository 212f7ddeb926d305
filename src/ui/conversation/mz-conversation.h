/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/* Registers the folder's resources and types; call it once, after mz_content_init(). */
void mz_conversation_init_types (void);

/**
 * MzConversation:
 *
 * One conversation: its rows, the approvals that wait in it, the composer below. Shows another when `chat` is set; where one was reading in each
 * is kept.
 *
 * Properties: `gateway`, `chat` (both nullable), `settings` (GSettings, construct-only).
 * Actions (group "conversation"): `stop`, `copy-last`, `jump-to-latest`, `attach`, `focus-composer`, `retry-last`, `expand-all`.
 */
#define MZ_TYPE_CONVERSATION (mz_conversation_get_type ())
G_DECLARE_FINAL_TYPE (MzConversation, mz_conversation, MZ, CONVERSATION, GtkWidget)

GtkWidget *mz_conversation_new            (GSettings      *settings);
void       mz_conversation_set_chat       (MzConversation *self,
                                           MzGateway      *gateway,
                                           MzChat         *chat);
MzChat    *mz_conversation_get_chat       (MzConversation *self);
void       mz_conversation_focus_composer (MzConversation *self);
/* (transfer none): the group "conversation", for menus and shortcuts outside of the widget */
GActionGroup *mz_conversation_get_actions (MzConversation *self);

G_END_DECLS
