/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-link.h"

#include <string.h>

#include "mz-redact.h"
#include "mz-secret-name.h"

/* Percent-encoding makes three bytes of one. */
#define MAX_URI (64 * 1024)

/* In bytes */
#define MAX_TEXT (16 * 1024)
#define MAX_OTHER (2 * 1024)

G_DEFINE_QUARK (mz-link-error-quark, mz_link_error)

/* The links that are known; a scheme and a path make one. */
static const struct
{
  const char *scheme;
  const char *path;             /* without slashes around it */
  MzLinkKind kind;
} links[] = {
  { "openclaw", "gateway/add", MZ_LINK_ADD },
  { "moltzer", "add", MZ_LINK_ADD },
  { "moltzer", "session", MZ_LINK_SESSION },
  { "moltzer", "ask", MZ_LINK_ASK },
};

typedef enum
{
  PARAM_URL,
  PARAM_NAME,
  PARAM_GATEWAY,
  PARAM_KEY,
  PARAM_TEXT,
  N_PARAMS,
} Param;

/* The parameters that each kind of link may have. Others are passed over: a newer version may know them. */
static const struct
{
  const char *name;
  MzLinkKind kind;
  gboolean required;
} params[N_PARAMS] = {
  [PARAM_URL] = { "url", MZ_LINK_ADD, TRUE },
  [PARAM_NAME] = { "name", MZ_LINK_ADD, FALSE },
  [PARAM_GATEWAY] = { "gateway", MZ_LINK_SESSION, TRUE },
  [PARAM_KEY] = { "key", MZ_LINK_SESSION, TRUE },
  [PARAM_TEXT] = { "text", MZ_LINK_ASK, TRUE },
};

/* No message repeats any of the link. */
static gboolean
fail (GError      **error,
      MzLinkError   code,
      const char   *message)
{
  g_set_error_literal (error, MZ_LINK_ERROR, code, message);
  return FALSE;
}

static gboolean
fail_secret (GError **error)
{
  return fail (error, MZ_LINK_ERROR_SECRET, "The link carries a token or a password");
}

/* What stands in a text without being seen, or turns its direction: with it a link could show one thing and mean
 * another. Joiners and the two marks of direction are needed by languages and emoji. */
static gboolean
is_deceptive (gunichar c)
{
  return c == 0x00ad || c == 0x034f || c == 0x061c || c == 0x115f || c == 0x1160 || c == 0x17b4 || c == 0x17b5 ||
         c == 0x200b || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0x3164 || c == 0xfeff ||
         (c >= 0x180b && c <= 0x180f) || (c >= 0xfe00 && c <= 0xfe0d) || c == 0xffa0 || (c >= 0xfff0 && c <= 0xfffb) ||
         (c >= 0x1bca0 && c <= 0x1bca3) || (c >= 0x1d173 && c <= 0x1d17a) || (c >= 0xe0000 && c <= 0xe0fff) ||
         g_unichar_type (c) == G_UNICODE_PRIVATE_USE;
}

static gboolean
check_value (Param        param,
             const char  *value,
             GError     **error)
{
  if (strlen (value) > (param == PARAM_TEXT ? MAX_TEXT : MAX_OTHER))
    return fail (error, MZ_LINK_ERROR_INVALID, "The link is too long");
  if (!g_utf8_validate (value, -1, NULL))
    return fail (error, MZ_LINK_ERROR_INVALID, "The link is not valid text");

  for (const char *p = value; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || is_deceptive (c))
        return fail (error, MZ_LINK_ERROR_INVALID, "The link has characters that cannot be shown");
    }
  return TRUE;
}

/* Line breaks and tabs of a text become spaces. */
static void
join_lines (char *text)
{
  char *out = text;

  for (const char *in = text; *in != '\0'; in++)
    {
      if (in[0] == '\r' && in[1] == '\n')
        continue;
      *out++ = strchr ("\t\n\r", *in) != NULL ? ' ' : *in;
    }
  *out = '\0';
}

