/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-run-words.h"

#include <glib/gi18n.h>

#include "mz-words.h"

/**
 * mz_run_words_for_error:
 * @code: (nullable): the `error-code` of a run that failed
 * @advice: (out) (transfer none): what to do
 *
 * Returns: (transfer none): what went wrong, in a few words
 */
const char *
mz_run_words_for_error (const char  *code,
                        const char **advice)
{
  static const struct
  {
    const char *code;
    const char *headline;
    const char *advice;
  } kinds[] = {
    { "refusal", N_("The model refused"), N_("Say it in other words, or choose another model.") },
    { "timeout", N_("The model took too long"), N_("Try again; if it keeps happening, choose another model.") },
    { "rate_limit", N_("Too many requests"), N_("The model's provider asks for a pause. Wait a minute, then try again.") },
    { "context_length", N_("The conversation is too long for the model"), N_("Begin a new chat, or choose a model with a larger context.") },
  };

  g_return_val_if_fail (advice != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (g_strcmp0 (code, kinds[i].code) == 0)
        {
          *advice = _(kinds[i].advice);
          return _(kinds[i].headline);
        }
    }
  *advice = _("Try again; if it keeps happening, look at the gateway's log.");
  return _("The reply failed");
}

/**
 * mz_run_words_for_phase:
 * @phase: (nullable): what the agent is doing before it speaks, as the gateway names it
 *
 * Returns: (transfer none) (nullable): the same in words; %NULL when the phase is not known here
 */
const char *
mz_run_words_for_phase (const char *phase)
{
  static const struct
  {
    const char *phase;
    const char *words;
  } phases[] = {
    { "running_setup", N_("Setting up…") },
    { "provisioning_environment", N_("Preparing the environment…") },
    { "preparing_context", N_("Reading the conversation…") },
    { "starting_model", N_("Starting the model…") },
    { "waiting-approval", N_("Waits for your approval") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (phases); i++)
    {
      if (g_strcmp0 (phase, phases[i].phase) == 0)
        return _(phases[i].words);
    }
  return NULL;
}

/**
 * mz_run_words_for_marker:
 * @role: (nullable): which boundary of a conversation it is
 * @tokens_before: in the conversation before it, 0 when unknown
 * @tokens_after: and after
 *
 * Returns: (transfer full) (nullable): what happened there; %NULL when the role is not known here
 */
char *
mz_run_words_for_marker (const char *role,
                         gint64      tokens_before,
                         gint64      tokens_after)
{
  if (g_strcmp0 (role, "reset") == 0)
    return g_strdup (_("New conversation from here"));
  if (g_strcmp0 (role, "compaction") != 0)
    return NULL;

  if (tokens_before > 0 && tokens_after > 0)
    {
      g_autofree char *from = mz_words_for_tokens (tokens_before);
      g_autofree char *to = mz_words_for_tokens (tokens_after);

      /* Translators: %s are numbers of tokens, "12.4k tokens" */
      return g_strdup_printf (_("Earlier messages were summarised (%s became %s)"), from, to);
    }
  return g_strdup (_("Earlier messages were summarised"));
}
