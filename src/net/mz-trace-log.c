/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-trace-log.h"

#include "mz-redact.h"

/* The lines people search for in bug reports: their wording is kept from the original fix. */

static const char *
route_label (MzTraceAttempt *attempt)
{
  return mz_trace_attempt_get_route (attempt) == MZ_ROUTE_IPV4_ONLY ? "Manual TCP" : "Standard";
}

static void
log_line (MzTraceAttempt *attempt,
          const char     *format,
          ...) G_GNUC_PRINTF (2, 3);

static void
log_line (MzTraceAttempt *attempt,
          const char     *format,
          ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  g_debug ("%s: %s", route_label (attempt), text);
}

static char *
address_to_string (GInetSocketAddress *address)
{
  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

static const char *
family_label (GInetSocketAddress *address)
{
  return g_socket_address_get_family (G_SOCKET_ADDRESS (address)) == G_SOCKET_FAMILY_IPV4 ? "IPv4" : "IPv6";
}

static void
log_resolved (MzTraceAttempt *attempt)
{
  GPtrArray *resolved = mz_trace_attempt_get_resolved (attempt);
  g_autoptr (GString) list = g_string_new (NULL);

  if (resolved->len == 0)
    return;

  for (guint i = 0; i < resolved->len; i++)
    {
      g_autofree char *address = g_inet_address_to_string (g_ptr_array_index (resolved, i));

      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", address);
    }

  log_line (attempt, "Resolved to %u %s(s): [%s]", resolved->len,
            mz_trace_attempt_get_route (attempt) == MZ_ROUTE_IPV4_ONLY ? "IPv4 addr" : "addr", list->str);
}

static void
phase_begun_cb (MzTrace        *trace,
                MzTraceAttempt *attempt,
                guint           phase,
                gpointer        user_data)
{
  MzEndpoint *endpoint = mz_trace_attempt_get_endpoint (attempt);

  switch ((MzPhase) phase)
    {
    case MZ_PHASE_RESOLVE:
      log_line (attempt, "Connecting to %s", mz_endpoint_to_string (endpoint));
      log_line (attempt, "Resolving %s%s...", mz_endpoint_get_host (endpoint),
                mz_trace_attempt_get_route (attempt) == MZ_ROUTE_IPV4_ONLY ? " (IPv4 only)" : "");
      break;

    case MZ_PHASE_TLS:
      log_line (attempt, "Performing TLS handshake...");
      break;

    case MZ_PHASE_CHALLENGE:
      log_line (attempt, "Waiting for the gateway's challenge...");
      break;

    case MZ_PHASE_HELLO:
      log_line (attempt, "Logging in...");
      break;

    case MZ_PHASE_CONNECT:
    case MZ_PHASE_UPGRADE:
    default:
      break;
    }
}

static void
phase_ended_cb (MzTrace        *trace,
                MzTraceAttempt *attempt,
                guint           phase,
                gpointer        user_data)
{
  const MzPhaseRecord *record = mz_trace_attempt_find_phase (attempt, phase);
  double ms = (record->end_us - record->start_us) / 1000.0;
  gboolean tls = mz_trace_attempt_get_scheme (attempt) == MZ_SCHEME_WSS;

  if (record->state != MZ_PHASE_OK)
    {
      const GError *error = mz_trace_attempt_get_error (attempt);
      g_autofree char *safe = error != NULL ? mz_redact (error->message, NULL) : NULL;

      log_line (attempt, "%s %s after %.1f ms: %s", mz_phase_to_string (phase),
                record->state == MZ_PHASE_CANCELLED ? "cancelled" : "failed", ms, safe != NULL ? safe : "?");
      return;
    }

  switch ((MzPhase) phase)
    {
    case MZ_PHASE_RESOLVE:
      log_resolved (attempt);
      break;

    case MZ_PHASE_CONNECT:
      log_line (attempt, "TCP connection established (%s, %.1f ms)", record->detail, ms);
      break;

    case MZ_PHASE_TLS:
      log_line (attempt, "TLS handshake complete, upgrading to WebSocket... (%s, %.1f ms)", record->detail, ms);
      break;

    case MZ_PHASE_UPGRADE:
      log_line (attempt, "WebSocket connection established (%s)", tls ? "TLS" : "plain");
      break;

    case MZ_PHASE_CHALLENGE:
      log_line (attempt, "Challenge received (%.1f ms)", ms);
      break;

    case MZ_PHASE_HELLO:
      log_line (attempt, "Logged in (%s, %.1f ms)", record->detail, ms);
      break;

    default:
      break;
    }
}

static void
tried_cb (MzTrace        *trace,
          MzTraceAttempt *attempt,
          GSocketAddress *address,
          gpointer        user_data)
{
  g_autofree char *text = address_to_string (G_INET_SOCKET_ADDRESS (address));

  log_line (attempt, "Connecting to %s (%s)...", text, family_label (G_INET_SOCKET_ADDRESS (address)));
}

/**
 * mz_trace_log_attach:
 * @trace: a trace that is about to be filled
 *
 * Writes the plan now, and each step as it happens, as debug messages of the domain `moltzer-net`
 * (`G_MESSAGES_DEBUG=moltzer-net` shows them). What others wrote passes the
 * redactor; the rest is made of addresses, which carry no secrets.
 */
void
mz_trace_log_attach (MzTrace *trace)
{
  const MzPlan *plan;

  g_return_if_fail (MZ_IS_TRACE (trace));

  plan = mz_trace_get_plan (trace);
  if (plan->routes[0] == MZ_ROUTE_IPV4_ONLY)
    g_debug ("Connection Strategy: Using manual TCP (macOS/Tailscale workaround) [%s]", mz_reason_to_string (plan->reason));
  else
    g_debug ("Connection Strategy: Using standard connection [%s]", mz_reason_to_string (plan->reason));

  g_signal_connect (trace, "phase-begun", G_CALLBACK (phase_begun_cb), NULL);
  g_signal_connect (trace, "phase-ended", G_CALLBACK (phase_ended_cb), NULL);
  g_signal_connect (trace, "tried", G_CALLBACK (tried_cb), NULL);
}
