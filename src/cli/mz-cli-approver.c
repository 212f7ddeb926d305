/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-approver.h"

#include <glib/gi18n.h>

#include "mz-cli-stdin.h"
#include "mz-cli-text.h"

/* The protocol's words (docs: gateway/protocol/rpc-devices-nodes-and-approvals) are allow-once, allow-always and deny. */

struct _MzCliApprover
{
  GObject parent_instance;

  MzCliOutput *output;
  MzApprovalList *list;
  char *session_key;
  char *run_id;
  char *url;
  char *decision;               /* told beforehand, NULL to ask */
  gboolean ask;
  gboolean json;
  gboolean hushed;

  GHashTable *seen;             /* ids */
  GQueue waiting;               /* MzApproval: to be asked, the first is being asked */
  GDataInputStream *input;
  char *asked;                  /* id of the one that a line is being read for */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MzCliApprover, mz_cli_approver, G_TYPE_OBJECT)

static void ask_next (MzCliApprover *self);

/* What a person says, what the protocol says, what is said about it. */
static const struct
{
  const char *word;
  const char *decision;
  const char *answered;
} decisions[] = {
  { "once", "allow-once", N_("allowed once") },
  { "always", "allow-always", N_("always allowed") },
  { "deny", "deny", N_("denied") },
};

/**
 * mz_cli_decision_parse:
 * @word: what a person says: `once`, `always` or `deny`, or the protocol's word
 *
 * Returns: (nullable): the protocol's word for it
 */
const char *
mz_cli_decision_parse (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (decisions); i++)
    if (g_strcmp0 (word, decisions[i].word) == 0 || g_strcmp0 (word, decisions[i].decision) == 0)
      return decisions[i].decision;

  return NULL;
}

/**
 * mz_cli_decision_in_words:
 * @decision: (nullable): the protocol's word
 *
 * Returns: how a command was answered, translated
 */
const char *
mz_cli_decision_in_words (const char *decision)
{
  for (guint i = 0; i < G_N_ELEMENTS (decisions); i++)
    if (g_strcmp0 (decision, decisions[i].decision) == 0)
      return _(decisions[i].answered);

  return decision != NULL ? decision : _("no longer waiting");
}

static const char *
word_of (const char *decision)
{
  for (guint i = 0; i < G_N_ELEMENTS (decisions); i++)
    if (g_strcmp0 (decision, decisions[i].decision) == 0)
      return decisions[i].word;

  return decision;
}

/**
 * mz_cli_approval_not_taken:
 * @decision: an answer that the gateway does not allow
 *
 * Returns: (transfer full): that it does not, and those that it does
 */
char *
mz_cli_approval_not_taken (MzApproval *approval,
                           const char *decision)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;
  g_autofree char *list = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (decisions); i++)
    if (mz_approval_allows (approval, decisions[i].decision))
      g_strv_builder_add (builder, decisions[i].word);
  words = g_strv_builder_end (builder);
  list = g_strjoinv (", ", words);

  return g_strdup_printf (_("the gateway does not take “%s” for it, only: %s"), word_of (decision), list);
}

/**
 * mz_cli_approval_json:
 *
 * Adds the members that tell a command to an object.
 */
