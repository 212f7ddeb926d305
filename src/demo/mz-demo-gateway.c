/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-gateway.h"

#include <gio/gnetworking.h>
#include <sodium.h>
#include <string.h>

#include "mz-demo-close-code.h"
#include "mz-demo-connection.h"
#include "mz-demo-private.h"
#include "mz-demo-run.h"

/* What the real gateway announces. */
#define DEFAULT_TICK_MS 30000
#define DEFAULT_MAX_PAYLOAD (25 * 1024 * 1024)

/* About as fast as a model that people like to read along with. */
#define DEFAULT_WORDS_PER_SECOND 60.0

#define DEFAULT_CLOSE_CODE 1001

/* RFC 6455, section 7.4.1: the endpoint is going away */
#define CLOSE_GOING_AWAY 1001

enum
{
  SIGNAL_PAIRING_REQUESTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzDemoGateway, mz_demo_gateway, G_TYPE_OBJECT)

/* What is below TLS and libsoup's wrapping. */
static GSocket *
dup_tcp_socket (GIOStream *stream)
{
  const char * const below[] = { "base-iostream", "base-io-stream" };
  g_autoptr (GIOStream) base = g_object_ref (stream);

  for (gsize i = 0; i < G_N_ELEMENTS (below); i++)
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (base), below[i]) != NULL)
      {
        GIOStream *next = NULL;

        g_object_get (base, below[i], &next, NULL);
        g_object_unref (base);
        base = next;
      }

  return G_IS_SOCKET_CONNECTION (base) ? g_object_ref (g_socket_connection_get_socket (G_SOCKET_CONNECTION (base))) : NULL;
}

/* libsoup's own WebSocket handler would make the connection itself, and close it with its own codes only. */
static void
upgraded_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  MzDemoGateway *self = MZ_DEMO_GATEWAY (user_data);
  g_autoptr (SoupServerMessage) kept = g_object_ref (message);
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  g_autoptr (GSocket) tcp = dup_tcp_socket (stream);
  g_autoptr (SoupWebsocketConnection) socket = NULL;
  MzDemoCloseCode *close_code = mz_demo_close_code_new ();
  MzDemoConnection *connection;

  socket = soup_websocket_connection_new (stream, soup_server_message_get_uri (message), SOUP_WEBSOCKET_CONNECTION_SERVER, NULL, NULL,
                                          g_list_prepend (NULL, close_code));

  connection = mz_demo_connection_new (self, socket, close_code, tcp, ++self->n_upgrades);
  g_ptr_array_add (self->connections, connection);
  mz_demo_connection_greet (connection);
}

static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  g_assert (SOUP_IS_SERVER (server));

  if (!soup_websocket_server_check_handshake (message, NULL, NULL, NULL, NULL))
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  else if (soup_websocket_server_process_handshake (message, NULL, NULL, NULL, NULL))
    g_signal_connect_object (message, "wrote-informational", G_CALLBACK (upgraded_cb), user_data, 0);
}

static gboolean
tick_cb (gpointer user_data)
{
  MzDemoGateway *self = MZ_DEMO_GATEWAY (user_data);

  mz_demo_gateway_emit (self, MZ_DEMO_AUDIENCE_ALL, NULL, "tick", mz_demo_object ("i", "ts", mz_demo_now_ms ()), FALSE);
  return G_SOURCE_CONTINUE;
}

static void
mz_demo_gateway_dispose (GObject *object)
{
  mz_demo_gateway_stop (MZ_DEMO_GATEWAY (object));

  G_OBJECT_CLASS (mz_demo_gateway_parent_class)->dispose (object);
}

static void
mz_demo_gateway_finalize (GObject *object)
{
  MzDemoGateway *self = MZ_DEMO_GATEWAY (object);

  if (self->secret != NULL)
    sodium_memzero (self->secret, strlen (self->secret));
  g_free (self->secret);
  g_clear_object (&self->certificate);
  g_clear_object (&self->record);
  g_queue_clear (&self->queue);
  g_hash_table_unref (self->runs);
  mz_demo_store_free (self->store);
  mz_demo_devices_free (self->devices);
  g_ptr_array_unref (self->connections);
  g_free (self->url);

  G_OBJECT_CLASS (mz_demo_gateway_parent_class)->finalize (object);
}

