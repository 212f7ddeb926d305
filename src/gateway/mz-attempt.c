/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-attempt.h"

#include <libsoup/soup.h>

#include "mz-gateway-error.h"
#include "mz-route.h"
#include "mz-soup-transport.h"
#include "mz-tls-database.h"
#include "mz-tls-policy.h"
#include "mz-source.h"

struct _MzAttempt
{
  GObject parent_instance;

  MzTraceAttempt *trace;
  MzDialOptions *options;

  GTask *task;                  /* the run; it holds a reference on us */
  SoupSession *session;
  SoupMessage *message;
  GCancellable *cancellable;    /* ours: the caller's, a budget's end and mz_attempt_cancel() all end here */
  gulong caller_cancelled_id;
  GSource *budget;

  gboolean has_tcp;
  gboolean private_only;        /* without TLS by consent: never to a peer outside */
  gboolean not_private;
  gboolean timed_out;
  MzPhase timed_out_phase;
  gboolean certificate_rejected;
  gboolean tls_too_old;
  gboolean refused;             /* HTTP answered, but with another status than 101 */
  MzTlsVerdict verdict;
};

G_DEFINE_FINAL_TYPE (MzAttempt, mz_attempt, G_TYPE_OBJECT)

enum
{
  TCP_CONNECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
budget_cb (gpointer user_data)
{
  MzAttempt *self = MZ_ATTEMPT (user_data);

  g_clear_pointer (&self->budget, mz_source_destroy);
  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);

  return G_SOURCE_REMOVE;
}

static void
begin_phase (MzAttempt *self,
             MzPhase    phase)
{
  guint budget_ms = self->options->budgets.phase_ms[phase];

  if (mz_trace_attempt_find_phase (self->trace, phase) != NULL)
    return;

  g_clear_pointer (&self->budget, mz_source_destroy);
  self->timed_out_phase = phase;
  if (budget_ms > 0)
    {
      self->budget = g_timeout_source_new (budget_ms);
      g_source_set_callback (self->budget, budget_cb, self, NULL);
      g_source_set_static_name (self->budget, "[moltzer] phase budget");
      g_source_attach (self->budget, g_main_context_get_thread_default ());
    }

  mz_trace_attempt_begin (self->trace, phase);
}

static const char *
tls_version_to_string (GTlsProtocolVersion version)
{
  switch (version)
    {
    case G_TLS_PROTOCOL_VERSION_TLS_1_2:
      return "TLS 1.2";
    case G_TLS_PROTOCOL_VERSION_TLS_1_3:
      return "TLS 1.3";
    case G_TLS_PROTOCOL_VERSION_TLS_1_0:
      return "TLS 1.0";
    case G_TLS_PROTOCOL_VERSION_TLS_1_1:
      return "TLS 1.1";
    case G_TLS_PROTOCOL_VERSION_SSL_3_0:
      return "SSL 3.0";
    case G_TLS_PROTOCOL_VERSION_UNKNOWN:
    case G_TLS_PROTOCOL_VERSION_DTLS_1_0:
    case G_TLS_PROTOCOL_VERSION_DTLS_1_2:
    default:
      return "TLS";
    }
}

static void
tls_done (MzAttempt      *self,
          GTlsConnection *connection)
{
  GTlsCertificate *certificate = g_tls_connection_get_peer_certificate (connection);
  const char *version = tls_version_to_string (g_tls_connection_get_protocol_version (connection));
  g_autofree char *cipher = g_tls_connection_get_ciphersuite_name (connection);
  g_autofree char *detail = g_strdup_printf ("%s, %s", version, cipher != NULL ? cipher : "?");

  if (certificate != NULL)
    mz_trace_attempt_set_certificate (self->trace, certificate, g_tls_connection_get_peer_certificate_errors (connection));
  mz_trace_attempt_set_tls (self->trace, version, cipher);

  /* GIO's default priority still agrees to TLS 1.0 and 1.1: it ends here, before the request goes out. */
  if (!mz_tls_policy_allows_version (g_tls_connection_get_protocol_version (connection)))
    {
      self->tls_too_old = TRUE;
      g_cancellable_cancel (self->cancellable);
      return;
    }

  mz_trace_attempt_end (self->trace, MZ_PHASE_TLS, detail);
}

