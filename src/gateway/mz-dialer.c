/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-dialer.h"

#include "mz-attempt.h"
#include "mz-fallback.h"
#include "mz-gateway-error.h"
#include "mz-trace-log.h"
#include "mz-source.h"

/* One dial, from the plan to an upgraded WebSocket: the routes of one scheme, then perhaps those of the other. */
typedef struct
{
  MzTrace *trace;
  MzDialOptions *options;
  MzEndpoint *endpoint;         /* of the scheme that is tried now */
  GPtrArray *attempts;          /* MzAttempt: of this scheme */
  guint n_started;              /* routes of this scheme */
  guint n_running;
  GSource *second_route;
  GCancellable *asking;         /* of the question for proxies */
  gboolean raced;               /* the second route of this scheme was started beside the first */
  gboolean done;                /* the task has returned; what still runs is being cancelled */
  gboolean other_scheme_tried;
  GError *first_error;          /* of the scheme that was tried first */
} MzDial;

static void start_next_route (GTask *task);

static void
mz_dial_free (MzDial *dial)
{
  g_clear_pointer (&dial->second_route, mz_source_destroy);
  g_clear_object (&dial->asking);
  g_clear_object (&dial->trace);
  g_clear_pointer (&dial->options, mz_dial_options_free);
  g_clear_pointer (&dial->endpoint, mz_endpoint_unref);
  g_clear_pointer (&dial->attempts, g_ptr_array_unref);
  g_clear_error (&dial->first_error);
  g_free (dial);
}

/* No other route is to be started: neither the timer nor the question for proxies matters any more. */
static void
call_second_route_off (MzDial *dial)
{
  g_clear_pointer (&dial->second_route, mz_source_destroy);
  g_cancellable_cancel (dial->asking);
  g_clear_object (&dial->asking);
}

static void
cancel_others (MzDial    *dial,
               MzAttempt *winner)
{
  call_second_route_off (dial);

  for (guint i = 0; i < dial->attempts->len; i++)
    {
      MzAttempt *attempt = g_ptr_array_index (dial->attempts, i);

      if (attempt != winner)
        mz_attempt_cancel (attempt);
    }
}

/* One of this scheme has a TCP connection: no other route is started any more, and what has none when it fails has lost. */
static gboolean
has_tcp (MzDial *dial)
{
  for (guint i = 0; i < dial->attempts->len; i++)
    if (mz_attempt_has_tcp (g_ptr_array_index (dial->attempts, i)))
      return TRUE;

  return FALSE;
}

static void
cancel_unconnected (MzDial *dial)
{
  for (guint i = 0; i < dial->attempts->len; i++)
    {
      MzAttempt *attempt = g_ptr_array_index (dial->attempts, i);

      if (!mz_attempt_has_tcp (attempt))
        mz_attempt_cancel (attempt);
    }
}

/* Among the failed routes of one scheme: the one that got furthest, the earlier among equals; cancelled ones only if there is no other. */
static MzAttempt *
deepest_attempt (MzDial *dial)
{
  MzAttempt *deepest = NULL;
  int best = -1;

  for (guint i = 0; i < dial->attempts->len; i++)
    {
      MzAttempt *attempt = g_ptr_array_index (dial->attempts, i);
      const MzPhaseRecord *last = mz_trace_attempt_get_last_phase (mz_attempt_get_trace (attempt));
      int depth = last == NULL || last->state == MZ_PHASE_CANCELLED ? 0 : 1 + (int) last->phase;

      if (depth > best)
        {
          best = depth;
          deepest = attempt;
        }
    }

  return deepest;
}

