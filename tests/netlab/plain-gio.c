/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* plain-gio URL: what a program that leaves it all to libsoup and GIO needs for a WebSocket: the ms until the gateway's challenge is there. */

#include "config.h"

#include <libsoup/soup.h>

typedef struct
{
  GMainLoop *loop;
  SoupWebsocketConnection *connection;
  gint64 start_us;
  double ms;
  GError *error;
} Dial;

static void
message_cb (Dial *dial)
{
  dial->ms = (g_get_monotonic_time () - dial->start_us) / 1e3;
  g_main_loop_quit (dial->loop);
}

static void
closed_cb (Dial *dial)
{
  if (dial->ms == 0 && dial->error == NULL)
    dial->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "closed before a message came");
  g_main_loop_quit (dial->loop);
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Dial *dial = user_data;

  dial->connection = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &dial->error);
  if (dial->connection == NULL)
    {
      g_main_loop_quit (dial->loop);
      return;
    }
  g_signal_connect_swapped (dial->connection, "message", G_CALLBACK (message_cb), dial);
  g_signal_connect_swapped (dial->connection, "closed", G_CALLBACK (closed_cb), dial);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SoupMessage) message = argc == 2 ? soup_message_new (SOUP_METHOD_GET, argv[1]) : NULL;
  Dial dial = { .loop = loop };

  if (message == NULL)
    {
      g_printerr ("Usage: plain-gio ws://HOST:PORT\n");
      return 2;
    }

  dial.start_us = g_get_monotonic_time ();
  soup_session_websocket_connect_async (session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL, connected_cb, &dial);
  g_main_loop_run (loop);

  if (dial.error != NULL)
    g_printerr ("plain-gio: %s\n", dial.error->message);
  else
    g_print ("%.3f\n", dial.ms);
  g_clear_object (&dial.connection);

  return dial.error != NULL;
}