static void
mz_demo_gateway_class_init (MzDemoGatewayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_demo_gateway_dispose;
  object_class->finalize = mz_demo_gateway_finalize;

  /**
   * MzDemoGateway::pairing-requested:
   * @self: the gateway
   * @request_id: what mz_demo_gateway_approve_pairing() takes
   * @device_id: the device that asks
   *
   * A device asked for the first time to be let in.
   */
  signals[SIGNAL_PAIRING_REQUESTED] =
    g_signal_new ("pairing-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
mz_demo_gateway_init (MzDemoGateway *self)
{
  if (sodium_init () < 0)
    g_error ("libsodium could not be initialised");

  self->protocol = 4;
  self->auth = MZ_DEMO_AUTH_NONE;
  self->close_code = DEFAULT_CLOSE_CODE;
  self->tick_ms = DEFAULT_TICK_MS;
  self->max_payload = DEFAULT_MAX_PAYLOAD;
  self->rate = DEFAULT_WORDS_PER_SECOND;
  self->store = mz_demo_store_new (mz_demo_now_ms ());
  self->devices = mz_demo_devices_new ();
  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) mz_demo_run_free);
  self->connections = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_demo_connection_unref);
  g_queue_init (&self->queue);
}

/*< private >
 * mz_demo_gateway_emit:
 * @self: the gateway
 * @audience: who gets it
 * @session_key: (nullable): the session it is about
 * @event: its name
 * @payload: (transfer full): its payload
 * @lost: count it, but do not send it
 *
 * Sends an event.
 */
void
mz_demo_gateway_emit (MzDemoGateway  *self,
                      MzDemoAudience  audience,
                      const char     *session_key,
                      const char     *event,
                      JsonObject     *payload,
                      gboolean        lost)
{
  g_autoptr (JsonNode) node = mz_demo_node (payload);
  g_autofree char *text = NULL;

  for (guint i = 0; i < self->connections->len; i++)
    {
      MzDemoConnection *connection = g_ptr_array_index (self->connections, i);

      if (!mz_demo_connection_is_in (connection, audience, session_key))
        continue;
      if (text == NULL)
        text = mz_json_to_string (node);
      mz_demo_connection_send_event (connection, event, text, lost);
    }
}

/*< private >
 * mz_demo_gateway_emit_session:
 * @self: the gateway
 * @session: what changed
 * @reason: (nullable): why: `create`, `patch`, `delete`, `reset`, `send`
 * @phase: (nullable): where its run is: `start`, `end`, `error`
 * @run_id: (nullable): the run
 *
 * Sends `sessions.changed`.
 */
void
mz_demo_gateway_emit_session (MzDemoGateway *self,
                              MzDemoSession *session,
                              const char    *reason,
                              const char    *phase,
                              const char    *run_id)
{
  MzDemoRun *active = mz_demo_run_find_active (self, session->key);
  gboolean is_gone = g_strcmp0 (reason, "delete") == 0;
  JsonObject *row = mz_demo_session_row (session, active != NULL ? mz_demo_run_get_id (active) : NULL);
  JsonObject *payload = mz_demo_object ("sssssisssi",
                                        "sessionKey", session->key,
                                        "agentId", MZ_DEMO_AGENT,
                                        "reason", reason,
                                        "phase", phase,
                                        "runId", run_id,
                                        "ts", mz_demo_now_ms (),
                                        "sessionId", session->session_id,
                                        "kind", "direct",
                                        "label", session->label,
                                        "updatedAt", session->updated_at);

  if (is_gone)
    json_object_unref (row);
  else
    json_object_set_object_member (payload, "session", row);
  mz_demo_gateway_emit (self, MZ_DEMO_AUDIENCE_SESSIONS, session->key, "sessions.changed", payload, FALSE);
}

gboolean
mz_demo_gateway_has_audience (MzDemoGateway  *self,
                              MzDemoAudience  audience)
{
  for (guint i = 0; i < self->connections->len; i++)
    if (mz_demo_connection_is_in (g_ptr_array_index (self->connections, i), audience, NULL))
      return TRUE;

  return FALSE;
}

