/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MzCodeView:
 *
 * Code on a card: a thin header with the language and "Copy", then a GtkSourceView, never wrapped, scrolling sideways. Follows dark mode.
 * Long code (over 40 lines) is shown with its own height limit and a button to show all of it.
 */
#define MZ_TYPE_CODE_VIEW (mz_code_view_get_type ())
G_DECLARE_FINAL_TYPE (MzCodeView, mz_code_view, MZ, CODE_VIEW, GtkWidget)

GtkWidget *mz_code_view_new          (const char *language,
                                      const char *text);
void       mz_code_view_set_language (MzCodeView *self,
                                      const char *language);
void       mz_code_view_set_text     (MzCodeView *self,
                                      const char *text);
void       mz_code_view_append       (MzCodeView *self,
                                      const char *text);
/* A title in place of the language ("Arguments", "Output"). */
void       mz_code_view_set_title    (MzCodeView *self,
                                      const char *title);

/* The text view within, for those who select text across widgets. */
GtkTextView *mz_code_view_get_view   (MzCodeView *self);

G_END_DECLS
