/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-client-private.h"
#include "mz-clock.h"
#include "mz-wake.h"

/* What a client does when this host woke up or its network changed. */

/* A gateway that is there answers within a round trip; a second try of TCP comes after 1 s (RFC 6298, section 2.1), the next after 3 s. */
#define PROBE_MS 3000

static gboolean
has_peer (MzClient *self)
{
  for (guint i = 0; i < mz_trace_get_n_attempts (self->trace); i++)
    if (mz_trace_attempt_reached (mz_trace_get_attempt (self->trace, i), MZ_PHASE_CONNECT))
      return TRUE;

  return FALSE;
}

/* Without a way outside the hosts nearby may be there all the same. */
static gboolean
is_nearby (MzClient *self)
{
  switch (mz_endpoint_get_host_class (self->endpoint))
    {
    case MZ_HOST_CLASS_PRIVATE:
    case MZ_HOST_CLASS_LINK_LOCAL:
    case MZ_HOST_CLASS_TAILNET:
      return TRUE;
    case MZ_HOST_CLASS_LOOPBACK:
    case MZ_HOST_CLASS_PUBLIC:
    default:
      return FALSE;
    }
}

/**
 * mz_client_wake:
 * @why: %MZ_CIRCUMSTANCE_NETWORK_CHANGED or %MZ_CIRCUMSTANCE_RESUMED
 * @network_available: whether there is a network, as far as the system knows
 *
 * Takes note that what was connected may be dead, though nothing says so. A connection is asked for a sign of life at once and given up after
 * 3 s without one; a planned try does not wait for its backoff any longer, unless the gateway itself has named a time; what has stopped
 * because of the network (a sign-in page) tries again. Nothing happens to a client that is offline.
 */
void
mz_client_wake (MzClient       *self,
                MzCircumstance  why,
                gboolean        network_available)
{
  MzWakeInput input;
  MzWake wake;

  g_return_if_fail (MZ_IS_CLIENT (self));

  mz_client_forget_route (self);

  input = (MzWakeInput) {
    .why = why,
    .state = self->state,
    .error = self->error,
    .network_available = network_available || is_nearby (self),
    .told = self->retry_told,
    .wait_is_over = self->retry_boot_us != 0 && mz_clock_boot_us () >= self->retry_boot_us,
  };
  if (self->state == MZ_CLIENT_CONNECTING && self->trace != NULL)
    {
      input.connecting_ms = (g_get_monotonic_time () - mz_trace_get_start_us (self->trace)) / G_TIME_SPAN_MILLISECOND;
      input.has_peer = has_peer (self);
    }

  /* Who asked for one try gets one try; and who is stopping gets none. */
  wake = mz_wake_decide (&input);
  if (!g_queue_is_empty (&self->stop_tasks) || (!self->reconnect && wake != MZ_WAKE_PROBE))
    return;

  switch (wake)
    {
    case MZ_WAKE_PROBE:
      mz_connection_probe (self->connection, why, PROBE_MS);
      break;

    case MZ_WAKE_RETRY:
    case MZ_WAKE_REDIAL:
      g_debug ("%s: trying at once", why == MZ_CIRCUMSTANCE_RESUMED ? "This computer woke up" : "The network has changed");
      self->failures = 0;
      mz_client_redial (self);
      break;

    case MZ_WAKE_NOTHING:
    default:
      break;
    }
}
