/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* timeline [--json] [--pairs N] [--only WORD]: what a long conversation costs, beside a short one, in the app's own widgets
 * in a real window.
 *
 * Needs a display (xvfb-run will do; GSK_RENDERER=cairo makes figures of two machines alike). Times are CPU of the main
 * loop, so that others on the machine do not count. The reference client takes part when MOLTZER_REFERENCE_CLIENT names a
 * folder in whose node_modules @openclaw/gateway-client is, and `node` runs (or what MOLTZER_NODE names); a browser when
 * `chromium` (or what MOLTZER_CHROMIUM names) is there and MOLTZER_WEB_UI is the address of the gateway's own page. */

#include "config.h"

#include <adwaita.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench-content.h"
#include "bench-memory.h"
#include "bench-stats.h"
#include "bench-stream.h"
#include "bench-window.h"
#include "mz-message-row.h"

#define MANY 10000
#define FEW 10
#define HUNDRED 100
#define OPEN_FENCE (200 * 1024)
/* The scrollbar shows itself for a new conversation, and fades. */
#define SCROLLBAR_MS 3500

enum
{
  ROW_DELTA,
  ROW_STREAM,
  ROW_STREAM_VIEWS,
  ROW_KEY,
  ROW_KEY_FEW,
  ROW_SWITCH,
  ROW_SCROLL,
  ROW_LIST_VIEW,
  ROW_MEMORY,
  ROW_MEMORY_MANY,
  N_ROWS,
};

static BenchStats rows[N_ROWS] = {
  [ROW_DELTA] = { "delta into a 200 KiB open code fence", "into an empty message", "ms", 1.5, FALSE, 4 },
  [ROW_STREAM] = { "10,000 deltas in 2 s, client and timeline", "@openclaw/gateway-client on Node", "ms", 1.0, FALSE, 0 },
  [ROW_STREAM_VIEWS] = { "10,000 deltas in 2 s, with the window", "@openclaw/gateway-client on Node", "ms", 1.0, FALSE, 0 },
  [ROW_KEY] = { "keystroke, 10,000-message session open", "empty session", "ms", 1.1, TRUE, 8 },
  [ROW_KEY_FEW] = { "keystroke, 10,000-message session open", "10-message session", "ms", 1.1, TRUE, 8 },
  [ROW_SWITCH] = { "switch to 10,000 messages, first frame", "to 10 messages", "ms", 1.3, FALSE, 30 },
  [ROW_SCROLL] = { "scroll through 10,000 messages, a frame", "100 messages", "ms", 1.2, TRUE, 0 },
  [ROW_LIST_VIEW] = { "switch to 10,000 messages, first frame", "the same rows in a GtkListView", "ms", 1.0, FALSE, 0 },
  [ROW_MEMORY] = { "memory, idle", "Chromium with the gateway's own page", "MB", 0.2, FALSE, 0 },
  [ROW_MEMORY_MANY] = { "memory, 10,000-message session open", "Chromium with the gateway's own page", "MB", 0.34, FALSE, 0 },
};

static void
add (GArray *values,
     double  value)
{
  g_array_append_val (values, value);
}

static gboolean
due_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

/* Without a busy loop: what is measured is how busy we are. */
static void
iterate_until (gint64 end)
{
  gint64 left = (end - g_get_monotonic_time ()) / G_TIME_SPAN_MILLISECOND;
  gboolean due = left <= 0;

  if (!due)
    g_timeout_add_full (G_PRIORITY_LOW, left, due_cb, &due, NULL);
  while (!due)
    g_main_context_iteration (NULL, TRUE);
}

static void
iterate_for (guint ms)
{
  iterate_until (g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND);
}

/* ---- one delta ---- */

static MzMessage *
begin_reply (BenchWindow *window,
             MzChat      *chat,
             const char  *text)
{
  MzMessage *message = mz_message_new (MZ_MESSAGE_ASSISTANT, MZ_MESSAGE_STREAMING);

  mz_timeline_append (mz_chat_get_timeline (chat), message);
  mz_message_append_text (message, text, strlen (text));
  bench_window_show (window, chat);
  bench_window_settle (window);

  return message;
}

static double
measure_delta (BenchWindow *window,
               MzMessage   *message,
               const char  *delta)
{
  double start;

  bench_window_frame (window);
  iterate_for (20);
  start = bench_get_busy ();
  mz_message_append_text (message, delta, strlen (delta));
  bench_window_frame (window);

  /* What was put off is the delta's, too. */
  iterate_for (40);

  return bench_get_busy () - start;
}

