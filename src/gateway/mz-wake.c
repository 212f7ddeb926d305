/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-wake.h"

#include "mz-net-error.h"

/* A network that comes up tells so several times within a moment; a dial as young as this has begun because of it, in ms. */
#define YOUNG_MS 1000

/* The gateway takes its time, or a person is waited for: another network changes nothing about that. */
static gboolean
is_told_to_wait (const GError *error)
{
  if (error == NULL || error->domain != MZ_GATEWAY_ERROR)
    return FALSE;

  switch ((MzGatewayError) error->code)
    {
    case MZ_GATEWAY_ERROR_RATE_LIMITED:
    case MZ_GATEWAY_ERROR_STARTING:
    case MZ_GATEWAY_ERROR_PAIRING:
      return TRUE;
    default:
      return FALSE;
    }
}

/* What something between may have caused, such as a sign-in page: in another network it is gone. Nothing secret is sent before that is seen. */
static gboolean
is_of_the_network (const GError *error)
{
  if (error == NULL)
    return FALSE;

  if (error->domain == MZ_GATEWAY_ERROR)
    switch ((MzGatewayError) error->code)
      {
      case MZ_GATEWAY_ERROR_HTTP_STATUS:
      case MZ_GATEWAY_ERROR_NOT_WEBSOCKET:
      case MZ_GATEWAY_ERROR_NOT_A_GATEWAY:
        return TRUE;
      default:
        return FALSE;
      }

  if (error->domain == MZ_NET_ERROR)
    switch ((MzNetError) error->code)
      {
      case MZ_NET_ERROR_NOT_TLS:
      case MZ_NET_ERROR_TLS_UNTRUSTED:
      case MZ_NET_ERROR_TLS_NAME:
      case MZ_NET_ERROR_TLS_EXPIRED:
      case MZ_NET_ERROR_TLS_PIN_MISMATCH:
        return TRUE;
      default:
        return FALSE;
      }

  return FALSE;
}

/**
 * mz_wake_decide:
 * @input: what happened, and how the client stands
 *
 * Decides what a change of this host means for a connection. Pure.
 *
 * Returns: what to do
 */
MzWake
mz_wake_decide (const MzWakeInput *input)
{
  g_return_val_if_fail (input != NULL, MZ_WAKE_NOTHING);

  switch (input->state)
    {
    case MZ_CLIENT_READY:
      return MZ_WAKE_PROBE;

    case MZ_CLIENT_WAITING:
      if (!input->network_available)
        return MZ_WAKE_NOTHING;
      if (input->told || is_told_to_wait (input->error))
        return input->wait_is_over ? MZ_WAKE_RETRY : MZ_WAKE_NOTHING;
      return MZ_WAKE_RETRY;

    case MZ_CLIENT_STOPPED:
      return input->network_available && is_of_the_network (input->error) ? MZ_WAKE_RETRY : MZ_WAKE_NOTHING;

    case MZ_CLIENT_CONNECTING:
      /* A socket from before the sleep may be dead without anybody knowing; a lookup or a SYN of another network leads nowhere. */
      if (input->why == MZ_CIRCUMSTANCE_RESUMED)
        return MZ_WAKE_REDIAL;
      return input->network_available && !input->has_peer && input->connecting_ms >= YOUNG_MS ? MZ_WAKE_REDIAL : MZ_WAKE_NOTHING;

    case MZ_CLIENT_OFFLINE:
    default:
      return MZ_WAKE_NOTHING;
    }
}
