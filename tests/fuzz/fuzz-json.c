/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The JSON guard: whatever it lets through, json-glib digests, and what comes out is within the limits.
 */
#include "config.h"

#include <stdint.h>

#include "mz-gateway-error.h"
#include "mz-json.h"

#define ROOM (1024 * 1024)

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
walk (JsonNode *node,
      guint     depth)
{
  JsonObject *object = mz_json_node_object (node);
  JsonArray *array = mz_json_node_array (node);
  const char *string = mz_json_node_string (node);

  if (object != NULL || array != NULL)
    g_assert_cmpuint (++depth, <=, MZ_JSON_MAX_DEPTH);
  if (string != NULL)
    g_assert_true (g_utf8_validate (string, -1, NULL));

  for (guint i = 0; i < mz_json_array_length (array); i++)
    walk (mz_json_array_node (array, i), depth);

  if (object != NULL)
    {
      g_autoptr (GList) names = json_object_get_members (object);

      for (GList *l = names; l != NULL; l = l->next)
        {
          g_auto (GStrv) strings = mz_json_get_strv (object, l->data);
          double number = mz_json_get_double (object, l->data, 0.5);

          g_assert_true (number - number == 0); /* finite */
          mz_json_get_int (object, l->data, 0);
          mz_json_get_boolean (object, l->data, FALSE);
          mz_json_get_string (object, l->data);
          walk (mz_json_get_node (object, l->data), depth);
        }
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  gboolean passed = mz_json_check ((const char *) data, size, ROOM, MZ_JSON_MAX_DEPTH, NULL);

  node = mz_json_parse ((const char *) data, size, ROOM, &error);
  g_assert_true ((node != NULL) == (error == NULL));
  if (node == NULL)
    {
      g_assert_true (error->domain == MZ_GATEWAY_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  else
    {
      g_assert_true (passed);
      g_assert_true (g_utf8_validate ((const char *) data, (gssize) size, NULL));
      walk (node, 0);
    }
  return 0;
}
