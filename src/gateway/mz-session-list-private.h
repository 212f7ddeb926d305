/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-session-list.h"

G_BEGIN_DECLS

/* For the files of MzSessionList, and for tests, which drive a list without a client. */

MzSessionRow  *mz_session_row_new            (const char    *key);
void           mz_session_row_merge          (MzSessionRow  *self,
                                              JsonObject    *object,
                                              gboolean       snapshot);
int            mz_session_row_compare        (MzSessionRow  *a,
                                              MzSessionRow  *b);

void           mz_session_list_handle_event  (MzSessionList *self,
                                              MzFrame       *frame);
void           mz_session_list_apply_list    (MzSessionList *self,
                                              JsonObject    *list);
void           mz_session_list_merge_row     (MzSessionList *self,
                                              const char    *key,
                                              JsonObject    *object,
                                              gboolean       snapshot);
void           mz_session_list_add_row       (MzSessionList *self,
                                              const char    *key,
                                              JsonObject    *object);
void           mz_session_list_remove_row    (MzSessionList *self,
                                              const char    *key);
gboolean       mz_session_list_wants_refresh (MzSessionList *self);

G_END_DECLS
