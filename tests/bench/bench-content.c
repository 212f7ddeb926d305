/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench-content.h"

#include "mz-json.h"

#define LAST_TURN 100000

static const char * const questions[] = {
  "Is the disk full again?",
  "Can you look over the change in the inventory branch before I merge it?\n\nIt is the one with the new totals, and I am not sure about the loop.",
  "Thanks!",
  "What did the backup do last night? Tell me only what is out of the ordinary, and how long each of the machines took for it.",
  "Write a script that rotates the logs, please.",
};

static const char * const answers[] = {
  "Done.",
  "The disk is **42 % full**: 187 GiB of 476 GiB, with 265 GiB free. At the pace of the last weeks, about 1 GiB a day, that lasts for some eight months.\n\n"
  "The two largest folders are worth a look:\n\n1. `~/Videos/raw` with 71 GiB\n2. `~/.cache` with 19 GiB, which can go at any time\n",
  "I read the change. It does what it says, with one thing to fix:\n\n```c\nfor (i = 0; i <= n_items; i++)\n  {\n    total += items[i].size;\n"
  "    if (items[i].next == NULL)\n      break;\n  }\n```\n\nThe loop runs once too often: `<=` reads one element past the end. Make it `i < n_items`.\n\n"
  "- [x] the new test fails without the change\n- [x] no memory is lost (checked with *valgrind*)\n- [ ] `total` should be a `gsize`\n\n> Good name, by the way.\n",
  "Yes, all three of them:\n\n| Machine | Finished | Size | Changed |\n|:--------|---------:|-----:|--------:|\n| `atlas` | 02:14 | 187 GiB | 1.2 GiB |\n"
  "| `nova` | 02:41 | 64 GiB | 310 MiB |\n| `pi-garden` | 03:02 | 4 GiB | 18 MiB |\n\nNothing failed, and the oldest snapshot that is kept is now from **12 August**.\n",
  "## Three days in Lisbon\n\n**Friday.** Arrive at noon, walk through *Alfama*, and be at the Miradouro da Graça for the sunset (18:40). It is a steep way up, and the "
  "tram is always full at that time; the stairs behind the church are shorter than they look, and there is a fountain half way.\n\n"
  "**Saturday.** Tram 15 to Belém early, before the queue: the monastery opens at 9:30. In the afternoon the LX Factory, and dinner in Campo de Ourique. "
  "See [the timetable](https://example.org/timetable) for the way back, which stops at midnight.\n\n### Still to book\n\n- flights\n  - out on Friday\n  - back on Sunday\n"
  "- a table for Saturday\n",
  "That depends on what is meant by *fast*. There are three things that take time here: looking the name up, the connection itself, and what the other side does "
  "before it says anything. Of those, only the first is in our hands, and it was the slow one: an address was asked for that nobody answered, and everything waited for "
  "that. Now both are asked for at once, and whichever comes first is used.\n\nSo: from 260 ms to 3 ms on this machine.\n",
};

/* A record as the gateway keeps it. */
static JsonObject *
add_record (JsonArray  *records,
            const char *role,
            guint       serial)
{
  JsonObject *record = json_object_new ();
  JsonObject *meta = json_object_new ();
  g_autofree char *id = g_strdup_printf ("m%u", serial);

  json_object_set_string_member (meta, "id", id);
  json_object_set_int_member (meta, "seq", serial);
  json_object_set_string_member (record, "role", role);
  json_object_set_int_member (record, "timestamp", G_GINT64_CONSTANT (1760000000000) + (gint64) serial * 30000);
  json_object_set_array_member (record, "content", json_array_new ());
  json_object_set_object_member (record, "__openclaw", meta);
  json_array_add_object_element (records, record);

  return record;
}

static JsonObject *
add_block (JsonObject *record,
           const char *type,
           const char *member,
           const char *text)
{
  JsonObject *block = json_object_new ();

  json_object_set_string_member (block, "type", type);
  json_object_set_string_member (block, member, text);
  json_array_add_object_element (mz_json_get_array (record, "content"), block);

  return block;
}

/* A command comes with reasoning before it. */
static guint
get_n_rows (guint turn)
{
  return turn % 3 == 0 ? 4 : 2;
}

/* A question, perhaps reasoning and a command, and the answer. */
static void
add_turn (JsonArray *records,
          guint      turn)
{
  const char *answer = answers[turn * 7 % G_N_ELEMENTS (answers)];
  g_autofree char *question = g_strdup_printf ("%s (%u)", questions[turn * 3 % G_N_ELEMENTS (questions)], turn);
  guint serial = turn * 8;

  add_block (add_record (records, "user", serial++), "text", "text", question);
  if (get_n_rows (turn) > 2)
    {
      JsonObject *record = add_record (records, "assistant", serial++);
      JsonObject *call, *arguments = json_object_new ();
      JsonObject *result;
      g_autofree char *call_id = g_strdup_printf ("call%u", turn);

      add_block (record, "thinking", "thinking", "I should look at the loop bounds first; that file had an off-by-one before.");
      call = add_block (record, "toolCall", "id", call_id);
      json_object_set_string_member (call, "name", "exec");
      json_object_set_string_member (arguments, "command", "df -h / && du -sh ~/* | sort -h | tail -n 5");
      json_object_set_object_member (call, "arguments", arguments);
      result = add_record (records, "toolResult", serial++);
      json_object_set_string_member (result, "toolCallId", call_id);
      json_object_set_string_member (result, "toolName", "exec");
      add_block (result, "text", "text", "Filesystem      Size  Used Avail Use% Mounted on\n/dev/nvme0n1p2  476G  187G  265G  42% /\n71G /home/user/Videos\n");
    }
  add_block (add_record (records, "assistant", serial), "text", "text", answer);
}

void
bench_content_fill (MzTimeline *timeline,
                    guint       n_rows)
{
  JsonArray *records = json_array_new ();
  guint first = LAST_TURN;

  /* The end is the same, however long the conversation is. */
  for (guint made = 0; made < n_rows && first > 0; made += get_n_rows (first))
    first--;
  for (guint turn = first; turn < LAST_TURN; turn++)
    add_turn (records, turn);
  mz_timeline_apply_page (timeline, records, TRUE);
  json_array_unref (records);
}

char *
bench_content_code (gsize n_bytes)
{
  GString *code = g_string_sized_new (n_bytes + 80);

  for (guint i = 0; code->len < n_bytes; i++)
    g_string_append_printf (code, "  value_%u = compute (input[%u], \"text %u\"); /* step %u */\n", i, i % 97, i, i);

  return g_string_free (code, FALSE);
}

char *
bench_content_reply (guint n_words)
{
  GString *reply = g_string_new (NULL);
  guint made = 0;

  for (guint i = 1; made <= n_words; i++)
    {
      const char *answer = answers[i % G_N_ELEMENTS (answers)];

      for (const char *c = answer; *c != '\0'; c++)
        if ((*c == ' ' || *c == '\n') && c[1] != ' ' && c[1] != '\n')
          made++;
      g_string_append_printf (reply, "%s\n\n", answer);
    }

  return g_string_free (reply, FALSE);
}
