/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-session-list-private.h"

#include "mz-json.h"

struct _MzSessionRow
{
  GObject parent_instance;

  char *key;
  char *session_id;
  char *label;
  char *display_name;
  char *derived_title;
  char *preview;
  char *model;
  char *model_provider;
  char *thinking_level;
  char *agent_id;
  gint64 updated_at;
  gint64 snapshot_at;
  gint64 total_tokens;
  gint64 context_tokens;
  gboolean unread;
  gboolean pinned;
  gboolean archived;
  gboolean running;
};

enum
{
  PROP_0,
  PROP_KEY,
  PROP_SESSION_ID,
  PROP_TITLE,
  PROP_LABEL,
  PROP_PREVIEW,
  PROP_UPDATED_AT,
  PROP_UNREAD,
  PROP_PINNED,
  PROP_ARCHIVED,
  PROP_RUNNING,
  PROP_MODEL,
  PROP_MODEL_PROVIDER,
  PROP_THINKING_LEVEL,
  PROP_AGENT_ID,
  PROP_TOTAL_TOKENS,
  PROP_CONTEXT_TOKENS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (MzSessionRow, mz_session_row, G_TYPE_OBJECT)

static void
mz_session_row_finalize (GObject *object)
{
  MzSessionRow *self = MZ_SESSION_ROW (object);

  g_free (self->key);
  g_free (self->session_id);
  g_free (self->label);
  g_free (self->display_name);
  g_free (self->derived_title);
  g_free (self->preview);
  g_free (self->model);
  g_free (self->model_provider);
  g_free (self->thinking_level);
  g_free (self->agent_id);

  G_OBJECT_CLASS (mz_session_row_parent_class)->finalize (object);
}

static void
mz_session_row_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  MzSessionRow *self = MZ_SESSION_ROW (object);

