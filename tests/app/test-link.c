/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-link.h"

static void
test_understood (void)
{
  static const struct
  {
    const char *uri;
    MzLinkKind kind;
    const char *endpoint;
    const char *name;
    const char *gateway;
    const char *key;
    const char *text;
  } cases[] = {
    { "openclaw://gateway/add?url=wss%3A%2F%2Fstudio.tail1234.ts.net", MZ_LINK_ADD, "wss://studio.tail1234.ts.net:443/" },
    { "openclaw://gateway/add?url=wss://studio:8443/agent&name=My%20studio", MZ_LINK_ADD, "wss://studio:8443/agent", "My studio" },
    { "OPENCLAW://Gateway/Add/?url=studio", MZ_LINK_ADD, "ws://studio:18789/" },
    { "moltzer:add?url=100.64.0.7", MZ_LINK_ADD, "ws://100.64.0.7:18789/" },
    { "moltzer://add?url=100.64.0.7", MZ_LINK_ADD, "ws://100.64.0.7:18789/" },
    { "moltzer:add/?url=studio&name=", MZ_LINK_ADD, "ws://studio:18789/" },
    { " moltzer:add?url=studio&name=B%C3%BCro+oben\n", MZ_LINK_ADD, "ws://studio:18789/", "Büro oben" },
    { "moltzer:add?url=studio#top", MZ_LINK_ADD, "ws://studio:18789/" },
    { "moltzer:add?url=studio&colour=red&", MZ_LINK_ADD, "ws://studio:18789/" },
    { "moltzer:session?gateway=0b3f&key=agent%3Amain%3Amain", MZ_LINK_SESSION, NULL, NULL, "0b3f", "agent:main:main" },
    { "moltzer:ask?text=What+is+2%2B2%3F", MZ_LINK_ASK, NULL, NULL, NULL, NULL, "What is 2+2?" },
    { "moltzer:ask?text=one%0D%0Atwo%09three", MZ_LINK_ASK, NULL, NULL, NULL, NULL, "one two three" },
    { "moltzer:ask?text=why+is+token%3Dabc+wrong", MZ_LINK_ASK, NULL, NULL, NULL, NULL, "why is token=abc wrong" },
    /* A family is three people and two joiners; a heart has a variation selector. */
    { "moltzer:ask?text=%F0%9F%91%A9%E2%80%8D%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7%E2%9D%A4%EF%B8%8F", MZ_LINK_ASK, NULL, NULL, NULL, NULL,
      "👩‍👩‍👧❤️" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MzLink) link = NULL;

      g_test_message ("%s", cases[i].uri);
      link = mz_link_parse (cases[i].uri, &error);
      g_assert_no_error (error);
      g_assert_cmpint (link->kind, ==, cases[i].kind);
      g_assert_cmpstr (link->endpoint != NULL ? mz_endpoint_to_string (link->endpoint) : NULL, ==, cases[i].endpoint);
      g_assert_cmpstr (link->name, ==, cases[i].name);
      g_assert_cmpstr (link->gateway, ==, cases[i].gateway);
      g_assert_cmpstr (link->key, ==, cases[i].key);
      g_assert_cmpstr (link->text, ==, cases[i].text);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *uri;
    MzLinkError code;
  } cases[] = {
    { "", MZ_LINK_ERROR_UNKNOWN },
    { "studio", MZ_LINK_ERROR_UNKNOWN },
    { "https://example.org/?url=studio", MZ_LINK_ERROR_UNKNOWN },
    { "mailto:somebody@example.org", MZ_LINK_ERROR_UNKNOWN },
    { "moltzer:", MZ_LINK_ERROR_UNKNOWN },
    { "moltzer:erase?gateway=1", MZ_LINK_ERROR_UNKNOWN },
    { "moltzer:add/more?url=studio", MZ_LINK_ERROR_UNKNOWN },
    { "openclaw://gateway/remove?url=studio", MZ_LINK_ERROR_UNKNOWN },
    { "openclaw:ask?text=hello", MZ_LINK_ERROR_UNKNOWN },
    { "moltzer:add", MZ_LINK_ERROR_INVALID },
    { "moltzer:add?url=", MZ_LINK_ERROR_INVALID },
    { "moltzer:add?URL=studio", MZ_LINK_ERROR_INVALID },
    { "moltzer:add?url=two%20words", MZ_LINK_ERROR_INVALID },
    { "moltzer:add?url=file%3A%2F%2F%2Fetc%2Fpasswd", MZ_LINK_ERROR_INVALID },
    { "moltzer:add?url=studio&url=other", MZ_LINK_ERROR_INVALID },
    { "moltzer:add?url=studio&name=a&name=b", MZ_LINK_ERROR_INVALID },
    { "moltzer:add?url=studio&name=%ZZ", MZ_LINK_ERROR_INVALID },
    { "moltzer:add?url=studio&name=%00", MZ_LINK_ERROR_INVALID },
    { "moltzer:add?url=studio&name=a%0Ab", MZ_LINK_ERROR_INVALID },
    { "moltzer:add?url=studio&name=%1B%5B31m", MZ_LINK_ERROR_INVALID },
    { "moltzer:add?url=studio&name=%FF", MZ_LINK_ERROR_INVALID },
    { "moltzer:session?gateway=1", MZ_LINK_ERROR_INVALID },
    { "moltzer:session?key=main", MZ_LINK_ERROR_INVALID },
    { "moltzer:session?gateway=1&key=", MZ_LINK_ERROR_INVALID },
    { "moltzer:ask", MZ_LINK_ERROR_INVALID },
    { "moltzer:ask?text=+", MZ_LINK_ERROR_INVALID },
    { "moltzer:ask?text=a%07b", MZ_LINK_ERROR_INVALID },
    /* Turned direction, a word nobody sees, tags that only a model reads */
    { "moltzer:ask?text=a%E2%80%AEb", MZ_LINK_ERROR_INVALID },
    { "moltzer:ask?text=a%E2%80%8Bb", MZ_LINK_ERROR_INVALID },
    { "moltzer:ask?text=a%F3%A0%81%A1b", MZ_LINK_ERROR_INVALID },
    { "moltzer:ask?text=a%F3%A0%84%80b", MZ_LINK_ERROR_INVALID },
    { "moltzer:ask?text=%EE%80%80", MZ_LINK_ERROR_INVALID },
    { "openclaw://gateway/add?url=studio&token=hunter22", MZ_LINK_ERROR_SECRET },
    { "openclaw://gateway/add?url=studio&Password=hunter22", MZ_LINK_ERROR_SECRET },
    { "openclaw://gateway/add?token=hunter22&url=studio", MZ_LINK_ERROR_SECRET },
    { "openclaw://gateway/add?url=studio&access_token=hunter22", MZ_LINK_ERROR_SECRET },
    { "openclaw://gateway/add?url=studio&api%2Dkey=hunter22", MZ_LINK_ERROR_SECRET },
    { "openclaw://gateway/add?url=studio&key=hunter22", MZ_LINK_ERROR_SECRET },
    { "openclaw://gateway/add?url=wss%3A%2F%2Fme%3Ahunter22%40studio", MZ_LINK_ERROR_SECRET },
    { "openclaw://gateway/add?url=wss%3A%2F%2Fstudio%2F%3Ftoken%3Dhunter22", MZ_LINK_ERROR_SECRET },
    { "openclaw://gateway/add?url=wss%3A%2F%2Fstudio%2F%23hunter22", MZ_LINK_ERROR_SECRET },
    { "openclaw://gateway/add?url=studio#token=hunter22", MZ_LINK_ERROR_SECRET },
    { "openclaw://me:hunter22@gateway/add?url=studio", MZ_LINK_ERROR_SECRET },
    { "openclaw://gateway/add?url=studio&name=token%3Dhunter22", MZ_LINK_ERROR_SECRET },
    { "moltzer:session?gateway=1&key=main&token=hunter22", MZ_LINK_ERROR_SECRET },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].uri);
      g_assert_null (mz_link_parse (cases[i].uri, &error));
      g_assert_error (error, MZ_LINK_ERROR, (int) cases[i].code);
      g_assert_null (strstr (error->message, "hunter22"));
      g_assert_null (strstr (error->message, "studio"));
    }
}