void
mz_cli_approval_json (MzCliOutput *output,
                      JsonBuilder *builder,
                      MzApproval  *approval)
{
  const char *const *allowed = mz_approval_get_allowed_decisions (approval);

  mz_cli_json_string (output, builder, "id", mz_approval_get_id (approval));
  mz_cli_json_exact (output, builder, "command", mz_approval_get_command (approval));
  mz_cli_json_exact (output, builder, "cwd", mz_approval_get_cwd (approval));
  mz_cli_json_string (output, builder, "host", mz_approval_get_host (approval));
  mz_cli_json_string (output, builder, "session", mz_approval_get_session_key (approval));
  mz_cli_json_string (output, builder, "run", mz_approval_get_run_id (approval));
  mz_cli_json_string (output, builder, "warning", mz_approval_get_warning (approval));
  json_builder_set_member_name (builder, "decisions");
  json_builder_begin_array (builder);
  for (guint i = 0; allowed != NULL && allowed[i] != NULL; i++)
    json_builder_add_string_value (builder, allowed[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "expires_at");
  json_builder_add_int_value (builder, mz_approval_get_expires_at (approval));
}

/**
 * mz_cli_approval_print:
 *
 * Tells on stderr which command waits, and where it would run.
 */
void
mz_cli_approval_print (MzCliOutput *output,
                       MzApproval  *approval)
{
  g_autofree char *command = mz_cli_output_exact (output, mz_approval_get_command (approval));
  g_autofree char *folder = mz_cli_output_exact (output, mz_approval_get_cwd (approval));
  g_autofree char *command_line = g_strconcat ("    ", command, NULL);
  g_autofree char *folder_line = g_strdup_printf (_("  in the folder %s"), folder);
  g_autofree char *warning = mz_cli_text_clean (mz_approval_get_warning (approval), MZ_CLI_TEXT_LINE);

  mz_cli_output_note (output, _("? The agent wants to run a command:"));
  mz_cli_output_note_exact (output, command_line);
  if (*folder != '\0')
    mz_cli_output_note_exact (output, folder_line);
  if (*warning != '\0')
    mz_cli_output_note (output, _("  The gateway warns: %s"), warning);
}

static void
write_json (MzCliApprover *self,
            MzApproval    *approval,
            const char    *id,
            const char    *decision)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  mz_cli_json_string (self->output, builder, "type", "approval");
  mz_cli_json_string (self->output, builder, "state", approval != NULL ? "requested" : "resolved");
  if (approval != NULL)
    {
      mz_cli_approval_json (self->output, builder, approval);
    }
  else
    {
      mz_cli_json_string (self->output, builder, "id", id);
      mz_cli_json_string (self->output, builder, "decision", decision);
    }
  json_builder_end_object (builder);
  mz_cli_output_json (self->output, builder, FALSE);
}

/* Only this run's commands are anybody's business here; an older gateway may name the session alone. */
static gboolean
is_ours (MzCliApprover *self,
         MzApproval    *approval)
{
  const char *run_id = mz_approval_get_run_id (approval);

  if (run_id != NULL)
    return g_strcmp0 (run_id, self->run_id) == 0;

  return g_strcmp0 (mz_approval_get_session_key (approval), self->session_key) == 0;
}

static void
say_how_to_answer (MzCliApprover *self,
                   MzApproval    *approval)
{
  g_autofree char *id = mz_cli_text_quote (mz_approval_get_id (approval));
  g_autofree char *url = mz_cli_text_quote (self->url);

  mz_cli_output_note (self->output, _("  It waits for an answer. Give it with one of:"));
  if (mz_approval_allows (approval, "allow-once"))
    mz_cli_output_note (self->output, "    moltzerctl approvals --resolve %s --decide once %s", id, url);
  mz_cli_output_note (self->output, "    moltzerctl approvals --resolve %s --decide deny %s", id, url);
}

static void
resolved_cb (GObject      *source_object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (MzCliApprover) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!mz_approval_list_resolve_finish (MZ_APPROVAL_LIST (source_object), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mz_cli_output_note (self->output, _("The answer could not be given: %s"), error->message);
}

static void
resolve (MzCliApprover *self,
         MzApproval    *approval,
         const char    *decision)
{
  mz_approval_list_resolve_async (self->list, approval, decision, self->cancellable, resolved_cb, g_object_ref (self));
}

static const char *
decision_of_line (const char *line)
{
  static const struct
  {
    const char *word;
    const char *decision;
  } words[] = {
    { "o", "allow-once" }, { "once", "allow-once" }, { "y", "allow-once" }, { "yes", "allow-once" },
    { "a", "allow-always" }, { "always", "allow-always" },
    { "d", "deny" }, { "deny", "deny" }, { "n", "deny" }, { "no", "deny" },
  };
  g_autofree char *word = g_strstrip (g_ascii_strdown (line, -1));

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (word, words[i].word) == 0)
      return words[i].decision;

  return NULL;
}

