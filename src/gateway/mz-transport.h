/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MzTransport:
 *
 * An open, upgraded connection that carries text messages. After `::closed` (code, reason, emitted once) nothing more comes.
 *
 * `::message` (text, length): a whole text message, NUL-terminated, valid during the emission. `::pong`: a ping was answered.
 */
#define MZ_TYPE_TRANSPORT (mz_transport_get_type ())
G_DECLARE_INTERFACE (MzTransport, mz_transport, MZ, TRANSPORT, GObject)

struct _MzTransportInterface
{
  GTypeInterface parent_iface;

  void      (*send)            (MzTransport *self,
                                const char  *text);
  void      (*set_keepalive)   (MzTransport *self,
                                guint        seconds);
  void      (*close)           (MzTransport *self,
                                guint        code,
                                const char  *reason);
  void      (*set_max_message) (MzTransport *self,
                                gsize        bytes);
  gboolean  (*is_open)         (MzTransport *self);
};

void      mz_transport_send            (MzTransport *self,
                                        const char  *text);
void      mz_transport_set_keepalive   (MzTransport *self,
                                        guint        seconds);
void      mz_transport_close           (MzTransport *self,
                                        guint        code,
                                        const char  *reason);
void      mz_transport_set_max_message (MzTransport *self,
                                        gsize        bytes);
gboolean  mz_transport_is_open         (MzTransport *self);

/* For implementations */
void      mz_transport_emit_message    (MzTransport *self,
                                        const char  *text,
                                        gsize        length);
void      mz_transport_emit_pong       (MzTransport *self);
void      mz_transport_emit_closed     (MzTransport *self,
                                        guint        code,
                                        const char  *reason);

G_END_DECLS
