/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench-memory.h"

#include <gio/gio.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A page has loaded when its memory stands still so many seconds. */
#define STILL_S 3
#define LIMIT_S 60

double
bench_memory_of_process (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", pid);
  g_autofree char *text = NULL;
  const char *pss;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (pss = strstr (text, "\nPss:")) == NULL)
    return 0;

  return g_ascii_strtod (pss + 5, NULL) / 1024;
}

static int
get_parent (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;
  const char *end;
  int parent = 0;

  if (g_file_get_contents (path, &text, NULL, NULL) && (end = strrchr (text, ')')) != NULL)
    sscanf (end + 1, " %*c %d", &parent);

  return parent;
}

static gboolean
is_below (int pid,
          int root)
{
  for (; pid > 1; pid = get_parent (pid))
    if (pid == root)
      return TRUE;

  return FALSE;
}

static double
memory_below (int root)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;
  double sum = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_ascii_isdigit (*name) && is_below (atoi (name), root))
      sum += bench_memory_of_process (atoi (name));

  return sum;
}

static void
remove_folder (const char *folder)
{
  const char *argv[] = { "rm", "-r", "--", folder, NULL };

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, NULL, NULL);
}

double
bench_memory_of_browser (char **why_not)
{
  const char *page = g_getenv ("MOLTZER_WEB_UI");
  const char *program = g_getenv ("MOLTZER_CHROMIUM");
  g_autofree char *folder = NULL;
  g_autofree char *profile = NULL;
  g_autoptr (GSubprocess) process = NULL;
  double memory = 0;

  if (page == NULL)
    {
      *why_not = g_strdup ("no MOLTZER_WEB_UI");
      return 0;
    }

  folder = g_dir_make_tmp ("moltzer-bench-XXXXXX", NULL);
  profile = g_strdup_printf ("--user-data-dir=%s", folder);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL,
                              program != NULL ? program : "chromium", "--headless=new", "--no-sandbox", "--no-first-run",
                              "--disable-gpu", "--remote-debugging-port=0", profile, page, NULL);
  if (process == NULL)
    {
      *why_not = g_strdup ("no chromium");
      return 0;
    }

  for (guint i = 0, still = 0; i < LIMIT_S && still < STILL_S; i++)
    {
      double now;

      g_usleep (G_USEC_PER_SEC);
      now = memory_below (atoi (g_subprocess_get_identifier (process)));
      still = fabs (now - memory) < memory * 0.01 ? still + 1 : 0;
      memory = now;
    }
  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, NULL);
  remove_folder (folder);

  return memory;
}
