/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-connection.h"

#include "mz-gateway-error.h"
#include "mz-redact.h"
#include "mz-secret.h"
#include "mz-source.h"

/* docs: gateway/protocol/versioning, "Client constants" */
#define CLOSE_TICK_TIMEOUT 4000
#define CLOSE_TIMEOUT_MS 1000

/* The gateway waits 25 s for a pong (docs: gateway/protocol/transport, "Connection keepalives"); NATs forget after 30 s and more. */
#define KEEPALIVE_S 25

/* policy.maxPayload speaks of what we send; what a gateway sends is never more than that either, but a history may be large. */
#define MIN_MAX_INCOMING (8 * 1024 * 1024)

/* RFC 6455 §7.4.1 */
#define CLOSE_NORMAL 1000
#define CLOSE_PROTOCOL_ERROR 1002
#define CLOSE_POLICY 1008

#define CONNECT_ID "connect"

/* A question that costs a gateway nothing; that it is not known or not allowed is a sign of life too. */
#define PROBE_ID "probe"
#define PROBE_METHOD "health"

/* Pings beside it: a busy gateway may take its time for an answer, but not for a pong. */
#define PROBE_KEEPALIVE_S 1

/* Who only answers pings for so long has hung, in ms. */
#define PROBE_MAX_MS 10000

typedef enum
{
  STAGE_NEW,
  STAGE_DIALING,
  STAGE_CHALLENGE,
  STAGE_HELLO,
  STAGE_READY,
  STAGE_CLOSING,
  STAGE_ENDED,
} Stage;

struct _MzConnection
{
  GObject parent_instance;

  MzIdentity *identity;
  MzDialOptions *options;
  char *token;
  char *password;
  char *device_token;
  char *plain_device_token;
  gboolean offer_device_token;
  GStrv scopes;
  gboolean login;

  Stage stage;
  MzTrace *trace;
  MzHello *hello;
  GCancellable *dialing;        /* while a dial is under way */
  MzTransport *transport;
  gboolean uses_device_token;
  GSource *budget;              /* of the phase, or of the closing handshake */
  GSource *watchdog;
  GSource *probe;               /* until the gateway has answered it */
  guint probe_ms;
  gint64 probe_until_us;
  gsize max_incoming;
  gint64 last_received_us;
};

G_DEFINE_FINAL_TYPE (MzConnection, mz_connection, G_TYPE_OBJECT)

