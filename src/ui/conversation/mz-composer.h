/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/**
 * MzComposer:
 *
 * Where a message is written: a text of several lines that grows to a third of the window, attachments as chips, slash commands that complete, one button that sends, or stops the
 * run under way. Enter sends and Shift+Enter breaks (setting `send-key`: "enter", or "ctrl-enter"), never while an input method composes. The draft lives in
 * the chat.
 *
 * Without a conversation it can write the first message of one that is not there yet: `::submit` is emitted instead of sending, and
 * mz_composer_move_draft() hands everything over. It is insensitive when nobody listens to that.
 *
 * Properties: `settings` (GSettings, construct-only). Signals: `::sent`: a message went to the chat (scroll to the end); `::submit`: see above.
 */
#define MZ_TYPE_COMPOSER (mz_composer_get_type ())
G_DECLARE_FINAL_TYPE (MzComposer, mz_composer, MZ, COMPOSER, GtkWidget)

GtkWidget *mz_composer_new          (GSettings  *settings);
void       mz_composer_set_chat     (MzComposer *self,
                                     MzGateway  *gateway,
                                     MzChat     *chat);
void       mz_composer_attach       (MzComposer *self);
/* Files dropped on, or pasted into, anything of the conversation. (element-type GFile) */
void       mz_composer_add_files    (MzComposer *self,
                                     GListModel *files);
gboolean   mz_composer_grab_text    (MzComposer *self);
/* Text and files written without a conversation become @chat's draft. */
void       mz_composer_move_draft   (MzComposer *self,
                                     MzChat     *chat);
/* Neither text nor files: closing it would lose nothing. */
gboolean   mz_composer_is_empty     (MzComposer *self);
/* Puts @text in when nothing is there yet. */
void       mz_composer_suggest      (MzComposer *self,
                                     const char *text);
/* What was submitted is on its way: it stays, and cannot be sent twice. */
void       mz_composer_set_busy     (MzComposer *self,
                                     gboolean    busy);
/* Says above the text what is wrong, until it is dismissed. */
void       mz_composer_add_problem  (MzComposer *self,
                                     const char *sentence);

G_END_DECLS
