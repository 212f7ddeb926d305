/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench-history.h"

#include <math.h>

#include "mz-json.h"

#define VOCABULARY 20000
#define PAGE 200

/* The first message, in ms of Unix time: two years are filled from there. */
#define FIRST_MS G_GINT64_CONSTANT (1735689600000)
#define SPAN_MS (730 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000))

struct _BenchHistory
{
  GRand *rand;
  char *words[VOCABULARY];
};

static const char * const syllables[] = {
  "ba", "con", "der", "el", "fi", "gra", "ho", "in", "ja", "ker", "lo", "men", "nu", "or", "pre", "qui", "ra", "sta", "ti", "un", "ver", "wa", "xi", "yo", "za",
};

/* Pieces with the scripts, signs and Markdown that real ones have */
static const char * const pieces[] = {
  "\n\n```c\nfor (guint i = 0; i < n_items; i++)\n  {\n    total += items[i].size;\n    if (items[i].next == NULL)\n      break;\n  }\n```\n\n",
  "\n\n```python\ndef rotate(path, keep=7):\n    \"\"\"Keep the last week.\"\"\"\n    for old in sorted(path.glob(\"*.log\"))[:-keep]:\n        old.unlink()\n```\n\n",
  "\n\n```sh\ndf -h / && du -sh ~/* | sort -h | tail -n 5\n```\n\n",
  "\n\n| Machine | Finished | Size | Changed |\n|:--------|---------:|-----:|--------:|\n| `atlas` | 02:14 | 187 GiB | 1.2 GiB |\n| `nova` | 02:41 | 64 GiB | 310 MiB |\n\n",
  "\n\n- [x] the new test fails without the change\n- [ ] `total` should be a `gsize`\n\n> Good name, by the way.\n\n",
  " \xf0\x9f\x8e\x89\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd ",
  " \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb ",
  " \xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7\xd8\x8c \xd9\x83\xd9\x8a\xd9\x81 \xd8\xad\xd8\xa7\xd9\x84\xd9\x83 \xd8\xa7\xd9\x84\xd9\x8a\xd9\x88\xd9\x85\xd8\x9f ",
  " \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d, \xd7\x9e\xd7\x94 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9e\xd7\x9a? ",
  " \xe4\xbb\x8a\xe5\xa4\xa9\xe5\xa4\xa9\xe6\xb0\x94\xe5\xbe\x88\xe5\xa5\xbd\xef\xbc\x8c\xe6\x88\x91\xe4\xbb\xac\xe5\x8e\xbb\xe5\x85\xac\xe5\x9b\xad\xe5\x90\xa7\xe3\x80\x82 ",
  " \xe3\x83\x87\xe3\x83\xbc\xe3\x82\xbf\xe3\x83\x99\xe3\x83\xbc\xe3\x82\xb9\xe3\x81\xae\xe8\xa9\xa6\xe9\xa8\x93\xe3\x81\xa7\xe3\x81\x99\xe3\x80\x82 ",
  " \xd0\x94\xd0\xbe\xd0\xb1\xd1\x80\xd1\x8b\xd0\xb9 \xd0\xb4\xd0\xb5\xd0\xbd\xd1\x8c, \xd0\xb2\xd1\x81\xd1\x91 \xd0\xb3\xd0\xbe\xd1\x82\xd0\xbe\xd0\xb2\xd0\xbe. ",
  " Gr\xc3\xbc\xc3\x9f" "e aus M\xc3\xbcnchen, das Caf\xc3\xa9 \xc3\xb6" "ffnet um acht. ",
};

/* As real words are: the commonest are in almost every sentence. */
static guint
draw (BenchHistory *self)
{
  double u = g_rand_double (self->rand);

  return MIN ((guint) (exp (u * log (VOCABULARY + 1.0)) - 1), VOCABULARY - 1);
}

