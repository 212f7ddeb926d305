/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/**
 * MzApprovalCard:
 *
 * A command that waits for a person's word: what it is, where it would run, "Deny", "Allow once", "Always allow". No answer is the default, and the safe one comes
 * first. It goes away with its item.
 */
#define MZ_TYPE_APPROVAL_CARD (mz_approval_card_get_type ())
G_DECLARE_FINAL_TYPE (MzApprovalCard, mz_approval_card, MZ, APPROVAL_CARD, GtkWidget)

GtkWidget *mz_approval_card_new (MzApproval *approval,
                                 MzGateway  *gateway);

G_END_DECLS