static gboolean
is_known_scheme (const char *scheme)
{
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      if (g_ascii_strcasecmp (links[i].scheme, scheme) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Cuts @text into scheme, path and query, all of them without what stands between. @text is changed. */
static gboolean
cut (char        *text,
     char       **scheme,
     char       **path,
     char       **query,
     GError     **error)
{
  char *colon = strchr (text, ':');
  char *fragment;
  gsize length;

  if (colon == NULL)
    return fail (error, MZ_LINK_ERROR_UNKNOWN, "This is not a link");
  *colon = '\0';
  *scheme = text;
  if (!is_known_scheme (*scheme))
    return fail (error, MZ_LINK_ERROR_UNKNOWN, "This is not a link for Moltzer");
  *path = colon + 1;

  fragment = strchr (*path, '#');
  if (fragment != NULL)
    {
      /* "#token=…" is how some put it. */
      if (mz_secret_name_in_path (fragment))
        return fail_secret (error);
      *fragment = '\0';
    }

  *query = strchr (*path, '?');
  if (*query != NULL)
    *(*query)++ = '\0';
  else
    *query = *path + strlen (*path);

  if (strchr (*path, '@') != NULL)
    return fail_secret (error);
  *path += strspn (*path, "/");
  length = strlen (*path);
  while (length > 0 && (*path)[length - 1] == '/')
    (*path)[--length] = '\0';
  return TRUE;
}

static gboolean
find_kind (const char  *scheme,
           const char  *path,
           MzLinkKind  *kind,
           GError     **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      if (g_ascii_strcasecmp (links[i].scheme, scheme) == 0 && g_ascii_strcasecmp (links[i].path, path) == 0)
        {
          *kind = links[i].kind;
          return TRUE;
        }
    }
  return fail (error, MZ_LINK_ERROR_UNKNOWN, "Moltzer does not know this kind of link");
}

static gboolean
take_param (MzLinkKind   kind,
            const char  *name,
            const char  *value,
            char       **values,
            GError     **error)
{
  for (Param i = 0; i < N_PARAMS; i++)
    {
      if (params[i].kind != kind || !g_str_equal (params[i].name, name))
        continue;
      /* The one that a person looks at might not be the one that counts. */
      if (values[i] != NULL)
        return fail (error, MZ_LINK_ERROR_INVALID, "The link says something twice");

      values[i] = g_strdup (value);
      g_strstrip (values[i]);
      if (i == PARAM_TEXT)
        join_lines (values[i]);
      return check_value (i, values[i], error);
    }

  if (mz_secret_name_matches (name, strlen (name), TRUE))
    return fail_secret (error);
  return TRUE;
}

static gboolean
parse_query (MzLinkKind   kind,
             const char  *query,
             char       **values,
             GError     **error)
{
  g_autoptr (GError) decode_error = NULL;
  GUriParamsIter iter;
  char *name, *value;
  gboolean ok = TRUE;

  g_uri_params_iter_init (&iter, query, -1, "&", G_URI_PARAMS_WWW_FORM);
  while (ok && g_uri_params_iter_next (&iter, &name, &value, &decode_error))
    {
      ok = take_param (kind, name, value, values, error);
      g_free (name);
      g_free (value);
    }
  if (!ok)
    return FALSE;
  if (decode_error != NULL)
    return fail (error, MZ_LINK_ERROR_INVALID, "The link is damaged");

  for (Param i = 0; i < N_PARAMS; i++)
    {
      if (params[i].kind == kind && params[i].required && (values[i] == NULL || *values[i] == '\0'))
        return fail (error, MZ_LINK_ERROR_INVALID, "Something is missing in the link");
    }
  return TRUE;
}

static gboolean
has_secret (const char *text)
{
  g_autofree char *clean = mz_redact (text, NULL);

  return !g_str_equal (clean, text);
}

static MzLink *
link_new (MzLinkKind   kind,
          char       **values,
          GError     **error)
{
  g_autoptr (MzLink) self = g_new0 (MzLink, 1);
  g_autoptr (GError) address_error = NULL;

  self->kind = kind;
  if (kind == MZ_LINK_ADD)
    {
      self->endpoint = mz_endpoint_parse (values[PARAM_URL], &address_error);
      if (g_error_matches (address_error, MZ_NET_ERROR, MZ_NET_ERROR_SECRET_IN_ADDRESS) ||
          (values[PARAM_NAME] != NULL && has_secret (values[PARAM_NAME])))
        {
          fail_secret (error);
          return NULL;
        }
      if (address_error != NULL)
        {
          fail (error, MZ_LINK_ERROR_INVALID, "The link has no gateway’s address");
          return NULL;
        }
    }

  if (values[PARAM_NAME] != NULL && *values[PARAM_NAME] != '\0')
    self->name = g_steal_pointer (&values[PARAM_NAME]);
  self->gateway = g_steal_pointer (&values[PARAM_GATEWAY]);
  self->key = g_steal_pointer (&values[PARAM_KEY]);
  self->text = g_steal_pointer (&values[PARAM_TEXT]);
  return g_steal_pointer (&self);
}

/**
 * mz_link_parse:
 * @uri: a link from outside
 * @error: return location for an error: %MZ_LINK_ERROR
 *
 * Understands a link, and nothing more: whoever gets it asks the person first. Parameters that are not known are passed over.
 *
 * Returns: (transfer full): the link, or %NULL with @error set
 */
MzLink *
mz_link_parse (const char  *uri,
               GError     **error)
{
  g_autofree char *copy = NULL;
  char *values[N_PARAMS] = { NULL };
  char *scheme, *path, *query;
  MzLinkKind kind;
  MzLink *self = NULL;

  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (strnlen (uri, MAX_URI + 1) > MAX_URI)
    {
      fail (error, MZ_LINK_ERROR_INVALID, "The link is too long");
      return NULL;
    }

  copy = g_strdup (uri);
  g_strstrip (copy);
  if (cut (copy, &scheme, &path, &query, error) &&
      find_kind (scheme, path, &kind, error) &&
      parse_query (kind, query, values, error))
    self = link_new (kind, values, error);

  for (Param i = 0; i < N_PARAMS; i++)
    g_free (values[i]);
  return self;
}

/**
 * mz_link_free:
 * @self: (transfer full) (nullable): a link
 */
void
mz_link_free (MzLink *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->endpoint, mz_endpoint_unref);
  g_free (self->name);
  g_free (self->gateway);
  g_free (self->key);
  g_free (self->text);
  g_free (self);
}
