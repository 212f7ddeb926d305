/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "history-fixture.h"
#include "mz-history-record.h"
#include "mz-json.h"

#define assert_read(file, before, limit, expected)                             \
  G_STMT_START                                                                  \
  {                                                                             \
    g_autofree char *read_ = read_string (file, before, limit);                 \
                                                                                \
    g_assert_cmpstr (read_, ==, expected);                                      \
  }                                                                             \
  G_STMT_END

#define assert_found(file, text, expected)                                      \
  G_STMT_START                                                                  \
  {                                                                             \
    g_autofree char *found_ = search_string (file, text);                       \
                                                                                \
    g_assert_cmpstr (found_, ==, expected);                                     \
  }                                                                             \
  G_STMT_END

static void
test_tail (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (MzHistoryFile) other = mz_history_file_new (fixture->path);

  /* Who only asks makes nothing. */
  assert_read (file, NULL, 10, "?");
  assert_found (file, "message", "");
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  put (file, MZ_HISTORY_TAIL, page_of (1, 5, FALSE));
  assert_read (file, NULL, 10, "| m1 m2 m3 m4 m5");
  assert_read (file, NULL, 3, "< m3 m4 m5");
  assert_read (file, "m3", 10, "| m1 m2");
  assert_read (file, "nobody", 10, "?");
  assert_read (other, NULL, 2, "< m4 m5");

  /* The same again, and more, as after a reconnect. */
  put (file, MZ_HISTORY_TAIL, page_of (1, 7, FALSE));
  put (file, MZ_HISTORY_TAIL, page_of (4, 7, TRUE));
  assert_read (other, NULL, 10, "| m1 m2 m3 m4 m5 m6 m7");
  assert_found (file, "message 4 ", "m4");
}

static gint64
size_of (const char *path)
{
  GStatBuf status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);

  return status.st_size;
}

/* A reconnect, after which everything is as it was, writes nothing. */
static void
test_same (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);
  gint64 before;

  put (file, MZ_HISTORY_TAIL, page_of (1, 50, FALSE));
  before = size_of (log);
  for (guint i = 0; i < 5; i++)
    put (file, MZ_HISTORY_TAIL, page_of (1, 50, FALSE));
  g_assert_cmpint (size_of (log), ==, before);
  put (file, MZ_HISTORY_TAIL, page_of (1, 51, FALSE));
  g_assert_cmpint (size_of (log), >, before);
}

/* Gateways that give no times: a thousand messages of the same moment are a thousand messages. */
static void
test_same_time (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (MzHistoryPage) page = NULL;

  for (guint i = 1; i <= 1000; i++)
    put (file, MZ_HISTORY_LIVE, json_of ("{'message':{'role':'user','content':'timeless','__openclaw':{'id':'m%u','seq':%u}}}", i, i));
  page = mz_history_file_read (file, GATEWAY, SESSION, NULL, 2000, NULL);
  g_assert_cmpuint (page->n_messages, ==, 1000);
  g_assert_true (mz_history_file_check (file, NULL));
}

/* Between what is kept and what comes there can be messages that nobody here knows. */
static void
test_gap (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);

  put (file, MZ_HISTORY_TAIL, page_of (1, 3, FALSE));
  put (file, MZ_HISTORY_TAIL, page_of (20, 22, TRUE));
  assert_read (file, NULL, 10, "? m20 m21 m22");
  assert_read (file, "m20", 10, "?");
  assert_found (file, "\"message 2\" ", "m2");

  /* Older pages come nearer, and meet. */
  put (file, MZ_HISTORY_OLDER, page_of (10, 19, TRUE));
  assert_read (file, NULL, 20, "? m10 m11 m12 m13 m14 m15 m16 m17 m18 m19 m20 m21 m22");
  put (file, MZ_HISTORY_OLDER, page_of (3, 9, TRUE));
  assert_read (file, NULL, 5, "< m18 m19 m20 m21 m22");
  assert_read (file, "m5", 10, "| m1 m2 m3 m4");

  /* A tail that reaches over the gap closes it too. */
  put (file, MZ_HISTORY_TAIL, page_of (40, 41, TRUE));
  assert_read (file, NULL, 10, "? m40 m41");
  put (file, MZ_HISTORY_TAIL, page_of (22, 42, TRUE));
  assert_read (file, "m41", 3, "< m38 m39 m40");
  assert_read (file, "m23", 3, "< m20 m21 m22");
}

