/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "raw-client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef HAVE_GNUTLS
#include <gnutls/gnutls.h>
#endif

#include "mz-frame.h"
#include "mz-handshake.h"

typedef struct
{
  int fd;
#ifdef HAVE_GNUTLS
  gnutls_session_t tls;
#endif
  GByteArray *buffer;
} Raw;

static void
raw_write (Raw        *raw,
           const void *data,
           gsize       length)
{
  gssize n;

#ifdef HAVE_GNUTLS
  if (raw->tls != NULL)
    n = gnutls_record_send (raw->tls, data, length);
  else
#endif
    n = send (raw->fd, data, length, MSG_NOSIGNAL);

  g_assert_cmpint (n, ==, length);
}

static void
raw_fill (Raw *raw)
{
  guint8 chunk[65536];
  gssize n;

#ifdef HAVE_GNUTLS
  if (raw->tls != NULL)
    do
      n = gnutls_record_recv (raw->tls, chunk, sizeof chunk);
    while (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
  else
#endif
    n = recv (raw->fd, chunk, sizeof chunk, 0);

  g_assert_cmpint (n, >, 0);
  g_byte_array_append (raw->buffer, chunk, n);
}

static void
raw_need (Raw   *raw,
          gsize  length)
{
  while (raw->buffer->len < length)
    raw_fill (raw);
}

static void
raw_upgrade (Raw     *raw,
             guint16  port)
{
  g_autofree char *request = g_strdup_printf ("GET / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                                              "User-Agent: Moltzer/" MZ_VERSION "\r\n\r\n", port);
  guint8 *end;

  raw_write (raw, request, strlen (request));
  do
    {
      raw_fill (raw);
      end = memmem (raw->buffer->data, raw->buffer->len, "\r\n\r\n", 4);
    }
  while (end == NULL);

  g_assert_true (memcmp (raw->buffer->data, "HTTP/1.1 101", 12) == 0);
  g_byte_array_remove_range (raw->buffer, 0, end + 4 - raw->buffer->data);
}

/* One unfragmented text frame (RFC 6455 §5.2). */
static char *
raw_read_text (Raw *raw)
{
  gsize head = 2, length;
  char *text;

  raw_need (raw, 2);
  length = raw->buffer->data[1] & 0x7f;
  if (length == 126)
    {
      raw_need (raw, 4);
      length = raw->buffer->data[2] << 8 | raw->buffer->data[3];
      head = 4;
    }
  else if (length == 127)
    {
      raw_need (raw, 10);
      length = 0;
      for (guint i = 2; i < 10; i++)
        length = length << 8 | raw->buffer->data[i];
      head = 10;
    }

  raw_need (raw, head + length);
  text = g_strndup ((char *) raw->buffer->data + head, length);
  g_byte_array_remove_range (raw->buffer, 0, head + length);

  return text;
}

static void
raw_send_text (Raw        *raw,
               const char *text)
{
  static const guint8 mask[4] = { 0x12, 0x34, 0x56, 0x78 };
  gsize length = strlen (text);
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 head[4] = { 0x81, 0x80 | 126, length >> 8, length & 0xff };

  g_assert_cmpuint (length, >, 125);
  g_assert_cmpuint (length, <, 65536);
  g_byte_array_append (frame, head, sizeof head);
  g_byte_array_append (frame, mask, sizeof mask);
  g_byte_array_append (frame, (const guint8 *) text, length);
  for (gsize i = 0; i < length; i++)
    frame->data[8 + i] ^= mask[i % 4];
  raw_write (raw, frame->data, frame->len);
}

static void
raw_log_in (Raw        *raw,
            MzIdentity *identity)
{
  g_autofree char *challenge = raw_read_text (raw);
  g_autoptr (MzFrame) frame = mz_frame_parse (challenge, strlen (challenge), 65536, NULL);
  MzCredentials credentials = { .token = g_getenv ("MOLTZER_TOKEN") };
  const char *nonce = NULL;
  gint64 timestamp = 0;
  g_autoptr (JsonNode) params = NULL;
  g_autofree char *connect_text = NULL;
  g_autofree char *hello = NULL;

  g_assert_true (mz_handshake_read_challenge (frame, &nonce, &timestamp, NULL));
  params = mz_handshake_build_connect (identity, &credentials, FALSE, "linux", NULL, nonce, timestamp);
  connect_text = mz_frame_build_request ("connect", "connect", params);
  raw_send_text (raw, connect_text);
  hello = raw_read_text (raw);
  g_assert_nonnull (strstr (hello, "hello-ok"));
}

/* Not measured, but done, as our client does: else the server would clean up on the next one's time. */
static void
raw_close (Raw *raw)
{
  static const guint8 close_frame[] = { 0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8 };
  guint8 rest[1024];

  raw_write (raw, close_frame, sizeof close_frame);
#ifdef HAVE_GNUTLS
  if (raw->tls != NULL)
    {
      while (gnutls_record_recv (raw->tls, rest, sizeof rest) > 0);
      gnutls_deinit (raw->tls);
    }
  else
#endif
    {
      while (recv (raw->fd, rest, 4, 0) > 0 && rest[0] != 0x88);
      shutdown (raw->fd, SHUT_WR);
      while (recv (raw->fd, rest, sizeof rest, 0) > 0);
    }
  close (raw->fd);
  g_byte_array_unref (raw->buffer);
}

static void
raw_connect (Raw     *raw,
             guint16  port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int one = 1;

  raw->fd = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (connect (raw->fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  setsockopt (raw->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  raw->buffer = g_byte_array_new ();
}

/* Returns ms from nothing to hello-ok. */
double
raw_client_login (guint16     port,
                  MzIdentity *identity)
{
  Raw raw = { 0 };
  gint64 start = g_get_monotonic_time ();
  gint64 end;

  raw_connect (&raw, port);
  raw_upgrade (&raw, port);
  raw_log_in (&raw, identity);
  end = g_get_monotonic_time ();

  raw_close (&raw);

  return (end - start) / 1000.0;
}

/* The same over TLS, with the trust store loaded before. Returns -1 where GnuTLS is not built in. */
double
raw_client_login_tls (guint16     port,
                      MzIdentity *identity,
                      const char *ca_file)
{
#ifdef HAVE_GNUTLS
  Raw raw = { 0 };
  gnutls_certificate_credentials_t credentials;
  gint64 start, end;
  int result;

  gnutls_certificate_allocate_credentials (&credentials);
  g_assert_cmpint (gnutls_certificate_set_x509_trust_file (credentials, ca_file, GNUTLS_X509_FMT_PEM), >, 0);

  start = g_get_monotonic_time ();
  raw_connect (&raw, port);
  gnutls_init (&raw.tls, GNUTLS_CLIENT);
  gnutls_set_default_priority (raw.tls);
  gnutls_credentials_set (raw.tls, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_server_name_set (raw.tls, GNUTLS_NAME_DNS, "localhost", strlen ("localhost"));
  gnutls_session_set_verify_cert (raw.tls, "localhost", 0);
  gnutls_transport_set_int (raw.tls, raw.fd);
  do
    result = gnutls_handshake (raw.tls);
  while (result < 0 && !gnutls_error_is_fatal (result));
  g_assert_cmpint (result, ==, 0);
  raw_upgrade (&raw, port);
  raw_log_in (&raw, identity);
  end = g_get_monotonic_time ();

  raw_close (&raw);
  gnutls_certificate_free_credentials (credentials);

  return (end - start) / 1000.0;
#else
  return -1;
#endif
}
