/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-connection.h"

#include <string.h>

#include "mz-demo-login.h"
#include "mz-demo-methods.h"
#include "mz-demo-record.h"
#include "mz-frame.h"

/* docs: gateway/protocol/transport, "Pre-connect frames are capped at 64 KiB" */
#define PRE_CONNECT_BYTES (64 * 1024)

/* libsoup ends a connection without a word when its own limit is passed; below this much over ours we can still name the reason. */
#define ROOM_BYTES (1024 * 1024)

#define DEEP_LEVELS 100000

/* RFC 6455, section 5.5: a control frame has at most 125 bytes, 2 of them the code. */
#define MAX_REASON_BYTES 123

/* RFC 6455, section 7.4.1, and the registry of close codes */
#define CLOSE_POLICY 1008
#define CLOSE_SERVICE_RESTART 1012

typedef enum
{
  STATE_CHALLENGED, /* waits for `connect` */
  STATE_READY,
  STATE_MUTE,       /* by fault: hears everything, says nothing */
  STATE_CLOSED,
} State;

struct _MzDemoConnection
{
  MzDemoGateway *gateway; /* not owned: it closes its connections before it goes */
  SoupWebsocketConnection *socket;
  MzDemoCloseCode *closer;
  GSocket *tcp;
  guint number;
  char *id;
  char *nonce;
  State state;
  gint64 seq;
  MzDemoLogin login;
  gboolean sessions_subscribed;
  GHashTable *message_keys;
};

