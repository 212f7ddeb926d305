/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-endpoint.h"

#include <string.h>

typedef struct
{
  const char *text;
  const char *uri;
  MzHostKind kind;
  MzHostClass klass;
} Good;

#define NAME MZ_HOST_KIND_NAME
#define IPV4 MZ_HOST_KIND_IPV4
#define IPV6 MZ_HOST_KIND_IPV6
#define LOOPBACK MZ_HOST_CLASS_LOOPBACK
#define LINK_LOCAL MZ_HOST_CLASS_LINK_LOCAL
#define PRIVATE MZ_HOST_CLASS_PRIVATE
#define TAILNET MZ_HOST_CLASS_TAILNET
#define PUBLIC MZ_HOST_CLASS_PUBLIC

#define LABEL63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"
/* 63 + 1 + 63 + 1 + 63 + 1 + 61 */
#define NAME253 LABEL63 "." LABEL63 "." LABEL63 "." "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg"

static const Good good[] = {
  /* Nothing but a host */
  { "localhost", "ws://localhost:18789/", NAME, LOOPBACK },
  { "a.localhost", "ws://a.localhost:18789/", NAME, LOOPBACK },
  { "nas", "ws://nas:18789/", NAME, PRIVATE },
  { "my_box", "ws://my_box:18789/", NAME, PRIVATE },
  { "nas.local", "ws://nas.local:18789/", NAME, PRIVATE },
  { "127.0.0.1", "ws://127.0.0.1:18789/", IPV4, LOOPBACK },
  { "192.168.1.20", "ws://192.168.1.20:18789/", IPV4, PRIVATE },
  { "169.254.7.7", "ws://169.254.7.7:18789/", IPV4, LINK_LOCAL },
  { "100.101.102.103", "ws://100.101.102.103:18789/", IPV4, TAILNET },
  { "gateway.tail0.ts.net", "wss://gateway.tail0.ts.net:443/", NAME, TAILNET },
  { "gateway.example.com", "wss://gateway.example.com:443/", NAME, PUBLIC },
  { "8.8.8.8", "wss://8.8.8.8:443/", IPV4, PUBLIC },
  { "ts.net", "wss://ts.net:443/", NAME, PUBLIC },
  { "x.ts.net.evil.org", "wss://x.ts.net.evil.org:443/", NAME, PUBLIC },
  { "notts.net", "wss://notts.net:443/", NAME, PUBLIC },

  /* A host and a port */
  { "localhost:1", "ws://localhost:1/", NAME, LOOPBACK },
  { "192.168.1.20:65535", "ws://192.168.1.20:65535/", IPV4, PRIVATE },
  { "gateway.tail0.ts.net:18789", "wss://gateway.tail0.ts.net:18789/", NAME, TAILNET },
  { "gateway.example.com:8443", "wss://gateway.example.com:8443/", NAME, PUBLIC },
  { "localhost:443", "ws://localhost:443/", NAME, LOOPBACK },

  /* URLs */
  { "ws://localhost", "ws://localhost:18789/", NAME, LOOPBACK },
  { "ws://192.168.1.20", "ws://192.168.1.20:18789/", IPV4, PRIVATE },
  { "ws://gateway.tail0.ts.net", "ws://gateway.tail0.ts.net:18789/", NAME, TAILNET },
  { "ws://gateway.example.com", "ws://gateway.example.com:80/", NAME, PUBLIC },
  { "http://gateway.example.com", "ws://gateway.example.com:80/", NAME, PUBLIC },
  { "http://nas.local", "ws://nas.local:18789/", NAME, PRIVATE },
  { "wss://localhost", "wss://localhost:443/", NAME, LOOPBACK },
  { "https://localhost", "wss://localhost:443/", NAME, LOOPBACK },
  { "wss://gateway.tail0.ts.net", "wss://gateway.tail0.ts.net:443/", NAME, TAILNET },
  { "https://gateway.example.com", "wss://gateway.example.com:443/", NAME, PUBLIC },
  { "wss://h.example:8443/ws/v1", "wss://h.example:8443/ws/v1", NAME, PUBLIC },
  { "http://127.0.0.1:18789/", "ws://127.0.0.1:18789/", IPV4, LOOPBACK },
  { "https://h.example/path?session=main&x=1", "wss://h.example:443/path?session=main&x=1", NAME, PUBLIC },
  { "https://h.example?session=main", "wss://h.example:443/?session=main", NAME, PUBLIC },
  { "h.example/path", "wss://h.example:443/path", NAME, PUBLIC },
  { "localhost?x=1", "ws://localhost:18789/?x=1", NAME, LOOPBACK },
  { "ws://h.example:80/a@b", "ws://h.example:80/a@b", NAME, PUBLIC },
  { "h.example/to?u=ws://x", "wss://h.example:443/to?u=ws://x", NAME, PUBLIC },
  { "wss://h.example/a%20b", "wss://h.example:443/a%20b", NAME, PUBLIC },
  { "wss://h.example/\303\244", "wss://h.example:443/%C3%A4", NAME, PUBLIC },
  { "wss://h.example/?sessionKey=agent:main", "wss://h.example:443/?sessionKey=agent:main", NAME, PUBLIC },
  { "wss://h.example/?author=me&keyboard=de", "wss://h.example:443/?author=me&keyboard=de", NAME, PUBLIC },
  { "wss://h.example/token", "wss://h.example:443/token", NAME, PUBLIC },
  { "WSS://H.Example:8443/Path", "wss://h.example:8443/Path", NAME, PUBLIC },
  { "HtTpS://X.TS.NET", "wss://x.ts.net:443/", NAME, TAILNET },

  /* What comes along when text is copied */
  { "  localhost \n", "ws://localhost:18789/", NAME, LOOPBACK },
  { "\302\240localhost\342\200\213", "ws://localhost:18789/", NAME, LOOPBACK },
  { "\357\273\277ws://localhost:5", "ws://localhost:5/", NAME, LOOPBACK },
  { "localhost.", "ws://localhost:18789/", NAME, LOOPBACK },
  { "x.tail0.ts.net.:443", "wss://x.tail0.ts.net:443/", NAME, TAILNET },
  { "127.0.0.1.", "ws://127.0.0.1:18789/", IPV4, LOOPBACK },

  /* IPv6 */
  { "[::1]", "ws://[::1]:18789/", IPV6, LOOPBACK },
  { "[::1]:1234", "ws://[::1]:1234/", IPV6, LOOPBACK },
  { "::1", "ws://[::1]:18789/", IPV6, LOOPBACK },
  { "fd7a:115c:a1e0::4601:1234", "ws://[fd7a:115c:a1e0::4601:1234]:18789/", IPV6, TAILNET },
  { "[FD7A:115C:A1E0:0:0:0:0:1]", "ws://[fd7a:115c:a1e0::1]:18789/", IPV6, TAILNET },
  { "wss://[2001:db8::1]/x", "wss://[2001:db8::1]:443/x", IPV6, PUBLIC },
  { "ws://[2001:db8::1]", "ws://[2001:db8::1]:80/", IPV6, PUBLIC },
  { "[2001:db8::1]", "wss://[2001:db8::1]:443/", IPV6, PUBLIC },
  { "[fc00::1]:1", "ws://[fc00::1]:1/", IPV6, PRIVATE },
  { "[::ffff:192.168.1.1]", "ws://[::ffff:192.168.1.1]:18789/", IPV6, PRIVATE },
  { "[::ffff:8.8.8.8]", "wss://[::ffff:8.8.8.8]:443/", IPV6, PUBLIC },
  { "fe80::1%eth0", "ws://[fe80::1%25eth0]:18789/", IPV6, LINK_LOCAL },
  { "[fe80::1%25wlan0.5]:9", "ws://[fe80::1%25wlan0.5]:9/", IPV6, LINK_LOCAL },
  { "[fe80::1%3]", "ws://[fe80::1%253]:18789/", IPV6, LINK_LOCAL },
  { "[fe80::1%25]", "ws://[fe80::1%2525]:18789/", IPV6, LINK_LOCAL },

  /* Unicode */
  { "b\303\274cher.example", "wss://xn--bcher-kva.example:443/", NAME, PUBLIC },
  { "B\303\234CHER.example", "wss://xn--bcher-kva.example:443/", NAME, PUBLIC },
  { "xn--bcher-kva.example", "wss://xn--bcher-kva.example:443/", NAME, PUBLIC },
  { "h\343\200\202example", "wss://h.example:443/", NAME, PUBLIC },
  { "x\357\274\216ts\357\275\241net\343\200\202", "wss://x.ts.net:443/", NAME, TAILNET },
  { "\357\274\221\357\274\222\357\274\227.0.0.1", "ws://127.0.0.1:18789/", IPV4, LOOPBACK },
  { "\357\275\214ocalhost", "ws://localhost:18789/", NAME, LOOPBACK },

  /* At the limits */
  { LABEL63, "ws://" LABEL63 ":18789/", NAME, PRIVATE },
  { NAME253, "wss://" NAME253 ":443/", NAME, PUBLIC },
  { NAME253 ".", "wss://" NAME253 ":443/", NAME, PUBLIC },
  { "1and1.example", "wss://1and1.example:443/", NAME, PUBLIC },
  { "1.2.3.4.example", "wss://1.2.3.4.example:443/", NAME, PUBLIC },
  { "0xbeef.example", "wss://0xbeef.example:443/", NAME, PUBLIC },
};

