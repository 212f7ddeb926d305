/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Gives one address at once, then what another enumerator gives, without asking it before. */
#define MZ_TYPE_FIRST_ENUMERATOR (mz_first_enumerator_get_type ())
G_DECLARE_FINAL_TYPE (MzFirstEnumerator, mz_first_enumerator, MZ, FIRST_ENUMERATOR, GSocketAddressEnumerator)

GSocketAddressEnumerator *mz_first_enumerator_new (GInetSocketAddress       *first,
                                                   GSocketAddressEnumerator *rest);

G_END_DECLS
