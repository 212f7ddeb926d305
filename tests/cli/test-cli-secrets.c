/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "mz-cli-output.h"
#include "mz-cli-record.h"
#include "mz-cli-secrets.h"
#include "mz-json.h"

#define TOKEN "planted-token-8c1f2e"
#define PASSWORD "planted-password-77aa"

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("moltzer-secrets-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->directory, "secret", NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static void
write_secret (Fixture    *fixture,
              const char *contents,
              gssize      length,
              int         mode)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (fixture->path, contents, length, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (fixture->path, mode), ==, 0);
}

static void
test_file (Fixture       *fixture,
           gconstpointer  data)
{
  static const struct
  {
    const char *contents;
    gssize length;
    const char *expected;
  } rows[] = {
    { "secret\n", -1, "secret" },
    { "secret", -1, "secret" },
    { "secret\r\n", -1, "secret" },
    { "two words\nsecond line\n", -1, "two words" },
    { " spaces stay \n", -1, " spaces stay " },
    { "schlüssel\n", -1, "schlüssel" },
    { "", 0, NULL },
    { "\nsecond\n", -1, NULL },
    { "nul\0inside\n", 11, NULL },
    { "\377\376\n", -1, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *warning = NULL;
      char *secret;

      write_secret (fixture, rows[i].contents, rows[i].length, 0600);
      secret = mz_cli_secret_read_file (fixture->path, &warning, &error);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (secret, ==, rows[i].expected);
      g_assert_null (warning);
      if (rows[i].expected != NULL)
        g_assert_no_error (error);
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      mz_cli_secret_free (secret);
    }
}

static void
test_file_problems (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) large = NULL;
  g_autoptr (GError) folder = NULL;
  g_autofree char *warning = NULL;
  g_autofree char *long_text = g_strnfill (100000, 'x');
  char *secret;

  g_assert_null (mz_cli_secret_read_file (fixture->path, NULL, &missing));
  g_assert_error (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  write_secret (fixture, long_text, -1, 0600);
  g_assert_null (mz_cli_secret_read_file (fixture->path, NULL, &large));
  g_assert_error (large, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);

  g_assert_null (mz_cli_secret_read_file (fixture->directory, NULL, &folder));
  g_assert_nonnull (folder);

  write_secret (fixture, TOKEN "\n", -1, 0644);
  secret = mz_cli_secret_read_file (fixture->path, &warning, NULL);
  g_assert_cmpstr (secret, ==, TOKEN);
  g_assert_nonnull (warning);
  g_assert_nonnull (strstr (warning, fixture->path));
  g_assert_null (strstr (warning, TOKEN));
  mz_cli_secret_free (secret);
}

static void
test_environment (void)
{
  gboolean invalid = FALSE;
  char *secret;

  g_setenv ("MZ_TEST_SECRET", TOKEN, TRUE);
  secret = mz_cli_secret_take_env ("MZ_TEST_SECRET", NULL);
  g_assert_cmpstr (secret, ==, TOKEN);
  g_assert_null (g_getenv ("MZ_TEST_SECRET"));
  mz_cli_secret_free (secret);

  g_assert_null (mz_cli_secret_take_env ("MZ_TEST_SECRET", NULL));

  g_setenv ("MZ_TEST_SECRET", "", TRUE);
  g_assert_null (mz_cli_secret_take_env ("MZ_TEST_SECRET", NULL));
  g_assert_null (g_getenv ("MZ_TEST_SECRET"));
  mz_cli_secret_free (NULL);

  g_setenv ("MZ_TEST_SECRET", "caf\351", TRUE);
  g_assert_null (mz_cli_secret_take_env ("MZ_TEST_SECRET", &invalid));
  g_assert_true (invalid);
  g_assert_null (g_getenv ("MZ_TEST_SECRET"));
}

static void
test_redact (void)
{
  g_autoptr (MzCliOutput) output = mz_cli_output_new ();
  g_autofree char *nothing = mz_cli_output_redact (output, NULL);
  g_autofree char *redacted = NULL;

  mz_cli_output_add_secret (output, TOKEN);
  mz_cli_output_add_secret (output, PASSWORD);
  mz_cli_output_add_secret (output, TOKEN);
  mz_cli_output_add_secret (output, NULL);
  mz_cli_output_add_secret (output, "");

  redacted = mz_cli_output_redact (output, "one " TOKEN ", two " PASSWORD ", again " TOKEN ".");
  g_assert_cmpstr (nothing, ==, "");
  g_assert_null (strstr (redacted, TOKEN));
  g_assert_null (strstr (redacted, PASSWORD));
  g_assert_true (g_str_has_prefix (redacted, "one "));
  g_assert_nonnull (strstr (redacted, "again "));
}

static void
test_record (void)
{
  g_autoptr (MzCliOutput) output = mz_cli_output_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *line = NULL;
  JsonObject *root, *params, *auth, *device;

  mz_cli_output_add_secret (output, TOKEN);
  line = mz_cli_record_line (output, TRUE, 12.5,
                             "{\"type\":\"req\",\"id\":\"r1\",\"method\":\"connect\",\"params\":{"
                             "\"auth\":{\"token\":\"unknown-to-us-1\",\"password\":\"unknown-to-us-2\",\"deviceToken\":\"unknown-to-us-3\"},"
                             "\"device\":{\"publicKey\":\"public-key-bytes\",\"signature\":\"signature-bytes\"},"
                             "\"list\":[\"say " TOKEN "\",1,true,null],\"inputTokens\":5}}");

  g_assert_null (strstr (line, "\n"));
  g_assert_null (strstr (line, TOKEN));
  g_assert_null (strstr (line, "unknown-to-us"));

  node = mz_json_parse (line, strlen (line), 100000, NULL);
  root = mz_json_node_object (node);
  g_assert_nonnull (root);
  g_assert_true (mz_json_get_boolean (root, "sent", FALSE));
  g_assert_cmpfloat (mz_json_get_double (root, "ms", 0), ==, 12.5);
  params = mz_json_get_object (mz_json_get_object (root, "frame"), "params");
  auth = mz_json_get_object (params, "auth");
  device = mz_json_get_object (params, "device");

  /* Still strings, so that the frame keeps to the schema. */
  g_assert_cmpstr (mz_json_get_string (auth, "token"), ==, "[redacted]");
  g_assert_cmpstr (mz_json_get_string (auth, "password"), ==, "[redacted]");
  g_assert_cmpstr (mz_json_get_string (auth, "deviceToken"), ==, "[redacted]");
  g_assert_cmpstr (mz_json_get_string (device, "publicKey"), ==, "public-key-bytes");
  g_assert_cmpstr (mz_json_get_string (device, "signature"), ==, "signature-bytes");
  g_assert_cmpint (mz_json_get_int (params, "inputTokens", 0), ==, 5);
  g_assert_cmpuint (mz_json_array_length (mz_json_get_array (params, "list")), ==, 4);
}

static void
test_record_garbage (void)
{
  g_autoptr (MzCliOutput) output = mz_cli_output_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *line = NULL;

  mz_cli_output_add_secret (output, TOKEN);
  line = mz_cli_record_line (output, FALSE, 0, "not JSON \377 with " TOKEN " in it\n");
  g_assert_null (strstr (line, TOKEN));
  g_assert_null (strstr (line, "\n"));

  node = mz_json_parse (line, strlen (line), 100000, NULL);
  g_assert_false (mz_json_get_boolean (mz_json_node_object (node), "sent", TRUE));
  g_assert_nonnull (mz_json_get_string (mz_json_node_object (node), "text"));
}

static void
test_record_file (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (MzCliOutput) output = mz_cli_output_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  g_auto (GStrv) lines = NULL;
  MzCliRecord *record;
  GStatBuf info;

  mz_cli_output_add_secret (output, TOKEN);
  record = mz_cli_record_new (fixture->path, output, &error);
  g_assert_no_error (error);
  mz_cli_record_frame (record, TRUE, "{\"type\":\"req\",\"params\":{\"auth\":{\"token\":\"" TOKEN "\"}}}");
  mz_cli_record_frame (record, FALSE, "{\"type\":\"event\",\"event\":\"tick\"}");
  mz_cli_record_free (record);

  g_file_get_contents (fixture->path, &contents, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (contents, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_null (strstr (contents, TOKEN));
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  g_assert_null (mz_cli_record_new (fixture->directory, output, &error));
  g_assert_nonnull (error);
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *json;
    const char *expected;
  } rows[] = {
    { "5.03", "5.03" }, { "0.1", "0.1" }, { "-0.25", "-0.25" }, { "100.0", "100.0" }, { "7", "7" }, { "-7", "-7" },
    { "1795344026078", "1795344026078" }, { "{\"a\":[84.2,\"1.50 \\\" 2.50\",null,true]}", "{\"a\":[84.2,\"1.50 \\\" 2.50\",null,true]}" },
    { "0.30000000000000004", "0.30000000000000004" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JsonNode) node = mz_json_parse (rows[i].json, strlen (rows[i].json), 1000, NULL);
      g_autofree char *text = NULL;

      g_assert_nonnull (node);
      text = mz_cli_json_to_string (node, FALSE);
      g_assert_cmpstr (text, ==, rows[i].expected);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/cli/secrets/file", Fixture, NULL, set_up, test_file, tear_down);
  g_test_add ("/cli/secrets/file-problems", Fixture, NULL, set_up, test_file_problems, tear_down);
  g_test_add_func ("/cli/secrets/environment", test_environment);
  g_test_add_func ("/cli/secrets/redact", test_redact);
  g_test_add_func ("/cli/output/numbers", test_numbers);
  g_test_add_func ("/cli/record/line", test_record);
  g_test_add_func ("/cli/record/garbage", test_record_garbage);
  g_test_add ("/cli/record/file", Fixture, NULL, set_up, test_record_file, tear_down);

  return g_test_run ();
}
