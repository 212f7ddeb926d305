/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-client.h"

#include "mz-backoff.h"
#include "mz-client-private.h"
#include "mz-clock.h"
#include "mz-secret.h"
#include "mz-source.h"

/* A connection that ends sooner after its hello-ok flaps: some proxy between drops it again and again. */
#define LASTING_US (30 * G_TIME_SPAN_SECOND)

G_DEFINE_FINAL_TYPE (MzClient, mz_client, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (MzClientState, mz_client_state,
                    G_DEFINE_ENUM_VALUE (MZ_CLIENT_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (MZ_CLIENT_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (MZ_CLIENT_READY, "ready"),
                    G_DEFINE_ENUM_VALUE (MZ_CLIENT_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (MZ_CLIENT_STOPPED, "stopped"))

enum
{
  PROP_0,
  PROP_STATE,
  PROP_TRACE,
  PROP_HELLO,
  PROP_ERROR,
  PROP_RETRY_AT,
  N_PROPS,
};

enum
{
  EVENT,
  GAP,
  FRAME,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void connect_now (MzClient *self);

static void
set_state (MzClient      *self,
           MzClientState  state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
set_error (MzClient     *self,
           const GError *error)
{
  g_clear_error (&self->error);
  if (error != NULL)
    self->error = g_error_copy (error);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ERROR]);
}

static void
set_retry_at (MzClient *self,
              gint64    retry_at)
{
  if (self->retry_at == retry_at)
    return;

  self->retry_at = retry_at;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RETRY_AT]);
}

static void
drop_connection (MzClient *self)
{
  gboolean was_ready = self->connection != NULL && mz_connection_get_hello (self->connection) != NULL;

  if (self->connection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->connection, self);
      mz_connection_abort (self->connection);
    }
  g_clear_object (&self->connection);

  if (was_ready)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HELLO]);
}

static gboolean
retry_cb (gpointer user_data)
{
  g_autoptr (MzClient) self = g_object_ref (MZ_CLIENT (user_data));

  g_clear_pointer (&self->retry, mz_source_destroy);
  connect_now (self);

  return G_SOURCE_REMOVE;
}

/* Of the connection that is there. */
static const char *
current_token_key (MzClient *self)
{
  return mz_connection_is_encrypted (self->connection) ? self->token_key : self->plain_token_key;
}

/* Of the device token that this connection can use, or has used: see mz_handshake_choose_auth(). */
static const char *
usable_token_key (MzClient *self)
{
  const char *key = current_token_key (self);

  return mz_identity_get_device_token (self->identity, key) != NULL ? key : self->plain_token_key;
}

static MzReconnectDecision
decide (MzClient     *self,
        const GError *error)
{
  MzReconnectInput input = {
    .error = error,
    .failures = mz_client_get_failures (self),
    .was_ready = self->was_ready,
    .sent_device_token = mz_connection_uses_device_token (self->connection),
    .has_device_token = mz_identity_get_device_token (self->identity, usable_token_key (self)) != NULL,
    .has_shared_secret = self->token != NULL || self->password != NULL,
    .trusted_endpoint = mz_connection_is_trusted (self->connection),
    .device_token_retried = self->device_token_retried,
    .restart_expected_ms = self->restart_expected_ms,
    .random = g_random_double (),
  };

  return mz_reconnect_decide (&input);
}

static void
plan_retry (MzClient *self,
            guint     delay_ms)
{
  g_debug ("Next try in %u ms", delay_ms);

  g_clear_pointer (&self->retry, mz_source_destroy);
  self->retry = g_timeout_source_new (delay_ms);
  g_source_set_callback (self->retry, retry_cb, self, NULL);
  g_source_set_static_name (self->retry, "[moltzer] reconnect");
  g_source_attach (self->retry, g_main_context_get_thread_default ());

  self->retry_boot_us = mz_clock_boot_us () + delay_ms * G_TIME_SPAN_MILLISECOND;
  set_retry_at (self, g_get_monotonic_time () + delay_ms * G_TIME_SPAN_MILLISECOND);
  set_state (self, MZ_CLIENT_WAITING);
}

