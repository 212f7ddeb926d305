/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mz-identity-file.h"
#include "mz-json.h"

#define SEED "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

typedef struct
{
  char *directory;
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("moltzer-identity-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->folder = g_build_filename (fixture->directory, "moltzer", NULL);
  fixture->path = g_build_filename (fixture->folder, "identity.json", NULL);
}

/* Nothing but the file itself may be left: no temporary ones. */
static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->folder);
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
  g_free (fixture->directory);
}

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Also waits for the threads that still write: the next test has the place for itself. */
static void
close_file (MzIdentityFile *file)
{
  gpointer alive = file;
  guint tick = g_timeout_add (2, tick_cb, NULL);

  g_object_add_weak_pointer (G_OBJECT (file), &alive);
  g_object_unref (file);
  while (g_atomic_pointer_get (&alive) != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

typedef MzIdentityFile TestFile;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestFile, close_file)

static int
mode_of (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);

  return info.st_mode & 0777;
}

static void
write_file (Fixture    *fixture,
            const char *contents)
{
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (fixture->folder, 0700);
  g_file_set_contents_full (fixture->path, contents, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}

static char *
read_file (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  char *contents;

  g_file_get_contents (fixture->path, &contents, NULL, &error);
  g_assert_no_error (error);

  return contents;
}

static MzIdentityFile *
open_file (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *warning = NULL;
  MzIdentityFile *file = mz_identity_file_open (fixture->path, &warning, &error);

  g_assert_no_error (error);
  g_assert_null (warning);
  g_assert_nonnull (file);

  return file;
}

static void
flush (MzIdentityFile *file)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mz_identity_file_flush (file, &error));
  g_assert_no_error (error);
}

static void
set_token (MzIdentityFile *file,
           const char     *gateway,
           const char     *token)
{
  mz_identity_set_device_token (mz_identity_file_get_identity (file), gateway, token);
}

static const char *
get_token (MzIdentityFile *file,
           const char     *gateway)
{
  return mz_identity_get_device_token (mz_identity_file_get_identity (file), gateway);
}

static void
test_create (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (TestFile) first = open_file (fixture);
  g_autoptr (TestFile) second = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *contents = read_file (fixture);
  JsonObject *root;

  g_assert_cmpint (mode_of (fixture->path), ==, 0600);
  g_assert_cmpint (mode_of (fixture->folder), ==, 0700);

  node = mz_json_parse (contents, strlen (contents), 100000, NULL);
  root = mz_json_node_object (node);
  g_assert_cmpint (mz_json_get_int (root, "version", 0), ==, 1);
  g_assert_nonnull (mz_json_get_string (root, "seed"));
  g_assert_nonnull (mz_json_get_object (root, "deviceTokens"));

  second = open_file (fixture);
  g_assert_cmpstr (mz_identity_get_device_id (mz_identity_file_get_identity (first)), ==,
                   mz_identity_get_device_id (mz_identity_file_get_identity (second)));
}

static void
test_tokens (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (TestFile) again = NULL;

  {
    g_autoptr (TestFile) file = open_file (fixture);

    set_token (file, "one:443", "token-1");
    set_token (file, "two:443", "token-2");
    set_token (file, "two:443", NULL);
    flush (file);
    }

  g_assert_cmpint (mode_of (fixture->path), ==, 0600);
  again = open_file (fixture);
  g_assert_cmpstr (get_token (again, "one:443"), ==, "token-1");
  g_assert_null (get_token (again, "two:443"));
}

/* Two programs with the same file: what the one learned is not lost to the other. */
static void
test_merge (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (TestFile) a = open_file (fixture);
  g_autoptr (TestFile) b = open_file (fixture);
  g_autoptr (TestFile) c = NULL;
  g_autoptr (TestFile) d = NULL;
  g_autoptr (TestFile) e = NULL;

  set_token (a, "a:1", "of-a");
  set_token (a, "both:1", "of-a");
  flush (a);
  set_token (b, "b:1", "of-b");
  set_token (b, "both:1", "of-b");
  flush (b);

  c = open_file (fixture);
  g_assert_cmpstr (get_token (c, "a:1"), ==, "of-a");
  g_assert_cmpstr (get_token (c, "b:1"), ==, "of-b");
  g_assert_cmpstr (get_token (c, "both:1"), ==, "of-b");

  /* A drops its own; what B wrote meanwhile stays. */
  set_token (a, "a:1", NULL);
  flush (a);
  d = open_file (fixture);
  g_assert_null (get_token (d, "a:1"));
  g_assert_cmpstr (get_token (d, "b:1"), ==, "of-b");
  g_assert_cmpstr (get_token (d, "both:1"), ==, "of-b");

  /* B, which never heard of that, writes something else: it does not bring it back. */
  set_token (b, "new:1", "of-b");
  flush (b);
  e = open_file (fixture);
  g_assert_null (get_token (e, "a:1"));
  g_assert_cmpstr (get_token (e, "new:1"), ==, "of-b");
}

static void
test_unknown_members (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr (TestFile) file = NULL;
  g_autofree char *contents = NULL;

  write_file (fixture, "{\"version\":1,\"seed\":\"" SEED "\",\"note\":\"kept\",\"deviceTokens\":{\"x:1\":\"t\",\"odd\":5}}");
  file = open_file (fixture);
  g_assert_cmpstr (get_token (file, "x:1"), ==, "t");
  set_token (file, "y:1", "u");
  flush (file);

  contents = read_file (fixture);
  g_assert_nonnull (strstr (contents, "\"kept\""));
  g_assert_nonnull (strstr (contents, SEED));
}

