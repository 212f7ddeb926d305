/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-host.h"

#include <string.h>

/* RFC 1035 §2.3.4 */
#define MAX_NAME 253
#define MAX_LABEL 63

/* IF_NAMESIZE without its NUL, or a Windows interface index */
#define MAX_ZONE 15

static gboolean
fail (GError     **error,
      const char  *message)
{
  g_set_error_literal (error, MZ_NET_ERROR, MZ_NET_ERROR_INVALID_ADDRESS, message);
  return FALSE;
}

/* The full stops that IDNA takes for dots, RFC 3490 §3.1 */
static gboolean
is_dot (gunichar c)
{
  return c == '.' || c == 0x3002 || c == 0xff0e || c == 0xff61;
}

/* Addresses that stand for no host: nothing can be connected there. */
static gboolean
is_connectable (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

  if (g_inet_address_get_is_any (address) || g_inet_address_get_is_multicast (address))
    return FALSE;

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    {
      if (memcmp (bytes, mapped, sizeof mapped) != 0)
        return TRUE;
      bytes += sizeof mapped;
    }

  /* RFC 1122 §3.2.1.3: "this network"; RFC 5771: multicast; RFC 919: broadcast */
  return bytes[0] != 0 && (bytes[0] & 0xf0) != 0xe0 &&
         !(bytes[0] == 255 && bytes[1] == 255 && bytes[2] == 255 && bytes[3] == 255);
}

/**
 * mz_host_parse_ipv6:
 * @self: (out caller-allocates): what to fill
 * @text: an IPv6 address
 * @error: return location for an error
 *
 * Reads an IPv6 address without brackets, perhaps with a zone, as `fe80::1%eth0` or, in URLs, `fe80::1%25eth0` (RFC
 * 6874).
 *
 * Returns: %FALSE with @error set if @text is none
 */
gboolean
mz_host_parse_ipv6 (MzHost      *self,
                    const char  *text,
                    GError     **error)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *bare = NULL;
  g_autofree char *canonical = NULL;
  const char *zone;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  zone = strchr (text, '%');
  bare = g_strndup (text, strcspn (text, "%"));
  address = g_inet_address_new_from_string (bare);
  if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return fail (error, "The IPv6 address is not valid");
  if (!is_connectable (address))
    return fail (error, "The IPv6 address is not one of a host");

  self->kind = MZ_HOST_KIND_IPV6;
  self->klass = mz_address_classify (address);
  canonical = g_inet_address_to_string (address);

  if (zone == NULL)
    {
      self->display = g_strdup (canonical);
      self->name = g_steal_pointer (&canonical);
      return TRUE;
    }

  /* The link numbered 25 is meant when nothing follows. */
  zone += g_str_has_prefix (zone, "%25") && zone[3] != '\0' ? strlen ("%25") : strlen ("%");
  if (!g_inet_address_get_is_link_local (address))
    return fail (error, "Only link-local IPv6 addresses have a zone");
  if (*zone == '\0' || strlen (zone) > MAX_ZONE)
    return fail (error, "The IPv6 address's zone is not valid");
  for (const char *p = zone; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("._-", *p) == NULL)
      return fail (error, "The IPv6 address's zone is not valid");

  self->name = g_strdup_printf ("%s%%%s", canonical, zone);
  self->display = g_strdup (self->name);
  return TRUE;
}

/* inet_aton() would take 127.1, 0x7f.1, 0177.0.0.1 and 2130706433 for addresses, and connect elsewhere than is shown.
 * So whatever ends in a number must be four plain decimal ones. */
static gboolean
looks_like_ipv4 (const char *host)
{
  const char *dot = strrchr (host, '.');
  const char *last = dot != NULL ? dot + 1 : host;

  if (g_ascii_strncasecmp (last, "0x", 2) == 0)
    return strspn (last + 2, "0123456789abcdef") == strlen (last + 2);

  return strspn (last, "0123456789") == strlen (last);
}

static gboolean
parse_ipv4 (MzHost      *self,
            const char  *host,
            GError     **error)
{
  g_autoptr (GInetAddress) address = NULL;
  g_auto (GStrv) numbers = g_strsplit (host, ".", 5);
  gboolean ok = g_strv_length (numbers) == 4;

  for (guint i = 0; ok && i < 4; i++)
    ok = g_ascii_string_to_unsigned (numbers[i], 10, 0, 255, NULL, NULL) &&
         (numbers[i][0] != '0' || numbers[i][1] == '\0');

  if (ok)
    address = g_inet_address_new_from_string (host);
  if (address == NULL)
    return fail (error, "An IPv4 address has four decimal numbers from 0 to 255");
  if (!is_connectable (address))
    return fail (error, "The IPv4 address is not one of a host");

  self->kind = MZ_HOST_KIND_IPV4;
  self->klass = mz_address_classify (address);
  self->name = g_strdup (host);
  self->display = g_strdup (host);
  return TRUE;
}

