/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "session-utils.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *record;
  const char *rows;
} Case;

static const Case cases[] = {
  { "user", "{'role':'user','content':'hi','timestamp':5,'__openclaw':{'id':'u','seq':1}}", "user u#0 'hi'\n" },
  { "user-blocks", "{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}", "user 'a\nb'\n" },
  { "assistant", "{'role':'assistant','content':[{'type':'text','text':'yes'}],'__openclaw':{'id':'a'}}", "assistant a#0 'yes'\n" },
  { "parts",
    "{'role':'assistant','content':[{'type':'thinking','thinking':'hm'},{'type':'text','text':'a'},"
    "{'type':'toolCall','id':'c1','name':'exec','arguments':{'command':'ls','n':1}},{'type':'text','text':'b'}],'__openclaw':{'id':'p'}}",
    "reasoning p#0 'hm'\nassistant p#1 'a'\ntool p#2 c1 exec {\"command\":\"ls\",\"n\":1} -> (null)\nassistant p#3 'b'\n" },
  { "result", "{'role':'toolResult','toolCallId':'c1','toolName':'exec','content':[{'type':'text','text':'out'}],'__openclaw':{'id':'r'}}",
    "tool r#0 c1 exec (null) -> out\n" },
  { "failed-result", "{'role':'toolResult','toolCallId':'c1','content':'no','isError':true}", "tool/failed c1 (null) (null) -> no (error)\n" },
  { "anthropic-style", "{'role':'assistant','content':[{'type':'tool_use','id':'c','name':'n','input':'x'}]}", "tool c n x -> (null)\n" },
  { "error", "{'role':'assistant','content':[],'stopReason':'error','errorMessage':'boom','__openclaw':{'id':'e'}}",
    "error/failed e#1 'boom'\n" },
  { "error-after-text", "{'role':'assistant','content':[{'type':'text','text':'a'}],'stopReason':'error','errorMessage':'boom'}",
    "assistant/failed 'a'\nerror/failed 'boom'\n" },
  { "error-as-text", "{'role':'assistant','content':[{'type':'text','text':'It failed'}],'stopReason':'error','__openclaw':{'id':'e'}}",
    "error/failed e#0 'It failed'\n" },
  { "aborted", "{'role':'assistant','content':'a','stopReason':'aborted'}", "assistant/aborted 'a'\n" },
  { "aborted-by-person", "{'role':'assistant','content':'a','stopReason':'stop','openclawAbort':{'aborted':true,'origin':'rpc'}}",
    "assistant/aborted 'a'\n" },
  { "compaction", "{'role':'system','content':[{'type':'text','text':'Compaction'}],'__openclaw':{'kind':'compaction','id':'k','tokensBefore':9}}",
    "marker k#0 'Compaction'\n" },
  { "reset", "{'role':'system','__openclaw':{'kind':'reset','id':'k'}}", "marker k#0 ''\n" },
  { "other-role", "{'role':'narrator','content':'once','__openclaw':{'id':'o'}}", "other o#0 'once'\n" },
  { "other-block", "{'role':'assistant','content':[{'type':'text','text':'a'},{'type':'poem','text':'b'},{'type':'x'}]}",
    "assistant 'a'\nother 'b'\nother ''\n" },
  { "image-alone", "{'role':'assistant','content':[{'type':'image','url':'/i','mimeType':'image/png'}]}", "assistant ''\n" },
  { "nothing", "{'role':'assistant','content':[]}", "" },
  { "no-content", "{'role':'user'}", "" },
  { "text-member", "{'role':'user','text':'t'}", "user 't'\n" },
  { "no-role", "{'content':'x'}", "other 'x'\n" },
  { "wrong-types", "{'role':7,'content':{'a':1},'timestamp':'x','usage':[],'__openclaw':'no'}", "other ''\n" },
  { "wrong-blocks", "{'role':'assistant','content':[1,null,'plain',[],{'type':3},{'type':'text','text':[]},{'type':'toolCall'}]}",
    "assistant 'plain'\nother ''\nassistant ''\ntool (null) (null) (null) -> (null)\n" },
};