static const char * const invalid[] = {
  "", " ", "\t\n", "\302\240",
  ":", ":18789", "/", "//localhost", "/path", "?x=1", "://localhost", "ws://", "wss:///path", "ws:localhost",
  "ws:/localhost",

  /* Schemes */
  "ftp://h.example", "file:///etc/passwd", "javascript://h.example/%0aalert(1)", "tcp://h.example", "w s://h.example",
  "wsss://h.example",
  "ws+unix://h.example", "\357\275\227s://h.example",

  /* Ports */
  "localhost:", "localhost:0", "localhost:65536", "localhost:99999999999999999999", "localhost:-1", "localhost:+80",
  "localhost:080",
  "localhost:0x50", "localhost:http", "localhost: 80", "localhost:8 0", "localhost:80:80", "[::1]:", "[::1]:0",
  "[::1]:x", "localhost:\357\274\221", "localhost:80abc", "wss://h.example:/x",

  /* Characters */
  "lo calhost", "local\thost", "localhost/a b", "localhost\nHost: evil", "localhost\r\n\r\nGET /", "local\001host",
  "localhost/\177",
  "localhost\\evil", "ws:\\\\localhost", "localhost\\@evil.example\\", "local%68ost", "localhost%00", "h.example/%zz",
  "h.example/%",
  "h.example/%4", "h.example/%00", "<script>", "h!.example", "h*.example", "$HOME", "`id`", "h,example", "h;example",
  "\"localhost\"",
  "h.example/\302\205", "h\342\200\256moc.example",

  /* Labels */
  ".", "..", ".localhost", "a..b", "localhost..", "a.b..", "-a.example", "a-.example", "-",
  "a\343\200\202\343\200\202b",
  "h\342\200\245x", "h.\342\200\244x", LABEL63 "x", "x." LABEL63 "y.example", NAME253 "x", "a." NAME253,
  "h\342\204\200.example",
  "\357\274\240", "a\357\274\217b.example", "a\357\274\232" "80", "xn--\303\274.example",

  /* IPv4 in other forms, which inet_aton() would take */
  "127.1", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.01", "127.0.0.001", "2130706433", "0x7f000001", "0x",
  "127.0.0.0x1", "1.2.3",
  "1.2.3.4.5", "256.1.1.1", "1.2.3.256", "1.2.3.-4", "1.2.3.4:", "a.b.c.1", "localhost.1", "1.2.3.4..",
  "\357\274\220\357\275\230\357\274\227f.1",
  "\357\274\221\357\274\222\357\274\227.1", "00.0.0.1",

  /* Addresses of no host */
  "0.0.0.0", "0.0.0.0:18789", "[::]", "::", "255.255.255.255", "224.0.0.1", "239.1.1.1", "[ff02::1]", "0.1.2.3",
  "[::ffff:0.0.0.0]",
  "[::ffff:224.0.0.1]",

  /* IPv6 */
  "[", "]", "[]", "[]:80", "[::1", "::1]", "[::1]x", "[::1]80", "[localhost]", "[127.0.0.1]", "[::g]", "[1::2::3]",
  "::1:18789",
  "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[::1%eth0]", "[fe80::1%]", "[fe80::1%eth0/1]", "[fe80::1%a b]",
  "[fe80::1%25a%b]",
  "[fe80::1%aaaaaaaaaaaaaaaa]", "2001:db8::1%eth0", "[[::1]]", "[::1]]", "[::ffff:1.2.3]", "[::ffff:01.2.3.4]",

  /* Not UTF-8 */
  "\377", "local\300\257host", "h\303", "\355\240\200",
};

