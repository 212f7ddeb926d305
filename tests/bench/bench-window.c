/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench-window.h"

#include <adwaita.h>
#include <time.h>

#include "bench-content.h"
#include "mz-content.h"

/* The loop has to have been quiet so long: longer than any coalescing of ours. */
#define QUIET_MS 60

double
bench_get_busy (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void
painted_cb (GdkFrameClock *clock,
            gboolean      *painted)
{
  *painted = TRUE;
}

void
bench_window_frame (BenchWindow *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (self->window);
  gboolean painted = FALSE;
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb), &painted);

  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  while (!painted)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, id);
}

static gboolean
quiet_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

void
bench_window_settle (BenchWindow *self)
{
  double busy;

  /* A blinking cursor is not quiet, but nearly. */
  do
    {
      gboolean quiet = FALSE;

      busy = bench_get_busy ();
      g_timeout_add_full (G_PRIORITY_LOW, QUIET_MS, quiet_cb, &quiet, NULL);
      while (!quiet)
        g_main_context_iteration (NULL, TRUE);
    }
  while (bench_get_busy () - busy > 6);
}

static void
load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_path (provider, MZ_BENCH_STYLE);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

/* Returns whether there is a display. @address: of a gateway, NULL for one that is never connected. */
gboolean
bench_window_setup (BenchWindow *self,
                    const char  *address)
{
  g_autoptr (MzGatewayEntry) entry = mz_gateway_entry_new (NULL, address != NULL ? address : "ws://127.0.0.1:1", TRUE);
  g_autoptr (GError) error = NULL;

  if (!gtk_init_check ())
    return FALSE;
  adw_init ();
  mz_content_init ();
  mz_conversation_init_types ();
  load_style ();

  self->settings = g_settings_new (MZ_APP_ID);
  self->secrets = mz_secret_store_new_memory ();
  self->identity = mz_identity_new_random (&error);
  g_assert_no_error (error);
  self->gateway = mz_gateway_new (entry, self->identity, self->secrets);
  self->window = adw_window_new ();
  self->conversation = MZ_CONVERSATION (mz_conversation_new (self->settings));
  gtk_window_set_default_size (GTK_WINDOW (self->window), 820, 760);
  adw_window_set_content (ADW_WINDOW (self->window), GTK_WIDGET (self->conversation));
  gtk_window_present (GTK_WINDOW (self->window));
  while (gtk_widget_get_frame_clock (self->window) == NULL || !gtk_widget_get_mapped (self->window))
    g_main_context_iteration (NULL, TRUE);
  bench_window_frame (self);

  return TRUE;
}

void
bench_window_teardown (BenchWindow *self)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  g_object_unref (self->gateway);
  g_object_unref (self->identity);
  g_object_unref (self->secrets);
  g_object_unref (self->settings);
}

/* (transfer full): a chat of @n_rows rows */
MzChat *
bench_window_make_chat (BenchWindow *self,
                        const char  *key,
                        guint        n_rows)
{
  MzChat *chat = mz_gateway_open_chat (self->gateway, key);

  if (n_rows > 0)
    bench_content_fill (mz_chat_get_timeline (chat), n_rows);

  return chat;
}

void
bench_window_show (BenchWindow *self,
                   MzChat      *chat)
{
  mz_conversation_set_chat (self->conversation, chat != NULL ? self->gateway : NULL, chat);
}

static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;

  for (GtkWidget *child = gtk_widget_get_last_child (widget); child != NULL; child = gtk_widget_get_prev_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* The last widget of @type in the conversation. */
GtkWidget *
bench_window_find (BenchWindow *self,
                   GType        type)
{
  return find (GTK_WIDGET (self->conversation), type);
}
