/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which addresses may be clicked, and what a link must not hide.
 */
#define G_LOG_DOMAIN "moltzer-markdown"

#include "config.h"

#include "mz-markdown.h"

#include <string.h>

#include "mz-markdown-private.h"

/* Longer ones are no addresses but data. */
#define MAX_LENGTH 2048

/* RFC 1035, 2.3.4: the names that can be. */
#define MAX_HOST 255

static gboolean
is_invisible (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
         type == G_UNICODE_PARAGRAPH_SEPARATOR || type == G_UNICODE_SPACE_SEPARATOR || type == G_UNICODE_SURROGATE;
}

/* The part that says which host: up to the path. */
static gsize
authority_length (const char *authority)
{
  return strcspn (authority, "/?#");
}

static gboolean
is_authority_safe (const char *authority,
                   gsize       length)
{
  const char *end = authority + length;
  const char *host_end;
  const char *port;

  if (*authority == '[')
    {
      host_end = memchr (authority, ']', length);
      if (host_end == NULL || host_end == authority + 1)
        return FALSE;
      for (const char *p = authority + 1; p < host_end; p++)
        {
          if (!g_ascii_isxdigit (*p) && *p != ':' && *p != '.')
            return FALSE;
        }
      host_end++;
    }
  else
    {
      host_end = memchr (authority, ':', length);
      if (host_end == NULL)
        host_end = end;
      if (host_end == authority)
        return FALSE;

      /* No user and password, nothing escaped: what is before an "@" is only there to be taken for the host. */
      for (const char *p = authority; p < host_end; p++)
        {
          if (!g_ascii_isalnum (*p) && strchr ("-._", *p) == NULL && ((guint8) *p) < 0x80)
            return FALSE;
        }
    }

  if (host_end == end)
    return TRUE;
  if (*host_end != ':' || end - host_end > 6)
    return FALSE;
  for (port = host_end + 1; port < end; port++)
    {
      if (!g_ascii_isdigit (*port))
        return FALSE;
    }
  return TRUE;
}

/* Some mail programs attach a local file when an address says so. */
static gboolean
is_mail_safe (const char *address)
{
  static const char * const known[] = { "subject", "body", "cc", "to", NULL };
  const char *query = strchr (address, '?');
  g_auto (GStrv) fields = NULL;

  if (query == address || *address == '\0')
    return FALSE;
  if (query == NULL)
    return TRUE;

  fields = g_strsplit (query + 1, "&", -1);
  for (guint i = 0; fields[i] != NULL; i++)
    {
      g_autofree char *name = g_ascii_strdown (fields[i], strcspn (fields[i], "="));

      if (!g_strv_contains (known, name))
        return FALSE;
    }
  return TRUE;
}

/**
 * mz_markdown_link_is_safe:
 * @uri: (nullable): an address
 *
 * Only http, https and mailto, whole and not too long, without a user or password, and without characters that cannot be seen.
 *
 * Returns: %TRUE when it may be offered to be opened
 */
gboolean
mz_markdown_link_is_safe (const char *uri)
{
  const char *rest;

  if (uri == NULL || strlen (uri) > MAX_LENGTH || !g_utf8_validate (uri, -1, NULL))
    return FALSE;
  for (const char *p = uri; *p != '\0'; p = g_utf8_next_char (p))
    {
      /* Browsers take a backslash for a slash, others do not. */
      if (*p == '\\' || *p == '<' || *p == '>' || *p == '"' || is_invisible (g_utf8_get_char (p)))
        return FALSE;
    }

  if (g_ascii_strncasecmp (uri, "mailto:", 7) == 0)
    return is_mail_safe (uri + 7);

  if (g_ascii_strncasecmp (uri, "https://", 8) == 0)
    rest = uri + 8;
  else if (g_ascii_strncasecmp (uri, "http://", 7) == 0)
    rest = uri + 7;
  else
    return FALSE;
  return is_authority_safe (rest, authority_length (rest));
}

/*
 * The address as it is opened: what people write between "<" and ">" may have spaces.
 *
 * Returns: (transfer full)
 */
char *
mz_markdown_link_encode (const char *uri)
{
  GString *encoded = g_string_sized_new (strlen (uri) + 8);

  for (const char *p = uri; *p != '\0'; p++)
    {
      if (strchr (" \"<>^`{|}", *p) != NULL)
        g_string_append_printf (encoded, "%%%02X", (guint8) *p);
      else
        g_string_append_c (encoded, *p);
    }
  return g_string_free (encoded, FALSE);
}

/* A host as it is compared. */
static char *
canonical_host (const char *host,
                gsize       length)
{
  g_autofree char *text = g_strndup (host, length);
  g_autofree char *ascii = length <= MAX_HOST ? g_hostname_to_ascii (text) : NULL;
  g_autofree char *lower = g_ascii_strdown (ascii != NULL ? ascii : text, -1);
  gsize end = strlen (lower);

  while (end > 0 && lower[end - 1] == '.')
    lower[--end] = '\0';
  return g_strdup (g_str_has_prefix (lower, "www.") ? lower + 4 : lower);
}

