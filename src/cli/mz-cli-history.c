/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli.h"

#include <glib/gi18n.h>

#include "mz-cli-query.h"
#include "mz-cli-text.h"
#include "mz-session.h"

#define DEFAULT_SESSION "main"
#define DEFAULT_LIMIT 50
#define MAX_LIMIT 100000

typedef struct
{
  MzCliQuery *query;
  MzSession *session;
  char *session_key;
  int limit;
} History;

static void
history_free (History *self)
{
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->query, mz_cli_query_free);
  g_free (self->session_key);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (History, history_free)

static void
message_to_json (MzCliOutput *output,
                 JsonBuilder *builder,
                 MzMessage   *message)
{
  const char *text = mz_message_get_text (message);

  json_builder_begin_object (builder);
  mz_cli_json_string (output, builder, "kind", mz_message_kind_to_string (mz_message_get_kind (message)));
  mz_cli_json_string (output, builder, "state", mz_message_state_to_string (mz_message_get_state (message)));
  mz_cli_json_string (output, builder, "role", mz_message_get_role (message));
  mz_cli_json_string (output, builder, "id", mz_message_get_id (message));
  mz_cli_json_string (output, builder, "run", mz_message_get_run_id (message));
  json_builder_set_member_name (builder, "timestamp");
  json_builder_add_int_value (builder, mz_message_get_timestamp (message));
  json_builder_set_member_name (builder, "text");
  json_builder_add_string_value (builder, text != NULL ? text : "");
  mz_cli_json_string (output, builder, "model", mz_message_get_model (message));
  if (mz_message_get_kind (message) == MZ_MESSAGE_TOOL)
    {
      mz_cli_json_string (output, builder, "tool", mz_message_get_tool_name (message));
      mz_cli_json_string (output, builder, "arguments", mz_message_get_arguments (message));
      mz_cli_json_string (output, builder, "output", mz_message_get_output (message));
      json_builder_set_member_name (builder, "is_error");
      json_builder_add_boolean_value (builder, mz_message_get_is_error (message));
    }
  mz_cli_json_string (output, builder, "error", mz_message_get_error_message (message));
  json_builder_end_object (builder);
}

static void
print_json (History *self,
            guint    first)
{
  MzCliOutput *output = mz_cli_query_get_output (self->query);
  GListModel *timeline = G_LIST_MODEL (mz_session_get_timeline (self->session));
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  mz_cli_json_string (output, builder, "session", mz_session_get_canonical_key (self->session));
  json_builder_set_member_name (builder, "messages");
  json_builder_begin_array (builder);
  for (guint i = first; i < g_list_model_get_n_items (timeline); i++)
    {
      g_autoptr (MzMessage) message = g_list_model_get_item (timeline, i);

      message_to_json (output, builder, message);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "has_older");
  json_builder_add_boolean_value (builder, first > 0 || mz_session_get_has_older (self->session));
  json_builder_end_object (builder);
  mz_cli_output_json (output, builder, TRUE);
}

static char *
who_in_words (MzMessage *message)
{
  switch (mz_message_get_kind (message))
    {
    case MZ_MESSAGE_USER:
      return g_strdup (_("you"));
    case MZ_MESSAGE_ASSISTANT:
      return g_strdup (_("agent"));
    case MZ_MESSAGE_REASONING:
      return g_strdup (_("agent, thinking"));
    case MZ_MESSAGE_TOOL:
      return g_strdup_printf (_("tool %s"), mz_message_get_tool_name (message) != NULL ? mz_message_get_tool_name (message) : "");
    case MZ_MESSAGE_ERROR:
      return g_strdup (_("error"));
    case MZ_MESSAGE_MARKER:
    case MZ_MESSAGE_OTHER:
    default:
      return g_strdup (mz_message_get_role (message));
    }
}

