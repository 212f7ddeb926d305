/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli.h"

#include <glib/gi18n.h>

#include "mz-approval-list.h"
#include "mz-cli-approver.h"
#include "mz-cli-query.h"
#include "mz-cli-table.h"
#include "mz-cli-text.h"
#include "mz-model.h"
#include "mz-session-list.h"

#define MAX_TITLE 48

/* What one of the commands here holds while it waits. */
typedef struct
{
  MzCliQuery *query;
  MzSessionList *sessions;
  MzApprovalList *approvals;
  char *resolve_id;
  char *decide;
  const char *decision;
} Lists;

static void
lists_free (Lists *self)
{
  if (self->sessions != NULL)
    g_signal_handlers_disconnect_by_data (self->sessions, self);
  g_clear_object (&self->sessions);
  if (self->approvals != NULL)
    g_signal_handlers_disconnect_by_data (self->approvals, self);
  g_clear_object (&self->approvals);
  g_clear_pointer (&self->query, mz_cli_query_free);
  g_free (self->resolve_id);
  g_free (self->decide);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lists, lists_free)

static Lists *
lists_new (const char *command)
{
  Lists *self = g_new0 (Lists, 1);

  self->query = mz_cli_query_new (command);

  return self;
}

static gboolean
wants_json (Lists *self)
{
  return mz_cli_query_get_options (self->query)->json;
}

static void
print_table (Lists      *self,
             MzCliTable *table,
             const char *nothing)
{
  g_autofree char *text = NULL;

  /* The first row holds the headings. */
  if (mz_cli_table_get_n_rows (table) <= 1)
    {
      mz_cli_output_note (mz_cli_query_get_output (self->query), "%s", nothing);
      return;
    }

  text = mz_cli_table_to_string (table);
  mz_cli_output_print (mz_cli_query_get_output (self->query), text);
}

static void
add_boolean (JsonBuilder *builder,
             const char  *name,
             gboolean     value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_int (JsonBuilder *builder,
         const char  *name,
         gint64       value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

/* Sessions */

static void
session_to_json (MzCliOutput  *output,
                 JsonBuilder  *builder,
                 MzSessionRow *row)
{
  json_builder_begin_object (builder);
  mz_cli_json_string (output, builder, "key", mz_session_row_get_key (row));
  mz_cli_json_string (output, builder, "session_id", mz_session_row_get_session_id (row));
  mz_cli_json_string (output, builder, "title", mz_session_row_get_title (row));
  mz_cli_json_string (output, builder, "preview", mz_session_row_get_preview (row));
  mz_cli_json_string (output, builder, "model", mz_session_row_get_model (row));
  mz_cli_json_string (output, builder, "agent", mz_session_row_get_agent_id (row));
  add_int (builder, "updated_at", mz_session_row_get_updated_at (row));
  add_int (builder, "total_tokens", mz_session_row_get_total_tokens (row));
  add_boolean (builder, "running", mz_session_row_get_running (row));
  add_boolean (builder, "unread", mz_session_row_get_unread (row));
  add_boolean (builder, "pinned", mz_session_row_get_pinned (row));
  add_boolean (builder, "archived", mz_session_row_get_archived (row));
  json_builder_end_object (builder);
}

static char *
session_marks (MzSessionRow *row)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) marks = NULL;

  if (mz_session_row_get_running (row))
    g_strv_builder_add (builder, _("running"));
  if (mz_session_row_get_unread (row))
    g_strv_builder_add (builder, _("unread"));
  if (mz_session_row_get_pinned (row))
    g_strv_builder_add (builder, _("pinned"));
  if (mz_session_row_get_archived (row))
    g_strv_builder_add (builder, _("archived"));
  marks = g_strv_builder_end (builder);

  return g_strjoinv (", ", marks);
}

static void
sessions_print_json (Lists *self)
{
  MzCliOutput *output = mz_cli_query_get_output (self->query);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GListModel *model = G_LIST_MODEL (self->sessions);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "sessions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (MzSessionRow) row = g_list_model_get_item (model, i);

      session_to_json (output, builder, row);
    }
  json_builder_end_array (builder);
  add_boolean (builder, "has_more", mz_session_list_get_has_more (self->sessions));
  json_builder_end_object (builder);
  mz_cli_output_json (output, builder, TRUE);
}

