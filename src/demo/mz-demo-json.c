/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-json.h"

#include <stdarg.h>

static void
add_member (JsonObject *object,
            char        kind,
            va_list    *arguments)
{
  const char *name = va_arg (*arguments, const char *);

  switch (kind)
    {
    case 's':
      {
        const char *text = va_arg (*arguments, const char *);

        if (text != NULL)
          json_object_set_string_member (object, name, text);
        break;
      }
    case 'i':
      json_object_set_int_member (object, name, va_arg (*arguments, gint64));
      break;
    case 'd':
      json_object_set_double_member (object, name, va_arg (*arguments, double));
      break;
    case 'b':
      json_object_set_boolean_member (object, name, va_arg (*arguments, gboolean));
      break;
    case 'n':
      json_object_set_null_member (object, name);
      break;
    case 'o':
      {
        JsonObject *member = va_arg (*arguments, JsonObject *);

        if (member != NULL)
          json_object_set_object_member (object, name, member);
        break;
      }
    case 'a':
      {
        JsonArray *member = va_arg (*arguments, JsonArray *);

        if (member != NULL)
          json_object_set_array_member (object, name, member);
        break;
      }
    case 'v':
      {
        JsonNode *member = va_arg (*arguments, JsonNode *);

        if (member != NULL)
          json_object_set_member (object, name, member);
        break;
      }
    default:
      g_assert_not_reached ();
    }
}

/*< private >
 * mz_demo_object:
 * @format: the kinds of the members, see the header
 * @...: names and values
 *
 * Returns: (transfer full): a new object
 */
JsonObject *
mz_demo_object (const char *format,
                ...)
{
  JsonObject *object = json_object_new ();
  va_list arguments;

  va_start (arguments, format);
  for (const char *kind = format; *kind != '\0'; kind++)
    add_member (object, *kind, &arguments);
  va_end (arguments);

  return object;
}

/*< private >
 * mz_demo_object_add:
 * @object: what gets more members
 * @format: the kinds of the members, see the header
 * @...: names and values
 */
void
mz_demo_object_add (JsonObject *object,
                    const char *format,
                    ...)
{
  va_list arguments;

  va_start (arguments, format);
  for (const char *kind = format; *kind != '\0'; kind++)
    add_member (object, *kind, &arguments);
  va_end (arguments);
}

/*< private >
 * mz_demo_strings:
 * @strings: (nullable): NULL-terminated
 *
 * Returns: (transfer full): an array of them
 */
JsonArray *
mz_demo_strings (const char * const *strings)
{
  JsonArray *array = json_array_new ();

  for (gsize i = 0; strings != NULL && strings[i] != NULL; i++)
    json_array_add_string_element (array, strings[i]);

  return array;
}

/*< private >
 * mz_demo_node:
 * @object: (transfer full): an object
 *
 * Returns: (transfer full): a node that holds it
 */
JsonNode *
mz_demo_node (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

/*< private >
 * mz_demo_node_array:
 * @array: (transfer full): an array
 *
 * Returns: (transfer full): a node that holds it
 */
JsonNode *
mz_demo_node_array (JsonArray *array)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  json_node_take_array (node, array);
  return node;
}

/*< private >
 * mz_demo_error:
 * @code: the protocol's code
 * @message: in words
 * @details: (nullable) (transfer full): `details`
 *
 * Returns: (transfer full): a response's error
 */
JsonObject *
mz_demo_error (const char *code,
               const char *message,
               JsonObject *details)
{
  return mz_demo_object ("sso", "code", code, "message", message, "details", details);
}

/*< private >
 * mz_demo_now_ms:
 *
 * Returns: milliseconds since the Unix epoch
 */
gint64
mz_demo_now_ms (void)
{
  return g_get_real_time () / 1000;
}
