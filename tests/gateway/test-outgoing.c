/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-gateway-error.h"
#include "mz-json.h"
#include "mz-outgoing.h"

#define MIB (1024 * 1024)

static MzHello *
hello_of (const char *policy)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf ("{'type':'hello-ok','protocol':4,'policy':%s}", policy);
  g_autofree char *json = g_strdelimit (g_steal_pointer (&text), "'", '"');
  g_autoptr (JsonNode) node = mz_json_parse (json, strlen (json), 65536, &error);
  MzHello *hello;

  g_assert_no_error (error);
  hello = mz_hello_new (node, &error);
  g_assert_no_error (error);
  return hello;
}

#define LIMITS "{'maxPayload':26214400,'attachments':{'maxBytes':20971520,'maxImageBytes':6291456}}"
#define NO_LIMITS "{'maxPayload':26214400}"
#define SMALL "{'maxPayload':65536,'attachments':{'maxBytes':20971520}}"

/* What fits into a frame of 25 MiB, less the envelope, as base64. */
#define FRAME ((25 * MIB - 16384) / 4 * 3)

static void
test_check (void)
{
  const struct { const char *policy, *mime; gsize size, beside, limit; } cases[] = {
    { LIMITS, "text/plain", 0, 0, 0 },
    { LIMITS, "text/plain", FRAME, 0, 0 },
    { LIMITS, "text/plain", FRAME + 1, 0, FRAME },
    { LIMITS, "text/plain", 20 * MIB, 0, FRAME },
    { LIMITS, "image/png", 6 * MIB, 0, 0 },
    { LIMITS, "image/png", 6 * MIB + 1, 0, 6 * MIB },
    { LIMITS, "IMAGE/PNG", 6 * MIB + 1, 0, 6 * MIB },
    { LIMITS, "imagex/png", 6 * MIB + 1, 0, 0 },
    { LIMITS, NULL, 6 * MIB + 1, 0, 0 },
    { LIMITS, "image/png", 6 * MIB, FRAME - 6 * MIB, 0 },
    { LIMITS, "image/png", 6 * MIB, FRAME - 6 * MIB + 1, 6 * MIB - 1 },
    { LIMITS, "text/plain", 1, FRAME, 0 },
    { LIMITS, "text/plain", 1, 30 * MIB, 0 },
    { LIMITS, "text/plain", G_MAXSIZE, G_MAXSIZE, 0 },
    { NO_LIMITS, "image/png", FRAME, 0, 0 },
    { NO_LIMITS, "image/png", FRAME + 1, 0, FRAME },
    { SMALL, "image/png", 36864, 0, 0 },
    { SMALL, "image/png", 36865, 0, 36864 },
    { NULL, "image/png", FRAME, 0, 0 },
    { NULL, "image/png", FRAME + 1, 0, FRAME },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzHello) hello = cases[i].policy != NULL ? hello_of (cases[i].policy) : NULL;
      g_autoptr (GError) error = NULL;
      gsize limit = 12345;
      gboolean over = cases[i].limit > 0 || cases[i].beside >= FRAME;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (mz_outgoing_check (hello, cases[i].mime, cases[i].size, cases[i].beside, &limit, &error), ==, !over);
      if (over)
        g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE);
      else
        g_assert_no_error (error);
      g_assert_cmpuint (limit, ==, over ? cases[i].limit : 12345);
    }
}

static void
test_attachment_limit (void)
{
  g_autoptr (MzHello) hello = hello_of ("{'attachments':{'maxBytes':1000}}");
  gsize limit = 0;

  g_assert_true (mz_outgoing_check (hello, "text/plain", 1000, 0, NULL, NULL));
  g_assert_false (mz_outgoing_check (hello, "text/plain", 1001, 0, NULL, NULL));
  /* No limit of their own for images. */
  g_assert_false (mz_outgoing_check (hello, "image/png", 1001, 0, &limit, NULL));
  g_assert_cmpuint (limit, ==, 1000);
}

static void
test_to_json (void)
{
  g_autoptr (GBytes) hey = g_bytes_new_static ("hey", 3);
  g_autoptr (GBytes) nothing = g_bytes_new_static (NULL, 0);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *json = NULL;

  g_assert_null (mz_outgoing_to_json (NULL));
  g_assert_null (mz_outgoing_to_json (files));

  g_ptr_array_add (files, mz_outgoing_new ("hey.png", "image/png", hey));
  g_ptr_array_add (files, mz_outgoing_new (NULL, NULL, nothing));
  node = mz_outgoing_to_json (files);
  json = mz_json_to_string (node);
  g_assert_cmpstr (json, ==,
                   "[{\"type\":\"image\",\"mimeType\":\"image/png\",\"fileName\":\"hey.png\",\"sizeBytes\":3,\"content\":\"aGV5\"},"
                   "{\"type\":\"file\",\"mimeType\":\"application/octet-stream\",\"fileName\":\"file\",\"sizeBytes\":0,\"content\":\"\"}]");
}

static void
test_properties (void)
{
  g_autoptr (GBytes) hey = g_bytes_new_static ("hey", 3);
  g_autoptr (MzOutgoing) file = mz_outgoing_new ("a\xff.png", "image/png", hey);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = NULL, *mime = NULL;
  gboolean is_image = FALSE;

  g_object_get (file, "name", &name, "mime", &mime, "bytes", &bytes, "is-image", &is_image, NULL);
  g_assert_cmpstr (name, ==, "a\xef\xbf\xbd.png");
  g_assert_cmpstr (mime, ==, "image/png");
  g_assert_true (bytes == hey);
  g_assert_true (is_image);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/outgoing/check", test_check);
  g_test_add_func ("/outgoing/attachment-limit", test_attachment_limit);
  g_test_add_func ("/outgoing/to-json", test_to_json);
  g_test_add_func ("/outgoing/properties", test_properties);

  return g_test_run ();
}
