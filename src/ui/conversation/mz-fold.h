/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-message.h"

G_BEGIN_DECLS

/**
 * MzFold:
 *
 * A row of one quiet line, icon, title, summary, state, that opens to details. The details are made when it is first opened. Whether it is open is
 * kept with the message.
 */
#define MZ_TYPE_FOLD (mz_fold_get_type ())
G_DECLARE_DERIVABLE_TYPE (MzFold, mz_fold, MZ, FOLD, GtkWidget)

struct _MzFoldClass
{
  GtkWidgetClass parent_class;

  /* (transfer floating): the details */
  GtkWidget *(* create_details) (MzFold *self);
};

MzMessage  *mz_fold_get_message  (MzFold     *self);
/* @icon_name %NULL: a spinner */
void        mz_fold_set_icon     (MzFold     *self,
                                  const char *icon_name,
                                  const char *css_class);
void        mz_fold_set_title    (MzFold     *self,
                                  const char *title);
void        mz_fold_set_summary  (MzFold     *self,
                                  const char *summary,
                                  gboolean    monospace);
void        mz_fold_set_state    (MzFold     *self,
                                  const char *state);
/* What a screen reader says of the line. */
void        mz_fold_set_label    (MzFold     *self,
                                  const char *label);
/* (transfer none) (nullable) */
GtkWidget  *mz_fold_get_details  (MzFold     *self);
/* What the details show changed: they are made anew when they are seen. */
void        mz_fold_drop_details (MzFold     *self);
gboolean    mz_fold_get_open     (MzFold     *self);
void        mz_fold_set_open     (MzFold     *self,
                                  gboolean    open);

G_END_DECLS