/* The host of a safe address, or the domain of a mail address. */
static char *
host_of_uri (const char *uri)
{
  const char *start = strstr (uri, "://");
  gsize length;

  if (start == NULL)
    {
      const char *address = uri + strlen ("mailto:");
      const char *at;

      length = strcspn (address, "?");
      at = g_strrstr_len (address, length, "@");
      return at != NULL ? canonical_host (at + 1, address + length - at - 1) : g_strdup ("");
    }

  start += 3;
  length = *start == '[' ? strcspn (start, "]") + 1 : strcspn (start, ":/?#");
  return canonical_host (start, length);
}

/* Whether @host, with nothing before it, would be taken for one: "example.org", but not "main.rs". */
static gboolean
looks_like_host (const char *host,
                 gsize       length)
{
  static const char * const generic[] =
    { "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "app", "dev", "cloud", "online", "site", "shop", "xyz", NULL };
  static const char * const suffixes[] =
    { "cc", "cs", "db", "el", "ex", "go", "gz", "hs", "js", "kt", "md", "po", "py", "rs", "sh", "so", "ts", "ui", "vb", "xz", NULL };
  const char *dot = g_strrstr_len (host, length, ".");
  g_autofree char *last = NULL;

  if (length >= 4 && g_ascii_strncasecmp (host, "www.", 4) == 0)
    return TRUE;
  if (dot == NULL || dot == host || dot + 1 == host + length)
    return FALSE;

  last = g_strndup (host, length);
  if (g_hostname_is_ip_address (last))
    return TRUE;

  g_free (last);
  last = g_ascii_strdown (dot + 1, host + length - dot - 1);
  for (const char *p = last; *p != '\0'; p++)
    {
      if (!g_ascii_isalpha (*p) && ((guint8) *p) < 0x80)
        return FALSE;
    }
  if (strlen (last) == 2)
    return !g_strv_contains (suffixes, last);
  return g_strv_contains (generic, last) || ((guint8) *last) >= 0x80;
}

/* Whether a word that a reader would take for an address leads to another place than @host. */
static gboolean
word_misleads (const char *word,
               gsize       length,
               const char *host)
{
  const char *end = word + length;
  const char *scheme = g_strstr_len (word, length, "://");
  const char *start;
  const char *at;
  gsize n;
  g_autofree char *shown = NULL;

  if (scheme != NULL)
    {
      start = scheme + 3;
    }
  else
    {
      for (start = word; start < end && !g_ascii_isalnum (*start) && ((guint8) *start) < 0x80; start++)
        ;
      if (end - start >= 7 && g_ascii_strncasecmp (start, "mailto:", 7) == 0)
        start += 7;
    }

  for (n = 0; start + n < end && strchr ("/?#\\", start[n]) == NULL; n++)
    ;
  at = g_strrstr_len (start, n, "@");
  if (at != NULL)
    {
      /* "https://bank@elsewhere" is made to mislead. */
      if (scheme != NULL)
        return TRUE;
      n -= at + 1 - start;
      start = at + 1;
    }
  if (n > 0 && *start == '[')
    {
      const char *bracket = memchr (start, ']', n);

      if (bracket != NULL)
        n = bracket + 1 - start;
    }
  else
    {
      const char *colon = memchr (start, ':', n);

      if (colon != NULL)
        n = colon - start;
    }
  while (n > 0 && strchr (".,;!?)'\"*_", start[n - 1]) != NULL)
    n--;
  if (n == 0 || (scheme == NULL && !looks_like_host (start, n)))
    return FALSE;

  shown = canonical_host (start, n);
  return strcmp (shown, host) != 0;
}

/*
 * What to say behind a link whose text looks like an address of another place.
 *
 * Returns: (transfer full) (nullable): the place the link really leads to, %NULL when nobody is misled
 */
char *
mz_markdown_link_warning (const char *uri,
                          const char *text)
{
  g_autofree char *host = NULL;
  g_autofree char *normal = NULL;
  g_autoptr (GString) visible = NULL;
  gboolean misled = FALSE;

  /* Most links are called by words. */
  if (strpbrk (text, ".@/:") == NULL && g_str_is_ascii (text))
    return NULL;

  /* Look-alikes of dot, slash and colon become what they look like; what cannot be seen goes, and what turns the order misleads. */
  normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  visible = g_string_new (NULL);
  for (const char *p = normal; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
        misled = TRUE;
      else if (c == 0x2044 || c == 0x2215)
        g_string_append_c (visible, '/');
      else if (c == 0x3002 || c == 0xff61)
        g_string_append_c (visible, '.');
      else if (g_unichar_isspace (c) || (c >= 0x80 && g_unichar_ispunct (c)))
        g_string_append_c (visible, ' ');
      else if (!is_invisible (c))
        g_string_append_unichar (visible, c);
    }

  host = host_of_uri (uri);
  for (const char *p = visible->str; *p != '\0' && !misled;)
    {
      gsize length = strcspn (p, " ");

      misled = word_misleads (p, length, host);
      p += length;
      p += strspn (p, " ");
    }
  if (!misled)
    return NULL;

  if (g_ascii_strncasecmp (uri, "mailto:", 7) == 0)
    return g_strndup (uri + 7, strcspn (uri + 7, "?"));
  return g_steal_pointer (&host);
}
