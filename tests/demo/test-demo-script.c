/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include <string.h>

#include "mz-demo-replies.h"
#include "mz-demo-script.h"

/* The kinds of a reply's steps, a letter each. */
static char *
letters (GPtrArray *steps)
{
  const char names[] = "wtxirpf";
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < steps->len; i++)
    g_string_append_c (text, names[((MzDemoStep *) steps->pdata[i])->kind]);
  return g_string_free (text, FALSE);
}

static void
test_directives (void)
{
  const struct { const char *message, *kinds, *first_text; } cases[] = {
    { "say: hello", "x", "hello" },
    { "  say:   hello  ", "x", "hello" },
    { "[Sat 2026-11-21 10:00] say: hello", "x", "hello" },
    { "say: one\nsay: two", "x", "two" },
    { "I say: hello", NULL, NULL },
    { "think: hm\nsay: x", "tx", "hm" },
    { "say: x\nthink: hm", "tx", "hm" },
    { "think: hm", "tx", "hm" },
    { "tokens: 3", "x", "w0 w1 w2 " },
    { "tokens: 13 100", "x", "w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11\nw12 " },
    { "tokens: 0", "x", "" },
    { "tokens: -1", "x", NULL },
    { "tokens: many", "x", "" },
    { "tokens:", "x", "" },
    { "say: a\ntokens: 1", "x", "w0 " },
    { "run: echo hi", "rp", "echo hi" },
    { "run:", NULL, NULL },
    { "think: hm\nrun: ls", "trp", "hm" },
    { "fail: 500", "f", NULL },
    { "fail: because", "f", "because" },
    { "fail:", "f", NULL },
    { "say: x\nfail: 500", "f", NULL },
    { "hang: 0.5\nsay: x", "wx", NULL },
    { "hang: -3\nfail: 500", "wf", NULL },
    { "hang: forever", "wx", NULL },
    { "[half a bracket", NULL, NULL },
    { "", NULL, NULL },
    { "\n\n\n", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) steps = mz_demo_script_for_message (cases[i].message, 0);
      g_autofree char *kinds = letters (steps);

      g_test_message ("%s → %s", cases[i].message, kinds);
      g_assert_cmpuint (steps->len, >, 0);
      if (cases[i].kinds != NULL)
        g_assert_cmpstr (kinds, ==, cases[i].kinds);
      if (cases[i].first_text != NULL)
        g_assert_cmpstr (((MzDemoStep *) steps->pdata[0])->text, ==, cases[i].first_text);
    }
}

static void
test_numbers (void)
{
  const struct { const char *message; double rate, seconds; guint status; } cases[] = {
    { "tokens: 1 100", 100, 0, 0 },
    { "tokens: 1 0.5", 0.5, 0, 0 },
    { "tokens: 1 -5", 0, 0, 0 },
    { "tokens: 1 1e300", 1e9, 0, 0 },
    { "tokens: 1 nan", 0, 0, 0 },
    { "hang: 0.25", 0, 0.25, 0 },
    { "hang: 1e30", 0, 3600, 0 },
    { "hang: nan", 0, 0, 0 },
    { "fail: 503", 0, 0, 503 },
    { "fail: 99", 0, 0, 0 },
    { "fail: 5000000000000", 0, 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) steps = mz_demo_script_for_message (cases[i].message, 0);
      const MzDemoStep *step = steps->pdata[0];

      g_test_message ("%s", cases[i].message);
      g_assert_cmpfloat (step->rate, ==, cases[i].rate);
      g_assert_cmpfloat (step->seconds, ==, cases[i].seconds);
      g_assert_cmpuint (step->http_status, ==, cases[i].status);
    }
}

/* Each reply can be had by a word of its own, and is well-formed; without a word they take turns. */
static void
test_replies (void)
{
  gsize n_replies;
  const MzDemoReply *replies = mz_demo_replies (&n_replies);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *previous = NULL;

  for (gsize i = 0; i < n_replies; i++)
    {
      g_auto (GStrv) words = g_strsplit (replies[i].words, " ", -1);

      g_assert_true (replies[i].text != NULL || replies[i].error != NULL || replies[i].command != NULL);
      if (replies[i].text != NULL)
        g_assert_true (g_utf8_validate (replies[i].text, -1, NULL));
      for (gsize k = 0; words[k] != NULL; k++)
        {
          g_autofree char *message = g_strdup_printf ("Please: %s!", words[k]);
          g_autoptr (GPtrArray) steps = mz_demo_script_for_message (message, 0);
          const MzDemoStep *step = steps->pdata[0];

          g_assert_true (g_hash_table_add (seen, (gpointer) g_intern_string (words[k])));
          g_assert_cmpstr (step->text, ==, replies[i].think != NULL ? replies[i].think
                                           : replies[i].command != NULL ? replies[i].command
                                           : replies[i].error != NULL ? replies[i].error : replies[i].text);
        }
    }

  for (guint turn = 0; turn < 20; turn++)
    {
      g_autoptr (GPtrArray) steps = mz_demo_script_for_message ("Xyzzy.", turn);
      const MzDemoStep *last = steps->pdata[steps->len - 1];

      g_assert_cmpint (last->kind, ==, MZ_DEMO_STEP_TEXT);
      g_assert_cmpstr (last->text, !=, previous);
      g_free (previous);
      previous = g_strdup (last->text);
    }
}

static void
test_pretend (void)
{
  const char * const commands[] = { "df -h /", "rm -rf /", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *output = mz_demo_script_pretend (commands[i]);

      g_assert_nonnull (strstr (output, "the demo runs no commands"));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/demo/script/directives", test_directives);
  g_test_add_func ("/demo/script/numbers", test_numbers);
  g_test_add_func ("/demo/script/replies", test_replies);
  g_test_add_func ("/demo/script/pretend", test_pretend);

  return g_test_run ();
}
