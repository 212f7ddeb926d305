/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-soup-transport.h"

/* Until mz_transport_set_max_message(). */
#define DEFAULT_MAX_MESSAGE (8 * 1024 * 1024)

/* RFC 6455 §7.4.1: never on the wire, only told to the application. */
#define CLOSE_ABNORMAL 1006

struct _MzSoupTransport
{
  GObject parent_instance;

  SoupWebsocketConnection *connection;
  gsize max_message;
  guint own_code;               /* why we closed, when it was the peer's fault */
  gboolean told_closed;
};

static void transport_iface_init (MzTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzSoupTransport, mz_soup_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MZ_TYPE_TRANSPORT, transport_iface_init))

static gboolean
is_open (MzSoupTransport *self)
{
  return self->connection != NULL && !self->told_closed &&
         soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN;
}

static void
message_cb (MzSoupTransport *self,
            int              type,
            GBytes          *message)
{
  g_autoptr (MzSoupTransport) alive G_GNUC_UNUSED = g_object_ref (self);
  gsize length;
  const char *text;

  if (self->told_closed)
    return;

  /* libsoup limits frames; a message of many frames is limited here. */
  if (g_bytes_get_size (message) > self->max_message)
    {
      self->own_code = SOUP_WEBSOCKET_CLOSE_TOO_BIG;
      if (is_open (self))
        soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_TOO_BIG, "message too big");
      return;
    }

  /* Gateways speak text only (docs: gateway/protocol/transport); libsoup has checked that it is UTF-8 and ended it with a NUL. */
  if (type != SOUP_WEBSOCKET_DATA_TEXT)
    {
      g_debug ("A binary message of %" G_GSIZE_FORMAT " bytes was passed over", g_bytes_get_size (message));
      return;
    }

  text = g_bytes_get_data (message, &length);
  mz_transport_emit_message (MZ_TRANSPORT (self), text != NULL ? text : "", length);
}

static void
pong_cb (MzSoupTransport *self)
{
  mz_transport_emit_pong (MZ_TRANSPORT (self));
}

static void
error_cb (MzSoupTransport *self,
          GError          *error)
{
  g_debug ("WebSocket error: %s", error->message);

  /* What libsoup closes for itself comes with the close code as the error's. */
  if (error->domain == SOUP_WEBSOCKET_ERROR && error->code >= SOUP_WEBSOCKET_CLOSE_NORMAL)
    self->own_code = error->code;
}

static void
closed_cb (MzSoupTransport *self)
{
  g_autoptr (MzSoupTransport) alive G_GNUC_UNUSED = g_object_ref (self);
  guint code;

  if (self->told_closed)
    return;

  self->told_closed = TRUE;

  /* libsoup calls 1012 (service restart) and its like a protocol error, but keeps what the peer said. */
  code = soup_websocket_connection_get_close_code (self->connection);
  if (code == 0)
    code = self->own_code != 0 ? self->own_code : CLOSE_ABNORMAL;

  mz_transport_emit_closed (MZ_TRANSPORT (self), code,
                            soup_websocket_connection_get_close_data (self->connection));
}

static void
mz_soup_transport_send (MzTransport *transport,
                        const char  *text)
{
  MzSoupTransport *self = MZ_SOUP_TRANSPORT (transport);

  if (is_open (self))
    soup_websocket_connection_send_text (self->connection, text);
}

static void
mz_soup_transport_set_keepalive (MzTransport *transport,
                                 guint        seconds)
{
  soup_websocket_connection_set_keepalive_interval (MZ_SOUP_TRANSPORT (transport)->connection, seconds);
}

static void
mz_soup_transport_close (MzTransport *transport,
                         guint        code,
                         const char  *reason)
{
  MzSoupTransport *self = MZ_SOUP_TRANSPORT (transport);

  if (is_open (self))
    soup_websocket_connection_close (self->connection, code, reason);
}

static void
mz_soup_transport_set_max_message (MzTransport *transport,
                                   gsize        bytes)
{
  MzSoupTransport *self = MZ_SOUP_TRANSPORT (transport);

  self->max_message = bytes;
  soup_websocket_connection_set_max_incoming_payload_size (self->connection, bytes);

  /* Newer libsoups also limit the sum of a message's frames, while they come in. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (self->connection), "max-total-message-size") != NULL)
    g_object_set (self->connection, "max-total-message-size", (guint64) bytes, NULL);
}

static gboolean
mz_soup_transport_is_open (MzTransport *transport)
{
  return is_open (MZ_SOUP_TRANSPORT (transport));
}

static void
transport_iface_init (MzTransportInterface *iface)
{
  iface->send = mz_soup_transport_send;
  iface->set_keepalive = mz_soup_transport_set_keepalive;
  iface->close = mz_soup_transport_close;
  iface->set_max_message = mz_soup_transport_set_max_message;
  iface->is_open = mz_soup_transport_is_open;
}

static void
mz_soup_transport_dispose (GObject *object)
{
  MzSoupTransport *self = MZ_SOUP_TRANSPORT (object);

  if (self->connection != NULL)
    {
      GIOStream *stream = soup_websocket_connection_get_io_stream (self->connection);

      g_signal_handlers_disconnect_by_data (self->connection, self);

      /* A peer that does not answer the close must not keep the socket open after we have lost interest. */
      if (stream != NULL && !g_io_stream_is_closed (stream))
        g_io_stream_close (stream, NULL, NULL);
    }
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (mz_soup_transport_parent_class)->dispose (object);
}

static void
mz_soup_transport_class_init (MzSoupTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_soup_transport_dispose;
}

static void
mz_soup_transport_init (MzSoupTransport *self)
{
}

/**
 * mz_soup_transport_new:
 * @connection: a WebSocket that was just opened
 *
 * Returns: (transfer full): a transport over @connection
 */
MzTransport *
mz_soup_transport_new (SoupWebsocketConnection *connection)
{
  MzSoupTransport *self;

  g_return_val_if_fail (SOUP_IS_WEBSOCKET_CONNECTION (connection), NULL);

  self = g_object_new (MZ_TYPE_SOUP_TRANSPORT, NULL);
  self->connection = g_object_ref (connection);
  mz_soup_transport_set_max_message (MZ_TRANSPORT (self), DEFAULT_MAX_MESSAGE);

  g_signal_connect_swapped (connection, "message", G_CALLBACK (message_cb), self);
  g_signal_connect_swapped (connection, "pong", G_CALLBACK (pong_cb), self);
  g_signal_connect_swapped (connection, "error", G_CALLBACK (error_cb), self);
  g_signal_connect_swapped (connection, "closed", G_CALLBACK (closed_cb), self);

  return MZ_TRANSPORT (self);
}
