/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-endpoint.h"
#include "mz-strategy.h"

G_BEGIN_DECLS

/**
 * MzAddressHint:
 *
 * Stands below the field of an address and says, as one types, how the address is understood, or what is wrong with it (after a pause: half an address is no
 * error), and what else may have been meant.
 *
 * Signal `::changed`: the text has changed, and with it mz_address_hint_get_endpoint().
 */
#define MZ_TYPE_ADDRESS_HINT (mz_address_hint_get_type ())
G_DECLARE_FINAL_TYPE (MzAddressHint, mz_address_hint, MZ, ADDRESS_HINT, GtkWidget)

void         mz_address_hint_set_row       (MzAddressHint      *self,
                                            AdwEntryRow        *row);
void         mz_address_hint_set_strategy  (MzAddressHint      *self,
                                            MzStrategySetting   setting);
/* (transfer none) (nullable) */
MzEndpoint  *mz_address_hint_get_endpoint  (MzAddressHint      *self);
/* Whether there is an address; otherwise what is wrong is said now, and the field gets the focus. */
gboolean     mz_address_hint_check         (MzAddressHint      *self);
/* Says something else that is wrong with it, until the text changes. */
void         mz_address_hint_complain      (MzAddressHint      *self,
                                            const char         *text);

/* Marks a row as wrong, for eyes and for screen readers, or as right again. */
void         mz_row_set_wrong              (GtkWidget          *row,
                                            gboolean            wrong);
/* Ties a row's text field to the label below it, for screen readers. */
void         mz_row_set_description        (GtkWidget          *row,
                                            GtkWidget          *label);

G_END_DECLS
