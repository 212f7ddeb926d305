/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-command.h"

#include <string.h>

#include "mz-json.h"

/* What the protocol allows (schema: CommandEntry, CommandsListResult); a gateway that says more is not believed. */
#define MAX_NAME 200
#define MAX_DESCRIPTION 2000
#define MAX_ALIASES 20
#define MAX_ARGUMENTS 20
#define MAX_COMMANDS 500

/* More choices than this do not fit into a hint: the argument's name says more then. */
#define MAX_HINT_CHOICES 5

struct _MzCommand
{
  GObject parent_instance;

  char *name;
  char *folded_name;
  char *description;
  char *arguments;
  GStrv aliases;
  GStrv folded_aliases;
  char *category;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_DESCRIPTION,
  PROP_ARGUMENTS,
  PROP_ALIASES,
  PROP_CATEGORY,
  N_PROPS
};

/* How well a command fits what was typed, best first. */
typedef enum
{
  FIT_NAME,
  FIT_NAME_BEGINS,
  FIT_ALIAS,
  FIT_ALIAS_BEGINS,
  FIT_WORD_BEGINS,
  N_FITS,
  FIT_NONE = N_FITS,
} Fit;

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (MzCommand, mz_command, G_TYPE_OBJECT)

static void
mz_command_finalize (GObject *object)
{
  MzCommand *self = MZ_COMMAND (object);

  g_free (self->name);
  g_free (self->folded_name);
  g_free (self->description);
  g_free (self->arguments);
  g_strfreev (self->aliases);
  g_strfreev (self->folded_aliases);
  g_free (self->category);

  G_OBJECT_CLASS (mz_command_parent_class)->finalize (object);
}

static void
mz_command_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  MzCommand *self = MZ_COMMAND (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_DESCRIPTION:
      g_value_set_string (value, self->description);
      break;
    case PROP_ARGUMENTS:
      g_value_set_string (value, self->arguments);
      break;
    case PROP_ALIASES:
      g_value_set_boxed (value, self->aliases);
      break;
    case PROP_CATEGORY:
      g_value_set_string (value, self->category);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_command_class_init (MzCommandClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_command_finalize;
  object_class->get_property = mz_command_get_property;

  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_DESCRIPTION] = g_param_spec_string ("description", NULL, NULL, NULL, flags);
  props[PROP_ARGUMENTS] = g_param_spec_string ("arguments", NULL, NULL, NULL, flags);
  props[PROP_ALIASES] = g_param_spec_boxed ("aliases", NULL, NULL, G_TYPE_STRV, flags);
  props[PROP_CATEGORY] = g_param_spec_string ("category", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mz_command_init (MzCommand *self)
{
}

/* A command's name is one word: it ends where a blank is typed. (transfer full) (nullable) */
static char *
dup_name (const char *name)
{
  if (name != NULL && name[0] == '/')
    name++;
  if (name == NULL || name[0] == '\0' || strlen (name) > MAX_NAME)
    return NULL;
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isgraph (g_utf8_get_char (p)))
      return NULL;
  return g_strdup (name);
}

/* One line without control characters. (transfer full) (nullable): NULL when nothing is left */
static char *
dup_line (const char *text,
          gsize       max_length)
{
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean blank = FALSE;

  for (const char *p = text; p != NULL && *p != '\0' && line->len < max_length; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_isprint (c) || g_unichar_isspace (c))
        {
          blank = line->len > 0;
          continue;
        }
      if (blank)
        g_string_append_c (line, ' ');
      blank = FALSE;
      g_string_append_unichar (line, c);
    }
  return line->len > 0 ? g_string_free (g_steal_pointer (&line), FALSE) : NULL;
}

/* "<name>", "[on|off]" */
static void
append_argument (GString    *hint,
                 JsonObject *argument)
{
  g_autofree char *name = dup_name (mz_json_get_string (argument, "name"));
  JsonArray *choices = mz_json_get_array (argument, "choices");
  guint n_choices = mz_json_array_length (choices);
  gboolean required = mz_json_get_boolean (argument, "required", FALSE);
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < n_choices && n_choices <= MAX_HINT_CHOICES; i++)
    {
      g_autofree char *word = dup_name (mz_json_get_string (mz_json_array_object (choices, i), "value"));

      if (word != NULL)
        g_string_append_printf (words, "%s%s", words->len > 0 ? "|" : "", word);
    }
  if (words->len == 0 && name == NULL)
    return;

  g_string_append_printf (hint, "%s%s%s%s", hint->len > 0 ? " " : "", required ? "<" : "[",
                          words->len > 0 ? words->str : name, required ? ">" : "]");
}