static void
measure_deltas (BenchWindow *window,
                BenchStats  *stats,
                guint        pairs)
{
  g_autofree char *code = bench_content_code (OPEN_FENCE);
  g_autofree char *fence = g_strconcat ("Here it is:\n\n```c\n", code, NULL);
  g_autoptr (MzChat) full = bench_window_make_chat (window, "full", FEW);
  g_autoptr (MzChat) empty = bench_window_make_chat (window, "empty", FEW);

  for (guint round = 0; round < 4; round++)
    for (guint turn = 0; turn < 2; turn++)
      {
        g_autoptr (MzMessage) message = begin_reply (window, turn == 0 ? full : empty, turn == 0 ? fence : "");

        for (guint i = 0; i < MAX (5, pairs / 4) + 3; i++)
          {
            g_autofree char *delta = i % 8 == 7 ? g_strdup_printf ("word%u;\n", i) : g_strdup_printf ("word%u ", i);
            double ms = measure_delta (window, message, delta);

            /* What comes with the first ones is not the delta's. */
            if (i >= 3)
              add (turn == 0 ? stats->ours : stats->theirs, ms);
          }
        mz_timeline_remove (mz_chat_get_timeline (turn == 0 ? full : empty), message);
      }
  bench_window_show (window, NULL);
}

/* ---- keystroke ---- */

static double
measure_key (BenchWindow *window,
             const char  *key)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (g_object_get_data (G_OBJECT (window->window), "text")));
  double start;

  bench_window_frame (window);
  iterate_for (20);
  start = bench_get_busy ();
  gtk_text_buffer_insert_interactive_at_cursor (buffer, key, -1, TRUE);
  bench_window_frame (window);
  iterate_for (20);

  return bench_get_busy () - start;
}

static void
measure_keys (BenchWindow *window,
              BenchStats  *stats,
              BenchStats  *few_stats,
              guint        pairs)
{
  static const char * const keys[] = { "t", "h", "e", " ", "l", "o", "g", " ", "o", "f", " " };
  g_autoptr (MzChat) many = bench_window_make_chat (window, "many", MANY);
  g_autoptr (MzChat) few = bench_window_make_chat (window, "few", FEW);
  g_autoptr (MzChat) none = bench_window_make_chat (window, "none", 0);
  MzChat *chats[] = { many, few, none };
  GArray *values[] = { stats->ours, few_stats->theirs, stats->theirs };

  mz_conversation_focus_composer (window->conversation);
  for (guint round = 0; round < 6; round++)
    for (guint turn = 0; turn < G_N_ELEMENTS (chats); turn++)
      {
        bench_window_show (window, chats[turn]);
        bench_window_settle (window);
        iterate_for (SCROLLBAR_MS);
        for (guint i = 0; i < MAX (10, pairs / 3) + 3; i++)
          {
            double ms = measure_key (window, keys[i % G_N_ELEMENTS (keys)]);

            if (i >= 3)
              add (values[turn], ms);
          }
        mz_chat_set_draft (chats[turn], "");
      }
  g_array_append_vals (few_stats->ours, stats->ours->data, stats->ours->len);
  bench_window_show (window, NULL);
}

/* ---- switching ---- */

static double
measure_switch (BenchWindow *window,
                MzChat      *from,
                MzChat      *to)
{
  double start;

  bench_window_show (window, from);
  bench_window_settle (window);
  start = bench_get_busy ();
  bench_window_show (window, to);
  bench_window_frame (window);

  return bench_get_busy () - start;
}

static void
measure_switches (BenchWindow *window,
                  BenchStats  *stats,
                  guint        pairs)
{
  g_autoptr (MzChat) many = bench_window_make_chat (window, "many", MANY);
  g_autoptr (MzChat) few = bench_window_make_chat (window, "few", FEW);
  g_autoptr (MzChat) other = bench_window_make_chat (window, "other", FEW);

  for (guint i = 0; i < pairs + 2; i++)
    {
      double ours = measure_switch (window, other, many);
      double theirs = measure_switch (window, other, few);

      if (i >= 2)
        {
          add (stats->ours, ours);
          add (stats->theirs, theirs);
        }
    }
  bench_window_show (window, NULL);
}