static void
say_not_taken (MzCliApprover *self,
               MzApproval    *approval,
               const char    *decision)
{
  g_autofree char *text = mz_cli_approval_not_taken (approval, decision);

  mz_cli_output_note (self->output, "  %s", text);
}

static void
line_cb (GObject      *source_object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (MzCliApprover) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  g_autofree char *asked = g_steal_pointer (&self->asked);
  const char *decision;
  MzApproval *approval;

  line = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source_object), result, NULL, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  approval = g_queue_peek_head (&self->waiting);
  if (line == NULL)
    {
      /* Nobody is there to answer any more. */
      self->ask = FALSE;
      mz_cli_output_end_line (self->output);
      if (approval != NULL)
        say_how_to_answer (self, approval);
      g_queue_clear_full (&self->waiting, g_object_unref);
      return;
    }

  if (asked != NULL)
    mz_cli_output_answered (self->output);

  /* A line answers only what was asked when it was begun. */
  if (approval != NULL && g_strcmp0 (mz_approval_get_id (approval), asked) == 0)
    {
      decision = decision_of_line (line);
      if (decision != NULL && mz_approval_allows (approval, decision))
        {
          resolve (self, approval, decision);
          g_queue_pop_head (&self->waiting);
          g_object_unref (approval);
        }
      else if (decision != NULL)
        {
          say_not_taken (self, approval, decision);
        }
    }
  ask_next (self);
}

static void
ask_next (MzCliApprover *self)
{
  MzApproval *approval = g_queue_peek_head (&self->waiting);

  if (approval == NULL || self->asked != NULL || self->hushed)
    return;

  /* What was typed before the command was shown is no answer to it: neither what the terminal holds nor what was read already. */
  mz_cli_stdin_drop ();
  g_clear_object (&self->input);

  mz_cli_approval_print (self->output, approval);
  mz_cli_output_aside (self->output, mz_approval_allows (approval, "allow-always")
                                       ? _("  Allow it? [o]nce, [a]lways, [d]eny: ")
                                       : _("  Allow it? [o]nce, [d]eny: "));
  self->input = mz_cli_stdin_new ();
  self->asked = g_strdup (mz_approval_get_id (approval));
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, self->cancellable, line_cb, g_object_ref (self));
}

static void
handle (MzCliApprover *self,
        MzApproval    *approval)
{
  const char *id = mz_approval_get_id (approval);

  if (!is_ours (self, approval) || !g_hash_table_add (self->seen, g_strdup (id)))
    return;
  if (self->hushed)
    return;

  if (self->json)
    write_json (self, approval, NULL, NULL);

  if (self->decision == NULL && self->ask)
    {
      g_queue_push_tail (&self->waiting, g_object_ref (approval));
      ask_next (self);
      return;
    }

  mz_cli_approval_print (self->output, approval);
  if (self->decision != NULL && mz_approval_allows (approval, self->decision))
    {
      resolve (self, approval, self->decision);
      return;
    }

  if (self->decision != NULL)
    say_not_taken (self, approval, self->decision);
  say_how_to_answer (self, approval);
}

static void
items_changed_cb (MzCliApprover *self,
                  guint          position,
                  guint          removed,
                  guint          added,
                  GListModel    *list)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (MzApproval) approval = g_list_model_get_item (list, i);

      if (approval != NULL)
        handle (self, approval);
    }
}