static char *
arguments_hint (JsonObject *object)
{
  JsonArray *arguments = mz_json_get_array (object, "args");
  guint n_arguments = MIN (mz_json_array_length (arguments), MAX_ARGUMENTS);
  g_autoptr (GString) hint = g_string_new (NULL);

  if (!mz_json_get_boolean (object, "acceptsArgs", n_arguments > 0))
    return NULL;

  for (guint i = 0; i < n_arguments; i++)
    append_argument (hint, mz_json_array_object (arguments, i));
  if (hint->len == 0)
    g_string_append (hint, "…");
  return g_string_free (g_steal_pointer (&hint), FALSE);
}

static void
read_aliases (MzCommand  *self,
              JsonObject *object)
{
  JsonArray *array = mz_json_get_array (object, "textAliases");
  guint n_aliases = MIN (mz_json_array_length (array), MAX_ALIASES);
  g_autoptr (GStrvBuilder) aliases = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) folded = g_strv_builder_new ();

  for (guint i = 0; i < n_aliases; i++)
    {
      g_autofree char *alias = dup_name (mz_json_array_string (array, i));
      g_autofree char *folded_alias = alias != NULL ? g_utf8_casefold (alias, -1) : NULL;

      if (alias == NULL || g_strcmp0 (folded_alias, self->folded_name) == 0)
        continue;
      g_strv_builder_add (aliases, alias);
      g_strv_builder_add (folded, folded_alias);
    }
  self->aliases = g_strv_builder_end (aliases);
  self->folded_aliases = g_strv_builder_end (folded);
}

/**
 * mz_command_new:
 * @object: (nullable): an element of `commands.list`
 *
 * Returns: (transfer full) (nullable): a command, %NULL when @object has no name that could be typed
 */
MzCommand *
mz_command_new (JsonObject *object)
{
  g_autofree char *name = dup_name (mz_json_get_string (object, "name"));
  MzCommand *self;

  if (name == NULL)
    return NULL;

  self = g_object_new (MZ_TYPE_COMMAND, NULL);
  self->folded_name = g_utf8_casefold (name, -1);
  self->name = g_steal_pointer (&name);
  self->description = dup_line (mz_json_get_string (object, "description"), MAX_DESCRIPTION);
  self->category = dup_line (mz_json_get_string (object, "category"), MAX_NAME);
  self->arguments = arguments_hint (object);
  read_aliases (self, object);
  return self;
}

/**
 * mz_command_get_name:
 * @self: a command
 *
 * Returns: (transfer none): what is typed after the slash
 */
const char *
mz_command_get_name (MzCommand *self)
{
  g_return_val_if_fail (MZ_IS_COMMAND (self), NULL);

  return self->name;
}

/**
 * mz_command_get_description:
 * @self: a command
 *
 * Returns: (transfer none) (nullable): what it does, one line
 */
const char *
mz_command_get_description (MzCommand *self)
{
  g_return_val_if_fail (MZ_IS_COMMAND (self), NULL);

  return self->description;
}

/**
 * mz_command_get_arguments:
 * @self: a command
 *
 * Returns: (transfer none) (nullable): what may follow it: "<model>" must, "[on|off]" can; "…" when the gateway did not tell what
 */
const char *
mz_command_get_arguments (MzCommand *self)
{
  g_return_val_if_fail (MZ_IS_COMMAND (self), NULL);

  return self->arguments;
}

/**
 * mz_command_get_aliases:
 * @self: a command
 *
 * Returns: (transfer none): its other names, perhaps none
 */
const char * const *
mz_command_get_aliases (MzCommand *self)
{
  g_return_val_if_fail (MZ_IS_COMMAND (self), NULL);

  return (const char * const *) self->aliases;
}

/**
 * mz_command_get_category:
 * @self: a command
 *
 * Returns: (transfer none) (nullable): the gateway's word for what it belongs to
 */
const char *
mz_command_get_category (MzCommand *self)
{
  g_return_val_if_fail (MZ_IS_COMMAND (self), NULL);

  return self->category;
}

/* A word within a name: "list" of "skills-list". */
static gboolean
has_word_beginning (const char *name,
                    const char *prefix)
{
  for (const char *p = name; (p = strpbrk (p, "-_:.")) != NULL;)
    {
      p++;
      if (g_str_has_prefix (p, prefix))
        return TRUE;
    }
  return FALSE;
}

