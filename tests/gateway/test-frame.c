/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-frame.h"
#include "mz-gateway-error.h"

#define ROOM 4096

typedef struct
{
  const char *name;
  const char *text;
  MzFrameType type;
  const char *id;
  const char *frame_name;
  gboolean ok;
  gboolean payload;
  gboolean payload_object;
  gboolean error;
  gint64 seq;
} FrameCase;

static const FrameCase frame_cases[] = {
  { "request", "{\"type\":\"req\",\"id\":\"r1\",\"method\":\"chat.send\",\"params\":{\"a\":1}}",
    MZ_FRAME_REQUEST, "r1", "chat.send", FALSE, TRUE, TRUE, FALSE, -1 },
  { "request without params", "{\"type\":\"req\",\"id\":\"r1\",\"method\":\"health\"}",
    MZ_FRAME_REQUEST, "r1", "health", FALSE, FALSE, FALSE, FALSE, -1 },
  { "answer", "{\"type\":\"res\",\"id\":\"r1\",\"ok\":true,\"payload\":{}}",
    MZ_FRAME_RESPONSE, "r1", NULL, TRUE, TRUE, TRUE, FALSE, -1 },
  { "answer with a list", "{\"type\":\"res\",\"id\":\"r1\",\"ok\":true,\"payload\":[1]}",
    MZ_FRAME_RESPONSE, "r1", NULL, TRUE, TRUE, FALSE, FALSE, -1 },
  { "answer with null", "{\"type\":\"res\",\"id\":\"r1\",\"ok\":true,\"payload\":null}",
    MZ_FRAME_RESPONSE, "r1", NULL, TRUE, TRUE, FALSE, FALSE, -1 },
  { "answer without payload", "{\"type\":\"res\",\"id\":\"r1\",\"ok\":true}",
    MZ_FRAME_RESPONSE, "r1", NULL, TRUE, FALSE, FALSE, FALSE, -1 },
  { "failed answer", "{\"type\":\"res\",\"id\":\"r17\",\"ok\":false,\"error\":{\"code\":\"FORBIDDEN\",\"message\":\"no\"}}",
    MZ_FRAME_RESPONSE, "r17", NULL, FALSE, FALSE, FALSE, TRUE, -1 },
  { "failed answer with a word", "{\"type\":\"res\",\"id\":\"r17\",\"ok\":false,\"error\":\"no\"}",
    MZ_FRAME_RESPONSE, "r17", NULL, FALSE, FALSE, FALSE, FALSE, -1 },
  { "answer without outcome", "{\"type\":\"res\",\"id\":\"r1\"}",
    MZ_FRAME_RESPONSE, "r1", NULL, FALSE, FALSE, FALSE, FALSE, -1 },
  { "answer with a word as outcome", "{\"type\":\"res\",\"id\":\"r1\",\"ok\":\"true\"}",
    MZ_FRAME_RESPONSE, "r1", NULL, FALSE, FALSE, FALSE, FALSE, -1 },
  { "event", "{\"type\":\"event\",\"event\":\"chat\",\"payload\":{\"a\":1},\"seq\":12}",
    MZ_FRAME_EVENT, NULL, "chat", FALSE, TRUE, TRUE, FALSE, 12 },
  { "event with more", "{\"type\":\"event\",\"event\":\"health\",\"seq\":0,\"stateVersion\":{\"presence\":1},\"new\":[]}",
    MZ_FRAME_EVENT, NULL, "health", FALSE, FALSE, FALSE, FALSE, 0 },
  { "event without seq", "{\"type\":\"event\",\"event\":\"connect.challenge\",\"payload\":{\"nonce\":\"n\",\"ts\":1}}",
    MZ_FRAME_EVENT, NULL, "connect.challenge", FALSE, TRUE, TRUE, FALSE, -1 },
  { "event with a word as seq", "{\"type\":\"event\",\"event\":\"tick\",\"seq\":\"12\"}",
    MZ_FRAME_EVENT, NULL, "tick", FALSE, FALSE, FALSE, FALSE, -1 },
  { "event with a negative seq", "{\"type\":\"event\",\"event\":\"tick\",\"seq\":-12}",
    MZ_FRAME_EVENT, NULL, "tick", FALSE, FALSE, FALSE, FALSE, -1 },
  { "unknown", "{\"type\":\"stream\",\"id\":\"r1\",\"payload\":{}}",
    MZ_FRAME_UNKNOWN, NULL, NULL, FALSE, FALSE, FALSE, FALSE, -1 },
};

static void
test_frame (gconstpointer data)
{
  const FrameCase *c = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MzFrame) frame = mz_frame_parse (c->text, strlen (c->text), ROOM, &error);

  g_assert_no_error (error);
  g_assert_nonnull (frame);
  g_assert_cmpint (frame->type, ==, c->type);
  g_assert_cmpstr (frame->id, ==, c->id);
  g_assert_cmpstr (frame->name, ==, c->frame_name);
  g_assert_cmpint (frame->ok, ==, c->ok);
  g_assert_cmpint (frame->payload != NULL, ==, c->payload);
  g_assert_cmpint (mz_frame_get_payload_object (frame) != NULL, ==, c->payload_object);
  g_assert_cmpint (frame->error != NULL, ==, c->error);
  g_assert_cmpint (frame->seq, ==, c->seq);
}

