/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-secret-name.h"

#include <string.h>

/* What parameters stand between, also after decoding */
#define SEPARATORS "/?&;#"

/* Parts of parameters' names, without punctuation: accessToken, x-api-key, … */
static const char * const secret_parts[] = {
  "token", "password", "passwd", "passphrase", "secret", "credential", "apikey", "accesskey", "authkey", "privatekey",
  "bearer", "authorization", "signature",
};

/* Such names as a whole; parts of them mean other things (author, bypass). */
static const char * const secret_names[] = { "auth", "cookie", "pass", "pwd", "jwt", "otp" };

/* Only in a URL's query: elsewhere there are error codes and session keys. */
static const char * const secret_url_names[] = { "key", "sig", "code" };

/* Undoes percent-encoding as often as it was applied. */
static char *
dup_decoded (const char *text)
{
  char *decoded = g_strdup (text);
  gboolean changed;

  do
    {
      char *out = decoded;

      changed = FALSE;
      for (const char *in = decoded; *in != '\0'; in++)
        {
          int high = *in == '%' ? g_ascii_xdigit_value (in[1]) : -1;
          int low = high >= 0 ? g_ascii_xdigit_value (in[2]) : -1;

          if (low < 0)
            {
              *out++ = *in;
              continue;
            }

          *out++ = high == 0 && low == 0 ? '&' : (char) (high * 16 + low);
          in += 2;
          changed = TRUE;
        }
      *out = '\0';
    }
  while (changed);

  return decoded;
}

static gboolean
is_one_of (const char         *plain,
           const char * const *names,
           gsize               n_names)
{
  for (gsize i = 0; i < n_names; i++)
    if (g_str_equal (plain, names[i]))
      return TRUE;

  return FALSE;
}

/**
 * mz_secret_name_matches:
 * @name: a name of a parameter, a header or a member
 * @length: its length in bytes
 * @in_url: whether it is a parameter of a URL
 *
 * Whether what stands under that name is likely to be a secret: `token`, `access_token`, `X-Api-Key`, … in any case,
 * percent-encoded or not.
 *
 * Returns: %TRUE if so
 */
gboolean
mz_secret_name_matches (const char *name,
                        gsize       length,
                        gboolean    in_url)
{
  g_autofree char *copy = NULL;
  g_autofree char *decoded = NULL;
  g_autoptr (GString) plain = NULL;

  g_return_val_if_fail (name != NULL, FALSE);

  if (length == 0)
    return FALSE;

  copy = g_strndup (name, length);
  decoded = dup_decoded (copy);
  plain = g_string_sized_new (length);
  for (const char *p = decoded; *p != '\0'; p++)
    if (strchr (SEPARATORS "=:", *p) != NULL)
      g_string_truncate (plain, 0);
    else if (g_ascii_isalnum (*p))
      g_string_append_c (plain, g_ascii_tolower (*p));

  for (guint i = 0; i < G_N_ELEMENTS (secret_parts); i++)
    if (strstr (plain->str, secret_parts[i]) != NULL)
      return TRUE;

  return is_one_of (plain->str, secret_names, G_N_ELEMENTS (secret_names)) ||
         (in_url && is_one_of (plain->str, secret_url_names, G_N_ELEMENTS (secret_url_names)));
}

/**
 * mz_secret_name_in_path:
 * @path: a URL's path with its query
 *
 * Whether a parameter of @path is likely to hold a secret, also when it is percent-encoded, however often, or stands in
 * another address inside @path.
 *
 * Returns: %TRUE if so
 */
gboolean
mz_secret_name_in_path (const char *path)
{
  g_autofree char *decoded = NULL;
  const char *segment;

  g_return_val_if_fail (path != NULL, FALSE);

  decoded = dup_decoded (path);
  segment = decoded;
  while (*segment != '\0')
    {
      gsize length = strcspn (segment, SEPARATORS);
      gsize name_length = strcspn (segment, SEPARATORS "=");

      if (name_length < length && mz_secret_name_matches (segment, name_length, TRUE))
        return TRUE;

      segment += length;
      if (*segment != '\0')
        segment++;
    }

  return FALSE;
}
