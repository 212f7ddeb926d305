/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-demo-store.h"

G_BEGIN_DECLS

void mz_demo_seed (MzDemoStore *store,
                   gint64       now);

G_END_DECLS