static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  static const char *const rows[] = {
    "",
    "{",
    "[]",
    "null",
    "not JSON",
    "{\"seed\":\"" SEED "\"}",
    "{\"version\":\"1\",\"seed\":\"" SEED "\"}",
    "{\"version\":2,\"seed\":\"" SEED "\"}",
    "{\"version\":1}",
    "{\"version\":1,\"seed\":\"\"}",
    "{\"version\":1,\"seed\":\"AAEC\"}",
    "{\"version\":1,\"seed\":7}",
    "{\"version\":1,\"seed\":\"" SEED "AAAA\"}",
    "{\"version\":1,\"seed\":\"" SEED "\",\"deviceTokens\":[]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *after = NULL;

      write_file (fixture, rows[i]);
      g_assert_null (mz_identity_file_open (fixture->path, NULL, &error));

      g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, error != NULL ? error->message : "-");
      g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_IDENTITY);
      g_assert_nonnull (strstr (error->message, fixture->path));
      g_assert_null (strstr (error->message, SEED));

      after = read_file (fixture);
      g_assert_cmpstr (after, ==, rows[i]);
    }
}

/* Damaged while it was in use, or replaced by another device's: it is not overwritten either. */
static void
test_damaged_later (Fixture       *fixture,
                    gconstpointer  data)
{
  static const char *const rows[] = {
    "{ damaged",
    "{\"version\":1,\"seed\":\"" SEED "\",\"deviceTokens\":{}}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TestFile) file = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *after = NULL;

      g_unlink (fixture->path);
      file = open_file (fixture);
      write_file (fixture, rows[i]);
      set_token (file, "x:1", "t");
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_false (mz_identity_file_flush (file, &error));
      g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_IDENTITY);

      after = read_file (fixture);
      g_assert_cmpstr (after, ==, rows[i]);
        }
}

static void
test_removed_later (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (TestFile) file = open_file (fixture);
  g_autoptr (TestFile) again = NULL;

  set_token (file, "a:1", "t");
  flush (file);
  g_unlink (fixture->path);
  set_token (file, "b:1", "u");
  flush (file);

  again = open_file (fixture);
  g_assert_cmpstr (get_token (again, "a:1"), ==, "t");
  g_assert_cmpstr (get_token (again, "b:1"), ==, "u");
}

static void
test_wide_permissions (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (TestFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *warning = NULL;

  write_file (fixture, "{\"version\":1,\"seed\":\"" SEED "\",\"deviceTokens\":{}}");
  g_assert_cmpint (g_chmod (fixture->path, 0644), ==, 0);

  file = mz_identity_file_open (fixture->path, &warning, &error);
  g_assert_no_error (error);
  g_assert_nonnull (warning);
  g_assert_nonnull (strstr (warning, fixture->path));
  g_assert_cmpint (mode_of (fixture->path), ==, 0600);
}

/* At every moment the file is whole: who reads while it is written sees the old one or the new one. */
static gpointer
read_again_and_again (gpointer data)
{
  Fixture *fixture = data;
  guint n = 0;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *contents = read_file (fixture);
      g_autoptr (JsonNode) node = mz_json_parse (contents, strlen (contents), 1000000, NULL);

      if (node != NULL && mz_json_get_string (mz_json_node_object (node), "seed") != NULL)
        n++;
    }

  return GUINT_TO_POINTER (n);
}

static void
test_atomic (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (TestFile) file = open_file (fixture);
  GThread *reader = g_thread_new ("reader", read_again_and_again, fixture);

  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *gateway = g_strdup_printf ("gateway-%u:1", i);

      set_token (file, gateway, "a token that makes the file grow");
      flush (file);
    }

  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (reader)), ==, 200);
}

static void
test_not_a_file (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GError) folder_error = NULL;
  g_autoptr (GError) below_error = NULL;
  g_autofree char *below = NULL;

  g_assert_null (mz_identity_file_open (fixture->directory, NULL, &folder_error));
  g_assert_error (folder_error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_IDENTITY);

  write_file (fixture, "a file");
  below = g_build_filename (fixture->path, "identity.json", NULL);
  g_assert_null (mz_identity_file_open (below, NULL, &below_error));
  g_assert_nonnull (below_error);
}

static void
test_symbolic_link (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *link = g_build_filename (fixture->directory, "link.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TestFile) file = NULL;
  g_autofree char *contents = NULL;

  write_file (fixture, "{\"version\":1,\"seed\":\"" SEED "\",\"deviceTokens\":{}}");
  g_assert_cmpint (symlink (fixture->path, link), ==, 0);

  file = mz_identity_file_open (link, NULL, &error);
  g_assert_no_error (error);
  set_token (file, "x:1", "through-the-link");
  flush (file);

  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  contents = read_file (fixture);
  g_assert_nonnull (strstr (contents, "through-the-link"));
  g_unlink (link);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/cli/identity-file/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("create", test_create);
  ADD ("tokens", test_tokens);
  ADD ("merge", test_merge);
  ADD ("unknown-members", test_unknown_members);
  ADD ("damaged", test_damaged);
  ADD ("damaged-later", test_damaged_later);
  ADD ("removed-later", test_removed_later);
  ADD ("wide-permissions", test_wide_permissions);
  ADD ("atomic", test_atomic);
  ADD ("not-a-file", test_not_a_file);
  ADD ("symbolic-link", test_symbolic_link);
#undef ADD

  return g_test_run ();
}
