/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-content.h"

#include <gtksourceview/gtksource.h>

#include "mz-content-resource.h"

/**
 * mz_content_init:
 *
 * Registers what the widgets of this folder are made from. Call it once, when GTK is initialised.
 */
void
mz_content_init (void)
{
  mz_content_register_resource ();
  gtk_source_init ();
}
