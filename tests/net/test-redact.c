/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-redact.h"

#include <string.h>

#include "mz-secret-name.h"

#define R "[redacted]"

/* A quadratic scanner would need minutes for that. */
#define LARGE 300000

static const char * const secrets[] = { "abc", "tok-12345", "tok-12345-long", "p/w d&x", "[red", NULL };

static const struct
{
  const char *text;
  const char *result;
} cases[] = {
  /* Nothing to hide */
  { "", "" },
  { "hello", "hello" },
  { "ws://localhost:18789/path?session=main", "ws://localhost:18789/path?session=main" },
  { "mail me@example.org: it's 5:30", "mail me@example.org: it's 5:30" },
  { "https://registry.example/@scope/pkg", "https://registry.example/@scope/pkg" },
  { "{\"code\":\"AUTH_TOKEN_MISMATCH\",\"key\":\"agent:main:main\"}", "{\"code\":\"AUTH_TOKEN_MISMATCH\",\"key\":\"agent:main:main\"}" },
  { "{\"inputTokens\":5,\"tokens\":120}", "{\"inputTokens\":5,\"tokens\":120}" },
  { "{\"publicKey\":\"abcd\",\"nonce\":\"efgh\"}", "{\"publicKey\":\"abcd\",\"nonce\":\"efgh\"}" },
  { "{\"token\":\"\",\"auth\":{\"x\":\"y\"},\"password\":null}", "{\"token\":\"\",\"auth\":{\"x\":\"y\"},\"password\":null}" },
  { "code=1008 key=agent:main", "code=1008 key=agent:main" },
  { "\303\244\377\200 ok", "\303\244\377\200 ok" },
  { "a==b %3D %25 = \"", "a==b %3D %25 = \"" },

  /* Known secrets, wherever they stand; the longest that fits; short ones never */
  { "xtok-12345y", "x" R "y" },
  { "tok-12345-long tok-12345-lon", R " " R "-lon" },
  { "tok-12345tok-12345", R R },
  { "abc is too short", "abc is too short" },
  { "\377tok-12345\376", "\377" R "\376" },
  { "at /?q=p%2Fw%20d%26x or p/w d&x", "at /?q=" R " or " R },
  { "[red apple", R " apple" },
  { R, R },

  /* Parameters */
  { "ws://h/?token=xyz&a=b", "ws://h/?token=" R "&a=b" },
  { "ws://h/?a=b&PASSWORD=xyz#f", "ws://h/?a=b&PASSWORD=" R "#f" },
  { "ws://h/#token=xyz", "ws://h/#token=" R },
  { "ws://h/?%74oken=xyz", "ws://h/?%74oken=" R },
  { "ws://h/?%2574oken=xyz&b=c", "ws://h/?%2574oken=" R "&b=c" },
  { "ws://h/?token%3Dxyz%26b%3Dc", "ws://h/?token%3D" R "%26b%3Dc" },
  { "ws://h/?u=http%253A%252F%252Fh%253Ftoken%253Dxyz", "ws://h/?u=http%253A%252F%252Fh%253Ftoken%253D" R },
  { "ws://h/?key=xyz", "ws://h/?key=" R },
  { "ws://h/?a=b&client_secret=xyz;c=d", "ws://h/?a=b&client_secret=" R ";c=d" },
  { "ws://h/?auth[token]=xyz", "ws://h/?auth[token]=" R },
  { "MOLTZER_TOKEN=xyz moltzerctl", "MOLTZER_TOKEN=" R " moltzerctl" },
  { "--password='two words' x", "--password=" R " x" },
  { "--password='never closed", "--password=" R },
  { "{\\\"url\\\":\\\"ws://h/?token=x\\yz\\\",\\\"a\\\":1}", "{\\\"url\\\":\\\"ws://h/?token=" R "\\\",\\\"a\\\":1}" },
  { "--password='a b'cd e", "--password=" R " e" },
  { "token='token=' x", "token=" R " x" },
  { "{\"url\":\"ws://h/?token=xyz\",\"a\":1}", "{\"url\":\"ws://h/?token=" R "\",\"a\":1}" },
  { "token=Bearer xyz next", "token=" R " next" },
  { "token=", "token=" },
  { "token=xyz", "token=" R },

  /* Headers */
  { "Authorization: Bearer xyz\r\nHost: h", "Authorization: " R "\r\nHost: h" },
  { "authorization:Basic xyz", "authorization:" R },
  { "Proxy-Authorization: Basic xyz\nA: b", "Proxy-Authorization: " R "\nA: b" },
  { "Cookie: a=b; c=d\r\n", "Cookie: " R "\r\n" },
  { "Set-Cookie: a=b; Path=/\r\n", "Set-Cookie: " R "\r\n" },
  { "X-Api-Key: xyz\r\n", "X-Api-Key: " R "\r\n" },
  { "x-gateway-token: xyz", "x-gateway-token: " R },
  { "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==", "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==" },
  { "Bearer xyz.abc-_~+/= done", "Bearer " R " done" },
  { "sent \"bearer xyz\"", "sent \"bearer " R "\"" },
  { "forbearer xyz", "forbearer xyz" },
  { "bearer", "bearer" },

  /* JSON */
  { "{\"token\":\"xyz\",\"a\":\"b\"}", "{\"token\":\"" R "\",\"a\":\"b\"}" },
  { "{ \"deviceToken\" :\n \"xyz\" }", "{ \"deviceToken\" :\n \"" R "\" }" },
  { "{\"bootstrapToken\":\"xyz\"}", "{\"bootstrapToken\":\"" R "\"}" },
  { "{\"PASSWORD\":\"xyz\"}", "{\"PASSWORD\":\"" R "\"}" },
  { "{\"secret\":\"xyz\"}", "{\"secret\":\"" R "\"}" },
  { "{\"signature\":\"xyz\"}", "{\"signature\":\"" R "\"}" },
  { "{\"privateKey\":\"xyz\"}", "{\"privateKey\":\"" R "\"}" },
  { "{\"apiKey\":\"xyz\"}", "{\"apiKey\":\"" R "\"}" },
  { "{\"authorization\":\"xyz\"}", "{\"authorization\":\"" R "\"}" },
  { "{\"cookie\":\"xyz\"}", "{\"cookie\":\"" R "\"}" },
  { "{\"token\":\"x\\\"y\\\\\",\"a\":\"b\"}", "{\"token\":\"" R "\",\"a\":\"b\"}" },
  { "{\"token\":\"x\\\\\\\"y\"}", "{\"token\":\"" R "\"}" },
  { "{\"token\":\"cut off", "{\"token\":\"" R },
  { "{\"token\":\"cut off\\", "{\"token\":\"" R },
  { "{\"p\":\"{\\\"token\\\":\\\"xyz\\\",\\\"a\\\":1}\"}", "{\"p\":\"{\\\"token\\\":\\\"" R "\\\",\\\"a\\\":1}\"}" },
  { "{\\\"token\\\":\\\"x\\\\\\\"y\\\",\\\"a\\\":1}", "{\\\"token\\\":\\\"" R "\\\",\\\"a\\\":1}" },
  { "{\\\\\\\"token\\\\\\\":\\\\\\\"xyz\\\\\\\"}", "{\\\\\\\"token\\\\\\\":\\\\\\\"" R "\\\\\\\"}" },

  /* Userinfo */
  { "wss://user:xyz@h/", "wss://" R "@h/" },
  { "wss://xyz@h", "wss://" R "@h" },
  { "wss://a:b@c@h/x", "wss://" R "@h/x" },
  { "go to wss://a:b@h, now", "go to wss://" R "@h, now" },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *once = mz_redact (cases[i].text, secrets);
      g_autofree char *twice = mz_redact (once, secrets);
      g_autofree char *shown = g_strescape (cases[i].text, NULL);

      g_test_message ("%s", shown);
      g_assert_cmpstr (once, ==, cases[i].result);
      g_assert_cmpstr (twice, ==, once);
    }
}