static void
test_bad (void)
{
  static const char * const texts[] = {
    "",
    "hello",
    "<html>",
    "[]",
    "1",
    "null",
    "\"req\"",
    "{}",
    "{\"type\":1}",
    "{\"type\":\"\"}",
    "{\"type\":null,\"id\":\"r1\"}",
    "{\"type\":\"res\",\"ok\":true}",
    "{\"type\":\"res\",\"id\":1,\"ok\":true}",
    "{\"type\":\"res\",\"id\":\"\",\"ok\":true}",
    "{\"type\":\"req\",\"id\":\"r1\"}",
    "{\"type\":\"req\",\"method\":\"m\"}",
    "{\"type\":\"req\",\"id\":\"r1\",\"method\":[]}",
    "{\"type\":\"event\"}",
    "{\"type\":\"event\",\"event\":{}}",
    "{\"type\":\"event\",\"event\":\"\"}",
    "{\"type\":\"event\",\"event\":\"tick\"",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mz_frame_parse (texts[i], strlen (texts[i]), ROOM, &error));
      g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME);
      g_assert_null (mz_frame_parse (texts[i], strlen (texts[i]), ROOM, NULL));
    }
}

static void
test_size (void)
{
  static const char text[] = "{\"type\":\"event\",\"event\":\"tick\"}";
  g_autoptr (GError) error = NULL;
  g_autoptr (MzFrame) frame = mz_frame_parse (text, sizeof text - 1, sizeof text - 1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (frame);
  g_assert_null (mz_frame_parse (text, sizeof text - 1, sizeof text - 2, &error));
  g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE);
}

static void
test_ref (void)
{
  static const char text[] = "{\"type\":\"event\",\"event\":\"tick\"}";
  MzFrame *frame = mz_frame_parse (text, sizeof text - 1, ROOM, NULL);
  GValue value = G_VALUE_INIT;

  g_value_init (&value, MZ_TYPE_FRAME);
  g_value_take_boxed (&value, frame);
  frame = g_value_dup_boxed (&value);
  g_value_unset (&value);
  g_assert_cmpstr (frame->name, ==, "tick");
  mz_frame_unref (frame);
}

static void
assert_takes (char       *built,
              const char *expected)
{
  g_autofree char *text = built;

  g_assert_cmpstr (text, ==, expected);
}

static void
test_build (void)
{
  g_autoptr (JsonNode) node = json_from_string ("{\"a\":[1, \"\xc3\xa9\"], \"b\":null}", NULL);

  assert_takes (mz_frame_build_request ("r1", "chat.send", node),
                "{\"type\":\"req\",\"id\":\"r1\",\"method\":\"chat.send\",\"params\":{\"a\":[1,\"\xc3\xa9\"],\"b\":null}}");
  assert_takes (mz_frame_build_request ("r\"1\n", "m\\", NULL), "{\"type\":\"req\",\"id\":\"r\\\"1\\n\",\"method\":\"m\\\\\"}");
  assert_takes (mz_frame_build_response ("r1", node),
                "{\"type\":\"res\",\"id\":\"r1\",\"ok\":true,\"payload\":{\"a\":[1,\"\xc3\xa9\"],\"b\":null}}");
  assert_takes (mz_frame_build_response ("r1", NULL), "{\"type\":\"res\",\"id\":\"r1\",\"ok\":true}");
  assert_takes (mz_frame_build_error ("r1", node),
                "{\"type\":\"res\",\"id\":\"r1\",\"ok\":false,\"error\":{\"a\":[1,\"\xc3\xa9\"],\"b\":null}}");
  assert_takes (mz_frame_build_error ("r1", NULL), "{\"type\":\"res\",\"id\":\"r1\",\"ok\":false}");
  assert_takes (mz_frame_build_event ("tick", node, 7),
                "{\"type\":\"event\",\"event\":\"tick\",\"payload\":{\"a\":[1,\"\xc3\xa9\"],\"b\":null},\"seq\":7}");
  assert_takes (mz_frame_build_event ("tick", NULL, 0), "{\"type\":\"event\",\"event\":\"tick\",\"seq\":0}");
  assert_takes (mz_frame_build_event ("tick", NULL, -1), "{\"type\":\"event\",\"event\":\"tick\"}");
}

/* What is built is read back as it was. */
static void
test_round_trip (void)
{
  g_autoptr (JsonNode) params = json_from_string ("{\"message\":\"a\\\"b\\u0001\xf0\x9f\x98\x80\"}", NULL);
  g_autofree char *text = mz_frame_build_request ("r1", "chat.send", params);
  g_autoptr (GError) error = NULL;
  g_autoptr (MzFrame) frame = mz_frame_parse (text, strlen (text), ROOM, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mz_json_get_string (mz_frame_get_payload_object (frame), "message"), ==, "a\"b\x01\xf0\x9f\x98\x80");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (frame_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/frame/parse/%s", frame_cases[i].name);

      g_test_add_data_func (path, &frame_cases[i], test_frame);
    }
  g_test_add_func ("/frame/bad", test_bad);
  g_test_add_func ("/frame/size", test_size);
  g_test_add_func ("/frame/ref", test_ref);
  g_test_add_func ("/frame/build", test_build);
  g_test_add_func ("/frame/round-trip", test_round_trip);
  return g_test_run ();
}
