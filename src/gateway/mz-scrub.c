/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-scrub.h"

#include <string.h>

#include "mz-address.h"
#include "mz-redact.h"
#include "mz-secret.h"

/* Longer ones say no more, and come from peers. */
#define MAX_CHARACTERS 1000

/* So much of a text is looked at: what is cut before it is clean may end in half a name, which nothing would find. */
#define MAX_READ 2000

/* A run of such characters that is as long as this and mixes letters with digits is a token, a key or an id. */
#define OPAQUE_CHARACTERS "-._~+/="
#define MIN_OPAQUE 20

typedef struct
{
  char *text;
  char *replacement;
} Known;

struct _MzScrub
{
  GPtrArray *known;             /* longer ones first */
  GPtrArray *secrets;           /* strings, closed by NULL */
};

static void
known_free (gpointer data)
{
  Known *known = data;

  g_free (known->text);
  g_free (known->replacement);
  g_free (known);
}

static void
secret_free (gpointer secret)
{
  if (secret != NULL)
    mz_secret_free (secret);
}

static int
compare_known (gconstpointer a,
               gconstpointer b)
{
  const Known *one = *(const Known * const *) a;
  const Known *other = *(const Known * const *) b;
  gsize one_length = strlen (one->text), other_length = strlen (other->text);

  return one_length > other_length ? -1 : (one_length < other_length);
}

/**
 * mz_scrub_new:
 *
 * Returns: (transfer full): a scrub that knows nothing yet
 */
MzScrub *
mz_scrub_new (void)
{
  MzScrub *self = g_new0 (MzScrub, 1);

  self->known = g_ptr_array_new_with_free_func (known_free);
  self->secrets = g_ptr_array_new_with_free_func (secret_free);
  g_ptr_array_add (self->secrets, NULL);
  return self;
}

/**
 * mz_scrub_free:
 * @self: (transfer full) (nullable): a scrub
 */
void
mz_scrub_free (MzScrub *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->known);
  g_ptr_array_unref (self->secrets);
  g_free (self);
}

/**
 * mz_scrub_add:
 * @self: a scrub
 * @text: (nullable): what is to be taken out wherever it stands, whatever its case
 * @replacement: what stands there instead; @text itself lets it stay though it looks like a secret
 */
void
mz_scrub_add (MzScrub    *self,
              const char *text,
              const char *replacement)
{
  Known *known;

  g_return_if_fail (self != NULL);
  g_return_if_fail (replacement != NULL);

  if (text == NULL || *text == '\0')
    return;
  for (guint i = 0; i < self->known->len; i++)
    {
      known = g_ptr_array_index (self->known, i);
      if (g_str_equal (known->text, text) && g_str_equal (known->replacement, replacement))
        return;
    }

  known = g_new (Known, 1);
  known->text = g_strdup (text);
  known->replacement = g_strdup (replacement);
  g_ptr_array_add (self->known, known);
  g_ptr_array_sort (self->known, compare_known);
}

/**
 * mz_scrub_add_secret:
 * @self: a scrub
 * @secret: (nullable): a token or password: taken out in every form that mz_redact() knows
 */
void
mz_scrub_add_secret (MzScrub    *self,
                     const char *secret)
{
  g_return_if_fail (self != NULL);

  if (secret != NULL && *secret != '\0')
    g_ptr_array_insert (self->secrets, 0, g_strdup (secret));
}

static const char *
class_word (MzHostClass klass)
{
  return klass == MZ_HOST_CLASS_TAILNET ? "tailnet" : mz_host_class_to_string (klass);
}

static char *
kind_of_address (GInetAddress *address)
{
  return g_strdup_printf ("%s %s", class_word (mz_address_classify (address)),
                          g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 ? "IPv6" : "IPv4");
}

/* NULL if @text is no address */
static GInetAddress *
parse_address (const char *text)
{
  g_autofree char *bare = g_strndup (text, strcspn (text, "%"));

  return g_inet_address_new_from_string (bare);
}

/**
 * mz_scrub_kind_of_host:
 * @host: a name or an address
 *
 * Returns: (transfer full): what kind of host it is
 */
char *
mz_scrub_kind_of_host (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *lower = NULL;

  g_return_val_if_fail (host != NULL, NULL);

  address = parse_address (host);
  if (address != NULL)
    return kind_of_address (address);

  lower = g_ascii_strdown (host, -1);
  if (mz_host_name_is_ts_net (lower))
    return g_strdup ("name in .ts.net");
  if (g_str_has_suffix (lower, ".local"))
    return g_strdup ("name in .local");
  return g_strdup_printf ("%s name", class_word (mz_host_name_classify (lower)));
}

/* Whether a letter or a digit of any script stands there. */
static gboolean
is_word_at (const char *at)
{
  return g_unichar_isalnum (g_utf8_get_char (at));
}

static gboolean
is_word_before (const char *start,
                const char *at)
{
  return at > start && is_word_at (g_utf8_prev_char (at));
}

static gboolean
is_name (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("-._*", c) != NULL);
}

