/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-transport.h"

G_DEFINE_INTERFACE (MzTransport, mz_transport, G_TYPE_OBJECT)

enum
{
  MESSAGE,
  PONG,
  CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
mz_transport_default_init (MzTransportInterface *iface)
{
  /**
   * MzTransport::message:
   * @text: a whole text message, NUL-terminated UTF-8, valid during the emission
   * @length: its length in bytes
   */
  signals[MESSAGE] = g_signal_new ("message", MZ_TYPE_TRANSPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_UINT64);

  /**
   * MzTransport::pong:
   *
   * A keepalive ping was answered (RFC 6455 §5.5.3).
   */
  signals[PONG] = g_signal_new ("pong", MZ_TYPE_TRANSPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * MzTransport::closed:
   * @code: the close code (RFC 6455 §7.4); 1006 when the connection dropped without a close frame
   * @reason: (nullable): what the peer said
   *
   * Emitted once.
   */
  signals[CLOSED] = g_signal_new ("closed", MZ_TYPE_TRANSPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
}

/**
 * mz_transport_send:
 * @text: a UTF-8 message
 *
 * Queues @text. Nothing happens when the transport is not open: `::closed` has said so.
 */
void
mz_transport_send (MzTransport *self,
                   const char  *text)
{
  g_return_if_fail (MZ_IS_TRANSPORT (self));
  g_return_if_fail (text != NULL);

  MZ_TRANSPORT_GET_IFACE (self)->send (self, text);
}

/**
 * mz_transport_set_keepalive:
 * @seconds: how often to ping the peer; 0 for never
 */
void
mz_transport_set_keepalive (MzTransport *self,
                            guint        seconds)
{
  g_return_if_fail (MZ_IS_TRANSPORT (self));

  MZ_TRANSPORT_GET_IFACE (self)->set_keepalive (self, seconds);
}

/**
 * mz_transport_close:
 * @code: the close code (RFC 6455 §7.4)
 * @reason: (nullable): at most 123 bytes
 *
 * Starts the closing handshake. `::closed` follows when the peer has answered, or soon if it does not.
 */
void
mz_transport_close (MzTransport *self,
                    guint        code,
                    const char  *reason)
{
  g_return_if_fail (MZ_IS_TRANSPORT (self));

  MZ_TRANSPORT_GET_IFACE (self)->close (self, code, reason);
}

/**
 * mz_transport_set_max_message:
 * @bytes: the largest message to take; a larger one closes the connection with 1009
 */
void
mz_transport_set_max_message (MzTransport *self,
                              gsize        bytes)
{
  g_return_if_fail (MZ_IS_TRANSPORT (self));

  MZ_TRANSPORT_GET_IFACE (self)->set_max_message (self, bytes);
}

gboolean
mz_transport_is_open (MzTransport *self)
{
  g_return_val_if_fail (MZ_IS_TRANSPORT (self), FALSE);

  return MZ_TRANSPORT_GET_IFACE (self)->is_open (self);
}

void
mz_transport_emit_message (MzTransport *self,
                           const char  *text,
                           gsize        length)
{
  g_signal_emit (self, signals[MESSAGE], 0, text, (guint64) length);
}

void
mz_transport_emit_pong (MzTransport *self)
{
  g_signal_emit (self, signals[PONG], 0);
}

void
mz_transport_emit_closed (MzTransport *self,
                          guint        code,
                          const char  *reason)
{
  g_signal_emit (self, signals[CLOSED], 0, code, reason);
}
