/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-backoff.h"

#include "mz-net-error.h"

/* docs: gateway/protocol/versioning, "Client constants" */
#define INITIAL_MS 1000
#define MAX_MS 30000

/* Full jitter may come out near zero; a little patience spares a gateway that is just coming up. */
#define MIN_MS 100

/* Where the gateway names no time. */
#define STARTING_MS 500
#define PAIRING_MS 3000
#define RATE_LIMITED_MS 60000

/* A peer's "come back later" is obeyed, within reason; a rate limit's for as long as a day. */
#define MAX_RETRY_AFTER_MS (60 * 60 * 1000)
#define MAX_RATE_LIMIT_MS (24 * 60 * 60 * 1000)

#define CLOSE_SERVICE_RESTART 1012

/* One that restarts so often in a row is not believed any more: the backoff grows. */
#define RESTARTS_FROM 3

/**
 * mz_backoff_delay_ms:
 * @failures: how many times in a row, at least 1
 * @random: in [0, 1)
 *
 * Exponential backoff with full jitter: anywhere up to 1 s, 2 s, 4 s, … 30 s, so that many clients of one gateway do not come back
 * together.
 *
 * Returns: ms to wait
 */
guint
mz_backoff_delay_ms (guint  failures,
                     double random)
{
  guint ceiling = MAX_MS;

  if (failures <= 1)
    ceiling = INITIAL_MS;
  else if (failures < 6)
    ceiling = MIN (INITIAL_MS << (failures - 1), MAX_MS);

  return MAX (MIN_MS, (guint) (ceiling * CLAMP (random, 0.0, 1.0)));
}

static guint
told_or (const GError *error,
         guint         fallback_ms)
{
  gint64 told = mz_gateway_error_get_retry_after_ms (error);
  gint64 max = g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_RATE_LIMITED) ? MAX_RATE_LIMIT_MS : MAX_RETRY_AFTER_MS;

  return told > 0 ? (guint) CLAMP (told, MIN_MS, max) : fallback_ms;
}

static MzReconnectDecision
decide_auth (const MzReconnectInput *input)
{
  const char *detail = mz_gateway_error_get_detail_code (input->error);
  const char *next_step = mz_gateway_error_get_next_step (input->error);
  MzReconnectDecision stop = { MZ_RECONNECT_STOP, 0 };

  if (input->device_token_retried)
    return stop;

  /* docs: gateway/protocol/auth, "Client behavior for AUTH_TOKEN_MISMATCH": one bounded retry, from trusted places only. */
  if (!input->sent_device_token && input->has_device_token && input->has_shared_secret && input->trusted_endpoint &&
      (mz_gateway_error_get_can_retry_with_device_token (input->error) || g_strcmp0 (next_step, "retry_with_device_token") == 0))
    return (MzReconnectDecision) { MZ_RECONNECT_ADD_DEVICE_TOKEN, 0 };

  if (input->sent_device_token && g_strcmp0 (detail, "AUTH_DEVICE_TOKEN_MISMATCH") == 0)
    return (MzReconnectDecision) { input->has_shared_secret ? MZ_RECONNECT_DROP_DEVICE_TOKEN : MZ_RECONNECT_STOP, 0 };

  return stop;
}