static void
test_live (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);

  put (file, MZ_HISTORY_TAIL, page_of (1, 3, FALSE));
  put (file, MZ_HISTORY_LIVE, json_of ("{'sessionKey':'x','message':{'role':'user','content':'now','timestamp':1,'__openclaw':{'id':'m4','seq':4}},'messageSeq':4}"));
  assert_read (file, NULL, 10, "| m1 m2 m3 m4");

  /* What has no id yet is not final. */
  put (file, MZ_HISTORY_LIVE, json_of ("{'message':{'role':'user','content':'soon','__openclaw':{'seq':5}},'messageSeq':5}"));
  assert_read (file, NULL, 10, "| m1 m2 m3 m4");

  /* One was missed. */
  put (file, MZ_HISTORY_LIVE, json_of ("{'message':{'role':'user','content':'late','__openclaw':{'id':'m6','seq':6}}}"));
  assert_read (file, NULL, 10, "? m6");

  /* An answer to a cursor brings it. */
  put (file, MZ_HISTORY_LIVE, json_of ("{'kind':'delta','deltaCursor':'c2','messages':[{'message':{'role':'assistant','content':'missed','__openclaw':{'id':'m5','seq':5}}},"
                                       "{'message':{'role':'user','content':'late','__openclaw':{'id':'m6','seq':6}}}]}"));
  assert_read (file, NULL, 10, "| m1 m2 m3 m4 m5 m6");

  /* One from before, behind which something is missing too */
  put (file, MZ_HISTORY_TAIL, page_of (20, 21, TRUE));
  put (file, MZ_HISTORY_LIVE, json_of ("{'message':{'role':'user','content':'x','__openclaw':{'id':'m12','seq':12}}}"));
  assert_read (file, "m20", 10, "?");
  assert_read (file, "m12", 10, "?");
}

/* What is not there any more on the gateway is not here either; what changed there changes here. */
static void
test_replaced (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);

  put (file, MZ_HISTORY_TAIL, page_of (1, 6, FALSE));
  put (file, MZ_HISTORY_TAIL,
       json_of ("{'messages':[{'role':'user','content':'message 3','__openclaw':{'id':'m3','seq':3}},"
                "{'role':'assistant','content':'another answer','__openclaw':{'id':'m4','seq':4}},"
                "{'role':'user','content':'fresh','__openclaw':{'id':'m9','seq':5}}],'hasMore':true}"));
  assert_read (file, NULL, 10, "| m1 m2 m3 m4 m9");
  assert_found (file, "another", "m4");
  assert_found (file, "\"message 4\" ", "");
  assert_found (file, "\"message 6\" ", "");
  assert_found (file, "fresh ", "m9");
}

/* A reset begins another transcript; compaction is a boundary within one. */
static void
test_boundaries (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (MzHistoryPage) page = NULL;
  g_autofree char *around = NULL;

  put (file, MZ_HISTORY_TAIL, page_of (1, 3, FALSE));
  put (file, MZ_HISTORY_TAIL,
       json_of ("{'sessionId':'s1','messages':[{'role':'user','content':'message 3','__openclaw':{'id':'m3','seq':3}},"
                "{'role':'system','content':'','__openclaw':{'id':'c1','seq':4,'kind':'compaction','tokensBefore':9}},"
                "{'role':'user','content':'after','__openclaw':{'id':'m5','seq':5}}],'hasMore':true}"));
  assert_read (file, NULL, 10, "| m1 m2 m3 c1 m5");

  put (file, MZ_HISTORY_TAIL, json_of ("{'sessionId':'s2','messages':[{'role':'user','content':'anew','__openclaw':{'id':'n1','seq':1}}],'hasMore':false}"));
  assert_read (file, NULL, 10, "| n1");
  assert_found (file, "after ", "m5");
  page = mz_history_file_read_around (file, GATEWAY, SESSION, "m3", 1, 5, NULL);
  around = page_to_string (page);
  g_assert_cmpstr (around, ==, "< m2 m3 c1 m5");
  g_assert_cmpstr (page->session_id, ==, "s2");

  /* A gateway that shows the beginning somewhere else in the same transcript. */
  put (file, MZ_HISTORY_TAIL, json_of ("{'sessionId':'s2','messages':[{'role':'user','content':'later','__openclaw':{'id':'n7','seq':7}}],'hasMore':false}"));
  assert_read (file, NULL, 10, "| n7");
  assert_found (file, "anew ", "n1");

  /* An empty one. */
  put (file, MZ_HISTORY_TAIL, json_of ("{'sessionId':'s2','messages':[],'hasMore':false}"));
  assert_read (file, NULL, 10, "?");
}

