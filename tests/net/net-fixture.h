/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Runs the main context until @condition holds; a watchdog fails the test when it never does. */
#define net_await(condition)                        \
  G_STMT_START                                      \
    {                                               \
      guint watchdog_ = net_watchdog_new (G_STRLOC); \
      while (!(condition))                          \
        g_main_context_iteration (NULL, TRUE);      \
      g_source_remove (watchdog_);                  \
    }                                               \
  G_STMT_END

guint                net_watchdog_new    (const char *where);

/* For callbacks that only keep their result */
void                 net_store_result    (GObject      *source,
                                          GAsyncResult *result,
                                          gpointer      user_data);

char                *net_cert_path       (const char *file);
GTlsCertificate     *net_cert_load       (const char *name);

/* A server on a free port of 127.0.0.1 that lives in the main context. */
typedef struct _NetServer NetServer;

NetServer           *net_server_new      (void);
NetServer           *net_server_new_tls  (const char   *cert);
NetServer           *net_server_new_half (const guint8 *answer,
                                          gsize         length,
                                          gboolean      reset);
void                 net_server_free     (NetServer    *self);
guint16              net_server_get_port (NetServer    *self);
guint                net_server_get_n_connections (NetServer *self);
guint                net_server_get_n_handshakes  (NetServer *self);
guint                net_server_get_n_failures    (NetServer *self);
GBytes              *net_server_get_received      (NetServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetServer, net_server_free)

/* Connects and does a TLS handshake as the connector does; the caller owns what comes back. */
GTlsConnection      *net_handshake       (GSocketConnectable  *connectable,
                                          GSocketConnectable  *identity,
                                          GTlsDatabase        *database,
                                          GError             **error);

G_END_DECLS