static GListModel *
to_model (GPtrArray *rows)
{
  GListStore *store = g_list_store_new (MZ_TYPE_MESSAGE);

  g_list_store_splice (store, 0, 0, rows->pdata, rows->len);
  return G_LIST_MODEL (store);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *json = g_strdelimit (g_strdup (c->record), "'", '"');
  g_autoptr (JsonNode) node = parse (json);
  g_autoptr (GPtrArray) rows = mz_message_project (mz_json_node_object (node));
  g_autoptr (GListModel) model = to_model (rows);

  assert_rows (model, c->rows);
}

static void
test_details (void)
{
  g_autoptr (JsonNode) node = parse ("{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"t\"},"
                                     "{\"type\":\"text\",\"text\":\"a\"}],\"provider\":\"p\",\"model\":\"m\",\"usage\":{\"input\":10,"
                                     "\"output\":4},\"stopReason\":\"stop\",\"timestamp\":1795344031412,\"__openclaw\":{\"runId\":\"r\","
                                     "\"id\":\"i\",\"seq\":2}}");
  g_autoptr (GPtrArray) rows = mz_message_project (mz_json_node_object (node));
  MzMessage *reasoning = g_ptr_array_index (rows, 0);
  MzMessage *row = g_ptr_array_index (rows, 1);

  g_assert_cmpstr (mz_message_get_provider (row), ==, "p");
  g_assert_cmpstr (mz_message_get_model (row), ==, "m");
  g_assert_cmpint (mz_message_get_input_tokens (row), ==, 10);
  g_assert_cmpint (mz_message_get_output_tokens (row), ==, 4);
  g_assert_cmpint (mz_message_get_input_tokens (reasoning), ==, 0);
  g_assert_cmpstr (mz_message_get_stop_reason (row), ==, "stop");
  g_assert_cmpint (mz_message_get_timestamp (row), ==, 1795344031412);
  g_assert_cmpstr (mz_message_get_run_id (row), ==, "r");
  g_assert_cmpint (mz_message_get_seq (row), ==, 2);
  g_assert_cmpstr (mz_message_get_role (row), ==, "assistant");
}

static void
test_user_key (void)
{
  g_autoptr (JsonNode) node = parse ("{\"role\":\"user\",\"content\":\"x\",\"idempotencyKey\":\"k1:user\"}");
  g_autoptr (GPtrArray) rows = mz_message_project (mz_json_node_object (node));

  g_assert_cmpstr (mz_message_get_idempotency_key (g_ptr_array_index (rows, 0)), ==, "k1");
  g_assert_cmpstr (mz_message_get_run_id (g_ptr_array_index (rows, 0)), ==, "k1");
}

static void
test_attachments (void)
{
  g_autoptr (JsonNode) node = parse ("{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"see\"},{\"type\":\"image\","
                                     "\"artifactId\":\"a1\",\"url\":\"/x\",\"mimeType\":\"image/png\",\"alt\":\"A cat\",\"sizeBytes\":12,"
                                     "\"width\":3,\"height\":99999999999,\"fileName\":\"cat.png\"},{\"type\":\"image\",\"source\":"
                                     "{\"media_type\":\"image/gif\",\"data\":\"AAAA\"}},{\"type\":\"image\",\"size\":-4}]}");
  g_autoptr (GPtrArray) rows = mz_message_project (mz_json_node_object (node));
  MzMessage *row = g_ptr_array_index (rows, 0);
  const MzAttachment *attachment = mz_message_get_attachment (row, 0);

  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpuint (mz_message_get_n_attachments (row), ==, 3);
  g_assert_cmpstr (attachment->artifact_id, ==, "a1");
  g_assert_cmpstr (attachment->mime, ==, "image/png");
  g_assert_cmpstr (attachment->alt, ==, "A cat");
  g_assert_cmpstr (attachment->name, ==, "cat.png");
  g_assert_cmpstr (attachment->url, ==, "/x");
  g_assert_cmpint (attachment->size, ==, 12);
  g_assert_cmpint (attachment->width, ==, 3);
  g_assert_cmpint (attachment->height, ==, G_MAXINT);
  g_assert_cmpstr (mz_message_get_attachment (row, 1)->mime, ==, "image/gif");
  g_assert_nonnull (mz_json_get_object (mz_json_node_object (mz_message_get_attachment (row, 1)->node), "source"));
  g_assert_cmpint (mz_message_get_attachment (row, 2)->size, ==, 0);
  g_assert_null (mz_message_get_attachment (row, 3));
}