  switch (prop_id)
    {
    case PROP_KEY:
      g_value_set_string (value, self->key);
      break;
    case PROP_SESSION_ID:
      g_value_set_string (value, self->session_id);
      break;
    case PROP_TITLE:
      g_value_set_string (value, mz_session_row_get_title (self));
      break;
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_PREVIEW:
      g_value_set_string (value, self->preview);
      break;
    case PROP_UPDATED_AT:
      g_value_set_int64 (value, self->updated_at);
      break;
    case PROP_UNREAD:
      g_value_set_boolean (value, self->unread);
      break;
    case PROP_PINNED:
      g_value_set_boolean (value, self->pinned);
      break;
    case PROP_ARCHIVED:
      g_value_set_boolean (value, self->archived);
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, self->running);
      break;
    case PROP_MODEL:
      g_value_set_string (value, self->model);
      break;
    case PROP_MODEL_PROVIDER:
      g_value_set_string (value, self->model_provider);
      break;
    case PROP_THINKING_LEVEL:
      g_value_set_string (value, self->thinking_level);
      break;
    case PROP_AGENT_ID:
      g_value_set_string (value, self->agent_id);
      break;
    case PROP_TOTAL_TOKENS:
      g_value_set_int64 (value, self->total_tokens);
      break;
    case PROP_CONTEXT_TOKENS:
      g_value_set_int64 (value, self->context_tokens);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_session_row_class_init (MzSessionRowClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_session_row_finalize;
  object_class->get_property = mz_session_row_get_property;

  props[PROP_KEY] = g_param_spec_string ("key", NULL, NULL, NULL, flags);
  props[PROP_SESSION_ID] = g_param_spec_string ("session-id", NULL, NULL, NULL, flags);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  props[PROP_PREVIEW] = g_param_spec_string ("preview", NULL, NULL, NULL, flags);
  props[PROP_UPDATED_AT] = g_param_spec_int64 ("updated-at", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_UNREAD] = g_param_spec_boolean ("unread", NULL, NULL, FALSE, flags);
  props[PROP_PINNED] = g_param_spec_boolean ("pinned", NULL, NULL, FALSE, flags);
  props[PROP_ARCHIVED] = g_param_spec_boolean ("archived", NULL, NULL, FALSE, flags);
  props[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);
  props[PROP_MODEL] = g_param_spec_string ("model", NULL, NULL, NULL, flags);
  props[PROP_MODEL_PROVIDER] = g_param_spec_string ("model-provider", NULL, NULL, NULL, flags);
  props[PROP_THINKING_LEVEL] = g_param_spec_string ("thinking-level", NULL, NULL, NULL, flags);
  props[PROP_AGENT_ID] = g_param_spec_string ("agent-id", NULL, NULL, NULL, flags);
  props[PROP_TOTAL_TOKENS] = g_param_spec_int64 ("total-tokens", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_CONTEXT_TOKENS] = g_param_spec_int64 ("context-tokens", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mz_session_row_init (MzSessionRow *self)
{
}

static void
take_string (MzSessionRow  *self,
             char         **field,
             JsonObject    *object,
             const char    *member,
             gboolean       clears,
             guint          prop)
{
  const char *value = mz_json_get_string (object, member);

  if (value == NULL && !clears && !(mz_json_has (object, member) && mz_json_is_null (object, member)))
    return;
  if (g_strcmp0 (*field, value) == 0)
    return;

  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
take_number (MzSessionRow *self,
             gint64       *field,
             JsonObject   *object,
             const char   *member,
             guint         prop)
{
  gint64 value = mz_json_get_int (object, member, *field);

  if (*field == value)
    return;

  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_flag (MzSessionRow *self,
          gboolean     *field,
          gboolean      value,
          guint         prop)
{
  if (*field == value)
    return;

  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

MzSessionRow *
mz_session_row_new (const char *key)
{
  MzSessionRow *self = g_object_new (MZ_TYPE_SESSION_ROW, NULL);

  self->key = g_strdup (key);
  return self;
}

/* Takes what the gateway says of the session. In a @snapshot what is missing is not so; otherwise only what is there
   has changed. */
void
mz_session_row_merge (MzSessionRow *self,
                      JsonObject   *object,
                      gboolean      snapshot)
{
  gint64 snapshot_at = mz_json_get_int (object, "snapshotAt", 0);
  g_autofree char *title = NULL;

  g_return_if_fail (MZ_IS_SESSION_ROW (self));

  /* Samples can overtake each other. */
  if (snapshot && snapshot_at > 0 && snapshot_at < self->snapshot_at)
    return;
  self->snapshot_at = MAX (self->snapshot_at, snapshot_at);

  g_object_freeze_notify (G_OBJECT (self));
  title = g_strdup (mz_session_row_get_title (self));

  take_string (self, &self->session_id, object, "sessionId", FALSE, PROP_SESSION_ID);
  take_string (self, &self->label, object, "label", snapshot, PROP_LABEL);
  take_string (self, &self->display_name, object, "displayName", FALSE, PROP_TITLE);
  take_string (self, &self->derived_title, object, "derivedTitle", FALSE, PROP_TITLE);
  take_string (self, &self->preview, object, "lastMessagePreview", FALSE, PROP_PREVIEW);
  take_string (self, &self->model, object, "model", FALSE, PROP_MODEL);
  take_string (self, &self->model_provider, object, "modelProvider", FALSE, PROP_MODEL_PROVIDER);
  take_string (self, &self->thinking_level, object, "thinkingLevel", snapshot, PROP_THINKING_LEVEL);
  take_string (self, &self->agent_id, object, "agentId", FALSE, PROP_AGENT_ID);
  take_number (self, &self->updated_at, object, "updatedAt", PROP_UPDATED_AT);
  take_number (self, &self->total_tokens, object, "totalTokens", PROP_TOTAL_TOKENS);
  take_number (self, &self->context_tokens, object, "contextTokens", PROP_CONTEXT_TOKENS);
  set_flag (self, &self->unread, mz_json_get_boolean (object, "unread", !snapshot && self->unread), PROP_UNREAD);
  set_flag (self, &self->pinned, mz_json_get_boolean (object, "pinned", !snapshot && self->pinned), PROP_PINNED);
  set_flag (self, &self->archived, mz_json_get_boolean (object, "archived", !snapshot && self->archived), PROP_ARCHIVED);

  if (mz_json_has (object, "hasActiveRun"))
    set_flag (self, &self->running, mz_json_get_boolean (object, "hasActiveRun", FALSE), PROP_RUNNING);
  else if (mz_json_has (object, "status") || snapshot)
    set_flag (self, &self->running, g_strcmp0 (mz_json_get_string (object, "status"), "running") == 0, PROP_RUNNING);

  if (g_strcmp0 (title, mz_session_row_get_title (self)) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TITLE]);
  g_object_thaw_notify (G_OBJECT (self));
}

/* Pinned ones first, then the newest; the key keeps equal ones in their places. */
int
mz_session_row_compare (MzSessionRow *a,
                        MzSessionRow *b)
{
  if (a->pinned != b->pinned)
    return a->pinned ? -1 : 1;
  if (a->updated_at != b->updated_at)
    return a->updated_at > b->updated_at ? -1 : 1;
  return g_strcmp0 (a->key, b->key);
}

/**
 * mz_session_row_get_title:
 * @self: a row
 *
 * Returns: (transfer none): what to call the session, never empty
 */
const char *
mz_session_row_get_title (MzSessionRow *self)
{
  const char *titles[4];

  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), NULL);

  titles[0] = self->label;
  titles[1] = self->display_name;
  titles[2] = self->derived_title;
  titles[3] = self->preview;
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    {
      if (titles[i] != NULL && titles[i][0] != '\0')
        return titles[i];
    }
  return self->key;
}

/**
 * mz_session_row_get_key:
 * @self: a row
 *
 * Returns: (transfer none): its key
 */
const char *
mz_session_row_get_key (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), NULL);

  return self->key;
}

/**
 * mz_session_row_get_session_id:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): its transcript
 */
const char *
mz_session_row_get_session_id (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), NULL);

  return self->session_id;
}

