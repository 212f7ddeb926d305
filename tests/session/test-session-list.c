/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-model.h"
#include "mz-session-list-private.h"
#include "session-utils.h"

#include <string.h>

static void
handle (MzSessionList *list,
        const char    *payload)
{
  g_autofree char *json = g_strdelimit (g_strdup (payload), "'", '"');
  g_autoptr (MzFrame) frame = event_frame ("sessions.changed", json);

  mz_session_list_handle_event (list, frame);
}

static void
apply (MzSessionList *list,
       const char    *json)
{
  g_autofree char *text = g_strdelimit (g_strdup (json), "'", '"');
  g_autoptr (JsonNode) node = parse (text);

  mz_session_list_apply_list (list, mz_json_node_object (node));
}

static void
assert_keys (MzSessionList *list,
             const char    *expected)
{
  g_autoptr (GString) s = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (MzSessionRow) row = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_string_append_printf (s, "%s%s", i > 0 ? " " : "", mz_session_row_get_key (row));
    }
  g_assert_cmpstr (s->str, ==, expected);
}

static const char three[] =
  "{'sessions':[{'key':'a','sessionId':'sa','updatedAt':10},{'key':'b','updatedAt':30,'label':'Bee'},{'key':'c','updatedAt':20,"
  "'pinned':true},{'key':'b'},{'no':'key'},7],'hasMore':true}";

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  guint      *counts)
{
  counts[0] += removed;
  counts[1] += added;
}

static void
test_list (void)
{
  g_autoptr (MzSessionList) list = g_object_new (MZ_TYPE_SESSION_LIST, NULL);
  g_autoptr (MzSessionRow) b = NULL;
  guint counts[2] = { 0, 0 };

  g_signal_connect (list, "items-changed", G_CALLBACK (items_changed_cb), counts);
  g_assert_false (mz_session_list_get_loaded (list));
  apply (list, three);
  g_assert_true (mz_session_list_get_loaded (list));
  g_assert_true (mz_session_list_get_has_more (list));
  assert_keys (list, "c b a");
  b = g_object_ref (mz_session_list_lookup (list, "b"));
  g_assert_cmpuint (counts[1], ==, 3);

  /* The same again is no news. */
  apply (list, three);
  g_assert_cmpuint (counts[0], ==, 0);
  g_assert_cmpuint (counts[1], ==, 3);

  apply (list, "{'sessions':[{'key':'d','updatedAt':40},{'key':'a','updatedAt':50},{'key':'b','updatedAt':30}]}");
  assert_keys (list, "a d b");
  g_assert_true (mz_session_list_lookup (list, "b") == b);
  g_assert_null (mz_session_list_lookup (list, "c"));
  g_assert_null (mz_session_row_get_label (b));
  g_assert_cmpstr (mz_session_row_get_title (b), ==, "b");
  g_assert_false (mz_session_list_get_has_more (list));

  apply (list, "{'sessions':'none'}");
  assert_keys (list, "");
}

static void
test_events (void)
{
  g_autoptr (MzSessionList) list = g_object_new (MZ_TYPE_SESSION_LIST, NULL);

  apply (list, three);

  handle (list, "{'sessionKey':'a','reason':'send','session':{'key':'a','sessionId':'sa','updatedAt':60,'unread':true,"
          "'hasActiveRun':true,'lastMessagePreview':'hi','model':'m'}}");
  assert_keys (list, "c a b");
  g_assert_true (mz_session_row_get_unread (mz_session_list_lookup (list, "a")));
  g_assert_true (mz_session_row_get_running (mz_session_list_lookup (list, "a")));
  g_assert_cmpstr (mz_session_row_get_preview (mz_session_list_lookup (list, "a")), ==, "hi");
  g_assert_cmpstr (mz_session_row_get_title (mz_session_list_lookup (list, "a")), ==, "hi");
  g_assert_false (mz_session_list_wants_refresh (list));

  handle (list, "{'sessionKey':'b','session':{'key':'b','updatedAt':30,'pinned':true,'label':'Bee'},"
          "'ancestorSessions':[{'key':'c','updatedAt':20,'label':'Sea','pinned':true},7]}");
  assert_keys (list, "b c a");
  g_assert_cmpstr (mz_session_row_get_title (mz_session_list_lookup (list, "c")), ==, "Sea");

  /* A deleted session takes no replacement with it. */
  handle (list, "{'sessionKey':'a','reason':'delete','sessionId':'sa'}");
  assert_keys (list, "b c");
  g_assert_false (mz_session_list_wants_refresh (list));
  handle (list, "{'sessionKey':'b','reason':'delete','sessionId':'older'}");
  assert_keys (list, "b c");
  g_assert_true (mz_session_list_wants_refresh (list));
}

