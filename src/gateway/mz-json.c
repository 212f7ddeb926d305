/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-json.h"

#include <math.h>

#include "mz-gateway-error.h"
#include "mz-json-guard.h"

/* 2^63, as a double: a gint64 holds what is below, and -2^63. */
#define INT64_LIMIT 9223372036854775808.0

static gboolean
check_length (gsize    length,
              gsize    max_length,
              GError **error)
{
  if (length > max_length)
    {
      g_set_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE,
                   "%" G_GSIZE_FORMAT " bytes, more than the %" G_GSIZE_FORMAT " that are allowed", length, max_length);
      return FALSE;
    }
  return TRUE;
}

/**
 * mz_json_check:
 * @data: (array length=length): what a peer sent; it need not end with a NUL
 * @length: its length in bytes
 * @max_length: the largest length to accept, in bytes
 * @max_depth: how deep arrays and objects may nest
 * @error: return location for an error
 *
 * Looks at each byte once, before a parser does: json-glib's own recurses without a limit.
 *
 * Errors: %MZ_GATEWAY_ERROR_TOO_LARGE over @max_length; %MZ_GATEWAY_ERROR_BAD_FRAME when it is empty, nested deeper than
 * @max_depth, not UTF-8, or has characters that JSON (RFC 8259) does not have in that place. The message tells the place
 * and never what stands there.
 *
 * Returns: %TRUE if @data may be parsed; it can still be wrong JSON
 */
gboolean
mz_json_check (const char  *data,
               gsize        length,
               gsize        max_length,
               guint        max_depth,
               GError     **error)
{
  g_return_val_if_fail (data != NULL || length == 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return check_length (length, max_length, error) && mz_json_guard (data, length, max_depth, NULL, NULL, error);
}

/* The parser's own message quotes what it read: it is not passed on. */
static JsonNode *
parse_guarded (const char  *data,
               gsize        length,
               GError     **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root = NULL;

  if (json_parser_load_from_data (parser, data, (gssize) length, NULL))
    root = json_parser_steal_root (parser);
  if (root == NULL)
    g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "Not JSON");
  return root;
}

/**
 * mz_json_parse:
 * @data: (array length=length): what a peer sent; it need not end with a NUL
 * @length: its length in bytes
 * @max_length: the largest length to accept, in bytes
 * @error: return location for an error
 *
 * Parses JSON from a peer, after mz_json_check() with %MZ_JSON_MAX_DEPTH. Halves of surrogate pairs (JavaScript makes
 * them when it cuts a text) and `\u0000` become U+FFFD, integers beyond 64 bits become doubles.
 *
 * Returns: (transfer full): the root, or %NULL with the errors of mz_json_check()
 */
JsonNode *
mz_json_parse (const char  *data,
               gsize        length,
               gsize        max_length,
               GError     **error)
{
  return mz_json_parse_cut (data, length, max_length, G_MAXSIZE, NULL, error);
}

/**
 * mz_json_parse_cut:
 * @data: (array length=length): what a peer sent; it need not end with a NUL
 * @length: its length in bytes
 * @max_length: the largest length to accept, in bytes
 * @max_string: cut the longest string when it is longer than this many bytes, as it is written, and than half of @data
 * @cut: (out) (optional): what was cut, all 0 when nothing was
 * @error: return location for an error
 *
 * Like mz_json_parse(), for who may not need the one long text that a message consists of: %MZ_JSON_CUT stands where it
 * was. Unescaping and copying it is most of what parsing costs. Nothing is cut from what has to be mended.
 *
 * Returns: (transfer full): the root, or %NULL with the errors of mz_json_check()
 */
