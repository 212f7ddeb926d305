/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-approval.h"

#include "mz-json.h"

struct _MzApproval
{
  GObject parent_instance;

  char *id;
  char *command;
  char *cwd;
  char *host;
  char *agent_id;
  char *session_key;
  char *run_id;
  char *call_id;
  char *warning;
  GStrv allowed_decisions;
  gint64 created_at;
  gint64 expires_at;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_COMMAND,
  PROP_CWD,
  PROP_HOST,
  PROP_AGENT_ID,
  PROP_SESSION_KEY,
  PROP_RUN_ID,
  PROP_CALL_ID,
  PROP_WARNING,
  PROP_ALLOWED_DECISIONS,
  PROP_CREATED_AT,
  PROP_EXPIRES_AT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (MzApproval, mz_approval, G_TYPE_OBJECT)

static void
mz_approval_finalize (GObject *object)
{
  MzApproval *self = MZ_APPROVAL (object);

  g_free (self->id);
  g_free (self->command);
  g_free (self->cwd);
  g_free (self->host);
  g_free (self->agent_id);
  g_free (self->session_key);
  g_free (self->run_id);
  g_free (self->call_id);
  g_free (self->warning);
  g_strfreev (self->allowed_decisions);

  G_OBJECT_CLASS (mz_approval_parent_class)->finalize (object);
}

static void
mz_approval_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  MzApproval *self = MZ_APPROVAL (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_COMMAND:
      g_value_set_string (value, self->command);
      break;
    case PROP_CWD:
      g_value_set_string (value, self->cwd);
      break;
    case PROP_HOST:
      g_value_set_string (value, self->host);
      break;
    case PROP_AGENT_ID:
      g_value_set_string (value, self->agent_id);
      break;
    case PROP_SESSION_KEY:
      g_value_set_string (value, self->session_key);
      break;
    case PROP_RUN_ID:
      g_value_set_string (value, self->run_id);
      break;
    case PROP_CALL_ID:
      g_value_set_string (value, self->call_id);
      break;
    case PROP_WARNING:
      g_value_set_string (value, self->warning);
      break;
    case PROP_ALLOWED_DECISIONS:
      g_value_set_boxed (value, self->allowed_decisions);
      break;
    case PROP_CREATED_AT:
      g_value_set_int64 (value, self->created_at);
      break;
    case PROP_EXPIRES_AT:
      g_value_set_int64 (value, self->expires_at);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_approval_class_init (MzApprovalClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_approval_finalize;
  object_class->get_property = mz_approval_get_property;

  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_COMMAND] = g_param_spec_string ("command", NULL, NULL, NULL, flags);
  props[PROP_CWD] = g_param_spec_string ("cwd", NULL, NULL, NULL, flags);
  props[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, flags);
  props[PROP_AGENT_ID] = g_param_spec_string ("agent-id", NULL, NULL, NULL, flags);
  props[PROP_SESSION_KEY] = g_param_spec_string ("session-key", NULL, NULL, NULL, flags);
  props[PROP_RUN_ID] = g_param_spec_string ("run-id", NULL, NULL, NULL, flags);
  props[PROP_CALL_ID] = g_param_spec_string ("call-id", NULL, NULL, NULL, flags);
  props[PROP_WARNING] = g_param_spec_string ("warning", NULL, NULL, NULL, flags);
  props[PROP_ALLOWED_DECISIONS] = g_param_spec_boxed ("allowed-decisions", NULL, NULL, G_TYPE_STRV, flags);
  props[PROP_CREATED_AT] = g_param_spec_int64 ("created-at", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_EXPIRES_AT] = g_param_spec_int64 ("expires-at", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mz_approval_init (MzApproval *self)
{
}

static GStrv
allowed_decisions (JsonObject *request)
{
  static const char * const all[] = { "allow-once", "allow-always", "deny", NULL };
  g_auto (GStrv) allowed = mz_json_get_strv (request, "allowedDecisions");
  g_auto (GStrv) unavailable = mz_json_get_strv (request, "unavailableDecisions");
  g_autoptr (GStrvBuilder) builder = NULL;

  if (allowed != NULL && mz_json_get_array (request, "allowedDecisions") != NULL)
    return g_steal_pointer (&allowed);

  builder = g_strv_builder_new ();
  for (guint i = 0; all[i] != NULL; i++)
    {
      if (unavailable == NULL || !g_strv_contains ((const char * const *) unavailable, all[i]))
        g_strv_builder_add (builder, all[i]);
    }
  return g_strv_builder_end (builder);
}

/**
 * mz_approval_new:
 * @object: (nullable): what the gateway sent: an element of `exec.approval.list`, or the payload of
 *   `exec.approval.requested`
 *
 * Returns: (transfer full) (nullable): an approval, %NULL when @object has no id or no command
 */
MzApproval *
mz_approval_new (JsonObject *object)
{
  JsonObject *request = mz_json_get_object (object, "request");
  const char *id = mz_json_get_string (object, "id");
  const char *command = mz_json_get_string (request, "command");
  MzApproval *self;

  if (command == NULL)
    command = mz_json_get_string (request, "commandText");
  if (id == NULL || command == NULL)
    return NULL;

  self = g_object_new (MZ_TYPE_APPROVAL, NULL);
  self->id = g_strdup (id);
  self->command = g_strdup (command);
  self->cwd = g_strdup (mz_json_get_string (request, "cwd"));
  self->host = g_strdup (mz_json_get_string (request, "host"));
  self->agent_id = g_strdup (mz_json_get_string (request, "agentId"));
  self->session_key = g_strdup (mz_json_get_string (request, "sessionKey"));
  self->run_id = g_strdup (mz_json_get_string (request, "runId"));
  self->call_id = g_strdup (mz_json_get_string (request, "toolCallId"));
  self->warning = g_strdup (mz_json_get_string (request, "warningText"));
  self->allowed_decisions = allowed_decisions (request);
  self->created_at = mz_json_get_int (object, "createdAtMs", 0);
  self->expires_at = mz_json_get_int (object, "expiresAtMs", 0);
  return self;
}

/**
 * mz_approval_get_id:
 * @self: an approval
 *
 * Returns: (transfer none): its id
 */
const char *
mz_approval_get_id (MzApproval *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), NULL);

  return self->id;
}

/**
 * mz_approval_get_command:
 * @self: an approval
 *
 * Returns: (transfer none): the command, as it will be run
 */
const char *
mz_approval_get_command (MzApproval *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), NULL);

  return self->command;
}