enum
{
  READY,
  RECEIVED,
  WIRE,
  ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
set_timer (MzConnection  *self,
           GSource      **source,
           gint64         delay_ms,
           GSourceFunc    callback)
{
  g_clear_pointer (source, mz_source_destroy);
  *source = g_timeout_source_new ((guint) CLAMP (delay_ms, 0, G_MAXINT));
  g_source_set_callback (*source, callback, self, NULL);
  g_source_attach (*source, g_main_context_get_thread_default ());
}

static MzTraceAttempt *
winner (MzConnection *self)
{
  return mz_trace_get_winner (self->trace);
}

static void
drop_transport (MzConnection *self)
{
  if (self->transport != NULL)
    g_signal_handlers_disconnect_by_data (self->transport, self);
  g_clear_object (&self->transport);
  g_clear_pointer (&self->budget, mz_source_destroy);
  g_clear_pointer (&self->watchdog, mz_source_destroy);
  g_clear_pointer (&self->probe, mz_source_destroy);
}

static void
end (MzConnection *self,
     const GError *reason)
{
  g_autoptr (MzConnection) alive G_GNUC_UNUSED = g_object_ref (self);

  if (self->stage == STAGE_ENDED)
    return;

  self->stage = STAGE_ENDED;
  drop_transport (self);

  if (reason != NULL && mz_trace_get_ready_us (self->trace) == 0)
    {
      MzTraceAttempt *attempt = winner (self);

      if (attempt != NULL)
        mz_trace_attempt_fail (attempt, reason);
      mz_trace_set_error (self->trace, reason);
    }

  g_signal_emit (self, signals[ENDED], 0, reason);
}

static void
end_with (MzConnection   *self,
          MzGatewayError  code,
          const char     *message)
{
  g_autoptr (GError) error = g_error_new_literal (MZ_GATEWAY_ERROR, code, message);

  end (self, error);
}

static gboolean
budget_cb (gpointer user_data)
{
  MzConnection *self = MZ_CONNECTION (user_data);

  g_clear_pointer (&self->budget, mz_source_destroy);

  if (self->stage == STAGE_CHALLENGE)
    end_with (self, MZ_GATEWAY_ERROR_NOT_A_GATEWAY, "a WebSocket opened, but no challenge came");
  else if (self->stage == STAGE_HELLO)
    end_with (self, MZ_GATEWAY_ERROR_TIMED_OUT, "the login got no answer");
  else
    end_with (self, MZ_GATEWAY_ERROR_CLOSED, "the connection was closed here");

  return G_SOURCE_REMOVE;
}

static void
begin_phase (MzConnection *self,
             Stage         stage,
             MzPhase       phase)
{
  self->stage = stage;
  mz_trace_attempt_begin (winner (self), phase);
  set_timer (self, &self->budget, self->options->budgets.phase_ms[phase], budget_cb);
}

/* BCP 47, as far as the environment tells. */
static char *
dup_locale (void)
{
  const char * const *names = g_get_language_names ();
  g_autofree char *locale = g_strdup (names[0]);

  if (g_str_equal (locale, "C") || g_str_equal (locale, "POSIX"))
    return NULL;

  locale[strcspn (locale, ".@")] = '\0';
  g_strdelimit (locale, "_", '-');

  return g_steal_pointer (&locale);
}

static void
log_in (MzConnection *self,
        MzFrame      *frame)
{
  MzCredentials credentials = {
    .token = self->token,
    .password = self->password,
    .device_token = self->device_token,
    .plain_device_token = self->plain_device_token,
    .offer_device_token = self->offer_device_token && mz_connection_is_trusted (self),
    .scopes = (const char * const *) self->scopes,
  };
  gboolean tls = mz_connection_is_encrypted (self);
  const char *nonce = NULL;
  gint64 timestamp = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) params = NULL;
  g_autofree char *locale = dup_locale ();
  g_autofree char *text = NULL;

  if (!mz_handshake_read_challenge (frame, &nonce, &timestamp, &error))
    {
      end (self, error);
      return;
    }

  g_clear_pointer (&self->budget, mz_source_destroy);
  mz_trace_attempt_end (winner (self), MZ_PHASE_CHALLENGE, NULL);

  if (!self->login)
    {
      mz_transport_close (self->transport, CLOSE_NORMAL, NULL);
      end (self, NULL);
      return;
    }

  begin_phase (self, STAGE_HELLO, MZ_PHASE_HELLO);
  self->uses_device_token = mz_handshake_choose_auth (&credentials, tls).uses_device_token;
  params = mz_handshake_build_connect (self->identity, &credentials, tls, mz_platform_to_string (mz_platform_current ()), locale, nonce, timestamp);
  text = mz_frame_build_request (CONNECT_ID, "connect", params);

  if (strlen (text) > MZ_HANDSHAKE_MAX_FRAME)
    end_with (self, MZ_GATEWAY_ERROR_TOO_LARGE, "the login is larger than gateways accept: is the token right?");
  else
    mz_connection_send (self, text);
}

/* A peer may say back what it was told. */
static void
redact_error (MzConnection *self,
              GError       *error)
{
  const char *issued = self->hello != NULL ? mz_hello_get_device_token (self->hello) : NULL;
  const char *all[] = { self->token, self->password, self->device_token, self->plain_device_token, issued };
  const char *secrets[G_N_ELEMENTS (all) + 1] = { NULL };
  char *safe;

  for (guint i = 0, n = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i] != NULL)
      secrets[n++] = all[i];

  safe = mz_redact (error->message, secrets);
  g_free (error->message);
  error->message = safe;
}

