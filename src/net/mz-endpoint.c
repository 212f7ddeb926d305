/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-endpoint.h"

#include <string.h>

#include "mz-host.h"
#include "mz-secret-name.h"

/* Longer than any address a person means, short enough to look at it several times. */
#define MAX_TEXT 2048

#define WS_PORT 80
#define WSS_PORT 443

struct _MzEndpoint
{
  gatomicrefcount ref_count;
  MzScheme scheme;
  gboolean explicit_scheme;
  gboolean explicit_port;
  MzHost host;
  guint16 port;
  char *path;
  char *uri;
};

G_DEFINE_BOXED_TYPE (MzEndpoint, mz_endpoint, mz_endpoint_ref, mz_endpoint_unref)

static const struct
{
  const char *name;
  MzScheme scheme;
} schemes[] = {
  { "ws", MZ_SCHEME_WS },
  { "wss", MZ_SCHEME_WSS },
  { "http", MZ_SCHEME_WS },
  { "https", MZ_SCHEME_WSS },
};

/* What the parser finds, as pieces of its copy of the text */
typedef struct
{
  const char *scheme;
  char *authority;
  char *rest;
} Pieces;

static gboolean
fail (GError     **error,
      const char  *message)
{
  g_set_error_literal (error, MZ_NET_ERROR, MZ_NET_ERROR_INVALID_ADDRESS, message);
  return FALSE;
}

static gboolean
fail_secret (GError     **error,
             const char  *message)
{
  g_set_error_literal (error, MZ_NET_ERROR, MZ_NET_ERROR_SECRET_IN_ADDRESS, message);
  return FALSE;
}

/* Spaces that come along when text is copied from a web page or a terminal */
static gboolean
is_blank (gunichar c)
{
  return g_unichar_isspace (c) || c == 0x00a0 || c == 0x200b || c == 0xfeff;
}

static char *
dup_trimmed (const char *text)
{
  const char *end = text + strlen (text);

  while (*text != '\0' && is_blank (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);

  while (end > text)
    {
      const char *previous = g_utf8_prev_char (end);

      if (!is_blank (g_utf8_get_char (previous)))
        break;
      end = previous;
    }

  return g_strndup (text, end - text);
}

/* Cuts @text into scheme, authority and the rest. @text is changed. */
static Pieces
cut (char *text)
{
  Pieces pieces = { NULL, text, NULL };
  gsize scheme_length = 0;
  char *slash;

  /* RFC 3986 §3.1 */
  while (text[scheme_length] != '\0' &&
         (g_ascii_isalnum (text[scheme_length]) || strchr ("+-.", text[scheme_length]) != NULL))
    scheme_length++;

  if (g_str_has_prefix (text + scheme_length, "://"))
    {
      text[scheme_length] = '\0';
      pieces.scheme = text;
      pieces.authority = text + scheme_length + strlen ("://");
    }

  slash = pieces.authority + strcspn (pieces.authority, "/?");
  if (*slash == '?')
    pieces.rest = g_strconcat ("/", slash, NULL);
  else
    pieces.rest = g_strdup (*slash == '\0' ? "/" : slash);
  *slash = '\0';

  return pieces;
}

static gboolean
parse_scheme (const char  *text,
              MzScheme    *scheme,
              GError     **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strcasecmp (text, schemes[i].name) == 0)
      {
        *scheme = schemes[i].scheme;
        return TRUE;
      }

  return fail (error, "The address must begin with ws://, wss://, http:// or https://");
}

static gboolean
parse_port (const char  *text,
            guint16     *port,
            GError     **error)
{
  guint64 number;

  /* No leading zero, no sign, no space */
  if (text[0] == '0' || !g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &number, NULL))
    return fail (error, "The port must be a number from 1 to 65535");

  *port = (guint16) number;
  return TRUE;
}