static void
test_lengths (void)
{
  static const struct
  {
    const char *before;
    gsize longest;
    const char *letter;         /* of one byte when it is decoded */
  } cases[] = {
    { "moltzer:ask?text=", 16 * 1024, "a" },
    { "moltzer:ask?text=", 16 * 1024, "%61" },
    { "moltzer:add?url=studio&name=", 2 * 1024, "a" },
    { "moltzer:session?gateway=1&key=", 2 * 1024, "a" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint over = 0; over < 2; over++)
      {
        g_autoptr (GString) uri = g_string_new (cases[i].before);
        g_autoptr (GError) error = NULL;
        g_autoptr (MzLink) link = NULL;

        for (gsize n = 0; n < cases[i].longest + over; n++)
          g_string_append (uri, cases[i].letter);
        link = mz_link_parse (uri->str, &error);
        if (over == 0)
          g_assert_no_error (error);
        else
          g_assert_error (error, MZ_LINK_ERROR, MZ_LINK_ERROR_INVALID);
      }
}

/* Whatever comes, it ends, and what is understood is text. */
static void
test_anything (void)
{
  static const char * const pieces[] = {
    "moltzer:", "openclaw://gateway/", "add", "ask", "session", "?", "&", "=", "url", "text", "name", "key", "gateway", "%", "%0", "%00",
    "%FF", "\xff", "#", "@", "/", ";", "+", "studio", "token", "é", "\n",
  };

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) uri = g_string_new (g_test_rand_bit () ? "moltzer:ask?text=" : "moltzer:add?url=studio");
      g_autoptr (MzLink) link = NULL;
      guint n = (guint) g_test_rand_int_range (0, 8);

      for (guint j = 0; j < n; j++)
        g_string_append (uri, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      link = mz_link_parse (uri->str, NULL);
      if (link != NULL)
        {
          g_assert_true (link->text == NULL || g_utf8_validate (link->text, -1, NULL));
          g_assert_true (link->name == NULL || g_utf8_validate (link->name, -1, NULL));
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/link/understood", test_understood);
  g_test_add_func ("/link/refused", test_refused);
  g_test_add_func ("/link/lengths", test_lengths);
  g_test_add_func ("/link/anything", test_anything);

  return g_test_run ();
}
