/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-redact.h"

#include <string.h>

#include "mz-secret-name.h"

/* A hand-written scanner, because it must end on every input: a regular expression may hit its backtracking limit and
 * give up. It looks at bytes, so that text in a broken encoding is cleaned as well. Each rule looks back or ahead for
 * a name by MAX_NAME bytes at most, which keeps the whole linear. */

#define REDACTED "[redacted]"

/* What one rule blots out may have been in another's way; two rounds are usual, and more than this nobody needs. */
#define MAX_ROUNDS 8

/* Shorter ones would blot out half of any text. */
#define MIN_SECRET 4

/* The longest name that is looked at, escapes included */
#define MAX_NAME 128

/* JSON in JSON in JSON in JSON: 2⁴ - 1 backslashes before a quote */
#define MAX_BACKSLASHES 15

static const char * const headers[] = { "authorization", "proxy-authorization", "cookie", "set-cookie" };

typedef struct
{
  const char *text;
  gsize length;
  gsize at;
  GString *out;
} Scanner;

static gboolean
is_name_char (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '-' || c == '.' || c == '+' || c == '%' || c == '[' || c == ']';
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Where a value in running text or in a URL ends */
static gboolean
is_value_end (char c)
{
  return is_space (c) || (c != '\0' && strchr ("&;#\"'<>", c) != NULL);
}

static gboolean
has_prefix_at (const Scanner *scanner,
               gsize          at,
               const char    *prefix)
{
  gsize length = strlen (prefix);

  return at + length <= scanner->length && g_ascii_strncasecmp (scanner->text + at, prefix, length) == 0;
}

/* Copies up to @from, puts the mark, and goes on at @to. */
static void
replace (Scanner *scanner,
         gsize    from,
         gsize    to)
{
  g_string_append_len (scanner->out, scanner->text + scanner->at, from - scanner->at);
  if (to > from)
    g_string_append (scanner->out, REDACTED);
  scanner->at = to;
}

static gsize
skip_spaces (const Scanner *scanner,
             gsize          at)
{
  while (at < scanner->length && is_space (scanner->text[at]))
    at++;

  return at;
}

static gsize
count_backslashes_before (const Scanner *scanner,
                          gsize          at)
{
  gsize n = 0;

  while (n < at - scanner->at && n <= MAX_BACKSLASHES && scanner->text[at - n - 1] == '\\')
    n++;

  return n;
}

/* Whether a quote with @n backslashes before it stands at @at; @end is where it ends. */
static gboolean
is_quote_at (const Scanner *scanner,
             gsize          at,
             gsize          n,
             gsize         *end)
{
  for (gsize i = 0; i < n; i++)
    if (at + i >= scanner->length || scanner->text[at + i] != '\\')
      return FALSE;

  if (at + n >= scanner->length || scanner->text[at + n] != '"')
    return FALSE;

  *end = at + n + 1;
  return TRUE;
}

/* The end of a JSON string's content that begins at @at and whose quotes have @n backslashes. A quote that belongs to
 * the content has more of them: each level of nesting doubles them and adds one. */
static gsize
find_string_end (const Scanner *scanner,
                 gsize          at,
                 gsize          n)
{
  gsize run = 0;

  for (; at < scanner->length; at++)
    {
      if (scanner->text[at] == '\\')
        {
          run++;
          continue;
        }
      if (scanner->text[at] == '"' && run % (2 * (n + 1)) == n)
        return at - n;
      run = 0;
    }

  return scanner->length;
}

/* "token": "…", also as JSON inside a JSON string */
static gboolean
redact_member (Scanner *scanner,
               gsize    quote)
{
  gsize n = count_backslashes_before (scanner, quote);
  gsize name = quote + 1;
  gsize name_end = name;
  gsize value;

  while (name_end < scanner->length && name_end - name < MAX_NAME &&
         scanner->text[name_end] != '"' && scanner->text[name_end] != '\\')
    name_end++;

  if (n > MAX_BACKSLASHES || !is_quote_at (scanner, name_end, n, &value) ||
      !mz_secret_name_matches (scanner->text + name, name_end - name, FALSE))
    return FALSE;

  value = skip_spaces (scanner, value);
  if (value >= scanner->length || scanner->text[value] != ':')
    return FALSE;

  value = skip_spaces (scanner, value + 1);
  if (!is_quote_at (scanner, value, n, &value))
    return FALSE;

  replace (scanner, value, find_string_end (scanner, value, n));
  return TRUE;
}

/* Authorization: …, to the end of the line */
static gboolean
redact_header (Scanner *scanner,
               gsize    colon)
{
  gsize name = colon;
  gsize value = colon + 1;
  gsize end;
  gboolean known = FALSE;

  while (name > scanner->at && colon - name < MAX_NAME &&
         (g_ascii_isalnum (scanner->text[name - 1]) || scanner->text[name - 1] == '-'))
    name--;

  for (guint i = 0; i < G_N_ELEMENTS (headers) && !known; i++)
    known = strlen (headers[i]) == colon - name && has_prefix_at (scanner, name, headers[i]);

  /* X-Api-Key, X-Auth-Token, … */
  if (!known && memchr (scanner->text + name, '-', colon - name) != NULL)
    known = mz_secret_name_matches (scanner->text + name, colon - name, FALSE);
  if (!known)
    return FALSE;

  while (value < scanner->length && (scanner->text[value] == ' ' || scanner->text[value] == '\t'))
    value++;
  end = value;
  while (end < scanner->length && scanner->text[end] != '\r' && scanner->text[end] != '\n')
    end++;

  replace (scanner, value, end);
  return TRUE;
}

/* scheme://user:password@host */
static gboolean
redact_userinfo (Scanner *scanner,
                 gsize    colon)
{
  gsize start = colon + strlen ("://");
  gsize at_sign = 0;

  if (!has_prefix_at (scanner, colon, "://"))
    return FALSE;

  for (gsize i = start; i < scanner->length; i++)
    {
      char c = scanner->text[i];

      if (c == '/' || c == '?' || is_space (c) || c == '"' || c == '<' || c == '>')
        break;
      if (c == '@')
        at_sign = i;
    }

  if (at_sign == 0)
    return FALSE;

  replace (scanner, start, at_sign);
  return TRUE;
}

/* How long the equals sign at @at is: plain, or percent-encoded, perhaps more than once; 0 when there is none */
static gsize
equals_length (const Scanner *scanner,
               gsize          at)
{
  gsize end = at + 1;

  if (scanner->text[at] == '=')
    return 1;

  while (end - at < MAX_NAME && has_prefix_at (scanner, end, "25"))
    end += strlen ("25");

  return has_prefix_at (scanner, end, "3d") ? end + strlen ("3d") - at : 0;
}

/* What separates parameters when it is percent-encoded in a URL inside a URL */
static gboolean
is_encoded_separator_at (const Scanner *scanner,
                         gsize          at)
{
  gsize end = at + 1;

  if (scanner->text[at] != '%')
    return FALSE;

  while (end - at < MAX_NAME && has_prefix_at (scanner, end, "25"))
    end += strlen ("25");

  return has_prefix_at (scanner, end, "26") || has_prefix_at (scanner, end, "3b") || has_prefix_at (scanner, end, "23");
}

/* The end of a value without quotes. The backslashes of a quote in nested JSON are no part of it. */
static gsize
find_plain_end (const Scanner *scanner,
                gsize          at,
                gboolean       encoded)
{
  while (at < scanner->length && !is_value_end (scanner->text[at]) &&
         !(encoded && is_encoded_separator_at (scanner, at)))
    {
      gsize backslashes = strspn (scanner->text + at, "\\");

      if (backslashes > 0 && scanner->text[at + backslashes] == '"')
        break;
      at += MAX (backslashes, 1);
    }

  return at;
}

static gsize
find_value_end (const Scanner *scanner,
                gsize          value,
                gboolean       encoded)
{
  gsize end = value;

  /* token='two words' */
  if (value < scanner->length && (scanner->text[value] == '\'' || scanner->text[value] == '"'))
    {
      const char *quote = memchr (scanner->text + value + 1, scanner->text[value], scanner->length - value - 1);

      end = quote != NULL ? (gsize) (quote - scanner->text) + 1 : scanner->length;
    }
  else if (has_prefix_at (scanner, value, "bearer "))
    end = skip_spaces (scanner, value + strlen ("bearer "));

  return find_plain_end (scanner, end, encoded);
}

/* ?token=…, password=… */
static gboolean
redact_parameter (Scanner *scanner,
                  gsize    equals)
{
  gsize sign = equals_length (scanner, equals);
  gsize name = equals;
  gsize value = equals + sign;
  gboolean in_url;

  if (sign == 0)
    return FALSE;

  while (name > scanner->at && equals - name < MAX_NAME && is_name_char (scanner->text[name - 1]))
    name--;

  in_url = sign > 1 || (name > 0 && strchr ("?&;#", scanner->text[name - 1]) != NULL);
  if (!mz_secret_name_matches (scanner->text + name, equals - name, in_url))
    return FALSE;

  replace (scanner, value, find_value_end (scanner, value, sign > 1));
  return TRUE;
}

static gboolean
redact_bearer (Scanner *scanner,
               gsize    at)
{
  gsize value = at + strlen ("bearer");
  gsize end;

  if (!has_prefix_at (scanner, at, "bearer") || (at > 0 && g_ascii_isalnum (scanner->text[at - 1])))
    return FALSE;

  end = skip_spaces (scanner, value);
  if (end == value)
    return FALSE;
  value = end;
  end = find_plain_end (scanner, value, FALSE);

  replace (scanner, value, end);
  return end > value;
}

static char *
redact_patterns (const char *text)
{
  Scanner scanner = { text, strlen (text), 0, g_string_sized_new (strlen (text) + 1) };
  gsize at = 0;

  while (at < scanner.length)
    {
      gboolean found = FALSE;

      switch (text[at])
        {
        case '"':
          found = redact_member (&scanner, at);
          break;
        case ':':
          found = redact_header (&scanner, at) || redact_userinfo (&scanner, at);
          break;
        case '=':
        case '%':
          found = redact_parameter (&scanner, at);
          break;
        case 'b':
        case 'B':
          found = redact_bearer (&scanner, at);
          break;
        default:
          break;
        }

      at = found ? MAX (scanner.at, at + 1) : at + 1;
    }

  g_string_append_len (scanner.out, text + scanner.at, scanner.length - scanner.at);

  return g_string_free (scanner.out, FALSE);
}

/* As they are, and as they stand in a URL */
static GPtrArray *
collect_secrets (const char * const *secrets)
{
  GPtrArray *forms = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; secrets != NULL && secrets[i] != NULL; i++)
    {
      g_autofree char *escaped = NULL;

      if (strlen (secrets[i]) < MIN_SECRET)
        continue;

      g_ptr_array_add (forms, g_strdup (secrets[i]));
      escaped = g_uri_escape_bytes ((const guint8 *) secrets[i], strlen (secrets[i]), NULL);
      if (!g_str_equal (escaped, secrets[i]))
        g_ptr_array_add (forms, g_steal_pointer (&escaped));
    }

  return forms;
}