static void
bind_cb (GtkListItemFactory *factory,
         GtkListItem        *list_item,
         gpointer            user_data)
{
  BenchWindow *window = user_data;
  MzChat *chat = g_object_get_data (G_OBJECT (window->window), "chat");

  gtk_list_item_set_child (list_item, mz_message_row_new (gtk_list_item_get_item (list_item), window->gateway, chat));
}

static void
unbind_cb (GtkListItemFactory *factory,
           GtkListItem        *list_item,
           gpointer            user_data)
{
  gtk_list_item_set_child (list_item, NULL);
}

static double
measure_list_switch (BenchWindow *window,
                     GtkWidget   *view,
                     MzChat      *from,
                     MzChat      *to)
{
  g_autoptr (GtkNoSelection) first = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (mz_chat_get_timeline (from))));
  g_autoptr (GtkNoSelection) second = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (mz_chat_get_timeline (to))));
  double start;

  g_object_set_data (G_OBJECT (window->window), "chat", from);
  gtk_list_view_set_model (GTK_LIST_VIEW (view), GTK_SELECTION_MODEL (first));
  bench_window_settle (window);
  g_object_set_data (G_OBJECT (window->window), "chat", to);
  start = bench_get_busy ();
  gtk_list_view_set_model (GTK_LIST_VIEW (view), GTK_SELECTION_MODEL (second));
  bench_window_frame (window);

  return bench_get_busy () - start;
}

/* The reason for a widget of our own. */
static void
measure_list_view (BenchWindow *window,
                   BenchStats  *stats)
{
  g_autoptr (MzChat) many = bench_window_make_chat (window, "many", MANY);
  g_autoptr (MzChat) other = bench_window_make_chat (window, "other", FEW);
  g_autoptr (GtkWidget) conversation = g_object_ref (GTK_WIDGET (window->conversation));
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *view = gtk_list_view_new (NULL, factory);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), window);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), window);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  for (guint i = 0; i < 6; i++)
    {
      double ours = measure_switch (window, other, many);
      double theirs;

      bench_window_show (window, NULL);
      adw_window_set_content (ADW_WINDOW (window->window), scroller);
      theirs = measure_list_switch (window, view, other, many);
      gtk_list_view_set_model (GTK_LIST_VIEW (view), NULL);
      g_object_ref (scroller);
      adw_window_set_content (ADW_WINDOW (window->window), conversation);
      bench_window_settle (window);
      if (i > 0)
        {
          add (stats->ours, ours);
          add (stats->theirs, theirs);
        }
    }
  g_object_unref (scroller);
}

/* ---- scrolling ---- */

static void
scroll (BenchWindow *window,
        MzChat      *chat,
        GArray      *values,
        guint        n_frames)
{
  GtkAdjustment *adjustment;
  double step = -60;

  bench_window_show (window, chat);
  bench_window_settle (window);
  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (bench_window_find (window, MZ_TYPE_TRANSCRIPT)));

  for (guint i = 0; i < n_frames; i++)
    {
      gint64 next = g_get_monotonic_time () + 16 * G_TIME_SPAN_MILLISECOND;
      double value = gtk_adjustment_get_value (adjustment);
      double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
      double start = bench_get_busy ();

      if ((step < 0 && value <= gtk_adjustment_get_lower (adjustment)) || (step > 0 && value >= end))
        step = -step;
      gtk_adjustment_set_value (adjustment, value + step);
      bench_window_frame (window);
      add (values, bench_get_busy () - start);

      /* As a wheel or a finger does it: the next frame comes when its time comes, what is idle until then can be used. */
      iterate_until (next);
    }
}

static void
measure_scrolling (BenchWindow *window,
                   BenchStats  *stats,
                   guint        pairs)
{
  g_autoptr (MzChat) many = bench_window_make_chat (window, "many", MANY);
  g_autoptr (MzChat) hundred = bench_window_make_chat (window, "hundred", HUNDRED);

  for (guint round = 0; round < 4; round++)
    {
      scroll (window, many, stats->ours, 10 * pairs);
      scroll (window, hundred, stats->theirs, 10 * pairs);
    }
  bench_window_show (window, NULL);
}

/* ---- memory: a process of its own, `timeline --memory ROWS` ---- */

static int
show_memory (guint n_rows)
{
  BenchWindow window = { 0 };
  g_autoptr (MzChat) chat = NULL;

  if (!bench_window_setup (&window, NULL))
    return 77;
  chat = bench_window_make_chat (&window, "chat", n_rows);
  bench_window_show (&window, chat);
  bench_window_settle (&window);
  printf ("%.3f\n", bench_memory_of_process (getpid ()));

  return 0;
}