static void
sessions_print_table (Lists *self)
{
  g_autoptr (MzCliTable) table = mz_cli_table_new ();
  GListModel *model = G_LIST_MODEL (self->sessions);

  mz_cli_table_set_max_width (table, 1, MAX_TITLE);
  mz_cli_table_add_row (table, _("KEY"), _("TITLE"), _("UPDATED"), _("MODEL"), "", NULL);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (MzSessionRow) row = g_list_model_get_item (model, i);
      g_autofree char *updated = mz_cli_text_time (mz_session_row_get_updated_at (row));
      g_autofree char *marks = session_marks (row);
      const char *name = mz_session_row_get_model (row);

      mz_cli_table_add_row (table, mz_session_row_get_key (row), mz_session_row_get_title (row), updated,
                            name != NULL ? name : "-", marks, NULL);
    }
  print_table (self, table, _("There are no sessions yet."));
  if (mz_session_list_get_has_more (self->sessions))
    mz_cli_output_note (mz_cli_query_get_output (self->query), _("The gateway has more."));
}

static void
sessions_loaded_cb (Lists *self)
{
  if (!mz_session_list_get_loaded (self->sessions))
    return;

  g_signal_handlers_disconnect_by_data (self->sessions, self);
  if (wants_json (self))
    sessions_print_json (self);
  else
    sessions_print_table (self);
  mz_cli_query_done (self->query);
}

static void
sessions_failed_cb (Lists        *self,
                    const GError *error)
{
  mz_cli_query_fail (self->query, error);
}

static void
sessions_start (MzCliQuery *query,
                gpointer    user_data)
{
  Lists *self = user_data;

  self->sessions = mz_session_list_new (mz_cli_query_get_client (query));
  g_signal_connect_swapped (self->sessions, "notify::loaded", G_CALLBACK (sessions_loaded_cb), self);
  g_signal_connect_swapped (self->sessions, "failed", G_CALLBACK (sessions_failed_cb), self);
  sessions_loaded_cb (self);
}

/**
 * mz_cli_sessions_run:
 *
 * `moltzerctl sessions`.
 */
int
mz_cli_sessions_run (int    argc,
                     char **argv)
{
  g_autoptr (Lists) self = lists_new ("sessions");
  g_autoptr (GOptionContext) context = mz_cli_context_new ("sessions", _("URL"), _("Lists the gateway's sessions."));

  return mz_cli_query_run (self->query, context, argv, NULL, sessions_start, self);
}

/* Models */

static void
model_to_json (MzCliOutput *output,
               JsonBuilder *builder,
               MzModel     *model)
{
  const char *const *levels = mz_model_get_thinking_levels (model);

  json_builder_begin_object (builder);
  mz_cli_json_string (output, builder, "ref", mz_model_get_ref (model));
  mz_cli_json_string (output, builder, "id", mz_model_get_id (model));
  mz_cli_json_string (output, builder, "name", mz_model_get_name (model));
  mz_cli_json_string (output, builder, "provider", mz_model_get_provider (model));
  add_int (builder, "context_window", mz_model_get_context_window (model));
  add_boolean (builder, "reasoning", mz_model_get_reasoning (model));
  add_boolean (builder, "default", mz_model_get_default (model));
  add_boolean (builder, "available", mz_model_get_available (model));
  json_builder_set_member_name (builder, "thinking_levels");
  json_builder_begin_array (builder);
  for (guint i = 0; levels != NULL && levels[i] != NULL; i++)
    json_builder_add_string_value (builder, levels[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static char *
model_marks (MzModel *model)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) marks = NULL;

  if (mz_model_get_default (model))
    g_strv_builder_add (builder, _("default"));
  if (mz_model_get_reasoning (model))
    g_strv_builder_add (builder, _("thinks"));
  if (!mz_model_get_available (model))
    g_strv_builder_add (builder, _("not available"));
  marks = g_strv_builder_end (builder);

  return g_strjoinv (", ", marks);
}

static void
models_print_json (Lists      *self,
                   GListModel *models)
{
  MzCliOutput *output = mz_cli_query_get_output (self->query);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "models");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (models); i++)
    {
      g_autoptr (MzModel) model = g_list_model_get_item (models, i);

      model_to_json (output, builder, model);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  mz_cli_output_json (output, builder, TRUE);
}

