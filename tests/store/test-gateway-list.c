/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-gateway-list.h"

typedef struct
{
  GSettings *settings;
  MzGatewayList *list;
  GString *changes;
} Fixture;

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  GString    *changes)
{
  g_string_append_printf (changes, "%u-%u+%u;", position, removed, added);
}

static void
open_list (Fixture *fixture)
{
  g_clear_object (&fixture->list);
  fixture->list = mz_gateway_list_new (fixture->settings);
  g_signal_connect (fixture->list, "items-changed", G_CALLBACK (items_changed_cb), fixture->changes);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->settings = g_settings_new (MZ_APP_ID);
  g_settings_reset (fixture->settings, "gateways");
  fixture->changes = g_string_new (NULL);
  open_list (fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_object (&fixture->list);
  g_clear_object (&fixture->settings);
  g_string_free (fixture->changes, TRUE);
}

static void
put (Fixture    *fixture,
     const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = g_variant_parse (G_VARIANT_TYPE ("aa{sv}"), text, NULL, NULL, &error);

  g_assert_no_error (error);
  g_settings_set_value (fixture->settings, "gateways", value);
  open_list (fixture);
}

static void
assert_saved (Fixture    *fixture,
              const char *expected)
{
  g_autoptr (GVariant) value = g_settings_get_value (fixture->settings, "gateways");
  g_autofree char *text = g_variant_print (value, FALSE);

  g_assert_cmpstr (text, ==, expected);
}

/* The names, in order */
static void
assert_names (Fixture    *fixture,
              const char *expected)
{
  GListModel *model = G_LIST_MODEL (fixture->list);
  g_autoptr (GString) names = g_string_new (NULL);

  g_assert_true (g_list_model_get_item_type (model) == MZ_TYPE_GATEWAY_ENTRY);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (MzGatewayEntry) entry = g_list_model_get_item (model, i);

      g_string_append_printf (names, "%s%s", i > 0 ? " " : "", mz_gateway_entry_get_name (entry));
    }
  g_assert_null (g_list_model_get_item (model, g_list_model_get_n_items (model)));
  g_assert_cmpstr (names->str, ==, expected);
}

static MzGatewayEntry *
add (Fixture    *fixture,
     const char *id,
     const char *address,
     gboolean    is_transient)
{
  g_autoptr (MzGatewayEntry) entry = mz_gateway_entry_new (id, address, is_transient);

  mz_gateway_list_add (fixture->list, entry);
  return mz_gateway_list_lookup (fixture->list, id);
}

static void
test_keeps (Fixture       *fixture,
            gconstpointer  data)
{
  MzGatewayEntry *one, *two;

  assert_names (fixture, "");
  one = add (fixture, "1", "one", FALSE);
  two = add (fixture, "2", "two", FALSE);
  g_assert_cmpstr (fixture->changes->str, ==, "0-0+1;1-0+1;");
  assert_names (fixture, "one two");

  mz_gateway_entry_set_name (two, "Zwei");
  mz_gateway_entry_set_auto_connect (one, TRUE);
  assert_saved (fixture,
                "[{'id': <'1'>, 'address': <'one'>, 'credential': <'none'>, 'strategy': <'auto'>, 'auto-connect': <true>}, "
                "{'id': <'2'>, 'name': <'Zwei'>, 'address': <'two'>, 'credential': <'none'>, 'strategy': <'auto'>}]");

  open_list (fixture);
  assert_names (fixture, "one Zwei");
  g_assert_true (mz_gateway_entry_get_auto_connect (mz_gateway_list_lookup (fixture->list, "1")));

  mz_gateway_list_remove (fixture->list, mz_gateway_list_lookup (fixture->list, "1"));
  g_assert_cmpstr (fixture->changes->str, ==, "0-0+1;1-0+1;0-1+0;");
  assert_names (fixture, "Zwei");
  open_list (fixture);
  assert_names (fixture, "Zwei");
}

/* An entry that was removed is none of the list's business any more. */
static void
test_removed (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (MzGatewayEntry) entry = g_object_ref (add (fixture, "1", "one", FALSE));

  mz_gateway_list_remove (fixture->list, entry);
  mz_gateway_entry_set_name (entry, "Afterwards");
  assert_saved (fixture, "[]");
  mz_gateway_list_remove (fixture->list, entry);
  g_assert_cmpstr (fixture->changes->str, ==, "0-0+1;0-1+0;");
  g_assert_null (mz_gateway_list_lookup (fixture->list, "1"));

  /* Nor is one whose list has gone. */
  add (fixture, "2", "two", FALSE);
  g_set_object (&entry, mz_gateway_list_lookup (fixture->list, "2"));
  g_clear_object (&fixture->list);
  g_settings_reset (fixture->settings, "gateways");
  mz_gateway_entry_set_name (entry, "Afterwards");
  assert_saved (fixture, "[]");
}