static gboolean
is_opaque (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr (OPAQUE_CHARACTERS, c) != NULL);
}

static gboolean
is_ipv6 (char c)
{
  return g_ascii_isxdigit (c) || c == ':' || c == '.';
}

/* A name of one label only counts as a whole word: a host may be called "gateway". */
static gsize
match_known (MzScrub     *self,
             const char  *start,
             const char  *at,
             const char **replacement)
{
  for (guint i = 0; i < self->known->len; i++)
    {
      const Known *known = g_ptr_array_index (self->known, i);
      gsize length = strlen (known->text);
      gboolean whole = strpbrk (known->text, ".:/") == NULL;

      if (g_ascii_strncasecmp (at, known->text, length) != 0)
        continue;
      if (whole && (is_word_before (start, at) || is_word_at (at + length)))
        continue;
      *replacement = known->replacement;
      return length;
    }
  return 0;
}

static gsize
run_length (const char  *at,
            gboolean   (*belongs) (char c))
{
  gsize length = 0;

  while (belongs (at[length]))
    length++;
  return length;
}

/* Four numbers and no more of them. */
static gsize
match_ipv4 (const char  *start,
            const char  *at,
            char       **kind)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *text = NULL;
  gsize length = strspn (at, "0123456789.");

  if (!g_ascii_isdigit (*at) || (at > start && (g_ascii_isdigit (at[-1]) || at[-1] == '.')))
    return 0;

  while (length > 0 && at[length - 1] == '.')
    length--;
  text = g_strndup (at, length);
  address = g_inet_address_new_from_string (text);
  if (address == NULL)
    return 0;
  *kind = kind_of_address (address);
  return length;
}

static gsize
match_ipv6 (const char  *start,
            const char  *at,
            char       **kind)
{
  gsize length = run_length (at, is_ipv6);

  if (is_word_before (start, at) || (at > start && is_ipv6 (at[-1])))
    return 0;
  if (memchr (at, ':', length) == NULL || is_word_at (at + length))
    return 0;

  /* What ends a sentence or begins a port is not its own. */
  for (; length > 1; length--)
    {
      g_autofree char *text = g_strndup (at, length);
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

      if (address != NULL)
        {
          *kind = kind_of_address (address);
          if (at[length] == '%')
            length += 1 + run_length (at + length + 1, is_name);
          return length;
        }
      if (at[length - 1] != '.' && at[length - 1] != ':')
        return 0;
    }
  return 0;
}

/* Labels between dots, the last of letters. */
static gsize
match_name (const char  *start,
            const char  *at,
            char       **kind)
{
  gsize length = run_length (at, is_name);
  g_autofree char *text = NULL;
  g_auto (GStrv) labels = NULL;
  guint n;

  if (at > start && is_name (at[-1]))
    return 0;

  while (length > 0 && at[length - 1] == '.')
    length--;
  text = g_strndup (at, length);
  labels = g_strsplit (text, ".", -1);
  n = g_strv_length (labels);
  if (n < 2 || strlen (labels[n - 1]) < 2)
    return 0;
  for (guint i = 0; i < n; i++)
    {
      if (*labels[i] == '\0')
        return 0;
    }
  for (const char *p = labels[n - 1]; *p != '\0'; p++)
    {
      if (!g_ascii_isalpha (*p) && !g_str_has_prefix (labels[n - 1], "xn--"))
        return 0;
    }
  *kind = mz_scrub_kind_of_host (text);
  return length;
}

/* Punctuation may stand within it, and before it: "/" before a path. */
static gsize
match_opaque (const char *start,
              const char *at)
{
  gsize length = run_length (at, is_opaque);
  gboolean letter = FALSE, digit = FALSE;

  if (length < MIN_OPAQUE || !g_ascii_isalnum (*at) || (at > start && g_ascii_isalnum (at[-1])))
    return 0;
  for (gsize i = 0; i < length; i++)
    {
      letter = letter || g_ascii_isalpha (at[i]);
      digit = digit || g_ascii_isdigit (at[i]);
    }
  return letter && digit ? length : 0;
}

static gboolean
is_of_url (char c)
{
  return c != '\0' && !g_ascii_isspace (c) && strchr ("\"<>`", c) == NULL;
}

static gboolean
is_of_host (char c)
{
  return is_of_url (c) && strchr (":/?#]", c) == NULL;
}

/* Without what ends a sentence or a bracket that was opened before. */
static gsize
without_punctuation (const char *at,
                     gsize       length)
{
  while (length > 0 && strchr (".,;:!)}'", at[length - 1]) != NULL)
    length--;
  return length;
}

static void
append_kind (GString    *out,
             const char *host,
             gsize       length)
{
  g_autofree char *text = g_strndup (host, length);
  g_autofree char *kind = length > 0 ? mz_scrub_kind_of_host (text) : NULL;

  if (kind != NULL)
    g_string_append_printf (out, "[%s]", kind);
}