/* Sets host and, where there is one, port. @authority is changed. */
static gboolean
parse_authority (MzEndpoint  *self,
                 char        *authority,
                 GError     **error)
{
  char *first_colon = strchr (authority, ':');
  char *last_colon = strrchr (authority, ':');
  char *port = NULL;

  if (authority[0] == '[')
    {
      char *bracket = strchr (authority, ']');

      if (bracket == NULL || (bracket[1] != '\0' && bracket[1] != ':'))
        return fail (error, "The IPv6 address is not valid");
      if (bracket[1] == ':')
        port = bracket + 2;
      *bracket = '\0';
      if (!mz_host_parse_ipv6 (&self->host, authority + 1, error))
        return FALSE;
    }
  else if (first_colon != last_colon)
    {
      /* An IPv6 address alone, as `tailscale ip` prints it: what stands behind its last colon is never a port. */
      if (!mz_host_parse_ipv6 (&self->host, authority, error))
        return FALSE;
    }
  else
    {
      if (first_colon != NULL)
        {
          *first_colon = '\0';
          port = first_colon + 1;
        }
      if (!mz_host_parse (&self->host, authority, error))
        return FALSE;
    }

  self->explicit_port = port != NULL;
  return port == NULL || parse_port (port, &self->port, error);
}

/* What the host leads to expect where the text says nothing:
 *
 *   without a scheme: wss for public hosts and below ts.net (Tailscale Serve), also with a port, since a name is no
 *   proof of where it leads; ws for all others.
 *
 *   without a port: the gateway's own for ws, except to public hosts, where only a web server's port is likely to be
 *   open; 443 for wss.
 *
 * http:// and https:// mean ws:// and wss:// in this, too.
 */
static void
fill_in (MzEndpoint *self)
{
  gboolean public = self->host.klass == MZ_HOST_CLASS_PUBLIC;

  if (!self->explicit_scheme)
    self->scheme = public || mz_endpoint_is_ts_net (self) ? MZ_SCHEME_WSS : MZ_SCHEME_WS;

  if (self->explicit_port)
    return;

  if (self->scheme == MZ_SCHEME_WSS)
    self->port = WSS_PORT;
  else if (public)
    self->port = WS_PORT;
  else
    self->port = MZ_DEFAULT_PORT;
}

static void
set_uri (MzEndpoint *self)
{
  const char *zone = strchr (self->host.name, '%');
  const char *scheme = mz_scheme_to_string (self->scheme);

  if (self->host.kind != MZ_HOST_KIND_IPV6)
    self->uri = g_strdup_printf ("%s://%s:%u%s", scheme, self->host.name, self->port, self->path);
  else if (zone == NULL)
    self->uri = g_strdup_printf ("%s://[%s]:%u%s", scheme, self->host.name, self->port, self->path);
  else
    self->uri = g_strdup_printf ("%s://[%.*s%%25%s]:%u%s", scheme, (int) (zone - self->host.name), self->host.name,
                                 zone + 1, self->port, self->path);
}

static gboolean
parse_path (MzEndpoint  *self,
            const char  *text,
            GError     **error)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p != '%')
        continue;
      if (!g_ascii_isxdigit (p[1]) || !g_ascii_isxdigit (p[2]) || (p[1] == '0' && p[2] == '0'))
        return fail (error, "The address's path is not valid");
    }

  /* The reserved characters of RFC 3986 §2.2 that a path and a query may hold, and "%", which starts an escape */
  self->path = g_uri_escape_string (text, "%!$&'()*+,;=:@/?", FALSE);
  return TRUE;
}

static MzEndpoint *
endpoint_new (void)
{
  MzEndpoint *self = g_new0 (MzEndpoint, 1);

  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

static gboolean
check_characters (const char  *text,
                  GError     **error)
{
  if (*text == '\0')
    return fail (error, "The address is empty");

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_blank (c) || g_unichar_iscntrl (c) || !g_unichar_isdefined (c) || c == '\\')
        return fail (error, "The address has characters that no address can have");
    }

  return TRUE;
}

/* Before anything else is said about the text */
static gboolean
check_secrets (const char    *text,
               const Pieces  *pieces,
               GError       **error)
{
  if (strchr (text, '#') != NULL)
    return fail_secret (error, "The address has a fragment (#…), which may carry a token");

  if (strchr (pieces->authority, '@') != NULL)
    return fail_secret (error, "The address has a user or a password before the host");

  if (mz_secret_name_in_path (pieces->rest))
    return fail_secret (error, "The address has a token or a password among its parameters");

  return TRUE;
}