/* The connection, or the try to make one, is over. Everybody who waits is told why; then comes what the policy says. */
static void
fail (MzClient     *self,
      const GError *error)
{
  MzReconnectDecision decision;

  g_debug ("The connection failed or ended: %s", error->message);

  self->failures++;
  if (self->ready_at != 0)
    {
      self->flaps = g_get_monotonic_time () - self->ready_at < LASTING_US ? self->flaps + 1 : 0;
      mz_trace_set_flaps (self->trace, self->flaps);
    }
  mz_client_note_loss (self, error);
  decision = decide (self, error);
  self->retry_told = self->restart_expected_ms >= 0 || mz_gateway_error_get_retry_after_ms (error) > 0;
  self->restart_expected_ms = -1;
  mz_client_note_drop (self);

  switch (decision.action)
    {
    case MZ_RECONNECT_DROP_DEVICE_TOKEN:
      mz_identity_set_device_token (self->identity, usable_token_key (self), NULL);
      self->device_token_retried = TRUE;
      self->offer_device_token = FALSE;
      break;

    case MZ_RECONNECT_ADD_DEVICE_TOKEN:
      self->device_token_retried = TRUE;
      self->offer_device_token = TRUE;
      break;

    case MZ_RECONNECT_RETRY:
      if (!self->reconnect)
        decision.action = MZ_RECONNECT_STOP;
      break;

    case MZ_RECONNECT_STOP:
    default:
      break;
    }

  /* Whoever is told finds everything in place, and may stop us or try again at once. */
  g_object_freeze_notify (G_OBJECT (self));
  drop_connection (self);
  set_error (self, error);
  if (decision.action == MZ_RECONNECT_STOP)
    set_state (self, MZ_CLIENT_STOPPED);
  else
    plan_retry (self, decision.delay_ms);
  g_object_thaw_notify (G_OBJECT (self));

  /* Last, for their callers may do anything, even start us again. */
  mz_client_requests_reject_all (self->requests, error);
}

static void
finish_stop (MzClient *self)
{
  g_autoptr (GError) error = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED, "the connection was closed here");
  g_autoptr (MzClient) alive G_GNUC_UNUSED = g_object_ref (self);
  gboolean start = self->start_after_stop;
  GTask *task;

  self->start_after_stop = FALSE;
  mz_client_requests_reject_all (self->requests, error);
  set_state (self, MZ_CLIENT_OFFLINE);

  while ((task = g_queue_pop_head (&self->stop_tasks)) != NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }

  if (start)
    mz_client_start (self);
}

static void
connection_ended_cb (MzClient     *self,
                     const GError *error)
{
  g_autoptr (MzClient) alive G_GNUC_UNUSED = g_object_ref (self);

  if (!g_queue_is_empty (&self->stop_tasks))
    {
      drop_connection (self);
      finish_stop (self);
    }
  else if (error != NULL)
    fail (self, error);
  else
    {
      drop_connection (self);
      set_state (self, MZ_CLIENT_STOPPED);
    }
}

static void
connection_ready_cb (MzClient *self,
                     MzHello  *hello)
{
  g_autoptr (MzClient) alive G_GNUC_UNUSED = g_object_ref (self);
  MzTraceAttempt *attempt = mz_trace_get_winner (self->trace);
  const char *device_token = mz_hello_get_device_token (hello);

  g_object_freeze_notify (G_OBJECT (self));

  if (device_token != NULL)
    mz_identity_set_device_token (self->identity, current_token_key (self), device_token);

  /* TLS that was found out is kept. The way down is not: each dial has to find again that the peer speaks no TLS, and is private. */
  if (mz_trace_attempt_get_scheme (attempt) == MZ_SCHEME_WSS)
    {
      mz_endpoint_unref (self->dial_endpoint);
      self->dial_endpoint = mz_endpoint_with_scheme (self->endpoint, MZ_SCHEME_WSS);
    }

  mz_client_note_route (self);
  self->ready_at = g_get_monotonic_time ();
  self->failures = 0;
  self->was_ready = TRUE;
  self->offer_device_token = FALSE;
  self->device_token_retried = FALSE;
  self->last_seq = -1;

  set_error (self, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HELLO]);
  set_state (self, MZ_CLIENT_READY);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