static void
test_transient (Fixture       *fixture,
                gconstpointer  data)
{
  MzGatewayEntry *demo = add (fixture, "demo", "127.0.0.1:1234", TRUE);

  assert_saved (fixture, "[]");
  mz_gateway_entry_set_name (demo, "Demo");
  assert_saved (fixture, "[]");
  add (fixture, "1", "one", FALSE);
  assert_names (fixture, "Demo one");
  assert_saved (fixture, "[{'id': <'1'>, 'address': <'one'>, 'credential': <'none'>, 'strategy': <'auto'>}]");
  mz_gateway_list_remove (fixture->list, demo);
  assert_names (fixture, "one");
}

/* What this version does not understand stays where it was. */
static void
test_newer (Fixture       *fixture,
            gconstpointer  data)
{
  put (fixture,
       "[{'kind': <'group'>}, "
       "{'id': <'1'>, 'address': <'one'>, 'credential': <'none'>, 'strategy': <'auto'>, 'colour': <'red'>}, "
       "{'id': <'x'>, 'address': <'unix:/run/gateway'>}, "
       "{'id': <'1'>, 'address': <'same-id'>}, "
       "{'id': <'2'>, 'address': <'two'>, 'credential': <'none'>, 'strategy': <'auto'>}]");
  assert_names (fixture, "one two");

  mz_gateway_entry_set_name (mz_gateway_list_lookup (fixture->list, "1"), "Eins");
  add (fixture, "3", "three", FALSE);
  mz_gateway_list_remove (fixture->list, mz_gateway_list_lookup (fixture->list, "2"));
  g_assert_cmpstr (fixture->changes->str, ==, "2-0+1;1-1+0;");
  assert_saved (fixture,
                "[{'kind': <'group'>}, "
                "{'id': <'1'>, 'name': <'Eins'>, 'address': <'one'>, 'credential': <'none'>, 'strategy': <'auto'>, 'colour': <'red'>}, "
                "{'id': <'x'>, 'address': <'unix:/run/gateway'>}, "
                "{'id': <'1'>, 'address': <'same-id'>}, "
                "{'id': <'3'>, 'address': <'three'>, 'credential': <'none'>, 'strategy': <'auto'>}]");
}

static void
test_find (Fixture       *fixture,
           gconstpointer  data)
{
  static const struct
  {
    const char *name;
    const char *id;             /* NULL for none */
  } cases[] = {
    { "Büro", "1" },
    { "BÜRO", "1" },
    { "bu\xcc\x88ro", "1" },
    { " büro ", "1" },
    { "bur", NULL },
    { "studio.tail1234.ts.net", "1" },
    { "wss://studio.tail1234.ts.net", "1" },
    { "https://Studio.tail1234.ts.net:443/", "1" },
    { "ws://studio.tail1234.ts.net", NULL },
    { "attic", "2" },
    { "ATTIC:18789", "2" },
    { "ws://attic", "2" },
    { "cellar", "3" }, /* a name goes before an address */
    { "", NULL },
    { "\xff", NULL },
    { NULL, NULL },
  };

  mz_gateway_entry_set_name (add (fixture, "1", "studio.tail1234.ts.net", FALSE), "Büro");
  add (fixture, "2", "attic", FALSE);
  mz_gateway_entry_set_name (add (fixture, "4", "cellar", FALSE), "Other");
  mz_gateway_entry_set_name (add (fixture, "3", "roof", FALSE), "Cellar");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MzGatewayEntry *found = mz_gateway_list_find (fixture->list, cases[i].name);

      g_assert_cmpstr (found != NULL ? mz_gateway_entry_get_id (found) : NULL, ==, cases[i].id);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/gateway-list/keeps", Fixture, NULL, set_up, test_keeps, tear_down);
  g_test_add ("/gateway-list/removed", Fixture, NULL, set_up, test_removed, tear_down);
  g_test_add ("/gateway-list/transient", Fixture, NULL, set_up, test_transient, tear_down);
  g_test_add ("/gateway-list/newer", Fixture, NULL, set_up, test_newer, tear_down);
  g_test_add ("/gateway-list/find", Fixture, NULL, set_up, test_find, tear_down);

  return g_test_run ();
}
