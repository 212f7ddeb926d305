/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-gateway-private.h"

#include "mz-chat-private.h"

/* Conversations are kept while somebody shows them, while they were used lately, and while something in them is not sent or not answered. */

/* So many that were used last are kept, that switching between them costs nothing. */
#define MAX_RECENT 8

static void
weak_ref_free (gpointer data)
{
  GWeakRef *ref = data;

  g_weak_ref_clear (ref);
  g_free (ref);
}

void
mz_gateway_init_chats (MzGateway *self)
{
  self->chats = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, weak_ref_free);
  g_queue_init (&self->recent);
}

void
mz_gateway_clear_chats (MzGateway *self)
{
  g_queue_clear_full (&self->recent, g_object_unref);
  g_hash_table_remove_all (self->chats);
}

/* "main" and what the gateway calls it are one conversation. */
static gboolean
is_chat_of (MzChat     *chat,
            const char *key)
{
  MzSession *session = mz_chat_get_session (chat);

  return g_strcmp0 (mz_chat_get_key (chat), key) == 0 || g_strcmp0 (mz_session_get_canonical_key (session), key) == 0;
}

/* (nullable): what the gateway calls "main", while it is connected */
static const char *
get_main_key (MzGateway *self)
{
  MzHello *hello = self->client != NULL ? mz_client_get_hello (self->client) : NULL;

  return hello != NULL ? mz_hello_get_main_session_key (hello) : NULL;
}

static MzChat *
find_chat (MzGateway  *self,
           const char *key)
{
  const char *main_key = get_main_key (self);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->chats);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      g_autoptr (MzChat) chat = g_weak_ref_get (value);

      if (chat == NULL)
        g_hash_table_iter_remove (&iter);
      else if (is_chat_of (chat, key) || (main_key != NULL && g_strcmp0 (key, "main") == 0 && is_chat_of (chat, main_key)))
        return g_steal_pointer (&chat);
    }
  return NULL;
}

/* The one used last comes first. */
static void
use_chat (MzGateway *self,
          MzChat    *chat)
{
  GList *link = g_queue_find (&self->recent, chat);
  GList *previous;

  if (link != NULL)
    {
      g_queue_unlink (&self->recent, link);
      g_queue_push_head_link (&self->recent, link);
    }
  else
    {
      g_queue_push_head (&self->recent, g_object_ref (chat));
    }

  for (link = self->recent.tail; link != NULL && self->recent.length > MAX_RECENT; link = previous)
    {
      previous = link->prev;
      if (mz_chat_is_busy (link->data))
        continue;
      g_object_unref (link->data);
      g_queue_delete_link (&self->recent, link);
    }
}

/**
 * mz_gateway_open_chat:
 * @key: the conversation's key; "main" stands for the main one
 *
 * Opens the conversation @key, now or as soon as the gateway is connected, and tells the gateway that it was read.
 *
 * Returns: (transfer full): the conversation
 */
MzChat *
mz_gateway_open_chat (MzGateway  *self,
                      const char *key)
{
  g_autoptr (MzChat) chat = NULL;

  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);
  g_return_val_if_fail (key != NULL && *key != '\0', NULL);

  chat = find_chat (self, key);
  if (chat == NULL)
    {
      GWeakRef *ref = g_new0 (GWeakRef, 1);

      chat = mz_chat_new (self, key);
      g_weak_ref_init (ref, chat);
      g_hash_table_insert (self->chats, g_strdup (key), ref);
    }
  use_chat (self, chat);
  mz_chat_mark_read (chat);
  return g_steal_pointer (&chat);
}

/**
 * mz_gateway_peek_chat:
 * @key: a conversation's key
 *
 * Returns: (transfer none) (nullable): the conversation, if it is open already
 */
MzChat *
mz_gateway_peek_chat (MzGateway  *self,
                      const char *key)
{
  g_autoptr (MzChat) chat = NULL;

  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  /* Somebody else holds it, or it would not be there. */
  chat = find_chat (self, key);
  return chat;
}

/**
 * mz_gateway_has_unsent:
 *
 * Returns: whether something in one of its conversations would be lost if the program ended now: see mz_chat_has_unsent()
 */
gboolean
mz_gateway_has_unsent (MzGateway *self)
{
  GHashTableIter iter;
  gpointer value;

  g_return_val_if_fail (MZ_IS_GATEWAY (self), FALSE);

  g_hash_table_iter_init (&iter, self->chats);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      g_autoptr (MzChat) chat = g_weak_ref_get (value);

      if (chat != NULL && mz_chat_has_unsent (chat))
        return TRUE;
    }
  return FALSE;
}

/**
 * mz_gateway_get_approval_key:
 * @approval: an approval of its list
 *
 * Not every gateway says which conversation a command is from; somewhere it has to be answered.
 *
 * Returns: (transfer none): the key of the conversation to show it in: its own, or the main one
 */
const char *
mz_gateway_get_approval_key (MzGateway  *self,
                             MzApproval *approval)
{
  const char *key;
  const char *main_key;

  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);
  g_return_val_if_fail (MZ_IS_APPROVAL (approval), NULL);

  key = mz_approval_get_session_key (approval);
  if (key != NULL && *key != '\0' && !g_str_equal (key, "main"))
    return key;

  main_key = get_main_key (self);
  return main_key != NULL ? main_key : "main";
}