/* Each has the word "s3cret", which no message may repeat. */
static const char * const secret[] = {
  "ws://user:s3cret@localhost",
  "ws://s3cret@localhost",
  "user:s3cret@localhost:18789",
  "s3cret@localhost",
  "wss://:s3cret@h.example",
  "wss://s3cret@@h.example",
  "ftp://user:s3cret@h.example",
  "ws://user:s3c ret s3cret@local host",
  "ws://localhost\\s3cret@evil.example",
  "wss://h.example/?token=s3cret",
  "wss://h.example?TOKEN=s3cret",
  "wss://h.example/?a=b&Token=s3cret",
  "wss://h.example/?a=b;token=s3cret",
  "wss://h.example/;token=s3cret",
  "wss://h.example/token=s3cret/x",
  "localhost/?password=s3cret",
  "localhost?auth=s3cret",
  "localhost?access_token=s3cret",
  "localhost?accessToken=s3cret",
  "localhost?x-api-key=s3cret",
  "localhost?apiKey=s3cret",
  "localhost?key=s3cret",
  "localhost?gatewayToken=s3cret",
  "localhost?client_secret=s3cret",
  "localhost?pwd=s3cret",
  "localhost?sig=s3cret",
  "localhost?jwt=s3cret",
  "localhost?auth%5Btoken%5D=s3cret",
  "localhost?%74oken=s3cret",
  "localhost?t%6Fken=s3cret",
  "localhost?%2574oken=s3cret",
  "localhost?token%3Ds3cret",
  "localhost?%74%6f%6b%65%6e%3ds3cret",
  "localhost?x=1%26token%3Ds3cret",
  "localhost?a%00token=s3cret",
  "localhost?next=https%3A%2F%2Fh%2F%3Ftoken%3Ds3cret",
  "localhost?to+ken=s3cret",
  "localhost:99999?token=s3cret",
  "http://127.0.0.1:18789/#token=s3cret",
  "http://127.0.0.1:18789/#s3cret",
  "localhost#s3cret",
  "#s3cret",
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MzEndpoint) endpoint = NULL;
      g_autoptr (MzEndpoint) again = NULL;
      g_autoptr (GUri) uri = NULL;

      g_test_message ("\"%s\"", good[i].text);
      endpoint = mz_endpoint_parse (good[i].text, &error);
      g_assert_no_error (error);
      g_assert_nonnull (endpoint);
      g_assert_cmpstr (mz_endpoint_to_string (endpoint), ==, good[i].uri);
      g_assert_true (mz_endpoint_to_string (endpoint) == mz_endpoint_to_string (endpoint));
      g_assert_cmpint (mz_endpoint_get_host_kind (endpoint), ==, good[i].kind);
      g_assert_cmpint (mz_endpoint_get_host_class (endpoint), ==, good[i].klass);
      g_assert_cmpint (mz_endpoint_is_ts_net (endpoint), ==, good[i].kind == NAME && good[i].klass == TAILNET);

      /* Others understand the URL in the same way. */
      uri = g_uri_parse (mz_endpoint_to_string (endpoint), G_URI_FLAGS_ENCODED, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (g_uri_get_scheme (uri), ==, mz_scheme_to_string (mz_endpoint_get_scheme (endpoint)));
      g_assert_cmpstr (g_uri_get_host (uri), ==, mz_endpoint_get_host (endpoint));
      g_assert_cmpint (g_uri_get_port (uri), ==, mz_endpoint_get_port (endpoint));
      g_assert_null (g_uri_get_userinfo (uri));

      /* And so do we. */
      again = mz_endpoint_parse (mz_endpoint_to_string (endpoint), &error);
      g_assert_no_error (error);
      g_assert_true (mz_endpoint_equal (endpoint, again));
      g_assert_cmpstr (mz_endpoint_get_display_host (again), ==, mz_endpoint_get_display_host (endpoint));
    }
}