static MzSchemeFailure
describe_failure (MzDial    *dial,
                  MzAttempt *attempt)
{
  MzTraceAttempt *trace = mz_attempt_get_trace (attempt);
  const MzPhaseRecord *last = mz_trace_attempt_get_last_phase (trace);
  const GError *error = mz_trace_attempt_get_error (trace);
  GInetSocketAddress *peer = mz_trace_attempt_get_peer (trace);
  MzSchemeFailure failure = {
    .scheme = mz_trace_attempt_get_scheme (trace),
    .phase = last != NULL ? last->phase : MZ_PHASE_RESOLVE,
    .net_code = error != NULL && error->domain == MZ_NET_ERROR ? error->code : -1,
    .http_status = mz_trace_attempt_get_http_status (trace),
    .garbage = g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_WEBSOCKET) && mz_trace_attempt_get_http_status (trace) == 0,
    .peer_known = peer != NULL && !mz_trace_attempt_is_proxied (trace),
    .pinned = dial->options->pin != NULL,
    .consent = dial->options->allow_plaintext,
    .other_tried = dial->other_scheme_tried,
  };

  if (failure.peer_known)
    failure.peer_class = mz_address_classify (g_inet_socket_address_get_address (peer));

  return failure;
}

static void
return_error (GTask  *task,
              GError *error)
{
  MzDial *dial = g_task_get_task_data (task);

  dial->done = TRUE;
  mz_trace_set_error (dial->trace, error);
  g_task_return_error (task, error);
}

static void
start_scheme (GTask    *task,
              MzScheme  scheme)
{
  MzDial *dial = g_task_get_task_data (task);
  MzEndpoint *endpoint = mz_endpoint_with_scheme (dial->endpoint, scheme);

  g_debug ("Trying %s", mz_endpoint_to_string (endpoint));
  mz_endpoint_unref (dial->endpoint);
  dial->endpoint = endpoint;
  dial->other_scheme_tried = TRUE;
  g_ptr_array_set_size (dial->attempts, 0);
  dial->n_started = 0;
  dial->raced = FALSE;

  start_next_route (task);
}

/* An A lookup cannot tell a name without A records from one that does not exist; the other route's lookup can. */
static void
amend_no_ipv4 (MzDial *dial)
{
  gboolean exists = FALSE;

  for (guint i = 0; i < dial->attempts->len; i++)
    exists |= mz_trace_attempt_reached (mz_attempt_get_trace (g_ptr_array_index (dial->attempts, i)), MZ_PHASE_RESOLVE);

  for (guint i = 0; exists && i < dial->attempts->len; i++)
    {
      MzTraceAttempt *trace = mz_attempt_get_trace (g_ptr_array_index (dial->attempts, i));
      g_autoptr (GError) error = NULL;

      if (mz_trace_attempt_get_route (trace) != MZ_ROUTE_IPV4_ONLY ||
          !g_error_matches (mz_trace_attempt_get_error (trace), MZ_NET_ERROR, MZ_NET_ERROR_NAME_NOT_FOUND))
        continue;

      error = g_error_new_literal (MZ_NET_ERROR, MZ_NET_ERROR_NO_IPV4, "the name has no IPv4 address");
      mz_trace_attempt_amend (trace, error);
    }
}

/* All routes of this scheme failed. */
static void
scheme_failed (GTask *task)
{
  MzDial *dial = g_task_get_task_data (task);
  MzAttempt *deepest = deepest_attempt (dial);
  const GError *error;
  MzSchemeFailure failure;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      return_error (task, g_error_new_literal (MZ_NET_ERROR, MZ_NET_ERROR_CANCELLED, "cancelled"));
      return;
    }

  amend_no_ipv4 (dial);
  error = mz_trace_attempt_get_error (mz_attempt_get_trace (deepest));
  failure = describe_failure (dial, deepest);

  switch (mz_fallback_decide (&failure))
    {
    case MZ_FALLBACK_TO_WSS:
      dial->first_error = g_error_copy (error);
      start_scheme (task, MZ_SCHEME_WSS);
      return;

    case MZ_FALLBACK_TO_WS:
      dial->first_error = g_error_copy (error);
      start_scheme (task, MZ_SCHEME_WS);
      return;

    case MZ_FALLBACK_ASK_PLAINTEXT:
      return_error (task, g_error_new (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_PLAINTEXT_CONSENT,
                                       "the port does not speak TLS, and plaintext is not allowed for this gateway"));
      return;

    case MZ_FALLBACK_NONE:
    default:
      break;
    }

  /* The guess that the other scheme would do was wrong unless it got past where guesses fail: then its error is the better one. */
  if (dial->first_error != NULL && failure.phase <= MZ_PHASE_TLS &&
      (failure.net_code == MZ_NET_ERROR_NOT_TLS || failure.net_code == MZ_NET_ERROR_CLOSED || failure.net_code == MZ_NET_ERROR_REFUSED ||
       failure.net_code == MZ_NET_ERROR_TLS || failure.net_code == MZ_NET_ERROR_TIMED_OUT))
    return_error (task, g_steal_pointer (&dial->first_error));
  else
    return_error (task, g_error_copy (error));
}