/* A page: results join their calls, and several records of one entry get blocks of their own. */
static void
test_page (void)
{
  g_autoptr (JsonNode) node = parse ("[{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}],\"__openclaw\":{\"id\":\"x\"}},"
                                     "{\"role\":\"assistant\",\"content\":[{\"type\":\"toolCall\",\"id\":\"c\",\"name\":\"n\"}],"
                                     "\"__openclaw\":{\"id\":\"x\"}},"
                                     "{\"role\":\"toolResult\",\"toolCallId\":\"c\",\"content\":\"out\",\"__openclaw\":{\"id\":\"y\"}},"
                                     "{\"role\":\"toolResult\",\"toolCallId\":\"other\",\"content\":\"lone\",\"__openclaw\":{\"id\":\"z\"}},"
                                     "17, null]");
  g_autoptr (GPtrArray) rows = mz_message_project_all (mz_json_node_array (node));
  g_autoptr (GListModel) model = to_model (rows);

  assert_rows (model, "assistant x#0 'a'\ntool x#1 c n (null) -> out\ntool z#0 other (null) (null) -> lone\n");
}

static void
appended_cb (MzMessage  *row,
             const char *text,
             GString    *log)
{
  g_string_append_printf (log, "+%s", text);
}

static void
replaced_cb (MzMessage *row,
             GString   *log)
{
  g_string_append_printf (log, "=%s", mz_message_get_text (row));
}

static void
notify_cb (MzMessage  *row,
           GParamSpec *pspec,
           GString    *log)
{
  g_string_append_printf (log, " %s", pspec->name);
}

static void
test_signals (void)
{
  g_autoptr (MzMessage) row = mz_message_new (MZ_MESSAGE_ASSISTANT, MZ_MESSAGE_STREAMING);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autofree char *text = NULL;
  MzMessageKind kind;

  g_signal_connect (row, "appended", G_CALLBACK (appended_cb), log);
  g_signal_connect (row, "replaced", G_CALLBACK (replaced_cb), log);
  g_signal_connect (row, "notify", G_CALLBACK (notify_cb), log);

  mz_message_append_text (row, "ab", 2);
  mz_message_set_text (row, "abc", 3);
  mz_message_set_text (row, "abc", 3);
  mz_message_set_text (row, "ab", 2);
  mz_message_set_state (row, MZ_MESSAGE_DONE);
  mz_message_set_state (row, MZ_MESSAGE_DONE);
  mz_message_set_usage (row, 1, 0);
  g_assert_cmpstr (log->str, ==, "+ab+c=ab text state input-tokens");

  g_object_get (row, "text", &text, "kind", &kind, NULL);
  g_assert_cmpstr (text, ==, "ab");
  g_assert_cmpint (kind, ==, MZ_MESSAGE_ASSISTANT);
  g_assert_cmpstr (mz_message_kind_to_string (MZ_MESSAGE_REASONING), ==, "reasoning");
  g_assert_cmpstr (mz_message_state_to_string (MZ_MESSAGE_QUEUED), ==, "queued");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/message/project/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/message/details", test_details);
  g_test_add_func ("/message/user-key", test_user_key);
  g_test_add_func ("/message/attachments", test_attachments);
  g_test_add_func ("/message/page", test_page);
  g_test_add_func ("/message/signals", test_signals);
  return g_test_run ();
}