/* Answered here or by another client, or expired: it is not asked any more. */
static void
list_resolved_cb (MzCliApprover *self,
                  const char    *id,
                  const char    *decision)
{
  gboolean being_asked = self->asked != NULL && g_strcmp0 (self->asked, id) == 0;

  if (!g_hash_table_contains (self->seen, id))
    return;

  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    if (g_strcmp0 (mz_approval_get_id (l->data), id) == 0)
      {
        g_object_unref (l->data);
        g_queue_delete_link (&self->waiting, l);
        break;
      }

  if (self->json)
    write_json (self, NULL, id, decision);

  /* Stopping the agent takes its commands back. */
  if (self->hushed)
    return;

  mz_cli_output_note (self->output, being_asked ? _("  Answered elsewhere: %s") : _("  Answered: %s"), mz_cli_decision_in_words (decision));
  if (being_asked && !g_queue_is_empty (&self->waiting))
    mz_cli_output_note (self->output, _("  Press Enter for the next one."));
}

static void
mz_cli_approver_dispose (GObject *object)
{
  MzCliApprover *self = MZ_CLI_APPROVER (object);

  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->input);
  g_queue_clear_full (&self->waiting, g_object_unref);
  g_clear_pointer (&self->seen, g_hash_table_unref);
  g_clear_object (&self->list);
  g_clear_object (&self->output);
  g_clear_pointer (&self->session_key, g_free);
  g_clear_pointer (&self->run_id, g_free);
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->decision, g_free);
  g_clear_pointer (&self->asked, g_free);

  G_OBJECT_CLASS (mz_cli_approver_parent_class)->dispose (object);
}

static void
mz_cli_approver_class_init (MzCliApproverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_cli_approver_dispose;
}

static void
mz_cli_approver_init (MzCliApprover *self)
{
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->waiting);
}

/**
 * mz_cli_approver_new:
 * @output: where to
 * @list: the gateway's
 * @session_key: the session as the gateway calls it
 * @run_id: the run
 * @url: the gateway's, for hints
 * @decision: (nullable): the answer to all, in the protocol's words
 * @ask: without one: ask on the terminal
 * @json: write JSON
 *
 * Returns: (transfer full): an approver that works until it is disposed
 */
MzCliApprover *
mz_cli_approver_new (MzCliOutput    *output,
                     MzApprovalList *list,
                     const char     *session_key,
                     const char     *run_id,
                     const char     *url,
                     const char     *decision,
                     gboolean        ask,
                     gboolean        json)
{
  MzCliApprover *self;

  g_return_val_if_fail (MZ_IS_CLI_OUTPUT (output), NULL);
  g_return_val_if_fail (MZ_IS_APPROVAL_LIST (list), NULL);

  self = g_object_new (MZ_TYPE_CLI_APPROVER, NULL);
  self->output = g_object_ref (output);
  self->list = g_object_ref (list);
  self->session_key = g_strdup (session_key);
  self->run_id = g_strdup (run_id);
  self->url = g_strdup (url);
  self->decision = g_strdup (decision);
  self->ask = ask;
  self->json = json;

  g_signal_connect_swapped (list, "items-changed", G_CALLBACK (items_changed_cb), self);
  g_signal_connect_swapped (list, "resolved", G_CALLBACK (list_resolved_cb), self);

  return self;
}

/**
 * mz_cli_approver_set_run:
 * @run_id: the run's id as the gateway calls it, when it is another than was expected
 */
void
mz_cli_approver_set_run (MzCliApprover *self,
                         const char    *run_id)
{
  g_return_if_fail (MZ_IS_CLI_APPROVER (self));

  if (g_strcmp0 (self->run_id, run_id) == 0)
    return;

  g_free (self->run_id);
  self->run_id = g_strdup (run_id);
  items_changed_cb (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (self->list)), G_LIST_MODEL (self->list));
}

/**
 * mz_cli_approver_hush:
 *
 * Asks nothing more, and does not tell any more how commands were answered: the agent is being stopped.
 */
void
mz_cli_approver_hush (MzCliApprover *self)
{
  g_return_if_fail (MZ_IS_CLI_APPROVER (self));

  self->hushed = TRUE;
}
