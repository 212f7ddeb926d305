/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-client-private.h"
#include "mz-clock.h"

/* After a drop the last good route and address are tried first, once, while they are fresh and the network is the same. */

/* This long after the gateway was heard there, an address may have become somebody else's. The loss says little: who has slept for hours
 * notices it only now. */
#define FRESH_US (60 * G_TIME_SPAN_SECOND)

/* What was connected may be somebody else's now, and the network's description need not tell: routers are alike. */
void
mz_client_forget_route (MzClient *self)
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

  mz_client_forget_route (self);
  mz_client_note_heard (self);
  self->lost = FALSE;
  if (peer == NULL || mz_trace_attempt_is_proxied (attempt) || mz_endpoint_get_host_kind (self->endpoint) != MZ_HOST_KIND_NAME)
    return;

  network = mz_network_info_collect ();
  g_free (self->last_network_id);
  self->last_network_id = g_strdup (network->id);
  self->options->last_address = g_object_ref (g_inet_socket_address_get_address (peer));
  self->options->last_route = mz_trace_attempt_get_route (attempt);
}

/* Something came over the connection. */
void
mz_client_note_heard (MzClient *self)
{
  self->heard_boot_us = mz_clock_boot_us ();
}

/* A connection, or a try to make one, has ended. */
void
mz_client_note_drop (MzClient *self)
{
  if (self->ready_at != 0)
    self->lost = TRUE;
  else
    mz_client_forget_route (self);
}

/* A dial is about to begin. */
void
mz_client_check_route (MzClient *self)
{
  g_autoptr (MzNetworkInfo) network = NULL;

  if (self->options->last_address == NULL)
    return;

  network = mz_network_info_collect ();
  if (!self->lost || mz_clock_boot_us () - self->heard_boot_us > FRESH_US || g_strcmp0 (network->id, self->last_network_id) != 0)
    mz_client_forget_route (self);
}
