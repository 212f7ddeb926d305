/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "composer-fixture.h"

/* Files of a draft, without a display. */

static MzDraftFiles *
files_of (Fixture *fixture)
{
  MzDraftFiles *files = mz_draft_files_for_chat (fixture->chat);

  mz_draft_files_set_gateway (files, fixture->gateway);
  return files;
}

static void
assert_names (MzDraftFiles *files,
              const char   *expected)
{
  GListModel *model = G_LIST_MODEL (mz_draft_files_get_attachments (files));
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (MzOutgoing) file = g_list_model_get_item (model, i);

      g_string_append_printf (names, "%s%s:%s", i > 0 ? " " : "", mz_outgoing_get_name (file), mz_outgoing_get_mime (file));
    }
  g_assert_cmpstr (names->str, ==, expected);
}

/* The only problem, which is taken away. */
static char *
take_problem (MzDraftFiles *files)
{
  GListStore *problems = mz_draft_files_get_problems (files);
  g_autoptr (GtkStringObject) problem = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (problems)), ==, 1);
  problem = g_list_model_get_item (G_LIST_MODEL (problems), 0);
  g_list_store_remove_all (problems);
  return g_strdup (gtk_string_object_get_string (problem));
}

static void
add (Fixture    *fixture,
     const char *name,
     gsize       size)
{
  g_autoptr (GFile) file = make_file (fixture, name, size);

  mz_draft_files_add_file (files_of (fixture), file);
}

/* In the order in which they were added, whatever their size. */
static void
test_read (Fixture       *fixture,
           gconstpointer  data)
{
  MzDraftFiles *files = files_of (fixture);

  add (fixture, "large.txt", 3000000);
  add (fixture, "a.txt", 5);
  add (fixture, "page.html", 100);
  g_assert_true (mz_draft_files_get_reading (files));
  g_assert_cmpuint (g_list_model_get_n_items (mz_draft_files_get_items (files)), ==, 3);
  wait_until (!mz_draft_files_get_reading (files));

  g_assert_cmpuint (g_list_model_get_n_items (mz_draft_files_get_items (files)), ==, 3);
  assert_names (files, "large.txt:text/plain a.txt:text/plain page.html:text/html");
  g_assert_true (mz_draft_files_get_attachments (files) == mz_chat_get_attachments (fixture->chat));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (mz_draft_files_get_problems (files))), ==, 0);
  g_assert_true (mz_draft_files_for_chat (fixture->chat) == files);
}

static void
test_wrong (Fixture       *fixture,
            gconstpointer  data)
{
  MzDraftFiles *files = files_of (fixture);
  g_autoptr (GFile) folder = g_file_new_for_path (fixture->folder);
  g_autoptr (GFile) missing = g_file_get_child (folder, "missing.txt");
  g_autofree char *base = g_file_get_basename (folder);
  g_autofree char *folder_words = g_strdup_printf ("“%s” is a folder. Attach the files in it, or an archive of it.", base);
  const struct { const char *name; gsize size; GFile *file; const char *expected; } cases[] = {
    { "empty.txt", 0, NULL, "“empty.txt” is empty." },
    { "wide.png", 6291457, NULL, "“wide.png” is 6.3\u00a0MB, and this gateway takes images of up to 6.3\u00a0MB. Attach a smaller one." },
    { "long.bin", 20971521, NULL, "“long.bin” is 21.0\u00a0MB, and this gateway takes files of up to" },
    { NULL, 0, missing, "“missing.txt” is not there any more. Choose it again." },
    { NULL, 0, folder, folder_words },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *problem = NULL;

      if (cases[i].file != NULL)
        mz_draft_files_add_file (files, cases[i].file);
      else
        add (fixture, cases[i].name, cases[i].size);
      wait_until (!mz_draft_files_get_reading (files));
      problem = take_problem (files);
      g_test_message ("%s", problem);
      g_assert_true (g_str_has_prefix (problem, cases[i].expected));
    }
  assert_names (files, "");
}

/* Each fits alone, together they do not. */
static void
test_together (Fixture       *fixture,
               gconstpointer  data)
{
  MzDraftFiles *files = files_of (fixture);
  g_autofree char *problem = NULL;

  add (fixture, "one.bin", 15000000);
  add (fixture, "two.bin", 15000000);
  wait_until (!mz_draft_files_get_reading (files));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (mz_draft_files_get_attachments (files))), ==, 1);
  problem = take_problem (files);
  g_assert_true (g_str_has_suffix (problem, "more. Send it with the next one."));
}

