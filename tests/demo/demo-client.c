/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "demo-client.h"

#include <sodium.h>
#include <string.h>

/* Larger than anything a test's gateway sends. */
#define MAX_BYTES (64 * 1024 * 1024)

static gboolean
timed_out_cb (gpointer user_data)
{
  gboolean *timed_out = user_data;

  *timed_out = TRUE;
  return G_SOURCE_REMOVE;
}

void
demo_wait_until (gboolean (*condition) (gpointer data),
                 gpointer   data)
{
  gboolean timed_out = FALSE;
  guint watchdog = g_timeout_add_seconds (CLIENT_SECONDS, timed_out_cb, &timed_out);

  while (!condition (data) && !timed_out)
    g_main_context_iteration (NULL, TRUE);

  g_assert_false (timed_out);
  g_source_remove (watchdog);
}

DemoDevice *
demo_device_new (void)
{
  DemoDevice *self = g_new0 (DemoDevice, 1);

  g_assert_cmpint (sodium_init (), >=, 0);
  crypto_sign_keypair (self->public_key, self->secret_key);
  self->id = g_compute_checksum_for_data (G_CHECKSUM_SHA256, self->public_key, sizeof self->public_key);
  return self;
}

void
demo_device_free (DemoDevice *self)
{
  g_free (self->id);
  g_free (self);
}

static void
message_cb (SoupWebsocketConnection *socket,
            int                      type,
            GBytes                  *message,
            gpointer                 user_data)
{
  DemoClient *self = user_data;
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  g_autoptr (JsonNode) node = mz_json_parse (text, length, MAX_BYTES, NULL);
  JsonObject *frame = node != NULL ? mz_json_node_object (node) : NULL;

  self->n_texts++;
  self->longest = MAX (self->longest, length);
  if (frame != NULL)
    g_ptr_array_add (self->frames, json_object_ref (frame));
}

static void
closed_cb (SoupWebsocketConnection *socket,
           gpointer                 user_data)
{
  DemoClient *self = user_data;

  self->closed = TRUE;
  self->close_code = soup_websocket_connection_get_close_code (socket);
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  DemoClient *self = user_data;
  g_autoptr (GError) error = NULL;

  self->socket = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
  soup_websocket_connection_set_max_incoming_payload_size (self->socket, MAX_BYTES);
  g_signal_connect (self->socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (closed_cb), self);
}

static gboolean
accept_certificate_cb (SoupMessage          *message,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  errors,
                       gpointer              user_data)
{
  return TRUE;
}

static gboolean
is_open (gpointer data)
{
  return ((DemoClient *) data)->socket != NULL;
}

DemoClient *
demo_client_open (MzDemoGateway *gateway)
{
  DemoClient *self = g_new0 (DemoClient, 1);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, mz_demo_gateway_get_url (gateway));

  self->session = soup_session_new ();
  self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_certificate_cb), NULL);
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL, connected_cb, self);
  demo_wait_until (is_open, self);
  return self;
}

static gboolean
is_closed (gpointer data)
{
  return ((DemoClient *) data)->closed;
}

