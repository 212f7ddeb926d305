/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Registers the folder's resources; call it once, before the first of its widgets. */
void mz_content_init (void);

G_END_DECLS
