/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-approval-list.h"
#include "mz-cli-output.h"

G_BEGIN_DECLS

/**
 * MzCliApprover:
 *
 * Shows the commands of one run that wait for approval, and answers them: as told beforehand, or by asking, or not at all.
 */
#define MZ_TYPE_CLI_APPROVER (mz_cli_approver_get_type ())
G_DECLARE_FINAL_TYPE (MzCliApprover, mz_cli_approver, MZ, CLI_APPROVER, GObject)

MzCliApprover  *mz_cli_approver_new        (MzCliOutput     *output,
                                            MzApprovalList  *list,
                                            const char      *session_key,
                                            const char      *run_id,
                                            const char      *url,
                                            const char      *decision,
                                            gboolean         ask,
                                            gboolean         json);
void            mz_cli_approver_set_run    (MzCliApprover   *self,
                                            const char      *run_id);
void            mz_cli_approver_hush       (MzCliApprover   *self);

const char     *mz_cli_decision_parse      (const char      *word);
const char     *mz_cli_decision_in_words   (const char      *decision);
char           *mz_cli_approval_not_taken  (MzApproval      *approval,
                                            const char      *decision);
void            mz_cli_approval_print      (MzCliOutput     *output,
                                            MzApproval      *approval);
void            mz_cli_approval_json       (MzCliOutput     *output,
                                            JsonBuilder     *builder,
                                            MzApproval      *approval);

G_END_DECLS
