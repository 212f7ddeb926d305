/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a peer sends as a frame: parsed, read as a hello-ok and as an error, and built again.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "mz-frame.h"
#include "mz-gateway-error.h"
#include "mz-hello.h"

#define ROOM (1024 * 1024)

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

static void
read_hello (JsonNode *payload)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzHello) hello = mz_hello_new (payload, &error);

  g_assert_true ((hello != NULL) == (error == NULL));
  if (hello == NULL)
    return;
  g_assert_cmpuint (mz_hello_get_protocol (hello), >=, 1);
  g_assert_cmpuint (mz_hello_get_max_payload (hello), >=, 64 * 1024);
  g_assert_cmpuint (mz_hello_get_tick_interval_ms (hello), >=, 1000);
  g_assert_nonnull (mz_hello_get_main_session_key (hello));
  mz_hello_has_method (hello, "chat.send");
  mz_hello_has_scope (hello, "operator.read");
}

static void
read_error (JsonObject *object)
{
  g_autoptr (GError) error = mz_gateway_error_new_remote (mz_gateway_error_classify_connect (object), object);
  g_autoptr (GError) copy = NULL;

  mz_gateway_error_set_close (error, 1008, mz_gateway_error_get_code (error));
  copy = g_error_copy (error);
  g_assert_true (g_utf8_validate (copy->message, -1, NULL));
  g_assert_cmpuint (strlen (copy->message), <=, 500);
  g_assert_cmpint (mz_gateway_error_get_retry_after_ms (copy), >=, 0);
  g_assert_cmpstr (mz_gateway_error_get_request_id (copy), ==, mz_gateway_error_get_request_id (error));
}

static char *
build_again (MzFrame *frame)
{
  switch (frame->type)
    {
    case MZ_FRAME_REQUEST:
      return mz_frame_build_request (frame->id, frame->name, frame->payload);
    case MZ_FRAME_RESPONSE:
      return frame->ok ? mz_frame_build_response (frame->id, frame->payload) : mz_frame_build_error (frame->id, NULL);
    case MZ_FRAME_EVENT:
      return mz_frame_build_event (frame->name, frame->payload, frame->seq);
    case MZ_FRAME_UNKNOWN:
    default:
      return NULL;
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzFrame) frame = mz_frame_parse ((const char *) data, size, ROOM, &error);
  g_autofree char *text = NULL;

  g_assert_true ((frame != NULL) == (error == NULL));
  if (frame == NULL)
    return 0;

  read_hello (frame->payload);
  read_error (frame->error);
  mz_frame_get_payload_object (frame);

  /* An infinite number (1e999) is JSON when it comes and is not when json-glib writes it: the text need not parse then. */
  text = build_again (frame);
  if (text != NULL)
    {
      g_autoptr (MzFrame) again = mz_frame_parse (text, strlen (text), G_MAXINT32, NULL);

      if (again != NULL)
        {
          g_assert_cmpint (again->type, ==, frame->type);
          g_assert_cmpstr (again->id, ==, frame->id);
          g_assert_cmpstr (again->name, ==, frame->name);
        }
    }
  return 0;
}