/**
 * mz_session_row_get_label:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): what a person named it
 */
const char *
mz_session_row_get_label (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), NULL);

  return self->label;
}

/**
 * mz_session_row_get_preview:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the beginning of its last message
 */
const char *
mz_session_row_get_preview (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), NULL);

  return self->preview;
}

/**
 * mz_session_row_get_updated_at:
 * @self: a row
 *
 * Returns: when it changed last, ms since the Unix epoch, 0 when unknown
 */
gint64
mz_session_row_get_updated_at (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), 0);

  return self->updated_at;
}

/**
 * mz_session_row_get_unread:
 * @self: a row
 *
 * Returns: whether it has something unread
 */
gboolean
mz_session_row_get_unread (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), FALSE);

  return self->unread;
}

/**
 * mz_session_row_get_pinned:
 * @self: a row
 *
 * Returns: whether it is pinned
 */
gboolean
mz_session_row_get_pinned (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), FALSE);

  return self->pinned;
}

/**
 * mz_session_row_get_archived:
 * @self: a row
 *
 * Returns: whether it is archived
 */
gboolean
mz_session_row_get_archived (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), FALSE);

  return self->archived;
}

/**
 * mz_session_row_get_running:
 * @self: a row
 *
 * Returns: whether a run is under way
 */
gboolean
mz_session_row_get_running (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), FALSE);

  return self->running;
}

/**
 * mz_session_row_get_model:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): its model
 */
const char *
mz_session_row_get_model (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), NULL);

  return self->model;
}

/**
 * mz_session_row_get_model_provider:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): its model's provider
 */
const char *
mz_session_row_get_model_provider (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), NULL);

  return self->model_provider;
}

/**
 * mz_session_row_get_thinking_level:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): how much the model thinks, %NULL for its default
 */
const char *
mz_session_row_get_thinking_level (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), NULL);

  return self->thinking_level;
}

/**
 * mz_session_row_get_agent_id:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the agent it talks to
 */
const char *
mz_session_row_get_agent_id (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), NULL);

  return self->agent_id;
}

/**
 * mz_session_row_get_total_tokens:
 * @self: a row
 *
 * Returns: how full its context is, in tokens, 0 when unknown
 */
gint64
mz_session_row_get_total_tokens (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), 0);

  return self->total_tokens;
}

/**
 * mz_session_row_get_context_tokens:
 * @self: a row
 *
 * Returns: the size of its model's context, in tokens, 0 when unknown
 */
gint64
mz_session_row_get_context_tokens (MzSessionRow *self)
{
  g_return_val_if_fail (MZ_IS_SESSION_ROW (self), 0);

  return self->context_tokens;
}
