/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-conversation-private.h"

#include "mz-fold.h"
#include "mz-row-util.h"

/* (transfer full) (nullable): the newest row that @matches */
static MzMessage *
find_last (MzConversation *self,
           gboolean     (* matches) (MzMessage *message))
{
  GListModel *timeline = self->chat != NULL ? G_LIST_MODEL (mz_chat_get_timeline (self->chat)) : NULL;

  for (guint i = timeline != NULL ? g_list_model_get_n_items (timeline) : 0; i > 0; i--)
    {
      g_autoptr (MzMessage) message = g_list_model_get_item (timeline, i - 1);

      if (matches (message))
        return g_steal_pointer (&message);
    }
  return NULL;
}

static gboolean
is_reply (MzMessage *message)
{
  return mz_message_get_kind (message) == MZ_MESSAGE_ASSISTANT && mz_message_get_text_length (message) > 0;
}

/* What stands at the end of the last turn, and can be tried again. */
static gboolean
is_answer (MzMessage *message)
{
  switch (mz_message_get_kind (message))
    {
    case MZ_MESSAGE_USER:
    case MZ_MESSAGE_ASSISTANT:
    case MZ_MESSAGE_ERROR:
      return TRUE;
    case MZ_MESSAGE_REASONING:
    case MZ_MESSAGE_TOOL:
    case MZ_MESSAGE_MARKER:
    case MZ_MESSAGE_OTHER:
    default:
      return FALSE;
    }
}

static void
stop_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  mz_chat_stop (MZ_CONVERSATION (user_data)->chat);
}

static void
copy_last_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  MzConversation *self = user_data;
  g_autoptr (MzMessage) reply = find_last (self, is_reply);

  if (reply != NULL)
    mz_row_copy (GTK_WIDGET (self), mz_message_get_text (reply));
}

static void
jump_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  mz_transcript_scroll_to_bottom (MZ_CONVERSATION (user_data)->transcript);
}

static void
attach_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  mz_composer_attach (MZ_CONVERSATION (user_data)->composer);
}

static void
focus_composer_cb (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  mz_conversation_focus_composer (user_data);
}

static void
retry_last_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  MzConversation *self = user_data;
  g_autoptr (MzMessage) last = find_last (self, is_answer);

  /* A person's message that was sent has no answer yet. */
  if (last == NULL || (mz_message_get_kind (last) == MZ_MESSAGE_USER && mz_message_get_state (last) != MZ_MESSAGE_FAILED))
    return;

  mz_chat_retry (self->chat, last);
  mz_transcript_scroll_to_bottom (self->transcript);
}

static gboolean
can_open (gpointer item)
{
  return mz_message_get_kind (item) == MZ_MESSAGE_TOOL || mz_message_get_kind (item) == MZ_MESSAGE_REASONING;
}

/* Opens all; closes all when there is nothing left to open. */
static void
expand_all_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  MzConversation *self = user_data;
  GListModel *timeline = G_LIST_MODEL (mz_chat_get_timeline (self->chat));
  guint n = g_list_model_get_n_items (timeline);
  gboolean open = FALSE;

  for (guint i = 0; !open && i < n; i++)
    {
      g_autoptr (MzMessage) message = g_list_model_get_item (timeline, i);

      open = can_open (message) && !mz_row_get_open (message);
    }

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MzMessage) message = g_list_model_get_item (timeline, i);
      GtkWidget *row;

      if (!can_open (message))
        continue;

      /* The timeline comes first in what is shown: positions are the same. */
      mz_row_set_open (message, open);
      row = mz_transcript_get_row (self->transcript, i);
      if (MZ_IS_FOLD (row))
        mz_fold_set_open (MZ_FOLD (row), open);
    }
}

void
mz_conversation_init_actions (MzConversation *self)
{
  static const GActionEntry entries[] = {
    { "stop", stop_cb },
    { "copy-last", copy_last_cb },
    { "jump-to-latest", jump_cb },
    { "attach", attach_cb },
    { "focus-composer", focus_composer_cb },
    { "retry-last", retry_last_cb },
    { "expand-all", expand_all_cb },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "conversation", G_ACTION_GROUP (self->actions));
}

static void
set_enabled (MzConversation *self,
             const char     *name,
             gboolean        enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
mz_conversation_update_actions (MzConversation *self)
{
  gboolean running = self->chat != NULL && mz_chat_get_running (self->chat);
  guint n = self->chat != NULL ? g_list_model_get_n_items (G_LIST_MODEL (mz_chat_get_timeline (self->chat))) : 0;

  set_enabled (self, "stop", running);
  set_enabled (self, "copy-last", n > 0);
  set_enabled (self, "jump-to-latest", n > 0);
  set_enabled (self, "attach", self->chat != NULL);
  set_enabled (self, "retry-last", n > 0 && !running);
  set_enabled (self, "expand-all", n > 0);
}

/**
 * mz_conversation_get_actions:
 *
 * Returns: (transfer none): the actions of the group "conversation", for menus and shortcuts that are not inside of it
 */
GActionGroup *
mz_conversation_get_actions (MzConversation *self)
{
  g_return_val_if_fail (MZ_IS_CONVERSATION (self), NULL);

  return G_ACTION_GROUP (self->actions);
}