/*< private >
 * mz_demo_gateway_add_timeout:
 * @self: the gateway, which is running
 * @interval_ms: milliseconds
 * @callback: what to call
 * @user_data: for @callback
 *
 * Returns: (transfer full): the source, in the context that the gateway was started in
 */
GSource *
mz_demo_gateway_add_timeout (MzDemoGateway *self,
                             guint          interval_ms,
                             GSourceFunc    callback,
                             gpointer       user_data)
{
  GSource *source = g_timeout_source_new (interval_ms);

  g_source_set_callback (source, callback, user_data, NULL);
  g_source_set_static_name (source, "[moltzer] demo gateway");
  g_source_attach (source, self->context);
  return source;
}

void
mz_demo_gateway_forget (MzDemoGateway    *self,
                        MzDemoConnection *connection)
{
  g_ptr_array_remove (self->connections, connection);
}

void
mz_demo_gateway_ask_pairing (MzDemoGateway *self,
                             const char    *request_id,
                             const char    *device_id)
{
  g_autofree char *request = g_strdup (request_id);

  g_signal_emit (self, signals[SIGNAL_PAIRING_REQUESTED], 0, request, device_id);
}

/*< private >
 * mz_demo_gateway_copy_connections:
 * @self: the gateway
 *
 * What is done to connections can take them out of the array.
 *
 * Returns: (transfer full) (element-type MzDemoConnection): the connections of now
 */
GPtrArray *
mz_demo_gateway_copy_connections (MzDemoGateway *self)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_demo_connection_unref);

  for (guint i = 0; i < self->connections->len; i++)
    g_ptr_array_add (copy, mz_demo_connection_ref (g_ptr_array_index (self->connections, i)));
  return copy;
}

/**
 * mz_demo_gateway_new:
 *
 * Makes a gateway that speaks protocol 4, asks for no secret and no pairing, and is not started.
 *
 * Returns: (transfer full): a gateway
 */
MzDemoGateway *
mz_demo_gateway_new (void)
{
  return g_object_new (MZ_TYPE_DEMO_GATEWAY, NULL);
}

/* libsoup 3.2 loses a GSocket for each connection that it accepts itself, and sets no TCP_NODELAY: small frames would wait for an
 * ACK. */
static gboolean
incoming_cb (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             gpointer           user_data)
{
  MzDemoGateway *self = MZ_DEMO_GATEWAY (user_data);
  g_autoptr (GIOStream) stream = G_IO_STREAM (g_object_ref (connection));
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GError) error = NULL;

  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  if (self->certificate != NULL)
    {
      GIOStream *tls = g_tls_server_connection_new (stream, self->certificate, &error);

      if (tls == NULL)
        {
          g_warning ("No TLS for a client of the demo gateway: %s", error->message);
          return TRUE;
        }
      g_object_unref (stream);
      stream = tls;
    }

  if (!soup_server_accept_iostream (self->server, stream, local, remote, &error))
    g_warning ("A client of the demo gateway was not accepted: %s", error->message);
  return TRUE;
}

static gboolean
open_port (MzDemoGateway  *self,
           guint16         port,
           GError        **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, port);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocketService) service = g_socket_service_new ();

  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound,
                                      error))
    return FALSE;

  g_signal_connect (service, "incoming", G_CALLBACK (incoming_cb), self);
  self->service = g_steal_pointer (&service);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_free (self->url);
  self->url = g_strdup_printf ("%s://127.0.0.1:%u", self->certificate != NULL ? "wss" : "ws", self->port);
  return TRUE;
}

/**
 * mz_demo_gateway_start:
 * @self: a gateway that is not started
 * @port: a TCP port, 0 for any free one
 * @error: return location for an error
 *
 * Listens on 127.0.0.1. All happens in the thread-default main context of the caller. A gateway that was stopped can be started again
 * and has kept its sessions and devices.
 *
 * Returns: whether it listens; the error is libsoup's or GIO's
 */
