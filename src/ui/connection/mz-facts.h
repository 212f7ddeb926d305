/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * MzFacts:
 *
 * Names and values, one below the other, in two columns that fit a narrow window; with `stacked` each value stands below its name, for places that are
 * narrower still.
 */
#define MZ_TYPE_FACTS (mz_facts_get_type ())
G_DECLARE_FINAL_TYPE (MzFacts, mz_facts, MZ, FACTS, GtkWidget)

GtkWidget *mz_facts_new               (gboolean         stacked);
/* Around the calls that add. The labels that are there are used again: one of them may have the focus, or a selection. */
void       mz_facts_begin             (MzFacts         *self);
void       mz_facts_end               (MzFacts         *self);
/* Nothing is added when @value is NULL or empty. @kind: (nullable): a style class of the value, "monospace" or "error". */
void       mz_facts_add               (MzFacts         *self,
                                       const char      *name,
                                       const char      *value,
                                       const char      *kind);
/* For whom, by whom and until when */
void       mz_facts_add_certificate   (MzFacts         *self,
                                       GTlsCertificate *certificate);
guint      mz_facts_get_n             (MzFacts         *self);

G_END_DECLS
