/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-seed.h"

#define MINUTE ((gint64) 60 * 1000)
#define DAY (24 * 60 * MINUTE)

/* One message of the past. What is %NULL is left out of its blocks; a command is followed by its output. */
typedef struct
{
  guint days;
  guint minutes; /* further back */
  const char *user;
  const char *think;
  const char *command;
  const char *output;
  const char *text;
  gboolean image;
} Past;

#define WELCOME \
  "Yes, all three of them:\n\n" \
  "| Machine | Finished | Size | Changed |\n|:--------|---------:|-----:|--------:|\n" \
  "| `atlas` | 02:14 | 187 GiB | 1.2 GiB |\n| `nova` | 02:41 | 64 GiB | 310 MiB |\n| `pi-garden` | 03:02 | 4 GiB | 18 MiB |\n\n" \
  "Nothing failed, and the oldest snapshot that is kept is now from **12 August**.\n"

#define DISK_ANSWER \
  "The disk is **42 % full**: 187 GiB of 476 GiB, with 265 GiB free. At the pace of the last weeks, about 1 GiB a day, that lasts for " \
  "some eight months.\n\nThe two largest folders are worth a look:\n\n" \
  "1. `~/Videos/raw` with 71 GiB\n2. `~/.cache` with 19 GiB, which can go at any time\n"

#define REVIEW \
  "I read the change. It does what it says, with one thing to fix:\n\n" \
  "```c\nfor (i = 0; i <= n_items; i++)\n  total += items[i].size;\n```\n\n" \
  "The loop runs once too often: `<=` reads one element past the end. Make it `i < n_items`.\n\n" \
  "Smaller remarks:\n\n- [x] the new test fails without the change\n- [x] no memory is lost (checked with *valgrind*)\n" \
  "- [ ] `total` should be a `gsize`, not an `int`\n\n> Good name for the function, by the way.\n"

#define TRIP \
  "## Three days in Lisbon\n\n" \
  "**Friday.** Arrive at noon, walk through *Alfama*, and be at the Miradouro da Graça for the sunset (18:40).\n\n" \
  "**Saturday.** Tram 15 to Belém early, before the queue: the monastery opens at 9:30. In the afternoon the LX Factory, and dinner in Campo " \
  "de Ourique.\n\n**Sunday.** The Gulbenkian museum is free after 14:00. The train to the airport takes 25 minutes.\n\n" \
  "Still to book:\n\n- [x] flights\n- [x] a room near Graça\n- [ ] tickets for the monastery\n- [ ] a table for Saturday\n"

#define ROTATE \
  "Use `logrotate`; it is installed already. This keeps two weeks and compresses what is older than a day:\n\n" \
  "```\n/var/log/garden/*.log {\n    daily\n    rotate 14\n    compress\n    delaycompress\n    missingok\n    notifempty\n}\n```\n\n" \
  "Try it without changing anything: `logrotate --debug /etc/logrotate.d/garden`.\n"

static const Past main_past[] = {
  { .days = 3, .minutes = 95, .user = "Can you look over the change in the inventory branch before I merge it?" },
  { .days = 3, .minutes = 93, .think = "I should look at the loop bounds first; that file had an off-by-one before. The test covers the empty list, but not "
                                       "the last element.", .text = REVIEW },
  { .days = 3, .minutes = 90, .user = "Right, fixed both. Thanks!" },
  { .days = 3, .minutes = 89, .text = "Looks good now. Merge away. :)\n" },
  { .days = 2, .minutes = 240, .user = "The logs on the garden Pi grow without end. What is the simplest cure?" },
  { .days = 2, .minutes = 239, .text = ROTATE },
  { .days = 1, .minutes = 130, .user = "How full is the disk?" },
  { .days = 1, .minutes = 129, .think = "df only reads, so asking for it is harmless.", .command = "df -h /",
    .output = "Filesystem      Size  Used Avail Use% Mounted on\n/dev/nvme0n1p2  476G  187G  265G  42% /", .text = DISK_ANSWER },
  { .days = 0, .minutes = 55, .user = "Did the backups run last night?" },
  { .days = 0, .minutes = 54, .text = WELCOME },
};

static const Past trip_past[] = {
  { .days = 4, .minutes = 20, .user = "Plan three days in Lisbon for two, end of the month. We like walking, views and good food." },
  { .days = 4, .minutes = 19, .think = "End of November: sunset around 17:15 to 18:40 depending on the zone, mild, some rain. Keep Sunday light because of the "
                                       "flight.", .text = TRIP },
  { .days = 4, .minutes = 12, .user = "Lovely. What does the view from Graça look like in the evening?" },
  { .days = 4, .minutes = 11, .text = "Something like this: the ridges on the other side of the river, one behind the other.\n", .image = TRUE },
  { .days = 2, .minutes = 30, .user = "Remind me: which tram to Belém?" },
  { .days = 2, .minutes = 30, .text = "Tram **15E**, from Praça da Figueira or Cais do Sodré. It takes about 25 minutes.\n" },
};

