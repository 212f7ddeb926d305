/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "history-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "mz-json.h"

void
fixture_set_up (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("moltzer-history-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->directory, "data", "moltzer", "history.db", NULL);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);

  for (const char *name = directory != NULL ? g_dir_read_name (directory) : NULL; name != NULL; name = g_dir_read_name (directory))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  data)
{
  remove_tree (fixture->directory);
  g_free (fixture->directory);
  g_free (fixture->path);
}

JsonNode *
json_of (const char *format,
         ...)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  JsonNode *node;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_strdelimit (text, "'", '"');
  node = json_from_string (text, &error);
  g_assert_no_error (error);

  return node;
}

JsonNode *
page_of (guint    first,
         guint    last,
         gboolean has_more)
{
  g_autoptr (GString) messages = g_string_new (NULL);

  for (guint i = first; i <= last; i++)
    g_string_append_printf (messages,
                            "%s{'role':'%s','content':[{'type':'text','text':'message %u'}],'timestamp':%" G_GINT64_FORMAT
                            ",'__openclaw':{'id':'m%u','seq':%u}}",
                            i > first ? "," : "", i % 2 == 0 ? "assistant" : "user", i, FIRST_MS + i * MINUTE_MS, i, i);

  return json_of ("{'sessionKey':'" SESSION "','sessionId':'s1','messages':[%s],'hasMore':%s}", messages->str, has_more ? "true" : "false");
}

void
put (MzHistoryFile *file,
     MzHistoryKind  kind,
     JsonNode      *answer)
{
  g_autoptr (JsonNode) owned = answer;
  g_autoptr (GError) error = NULL;

  mz_history_file_put (file, GATEWAY, SESSION, kind, mz_json_node_object (owned), FIRST_MS, NULL, &error);
  g_assert_no_error (error);
}

char *
page_to_string (MzHistoryPage *page)
{
  JsonArray *messages = mz_json_get_array (mz_json_node_object (page->answer), "messages");
  GString *string = g_string_new (page->has_older ? "<" : page->complete ? "|" : "?");

  g_assert_cmpuint (mz_json_array_length (messages), ==, page->n_messages);
  g_assert_cmpint (mz_json_get_boolean (mz_json_node_object (page->answer), "hasMore", FALSE), ==, !page->complete);
  for (guint i = 0; i < mz_json_array_length (messages); i++)
    g_string_append_printf (string, " %s", mz_json_get_string (mz_json_get_object (mz_json_array_object (messages, i), "__openclaw"), "id"));
  if (page->has_newer)
    g_string_append (string, " >");

  return g_string_free (string, FALSE);
}

char *
read_string (MzHistoryFile *file,
             const char    *before,
             guint          limit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzHistoryPage) page = mz_history_file_read (file, GATEWAY, SESSION, before, limit, &error);

  g_assert_no_error (error);

  return page_to_string (page);
}

char *
search_string (MzHistoryFile *file,
               const char    *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (MzSearchQuery) query = mz_search_query_parse (text, utc, FIRST_MS);
  g_autoptr (GError) error = NULL;
  g_autoptr (MzHistoryHits) hits = mz_history_file_search (file, query, NULL, NULL, 100, &error);
  GString *string = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < hits->sessions->len; i++)
    g_string_append_printf (string, "%s[%s]", string->len > 0 ? " " : "", ((MzHistoryHit *) g_ptr_array_index (hits->sessions, i))->session);
  for (guint i = 0; i < hits->messages->len; i++)
    g_string_append_printf (string, "%s%s", string->len > 0 ? " " : "", ((MzHistoryHit *) g_ptr_array_index (hits->messages, i))->entry);

  return g_string_free (string, FALSE);
}

gboolean
file_holds (const char *path,
            const char *word)
{
  g_autofree char *contents = NULL;
  gsize length, n = strlen (word);

  if (!g_file_get_contents (path, &contents, &length, NULL))
    return FALSE;
  for (gsize i = 0; i + n <= length; i++)
    if (memcmp (contents + i, word, n) == 0)
      return TRUE;

  return FALSE;
}

void
add_post (MzHistoryFile *file,
          const char    *key)
{
  g_autoptr (MzHistoryPost) post = mz_history_post_new (key, GATEWAY, SESSION, "a message to send", NULL);
  g_autoptr (GError) error = NULL;

  mz_history_file_add_post (file, post, &error);
  g_assert_no_error (error);
}

static char *
posts_to_string (GPtrArray *posts)
{
  GString *string = g_string_new (NULL);

  g_assert_nonnull (posts);
  for (guint i = 0; i < posts->len; i++)
    {
      const MzHistoryPost *post = g_ptr_array_index (posts, i);

      g_string_append_printf (string, "%s%s:%s", i > 0 ? " " : "", post->key, mz_history_post_state_to_string (post->state));
    }

  return g_string_free (string, FALSE);
}

void
assert_posts (MzHistoryFile *file,
              gboolean       recover,
              const char    *expected)
{
  g_autoptr (GPtrArray) posts = mz_history_file_list_posts (file, GATEWAY, recover, NULL);
  g_autofree char *string = posts_to_string (posts);

  g_assert_cmpstr (string, ==, expected);
}

gboolean
move_post (MzHistoryFile      *file,
           const char         *key,
           guint               from,
           MzHistoryPostState  to)
{
  g_autoptr (GError) error = NULL;
  gboolean moved = FALSE;

  mz_history_file_move_post (file, key, from, to, "run", "why", &moved, &error);
  g_assert_no_error (error);

  return moved;
}

guint
count_of (MzHistoryFile *file)
{
  g_autoptr (MzHistoryPage) page = mz_history_file_read (file, GATEWAY, SESSION, NULL, 100000, NULL);

  g_assert_nonnull (page);

  return page->n_messages;
}
