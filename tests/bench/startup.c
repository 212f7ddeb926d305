/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
/* From the start of a program to the first thing that it draws in its window, as the X server sees it: moltzer --demo beside gnome-text-editor.
 * Needs a display and a session bus; build-aux/dev bench gives it both. */
#include "config.h"

#include <X11/Xlib.h>
#include <X11/extensions/Xdamage.h>
#include <errno.h>
#include <gio/gio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "bench.h"

#define LIMIT_MS 20000
#define LEAST_WIDTH 200 /* what is smaller is no main window */

static const char *moltzer_argv[] = { NULL, "--demo", NULL };
static const char *editor_argv[] = { "gnome-text-editor", "--standalone", NULL };

static gboolean
next_event (Display *display,
            XEvent  *event,
            gint64   deadline)
{
  while (XPending (display) == 0)
    {
      struct pollfd fd = { ConnectionNumber (display), POLLIN, 0 };
      int left = (int) ((deadline - g_get_monotonic_time ()) / 1000);

      if (left <= 0 || (poll (&fd, 1, left) < 0 && errno != EINTR))
        return FALSE;
    }
  XNextEvent (display, event);

  return TRUE;
}

static int
ignore_error (Display     *display,
              XErrorEvent *error)
{
  /* A window can be gone before it is looked at. */
  return 0;
}

/* ms to the first drawing, negative when nothing came. */
static double
measure (Display            *display,
         int                 damage_event,
         const char * const *argv)
{
  gint64 start = g_get_monotonic_time ();
  gint64 deadline = start + LIMIT_MS * G_TIME_SPAN_MILLISECOND;
  double result = -1;
  Window window = None;
  Damage damage = None;
  GPid pid;
  XEvent event;
  g_autoptr (GError) error = NULL;

  while (XPending (display) > 0)
    XNextEvent (display, &event);
  if (!g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &pid, &error))
    {
      g_printerr ("%s\n", error->message);
      return -1;
    }

  while (result < 0 && next_event (display, &event, deadline))
    {
      if (event.type == MapNotify && window == None)
        {
          XWindowAttributes attributes;

          if (XGetWindowAttributes (display, event.xmap.window, &attributes) != 0 && !attributes.override_redirect &&
              attributes.width >= LEAST_WIDTH)
            {
              window = event.xmap.window;
              damage = XDamageCreate (display, window, XDamageReportNonEmpty);
            }
        }
      else if (event.type == damage_event + XDamageNotify && ((XDamageNotifyEvent *) &event)->drawable == window)
        result = (double) (g_get_monotonic_time () - start) / 1000;
    }

  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  if (damage != None)
    XDamageDestroy (display, damage);
  XSync (display, False);

  return result;
}

int
main (int    argc,
      char **argv)
{
  int pairs = 20;
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "pairs", 0, 0, G_OPTION_ARG_INT, &pairs, "How often each is started", "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *editor = g_find_program_in_path ("gnome-text-editor");
  BenchRow row = { "cold start to first frame: moltzer --demo", "gnome-text-editor", 1.0, NULL, NULL, NULL };
  Display *display;
  int damage_event, damage_error;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }

  moltzer_argv[0] = g_getenv ("MOLTZER") != NULL ? g_getenv ("MOLTZER") : MZ_BENCH_MOLTZER;
  g_setenv ("GSETTINGS_SCHEMA_DIR", MZ_BENCH_SCHEMAS, FALSE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  row.ours = g_array_new (FALSE, FALSE, sizeof (double));
  row.theirs = g_array_new (FALSE, FALSE, sizeof (double));
  display = XOpenDisplay (NULL);
  if (display == NULL || !XDamageQueryExtension (display, &damage_event, &damage_error))
    row.skipped = "there is no X display with the DAMAGE extension";
  else if (editor == NULL)
    row.skipped = "there is no gnome-text-editor";
  else
    {
      XSetErrorHandler (ignore_error);
      XSelectInput (display, DefaultRootWindow (display), SubstructureNotifyMask);
      /* The first of each reads the files from the disk. */
      for (int i = -1; i < pairs; i++)
        {
          double ours = measure (display, damage_event, moltzer_argv);
          double theirs = measure (display, damage_event, editor_argv);

          if (ours < 0 || theirs < 0)
            {
              g_printerr ("%s showed no window\n", ours < 0 ? "moltzer" : "gnome-text-editor");
              return 1;
            }
          if (i >= 0)
            {
              g_array_append_val (row.ours, ours);
              g_array_append_val (row.theirs, theirs);
            }
        }
    }

  bench_print (&row, 1, json);
  if (display != NULL)
    XCloseDisplay (display);
  g_array_unref (row.ours);
  g_array_unref (row.theirs);

  return 0;
}
