/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-json-guard.h"

#include "mz-gateway-error.h"

#include <string.h>

/* A gint64 holds every number of 18 digits; json-glib makes -1 of what does not fit. */
#define SAFE_INTEGER_DIGITS 18

/* The length of an escape \uXXXX. */
#define UNICODE_ESCAPE_LENGTH 6

/* What json-glib cannot digest though it is JSON, and what is written in its place. */
typedef enum
{
  MEND_ESCAPE,  /* half a surrogate pair (not UTF-8 then) or \u0000 (cuts the string) → \ufffd */
  MEND_INTEGER, /* an integer beyond 64 bits (becomes -1) → a double */
} MendKind;

typedef struct
{
  const char *data;
  gsize length;
  GString *mended; /* (nullable): only while mending */
  gsize mended_to;
  gboolean needs_mending;
  MzJsonCut longest;
  gsize saved; /* bytes by which the string that is passed over is shorter than it is written */
} Scan;

/* RFC 8259, section 2: what may stand outside of strings. Comments and single quotes, which json-glib takes, are not
 * among it: they could hide brackets from the count. */
static inline gboolean
is_structure (guchar c)
{
  switch (c)
    {
    case ' ': case '\t': case '\n': case '\r':
    case ',': case ':':
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
    case '-': case '+': case '.': case 'E':
    case 't': case 'r': case 'u': case 'e': case 'f': case 'a': case 'l': case 's': case 'n':
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
fail_at (GError     **error,
         const char  *what,
         gsize        offset)
{
  g_set_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "%s at byte %" G_GSIZE_FORMAT, what, offset);
  return FALSE;
}

static void
scan_mend (Scan     *scan,
           MendKind  kind,
           gsize     from,
           gsize     to)
{
  scan->needs_mending = TRUE;
  if (scan->mended == NULL)
    return;

  if (kind == MEND_ESCAPE)
    {
      g_string_append_len (scan->mended, scan->data + scan->mended_to, from - scan->mended_to);
      g_string_append (scan->mended, "\\ufffd");
    }
  else
    {
      g_string_append_len (scan->mended, scan->data + scan->mended_to, to - scan->mended_to);
      g_string_append (scan->mended, ".0");
    }
  scan->mended_to = to;
}

/* The code unit of the escape \uXXXX at @offset, or -1. */
static int
scan_unicode_escape (const Scan *scan,
                     gsize       offset)
{
  int unit = 0;

  if (scan->length - offset < UNICODE_ESCAPE_LENGTH || scan->data[offset] != '\\' || scan->data[offset + 1] != 'u')
    return -1;
  for (gsize i = offset + 2; i < offset + UNICODE_ESCAPE_LENGTH; i++)
    {
      int digit = g_ascii_xdigit_value (scan->data[i]);

      if (digit < 0)
        return -1;
      unit = unit * 16 + digit;
    }
  return unit;
}

/* Passes over the escape at *@offset. */
static gboolean
scan_escape (Scan    *scan,
             gsize   *offset,
             GError **error)
{
  gsize i = *offset;
  int unit, low;

  if (i + 1 >= scan->length)
    return fail_at (error, "A string has no end", i);

  switch (scan->data[i + 1])
    {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
      scan->saved += 1;
      *offset = i + 2;
      return TRUE;
    case 'u':
      break;
    default:
      return fail_at (error, "An escape that JSON does not have", i);
    }

  unit = scan_unicode_escape (scan, i);
  if (unit < 0)
    return fail_at (error, "A broken Unicode escape", i);

  *offset = i + UNICODE_ESCAPE_LENGTH;
  scan->saved += UNICODE_ESCAPE_LENGTH - (unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3);
  if (unit >= 0xd800 && unit <= 0xdbff)
    {
      low = scan_unicode_escape (scan, *offset);
      if (low >= 0xdc00 && low <= 0xdfff)
        {
          /* Both together are four bytes of UTF-8. */
          *offset += UNICODE_ESCAPE_LENGTH;
          scan->saved += UNICODE_ESCAPE_LENGTH - 1;
        }
      else
        scan_mend (scan, MEND_ESCAPE, i, *offset);
    }
  else if (unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
    {
      scan_mend (scan, MEND_ESCAPE, i, *offset);
    }
  return TRUE;
}

#define EACH_BYTE(c) (G_GUINT64_CONSTANT (0x0101010101010101) * (c))
#define HIGH_BITS EACH_BYTE (0x80)

/* The high bit of the first of eight bytes that ends a string, begins an escape or is a control character; bits above it mean
 * nothing. */
static inline guint64
find_special (guint64 bytes)
{
  guint64 quote = bytes ^ EACH_BYTE ('"');
  guint64 backslash = bytes ^ EACH_BYTE ('\\');

  return (((quote - EACH_BYTE (1)) & ~quote) |
          ((backslash - EACH_BYTE (1)) & ~backslash) |
          ((bytes - EACH_BYTE (0x20)) & ~bytes)) & HIGH_BITS;
}

/* Passes over what is plain from @i on; what is left may be fewer than eight bytes. Long texts are nearly all of a frame. */
static inline gsize
skip_plain (const Scan *scan,
            gsize       i,
            guint64    *high)
{
  while (scan->length - i >= 8)
    {
      guint64 bytes, special;

      memcpy (&bytes, scan->data + i, 8);
      bytes = GUINT64_FROM_LE (bytes);
      special = find_special (bytes);
      if (special != 0)
        {
          guint n_bits = (guint) __builtin_ctzll (special) - 7;

          *high |= bytes & ((G_GUINT64_CONSTANT (1) << n_bits) - 1);
          return i + n_bits / 8;
        }
      *high |= bytes;
      i += 8;
    }
  return i;
}

/* Passes over the string that begins at *@offset. */
static gboolean
scan_string (Scan      *scan,
             gsize     *offset,
             gboolean  *ascii,
             GError   **error)
{
  gsize i = *offset + 1;
  guint64 high = 0;

  scan->saved = 0;
  while (i < scan->length)
    {
      guchar c;

      i = skip_plain (scan, i, &high);
      if (i == scan->length)
        break;

      c = (guchar) scan->data[i];
      if (c == '"')
        {
          gsize length = i - *offset - 1;

          if (length > scan->longest.length)
            scan->longest = (MzJsonCut) { *offset + 1, length, length - scan->saved };
          if ((high & HIGH_BITS) != 0)
            *ascii = FALSE;
          *offset = i + 1;
          return TRUE;
        }
      if (c == '\\')
        {
          if (!scan_escape (scan, &i, error))
            return FALSE;
          continue;
        }
      /* RFC 8259, section 7: control characters are escaped in strings. */
      if (c < 0x20)
        return fail_at (error, "A control character in a string", i);
      if (c >= 0x80)
        *ascii = FALSE;
      i++;
    }
  return fail_at (error, "A string has no end", *offset);
}

static inline gboolean
is_exponent (char c)
{
  return c == 'e' || c == 'E';
}

/* Whether the digits at @start continue a number: its fraction or its exponent. */
static gboolean
continues_number (const Scan *scan,
                  gsize       start)
{
  char before = start > 0 ? scan->data[start - 1] : '\0';

  if (before == '-' || before == '+')
    return start > 1 && is_exponent (scan->data[start - 2]);
  return before == '.' || is_exponent (before);
}

/* Passes over the digits at *@offset. */
static void
scan_digits (Scan  *scan,
             gsize *offset)
{
  gsize start = *offset, i = start;

  while (i < scan->length && g_ascii_isdigit (scan->data[i]))
    i++;
  *offset = i;
  if (i - start <= SAFE_INTEGER_DIGITS || continues_number (scan, start))
    return;

  if (i == scan->length || (scan->data[i] != '.' && !is_exponent (scan->data[i])))
    scan_mend (scan, MEND_INTEGER, start, i);
}

static gboolean
scan_run (Scan    *scan,
          guint    max_depth,
          GError **error)
{
  const char *data = scan->data;
  gboolean ascii = TRUE;
  gboolean blank = TRUE;
  gboolean complete = FALSE;
  guint depth = 0;
  gsize i = 0;

  while (i < scan->length)
    {
      guchar c = (guchar) data[i];

      /* json-glib would read on, keep one of the values and lose another. */
      if (complete ? !g_ascii_isspace (c) : depth == 0 && !blank && (c == '"' || c == '{' || c == '['))
        return fail_at (error, "A second value", i);

      if (c == '"')
        {
          blank = FALSE;
          if (!scan_string (scan, &i, &ascii, error))
            return FALSE;
          complete = depth == 0;
          continue;
        }
      if (c == '{' || c == '[')
        {
          blank = FALSE;
          if (depth >= max_depth)
            return fail_at (error, "Nested too deeply", i);
          depth++;
        }
      else if (c == '}' || c == ']')
        {
          if (depth == 0)
            return fail_at (error, "A bracket that closes nothing", i);
          depth--;
          complete = depth == 0;
        }
      else if (g_ascii_isdigit (c))
        {
          blank = FALSE;
          scan_digits (scan, &i);
          continue;
        }
      else if (!is_structure (c))
        {
          return fail_at (error, "A character that JSON does not have", i);
        }
      else if (!g_ascii_isspace (c))
        {
          blank = FALSE;
        }
      i++;
    }

  if (blank)
    return fail_at (error, "Nothing", 0);
  if (depth > 0)
    return fail_at (error, "A bracket is not closed", scan->length);
  if (!ascii)
    {
      const char *end;

      if (!g_utf8_validate_len (data, scan->length, &end))
        return fail_at (error, "Invalid UTF-8", end - data);
    }
  return TRUE;
}

/* Looks at @data once. What json-glib could not digest is mended: then *@mended is what it gets instead, else it stays
 * NULL. @longest: (out) (optional). Errors are those of mz_json_check(), without the one for the length. */
gboolean
mz_json_guard (const char  *data,
               gsize        length,
               guint        max_depth,
               GString    **mended,
               MzJsonCut   *longest,
               GError     **error)
{
  Scan scan = { data, length };

  if (!scan_run (&scan, max_depth, error))
    return FALSE;

  if (longest != NULL)
    *longest = scan.longest;
  if (mended != NULL && scan.needs_mending)
    {
      scan.mended = g_string_sized_new (length + 64);
      scan_run (&scan, max_depth, NULL);
      g_string_append_len (scan.mended, data + scan.mended_to, length - scan.mended_to);
      *mended = scan.mended;
    }
  return TRUE;
}
