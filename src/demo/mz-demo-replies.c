/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-replies.h"

#define HELP \
  "## What you can type\n\n" \
  "This gateway lives inside Moltzer. It answers from a script, and nothing you type leaves this computer.\n\n" \
  "| Word | What comes |\n|:-----|:-----------|\n" \
  "| `code` | a function in C |\n| `python` | a few lines of Python |\n| `table` | a table |\n| `list` | lists and tasks |\n" \
  "| `think` | an answer with its reasoning |\n| `tool` | a command that waits for your approval |\n| `picture` | an image |\n" \
  "| `long` | about 600 words |\n| `error` | a run that fails |\n\n" \
  "A line of its own steers the reply exactly:\n\n" \
  "```text\nsay: TEXT          answer with TEXT\ntokens: N [RATE]   stream N short words, RATE a second\nthink: TEXT        reason first\n" \
  "run: COMMAND       ask to run COMMAND (it is never run)\nfail: STATUS       fail as if the provider had said STATUS\n" \
  "hang: SECONDS      wait before the first word\n```\n"

#define HELLO \
  "Hello! I am the demo that comes with Moltzer. I answer from a script, but everything around the words is real: the connection, the " \
  "login, the streaming, the approvals.\n\nAsk me for **code**, a **table**, a **list**, a **picture** or a **long** text, or type " \
  "`help` to see the rest.\n"

#define TABLE \
  "Here is how the three ways to reach a gateway compare:\n\n" \
  "| Way | Address | Encrypted | Good for |\n|:----|:--------|:---------:|---------:|\n" \
  "| This computer | `ws://127.0.0.1:18789` | not needed | trying things out |\n" \
  "| Tailscale Serve | `wss://host.tailnet.ts.net` | yes | everyday use |\n" \
  "| SSH tunnel | `ws://127.0.0.1:18789` | by SSH | a machine without Tailscale |\n\n" \
  "The middle one needs no open port: *Serve* answers on 443 with a certificate of its own.\n"

#define LIST \
  "A plan for the weekend:\n\n" \
  "1. Back up the old disk\n2. Install the new one\n   - it takes **2.5-inch** drives only\n   - keep the four screws\n" \
  "3. Restore, then check a few files by hand\n\n" \
  "Still open:\n\n- [x] order the disk\n- [x] find the screwdriver\n- [ ] label the old disk\n- [ ] ~~buy a case~~ the old one is fine\n\n" \
  "> Measure twice, format once.\n"

#define CODE_C \
  "### Reading a file line by line\n\n" \
  "`getline ()` grows its buffer by itself, so that long lines need no special case:\n\n" \
  "```c\n#include <stdio.h>\n#include <stdlib.h>\n\nint\nmain (void)\n{\n  char *line = NULL;\n  size_t size = 0;\n  ssize_t length;\n\n" \
  "  while ((length = getline (&line, &size, stdin)) >= 0)\n    printf (\"%4zd  %s\", length, line);\n\n  free (line);\n  return 0;\n}\n```\n\n" \
  "Two things to know:\n\n- The newline stays at the end of `line`.\n- One `free ()` after the loop is enough.\n"

#define CODE_PYTHON \
  "This groups the files below a folder by their size:\n\n" \
  "```python\nfrom collections import Counter\nfrom pathlib import Path\n\n\ndef bucket(size: int) -> str:\n" \
  "    for limit, name in ((1 << 10, \"small\"), (1 << 20, \"medium\")):\n        if size < limit:\n            return name\n    return \"large\"\n\n\n" \
  "counts = Counter(bucket(p.stat().st_size) for p in Path(\".\").rglob(\"*\") if p.is_file())\n" \
  "for name, count in counts.most_common():\n    print(f\"{name:>8}: {count}\")\n```\n\n" \
  "Run it with `python3 sizes.py`. Symbolic links to missing files raise `FileNotFoundError`; wrap `stat()` if you have any.\n"

#define THINK \
  "The question is which of the two clocks to trust. The wall clock can jump when the time is set, so that a difference of two readings " \
  "may even be negative. The monotonic clock cannot jump, but means nothing on another machine. For a time limit only the difference " \
  "counts, so the monotonic one is right."

#define THOUGHT \
  "Use the **monotonic** clock.\n\nA time limit is a difference of two readings, and only the monotonic clock promises that the difference " \
  "is the time that passed: the wall clock jumps when somebody sets it, or when the network does.\n\n" \
  "```c\ngint64 deadline = g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND;\n```\n\n" \
  "Keep the wall clock for what people read, such as *sent at 14:05*.\n"

#define TOOL_THINK "To say how full the disk is I have to look. `df -h /` only reads, so it is safe to ask for."

#define PICTURE \
  "Here is a picture, drawn by the demo itself: evening light over four ridges. It comes as an artifact, fetched over the same connection.\n"