static gboolean
watchdog_cb (gpointer user_data)
{
  MzConnection *self = MZ_CONNECTION (user_data);
  gint64 limit_ms = 2 * (gint64) mz_hello_get_tick_interval_ms (self->hello);
  gint64 silent_ms = (g_get_monotonic_time () - self->last_received_us) / G_TIME_SPAN_MILLISECOND;

  if (silent_ms < limit_ms)
    {
      set_timer (self, &self->watchdog, limit_ms - silent_ms + 1, watchdog_cb);
      return G_SOURCE_REMOVE;
    }

  mz_transport_close (self->transport, CLOSE_TICK_TIMEOUT, "tick timeout");
  end_with (self, MZ_GATEWAY_ERROR_TIMED_OUT, "the gateway fell silent");

  return G_SOURCE_REMOVE;
}

static gboolean
probe_cb (gpointer user_data)
{
  MzConnection *self = MZ_CONNECTION (user_data);

  g_clear_pointer (&self->probe, mz_source_destroy);
  mz_transport_close (self->transport, CLOSE_TICK_TIMEOUT, "no sign of life");
  end_with (self, MZ_GATEWAY_ERROR_TIMED_OUT, "the gateway gave no sign of life");

  return G_SOURCE_REMOVE;
}

/* What comes may have waited in this host's buffers while it slept: it prolongs a probe, but does not answer it. */
static void
received (MzConnection *self)
{
  self->last_received_us = g_get_monotonic_time ();
  if (self->probe != NULL)
    set_timer (self, &self->probe,
               MIN (self->probe_ms, (self->probe_until_us - self->last_received_us) / G_TIME_SPAN_MILLISECOND), probe_cb);
}

static void
probe_answered (MzConnection *self)
{
  if (self->probe != NULL)
    mz_transport_set_keepalive (self->transport, KEEPALIVE_S);
  g_clear_pointer (&self->probe, mz_source_destroy);
  if (mz_trace_get_circumstance (self->trace) != MZ_CIRCUMSTANCE_SHUTDOWN)
    mz_trace_set_circumstance (self->trace, MZ_CIRCUMSTANCE_NONE);
}

static void
note_missing_scopes (MzConnection *self)
{
  MzCredentials credentials = { .scopes = (const char * const *) self->scopes };
  g_autofree char *missing = mz_handshake_missing_scopes (&credentials, mz_hello_get_scopes (self->hello));

  mz_trace_set_missing_scopes (self->trace, missing);
}

static void
login_answered (MzConnection *self,
                MzFrame      *frame)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *detail = NULL;

  if (!frame->ok)
    {
      error = mz_gateway_error_new_remote (mz_gateway_error_classify_connect (frame->error), frame->error);
      redact_error (self, error);
      mz_transport_close (self->transport, CLOSE_NORMAL, NULL);
      end (self, error);
      return;
    }

  self->hello = mz_hello_new (frame->payload, &error);
  if (self->hello == NULL)
    {
      end (self, error);
      return;
    }

  self->stage = STAGE_READY;
  g_clear_pointer (&self->budget, mz_source_destroy);
  detail = g_strdup_printf ("protocol %u", mz_hello_get_protocol (self->hello));
  mz_trace_attempt_end (winner (self), MZ_PHASE_HELLO, detail);
  mz_trace_set_server (self->trace, mz_hello_get_server_version (self->hello), mz_hello_get_protocol (self->hello));
  note_missing_scopes (self);
  mz_trace_set_ready (self->trace);

  self->max_incoming = MAX (mz_hello_get_max_payload (self->hello), MIN_MAX_INCOMING);
  mz_transport_set_max_message (self->transport, self->max_incoming);
  mz_transport_set_keepalive (self->transport, KEEPALIVE_S);
  set_timer (self, &self->watchdog, 2 * (gint64) mz_hello_get_tick_interval_ms (self->hello), watchdog_cb);

  g_signal_emit (self, signals[READY], 0, self->hello);
}

