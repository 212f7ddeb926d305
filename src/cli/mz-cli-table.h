/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MzCliTable:
 *
 * Text in columns. Every cell is made safe for a terminal when it is added.
 */
typedef struct _MzCliTable MzCliTable;

MzCliTable  *mz_cli_table_new            (void);
void         mz_cli_table_free           (MzCliTable  *self);
void         mz_cli_table_set_indent     (MzCliTable  *self,
                                          guint        columns);
void         mz_cli_table_set_right      (MzCliTable  *self,
                                          guint        column);
void         mz_cli_table_set_max_width  (MzCliTable  *self,
                                          guint        column,
                                          guint        width);
void         mz_cli_table_add_row        (MzCliTable  *self,
                                          const char  *first_cell,
                                          ...) G_GNUC_NULL_TERMINATED;
guint        mz_cli_table_get_n_rows     (MzCliTable  *self);
char        *mz_cli_table_to_string      (MzCliTable  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzCliTable, mz_cli_table_free)

G_END_DECLS