/* Records of one entry stay together and in order. */
static void
test_siblings (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);

  for (guint i = 0; i < 2; i++)
    put (file, MZ_HISTORY_TAIL,
         json_of ("{'messages':[{'role':'user','content':'q','__openclaw':{'id':'a','seq':1}},"
                  "{'role':'assistant','content':'one','__openclaw':{'id':'b','seq':2}},"
                  "{'role':'toolResult','content':'two','__openclaw':{'id':'b','seq':2}},"
                  "{'role':'assistant','content':'three','__openclaw':{'id':'b','seq':2}}],'hasMore':false}"));
  assert_read (file, NULL, 10, "| a b b b");
  assert_read (file, NULL, 2, "< b b b");
  assert_read (file, "b", 10, "| a");
  assert_found (file, "three ", "b");
  /* What tools give out is not among what people look for. */
  assert_found (file, "two ", "");
}

/* A gateway that gives neither numbers nor offsets. */
static void
test_unnumbered (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);

  put (file, MZ_HISTORY_TAIL, json_of ("{'messages':[{'role':'user','content':'a','__openclaw':{'id':'a'}},{'role':'user','content':'b','__openclaw':{'id':'b'}}]}"));
  put (file, MZ_HISTORY_TAIL, json_of ("{'messages':[{'role':'user','content':'b','__openclaw':{'id':'b'}},{'role':'user','content':'c','__openclaw':{'id':'c'}}]}"));
  put (file, MZ_HISTORY_LIVE, json_of ("{'message':{'role':'user','content':'d','__openclaw':{'id':'d'}}}"));
  put (file, MZ_HISTORY_OLDER, json_of ("{'messages':[{'role':'user','content':'z','__openclaw':{'id':'z'}}]}"));
  assert_read (file, NULL, 10, "? z a b c d");
}

/* Odd, huge and hostile: kept or passed over. */
static void
test_odd (Fixture       *fixture,
          gconstpointer  data)
{
  static const char * const odd[] = {
    "{}",
    "{'messages':null}",
    "{'messages':{}}",
    "{'messages':[1,null,'x',[],{}]}",
    "{'messages':[{'__openclaw':{'id':7}}]}",
    "{'messages':[{'role':7,'content':{'a':1},'timestamp':'x','__openclaw':{'id':'o1','seq':'y'}}]}",
    "{'messages':[{'role':'user','content':'x','timestamp':-5,'__openclaw':{'id':'o2','seq':-3}}]}",
    "{'messages':[{'role':'user','content':'x','timestamp':9000000000000000000,'__openclaw':{'id':'o3','seq':9000000000000000000}}]}",
    "{'messages':[{'role':'user','content':['a',{'type':'text','text':'\\u0000\\ud800 \\t'}],'__openclaw':{'id':'o4','seq':1,'kind':'?'}}],'sessionId':5}",
  };
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (MzHistoryPage) page = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_test_message ("%s", odd[i]);
      put (file, MZ_HISTORY_LIVE, json_of ("%s", odd[i]));
      put (file, MZ_HISTORY_TAIL, json_of ("%s", odd[i]));
      put (file, MZ_HISTORY_OLDER, json_of ("%s", odd[i]));
    }
  page = mz_history_file_read (file, GATEWAY, SESSION, NULL, 100, NULL);
  g_assert_nonnull (page);
  g_assert_true (mz_history_file_check (file, NULL));
}

