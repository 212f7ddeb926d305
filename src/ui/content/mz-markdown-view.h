/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-markdown.h"

G_BEGIN_DECLS

/**
 * MzMarkdownView:
 *
 * A Markdown text as native widgets, one below the other. Growing text touches only the widgets of blocks that changed.
 * Its text can be selected with the mouse across blocks, and from the keyboard within one; Ctrl+C copies what is selected.
 */
#define MZ_TYPE_MARKDOWN_VIEW (mz_markdown_view_get_type ())
G_DECLARE_FINAL_TYPE (MzMarkdownView, mz_markdown_view, MZ, MARKDOWN_VIEW, GtkWidget)

GtkWidget *mz_markdown_view_new      (void);
void       mz_markdown_view_set_text (MzMarkdownView *self,
                                      const char     *text);
void       mz_markdown_view_append   (MzMarkdownView *self,
                                      const char     *text);
/* Nothing more comes: what could still have become something else is shown as it is. */
void       mz_markdown_view_finish   (MzMarkdownView *self);
/* (transfer full) (nullable): the selected text, NULL when nothing is selected */
char      *mz_markdown_view_dup_selection (MzMarkdownView *self);

G_END_DECLS