static void
send_text (MzDemoConnection *self,
           const char       *text)
{
  if (self->state == STATE_CLOSED || soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return;

  mz_demo_record (self->gateway->record, self->number, FALSE, text);
  soup_websocket_connection_send_text (self->socket, text);
}

static void
send_response (MzDemoConnection *self,
               const char       *id,
               JsonNode         *payload,
               JsonObject       *error)
{
  g_autofree char *text = NULL;

  if (self->state == STATE_MUTE)
    return;

  if (error != NULL)
    {
      g_autoptr (JsonNode) node = mz_demo_node (json_object_ref (error));

      text = mz_frame_build_error (id, node);
    }
  else
    text = mz_frame_build_response (id, payload);
  send_text (self, text);
}

/* The socket outlives the connection until the closing handshake is over; libsoup gives the peer a few seconds for it. */
static void
closed_late_cb (SoupWebsocketConnection *socket,
                gpointer                 user_data)
{
  g_signal_handlers_disconnect_by_func (socket, closed_late_cb, user_data);
  g_object_unref (socket);
}

/* Lets go of the socket; from here on nothing of it reaches this connection. */
static SoupWebsocketConnection *
detach (MzDemoConnection *self)
{
  self->state = STATE_CLOSED;
  g_signal_handlers_disconnect_by_data (self->socket, self);
  return g_steal_pointer (&self->socket);
}

static void
refuse_login (MzDemoConnection *self,
              const char       *id)
{
  g_autofree char *reason = g_strdup (mz_json_get_string (self->login.error, "message"));

  send_response (self, id, NULL, self->login.error);
  mz_demo_connection_close (self, self->login.close_code, reason);
}

static void
log_in (MzDemoConnection *self,
        const char       *id,
        JsonNode         *params)
{
  g_autoptr (JsonNode) hello = NULL;

  self->gateway->n_connects++;
  if (!mz_demo_login_check (&self->login, self->gateway, mz_json_node_object (params), self->nonce))
    {
      refuse_login (self, id);
      return;
    }

  hello = mz_demo_node (mz_demo_login_hello (&self->login, self->gateway, self->id));
  send_response (self, id, hello, NULL);
  self->state = STATE_READY;
  mz_demo_connection_apply_fault (self);
}

static void
handle_first (MzDemoConnection *self,
              const char       *id,
              const char       *method,
              JsonNode         *params)
{
  if (id == NULL || method == NULL)
    {
      mz_demo_connection_close (self, CLOSE_POLICY, "invalid request frame");
      return;
    }
  if (g_strcmp0 (method, "connect") != 0)
    {
      g_autoptr (JsonObject) error = mz_demo_error ("INVALID_REQUEST", "invalid handshake: first request must be connect", NULL);

      send_response (self, id, NULL, error);
      mz_demo_connection_close (self, CLOSE_POLICY, "invalid handshake: first request must be connect");
      return;
    }

  log_in (self, id, params);
}

static void
handle_request (MzDemoConnection *self,
                const char       *id,
                const char       *method,
                JsonNode         *params)
{
  g_autoptr (JsonObject) error = NULL;
  g_autoptr (JsonNode) payload = NULL;

  if (id == NULL || method == NULL)
    {
      error = mz_demo_error ("INVALID_REQUEST", "invalid request frame: must have required property 'id', 'method'", NULL);
      send_response (self, id != NULL ? id : "invalid", NULL, error);
      return;
    }

  payload = mz_demo_methods_call (self->gateway, self, method, params, &error);
  send_response (self, id, payload, error);
}

static void
handle_text (MzDemoConnection *self,
             const char       *text,
             gsize             length)
{
  g_autoptr (JsonNode) node = mz_json_parse (text, length, self->gateway->max_payload, NULL);
  JsonObject *frame = node != NULL ? mz_json_node_object (node) : NULL;
  gboolean is_request = g_strcmp0 (mz_json_get_string (frame, "type"), "req") == 0;
  const char *id = is_request ? mz_json_get_string (frame, "id") : NULL;
  const char *method = is_request ? mz_json_get_string (frame, "method") : NULL;

  if (id != NULL && *id == '\0')
    id = NULL;

  /* The real gateway says no word about what is not JSON. */
  if (node == NULL)
    mz_demo_connection_close (self, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  else if (self->state == STATE_CHALLENGED)
    handle_first (self, id, method, mz_json_get_node (frame, "params"));
  else
    handle_request (self, id, method, mz_json_get_node (frame, "params"));
}

static void
message_cb (SoupWebsocketConnection *socket,
            int                      type,
            GBytes                  *message,
            gpointer                 user_data)
{
  g_autoptr (MzDemoConnection) self = mz_demo_connection_ref (user_data);
  g_autoptr (MzDemoGateway) gateway = g_object_ref (self->gateway);
  gsize length;
  const char *text = g_bytes_get_data (message, &length);

  g_assert (SOUP_IS_WEBSOCKET_CONNECTION (socket));

  if (type != SOUP_WEBSOCKET_DATA_TEXT)
    {
      mz_demo_connection_close (self, SOUP_WEBSOCKET_CLOSE_UNSUPPORTED_DATA, NULL);
      return;
    }

  if (length > (self->state == STATE_CHALLENGED ? PRE_CONNECT_BYTES : gateway->max_payload))
    {
      mz_demo_connection_close (self, SOUP_WEBSOCKET_CLOSE_TOO_BIG, NULL);
      return;
    }

  mz_demo_record (gateway->record, self->number, TRUE, text);
  if (self->state != STATE_MUTE)
    handle_text (self, text, length);
}

static void
closed_cb (SoupWebsocketConnection *socket,
           gpointer                 user_data)
{
  g_autoptr (MzDemoConnection) self = mz_demo_connection_ref (user_data);
  g_autoptr (SoupWebsocketConnection) gone = detach (self);

  g_assert (gone == socket);

  mz_demo_gateway_forget (self->gateway, self);
}

/*< private >
 * mz_demo_connection_new:
 * @gateway: the gateway
 * @socket: the upgraded WebSocket
 * @closer: its extension
 * @tcp: (nullable): what is below it
 * @number: counted from 1, for the record
 *
 * Returns: (transfer full): a connection that has not said anything yet
 */
MzDemoConnection *
mz_demo_connection_new (MzDemoGateway           *gateway,
                        SoupWebsocketConnection *socket,
                        MzDemoCloseCode         *closer,
                        GSocket                 *tcp,
                        guint                    number)
{
  MzDemoConnection *self = g_rc_box_new0 (MzDemoConnection);

  self->gateway = gateway;
  self->socket = g_object_ref (socket);
  g_set_object (&self->closer, closer);
  g_set_object (&self->tcp, tcp);
  self->number = number;
  self->id = g_uuid_string_random ();
  self->nonce = g_uuid_string_random ();
  self->state = STATE_CHALLENGED;
  self->message_keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  soup_websocket_connection_set_max_incoming_payload_size (socket, gateway->max_payload + ROOM_BYTES);
  g_signal_connect (socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (socket, "closed", G_CALLBACK (closed_cb), self);

  return self;
}

MzDemoConnection *
mz_demo_connection_ref (MzDemoConnection *self)
{
  return g_rc_box_acquire (self);
}

static void
connection_clear (gpointer data)
{
  MzDemoConnection *self = data;

  g_assert (self->socket == NULL);

  g_clear_object (&self->closer);
  g_clear_object (&self->tcp);
  g_free (self->id);
  g_free (self->nonce);
  mz_demo_login_clear (&self->login);
  g_hash_table_unref (self->message_keys);
}

void
mz_demo_connection_unref (MzDemoConnection *self)
{
  g_rc_box_release_full (self, connection_clear);
}

/*< private >
 * mz_demo_connection_greet:
 * @self: a new connection
 *
 * Sends the challenge, or what the fault has instead.
 */
void
mz_demo_connection_greet (MzDemoConnection *self)
{
  g_autoptr (JsonNode) payload = NULL;
  g_autofree char *text = NULL;

  if (self->gateway->fault == MZ_DEMO_FAULT_STALL)
    {
      self->state = STATE_MUTE;
      return;
    }
  if (self->gateway->fault == MZ_DEMO_FAULT_GARBAGE)
    {
      send_text (self, "220 something else answers here");
      self->state = STATE_MUTE;
      return;
    }

  payload = mz_demo_node (mz_demo_object ("si", "nonce", self->nonce, "ts", mz_demo_now_ms ()));
  text = mz_frame_build_event ("connect.challenge", payload, -1);
  send_text (self, text);
}

/*< private >
 * mz_demo_connection_has_scope:
 * @self: a connection
 * @scope: one of `operator.read`, `.write`, `.approvals`, `.admin`
 *
 * Returns: whether the client has it, or one that includes it (docs: gateway/operator-scopes)
 */
gboolean
mz_demo_connection_has_scope (MzDemoConnection *self,
                              const char       *scope)
{
  const char * const *scopes = (const char * const *) self->login.scopes;

  if (scopes == NULL)
    return FALSE;
  if (g_strv_contains (scopes, scope) || g_strv_contains (scopes, "operator.admin"))
    return TRUE;
  return g_strcmp0 (scope, "operator.read") == 0 && g_strv_contains (scopes, "operator.write");
}

gboolean
mz_demo_connection_is_in (MzDemoConnection *self,
                          MzDemoAudience    audience,
                          const char       *session_key)
{
  if (self->state != STATE_READY)
    return FALSE;

  switch (audience)
    {
    case MZ_DEMO_AUDIENCE_ALL:
      return mz_demo_connection_has_scope (self, "operator.read");
    case MZ_DEMO_AUDIENCE_TOOLS:
      return mz_demo_connection_has_scope (self, "operator.read") &&
             g_strv_contains ((const char * const *) self->login.caps, "tool-events");
    case MZ_DEMO_AUDIENCE_SESSIONS:
      return self->sessions_subscribed;
    case MZ_DEMO_AUDIENCE_MESSAGES:
      return self->sessions_subscribed || (session_key != NULL && g_hash_table_contains (self->message_keys, session_key));
    case MZ_DEMO_AUDIENCE_APPROVALS:
      return g_strcmp0 (self->login.client_mode, "ui") == 0 && mz_demo_connection_has_scope (self, "operator.approvals") &&
             g_strv_contains ((const char * const *) self->login.caps, "exec-approvals");
    default:
      g_assert_not_reached ();
    }
}

const char *
mz_demo_connection_get_client_id (MzDemoConnection *self)
{
  return self->login.client_id;
}

void
mz_demo_connection_set_sessions (MzDemoConnection *self,
                                 gboolean          subscribed)
{
  self->sessions_subscribed = subscribed;
}

void
mz_demo_connection_set_messages (MzDemoConnection *self,
                                 const char       *session_key,
                                 gboolean          subscribed)
{
  if (subscribed)
    g_hash_table_add (self->message_keys, g_strdup (session_key));
  else
    g_hash_table_remove (self->message_keys, session_key);
}

/*< private >
 * mz_demo_connection_send_event:
 * @self: a connection that is ready
 * @event: the event's name
 * @payload: its payload, as JSON: made once for all connections
 * @lost: count it, but do not send it
 */
void
mz_demo_connection_send_event (MzDemoConnection *self,
                               const char       *event,
                               const char       *payload,
                               gboolean          lost)
{
  g_autofree char *text = NULL;

  self->seq++;
  if (lost)
    return;

  text = g_strdup_printf ("{\"type\":\"event\",\"event\":\"%s\",\"payload\":%s,\"seq\":%" G_GINT64_FORMAT "}",
                          event, payload, self->seq);
  send_text (self, text);
}

static void
send_deep (MzDemoConnection *self)
{
  GString *payload = g_string_sized_new (2 * DEEP_LEVELS);
  g_autofree char *text = NULL;

  for (guint i = 0; i < DEEP_LEVELS; i++)
    g_string_append_c (payload, '[');
  for (guint i = 0; i < DEEP_LEVELS; i++)
    g_string_append_c (payload, ']');
  text = g_string_free (payload, FALSE);
  mz_demo_connection_send_event (self, "demo.deep", text, FALSE);
}

static void
send_oversized (MzDemoConnection *self)
{
  g_autofree char *filler = g_malloc (self->gateway->max_payload + 1);
  g_autofree char *payload = NULL;

  memset (filler, 'x', self->gateway->max_payload);
  filler[self->gateway->max_payload] = '\0';
  payload = g_strdup_printf ("{\"filler\":\"%s\"}", filler);
  mz_demo_connection_send_event (self, "demo.oversized", payload, FALSE);
}

/*< private >
 * mz_demo_connection_apply_fault:
 * @self: a connection
 *
 * Does what the gateway's fault asks of a connection that is logged in.
 */
void
mz_demo_connection_apply_fault (MzDemoConnection *self)
{
  if (self->state != STATE_READY)
    return;

  switch (self->gateway->fault)
    {
    case MZ_DEMO_FAULT_STALL_READY:
      self->state = STATE_MUTE;
      break;
    case MZ_DEMO_FAULT_GARBAGE_READY:
      send_text (self, "{\"type\":\"event\",\"event\": oops");
      break;
    case MZ_DEMO_FAULT_OVERSIZED:
      send_oversized (self);
      break;
    case MZ_DEMO_FAULT_CLOSE:
      mz_demo_connection_close (self, self->gateway->close_code, "demo fault");
      break;
    case MZ_DEMO_FAULT_SHUTDOWN:
      mz_demo_connection_send_event (self, "shutdown", "{\"reason\":\"restart\",\"restartExpectedMs\":200}", FALSE);
      mz_demo_connection_close (self, CLOSE_SERVICE_RESTART, "service restart");
      break;
    case MZ_DEMO_FAULT_DEEP:
      send_deep (self);
      break;
    case MZ_DEMO_FAULT_SLOW_CONSUMER:
      mz_demo_connection_close (self, CLOSE_POLICY, "slow consumer");
      break;
    default:
      break;
    }
}

/*< private >
 * mz_demo_connection_close:
 * @self: a connection
 * @code: the close code
 * @reason: (nullable): in words
 *
 * Closes with a close frame, after what was sent before, and forgets the connection.
 */
void
mz_demo_connection_close (MzDemoConnection *self,
                          guint             code,
                          const char       *reason)
{
  g_autoptr (MzDemoConnection) kept = mz_demo_connection_ref (self);
  g_autoptr (SoupWebsocketConnection) socket = NULL;
  g_autofree char *short_reason = NULL;

  if (self->state == STATE_CLOSED)
    return;

  socket = detach (self);
  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN)
    {
      short_reason = reason != NULL ? g_strndup (reason, MAX_REASON_BYTES) : NULL;
      g_signal_connect (g_object_ref (socket), "closed", G_CALLBACK (closed_late_cb), NULL);
      mz_demo_close_code_set (self->closer, code);
      soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, short_reason);
    }
  mz_demo_gateway_forget (self->gateway, self);
}

/*< private >
 * mz_demo_connection_drop:
 * @self: a connection
 *
 * Ends the TCP connection at once, without a close frame, as a pulled cable's NAT does; what is not written yet is lost.
 */
void
mz_demo_connection_drop (MzDemoConnection *self)
{
  g_autoptr (MzDemoConnection) kept = mz_demo_connection_ref (self);
  g_autoptr (SoupWebsocketConnection) socket = NULL;

  if (self->state == STATE_CLOSED)
    return;

  socket = detach (self);
  if (self->tcp != NULL)
    g_socket_shutdown (self->tcp, TRUE, TRUE, NULL);
  mz_demo_gateway_forget (self->gateway, self);
}