static void
message_cb (MzConnection *self,
            const char   *text,
            guint64       length)
{
  g_autoptr (MzConnection) alive G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (MzFrame) frame = NULL;

  received (self);
  g_signal_emit (self, signals[WIRE], 0, FALSE, text);

  frame = mz_frame_parse (text, length, self->max_incoming, &error);
  if (frame == NULL)
    {
      /* Not the protocol any more: going on would mean guessing. */
      mz_transport_close (self->transport, CLOSE_PROTOCOL_ERROR, "bad frame");
      if (self->stage == STAGE_CHALLENGE)
        end_with (self, MZ_GATEWAY_ERROR_NOT_A_GATEWAY, "something answers there, but not in a gateway's language");
      else
        end (self, error);
      return;
    }

  switch (self->stage)
    {
    case STAGE_CHALLENGE:
      log_in (self, frame);
      break;

    case STAGE_HELLO:
      if (frame->type == MZ_FRAME_RESPONSE && g_str_equal (frame->id, CONNECT_ID))
        login_answered (self, frame);
      break;

    case STAGE_READY:
      if (frame->type == MZ_FRAME_RESPONSE && g_str_equal (frame->id, PROBE_ID))
        probe_answered (self);
      else
        g_signal_emit (self, signals[RECEIVED], 0, frame);
      break;

    case STAGE_NEW:
    case STAGE_DIALING:
    case STAGE_CLOSING:
    case STAGE_ENDED:
    default:
      break;
    }
}

static void
pong_cb (MzConnection *self)
{
  received (self);
}

static void
closed_cb (MzConnection *self,
           guint         code,
           const char   *reason)
{
  g_autoptr (GError) error = mz_gateway_error_new_closed (code, reason);

  redact_error (self, error);

  /* A gateway that lets nobody in says so with an error first; some proxies and old gateways only close. */
  if (self->stage == STAGE_HELLO && code == CLOSE_POLICY)
    error->code = MZ_GATEWAY_ERROR_REJECTED;

  end (self, error);
}

static void
dial_done_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (MzConnection) self = MZ_CONNECTION (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (MzTransport) transport = mz_dialer_dial_finish (result, &error);

  g_clear_object (&self->dialing);

  if (self->stage == STAGE_ENDED)
    return;

  if (transport == NULL)
    {
      end (self, error);
      return;
    }

  /* Cancelled, but too late to be noticed. */
  if (self->stage == STAGE_CLOSING)
    {
      end_with (self, MZ_GATEWAY_ERROR_CLOSED, "the connection was closed here");
      return;
    }

  self->transport = g_steal_pointer (&transport);
  g_signal_connect_swapped (self->transport, "message", G_CALLBACK (message_cb), self);
  g_signal_connect_swapped (self->transport, "pong", G_CALLBACK (pong_cb), self);
  g_signal_connect_swapped (self->transport, "closed", G_CALLBACK (closed_cb), self);
  begin_phase (self, STAGE_CHALLENGE, MZ_PHASE_CHALLENGE);
}

static void
mz_connection_dispose (GObject *object)
{
  MzConnection *self = MZ_CONNECTION (object);

  self->stage = STAGE_ENDED;
  drop_transport (self);
  g_clear_object (&self->trace);
  g_clear_object (&self->identity);

  G_OBJECT_CLASS (mz_connection_parent_class)->dispose (object);
}

static void
mz_connection_finalize (GObject *object)
{
  MzConnection *self = MZ_CONNECTION (object);

  g_clear_pointer (&self->hello, mz_hello_unref);
  g_clear_pointer (&self->options, mz_dial_options_free);
  g_clear_pointer (&self->token, mz_secret_free);
  g_clear_pointer (&self->password, mz_secret_free);
  g_clear_pointer (&self->device_token, mz_secret_free);
  g_clear_pointer (&self->plain_device_token, mz_secret_free);
  g_clear_pointer (&self->scopes, g_strfreev);

  G_OBJECT_CLASS (mz_connection_parent_class)->finalize (object);
}

