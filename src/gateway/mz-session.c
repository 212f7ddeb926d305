/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-session-private.h"

#include <string.h>

/* A gateway without another word names its main session so (docs: gateway/protocol/handshake, "sessionDefaults"). */
#define DEFAULT_MAIN_KEY "agent:main:main"

enum
{
  RUN_STARTED,
  RUN_ENDED,
  RUN_STEERED,
  N_SIGNALS
};

static GParamSpec *props[MZ_SESSION_N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzSession, mz_session, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (MzRunOutcome, mz_run_outcome,
                    G_DEFINE_ENUM_VALUE (MZ_RUN_DONE, "done"),
                    G_DEFINE_ENUM_VALUE (MZ_RUN_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (MZ_RUN_ABORTED, "aborted"))

static void
client_event_cb (MzSession *self,
                 MzFrame   *frame)
{
  g_assert (MZ_IS_SESSION (self));

  mz_session_handle_event (self, frame);
}

static void
client_gap_cb (MzSession *self)
{
  g_assert (MZ_IS_SESSION (self));

  mz_session_reload (self);
}

static void
client_state_cb (MzSession *self)
{
  g_assert (MZ_IS_SESSION (self));

  if (mz_client_get_state (self->client) == MZ_CLIENT_READY)
    mz_session_client_ready (self);
}

static void
mz_session_constructed (GObject *object)
{
  MzSession *self = MZ_SESSION (object);

  G_OBJECT_CLASS (mz_session_parent_class)->constructed (object);

  if (self->client == NULL)
    return;

  g_signal_connect_object (self->client, "event", G_CALLBACK (client_event_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "gap", G_CALLBACK (client_gap_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "notify::state", G_CALLBACK (client_state_cb), self, G_CONNECT_SWAPPED);
}

static void
mz_session_dispose (GObject *object)
{
  MzSession *self = MZ_SESSION (object);

  /* Nobody waits for the answer: the gateway forgets the subscription with the connection at the latest. */
  if (self->opened && self->client != NULL && mz_client_get_state (self->client) == MZ_CLIENT_READY &&
      mz_client_has_method (self->client, "sessions.messages.unsubscribe"))
    {
      g_autoptr (JsonNode) params = json_node_alloc ();
      JsonObject *object_params = json_object_new ();

      json_object_set_string_member (object_params, "key", self->canonical_key != NULL ? self->canonical_key : self->key);
      json_node_init_object (params, object_params);
      json_object_unref (object_params);
      mz_client_request_async (self->client, "sessions.messages.unsubscribe", g_steal_pointer (&params), 0, NULL, NULL, NULL);
    }
  self->opened = FALSE;

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  g_ptr_array_set_size (self->runs, 0);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (mz_session_parent_class)->dispose (object);
}

static void
mz_session_finalize (GObject *object)
{
  MzSession *self = MZ_SESSION (object);

  g_ptr_array_unref (self->runs);
  g_ptr_array_unref (self->waiting);
  g_queue_clear_full (&self->ended, g_free);
  g_hash_table_unref (self->targets);
  g_hash_table_unref (self->asked);
  g_free (self->asking);
  g_clear_object (&self->timeline);
  g_clear_object (&self->cancellable);
  g_free (self->key);
  g_free (self->canonical_key);
  g_free (self->session_id);
  g_free (self->main_key);
  g_free (self->notified_run);
  g_free (self->notified_phase);

  G_OBJECT_CLASS (mz_session_parent_class)->finalize (object);
}

static void
mz_session_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  MzSession *self = MZ_SESSION (object);

  switch (prop_id)
    {
    case MZ_SESSION_PROP_CLIENT:
      g_value_set_object (value, self->client);
      break;
    case MZ_SESSION_PROP_KEY:
      g_value_set_string (value, self->key);
      break;
    case MZ_SESSION_PROP_CANONICAL_KEY:
      g_value_set_string (value, mz_session_get_canonical_key (self));
      break;
    case MZ_SESSION_PROP_SESSION_ID:
      g_value_set_string (value, self->session_id);
      break;
    case MZ_SESSION_PROP_TIMELINE:
      g_value_set_object (value, self->timeline);
      break;
    case MZ_SESSION_PROP_RUNNING:
      g_value_set_boolean (value, mz_session_get_running (self));
      break;
    case MZ_SESSION_PROP_ACTIVE_RUN:
      g_value_set_string (value, mz_session_get_active_run (self));
      break;
    case MZ_SESSION_PROP_PHASE:
      g_value_set_string (value, mz_session_get_phase (self));
      break;
    case MZ_SESSION_PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    case MZ_SESSION_PROP_LOADED:
      g_value_set_boolean (value, self->loaded);
      break;
    case MZ_SESSION_PROP_HAS_OLDER:
      g_value_set_boolean (value, self->has_older);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_session_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  MzSession *self = MZ_SESSION (object);

  switch (prop_id)
    {
    case MZ_SESSION_PROP_CLIENT:
      self->client = g_value_dup_object (value);
      break;
    case MZ_SESSION_PROP_KEY:
      self->key = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_session_class_init (MzSessionClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags construct = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = mz_session_constructed;
  object_class->dispose = mz_session_dispose;
  object_class->finalize = mz_session_finalize;
  object_class->get_property = mz_session_get_property;
  object_class->set_property = mz_session_set_property;

  props[MZ_SESSION_PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, MZ_TYPE_CLIENT, construct);
  props[MZ_SESSION_PROP_KEY] = g_param_spec_string ("key", NULL, NULL, "main", construct);
  props[MZ_SESSION_PROP_CANONICAL_KEY] = g_param_spec_string ("canonical-key", NULL, NULL, NULL, flags);
  props[MZ_SESSION_PROP_SESSION_ID] = g_param_spec_string ("session-id", NULL, NULL, NULL, flags);
  props[MZ_SESSION_PROP_TIMELINE] = g_param_spec_object ("timeline", NULL, NULL, MZ_TYPE_TIMELINE, flags);
  props[MZ_SESSION_PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);
  props[MZ_SESSION_PROP_ACTIVE_RUN] = g_param_spec_string ("active-run", NULL, NULL, NULL, flags);
  props[MZ_SESSION_PROP_PHASE] = g_param_spec_string ("phase", NULL, NULL, NULL, flags);
  props[MZ_SESSION_PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, flags);
  props[MZ_SESSION_PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags);
  props[MZ_SESSION_PROP_HAS_OLDER] = g_param_spec_boolean ("has-older", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, MZ_SESSION_N_PROPS, props);

  signals[RUN_STARTED] = g_signal_new ("run-started", MZ_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[RUN_ENDED] = g_signal_new ("run-ended", MZ_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 3, G_TYPE_STRING, MZ_TYPE_RUN_OUTCOME, G_TYPE_ERROR);
  signals[RUN_STEERED] = g_signal_new ("run-steered", MZ_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
mz_session_init (MzSession *self)
{
  self->timeline = mz_timeline_new ();
  self->cancellable = g_cancellable_new ();
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_run_free);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->limit = self->page_limit = MZ_SESSION_PAGE_LIMIT;
  g_queue_init (&self->ended);
}

/**
 * mz_run_outcome_to_string:
 * @outcome: a value
 *
 * Returns: (transfer none): its name, for logs and JSON
 */
const char *
mz_run_outcome_to_string (MzRunOutcome outcome)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (MZ_TYPE_RUN_OUTCOME);
  GEnumValue *value = g_enum_get_value (klass, outcome);

  return value != NULL ? value->value_nick : "unknown";
}

/**
 * mz_session_new:
 * @client: (nullable): a client, connected or not; without one the session only keeps what is not sent yet
 * @key: the session's key; "main" stands for the gateway's main session
 *
 * Nothing is asked of the gateway before mz_session_open_async() or mz_session_send_async(); events are followed at
 * once.
 *
 * Returns: (transfer full): a session
 */
MzSession *
mz_session_new (MzClient   *client,
                const char *key)
{
  g_return_val_if_fail (client == NULL || MZ_IS_CLIENT (client), NULL);
  g_return_val_if_fail (key != NULL && key[0] != '\0', NULL);

  return g_object_new (MZ_TYPE_SESSION, "client", client, "key", key, NULL);
}

/* A session that only gets what it is handed. */
MzSession *
mz_session_new_detached (const char *key,
                         const char *main_key)
{
  MzSession *self = g_object_new (MZ_TYPE_SESSION, "key", key, NULL);

  self->main_key = g_strdup (main_key);
  return self;
}

static const char *
main_session_key (MzSession *self)
{
  MzHello *hello = self->client != NULL ? mz_client_get_hello (self->client) : NULL;
  const char *key = hello != NULL ? mz_hello_get_main_session_key (hello) : self->main_key;

  return key != NULL && key[0] != '\0' ? key : DEFAULT_MAIN_KEY;
}

/* Whether @key is @full without its agent: "main" for "agent:main:main", but only for the agent of the main session. */
static gboolean
is_short_for (const char *key,
              const char *full,
              const char *main_key)
{
  const char *rest = g_str_has_prefix (main_key, "agent:") ? strchr (main_key + strlen ("agent:"), ':') : NULL;
  gsize prefix = rest != NULL ? (gsize) (rest + 1 - main_key) : 0;

  return prefix > 0 && strncmp (full, main_key, prefix) == 0 && g_strcmp0 (full + prefix, key) == 0;
}

/* Whether an event's session key means this session. */
gboolean
mz_session_is_mine (MzSession  *self,
                    const char *key)
{
  const char *main_key = main_session_key (self);

  if (key == NULL)
    return FALSE;
  if (g_strcmp0 (key, self->key) == 0 || g_strcmp0 (key, self->canonical_key) == 0)
    return TRUE;
  if (g_strcmp0 (self->key, "main") == 0 && g_strcmp0 (key, main_key) == 0)
    return TRUE;
  if (g_strcmp0 (key, "main") == 0 && g_strcmp0 (self->key, main_key) == 0)
    return TRUE;
  return is_short_for (self->key, key, main_key) || is_short_for (key, self->key, main_key);
}

void
mz_session_set_canonical_key (MzSession  *self,
                              const char *key)
{
  if (key == NULL || g_strcmp0 (key, self->canonical_key) == 0)
    return;

  g_free (self->canonical_key);
  self->canonical_key = g_strdup (key);
  g_object_notify_by_pspec (G_OBJECT (self), props[MZ_SESSION_PROP_CANONICAL_KEY]);
}

void
mz_session_set_session_id (MzSession  *self,
                           const char *session_id)
{
  if (session_id == NULL || g_strcmp0 (session_id, self->session_id) == 0)
    return;

  g_free (self->session_id);
  self->session_id = g_strdup (session_id);
  g_object_notify_by_pspec (G_OBJECT (self), props[MZ_SESSION_PROP_SESSION_ID]);
}

void
mz_session_set_loading (MzSession *self,
                        gboolean   loading)
{
  if (self->loading == loading)
    return;

  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), props[MZ_SESSION_PROP_LOADING]);
}

void
mz_session_set_loaded (MzSession *self)
{
  if (self->loaded)
    return;

  self->loaded = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), props[MZ_SESSION_PROP_LOADED]);
}

void
mz_session_set_has_older (MzSession *self,
                          gboolean   has_older)
{
  if (self->has_older == has_older)
    return;

  self->has_older = has_older;
  g_object_notify_by_pspec (G_OBJECT (self), props[MZ_SESSION_PROP_HAS_OLDER]);
}

/* Tells what changed about the runs under way. */
void
mz_session_update_activity (MzSession *self)
{
  GObject *object = G_OBJECT (self);

  g_object_freeze_notify (object);
  if (self->notified_running != mz_session_get_running (self))
    {
      self->notified_running = mz_session_get_running (self);
      g_object_notify_by_pspec (object, props[MZ_SESSION_PROP_RUNNING]);
    }
  if (g_strcmp0 (self->notified_run, mz_session_get_active_run (self)) != 0)
    {
      g_free (self->notified_run);
      self->notified_run = g_strdup (mz_session_get_active_run (self));
      g_object_notify_by_pspec (object, props[MZ_SESSION_PROP_ACTIVE_RUN]);
    }
  if (g_strcmp0 (self->notified_phase, mz_session_get_phase (self)) != 0)
    {
      g_free (self->notified_phase);
      self->notified_phase = g_strdup (mz_session_get_phase (self));
      g_object_notify_by_pspec (object, props[MZ_SESSION_PROP_PHASE]);
    }
  g_object_thaw_notify (object);
}

void
mz_session_emit_run_started (MzSession  *self,
                             const char *run_id)
{
  g_signal_emit (self, signals[RUN_STARTED], 0, run_id);
}

void
mz_session_emit_run_steered (MzSession  *self,
                             const char *run_id,
                             const char *target)
{
  g_signal_emit (self, signals[RUN_STEERED], 0, run_id, target);
}

void
mz_session_emit_run_ended (MzSession    *self,
                           const char   *run_id,
                           MzRunOutcome  outcome,
                           GError       *error)
{
  g_signal_emit (self, signals[RUN_ENDED], 0, run_id, outcome, error);
}

/**
 * mz_session_get_client:
 * @self: a session
 *
 * Returns: (transfer none): its client
 */
MzClient *
mz_session_get_client (MzSession *self)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), NULL);

  return self->client;
}

