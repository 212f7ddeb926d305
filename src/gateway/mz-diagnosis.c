/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-diagnosis.h"

#include <glib/gi18n-lib.h>

#include "mz-diagnosis-private.h"

/* From when on people notice a slow name server, in ms. */
#define SLOW_RESOLVE_MS 2000

/* RFC 8305, section 5: how long one address may be silent before the next is tried, in ms. GSocketClient does it too. */
#define STAGGER_MS 250

/* The parts of the diagnosis use these; see mz-diagnosis-private.h. */
MzDiagnosis *
mz_diagnosis_new (const char *id,
                  const char *headline,
                  char       *explanation,
                  char       *fix)
{
  MzDiagnosis *self = g_new0 (MzDiagnosis, 1);

  self->id = id;
  self->headline = g_strdup (headline);
  self->explanation = explanation;
  self->fix = fix;
  return self;
}

char *
mz_diagnosis_say (const char *format,
                  ...)
{
  va_list args;
  char *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return text;
}

/* How long a phase that has ended took, 0 without one. */
guint
mz_diagnosis_phase_ms (MzTraceAttempt *attempt,
                       MzPhase         phase)
{
  const MzPhaseRecord *record = attempt != NULL ? mz_trace_attempt_find_phase (attempt, phase) : NULL;

  if (record == NULL || record->end_us <= record->start_us)
    return 0;
  return (guint) ((record->end_us - record->start_us) / 1000);
}

static GSocketFamily
address_family (GInetSocketAddress *address)
{
  return address != NULL ? g_socket_address_get_family (G_SOCKET_ADDRESS (address)) : G_SOCKET_FAMILY_INVALID;
}

static gboolean
tried_ipv6 (MzTraceAttempt *attempt)
{
  GPtrArray *tried = mz_trace_attempt_get_tried (attempt);

  for (guint i = 0; i < tried->len; i++)
    {
      if (address_family (g_ptr_array_index (tried, i)) == G_SOCKET_FAMILY_IPV6)
        return TRUE;
    }
  return FALSE;
}

/* The other route of the winner's scheme, if it was tried. */
static MzTraceAttempt *
find_loser (MzTrace        *trace,
            MzTraceAttempt *winner)
{
  for (guint i = 0; i < mz_trace_get_n_attempts (trace); i++)
    {
      MzTraceAttempt *attempt = mz_trace_get_attempt (trace, i);

      if (attempt != winner &&
          mz_trace_attempt_get_scheme (attempt) == mz_trace_attempt_get_scheme (winner) &&
          mz_trace_attempt_get_route (attempt) != mz_trace_attempt_get_route (winner))
        return attempt;
    }
  return NULL;
}

/* Whether IPv6 was tried and gave nothing, so that IPv4 was used. */
static gboolean
is_ipv6_dead (MzTraceAttempt *winner,
              MzTraceAttempt *loser)
{
  if (address_family (mz_trace_attempt_get_peer (winner)) != G_SOCKET_FAMILY_IPV4)
    return FALSE;

  /* Within one route: IPv4 came to its turn only because IPv6 was silent. A refusal is quicker, and normal on localhost. */
  if (mz_trace_attempt_get_route (winner) == MZ_ROUTE_STANDARD)
    return tried_ipv6 (winner) && mz_diagnosis_phase_ms (winner, MZ_PHASE_CONNECT) >= STAGGER_MS;
  return loser != NULL && tried_ipv6 (loser) && !mz_trace_attempt_reached (loser, MZ_PHASE_CONNECT);
}

/* Whether the standard way lost the race because it was still looking up the name: the question for IPv6 got no answer. */
static gboolean
is_name_half_answered (MzTrace        *trace,
                       MzTraceAttempt *winner,
                       MzTraceAttempt *loser)
{
  return mz_trace_get_plan (trace)->reason == MZ_REASON_RACED &&
         mz_trace_attempt_get_route (winner) == MZ_ROUTE_IPV4_ONLY &&
         loser != NULL && !mz_trace_attempt_reached (loser, MZ_PHASE_RESOLVE);
}