/* The record comes back as it was, but for the content of pictures. */
static void
test_record (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *base64 = g_strnfill (4000, 'A');
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (JsonNode) answer =
    json_of ("{'messages':[{'role':'assistant','content':[{'type':'text','text':'say \\'hi\\'\\n\\u0001\\u007f \\u20ac'},"
             "{'type':'image','mimeType':'image/png','data':'%s','alt':'A cat'},{'type':'image','url':'data:image/png;base64,%s'},"
             "{'type':'toolCall','arguments':{'data':'%s','n':-12345678901,'x':0.125,'t':true,'f':false,'z':null,'e':[],'o':{}}}],"
             "'__openclaw':{'id':'r','seq':1}}],'hasMore':false}", base64, base64, base64);
  g_autoptr (MzHistoryPage) page = NULL;
  g_autoptr (GString) written = g_string_new (NULL);
  JsonArray *content;

  g_assert_true (mz_history_file_put (file, GATEWAY, SESSION, MZ_HISTORY_TAIL, mz_json_node_object (answer), 0, NULL, NULL));
  page = mz_history_file_read (file, GATEWAY, SESSION, NULL, 10, NULL);
  content = mz_json_get_array (mz_json_array_object (mz_json_get_array (mz_json_node_object (page->answer), "messages"), 0), "content");
  g_assert_cmpuint (mz_json_array_length (content), ==, 4);
  g_assert_cmpstr (mz_json_get_string (mz_json_array_object (content, 0), "text"), ==, "say \"hi\"\n\x01\x7f \xe2\x82\xac");
  g_assert_false (mz_json_has (mz_json_array_object (content, 1), "data"));
  g_assert_true (mz_json_get_boolean (mz_json_array_object (content, 1), "omitted", FALSE));
  g_assert_cmpint (mz_json_get_int (mz_json_array_object (content, 1), "bytes", 0), ==, 3000);
  g_assert_cmpstr (mz_json_get_string (mz_json_array_object (content, 1), "alt"), ==, "A cat");
  g_assert_false (mz_json_has (mz_json_array_object (content, 2), "url"));

  /* A program's own data is text. */
  mz_history_write_json (written, mz_json_array_node (content, 3));
  g_assert_true (strstr (written->str, base64) != NULL);
  g_assert_true (g_str_has_suffix (written->str, ",\"n\":-12345678901,\"x\":0.125,\"t\":true,\"f\":false,\"z\":null,\"e\":[],\"o\":{}}}"));
}

static void
test_sessions (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (JsonNode) list = json_of ("{'sessions':[{'key':'a','label':'Garden plans','updatedAt':5},{'key':'b','derivedTitle':'Caf\xc3\xa9 in Lisbon','updatedAt':9},"
                                       "{'key':'c','updatedAt':1},{'nokey':1}]}");
  g_autoptr (JsonNode) renamed = json_of ("{'sessions':[{'key':'a','label':'Roof','updatedAt':10}]}");
  g_autoptr (JsonNode) read = NULL;
  JsonArray *rows;

  g_assert_true (mz_history_file_put_sessions (file, GATEWAY, mz_json_node_object (list), NULL));
  assert_found (file, "gard", "[a]");
  assert_found (file, "cafe", "[b]");
  assert_found (file, "in:cafe", "");
  g_assert_true (mz_history_file_put_sessions (file, GATEWAY, mz_json_node_object (renamed), NULL));
  assert_found (file, "garden", "");
  assert_found (file, "roof", "[a]");

  read = mz_history_file_read_sessions (file, GATEWAY, NULL);
  rows = mz_json_get_array (mz_json_node_object (read), "sessions");
  g_assert_cmpuint (mz_json_array_length (rows), ==, 3);
  g_assert_cmpstr (mz_json_get_string (mz_json_array_object (rows, 0), "label"), ==, "Roof");
  g_assert_cmpstr (mz_json_get_string (mz_json_array_object (rows, 1), "key"), ==, "b");
  g_clear_pointer (&read, json_node_unref);
  read = mz_history_file_read_sessions (file, OTHER_GATEWAY, NULL);
  g_assert_cmpuint (mz_json_array_length (mz_json_get_array (mz_json_node_object (read), "sessions")), ==, 0);
}

