/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-script.h"

#include <string.h>

#include "mz-demo-replies.h"

/* What a line may ask for at most: a demo has no use for more, and a test gets its memory back. */
#define MAX_TOKENS 1000000
#define MAX_WAIT_SECONDS 3600.0

typedef struct
{
  char *say;
  char *tokens;
  char *think;
  char *run;
  char *fail;
  char *hang;
} Directives;

static void
directives_clear (Directives *self)
{
  g_clear_pointer (&self->say, g_free);
  g_clear_pointer (&self->tokens, g_free);
  g_clear_pointer (&self->think, g_free);
  g_clear_pointer (&self->run, g_free);
  g_clear_pointer (&self->fail, g_free);
  g_clear_pointer (&self->hang, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Directives, directives_clear)

/* The last line that names a directive wins. A gateway may put "[Sat 2026-11-21 10:00] " before a message. */
static void
directives_read (Directives *self,
                 const char *message)
{
  const struct { const char *name; char **value; } known[] = {
    { "say:", &self->say }, { "tokens:", &self->tokens }, { "think:", &self->think },
    { "run:", &self->run }, { "fail:", &self->fail }, { "hang:", &self->hang },
  };
  g_auto (GStrv) lines = g_strsplit (message, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strchug (lines[i]);

      if (line[0] == '[')
        {
          const char *end = strchr (line, ']');

          if (end == NULL)
            continue;
          for (line = end + 1; g_ascii_isspace (*line); line++)
            ;
        }

      for (gsize k = 0; k < G_N_ELEMENTS (known); k++)
        if (g_str_has_prefix (line, known[k].name))
          {
            g_free (*known[k].value);
            *known[k].value = g_strstrip (g_strdup (line + strlen (known[k].name)));
          }
    }
}

static void
step_free (gpointer data)
{
  MzDemoStep *step = data;

  g_free (step->text);
  g_free (step);
}

static MzDemoStep *
add_step (GPtrArray      *steps,
          MzDemoStepKind  kind,
          char           *text)
{
  MzDemoStep *step = g_new0 (MzDemoStep, 1);

  step->kind = kind;
  step->text = text;
  g_ptr_array_add (steps, step);
  return step;
}

static char *
numbered_words (guint count)
{
  GString *text = g_string_sized_new (count * 6);

  for (guint i = 0; i < count; i++)
    g_string_append_printf (text, "w%u%c", i, i % 12 == 11 ? '\n' : ' ');
  return g_string_free (text, FALSE);
}

static void
add_tokens (GPtrArray  *steps,
            const char *value)
{
  g_auto (GStrv) numbers = g_strsplit_set (value, " \t", 2);
  guint64 count = numbers[0] != NULL ? g_ascii_strtoull (numbers[0], NULL, 10) : 0;
  double rate = numbers[0] != NULL && numbers[1] != NULL ? g_ascii_strtod (numbers[1], NULL) : 0;

  add_step (steps, MZ_DEMO_STEP_TEXT, numbered_words (MIN (count, MAX_TOKENS)))->rate = rate > 0 ? MIN (rate, 1e9) : 0;
}

static void
add_failure (GPtrArray  *steps,
             const char *value)
{
  char *end = NULL;
  guint64 status = g_ascii_strtoull (value, &end, 10);
  MzDemoStep *step;

  if (end != NULL && end != value && *end == '\0' && status >= 100 && status <= 599)
    {
      step = add_step (steps, MZ_DEMO_STEP_FAIL,
                       g_strdup_printf ("demo/demo-1 request failed (HTTP %u). This is usually temporary: try again shortly.",
                                        (guint) status));
      step->http_status = status;
    }
  else
    add_step (steps, MZ_DEMO_STEP_FAIL, g_strdup (*value != '\0' ? value : "The demo was asked to fail."));
}

static gboolean
has_word (char       **words,
          const char  *candidates)
{
  g_auto (GStrv) list = g_strsplit (candidates, " ", -1);

  for (gsize i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0' && g_strv_contains ((const char * const *) list, words[i]))
      return TRUE;
  return FALSE;
}

static const MzDemoReply *
choose_reply (const char *message,
              guint       turn)
{
  gsize n_replies;
  const MzDemoReply *replies = mz_demo_replies (&n_replies);
  g_autofree char *lower = g_ascii_strdown (message, -1);
  g_auto (GStrv) words = g_strsplit_set (lower, " \t\n.,;:!\"'()", -1);
  guint in_turn = 0;

  for (gsize i = 0; i < n_replies; i++)
    {
      if (has_word (words, replies[i].words))
        return &replies[i];
      in_turn += replies[i].in_turn ? 1 : 0;
    }

  turn %= in_turn;
  for (gsize i = 0; i < n_replies; i++)
    if (replies[i].in_turn && turn-- == 0)
      return &replies[i];
  g_assert_not_reached ();
}

static void
add_reply (GPtrArray         *steps,
           const MzDemoReply *reply)
{
  if (reply->think != NULL)
    add_step (steps, MZ_DEMO_STEP_THINK, g_strdup (reply->think));
  if (reply->command != NULL)
    {
      add_step (steps, MZ_DEMO_STEP_RUN, g_strdup (reply->command));
      add_step (steps, MZ_DEMO_STEP_REPORT, NULL);
    }
  if (reply->error != NULL)
    add_step (steps, MZ_DEMO_STEP_FAIL, g_strdup (reply->error));
  if (reply->text != NULL)
    add_step (steps, MZ_DEMO_STEP_TEXT, g_strdup (reply->text));
  if (reply->image)
    add_step (steps, MZ_DEMO_STEP_IMAGE, NULL);
}

/*< private >
 * mz_demo_script_for_message:
 * @message: what a person wrote
 * @turn: how many messages came before; chooses when the message names nothing
 *
 * Returns: (transfer full) (element-type MzDemoStep): the steps of the reply
 */
GPtrArray *
mz_demo_script_for_message (const char *message,
                            guint       turn)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func (step_free);
  g_auto (Directives) asked = { 0 };

  g_return_val_if_fail (message != NULL, steps);

  directives_read (&asked, message);

  if (asked.hang != NULL)
    {
      double seconds = g_ascii_strtod (asked.hang, NULL);

      add_step (steps, MZ_DEMO_STEP_WAIT, NULL)->seconds = seconds > 0 ? MIN (seconds, MAX_WAIT_SECONDS) : 0;
    }
  if (asked.fail != NULL)
    {
      add_failure (steps, asked.fail);
      return steps;
    }
  if (asked.think != NULL)
    add_step (steps, MZ_DEMO_STEP_THINK, g_strdup (asked.think));

  if (asked.run != NULL && asked.run[0] != '\0')
    {
      add_step (steps, MZ_DEMO_STEP_RUN, g_strdup (asked.run));
      add_step (steps, MZ_DEMO_STEP_REPORT, NULL);
    }
  else if (asked.tokens != NULL)
    add_tokens (steps, asked.tokens);
  else if (asked.say != NULL)
    add_step (steps, MZ_DEMO_STEP_TEXT, g_strdup (asked.say));
  else if (asked.think == NULL && asked.hang == NULL)
    add_reply (steps, choose_reply (message, turn));
  else
    add_step (steps, MZ_DEMO_STEP_TEXT, g_strdup ("Done.\n"));

  return steps;
}

/*< private >
 * mz_demo_script_pretend:
 * @command: a command
 *
 * What the demo shows as a command's output. Nothing is ever executed.
 *
 * Returns: (transfer full): the text
 */
char *
mz_demo_script_pretend (const char *command)
{
  g_return_val_if_fail (command != NULL, NULL);

  if (g_strcmp0 (command, "df -h /") == 0)
    return g_strdup ("Filesystem      Size  Used Avail Use% Mounted on\n"
                     "/dev/demo       476G  187G  265G  42% /\n"
                     "(made up: the demo runs no commands)");

  return g_strdup_printf ("$ %s\n(pretended: the demo runs no commands)", command);
}
