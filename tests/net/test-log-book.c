/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-log-book.h"

static void
add (MzLogBook      *book,
     GLogLevelFlags  level,
     const char     *domain,
     const char     *message)
{
  const GLogField fields[] = { { "GLIB_DOMAIN", domain, -1 }, { "MESSAGE", message, -1 } };

  mz_log_book_add (book, level, domain != NULL ? fields : fields + 1, domain != NULL ? 2 : 1);
}

/* Ours whatever the level, others' when it is grave; the last ones; each whole, but for one that is very long. */
static void
test_lines (void)
{
  g_autoptr (MzLogBook) book = mz_log_book_new (3);
  g_autofree char *big = g_strnfill (100000, 'x');
  g_autofree char *long_one = g_strnfill (4000, 'y');
  g_auto (GStrv) lines = NULL;
  const GLogField binary[] = { { "GLIB_DOMAIN", "moltzer-net", -1 }, { "MESSAGE", big, 100 } };

  add (book, G_LOG_LEVEL_DEBUG, "moltzer-net", "first");
  add (book, G_LOG_LEVEL_DEBUG, "GLib-GIO", "not ours");
  add (book, G_LOG_LEVEL_INFO, NULL, "nobody's");
  add (book, G_LOG_LEVEL_MESSAGE, "moltzer", "second");
  add (book, G_LOG_LEVEL_WARNING, "Gtk", "third");
  mz_log_book_add (book, G_LOG_LEVEL_DEBUG, binary, G_N_ELEMENTS (binary));
  lines = mz_log_book_dup_lines (book);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_true (g_str_has_suffix (lines[0], " moltzer-net: first"));
  g_assert_true (g_str_has_suffix (lines[1], " moltzer: second"));
  g_assert_true (g_str_has_suffix (lines[2], " Gtk: third"));
  g_clear_pointer (&lines, g_strfreev);

  add (book, G_LOG_LEVEL_DEBUG, "moltzer-app", big);
  lines = mz_log_book_dup_lines (book);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_true (g_str_has_suffix (lines[0], " second"));
  g_assert_cmpuint (strlen (lines[2]), <, 10000);
  g_clear_pointer (&lines, g_strfreev);

  add (book, G_LOG_LEVEL_DEBUG, "moltzer-app", long_one);
  lines = mz_log_book_dup_lines (book);
  g_assert_true (g_str_has_suffix (lines[2], long_one));
}

static gpointer
write_cb (gpointer data)
{
  for (guint i = 0; i < 2000; i++)
    add (data, G_LOG_LEVEL_DEBUG, "moltzer-net", "line");
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (MzLogBook) book = mz_log_book_new (50);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("log", write_cb, book);
  for (guint i = 0; i < 200; i++)
    {
      g_auto (GStrv) lines = mz_log_book_dup_lines (book);

      g_assert_cmpuint (g_strv_length (lines), <=, 50);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/log-book/lines", test_lines);
  g_test_add_func ("/log-book/threads", test_threads);

  return g_test_run ();
}