BenchHistory *
bench_history_new (guint32 seed)
{
  BenchHistory *self = g_new0 (BenchHistory, 1);

  self->rand = g_rand_new_with_seed (seed);
  for (guint i = 0; i < VOCABULARY; i++)
    {
      guint n = i;
      GString *word = g_string_new (syllables[n % G_N_ELEMENTS (syllables)]);

      for (n /= G_N_ELEMENTS (syllables); n > 0; n /= G_N_ELEMENTS (syllables))
        g_string_append (word, syllables[n % G_N_ELEMENTS (syllables)]);
      self->words[i] = g_string_free (word, FALSE);
    }

  return self;
}

void
bench_history_free (BenchHistory *self)
{
  g_rand_free (self->rand);
  for (guint i = 0; i < VOCABULARY; i++)
    g_free (self->words[i]);
  g_free (self);
}

char *
bench_history_word (BenchHistory *self,
                    guint         n)
{
  return g_strdup (self->words[MIN (n, VOCABULARY - 1)]);
}

char *
bench_history_key (guint session)
{
  return g_strdup_printf ("agent:main:bench-%u", session);
}

static char *
make_text (BenchHistory *self,
           gboolean      answer)
{
  GString *text = g_string_new (NULL);
  guint n = answer ? (guint) g_rand_int_range (self->rand, 10, 60) : (guint) g_rand_int_range (self->rand, 3, 25);

  /* Some are long. */
  if (answer && g_rand_int_range (self->rand, 0, 12) == 0)
    n *= 8;
  for (guint i = 0; i < n; i++)
    {
      g_string_append (text, self->words[draw (self)]);
      g_string_append (text, i % 11 == 10 ? ". " : " ");
      if (g_rand_int_range (self->rand, 0, 60) == 0)
        g_string_append (text, pieces[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (pieces))]);
    }

  return g_string_free (text, FALSE);
}

static JsonObject *
add_block (JsonArray  *content,
           const char *type,
           const char *member,
           const char *text)
{
  JsonObject *block = json_object_new ();

  json_object_set_string_member (block, "type", type);
  json_object_set_string_member (block, member, text);
  json_array_add_object_element (content, block);

  return block;
}

/* By turns a question, a call, its result and the answer; each third turn only a question and an answer. */
static JsonObject *
make_record (BenchHistory *self,
             guint         session,
             guint         n,
             guint         of)
{
  static const char * const roles[] = { "user", "assistant", "toolResult", "assistant", "user", "assistant" };
  guint step = n % G_N_ELEMENTS (roles);
  JsonObject *record = json_object_new ();
  JsonObject *meta = json_object_new ();
  JsonArray *content = json_array_new ();
  g_autofree char *text = step == 2 ? NULL : make_text (self, step != 0 && step != 4);
  g_autofree char *id = g_strdup_printf ("%08x-%04x-4000-8000-%012x", session * 2654435761u, session, n);
  g_autofree char *call_id = g_strdup_printf ("call-%u-%u", session, n / 6);

  json_object_set_string_member (meta, "id", id);
  json_object_set_int_member (meta, "seq", n + 1);
  json_object_set_string_member (record, "role", roles[step]);
  json_object_set_int_member (record, "timestamp", FIRST_MS + (gint64) ((double) SPAN_MS * (n + 1) / (of + 1)) + session * 1013);
  if (step == 1)
    {
      JsonObject *arguments = json_object_new ();
      JsonObject *call;

      add_block (content, "thinking", "thinking", "I should look at the loop bounds first; that file had an off-by-one before.");
      call = add_block (content, "toolCall", "id", call_id);
      json_object_set_string_member (call, "name", "exec");
      json_object_set_string_member (arguments, "command", "df -h / && du -sh ~/* | sort -h | tail -n 5");
      json_object_set_object_member (call, "arguments", arguments);
    }
  else if (step == 2)
    {
      json_object_set_string_member (record, "toolCallId", call_id);
      json_object_set_string_member (record, "toolName", "exec");
      add_block (content, "text", "text", "Filesystem      Size  Used Avail Use% Mounted on\n/dev/nvme0n1p2  476G  187G  265G  42% /\n71G /home/user/Videos\n");
    }
  if (text != NULL)
    add_block (content, "text", "text", text);
  if (n % 50 == 0)
    {
      JsonObject *image = add_block (content, "image", "url", "/api/artifacts/download/picture");

      json_object_set_string_member (image, "mimeType", "image/png");
      json_object_set_string_member (image, "alt", "A chart of the disk's use");
    }
  if (step == 0 || step == 4)
    json_object_set_string_member (meta, "idempotencyKey", id);
  if (step != 0 && step != 4)
    {
      json_object_set_string_member (record, "provider", "example");
      json_object_set_string_member (record, "model", "model-1");
    }
  json_object_set_array_member (record, "content", content);
  json_object_set_object_member (record, "__openclaw", meta);

  return record;
}