static gint64
wall_clock_s (void)
{
  return g_get_real_time () / G_TIME_SPAN_SECOND;
}

/* For the next dial, if this one was slower than it need have been. One that began with the last address teaches nothing: where that is dead
 * the time went there, and where it is not nobody asked for the name. */
static void
learn (MzDial *dial)
{
  const MzNetworkInfo *network = mz_trace_get_network (dial->trace);
  MzRouteKind route;

  if (dial->options->last_address != NULL)
    return;

  if (dial->options->memory != NULL && network != NULL && mz_route_lesson_of (dial->trace, &route))
    mz_route_memory_learn (dial->options->memory, mz_trace_get_endpoint (dial->trace), network->id, wall_clock_s (), route);
}

/* Whether the second route's turn comes because the first found no way. After the standard one there is nothing left for IPv4 alone to
 * find: it has tried all addresses, of both families. */
static gboolean
may_start_next (GTask        *task,
                MzAttempt    *attempt,
                const GError *error)
{
  MzDial *dial = g_task_get_task_data (task);
  const MzPlan *plan = mz_trace_get_plan (dial->trace);

  return !has_tcp (dial) && plan->routes[0] == MZ_ROUTE_IPV4_ONLY && dial->n_started < plan->n_routes &&
         !g_cancellable_is_cancelled (g_task_get_cancellable (task)) &&
         !g_error_matches (error, MZ_NET_ERROR, MZ_NET_ERROR_CANCELLED);
}

static void
attempt_done_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  MzAttempt *attempt = MZ_ATTEMPT (source);
  MzDial *dial = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (MzTransport) transport = mz_attempt_run_finish (attempt, result, &error);

  dial->n_running--;

  if (dial->done)
    return;

  if (transport != NULL)
    {
      dial->done = TRUE;
      cancel_others (dial, attempt);
      amend_no_ipv4 (dial);
      mz_trace_set_winner (dial->trace, mz_attempt_get_trace (attempt));
      if (dial->raced && attempt != g_ptr_array_index (dial->attempts, 0))
        mz_trace_set_raced (dial->trace);
      learn (dial);
      g_task_return_pointer (task, g_steal_pointer (&transport), g_object_unref);
      return;
    }

  /* After TCP was up, a failure is not the route's fault. What else has a connection may go on; what has none would not do better. */
  if (mz_attempt_has_tcp (attempt))
    cancel_unconnected (dial);

  if (may_start_next (task, attempt, error))
    start_next_route (task);
  else if (dial->n_running == 0)
    {
      call_second_route_off (dial);
      scheme_failed (task);
    }
}

static void
tcp_connected_cb (MzAttempt *attempt,
                  GTask     *task)
{
  call_second_route_off (g_task_get_task_data (task));
}

static void
start_race (GTask *task)
{
  MzDial *dial = g_task_get_task_data (task);

  g_debug ("No TCP connection yet: %s is tried beside", mz_route_kind_to_string (mz_trace_get_plan (dial->trace)->routes[dial->n_started]));
  dial->raced = TRUE;
  start_next_route (task);
}

typedef struct
{
  GTask *task;
  GCancellable *cancellable;
} ProxyQuestion;

