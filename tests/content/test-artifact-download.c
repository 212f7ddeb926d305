/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "client-fixture.h"

#include <string.h>

#include "mz-artifact.h"
#include "mz-demo-image.h"
#include "mz-demo-store.h"
#include "mz-json.h"
#include "mz-message-private.h"

typedef struct
{
  MzClient *client;
  gboolean done;
  GBytes *bytes;
  char *mime;
  GError *error;
} Result;

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Result *got = user_data;

  got->bytes = mz_artifact_fetch_finish (got->client, result, &got->mime, &got->error);
  got->done = TRUE;
}

static Result
fetch (Fixture      *fixture,
       const char   *artifact_id,
       gsize         max_bytes,
       GCancellable *cancellable)
{
  g_autoptr (MzMessage) message = mz_message_new (MZ_MESSAGE_ASSISTANT, MZ_MESSAGE_DONE);
  g_autofree char *json = g_strdup_printf ("{\"type\":\"image\",\"artifactId\":\"%s\",\"url\":\"/api/x\"}", artifact_id);
  g_autoptr (JsonNode) node = mz_json_parse (json, strlen (json), 1000, NULL);
  Result result = { fixture->client };

  mz_message_add_attachment (message, node);
  mz_artifact_fetch_async (fixture->client, "main", message, 0, max_bytes, cancellable, fetched_cb, &result);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  wait_until (fixture, result.done);

  return result;
}

static void
result_clear (Result *result)
{
  g_clear_pointer (&result->bytes, g_bytes_unref);
  g_clear_pointer (&result->mime, g_free);
  g_clear_error (&result->error);
}

static void
test_download (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GBytes) png = mz_demo_image_png ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Result result;

  start (fixture, NULL, NULL);
  wait_ready (fixture);

  result = fetch (fixture, MZ_DEMO_IMAGE_ID, 10 * 1000 * 1000, NULL);
  g_assert_no_error (result.error);
  g_assert_true (g_bytes_equal (result.bytes, png));
  g_assert_cmpstr (result.mime, ==, "image/png");
  result_clear (&result);

  result = fetch (fixture, MZ_DEMO_IMAGE_ID, g_bytes_get_size (png) - 1, NULL);
  g_assert_error (result.error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE);
  result_clear (&result);

  result = fetch (fixture, "not-there", 10 * 1000 * 1000, NULL);
  g_assert_error (result.error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_REMOTE);
  result_clear (&result);

  result = fetch (fixture, MZ_DEMO_IMAGE_ID, 10 * 1000 * 1000, cancellable);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  result_clear (&result);

  stop (fixture);
  result = fetch (fixture, MZ_DEMO_IMAGE_ID, 10 * 1000 * 1000, NULL);
  g_assert_error (result.error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED);
  result_clear (&result);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/artifact/download", Fixture, NULL, set_up, test_download, tear_down);

  return g_test_run ();
}
