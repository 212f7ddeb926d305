/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-address.h"

#include <string.h>

#define TS_NET_SUFFIX ".ts.net"

/* RFC 4291 §2.5.5.2: ::ffff:a.b.c.d stands for the IPv4 address a.b.c.d and is connected over IPv4. */
static const guint8 mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/* Tailscale's own ULA prefix. */
static const guint8 tailnet_prefix[6] = { 0xfd, 0x7a, 0x11, 0x5c, 0xa1, 0xe0 };

static MzHostClass
classify_ipv4 (const guint8 *bytes)
{
  /* RFC 1122 §3.2.1.3 */
  if (bytes[0] == 127)
    return MZ_HOST_CLASS_LOOPBACK;

  /* RFC 3927 */
  if (bytes[0] == 169 && bytes[1] == 254)
    return MZ_HOST_CLASS_LINK_LOCAL;

  /* RFC 1918 */
  if (bytes[0] == 10 ||
      (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) ||
      (bytes[0] == 192 && bytes[1] == 168))
    return MZ_HOST_CLASS_PRIVATE;

  /* RFC 6598, which Tailscale assigns from */
  if (bytes[0] == 100 && (bytes[1] & 0xc0) == 64)
    return MZ_HOST_CLASS_TAILNET;

  return MZ_HOST_CLASS_PUBLIC;
}

static MzHostClass
classify_ipv6 (const guint8 *bytes)
{
  static const guint8 loopback[16] = { [15] = 1 };

  if (memcmp (bytes, mapped_prefix, sizeof mapped_prefix) == 0)
    return classify_ipv4 (bytes + sizeof mapped_prefix);

  if (memcmp (bytes, loopback, sizeof loopback) == 0)
    return MZ_HOST_CLASS_LOOPBACK;

  /* RFC 4291 §2.5.6 */
  if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80)
    return MZ_HOST_CLASS_LINK_LOCAL;

  if (memcmp (bytes, tailnet_prefix, sizeof tailnet_prefix) == 0)
    return MZ_HOST_CLASS_TAILNET;

  /* RFC 4193 */
  if ((bytes[0] & 0xfe) == 0xfc)
    return MZ_HOST_CLASS_PRIVATE;

  return MZ_HOST_CLASS_PUBLIC;
}

/* Whether @host, of which only the first @length bytes count, ends in @suffix with something before it. */
static gboolean
ends_in_label (const char *host,
               gsize       length,
               const char *suffix)
{
  gsize suffix_length = strlen (suffix);

  return length > suffix_length &&
         g_ascii_strncasecmp (host + length - suffix_length, suffix, suffix_length) == 0 &&
         host[length - suffix_length - 1] != '.';
}

static gsize
length_without_trailing_dot (const char *host)
{
  gsize length = strlen (host);

  return length > 0 && host[length - 1] == '.' ? length - 1 : length;
}

/**
 * mz_address_classify:
 * @address: an IP address
 *
 * Finds out where an address is. An IPv4 address that is mapped into IPv6 counts as what it stands for.
 *
 * Returns: the class
 */
MzHostClass
mz_address_classify (GInetAddress *address)
{
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), MZ_HOST_CLASS_PUBLIC);

  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return classify_ipv4 (bytes);

  return classify_ipv6 (bytes);
}

/**
 * mz_host_name_classify:
 * @ascii_host: a host's name in ASCII, or an IP address without brackets
 *
 * Guesses from a host's name where it is. What a name resolves to is up to the resolver, so this is a hint only.
 *
 * Returns: the class
 */
MzHostClass
mz_host_name_classify (const char *ascii_host)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *bare = NULL;
  gsize length;

  g_return_val_if_fail (ascii_host != NULL, MZ_HOST_CLASS_PUBLIC);

  /* A zone id says which link, not which address. */
  bare = g_strndup (ascii_host, strcspn (ascii_host, "%"));
  address = g_inet_address_new_from_string (bare);
  if (address != NULL)
    return mz_address_classify (address);

  length = length_without_trailing_dot (ascii_host);

  /* RFC 6761 §6.3 */
  if ((length == strlen ("localhost") && g_ascii_strncasecmp (ascii_host, "localhost", length) == 0) ||
      ends_in_label (ascii_host, length, ".localhost"))
    return MZ_HOST_CLASS_LOOPBACK;

  if (mz_host_name_is_ts_net (ascii_host))
    return MZ_HOST_CLASS_TAILNET;

  /* RFC 6762 §3: mDNS; and names that only this network's resolver can know */
  if (length > 0 && (ends_in_label (ascii_host, length, ".local") || memchr (ascii_host, '.', length) == NULL))
    return MZ_HOST_CLASS_PRIVATE;

  return MZ_HOST_CLASS_PUBLIC;
}

/**
 * mz_host_name_is_ts_net:
 * @host: a host's name
 *
 * Whether a name is one of Tailscale's: below `ts.net`, in any case, with or without the trailing dot.
 *
 * Returns: %TRUE if so
 */
gboolean
mz_host_name_is_ts_net (const char *host)
{
  g_return_val_if_fail (host != NULL, FALSE);

  return ends_in_label (host, length_without_trailing_dot (host), TS_NET_SUFFIX);
}

/**
 * mz_host_class_to_string:
 * @klass: a class
 *
 * Gets the stable name of a class.
 *
 * Returns: (transfer none): the name
 */
const char *
mz_host_class_to_string (MzHostClass klass)
{
  switch (klass)
    {
    case MZ_HOST_CLASS_LOOPBACK:
      return "loopback";
    case MZ_HOST_CLASS_LINK_LOCAL:
      return "link-local";
    case MZ_HOST_CLASS_PRIVATE:
      return "private";
    case MZ_HOST_CLASS_TAILNET:
      return "tailnet";
    case MZ_HOST_CLASS_PUBLIC:
      return "public";
    default:
      g_return_val_if_reached ("unknown");
    }
}

/**
 * mz_host_class_is_private:
 * @klass: a class
 *
 * Whether hosts of this class are out of the public Internet's reach: loopback, link-local, private and tailnet.
 *
 * Returns: %TRUE if so
 */
gboolean
mz_host_class_is_private (MzHostClass klass)
{
  switch (klass)
    {
    case MZ_HOST_CLASS_LOOPBACK:
    case MZ_HOST_CLASS_LINK_LOCAL:
    case MZ_HOST_CLASS_PRIVATE:
    case MZ_HOST_CLASS_TAILNET:
      return TRUE;
    case MZ_HOST_CLASS_PUBLIC:
    default:
      return FALSE;
    }
}
