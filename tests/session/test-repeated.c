/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
/* The whole reply so far, which comes with each of its pieces, is not read again and again; nothing is lost by it. */

#include "config.h"

#include "session-fixture.h"

#include <string.h>

#define ROOM (1024 * 1024)
#define FILLER 50

/* What JavaScript's serializer makes of @text. */
static char *
quote (const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);

  return mz_json_to_string (node);
}

static char *
make_text (gsize length)
{
  static const char * const pieces[] = { "word ", "\n", "\"", "\\", "\t", "\xc3\xbc", "\xe4\xbd\xa0", "\xf0\x9f\x9a\x80", "/", "\x01" };
  GString *text = g_string_new (NULL);

  while (text->len < length)
    g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
  return g_string_free (text, FALSE);
}

/* What is cut is the longest string, and its length is told right. */
static void
test_cut (void)
{
  static const struct
  {
    const char *written;
    gsize decoded_length;
  } table[] = {
    { "plain text of no use", 20 },
    { "eight by", 8 },
    { "1234567\\n", 8 },
    { "\\\"\\\\\\/\\b\\f\\n\\r\\t", 8 },
    { "\\u0041\\u00fc\\u4f60", 6 },
    { "\\ud83d\\ude80", 4 },
    { "\xc3\xbc\xe4\xbd\xa0\xf0\x9f\x9a\x80", 9 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      /* Most of the message, as it must be. */
      g_autofree char *filler = g_strnfill (FILLER, 'x');
      g_autofree char *json = g_strdup_printf ("{\"a\":\"b\",\"c\":[\"%s%s\"],\"d\":\"e\"}", table[i].written, filler);
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (JsonNode) whole = NULL;
      g_autoptr (GError) error = NULL;
      MzJsonCut cut;

      node = mz_json_parse_cut (json, strlen (json), ROOM, 5, &cut, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (cut.start, ==, strlen ("{\"a\":\"b\",\"c\":[\""));
      g_assert_cmpuint (cut.length, ==, strlen (table[i].written) + FILLER);
      g_assert_cmpuint (cut.decoded_length, ==, table[i].decoded_length + FILLER);
      g_assert_cmpstr (mz_json_array_string (mz_json_get_array (mz_json_node_object (node), "c"), 0), ==, MZ_JSON_CUT);
      g_assert_cmpstr (mz_json_get_string (mz_json_node_object (node), "d"), ==, "e");

      whole = mz_json_parse (json, strlen (json), ROOM, NULL);
      g_assert_cmpuint (strlen (mz_json_array_string (mz_json_get_array (mz_json_node_object (whole), "c"), 0)), ==,
                        table[i].decoded_length + FILLER);
    }
}

static void
test_not_cut (void)
{
  static const char * const table[] = {
    "{\"a\":\"short\"}",
    /* Not most of it. */
    "{\"a\":\"long enough\",\"b\":\"other text\",\"c\":\"another one\"}",
    /* To be mended. */
    "{\"a\":\"long enough \\ud83d\"}",
    "{\"a\":\"long enough\",\"b\":123456789012345678901234567890}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (JsonNode) node = NULL;
      MzJsonCut cut;

      node = mz_json_parse_cut (table[i], strlen (table[i]), ROOM, 5, &cut, NULL);
      g_assert_nonnull (node);
      g_assert_cmpuint (cut.length, ==, 0);
      g_assert_true (g_str_has_prefix (mz_json_get_string (mz_json_node_object (node), "a"), i == 0 ? "short" : "long enough"));
    }
}

/* The scan takes eight bytes at a time: nothing may hide at the borders. */
static void
test_borders (void)
{
  for (guint length = 0; length < 40; length++)
    {
      for (guint at = 0; at < length; at++)
        {
          static const char * const bad[] = { "\x01", "\x1f", "\"", "\\" };
          g_autofree char *filler = g_strnfill (length, 'x');
          g_autofree char *good = g_strdup_printf ("[\"%s\"]", filler);
          g_autofree char *accented = g_strdup_printf ("[\"%.*s\xc3\xbc%s\"]", at, filler, filler + at);
          g_autofree char *invalid = g_strdup_printf ("[\"%.*s\xff%s\"]", at, filler, filler + at);

          g_assert_true (mz_json_check (good, strlen (good), ROOM, 9, NULL));
          g_assert_true (mz_json_check (accented, strlen (accented), ROOM, 9, NULL));
          g_assert_false (mz_json_check (invalid, strlen (invalid), ROOM, 9, NULL));
          for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
            {
              g_autofree char *text = g_strdup_printf ("[\"%.*s%s%s\"]", at, filler, bad[i], filler + at);

              /* With a quote or a backslash it can be wrong only for the parser. */
              if (i < 2)
                g_assert_false (mz_json_check (text, strlen (text), ROOM, 9, NULL));
              else
                g_assert_null (mz_json_parse (text, strlen (text), ROOM, NULL));
            }
        }
    }
}

static MzFrame *
make_frame (const char *name,
            const char *format,
            const char *text,
            const char *piece)
{
  g_autofree char *quoted = quote (text);
  g_autofree char *quoted_piece = quote (piece);
  g_autofree char *half = NULL;
  g_auto (GStrv) parts = g_strsplit (format, "TEXT", 2);
  g_autofree char *payload = g_strjoinv (quoted, parts);
  g_auto (GStrv) more = g_strsplit (payload, "PIECE", 2);

  half = g_strjoinv (quoted_piece, more);
  return event_frame (name, half);
}

/* Only what is of no use to who followed the reply is left out, and it can be had all the same. */
static void
test_frames (void)
{
  static const struct
  {
    const char *name;
    const char *payload;
    gboolean left_out;
    gboolean without_end;
  } table[] = {
    { "chat", "{\"deltaText\":PIECE,\"message\":{\"content\":[{\"text\":TEXT,\"type\":\"text\"}],\"role\":\"assistant\"},\"state\":\"delta\"}", TRUE },
    { "chat", "{\"message\":{\"content\":[{\"type\":\"text\",\"text\":TEXT}]},\"state\":\"delta\",\"deltaText\":PIECE}", TRUE },
    { "chat", "{\"message\":{\"content\":TEXT},\"state\":\"delta\",\"deltaText\":PIECE}", TRUE },
    { "agent", "{\"stream\":\"assistant\",\"data\":{\"text\":TEXT,\"delta\":PIECE}}", TRUE },
    { "agent", "{\"stream\":\"assistant\",\"data\":{\"text\":TEXT}}", TRUE },
    { "chat", "{\"message\":{\"content\":[{\"text\":TEXT}]},\"state\":\"final\",\"deltaText\":PIECE}", FALSE },
    { "chat", "{\"message\":{\"content\":[{\"text\":TEXT}]},\"state\":\"delta\"}", FALSE },
    { "chat", "{\"message\":{\"content\":[{\"text\":TEXT}]},\"state\":\"delta\",\"deltaText\":7}", FALSE },
    { "chat", "{\"message\":{\"content\":[{\"text\":TEXT}]},\"state\":\"delta\",\"deltaText\":PIECE,\"replace\":true}", FALSE },
    { "chat", "{\"message\":{\"content\":[{\"text\":TEXT},{\"text\":\"a\"}]},\"state\":\"delta\",\"deltaText\":PIECE}", FALSE },
    { "chat", "{\"message\":{\"content\":[{\"text\":TEXT}]},\"state\":\"delta\",\"deltaText\":PIECE}", FALSE, TRUE },
    { "chat", "{\"message\":{\"content\":[]},\"state\":\"delta\",\"deltaText\":TEXT}", FALSE },
    { "chat", "{\"message\":{\"content\":[{\"text\":\"a\"}]},\"runId\":TEXT,\"state\":\"delta\",\"deltaText\":PIECE}", FALSE },
    { "agent", "{\"stream\":\"tool\",\"data\":{\"text\":TEXT,\"delta\":PIECE}}", FALSE },
    { "agent", "{\"stream\":\"thinking\",\"data\":{\"text\":TEXT,\"delta\":PIECE}}", FALSE },
    { "agent", "{\"stream\":\"assistant\",\"runId\":TEXT,\"data\":{\"text\":\"a\"}}", FALSE },
    { "session.message", "{\"message\":{\"content\":[{\"text\":TEXT}]},\"state\":\"delta\",\"deltaText\":PIECE}", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *start = make_text (5000);
      const char *piece = "a \"piece\"\n";
      g_autofree char *text = g_strconcat (start, table[i].without_end ? "another" : piece, NULL);
      g_autoptr (MzFrame) frame = make_frame (table[i].name, table[i].payload, text, piece);
      g_autoptr (JsonNode) expected = NULL;
      g_autofree char *peeked = NULL;
      JsonObject *payload;
      gssize length;

      g_test_message ("%s %s", table[i].name, table[i].payload);
      payload = mz_frame_peek_payload_object (frame, &length);
      g_assert_nonnull (payload);
      g_assert_cmpint (length, ==, table[i].left_out ? (gssize) strlen (text) : -1);
      {
        g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), payload);

        peeked = mz_json_to_string (node);
      }
      g_assert_cmpint (strstr (peeked, MZ_JSON_CUT) != NULL, ==, table[i].left_out);
      g_assert_cmpint (strlen (peeked) < 1000, ==, table[i].left_out);

      {
        g_autofree char *quoted = quote (text);
        g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), mz_frame_get_payload_object (frame));
        g_autofree char *whole = mz_json_to_string (node);

        g_assert_nonnull (strstr (whole, quoted));
        g_assert_null (strstr (whole, MZ_JSON_CUT));
      }
    }
}

