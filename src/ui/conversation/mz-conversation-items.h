/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/**
 * MzConversationItems:
 *
 * What a conversation shows, in order: the rows of its timeline, the approvals that wait in it, and at the end an activity while the agent works and
 * nothing above shows it. Follows the chat to another session and the gateway to another client.
 */
#define MZ_TYPE_CONVERSATION_ITEMS (mz_conversation_items_get_type ())
G_DECLARE_FINAL_TYPE (MzConversationItems, mz_conversation_items, MZ, CONVERSATION_ITEMS, GObject)

MzConversationItems *mz_conversation_items_new           (MzGateway           *gateway,
                                                          MzChat              *chat);
GListModel          *mz_conversation_items_get_model     (MzConversationItems *self);
GListModel          *mz_conversation_items_get_approvals (MzConversationItems *self);

G_END_DECLS
