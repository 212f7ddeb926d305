/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-command.h"
#include "mz-json.h"

/* As gateways answer `commands.list`, shortened. */
#define COMMANDS \
  "{'commands':[" \
  "{'name':'help','nativeName':'help','textAliases':['/help'],'description':'Show available commands.','category':'status'," \
  "'source':'native','scope':'both','acceptsArgs':false}," \
  "{'name':'model','textAliases':['/model','/m'],'description':'Show or set the model.','category':'options','source':'native'," \
  "'scope':'both','acceptsArgs':true,'args':[{'name':'model','description':'Model id','type':'string'}]}," \
  "{'name':'models','description':'List models.','source':'native','scope':'both','acceptsArgs':true}," \
  "{'name':'skill-model','description':'A skill.','source':'skill','scope':'both','acceptsArgs':true}," \
  "{'name':'Think','textAliases':['/think','/t'],'description':'Set the thinking level.','source':'native','scope':'both'," \
  "'acceptsArgs':true,'args':[{'name':'level','description':'','type':'string','required':true,'choices':[{'value':'off','label':'off'}," \
  "{'value':'high','label':'High'}]},{'name':'why','description':'','type':'string'}]}" \
  "]}"

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = g_strdelimit (g_strdup (text), "'", '"');
  JsonNode *node = mz_json_parse (json, strlen (json), 1 << 20, &error);

  g_assert_no_error (error);
  return node;
}

static MzCommand *
command_of (const char *json)
{
  g_autoptr (JsonNode) node = parse (json);

  return mz_command_new (mz_json_node_object (node));
}

static void
test_reads (void)
{
  const struct { const char *json, *name, *description, *arguments, *aliases, *category; } cases[] = {
    { "{'name':'help','textAliases':['/help'],'description':'Show commands.','category':'status','acceptsArgs':false}",
      "help", "Show commands.", NULL, "", "status" },
    { "{'name':'/m','textAliases':['/model','/M'],'description':'','acceptsArgs':true}", "m", NULL, "…", "model", NULL },
    { "{'name':'a','acceptsArgs':true,'args':[{'name':'one','required':true},{'name':'two'},{'name':'','choices':[]}]}",
      "a", NULL, "<one> [two]", "", NULL },
    { "{'name':'a','acceptsArgs':true,'args':[{'name':'level','choices':[{'value':'on'},{'value':'off'}]}]}",
      "a", NULL, "[on|off]", "", NULL },
    { "{'name':'a','acceptsArgs':true,'args':[{'name':'level','choices':[{'value':'1'},{'value':'2'},{'value':'3'},{'value':'4'},"
      "{'value':'5'},{'value':'6'}]}]}", "a", NULL, "[level]", "", NULL },
    { "{'name':'a','acceptsArgs':false,'args':[{'name':'one'}]}", "a", NULL, NULL, "", NULL },
    { "{'name':'a','args':[{'name':'one'}]}", "a", NULL, "[one]", "", NULL },
    /* Wrong types, control characters, lines. */
    { "{'name':'a','textAliases':'x','description':7,'category':[],'acceptsArgs':'yes','args':{}}", "a", NULL, NULL, "", NULL },
    { "{'name':'a','textAliases':[1,'/x y','/',null,'/ok'],'description':' one\\n\\ttwo\\u0007three '}",
      "a", "one two three", NULL, "ok", NULL },
    { "{'name':'a','acceptsArgs':true,'args':[7,{'name':'x\\ny'},{'name':3}]}", "a", NULL, "…", "", NULL },
    { "{'name':'größe'}", "größe", NULL, NULL, "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzCommand) command = command_of (cases[i].json);
      g_autofree char *aliases = NULL;

      g_test_message ("%s", cases[i].json);
      g_assert_nonnull (command);
      aliases = g_strjoinv (" ", (char **) mz_command_get_aliases (command));
      g_assert_cmpstr (mz_command_get_name (command), ==, cases[i].name);
      g_assert_cmpstr (mz_command_get_description (command), ==, cases[i].description);
      g_assert_cmpstr (mz_command_get_arguments (command), ==, cases[i].arguments);
      g_assert_cmpstr (aliases, ==, cases[i].aliases);
      g_assert_cmpstr (mz_command_get_category (command), ==, cases[i].category);
    }
}

static void
test_nameless (void)
{
  const char *cases[] = { "{}", "{'name':''}", "{'name':'/'}", "{'name':7}", "{'name':'two words'}", "{'name':'a\\u200fb'}" };
  g_autofree char *long_name = g_strnfill (201, 'x');
  g_autofree char *long_json = g_strdup_printf ("{'name':'%s'}", long_name);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i]);
      g_assert_null (command_of (cases[i]));
    }
  g_assert_null (command_of (long_json));
  g_assert_null (mz_command_new (NULL));
}

