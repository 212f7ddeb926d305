/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-tool-text.h"

#include <string.h>

#include "mz-json.h"

/* Arguments over this are given as they came: indenting doubles them. */
#define MAX_PRETTY_LENGTH (1024 * 1024)

static JsonNode *
parse_arguments (const char *arguments)
{
  gsize length = strlen (arguments);

  if (length > MAX_PRETTY_LENGTH)
    return NULL;
  return mz_json_parse (arguments, length, MAX_PRETTY_LENGTH, NULL);
}

/* The member that says most, in this order. */
static const char *
telling_member (JsonObject *object)
{
  static const char * const names[] = { "command", "cmd", "path", "file_path", "file", "url", "query", "pattern", "message", "text", "prompt", "name" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *value = mz_json_get_string (object, names[i]);

      if (value != NULL && value[0] != '\0')
        return value;
    }
  return NULL;
}

/**
 * mz_tool_text_summarize:
 * @arguments: (nullable): what a tool is called with, JSON as a rule
 *
 * Returns: (transfer full): what says most of it: the command when there is one; "" when there is nothing to say
 */
char *
mz_tool_text_summarize (const char *arguments)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  const char *value;

  if (arguments == NULL || arguments[0] == '\0')
    return g_strdup ("");

  node = parse_arguments (arguments);
  object = mz_json_node_object (node);
  value = telling_member (object);
  if (value == NULL && object != NULL)
    {
      g_auto (GStrv) words = mz_json_get_strv (object, "command");

      if (words != NULL && words[0] != NULL)
        return g_strjoinv (" ", words);
    }
  if (value == NULL)
    value = mz_json_node_string (node);

  /* Nothing to see in "{}". */
  if (value == NULL && object != NULL && json_object_get_size (object) == 0)
    return g_strdup ("");
  return g_strdup (value != NULL ? value : arguments);
}

/**
 * mz_tool_text_format:
 * @arguments: (nullable): what a tool is called with, JSON as a rule
 * @language: (out) (transfer none) (nullable): "sh", "json", or %NULL when it is neither
 *
 * The arguments to be read: the command alone when there is nothing else, or else indented JSON; what is no JSON, too deep or too large as
 * it came.
 *
 * Returns: (transfer full) (nullable): the text; %NULL when there are no arguments
 */
char *
mz_tool_text_format (const char  *arguments,
                     const char **language)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonGenerator) generator = NULL;
  JsonObject *object;

  g_return_val_if_fail (language != NULL, NULL);

  *language = "json";
  if (arguments == NULL || arguments[0] == '\0')
    return NULL;

  node = parse_arguments (arguments);
  object = mz_json_node_object (node);
  if (node == NULL)
    {
      *language = NULL;
      return g_strdup (arguments);
    }
  if (object != NULL && json_object_get_size (object) == 0)
    return NULL;
  if (object != NULL && json_object_get_size (object) == 1 && mz_json_get_string (object, "command") != NULL)
    {
      *language = "sh";
      return g_strdup (mz_json_get_string (object, "command"));
    }

  generator = json_generator_new ();
  json_generator_set_root (generator, node);
  json_generator_set_pretty (generator, TRUE);
  json_generator_set_indent (generator, 2);
  return json_generator_to_data (generator, NULL);
}

/**
 * mz_tool_text_is_denied:
 * @status: (nullable): of a call that failed
 * @output: (nullable): what it gave
 *
 * Returns: whether it did not run because a person said no, or nobody could be asked
 */
gboolean
mz_tool_text_is_denied (const char *status,
                        const char *output)
{
  /* Gateways give no state of its own for it; their sentence is fixed (docs: tools/exec-approvals). */
  return g_strcmp0 (status, "denied") == 0 || g_strcmp0 (status, "blocked") == 0 ||
         (output != NULL && g_str_has_prefix (output, "Exec denied"));
}
