/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-timeline-private.h"
#include "session-utils.h"

#include <string.h>

/* Follows a list model as a view does: what it was told must be what is there. */
typedef struct
{
  GListModel *model;
  GPtrArray *rows;
  guint removed;
  guint added;
  guint n_changes;
} Mirror;

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Mirror     *mirror)
{
  g_assert_cmpuint (position + removed, <=, mirror->rows->len);
  if (removed > 0)
    g_ptr_array_remove_range (mirror->rows, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (mirror->rows, position + i, g_list_model_get_item (model, position + i));
  mirror->removed += removed;
  mirror->added += added;
  mirror->n_changes++;

  g_assert_cmpuint (g_list_model_get_n_items (model), ==, mirror->rows->len);
}

static void
mirror_init (Mirror     *mirror,
             MzTimeline *timeline)
{
  memset (mirror, 0, sizeof *mirror);
  mirror->model = G_LIST_MODEL (timeline);
  mirror->rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (timeline, "items-changed", G_CALLBACK (items_changed_cb), mirror);
}

static void
mirror_check (Mirror *mirror)
{
  MzTimeline *timeline = MZ_TIMELINE (mirror->model);

  g_assert_cmpuint (g_list_model_get_n_items (mirror->model), ==, mirror->rows->len);
  for (guint i = 0; i < mirror->rows->len; i++)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (mirror->model, i);
      guint position;

      g_assert_true (row == g_ptr_array_index (mirror->rows, i));
      g_assert_true (mz_timeline_find (timeline, row, &position));
      g_assert_cmpuint (position, ==, i);
      if (mz_message_get_id (row) != NULL)
        g_assert_true (mz_timeline_lookup_id (timeline, mz_message_get_id (row), mz_message_get_block (row)) == row);
    }
}

static void
mirror_reset (Mirror *mirror)
{
  mirror->removed = mirror->added = mirror->n_changes = 0;
}

static void
mirror_clear (Mirror *mirror)
{
  g_ptr_array_unref (mirror->rows);
}

static void
add_record (GString    *json,
            const char *role,
            guint       id)
{
  g_string_append_printf (json, "%s{\"role\":\"%s\",\"content\":[{\"type\":\"text\",\"text\":\"text %u\"}],"
                          "\"__openclaw\":{\"id\":\"m%u\",\"seq\":%u}}", json->len > 1 ? "," : "", role, id, id, id);
}

static JsonNode *
page (guint first,
      guint last)
{
  g_autoptr (GString) json = g_string_new ("[");

  for (guint i = first; i <= last; i++)
    add_record (json, i % 2 == 0 ? "user" : "assistant", i);
  g_string_append_c (json, ']');
  return parse (json->str);
}

static void
apply_page (MzTimeline *timeline,
            guint       first,
            guint       last,
            gboolean    complete)
{
  g_autoptr (JsonNode) node = page (first, last);

  mz_timeline_apply_page (timeline, mz_json_node_array (node), complete);
}

static void
apply_json (MzTimeline *timeline,
            const char *json)
{
  g_autofree char *text = g_strdelimit (g_strdup (json), "'", '"');
  g_autoptr (JsonNode) node = parse (text);

  mz_timeline_apply_page (timeline, mz_json_node_array (node), TRUE);
}

static void
apply_record (MzTimeline *timeline,
              const char *json)
{
  g_autofree char *text = g_strdelimit (g_strdup (json), "'", '"');
  g_autoptr (JsonNode) node = parse (text);

  mz_timeline_apply_record (timeline, mz_json_node_object (node), NULL);
}

static void
test_pages (void)
{
  g_autoptr (MzTimeline) timeline = mz_timeline_new ();
  g_autoptr (JsonNode) older = page (70, 104);
  g_autoptr (MzMessage) kept = NULL;
  Mirror mirror;

  mirror_init (&mirror, timeline);

  apply_page (timeline, 100, 199, FALSE);
  g_assert_cmpuint (mirror.added, ==, 100);
  g_assert_cmpuint (mirror.n_changes, ==, 1);
  kept = g_object_ref (mz_timeline_lookup_id (timeline, "m150", 0));

  /* The same again: nothing to tell. */
  mirror_reset (&mirror);
  apply_page (timeline, 100, 199, FALSE);
  g_assert_cmpuint (mirror.n_changes, ==, 0);

  /* Five new ones at the end; those that slipped off the page stay. */
  apply_page (timeline, 105, 204, FALSE);
  g_assert_cmpuint (mirror.removed, ==, 0);
  g_assert_cmpuint (mirror.added, ==, 5);
  mirror_check (&mirror);

  /* An older page that overlaps. */
  mirror_reset (&mirror);
  g_assert_cmpuint (mz_timeline_apply_older (timeline, mz_json_node_array (older)), ==, 30);
  g_assert_cmpuint (mirror.removed, ==, 0);
  g_assert_cmpuint (mirror.added, ==, 30);
  g_assert_cmpuint (mirror.n_changes, ==, 1);
  mirror_check (&mirror);
  g_assert_true (mz_timeline_lookup_id (timeline, "m150", 0) == kept);
  g_assert_cmpuint (mz_timeline_get_length (timeline), ==, 135);

  /* Too much was missed to join on: the old ones go. */
  mirror_reset (&mirror);
  apply_page (timeline, 500, 509, FALSE);
  g_assert_cmpuint (mirror.removed, ==, 135);
  g_assert_cmpuint (mirror.added, ==, 10);

  /* The whole history is shorter now: a rewind. */
  mirror_reset (&mirror);
  apply_page (timeline, 500, 504, TRUE);
  g_assert_cmpuint (mirror.removed, ==, 5);
  g_assert_cmpuint (mirror.added, ==, 0);
  mirror_check (&mirror);
  mirror_clear (&mirror);
}

