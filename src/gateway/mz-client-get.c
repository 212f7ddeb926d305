/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-client-private.h"

/* How a client stands. */

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
