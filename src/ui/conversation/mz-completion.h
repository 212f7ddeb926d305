/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-command.h"

G_BEGIN_DECLS

/**
 * MzCompletion:
 *
 * The slash commands that what is typed can become, above the composer. The text keeps the focus: it hands on its keys.
 *
 * Signal `::chosen` (MzCommand). Property `open` (read-only, notifies).
 */
#define MZ_TYPE_COMPLETION (mz_completion_get_type ())
G_DECLARE_FINAL_TYPE (MzCompletion, mz_completion, MZ, COMPLETION, GtkPopover)

GtkWidget *mz_completion_new          (void);
void       mz_completion_set_commands (MzCompletion    *self,
                                       GListModel      *commands);
/* Opens, follows or closes by the composer's whole text. */
void       mz_completion_update       (MzCompletion    *self,
                                       const char      *text);
/* Until the text is no command's beginning any more. */
void       mz_completion_close        (MzCompletion    *self);
/* Until the next change of the text. */
void       mz_completion_hide         (MzCompletion    *self);
gboolean   mz_completion_is_open      (MzCompletion    *self);
guint      mz_completion_get_n_found  (MzCompletion    *self);
/* (transfer none) (nullable): what Enter would choose */
MzCommand *mz_completion_get_selected (MzCompletion    *self);
/* Whether mz_completion_handle_key() would look at it. */
gboolean   mz_completion_wants_key    (MzCompletion    *self,
                                       guint            keyval,
                                       GdkModifierType  state);
/* Whether the key was for it. */
gboolean   mz_completion_handle_key   (MzCompletion    *self,
                                       guint            keyval,
                                       GdkModifierType  state);

G_END_DECLS