/**
 * mz_endpoint_parse:
 * @text: what a person typed or pasted
 * @error: return location for an error
 *
 * Understands `wss://host:port/path`, `ws://`, `https://` and `http://` (which mean wss and ws), `host`, `host:port`,
 * IPv4 addresses, and IPv6 addresses, which need brackets when a port follows. The blanks around are dropped, hosts
 * are lower-cased, names in Unicode become ASCII, and a trailing dot is dropped.
 *
 * Without a scheme, public hosts and those below `ts.net` get wss, others ws. Without a port, wss gets 443; ws gets
 * %MZ_DEFAULT_PORT, and 80 when the host is public.
 *
 * An address that carries a user, a password, a token or a fragment is refused with %MZ_NET_ERROR_SECRET_IN_ADDRESS,
 * everything else that is no gateway's address with %MZ_NET_ERROR_INVALID_ADDRESS. No message repeats any of the text.
 *
 * Returns: (transfer full): the endpoint, or %NULL with @error set
 */
MzEndpoint *
mz_endpoint_parse (const char  *text,
                   GError     **error)
{
  g_autoptr (MzEndpoint) self = NULL;
  g_autofree char *trimmed = NULL;
  g_autofree char *pieces_text = NULL;
  g_autofree char *rest = NULL;
  Pieces pieces;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (strnlen (text, MAX_TEXT + 1) > MAX_TEXT)
    {
      fail (error, "The address is too long");
      return NULL;
    }
  if (!g_utf8_validate (text, -1, NULL))
    {
      fail (error, "The address is not valid text");
      return NULL;
    }

  self = endpoint_new ();
  trimmed = dup_trimmed (text);
  pieces_text = g_strdup (trimmed);
  pieces = cut (pieces_text);
  rest = pieces.rest;
  self->explicit_scheme = pieces.scheme != NULL;

  if (!check_secrets (trimmed, &pieces, error) ||
      !check_characters (trimmed, error) ||
      (self->explicit_scheme && !parse_scheme (pieces.scheme, &self->scheme, error)) ||
      !parse_authority (self, pieces.authority, error) ||
      !parse_path (self, pieces.rest, error))
    return NULL;

  fill_in (self);
  set_uri (self);

  /* A second opinion, since it is this string that is handed on. */
  if (!g_uri_is_valid (self->uri, G_URI_FLAGS_ENCODED, NULL))
    {
      fail (error, "The address is not valid");
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * mz_endpoint_with_scheme:
 * @self: an endpoint
 * @scheme: a scheme
 *
 * Gets the same host, port and path with @scheme.
 *
 * Returns: (transfer full): an endpoint
 */
MzEndpoint *
mz_endpoint_with_scheme (MzEndpoint *self,
                         MzScheme    scheme)
{
  MzEndpoint *copy;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->scheme == scheme)
    return mz_endpoint_ref (self);

  copy = endpoint_new ();
  copy->scheme = scheme;
  copy->explicit_scheme = self->explicit_scheme;
  copy->explicit_port = self->explicit_port;
  copy->port = self->port;
  mz_host_copy (&copy->host, &self->host);
  copy->path = g_strdup (self->path);
  set_uri (copy);

  return copy;
}

/**
 * mz_endpoint_suggest:
 * @self: an endpoint
 *
 * Gets what else the person may have meant: for a name below `ts.net`, typed without scheme and port and thus taken
 * for Tailscale Serve's, the gateway's own port.
 *
 * Returns: (transfer full) (nullable): an endpoint, or %NULL if there is nothing to suggest
 */
MzEndpoint *
mz_endpoint_suggest (MzEndpoint *self)
{
  MzEndpoint *suggestion;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->explicit_scheme || self->explicit_port || self->scheme != MZ_SCHEME_WSS || !mz_endpoint_is_ts_net (self))
    return NULL;

  suggestion = mz_endpoint_with_scheme (self, MZ_SCHEME_WS);
  suggestion->explicit_scheme = TRUE;
  suggestion->explicit_port = TRUE;
  suggestion->port = MZ_DEFAULT_PORT;
  g_free (suggestion->uri);
  set_uri (suggestion);

  return suggestion;
}

/**
 * mz_endpoint_ref:
 * @self: an endpoint
 *
 * Takes a reference, from any thread.
 *
 * Returns: (transfer full): @self
 */
