/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For g_clear_pointer(): a source is both taken off its context and let go. */
static inline void
mz_source_destroy (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

G_END_DECLS
