/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-json.h"

G_BEGIN_DECLS

/* Short forms for building the gateway's answers. Each character of @format stands for a pair of arguments, a name and a value:
 *   s  const char *           i  gint64             d  double          b  gboolean           n  (no value): null
 *   o  JsonObject * (taken)   a  JsonArray * (taken)    v  JsonNode * (taken)
 * A value of NULL leaves the member out. */
JsonObject *mz_demo_object        (const char          *format,
                                   ...);
void        mz_demo_object_add    (JsonObject          *object,
                                   const char          *format,
                                   ...);
JsonArray  *mz_demo_strings       (const char * const  *strings);
JsonNode   *mz_demo_node          (JsonObject          *object);
JsonNode   *mz_demo_node_array    (JsonArray           *array);
JsonObject *mz_demo_error         (const char          *code,
                                   const char          *message,
                                   JsonObject          *details);
gint64      mz_demo_now_ms        (void);

G_END_DECLS