static MzDiagnosis *
diagnose_scheme (MzTrace        *trace,
                 MzTraceAttempt *winner)
{
  MzEndpoint *asked = mz_trace_get_endpoint (trace);
  MzEndpoint *used = mz_trace_attempt_get_endpoint (winner);

  if (mz_endpoint_get_scheme (asked) == mz_endpoint_get_scheme (used))
    return NULL;
  if (mz_endpoint_get_scheme (used) == MZ_SCHEME_WSS)
    return mz_diagnosis_new ("needs-wss", _("This port speaks TLS"),
                             mz_diagnosis_say (_("Port %u of %s expects TLS, so %s was used."),
                                               mz_endpoint_get_port (used),
                                               mz_endpoint_get_display_host (used), mz_endpoint_to_string (used)),
                             mz_diagnosis_say (_("Use %s as the gateway’s address from now on."),
                                               mz_endpoint_to_string (used)));
  return mz_diagnosis_new ("needs-ws", _("The connection is not encrypted"),
                           mz_diagnosis_say (_("Port %u of %s does not speak TLS, so %s was used, as you allowed."),
                                             mz_endpoint_get_port (used),
                                             mz_endpoint_get_display_host (used), mz_endpoint_to_string (used)),
                           g_strdup (_("Reach the gateway through Tailscale, or set up TLS for it, to have the "
                                       "connection encrypted.")));
}

static MzDiagnosis *
diagnose_success (MzTrace        *trace,
                  MzTraceAttempt *winner)
{
  MzTraceAttempt *loser = find_loser (trace, winner);
  MzDiagnosis *scheme = diagnose_scheme (trace, winner);
  const char *host = mz_endpoint_get_display_host (mz_trace_attempt_get_endpoint (winner));
  g_autofree char *address = mz_trace_attempt_dup_address (winner);
  guint connect_ms = mz_diagnosis_phase_ms (winner, MZ_PHASE_CONNECT);
  guint resolve_ms = mz_diagnosis_phase_ms (winner, MZ_PHASE_RESOLVE);

  if (scheme != NULL)
    return scheme;

  if (is_ipv6_dead (winner, loser))
    {
      g_autofree char *headline = mz_diagnosis_say (_("IPv6 unreachable; used IPv4 (%u ms)"), connect_ms);

      /* Without a strict setting the next dial on this network begins with IPv4 by itself. */
      return mz_diagnosis_new ("ipv6-dead", headline,
                               mz_diagnosis_say (_("%s has an IPv6 address, but nothing answered there. The IPv4 address "
                                                   "%s did (%u ms)."),
                                                 host, address, connect_ms),
                               mz_trace_get_plan (trace)->reason != MZ_REASON_SETTING ? NULL
                               : g_strdup (_("Choose the automatic strategy for this gateway to save the wait.")));
    }

  if (is_name_half_answered (trace, winner, loser))
    {
      g_autofree char *headline = mz_diagnosis_say (_("DNS was slow; used IPv4 (%u ms)"), connect_ms);

      return mz_diagnosis_new ("dns-slow", headline,
                               mz_diagnosis_say (_("DNS gave no complete answer for %s in time. Asked for its IPv4 address alone, it "
                                                   "gave %s."), host, address), NULL);
    }

  if (loser != NULL && mz_trace_attempt_get_route (winner) == MZ_ROUTE_STANDARD &&
      g_error_matches (mz_trace_attempt_get_error (loser), MZ_NET_ERROR, MZ_NET_ERROR_NO_IPV4))
    return mz_diagnosis_new ("no-ipv4", _("No IPv4 address; IPv6 was used"),
                             mz_diagnosis_say (_("%s has no IPv4 address. The address %s answered (%u ms)."), host,
                                               address, connect_ms), NULL);

  if (resolve_ms >= SLOW_RESOLVE_MS)
    return mz_diagnosis_new ("dns-slow", _("Looking up the name was slow"),
                             mz_diagnosis_say (_("DNS took %.1f s to answer for %s."), resolve_ms / 1000.0, host),
                             g_strdup (_("Check this network’s DNS servers, or use the gateway’s IP address.")));
  return mz_diagnosis_of_scopes (trace);
}