handle_event (MzClient *self,
              MzFrame  *frame)
{
  /* Only names that somebody asked for have a quark: a peer cannot make us keep strings for ever. */
  GQuark detail = g_quark_try_string (frame->name);

  if (frame->seq >= 0)
    {
      gboolean lost = self->last_seq >= 0 && frame->seq > self->last_seq + 1;

      self->last_seq = MAX (self->last_seq, frame->seq);
      if (lost)
        {
          g_debug ("Events before number %" G_GINT64_FORMAT " were lost", frame->seq);
          g_signal_emit (self, signals[GAP], 0);
        }
    }

  if (g_str_equal (frame->name, "shutdown"))
    {
      self->restart_expected_ms = MAX (0, mz_json_get_int (mz_frame_get_payload_object (frame), "restartExpectedMs", 0));
      mz_trace_set_circumstance (self->trace, MZ_CIRCUMSTANCE_SHUTDOWN);
    }

  g_signal_emit (self, signals[EVENT], detail, frame);
}

static void
connection_received_cb (MzClient *self,
                        MzFrame  *frame)
{
  g_autoptr (MzClient) alive G_GNUC_UNUSED = g_object_ref (self);

  mz_client_note_heard (self);
  if (frame->type == MZ_FRAME_EVENT)
    handle_event (self, frame);
  else if (frame->type == MZ_FRAME_RESPONSE && !mz_client_requests_answer (self->requests, frame))
    g_debug ("An answer came that nobody waits for");
}

static void
connection_wire_cb (MzClient   *self,
                    gboolean    sent,
                    const char *text)
{
  g_signal_emit (self, signals[FRAME], 0, sent, text);
}

static void
connect_now (MzClient *self)
{
  MzCredentials credentials = {
    .token = self->token,
    .password = self->password,
    .device_token = mz_identity_get_device_token (self->identity, self->token_key),
    .plain_device_token = mz_identity_get_device_token (self->identity, self->plain_token_key),
    .offer_device_token = self->offer_device_token,
    .scopes = (const char * const *) self->scopes,
  };

  g_assert (self->connection == NULL);

  g_object_freeze_notify (G_OBJECT (self));
  g_clear_pointer (&self->retry, mz_source_destroy);
  set_retry_at (self, 0);
  self->ready_at = 0;
  self->restart_expected_ms = -1;
  self->retry_boot_us = 0;

  mz_client_check_route (self);
  self->connection = mz_connection_new (self->dial_endpoint, self->identity, self->options, &credentials);
  g_signal_connect_swapped (self->connection, "ready", G_CALLBACK (connection_ready_cb), self);
  g_signal_connect_swapped (self->connection, "received", G_CALLBACK (connection_received_cb), self);
  g_signal_connect_swapped (self->connection, "wire", G_CALLBACK (connection_wire_cb), self);
  g_signal_connect_swapped (self->connection, "ended", G_CALLBACK (connection_ended_cb), self);

  g_set_object (&self->trace, mz_connection_get_trace (self->connection));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TRACE]);
  set_state (self, MZ_CLIENT_CONNECTING);

  mz_connection_start (self->connection, self->login);
  g_object_thaw_notify (G_OBJECT (self));
}

