/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "net-fixture.h"

#include <sys/socket.h>

/* Far more than anything here takes, under valgrind too */
#define WATCHDOG_S 30

struct _NetServer
{
  GSocketService *service;
  GTlsCertificate *certificate;
  GBytes *answer;
  gboolean reset;
  guint16 port;

  guint n_connections;
  guint n_handshakes;
  guint n_failures;
  guint n_pending;
  GBytes *received;
};

static gboolean
watchdog_cb (gpointer user_data)
{
  g_error ("%s: nothing came within %d s", (const char *) user_data, WATCHDOG_S);
  return G_SOURCE_REMOVE;
}

guint
net_watchdog_new (const char *where)
{
  return g_timeout_add_seconds (WATCHDOG_S, watchdog_cb, (gpointer) where);
}

void
net_store_result (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  GAsyncResult **place = user_data;

  g_assert_null (*place);
  *place = g_object_ref (result);
}

char *
net_cert_path (const char *file)
{
  return g_test_build_filename (G_TEST_DIST, "net", "certs", file, NULL);
}

GTlsCertificate *
net_cert_load (const char *name)
{
  g_autofree char *cert = g_strconcat (name, ".pem", NULL);
  g_autofree char *key = g_strconcat (name, "-key.pem", NULL);
  g_autofree char *cert_path = net_cert_path (cert);
  g_autofree char *key_path = net_cert_path (key);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_files (cert_path, key_path, &error);

  g_assert_no_error (error);
  return certificate;
}

/* One connection's life: what is kept while something is under way */
typedef struct
{
  NetServer *server;
  GIOStream *stream;
  GIOStream *base;
} Guest;

static void
guest_free (Guest *guest)
{
  guest->server->n_pending--;
  g_io_stream_close (guest->stream, NULL, NULL);
  g_clear_object (&guest->stream);
  g_clear_object (&guest->base);
  g_free (guest);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Guest *guest = user_data;
  NetServer *server = guest->server;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);

  if (bytes != NULL && g_bytes_get_size (bytes) > 0)
    {
      g_clear_pointer (&server->received, g_bytes_unref);
      server->received = g_steal_pointer (&bytes);
    }

  if (server->answer != NULL && g_bytes_get_size (server->answer) > 0)
    g_output_stream_write_all (g_io_stream_get_output_stream (guest->stream), g_bytes_get_data (server->answer, NULL),
                               g_bytes_get_size (server->answer), NULL, NULL, NULL);

  if (server->reset)
    {
      GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (guest->base));
      struct linger linger = { .l_onoff = 1, .l_linger = 0 };

      g_assert_cmpint (setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger), ==, 0);
    }

  guest_free (guest);
}

static void
read_some (Guest *guest)
{
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (guest->stream), 4096, G_PRIORITY_DEFAULT, NULL,
                                   read_cb, guest);
}

static void
handshake_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Guest *guest = user_data;

  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, NULL))
    {
      guest->server->n_failures++;
      guest_free (guest);
      return;
    }

  guest->server->n_handshakes++;
  read_some (guest);
}

static gboolean
incoming_cb (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source_object,
             gpointer           user_data)
{
  NetServer *self = user_data;
  Guest *guest = g_new0 (Guest, 1);

  self->n_connections++;
  self->n_pending++;
  guest->server = self;
  guest->base = G_IO_STREAM (g_object_ref (connection));

  if (self->certificate != NULL)
    {
      g_autoptr (GError) error = NULL;

      guest->stream = g_tls_server_connection_new (guest->base, self->certificate, &error);
      g_assert_no_error (error);
      g_tls_connection_handshake_async (G_TLS_CONNECTION (guest->stream), G_PRIORITY_DEFAULT, NULL,
                                        handshake_cb, guest);
    }
  else
    {
      guest->stream = g_object_ref (guest->base);
      read_some (guest);
    }

  return TRUE;
}

NetServer *
net_server_new (void)
{
  NetServer *self = g_new0 (NetServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, &bound, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (self->service, "incoming", G_CALLBACK (incoming_cb), self);
  g_socket_service_start (self->service);

  return self;
}

NetServer *
net_server_new_tls (const char *cert)
{
  NetServer *self = net_server_new ();

  self->certificate = net_cert_load (cert);
  return self;
}

/* Reads once, says @answer, and closes, with a RST if @reset. */
NetServer *
net_server_new_half (const guint8 *answer,
                     gsize         length,
                     gboolean      reset)
{
  NetServer *self = net_server_new ();

  self->answer = g_bytes_new (answer, length);
  self->reset = reset;
  return self;
}

void
net_server_free (NetServer *self)
{
  net_await (self->n_pending == 0);

  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);

  /* A stopped service's last accept ends in the main context. */
  while (g_main_context_iteration (NULL, FALSE))
    ;

  g_clear_object (&self->certificate);
  g_clear_pointer (&self->answer, g_bytes_unref);
  g_clear_pointer (&self->received, g_bytes_unref);
  g_free (self);
}

guint16
net_server_get_port (NetServer *self)
{
  return self->port;
}

guint
net_server_get_n_connections (NetServer *self)
{
  return self->n_connections;
}

guint
net_server_get_n_handshakes (NetServer *self)
{
  return self->n_handshakes;
}

guint
net_server_get_n_failures (NetServer *self)
{
  return self->n_failures;
}

GBytes *
net_server_get_received (NetServer *self)
{
  return self->received;
}

GTlsConnection *
net_handshake (GSocketConnectable  *connectable,
               GSocketConnectable  *identity,
               GTlsDatabase        *database,
               GError             **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GAsyncResult) shaken = NULL;
  g_autoptr (GIOStream) tls = NULL;
  g_autoptr (GError) local_error = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, connectable, NULL, net_store_result, &connected);
  net_await (connected != NULL);
  connection = g_socket_client_connect_finish (client, connected, &local_error);
  g_assert_no_error (local_error);

  tls = g_tls_client_connection_new (G_IO_STREAM (connection), identity, &local_error);
  g_assert_no_error (local_error);
  if (database != NULL)
    g_tls_connection_set_database (G_TLS_CONNECTION (tls), database);

  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, NULL, net_store_result, &shaken);
  net_await (shaken != NULL);
  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), shaken, error))
    {
      /* The server hears of it only when the stream is closed. */
      g_io_stream_close (tls, NULL, NULL);
      return NULL;
    }

  return G_TLS_CONNECTION (g_steal_pointer (&tls));
}