/**
 * mz_session_get_key:
 * @self: a session
 *
 * Returns: (transfer none): the key it was made with
 */
const char *
mz_session_get_key (MzSession *self)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), NULL);

  return self->key;
}

/**
 * mz_session_get_canonical_key:
 * @self: a session
 *
 * Returns: (transfer none): the gateway's name for the session; until a history came, what is known of it
 */
const char *
mz_session_get_canonical_key (MzSession *self)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), NULL);

  if (self->canonical_key != NULL)
    return self->canonical_key;
  return g_strcmp0 (self->key, "main") == 0 ? main_session_key (self) : self->key;
}

/**
 * mz_session_get_session_id:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the transcript it has now; a reset gives the session another one
 */
const char *
mz_session_get_session_id (MzSession *self)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), NULL);

  return self->session_id;
}

/**
 * mz_session_get_timeline:
 * @self: a session
 *
 * Returns: (transfer none): its rows; the same object for the session's whole life
 */
MzTimeline *
mz_session_get_timeline (MzSession *self)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), NULL);

  return self->timeline;
}

/**
 * mz_session_get_running:
 * @self: a session
 *
 * Returns: whether a run is under way, started by anybody
 */
gboolean
mz_session_get_running (MzSession *self)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), FALSE);

  return self->runs->len > 0;
}