void
demo_client_free (DemoClient *self)
{
  if (!self->closed && soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  demo_wait_until (is_closed, self);

  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_object_unref (self->socket);
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_ptr_array_unref (self->frames);
  g_free (self);
}

static gboolean
has_no_connections (gpointer data)
{
  return mz_demo_gateway_get_n_connections (data) == 0;
}

/* Ends a gateway: its connections are gone, and what libsoup does late has been done. */
void
demo_settle (MzDemoGateway *gateway)
{
  demo_wait_until (has_no_connections, gateway);
  mz_demo_gateway_stop (gateway);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
demo_client_send_raw (DemoClient *self,
                      const char *text)
{
  soup_websocket_connection_send_text (self->socket, text);
}

char *
demo_client_send (DemoClient *self,
                  const char *method,
                  const char *params)
{
  char *id = g_strdup_printf ("r%u", ++self->next_id);
  g_autofree char *text = g_strdup_printf ("{\"type\":\"req\",\"id\":\"%s\",\"method\":\"%s\",\"params\":%s}", id, method, params);

  demo_client_send_raw (self, text);
  return id;
}

typedef struct
{
  DemoClient *client;
  const char *id;
  const char *event;
  const char *state;
  JsonObject *found;
} Search;

static gboolean
find_response (gpointer data)
{
  Search *search = data;

  for (guint i = 0; i < search->client->frames->len && search->found == NULL; i++)
    {
      JsonObject *frame = g_ptr_array_index (search->client->frames, i);

      if (g_strcmp0 (mz_json_get_string (frame, "type"), "res") == 0 && g_strcmp0 (mz_json_get_string (frame, "id"), search->id) == 0)
        search->found = frame;
    }
  return search->found != NULL;
}

/* Events are looked for from the last one found. */
static gboolean
find_event (gpointer data)
{
  Search *search = data;
  DemoClient *client = search->client;

  while (search->found == NULL && client->n_seen < client->frames->len)
    {
      JsonObject *frame = g_ptr_array_index (client->frames, client->n_seen++);

      if (g_strcmp0 (mz_json_get_string (frame, "event"), search->event) == 0 &&
          (search->state == NULL || g_strcmp0 (mz_json_get_string (demo_payload (frame), "state"), search->state) == 0))
        search->found = frame;
    }
  return search->found != NULL;
}

JsonObject *
demo_client_wait_response (DemoClient *self,
                           const char *id)
{
  Search search = { .client = self, .id = id };

  demo_wait_until (find_response, &search);
  return search.found;
}

JsonObject *
demo_client_call (DemoClient *self,
                  const char *method,
                  const char *params)
{
  g_autofree char *id = demo_client_send (self, method, params);

  return demo_client_wait_response (self, id);
}

JsonObject *
demo_client_wait_event (DemoClient *self,
                        const char *event,
                        const char *state)
{
  Search search = { .client = self, .event = event, .state = state };

  demo_wait_until (find_event, &search);
  return search.found;
}

void
demo_client_wait_closed (DemoClient *self)
{
  demo_wait_until (is_closed, self);
}

guint
demo_client_count (DemoClient *self,
                   const char *event,
                   const char *stream)
{
  guint count = 0;

  for (guint i = 0; i < self->frames->len; i++)
    {
      JsonObject *frame = g_ptr_array_index (self->frames, i);

      if (g_strcmp0 (mz_json_get_string (frame, "event"), event) == 0 &&
          (stream == NULL || g_strcmp0 (mz_json_get_string (demo_payload (frame), "stream"), stream) == 0))
        count++;
    }
  return count;
}

JsonObject *
demo_payload (JsonObject *frame)
{
  return mz_json_get_object (frame, "payload");
}

JsonObject *
demo_error (JsonObject *frame)
{
  return mz_json_get_object (frame, "error");
}

JsonObject *
demo_details (JsonObject *frame)
{
  return mz_json_get_object (demo_error (frame), "details");
}

/* The last text block of a message. */
const char *
demo_message_text (JsonObject *message)
{
  JsonArray *content = mz_json_get_array (message, "content");
  const char *text = mz_json_get_string (message, "content");

  for (guint i = 0; content != NULL && i < mz_json_array_length (content); i++)
    if (g_strcmp0 (mz_json_get_string (mz_json_array_object (content, i), "type"), "text") == 0)
      text = mz_json_get_string (mz_json_array_object (content, i), "text");
  return text;
}

JsonObject *
demo_client_challenge (DemoClient *self)
{
  JsonObject *challenge = demo_client_wait_event (self, "connect.challenge", NULL);

  g_assert_false (mz_json_has (challenge, "seq"));
  g_assert_nonnull (mz_json_get_string (demo_payload (challenge), "nonce"));
  return demo_payload (challenge);
}

static void
add_words (JsonBuilder *builder,
           const char  *name,
           const char  *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (gsize i = 0; list[i] != NULL; i++)
    if (list[i][0] != '\0')
      json_builder_add_string_value (builder, list[i]);
  json_builder_end_array (builder);
}

static void
add_string (JsonBuilder *builder,
            const char  *name,
            const char  *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_int (JsonBuilder *builder,
         const char  *name,
         gint64       value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_device (JsonBuilder     *builder,
            const DemoLogin *login,
            const char      *client_id,
            const char      *mode,
            const char      *scopes,
            const char      *nonce,
            gint64           signed_at)
{
  const char *token = login->token != NULL ? login->token : login->device_token;
  const char *id = login->bad_id ? "0000000000000000000000000000000000000000000000000000000000000000" : login->device->id;
  g_autofree char *joined = g_strdelimit (g_strdup (scopes), " ", ',');
  g_autofree char *text = g_strdup_printf ("v3|%s|%s|%s|operator|%s|%" G_GINT64_FORMAT "|%s|%s|linux|%s", id, client_id, mode, joined,
                                           signed_at, token != NULL ? token : "", nonce, login->bad_signature ? "x" : "");
  guint8 signature[crypto_sign_BYTES];
  char key_text[64], signature_text[128];

  crypto_sign_detached (signature, NULL, (const guint8 *) text, strlen (text), login->device->secret_key);
  sodium_bin2base64 (key_text, sizeof key_text, login->device->public_key, sizeof login->device->public_key,
                     sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_bin2base64 (signature_text, sizeof signature_text, signature, sizeof signature, sodium_base64_VARIANT_URLSAFE_NO_PADDING);

  json_builder_set_member_name (builder, "device");
  json_builder_begin_object (builder);
  add_string (builder, "id", id);
  add_string (builder, "publicKey", key_text);
  add_string (builder, "signature", signature_text);
  add_int (builder, "signedAt", signed_at);
  add_string (builder, "nonce", nonce);
  json_builder_end_object (builder);
}

/* Reads the challenge and sends `connect`. Returns the response. */
JsonObject *
demo_client_login (DemoClient      *self,
                   const DemoLogin *login)
{
  JsonObject *challenge = demo_client_challenge (self);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *params = NULL;
  const char *client_id = login->client_id != NULL ? login->client_id : "gateway-client";
  const char *mode = login->mode != NULL ? login->mode : "ui";
  const char *scopes = login->scopes != NULL ? login->scopes : "operator.read operator.write operator.approvals operator.admin";
  const char *nonce = login->bad_nonce != NULL ? login->bad_nonce : mz_json_get_string (challenge, "nonce");

  json_builder_begin_object (builder);
  add_int (builder, "minProtocol", login->min_protocol > 0 ? login->min_protocol : 3);
  add_int (builder, "maxProtocol", login->max_protocol > 0 ? login->max_protocol : 4);
  json_builder_set_member_name (builder, "client");
  json_builder_begin_object (builder);
  add_string (builder, "id", client_id);
  add_string (builder, "version", "0.1.0");
  add_string (builder, "platform", "linux");
  add_string (builder, "mode", mode);
  json_builder_end_object (builder);
  add_string (builder, "role", "operator");
  add_words (builder, "scopes", scopes);
  add_words (builder, "caps", login->caps != NULL ? login->caps : "tool-events exec-approvals");
  json_builder_set_member_name (builder, "auth");
  json_builder_begin_object (builder);
  add_string (builder, "token", login->token);
  add_string (builder, "password", login->password);
  add_string (builder, "deviceToken", login->device_token);
  json_builder_end_object (builder);
  if (login->device != NULL)
    add_device (builder, login, client_id, mode, scopes, nonce, mz_json_get_int (challenge, "ts", 0) + login->skew_ms);
  json_builder_end_object (builder);

  node = json_builder_get_root (builder);
  params = json_to_string (node, FALSE);
  return demo_client_call (self, "connect", params);
}

DemoClient *
demo_client_ready (MzDemoGateway *gateway)
{
  DemoClient *self = demo_client_open (gateway);
  const DemoLogin login = { 0 };

  g_assert_true (mz_json_get_boolean (demo_client_login (self, &login), "ok", FALSE));
  return self;
}