static Fit
fit_of (MzCommand  *self,
        const char *typed)
{
  Fit fit = FIT_NONE;

  if (strcmp (self->folded_name, typed) == 0)
    return FIT_NAME;
  if (g_str_has_prefix (self->folded_name, typed))
    return FIT_NAME_BEGINS;

  for (gsize i = 0; self->folded_aliases[i] != NULL; i++)
    {
      if (strcmp (self->folded_aliases[i], typed) == 0)
        return FIT_ALIAS;
      if (g_str_has_prefix (self->folded_aliases[i], typed))
        fit = FIT_ALIAS_BEGINS;
    }
  return fit == FIT_NONE && has_word_beginning (self->folded_name, typed) ? FIT_WORD_BEGINS : fit;
}

/**
 * mz_commands_complete:
 * @commands: (nullable): a list of #MzCommand
 * @text: a composer's whole text
 *
 * Which commands @text is the beginning of. Equally good ones stay in the gateway's order.
 *
 * Returns: (transfer full) (element-type MzCommand): the commands, best first; empty when @text does not begin with a slash, or has a
 * blank (the command is complete then)
 */
GPtrArray *
mz_commands_complete (GListModel *commands,
                      const char *text)
{
  GPtrArray *found;
  GPtrArray *fits[N_FITS];
  g_autofree char *typed = NULL;

  g_return_val_if_fail (commands == NULL || G_IS_LIST_MODEL (commands), NULL);

  found = g_ptr_array_new_with_free_func (g_object_unref);
  if (commands == NULL || text == NULL || text[0] != '/')
    return found;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isspace (g_utf8_get_char (p)))
      return found;

  typed = g_utf8_casefold (text + 1, -1);
  for (guint i = 0; i < N_FITS; i++)
    fits[i] = g_ptr_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (commands); i++)
    {
      MzCommand *command = g_list_model_get_item (commands, i);
      Fit fit = fit_of (command, typed);

      if (fit != FIT_NONE)
        g_ptr_array_add (fits[fit], command);
      else
        g_object_unref (command);
    }

  for (guint i = 0; i < N_FITS; i++)
    g_ptr_array_extend_and_steal (found, fits[i]);
  return found;
}

/* hello tells the methods; a gateway that did not says so in its answer, which has no code of its own for it. */
static gboolean
is_unknown_method (const GError *error)
{
  return g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_REMOTE) &&
         g_strcmp0 (mz_gateway_error_get_code (error), "INVALID_REQUEST") == 0 &&
         g_strcmp0 (error->message, "unknown method: commands.list") == 0;
}

static void
list_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  JsonArray *commands = mz_json_get_array (mz_json_node_object (answer), "commands");
  g_autoptr (GListStore) store = NULL;
  g_autoptr (GPtrArray) items = NULL;

  if (error != NULL && !is_unknown_method (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < MIN (mz_json_array_length (commands), MAX_COMMANDS); i++)
    {
      MzCommand *command = mz_command_new (mz_json_array_object (commands, i));

      if (command != NULL)
        g_ptr_array_add (items, command);
    }
  store = g_list_store_new (MZ_TYPE_COMMAND);
  g_list_store_splice (store, 0, 0, items->pdata, items->len);
  g_task_return_pointer (task, g_steal_pointer (&store), g_object_unref);
}

/**
 * mz_commands_list_async:
 * @client: a client
 * @cancellable: (nullable): a cancellable
 * @callback: called when they are there
 * @user_data: for @callback
 *
 * Asks a gateway for its slash commands, as they are typed in a message.
 */
void
mz_commands_list_async (MzClient            *client,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  JsonNode *params;
  JsonObject *object;

  g_return_if_fail (MZ_IS_CLIENT (client));

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_commands_list_async);

  if (mz_client_get_state (client) == MZ_CLIENT_READY && !mz_client_has_method (client, "commands.list"))
    {
      g_task_return_pointer (task, g_list_store_new (MZ_TYPE_COMMAND), g_object_unref);
      return;
    }

  /* "text": the names as one types them, not those of other chat programs' menus. */
  object = json_object_new ();
  json_object_set_string_member (object, "scope", "text");
  params = json_node_alloc ();
  json_node_init_object (params, object);
  json_object_unref (object);
  mz_client_request_async (client, "commands.list", params, 0, cancellable, list_cb, g_steal_pointer (&task));
}

/**
 * mz_commands_list_finish:
 * @client: a client
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a list of #MzCommand in the gateway's order, empty when the gateway does not know the method; %NULL
 * with @error set
 */
GListModel *
mz_commands_list_finish (MzClient      *client,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (MZ_IS_CLIENT (client), NULL);
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