static void
test_refresh (void)
{
  static const char * const payloads[] = {
    "{'reason':'cron-bindings-loaded'}",
    "{'sessionKey':'new','reason':'create','session':{'key':'new'}}",
    "{'sessionKey':'b','session':{'key':'b','archived':true}}",
    "{'sessionKey':'b','session':'no'}",
    "{}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autoptr (MzSessionList) list = g_object_new (MZ_TYPE_SESSION_LIST, NULL);

      apply (list, three);
      g_assert_false (mz_session_list_wants_refresh (list));
      handle (list, payloads[i]);
      g_assert_true (mz_session_list_wants_refresh (list));
    }
}

typedef struct
{
  const char *object;
  const char *title;
} TitleCase;

static const TitleCase titles[] = {
  { "{'label':'L','displayName':'D','derivedTitle':'T','lastMessagePreview':'P'}", "L" },
  { "{'label':'','displayName':'D','derivedTitle':'T'}", "D" },
  { "{'derivedTitle':'T','lastMessagePreview':'P'}", "T" },
  { "{'lastMessagePreview':'P'}", "P" },
  { "{'label':7,'displayName':[],'derivedTitle':null}", "the-key" },
};

static void
test_titles (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    {
      g_autofree char *json = g_strdelimit (g_strdup (titles[i].object), "'", '"');
      g_autoptr (JsonNode) node = parse (json);
      g_autoptr (MzSessionRow) row = mz_session_row_new ("the-key");

      mz_session_row_merge (row, mz_json_node_object (node), TRUE);
      g_assert_cmpstr (mz_session_row_get_title (row), ==, titles[i].title);
    }
}

static void
notify_cb (MzSessionRow *row,
           GParamSpec   *pspec,
           GString      *log)
{
  g_string_append_printf (log, "%s ", pspec->name);
}

static void
merge (MzSessionRow *row,
       const char   *object,
       gboolean      snapshot)
{
  g_autofree char *json = g_strdelimit (g_strdup (object), "'", '"');
  g_autoptr (JsonNode) node = parse (json);

  mz_session_row_merge (row, mz_json_node_object (node), snapshot);
}

static void
test_merge (void)
{
  g_autoptr (MzSessionRow) row = mz_session_row_new ("k");
  g_autoptr (GString) log = g_string_new (NULL);

  merge (row, "{'label':'A','pinned':true,'unread':true,'updatedAt':5,'snapshotAt':100,'thinkingLevel':'high','totalTokens':7}", TRUE);
  g_signal_connect (row, "notify", G_CALLBACK (notify_cb), log);

  /* What a change does not mention stays; null clears. */
  merge (row, "{'unread':false}", FALSE);
  g_assert_cmpstr (log->str, ==, "unread ");
  g_assert_true (mz_session_row_get_pinned (row));
  g_string_truncate (log, 0);
  merge (row, "{'label':null,'thinkingLevel':null}", FALSE);
  g_assert_nonnull (strstr (log->str, "label "));
  g_assert_nonnull (strstr (log->str, "title "));
  g_assert_null (mz_session_row_get_thinking_level (row));
  g_assert_cmpstr (mz_session_row_get_title (row), ==, "k");

  /* An older sample does not count. */
  merge (row, "{'label':'old','snapshotAt':99}", TRUE);
  g_assert_null (mz_session_row_get_label (row));
  merge (row, "{'label':'new','snapshotAt':101}", TRUE);
  g_assert_cmpstr (mz_session_row_get_label (row), ==, "new");
  g_assert_false (mz_session_row_get_pinned (row));
  g_assert_cmpint (mz_session_row_get_total_tokens (row), ==, 7);
  merge (row, "{'updatedAt':null,'status':'running'}", FALSE);
  g_assert_true (mz_session_row_get_running (row));
  g_assert_cmpint (mz_session_row_get_updated_at (row), ==, 5);
}

