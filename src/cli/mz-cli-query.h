/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-cli-connection.h"

G_BEGIN_DECLS

typedef struct _MzCliQuery MzCliQuery;

/**
 * MzCliQueryFunc:
 * @query: the query, connected
 * @user_data: the command's
 *
 * Asks what the command wants to know; ends it with mz_cli_query_done() or mz_cli_query_fail().
 */
typedef void (*MzCliQueryFunc) (MzCliQuery *query,
                                gpointer    user_data);

/**
 * MzCliQueryCheck:
 * @user_data: the command's
 *
 * Checks the command's own options after they were parsed.
 */
typedef gboolean (*MzCliQueryCheck) (gpointer   user_data,
                                     GError   **error);

MzCliQuery    *mz_cli_query_new              (const char       *command);
void           mz_cli_query_free             (MzCliQuery       *self);
MzCliOptions  *mz_cli_query_get_options      (MzCliQuery       *self);
MzCliOutput   *mz_cli_query_get_output       (MzCliQuery       *self);
MzClient      *mz_cli_query_get_client       (MzCliQuery       *self);
GCancellable  *mz_cli_query_get_cancellable  (MzCliQuery       *self);
int            mz_cli_query_run              (MzCliQuery       *self,
                                              GOptionContext   *context,
                                              char            **argv,
                                              MzCliQueryCheck   check,
                                              MzCliQueryFunc    func,
                                              gpointer          user_data);
void           mz_cli_query_goes_on          (MzCliQuery       *self);
void           mz_cli_query_all_read         (MzCliQuery       *self);
void           mz_cli_query_done             (MzCliQuery       *self);
void           mz_cli_query_leave            (MzCliQuery       *self);
void           mz_cli_query_fail             (MzCliQuery       *self,
                                              const GError     *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzCliQuery, mz_cli_query_free)

G_END_DECLS
