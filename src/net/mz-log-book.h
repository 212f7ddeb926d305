/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MzLogBook:
 *
 * The last lines of the log, whether they are shown or not: for reports. Thread-safe, reference counted.
 */
typedef struct _MzLogBook MzLogBook;

MzLogBook        *mz_log_book_new        (guint             capacity);
MzLogBook        *mz_log_book_ref        (MzLogBook        *self);
void              mz_log_book_unref      (MzLogBook        *self);
void              mz_log_book_add        (MzLogBook        *self,
                                          GLogLevelFlags    level,
                                          const GLogField  *fields,
                                          gsize             n_fields);
GStrv             mz_log_book_dup_lines  (MzLogBook        *self);

/* For g_log_set_writer_func(): @user_data is the book; then GLib's own writer */
GLogWriterOutput  mz_log_book_writer     (GLogLevelFlags    level,
                                          const GLogField  *fields,
                                          gsize             n_fields,
                                          gpointer          user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzLogBook, mz_log_book_unref)

G_END_DECLS
