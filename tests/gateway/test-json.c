/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "mz-gateway-error.h"
#include "mz-json.h"

#define ROOM 4096
#define OK (-1)

#define TEXT(literal) literal, sizeof literal - 1

typedef struct
{
  const char *name;
  const char *data;
  gsize length;
  int check; /* OK or a MzGatewayError */
  int parse;
} GuardCase;

static const GuardCase guard_cases[] = {
  { "object", TEXT ("{}"), OK, OK },
  { "array", TEXT ("[1,2,{\"a\":null}]"), OK, OK },
  { "white space", TEXT (" \t\r\n{ \"a\" : 1 }\n"), OK, OK },
  { "string root", TEXT ("\"a\""), OK, OK },
  { "number root", TEXT ("-1.5e+3"), OK, OK },
  { "literals", TEXT ("[true,false,null]"), OK, OK },
  { "brackets in a string", TEXT ("{\"a\":\"[[[{{{]\"}"), OK, OK },
  { "escaped quote before a bracket", TEXT ("{\"a\":\"\\\"[\"}"), OK, OK },
  { "escaped backslash before the end", TEXT ("{\"a\\\\\":[]}"), OK, OK },
  { "all escapes", TEXT ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\""), OK, OK },
  { "surrogate pair", TEXT ("\"\\ud83d\\ude00\""), OK, OK },
  { "lone high surrogate", TEXT ("\"\\ud83d\""), OK, OK },
  { "lone low surrogate", TEXT ("\"\\ude00\""), OK, OK },
  { "high surrogate before another escape", TEXT ("\"\\ud83d\\n\""), OK, OK },
  { "two high surrogates", TEXT ("\"\\ud83d\\ud83d\""), OK, OK },
  { "escaped NUL", TEXT ("\"a\\u0000b\""), OK, OK },
  { "UTF-8", TEXT ("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""), OK, OK },
  { "empty member name", TEXT ("{\"\":1}"), OK, OK },
  { "same member twice", TEXT ("{\"a\":1,\"a\":2}"), OK, OK },
  { "large integer", TEXT ("99999999999999999999999999"), OK, OK },
  { "large number", TEXT ("1e999"), OK, OK },
  { "many digits in the exponent", TEXT ("[1e-0000000000000000000001,1E+0000000000000000000001]"), OK, OK },

  { "empty", TEXT (""), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "blank", TEXT (" \n\t "), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "NUL alone", TEXT ("\0"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "NUL at the end", TEXT ("{}\0"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "NUL between", TEXT ("[1,\0 2]"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "NUL in a string", TEXT ("\"a\0b\""), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "newline in a string", TEXT ("\"a\nb\""), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "stray byte", TEXT ("\"\x80\""), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "overlong", TEXT ("\"\xc0\xaf\""), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "surrogate in UTF-8", TEXT ("\"\xed\xa0\xbd\""), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "beyond Unicode", TEXT ("\"\xf4\x90\x80\x80\""), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "cut character", TEXT ("\"\xe2\x82\""), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "byte order mark", TEXT ("\xef\xbb\xbf{}"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "comment", TEXT ("/* \" */ {}"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "line comment", TEXT ("// \"\n{}"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "hash comment", TEXT ("# \"\n{}"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "single quotes", TEXT ("['\"']"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "script", TEXT ("var a = {};"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "NaN", TEXT ("NaN"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "hexadecimal", TEXT ("0x10"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "page", TEXT ("<!DOCTYPE html><html></html>"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "no end of the string", TEXT ("\"abc"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "no end of the escape", TEXT ("\"abc\\"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "no end of the Unicode escape", TEXT ("\"\\u12"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "broken Unicode escape", TEXT ("\"\\u12g4\""), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "octal escape", TEXT ("\"\\012\""), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "escaped single quote", TEXT ("\"\\'\""), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "no end of the array", TEXT ("[1"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "no beginning of the array", TEXT ("]"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "two objects", TEXT ("{}{}"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "two strings", TEXT ("\"a\" \"b\""), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },

  { "two numbers", TEXT ("1 2"), OK, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "a number and an object", TEXT ("1 {}"), MZ_GATEWAY_ERROR_BAD_FRAME, MZ_GATEWAY_ERROR_BAD_FRAME },

  { "wrong bracket", TEXT ("[}"), OK, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "word", TEXT ("nul"), OK, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "no value", TEXT ("{\"a\":}"), OK, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "no colon", TEXT ("{\"a\" 1}"), OK, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "number as a name", TEXT ("{1:1}"), OK, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "comma alone", TEXT (","), OK, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "minus alone", TEXT ("-"), OK, MZ_GATEWAY_ERROR_BAD_FRAME },
};

static void
assert_outcome (const GuardCase *c,
                int              expected,
                const GError    *error)
{
  if (expected == OK)
    {
      g_assert_no_error (error);
    }
  else
    {
      g_assert_nonnull (error);
      g_assert_true (error->domain == MZ_GATEWAY_ERROR);
      g_assert_cmpint (error->code, ==, expected);
    }
}

static void
test_guard (gconstpointer data)
{
  const GuardCase *c = data;
  g_autoptr (GError) check_error = NULL;
  g_autoptr (GError) parse_error = NULL;
  g_autoptr (JsonNode) node = NULL;
  /* Without the NUL that a literal has, so that a read beyond the end shows. */
  g_autofree char *copy = g_memdup2 (c->data, MAX (c->length, 1));

  g_assert_cmpint (mz_json_check (copy, c->length, ROOM, MZ_JSON_MAX_DEPTH, &check_error), ==, c->check == OK);
  assert_outcome (c, c->check, check_error);

  node = mz_json_parse (copy, c->length, ROOM, &parse_error);
  g_assert_cmpint (node != NULL, ==, c->parse == OK);
  assert_outcome (c, c->parse, parse_error);
}

static void
test_sizes (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mz_json_check ("[12]", 4, 4, 1, NULL));
  g_assert_false (mz_json_check ("[12]", 4, 3, 1, &error));
  g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (mz_json_parse ("[12]", 4, 3, &error));
  g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (mz_json_parse (NULL, 0, 3, &error));
  g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME);
}

static char *
nest (const char *open,
      const char *between,
      const char *close,
      guint       depth)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, open);
  g_string_append (text, between);
  for (guint i = 0; i < depth; i++)
    g_string_append (text, close);
  return g_string_free (text, FALSE);
}

static void
test_depth (void)
{
  static const struct
  {
    const char *open;
    const char *close;
  } kinds[] = {
    { "[", "]" },
    { "{\"a\":", "}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      for (guint depth = 199; depth <= 201; depth++)
        {
          g_autofree char *text = nest (kinds[i].open, "1", kinds[i].close, depth);
          g_autoptr (GError) error = NULL;
          g_autoptr (JsonNode) node = mz_json_parse (text, strlen (text), ROOM, &error);

          g_assert_cmpint (node != NULL, ==, depth <= 200);
          if (depth > 200)
            g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME);
          else
            g_assert_no_error (error);
        }
    }
  g_assert_true (mz_json_check ("[]", 2, ROOM, 1, NULL));
  g_assert_false (mz_json_check ("[]", 2, ROOM, 0, NULL));
  g_assert_true (mz_json_check ("1", 1, ROOM, 0, NULL));
}

static void
test_deep (void)
{
  /* What crashes json-glib on its own. The watch is generous: it is there to see a guard that reads on. */
  static const char * const openers[] = { "[", "{\"a\":", "[{\"a\":" };

  for (guint i = 0; i < G_N_ELEMENTS (openers); i++)
    {
      g_autofree char *text = nest (openers[i], "", "", 80000);
      g_autoptr (GError) error = NULL;
      gint64 start = g_get_monotonic_time ();

      g_assert_null (mz_json_parse (text, strlen (text), G_MAXINT32, &error));
      g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME);
      g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
    }
}

static void
test_secret (void)
{
  static const char * const texts[] = { "{\"token\":\"hunter2\" hunter2", "{\"hunter2\" 5}", "{\"t\":hunter2}", "[\"hunter2\",nul]" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mz_json_parse (texts[i], strlen (texts[i]), ROOM, &error));
      g_assert_null (strstr (error->message, "hunter"));
    }
}

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = mz_json_parse (text, strlen (text), ROOM, &error);

  g_assert_no_error (error);
  return node;
}

static void
test_mending (void)
{
  static const struct
  {
    const char *json;
    const char *string;
  } cases[] = {
    { "\"a\\ud83d\\ude00b\"", "a\xf0\x9f\x98\x80" "b" },
    { "\"a\\ud83db\"", "a\xef\xbf\xbd" "b" },
    { "\"a\\uDE00b\"", "a\xef\xbf\xbd" "b" },
    { "\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80" },
    { "\"\\ud83d\\u0041\"", "\xef\xbf\xbd" "A" },
    { "\"\\ud83d\\\\ude00\"", "\xef\xbf\xbd\\ude00" },
    { "\"a\\u0000b\"", "a\xef\xbf\xbd" "b" },
    { "\"\\\\u0000\\\\ud83d\"", "\\u0000\\ud83d" },
    { "\"12345678901234567890123\"", "12345678901234567890123" },
  };
  g_autoptr (JsonNode) numbers = parse ("[99999999999999999999,-99999999999999999999,{\"s\":\"\\ud83d\",\"n\":18446744073709551615}]");
  JsonArray *array = mz_json_node_array (numbers);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonNode) node = parse (cases[i].json);

      g_assert_cmpstr (mz_json_node_string (node), ==, cases[i].string);
    }

  g_assert_cmpfloat (json_node_get_double (mz_json_array_node (array, 0)), ==, 1e20);
  g_assert_cmpfloat (json_node_get_double (mz_json_array_node (array, 1)), ==, -1e20);
  g_assert_cmpstr (mz_json_get_string (mz_json_array_object (array, 2), "s"), ==, "\xef\xbf\xbd");
  g_assert_cmpint (mz_json_get_int (mz_json_array_object (array, 2), "n", 7), ==, 7);
}

static void
test_integers (void)
{
  static const struct
  {
    const char *json;
    gint64 expected; /* -99: the fallback */
  } cases[] = {
    { "0", 0 },
    { "-7", -7 },
    { "1.0", 1 },
    { "-1.0", -1 },
    { "1e3", 1000 },
    { "1.5", -99 },
    { "1e-3", -99 },
    { "1e19", -99 },
    { "-1e19", -99 },
    { "1e999", -99 },
    { "-1e999", -99 },
    { "999999999999999999", 999999999999999999 },
    { "-9223372036854775808", G_MININT64 },
    { "9223372036854775808", -99 },
    { "\"1\"", -99 },
    { "true", -99 },
    { "null", -99 },
    { "[1]", -99 },
    { "{}", -99 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"n\":%s}", cases[i].json);
      g_autoptr (JsonNode) node = parse (text);

      g_assert_cmpint (mz_json_get_int (mz_json_node_object (node), "n", -99), ==, cases[i].expected);
    }
}

/* Every getter on every type of member: what fits is given, what does not is a fallback, and nothing is logged (criticals are fatal). */
static void
test_getters (void)
{
  static const struct
  {
    const char *name;
    const char *string;
    gint64 integer;
    double number;
    gboolean boolean;
    gboolean object;
    gboolean array;
    gboolean null;
    gboolean has;
  } cases[] = {
    { "string", "text", -9, -9.5, 2, FALSE, FALSE, FALSE, TRUE },
    { "integer", NULL, 42, 42, 2, FALSE, FALSE, FALSE, TRUE },
    { "double", NULL, -9, 0.5, 2, FALSE, FALSE, FALSE, TRUE },
    { "infinite", NULL, -9, -9.5, 2, FALSE, FALSE, FALSE, TRUE },
    { "true", NULL, -9, -9.5, TRUE, FALSE, FALSE, FALSE, TRUE },
    { "false", NULL, -9, -9.5, FALSE, FALSE, FALSE, FALSE, TRUE },
    { "object", NULL, -9, -9.5, 2, TRUE, FALSE, FALSE, TRUE },
    { "array", NULL, -9, -9.5, 2, FALSE, TRUE, FALSE, TRUE },
    { "null", NULL, -9, -9.5, 2, FALSE, FALSE, TRUE, TRUE },
    { "missing", NULL, -9, -9.5, 2, FALSE, FALSE, TRUE, FALSE },
    { "", "nameless", -9, -9.5, 2, FALSE, FALSE, FALSE, TRUE },
  };
  g_autoptr (JsonNode) node = parse ("{\"string\":\"text\",\"integer\":42,\"double\":0.5,\"infinite\":1e999,\"true\":true,\"false\":false,"
                                     "\"object\":{},\"array\":[],\"null\":null,\"\":\"nameless\"}");
  JsonObject *object = mz_json_node_object (node);

  g_assert_nonnull (object);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *name = cases[i].name;
      g_auto (GStrv) strv = mz_json_get_strv (object, name);

      g_assert_cmpstr (mz_json_get_string (object, name), ==, cases[i].string);
      g_assert_cmpint (mz_json_get_int (object, name, -9), ==, cases[i].integer);
      g_assert_cmpfloat (mz_json_get_double (object, name, -9.5), ==, cases[i].number);
      g_assert_cmpint (mz_json_get_boolean (object, name, 2), ==, cases[i].boolean);
      g_assert_cmpint (mz_json_get_object (object, name) != NULL, ==, cases[i].object);
      g_assert_cmpint (mz_json_get_array (object, name) != NULL, ==, cases[i].array);
      g_assert_cmpint (strv != NULL, ==, cases[i].array);
      g_assert_cmpint (mz_json_is_null (object, name), ==, cases[i].null);
      g_assert_cmpint (mz_json_has (object, name), ==, cases[i].has);
      g_assert_cmpint (mz_json_get_node (object, name) != NULL, ==, cases[i].has);

      g_assert_null (mz_json_get_string (NULL, name));
      g_assert_cmpint (mz_json_get_int (NULL, name, -9), ==, -9);
      g_assert_cmpfloat (mz_json_get_double (NULL, name, -9.5), ==, -9.5);
      g_assert_true (mz_json_get_boolean (NULL, name, TRUE));
      g_assert_null (mz_json_get_object (NULL, name));
      g_assert_null (mz_json_get_array (NULL, name));
      g_assert_null (mz_json_get_strv (NULL, name));
      g_assert_true (mz_json_is_null (NULL, name));
      g_assert_false (mz_json_has (NULL, name));
    }
  g_assert_null (mz_json_node_object (NULL));
  g_assert_null (mz_json_node_array (NULL));
  g_assert_null (mz_json_node_string (NULL));
  g_assert_null (mz_json_node_array (node));
  g_assert_null (mz_json_node_string (node));
}

static void
test_arrays (void)
{
  g_autoptr (JsonNode) node = parse ("{\"a\":[\"x\",1,null,{\"b\":1},[],true,\"y\"]}");
  JsonArray *array = mz_json_get_array (mz_json_node_object (node), "a");
  g_auto (GStrv) strv = mz_json_get_strv (mz_json_node_object (node), "a");
  static const char * const expected[] = { "x", "y", NULL };

  g_assert_cmpuint (mz_json_array_length (array), ==, 7);
  for (guint i = 0; i < 9; i++)
    {
      g_assert_cmpint (mz_json_array_node (array, i) != NULL, ==, i < 7);
      g_assert_cmpint (mz_json_array_string (array, i) != NULL, ==, i == 0 || i == 6);
      g_assert_cmpint (mz_json_array_object (array, i) != NULL, ==, i == 3);
    }
  g_assert_cmpstrv (strv, expected);
  g_assert_cmpuint (mz_json_array_length (NULL), ==, 0);
  g_assert_null (mz_json_array_node (NULL, 0));
  g_assert_null (mz_json_array_object (NULL, 0));
  g_assert_null (mz_json_array_string (NULL, 0));
}

static void
test_to_string (void)
{
  static const char * const texts[] = { "{\"a\":[1,true,null,\"x\\ny\"]}", "[]", "\"\xc3\xa9\"" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) node = parse (texts[i]);
      g_autofree char *text = mz_json_to_string (node);

      g_assert_cmpstr (text, ==, texts[i]);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (guard_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/json/guard/%s", guard_cases[i].name);

      g_test_add_data_func (path, &guard_cases[i], test_guard);
    }
  g_test_add_func ("/json/sizes", test_sizes);
  g_test_add_func ("/json/depth", test_depth);
  g_test_add_func ("/json/deep", test_deep);
  g_test_add_func ("/json/secret", test_secret);
  g_test_add_func ("/json/mending", test_mending);
  g_test_add_func ("/json/integers", test_integers);
  g_test_add_func ("/json/getters", test_getters);
  g_test_add_func ("/json/arrays", test_arrays);
  g_test_add_func ("/json/to-string", test_to_string);
  return g_test_run ();
}