static void
measure_memory (const char *self,
                guint       n_rows,
                double      chromium,
                BenchStats *stats)
{
  g_autofree char *rows_text = g_strdup_printf ("%u", n_rows);
  const char *argv[] = { self, "--memory", rows_text, NULL };

  for (guint i = 0; i < 3 && stats->skipped == NULL; i++)
    {
      g_autofree char *output = NULL;
      int status = 0;

      if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, NULL) || status != 0)
        stats->skipped = "our own side does not run";
      else
        {
          add (stats->ours, g_ascii_strtod (output, NULL));
          add (stats->theirs, chromium);
        }
    }
}

static void
measure_memories (const char *self)
{
  g_autofree char *why_not = NULL;
  double chromium = bench_memory_of_browser (&why_not);

  if (chromium == 0)
    {
      static char beside[100];

      /* What it took when it was measured. */
      chromium = 440;
      g_snprintf (beside, sizeof beside, "Chromium, 440 MB once (%s)", why_not);
      rows[ROW_MEMORY].other = rows[ROW_MEMORY_MANY].other = beside;
    }
  measure_memory (self, 0, chromium, &rows[ROW_MEMORY]);
  measure_memory (self, MANY, chromium, &rows[ROW_MEMORY_MANY]);
}

static gboolean
is_wanted (guint       row,
           const char *only)
{
  gboolean wanted = only == NULL || strstr (rows[row].name, only) != NULL || strstr (rows[row].other, only) != NULL;

  if (!wanted)
    rows[row].skipped = "not asked for";

  return wanted;
}

int
main (int   argc,
      char *argv[])
{
  BenchWindow window = { 0 };
  gboolean json = FALSE;
  guint pairs = 40;
  const char *only = NULL;
  BenchServer server;

  setlocale (LC_ALL, "");
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_setenv ("GSETTINGS_SCHEMA_DIR", MZ_BENCH_SCHEMAS, FALSE);

  if (argc >= 3 && g_str_equal (argv[1], "--stream"))
    return bench_stream_listen (atoi (argv[2]), argc > 3);
  if (argc == 3 && g_str_equal (argv[1], "--memory"))
    return show_memory (atoi (argv[2]));

  for (int i = 1; i < argc; i++)
    {
      if (g_str_equal (argv[i], "--json"))
        json = TRUE;
      else if (g_str_equal (argv[i], "--pairs") && i + 1 < argc)
        {
          i++;
          pairs = MAX (1, atoi (argv[i]));
        }
      else if (g_str_equal (argv[i], "--only") && i + 1 < argc)
        only = argv[++i];
      else
        {
          g_printerr ("usage: timeline [--json] [--pairs N] [--only WORD]\n");
          return 2;
        }
    }

  server = bench_server_start ();
  if (!bench_window_setup (&window, NULL))
    {
      g_printerr ("timeline: there is no display; run it with xvfb-run\n");
      bench_server_stop (&server);
      return 77;
    }
  g_object_set_data (G_OBJECT (window.window), "text", bench_window_find (&window, GTK_TYPE_TEXT_VIEW));
  bench_stats_init (rows, N_ROWS);

  if (is_wanted (ROW_DELTA, only))
    measure_deltas (&window, &rows[ROW_DELTA], pairs);
  if (is_wanted (ROW_KEY, only) | is_wanted (ROW_KEY_FEW, only))
    measure_keys (&window, &rows[ROW_KEY], &rows[ROW_KEY_FEW], pairs);
  if (is_wanted (ROW_SWITCH, only))
    measure_switches (&window, &rows[ROW_SWITCH], pairs);
  if (is_wanted (ROW_SCROLL, only))
    measure_scrolling (&window, &rows[ROW_SCROLL], pairs);
  if (is_wanted (ROW_LIST_VIEW, only))
    measure_list_view (&window, &rows[ROW_LIST_VIEW]);
  if (is_wanted (ROW_STREAM, only) | is_wanted (ROW_STREAM_VIEWS, only))
    bench_stream_measure (&server, argv[0], 6, &rows[ROW_STREAM], &rows[ROW_STREAM_VIEWS]);
  if (is_wanted (ROW_MEMORY, only) | is_wanted (ROW_MEMORY_MANY, only))
    measure_memories (argv[0]);

  bench_stats_print (rows, N_ROWS, json);

  bench_server_stop (&server);
  bench_stats_clear (rows, N_ROWS);
  bench_window_teardown (&window);

  return 0;
}