static MzMessage *
local_row (MzMessageKind   kind,
           MzMessageState  state,
           const char     *run_id,
           const char     *key,
           const char     *text)
{
  MzMessage *row = mz_message_new (kind, state);

  mz_message_set_run_id (row, run_id);
  mz_message_set_idempotency_key (row, key);
  mz_message_set_text (row, text, strlen (text));
  return row;
}

/* What the gateway does not list: it stays where it was, and at the end what was at the end. */
static void
test_local_rows (void)
{
  g_autoptr (MzTimeline) timeline = mz_timeline_new ();
  g_autoptr (MzMessage) failed = local_row (MZ_MESSAGE_USER, MZ_MESSAGE_FAILED, "k1", "k1", "lost");
  g_autoptr (MzMessage) sent = local_row (MZ_MESSAGE_USER, MZ_MESSAGE_DONE, "k2", "k2", "sent");
  g_autoptr (MzMessage) reply = local_row (MZ_MESSAGE_ASSISTANT, MZ_MESSAGE_STREAMING, "k2", NULL, "half a re");
  g_autoptr (MzMessage) sending = local_row (MZ_MESSAGE_USER, MZ_MESSAGE_SENDING, "k3", "k3", "more");
  Mirror mirror;

  mirror_init (&mirror, timeline);
  apply_json (timeline, "[{'role':'user','content':'a','__openclaw':{'id':'1'}}]");
  mz_timeline_append (timeline, failed);
  apply_record (timeline, "{'role':'user','content':'b','__openclaw':{'id':'2'}}");
  mz_timeline_append (timeline, sent);
  mz_timeline_append (timeline, reply);
  mz_timeline_append (timeline, sending);
  mirror_reset (&mirror);

  apply_json (timeline, "[{'role':'user','content':'a','__openclaw':{'id':'1'}},{'role':'user','content':'b','__openclaw':{'id':'2'}},"
              "{'role':'user','content':'sent','idempotencyKey':'k2:user','__openclaw':{'id':'3'}}]");
  assert_rows (G_LIST_MODEL (timeline), "user 1#0 'a'\nuser/failed 'lost'\nuser 2#0 'b'\nuser 3#0 'sent'\n"
               "assistant/streaming 'half a re'\nuser/sending 'more'\n");
  g_assert_cmpuint (mirror.n_changes, ==, 0);
  g_assert_true (mz_timeline_lookup_idempotency (timeline, "k2") == sent);

  /* The reply is stored: its row is the one that streamed. */
  apply_json (timeline, "[{'role':'user','content':'a','__openclaw':{'id':'1'}},{'role':'user','content':'b','__openclaw':{'id':'2'}},"
              "{'role':'user','content':'sent','idempotencyKey':'k2:user','__openclaw':{'id':'3'}},"
              "{'role':'assistant','content':'half a reply','__openclaw':{'id':'4','runId':'k2'}}]");
  assert_rows (G_LIST_MODEL (timeline), "user 1#0 'a'\nuser/failed 'lost'\nuser 2#0 'b'\nuser 3#0 'sent'\n"
               "assistant 4#0 'half a reply'\nuser/sending 'more'\n");
  g_assert_cmpuint (mirror.n_changes, ==, 0);
  g_assert_true (mz_timeline_lookup_id (timeline, "4", 0) == reply);
  mirror_check (&mirror);
  mirror_clear (&mirror);
}