static gboolean
labels_are_valid (const char *ascii)
{
  g_auto (GStrv) labels = g_strsplit (ascii, ".", -1);

  if (strlen (ascii) > MAX_NAME)
    return FALSE;

  for (char **l = labels; *l != NULL; l++)
    {
      gsize length = strlen (*l);

      if (length == 0 || length > MAX_LABEL || (*l)[0] == '-' || (*l)[length - 1] == '-')
        return FALSE;

      /* After IDNA only this is left; fullwidth forms of "@", "/" or ":" have become the plain ones. The underscore
       * is in no host's name by RFC 1123, but in the names of many machines. */
      for (const char *p = *l; *p != '\0'; p++)
        if (!g_ascii_islower (*p) && !g_ascii_isdigit (*p) && *p != '-' && *p != '_')
          return FALSE;
    }

  return TRUE;
}

/* Only what leads back to the very same ASCII name is shown, and nothing that turns or hides letters. */
static char *
dup_display (const char *ascii)
{
  g_autofree char *unicode = g_hostname_to_unicode (ascii);
  g_autofree char *back = unicode != NULL ? g_hostname_to_ascii (unicode) : NULL;

  if (g_strcmp0 (back, ascii) != 0)
    return g_strdup (ascii);

  for (const char *p = unicode; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_isprint (c) || g_unichar_isspace (c) || g_unichar_iszerowidth (c))
        return g_strdup (ascii);
      if (c < 0x80 && !g_ascii_islower (*p) && !g_ascii_isdigit (*p) && strchr ("-_.", *p) == NULL)
        return g_strdup (ascii);
    }

  return g_steal_pointer (&unicode);
}

/**
 * mz_host_parse:
 * @self: (out caller-allocates): what to fill
 * @text: a name in Unicode or ASCII, or an IPv4 address
 * @error: return location for an error
 *
 * Reads a host's name or IPv4 address.
 *
 * Returns: %FALSE with @error set if @text is none
 */
gboolean
mz_host_parse (MzHost      *self,
               const char  *text,
               GError     **error)
{
  g_autoptr (GString) host = NULL;
  g_autofree char *ascii = NULL;
  gboolean label_empty = TRUE;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  host = g_string_new (text);

  /* The trailing dot, which makes a name absolute, is no part of a certificate's name or of SNI (RFC 6066 §3). */
  if (host->len > 0)
    {
      const char *last = g_utf8_prev_char (host->str + host->len);

      if (is_dot (g_utf8_get_char (last)))
        g_string_truncate (host, last - host->str);
    }

  /* g_hostname_to_ascii() drops a second one by itself. */
  for (const char *p = host->str; *p != '\0'; p = g_utf8_next_char (p))
    {
      gboolean dot = is_dot (g_utf8_get_char (p));

      if (dot && label_empty)
        return fail (error, "The host's name is not valid");
      label_empty = dot;
    }
  if (label_empty)
    return fail (error, host->len == 0 ? "The address has no host" : "The host's name is not valid");

  ascii = g_hostname_to_ascii (host->str);
  if (ascii == NULL || !labels_are_valid (ascii))
    return fail (error, "The host's name is not valid");

  if (looks_like_ipv4 (ascii))
    return parse_ipv4 (self, ascii, error);

  self->kind = MZ_HOST_KIND_NAME;
  self->display = dup_display (ascii);
  self->klass = mz_host_name_classify (ascii);
  self->name = g_steal_pointer (&ascii);
  return TRUE;
}

/**
 * mz_host_copy:
 * @self: (out caller-allocates): what to fill
 * @other: a host
 *
 * Copies @other.
 */
void
mz_host_copy (MzHost       *self,
              const MzHost *other)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (other != NULL);

  *self = *other;
  self->name = g_strdup (other->name);
  self->display = g_strdup (other->display);
}

/**
 * mz_host_clear:
 * @self: a host
 *
 * Frees what @self holds.
 */
void
mz_host_clear (MzHost *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->display, g_free);
}
