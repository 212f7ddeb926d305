/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-message-row.h"

#include "mz-activity-row.h"
#include "mz-approval-card.h"
#include "mz-assistant-row.h"
#include "mz-error-row.h"
#include "mz-marker-row.h"
#include "mz-reasoning-row.h"
#include "mz-tool-row.h"
#include "mz-user-row.h"

#define BETWEEN_TURNS 18
#define WITHIN_TURN 6

/**
 * mz_message_row_new:
 * @item: a #MzMessage, a #MzApproval, or what stands at the end of a conversation while the agent works
 * @gateway: the gateway it is of
 * @chat: the conversation it is of
 *
 * Returns: (transfer floating): the widget of @item, by its kind
 */
GtkWidget *
mz_message_row_new (gpointer   item,
                    MzGateway *gateway,
                    MzChat    *chat)
{
  g_return_val_if_fail (G_IS_OBJECT (item), NULL);
  g_return_val_if_fail (MZ_IS_GATEWAY (gateway), NULL);
  g_return_val_if_fail (MZ_IS_CHAT (chat), NULL);

  if (MZ_IS_APPROVAL (item))
    return mz_approval_card_new (item, gateway);
  if (MZ_IS_ACTIVITY (item))
    return mz_activity_row_new (chat);

  switch (mz_message_get_kind (item))
    {
    case MZ_MESSAGE_USER:
      return mz_user_row_new (item, gateway, chat);
    case MZ_MESSAGE_ASSISTANT:
      return mz_assistant_row_new (item, gateway, chat);
    case MZ_MESSAGE_REASONING:
      return mz_reasoning_row_new (item);
    case MZ_MESSAGE_TOOL:
      return mz_tool_row_new (item, gateway, chat);
    case MZ_MESSAGE_MARKER:
      return mz_marker_row_new (item);
    case MZ_MESSAGE_ERROR:
      return mz_error_row_new (item, chat);
    case MZ_MESSAGE_OTHER:
    default:
      return mz_other_row_new (item);
    }
}

/* A person's message begins a turn, and so does what answers it; a marker stands for itself. */
static gboolean
stands_alone (gpointer item)
{
  MzMessageKind kind;

  if (!MZ_IS_MESSAGE (item))
    return FALSE;

  kind = mz_message_get_kind (item);
  return kind == MZ_MESSAGE_USER || kind == MZ_MESSAGE_MARKER;
}

/**
 * mz_message_row_spacing:
 * @previous: (nullable): the item before, %NULL for the first
 * @item: an item
 * @user_data: not used
 *
 * Returns: the gap above @item, px
 */
int
mz_message_row_spacing (gpointer previous,
                        gpointer item,
                        gpointer user_data)
{
  if (previous == NULL || stands_alone (item) || stands_alone (previous))
    return BETWEEN_TURNS;
  return MZ_IS_APPROVAL (item) ? 2 * WITHIN_TURN : WITHIN_TURN;
}