static void
append_indented (GString    *text,
                 const char *paragraphs)
{
  g_auto (GStrv) lines = NULL;

  if (paragraphs == NULL || *paragraphs == '\0')
    return;

  lines = g_strsplit (paragraphs, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      g_string_append_printf (text, "  %s\n", lines[i]);
    else if (lines[i + 1] != NULL)
      g_string_append_c (text, '\n');
}

static void
append_message (GString   *text,
                MzMessage *message)
{
  g_autofree char *time = mz_cli_text_time (mz_message_get_timestamp (message));
  g_autofree char *who = who_in_words (message);
  g_autofree char *clean = mz_cli_text_clean (who, MZ_CLI_TEXT_LINE);

  g_string_append_printf (text, "%s%s  %s\n", text->len > 0 ? "\n" : "", time, clean);
  if (mz_message_get_kind (message) == MZ_MESSAGE_TOOL)
    {
      append_indented (text, mz_message_get_arguments (message));
      append_indented (text, mz_message_get_output (message));
    }
  else
    {
      append_indented (text, mz_message_get_text (message));
    }

  /* A failed run's text is often the error itself. */
  if (g_strcmp0 (mz_message_get_text (message), mz_message_get_error_message (message)) != 0)
    append_indented (text, mz_message_get_error_message (message));
}

/* A gateway makes a session of any key that is asked for: one that was mistyped looks empty. */
static void
say_where_sessions_are (History *self)
{
  g_autofree char *url = mz_cli_text_quote (mz_endpoint_to_string (mz_cli_query_get_options (self->query)->endpoint));

  mz_cli_output_note (mz_cli_query_get_output (self->query), _("The sessions that there are: moltzerctl sessions %s"), url);
}

static void
print_text (History *self,
            guint    first)
{
  MzCliOutput *output = mz_cli_query_get_output (self->query);
  GListModel *timeline = G_LIST_MODEL (mz_session_get_timeline (self->session));
  GString *text = g_string_new (NULL);

  for (guint i = first; i < g_list_model_get_n_items (timeline); i++)
    {
      g_autoptr (MzMessage) message = g_list_model_get_item (timeline, i);

      append_message (text, message);
    }

  if (text->len == 0)
    {
      mz_cli_output_note (output, _("Nothing was said in this session yet."));
      if (self->session_key != NULL)
        say_where_sessions_are (self);
    }
  else if (first > 0 || mz_session_get_has_older (self->session))
    {
      mz_cli_output_note (output, _("(There is more before; see --limit.)"));
    }
  mz_cli_output_print (output, text->str);
  g_string_free (text, TRUE);
}

static void load_or_print (History *self);

static void
older_cb (GObject      *source_object,
          GAsyncResult *result,
          gpointer      user_data)
{
  History *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!mz_session_load_older_finish (MZ_SESSION (source_object), result, &error))
    mz_cli_query_fail (self->query, error);
  else
    load_or_print (self);
}

static void
load_or_print (History *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (mz_session_get_timeline (self->session)));
  guint limit = self->limit;
  guint first = n > limit ? n - limit : 0;

  if (n < limit && mz_session_get_has_older (self->session))
    {
      mz_session_load_older_async (self->session, mz_cli_query_get_cancellable (self->query), older_cb, self);
      return;
    }

  if (mz_cli_query_get_options (self->query)->json)
    print_json (self, first);
  else
    print_text (self, first);
  mz_cli_query_done (self->query);
}

static void
opened_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  History *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!mz_session_open_finish (MZ_SESSION (source_object), result, &error))
    {
      gboolean refused = g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_REMOTE) ||
                         g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_REJECTED);

      mz_cli_query_fail (self->query, error);
      if (refused && self->session_key != NULL)
        say_where_sessions_are (self);
    }
  else
    {
      load_or_print (self);
    }
}

static void
history_start (MzCliQuery *query,
               gpointer    user_data)
{
  History *self = user_data;

  self->session = mz_session_new (mz_cli_query_get_client (query), self->session_key != NULL ? self->session_key : DEFAULT_SESSION);
  mz_session_open_async (self->session, mz_cli_query_get_cancellable (query), opened_cb, self);
}

static gboolean
history_check (gpointer   user_data,
               GError   **error)
{
  History *self = user_data;

  if (self->limit < 1 || self->limit > MAX_LIMIT)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--limit: say a number from 1 to %d"), MAX_LIMIT);
      return FALSE;
    }

  if (self->session_key != NULL && *self->session_key == '\0')
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--session: say the key of a session"));
      return FALSE;
    }

  return TRUE;
}

/**
 * mz_cli_history_run:
 *
 * `moltzerctl history`.
 */
int
mz_cli_history_run (int    argc,
                    char **argv)
{
  g_autoptr (History) self = g_new0 (History, 1);
  g_autoptr (GOptionContext) context = NULL;
  const GOptionEntry entries[] = {
    { "session", 's', 0, G_OPTION_ARG_STRING, &self->session_key, N_("Of this session (default: the main one)"), N_("KEY") },
    { "limit", 'n', 0, G_OPTION_ARG_INT, &self->limit, N_("How many of the newest messages (default: 50)"), N_("N") },
    { NULL },
  };

  self->query = mz_cli_query_new ("history");
  self->limit = DEFAULT_LIMIT;
  context = mz_cli_context_new ("history", _("URL"), _("Prints what was said in a session."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);

  return mz_cli_query_run (self->query, context, argv, history_check, history_start, self);
}