static void
send_piece (Fixture    *fixture,
            guint       seq,
            const char *whole,
            gsize       from)
{
  g_autofree char *format = g_strdup_printf ("{\"runId\":\"r\",\"sessionKey\":\"main\",\"seq\":%u,\"state\":\"delta\",\"deltaText\":PIECE,"
                                             "\"message\":{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":TEXT}]}}", seq);
  g_autoptr (MzFrame) frame = make_frame ("chat", format, whole, whole + from);

  mz_session_handle_event (fixture->session, frame);
}

/* Pieces lost, repeated and late: the row always has what the newest event said. */
static void
test_session (Fixture       *fixture,
              gconstpointer  data)
{
  for (guint round = 0; round < 20; round++)
    {
      g_autoptr (GString) whole = g_string_new ("begin ");
      guint seq = 1;

      set_up (fixture, NULL);
      send_piece (fixture, seq, whole->str, 0);
      for (guint i = 0; i < 200; i++)
        {
          g_autofree char *piece = make_text (1 + g_test_rand_int_range (0, 60));
          g_autoptr (MzMessage) row = NULL;
          gsize from = whole->len;

          g_string_append (whole, piece);
          seq += g_test_rand_int_range (1, 4);
          switch (g_test_rand_int_range (0, 8))
            {
            case 0:
              continue;
            case 1:
              /* The gateway took something back. */
              g_string_truncate (whole, 6);
              g_string_append (whole, piece);
              from = 6;
              send_piece (fixture, seq, whole->str, from);
              break;
            case 2:
              send_piece (fixture, seq, whole->str, from);
              send_piece (fixture, seq, whole->str, from);
              send_piece (fixture, seq - 1, "late", 0);
              break;
            default:
              send_piece (fixture, seq, whole->str, from);
              break;
            }

          g_assert_cmpuint (g_list_model_get_n_items (fixture->rows), ==, 1);
          row = g_list_model_get_item (fixture->rows, 0);
          g_assert_cmpstr (mz_message_get_text (row), ==, whole->str);
        }
      g_assert_cmpuint (mz_session_get_reloads (fixture->session), ==, 0);
      tear_down (fixture, NULL);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/repeated/cut", test_cut);
  g_test_add_func ("/repeated/not-cut", test_not_cut);
  g_test_add_func ("/repeated/borders", test_borders);
  g_test_add_func ("/repeated/frames", test_frames);
  g_test_add ("/repeated/session", Fixture, NULL, NULL, test_session, NULL);

  return g_test_run ();
}