JsonNode *
bench_history_page (BenchHistory *self,
                    guint         session,
                    guint         first,
                    guint         last,
                    guint         of)
{
  g_autofree char *key = bench_history_key (session);
  g_autofree char *id = g_strdup_printf ("transcript-%u", session);
  JsonObject *answer = json_object_new ();
  JsonArray *messages = json_array_new ();
  JsonNode *node;

  for (guint i = first; i <= last; i++)
    json_array_add_object_element (messages, make_record (self, session, i, of));
  json_object_set_string_member (answer, "sessionKey", key);
  json_object_set_string_member (answer, "sessionId", id);
  json_object_set_array_member (answer, "messages", messages);
  json_object_set_boolean_member (answer, "hasMore", first > 0);
  node = json_node_init_object (json_node_alloc (), answer);
  json_object_unref (answer);

  return node;
}

guint
bench_history_share (guint session,
                     guint n_sessions,
                     guint n_messages)
{
  double sum = 0;
  guint rest = n_messages - n_messages / 10;

  if (session == 0)
    return n_sessions == 1 ? n_messages : n_messages / 10;
  for (guint i = 1; i < n_sessions; i++)
    sum += 1.0 / (i + 20);

  return MAX (1, (guint) ceil (rest / sum / (session + 20)));
}

guint
bench_history_fill (BenchHistory  *self,
                    MzHistoryFile *file,
                    guint          n_sessions,
                    guint          n_messages)
{
  g_autoptr (GError) error = NULL;
  JsonObject *list = json_object_new ();
  JsonArray *rows = json_array_new ();
  guint made = 0;

  for (guint session = 0; session < n_sessions && made < n_messages; session++)
    {
      guint n = MIN (bench_history_share (session, n_sessions, n_messages), n_messages - made);
      g_autofree char *key = bench_history_key (session);
      g_autofree char *title = g_strdup_printf ("%s %s %s", self->words[draw (self)], self->words[draw (self)], self->words[draw (self)]);
      JsonObject *row = json_object_new ();

      json_object_set_string_member (row, "key", key);
      json_object_set_string_member (row, "derivedTitle", title);
      json_object_set_int_member (row, "updatedAt", FIRST_MS + SPAN_MS - (gint64) session * 1000);
      json_array_add_object_element (rows, row);

      /* The gateway gives the newest page, and then older ones; what is written is the same from the other end. */
      for (guint first = 0; first < n; first += PAGE)
        {
          g_autoptr (JsonNode) page = bench_history_page (self, session, first, MIN (first + PAGE, n) - 1, n);

          if (!mz_history_file_put (file, BENCH_GATEWAY, key, first == 0 ? MZ_HISTORY_TAIL : MZ_HISTORY_LIVE, mz_json_node_object (page), FIRST_MS, NULL,
                                    &error))
            g_error ("%s", error->message);
          made += MIN (first + PAGE, n) - first;
        }
    }

  json_object_set_array_member (list, "sessions", rows);
  if (!mz_history_file_put_sessions (file, BENCH_GATEWAY, list, &error))
    g_error ("%s", error->message);
  json_object_unref (list);

  return made;
}