static MzReconnectDecision
decide_gateway (const MzReconnectInput *input)
{
  MzReconnectDecision retry = { MZ_RECONNECT_RETRY, mz_backoff_delay_ms (input->failures, input->random) };
  MzReconnectDecision stop = { MZ_RECONNECT_STOP, 0 };
  const GError *error = input->error;
  guint restarts = input->failures < RESTARTS_FROM ? 1 : input->failures;

  switch ((MzGatewayError) error->code)
    {
    case MZ_GATEWAY_ERROR_STARTING:
      retry.delay_ms = told_or (error, STARTING_MS);
      return retry;

    case MZ_GATEWAY_ERROR_RATE_LIMITED:
      retry.delay_ms = told_or (error, RATE_LIMITED_MS);
      return retry;

    case MZ_GATEWAY_ERROR_PAIRING:
      /* The request stays the same as long as the device does; asking again is how its approval is noticed. */
      retry.delay_ms = told_or (error, PAIRING_MS + (guint) (input->random * 1000));
      if (g_strcmp0 (mz_gateway_error_get_next_step (error), "wait_then_retry") == 0)
        return retry;
      return mz_gateway_error_get_pause_reconnect (error) ? stop : retry;

    case MZ_GATEWAY_ERROR_AUTH:
      return decide_auth (input);

    case MZ_GATEWAY_ERROR_HTTP_STATUS:
      /* A proxy without its gateway says 502, 503 or 504, and at a restart perhaps other things for a while. Where no gateway was
       * ever seen, another page answers (a sign-in page, a web server): no storm on that. */
      switch (mz_gateway_error_get_http_status (error))
        {
        case 502:
        case 503:
        case 504:
          return retry;
        default:
          return input->was_ready ? retry : stop;
        }

    case MZ_GATEWAY_ERROR_NOT_WEBSOCKET:
    case MZ_GATEWAY_ERROR_NOT_A_GATEWAY:
      return input->was_ready ? retry : stop;

    case MZ_GATEWAY_ERROR_CLOSED:
      if (input->restart_expected_ms >= 0)
        retry.delay_ms = MIN (input->restart_expected_ms, MAX_RETRY_AFTER_MS) + mz_backoff_delay_ms (restarts, input->random);
      else if (mz_gateway_error_get_close_code (error) == CLOSE_SERVICE_RESTART)
        retry.delay_ms = mz_backoff_delay_ms (restarts, input->random);
      return retry;

    case MZ_GATEWAY_ERROR_PROTOCOL:
    case MZ_GATEWAY_ERROR_REJECTED:
    case MZ_GATEWAY_ERROR_PLAINTEXT_CONSENT:
    case MZ_GATEWAY_ERROR_IDENTITY:
    case MZ_GATEWAY_ERROR_TOO_LARGE:
    case MZ_GATEWAY_ERROR_UNSUPPORTED:
      return stop;

    case MZ_GATEWAY_ERROR_REMOTE:
      /* An answer to `connect` that is not known: only its own word says that trying again helps. */
      if (!mz_gateway_error_get_retryable (error))
        return stop;
      retry.delay_ms = told_or (error, retry.delay_ms);
      return retry;

    case MZ_GATEWAY_ERROR_BAD_FRAME:
    case MZ_GATEWAY_ERROR_TIMED_OUT:
    case MZ_GATEWAY_ERROR_NOT_CONNECTED:
    case MZ_GATEWAY_ERROR_FAILED:
    default:
      return retry;
    }
}

static MzReconnectDecision
decide_net (const MzReconnectInput *input)
{
  MzReconnectDecision retry = { MZ_RECONNECT_RETRY, mz_backoff_delay_ms (input->failures, input->random) };
  MzReconnectDecision stop = { MZ_RECONNECT_STOP, 0 };

  switch ((MzNetError) input->error->code)
    {
    case MZ_NET_ERROR_INVALID_ADDRESS:
    case MZ_NET_ERROR_SECRET_IN_ADDRESS:
    case MZ_NET_ERROR_TLS_UNTRUSTED:
    case MZ_NET_ERROR_TLS_NAME:
    case MZ_NET_ERROR_TLS_EXPIRED:
    case MZ_NET_ERROR_TLS_PIN_MISMATCH:
    case MZ_NET_ERROR_TLS_VERSION:
    case MZ_NET_ERROR_CANCELLED:
      return stop;

    case MZ_NET_ERROR_NOT_TLS:
      return input->was_ready ? retry : stop;

    case MZ_NET_ERROR_NAME_NOT_FOUND:
    case MZ_NET_ERROR_NO_IPV4:
    case MZ_NET_ERROR_RESOLVER:
    case MZ_NET_ERROR_REFUSED:
    case MZ_NET_ERROR_UNREACHABLE:
    case MZ_NET_ERROR_CLOSED:
    case MZ_NET_ERROR_TIMED_OUT:
    case MZ_NET_ERROR_PROXY:
    case MZ_NET_ERROR_TLS_NO_CERTIFICATE:
    case MZ_NET_ERROR_TLS:
    case MZ_NET_ERROR_FAILED:
    default:
      return retry;
    }
}

/**
 * mz_reconnect_decide:
 * @input: what happened, and what has happened before
 *
 * What to do after a failed dial, a refused login or a lost connection. Pure: the random number is an argument.
 *
 * Returns: what to do, and after how many ms
 */
MzReconnectDecision
mz_reconnect_decide (const MzReconnectInput *input)
{
  g_return_val_if_fail (input != NULL && input->error != NULL, ((MzReconnectDecision) { MZ_RECONNECT_STOP, 0 }));

  if (input->error->domain == MZ_GATEWAY_ERROR)
    return decide_gateway (input);

  if (input->error->domain == MZ_NET_ERROR)
    return decide_net (input);

  return (MzReconnectDecision) { MZ_RECONNECT_RETRY, mz_backoff_delay_ms (input->failures, input->random) };
}