static void
test_search (Fixture       *fixture,
             gconstpointer  data)
{
  static const struct
  {
    const char *text;
    const char *found;
  } cases[] = {
    { "message", "m6 m5 m4 m3 m2 m1 z1" },
    { "message from:me ", "m5 m3 m1 z1" },
    { "message from:assistant ", "m6 m4 m2" },
    { "message in:roof ", "z1" },
    { "message in:nothing ", "" },
    { "in:roof", "z1" },
    { "in:roof from:assistant", "" },
    { "message in:roof in:main ", "m6 m5 m4 m3 m2 m1 z1" },
    { "roof", "[attic] z1" },
    { "\"message 3\"", "m3" },
    { "\"3 message\"", "" },
    { "mess 3 ", "" },
    { "mess* 3 ", "m3" },
    { "after:1970 before:1971 message", "z1" },
    { "before:1970 message", "" },
    { "after:2020", "m6 m5 m4 m3 m2 m1" },
    { "from:me", "m5 m3 m1 z1" },
    { "me ", "" },
    { "ai g1 s1 ", "" },
    { "message OR nothing ", "" },
    { "tags:me", "" },
    { "", "" },
  };
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
  g_autoptr (JsonNode) other =
    json_of ("{'messages':[{'role':'user','content':'message of the roof','timestamp':1000,'__openclaw':{'id':'z1','seq':1}}],'hasMore':false}");
  g_autoptr (JsonNode) list = json_of ("{'sessions':[{'key':'attic','label':'Roof and attic','updatedAt':5}]}");
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (MzSearchQuery) query = NULL;
  g_autoptr (MzHistoryHits) hits = NULL;
  const MzHistoryHit *hit;
  const MzWordsRange *range;

  put (file, MZ_HISTORY_TAIL, page_of (1, 6, FALSE));
  g_assert_true (mz_history_file_put_sessions (file, OTHER_GATEWAY, mz_json_node_object (list), NULL));
  g_assert_true (mz_history_file_put (file, OTHER_GATEWAY, "attic", MZ_HISTORY_TAIL, mz_json_node_object (other), 0, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      assert_found (file, cases[i].text, cases[i].found);
    }

  /* What a hit tells, within one gateway and within one conversation, and that there are more. */
  query = mz_search_query_parse ("mess", utc, 0);
  hits = mz_history_file_search (file, query, OTHER_GATEWAY, NULL, 10, NULL);
  g_assert_cmpuint (hits->messages->len, ==, 1);
  g_assert_false (hits->more);
  hit = g_ptr_array_index (hits->messages, 0);
  g_assert_cmpstr (hit->gateway, ==, OTHER_GATEWAY);
  g_assert_cmpstr (hit->session, ==, "attic");
  g_assert_cmpstr (hit->title, ==, "Roof and attic");
  g_assert_cmpint (hit->from, ==, MZ_SEARCH_FROM_ME);
  g_assert_cmpint (hit->time_ms, ==, 1000);
  g_assert_cmpint (hit->seq, ==, 1);
  g_assert_cmpstr (hit->snippet, ==, "message of the roof");
  g_assert_cmpuint (hit->ranges->len, ==, 1);
  range = &g_array_index (hit->ranges, MzWordsRange, 0);
  g_assert_cmpuint (range->start, ==, 0);
  g_assert_cmpuint (range->length, ==, 7);

  g_clear_pointer (&hits, mz_history_hits_free);
  hits = mz_history_file_search (file, query, GATEWAY, SESSION, 4, NULL);
  g_assert_cmpuint (hits->messages->len, ==, 4);
  g_assert_true (hits->more);
  g_clear_pointer (&hits, mz_history_hits_free);
  hits = mz_history_file_search (file, query, GATEWAY, "nowhere", 4, NULL);
  g_assert_cmpuint (hits->messages->len, ==, 0);
}

static void
test_around (Fixture       *fixture,
             gconstpointer  data)
{
  static const struct
  {
    const char *entry;
    guint n_before;
    guint n_after;
    const char *page;
  } cases[] = {
    { "m5", 2, 2, "< m3 m4 m5 m6 m7 >" },
    { "m1", 5, 1, "| m1 m2 >" },
    { "m9", 1, 5, "< m8 m9 m10" },
    { "m10", 0, 0, "< m10" },
    { "m20", 3, 3, "? m20 m21" },
    { "nobody", 3, 3, "?" },
  };
  g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);

  put (file, MZ_HISTORY_TAIL, page_of (1, 10, FALSE));
  put (file, MZ_HISTORY_TAIL, page_of (20, 21, TRUE));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzHistoryPage) page = mz_history_file_read_around (file, GATEWAY, SESSION, cases[i].entry, cases[i].n_before, cases[i].n_after, NULL);
      g_autofree char *string = page_to_string (page);

      g_test_message ("%s", cases[i].entry);
      g_assert_cmpstr (string, ==, cases[i].page);
    }
}