/* The addresses that the name gave, a few of them. */
static char *
describe_resolved (GPtrArray *addresses)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (addresses->len, 4); i++)
    {
      g_autofree char *address = g_inet_address_to_string (g_ptr_array_index (addresses, i));

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", address);
    }
  if (addresses->len > 4)
    g_string_append (text, ", …");

  return g_string_free (text, FALSE);
}

static GInetAddress *last_address (MzAttempt *self);

static gboolean
is_last_address (MzAttempt      *self,
                 GSocketAddress *address)
{
  GInetAddress *last = last_address (self);

  return last != NULL && G_IS_INET_SOCKET_ADDRESS (address) &&
         g_inet_address_equal (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)), last);
}

static void
connecting (MzAttempt         *self,
            GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) address = g_socket_connection_get_remote_address (connection, NULL);
  const MzPhaseRecord *resolve = mz_trace_attempt_find_phase (self->trace, MZ_PHASE_RESOLVE);

  if (G_IS_PROXY_ADDRESS (address))
    mz_trace_attempt_set_proxied (self->trace);

  /* With RESOLVED the first address is there, but not yet in the trace: the phase ends with what there is to tell. */
  if (resolve != NULL && resolve->state == MZ_PHASE_RUNNING)
    {
      GPtrArray *resolved = mz_trace_attempt_get_resolved (self->trace);
      g_autofree char *detail = resolved->len > 0 ? describe_resolved (resolved) : NULL;

      mz_trace_attempt_end (self->trace, MZ_PHASE_RESOLVE,
                            detail == NULL && is_last_address (self, address) ? "not asked: last address first" : detail);
    }

  begin_phase (self, MZ_PHASE_CONNECT);
  if (G_IS_INET_SOCKET_ADDRESS (address))
    mz_trace_attempt_add_tried (self->trace, G_INET_SOCKET_ADDRESS (address));
}

static gboolean
is_private_peer (MzAttempt      *self,
                 GSocketAddress *address)
{
  return G_IS_INET_SOCKET_ADDRESS (address) && !mz_trace_attempt_is_proxied (self->trace) &&
         mz_host_class_is_private (mz_address_classify (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))));
}

static void
connected (MzAttempt         *self,
           GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) address = g_socket_connection_get_remote_address (connection, NULL);
  g_autofree char *detail = NULL;

  if (G_IS_INET_SOCKET_ADDRESS (address))
    mz_trace_attempt_set_peer (self->trace, G_INET_SOCKET_ADDRESS (address));

  detail = mz_trace_attempt_dup_address (self->trace);
  mz_trace_attempt_end (self->trace, MZ_PHASE_CONNECT, detail);

  /* A name can lead elsewhere than a moment ago: what counts is the peer that is there now, before a byte goes to it. */
  if (self->private_only && !is_private_peer (self, address))
    {
      self->not_private = TRUE;
      self->has_tcp = TRUE;
      g_cancellable_cancel (self->cancellable);
      return;
    }

  if (!self->has_tcp)
    {
      self->has_tcp = TRUE;
      g_signal_emit (self, signals[TCP_CONNECTED], 0);
    }
}