gboolean
mz_demo_gateway_start (MzDemoGateway  *self,
                       guint16         port,
                       GError        **error)
{
  g_return_val_if_fail (MZ_IS_DEMO_GATEWAY (self), FALSE);
  g_return_val_if_fail (self->server == NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  self->server = soup_server_new ("server-header", MZ_DEMO_VERSION, NULL);
  soup_server_add_handler (self->server, "/", request_cb, self, NULL);

  if (!open_port (self, port, error))
    {
      g_clear_object (&self->server);
      return FALSE;
    }

  self->started_us = g_get_monotonic_time ();
  self->context = g_main_context_ref_thread_default ();
  self->tick = mz_demo_gateway_add_timeout (self, self->tick_ms, tick_cb, self);
  return TRUE;
}

/**
 * mz_demo_gateway_stop:
 * @self: a gateway
 *
 * Closes all connections with code 1001 and stops listening; nothing of the gateway is left in the main context but the closing
 * handshakes. Runs that go on end as aborted.
 */
void
mz_demo_gateway_stop (MzDemoGateway *self)
{
  g_autoptr (GPtrArray) connections = NULL;

  g_return_if_fail (MZ_IS_DEMO_GATEWAY (self));

  if (self->server == NULL)
    return;

  while (self->queue.head != NULL)
    mz_demo_run_cancel (self->queue.head->data);

  connections = mz_demo_gateway_copy_connections (self);
  for (guint i = 0; i < connections->len; i++)
    mz_demo_connection_close (g_ptr_array_index (connections, i), CLOSE_GOING_AWAY, "gateway stopping");

  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
  soup_server_remove_handler (self->server, "/");
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);

  g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
}

/**
 * mz_demo_gateway_drop_all:
 * @self: a gateway
 *
 * Ends the TCP connection of every client without a close frame.
 */
void
mz_demo_gateway_drop_all (MzDemoGateway *self)
{
  g_autoptr (GPtrArray) connections = NULL;

  g_return_if_fail (MZ_IS_DEMO_GATEWAY (self));

  connections = mz_demo_gateway_copy_connections (self);
  for (guint i = 0; i < connections->len; i++)
    mz_demo_connection_drop (g_ptr_array_index (connections, i));
}

/**
 * mz_demo_gateway_get_port:
 * @self: a gateway
 *
 * Returns: the port it listens on, or last did; 0 before mz_demo_gateway_start()
 */
guint16
mz_demo_gateway_get_port (MzDemoGateway *self)
{
  g_return_val_if_fail (MZ_IS_DEMO_GATEWAY (self), 0);

  return self->port;
}

/**
 * mz_demo_gateway_get_url:
 * @self: a gateway
 *
 * Returns: (transfer none) (nullable): `ws://127.0.0.1:PORT`, or `wss:`; %NULL before mz_demo_gateway_start()
 */
const char *
mz_demo_gateway_get_url (MzDemoGateway *self)
{
  g_return_val_if_fail (MZ_IS_DEMO_GATEWAY (self), NULL);

  return self->url;
}

/**
 * mz_demo_gateway_get_n_connections:
 * @self: a gateway
 *
 * Returns: how many WebSockets are open, logged in or not
 */
guint
mz_demo_gateway_get_n_connections (MzDemoGateway *self)
{
  g_return_val_if_fail (MZ_IS_DEMO_GATEWAY (self), 0);

  return self->connections->len;
}

/**
 * mz_demo_gateway_get_n_connects:
 * @self: a gateway
 *
 * Returns: how many `connect` requests there have been, successful or not
 */
guint
mz_demo_gateway_get_n_connects (MzDemoGateway *self)
{
  g_return_val_if_fail (MZ_IS_DEMO_GATEWAY (self), 0);

  return self->n_connects;
}

/**
 * mz_demo_gateway_get_n_upgrades:
 * @self: a gateway
 *
 * Returns: how many WebSockets have been opened
 */
guint
mz_demo_gateway_get_n_upgrades (MzDemoGateway *self)
{
  g_return_val_if_fail (MZ_IS_DEMO_GATEWAY (self), 0);

  return self->n_upgrades;
}