static void
proxies_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autofree ProxyQuestion *question = user_data;
  g_autoptr (GTask) task = question->task;
  g_autoptr (GCancellable) cancellable = question->cancellable;
  g_auto (GStrv) proxies = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, NULL);
  MzDial *dial = g_task_get_task_data (task);

  /* Meanwhile somebody connected, or all is over. */
  if (dial->asking != cancellable)
    return;

  g_clear_object (&dial->asking);
  if (proxies == NULL || g_strv_length (proxies) != 1 || !g_str_equal (proxies[0], "direct://"))
    {
      g_debug ("No race: the standard way uses a proxy");
      return;
    }

  start_race (task);
}

/* The IPv4-only route is no better where a proxy looks the name up. */
static void
ask_for_proxies (GTask *task)
{
  MzDial *dial = g_task_get_task_data (task);
  GProxyResolver *resolver = dial->options->proxy_resolver != NULL ? dial->options->proxy_resolver : g_proxy_resolver_get_default ();
  ProxyQuestion *question = g_new (ProxyQuestion, 1);
  g_autofree char *uri = NULL;

  dial->asking = g_cancellable_new ();
  question->task = g_object_ref (task);
  question->cancellable = g_object_ref (dial->asking);

  /* As GProxyAddressEnumerator asks for what libsoup connects */
  uri = g_strdup_printf ("%s://%s:%u", mz_endpoint_get_scheme (dial->endpoint) == MZ_SCHEME_WSS ? "https" : "http",
                         mz_endpoint_get_host (dial->endpoint), mz_endpoint_get_port (dial->endpoint));
  g_proxy_resolver_lookup_async (resolver, uri, dial->asking, proxies_cb, question);
}

static gboolean
second_route_cb (gpointer user_data)
{
  GTask *task = G_TASK (user_data);
  MzDial *dial = g_task_get_task_data (task);

  g_clear_pointer (&dial->second_route, mz_source_destroy);
  if (dial->options->proxy_resolver != NULL || mz_strategy_uses_system_proxy (dial->endpoint))
    ask_for_proxies (task);
  else
    start_race (task);

  return G_SOURCE_REMOVE;
}

static void
start_next_route (GTask *task)
{
  MzDial *dial = g_task_get_task_data (task);
  const MzPlan *plan = mz_trace_get_plan (dial->trace);
  MzTraceAttempt *trace = mz_trace_add_attempt (dial->trace, dial->endpoint, plan->routes[dial->n_started]);
  MzAttempt *attempt = mz_attempt_new (trace, dial->options);

  call_second_route_off (dial);
  dial->n_started++;
  dial->n_running++;
  g_ptr_array_add (dial->attempts, attempt);
  if (mz_endpoint_get_scheme (mz_trace_get_endpoint (dial->trace)) == MZ_SCHEME_WSS && mz_endpoint_get_scheme (dial->endpoint) == MZ_SCHEME_WS)
    mz_attempt_require_private (attempt);
  g_signal_connect_object (attempt, "tcp-connected", G_CALLBACK (tcp_connected_cb), task, 0);

  if (dial->n_started < plan->n_routes)
    {
      dial->second_route = g_timeout_source_new (plan->routes[0] == MZ_ROUTE_STANDARD ? dial->options->budgets.race_ms
                                                 : dial->options->budgets.second_route_ms);
      g_source_set_callback (dial->second_route, second_route_cb, task, NULL);
      g_source_set_static_name (dial->second_route, "[moltzer] second route");
      g_source_attach (dial->second_route, g_main_context_get_thread_default ());
    }

  mz_attempt_run_async (attempt, g_task_get_cancellable (task), attempt_done_cb, g_object_ref (task));
}

/**
 * mz_dial_options_new:
 *
 * Returns: (transfer full): the defaults: this platform, automatic strategy, the budgets of the design, the system's trust
 */