static void
network_event_cb (MzAttempt          *self,
                  GSocketClientEvent  event,
                  GIOStream          *stream)
{
  /* What comes after our own end (a race lost, a budget used up) is no part of the record. */
  if (self->task == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;

  switch (event)
    {
    case G_SOCKET_CLIENT_CONNECTING:
      connecting (self, G_SOCKET_CONNECTION (stream));
      break;

    case G_SOCKET_CLIENT_CONNECTED:
      connected (self, G_SOCKET_CONNECTION (stream));
      break;

    case G_SOCKET_CLIENT_TLS_HANDSHAKING:
      begin_phase (self, MZ_PHASE_TLS);
      break;

    case G_SOCKET_CLIENT_TLS_HANDSHAKED:
      if (G_IS_TLS_CONNECTION (stream))
        tls_done (self, G_TLS_CONNECTION (stream));
      break;

    case G_SOCKET_CLIENT_COMPLETE:
      begin_phase (self, MZ_PHASE_UPGRADE);
      break;

    case G_SOCKET_CLIENT_RESOLVING:
    case G_SOCKET_CLIENT_RESOLVED:
    case G_SOCKET_CLIENT_PROXY_NEGOTIATING:
    case G_SOCKET_CLIENT_PROXY_NEGOTIATED:
    default:
      break;
    }
}

/* The status says it all: its page may be long, or never end. */
static void
got_headers_cb (MzAttempt *self)
{
  if (soup_message_get_status (self->message) == SOUP_STATUS_SWITCHING_PROTOCOLS)
    return;

  self->refused = TRUE;
  g_cancellable_cancel (self->cancellable);
}

static gboolean
accept_certificate_cb (MzAttempt            *self,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  errors)
{
  mz_trace_attempt_set_certificate (self->trace, certificate, errors);

  self->verdict = mz_tls_policy_judge (self->options->pin, mz_trace_attempt_get_fingerprint (self->trace), errors);
  self->certificate_rejected = !mz_tls_verdict_accepts (self->verdict);

  return !self->certificate_rejected;
}

static void
resolved_cb (MzAttempt *self,
             gpointer   addresses)
{
  if (self->task != NULL)
    mz_trace_attempt_add_resolved (self->trace, addresses);
}

static void
caller_cancelled_cb (GCancellable *cancellable,
                     GCancellable *ours)
{
  g_cancellable_cancel (ours);
}

static GError *
certificate_error (MzAttempt *self)
{
  const char *seen = mz_trace_attempt_get_fingerprint (self->trace);
  MzNetError code = mz_tls_verdict_to_error (self->verdict);

  switch (self->verdict)
    {
    case MZ_TLS_PIN_MISMATCH:
      return g_error_new (MZ_NET_ERROR, code, "the certificate (SHA-256 %s) is not the pinned one (%s)", seen, self->options->pin);
    case MZ_TLS_BAD_NAME:
      return g_error_new (MZ_NET_ERROR, code, "the certificate is not for %s",
                          mz_endpoint_get_host (mz_trace_attempt_get_endpoint (self->trace)));
    case MZ_TLS_EXPIRED:
      return g_error_new (MZ_NET_ERROR, code, "the certificate is not valid at this time");
    case MZ_TLS_UNTRUSTED:
    case MZ_TLS_TRUSTED:
    case MZ_TLS_PINNED:
    default:
      return g_error_new (MZ_NET_ERROR, code, "the certificate (SHA-256 %s) is not trusted", seen);
    }
}

/* Which error people and the fallback rule are told: the deepest there is. */
static GError *
make_error (MzAttempt    *self,
            const GError *cause)
{
  const MzPhaseRecord *last = mz_trace_attempt_get_last_phase (self->trace);
  MzPhase phase = last != NULL ? last->phase : MZ_PHASE_RESOLVE;
  SoupStatus status = soup_message_get_status (self->message);

  if (self->timed_out)
    return g_error_new (MZ_NET_ERROR, MZ_NET_ERROR_TIMED_OUT, "no answer within %u ms (%s)",
                        self->options->budgets.phase_ms[self->timed_out_phase], mz_phase_to_string (self->timed_out_phase));

  if (self->certificate_rejected)
    return certificate_error (self);

  if (self->tls_too_old)
    return g_error_new (MZ_NET_ERROR, MZ_NET_ERROR_TLS_VERSION, "the peer speaks only %s; TLS 1.2 is the least that is accepted",
                        mz_trace_attempt_get_tls_version (self->trace));

  if (self->not_private)
    return g_error_new (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_PLAINTEXT_CONSENT,
                        "plaintext is only for loopback, private networks and the tailnet, and this peer is elsewhere");

  if (self->refused)
    {
      const char *type = soup_message_headers_get_content_type (soup_message_get_response_headers (self->message), NULL);
      g_autofree char *text = g_strdup_printf ("HTTP status %d instead of 101", status);

      mz_trace_attempt_set_http (self->trace, status, type);

      return mz_gateway_error_new_http (MZ_GATEWAY_ERROR_HTTP_STATUS, status, text);
    }

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_new (MZ_NET_ERROR, MZ_NET_ERROR_CANCELLED, "cancelled");

  if (mz_trace_attempt_is_proxied (self->trace) && self->has_tcp && phase == MZ_PHASE_CONNECT && cause->domain == SOUP_WEBSOCKET_ERROR)
    return g_error_new (MZ_NET_ERROR, MZ_NET_ERROR_PROXY, "the proxy did not let the connection through (HTTP status %d)", status);

  if (status == SOUP_STATUS_SWITCHING_PROTOCOLS)
    mz_trace_attempt_set_http (self->trace, status, NULL);

  if (phase == MZ_PHASE_UPGRADE && (cause->domain == SOUP_WEBSOCKET_ERROR || g_error_matches (cause, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING)))
    return g_error_new (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_WEBSOCKET, "the answer is not a WebSocket's: %s", cause->message);

  return mz_net_error_new_from (cause, phase);
}

static void
finish_run (MzAttempt *self)
{
  GCancellable *caller = g_task_get_cancellable (self->task);

  g_clear_pointer (&self->budget, mz_source_destroy);
  if (caller != NULL)
    g_cancellable_disconnect (caller, self->caller_cancelled_id);
  self->caller_cancelled_id = 0;
  g_signal_handlers_disconnect_by_data (self->message, self);
}

static void
websocket_connect_cb (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  MzAttempt *self = MZ_ATTEMPT (user_data);
  g_autoptr (GError) cause = NULL;
  g_autoptr (SoupWebsocketConnection) connection = NULL;
  g_autoptr (GTask) task = NULL;

  connection = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &cause);

  finish_run (self);
  task = g_steal_pointer (&self->task);

  if (connection != NULL)
    {
      mz_trace_attempt_set_http (self->trace, SOUP_STATUS_SWITCHING_PROTOCOLS, NULL);
      mz_trace_attempt_end (self->trace, MZ_PHASE_UPGRADE, NULL);
      g_task_return_pointer (task, mz_soup_transport_new (connection), g_object_unref);
    }
  else
    {
      GError *error = make_error (self, cause);

      mz_trace_attempt_fail (self->trace, error);
      g_task_return_error (task, error);
      soup_session_abort (self->session);
    }

  g_clear_object (&self->message);
  g_clear_object (&self->session);
}