/* The longest secret that stands at @text; 0 for none. One may be the beginning of another. */
static gsize
secret_length_at (GPtrArray  *forms,
                  const char *text)
{
  gsize longest = 0;

  for (guint i = 0; i < forms->len; i++)
    {
      const char *form = g_ptr_array_index (forms, i);

      if (form[0] == text[0] && g_str_has_prefix (text, form))
        longest = MAX (longest, strlen (form));
    }

  return longest;
}

static char *
redact_secrets (const char         *text,
                const char * const *secrets)
{
  g_autoptr (GPtrArray) forms = collect_secrets (secrets);
  g_autoptr (GString) out = NULL;

  if (forms->len == 0)
    return g_strdup (text);

  out = g_string_sized_new (strlen (text));
  while (*text != '\0')
    {
      gsize length;

      /* What was redacted before stays so, even if a secret is a part of the mark. */
      if (*text == '[' && g_str_has_prefix (text, REDACTED))
        {
          g_string_append (out, REDACTED);
          text += strlen (REDACTED);
          continue;
        }

      length = secret_length_at (forms, text);
      if (length > 0)
        {
          g_string_append (out, REDACTED);
          text += length;
        }
      else
        {
          g_string_append_c (out, *text++);
        }
    }

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * mz_redact:
 * @text: (nullable): any text: a log line, a frame, a URL, an error; it need not be valid UTF-8
 * @secrets: (nullable) (array zero-terminated=1): what is known to be secret; anything shorter than 4 bytes is ignored
 *
 * Blots secrets out: those in @secrets wherever they stand, and what stands where secrets do, that is in URLs before
 * the host and in parameters like `token=`, in headers like `Authorization:`, after `Bearer`, and in string members
 * of JSON like `"deviceToken"`. They become `[redacted]`. Redacting twice changes nothing more.
 *
 * Returns: (transfer full) (nullable): the text without secrets; %NULL for %NULL
 */
char *
mz_redact (const char         *text,
           const char * const *secrets)
{
  g_autofree char *result = NULL;
  gboolean changed = TRUE;

  if (text == NULL)
    return NULL;

  result = redact_secrets (text, secrets);
  for (guint round = 0; changed && round < MAX_ROUNDS; round++)
    {
      char *cleaner = redact_patterns (result);

      changed = !g_str_equal (cleaner, result);
      g_free (result);
      result = cleaner;
    }

  return g_steal_pointer (&result);
}
