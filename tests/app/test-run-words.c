/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-run-words.h"

static void
test_error (void)
{
  const char *advice;

  g_assert_cmpstr (mz_run_words_for_error ("rate_limit", &advice), ==, "Too many requests");
  g_assert_true (strstr (advice, "Wait") != NULL);
  g_assert_cmpstr (mz_run_words_for_error (NULL, &advice), ==, "The reply failed");
  g_assert_true (strstr (advice, "Try again") != NULL);
}

static void
test_phase (void)
{
  g_assert_cmpstr (mz_run_words_for_phase ("starting_model"), ==, "Starting the model…");
  g_assert_cmpstr (mz_run_words_for_phase ("waiting-approval"), ==, "Waits for your approval");
  g_assert_null (mz_run_words_for_phase ("some_new_phase"));
  g_assert_null (mz_run_words_for_phase (NULL));
}

static void
test_marker (void)
{
  static const struct { const char *role; gint64 before; gint64 after; const char *expected; } cases[] = {
    { "compaction", 0, 0, "Earlier messages were summarised" },
    { "compaction", 900, 0, "Earlier messages were summarised" },
    { "compaction", 900, 90, "Earlier messages were summarised (900 tokens became 90 tokens)" },
    { "reset", 900, 90, "New conversation from here" },
    { "other", 0, 0, NULL },
    { NULL, 0, 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = mz_run_words_for_marker (cases[i].role, cases[i].before, cases[i].after);

      g_assert_cmpstr (words, ==, cases[i].expected);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/app/run-words/error", test_error);
  g_test_add_func ("/app/run-words/phase", test_phase);
  g_test_add_func ("/app/run-words/marker", test_marker);
  return g_test_run ();
}