MzDialOptions *
mz_dial_options_new (void)
{
  MzDialOptions *self = g_new0 (MzDialOptions, 1);

  self->platform = mz_platform_current ();
  self->setting = MZ_STRATEGY_AUTO;
  self->budgets = mz_budgets_default ();

  return self;
}

MzDialOptions *
mz_dial_options_copy (const MzDialOptions *self)
{
  MzDialOptions *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (MzDialOptions, 1);
  *copy = *self;
  copy->pin = g_strdup (self->pin);
  if (self->ca_database != NULL)
    g_object_ref (self->ca_database);
  if (self->proxy_resolver != NULL)
    g_object_ref (self->proxy_resolver);
  if (self->last_address != NULL)
    g_object_ref (self->last_address);
  if (self->memory != NULL)
    g_object_ref (self->memory);

  return copy;
}

void
mz_dial_options_free (MzDialOptions *self)
{
  if (self == NULL)
    return;

  g_free (self->pin);
  g_clear_object (&self->ca_database);
  g_clear_object (&self->proxy_resolver);
  g_clear_object (&self->last_address);
  g_clear_object (&self->memory);
  g_free (self);
}

/**
 * mz_dialer_plan_trace:
 * @endpoint: where to
 * @options: how
 *
 * Decides the plan, with what is remembered for this network, and starts the record, so that whoever wants to watch can connect to it before the first step. Its lines go to the
 * log.
 *
 * Returns: (transfer full): the trace to hand to mz_dialer_dial_async()
 */
MzTrace *
mz_dialer_plan_trace (MzEndpoint          *endpoint,
                      const MzDialOptions *options)
{
  g_autoptr (MzNetworkInfo) network = NULL;
  MzRouteKind learned;
  gboolean known = FALSE;
  MzPlan plan;
  MzTrace *trace;

  g_return_val_if_fail (endpoint != NULL, NULL);
  g_return_val_if_fail (options != NULL, NULL);

  if (options->memory != NULL && mz_strategy_may_detect (endpoint, options->setting))
    {
      network = mz_network_info_collect ();
      known = mz_route_memory_recall (options->memory, endpoint, network->id, wall_clock_s (), &learned);
    }
  if (options->last_address != NULL)
    {
      learned = options->last_route;
      known = TRUE;
    }
  plan = mz_strategy_plan_learned (options->platform, endpoint, options->setting, known ? &learned : NULL);
  trace = mz_trace_new (endpoint, &plan);
  mz_trace_set_network (trace, network);
  mz_trace_log_attach (trace);

  return trace;
}

/**
 * mz_dialer_dial_async:
 * @trace: from mz_dialer_plan_trace(), used once
 * @options: how
 *
 * Carries the plan out: the first route; the second when the first finds no way or has no TCP connection after
 * #MzBudgets.second_route_ms or #MzBudgets.race_ms, but never after TCP was up; the other scheme where mz_fallback_decide() says so. The
 * first to be upgraded wins; what is still under way when it returns is cancelled. What the dial teaches goes into #MzDialOptions.memory.
 */
void
mz_dialer_dial_async (MzTrace             *trace,
                      const MzDialOptions *options,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  MzDial *dial;

  g_return_if_fail (MZ_IS_TRACE (trace));
  g_return_if_fail (options != NULL);
  g_return_if_fail (mz_trace_get_n_attempts (trace) == 0);

  dial = g_new0 (MzDial, 1);
  dial->trace = g_object_ref (trace);
  dial->options = mz_dial_options_copy (options);
  dial->endpoint = mz_endpoint_ref (mz_trace_get_endpoint (trace));
  dial->attempts = g_ptr_array_new_with_free_func (g_object_unref);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_dialer_dial_async);
  g_task_set_task_data (task, dial, (GDestroyNotify) mz_dial_free);
  g_task_set_check_cancellable (task, FALSE);

  start_next_route (task);
}

/**
 * mz_dialer_dial_finish:
 *
 * Returns: (transfer full): the open WebSocket; on failure %NULL with the error that tells people most
 */
MzTransport *
mz_dialer_dial_finish (GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
