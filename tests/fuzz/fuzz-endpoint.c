/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person pastes as a gateway's address.
 */
#include "config.h"

#include <string.h>

#include "mz-endpoint.h"

int LLVMFuzzerTestOneInput (const unsigned char *data,
                            size_t               size);

static void
check_host (MzEndpoint *endpoint)
{
  const char *host = mz_endpoint_get_host (endpoint);

  g_assert_true (g_str_is_ascii (host));
  g_assert_cmpuint (strlen (host), >, 0);
  g_assert_null (strpbrk (host, "/?#@[]\\ \"<>"));
  g_assert_true (g_utf8_validate (mz_endpoint_get_display_host (endpoint), -1, NULL));
  g_assert_cmpint (mz_endpoint_get_host_kind (endpoint) == MZ_HOST_KIND_IPV6, ==, strchr (host, ':') != NULL);
  g_assert_cmpint (mz_host_name_classify (host), ==, mz_endpoint_get_host_class (endpoint));
}

int
LLVMFuzzerTestOneInput (const unsigned char *data,
                        size_t               size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (text, &error);
  g_autoptr (MzEndpoint) again = NULL;
  g_autoptr (MzEndpoint) suggestion = NULL;
  g_autoptr (GUri) uri = NULL;

  if (endpoint == NULL)
    {
      g_assert_true (error != NULL && error->domain == MZ_NET_ERROR);
      return 0;
    }

  g_assert_no_error (error);
  check_host (endpoint);
  g_assert_cmpuint (mz_endpoint_get_port (endpoint), >, 0);
  g_assert_true (mz_endpoint_get_path (endpoint)[0] == '/');

  /* Whatever was understood is a plain URL that means the same to us and to GLib. */
  g_assert_true (g_str_is_ascii (mz_endpoint_to_string (endpoint)));
  uri = g_uri_parse (mz_endpoint_to_string (endpoint), G_URI_FLAGS_ENCODED, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_uri_get_host (uri), ==, mz_endpoint_get_host (endpoint));
  g_assert_null (g_uri_get_userinfo (uri));
  g_assert_null (g_uri_get_fragment (uri));

  if (strlen (mz_endpoint_to_string (endpoint)) <= 2048)
    {
      again = mz_endpoint_parse (mz_endpoint_to_string (endpoint), &error);
      g_assert_no_error (error);
      g_assert_true (mz_endpoint_equal (endpoint, again));
    }

  suggestion = mz_endpoint_suggest (endpoint);
  if (suggestion != NULL)
    g_assert_true (mz_endpoint_is_ts_net (suggestion));

  return 0;
}
