/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-artifact.h"
#include "mz-json.h"
#include "mz-message-private.h"

#include <string.h>

#define WATCHDOG_S 20

/* What a block has in it, and what comes of it. Downloads are tried in the folder content, on the demo gateway. */
static const struct
{
  const char *name;
  const char *block;
  gsize max_bytes;
  const char *text;             /* NULL: an error */
  const char *mime;
  MzGatewayError error;
} cases[] = {
  { "data", "{'type':'image','mimeType':'image/png','data':'aGVsbG8='}", 100, "hello", "image/png", 0 },
  { "source", "{'type':'image','source':{'type':'base64','media_type':'image/gif','data':'aGVsbG8='}}", 100, "hello", "image/gif", 0 },
  { "content", "{'type':'file','mimeType':'text/plain','fileName':'a.txt','content':'aGVsbG8='}", 100, "hello", "text/plain", 0 },
  { "data URL", "{'type':'image','url':'data:image/jpeg;base64,aGVsbG8='}", 100, "hello", "image/jpeg", 0 },
  { "image_url, a string", "{'type':'image_url','image_url':'data:image/jpeg;base64,aGVsbG8='}", 100, "hello", "image/jpeg", 0 },
  { "image_url, an object", "{'type':'image_url','image_url':{'url':'DATA:image/webp;BASE64,aGVsbG8='}}", 100, "hello", "image/webp", 0 },
  { "told type wins", "{'type':'file','mimeType':'text/html','url':'data:image/png;base64,aGVsbG8='}", 100, "hello", "text/html", 0 },
  { "escaped data URL", "{'type':'file','url':'data:text/plain,hel%6Co'}", 100, "hello", "text/plain", 0 },
  { "data URL in data", "{'type':'image','data':'data:image/png;base64,aGVsbG8='}", 100, "hello", "image/png", 0 },
  { "no padding, white space", "{'type':'file','mimeType':'a/b','data':' aGVs\\nbG8 '}", 100, "hello", "a/b", 0 },
  { "URL alphabet", "{'type':'file','mimeType':'a/b','data':'fn5-fn5_'}", 100, "~~~~~\x7f", "a/b", 0 },
  { "exactly the limit", "{'type':'file','mimeType':'a/b','data':'aGVsbG8='}", 5, "hello", "a/b", 0 },
  { "empty", "{'type':'file','mimeType':'a/b','url':'data:a/b;base64,'}", 5, "", "a/b", 0 },

  { "over the limit", "{'type':'file','data':'aGVsbG8='}", 4, NULL, NULL, MZ_GATEWAY_ERROR_TOO_LARGE },
  { "far over the limit", "{'type':'file','data':'aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8='}", 4, NULL, NULL, MZ_GATEWAY_ERROR_TOO_LARGE },
  { "escaped, over the limit", "{'type':'file','url':'data:text/plain,hello'}", 4, NULL, NULL, MZ_GATEWAY_ERROR_TOO_LARGE },
  { "no base64", "{'type':'file','data':'aGVs!G8='}", 100, NULL, NULL, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "padding within", "{'type':'file','data':'aGV=bG8='}", 100, NULL, NULL, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "too much padding", "{'type':'file','data':'aGVsbG8==='}", 100, NULL, NULL, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "cut short", "{'type':'file','data':'aGVsb'}", 100, NULL, NULL, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "data URL without data", "{'type':'file','url':'data:image/png;base64'}", 100, NULL, NULL, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "wrong escapes", "{'type':'file','url':'data:text/plain,%zz'}", 100, NULL, NULL, MZ_GATEWAY_ERROR_BAD_FRAME },
  { "a URL elsewhere", "{'type':'image','url':'https://example.org/x.png'}", 100, NULL, NULL, MZ_GATEWAY_ERROR_UNSUPPORTED },
  { "a URL at the gateway", "{'type':'image','url':'/api/chat/media/x'}", 100, NULL, NULL, MZ_GATEWAY_ERROR_UNSUPPORTED },
  { "wrong types", "{'type':'image','data':7,'source':[],'image_url':{'url':{}}}", 100, NULL, NULL, MZ_GATEWAY_ERROR_UNSUPPORTED },
  { "an artifact, offline", "{'type':'image','artifactId':'a','sizeBytes':5}", 100, NULL, NULL, MZ_GATEWAY_ERROR_NOT_CONNECTED },
  { "an artifact over the limit", "{'type':'image','artifactId':'a','sizeBytes':101}", 100, NULL, NULL, MZ_GATEWAY_ERROR_TOO_LARGE },
};