static void
test_null (void)
{
  static const char * const none[] = { NULL };
  static const char * const empty[] = { "", NULL };
  g_autofree char *a = mz_redact ("token=x", NULL);
  g_autofree char *b = mz_redact ("abc", none);
  g_autofree char *c = mz_redact ("abc", empty);

  g_assert_null (mz_redact (NULL, NULL));
  g_assert_cmpstr (a, ==, "token=" R);
  g_assert_cmpstr (b, ==, "abc");
  g_assert_cmpstr (c, ==, "abc");
}

/* A long row of what makes scanners go back and forth; the suite's time limit fails a quadratic one. */
static void
test_large (void)
{
  static const char * const pieces[] = {
    "\"", "\\", "\\\"", "\"token\":", "\"token\":\"", "token", "token=", "%25", "%3D", "a%3D", "://", "a://b",
    "Bearer ", "bearer",
    ":", "=", "Authorization:", "-", "'", "token='", "\"token\"   ", " ", "[redacted]", "\377", "@", "://a@",
  };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *once = NULL;
      g_autofree char *twice = NULL;

      while (text->len < LARGE)
        g_string_append (text, pieces[i]);
      g_string_append (text, " tok-12345 ");

      once = mz_redact (text->str, secrets);
      twice = mz_redact (once, secrets);
      g_assert_null (strstr (once, "tok-12345"));
      g_assert_true (g_str_equal (twice, once));
    }
}

