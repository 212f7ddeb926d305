/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which addresses may be clicked, and which links say that they lead elsewhere.
 */
#include "config.h"

#include "mz-markdown.h"
#include "mz-markdown-private.h"

static void
test_safe (void)
{
  static const struct
  {
    const char *uri;
    gboolean safe;
  } table[] = {
    { "https://example.org", TRUE },
    { "HTTP://Example.ORG:8080/a/b?c=d&e=%20#f", TRUE },
    { "https://m\xc3\xbcller.example/stra\xc3\x9f" "e", TRUE },
    { "https://192.0.2.1/", TRUE },
    { "https://[2001:db8::1]:8443/x", TRUE },
    { "https://example.org/a@b:c", TRUE },
    { "https://example.org?q=a@b", TRUE },
    { "mailto:me@example.org", TRUE },
    { "mailto:me@example.org?subject=Hello%20there&body=x", TRUE },
    { "mailto:me@example.org?attach=/etc/passwd", FALSE },
    { "mailto:me@example.org?subject=x&ATTACHMENT=y", FALSE },
    { "mailto:me@example.org?att%61ch=y", FALSE },
    { "mailto:", FALSE },
    { "mailto:?subject=x", FALSE },
    { NULL, FALSE },
    { "", FALSE },
    { "example.org", FALSE },
    { "//example.org", FALSE },
    { "/etc/passwd", FALSE },
    { "#anchor", FALSE },
    { "http:", FALSE },
    { "http:example.org", FALSE },
    { "http:/example.org", FALSE },
    { "https://", FALSE },
    { "https:///path", FALSE },
    { "https://:80/", FALSE },
    { "https://?x", FALSE },
    { "https://user@example.org", FALSE },
    { "https://user:secret@example.org/", FALSE },
    { "https://bank.com@evil.org/", FALSE },
    { "https://bank.com%2f@evil.org/", FALSE },
    { "https://bank.com\\@evil.org/", FALSE },
    { "https://exa%6dple.org/", FALSE },
    { "https://example.org:port/", FALSE },
    { "https://example.org:123456/", FALSE },
    { "https://example.org:80:80/", FALSE },
    { "https://[::1/", FALSE },
    { "https://[]/", FALSE },
    { "https://[x]/", FALSE },
    { "https://[::1]x/", FALSE },
    { "https://exa mple.org/", FALSE },
    { "https://example.org/a b", FALSE },
    { "https://example.org/a\nb", FALSE },
    { "https://example.org/\x01", FALSE },
    { "https://example.org/\x7f", FALSE },
    { "https://example.org/\xe2\x80\xae" "gpj.exe", FALSE },
    { "https://exam\xe2\x80\x8bple.org/", FALSE },
    { "https://example.org/\xff", FALSE },
    { "https://example.org/<b>", FALSE },
    { "javascript:alert(1)", FALSE },
    { "JavaScript://example.org/%0aalert(1)", FALSE },
    { "data:text/html,hi", FALSE },
    { "file:///etc/passwd", FALSE },
    { "vbscript:x", FALSE },
    { "tel:+123", FALSE },
    { "ftp://example.org/", FALSE },
    { "openclaw://gateway/add?url=x", FALSE },
    { "moltzer:x", FALSE },
    { " https://example.org", FALSE },
    { "https ://example.org", FALSE },
    { "view-source:https://example.org", FALSE },
  };
  g_autofree char *path = g_strnfill (2048 - 20, 'a');
  g_autofree char *longest = g_strconcat ("https://example.org/", path, NULL);
  g_autofree char *longer = g_strconcat (longest, "a", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *shown = g_strescape (table[i].uri != NULL ? table[i].uri : "(none)", NULL);

      g_test_message ("%s", shown);
      g_assert_cmpint (mz_markdown_link_is_safe (table[i].uri), ==, table[i].safe);
    }
  g_assert_true (mz_markdown_link_is_safe (longest));
  g_assert_false (mz_markdown_link_is_safe (longer));
}