/* (nullable): the address that was connected a moment ago, by this route */
static GInetAddress *
last_address (MzAttempt *self)
{
  return mz_trace_attempt_get_route (self->trace) == self->options->last_route ? self->options->last_address : NULL;
}

static SoupSession *
create_session (MzAttempt *self)
{
  MzEndpoint *endpoint = mz_trace_attempt_get_endpoint (self->trace);
  g_autoptr (MzRoute) route = NULL;
  SoupSession *session;

  if (mz_trace_attempt_get_route (self->trace) == MZ_ROUTE_IPV4_ONLY || last_address (self) != NULL)
    {
      route = mz_route_new_after (mz_endpoint_get_scheme (endpoint), mz_endpoint_get_host (endpoint), mz_endpoint_get_port (endpoint),
                                  mz_trace_attempt_get_route (self->trace), last_address (self));
      g_signal_connect_object (route, "resolved", G_CALLBACK (resolved_cb), self, G_CONNECT_SWAPPED);
    }

  session = g_object_new (SOUP_TYPE_SESSION,
                          "remote-connectable", route,
                          "user-agent", "Moltzer/" MZ_VERSION,
                          /* The phases have budgets of their own. */
                          "timeout", 0,
                          "idle-timeout", 0,
                          NULL);

  /* Gateways speak neither compression nor cookies. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);

  if (self->options->proxy_resolver != NULL)
    soup_session_set_proxy_resolver (session, self->options->proxy_resolver);
  else if (!mz_strategy_uses_system_proxy (endpoint))
    soup_session_set_proxy_resolver (session, NULL);

  /* Whatever is set here is not loaded by libsoup: the system's trust store takes 30 to 300 ms, and plaintext and pins need none. */
  if (mz_endpoint_get_scheme (endpoint) == MZ_SCHEME_WS)
    soup_session_set_tls_database (session, NULL);
  else if (self->options->pin != NULL)
    {
      g_autoptr (GTlsDatabase) database = mz_tls_pin_database_new (self->options->pin);

      soup_session_set_tls_database (session, database);
    }
  else if (self->options->ca_database != NULL)
    {
      g_autoptr (GTlsDatabase) database = mz_tls_database_new (self->options->ca_database);

      soup_session_set_tls_database (session, database);
    }

  return session;
}

static void
mz_attempt_dispose (GObject *object)
{
  MzAttempt *self = MZ_ATTEMPT (object);

  g_clear_pointer (&self->budget, mz_source_destroy);
  g_clear_object (&self->message);
  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->trace);
  g_clear_pointer (&self->options, mz_dial_options_free);

  G_OBJECT_CLASS (mz_attempt_parent_class)->dispose (object);
}