/* Random strings of the pieces that the rules look for: no secret is left, and a second time changes nothing. */
static void
test_random (void)
{
  static const char * const pieces[] = {
    "\"", "\\", "token", "Token", "password", "=", ":", "%", "%3D", "25", "3d", "://", "@", "/", "?", "&", ";", "#",
    " ", "\n", "'",
    "Bearer ", "Authorization", "key", R, "\"token\":\"", "\"}", "x", "\377", "<", "-", "[", "]", "tok-12345",
    "p/w d&x", "26",
  };

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *once = NULL;
      g_autofree char *twice = NULL;

      for (int n = g_test_rand_int_range (1, 12); n > 0; n--)
        g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);

      once = mz_redact (text->str, secrets);
      twice = mz_redact (once, secrets);
      if (!g_str_equal (once, twice))
        {
          g_autofree char *shown = g_strescape (text->str, NULL);

          g_test_message ("%s", shown);
        }
      g_assert_cmpstr (twice, ==, once);
      g_assert_null (strstr (once, "tok-12345"));
    }
}

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    gboolean anywhere;
    gboolean in_url;
  } names[] = {
    { "token", TRUE, TRUE },
    { "X-Auth-Token", TRUE, TRUE },
    { "access_token", TRUE, TRUE },
    { "%74oken", TRUE, TRUE },
    { "a%26token", TRUE, TRUE },
    { "auth", TRUE, TRUE },
    { "author", FALSE, FALSE },
    { "key", FALSE, TRUE },
    { "a%26key", FALSE, TRUE },
    { "sessionKey", FALSE, FALSE },
    { "api_key", TRUE, TRUE },
    { "code", FALSE, TRUE },
    { "", FALSE, FALSE },
    { "%", FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_test_message ("%s", names[i].name);
      g_assert_cmpint (mz_secret_name_matches (names[i].name, strlen (names[i].name), FALSE), ==, names[i].anywhere);
      g_assert_cmpint (mz_secret_name_matches (names[i].name, strlen (names[i].name), TRUE), ==, names[i].in_url);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/redact/cases", test_cases);
  g_test_add_func ("/net/redact/null", test_null);
  g_test_add_func ("/net/redact/large", test_large);
  g_test_add_func ("/net/redact/random", test_random);
  g_test_add_func ("/net/redact/names", test_names);

  return g_test_run ();
}
