/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-model.h"

#include "mz-json.h"

struct _MzModel
{
  GObject parent_instance;

  char *id;
  char *name;
  char *provider;
  char *ref;
  gint64 context_window;
  gboolean is_reasoning;
  gboolean is_default;
  gboolean is_available;
  GStrv thinking_levels;
  char *thinking_default;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_NAME,
  PROP_PROVIDER,
  PROP_REF,
  PROP_CONTEXT_WINDOW,
  PROP_REASONING,
  PROP_DEFAULT,
  PROP_AVAILABLE,
  PROP_THINKING_LEVELS,
  PROP_THINKING_DEFAULT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (MzModel, mz_model, G_TYPE_OBJECT)

static void
mz_model_finalize (GObject *object)
{
  MzModel *self = MZ_MODEL (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->provider);
  g_free (self->ref);
  g_strfreev (self->thinking_levels);
  g_free (self->thinking_default);

  G_OBJECT_CLASS (mz_model_parent_class)->finalize (object);
}

static void
mz_model_get_property (GObject    *object,
                       guint       prop_id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  MzModel *self = MZ_MODEL (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_PROVIDER:
      g_value_set_string (value, self->provider);
      break;
    case PROP_REF:
      g_value_set_string (value, self->ref);
      break;
    case PROP_CONTEXT_WINDOW:
      g_value_set_int64 (value, self->context_window);
      break;
    case PROP_REASONING:
      g_value_set_boolean (value, self->is_reasoning);
      break;
    case PROP_DEFAULT:
      g_value_set_boolean (value, self->is_default);
      break;
    case PROP_AVAILABLE:
      g_value_set_boolean (value, self->is_available);
      break;
    case PROP_THINKING_LEVELS:
      g_value_set_boxed (value, self->thinking_levels);
      break;
    case PROP_THINKING_DEFAULT:
      g_value_set_string (value, self->thinking_default);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_model_class_init (MzModelClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_model_finalize;
  object_class->get_property = mz_model_get_property;

  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_PROVIDER] = g_param_spec_string ("provider", NULL, NULL, NULL, flags);
  props[PROP_REF] = g_param_spec_string ("ref", NULL, NULL, NULL, flags);
  props[PROP_CONTEXT_WINDOW] = g_param_spec_int64 ("context-window", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_REASONING] = g_param_spec_boolean ("reasoning", NULL, NULL, FALSE, flags);
  props[PROP_DEFAULT] = g_param_spec_boolean ("default", NULL, NULL, FALSE, flags);
  props[PROP_AVAILABLE] = g_param_spec_boolean ("available", NULL, NULL, FALSE, flags);
  props[PROP_THINKING_LEVELS] = g_param_spec_boxed ("thinking-levels", NULL, NULL, G_TYPE_STRV, flags);
  props[PROP_THINKING_DEFAULT] = g_param_spec_string ("thinking-default", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mz_model_init (MzModel *self)
{
}

static GStrv
thinking_levels (JsonObject *object)
{
  JsonArray *levels = mz_json_get_array (object, "thinkingLevels");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < mz_json_array_length (levels); i++)
    {
      const char *level = mz_json_get_string (mz_json_array_object (levels, i), "id");

      if (level == NULL)
        level = mz_json_array_string (levels, i);
      if (level != NULL)
        g_strv_builder_add (builder, level);
    }
  return g_strv_builder_end (builder);
}

/**
 * mz_model_new:
 * @object: (nullable): an element of `models.list`
 *
 * Returns: (transfer full) (nullable): a model, %NULL when @object has no id
 */
MzModel *
mz_model_new (JsonObject *object)
{
  const char *id = mz_json_get_string (object, "id");
  const char *name = mz_json_get_string (object, "name");
  const char *provider = mz_json_get_string (object, "provider");
  g_auto (GStrv) tags = mz_json_get_strv (object, "tags");
  MzModel *self;

  if (id == NULL)
    return NULL;

  self = g_object_new (MZ_TYPE_MODEL, NULL);
  self->id = g_strdup (id);
  self->name = g_strdup (name != NULL ? name : id);
  self->provider = g_strdup (provider);
  self->ref = provider != NULL ? g_strconcat (provider, "/", id, NULL) : g_strdup (id);
  self->context_window = mz_json_get_int (object, "contextWindow", 0);
  self->is_reasoning = mz_json_get_boolean (object, "reasoning", FALSE);
  self->is_default = tags != NULL && g_strv_contains ((const char * const *) tags, "default");
  self->is_available = mz_json_get_boolean (object, "available", TRUE);
  self->thinking_levels = thinking_levels (object);
  self->thinking_default = g_strdup (mz_json_get_string (object, "thinkingDefault"));
  return self;
}

/**
 * mz_model_get_id:
 * @self: a model
 *
 * Returns: (transfer none): its id with its provider
 */
const char *
mz_model_get_id (MzModel *self)
{
  g_return_val_if_fail (MZ_IS_MODEL (self), NULL);

  return self->id;
}

/**
 * mz_model_get_name:
 * @self: a model
 *
 * Returns: (transfer none): what to call it
 */
const char *
mz_model_get_name (MzModel *self)
{
  g_return_val_if_fail (MZ_IS_MODEL (self), NULL);

  return self->name;
}

/**
 * mz_model_get_provider:
 * @self: a model
 *
 * Returns: (transfer none) (nullable): who offers it
 */
const char *
mz_model_get_provider (MzModel *self)
{
  g_return_val_if_fail (MZ_IS_MODEL (self), NULL);

  return self->provider;
}

/**
 * mz_model_get_ref:
 * @self: a model
 *
 * Returns: (transfer none): what a session is set to: "provider/id"
 */
const char *
mz_model_get_ref (MzModel *self)
{
  g_return_val_if_fail (MZ_IS_MODEL (self), NULL);

  return self->ref;
}

/**
 * mz_model_get_context_window:
 * @self: a model
 *
 * Returns: how many tokens it can read, 0 when unknown
 */
gint64
mz_model_get_context_window (MzModel *self)
{
  g_return_val_if_fail (MZ_IS_MODEL (self), 0);

  return self->context_window;
}

/**
 * mz_model_get_reasoning:
 * @self: a model
 *
 * Returns: whether it can think before it answers
 */
gboolean
mz_model_get_reasoning (MzModel *self)
{
  g_return_val_if_fail (MZ_IS_MODEL (self), FALSE);

  return self->is_reasoning;
}

/**
 * mz_model_get_default:
 * @self: a model
 *
 * Returns: whether it is the gateway's default
 */
gboolean
mz_model_get_default (MzModel *self)
{
  g_return_val_if_fail (MZ_IS_MODEL (self), FALSE);

  return self->is_default;
}

/**
 * mz_model_get_available:
 * @self: a model
 *
 * Returns: whether it can be used now
 */
gboolean
mz_model_get_available (MzModel *self)
{
  g_return_val_if_fail (MZ_IS_MODEL (self), FALSE);

  return self->is_available;
}

/**
 * mz_model_get_thinking_levels:
 * @self: a model
 *
 * Returns: (transfer none): how much it can be told to think, perhaps none
 */
const char * const *
mz_model_get_thinking_levels (MzModel *self)
{
  g_return_val_if_fail (MZ_IS_MODEL (self), NULL);

  return (const char * const *) self->thinking_levels;
}

/**
 * mz_model_get_thinking_default:
 * @self: a model
 *
 * Returns: (transfer none) (nullable): how much it thinks when not told
 */
const char *
mz_model_get_thinking_default (MzModel *self)
{
  g_return_val_if_fail (MZ_IS_MODEL (self), NULL);

  return self->thinking_default;
}

static void
list_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  JsonArray *models = mz_json_get_array (mz_json_node_object (answer), "models");
  g_autoptr (GListStore) store = NULL;
  g_autoptr (GPtrArray) items = NULL;

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < mz_json_array_length (models); i++)
    {
      MzModel *model = mz_model_new (mz_json_array_object (models, i));

      if (model != NULL)
        g_ptr_array_add (items, model);
    }
  store = g_list_store_new (MZ_TYPE_MODEL);
  g_list_store_splice (store, 0, 0, items->pdata, items->len);
  g_task_return_pointer (task, g_steal_pointer (&store), g_object_unref);
}

/**
 * mz_models_list_async:
 * @client: a client
 * @cancellable: (nullable): a cancellable
 * @callback: called when they are there
 * @user_data: for @callback
 *
 * Asks a gateway for its models.
 */
void
mz_models_list_async (MzClient            *client,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  JsonNode *params;
  JsonObject *object;

  g_return_if_fail (MZ_IS_CLIENT (client));

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_models_list_async);

  params = json_node_alloc ();
  object = json_object_new ();
  json_node_init_object (params, object);
  json_object_unref (object);
  mz_client_request_async (client, "models.list", params, 0, cancellable, list_cb, g_steal_pointer (&task));
}

/**
 * mz_models_list_finish:
 * @client: a client
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a list of #MzModel in the gateway's order, %NULL with @error set
 */
GListModel *
mz_models_list_finish (MzClient      *client,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (MZ_IS_CLIENT (client), NULL);
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
