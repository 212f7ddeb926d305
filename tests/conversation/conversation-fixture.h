/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app-fixture.h"
#include "mz-conversation-private.h"

G_BEGIN_DECLS

/* A conversation in a window, with a gateway that is connected to the embedded one. */

typedef struct
{
  Fixture app;
  GSettings *settings;
  GtkWindow *window;
  MzConversation *conversation;
  MzTranscript *transcript;
  MzChat *chat;
} View;

#define LONG_KEY "agent:main:dashboard:long-history"

/* Of widgets below another one. */
typedef gboolean (* WidgetMatch) (GtkWidget  *widget,
                                  const char *text);

void        view_set_up      (View           *view,
                              gconstpointer   data);
void        view_tear_down   (View           *view,
                              gconstpointer   data);
/* Shows the conversation @key, and waits until its rows are there. */
void        view_show        (View           *view,
                              const char     *key);
/* Waits until what was asked for is laid out and drawn. */
void        view_frame       (View           *view);
void        view_send        (View           *view,
                              const char     *text);
/* Sends, and waits until the reply is over. */
void        view_ask         (View           *view,
                              const char     *text);
guint       view_get_n       (View           *view);
/* (transfer none): the item at @from_end, 0 the last, and its row, which is made by then */
gpointer    view_get_item    (View           *view,
                              guint           from_end);
GtkWidget  *view_get_row     (View           *view,
                              guint           from_end);
/* (transfer none) (nullable): the last item of @type */
gpointer    view_find        (View           *view,
                              GType           type,
                              GtkWidget     **row);
GtkWidget  *find_widget      (GtkWidget      *widget,
                              WidgetMatch     match,
                              const char     *text);
gboolean    is_button        (GtkWidget      *widget,
                              const char     *text);
gboolean    has_text         (GtkWidget      *widget,
                              const char     *text);
double      view_get_gap     (View           *view);
void        click            (GtkWidget      *button);
/* As the wheel does it. */
void        scroll_by        (View           *view,
                              double          px);

G_END_DECLS