#define LONG_1 \
  "# A short history of the shipping container\n\n" \
  "Before the container, a ship spent as much time in port as at sea. A freighter of the early 1950s carried perhaps two hundred thousand " \
  "separate items: sacks of flour, crates of oranges, barrels, bales, bicycles. Each was carried aboard by people, stowed by people, and " \
  "carried off again at the other end. Loading could take a week and a hundred workers; the freight bill was mostly wages, and a fair share " \
  "of the whisky never arrived.\n\n" \
  "## The idea\n\n" \
  "The thought of putting goods into boxes was not new. Railways had used wooden boxes since the 1830s, and several lines tried boxes of " \
  "their own in the 1920s. What was missing was a *system*: a box is of little use if the crane, the lorry and the ship each expect another " \
  "one. In April 1956 a haulier named Malcom McLean sent fifty-eight aluminium boxes from Newark to Houston on a converted tanker. He had " \
  "worked out that loading loose cargo cost about \\$5.86 a ton, and that his boxes cost less than sixteen cents.\n\n" \
  "> The ship was not the invention. The invention was to stop thinking of the ship.\n\n"

#define LONG_2 \
  "## The corner\n\n" \
  "The hard part was the corner. A box has to be lifted by a crane, stacked nine high, locked to a lorry and lashed to a deck, and all that " \
  "force goes through eight castings of steel. In the late sixties a committee with the unlovely name ISO/TC 104 agreed on one shape for " \
  "them, after McLean's firm had given up its patent so that everybody could use the design. It is a rare case of a standard that was " \
  "right the first time.\n\n" \
  "| Year | What happened | Boxes on the largest ship |\n|-----:|:--------------|-------------------------:|\n" \
  "| 1956 | first voyage, Newark to Houston | 58 |\n| 1968 | first ships built for containers | 700 |\n| 1988 | too wide for Panama | 4,300 |\n" \
  "| 2006 | the *Emma Mærsk* | 15,500 |\n| 2023 | today's largest | 24,300 |\n\n"

#define LONG_3 \
  "## What it changed\n\n" \
  "The cost of sending things fell so far that for many goods it stopped mattering. A pair of shoes crosses an ocean for the price of a cup " \
  "of coffee, and often for less. Factories no longer had to be near a port, or near each other. A computer can be designed in one country, " \
  "get its chips in a second and its case in a third, because none of the journeys costs enough to be worth avoiding.\n\n" \
  "It changed the places too. The old harbours in the middle of the cities were too small for the cranes and had no room for the stacks, " \
  "and within twenty years they were empty: London's docks, the piers of Manhattan, the warehouses of Hamburg. The work moved to new ports " \
  "at the edge of deep water, and there was much less of it. Where gangs of dockers had lived next to the quays, there are offices and " \
  "concert halls now.\n\n" \
  "## What it did not change\n\n" \
  "- Ships still wait for weather.\n- About a thousand boxes a year still fall into the sea.\n- Somebody still has to know what is in them.\n\n"

#define LONG_4 \
  "## The lesson\n\n" \
  "It is tempting to say that a simple box changed the world, but the box was the easy part. What took twenty years was to get railways, " \
  "hauliers, ports, unions, insurers and customs offices to agree on **one** box, and to rebuild everything around it. Each of them could " \
  "have had a slightly better box for its own work. All of them together could only have one.\n\n" \
  "Protocols are like that. The best one is seldom the cleverest; it is the one that the next machine along the way expects too. And once " \
  "it is there, people stop seeing it. That is perhaps the best thing that can be said about a standard: it became boring, and everything " \
  "else could begin.\n"

static const MzDemoReply replies[] = {
  { .words = "help ? commands", .text = HELP },
  { .words = "hello hi hey hallo", .text = HELLO, .in_turn = TRUE },
  { .words = "python script", .text = CODE_PYTHON, .in_turn = TRUE },
  { .words = "code c program function", .text = CODE_C, .in_turn = TRUE },
  { .words = "table compare", .text = TABLE, .in_turn = TRUE },
  { .words = "list tasks plan todo", .text = LIST, .in_turn = TRUE },
  { .words = "think reason why clock", .think = THINK, .text = THOUGHT, .in_turn = TRUE },
  { .words = "tool run command disk approve approval", .think = TOOL_THINK, .command = "df -h /" },
  { .words = "picture image photo draw", .text = PICTURE, .image = TRUE },
  { .words = "long essay history story", .text = LONG_1 LONG_2 LONG_3 LONG_4 },
  { .words = "error fail broken", .error = "The demo was asked to fail, and so it did. Nothing is broken; just try something else." },
};

/*< private >
 * mz_demo_replies:
 * @n_replies: (out): how many
 *
 * Returns: (transfer none): the demo's replies
 */
const MzDemoReply *
mz_demo_replies (gsize *n_replies)
{
  *n_replies = G_N_ELEMENTS (replies);
  return replies;
}
