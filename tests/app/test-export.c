/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Exports from the embedded gateway into files: all of it, in order, once; and nothing at all when something comes between. */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app-fixture.h"
#include "mz-export-file.h"
#include "mz-export-spool.h"
#include "mz-export.h"
#include "mz-json.h"

#define LONG_HISTORY "agent:main:dashboard:long-history"
#define N_MESSAGES 2000

typedef struct
{
  Fixture *fixture;
  char *folder;
  GFile *file;
  GCancellable *cancellable;

  guint n_told;
  double last;
  double cancel_at; /* 0: never */
  gboolean interfere;
  gboolean drop;

  gboolean done;
  gint64 n_rows;
  GError *error;
} Export;

static void
export_begin (Export  *export,
              Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  *export = (Export) { .fixture = fixture, .cancellable = g_cancellable_new () };
  export->folder = g_dir_make_tmp ("moltzer-test-XXXXXX", &error);
  g_assert_no_error (error);
  export->file = g_file_new_build_filename (export->folder, "out", NULL);
}

static guint
count_files (Export *export)
{
  g_autoptr (GDir) dir = g_dir_open (export->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
export_end (Export *export)
{
  g_autoptr (GDir) dir = g_dir_open (export->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (export->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (export->folder);
  g_clear_error (&export->error);
  g_clear_object (&export->cancellable);
  g_clear_object (&export->file);
  g_free (export->folder);
}

static void
say_something (Export *export)
{
  g_autofree char *key = g_uuid_string_random ();
  JsonObject *object = json_object_new ();
  JsonNode *params = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (object, "sessionKey", LONG_HISTORY);
  json_object_set_string_member (object, "message", "say: meanwhile");
  json_object_set_string_member (object, "idempotencyKey", key);
  json_node_take_object (params, object);
  mz_client_request_async (mz_gateway_get_client (export->fixture->gateway), "chat.send", params, 0, NULL, NULL, NULL);
}

static void
progress_cb (double   fraction,
             gint64   n_messages,
             gpointer user_data)
{
  Export *export = user_data;

  g_assert_false (export->done);
  g_assert_cmpfloat (fraction, >=, export->last);
  g_assert_cmpfloat (fraction, <=, 1);
  export->last = fraction;
  export->n_told++;

  if (export->cancel_at > 0 && fraction >= export->cancel_at)
    g_cancellable_cancel (export->cancellable);
  if (export->interfere && fraction < MZ_EXPORT_ALL_READ)
    say_something (export);
  if (export->drop)
    mz_demo_gateway_drop_all (export->fixture->demo);
}

static void
exported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Export *export = user_data;

  export->n_rows = mz_export_finish (MZ_CLIENT (source), result, &export->error);
  export->done = TRUE;
}

static void
export_session (Export         *export,
                const char     *key,
                MzExportFormat  format)
{
  MzExportOptions options = { .format = format, .tools = TRUE, .reasoning = TRUE };

  export->done = FALSE;
  export->last = -1;
  mz_export_to_file_async (mz_gateway_get_client (export->fixture->gateway), key, NULL, &options, export->file, progress_cb, export,
                           export->cancellable, exported_cb, export);
  wait_until (export->done);
}

static char *
read_file (Export *export)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_load_contents (export->file, NULL, &text, NULL, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* Numbers that follow each other, from @first to the end. */
static void
assert_all (Export  *export,
            gint64   first,
            gboolean complete)
{
  g_autofree char *text = read_file (export);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mz_json_parse (text, strlen (text), strlen (text) + 1, &error);
  JsonObject *object = mz_json_node_object (node);
  JsonArray *messages = mz_json_get_array (object, "messages");

  g_assert_no_error (error);
  g_assert_cmpint (mz_json_get_boolean (object, "complete", !complete), ==, complete);
  g_assert_cmpint (mz_json_array_length (messages), ==, N_MESSAGES + 1 - first);
  g_assert_cmpint (export->n_rows, ==, N_MESSAGES + 1 - first);
  for (guint i = 0; i < mz_json_array_length (messages); i++)
    {
      JsonObject *message = mz_json_array_object (messages, i);
      g_autofree char *start = g_strdup_printf ("Message %u:", (guint) first + i);

      g_assert_cmpint (mz_json_get_int (message, "seq", -1), ==, first + i);
      g_assert_true (g_str_has_prefix (mz_json_get_string (message, "text"), start));
    }
}

static void
test_all (Fixture       *fixture,
          gconstpointer  data)
{
  Export export;
  GStatBuf info;

  connect_and_wait (fixture);
  export_begin (&export, fixture);
  export_session (&export, LONG_HISTORY, MZ_EXPORT_JSON);
  g_assert_no_error (export.error);
  assert_all (&export, 1, TRUE);
  g_assert_cmpfloat (export.last, ==, 1);
  g_assert_cmpuint (export.n_told, >, 10);
  g_assert_cmpuint (count_files (&export), ==, 1);
  g_assert_cmpint (g_stat (g_file_peek_path (export.file), &info), ==, 0);
#ifdef G_OS_UNIX
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
#endif
  export_end (&export);
}

/* Each page moves while it is asked for the next one. */
static void
test_meanwhile (Fixture       *fixture,
                gconstpointer  data)
{
  Export export;

  connect_and_wait (fixture);
  export_begin (&export, fixture);
  export.interfere = TRUE;
  export_session (&export, LONG_HISTORY, MZ_EXPORT_JSON);
  g_assert_no_error (export.error);
  assert_all (&export, 1, TRUE);
  export_end (&export);
}

static void
test_protocol_3 (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *text = NULL;
  Export export;

  mz_demo_gateway_set_protocol (fixture->demo, 3);
  connect_and_wait (fixture);
  export_begin (&export, fixture);
  export_session (&export, LONG_HISTORY, MZ_EXPORT_JSON);
  g_assert_no_error (export.error);
  assert_all (&export, N_MESSAGES - 999, FALSE);
  export_session (&export, LONG_HISTORY, MZ_EXPORT_HTML);
  g_assert_no_error (export.error);
  text = read_file (&export);
  g_assert_nonnull (strstr (text, "what came before is missing"));
  export_end (&export);
}

static void
test_formats (Fixture       *fixture,
              gconstpointer  data)
{
  static const char *const expected[] = {
    [MZ_EXPORT_MARKDOWN] = "**Tool** exec\n\n```sh\ndf -h /\n```\n\n```\nFilesystem",
    [MZ_EXPORT_JSON] = "\"tool\":\"exec\"",
    [MZ_EXPORT_HTML] = "<code>df -h /</code>",
  };
  Export export;

  connect_and_wait (fixture);
  export_begin (&export, fixture);
  for (int format = MZ_EXPORT_MARKDOWN; format <= MZ_EXPORT_HTML; format++)
    {
      g_autofree char *text = NULL;

      export_session (&export, "main", (MzExportFormat) format);
      g_assert_no_error (export.error);
      text = read_file (&export);
      g_assert_nonnull (strstr (text, expected[format]));
      g_assert_nonnull (strstr (text, "265 GiB free"));
    }
  export_end (&export);
}

/* The demo keeps its picture beside the messages. */
static void
test_picture (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *text = NULL;
  Export export;

  connect_and_wait (fixture);
  export_begin (&export, fixture);
  export_session (&export, "agent:main:dashboard:lisbon", MZ_EXPORT_HTML);
  g_assert_no_error (export.error);
  text = read_file (&export);
  g_assert_nonnull (strstr (text, "<img alt=\"Evening light over four ridges\" src=\"data:image/png;base64,iVBORw0KGgo"));
  export_end (&export);
}

static const double moments[] = { 0.05, 0.5, MZ_EXPORT_ALL_READ, 0.95 };

/* At any time; and what was there before still is. */
static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  connect_and_wait (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autofree char *text = NULL;
      Export export;

      export_begin (&export, fixture);
      export.cancel_at = moments[i];
      g_assert_true (g_file_set_contents (g_file_peek_path (export.file), "before", -1, NULL));
      export_session (&export, LONG_HISTORY, MZ_EXPORT_MARKDOWN);
      text = read_file (&export);
      g_assert_cmpuint (count_files (&export), ==, 1);

      /* While it is written it can be too late, and then it is whole. */
      if (export.error != NULL || moments[i] < MZ_EXPORT_ALL_READ)
        {
          g_assert_error (export.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          g_assert_cmpstr (text, ==, "before");
        }
      else
        {
          g_assert_cmpint (export.n_rows, ==, N_MESSAGES);
          g_assert_nonnull (strstr (text, "Message 2000:"));
        }
      export_end (&export);
    }
}

static void
test_lost (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *text = NULL;
  Export export;

  connect_and_wait (fixture);
  export_begin (&export, fixture);
  export.drop = TRUE;
  g_assert_true (g_file_set_contents (g_file_peek_path (export.file), "before", -1, NULL));
  export_session (&export, LONG_HISTORY, MZ_EXPORT_MARKDOWN);
  g_assert_true (mz_gateway_error_is_no_connection (export.error));
  text = read_file (&export);
  g_assert_cmpstr (text, ==, "before");
  g_assert_cmpuint (count_files (&export), ==, 1);
  export_end (&export);
}

static void
test_places (Fixture       *fixture,
             gconstpointer  data)
{
  Export export;
  g_autofree char *link = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GFile) target = NULL;

  connect_and_wait (fixture);

  export_begin (&export, fixture);
  g_set_object (&export.file, NULL);
  export.file = g_file_new_for_path (export.folder);
  export_session (&export, "main", MZ_EXPORT_MARKDOWN);
  g_assert_error (export.error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_assert_cmpuint (count_files (&export), ==, 0);
  g_clear_error (&export.error);

  g_clear_object (&export.file);
  export.file = g_file_new_build_filename (export.folder, "none", "out", NULL);
  export_session (&export, "main", MZ_EXPORT_MARKDOWN);
  g_assert_error (export.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&export.error);

#ifdef G_OS_UNIX
  /* A device stays one, and a link a link. */
  g_clear_object (&export.file);
  export.file = g_file_new_for_path ("/dev/null");
  export_session (&export, "main", MZ_EXPORT_MARKDOWN);
  g_assert_no_error (export.error);
  g_assert_cmpint (g_file_query_file_type (export.file, G_FILE_QUERY_INFO_NONE, NULL), ==, G_FILE_TYPE_SPECIAL);

  g_clear_object (&export.file);
  export.file = g_file_new_build_filename (export.folder, "link", NULL);
  link = g_build_filename (export.folder, "target", NULL);
  target = g_file_new_for_path (link);
  g_assert_true (g_file_set_contents (link, "before", -1, NULL));
  g_assert_true (g_file_make_symbolic_link (export.file, "target", NULL, NULL));
  export_session (&export, "main", MZ_EXPORT_MARKDOWN);
  g_assert_no_error (export.error);
  g_assert_cmpint (g_file_query_file_type (export.file, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL), ==, G_FILE_TYPE_SYMBOLIC_LINK);
  g_assert_true (g_file_load_contents (target, NULL, &text, NULL, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "# "));
#endif
  export_end (&export);
}

static void
test_stream (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  MzExportOptions options = { .format = MZ_EXPORT_MARKDOWN };
  Export export;

  connect_and_wait (fixture);
  export_begin (&export, fixture);
  mz_export_to_stream_async (mz_gateway_get_client (fixture->gateway), "main", "A title", &options, stream, NULL, NULL, NULL, exported_cb, &export);
  wait_until (export.done);
  g_assert_no_error (export.error);
  g_assert_false (g_output_stream_is_closed (stream));
  g_assert_cmpmem (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)), 10, "# A title\n", 10);
  export_end (&export);
}

/* Last in, first out, whatever is in it. */
static void
test_spool (void)
{
  g_autoptr (GError) error = NULL;
  MzExportSpool *spool = mz_export_spool_new (&error);

  g_assert_no_error (error);
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *text = g_strnfill (i * 997, 'x');
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "text", text);
      json_node_take_object (node, object);
      g_assert_true (mz_export_spool_push (spool, node, NULL, &error));
      g_assert_no_error (error);
    }
  for (guint i = 50; i > 0; i--)
    {
      g_autoptr (JsonNode) node = NULL;

      g_assert_cmpuint (mz_export_spool_get_n_pages (spool), ==, i);
      node = mz_export_spool_pop (spool, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (strlen (mz_json_get_string (mz_json_node_object (node), "text")), ==, (i - 1) * 997);
    }
  mz_export_spool_free (spool);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/export" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/all", test_all);
  ADD ("/meanwhile", test_meanwhile);
  ADD ("/protocol-3", test_protocol_3);
  ADD ("/formats", test_formats);
  ADD ("/picture", test_picture);
  ADD ("/cancel", test_cancel);
  ADD ("/lost", test_lost);
  ADD ("/places", test_places);
  ADD ("/stream", test_stream);
#undef ADD
  g_test_add_func ("/export/spool", test_spool);

  return g_test_run ();
}