/* What was streamed and is not in the history goes once the history has the run's reply, and not before. */
static void
test_streamed_leftovers (void)
{
  g_autoptr (MzTimeline) timeline = mz_timeline_new ();
  g_autoptr (MzMessage) other = local_row (MZ_MESSAGE_ASSISTANT, MZ_MESSAGE_DONE, "r", NULL, "something else");
  g_autoptr (MzMessage) aborted = local_row (MZ_MESSAGE_ASSISTANT, MZ_MESSAGE_ABORTED, "x", NULL, "cut sh");

  mz_timeline_append (timeline, other);
  apply_json (timeline, "[{'role':'user','content':'q','__openclaw':{'id':'1'}}]");
  assert_rows (G_LIST_MODEL (timeline), "user 1#0 'q'\nassistant 'something else'\n");

  apply_json (timeline, "[{'role':'user','content':'q','__openclaw':{'id':'1'}},"
              "{'role':'toolResult','toolCallId':'c','content':'z','__openclaw':{'id':'2','runId':'r'}}]");
  assert_rows (G_LIST_MODEL (timeline), "user 1#0 'q'\ntool 2#0 c (null) (null) -> z\n");

  mz_timeline_append (timeline, aborted);
  apply_json (timeline, "[{'role':'user','content':'q','__openclaw':{'id':'1'}},"
              "{'role':'assistant','content':'z','__openclaw':{'id':'3'}}]");
  assert_rows (G_LIST_MODEL (timeline), "user 1#0 'q'\nassistant 3#0 'z'\nassistant/aborted 'cut sh'\n");
}

static void
test_records (void)
{
  g_autoptr (MzTimeline) timeline = mz_timeline_new ();
  g_autoptr (MzMessage) text = local_row (MZ_MESSAGE_ASSISTANT, MZ_MESSAGE_STREAMING, "r", NULL, "answ");
  g_autoptr (GPtrArray) run = NULL;

  mz_timeline_append (timeline, text);

  /* Its siblings come around the row that streamed. */
  apply_record (timeline, "{'role':'assistant','content':[{'type':'thinking','thinking':'hm'},{'type':'text','text':'answer'},"
                "{'type':'toolCall','id':'c','name':'n','arguments':{}}],'__openclaw':{'id':'1','runId':'r'}}");
  assert_rows (G_LIST_MODEL (timeline), "reasoning 1#0 'hm'\nassistant 1#1 'answer'\ntool 1#2 c n {} -> (null)\n");
  g_assert_true (mz_timeline_lookup_id (timeline, "1", 1) == text);

  /* The same again, its result, and another part of the same entry. */
  apply_record (timeline, "{'role':'assistant','content':[{'type':'thinking','thinking':'hm'},{'type':'text','text':'answer'},"
                "{'type':'toolCall','id':'c','name':'n','arguments':{}}],'__openclaw':{'id':'1','runId':'r'}}");
  apply_record (timeline, "{'role':'toolResult','toolCallId':'c','content':'out','isError':true,'__openclaw':{'id':'2','runId':'r'}}");
  apply_record (timeline, "{'role':'toolResult','toolCallId':'d','content':'lone','__openclaw':{'id':'2','runId':'r'}}");
  apply_record (timeline, "{'role':'assistant','content':[{'type':'toolCall','id':'d','name':'m'}],'__openclaw':{'id':'3'}}");
  assert_rows (G_LIST_MODEL (timeline), "reasoning 1#0 'hm'\nassistant 1#1 'answer'\ntool/failed 1#2 c n {} -> out (error)\n"
               "tool 3#0 d m (null) -> lone\n");

  run = mz_timeline_get_run (timeline, "r");
  g_assert_cmpuint (run->len, ==, 4);
  g_assert_true (g_ptr_array_index (run, 1) == text);
  g_assert_null (mz_timeline_lookup_call (timeline, "none"));
}

/* Any history after any other: the model is the new one, and the changes that were told lead there. */
static void
test_random (void)
{
  g_autoptr (MzTimeline) timeline = mz_timeline_new ();
  gboolean was_shuffled = FALSE;
  Mirror mirror;

  mirror_init (&mirror, timeline);
  for (guint round = 0; round < 300; round++)
    {
      g_autoptr (MzTimeline) expected = mz_timeline_new ();
      g_autoptr (GHashTable) here = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_autoptr (GString) json = g_string_new ("[");
      g_autoptr (JsonNode) node = NULL;
      g_autofree char *shown = NULL;
      gboolean shuffled = round % 3 == 0;
      guint n = g_test_rand_int_range (0, 40);
      guint id = g_test_rand_int_range (0, 60);

      for (guint i = 0; i < mirror.rows->len; i++)
        g_hash_table_add (here, g_strdup (mz_message_get_id (g_ptr_array_index (mirror.rows, i))));

      for (guint i = 0; i < n; i++)
        {
          /* Numbers in some order, or growing ones with holes. */
          id = shuffled ? (id + 23) % 61 : id + g_test_rand_int_range (1, 4);
          add_record (json, "assistant", id);
        }
      g_string_append_c (json, ']');
      node = parse (json->str);

      mirror_reset (&mirror);
      mz_timeline_apply_page (timeline, mz_json_node_array (node), TRUE);
      mz_timeline_apply_page (expected, mz_json_node_array (node), TRUE);
      shown = describe (G_LIST_MODEL (expected));
      assert_rows (G_LIST_MODEL (timeline), shown);
      mirror_check (&mirror);

      /* Growing numbers keep their order: nothing that stays is told. */
      if (!shuffled && !was_shuffled)
        {
          guint stayed = 0;

          for (guint i = 0; i < mirror.rows->len; i++)
            stayed += g_hash_table_contains (here, mz_message_get_id (g_ptr_array_index (mirror.rows, i)));
          g_assert_cmpuint (mirror.added, ==, mirror.rows->len - stayed);
        }
      was_shuffled = shuffled;
    }
  mirror_clear (&mirror);
}