/**
 * mz_approval_get_cwd:
 * @self: an approval
 *
 * Returns: (transfer none) (nullable): the folder it will be run in
 */
const char *
mz_approval_get_cwd (MzApproval *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), NULL);

  return self->cwd;
}

/**
 * mz_approval_get_host:
 * @self: an approval
 *
 * Returns: (transfer none) (nullable): where it will be run
 */
const char *
mz_approval_get_host (MzApproval *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), NULL);

  return self->host;
}

/**
 * mz_approval_get_agent_id:
 * @self: an approval
 *
 * Returns: (transfer none) (nullable): the agent that asks
 */
const char *
mz_approval_get_agent_id (MzApproval *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), NULL);

  return self->agent_id;
}

/**
 * mz_approval_get_session_key:
 * @self: an approval
 *
 * Returns: (transfer none) (nullable): the session it belongs to
 */
const char *
mz_approval_get_session_key (MzApproval *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), NULL);

  return self->session_key;
}

/**
 * mz_approval_get_run_id:
 * @self: an approval
 *
 * Returns: (transfer none) (nullable): the run that waits for it
 */
const char *
mz_approval_get_run_id (MzApproval *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), NULL);

  return self->run_id;
}

/**
 * mz_approval_get_call_id:
 * @self: an approval
 *
 * Returns: (transfer none) (nullable): the tool call, as in #MzMessage:call-id
 */
const char *
mz_approval_get_call_id (MzApproval *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), NULL);

  return self->call_id;
}

/**
 * mz_approval_get_warning:
 * @self: an approval
 *
 * Returns: (transfer none) (nullable): what the gateway finds risky about it
 */
const char *
mz_approval_get_warning (MzApproval *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), NULL);

  return self->warning;
}

/**
 * mz_approval_get_allowed_decisions:
 * @self: an approval
 *
 * Returns: (transfer none): what may be answered
 */
const char * const *
mz_approval_get_allowed_decisions (MzApproval *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), NULL);

  return (const char * const *) self->allowed_decisions;
}

/**
 * mz_approval_get_created_at:
 * @self: an approval
 *
 * Returns: when it was asked, ms since the Unix epoch, 0 when unknown
 */
gint64
mz_approval_get_created_at (MzApproval *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), 0);

  return self->created_at;
}

/**
 * mz_approval_get_expires_at:
 * @self: an approval
 *
 * Returns: until when it waits, ms since the Unix epoch by the gateway's clock, 0 when unknown
 */
gint64
mz_approval_get_expires_at (MzApproval *self)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), 0);

  return self->expires_at;
}

/**
 * mz_approval_allows:
 * @self: an approval
 * @decision: "allow-once", "allow-always" or "deny"
 *
 * Returns: whether the gateway takes this answer
 */
gboolean
mz_approval_allows (MzApproval *self,
                    const char *decision)
{
  g_return_val_if_fail (MZ_IS_APPROVAL (self), FALSE);
  g_return_val_if_fail (decision != NULL, FALSE);

  return g_strv_contains ((const char * const *) self->allowed_decisions, decision);
}