static void
test_properties (void)
{
  g_autoptr (MzCommand) command = command_of ("{'name':'m','textAliases':['/model'],'description':'D','category':'c','acceptsArgs':true}");
  g_autofree char *name = NULL, *description = NULL, *arguments = NULL, *category = NULL;
  g_auto (GStrv) aliases = NULL;

  g_object_get (command, "name", &name, "description", &description, "arguments", &arguments, "category", &category,
                "aliases", &aliases, NULL);
  g_assert_cmpstr (name, ==, "m");
  g_assert_cmpstr (description, ==, "D");
  g_assert_cmpstr (arguments, ==, "…");
  g_assert_cmpstr (category, ==, "c");
  g_assert_cmpstr (aliases[0], ==, "model");
}

static GListModel *
commands (void)
{
  g_autoptr (JsonNode) node = parse (COMMANDS);
  JsonArray *array = mz_json_get_array (mz_json_node_object (node), "commands");
  GListStore *store = g_list_store_new (MZ_TYPE_COMMAND);

  for (guint i = 0; i < mz_json_array_length (array); i++)
    {
      g_autoptr (MzCommand) command = mz_command_new (mz_json_array_object (array, i));

      g_list_store_append (store, command);
    }
  return G_LIST_MODEL (store);
}

static void
test_complete (void)
{
  const struct { const char *text, *expected; } cases[] = {
    { "/", "help model models skill-model Think" },
    { "/mo", "model models skill-model" },
    { "/MODEL", "model models skill-model" },
    { "/models", "models" },
    { "/m", "model models skill-model" },
    { "/t", "Think" },
    { "/thi", "Think" },
    { "/skill", "skill-model" },
    { "/model ", "" },
    { "/model\n", "" },
    { "/home/user", "" },
    { "//", "" },
    { "/nothing", "" },
    { "", "" },
    { "hello /mo", "" },
    { " /mo", "" },
    { NULL, "" },
  };
  g_autoptr (GListModel) model = commands ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) found = mz_commands_complete (model, cases[i].text);
      g_autoptr (GString) names = g_string_new (NULL);

      g_test_message ("%s", cases[i].text != NULL ? cases[i].text : "(null)");
      for (guint j = 0; j < found->len; j++)
        g_string_append_printf (names, "%s%s", j > 0 ? " " : "", mz_command_get_name (g_ptr_array_index (found, j)));
      g_assert_cmpstr (names->str, ==, cases[i].expected);
    }
}

/* An alias that fits wholly stands before one that only begins so. */
static void
test_complete_order (void)
{
  g_autoptr (GListStore) store = g_list_store_new (MZ_TYPE_COMMAND);
  const char *known[] = { "{'name':'x-m'}", "{'name':'one','textAliases':['/mm']}", "{'name':'two','textAliases':['/mm','/m']}", "{'name':'mmm'}" };
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) none = mz_commands_complete (NULL, "/m");

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (MzCommand) command = command_of (known[i]);

      g_list_store_append (store, command);
    }
  found = mz_commands_complete (G_LIST_MODEL (store), "/m");
  g_assert_cmpuint (found->len, ==, 4);
  g_assert_cmpstr (mz_command_get_name (found->pdata[0]), ==, "mmm");
  g_assert_cmpstr (mz_command_get_name (found->pdata[1]), ==, "two");
  g_assert_cmpstr (mz_command_get_name (found->pdata[2]), ==, "one");
  g_assert_cmpstr (mz_command_get_name (found->pdata[3]), ==, "x-m");
  g_assert_cmpuint (none->len, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/command/reads", test_reads);
  g_test_add_func ("/command/nameless", test_nameless);
  g_test_add_func ("/command/properties", test_properties);
  g_test_add_func ("/command/complete", test_complete);
  g_test_add_func ("/command/complete-order", test_complete_order);

  return g_test_run ();
}
