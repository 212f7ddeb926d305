/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The only file that touches JSON members: a peer's wrong type must never log a CRITICAL. Getters give NULL, 0 or the fallback when
 * the object is NULL, the member is missing or of another type. What is returned belongs to the object. */

#define MZ_JSON_MAX_DEPTH 200

/* What stands for a text that was cut out. */
#define MZ_JSON_CUT "\xe2\x9c\x82"

/**
 * MzJsonCut:
 * @start: where the content of the string that was cut begins, after its quote, in bytes
 * @length: its length in bytes, as it is written (with escapes)
 * @decoded_length: its length in bytes, as it is meant
 */
typedef struct
{
  gsize start;
  gsize length;
  gsize decoded_length;
} MzJsonCut;

gboolean      mz_json_check          (const char   *data,
                                      gsize         length,
                                      gsize         max_length,
                                      guint         max_depth,
                                      GError      **error);
JsonNode     *mz_json_parse          (const char   *data,
                                      gsize         length,
                                      gsize         max_length,
                                      GError      **error);
JsonNode     *mz_json_parse_cut      (const char   *data,
                                      gsize         length,
                                      gsize         max_length,
                                      gsize         max_string,
                                      MzJsonCut    *cut,
                                      GError      **error);
char         *mz_json_to_string      (JsonNode     *node);

JsonObject   *mz_json_node_object    (JsonNode     *node);
JsonArray    *mz_json_node_array     (JsonNode     *node);
const char   *mz_json_node_string    (JsonNode     *node);
gboolean      mz_json_has            (JsonObject   *object,
                                      const char   *name);
gboolean      mz_json_is_null        (JsonObject   *object,
                                      const char   *name);
JsonNode     *mz_json_get_node       (JsonObject   *object,
                                      const char   *name);
const char   *mz_json_get_string     (JsonObject   *object,
                                      const char   *name);
gint64        mz_json_get_int        (JsonObject   *object,
                                      const char   *name,
                                      gint64        fallback);
double        mz_json_get_double     (JsonObject   *object,
                                      const char   *name,
                                      double        fallback);
gboolean      mz_json_get_boolean    (JsonObject   *object,
                                      const char   *name,
                                      gboolean      fallback);
JsonObject   *mz_json_get_object     (JsonObject   *object,
                                      const char   *name);
JsonArray    *mz_json_get_array      (JsonObject   *object,
                                      const char   *name);
GStrv         mz_json_get_strv       (JsonObject   *object,
                                      const char   *name);

/* Walking arrays: elements of another type are NULL. */
guint         mz_json_array_length   (JsonArray    *array);
JsonNode     *mz_json_array_node     (JsonArray    *array,
                                      guint         n);
JsonObject   *mz_json_array_object   (JsonArray    *array,
                                      guint         n);
const char   *mz_json_array_string   (JsonArray    *array,
                                      guint         n);

G_END_DECLS
