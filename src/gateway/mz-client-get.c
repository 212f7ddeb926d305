/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-client-private.h"

/* How a client stands. */

/* docs: gateway/protocol/transport: a client that reads too slowly is closed with 1008 and this reason. */
#define CLOSE_POLICY 1008
#define REASON_SLOW_CONSUMER "slow consumer"

/* Below this a page does not reach back to what a reconnect has to look for. */
#define MIN_PAGE 25

/* Who has kept up for so long is not slow any more. */
#define KEPT_UP_US (5 * G_TIME_SPAN_MINUTE)

MzEndpoint *
mz_client_get_endpoint (MzClient *self)
{
  g_return_val_if_fail (MZ_IS_CLIENT (self), NULL);

  return self->endpoint;
}

MzClientState
mz_client_get_state (MzClient *self)
{
  g_return_val_if_fail (MZ_IS_CLIENT (self), MZ_CLIENT_OFFLINE);

  return self->state;
}

/**
 * mz_client_get_trace:
 *
 * Returns: (transfer none) (nullable): the record of the newest dial
 */
MzTrace *
mz_client_get_trace (MzClient *self)
{
  g_return_val_if_fail (MZ_IS_CLIENT (self), NULL);

  return self->trace;
}

/**
 * mz_client_get_hello:
 *
 * Returns: (transfer none) (nullable): what the gateway said of itself; %NULL unless ready
 */
MzHello *
mz_client_get_hello (MzClient *self)
{
  g_return_val_if_fail (MZ_IS_CLIENT (self), NULL);

  return self->connection != NULL ? mz_connection_get_hello (self->connection) : NULL;
}

/**
 * mz_client_get_error:
 *
 * Returns: (nullable): why the last try failed or the last connection ended; %NULL once ready
 */
const GError *
mz_client_get_error (MzClient *self)
{
  g_return_val_if_fail (MZ_IS_CLIENT (self), NULL);

  return self->error;
}

/**
 * mz_client_get_retry_at:
 *
 * Returns: when the next try comes, monotonic µs; 0 when none is planned
 */
gint64
mz_client_get_retry_at (MzClient *self)
{
  g_return_val_if_fail (MZ_IS_CLIENT (self), 0);

  return self->retry_at;
}

/**
 * mz_client_get_failures:
 *
 * Returns: how many times in a row it did not work: tries that failed since the last hello-ok, or connections that ended soon after theirs
 */
guint
mz_client_get_failures (MzClient *self)
{
  g_return_val_if_fail (MZ_IS_CLIENT (self), 0);

  return MAX (self->failures, self->flaps);
}

/**
 * mz_client_has_method:
 *
 * Returns: whether the gateway is there and names @method among its features
 */
gboolean
mz_client_has_method (MzClient   *self,
                      const char *method)
{
  MzHello *hello = mz_client_get_hello (self);

  return hello != NULL && mz_hello_has_method (hello, method);
}

/**
 * mz_client_get_page_limit:
 * @usual: how many rows one would ask for
 *
 * Each time the gateway has dropped this client because it read too slowly, lists are asked for in pages of half the size, until it has kept up
 * for a while.
 *
 * Returns: how many rows to ask for at once
 */
guint
mz_client_get_page_limit (MzClient *self,
                          guint     usual)
{
  g_return_val_if_fail (MZ_IS_CLIENT (self), usual);

  return MAX (usual >> MIN (self->too_slow, 8), MIN (usual, MIN_PAGE));
}

/* For mz-client.c: what a loss tells for the time after it */
void
mz_client_note_loss (MzClient     *self,
                     const GError *error)
{
  if (mz_gateway_error_get_close_code (error) == CLOSE_POLICY &&
      g_strcmp0 (mz_gateway_error_get_reason (error), REASON_SLOW_CONSUMER) == 0)
    self->too_slow++;
  else if (self->ready_at != 0 && g_get_monotonic_time () - self->ready_at > KEPT_UP_US)
    self->too_slow = 0;
}

/* For mz-client-requests.c */
MzConnection *
mz_client_get_connection (MzClient *self)
{
  return self->connection;
}

MzClientRequests *
mz_client_get_requests (MzClient *self)
{
  return self->requests;
}