/* One that moves: only it is told. */
static void
test_move (void)
{
  g_autoptr (MzTimeline) timeline = mz_timeline_new ();
  g_autoptr (GString) json = g_string_new ("[");
  g_autoptr (JsonNode) node = NULL;
  Mirror mirror;

  mirror_init (&mirror, timeline);
  apply_page (timeline, 1, 50, TRUE);
  mirror_reset (&mirror);

  add_record (json, "user", 50);
  for (guint i = 1; i < 50; i++)
    add_record (json, i % 2 == 0 ? "user" : "assistant", i);
  g_string_append_c (json, ']');
  node = parse (json->str);
  mz_timeline_apply_page (timeline, mz_json_node_array (node), TRUE);

  g_assert_cmpuint (mirror.removed, ==, 1);
  g_assert_cmpuint (mirror.added, ==, 1);
  mirror_check (&mirror);
  mirror_clear (&mirror);
}

/* Long sessions: ten thousand rows, all of them changing places with nothing in common, and back. */
static void
test_long (void)
{
  g_autoptr (MzTimeline) timeline = mz_timeline_new ();
  Mirror mirror;

  mirror_init (&mirror, timeline);
  apply_page (timeline, 1, 10000, TRUE);
  apply_page (timeline, 10001, 20000, TRUE);
  apply_page (timeline, 1, 10000, TRUE);
  g_assert_cmpuint (mirror.n_changes, ==, 3);

  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (MzMessage) row = local_row (MZ_MESSAGE_ASSISTANT, MZ_MESSAGE_DONE, "r", NULL, "x");

      mz_timeline_append (timeline, row);
      if (i % 2 == 0)
        mz_timeline_remove (timeline, row);
    }
  g_assert_cmpuint (mz_timeline_get_length (timeline), ==, 11000);
  mirror_check (&mirror);
  mirror_clear (&mirror);
}

/* An entry loaded by itself fills in what was cut, and nothing else. */
static void
test_whole (void)
{
  g_autoptr (MzTimeline) timeline = mz_timeline_new ();
  g_autoptr (JsonNode) page = parse ("[{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"hm\"},{\"type\":\"text\","
                                     "\"text\":\"one\\n...(truncated)...\"}],\"__openclaw\":{\"id\":\"a\",\"truncated\":true}}]");
  g_autoptr (JsonNode) whole = parse ("{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"other\"},"
                                      "{\"type\":\"text\",\"text\":\"one two three\"},{\"type\":\"image\"}]}");

  mz_timeline_apply_page (timeline, mz_json_node_array (page), TRUE);
  assert_rows (G_LIST_MODEL (timeline), "reasoning a#0 'hm'\nassistant a#1 'one\n...(truncated)...'\n");
  g_assert_false (mz_message_get_truncated (mz_timeline_peek (timeline, 0)));
  g_assert_true (mz_message_get_truncated (mz_timeline_peek (timeline, 1)));

  mz_timeline_apply_whole (timeline, "b", mz_json_node_object (whole));
  g_assert_true (mz_message_get_truncated (mz_timeline_peek (timeline, 1)));
  mz_timeline_apply_whole (timeline, "a", mz_json_node_object (whole));
  assert_rows (G_LIST_MODEL (timeline), "reasoning a#0 'hm'\nassistant a#1 'one two three'\n");
  g_assert_false (mz_message_get_truncated (mz_timeline_peek (timeline, 1)));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/timeline/pages", test_pages);
  g_test_add_func ("/timeline/local-rows", test_local_rows);
  g_test_add_func ("/timeline/streamed-leftovers", test_streamed_leftovers);
  g_test_add_func ("/timeline/records", test_records);
  g_test_add_func ("/timeline/random", test_random);
  g_test_add_func ("/timeline/move", test_move);
  g_test_add_func ("/timeline/long", test_long);
  g_test_add_func ("/timeline/whole", test_whole);
  return g_test_run ();
}