static void
test_warning (void)
{
  static const struct
  {
    const char *uri;
    const char *text;
    const char *warning;
  } table[] = {
    { "https://example.org/x", "a page", NULL },
    { "https://example.org/x", "https://example.org/x", NULL },
    { "https://example.org/x", "HTTPS://EXAMPLE.org/other", NULL },
    { "https://example.org/x", "example.org", NULL },
    { "https://www.example.org/x", "example.org.", NULL },
    { "https://example.org/x", "see www.example.org!", NULL },
    { "https://example.org:8443/x", "example.org:8443", NULL },
    { "https://m\xc3\xbcller.example/", "https://xn--mller-kva.example/", NULL },
    { "https://example.org/main.rs", "src/main.rs", NULL },
    { "https://example.org/", "e.g. this", NULL },
    { "https://example.org/", "3.14", NULL },
    { "https://example.org/", "node.js", NULL },
    { "https://example.org/", "and/or", NULL },
    { "https://example.org/", "time: 10:30", NULL },
    { "https://[::1]/", "https://[::1]:80/", NULL },
    { "mailto:me@example.org", "me@example.org", NULL },
    { "mailto:me@example.org", "write to me", NULL },
    { "mailto:me@example.org?subject=x", "mailto:me@example.org", NULL },
    { "https://evil.org/", "https://bank.com/", "evil.org" },
    { "https://evil.org/", "bank.com", "evil.org" },
    { "https://evil.org/", "www.bank", "evil.org" },
    { "https://evil.org/", "Go to bank.com/login now", "evil.org" },
    { "https://evil.org/", "(bank.com)", "evil.org" },
    { "https://evil.org/", "\xe2\x80\x9c" "bank.com\xe2\x80\x9d", "evil.org" },
    { "https://evil.org/", "https://bank.com@evil.org/", "evil.org" },
    { "https://evil.org/", "me@bank.com", "evil.org" },
    { "https://evil.org/", "192.0.2.1", "evil.org" },
    { "https://evil.org/", "bank\xe3\x80\x82" "com", "evil.org" },
    { "https://evil.org/", "bank\xef\xbc\x8e" "com", "evil.org" },
    { "https://evil.org/", "bank\xe2\x80\x8b.com", "evil.org" },
    { "https://evil.org/", "https:\xe2\x81\x84\xe2\x81\x84" "bank.com", "evil.org" },
    { "https://evil.org/", "\xe2\x80\xae" "moc.knab", "evil.org" },
    { "https://evil.org/bank.com", "bank.com", "evil.org" },
    { "https://bank.com.evil.org/", "bank.com", "bank.com.evil.org" },
    { "https://b\xc3\xa4nk.com/", "https://bank.com/", "xn--bnk-qla.com" },
    { "https://192.0.2.1/", "bank.com", "192.0.2.1" },
    { "mailto:you@evil.org", "me@bank.com", "you@evil.org" },
    { "mailto:you@evil.org?subject=x", "https://bank.com", "you@evil.org" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *warning = mz_markdown_link_warning (table[i].uri, table[i].text);

      g_test_message ("%s for %s", table[i].text, table[i].uri);
      g_assert_true (mz_markdown_link_is_safe (table[i].uri));
      g_assert_cmpstr (warning, ==, table[i].warning);
    }
}

static void
test_encode (void)
{
  g_autofree char *encoded = mz_markdown_link_encode ("https://x.org/a b?\"<>^`{|}%20\\\xc3\xa4");

  g_assert_cmpstr (encoded, ==, "https://x.org/a%20b?%22%3C%3E%5E%60%7B%7C%7D%20\\\xc3\xa4");
}

static void
test_entities (void)
{
  static const struct
  {
    const char *entity;
    const char *text;
  } table[] = {
    { "&amp;", "&" },
    { "&AElig;", "\xc3\x86" },
    { "&zwnj;", "\xe2\x80\x8c" },
    { "&mdash;", "\xe2\x80\x94" },
    { "&Amp;", "&Amp;" },
    { "&nosuch;", "&nosuch;" },
    { "&#9;", "\t" },
    { "&#10;", " " },
    { "&#13;", " " },
    { "&#0;", "\xef\xbf\xbd" },
    { "&#27;", "\xef\xbf\xbd" },
    { "&#x9b;", "\xef\xbf\xbd" },
    { "&#xDFFF;", "\xef\xbf\xbd" },
    { "&#x110000;", "\xef\xbf\xbd" },
    { "&#x1F600;", "\xf0\x9f\x98\x80" },
    { "&#X41;", "A" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      mz_markdown_append_entity (text, table[i].entity, strlen (table[i].entity));
      g_assert_cmpstr (text->str, ==, table[i].text);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/markdown/link/safe", test_safe);
  g_test_add_func ("/markdown/link/warning", test_warning);
  g_test_add_func ("/markdown/link/encode", test_encode);
  g_test_add_func ("/markdown/link/entities", test_entities);
  return g_test_run ();
}
