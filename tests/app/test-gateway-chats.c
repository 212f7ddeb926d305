/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The chats of a gateway: which are kept, by which key they are found, what is read. */

#include "config.h"

#include "app-fixture.h"

#define KEY "agent:main:main"

/* The last ones are kept, and those in which something is not sent or not answered. */
static void
test_cache (Fixture       *fixture,
            gconstpointer  data)
{
  gpointer first, second, third;
  MzChat *chat;

  connect_and_wait (fixture);
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *key = g_strdup_printf ("agent:main:chat-%u", i);
      g_autoptr (MzChat) opened = mz_gateway_open_chat (fixture->gateway, key);

      g_assert_true (mz_gateway_peek_chat (fixture->gateway, key) == opened);
      if (i == 1)
        mz_chat_set_draft (opened, "not sent");
      if (i == 3)
        mz_chat_send_text (opened, "hang: 60");
    }
  wait_until (mz_client_get_n_pending (mz_gateway_get_client (fixture->gateway)) == 0);
  settle (fixture);
  first = mz_gateway_peek_chat (fixture->gateway, "agent:main:chat-0");
  second = mz_gateway_peek_chat (fixture->gateway, "agent:main:chat-1");
  third = mz_gateway_peek_chat (fixture->gateway, "agent:main:chat-2");
  g_assert_nonnull (first);
  g_object_add_weak_pointer (first, &first);
  g_object_add_weak_pointer (second, &second);
  g_object_add_weak_pointer (third, &third);

  /* One that is held stays the same, also when it is one too many. */
  chat = mz_gateway_open_chat (fixture->gateway, "agent:main:chat-2");
  g_assert_true (chat == third);
  for (guint i = 8; i < 17; i++)
    {
      g_autofree char *key = g_strdup_printf ("agent:main:chat-%u", i);
      g_autoptr (MzChat) opened = mz_gateway_open_chat (fixture->gateway, key);

      g_assert_nonnull (opened);
      if (i == 8)
        {
          settle (fixture);
          g_assert_null (first);
        }
    }
  settle (fixture);
  g_assert_null (mz_gateway_peek_chat (fixture->gateway, "agent:main:chat-0"));
  g_assert_true (mz_gateway_peek_chat (fixture->gateway, "agent:main:chat-1") == second);
  g_assert_cmpstr (mz_chat_get_draft (second), ==, "not sent");
  g_assert_nonnull (mz_gateway_peek_chat (fixture->gateway, "agent:main:chat-3"));
  g_assert_null (mz_gateway_peek_chat (fixture->gateway, "agent:main:chat-4"));
  g_assert_true (mz_gateway_peek_chat (fixture->gateway, "agent:main:chat-2") == third);
  g_object_unref (chat);

  chat = mz_gateway_open_chat (fixture->gateway, "agent:main:chat-16");
  g_object_unref (chat);
  settle (fixture);
  g_assert_null (third);
}

static void
test_aliases (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (MzChat) main_chat = NULL;
  g_autoptr (MzChat) other = NULL;
  g_autoptr (MzChat) again = NULL;

  connect_and_wait (fixture);
  main_chat = mz_gateway_open_chat (fixture->gateway, "main");
  other = mz_gateway_open_chat (fixture->gateway, KEY);
  g_assert_true (main_chat == other);
  again = mz_gateway_open_chat (fixture->gateway, "main");
  g_assert_true (main_chat == again);
}

static gboolean
is_unread (Fixture *fixture)
{
  MzSessionRow *row = mz_session_list_lookup (mz_gateway_get_sessions (fixture->gateway), KEY);

  return row != NULL && mz_session_row_get_unread (row);
}

static void
test_unread (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (MzChat) chat = NULL;

  connect_and_wait (fixture);
  wait_until (mz_session_list_get_loaded (mz_gateway_get_sessions (fixture->gateway)));
  mz_session_list_set_unread_async (mz_gateway_get_sessions (fixture->gateway), KEY, TRUE, NULL, NULL, NULL);
  wait_until (is_unread (fixture));
  chat = mz_gateway_open_chat (fixture->gateway, KEY);
  wait_until (!is_unread (fixture));

  mz_session_list_set_unread_async (mz_gateway_get_sessions (fixture->gateway), KEY, TRUE, NULL, NULL, NULL);
  wait_until (is_unread (fixture));
  mz_chat_mark_read (chat);
  wait_until (!is_unread (fixture));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/app/gateway-chats/cache", Fixture, NULL, set_up, test_cache, tear_down);
  g_test_add ("/app/gateway-chats/aliases", Fixture, NULL, set_up, test_aliases, tear_down);
  g_test_add ("/app/gateway-chats/unread", Fixture, NULL, set_up, test_unread, tear_down);

  return g_test_run ();
}