static void
models_print_table (Lists      *self,
                    GListModel *models)
{
  g_autoptr (MzCliTable) table = mz_cli_table_new ();

  mz_cli_table_set_right (table, 2);
  mz_cli_table_set_max_width (table, 1, MAX_TITLE);
  mz_cli_table_add_row (table, _("MODEL"), _("NAME"), _("CONTEXT"), "", NULL);
  for (guint i = 0; i < g_list_model_get_n_items (models); i++)
    {
      g_autoptr (MzModel) model = g_list_model_get_item (models, i);
      gint64 window = mz_model_get_context_window (model);
      g_autofree char *context = window > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, window) : g_strdup ("-");
      g_autofree char *marks = model_marks (model);

      mz_cli_table_add_row (table, mz_model_get_ref (model), mz_model_get_name (model), context, marks, NULL);
    }
  print_table (self, table, _("The gateway offers no models."));
}

static void
models_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Lists *self = user_data;
  g_autoptr (GListModel) models = NULL;
  g_autoptr (GError) error = NULL;

  models = mz_models_list_finish (MZ_CLIENT (source_object), result, &error);
  if (models == NULL)
    {
      mz_cli_query_fail (self->query, error);
      return;
    }

  if (wants_json (self))
    models_print_json (self, models);
  else
    models_print_table (self, models);
  mz_cli_query_done (self->query);
}

static void
models_start (MzCliQuery *query,
              gpointer    user_data)
{
  mz_models_list_async (mz_cli_query_get_client (query), mz_cli_query_get_cancellable (query), models_cb, user_data);
}

/**
 * mz_cli_models_run:
 *
 * `moltzerctl models`.
 */
int
mz_cli_models_run (int    argc,
                   char **argv)
{
  g_autoptr (Lists) self = lists_new ("models");
  g_autoptr (GOptionContext) context = mz_cli_context_new ("models", _("URL"), _("Lists the models that the gateway offers."));

  return mz_cli_query_run (self->query, context, argv, NULL, models_start, self);
}

/* Approvals */

static void
approvals_print_json (Lists *self)
{
  MzCliOutput *output = mz_cli_query_get_output (self->query);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GListModel *model = G_LIST_MODEL (self->approvals);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "approvals");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (MzApproval) approval = g_list_model_get_item (model, i);

      json_builder_begin_object (builder);
      mz_cli_approval_json (output, builder, approval);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  mz_cli_output_json (output, builder, TRUE);
}

/* Commands stand on lines of their own, whole: nobody should approve the beginning of one. */
static void
approvals_print_text (Lists *self)
{
  MzCliOutput *output = mz_cli_query_get_output (self->query);
  GListModel *model = G_LIST_MODEL (self->approvals);
  g_autoptr (GString) text = g_string_new (NULL);

  if (g_list_model_get_n_items (model) == 0)
    mz_cli_output_note (output, _("No command waits for approval."));
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (MzApproval) approval = g_list_model_get_item (model, i);
      g_autofree char *since = mz_cli_text_time (mz_approval_get_created_at (approval));
      g_autofree char *id = mz_cli_text_clean (mz_approval_get_id (approval), MZ_CLI_TEXT_LINE);
      g_autofree char *session = mz_cli_text_clean (mz_approval_get_session_key (approval), MZ_CLI_TEXT_LINE);
      g_autofree char *command = mz_cli_output_exact (output, mz_approval_get_command (approval));
      g_autofree char *folder = mz_cli_output_exact (output, mz_approval_get_cwd (approval));
      g_autofree char *warning = mz_cli_text_clean (mz_approval_get_warning (approval), MZ_CLI_TEXT_LINE);

      g_string_append_printf (text, "%s%s  %s  %s\n    %s\n", i > 0 ? "\n" : "", id, since, session, command);
      if (*folder != '\0')
        g_string_append_printf (text, _("  in the folder %s\n"), folder);
      if (*warning != '\0')
        g_string_append_printf (text, _("  The gateway warns: %s\n"), warning);
    }
  mz_cli_output_print (output, text->str);
}