typedef struct
{
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

  got->bytes = mz_artifact_fetch_finish (NULL, result, &got->mime, &got->error);
  got->done = TRUE;
}

static gboolean
watchdog_cb (gpointer user_data)
{
  g_error ("the event that the test waits for did not come within %d s", WATCHDOG_S);
  return G_SOURCE_REMOVE;
}

static void
wait_done (Result *result)
{
  guint watchdog = g_timeout_add_seconds (WATCHDOG_S, watchdog_cb, NULL);

  while (!result->done)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watchdog);
}

static void
result_clear (Result *result)
{
  g_clear_pointer (&result->bytes, g_bytes_unref);
  g_clear_pointer (&result->mime, g_free);
  g_clear_error (&result->error);
}

static MzMessage *
make_message (const char *block)
{
  MzMessage *message = mz_message_new (MZ_MESSAGE_ASSISTANT, MZ_MESSAGE_DONE);
  g_autofree char *json = g_strdelimit (g_strdup (block), "'", '"');
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mz_json_parse (json, strlen (json), 100 * 1000 * 1000, &error);

  g_assert_no_error (error);
  mz_message_add_attachment (message, node);

  return message;
}

static void
test_inline (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzMessage) message = make_message (cases[i].block);
      Result result = { FALSE };

      g_test_message ("%s", cases[i].name);
      mz_artifact_fetch_async (NULL, "main", message, 0, cases[i].max_bytes, NULL, fetched_cb, &result);
      g_assert_false (result.done);
      wait_done (&result);

      if (cases[i].text != NULL)
        {
          g_assert_no_error (result.error);
          g_assert_cmpmem (g_bytes_get_data (result.bytes, NULL), g_bytes_get_size (result.bytes),
                           cases[i].text, strlen (cases[i].text));
          g_assert_cmpstr (result.mime, ==, cases[i].mime);
        }
      else
        {
          g_assert_error (result.error, MZ_GATEWAY_ERROR, (int) cases[i].error);
          g_assert_null (result.bytes);
          g_assert_null (result.mime);
        }
      result_clear (&result);
    }
}

/* A type that nobody told is guessed from the bytes. */
static void
test_guessed (void)
{
  g_autoptr (MzMessage) message = make_message ("{'type':'file','fileName':'a','data':'iVBORw0KGgoAAAANSUhEUg=='}");
  Result result = { FALSE };

  mz_artifact_fetch_async (NULL, NULL, message, 0, 100, NULL, fetched_cb, &result);
  wait_done (&result);
  g_assert_no_error (result.error);
  g_assert_cmpuint (g_bytes_get_size (result.bytes), ==, 16);
  g_assert_nonnull (result.mime);
  result_clear (&result);
}

/* All lengths and all bytes, against GLib's encoder. */
static void
test_round_trip (void)
{
  guint8 bytes[300];

  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (i * 7);

  for (gsize length = 0; length <= sizeof bytes; length += length < 12 ? 1 : 37)
    {
      g_autofree char *base64 = g_base64_encode (bytes, length);
      g_autofree char *block = g_strdup_printf ("{'type':'file','mimeType':'a/b','url':'data:a/b;base64,%s'}", base64);
      g_autoptr (MzMessage) message = make_message (block);
      Result result = { FALSE };

      mz_artifact_fetch_async (NULL, NULL, message, 0, length, NULL, fetched_cb, &result);
      wait_done (&result);
      g_assert_no_error (result.error);
      g_assert_cmpmem (g_bytes_get_data (result.bytes, NULL), g_bytes_get_size (result.bytes), bytes, length);
      result_clear (&result);
    }
}

static void
test_cancelled (void)
{
  g_autoptr (MzMessage) message = make_message ("{'type':'file','data':'aGVsbG8='}");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Result result = { FALSE };

  mz_artifact_fetch_async (NULL, NULL, message, 0, 100, cancellable, fetched_cb, &result);
  g_cancellable_cancel (cancellable);
  /* The message may go first. */
  g_clear_object (&message);
  wait_done (&result);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  result_clear (&result);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/artifact/inline", test_inline);
  g_test_add_func ("/artifact/guessed", test_guessed);
  g_test_add_func ("/artifact/round-trip", test_round_trip);
  g_test_add_func ("/artifact/cancelled", test_cancelled);

  return g_test_run ();
}