/* The attempt that ended with @error; the deepest one when that is not to be seen. */
static MzTraceAttempt *
find_failed_attempt (MzTrace      *trace,
                     const GError *error)
{
  for (guint i = 0; i < mz_trace_get_n_attempts (trace); i++)
    {
      MzTraceAttempt *attempt = mz_trace_get_attempt (trace, i);
      const GError *its_error = mz_trace_attempt_get_error (attempt);

      if (its_error != NULL && g_error_matches (its_error, error->domain, error->code) && g_str_equal (its_error->message,
                                                                                                       error->message))
        return attempt;
    }
  return mz_trace_get_deepest (trace);
}

static MzFailure
describe_failure (MzTrace           *trace,
                  const MzHostFacts *facts,
                  const GError      *error)
{
  MzFailure failure = { .trace = trace, .facts = facts, .error = error, .attempt = find_failed_attempt (trace, error) };
  const MzPhaseRecord *last = failure.attempt != NULL ? mz_trace_attempt_get_last_phase (failure.attempt) : NULL;
  GInetSocketAddress *peer = failure.attempt != NULL ? mz_trace_attempt_get_peer (failure.attempt) : NULL;

  failure.endpoint = failure.attempt != NULL ? mz_trace_attempt_get_endpoint (failure.attempt) : mz_trace_get_endpoint (trace);
  failure.host = mz_endpoint_get_display_host (failure.endpoint);
  failure.port = mz_endpoint_get_port (failure.endpoint);
  failure.phase = last != NULL ? last->phase : MZ_PHASE_RESOLVE;

  /* A name's class is a hint: with Tailscale Funnel a ts.net name leads to a public address. */
  failure.tailnet = (peer != NULL ? mz_address_classify (g_inet_socket_address_get_address (peer))
                                  : mz_endpoint_get_host_class (failure.endpoint)) == MZ_HOST_CLASS_TAILNET;
  return failure;
}

/**
 * mz_diagnosis_of:
 * @trace: the dial
 * @facts: this host
 * @error: (nullable): why there is no connection, or none any more; %NULL takes that of @trace
 *
 * Explains a dial: what happened, what is known of it, and what to do next. Pure: nothing is asked or tried.
 *
 * Returns: (transfer full) (nullable): the diagnosis; %NULL when there is nothing worth saying
 */
MzDiagnosis *
mz_diagnosis_of (MzTrace           *trace,
                 const MzHostFacts *facts,
                 const GError      *error)
{
  MzFailure failure;
  MzDiagnosis *diagnosis = NULL;

  g_return_val_if_fail (MZ_IS_TRACE (trace), NULL);
  g_return_val_if_fail (facts != NULL, NULL);

  if (error == NULL)
    error = mz_trace_get_error (trace);
  if (error == NULL)
    return mz_trace_get_winner (trace) != NULL ? diagnose_success (trace, mz_trace_get_winner (trace)) : NULL;
  if (g_error_matches (error, MZ_NET_ERROR, MZ_NET_ERROR_CANCELLED) || g_error_matches (error, G_IO_ERROR,
                                                                                        G_IO_ERROR_CANCELLED))
    return NULL;

  failure = describe_failure (trace, facts, error);
  diagnosis = mz_diagnosis_of_loss (&failure);
  if (diagnosis != NULL)
    return diagnosis;

  if (error->domain == MZ_NET_ERROR)
    diagnosis = mz_diagnosis_of_network (&failure);
  else if (error->domain == MZ_GATEWAY_ERROR)
    diagnosis = mz_diagnosis_of_gateway (&failure);

  if (diagnosis == NULL)
    diagnosis = mz_diagnosis_new ("unknown", _("The connection failed"),
                                  mz_diagnosis_say (_("%s, port %u: %s"), failure.host, failure.port, error->message),
                                  g_strdup (_("Try again. If it stays like this, the report of the connection has the "
                                              "details.")));
  return diagnosis;
}

/**
 * mz_diagnosis_free:
 * @self: (transfer full) (nullable): a diagnosis
 */
void
mz_diagnosis_free (MzDiagnosis *self)
{
  if (self == NULL)
    return;

  g_free (self->headline);
  g_free (self->explanation);
  g_free (self->fix);
  g_free (self->command);
  g_free (self);
}