static void
resolved_cb (GObject      *source_object,
             GAsyncResult *result,
             gpointer      user_data)
{
  Lists *self = user_data;
  MzCliOutput *output = mz_cli_query_get_output (self->query);
  g_autoptr (GError) error = NULL;

  if (!mz_approval_list_resolve_finish (MZ_APPROVAL_LIST (source_object), result, &error))
    {
      mz_cli_query_fail (self->query, error);
      return;
    }

  if (wants_json (self))
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      mz_cli_json_string (output, builder, "id", self->resolve_id);
      mz_cli_json_string (output, builder, "decision", self->decision);
      json_builder_end_object (builder);
      mz_cli_output_json (output, builder, TRUE);
    }
  else
    {
      g_autofree char *line = g_strdup_printf (_("Answered: %s\n"), mz_cli_decision_in_words (self->decision));

      mz_cli_output_print (output, line);
    }
  mz_cli_query_done (self->query);
}

static void
approvals_resolve (Lists *self)
{
  MzApproval *approval = mz_approval_list_lookup (self->approvals, self->resolve_id);
  g_autoptr (GError) error = NULL;

  if (approval == NULL)
    {
      error = g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("no command with the id %s waits for approval"), self->resolve_id);
    }
  else if (!mz_approval_allows (approval, self->decision))
    {
      g_autofree char *text = mz_cli_approval_not_taken (approval, self->decision);

      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, text);
    }

  if (error != NULL)
    {
      mz_cli_query_fail (self->query, error);
      return;
    }

  mz_approval_list_resolve_async (self->approvals, approval, self->decision, mz_cli_query_get_cancellable (self->query),
                                  resolved_cb, self);
}

static void
approvals_loaded_cb (Lists *self)
{
  if (!mz_approval_list_get_loaded (self->approvals))
    return;

  g_signal_handlers_disconnect_by_data (self->approvals, self);
  if (self->resolve_id != NULL)
    {
      approvals_resolve (self);
      return;
    }

  if (wants_json (self))
    approvals_print_json (self);
  else
    approvals_print_text (self);
  mz_cli_query_done (self->query);
}

static void
approvals_start (MzCliQuery *query,
                 gpointer    user_data)
{
  Lists *self = user_data;
  MzHello *hello = mz_client_get_hello (mz_cli_query_get_client (query));

  if (hello != NULL && !mz_hello_has_scope (hello, "operator.approvals"))
    mz_cli_output_note (mz_cli_query_get_output (query), _("The gateway does not let this device see approvals."));

  self->approvals = mz_approval_list_new (mz_cli_query_get_client (query));
  g_signal_connect_swapped (self->approvals, "notify::loaded", G_CALLBACK (approvals_loaded_cb), self);
  approvals_loaded_cb (self);
}

static gboolean
approvals_check (gpointer   user_data,
                 GError   **error)
{
  Lists *self = user_data;

  if ((self->resolve_id == NULL) != (self->decide == NULL))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("--resolve and --decide go together"));
      return FALSE;
    }

  self->decision = self->decide != NULL ? mz_cli_decision_parse (self->decide) : NULL;
  if (self->decide != NULL && self->decision == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--decide: say once, always or deny"));
      return FALSE;
    }

  return TRUE;
}

/**
 * mz_cli_approvals_run:
 *
 * `moltzerctl approvals`.
 */
int
mz_cli_approvals_run (int    argc,
                      char **argv)
{
  g_autoptr (Lists) self = lists_new ("approvals");
  g_autoptr (GOptionContext) context = NULL;
  const GOptionEntry entries[] = {
    { "resolve", 0, 0, G_OPTION_ARG_STRING, &self->resolve_id, N_("Answer the command with this id"), N_("ID") },
    { "decide", 0, 0, G_OPTION_ARG_STRING, &self->decide, N_("The answer: once, always or deny"), N_("ANSWER") },
    { NULL },
  };

  context = mz_cli_context_new ("approvals", _("URL"), _("Lists the commands that wait for approval, or answers one of them."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);

  return mz_cli_query_run (self->query, context, argv, approvals_check, approvals_start, self);
}