static void
mz_attempt_class_init (MzAttemptClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_attempt_dispose;

  signals[TCP_CONNECTED] = g_signal_new ("tcp-connected", MZ_TYPE_ATTEMPT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
}

static void
mz_attempt_init (MzAttempt *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * mz_attempt_new:
 * @trace: the record to fill; it says where to and by which route
 * @options: how
 *
 * Returns: (transfer full): an attempt that has not begun
 */
MzAttempt *
mz_attempt_new (MzTraceAttempt      *trace,
                const MzDialOptions *options)
{
  MzAttempt *self;

  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (trace), NULL);
  g_return_val_if_fail (options != NULL, NULL);

  self = g_object_new (MZ_TYPE_ATTEMPT, NULL);
  self->trace = g_object_ref (trace);
  self->options = mz_dial_options_copy (options);

  return self;
}

/**
 * mz_attempt_run_async:
 *
 * Resolves, connects, does TLS and the upgrade (RFC 6455 §4.1), each within its budget, and records it. No redirect is followed, no
 * cookie and no Origin is sent: nothing secret leaves before the gateway is known.
 */
void
mz_attempt_run_async (MzAttempt           *self,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  MzEndpoint *endpoint;
  g_autoptr (GTask) task = NULL;
  g_autoptr (GUri) uri = NULL;

  g_return_if_fail (MZ_IS_ATTEMPT (self));
  g_return_if_fail (self->task == NULL && self->session == NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_attempt_run_async);
  g_task_set_check_cancellable (task, FALSE);

  begin_phase (self, MZ_PHASE_RESOLVE);

  endpoint = mz_trace_attempt_get_endpoint (self->trace);
  uri = g_uri_parse (mz_endpoint_to_string (endpoint), SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL)
    {
      GError *error = g_error_new (MZ_NET_ERROR, MZ_NET_ERROR_INVALID_ADDRESS, "the address cannot be used");

      g_clear_pointer (&self->budget, mz_source_destroy);
      mz_trace_attempt_fail (self->trace, error);
      g_task_return_error (task, error);
      return;
    }

  self->session = create_session (self);
  self->message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  soup_message_add_flags (self->message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect_swapped (self->message, "network-event", G_CALLBACK (network_event_cb), self);
  g_signal_connect_swapped (self->message, "got-headers", G_CALLBACK (got_headers_cb), self);
  g_signal_connect_swapped (self->message, "accept-certificate", G_CALLBACK (accept_certificate_cb), self);

  self->task = g_steal_pointer (&task);
  if (cancellable != NULL)
    self->caller_cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (caller_cancelled_cb),
                                                       g_object_ref (self->cancellable), g_object_unref);

  soup_session_websocket_connect_async (self->session, self->message, NULL, NULL, G_PRIORITY_DEFAULT, self->cancellable,
                                        websocket_connect_cb, self);
}

/**
 * mz_attempt_run_finish:
 *
 * Returns: (transfer full): the open WebSocket; on failure %NULL with a %MZ_NET_ERROR or %MZ_GATEWAY_ERROR
 */
MzTransport *
mz_attempt_run_finish (MzAttempt     *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (MZ_IS_ATTEMPT (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mz_attempt_cancel:
 *
 * Calls the attempt off: another one is used. Its callback comes with %MZ_NET_ERROR_CANCELLED.
 */
void
mz_attempt_cancel (MzAttempt *self)
{
  g_return_if_fail (MZ_IS_ATTEMPT (self));

  g_cancellable_cancel (self->cancellable);
}

MzTraceAttempt *
mz_attempt_get_trace (MzAttempt *self)
{
  g_return_val_if_fail (MZ_IS_ATTEMPT (self), NULL);

  return self->trace;
}

/**
 * mz_attempt_has_tcp:
 *
 * Returns: whether a TCP connection was made
 */
gboolean
mz_attempt_has_tcp (MzAttempt *self)
{
  g_return_val_if_fail (MZ_IS_ATTEMPT (self), FALSE);

  return self->has_tcp;
}

/**
 * mz_attempt_require_private:
 *
 * Ends the attempt with %MZ_GATEWAY_ERROR_PLAINTEXT_CONSENT, before anything is sent, unless the peer is on loopback, link-local, in a private
 * network or in the tailnet, and no proxy stands between.
 */
void
mz_attempt_require_private (MzAttempt *self)
{
  g_return_if_fail (MZ_IS_ATTEMPT (self));

  self->private_only = TRUE;
}