JsonNode *
mz_json_parse_cut (const char  *data,
                   gsize        length,
                   gsize        max_length,
                   gsize        max_string,
                   MzJsonCut   *cut,
                   GError     **error)
{
  GString *mended = NULL;
  MzJsonCut longest;
  JsonNode *root;

  g_return_val_if_fail (data != NULL || length == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (cut != NULL)
    *cut = (MzJsonCut) { 0 };
  if (!check_length (length, max_length, error) || !mz_json_guard (data, length, MZ_JSON_MAX_DEPTH, &mended, &longest, error))
    return NULL;

  if (mended == NULL && (cut == NULL || longest.length <= max_string || longest.length < length / 2))
    return parse_guarded (data, length, error);

  if (mended == NULL)
    {
      mended = g_string_sized_new (length - longest.length + sizeof MZ_JSON_CUT);
      g_string_append_len (mended, data, longest.start);
      g_string_append (mended, MZ_JSON_CUT);
      g_string_append_len (mended, data + longest.start + longest.length, length - longest.start - longest.length);
      *cut = longest;
    }
  root = parse_guarded (mended->str, mended->len, error);
  g_string_free (mended, TRUE);
  return root;
}

/**
 * mz_json_to_string:
 * @node: what to write
 *
 * Writes JSON on one line, without spaces.
 *
 * Returns: (transfer full): the text
 */
char *
mz_json_to_string (JsonNode *node)
{
  g_return_val_if_fail (node != NULL, NULL);

  return json_to_string (node, FALSE);
}

/**
 * mz_json_node_object:
 * @node: (nullable): a node
 *
 * Returns: (transfer none) (nullable): the object that @node is, %NULL when it is something else
 */
JsonObject *
mz_json_node_object (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * mz_json_node_array:
 * @node: (nullable): a node
 *
 * Returns: (transfer none) (nullable): the array that @node is, %NULL when it is something else
 */
JsonArray *
mz_json_node_array (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/**
 * mz_json_node_string:
 * @node: (nullable): a node
 *
 * Returns: (transfer none) (nullable): the string that @node is, %NULL when it is something else
 */
const char *
mz_json_node_string (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/**
 * mz_json_has:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: whether the member is there, be it `null`
 */
gboolean
mz_json_has (JsonObject *object,
             const char *name)
{
  g_return_val_if_fail (name != NULL, FALSE);

  return object != NULL && json_object_has_member (object, name);
}

/**
 * mz_json_is_null:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: whether the member is missing or `null`
 */
gboolean
mz_json_is_null (JsonObject *object,
                 const char *name)
{
  JsonNode *node = mz_json_get_node (object, name);

  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

/**
 * mz_json_get_node:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member, %NULL when it is missing
 */
JsonNode *
mz_json_get_node (JsonObject *object,
                  const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return object != NULL ? json_object_get_member (object, name) : NULL;
}

/**
 * mz_json_get_string:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member, %NULL when it is missing or not a string
 */
const char *
mz_json_get_string (JsonObject *object,
                    const char *name)
{
  return mz_json_node_string (mz_json_get_node (object, name));
}

/**
 * mz_json_get_int:
 * @object: (nullable): an object
 * @name: a member's name
 * @fallback: what to give otherwise
 *
 * Gives an integer, also when it is written as a double (`1.0`, `1e3`).
 *
 * Returns: the member; @fallback when it is missing, not a number, has a fraction or does not fit
 */
gint64
mz_json_get_int (JsonObject *object,
                 const char *name,
                 gint64      fallback)
{
  JsonNode *node = mz_json_get_node (object, name);
  double number;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return fallback;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return json_node_get_int (node);
  if (json_node_get_value_type (node) != G_TYPE_DOUBLE)
    return fallback;

  number = json_node_get_double (node);
  /* Written so that NaN fails it. */
  if (!(number >= -INT64_LIMIT && number < INT64_LIMIT) || trunc (number) != number)
    return fallback;
  return (gint64) number;
}

/**
 * mz_json_get_double:
 * @object: (nullable): an object
 * @name: a member's name
 * @fallback: what to give otherwise
 *
 * Returns: the member; @fallback when it is missing, not a number or not finite
 */
double
mz_json_get_double (JsonObject *object,
                    const char *name,
                    double      fallback)
{
  JsonNode *node = mz_json_get_node (object, name);
  double number;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return fallback;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return (double) json_node_get_int (node);
  if (json_node_get_value_type (node) != G_TYPE_DOUBLE)
    return fallback;

  number = json_node_get_double (node);
  return isfinite (number) ? number : fallback;
}

/**
 * mz_json_get_boolean:
 * @object: (nullable): an object
 * @name: a member's name
 * @fallback: what to give otherwise
 *
 * Returns: the member; @fallback when it is missing or not `true` or `false`
 */
gboolean
mz_json_get_boolean (JsonObject *object,
                     const char *name,
                     gboolean    fallback)
{
  JsonNode *node = mz_json_get_node (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return fallback;
  return json_node_get_boolean (node);
}

/**
 * mz_json_get_object:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member, %NULL when it is missing or not an object
 */
JsonObject *
mz_json_get_object (JsonObject *object,
                    const char *name)
{
  return mz_json_node_object (mz_json_get_node (object, name));
}

/**
 * mz_json_get_array:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member, %NULL when it is missing or not an array
 */
JsonArray *
mz_json_get_array (JsonObject *object,
                   const char *name)
{
  return mz_json_node_array (mz_json_get_node (object, name));
}

/**
 * mz_json_get_strv:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Gives a list of strings; elements of another type are left out.
 *
 * Returns: (transfer full) (nullable): the strings, %NULL when the member is missing or not an array
 */
GStrv
mz_json_get_strv (JsonObject *object,
                  const char *name)
{
  JsonArray *array = mz_json_get_array (object, name);
  g_autoptr (GStrvBuilder) builder = NULL;

  if (array == NULL)
    return NULL;

  builder = g_strv_builder_new ();
  for (guint i = 0; i < mz_json_array_length (array); i++)
    {
      const char *string = mz_json_array_string (array, i);

      if (string != NULL)
        g_strv_builder_add (builder, string);
    }
  return g_strv_builder_end (builder);
}

/**
 * mz_json_array_length:
 * @array: (nullable): an array
 *
 * Returns: how many elements it has, 0 without an array
 */
guint
mz_json_array_length (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

/**
 * mz_json_array_node:
 * @array: (nullable): an array
 * @n: the element's position
 *
 * Returns: (transfer none) (nullable): the element, %NULL beyond the end
 */
JsonNode *
mz_json_array_node (JsonArray *array,
                    guint      n)
{
  return n < mz_json_array_length (array) ? json_array_get_element (array, n) : NULL;
}

/**
 * mz_json_array_object:
 * @array: (nullable): an array
 * @n: the element's position
 *
 * Returns: (transfer none) (nullable): the element, %NULL beyond the end or when it is not an object
 */
JsonObject *
mz_json_array_object (JsonArray *array,
                      guint      n)
{
  return mz_json_node_object (mz_json_array_node (array, n));
}

/**
 * mz_json_array_string:
 * @array: (nullable): an array
 * @n: the element's position
 *
 * Returns: (transfer none) (nullable): the element, %NULL beyond the end or when it is not a string
 */
const char *
mz_json_array_string (JsonArray *array,
                      guint      n)
{
  return mz_json_node_string (mz_json_array_node (array, n));
}