static void
test_invalid (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MzEndpoint) endpoint = NULL;
      g_autofree char *shown = g_strescape (invalid[i], NULL);

      g_test_message ("\"%s\"", shown);
      endpoint = mz_endpoint_parse (invalid[i], &error);
      g_assert_null (endpoint);
      g_assert_nonnull (error);
      g_assert_true (error->domain == MZ_NET_ERROR);
      g_assert_true (error->code == MZ_NET_ERROR_INVALID_ADDRESS || error->code == MZ_NET_ERROR_SECRET_IN_ADDRESS);
      if (strpbrk (invalid[i], "@#") == NULL)
        g_assert_cmpint (error->code, ==, MZ_NET_ERROR_INVALID_ADDRESS);
    }
}

static void
test_secret (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (secret); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MzEndpoint) endpoint = NULL;

      g_test_message ("secret %u", i);
      endpoint = mz_endpoint_parse (secret[i], &error);
      g_assert_null (endpoint);
      g_assert_error (error, MZ_NET_ERROR, MZ_NET_ERROR_SECRET_IN_ADDRESS);
      g_assert_null (strstr (error->message, "s3c"));
      g_assert_null (strstr (error->message, "example"));
    }
}

static void
test_long (void)
{
  g_autoptr (GString) text = g_string_new ("ws://localhost:5/");
  g_autoptr (MzEndpoint) fits = NULL;
  g_autoptr (MzEndpoint) too_long = NULL;
  g_autoptr (GError) error = NULL;

  while (text->len < 2048)
    g_string_append_c (text, 'x');

  fits = mz_endpoint_parse (text->str, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mz_endpoint_to_string (fits), ==, text->str);

  g_string_append_c (text, 'x');
  too_long = mz_endpoint_parse (text->str, &error);
  g_assert_null (too_long);
  g_assert_error (error, MZ_NET_ERROR, MZ_NET_ERROR_INVALID_ADDRESS);
}