/* What real gateways said, in the order in which they did: protocol 3 and 4. In the end it is what their last histories show. */
static void
test_recorded (Fixture       *fixture,
               gconstpointer  data)
{
  static const char * const names[] = { "protocol3.jsonl", "protocol4.jsonl" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *source = g_test_build_filename (G_TEST_DIST, "session", "data", names[i], NULL);
      g_autofree char *contents = NULL;
      g_auto (GStrv) lines = NULL;
      g_autoptr (MzHistoryFile) file = mz_history_file_new (fixture->path);
      g_autoptr (GError) error = NULL;
      g_autoptr (MzHistoryPage) page = NULL;
      g_autoptr (GPtrArray) expected = g_ptr_array_new_with_free_func (g_free);
      g_autofree char *read = NULL;
      g_autofree char *shown = NULL;
      guint n_pages = 0, n_live = 0;

      g_assert_true (g_file_get_contents (source, &contents, NULL, &error));
      g_assert_no_error (error);
      lines = g_strsplit (contents, "\n", -1);
      for (guint j = 0; lines[j] != NULL; j++)
        {
          g_autoptr (JsonNode) frame = lines[j][0] != '\0' ? json_from_string (lines[j], NULL) : NULL;
          JsonObject *payload = mz_json_get_object (mz_json_node_object (frame), "payload");
          JsonArray *messages = mz_json_get_array (payload, "messages");
          gboolean older = mz_json_get_int (payload, "offset", 0) > 0;

          if (messages != NULL)
            {
              n_pages++;
              g_assert_true (mz_history_file_put (file, GATEWAY, SESSION, older ? MZ_HISTORY_OLDER : MZ_HISTORY_TAIL, payload, FIRST_MS, NULL, &error));

              /* The last of them that begins at the beginning */
              if (!older && mz_json_get_int (mz_json_get_object (mz_json_array_object (messages, 0), "__openclaw"), "seq", 0) == 1)
                {
                  g_ptr_array_set_size (expected, 0);
                  for (guint k = 0; k < mz_json_array_length (messages); k++)
                    g_ptr_array_add (expected, g_strdup (mz_json_get_string (mz_json_get_object (mz_json_array_object (messages, k), "__openclaw"), "id")));
                }
            }
          else if (g_strcmp0 (mz_json_get_string (mz_json_node_object (frame), "event"), "session.message") == 0)
            {
              n_live++;
              g_assert_true (mz_history_file_put (file, GATEWAY, SESSION, MZ_HISTORY_LIVE, payload, FIRST_MS, NULL, &error));
            }
          g_assert_no_error (error);
        }
      g_assert_cmpuint (n_pages, >, 1);
      g_assert_cmpuint (n_live, >, 3);
      g_assert_cmpuint (expected->len, >, 5);

      page = mz_history_file_read (file, GATEWAY, SESSION, NULL, 100, &error);
      g_assert_no_error (error);
      read = page_to_string (page);
      g_ptr_array_add (expected, NULL);
      shown = g_strjoinv (" ", (char **) expected->pdata);
      g_test_message ("%s: %s", names[i], read);
      g_assert_true (g_str_has_suffix (read, shown));
      g_assert_cmpuint (page->n_messages, ==, expected->len - 1);
      g_assert_true (mz_history_file_check (file, NULL));
      g_assert_true (mz_history_file_erase (file, NULL, NULL, NULL));
    }
}

#define ADD(name, func) g_test_add ("/history/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("tail", test_tail);
  ADD ("same", test_same);
  ADD ("same-time", test_same_time);
  ADD ("gap", test_gap);
  ADD ("live", test_live);
  ADD ("replaced", test_replaced);
  ADD ("boundaries", test_boundaries);
  ADD ("siblings", test_siblings);
  ADD ("unnumbered", test_unnumbered);
  ADD ("odd", test_odd);
  ADD ("record", test_record);
  ADD ("sessions", test_sessions);
  ADD ("search", test_search);
  ADD ("around", test_around);
  ADD ("recorded", test_recorded);

  return g_test_run ();
}