/* What follows "://": of it only the kind of the host and the port stay. mz_redact() was there before. */
static gsize
match_authority (const char *start,
                 const char *at,
                 GString    *out)
{
  const char *end, *p = at;
  gsize host, rest;

  if (at - start < 3 || strncmp (at - 3, "://", 3) != 0)
    return 0;

  end = at + run_length (at, is_of_url);
  for (const char *q = at; q < end && strchr ("/?#", *q) == NULL; q++)
    if (*q == '@')
      p = q + 1;
  if (p > at)
    g_string_append (out, "[redacted]@");

  host = *p == '[' ? strcspn (p, "]") : 0;
  if (host > 0 && p + host < end)
    {
      append_kind (out, p + 1, host - 1);
      p += host + 1;
    }
  else
    {
      host = without_punctuation (p, run_length (p, is_of_host));
      append_kind (out, p, host);
      p += host;
    }
  if (*p == ':' && g_ascii_isdigit (p[1]))
    {
      gsize port = 1 + strspn (p + 1, "0123456789");

      g_string_append_len (out, p, (gssize) port);
      p += port;
    }

  rest = without_punctuation (p, (gsize) (end - p));
  if (rest > 1)
    g_string_append (out, "/[path]");
  else
    g_string_append_len (out, p, (gssize) rest);
  return (gsize) (p + rest - at);
}

/* As src/net/mz-trace-log.c has it: "Resolving host..." */
static gsize
match_resolving (const char *start,
                 const char *at,
                 GString    *out)
{
  static const char before[] = "Resolving ";
  gsize length;

  if ((gsize) (at - start) < strlen (before) || strncmp (at - strlen (before), before, strlen (before)) != 0)
    return 0;

  length = without_punctuation (at, run_length (at, is_of_url));
  append_kind (out, at, length);
  return length;
}

/* One line without anything that could control a terminal or turn the direction of the text. */
static char *
clean_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *clean = g_string_new (NULL);
  guint n = 0;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);

      if (n++ == MAX_READ)
        {
          const char *last = strrchr (clean->str, ' ');

          if (last != NULL)
            g_string_truncate (clean, (gsize) (last - clean->str));
          g_string_append (clean, "…");
          break;
        }
      if (g_unichar_iscntrl (c) || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR)
        g_string_append_c (clean, ' ');
      else if (type != G_UNICODE_FORMAT)
        g_string_append_unichar (clean, c);
    }
  return g_string_free (clean, FALSE);
}

/* Nothing is left in it that half of would tell something. */
static char *
cut_line (GString *line)
{
  if (g_utf8_strlen (line->str, (gssize) line->len) > MAX_CHARACTERS)
    {
      g_string_truncate (line, (gsize) (g_utf8_offset_to_pointer (line->str, MAX_CHARACTERS) - line->str));
      g_string_append (line, "…");
    }
  return g_string_free (line, FALSE);
}

/**
 * mz_scrub_apply:
 * @self: a scrub
 * @text: (nullable): a text, not trusted
 * @mode: whose words they are
 *
 * Takes out what is known, what looks like an address or a token, and what mz_redact() takes out.
 *
 * Returns: (transfer full): one line of valid UTF-8; "" for %NULL
 */
char *
mz_scrub_apply (MzScrub     *self,
                const char  *text,
                MzScrubMode  mode)
{
  g_autofree char *clear = NULL;
  g_autofree char *line = NULL;
  g_autofree char *redacted = NULL;
  GString *out;
  const char *p;

  g_return_val_if_fail (self != NULL, NULL);

  /* Before, because a header ends with its line; after, because what is not seen may have hidden a name. */
  clear = mz_redact (text != NULL ? text : "", (const char * const *) self->secrets->pdata);
  line = clean_line (clear);
  redacted = mz_redact (line, (const char * const *) self->secrets->pdata);
  out = g_string_sized_new (strlen (redacted));
  p = redacted;
  while (*p != '\0')
    {
      g_autofree char *kind = NULL;
      const char *replacement = NULL;
      gsize length = 0;

      if (mode == MZ_SCRUB_LOG)
        {
          length = match_authority (redacted, p, out);
          if (length == 0)
            length = match_resolving (redacted, p, out);
          if (length > 0)
            {
              p += length;
              continue;
            }
        }

      length = match_known (self, redacted, p, &replacement);

      if (length > 0)
        {
          g_string_append (out, replacement);
          p += length;
          continue;
        }

      length = match_ipv4 (redacted, p, &kind);
      if (length == 0)
        length = match_ipv6 (redacted, p, &kind);
      if (length == 0 && mode != MZ_SCRUB_OWN)
        length = match_name (redacted, p, &kind);
      if (length > 0)
        {
          g_string_append_printf (out, "[%s]", kind);
          p += length;
          continue;
        }

      length = match_opaque (redacted, p);
      if (length > 0)
        {
          g_string_append (out, "[opaque]");
          p += length;
          continue;
        }
      length = (gsize) (g_utf8_next_char (p) - p);
      g_string_append_len (out, p, (gssize) length);
      p += length;
    }
  return cut_line (out);
}