/* What is removed is not read any further, and does not come back. */
static void
test_remove (Fixture       *fixture,
             gconstpointer  data)
{
  MzDraftFiles *files = files_of (fixture);
  g_autoptr (GObject) load = NULL;
  g_autoptr (GObject) file = NULL;

  add (fixture, "one.txt", 10);
  add (fixture, "two.txt", 10);
  load = g_list_model_get_item (mz_draft_files_get_items (files), 0);
  g_assert_true (MZ_IS_FILE_LOAD (load));
  mz_draft_files_remove (files, load);
  g_assert_cmpuint (g_list_model_get_n_items (mz_draft_files_get_items (files)), ==, 1);
  wait_until (!mz_draft_files_get_reading (files));
  settle ();
  assert_names (files, "two.txt:text/plain");

  file = g_list_model_get_item (mz_draft_files_get_items (files), 0);
  g_assert_true (MZ_IS_OUTGOING (file));
  mz_draft_files_remove (files, file);
  g_assert_cmpuint (g_list_model_get_n_items (mz_draft_files_get_items (files)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (mz_draft_files_get_problems (files))), ==, 0);
}

/* Reading goes on while nobody looks; it ends when the conversation goes. */
static void
test_dropped (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GListStore) store = g_list_store_new (MZ_TYPE_OUTGOING);
  MzDraftFiles *files = mz_draft_files_new (store);
  g_autoptr (GFile) file = make_file (fixture, "one.txt", 10);

  mz_draft_files_add_file (files, file);
  g_assert_finalize_object (files);
  settle ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, 0);
}

static void
test_texture (Fixture       *fixture,
              gconstpointer  data)
{
  MzDraftFiles *files = files_of (fixture);
  const guint8 pixels[16] = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (2, 2, GDK_MEMORY_R8G8B8A8, bytes, 8);
  g_autoptr (MzOutgoing) file = NULL;

  mz_draft_files_add_texture (files, texture, "Pasted image.png");
  wait_until (!mz_draft_files_get_reading (files));
  assert_names (files, "Pasted image.png:image/png");
  file = g_list_model_get_item (mz_draft_files_get_items (files), 0);
  g_assert_cmpmem (g_bytes_get_data (mz_outgoing_get_bytes (file), NULL), 4, "\x89PNG", 4);
}

static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  MzDraftFiles *files = files_of (fixture);
  g_autoptr (GFile) file = make_file (fixture, "one.txt", 10);
  g_autofree char *problem = NULL;

  for (guint i = 0; i < 120; i++)
    mz_draft_files_add_file (files, file);
  g_assert_cmpuint (g_list_model_get_n_items (mz_draft_files_get_items (files)), ==, 100);
  wait_until (!mz_draft_files_get_reading (files));
  g_assert_cmpuint (g_list_model_get_n_items (mz_draft_files_get_items (files)), ==, 100);
  problem = take_problem (files);
  g_assert_cmpstr (problem, ==, "At most 100 files go with one message.");
}

static void
test_check (Fixture       *fixture,
            gconstpointer  data)
{
  MzDraftFiles *files = files_of (fixture);
  gsize max = mz_hello_get_max_payload (mz_client_get_hello (mz_gateway_get_client (fixture->gateway)));
  g_autofree char *long_text = g_strnfill (max, 'x');
  g_autofree char *short_text = g_strnfill (max - 100000, 'x');
  g_autofree char *quotes = g_strnfill (max / 2, '"');
  g_autofree char *nothing = mz_draft_files_check (files, "");
  g_autofree char *fits = mz_draft_files_check (files, short_text);
  g_autofree char *too_long = mz_draft_files_check (files, long_text);
  g_autofree char *escaped = mz_draft_files_check (files, quotes);
  g_autofree char *together = NULL;

  g_assert_null (nothing);
  g_assert_null (fits);
  g_assert_true (g_str_has_prefix (too_long, "This text is "));
  g_assert_true (g_str_has_suffix (too_long, "Shorten it, or send it in parts."));
  g_assert_true (g_str_has_prefix (escaped, "This text is "));

  add (fixture, "one.bin", 1000000);
  wait_until (!mz_draft_files_get_reading (files));
  together = mz_draft_files_check (files, short_text);
  g_assert_true (g_str_has_prefix (together, "Text and files together "));
}

/* What was added before the gateway told its limits is looked at again. */
static void
test_limits_come (Fixture       *fixture,
                  gconstpointer  data)
{
  MzDraftFiles *files = mz_draft_files_for_chat (fixture->chat);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  mz_draft_files_set_gateway (files, NULL);
  add (fixture, "wide.png", 7000000);
  mz_draft_files_set_gateway (files, NULL);
  wait_until (!mz_draft_files_get_reading (files));
  before = mz_draft_files_check (files, "look");
  g_assert_null (before);
  mz_draft_files_set_gateway (files, fixture->gateway);
  after = mz_draft_files_check (files, "look");
  g_assert_true (g_str_has_prefix (after, "“wide.png” is "));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/composer/files/" name, Fixture, NULL, set_up_gateway, func, tear_down)
  ADD ("read", test_read);
  ADD ("wrong", test_wrong);
  ADD ("together", test_together);
  ADD ("remove", test_remove);
  ADD ("dropped", test_dropped);
  ADD ("texture", test_texture);
  ADD ("many", test_many);
  ADD ("check", test_check);
  ADD ("limits-come", test_limits_come);
#undef ADD

  return g_test_run ();
}