static void
test_display (void)
{
  static const struct
  {
    const char *text;
    const char *host;
    const char *display;
  } cases[] = {
    { "B\303\234CHER.example", "xn--bcher-kva.example", "b\303\274cher.example" },
    { "xn--bcher-kva.example", "xn--bcher-kva.example", "b\303\274cher.example" },
    { "Gateway.Example", "gateway.example", "gateway.example" },
    { "[::1]", "::1", "::1" },
    { "fe80::1%25eth0", "fe80::1%eth0", "fe80::1%eth0" },
    { "10.0.0.1", "10.0.0.1", "10.0.0.1" },

    /* Not Punycode */
    { "xn--a-.example", NULL, NULL },
    { "xn--99999999.example", "xn--99999999.example", "xn--99999999.example" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MzEndpoint) endpoint = NULL;

      g_test_message ("%s", cases[i].text);
      endpoint = mz_endpoint_parse (cases[i].text, cases[i].host != NULL ? &error : NULL);
      g_assert_no_error (error);
      if (cases[i].host == NULL)
        {
          g_assert_null (endpoint);
          continue;
        }
      g_assert_cmpstr (mz_endpoint_get_host (endpoint), ==, cases[i].host);
      g_assert_cmpstr (mz_endpoint_get_display_host (endpoint), ==, cases[i].display);
    }
}