/* The run that started last and has its own events; else one that waits for another. */
static MzRun *
active_run (MzSession *self)
{
  for (guint i = self->runs->len; i > 0; i--)
    {
      MzRun *run = g_ptr_array_index (self->runs, i - 1);

      if (!g_hash_table_contains (self->targets, mz_run_get_id (run)))
        return run;
    }
  return self->runs->len > 0 ? g_ptr_array_index (self->runs, self->runs->len - 1) : NULL;
}

/**
 * mz_session_get_active_run:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the run under way that started last; one whose message went into another run only when there
 *   is no other
 */
const char *
mz_session_get_active_run (MzSession *self)
{
  MzRun *run;

  g_return_val_if_fail (MZ_IS_SESSION (self), NULL);

  run = active_run (self);
  return run != NULL ? mz_run_get_id (run) : NULL;
}

/**
 * mz_session_get_phase:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): what the active run does while it says nothing, in the gateway's words
 *   ("preparing_context", or a sentence when it tries again)
 */
const char *
mz_session_get_phase (MzSession *self)
{
  MzRun *run;

  g_return_val_if_fail (MZ_IS_SESSION (self), NULL);

  run = active_run (self);
  return run != NULL ? mz_run_get_phase (run) : NULL;
}

/**
 * mz_session_get_target_run:
 * @self: a session
 * @run_id: a run
 *
 * A message that is sent while a run is under way can be put into that run. Its own run has no rows but the person's then; known
 * until some 250 runs after its end.
 *
 * Returns: (transfer none) (nullable): the run that answers in the place of @run_id, %NULL when that answers itself
 */
const char *
mz_session_get_target_run (MzSession  *self,
                           const char *run_id)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), NULL);
  g_return_val_if_fail (run_id != NULL, NULL);

  return g_hash_table_lookup (self->targets, run_id);
}

/**
 * mz_session_get_loading:
 * @self: a session
 *
 * Returns: whether a history is on its way
 */
gboolean
mz_session_get_loading (MzSession *self)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), FALSE);

  return self->loading;
}

/**
 * mz_session_get_loaded:
 * @self: a session
 *
 * Returns: whether a history came at least once
 */
gboolean
mz_session_get_loaded (MzSession *self)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), FALSE);

  return self->loaded;
}

/**
 * mz_session_get_has_older:
 * @self: a session
 *
 * Returns: whether mz_session_load_older_async() can bring more
 */
gboolean
mz_session_get_has_older (MzSession *self)
{
  g_return_val_if_fail (MZ_IS_SESSION (self), FALSE);

  return self->has_older;
}