static const Past script_past[] = {
  { .days = 5, .minutes = 300, .user = "I need to rename 400 photos to the date they were taken. Python, please." },
  { .days = 5, .minutes = 299,
    .text = "Pillow reads the date from the EXIF data. Names that are taken already get a number:\n\n"
            "```python\nfrom pathlib import Path\nfrom PIL import Image\n\nTAKEN = 36867  # DateTimeOriginal\n\nfor path in sorted(Path(\"photos\").glob(\"*.jpg\")):\n"
            "    taken = Image.open(path).getexif().get_ifd(0x8769).get(TAKEN)\n    if not taken:\n        print(f\"no date: {path}\")\n        continue\n"
            "    stem = taken.replace(\":\", \"-\").replace(\" \", \"_\")\n    target, n = path.with_name(f\"{stem}.jpg\"), 1\n"
            "    while target.exists():\n        target, n = path.with_name(f\"{stem}_{n}.jpg\"), n + 1\n    path.rename(target)\n```\n\n"
            "Make a copy of the folder first; a rename cannot be undone.\n" },
  { .days = 5, .minutes = 280, .user = "Worked, 3 had no date. Can you check how many are left?" },
  { .days = 5, .minutes = 279, .command = "ls photos/IMG_*.jpg | wc -l", .output = "3", .text = "Three are left, the ones without a date.\n" },
};

static void
add_past (MzDemoStore *store,
          const char  *key,
          const char  *label,
          const Past  *past,
          gsize        n_past,
          gint64       now)
{
  MzDemoSession *session = mz_demo_store_add (store, key, label, now - past[0].days * DAY - past[0].minutes * MINUTE);

  for (gsize i = 0; i < n_past; i++)
    {
      gint64 when = now - past[i].days * DAY - past[i].minutes * MINUTE;
      JsonArray *content;

      session->interaction_at = when;
      if (past[i].user != NULL)
        {
          mz_demo_session_append (session, mz_demo_message_user (past[i].user, when), NULL, when);
          session->input_tokens += mz_demo_count_words (past[i].user);
          continue;
        }

      content = json_array_new ();
      if (past[i].think != NULL)
        json_array_add_object_element (content, mz_demo_block_thinking (past[i].think));
      if (past[i].command != NULL)
        {
          g_autofree char *call_id = g_strdup_printf ("call_demo_past_%" G_GSIZE_FORMAT, i);

          json_array_add_object_element (content, mz_demo_block_tool_call (call_id, past[i].command));
          mz_demo_session_append (session, mz_demo_message_assistant (content, "toolUse", 5, when), NULL, when);
          mz_demo_session_append (session, mz_demo_message_tool_result (call_id, past[i].output, FALSE, when + 400), NULL, when + 400);
          content = json_array_new ();
        }
      json_array_add_object_element (content, mz_demo_block_text (past[i].text));
      if (past[i].image)
        json_array_add_object_element (content, mz_demo_block_image ());
      mz_demo_session_append (session,
                              mz_demo_message_assistant (content, "stop", mz_demo_count_words (past[i].text), when + 900),
                              NULL, when + 900);
      session->output_tokens += mz_demo_count_words (past[i].text);
    }

  session->status = "done";
  session->started_at = session->interaction_at;
  session->ended_at = session->updated_at;
}

/* The same on every run: a test can name the message that it looks for. */
static void
add_long_history (MzDemoStore *store,
                  gint64       now)
{
  const char * const subjects[] = { "the kettle", "a train", "the garden", "my bicycle", "the moon", "a library", "the harbour" };
  const char * const verbs[] = { "needs", "likes", "waits for", "remembers", "asks for" };
  const char * const objects[] = { "a new screw", "rain", "the morning", "two stamps", "more room", "a quiet day", "some oil", "a name",
                                   "good weather", "another look", "its turn" };
  gint64 when = now - 30 * DAY;
  MzDemoSession *session = mz_demo_store_add (store, "agent:" MZ_DEMO_AGENT ":dashboard:long-history", "Long history", when);

  for (guint i = 0; i < MZ_DEMO_LONG_SESSION_MESSAGES; i++, when += 10 * MINUTE)
    {
      g_autofree char *text = g_strdup_printf ("Message %u: %s %s %s.", i + 1, subjects[i % G_N_ELEMENTS (subjects)],
                                               verbs[(i / 2) % G_N_ELEMENTS (verbs)], objects[(i * 7 + i / 11) % G_N_ELEMENTS (objects)]);

      if (i % 2 == 0)
        mz_demo_session_append (session, mz_demo_message_user (text, when), NULL, when);
      else
        {
          JsonArray *content = json_array_new ();

          json_array_add_object_element (content, mz_demo_block_text (text));
          mz_demo_session_append (session, mz_demo_message_assistant (content, "stop", 8, when), NULL, when);
        }
    }

  session->interaction_at = session->updated_at;
  session->status = "done";
  session->input_tokens = session->output_tokens = 4 * MZ_DEMO_LONG_SESSION_MESSAGES;
}

/*< private >
 * mz_demo_seed:
 * @store: an empty store
 * @now: the time that the past is counted from, ms since the Unix epoch
 *
 * Fills the store with what a demonstration shows: a few days of conversation with every kind of block, and a long one.
 */
void
mz_demo_seed (MzDemoStore *store,
              gint64       now)
{
  add_past (store, MZ_DEMO_MAIN_KEY, NULL, main_past, G_N_ELEMENTS (main_past), now);
  add_past (store, "agent:" MZ_DEMO_AGENT ":dashboard:lisbon", "Lisbon", trip_past, G_N_ELEMENTS (trip_past), now);
  add_past (store, "agent:" MZ_DEMO_AGENT ":dashboard:photos", "Renaming photos", script_past, G_N_ELEMENTS (script_past), now);
  add_long_history (store, now);

  mz_demo_store_lookup (store, "agent:" MZ_DEMO_AGENT ":dashboard:lisbon")->pinned = TRUE;
}