static void
test_parts (void)
{
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse ("https://H.example:8443/a/b?c=d", NULL);
  g_autoptr (MzEndpoint) bare = mz_endpoint_parse ("h.example", NULL);

  g_assert_cmpint (mz_endpoint_get_scheme (endpoint), ==, MZ_SCHEME_WSS);
  g_assert_true (mz_endpoint_has_explicit_scheme (endpoint));
  g_assert_cmpstr (mz_endpoint_get_host (endpoint), ==, "h.example");
  g_assert_cmpint (mz_endpoint_get_port (endpoint), ==, 8443);
  g_assert_cmpstr (mz_endpoint_get_path (endpoint), ==, "/a/b?c=d");
  g_assert_false (mz_endpoint_has_explicit_scheme (bare));
  g_assert_cmpstr (mz_endpoint_get_path (bare), ==, "/");
}

static void
test_with_scheme (void)
{
  g_autoptr (MzEndpoint) wss = mz_endpoint_parse ("wss://[fe80::1%25eth0]:8443/a?b=c", NULL);
  g_autoptr (MzEndpoint) ws = mz_endpoint_with_scheme (wss, MZ_SCHEME_WS);
  g_autoptr (MzEndpoint) back = mz_endpoint_with_scheme (ws, MZ_SCHEME_WSS);
  g_autoptr (MzEndpoint) same = mz_endpoint_with_scheme (ws, MZ_SCHEME_WS);
  g_autoptr (MzEndpoint) bare = mz_endpoint_parse ("h.example", NULL);
  g_autoptr (MzEndpoint) bare_ws = mz_endpoint_with_scheme (bare, MZ_SCHEME_WS);

  g_assert_cmpstr (mz_endpoint_to_string (ws), ==, "ws://[fe80::1%25eth0]:8443/a?b=c");
  g_assert_cmpstr (mz_endpoint_get_display_host (ws), ==, "fe80::1%eth0");
  g_assert_cmpint (mz_endpoint_get_host_class (ws), ==, LINK_LOCAL);
  g_assert_false (mz_endpoint_equal (wss, ws));
  g_assert_true (mz_endpoint_equal (wss, back));
  g_assert_true (mz_endpoint_equal (ws, same));
  g_assert_cmpstr (mz_endpoint_to_string (bare_ws), ==, "ws://h.example:443/");
  g_assert_false (mz_endpoint_has_explicit_scheme (bare_ws));
}

static void
test_suggest (void)
{
  static const struct
  {
    const char *text;
    const char *suggestion;
  } cases[] = {
    { "gw.tail0.ts.net", "ws://gw.tail0.ts.net:18789/" },
    { "gw.tail0.ts.net/x", "ws://gw.tail0.ts.net:18789/x" },
    { "gw.tail0.ts.net:443", NULL },
    { "wss://gw.tail0.ts.net", NULL },
    { "ws://gw.tail0.ts.net", NULL },
    { "localhost", NULL },
    { "h.example", NULL },
    { "100.64.0.1", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (cases[i].text, NULL);
      g_autoptr (MzEndpoint) suggestion = mz_endpoint_suggest (endpoint);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (suggestion != NULL ? mz_endpoint_to_string (suggestion) : NULL, ==, cases[i].suggestion);
      if (suggestion != NULL)
        g_assert_null (mz_endpoint_suggest (suggestion));
    }
}

static void
test_boxed (void)
{
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse ("localhost", NULL);
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, MZ_TYPE_ENDPOINT);
  g_value_set_boxed (&value, endpoint);
  g_assert_true (g_value_get_boxed (&value) == endpoint);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/endpoint/good", test_good);
  g_test_add_func ("/net/endpoint/invalid", test_invalid);
  g_test_add_func ("/net/endpoint/secret", test_secret);
  g_test_add_func ("/net/endpoint/long", test_long);
  g_test_add_func ("/net/endpoint/display", test_display);
  g_test_add_func ("/net/endpoint/parts", test_parts);
  g_test_add_func ("/net/endpoint/with-scheme", test_with_scheme);
  g_test_add_func ("/net/endpoint/suggest", test_suggest);
  g_test_add_func ("/net/endpoint/boxed", test_boxed);

  return g_test_run ();
}
