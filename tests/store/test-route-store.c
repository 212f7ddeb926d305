/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store-test"

#include "config.h"

#include "mz-route-store.h"

#include <glib/gstdio.h>
#include <string.h>

#include "store-wait.h"

#define NETWORK "0123456789abcdef"

typedef struct
{
  char *dir;
  char *path;
  MzEndpoint *endpoint;
} Fixture;

static gint64
now_s (void)
{
  return g_get_real_time () / G_TIME_SPAN_SECOND;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("moltzer-routes-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->dir, "state", "routes", NULL);
  fixture->endpoint = mz_endpoint_parse ("wss://gw.example.com", NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *state = g_path_get_dirname (fixture->path);

  g_remove (fixture->path);
  g_rmdir (state);
  /* Nothing else was left there. */
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
  g_free (fixture->path);
  mz_endpoint_unref (fixture->endpoint);
}

static int
recall (Fixture      *fixture,
        MzRouteStore *store,
        const char   *network)
{
  MzRouteKind route;

  return mz_route_memory_recall (mz_route_store_get_memory (store), fixture->endpoint, network, now_s (), &route) ? (int) route : -1;
}

static void
learn (Fixture      *fixture,
       MzRouteStore *store,
       const char   *network)
{
  mz_route_memory_learn (mz_route_store_get_memory (store), fixture->endpoint, network, now_s (), MZ_ROUTE_IPV4_ONLY);
}

/* What a new process would know */
static int
recall_anew (Fixture    *fixture,
             const char *network)
{
  g_autoptr (MzRouteStore) store = mz_route_store_new (fixture->path);

  mz_route_store_load (store);
  return recall (fixture, store, network);
}

static void
test_program (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (MzRouteStore) store = mz_route_store_new (fixture->path);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  GStatBuf status;

  mz_route_store_load (store);
  g_assert_cmpint (recall (fixture, store, NETWORK), ==, -1);

  /* Nothing learned: no file */
  g_assert_true (mz_route_store_save (store, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  learn (fixture, store, NETWORK);
  g_assert_false (mz_route_store_is_saved (store));
  g_assert_true (mz_route_store_save (store, &error));
  g_assert_no_error (error);
  g_assert_true (mz_route_store_is_saved (store));
  g_assert_cmpint (recall_anew (fixture, NETWORK), ==, MZ_ROUTE_IPV4_ONLY);
  g_assert_cmpint (recall_anew (fixture, "elsewhere"), ==, -1);

  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
#ifndef G_OS_WIN32
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
#endif
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, &error));
  g_assert_null (strstr (text, "example"));
  g_assert_null (strstr (text, NETWORK));
}

static void
started_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  int *answer = user_data;

  *answer = mz_route_store_start_finish (MZ_ROUTE_STORE (source), result, NULL);
}

static void
test_application (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (MzRouteStore) store = mz_route_store_new (fixture->path);
  g_autoptr (MzRouteStore) other = mz_route_store_new (fixture->path);
  int answer = -1;

  mz_route_store_start_async (store, NULL, started_cb, &answer);
  wait_until (answer != -1);
  g_assert_false (answer);

  /* Two at once: the second is written after the first. */
  learn (fixture, store, NETWORK);
  learn (fixture, store, "another");
  g_assert_false (mz_route_store_is_saved (store));
  wait_until (mz_route_store_is_saved (store));
  g_assert_cmpint (recall_anew (fixture, NETWORK), ==, MZ_ROUTE_IPV4_ONLY);
  g_assert_cmpint (recall_anew (fixture, "another"), ==, MZ_ROUTE_IPV4_ONLY);

  answer = -1;
  mz_route_store_start_async (other, NULL, started_cb, &answer);
  wait_until (answer != -1);
  g_assert_true (answer);
  g_assert_cmpint (recall (fixture, other, NETWORK), ==, MZ_ROUTE_IPV4_ONLY);
}

/* Two processes: what each learned is there in the end. */
static void
test_two (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (MzRouteStore) one = mz_route_store_new (fixture->path);
  g_autoptr (MzRouteStore) other = mz_route_store_new (fixture->path);

  mz_route_store_load (one);
  mz_route_store_load (other);
  learn (fixture, one, "of one");
  learn (fixture, other, "of the other");
  g_assert_true (mz_route_store_save (one, NULL));
  g_assert_true (mz_route_store_save (other, NULL));
  g_assert_cmpint (recall_anew (fixture, "of one"), ==, MZ_ROUTE_IPV4_ONLY);
  g_assert_cmpint (recall_anew (fixture, "of the other"), ==, MZ_ROUTE_IPV4_ONLY);
}

/* Whatever stands in the file: it is passed over, and replaced when there is something to keep. */
static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  static const char * const texts[] = { "", "not ours", "moltzer-routes 1 \xff\xfe", "moltzer-routes 9 0123" };
  g_autofree char *dir = g_path_get_dirname (fixture->path);
  g_autofree char *huge = g_strnfill (70 * 1024, '\n');

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  for (guint i = 0; i <= G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (MzRouteStore) store = mz_route_store_new (fixture->path);

      g_assert_true (g_file_set_contents (fixture->path, i < G_N_ELEMENTS (texts) ? texts[i] : huge, -1, NULL));
      mz_route_store_load (store);
      g_assert_cmpint (recall (fixture, store, NETWORK), ==, -1);
      learn (fixture, store, NETWORK);
      g_assert_true (mz_route_store_save (store, NULL));
      g_assert_cmpint (recall_anew (fixture, NETWORK), ==, MZ_ROUTE_IPV4_ONLY);
    }
}

static void
test_no_place (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *below = g_build_filename (fixture->path, "routes", NULL);
  g_autofree char *dir = g_path_get_dirname (fixture->path);
  g_autoptr (MzRouteStore) store = mz_route_store_new (below);
  g_autoptr (GError) error = NULL;

  /* A file where a directory would have to be */
  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (fixture->path, "", -1, NULL));
  mz_route_store_load (store);
  learn (fixture, store, NETWORK);
  g_assert_false (mz_route_store_save (store, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (recall (fixture, store, NETWORK), ==, MZ_ROUTE_IPV4_ONLY);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/store/routes/program", Fixture, NULL, set_up, test_program, tear_down);
  g_test_add ("/store/routes/application", Fixture, NULL, set_up, test_application, tear_down);
  g_test_add ("/store/routes/two", Fixture, NULL, set_up, test_two, tear_down);
  g_test_add ("/store/routes/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/store/routes/no-place", Fixture, NULL, set_up, test_no_place, tear_down);

  return g_test_run ();
}