MzEndpoint *
mz_endpoint_ref (MzEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mz_endpoint_unref:
 * @self: (transfer full): an endpoint
 *
 * Drops a reference, from any thread.
 */
void
mz_endpoint_unref (MzEndpoint *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  mz_host_clear (&self->host);
  g_free (self->path);
  g_free (self->uri);
  g_free (self);
}

/**
 * mz_endpoint_equal:
 * @a: an endpoint
 * @b: an endpoint
 *
 * Whether two endpoints have the same scheme, host, port and path, however they were typed.
 *
 * Returns: %TRUE if so
 */
gboolean
mz_endpoint_equal (MzEndpoint *a,
                   MzEndpoint *b)
{
  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  return g_str_equal (a->uri, b->uri);
}

/**
 * mz_endpoint_get_scheme:
 * @self: an endpoint
 *
 * Returns: the scheme
 */
MzScheme
mz_endpoint_get_scheme (MzEndpoint *self)
{
  g_return_val_if_fail (self != NULL, MZ_SCHEME_WSS);

  return self->scheme;
}

/**
 * mz_endpoint_has_explicit_scheme:
 * @self: an endpoint
 *
 * Whether the text that was parsed had a scheme. One made by mz_endpoint_with_scheme() keeps what it was made from.
 *
 * Returns: %TRUE if so
 */
gboolean
mz_endpoint_has_explicit_scheme (MzEndpoint *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->explicit_scheme;
}

/**
 * mz_endpoint_get_host:
 * @self: an endpoint
 *
 * Gets the host to connect to and to check certificates for: an ASCII name, or an address without brackets.
 *
 * Returns: (transfer none): the host
 */
const char *
mz_endpoint_get_host (MzEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->host.name;
}

/**
 * mz_endpoint_get_display_host:
 * @self: an endpoint
 *
 * Gets the host as it is shown to people: names in Unicode, where that is safe.
 *
 * Returns: (transfer none): the host
 */
const char *
mz_endpoint_get_display_host (MzEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->host.display;
}

/**
 * mz_endpoint_get_host_kind:
 * @self: an endpoint
 *
 * Returns: whether the host is a name or an address
 */
MzHostKind
mz_endpoint_get_host_kind (MzEndpoint *self)
{
  g_return_val_if_fail (self != NULL, MZ_HOST_KIND_NAME);

  return self->host.kind;
}

/**
 * mz_endpoint_get_host_class:
 * @self: an endpoint
 *
 * Gets where the host is; for names this is a hint only, see mz_host_name_classify().
 *
 * Returns: the class
 */
MzHostClass
mz_endpoint_get_host_class (MzEndpoint *self)
{
  g_return_val_if_fail (self != NULL, MZ_HOST_CLASS_PUBLIC);

  return self->host.klass;
}

/**
 * mz_endpoint_is_ts_net:
 * @self: an endpoint
 *
 * Whether the host is a name below `ts.net`.
 *
 * Returns: %TRUE if so
 */
gboolean
mz_endpoint_is_ts_net (MzEndpoint *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->host.kind == MZ_HOST_KIND_NAME && mz_host_name_is_ts_net (self->host.name);
}

/**
 * mz_endpoint_get_port:
 * @self: an endpoint
 *
 * Returns: the port, never 0
 */
guint16
mz_endpoint_get_port (MzEndpoint *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->port;
}

/**
 * mz_endpoint_get_path:
 * @self: an endpoint
 *
 * Gets the path with the query, percent-encoded; `/` when there was none.
 *
 * Returns: (transfer none): the path
 */
const char *
mz_endpoint_get_path (MzEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}

/**
 * mz_endpoint_to_string:
 * @self: an endpoint
 *
 * Gets the URL, always in the same form: with the port, and with brackets around IPv6 addresses (RFC 3986 §3.2.2;
 * zones as in RFC 6874).
 *
 * Returns: (transfer none): the URL, the same pointer as long as @self lives
 */
const char *
mz_endpoint_to_string (MzEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->uri;
}

/**
 * mz_scheme_to_string:
 * @scheme: a scheme
 *
 * Returns: (transfer none): `ws` or `wss`
 */
const char *
mz_scheme_to_string (MzScheme scheme)
{
  switch (scheme)
    {
    case MZ_SCHEME_WS:
      return "ws";
    case MZ_SCHEME_WSS:
      return "wss";
    default:
      g_return_val_if_reached ("wss");
    }
}