/* For mz-client-wake.c: a try now, in the place of one that is planned or under way */
void
mz_client_redial (MzClient *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  drop_connection (self);
  connect_now (self);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
mz_client_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  MzClient *self = MZ_CLIENT (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_TRACE:
      g_value_set_object (value, self->trace);
      break;
    case PROP_HELLO:
      g_value_set_boxed (value, mz_client_get_hello (self));
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_RETRY_AT:
      g_value_set_int64 (value, self->retry_at);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_client_dispose (GObject *object)
{
  MzClient *self = MZ_CLIENT (object);

  g_clear_pointer (&self->retry, mz_source_destroy);
  drop_connection (self);
  g_clear_object (&self->trace);
  g_clear_object (&self->identity);

  G_OBJECT_CLASS (mz_client_parent_class)->dispose (object);
}

static void
mz_client_finalize (GObject *object)
{
  MzClient *self = MZ_CLIENT (object);

  g_clear_pointer (&self->requests, mz_client_requests_free);
  g_clear_pointer (&self->endpoint, mz_endpoint_unref);
  g_clear_pointer (&self->dial_endpoint, mz_endpoint_unref);
  g_clear_pointer (&self->options, mz_dial_options_free);
  g_clear_pointer (&self->last_network_id, g_free);
  g_clear_pointer (&self->token_key, g_free);
  g_clear_pointer (&self->plain_token_key, g_free);
  g_clear_error (&self->error);
  g_clear_pointer (&self->token, mz_secret_free);
  g_clear_pointer (&self->password, mz_secret_free);
  g_clear_pointer (&self->scopes, g_strfreev);

  G_OBJECT_CLASS (mz_client_parent_class)->finalize (object);
}

static void
mz_client_class_init (MzClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mz_client_get_property;
  object_class->dispose = mz_client_dispose;
  object_class->finalize = mz_client_finalize;

  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, MZ_TYPE_CLIENT_STATE, MZ_CLIENT_OFFLINE,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_TRACE] = g_param_spec_object ("trace", NULL, NULL, MZ_TYPE_TRACE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_HELLO] = g_param_spec_boxed ("hello", NULL, NULL, MZ_TYPE_HELLO, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_RETRY_AT] = g_param_spec_int64 ("retry-at", NULL, NULL, 0, G_MAXINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * MzClient::event:
   * @frame: an event
   *
   * Detailed by the event's name: `event::chat`. Connect with the detail before the event can come.
   */
  signals[EVENT] = g_signal_new ("event", MZ_TYPE_CLIENT, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, MZ_TYPE_FRAME | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * MzClient::gap:
   *
   * The numbers of the events jumped: some were lost. What was built from events is to be loaded anew.
   */
  signals[GAP] = g_signal_new ("gap", MZ_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * MzClient::frame:
   * @sent: whether it goes out or came in
   * @text: the frame with everything in it; only for recording through the redactor
   */
  signals[FRAME] = g_signal_new ("frame", MZ_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_BOOLEAN, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
mz_client_init (MzClient *self)
{
  self->reconnect = TRUE;
  self->login = TRUE;
  self->last_seq = -1;
  self->restart_expected_ms = -1;
  self->requests = mz_client_requests_new ();
  g_queue_init (&self->stop_tasks);
}

/**
 * mz_client_new:
 * @endpoint: the gateway
 * @identity: this device
 * @options: how to dial
 *
 * Returns: (transfer full): a client that is offline until mz_client_start()
 */
MzClient *
mz_client_new (MzEndpoint          *endpoint,
               MzIdentity          *identity,
               const MzDialOptions *options)
{
  MzClient *self;
  const char *path;

  g_return_val_if_fail (endpoint != NULL, NULL);
  g_return_val_if_fail (MZ_IS_IDENTITY (identity), NULL);
  g_return_val_if_fail (options != NULL, NULL);

  self = g_object_new (MZ_TYPE_CLIENT, NULL);
  self->endpoint = mz_endpoint_ref (endpoint);
  self->dial_endpoint = mz_endpoint_ref (endpoint);
  self->identity = g_object_ref (identity);
  self->options = mz_dial_options_copy (options);
  if (self->options->memory == NULL)
    self->options->memory = mz_route_memory_new ();

  /* By the scheme that was used, not by the one that was typed. */
  path = mz_endpoint_get_path (endpoint);
  self->token_key = g_strdup_printf ("wss://%s:%u%s", mz_endpoint_get_host (endpoint), mz_endpoint_get_port (endpoint),
                                     g_str_equal (path, "/") ? "" : path);
  self->plain_token_key = g_strdup_printf ("ws://%s", self->token_key + strlen ("wss://"));

  return self;
}

/**
 * mz_client_set_credentials:
 * @token: (nullable): the gateway's shared token
 * @password: (nullable): the gateway's shared password
 *
 * Used from the next login on. The copies are wiped when they are replaced.
 */
void
mz_client_set_credentials (MzClient   *self,
                           const char *token,
                           const char *password)
{
  g_return_if_fail (MZ_IS_CLIENT (self));

  g_clear_pointer (&self->token, mz_secret_free);
  g_clear_pointer (&self->password, mz_secret_free);
  self->token = token != NULL && *token != '\0' ? g_strdup (token) : NULL;
  self->password = password != NULL && *password != '\0' ? g_strdup (password) : NULL;
  self->device_token_retried = FALSE;
  self->offer_device_token = FALSE;
}

/**
 * mz_client_set_scopes:
 * @scopes: (nullable): what to ask the gateway for (docs: gateway/operator-scopes); %NULL for the usual: reading, writing and approvals
 *
 * Used from the next login on. What a device asks for is what its pairing is about: more than was approved is a new question to who
 * keeps the gateway.
 */
void
mz_client_set_scopes (MzClient           *self,
                      const char * const *scopes)
{
  g_return_if_fail (MZ_IS_CLIENT (self));

  g_strfreev (self->scopes);
  self->scopes = g_strdupv ((char **) scopes);
}

/**
 * mz_client_set_reconnect:
 * @reconnect: whether to try again by itself; on by default
 */
void
mz_client_set_reconnect (MzClient *self,
                         gboolean  reconnect)
{
  g_return_if_fail (MZ_IS_CLIENT (self));

  self->reconnect = reconnect;
}

/**
 * mz_client_set_login:
 * @login: whether to go on after the challenge; if not, the client ends in %MZ_CLIENT_STOPPED without an error there
 */
void
mz_client_set_login (MzClient *self,
                     gboolean  login)
{
  g_return_if_fail (MZ_IS_CLIENT (self));

  self->login = login;
}

/**
 * mz_client_start:
 *
 * Connects, and stays connected. Nothing happens if it is connecting or connected already; while it is stopping, it starts again after that.
 */
void
mz_client_start (MzClient *self)
{
  g_return_if_fail (MZ_IS_CLIENT (self));

  if (!g_queue_is_empty (&self->stop_tasks))
    self->start_after_stop = TRUE;
  else if (self->connection == NULL)
    connect_now (self);
}

/**
 * mz_client_retry_now:
 *
 * Does not wait any longer: for the button, for a changed network, for a machine that woke up. The backoff begins anew.
 */
void
mz_client_retry_now (MzClient *self)
{
  g_return_if_fail (MZ_IS_CLIENT (self));

  self->failures = 0;
  self->flaps = 0;
  mz_client_start (self);
}

/**
 * mz_client_stop_async:
 *
 * Closes cleanly: one close frame with 1000, at most a second's wait for the answer. A dial is cancelled; requests end with
 * %MZ_GATEWAY_ERROR_CLOSED.
 */
void
mz_client_stop_async (MzClient            *self,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr (GError) error = NULL;
  GTask *task;

  g_return_if_fail (MZ_IS_CLIENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_client_stop_async);
  g_queue_push_tail (&self->stop_tasks, task);
  self->start_after_stop = FALSE;

  g_clear_pointer (&self->retry, mz_source_destroy);
  set_retry_at (self, 0);

  /* First the connection: whoever is told now that his request is void cannot make another one. */
  if (self->connection != NULL)
    mz_connection_close (self->connection);
  else
    finish_stop (self);

  error = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_CLOSED, "the connection was closed here");
  mz_client_requests_reject_all (self->requests, error);
}

gboolean
mz_client_stop_finish (MzClient      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
