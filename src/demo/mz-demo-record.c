/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-record.h"

#include <string.h>

#include "mz-demo-json.h"

#define REDACTED "[redacted]"

/* Where a secret's text can be, in what clients and gateways send. */
static const char * const secret_names[] = {
  "token", "password", "deviceToken", "bootstrapToken", "approvalRuntimeToken", "agentRuntimeIdentityToken", "signature", NULL,
};

static void
redact (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = mz_json_node_object (node);
      g_autoptr (GList) names = json_object_get_members (object);

      for (GList *name = names; name != NULL; name = name->next)
        if (g_strv_contains (secret_names, name->data))
          json_object_set_string_member (object, name->data, REDACTED);
        else
          redact (mz_json_get_node (object, name->data));
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = mz_json_node_array (node);

      for (guint i = 0; i < mz_json_array_length (array); i++)
        redact (mz_json_array_node (array, i));
    }
}

/*< private >
 * mz_demo_record:
 * @stream: (nullable): where to
 * @connection: which connection, counted from 1
 * @received: whether the client sent it
 * @text: the frame
 *
 * Writes a frame as one line of JSON, without its secrets. Of what is not JSON only the length is told.
 */
void
mz_demo_record (GOutputStream *stream,
                guint          connection,
                gboolean       received,
                const char    *text)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) line = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;
  JsonObject *object;

  if (stream == NULL)
    return;

  object = mz_demo_object ("is", "connection", (gint64) connection, "direction", received ? "received" : "sent");
  line = mz_demo_node (object);
  node = mz_json_parse (text, strlen (text), strlen (text), NULL);
  if (node != NULL)
    {
      redact (node);
      json_object_set_member (object, "frame", g_steal_pointer (&node));
    }
  else
    json_object_set_int_member (object, "garbage", (gint64) strlen (text));

  {
    g_autofree char *json = mz_json_to_string (line);

    written = g_strconcat (json, "\n", NULL);
  }
  if (!g_output_stream_write_all (stream, written, strlen (written), NULL, NULL, &error))
    g_warning ("The record could not be written: %s", error->message);
}
