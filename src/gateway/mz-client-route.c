/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-client-private.h"

/* After a drop the last good route and address are tried first, once, while they are fresh and the network is the same. */

/* Later than this, in s of the wall clock, an address may have become somebody else's: a machine may have slept meanwhile. */
#define FRESH_S 60

static gint64
wall_clock_s (void)
{
  return g_get_real_time () / G_TIME_SPAN_SECOND;
}

static void
forget (MzClient *self)
{
  g_clear_object (&self->options->last_address);
}

/* The connection is ready: this way it was reached. A proxy's address is no gateway's, and an address needs no lookup. */
void
mz_client_note_route (MzClient *self)
{
  MzTraceAttempt *attempt = mz_trace_get_winner (self->trace);
  GInetSocketAddress *peer = mz_trace_attempt_get_peer (attempt);
  g_autoptr (MzNetworkInfo) network = NULL;

  forget (self);
  self->lost_at_s = 0;
  if (peer == NULL || mz_trace_attempt_is_proxied (attempt) || mz_endpoint_get_host_kind (self->endpoint) != MZ_HOST_KIND_NAME)
    return;

  network = mz_network_info_collect ();
  g_free (self->last_network_id);
  self->last_network_id = g_strdup (network->id);
  self->options->last_address = g_object_ref (g_inet_socket_address_get_address (peer));
  self->options->last_route = mz_trace_attempt_get_route (attempt);
}

/* A connection, or a try to make one, has ended. */
void
mz_client_note_drop (MzClient *self)
{
  if (self->ready_at != 0)
    self->lost_at_s = wall_clock_s ();
  else
    forget (self);
}

/* A dial is about to begin. */
void
mz_client_check_route (MzClient *self)
{
  g_autoptr (MzNetworkInfo) network = NULL;
  gint64 age_s = wall_clock_s () - self->lost_at_s;

  if (self->options->last_address == NULL)
    return;

  network = mz_network_info_collect ();
  if (self->lost_at_s == 0 || age_s < 0 || age_s > FRESH_S || g_strcmp0 (network->id, self->last_network_id) != 0)
    forget (self);
}
