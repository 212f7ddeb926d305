/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/* What the rows share. */

/* Whether a fold was opened: kept with the item, for its row comes and goes. */
gboolean   mz_row_get_open            (gpointer      item);
void       mz_row_set_open            (gpointer      item,
                                       gboolean      open);

/* How long a row took to be written, measured here: protocols do not say. Call the first for every row that joins a timeline while it is shown. */
void       mz_row_clock_begin         (MzMessage    *message,
                                       MzMessage    *previous);
gint64     mz_row_clock_get_ms        (MzMessage    *message);

/* No person's message comes after it. @is_last_reply: (out) (optional): neither does another text of the assistant in the same turn */
gboolean   mz_row_is_in_last_turn     (MzChat       *chat,
                                       MzMessage    *message,
                                       gboolean     *is_last_reply);

/* (transfer full) (nullable): "14:05", and a tooltip with the day */
char      *mz_row_dup_time            (MzMessage    *message,
                                       char        **tooltip);

void       mz_row_toast               (GtkWidget    *widget,
                                       const char   *text);
void       mz_row_copy                (GtkWidget    *widget,
                                       const char   *text);
GtkWidget *mz_row_button_new          (const char   *icon_name,
                                       const char   *label);
/* (nullable): the images and files of @message, one below the other; of very many only the first ones */
GtkWidget *mz_row_attachments_new     (MzGateway    *gateway,
                                       MzChat       *chat,
                                       MzMessage    *message);
void       mz_row_set_reader_label    (GtkWidget    *widget,
                                       MzMessage    *message);

G_END_DECLS