/* The recordings' events, over what was listed before. */
static void
test_recorded (void)
{
  static const char * const files[] = { "protocol4.jsonl", "protocol3.jsonl" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (MzSessionList) list = g_object_new (MZ_TYPE_SESSION_LIST, NULL);
      g_autoptr (GPtrArray) frames = read_frames (files[i]);
      MzSessionRow *row;

      apply (list, "{'sessions':[{'key':'agent:main:main','updatedAt':1}]}");
      for (guint j = 0; j < frames->len; j++)
        {
          MzFrame *frame = g_ptr_array_index (frames, j);
          JsonObject *payload = mz_frame_get_payload_object (frame);

          if (frame->type == MZ_FRAME_EVENT)
            mz_session_list_handle_event (list, frame);
          else if (mz_json_has (payload, "sessions"))
            mz_session_list_apply_list (list, payload);
        }
      row = mz_session_list_lookup (list, "agent:main:main");
      g_assert_cmpstr (mz_session_row_get_model (row), ==, "mock-1");
      g_assert_cmpint (mz_session_row_get_updated_at (row), >, 1795344000000);
      g_assert_cmpint (mz_session_row_get_context_tokens (row), ==, 128000);
    }
}

static void
test_models (void)
{
  g_autoptr (JsonNode) node = parse ("[{\"id\":\"m2\",\"name\":\"Two\",\"provider\":\"p\",\"contextWindow\":32000,\"reasoning\":true,"
                                     "\"tags\":[\"default\"],\"thinkingLevels\":[{\"id\":\"off\",\"label\":\"off\"},{\"id\":\"low\"},7,\"high\"],"
                                     "\"thinkingDefault\":\"low\",\"available\":false},{\"id\":\"m\"},{\"name\":\"x\"},"
                                     "{\"id\":\"w\",\"name\":7,\"contextWindow\":\"x\",\"tags\":7,\"thinkingLevels\":{}}]");
  JsonArray *array = mz_json_node_array (node);
  g_autoptr (MzModel) full = mz_model_new (mz_json_array_object (array, 0));
  g_autoptr (MzModel) bare = mz_model_new (mz_json_array_object (array, 1));
  g_autoptr (MzModel) wrong = mz_model_new (mz_json_array_object (array, 3));

  g_assert_cmpstr (mz_model_get_ref (full), ==, "p/m2");
  g_assert_cmpstr (mz_model_get_name (full), ==, "Two");
  g_assert_true (mz_model_get_default (full));
  g_assert_true (mz_model_get_reasoning (full));
  g_assert_false (mz_model_get_available (full));
  g_assert_cmpint (mz_model_get_context_window (full), ==, 32000);
  g_assert_cmpuint (g_strv_length ((GStrv) mz_model_get_thinking_levels (full)), ==, 3);
  g_assert_cmpstr (mz_model_get_thinking_default (full), ==, "low");

  g_assert_cmpstr (mz_model_get_ref (bare), ==, "m");
  g_assert_cmpstr (mz_model_get_name (bare), ==, "m");
  g_assert_true (mz_model_get_available (bare));
  g_assert_false (mz_model_get_default (bare));
  g_assert_null (mz_model_new (mz_json_array_object (array, 2)));
  g_assert_null (mz_model_new (NULL));
  g_assert_cmpstr (mz_model_get_name (wrong), ==, "w");
  g_assert_cmpint (mz_model_get_context_window (wrong), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session-list/list", test_list);
  g_test_add_func ("/session-list/events", test_events);
  g_test_add_func ("/session-list/refresh", test_refresh);
  g_test_add_func ("/session-list/titles", test_titles);
  g_test_add_func ("/session-list/merge", test_merge);
  g_test_add_func ("/session-list/recorded", test_recorded);
  g_test_add_func ("/session-list/models", test_models);
  return g_test_run ();
}