static void
mz_connection_class_init (MzConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_connection_dispose;
  object_class->finalize = mz_connection_finalize;

  signals[READY] = g_signal_new ("ready", MZ_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, MZ_TYPE_HELLO);
  signals[RECEIVED] = g_signal_new ("received", MZ_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, MZ_TYPE_FRAME | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[WIRE] = g_signal_new ("wire", MZ_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_BOOLEAN, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[ENDED] = g_signal_new ("ended", MZ_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
mz_connection_init (MzConnection *self)
{
  self->max_incoming = MIN_MAX_INCOMING;
}

/**
 * mz_connection_new:
 * @endpoint: where to
 * @identity: this device
 * @options: how to dial
 * @credentials: copied, and wiped with the connection
 *
 * Decides the plan, so that the trace can be watched before mz_connection_start().
 *
 * Returns: (transfer full): a connection that has not begun
 */
MzConnection *
mz_connection_new (MzEndpoint          *endpoint,
                   MzIdentity          *identity,
                   const MzDialOptions *options,
                   const MzCredentials *credentials)
{
  MzConnection *self;

  g_return_val_if_fail (endpoint != NULL, NULL);
  g_return_val_if_fail (MZ_IS_IDENTITY (identity), NULL);

  self = g_object_new (MZ_TYPE_CONNECTION, NULL);
  self->identity = g_object_ref (identity);
  self->options = mz_dial_options_copy (options);
  self->token = g_strdup (credentials->token);
  self->password = g_strdup (credentials->password);
  self->device_token = g_strdup (credentials->device_token);
  self->plain_device_token = g_strdup (credentials->plain_device_token);
  self->offer_device_token = credentials->offer_device_token;
  self->scopes = g_strdupv ((char **) credentials->scopes);
  self->trace = mz_dialer_plan_trace (endpoint, options);

  return self;
}

/**
 * mz_connection_start:
 * @login: whether to go on after the challenge
 */
void
mz_connection_start (MzConnection *self,
                     gboolean      login)
{
  g_return_if_fail (MZ_IS_CONNECTION (self));
  g_return_if_fail (self->stage == STAGE_NEW);

  self->stage = STAGE_DIALING;
  self->login = login;
  self->dialing = g_cancellable_new ();
  mz_dialer_dial_async (self->trace, self->options, self->dialing, dial_done_cb, g_object_ref (self));
}

/**
 * mz_connection_send:
 * @text: a frame
 */
void
mz_connection_send (MzConnection *self,
                    const char   *text)
{
  g_return_if_fail (MZ_IS_CONNECTION (self));
  g_return_if_fail (self->transport != NULL);

  g_signal_emit (self, signals[WIRE], 0, TRUE, text);
  mz_transport_send (self->transport, text);
}

/**
 * mz_connection_probe:
 * @why: what makes one doubt
 * @patience_ms: how long silence may last until the answer
 *
 * Asks for a sign of life; without one the connection ends with %MZ_GATEWAY_ERROR_TIMED_OUT. Where a question is under way already, its answer
 * counts, and the time runs anew.
 */
void
mz_connection_probe (MzConnection   *self,
                     MzCircumstance  why,
                     guint           patience_ms)
{
  g_autofree char *text = NULL;

  g_return_if_fail (MZ_IS_CONNECTION (self));

  if (!mz_connection_is_open (self))
    return;

  if (mz_trace_get_circumstance (self->trace) != MZ_CIRCUMSTANCE_SHUTDOWN)
    mz_trace_set_circumstance (self->trace, why);

  self->probe_ms = patience_ms;
  self->probe_until_us = g_get_monotonic_time () + PROBE_MAX_MS * G_TIME_SPAN_MILLISECOND;
  text = mz_frame_build_request (PROBE_ID, PROBE_METHOD, NULL);
  set_timer (self, &self->probe, patience_ms, probe_cb);
  mz_transport_set_keepalive (self->transport, PROBE_KEEPALIVE_S);
  mz_connection_send (self, text);
}

/**
 * mz_connection_close:
 *
 * Closes cleanly: one close frame, at most a second's wait for the answer. A dial is cancelled. `::ended` follows.
 */
void
mz_connection_close (MzConnection *self)
{
  g_return_if_fail (MZ_IS_CONNECTION (self));

  if (self->stage >= STAGE_CLOSING)
    return;

  if (self->dialing != NULL)
    {
      self->stage = STAGE_CLOSING;
      g_cancellable_cancel (self->dialing);
    }
  else if (self->transport != NULL && mz_transport_is_open (self->transport))
    {
      self->stage = STAGE_CLOSING;
      g_clear_pointer (&self->watchdog, mz_source_destroy);
      set_timer (self, &self->budget, CLOSE_TIMEOUT_MS, budget_cb);
      mz_transport_close (self->transport, CLOSE_NORMAL, NULL);
    }
  else
    end_with (self, MZ_GATEWAY_ERROR_CLOSED, "the connection was closed here");
}

/**
 * mz_connection_abort:
 *
 * Lets go of everything at once; no signal comes after this.
 */
void
mz_connection_abort (MzConnection *self)
{
  g_return_if_fail (MZ_IS_CONNECTION (self));

  self->stage = STAGE_ENDED;
  if (self->dialing != NULL)
    g_cancellable_cancel (self->dialing);
  drop_transport (self);
}

/**
 * mz_connection_get_trace:
 *
 * Returns: (transfer none): the record of this dial
 */
MzTrace *
mz_connection_get_trace (MzConnection *self)
{
  g_return_val_if_fail (MZ_IS_CONNECTION (self), NULL);

  return self->trace;
}

/**
 * mz_connection_get_hello:
 *
 * Returns: (transfer none) (nullable): what the gateway said of itself
 */
MzHello *
mz_connection_get_hello (MzConnection *self)
{
  g_return_val_if_fail (MZ_IS_CONNECTION (self), NULL);

  return self->hello;
}

/**
 * mz_connection_is_open:
 *
 * Returns: whether requests can go out
 */
gboolean
mz_connection_is_open (MzConnection *self)
{
  g_return_val_if_fail (MZ_IS_CONNECTION (self), FALSE);

  return self->stage == STAGE_READY && mz_transport_is_open (self->transport);
}

/**
 * mz_connection_uses_device_token:
 *
 * Returns: whether the login rested on the stored device token
 */
gboolean
mz_connection_uses_device_token (MzConnection *self)
{
  g_return_val_if_fail (MZ_IS_CONNECTION (self), FALSE);

  return self->uses_device_token;
}

/**
 * mz_connection_is_encrypted:
 *
 * Returns: whether the WebSocket runs over TLS
 */
gboolean
mz_connection_is_encrypted (MzConnection *self)
{
  MzTraceAttempt *attempt;

  g_return_val_if_fail (MZ_IS_CONNECTION (self), FALSE);

  attempt = winner (self);

  return attempt != NULL && mz_trace_attempt_get_scheme (attempt) == MZ_SCHEME_WSS;
}

/**
 * mz_connection_is_trusted:
 *
 * Returns: whether the peer is on loopback, or has shown the pinned certificate: the places where a device token may be offered again
 *   (docs: gateway/protocol/auth)
 */
gboolean
mz_connection_is_trusted (MzConnection *self)
{
  MzTraceAttempt *attempt;
  GInetSocketAddress *peer;

  g_return_val_if_fail (MZ_IS_CONNECTION (self), FALSE);

  attempt = winner (self);
  peer = attempt != NULL ? mz_trace_attempt_get_peer (attempt) : NULL;
  if (peer == NULL)
    return FALSE;

  return (!mz_trace_attempt_is_proxied (attempt) &&
          mz_address_classify (g_inet_socket_address_get_address (peer)) == MZ_HOST_CLASS_LOOPBACK) ||
         (mz_trace_attempt_get_scheme (attempt) == MZ_SCHEME_WSS && self->options->pin != NULL);
}
