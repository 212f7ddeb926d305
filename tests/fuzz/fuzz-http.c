/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What a peer may answer to the upgrade and after it: the bytes of the input, to a real dial over loopback. An input that begins with
 * "101\n" gets a correct upgrade first, and the rest comes as raw WebSocket frames. The dial has to end, whatever comes. */

#include "config.h"

#include <string.h>

#include "mz-connection.h"

int LLVMFuzzerTestOneInput (const unsigned char *data, size_t size);

#define TOKEN "a-token-for-the-fuzzer"
#define UPGRADED "101\n"
#define WEBSOCKET_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 §1.3 */

static char *
accept_header (const char *request)
{
  const char *key = strstr (request, "Sec-WebSocket-Key: ");
  g_autofree char *text = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  if (key == NULL)
    return g_strdup ("");

  key += strlen ("Sec-WebSocket-Key: ");
  text = g_strndup (key, strcspn (key, "\r\n"));
  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_update (checksum, (const guchar *) WEBSOCKET_GUID, -1);
  g_checksum_get_digest (checksum, digest, &length);

  return g_base64_encode (digest, length);
}

static gboolean
run_cb (GSocketService    *service,
        GSocketConnection *connection,
        GObject           *source,
        gpointer           user_data)
{
  gsize size;
  const guint8 *input = g_bytes_get_data (user_data, &size);
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  char request[4096] = "";
  gsize got = 0;

  /* The request is small and comes whole, or it is a TLS hello: both are in the first read. */
  gssize n = g_input_stream_read (in, request, sizeof request - 1, NULL, NULL);
  gsize skip = 0;

  if (n > 0)
    got = n;
  request[got] = '\0';

  if (size >= strlen (UPGRADED) && memcmp (input, UPGRADED, strlen (UPGRADED)) == 0 && g_str_has_prefix (request, "GET "))
    {
      g_autofree char *accept = accept_header (request);
      g_autofree char *head = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                               "Sec-WebSocket-Accept: %s\r\n\r\n", accept);

      g_output_stream_write_all (out, head, strlen (head), NULL, NULL, NULL);
      skip = strlen (UPGRADED);
    }

  g_output_stream_write_all (out, input + skip, size - skip, NULL, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);

  return TRUE;
}

static void
ended_cb (MzConnection *connection,
          const GError *error,
          gboolean     *ended)
{
  /* Whatever the peer says, it is not the token. */
  g_assert_true (error == NULL || strstr (error->message, TOKEN) == NULL);
  *ended = TRUE;
}

int
LLVMFuzzerTestOneInput (const unsigned char *data,
                        size_t               size)
{
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (MzEndpoint) endpoint = NULL;
  g_autoptr (MzIdentity) identity = NULL;
  g_autoptr (MzDialOptions) options = mz_dial_options_new ();
  g_autoptr (MzConnection) connection = NULL;
  g_autofree char *url = NULL;
  MzCredentials credentials = { .token = TOKEN };
  gboolean ended = FALSE;

  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                                &bound, &error));
  /* A thread of the service may outlive this function: it has a copy. */
  g_signal_connect_data (service, "run", G_CALLBACK (run_cb), g_bytes_new (data, size), (GClosureNotify) g_bytes_unref, 0);
  g_socket_service_start (service);

  url = g_strdup_printf ("ws://127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  endpoint = mz_endpoint_parse (url, &error);
  g_assert_no_error (error);
  identity = mz_identity_new_random (&error);
  g_assert_no_error (error);

  connection = mz_connection_new (endpoint, identity, options, &credentials);
  g_signal_connect (connection, "ended", G_CALLBACK (ended_cb), &ended);
  mz_connection_start (connection, TRUE);

  while (!ended)
    g_main_context_iteration (NULL, TRUE);

  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));

  /* The service's thread has seen our end of the connection close, or does now. */
  while (g_main_context_iteration (NULL, FALSE));

  return 0;
}
